"""Classical rank tests beside the levels, for readers who ask: season, regions, results below limits, one change.

Holds plain functions of plain numbers; results below a limit come with the laboratory's limit. Refuses an ordering of
what a limit leaves open, and a normal approximation where permutation is cheap.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from wbe.trends.kendall import mann_kendall, sen_slope

__all__ = [
    "Censored",
    "Pettitt",
    "Seasonal",
    "censored_kendall",
    "pettitt",
    "power_of_slope",
    "seasonal_kendall",
    "sen_interval",
]

PERMUTATIONS = 4000  # for short series; the error of a p of .05 is .003
SHORT = 60  # values up to which p comes from permutations
SEED = 20210624
_NORMAL = NormalDist()


class Seasonal(NamedTuple):
    """Seasonal or regional Kendall: score, variance, z and p with continuity correction, slope with its interval.

    ``heterogeneity`` is the chi-square of differences between seasons with ``df``; ``p_exact`` is exact, seasons apart.
    """

    s: int
    variance: float
    z: float
    p: float
    p_exact: float
    slope: float
    lower: float
    upper: float
    heterogeneity: float
    df: int


def seasonal_kendall(
    time: Sequence[float] | np.ndarray,
    values: Sequence[float] | np.ndarray,
    seasons: Sequence[object] | np.ndarray,
    *,
    level: float = 0.95,
) -> Seasonal:
    """Test for a monotonic trend within seasons; with regions in their place it is the regional Kendall test.

    Parameters
    ----------
    time, values : sequence of float
    seasons : sequence
        Calendar month, quarter or region of each value: only pairs within one are compared.
    level : float
        Of the interval of the slope.

    Source
    ------
    Hirsch, Slack and Smith 1982 (DOI 10.1029/WR018i001p00107); heterogeneity: van Belle and Hughes 1984 (DOI
    10.1029/WR020i001p00127); regional: Helsel and Frans 2006 (DOI 10.1021/es051650b).

    Examples
    --------
    >>> found = seasonal_kendall([0, 0, 1, 1, 2, 2], [1.0, 5.0, 2.0, 6.0, 3.0, 7.0], ["dry", "wet"] * 3)
    >>> found.s, found.slope
    (6, 1.0)
    """
    t, y, label = np.asarray(time, float), np.asarray(values, float), np.asarray(seasons, dtype=object)
    order = np.argsort(t, kind="stable")
    t, y, label = t[order], y[order], label[order]
    whole = mann_kendall(y, label)
    parts = [mann_kendall(y[label == name]) for name in dict.fromkeys(label.tolist())]
    each = np.array([part.s / np.sqrt(part.variance) for part in parts if part.variance > 0])
    p = 2 * _NORMAL.cdf(-abs(whole.z))
    low, high = sen_interval(t, y, label, level=level)
    spread = float((each**2).sum() - len(each) * each.mean() ** 2) if len(each) else float("nan")
    slope = sen_slope(t, y, label)
    return Seasonal(whole.s, whole.variance, whole.z, p, whole.p, slope, low, high, spread, max(len(each) - 1, 0))


def sen_interval(
    time: Sequence[float] | np.ndarray,
    values: Sequence[float] | np.ndarray,
    blocks: Sequence[object] | np.ndarray | None = None,
    *,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return the interval of the Theil-Sen slope, NaN where there are too few pairs for one.

    Source
    ------
    Gilbert 1987, Statistical Methods for Environmental Pollution Monitoring, section 16.5, ranks interpolated.

    Examples
    --------
    >>> low, high = sen_interval(range(10), [0.0, 1.2, 1.9, 3.1, 4.0, 5.2, 5.9, 7.1, 8.0, 9.1])
    >>> low < 1.0 < high
    True
    """
    t, y = np.asarray(time, float), np.asarray(values, float)
    label = np.zeros(len(y), dtype=object) if blocks is None else np.asarray(blocks, dtype=object)
    i, j = np.triu_indices(len(y), 1)
    use = (t[i] != t[j]) & (label[i] == label[j])
    slopes = np.sort((y[j] - y[i])[use] / (t[j] - t[i])[use])
    half = _NORMAL.inv_cdf(0.5 + level / 2) * np.sqrt(mann_kendall(y, label).variance)
    ranks = np.array([(len(slopes) - half) / 2, (len(slopes) + half) / 2 + 1])
    if not len(slopes) or ranks[0] < 1 or ranks[1] > len(slopes):
        return float("nan"), float("nan")
    low, high = np.interp(ranks, np.arange(1, len(slopes) + 1), slopes)
    return float(low), float(high)


class Censored(NamedTuple):
    """Kendall's test with results below limits: score, tau, two-sided p, and the Akritas-Theil-Sen slope."""

    s: int
    tau: float
    p: float
    slope: float
    intercept: float


def censored_kendall(
    time: Sequence[float] | np.ndarray,
    values: Sequence[float] | np.ndarray,
    censored: Sequence[bool] | np.ndarray,
    blocks: Sequence[object] | np.ndarray | None = None,
) -> Censored:
    """Test for a monotonic trend where some values lie below their limit; the slope that leaves no trend behind.

    Parameters
    ----------
    time : sequence of float
    values : sequence of float
        A result, or the laboratory's limit where it lies below it.
    censored : sequence of bool
    blocks : sequence, optional
        Only pairs in the same block (season, method, region) are compared.

    Returns
    -------
    Censored
        The p is by permutation within blocks up to 60 values, else by the normal form. A pair that a limit leaves open
        counts 0. The slope is the middle of the slopes at which the residuals' score changes its sign.

    Source
    ------
    Akritas, Murphy and LaValley 1995 (DOI 10.1080/01621459.1995.10476499); Helsel 2012, Statistics for Censored
    Environmental Data, chapters 11 and 12.

    Examples
    --------
    >>> found = censored_kendall(range(6), [2.0, 2.0, 3.0, 4.0, 5.0, 6.0], [True, True, False, False, False, False])
    >>> found.s, round(found.slope, 6)
    (14, 1.0)
    """
    t, high = np.asarray(time, float), np.asarray(values, float)
    hidden = np.asarray(censored, dtype=bool)
    low = np.where(hidden, -np.inf, high)
    label = np.zeros(len(high), dtype=object) if blocks is None else np.asarray(blocks, dtype=object)
    same = (label[:, None] == label[None, :]) & (t[None, :] > t[:, None])
    s = _score(low, high, same)
    pairs = int(same.sum())
    p = _permuted(s, low, high, label, t) if len(high) <= SHORT else _normal_p(s, low, high, label)
    slope = _balanced(t, np.where(hidden, 0.0, high), high, same)
    middle = np.where(hidden, high / 2, high) - slope * t
    return Censored(s, s / pairs if pairs else float("nan"), p, slope, float(np.median(middle)))


def _score(low: np.ndarray, high: np.ndarray, same: np.ndarray) -> int:
    """Return how many later values lie surely above earlier ones, less how many lie surely below."""
    up, down = low[None, :] > high[:, None], high[None, :] < low[:, None]
    # of a number equal to another's limit the number is the larger
    up |= (low[None, :] == high[:, None]) & np.isfinite(low)[None, :] & ~np.isfinite(low)[:, None]
    down |= (high[None, :] == low[:, None]) & ~np.isfinite(low)[None, :] & np.isfinite(low)[:, None]
    return int((up & same).sum()) - int((down & same).sum())


def _permuted(s: int, low: np.ndarray, high: np.ndarray, label: np.ndarray, time: np.ndarray) -> float:
    rng = np.random.default_rng(SEED)
    as_far = 0
    groups = [np.flatnonzero(label == name) for name in dict.fromkeys(label.tolist())]
    same = (label[:, None] == label[None, :]) & (time[None, :] > time[:, None])
    for _ in range(PERMUTATIONS):
        order = np.arange(len(high))
        for group in groups:
            order[group] = rng.permutation(group)
        as_far += abs(_score(low[order], high[order], same)) >= abs(s)
    return (as_far + 1) / (PERMUTATIONS + 1)


def _normal_p(s: int, low: np.ndarray, high: np.ndarray, label: np.ndarray) -> float:
    """Return the two-sided p of the normal form, with values that a limit leaves open tied at the highest limit."""
    floor = high[~np.isfinite(low)].max(initial=-np.inf)
    ranked = np.maximum(high, floor)
    variance = mann_kendall(ranked, label).variance
    z = (s - np.sign(s)) / np.sqrt(variance) if variance > 0 else 0.0
    return float(2 * _NORMAL.cdf(-abs(z)))


def _balanced(t: np.ndarray, low: np.ndarray, high: np.ndarray, same: np.ndarray) -> float:
    """Return the slope at which the residuals' score changes its sign."""
    i, j = np.nonzero(same)
    if not len(i):
        return float("nan")
    gap = t[j] - t[i]
    # score by slope: a pair counts +1 below its smallest possible slope, -1 above its largest
    smallest, largest = (low[j] - high[i]) / gap, (high[j] - low[i]) / gap
    edges = np.unique(np.concatenate([smallest, largest]))
    middles = np.concatenate([[edges[0] - 1], (edges[1:] + edges[:-1]) / 2, [edges[-1] + 1]])
    small, large = np.sort(smallest), np.sort(largest)
    score = (len(small) - np.searchsorted(small, middles, side="left")) - np.searchsorted(large, middles, side="right")
    first, last = np.flatnonzero(score <= 0)[0], np.flatnonzero(score >= 0)[-1]
    if first > last:
        return float(edges[last])
    return float((edges[first - 1] + edges[min(last, len(edges) - 1)]) / 2)


class Pettitt(NamedTuple):
    """Pettitt's test of one change: K, how many values come before it, and its p."""

    k: int
    at: int
    p: float


def pettitt(values: Sequence[float] | np.ndarray) -> Pettitt:
    """Test for one change of level at an unknown place; p by permutation up to 60 values.

    Source
    ------
    Pettitt 1979 (DOI 10.2307/2346729).

    Examples
    --------
    >>> found = pettitt([1.0, 2.0, 1.5, 2.5, 8.0, 9.0, 8.5, 9.5])
    >>> found.k, found.at
    (16, 4)
    """
    y = np.asarray(values, float)
    size = len(y)
    if size < 2:
        return Pettitt(0, size, 1.0)
    k, at = _largest(y)
    if size > SHORT:
        return Pettitt(k, at, float(min(1.0, 2 * np.exp(-6 * k**2 / (size**3 + size**2)))))
    rng = np.random.default_rng(SEED)
    as_far = sum(_largest(rng.permutation(y))[0] >= k for _ in range(PERMUTATIONS))
    return Pettitt(k, at, (as_far + 1) / (PERMUTATIONS + 1))


def _largest(y: np.ndarray) -> tuple[int, int]:
    above = np.sign(y[:, None] - y[None, :])
    u = np.abs(np.cumsum(above.sum(axis=1)))[:-1]
    return int(u.max()), int(np.argmax(u)) + 1


def power_of_slope(time: Sequence[float] | np.ndarray, slope_over_sd: float, *, alpha: float = 0.05) -> float:
    """Return the power of the two-sided t-test of a linear slope with independent normal errors.

    Parameters
    ----------
    time : sequence of float
    slope_over_sd : float
        Slope by unit of time over the standard deviation of a value.
    alpha : float

    Source
    ------
    Millard 2013, EnvStats, linearTrendTestPower (its values are the tests).

    Examples
    --------
    >>> round(power_of_slope(range(1, 11), 0.1), 7)
    0.1265976
    """
    from scipy.stats import nct, t

    x = np.asarray(time, float)
    df = len(x) - 2
    shift = slope_over_sd * np.sqrt(((x - x.mean()) ** 2).sum())
    bound = t.ppf(1 - alpha / 2, df)
    return float(nct.sf(bound, df, shift) + nct.cdf(-bound, df, shift))
