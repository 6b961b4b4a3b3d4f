"""Two cells against each other: what both share cancels, level by level; what differs remains.

Refuses cells without a number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wbe.estimation.amounts import Amount
from wbe.estimation.mixture import above, quantile

__all__ = ["Contrast", "contrast"]


@dataclass(frozen=True, eq=False)
class Contrast:
    """Ratios of pairs of cells: ``value`` (n,), centre and sd of ln(true / printed ratio) at every node (node, n)."""

    value: np.ndarray
    centre: np.ndarray
    sd: np.ndarray
    weight: np.ndarray

    def bounds(self, levels: list[float]) -> np.ndarray:
        """Quantiles of the true ratios, shape (level, n)."""
        return np.stack([self.value * np.exp(quantile(self.weight, self.centre, self.sd, p)) for p in levels])

    def greater(self) -> np.ndarray:
        """Probability that the first cell is truly above the second, shape (n,)."""
        return above(self.weight, self.centre + np.log(self.value), self.sd, np.zeros(len(self.value)))


def contrast(amount: Amount, first: np.ndarray, second: np.ndarray) -> Contrast:
    """Compare cells of one amount.

    Parameters
    ----------
    amount : Amount
    first, second : ndarray of int (n,)
        Positions among the cells of the amount.

    Notes
    -----
    A shared source adds the sum over its levels of (difference of shares)^2 v: two districts of one plant cancel its
    meter and its samples. Errors of mean one move the centre by half the difference of their variances.
    """
    variance = amount.own[:, first] + amount.own[:, second] - 2 * _own_in_common(amount, first, second)
    centre = 0.5 * (amount.own[:, first] - amount.own[:, second])
    for term in amount.common:
        each = term.variance()
        both = np.asarray(term.load[first].multiply(term.load[second]).sum(axis=1)).ravel()
        one, other = (amount.batch[:, c] if term.learnt else np.ones((1, len(c))) for c in (first, second))
        a, b = each[first] * one, each[second] * other
        variance = variance + a + b - 2 * both * np.sqrt(one * other)
        centre = centre + 0.5 * term.centre * (a - b)
    centre = centre + (amount.shift[..., first] - amount.shift[..., second])
    value = amount.value[first] / amount.value[second]
    return Contrast(value, centre, np.sqrt(np.maximum(variance, 0.0)), amount.weight)


def _own_in_common(amount: Amount, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Covariance of two cells' own errors: what stands on the same site and month is one draw; (node, n)."""
    n_group = next(iter(amount.parts.values())).shape[1]
    sides = [_pairs_of(amount, cells) for cells in (first, second)]
    keys = [at * np.int64(n_group) + amount.pair_group[pair] for at, pair in sides]
    shared, left, right = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
    out = np.zeros((len(amount.weight), len(first)))
    if len(shared):
        a, b = (_own_load(amount, side[1][index]) for side, index in zip(sides, (left, right), strict=True))
        for node, products in enumerate(a * b):
            out[node] = np.bincount(shared // n_group, weights=products, minlength=len(first))
    return out


def _pairs_of(amount: Amount, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number of each chosen cell and the pairs that lie in it."""
    starts = np.searchsorted(amount.pair_cell, cells)
    sizes = np.searchsorted(amount.pair_cell, cells, side="right") - starts
    at = np.repeat(np.arange(len(cells)), sizes)
    return at, np.repeat(starts, sizes) + np.arange(len(at)) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def _own_load(amount: Amount, pair: np.ndarray) -> np.ndarray:
    """Log-sd that a site and month's own error gives its cell, scaled so that the cell's own variance is kept."""
    log = np.log1p(np.sum(list(amount.parts.values()), axis=0))[:, amount.pair_group]
    load = amount.pair_share * np.sqrt(log)
    n = len(amount.cell)
    square = np.stack([np.bincount(amount.pair_cell, weights=x * x, minlength=n) for x in load])
    cell = amount.pair_cell[pair]
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(square > 0, np.sqrt(amount.own / np.where(square > 0, square, 1.0)), 0.0)
    return np.asarray(load[:, pair] * scale[:, cell])
