"""The population room's packaged tables: bases, markers, the agency rule and places.

Refuses a basis or a marker that the tables do not name.
"""

from __future__ import annotations

import functools
from typing import Any, TypedDict, cast

from wbe import packaged
from wbe.errors import one_of
from wbe.factors.declared import check_shape
from wbe.messages import Words
from wbe.population.declared import PlaceFile, PopulationFile

__all__ = ["Basis", "basis", "marker_kind", "places", "settings"]


class Basis(TypedDict):
    """One basis of a reported population."""

    cv: float
    status: str
    source: str
    note: str
    zh: str
    en: str


@functools.cache
def settings() -> dict[str, Any]:
    """Return ``data/population.toml``: bases, markers, ensemble, coverage and the agency rule.

    Examples
    --------
    >>> settings()["basis"]["unknown"]["cv"] > settings()["basis"]["census"]["cv"]
    True
    """
    content = packaged.toml("population.toml")
    check_shape(content, PopulationFile, "population.toml")
    return content


@functools.cache
def places() -> dict[str, dict[str, Any]]:
    """Return the packaged places, ``data/places/*.toml``, by file name.

    Examples
    --------
    >>> [u["contained_in"] for u in places()["zhuzhou"]["unit"] if u["kind"] == "functional_zone"]
    ['石峰区']
    """
    found = {name: packaged.toml(f"places/{name}") for name in packaged.names("places") if name.endswith(".toml")}
    for name, content in found.items():
        check_shape(content, PlaceFile, name)
    return {name.removesuffix(".toml"): content for name, content in found.items()}


def basis(name: str) -> Basis:
    """Return one basis of a reported population: ``cv``, ``status``, ``source``, ``note``, ``zh``, ``en``.

    Raises
    ------
    UnknownName
        The basis is not in the table.

    Examples
    --------
    >>> basis("census")["zh"]
    '普查人口'
    """
    table = settings()["basis"]
    one_of(name, table, Words("population basis", "人口口径"))
    return cast("Basis", dict(table[name]))


def marker_kind(marker: str) -> str:
    """Return ``"water"`` (a water-quality variable) or ``"human"`` (an excreted compound).

    Raises
    ------
    UnknownName
        The marker is not in the table.
    """
    table = settings()["marker"]
    one_of(marker, table, Words("population marker", "人口标志物"))
    return str(table[marker]["kind"])
