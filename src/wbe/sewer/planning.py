"""Which manholes to open next: the visits that are expected to tell most about where a source lies.

Refuses nodes that serve fewer people than the policy allows: they are never proposed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtr

from wbe.sewer.belief import Belief, spread
from wbe.sewer.settings import settings

if TYPE_CHECKING:
    from wbe.sewer.network import Network

__all__ = ["Costs", "best", "hours"]

#: nodes looked at closely for one visit; the rest cannot split the belief as evenly
CLOSELY = 300
#: bits below which a visit is not worth proposing
LEAST = 1e-3
#: joint probabilities below it count as none, before their products leave the floating range
TINY = 1e-100


@dataclass(frozen=True, eq=False)
class Costs:
    """What a visit costs, in any unit: one number a node, or more by distance from the last stop."""

    each: np.ndarray
    by_distance: bool = False

    def of(self, network: Network, last: int | None, allowed: np.ndarray) -> np.ndarray:
        """Cost of every node for a crew that stands at ``last``; what is usual is taken from the ``allowed`` nodes."""
        if not self.by_distance or last is None or network.xy is None:
            return self.each
        far = np.hypot(*(network.xy - network.xy[last]).T)
        known = far[allowed & ~np.isnan(far)]
        typical = float(np.median(known)) if len(known) and np.median(known) > 0 else 1.0
        return np.asarray(self.each * (1 + np.nan_to_num(far / typical, nan=1.0)))


def hours(network: Network) -> np.ndarray:
    """Return the hour of the day at which the households' morning passes each node, shape (node,)."""
    peak = settings()["travel"]["household_peak"]
    return np.asarray((peak + network.hours_above()) % 24)


def best(belief: Belief, k: int, allowed: np.ndarray, limit: float, variance: float, costs: Costs) -> pd.DataFrame:
    """Return the ``k`` visits that together are expected to tell most, greedily.

    Parameters
    ----------
    belief : Belief
    k : int
    allowed : ndarray (node,) of bool
        Nodes that may be visited.
    limit : float
        Limit of detection [ng/L].
    variance : float
        Log variance of one sample.
    costs : Costs

    Returns
    -------
    DataFrame
        ``node, hour, expected_information [bits], detection_probability, people, if_found, if_clean``; the last two
        are the probability that the source lies at or above the node after either outcome. Fewer rows than ``k``
        where nothing more can be learnt.
    """
    network = belief.network
    classes = np.zeros(len(network.names), dtype=int)  # nodes that the visits chosen so far see alike
    when = hours(network)
    rows: list[dict[str, object]] = []
    chosen: list[int] = []
    for _ in range(k):
        table = _informations(belief, classes, allowed & ~np.isin(np.arange(len(allowed)), chosen), limit, variance)
        if table is None:
            break
        worth = table["bits"] / costs.of(network, chosen[-1] if chosen else None, allowed)[table["node"]]
        # of equal visits the first node of the file, whatever the order of floating sums
        take = int(np.flatnonzero(worth >= worth.max() - 1e-9)[0])
        if table["bits"][take] < LEAST:
            break
        node = int(table["node"][take])
        chosen.append(node)
        rows.append({
            "node": network.nodes[node], "hour": round(float(when[node]), 1),
            "expected_information": float(table["bits"][take]), "detection_probability": float(table["found"][take]),
            "people": float(network.served[node]), "if_found": float(table["if_found"][take]),
            "if_clean": float(table["if_clean"][take]),
        })  # fmt: skip
        classes = classes * 2 + (network.arriving(node) > 0)
        classes = np.unique(classes, return_inverse=True)[1]
    columns = ["node", "hour", "expected_information", "detection_probability", "people", "if_found", "if_clean"]
    return pd.DataFrame(rows, columns=columns)


def _informations(
    belief: Belief, classes: np.ndarray, allowed: np.ndarray, limit: float, variance: float
) -> dict[str, np.ndarray] | None:
    network = belief.network
    place = belief.places()
    above = network.layers.gather(place, network.share)
    even = np.minimum(above, 1 - above)
    nodes = np.flatnonzero(allowed & (np.minimum(above, 1.0) > 1e-9))
    if not len(nodes):
        return None
    if classes.any():  # a node splits the classes, not the whole: look at how evenly it splits each
        even = sum(_evenness(network, np.where(classes == c, place, 0.0)) for c in range(classes.max() + 1))
    nodes = np.sort(nodes[np.argsort(-even[nodes], kind="stable")[:CLOSELY]])
    arrives = network.layers.gather(place, network.kept(belief.rate))
    share = np.where(above > 0, arrives / np.where(above > 0, above, 1), 0)[nodes]
    outcomes = _outcomes(belief, nodes, share, limit, variance)
    weight = np.exp(belief.log_weight)
    flat = weight.reshape(len(place), -1)
    bits, found, seen_above = np.zeros(len(nodes)), np.zeros(len(nodes)), np.zeros((2, len(nodes)))
    for c in range(classes.max() + 1):
        mass = np.where((classes == c)[:, None], flat, 0.0)
        inside = network.layers.gather(mass, network.share)[nodes]
        outside = np.maximum(mass.sum(axis=0) - inside, 0.0)
        p_in, p_out = _predict(inside, outside, outcomes, belief.points.active)
        bits += _information(p_in, p_out)
        found += (p_in + p_out)[:, 1:].sum(axis=1)
        seen_above[0] += p_in[:, 1:].sum(axis=1)
        seen_above[1] += p_in[:, 0]
    found = np.clip(found, 0, 1)
    return {
        "node": nodes, "bits": bits, "found": found,
        "if_found": seen_above[0] / np.maximum(found, 1e-300),
        "if_clean": seen_above[1] / np.maximum(1 - found, 1e-300),
    }  # fmt: skip


def _evenness(network: Network, mass: np.ndarray) -> np.ndarray:
    inside = network.layers.gather(mass, network.share)
    return np.asarray(np.minimum(inside, mass.sum() - inside))


def _outcomes(
    belief: Belief, nodes: np.ndarray, share: np.ndarray, limit: float, variance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Probability of each outcome (clean, then rising loads) with and without the source.

    Shapes (node, outcome, source, background) and (node, outcome, background).
    """
    points, network = belief.points, belief.network
    rules = settings()
    people = network.served[nodes]
    flow = np.maximum(people, 1.0) * rules["water"]["per_head"]
    if network.flow is not None:
        flow = np.where(np.isnan(network.flow[nodes]), flow, network.flow[nodes])
    lowest = np.log(np.maximum(limit * flow * 1e-6, 1e-300))
    without = people[:, None] * points.background[None, :]
    loaded = share[:, None, None] * points.source[None, :, None] + without[:, None, :]
    top = np.log(np.maximum(loaded.max(axis=(1, 2)), 1e-300)) + 1.0
    steps = np.linspace(0, 1, rules["grid"]["outcomes"])
    edges = lowest[:, None] + np.maximum(top - lowest, 1.0)[:, None] * steps[None, :]
    uneven = network.unevenness[nodes][:, None]
    ground = np.broadcast_to(without[:, None, :], loaded.shape)
    with_source = _binned(edges, loaded, variance + spread(loaded, ground, uneven[..., None]))
    alone = _binned(edges, without, variance + spread(without, without, uneven))
    return with_source, alone


def _binned(edges: np.ndarray, load: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Probability that a result falls below the first edge, between the edges, above the last; outcomes second."""
    extra = (1,) * (load.ndim - 1)
    with np.errstate(divide="ignore"):
        mean = np.log(load)[:, None] - variance[:, None] / 2
    below = ndtr((edges.reshape(*edges.shape, *extra) - mean) / np.sqrt(variance)[:, None])
    closed = np.concatenate([np.zeros_like(below[:, :1]), below, np.ones_like(below[:, :1])], axis=1)
    return np.diff(closed, axis=1)


def _predict(
    inside: np.ndarray, outside: np.ndarray, outcomes: tuple[np.ndarray, np.ndarray], active: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Joint probability of each outcome with the source above the node and not, each (node, outcome)."""
    with_source, alone = outcomes
    shape = (*with_source.shape[2:], len(active))
    mass = inside.reshape(len(inside), *shape)
    on = mass @ active  # (node, source, background)
    off = (mass @ (1 - active)).sum(axis=1)  # (node, background)
    p_in = np.einsum("njkb,nkb->nj", with_source, on) + np.einsum("njb,nb->nj", alone, off)
    p_out = np.einsum("njb,nb->nj", alone, outside.reshape(len(outside), *shape).sum(axis=(1, 3)))
    return p_in, p_out


def _active() -> np.ndarray:
    return np.array(settings()["prior"]["active"], dtype=float)


def _information(p_in: np.ndarray, p_out: np.ndarray) -> np.ndarray:
    """Mutual information [bits] of the outcome with whether the source lies above, of unnormalised joint masses."""
    m_in, m_out = p_in.sum(axis=1, keepdims=True), p_out.sum(axis=1, keepdims=True)
    total = m_in + m_out
    q = np.where(total > 0, (p_in + p_out) / np.where(total > 0, total, 1), 0)

    def part(p: np.ndarray, m: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            term = p * (np.log(p) - np.log(m) - np.log(q))
        return np.asarray(np.where(p > TINY, term, 0.0).sum(axis=1))

    return np.asarray(np.maximum(part(p_in, m_in) + part(p_out, m_out), 0.0) / math.log(2))
