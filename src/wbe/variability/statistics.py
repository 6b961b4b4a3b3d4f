"""What a file tells of its sizes of error: sums of squares with what they are expected to be, by place, additive.

Refuses to add two parts of one city. Three kinds of contrast: days within a month, months of a place about its city's
months, and months of a whole city; each is split into the mean over biomarkers, which carries what a sample's results
share (sampling, flow), and each biomarker's difference from it, which does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

import numpy as np
import xarray as xr

from wbe.errors import Fault, InputError
from wbe.variability.priors import settings
from wbe.variability.tables import Days, Keys, by_day, mean_of, replicates, specimens, starts

__all__ = ["Contrasts", "Statistics", "learn_statistics"]


@dataclass(frozen=True)
class Contrasts:
    """Sums of squares by row and what makes up their expectation.

    ``square, freedom, worth`` (place, row): sum, its raw count, and the degrees of freedom that it is worth. The
    coefficients say what the sum's expectation holds of each variance: ``day`` and ``deviation`` (place, row,
    biomarker), ``shared`` (place, row, kind + 1), ``analysis`` (place, row, laboratory). The last row is the mean over
    biomarkers.
    """

    square: np.ndarray
    freedom: np.ndarray
    worth: np.ndarray
    day: np.ndarray
    deviation: np.ndarray
    shared: np.ndarray
    analysis: np.ndarray


@dataclass(frozen=True)
class Statistics:
    """Everything that the sizes of error are learnt from; parts of different cities add."""

    keys: Keys
    within: Contrasts  # days within months, by site
    between: Contrasts  # successive months of a site, less its city's, by site
    city: Contrasts  # successive months of a city, by city; a row a biomarker and an empty last one
    city_day: np.ndarray  # (site, biomarker): what each site's days add to its city's row
    city_batch: np.ndarray  # (city, biomarker)
    city_walk: np.ndarray  # (city, biomarker)
    replicate_square: np.ndarray  # (city, laboratory)
    replicate_freedom: np.ndarray  # (city, laboratory)

    def __add__(self, other: Statistics) -> Statistics:
        from wbe.variability.joining import joined

        return joined([self, other])


def learn_statistics(samples: xr.Dataset, *, until: str | None = None) -> Statistics:
    """Return what Samples tell of their sizes of error, by place, to be added over cities.

    Parameters
    ----------
    samples : Dataset
        Valid Samples; results below a limit tell nothing here.
    until : str, optional
        A month ``YYYY-MM``; samples of later months are not used.

    Raises
    ------
    InputError
        ``until`` is not a month.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> bool(learn_statistics(small_city(samples_per_month=2)).within.freedom.sum() > 0)
    True
    """
    keys, rows, log_c, begin = specimens(samples, _month(until))
    days = by_day(rows, begin)
    square, freedom = _by_city(keys, rows, log_c, begin)
    cells = _cells(days)
    between, city, city_day, city_batch, city_walk = _months(keys, cells)
    return Statistics(keys, _within(keys, days), between, city, city_day, city_batch, city_walk, square, freedom)


def _month(until: str | None) -> np.datetime64 | None:
    if until is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}", str(until)):
            raise ValueError
        return np.datetime64(until, "M")
    except ValueError:
        raise InputError([Fault("variability-month", came=repr(until))]) from None


def _by_city(keys: Keys, rows: Days, log_c: np.ndarray, begin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shape = (len(keys.cities), len(keys.laboratories))
    square, freedom = np.zeros(shape), np.zeros(shape)
    city = keys.city_of[rows.site]
    for c in range(len(keys.cities)):
        mine = np.flatnonzero(city == c)
        first = begin[(begin >= mine[0]) & (begin <= mine[-1])] - mine[0]
        part = Days(*(getattr(rows, f.name)[mine] for f in fields(Days)))
        square[c], freedom[c] = replicates(log_c[mine], part, first)
    return square, freedom


def _sum_by(index: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """Add rows with one index, in their order."""
    total = np.zeros((size, *values.shape[1:]))
    order = np.argsort(index, kind="stable")
    begin = starts(index[order])
    if len(begin):
        total[index[order][begin]] = np.add.reduceat(values[order].astype(float), begin, axis=0)
    return total


def _products(index: np.ndarray, left: np.ndarray, right: np.ndarray, size: int) -> np.ndarray:
    """Add the products of two sets of columns over rows with one index, shape (size, left column, right column)."""
    total = np.zeros((size, left.shape[1], right.shape[1]))
    order = np.argsort(index, kind="stable")
    begin = starts(index[order])
    for rows in np.split(order, begin[1:]) if len(order) else []:
        total[index[rows[0]]] = np.einsum("rk,rl->kl", left[rows], right[rows])
    return total


def contrasts(
    apart: np.ndarray, left: np.ndarray, place: np.ndarray, size: int,
    day: np.ndarray, deviation: np.ndarray, shared: np.ndarray, analysis: np.ndarray,
    hidden: np.ndarray, seen: np.ndarray,
) -> Contrasts:  # fmt: skip
    """Split differences from a mean into what biomarkers share and what they do not, and add both by place.

    Parameters
    ----------
    apart : ndarray (row, biomarker)
        Differences; NaN where there is none.
    left : ndarray (row, biomarker)
        What is left of a variance after its mean was taken out, such as 1 - 1/n.
    place : ndarray of int (row,)
    size : int
        Number of places.
    day, deviation : ndarray (row, biomarker)
        Coefficients of each biomarker's own variances.
    shared, analysis : ndarray (row, kind + 1), (row, laboratory)
        Coefficients of what all biomarkers of a row share, and of each biomarker's analysis.
    hidden, seen : ndarray (row, biomarker)
        Variance of what was filled in below a limit, and the part of a difference that was measured.
    """
    known = np.isfinite(apart) & (left > 0)
    number = known.sum(axis=1).astype(float)
    some = np.maximum(number, 1.0)[:, None]
    weight = np.where(known, left, 0.0)
    value = np.where(known, apart, 0.0)
    common = value.sum(axis=1, keepdims=True) / some
    typical = weight.sum(axis=1, keepdims=True) / some
    own = np.where(known, value - common, 0.0)
    several = np.where(number > 1, 1.0, 0.0)[:, None]  # a single biomarker is its own mean
    keep = weight * (1 - 2 / some) * several  # of a biomarker's own variance in its difference from the mean ...
    cross = weight / some**2 * several  # ... and of each biomarker's
    counted = weight * (1 - 1 / some)

    def matrix(coefficient: np.ndarray) -> np.ndarray:
        """Coefficients of each biomarker's variance (last axis) in each row."""
        held = np.where(known, coefficient, 0.0)
        rows = _products(place, cross, held, size)
        rows += _sum_by(place, keep * coefficient, size)[:, :, None] * np.eye(apart.shape[1])
        last = _sum_by(place, typical / some**2 * held, size)
        return np.concatenate([rows, last[:, None, :]], axis=1)

    alone = np.zeros((size, apart.shape[1], shared.shape[1]))
    sampled = _sum_by(place, typical * shared * (number > 0)[:, None], size)
    per_result = np.einsum("rk,rl->rkl", keep + cross * some, analysis)
    by_mean = typical / some * analysis * (number > 0)[:, None]
    freedom = np.concatenate(
        [_sum_by(place, counted, size), _sum_by(place, typical * (number > 0)[:, None], size)], axis=1
    )
    unseen = np.where(known, hidden, 0.0)
    in_all = unseen.sum(axis=1, keepdims=True)
    square = np.concatenate(
        [
            _sum_by(place, own**2 + keep * unseen + cross * in_all, size),
            _sum_by(place, common**2 + typical / some**2 * in_all, size),
        ],
        axis=1,
    )
    measured = np.where(known, seen, 0.0)
    worth = np.concatenate(
        [
            _sum_by(place, counted * measured, size),
            _sum_by(place, typical * measured.sum(axis=1, keepdims=True) / some, size),
        ],
        axis=1,
    )
    return Contrasts(
        square, freedom, worth, matrix(day), matrix(deviation),
        np.concatenate([alone, sampled[:, None, :]], axis=1),
        np.concatenate([_sum_by(place, per_result, size), _sum_by(place, by_mean, size)[:, None, :]], axis=1),
    )  # fmt: skip


def _within(keys: Keys, days: Days) -> Contrasts:
    """Days of one site, month and batch about their mean."""
    order = np.lexsort([days.day, days.batch, days.month, days.site])
    days = Days(*(getattr(days, f.name)[order] for f in fields(Days)))
    begin = starts(days.site, days.month, days.batch)
    mean, count = mean_of(days.y, begin)
    group = np.repeat(np.arange(len(begin)), np.diff(np.append(begin, len(days.site))))
    left = 1 - 1 / np.maximum(count, 1.0)
    share = np.broadcast_to(((1 - settings("day")["month_share"]) * days.day_share)[:, None], days.y.shape)
    return contrasts(days.y - mean[group], left[group], days.site, len(keys.sites), share, np.zeros(days.y.shape),
                     days.shared, days.analysis, days.hidden, days.seen)  # fmt: skip


@dataclass(frozen=True)
class _Cells:
    """One row a site and month: means of days, and what their error is made of."""

    y: np.ndarray
    site: np.ndarray
    month: np.ndarray
    batch: np.ndarray  # the label of its set of batches
    batches: np.ndarray  # how many
    day: np.ndarray  # (row, biomarker)
    shared: np.ndarray
    analysis: np.ndarray
    hidden: np.ndarray
    seen: np.ndarray


def _cells(days: Days) -> _Cells:
    begin = starts(days.site, days.month)
    mean, count = mean_of(days.y, begin)
    size = np.diff(np.append(begin, len(days.site)))[:, None].astype(float)
    share = settings("day")["month_share"]

    def average(x: np.ndarray) -> np.ndarray:
        return np.add.reduceat(x, begin, axis=0) / size if len(begin) else x[:0]

    day = share + (1 - share) * average(days.day_share[:, None]) / np.maximum(count, 1.0)
    order = np.lexsort([days.batch, days.month, days.site])
    site, month, batch = days.site[order], days.month[order], days.batch[order]
    several = starts(site, month, batch)
    cell_of = np.searchsorted(begin, np.arange(len(site)), side="right") - 1
    number = np.bincount(cell_of[several], minlength=len(begin)).astype(float)
    low = batch[begin] if len(begin) else batch
    high = batch[np.append(begin, len(site))[1:] - 1] if len(begin) else batch
    label = (low.astype(np.int64) << 32) + high.astype(np.int64) * 64 + np.minimum(number, 63).astype(np.int64)
    there = np.isfinite(days.y)
    hidden = average(np.where(there, days.hidden, 0.0)) * size / np.maximum(count, 1.0) ** 2
    seen = average(np.where(there, days.seen, 0.0)) * size / np.maximum(count, 1.0)
    return _Cells(mean, days.site[begin], days.month[begin], label, number, day, average(days.shared) / size,
                  average(days.analysis) / size, hidden, seen)  # fmt: skip


def _months(keys: Keys, cells: _Cells) -> tuple[Contrasts, Contrasts, np.ndarray, np.ndarray, np.ndarray]:
    """Successive months: of a site about its city's, and of the city. Halved, a difference holds one month's error."""
    gap = np.diff(cells.month)
    row = np.flatnonzero((np.diff(cells.site) == 0) & (gap <= settings("integration")["longest_gap"]))
    site, gap = cells.site[row], gap[row].astype(float)
    city = keys.city_of[site]
    order = np.lexsort([site, cells.batch[row + 1], cells.batch[row], cells.month[row + 1], cells.month[row], city])
    row, site, gap, city = row[order], site[order], gap[order], city[order]
    nxt = row + 1
    begin = starts(city, cells.month[row], cells.month[nxt], cells.batch[row], cells.batch[nxt])
    step = (cells.y[nxt] - cells.y[row]) / np.sqrt(2.0)
    mean, count = mean_of(step, begin)
    group = np.repeat(np.arange(len(begin)), np.diff(np.append(begin, len(row))))
    held = (cells.day, cells.shared, cells.analysis, cells.hidden, cells.seen)
    day, shared, analysis, hidden, seen = ((x[nxt] + x[row]) / 2 for x in held)
    kept = np.broadcast_to((1 - settings("deviation")["persistence"] ** gap)[:, None], step.shape)
    between = contrasts(step - mean[group], (1 - 1 / np.maximum(count, 1.0))[group], site, len(keys.sites),
                        day, kept, shared, analysis, hidden, seen)  # fmt: skip
    between = _worth(between, between.worth, np.bincount(site, minlength=len(keys.sites)).astype(float)[:, None])
    share = np.where(np.isfinite(step), 1 / np.maximum(count, 1.0)[group] ** 2, 0.0)
    moved = np.where(cells.batch[row] != cells.batch[nxt], 0.5 / cells.batches[row] + 0.5 / cells.batches[nxt], 0.0)
    towns = city[begin] if len(begin) else city
    n = len(keys.cities)
    filled = share.sum(axis=1) > 0
    by_sample = _sum_by(city, share[:, :, None] * shared[:, None, :], n)
    by_result = _sum_by(city, share[:, :, None] * analysis[:, None, :], n)
    unseen, measured = _sum_by(group, share * hidden, len(begin)), _sum_by(group, share * seen, len(begin))
    measured *= np.maximum(count, 1.0)  # shares are 1 / n^2
    whole = _city(mean, unseen, measured, towns, n, by_sample, by_result, _sum_by(city, share * kept, n))
    there = np.isfinite(mean).astype(float)
    first = begin if len(begin) else row
    return (
        between, whole, _sum_by(site[filled], (share * day)[filled], len(keys.sites)),
        _sum_by(towns, there * moved[first][:, None], n), _sum_by(towns, there * gap[first][:, None] / 2, n),
    )  # fmt: skip


def _worth(found: Contrasts, freedom: np.ndarray, steps: np.ndarray) -> Contrasts:
    """Successive differences overlap: T of them are worth 2 T / (3 T - 1) of their count (von Neumann 1941)."""
    factor = 2 * steps / np.maximum(3 * steps - 1, 1.0)
    held = {f.name: getattr(found, f.name) for f in fields(Contrasts)}
    return Contrasts(**(held | {"worth": freedom * factor}))


def _city(
    mean: np.ndarray,
    hidden: np.ndarray,
    seen: np.ndarray,
    towns: np.ndarray,
    n: int,
    shared: np.ndarray,
    analysis: np.ndarray,
    deviation: np.ndarray,
) -> Contrasts:
    """Months of a city, a row a biomarker; biomarkers that move as one are worth one."""
    there = np.isfinite(mean)
    value = np.where(there, mean, 0.0)
    square, count = _sum_by(towns, value**2 + np.where(there, hidden, 0.0), n), _sum_by(towns, there.astype(float), n)
    worth = _sum_by(towns, np.where(there, seen, 0.0), n)
    k = mean.shape[1]
    scale = (
        np.sqrt(np.where(square > 0, square / np.maximum(count, 1.0), 1.0))[towns] if len(towns) else np.ones((0, k))
    )
    number = np.maximum(there.sum(axis=1), 1.0)
    alike = ((value / scale).sum(axis=1) / number) ** 2
    kinds = np.maximum(_sum_by(towns, number, n) / np.maximum(np.bincount(towns, minlength=n), 1.0), 1.0)
    doubt = 2.0  # steps' worth of the belief that a quarter of the movement is shared
    level = (_sum_by(towns, alike, n) + doubt * (0.25 + 0.75 / kinds)) / (np.bincount(towns, minlength=n) + doubt)
    effective = np.clip(1 / np.maximum(level, 1e-9), 1.0, kinds) / kinds

    def closed(x: np.ndarray) -> np.ndarray:
        return np.concatenate([x, np.zeros((n, 1, *x.shape[2:]))], axis=1)

    own = deviation[:, :, None] * np.eye(k)
    found = Contrasts(closed(square), closed(count), closed(worth), np.zeros((n, k + 1, k)), closed(own),
                      closed(shared), closed(analysis))  # fmt: skip
    return _worth(found, found.worth * effective[:, None], np.maximum(found.freedom, 1.0))
