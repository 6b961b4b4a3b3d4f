"""A table whose only column of results names no substance: the sheet, its title or the file names it.

Refuses to guess between several names, and a column of results that nothing names.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from typing import Any

from wbe.errors import Fault
from wbe.reading.grid.turned import Layout
from wbe.reading.words.headers import Header, parse_header
from wbe.reading.words.mapping import Mapping
from wbe.samples import SITUATIONS
from wbe.vocabulary import find, fold, table, tidy

__all__ = ["nameless_fault", "settle_substance", "substance_of"]

_AND_OTHERS = re.compile(r"等|及其|and other|etc", re.I)
_MARKERS = set(SITUATIONS) - {"flow", "population"}
_SITUATION = {"site", "district", "date", "month", "flow", "sample"}


def settle_substance(layout: Layout | None, mapping: Mapping) -> str:
    """Give the only column of results of a wide table the substance that its surroundings name; return where."""
    if layout is None or layout.kind != "wide" or layout.sheet.transposed:
        return ""
    results = [i for i, h in enumerate(layout.columns) if h.role == "concentration" and not h.analyte]
    others = any(h.analyte or h.question for h in layout.columns)
    if len(results) != 1 or others or not {h.role for h in layout.columns} & _SITUATION:
        return ""
    sheet, index = layout.sheet, results[0]
    if any(isinstance(c, str) and len(c) < 40 and find(c) for row in sheet.head[layout.start :] for c in row):
        return ""  # its rows name substances of their own
    stem = sheet.file.rsplit(".", 1)[0]
    for where, text in (
        ("sheet name", sheet.name),
        *(("title", t) for t in reversed(layout.titles)),
        ("file name", stem),
    ):
        found = _named(text, mapping)
        own = layout.columns[index]
        if found.role in _MARKERS:
            layout.columns[index] = replace(own, role=found.role)
            return where
        if found.analyte or found.question:
            layout.columns[index] = replace(
                own, role="", part="concentration", analyte=found.analyte, question=found.question
            )
            return where
    return ""


def nameless_fault(layout: Layout) -> Fault | None:
    """Return the question about a column of results beside places and days that no substance is named for."""
    roles = {h.role for h in layout.columns}
    index = next((i for i, h in enumerate(layout.columns) if h.role == "concentration"), None)
    if index is None or not roles & {"site", "district", "sample"} or not roles & {"date", "month", "flow"}:
        return None
    text = layout.columns[index].text
    return Fault(
        "reading-substance-not-named",
        file=layout.sheet.file,
        sheet=layout.sheet.name or None,
        row=layout.sheet.row_number(layout.header_row),
        column=layout.column_name(index),
        value=text,
    )


def _named(text: str, mapping: Mapping) -> Header:
    """The one substance of a text: the whole text, or the only known name within it."""
    if not text.strip():
        return Header("")
    whole = parse_header(tidy(text), mapping)
    if whole.analyte or whole.question or whole.role in _MARKERS:
        return whole
    named = parse_header(tidy(re.split(r"[:：]\s*", text)[-1]), mapping)  # 检测项目：MDMA
    if named.analyte or named.question:
        return named
    if _AND_OTHERS.search(text):
        return Header(text)
    left, found = fold(text), []
    for name, key in _long_names():
        if name in left:
            found.append(key)
            left = left.replace(name, " ")
    return Header(text, analyte=found[0]) if len(set(found)) == 1 else Header(text)


def substance_of(text: str, mapping: Mapping) -> str:
    """Return the one substance that a title names, or empty text.

    Examples
    --------
    >>> substance_of("表2 氯胺酮", Mapping()), substance_of("2021年6月汇总", Mapping())
    ('ketamine', '')
    """
    return _named(text, mapping).analyte


@functools.cache
def _long_names() -> list[tuple[str, str]]:
    """Folded names that no other word hides, the longest first: Chinese ones, and English ones of five letters."""
    pairs: dict[str, str] = {}
    for key, entry in table("analytes").items():
        spellings: list[Any] = [entry["en"], entry["zh"], *entry["aliases"]]
        for name in map(fold, spellings):
            if len(name) >= (2 if re.search(r"[\u4e00-\u9fff]", name) else 5):
                pairs[name] = key
    return sorted(pairs.items(), key=lambda p: -len(p[0]))
