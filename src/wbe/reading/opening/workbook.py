"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) -> sheets, through calamine, after a look inside the container.

Refuses zip bombs and sheets whose cells span more than memory allows, before anything is unpacked into memory;
never runs a formula and never follows an external link.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from wbe.errors import Fault, InputError, require
from wbe.reading.opening.columns import from_row
from wbe.reading.opening.container import Container, SheetFacts
from wbe.reading.opening.display import Display, look_at, shown
from wbe.reading.opening.numbers import number
from wbe.reading.opening.sheets import MAX_COLUMNS, Sheet, head_of, packed_rows
from wbe.reading.opening.text import shown_name

__all__ = ["read_workbook"]

_MAX_FILLED = 200_000


def read_workbook(path: Path) -> list[Sheet]:
    """Return every visible sheet of a workbook that has cells.

    Merged ranges are filled inside the merge only; formula cells without a stored result carry a marker, so
    that they are rejected and not taken for blank.

    Raises
    ------
    InputError
        Damaged, protected, or too large when unpacked.
    """
    require("python_calamine", "excel")
    notes: list[str] = []
    sheets = []
    display = look_at(path) if path.suffix.lower() in (".xlsx", ".xlsm") else Display()
    notes += display.notes
    for name, fact, start, rows, merges in _raw_sheets(path, notes):
        top, left = start or (0, 0)
        for (r, c), how in display.cells.get(name, {}).items():
            i, j = r - top, c - left
            if 0 <= i < len(rows) and 0 <= j < len(rows[i]) and isinstance(rows[i][j], int | float):
                rows[i][j] = shown(rows[i][j], how)
        if fact.hidden_rows or fact.hidden_columns:
            lines = f"{fact.hidden_rows} hidden row(s) and {fact.hidden_columns} hidden column(s)"
            notes.append(f"{path.name}, sheet {name}: {lines} are read like the others")
        sheet = _sheet(shown_name(path), name, start or (0, 0), rows, merges, fact.hollow)
        if sheet is not None:
            sheet.from_1904 = fact.from_1904
            sheets.append(sheet)
    if not sheets:
        raise InputError([
            Fault("reading-workbook-without-cells", file=path.name)
        ])  # fmt: skip
    sheets[0].notes.extend(notes)
    return sheets


def _raw_sheets(path: Path, notes: list[str]) -> Iterator[tuple[str, SheetFacts, Any, list[list[Any]], list[Any]]]:
    """Yield (name, facts, start, rows, merges) of every visible sheet with cells.

    A sheet is parsed while the one after it is looked at and the one before it is packed: its parser holds no lock.
    """
    with path.open("rb") as handle:
        zipped = handle.read(2) == b"PK"
    if not zipped or path.suffix.lower() == ".xlsb":
        yield from _from_child(path, notes)
        return
    import python_calamine

    try:
        with Container(path) as container, ThreadPoolExecutor(1) as parser:
            notes += container.notes
            book = python_calamine.CalamineWorkbook.from_path(str(path))
            ahead: tuple[str, SheetFacts, Future[Any]] | None = None
            for meta in book.sheets_metadata:
                if not str(meta.typ).endswith("WorkSheet"):
                    continue
                if not str(meta.visible).endswith("Visible"):
                    notes.append(_hidden(path, meta.name))
                    continue
                fact = container.facts(meta.name)
                parsed = ahead and ahead[2].result()
                last, ahead = ahead, (meta.name, fact, parser.submit(book.get_sheet_by_name, meta.name))
                if last:
                    yield _raw_sheet(last[0], last[1], parsed)
            if ahead:
                yield _raw_sheet(ahead[0], ahead[1], ahead[2].result())
    except BaseException as err:
        # a damaged file may end in calamine's own errors or in a panic of its core, which is no Exception
        if isinstance(err, InputError | KeyboardInterrupt | SystemExit | MemoryError | GeneratorExit):
            raise
        raise _damaged(path, str(err)) from err


def _raw_sheet(name: str, fact: SheetFacts, source: Any) -> tuple[str, SheetFacts, Any, list[list[Any]], list[Any]]:
    # asking for merges parses the sheet once more
    merges = list(fact.spans) or (_merges_of(source) if fact.merged else [])
    return name, fact, source.start, source.to_python(skip_empty_area=True), merges


def _hidden(path: Path, sheet: str) -> str:
    return f"{path.name}: sheet {sheet} is hidden and was not read"


def _damaged(path: Path, detail: str) -> InputError:
    code = "reading-password" if "password" in detail.lower() else "reading-workbook-damaged"  # its parser's own words
    return InputError([Fault(code, said=detail[:80] or "-", file=path.name)])


def _from_child(path: Path, notes: list[str]) -> list[tuple[str, SheetFacts, Any, list[list[Any]], list[Any]]]:
    """Read an old binary workbook in a process of its own, under a memory limit."""
    import pickle
    import subprocess
    import sys

    child = Path(__file__).with_name("old_workbook_child.py")
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(child), str(path.resolve())], capture_output=True, timeout=300, check=False
        )
        answer: dict[str, Any] = pickle.loads(done.stdout) if done.returncode == 0 else {"error": ""}
    except (OSError, subprocess.TimeoutExpired, pickle.UnpicklingError, EOFError) as err:
        raise _damaged(path, type(err).__name__) from err
    if "error" in answer:
        raise _damaged(path, answer["error"])
    notes.extend(_hidden(path, name) for name in answer["hidden"])
    return [(name, SheetFacts(), *rest) for name, *rest in answer["sheets"]]


def _sheet(
    file: str,
    name: str,
    start: tuple[int, int],
    rows: list[list[Any]],
    ranges: list[Any],
    hollow: frozenset[tuple[int, int]],
) -> Sheet | None:
    if not rows:
        return None
    width = max(map(len, rows))
    if width > MAX_COLUMNS:
        raise InputError([
            Fault("reading-sheet-too-wide", file=file, sheet=name, width=width, max_columns=MAX_COLUMNS)
        ])  # fmt: skip
    top, left = start
    for r, c in hollow:
        i, j = r - top, c - left
        if 0 <= i < len(rows) and 0 <= j < len(rows[i]) and rows[i][j] == "":
            rows[i][j] = "FORMULA: without a stored result"
    merges = _fill_merges(rows, ranges, top, left)

    said: list[str] = []
    head, n_rows = head_of(rows, said, f"{file}, sheet {name}"), len(rows)
    columns = packed_rows(rows, width)  # while the rows are at hand: they need not be kept

    def body(start: int, texts: set[int]) -> list[Any]:
        return [from_row(c, start) for c in columns]

    return Sheet(file, name, head, n_rows, width, body, row_offset=top + 1, col_offset=left, merges=merges, notes=said)


def _merges_of(source: Any) -> list[Any]:
    try:
        return list(source.merged_cell_ranges or [])
    except Exception:  # formats without merges say so in different ways
        return []


def _fill_merges(rows: list[list[Any]], ranges: list[Any], top: int, left: int) -> list[tuple[int, int, int, int]]:
    """Copy the first cell of each merge over the rest of it; a number is copied downwards only.

    A number merged over several analytes would otherwise become several results.
    """
    merges, filled = [], 0
    for (r0, c0), (r1, c1) in ranges:
        r0, r1, c0, c1 = r0 - top, min(r1 - top, len(rows) - 1), c0 - left, c1 - left
        if r0 < 0 or c0 < 0 or r0 > r1:
            continue
        c1 = min(c1, len(rows[r0]) - 1)
        filled += max(0, r1 - r0 + 1) * max(0, c1 - c0 + 1)
        if filled > _MAX_FILLED or c0 > c1:
            continue
        merges.append((r0, c0, r1, c1))
        value = rows[r0][c0]
        if value == "":
            continue
        last = c1 if isinstance(value, str) and np.isnan(number(value)) and value[:1] not in "<>≤≥" else c0
        for r in range(r0, r1 + 1):
            for c in range(c0, min(last, len(rows[r]) - 1) + 1):
                if rows[r][c] == "":
                    rows[r][c] = value
    return merges
