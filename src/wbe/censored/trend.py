"""Kendall's tau and the Akritas-Theil-Sen line for results below and above limits.

Refuses to order what the limits do not order: such a pair counts as a tie, never as a guess.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from wbe.censored.data import Censored, Floats
from wbe.censored.methods import innermost
from wbe.errors import SchemaError, UncertaintyError
from wbe.messages import Note

__all__ = ["KendallLine", "kendall", "kendall_log", "order_of"]

_EXACT_UP_TO = 8


@dataclass(frozen=True)
class KendallLine:
    """Kendall's S and tau with their p value, and the line whose residuals have none.

    ``p_kind`` is ``exact`` (all orders of at most eight results) or ``normal`` (tie-corrected, with continuity
    correction). ``slope`` is in units of the data per unit of time; ``intercept`` is the median residual, NaN
    where it lies below everything detected.
    """

    n: int
    s: int
    tau: float
    p: float
    p_kind: str
    slope: float
    intercept: float


def order_of(lower: Floats, upper: Floats) -> NDArray[np.int8]:
    """Return +1 where result i is surely above j, -1 where below, 0 where the limits leave it open.

    Examples
    --------
    >>> order_of(np.array([0.0, 3.0, 0.0]), np.array([1.0, 3.0, 5.0])).tolist()
    [[0, -1, 0], [1, 0, 0], [0, 0, 0]]
    """
    exact = lower == upper
    # [l, u) lies below v when u <= v; two equal detected values are a tie
    above = lower[:, None] >= upper[None, :]
    above &= ~(exact[:, None] & exact[None, :] & (lower[:, None] == lower[None, :]))
    return above.astype(np.int8) - above.T.astype(np.int8)


def kendall(x: ArrayLike, data: Censored, group: ArrayLike | None = None) -> KendallLine:
    """Test for a monotone trend and fit its line, without filling in any censored result.

    Parameters
    ----------
    x : array (n,)
        Time or another explanatory number, known for every result.
    data : Censored
        The results, in the same order. Give logarithms' lines by :func:`kendall_log`.
    group : array (n,), optional
        Seasons: only results of the same group are compared (seasonal Kendall test).

    Returns
    -------
    KendallLine

    Raises
    ------
    SchemaError
        Lengths differ, or a time is not finite.
    UncertaintyError
        Fewer than three results, or all at one time.

    Examples
    --------
    >>> line = kendall([1, 2, 3, 4, 5], Censored([0, 0, 3.0, 4.0, 6.0], [1.0, 1.0, 3.0, 4.0, 6.0]))
    >>> line.s, line.tau, round(line.slope, 3)
    (9, 0.9, 1.833)

    Source: Akritas, Murphy and LaValley 1995, DOI 10.2307/2291140; variance of S under permutation: Daniels
    1944, Biometrika 33:129, which counts what the limits leave open as ties; seasons: Hirsch, Slack and Smith
    1982, DOI 10.1029/WR018i001p00107.
    """
    left = np.where((data.lower == 0) & ~data.detected, -np.inf, data.lower)
    return _line(x, left, np.asarray(data.upper), group)


def kendall_log(x: ArrayLike, data: Censored, group: ArrayLike | None = None) -> KendallLine:
    """Return :func:`kendall` of the natural logarithms: the slope is a rate of change.

    Examples
    --------
    >>> round(kendall_log([1, 2, 3, 4], Censored([1.0, 2.0, 4.0, 8.0], [1.0, 2.0, 4.0, 8.0])).slope, 4)
    0.6931
    """
    with np.errstate(divide="ignore"):
        return _line(x, np.log(data.lower), np.log(data.upper), group)


def _line(x: ArrayLike, low: Floats, high: Floats, group: ArrayLike | None) -> KendallLine:
    t = np.asarray(x, dtype=float)
    season = np.zeros(t.size, dtype=int) if group is None else np.unique(np.asarray(group), return_inverse=True)[1]
    if t.ndim != 1 or not t.size == low.size == season.size or not np.isfinite(t).all():
        raise SchemaError("kendall", [Note("censored-lengths", times=str(t.shape), count=low.size, group=season.size)])
    if t.size < 3 or np.unique(t).size < 2:
        raise UncertaintyError("censored-few-results", count=t.size, times=np.unique(t).size)
    same = season[:, None] == season[None, :]
    sign_t = np.sign(t[:, None] - t[None, :]) * same
    order = order_of(low, high)
    s = round(float((sign_t * order).sum()) / 2)
    pairs = sum(k * (k - 1) / 2 for k in np.bincount(season).tolist())
    if group is None and t.size <= _EXACT_UP_TO:
        p, kind = _exact_p(sign_t, order, s), "exact"
    else:
        variance = sum(_variance(sign_t[np.ix_(g, g)], order[np.ix_(g, g)]) for g in _groups(season))
        # an empty variance means that nothing can be ordered: no evidence at all
        p = float(2 * ndtr(-max(abs(s) - 1, 0) / np.sqrt(variance))) if variance > 0 else 1.0
        kind = "normal"
    slope = _slope(t, low, high, sign_t, same)
    return KendallLine(t.size, s, s / pairs, min(p, 1.0), kind, slope, _median_residual(t, low, high, slope))


def _groups(season: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return [np.flatnonzero(season == g) for g in range(season.max() + 1)]


def _variance(a: Floats, b: NDArray[np.int8]) -> float:
    """Variance of sum_{i<j} a_ij b_ij when the order of one of them is random (Daniels 1944)."""
    n = a.shape[0]
    if n < 3:
        return float((a**2).sum() * (b.astype(float) ** 2).sum() / 4) if n == 2 else 0.0
    b = b.astype(float)
    row_a, row_b, sum_a, sum_b = (a.sum(1) ** 2).sum(), (b.sum(1) ** 2).sum(), (a**2).sum(), (b**2).sum()
    first = 4 * (row_a - sum_a) * (row_b - sum_b) / (n * (n - 1) * (n - 2))
    return float(first + 2 * sum_a * sum_b / (n * (n - 1))) / 4


def _exact_p(a: Floats, b: NDArray[np.int8], s: int) -> float:
    orders = np.array(list(itertools.permutations(range(a.shape[0]))))
    total = np.zeros(len(orders))
    for i, j in itertools.combinations(range(a.shape[0]), 2):
        total += a[i, j] * b[orders[:, i], orders[:, j]]
    return float((np.abs(total) >= abs(s)).mean())


def _slope(t: Floats, low: Floats, high: Floats, sign_t: Floats, same: NDArray[np.bool_]) -> float:
    """Middle of the slopes at which the residuals have no trend; S falls as the slope rises."""
    i, j = np.nonzero(same & (sign_t > 0))
    run = t[i] - t[j]
    # an order can change only where the lower end of one residual meets the upper end of the other
    steps = np.concatenate([(low[i] - high[j]) / run, (high[i] - low[j]) / run])
    steps = np.unique(steps[np.isfinite(steps)])
    if not steps.size:
        return float("nan")

    def s_at(b: float) -> float:
        return float((sign_t * order_of(low - b * t, high - b * t)).sum())

    middles = np.concatenate([[steps[0] - 1.0], (steps[1:] + steps[:-1]) / 2, [steps[-1] + 1.0]])
    falls = _first(middles, lambda b: s_at(b) <= 0)
    negative = _first(middles, lambda b: s_at(b) < 0)
    if falls == 0 or negative == middles.size:
        return float("nan")
    return float((steps[falls - 1] + steps[negative - 1]) / 2)


def _first(values: Floats, holds: Callable[[float], bool]) -> int:
    """First position at which a condition that stays true becomes true."""
    low, high = 0, values.size
    while low < high:
        middle = (low + high) // 2
        if holds(float(values[middle])):
            high = middle
        else:
            low = middle + 1
    return low


def _median_residual(t: Floats, low: Floats, high: Floats, slope: float) -> float:
    if not np.isfinite(slope):
        return float("nan")
    below, above = low - slope * t, high - slope * t
    # the distribution of intervals needs numbers above 0: move the residuals there and back
    finite = np.concatenate([below[np.isfinite(below)], above[np.isfinite(above)]])
    shift = 1.0 - finite.min()
    moved = Censored(np.where(np.isfinite(below), below + shift, 0.0), above + shift)
    left, right, mass = innermost(moved)
    at = int(np.searchsorted(np.cumsum(mass), 0.5 - 1e-9))
    return float(right[at] - shift) if left[at] > 0 else float("nan")
