"""Is it a Samples dataset? Every breach of the schema in one list, each a code with values.

Refuses units that are missing or of another dimension, states that contradict each other, and places that lie in two
places at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import SchemaError, UnitError
from wbe.messages import Note
from wbe.samples.schema import PLACES, POPULATION_BASES, RESULTS, SAMPLE_TYPES, SITUATIONS, Flag, describe
from wbe.units import factor, unit_of

__all__ = ["canonical", "ensure_valid", "validate"]


def canonical(ds: xr.Dataset) -> xr.Dataset:
    """Convert every known variable to its canonical unit, reading ``units`` at the door.

    Raises
    ------
    SchemaError
        Variables without ``units`` or with another dimension, all listed.
    """
    problems, changed = [], {}
    for name in (*RESULTS, *SITUATIONS):
        if name not in ds:
            continue
        came = ds[name].attrs.get("units")
        if came is None:
            problems.append(Note("samples-no-unit", variable=name, needed=unit_of(name)))
            continue
        try:
            scale = factor(came, unit_of(name), name)
        except UnitError as err:
            problems.append(Note("samples-unit-refused", reason=err))
            continue
        if scale != 1.0:
            changed[name] = (ds[name] * scale).assign_attrs(units=unit_of(name))
    if problems:
        raise SchemaError("Samples", problems)
    return describe(ds.assign(changed)) if changed else ds


def validate(ds: xr.Dataset, *, distinct: Sequence[str] = ()) -> list[Note]:
    """Say what is wrong with a Samples dataset, in one list; empty when it is valid.

    Parameters
    ----------
    ds : Dataset
        What claims to be Samples.
    distinct : sequence of str
        Dimensions whose ids are known to differ, and are not compared again.

    Returns
    -------
    list of Note
        One for each breach: a code with values, said in either language by ``str`` or ``.text("zh")``.

    Examples
    --------
    >>> validate(xr.Dataset())[0].text("en")
    "dimension 'sample' is missing"
    """
    problems = [Note("samples-no-dimension", name=d) for d in ("sample", "biomarker") if d not in ds.dims]
    problems += [
        Note("samples-no-variable", name=v) for v in ("concentration", "flag", "flow", "population") if v not in ds
    ]
    problems += [
        Note("samples-no-coordinate", name=name)
        for name in ("time", "site", "district")
        if name not in ds.coords or ds[name].dims != ("sample",)
    ]
    if problems:
        return problems
    return [
        *_number_problems(ds),
        *_state_problems(ds),
        *_coordinate_problems(ds, distinct),
        *_time_problems(ds),
        *_place_problems(ds),
    ]


def _number_problems(ds: xr.Dataset) -> list[Note]:
    problems = []
    for name in (*RESULTS, *SITUATIONS):
        if name not in ds:
            continue
        wanted = ("sample", "biomarker") if name in RESULTS else ("sample",)
        if set(ds[name].dims) - set(wanted):
            dims = tuple(map(str, ds[name].dims))
            problems.append(Note("samples-dimensions", name=name, came=dims, needed=wanted))
        if ds[name].attrs.get("units") != unit_of(name):
            came = str(ds[name].attrs.get("units", "-"))
            problems.append(Note("samples-unit", name=name, came=came, needed=unit_of(name)))
        if name != "temperature":
            values = ds[name].variable
            bad = _count(values < 0) + _count(values == np.inf)
            problems += [Note("samples-bad-numbers", name=name, count=bad)] if bad else []
        if name == "enantiomeric_fraction" and _count(ds[name].variable > 1):
            problems.append(Note("samples-above-one", name=name, count=_count(ds[name].variable > 1)))
    return problems


def _count(true: xr.Variable) -> int:
    return int(np.count_nonzero(true.data))  # many times faster than summing


def _state_problems(ds: xr.Dataset) -> list[Note]:
    flag, empty = ds["flag"].variable, ds["concentration"].variable.isnull()
    known = sum(_count(flag == int(f)) for f in Flag) == flag.size
    absent = (flag == int(Flag.NOT_RUN)) | (flag == int(Flag.MISSING)) | (flag == int(Flag.REJECTED))
    hollow = _count((flag == int(Flag.DETECTED)) & empty)
    ghost = _count(absent & ~empty)
    problems = [] if known else [Note("samples-unknown-flag", known=tuple(int(f) for f in Flag))]
    problems += [Note("samples-detected-without-number", count=hollow)] if hollow else []
    problems += [Note("samples-absent-with-number", count=ghost)] if ghost else []
    return problems


def _coordinate_problems(ds: xr.Dataset, distinct: Sequence[str]) -> list[Note]:
    problems = []
    for name, allowed in (("sample_type", SAMPLE_TYPES), ("population_basis", POPULATION_BASES)):
        if name in ds.coords:
            odd = sorted({str(v) for v in set(ds[name].values.ravel().tolist())} - set(allowed))
            problems += [Note("samples-unknown-word", name=name, came=tuple(odd), known=allowed)] if odd else []
    for dim in ("sample", "biomarker"):
        if dim in ds.indexes and dim not in distinct and not ds.indexes[dim].is_unique:
            problems.append(Note("samples-repeated-ids", dimension=dim))
    return problems


def _time_problems(ds: xr.Dataset) -> list[Note]:
    time = ds["time"].variable
    if time.dtype.kind != "M":
        return [Note("samples-no-times", name="time", came=str(time.dtype))]
    undated = _count(time.isnull())
    problems = [Note("samples-undated", count=undated)] if undated else []
    if "time_end" in ds.coords and ds["time_end"].dims == ("sample",):
        turned = _count(ds["time_end"].variable < time)
        problems += [Note("samples-ends-first", count=turned)] if turned else []
    return problems


def _place_problems(ds: xr.Dataset) -> list[Note]:
    """A city or province that some samples name and others do not, and a place that lies in two places."""
    given = [name for name in PLACES if name in ds.coords and ds[name].dims == ("sample",)]
    if given == ["district"]:
        return []
    places = pd.DataFrame({name: ds[name].values.astype(str) for name in ("site", *given)}).drop_duplicates()
    problems = []
    for name in given[1:]:
        blank = ds[name].values.astype(str) == ""
        if blank.any() and not blank.all():
            problems.append(Note("samples-place-missing", name=name, count=int(blank.sum())))
    for inner, outer in (*pairwise(given), *(("site", name) for name in given[1:])):
        pairs = places[[inner, outer]].drop_duplicates()
        pairs = pairs[(pairs[inner] != "") & (pairs[outer] != "")]
        for place in dict.fromkeys(pairs.loc[pairs[inner].duplicated(), inner]):
            several = tuple(pairs.loc[pairs[inner] == place, outer])
            problems.append(Note("samples-place-in-two", name=inner, place=place, outer=outer, several=several))
    return problems


def ensure_valid(ds: xr.Dataset, *, distinct: Sequence[str] = ()) -> xr.Dataset:
    """Return ``ds`` if it is valid, or raise with every breach.

    Parameters
    ----------
    ds : Dataset
    distinct : sequence of str
        Dimensions whose ids are known to differ, and are not compared again.

    Raises
    ------
    SchemaError
        With ``problems``.
    """
    problems = validate(ds, distinct=distinct)
    if problems:
        raise SchemaError("Samples", problems)
    return ds
