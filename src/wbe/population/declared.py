"""The declared shape of the tables of populations and places: which keys, of which type, which must be there.

Refuses nothing by itself: :func:`wbe.factors.declared.check_shape` tells every fault with its path.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PlaceFile", "PopulationFile"]


@dataclass(frozen=True)
class _Home:
    country: str


@dataclass(frozen=True)
class _Basis:
    cv: float
    status: str
    source: str
    note: str
    zh: str
    en: str


@dataclass(frozen=True)
class _Mobile:
    smallest_count: float
    cv: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class _Marker:
    kind: str
    zh: str
    analysis_cv: float | None = None


@dataclass(frozen=True)
class _Share:
    cv: float
    status: str
    source: str


@dataclass(frozen=True)
class _Ensemble:
    at_odds: float
    at_odds_sd: float
    between_sd: float
    between_steps: int
    most_at_odds: int
    marker_correlation: float
    conflict_level: float
    status: str
    source: str


@dataclass(frozen=True)
class _Coverage:
    outside_gsd: float
    status: str
    source: str


@dataclass(frozen=True)
class _Agency:
    per_cigarette_claim: str
    cigarettes_claim: str
    source: str
    status: str


@dataclass(frozen=True)
class PopulationFile:
    """``data/population.toml``."""

    defaults: _Home
    basis: dict[str, _Basis]
    mobile: _Mobile
    marker: dict[str, _Marker]
    domestic_share: _Share
    ensemble: _Ensemble
    coverage: _Coverage
    agency_cotinine: _Agency


@dataclass(frozen=True)
class _Unit:
    name: str
    name_en: str
    code: str
    kind: str
    contained_in: str
    aliases: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class PlaceFile:
    """``data/places/*.toml``."""

    name: str
    name_en: str
    code: str
    share_15_64: float
    share_15_64_source: str
    share_15_64_status: str
    unit: tuple[_Unit, ...]
