"""Rounding of what is shown: users to the edition's base and outwards, other numbers to the digits of their text.

Refuses digits by which a search would find what a total was made of.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from wbe.disclosure.cells import NUMBERS, rounding_grid

__all__ = ["round_users", "shorten"]

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
    bounds = table.loc[shown, "status"].isin(list(_SIGN)).to_numpy()
    for i, (bound, (mid, low, high)) in enumerate(zip(bounds, three, strict=True)):
        grid = rounding_grid(low, mid, high, 0.0)
        places = -round(math.log10(grid)) if grid > 0 else 0
        three[i] = [round(x, places) if math.isfinite(x) else x for x in (mid, low, high)]
        if bound and math.isfinite(high) and grid > 0:  # rounded up, so that it stays a bound
            three[i, 2] = round(math.ceil(high / grid - 1e-9) * grid, places)
    if len(three):
        table.loc[shown, list(NUMBERS)] = three
    if "limit" in table:
        table.loc[shown, "limit"] = [_two_digits_up(x) for x in table.loc[shown, "limit"].to_numpy(float)]


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
