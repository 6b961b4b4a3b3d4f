"""A country in memory: plants x 365 days x 20 biomarkers, and what its estimate costs in one process.

``python bench/country.py 1000`` prints seconds and peak memory as JSON; several numbers are done in turn, the first
one from a new process, the others with imports, factor profile and densities at hand.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np
import pandas as pd
import xarray as xr

import wbe
from wbe.samples import describe

DAYS = 365
BIOMARKERS = (
    "methamphetamine", "ketamine", "benzoylecgonine", "codeine", "amphetamine", "mdma", "norketamine", "cocaine",
    "methadone", "eddp", "tramadol", "morphine", "6mam", "thc_cooh", "oxycodone", "fentanyl", "mephedrone",
    "etomidate_acid", "ephedrine", "tapentadol",
)  # fmt: skip


def country(plants: int) -> xr.Dataset:
    """Return valid Samples with every result detected."""
    rng = np.random.default_rng(0)
    n, shape = plants * DAYS, (plants * DAYS, len(BIOMARKERS))
    both = ("sample", "biomarker")

    def all_of(text: str) -> tuple[str, np.ndarray]:
        return "sample", np.full(n, text, dtype=object)

    site = np.repeat(np.array([f"p{i:05d}" for i in range(plants)], dtype=object), DAYS)
    day = pd.date_range("2021-01-01", periods=DAYS).to_numpy("datetime64[ns]")
    return describe(
        xr.Dataset(
            {
                "concentration": (both, rng.lognormal(3, 1, shape)),
                "flag": (both, np.zeros(shape, np.int8)),
                "lod": (both, np.full(shape, 1.0)),
                "loq": (both, np.full(shape, 3.0)),
                "flow": ("sample", np.repeat(rng.lognormal(10, 1, plants), DAYS)),
                "population": ("sample", np.repeat(rng.lognormal(11, 1, plants), DAYS)),
            },
            coords={
                "sample": np.array([f"s{i}" for i in range(n)], dtype=object),
                "biomarker": np.array(BIOMARKERS, dtype=object),
                "time": ("sample", np.tile(day, plants)),
                "site": ("sample", site),
                "district": ("sample", site),
                "batch": all_of("b"),
                "sample_type": all_of("24h_composite"),
                "method_version": all_of("A"),
                "population_basis": all_of("census"),
            },
            attrs={"title": "", "synthetic": 1},
        )
    )


def cost(plants: int) -> dict[str, float]:
    """Return seconds by the clock and of CPU and, so far, the most memory of the process [GB]."""
    samples = country(plants)
    clock, cpu = [time.perf_counter()], [time.process_time()]
    estimate = wbe.estimate(samples)
    held = []
    for quantity in (None, "normalised_load", "consumption"):
        if quantity is not None:
            held.append(estimate.per_sample(quantity))
        clock.append(time.perf_counter())
        cpu.append(time.process_time())
    (first, load, use), (first_cpu, load_cpu, use_cpu) = np.diff(clock), np.diff(cpu)
    return {
        "plants": plants,
        "load": first + load,
        "use": first + use,
        "load_cpu": first_cpu + load_cpu,
        "use_cpu": first_cpu + use_cpu,
        "cells": [int(x["median"].size) for x in held],
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
    }


if __name__ == "__main__":
    print(json.dumps([cost(int(plants)) for plants in sys.argv[1:]]))
