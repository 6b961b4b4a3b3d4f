"""What reading one table carries along: layout, rows, answers, the log and the faults found so far.

Refuses to stop at the first fault: faults are gathered and told together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wbe.errors import Fault, UnitError
from wbe.reading.grid.rows import Rows, Texts, texts
from wbe.reading.grid.turned import Layout
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.written_units import NO_UNIT, SEVERAL, speaks_of_loads, unit_scale
from wbe.units import spell, unit_of, variables
from wbe.vocabulary import role_kind, table

__all__ = ["MAX_FAULTS", "Context", "number_columns"]

MAX_FAULTS = 60


@dataclass
class Context:
    """One table being read."""

    layout: Layout
    columns: list[Any]
    rows: Rows
    mapping: Mapping
    log: ReadingLog
    faults: list[Fault] = field(default_factory=list)
    kept: np.ndarray = field(default_factory=lambda: np.array([], dtype=np.int64))
    replaced: dict[int, Any] = field(default_factory=dict)
    less: list[int] = field(default_factory=lambda: [0, 0])

    def __post_init__(self) -> None:
        if not len(self.kept):
            self.kept = self.rows.samples

    @property
    def n(self) -> int:
        """How many rows are samples."""
        return len(self.kept)

    @property
    def decimal(self) -> str:
        """The decimal mark of the file."""
        return str(self.mapping.option("decimal", "."))

    def column(self, index: int) -> Any:
        """Return a column's cells in the rows that are samples."""
        if index in self.replaced:
            return self.replaced[index]
        whole = len(self.kept) == len(self.rows.kind)
        return self.columns[index] if whole else self.columns[index][self.kept]

    def texts(self, index: int) -> Texts:
        """Return a column's cells in the rows that are samples, coded as texts."""
        whole = index not in self.replaced and len(self.kept) == len(self.rows.kind)
        if not whole:
            return texts(self.column(index))
        return self.rows.coded(index, self.columns[index])

    def narrowed(self, chosen: np.ndarray, replaced: dict[int, Any]) -> Context:
        """Return the context of some of the sample rows, with columns replaced by their values there."""
        return Context(
            self.layout, self.columns, self.rows, self.mapping, self.log, self.faults, self.kept[chosen], replaced
        )

    def row_number(self, i: int) -> int:
        """Return the spreadsheet's number of the ``i``-th sample row."""
        return self.layout.sheet.row_number(self.layout.start + int(self.kept[i]))

    def row_numbers(self) -> np.ndarray:
        """Return the spreadsheet's numbers of all sample rows."""
        return self.kept + self.layout.start + self.layout.sheet.row_offset

    def place(self, row: int | None = None, column: int | None = None) -> dict[str, Any]:
        """Return file, sheet, row and column for a fault."""
        return {
            "file": self.layout.sheet.file,
            "sheet": self.layout.sheet.name or None,
            "row": None if row is None else self.row_number(row),
            "column": None if column is None else self.layout.column_name(column),
        }

    def ask(self, code: str, *, row: int | None = None, column: int | None = None, **values: Any) -> None:
        """Add a fault by its code."""
        self.faults.append(Fault(code, **self.place(row, column), **values))

    def note(self, text: str) -> None:
        """Add a note with the table's place."""
        self.log.note(f"{self.layout.sheet.place}: {text}")

    def scale(self, role: str, unit: str, column: int | None) -> float:
        """Return the factor to the role's canonical unit; a fault and 1.0 where there is none."""
        value, code = unit_scale(role, unit, self.mapping)
        if np.isnan(value):
            self.unit_fault(role, unit, code, column)
            return 1.0
        return value

    def unit_fault(self, role: str, unit: str, code: str, column: int | None, row: int | None = None) -> None:
        """Add the fault of a unit that is missing, ambiguous or of another kind."""
        needed = unit_of(role) if role in variables() else "ng/L"
        if column is not None and column in self.layout.asked:
            return
        if role == "concentration" and unit and speaks_of_loads(unit):
            self.faults.append(Fault("reading-loads", unit=unit, **self.place(row, column)))
        elif role == "flow" and unit in table("headers")["units"]["flow_of_a_day"]:
            daily = table("headers")["units"]["flow_of_a_day"][unit]
            self.faults.append(Fault("reading-volume-without-time", unit=unit, daily=daily, **self.place(row, column)))
        elif code == NO_UNIT:
            self.ask("reading-unit-missing", column=column, role=role, wanted=needed)  # fmt: skip
        elif code == SEVERAL:
            self.ask("reading-unit-ambiguous", column=column, unit=unit, choices=_choices(unit), wanted=needed)
        else:
            self.ask("reading-unit-wrong", row=row, column=column, unit=unit, role=role, wanted=needed)  # fmt: skip


def _choices(unit: str) -> str:
    """The meanings of a unit that has several."""
    try:
        spell(unit)
    except UnitError as err:
        return str(err.values.get("meanings", ""))
    return ""


def number_columns(layout: Layout) -> set[int]:
    """Return the columns that hold numbers or results; all others are read as text."""
    numeric = set()
    for i, h in enumerate(layout.columns):
        if h.analyte:
            if h.part in ("concentration", "lod", "loq", "uloq", "recovery"):
                numeric.add(i)
        elif h.role in table("headers") and role_kind(h.role) == "number":
            numeric.add(i)
    return numeric
