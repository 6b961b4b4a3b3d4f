"""Statistics of several cities put together in the order of their names, whatever the order in which they come.

Refuses two parts of one city: their months would be compared with half of the city.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from wbe.errors import Fault, InputError
from wbe.variability.statistics import Contrasts, Statistics
from wbe.variability.tables import Keys

__all__ = ["joined"]


def joined(parts: Sequence[Statistics]) -> Statistics:
    """Return the statistics of all cities, sorted by city and site.

    Parameters
    ----------
    parts : sequence of Statistics
        Each city in one of them.

    Raises
    ------
    InputError
        A city comes in two parts.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> from wbe.variability import learn_statistics
    >>> one = learn_statistics(small_city())
    >>> joined([one]).keys == one.keys
    True
    """
    if len(parts) == 1:
        return parts[0]
    named = [c for part in parts for c in part.keys.cities]
    twice = sorted({c for c in named if named.count(c) > 1})
    if twice:
        raise InputError([Fault("variability-repeated", city=" ".join(c).strip() or "?") for c in twice])
    keys, city_order, site_order = _keys(parts)
    held = {
        name: _contrasts([getattr(p, name) for p in parts], parts, keys, order)
        for name, order in (("within", site_order), ("between", site_order), ("city", city_order))
    }
    by = [(p.keys.biomarkers, keys.biomarkers) for p in parts]
    plain = {
        name: np.concatenate([_spread(getattr(p, name), *axis, 1) for p, axis in zip(parts, by, strict=True)])[order]
        for name, order in (("city_day", site_order), ("city_batch", city_order), ("city_walk", city_order))
    }
    labs = [(p.keys.laboratories, keys.laboratories) for p in parts]
    plain |= {
        name: np.concatenate([_spread(getattr(p, name), *axis, 1) for p, axis in zip(parts, labs, strict=True)])[
            city_order
        ]
        for name in ("replicate_square", "replicate_freedom")
    }
    return Statistics(keys, held["within"], held["between"], held["city"], **plain)


def _keys(parts: Sequence[Statistics]) -> tuple[Keys, np.ndarray, np.ndarray]:
    def union(name: str) -> tuple[str, ...]:
        return tuple(sorted({x for p in parts for x in getattr(p.keys, name)}))

    named = [c for p in parts for c in p.keys.cities]
    city_order = np.array(sorted(range(len(named)), key=lambda i: named[i]), dtype=int)
    cities = tuple(named[i] for i in city_order)
    sites = [(p.keys.cities[c], s) for p in parts for c, s in zip(p.keys.city_of, p.keys.sites, strict=True)]
    site_order = np.array(sorted(range(len(sites)), key=lambda i: sites[i]), dtype=int)
    people = np.concatenate([p.keys.population for p in parts])[site_order]
    place = {city: i for i, city in enumerate(cities)}
    city_of = np.array([place[sites[i][0]] for i in site_order], dtype=int)
    keys = Keys(cities, tuple(sites[i][1] for i in site_order), city_of, people, union("biomarkers"), union("kinds"),
                union("laboratories"))  # fmt: skip
    return keys, city_order, site_order


def _spread(values: np.ndarray, names: Sequence[str], all_names: Sequence[str], axis: int) -> np.ndarray:
    """Put one axis into the order of all names, with zeros for those that a part does not have."""
    shape = list(values.shape)
    shape[axis] = len(all_names)
    found = np.zeros(shape)
    place = [list(all_names).index(n) for n in names]
    slot = [slice(None)] * values.ndim
    slot[axis] = place  # type: ignore[call-overload]
    found[tuple(slot)] = values
    return found


def _contrasts(found: list[Contrasts], parts: Sequence[Statistics], keys: Keys, order: np.ndarray) -> Contrasts:
    rows, drugs = (*keys.biomarkers, ""), keys.biomarkers
    merged = {}
    for field in fields(Contrasts):
        pieces = []
        for part, contrast in zip(parts, found, strict=True):
            own = part.keys
            x = _spread(getattr(contrast, field.name), (*own.biomarkers, ""), rows, 1)
            if field.name in ("day", "deviation"):
                x = _spread(x, own.biomarkers, drugs, 2)
            elif field.name == "shared":
                x = _spread(x, (*own.kinds, "\x1fflow"), (*keys.kinds, "\x1fflow"), 2)
            elif field.name == "analysis":
                x = _spread(x, own.laboratories, keys.laboratories, 2)
            pieces.append(x)
        merged[field.name] = np.concatenate(pieces)[order]
    return Contrasts(**merged)
