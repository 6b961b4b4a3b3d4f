"""Rank tests for a monotonic trend, exact for short series with ties, and the Theil-Sen slope.

Refuses the normal approximation where the exact law is cheap: with four months no test can be significant.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

__all__ = ["EXACT_UP_TO", "Kendall", "mann_kendall", "sen_slope", "smallest_p"]

EXACT_UP_TO = 50  # pairs grow as n²; beyond this the normal form agrees to three digits


class Kendall(NamedTuple):
    """Result of a Mann-Kendall test: score, variance, z (normal form), two-sided p and tau."""

    s: int
    variance: float
    z: float
    p: float
    tau: float


def mann_kendall(values: Sequence[float] | np.ndarray, blocks: Sequence[object] | np.ndarray | None = None) -> Kendall:
    """Test for a monotonic trend; exact for short series, ties included.

    Parameters
    ----------
    values : sequence of float
        In order of time; ties are allowed (censored results share one low value).
    blocks : sequence, optional
        Only pairs in the same block are compared, for example results of one laboratory method.

    Returns
    -------
    Kendall
        The p-value is exact up to 50 values, from the distribution of inversions of a multiset; beyond that the
        normal form with tie correction and continuity correction.

    Source
    ------
    Mann 1945 (DOI 10.2307/1907187); Kendall 1975, Rank Correlation Methods.

    Examples
    --------
    >>> round(mann_kendall([1, 2, 3, 4]).p, 3)          # four months can never be significant
    0.083
    >>> round(mann_kendall([1, 2, 3, 4, 5]).p, 4)
    0.0167
    """
    y = np.asarray(values, dtype=float)
    labels = np.zeros(len(y), dtype=object) if blocks is None else np.asarray(blocks, dtype=object)
    parts = [y[labels == label] for label in dict.fromkeys(labels.tolist())]
    s = sum(int(np.sign(p[None, :] - p[:, None])[np.triu_indices(len(p), 1)].sum()) for p in parts)
    variance = sum(_variance(p) for p in parts)
    pairs = sum(len(p) * (len(p) - 1) / 2 for p in parts)
    z = 0.0 if s == 0 or variance == 0 else (s - np.sign(s)) / np.sqrt(variance)
    if max((len(p) for p in parts), default=0) <= EXACT_UP_TO:
        p_value = _exact_p(s, parts)
    else:
        p_value = 2 * NormalDist().cdf(-abs(z))
    return Kendall(s, variance, float(z), p_value, s / pairs if pairs else float("nan"))


def _variance(values: np.ndarray) -> float:
    n = len(values)
    ties = np.unique(values, return_counts=True)[1]
    return float((n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18)


def _exact_p(s: int, parts: Sequence[np.ndarray]) -> float:
    """Two-sided p: S = (untied pairs) - 2 x (inversions), whose law is a q-multinomial coefficient."""
    law = np.array([1.0])
    untied = 0
    for part in parts:
        ties = np.unique(part, return_counts=True)[1]
        law = np.convolve(law, _inversions(tuple(sorted(int(t) for t in ties))))
        untied += (len(part) ** 2 - int((ties**2).sum())) // 2
    scores = untied - 2 * np.arange(len(law))
    return float(min(1.0, law[np.abs(scores) >= abs(s)].sum()))


@functools.lru_cache(maxsize=512)
def _inversions(ties: tuple[int, ...]) -> np.ndarray:
    """Probability of 0, 1, 2... inversions in a random arrangement of values with these tie sizes."""
    law, placed = [1], 0
    for size in ties:
        # placing `size` equal values among `placed` others: the Gaussian binomial [placed+size choose size],
        # in whole numbers, because the division would lose digits in floats
        for k in range(1, size + 1):
            product = law + [0] * (placed + k)
            for i, count in enumerate(law):
                product[i + placed + k] -= count
            for i in range(k, len(product)):
                product[i] += product[i - k]
            law = product[: len(product) - k]
        placed += size
    total = sum(law)
    return np.array([count / total for count in law])


def smallest_p(n: int) -> float:
    """Return the smallest two-sided p that an exact Mann-Kendall test of ``n`` values can give.

    Examples
    --------
    >>> [round(smallest_p(n), 4) for n in (4, 5, 6)]
    [0.0833, 0.0167, 0.0028]
    """
    return mann_kendall(range(n)).p


def sen_slope(
    time: Sequence[float] | np.ndarray,
    values: Sequence[float] | np.ndarray,
    blocks: Sequence[object] | np.ndarray | None = None,
) -> float:
    """Return the median of the slopes of all pairs in the same block (Theil-Sen).

    Source
    ------
    Sen 1968 (DOI 10.1080/01621459.1968.10480934).

    Examples
    --------
    >>> sen_slope([0, 1, 2, 5], [1.0, 3.0, 5.0, 99.0])
    10.8
    """
    t, y = np.asarray(time, float), np.asarray(values, float)
    labels = np.zeros(len(y), dtype=object) if blocks is None else np.asarray(blocks, dtype=object)
    i, j = np.triu_indices(len(y), 1)
    use = (t[i] != t[j]) & (labels[i] == labels[j])
    if not use.any():
        return float("nan")
    return float(np.median((y[j] - y[i])[use] / (t[j] - t[i])[use]))
