"""What a claim row may hold, and what makes one contradict itself or another.

Refuses fractions outside 0-1, a mass fraction offered as molar, unknown substances, relations that point nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from wbe.errors import WbeError, hint
from wbe.factors.compound_table import compounds, mass_of
from wbe.factors.refusals import refuse, refuse_all
from wbe.factors.rules import rules
from wbe.messages import Note

__all__ = [
    "ABSORBABLE", "BASES", "COLUMNS", "QUANTITIES", "STATUSES", "check", "join", "parts", "place_of", "tidy", "worst",
]  # fmt: skip

STATUSES = ("verified", "user", "derived", "memory")
"""From the most to the least trusted; a factor takes the worst of its claims."""
BASES = ("molar", "mass", "unstated")
ABSORBABLE = ("sewer_loss", "sorption", "deconjugation", "unused", "recovery")
"""Corrections that a claim may already include."""
QUANTITIES = (
    "excretion_fraction", "excretion_total", "bioavailability", "biomarker_per_use", "half_life", "load_ratio",
    "no_factor", "dose", "purity", "use_days", "amount_per_user_day", "prevalence", "use_per_person", "rate", "loss",
    "rate_biofilm", "formation", "formation_class", "stability_class", "residue", "change", "half_life_photolysis",
    "solids_fraction", "source_share", "consumption", "detection_limit", "marker_per_head", "ratio_window",
)  # fmt: skip
_FRACTIONS = ("excretion_fraction", "excretion_total", "bioavailability", "solids_fraction", "source_share",
              "prevalence", "purity", "loss")  # fmt: skip
_NUMBERS = ("value", "low", "high", "spread", "correction_factor", "temperature", "ph", "lod", "loq",
            "mass_per_head", "cv", "df")  # fmt: skip
_LISTS = ("derived_from", "supersedes", "absorbs")
_TEXTS = (
    "id", "quantity", "drug", "biomarker", "spread_kind", "unit", "basis", "dose_form", "dose_basis", "route",
    "analyte_form", "dosing", "window", "n", "design", "population", "country", "year", "distribution", "citation",
    "doi", "url", "status", "evidence", "depends_on", "note", "note_zh", "medium", "biofilm", "product", "period",
    "area", "source_of_load", "method", "parameters",
)  # fmt: skip
COLUMNS = (*_TEXTS, *_NUMBERS, *_LISTS)
"""Every column that a claim of one's own may have."""
_NO_SUBSTANCE = ("marker_per_head", "ratio_window")
_DOI = re.compile(r"10\.\d{4,9}/\S+")


def parts(text: object) -> tuple[str, ...]:
    """Split a ``;`` list of a claim row."""
    return tuple(p.strip() for p in str(text or "").split(";") if p.strip())


def tidy(rows: pd.DataFrame, table: str, first_row: int = 2) -> pd.DataFrame:
    """Give raw text rows their types and their place: index ``id``, columns ``table`` and ``row``.

    Raises
    ------
    FactorError
        A cell that should be a number is not; all such cells are named.
    """
    rows = rows.copy()
    rows.insert(0, "table", table)
    rows.insert(1, "row", np.arange(first_row, first_row + len(rows)))
    if "id" not in rows:
        refuse("factors-claims-without-id", table=table)
    faults = []
    for column in _NUMBERS:
        if column not in rows:
            continue
        text = rows[column].astype(str).str.strip()
        number = pd.to_numeric(text.where(text != "", None), errors="coerce").astype(float)
        odd = (text != "") & ~np.isfinite(number)
        faults += [
            Note("factors-claim-number", place=place_of(row), column=column, came=row[column])
            for row in rows.assign(**{column: text})[odd].to_dict("records")
        ]
        rows[column] = number
    refuse_all(faults)
    return rows.set_index("id")


def place_of(row: Mapping[Any, Any]) -> Note:
    """Return where a claim stands: its table, row and id."""
    return Note("factors-claim-place", table=str(row["table"]), row=int(row["row"]), id=str(row["id"]))


def join(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Stack claim tables of different columns; text cells that a table lacks are empty."""
    columns = list(dict.fromkeys(c for t in tables for c in t.columns))
    stacked = pd.concat([t.reindex(columns=columns) for t in tables if len(t)])
    text = [c for c in columns if c not in (*_NUMBERS, "row")]
    stacked[text] = stacked[text].astype(object).where(stacked[text].notna(), "").astype(str)
    return stacked


def check(table: pd.DataFrame) -> None:
    """Check claims against each other and themselves.

    Raises
    ------
    FactorError
        Every fault at once, each with its table, row and claim id.
    """
    faults: list[Note] = []
    known = set(table.index)
    seen: set[str] = set()
    for record in table.reset_index().to_dict("records"):
        row = {str(k): v for k, v in record.items()}
        place = place_of(row)
        faults += [*_identity_faults(row, place), *_number_faults(row, place), *_basis_faults(row, place)]
        for column in ("derived_from", "supersedes"):
            missing = [p for p in parts(row.get(column, "")) if p not in known]
            faults += [Note("factors-claim-relation", place=place, column=column, name=p) for p in missing]
        if row["id"] in seen:
            faults.append(Note("factors-claim-twice", place=place))
        seen.add(row["id"])
    refuse_all(faults)


def _identity_faults(row: Mapping[str, Any], place: Note) -> list[Note]:
    faults = [
        Note("factors-claim-word", place=place, column=column, came=str(row[column]), known=known)
        for column, known in (("status", STATUSES), ("quantity", QUANTITIES))
        if row[column] not in known
    ]
    faults += [
        Note("factors-claim-word", place=place, column="absorbs", came=name, known=ABSORBABLE)
        for name in parts(row.get("absorbs", ""))
        if name not in ABSORBABLE
    ]
    if not row.get("citation"):
        faults.append(Note("factors-claim-citation", place=place))
    if row.get("doi") and not _DOI.fullmatch(row["doi"]):
        faults.append(Note("factors-claim-doi", place=place, doi=row["doi"]))
    if row["quantity"] in _NO_SUBSTANCE:
        return faults
    ids = compounds().index
    return faults + [
        Note("factors-claim-substance", place=place, column=column, name=row[column], hint=hint(row[column], ids))
        for column in ("drug", "biomarker")
        if row.get(column) and row[column] not in ids
    ]


def _number_faults(row: Mapping[str, Any], place: Note) -> list[Note]:
    faults = []
    numbers = {c: float(row.get(c, np.nan)) for c in ("low", "value", "high")}
    if row["quantity"] in _FRACTIONS:
        for column, number in numbers.items():
            if number > 1:
                faults.append(Note("factors-claim-fraction-above-one", place=place, column=column, came=number))
            if number < 0:
                faults.append(Note("factors-claim-fraction-negative", place=place, column=column, came=number))
    order = [x for x in numbers.values() if not np.isnan(x)]
    if order != sorted(order):
        faults.append(Note("factors-claim-order", place=place, came=order))
    if row["quantity"] == "excretion_fraction" and numbers["value"] == 0:
        faults.append(Note("factors-claim-zero", place=place))
    return faults


def _basis_faults(row: Mapping[str, Any], place: Note) -> list[Note]:
    """A printed correction factor tells a molar fraction from a mass fraction."""
    if row["quantity"] != "excretion_fraction":
        return []
    basis = row.get("basis", "")
    if basis not in BASES:
        return [Note("factors-claim-basis", place=place, came=str(basis))]
    printed, value = row.get("correction_factor", np.nan), row.get("value", np.nan)
    if basis != "molar" or np.isnan(printed) or np.isnan(value) or value <= 0:
        return []
    try:
        ratio = mass_of(row["drug"]) / mass_of(row["biomarker"])
    except WbeError:  # an unknown substance was told already
        return []
    near, rounding = (float(rules()["printed"][k]) for k in ("near", "rounding"))
    as_molar, as_mass = abs(printed * value / ratio - 1), abs(printed * value - 1)
    # where the molar masses lie close together both readings are near: the nearer one was meant
    if as_molar <= rounding and (as_molar <= as_mass or as_molar <= near):
        return []
    code = "factors-claim-mass-as-molar" if as_mass <= rounding else "factors-claim-factor-apart"
    return [Note(code, place=place, value=float(value), printed=float(printed), ratio=f"{ratio:.4g}")]


def worst(statuses: Sequence[str]) -> str:
    """Return the least trusted of several statuses.

    Examples
    --------
    >>> worst(["verified", "memory", "derived"])
    'memory'
    """
    return max(statuses, key=STATUSES.index)
