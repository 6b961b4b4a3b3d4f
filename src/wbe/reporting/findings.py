"""The decision summary: what changed, where, which way and how many people, with their confidence; what to do.

Refuses a winner where districts cannot be separated, and certainty that the tables do not have.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from wbe.plot.words import district_names, drug_name, word
from wbe.reporting.monthly_tables import Discharge, MonthlyTables, rests_on_error
from wbe.reporting.words import advice_text, chance, join, say, signed, source_name
from wbe.trends import rules

__all__ = [
    "alert_words",
    "confidence",
    "discharge_note",
    "discharge_words",
    "drug_alerts",
    "false_alarms",
    "findings",
    "main_drug",
    "news",
    "next_actions",
    "place_name",
    "widest_budget",
]

HIGH, MODERATE = 0.95, 0.8
TIED_MOST = 0.94  # below HIGH
LEVELS = ["action", "warning", "watch"]
GRADE_OF = {"action": "high", "warning": "moderate", "watch": "low"}
MOST_CHANGES = 3


def main_drug(tables: MonthlyTables) -> str | None:
    """Return the drug seen in most districts this month; of equals, the one with the profile's factor first."""
    return tables.kept.get("main drug", lambda: _main_drug(tables))


def _main_drug(tables: MonthlyTables) -> str | None:
    seen = tables.seen()
    if not seen:
        return _of_city(tables)
    loads = tables.loads()
    counts = loads[loads["status"] == "estimate"].groupby("drug", sort=False)["district"].nunique()
    best = [d for d in seen if counts[d] == counts[seen[0]]]
    consumed = tables.of("consumption")
    known = set(consumed.loc[consumed["status"] == "estimate", "drug"])
    withfactor = [d for d in best if d in known]
    return (withfactor or best)[0]


def _of_city(tables: MonthlyTables) -> str | None:
    """Return the first drug of the city with a consumption, else with a load, in an edition without districts."""
    if tables.open_districts:
        return None
    shown = tables.city[tables.city["status"] == "estimate"]
    for quantity in ("users", "consumption", "normalised_load"):
        known = set(shown.loc[shown["quantity"] == quantity, "drug"])
        found = next((drug for drug in tables.drugs if drug in known), None)
        if found is not None:
            return found
    return None


def confidence(p: float, language: str) -> str:
    """Grade a probability in words."""
    grade = "high" if p >= HIGH else "moderate" if p >= MODERATE else "low"
    return say("confidence", grade, language)


def findings(tables: MonthlyTables, language: str) -> list[str]:
    """Return the sentences of the summary: what changed and why, where, which way, how many people."""
    drug = main_drug(tables)
    if drug is None:
        return [say("finding", "level_none", language), say("finding", "users_none", language)]
    if not tables.open_districts:
        row = tables.city_row(drug, "normalised_load")
        # an edition of the city alone tells neither what is withheld nor that a discharge is suspected
        shown = row is not None and row["status"] == "estimate" and not rests_on_error(pd.DataFrame([row]))
        key, load = ("level_city", str(row["text"])) if row is not None and shown else ("level_city_hidden", "")
        level = say("finding", key, language, drug=drug_name(drug, language), load=load)
        return [level, _graded(*_users(tables, drug, language), language)]
    return [
        *_changed(tables, language),
        _graded(*_level(tables, drug, language), language),
        _direction(tables, drug, language),
        _graded(*_users(tables, drug, language), language),
    ]


def _sound(tables: MonthlyTables, rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out of a headline what rests on an error of the check: it stands in the tables, marked."""
    kept = [not tables.in_error(str(d), str(b)) for d, b in zip(rows["district"], rows["drug"], strict=True)]
    return rows[np.array(kept, dtype=bool)]


def _graded(sentence: str, p: float, language: str) -> str:
    grade = confidence(p, language)
    return f"{sentence}（{grade}）" if language == "zh" else f"{sentence} ({grade})"


def drug_alerts(tables: MonthlyTables, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the drug alerts of the month, or of a table of another month, the most certain first."""
    table = tables.alerts if table is None else table
    chosen = table[(table["kind"] == "drug") & table["level"].isin(LEVELS)]
    return chosen.assign(order=chosen["level"].map(LEVELS.index)).sort_values(
        ["order", "ratio"], ascending=[True, False], kind="stable"
    )


def _changed(tables: MonthlyTables, language: str) -> list[str]:
    """Say what passed the rule, each with its size, confidence and any sign of a discharge, the most certain first."""
    names = district_names(tables.estimate, language)
    loads = tables.loads().set_index(["district", "drug"])["text"]
    found = _sound(tables, drug_alerts(tables))
    sure = found[found["level"].isin(["action", "warning"])]
    chosen = sure if len(sure) else found  # what is only watched is told here when there is nothing more
    lines = []
    for row in _records(chosen)[:MOST_CHANGES]:
        key = (str(row["district"]), str(row["drug"]))
        fill = {"district": names[key[0]], "drug": drug_name(key[1], language), "load": loads.get(key, "—")}
        tested = row["p_exceed"] == row["p_exceed"]
        if tested:
            fill |= {"n": int(row["n_history"]), "ratio": f"{row['ratio']:.1f}", "low": f"{row['lower']:.1f}",
                     "high": f"{row['upper']:.1f}", "level": word("alert_level", row["level"], language),
                     "confidence": say("confidence", GRADE_OF[row["level"]], language)}  # fmt: skip
        words = say("finding", "change_item" if tested else "change_first", language, **fill)
        discharge = tables.discharge(*key)
        lines.append(words + (discharge_words(tables, discharge, language) if discharge else ""))
    told = {(str(r["district"]), str(r["drug"])) for r in _records(chosen)[:MOST_CHANGES]}
    lines += [
        f"{place_name(d.district, d.drug, names, language)}{say('text', 'colon', language)}"
        f"{discharge_words(tables, d, language)}"
        for d in tables.discharges
        if (d.district, d.drug) not in told
    ]
    if lines:
        return lines
    rule = rules()["alert"]
    if not tables.alerts.attrs["n_tests"]:
        return [say("finding", "change_untested", language, n=rule["minimum_history"])]
    return [say("finding", "change_none", language, factor=f"{rule['factor']:g}", n=tables.alerts.attrs["n_tests"])]


def place_name(district: str, drug: str, names: dict[str, str], language: str) -> str:
    """Name a drug in a district as a part of a sentence."""
    name = drug_name(drug, language)
    name = name[:1].lower() + name[1:] if name[1:].islower() else name
    return say("text", "place", language, district=names.get(district, ""), drug=name)


def discharge_words(tables: MonthlyTables, found: Discharge, language: str) -> str:
    """Say that the marker ratio of a load speaks of a discharge, and which numbers hold the samples."""
    window = say("finding", "window", language, low=found.window[0], high=found.window[1])
    return say("finding", "discharge", language, n=found.samples, of=found.of, pair=found.pair, ratio=found.ratio,
               side=say("finding", found.side, language), window=window)  # fmt: skip


def discharge_note(tables: MonthlyTables, language: str, key: str, drug: str | None = None) -> list[tuple[str, str]]:
    """Say under a table or picture whether it holds suspected discharge (``discharge_in``) or not (``..._out``)."""
    names = district_names(tables.estimate, language)
    items = [
        say("text", "discharge_item", language, place=place_name(d.district, d.drug, names, language), n=d.samples)
        for d in tables.discharges
        if drug in (None, d.drug)
    ]  # fmt: skip
    return [("text", say("text", key, language, items=join(items, language)))] if items else []


def _level(tables: MonthlyTables, drug: str, language: str) -> tuple[str, float]:
    names = district_names(tables.estimate, language)
    ranking = tables.ranking[(tables.ranking["drug"] == drug) & tables.ranking["median_rank"].notna()]
    row = tables.city_row(drug, "normalised_load")
    load = "—" if row is None or rests_on_error(pd.DataFrame([row])) else str(row["text"])
    ranking = _sound(tables, ranking)
    if len(ranking) < 2:
        return say("finding", "level_none", language), 0.0
    top = ranking.sort_values(["p_first"], ascending=False).iloc[0]
    rivals = ranking[[bool(_letters(g) & _letters(top["group"])) for g in ranking["group"]]]
    if len(rivals) == 1:
        words = say("finding", "level_first", language, drug=drug_name(drug, language), load=load,
                    district=names[str(top["district"])], p=chance(float(top["p_first"])))  # fmt: skip
        return words, float(top["p_first"])
    first = str(top["district"])
    tied = join([names[str(d)] for d in rivals["district"] if d != first], language)
    words = say("finding", "level_tied", language, drug=drug_name(drug, language), load=load, district=names[first],
                p=chance(float(top["p_first"])), districts=tied)  # fmt: skip
    # who cannot be told from another is not first with high confidence
    return words, min(float(top["p_first"]), TIED_MOST)


def _letters(group: str) -> set[str]:
    return set(re.findall(r"[a-z]|\[\d+\]", str(group)))


def _direction(tables: MonthlyTables, drug: str, language: str) -> str:
    names = district_names(tables.estimate, language)
    trends = tables.trends[tables.trends["drug"] == drug]
    parts = []
    for direction in ("rising", "falling", "stable"):
        chosen = trends[trends["direction"] == direction]
        if direction == "stable":
            items = [names[str(d)] for d in chosen["district"]]
        else:
            items = [
                say("finding", "trend_item", language, district=names[str(r["district"])],
                    percent=signed(r["percent_per_month"], 1), low=signed(r["lower"], 1), high=signed(r["upper"], 1))
                for r in chosen.to_dict("records")
            ]  # fmt: skip
        if items:
            parts.append(say("finding", f"trend_{direction}", language, items=join(items, language)))
    n_open = int((trends["direction"] == "inconclusive").sum())
    if n_open:
        parts.append(say("finding", "trend_open", language, n=n_open))
    series = tables.series[(tables.series["drug"] == drug) & (tables.series["n_samples"] > 0)]
    words = say("finding", "trend_some", language, drug=drug_name(drug, language), first=series["month"].min(),
                last=tables.month, parts=say("text", "semicolon", language).join(parts))  # fmt: skip
    called = trends[trends["direction"].isin(["rising", "falling"])]
    # where nothing is called there is nothing to be sure of
    return _graded(words, float(1 - called["q_value"].max()), language) if len(called) else words


def _users(tables: MonthlyTables, drug: str, language: str) -> tuple[str, float]:
    row = tables.city_row(drug, "users")
    if row is None or row["status"] != "estimate" or rests_on_error(pd.DataFrame([row])):
        return say("finding", "users_none", language), 0.0
    # users rest on an assumed scenario: never more than low confidence
    words = say("finding", "users", language, drug=drug_name(drug, language), users=row["text"],
                statement=tables.estimate.scenarios[drug].statement(language))  # fmt: skip
    return words, 0.0


def news(tables: MonthlyTables, language: str) -> list[str]:
    """Say which alerts there are, drug and data apart, and how many false ones to expect."""
    if not tables.open_districts:
        return [say("text", "city_tests", language)]
    names = district_names(tables.estimate, language)
    table = tables.alerts
    drug = drug_alerts(tables)
    data = table[table["kind"] == "data_quality"]
    tests = table.attrs["n_tests"]
    lines = []
    if len(drug):
        items = [_alert_item(tables, r, names, language) for r in _records(drug)]
        lines.append(say("summary", "alerts_some", language, n=len(items), items=join(_few(items), language)))
    else:
        lines.append(say("summary", "alerts_none" if tests else "alerts_untested", language))
    if len(data):
        items = list(dict.fromkeys(_doubt_place(r, names, language) for r in _records(data)))
        lines.append(say("summary", "doubts_some", language, n=len(items), items=join(_few(items), language)))
    if tests:
        lines.append(false_alarms(tables, language))
    return lines


def false_alarms(tables: MonthlyTables, language: str) -> str:
    """Say how many tests were made and how many of them would alarm when nothing has changed."""
    tests, false = (tables.alerts.attrs[k] for k in ("n_tests", "expected_false_alarms"))
    if not tests:
        return say("summary", "alerts_untested", language)
    return say("summary", "false_alarms", language, n=tests, x=f"{false:.1f}")


def _alert_item(tables: MonthlyTables, row: dict[str, Any], names: dict[str, str], language: str) -> str:
    district, drug = str(row["district"]), str(row["drug"])
    return place_name(district, drug, names, language) + (
        say("summary", "alert_discharge", language) if tables.discharge(district, drug) else ""
    )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _few(items: list[str], most: int = 6) -> list[str]:
    return items if len(items) <= most else [*items[:most], f"… (+{len(items) - most})"]


def _doubt_place(row: dict[str, Any], names: dict[str, str], language: str) -> str:
    place = names.get(str(row["district"]), "")
    drug = drug_name(row["drug"], language) if row["drug"] and row["rule"] != "missing" else ""
    return " ".join(w for w in (place, drug, f"[{alert_words(row, language)}]") if w)


def alert_words(row: dict[str, Any], language: str) -> str:
    """Say an alert's reason in a language, from its numbers."""
    rule = str(row["rule"])
    known = ("exceed", "residual", "cusum", "quantifiable", "first_detection", "missing", "together", "batch", "flow")
    if rule not in known:
        return str(row["reason"])
    fill: dict[str, Any] = {}
    if row["p_exceed"] == row["p_exceed"]:
        fill = {"n": int(row["n_history"]), "ratio": f"{row['ratio']:.1f}", "p": chance(float(row["p_exceed"])),
                "factor": f"{rules()['alert']['factor']:g}", "q": f"{row['q_value']:.2f}"}  # fmt: skip
    elif rule in ("together", "batch"):
        fill = {"n": int(row["count"]), "of": int(row["of"])}
    elif rule == "flow":
        fill = {"site": row["site"], "ratio": f"{row['ratio']:.1f}"}
    words = say("alert", rule, language, **fill)
    return words + (say("alert", "doubtful", language) if row["doubtful"] else "")


def next_actions(tables: MonthlyTables, language: str) -> list[str]:
    """Say what to do next: settle data doubts, reduce the largest source, do not rank ties."""
    names = district_names(tables.estimate, language)
    lines = [
        say("summary", "next_discharge", language, place=place_name(d.district, d.drug, names, language))
        for d in tables.discharges
    ]
    if (tables.alerts["kind"] == "data_quality").any():
        lines.append(say("summary", "next_data", language))
    drug = main_drug(tables)
    if drug is not None:
        budget = widest_budget(tables, drug)
        if budget is not None:
            top = budget[budget["comparable"]].iloc[0] if budget["comparable"].any() else budget.iloc[0]
            lines.append(say("summary", "next_budget", language, drug=drug_name(drug, language),
                             source=source_name(str(top["source"]), language),
                             advice=advice_text(str(top["advice"]), language)))  # fmt: skip
    if tables.open_districts:
        lines.append(say("summary", "next_ranks", language))
    elif not lines:
        lines.append(say("summary", "next_none", language))
    return lines


def widest_budget(tables: MonthlyTables, drug: str) -> pd.DataFrame | None:
    """Return the budget of the district with the widest relative interval for a drug."""
    loads = tables.loads()
    loads = loads[(loads["drug"] == drug) & (loads["status"] == "estimate")]
    if loads.empty:
        return None
    widest = int((loads["upper"] / loads["lower"]).to_numpy().argmax())
    district = str(loads["district"].iloc[widest])
    budget: pd.DataFrame = tables.estimate.budget(district, tables.month, drug)
    return budget
