"""A part of a document as PDF: set by typst from a packaged page and plain data, with the glyphs that it uses inside.

Refuses to let a word of the data become markup, fonts of the system (the same data give the same bytes), and the time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wbe import packaged
from wbe.errors import require
from wbe.plot.fonts import chinese_font
from wbe.reporting.blocks import Block, Finding, Illustration, Section, Table, kind, weights
from wbe.reporting.document import Letterhead
from wbe.reporting.words import join

__all__ = ["pdf"]

FALLBACK = "Libertinus Serif"  # comes with typst
LONG = 18  # characters without a place to break a line


def pdf(block: Block, letterhead: Letterhead, foot: str, sections: tuple[Section, ...] | None = None) -> bytes:
    """Set one language's part of a document as PDF.

    Parameters
    ----------
    block : Block
    letterhead : Letterhead
    foot : str
        At the foot of every page, before the synthetic mark.
    sections : tuple of Section, optional
        Which of them; by default all.

    Returns
    -------
    bytes

    Raises
    ------
    MissingExtra
        typst is not installed.
    """
    typst = require("typst", "report")
    files: dict[str, bytes] = {"main.typ": packaged.text("report.typ").encode()}
    content = _content(block, letterhead, foot, block.sections if sections is None else sections, files)
    files["document.json"] = json.dumps(content, ensure_ascii=True).encode()
    font = chinese_font()
    paths = [] if font is None else [str(font.parent)]
    made: bytes = typst.compile(files, format="pdf", font_paths=paths, ignore_system_fonts=True)
    return made


def _content(
    block: Block, letterhead: Letterhead, foot: str, sections: tuple[Section, ...], files: dict[str, bytes]
) -> dict[str, Any]:
    logo = Path(letterhead.logo).read_bytes() if letterhead.logo else b""
    if logo:
        files["logo.png"] = logo
    said = [one for one in (letterhead.office, letterhead.author, letterhead.date) if one]
    return {
        "title": _clean(block.title), "author": _clean(letterhead.author or letterhead.office),
        "language": block.language, "fonts": _fonts(), "synthetic": block.synthetic, "warning": block.synthetic_long,
        "made": breakable(block.made), "foot": foot, "logo": "logo.png" if logo else "",
        "over": _clean(join([one for one in (letterhead.office, letterhead.number) if one], block.language)),
        "under": _clean(join(said, block.language)), "note": _clean(letterhead.note),
        "sections": [
            {"title": section.title, "items": [_item(one, files) for one in section.blocks]} for section in sections
        ],
    }  # fmt: skip


def _fonts() -> list[str]:
    path = chinese_font()
    if path is None:
        return [FALLBACK]
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=0, lazy=True) as font:
        return [str(font["name"].getBestFamilyName()), FALLBACK]


def _item(block: Any, files: dict[str, bytes]) -> dict[str, Any]:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Illustration):
        name = f"{len(files)}.svg"
        files[name] = block.svg
        return {"kind": "picture", "file": name, "text": block.alt, "width": float(block.width.rstrip("%"))}
    if isinstance(block, Finding):
        return {"kind": "finding", "text": _clean(block.line), "grade": block.grade, "changes": _clean(block.changes)}
    how = kind(block)
    if how in ("list", "numbered"):
        return {"kind": how, "items": [breakable(text) for text in block[1]]}
    return {"kind": how, "text": breakable(block[1])}


def _table(table: Table) -> dict[str, Any]:
    texts = [[table.text(row, column) for column in table.columns] for row in table.rows]
    return {
        "kind": "table", "heads": [_clean(c.heading) for c in table.columns], "weights": weights(table),
        "aligns": ["right" if c.places is not None else "left" for c in table.columns],
        "size": 7.5 if len(table.columns) <= 9 else 6.5,
        "rows": [[breakable(text) for text in row] for row in texts],
    }  # fmt: skip


def _clean(text: str) -> str:
    """Return what any encoding can hold, without what no page can show."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def breakable(text: str) -> str:
    """Let a long word, such as a path or a hash, go over to the next line.

    Examples
    --------
    >>> breakable("estimates") == "estimates", breakable("a" * 40).count("\\u200b")
    (True, 3)
    """
    return " ".join(_broken(word) for word in _clean(text).split(" "))


def _broken(word: str) -> str:
    if len(word) <= LONG or any(ord(c) > 0x2E7F for c in word):
        return word
    return "\u200b".join(word[i : i + 12] for i in range(0, len(word), 12))
