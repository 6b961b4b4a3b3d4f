"""Reading beside the plain readers: a long CSV against pandas, a workbook against calamine."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from bench_reading import calamine_alone, write_long_csv, write_workbook

from wbe.reading import read_samples


@pytest.fixture(scope="module")
def long_csv(tmp_path_factory) -> Path:
    return write_long_csv(tmp_path_factory.mktemp("csv") / "long.csv", 1_000_000)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory) -> Path:
    return write_workbook(tmp_path_factory.mktemp("book") / "book.xlsx", 20, 5_000)


@pytest.mark.benchmark(group="csv")
def test_pandas_reads_the_csv(benchmark, long_csv):
    benchmark.pedantic(pd.read_csv, args=(long_csv,), rounds=4)


@pytest.mark.benchmark(group="csv")
def test_wbe_reads_the_csv(benchmark, long_csv):
    benchmark.pedantic(read_samples, args=(long_csv,), rounds=4)


@pytest.mark.benchmark(group="workbook")
def test_calamine_reads_the_workbook(benchmark, workbook):
    benchmark.pedantic(calamine_alone, args=(workbook,), rounds=4)


@pytest.mark.benchmark(group="workbook")
def test_wbe_reads_the_workbook(benchmark, workbook):
    benchmark.pedantic(read_samples, args=(workbook,), rounds=4)
