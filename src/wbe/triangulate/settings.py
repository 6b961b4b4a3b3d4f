"""What ``data/triangulate.toml`` holds, as declared classes, and the names of indicators.

Refuses an indicator that is not in the data.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cattrs

from wbe import packaged
from wbe.errors import one_of
from wbe.messages import Words
from wbe.vocabulary import fold

__all__ = [
    "Indicator",
    "Rules",
    "column_of",
    "denominator_of",
    "indicator_named",
    "indicator_of",
    "indicators",
    "rules",
]


@dataclass(frozen=True)
class Rules:
    """When a comparison is made, and which cells are printed."""

    small_count: int
    small_denominator: int
    confounded: float
    fewest_cells: int
    fewest_months: int
    lags: tuple[int, ...]
    shifts: int
    event_window: int
    event_fewest: int


@dataclass(frozen=True)
class Indicator:
    """One thing that offices count: its names, what kind of number it is, and what else moves it."""

    en: str
    zh: str
    aliases: tuple[str, ...]
    kind: str
    policing: bool
    denominators: tuple[str, ...] = ()
    window: int = 1
    enforcement: bool = False

    @property
    def words(self) -> Words:
        """Its name in both languages."""
        return Words(self.en, self.zh)


@functools.cache
def rules() -> Rules:
    """Return the rules of ``data/triangulate.toml``.

    Examples
    --------
    >>> rules().confounded
    0.3
    """
    return cattrs.structure(packaged.toml("triangulate.toml")["rules"], Rules)


@functools.cache
def indicators() -> dict[str, Indicator]:
    """Return every indicator by its name.

    Examples
    --------
    >>> indicators()["hair_positive"].window
    6
    """
    held = packaged.toml("triangulate.toml")["indicators"]
    return {name: cattrs.structure(entry, Indicator) for name, entry in held.items()}


@functools.cache
def _spellings(denominators: bool) -> dict[str, str]:
    return {
        fold(spelling): name
        for name, entry in indicators().items()
        for spelling in (entry.denominators if denominators else (name, entry.en, entry.zh, *entry.aliases))
    }


def indicator_of(text: str) -> str | None:
    """Return the indicator that a header or a cell names, or None.

    Examples
    --------
    >>> indicator_of("毛发阳性"), indicator_of("rainfall")
    ('hair_positive', None)
    """
    return _spellings(False).get(fold(text))


def denominator_of(text: str) -> str | None:
    """Return the indicator whose number of tests a header names, or None.

    Examples
    --------
    >>> denominator_of("尿检人数")
    'urine_positive'
    """
    return _spellings(True).get(fold(text))


def indicator_named(name: str) -> str:
    """Return the indicator that a name means, or refuse it with the nearest.

    Raises
    ------
    UnknownName
    """
    return one_of(indicator_of(str(name)) or str(name), indicators(), Words("indicator", "指标"))


@functools.cache
def _columns() -> dict[str, str]:
    held = packaged.toml("triangulate.toml")["columns"]
    return {fold(spelling): role for role, spellings in held.items() for spelling in (role, *spellings)}


def column_of(text: str) -> str | None:
    """Return what a column of a table of counts holds, or None.

    Examples
    --------
    >>> column_of("区县"), column_of("检测人数"), column_of("weather")
    ('district', 'denominator', None)
    """
    return _columns().get(fold(text))
