"""What is read off a Samples dataset: months, days as text, and the limits that censored results lie below.

Refuses nothing; it takes valid Samples.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from wbe.samples.schema import Flag

__all__ = ["limit", "month", "written"]


def month(ds: xr.Dataset) -> xr.DataArray:
    """Return the calendar month of each sample as text ``YYYY-MM``, dims (sample)."""
    return xr.DataArray(written(ds["time"].values, "M"), dims="sample", name="month")


def written(times: np.ndarray, unit: str) -> np.ndarray:
    """Return times as text by month (``"M"``) or day (``"D"``), each one written once however often it comes.

    Examples
    --------
    >>> written(np.array(["2021-06-24T10", "2021-06-24T12"], dtype="datetime64[ns]"), "D")
    array(['2021-06-24', '2021-06-24'], dtype=object)
    """
    labels, place = np.unique(np.asarray(times).astype(f"datetime64[{unit}]"), return_inverse=True)
    shape = {"M": "%Y-%m", "D": "%Y-%m-%d"}[unit]
    return pd.DatetimeIndex(labels.astype("datetime64[s]")).strftime(shape).to_numpy(dtype=object)[place]


def limit(ds: xr.Dataset) -> xr.DataArray:
    """Return the value that a censored result lies below [ng/L], dims (sample, biomarker).

    LOD where the flag says below LOD (LOQ if no LOD is known), LOQ where it says below LOQ; NaN elsewhere
    and where the laboratory gave no limit.
    """
    lod = ds["lod"].fillna(ds["loq"])
    return lod.where(ds["flag"] == Flag.BELOW_LOD, ds["loq"].where(ds["flag"] == Flag.BELOW_LOQ))
