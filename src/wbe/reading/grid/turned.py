"""Tables with analytes or samples across the top, and what any table is once found: its layout.

Refuses a header whose numbers could as well be results.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from wbe.reading.opening.columns import objects_of
from wbe.reading.opening.sheets import Sheet, columns_of
from wbe.reading.words.cell import parse_cell
from wbe.reading.words.headers import RESULT_PARTS, Header, parse_header, with_units
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.moments import parse_text
from wbe.reading.words.stated import Stated
from wbe.reading.words.written_units import choices_of_unit, looks_like_unit, parse_unit, unit_scale
from wbe.vocabulary import closed_word, header, tidy

__all__ = ["Layout", "is_data", "letter", "title_unit", "transposed_of_table"]
_TITLE_UNIT = re.compile(r"(?:单位|units?)\s*[::]?\s*(.+)$", re.I)


@dataclass
class Layout:
    """A found table: its columns' meanings and where its body starts."""

    sheet: Sheet
    kind: str
    columns: list[Header]
    header_row: int
    start: int
    titles: list[str] = field(default_factory=list)
    base_unit: str = ""
    limit_rows: list[tuple[str, str, list[Any]]] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    means: bool = False
    asked: set[int] = field(default_factory=set)

    def with_role(self, role: str) -> list[int]:
        """Return the columns of a role."""
        return [i for i, h in enumerate(self.columns) if h.role == role and not h.analyte]

    def results(self) -> list[int]:
        """Return the columns that hold results of an analyte."""
        return [i for i, h in enumerate(self.columns) if h.analyte and h.part == "concentration"]

    def result_analytes(self) -> list[str]:
        """Return the analyte of each column of results, empty for the other columns."""
        return [h.analyte if h.part == "concentration" else "" for h in self.columns]

    def column_name(self, index: int) -> str:
        """Return what a message calls a column: its header, or its letter."""
        text = self.columns[index].text.strip() if index < len(self.columns) else ""
        return text[:60] or letter(index + self.sheet.col_offset)


def letter(index: int) -> str:
    """Return the spreadsheet's letter of a column index.

    Examples
    --------
    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def is_data(cell: Any) -> bool:
    """Whether a cell is a measurement or date, which no header row holds."""
    if isinstance(cell, bool) or cell is None:
        return False
    if isinstance(cell, int | float | dt.datetime | dt.date | dt.time):
        return True
    text = str(cell)
    if not text.strip() or looks_like_unit(tidy(text)):
        return False
    parsed = parse_cell(text)
    return parsed.state in ("detected", "less", "not_detected", "below_lod") and header(text) is None


def title_unit(titles: list[str]) -> str:
    """The one unit of concentration that the titles write; two that differ are none."""
    found = []
    for title in titles:
        match = _TITLE_UNIT.search(title)
        for piece in re.split(r"[,，、;；]\s*", match.group(1)) if match else []:
            unit = piece.strip(" )）")
            if not looks_like_unit(unit):
                continue
            if choices_of_unit(unit) or not np.isnan(unit_scale("concentration", unit, Mapping())[0]):
                found.append(unit)
    return found[0] if len({parse_unit(u) or u for u in found}) == 1 else ""


def transposed_of_table(sheet: Sheet, mapping: Mapping) -> Layout | None:
    """A sheet with analytes down the side and samples across is turned, with its limit columns as rows."""
    if sheet.n_rows > 3000 or sheet.n_rows < 2:
        return None
    rows = _grid(sheet)
    width = max(map(len, rows), default=0)
    labels: dict[int, int] = {}
    for c in range(min(width, 8)):
        cells = [r[c] for r in rows if c < len(r) and isinstance(r[c], str) and len(r[c]) < 80]
        labels[c] = len({h.analyte for h in (parse_header(t, mapping) for t in cells) if h.analyte})
    side = max(labels, key=lambda c: labels[c], default=0)
    if not labels or (labels[side] < 2 and not _one_analyte(rows, side, mapping)):
        return None
    last_label = side
    for c in range(side, min(width, side + 6)):
        known = [parse_header(r[c], mapping).role for r in rows if c < len(r) and isinstance(r[c], str)]
        known = [k for k in known if k and k not in ("ignore", "note")]
        limit = any(k in (*RESULT_PARTS, "unit") for k in known)
        if known and (limit or c == side or not _measured_down(rows, side, c, mapping)):
            last_label = c
    return _turned(sheet, mapping, rows, side, last_label, width)


def _measured_down(rows: list[list[Any]], side: int, c: int, mapping: Mapping) -> bool:
    """Whether a column has data beside the names of analytes: it is a sample, whatever words stand in it (rain)."""
    named = [r for r in rows if side < len(r) and isinstance(r[side], str) and len(r[side]) < 80]
    return any(c < len(r) and is_data(r[c]) for r in named if parse_header(r[side], mapping).analyte)


def _one_analyte(rows: list[list[Any]], side: int, mapping: Mapping) -> bool:
    """One analyte down the side is enough, if two other names stand there and its row holds data."""
    labelled = [r for r in rows if side < len(r) and isinstance(r[side], str)]
    named = [(parse_header(r[side], mapping), r[side + 1 :]) for r in labelled]
    others = {h.role for h, _ in named if h.role and not h.analyte}
    return len(others) >= 2 and any(h.analyte and any(is_data(c) for c in rest) for h, rest in named)


def _corner(headers: list[Header], body_rows: list[list[Any]]) -> list[Header]:
    """What stands across, when no label says it: days, districts or plants; otherwise it is asked."""
    if {h.role for h in headers} & {"site", "district", "sample"}:
        return headers
    for i, h in enumerate(headers):
        texts = [tidy(str(r[i])) for r in body_rows if r[i] not in (None, "")]
        if set(texts) == {h.text}:
            continue  # a title that is merged over the whole table
        texts = [t for t in texts if not closed_word("rows", t)]
        if h.analyte or h.role not in ("", "analyte", "concentration", "note") or not texts:
            continue
        found = next((role for role, fits in _ACROSS.items() if all(fits(t) for t in texts)), "")
        if found == "date" and any(o.role in ("date", "month") for o in headers):
            found = ""
        if not found and any(is_data(r[i]) for r in body_rows):
            continue
        shown = h.text or "the first cell"
        part = "concentration" if found else "across"
        return [*headers[:i], replace(h, text=shown, role=found, part=part), *headers[i + 1 :]]
    return headers


def _is_day(text: str) -> bool:
    return parse_text(text, 2000).start is not None


_ACROSS: dict[str, Callable[[str], Any]] = {
    "date": _is_day,
    "district": re.compile(r"^[\u4e00-\u9fff]{1,8}(区|县|市)$").match,
    "site": re.compile(r"^.*(厂|站|井|泵房|plant|wwtp|works)$", re.I).match,
}


def _grid(sheet: Sheet) -> list[list[Any]]:
    if sheet.n_rows <= len(sheet.head):
        return sheet.head
    columns = sheet.body(0, set(range(sheet.n_cols)))
    return [list(r) for r in zip(*(objects_of(c) for c in columns), strict=True)]


def _turned(sheet: Sheet, mapping: Mapping, rows: list[list[Any]], side: int, last_label: int, width: int) -> Layout:
    headers, limit_rows = [], []
    for r in rows:
        cells = [r[c] if c < len(r) else None for c in range(last_label + 1)]
        own = parse_header(cells[side], mapping)
        if not own.known:
            named = [parse_header(c, mapping) for c in cells]
            own = next((h for h in named if h.known and h.role not in ("lod", "loq", "uloq", "recovery")), own)
        headers.append(own)
    for c in range(side + 1, last_label + 1):
        label = next((parse_header(r[c], mapping) for r in rows if c < len(r) and isinstance(r[c], str)
                      and parse_header(r[c], mapping).role in ("lod", "loq", "uloq", "recovery")), None)  # fmt: skip
        if label is None:
            # a label such as "LLOQ (ng/mL)" may have been given another role by the mapping
            label = next((parse_header(r[c]) for r in rows if c < len(r) and isinstance(r[c], str)
                          and parse_header(r[c]).role in ("lod", "loq", "uloq", "recovery")), None)  # fmt: skip
        if label is not None:
            limit_rows.append((label.role, label.unit, [r[c] if c < len(r) else None for r in rows]))
    headers = with_units(headers, rows, range(side + 1, last_label + 1), mapping)
    body_rows = [[r[c] if c < len(r) else None for r in rows] for c in range(last_label + 1, width)]
    columns = columns_of(body_rows, len(rows))
    headers = _corner(headers, body_rows)

    def body(start: int, texts: set[int]) -> list[np.ndarray]:
        return [c[start:] for c in columns]

    turned = replace(
        sheet, head=body_rows[:60], n_rows=len(body_rows), n_cols=len(rows), body=body, merges=[],
        row_offset=sheet.col_offset + last_label + 2, col_offset=sheet.row_offset - 1, transposed=True,
    )  # fmt: skip
    titles = [h.text for h, r in zip(headers, rows, strict=True) if h.text and not h.known
              and {tidy(str(c)) for c in r if c not in (None, "")} == {h.text}]  # fmt: skip
    headers = [Header("") if h.text in titles else h for h in headers]
    return Layout(turned, "transposed", headers, 0, 0, titles, title_unit(titles), limit_rows)
