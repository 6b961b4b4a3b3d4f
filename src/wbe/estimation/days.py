"""What a few days say about a month: the day-to-day term of a monthly value.

Refuses to treat replicates of one day as further days. Weekdays and weekend days may count by their number.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.uncertainty import Term


@functools.cache
def day_to_day() -> dict[str, Any]:
    """Return the table of day-to-day coefficients of variation with source and status."""
    return tomllib.loads(resources.files("wbe").joinpath("data/day_to_day.toml").read_text(encoding="utf-8"))


def day_cv(biomarker: str) -> float:
    """Return a biomarker's day-to-day coefficient of variation, or the stated default.

    Examples
    --------
    >>> day_cv("mdma"), day_cv("ketamine")
    (0.68, 0.25)
    """
    table = day_to_day()
    return float(table["biomarker"].get(biomarker, table["default"])["cv"])


STRATA = ("weekday", "weekend")
"""Monday to Friday, and the two days that follow, by the day on which a composite starts."""


def strata(times: np.ndarray) -> np.ndarray:
    """Return the stratum of each time, ``"weekday"`` or ``"weekend"``.

    Examples
    --------
    >>> strata(np.array(["2021-06-25", "2021-06-26"], dtype="datetime64[D]")).tolist()    # a Friday and a Saturday
    ['weekday', 'weekend']
    """
    return np.where(np.is_busday(times.astype("datetime64[D]")), *STRATA)


def days_of(month: str) -> np.ndarray:
    """Return the numbers of weekdays and of weekend days of a month ``YYYY-MM``.

    Examples
    --------
    >>> days_of("2021-06").tolist()
    [22, 8]
    """
    first = np.datetime64(month, "M")
    start, end = first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]")
    weekdays = int(np.busday_count(start, end))
    return np.array([weekdays, int((end - start).astype(int)) - weekdays])


def unsampled(ds: xr.Dataset) -> np.ndarray:
    """Return the share of its month's days that nobody sampled, for each sample, shape (n_sample,).

    Where the samples carry a ``stratum`` and a site and month has both, the days are those of the sample's stratum.
    """
    days = pd.DataFrame({
        "site": ds["site"].values.astype(str), "month": ds["month"].values.astype(str),
        "day": pd.DatetimeIndex(ds["time"].values).normalize(),
    })  # fmt: skip
    whole = days["day"].dt.days_in_month.to_numpy(dtype=float)
    n = days.groupby(["site", "month"])["day"].transform("nunique").to_numpy(dtype=float)
    if "stratum" in ds.coords:
        days["stratum"] = ds["stratum"].values.astype(str)
        both = (days.groupby(["site", "month"])["stratum"].transform("nunique") == len(STRATA)).to_numpy()
        within = days.groupby(["site", "month", "stratum"])["day"].transform("nunique").to_numpy(dtype=float)
        number = days["stratum"].map(STRATA.index).to_numpy()
        held = {m: days_of(m) for m in days["month"].unique()}
        size = np.array([held[m][h] for m, h in zip(days["month"], number, strict=True)], dtype=float)
        n, whole = np.where(both, within, n), np.where(both, size, whole)
    return np.clip(1 - n / whole, 0.0, 1.0)


def design_notes(samples: xr.Dataset, rows: np.ndarray) -> list[str]:
    """Say what a reader must know of how the samples of one cell were taken: grab samples, weekdays."""
    notes = []
    if "sample_type" in samples.coords:
        grabbed = int((samples["sample_type"].values[rows] == "grab").sum())
        if grabbed:
            notes.append(
                f"{grabbed} of {len(rows)} grab sample(s): the interval is widened for it, the hour of day is not "
                "corrected"
            )
    if "stratum" in samples.coords:
        kinds = pd.Series(samples["stratum"].values[rows]).groupby(samples["site"].values[rows]).nunique()
        if (kinds == len(STRATA)).all():
            notes.append("weekdays and weekend days weighted by their number in the month")
        else:
            notes.append("not sampled on both weekdays and weekend days: days weighted alike")
    return notes


def day_term(ds: xr.Dataset, biomarker: str, share: np.ndarray | None = None) -> Term:
    """Term for the days of the month that were not sampled.

    With n of N days sampled the mean of the month keeps a share 1 - n/N of the day-to-day variance over n:
    each day carries ``sd^2 (1 - n/N)``. Samples of one site and day share one draw.

    Parameters
    ----------
    ds : Dataset
        Samples with a ``month`` coordinate.
    biomarker : str
        Decides the size.
    share : ndarray, optional
        :func:`unsampled` of the same samples, where it is known already.

    Source
    ------
    Cochran, Sampling Techniques, finite population correction; sizes from ``data/day_to_day.toml``.
    """
    variance = np.log1p(day_cv(biomarker) ** 2) * (unsampled(ds) if share is None else share)
    spread = xr.DataArray(np.sqrt(variance), dims="sample", coords={"sample": ds["sample"]})
    return Term("day", ("site", "day", "biomarker"), spread)
