"""Everything that is wrong with a network, in one list: circles, loose ends, impossible numbers.

Refuses to stop at the first fault: a sewer map is mended once, not ten times.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from wbe.errors import Fault
from wbe.sewer.transport import layers

if TYPE_CHECKING:
    from wbe.sewer.network import Network

__all__ = ["faults_of"]

#: names listed of each kind of fault; the rest is counted
LISTED = 120
TOLERANCE = 1e-6


def faults_of(network: Network) -> list[Fault]:
    """Return every fault of a network; empty when it is sound."""
    faults = [*_names(network), *_numbers(network), *_circles(network)]
    parts = _parts(network)
    loose = [p for p in parts if not _ends(network)[p].any()]
    if loose:
        faults.append(Fault("sewer-no-outfall", count=len(loose), parts=_listed(network, loose)))
    if faults and len(parts) > 1:
        faults.append(Fault("sewer-parts", count=len(parts), parts=_listed(network, parts)))
    return faults


def _names(network: Network) -> list[Fault]:
    repeated = [name for name, n in Counter(network.names.tolist()).items() if n > 1]
    return [Fault("sewer-repeated-node", names=repeated[:LISTED])] if repeated else []


def _numbers(network: Network) -> list[Fault]:
    faults = []
    of_links = {"travel_time": network.hours, "share": network.share, "length": network.length}
    for what, values in of_links.items():
        if values is None:
            continue
        bad = (values < 0) | np.isinf(values) | (np.isnan(values) & (what != "length"))
        if bad.any():
            faults.append(Fault("sewer-link-number", what=what, links=_links(network, np.flatnonzero(bad))))
    for what, numbers in {"population": network.own, "flow": network.flow}.items():
        if numbers is None:
            continue
        bad = (numbers < 0) | np.isinf(numbers)
        if bad.any():
            faults.append(Fault("sewer-node-number", what=what, nodes=network.names[bad].tolist()[:LISTED]))
    handed = np.bincount(network.up, weights=np.nan_to_num(network.share), minlength=len(network.names))
    has = np.bincount(network.up, minlength=len(network.names)) > 0
    off = has & (np.abs(handed - 1) > TOLERANCE)
    if off.any():
        faults.append(Fault("sewer-shares", nodes=network.names[off].tolist()[:LISTED]))
    own = network.up == network.down
    if own.any():
        faults.append(Fault("sewer-into-itself", nodes=network.names[network.up[own]].tolist()[:LISTED]))
    return faults


def _circles(network: Network) -> list[Fault]:
    if not layers(len(network.names), network.up, network.down)[1].any():
        return []
    n = len(network.names)
    graph = coo_array((np.ones(len(network.up)), (network.up, network.down)), shape=(n, n))
    group = connected_components(graph, directed=True, connection="strong")[1]
    inside = (group[network.up] == group[network.down]) & (network.up != network.down)
    faults = []
    for circle in np.unique(group[network.up[inside]]):
        at = np.flatnonzero(inside & (group[network.up] == circle))
        faults.append(Fault("sewer-circle", count=len(at), links=_links(network, at)))
    return faults


def _ends(network: Network) -> np.ndarray:
    ends = np.ones(len(network.names), dtype=bool)
    ends[network.up] = False
    return ends


def _parts(network: Network) -> list[np.ndarray]:
    n = len(network.names)
    graph = coo_array((np.ones(len(network.up)), (network.up, network.down)), shape=(n, n))
    number, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    return np.split(order, np.searchsorted(label[order], np.arange(1, number)))


def _listed(network: Network, parts: list[np.ndarray]) -> list[str]:
    told = [f"{network.names[p[0]]} ({len(p)})" for p in parts[:LISTED]]
    return told if len(parts) <= LISTED else [*told, "..."]


def _links(network: Network, at: np.ndarray) -> list[str]:
    told = [f"{network.names[network.up[i]]} → {network.names[network.down[i]]}" for i in at[:LISTED]]
    return told if len(at) <= LISTED else [*told, "..."]
