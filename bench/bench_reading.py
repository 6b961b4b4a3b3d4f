"""Reading, side by side: a long CSV against ``pandas.read_csv``, a workbook against calamine alone.

Run ``python bench/bench_reading.py``; rounds alternate, and the smallest CPU time of each is compared, since a busy
machine disturbs both. Goals: CSV at most 3 times, workbook at most 1.5 times plus a constant.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from wbe.reading import read_samples

DRUGS = ("甲基苯丙胺", "苯丙胺", "氯胺酮", "吗啡", "可待因", "可卡因", "苯甲酰爱康宁", "MDMA", "可替宁", "6-MAM")


def write_long_csv(path: Path, rows: int) -> Path:
    """One result a row, ten drugs a sample, a fifth not detected, limits and flow beside them."""
    rng = np.random.default_rng(1)
    samples = rows // len(DRUGS)
    day = pd.Timestamp("2018-01-01") + pd.to_timedelta(np.arange(samples) % 1000, unit="D")
    each = len(DRUGS)
    value = np.exp(rng.normal(3, 1, rows)).round(2).astype(str).astype(object)
    value[rng.random(rows) < 0.2] = "ND"
    pd.DataFrame({
        "district": np.repeat(np.char.add("区", (np.arange(samples) // 5000).astype(str)), each),
        "site": np.repeat(np.char.add("污水厂", (np.arange(samples) // 1000).astype(str)), each),
        "date": np.repeat(day.strftime("%Y-%m-%d"), each),
        "flow (m3/d)": np.repeat(rng.integers(10_000, 200_000, samples), each),
        "population": np.repeat(rng.integers(10_000, 500_000, samples), each),
        "analyte": np.tile(DRUGS, samples),
        "result (ng/L)": value,
        "LOD (ng/L)": 0.5,
    }).to_csv(path, index=False)  # fmt: skip
    return path


def write_workbook(path: Path, sheets: int, rows: int) -> Path:
    """One wide sheet a month, fifteen columns, some cells in words."""
    rng = np.random.default_rng(2)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    head = ["县市区", "采样点", "采样日期", "流量（万m³/d）", "服务人口（万人）", *(f"{d}（ng/L）" for d in DRUGS)]
    for s in range(sheets):
        sheet = book.add_worksheet(f"{2010 + s // 12}年{s % 12 + 1}月")
        sheet.write_row(0, 0, head)
        values = np.exp(rng.normal(3, 1, (rows, len(DRUGS)))).round(2)
        for r in range(rows):
            site = f"{r // 28}号污水厂"
            date = f"{2010 + s // 12}-{s % 12 + 1:02d}-{r % 28 + 1:02d}"
            cells = ["未检出" if v < 5 else v for v in values[r].tolist()]
            sheet.write_row(r + 1, 0, [f"区{r // 500}", site, date, 10.5, 34, *cells])
    book.close()
    return path


def calamine_alone(path: Path) -> int:
    """Read every cell with calamine and do nothing else."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return sum(len(book.get_sheet_by_name(n).to_python()) for n in book.sheet_names)


def cpu(work: Callable[[], Any]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def side_by_side(name: str, theirs: Callable[[], Any], ours: Callable[[], Any], rounds: int = 5) -> float:
    """Print and return the ratio of the best rounds."""
    pairs = [(cpu(theirs), cpu(ours)) for _ in range(rounds)]
    a, b = min(p[0] for p in pairs), min(p[1] for p in pairs)
    print(f"{name}: {a:.2f} s alone, {b:.2f} s read as Samples, ratio {b / a:.2f}")
    return b / a


def main() -> None:
    """Measure both goals."""
    with tempfile.TemporaryDirectory() as folder:
        table = write_long_csv(Path(folder) / "long.csv", 1_000_000)
        side_by_side("CSV of 1,000,000 rows", lambda: pd.read_csv(table), lambda: read_samples(table))
        book = write_workbook(Path(folder) / "book.xlsx", 20, 5_000)
        side_by_side("workbook of 20 x 5,000 rows", lambda: calamine_alone(book), lambda: read_samples(book))


if __name__ == "__main__":
    main()
