"""Amounts of the last twelve months in kilograms, and what may be believed of the city's change: from the rooms below.

Refuses to fill a month that has no number, and draws of a city where the policy protects loads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from wbe.levels.beliefs import beliefs
from wbe.samples import month as month_of

__all__ = ["city_changes", "kilograms"]

CHANGES = ("drug", "against", "percent", "lower", "upper", "p_rise")
YEAR = 12


def kilograms(estimate: Any, month: str) -> pd.DataFrame:
    """Return the pure drug used in the city in the twelve months up to one, by drug.

    Months add up within each draw, so that what they share (excretion, population) widens the sum as it must.

    Returns
    -------
    DataFrame
        ``drug, median, lower, upper`` [kg], ``text``, ``months`` with a number, ``first, last``. Empty where the
        policy protects loads.
    """
    columns = ["drug", "median", "lower", "upper", "text", "months", "first", "last"]
    if estimate.policy.minimum_population_load > 0:
        return pd.DataFrame(columns=columns)
    table = estimate.table("city")
    year = [str(p) for p in pd.period_range(end=month, periods=YEAR, freq="M")]
    held = table[(table["quantity"] == "consumption") & table["month"].isin(year) & (table["status"] == "estimate")]
    half = float(estimate.level) / 2
    rows = []
    for drug, part in held.groupby("drug", sort=False):
        months = part["month"].tolist()
        if part["district"].nunique() != 1:
            continue
        drawn = estimate.draws("consumption", str(drug), "city").sel(district=part["district"].iloc[0], month=months)
        days = np.array([pd.Period(m, "M").days_in_month for m in months])
        heads = part["population"].to_numpy(dtype=float)
        total = (drawn.to_numpy() * (days * heads) / 1e9).sum(axis=1)  # mg/d/1000 inhabitants -> kg
        low, high = np.quantile(total, [0.5 - half, 0.5 + half])
        # the middle is the sum of the months' printed amounts, as a calculator gives it
        middle = float((part["median"].to_numpy(dtype=float) * days * heads).sum() / 1e9)
        rows.append({
            "drug": drug, "median": middle, "lower": min(low, middle), "upper": max(high, middle),
            "text": _text(middle, low, high), "months": len(months), "first": year[0], "last": month,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _text(middle: float, low: float, high: float) -> str:
    """Two figures of the middle, the ends to the same place.

    Examples
    --------
    >>> _text(51.7, 30.02, 121.4), _text(0.123, 0.05, 0.4)
    ('52 (30–121)', '0.12 (0.05–0.40)')
    """
    places = max(0, 1 - int(np.floor(np.log10(middle)))) if middle > 0 else 0
    return f"{middle:,.{places}f} ({low:,.{places}f}–{high:,.{places}f})"


def city_changes(estimate: Any, month: str, months: tuple[str, ...]) -> pd.DataFrame:
    """Return what may be believed of the city's change from other months to one, by drug.

    Returns
    -------
    DataFrame
        ``drug, against, percent, lower, upper, p_rise``; no row across a change of method, for several cities, and
        where the policy protects loads.
    """
    none = pd.DataFrame(columns=list(CHANGES))
    if estimate.policy.minimum_population_load > 0:
        return none
    held = beliefs(estimate, "normalised_load", until=month)
    if len(held.levels.cities) != 1:
        return none
    city = held.levels.cities[0]
    rows = []
    for against in months:
        if against not in city.months or _methods(estimate, against) != _methods(estimate, month):
            continue
        for drug in map(str, estimate.drugs):
            name = held.named.get(drug, drug)
            if name in city.draws:
                found = held.levels.change(month, against, name, city=city.name[1])
                one = found[found["place"] == ""].iloc[0]
                numbers = {k: 100 * (float(one[n]) - 1) for k, n in
                           (("percent", "ratio"), ("lower", "lower"), ("upper", "upper"))}  # fmt: skip
                rows.append({"drug": drug, "against": against, **numbers, "p_rise": float(one["p_rise"])})
    return pd.DataFrame(rows, columns=list(CHANGES))


def _methods(estimate: Any, month: str) -> frozenset[str]:
    samples = estimate.samples
    if "method_version" not in samples.coords and "method_version" not in samples:
        return frozenset()
    return frozenset(map(str, samples["method_version"].values[month_of(samples).values == month].tolist()))
