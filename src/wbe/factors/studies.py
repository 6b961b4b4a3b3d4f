"""Studies to be pooled: rows of one's own and published claims, brought to one table of logits and their variances.

Refuses fractions outside 0-1, a study of one's own without a spread, claims of several pairs, and fewer than two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from wbe.factors.claim_rows import place_of
from wbe.factors.compound_table import mass_of, need_table
from wbe.factors.refusals import refuse, refuse_all
from wbe.factors.rules import rules
from wbe.factors.spreads import printed_error
from wbe.messages import Note

__all__ = ["as_studies"]

_NEEDED = ("fraction", "sd", "n")


def as_studies(given: pd.DataFrame | Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return one row for each study: fraction, sd, n, logit, variance; index study.

    Raises
    ------
    FactorError
        Every faulty study, by name.
    """
    tables = [given] if isinstance(given, pd.DataFrame) or not isinstance(given, list | tuple) else list(given)
    parts = [_one(need_table(t, "pool", "study, fraction, sd, n")) for t in tables]
    table = pd.concat(parts) if len(parts) > 1 else parts[0]
    if len(table) < 2:
        refuse("factors-pool-too-few", count=len(table))
    return table


def _one(table: pd.DataFrame) -> pd.DataFrame:
    published = "quantity" in table and "value" in table and "fraction" not in table
    return _claims(table) if published else _own(table)


def _own(studies: pd.DataFrame) -> pd.DataFrame:
    table = studies.set_index("study") if "study" in studies else studies.copy()
    missing = [c for c in _NEEDED if c not in table]
    if missing:
        refuse("factors-pool-columns", missing=missing)
    refuse_all([
        Note("factors-study-number", study=str(name), column=column, came=repr(value))
        for column in _NEEDED
        for name, value in table[column].items()
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or math.isinf(value)
    ])  # fmt: skip
    faults = []
    for name, row in table.iterrows():
        if not 0 < row["fraction"] < 1:
            code = "factors-study-percent" if row["fraction"] > 1 else "factors-study-fraction"
            faults.append(Note(code, study=str(name), came=float(row["fraction"])))
        if not row["sd"] > 0:
            faults.append(Note("factors-study-sd", study=str(name), came=float(row["sd"])))
        if not row["n"] >= 2:
            faults.append(Note("factors-study-persons", study=str(name), came=float(row["n"])))
    refuse_all(faults)
    table = table.astype({"fraction": float, "sd": float})
    return _logits(table, table["sd"] / np.sqrt(table["n"].astype(float)))


def _logits(table: pd.DataFrame, se: pd.Series) -> pd.DataFrame:
    f = table["fraction"]
    return table.assign(logit=special.logit(f), variance=se**2 / (f * (1 - f)) ** 2)


def _claims(table: pd.DataFrame) -> pd.DataFrame:
    """Published claims of one drug and biomarker as studies, each under its id."""
    named = table.reindex(columns=["drug", "biomarker"]).astype(object).fillna("").astype(str)
    pairs = sorted(set(named.itertuples(index=False, name=None)))
    if len(pairs) > 1:
        refuse("factors-pool-pairs", pairs=[f"{d} – {b}" for d, b in pairs])
    unsaid = float(rules()["spread"]["between_studies_logit"])
    rows, faults = [], []
    for name, record in table.iterrows():
        row = {"id": name, **record}
        low, value, high = (float(row.get(c, math.nan)) for c in ("low", "value", "high"))
        value = (low + high) / 2 if math.isnan(value) else value
        if row["quantity"] != "excretion_fraction" or row.get("basis") not in ("molar", "mass"):
            faults.append(Note("factors-pool-no-fraction", place=place_of(row)))
            continue
        scale = mass_of(row["drug"]) / mass_of(row["biomarker"]) if row["basis"] == "mass" else 1.0
        if not 0 < value * scale < 1:
            faults.append(Note("factors-claim-no-number", place=place_of(row)))
            continue
        error = printed_error(row, low, high) * scale
        fraction = value * scale
        n = str(row.get("n", ""))
        rows.append({
            "study": name, "fraction": fraction, "sd": math.nan, "n": float(n) if n.isdigit() else math.nan,
            # nothing printed on its error: as uncertain as any single study
            "se": error if error > 0 else unsaid * fraction * (1 - fraction), "assumed": not error > 0,
        })  # fmt: skip
    refuse_all(faults)
    found = pd.DataFrame(rows, columns=["study", "fraction", "sd", "n", "se", "assumed"]).set_index("study")
    return _logits(found, found["se"]).drop(columns="se")
