"""Which people belong to which unit: catchments meet districts many to many, and a zone inside a district
is never counted beside it. Refuses weights that count people twice or that can be read in two ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy import sparse

from wbe.errors import SchemaError, UncertaintyError
from wbe.messages import Note
from wbe.population.pooling import log_sd
from wbe.population.tables import places, settings
from wbe.samples.places import level_of
from wbe.uncertainty import Term, Uncertain

__all__ = [
    "coverage",
    "holders",
    "non_overlapping",
    "own_weights",
    "to_residents",
    "unit_weights",
    "units",
    "weight_term",
]

_ROUNDING = 5e-3  # weights are typed with two or three digits
COLUMNS = ("name_en", "code", "kind", "level", "contained_in")
_COORDINATES = ("unit_name_en", "unit_code", "unit_kind", "unit_level", "contained_in")


def _gazetteer() -> dict[str, dict[str, Any]]:
    found = {}
    for place in places().values():
        for entry in place["unit"]:
            for name in (entry["name"], *entry.get("aliases", ())):
                found[name] = entry
    return found


def units(samples: xr.Dataset) -> pd.DataFrame:
    """Return the units that the samples speak of.

    Parameters
    ----------
    samples : Dataset
        Samples; with place tables (``unit`` coordinates) these rule, otherwise the districts of the samples are
        the units and the packaged places say which lies inside which.

    Returns
    -------
    DataFrame
        Index ``unit``; ``name_en, code, kind ("county" or "functional_zone"), level`` (county, zone or town) and
        ``contained_in`` (a unit, or ""). Cities and provinces are coordinates of the samples.

    Raises
    ------
    SchemaError
        A unit that contains itself, directly or in a circle.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> units(small_city(districts=["石峰区", "云龙示范区"])).loc["云龙示范区", "contained_in"]
    '石峰区'
    """
    known = _gazetteer()
    if "unit" in samples.dims:
        names = [str(u) for u in samples["unit"].values]
        given = {
            column: [str(v) for v in samples[coordinate].values]
            for column, coordinate in zip(COLUMNS, _COORDINATES, strict=True)
            if coordinate in samples.coords
        }  # fmt: skip
    else:
        names = list(dict.fromkeys(samples["district"].values.astype(str)))
        given = {}
    table = pd.DataFrame(index=pd.Index(names, name="unit", dtype=object))
    for column in COLUMNS:
        default = [known.get(n, {}).get(column, "county" if column == "kind" else "") for n in names]
        table[column] = given.get(column, default)
    told = zip(table["level"], table["kind"], strict=True)
    table["level"] = [level_of({"level": str(level), "kind": str(kind)}) for level, kind in told]
    _no_circles(table)
    return table


def _no_circles(table: pd.DataFrame) -> None:
    inside = table["contained_in"].to_dict()
    circles = []
    for unit in inside:
        seen, at = {unit}, inside[unit]
        while at in inside and at not in seen:
            seen.add(at)
            at = inside[at]
        if at == unit:
            circles.append(Note("population-unit-in-itself", unit=unit))
    if circles:
        raise SchemaError("units", circles)


def holders(unit: str, table: pd.DataFrame) -> list[str]:
    """Return the listed units that a unit lies in, the nearest first.

    Examples
    --------
    >>> holders("b", pd.DataFrame({"contained_in": ["", "a"]}, index=["a", "b"]))
    ['a']
    """
    inside = table["contained_in"].to_dict()
    found, at = [], inside.get(unit, "")
    while at in inside:
        found.append(at)
        at = inside[at]
    return found


def non_overlapping(table: pd.DataFrame | Iterable[str]) -> list[str]:
    """Return the units that may be added up: those that lie in no other listed unit.

    Parameters
    ----------
    table : DataFrame or iterable of str
        From :func:`units`, or names of the packaged places.

    Returns
    -------
    list of str
        In the order given. Their total is the city's; a zone inside one of them adds nothing.

    Examples
    --------
    >>> non_overlapping(["石峰区", "云龙示范区", "天元区"])
    ['石峰区', '天元区']
    >>> non_overlapping(["云龙示范区", "天元区"])
    ['云龙示范区', '天元区']
    """
    if not isinstance(table, pd.DataFrame):
        names, known = list(dict.fromkeys(table)), _gazetteer()
        inside = [known.get(n, {}).get("contained_in", "") for n in names]
        table = pd.DataFrame({"contained_in": inside}, index=names)
    listed = set(table.index)
    return [str(u) for u, holder in table["contained_in"].items() if holder not in listed]


def unit_weights(samples: xr.Dataset) -> xr.DataArray:
    """Return which share of each catchment's people lives in each unit.

    Parameters
    ----------
    samples : Dataset
        Samples, with or without ``catchment_weight`` (catchment, unit). Without it a site belongs wholly to its
        district.

    Returns
    -------
    DataArray (site, unit)
        A unit's weight includes the zones inside it, so the weights over :func:`non_overlapping` units sum to at
        most 1 for each site. What is missing to 1 lives outside the listed units.

    Raises
    ------
    SchemaError
        Weights outside 0..1, above 1 together, a site without a row, or a row that may either include or leave
        out the contained zone: each is named with what to write.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> w = unit_weights(small_city(districts=["石峰区", "云龙示范区"]))
    >>> w.sel(site="云龙示范区污水厂").values.tolist()
    [1.0, 1.0]
    """
    table = units(samples)
    sites = list(dict.fromkeys(samples["site"].values.astype(str)))
    if "catchment_weight" not in samples:
        matrix = _by_district(samples, sites, table)
    else:
        matrix = _by_table(samples, sites, table)
    return xr.DataArray(
        matrix,
        dims=("site", "unit"),
        coords={"site": np.array(sites, dtype=object), "unit": np.array(table.index, dtype=object)},
        name="unit_weight",
    )


def _by_district(samples: xr.Dataset, sites: list[str], table: pd.DataFrame) -> np.ndarray:
    pairs = pd.DataFrame({
        "site": samples["site"].values.astype(str), "district": samples["district"].values.astype(str),
    }).drop_duplicates()  # fmt: skip
    doubled = pairs.loc[pairs["site"].duplicated(), "site"]
    if len(doubled):
        raise SchemaError("catchments", [
            Note("population-site-of-several-districts", site=s)
            for s in dict.fromkeys(doubled)
        ])  # fmt: skip
    district = dict(zip(pairs["site"], pairs["district"], strict=True))
    position = {str(u): at for at, u in enumerate(table.index)}
    lies_in = _lies_in(table)
    row, column = [], []
    for i, site in enumerate(sites):
        at = position[district[site]]
        held = [at, *lies_in.indices[lies_in.indptr[at] : lies_in.indptr[at + 1]]]
        row += [i] * len(held)
        column += held
    matrix = np.zeros((len(sites), len(table)))
    matrix[row, column] = 1.0
    return matrix


def _lies_in(table: pd.DataFrame) -> sparse.csr_matrix:
    """Which listed units each listed unit lies in, at any depth, (unit, unit)."""
    position = {str(u): at for at, u in enumerate(table.index)}
    parent = [position.get(str(u), -1) for u in table["contained_in"]]
    row, column = [], []
    for unit, at in enumerate(parent):
        while at >= 0:
            row.append(unit)
            column.append(at)
            at = parent[at]
    return sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(len(table), len(table)))


def _by_table(samples: xr.Dataset, sites: list[str], table: pd.DataFrame) -> np.ndarray:
    weights = samples["catchment_weight"].transpose("catchment", "unit")
    at = pd.Index([str(c) for c in weights["catchment"].values]).get_indexer(pd.Index(sites))
    problems = [Note("population-site-without-weights", site=s) for s, i in zip(sites, at, strict=True) if i < 0]
    given = np.where(at[:, None] >= 0, np.nan_to_num(weights.values.astype(float))[at], 0.0)
    matrix, found = _nested(sites, given, table)
    if problems or found:
        raise SchemaError("catchments", [*problems, *found])
    return matrix


def _nested(sites: list[str], given: np.ndarray, table: pd.DataFrame) -> tuple[np.ndarray, list[Note]]:
    """Read each row as a partition (the zone beside its holder) or as nested (the holder includes it)."""
    lies_in = _lies_in(table)
    top = np.flatnonzero(np.diff(lies_in.indptr) == 0)
    held = sparse.csr_matrix(given)
    rolled = given + (held @ lies_in).toarray()
    some = (held != 0).astype(float)
    both: np.ndarray = np.asarray((some @ lies_in).multiply(some).sum(axis=1)).ravel() > 0
    sums = {name: matrix[:, top].sum(axis=1) for name, matrix in (("rolled", rolled), ("given", given))}
    no_share = np.asarray(((given < 0) | (given > 1 + _ROUNDING)).any(axis=1))
    above = ~both & ~(sums["rolled"] <= 1 + _ROUNDING)
    whole = {name: np.abs(total - 1) <= _ROUNDING for name, total in sums.items()}
    unclear = both & ~whole["rolled"] & ~whole["given"]
    problems = []
    for i in np.flatnonzero(no_share | above | unclear):
        if no_share[i]:
            said = Note("population-weights-no-shares", site=sites[i], weights=str(given[i].tolist()))
        elif above[i]:
            said = Note("population-weights-above-one", site=sites[i], total=f"{sums['rolled'][i]:.4g}")
        else:
            total, plain = f"{given[i].sum():.4g}", f"{sums['given'][i]:.4g}"
            said = Note("population-weights-read-two-ways", site=sites[i], total=total, top=plain)
        problems.append(said)
    return np.where((both & ~whole["rolled"])[:, None], given, rolled), problems


def own_weights(samples: xr.Dataset) -> xr.DataArray:
    """Return :func:`unit_weights` without the zones inside each unit: shares that may be added over all units.

    Returns
    -------
    DataArray (site, unit)
        For a table that lists 石峰区 without 云龙 and 云龙 beside it.
    """
    whole, table = unit_weights(samples), units(samples)
    own = whole.copy(deep=True)
    position = {str(u): at for at, u in enumerate(table.index)}
    parent = np.array([position.get(str(u), -1) for u in table["contained_in"]], dtype=int)
    zone = np.flatnonzero(parent >= 0)
    inside = sparse.csr_matrix((np.ones(len(zone)), (zone, parent[zone])), shape=(len(table), len(table)))
    own.values -= whole.values @ inside
    return own.clip(min=0.0)


def weight_term(samples: xr.Dataset) -> Term | None:
    """Return the error of the catchment weights as a term by site and unit; None when none was given.

    The spread is a DataArray (site, unit): use it on data with these dimensions.
    """
    if "catchment_weight_cv" not in samples:
        return None
    weights = unit_weights(samples)
    cv = samples["catchment_weight_cv"].transpose("catchment", "unit")
    row = pd.Index([str(c) for c in cv["catchment"].values]).get_indexer(pd.Index(weights["site"].values.astype(str)))
    values = np.where(row[:, None] >= 0, np.nan_to_num(cv.values.astype(float))[row], 0.0)
    spread = xr.DataArray(np.asarray(log_sd(values)), dims=("site", "unit"), coords=weights.coords)
    return Term("catchment_weight", ("site", "unit"), spread)


def coverage(served: Mapping[str, float], residents: Mapping[str, float]) -> pd.DataFrame:
    """Return which share of each unit's residents is served by sampled sewers.

    Parameters
    ----------
    served, residents : mapping of unit to inhabitants

    Returns
    -------
    DataFrame
        Index unit; ``served, residents, coverage``. Coverage above 1 is kept: it says that the two do not count the
        same people.

    Examples
    --------
    >>> float(coverage({"a": 40e3}, {"a": 100e3}).loc["a", "coverage"])
    0.4
    """
    table = pd.DataFrame({"served": pd.Series(served, dtype=float), "residents": pd.Series(residents, dtype=float)})
    return table.assign(coverage=table["served"] / table["residents"])


def to_residents(value: Uncertain, coverage: float) -> Uncertain:
    """Carry a number for the served people over to all residents: explicit, and wider.

    Parameters
    ----------
    value : Uncertain
        Users or mass of the served people, with a ``district`` coordinate.
    coverage : float
        Served share of the residents, above 0 and at most 1.

    Returns
    -------
    Uncertain
        Divided by the coverage, with the term ``coverage`` by district: people outside the sewer may differ from
        those inside by a log-normal factor, and weigh ``1 - coverage``.

    Raises
    ------
    UncertaintyError
        The coverage is no share.
    """
    if not (np.isfinite(coverage) and 0 < coverage <= 1):
        raise UncertaintyError("population-coverage", came=repr(coverage))
    if coverage == 1:
        return value
    spread = (1 - coverage) * float(np.log(settings()["coverage"]["outside_gsd"]))
    return (value * (1.0 / coverage)).with_term(Term("coverage", ("district",), spread))
