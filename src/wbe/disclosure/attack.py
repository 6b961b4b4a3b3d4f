"""An attack on what was published: the range of every hidden number that agrees with all that is shown.

Refuses nothing; it reports, so that an edition can be checked before it leaves the house.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from wbe.disclosure.cells import holder_positions, rounding_grid
from wbe.disclosure.rules import is_city, rules

__all__ = ["LINKS", "SLACKS", "audit"]

#: shares by which published numbers are widened, one after the other, until the tables agree
SLACKS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
#: quantities that follow from each other by factors which all districts share
LINKS = (("consumption", "doses", "users", "prevalence"),)


def audit(
    tables: Sequence[pd.DataFrame] | pd.DataFrame,
    unit_table: pd.DataFrame | None = None,
    links: Sequence[Sequence[str]] = LINKS,
    round_users_to: float = 0.0,
) -> pd.DataFrame:
    """Reckon by linear programming what can be known of every hidden cell.

    Parameters
    ----------
    tables : DataFrame or sequence of DataFrame
        Tidy tables as published, of districts and of the city, together.
    unit_table : DataFrame, optional
        From :func:`wbe.population.units`.
    links : sequence of groups of quantities
        Quantities that an attacker takes as proportional over districts: the ratio is read from any cell that shows
        both.
    round_users_to : float
        Base to which the users were rounded, which an attacker must allow for; 0 takes them as exact.

    Returns
    -------
    DataFrame
        ``district month drug quantity lower upper slack``, one row for each hidden cell, in the quantity's own unit.
        Medians are taken to add up exactly, which helps the attacker. Where the tables of a month and drug contradict
        each other (two runs, other plants behind two numbers), every published number is widened by the smallest
        share of itself in which they agree, ``slack``; NaN in all three: they never do, and nothing is said to be safe.

    Examples
    --------
    >>> shown = pd.DataFrame({"district": ["a", "b", "city"], "month": "2021-06", "drug": "x", "quantity": "users",
    ...     "median": [float("nan"), 40.0, 100.0], "upper": [float("nan"), 90.0, 200.0],
    ...     "status": ["suppressed", "estimate", "estimate"], "population": [4e3, 5e4, 6e4]})
    >>> audit(shown)[["lower", "upper"]].values.tolist()
    [[60.0, 60.0]]
    """
    both = pd.concat([tables] if isinstance(tables, pd.DataFrame) else list(tables), ignore_index=True)
    kinds = rules()["quantities"]
    both = both[both["quantity"].isin([*kinds["additive"], *kinds["per_head"]])]
    columns = ["district", "month", "drug", "quantity", "lower", "upper", "slack"]
    frames = [
        _attack(group, month, drug, unit_table, links, round_users_to)
        for (month, drug), group in both.groupby(["month", "drug"], sort=False)
    ]
    found = [f for f in frames if len(f)]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame({c: [] for c in columns})


class _Programme:
    """Variables, bounds and relations of one month and drug; amounts, so that units add up."""

    def __init__(self, areas: list[str], quantities: list[str]):
        self.areas, self.quantities = areas, quantities
        n = len(areas) * len(quantities)
        self.low, self.high = np.zeros(n), np.full(n, np.inf)
        self.rows: list[np.ndarray] = []
        self.right: list[float] = []

    def at(self, area: str, quantity: str) -> int:
        return self.quantities.index(quantity) * len(self.areas) + self.areas.index(area)

    def relate(self, entries: dict[int, float], at_most: float = 0.0) -> None:
        """Add ``sum of entries <= at_most``."""
        row = np.zeros(len(self.low))
        row[list(entries)] = list(entries.values())
        self.rows.append(row)
        self.right.append(at_most)

    def agrees(self) -> bool:
        """Whether any numbers at all satisfy what was published."""
        return not any(np.isnan(self.range(0)))

    def range(self, i: int) -> tuple[float, float]:
        """Return the lowest and highest value of one variable; NaN where the tables contradict each other."""
        from scipy.optimize import linprog

        bounds = np.column_stack([self.low, self.high])
        left, right = (np.array(self.rows), self.right) if self.rows else (None, None)
        aim = np.zeros(len(self.low))
        found = []
        for sign in (1.0, -1.0):
            aim[i] = sign
            solved = linprog(aim, A_ub=left, b_ub=right, bounds=bounds, method="highs")
            nothing = -sign * np.inf if solved.status == 3 else np.nan  # 3: no end on this side
            found.append(sign * float(solved.fun) if solved.status == 0 else nothing)
        return found[0], found[1]


def _attack(
    group: pd.DataFrame,
    month: object,
    drug: object,
    unit_table: pd.DataFrame | None,
    links: Sequence[Sequence[str]],
    round_users_to: float,
) -> pd.DataFrame:
    city = group["district"].astype(str).map(is_city)
    areas = list(dict.fromkeys(group.loc[~city, "district"].astype(str)))
    hidden = group[~city & (group["status"] == "suppressed")]
    if not len(hidden):
        return pd.DataFrame()
    scale = _scales(group)
    for share in SLACKS:
        programme = _Programme(areas, list(dict.fromkeys(group["quantity"])))
        loose = Looseness(round_users_to, share)
        _bounds(programme, group[~city], scale, loose)
        _totals(programme, group[city], scale, holder_positions(areas, unit_table), loose)
        _proportions(programme, group, scale, links, loose)
        if programme.agrees():
            break
    else:
        share = np.nan
    rows = []
    for cell in hidden.to_dict("records"):
        low, high = programme.range(programme.at(str(cell["district"]), cell["quantity"]))
        unit = scale[str(cell["district"]), cell["quantity"]]
        rows.append({
            "district": cell["district"], "month": month, "drug": drug, "quantity": cell["quantity"],
            "lower": low / unit, "upper": high / unit, "slack": share,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _scales(group: pd.DataFrame) -> dict[tuple[str, str], float]:
    per_head = rules()["quantities"]["per_head"]
    heads = pd.to_numeric(group["population"], errors="coerce") if "population" in group else np.ones(len(group))
    return {
        (str(d), q): float(p) if q in per_head and np.isfinite(p) and p > 0 else 1.0
        for d, q, p in zip(group["district"], group["quantity"], heads, strict=True)
    }


class Looseness(NamedTuple):
    """How far a published number may lie from what it was made of."""

    base: float  # users were rounded to it
    share: float  # of every number


def _slack(row: dict[str, Any], loose: Looseness) -> float:
    """Half of the step to which users were rounded, as anyone can tell from the interval; and the share."""
    wide = loose.share * float(row["median"])
    if row["quantity"] != "users" or loose.base <= 0:
        return wide
    return wide + rounding_grid(float(row["lower"]), float(row["median"]), float(row["upper"]), loose.base) / 2


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]


def _bounds(programme: _Programme, rows: pd.DataFrame, scale: dict[tuple[str, str], float], loose: Looseness) -> None:
    for row in _records(rows):
        i = programme.at(str(row["district"]), row["quantity"])
        unit = scale[str(row["district"]), row["quantity"]]
        if row["status"] == "estimate":
            programme.low[i] = max(0.0, (row["median"] - _slack(row, loose)) * unit)
            programme.high[i] = (row["median"] + _slack(row, loose)) * unit
        elif row["status"] in ("below_limit", "origin_unresolved") and np.isfinite(row["upper"]):
            programme.high[i] = row["upper"] * unit
        elif row["status"] != "suppressed":
            programme.high[i] = 0.0


def _totals(
    programme: _Programme, city: pd.DataFrame, scale: dict[tuple[str, str], float], holder: list[int], loose: Looseness
) -> None:
    for row in _records(city[city["status"] == "estimate"]):
        q, unit = row["quantity"], scale[str(row["district"]), row["quantity"]]
        top = [programme.at(a, q) for a, h in zip(programme.areas, holder, strict=True) if h < 0]
        programme.relate(dict.fromkeys(top, 1.0), (row["median"] + _slack(row, loose)) * unit)
        programme.relate(dict.fromkeys(top, -1.0), -(row["median"] - _slack(row, loose)) * unit)
    for q in programme.quantities:
        for i, area in enumerate(programme.areas):
            inside = {programme.at(programme.areas[j], q): 1.0 for j, h in enumerate(holder) if h == i}
            if inside:
                programme.relate(inside | {programme.at(area, q): -1.0})


def _proportions(
    programme: _Programme,
    group: pd.DataFrame,
    scale: dict[tuple[str, str], float],
    links: Sequence[Sequence[str]],
    loose: Looseness,
) -> None:
    """Read each ratio from the largest cell that shows both quantities, and hold all districts to it."""
    shown: dict[str, dict[str, tuple[float, float]]] = {}
    for row in _records(group[(group["status"] == "estimate") & (group["median"] > 0)]):
        unit = scale[str(row["district"]), row["quantity"]]
        cell = shown.setdefault(str(row["district"]), {})
        cell[row["quantity"]] = row["median"] * unit, _slack(row, loose) / row["median"]
    for names in links:
        held = [q for q in names if q in programme.quantities]
        for first, second in itertools.pairwise(held):
            both = [cell for cell in shown.values() if first in cell and second in cell]
            if not both:
                continue
            one = max(both, key=lambda cell: cell[first][0])
            ratio, wide = one[second][0] / one[first][0], one[first][1] + one[second][1]
            for area in programme.areas:
                a, b = programme.at(area, first), programme.at(area, second)
                programme.relate({b: 1.0, a: -ratio * (1 + wide)})
                programme.relate({b: -1.0, a: ratio * (1 - wide)})
