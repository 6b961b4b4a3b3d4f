"""The packaged thresholds and words of disclosure, read from ``data/disclosure.toml``.

Refuses an edition that the file does not name.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any

from wbe.errors import DisclosureError

EDITIONS = ("internal", "public")


@functools.cache
def rules() -> dict[str, Any]:
    """Return ``data/disclosure.toml``.

    Examples
    --------
    >>> rules()["internal"]["minimum_population"]
    5000
    """
    text = resources.files("wbe").joinpath("data/disclosure.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def edition(name: str) -> dict[str, Any]:
    """Return the thresholds of one edition.

    Raises
    ------
    DisclosureError
        Neither internal nor public.
    """
    if name not in EDITIONS:
        raise DisclosureError(f"edition: got {name!r}; needed one of {', '.join(EDITIONS)}.")
    return dict(rules()[name])


def is_city(name: str) -> bool:
    """Whether an area's name stands for the whole city.

    Examples
    --------
    >>> is_city("全市"), is_city("天元区")
    (True, False)
    """
    return name in rules()["names"]["city"]
