"""Time levels and judges for the sample city and for nations of several sizes: ``python bench/levels.py``.

Synthetic plants of one sample a month. Times are of the processor, so that other work on the machine moves them little.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable

import numpy as np
import xarray as xr

import wbe
from wbe.levels import fit
from wbe.samples import describe

BIOMARKERS = (
    "methamphetamine", "ketamine", "mdma", "cocaine", "benzoylecgonine", "amphetamine", "morphine", "codeine",
    "norketamine", "cotinine", "fentanyl", "tramadol", "methadone", "eddp", "etomidate",
)  # fmt: skip


def nation(cities: int, months: int, biomarkers: int = 15) -> xr.Dataset:
    """Return synthetic Samples: ten plants a city, a district each, one sample a month."""
    rng = np.random.default_rng(1)
    plants = 10 * cities
    n = plants * months
    plant, month = np.repeat(np.arange(plants), months), np.tile(np.arange(months), plants)
    when = (np.datetime64("2018-01", "M") + month).astype("datetime64[ns]") + rng.integers(0, 28, n).astype(
        "timedelta64[D]"
    )
    walk = np.cumsum(rng.normal(0, 0.05, (cities, months, biomarkers)), axis=1)
    own, noise = rng.normal(0, 0.4, (plants, biomarkers)), rng.normal(0, 0.28, (n, biomarkers))
    value = np.exp(4 + walk[plant // 10, month] + own[plant] + noise)

    def named(letter: str, number: np.ndarray) -> tuple[str, np.ndarray]:
        return "sample", np.array([f"{letter}{i:05d}" for i in number], dtype=object)

    def same(text: str) -> tuple[str, np.ndarray]:
        return "sample", np.full(n, text, dtype=object)

    shape = ("sample", "biomarker")
    ds = xr.Dataset(
        {
            "concentration": (shape, value), "flag": (shape, np.zeros((n, biomarkers), np.int8)),
            "lod": (shape, np.ones((n, biomarkers))), "loq": (shape, np.full((n, biomarkers), 3.0)),
            "flow": ("sample", np.full(n, 5e4)), "population": ("sample", np.full(n, 2e5)),
        },
        coords={
            "sample": np.array([f"{p}-{m}" for p, m in zip(plant, month, strict=True)], dtype=object),
            "biomarker": np.array(BIOMARKERS[:biomarkers], dtype=object), "time": ("sample", when),
            "site": named("P", plant), "district": named("D", plant), "city": named("C", plant // 10),
            "batch": ("sample", when.astype("datetime64[M]").astype(str).astype(object)),
            "sample_type": same("24h_composite"), "population_basis": same("census"), "method_version": same("A"),
        },
        attrs={"synthetic": 1, "title": "nation"},
    )  # fmt: skip
    return describe(ds)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor's time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def judged(samples: xr.Dataset) -> dict[str, float]:
    """Return the time of estimate and series, trend, rank and alerts."""
    held: dict[str, wbe.Estimate] = {}

    def begin() -> None:
        held["estimate"] = wbe.estimate(samples)
        held["estimate"].series("normalised_load")

    return {
        "estimate and series": seconds(begin),
        "levels and trend": seconds(lambda: wbe.trend(held["estimate"])),
        "rank": seconds(lambda: wbe.rank(held["estimate"])),
        "alerts": seconds(lambda: wbe.alerts(held["estimate"])),
    }


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=10)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--small", action="store_true", help="the sample city and one city only")
    asked = parser.parse_args()
    city = wbe.read_samples(wbe.sample_data("zhuzhou"))
    fit(city)
    print(f"levels of all drugs of the sample city: {seconds(lambda: fit(city)):.2f} s")
    sizes = {}
    for cities, months in ((1, 24), (1, asked.months)) if asked.small else (
        (1, 24), (2, 24), (4, 24), (1, asked.months), (asked.cities, asked.months)
    ):  # fmt: skip
        parts = judged(nation(cities, months))
        sizes[cities, months] = sum(parts.values())
        told = ", ".join(f"{name} {value:.1f}" for name, value in parts.items())
        print(f"{10 * cities} districts x 15 drugs x {months} months: {sum(parts.values()):.1f} s ({told})", flush=True)
    if not asked.small:
        power = math.log(sizes[4, 24] / sizes[1, 24]) / math.log(4)
        print(f"exponent in cities {power:.2f}")
    power = math.log(sizes[1, asked.months] / sizes[1, 24]) / math.log(asked.months / 24)
    print(f"exponent in months {power:.2f}")


if __name__ == "__main__":
    main()
