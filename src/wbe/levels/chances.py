"""Chances read from draws; refuses certainty that few draws do not have."""

from __future__ import annotations

import numpy as np

__all__ = ["chance"]


def chance(step: np.ndarray) -> float:
    """Return the share of draws above 0, half of those at 0; of few draws no certainty is read.

    Examples
    --------
    >>> chance(np.array([-1.0, 1.0, 1.0]))
    0.625
    """
    return float(((step > 0).sum() + 0.5 * (step == 0).sum() + 0.5) / (len(step) + 1))
