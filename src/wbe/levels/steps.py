"""A step of a laboratory at an unknown month, shared by its drugs and places: spike and slab, mixed over the month.

Refuses to lay to the laboratory what one drug does alone: a step's size is common to all drugs up to a small spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from wbe.levels.fitting import Fitted, Step, at_mode, fitted, spread_out
from wbe.levels.jumps import evidence
from wbe.levels.model import Frame, laws, solve
from wbe.levels.priors import settings

__all__ = ["Steps", "search"]

LITTLE, MUCH = 0.02, 0.15  # probabilities of a step, and of a real jump, below which the mode stands for its model


@dataclass(frozen=True)
class Steps:
    """What is believed of steps: by laboratory and month the probability, ln size and its sd, 0 at the first month."""

    none: float
    chance: np.ndarray  # (laboratory, month) of a step from that month on
    sizes: np.ndarray  # (laboratory, month)
    sds: np.ndarray  # (laboratory, month)
    where: np.ndarray  # (laboratory, place) 1 for its places, else 0
    fits: tuple[Fitted, ...]  # without a step, by drug
    stepped: tuple[Fitted, ...]  # with the likeliest step, by drug
    real: np.ndarray  # (drug,) probability of a real jump of the whole city, where the laboratory did not step

    @property
    def probability(self) -> np.ndarray:
        """Probability by month, of whatever laboratory; index 0 that of no step."""
        return np.concatenate([[self.none], self.chance.sum(axis=0)[1:]]) if self.chance.shape[1] else np.zeros(0)

    @property
    def any(self) -> float:
        """Probability of a step at some month."""
        return float(self.chance.sum())

    @property
    def likely(self) -> list[tuple[int, int]]:
        """Laboratories and months, the likeliest step first; of equals the first laboratory, then the first month."""
        order = np.argsort(-self.chance[:, 1:], axis=None, kind="stable")
        found = zip(*np.unravel_index(order, self.chance[:, 1:].shape), strict=True)
        return [(int(laboratory), int(month) + 1) for laboratory, month in found]

    def of_place(self, place: int) -> np.ndarray:
        """Return the probability of a step by month of the laboratory that analyses a place."""
        return np.asarray(self.chance[int(np.argmax(self.where[:, place]))])

    def told(self, laboratory: int, month: int) -> Step:
        """Return what is believed of one drug's step of a laboratory at a month."""
        return _step(self.where, laboratory, month, self.sizes[laboratory, month], self.sds[laboratory, month])

    def likeliest(self, drug: int) -> tuple[Fitted, Step | None]:
        """Return the fit of a drug and the step to take out: the likeliest, or none."""
        if self.any >= 0.5:
            return self.stepped[drug], self.told(*self.likely[0])
        return self.fits[drug], None


def _step(where: np.ndarray, laboratory: int, month: int, size: float, sd: float) -> Step:
    """Return a step of one drug; of the only laboratory it is a step of all places."""
    places = None if len(where) == 1 else where[laboratory]
    return Step(month, float(size), float(sd) ** 2 + settings("step")["drug_sd"] ** 2, places)


def search(frames: Sequence[Frame], keys: Sequence[str], laboratory: np.ndarray | None = None) -> Steps:
    """Fit all biomarkers of one city with and without a step of one of its laboratories.

    Parameters
    ----------
    frames : sequence of Frame
        One a biomarker.
    keys : sequence of str
        Their names.
    laboratory : ndarray of int (place,), optional
        The laboratory of each place; without it one of all.

    Source
    ------
    Mitchell and Beauchamp 1988, doi:10.1080/01621459.1988.10478694 (spike and slab).
    """
    rule = settings("step")
    fits = tuple(fitted(frame, key) for frame, key in zip(frames, keys, strict=True))
    places, months = frames[0].precision.shape if frames else (0, 0)
    label = np.zeros(places, dtype=int) if laboratory is None or not len(laboratory) else laboratory
    where = (label == np.unique(label)[:, None]).astype(float) if places else np.ones((1, 0))
    shape = (len(where), months)
    if months < 4:
        return Steps(1.0, np.zeros(shape), np.zeros(shape), np.full(shape, rule["sd"]), where, fits, fits,
                     np.zeros(len(fits)))  # fmt: skip
    gain, size, sd = _combined([_matched(fit, where) for fit in fits])
    at = np.unravel_index(int(np.argmax(gain[:, 1:])), (len(where), months - 1))
    who, month = int(at[0]), int(at[1]) + 1
    # one laboratory's step is learnt with the sizes; one of several is taken out as the months alone tell it
    guess = (0.0, rule["sd"]) if len(where) == 1 else (size[who, month], sd[who, month])
    told = _step(where, who, month, *guess)
    stepped = [at_mode(fit.frame, told, fit) for fit in fits]
    gain, size, sd = _combined([_matched(fit, where) for fit in stepped])
    # what the sizes of error gain by leaving the step to the step, and what a real jump of one drug explains as well
    own = np.array([_plain(fit) for fit in stepped]) - np.array([fit.laplace for fit in fits])
    jumped = own + np.array([evidence(fit) for fit in stepped])
    quiet = np.log1p(-settings("jump")["city"])
    real = np.exp(jumped - np.logaddexp(quiet, jumped))
    never = np.log1p(-rule["probability"]) + np.logaddexp(quiet, jumped).sum()
    log_odds = np.log(rule["probability"] / ((months - 1) * len(where))) + gain + own.sum()
    log_odds[:, 0] = -np.inf  # from the first month on is a level, no step
    whole = np.logaddexp(never, logsumexp(log_odds))
    chance = np.exp(log_odds - whole)
    for i, key in enumerate(keys):
        if chance.sum() > LITTLE or real[i] > MUCH:
            stepped[i] = spread_out(stepped[i], key)
    return Steps(float(np.exp(never - whole)), chance, size, sd, where, fits, tuple(stepped), real)


def _matched(fit: Fitted, where: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return precision and pull of the ln size of a step of each laboratory at each month, (laboratory, month).

    At the mode, with no step in the model.
    """
    found = laws(fit.frame, fit.mode[None])
    solved = solve(found)
    alpha, _ = solved.weights(found.seen)
    inverse = solved.inverse[0]
    after = np.triu(np.ones((inverse.shape[-1],) * 2))  # row m: 1 from month m on
    precision, pull = np.empty((2, len(where), len(after)))
    for i, mine in enumerate(where):
        summed = np.einsum("s,sij->ij", mine, inverse)
        block = summed - summed @ solved.city[0] @ summed
        precision[i] = np.einsum("mi,ij,mj->m", after, block, after, optimize=True)
        pull[i] = after @ (mine @ alpha[0])
    return precision, pull


def _combined(drugs: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the log Bayes factor of a common step of each laboratory at each month, and mean and sd of its size."""
    rule = settings("step")
    shape = drugs[0][0].shape
    precision, pull, gain = np.full(shape, 1 / rule["sd"] ** 2), np.zeros(shape), np.zeros(shape)
    for own, pulled in drugs:
        # one drug's size is the common one and its own difference: integrate the difference out
        shrunk = 1 + own * rule["drug_sd"] ** 2
        precision += own / shrunk
        pull += pulled / shrunk
        gain += -0.5 * np.log(shrunk) + 0.5 * pulled**2 * rule["drug_sd"] ** 2 / shrunk
    gain += 0.5 * pull**2 / precision - 0.5 * np.log(precision * rule["sd"] ** 2)
    return gain, pull / precision, np.sqrt(1 / precision)


def _plain(fit: Fitted) -> float:
    """Return the evidence of the sizes of a fit with a step if there were no step in the data's law."""
    step = fit.step
    assert step is not None
    with_step = solve(laws(fit.frame, fit.mode[None], step)).likelihood[0]
    without = solve(laws(fit.frame, fit.mode[None])).likelihood[0]
    return float(fit.laplace - with_step + without)
