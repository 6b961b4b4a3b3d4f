"""The library's errors: each is a code with values, said as what came, what was needed and the next step.

Refuses to be a traceback for a user: the command line prints ``str(error)`` and exits with 1. Whoever must decide reads
``error.code`` or ``fault.code``, never the sentence.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from types import ModuleType
from typing import Any

from wbe import messages

__all__ = [
    "DisclosureError",
    "FactorError",
    "Fault",
    "InputError",
    "MissingExtra",
    "SchemaError",
    "UncertaintyError",
    "UnitError",
    "UnknownName",
    "WbeError",
    "WbeWarning",
    "hint",
    "need_estimate",
    "need_path",
    "need_samples",
    "one_of",
    "require",
]


class WbeError(Exception):
    """Base of every error that the library raises on purpose.

    Parameters
    ----------
    code : str
        The code of its sentence.
    **values
        What the sentence names.

    Examples
    --------
    >>> error = WbeError("errors-did-you-mean", nearest="weekend")
    >>> error.code, str(error), error.text("zh")
    ('errors-did-you-mean', "Did you mean 'weekend'?", '是否指“weekend”？')
    """

    def __init__(self, code: str, /, **values: object):
        self.code = code if messages.is_code(code) else ""
        self.values = values
        super().__init__(code)

    def text(self, language: str | None = None) -> str:
        """Return the sentence in one language (by default the one in force)."""
        return messages.render(self.code, self.values, language) if self.code else str(self.args[0])

    def __str__(self) -> str:
        return self.text()

    def __reduce__(self) -> Any:
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[WbeError], args: tuple[Any, ...], state: dict[str, Any]) -> WbeError:
    """Make an error again in another process, with all that it held."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class UnitError(WbeError, ValueError):
    """A unit is missing, unknown, ambiguous or of another dimension."""


class SchemaError(WbeError, ValueError):
    """A dataset breaks the data model; ``problems`` lists every breach as a note or a text."""

    def __init__(self, what: str, problems: Sequence[messages.Note | str]):
        super().__init__("errors-breaches", what=what, count=len(problems))
        self.breaches = list(problems)

    @property
    def problems(self) -> list[str]:
        """Every breach, in the language in force."""
        return [str(p) for p in self.breaches]

    def text(self, language: str | None = None) -> str:
        """Return the heading and every breach on a line of its own."""
        lines = [p if isinstance(p, str) else p.text(language) for p in self.breaches]
        return "\n".join([super().text(language), *(f"  - {line}" for line in lines)])


class FactorError(WbeError, ValueError):
    """A claim, profile or factor is unknown, inconsistent or used against its meaning."""


class UncertaintyError(WbeError, ValueError):
    """An uncertain input is impossible: its name, what came and what was needed are said."""


class DisclosureError(WbeError, ValueError):
    """What was asked for may not be printed under the disclosure policy in force."""


class MissingExtra(WbeError, ImportError):
    """An optional package is needed; the message says which extra brings it."""


class Fault:
    """One fault in an input, with its place: a code with values.

    Parameters
    ----------
    code : str
        The code of a message with the parts ``came``, ``needed`` and ``next``: what was found, what was wanted, and
        what the reader can do.
    file, sheet, row, column : str, str, int, str, optional
        Where; ``row`` counts as the spreadsheet shows it (from 1), ``column`` is the header or letter.
    **values
        What the sentences name.

    Examples
    --------
    >>> fault = Fault("errors-no-samples", place="check", came="'june.xlsx'", file="a.csv", row=3)
    >>> print(fault)
    file a.csv, row 3: got check(samples) with 'june.xlsx'; needed a Samples dataset. Read it first: \
wbe.read_samples(path).
    >>> print(fault.text("zh"))
    文件 a.csv，第 3 行：实际为check(samples) 收到'june.xlsx'；应为Samples 数据集。请先读取：wbe.read_samples(路径)。
    """

    __slots__ = ("_plain", "code", "column", "file", "row", "sheet", "values")

    def __init__(
        self,
        code: str,
        needed: str | None = None,
        next_step: str | None = None,
        file: str | None = None,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        **values: object,
    ):
        self._plain: tuple[str, str, str] | None = None
        if needed is not None and next_step is not None:  # a fault still written out in one language
            self._plain = (code, needed, next_step)
            code = ""
        self.code, self.values = code, values
        self.file, self.sheet, self.row, self.column = file, sheet, row, column

    def _part(self, part: str, language: str | None = None) -> str:
        if self._plain is not None:
            return self._plain[("came", "needed", "next").index(part)]
        return messages.render(self.code, self.values, language, part)

    @property
    def came(self) -> str:
        """What was found, in the language in force."""
        return self._part("came")

    @property
    def needed(self) -> str:
        """What was wanted, in the language in force."""
        return self._part("needed")

    @property
    def next_step(self) -> str:
        """What the reader can do, in the language in force."""
        return self._part("next")

    @property
    def place(self) -> str:
        """Where the fault is, in one phrase of the language in force."""
        return self._place(messages.language())

    def _place(self, language: str) -> str:
        parts = [
            messages.render("errors-file", {"file": self.file}, language) if self.file else "",
            messages.render("errors-sheet", {"sheet": self.sheet}, language) if self.sheet else "",
            messages.render("errors-row", {"row": self.row}, language) if self.row is not None else "",
            messages.render("errors-column", {"column": self.column}, language) if self.column else "",
        ]
        return ("，" if language == "zh" else ", ").join(p for p in parts if p)

    def text(self, language: str | None = None) -> str:
        """Return place, what came, what was needed and the next step, in one language."""
        language = language or messages.language()
        place = self._place(language)
        values = {
            "place": place + ("：" if language == "zh" else ": ") if place else "",
            "came": self._part("came", language),
            "needed": self._part("needed", language),
            "next": self._part("next", language),
        }
        return messages.render("errors-fault", values, language)

    def at(self, **place: object) -> Fault:
        """Return the same fault at another place (``file, sheet, row, column``)."""
        other = Fault.__new__(Fault)
        for name in Fault.__slots__:
            setattr(other, name, place.get(name, getattr(self, name)))
        return other

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Fault({self.text('en')!r})"

    def _key(self) -> tuple[Any, ...]:
        values = tuple(sorted((k, repr(v)) for k, v in self.values.items()))
        return (self.code, self._plain, values, self.file, self.sheet, self.row, self.column)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fault) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


class InputError(WbeError, ValueError):
    """A file or a request has faults; ``faults`` lists all of them.

    Examples
    --------
    >>> print(InputError([Fault("errors-no-estimate", place="trend", came="float")]))
    got trend(estimate) with an argument of type float; needed an Estimate. Make it first: wbe.estimate(samples).
    """

    def __init__(self, faults: Sequence[Fault]):
        super().__init__("errors-fault")
        self.faults = list(faults)

    @property
    def codes(self) -> list[str]:
        """The code of each fault: what a program may decide by."""
        return [fault.code for fault in self.faults]

    def text(self, language: str | None = None) -> str:
        """Return every fault on a line of its own."""
        return "\n".join(fault.text(language) for fault in self.faults)


class UnknownName(InputError):
    """A name that nothing has: of a drug, biomarker, quantity, method, rule, profile ...; the nearest one is named."""


def hint(name: str, known: Iterable[str]) -> messages.Note:
    """Name the nearest known name, or all of them.

    Examples
    --------
    >>> str(hint("weekday", ["weekend", "holiday"])), str(hint("xyz", ["weekend", "holiday"]))
    ("Did you mean 'weekend'?", 'Known: weekend, holiday.')
    """
    names = [str(n) for n in known]
    close = difflib.get_close_matches(str(name), names, n=1)
    if close:
        return messages.Note("errors-did-you-mean", nearest=close[0])
    return messages.Note("errors-known-names", known=tuple(names))


def one_of(name: str, known: Iterable[str], what: str | messages.Words) -> str:
    """Return ``name`` if it is known, or refuse it: every room refuses a wrong name with this.

    Parameters
    ----------
    name : str
        What came.
    known : iterable of str
        What there is.
    what : str or Words
        What is named, such as ``Words("quantity", "量")``.

    Raises
    ------
    UnknownName
        Naming the nearest that is known.

    Examples
    --------
    >>> one_of("holiday", ["weekend", "holiday"], "rule")
    'holiday'
    >>> one_of("weekday", ["weekend", "holiday"], "rule")
    Traceback (most recent call last):
    ...
    wbe.errors.UnknownName: got rule 'weekday'; needed the name of one that is known. Did you mean 'weekend'?
    """
    names = list(dict.fromkeys(known))
    if name in names:
        return name
    raise UnknownName([Fault("errors-unknown-name", what=what, name=str(name), hint=hint(str(name), names))])


def need_samples(came: object, where: str) -> None:
    """Refuse what is not a Samples dataset, such as the path of files that nobody has read yet.

    Raises
    ------
    InputError
        Something else came.

    Examples
    --------
    >>> try:
    ...     need_samples("june.xlsx", "check")
    ... except InputError as fault:
    ...     print(fault)
    got check(samples) with 'june.xlsx'; needed a Samples dataset. Read it first: wbe.read_samples(path).
    """
    if not hasattr(came, "data_vars"):
        shown: object = f"{came!r}"
        if not isinstance(came, str):
            shown = messages.Note("errors-argument-type", type=type(came).__name__)
        raise InputError([Fault("errors-no-samples", place=where, came=shown)])


def need_path(came: object, where: str) -> Path:
    """Return a path that came as text or Path, and refuse anything else; empty text would be the folder one stands in.

    Raises
    ------
    InputError
        Something else came.

    Examples
    --------
    >>> need_path("june.csv", "read_loads").name
    'june.csv'
    >>> try:
    ...     need_path(None, "read_loads")
    ... except InputError as fault:
    ...     print(fault)
    got read_loads(path) with None; needed a file or folder, as text or Path. Write for example "data/june.csv".
    """
    if isinstance(came, PurePath) or (isinstance(came, str) and came.strip()):
        return Path(came)
    shown = " ".join(f"{came!r}".split())[:60]
    raise InputError([Fault("errors-no-path", place=where, came=shown)])


def need_estimate(came: object, where: str) -> None:
    """Refuse what is not an Estimate, such as the samples that one is made of.

    Raises
    ------
    InputError
        Something else came.

    Examples
    --------
    >>> try:
    ...     need_estimate(12.5, "trend")
    ... except InputError as fault:
    ...     print(fault)
    got trend(estimate) with an argument of type float; needed an Estimate. Make it first: wbe.estimate(samples).
    """
    if not hasattr(came, "series") or not hasattr(came, "table"):
        raise InputError([Fault("errors-no-estimate", place=where, came=type(came).__name__)])


class WbeWarning(UserWarning):
    """Something is doubtful but not wrong."""


def require(module: str, extra: str) -> ModuleType:
    """Import an optional module, or say which extra brings it.

    Raises
    ------
    MissingExtra
        The module is not installed.

    Examples
    --------
    >>> require("json", "excel").__name__
    'json'
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as err:
        raise MissingExtra("errors-missing-extra", module=module, extra=extra) from err
