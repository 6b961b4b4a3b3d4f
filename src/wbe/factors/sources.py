"""Where a biomarker comes from: its own drug or a parent of which it is a metabolite, or several sources with tracers.

Holds the mass balance of one sample or month, on ratios within the sample. Refuses to claim use of a drug where its
parent alone leaves such a ratio too often, and to give a vertex where tracers cannot tell sources apart.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from wbe import packaged
from wbe.errors import one_of
from wbe.factors.refusals import refuse
from wbe.factors.rules import words
from wbe.messages import Words

__all__ = [
    "Leaves",
    "Mixture",
    "Shares",
    "Signature",
    "apportion",
    "doubt",
    "leaves",
    "left_alone",
    "mixture",
    "mixtures",
    "own_share",
    "undetermined",
]  # fmt: skip

_TINY = 1e-12


@dataclass(frozen=True)
class Leaves:
    """A biomarker that a parent leaves as well: their mass ratio in one sample, log-normal.

    Attributes
    ----------
    biomarker, parent : str
    median, log_sd : float
        NaN where no ratio was readable: a lead.
    own : bool
        Whether the biomarker is also used as a drug of its own.
    status, citation : str
    note : Words
    """

    biomarker: str
    parent: str
    median: float
    log_sd: float
    own: bool
    status: str
    citation: str
    note: Words

    @property
    def known(self) -> bool:
        """Whether there is a ratio to reckon with."""
        return math.isfinite(self.median)


@dataclass(frozen=True)
class Signature:
    """Mass of a tracer for each mass of the biomarker that one source leaves, log-normal."""

    source: str
    tracer: str
    median: float
    log_sd: float


@dataclass(frozen=True)
class Mixture:
    """Several sources of one biomarker, with priors by name and signatures of tracers."""

    biomarker: str
    sources: tuple[str, ...]
    names: Mapping[str, Words]
    priors: Mapping[str, tuple[float, ...]]
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class Shares:
    """Shares of sources as draws, shape (draw, source), each row summing to 1, and what could not be told apart."""

    sources: tuple[str, ...]
    draws: np.ndarray
    effective: float
    alike: tuple[tuple[str, ...], ...]


@functools.cache
def _rows() -> tuple[Leaves, ...]:
    return tuple(
        Leaves(
            row["biomarker"], row["parent"], float(row.get("median", math.nan)), float(row.get("log_sd", math.nan)),
            bool(row.get("own", True)), row["status"], row["citation"], words(row, "note"),
        )
        for row in packaged.toml("sources.toml")["leaves"]
    )  # fmt: skip


@functools.cache
def doubt() -> float:
    """Return how often a parent alone may leave such a ratio where use of the drug itself is claimed.

    Examples
    --------
    >>> doubt()
    0.025
    """
    return float(packaged.toml("sources.toml")["rule"]["doubt"])


def leaves(biomarker: str) -> Leaves | None:
    """Return the parent that leaves a biomarker as well, if there is one.

    Examples
    --------
    >>> leaves("amphetamine").parent, leaves("methamphetamine")
    ('methamphetamine', None)
    """
    return next((row for row in _rows() if row.biomarker == biomarker), None)


@functools.cache
def mixtures() -> tuple[str, ...]:
    """Return the biomarkers of several sources.

    Examples
    --------
    >>> mixtures()
    ('morphine',)
    """
    return tuple(row["biomarker"] for row in packaged.toml("sources.toml")["mixture"])


@functools.cache
def mixture(biomarker: str) -> Mixture:
    """Return the sources of a biomarker with their priors and signatures.

    Raises
    ------
    UnknownName
        No such mixture.

    Examples
    --------
    >>> mixture("morphine").sources
    ('heroin', 'clinical_morphine', 'codeine', 'poppy_straw')
    """
    one_of(biomarker, mixtures(), Words("mixture of sources", "混合来源"))
    content = packaged.toml("sources.toml")
    (row,) = (r for r in content["mixture"] if r["biomarker"] == biomarker)
    sources = tuple(row["sources"])
    priors = {
        r["name"]: tuple(float(r["strength"]) * float(r["shares"][s]) for s in sources)
        for r in content["prior"] if r["biomarker"] == biomarker
    }  # fmt: skip
    priors["flat"] = (1.0,) * len(sources)
    signatures = tuple(
        Signature(r["source"], r["tracer"], float(r["median"]), float(r["log_sd"]))
        for r in content["signature"] if r["biomarker"] == biomarker and "median" in r
    )  # fmt: skip
    names = {s: Words(s.replace("_", " "), row[s]) for s in sources}
    return Mixture(biomarker, sources, names, priors, signatures)


def left_alone(ratio: np.ndarray, weight: np.ndarray, row: Leaves, error: float = 0.0) -> float:
    """Return how often the parent alone leaves a ratio as high as the one measured.

    Parameters
    ----------
    ratio : ndarray, shape (n,)
        Biomarker over parent of each sample, by mass.
    weight : ndarray, shape (n,)
        Load of the parent in each sample, any one unit.
    row : Leaves
    error : float
        Standard deviation of ln(ratio) from the analysis of both.

    Examples
    --------
    >>> row = leaves("amphetamine")
    >>> round(left_alone(np.array([0.18]), np.array([1.0]), row), 4)
    0.0416
    """
    from scipy import sparse

    from wbe.factors.parting import alone

    amount = ratio * weight
    return float(alone(sparse.csr_matrix(amount / amount.sum()), ratio, row, error)[0])


def own_share(
    ratio: np.ndarray, weight: np.ndarray, row: Leaves, error: float = 0.0, *, draws: int = 4000, seed: int = 0
) -> np.ndarray:
    """Return draws of the share of a biomarker that its parent does not explain.

    The ratio that the parent leaves is drawn for each sample, given that it lies below the total: a share is never
    negative, and never clipped.

    Parameters
    ----------
    ratio, weight, row, error
        As in :func:`left_alone`.

    Returns
    -------
    ndarray, shape (draws,)

    Raises
    ------
    FactorError
        A ratio or weight that is not above 0.

    Examples
    --------
    >>> share = own_share(np.array([0.9]), np.array([1.0]), leaves("amphetamine"))
    >>> round(float(np.median(share)), 2)
    0.9
    """
    if not ((ratio > 0) & (weight > 0)).all():
        refuse("factors-source-ratio")
    rng = np.random.default_rng(seed)
    total = ratio * np.exp(error * rng.standard_normal((draws, len(ratio))))
    below = special.ndtr((np.log(total) - math.log(row.median)) / row.log_sd)
    u = (rng.permuted(np.tile(np.arange(draws)[:, None], (1, len(ratio))), axis=0) + rng.random(total.shape)) / draws
    left = row.median * np.exp(row.log_sd * special.ndtri(np.maximum(u * below, 1e-300)))
    return np.asarray(np.clip(1 - (left @ weight) / (total @ weight), 0.0, 1.0))


def apportion(
    kind: Mixture,
    tracers: Mapping[str, float],
    limits: Mapping[str, float] | None = None,
    *,
    prior: str | None = None,
    error: float = 0.15,
    draws: int = 60_000,
    seed: int = 0,
    signatures: Sequence[Signature] = (),
) -> Shares:
    """Return the shares of the sources of a biomarker, from tracers measured in the same samples.

    Parameters
    ----------
    kind : Mixture
    tracers : mapping
        Tracer to its mass for each mass of the biomarker, where it was detected.
    limits : mapping, optional
        Tracer to the same ratio at its limit, where it was looked for and not detected.
    prior : str, optional
        One of ``kind.priors``; by default all of them, equally weighted.
    error : float
        Standard deviation of ln(ratio) from the analysis.
    signatures : sequence of Signature
        Of one's own, in place of the library's for the same source and tracer.

    Raises
    ------
    UnknownName
        No such prior.

    Examples
    --------
    >>> found = apportion(mixture("morphine"), {"codeine": 0.5}, {"6mam": 0.002})
    >>> bool(np.allclose(found.draws.sum(axis=1), 1.0)), found.alike
    (True, (('clinical_morphine', 'poppy_straw'),))
    """
    limits = limits or {}
    chosen = list(kind.priors) if prior is None else [one_of(prior, kind.priors, Words("prior", "先验"))]
    own = {(s.source, s.tracer): s for s in signatures}
    held = [own.pop((s.source, s.tracer), s) for s in kind.signatures] + list(own.values())
    rng = np.random.default_rng(seed)
    each = -(-draws // len(chosen))
    shares = np.concatenate([rng.dirichlet(np.maximum(kind.priors[p], _TINY), each) for p in chosen])
    log_weight = np.zeros(len(shares))
    for tracer in {**tracers, **limits}:
        leave = [h for h in held if h.tracer == tracer]
        if leave:
            at = [kind.sources.index(h.source) for h in leave]
            seen, limit = tracers.get(tracer), limits.get(tracer, math.nan)
            log_weight += _log_likelihood(shares[:, at], leave, seen, limit, error)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    effective = float(1 / (weight**2).sum())
    picked = np.searchsorted(np.cumsum(weight), (np.arange(8000) + rng.random()) / 8000)
    picked = np.minimum(picked, len(shares) - 1)
    return Shares(kind.sources, shares[picked], effective, undetermined(kind, list({**tracers, **limits}), held))


def _log_likelihood(
    shares: np.ndarray, leave: Sequence[Signature], seen: float | None, limit: float, error: float
) -> np.ndarray:
    """Log likelihood of one tracer's ratio, or of its limit where it was not seen, for shares (draw, source).

    What the sources leave is a sum of log-normals, taken for a log-normal of the same mean and variance (Fenton 1960,
    10.1109/TCOM.1960.1097606), so that no draw is spent on the ratios of the sources: exact where one source leaves it.
    """
    variance = np.array([h.log_sd**2 for h in leave])
    mean = shares * (np.array([h.median for h in leave]) * np.exp(variance / 2))
    whole = mean.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.log1p(np.where(whole > 0, (mean**2 * np.expm1(variance)).sum(axis=1) / whole**2, 0.0))
    total = spread + error**2
    away = (math.log(limit if seen is None else seen) - np.log(whole + _TINY) + spread / 2) / np.sqrt(total)
    return np.asarray(special.log_ndtr(away) if seen is None else -0.5 * (away**2 + np.log(total)))


def undetermined(
    kind: Mixture, tracers: Sequence[str], signatures: Sequence[Signature] | None = None
) -> tuple[tuple[str, ...], ...]:
    """Return the groups of sources that the tracers measured cannot tell apart: the null space of the balance.

    Examples
    --------
    >>> undetermined(mixture("morphine"), [])
    (('heroin', 'clinical_morphine', 'codeine', 'poppy_straw'),)
    >>> undetermined(mixture("morphine"), ["6mam"])
    (('clinical_morphine', 'codeine', 'poppy_straw'),)
    """
    held = kind.signatures if signatures is None else signatures
    rows = [np.ones(len(kind.sources))]
    for tracer in tracers:
        row = np.zeros(len(kind.sources))
        for s in held:
            if s.tracer == tracer:
                row[kind.sources.index(s.source)] = s.median
        if row.any():
            rows.append(row / row.max())
    matrix = np.array(rows)
    _, sizes, directions = np.linalg.svd(matrix)
    empty = directions[int((sizes > 1e-9).sum()) :]
    # what moves by less than a tenth of the rest is as good as known
    reach = np.abs(empty).max(axis=0, initial=0.0)
    moved = [s for s, r in zip(kind.sources, reach, strict=True) if r > 0.1 * reach.max()]
    return (tuple(moved),) if moved else ()
