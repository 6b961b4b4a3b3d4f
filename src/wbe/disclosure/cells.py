"""Rows of a tidy table as disclosure sees them: their amounts, their rounding, and what a hidden row keeps.

Refuses to keep anything in a hidden row that could follow from its number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from wbe.disclosure.rules import of_whole, rules
from wbe.disclosure.secondary_suppression import secondary
from wbe.messages import render
from wbe.population import holders, units

__all__ = [
    "LABELS",
    "NUMBERS",
    "additive_amounts",
    "bare",
    "blank",
    "holder_positions",
    "numbers",
    "rounding_grid",
    "says_something",
    "unresolved",
    "with_secondary",
]

# columns that survive in a hidden row: labels and counts of samples, nothing that follows from the number
LABELS = (
    "area",
    "district",
    "month",
    "drug",
    "biomarker",
    "quantity",
    "unit",
    "n_samples",
    "population",
    "n_districts",
)
COUNTS = ("n_samples", "n_detected", "n_districts", "population")
NUMBERS = ("median", "lower", "upper")


def rounding_grid(low: float, mid: float, high: float, base: float) -> float:
    """Round to the edition's base, or to two digits of the interval's narrower side if that is coarser."""
    side = min(mid - low, high - mid) if math.isfinite(mid) else high
    if not (math.isfinite(side) and side > 0):
        return float(base)
    return float(max(base, 10.0 ** (math.floor(math.log10(side)) - 1)))


def numbers(table: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column as floats; NaN where it is missing or no number."""
    if column not in table:
        return np.full(len(table), np.nan)
    return pd.to_numeric(table[column], errors="coerce").to_numpy(float)


def unresolved(table: pd.DataFrame) -> np.ndarray:
    """Which rows give no more than what the truth lies below, since where it comes from is open."""
    return (table["status"] == "origin_unresolved").to_numpy() & np.isfinite(numbers(table, "upper"))


def says_something(table: pd.DataFrame) -> np.ndarray:
    """Which rows hold a number or a bound."""
    return table["status"].isin(["estimate", "incomplete", "below_limit", "found"]).to_numpy() | unresolved(table)


def blank(table: pd.DataFrame, hidden: np.ndarray) -> None:
    """Leave labels only: whatever else a row carries could follow from the hidden number."""
    for column in table.columns:
        if column in LABELS:
            continue
        if column == "status":
            table.loc[hidden, column] = "suppressed"
        elif column == "text":
            table.loc[hidden, column] = render("disclosure-not-shown", {})
        elif column == "n_detected":
            table.loc[hidden, column] = 0
        elif column in NUMBERS or pd.api.types.is_numeric_dtype(table[column]):
            table[column] = table[column].astype(float).mask(hidden)
        else:
            table.loc[hidden, column] = ""


def bare(table: pd.DataFrame) -> None:
    """Leave no count beside a number: how many samples, people and units stand behind it says whose are missing."""
    for column in COUNTS:
        if column in table:
            table[column] = np.nan


def additive_amounts(table: pd.DataFrame) -> np.ndarray:
    """Amount of each row that adds up over areas; none below a limit, nothing shown, or a quantity that never adds."""
    kinds = rules()["quantities"]
    per_head = table["quantity"].isin(kinds["per_head"]).to_numpy()
    adds = per_head | table["quantity"].isin(kinds["additive"])
    counted = table["status"].isin(["estimate", "incomplete"]).to_numpy() & adds
    amount = numbers(table, "median") * np.where(per_head, numbers(table, "population"), 1.0)
    return np.where(counted, np.nan_to_num(amount), 0.0)


def with_secondary(
    table: pd.DataFrame,
    hidden: np.ndarray,
    quantities: Sequence[str],
    unit_table: pd.DataFrame | None,
    protection: float,
) -> np.ndarray:
    """Add to the hidden rows the further ones that protect them, month by month and drug by drug.

    Parameters
    ----------
    table : DataFrame
        Tidy table; rows of the city are left alone.
    hidden : ndarray of bool (row,)
    quantities : sequence of str
        These follow from each other and are hidden together.
    unit_table, protection
        As in :meth:`wbe.disclosure.Policy.apply`.

    Returns
    -------
    ndarray of bool (row,)
    """
    out = hidden.copy()
    district = ~of_whole(table)
    rows = np.flatnonzero(district & table["quantity"].isin(quantities).to_numpy())
    if not out[rows].any():
        return out
    area, areas = pd.factorize(table["district"].iloc[rows].astype(str))
    kind, kinds = pd.factorize(table["quantity"].iloc[rows])
    group = table.iloc[rows].groupby(["month", "drug"], sort=False).ngroup().to_numpy()
    amount, holder = additive_amounts(table)[rows], holder_positions([str(a) for a in areas], unit_table)
    order = np.argsort(group, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        own_rows = out[rows[part]]
        if own_rows.all() or not own_rows.any():
            continue
        amounts = np.zeros((len(kinds), len(areas)))
        np.add.at(amounts, (kind[part], area[part]), amount[part])
        own = np.zeros(len(areas), dtype=bool)
        own[area[part][own_rows]] = True
        out[rows[part]] |= secondary(amounts, own, holder, protection)[area[part]]
    return out


def holder_positions(areas: list[str], unit_table: pd.DataFrame | None) -> list[int]:
    """Return for each area the position of the nearest listed area that it lies in, or -1."""
    if unit_table is None:
        unit_table = units(xr.Dataset(coords={"district": ("sample", np.array(areas, dtype=object))}))
    positions = []
    for area in areas:
        listed = [h for h in holders(area, unit_table) if h in areas] if area in unit_table.index else []
        positions.append(areas.index(listed[0]) if listed else -1)
    return positions
