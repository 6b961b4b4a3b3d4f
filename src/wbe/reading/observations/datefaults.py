"""Faults of dates, in words of both languages.

Refuses nothing itself: it tells what a cell of a date lacks, and the next step.
"""

from __future__ import annotations

from typing import Any

from wbe.messages import Words
from wbe.reading.grid.rows import text_of
from wbe.reading.roles.context import Context
from wbe.reading.words.dates import Dates

__all__ = ["date_faults"]

_MOST = 20
# what is wrong with a date -> the code of its fault
_CODES = {
    "the year is not written": "reading-date-without-year",
    "day and month could be either way round": "reading-date-either-way",
    "a bare number may be a day or a month": "reading-date-bare-number",
    "day and month may have been turned": "reading-date-turned",
    "a time with an offset, whose local day is not known": "reading-date-offset",
    "blank": "reading-date-blank",
}
_ZH = {
    "no such day in the calendar": "日历中没有这一天",
    "the period ends before it starts": "时段的结束早于开始",
    "not a date that is understood": "无法识别的日期",
    "a time of day without its date": "只有时刻没有日期",
    "January or October": "可能是一月，也可能是十月",
}


def date_faults(ctx: Context, dates: Dates, cells: Any, column: int) -> None:
    """Tell each date that could not be read, with what is missing."""
    for i, problem in list(dates.problems.items())[:_MOST]:
        bare, _, more = problem.partition(", and ")
        code = _CODES.get(bare) or _CODES.get(problem)
        words = Words(problem, _ZH.get(problem, problem))
        ctx.ask(code or "reading-date-unread", row=i, column=column, shown=text_of(cells[i])[:40] or "-",
                problem=Words(problem, more or "-") if code else words)  # fmt: skip
    if len(dates.problems) > _MOST:
        ctx.ask("reading-more-dates", column=column, count=len(dates.problems) - _MOST)
