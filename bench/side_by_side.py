"""Run in a process of its own: ratios of our reading to a plain parser, by the clock and in processor time, as JSON.

``python side_by_side.py csv FILE`` or ``book FILE``.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import python_calamine

from wbe.reading import read_samples

ROUNDS = 9


def calamine_alone(path: Path) -> int:
    """Read every cell with calamine and do nothing else."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return sum(len(book.get_sheet_by_name(n).to_python()) for n in book.sheet_names)


def timed(work: Callable[[Path], Any], path: Path) -> tuple[float, float]:
    """(clock, processor) seconds of one call."""
    clock, processor = time.perf_counter(), time.process_time()
    work(path)
    return time.perf_counter() - clock, time.process_time() - processor


def main() -> None:
    """Alternate the rounds of a pair, and print the ratios of the best."""
    theirs = {"csv": pd.read_csv, "book": calamine_alone}[sys.argv[1]]
    path = Path(sys.argv[2])
    theirs(path), read_samples(path)
    gc.disable()
    pairs = np.array([(timed(theirs, path), timed(read_samples, path)) for _ in range(ROUNDS)])
    alone, ours = pairs.min(axis=0)
    print(json.dumps((ours / alone).tolist()))


if __name__ == "__main__":
    main()
