"""Real jumps: a place, or a whole city in one drug, that leaves its law for one month or for good.

Normal innovations shrink a doubling of one district among quiet ones; a mixture with rare large jumps lets it be seen.
Refuses to search sizes of error again: a jump is laid over the fit by rank-one corrections at the mode.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp

from wbe.levels.fitting import Fitted
from wbe.levels.model import Laws, Solved, laws, solve
from wbe.levels.priors import settings

__all__ = ["Jumps", "evidence", "jumps"]

FEW = 0.002  # a jump less probable than this is not drawn


@dataclass(frozen=True)
class Jumps:
    """Jumps that the draws of one drug may hold: each draw takes none or one of every group.

    ``probability`` (jump,); ``group`` (jump,) the place, or one past the last for the city; ``size, sd`` of ln (jump,);
    ``shape`` (jump, place, month): what a jump of size 1 adds to a draw made without it.
    """

    probability: np.ndarray
    group: np.ndarray
    size: np.ndarray
    sd: np.ndarray
    shape: np.ndarray

    def laid(self, draws: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return draws (draw, place, month) with jumps."""
        found = draws.copy()
        for group in np.unique(self.group):
            mine = np.flatnonzero(self.group == group)
            edges = np.cumsum(self.probability[mine])
            taken = np.searchsorted(edges, rng.random(len(draws)), side="right")
            size = rng.standard_normal(len(draws))
            for i, jump in enumerate(mine):
                at = taken == i
                found[at] += (self.size[jump] + self.sd[jump] * size[at])[:, None, None] * self.shape[jump]
        return found


def _gains(precision: np.ndarray, pull: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log Bayes factors of jumps, and mean and variance of their sizes."""
    prior = settings("jump")["sd"] ** 2
    grown = 1 + precision * prior
    return -0.5 * np.log(grown) + 0.5 * pull**2 * prior / grown, pull * prior / grown, prior / grown


def _matched(block: np.ndarray, pull: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return precision and pull of jumps for one month, then of jumps for good, (..., 2, month), from their matrix."""
    for_good = np.flip(np.cumsum(np.cumsum(np.flip(block, (-1, -2)), axis=-1), axis=-2), (-1, -2))
    precision = np.stack([np.diagonal(m, axis1=-2, axis2=-1) for m in (block, for_good)], axis=-2)
    later = np.flip(np.cumsum(np.flip(pull, -1), axis=-1), -1)
    return np.maximum(precision, 0.0), np.stack([pull, later], axis=-2)


def _solved(fit: Fitted) -> tuple[Laws, Solved]:
    found = laws(fit.frame, fit.mode[None], fit.step)
    return found, solve(found)


def _of_city(solved: Solved, pulled: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what is said of jumps of the whole city for good, (month,), at the first month none."""
    summed = solved.summed[0]
    precision, pull = _matched(summed - summed @ solved.city[0] @ summed, pulled[0])
    return _gains(precision[1], pull[1])


def _share(months: int) -> float:
    """Prior probability of a jump of the city at one month."""
    return settings("jump")["city"] / max(months - 1, 1)


def evidence(stepped: Fitted) -> float:
    """Return the log Bayes factor of a real jump of the whole city in one drug, at the sizes of a fit with a step.

    Against it a step of the laboratory has to stand: one drug alone cannot tell the two apart.
    """
    found, solved = _solved(replace(stepped, step=None))
    gain, _, _ = _of_city(solved, solved.weights(found.seen)[1])
    return float(logsumexp(gain[1:]) + np.log(_share(len(gain)))) if len(gain) > 1 else -np.inf


def jumps(fit: Fitted, *, city: bool) -> Jumps:
    """Return the jumps of one drug's places; with ``city`` beside one jump of the whole city, which then is certain.

    Source
    ------
    Carlin, Polson and Stoffer 1992, doi:10.1080/01621459.1992.10475231 (mixtures for innovations with heavy tails).
    """
    found, solved = _solved(fit)
    places, months = found.precision.shape[1:]
    alpha, pulled = solved.weights(found.seen)
    columns: list[list[float]] = []
    which: list[tuple[int, int, int]] = []  # place (one past the last for the city), kind, month
    if city:
        gain, size, variance = _of_city(solved, pulled)
        chance = np.exp(gain[1:] - logsumexp(gain[1:]))
        for m in np.flatnonzero(chance > FEW) + 1:
            columns.append([chance[m - 1] / chance[chance > FEW].sum(), places, size[m], variance[m]])
            which.append((places, 1, int(m)))
        likely = int(np.argmax(chance)) + 1
        later = np.where(np.arange(months) >= likely, size[likely], 0.0)  # places jump beside it, not again
        alpha, _ = solved.weights(found.seen - later)
    chance_of, size_of, variance_of = _of_places(solved, alpha[0])
    for p, kind, m in zip(*np.nonzero(chance_of > FEW), strict=True):
        columns.append([chance_of[p, kind, m], p, size_of[p, kind, m], variance_of[p, kind, m]])
        which.append((int(p), int(kind), int(m)))
    table = np.array(columns).reshape(-1, 4)
    shape = _shapes(found, solved, which)
    return Jumps(table[:, 0], table[:, 1].astype(int), table[:, 2], np.sqrt(table[:, 3]), shape)


def _of_places(solved: Solved, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return probability of each jump of each place, and mean and variance of its size, (place, kind, month)."""
    inverse = solved.inverse[0]
    block = inverse - inverse @ solved.city[0] @ inverse
    gain, size, variance = _gains(*_matched(block, alpha))
    places, _, months = gain.shape
    rate = settings("jump")["place"]
    gain = gain + np.log(rate / 2)
    gain[:, 1, 0] = -np.inf  # from the first month on is a level, no jump
    stay = np.log1p(-min(rate * months, 0.5))
    total = np.logaddexp(stay, logsumexp(gain.reshape(places, -1), axis=1))
    return np.exp(gain - total[:, None, None]), size, variance


def _shapes(found: Laws, solved: Solved, which: list[tuple[int, int, int]]) -> np.ndarray:
    """Return jumps of size 1, less what a fit without them takes for them, (jump, place, month)."""
    places, months = found.seen.shape[1:]
    jump = np.zeros((len(which), places, months))
    for row, (place, kind, month) in zip(jump, which, strict=True):
        row[slice(None) if place == places else place, month : (month + 1 if kind == 0 else None)] = 1.0
    inverse, signal = solved.inverse[0], found.signal[0]  # symmetric
    alone = np.matmul(jump.transpose(1, 0, 2), inverse)  # (place, jump, month)
    middle = alone.sum(axis=0) @ solved.city[0]
    alpha = alone - np.matmul(middle, inverse)
    taken = np.matmul(alpha, signal) + alpha.sum(axis=0) @ found.city[0]
    return np.asarray(jump - taken.transpose(1, 0, 2))
