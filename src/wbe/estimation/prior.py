"""How much of a cell's own interval rests on the prior of the sizes of error, and how much on the file.

Refuses nothing; 1 says that the file taught nothing.
"""

from __future__ import annotations

import numpy as np

from wbe.estimation.amounts import Amount
from wbe.estimation.engine import DRAWN_BY_SAMPLE, Engine
from wbe.estimation.mixture import averaged
from wbe.variability import Variability

__all__ = ["prior_share", "prior_weights"]


def prior_weights(found: Variability, biomarker: str) -> dict[str, float]:
    """Return for each source of error how much its size rests on the prior, 0 to 1.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> from wbe.variability import learn
    >>> prior_weights(learn(small_city(months=1), {"flow": 0.1}), "ketamine")["flow"]
    0.0
    """
    out: dict[str, list[float]] = {}
    for term, key, *_ in found.summary:
        if term in ("day", "batch") and key not in ("", biomarker):
            continue
        weight = next(float(str(row[6])) for row in found.summary if row[0] == term and row[1] == key)
        out.setdefault(str(term), []).append(weight)
    return {name: float(np.mean(weights)) for name, weights in out.items()}


def prior_share(engine: Engine, amount: Amount, biomarker: str) -> np.ndarray:
    """Return how much of each cell's own and batch variance has a size that rests on the prior, shape (n,)."""
    month = amount.cell % len(engine.months)
    each = engine.once(("prior", biomarker), lambda: [prior_weights(found, biomarker) for found in engine.found])
    names = ("day", "limit", *DRAWN_BY_SAMPLE, "batch")
    table = np.array([[by.get(name, 1.0) for name in names] for by in each])
    table[:, names.index("limit")] = table[:, names.index("analysis")]
    parts = np.zeros((len(names), len(amount.cell)))
    for i, name in enumerate(names):
        if name in amount.parts:
            size = averaged(amount.weight, amount.parts[name])[amount.pair_group]
            parts[i] = np.bincount(amount.pair_cell, weights=amount.pair_share**2 * size, minlength=len(amount.cell))
    for term in amount.common:
        if term.learnt:
            parts[names.index("batch")] += term.variance() * averaged(amount.weight, amount.batch)
    total = parts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, (parts * table[month].T).sum(axis=0) / np.where(total > 0, total, 1.0), 0.0)
