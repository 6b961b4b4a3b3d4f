"""One source or two: nodes that all samples see alike form groups, and pairs of groups are weighed against one.

Refuses to tell two sources apart inside one group: no sample could.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from wbe.sewer.belief import spread
from wbe.sewer.groups import groups_of
from wbe.sewer.observations import log_likelihood
from wbe.sewer.settings import settings

if TYPE_CHECKING:
    from wbe.sewer.search import Search

__all__ = ["Two", "two_sources"]

#: groups weighed in pairs; with more the least likely are left out
MOST = 24


@dataclass(frozen=True)
class Two:
    """Probability of two sources instead of one, and the likeliest pair of groups by the names that may be told."""

    probability: float
    first: tuple[str, ...]
    second: tuple[str, ...]


def two_sources(search: Search) -> Two | None:
    """Weigh two sources against one; None before anything was observed."""
    seen, network = search.seen, search.network
    if seen is None:
        return None
    groups = groups_of(network, seen.node, search.prior, search.rate)
    place = search.belief.places()
    counts = groups.of >= 0
    held = np.bincount(groups.of[counts], weights=place[counts], minlength=len(groups.weight))
    prior = groups.weight / groups.weight.sum()
    likely = np.argsort(-np.maximum(prior * 1e-3, held), kind="stable")[:MOST]
    share = groups.share[likely]
    one, both = _evidence(search, share)
    weight = np.log(prior[likely] / prior[likely].sum())
    log_one = logsumexp(one + weight)
    i, j = np.triu_indices(len(likely), 1)
    if not len(i):
        return Two(0.0, (), ())
    pairs = both[i, j] + weight[i] + weight[j] + np.log(2)
    chance = settings()["prior"]["two_sources"]
    log_two = logsumexp(pairs) + np.log(chance / (1 - chance))
    probability = float(1 / (1 + np.exp(np.clip(log_one - log_two, -700, 700))))
    top = int(np.argmax(pairs))
    return Two(probability, *(_told(search, groups.of == likely[k]) for k in (i[top], j[top])))


def _told(search: Search, inside: np.ndarray) -> tuple[str, ...]:
    """Names of a group that may be told, the most populous first."""
    at = search.named[inside & (search.prior > 0)]
    told, weight = np.unique(at[at >= 0], return_counts=True)
    return tuple(search.network.nodes[t] for t in told[np.argsort(-weight, kind="stable")])


def _evidence(search: Search, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log evidence of one source in each group (group,) and of two in each pair (group, group)."""
    points = search.belief.points
    coarse = points.source[::4]
    seen = search.seen
    assert seen is not None
    log_weight = points.log_weight[::4] - logsumexp(points.log_weight[::4])
    n_source, n_background, n_active = log_weight.shape
    source = log_weight - logsumexp(log_weight, axis=0, keepdims=True)
    rest = logsumexp(log_weight, axis=0)  # (background, active)
    one = np.zeros((len(share), n_source, n_background, n_active))
    both = np.zeros((len(share), len(share), n_source, n_source, n_background, n_active))
    active = points.active
    with np.errstate(divide="ignore"):
        on, off = np.log(active), np.log1p(-active)
    for s in range(len(seen.node)):
        node = int(seen.node[s])
        plain, uneven = search.network.served[node] * points.background, float(search.network.unevenness[node])
        arriving = share[:, s][:, None] * coarse[None, :]  # (group, source)
        state, z, v = int(seen.state[s]), float(seen.log_load[s]), float(seen.variance[s])

        like = functools.partial(_like, plain, uneven, state, z, v)
        nothing, single = like(np.zeros(1))[0], like(arriving)
        one += np.logaddexp(on + single, off + nothing)
        pair = like(arriving[:, None, :, None] + arriving[None, :, None, :])
        first = np.logaddexp(on + pair, off + single[None, :, None, :])  # the first active or not, the second active
        second = np.logaddexp(on + single[:, None, :, None], off + nothing)  # the second not active
        both += np.logaddexp(on + first, off + second)
    log_one = logsumexp(one + source[None] + rest[None, None], axis=(1, 2, 3))
    pair_weight = source[:, None] + source[None, :] + rest[None, None]
    return log_one, logsumexp(both + pair_weight[None, None], axis=(2, 3, 4, 5))


def _like(plain: np.ndarray, uneven: float, state: int, z: float, variance: float, added: np.ndarray) -> np.ndarray:
    """Log likelihood of one sample where ``added`` [g/d] comes to each background, activity last."""
    load = added[..., None] + plain
    return log_likelihood(state, z, variance + spread(load, np.broadcast_to(plain, load.shape), uneven), load)[
        ..., None
    ]
