"""The packaged thresholds and words of disclosure, read from ``data/disclosure.toml``.

Refuses an edition that the file does not name.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd

from wbe import packaged
from wbe.errors import one_of
from wbe.messages import Words

__all__ = ["EDITIONS", "edition", "is_city", "of_whole", "rules"]

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


def of_whole(table: pd.DataFrame) -> np.ndarray:
    """Say which rows of a tidy table stand for a city or more: by the column ``area``, else by the area's name.

    Examples
    --------
    >>> of_whole(pd.DataFrame({"district": ["天元区", "城一"], "area": ["district", "city"]})).tolist()
    [False, True]
    """
    named = table["district"].astype(str).isin(rules()["names"]["city"]).to_numpy(bool)
    return named | table["area"].isin(["city", "province", "all"]).to_numpy() if "area" in table else named
