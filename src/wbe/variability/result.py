"""The sizes of error of a file as a frozen object: nodes over their posterior, and the table that a user always sees.

Refuses to show a size without saying where it comes from and how much of it rests on the prior.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from wbe.messages import Note
from wbe.variability.learning import Posterior
from wbe.variability.nodes import hashed, hypercube
from wbe.variability.priors import day_sizes, log_square, settings, variance_of, weekend
from wbe.variability.tables import Keys

__all__ = ["Variability", "summarised"]

COLUMNS = ("term", "key", "cv", "lower", "upper", "df", "prior_weight", "prior_cv", "source", "status", "note",
           "note_codes")  # fmt: skip


@dataclass(frozen=True)
class Variability:
    """Sizes of error as log variances at nodes over their posterior; arrays are read-only.

    ``weight`` (node,) sums to 1. ``day`` (node, site, biomarker) is the variance of ln of one day's true load about its
    month's level, weekdays included, of which a whole month keeps ``month_share``; ``sampling`` (node, kind) and
    ``flow`` (node,) are shared by the results of a sample or day; ``analysis`` (node, laboratory) is each result's own;
    ``batch`` (node, biomarker) all results of a batch share; ``weekday`` (biomarker, 2) is mean and standard deviation
    of ln(weekend / weekday load). ``sites`` holds (city, site) in the order of the arrays.
    """

    weight: np.ndarray
    sites: tuple[tuple[str, str], ...]
    biomarkers: tuple[str, ...]
    kinds: tuple[str, ...]
    laboratories: tuple[str, ...]
    day: np.ndarray
    month_share: float
    sampling: np.ndarray
    flow: np.ndarray
    analysis: np.ndarray
    batch: np.ndarray
    weekday: np.ndarray
    summary: tuple[tuple[object, ...], ...]

    def table(self, language: str | None = None) -> pd.DataFrame:
        """Return one row a size: value, 95 % interval, degrees of freedom, and how much rests on the prior.

        Parameters
        ----------
        language : {"en", "zh"}, optional
            Of the column ``note``; by default the language in force.

        Returns
        -------
        DataFrame
            ``term, key, cv, lower, upper`` (coefficients of variation), ``df``, ``prior_weight`` (1: the file says
            nothing), ``prior_cv``, ``source``, ``status`` (``user``, or that of the prior), ``note``, ``note_codes``.

        Examples
        --------
        >>> from wbe.testing import small_city
        >>> from wbe.variability import learn
        >>> table = learn(small_city(), {"flow": 0.1}).table("en").set_index("term")
        >>> float(table.loc["flow", "cv"]), table.loc["flow", "status"]
        (0.1, 'user')
        """
        rows = [(*row[:-1], Note(str(row[-1])).text(language), row[-1]) for row in self.summary]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def at(self, term: str, key: str = "") -> float:
        """Return one size as the table shows it [coefficient of variation].

        Examples
        --------
        >>> from wbe.testing import small_city
        >>> from wbe.variability import learn
        >>> learn(small_city(), {"flow": 0.1}).at("flow")
        0.1
        """
        return next(float(str(row[2])) for row in self.summary if row[:2] == (term, key))


def frozen(values: np.ndarray) -> np.ndarray:
    """Return an array that nobody can write to."""
    held = np.ascontiguousarray(values, dtype=float)
    held.setflags(write=False)
    return held


def summarised(posterior: Posterior, keys: Keys) -> Variability:
    """Lay nodes over a posterior and write its table."""
    shared, count = posterior.shared, settings("integration")["nodes"]
    named = hashed([f"{term}\x1f{key}" for term, key in shared.names])
    drawn = posterior.mean + hypercube(named, count) @ _root(posterior.covariance).T
    drawn[:, shared.fixed] = shared.centre[shared.fixed]
    apart = drawn - posterior.mean
    place = [f"{keys.cities[c]}\x1f{s}" for c, s in zip(keys.city_of, keys.sites, strict=True)]
    of_place = hashed(place)[:, None] ^ (hashed(list(keys.biomarkers)) * np.uint64(3))[None, :]
    local = np.einsum("skl,nsl->nsk", np.linalg.cholesky(posterior.spread), hypercube(of_place, count))
    local += posterior.local + np.einsum("skp,np->nsk", posterior.slope, apart)
    days = drawn[:, shared.where("day")]

    def size(term: str) -> np.ndarray:
        return frozen(variance_of(drawn[:, shared.where(term)]))

    return Variability(
        frozen(np.full(count, 1 / count)),
        tuple((keys.cities[c][1], s) for c, s in zip(keys.city_of, keys.sites, strict=True)),
        keys.biomarkers, keys.kinds, keys.laboratories,
        frozen(np.exp(posterior.base + days[:, None, :] + local)), float(settings("day")["month_share"]),
        size("sampling"), frozen(size("flow")[:, 0]), size("analysis"), size("batch"),
        frozen(weekend(keys.biomarkers)), tuple(_summary(posterior, keys)),
    )  # fmt: skip


def _root(covariance: np.ndarray) -> np.ndarray:
    """Return a square root of a covariance; its order is that of the names."""
    found: np.ndarray = np.linalg.cholesky(covariance)
    return found


def _summary(posterior: Posterior, keys: Keys) -> list[tuple[object, ...]]:
    shared = posterior.shared
    typical = posterior.base + posterior.local if len(keys.sites) else None
    _, priors = day_sizes(keys.biomarkers, keys.population[:1] if len(keys.sites) else np.full(1, 1e5))
    rows = []
    for i, (term, key) in enumerate(shared.names):
        size = shared.sizes[i]
        if size is None:
            continue
        before, after = float(shared.covariance[i, i]), float(posterior.covariance[i, i])
        centre, prior = float(posterior.mean[i]), size.variance
        if term == "day":
            drug = keys.biomarkers.index(key)
            centre += float(typical[:, drug].mean()) if typical is not None else math.log(priors[drug].variance)
            centre = log_square(math.exp(centre))
            prior = float(np.exp(posterior.base[:, drug].mean())) if typical is not None else priors[drug].variance
        rows.append(_row(term, key, centre, before, after, prior, size.source, size.status, bool(shared.fixed[i])))
    return rows


def _row(
    term: str, key: str, centre: float, before: float, after: float, prior: float, source: str, status: str, own: bool
) -> tuple[object, ...]:
    middle = _cv(centre)
    if own:
        note = "variability-source-user"
        middle = round(middle, 9)
        return (term, key, middle, middle, middle, math.inf, 0.0, math.nan, "user", "user", note)
    half = float(ndtri(0.975)) * math.sqrt(after)
    weight = min(round(after / before, 9), 1.0)
    note = "variability-source-prior" if weight > 0.9995 else "variability-source-learnt"
    return (term, key, middle, _cv(centre - half), _cv(centre + half), 2 / after, weight,
            math.sqrt(math.expm1(prior)), source, status, note)  # fmt: skip


def _cv(ln_square: float) -> float:
    return math.exp(ln_square / 2)
