"""One date as a person or a program writes it -> the interval of time that it stands for.

Refuses to guess a year, or whether 03/04 is in March or April: it says what is missing instead.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wbe.messages import Note
from wbe.reading.words.datewords import NoZone, plainer
from wbe.vocabulary import tidy

__all__ = [
    "DAYS_1900_TO_1904",
    "FIRST_YEAR",
    "LAST_YEAR",
    "Moment",
    "from_serial",
    "moment_of",
    "month_in",
    "parse_text",
    "year_in",
]
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
_WEEKDAY = re.compile(
    r"\s*[(\[]?(?:星期|礼拜|周)[一二三四五六日天][)\]]?\s*$|^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+(?=\d)", re.I
)
DAYS_1900_TO_1904 = 1462
_SERIAL = re.compile(r"^\d{5}(\.\d+)?$")


FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Moment:
    """Start and last day of what a cell says; ``problem`` says why there is none."""

    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    problem: Note | None = None


def _stamp(year: int, month: int, day: int = 1, hour: int = 0, minute: int = 0, second: int = 0) -> Moment:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Moment(problem=Note("reading-why-year-outside", year=year, first=FIRST_YEAR, last=LAST_YEAR))
    try:
        return Moment(pd.Timestamp(year, month, day, hour, minute, second))
    except ValueError:
        return Moment(problem=Note("reading-why-no-such-day"))


def _month_of(year: int, month: int, last: int | None = None, last_year: int | None = None) -> Moment:
    """A period of whole months."""
    first = _stamp(year, month)
    final = _stamp(last_year or year, last or month)
    if first.start is None or final.start is None:
        return first if first.start is None else final
    if final.start < first.start:
        return Moment(problem=Note("reading-why-ends-first"))
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
        return Moment(problem=Note("reading-why-number", number=f"{value:g}"))
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
    >>> parse_text("Apr - Jun 2019").start, str(parse_text("6月").problem)
    (Timestamp('2019-04-01 00:00:00'), 'the year is not written')
    """
    return _text_moment(tidy(text), year, day_first)


def _text_moment(text: str, year: int | None, day_first: bool | None) -> Moment:
    text = plainer(_WEEKDAY.sub("", text).strip(), day_first)
    if not text:
        return Moment(problem=Note("reading-why-blank"))
    for parse in (_numeric_day, _bare, _named, _spans):
        found = parse(text, year, day_first)
        if found is not None:
            return found
    plain = _digits(text)
    return Moment(problem=Note("reading-why-not-understood")) if plain == text else _text_moment(plain, year, day_first)


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
        return Moment(problem=Note("reading-why-either-way"))
    day, month = (first, second) if day_first else (second, first)
    return _clocked(int(y), month, day, tuple(clock))


def _bare(text: str, year: int | None, day_first: bool | None) -> Moment | None:
    match = _BARE_DAY.match(text)
    if match:
        m, d, *clock = match.groups()
        return _clocked(year, int(m), int(d), tuple(clock)) if year else Moment(problem=Note("reading-why-no-year"))
    match = _BARE_MONTH.match(text)
    if match:
        month = _chinese_number(match.group(1))
        return _month_of(year, month) if year else Moment(problem=Note("reading-why-no-year"))
    match = _QUARTER.match(text)
    if match:
        y = match.group(1) or match.group(4) or year
        quarter = _chinese_number(match.group(2) or match.group(3))
        if not y:
            return Moment(problem=Note("reading-why-no-year"))
        return _month_of(int(y), 3 * quarter - 2, 3 * quarter)
    match = _MONTH_SPAN.match(text)
    if match:
        y = match.group(1) or year
        if not y:
            return Moment(problem=Note("reading-why-no-year"))
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
        return Moment(problem=Note("reading-why-end", end=tail[:20]))
    if last.start.normalize() < day:
        return Moment(problem=Note("reading-why-ends-first"))
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
        return Moment(problem=Note("reading-why-ends-first"))
    return Moment(first.start, end)


def moment_of(item: Any, year: int | None, day_first: bool | None, bare_months: bool = True) -> Moment:
    if isinstance(item, dt.datetime | pd.Timestamp | np.datetime64):
        stamp = pd.Timestamp(item)
        stamp = stamp.tz_localize(None) if stamp.tzinfo is not None else stamp
        return Moment(stamp) if FIRST_YEAR <= stamp.year <= LAST_YEAR else _stamp(stamp.year, 1)
    if isinstance(item, dt.date):
        return _stamp(item.year, item.month, item.day)
    if isinstance(item, dt.time | dt.timedelta):
        return Moment(problem=Note("reading-why-clock-alone"))
    if isinstance(item, int | float | np.number) and not isinstance(item, bool):
        if 1 <= item <= 31 and float(item).is_integer():
            return _bare_number(int(item), year, bare_months)
        return from_serial(float(item))
    if isinstance(item, NoZone):
        return Moment(problem=Note("reading-why-offset"))
    if isinstance(item, str):
        text = tidy(item)
        if re.fullmatch(r"0?[1-9]|[12]\d|3[01]", text):
            return _bare_number(int(text), year, bare_months)
        return parse_text(item, year, day_first)
    return Moment(problem=Note("reading-why-type", type=type(item).__name__))


def _bare_number(number: int, year: int | None, bare_months: bool) -> Moment:
    """``6`` is June in a column of months; elsewhere it may as well be the sixth day."""
    if not bare_months:
        return Moment(problem=Note("reading-why-bare-number"))
    if number > 12:
        return Moment(problem=Note("reading-why-no-month", number=number))
    return _month_of(year, number) if year else Moment(problem=Note("reading-why-no-year"))


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
