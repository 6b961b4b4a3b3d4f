"""Slopes of series of months under the noise that the model has learnt: persistence, batch, season and a step known.

Refuses to call a change of level noise: the walk of the city is what a slope describes, not what it is judged by.
"""

from __future__ import annotations

import numpy as np

from wbe.levels.fitting import Fitted, Step
from wbe.levels.model import Laws, laws
from wbe.levels.priors import settings

__all__ = ["slopes_of"]


def slopes_of(fit: Fitted, step: Step | None) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and sd of the slope of each place's months and last of the city's [ln a month].

    Generalised least squares at each node with a free level, a season and the prior of a drift; averaged over nodes.

    Parameters
    ----------
    fit : Fitted
    step : (month, mean, variance) or None
        A step of the laboratory to be taken out.
    """
    found = laws(fit.frame, fit.nodes, step)
    months = fit.frame.lag.shape[0]
    places = fit.frame.precision.shape[0]
    if months < 3:
        return np.zeros(places + 1), np.full(places + 1, settings("drift")["sd"])
    time = np.arange(months) - (months - 1) / 2
    wide = np.broadcast_to(100.0, (months, months))
    season = fit.frame.sizes.index("season")
    smooth = np.exp(fit.nodes[:, season])[:, None, None] * fit.frame.season + wide + found.shared
    rows = []
    for place in range(places):
        seen = found.precision[:, place] > 0
        rows.append(
            _one(found.signal[:, place] + smooth, found.precision[:, place], found.seen[:, place], time, seen[0])
        )
    rows.append(_city(found, smooth, time))
    mean, variance = np.stack([r[0] for r in rows], axis=1), np.stack([r[1] for r in rows], axis=1)
    weight = fit.weight[:, None]
    middle = (weight * mean).sum(axis=0)
    total = (weight * (variance + (mean - middle) ** 2)).sum(axis=0)
    return middle, np.sqrt(total)


def _one(
    signal: np.ndarray, precision: np.ndarray, seen: np.ndarray, time: np.ndarray, there: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    prior = 1 / settings("drift")["sd"] ** 2
    if there.sum() < 3:
        return np.zeros(len(signal)), np.full(len(signal), 1 / prior)
    index = np.flatnonzero(there)
    covariance = signal[:, index][:, :, index] + (1 / precision[:, index])[..., None] * np.eye(len(index))
    solved = np.linalg.solve(covariance, np.broadcast_to(time[index], (len(signal), len(index)))[..., None])[..., 0]
    information = solved @ time[index] + prior
    return np.einsum("nm,nm->n", solved, seen[:, index]) / information, 1 / information


def _city(found: Laws, smooth: np.ndarray, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    prior = 1 / settings("drift")["sd"] ** 2
    there = found.precision > 0
    eye = np.eye(found.signal.shape[-1])
    both = there[..., :, None] & there[..., None, :]
    error = 1 / np.where(there, found.precision, 1.0)
    covariance = np.where(both, found.signal, 0.0) + np.where(there, error, 1.0)[..., None] * eye
    inverse = np.where(both, np.linalg.inv(covariance), 0.0)
    summed = inverse.sum(axis=1)
    pulled = np.einsum("nsij,nsj->ni", inverse, found.seen)
    left = np.linalg.solve(eye + np.matmul(summed, smooth), np.stack([summed @ time, pulled], axis=-1))
    information = left[..., 0] @ time + prior
    return left[..., 1] @ time / information, 1 / information
