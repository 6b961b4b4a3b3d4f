"""Two cells against each other: what both share cancels, level by level; what differs remains.

Refuses cells without a number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

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
    own = _own_levels(amount)
    # of two cells' own errors what stands on the same site and month is one draw
    variance = np.stack([_square(d[first] - d[second]) for d in own])
    centre = 0.5 * (amount.own[:, first] - amount.own[:, second])
    for term in amount.common:
        difference = term.load[first] - term.load[second]
        if term.learnt:
            a, b = np.sqrt(amount.batch[:, first]), np.sqrt(amount.batch[:, second])
            sides = zip(a, b, strict=True)
            part = np.stack([_square(_scaled(term.load[first], x) - _scaled(term.load[second], y)) for x, y in sides])
        else:
            part = _square(difference)[None]
        variance = variance + part
        if term.centre:
            each = term.variance()
            size = amount.batch if term.learnt else np.ones((1, len(amount.cell)))
            centre = centre + 0.5 * term.centre * (each[first] * size[:, first] - each[second] * size[:, second])
    centre = centre + (amount.shift[first] - amount.shift[second])
    value = amount.value[first] / amount.value[second]
    return Contrast(value, centre, np.sqrt(variance), amount.weight)


def _own_levels(amount: Amount) -> list[sparse.csr_matrix]:
    """Own errors of the cells over sites and months, one matrix (cell, group) of log-sds for each node."""
    total = sum(amount.parts.values())
    log = np.log1p(np.asarray(total))[:, amount.pair_group]
    n, n_group = len(amount.cell), next(iter(amount.parts.values())).shape[1]
    found = []
    for node in range(len(log)):
        load = amount.pair_share * np.sqrt(log[node])
        square = np.bincount(amount.pair_cell, weights=load**2, minlength=n)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(square > 0, np.sqrt(amount.own[node] / np.where(square > 0, square, 1.0)), 0.0)
        scaled = load * scale[amount.pair_cell]
        found.append(sparse.csr_matrix((scaled, (amount.pair_cell, amount.pair_group)), shape=(n, n_group)))
    return found


def _square(m: sparse.csr_matrix) -> np.ndarray:
    return np.asarray(m.multiply(m).sum(axis=1)).ravel()


def _scaled(m: sparse.csr_matrix, by: np.ndarray) -> sparse.csr_matrix:
    return sparse.diags(by) @ m
