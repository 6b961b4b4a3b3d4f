"""What a month that comes will be measured as: its level with the error that the model has learnt for such months.

Refuses the amounts' own error for it: that holds the days which a month keeps, and a level holds them already.
"""

from __future__ import annotations

import numpy as np

from wbe.levels.drawing import resampled
from wbe.levels.fitting import Fitted
from wbe.levels.model import laws
from wbe.variability.nodes import hashed
from wbe.variability.priors import variance_of

__all__ = ["errors", "typical"]


def typical(fit: Fitted, theta: np.ndarray) -> np.ndarray:
    """Return the variance of ln with which each place's months are measured, the middle of them, (node, place).

    Of the mean of a month's days about the month; without the batch. NaN for a place without a number.

    Parameters
    ----------
    fit : Fitted
    theta : ndarray (node, size)
    """
    error = laws(fit.frame, theta).error
    found = np.full(error.shape[:2], np.nan)
    for place, number in enumerate(fit.frame.drug.count > 0):
        if number.any():
            found[:, place] = np.median(error[:, place, number], axis=1)
    return found


def errors(fit: Fitted, draws: int, key: str, seed: int, months: int) -> np.ndarray:
    """Return draws of ln of measured over true in months that come, mean one, (draw, place, month).

    A month's batch is shared by the places; sizes are taken from the nodes as often as their weights say.

    Parameters
    ----------
    fit : Fitted
    draws : int
    key : str
        Names the chance.
    seed, months : int
    """
    rng = np.random.default_rng([seed, int(hashed([f"{key}\x1fmeasured"])[0])])
    node = resampled(fit.weight, draws)
    once, back = np.unique(node, return_inverse=True)
    own = typical(fit, fit.nodes[once])[back][:, :, None]
    batch = variance_of(fit.nodes[node, fit.frame.sizes.index("batch")])[:, None, None]
    places = own.shape[1]
    noise = np.sqrt(own) * rng.standard_normal((draws, places, months)) - own / 2
    return np.asarray(noise + np.sqrt(batch) * rng.standard_normal((draws, 1, months)) - batch / 2)
