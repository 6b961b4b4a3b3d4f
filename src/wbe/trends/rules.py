"""Rules for trends and alerts, read from data/alerts.toml, and the false discovery rate.

Refuses thresholds in code: they are rows with their source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wbe import packaged

__all__ = ["benjamini_hochberg", "month_number", "rules"]


def rules() -> dict[str, Any]:
    """Return the rules for trends and alerts of ``data/alerts.toml``.

    Examples
    --------
    >>> rules()["trend"]["minimum_detected"]
    4
    """
    return packaged.toml("alerts.toml")


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Return q-values: the false discovery rate at which each test would be called.

    Source
    ------
    Benjamini and Hochberg 1995 (DOI 10.1111/j.2517-6161.1995.tb02031.x).

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.02, 0.5])).round(3).tolist()
    [0.03, 0.03, 0.5]
    """
    p = np.asarray(p, float)
    out = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known])]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    out[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return out


def month_number(months: Sequence[str]) -> np.ndarray:
    """Return calendar months ``YYYY-MM`` as running numbers, so that a missing month keeps its place."""
    return np.array([int(m[:4]) * 12 + int(m[5:7]) - 1 for m in months], dtype=float)
