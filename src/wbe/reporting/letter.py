"""Reminder letters: to each county its own results, alerts and what is asked of it, as Word and PDF.

Refuses every other county's numbers and names, the city's amounts, and ranks: they would tell one county of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

import xarray as xr

from wbe.errors import one_of
from wbe.exchange.outputs import write_together
from wbe.messages import Words
from wbe.plot.words import district_names, drug_name, load_name, word
from wbe.reporting.blocks import Block, Column, Section, Table
from wbe.reporting.document import Letterhead
from wbe.reporting.findings import alert_words, discharge_words
from wbe.reporting.formats import needed
from wbe.reporting.monthly import EstimateOptions, prepared
from wbe.reporting.monthly_tables import MonthlyTables, earlier
from wbe.reporting.office import word as as_word
from wbe.reporting.sections import cell_text
from wbe.reporting.typeset import pdf
from wbe.reporting.words import languages, percent_interval, say

__all__ = ["letters"]


def letters(
    samples: xr.Dataset | str | Path,
    month: str,
    out: str | Path,
    districts: Iterable[str] | None = None,
    language: str = "zh",
    *,
    letterhead: Letterhead | None = None,
    despite_errors: bool = False,
    **options: Unpack[EstimateOptions],
) -> tuple[Path, ...]:
    """Write a letter to each of some districts: Word and PDF, each with that district's own numbers only.

    Parameters
    ----------
    samples : Dataset or path
        Samples, or what :func:`wbe.read_samples` reads.
    month : str
        ``YYYY-MM``.
    out : path
        Folder; made when it does not exist.
    districts : iterable of str, optional
        By default those with an alert of drugs this month.
    language : {"zh", "en", "zh+en"}
    letterhead : Letterhead, optional
        Who sends it; without an addressee the district's drug office is addressed.
    despite_errors : bool
        Go on although the check finds errors.
    **options
        Passed to :func:`wbe.estimate`.

    Returns
    -------
    tuple of Path

    Raises
    ------
    UnknownName
        A district that the samples do not have.
    InputError, MissingExtra
        As in :func:`wbe.report`; nothing is written then.

    Examples
    --------
    >>> import tempfile
    >>> from wbe.testing import small_city
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = letters(small_city(months=2), "2021-02", folder, ["荷塘区"], draws=1000)
    ...     [path.name for path in files]
    ['wbe-letter-2021-02-荷塘区-zh.docx', 'wbe-letter-2021-02-荷塘区-zh.pdf']
    """
    spoken = languages(language)
    needed(("docx", "pdf"))
    tables = prepared(samples, month, despite_errors=despite_errors, **options)
    known = tables.districts
    asked = _alerted(tables) if districts is None else [one_of(d, known, Words("district", "地区")) for d in districts]
    contents: dict[Path, bytes] = {}
    for district in dict.fromkeys(asked):
        for one in spoken:
            head = _addressed(letterhead or Letterhead(), tables, district, one)
            block = _letter(tables, district, one)
            stem = f"wbe-letter-{month}-{_file_name(district)}-{one}"
            contents[Path(out) / f"{stem}.docx"] = as_word(block, head)
            contents[Path(out) / f"{stem}.pdf"] = pdf(block, head, month)
    if contents:
        write_together(contents)
    return tuple(contents)


def _file_name(district: str) -> str:
    """A district's name as a part of a file's."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in district)[:60]


def _alerted(tables: MonthlyTables) -> list[str]:
    held = tables.alerts
    held = held[(held["kind"] == "drug") & (held["level"] != "none")]
    return [d for d in tables.districts if d in set(held["district"])]


def _addressed(head: Letterhead, tables: MonthlyTables, district: str, language: str) -> Letterhead:
    if head.addressee:
        return head
    name = district_names(tables.estimate, language)[district]
    return replace(head, addressee=say("letter", "addressee", language, district=name))


def _letter(tables: MonthlyTables, district: str, language: str) -> Block:
    name = district_names(tables.estimate, language)[district]
    synthetic = bool(tables.estimate.synthetic)
    told = [say("letter", "why", language, month=tables.month)]
    parts = (
        Section("why", "", tuple(("text", text) for text in told)),
        Section("results", say("letter", "results", language), tuple(_results(tables, district, language))),
        Section("attention", say("letter", "attention", language), (("list", _attention(tables, district, language)),)),
        Section("asked", say("letter", "asked", language), (("list", _asked(tables, district, language)),)),
    )
    return Block(
        language, say("letter", "title", language, district=name, month=tables.month), "",
        say("text", "synthetic", language) if synthetic else "",
        say("text", "synthetic_long", language) if synthetic else "", "", parts,
    )  # fmt: skip


def _results(tables: MonthlyTables, district: str, language: str) -> list[Any]:
    loads = tables.loads()
    own = loads[loads["district"] == district].set_index("drug")
    before = tables.last_month[tables.last_month["district"] == district].set_index("drug")
    rows = []
    for drug in [d for d in tables.drugs if d in own.index]:
        cell: Any = own.loc[drug]
        change: Any = before.loc[drug] if drug in before.index else None
        told = (
            "—" if change is None else percent_interval(change["percent"], change["lower"], change["upper"], language)
        )
        rows.append({
            "drug": load_name(drug, str(cell["biomarker"]), language), "load": cell_text(cell, language),
            "last_month": told if told == "—" else f"{told} %",
            "detected": f"{cell['n_detected']} / {cell['n_samples']}",
        })  # fmt: skip
    if not rows:
        return [("text", say("letter", "no_sample", language))]
    keys = ("drug", "load", "last_month", "detected")
    interval = say("text", "interval", language, level=f"{100 * float(tables.estimate.level):g} %")
    table = Table("own", tuple(Column(k, say("column", k, language)) for k in keys), tuple(rows))
    return [table, ("text", interval)]


def _own_alerts(tables: MonthlyTables, district: str) -> list[dict[str, Any]]:
    held = tables.alerts
    # alerts of several districts together (a batch) tell of others
    held = held[(held["district"] == district) & (held["level"] != "none") & ~held["rule"].isin(["batch"])]
    held = held[~((held["rule"] == "missing") & held.duplicated(["district", "rule"]))]
    return [{str(k): v for k, v in row.items()} for row in held.to_dict("records")]


def _attention(tables: MonthlyTables, district: str, language: str) -> list[str]:
    lines = []
    for row in _own_alerts(tables, district):
        drug = drug_name(str(row["drug"]), language) if row["drug"] and row["rule"] != "missing" else ""
        level = word("alert_level", str(row["level"]), language)
        text = say("letter", "alert", language, drug=drug, level=level, why=alert_words(row, language))
        found = tables.discharge(district, str(row["drug"]))
        lines.append(text + (discharge_words(tables, found, language) if found else ""))
    return lines or [say("letter", "nothing", language)]


def _asked(tables: MonthlyTables, district: str, language: str) -> list[str]:
    dumped = any(d.district == district for d in tables.discharges)
    keys = [*(["resample"] if dumped else []), "verify", "reply"]
    told = [say("letter", key, language, before=earlier(tables.month, -1)) for key in keys]
    return [*told, say("summary", "caveat_text", language)]
