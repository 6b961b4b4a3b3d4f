"""What the population behind every number per head rests on, and the corrected value beside the public cotinine rule.

Refuses nothing; it names no site, so that any edition may print it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from wbe.messages import Note
from wbe.plot.words import district_names, drug_name
from wbe.population import describe
from wbe.reporting.blocks import Column, Table
from wbe.reporting.monthly_tables import MonthlyTables
from wbe.reporting.words import say

__all__ = ["population_basis"]

CORRECTED, BETWEEN = "estimation-corrected", "estimation-corrected-between"
COLUMNS = ("district", "drug", "load", "corrected")


def population_basis(tables: MonthlyTables, language: str) -> list[Any]:
    """Build the list of what the population rests on; under the cotinine rule also the corrected loads."""
    method = str(tables.estimate.provenance["population"])
    words = [str(text) for text in describe(tables.estimate.samples, method)[language]]
    blocks: list[Any] = [("lead", say("text", "heads", language)), ("list", words)] if words else []
    rows = _corrected(tables, language)
    if rows:
        columns = tuple(Column(k, say("column", k, language)) for k in COLUMNS)
        blocks.append(Table("corrected", columns, tuple(rows)))
    return blocks


def _in(told: Note, language: str) -> str:
    """The corrected value in the reader's language."""
    if told.code == BETWEEN:
        return say("text", "times_between", language, **told.values)
    return str(told.values["text"])


def _corrected(tables: MonthlyTables, language: str) -> list[dict[str, Any]]:
    names = {**district_names(tables.estimate, language), "city": say("column", "city", language)}
    city = tables.city[tables.city["quantity"] == "normalised_load"]
    said = tables.estimate.remarks("district") | tables.estimate.remarks("city")
    both = pd.concat([tables.loads(), city], ignore_index=True)
    rows = []
    for row in both[both["status"].isin(["estimate", "below_limit"])].to_dict("records"):
        notes = said.get(tuple(str(row[k]) for k in ("district", "month", "drug", "biomarker", "quantity")), ())
        told = next((note for note in notes if note.code in (CORRECTED, BETWEEN)), None)
        if told is not None and str(row["drug"]) in tables.drugs:
            rows.append({
                "district": names.get(str(row["district"]), row["district"]),
                "drug": drug_name(str(row["drug"]), language), "load": row["text"], "corrected": _in(told, language),
            })  # fmt: skip
    return rows
