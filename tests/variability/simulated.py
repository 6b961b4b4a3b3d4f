"""Monthly files whose every size of error is known: written without the library's model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from wbe.samples import build

DRUGS = ("methamphetamine", "ketamine", "morphine", "mdma", "cocaine")


def log_sd(cv):
    return np.sqrt(np.log1p(np.square(cv)))


def city(
    *, places=10, months=24, n=1, drugs=3, day=0.4, sampling=0.1, kind="24h_composite", analysis=0.1, flow=0.05,
    batch=0.08, deviation=0.12, walk=0.05, replicates=1, seed=0, name="", population=1e5, scale=1.0,
    below=0.0,
) -> xr.Dataset:  # fmt: skip
    """Return Samples of one city; ``day`` may differ by place and drug (place, drug)."""
    r = np.random.default_rng(seed)
    day_sd = np.broadcast_to(log_sd(day), (places, drugs))
    level = r.normal(0, 0.5, (places, 1, drugs)) + np.cumsum(r.normal(0, walk, (months, drugs)), axis=0)
    drift = np.zeros((places, months, drugs))
    for m in range(months):
        fresh = r.normal(0, deviation, (places, drugs))
        drift[:, m] = fresh if m == 0 else 0.7 * drift[:, m - 1] + np.sqrt(1 - 0.49) * fresh
    shared = r.normal(0, log_sd(batch), (months, drugs))
    rows, results = [], []
    for s in range(places):
        for m in range(months):
            for d in r.choice(28, n, replace=False):
                time = pd.Timestamp(2021, 1, 1) + pd.DateOffset(months=m) + pd.Timedelta(days=int(d))
                common = r.normal(0, log_sd(sampling)) + r.normal(0, log_sd(flow))
                y = level[s, m] + drift[s, m] + shared[m] + r.normal(0, day_sd[s]) + common
                for j in range(replicates):
                    key = f"{name}{s}-{m}-{d}-{j}"
                    rows.append({
                        "sample": key, "time": time, "site": f"plant {s}", "district": f"district {s}",
                        "sample_type": kind, "flow": 50_000.0, "population": population, "batch": f"{m}",
                    })  # fmt: skip
                    value = 100 * scale * np.exp(y + r.normal(0, log_sd(analysis), drugs))
                    results += [
                        {"sample": key, "biomarker": DRUGS[k], "concentration": value[k], "flag": 0}
                        for k in range(drugs)
                    ]
    if below:
        table = pd.DataFrame(results)
        limit = table.groupby("biomarker")["concentration"].transform(lambda c: c.quantile(below))
        under = table["concentration"] < limit
        results = table.assign(
            flag=np.where(under, 2, 0), lod=limit, loq=3 * limit, concentration=table["concentration"].mask(under)
        ).to_dict("records")
    found = build(pd.DataFrame(rows), pd.DataFrame(results), title="simulated", synthetic=True)
    return found.assign_coords(city=("sample", np.full(len(rows), name, dtype=object))) if name else found
