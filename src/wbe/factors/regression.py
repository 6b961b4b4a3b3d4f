"""Straight lines when both axes have error, and what ordinary regression makes of the same points.

Refuses points without errors; draws no conclusion on which of the two lines a reader may use.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from wbe.errors import require
from wbe.factors.refusals import refuse
from wbe.factors.rules import tails
from wbe.messages import Words

__all__ = ["Line", "ordinary", "reliability", "york"]


@dataclass(frozen=True)
class Line:
    """A straight line y = intercept + slope x.

    Attributes
    ----------
    slope, intercept, slope_se, intercept_se : float
        Standard errors include the excess scatter when there is any.
    chi2 : float
        Weighted sum of squared distances; ``n - 2`` is expected when the stated errors explain the scatter.
    n : int
    method : str
    """

    slope: float
    intercept: float
    slope_se: float
    intercept_se: float
    chi2: float
    n: int
    method: str

    def slope_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the slope (Student t, n - 2)."""
        half = float(special.stdtrit(self.n - 2, tails(level, Words("slope", "斜率"))[1])) * self.slope_se
        return self.slope - half, self.slope + half


def york(x: ArrayLike, y: ArrayLike, sd_x: ArrayLike, sd_y: ArrayLike) -> Line:
    """Fit a line with known, independent errors on both axes, through odrpack.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
    sd_x, sd_y : ndarray or float
        Standard deviations of the errors of each point.

    Raises
    ------
    FactorError
        Fewer than 3 points, or an error that is not above 0.
    MissingExtra
        The extra ``stats`` is not installed.

    Source
    ------
    York and others 2004, 10.1119/1.1632486.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> line = york(x, 1 + 2 * x, 0.1, 0.1)
    >>> round(line.slope, 6), round(line.intercept, 6)
    (2.0, 1.0)
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    sd_x, sd_y = np.broadcast_to(sd_x, x.shape).astype(float), np.broadcast_to(sd_y, y.shape).astype(float)
    if x.size < 3 or x.shape != y.shape:
        refuse("factors-line-points", x=x.size, y=y.size)
    if not (np.all(sd_x > 0) and np.all(sd_y > 0)):
        refuse("factors-line-errors")
    odrpack = require("odrpack", "stats")
    start = np.polynomial.polynomial.polyfit(x, y, 1)
    fit = odrpack.odr_fit(
        lambda x, beta: beta[0] + beta[1] * x,
        x,
        y,
        start,
        weight_x=sd_x**-2,
        weight_y=sd_y**-2,
        jac_beta=lambda x, beta: np.stack([np.ones_like(x), x]),
        jac_x=lambda x, beta: np.full_like(x, beta[1]),
        sstol=1e-15,
        partol=1e-15,
        maxit=500,
    )
    chi2 = float(fit.sum_square)
    excess = max(1.0, chi2 / (x.size - 2))
    # cov_beta is unscaled: the errors are known, and only excess scatter widens them
    se = np.sqrt(np.diag(fit.cov_beta) * excess)
    return Line(float(fit.beta[1]), float(fit.beta[0]), float(se[1]), float(se[0]), chi2, x.size, "york")


def ordinary(x: np.ndarray, y: np.ndarray) -> Line:
    """Fit a line by ordinary least squares, as if ``x`` were exact.

    With error in x the slope shrinks towards 0 by var(true x) / var(observed x).

    Examples
    --------
    >>> round(ordinary(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.1, 4.9])).slope, 3)
    1.95
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    centred = x - x.mean()
    sxx = float(centred @ centred)
    slope = float(centred @ y) / sxx
    intercept = float(y.mean() - slope * x.mean())
    residual = float(((y - intercept - slope * x) ** 2).sum())
    scale = residual / (x.size - 2)
    return Line(
        slope, intercept, math.sqrt(scale / sxx), math.sqrt(scale * (1 / x.size + x.mean() ** 2 / sxx)), residual,
        x.size, "ordinary least squares",
    )  # fmt: skip


def reliability(x: np.ndarray, sd_x: np.ndarray | float) -> float:
    """Return var(true x) / var(observed x): the factor by which an ordinary slope shrinks.

    Examples
    --------
    >>> round(reliability(np.array([-1.0, 0.0, 1.0]), 0.5), 3)
    0.75
    """
    observed = float(np.var(np.asarray(x, dtype=float), ddof=1))
    return max(0.0, 1 - float(np.mean(np.square(sd_x))) / observed)
