"""What a month was to be expected from the months before it, and how far it came out otherwise: one-step residuals.

Refuses to learn a month from itself: the months from it on say nothing to its own expectation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from wbe.levels.drawing import resampled
from wbe.levels.fitting import Fitted, Step, marginals
from wbe.levels.model import laws, solve

__all__ = ["OneStep", "one_step"]


@dataclass(frozen=True)
class OneStep:
    """Chance of a result at least as high as that of the month, and its standardised residual, each (place,).

    NaN where the month has no number.
    """

    p_above: np.ndarray
    residual: np.ndarray


RECENT = 24  # months before that are asked; what is older hardly tells


def one_step(fit: Fitted, step: Step | None, month: int, nodes: int = 24) -> OneStep:
    """Return the residuals of a month against what the months before it let expect.

    Parameters
    ----------
    fit : Fitted
    step : Step or None
    month : int
        Index of the month.
    nodes : int
        Of the sizes, taken as often as their weights say.

    Source
    ------
    Standardised innovations: Durbin and Koopman 2012, Time Series Analysis by State Space Methods, section 2.12.
    """
    theta = fit.nodes[resampled(fit.weight, nodes)]
    found = laws(fit.frame, theta, step)
    number = fit.frame.drug.count[:, month] > 0
    error = np.where(number, found.error[:, :, month], 1.0)
    seen = fit.frame.drug.mean[:, month] + found.single[:, :, month] / 2
    if step is not None:
        seen = seen - step.shift(month + 1)[:, -1]
    first = max(0, month - RECENT)
    near = slice(first, month + 1)
    precision = found.precision[:, :, near].copy()
    precision[:, :, -1] = 0.0
    before = replace(
        found, precision=precision, seen=found.seen[:, :, near], parts=found.parts.between(near),
        city=found.city[:, near, near], shared=found.shared[:, near, near],
    )  # fmt: skip
    mean, variance = marginals(before, solve(before))
    # the month's own batch is seen and not true: it is part of what is to be expected of a result
    spread = np.sqrt(variance[:, :, -1] + error)
    score = (seen - mean[:, :, -1]) / spread
    above = ndtr(-score).mean(axis=0)
    return OneStep(np.where(number, above, np.nan), np.where(number, score.mean(axis=0), np.nan))
