"""Reading beside the plain readers: a long CSV against pandas, a workbook against calamine.

Both parsers, and the reader, use more than one processor, so that the clock and the processor time are compared apart.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import python_calamine
from large_files import write_long_csv, write_workbook

from wbe.reading import read_samples


def calamine_alone(path: Path) -> int:
    """Read every cell with calamine and do nothing else."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return sum(len(book.get_sheet_by_name(n).to_python()) for n in book.sheet_names)


def timed(work: Callable[[Path], Any], path: Path) -> tuple[float, float]:
    """(clock, processor) seconds of one call."""
    clock, processor = time.perf_counter(), time.process_time()
    work(path)
    return time.perf_counter() - clock, time.process_time() - processor


def side_by_side(theirs: Callable[[Path], Any], path: Path, rounds: int = 7) -> np.ndarray:
    """Ratios of the best rounds, which alternate: by the clock and in processor time."""
    theirs(path), read_samples(path)
    gc.disable()
    try:
        pairs = np.array([(timed(theirs, path), timed(read_samples, path)) for _ in range(rounds)])
    finally:
        gc.enable()
    alone, ours = pairs.min(axis=0)
    return ours / alone


def test_a_long_csv(record, tmp_path):
    clock, processor = side_by_side(pd.read_csv, write_long_csv(tmp_path / "long.csv", 1_000_000))
    record("csv", clock)
    record("csv_cpu", processor)
    record("csv_full", side_by_side(pd.read_csv, write_long_csv(tmp_path / "full.csv", 1_000_000, full=True))[0])


def test_a_workbook_of_many_sheets(record, tmp_path):
    clock, processor = side_by_side(calamine_alone, write_workbook(tmp_path / "book.xlsx", 20, 5_000))
    record("workbook", clock)
    record("workbook_cpu", processor)
