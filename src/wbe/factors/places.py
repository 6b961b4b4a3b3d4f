"""The recovery of places: its median over places and the spread between them, with the uncertainty of both.

Holds the model of the calibration bench. Refuses to plug in one value of the spread, and a recovery of 100 % or more.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from wbe.factors.logit import LogitT, fitted
from wbe.factors.random_effects import prior_of_between

__all__ = ["Places"]

_STEP, _REACH = 0.03, 4.0
_MIDDLES, _SPREADS = 121, 24


@dataclass(frozen=True, eq=False)
class Places:
    """Places whose true recoveries are normal on the logit, each seen through a log-normal error of known size.

    Attributes
    ----------
    log_recovery, variance : ndarray, shape (k,)
        ln of each place's implied recovery, and the variance of its error.
    weight_of_middle : ndarray, shape (m,), optional
        Prior weight of each :attr:`middle`; by default every ln recovery below 0 is as likely as any other.
    """

    log_recovery: np.ndarray
    variance: np.ndarray
    weight_of_middle: np.ndarray | None = None

    @functools.cached_property
    def logits(self) -> np.ndarray:
        """Logits that a place's true recovery may have."""
        return np.asarray(np.arange(self.middle[0] - _REACH, self.middle[-1] + _REACH, _STEP))

    @functools.cached_property
    def middle(self) -> np.ndarray:
        """Logits of the median place that are weighed."""
        seen = special.logit(np.minimum(np.exp(self.log_recovery), 0.95))
        se = math.hypot(float(np.std(seen)), float(np.sqrt(self.variance.mean())), 0.1) / math.sqrt(len(seen))
        reach = float(special.stdtrit(len(seen) - 1, 0.999)) * se + 0.3
        return np.asarray(np.linspace(float(np.mean(seen)) - reach, float(np.mean(seen)) + reach, _MIDDLES))

    @functools.cached_property
    def between(self) -> np.ndarray:
        """Spreads between places on the logit that are weighed."""
        return np.asarray(np.geomspace(0.03, 6.0, _SPREADS))

    @functools.cached_property
    def _mixed(self) -> np.ndarray:
        """Share of places at each logit, for each pair of middle and spread; shape (m s, g)."""
        middle, between = (a.reshape(-1, 1) for a in np.meshgrid(self.middle, self.between, indexing="ij"))
        dense = np.exp(-0.5 * ((self.logits - middle) / between) ** 2)
        return np.asarray(dense / dense.sum(axis=1, keepdims=True))

    @functools.cached_property
    def _each(self) -> np.ndarray:
        """Log-likelihood of each place for each pair of middle and spread; shape (m s, k)."""
        expected = special.log_expit(self.logits)[:, None]
        seen = np.exp(-0.5 * (self.log_recovery - expected) ** 2 / self.variance)
        return np.asarray(np.log(self._mixed @ seen + 1e-300))

    @functools.cached_property
    def _prior(self) -> np.ndarray:
        flat = special.expit(-self.middle)  # d ln(recovery) / d logit: flat on ln recovery, cut at 100 %
        middle = flat if self.weight_of_middle is None else self.weight_of_middle
        return np.asarray(np.multiply.outer(middle, prior_of_between(self.between) * self.between).ravel())

    def _weights(self, without: int | None = None) -> np.ndarray:
        total = self._each.sum(axis=1)
        if without is not None:
            total = total - self._each[:, without]
        weight = np.exp(total - total.max()) * self._prior
        return np.asarray(weight / weight.sum())

    def likelihood(self, logit: np.ndarray) -> np.ndarray:
        """Return how likely the data are at logits of the median place, over all spreads; the largest is 1."""
        total = self._each.sum(axis=1).reshape(_MIDDLES, _SPREADS)
        over = np.exp(total - total.max()) @ (prior_of_between(self.between) * self.between)
        return np.asarray(np.interp(logit, self.middle, over / over.max(), left=0.0, right=0.0))

    def spread(self) -> float:
        """Return the posterior median of the spread between places, on the logit."""
        share = self._weights().reshape(_MIDDLES, _SPREADS).sum(axis=0).cumsum()
        return float(np.exp(np.interp(0.5, share, np.log(self.between))))

    def median_place(self) -> LogitT:
        """Return the recovery of the median place."""
        share = self._weights().reshape(_MIDDLES, _SPREADS).sum(axis=1).cumsum()
        half = 0.5 * (self.middle[1] - self.middle[0])
        return fitted(lambda p: float(np.interp(p, share, self.middle + half)))

    def another_place(self) -> LogitT:
        """Return the recovery of a place that was not measured."""
        middle, between = (a.ravel() for a in np.meshgrid(self.middle, self.between, indexing="ij"))
        weight = self._weights()
        held = weight > 1e-9 * weight.max()
        weight, middle, between = weight[held], middle[held], between[held]

        def quantile(p: float) -> float:
            low, high = float((middle - 9 * between).min()), float((middle + 9 * between).max())
            for _ in range(60):
                at = 0.5 * (low + high)
                low, high = (at, high) if float(weight @ special.ndtr((at - middle) / between)) < p else (low, at)
            return 0.5 * (low + high)

        return fitted(quantile)

    def left_out(self, place: int, probabilities: np.ndarray) -> np.ndarray:
        """Return quantiles of ln of the recovery that the other places let one expect to be seen at this one."""
        share = self._weights(place) @ self._mixed
        at, sd = special.log_expit(self.logits), float(np.sqrt(self.variance[place]))
        grid = np.linspace(float(at[0]) - 4 * sd, 6 * sd, 250)
        seen = special.ndtr((grid[:, None] - at) / sd) @ share
        return np.asarray(np.interp(probabilities, seen, grid))
