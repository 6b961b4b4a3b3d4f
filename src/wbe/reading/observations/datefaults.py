"""Faults of dates, in words of both languages.

Refuses nothing itself: it tells what a cell of a date lacks, and the next step.
"""

from __future__ import annotations

from typing import Any

from wbe.reading.grid.rows import text_of
from wbe.reading.roles.context import Context
from wbe.reading.words.dates import Dates

__all__ = ["date_faults"]

_MOST = 20
# what a date lacks -> the code of its fault
_CODES = {
    "reading-why-no-year": "reading-date-without-year",
    "reading-why-years-differ": "reading-date-without-year",
    "reading-why-either-way": "reading-date-either-way",
    "reading-why-bare-number": "reading-date-bare-number",
    "reading-why-turned": "reading-date-turned",
    "reading-why-offset": "reading-date-offset",
    "reading-why-blank": "reading-date-blank",
}


def date_faults(ctx: Context, dates: Dates, cells: Any, column: int) -> None:
    """Tell each date that could not be read, with what is missing."""
    for i, problem in list(dates.problems.items())[:_MOST]:
        code = _CODES.get(problem.code, "reading-date-unread")
        ctx.ask(code, row=i, column=column, shown=text_of(cells[i])[:40] or "-", problem=problem)
    if len(dates.problems) > _MOST:
        ctx.ask("reading-more-dates", column=column, count=len(dates.problems) - _MOST)
