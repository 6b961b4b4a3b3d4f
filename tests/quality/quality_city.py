"""A city without faults, and ways to put one in."""

import numpy as np
import pandas as pd

import wbe
from wbe.testing import small_city


def city(**kwargs):
    """A synthetic city on ordinary working days, whose arrays may be changed."""
    ds = small_city(**{"months": 4, **kwargs}).copy(deep=True)
    days = pd.DatetimeIndex(ds["time"].values).map(
        {t: pd.Timestamp("2021-03-02") + pd.Timedelta(7 * i, "D") for i, t in enumerate(np.unique(ds["time"]))}
    )
    ds = ds.assign_coords(time=("sample", days.to_numpy()))
    return ds.assign({name: ds[name].copy(data=ds[name].values.copy()) for name in ds.data_vars})


def put(ds, name, sample, biomarker, value, flag=None):
    """Write one cell."""
    j = list(ds["biomarker"].values).index(biomarker)
    ds[name].values[sample, j] = value
    if flag is not None:
        ds["flag"].values[sample, j] = int(flag)
    return ds


def found(ds, code, rules=None):
    """The rows of one rule."""
    table = wbe.check(ds, rules)
    return table[table["code"] == code]
