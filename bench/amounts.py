"""Time a national table of measured amounts at several sizes, and how the time grows: ``python bench/amounts.py``.

Synthetic plants of one sample a day. Times are of the processor, so that other work on the machine moves them little.
"""

from __future__ import annotations

import math
import resource
import time

import numpy as np
import xarray as xr

import wbe
from wbe.samples import describe

BIOMARKERS = (
    "methamphetamine", "ketamine", "mdma", "cocaine", "benzoylecgonine", "amphetamine", "morphine", "codeine", "6mam",
    "nicotine", "norketamine", "cotinine", "fentanyl", "tramadol", "methadone", "eddp", "etomidate", "mephedrone",
    "methcathinone", "heroin",
)  # fmt: skip


def nation(plants: int, days: int, biomarkers: int) -> xr.Dataset:
    """Return synthetic Samples: ten plants a city, a district each, every day sampled."""
    rng = np.random.default_rng(1)
    n = plants * days
    plant, day = np.repeat(np.arange(plants), days), np.tile(np.arange(days), plants)
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


def main() -> None:
    """Print one line for each size, and the exponents."""
    seconds(5, 40, 3)  # imports
    print("plants  days  biomarkers  samples  estimate s  table s  peak MB")
    total: dict[tuple[int, int, int], float] = {}
    for size in ((50, 120, 10), (100, 120, 10), (200, 120, 10), (100, 240, 10), (100, 365, 20)):
        made, told = seconds(*size)
        total[size] = made + told
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{size[0]:6} {size[1]:5} {size[2]:11} {size[0] * size[1]:8} {made:11.2f} {told:8.2f} {peak:8}", flush=True
        )
    for what, a, b in (
        ("plants", (50, 120, 10), (200, 120, 10)),
        ("months", (100, 120, 10), (100, 240, 10)),
    ):
        factor = b[0] * b[1] / (a[0] * a[1])
        print(f"exponent in {what}: {math.log(total[b] / total[a]) / math.log(factor):.2f}")


if __name__ == "__main__":
    main()
