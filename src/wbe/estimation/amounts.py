"""The measured amount of every cell: the plain sum of its samples' values, and how far the truth may lie from it.

A sum has its own error term, whose size is learnt; what its samples share (batch, meter, population, factor) adds by
its share. Noise is never multiplied in and then added. Refuses to call a cell of non-detects a number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse, special

from wbe.estimation.cells import Grid, Months
from wbe.estimation.mixture import averaged, quantile
from wbe.uncertainty import product
from wbe.uncertainty.product import Signature

if TYPE_CHECKING:
    from wbe.estimation.parting import Parting

__all__ = ["Amount", "Common", "bounds", "sum_variance"]


@dataclass(frozen=True, eq=False)
class Common:
    """One source of error that samples share, laid over cells.

    ``load`` (cell, level) is the log-sd that each level of the source gives each cell, of unit variance where the size
    is learnt (``learnt``: its biomarker's size multiplies). ``keys`` name the levels; ``centre`` says whether the
    factor has mean one, and on which side of the fraction it stands (+1, -1), or 0 where it has median one.
    """

    name: str
    scope: tuple[str, ...]
    load: sparse.csr_matrix
    keys: tuple[str, ...]
    learnt: bool = False
    centre: int = 0

    def variance(self) -> np.ndarray:
        """Variance that it gives each cell (of unit size where learnt), shape (cell,)."""
        row = np.repeat(np.arange(self.load.shape[0]), np.diff(self.load.indptr))
        return np.bincount(row, weights=self.load.data**2, minlength=self.load.shape[0])


@dataclass(frozen=True, eq=False)
class Amount:
    """One substance's amount in the cells of a grid that have a usable sample.

    Attributes
    ----------
    cell : ndarray of int (n,)
        Numbers of the cells, ascending.
    value, limit, zero : ndarray (n,)
        Plain sums: with results below a limit at their mean, at the limit, and at zero.
    hidden : ndarray of bool (n,)
        Whether all results of the cell lie below a limit; ``value`` is then the sum at the limits.
    pair_cell, pair_group, pair_share : ndarray (pair,)
        Position of a cell, a site and month in it, and the latter's share of the value.
    parts : dict of str to ndarray (node, group)
        Relative variance of each site and month, by source; those in ``SHARED_BY_DRUGS`` are one draw for all
        biomarkers of a sample.
    own : ndarray (node, n)
        Log variance of the cell's own error.
    common : tuple of Common
    batch : ndarray (node, n)
        Log variance of one batch, by the cell's month.
    shift : ndarray (n,), or (node, n)
        Known part of ln(truth / value) beyond the means of the errors: weekdays, and at each node the share of origin.
    signature : Signature
        Shared factors that are not log-normal.
    rows : csr matrix (n, sample)
        Share of each sample in the value.
    weight : ndarray (node,)
        Of the sizes of error.
    mean : ndarray (n,)
        Plain sums with results below a limit at their mean, also in cells that hold nothing else.
    named : dict
        Name and scope of each shape of the signature.
    parting : Parting, optional
        What a parent drug leaves of the biomarker, where it is taken off.
    """

    cell: np.ndarray
    value: np.ndarray
    limit: np.ndarray
    zero: np.ndarray
    hidden: np.ndarray
    pair_cell: np.ndarray
    pair_group: np.ndarray
    pair_share: np.ndarray
    parts: dict[str, np.ndarray]
    own: np.ndarray
    common: tuple[Common, ...]
    batch: np.ndarray
    shift: np.ndarray
    signature: Signature
    rows: sparse.csr_matrix
    weight: np.ndarray
    named: dict[Any, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    parting: Parting | None = None
    mean: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def local(self) -> tuple[np.ndarray, np.ndarray]:
        """Centre and standard deviation of ln(truth / value) at every node, without the signature; (node, n)."""
        variance, centre = self.own.copy(), 0.5 * self.own + self.shift
        for term in self.common:
            part = term.variance() * (self.batch if term.learnt else 1.0)
            variance = variance + part
            centre = centre + 0.5 * term.centre * part
        return centre, np.sqrt(variance)


def sum_variance(
    cell: np.ndarray, area: np.ndarray, place: np.ndarray, month: np.ndarray, x: np.ndarray, r: np.ndarray, n_cell: int
) -> np.ndarray:
    """Log variance of sums over places, from the relative variances of their parts.

    Parameters
    ----------
    cell, area, place, month : ndarray of int (pair,)
        Cell, its area and month, and the place of each part, ordered by cell and place.
    x : ndarray (pair,)
        The part's value.
    r : ndarray (node, pair)
        Its relative variance.
    n_cell : int

    Returns
    -------
    ndarray (node, n_cell)
        ``ln(1 + sum r T^2 / (sum T)^2)``. A part's own square over-states T^2 by 1 + r, so squares are averaged over
        the months up to the cell's own in which the same places were there, and freed of their error the more, the
        more months there are; a single month keeps them. For one place it is ln(1 + r), exactly.
    """
    single = np.bincount(cell, minlength=n_cell) == 1
    out = np.zeros((len(r), n_cell))
    alone = single[cell]
    out[:, cell[alone]] = np.log1p(r[:, alone])
    many = np.flatnonzero(~alone)
    if not many.size:
        return out
    cell, area, place, month, x, r = cell[many], area[many], place[many], month[many], x[many], r[:, many]
    # months with the same places of an area, and a place among them
    starts = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
    of = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(cell)]))
    team = _teams(area[starts], place, starts)
    _, member = np.unique(np.stack([team[of], place], axis=1), axis=0, return_inverse=True)
    member = member.ravel()
    squares, freed = np.zeros(member.max() + 1), np.zeros((len(r), member.max() + 1))
    totals, noises = np.zeros(team.max() + 1), np.zeros((len(r), team.max() + 1))
    count = np.zeros(team.max() + 1)
    total = np.add.reduceat(x, starts) ** 2
    noise = np.add.reduceat(x * x * r / (1 + r), starts, axis=1)
    when = month[starts]
    for m in np.unique(when):
        here = when == m
        part = here[of]
        squares[member[part]] += x[part] ** 2
        freed[:, member[part]] += x[part] ** 2 / (1 + r[:, part])
        t = team[here]
        count[t] += 1
        totals[t] += total[here]
        noises[:, t] += noise[:, here]
        free = 1 - 1 / count[team[of[part]]]
        square = (1 - free) * squares[member[part]] + free * freed[:, member[part]]
        first = np.flatnonzero(np.r_[True, np.diff(of[part]) > 0])
        above = np.add.reduceat(r[:, part] * square, first, axis=1)
        below = totals[t] - (1 - 1 / count[t]) * noises[:, t]
        out[:, cell[starts[here]]] = np.log1p(above / below)
    return out


def _teams(area: np.ndarray, place: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Number the sets of places that cells of one area consist of; shape (cell,)."""
    mark = place.astype(np.uint64) + np.uint64(1)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):  # SplitMix64's finaliser
        mark = (mark ^ (mark >> np.uint64(shift))) * np.uint64(factor)
    sets = np.add.reduceat(mark, starts)
    _, team = np.unique(np.stack([area.astype(np.uint64), sets], axis=1), axis=0, return_inverse=True)
    return np.asarray(team.ravel())


def bounds(amount: Amount, levels: list[float]) -> np.ndarray:
    """Return quantiles of the truth behind every cell, shape (level, n).

    Parameters
    ----------
    amount : Amount
    levels : list of float

    Notes
    -----
    Errors have mean one, so the truth's log centre lies half their log variance above the plain sum. The mixture over
    sizes of error enters the exact product at each level by the normal that has the same quantile there.
    """
    centre, sd = amount.local()
    middle = averaged(amount.weight, centre)
    out = np.empty((len(levels), len(amount.cell)))
    for i, level in enumerate(levels):
        q = quantile(amount.weight, centre, sd, level)
        if not amount.signature:
            out[i] = amount.value * np.exp(q)
            continue
        z = float(special.ndtri(level))
        typical = np.sqrt(averaged(amount.weight, sd * sd))
        width = np.maximum((q - middle) / z, 0.0) if abs(z) > 0.3 else typical
        tables = product.tables([amount.signature], [level])
        code = np.zeros(len(q), dtype=int)
        out[i] = product.quantile_cells(amount.value * np.exp(middle), width**2, code, tables)[0]
    return out


def group_values(months: Months, values: np.ndarray) -> np.ndarray:
    """Weighted sums of sample values by site and month, shape (group,)."""
    return np.asarray(months.matrix @ values).ravel()


def pairs_present(grid: Grid, months: Months) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The pairs of a grid whose site and month has a usable sample: cell, group, share, log-sd of the share."""
    cell, group, share, spread = grid.pairs
    keep = months.present[group]
    return cell[keep], group[keep], share[keep], spread[keep]
