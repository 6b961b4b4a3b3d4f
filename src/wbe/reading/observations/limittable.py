"""A table of limits, one row a substance, beside the results of a file: 目标物 | 检出限 | 定量限.

Refuses a table that also holds results, places or days: that is one of results.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wbe.reading.opening.columns import objects_of
from wbe.reading.opening.numbers import number
from wbe.reading.opening.sheets import Sheet
from wbe.reading.words.headers import Header, parse_header
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.stated import Stated
from wbe.reading.words.values import parse_numbers_with_units

__all__ = ["agreed", "limits_of_sheet"]

_LARGEST = 400
_OTHERS = {"site", "district", "sample", "date", "month", "flow", "population", "concentration"}


def limits_of_sheet(sheet: Sheet, mapping: Mapping) -> list[Stated]:
    """Return the limits of every table of limits on a small sheet.

    A limit without a unit in its header, its cell or a column of units shares that of the results.
    """
    if sheet.n_rows > _LARGEST:
        return []
    rows = sheet.head
    if sheet.n_rows > len(rows):
        rows = [list(r) for r in zip(*(objects_of(c) for c in sheet.body(0, set(range(sheet.n_cols)))), strict=True)]
    found: list[Stated] = []
    header: list[Header] = []
    for row in rows:
        parsed = [parse_header(c, mapping) for c in row]
        kinds = {h.role for h in parsed if not h.analyte}
        analytes = [h.analyte for h in parsed if h.analyte and h.part == "concentration"]
        if analytes and not kinds & _OTHERS and not any(_is_number(c) for c in row):
            header = parsed  # substances across, 检出限 and 定量限 down the side
            continue
        across = next((h for h in parsed if h.role in ("lod", "loq") and not h.analyte), None)
        if header and across is not None and any(h.analyte for h in header):
            found += _of_line(row, across, header, mapping)
            continue
        if kinds & {"lod", "loq"} and not kinds & _OTHERS and not any(h.analyte for h in parsed):
            header = parsed
            continue
        if header:
            found += _of_row(row, header, mapping)
            if not any(isinstance(c, str) and c.strip() for c in row):
                header = []
    return list(dict.fromkeys(found))


def agreed(limits: list[Stated]) -> tuple[list[Stated], list[str]]:
    """Return the limits that no other of their kind contradicts, and the substances of the others."""
    said: dict[tuple[str, str], set[tuple[float, str]]] = {}
    for s in limits:
        said.setdefault((s.kind, s.analyte), set()).add((s.value, s.unit))
    sure = [s for s in limits if len(said[s.kind, s.analyte]) == 1]
    return list(dict.fromkeys(sure)), sorted({a for (_, a), values in said.items() if len(values) > 1})


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and not np.isnan(number(cell)))


def _of_line(row: list[Any], kind: Header, header: list[Header], mapping: Mapping) -> list[Stated]:
    out = []
    for i, h in enumerate(header):
        if h.analyte and h.part == "concentration" and i < len(row):
            value, own, faults = parse_numbers_with_units(np.array([row[i]], dtype=object), "ng/L")
            if np.isfinite(value[0]) and not faults:
                unit = "ng/L" if own[0] else mapping.units.get(kind.role, "") or kind.unit or h.unit
                out.append(Stated(kind.role, float(value[0]), unit, h.analyte))
    return out


def _of_row(row: list[Any], header: list[Header], mapping: Mapping) -> list[Stated]:
    named = [
        parse_header(c, mapping) for i, c in enumerate(row) if i < len(header) and header[i].role not in ("lod", "loq")
    ]
    analytes = {h.analyte for h in named if h.analyte and h.part == "concentration"}
    if len(analytes) != 1:
        return []
    beside = next((str(row[i]) for i, h in enumerate(header) if h.role == "unit" and i < len(row) and row[i]), "")
    out = []
    for i, h in enumerate(header):
        if h.role not in ("lod", "loq") or i >= len(row):
            continue
        value, own, faults = parse_numbers_with_units(np.array([row[i]], dtype=object), "ng/L")
        if np.isfinite(value[0]) and not faults:
            unit = "ng/L" if own[0] else mapping.units.get(h.role, "") or h.unit or beside
            out.append(Stated(h.role, float(value[0]), unit, next(iter(analytes))))
    return out
