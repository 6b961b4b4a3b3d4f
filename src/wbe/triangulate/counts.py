"""Counts by district and month: checked once, printed without small cells.

Refuses columns about persons, rows given twice, numbers that cannot be, and positives above the tests made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from wbe.errors import Fault, InputError, hint
from wbe.messages import Words
from wbe.triangulate.settings import column_of, denominator_of, indicator_of, indicators, rules
from wbe.vocabulary import find, header

__all__ = ["Counts", "counts"]

_MONTH = re.compile(r"(\d{4})\s*(?:[-/.年]\s*)?(\d{1,2})(?!\d)")
_COLUMNS = ("district", "month", "indicator", "drug", "count", "denominator")
_EMPTY = ("", "nan", "none", "<na>", "-", "—", "/")


@dataclass(frozen=True, eq=False)
class Counts:
    """What offices counted, by district and month.

    Parameters
    ----------
    frame : DataFrame
        ``district, month`` (``YYYY-MM``)``, indicator, drug`` (empty: all drugs)``, count, denominator`` (tests made).
    synthetic : bool
        Whether the counts were made up.
    """

    frame: pd.DataFrame
    synthetic: bool = False

    @property
    def indicators(self) -> tuple[str, ...]:
        """What is counted, in the order of the rows."""
        return tuple(dict.fromkeys(self.frame["indicator"]))

    def printed(self, language: str | None = None) -> pd.DataFrame:
        """Return what may be shown: small counts as ``<5``, positives among few tests as too few tests.

        Examples
        --------
        >>> rows = [["A", "2024-01", 3], ["A", "2024-02", 12]]
        >>> held = counts(pd.DataFrame(rows, columns=["district", "month", "emergency calls"]))
        >>> held.printed("en")["shown"].tolist()
        ['<5', '12']
        """
        shown = self.frame[list(_COLUMNS[:4])].copy()
        few = Words("too few tests", "检测数过少").text(language)
        small, rare = self.small
        plain = [f"{value:.12g}" for value in self.frame["count"]]
        shown["shown"] = np.where(rare, few, np.where(small, f"<{rules().small_count}", plain))
        shown["indicator"] = [indicators()[name].words.text(language) for name in shown["indicator"]]
        return shown

    @property
    def small(self) -> tuple[np.ndarray, np.ndarray]:
        """Which rows hold few people, and which few tests."""
        amount = np.array([indicators()[name].kind == "amount" for name in self.frame["indicator"]], dtype=bool)
        number = self.frame["count"].to_numpy()
        few = ~amount & (number > 0) & (number < rules().small_count)
        rare = self.frame["denominator"].to_numpy() < rules().small_denominator
        return few, rare

    def __repr__(self) -> str:
        frame = self.frame
        return (
            f"<Counts: {', '.join(self.indicators)}; {frame['district'].nunique()} districts, "
            f"{frame['month'].min()} to {frame['month'].max()}>"
        )


def counts(table: pd.DataFrame, *, synthetic: bool = False, file: str = "") -> Counts:
    """Check a table of counts by district and month.

    Parameters
    ----------
    table : DataFrame
        Long, with the columns ``district, month, indicator, count`` and, for positives, ``denominator`` (tests made);
        or wide, with a column for each indicator (``registered users``, ``毛发阳性`` ...) and, for positives, one of
        the tests (``毛发检测人数``). ``drug`` where a count is of one drug. Chinese and English headers.
    synthetic : bool
        Whether the counts were made up; every picture then says so.
    file : str
        Named in faults.

    Returns
    -------
    Counts

    Raises
    ------
    InputError
        All at once: columns about persons, columns that nobody knows, no district, month or indicator, numbers that
        are none or below 0, positives without or above their tests, a row given twice.

    Examples
    --------
    >>> table = pd.DataFrame({"区县": ["天元区"], "月份": ["2024年3月"], "毛发阳性": [12], "毛发检测人数": [800]})
    >>> counts(table).frame[["month", "indicator", "count", "denominator"]].values.tolist()
    [['2024-03', 'hair_positive', 12.0, 800.0]]
    """
    faults = list(_columns(table, file))
    if faults:
        raise InputError(faults)
    named = table.rename(columns={column: column_of(str(column)) or column for column in table.columns})
    rows = _long(named.reset_index(drop=True))
    faults = list(_cells(rows, file))
    if faults:
        raise InputError(faults[:50])
    frame = pd.DataFrame({
        "district": rows["district"].astype(str).str.strip(), "month": [_month(m) for m in rows["month"]],
        "indicator": [indicator_of(str(name)) for name in rows["indicator"]],
        "drug": [_drug(name) for name in rows["drug"]],
        "count": _numbers(rows["count"]), "denominator": _numbers(rows["denominator"]), "row": rows["row"],
    })  # fmt: skip
    faults = list(_together(frame, file))
    if faults:
        raise InputError(faults[:50])
    return Counts(frame[list(_COLUMNS)].reset_index(drop=True), synthetic)


def _columns(table: pd.DataFrame, file: str) -> Iterator[Fault]:
    names = [str(column) for column in table.columns]
    roles = [column_of(name) for name in names]
    for name, role in zip(names, roles, strict=True):
        if header(name) == "person":
            yield Fault("triangulate-person", file=file, column=name)
        elif role is None and indicator_of(name) is None and denominator_of(name) is None:
            yield Fault("triangulate-column", file=file, column=name, hint=hint(name, _COLUMNS))
    known = [role for role in roles if role]
    twice = {role for role in known if known.count(role) > 1}
    yield from (Fault("triangulate-column-twice", file=file, name=role) for role in sorted(twice))
    wide = any(indicator_of(name) for name in names)
    needed = ("district", "month") if wide else ("district", "month", "indicator", "count")
    yield from (Fault("triangulate-missing-column", file=file, name=role) for role in needed if role not in known)
    if len(table) == 0:
        yield Fault("triangulate-empty", file=file)


def _long(table: pd.DataFrame) -> pd.DataFrame:
    """One row for each indicator, with the number of the row that it came from."""
    table = table.assign(row=np.arange(2, len(table) + 2))
    for name in ("drug", "denominator"):
        if name not in table:
            table[name] = ""
    if "indicator" in table and "count" in table:
        return table
    tests = {denominator_of(str(c)): c for c in table.columns if denominator_of(str(c))}
    parts = []
    for column in table.columns:
        counted = indicator_of(str(column))
        if counted is not None:
            part = table[["row", "district", "month", "drug"]].copy()
            part["indicator"], part["count"] = counted, table[column]
            part["denominator"] = table[tests[counted]] if counted in tests else ""
            parts.append(part[~_blank(part["count"])])
    return pd.concat(parts, ignore_index=True)


def _cells(rows: pd.DataFrame, file: str) -> Iterator[Fault]:
    for row in rows.to_dict("records"):
        at = int(row["row"])
        if str(row["district"]).strip().lower() in _EMPTY:
            yield Fault("triangulate-no-district", file=file, row=at)
        if _month(row["month"]) is None:
            yield Fault("triangulate-month", file=file, row=at, came=str(row["month"]))
        if indicator_of(str(row["indicator"])) is None:
            came = str(row["indicator"])
            yield Fault("triangulate-indicator", file=file, row=at, came=came, known=tuple(indicators()),
                        hint=hint(came, indicators()))  # fmt: skip
        if _drug(row["drug"]) is None:
            yield Fault("triangulate-drug", file=file, row=at, came=str(row["drug"]))
        for name, may_be_blank in (("count", False), ("denominator", True)):
            value = _number(row[name])
            if value is None or not (value >= 0 or (may_be_blank and np.isnan(value))) or np.isinf(value):
                yield Fault("triangulate-number", file=file, row=at, column=name, came=str(row[name]))


def _together(frame: pd.DataFrame, file: str) -> Iterator[Fault]:
    share = np.array([indicators()[name].kind == "share" for name in frame["indicator"]], dtype=bool)
    for row in frame[share & ~(frame["denominator"] > 0)].to_dict("records"):
        yield Fault(
            "triangulate-no-tests", file=file, row=int(row["row"]), indicator=indicators()[row["indicator"]].words
        )
    for row in frame[share & (frame["count"] > frame["denominator"])].to_dict("records"):
        yield Fault("triangulate-more-than-tests", file=file, row=int(row["row"]), count=f"{row['count']:g}",
                    tests=f"{row['denominator']:g}")  # fmt: skip
    for row in frame[frame.duplicated(list(_COLUMNS[:4]))].to_dict("records"):
        yield Fault("triangulate-twice", file=file, row=int(row["row"]),
                    came=(row["district"], row["month"], indicators()[row["indicator"]].words))  # fmt: skip


def _blank(values: pd.Series) -> pd.Series:
    return values.isna() | values.astype(str).str.strip().str.lower().isin(_EMPTY)


def _number(value: object) -> float | None:
    """A number, NaN for a blank, None for what is no number."""
    text = str(value).strip().replace(",", "").replace("，", "")
    if text.lower() in _EMPTY:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        return None


def _numbers(values: pd.Series) -> list[float | None]:
    return [_number(value) for value in values]


def _month(value: object) -> str | None:
    if isinstance(value, pd.Period | pd.Timestamp):
        return f"{value.year}-{value.month:02d}"
    found = _MONTH.match(str(value).strip())
    if found is None or not 1 <= int(found[2]) <= 12:
        return None
    return f"{found[1]}-{int(found[2]):02d}"


def _drug(value: object) -> str | None:
    text = str(value).strip()
    return "" if text.lower() in _EMPTY else find(text)
