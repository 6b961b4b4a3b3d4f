"""The slope of the marginal likelihood by every size, for many nodes together; oracle: differences of the likelihood.

Refuses approximations: each slope is the exact derivative of :func:`wbe.levels.model.solve`'s likelihood.
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr

from wbe.levels.model import DAYS, LEAST, Frame, Laws, Solved, Step, below, kept
from wbe.levels.priors import settings

__all__ = ["slopes"]


def slopes(held: Frame, theta: np.ndarray, found: Laws, solved: Solved, step: Step | None = None) -> np.ndarray:
    """Return the derivative of the log likelihood, shape (node, size).

    Source
    ------
    d ln N(r; 0, V) = (a' dV a - tr(V^-1 dV)) / 2 with a = V^-1 r; V's places and city apart by Woodbury's identity.
    """
    sizes = held.sizes
    size = np.exp(np.clip(theta, -40.0, 10.0))
    moving = 1 / (1 + np.exp(-theta))  # slope of a log variance by ln(cv^2)
    alpha, pulled = solved.weights(found.seen)
    inverse = solved.inverse
    nodes, places, months = alpha.shape
    # W C W of all places in two products: one below the other, and side by side
    right = np.matmul(inverse.reshape(nodes, places * months, months), solved.city).reshape(inverse.shape)
    beside = right.transpose(0, 2, 1, 3).reshape(nodes, months, places * months)
    through = np.matmul(beside, inverse.reshape(nodes, places * months, months))
    # twice dL/dK of the places: their sum, and the diagonal of each
    summed = np.einsum("nsi,nsj->nij", alpha, alpha) - solved.summed + through
    diagonal = alpha**2 - np.diagonal(inverse, axis1=-2, axis2=-1) + np.einsum("nsij,nsij->nsi", right, inverse)
    whole = solved.summed - np.matmul(np.matmul(solved.summed, solved.city), solved.summed)
    city = pulled[:, :, None] * pulled[:, None, :] - whole
    total = np.zeros(theta.shape)
    rho = found.parts.rho
    number = np.arange(len(held.lag))
    power = (rho[:, None] ** number)[:, held.lag]

    def along(matrix: np.ndarray, by: np.ndarray) -> np.ndarray:
        found_sum: np.ndarray = 0.5 * (matrix * by).sum(axis=(-1, -2))
        return found_sum

    deviation = size[:, sizes.index("deviation")]
    total[:, sizes.index("place")] = size[:, sizes.index("place")] * along(summed, np.ones(1))
    total[:, sizes.index("deviation")] = deviation * along(summed, power)
    total[:, sizes.index("persistence")] = deviation * (1 - rho) * along(summed, held.lag * power)
    time = number - number.mean() if len(number) else number
    total[:, sizes.index("slope")] = size[:, sizes.index("slope")] * along(summed, np.outer(time, time))
    lower = np.minimum(number[:, None], number[None, :])
    total[:, sizes.index("walk")] = size[:, sizes.index("walk")] * along(city, lower)
    total[:, sizes.index("batch")] = moving[:, sizes.index("batch")] * along(city, held.same_batch)
    total[:, sizes.index("season")] = size[:, sizes.index("season")] * along(city, held.season)
    by_error, by_single = _by_error(held, found, alpha, diagonal)
    by_single += _by_limits(held, found, step)
    phi, day = kept(sizes, theta)[:, None], found.day
    of_day = ((by_single - by_error / DAYS) * held.drug.share).sum(axis=-1)
    own = 0.5 * diagonal.sum(axis=-1)
    by_place = day * ((1 - phi) * of_day + (phi + (1 - phi) / DAYS) * own)
    free = phi[:, 0] < settings("month")["most"]
    total[:, sizes.index("month")] = free * phi[:, 0] * (day * ((1 - 1 / DAYS) * own - of_day)).sum(axis=1)
    total[:, 0] = by_place.sum(axis=1)
    total[:, sizes.shared :] = by_place
    kinds = slice(sizes.shared - sizes.kinds, sizes.shared)
    total[:, kinds] = moving[:, kinds] * np.einsum("nsm,smk->nk", by_single, held.drug.shared[:, :, :-1])
    return total


def _by_limits(held: Frame, found: Laws, step: Step | None) -> np.ndarray:
    """Return the slope of the chances of days below a limit by one day's error."""
    score, spread = below(held, found.single, step)
    ratio = np.exp(-0.5 * score**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(score))
    slope = ratio * (0.5 / spread - score / (2 * spread**2))
    total = np.zeros(found.single.shape)
    count = held.cavity.shape[1]
    cells = held.drug.limit_place[:count] * len(held.lag) + held.drug.limit_month[:count]
    flat: np.ndarray = total.reshape(len(total), -1)
    np.add.at(flat.T, cells, slope.T)
    return total


def _by_error(held: Frame, found: Laws, alpha: np.ndarray, diagonal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the slopes by the error of the mean of days, and by one day's error (which also moves the mean)."""
    drug = held.drug
    number = drug.count > 0
    error, precision = found.error, np.where(found.precision > 0, found.precision, 1.0)
    mean = drug.mean + found.single / 2
    both = number & (held.precision > 0)
    apart = error + 1 / np.where(both, held.precision, 1.0)
    away = mean - held.middle
    by_error = 0.5 * diagonal / precision**2 / error**2 + alpha * (mean - found.seen) / precision / error**2
    by_error += np.where(both, -0.5 * (1 / apart - away**2 / apart**2), 0.0)
    by_mean = -alpha / precision / error + np.where(both, -away / apart, 0.0)
    by_error = np.where(number & (error > LEAST), by_error, 0.0)
    by_mean = np.where(number, by_mean, 0.0)
    by_single: np.ndarray = by_error / np.maximum(drug.count, 1.0) + by_mean / 2
    by_single += np.where(drug.count > 1, 0.5 * (drug.square / found.single - (drug.count - 1)) / found.single, 0.0)
    return by_error, by_single
