"""What a monthly user waits for: the table of a city, the import, the help of the command."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_bench_exact import cold

import wbe
from conftest import fresh, median_of

FOLDER = Path(__file__).resolve().parents[1] / "data" / "samples" / "zhuzhou"


@pytest.mark.benchmark(group="city")
def test_monthly_table(benchmark, record):
    samples = wbe.read_samples(FOLDER)
    wbe.estimate(samples).table()  # imports

    def anew() -> tuple[tuple[wbe.Estimate], dict[str, object]]:
        cold()
        return (wbe.estimate(samples),), {}

    table = benchmark.pedantic(lambda estimate: estimate.table(), setup=anew, rounds=3)
    record("table_rows", len(table))
    record("table_seconds", benchmark.stats.stats.min)


def test_import(record):
    def seconds(module: str) -> float:
        return float(fresh(f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"))

    record("import", median_of(lambda: seconds("wbe")) / median_of(lambda: seconds("numpy")))


def test_help(record):
    command = Path(sys.executable).with_name("wbe")

    def seconds() -> float:
        start = time.perf_counter()
        subprocess.run([command, "--help"], capture_output=True, check=True)
        return time.perf_counter() - start

    seconds()  # warm: the files are in memory
    record("help", median_of(seconds))
