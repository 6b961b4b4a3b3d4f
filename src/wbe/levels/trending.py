"""Slopes of series of months under the noise that the model has learnt: persistence, batch, season and a step known.

Refuses to call a change of level noise: the walk of the city is what a slope describes, not what it is judged by.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp

from wbe.levels.drawing import resampled
from wbe.levels.fitting import Fitted, Step
from wbe.levels.model import Laws, laws
from wbe.levels.places import Factored
from wbe.levels.priors import settings

__all__ = ["Slopes", "slopes_of"]

NODES = 48  # of the sizes, taken as often as their weights say
LEAST = 3  # months with a result, for a slope
FREE = 1.0  # sd of ln between two methods, of which a slope is to know nothing
WIDE = 100.0  # variance of the level, of which a slope is to know nothing


@dataclass(frozen=True)
class Slopes:
    """Slopes of places and last of the city [ln a month]: posterior mean and sd, and the sd that the data alone give.

    ``process`` (place + 1,) is the sd of ln from month to month that measurement does not explain; NaN for the city.
    """

    mean: np.ndarray
    sd: np.ndarray
    error: np.ndarray
    process: np.ndarray


def slopes_of(fit: Fitted, step: Step | None, window: np.ndarray | None = None) -> Slopes:
    """Return the slope of each place's months and last of the city's.

    Generalised least squares at each node with a free level for every method, a season and the prior of a drift;
    averaged over nodes.

    Parameters
    ----------
    fit : Fitted
    step : Step or None
        A step of the laboratory to be taken out.
    window : ndarray of bool (month,), optional
        Months that the slope is asked of.
    """
    nodes = fit.nodes[resampled(fit.weight, NODES)]
    held = fit.frame
    nodes[:, held.sizes.index("slope")] = -np.inf  # it is what is asked
    found = laws(held, nodes, step)
    places, months = held.precision.shape
    if window is not None:
        found = replace(found, precision=np.where(window, found.precision, 0.0))
    time = np.arange(months) - (months - 1) / 2
    moved = held.fixed * (FREE / settings("offset")["sd"]) ** 2
    season = np.exp(nodes[:, held.sizes.index("season")])[:, None, None] * held.season
    smooth = season + found.shared + moved + WIDE
    rows = [_one(found, place, smooth, time) for place in range(places)]
    rows.append(_city(found, smooth, time))
    mean, variance = np.stack([r[0] for r in rows], axis=1), np.stack([r[1] for r in rows], axis=1)
    middle = mean.mean(axis=0)
    total = (variance + (mean - middle) ** 2).mean(axis=0)
    prior = 1 / settings("drift")["sd"] ** 2
    with np.errstate(divide="ignore"):
        error = 1 / np.sqrt(np.maximum(1 / variance.mean(axis=0) - prior, 0.0))
    lasting = np.exp(nodes[:, held.sizes.index("place")])[:, None]
    process = np.sqrt((found.signal[:, :, 0, 0] - lasting).mean(axis=0)) if months else np.full(places, np.nan)
    return Slopes(middle, np.sqrt(total), error, np.append(process, np.nan))


def _one(found: Laws, place: int, smooth: np.ndarray, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of one place's slope by node, averaged over how restless the place may be.

    Persistence is shared by places; one that wanders more than the others would have a direction by its wandering.
    """
    prior = 1 / settings("drift")["sd"] ** 2
    index = np.flatnonzero(found.precision[0, place] > 0)
    if len(index) < LEAST:
        return np.zeros(len(smooth)), np.full(len(smooth), 1 / prior)
    cut = np.ix_(np.arange(len(smooth)), index, index)
    error = 1 / found.precision[:, place][:, index]
    covariance = (found.signal[:, place] + smooth)[cut] + error[..., None] * np.eye(len(index))
    power = (found.parts.rho[:, None] ** np.arange(len(time)))[:, np.abs(index[:, None] - index[None, :])]
    seen = found.seen[:, place][:, index]
    sides = np.stack([np.broadcast_to(time[index], seen.shape), seen], axis=-1)
    rule = settings("restless")
    mean, variance, height = np.empty((3, 3, len(smooth)))
    for i, (sd, share) in enumerate(
        ((0.0, 1 - rule["share"]), (rule["sd"] / 2, rule["share"] / 2), (rule["sd"], rule["share"] / 2))
    ):
        law = covariance + sd**2 * power if sd else covariance
        solved = np.linalg.solve(law, sides)
        information = solved[..., 0] @ time[index] + prior
        pull = np.einsum("nm,nm->n", solved[..., 0], seen)
        square = np.einsum("nm,nm->n", solved[..., 1], seen) - pull**2 / information
        mean[i], variance[i] = pull / information, 1 / information
        height[i] = np.log(share) - 0.5 * (np.linalg.slogdet(law)[1] + square + np.log(information))
    weight = np.exp(height - logsumexp(height, axis=0))
    middle = (weight * mean).sum(axis=0)
    return middle, (weight * (variance + (mean - middle) ** 2)).sum(axis=0)


def _city(found: Laws, smooth: np.ndarray, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    prior = 1 / settings("drift")["sd"] ** 2
    there = found.precision > 0
    if there[0].any(axis=0).sum() < LEAST:
        return np.zeros(len(smooth)), np.full(len(smooth), 1 / prior)
    solved = Factored.of(found.parts, found.precision)
    summed, pulled = solved.summed, solved.times(found.seen).sum(axis=1)
    eye = np.eye(summed.shape[-1])
    left = np.linalg.solve(eye + np.matmul(summed, smooth), np.stack([summed @ time, pulled], axis=-1))
    information = left[..., 0] @ time + prior
    return left[..., 1] @ time / information, 1 / information
