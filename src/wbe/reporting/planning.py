"""Next month's samples and what would narrow a number; and what the loads come from, where it can be told.

Refuses a share where the sources cannot be told apart, and a plan without what it costs.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from wbe import design, origin
from wbe.plot.words import district_names, drug_name
from wbe.reporting.blocks import Column, Section, Table
from wbe.reporting.findings import main_drug
from wbe.reporting.monthly_tables import MonthlyTables, earlier
from wbe.reporting.words import join, origin_name, rule_of, say

__all__ = ["origins", "plan"]


def plan(tables: MonthlyTables, language: str) -> Section:
    """Build the sampling plan of the next month: for each district the cheapest way to the wanted width."""
    title = say("title", "plan", language, month=earlier(tables.month, -1))
    drug = main_drug(tables)
    if drug is None or not tables.open_districts:
        return Section("plan", title, (("text", say("text", "city_only", language)),))
    names = district_names(tables.estimate, language)
    loads = tables.loads()
    seen = loads[(loads["drug"] == drug) & (loads["status"] == "estimate")]["district"]
    width = rule_of("width")
    rows = [{"district": names[d]} | _row(_reached(tables, d, drug, width), language) for d in map(str, seen)]
    unseen = [names[d] for d in tables.districts if not tables.has_samples(d)]
    blocks: list[Any] = [
        ("text", say("plan", "told", language, drug=drug_name(drug, language), width=f"{100 * width:.0f}"))
    ]
    if unseen:
        blocks.append(("text", say("plan", "unseen", language, districts=join(unseen, language))))
    keys = ("now", "steps", "then", "cost")
    columns = (
        Column("district", say("column", "district", language)),
        *(Column(k, say("plan", k, language)) for k in keys),
    )
    blocks.append(Table("plan", columns, tuple(rows)) if rows else ("text", say("plan", "nothing", language)))
    return Section("plan", title, tuple(blocks))


def _reached(tables: MonthlyTables, district: str, drug: str, width: float) -> pd.DataFrame:
    """The way to the wanted width: found once for all languages."""
    return tables.kept.get(("reached", district), lambda: design.reach(
        tables.estimate, width, district=district, drug=drug, month=tables.month, quantity="normalised_load"
    ))  # fmt: skip


def _row(found: pd.DataFrame, language: str) -> dict[str, Any]:
    first, last = found.iloc[0], found.iloc[-1]
    steps = [say("plan", str(r["improvement"]), language, n=int(r["value"])) for r in found.iloc[1:].to_dict("records")]
    then = f"±{100 * last['half_width']:.0f} %"
    if not bool(last["reached"]):
        then += say("plan", "short", language)
    return {
        "now": f"±{100 * first['half_width']:.0f} %", "then": then if steps else say("plan", "enough", language),
        "steps": join(steps, language) if steps else "—",
        "cost": f"{first['cost']:.3g} → {last['cost']:.3g}" if steps else f"{first['cost']:.3g}",
    }  # fmt: skip


def origins(tables: MonthlyTables, language: str) -> Section:
    """Build what the loads of the month come from: shares of sources where they can be told apart."""
    title = say("title", "origins", language)
    if not tables.open_districts:
        return Section("origins", title, (("text", say("text", "city_only", language)),))
    names = district_names(tables.estimate, language)
    found = tables.kept.get("shares", lambda: origin.shares(tables.estimate, month=tables.month))
    rows, unresolved = [], []
    for (substance, district), part in found.groupby(["drug", "district"], sort=False):
        told = part[part["status"] == "resolved"]
        if told.empty:
            unresolved.append((str(substance), str(district)))
            continue
        shares = [
            say("origins", "share", language, source=origin_name(str(r["source"]), language),
                middle=_percent(r["median"]), low=_percent(r["lower"]), high=_percent(r["upper"]))
            for r in told.to_dict("records")
        ]  # fmt: skip
        rows.append({"drug": drug_name(str(substance), language), "district": names.get(str(district), str(district)),
                     "shares": join(shares, language)})  # fmt: skip
    blocks: list[Any] = [("text", say("origins", "told", language))]
    if rows:
        columns = (*(Column(k, say("column", k, language)) for k in ("drug", "district")),
                   Column("shares", say("origins", "shares", language)))  # fmt: skip
        blocks.append(Table("origins", columns, tuple(rows)))
    for substance in dict.fromkeys(name for name, _ in unresolved):
        where = join([names.get(d, d) for s, d in unresolved if s == substance], language)
        blocks.append(
            ("text", say("origins", "untold", language, drug=drug_name(substance, language), districts=where))
        )
    if not rows and not unresolved:
        blocks.append(("text", say("origins", "nothing", language)))
    return Section("origins", title, tuple(blocks))


def _percent(share: float) -> str:
    """Write a share, never as 0 or 100 %."""
    return "< 1" if share < 0.01 else "> 99" if share > 0.99 else f"{100 * share:.0f}"
