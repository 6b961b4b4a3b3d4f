"""Dates as laboratories write them: days, months, quarters, periods, spreadsheet serials.

Refuses to guess a year, or whether 03/04 is in March or April: it says what is missing instead.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from wbe.reading.opening.columns import Cells, coded, is_numeric
from wbe.reading.words.datewords import SLASHED_DAY, NoZone, local_texts, perhaps_turned, plainer
from wbe.vocabulary import tidy

__all__ = ["Dates", "Moment", "from_serial", "month_in", "parse_dates", "parse_text", "since_1904", "year_in"]

_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MONTHS = {
    m: i + 1 for i, m in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
}
_MONTH_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_CLOCK = (
    r"(?:[ T日,]*(\d{1,2})(?::|时|点)(\d{1,2})?(?::(\d{1,2})(?:\.\d+)?|分(?:(\d{1,2})秒)?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?"
)
_DAY = re.compile(rf"^(\d{{4}})\s*[-./年]\s*(\d{{1,2}})\s*[-./月]\s*(\d{{1,2}})\s*[日号]?{_CLOCK}$")
_MONTH = re.compile(r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?份?$")
_BARE_DAY = re.compile(rf"^(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*[日号]?{_CLOCK}$")
_BARE_MONTH = re.compile(r"^(\d{1,2}|[一二三四五六七八九十]{1,2})\s*月份?$")
_QUARTER = re.compile(
    r"^(?:(\d{4})\s*年?\s*[-/]?\s*)?(?:第?\s*([一二三四1-4])\s*季度?|q\s*([1-4]))\s*(?:(\d{4}))?$", re.I
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_COMPACT_MONTH = re.compile(r"^(\d{4})(\d{2})$")
_SLASHED = re.compile(rf"^(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}){_CLOCK}$")
_NAMED_DAY = re.compile(
    rf"^(?:(\d{{1,2}})[\s-]+{_MONTH_NAME}|{_MONTH_NAME}\s+(\d{{1,2}})),?[\s-]+(\d{{4}}|(?<=-)\d{{2}})$", re.I
)
_NAMED_MONTH = re.compile(rf"^{_MONTH_NAME}[\s-]+(\d{{4}})$", re.I)
_NAMED_SPAN = re.compile(rf"^{_MONTH_NAME}(?:\s+(\d{{4}}))?\s*(?:-|–|to|~)\s*{_MONTH_NAME}\s+(\d{{4}})$", re.I)
_SPAN = re.compile(r"^(.{4,24}?)\s*(?:~|至|—+|–|--| to | - |到)\s*(.{2,24})$")
_SHORT_SPAN = re.compile(
    r"^(\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?)-(\d{1,2}[./月]\d{1,2}日?|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?)$"
)
_MONTH_SPAN = re.compile(r"^(?:(\d{4})年?)?\s*(\d{1,2})月?\s*[-~至到–]\s*(\d{1,2})\s*月份?$")
_CLOCKED_SPAN = re.compile(
    r"^(.*\d\s*(?:[:时点]\s*\d{0,2}(?::\d{2})?分?|时|点))\s*(?:[-~–—至到]+|to)\s*"
    r"(次日|翌日|第二天|隔日|next day)?\s*(\S.*)$",
    re.I,
)
_CHINESE = {c: i + 1 for i, c in enumerate("一二三四五六七八九十")}
_TENTH, _FIRST_OR_TENTH = re.compile(r"^\d{4}\.(10|01)$"), re.compile(r"^\d{4}\.1$")
_WEEKDAY = re.compile(
    r"\s*[(\[]?(?:星期|礼拜|周)[一二三四五六日天][)\]]?\s*$|^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+(?=\d)", re.I
)
_DAYS_1900_TO_1904 = 1462
_SERIAL = re.compile(r"^\d{5}(\.\d+)?$")


@dataclass(frozen=True)
class Moment:
    """Start and last day of what a cell says; ``problem`` says why there is none."""

    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    problem: str = ""


def _stamp(year: int, month: int, day: int = 1, hour: int = 0, minute: int = 0, second: int = 0) -> Moment:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return Moment(problem=f"the year {year} is outside {_FIRST_YEAR}-{_LAST_YEAR}")
    try:
        return Moment(pd.Timestamp(year, month, day, hour, minute, second))
    except ValueError:
        return Moment(problem="no such day in the calendar")


def _month_of(year: int, month: int, last: int | None = None, last_year: int | None = None) -> Moment:
    """A period of whole months."""
    first = _stamp(year, month)
    final = _stamp(last_year or year, last or month)
    if first.start is None or final.start is None:
        return first if first.start is None else final
    if final.start < first.start:
        return Moment(problem="the period ends before it starts")
    return Moment(first.start, final.start + pd.offsets.MonthEnd(1))


def _clocked(year: int, month: int, day: int, parts: tuple[Any, ...]) -> Moment:
    hour, minute, second, second_zh = (int(p) if p else 0 for p in parts)
    return _stamp(year, month, day, hour, minute, second or second_zh)


def from_serial(value: float) -> Moment:
    """Return the day of a spreadsheet serial number (1900 system).

    Examples
    --------
    >>> from_serial(44371.0).start
    Timestamp('2021-06-24 00:00:00')
    """
    if 19_000_000 < value < 21_009_999 and float(value).is_integer():
        return _text_moment(str(int(value)), None, None)
    if 199_000 < value < 210_099 and float(value).is_integer():
        return _text_moment(str(int(value)), None, None)
    if not 32_874 <= value <= 73_415:  # 1990-01-01 to 2100-12-31
        return Moment(problem=f"the number {value:g} is not a date")
    return Moment(pd.Timestamp("1899-12-30") + pd.to_timedelta(round(value * 86_400), unit="s"))


@functools.lru_cache(maxsize=65536)
def parse_text(text: str, year: int | None = None, day_first: bool | None = None) -> Moment:
    """Return what a date text says.

    Parameters
    ----------
    text : str
        ``2021年6月24日``, ``2021-06``, ``2021.06.24``, ``44371``, ``6月`` (needs ``year``), ``Apr - Jun 2019``...
    year : int, optional
        Known from a title, sheet or file name.
    day_first : bool, optional
        How ``03/04/2021`` is meant; without it such a text has a problem.

    Examples
    --------
    >>> parse_text("2021年6月24日").start, parse_text("6月", year=2021).end
    (Timestamp('2021-06-24 00:00:00'), Timestamp('2021-06-30 00:00:00'))
    >>> parse_text("Apr - Jun 2019").start, parse_text("6月").problem
    (Timestamp('2019-04-01 00:00:00'), 'the year is not written')
    """
    return _text_moment(tidy(text), year, day_first)


def since_1904(column: Any) -> Any:
    """Return a column whose bare serial numbers count from 1904, as some spreadsheets do, in the usual count.

    Examples
    --------
    >>> since_1904(np.array([42909.0, 20210624.0])).tolist()
    [44371.0, 20210624.0]
    """

    def shifted(numbers: np.ndarray) -> np.ndarray:
        return np.where((numbers > 30_000) & (numbers < 72_000), numbers + _DAYS_1900_TO_1904, numbers)

    if isinstance(column, Cells):
        return column if column.numbers is None else replace(column, numbers=shifted(column.numbers))
    if is_numeric(column):
        return shifted(np.asarray(column, dtype=float))
    whole = [
        float(shifted(np.array(c))) if isinstance(c, int | float) and not isinstance(c, bool) else c for c in column
    ]
    out = np.empty(len(whole), dtype=object)
    out[:] = whole
    return out


def _text_moment(text: str, year: int | None, day_first: bool | None) -> Moment:
    text = plainer(_WEEKDAY.sub("", text).strip(), day_first)
    if not text:
        return Moment(problem="blank")
    for parse in (_numeric_day, _bare, _named, _spans):
        found = parse(text, year, day_first)
        if found is not None:
            return found
    plain = _digits(text)
    return Moment(problem="not a date that is understood") if plain == text else _text_moment(plain, year, day_first)


def _digits(text: str) -> str:
    """二〇二一年六月二十四日 in digits; any other text as it is."""
    if "年" not in text and "月" not in text:
        return text
    text = re.sub(r"[〇零○Ｏ一二三四五六七八九]{4}(?=年)", lambda m: "".join(str("〇一二三四五六七八九".find(c) % 10)
                  if c not in "零○Ｏ" else "0" for c in m.group()), text)  # fmt: skip
    return re.sub(r"[一二三四五六七八九十]{1,3}(?=[月日号])", lambda m: str(_tens(m.group())), text)


def _tens(text: str) -> int:
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return _chinese_number(text)
    return 10 * (_CHINESE.get(tens, 1) if tens else 1) + (_CHINESE.get(ones, 0) if ones else 0)


def _numeric_day(text: str, year: int | None, day_first: bool | None) -> Moment | None:
    match = _DAY.match(text)
    if match:
        y, m, d, *clock = match.groups()
        return _clocked(int(y), int(m), int(d), tuple(clock))
    for pattern in (_MONTH, _COMPACT_MONTH):
        match = pattern.match(text)
        if match:
            return _month_of(int(match.group(1)), int(match.group(2)))
    match = _COMPACT.match(text)
    if match:
        return _stamp(*(int(g) for g in match.groups()))
    match = _SLASHED.match(text)
    if match:
        return _slashed(match, day_first)
    if _SERIAL.match(text):
        return from_serial(float(text))
    return None


def _slashed(match: re.Match[str], day_first: bool | None) -> Moment:
    a, b, y, *clock = match.groups()
    first, second = int(a), int(b)
    if first > 12 >= second:
        day_first = True
    elif second > 12 >= first:
        day_first = False
    elif day_first is None and first != second:
        return Moment(problem="day and month could be either way round")
    day, month = (first, second) if day_first else (second, first)
    return _clocked(int(y), month, day, tuple(clock))


def _bare(text: str, year: int | None, day_first: bool | None) -> Moment | None:
    match = _BARE_DAY.match(text)
    if match:
        m, d, *clock = match.groups()
        return _clocked(year, int(m), int(d), tuple(clock)) if year else Moment(problem="the year is not written")
    match = _BARE_MONTH.match(text)
    if match:
        month = _chinese_number(match.group(1))
        return _month_of(year, month) if year else Moment(problem="the year is not written")
    match = _QUARTER.match(text)
    if match:
        y = match.group(1) or match.group(4) or year
        quarter = _chinese_number(match.group(2) or match.group(3))
        if not y:
            return Moment(problem="the year is not written")
        return _month_of(int(y), 3 * quarter - 2, 3 * quarter)
    match = _MONTH_SPAN.match(text)
    if match:
        y = match.group(1) or year
        if not y:
            return Moment(problem="the year is not written")
        return _month_of(int(y), int(match.group(2)), int(match.group(3)))
    return None


def _chinese_number(text: str) -> int:
    if text.isdigit():
        return int(text)
    return sum(_CHINESE[c] for c in text)


def _named(text: str, year: int | None, day_first: bool | None) -> Moment | None:
    match = _NAMED_DAY.match(text)
    if match:
        d1, m1, m2, d2, y = match.groups()
        return _stamp(int(y) + (2000 if len(y) == 2 else 0), _MONTHS[(m1 or m2).lower()], int(d1 or d2))
    match = _NAMED_MONTH.match(text)
    if match:
        return _month_of(int(match.group(2)), _MONTHS[match.group(1).lower()])
    match = _NAMED_SPAN.match(text)
    if match:
        m1, y1, m2, y2 = match.groups()
        return _month_of(int(y1 or y2), _MONTHS[m1.lower()], _MONTHS[m2.lower()], int(y2))
    return None


def _clocked_span(match: re.Match[str], year: int | None, day_first: bool | None) -> Moment | None:
    """2021-06-24 8:00-次日8:00: a day that begins and ends by the clock."""
    first = _text_moment(match.group(1).strip(), year, day_first)
    if first.start is None:
        return first
    tail, day = match.group(3), first.start.normalize()
    if match.group(2):
        return Moment(first.start, day + pd.Timedelta(days=1))
    within = re.match(r"^(\d{1,2})[日号]", tail)
    if within:
        last = _stamp(day.year, day.month, int(within.group(1)))
    elif re.match(r"^\d{1,2}[:时点]", tail):
        last = Moment(day)
    else:
        last = _text_moment(tail, day.year, day_first)
        if last.start is None:
            last = _text_moment(f"{day.year}-{tail}", None, day_first)
    if last.start is None:
        return Moment(problem=f"the end {tail[:20]!r} is not a date that is understood")
    if last.start.normalize() < day:
        return Moment(problem="the period ends before it starts")
    return Moment(first.start, last.start.normalize())


def _spans(text: str, year: int | None, day_first: bool | None) -> Moment | None:
    match = _CLOCKED_SPAN.match(text)
    if match:
        return _clocked_span(match, year, day_first)
    match = _SHORT_SPAN.match(text) or _SPAN.match(text)
    if not match:
        return None
    first = _text_moment(match.group(1).strip(), year, day_first)
    if first.start is None:
        return None
    tail = match.group(2).strip()
    last = _text_moment(tail, first.start.year, day_first)
    if re.fullmatch(r"\d{1,2}[日号]", tail):  # 2021年6月24日至30日
        last = _stamp(first.start.year, first.start.month, int(tail[:-1]))
    if last.start is None:
        last = _text_moment(f"{first.start.year}-{tail}", None, day_first)
    if last.start is None:
        return None
    end = last.end if last.end is not None else last.start
    if end < first.start:
        return Moment(problem="the period ends before it starts")
    return Moment(first.start, end)


def _moment_of(item: Any, year: int | None, day_first: bool | None, bare_months: bool = True) -> Moment:
    if isinstance(item, dt.datetime | pd.Timestamp | np.datetime64):
        stamp = pd.Timestamp(item)
        stamp = stamp.tz_localize(None) if stamp.tzinfo is not None else stamp
        return Moment(stamp) if _FIRST_YEAR <= stamp.year <= _LAST_YEAR else _stamp(stamp.year, 1)
    if isinstance(item, dt.date):
        return _stamp(item.year, item.month, item.day)
    if isinstance(item, dt.time | dt.timedelta):
        return Moment(problem="a time of day without its date")
    if isinstance(item, int | float | np.number) and not isinstance(item, bool):
        if 1 <= item <= 31 and float(item).is_integer():
            return _bare_number(int(item), year, bare_months)
        return from_serial(float(item))
    if isinstance(item, NoZone):
        return Moment(problem="a time with an offset, whose local day is not known")
    if isinstance(item, str):
        text = tidy(item)
        if re.fullmatch(r"0?[1-9]|[12]\d|3[01]", text):
            return _bare_number(int(text), year, bare_months)
        return parse_text(item, year, day_first)
    return Moment(problem=f"a {type(item).__name__} is not a date")


def _bare_number(number: int, year: int | None, bare_months: bool) -> Moment:
    """``6`` is June in a column of months; elsewhere it may as well be the sixth day."""
    if not bare_months:
        return Moment(problem="a bare number may be a day or a month")
    if number > 12:
        return Moment(problem=f"the number {number} is not a month")
    return _month_of(year, number) if year else Moment(problem="the year is not written")


@dataclass
class Dates:
    """A parsed date column: ``start`` and ``end`` (datetime64[ns], NaT where none) and row -> problem."""

    start: np.ndarray
    end: np.ndarray
    problems: dict[int, str]


def parse_dates(
    column: Any, *, year: int | None = None, day_first: bool | None = None, bare_months: bool = True,
    written: str = "", zone: str = "",
) -> Dates:  # fmt: skip
    """Parse a whole date column, each distinct cell once.

    Parameters
    ----------
    column : array (n,)
        Dates, serial numbers and texts, mixed as the file has them.
    year : int, optional
        For texts such as ``6月24日``.
    day_first : bool, optional
        For texts such as ``03/04/2021``; when one text of the column shows the order, it serves the others.
    bare_months : bool
        Whether a bare ``6`` is June; otherwise it is a problem.
    written : str, optional
        How texts are written, in the letters of strptime.
    zone : str, optional
        The offset of local time, such as ``+08:00``, to which times with an offset are brought.

    Examples
    --------
    >>> d = parse_dates(["2021-06-24", 44371, "2021.06"])
    >>> d.start.astype("datetime64[D]").astype(str).tolist(), d.problems
    (['2021-06-24', '2021-06-24', '2021-06-01'], {})
    """
    dtype = getattr(column, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind == "M":
        days = np.asarray(column).astype("datetime64[ns]")
        return Dates(days, np.full(len(days), "NaT", "datetime64[ns]"), {})
    codes, uniques = coded(column)
    if day_first is None:
        day_first = _order_of(uniques)
    turned = perhaps_turned(uniques)
    uniques = local_texts(uniques, written, zone)
    moments = _iso_first(uniques, year, day_first, bare_months)
    shown = [tidy(u) if isinstance(u, str) else "" for u in uniques[:500]]
    if not any(_TENTH.match(t) for t in shown):  # a spreadsheet writes 2021.10 as 2021.1
        for i in [i for i, t in enumerate(shown) if _FIRST_OR_TENTH.match(t)]:
            moments[i] = Moment(problem="January or October")
    for i in turned:
        moments[i] = Moment(problem="day and month may have been turned")
    moments.append(Moment(problem="blank"))
    start, end = (_stamps([getattr(m, side) for m in moments]) for side in ("start", "end"))
    odd = np.array([bool(m.problem) for m in moments])
    problems = {int(i): moments[codes[i]].problem for i in np.flatnonzero(odd[codes])}
    return Dates(start[codes], end[codes], problems)


def _stamps(moments: list[pd.Timestamp | None]) -> np.ndarray:
    given = [i for i, m in enumerate(moments) if m is not None]
    out = np.full(len(moments), "NaT", dtype="datetime64[ns]")
    out[given] = [m.to_datetime64() for m in moments if m is not None]
    return out


def _iso_first(uniques: Any, year: int | None, day_first: bool | None, bare_months: bool) -> list[Moment]:
    """Many distinct ISO days are read in one call; whatever is left is read text by text."""
    if len(uniques) < 500:
        return [_moment_of(u, year, day_first, bare_months) for u in uniques]
    texts = pd.Series(
        [u if isinstance(u, str) and len(u) >= 10 and not isinstance(u, NoZone) else None for u in uniques],
        dtype=object,
    )
    quick = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=False)
    in_range = (quick.notna() & quick.dt.year.between(_FIRST_YEAR, _LAST_YEAR)).tolist()
    return [
        Moment(q) if ok else _moment_of(u, year, day_first, bare_months)
        for q, ok, u in zip(quick.tolist(), in_range, uniques, strict=True)
    ]


def _order_of(uniques: Any) -> bool | None:
    """Whether a column writes the day first, when any of its texts shows it."""
    firsts, seconds = False, False
    for u in uniques[:20000]:
        match = SLASHED_DAY.match(u.strip()) if isinstance(u, str) else None
        if match:
            firsts |= int(match.group(1)) > 12
            seconds |= int(match.group(2)) > 12
    if firsts == seconds:
        return None
    return firsts


_PLACE_YEAR = re.compile(r"(?<!\d)(19[9]\d|20\d\d)(?!\d)")
_PLACE_MONTH = re.compile(r"(?<!\d)(?:((?:19|20)\d\d)\s*[-._年]?\s*)?(0?[1-9]|1[0-2])\s*月")
_PLACE_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-._]?(0[1-9]|1[0-2])(?!\d)")


# periods and English months within a title: Apr - Jun 2019, 2021年4-6月, 2021年第二季度, Q2 2021, June 2021
_PLACE_SPAN = re.compile(
    rf"\b{_MONTH_NAME}(?:\s+\d{{4}})?\s*(?:-|–|to|~)\s*{_MONTH_NAME}\s+\d{{4}}\b|\b{_MONTH_NAME}\s+\d{{4}}\b"
    r"|(?<!\d)(?:\d{4}\s*年)?\s*(?<!\d)\d{1,2}月?\s*[-~至到–]\s*\d{1,2}\s*月份?"
    r"|(?:\d{4}\s*年)?\s*第?[一二三四1-4]季度|\bq[1-4]\s+\d{4}\b",
    re.I,
)


def year_in(text: str) -> int | None:
    """Return the one year that a title, sheet or file name writes, or None.

    Examples
    --------
    >>> year_in("株洲市2021年6月汇总表"), year_in("202106.xlsx"), year_in("2020-2021")
    (2021, 2021, None)
    """
    text = tidy(text)
    years = {int(y) for y in _PLACE_YEAR.findall(text)} | {int(y) for y, _ in _PLACE_ISO.findall(text)}
    return years.pop() if len(years) == 1 else None


def month_in(text: str, year: int | None = None) -> Moment | None:
    """Return the one month that a title, sheet or file name writes, or None.

    Examples
    --------
    >>> month_in("株洲市2021年6月汇总表").start, month_in("6月", 2021).start, month_in("汇总")
    (Timestamp('2021-06-01 00:00:00'), Timestamp('2021-06-01 00:00:00'), None)
    """
    text = tidy(text)
    span = _PLACE_SPAN.search(text)
    if span:
        spoken = parse_text(span.group(0).strip(), year_in(text) or year)
        return spoken if spoken.start is not None else None
    found = {(int(y) if y else year, int(m)) for y, m in _PLACE_MONTH.findall(text)}
    found |= {(int(y), int(m)) for y, m in _PLACE_ISO.findall(text)}
    found = {(y or year_in(text) or 0, m) for y, m in found}
    if len(found) != 1:
        return None
    y, m = found.pop()
    return _month_of(y, m) if y else None
