"""Log-linear regression with known measurement variance, estimated process variance and censored months.

Refuses a slope when the detected months are too few for the levels and the slope.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["Line", "log_linear"]


@dataclass(frozen=True)
class Line:
    """Slope of log level per month, its standard error, process sd and residual degrees of freedom."""

    slope: float
    se: float
    process_sd: float
    df: int


def log_linear(
    time: np.ndarray,
    log_value: np.ndarray,
    log_sd: np.ndarray,
    *,
    blocks: np.ndarray | None = None,
    censored: np.ndarray | None = None,
) -> Line | None:
    """Fit log value = level of the block + slope x time, with known measurement and estimated process variance.

    Parameters
    ----------
    time, log_value, log_sd : ndarray
        Months, natural logs and the known sd of each log value; for a censored month ``log_value`` is the log
        of its limit.
    blocks : ndarray, optional
        Each block (laboratory method) has its own level; the slope is common.
    censored : ndarray of bool, optional
        The value lies somewhere below ``log_value``.

    Returns
    -------
    Line or None
        None when the detected months are too few for the levels and the slope.

    Source
    ------
    Paule and Mandel 1982 (DOI 10.6028/jres.087.022) for the process variance; a censored month enters the
    likelihood by its probability (Helsel 2012, Statistics for Censored Environmental Data).

    Examples
    --------
    >>> t = np.arange(6.0)
    >>> line = log_linear(t, 0.05 * t, np.full(6, 0.1))
    >>> round(line.slope, 3), line.df
    (0.05, 4)
    """
    hidden = np.zeros(len(time), dtype=bool) if censored is None else np.asarray(censored, dtype=bool)
    design = _design(np.asarray(time, float), blocks)
    seen = ~hidden
    df = int(seen.sum()) - int(np.linalg.matrix_rank(design[seen])) if seen.any() else 0
    if df < 1 or np.linalg.matrix_rank(design[seen]) < design.shape[1]:
        return None
    if hidden.any():
        return _censored_line(design, np.asarray(log_value, float), np.asarray(log_sd, float), hidden, df)
    return _seen_line(design, np.asarray(log_value, float), np.asarray(log_sd, float), df)


def _design(time: np.ndarray, blocks: np.ndarray | None) -> np.ndarray:
    labels = np.zeros(len(time), dtype=object) if blocks is None else np.asarray(blocks, dtype=object)
    names = list(dict.fromkeys(labels.tolist()))
    levels = np.array([[label == name for name in names] for label in labels], dtype=float)
    return np.column_stack([levels, time - time.mean()])


def _weighted(design: np.ndarray, y: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    weight = 1 / variance
    covariance = np.linalg.inv((design * weight[:, None]).T @ design)
    beta = covariance @ (design.T @ (weight * y))
    return beta, covariance, float((weight * (y - design @ beta) ** 2).sum())


def _seen_line(design: np.ndarray, y: np.ndarray, sd: np.ndarray, df: int) -> Line:
    from scipy.optimize import brentq

    known = np.maximum(sd, 1e-6) ** 2

    def excess(process: float) -> float:
        return _weighted(design, y, known + process)[2] - df

    if excess(0.0) <= 0:
        process = 0.0
    else:
        top = max(float(np.var(y)), 1e-9)
        while excess(top) > 0:
            top *= 4
        process = float(brentq(excess, 0.0, top))
    beta, covariance, _ = _weighted(design, y, known + process)
    return Line(float(beta[-1]), float(np.sqrt(covariance[-1, -1])), float(np.sqrt(process)), df)


def _censored_line(design: np.ndarray, y: np.ndarray, sd: np.ndarray, hidden: np.ndarray, df: int) -> Line:
    from scipy.optimize import minimize
    from scipy.special import log_ndtr

    known = np.maximum(sd, 1e-6) ** 2

    def cost(parameters: np.ndarray) -> float:
        spread = np.sqrt(known + np.exp(2 * parameters[-1]))
        z = (y - design @ parameters[:-1]) / spread
        seen = 0.5 * z[~hidden] ** 2 + np.log(spread[~hidden])
        return float(seen.sum() - log_ndtr(z[hidden]).sum())

    start = _seen_line(design[~hidden], y[~hidden], sd[~hidden], df)
    beta = np.linalg.lstsq(design[~hidden], y[~hidden], rcond=None)[0]
    bounds = [(None, None)] * design.shape[1] + [(-7.0, 3.0)]
    guess = np.append(beta, np.log(max(start.process_sd, 0.05)))
    fit = minimize(cost, guess, method="L-BFGS-B", bounds=bounds)
    curvature = _curvature(cost, fit.x, design.shape[1])
    covariance = np.linalg.pinv(curvature)
    n_seen = int((~hidden).sum())
    # maximum likelihood takes the spread too small by the parameters it has spent
    se = float(np.sqrt(max(covariance[-1, -1], 0.0) * n_seen / df))
    return Line(float(fit.x[-2]), se, float(np.exp(fit.x[-1])), df)


def _curvature(cost: Callable[[np.ndarray], float], at: np.ndarray, size: int) -> np.ndarray:
    """Second differences of the cost in the regression coefficients."""
    step, out = 1e-3, np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            total = 0.0
            for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                moved = at.copy()
                moved[i] += a * step
                moved[j] += b * step
                total += a * b * cost(moved)
            out[i, j] = out[j, i] = total / (4 * step**2)
    return out
