"""Samples between two runs: of each cause either as it was or as it is, so that causes can be told apart.

Refuses samples whose names repeat: nobody could say which is which.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable

import numpy as np
import xarray as xr

from wbe import packaged
from wbe.errors import Fault, InputError
from wbe.samples import Flag

__all__ = ["CAUSES", "between", "cause_of", "changed_causes"]

CAUSES = ("concentration", "flow", "population", "limits", "factors", "method", "model", "samples")


@functools.cache
def _table() -> dict[str, dict[str, list[str]]]:
    return packaged.toml("run_causes.toml")


def cause_of(variable: str) -> str:
    """Return the cause that a variable of the samples belongs to.

    Examples
    --------
    >>> cause_of("flow"), cause_of("loq"), cause_of("storage")
    ('flow', 'limits', 'method')
    """
    found = (cause for cause, held in _table().items() if variable in held.get("variables", ()))
    return next(found, "method")


def settings_of(cause: str) -> list[str]:
    """Return the settings of a record that belong to a cause."""
    return list(_table().get(cause, {}).get("settings", ()))


def changed_causes(a: xr.Dataset, b: xr.Dataset) -> set[str]:
    """Return the causes by which two sets of samples differ.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> a = small_city()
    >>> sorted(changed_causes(a, a.assign(flow=a["flow"] * 1.1).isel(sample=slice(1, None))))
    ['flow', 'samples']
    """
    _distinct(a, b)
    both = [s for s in a["sample"].values if s in set(b["sample"].values)]
    found = set() if len(both) == a.sizes["sample"] == b.sizes["sample"] else {"samples"}
    biomarkers = list(dict.fromkeys([*a["biomarker"].values, *b["biomarker"].values]))
    left, right = _aligned(a, both, biomarkers), _aligned(b, both, biomarkers)
    for name in _names(a, b):
        if not _equal(left.get(name), right.get(name)):
            found.add(cause_of(name))
    return found


def between(a: xr.Dataset, b: xr.Dataset, changed: Collection[str]) -> xr.Dataset:
    """Return samples in which the causes that are named are those of ``b``, and all others those of ``a``.

    Parameters
    ----------
    a, b : Dataset
        Samples.
    changed : collection of str
        Of :data:`CAUSES`; ``"samples"`` takes the samples of ``b``, with those that are new as they are there.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> a = small_city()
    >>> b = a.assign(flow=a["flow"] * 1.1, population=a["population"] * 2)
    >>> mixed = between(a, b, {"flow"})
    >>> float(mixed["flow"][0] / a["flow"][0]), float(mixed["population"][0] / a["population"][0])
    (1.1, 1.0)
    """
    _distinct(a, b)
    samples = (b if "samples" in changed else a)["sample"].values
    biomarkers = list(dict.fromkeys([*a["biomarker"].values, *b["biomarker"].values]))
    left, right = _aligned(a, samples, biomarkers), _aligned(b, samples, biomarkers)
    in_a, in_b = (np.isin(samples, ds["sample"].values) for ds in (a, b))
    mixed = {}
    for name in _names(a, b):
        ours, theirs = left.get(name), right.get(name)
        if ours is None or theirs is None:
            kept = theirs if (ours is None and (cause_of(name) in changed)) else ours if theirs is None else None
            if kept is None or (theirs is None and cause_of(name) in changed):
                continue
            mixed[name] = kept
        elif "sample" not in ours.dims:
            mixed[name] = theirs if cause_of(name) in changed else ours
        else:
            take = (in_b if cause_of(name) in changed else in_b & ~in_a).reshape(
                [-1 if d == "sample" else 1 for d in ours.dims]
            )
            values = np.where(take, theirs.transpose(*ours.dims).values, ours.values)
            mixed[name] = xr.Variable(ours.dims, values, ours.attrs)
    coords = {name: value for name, value in mixed.items() if name in a.coords or name in b.coords}
    held = {name: value for name, value in mixed.items() if name not in coords}
    whole = xr.Dataset(held, coords, (b if "samples" in changed else a).attrs)
    ran = (whole["flag"] != int(Flag.NOT_RUN)).any("sample").values
    return whole.isel(biomarker=ran)


def _names(a: xr.Dataset, b: xr.Dataset) -> list[str]:
    return list(dict.fromkeys([*map(str, a.variables), *map(str, b.variables)]))


def _aligned(ds: xr.Dataset, samples: Iterable[str], biomarkers: Iterable[str]) -> dict[str, xr.Variable]:
    """Every variable at the samples and biomarkers that are named; what a set does not have is empty there."""
    empty = {str(n): _empty(ds[n]) for n in ds.variables if n not in ("sample", "biomarker")}
    whole = ds.reindex(sample=list(samples), biomarker=list(biomarkers), fill_value=empty)
    return {str(name): whole[name].variable for name in whole.variables}


def _empty(values: xr.DataArray) -> object:
    kind = values.dtype.kind
    if values.name == "flag":
        return int(Flag.NOT_RUN)
    return {"f": np.nan, "M": np.datetime64("NaT"), "i": 0, "u": 0, "b": False}.get(kind, "")


def _equal(a: xr.Variable | None, b: xr.Variable | None) -> bool:
    if a is None or b is None:
        return a is b
    return bool(a.dims == b.dims and xr.DataArray(a).equals(xr.DataArray(b)))


def _distinct(*sets: xr.Dataset) -> None:
    for ds in sets:
        if not ds.indexes["sample"].is_unique:
            raise InputError([Fault("runs-samples-repeat")])
