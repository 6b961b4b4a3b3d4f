"""The packaged thresholds and words of disclosure, read from ``data/disclosure.toml``.

Refuses an edition that the file does not name.
"""

from __future__ import annotations

import functools
from typing import Any

from wbe import packaged
from wbe.errors import one_of
from wbe.messages import Words

__all__ = ["EDITIONS", "edition", "is_city", "rules"]

EDITIONS = ("internal", "public")


@functools.cache
def rules() -> dict[str, Any]:
    """Return ``data/disclosure.toml``.

    Examples
    --------
    >>> rules()["internal"]["minimum_population"]
    5000
    """
    return packaged.toml("disclosure.toml")


def edition(name: str) -> dict[str, Any]:
    """Return the thresholds of one edition.

    Raises
    ------
    UnknownName
        Neither internal nor public.
    """
    return dict(rules()[one_of(name, EDITIONS, Words("edition", "版本"))])


def is_city(name: str) -> bool:
    """Whether an area's name stands for the whole city.

    Examples
    --------
    >>> is_city("全市"), is_city("天元区")
    (True, False)
    """
    return name in rules()["names"]["city"]
