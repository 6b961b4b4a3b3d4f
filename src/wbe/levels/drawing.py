"""Draws of the true months of places from the posterior: a draw from the prior, corrected by what it got wrong.

Refuses chance that is not named: the same names and seed give the same draws, whatever the order of the file.
"""

from __future__ import annotations

import numpy as np

from wbe.levels.fitting import AT_ONCE, Fitted
from wbe.levels.model import laws, solve
from wbe.variability.nodes import hashed

__all__ = ["drawn", "resampled"]


def resampled(weight: np.ndarray, draws: int) -> np.ndarray:
    """Return which node each draw comes from: systematic resampling, every node as often as its weight says.

    Examples
    --------
    >>> resampled(np.array([0.5, 0.25, 0.25]), 4).tolist()
    [0, 0, 1, 2]
    """
    edges = np.cumsum(weight)
    found: np.ndarray = np.searchsorted(edges / edges[-1], (np.arange(draws) + 0.5) / draws)
    return found


def drawn(fit: Fitted, draws: int, key: str, seed: int) -> np.ndarray:
    """Return draws of ln of the true mean load of each month [ln g/d], shape (draw, place, month).

    Source
    ------
    Durbin and Koopman 2002, doi:10.1093/biomet/89.3.603 (a simulated path, corrected by its own smoothing error).
    """
    rng = np.random.default_rng([seed, int(hashed([key])[0])])
    node = resampled(fit.weight, draws)
    places, months = fit.frame.precision.shape
    noise = [rng.standard_normal((draws, n, months)) for n in (places, places, 1, 1)]
    size = max(1, AT_ONCE // max(places * months * months, 1))
    parts = [_some(fit, node[i : i + size], [x[i : i + size] for x in noise]) for i in range(0, draws, size)]
    return np.concatenate(parts) + fit.frame.centre


def _some(fit: Fitted, node: np.ndarray, noise: list[np.ndarray]) -> np.ndarray:
    once, begin, count = np.unique(node, return_index=True, return_counts=True)  # nodes come in their order
    found = laws(fit.frame, fit.nodes[once], fit.step)
    solved = solve(found)
    eye = 1e-10 * np.eye(found.signal.shape[-1])
    roots = [np.linalg.cholesky(part + eye) for part in (found.signal, found.city, found.shared)]
    parts = []
    for n, (first, many) in enumerate(zip(begin, count, strict=True)):
        rows = slice(first, first + many)
        own = np.matmul(roots[0][n], noise[0][rows].transpose(1, 2, 0)).transpose(2, 0, 1)
        city, shared = (noise[k][rows, 0] @ roots[k - 1][n].T for k in (2, 3))
        seen = found.precision[n] > 0
        error = noise[1][rows] / np.sqrt(np.where(seen, found.precision[n], 1.0))
        wrong = np.where(seen, found.seen[n] - (own + (city + shared)[:, None, :] + error), 0.0)
        alone = np.matmul(solved.inverse[n], wrong.transpose(1, 2, 0))  # (place, month, draw)
        middle = solved.city[n] @ alone.sum(axis=0)
        alpha = alone - np.matmul(solved.inverse[n], middle)
        own = own + np.matmul(found.signal[n], alpha).transpose(2, 0, 1)
        city = city + (found.city[n] @ alpha.sum(axis=0)).T
        parts.append(own + city[:, None, :])
    return np.concatenate(parts)
