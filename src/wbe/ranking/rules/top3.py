"""The probability to be among the first three; refuses nothing."""

from __future__ import annotations

import numpy as np

__all__ = ["COLUMN", "ORDER", "judge"]

COLUMN, ORDER = "p_top3", 2


def judge(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the share of draws in which each district is among the first three."""
    return np.asarray((places <= 3).mean(axis=0))
