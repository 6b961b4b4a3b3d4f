"""Sampling error: within the day, over the days of a month, over weekdays; grab samples at their true price.

Refuses designs that cannot be, such as more days than the month has. Pure functions of plain numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from wbe.design.sizes import spread
from wbe.errors import UncertaintyError

__all__ = [
    "DAY",
    "StratifiedMean",
    "days_needed",
    "grab_cv",
    "mode_bias",
    "month_mean_cv",
    "poisson_users_cv",
    "stratified_mean",
    "within_day_cv",
]

DAY = 1440.0  # minutes


def within_day_cv(interval: float, pulse: float, pulses: float) -> float:
    """Return the CV of a time-proportional 24-h composite that cuts a load arriving in pulses.

    Parameters
    ----------
    interval : float
        Minutes between two aliquots; at least ``pulse``.
    pulse : float
        Minutes that one pulse takes to pass the sampler; longer with distance.
    pulses : float
        Pulses a day that carry the drug, about users times urinations.

    Returns
    -------
    float
        sqrt((interval/pulse - 1) / pulses): Poisson pulses of equal mass. Simulation agrees from about 50 pulses a
        day; with 10 the true value is some 8 % higher.

    Raises
    ------
    UncertaintyError
        The interval or the pulses are no positive numbers.

    Source
    ------
    Ort et al. 2010, DOI 10.1021/es100779n (the effect); the formula follows from binomial catching of pulses.

    Examples
    --------
    >>> [round(within_day_cv(t, 2.0, 50), 3) for t in (10, 30, 60)]
    [0.283, 0.529, 0.762]
    """
    _above_zero(interval=interval, pulse=pulse, pulses=pulses)
    if interval < pulse:
        raise UncertaintyError("uncertainty-every-pulse", interval=repr(interval), pulse=repr(pulse))
    return math.sqrt((interval / pulse - 1) / pulses)


def grab_cv(pulse: float, pulses: float, diurnal_cv: float = 0.0) -> float:
    """Return the CV of one grab sample as an estimate of the day's load: one aliquot in 24 h.

    Parameters
    ----------
    pulse, pulses : float
        As in :func:`within_day_cv`.
    diurnal_cv : float
        CV of the concentration over the day's hours; the bias of a fixed hour is not in it and must be judged.

    Raises
    ------
    UncertaintyError
        The spread over the day is impossible.

    Examples
    --------
    >>> round(grab_cv(2.0, 1000), 3)
    0.848
    """
    if not math.isfinite(diurnal_cv) or diurnal_cv < 0:
        raise UncertaintyError("uncertainty-diurnal", came=repr(diurnal_cv))
    return math.hypot(within_day_cv(DAY, pulse, pulses), diurnal_cv)


def mode_bias(concentration: Sequence[float], flow: Sequence[float]) -> float:
    """Return the relative bias of the load if a time-proportional sampler meets a varying flow.

    Parameters
    ----------
    concentration, flow : sequence of float
        Values over the day at equal steps.

    Returns
    -------
    float
        (time-proportional - true) / true, with the true load from flow-proportional sampling. By the formula
        cov(C, Q) / (mean C * mean Q) = r the true load is (1 + r) times the time-proportional one.

    Raises
    ------
    UncertaintyError
        The day has no load.

    Examples
    --------
    >>> round(mode_bias([1.0, 3.0], [1.0, 3.0]), 3)      # high when the flow is high: the load comes out too low
    -0.2
    """
    c, q = np.asarray(concentration, dtype=float), np.asarray(flow, dtype=float)
    if c.shape != q.shape or c.size < 2 or not (np.isfinite(c).all() and np.isfinite(q).all()):
        raise UncertaintyError("uncertainty-day-rows")
    if (c < 0).any() or (q < 0).any() or (c * q).sum() == 0:
        raise UncertaintyError("uncertainty-day-load")
    return float(c.mean() * q.mean() / (c * q).mean() - 1)


def poisson_users_cv(users: float) -> float:
    """Return the CV that the chance number of users on a day adds when prevalence is inferred: 1/sqrt(users).

    Examples
    --------
    >>> poisson_users_cv(100)
    0.1
    """
    _above_zero(users=users)
    return 1 / math.sqrt(users)


def month_mean_cv(day_cv: float, days_sampled: int, days: int = 30, autocorrelation: float = 0.0) -> float:
    """Return the CV of a month's mean from some of its days, with the finite-population correction.

    Parameters
    ----------
    day_cv : float
        Day-to-day CV of the load.
    days_sampled, days : int
        Days sampled, days in the period.
    autocorrelation : float
        Correlation of consecutive days, in [0, 1), falling geometrically with the days between them; the sampled days
        stand evenly in the period. Exact: see :func:`wbe.design.spread`.

    Raises
    ------
    UncertaintyError
        The autocorrelation is impossible.

    Examples
    --------
    >>> [round(month_mean_cv(0.30, n), 3) for n in (1, 2, 3, 4, 7)]
    [0.295, 0.205, 0.164, 0.14, 0.099]
    """
    _above_zero(day_cv=day_cv, days_sampled=days_sampled)
    if days_sampled > days:
        raise UncertaintyError("uncertainty-too-many-days", came=repr(days_sampled), days=repr(days))
    if not 0 <= autocorrelation < 1:
        raise UncertaintyError("uncertainty-autocorrelation", came=repr(autocorrelation))
    return day_cv * math.sqrt(spread(int(days_sampled), correlation=autocorrelation, length=int(days)))


def days_needed(day_cv: float, target_cv: float, days: int = 30, autocorrelation: float = 0.0) -> int:
    """Return the fewest days of a period that bring the CV of its mean to ``target_cv``.

    Examples
    --------
    >>> days_needed(0.30, 0.15), days_needed(0.60, 0.15)
    (4, 11)
    """
    _above_zero(day_cv=day_cv, target_cv=target_cv)
    for n in range(1, days):
        if month_mean_cv(day_cv, n, days, autocorrelation) <= target_cv:
            return n
    return days


class StratifiedMean(NamedTuple):
    """A mean over strata with its standard error."""

    mean: float
    se: float


def stratified_mean(
    values: Mapping[str, Sequence[float]], sizes: Mapping[str, int], prior_sd: float | None = None
) -> StratifiedMean:
    """Return the post-stratified mean, e.g. over weekdays and weekend days, with finite-population correction.

    Parameters
    ----------
    values : mapping of stratum to values
        Every stratum needs at least one value.
    sizes : mapping of stratum to int
        Days in the period, e.g. ``{"weekday": 22, "weekend": 8}``.
    prior_sd : float, optional
        Spread within a stratum that has a single value; without it such a stratum is refused.

    Raises
    ------
    UncertaintyError
        A stratum has a single sample: its variance is unknown.

    Examples
    --------
    >>> m = stratified_mean({"weekday": [9.0, 11.0], "weekend": [15.0, 17.0]}, {"weekday": 20, "weekend": 8})
    >>> round(m.mean, 3), round(m.se, 3)
    (11.714, 0.721)
    """
    missing = sorted(set(sizes) - set(values)) + sorted(set(values) - set(sizes))
    if missing:
        raise UncertaintyError("uncertainty-strata", names=missing)
    total = sum(sizes.values())
    mean = variance = 0.0
    for stratum, size in sizes.items():
        x = np.asarray(values[stratum], dtype=float)
        if x.size == 0 or not np.isfinite(x).all() or x.size > size:
            raise UncertaintyError("uncertainty-stratum-values", stratum=stratum, size=size, count=x.size)
        if x.size == 1 and prior_sd is None:
            raise UncertaintyError("uncertainty-stratum-single", stratum=stratum)
        s2 = float(x.var(ddof=1)) if x.size > 1 else float(prior_sd or 0.0) ** 2
        weight = size / total
        mean += weight * float(x.mean())
        variance += weight**2 * s2 / x.size * (1 - x.size / size)
    return StratifiedMean(mean, math.sqrt(variance))


def _above_zero(**numbers: float) -> None:
    for name, value in numbers.items():
        if not math.isfinite(value) or value <= 0:
            raise UncertaintyError("uncertainty-above-zero", name=name, came=repr(value))
