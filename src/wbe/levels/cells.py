"""Months of places as the model of levels reads them: means of logs, with what their error is made of; limits apart.

Refuses nothing: results that say nothing are left out, and a month without a sample is a month that is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from wbe.variability.tables import Days, Keys, averaged, mean_of, sorted_results, starts

__all__ = ["City", "Drug", "cities"]

GRAMS = float(np.log(1e6))  # ng/L x m3/d = 1e-6 g/d


@dataclass(frozen=True)
class Drug:
    """One biomarker of one city: months of places (place, month), and single days below a limit.

    ``mean`` is the mean of ln load [ln g/d] over ``count`` days with a number, ``square`` the sum of
    squares of those days about it; ``share`` the part of a day's variance
    that a day carries (composites of several days carry less); ``shared`` (place, month, kind + 1) and ``analysis``
    (place, month, laboratory) coefficients of a day's error. ``limit`` and what follows hold one value a day below.
    """

    biomarker: str
    mean: np.ndarray
    count: np.ndarray
    square: np.ndarray
    share: np.ndarray
    shared: np.ndarray
    analysis: np.ndarray
    limit: np.ndarray
    limit_place: np.ndarray
    limit_month: np.ndarray

    @property
    def observed(self) -> np.ndarray:
        """Months of places with a number or a limit, (place, month)."""
        found: np.ndarray = self.count > 0
        found = found.copy()
        found[self.limit_place, self.limit_month] = True
        return found


@dataclass(frozen=True)
class City:
    """One city: its places, months without gaps, what each month has in common, and its biomarkers."""

    name: tuple[str, str]
    places: tuple[str, ...]
    population: np.ndarray  # (place,)
    months: np.ndarray  # (month,) datetime64[M]
    batch: np.ndarray  # (month,) label of the batch of most of its samples, -1 for none
    version: np.ndarray  # (month,) label of the method of most of its samples, -1 for none
    kinds: tuple[str, ...]
    laboratories: tuple[str, ...]
    drugs: tuple[Drug, ...]
    laboratory: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))  # (place,) of most of its samples


def cities(samples: xr.Dataset, until: np.datetime64 | None = None, ahead: int = 0) -> list[City]:
    """Return the cities of Samples in the order of their names.

    Parameters
    ----------
    samples : Dataset
        Valid Samples.
    until : datetime64[M], optional
        Samples of later months are left out.
    ahead : int
        Months after the last sample that are added, with nothing seen in them.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> city = cities(small_city(months=4))[0]
    >>> city.months.size, len(city.places), city.drugs[0].mean.shape
    (4, 3, (3, 4))
    """
    keys, found = sorted_results(samples, until)
    days, high = _days(found.rows, found.high, found.begin)
    version = _versions(samples, until)
    first: dict[int, list[int]] = {}
    for site in range(len(keys.sites)):
        first.setdefault(int(keys.city_of[site]), []).append(site)
    return [_city(keys, days, high, np.array(sites), c, version, ahead) for c, sites in sorted(first.items())]


def _days(rows: Days, high: np.ndarray, begin: np.ndarray) -> tuple[Days, np.ndarray]:
    """Return one row a day, and the bound of those that have no number."""
    single = averaged(rows, begin, replicate=True)
    bound, _ = mean_of(high, begin)
    again = starts(single.site, single.day)
    daily = averaged(single, again, replicate=False)
    bound, _ = mean_of(bound, again)
    return daily, np.where(np.isfinite(daily.y), np.nan, bound)


def _versions(samples: xr.Dataset, until: np.datetime64 | None) -> dict[tuple[str, int], str]:
    """Return the commonest version of the method by city and month; the first by name of equals."""
    if "method_version" not in samples.coords:
        return {}
    time = np.asarray(samples["time"].values).astype("datetime64[M]")
    keep = np.ones(len(time), dtype=bool) if until is None else time <= until
    town = samples["city"].values.astype(str) if "city" in samples.coords else np.full(len(time), "")
    counted: dict[tuple[str, int], dict[str, int]] = {}
    for c, m, v in zip(
        town[keep], time[keep].astype(int), samples["method_version"].values[keep].astype(str), strict=True
    ):
        held = counted.setdefault((str(c), int(m)), {})
        held[str(v)] = held.get(str(v), 0) + 1
    return {key: min((-number, version) for version, number in held.items())[1] for key, held in counted.items()}


def _city(
    keys: Keys,
    days: Days,
    high: np.ndarray,
    sites: np.ndarray,
    city: int,
    version: dict[tuple[str, int], str],
    ahead: int,
) -> City:
    mine = np.isin(days.site, sites)
    place = np.searchsorted(sites, days.site[mine])
    first, last = (int(days.month[mine].min()), int(days.month[mine].max())) if mine.any() else (0, -1)
    past = last - first + 1
    month, n_month = days.month[mine] - first, past + ahead if past else 0
    shape = (len(sites), n_month)
    cell = place * n_month + month
    batch = _commonest(month, days.batch[mine], n_month)
    named = [version.get((keys.cities[city][1], first + min(m, past - 1)), "") for m in range(n_month)]
    labels = sorted(set(named))

    def by_cell(values: np.ndarray) -> np.ndarray:
        total = np.zeros((shape[0] * shape[1], *values.shape[1:]))
        order = np.argsort(cell, kind="stable")
        begin = starts(cell[order])
        if len(begin):
            total[cell[order][begin]] = np.add.reduceat(values[order], begin, axis=0)
        return total.reshape(*shape, *values.shape[1:])

    drugs = []
    for k, name in enumerate(keys.biomarkers):
        y, bound = days.y[mine, k] - GRAMS, high[mine, k] - GRAMS
        seen = np.isfinite(y)
        below = ~seen & np.isfinite(bound)
        told = (seen | below).astype(float)
        count, any_day = by_cell(seen.astype(float)), np.maximum(by_cell(told), 1.0)
        mean = np.where(count > 0, by_cell(np.where(seen, y, 0.0)) / np.maximum(count, 1.0), 0.0)
        drugs.append(Drug(
            name, mean, count, by_cell(np.where(seen, y - mean[place, month], 0.0) ** 2),
            by_cell(told * days.day_share[mine]) / any_day,
            by_cell(told[:, None] * days.shared[mine]) / any_day[:, :, None],
            by_cell(told[:, None] * days.analysis[mine]) / any_day[:, :, None],
            bound[below], place[below], month[below],
        ))  # fmt: skip
    return City(
        keys.cities[city], tuple(keys.sites[s] for s in sites), keys.population[sites],
        np.arange(first, first + n_month).astype("datetime64[M]"), batch,
        np.array([labels.index(v) for v in named], dtype=int),
        keys.kinds, keys.laboratories, tuple(drugs), _laboratory(place, days.analysis[mine], len(sites)),
    )  # fmt: skip


def _laboratory(place: np.ndarray, analysis: np.ndarray, places: int) -> np.ndarray:
    """Return the laboratory that analysed most of each place's days, (place,); the first of equals."""
    counted = np.zeros((places, analysis.shape[1]))
    np.add.at(counted, place, (analysis > 0).astype(float))
    return np.asarray(counted.argmax(axis=1)) if analysis.shape[1] else np.zeros(places, dtype=int)


def _commonest(month: np.ndarray, label: np.ndarray, months: int) -> np.ndarray:
    found = np.full(months, -1)
    for m in np.unique(month):
        values, counts = np.unique(label[month == m], return_counts=True)
        found[m] = values[np.argmax(counts)]
    return found
