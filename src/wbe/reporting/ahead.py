"""What is expected of the months to come, and what came of what was expected of this one: hit or miss, in public.

Refuses to score a forecast that was not written down before its month was known.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from wbe.estimation.wording import interval
from wbe.levels import scores
from wbe.plot.words import district_names, drug_name
from wbe.reporting.blocks import Column, Section, Table
from wbe.reporting.findings import discharge_note
from wbe.reporting.monthly_tables import MonthlyTables, earlier
from wbe.reporting.words import say, signed

__all__ = ["ahead", "city_forecast", "outcome"]

MOST_MISSES = 30


def ahead(tables: MonthlyTables, language: str) -> Section:
    """Build the page of forecasts: last month's beside what was measured, how many came true so far, and the next."""
    title = say("title", "ahead", language)
    if not tables.open_districts:
        return Section("ahead", title, (("text", say("text", "city_only", language)),))
    blocks: list[Any] = [*_past(tables, language), *_kept(tables, language), *_next(tables, language)]
    return Section("ahead", title, tuple(blocks))


def outcome(lower: float, upper: float, measured: float) -> str:
    """Return whether a number fell into its forecast: its ends count as inside.

    Examples
    --------
    >>> outcome(10, 20, 20), outcome(10, 20, 20.1), outcome(10, 20, 9.9)
    ('hit', 'above', 'below')
    """
    return "below" if measured < lower else "above" if measured > upper else "hit"


def city_forecast(tables: MonthlyTables, drug: str) -> pd.DataFrame:
    """Return the forecasts of the city that its line shows: last month's of this month, and this month's of the next.

    Returns
    -------
    DataFrame
        As :func:`wbe.levels.city_forecasts` gives, of one drug.
    """
    parts = [tables.ahead]
    if len(tables.foretold):
        parts.insert(0, _of_last(tables, tables.foretold[tables.foretold["district"].isin(_cities(tables))]))
    held = [part[part["drug"] == drug] for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=["month", "made"])


def _cities(tables: MonthlyTables) -> set[str]:
    return set(tables.all_city["district"].astype(str))


def _written(tables: MonthlyTables) -> pd.DataFrame:
    """What earlier months wrote down of drugs, without what is measured to count people."""
    told = tables.foretold
    return told[told["drug"].isin(tables.drugs)] if len(told) else told


def _of_last(tables: MonthlyTables, told: pd.DataFrame) -> pd.DataFrame:
    return told[(told["made"] == earlier(tables.month, 1)) & (told["month"] == tables.month)]


def _measured(tables: MonthlyTables) -> pd.DataFrame:
    """What was measured of the month, of districts and the city: where every plant has a sample."""
    both = pd.concat([tables.loads(), tables.city[tables.city["quantity"] == "normalised_load"]])
    return both[both["status"] == "estimate"][["district", "drug", "median", "text"]]


def _past(tables: MonthlyTables, language: str) -> list[Any]:
    """Last month's forecasts: the city's one by one, of the districts those that missed."""
    blocks: list[Any] = [("lead", say("ahead", "past", language))]
    told = _written(tables)
    told = _of_last(tables, told) if len(told) else told
    if told.empty:
        return [*blocks, ("text", say("ahead", "none_written", language, month=earlier(tables.month, 1)))]
    both = told.merge(_measured(tables), on=["district", "drug"], suffixes=("", "_seen"))
    if both.empty:
        return [*blocks, ("text", say("ahead", "none_measured", language))]
    fell = [outcome(r["lower"], r["upper"], r["median_seen"]) for r in _records(both)]
    level = _percent(float(told["level"].iloc[0]))
    blocks.append(("text", say("ahead", "past_told", language, made=earlier(tables.month, 1), n=len(both),
                               hits=fell.count("hit"), level=level)))  # fmt: skip
    both = both.assign(fell=fell)
    cities = both["district"].isin(_cities(tables))
    if cities.any():
        blocks.append(_table("foretold", both[cities], tables, language))
    missed = both[~cities & (both["fell"] != "hit")]
    if len(missed):
        blocks.append(("text", say("ahead", "missed", language, n=len(missed))))
        blocks.append(_table("missed", missed.head(MOST_MISSES), tables, language))
    return blocks + discharge_note(tables, language, "discharge_in")


def _table(name: str, both: pd.DataFrame, tables: MonthlyTables, language: str) -> Table:
    names = district_names(tables.estimate, language)
    rows = tuple(
        {
            "district": names.get(str(r["district"]), say("column", "city", language)),
            "drug": drug_name(str(r["drug"]), language), "expected": interval(r["median"], r["lower"], r["upper"]),
            "measured": r["text"], "outcome": say("ahead", r["fell"], language),
        }
        for r in _records(both)
    )  # fmt: skip
    columns = (
        *(Column(k, say("column", k, language)) for k in ("district", "drug")),
        *(Column(k, say("ahead", k, language)) for k in ("expected", "measured", "outcome")),
    )
    return Table(name, columns, rows)


def _kept(tables: MonthlyTables, language: str) -> list[Any]:
    """How many forecasts of the months that have come fell into their interval, by drug."""
    told = _written(tables)
    if told.empty:
        return []
    found = scores(told[~told["district"].isin(_cities(tables))], tables.estimate)
    found = found[found["n"] > 0]
    if found.empty:
        return []
    rows = [
        {
            "drug": drug_name(str(r["drug"]), language) if r["drug"] else say("ahead", "every", language),
            "count": r["n"], "inside": f"{_percent(r['inside'])} %",
            "expected_share": _allowed(r["level"], r["error"]), "bias": f"{signed(r['bias_percent'], 0)} %",
        }
        for r in _records(found)
    ]  # fmt: skip
    columns = (
        Column("drug", say("column", "drug", language)), Column("count", say("ahead", "count", language), 0),
        *(Column(k, say("ahead", k, language)) for k in ("inside", "expected_share", "bias")),
    )  # fmt: skip
    return [("lead", say("ahead", "kept", language)), ("text", say("ahead", "kept_told", language)),
            Table("scores", columns, tuple(rows))]  # fmt: skip


def _allowed(level: float, error: float) -> str:
    """What share is to be expected, give or take twice its binomial error.

    Examples
    --------
    >>> _allowed(0.9, 0.02), _allowed(0.9, 0.3)
    ('86–94 %', '30–100 %')
    """
    return f"{100 * max(level - 2 * error, 0):.0f}–{100 * min(level + 2 * error, 1):.0f} %"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _next(tables: MonthlyTables, language: str) -> list[Any]:
    """What is expected of the city in the months to come."""
    held = tables.ahead[tables.ahead["drug"].isin(tables.seen())] if len(tables.ahead) else tables.ahead
    if held.empty:
        return [("lead", say("ahead", "next", language)), ("text", say("ahead", "nothing", language))]
    months = list(dict.fromkeys(held["month"]))
    rows = []
    for drug in [d for d in tables.seen() if d in set(held["drug"])]:
        own = held[held["drug"] == drug].set_index("month")
        rows.append({"drug": drug_name(drug, language)} | {
            m: interval(own.loc[m, "median"], own.loc[m, "lower"], own.loc[m, "upper"]) for m in own.index
        })  # fmt: skip
    columns = (Column("drug", say("column", "drug", language)), *(Column(m, m) for m in months))
    told = say("ahead", "next_told", language, level=_percent(float(held["level"].iloc[0])))
    return [
        ("lead", say("ahead", "next", language)),
        ("text", told),
        Table("ahead", columns, tuple(rows), beside=(told,)),
    ]


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
