"""What a few days say about a month: the day-to-day term of a monthly value.

Refuses to treat replicates of one day as further days.
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


def unsampled(ds: xr.Dataset) -> np.ndarray:
    """Return the share of its month's days that nobody sampled, for each sample, shape (n_sample,)."""
    days = pd.DataFrame({
        "site": ds["site"].values.astype(str), "month": ds["month"].values.astype(str),
        "day": pd.DatetimeIndex(ds["time"].values).normalize(),
    })  # fmt: skip
    n = days.groupby(["site", "month"])["day"].transform("nunique").to_numpy(dtype=float)
    return np.clip(1 - n / days["day"].dt.days_in_month.to_numpy(dtype=float), 0.0, 1.0)


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
