"""The large files that reading is measured on: a long CSV, and a workbook of many sheets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

DRUGS = ("甲基苯丙胺", "苯丙胺", "氯胺酮", "吗啡", "可待因", "可卡因", "苯甲酰爱康宁", "MDMA", "可替宁", "6-MAM")


def write_long_csv(path: Path, rows: int, *, full: bool = False) -> Path:
    """One result a row, ten drugs a sample, a fifth not detected, limits and flow beside them.

    ``full`` adds to every row the sample's own id, its type, the unit and a limit of quantification.
    """
    rng = np.random.default_rng(1)
    samples = rows // len(DRUGS)
    day = pd.Timestamp("2018-01-01") + pd.to_timedelta(np.arange(samples) % 1000, unit="D")
    each = len(DRUGS)
    value = np.exp(rng.normal(3, 1, rows)).round(2).astype(str).astype(object)
    value[rng.random(rows) < 0.2] = "ND"
    table = pd.DataFrame({
        "district": np.repeat(np.char.add("区", (np.arange(samples) // 5000).astype(str)), each),
        "site": np.repeat(np.char.add("污水厂", (np.arange(samples) // 1000).astype(str)), each),
        "date": np.repeat(day.strftime("%Y-%m-%d"), each),
        "flow (m3/d)": np.repeat(rng.integers(10_000, 200_000, samples), each),
        "population": np.repeat(rng.integers(10_000, 500_000, samples), each),
        "analyte": np.tile(DRUGS, samples),
        "result (ng/L)": value,
        "LOD (ng/L)": 0.5,
    })  # fmt: skip
    if full:
        table.insert(0, "sample id", np.repeat([f"S-{i:06d}" for i in range(samples)], each))
        table = table.assign(**{"sample type": "24h composite", "LOQ (ng/L)": 1.5, "unit": "ng/L"})
    table.to_csv(path, index=False)
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
