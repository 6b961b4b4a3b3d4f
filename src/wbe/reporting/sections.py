"""The sections with results: matrix, map and ranks, trends, alerts, users, opioids.

Refuses a number without its interval or reason, and heroin from morphine.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pandas as pd

from wbe import plot
from wbe.estimation.wording import reason
from wbe.plot.words import district_names, drug_name, load_name, word
from wbe.population import units
from wbe.reporting.blocks import Column, Illustration, Section, Table, bars
from wbe.reporting.comparison import annual
from wbe.reporting.findings import (
    alert_words,
    discharge_note,
    false_alarms,
    findings,
    main_drug,
    news,
    next_actions,
    place_name,
)
from wbe.reporting.monthly_tables import MonthlyTables, earlier
from wbe.reporting.population_basis import population_basis
from wbe.reporting.words import chance, join, percent_interval, say
from wbe.trends import rules

__all__ = [
    "cell_or_reason",
    "cell_text",
    "column",
    "head",
    "matrix",
    "opioids",
    "real",
    "summary",
    "trend_note",
    "trends",
    "users",
    "where",
]

OPIOIDS = ("morphine", "codeine", "6mam", "heroin", "methadone", "eddp")
MOST_FIGURES = 4
MOST_COLUMNS = 7  # of numbers beside the district, so that a table fits a narrow window and a printed page


def head(key: str, language: str) -> str:
    """Return a column heading."""
    return say("column", key, language)


def column(key: str, language: str, places: int | None = None) -> Column:
    """Return a column named by its key."""
    return Column(key, head(key, language), places)


def cell_text(row: Any, language: str) -> str:
    """Return what people read in a cell: numbers as the estimate wrote them, reasons in the language."""
    text = str(row["text"])
    if text[:1].isdigit() or text[:1] == "<":
        return text
    return reason(str(row["status"]), language)


def cell_or_reason(
    tables: MonthlyTables, table: pd.DataFrame, key: tuple[str, str], language: str
) -> str:  # fmt: skip
    """Return what people read in a cell; without a row there was no sample, or nobody measured it."""
    if key in table.index:
        return cell_text(table.loc[key], language)
    return reason("not_measured" if tables.has_samples(key[0]) else "no_data", language)


def summary(tables: MonthlyTables, language: str) -> Section:
    """Build page one: errors of the check, three findings, what is new, the next action, the caveat."""
    errors = int((tables.checks["severity"] == "error").sum())
    despite = [("statement", say("summary", "despite_errors", language, n=errors))] if errors else []
    return Section("summary", say("title", "summary", language), (
        *despite,
        ("lead", say("summary", "findings", language)), ("numbered", findings(tables, language)),
        ("lead", say("summary", "changed", language)), ("list", news(tables, language)),
        ("lead", say("summary", "next", language)), ("list", next_actions(tables, language)),
        ("lead", say("summary", "caveat", language)), ("text", say("summary", "caveat_text", language)),
    ))  # fmt: skip


def matrix(tables: MonthlyTables, language: str) -> Section:
    """Build the district x drug matrix and the changes of the drugs that were seen."""
    names = district_names(tables.estimate, language)
    known = set(tables.loads()["drug"])
    shown = [d for d in tables.drugs if d in known]
    kept = [] if tables.open_districts else [d for d in shown if tables.kept_back(d)]
    shown = [d for d in shown if d not in kept]
    seen = [d for d in shown if d in tables.seen()] if tables.open_districts else shown
    level = f"{100 * float(tables.estimate.level):g} %"
    interval = say("text", "interval", language, level=level)
    told = say("text", "matrix", language, interval=interval)
    discharge = discharge_note(tables, language, "discharge_in")
    blocks: list[Any] = [("text", told)]
    beside = (told, *(text for _, text in discharge))
    # one table while it fits; else those with an estimate come first
    parts = [shown] if len(shown) <= MOST_COLUMNS else [*_chunks(seen), *_chunks([d for d in shown if d not in seen])]
    parts = [part for part in parts if part]
    for i, part in enumerate(parts):
        if part[0] not in seen and i and parts[i - 1][0] in seen:
            blocks.append(("text", say("text", "matrix_more", language)))
        blocks.append(_matrix(tables, part, f"matrix{i + 1 if i else ''}", names, language, beside))
    blocks += discharge
    blocks += population_basis(tables, language)
    if kept:
        named = join([drug_name(d, language) for d in kept], language)
        blocks.append(("text", say("text", "kept_back", language, drugs=named)))
    if not tables.open_districts:
        return Section(
            "matrix", say("title", "matrix", language), (*blocks, ("text", say("text", "city_only", language)))
        )
    blocks += _contained(tables, names, language)
    blocks += _changes(tables, names, language)
    return Section("matrix", say("title", "matrix", language), tuple(blocks))


def _chunks(drugs: list[str]) -> list[list[str]]:
    return [drugs[i : i + MOST_COLUMNS] for i in range(0, len(drugs), MOST_COLUMNS)]


def _matrix(
    tables: MonthlyTables, shown: list[str], name: str, names: dict[str, str], language: str, beside: tuple[str, ...]
) -> Table:
    """Build one table of loads: districts down (where the edition shows them) and the city, drugs across."""
    loads = tables.loads().set_index(["district", "drug"])
    rows, intervals = [], {}
    for i, district in enumerate(tables.districts if tables.open_districts else ()):
        row: dict[str, Any] = {"district": names[district]}
        for drug in shown:
            row[drug] = cell_or_reason(tables, loads, (district, drug), language)
            cell: Any = loads.loc[(district, drug)] if (district, drug) in loads.index else {"status": "not_measured"}
            if cell["status"] == "estimate":
                intervals[i, drug] = (cell["median"], cell["lower"], cell["upper"])
        rows.append(row)
    rows.append(
        {"district": head("city", language)} | {d: _city(tables, d, "normalised_load", language) for d in shown}
    )
    columns = (column("district", language), *(Column(d, _load_name(tables, d, language)) for d in shown))
    return Table(name, columns, tuple(rows), bars(intervals), beside)


def _load_name(tables: MonthlyTables, drug: str, language: str) -> str:
    biomarker = tables.loads().drop_duplicates("drug").set_index("drug")["biomarker"]
    return load_name(drug, str(biomarker.get(drug, "")), language)


def _contained(tables: MonthlyTables, names: dict[str, str], language: str) -> list[Any]:
    """Say which districts lie inside another, because their numbers overlap."""
    outer = units(tables.estimate.samples)["contained_in"]
    return [
        ("text", say("text", "contained", language, outer=names[str(o)], inner=names[str(i)]))
        for i, o in outer.items()
        if str(i) in names and str(o) in names
    ]


def _city(tables: MonthlyTables, drug: str, quantity: str, language: str) -> str:
    row = tables.city_row(drug, quantity)
    return "—" if row is None else cell_text(row, language)


def _changes(tables: MonthlyTables, names: dict[str, str], language: str) -> list[Any]:
    """Build the table of changes; what holds of every row is said once instead."""
    loads = tables.loads().set_index(["drug", "district"])
    known = set(map(str, tables.estimate.months))
    against = [
        (key, m, table.set_index(["drug", "district"]))
        for key, m, table in (
            ("last_month", earlier(tables.month, 1), tables.last_month),
            ("last_year", earlier(tables.month, 12), tables.last_year),
        )
        if m in known
    ]
    estimated = set(loads.index[loads["status"] == "estimate"])
    cells: list[tuple[str, str, Any]] = [
        (drug, district, loads.loc[(drug, district)])
        for drug in tables.seen()
        for district in tables.districts
        if (drug, district) in estimated
    ]
    if not cells:
        return [("text", say("text", "no_changes", language))]
    rows = [
        {"drug": drug_name(drug, language), "district": names[district], "load": cell_text(cell, language),
         "detected": f"{cell['n_detected']} / {cell['n_samples']}", "population": cell["population"]}
        for drug, district, cell in cells
    ]  # fmt: skip
    said = [("text", say("text", "changes", language))] if against else []
    for key, m, table in against:
        old: list[Any] = [table.loc[(drug, district)] for drug, district, _ in cells]
        compared = [r for r in old if not math.isnan(r["percent"])]
        other = bool(compared) and all("trends-method-pair" in r["note_codes"].split() for r in compared)
        if other:
            said.append(("text", say("text", f"other_method_{key}", language, month=m)))
        for row, then in zip(rows, old, strict=True):
            row[key] = _change(tables, then, m, language, other)
            if key == "last_month":
                row["p_rise"] = chance(float(then["p_rise"]))
    held = [key for key, _, _ in against]
    said += [
        ("text", say("text", f"no_{key}", language, month=earlier(tables.month, by)))
        for key, by in (("last_month", 1), ("last_year", 12))
        if key not in held
    ]
    compared_keys = [k for key in held for k in ((key, "p_rise") if key == "last_month" else (key,))]
    columns = (*(column(k, language) for k in ("drug", "district", "load", *compared_keys, "detected")),
               column("population", language, 0))  # fmt: skip
    return [*said, Table("changes", columns, tuple(rows))]


def _change(tables: MonthlyTables, row: Any, against: str, language: str, said: bool) -> str:
    """Write a change with its interval, or why there is none; ``said``: the change of method needs no word here."""
    text = percent_interval(row["percent"], row["lower"], row["upper"], language)
    if text == "—":
        drug, district = row.name
        series = tables.series
        then = series[(series["month"] == against) & (series["drug"] == drug) & (series["district"] == district)]
        status = "no_data" if then.empty else str(then["status"].iloc[0])
        return say("text", f"earlier_{status if status in ('no_data', 'below_limit') else 'none'}", language,
                   month=against)  # fmt: skip
    text += " %"
    if "trends-method-pair" in row["note_codes"].split() and not said:
        text += f" [{say('note', 'method_pair', language)}]"
    return text


def where(tables: MonthlyTables, language: str) -> Section:
    """Build the tile map, the rank chart of the main drug and the rank table of every ranked drug."""
    names = district_names(tables.estimate, language)
    drug = main_drug(tables)
    title = say("title", "where", language)
    if not tables.open_districts:
        return Section("where", title, (("text", say("text", "city_only", language)),))
    blocks: list[Any] = [("text", say("text", "ranks", language))]
    if drug is not None:
        blocks += discharge_note(tables, language, "discharge_in", drug)
        told = {"drug": drug_name(drug, language), "month": tables.month, "mark": _mark(tables, language)}
        one = tables.ranking[tables.ranking["drug"] == drug]
        chart = partial(plot.ranks, tables.estimate, ranking=one, language=language)
        blocks.append(Illustration(chart, say("text", "alt_ranks", language, **told), "82%"))
    ranked = tables.ranking[tables.ranking["median_rank"].notna() & (tables.ranking["n_ranked"] > 1)]
    alike = [str(d) for d, g in ranked.groupby("drug", sort=False) if g["group"].nunique() == 1]
    if alike:
        listed = join([drug_name(d, language) for d in alike], language)
        blocks.append(("text", say("text", "one_group", language, drugs=listed)))
    ranked = ranked[~ranked["drug"].isin(alike)]
    rows = [
        {
            "drug": drug_name(r["drug"], language), "district": names[r["district"]],
            "rank": f"{r['median_rank']:.0f} ({r['rank_lower']:.0f}–{r['rank_upper']:.0f})",
            "p_first": chance(r["p_first"]),
            # of three or fewer all are among the first three
            "p_top3": chance(r["p_top3"]) if r["n_ranked"] > 3 else say("text", "none", language),
            "group": r["group"], "n_ranked": r["n_ranked"],
        }
        for r in ranked.to_dict("records")
    ]  # fmt: skip
    keys = ("drug", "district", "rank", "p_first", "p_top3", "group")
    columns = (*(column(k, language) for k in keys), column("n_ranked", language, 0))
    if rows:
        blocks.append(Table("ranks", columns, tuple(rows)))
    return Section("where", title, tuple(blocks))


def _mark(tables: MonthlyTables, language: str) -> str:
    return f"{say('text', 'synthetic', language)}." if tables.estimate.synthetic else ""


def trends(tables: MonthlyTables, language: str) -> Section:
    """Build the trend figures of the drugs that were seen most, and the table of slopes."""
    names = district_names(tables.estimate, language)
    title = say("title", "trends", language)
    if not tables.open_districts:
        return Section("trends", title, (("text", say("text", "city_only", language)), *_never(tables, language)))
    blocks: list[Any] = [("text", say("text", "trends", language))]
    detected = tables.series.groupby("drug", sort=False)["n_detected"].sum().sort_values(ascending=False, kind="stable")
    for drug in [d for d in tables.drugs if detected.get(d, 0) > 0][:MOST_FIGURES]:
        figure = partial(plot.trends, tables.estimate, drug=drug, language=language)
        told = {"drug": drug_name(drug, language), "first": min(tables.estimate.months), "last": tables.month,
                "mark": _mark(tables, language)}  # fmt: skip
        blocks.append(Illustration(figure, say("text", "alt_trends", language, **told)))
    blocks += _never(tables, language)
    known = tables.trends[tables.trends["percent_per_month"].notna()]
    # what is called comes first; what is said of every row is said once
    called = known["direction"].map({"rising": 0, "falling": 0, "stable": 1}).fillna(2)
    known = known.assign(_called=called).sort_values("_called", kind="stable")
    breaks = set(known["breaks"].astype(str))
    shared = breaks.pop() if len(breaks) == 1 and len(known) > 1 else ""
    rows = [
        {
            "drug": drug_name(r["drug"], language), "district": names[r["district"]],
            "direction": word("direction", r["direction"], language),
            "percent": percent_interval(r["percent_per_month"], r["lower"], r["upper"], language),
            "p_rise": chance(r["p_rise"]), "q": f"{_p(r['q_value'])} / {_p(r['kendall_p'])}",
            "detectable": r["detectable_percent"],
            "months": _months(r | {"breaks": ""} if shared else r, language),
        }
        for r in known.to_dict("records")
    ]  # fmt: skip
    columns = (
        *(column(k, language) for k in ("drug", "district", "direction", "percent", "p_rise")),
        column("q", language), column("detectable", language, 0), column("months", language),
    )  # fmt: skip
    if shared:
        blocks.append(("text", say("text", "trend_breaks", language, at=shared)))
    if rows:
        blocks.append(Table("trends", columns, tuple(rows)))
    else:
        blocks.append(("text", say("text", "no_slopes", language)))
    few = tables.trends[tables.trends["percent_per_month"].isna() & (tables.trends["n_detected"] > 0)]
    if len(few):
        items = [place_name(r["district"], r["drug"], names, language) for r in few.to_dict("records")]
        blocks.append(("text", say("text", "no_slope", language, items=join(items, language))))
    return Section("trends", title, tuple(blocks))


def _never(tables: MonthlyTables, language: str) -> list[tuple[str, str]]:
    listed = join([drug_name(d, language) for d in tables.never()], language)
    return [("text", say("text", "never", language, drugs=listed))] if listed else []


def _p(value: float) -> str:
    """Write a p- or q-value, never as 0."""
    if math.isnan(value):
        return "—"
    return f"{value:.2f}" if value >= 0.005 else "< 0.01"


def _months(row: Any, language: str) -> str:
    parts = (f"{row['n_detected']} / {row['n']}", trend_note(row, language))
    return say("text", "semicolon", language).join(part for part in parts if part)


def trend_note(row: Any, language: str) -> str:
    """Say what a reader must know beside a slope, from its counts."""
    notes = []
    if row["n_missing"]:
        notes.append(say("note", "missing", language, n=row["n_missing"]))
    if row["breaks"]:
        at = str(row["breaks"])
        notes.append(say("note", "breaks", language, at=at))
    if row["n"] > row["n_detected"]:
        notes.append(say("note", "below", language, n=row["n"] - row["n_detected"]))
    if 1 < row["n"] <= 4:
        notes.append(say("note", "kendall", language, n=row["n"]))
    return say("text", "semicolon", language).join(notes)


def real(tables: MonthlyTables, language: str) -> Section:
    """Build the alerts with their rule, the doubts about the data and the other explanations."""
    names = district_names(tables.estimate, language)
    if not tables.open_districts:
        return Section("real", say("title", "real", language), (
            ("text", say("text", "city_tests", language)), ("text", say("text", "explanations", language)),
        ))  # fmt: skip
    rule = rules()["alert"]
    high = f"{100 * rule['probability']:g} %"
    table = tables.alerts
    shown = table[(table["level"] != "none") & table["kind"].isin(["drug", "data_quality"])]
    shown = shown[~((shown["rule"] == "missing") & shown.duplicated(["district", "rule"]))]
    order = {"action": 0, "warning": 1, "watch": 2}
    shown = shown.assign(order=shown["level"].map(order)).sort_values(["order", "kind"], kind="stable")
    rows = [_alert_row(tables, r, names, language) for r in shown.to_dict("records")]
    keys = ("kind", "level", "district", "drug", "ratio", "p_exceed", "reason")
    blocks: list[Any] = [
        ("text", say("text", "real", language, factor=f"{rule['factor']:g}", probability=high,
                     fdr=f"{100 * rule['false_discovery_rate']:g} %")
         + say("text", "gap", language)
         + say("text", "levels", language, probability=high, watch=f"{100 * rule['watch_probability']:g} %")),
        ("text", false_alarms(tables, language)),
    ]  # fmt: skip
    if rows:
        blocks.append(Table("alerts", tuple(column(k, language) for k in keys), tuple(rows)))
    else:
        blocks.append(("text", say("text", "no_alerts", language)))
    blocks.append(("text", say("text", "explanations", language)))
    return Section("real", say("title", "real", language), tuple(blocks))


def _alert_row(tables: MonthlyTables, row: dict[Any, Any], names: dict[str, str], language: str) -> dict[str, Any]:
    none = say("text", "none", language)
    exceeded = row["p_exceed"] == row["p_exceed"]
    drug = str(row["drug"]) if row["rule"] != "missing" else ""
    why = alert_words(row, language)
    if exceeded and tables.discharge(str(row["district"]), drug):
        why += say("alert", "discharge", language)
    return {
        "kind": word("alert_kind", row["kind"], language), "level": word("alert_level", row["level"], language),
        "district": names.get(row["district"], none), "drug": drug_name(drug, language) if drug else none,
        "ratio": f"{row['ratio']:.1f} ({row['lower']:.1f}–{row['upper']:.1f})" if exceeded else none,
        "p_exceed": chance(row["p_exceed"]) if exceeded else none, "reason": why,
    }  # fmt: skip


def users(tables: MonthlyTables, language: str) -> Section:
    """Build consumption, doses and users by district, under the sentence that users rest on."""
    names = district_names(tables.estimate, language)
    table, city = tables.table, tables.city
    both = pd.concat([table, city])
    counted = both[(both["quantity"] == "consumption") & both["status"].isin(["estimate", "below_limit"])]
    rows = []
    for drug in [d for d in tables.drugs if d in set(counted["drug"])]:
        part = table[table["drug"] == drug].set_index(["district", "quantity"])
        # without a scenario there is nothing to compare between districts
        known = drug in tables.estimate.scenarios and tables.open_districts
        named = set(part.index.get_level_values("district")) if known else set()
        for district in [d for d in tables.districts if d in named]:
            rows.append(_user_row(part, district, names[district], drug, language))
        whole = city[city["drug"] == drug].set_index(["district", "quantity"])
        if len(whole):
            rows.append(_user_row(whole, str(whole.index[0][0]), head("city", language), drug, language))
    keys = ("drug", "district", "consumption", "doses", "users")
    columns = (*(column(k, language) for k in keys), column("population", language, 0))
    blocks: list[Any] = [("text", say("text", "users", language))]
    statements = tuple(s.statement(language) for d, s in tables.estimate.scenarios.items() if d in tables.drugs)
    blocks += [("statement", s) for s in statements]
    out = discharge_note(tables, language, "discharge_out")
    blocks += out
    without = [d for d in tables.drugs if d not in tables.estimate.scenarios]
    if without:
        listed = join([drug_name(d, language) for d in without], language)
        blocks.append(("text", say("text", "no_users", language, drugs=listed)))
    blocks.append(Table("users", columns, tuple(rows), beside=(*statements, *(text for _, text in out))))
    blocks += annual(tables, language)
    return Section("users", say("title", "users", language), tuple(blocks))


def _user_row(part: pd.DataFrame, district: str, name: str, drug: str, language: str) -> dict[str, Any]:
    row: dict[str, Any] = {"drug": drug_name(drug, language), "district": name}
    for quantity in ("consumption", "doses", "users"):
        key = (district, quantity)
        row[quantity] = cell_text(part.loc[key], language) if key in part.index else None
    row["population"] = part.loc[(district, "consumption"), "population"]
    return row


def opioids(tables: MonthlyTables, language: str) -> Section:
    """Build the opioid page: biomarkers side by side, no heroin from morphine."""
    names = district_names(tables.estimate, language)
    loads = tables.loads().set_index(["district", "drug"])
    biomarker = tables.loads().drop_duplicates("drug").set_index("drug")["biomarker"]
    shown = [d for d in tables.drugs if d in OPIOIDS or str(biomarker.get(d, "")) in OPIOIDS]
    blocks: list[Any] = [
        ("statement", say("text", "opioids", language)),
        ("text", say("text", "opioids_source", language)),
    ]
    if shown:
        rows = [
            {"district": names[d]} | {drug: cell_or_reason(tables, loads, (d, drug), language) for drug in shown}
            for d in (tables.districts if tables.open_districts else ())
        ]
        whole = {drug: _city(tables, drug, "normalised_load", language) for drug in shown}
        rows.append({"district": head("city", language)} | whole)
        # a load is of the biomarker that was measured, not of the drug that it traces
        measured = [(d, drug_name(str(biomarker.get(d, d)), language)) for d in shown]
        columns = (column("district", language), *(Column(d, name) for d, name in measured))
        blocks.append(("text", say("text", "opioids_unit", language)))
        blocks.append(Table("opioids", columns, tuple(rows), beside=(say("text", "opioids_unit", language),)))
    else:
        blocks.append(("text", say("text", "no_opioids", language)))
    return Section("opioids", say("title", "opioids", language), tuple(blocks))
