"""Small cities for tests and examples: no laboratory measured them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from wbe.answer import Series
from wbe.samples import Flag, build

__all__ = ["DISTRICTS", "small_city", "small_loads"]

DISTRICTS = (
    "天元区",
    "荷塘区",
    "芦淞区",
    "石峰区",
    "渌口区",
    "醴陵市",
    "攸县",
    "茶陵县",
    "炎陵县",
    "云龙示范区",
)


def small_city(
    *,
    districts: int | Sequence[str] = 3,
    months: int = 4,
    biomarkers: Sequence[str] = ("methamphetamine", "ketamine", "benzoylecgonine", "morphine"),
    samples_per_month: int = 1,
    equal: bool = False,
    seed: int = 1,
) -> xr.Dataset:
    """Return a synthetic Samples dataset: districts x months x biomarkers, one plant in each district.

    The first biomarker is always detected, the second in a third of the samples, the third never; ``equal``
    gives every sample the same concentration, flow and population.

    Examples
    --------
    >>> small_city().sizes["sample"]
    12
    """
    rng = np.random.default_rng(seed)
    names = list(DISTRICTS[:districts] if isinstance(districts, int) else districts)
    rows, results = [], []
    for d, district in enumerate(names):
        for m in range(months):
            for k in range(samples_per_month):
                time = pd.Timestamp(2021, 1, 12) + pd.DateOffset(months=m) + pd.Timedelta(days=4 * k)
                key = f"{district}-{time:%Y%m%d}"
                rows.append({
                    "sample": key, "time": time, "site": f"{district}污水厂", "district": district,
                    "batch": f"{time:%Y-%m}", "sample_type": "24h_composite", "population_basis": "census",
                    "flow": 50_000.0 if equal else 30_000.0 + 10_000.0 * d, "method_version": "A",
                    "population": 200_000.0 if equal else 100_000.0 + 50_000.0 * d,
                })  # fmt: skip
                for b, biomarker in enumerate(biomarkers):
                    value = 60.0 if equal else float(60.0 * np.exp(0.25 * rng.standard_normal()) / (1 + b))
                    seen = b == 0 or b > 2 or (b == 1 and rng.random() < 1 / 3)
                    results.append({
                        "sample": key, "biomarker": biomarker, "concentration": value if seen else np.nan,
                        "flag": int(Flag.DETECTED if seen else Flag.BELOW_LOD), "lod": 1.0, "loq": 3.0,
                    })  # fmt: skip
    return build(pd.DataFrame(rows), pd.DataFrame(results), title="small city", synthetic=True, source="wbe.testing")


def small_loads(*, growth: float = 1.0, months: int = 4, se_log: float = 0.1) -> Series:
    """Return synthetic loads of two districts as others would publish them; the first grows by ``growth`` a month.

    Examples
    --------
    >>> small_loads(growth=2.0, months=3).frame["median"].tolist()
    [20.0, 40.0, 80.0, 30.0, 30.0, 30.0]
    """
    rows = [
        {"district": district, "month": f"{2021 + m // 12}-{m % 12 + 1:02d}", "drug": "methamphetamine",
         "median": start * factor**m, "se_log": se_log}
        for district, start, factor in (("天元区", 20.0, growth), ("荷塘区", 30.0, 1.0))
        for m in range(months)
    ]  # fmt: skip
    return Series(pd.DataFrame(rows), "normalised_load", "mg/d/1000 inhabitant", synthetic=True)
