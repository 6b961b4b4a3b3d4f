"""Quantiles of a log error whose size is itself uncertain: a mixture of normals over a few integration nodes.

Refuses nothing; one node gives a normal.
"""

from __future__ import annotations

import numpy as np
from scipy import special

__all__ = ["above", "averaged", "quantile"]

_STEPS = 60
_CLOSE = 1e-5  # in ln: the next step, of third order, would be far below the last digit that is printed
_ROOT = np.sqrt(2 * np.pi)


def quantile(weight: np.ndarray, centre: np.ndarray, sd: np.ndarray, level: float) -> np.ndarray:
    """Return x with ``sum_j w_j Phi((x - c_j) / s_j) = level``, by Halley's steps inside a bracket.

    Parameters
    ----------
    weight : ndarray (node,)
        Sum 1.
    centre, sd : ndarray (node, ...)
    level : float

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> round(float(quantile(np.ones(1), 0 * one, 2 * one, 0.975)[0]), 4)
    3.9199
    """
    z = float(special.ndtri(level))
    each = centre + z * sd
    if len(weight) == 1:
        return np.asarray(each[0])
    shape = centre.shape[1:]
    w, c, s = weight[:, None], centre.reshape(len(weight), -1), sd.reshape(len(weight), -1)
    low, high = each.reshape(c.shape).min(axis=0), each.reshape(c.shape).max(axis=0)
    middle = _total(w * c)
    x = np.clip(middle + z * np.sqrt(_total(w * (s * s + (c - middle) ** 2))), low, high)
    inverse = 1.0 / np.maximum(s, 1e-150)
    left = np.arange(len(x))
    for _ in range(_STEPS):
        whole = len(left) == len(x)
        at, i, middle = x[left], inverse if whole else inverse[:, left], c if whole else c[:, left]
        u = (at - middle) * i
        excess = _total(w * special.ndtr(u)) - level
        dense = np.exp(-0.5 * u * u)
        dense *= w * i
        slope, bend = _total(dense) / _ROOT, _total(dense * u * i) / -_ROOT
        low[left], high[left] = np.where(excess < 0, at, low[left]), np.where(excess < 0, high[left], at)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = excess / slope
            new = at - step / np.clip(1 - 0.5 * step * bend / slope, 0.5, 2.0)
        new = np.where((new >= low[left]) & (new <= high[left]), new, 0.5 * (low[left] + high[left]))
        x[left] = new
        # each cell stops by itself: what lies beside it moves no bit of it
        left = left[~(np.abs(new - at) < _CLOSE)]
        if not len(left):
            break
    return np.asarray(x.reshape(shape))


def above(weight: np.ndarray, centre: np.ndarray, sd: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return the probability of the mixture above a value.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> float(above(np.ones(1), 0 * one, one, np.zeros(1))[0])
    0.5
    """
    w = weight.reshape(-1, *(1,) * (centre.ndim - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        u = np.where(sd > 0, (centre - value) / np.maximum(sd, 1e-150), np.sign(centre - value) * np.inf)
    return _total(w * special.ndtr(np.nan_to_num(u, nan=0.0)))


def averaged(weight: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return values (node, ...) averaged over the nodes, each cell summed alike wherever it stands.

    A matrix product would add in another order from column to column, and move the last bit with the order of rows.

    Examples
    --------
    >>> averaged(np.array([0.5, 0.5]), np.array([[1.0], [3.0]])).tolist()
    [2.0]
    """
    return _total(weight.reshape(-1, *(1,) * (values.ndim - 1)) * values)


def _total(values: np.ndarray) -> np.ndarray:
    """Add over the nodes one after the other: a plain sum takes another order where the shape or layout is another."""
    found = np.array(values[0], dtype=float)
    for more in values[1:]:  # whole rows: a running sum down the columns takes fifty times as long
        found += more
    return found
