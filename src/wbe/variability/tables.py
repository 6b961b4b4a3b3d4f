"""From samples to logs by specimen and by day: sorted, replicates averaged, each day with what its error is made of.

Refuses nothing: results without a number, or without a flow where their site has flows, tell nothing and are left out.
Any order of rows gives the same bits, since everything is sorted by place, time and value before it is added.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from wbe.samples import Flag
from wbe.variability.limits import filled

__all__ = ["Days", "Keys", "Sorted", "by_day", "mean_of", "replicates", "sorted_results", "specimens", "starts"]

SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Keys:
    """The names behind the indices: cities (province, city), sites and their city, biomarkers, kinds, laboratories."""

    cities: tuple[tuple[str, str], ...]
    sites: tuple[str, ...]
    city_of: np.ndarray  # (site,)
    population: np.ndarray  # (site,), NaN where unknown
    biomarkers: tuple[str, ...]
    kinds: tuple[str, ...]
    laboratories: tuple[str, ...]


@dataclass(frozen=True)
class Days:
    """One row a specimen or a day, sorted by site and time.

    ``y`` (row, biomarker) is ln(concentration x flow), NaN where nothing tells; ``site, month, day, batch`` (row,);
    ``day_share`` (row,) the part of a day's variance that the row carries (a composite of d days: 1/d); ``shared``
    (row, kind + 1) coefficients of sampling by kind and of flow; ``analysis`` (row, laboratory) those of analysis.
    ``hidden`` (row, biomarker) is the variance of what was filled in below a limit, ``seen`` the part measured.
    """

    y: np.ndarray
    site: np.ndarray
    month: np.ndarray
    day: np.ndarray
    batch: np.ndarray
    day_share: np.ndarray
    shared: np.ndarray
    analysis: np.ndarray
    hidden: np.ndarray
    seen: np.ndarray


def starts(*columns: np.ndarray) -> np.ndarray:
    """Return where a new group begins in sorted columns.

    Examples
    --------
    >>> starts(np.array([0, 0, 1, 1]), np.array([5, 6, 6, 6])).tolist()
    [0, 1, 2]
    """
    n = len(columns[0])
    new = np.zeros(n, dtype=bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(new)


def mean_of(y: np.ndarray, begin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of what is there in each group, NaN where nothing is, and how many there are."""
    known = np.isfinite(y)
    if not len(begin):
        return np.empty((0, *y.shape[1:])), np.empty((0, *y.shape[1:]))
    count = np.add.reduceat(known.astype(float), begin, axis=0)
    total = np.add.reduceat(np.where(known, y, 0.0), begin, axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan), count


def _text(samples: xr.Dataset, name: str) -> np.ndarray:
    if name not in samples.coords or samples[name].dims != ("sample",):
        return np.full(samples.sizes["sample"], "", dtype=object).astype(str)
    return np.asarray(samples[name].values).astype(str)


@dataclass(frozen=True)
class Sorted:
    """Results sorted by place and time: rows not yet filled in, ln(concentration), ln bounds, specimens' beginnings."""

    rows: Days
    log_c: np.ndarray  # (sample, biomarker)
    low: np.ndarray  # (sample, biomarker) ln load, -inf where a result has no lower bound
    high: np.ndarray  # (sample, biomarker) ln load, NaN where a result is a number or has no bound
    begin: np.ndarray


def specimens(samples: xr.Dataset, until: np.datetime64 | None) -> tuple[Keys, Days, np.ndarray, np.ndarray]:
    """Return keys, rows filled in below their limits, their ln(concentration), and where each specimen begins.

    Specimens are samples of one site and time; further samples of the same site and time are replicate analyses.
    """
    keys, found = sorted_results(samples, until)
    y, hidden = filled(found.rows.y, found.low, found.high, found.rows.site, keys.city_of)
    return keys, replace(found.rows, y=y, hidden=hidden), found.log_c, found.begin


def sorted_results(samples: xr.Dataset, until: np.datetime64 | None) -> tuple[Keys, Sorted]:
    """Return results in an order that does not depend on that of the file."""
    time = np.asarray(samples["time"].values).astype("datetime64[ns]")
    keep = np.ones(len(time), dtype=bool) if until is None else time.astype("datetime64[M]") <= until
    place, site = _places(samples, keep)
    order_of_biomarkers = np.argsort(samples["biomarker"].values.astype(str), kind="stable")
    conc = (
        samples["concentration"].variable.transpose("sample", "biomarker").to_numpy()[np.ix_(keep, order_of_biomarkers)]
    )
    flag = samples["flag"].variable.transpose("sample", "biomarker").to_numpy()[np.ix_(keep, order_of_biomarkers)]
    seen = (flag == int(Flag.DETECTED)) & (conc > 0)
    log_c = np.log(np.where(seen, conc, 1.0))
    log_c[~seen] = np.nan
    flow = samples["flow"].to_numpy().astype(float)[keep]
    metered = np.isfinite(flow) & (flow > 0)
    bound = _bounds(samples, keep, order_of_biomarkers)
    any_flow = np.bincount(site, weights=metered, minlength=len(place)) > 0
    log_q = np.where(metered, np.log(np.where(metered, flow, 1.0)), np.where(any_flow[site], np.nan, 0.0))
    kind, lab, batch = (_text(samples, n)[keep] for n in ("sample_type", "laboratory", "batch"))
    kind = np.where(kind == "", "unknown", kind)
    months = time[keep].astype("datetime64[M]").astype(np.int64)
    batch = np.where(batch == "", np.char.add("\x1fmonth ", months.astype(str)), batch)
    kinds, kind_code = np.unique(kind, return_inverse=True)
    labs, lab_code = np.unique(lab, return_inverse=True)
    _, batch_code = np.unique(batch, return_inverse=True)
    weight = np.nansum(log_c, axis=1)
    order = np.lexsort([weight, log_q, batch_code, lab_code, kind_code, time[keep], site])
    people = (
        samples["population"].to_numpy().astype(float)[keep] if "population" in samples else np.full(len(site), np.nan)
    )
    end = np.asarray(samples["time_end"].values)[keep] if "time_end" in samples.coords else time[keep]
    keys = _keys(place, site, people, samples["biomarker"].values.astype(str)[order_of_biomarkers], kinds, labs)
    length = (end.astype("datetime64[ns]") - time[keep]) / np.timedelta64(1, "D")
    days = np.maximum(np.round(np.where(np.isfinite(length), length, 1.0)), 1.0)
    low, high = bound + log_q[:, None]
    y = (log_c + log_q[:, None])[order]
    rows = Days(
        y, site[order], months[order],
        time[keep].astype("datetime64[D]").astype(np.int64)[order], batch_code[order], (1 / days)[order],
        np.column_stack([kind_code[:, None] == np.arange(len(kinds)), np.ones(len(site))]).astype(float)[order],
        (lab_code[:, None] == np.arange(len(labs))).astype(float)[order], np.zeros(y.shape),
        np.isfinite(log_c[order]).astype(float),
    )  # fmt: skip
    return keys, Sorted(rows, log_c[order], low[order], high[order], starts(site[order], time[keep][order]))


def _bounds(samples: xr.Dataset, keep: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return ln of the bounds of results that are no number, (2, sample, biomarker): -inf below, NaN for none."""
    flag = samples["flag"].variable.transpose("sample", "biomarker").to_numpy()
    if "lod" not in samples or "loq" not in samples:
        return np.stack([np.full(flag.shape, -np.inf), np.full(flag.shape, np.nan)])[:, keep][:, :, columns]
    lod, loq = (samples[name].variable.transpose("sample", "biomarker").to_numpy() for name in ("lod", "loq"))
    # as wbe.samples.limit: below LOD the LOD, or the LOQ where no LOD is known; below LOQ the LOQ
    high = np.where(flag == int(Flag.BELOW_LOD), np.where(np.isnan(lod), loq, lod), np.nan)
    high = np.where(flag == int(Flag.BELOW_LOQ), loq, high)
    bounded = (flag == int(Flag.BELOW_LOQ)) & (lod > 0) & (lod < high)
    low = np.where(bounded, np.log(np.where(bounded, lod, 1.0)), -np.inf)
    high = np.log(np.where(high > 0, high, np.nan))
    found: np.ndarray = np.stack([low, high])[:, keep][:, :, columns]
    return found


def _places(samples: xr.Dataset, keep: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the places, as province, city and site joined by a separator that sorts first, and each row's index."""
    named = _text(samples, "site")
    for name in ("city", "province"):
        named = np.char.add(np.char.add(_text(samples, name), SEPARATOR), named)
    code, places = pd.factorize(named[keep])
    order = np.argsort(places, kind="stable")
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(len(order))
    return np.asarray(places)[order].astype(str), rank[code] if len(code) else np.zeros(0, dtype=int)


def _keys(
    place: np.ndarray, site: np.ndarray, people: np.ndarray, biomarkers: np.ndarray, kinds: np.ndarray, labs: np.ndarray
) -> Keys:
    split = [tuple(str(p).split(SEPARATOR)) for p in place]
    cities = sorted({(s[0], s[1]) for s in split})
    index = {city: i for i, city in enumerate(cities)}
    city_of = np.array([index[s[0], s[1]] for s in split], dtype=int)
    population = np.full(len(place), np.nan)
    order = np.lexsort([people, site])
    begin = starts(site[order])
    known = np.add.reduceat(np.isfinite(people[order]).astype(int), begin) if len(begin) else np.array([], dtype=int)
    some = known > 0
    population[some] = people[order][begin[some] + (known[some] - 1) // 2]  # the lower median: NaN sort last
    return Keys(tuple(cities), tuple(s[2] for s in split), city_of, population, tuple(biomarkers.tolist()),
                tuple(kinds.tolist()), tuple(labs.tolist()))  # fmt: skip


def replicates(log_c: np.ndarray, rows: Days, begin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return sums of squares and degrees of freedom of replicate analyses, shape (laboratory,).

    The replicates of one specimen share sample and flow, so that they differ by analysis alone.
    """
    mean, count = mean_of(log_c, begin)
    group = np.repeat(np.arange(len(begin)), np.diff(np.append(begin, len(log_c))))
    apart = np.where(np.isfinite(log_c), log_c - mean[group], 0.0)
    lab, labs = rows.analysis.argmax(axis=1), rows.analysis.shape[1]
    # added one by one, so that the bits do not depend on how many laboratories there are
    square = np.bincount(lab, weights=(apart**2).sum(axis=1), minlength=labs)
    spare = np.maximum(count - 1, 0).sum(axis=1)
    return square, np.bincount(lab[begin], weights=spare, minlength=labs)


def averaged(rows: Days, begin: np.ndarray, *, replicate: bool) -> Days:
    """Return one row a group: replicates of a specimen share sampling and flow, specimens of a day share flow alone."""
    mean, count = mean_of(rows.y, begin)
    size = np.diff(np.append(begin, len(rows.site)))[:, None].astype(float)
    effective = np.maximum(count.max(axis=1, keepdims=True), 1.0) if mean.shape[1] else size

    def average(x: np.ndarray) -> np.ndarray:
        return np.add.reduceat(x, begin, axis=0) / size if len(begin) else x[:0]

    shared, analysis = average(rows.shared), average(rows.analysis) / effective
    if not replicate:
        shared[:, :-1] /= effective
    share = average(rows.day_share[:, None])[:, 0]
    hidden = average(rows.hidden) / effective
    seen = np.where(np.isfinite(rows.y), rows.seen, 0.0)
    seen = np.add.reduceat(seen, begin, axis=0) / np.maximum(count, 1) if len(begin) else seen
    return Days(mean, rows.site[begin], rows.month[begin], rows.day[begin], rows.batch[begin], share, shared, analysis,
                hidden, seen)  # fmt: skip


def by_day(rows: Days, begin: np.ndarray) -> Days:
    """Return one row a site and day, from rows of samples and the beginnings of their specimens."""
    single = averaged(rows, begin, replicate=True)
    return averaged(single, starts(single.site, single.day), replicate=False)
