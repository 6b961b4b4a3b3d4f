"""What is believed of each size of error before a file speaks: medians and spreads from ``data/variability.toml``.

Refuses a size that nobody knows how to use: ``cvs`` may name the terms listed in :func:`known_terms` and no others.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wbe import packaged
from wbe.errors import Fault, InputError, one_of
from wbe.messages import Words
from wbe.uncertainty import inputs

__all__ = [
    "Size",
    "checked",
    "day_size",
    "day_sizes",
    "known_terms",
    "log_square",
    "measurement_size",
    "settings",
    "variance_of",
    "weekend",
]

TERMS = ("day", "sampling", "flow", "flow_meter", "analysis", "batch")


@functools.cache
def settings(part: str) -> dict[str, Any]:
    """Return one part of ``data/variability.toml``, such as ``"day"`` or ``"integration"``.

    Examples
    --------
    >>> settings("integration")["nodes"]
    25
    """
    found: dict[str, Any] = packaged.toml("variability.toml")[part]
    return found


def log_square(variance: float) -> float:
    """Return ln(cv^2) of a log variance: the scale on which sizes of error are believed and learnt.

    Examples
    --------
    >>> round(log_square(float(np.log1p(0.85**2))), 9) == round(2 * float(np.log(0.85)), 9)
    True
    """
    return math.log(math.expm1(variance))


def variance_of(log_square: np.ndarray) -> np.ndarray:
    """Return the log variance of ln(cv^2), ln(1 + cv^2).

    Examples
    --------
    >>> variance_of(np.array([2 * np.log(0.85)])).round(4).tolist()
    [0.5438]
    """
    found: np.ndarray = np.logaddexp(0.0, log_square)
    return found


@dataclass(frozen=True)
class Size:
    """A size of error before a file speaks: median log variance, spread of ln(cv), source and status."""

    variance: float
    sd_ln: float
    source: str
    status: str

    @property
    def cv(self) -> float:
        """Coefficient of variation of the median size."""
        return math.sqrt(math.expm1(self.variance))


def known_terms(kinds: Sequence[str], biomarkers: Sequence[str], laboratories: Sequence[str]) -> list[str]:
    """Return what ``cvs`` may name.

    Examples
    --------
    >>> known_terms(["grab"], ["mdma"], [])
    ['day', 'sampling', 'flow', 'flow_meter', 'analysis', 'batch', 'sampling:grab', 'day:mdma', 'batch:mdma']
    """
    of_kind = [f"sampling:{kind}" for kind in kinds]
    of_drug = [f"{term}:{name}" for name in biomarkers for term in ("day", "batch")]
    return [*TERMS, *of_kind, *of_drug, *(f"analysis:{name}" for name in laboratories if name)]


def checked(cvs: Mapping[str, float] | None, known: Sequence[str]) -> dict[str, float]:
    """Return a user's own sizes as log variances, or refuse them, all faults at once.

    Parameters
    ----------
    cvs : mapping of str to float, or None
        Coefficients of variation.
    known : sequence of str
        What may be named.

    Raises
    ------
    InputError
        A size is not a finite number above 0.
    UnknownName
        A name that no term has.

    Examples
    --------
    >>> round(checked({"day": 0.5}, ["day"])["day"], 4)
    0.2231
    """
    faults = []
    for name, cv in (cvs or {}).items():
        number = isinstance(cv, int | float | np.number) and not isinstance(cv, bool)
        if not number or not math.isfinite(cv) or cv <= 0:
            faults.append(Fault("variability-size", term=str(name), came=repr(cv)))
    if faults:
        raise InputError(faults)
    what = Words("size of error", "误差项")
    return {one_of(str(name), known, what): math.log1p(float(cv) ** 2) for name, cv in (cvs or {}).items()}


def _of_biomarker(table: Mapping[str, Any], biomarker: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = table["biomarker"].get(biomarker, table["default"])
    return found


def day_size(biomarker: str, population: float = 1e5) -> Size:
    """Return what is believed of a day's load about its month's level, for a drug and a number of people.

    Parameters
    ----------
    biomarker : str
        As the vocabulary names it; one without a series of its own gets the default.
    population : float
        People served [inhabitant]; not finite or not above 0 counts as 100 000.

    Source
    ------
    European Union Drugs Agency, wastewater analysis and drugs, 2025 edition; see ``data/variability.toml``.

    Examples
    --------
    >>> round(day_size("methamphetamine").variance, 4), day_size("methamphetamine", 1e4).cv > 0.35
    (0.0876, True)
    """
    return day_sizes([biomarker], np.array([population]))[1][0]


def day_sizes(biomarkers: Sequence[str], population: np.ndarray) -> tuple[np.ndarray, list[Size]]:
    """Return ln of the median log variance of days by place and drug, shape (site, biomarker), and sizes at one place.

    Parameters
    ----------
    biomarkers : sequence of str
    population : ndarray (site,)
        People served [inhabitant]; unknown counts as 100 000.
    """
    table = settings("day")
    heads = np.where(np.isfinite(population) & (population > 0), population, 1e5)
    rows = [_of_biomarker(table, name) for name in biomarkers]
    centre = np.array([math.log(row["sd"]) for row in rows])
    power = np.array([row["exponent"] for row in rows])
    ln_variance = 2 * (centre + power * np.log(heads / 1e5)[:, None]).reshape(len(heads), len(rows))
    spread = math.hypot(table["shift_sd"], table["place_sd"])
    first = np.exp(ln_variance[0]) if len(heads) else np.exp(2 * centre)
    sizes = [
        Size(float(v), spread, table["source"] + ("; " + row["note"] if "note" in row else ""), table["status"])
        for v, row in zip(first, rows, strict=True)
    ]
    return ln_variance, sizes


def measurement_size(term: str, kind: str = "default") -> Size:
    """Return what is believed of one error of measurement: analysis, batch, flow, or sampling of one kind.

    Examples
    --------
    >>> grab = measurement_size("sampling", "grab")
    >>> round(grab.cv, 2), grab.sd_ln
    (0.85, 0.5)
    """
    table, row = settings(term), inputs.row(term, kind)
    spread = table["sd_ln"][kind] if term == "sampling" else table["sd_ln"]
    return Size(math.log1p(row["cv"] ** 2), float(spread), str(row["source"]), str(row["status"]))


def weekend(biomarkers: Sequence[str]) -> np.ndarray:
    """Return mean and standard deviation of ln(weekend / weekday load ratio) between places, shape (biomarker, 2).

    Source
    ------
    European Union Drugs Agency, wastewater analysis and drugs, 2025 edition; see ``data/variability.toml``.

    Examples
    --------
    >>> weekend(["mdma", "ketamine"]).tolist()
    [[0.68, 0.275], [0.0, 0.2]]
    """
    table = settings("weekend")
    rows = [_of_biomarker(table, name) for name in biomarkers]
    return np.array([[row["mean"], row["sd"]] for row in rows], dtype=float).reshape(len(rows), 2)
