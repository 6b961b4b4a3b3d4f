"""Heads from a marker: what one person discharges in a day, and the population that a sample's load implies.

Refuses a marker without a per-head claim, and a domestic share on a compound that people alone discharge.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np
import pandas as pd
import xarray as xr

from wbe import packaged
from wbe.errors import FactorError, UncertaintyError, UnitError
from wbe.population.flows import flow_or_unit, situate
from wbe.population.pooling import log_sd
from wbe.population.tables import marker_kind, settings
from wbe.samples import Flag
from wbe.uncertainty import Distribution, LogNormal, Mixture, Term, Uncertain
from wbe.uncertainty.inputs import measurement_terms
from wbe.units import as_units, factor, stamp, without_attrs

if TYPE_CHECKING:
    from wbe.units import Quantity

    #: one number with its unit, or an array of them
    Scalar: TypeAlias = str | Quantity

__all__ = [
    "PerHead",
    "domestic_share",
    "from_flow",
    "from_marker",
    "marker_concentration",
    "marker_population",
    "per_head_claims",
    "per_head_mass",
]

_COLUMNS = ("id", "marker", "mass_per_head", "unit", "cv", "country", "source", "doi", "status", "note")


@dataclass(frozen=True)
class PerHead:
    """What one inhabitant discharges of a marker.

    Attributes
    ----------
    marker : str
    mass : Distribution
        Grams per inhabitant and day; a mixture where claims disagree.
    claim_ids : tuple of str
    status : str
        The worst of its claims: ``memory`` before ``derived`` before ``verified``.
    note : str
        Sources and warnings of the claims.
    """

    marker: str
    mass: Distribution
    claim_ids: tuple[str, ...]
    status: str
    note: str


@functools.cache
def _packaged() -> pd.DataFrame:
    return pd.read_csv(io.StringIO(packaged.text("claims/marker_per_head.csv")), keep_default_na=False)


def per_head_claims(marker: str | None = None) -> pd.DataFrame:
    """Return the claims on per-head discharge, each with source and status.

    Parameters
    ----------
    marker : str, optional
        Only this one.

    Returns
    -------
    DataFrame
        ``id, marker, mass_per_head, unit, cv, low, high, country, source, doi, status, note``.

    Examples
    --------
    >>> set(per_head_claims("ammonium_nitrogen")["marker"])
    {'ammonium_nitrogen'}
    """
    table = _packaged()
    return (table if marker is None else table[table["marker"] == marker]).reset_index(drop=True)


def per_head_mass(marker: str, country: str | None = None, claims: pd.DataFrame | None = None) -> PerHead:
    """Choose what one inhabitant discharges of a marker in a day.

    Parameters
    ----------
    marker : str
        For example ``"ammonium_nitrogen"`` or ``"cotinine"``.
    country : str, optional
        Claims of this country go first; without any, all claims of the marker are used. By default that of
        ``data/population.toml``.
    claims : DataFrame, optional
        The user's own claims in the columns of :func:`per_head_claims`; they replace the packaged ones.

    Returns
    -------
    PerHead

    Raises
    ------
    FactorError
        No claim in mass per inhabitant and day; what to add is said.

    Notes
    -----
    Claims that disagree are not averaged: each is a school with equal chance.

    Examples
    --------
    >>> per_head_mass("ammonium_nitrogen").status
    'memory'
    """
    marker_kind(marker)
    table = per_head_claims(marker) if claims is None else claims[claims["marker"] == marker]
    records = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
    rows = [row for row in records if _grams(row) is not None]
    home = country or settings()["defaults"]["country"]
    chosen = [row for row in rows if row["country"] == home] or rows
    if not chosen:
        raise FactorError("population-no-claim", marker=marker, columns=_COLUMNS)
    parts = [_distribution(row) for row in chosen]
    worst = max((str(row["status"]) for row in chosen), key=_doubt)
    return PerHead(
        marker,
        parts[0] if len(parts) == 1 else Mixture(tuple((1.0 / len(parts), part) for part in parts)),
        tuple(str(row["id"]) for row in chosen),
        worst,
        "; ".join(dict.fromkeys(f"{row['source']} {row['note']}".strip() for row in chosen)),
    )


def _doubt(status: str) -> int:
    """How little a status is worth; one that nobody knows is worth least."""
    order = ("verified", "derived")
    return order.index(status) if status in order else len(order)


def _grams(row: dict[str, Any]) -> float | None:
    try:
        scale = factor(str(row["unit"]), "g/d/inhabitant", str(row["id"]))
        return float(row["mass_per_head"]) * scale
    except (UnitError, ValueError):  # mass per cigarette and cigarettes per head are other quantities
        return None


def _distribution(row: dict[str, Any]) -> Distribution:
    mass, cv = _grams(row), str(row["cv"])
    try:
        return LogNormal(median=mass, cv=float(cv))
    except (ValueError, UncertaintyError) as err:
        raise FactorError(
            "population-claim-without-spread", id=row["id"], mass=str(row["mass_per_head"]), cv=cv
        ) from err


@overload
def from_marker(
    concentration: xr.DataArray,
    flow: xr.DataArray | Scalar,
    mass_per_head: xr.DataArray | Scalar,
    human_share: float = 1.0,
) -> xr.DataArray: ...


@overload
def from_marker(
    concentration: Scalar, flow: xr.DataArray, mass_per_head: xr.DataArray | Scalar, human_share: float = 1.0
) -> xr.DataArray: ...


@overload
def from_marker(concentration: Scalar, flow: Scalar, mass_per_head: Scalar, human_share: float = 1.0) -> Quantity: ...


def from_marker(
    concentration: xr.DataArray | Scalar,
    flow: xr.DataArray | Scalar,
    mass_per_head: xr.DataArray | Scalar,
    human_share: float = 1.0,
) -> xr.DataArray | Quantity:
    """Population that a marker's load implies.

    Infiltration adds water and no marker, so it needs no correction here; industry adds marker to
    water-quality variables, so their load is first cut to its human share.

    Parameters
    ----------
    concentration : Quantity, DataArray or str
        Mass per volume.
    flow : Quantity, DataArray or str
        Volume per time.
    mass_per_head : Quantity, DataArray or str
        Mass per inhabitant and time.
    human_share : float
        Share of the marker's load that people discharge, above 0 and at most 1.

    Returns
    -------
    Quantity or DataArray [inhabitant]

    Raises
    ------
    UnitError
        All arguments with a wrong or missing unit at once.
    UncertaintyError
        ``human_share`` is outside (0, 1].

    Source
    ------
    van Nuijs et al. 2011, doi:10.1016/j.scitotenv.2011.05.030.

    Examples
    --------
    >>> round(from_marker("30 mg/L", "5 万m3/d", "7.5 g/d/inhabitant", human_share=0.9).magnitude)
    180000
    """
    c, q, m = as_units(
        ("concentration", concentration, "mg/L"), ("flow", flow, "m3/d"),
        ("mass_per_head", mass_per_head, "g/d/inhabitant"),
    )  # fmt: skip
    return stamp(c * q * _share(human_share, "human_share") / m, "population")


@overload
def from_flow(
    flow: xr.DataArray, water_per_head: Scalar, domestic_share: float, infiltration: float
) -> xr.DataArray: ...


@overload
def from_flow(flow: Scalar, water_per_head: Scalar, domestic_share: float, infiltration: float) -> Quantity: ...


def from_flow(
    flow: xr.DataArray | Scalar, water_per_head: Scalar, domestic_share: float, infiltration: float
) -> xr.DataArray | Quantity:
    """Population that a flow implies: the crudest count, and the only one that infiltration spoils.

    Parameters
    ----------
    flow : Quantity, DataArray or str
        Volume per time.
    water_per_head : Quantity or str
        Domestic sewage per inhabitant and time, for example ``"200 L/d/inhabitant"``.
    domestic_share : float
        Share of the sewage (without infiltration) that is domestic, above 0 and at most 1.
    infiltration : float
        Share of the flow that is groundwater or rain, at least 0 and below 1.

    Returns
    -------
    Quantity or DataArray [inhabitant]

    Raises
    ------
    UnitError, UncertaintyError
        As :func:`from_marker`.

    Examples
    --------
    >>> round(from_flow("50000 m3/d", "200 L/d/inhabitant", 0.8, 0.25).magnitude)
    150000
    """
    q, w = as_units(("flow", flow, "m3/d"), ("water_per_head", water_per_head, "m3/d/inhabitant"))
    dry = _share(1.0 - infiltration, "1 - infiltration")
    return stamp(q * dry * _share(domestic_share, "domestic_share") / w, "population")


def _share(value: float, name: str) -> float:
    if not (np.isfinite(value) and 0 < value <= 1):
        raise UncertaintyError("population-share", name=name, came=repr(value))
    return float(value)


def marker_concentration(samples: xr.Dataset, marker: str) -> xr.DataArray:
    """Return a marker's concentration [g/m3] per sample; NaN where it was not detected or not given.

    Raises
    ------
    FactorError
        The samples do not hold the marker at all.
    """
    if marker_kind(marker) == "human":
        if marker not in samples["biomarker"].values:
            raise FactorError("population-no-biomarker", marker=marker)
        value = samples["concentration"].sel(biomarker=marker, drop=True)
        return value.where(samples["flag"].sel(biomarker=marker, drop=True) == Flag.DETECTED) * 1e-6
    if marker not in samples:
        raise FactorError("population-no-variable", marker=marker)
    return samples[marker].where(samples[marker] > 0)


def marker_population(
    samples: xr.Dataset,
    marker: str,
    *,
    country: str | None = None,
    claims: pd.DataFrame | None = None,
    cvs: Mapping[str, float] | None = None,
) -> Uncertain:
    """Population of each sample from its own marker, carrying the terms that a load of it carries too.

    Parameters
    ----------
    samples : Dataset
        Samples.
    marker : str
        A marker of ``data/population.toml``.
    country, claims
        As in :func:`per_head_mass`.
    cvs : mapping, optional
        Own sizes of the errors of measurement, as in :func:`wbe.uncertainty.inputs.measurement_terms`: the same as the
        load's, or nothing could cancel.

    Returns
    -------
    Uncertain (sample) [inhabitant]
        Terms ``flow``, ``flow_meter`` and ``sampling`` to the power 1 (they cancel in a load per head of the
        same sample), ``analysis:<marker>``, ``batch:<marker>`` and ``population:<marker>`` (once for the
        run, power -1); ``domestic_share`` for water variables. Where the flow was not metered the number is per 1 m3/d;
        the coordinate ``flow_known`` says so.

    Raises
    ------
    FactorError
        The samples do not hold the marker, or it has no per-head claim.
    """
    head = per_head_mass(marker, country, claims)
    shared = measurement_terms(samples, cvs)
    heads = marker_concentration(samples, marker) * flow_or_unit(samples) / head.mass.median()
    share = domestic_share(samples, marker)
    if share is not None:
        heads = heads * share.fillna(1.0)
    result = Uncertain(situate(samples, heads, on_flow=True))
    for name in ("flow", "flow_meter", "sampling"):
        if name in shared:
            result = result.with_term(shared[name])
    for term in _own_error(samples, marker, shared):
        result = result.with_term(term)
    if share is not None:
        spread = share.notnull() * float(log_sd(settings()["domestic_share"]["cv"]))
        result = result.with_term(Term("domestic_share", ("site",), without_attrs(spread)))
    return result.with_term(Term(f"population:{marker}", (), head.mass), power=-1.0)


def domestic_share(samples: xr.Dataset, marker: str) -> xr.DataArray | None:
    """Return the domestic share that applies to a marker, or None for what people alone discharge.

    A missing share counts as 1 and is said in :func:`wbe.population.describe`.
    """
    if marker_kind(marker) == "human" or "domestic_share" not in samples:
        return None
    return without_attrs(samples["domestic_share"])


def _own_error(samples: xr.Dataset, marker: str, shared: dict[str, Term]) -> list[Term]:
    """The marker's own laboratory errors: named apart, so that they stay when flow and sampling cancel."""
    if marker_kind(marker) == "water":
        fixed = float(log_sd(settings()["marker"][marker]["analysis_cv"]))
        return [Term(f"analysis:{marker}", ("sample",), fixed)]
    own = []
    for name, scope in (("analysis", ("sample",)), ("batch", ("batch",))):
        if name not in shared:
            continue
        spread = shared[name].spread
        if isinstance(spread, xr.DataArray) and "biomarker" in spread.dims:
            spread = spread.sel(biomarker=marker, drop=True)
        own.append(Term(f"{name}:{marker}", scope, spread))
    return own
