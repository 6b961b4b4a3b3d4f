"""Nodes that all samples see alike, and how many of these groups the samples tell apart.

Refuses to part what no sample parts: decay on the way is too small a difference to count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from wbe.sewer.network import Network

__all__ = ["Groups", "groups_of", "weights"]


def weights(network: Network) -> np.ndarray:
    """Return how much each node counts as a place of discharge: its people, or 1 above the outfalls if unknown."""
    own = np.nan_to_num(network.own)
    if own.sum() > 0:
        return np.asarray(own)
    even = np.zeros(len(own))
    even[network.up] = 1.0
    return even if even.any() else np.ones(len(own))


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of nodes by the samples that see them.

    Parameters
    ----------
    of : ndarray (node,) of int
        Group of each node; -1 for nodes that discharge nothing.
    weight : ndarray (group,)
        Sum of the nodes' weights.
    share : ndarray (group, sample)
        Mean share of a group's load that arrives at each sample.
    rank : int
        How many independent sums of groups the samples measure.
    """

    of: np.ndarray
    weight: np.ndarray
    share: np.ndarray
    rank: int

    @property
    def unseen(self) -> np.ndarray:
        """Groups that no sample sees, shape (group,) of bool."""
        return np.asarray(~(self.share > 0).any(axis=1))


def groups_of(network: Network, at: np.ndarray, weight: np.ndarray, rate: float = 0.0) -> Groups:
    """Group the nodes of a network by the samples taken ``at`` some of them.

    Parameters
    ----------
    network : Network
    at : ndarray (sample,) of int
        Numbers of the sampled nodes.
    weight : ndarray (node,)
        Of :func:`weights` or a prior.
    rate : float
        Loss on the way [1/h].
    """
    seen = np.array([np.round(network.arriving(int(n)), 2) for n in at]).reshape(len(at), len(weight))
    kept = seen if rate == 0 else np.array([network.arriving(int(n), rate) for n in at]).reshape(seen.shape)
    counts = weight > 0
    patterns, number = np.unique(seen[:, counts], axis=1, return_inverse=True)
    of = np.full(len(weight), -1)
    of[counts] = number.ravel()
    n = patterns.shape[1]
    total = np.bincount(of[counts], weights=weight[counts], minlength=n)
    share = np.array([np.bincount(of[counts], weights=(weight * row)[counts], minlength=n) for row in kept])
    share = (share / total).T
    rank = int(np.linalg.matrix_rank(patterns)) if patterns.size else 0
    return Groups(of, total, share, rank)
