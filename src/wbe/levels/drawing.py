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
    shapes = [(places, months)] * 3 + [(places, 2), (months,), (months,)]
    noise = [rng.standard_normal((draws, *shape)) for shape in shapes]
    size = max(1, AT_ONCE // max(places * months, 1))
    parts = [_some(fit, node[i : i + size], [x[i : i + size] for x in noise]) for i in range(0, draws, size)]
    return np.concatenate(parts) + fit.frame.centre


def _some(fit: Fitted, node: np.ndarray, noise: list[np.ndarray]) -> np.ndarray:
    once, back, count = np.unique(node, return_inverse=True, return_counts=True)  # nodes come in their order
    found = laws(fit.frame, fit.nodes[once], fit.step)
    solved = solve(found)
    parts, factored = found.parts.at(back), solved.factored.at(back)
    eye = 1e-10 * np.eye(found.city.shape[-1])
    rows = np.split(np.arange(len(node)), np.cumsum(count)[:-1])

    def by_node(matrices: np.ndarray, values: np.ndarray) -> np.ndarray:
        return np.concatenate([values[row] @ matrix.T for row, matrix in zip(rows, matrices, strict=True)])

    own = parts.drawn(noise[0], noise[1], noise[3])
    city, shared = (
        by_node(np.linalg.cholesky(part + eye), x)
        for part, x in zip((found.city, found.shared), noise[4:], strict=True)
    )
    seen = found.precision[back] > 0
    error = noise[2] / np.sqrt(np.where(seen, found.precision[back], 1.0))
    wrong = np.where(seen, found.seen[back] - (own + (city + shared)[:, None, :] + error), 0.0)
    alone = factored.times(wrong)
    alpha = alone - factored.times(by_node(solved.city, alone.sum(axis=1))[:, None])
    return np.asarray(own + parts.times(alpha) + (city + by_node(found.city, alpha.sum(axis=1)))[:, None, :])
