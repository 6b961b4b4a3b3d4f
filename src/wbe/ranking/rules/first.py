"""The probability to be first; refuses nothing."""

from __future__ import annotations

import numpy as np

__all__ = ["COLUMN", "ORDER", "judge"]

COLUMN, ORDER = "p_first", 1


def judge(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the share of draws in which each district is first."""
    return np.asarray((places == 1).mean(axis=0))
