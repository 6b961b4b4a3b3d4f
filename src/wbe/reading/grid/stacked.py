"""Several tables on one sheet: where a later header stands, and the sheet cut there.

Refuses to read rows under the names of another table: a header whose cells differ in any way starts a table of its
own, and only the same header word for word goes on with the table above it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wbe.reading.grid.onesubstance import substance_of
from wbe.reading.grid.rows import row_kind
from wbe.reading.grid.turned import Layout, is_data
from wbe.reading.opening.columns import Cells, coded, is_numeric, objects_of
from wbe.reading.opening.sheets import HEAD_ROWS, Sheet
from wbe.reading.words.headers import parse_header
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.shapes import MANY, are_texts, perhaps_words
from wbe.vocabulary import role_kind, table, tidy

__all__ = ["below", "header_rows"]

_MAX_VERIFIED = 5_000


def header_rows(layout: Layout, columns: list[Any], mapping: Mapping) -> tuple[list[int], int | None]:
    """Find headers below the first one.

    Returns
    -------
    repeated, end : list of int, int or None
        Body rows that repeat the table's own header, and the body row where another table begins with its titles
        and header, or None.
    """
    if layout.sheet.transposed or not columns:
        return [], None
    own = _block(layout)
    repeated: list[int] = []
    for row in _candidates(layout, columns, mapping):
        if repeated and row <= repeated[-1]:
            continue
        if not _is_header(layout, columns, row, mapping):
            continue
        size = _same(own, columns, row)
        if size and not _other_substance(layout, columns, row, repeated, mapping):
            repeated += range(row, row + size)
            continue
        return repeated, _first_title(columns, row, max(repeated, default=-1) + 1, mapping)
    return repeated, None


def _other_substance(layout: Layout, columns: list[Any], row: int, repeated: list[int], mapping: Mapping) -> bool:
    """Whether the lines above a repeated header name another substance than the table above it."""
    own = {h.analyte for h in layout.columns if h.analyte and h.part == "concentration"}
    if len(own) > 1 or layout.kind == "long":
        return False
    title = _first_title(columns, row, max(repeated, default=-1) + 1, mapping)
    for line in range(title, row):
        for cell in _row(columns, line):
            named = substance_of(cell, mapping) if isinstance(cell, str) else ""
            if named and named not in own:
                return True
    return False


def below(sheet: Sheet, start: int) -> Sheet:
    """Return the part of a sheet from row ``start`` on."""
    columns = sheet.body(start, set(range(sheet.n_cols)))
    head = [list(cells) for cells in zip(*(objects_of(c[:HEAD_ROWS]) for c in columns), strict=True)]

    def body(first: int, texts: set[int]) -> list[Any]:
        return sheet.body(start + first, texts)

    merges = [(a - start, b, c - start, d) for a, b, c, d in sheet.merges if a >= start]
    return replace(
        sheet, head=head, n_rows=max(0, sheet.n_rows - start), body=body, merges=merges, notes=[],
        row_offset=sheet.row_offset + start,
    )  # fmt: skip


def _block(layout: Layout) -> list[list[str]]:
    """Texts of the header's own rows."""
    return [_texts(r) for r in layout.sheet.head[layout.header_row : layout.start]]


def _texts(row: list[Any]) -> list[str]:
    shown = [tidy(str(c)) if c is not None else "" for c in row]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def _row(columns: list[Any], row: int) -> list[Any]:
    cells = [c[row] for c in columns]
    return [None if c is None or c != c or c == "" else c for c in cells]


def _candidates(layout: Layout, columns: list[Any], mapping: Mapping) -> list[int]:
    """Rows with at least two words that could be headers, in order."""
    count: np.ndarray = np.zeros(len(columns[0]), dtype=np.int16)
    for i, column in enumerate(columns):
        repeats = i < len(layout.columns) and layout.columns[i].role in ("analyte", "unit")
        if is_numeric(column) or (repeats and layout.kind == "long"):
            continue
        codes, words = column.coded_words() if isinstance(column, Cells) else coded(column)
        named = [k for k in _perhaps_names(words.tolist()) if _is_name(words[k], mapping)]
        if named:
            known = np.zeros(len(words) + 1, dtype=bool)
            known[named] = True
            count += known[codes]
    return np.flatnonzero(count >= 2)[:_MAX_VERIFIED].tolist()


def _perhaps_names(words: list[Any]) -> list[int]:
    """Positions of the texts that are neither numbers nor serial numbers."""
    some = perhaps_words(words) if len(words) >= MANY and are_texts(words) else range(len(words))
    return [k for k in some if type(words[k]) is str and words[k][:1] not in _NO_NAME]


# most distinct words of a long column are numbers, limits, dates and ids: those need no closer look
_NO_NAME = frozenset("0123456789<>.+-~≈") | {""}


def _is_name(word: str, mapping: Mapping) -> bool:
    if not 2 <= len(word) <= 80 or (word.isascii() and word[-1].isdigit()):
        return False
    return parse_header(word, mapping).known


def _is_header(layout: Layout, columns: list[Any], row: int, mapping: Mapping) -> bool:
    """Whether a row of the body is a header: names throughout, one of them where a number or date should stand."""
    cells = _row(columns, row)
    given = [i for i, c in enumerate(cells) if c is not None]
    if any(is_data(cells[i]) for i in given):
        return False
    known = [i for i in given if isinstance(cells[i], str) and parse_header(cells[i], mapping).known]
    if len(known) < 2 or 2 * len(known) < len(given):
        return False
    return any(_holds_numbers(layout, i) for i in known) or _same(_block(layout), columns, row) > 0


def _holds_numbers(layout: Layout, index: int) -> bool:
    if index >= len(layout.columns):
        return True
    h = layout.columns[index]
    if h.analyte or h.question or not h.known:
        return h.part != "flag"
    return h.role in table("headers") and role_kind(h.role) in ("number", "date", "derived")


def _same(own: list[list[str]], columns: list[Any], row: int) -> int:
    """How many rows from ``row`` on repeat the whole header, cell by cell; 0 if they do not."""
    if not own or row + len(own) > len(columns[0]):
        return 0
    return len(own) if all(_texts(_row(columns, row + k)) == texts for k, texts in enumerate(own)) else 0


def _first_title(columns: list[Any], row: int, lowest: int, mapping: Mapping) -> int:
    """The first of the lines right above a header that belong to it: titles and groups of columns."""
    while row > lowest:
        above = row - 1
        while above > lowest and row - above < 3 and not any(c is not None for c in _row(columns, above)):
            above -= 1
        cells = [c for c in _row(columns, above) if c is not None]
        if above < row - 1 and (
            len(cells) != 1 or not isinstance(cells[0], str) or not substance_of(cells[0], mapping)
        ):
            break  # a blank line parts a table from what stands above it, unless that names its substance
        texts = [c for c in cells if isinstance(c, str)]
        if not cells or len(texts) < len(cells) or any(is_data(c) for c in cells) or row_kind(texts[0]):
            break
        names = sum(parse_header(t, mapping).known for t in texts)
        if len(cells) > 1 and 2 * names < len(cells):
            break
        row = above
    return row
