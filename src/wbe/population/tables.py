"""The population room's packaged tables: bases, markers, the agency rule and places.

Refuses a basis or a marker that the tables do not name.
"""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any

from wbe.errors import FactorError


@functools.cache
def settings() -> dict[str, Any]:
    """Return ``data/population.toml``: bases, markers, ensemble, coverage and the agency rule.

    Examples
    --------
    >>> settings()["basis"]["unknown"]["cv"] > settings()["basis"]["census"]["cv"]
    True
    """
    text = resources.files("wbe").joinpath("data/population.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def places() -> dict[str, dict[str, Any]]:
    """Return the packaged places, ``data/places/*.toml``, by file name.

    Examples
    --------
    >>> [u["contained_in"] for u in places()["zhuzhou"]["unit"] if u["kind"] == "functional_zone"]
    ['石峰区']
    """
    folder = resources.files("wbe").joinpath("data/places")
    return {
        item.name.removesuffix(".toml"): tomllib.loads(item.read_text(encoding="utf-8"))
        for item in sorted(folder.iterdir(), key=lambda p: p.name)
        if item.name.endswith(".toml")
    }


def basis(name: str) -> dict[str, Any]:
    """Return one basis of a reported population: ``cv``, ``status``, ``source``, ``note``, ``zh``, ``en``.

    Raises
    ------
    FactorError
        The basis is not in the table; the known ones are listed.

    Examples
    --------
    >>> basis("census")["zh"]
    '普查人口'
    """
    table = settings()["basis"]
    if name not in table:
        raise FactorError(
            f"population_basis: got {name!r}; needed one of {', '.join(table)}. Say what the number counts."
        )
    return dict(table[name])


def marker_kind(marker: str) -> str:
    """Return ``"water"`` (a water-quality variable) or ``"human"`` (an excreted compound).

    Raises
    ------
    FactorError
        The marker is not in the table; the known ones are listed.
    """
    table = settings()["marker"]
    if marker not in table:
        raise FactorError(f"population marker: got {marker!r}; needed one of {', '.join(table)}.")
    return str(table[marker]["kind"])
