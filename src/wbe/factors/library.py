"""The claims: one immutable row for each published number, with what it is, who printed it and how far to trust it.

Refuses rows that contradict themselves: fractions outside 0-1, a mass fraction offered as molar, unknown ids.
"""

from __future__ import annotations

import functools
import io
import re
import tomllib
from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from wbe.errors import FactorError
from wbe.factors.compound_table import compounds, known_id, mass_of, packaged, unknown

STATUSES = ("verified", "user", "derived", "memory")
"""From the most to the least trusted; a factor takes the worst of its claims."""
BASES = ("molar", "mass", "unstated")
ABSORBABLE = ("sewer_loss", "sorption", "deconjugation", "unused", "recovery")
"""Corrections that a claim may already include."""
QUANTITIES = (
    "excretion_fraction", "excretion_total", "bioavailability", "biomarker_per_use", "half_life", "load_ratio",
    "no_factor", "dose", "purity", "use_days", "amount_per_user_day", "prevalence", "use_per_person", "rate", "loss",
    "formation", "formation_class", "stability_class", "residue", "change", "half_life_photolysis",
    "solids_fraction", "source_share", "consumption", "detection_limit", "marker_per_head", "ratio_window",
)  # fmt: skip
TABLES = (
    "excretion", "dose", "use", "stability", "sorption", "sources", "detection_limits", "marker_per_head",
)  # fmt: skip
_FRACTIONS = ("excretion_fraction", "excretion_total", "bioavailability", "solids_fraction", "source_share",
              "prevalence", "purity", "loss")  # fmt: skip
_NUMBERS = ("value", "low", "high", "spread", "correction_factor", "temperature", "ph", "lod", "loq",
            "mass_per_head", "cv")  # fmt: skip
_LISTS = ("derived_from", "supersedes", "absorbs")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
# printed correction factors are rounded to two or three figures
_ROUNDING = 0.05
_NEAR = 0.02

Overlay = str | PathLike[str] | Mapping[str, Any]


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
    faults = []
    for column in _NUMBERS:
        if column not in rows:
            continue
        text = rows[column].astype(str).str.strip()
        number = pd.to_numeric(text.where(text != "", None), errors="coerce")
        odd = (text != "") & number.isna()
        faults += [
            f"{table} row {r}: {column} is {t!r}; needed a number"
            for r, t in zip(rows.loc[odd, "row"], text[odd], strict=True)
        ]
        rows[column] = number.astype(float)
    if faults:
        raise FactorError("\n".join(faults))
    if "id" not in rows:
        raise FactorError(f"{table}: no column 'id'; each claim needs one.")
    return rows.set_index("id")


@functools.cache
def _shipped() -> pd.DataFrame:
    tables = []
    for table in TABLES:
        raw = pd.read_csv(io.StringIO(packaged(f"claims/{table}.csv")), dtype=str, keep_default_na=False)
        raw = raw.rename(columns={"marker": "biomarker", "source": "citation"})
        if "quantity" not in raw:
            raw["quantity"] = {"detection_limits": "detection_limit"}.get(table, table)
        rows = tidy(raw, f"claims/{table}.csv")
        if table == "marker_per_head":
            rows["value"] = rows["mass_per_head"]
        tables.append(rows)
    windows = pd.read_csv(io.StringIO(packaged("ratio_windows.csv")), dtype=str, keep_default_na=False)
    windows["basis"], windows["quantity"] = windows["quantity"], "ratio_window"
    windows["biomarker"] = windows["numerator"] + "/" + windows["denominator"]
    tables += [tidy(windows, "ratio_windows.csv"), tidy(_use_scenarios(), "use_scenarios.toml")]
    merged = join(tables)
    check(merged)
    return merged


def _use_scenarios() -> pd.DataFrame:
    """Use-days and purities of the use scenarios, which hold them together with the amounts they belong to."""
    rows = []
    for scenario in tomllib.loads(packaged("use_scenarios.toml"))["scenario"]:
        for group in scenario.get("class", ()):
            base = {
                "drug": scenario["drug"], "population": f"users, class {group['name']}", "status": scenario["status"],
                "citation": scenario["source"], "note": scenario["note"], "biomarker": "",
            }  # fmt: skip
            name = f"{scenario['name']}-{group['name']}"
            rows.append({
                **base, "id": f"{name}-use-days", "quantity": "use_days", "value": str(group["mean_days"]),
                "spread": str(scenario["days_cv"]), "spread_kind": "cv", "unit": f"d in {scenario['window_days']} d",
            })  # fmt: skip
            if "purity" in group:
                rows.append({
                    **base, "id": f"{name}-purity", "quantity": "purity", "value": str(group["purity"]),
                    "spread": str(group["purity_sd"]), "spread_kind": "sd", "unit": "1",
                })  # fmt: skip
    return pd.DataFrame(rows).fillna("")


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
    faults: list[str] = []
    known = set(table.index)
    seen: set[str] = set()
    for record in table.reset_index().to_dict("records"):
        row = {str(k): v for k, v in record.items()}
        place = f"{row['table']} row {row['row']} ({row['id']})"
        found = [*_identity_faults(row), *_number_faults(row), *_basis_faults(row)]
        for column in ("derived_from", "supersedes"):
            missing = [p for p in parts(row.get(column, "")) if p not in known]
            found += [f"{column} names {p!r}, which is no claim" for p in missing]
        if row["id"] in seen:
            found.append("the id is used twice; a claim is never rewritten, add one that supersedes it")
        seen.add(row["id"])
        faults += [f"{place}: {f}" for f in found]
    if faults:
        raise FactorError("\n".join(faults))


def _identity_faults(row: Mapping[str, Any]) -> list[str]:
    faults = []
    if row["status"] not in STATUSES:
        faults.append(f"status is {row['status']!r}; needed one of {', '.join(STATUSES)}")
    if row["quantity"] not in QUANTITIES:
        faults.append(f"quantity is {row['quantity']!r}; needed one of {', '.join(QUANTITIES)}")
    if not row.get("citation"):
        faults.append("no citation; write where the number was printed, or 'no source found'")
    if row.get("doi") and not _DOI.fullmatch(row["doi"]):
        faults.append(f"doi is {row['doi']!r}; needed the form 10.xxxx/...")
    for name in parts(row.get("absorbs", "")):
        if name not in ABSORBABLE:
            faults.append(f"absorbs {name!r}; known corrections: {', '.join(ABSORBABLE)}")
    ids = compounds().index
    if row["quantity"] not in ("marker_per_head", "ratio_window"):
        for column in ("drug", "biomarker"):
            if row.get(column) and row[column] not in ids:
                faults.append(unknown(row[column], ids, column))
    return faults


def _number_faults(row: Mapping[str, Any]) -> list[str]:
    faults = []
    if row["quantity"] in _FRACTIONS:
        for column in ("value", "low", "high"):
            number = row.get(column, np.nan)
            if number > 1:
                faults.append(f"{column} is {number:g}; a fraction is at most 1. Was a percentage meant?")
            if number < 0:
                faults.append(f"{column} is {number:g}; a fraction is not negative")
    low, value, high = (row.get(c, np.nan) for c in ("low", "value", "high"))
    order = [x for x in (low, value, high) if not np.isnan(x)]
    if order != sorted(order):
        faults.append(f"low, value, high are {order}; needed rising order")
    if row["quantity"] == "excretion_fraction" and value == 0:
        faults.append("value is 0; a zero fraction cannot be divided by")
    return faults


def _basis_faults(row: Mapping[str, Any]) -> list[str]:
    """A printed correction factor tells a molar fraction from a mass fraction."""
    if row["quantity"] != "excretion_fraction":
        return []
    basis = row.get("basis", "")
    if basis not in BASES:
        return [f"basis is {basis!r}; write molar (moles per mole of drug) or mass (gram per gram of drug)"]
    printed, value = row.get("correction_factor", np.nan), row.get("value", np.nan)
    if basis != "molar" or np.isnan(printed) or np.isnan(value) or value <= 0:
        return []
    try:
        ratio = mass_of(row["drug"]) / mass_of(row["biomarker"])
    except FactorError:
        return []
    as_molar, as_mass = abs(printed * value / ratio - 1), abs(printed * value - 1)
    # where the molar masses lie close together both readings are near: the nearer one was meant
    if as_molar <= _ROUNDING and (as_molar <= as_mass or as_molar <= _NEAR):
        return []
    if as_mass <= _ROUNDING:
        return [
            f"a mass fraction offered as molar: 1/{value:g} is the printed correction factor {printed:g}, "
            f"which a molar fraction reaches only with the molar mass ratio {ratio:.4g}; write basis = mass"
        ]
    return [f"correction factor {printed:g} does not follow from {value:g} and the mass ratio {ratio:.4g}"]


def table_with(overlay: Overlay | None) -> pd.DataFrame:
    """Return the shipped claims with a user's rows laid over them.

    A user's row with the id of a shipped claim is refused: claims are immutable, a new row supersedes.
    """
    if overlay is None:
        return _shipped()
    from wbe.factors.overlays import read_overlay

    laid = read_overlay(overlay).claims
    if not len(laid):
        return _shipped()
    merged = join([_shipped(), laid])
    check(merged)
    return merged


def claims(
    drug: str | None = None,
    *,
    biomarker: str | None = None,
    quantity: str | None = None,
    status: str | None = None,
    overlay: Overlay | None = None,
) -> pd.DataFrame:
    """Return published claims, one row each.

    Parameters
    ----------
    drug, biomarker : str, optional
        Id, Chinese or English name, or abbreviation (or the id of a population marker). ``drug`` gives also what is
        known of the drug itself in sewage: its loss, sorption and limits.
    quantity : str, optional
        For example ``"excretion_fraction"``, ``"dose"``, ``"half_life"``, ``"marker_per_head"``, ``"no_factor"``.
    status : str, optional
        ``verified`` (read in the source), ``user``, ``derived`` (computed from read numbers) or ``memory``.
    overlay : path or mapping, optional
        A user's own rows (CSV or TOML), laid over the shipped ones.

    Returns
    -------
    DataFrame
        Index ``id``; columns that are empty for the whole selection are left out.

    Raises
    ------
    FactorError
        A filter names something unknown, or the overlay has faults.

    Examples
    --------
    >>> claims("methamphetamine", quantity="excretion_fraction", status="memory")["value"].tolist()
    [0.227, 0.39, 0.43]
    >>> len(claims("冰毒")) == len(claims("methamphetamine"))
    True
    """
    table = table_with(overlay)
    chosen = table
    for column, wanted in (("drug", drug), ("biomarker", biomarker), ("quantity", quantity), ("status", status)):
        if wanted is None:
            continue
        known = sorted(set(table[column]) - {""})
        if wanted not in known and column in ("drug", "biomarker"):
            wanted = known_id(wanted, column)
        elif wanted not in known:
            raise FactorError(f"claims: {unknown(wanted, known, column)} Known: {', '.join(known)}.")
        rows = chosen[column] == wanted
        if column == "drug":  # stability and sorption of the drug itself stand under it as a biomarker
            rows |= (chosen["drug"] == "") & (chosen["biomarker"] == wanted)
        chosen = chosen[rows]
    keep = [c for c in chosen if c in ("table", "row") or bool((chosen[c].notna() & (chosen[c] != "")).any())]
    return chosen[keep].copy()


def claim(name: str, table: pd.DataFrame) -> Mapping[str, Any]:
    """Return one claim as a mapping.

    Raises
    ------
    FactorError
        Unknown id.
    """
    if name not in table.index:
        raise FactorError(f"{unknown(name, table.index, 'claim')} See wbe.factors.claims().")
    return {"id": name, **{str(k): v for k, v in table.loc[name].items()}}


def worst(statuses: list[str]) -> str:
    """Return the least trusted of several statuses.

    Examples
    --------
    >>> worst(["verified", "memory", "derived"])
    'memory'
    """
    return max(statuses, key=STATUSES.index)
