"""Columns of cells as codes of distinct cells, so that each distinct cell is understood once.

Refuses nothing: it only counts and codes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

__all__ = [
    "LONGEST",
    "Cells",
    "clip",
    "clipped",
    "coded",
    "filled",
    "from_row",
    "is_numeric",
    "objects_of",
    "pack",
    "packed",
]


LONGEST = 500
"""Characters of a cell that are looked at: no pattern runs on more, so that time grows with a file's size alone."""


def clip(text: str) -> str:
    """Return a text, or the start of a longer one with a mark of its own, so that two long ones stay two.

    Examples
    --------
    >>> clip("P1"), len(clip("(" * 60_000))
    ('P1', 500)
    """
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 10]}…{zlib.crc32(text.encode('utf-8', 'replace')):08x}…"


def clipped(words: np.ndarray) -> np.ndarray:
    """Return distinct cells with the long texts among them cut."""
    if not any(type(w) is str and len(w) > LONGEST for w in words.tolist()):
        return words
    out = np.empty(len(words), dtype=object)
    out[:] = [clip(w) if type(w) is str else w for w in words.tolist()]
    return out


@dataclass(frozen=True, eq=False)
class Cells:
    """A column of cells that are not all numbers.

    Attributes
    ----------
    codes : ndarray of int (n,)
        Index of each row's cell in ``words``; -1 where the row is blank or holds a number.
    words : ndarray of object
        Distinct cells.
    numbers : ndarray of float (n,), optional
        Numbers of the rows that hold one, NaN elsewhere; None where every filled row has a word.
    chosen : bool
        Whether rows were left out, so that some words may have no row.
    """

    codes: np.ndarray
    words: np.ndarray
    numbers: np.ndarray | None = None
    chosen: bool = False

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, key: Any) -> Any:
        """Return one cell, or the column of some rows."""
        if isinstance(key, int | np.integer):
            code = int(self.codes[key])
            if code >= 0:
                return self.words[code]
            number = np.nan if self.numbers is None else float(self.numbers[key])
            return None if np.isnan(number) else number
        return Cells(self.codes[key], self.words, None if self.numbers is None else self.numbers[key], True)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.objects().tolist())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.objects().astype(object if dtype is None else dtype)

    def objects(self) -> np.ndarray:
        """Return the cells themselves, None where blank."""
        out = np.array([*self.words, None], dtype=object)[self.codes]
        if self.numbers is not None:
            given = ~np.isnan(self.numbers)
            out[given] = self.numbers[given]
        return out

    def coded_words(self) -> tuple[np.ndarray, np.ndarray]:
        """Return (codes, words) without the words that no row holds."""
        if not self.chosen:
            return self.codes, self.words
        used = np.bincount(self.codes + 1, minlength=len(self.words) + 1)[1:] > 0
        if used.all():
            return self.codes, self.words
        place = np.append(np.where(used, np.cumsum(used) - 1, -1), -1)
        return place[self.codes], self.words[used]


def coded(column: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return (codes, distinct cells as objects); -1 codes a blank.

    Examples
    --------
    >>> codes, cells = coded(np.array(["a", None, "a", 2.0], dtype=object))
    >>> codes.tolist(), cells.tolist()
    ([0, -1, 0, 1], ['a', 2.0])
    """
    if isinstance(column, Cells):
        codes, words = column.coded_words()
        if column.numbers is None:
            return codes, words
        numbered, numbers = pd.factorize(column.numbers, use_na_sentinel=True)
        cells = np.concatenate([words, numbers.astype(object)])
        return np.where(numbered >= 0, numbered + len(words), codes), cells
    if isinstance(column, pd.Series):
        column = column.array
    if isinstance(column, list):
        column = np.array(column, dtype=object)
    if column.dtype == object:
        column = _without_bools(column)
    codes, cells = pd.factorize(column, use_na_sentinel=True)
    return codes.astype(np.int64, copy=False), np.asarray(cells, dtype=object)


def _without_bools(values: np.ndarray) -> np.ndarray:
    """Turn TRUE/FALSE cells to text, since True is equal to 1."""
    if bool not in set(map(type, values)):
        return values
    return np.array([str(v).upper() if type(v) is bool else v for v in values], dtype=object)


def is_numeric(column: Any) -> bool:
    """Whether a column is an array of numbers, which needs no parsing."""
    dtype = getattr(column, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind in "fiu"


def filled(column: Any) -> np.ndarray:
    """Return which rows of a column hold something, shape (n,).

    Examples
    --------
    >>> filled(pack(["a", "", 2.0])).tolist()
    [True, False, True]
    """
    if isinstance(column, Cells):
        words = column.codes >= 0
        return words if column.numbers is None else words | ~np.isnan(column.numbers)
    return ~np.asarray(pd.isna(column))


def objects_of(column: Any) -> np.ndarray:
    """Return the cells of a column as objects, None where blank.

    Examples
    --------
    >>> objects_of(np.array([1.5, np.nan])).tolist()
    [1.5, None]
    """
    if isinstance(column, Cells):
        return column.objects()
    out = np.array(column, dtype=object)
    out[pd.isna(out)] = None
    return out


def packed(column: pd.Series) -> Any:
    """Return a column of a parsed text table as numbers, or as :class:`Cells` of its texts."""
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "fiu":
        return column.to_numpy()
    if pd.api.types.is_bool_dtype(dtype):
        return Cells(column.to_numpy().astype(np.int64), np.array(["FALSE", "TRUE"], dtype=object), chosen=True)
    codes, cells = pd.factorize(column, use_na_sentinel=True)
    words = np.asarray(cells, dtype=object)
    if pd.api.types.is_object_dtype(dtype):
        words = np.array([c if isinstance(c, str) else str(c) for c in words], dtype=object)
    return Cells(codes.astype(np.int64, copy=False), clipped(words))


def pack(cells: Sequence[Any]) -> Any:
    """Return spreadsheet cells as numbers, if there is nothing else, or as :class:`Cells`; empty text is blank.

    Examples
    --------
    >>> pack([1.5, 2]).tolist(), pack(["a", "", "a"]).codes.tolist(), pack(["ND", 2.5]).numbers.tolist()
    ([1.5, 2.0], [0, -1, 0], [nan, 2.5])
    """
    kinds = set(map(type, cells))
    if kinds <= {float, int}:
        return np.fromiter(cells, float, len(cells))
    if not kinds <= {str, float, int}:
        return _pack_any(_objects(cells))
    if kinds == {str}:
        return _words(_objects(cells))
    blank = np.nan
    numbers = np.fromiter([blank if type(c) is str else c for c in cells], float, len(cells))
    rest = np.flatnonzero(np.isnan(numbers))
    words = _words(_objects([cells[i] for i in rest.tolist()]))
    if not len(words.words):
        return numbers
    codes = np.full(len(cells), -1, dtype=np.int64)
    codes[rest] = words.codes
    return Cells(codes, words.words, numbers)


def from_row(column: Any, start: int) -> Any:
    """Return a column without its first rows; as numbers, if it has nothing else below them.

    Examples
    --------
    >>> from_row(pack(["flow (m3/d)", 1.5, ""]), 1).tolist()
    [1.5, nan]
    """
    below = column[start:]
    if not isinstance(below, Cells):
        return below
    if below.numbers is not None and (below.codes < 0).all():
        return below.numbers
    return Cells(*below.coded_words(), below.numbers)


def _objects(cells: Sequence[Any]) -> np.ndarray:
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column


def _words(column: np.ndarray) -> Cells:
    codes, words = pd.factorize(column, use_na_sentinel=True)
    blank = np.flatnonzero(words == "")
    if len(blank):
        place = np.arange(len(words) + 1) - (np.arange(len(words) + 1) > blank[0])
        place[blank[0]] = place[-1] = -1
        codes, words = place[codes], np.delete(words, blank[0])
    return Cells(codes.astype(np.int64, copy=False), clipped(words))


def _pack_any(column: np.ndarray) -> Any:
    """Dates, TRUE and FALSE, blanks as None: cells of any kind."""
    blank = column == ""
    if blank.any():
        column[blank] = None
    codes, cells = coded(column)
    if {type(c) for c in cells} <= {float, int}:
        return np.append(cells.astype(float), np.nan)[codes]
    return Cells(codes, clipped(cells))
