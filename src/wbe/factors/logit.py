"""A fraction whose logit is Student t about its median, each side with its own width: what pools and calibrations give.

Refuses a median or bounds outside 0-1 and bounds that do not enclose the median. Never reaches 0 or 1.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from scipy import special

from wbe.factors.refusals import refuse
from wbe.uncertainty.distributions import Distribution

#: a number in, a number out; an array in, an array out
N = TypeVar("N", float, np.ndarray)

__all__ = ["LogitT", "fitted"]

_NORMAL = 1e6
"""Degrees of freedom beyond which Student t is the normal."""
_EDGE, _FAR = 0.025, 0.005
_MOST = 30.0


@dataclass(frozen=True)
class LogitT(Distribution):
    """A fraction by its median, its 2.5 % and 97.5 % quantiles and the degrees of freedom of its logit.

    Parameters
    ----------
    centre, low, high : float
        Median, 2.5 % and 97.5 % quantile, all between 0 and 1.
    df : float
        Degrees of freedom of Student t on the logit scale; infinite for a logit-normal.

    Raises
    ------
    FactorError
        Numbers out of order, or outside 0-1.

    Examples
    --------
    >>> d = LogitT(0.2, 0.05, 0.6)
    >>> d.quantile(np.array([0.025, 0.5, 0.975])).round(6).tolist()
    [0.05, 0.2, 0.6]
    """

    centre: float
    low: float
    high: float
    df: float = math.inf

    def __post_init__(self) -> None:
        if not (0 < self.low < self.centre < self.high < 1 and self.df >= 1):
            refuse("factors-logit", low=self.low, centre=self.centre, high=self.high, df=self.df)

    @functools.cached_property
    def _shape(self) -> tuple[float, float, float]:
        """Logit of the median, and the scale of each side."""
        at, reach = float(special.logit(self.centre)), float(self._score(1 - _EDGE))
        return at, (at - float(special.logit(self.low))) / reach, (float(special.logit(self.high)) - at) / reach

    def _score(self, p: Any) -> Any:
        return special.ndtri(p) if self.df > _NORMAL else special.stdtrit(self.df, p)

    def cdf(self, x: N) -> N:
        """Return P(value <= x)."""
        at, below, above = self._shape
        away = special.logit(np.clip(x, 0.0, 1.0)) - at
        score = away / np.where(away < 0, below, above)
        return (special.ndtr(score) if self.df > _NORMAL else special.stdtr(self.df, score))[()]

    def quantile(self, p: N) -> N:
        """Return the value that is exceeded with probability ``1 - p``."""
        at, below, above = self._shape
        score = np.asarray(self._score(p))
        return special.expit(at + score * np.where(score < 0, below, above))[()]

    def log_quantile(self, u: N) -> N:
        """Return ln of the quantile, which keeps its digits where the fraction is next to 0."""
        at, below, above = self._shape
        score = np.asarray(self._score(u))
        return special.log_expit(at + score * np.where(score < 0, below, above))[()]

    def median(self) -> float:
        """Return the median."""
        return self.centre


def fitted(quantile: Callable[[float], float]) -> LogitT:
    """Return the distribution with the median, the 95 % interval and the tails of another one on the logit scale.

    Parameters
    ----------
    quantile : callable
        Quantile of the logit at a probability.

    Examples
    --------
    >>> round(fitted(lambda p: -1.0 + 0.3 * float(special.ndtri(p))).high, 4)
    0.3984
    """
    probabilities = (_FAR, _EDGE, 0.5, 1 - _EDGE, 1 - _FAR)
    # a fraction next to 0 or 1 as far as floats tell one from the other
    far_low, low, middle, high, far_high = (
        min(max(quantile(p), edge - _MOST), _MOST + edge)
        for p, edge in zip(probabilities, (-2, -1, 0, 1, 2), strict=True)
    )
    # the further the tail lies beyond the bounds, the fewer the degrees of freedom
    tail = math.sqrt((middle - far_low) / (middle - low) * (far_high - middle) / (high - middle))
    candidates = np.array([*np.geomspace(1, 200, 400), np.inf])
    ratio = np.append(
        special.stdtrit(candidates[:-1], 1 - _FAR) / special.stdtrit(candidates[:-1], 1 - _EDGE),
        special.ndtri(1 - _FAR) / special.ndtri(1 - _EDGE),
    )
    df = float(candidates[np.abs(ratio - tail).argmin()])
    centre, lowest, highest = (float(special.expit(x)) for x in (middle, low, high))
    return LogitT(centre, lowest, highest, df)
