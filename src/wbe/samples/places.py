"""Levels of places: a town lies in a county or zone, these in a city, a city in a province, at any depth.

Refuses a level that does not exist, a place inside one of its own level or below, and a circle.
"""

from __future__ import annotations

from collections.abc import Mapping

from wbe.errors import Fault, hint

__all__ = ["LEVELS", "chain", "holder_of_level", "level_of", "place_faults"]

#: from the outermost to the innermost
LEVELS = ("province", "city", "county", "zone", "town")
_OF_KIND = {"county": "county", "functional_zone": "zone"}


def level_of(unit: Mapping[str, str]) -> str:
    """Return the level of a unit: as it says, else by its kind, else county.

    Examples
    --------
    >>> level_of({"level": "town"}), level_of({"kind": "functional_zone"}), level_of({})
    ('town', 'zone', 'county')
    """
    return unit.get("level") or _OF_KIND.get(unit.get("kind", ""), "county")


def chain(name: str, inside: Mapping[str, str]) -> list[str]:
    """Return the places that a place lies in, the nearest first; the last may be one that nothing is said about.

    Examples
    --------
    >>> chain("白关镇", {"白关镇": "芦淞区", "芦淞区": "株洲市", "株洲市": "湖南省"})
    ['芦淞区', '株洲市', '湖南省']
    """
    found: list[str] = []
    at = inside.get(name, "")
    while at and at not in found and at != name:
        found.append(at)
        at = inside.get(at, "")
    return found


def holder_of_level(name: str, units: Mapping[str, Mapping[str, str]], level: str) -> str:
    """Return the place of one level that a unit lies in, or an empty text.

    Examples
    --------
    >>> holder_of_level("a", {"a": {"contained_in": "b"}, "b": {"level": "city"}}, "city")
    'b'
    """
    inside = {unit: row.get("contained_in", "") for unit, row in units.items()}
    found = (p for p in chain(name, inside) if p in units and level_of(units[p]) == level)
    return next(found, "")


def place_faults(units: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, Fault]]:
    """Say what is wrong with the levels of a table of units: unit, column and fault.

    Examples
    --------
    >>> [(unit, fault.code) for unit, _, fault in place_faults({"a": {"level": "vilage"}})]
    [('a', 'samples-unit-level')]
    """
    inside = {unit: row.get("contained_in", "") for unit, row in units.items()}
    found = []
    for name, row in units.items():
        level = level_of(row)
        if level not in LEVELS:
            known = hint(level, LEVELS)
            found.append((name, "level", Fault("samples-unit-level", level=level, known=LEVELS, hint=known)))
            continue
        outer = inside[name]
        if outer == name or name in chain(outer, inside):
            found.append((name, "contained_in", Fault("samples-unit-circle", unit=name)))
            continue
        above = level_of(units[outer]) if outer in units else ""
        if above in LEVELS and LEVELS.index(above) >= LEVELS.index(level):
            fault = Fault("samples-unit-upside-down", unit=name, level=level, outer=outer, above=above)
            found.append((name, "contained_in", fault))
    return found
