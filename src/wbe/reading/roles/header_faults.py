"""What the header of a table shows to be asked about: persons, several meanings, unknown substances, one analyte twice.

Refuses to leave out a column that may hold results.
"""

from __future__ import annotations

from typing import Any

from wbe.errors import Fault
from wbe.reading.grid.tables import hides_results
from wbe.reading.grid.turned import Layout
from wbe.reading.roles.panel import unknown_fault
from wbe.reading.words.beside import doubtful_bracket
from wbe.reading.words.headers import Header, split_unit
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.written_units import salt_fault, salt_in
from wbe.vocabulary import choices, name_fault, role_kind, table, tidy

__all__ = ["layout_faults", "unread_reason"]


def layout_faults(layout: Layout, mapping: Mapping) -> list[Fault]:
    """Return the faults that the header shows: persons, questions, unknown substances, one analyte twice."""
    place: dict[str, Any] = {"file": layout.sheet.file, "sheet": layout.sheet.name or None}
    row = None if layout.sheet.transposed else layout.sheet.row_number(layout.header_row)
    faults: list[Fault] = []
    seen: dict[tuple[str, str, int], int] = {}
    numbered = [i for i, h in enumerate(layout.columns) if h.numbered]
    if numbered:
        names = ", ".join(layout.column_name(i) for i in numbered[:6])
        lines = [f'"{layout.columns[i].text}" = "{layout.columns[i].numbered}"' for i in numbered]
        faults.append(Fault("reading-numbered-columns", **place, row=row, names=names, lines=lines))
    for i, h in enumerate(layout.columns):
        where = {**place, "row": row, "column": layout.column_name(i)}
        if h.part == "across":
            named = h.text != "the first cell"
            faults.append(Fault("reading-across" if named else "reading-across-unnamed",
                                **{**where, "column": h.text}, header=h.text))  # fmt: skip
        elif h.role == "person":
            faults.append(Fault("reading-personal-data", **where, value=h.text))  # fmt: skip
        elif h.question:
            asked = name_fault(h.question, **where)
            if h.question not in h.text:  # named by the sheet or its title
                faults.append(asked)
                continue
            meanings = choices(h.question)
            options = ", ".join(f"{k} ({v})" for k, v in meanings.items())
            faults.append(Fault("reading-header-ambiguous", **where, name=h.question[:60], options=options or "-",
                                header=h.text, first=next(iter(meanings), "...")))  # fmt: skip
        elif h.analyte and h.part == "concentration" and salt_in(h.text) and not _is_answered(h.text, mapping):
            faults.append(salt_fault(h.text, "columns", h.analyte, **where))
        elif h.analyte and doubtful_bracket(h.text, h.role, h.analyte, h.unit)[0] != "not_result":
            key = (h.analyte, h.part, max(h.replicate, 1))
            if key in seen and h.part != "unknown":
                what = h.analyte if h.part == "concentration" else f"{h.analyte} {h.part}"
                faults.append(
                    Fault(
                        "reading-analyte-twice",
                        **where,
                        what=what,
                        seen=layout.column_name(seen[key]),
                        value=h.text,
                        analyte=h.analyte,
                    )
                )
            seen.setdefault(key, i)
        elif not h.analyte and hides_results(layout, i):
            faults.append(unknown_fault(h.text or layout.column_name(i), **where))
    return faults


def _is_answered(text: str, mapping: Mapping) -> bool:
    return text in mapping.columns or tidy(split_unit(text)[0]) in {*mapping.columns, *mapping.analytes}


def unread_reason(h: Header) -> str:
    """Why a column is not read; empty when it is."""
    if h.analyte or h.question:
        return ""
    if not h.role:
        return "not a known column" if h.text.strip() else ""
    if h.role == "ignore":
        return "left out by the mapping"
    kind = role_kind(h.role) if h.role in table("headers") else ""
    if kind == "derived":
        return "computed by the library, not read"
    return "not needed" if kind == "note" else ""
