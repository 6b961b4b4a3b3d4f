"""Which samples make up a cell (area x month), and with what weight: sparse rows, no loop over samples or cells.

A month of a site is the mean of its day means; an area is the plain sum of its sites, or per head the mean of its
sites over their people. Refuses nothing; a cell without a usable sample is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from wbe.estimation.days import Coverage, Grouped, grouped
from wbe.estimation.places import Areas

__all__ = ["EXTENSIVE", "Grid", "Months", "group_sum", "months_of"]

#: quantities that add up over sites; the others are averaged over people
EXTENSIVE = ("mass_load", "users")


@dataclass(frozen=True, eq=False)
class Months:
    """Site-months and the weights of samples in them, for one set of usable samples and one way of adding.

    ``matrix`` (group, sample) holds weights that sum to 1 in each group; ``heads`` (group,) the mean number of people
    on the days covered (1 where people do not count); ``present`` (group,) whether there is any.
    """

    matrix: sparse.csr_matrix
    heads: np.ndarray
    days: np.ndarray
    off: np.ndarray

    @cached_property
    def present(self) -> np.ndarray:
        """Whether a site and month has a usable sample."""
        return self.days > 0


def months_of(cover: Coverage, used: np.ndarray, people: np.ndarray | None) -> Months:
    """Weigh samples by days, and for amounts per head by the people of each day.

    Parameters
    ----------
    cover : Coverage
    used : ndarray of bool (sample,)
    people : ndarray (sample,), or None
        For amounts per head; a site and month with an unknown count goes by days alone.
    """
    found: Grouped = grouped(cover, used)
    weight: np.ndarray = found.weight
    heads: np.ndarray = np.ones(cover.n_group)
    if people is not None:
        counted = weight * people[found.row]
        heads = np.bincount(found.group, weights=counted, minlength=cover.n_group)
        known = np.isfinite(heads) & (heads > 0)
        at = known[found.group]
        weight = np.where(at, counted / np.where(at, heads[found.group], 1.0), weight)
        heads = np.where(known, heads, 1.0)
    shape = (cover.n_group, cover.n_sample)
    return Months(sparse.csr_matrix((weight, (found.group, found.row)), shape=shape), heads, found.days, found.off)


def group_sum(groups: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """Add values (..., entry) up by group, in the order in which they stand; shape (..., n)."""
    flat = values.reshape(-1, values.shape[-1])
    return np.stack([np.bincount(groups, weights=v, minlength=n) for v in flat]).reshape(*values.shape[:-1], n)


@dataclass(frozen=True, eq=False)
class Grid:
    """Areas of one kind x months, laid over the site-months of all samples.

    ``cell`` = area x n_month + month. ``pairs`` lists which groups lie in which cells, with the share of the site.
    """

    areas: Areas
    months: tuple[str, ...]

    @property
    def n_cell(self) -> int:
        """Number of cells."""
        return len(self.areas.names) * len(self.months)

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Cell, group, share and log-sd of the share of every pair, ordered by cell and group."""
        table = self.areas.share.tocoo()
        n = len(self.months)
        month = np.tile(np.arange(n), table.nnz)
        site, area = np.repeat(table.row, n).astype(np.int64), np.repeat(table.col, n).astype(np.int64)
        share = np.repeat(table.data, n)
        spread = np.repeat(np.asarray(self.areas.spread[table.row, table.col]).ravel(), n) if table.nnz else share
        cell, group = area * n + month, site * n + month
        order = np.lexsort((group, cell))
        return cell[order], group[order], share[order], spread[order]

    @cached_property
    def sites_of(self) -> np.ndarray:
        """Number of sites with a share in each area."""
        return np.bincount(self.areas.share.tocoo().col, minlength=len(self.areas.names))

    def number(self, area: str, month: str) -> int:
        """Number of a cell, -1 where the area or the month is not there."""
        if area not in self.areas.names or month not in self.months:
            return -1
        return self.areas.names.index(area) * len(self.months) + self.months.index(month)
