"""Reading beside the plain readers: a long CSV against pandas, a workbook against calamine.

Both parsers, and the reader, use more than one processor, so that the clock and the processor time are compared apart;
each pair has a process of its own, as a script that reads a file has.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from large_files import write_long_csv, write_workbook


def ratios(kind: str, path: Path) -> list[float]:
    """Ours to theirs: by the clock and in processor time."""
    script = Path(__file__).with_name("side_by_side.py")
    done = subprocess.run([sys.executable, script, kind, path], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_long_csv(record, tmp_path):
    clock, processor = ratios("csv", write_long_csv(tmp_path / "long.csv", 1_000_000))
    record("csv", clock)
    record("csv_cpu", processor)
    record("csv_full", ratios("csv", write_long_csv(tmp_path / "full.csv", 1_000_000, full=True))[0])


def test_a_workbook_of_many_sheets(record, tmp_path):
    clock, processor = ratios("book", write_workbook(tmp_path / "book.xlsx", 20, 5_000))
    record("workbook", clock)
    record("workbook_cpu", processor)
