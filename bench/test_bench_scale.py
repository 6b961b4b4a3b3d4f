"""The whole country: the engine alone, and the calls that users make, from a new process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import xarray as xr
from test_bench_exact import LEVELS, cold

from wbe.uncertainty import Beta, Term, Triangular, Uncertain


def products(plants: int) -> Uncertain:
    """Plants x 365 days x 20 biomarkers."""
    rng = np.random.default_rng(4)
    days, drugs = 365, 20
    names = [f"drug{i}" for i in range(drugs)]
    samples = plants * days
    centre = xr.DataArray(
        np.exp(rng.normal(3, 1, (samples, drugs))),
        dims=("sample", "drug"),
        coords={"sample": np.arange(samples), "drug": names, "site": ("sample", np.repeat(np.arange(plants), days))},
    )
    excretion = {d: Beta(mean=0.15 + 0.02 * i, sd=0.05) for i, d in enumerate(names)}
    stability = {d: Triangular(0.5, 0.8 + 0.005 * i, 1.0) for i, d in enumerate(names)}
    sampling = xr.DataArray(rng.uniform(0.05, 0.2, samples), dims="sample")
    analysis = xr.DataArray(rng.uniform(0.05, 0.2, drugs), dims="drug")
    return Uncertain(
        centre,
        [
            (Term("analysis", ("sample", "drug"), analysis), 1),
            (Term("sampling", ("sample",), sampling), 1),
            (Term("flow_meter", ("site",), 0.1), 1),
            (Term("excretion", ("drug",), excretion), -1),
            (Term("stability", ("drug",), stability), -1),
        ],
    )


def timed(x: Uncertain) -> float:
    """CPU seconds of the intervals of every cell."""
    start = time.process_time()
    Uncertain(x.central, x.terms).interval(0.95)
    return time.process_time() - start


def test_cost_of_the_engine_grows_with_the_cells(record):
    sizes, seconds = [], []
    for plants in (62, 250, 1000):
        x = products(plants)
        x.quantiles(LEVELS)  # densities kept: the slope is that of the cells
        sizes.append(x.central.size)
        seconds.append(min(timed(x) for _ in range(3)))
    record("engine_slope", np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
    cold()
    record("engine_seconds", timed(x))


def in_new_process(*plants: int) -> list[dict[str, float]]:
    """What the estimates cost, in the order given."""
    script = Path(__file__).with_name("country.py")
    done = subprocess.run([sys.executable, script, *map(str, plants)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_country_from_a_new_process(record):
    (whole,) = in_new_process(1000)
    assert whole["cells"] == [7_300_000, 4_380_000]
    record("load_seconds", whole["load"])
    record("use_seconds", whole["use"])
    record("peak", whole["peak"])


def test_cost_of_the_estimate_grows_with_the_plants(record):
    """All sizes after a small one, so that imports and densities do not flatten the slope; the best run of each."""
    runs = in_new_process(2, *[100] * 3, *[300] * 2, *[1000] * 2)[1:]
    sizes = sorted({r["plants"] for r in runs})
    for key in ("load", "use"):
        best = [min(r[f"{key}_cpu"] for r in runs if r["plants"] == size) for size in sizes]
        record(f"{key}_slope", np.polyfit(np.log(sizes), np.log(best), 1)[0])
