"""Attack 18 months of public editions, and print what is found and how much is published. ``make attacks``.

The attacker knows every public file of all months and of three profiles, factors, weights, people, the code and, as an
insider, the load of one plant; he looks for the load of one plant in one month to within 20 %. Results come late,
are restated, lie in a discharge, or never come. Refuses nothing; exits with 1 where a hidden load was found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time

import numpy as np
import pandas as pd
import xarray as xr

import wbe
from wbe.published import Ledger, edition, exposure, publish
from wbe.samples import Flag, build, month
from wbe.testing import DISTRICTS, small_city

WITHIN = 0.20
PROFILES = ("default", "china-2020", "several-biomarkers")
LATE, RESTATED, DISCHARGED, NEVER = 0.05, 0.15, 0.3, 1  # of results; of months; of months; plants' months
KEYS = ["district", "month", "biomarker", "quantity"]


def city(seed: int, districts: int = 10, months: int = 18) -> tuple[xr.Dataset, np.ndarray]:
    """Uneven plants with two samples a month, and the month in which each result arrived."""
    rng = np.random.default_rng(seed)
    names = [DISTRICTS[d] if d < len(DISTRICTS) else f"{DISTRICTS[d % 10]}{d // 10}" for d in range(districts)]
    ds = small_city(districts=names, months=months, samples_per_month=2, seed=seed,
                    biomarkers=("methamphetamine", "ketamine", "amphetamine"))  # fmt: skip
    plant = pd.factorize(ds["site"].values)[0]
    level = np.exp(rng.normal(0, 0.8, (districts, 1)))[plant]
    meth = 60 * level[:, 0] * np.exp(rng.normal(0, 0.35, len(plant)))
    ket = 12 * np.exp(rng.normal(0, 0.8, districts))[plant] * np.exp(rng.normal(0, 0.5, len(plant)))
    amph = 0.09 * meth * np.exp(rng.normal(0, 0.2, len(plant)))
    which = pd.factorize(month(ds).values)[0]
    for m in range(months):  # meth poured into a sewer: the ratio falls far below what use leaves
        if rng.random() < DISCHARGED:
            meth[rng.choice(np.flatnonzero(which == m))] *= 8
    values = np.stack([meth, ket, amph], axis=1)
    held = pd.DataFrame({"sample": np.repeat(ds["sample"].values, 3), "concentration": values.ravel()})
    held["biomarker"] = np.tile(["methamphetamine", "ketamine", "amphetamine"], len(plant))
    held["lod"], held["loq"] = 1.0, 3.0
    held["flag"] = np.where(held["concentration"] >= 3, int(Flag.DETECTED), int(Flag.BELOW_LOQ))
    held.loc[held["concentration"] < 3, "concentration"] = np.nan
    frame = ds[[v for v in ds.data_vars if ds[v].dims == ("sample",)]].to_dataframe().reset_index()
    arrived = which + (rng.random(len(plant)) < LATE)
    for d, m in zip(rng.choice(districts, NEVER), rng.choice(months, NEVER), strict=True):
        arrived[(plant == d) & (which == m)] = months + 1
    return build(frame, held, title="attacked city", synthetic=True, source="scripts/attacks.py"), arrived


def editions(seed: int, districts: int, months: int) -> list[xr.Dataset]:
    """What the office has at the end of each month: what arrived, with flows that were corrected since."""
    ds, arrived = city(seed, districts, months)
    rng, found = np.random.default_rng(seed + 1000), []
    for m in range(months):
        if m and rng.random() < RESTATED:
            one = rng.choice(np.flatnonzero(arrived <= m - 1))
            flow = ds["flow"].values.copy()
            flow[one] *= rng.choice([0.8, 0.9, 1.1, 1.25])
            ds = ds.assign(flow=("sample", flow, ds["flow"].attrs))
        found.append(ds.isel(sample=arrived <= m))
    return found


def fixed(found: pd.DataFrame, low: str = "lower", high: str = "upper") -> int:
    held = (found[low] >= (1 - WITHIN) * found["load"]) & (found[high] <= (1 + WITHIN) * found["load"])
    return int((held & (found["load"] > 0)).sum())


def score(name: str, seen: list[xr.Dataset], profiles: tuple[str, ...] = PROFILES) -> dict[str, float]:
    """Publish one edition after the other beside a ledger, and attack all of them together."""
    out = {"outside": 0, "insider": 0, "loads": 0, "printed": 0, "cells": 0}
    printed: set[tuple[str, ...]] = set()
    with tempfile.TemporaryDirectory() as folder:
        ledger, spent = Ledger(folder), 0.0
        for ds in seen:
            for profile in profiles:
                open_ = edition(wbe.estimate(ds, profile, policy="public"))
                began = time.process_time()
                ledger.check(open_)
                spent += time.process_time() - began
                estimate, _ = publish(ds, ledger, factors=profile)
                table = estimate.table("city")
                table = table[table["status"] == "estimate"]
                printed |= set(table[KEYS].itertuples(index=False, name=None))
        for ds in seen[-1:]:
            found = exposure(ledger.as_known(edition(wbe.estimate(ds, policy="public"))), Ledger(folder).numbers)
            out["outside"] += fixed(found)
            out["insider"] += fixed(found, "insider_lower", "insider_upper")
            out["loads"] += len(found)
    whole = wbe.estimate(seen[-1]).table("city")
    numbered = whole[whole["status"].isin(["estimate", "incomplete"])]
    cells = set(numbered[KEYS].itertuples(index=False, name=None))
    out |= {"printed": len(printed & cells), "cells": len(cells), "seconds": spent}
    print(f"{name:28} found from outside {out['outside']}, by an insider {out['insider']}, of {out['loads']} loads; "
          f"cells published {out['printed']} of {out['cells']} ({out['printed'] / out['cells']:.0%}); "
          f"check against the ledger {spent:.0f} s", flush=True)  # fmt: skip
    return out


def splits(seeds: int, districts: int, months: int = 6, tries: int = 6) -> tuple[int, int]:
    """How often the digits beside the sums give a plant to whoever knows all but how one month is parted."""
    found = tried = 0
    for seed in range(seeds):
        ds, _ = city(seed, districts, months)
        told, rng = _texts(ds), np.random.default_rng(seed)
        load = (ds["concentration"] * ds["flow"]).values
        which, site = month(ds).values, ds["site"].values
        for k in range(tries):
            b, m, s = k % 3, rng.choice(np.unique(which)), rng.choice(np.unique(site))
            mine, rest = (which == m) & (site == s), (which == m) & (site != s)
            ours, theirs = np.nansum(load[mine, b]), np.nansum(load[rest, b])
            if not ours > 0:
                continue
            tried += 1
            for by in (0.79, 1.21, 0.65, 1.5, 0.5, 2.0):
                held = ds["concentration"].copy(deep=True)
                held.values[mine, b] *= by
                held.values[rest, b] *= max(1 - (by - 1) * ours / theirs, 0)
                if _texts(ds.assign(concentration=held)).equals(told):
                    break  # a load that is off by more than a fifth prints the same
            else:
                found += 1
    return found, tried


def _texts(ds: xr.Dataset) -> pd.Series:
    return wbe.estimate(ds, policy="public").table("city")["text"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=4)
    parser.add_argument("--months", type=int, default=18)
    parser.add_argument("--districts", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="seed of the first made-up city")
    parser.add_argument("--parts", nargs="*", default=["sample", "cities", "splits"])
    asked = parser.parse_args()
    results = []
    if "sample" in asked.parts:
        samples = wbe.read_samples(wbe.sample_data("zhuzhou"))
        months = sorted(set(month(samples).values))
        results.append(score("sample city", [samples.isel(sample=month(samples).values <= m) for m in months]))
    if "cities" in asked.parts:
        for seed in range(asked.first, asked.first + asked.cities):
            results.append(score(f"city {seed}", editions(seed, asked.districts, asked.months)))
    found = sum(r["outside"] + r["insider"] for r in results)
    if results:
        loads, printed, cells = (sum(r[k] for r in results) for k in ("loads", "printed", "cells"))
        print(
            f"score: {found} of {loads} plant-months found within 20 %; {printed / cells:.0%} of city cells published"
        )
    if "splits" in asked.parts:
        told, tried = splits(min(asked.cities, 3), asked.districts)
        print(f"by digits beside the sums, to whoever knows all but one split: {told} of {tried} plant-months")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
