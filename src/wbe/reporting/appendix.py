"""The sections on trust: checks, completeness, uncertainty budget, parameters, method, limits, reading log.

Refuses to hide what was not read and which parameters nobody has verified.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from wbe.estimation.wording import reason
from wbe.plot.words import district_names, drug_name
from wbe.reporting.blocks import Column, Section, Table
from wbe.reporting.findings import main_drug
from wbe.reporting.monthly_tables import MonthlyTables
from wbe.reporting.sections import column
from wbe.reporting.words import advice_text, glossary, provenance_name, say, scope_name, source_name, status_name

__all__ = ["annex", "budget", "completeness", "quality", "unread"]

MOST_ROWS = 40
MOST_MONTHS = 12
LOG_COLUMNS = ("file", "sheet", "layout", "rows", "samples", "cells", "detected", "below_loq", "below_lod",
               "above_uloq", "not_run", "missing", "rejected", "outside")  # fmt: skip


def quality(tables: MonthlyTables, language: str) -> Section:
    """Build the findings of the checks: one row for each code, with its count and first example."""
    checks = tables.checks
    names = district_names(tables.estimate, language)
    title = say("title", "quality", language)
    if checks.empty:
        return Section("quality", title, (("text", say("text", "no_quality", language)),), "annex")
    counts = checks["severity"].value_counts()
    words = say("text", "quality", language, errors=int(counts.get("error", 0)),
                warnings=int(counts.get("warning", 0)), infos=int(counts.get("info", 0)))  # fmt: skip
    message = "message_zh" if language == "zh" else "message"
    # a finding names its sample and may quote its number: an edition of the city alone keeps the counts
    if not tables.open_districts:
        checks = checks.assign(month="", **{message: reason("suppressed", language)})
    rows = [
        {"severity": say("severity", str(severity), language), "check": str(code), "count": len(group),
         "example": str(group[message].iloc[0])}
        for (severity, code), group in checks.groupby(["severity", "code"], sort=False)
    ]  # fmt: skip
    columns = (column("severity", language), column("check", language), column("count", language, 0),
               column("example", language))  # fmt: skip
    now = checks[checks["month"] == tables.month]
    detail = [
        {"severity": say("severity", str(r["severity"]), language), "check": r["code"],
         "district": names.get(str(r["district"]), r["district"]),
         "example": r[message]}
        for r in now.head(MOST_ROWS).to_dict("records")
    ]  # fmt: skip
    blocks: list[Any] = [("text", words), Table("checks", columns, tuple(rows))]
    if detail:
        keys = ("severity", "check", "district", "example")
        blocks.append(("lead", say("text", "checks_month", language, month=tables.month)))
        blocks.append(Table("checks_month", tuple(column(k, language) for k in keys), tuple(detail)))
    if len(now) > MOST_ROWS:
        blocks.append(("text", say("text", "more", language, n=len(now) - MOST_ROWS, sheet="check table")))
    return Section("quality", title, tuple(blocks), "annex")


def completeness(tables: MonthlyTables, language: str) -> Section:
    """Build the number of samples by district and month."""
    from wbe.samples import month as month_of

    title = say("title", "completeness", language)
    if not tables.open_districts:  # who is missing, beside a total that moved, says whose load it was
        return Section("completeness", title, (("text", say("text", "city_only", language)),), "annex")
    names = district_names(tables.estimate, language)
    series = tables.series
    counts = series.groupby(["district", "month"], sort=False)["n_samples"].max()
    months = [str(m) for m in tables.estimate.months][-MOST_MONTHS:]
    rows = [{"district": names[d]} | {m: int(counts.get((d, m), 0)) for m in months} for d in tables.districts]
    have = sum(1 for d in tables.districts if counts.get((d, tables.month), 0) > 0)
    columns = (column("district", language), *(Column(m, m, 0) for m in months))
    samples = tables.estimate.samples
    n_month = int((month_of(samples).values == tables.month).sum())
    words = say("text", "completeness", language, n=len(tables.districts), have=have, month=tables.month,
                samples=n_month)  # fmt: skip
    return Section("completeness", title, (
        ("text", words), Table("completeness", columns, tuple(rows)),
    ), "annex")  # fmt: skip


def budget(tables: MonthlyTables, language: str) -> Section:
    """Build the uncertainty budget of the main drug, district by district."""
    names = district_names(tables.estimate, language)
    title = say("title", "budget", language)
    drug = main_drug(tables)
    if drug is None or not tables.open_districts:
        return Section("budget", title, (("text", say("finding", "no_budget", language)),), "annex")
    loads = tables.loads()
    seen = loads[(loads["drug"] == drug) & (loads["status"] == "estimate")]["district"]
    rows: list[dict[str, Any]] = []
    sources: dict[str, Any] = {}
    for district in [str(d) for d in seen]:
        table = tables.estimate.budget(district, tables.month, drug)
        rows.append({"district": names[district]} | {str(r["source"]): 100 * r["share"] for r in _records(table)})
        sources |= {str(r["source"]): r for r in _records(table)}
    order = sorted(sources, key=lambda name: -sum(row.get(name, 0.0) for row in rows))
    shares = (column("district", language), *(Column(n, f"{source_name(n, language)} %", 1) for n in order))
    advice = [
        {
            "source": source_name(name, language), "scope": scope_name(str(sources[name]["scope"]), language),
            "comparable": say("text", "yes" if sources[name]["comparable"] else "no", language),
            "advice": advice_text(str(sources[name]["advice"]), language),
        }
        for name in order
    ]  # fmt: skip
    keys = ("source", "scope", "comparable", "advice")
    words = say("text", "budget", language, drug=drug_name(drug, language))
    return Section("budget", title, (
        ("text", words), Table("budget", shares, tuple(rows)),
        Table("sources", tuple(column(k, language) for k in keys), tuple(advice)),
    ), "annex")  # fmt: skip


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def annex(tables: MonthlyTables, language: str) -> Section:
    """Build parameters, method, limitations, permitted use, provenance and the reading log."""
    p = tables.estimate.provenance
    words = say("text", "parameters", language, profile=p["profile"], version=p["profile_version"],
                hash=p["profile_hash"], unverified=p["claims_unverified"], claims=p["claims_used"])  # fmt: skip
    profile = tables.estimate.profile
    warning = profile.warning_zh if language == "zh" else profile.warning
    blocks: list[Any] = [("text", words), *([("text", warning)] if warning else []), _parameters(tables, language)]
    blocks += [("text", say("text", key, language)) for key in ("method", "limitations", "permitted")]
    blocks.append(_provenance(tables, language))
    blocks += _reading(tables, language)
    blocks.append(("lead", say("title", "glossary", language)))
    rows = tuple({"term": entry[language], "meaning": entry[f"meaning_{language}"]} for entry in glossary())
    blocks.append(Table("glossary", (column("term", language), column("meaning", language)), rows))
    return Section("annex", say("title", "annex", language), tuple(blocks), "annex")


def _parameters(tables: MonthlyTables, language: str) -> Table:
    table = tables.estimate.profile.describe()
    shown = table[table["drug"].isin(tables.drugs)].dropna(axis=1, how="all")
    numbers = {"fraction": 3, "lower": 3, "upper": 3, "mass_ratio": 4, "correction_factor": 3}
    keys = ("drug", "biomarker", *numbers, "status", "claims", "note")
    columns = tuple(column(k, language, numbers.get(k)) for k in keys if k in shown.columns)
    rows = [
        r
        | {
            "drug": drug_name(r["drug"], language),
            "biomarker": drug_name(r["biomarker"], language) if r["biomarker"] else "",
            "status": status_name(str(r["status"]), language),
        }
        for r in _records(shown)
    ]
    return Table("parameters", columns, tuple(rows))


def _provenance(tables: MonthlyTables, language: str) -> Table:
    # the warning of the profile stands above, in the reader's language
    held = {k: v for k, v in tables.estimate.provenance.items() if k != "profile_warning"}
    held |= {"month": tables.month, "left_out": tables.left_out}
    rows = [{"item": provenance_name(k, language), "value": _told(v, language)} for k, v in held.items()]
    return Table("provenance", (column("item", language), column("value", language)), tuple(rows))


def _told(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return say("text", "yes" if value else "no", language)
    return _flat(value) if value or value == 0 else say("text", "none", language)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{k}: {v}" for k, v in value.items()) or "—"
    return str(value)


def _reading(tables: MonthlyTables, language: str) -> list[Any]:
    text = tables.estimate.samples.attrs.get("reading_log")
    if not text:
        return [("text", say("text", "no_log", language))]
    from wbe.reading.words.log import reading_log

    balance = reading_log(tables.estimate.samples).balance()
    if not tables.open_districts:  # a file may be one county's: its detections would be the county's
        balance = balance.tail(1)
    # a kind of result that no file has is no column
    kept = [c for c in balance.columns if not _numeric(balance[c]) or balance[c].any()]
    columns = tuple(Column(str(c), _log_head(str(c), language), 0 if _numeric(balance[c]) else None) for c in kept)
    rows = tuple({str(k): v for k, v in r.items()} for r in balance[kept].to_dict("records"))
    blocks: list[Any] = [("text", say("text", "log", language)), Table("reading", columns, rows)]
    lost = unread(tables)
    if lost:
        keys = ("file", "sheet", "place", "reason")
        blocks.append(("lead", say("text", "unread", language)))
        blocks.append(Table("unread", tuple(column(k, language) for k in keys), tuple(lost[:MOST_ROWS])))
        if len(lost) > MOST_ROWS:
            blocks.append(("text", say("text", "more", language, n=len(lost) - MOST_ROWS, sheet="not read")))
    return blocks


def unread(tables: MonthlyTables) -> list[dict[str, Any]]:
    """Return every column, row and file that was not read; none where the edition hides districts (they may quote)."""
    if not tables.estimate.samples.attrs.get("reading_log") or not tables.open_districts:
        return []
    from wbe.reading.words.log import reading_log

    log = reading_log(tables.estimate.samples)
    return [
        {"file": r.get("file"), "sheet": r.get("sheet"), "place": str(r.get("column") or r.get("row") or ""),
         "reason": r.get("reason")}
        for r in [*log.unread, *log.skipped]
    ]  # fmt: skip


def _numeric(values: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values))


def _log_head(name: str, language: str) -> str:
    return say("log", name, language) if name in LOG_COLUMNS else name.replace("_", " ")
