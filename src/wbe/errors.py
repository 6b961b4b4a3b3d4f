"""The library's errors: each is one plain sentence that names what came, what was needed and the next step.

Refuses to be a traceback for a user: the command line prints ``str(error)`` and exits with 1.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType


class WbeError(Exception):
    """Base of every error that the library raises on purpose."""


class UnitError(WbeError, ValueError):
    """A unit is missing, unknown, ambiguous or of another dimension."""


class SchemaError(WbeError, ValueError):
    """A dataset breaks the data model; ``problems`` lists every breach."""

    def __init__(self, what: str, problems: Sequence[str]):
        self.problems = list(problems)
        lines = "\n".join(f"  - {p}" for p in self.problems)
        super().__init__(f"{what}: {len(self.problems)} problem(s)\n{lines}")


class FactorError(WbeError, ValueError):
    """A claim, profile or factor is unknown, inconsistent or used against its meaning."""


class UncertaintyError(WbeError, ValueError):
    """An uncertain input is impossible: its name, what came and what was needed are said."""


class DisclosureError(WbeError):
    """What was asked for may not be printed under the disclosure policy in force."""


class MissingExtra(WbeError, ImportError):
    """An optional package is needed; the message says which extra brings it."""


@dataclass(frozen=True)
class Fault:
    """One fault in an input, with its place.

    Parameters
    ----------
    came, needed, next_step : str
        What was found, what was wanted, and what the reader can do.
    file, sheet, row, column : str, str, int, str, optional
        Where; ``row`` counts as the spreadsheet shows it (from 1), ``column`` is the header or letter.
    """

    came: str
    needed: str
    next_step: str
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    @property
    def place(self) -> str:
        """Where the fault is, in one phrase."""
        parts = [
            f"file {self.file}" if self.file else "",
            f"sheet {self.sheet}" if self.sheet else "",
            f"row {self.row}" if self.row is not None else "",
            f"column {self.column}" if self.column else "",
        ]
        return ", ".join(p for p in parts if p)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}got {self.came}; needed {self.needed}. {self.next_step}"


class InputError(WbeError):
    """A file or a request has faults; ``faults`` lists all of them.

    Examples
    --------
    >>> print(InputError([Fault("'abc'", "a number in ng/L", "Correct the cell.", "a.csv", row=3, column="METH")]))
    file a.csv, row 3, column METH: got 'abc'; needed a number in ng/L. Correct the cell.
    """

    def __init__(self, faults: Sequence[Fault]):
        self.faults = list(faults)
        super().__init__("\n".join(str(f) for f in self.faults))


def need_samples(came: object, where: str) -> None:
    """Refuse what is not a Samples dataset, such as the path of files that nobody has read yet.

    Examples
    --------
    >>> try:
    ...     need_samples("june.xlsx", "check")
    ... except InputError as fault:
    ...     print(fault)
    got check(samples) with 'june.xlsx'; needed a Samples dataset. Read it first: wbe.read_samples(path).
    """
    if not hasattr(came, "data_vars"):
        shown = f"{came!r}" if isinstance(came, str) else f"an argument of type {type(came).__name__}"
        next_step = "Read it first: wbe.read_samples(path)."
        raise InputError([Fault(f"{where}(samples) with {shown}", "a Samples dataset", next_step)])


def need_estimate(came: object, where: str) -> None:
    """Refuse what is not an Estimate, such as the samples that one is made of.

    Examples
    --------
    >>> try:
    ...     need_estimate(12.5, "trend")
    ... except InputError as fault:
    ...     print(fault)
    got trend(estimate) with an argument of type float; needed an Estimate. Make it first: wbe.estimate(samples).
    """
    if not hasattr(came, "series") or not hasattr(came, "table"):
        what = f"{where}(estimate) with an argument of type {type(came).__name__}"
        raise InputError([Fault(what, "an Estimate", "Make it first: wbe.estimate(samples).")])


class WbeWarning(UserWarning):
    """Something is doubtful but not wrong."""


def require(module: str, extra: str) -> ModuleType:
    """Import an optional module, or say which extra brings it.

    Examples
    --------
    >>> require("json", "excel").__name__
    'json'
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as err:
        raise MissingExtra(
            f"{module} is needed here and is not installed. It comes with the extra {extra}: in the folder of "
            f"wbe-drugs, run pip install '.[{extra}]'"
        ) from err
