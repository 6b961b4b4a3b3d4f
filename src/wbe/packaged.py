"""The one door to the data that ship with the library: text, TOML and CSV under ``data/``, read once.

Refuses to be opened for writing, and to hand out a table that a caller could change for everybody else.
"""

from __future__ import annotations

import copy
import csv
import functools
import hashlib
import io
import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeAlias

__all__ = ["Entry", "digest", "folder", "names", "rows", "text", "toml"]

#: what a table of data may hold
Entry: TypeAlias = "str | int | float | bool | list[Entry] | dict[str, Entry] | None"


def _at(name: str) -> Traversable:
    return resources.files("wbe").joinpath(f"data/{name}")


@functools.cache
def text(name: str) -> str:
    """Return a packaged text file, by its path below ``data/``.

    Raises
    ------
    FileNotFoundError
        No such file ships with the library.

    Examples
    --------
    >>> text("variables.toml").startswith("#")
    True
    """
    return _at(name).read_text(encoding="utf-8")


@functools.cache
def _parsed(name: str) -> dict[str, Any]:
    return tomllib.loads(text(name))


def toml(name: str) -> dict[str, Any]:
    """Return a packaged TOML file as a mapping of the caller's own.

    Examples
    --------
    >>> toml("variables.toml")["mass_load"]["unit"]
    'g/d'
    """
    return copy.deepcopy(_parsed(name))


@functools.cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a packaged CSV file, each a mapping of column to text.

    Examples
    --------
    >>> [row["name_en"] for row in rows("holidays_cn.csv") if row["date"] == "2021-10-01"]
    ['National Day']
    """
    return tuple(csv.DictReader(io.StringIO(text(name))))


def names(folder: str) -> list[str]:
    """Return the names of the files in a packaged folder, sorted.

    Examples
    --------
    >>> "default.toml" in names("profiles")
    True
    """
    return sorted(entry.name for entry in _at(folder).iterdir())


def folder(name: str) -> Path:
    """Return the place of a packaged folder on the disk, for data that users read as files.

    Examples
    --------
    >>> folder("profiles").name
    'profiles'
    """
    return Path(str(_at(name)))


@functools.cache
def digest(name: str) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 of a packaged file: which data a result used.

    Examples
    --------
    >>> len(digest("variables.toml"))
    12
    """
    return hashlib.sha256(text(name).encode("utf-8")).hexdigest()[:12]
