"""Distributions of positive inputs: frozen, hashable, quick to evaluate, each made from a stated mean or median.

Refuses what cannot be an input: numbers that are not finite, negative or zero spreads, fractions above one.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special

from wbe.errors import UncertaintyError

__all__ = ["Beta", "Distribution", "Empirical", "LogNormal", "Mixture", "Triangular", "TruncatedNormal", "Uniform"]

Array = Any  # float in, float out; ndarray in, ndarray out


def _finite(name: str, **numbers: float) -> None:
    for key, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not math.isfinite(value):
            raise UncertaintyError("uncertainty-not-finite", name=name, key=key, came=repr(value))


def _positive(name: str, **numbers: float) -> None:
    _finite(name, **numbers)
    for key, value in numbers.items():
        if value <= 0:
            raise UncertaintyError("uncertainty-not-positive", name=name, key=key, came=repr(value))


class Distribution:
    """A positive random number; base of every distribution here.

    Equal parameters make equal objects, so that densities are computed once and kept.
    """

    def cdf(self, x: Array) -> Array:
        """Return P(value <= x). Raises TypeError where there is none."""
        raise TypeError(f"{type(self).__name__} has no cdf")

    def quantile(self, p: Array) -> Array:
        """Return the value that is exceeded with probability ``1 - p``. Raises TypeError where there is none."""
        raise TypeError(f"{type(self).__name__} has no quantile")

    def mean(self) -> float:
        """Return the mean on the natural scale."""
        from wbe.uncertainty.moments import moment

        return float(moment(self, 1.0))

    def sd(self) -> float:
        """Return the standard deviation on the natural scale."""
        from wbe.uncertainty.moments import moment

        mean = self.mean()
        return math.sqrt(max(moment(self, 2.0) - mean * mean, 0.0))

    def median(self) -> float:
        """Return the median on the natural scale."""
        return float(self.quantile(0.5))

    def log_quantile(self, u: Array) -> Array:
        """Return ln of the quantile at probability ``u``."""
        with np.errstate(divide="ignore"):
            return np.log(self.quantile(u))

    def log_moments(self) -> tuple[float, float]:
        """Return mean and standard deviation of ln(value / median)."""
        from wbe.uncertainty.moments import log_moments

        return log_moments(self)

    @property
    def log_normal(self) -> bool:
        """Whether ln(value) is normal, so that products stay in closed form."""
        return False


@dataclass(frozen=True, init=False)
class LogNormal(Distribution):
    """Log-normal by its median and its spread.

    Parameters
    ----------
    median : float
        On the natural scale; for a stated mean use :meth:`from_mean`.
    cv : float, optional
        Coefficient of variation (sd / mean).
    gsd : float, optional
        Geometric standard deviation, above 1. Give one of ``cv`` and ``gsd``.
    name : str
        The input's name, for messages.

    Raises
    ------
    UncertaintyError
        Median, CV or GSD impossible.

    Examples
    --------
    >>> d = LogNormal(median=100.0, cv=0.3)
    >>> round(d.mean(), 2), round(d.sd() / d.mean(), 3), round(float(d.quantile(0.975)), 1)
    (104.4, 0.3, 177.8)
    """

    centre: float
    log_sd: float

    def __init__(
        self, median: float = 1.0, cv: float | None = None, *, gsd: float | None = None, name: str = "LogNormal"
    ):
        if (cv is None) == (gsd is None):
            raise UncertaintyError("uncertainty-cv-or-gsd", name=name, cv=repr(cv), gsd=repr(gsd))
        _positive(name, median=median)
        if cv is not None:
            _positive(name, cv=cv)
            spread = math.sqrt(math.log1p(float(cv) ** 2))
        else:
            assert gsd is not None
            _positive(name, gsd=gsd)
            if gsd <= 1:
                raise UncertaintyError("uncertainty-gsd", name=name, came=repr(gsd))
            spread = math.log(gsd)
        object.__setattr__(self, "centre", float(median))
        object.__setattr__(self, "log_sd", spread)

    @classmethod
    def from_median(cls, median: float, cv: float, name: str = "LogNormal") -> LogNormal:
        """Make one from a stated median and CV."""
        return cls(median, cv, name=name)

    @classmethod
    def from_mean(cls, mean: float, cv: float, name: str = "LogNormal") -> LogNormal:
        """Make one from a stated mean and CV: the median is mean / sqrt(1 + cv^2).

        Examples
        --------
        >>> round(LogNormal.from_mean(100.0, 0.3).median(), 2)
        95.78
        """
        _positive(name, mean=mean, cv=cv)
        return cls(mean / math.sqrt(1 + cv * cv), cv, name=name)

    @classmethod
    def from_interval(cls, lower: float, upper: float, level: float = 0.95, name: str = "LogNormal") -> LogNormal:
        """Make one whose central ``level`` interval is (lower, upper).

        Raises
        ------
        UncertaintyError
            The bounds are no interval.

        Examples
        --------
        >>> round(LogNormal.from_interval(50.0, 200.0).median(), 6)
        100.0
        """
        _positive(name, lower=lower, upper=upper)
        if not (lower < upper and 0 < level < 1):
            raise UncertaintyError(
                "uncertainty-no-interval", name=name, lower=repr(lower), upper=repr(upper), level=repr(level)
            )
        z = float(special.ndtri(0.5 + level / 2))
        return cls(math.sqrt(lower * upper), gsd=math.exp(math.log(upper / lower) / (2 * z)), name=name)

    def cdf(self, x: Array) -> Array:
        with np.errstate(divide="ignore"):
            return special.ndtr((np.log(x) - math.log(self.centre)) / self.log_sd)

    def quantile(self, p: Array) -> Array:
        return self.centre * np.exp(self.log_sd * special.ndtri(p))

    def log_quantile(self, u: Array) -> Array:
        return math.log(self.centre) + self.log_sd * special.ndtri(u)

    def median(self) -> float:
        return self.centre

    def mean(self) -> float:
        return self.centre * math.exp(self.log_sd**2 / 2)

    def sd(self) -> float:
        return self.mean() * math.sqrt(math.expm1(self.log_sd**2))

    def log_moments(self) -> tuple[float, float]:
        return 0.0, self.log_sd

    @property
    def log_normal(self) -> bool:
        return True


@dataclass(frozen=True, init=False)
class TruncatedNormal(Distribution):
    """Normal truncated at zero; ``mean`` and ``sd`` are those of the normal before truncation.

    Examples
    --------
    >>> round(TruncatedNormal(30.0, 8.0).median(), 3)
    30.001
    """

    location: float
    scale: float

    def __init__(self, mean: float, sd: float, *, name: str = "TruncatedNormal"):
        _positive(name, mean=mean, sd=sd)
        object.__setattr__(self, "location", float(mean))
        object.__setattr__(self, "scale", float(sd))

    @property
    def _below(self) -> float:
        return float(special.ndtr(-self.location / self.scale))

    def cdf(self, x: Array) -> Array:
        low = self._below
        return np.clip((special.ndtr((np.asarray(x) - self.location) / self.scale) - low) / (1 - low), 0, 1)

    def quantile(self, p: Array) -> Array:
        # from the upper tail, where 1 - p keeps its digits
        upper = (1 - np.asarray(p, dtype=float)) * (1 - self._below)
        return np.maximum(self.location - self.scale * special.ndtri(upper), 0.0)[()]

    def mean(self) -> float:
        return self.location + self.scale * self._hazard

    def sd(self) -> float:
        alpha, hazard = -self.location / self.scale, self._hazard
        return self.scale * math.sqrt(1 + alpha * hazard - hazard**2)

    @property
    def _hazard(self) -> float:
        alpha = -self.location / self.scale
        return math.exp(-alpha * alpha / 2) / math.sqrt(2 * math.pi) / (1 - self._below)


@dataclass(frozen=True, init=False)
class Beta(Distribution):
    """Beta on (0, 1), for fractions; by mean and sd, or by its two shapes.

    Raises
    ------
    UncertaintyError
        A mean at or above 1 (an excretion fraction cannot be), or an sd too wide for the mean.

    Examples
    --------
    >>> d = Beta(mean=0.39, sd=0.08)
    >>> round(d.a, 2), round(d.b, 2), round(d.median(), 4)
    (14.11, 22.06, 0.388)
    """

    a: float
    b: float

    def __init__(
        self,
        *,
        mean: float | None = None,
        sd: float | None = None,
        a: float | None = None,
        b: float | None = None,
        name: str = "Beta",
    ):
        if mean is not None and sd is not None and a is None and b is None:
            _positive(name, mean=mean, sd=sd)
            if mean >= 1:
                raise UncertaintyError("uncertainty-fraction-mean", name=name, came=repr(mean))
            if sd * sd >= mean * (1 - mean):
                raise UncertaintyError(
                    "uncertainty-fraction-sd",
                    name=name,
                    came=repr(sd),
                    mean=repr(mean),
                    most=f"{math.sqrt(mean * (1 - mean)):.3g}",
                )
            total = mean * (1 - mean) / (sd * sd) - 1
            a, b = mean * total, (1 - mean) * total
        elif not (mean is None and sd is None and a is not None and b is not None):
            raise UncertaintyError("uncertainty-beta-shapes", name=name)
        _positive(name, a=a, b=b)
        object.__setattr__(self, "a", float(a))
        object.__setattr__(self, "b", float(b))

    def cdf(self, x: Array) -> Array:
        return special.betainc(self.a, self.b, np.clip(x, 0.0, 1.0))

    def quantile(self, p: Array) -> Array:
        return special.betaincinv(self.a, self.b, p)

    def mean(self) -> float:
        return self.a / (self.a + self.b)

    def sd(self) -> float:
        total = self.a + self.b
        return math.sqrt(self.a * self.b / (total * total * (total + 1)))

    def log_moments(self) -> tuple[float, float]:
        mean = special.digamma(self.a) - special.digamma(self.a + self.b) - math.log(self.median())
        variance = special.polygamma(1, self.a) - special.polygamma(1, self.a + self.b)
        return float(mean), math.sqrt(float(variance))


@dataclass(frozen=True, init=False)
class Triangular(Distribution):
    """Triangular between ``low`` and ``high`` with its peak at ``mode``.

    Examples
    --------
    >>> Triangular(0.8, 0.9, 1.0).median()
    0.9
    """

    low: float
    mode: float
    high: float

    def __init__(self, low: float, mode: float, high: float, *, name: str = "Triangular"):
        _finite(name, low=low, mode=mode, high=high)
        if not (0 <= low <= mode <= high and low < high):
            raise UncertaintyError("uncertainty-triangle", name=name, low=repr(low), mode=repr(mode), high=repr(high))
        object.__setattr__(self, "low", float(low))
        object.__setattr__(self, "mode", float(mode))
        object.__setattr__(self, "high", float(high))

    def cdf(self, x: Array) -> Array:
        x = np.clip(x, self.low, self.high)
        width = self.high - self.low
        up = (x - self.low) ** 2 / (width * max(self.mode - self.low, 1e-300))
        down = 1 - (self.high - x) ** 2 / (width * max(self.high - self.mode, 1e-300))
        return np.where(x < self.mode, up, down)[()]

    def quantile(self, p: Array) -> Array:
        p = np.asarray(p, dtype=float)
        width = self.high - self.low
        up = self.low + np.sqrt(p * width * (self.mode - self.low))
        down = self.high - np.sqrt((1 - p) * width * (self.high - self.mode))
        return np.where(p * width < self.mode - self.low, up, down)[()]

    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3

    def sd(self) -> float:
        a, c, b = self.low, self.mode, self.high
        return math.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18)


@dataclass(frozen=True, init=False)
class Uniform(Distribution):
    """Uniform between ``low`` and ``high``.

    Examples
    --------
    >>> Uniform(2.0, 4.0).mean()
    3.0
    """

    low: float
    high: float

    def __init__(self, low: float, high: float, *, name: str = "Uniform"):
        _finite(name, low=low, high=high)
        if not 0 <= low < high:
            raise UncertaintyError("uncertainty-bounds", name=name, low=repr(low), high=repr(high))
        object.__setattr__(self, "low", float(low))
        object.__setattr__(self, "high", float(high))

    def cdf(self, x: Array) -> Array:
        return np.clip((np.asarray(x, dtype=float) - self.low) / (self.high - self.low), 0, 1)[()]

    def quantile(self, p: Array) -> Array:
        return self.low + np.asarray(p, dtype=float)[()] * (self.high - self.low)

    def mean(self) -> float:
        return (self.low + self.high) / 2

    def sd(self) -> float:
        return (self.high - self.low) / math.sqrt(12)


@dataclass(frozen=True, init=False)
class Mixture(Distribution):
    """Schools of thought that exclude each other: each with a weight and its own distribution.

    Parameters
    ----------
    parts : sequence of (weight, Distribution)
        Weights are positive and sum to 1.

    Examples
    --------
    >>> d = Mixture(((0.5, Uniform(1.0, 2.0)), (0.5, Uniform(3.0, 4.0))))
    >>> d.mean(), round(float(d.quantile(0.25)), 6)
    (2.5, 1.5)
    """

    parts: tuple[tuple[float, Distribution], ...]

    def __init__(self, parts: Sequence[tuple[float, Distribution]], *, name: str = "Mixture"):
        kept = []
        for weight, part in parts:
            _positive(name, weight=weight)
            if not isinstance(part, Distribution):
                raise UncertaintyError("uncertainty-mixture-part", name=name, came=repr(part))
            kept.append((float(weight), part))
        total = sum(w for w, _ in kept)
        if abs(total - 1) > 1e-9:
            raise UncertaintyError("uncertainty-mixture-weights", name=name, total=f"{total:.6g}")
        object.__setattr__(self, "parts", tuple(kept))

    def cdf(self, x: Array) -> Array:
        return sum(w * part.cdf(x) for w, part in self.parts)

    def quantile(self, p: Array) -> Array:
        p = np.asarray(p, dtype=float)
        each = np.stack([np.asarray(part.quantile(p), dtype=float) for _, part in self.parts])
        # the mixture's quantile lies between the smallest and the largest of its parts'
        low, high = each.min(axis=0), each.max(axis=0)
        for _ in range(80):
            middle = 0.5 * (low + high)
            if ((middle == low) | (middle == high)).all():  # neighbours among the floats: nothing is left to halve
                break
            below = self.cdf(middle) < p
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (0.5 * (low + high))[()]

    @functools.cache  # noqa: B019 - equal mixtures share one entry, and there are as many as factors
    def median(self) -> float:
        return float(self.quantile(0.5))

    def mean(self) -> float:
        return sum(w * part.mean() for w, part in self.parts)

    def sd(self) -> float:
        mean = self.mean()
        return math.sqrt(sum(w * (part.sd() ** 2 + (part.mean() - mean) ** 2) for w, part in self.parts))


@dataclass(frozen=True, init=False)
class Empirical(Distribution):
    """Draws of a posterior or a survey; quantiles interpolate their logarithms.

    Parameters
    ----------
    draws : sequence of float
        At least 20 positive numbers, not all equal.

    Examples
    --------
    >>> d = Empirical(np.exp(np.linspace(-1, 1, 2001)))
    >>> round(d.median(), 9)
    1.0
    """

    digest: str
    draws: np.ndarray = field(compare=False, repr=False)

    def __init__(self, draws: Sequence[float] | np.ndarray, *, name: str = "Empirical"):
        values = np.sort(np.asarray(draws, dtype=float).ravel())
        if values.size < 20:
            raise UncertaintyError("uncertainty-few-draws", name=name, count=values.size)
        if not np.isfinite(values).all() or values[0] <= 0:
            raise UncertaintyError("uncertainty-draws-not-positive", name=name, smallest=repr(values[0]))
        if values[0] == values[-1]:
            raise UncertaintyError("uncertainty-equal-draws", name=name, came=repr(values[0]))
        import hashlib

        values.setflags(write=False)
        object.__setattr__(self, "digest", hashlib.blake2b(values.tobytes(), digest_size=16).hexdigest())
        object.__setattr__(self, "draws", values)

    @property
    def _positions(self) -> np.ndarray:
        n = self.draws.size
        return (np.arange(n) + 0.5) / n

    def cdf(self, x: Array) -> Array:
        with np.errstate(divide="ignore"):
            log = np.log(x)
        position = np.interp(log, np.log(self.draws), self._positions)
        position = np.where(log < math.log(self.draws[0]), 0.0, position)
        return np.where(log >= math.log(self.draws[-1]), 1.0, position)[()]

    def quantile(self, p: Array) -> Array:
        return np.exp(np.interp(p, self._positions, np.log(self.draws)))[()]

    def mean(self) -> float:
        return float(self.draws.mean())

    def sd(self) -> float:
        return float(self.draws.std())
