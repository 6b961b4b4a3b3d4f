"""One document, made once and written by one writer per format: its parts by language, its tables in full, its sender.

Refuses an unknown format, and a letterhead that one line cannot hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pandas as pd

from wbe.errors import Fault, InputError, one_of
from wbe.messages import Words
from wbe.reporting.blocks import Block, Finding, Illustration, Section, Table, kind

__all__ = ["FORMATS", "Document", "Letterhead", "asked_formats", "plain"]

FORMATS = ("html", "pdf", "docx", "xlsx", "csv", "json")
LINE_MOST = 200  # characters of an office's name, a number or a title


@dataclass(frozen=True)
class Letterhead:
    """Who sends a document and how: what the table ``[report]`` of ``wbe.toml`` holds; every field may be empty.

    Attributes
    ----------
    title : str
        Of the document, in place of the usual one.
    office : str
        The issuing office, as it stands over the document and under it.
    author : str
        Who answers for it.
    number : str
        Document number, such as ``株禁毒办〔2021〕6号``.
    security, urgency : str
        Marks at the top left.
    addressee, copies : str
        To whom, and copies to whom.
    date : str
        Of issue, ``YYYY-MM-DD``.
    note : str
        The officer's own words; they stand before the findings.
    logo : str
        Path of a PNG.
    template : str
        Path of a Word file whose styles, page and head are used in place of the library's.
    """

    title: str = ""
    office: str = ""
    author: str = ""
    number: str = ""
    security: str = ""
    urgency: str = ""
    addressee: str = ""
    copies: str = ""
    date: str = ""
    note: str = ""
    logo: str = ""
    template: str = ""

    def __post_init__(self) -> None:
        """Refuse lines that no head of a page holds."""
        faults = [
            Fault("reporting-letterhead", field=one.name, value=str(getattr(self, one.name))[:40], most=LINE_MOST)
            for one in fields(self)
            if one.name != "note"
            and (len(getattr(self, one.name)) > LINE_MOST or not getattr(self, one.name).isprintable())
        ]
        if faults:
            raise InputError(faults)


@dataclass(frozen=True)
class Document:
    """A document before it is written: the name of its files, a part for each language, its tables in full."""

    name: str
    month: str
    blocks: tuple[Block, ...]
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    letterhead: Letterhead = Letterhead()
    public: bool = False  # an edition for the press: its first page is a sheet of its own

    @property
    def title(self) -> str:
        """The titles of all languages."""
        return " / ".join(dict.fromkeys(block.title for block in self.blocks))


def asked_formats(asked: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return which formats are wanted, each once; None: all of them.

    Raises
    ------
    UnknownName
        A format that is not written.
    InputError
        None at all.

    Examples
    --------
    >>> asked_formats("pdf, html"), asked_formats(None) == FORMATS
    (('html', 'pdf'), True)
    """
    if asked is None:
        return FORMATS
    names = [part.strip() for part in asked.split(",")] if isinstance(asked, str) else list(asked)
    for name in names:
        one_of(name, FORMATS, Words("format", "格式"))
    if not names:
        raise InputError([Fault("reporting-no-format", known=FORMATS)])
    return tuple(known for known in FORMATS if known in names)


def plain(document: Document) -> dict[str, Any]:
    """Return a document as plain data: what its JSON holds, pictures by the words that stand for them.

    Examples
    --------
    >>> plain(Document("wbe-report-2021-06", "2021-06", ()))["parts"]
    []
    """
    return {
        "format": "wbe-report", "version": 1, "name": document.name, "month": document.month,
        "letterhead": {one.name: getattr(document.letterhead, one.name) for one in fields(document.letterhead)
                       if one.name not in ("logo", "template")},
        "parts": [_part(block) for block in document.blocks],
    }  # fmt: skip


def _part(block: Block) -> dict[str, Any]:
    return {
        "language": block.language, "title": block.title, "made": block.made, "synthetic": block.synthetic,
        "warning": block.synthetic_long, "sections": [_section(section) for section in block.sections],
    }  # fmt: skip


def _section(section: Section) -> dict[str, Any]:
    items = [_item(block) for block in section.blocks]
    return {"name": section.name, "title": section.title, "depth": section.depth, "items": items}


def _item(block: Any) -> dict[str, Any]:
    if isinstance(block, Table):
        columns = [{"key": c.key, "heading": c.heading, "decimals": c.places} for c in block.columns]
        rows = [[block.value(row, column) for column in block.columns] for row in block.rows]
        return {"kind": "table", "name": block.name, "beside": list(block.beside), "columns": columns, "rows": rows}
    if isinstance(block, Illustration):
        return {"kind": "picture", "text": block.alt}
    if isinstance(block, Finding):
        return {"kind": "finding", "text": block.line, "evidence": block.evidence, "grade": block.grade,
                "changes": block.changes}  # fmt: skip
    how = kind(block)
    return {"kind": how, "items": list(block[1])} if how in ("list", "numbered") else {"kind": how, "text": block[1]}
