"""Pooling of study fractions: random effects on the logit scale, and what they predict for another population.

Refuses studies without a spread, fractions outside 0-1 and a pool of one. Speaks of population means, never of persons.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from wbe.errors import FactorError
from wbe.factors.compound_table import need_table
from wbe.factors.spreads import route_mix, tails
from wbe.uncertainty.distributions import Beta, Distribution, Empirical

METHODS = ("dersimonian-laird", "reml")
INTERVALS = ("normal", "hartung-knapp")
_GRID = (np.arange(2000) + 0.5) / 2000


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

    @property
    def fraction(self) -> float:
        """The pooled fraction."""
        return float(special.expit(self.mean))

    @property
    def bounds(self) -> tuple[float, float]:
        """Interval of the pooled mean fraction at ``level``."""
        half = _critical(self.level, len(self.studies) - 1, self.interval) * self.se
        return float(special.expit(self.mean - half)), float(special.expit(self.mean + half))

    @property
    def predicted(self) -> tuple[float, float]:
        """Interval in which the mean fraction of another population falls at ``level``."""
        d = self.distribution()
        tail = (1 - self.level) / 2
        return float(d.quantile(tail)), float(d.quantile(1 - tail))

    def distribution(self) -> Distribution:
        """Return the predictive distribution of another population's mean fraction.

        Spread between studies and error of the mean together, Student t with k - 2 degrees of freedom (normal for
        two studies). This is what belongs in a profile: sewage carries a population mean.
        """
        k = len(self.studies)
        score = special.stdtrit(k - 2, _GRID) if k > 2 else special.ndtri(_GRID)
        return Empirical(special.expit(self.mean + math.sqrt(self.tau2 + self.se**2) * score), name="pooled fraction")

    def leave_one_out(self) -> pd.DataFrame:
        """Return the pool without each study in turn: fraction, lower, upper, tau2, shift (difference in fraction)."""
        rows = []
        if len(self.studies) < 3:
            raise FactorError(f"leave one out: needed at least 3 studies, got {len(self.studies)}.")
        for i, name in enumerate(self.studies.index):
            rest = self.studies.iloc[np.arange(len(self.studies)) != i]
            found = _pool(rest, self.method, self.interval, self.level)
            low, high = found.bounds
            rows.append([name, found.fraction, low, high, found.tau2, found.fraction - self.fraction])
        columns = ["study", "fraction", "lower", "upper", "tau2", "shift"]
        return pd.DataFrame(rows, columns=columns).set_index("study")

    def claim(self, identity: str, drug: str, biomarker: str, citation: str, **more: Any) -> dict[str, Any]:
        """Return the pool as a user's claim row, to be laid over a profile.

        Parameters
        ----------
        identity, drug, biomarker, citation : str
            ``identity`` is the new claim's id; put a version in it, since a claim is never rewritten.
        **more
            Other columns (``route``, ``analyte_form``, ``note`` ...).

        Returns
        -------
        dict
            For ``profile(name, overlay={"name": ..., "claim": [row]})``.
        """
        d = self.distribution()
        low, high = self.predicted
        return {
            "id": identity, "quantity": "excretion_fraction", "drug": drug, "biomarker": biomarker, "basis": "molar",
            "value": round(d.median(), 6), "spread": round(d.sd(), 6), "spread_kind": "predictive",
            "low": round(low, 6), "high": round(high, 6), "unit": "1", "n": str(int(self.studies["n"].sum())),
            "citation": citation, "status": "user",
            "note": f"{len(self.studies)} studies pooled ({self.method}), tau2 {self.tau2:.3g}, "
            f"I2 {100 * self.i2:.0f} %",
            **more,
        }  # fmt: skip


def pool(
    studies: pd.DataFrame, method: str = "dersimonian-laird", *, interval: str = "hartung-knapp", level: float = 0.95
) -> Pooled:
    """Pool study fractions by random effects on the logit scale.

    Parameters
    ----------
    studies : DataFrame
        Columns ``study`` (or the index), ``fraction`` (molar, 0-1), ``sd`` (between persons) and ``n`` persons.
    method : str
        ``"dersimonian-laird"`` or ``"reml"`` for the variance between studies.
    interval : str
        ``"hartung-knapp"`` (Student t, scaled by what the studies show) or ``"normal"``.
    level : float

    Raises
    ------
    FactorError
        Every faulty study, by name.

    Source
    ------
    DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2; Hartung and Knapp 2001, 10.1002/sim.791.

    Examples
    --------
    >>> studies = pd.DataFrame({"study": list("abcd"), "fraction": [0.43, 0.37, 0.30, 0.50],
    ...     "n": [8, 6, 5, 10], "sd": [0.10, 0.09, 0.08, 0.12]})
    >>> found = pool(studies, interval="normal")
    >>> round(found.q, 4), round(found.tau2, 7), round(found.mean, 6), round(found.se, 6), round(found.fraction, 6)
    (15.1801, 0.0981998, -0.40914, 0.17504, 0.399118)
    """
    for given, known, what in ((method, METHODS, "method"), (interval, INTERVALS, "interval")):
        if given not in known:
            raise FactorError(f"pool: {what} is {given!r}; needed one of {', '.join(known)}.")
    tails(level, "pool")
    return _pool(_checked(studies), method, interval, level)


def pool_by(studies: pd.DataFrame, by: str = "route", **how: Any) -> dict[str, Pooled]:
    """Pool each subgroup (route of administration by default) on its own.

    Raises
    ------
    FactorError
        A subgroup of one study; it is named.
    """
    if by not in studies:
        raise FactorError(f"pool_by: no column {by!r}; columns are {', '.join(map(str, studies.columns))}.")
    alone = [str(k) for k, group in studies.groupby(by) if len(group) < 2]
    if alone:
        raise FactorError(f"pool_by: one study only for {', '.join(alone)}; a spread needs two. Pool without {by}.")
    return {str(k): pool(group, **how) for k, group in studies.groupby(by)}


def mix_routes(pooled: Mapping[str, Pooled], weights: Mapping[str, float]) -> Beta:
    """Return the fraction of a population from pooled routes and Dirichlet weights (counts of users by route).

    Raises
    ------
    FactorError
        Routes and weights differ.
    """
    if set(pooled) != set(weights):
        raise FactorError(f"mix_routes: routes {sorted(pooled)} and weights {sorted(weights)} differ.")
    return route_mix([(float(weights[r]), p.distribution()) for r, p in pooled.items()])


def _checked(studies: pd.DataFrame) -> pd.DataFrame:
    need_table(studies, "pool", "study, fraction, sd, n")
    table = studies.set_index("study") if "study" in studies else studies.copy()
    missing = [c for c in ("fraction", "sd", "n") if c not in table]
    if missing:
        raise FactorError(f"pool: column {', '.join(missing)} missing; needed study, fraction, sd, n.")
    faults = [
        f"study {name}: {column} is {value!r}; needed a finite number"
        for column in ("fraction", "sd", "n")
        for name, value in table[column].items()
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or math.isinf(value)
    ]
    if faults:
        raise FactorError("\n".join(faults))
    for name, row in table.iterrows():
        if not 0 < row["fraction"] < 1:
            hint = " Was a percentage meant?" if row["fraction"] > 1 else ""
            faults.append(f"study {name}: fraction is {row['fraction']:g}; needed a number between 0 and 1.{hint}")
        if not row["sd"] > 0:
            faults.append(f"study {name}: sd is {row['sd']:g}; needed the standard deviation between its persons.")
        if not row["n"] >= 2:
            faults.append(f"study {name}: n is {row['n']:g}; needed at least 2 persons for a spread.")
    if len(table) < 2:
        faults.append(f"pool: {len(table)} study; needed at least 2.")
    if faults:
        raise FactorError("\n".join(faults))
    table = table.astype({"fraction": float, "sd": float})
    f = table["fraction"]
    table["logit"] = special.logit(f)
    table["variance"] = (table["sd"] / np.sqrt(table["n"].astype(float))) ** 2 / (f * (1 - f)) ** 2
    return table


def _pool(table: pd.DataFrame, method: str, interval: str, level: float) -> Pooled:
    y, v = table["logit"].to_numpy(), table["variance"].to_numpy()
    k = len(y)
    w = 1 / v
    fixed = float(w @ y / w.sum())
    q = float(w @ (y - fixed) ** 2)
    tau2 = _dersimonian_laird(w, q, k) if method == "dersimonian-laird" else reml(y, v)
    random = 1 / (v + tau2)
    mean = float(random @ y / random.sum())
    variance = 1 / random.sum()
    if interval == "hartung-knapp":
        variance *= scatter(random, y - mean)
    return Pooled(
        studies=table.assign(weight=random / random.sum()),
        method=method,
        interval=interval,
        fixed=fixed,
        mean=mean,
        se=math.sqrt(variance),
        tau2=tau2,
        q=q,
        p=float(special.chdtrc(k - 1, q)),
        i2=max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0,
        level=level,
    )


def scatter(weight: np.ndarray, residual: np.ndarray) -> float:
    """Return Hartung and Knapp's factor on the variance of a weighted mean: what the points show over what was stated.

    Points that lie closer together than their stated errors allow in 39 of 40 cases are luck, rounding or copies, not
    knowledge: the factor does not fall below that quantile.

    Parameters
    ----------
    weight, residual : ndarray, shape (k,)
        Inverse variances, and distances from the weighted mean.

    Examples
    --------
    >>> round(scatter(np.ones(4), np.array([-1.0, 0.0, 0.0, 1.0])), 3), round(scatter(np.ones(4), np.zeros(4)), 3)
    (0.667, 0.072)
    """
    df = len(residual) - 1
    return max(float(weight @ residual**2), float(special.chdtri(df, 0.975))) / df


def _dersimonian_laird(w: np.ndarray, q: float, k: int) -> float:
    return max(0.0, (q - (k - 1)) / float(w.sum() - (w**2).sum() / w.sum()))


def reml(y: np.ndarray, v: np.ndarray) -> float:
    """Return the variance between studies by restricted maximum likelihood, held at zero from below.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
        Effects and their variances.

    Examples
    --------
    >>> round(reml(np.array([0.0, 1.0, 2.0]), np.array([0.1, 0.1, 0.1])), 6)
    0.9
    """
    tau2 = float(np.var(y, ddof=1))
    for _ in range(500):
        w = 1 / (v + tau2)
        mean = w @ y / w.sum()
        new = max(0.0, float((w**2 @ ((y - mean) ** 2 - v)) / (w**2).sum() + 1 / w.sum()))
        if abs(new - tau2) < 1e-12:
            break
        tau2 = new
    return tau2


def _critical(level: float, df: int, interval: str) -> float:
    p = 0.5 + level / 2
    return float(special.stdtrit(df, p) if interval == "hartung-knapp" else special.ndtri(p))
