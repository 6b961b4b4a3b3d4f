"""Dates as laboratories write them: days, months, quarters, periods, spreadsheet serials.

Refuses to guess a year, or whether 03/04 is in March or April: it says what is missing instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from wbe.messages import Note
from wbe.reading.opening.columns import Cells, coded, is_numeric
from wbe.reading.words.datewords import SLASHED_DAY, NoZone, local_texts, perhaps_turned
from wbe.reading.words.moments import DAYS_1900_TO_1904, FIRST_YEAR, LAST_YEAR, Moment, moment_of
from wbe.vocabulary import tidy

__all__ = ["Dates", "parse_dates", "since_1904"]

_TENTH, _FIRST_OR_TENTH = re.compile(r"^\d{4}\.(10|01)$"), re.compile(r"^\d{4}\.1$")


def since_1904(column: Any) -> Any:
    """Return a column whose bare serial numbers count from 1904, as some spreadsheets do, in the usual count.

    Examples
    --------
    >>> since_1904(np.array([42909.0, 20210624.0])).tolist()
    [44371.0, 20210624.0]
    """

    def shifted(numbers: np.ndarray) -> np.ndarray:
        return np.where((numbers > 30_000) & (numbers < 72_000), numbers + DAYS_1900_TO_1904, numbers)

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


@dataclass
class Dates:
    """A parsed date column: ``start`` and ``end`` (datetime64[ns], NaT where none) and row -> problem."""

    start: np.ndarray
    end: np.ndarray
    problems: dict[int, Note]


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
            moments[i] = Moment(problem=Note("reading-why-ten-or-one"))
    for i in turned:
        moments[i] = Moment(problem=Note("reading-why-turned"))
    moments.append(Moment(problem=Note("reading-why-blank")))
    start, end = (_stamps([getattr(m, side) for m in moments]) for side in ("start", "end"))
    odd = np.array([bool(m.problem) for m in moments])
    problems = {i: told for i in np.flatnonzero(odd[codes]).tolist() if (told := moments[codes[i]].problem) is not None}
    return Dates(start[codes], end[codes], problems)


def _stamps(moments: list[pd.Timestamp | None]) -> np.ndarray:
    given = [i for i, m in enumerate(moments) if m is not None]
    out = np.full(len(moments), "NaT", dtype="datetime64[ns]")
    out[given] = [m.to_datetime64() for m in moments if m is not None]
    return out


def _iso_first(uniques: Any, year: int | None, day_first: bool | None, bare_months: bool) -> list[Moment]:
    """Many distinct ISO days are read in one call; whatever is left is read text by text."""
    if len(uniques) < 500:
        return [moment_of(u, year, day_first, bare_months) for u in uniques]
    texts = pd.Series(
        [u if isinstance(u, str) and len(u) >= 10 and not isinstance(u, NoZone) else None for u in uniques],
        dtype=object,
    )
    quick = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=False)
    in_range = (quick.notna() & quick.dt.year.between(FIRST_YEAR, LAST_YEAR)).tolist()
    return [
        Moment(q) if ok else moment_of(u, year, day_first, bare_months)
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
