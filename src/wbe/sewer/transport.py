"""What flows where: sums down a network and shares that arrive at a node, layer by layer.

Refuses nothing itself; :mod:`wbe.sewer.faults` has refused networks with circles before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Layers", "layers"]


@dataclass(frozen=True, eq=False)
class Layers:
    """Links in an order in which every node's inflow is known before it is handed on.

    ``up``, ``down`` (link,) are node numbers, ``cuts`` the borders between the layers: all links of one layer start at
    nodes that no link of the same or a later layer enters.
    """

    n: int
    up: np.ndarray
    down: np.ndarray
    order: np.ndarray
    cuts: np.ndarray

    def gather(self, own: np.ndarray, kept: np.ndarray) -> np.ndarray:
        """Add up what every node and all above it hand down.

        Parameters
        ----------
        own : ndarray (node, ...)
            What each node adds.
        kept : ndarray (link,)
            Share of a node's total that passes along each link, in the order of the network's links.

        Returns
        -------
        ndarray (node, ...)
            Totals, ``own`` included.
        """
        total = np.array(own, dtype=float)
        shape = (-1, *([1] * (total.ndim - 1)))
        for first, last in zip(self.cuts[:-1], self.cuts[1:], strict=True):
            links = self.order[first:last]
            np.add.at(total, self.down[links], total[self.up[links]] * kept[links].reshape(shape))
        return total

    def arriving(self, node: int, kept: np.ndarray) -> np.ndarray:
        """Return the share of each node's own load that arrives at ``node``, shape (node,)."""
        share = np.zeros(self.n)
        share[node] = 1.0
        for first, last in zip(self.cuts[-2::-1], self.cuts[:0:-1], strict=True):
            links = self.order[first:last]
            np.add.at(share, self.up[links], share[self.down[links]] * kept[links])
        return share


def layers(n: int, up: np.ndarray, down: np.ndarray) -> tuple[Layers, np.ndarray]:
    """Put the links of a network in order.

    Parameters
    ----------
    n : int
        Number of nodes.
    up, down : ndarray (link,)
        Node numbers at both ends of each link.

    Returns
    -------
    Layers
        The order of all links outside circles.
    ndarray (node,) of bool
        Nodes that lie on a circle or below one: none if the network is sound.

    Examples
    --------
    >>> order, circular = layers(3, np.array([0, 1]), np.array([2, 2]))
    >>> order.gather(np.ones(3), np.ones(2)).tolist(), bool(circular.any())
    ([1.0, 1.0, 3.0], False)
    """
    waiting = np.bincount(down, minlength=n)
    by_start = np.argsort(up, kind="stable")
    starts = np.searchsorted(up[by_start], np.arange(n + 1))
    ready = np.flatnonzero(waiting == 0)
    done = np.zeros(n, dtype=bool)
    taken: list[np.ndarray] = []
    cuts = [0]
    while len(ready):
        done[ready] = True
        counts = starts[ready + 1] - starts[ready]
        first = np.repeat(starts[ready] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        links = by_start[first + np.arange(counts.sum())]
        if len(links):
            taken.append(links)
            cuts.append(cuts[-1] + len(links))
        reached, times = np.unique(down[links], return_counts=True)
        waiting[reached] -= times
        ready = reached[waiting[reached] == 0]
    order = np.concatenate(taken) if taken else np.zeros(0, dtype=int)
    return Layers(n, up, down, order, np.array(cuts)), ~done
