"""Draws of the true months of places from the posterior: a draw from the prior, corrected by what it got wrong.

Refuses chance that is not named: the same names and seed give the same draws, whatever the order of the file.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

import numpy as np

from wbe.levels.fitting import AT_ONCE, Fitted
from wbe.levels.model import Laws, Solved, laws, solve
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


T = TypeVar("T", Laws, Solved)


def _taken(found: T, of: np.ndarray) -> T:
    """Return laws or solutions of the nodes that draws come from."""
    return replace(found, **{f.name: getattr(found, f.name)[of] for f in fields(found)})


def _some(fit: Fitted, node: np.ndarray, noise: list[np.ndarray]) -> np.ndarray:
    once, of = np.unique(node, return_inverse=True)  # many draws share a node, and its matrices
    found = laws(fit.frame, fit.nodes[once], fit.step)
    solved = _taken(solve(found), of)
    eye = 1e-10 * np.eye(found.signal.shape[-1])
    own = np.matmul(np.linalg.cholesky(found.signal + eye)[of], noise[0][..., None])[..., 0]
    city = np.matmul(np.linalg.cholesky(found.city + eye)[of], noise[2][:, 0, :, None])[..., 0]
    shared = np.matmul(np.linalg.cholesky(found.shared + eye)[of], noise[3][:, 0, :, None])[..., 0]
    found = _taken(found, of)
    seen = found.precision > 0
    error = noise[1] / np.sqrt(np.where(seen, found.precision, 1.0))
    wrong = np.where(seen, found.seen - (own + (city + shared)[:, None, :] + error), 0.0)
    alpha, pulled = solved.weights(wrong)
    own = own + np.einsum("nsij,nsj->nsi", found.signal, alpha)
    city = city + np.einsum("nij,nj->ni", found.city, pulled)
    drawn_here: np.ndarray = own + city[:, None, :]
    return drawn_here
