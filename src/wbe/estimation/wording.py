"""What people read in a cell: numbers rounded to what is known, bounds as ``< x``, reasons in words.

Refuses digits that the interval does not support.
"""

from __future__ import annotations

import math

REASONS = {
    "no_data": {"en": "no sample", "zh": "无样品"},
    "not_measured": {"en": "not measured", "zh": "未检测"},
    "no_factor": {"en": "no defensible factor", "zh": "无可靠排泄率"},
    "no_dose": {"en": "no dose claim", "zh": "无剂量依据"},
    "no_scenario": {"en": "no use scenario", "zh": "无使用情景"},
    "origin_unresolved": {"en": "origin unresolved", "zh": "来源未解析"},
    "suppressed": {"en": "not shown", "zh": "不予显示"},
    "below_limit": {"en": "not detected, no limit given", "zh": "未检出（未给检出限）"},
    "no_flow": {"en": "flow not known", "zh": "流量未知"},
    "no_population": {"en": "population not known", "zh": "人口未知"},
}


def decimals(median: float, lower: float, upper: float) -> int:
    """Decimals that keep two digits of the narrower side of the interval.

    Examples
    --------
    >>> decimals(22.63, 14.1, 36.0), decimals(0.58, 0.08, 3.16), decimals(12345.0, 8000.0, 21000.0)
    (1, 2, -2)
    """
    side = min(median - lower, upper - median)
    if not math.isfinite(side) or side <= 0:
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
    """Write a median with its interval.

    Examples
    --------
    >>> interval(22.63, 14.1, 36.04), interval(12345.0, 8000.0, 21000.0)
    ('22.6 (14.1–36.0)', '12,300 (8,000–21,000)')
    """
    places = decimals(median, lower, upper)
    return f"{number(median, places)} ({number(lower, places)}–{number(upper, places)})"


def bound(upper: float) -> str:
    """Write an upper bound, rounded up so that it stays one.

    Examples
    --------
    >>> bound(0.4123), bound(123.4)
    ('< 0.42', '< 130')
    """
    places = 1 - math.floor(math.log10(upper))
    scale = 10.0**places
    return f"< {number(math.ceil(upper * scale - 1e-9) / scale, places)}"


def reason(status: str, language: str = "en") -> str:
    """Say in words why there is no number."""
    return REASONS[status][language]
