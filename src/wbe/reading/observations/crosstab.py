"""Workbooks with analytes down the rows and samples across the columns, several header rows above.

Holds the reader, driven by a mapping. Refuses to guess the unit or what a column is, and to
let a cell vanish: each ends as a value, a non-detect, missing, not run or rejected, with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import Fault, InputError
from wbe.reading.grid.crosstab_layout import Layout, Plan, find_layout, plan, read_grid
from wbe.reading.grid.turned import letter
from wbe.reading.words.cell import STATES
from wbe.reading.words.log import ENDS, ReadingLog, keep_log
from wbe.reading.words.values import parse_numbers, parse_results
from wbe.samples import ABSENT, Flag, build
from wbe.units import factor
from wbe.vocabulary import tidy

__all__ = ["read_cells", "read_crosstab"]

_NOTHING_LEFT = "rejected"


def read_crosstab(path: str | Path, mapping: str | Path | Mapping[str, Any]) -> xr.Dataset:
    """Read a workbook with analytes in rows and samples in columns.

    Parameters
    ----------
    path : str or Path
        Workbook (.xlsx, .xls, .ods).
    mapping : path or mapping
        TOML with ``layout = "crosstab"``; keys as in :data:`wbe.reading.grid.crosstab_layout.KEYS`. Only
        ``unit`` and a ``label`` pattern with the group ``date`` are always needed; rows and columns are found when
        they are not named.

    Returns
    -------
    Dataset
        Samples; ``flag_reason`` explains every state that is not plain, ``source_row`` is the header row of names.
        A number outside the limits of its row is flagged below_loq or above_uloq even when the laboratory did not,
        and keeps its number. Where the laboratory's word and the row's limit contradict each other, the word holds
        and the limit is moved to the number, which is as much as is known of the limit in force.

    Raises
    ------
    InputError
        Every unknown analyte, unreadable label and unanswered token, with sheet, row and column.
    """
    path = Path(path)
    p = mapping if isinstance(mapping, Plan) else plan(mapping)
    sheet, grid = read_grid(path, p.get("sheet"))
    layout = find_layout(grid, p, path.name, sheet)
    cells = _parse(grid, layout, p, path.name, sheet)
    sample = pd.DataFrame([c.fields for c in layout.columns])
    sample["source_file"], sample["source_sheet"] = path.name, sheet
    ds = build(sample, cells.drop(columns=["raw", "row", "column"]),
               title=p.get("title", path.stem), source=p.get("source", path.name))  # fmt: skip
    keep_log(ds, _log(cells, layout, path.name, sheet))
    return ds


def read_cells(path: str | Path, mapping: str | Path | Mapping[str, Any]) -> pd.DataFrame:
    """Read the same workbook as a long table of its cells, for audit.

    Returns
    -------
    DataFrame
        ``sample biomarker raw row column flag concentration lod loq uloq reason``; ``raw`` as the file has it,
        numbers in ng/L; one row for each cell of a recognised analyte.
    """
    path = Path(path)
    p = mapping if isinstance(mapping, Plan) else plan(mapping)
    sheet, grid = read_grid(path, p.get("sheet"))
    return _parse(grid, find_layout(grid, p, path.name, sheet), p, path.name, sheet)


def _parse(grid: np.ndarray, layout: Layout, p: Plan, file: str, sheet: str) -> pd.DataFrame:
    scale = factor(p.get("unit"), "ng/L", "unit")
    rows = list(layout.rows)
    columns = [c.index for c in layout.columns]
    raw = grid[np.ix_(rows, columns)].ravel()
    texts, qualified = _qualifiers(raw, p.get("qualifiers", {}))
    results = parse_results(texts, scale, tokens=p.tokens)
    shape = (len(rows), len(columns))
    frame = pd.DataFrame({
        "sample": np.tile([c.fields["sample"] for c in layout.columns], len(rows)),
        "biomarker": np.repeat(list(layout.rows.values()), len(columns)),
        "raw": raw,
        "row": np.repeat(np.array(rows) + 1, len(columns)),
        "column": np.tile([letter(j) for j in columns], len(rows)),
        "flag": results.flag.astype(np.int8),
        "concentration": results.value,
        "reason": results.reason,
    })  # fmt: skip
    faults = [
        Fault("reading-token-ambiguous", file=file, sheet=sheet, token=token, count=count, options=list(STATES),
              next="not_run")
        for token, count in results.asked.items()
    ]  # fmt: skip
    faults += [Fault("reading-cell-unit-wrong", file=file, sheet=sheet, came=t) for t in results.unit_faults]
    for kind in ("lod", "loq", "uloq"):
        values = np.full(len(rows), np.nan)
        if kind in layout.limits:
            values, found = _limits(grid, rows, *layout.limits[kind], file, sheet)
            faults += found
        frame[kind] = np.repeat(values, shape[1])
    own = results.less
    frame.loc[own, "loq"] = results.limit[own]
    frame.loc[own, "flag"] = int(Flag.BELOW_LOQ)
    if faults:
        raise InputError(faults)
    frame["reason"] = [
        "; ".join(t for t in (q, r) if t and t != _NOTHING_LEFT)
        for q, r in zip(qualified, frame["reason"], strict=True)
    ]
    return _not_run(_against_limits(frame), np.tile([c.not_run for c in layout.columns], len(rows)))


def _limits(
    grid: np.ndarray, rows: list[int], column: int, scale: float, file: str, sheet: str
) -> tuple[np.ndarray, list[Fault]]:
    """One limit a row [ng/L]; what is neither a number of 0 or more nor a word for missing is a fault."""
    cells = grid[rows, column]
    values, bad = parse_numbers(cells, None)
    odd = sorted({*bad, *np.flatnonzero((values < 0) | np.isinf(values)).tolist()})
    faults = [
        Fault("reading-crosstab-limit", file=file, sheet=sheet, row=rows[i] + 1, column=letter(column),
              given=repr(cells[i])[:60]) for i in odd
    ]  # fmt: skip
    return values * scale, faults


def _qualifiers(raw: np.ndarray, known: Mapping[str, str]) -> tuple[np.ndarray, list[str]]:
    """Take the words that only qualify a result out of its text; without anything left it is rejected."""
    texts, reasons = raw.copy(), [""] * len(raw)
    folded = {k.casefold(): v for k, v in known.items()}
    for i, cell in enumerate(raw):
        if not isinstance(cell, str) or not folded:
            continue
        match = re.match(r"^([^()]*?)\s*(\(.*\))?$", tidy(cell))
        parts = [w.strip() for w in match.group(1).split("/")] if match else []
        hits = [folded[w.casefold()] for w in parts if w.casefold() in folded]
        if not match or not hits:
            continue
        rest = "/".join(w for w in parts if w.casefold() not in folded)
        number = match.group(2) or ""
        reasons[i] = "; ".join(hits)
        texts[i] = f"{rest} {number}".strip() if rest else number.strip("()") or _NOTHING_LEFT
    return texts, reasons


def _against_limits(frame: pd.DataFrame) -> pd.DataFrame:
    """Flag numbers outside their limits; where word and limit contradict, the word holds and the limit moves."""
    value = frame["concentration"]
    plain = frame["flag"] == Flag.DETECTED
    low, high = plain & (value < frame["loq"]), plain & (value > frame["uloq"])
    below = (frame["flag"] == Flag.BELOW_LOQ) & (value >= frame["loq"])
    above = (frame["flag"] == Flag.ABOVE_ULOQ) & (value <= frame["uloq"])
    notes = (
        (low, "number below the LLOQ of its row, not flagged by the laboratory"),
        (high, "number above the ULOQ of its row, not flagged by the laboratory"),
        (below, "called below LLOQ with a number above the row's LLOQ; the limit in force was at least this number"),
        (above, "called above ULOQ with a number below the row's ULOQ; the limit in force was at most this number"),
    )
    for hit, note in notes:
        frame.loc[hit, "reason"] = [f"{r}; {note}".strip("; ") for r in frame.loc[hit, "reason"]]
    frame.loc[low, "flag"], frame.loc[high, "flag"] = int(Flag.BELOW_LOQ), int(Flag.ABOVE_ULOQ)
    frame.loc[below, "loq"], frame.loc[above, "uloq"] = value[below], value[above]
    return frame


def _not_run(frame: pd.DataFrame, columns: np.ndarray) -> pd.DataFrame:
    """A column marked as not run has no results: dashes there are no non-detects."""
    number = columns & frame["concentration"].notna()
    frame.loc[columns, "flag"] = int(Flag.NOT_RUN)
    frame.loc[columns, "reason"] = "the column is marked as not run"
    frame.loc[number, "flag"] = int(Flag.REJECTED)
    frame.loc[number, "reason"] = "a number in a column marked as not run"
    gone = frame["flag"].isin([int(f) for f in ABSENT])
    frame.loc[gone, "concentration"] = np.nan
    return frame


def _log(cells: pd.DataFrame, layout: Layout, file: str, sheet: str) -> ReadingLog:
    counts = cells["flag"].value_counts()
    states = {name: int(counts.get(i, 0)) for i, name in enumerate(ENDS)}
    absent = cells["flag"].isin([int(f) for f in ABSENT])
    return ReadingLog(
        tables=[{
            "file": file, "sheet": sheet, "layout": "crosstab", "rows": len(layout.rows),
            "samples": len(layout.columns), "cells": len(cells), **states, "outside": 0,
        }],
        unread=[{"file": file, "sheet": sheet, "column": k, "reason": v} for k, v in layout.skipped.items()],
        reasons={str(k): int(v) for k, v in cells.loc[absent, "reason"].value_counts().items()},
        notes=layout.notes,
    )  # fmt: skip
