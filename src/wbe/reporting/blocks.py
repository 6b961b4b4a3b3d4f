"""What a report page is made of: columns, tables, pictures and sections, the same for HTML and workbook.

Refuses two roundings: a number is rounded once, here, and both outputs show that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Bar", "Column", "Illustration", "Section", "Table", "bars"]


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
    """A figure with the words that stand for it where it cannot be seen."""

    figure: Figure
    alt: str
    width: str = "100%"


@dataclass(frozen=True)
class Section:
    """A part of the report: its anchor, title, and paragraphs, lists, tables and pictures in order."""

    name: str
    title: str
    blocks: tuple[Any, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables among the blocks."""
        return tuple(b for b in self.blocks if isinstance(b, Table))


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
