"""Results below a limit as the sizes of error need them: an expected logarithm, with the variance that it hides.

Refuses to guess where a place has too few numbers: such series tell nothing of its sizes of error.
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr, ndtr

from wbe.variability.priors import settings

__all__ = ["filled", "truncated"]


def truncated(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of a standard normal that lies between two bounds; ``low`` may be minus infinity.

    Examples
    --------
    >>> mean, variance = truncated(np.array([-np.inf]), np.array([0.0]))
    >>> mean.round(4).tolist(), variance.round(4).tolist()
    ([-0.7979], [0.3634])
    """
    # below one bound: through logarithms, since the chance may be tiny
    ratio = np.exp(-0.5 * high**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(high))
    mean, variance = -ratio, 1 - high * ratio - ratio**2
    between = np.isfinite(low)
    a, b = low[between], high[between]
    chance = ndtr(b) - ndtr(a)
    usable = chance > 1e-12
    inside = np.where(usable, chance, 1.0)
    density_a, density_b = np.exp(-0.5 * a**2) / np.sqrt(2 * np.pi), np.exp(-0.5 * b**2) / np.sqrt(2 * np.pi)
    middle = (density_a - density_b) / inside
    spread = 1 + (a * density_a - b * density_b) / inside - middle**2
    mean[between] = np.where(usable, middle, np.where(a > 0, a, b))  # far out all lies at the nearer bound
    variance[between] = np.where(usable, spread, 0.0)
    return mean, np.clip(variance, 0.0, 1.0)


def filled(
    y: np.ndarray, low: np.ndarray, high: np.ndarray, site: np.ndarray, city_of: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return ln values with those below a limit filled in, and the variance of what was filled in.

    Each site and biomarker is a normal sample of its own, fitted by expectation and maximisation; its variance is
    drawn towards that of the biomarker in its city. A series with too few numbers is emptied: the numbers alone would
    be its upper end.

    Parameters
    ----------
    y : ndarray (row, biomarker)
        ln of what was measured, NaN elsewhere.
    low, high : ndarray (row, biomarker)
        ln of the bounds of what was not; ``high`` is NaN where there is no bound.
    site : ndarray of int (row,)
    city_of : ndarray of int (site,)

    Source
    ------
    Dempster, Laird and Rubin 1977, doi:10.1111/j.2517-6161.1977.tb01600.x.
    """
    rule = settings("limits")
    unseen = np.isnan(y) & np.isfinite(high)
    if not unseen.any():
        return y, np.zeros(y.shape)
    drugs, sites = y.shape[1], len(city_of)
    cell = site[:, None] * drugs + np.arange(drugs)
    size = sites * drugs
    count = np.bincount(cell.ravel(), weights=np.isfinite(y).ravel(), minlength=size)
    hidden = np.bincount(cell.ravel(), weights=unseen.ravel(), minlength=size)
    enough = (count >= rule["fewest"]) & (count >= rule["share"] * (count + hidden))
    y = np.where((hidden > 0)[cell] & ~enough[cell], np.nan, y)
    row, drug = np.nonzero((np.isfinite(y) | unseen) & ((hidden > 0) & enough)[cell])
    if not len(row):
        return y, np.zeros(y.shape)
    family = (city_of[:, None] * drugs + np.arange(drugs)).ravel()
    value, extra = _maximised(y[row, drug], low[row, drug], high[row, drug], cell[row, drug], family)
    full, variance = y.copy(), np.zeros(y.shape)
    full[row, drug], variance[row, drug] = value, extra
    return full, variance


def _maximised(
    y: np.ndarray, low: np.ndarray, high: np.ndarray, cell: np.ndarray, family: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    rule = settings("limits")
    hidden, size = np.isnan(y), len(family)
    n = np.maximum(np.bincount(cell, minlength=size), 1)
    of, families = family[cell], int(family.max()) + 1
    value, extra = np.where(hidden, high, y), np.zeros(len(y))
    for _ in range(rule["steps"]):
        mean = np.bincount(cell, weights=value, minlength=size) / n
        square = np.bincount(cell, weights=(value - mean[cell]) ** 2 + extra, minlength=size)
        pooled = np.bincount(of, weights=(value - mean[cell]) ** 2 + extra, minlength=families)
        pooled = np.maximum(pooled / np.maximum(np.bincount(of, minlength=families), 1), rule["least"])
        sd = np.sqrt((square + rule["firmness"] * pooled[family]) / (n + rule["firmness"]))
        centre, scale = mean[cell][hidden], sd[cell][hidden]
        middle, spread = truncated((low[hidden] - centre) / scale, (high[hidden] - centre) / scale)
        value[hidden], extra[hidden] = centre + scale * middle, scale**2 * spread
    return value, extra
