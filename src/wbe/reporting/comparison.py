"""This month beside last month and last year: the city first, then districts, users, and alerts that came and went.

Refuses a direction where none can be told, and a comparison across laboratory methods.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from wbe.plot.words import district_names, drug_name, word
from wbe.reporting.blocks import Column, Section, Table
from wbe.reporting.findings import drug_alerts, place_name
from wbe.reporting.leader import mark_of
from wbe.reporting.monthly_tables import MonthlyTables, earlier
from wbe.reporting.words import chance, join, percent_interval, say

__all__ = ["annual", "compared"]


def compared(tables: MonthlyTables, language: str) -> Section:
    """Build the page that sets a month beside the month before and the same month of the year before."""
    title = say("title", "compared", language)
    if not tables.open_districts:
        return Section("compared", title, (("text", say("text", "city_tests", language)),))
    blocks: list[Any] = [("text", say("compared", "city", language))]
    rows = [_row(tables, drug, language) for drug in tables.seen()]
    known = set(map(str, tables.estimate.months))
    held = [(key, by) for key, by in (("last_month", 1), ("last_year", 12)) if earlier(tables.month, by) in known]
    keys = ["load", *(f"{key}_{part}" for key, _ in held for part in ("load", "change", "told"))]
    if rows and held:
        columns = (
            Column("drug", say("column", "drug", language)),
            *(Column(k, say("compared", k, language)) for k in keys),
        )
        blocks.append(Table("compared", columns, tuple(rows)))
    else:
        blocks.append(("text", say("compared", "nothing", language)))
    blocks += _alerts(tables, language)
    blocks += _counted(tables, language)
    return Section("compared", title, tuple(blocks))


def _row(tables: MonthlyTables, drug: str, language: str) -> dict[str, Any]:
    row: dict[str, Any] = {"drug": drug_name(drug, language), "load": _text(tables, drug, tables.month, language)}
    changes = tables.city_changes
    for key, by in (("last_month", 1), ("last_year", 12)):
        against = earlier(tables.month, by)
        row[f"{key}_load"] = _text(tables, drug, against, language)
        found = changes[(changes["drug"] == drug) & (changes["against"] == against)] if len(changes) else changes
        if found.empty or math.isnan(float(found["p_rise"].iloc[0])):
            row |= {f"{key}_change": "—", f"{key}_told": say("compared", "untold", language)}
            continue
        one = found.iloc[0]
        row[f"{key}_change"] = f"{percent_interval(one['percent'], one['lower'], one['upper'], language)} %"
        p = float(one["p_rise"])
        row[f"{key}_told"] = say("compared", mark_of(p), language, p=chance(p))
    return row


def _text(tables: MonthlyTables, drug: str, month: str, language: str) -> str:
    rows = tables.all_city
    rows = rows[(rows["drug"] == drug) & (rows["quantity"] == "normalised_load") & (rows["month"] == month)]
    if rows.empty:
        return "—"
    part = say("compared", "part", language) if rows["status"].iloc[0] == "incomplete" else ""
    return f"{rows['text'].iloc[0]}{part}"


def _alerts(tables: MonthlyTables, language: str) -> list[Any]:
    """Say which alerts are new, which are gone, and what came of those that stood last month."""
    if tables.old_alerts is None:
        return []
    names = district_names(tables.estimate, language)
    now, then = (_placed(drug_alerts(tables, one), names, language) for one in (tables.alerts, tables.old_alerts))
    lines = []
    for key, items in (
        ("new", [text for at, text in now.items() if at not in then]),
        ("still", [text for at, text in now.items() if at in then]),
        ("gone", [text for at, text in then.items() if at not in now]),
    ):
        told = join(items, language) if items else say("compared", "none", language)
        lines.append(say("compared", key, language, items=told))
    return [("lead", say("compared", "alerts", language)), ("list", lines)]


def _placed(found: pd.DataFrame, names: dict[str, str], language: str) -> dict[tuple[str, str], str]:
    placed = {}
    for row in found.to_dict("records"):
        key = str(row["district"]), str(row["drug"])
        level = word("alert_level", str(row["level"]), language)
        placed[key] = f"{place_name(*key, names, language)}{say('compared', 'level', language, level=level)}"
    return placed


def _counted(tables: MonthlyTables, language: str) -> list[Any]:
    """Say how many districts went up and down, drug by drug."""
    changes = tables.last_month
    if earlier(tables.month, 1) not in set(map(str, tables.estimate.months)):
        return []
    rows = []
    for drug in tables.seen():
        told = changes[(changes["drug"] == drug) & changes["percent"].notna()]
        marks = [mark_of(float(p)) for p in told["p_rise"]]
        if marks:
            rows.append({"drug": drug_name(drug, language), **{k: marks.count(k) for k in ("up", "down", "unsure")}})
    columns = (Column("drug", say("column", "drug", language)),
               *(Column(k, say("compared", f"n_{k}", language), 0) for k in ("up", "down", "unsure")))  # fmt: skip
    if not rows:
        return []
    return [("lead", say("compared", "districts", language)), Table("counted", columns, tuple(rows))]


def annual(tables: MonthlyTables, language: str) -> list[Any]:
    """Build the table of amounts a year."""
    if tables.annual.empty:
        return []
    rows = [
        {"drug": drug_name(str(r["drug"]), language), "kilograms": r["text"], "covered": f"{r['months']} / 12",
         "span": f"{r['first']} – {r['last']}"}
        for r in tables.annual.to_dict("records")
    ]  # fmt: skip
    columns = (Column("drug", say("column", "drug", language)),
               *(Column(k, say("annual", k, language)) for k in ("kilograms", "covered", "span")))  # fmt: skip
    told = say("annual", "told", language)
    return [
        ("lead", say("annual", "title", language)),
        ("text", told),
        Table("annual", columns, tuple(rows), beside=(told,)),
    ]
