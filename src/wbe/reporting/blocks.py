"""What a document is made of: columns, tables, pictures, findings and sections, the same for every format.

Refuses two roundings: a number is rounded once, here, and every format shows that; and drawing a picture twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Bar", "Block", "Column", "Finding", "Illustration", "Section", "Table", "bars", "kind", "weights"]

DPI = 150
LINE = 112.0  # letters of a table's size in a line of paper
UNBROKEN = 17  # letters of the longest word that is kept whole


@dataclass(frozen=True)
class Column:
    """A column of a table: key in the rows, heading, and decimals when it holds numbers."""

    key: str
    heading: str
    places: int | None = None


@dataclass(frozen=True)
class Bar:
    """An interval as shares of a column's width, for the small bar under a cell's text."""

    left: float
    width: float
    dot: float


@dataclass(frozen=True)
class Table:
    """A table with a name (the workbook's sheet), columns and rows; ``bars`` go with (row, column key).

    ``beside`` are sentences that the table may not travel without: on the page they stand as text of their own, in
    the workbook beside the sheet's title.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    bars: dict[tuple[int, str], Bar] = field(default_factory=dict)
    beside: tuple[str, ...] = ()

    def value(self, row: dict[str, Any], column: Column) -> str | float | None:
        """Return a cell's value: text, or a number rounded as it is shown, or None when there is none."""
        value = row.get(column.key)
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        if column.places is None:
            return str(value)
        return round(float(value), column.places)

    def text(self, row: dict[str, Any], column: Column) -> str:
        """Return a cell's value as people read it."""
        value = self.value(row, column)
        if value is None:
            return "—"
        if isinstance(value, str):
            return value
        return f"{value:,.{max(column.places or 0, 0)}f}"


@dataclass(frozen=True)
class Illustration:
    """A figure with the words that stand for it where it cannot be seen.

    Drawn at the first format that shows it, and once for all formats.
    """

    draw: Callable[[], Figure]
    alt: str
    width: str = "100%"

    @cached_property
    def figure(self) -> Figure:
        """The figure."""
        return self.draw()

    @cached_property
    def svg(self) -> bytes:
        """The figure as SVG with its text as outlines, the same bytes for the same figure."""
        from wbe.plot.canvas import as_svg

        return as_svg(self.figure)

    @cached_property
    def png(self) -> bytes:
        """The SVG as PNG, for formats that hold no outlines."""
        from wbe.plot.canvas import as_png

        return as_png(self.figure, self.svg, DPI)


@dataclass(frozen=True)
class Finding:
    """A finding in one short line; its numbers and evidence, its grade, and what would change it, unfold below.

    ``grade`` is the word that a reader sees; ``changes`` says what would make the finding another one.
    """

    line: str
    evidence: str = ""
    grade: str = ""
    changes: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the report: its anchor, title, and paragraphs, lists, tables and pictures in order.

    A block is a :class:`Table`, an :class:`Illustration`, a :class:`Finding`, or a pair of a kind and its words:
    ``text``, ``lead`` (a heading), ``statement``, ``warning``, and ``numbered`` and ``list`` with several.
    """

    name: str
    title: str
    blocks: tuple[Any, ...]
    depth: str = "report"  # "leader", "report" or "annex"

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables among the blocks."""
        return tuple(b for b in self.blocks if isinstance(b, Table))


@dataclass(frozen=True)
class Block:
    """One language's part of a document."""

    language: str
    title: str
    made: str
    synthetic: str
    synthetic_long: str
    contents: str
    sections: tuple[Section, ...]

    @property
    def pictures(self) -> tuple[Illustration, ...]:
        """The pictures of all sections, in order."""
        return tuple(b for s in self.sections for b in s.blocks if isinstance(b, Illustration))


def weights(table: Table) -> list[float]:
    """Return how wide the columns of a table should be on paper, relative to each other.

    Examples
    --------
    >>> weights(Table("t", (Column("a", "A"), Column("b", "B")), ({"a": "x", "b": "y" * 10},)))
    [5.0, 10.0]
    """
    least, wanted = [], []
    for column in table.columns:
        texts = [column.heading, *(table.text(row, column) for row in table.rows)]
        longest = max(_wide(column.heading) / 2, *(_wide(text) for text in texts[1:]), 1)
        # what runs over several lines needs less than its length; a word of Latin letters is not broken
        wanted.append(float(max(longest, 5)) if longest < 30 else 20 + 4 * math.sqrt(longest - 29))
        words = [len(word) for text in texts for word in text.split() if word.isascii()]
        least.append(float(min(max([*words, 5]), UNBROKEN)))
    wanted = [max(pair) for pair in zip(wanted, least, strict=True)]
    room, more = LINE - sum(least), sum(wanted) - sum(least)
    share = 1.0 if more <= room or more <= 0 else max(room, 0) / more
    return [low + share * (high - low) for low, high in zip(least, wanted, strict=True)]


def _wide(text: str) -> int:
    """Columns of a terminal, or halves of a Chinese character."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def kind(block: Any) -> str:
    """Say how a format writes a block: table, picture, finding, or the kind of a text."""
    if isinstance(block, Table):
        return "table"
    if isinstance(block, Illustration):
        return "picture"
    if isinstance(block, Finding):
        return "finding"
    return str(block[0])


def bars(intervals: dict[tuple[int, str], tuple[float, float, float]]) -> dict[tuple[int, str], Bar]:
    """Place intervals (median, lower, upper) by column, on one linear axis from zero for each column."""
    tops: dict[str, float] = {}
    for (_, key), (_, _, upper) in intervals.items():
        tops[key] = max(tops.get(key, 0.0), upper)
    return {
        (row, key): Bar(100 * low / tops[key], 100 * (high - low) / tops[key], 100 * middle / tops[key])
        for (row, key), (middle, low, high) in intervals.items()
        if tops[key] > 0
    }
