"""When each row was sampled and analysed: by columns, by titles, sheets and file names.

Refuses to invent a day or a year: a missing one is a fault with its place.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np

from wbe.messages import Note
from wbe.reading.grid.rows import Texts, text_of
from wbe.reading.observations.datefaults import date_faults
from wbe.reading.roles.context import Context
from wbe.reading.words.dates import Dates, parse_dates, since_1904
from wbe.reading.words.moments import Moment, month_in, parse_text, year_in
from wbe.samples import one_text
from wbe.vocabulary import closed_word

__all__ = ["analysis_of_table", "coded_of_table", "text_of_table", "times"]
_DAY_ONLY = re.compile(r"^\d{1,2}\s*[日号]$")
_CLOCK = re.compile(r"^\d{1,2}:\d{2}(:\d{2})?$")
# a date beside these words is that of the report, not of the samples
_ABOUT_REPORT = re.compile(r"制表|填表|填报|上报|报告|打印|编制|审核|report(ed)? (date|on)|printed|prepared", re.I)


def coded_of_table(ctx: Context, role: str) -> Texts | None:
    found = ctx.layout.with_role(role)
    return ctx.texts(found[0]) if found else None


def text_of_table(ctx: Context, role: str) -> np.ndarray:
    coded = coded_of_table(ctx, role)
    constant = text_of(ctx.mapping.constants.get(role, ""))
    if coded is None:
        return one_text(ctx.n, constant)
    values = coded.array()
    if constant:
        values[values == ""] = constant
    return values


def _year(ctx: Context) -> tuple[int | None, Note | None]:
    """(year for dates that write none, why there is none): titles, sheet and file name must not contradict."""
    given = ctx.mapping.constants.get("year")
    if given:
        return int(given), None
    sheet = ctx.layout.sheet
    places = [("title", t) for t in ctx.layout.titles if not _ABOUT_REPORT.search(t)]
    found = {
        kind: year for kind, text in [("file name", sheet.file), ("sheet name", sheet.name), *reversed(places)]
        if (year := year_in(text))
    }  # fmt: skip
    if len(set(found.values())) > 1:
        said = tuple(
            Note("reading-why-says", where=kind.replace(" ", "-"), said=str(year))
            for kind, year in reversed(found.items())
        )
        return None, Note("reading-why-years-differ", said=said)
    return next(iter(found.values()), None), None


def times(ctx: Context, out: dict[str, np.ndarray]) -> None:
    day_first = ctx.mapping.option("day_first", None)
    year, contradiction = _year(ctx)
    found = ctx.layout.with_role("date") or ctx.layout.with_role("month") or ctx.layout.with_role("day")
    constant = ctx.mapping.constants.get("date")
    if not found:
        dates = _without_column(ctx, constant, year)
    else:
        cells = ctx.column(found[0])
        role = ctx.layout.columns[found[0]].role
        if ctx.layout.sheet.from_1904:
            cells = since_1904(cells)
        if role == "date" and (named := ctx.texts(found[0]).words) and all(_DAY_ONLY.match(w) for w in named):
            role = "day"  # 24日, under the month of the title, sheet or file
        if constant is not None and _only_clock(cells):
            cells = np.array([f"{text_of(constant)} {text_of(c)}" if text_of(c) else None for c in cells], dtype=object)
        elif role != "date" or ctx.layout.with_role("year"):
            cells = _pieces(ctx, role, cells)
        dates = parse_dates(cells, year=year, day_first=day_first, bare_months=role == "month", **_written(ctx))
        if contradiction:
            untold = [i for i, p in dates.problems.items() if p.code == "reading-why-no-year"]
            dates.problems.update(dict.fromkeys(untold, contradiction))
        date_faults(ctx, dates, cells, found[0])
    start, end = _at_the_clock(ctx, dates.start, dates.end), dates.end.copy()
    ends = ctx.layout.with_role("date_end")
    if ends:
        last = parse_dates(ctx.column(ends[0]), year=year, day_first=day_first, **_written(ctx))
        given = ~np.isnat(last.start)
        for i in np.flatnonzero(given & (last.start < start))[:20]:
            ctx.ask("reading-end-before-start", row=int(i), column=ends[0])  # fmt: skip
        for i in [i for i, p in last.problems.items() if p.code != "reading-why-blank"][:20]:
            ctx.ask(
                "reading-end-no-date",
                row=i,
                column=ends[0],
                last=last.problems[i],
                given=text_of(ctx.column(ends[0])[i])[:40],
            )
        end = np.where(given, np.where(np.isnat(last.end), last.start, last.end), end)
    out["time"], out["time_end"] = start, end


def _at_the_clock(ctx: Context, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Days at the time that a column of clocks gives; a date that writes its own time keeps it."""
    clock = coded_of_table(ctx, "clock")
    if clock is None:
        return start
    minutes = np.array([*(_minutes(w) for w in clock.words), np.nan])[clock.codes]
    for code, word in enumerate(clock.words):
        rows = np.flatnonzero(clock.codes == code)
        if len(rows) and np.isnan(minutes[rows[0]]):
            column = ctx.layout.with_role("clock")[0]
            ctx.ask("reading-clock-unread", row=int(rows[0]), column=column, word=word[:40],
                    index=ctx.layout.columns[column].text)  # fmt: skip
    bare = np.isnat(end) & ~np.isnat(start) & (start == start.astype("datetime64[D]")) & np.isfinite(minutes)
    later = start + np.nan_to_num(minutes).astype("timedelta64[m]")
    return np.where(bare, later, start)


_TIME_OF_DAY = re.compile(r"^(\d{1,2})(?:[:：时点](\d{0,2})(?:[:：分](\d{0,2})(?:\.\d+)?秒?)?)?分?$")


def _minutes(word: str) -> float:
    """Minutes since midnight of ``8:30``, ``8时30分``, ``8`` or ``8:00:00``; 24 o'clock still belongs to its day."""
    found = _TIME_OF_DAY.match(word)
    hour, minute = (int(found.group(k) or 0) for k in (1, 2)) if found else (99, 0)
    if (hour, minute) == (24, 0):  # books of plants count the hours of a day from 1 to 24
        return 24.0 * 60 - 1
    return float(60 * hour + minute) if hour < 24 and minute < 60 else np.nan


def _written(ctx: Context) -> dict[str, Any]:
    """How dates are written and where they are local, if the mapping says so."""
    return {"written": str(ctx.mapping.option("date_format", "")), "zone": str(ctx.mapping.option("time_zone", ""))}


def analysis_of_table(ctx: Context, out: dict[str, np.ndarray]) -> None:
    """When a sample was analysed and how it was kept until then; what cannot be read is noted and stays unknown."""
    found = ctx.layout.with_role("analysis_date")
    if found:
        cells = ctx.column(found[0])
        dates = parse_dates(cells, year=_year(ctx)[0], day_first=ctx.mapping.option("day_first", None))
        for i in [i for i, p in dates.problems.items() if p.code != "reading-why-blank"][:5]:
            ctx.note(f"analysis date {text_of(cells[i])[:40]!r} ({dates.problems[i]}) is not read")
        # a month is no day: how long the sample was kept cannot be told from it
        out["analysis_date"] = np.where(np.isnat(dates.end), dates.start, np.datetime64("NaT", "ns"))
    kept = coded_of_table(ctx, "storage")
    if kept is not None:
        known = [closed_word("storage_kinds", word) for word in kept.words]
        for word in [w for w, k in zip(kept.words, known, strict=True) if k is None]:
            ctx.note(f"storage {word[:40]!r} is neither chilled nor frozen; read as not stated")
        out["storage"] = np.array([*(k or "" for k in known), ""], dtype=object)[kept.codes]


def _pieces(ctx: Context, role: str, cells: Any) -> Any:
    """Join columns of year, month and day (``2021``, ``6月``, ``24``) into dates."""
    years, months, days = (ctx.layout.with_role(r)[:1] for r in ("year", "month", "day"))
    if role == "day" and not months:
        period = _period(ctx, _year(ctx)[0])[0]
        if period is None or period.start is None:
            return cells
        lead = one_text(ctx.n, f"{period.start:%Y-%m}")
    elif role == "month" or (role == "day" and months):
        lead = ctx.texts(months[0]).array()
    else:
        lead, days = np.array([text_of(c) for c in cells], dtype=object), []
    y = ctx.texts(years[0]).array() if years else one_text(ctx.n, "")
    d = ctx.texts(days[0]).array() if days else one_text(ctx.n, "")
    if role == "day" and not days:
        d = np.array([text_of(c) for c in cells], dtype=object)
    elif not years and not days:
        return cells
    if role != "date":
        lead = np.array([m if not m or "月" in m or re.match(r"\d{4}", m) else f"{m}月" for m in lead], dtype=object)
    return np.array([_joined(*piece) for piece in zip(y, lead, d, strict=True)], dtype=object)


_ONE_NUMBER = re.compile(r"^\D*?(\d{1,2})\D*$")


def _joined(year: str, month: str, day: str) -> str | None:
    """One date text; pieces that are more than one plain number stay apart, so that they are told as a fault."""
    y = re.sub(r"\D", "", year)
    if not month:
        return None
    if re.match(r"^\d{4}", month):
        head = month
    else:
        number = _ONE_NUMBER.match(month) if not re.search(r"\d\D+\d", month) else None
        head = f"{y}-{number.group(1)}" if number and y else f"{y}年{month}" if y else month
    if not day:
        return head
    number = _ONE_NUMBER.match(day)
    return f"{head.rstrip('月').replace('年', '-')}-{number.group(1)}" if number else f"{head} {day}"


def _only_clock(cells: Any) -> bool:
    filled = [c for c in cells if c is not None and c == c and c != ""]
    return bool(filled) and all(
        isinstance(c, dt.time) or (isinstance(c, str) and _CLOCK.match(c.strip())) for c in filled
    )


def _period(ctx: Context, year: int | None) -> tuple[Moment | None, str | Note]:
    """(month that sheet name, title or file name write, where); two that contradict are none."""
    sheet = ctx.layout.sheet
    titles = [("title", t) for t in ctx.layout.titles if not _ABOUT_REPORT.search(t)]
    found = [(m, kind) for kind, text in [("sheet name", sheet.name), *titles, ("file name", sheet.file)]
             if (m := month_in(text, year)) is not None and m.start is not None]  # fmt: skip
    if len({m.start for m, _ in found}) > 1:
        said = tuple(
            Note("reading-why-shows", where=kind.replace(" ", "-"), said=f"{m.start:%Y-%m}") for m, kind in found
        )
        return None, Note("reading-why-months-differ", said=said)
    return found[0] if found else (None, "")


def _without_column(ctx: Context, constant: Any, year: int | None) -> Dates:
    """No date column: the period of the mapping, the sheet, the title or the file holds for all rows."""
    moment, where = _period(ctx, year) if constant is None else (parse_text(text_of(constant), year), "mapping")
    n = ctx.n
    if moment is None or moment.start is None:
        ctx.ask("reading-no-dates", where=where if moment is None and where else "none")
        return Dates(np.full(n, "NaT", "datetime64[ns]"), np.full(n, "NaT", "datetime64[ns]"), {})
    ctx.note(f"the sampling period {moment.start:%Y-%m} is taken from the {where}")
    start = np.full(n, moment.start.to_datetime64(), "datetime64[ns]")
    end = np.full(n, "NaT" if moment.end is None else moment.end.to_datetime64(), "datetime64[ns]")
    return Dates(start, end, {})
