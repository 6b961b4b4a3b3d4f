"""The decision summary: three findings of one sentence each with their confidence, what is new, what to do.

Refuses a winner where districts cannot be separated, and certainty that the tables do not have.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from wbe.plot.words import district_names, drug_name
from wbe.reporting.material import Material
from wbe.reporting.words import advice_text, chance, join, say, signed, source_name

HIGH, MODERATE = 0.95, 0.8


def main_drug(material: Material) -> str | None:
    """Return the drug seen in most districts this month; of equals, the one with the profile's factor first."""
    seen = material.seen()
    if not seen:
        return _of_city(material)
    loads = material.loads()
    counts = loads[loads["status"] == "estimate"].groupby("drug", sort=False)["district"].nunique()
    best = [d for d in seen if counts[d] == counts[seen[0]]]
    withfactor = [d for d in best if (material.of("consumption").query("drug == @d")["status"] == "estimate").any()]
    return (withfactor or best)[0]


def _of_city(material: Material) -> str | None:
    """Return the first drug of the city with a consumption, else with a load, in an edition without districts."""
    if material.open_districts:
        return None
    shown = material.city[material.city["status"] == "estimate"]
    for quantity in ("users", "consumption", "normalised_load"):
        known = set(shown.loc[shown["quantity"] == quantity, "drug"])
        found = next((drug for drug in material.drugs if drug in known), None)
        if found is not None:
            return found
    return None


def confidence(p: float, language: str) -> str:
    """Grade a probability in words."""
    grade = "high" if p >= HIGH else "moderate" if p >= MODERATE else "low"
    return say("confidence", grade, language)


def findings(material: Material, language: str) -> list[str]:
    """Return three sentences: where and which drug, which way, how many people."""
    drug = main_drug(material)
    if drug is None:
        return [say("finding", "level_none", language), say("finding", "users_none", language)]
    if not material.open_districts:
        row = material.city_row(drug, "normalised_load")
        load = "—" if row is None else str(row["text"])
        level = say("finding", "level_city", language, drug=drug_name(drug, language), load=load)
        return [level, _graded(*_users(material, drug, language), language)]
    return [
        _graded(*_level(material, drug, language), language),
        _graded(*_direction(material, drug, language), language),
        _graded(*_users(material, drug, language), language),
    ]


def _graded(sentence: str, p: float, language: str) -> str:
    grade = confidence(p, language)
    return f"{sentence}（{grade}）" if language == "zh" else f"{sentence} ({grade})"


def _level(material: Material, drug: str, language: str) -> tuple[str, float]:
    names = district_names(material.estimate, language)
    ranking = material.ranking[(material.ranking["drug"] == drug) & material.ranking["median_rank"].notna()]
    row = material.city_row(drug, "normalised_load")
    load = "—" if row is None else str(row["text"])
    if len(ranking) < 2:
        return say("finding", "level_none", language), 0.0
    top = ranking.sort_values(["p_first"], ascending=False).iloc[0]
    rivals = ranking[[bool(set(g) & set(str(top["group"]))) for g in ranking["group"]]]
    if len(rivals) == 1:
        words = say("finding", "level_first", language, drug=drug_name(drug, language), load=load,
                    district=names[str(top["district"])], p=chance(float(top["p_first"])))  # fmt: skip
        return words, float(top["p_first"])
    first = str(top["district"])
    tied = join([names[str(d)] for d in rivals["district"] if d != first], language)
    words = say("finding", "level_tied", language, drug=drug_name(drug, language), load=load, district=names[first],
                p=chance(float(top["p_first"])), districts=tied)  # fmt: skip
    return words, float(top["p_first"])


def _direction(material: Material, drug: str, language: str) -> tuple[str, float]:
    names = district_names(material.estimate, language)
    trends = material.trends[material.trends["drug"] == drug]
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
    words = say("finding", "trend_some", language, drug=drug_name(drug, language),
                parts=say("text", "semicolon", language).join(parts))  # fmt: skip
    called = trends[trends["direction"].isin(["rising", "falling"])]
    return words, float(1 - called["q_value"].max()) if len(called) else 0.0


def _users(material: Material, drug: str, language: str) -> tuple[str, float]:
    row = material.city_row(drug, "users")
    if row is None or row["status"] != "estimate":
        return say("finding", "users_none", language), 0.0
    # users rest on an assumed scenario: never more than low confidence
    words = say("finding", "users", language, drug=drug_name(drug, language), users=row["text"],
                statement=material.estimate.scenarios[drug].statement(language))  # fmt: skip
    return words, 0.0


def news(material: Material, language: str) -> list[str]:
    """Say which alerts there are, drug and data apart, and how many false ones to expect."""
    names = district_names(material.estimate, language)
    table = material.alerts
    drug = table[(table["kind"] == "drug") & table["level"].isin(["action", "warning", "watch"])]
    data = table[table["kind"] == "data_quality"]
    lines = []
    if len(drug):
        items = [
            f"{names.get(str(r['district']), '')} {drug_name(str(r['drug']), language)}".strip() for r in _records(drug)
        ]
        lines.append(say("summary", "alerts_some", language, n=len(items), items=join(_few(items), language)))
    else:
        lines.append(say("summary", "alerts_none", language))
    if len(data):
        items = list(dict.fromkeys(_doubt_place(r, names, language) for r in _records(data)))
        lines.append(say("summary", "doubts_some", language, n=len(items), items=join(_few(items), language)))
    tests, false = table.attrs["n_tests"], table.attrs["expected_false_alarms"]
    lines.append(say("summary", "false_alarms", language, n=tests, x=f"{false:.1f}"))
    return lines


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
    from wbe.trends import rules

    rule = str(row["rule"])
    if rule not in ("exceed", "first_detection", "missing", "together", "batch", "flow"):
        return str(row["reason"])
    fill: dict[str, Any] = {}
    if rule == "exceed":
        fill = {"n": int(row["n_history"]), "ratio": f"{row['ratio']:.1f}", "p": chance(float(row["p_exceed"])),
                "factor": f"{rules()['alert']['factor']:g}", "q": f"{row['q_value']:.2f}"}  # fmt: skip
    elif rule in ("together", "batch"):
        fill = {"n": int(row["count"]), "of": int(row["of"])}
    elif rule == "flow":
        fill = {"site": row["site"], "ratio": f"{row['ratio']:.1f}"}
    words = say("alert", rule, language, **fill)
    return words + (say("alert", "doubtful", language) if row["doubtful"] else "")


def next_actions(material: Material, language: str) -> list[str]:
    """Say what to do next: settle data doubts, reduce the largest source, do not rank ties."""
    lines = []
    if (material.alerts["kind"] == "data_quality").any():
        lines.append(say("summary", "next_data", language))
    drug = main_drug(material)
    if drug is not None:
        budget = widest_budget(material, drug)
        if budget is not None:
            top = budget[budget["comparable"]].iloc[0] if budget["comparable"].any() else budget.iloc[0]
            lines.append(say("summary", "next_budget", language, drug=drug_name(drug, language),
                             source=source_name(str(top["source"]), language),
                             advice=advice_text(str(top["advice"]), language)))  # fmt: skip
    lines.append(say("summary", "next_ranks", language))
    return lines


def widest_budget(material: Material, drug: str) -> pd.DataFrame | None:
    """Return the budget of the district with the widest relative interval for a drug."""
    loads = material.loads()
    loads = loads[(loads["drug"] == drug) & (loads["status"] == "estimate")]
    if loads.empty:
        return None
    widest = int((loads["upper"] / loads["lower"]).to_numpy().argmax())
    district = str(loads["district"].iloc[widest])
    return material.estimate.budget(district, material.month, drug)
