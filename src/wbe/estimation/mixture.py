"""Quantiles of a log error whose size is itself uncertain: a mixture of normals over a few integration nodes.

Refuses nothing; one node gives a normal.
"""

from __future__ import annotations

import numpy as np
from scipy import special

__all__ = ["above", "averaged", "quantile"]

_STEPS = 60
_EXACT = 1e-10


def quantile(weight: np.ndarray, centre: np.ndarray, sd: np.ndarray, level: float) -> np.ndarray:
    """Return x with ``sum_j w_j Phi((x - c_j) / s_j) = level``, by Newton steps inside a bracket.

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
    w = weight.reshape(-1, *(1,) * (centre.ndim - 1))
    low, high = each.min(axis=0), each.max(axis=0)
    x = (w * each).sum(axis=0)
    safe = np.maximum(sd, 1e-150)
    for _ in range(_STEPS):
        u = (x - centre) / safe
        excess = (w * special.ndtr(u)).sum(axis=0) - level
        slope = (w * np.exp(-0.5 * u * u) / safe).sum(axis=0) / np.sqrt(2 * np.pi)
        low, high = np.where(excess < 0, x, low), np.where(excess < 0, high, x)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = x - excess / slope
        new = np.where((newton >= low) & (newton <= high), newton, 0.5 * (low + high))
        moved = float(np.max(np.abs(new - x), initial=0.0))
        x = new
        if moved < _EXACT:
            break
    return np.asarray(x)


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
    return np.asarray((w * special.ndtr(np.nan_to_num(u, nan=0.0))).sum(axis=0))


def averaged(weight: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return values (node, ...) averaged over the nodes, each cell summed alike wherever it stands.

    A matrix product would add in another order from column to column, and move the last bit with the order of rows.

    Examples
    --------
    >>> averaged(np.array([0.5, 0.5]), np.array([[1.0], [3.0]])).tolist()
    [2.0]
    """
    return np.asarray((weight.reshape(-1, *(1,) * (values.ndim - 1)) * values).sum(axis=0))
