"""Pooling of study fractions: random effects on the logit scale, and what they predict for another population.

Refuses studies without a spread, fractions outside 0-1 and a pool of one. Speaks of population means, never of persons.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

import pandas as pd
from scipy import special

from wbe.errors import one_of
from wbe.factors.compound_table import need_table
from wbe.factors.logit import LogitT, fitted
from wbe.factors.notebook import html
from wbe.factors.random_effects import dersimonian_laird, mean_and_se, normal_or_t, prediction, reml
from wbe.factors.refusals import refuse
from wbe.factors.rules import tails
from wbe.factors.spreads import route_mix
from wbe.factors.studies import as_studies
from wbe.messages import Note, Words
from wbe.uncertainty.distributions import Beta

__all__ = ["INTERVALS", "METHODS", "Pooled", "mix_routes", "pool", "pool_by"]

METHODS = ("dersimonian-laird", "reml")
INTERVALS = ("normal", "hartung-knapp")


class How(TypedDict, total=False):
    """How :func:`pool` pools."""

    method: str
    interval: str
    level: float


@dataclass(frozen=True)
class Pooled:
    """A pooled excretion fraction.

    Attributes
    ----------
    studies : DataFrame
        Index study; fraction, sd, n, logit, variance, weight (share of the random-effects mean), and route if given.
    method, interval : str
    fixed, mean, se : float
        Inverse-variance mean, random-effects mean and its standard error, on the logit scale.
    tau2, q, p : float
        Variance between studies, Cochran's Q, and its probability if studies agreed.
    i2 : float
        Share of the total variation that lies between studies.
    level : float
    """

    studies: pd.DataFrame
    method: str
    interval: str
    fixed: float
    mean: float
    se: float
    tau2: float
    q: float
    p: float
    i2: float
    level: float = 0.95

    def __repr__(self) -> str:
        (low, high), (lowest, highest) = self.bounds, self.predicted
        return (
            f"<wbe.Pooled {len(self.studies)} studies ({self.method}, {self.interval}): {100 * self.fraction:.1f} % "
            f"({100 * low:.1f}-{100 * high:.1f}); mean of another population {100 * lowest:.1f}-{100 * highest:.1f} %; "
            f"Q {self.q:.1f} (p = {self.p:.2g}), I2 {100 * self.i2:.0f} %>"
        )

    def _repr_html_(self) -> str:
        ends = {
            "low": self.bounds[0],
            "high": self.bounds[1],
            "lowest": self.predicted[0],
            "highest": self.predicted[1],
        }
        told = {k: f"{100 * v:.1f}" for k, v in {"middle": self.fraction, **ends}.items()}
        return html("factors-told-pooled", self.studies.reset_index(), count=len(self.studies), **told)

    @property
    def fraction(self) -> float:
        """The pooled fraction."""
        return float(special.expit(self.mean))

    @property
    def bounds(self) -> tuple[float, float]:
        """Interval of the pooled mean fraction at ``level``."""
        half = normal_or_t(self.level, len(self.studies) - 1, self.interval == "normal") * self.se
        return float(special.expit(self.mean - half)), float(special.expit(self.mean + half))

    @property
    def predicted(self) -> tuple[float, float]:
        """Interval in which the mean fraction of another population falls at ``level``."""
        d = self.distribution()
        tail = (1 - self.level) / 2
        return float(d.quantile(tail)), float(d.quantile(1 - tail))

    @functools.cached_property
    def _predictive(self) -> LogitT:
        return fitted(prediction(self.studies["logit"].to_numpy(), self.studies["variance"].to_numpy()).quantile)

    def distribution(self) -> LogitT:
        """Return the predictive distribution of another population's mean fraction.

        Error of the mean and spread between studies together, averaged over all values of that spread that the studies
        leave, with a weak prior on it (:func:`wbe.factors.random_effects.prior_of_between`). This is what belongs in a
        profile: sewage carries a population mean.
        """
        return self._predictive

    def leave_one_out(self) -> pd.DataFrame:
        """Return the pool without each study in turn: fraction, lower, upper, tau2, shift (difference in fraction).

        Raises
        ------
        FactorError
            There are too few studies.
        """
        rows = []
        if len(self.studies) < 3:
            refuse("factors-leave-one-out", count=len(self.studies))
        for i, name in enumerate(self.studies.index):
            rest = self.studies.iloc[[j for j in range(len(self.studies)) if j != i]]
            found = _pool(rest, self.method, self.interval, self.level)
            low, high = found.bounds
            rows.append([name, found.fraction, low, high, found.tau2, found.fraction - self.fraction])
        columns = ["study", "fraction", "lower", "upper", "tau2", "shift"]
        return pd.DataFrame(rows, columns=columns).set_index("study")

    def claim(self, identity: str, drug: str, biomarker: str, citation: str, **more: str | float) -> dict[str, object]:
        """Return the pool as a user's claim row, to be laid over a profile; it keeps the predictive distribution.

        Parameters
        ----------
        identity, drug, biomarker, citation : str
            ``identity`` is the new claim's id; put a version in it, since a claim is never rewritten.
        **more
            Other columns (``route``, ``analyte_form``, ``note`` ...).

        Returns
        -------
        dict
            For ``profile(name, overlay={"name": ..., "claim": [row]})``, or :func:`wbe.factors.write_claims`.
        """
        d = self.distribution()
        said = Note(
            "factors-pool-note", count=len(self.studies), method=self.method, between=f"{self.tau2:.3g}",
            share=f"{100 * self.i2:.0f}",
        )  # fmt: skip
        return {
            "id": identity, "quantity": "excretion_fraction", "drug": drug, "biomarker": biomarker, "basis": "molar",
            "value": d.centre, "low": d.low, "high": d.high, "df": d.df if math.isfinite(d.df) else "",
            "distribution": "logit-t", "spread_kind": "predictive", "unit": "1",
            "n": str(int(self.studies["n"].fillna(0).sum())), "citation": citation, "status": "user",
            "note": said.text("en"), "note_zh": said.text("zh"), **more,
        }  # fmt: skip


def pool(
    studies: pd.DataFrame | Sequence[pd.DataFrame],
    method: str = "dersimonian-laird",
    *,
    interval: str = "hartung-knapp",
    level: float = 0.95,
) -> Pooled:
    """Pool study fractions by random effects on the logit scale.

    Parameters
    ----------
    studies : DataFrame or sequence of DataFrame
        Studies of one's own: columns ``study`` (or the index), ``fraction`` (molar, 0-1), ``sd`` (between persons) and
        ``n`` persons. Or published claims as :func:`wbe.factors.claims` gives them (one drug and biomarker): their
        printed error is used, and where none was printed the library's own spread. A list joins both kinds.
    method : str
        ``"dersimonian-laird"`` or ``"reml"`` for the variance between studies.
    interval : str
        ``"hartung-knapp"`` (Student t, scaled by what the studies show) or ``"normal"``.
    level : float

    Raises
    ------
    UnknownName
        No such method or interval.
    FactorError
        Every faulty study, by name.

    Source
    ------
    DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2; Hartung and Knapp 2001, 10.1002/sim.791; never below the
    ordinary random-effects variance: Jackson and others 2017, 10.1002/sim.7411.

    Examples
    --------
    >>> studies = pd.DataFrame({"study": list("abcd"), "fraction": [0.43, 0.37, 0.30, 0.50],
    ...     "n": [8, 6, 5, 10], "sd": [0.10, 0.09, 0.08, 0.12]})
    >>> found = pool(studies, interval="normal")
    >>> round(found.q, 4), round(found.tau2, 7), round(found.mean, 6), round(found.se, 6), round(found.fraction, 6)
    (15.1801, 0.0981998, -0.40914, 0.17504, 0.399118)
    """
    one_of(method, METHODS, Words("method", "方法"))
    one_of(interval, INTERVALS, Words("interval", "区间"))
    tails(level, Words("pool", "合并"))
    return _pool(as_studies(studies), method, interval, level)


def pool_by(studies: pd.DataFrame, by: str = "route", **how: Unpack[How]) -> dict[str, Pooled]:
    """Pool each subgroup (route of administration by default) on its own.

    Raises
    ------
    UnknownName
        No such column.
    FactorError
        A subgroup of one study; it is named.
    """
    need_table(studies, "pool_by", f"study, fraction, sd, n, {by}")
    one_of(by, map(str, studies.columns), Words("column", "列"))
    alone = [str(k) for k, group in studies.groupby(by) if len(group) < 2]
    if alone:
        refuse("factors-pool-alone", groups=alone, by=by)
    return {str(k): pool(group, **how) for k, group in studies.groupby(by)}


def mix_routes(pooled: Mapping[str, Pooled], weights: Mapping[str, float]) -> Beta:
    """Return the fraction of a population from pooled routes and Dirichlet weights (counts of users by route).

    Raises
    ------
    FactorError
        Routes and weights differ.
    """
    if set(pooled) != set(weights):
        refuse("factors-routes-differ", routes=sorted(pooled), weights=sorted(weights))
    return route_mix([(float(weights[r]), p.distribution()) for r, p in pooled.items()])


def _pool(table: pd.DataFrame, method: str, interval: str, level: float) -> Pooled:
    y, v = table["logit"].to_numpy(), table["variance"].to_numpy()
    k = len(y)
    fixed, _, w = mean_and_se(y, v, 0.0, knapp=False)
    q = float(w @ (y - fixed) ** 2)
    tau2 = dersimonian_laird(w, q, k) if method == "dersimonian-laird" else reml(y, v)
    mean, se, random = mean_and_se(y, v, tau2, knapp=interval == "hartung-knapp")
    return Pooled(
        studies=table.assign(weight=random / random.sum()),
        method=method,
        interval=interval,
        fixed=fixed,
        mean=mean,
        se=se,
        tau2=tau2,
        q=q,
        p=float(special.chdtrc(k - 1, q)),
        i2=max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0,
        level=level,
    )
