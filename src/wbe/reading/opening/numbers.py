"""Numbers as cells of text write them: thousands, decimal commas, powers of ten.

Refuses what may be two numbers: it is no number then.
"""

from __future__ import annotations

import re

__all__ = ["number"]

_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_SPACED = re.compile(
    r"^[+-]?\d{1,3}([\s'’])\d{3}(\1\d{3})*([.,]\d+)?$"
)  # 31 000 and 180'000 as SI and Switzerland write
_POINTS = re.compile(r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)?(,\d+)?([eE][+-]?\d+)?$")
# 5x100 is no power of ten, unlike 5x10^2 and what is left of 5x10² after folding
_POWER = re.compile(r"^(.*?)\s*[x×*]\s*10(?:\^\s*([+-]?\d{1,2})|([+-]?[1-9]\d?))$")


def number(text: str, decimal: str = ".") -> float:
    """Return the number that a text writes, or NaN.

    Parameters
    ----------
    text : str
        Digits with an optional exponent (``1.2E3``, ``1.2×10^3``) and thousands commas.
    decimal : str
        ``"."``, or ``","`` in a file that writes decimals with a comma.

    Examples
    --------
    >>> number("1,234.5"), number("0,5", decimal=","), number("1.2×10^3"), number("0,5")
    (1234.5, 0.5, 1200.0, nan)
    >>> number("340.000", decimal=","), number("340.5", decimal=",")
    (340000.0, nan)
    """
    text = text.strip()
    if _SPACED.match(text):
        text = re.sub(r"[\s'’]", "", text)
    power = _POWER.match(text)
    if power:
        return number(power.group(1), decimal) * 10.0 ** int(power.group(2) or power.group(3))
    if decimal == ",":
        text = text.replace(".", "").replace(",", ".") if _POINTS.match(text) else ""
    elif "," in text:
        text = text.replace(",", "") if _THOUSANDS.match(text) else ""
    if "_" in text:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        return float("nan")
