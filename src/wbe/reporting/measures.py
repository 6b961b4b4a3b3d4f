"""Before and after a measure that the office names: how the places it touched moved, and beside them the others.

Refuses to call a change the measure's doing: a difference of months has many causes, and the words say so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wbe.answer import drug_of
from wbe.errors import one_of
from wbe.messages import Words
from wbe.plot.words import district_names, drug_name
from wbe.reporting.blocks import Column, Section, Table
from wbe.reporting.findings import main_drug
from wbe.reporting.leader import mark_of
from wbe.reporting.monthly_tables import MonthlyTables
from wbe.reporting.words import chance, join, percent_interval, say
from wbe.trends import difference, event

__all__ = ["Measure", "measures"]

AFTER = "after/before"


@dataclass(frozen=True)
class Measure:
    """A measure that was taken: one table ``[[measure]]`` of ``wbe.toml``.

    Attributes
    ----------
    name : str
        What was done, in the office's words.
    start, end : str
        Its first and last month, ``YYYY-MM`` or a date; without an end the month in which it began.
    districts : tuple of str
        Where; by default everywhere, and then there is nothing to set it beside.
    drugs : tuple of str
        Against which; by default the drug of page one.
    before, after : int
        Months taken on both sides.
    """

    name: str
    start: str
    end: str = ""
    districts: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    before: int = 3
    after: int = 3

    @property
    def months(self) -> tuple[str, str]:
        """First and last month."""
        return self.start[:7], (self.end or self.start)[:7]


def measures(tables: MonthlyTables, language: str) -> Section:
    """Build the page of measures; without one it is empty and left out.

    Raises
    ------
    UnknownName
        A district or drug that the samples do not have.
    """
    title = say("title", "measures", language)
    if not tables.open_districts or not tables.measures:
        return Section("measures", title, ())
    blocks: list[Any] = [("statement", say("measures", "no_cause", language))]
    for number, one in enumerate(tables.measures):
        blocks += _one(tables, one, f"measure{number + 1 if number else ''}", language)
    return Section("measures", title, tuple(blocks))


def _one(tables: MonthlyTables, one: Measure, name: str, language: str) -> list[Any]:
    known, names = tables.districts, district_names(tables.estimate, language)
    places = [one_of(d, known, Words("district", "地区")) for d in one.districts]
    main = main_drug(tables)
    drugs = [drug_of(tables.estimate, d) for d in one.drugs] or ([main] if main else [])
    first, last = one.months
    span = first if first == last else say("finding", "window", language, low=first, high=last)
    where = join([names[d] for d in places], language) if places else say("measures", "everywhere", language)
    blocks: list[Any] = [("lead", say("measures", "head", language, name=one.name, where=where, span=span))]
    if last >= tables.month:
        return [*blocks, ("text", say("measures", "too_early", language, month=last))]
    found = event(tables.estimate, start=first, end=last, before=one.before, after=one.after, language=language)
    found = found[(found["comparison"] == AFTER) & found["drug"].isin(drugs) & found["district"].isin(places or known)]
    if found.empty:
        return [*blocks, ("text", say("measures", "nothing", language))]
    rows = [_row(r, names, language) for r in _records(found)]
    if places and len(places) < len(known):
        beside = difference(
            tables.estimate, districts=places, start=first, end=last, before=one.before, after=one.after,
            language=language,
        )  # fmt: skip
        beside = beside[(beside["comparison"] == AFTER) & beside["drug"].isin(drugs)]
        rows += [_beside(r, language) for r in _records(beside)]
    keys = ("change", "told", "months")
    columns = (*(Column(k, say("column", k, language)) for k in ("drug", "district")),
               *(Column(k, say("measures", k, language)) for k in keys))  # fmt: skip
    told = say("measures", "told_how", language, before=one.before, after=one.after)
    no_cause = say("measures", "no_cause", language)
    return [*blocks, ("text", told), Table(name, columns, tuple(rows), beside=(told, no_cause))]


def _row(row: dict[str, Any], names: dict[str, str], language: str) -> dict[str, Any]:
    change = percent_interval(row["level_percent"], row["level_lower"], row["level_upper"], language)
    return {
        "drug": drug_name(str(row["drug"]), language), "district": names.get(str(row["district"]), row["district"]),
        "change": change if change == "—" else f"{change} %",
        "told": _told(float(row["p_rise"]), row["note"], language),
        "months": f"{row['n_against']} / {row['n_months']}",
    }  # fmt: skip


def _beside(row: dict[str, Any], language: str) -> dict[str, Any]:
    change = percent_interval(row["percent"], row["lower"], row["upper"], language)
    counts = say("measures", "sides", language, n=int(row["n_districts"]), others=int(row["n_controls"]))
    return {
        "drug": drug_name(str(row["drug"]), language), "district": say("measures", "beside", language),
        "change": change if change == "—" else f"{change} %",
        "told": _told(float(row["p_rise"]), row["note"], language),
        "months": counts,
    }  # fmt: skip


def _told(p: float, note: str, language: str) -> str:
    """Say whether it fell, with the probability of that, or why nothing can be said."""
    if math.isnan(p):
        return note or say("compared", "untold", language)
    mark = mark_of(p)
    return say("measures", mark, language, p=chance(p if mark == "up" else 1 - p))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
