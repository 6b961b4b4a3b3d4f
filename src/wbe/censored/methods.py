"""The three estimators below the limit: Kaplan-Meier (Turnbull for intervals), regression on order statistics,
and maximum likelihood. Each refuses data that it cannot answer for, and none fills in a number by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from wbe.censored.data import Censored, Floats
from wbe.censored.normal import fit
from wbe.errors import UncertaintyError
from wbe.messages import Note, join

__all__ = [
    "Moments",
    "complete",
    "distribution",
    "innermost",
    "kaplan_meier",
    "lognormal",
    "mle_lognormal",
    "plotting_positions",
    "ros",
    "turnbull",
]


@dataclass(frozen=True, eq=False)
class Moments:
    """Median, mean and standard deviation by one method, in the unit of the data.

    ``median`` is NaN where it lies below everything detected; ``notes`` say so. ``mu`` and ``sigma`` are the
    mean and standard deviation of the natural logarithm where the method has them, ``se`` the standard error of
    the mean where the method has one, else NaN.
    """

    method: str
    median: float
    mean: float
    sd: float
    mu: float = float("nan")
    sigma: float = float("nan")
    notes: tuple[Note, ...] = ()
    se: float = float("nan")

    @property
    def note(self) -> str:
        """What is noted, in the language in force."""
        return join(self.notes)


def _need_detects(data: Censored, least: int, method: str) -> None:
    found = np.unique(data.values).size
    if found < least:
        raise UncertaintyError("censored-few-detected", method=method, found=found, n=data.n, least=least)


def complete(data: Censored) -> Moments:
    """Return plain statistics of data without any censored result.

    Raises
    ------
    UncertaintyError
        There is nothing, or something is censored.

    Examples
    --------
    >>> complete(Censored([1.0, 2.0, 6.0], [1.0, 2.0, 6.0])).mean
    3.0
    """
    if not data.n or data.n_censored:
        raise UncertaintyError("censored-not-complete", censored=data.n_censored, n=data.n)
    x = data.values
    sd = float(x.std(ddof=1)) if data.n > 1 else float("nan")
    return Moments("complete", float(np.median(x)), float(x.mean()), sd)


def distribution(data: Censored) -> tuple[Floats, Floats, float]:
    """Return the Kaplan-Meier distribution of left-censored data.

    Parameters
    ----------
    data : Censored
        Only detected values and plain "below this limit".

    Returns
    -------
    values : array (k,)
        The different detected values, rising.
    mass : array (k,)
        Probability at each; with ``residual`` they sum to 1.
    residual : float
        Probability left below the lowest detected value.

    Raises
    ------
    UncertaintyError
        Nothing was detected, or an interval does not start at 0.

    Examples
    --------
    >>> values, mass, residual = distribution(Censored([20.0, 0.0, 3.0], [20.0, 10.0, 3.0]))
    >>> values.tolist(), mass.round(4).tolist(), residual
    ([3.0, 20.0], [0.6667, 0.3333], 0.0)

    Source: Kaplan and Meier 1958, DOI 10.1080/01621459.1958.10501452, turned round as in Helsel 2005.
    """
    if not data.left_only:
        raise UncertaintyError("censored-not-from-zero")
    _need_detects(data, 1, "Kaplan-Meier")
    values, count = np.unique(data.values, return_counts=True)
    ends = np.sort(data.upper)
    # at risk at x: detected at or below x, or known to lie below a limit that is at or below x
    at_risk = np.searchsorted(ends, values, side="right")
    keep = 1.0 - count / at_risk
    above = np.append(np.cumprod(keep[::-1])[::-1][1:], 1.0)
    mass = above * count / at_risk
    residual = float(above[0] * keep[0])
    return values, mass, residual


def kaplan_meier(data: Censored) -> Moments:
    """Estimate median, mean and standard deviation without assuming a distribution.

    What is left below the lowest detected value is placed at that value, the convention of the NADA tables
    (an upper bound for the mean; ``sensitivity`` shows the lower one). The standard deviation is that of the
    estimated distribution; ``se * sqrt(n)`` is what the NADA tables print as sd.

    Parameters
    ----------
    data : Censored
        Detected values and limits; intervals that do not start at 0 go to :func:`turnbull`.

    Raises
    ------
    UncertaintyError
        Nothing was detected, or there are other intervals.

    Examples
    --------
    >>> summer = Censored.from_flags([20, 10, 10, 10, 10, 7, 3, 3, 3], [0, 1, 1, 1, 1, 0, 0, 1, 1])
    >>> round(kaplan_meier(summer).mean, 6)
    5.777778

    Source: Helsel 2005, Nondetects and Data Analysis; data Hughes and Millard 1988.
    """
    values, mass, residual = distribution(data)
    below = residual
    cumulated = residual + np.cumsum(mass)
    weight = mass.copy()
    weight[0] += residual
    mean = float(weight @ values)
    sd = float(np.sqrt(weight @ (values - mean) ** 2))
    if data.n_censored == 0:
        plain = complete(data)
        return Moments("kaplan_meier", plain.median, plain.mean, plain.sd)
    notes = [Note("censored-mass-below", share=f"{below:.0%}")] if below > 1e-12 else []
    if below >= 0.5:
        median = float("nan")
        notes.append(Note("censored-median-below", value=f"{values[0]:g}"))
    else:
        median = float(values[np.searchsorted(cumulated, 0.5 - 1e-12)])
    return Moments("kaplan_meier", median, mean, sd, notes=tuple(notes), se=_error_of_mean(data, values, cumulated))


def _error_of_mean(data: Censored, values: Floats, cumulated: Floats) -> float:
    """Greenwood's standard error of the mean, with the factor D/(D - 1) for D detected values."""
    count = np.unique(data.values, return_counts=True)[1]
    at_risk = np.searchsorted(np.sort(data.upper), values, side="right")
    area = np.concatenate([[0.0], np.cumsum(np.diff(values) * cumulated[:-1])])
    left = at_risk - count
    # the lowest detected value ends the curve and adds nothing
    terms = area**2 * count / (at_risk * np.where(left > 0, left, np.inf))
    detected = data.n_detected
    return float(np.sqrt(terms[1:].sum() * detected / (detected - 1))) if detected > 1 else float("nan")


def innermost(data: Censored) -> tuple[Floats, Floats, Floats]:
    """Return the Turnbull distribution: innermost intervals and the probability in each.

    Returns
    -------
    left, right : array (k,)
        Ends of the intervals that can hold probability, rising; equal for a detected value.
    mass : array (k,)
        The maximum-likelihood probability of each; sums to 1.

    Examples
    --------
    >>> left, right, mass = innermost(Censored([0.0, 1.0, 5.0], [1.0, 3.0, 5.0]))
    >>> left.tolist(), right.tolist(), mass.round(3).tolist()
    ([0.0, 1.0, 5.0], [1.0, 3.0, 5.0], [0.333, 0.333, 0.333])

    Source: Turnbull 1976, DOI 10.1111/j.2517-6161.1976.tb01597.x.
    """
    pairs, weight = np.unique(np.column_stack([data.lower, data.upper]), axis=0, return_counts=True)
    low, high = pairs[:, 0], pairs[:, 1]
    exact = low == high
    # open right ends sort before, and left ends after, whatever else happens at the same value
    ends = np.concatenate([low, high])
    is_right = np.concatenate([np.zeros(low.size, bool), np.ones(high.size, bool)])
    rank = np.concatenate([np.ones(low.size), np.where(exact, 2.0, 0.0)])
    order = np.lexsort((rank, ends))
    sorted_right = is_right[order]
    turn = np.flatnonzero(~sorted_right[:-1] & sorted_right[1:])
    left, right = ends[order][turn], ends[order][turn + 1]
    inside = ((left[None, :] >= low[:, None]) & (right[None, :] <= high[:, None])).astype(float)
    # a detected value at the open right end of an interval is not in it
    inside *= ~((left == right)[None, :] & (left[None, :] == high[:, None]) & ~exact[:, None])
    mass = np.full(left.size, 1.0 / left.size)
    share = weight / weight.sum()
    for _ in range(20_000):
        total = inside @ mass
        step = (inside * (share / total)[:, None]).sum(axis=0)
        new = mass * step
        if np.abs(new - mass).max() < 1e-12:
            mass = new
            break
        mass = new
    return left, right, mass


def turnbull(data: Censored) -> Moments:
    """Estimate median, mean and standard deviation of intervals without assuming a distribution.

    Probability in an interval that starts at 0 is placed at its upper end, in ``[LOD, LOQ)`` in the middle,
    and above the upper limit at that limit.

    Raises
    ------
    UncertaintyError
        Nothing was detected.

    Examples
    --------
    >>> round(turnbull(Censored([0.0, 1.0, 5.0], [1.0, 3.0, 5.0])).mean, 4)
    2.6667

    Source: Turnbull 1976, DOI 10.1111/j.2517-6161.1976.tb01597.x.
    """
    _need_detects(data, 1, "Turnbull")
    left, right, mass = innermost(data)
    place = np.where(left == 0, right, np.where(np.isinf(right), left, (left + right) / 2))
    mean = float(mass @ place)
    sd = float(np.sqrt(mass @ (place - mean) ** 2))
    middle = int(np.searchsorted(np.cumsum(mass), 0.5 - 1e-9))
    median = float(place[middle]) if left[middle] > 0 else float("nan")
    notes = []
    if left[middle] == 0:
        notes.append(Note("censored-median-below", value=f"{right[middle]:g}"))
    if np.isinf(right).any():
        notes.append(Note("censored-mean-from-below"))
    return Moments("turnbull", median, mean, sd, notes=tuple(notes))


def ros(data: Censored) -> Moments:
    """Estimate by robust regression on order statistics with Helsel-Cohn plotting positions.

    The logarithms of the detected values are regressed on the normal scores of their plotting positions;
    only the censored results are read from the line, back on the scale of the data. Censored results above
    the largest detected value carry nothing and are dropped; results between LOD and LOQ count as below LOQ.

    Parameters
    ----------
    data : Censored
        At least two different detected values; nothing above an upper limit.

    Raises
    ------
    UncertaintyError
        Too few detected values, or results above an upper limit.

    Examples
    --------
    >>> summer = Censored.from_flags([20, 10, 10, 10, 10, 7, 3, 3, 3], [0, 1, 1, 1, 1, 0, 0, 1, 1])
    >>> estimate = ros(summer)
    >>> round(estimate.median, 6), round(estimate.mean, 6), round(estimate.sd, 6)
    (2.763843, 4.667484, 6.13823)

    Source: Helsel and Cohn 1988, DOI 10.1029/WR024i012p01997.
    """
    if np.isinf(data.upper).any():
        raise UncertaintyError("censored-above-limit")
    if data.n_censored == 0:
        plain = complete(data)
        return Moments("ros", plain.median, plain.mean, plain.sd)
    _need_detects(data, 2, "ros")
    detected = np.sort(data.values)
    limits = np.sort(data.upper[~data.detected])
    dropped = int((limits > detected[-1]).sum())
    limits = limits[limits <= detected[-1]]
    p_detected, p_censored = plotting_positions(detected, limits)
    slope, level = np.polyfit(ndtri(p_detected), np.log(detected), 1)
    filled = np.exp(level + slope * ndtri(p_censored))
    x = np.concatenate([detected, filled])
    notes = (Note("censored-limits-left-out", count=dropped),) if dropped else ()
    return Moments("ros", float(np.median(x)), float(x.mean()), float(x.std(ddof=1)), float(level), float(slope), notes)


def plotting_positions(detected: Floats, limits: Floats) -> tuple[Floats, Floats]:
    """Return the plotting positions of sorted detected values and sorted limits.

    Examples
    --------
    >>> p, q = plotting_positions(np.array([3.0, 7.0, 20.0]), np.array([3.0, 3.0, 10, 10, 10, 10]))
    >>> p.round(4).tolist(), q[:2].round(4).tolist()
    ([0.5926, 0.7407, 0.9444], [0.1481, 0.2963])

    Source: Helsel and Cohn 1988, DOI 10.1029/WR024i012p01997, after Hirsch and Stedinger 1987.
    """
    levels, n_at = np.unique(limits, return_counts=True)
    edges = np.append(levels, np.inf)
    n_between = np.diff(np.searchsorted(detected, edges, side="left"))
    below = np.searchsorted(limits, levels, side="right") + np.searchsorted(detected, levels, side="left")
    exceed = np.zeros(levels.size + 1)
    for j in range(levels.size - 1, -1, -1):
        exceed[j] = exceed[j + 1] + n_between[j] / (n_between[j] + below[j]) * (1.0 - exceed[j + 1])
    starts = np.concatenate([[0.0], 1.0 - exceed[:-1]])
    widths = np.concatenate([[1.0 - exceed[0] if levels.size else 1.0], exceed[:-1] - exceed[1:]])
    groups = np.concatenate([[detected.size - n_between.sum()], n_between]).astype(int)
    p = [s + w * np.arange(1, g + 1) / (g + 1) for s, w, g in zip(starts, widths, groups, strict=True)]
    q = [(1.0 - e) * np.arange(1, c + 1) / (c + 1) for e, c in zip(exceed[:-1], n_at, strict=True)]
    return np.concatenate(p), np.concatenate([*q, np.empty(0)])


def mle_lognormal(data: Censored) -> Moments:
    """Estimate a log-normal by maximum likelihood from detected values and intervals of any kind.

    Parameters
    ----------
    data : Censored
        At least two different detected values.

    Returns
    -------
    Moments
        ``median = exp(mu)``, ``mean = exp(mu + sigma^2/2)`` and the matching standard deviation; at small n
        the mean moves much with the spread, which ``sensitivity`` shows.

    Raises
    ------
    UncertaintyError
        Too few different detected values.

    Examples
    --------
    >>> summer = Censored.from_flags([20, 10, 10, 10, 10, 7, 3, 3, 3], [0, 1, 1, 1, 1, 0, 0, 1, 1])
    >>> estimate = mle_lognormal(summer)
    >>> round(estimate.median, 6), round(estimate.mean, 6), round(estimate.sd, 6)
    (3.131899, 5.211599, 6.931668)

    Source: Helsel 2005, Nondetects and Data Analysis; Cohen 1961.
    """
    mu, sigma, _ = fit(data.lower, data.upper)
    return lognormal("mle_lognormal", mu, sigma)


def lognormal(method: str, mu: float, sigma: float) -> Moments:
    """Return the moments of a log-normal.

    Examples
    --------
    >>> round(lognormal("stated", 0.0, 1.0).mean, 4)
    1.6487
    """
    with np.errstate(over="ignore"):
        mean = float(np.exp(mu + sigma**2 / 2))
        sd = float(mean * np.sqrt(np.expm1(sigma**2)))
    return Moments(method, float(np.exp(mu)), mean, sd, mu, sigma)
