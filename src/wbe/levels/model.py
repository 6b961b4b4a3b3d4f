"""The marginal likelihood of one biomarker's months, places and city at once, for many sizes together.

Refuses to know a file or a prior: plain arrays in, a number and its slope out. Given the city's part places are
independent, so that all is done with matrices of months, one a place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.special import log_ndtr

from wbe.levels.cells import City, Drug
from wbe.levels.places import Factored, Parts
from wbe.levels.priors import Sizes, settings
from wbe.variability.priors import variance_of

__all__ = ["Frame", "Laws", "Solved", "Step", "below", "frame", "kept", "laws", "solve"]

LEVEL = 10.0  # standard deviation of the unknown level of a city about the mean of its results, in ln
LEAST = 1e-6  # no month's error has a smaller variance
MOST = 1 - 1e-9  # of persistence
DAYS = 30.44
DIGITS = 10  # of ln loads: finer is a matter of the unit


class Step(NamedTuple):
    """A step of a laboratory: its first month, mean and variance of its ln size, and its places (1, else 0; all)."""

    month: int
    mean: float
    variance: float
    where: np.ndarray | None = None

    def shift(self, months: int) -> np.ndarray:
        """Return what the step is believed to add to ln of what is measured, (place or 1, month)."""
        after = self.mean * (np.arange(months) >= self.month)
        return after[None] if self.where is None else self.where[:, None] * after

    def added(self, place: np.ndarray, month: np.ndarray) -> np.ndarray:
        """Return the same for single days, by their place and month."""
        return np.asarray(self.mean * (month >= self.month) * (1.0 if self.where is None else self.where[place]))


@dataclass(frozen=True)
class Frame:
    """What does not depend on the sizes: data, and what months share.

    ``drug`` holds logs less their common ``centre``, rounded where another unit of the loads would leave its mark, so
    that a factor that all share moves no judgement.
    """

    drug: Drug
    sizes: Sizes
    centre: float
    lag: np.ndarray  # (month, month) months apart
    same_batch: np.ndarray  # (month, month)
    season: np.ndarray  # (month, month)
    fixed: np.ndarray  # (month, month) covariance of offsets of methods, observed only
    precision: np.ndarray  # (place, month) of what days below a limit say ...
    middle: np.ndarray  # (place, month) ... and where
    cavity: np.ndarray  # (2, limit) mean and variance of each such day without its own say; none before the first pass
    tied: float  # log evidence that these normals stand for, beyond their own: two fits have different ones


def frame(city: City, drug: Drug, sizes: Sizes) -> Frame:
    """Return the frame of one biomarker of a city, with nothing yet said by days below a limit."""
    seen = drug.count > 0
    months = len(city.months)
    number = np.arange(months)
    centre = float(drug.mean[seen].mean()) if seen.any() else float(drug.limit.mean() if len(drug.limit) else 0.0)
    angle = 2 * np.pi * (city.months.astype(int) % 12) / 12
    apart = angle[:, None] - angle[None, :]
    harmonics = (np.cos(apart) + np.cos(2 * apart)) if sizes.season else np.zeros((months, months))
    version = city.version
    first = version[0] if months else 0
    moved = (version[:, None] == version[None, :]) & (version != first)[:, None]
    same = (city.batch[:, None] == city.batch[None, :]) & (city.batch >= 0)[:, None]
    centred = replace(
        drug, mean=np.where(seen, np.round(drug.mean - centre, DIGITS), 0.0),
        limit=np.round(drug.limit - centre, DIGITS), square=np.round(drug.square, DIGITS),
    )  # fmt: skip
    return Frame(
        centred, sizes, centre, np.abs(number[:, None] - number[None, :]),
        (same | np.eye(months, dtype=bool)).astype(float), harmonics,
        settings("offset")["sd"] ** 2 * moved, np.zeros(seen.shape), np.zeros(seen.shape),
        np.zeros((2, 0)), 0.0,
    )  # fmt: skip


@dataclass(frozen=True)
class Laws:
    """Variances and covariances at many sizes: node first. ``parts`` of places, ``error`` of what is seen of them."""

    parts: Parts
    precision: np.ndarray  # (node, place, month), 0 where nothing is seen
    seen: np.ndarray  # (node, place, month) what is seen, less the centre
    city: np.ndarray  # (node, month, month) of what truly moves
    shared: np.ndarray  # (node, month, month) of batch, offset and step: seen and not true
    day: np.ndarray  # (node, place) variance of days
    error: np.ndarray  # (node, place, month) of the mean of days with a number
    single: np.ndarray  # (node, place, month) log variance of one day's error
    evidence: np.ndarray  # (node,) how well the days, numbers and limits, of one month agree

    @property
    def signal(self) -> np.ndarray:
        """Covariance of each place's months, (node, place, month, month)."""
        return self.parts.matrix


def kept(sizes: Sizes, theta: np.ndarray) -> np.ndarray:
    """Return the share of days' variance that a whole month keeps, (node,)."""
    found: np.ndarray = np.minimum(np.exp(theta[:, sizes.index("month")]), settings("month")["most"])
    return found


def laws(held: Frame, theta: np.ndarray, step: Step | None = None) -> Laws:
    """Return the laws at sizes ``theta`` (node, size), with a step of a laboratory.

    What is not known of a step's size is laid to all places of the city, also to those of another laboratory: wide
    rather than narrow.
    """
    drug, sizes = held.drug, held.sizes
    size = np.exp(np.clip(theta, -40.0, 10.0))
    day = np.exp(np.clip(sizes.base + theta[:, :1] + theta[:, sizes.shared :], -40.0, 5.0))
    kinds = variance_of(theta[:, sizes.shared - sizes.kinds : sizes.shared])
    measured = np.einsum("smk,nk->nsm", drug.shared[:, :, :-1], kinds)
    measured += drug.shared[:, :, -1] * sizes.flow + drug.analysis @ sizes.analysis
    phi = kept(sizes, theta)[:, None, None]
    single = np.maximum((1 - phi) * day[:, :, None] * drug.share + measured, LEAST)  # nothing is seen in an empty month
    count = np.maximum(drug.count, 1.0)
    error = np.maximum(single / count - (1 - phi) * day[:, :, None] / DAYS * drug.share, LEAST)
    own = day * (phi[:, 0] + (1 - phi[:, 0]) / DAYS)
    number = np.arange(len(held.lag))
    walk = size[:, sizes.index("walk"), None, None] * np.minimum(number[:, None], number[None, :])
    time = number - number.mean() if len(number) else number
    drift = settings("drift")["sd"] ** 2 * np.outer(time, time)
    rho = np.minimum(1 / (1 + np.exp(-theta[:, sizes.index("persistence")])), MOST)
    deviation, lasting, slope = (size[:, sizes.index(name)] for name in ("deviation", "place", "slope"))
    parts = Parts(deviation, rho, lasting, slope, own, time)
    city = LEVEL**2 + drift + walk + size[:, sizes.index("season"), None, None] * held.season
    shared = variance_of(theta[:, sizes.index("batch"), None, None]) * held.same_batch + held.fixed
    mean = drug.mean + single / 2
    if step is not None:
        after = (number >= step.month).astype(float)
        shared = shared + step.variance * after[:, None] * after[None, :]
        mean = mean - step.shift(len(number))
    numbers = np.where(drug.count > 0, 1 / error, 0.0)
    precision = numbers + held.precision
    limits = held.middle if step is None else held.middle - step.shift(len(number))
    seen = (numbers * mean + held.precision * limits) / np.maximum(precision, 1e-300)
    both = (drug.count > 0) & (held.precision > 0)
    apart = error + 1 / np.where(both, held.precision, 1.0)
    agree = np.where(both, -0.5 * (np.log(apart) + (mean - limits) ** 2 / apart), 0.0).sum(axis=(1, 2))
    spare = np.maximum(drug.count - 1, 0.0)  # days of one month about their mean tell one day's error
    agree -= 0.5 * (spare * np.log(single) + drug.square / single).sum(axis=(1, 2), where=spare > 0)
    chance, _ = below(held, single, step)
    agree += log_ndtr(chance).sum(axis=1) + held.tied
    return Laws(parts, precision, seen, city, shared, day, error, single, agree)


def below(held: Frame, single: np.ndarray, step: Step | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the score of each day below its limit, given all else, and the root of its variance, (node, limit)."""
    drug, count = held.drug, held.cavity.shape[1]
    error = single[:, drug.limit_place[:count], drug.limit_month[:count]]
    bound = drug.limit[:count] + error / 2
    if step is not None:
        bound = bound - step.added(drug.limit_place[:count], drug.limit_month[:count])
    spread = np.sqrt(error + held.cavity[1])
    return (bound - held.cavity[0]) / spread, spread


@dataclass(frozen=True)
class Solved:
    """The data explained: log likelihood and what posteriors are made of; matrices are made when they are asked for."""

    likelihood: np.ndarray  # (node,)
    factored: Factored  # each place's covariance of what is seen, inverted
    whole: np.ndarray  # (node, month, month) of what all places share before the data
    middle: np.ndarray  # (node, month) posterior mean of the city's part

    @property
    def inverse(self) -> np.ndarray:
        """Inverse of each place's covariance, 0 where nothing is seen, (node, place, month, month)."""
        return self.factored.matrix

    @property
    def summed(self) -> np.ndarray:
        """The same, summed over places, (node, month, month)."""
        return self.factored.summed

    @cached_property
    def city(self) -> np.ndarray:
        """Posterior covariance of the city's part, (node, month, month)."""
        found = np.linalg.solve(np.eye(self.whole.shape[-1]) + np.matmul(self.whole, self.summed), self.whole)
        return np.asarray((found + np.swapaxes(found, -1, -2)) / 2)

    def weights(self, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return V^-1 times what is seen: by place (node, place, month), and its sum (node, month)."""
        alone = np.matmul(self.inverse, seen[..., None])[..., 0]
        middle = np.matmul(self.city, alone.sum(axis=1)[..., None])
        found: np.ndarray = alone - np.matmul(self.inverse, middle[:, None])[..., 0]
        return found, found.sum(axis=1)


def solve(found: Laws) -> Solved:
    """Return the solution of the linear Gaussian model at every node."""
    factored = Factored.of(found.parts, found.precision)
    whole = found.city + found.shared
    system = np.eye(whole.shape[-1]) + np.matmul(whole, factored.summed)
    alone = factored.times(found.seen)
    pulled = alone.sum(axis=1)
    middle = np.linalg.solve(system, np.matmul(whole, pulled[..., None]))[..., 0]
    square = np.einsum("nsi,nsi->n", found.seen, alone) - np.einsum("ni,ni->n", pulled, middle)
    log_det = factored.log_det.sum(axis=1) + np.linalg.slogdet(system)[1]
    return Solved(-0.5 * (log_det + square) + found.evidence, factored, whole, middle)
