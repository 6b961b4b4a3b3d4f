"""What people read in a cell: numbers rounded to what is known, bounds as ``< x``, reasons in words.

Refuses digits that the interval does not support.
"""

from __future__ import annotations

import math

from wbe.messages import render

__all__ = ["STATUSES", "at_most", "bound", "decimals", "interval", "number", "reason"]

#: what a cell without a number may say
STATUSES = (
    "no_data", "not_measured", "no_factor", "no_dose", "no_scenario", "origin_unresolved", "suppressed", "below_limit",
    "no_flow", "no_population", "found", "rejected", "missing",
)  # fmt: skip


def decimals(median: float, lower: float, upper: float) -> int:
    """Decimals that keep two digits of the narrower side of the interval.

    Examples
    --------
    >>> decimals(22.63, 14.1, 36.0), decimals(0.58, 0.08, 3.16), decimals(12345.0, 8000.0, 21000.0)
    (1, 2, -2)
    """
    side = min(median - lower, upper - median)
    if not math.isfinite(side) or side <= 1e-6 * abs(median):  # what no measurement knows is no digit to print
        side = abs(median) * 0.01 or 1.0
    return 1 - math.floor(math.log10(side))


def number(value: float, places: int) -> str:
    """Write a number rounded to ``places`` decimals (negative: to tens, hundreds).

    Examples
    --------
    >>> number(12345.0, -2), number(0.5, 2)
    ('12,300', '0.50')
    """
    rounded = round(value, places)
    return f"{rounded:,.{max(places, 0)}f}"


def interval(median: float, lower: float, upper: float) -> str:
    """Write a measured amount with its interval.

    Examples
    --------
    >>> interval(22.63, 14.1, 36.04), interval(12345.0, 8000.0, 21000.0)
    ('22.6 (14.1–36.0)', '12,300 (8,000–21,000)')
    """
    places = decimals(median, lower, upper)
    return f"{number(median, places)} ({number(lower, places)}–{number(upper, places)})"


def _up(value: float) -> str:
    """Round up to two digits, so that a bound stays one."""
    places = 1 - math.floor(math.log10(value))
    scale = 10.0**places
    return number(math.ceil(value * scale - 1e-9) / scale, places)


def bound(limit: float, upper: float | None = None) -> str:
    """Write the laboratory's limit as ``< x``, and beside it how high the truth may be, ``(≤ y)``.

    Parameters
    ----------
    limit : float
        The limit as an amount.
    upper : float, optional
        The bound of the truth.

    Examples
    --------
    >>> bound(0.4123, 0.61), bound(123.4)
    ('< 0.42 (≤ 0.61)', '< 130')
    """
    return f"< {_up(limit)}" + ("" if upper is None else f" (≤ {_up(upper)})")


def at_most(upper: float) -> str:
    """Write what the truth lies below, where no more can be said.

    Examples
    --------
    >>> at_most(12.81)
    '≤ 13'
    """
    return f"≤ {_up(upper)}"


def reason(status: str, language: str = "en") -> str:
    """Say in words why there is no number.

    Examples
    --------
    >>> reason("no_flow"), reason("no_flow", "zh")
    ('flow not known', '流量未知')
    """
    return render(f"estimation-status-{status.replace('_', '-')}", {}, language)
