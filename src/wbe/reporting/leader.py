"""Page one, a picture before it is a text: the city's line, the month's map, at most five short findings, what next.

Refuses more than five findings, and one that contradicts another: a suspected discharge is named wherever its load is.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from wbe import plot
from wbe.plot.words import district_names, drug_name, load_name, word
from wbe.reporting.ahead import city_forecast, outcome
from wbe.reporting.blocks import Finding, Illustration, Section
from wbe.reporting.findings import drug_alerts, findings, main_drug, next_actions, place_name
from wbe.reporting.monthly_tables import MonthlyTables, earlier
from wbe.reporting.words import chance, join, rule_of, say

__all__ = ["leader", "mark_of"]

MOST = 5


def leader(tables: MonthlyTables, language: str) -> Section:
    """Build the leader's page of a month."""
    drug = main_drug(tables)
    blocks: list[Any] = []
    if drug is not None:
        blocks.append(_line(tables, drug, language))
        if tables.open_districts:
            blocks.append(_map(tables, drug, language))
    blocks.append(("lead", say("leader", "findings", language)))
    blocks += _findings(tables, drug, language)[:MOST]
    if tables.open_districts:
        blocks += [("lead", say("leader", "next", language)), ("list", next_actions(tables, language))]
    else:  # what the office does next is no news for the press
        blocks.append(("statement", say("leader", "holds", language, month=tables.month)))
    blocks.append(("text", say("summary", "caveat_text", language)))
    title = say("title", "leader" if tables.open_districts else "press", language)
    return Section("leader", title, tuple(blocks), "leader")


def mark_of(p: float) -> str:
    """Return which mark a probability of a rise earns.

    Examples
    --------
    >>> mark_of(0.97), mark_of(0.02), mark_of(0.6), mark_of(float("nan"))
    ('up', 'down', 'unsure', 'unsure')
    """
    bound = rule_of("mark")
    return "up" if p >= bound else "down" if 1 - p >= bound else "unsure"


def _line(tables: MonthlyTables, drug: str, language: str) -> Illustration:
    expected = city_forecast(tables, drug) if tables.open_districts else None
    figure = partial(plot.city, tables.estimate, drug=drug, month=tables.month, language=language, forecast=expected)
    first = str(min(map(str, tables.estimate.months)))
    told = say("leader", "alt_city", language, drug=drug_name(drug, language), first=first, last=tables.month,
               load=_load(tables, drug), forecast=_outcome(tables, drug, expected, language),
               mark=_mark(tables, language))  # fmt: skip
    return Illustration(figure, told, "52%" if tables.open_districts else "80%")


def _outcome(tables: MonthlyTables, drug: str, expected: pd.DataFrame | None, language: str) -> str:
    """Say whether the city's month fell into what was forecast of it; nothing where there is nothing to say."""
    row = tables.city_row(drug, "normalised_load")
    told = None if expected is None else expected[expected["month"] == tables.month]
    if told is None or told.empty or row is None or row["status"] != "estimate":
        return ""
    fell = outcome(float(told["lower"].iloc[0]), float(told["upper"].iloc[0]), float(row["median"]))
    return say("leader", f"alt_{fell}", language)


def _map(tables: MonthlyTables, drug: str, language: str) -> Illustration:
    marks = {}
    if earlier(tables.month, 1) in set(map(str, tables.estimate.months)):
        known = tables.last_month[tables.last_month["drug"] == drug].set_index("district")["p_rise"]
        loads = tables.loads()
        seen = loads[(loads["drug"] == drug) & (loads["status"] == "estimate")]["district"]
        marks = {str(d): mark_of(float(known.get(d, float("nan")))) for d in seen}
    figure = partial(plot.tiles, tables.estimate, month=tables.month, drug=drug, language=language, marks=marks)
    told = say("text", "alt_tiles", language, drug=drug_name(drug, language), month=tables.month,
               mark=_mark(tables, language))  # fmt: skip
    return Illustration(figure, told, "46%")


def _mark(tables: MonthlyTables, language: str) -> str:
    return f"{say('text', 'synthetic', language)}." if tables.estimate.synthetic else ""


def _load(tables: MonthlyTables, drug: str) -> str:
    row = tables.city_row(drug, "normalised_load")
    return "—" if row is None else str(row["text"])


def _findings(tables: MonthlyTables, drug: str | None, language: str) -> list[Finding]:
    if drug is None or not tables.open_districts:
        return [Finding(text) for text in findings(tables, language)]
    return [
        _city(tables, drug, language), *_news(tables, language), *_highest(tables, drug, language),
        _direction(tables, drug, language), *_users(tables, drug, language),
    ]  # fmt: skip


def _grade(key: str, language: str) -> str:
    return say("confidence", key, language)


def _graded(p: float, language: str) -> str:
    """How sure a direction is, of a probability of a rise."""
    sure = max(p, 1 - p)
    return _grade("high" if sure >= rule_of("high") else "moderate" if sure >= rule_of("mark") else "low", language)


def _city(tables: MonthlyTables, drug: str, language: str) -> Finding:
    """Say whether the city is up or down on last month."""
    name = drug_name(drug, language)
    held = tables.city_changes
    row = held[(held["drug"] == drug) & (held["against"] == earlier(tables.month, 1))] if len(held) else held
    load = _load(tables, drug)
    if row.empty or pd.isna(row["p_rise"].iloc[0]):
        return Finding(
            say("leader", "city_untold", language, drug=name, load=load), changes=say("leader", "more_months", language)
        )
    p = float(row["p_rise"].iloc[0])
    words = say("leader", f"city_{mark_of(p)}", language, drug=name, load=load, p=chance(p))
    places = [d.district for d in tables.discharges if d.drug == drug]
    names = district_names(tables.estimate, language)
    if places:
        words += say("leader", "with_discharge", language, districts=join([names[d] for d in places], language))
    return Finding(words, grade=_graded(p, language), changes=say("leader", "more_days", language))


def _news(tables: MonthlyTables, language: str) -> list[Finding]:
    """Say what is new: the surest alert, and how many there are."""
    found = drug_alerts(tables).to_dict("records")
    names = district_names(tables.estimate, language)
    if not found:
        key = "no_news" if tables.alerts.attrs["n_tests"] else "untested"
        return [Finding(say("leader", key, language))]
    first = found[0]
    place = place_name(str(first["district"]), str(first["drug"]), names, language)
    level = word("alert_level", str(first["level"]), language)
    dumped = tables.discharge(str(first["district"]), str(first["drug"]))
    key = "news_discharge" if dumped else "news"
    words = say("leader", key, language, place=place[:1].upper() + place[1:], level=level)
    if len(found) > 1:
        words += say("leader", "news_more", language, n=len(found) - 1)
    grade = {"action": "high", "warning": "moderate"}.get(str(first["level"]), "low")
    changes = say("leader", "resample" if dumped else "next_month", language)
    return [Finding(words, grade=_grade(grade, language), changes=changes)]


def _highest(tables: MonthlyTables, drug: str, language: str) -> list[Finding]:
    ranked = tables.ranking[(tables.ranking["drug"] == drug) & tables.ranking["median_rank"].notna()]
    if len(ranked) < 2:
        return []
    names = district_names(tables.estimate, language)
    top = ranked.sort_values("p_first", ascending=False).iloc[0]
    district, p = str(top["district"]), float(top["p_first"])
    key = "highest" if p >= rule_of("mark") else "highest_untold"
    measured = tables.loads().drop_duplicates("drug").set_index("drug")["biomarker"]
    biomarker = str(measured.get(drug, ""))
    words = say(
        "leader", key, language, district=names[district], drug=load_name(drug, biomarker, language), p=chance(p)
    )
    if tables.discharge(district, drug):
        words += say("leader", "not_use", language)
    grade = "high" if p >= rule_of("high") else "moderate" if p >= rule_of("mark") else "low"
    return [Finding(words, grade=_grade(grade, language), changes=say("leader", "more_days", language))]


def _direction(tables: MonthlyTables, drug: str, language: str) -> Finding:
    trends = tables.trends[tables.trends["drug"] == drug]
    counts = {key: int((trends["direction"] == key).sum()) for key in ("rising", "falling", "stable", "inconclusive")}
    return Finding(say("leader", "direction", language, drug=drug_name(drug, language), **counts))


def _users(tables: MonthlyTables, drug: str, language: str) -> list[Finding]:
    row = tables.city_row(drug, "users")
    if row is None or row["status"] != "estimate":
        return []
    rests = tables.estimate.scenarios[drug].statement(language)
    return [Finding(say("leader", "users", language, drug=drug_name(drug, language), users=row["text"]),
                    grade=_grade("low", language), changes=rests)]  # fmt: skip
