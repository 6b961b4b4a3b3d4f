"""A sheet of cells: its first rows, its columns on demand, and what the program that wrote it said of them.

Refuses nothing: short rows are filled, blank texts become None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wbe.reading.opening.columns import LONGEST, clip, clipped, pack

__all__ = ["HEAD_ROWS", "MAX_COLUMNS", "Sheet", "columns_of", "head_of", "packed_rows"]

MAX_COLUMNS = 4_096
HEAD_ROWS = 60


@dataclass
class Sheet:
    """One table of cells.

    ``head`` holds the first rows as lists; ``body(start, texts)`` gives the columns from row ``start`` on,
    those in ``texts`` as text. ``row_offset`` is what the spreadsheet adds to a row index (1 for the first row).
    """

    file: str
    name: str
    head: list[list[Any]]
    n_rows: int
    n_cols: int
    body: Callable[[int, set[int]], list[np.ndarray]]
    row_offset: int = 1
    col_offset: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    delimiter: str = ""
    transposed: bool = False
    from_1904: bool = False
    zero_led: bool = False

    @property
    def place(self) -> str:
        """File and sheet in words."""
        return f"{self.file}, sheet {self.name}" if self.name else self.file

    def row_number(self, index: int) -> int:
        """Return the row as the spreadsheet counts it."""
        return index + self.row_offset


def head_of(rows: list[list[Any]], notes: list[str], place: str) -> list[list[Any]]:
    """Return copies of the first rows, long texts cut, and note that they were."""
    head = [[clip(c) if type(c) is str else c for c in row] for row in rows[:HEAD_ROWS]]
    if any(type(c) is str and len(c) > LONGEST for row in rows[:HEAD_ROWS] for c in row):
        notes.append(f"{place}: of cells longer than {LONGEST} characters only the start is read")
    return head


def packed_rows(rows: list[list[Any]], width: int) -> list[Any]:
    """Turn rows of spreadsheet cells into packed columns."""
    if not rows or min(map(len, rows)) != max(map(len, rows)):
        return columns_of(rows, width)
    return [pack(cells) for cells in zip(*rows, strict=True)]


def columns_of(rows: list[list[Any]], width: int) -> list[np.ndarray]:
    """Turn rows of cells into object columns; blank texts become None, short rows are filled."""
    if not rows:
        return [np.array([], dtype=object) for _ in range(width)]
    if min(map(len, rows)) < width:
        rows = [r if len(r) >= width else [*r, *([None] * (width - len(r)))] for r in rows]
    columns = []
    for cells in zip(*rows, strict=False):
        column = np.empty(len(cells), dtype=object)
        column[:] = cells
        column = clipped(column)
        blank = column == ""
        if blank.any():
            column[blank] = None
        columns.append(column)
    return columns
