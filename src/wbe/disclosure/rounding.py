"""Rounding of what is shown: users to the edition's base and outwards, other numbers to the digits of their text.

Refuses digits by which a search would find what a total was made of.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from wbe.disclosure.cells import NUMBERS, rounding_grid
from wbe.disclosure.rules import rules

__all__ = ["round_users", "shorten", "widen"]


def widen(table: pd.DataFrame, shown: np.ndarray) -> None:
    """Widen intervals to the next of a few relative widths, and bounds to the next of a few steps. In place.

    Variances are learnt from hidden samples too, so an interval's exact width is a trace of how a total is parted.

    Parameters
    ----------
    table : DataFrame
        Tidy table.
    shown : ndarray of bool (row,)
    """
    three = table.loc[shown, list(NUMBERS)].to_numpy(float, copy=True)
    for row, bound in zip(three, (table.loc[shown, "status"] == "below_limit").to_numpy(), strict=True):
        mid, low, high = row
        if bound and math.isfinite(high) and high > 0:
            power = 10.0 ** math.floor(math.log10(high))
            row[2] = _next(high / power, rules()["interval"]["steps"]) * power
        elif math.isfinite(mid) and mid > 0 and math.isfinite(high):
            factor = _next(max(high / mid, mid / low if low > 0 else 1.0), rules()["interval"]["factors"])
            row[1], row[2] = (mid / factor if low > 0 else 0.0), mid * factor
    if len(three):
        table.loc[shown, list(NUMBERS)] = three


def _next(value: float, ladder: list[float]) -> float:
    """The first step of a ladder that a value does not pass; beyond its end the value with two digits."""
    found = next((step for step in ladder if value <= step * (1 + 1e-12)), None)
    return _two_digits_up(value) if found is None else float(found)


#: how a bound is written, by status
_SIGN = {"below_limit": "<", "origin_unresolved": "≤"}


def round_users(table: pd.DataFrame, shown: np.ndarray, base: float) -> None:
    """Round users to the edition's base, or coarser where the interval is; the interval outwards. In place.

    Parameters
    ----------
    table : DataFrame
        Tidy table.
    shown : ndarray of bool (row,)
    base : float
        Users.
    """
    rows = shown & (table["quantity"] == "users").to_numpy()
    status = table.loc[rows, "status"].to_numpy()
    texts, values = [], []
    for one, three in zip(status, table.loc[rows, list(NUMBERS)].to_numpy(float), strict=True):
        mid, low, high = (float(x) for x in three)
        grid = rounding_grid(low, mid, high, base)
        mid, low, high = grid * np.round(mid / grid), grid * np.floor(low / grid), grid * np.ceil(high / grid)
        values.append((mid, low, high))
        texts.append(f"{_SIGN[one]} {high:,.0f}" if one in _SIGN else f"{mid:,.0f} ({low:,.0f}–{high:,.0f})")
    if "limit" in table and (status == "below_limit").any():
        texts = _limits(table, rows, np.array(values), texts, base)
    if values:
        table.loc[rows, list(NUMBERS)] = np.array(values)
        table.loc[rows, "text"] = np.array(texts, dtype=object)


def shorten(table: pd.DataFrame, shown: np.ndarray) -> None:
    """Keep the digits that the text has: with all of them, a search finds the hidden parts of a total. In place.

    The draws of a run are the same for whoever knows its seed, so bounds printed to the last digit agree with one set
    of parts only.

    Parameters
    ----------
    table : DataFrame
        Tidy table.
    shown : ndarray of bool (row,)
    """
    three = table.loc[shown, list(NUMBERS)].to_numpy(float, copy=True)
    bounds = (table.loc[shown, "status"] == "below_limit").to_numpy()
    limits = [_two_digits_up(x) for x in table.loc[shown, "limit"].to_numpy(float)] if "limit" in table else None
    texts = table.loc[shown, "text"].astype(str).tolist() if "text" in table else [""] * len(three)
    for i, (bound, (mid, low, high)) in enumerate(zip(bounds, three, strict=True)):
        grid = rounding_grid(low, mid, high, 0.0)
        if not grid > 0:
            continue
        places = -round(math.log10(grid))
        # the interval is rounded outwards, so that it stays one
        three[i] = [_on(mid, places, round), _on(low, places, math.floor), _on(high, places, math.ceil)]
        if bound:
            limit = math.nan if limits is None else limits[i]
            texts[i] = _bound_text(limit, float(three[i, 2]))
        elif math.isfinite(mid):
            texts[i] = "{} ({}–{})".format(*(f"{x:,.{max(places, 0)}f}" for x in three[i]))
    if len(three):
        table.loc[shown, list(NUMBERS)] = three
        if "text" in table:
            table.loc[shown, "text"] = np.array(texts, dtype=object)
    if limits is not None:
        table.loc[shown, "limit"] = limits


def _on(value: float, places: int, how: Callable[[float], float]) -> float:
    """A number on a decimal grid, by rounding, or down or up; what lies on the grid stays."""
    if not math.isfinite(value):
        return value
    scaled = value * 10.0**places
    near = round(scaled)
    return round((near if abs(scaled - near) < 1e-9 * max(1.0, abs(scaled)) else how(scaled)) / 10.0**places, places)


def _bound_text(limit: float, high: float) -> str:
    told = "" if not math.isfinite(limit) else f"< {_plain(limit)}"
    return f"{told} (≤ {_plain(high)})" if told else f"≤ {_plain(high)}"


def _plain(value: float) -> str:
    """A number of two digits as it is."""
    places = 1 - math.floor(math.log10(value)) if value > 0 else 0
    return f"{value:,.{max(places, 0)}f}"


def _two_digits_up(value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        return value
    places = 1 - math.floor(math.log10(value))
    return round(math.ceil(value * 10.0**places - 1e-9) / 10.0**places, places)


def _limits(table: pd.DataFrame, rows: np.ndarray, values: np.ndarray, texts: list[str], base: float) -> list[str]:
    """Round the laboratory's limit as users up, and print it before the bound of the truth."""
    limits = table.loc[rows, "limit"].to_numpy(float)
    grid = np.array([rounding_grid(0.0, math.nan, x, base) if math.isfinite(x) else 1.0 for x in limits])
    limits = np.ceil(limits / grid - 1e-9) * grid
    table.loc[rows, "limit"] = limits
    return [
        f"< {limit:,.0f} (≤ {high:,.0f})" if math.isfinite(limit) else text
        for limit, high, text in zip(limits, values[:, 2], texts, strict=True)
    ]
