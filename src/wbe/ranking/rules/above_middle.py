"""The probability to lie above the middle district: fairer to ask than who is first; refuses nothing."""

from __future__ import annotations

import numpy as np

__all__ = ["COLUMN", "ORDER", "judge"]

COLUMN, ORDER = "p_above_middle", 3


def judge(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the share of draws in which each district lies above the median of all."""
    return np.asarray((values > np.median(values, axis=1, keepdims=True)).mean(axis=0))
