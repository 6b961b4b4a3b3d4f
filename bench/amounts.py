"""Time measured amounts: a city's table, a changed factor, national tables and how their time grows.

``python bench/amounts.py``; ``--nation cities`` and ``--nation whole`` instead time a nation's year, 1,000 plants x
365 days x 20 biomarkers, city by city or in one piece, each in a process of its own (minutes). Synthetic plants of one
sample a day. Times are of the processor, so that other work on the machine moves them little, though not by nothing: a
busy machine adds up to a half.
"""

from __future__ import annotations

import argparse
import functools
import math
import resource
import sys
import time
from pathlib import Path

import numpy as np
import xarray as xr

import wbe
from wbe.estimation import national, progress
from wbe.estimation.amounts import bounds
from wbe.samples import describe

BIOMARKERS = (
    "methamphetamine", "ketamine", "mdma", "cocaine", "benzoylecgonine", "amphetamine", "morphine", "codeine", "6mam",
    "nicotine", "norketamine", "cotinine", "fentanyl", "tramadol", "methadone", "eddp", "etomidate", "mephedrone",
    "methcathinone", "heroin",
)  # fmt: skip


def nation(plants: int, days: int, biomarkers: int, part: int = 0) -> xr.Dataset:
    """Return synthetic Samples: ten plants a city, a district each, every day sampled; ``part`` numbers the first."""
    rng = np.random.default_rng(1 + part)
    n = plants * days
    plant, day = np.repeat(np.arange(plants) + 10 * part, days), np.tile(np.arange(days), plants)
    when = np.datetime64("2021-01-01", "ns") + day * np.timedelta64(1, "D")

    def named(letter: str, number: np.ndarray) -> tuple[str, np.ndarray]:
        labels = np.array([f"{letter}{i:05d}" for i in range(int(number.max()) + 1)], dtype=object)
        return "sample", labels[number]

    def same(text: str) -> tuple[str, np.ndarray]:
        return "sample", np.full(n, text, dtype=object)

    shape = ("sample", "biomarker")
    ds = xr.Dataset(
        {
            "concentration": (shape, np.exp(rng.normal(4, 0.4, (n, biomarkers)))),
            "flag": (shape, np.zeros((n, biomarkers), np.int8)),
            "lod": (shape, np.ones((n, biomarkers))), "loq": (shape, np.full((n, biomarkers), 3.0)),
            "flow": ("sample", np.full(n, 5e4)), "population": ("sample", np.full(n, 2e5)),
        },
        coords={
            "sample": np.array([f"{p}-{d}" for p, d in zip(plant, day, strict=True)], dtype=object),
            "biomarker": np.array(BIOMARKERS[:biomarkers], dtype=object), "time": ("sample", when),
            "site": named("P", plant), "district": named("D", plant), "city": named("C", plant // 10),
            "batch": ("sample", when.astype("datetime64[M]").astype(str).astype(object)),
            "sample_type": same("24h_composite"), "population_basis": same("census"), "method_version": same("A"),
        },
        attrs={"synthetic": 1, "title": "nation"},
    )  # fmt: skip
    return describe(ds)


def seconds(plants: int, days: int, biomarkers: int) -> tuple[float, float]:
    """Return the time of the estimate and of its national table."""
    ds = nation(plants, days, biomarkers)
    start = time.process_time()
    estimate = wbe.estimate(ds, scenarios=None)
    middle = time.process_time()
    estimate.table("all")
    return middle - start, time.process_time() - middle


def shared_catchments(counties: int, months: int = 12, biomarkers: int = 3) -> float:
    """Return the time of an estimate and its counties' table where every plant serves two counties (catchments.csv)."""
    ds = nation(counties, months, biomarkers)
    when = np.datetime64("2021-01", "M") + np.tile(np.arange(months), counties)
    names = np.array([f"county {i:05d}" for i in range(counties)], dtype=object)
    ds = ds.drop_vars("city").assign_coords(
        time=("sample", when.astype("datetime64[D]").astype("datetime64[ns]") + np.timedelta64(9, "D")),
        batch=("sample", when.astype(str).astype(object)),
        district=("sample", names[np.repeat(np.arange(counties), months)]),
        catchment=("catchment", np.unique(ds["site"].values.astype(str)).astype(object)), unit=("unit", names),
    )  # fmt: skip
    share = 0.8 * np.eye(counties) + 0.2 * np.roll(np.eye(counties), 1, axis=1)
    ds["catchment_weight"] = (("catchment", "unit"), share, {"units": "1"})
    start = time.process_time()
    wbe.estimate(ds, scenarios=None).table()
    return time.process_time() - start


def peak() -> int:
    """Return the most memory that the process has held [MB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def sample_city(rounds: int = 3) -> float:
    """Return the least time of the sample city's estimate and table, imports and packaged data at hand."""
    samples = wbe.read_samples(Path(__file__).parents[1] / "data" / "samples" / "zhuzhou")
    times = []
    for _ in range(rounds + 1):
        start = time.process_time()
        wbe.estimate(samples).table()
        times.append(time.process_time() - start)
    return min(times)


def repriced(plants: int = 100, months: int = 60, biomarkers: int = 15) -> tuple[float, int]:
    """Return the time of pricing by another profile, with every interval, and how many amounts it made."""
    ds = nation(plants, months, biomarkers)
    when = np.datetime64("2016-01", "M") + np.tile(np.arange(months), plants)
    ds = ds.assign_coords(
        time=("sample", when.astype("datetime64[D]").astype("datetime64[ns]") + np.timedelta64(9, "D")),
        batch=("sample", when.astype(str).astype(object)),
    )
    estimate = wbe.estimate(ds)
    _price(estimate)
    start = time.process_time()
    made = _price(estimate.with_factors("default"))
    return time.process_time() - start, made


def _price(estimate: wbe.Estimate) -> int:
    made = 0
    for quantity in ("consumption", "doses", "users"):
        for drug in estimate.chain.quantity[quantity]:
            amount = estimate.engine.amount("district", quantity, drug)
            made += len(bounds(amount, [0.025, 0.975])[0])
    return made


def by_city(cities: int, days: int = 365, biomarkers: int = 20) -> float:
    """Return the time of some cities of ten plants, one in memory at a time."""
    sources = {f"C{i:05d}": functools.partial(nation, 10, days, biomarkers, i) for i in range(cities)}
    start = time.process_time()
    national(sources)
    return time.process_time() - start


def whole_nation(how: str) -> None:
    """Print the time and memory of a nation's year, city by city or in one piece."""

    def watch(what: str, done: int, of: int) -> None:
        print(f"\r{what} {done}/{of} ", end="", file=sys.stderr, flush=True)

    with progress(watch):
        took = by_city(100) if how == "cities" else sum(seconds(1000, 365, 20))
    said = "city by city" if how == "cities" else "in one piece"
    print(f"1,000 plants x 365 days x 20 ({365_000:,} samples), {said}: {took:.0f} s, {peak()} MB")


def main() -> None:
    """Print one line for each size, and the exponents."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nation", choices=("cities", "whole"), help="a nation's year alone (minutes)")
    asked = parser.parse_args()
    if asked.nation:
        whole_nation(asked.nation)
        return
    seconds(5, 40, 3)  # imports
    for cities in (2, 8):
        took = by_city(cities)
        print(f"city by city, {cities} cities of 10 plants x 365 days x 20: {took:.1f} s, {peak()} MB", flush=True)
    print("plants  days  biomarkers  samples  estimate s  table s  peak MB")
    total: dict[tuple[int, int, int], float] = {}
    for size in ((50, 120, 10), (100, 120, 10), (200, 120, 10), (100, 240, 10), (100, 365, 20)):
        made, told = seconds(*size)
        total[size] = made + told
        print(
            f"{size[0]:6} {size[1]:5} {size[2]:11} {size[0] * size[1]:8} {made:11.2f} {told:8.2f} {peak():8}",
            flush=True,
        )
    for what, a, b in (
        ("plants", (50, 120, 10), (200, 120, 10)),
        ("months", (100, 120, 10), (100, 240, 10)),
    ):
        factor = b[0] * b[1] / (a[0] * a[1])
        print(f"exponent in {what}: {math.log(total[b] / total[a]) / math.log(factor):.2f}")
    counties = {n: shared_catchments(n) for n in (50, 100, 200, 400)}
    told = ", ".join(f"{n}: {took:.2f} s" for n, took in counties.items())
    print(f"plants that serve two counties each (catchments.csv), by counties: {told}")
    print(f"exponent in units of catchments.csv: {math.log(counties[400] / counties[100]) / math.log(4):.2f}")
    print(f"estimate and table of the sample city: {sample_city():.2f} s", flush=True)
    took, made = repriced()
    print(f"another profile, 100 districts x 15 biomarkers x 60 months: {took:.2f} s for {made} amounts", flush=True)


if __name__ == "__main__":
    main()
