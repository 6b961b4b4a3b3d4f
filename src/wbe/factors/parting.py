"""How much of each result its parent explains: many samples at once, and sums of them.

Keeps ratios within the sample. Refuses to call a share known where the parent was not measured: it may be anything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import sparse, special

from wbe.factors.sources import Leaves

__all__ = ["alone", "explained", "strata"]

_EDGE = 1e-9


def alone(weight: sparse.csr_matrix, ratio: np.ndarray, row: Leaves, error: float = 0.0) -> np.ndarray:
    """Return how often the parent alone leaves as much as was measured, for sums of samples.

    Parameters
    ----------
    weight : csr matrix (cell, sample)
        Share of each sample in the amount of the biomarker; rows sum to 1.
    ratio : ndarray (sample,)
        Biomarker over parent by mass; NaN where the parent was not measured, which then may explain all of it.
    row : Leaves
        The ratio that the parent leaves.
    error : float
        Standard deviation of ln(ratio) from the analysis of both.

    Returns
    -------
    ndarray (cell,)

    Notes
    -----
    The sum over samples of log-normal parts is taken as log-normal with the same mean and variance (Fenton 1960,
    doi:10.1109/TCOM.1960.1097606); for one sample that is exact.

    Examples
    --------
    >>> from wbe.factors.sources import leaves
    >>> one = sparse.csr_matrix(np.ones((1, 1)))
    >>> alone(one, np.array([0.18]), leaves("amphetamine")).round(4).tolist()
    [0.0416]
    """
    known = np.isfinite(ratio) & (ratio > 0) & row.known
    sd = math.hypot(row.log_sd, error) if row.known else 0.0
    part = np.where(known, row.median * math.exp(0.5 * sd * sd) / np.where(known, ratio, 1.0), 1.0)
    square = np.where(known, part * part * math.expm1(sd * sd), 0.0)
    mean = np.asarray(weight @ part).ravel()
    variance = np.asarray(weight.multiply(weight) @ square).ravel()
    size = np.log1p(variance / np.where(mean > 0, mean, 1.0) ** 2)
    with np.errstate(divide="ignore"):
        centre = np.log(mean) - 0.5 * size
    certain = size <= 0
    z = np.where(certain, 0.0, centre / np.sqrt(np.where(certain, 1.0, size)))
    return np.where(certain, (mean >= 1 - _EDGE).astype(float), special.ndtr(z))


def explained(
    ratio: np.ndarray, row: Leaves, error: float = 0.0, *, keys: Sequence[int], draws: int = 256
) -> np.ndarray:
    """Draw the share of each result that its parent explains, given that it explains no more than all.

    Parameters
    ----------
    ratio, row, error
        As in :func:`alone`.
    keys : sequence of int (sample,)
        Seed of each sample: equal keys give equal draws, whatever else is in the file.
    draws : int
        Stratified, so that few are enough.

    Returns
    -------
    ndarray (sample, draw)
        Between 0 and 1; anywhere there with equal chance where the parent was not measured.

    Examples
    --------
    >>> from wbe.factors.sources import leaves
    >>> share = explained(np.array([0.9, np.nan]), leaves("amphetamine"), keys=[1, 2])
    >>> np.median(share, axis=1).round(1).tolist()
    [0.1, 0.5]
    """
    grid = (np.arange(draws) + 0.5) / draws
    u, e = np.empty((len(ratio), draws)), np.empty((len(ratio), draws))
    for i, key in enumerate(keys):
        rng = np.random.default_rng(key)
        u[i], e[i] = rng.permutation(grid), rng.permutation(grid)
    known = np.isfinite(ratio) & (ratio > 0) & row.known
    if not known.any():
        return u
    away = np.log(ratio[known] / row.median)[:, None] + error * special.ndtri(e[known])
    below = special.ndtr(away / row.log_sd)
    u[known] = np.exp(row.log_sd * special.ndtri(np.maximum(u[known] * below, 1e-300)) - away)
    return np.minimum(u, 1.0)


def strata(shares: np.ndarray, n: int) -> np.ndarray:
    """Return a few values of equal weight with the mean and variance of many draws, lowest first.

    Parameters
    ----------
    shares : ndarray (cell, draw)
        In (0, 1]; the number of draws is a multiple of ``n``.
    n : int

    Returns
    -------
    ndarray (cell, n)

    Examples
    --------
    >>> few = strata(np.linspace(0.2, 0.4, 64)[None, :], 8)
    >>> few.shape, round(float(few.mean()), 6), round(float(few.std() / np.linspace(0.2, 0.4, 64).std()), 6)
    ((1, 8), 0.3, 1.0)
    """
    held = np.sort(shares, axis=1)
    few = held.reshape(len(held), n, -1).mean(axis=2)
    mean = held.mean(axis=1, keepdims=True)
    inner, whole = few.std(axis=1, keepdims=True), held.std(axis=1, keepdims=True)
    wide = mean + (few - mean) * np.where(inner > 0, whole / np.where(inner > 0, inner, 1.0), 1.0)
    return np.asarray(np.where((wide > 0).all(axis=1, keepdims=True), wide, few))
