"""Random effects of few studies or places: the mean, the spread between them, and what another one would show.

Refuses to plug in one value of the spread: predictions average over all that the data and a weak prior leave.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from wbe.factors.rules import rules

__all__ = ["Prediction", "between_grid", "dersimonian_laird", "prediction", "prior_of_between", "reml", "scatter"]


def scatter(weight: np.ndarray, residual: np.ndarray) -> float:
    """Return Hartung and Knapp's factor on the variance of a weighted mean: what the points show over what was stated.

    Points that lie closer together than their stated errors allow are luck, rounding or copies, not knowledge: the
    factor is never below 1, the ordinary random-effects variance.

    Parameters
    ----------
    weight, residual : ndarray, shape (k,)
        Inverse variances, and distances from the weighted mean.

    Examples
    --------
    >>> round(scatter(np.ones(4), np.array([-2.0, 0.0, 0.0, 2.0])), 3), scatter(np.ones(4), np.zeros(4))
    (2.667, 1.0)
    """
    return max(float(weight @ residual**2) / (len(residual) - 1), 1.0)


def dersimonian_laird(w: np.ndarray, q: float, k: int) -> float:
    """Return the variance between studies by moments, held at zero from below.

    Source
    ------
    DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2.

    Examples
    --------
    >>> dersimonian_laird(np.array([10.0, 10.0, 10.0]), 20.0, 3)
    0.9
    """
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


def between_grid() -> np.ndarray:
    """Return the values of the spread between studies (a standard deviation on the logit) that are averaged over."""
    return np.concatenate([[0.0], np.geomspace(0.004, 8.0, 90)])


def prior_of_between(between: np.ndarray) -> np.ndarray:
    """Return the weight of each value of the spread before the data: half Student t with the library's own spread.

    Its median is the spread between studies that the library assumes of a single one; it decides little from five
    studies on, and keeps two from promising what they cannot know.

    Examples
    --------
    >>> prior_of_between(np.array([0.0, 0.3])).round(3).tolist()
    [1.0, 0.725]
    """
    df = float(rules()["pool"]["between_df"])
    scale = float(rules()["spread"]["between_studies_logit"]) / float(special.stdtrit(df, 0.75))
    return np.asarray((1 + (between / scale) ** 2 / df) ** (-(df + 1) / 2))


@dataclass(frozen=True)
class Prediction:
    """The mean of another population on the logit scale: normals, one for each value of the spread, with weights."""

    weight: np.ndarray
    mean: np.ndarray
    sd: np.ndarray

    def quantile(self, p: float) -> float:
        """Return the quantile of the logit at a probability."""
        low = float((self.mean + self.sd * special.ndtri(min(p, 0.5) * 1e-3)).min()) - 1.0
        high = float((self.mean - self.sd * special.ndtri((1 - max(p, 0.5)) * 1e-3)).max()) + 1.0
        for _ in range(80):
            middle = 0.5 * (low + high)
            if float(self.weight @ special.ndtr((middle - self.mean) / self.sd)) < p:
                low = middle
            else:
                high = middle
            if high - low < 1e-12 * (1 + abs(middle)):
                break
        return 0.5 * (low + high)


def prediction(y: np.ndarray, v: np.ndarray) -> Prediction:
    """Return what the mean of another population may be, from study effects with known variances.

    Parameters
    ----------
    y, v : ndarray, shape (k,)
        Logits and their variances.

    Source
    ------
    Higgins, Thompson and Spiegelhalter 2009, 10.1111/j.1467-985X.2008.00552.x.

    Examples
    --------
    >>> found = prediction(np.array([-0.4, -0.4]), np.array([0.01, 0.01]))
    >>> found.quantile(0.975) > 0.1
    True
    """
    between = between_grid()
    w = 1 / (v + between[:, None] ** 2)
    total = w.sum(axis=1)
    mean = (w @ y) / total
    away = y - mean[:, None]
    log_likelihood = 0.5 * (np.log(w).sum(axis=1) - np.log(total) - (w * away**2).sum(axis=1))
    weight = np.exp(log_likelihood - log_likelihood.max()) * prior_of_between(between) * np.gradient(between)
    # a mean is no surer than what the points show of it
    widen = np.maximum((w * away**2).sum(axis=1) / (len(y) - 1), 1.0)
    sd = np.sqrt(widen / total + between**2)
    return Prediction(weight / weight.sum(), mean, np.asarray(sd, dtype=float))


def normal_or_t(level: float, df: int, normal: bool) -> float:
    """Return the score of a central interval: Student t, or the normal."""
    p = 0.5 + level / 2
    return float(special.ndtri(p) if normal else special.stdtrit(df, p))


def mean_and_se(y: np.ndarray, v: np.ndarray, tau2: float, *, knapp: bool) -> tuple[float, float, np.ndarray]:
    """Return the random-effects mean, its standard error and the weights."""
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    return mean, math.sqrt((scatter(w, y - mean) if knapp else 1.0) / float(w.sum())), w
