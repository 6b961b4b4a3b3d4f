"""The one door of the room: a named method gives the population of every sample, and says what it rests on.

Refuses a method that the samples cannot feed; the message says which column is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import xarray as xr

from wbe.errors import FactorError, one_of
from wbe.messages import Words
from wbe.population.agency import agency_population
from wbe.population.ensemble import dynamic, static
from wbe.population.markers import marker_population
from wbe.population.mobile import mobile_population
from wbe.population.reported import reported_population
from wbe.population.tables import settings
from wbe.uncertainty import Uncertain

__all__ = ["ENSEMBLES", "methods", "parts_of", "resolve"]

ENSEMBLES = ("ensemble", "ensemble-dynamic")


def methods() -> tuple[str, ...]:
    """Return every method that :func:`resolve` knows.

    Examples
    --------
    >>> "agency-cotinine" in methods() and "reported" in methods()
    True
    """
    return ("reported", *settings()["marker"], "agency-cotinine", "mobile", *ENSEMBLES)


def resolve(
    samples: xr.Dataset,
    method: str = "reported",
    *,
    mobile: pd.DataFrame | None = None,
    of: Sequence[str] | None = None,
    country: str | None = None,
    claims: pd.DataFrame | None = None,
    cvs: Mapping[str, float] | None = None,
) -> Uncertain:
    """Population of every sample by a named method.

    Parameters
    ----------
    samples : Dataset
        Samples.
    method : str
        ``reported``; a marker (``ammonium_nitrogen, cod, bod5, total_nitrogen, total_phosphorus, cotinine, creatinine,
        caffeine, acesulfame``); ``agency-cotinine``; ``mobile``; ``ensemble`` (one number per site) or
        ``ensemble-dynamic`` (one per sample), also of named methods: ``"ensemble-dynamic:reported+cotinine"``.
    mobile : DataFrame, optional
        Counts for ``mobile`` and the ensembles, as in :func:`wbe.population.mobile_population`.
    of : sequence of str, optional
        Methods of an ensemble; by default the reported population and every marker that the samples hold.
    country, claims
        Per-head claims, as in :func:`wbe.population.per_head_mass`.
    cvs : mapping, optional
        Own sizes of the errors of measurement; the same must be given for the load.

    Returns
    -------
    Uncertain (sample) [inhabitant]
        Coordinates ``flow_known`` and ``on_flow`` say which numbers are absolute: a marker population of a sample
        without a meter is per 1 m3/d. Divide loads by it with :func:`wbe.population.per_head`.

    Raises
    ------
    UnknownName
        Of the method, or of one within an ensemble.
    FactorError
        A marker that the samples do not hold or that has no claim, too few methods.
    InputError
        Faults in the mobile table.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> float(resolve(small_city()).central[0])
    100000.0
    """
    method, named = _parts(method)
    one_of(method, methods(), Words("population method", "人口方法"))
    of = named or of
    if method == "reported":
        return reported_population(samples)
    if method == "agency-cotinine":
        return agency_population(samples, cvs=cvs)
    if method == "mobile":
        if mobile is None:
            raise FactorError("population-mobile-needed")
        return mobile_population(samples, mobile)
    if method in settings()["marker"]:
        return marker_population(samples, method, country=country, claims=claims, cvs=cvs)
    if method in ENSEMBLES:
        parts = {
            m: resolve(samples, m, mobile=mobile, country=country, claims=claims, cvs=cvs)
            for m in (of if of is not None else _available(samples, mobile))
        }
        return static(samples, parts) if method == "ensemble" else dynamic(samples, parts)
    raise AssertionError(method)  # every method has its branch above


def _parts(method: str) -> tuple[str, list[str]]:
    """Cut an ensemble of named methods into its kind and its parts."""
    kind, _, listed = str(method).partition(":")  # what is no text is no name either, and is refused as one
    if not listed or kind not in ENSEMBLES:
        return method, []
    parts = [part.strip() for part in listed.split("+")]
    single = [m for m in methods() if m not in ENSEMBLES]
    for part in parts:
        one_of(part, single, Words("population method", "人口方法"))
    return kind, list(dict.fromkeys(parts))


def parts_of(samples: xr.Dataset, method: str, mobile: pd.DataFrame | None = None) -> list[str]:
    """Return the single methods that a method puts together; a single one is its own only part.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> parts_of(small_city(), "ensemble:reported+cod"), parts_of(small_city(), "cod")
    (['reported', 'cod'], ['cod'])
    """
    kind, named = _parts(method)
    return (named or _available(samples, mobile)) if kind in ENSEMBLES else [kind]


def _available(samples: xr.Dataset, mobile: pd.DataFrame | None) -> list[str]:
    found = ["reported"] if bool(samples["population"].notnull().any()) else []
    found += ["mobile"] if mobile is not None else []
    biomarkers = set(samples["biomarker"].values)
    for marker, entry in settings()["marker"].items():
        held = marker in biomarkers if entry["kind"] == "human" else marker in samples
        if held and not (entry["kind"] == "water" and bool(samples[marker].isnull().all())):
            found.append(marker)
    return found
