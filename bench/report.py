"""Time the monthly report: of the sample city, and of a large made-up one of 100 districts, 15 drugs and 24 months.

``python bench/report.py`` times both and what a changed factor or one more month costs before pictures;
``--districts 30`` makes the large city smaller. Every report is written by the command line in a process of its own:
seconds by the clock and of the processor, the most memory that it held, and its steps as they were told.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import xarray as xr

import wbe
from wbe.exchange import write
from wbe.reporting.monthly_tables import gather, until
from wbe.testing import small_city

BIOMARKERS = (
    "methamphetamine", "ketamine", "mdma", "benzoylecgonine", "amphetamine", "morphine", "codeine", "6mam", "cotinine",
    "norketamine", "cocaine", "methadone", "eddp", "tramadol", "etomidate",
)  # fmt: skip
MONTHS = 24


def large_city(districts: int) -> xr.Dataset:
    """Return synthetic Samples of 24 months, one sample a month and district, most drugs seen in most of them."""
    names = [f"District {i + 1}" for i in range(districts)]
    city = small_city(districts=names, months=MONTHS, biomarkers=BIOMARKERS)
    level = np.random.default_rng(2).normal(0, 0.6, (districts, len(BIOMARKERS)))
    city["concentration"] *= np.exp(np.repeat(level, MONTHS, axis=0))
    city["concentration"] = city["concentration"].clip(min=4.0, keep_attrs=True)  # above the limits
    return city


def written(source: Path, month: str) -> None:
    """Write the report of a month in every format and both languages, and print what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from wbe.cli import main; main()", "report", str(source), "--month", month,
                   "-o", folder, "--language", "zh+en"]  # fmt: skip
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
        held = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        cost = f"{wall:6.1f} s by the clock, {spent:6.1f} s of the processor, {after.ru_maxrss / 1024:6.0f} MB at most"
        print(f"  {cost}; {len(done.stdout.splitlines())} files, {held / 1e6:.1f} MB", flush=True)


def priced(samples: xr.Dataset, month: str, before: str) -> None:
    """Print what the numbers of a report cost when a factor is changed, and when one more month comes."""
    first = wbe.estimate(until(samples, before))
    gather(first, before)
    for said, profile in (("one more month", "default"), ("a changed factor", "zuccato-2008")):
        began = time.process_time()
        estimate = wbe.estimate(until(samples, month), factors=profile)
        estimate.table(), estimate.table("city")
        amounts = time.process_time() - began
        gather(estimate, month)
        print(f"  {said}: amounts {amounts:.2f} s, with trends, ranks, alerts and changes "
              f"{time.process_time() - began:.2f} s of the processor", flush=True)  # fmt: skip


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--districts", type=int, default=100)
    asked = parser.parse_args()
    sample = Path(wbe.sample_data("zhuzhou"))
    print("report of the sample city, all formats, zh+en", flush=True)
    written(sample, "2021-06")
    print("the numbers of that report before any picture", flush=True)
    priced(wbe.read_samples(sample), "2021-06", "2021-05")
    print(f"report of {asked.districts} districts x {len(BIOMARKERS)} drugs x {MONTHS} months", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city.nc"
        write(large_city(asked.districts), path)
        written(path, "2022-12")


if __name__ == "__main__":
    main()
