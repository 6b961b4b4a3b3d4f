"""Which samples make up a cell (district or city x month), and with what weight.

A cell's value is a weighted sum of its samples' values. Loads add over sites and average over days; per-head
quantities are averaged over sites by the people they serve. A contained zone is never counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from wbe import population
from wbe.estimation.days import STRATA, days_of

#: how a quantity is summed over the sites of one district
EXTENSIVE = ("mass_load", "users")


@dataclass(frozen=True)
class Cells:
    """Areas x months and the share of each site that belongs to each area.

    ``share`` and ``share_sd`` (standard deviation of its logarithm) have shape (n_site, n_area); ``site`` and
    ``month`` give each sample's index; ``apart`` (n_site, n_unit) is the share of a city's sites in each of its
    units, ``stratum`` (n_sample) which of weekday and weekend each sample is, where days count by their number.
    """

    areas: tuple[str, ...]
    months: tuple[str, ...]
    sites: tuple[str, ...]
    share: np.ndarray
    share_sd: np.ndarray
    site: np.ndarray
    month: np.ndarray
    apart: np.ndarray | None = None  # of a city
    stratum: np.ndarray | None = None

    @cached_property
    def members(self) -> dict[tuple[int, int], np.ndarray]:
        """Rows of every sample taken in an area and month, usable or not."""
        found: dict[tuple[int, int], np.ndarray] = {}
        for m in range(len(self.months)):
            rows = np.flatnonzero(self.month == m)
            inside = (self.share > 0)[self.site[rows]]
            found |= {(int(a), m): rows[inside[:, a]] for a in np.flatnonzero(inside.any(axis=0))}
        return found

    def units_behind(self, rows: np.ndarray) -> int:
        """Count the units that some samples stand for: what rests on one district is not a number of the city."""
        return 1 if self.apart is None else int((self.apart[np.unique(self.site[rows])] > 0).any(axis=0).sum())

    def largest_part(self, rows: np.ndarray, amount: np.ndarray) -> float:
        """Return the share of a city's amount that its largest unit makes; NaN for a district.

        Parameters
        ----------
        rows : ndarray of int
            Samples with a result, detected.
        amount : ndarray (n_row,)
            What each of them adds on its day.
        """
        if self.apart is None or not len(rows):
            return np.nan
        site = self.site[rows]
        days = np.bincount(site, minlength=len(self.sites))[site]
        units = (amount / days) @ self.apart[site]
        return float(units.max() / units.sum()) if units.sum() > 0 else np.nan

    def people_behind(self, area: int, rows: np.ndarray, people: np.ndarray) -> float:
        """People of an area behind some of its samples of one month, the mean over days [inhabitant].

        Parameters
        ----------
        area : int
        rows : ndarray of int
            Samples that a number rests on; those without a population count for nothing.
        people : ndarray (n_sample,)
            Population served [inhabitant].

        Returns
        -------
        float
            NaN when nothing says how many people there are.
        """
        known = rows[np.isfinite(people[rows])]
        if not len(known):
            return np.nan
        site = self.site[known]
        days = np.bincount(site, minlength=len(self.sites))[site]
        return float((people[known] * self.share[site, area] / days).sum())

    def _by_day(self, rows: np.ndarray, month: int) -> np.ndarray:
        """Share of its site's month that each sample stands for: all alike, or by weekday where both kinds are."""
        site = self.site[rows]
        alike = 1.0 / np.bincount(site, minlength=len(self.sites))[site]
        if self.stratum is None:
            return alike
        kind, size = self.stratum[rows], days_of(self.months[month])
        counts = np.zeros((len(self.sites), len(STRATA)))
        np.add.at(counts, (site, kind), 1)
        both = np.asarray((counts > 0).all(axis=1))
        return np.where(both[site], size[kind] / size.sum() / counts[site, kind], alike)

    def weights(self, quantity: str, used: np.ndarray, people: np.ndarray) -> list[Cell]:
        """Return the cells that have at least one usable sample.

        Parameters
        ----------
        quantity : str
            Decides between a sum and an average over sites.
        used : ndarray of bool (n_sample,)
            Samples that have a value for this substance.
        people : ndarray (n_sample,)
            Population served, the weights of the average [inhabitant].
        """
        cells = []
        for m in range(len(self.months)):
            in_month = np.flatnonzero(used & (self.month == m))
            if not len(in_month):
                continue
            site = self.site[in_month]
            by_day = self._by_day(in_month, m)
            for a in np.flatnonzero(self.share[np.unique(site)].any(axis=0)):
                inside = self.share[site, a] > 0
                rows = in_month[inside]
                weight = self.share[site[inside], a] * by_day[inside]
                doubt = self.share_sd[site[inside], a]
                if quantity not in EXTENSIVE:
                    heads = weight * people[rows]
                    heads = heads if np.isfinite(heads).all() and heads.sum() > 0 else weight
                    weight = heads / heads.sum()
                    doubt = np.zeros_like(doubt)  # a mean over people hardly depends on how many of them there are
                cells.append(Cell(int(a), m, rows, weight, doubt))
        return cells


@dataclass(frozen=True)
class Cell:
    """One area and month: rows of its samples, their weights, and the log-sd of what each catchment shares."""

    area: int
    month: int
    rows: np.ndarray
    weight: np.ndarray
    weight_sd: np.ndarray


def cells_by_district(ds: xr.Dataset, months: tuple[str, ...]) -> Cells:
    """Cells district x month of a Samples dataset."""
    share = population.unit_weights(ds)
    term = population.weight_term(ds)
    spread = np.zeros(share.shape) if term is None else term.spread.transpose("site", "unit").to_numpy()
    areas = tuple(str(u) for u in share["unit"].values)
    return _cells(ds, months, areas, share.to_numpy(), spread, share)


def cells_of_city(ds: xr.Dataset, months: tuple[str, ...], name: str = "city") -> Cells:
    """Cells of the whole city x month: the units that lie in no other, so that a zone is not counted twice."""
    share = population.unit_weights(ds)
    apart = share.sel(unit=population.non_overlapping(population.units(ds))).to_numpy()
    whole = apart.sum(axis=1, keepdims=True)
    cells = _cells(ds, months, (name,), whole, np.zeros_like(whole), share)
    return replace(cells, apart=apart)


def _cells(
    ds: xr.Dataset, months: tuple[str, ...], areas: tuple[str, ...], share: np.ndarray, sd: np.ndarray, of: xr.DataArray
) -> Cells:
    sites = pd.Index(of["site"].values.astype(str))
    kinds = ds.coords.get("stratum")
    return Cells(
        areas,
        months,
        tuple(sites),
        share,
        sd,
        sites.get_indexer(pd.Index(ds["site"].values.astype(str))),
        pd.Index(months).get_indexer(pd.Index(ds["month"].values.astype(str))),
        stratum=None if kinds is None else pd.Index(STRATA).get_indexer(pd.Index(kinds.values.astype(str))),
    )


def all_months(ds: xr.Dataset) -> tuple[str, ...]:
    """Every calendar month from the first sample to the last, so that a missing one shows."""
    span = pd.period_range(str(min(ds["month"].values)), str(max(ds["month"].values)), freq="M")
    return tuple(str(m) for m in span)
