"""Times of samples as a program hands them over: days, texts, whole numbers and spreadsheet serial numbers.

Refuses what can be read in two ways (05/06/2021), a month for a day, and times of another zone without being told
which zone the plant is in; midnight at the plant stays midnight.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from wbe.messages import Note

__all__ = ["moments"]

_CLOCK = r"(?:[T ]+(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?{_CLOCK}", re.I)
_COMPACT = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_CLOCK}", re.I)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_CLOCK}", re.I)
_MONTH = re.compile(r"\d{4}[-/.年]\d{1,2}月?")
_SERIALS = (32_874.0, 73_416.0)  # 1990-01-01 to 2100-12-31, as spreadsheets count days
_YEARS = (1900, 2100)
_SHOWN = 5


class _Read(NamedTuple):
    """One time as read: local wall clock, its offset if it has one, or the kind of problem."""

    time: pd.Timestamp | None = None
    offset: str = ""
    problem: str = ""
    order: str = ""  # "day" or "month": which came first in 24/06/2021


def moments(column: Iterable[object], name: str, zone: str | None = None) -> tuple[np.ndarray, list[Note]]:
    """Return a column of times as the wall clock at the plant, and what cannot be read.

    Parameters
    ----------
    column : iterable
        Dates, times, ``numpy`` or ``pandas`` times, ISO texts, ``20210624`` or serial numbers such as ``44371``;
        empty cells become NaT.
    name : str
        The column's name, for the notes.
    zone : str, optional
        The plants' time zone, such as ``"Asia/Shanghai"``: times that carry an offset are converted to it. Without
        it, times with one offset other than UTC stand for the wall clock at the plant.

    Returns
    -------
    ndarray of datetime64[ns]
    list of Note
        Empty when every cell could be read.

    Examples
    --------
    >>> moments([20210624, "2021-06-24", 44371.0], "time")[0].astype("datetime64[D]").astype(str).tolist()
    ['2021-06-24', '2021-06-24', '2021-06-24']
    >>> [note.code for note in moments(["05/06/2021"], "time")[1]]
    ['samples-time-two-ways']
    """
    try:
        place = ZoneInfo(zone) if zone is not None else None
    except (ZoneInfoNotFoundError, ValueError):
        return np.full(len(pd.Series(column)), "NaT", "datetime64[ns]"), [Note("samples-time-zone", zone=str(zone))]
    series = column if isinstance(column, pd.Series) else pd.Series(list(column))
    if series.dtype.kind == "M" and getattr(series.dtype, "tz", None) is None:
        return series.to_numpy(dtype="datetime64[ns]", copy=True), []
    codes, cells = pd.factorize(series.astype(object).to_numpy(), use_na_sentinel=True)
    read = [_read(cell, place) for cell in cells]
    notes = _problems(read, cells, name, place is not None)
    stamps = [pd.NaT if r.time is None else r.time for r in read]
    distinct = pd.DatetimeIndex([*stamps, pd.NaT]).to_numpy("datetime64[ns]")  # the last one for empty cells
    return distinct[codes], notes


def _problems(read: list[_Read], cells: Iterable[object], name: str, zoned: bool) -> list[Note]:
    """Say what cannot be read: cell by cell, and what contradicts within the column."""
    kinds: dict[str, list[str]] = {}
    both = {r.order for r in read if r.order} == {"day", "month"}
    for r, cell in zip(read, cells, strict=True):
        problem = "two-ways" if both and r.order else r.problem
        if problem:
            kinds.setdefault(problem, []).append(str(cell))
    notes = [
        Note(f"samples-time-{kind}", column=name, count=len(shown), cells=tuple(shown[:_SHOWN]))
        for kind, shown in kinds.items()
    ]
    offsets = {r.offset for r in read if r.time is not None}
    if not zoned and (len(offsets) > 1 or "UTC" in offsets):
        shown_offsets = tuple(sorted(o or "-" for o in offsets))
        notes.append(Note("samples-time-offsets", column=name, offsets=shown_offsets))
    return notes


def _read(cell: object, place: ZoneInfo | None) -> _Read:
    if isinstance(cell, pd.Period):
        return _Read(problem="month-only") if cell.freqstr[:1] in "MQYA" else _Read(cell.start_time)
    if isinstance(cell, dt.date | np.datetime64):  # Timestamp and datetime are dates too
        stamp = pd.Timestamp(cell)
        if pd.isna(stamp):
            return _Read()
        return _at(stamp, place) if _YEARS[0] <= stamp.year <= _YEARS[1] else _Read(problem="not-a-date")
    if isinstance(cell, int | float | np.integer | np.floating) and not isinstance(cell, bool):
        return _number(float(cell))
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", str(cell))).strip()
    if not text or text.casefold() in ("nat", "nan"):
        return _Read()
    return _text(text, place)


def _number(value: float) -> _Read:
    if value.is_integer() and 19_000_101 <= value <= 21_001_231:
        return _text(str(int(value)), None)
    if value.is_integer() and 190_001 <= value <= 210_012 and 1 <= value % 100 <= 12:
        return _Read(problem="month-only")
    if _SERIALS[0] <= value < _SERIALS[1]:
        return _Read(pd.Timestamp("1899-12-30") + pd.to_timedelta(round(value * 86_400), unit="s"))
    return _Read(problem="not-a-date")


def _text(text: str, place: ZoneInfo | None) -> _Read:
    found = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        return _stamp([int(part) for part in found.groups()[:3]], found.groups()[3:], place)
    found = _YEAR_LAST.fullmatch(text)
    if found:
        first, second, year = (int(part) for part in found.groups()[:3])
        if first <= 12 and second <= 12 and first != second:
            return _Read(problem="two-ways")
        month, day = (second, first) if first > 12 else (first, second)
        order = "" if first == second else ("day" if first > 12 else "month")
        return _stamp([year, month, day], found.groups()[3:], place)._replace(order=order)
    if _MONTH.fullmatch(text):
        return _Read(problem="month-only")
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return _number(float(text))
    return _Read(problem="not-a-date")


def _stamp(date: list[int], clock: tuple[str | None, ...], place: ZoneInfo | None) -> _Read:
    year, month, day = date
    hour, minute, second = (int(part) if part else 0 for part in clock[:3])
    offset = clock[3]
    try:
        stamp = pd.Timestamp(year, month, day, hour, minute, second)
        if offset:
            zone = "UTC" if offset.upper() in ("Z", "UTC") else offset
            stamp = pd.Timestamp(f"{stamp.isoformat()}{'Z' if zone == 'UTC' else zone}")
    except ValueError:
        return _Read(problem="not-a-date")
    if not _YEARS[0] <= year <= _YEARS[1]:
        return _Read(problem="not-a-date")
    return _at(stamp, place)


def _at(stamp: pd.Timestamp, place: ZoneInfo | None) -> _Read:
    """The wall clock at the plant, and which zone the time was told in."""
    if stamp.tzinfo is None:
        return _Read(stamp)
    if place is not None:
        return _Read(stamp.tz_convert(place).tz_localize(None))
    told = getattr(stamp.tzinfo, "key", None) or getattr(stamp.tzinfo, "zone", None)
    if told is None or told.upper() in ("UTC", "ETC/UTC", "GMT"):
        told = "UTC" if not stamp.utcoffset() else f"{stamp:%z}"
    return _Read(stamp.tz_localize(None), str(told))
