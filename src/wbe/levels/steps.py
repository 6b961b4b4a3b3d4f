"""A step of the laboratory at an unknown month, shared by its drugs: spike and slab, mixed over the month.

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
    """Probability of a step by month (index 0: no step, index m: from month m on); its ln size and sd (month,)."""

    probability: np.ndarray
    size: np.ndarray
    sd: np.ndarray
    fits: tuple[Fitted, ...]  # without a step, by drug
    stepped: tuple[Fitted, ...]  # with the likeliest step, by drug
    month: int  # of the likeliest step
    real: np.ndarray  # (drug,) probability of a real jump of the whole city, where the laboratory did not step

    @property
    def any(self) -> float:
        """Probability of a step at some month."""
        return float(self.probability[1:].sum())

    def told(self, month: int) -> Step:
        """Return what is believed of one drug's step at a month."""
        return month, float(self.size[month]), float(self.sd[month] ** 2 + settings("step")["drug_sd"] ** 2)

    def likeliest(self, drug: int) -> tuple[Fitted, Step | None]:
        """Return the fit of a drug and the step to take out: that at its likeliest month, or none."""
        if self.any >= 0.5 and self.month:
            return self.stepped[drug], self.told(int(np.argmax(self.probability[1:])) + 1)
        return self.fits[drug], None


def search(frames: Sequence[Frame], keys: Sequence[str]) -> Steps:
    """Fit all biomarkers of one laboratory and city with and without a step.

    Parameters
    ----------
    frames : sequence of Frame
        One a biomarker.
    keys : sequence of str
        Their names.

    Source
    ------
    Mitchell and Beauchamp 1988, doi:10.1080/01621459.1988.10478694 (spike and slab).
    """
    rule = settings("step")
    fits = tuple(fitted(frame, key) for frame, key in zip(frames, keys, strict=True))
    months = frames[0].lag.shape[0] if frames else 0
    none = np.zeros(months)
    none[:1] = 1.0
    if months < 4:
        return Steps(none, np.zeros(months), np.full(months, rule["sd"]), fits, fits, 0, np.zeros(len(fits)))
    scan = _combined([_matched(fit) for fit in fits])
    month = int(np.argmax(scan[0][1:])) + 1
    told: Step = (month, 0.0, rule["sd"] ** 2 + rule["drug_sd"] ** 2)
    stepped = [at_mode(fit.frame, told, fit) for fit in fits]
    gain, size, sd = _combined([_matched(fit) for fit in stepped])
    # what the sizes of error gain by leaving the step to the step, and what a real jump of one drug explains as well
    own = np.array([_plain(fit) for fit in stepped]) - np.array([fit.laplace for fit in fits])
    jumped = own + np.array([evidence(fit) for fit in stepped])
    quiet = np.log1p(-settings("jump")["city"])
    real = np.exp(jumped - np.logaddexp(quiet, jumped))
    log_odds = np.full(months, np.log1p(-rule["probability"]) + np.logaddexp(quiet, jumped).sum())
    log_odds[1:] = np.log(rule["probability"] / (months - 1)) + gain[1:] + own.sum()
    probability = np.exp(log_odds - logsumexp(log_odds))
    whole = probability[1:].sum() > LITTLE
    for i, key in enumerate(keys):
        if whole or real[i] > MUCH:
            stepped[i] = spread_out(stepped[i], key)
    return Steps(probability, size, sd, fits, tuple(stepped), month, real)


def _matched(fit: Fitted) -> tuple[np.ndarray, np.ndarray]:
    """Return precision and pull of the ln size of a step at each month, at the mode, with no step in the model."""
    found = laws(fit.frame, fit.mode[None])
    solved = solve(found)
    _, pulled = solved.weights(found.seen)
    whole = solved.summed[0] - solved.summed[0] @ solved.city[0] @ solved.summed[0]
    months = whole.shape[0]
    after = np.tril(np.ones((months, months)))[:, :].T  # row m: 1 from month m on
    return np.einsum("mi,ij,mj->m", after, whole, after), after @ pulled[0]


def _combined(drugs: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the log Bayes factor of a common step at each month, and mean and sd of its size."""
    rule = settings("step")
    months = len(drugs[0][0])
    precision, pull, gain = np.full(months, 1 / rule["sd"] ** 2), np.zeros(months), np.zeros(months)
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
