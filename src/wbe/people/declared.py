"""The declared shape of the table of use scenarios; the rows themselves are checked where they are built.

Refuses nothing by itself: :func:`wbe.factors.declared.check_shape` tells every fault with its path.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ScenarioFile"]


@dataclass(frozen=True)
class _Adults:
    share_15_64: float
    share_15_64_source: str
    share_15_64_status: str


@dataclass(frozen=True)
class _Band:
    low: float
    high: float
    status: str
    source: str


@dataclass(frozen=True)
class _Origin:
    biomarkers: tuple[str, ...]
    en: str
    zh: str
    source: str


@dataclass(frozen=True)
class ScenarioFile:
    """``data/use_scenarios.toml``."""

    defaults: _Adults
    sets: dict[str, tuple[str, ...]]
    band: dict[str, _Band]
    origin: dict[str, _Origin]
    scenario: tuple[dict[str, object], ...]
