"""Text that a spreadsheet would run is made harmless before it is written to a table.

Refuses nothing: numbers, and texts that are numbers, stay as they are.
"""

from __future__ import annotations

import re
from typing import TypeVar, cast

__all__ = ["neutralise"]

T = TypeVar("T")

_UNSEEN = re.compile(r"^[\s\x00-\x1f\u00a0\u3000\u200b\ufeff]+")
_NUMBER = re.compile(r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*%?\s*$")


def neutralise(value: T) -> T:
    """Make a text harmless in a spreadsheet: one that would run as a formula gets a leading apostrophe.

    Numbers, and texts that are numbers (``-0.5``), stay as they are.

    Examples
    --------
    >>> neutralise("=1+2"), neutralise("-0.5"), neutralise("@SUM(A1)"), neutralise(-0.5), neutralise("天元区")
    ("'=1+2", '-0.5', "'@SUM(A1)", -0.5, '天元区')
    """
    if not isinstance(value, str) or not value:
        return value
    lead = _UNSEEN.sub("", value)[:1]
    if (lead in ("=", "+", "-", "@", "＝", "＋", "－", "＠") or value[0] in "\t\r\n") and not _NUMBER.match(value):
        return cast("T", "'" + value)
    return value
