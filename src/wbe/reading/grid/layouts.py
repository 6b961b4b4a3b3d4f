"""Layouts that programs and agencies always write: each a TOML file of ``data/layouts`` that reads as a mapping.

Refuses to guess: every name of the signature must stand in one sheet, and the answers of the user win.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wbe import packaged
from wbe.reading.opening.sheets import Sheet
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping, load_mapping
from wbe.vocabulary import tidy

__all__ = ["Layout", "known_layouts", "layout_of", "with_layout"]

_ROWS = 40
_PARTS = ("columns", "analytes", "units", "tokens", "options", "rules")
_ABOUT = ("title", "source", "status", "match")


@dataclass(frozen=True)
class Layout:
    """A known layout: its name and titles, the signature by which it is known, and the answers that it gives."""

    name: str
    title: dict[str, str]
    names: frozenset[str]
    any_of: frozenset[str]
    texts: frozenset[str]
    mapping: Mapping


@functools.cache
def known_layouts() -> tuple[Layout, ...]:
    """Return every layout that ships with the library, the longest signature first.

    Examples
    --------
    >>> "wqp_narrow" in {layout.name for layout in known_layouts()}
    True
    """
    found = []
    for file in packaged.names("layouts"):
        data = packaged.toml(f"layouts/{file}")
        match = data["match"]
        signature = {k: frozenset(map(tidy, match.get(k, ()))) for k in ("names", "any", "texts")}
        answers = load_mapping({k: v for k, v in data.items() if k not in _ABOUT})
        found.append(Layout(file.removesuffix(".toml"), data["title"], signature["names"], signature["any"],
                            signature["texts"], answers))  # fmt: skip
    return tuple(sorted(found, key=lambda layout: -len(layout.names | layout.texts)))


def layout_of(sheets: Sequence[Sheet]) -> Layout | None:
    """Return the known layout of a file, or None; a signature lies in the first rows of one sheet."""
    for sheet in sheets:
        cells = {tidy(c) for row in sheet.head[:_ROWS] for c in row if isinstance(c, str) and len(c) < 80}
        for layout in known_layouts():
            if layout.names | layout.texts <= cells and (not layout.any_of or layout.any_of & cells):
                return layout
    return None


def with_layout(mapping: Mapping, sheets: Sequence[Sheet], log: ReadingLog) -> Mapping:
    """Return the answers for a file: those of its layout, and over them the user's own."""
    layout = layout_of(sheets)
    if layout is None:
        return mapping
    log.note(f"{sheets[0].file}: read by the layout {layout.name} ({layout.title['en']})")
    joined = {}
    for part in _PARTS:
        joined[part] = {**getattr(layout.mapping, part), **getattr(mapping, part)}
    own = set(mapping.columns)
    joined["rules"] = {k: v for k, v in joined["rules"].items() if k not in own or k in mapping.rules}
    return replace(mapping, **joined)
