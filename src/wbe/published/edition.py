"""An edition as the attacker sees it, and as the office knows it: printed numbers over the samples they rest on.

Refuses nothing; bounds of what nobody detected are no numbers here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wbe.disclosure.cells import rounding_grid
from wbe.estimation.chain import OF_BIOMARKER

if TYPE_CHECKING:
    from wbe.estimation.result import Estimate

__all__ = ["Edition", "Number", "edition"]

SHOWN = ("estimate", "incomplete")


@dataclass(frozen=True)
class Number:
    """One printed number: the range that its digits leave, as a sum over samples.

    Attributes
    ----------
    area, month, biomarker, quantity : str
    low, high : float
        In the quantity's unit: the printed number, half its last digit either side.
    factors : mapping of sample to float
        What one gram a day in each sample adds to the number. Factors, weights, people and the code are public.
    """

    area: str
    month: str
    biomarker: str
    quantity: str
    low: float
    high: float
    factors: Mapping[str, float]

    @property
    def cell(self) -> tuple[str, str, str]:
        """Area, month and biomarker: what one plant's load is hidden in."""
        return self.area, self.month, self.biomarker


@dataclass(frozen=True, eq=False)
class Edition:
    """The numbers of one edition, and for the office alone the loads behind them.

    Attributes
    ----------
    numbers : tuple of Number
    loads : DataFrame
        ``area month biomarker sample site load weight``: each sample's load [g/d] and its weight in the area's mass
        load; never printed.
    protection : float
        No plant's load may be reckoned to within this share of itself.
    minimum_plants : int
    """

    numbers: tuple[Number, ...]
    loads: pd.DataFrame = field(repr=False)
    protection: float
    minimum_plants: int

    def without(self, cells: set[tuple[str, str, str]]) -> Edition:
        """Return the edition without the numbers of some cells."""
        kept = tuple(number for number in self.numbers if number.cell not in cells)
        return Edition(kept, self.loads, self.protection, self.minimum_plants)


def edition(estimate: Estimate, area: str = "city") -> Edition:
    """Return what an estimate prints of its cities under its policy.

    Parameters
    ----------
    estimate : Estimate
    area : {"city", "province", "all"}

    Returns
    -------
    Edition

    Examples
    --------
    >>> import wbe
    >>> from wbe.testing import small_city
    >>> found = edition(wbe.estimate(small_city(districts=6, months=1), policy="public"))
    >>> {number.quantity for number in found.numbers} >= {"mass_load", "consumption"}
    True
    """
    table = estimate.table(area)
    table = table[table["status"].isin(SHOWN)]
    numbers = [
        number
        for (quantity, biomarker), rows in table.groupby(["quantity", "biomarker"], sort=False)
        for number in _numbers(estimate, area, str(quantity), str(biomarker), rows)
    ]
    shown = dict.fromkeys(estimate.chain.traced)
    frames = [_loads(estimate, area, biomarker) for biomarker in shown]
    loads = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    policy = estimate.policy
    return Edition(tuple(numbers), loads, policy.protection, policy.minimum_plants)


def _weights(estimate: Estimate, area: str, quantity: str, substance: str, biomarker: str) -> pd.DataFrame:
    """What each gram of each sample adds to each cell, one row for each of them."""
    engine = estimate.engine
    amount, grid = engine.amount(area, quantity, substance), engine.grid(area)
    shares = amount.rows.tocoo()
    load = engine.central("mass_load", biomarker)[shares.col]
    cell = amount.cell[shares.row]
    place, month = np.divmod(cell, len(grid.months))
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = amount.value[shares.row] * shares.data / load
    keep = np.isfinite(factor) & (load > 0)
    ds = engine.ds
    frame = pd.DataFrame({
        "area": np.array(grid.areas.names, dtype=object)[place], "month": np.array(grid.months, dtype=object)[month],
        "biomarker": biomarker, "sample": ds["sample"].values.astype(str).astype(object)[shares.col],
        "site": ds["site"].values.astype(str).astype(object)[shares.col], "load": load, "weight": factor,
        "value": amount.value[shares.row],
    })  # fmt: skip
    kept: pd.DataFrame = frame[keep]
    return kept


def _loads(estimate: Estimate, area: str, biomarker: str) -> pd.DataFrame:
    loads: pd.DataFrame = _weights(estimate, area, "mass_load", biomarker, biomarker).drop(columns="value")
    return loads


def _numbers(estimate: Estimate, area: str, quantity: str, biomarker: str, rows: pd.DataFrame) -> list[Number]:
    substance = biomarker if quantity in OF_BIOMARKER else str(rows["drug"].iloc[0])
    behind = dict(list(_weights(estimate, area, quantity, substance, biomarker).groupby(["area", "month"])))
    base = float(estimate.policy.round_users_to) if quantity == "users" else 0.0
    found = []
    for row in rows.to_dict("records"):
        part = behind.get((row["district"], row["month"]))
        if part is None:
            continue
        median = float(row["median"])
        half = rounding_grid(float(row["lower"]), median, float(row["upper"]), base) / 2
        half = max(half, abs(median - float(part["value"].iloc[0])))  # the digits are those of the unrounded bounds
        factors = dict(zip(part["sample"], part["weight"].astype(float), strict=True))
        found.append(Number(str(row["district"]), str(row["month"]), biomarker, quantity, max(0.0, median - half),
                            median + half, factors))  # fmt: skip
    return found
