"""Which days a sample covers, and with what weight it counts in the mean of its site's month.

A month is the mean of its day means over the days that were covered. Refuses to let replicates, or the days of a
composite, weigh as anything but what they are.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import xarray as xr

__all__ = ["Coverage", "Grouped", "coverage", "covered_days", "days_in_month", "months_covered", "weekend"]

_DAY = np.timedelta64(1, "D")
#: 1970-01-05 was a Monday; days are counted from 1970-01-01
_MONDAY = 4


def covered_days(ds: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return the first day that each sample covers, and how many.

    Parameters
    ----------
    ds : Dataset
        Samples; ``time`` and, where composites say it, ``time_end`` (sample): a sample covers [time, time_end). A
        start without an end is one day, and so is anything shorter than a day and a half.

    Returns
    -------
    first : ndarray of int (sample,)
        Days since 1970-01-01.
    number : ndarray of int (sample,)

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> covered_days(small_city(districts=1, months=1))[1].tolist()
    [1]
    """
    start = ds["time"].values.astype("datetime64[ns]")
    first = start.astype("datetime64[D]").astype(np.int64)
    number = np.ones(len(first), dtype=np.int64)
    if "time_end" in ds.coords:
        end = ds["time_end"].values.astype("datetime64[ns]")
        known = ~np.isnat(end) & (end > start)
        number[known] = np.maximum(np.round((end - start)[known] / _DAY).astype(np.int64), 1)
    return first, number


def weekend(day: np.ndarray) -> np.ndarray:
    """Whether days (since 1970-01-01) are a Saturday or a Sunday.

    Examples
    --------
    >>> weekend(np.array(["2021-06-25", "2021-06-26"], dtype="datetime64[D]").astype(int)).tolist()
    [False, True]
    """
    return (np.asarray(day) - _MONDAY) % 7 >= 5


@functools.lru_cache(maxsize=4096)
def days_in_month(month: str) -> tuple[int, int]:
    """Return the numbers of weekdays and of weekend days of a month ``YYYY-MM``.

    Examples
    --------
    >>> days_in_month("2021-06")
    (22, 8)
    """
    first = np.datetime64(month, "M")
    start, end = first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]")
    weekdays = int(np.busday_count(start, end))
    return weekdays, int((end - start).astype(int)) - weekdays


def months_covered(ds: xr.Dataset) -> tuple[str, ...]:
    """Return every month ``YYYY-MM`` from the first day that a sample covers to the last.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> months_covered(small_city(districts=1, months=2))
    ('2021-01', '2021-02')
    """
    first, number = covered_days(ds)
    start, end = (
        int(day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))
        for day in (first.min(), (first + number - 1).max())
    )
    return tuple(str(np.datetime64(month, "M")) for month in range(start, end + 1))


@dataclass(frozen=True, eq=False)
class Coverage:
    """Every day that every sample covers: one entry for each.

    ``row`` (entry) is the sample, ``group`` its site and month as one number (site x n_month + month), ``sample_day``
    its site and day; ``taken`` (sample) numbers the samples that were taken, which replicate analyses share.
    """

    months: tuple[str, ...]
    row: np.ndarray
    group: np.ndarray
    site_day: np.ndarray
    day: np.ndarray
    taken: np.ndarray
    n_group: int

    @property
    def n_sample(self) -> int:
        """Number of samples."""
        return len(self.taken)


@dataclass(frozen=True, eq=False)
class Grouped:
    """Some samples by site and month: entries (sample, group) with the weight in the group's mean of day means.

    ``days`` (group,) is the number of days covered, ``off`` how many of these were Saturdays or Sundays. The weights
    of a group sum to 1.
    """

    row: np.ndarray
    group: np.ndarray
    weight: np.ndarray
    days: np.ndarray
    off: np.ndarray


def coverage(ds: xr.Dataset, site: np.ndarray) -> Coverage:
    """Lay out the days of all samples.

    Parameters
    ----------
    ds : Dataset
        Samples.
    site : ndarray of int (sample,)
        Number of each sample's site.
    """
    first, number = covered_days(ds)
    row = np.repeat(np.arange(len(first)), number)
    start = np.repeat(np.cumsum(number) - number, number)
    day = first[row] + np.arange(len(row)) - start
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    origin = int(month.min())
    n_month = int(month.max()) - origin + 1
    months = months_covered(ds)
    span = int(day.max() - day.min()) + 1
    site_day = site[row].astype(np.int64) * span + (day - day.min())
    when = np.stack([site, ds["time"].values.astype("datetime64[ns]").astype(np.int64), number], axis=1)
    _, taken = np.unique(when, axis=0, return_inverse=True)
    group = site[row].astype(np.int64) * n_month + (month - origin)
    return Coverage(months, row, group, site_day, day, taken.ravel(), (int(site.max()) + 1) * n_month)


def grouped(cover: Coverage, used: np.ndarray) -> Grouped:
    """Weigh the samples that have a value: replicates are averaged first, then samples of a day, then days.

    Parameters
    ----------
    cover : Coverage
    used : ndarray of bool (sample,)
    """
    keep = used[cover.row]
    row, group, site_day = cover.row[keep], cover.group[keep], cover.site_day[keep]
    if not len(row):
        none = np.zeros(cover.n_group, dtype=np.int64)
        return Grouped(row, group, np.zeros(0), none, none.copy())
    replicates = np.bincount(cover.taken[used], minlength=len(cover.taken))[cover.taken[row]]
    _, first_of_day, by_day = np.unique(site_day, return_index=True, return_inverse=True)
    # of the replicates of a sample each day counts one
    pair = by_day.ravel() * np.int64(len(cover.taken)) + cover.taken[row]
    _, one = np.unique(pair, return_index=True)
    of_day = np.bincount(by_day.ravel()[one], minlength=len(first_of_day))[by_day.ravel()]
    days = np.bincount(group[first_of_day], minlength=cover.n_group)
    off = np.bincount(group[first_of_day], weights=weekend(cover.day[keep][first_of_day]), minlength=cover.n_group)
    weight = 1.0 / (replicates * of_day * days[group])
    # entries of one sample in one month become one
    mark, place = np.unique(group * np.int64(cover.n_sample) + row, return_inverse=True)
    weight = np.bincount(place.ravel(), weights=weight)
    group, row = np.divmod(mark, cover.n_sample)
    return Grouped(row, group, weight, days, off.astype(np.int64))
