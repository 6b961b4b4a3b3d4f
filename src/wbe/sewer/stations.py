"""Fixed stations for a budget: where to sample month after month so that a source is seen and narrowed down.

Refuses nodes that serve fewer people than the policy allows: a station is named as soon as it is built.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wbe.disclosure import Policy
from wbe.errors import Fault, InputError
from wbe.sewer.groups import weights
from wbe.sewer.settings import settings

if TYPE_CHECKING:
    from wbe.sewer.network import Network

__all__ = ["COLUMNS", "place"]

COLUMNS = ("node", "people", "seen", "narrowed_to", "smallest_source", "hours", "cost", "spent")
_TINY = 1e-12


def place(
    network: Network,
    *,
    budget: float,
    policy: Policy | str = "internal",
    at: Iterable[str] = (),
    cost: Mapping[str, float] | None = None,
    limit: float | None = None,
) -> pd.DataFrame:
    """Choose fixed stations, one after the other, each the one that helps most for its cost.

    Parameters
    ----------
    network : Network
    budget : float
        What all new stations together may cost; without ``cost`` the number of stations.
    policy : Policy or str
        Nodes that serve fewer people than its ``minimum_population`` get no station.
    at : iterable of node, optional
        Stations there are already, such as the plants; they cost nothing.
    cost : mapping of node to number, optional
        What a station costs there, above 0; 1 where nothing is said.
    limit : float, optional
        Limit of detection [ng/L], for the smallest source that is seen.

    Returns
    -------
    DataFrame
        In the order of choice, the stations there are first: ``node``; ``people`` served there; ``seen``, share of all
        people whose sewage passes any station so far; ``narrowed_to``, people of the area that a source is narrowed
        down to on average (of those seen); ``smallest_source`` [g/d] above the limit there on a day without other use;
        ``hours`` that the people's sewage has travelled on average, in which a drug may be lost; ``cost``, ``spent``.
        Ends before the budget where no station adds anything.

    Raises
    ------
    InputError
        A budget or cost that is not above 0, a station that is no node, or no node with enough people.

    Notes
    -----
    Stations part the people into areas that they see alike. Each step lowers, most for its cost,
    ``sum over areas seen of p^2 + c * (share not seen)``, where p is an area's share of all people and c weighs a
    source that nobody sees (``data/sewer.toml``). One station after the other is not always the best set of them.

    Examples
    --------
    >>> import wbe
    >>> from wbe.sewer.examples import three_sources
    >>> network, _ = three_sources()
    >>> table = place(network, budget=2, policy=wbe.disclosure.Policy.internal(minimum_population=0))
    >>> table["node"].iloc[0] in network.outfalls, bool(table["seen"].iloc[0] == 1.0)
    (True, True)
    """
    rules = policy if isinstance(policy, Policy) else Policy.named(policy)
    allowed = network.served >= rules.minimum_population
    each, there = _checked(network, budget, cost, list(at), allowed)
    mass = weights(network) / weights(network).sum()
    areas = np.zeros(len(mass), dtype=int)  # 0: seen by no station
    lost = float(settings()["stations"]["not_seen"])
    rows: list[dict[str, object]] = []
    spent = 0.0
    for node in there:
        areas = _parted(network, areas, node)
        rows.append(_row(network, areas, mass, node, 0.0, spent, limit))
    taken = set(there)
    while True:
        open_ = allowed & (each <= budget - spent + _TINY) & ~np.isin(np.arange(len(mass)), list(taken))
        gain = np.where(open_, _gains(network, areas, mass, lost) / each, -np.inf)
        if not open_.any() or gain.max() <= _TINY:
            break
        node = int(np.flatnonzero(gain >= gain.max() - _TINY)[0])  # of equal ones the first of the file
        spent += float(each[node])
        areas = _parted(network, areas, node)
        taken.add(node)
        rows.append(_row(network, areas, mass, node, float(each[node]), spent, limit))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _checked(
    network: Network, budget: float, cost: Mapping[str, float] | None, at: list[str], allowed: np.ndarray
) -> tuple[np.ndarray, list[int]]:
    given = {str(k): v for k, v in (cost or {}).items()}
    faults = []
    if isinstance(budget, bool) or not isinstance(budget, int | float) or not 0 < budget < math.inf:
        faults.append(Fault("sewer-budget", came=repr(budget)))
    wrong = [n for n, v in given.items() if n not in network.index or not 0 < float(v) < math.inf]
    lost = [n for n in at if n not in network.index]
    if wrong:
        faults.append(Fault("sewer-station-cost", nodes=wrong[:20]))
    if lost:
        faults.append(Fault("sewer-station-elsewhere", nodes=lost[:20]))
    few = [n for n in at if n in network.index and not allowed[network.index[n]]]
    if few:
        faults.append(Fault("sewer-station-few", count=len(few)))
    if faults:
        raise InputError(faults)
    if not allowed.any():
        raise InputError([Fault("sewer-no-node-large-enough", minimum=int(network.served.max(initial=0)) + 1)])
    return np.array([float(given.get(n, 1.0)) for n in network.nodes]), [network.index[n] for n in at]


def _parted(network: Network, areas: np.ndarray, node: int) -> np.ndarray:
    """Areas after a station at a node: each is parted into what passes there and what does not; 0 stays unseen."""
    both = areas * 2 + (network.arriving(node) > 0)
    _, found = np.unique(np.r_[0, both], return_inverse=True)
    return np.asarray(found[1:])


def _gains(network: Network, areas: np.ndarray, mass: np.ndarray, lost: float) -> np.ndarray:
    """How much a station at each node would lower the cost, shape (node,)."""
    n = int(areas.max()) + 1
    held = np.zeros((len(mass), n))
    held[np.arange(len(mass)), areas] = mass
    inside = np.minimum(network.layers.gather(held, network.share), held.sum(axis=0))
    whole = held.sum(axis=0)
    parted = 2 * inside * (whole - inside)
    # what nobody saw and a station now sees is an area of its own
    parted[:, 0] = lost * inside[:, 0] - inside[:, 0] ** 2
    return np.asarray(parted.sum(axis=1))


def _row(
    network: Network, areas: np.ndarray, mass: np.ndarray, node: int, cost: float, spent: float, limit: float | None
) -> dict[str, object]:
    shares = np.bincount(areas, weights=mass)
    seen = 1 - float(shares[0])
    people = float(network.served[node])
    flow = network.flow[node] if network.flow is not None and not np.isnan(network.flow[node]) else None
    water = float(flow) if flow is not None else max(people, 1.0) * settings()["water"]["per_head"]
    least = float(limit or settings()["limit"]["value"])
    total = float(np.nansum(network.own))
    return {
        "node": network.nodes[node], "people": people, "seen": seen,
        "narrowed_to": float((shares[1:] ** 2).sum() / seen * total) if seen > 0 else math.nan,
        "smallest_source": least * water * 1e-6, "hours": float(network.hours_above()[node]), "cost": cost,
        "spent": spent,
    }  # fmt: skip
