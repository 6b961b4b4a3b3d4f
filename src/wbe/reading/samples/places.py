"""Places: which share of each catchment lies in which district, from ``units.csv`` and ``catchments.csv``.

Refuses weights that are not shares, sites and units that nobody defined, and one row given twice.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from wbe.errors import Fault, InputError
from wbe.reading.opening.text import decode
from wbe.samples import ensure_valid
from wbe.samples.places import holder_of_level, level_of, place_faults

__all__ = ["KINDS", "attach_places", "district_names", "read_catchments", "read_units"]

_UNIT_COLUMNS = ("unit", "name_en", "code", "kind", "level", "contained_in")
_ROUNDING = 5e-3  # weights are typed with two or three digits
_CATCHMENT_COLUMNS = ("site", "unit", "weight", "weight_cv")
KINDS = ("county", "functional_zone")


def _table(path: Path, wanted: tuple[str, ...], needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    text, _ = decode(path.read_bytes(), path.name)
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    names = [n.strip() for n in reader.fieldnames or []]
    missing = [n for n in needed if n not in names]
    if missing:
        raise InputError(
            [
                Fault(
                    "reading-place-columns",
                    file=path.name,
                    row=1,
                    names=", ".join(names) or "none",
                    wanted=", ".join(wanted),
                    missing=", ".join(missing),
                )
            ]
        )
    rows = [
        (
            number,
            {k.strip(): (v or "").strip() for k, v in row.items() if isinstance(k, str) and not isinstance(v, list)},
        )
        for number, row in enumerate(reader, start=2)
    ]
    return [(n, r) for n, r in rows if any(r.values())]


def read_units(path: Path) -> dict[str, dict[str, str]]:
    """Return the units (districts and zones) by name.

    Raises
    ------
    InputError
        A unit twice, an unknown kind, or contained in a unit that is not listed; all at once.
    """
    units: dict[str, dict[str, str]] = {}
    faults = []
    rows = _table(path, _UNIT_COLUMNS, ("unit",))
    for number, row in rows:
        name = row["unit"]
        if not name or name in units:
            faults.append(Fault("reading-unit-again" if name else "reading-unit-blank", file=path.name, row=number,
                                column="unit", name=name or "-"))  # fmt: skip
        if row.get("kind", "") not in ("", *KINDS):
            faults.append(Fault("reading-unit-kind", file=path.name, row=number, column="kind", kind=row["kind"],
                                known=" / ".join(KINDS)))  # fmt: skip
        units[name] = {c: row.get(c, "") for c in _UNIT_COLUMNS}
    for number, row in rows:
        outer = row.get("contained_in", "")
        if outer and outer not in units:
            faults.append(
                Fault("reading-contained-in-unknown", file=path.name, row=number, column="contained_in", outer=outer)
            )
    at = {row["unit"]: number for number, row in rows}
    faults += [f.at(file=path.name, row=at[unit], column=column) for unit, column, f in place_faults(units)]
    if faults:
        raise InputError(faults)
    return units


def read_catchments(path: Path, units: dict[str, dict[str, str]]) -> list[tuple[str, str, float, float]]:
    """Return (site, unit, weight, cv of the weight) rows.

    Raises
    ------
    InputError
        A weight outside 0 to 1, a unit that ``units.csv`` does not list, a pair given twice, a site of which more than
        the whole is given away; all at once.
    """
    faults, seen, found = [], set(), []
    for number, row in _table(path, _CATCHMENT_COLUMNS, ("site", "unit", "weight")):
        place: dict[str, Any] = {"file": path.name, "row": number}
        weight, cv = _share(row["weight"]), _share(row.get("weight_cv", "") or "0")
        if not 0 <= weight <= 1:
            faults.append(Fault("reading-weight-no-share", **place, column='weight', given=row['weight']))  # fmt: skip
        if not 0 <= cv < 10:
            faults.append(Fault("reading-weight-cv", **place, column="weight_cv", given=row.get("weight_cv")))
        if units and row["unit"] not in units:
            faults.append(Fault("reading-unit-of-place-unknown", **place, column="unit", given=row["unit"]))
        if (row["site"], row["unit"]) in seen:
            faults.append(Fault("reading-pair-again", **place, given=row['site'], given_a=row['unit']))  # fmt: skip
        seen.add((row["site"], row["unit"]))
        found.append((row["site"], row["unit"], weight, cv))
    faults = faults or _above_one(found, units, path.name)
    if faults:
        raise InputError(faults)
    return found


def _above_one(rows: list[tuple[str, str, float, float]], units: dict[str, dict[str, str]], file: str) -> list[Fault]:
    """Sites of which more than the whole is given away; a county beside a zone that lies in it may say so."""
    shares: dict[str, dict[str, float]] = {}
    for site, unit, weight, _ in rows:
        shares.setdefault(site, {})[unit] = weight
    nested = {site for site, own in shares.items() if any(units.get(u, {}).get("contained_in") for u in own)}
    return [
        Fault("reading-weights-above-one", file=file, site=site, total=f"{sum(own.values()):.4g}", units=list(own))
        for site, own in shares.items()
        if site not in nested and sum(own.values()) > 1 + _ROUNDING
    ]


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def district_names(units: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return every spelling of a unit (name, English name, code) -> its name."""
    names: dict[str, str] = {}
    for name, row in units.items():
        for spelling in (name, row["name_en"], row["code"]):
            if spelling:
                names[spelling.casefold()] = name
    return names


def attach_places(
    ds: xr.Dataset, units: dict[str, dict[str, str]], catchments: list[tuple[str, str, float, float]]
) -> xr.Dataset:
    """Attach ``catchment_weight`` and ``catchment_weight_cv`` (catchment, unit) to a Samples dataset.

    Sites without a row belong wholly to the unit of their ``district``.

    Raises
    ------
    InputError
        A site that has neither a row nor a district among the units.
    """
    ds, units = _above_districts(ds, units)
    sites = list(dict.fromkeys(ds["site"].values.tolist()))
    home = dict(zip(ds["site"].values.tolist(), ds["district"].values.tolist(), strict=True))
    names = list(units) or list(dict.fromkeys([u for _, u, _, _ in catchments] + list(home.values())))
    rows = {c[0] for c in catchments}
    lost = [s for s in sites if s not in rows and home[s] not in names]
    if lost:
        raise InputError([
            Fault("reading-site-without-place", file='catchments.csv', value=s, home=home[s]) for s in lost
        ])  # fmt: skip
    weight = np.zeros((len(sites), len(names)))
    cv = np.zeros_like(weight)
    for site, unit, share, spread in catchments:
        if site in home:
            weight[sites.index(site), names.index(unit)] = share
            cv[sites.index(site), names.index(unit)] = spread
    for site in sites:
        if site not in rows:
            weight[sites.index(site), names.index(home[site])] = 1.0
    ds = ds.assign_coords(
        catchment=("catchment", np.array(sites, dtype=object)),
        unit=("unit", np.array(names, dtype=object)),
        unit_kind=("unit", np.array([units.get(n, {}).get("kind") or "county" for n in names], dtype=object)),
        contained_in=("unit", np.array([units.get(n, {}).get("contained_in", "") for n in names], dtype=object)),
        unit_name_en=("unit", np.array([units.get(n, {}).get("name_en", "") for n in names], dtype=object)),
        unit_code=("unit", np.array([units.get(n, {}).get("code", "") for n in names], dtype=object)),
        unit_level=("unit", np.array([level_of(units.get(n, {})) for n in names], dtype=object)),
    )
    ds["catchment_weight"] = (
        ("catchment", "unit"),
        weight,
        {"units": "1", "long_name": "share of the catchment in the unit"},
    )
    ds["catchment_weight_cv"] = (
        ("catchment", "unit"), cv, {"units": "1", "long_name": "coefficient of variation of the share"},
    )  # fmt: skip
    return ds


def _above_districts(ds: xr.Dataset, units: dict[str, dict[str, str]]) -> tuple[xr.Dataset, dict[str, dict[str, str]]]:
    """Cities and provinces of the unit table become coordinates of the samples; the units below them remain."""
    higher = ("city", "province")
    if not any(level_of(row) in higher for row in units.values()):
        return ds, units
    districts = ds["district"].values.tolist()
    for level in higher:
        of = {d: holder_of_level(d, units, level) for d in dict.fromkeys(districts)}
        if level not in ds.coords and any(of.values()):
            ds = ds.assign_coords({level: ("sample", np.array([of[d] for d in districts], dtype=object))})
    below = {name: dict(row) for name, row in units.items() if level_of(row) not in higher}
    for row in below.values():
        row["contained_in"] = row["contained_in"] if row["contained_in"] in below else ""
    return ensure_valid(ds), below
