"""Where a cell's uncertainty comes from, by source and scope, and what to improve first.

Closed forms on the log scale. Refuses to call an assumption a measurement: how much rests on a prior is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from wbe.estimation.amounts import Amount
from wbe.estimation.engine import Engine
from wbe.estimation.mixture import averaged
from wbe.estimation.prior import prior_weights
from wbe.messages import Note
from wbe.uncertainty.inputs import remedy

__all__ = ["OF_DISTRICT", "OF_MONTH", "Source", "advice", "budget_table", "log_sds", "sources"]

#: coordinates that change from month to month in one district, and from district to district in one month
OF_MONTH = frozenset({"sample", "month", "day", "batch", "time"})
OF_DISTRICT = frozenset({"sample", "site", "district", "unit"})
#: how the parts of a site and month's own error are drawn
SCOPES = {
    "day": ("site", "day", "biomarker"), "limit": ("sample", "biomarker"), "sampling": ("sample",), "flow": ("sample",),
    "analysis": ("sample", "biomarker"),
}  # fmt: skip
ADVISED = (
    "day", "limit", "weekday", "sampling", "analysis", "batch", "flow", "flow_meter", "excretion", "dose",
    "use_scenario", "catchment_weight", "stability", "origin",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One source's part of cells: the variance that it adds to ln(value), shape (node, n) or (1, n)."""

    name: str
    scope: tuple[str, ...]
    variance: np.ndarray


def sources(amount: Amount) -> list[Source]:
    """Split the log variance of every cell by source; the parts add up to the whole."""
    n = len(amount.cell)
    total = np.asarray(sum(amount.parts.values()))[:, amount.pair_group]
    square = amount.pair_share**2

    def by_cell(values: np.ndarray) -> np.ndarray:
        return np.stack([np.bincount(amount.pair_cell, weights=square * v, minlength=n) for v in values])

    whole = by_cell(total)
    found = []
    for name, part in amount.parts.items():
        mine = by_cell((part * np.ones((len(total), 1)))[:, amount.pair_group])
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(whole > 0, mine / np.where(whole > 0, whole, 1.0), 0.0)
        if share.any():
            found.append(Source(name, SCOPES[name], amount.own * share))
    for term in amount.common:
        size = amount.batch if term.learnt else np.ones((1, n))
        found.append(Source(term.name, term.scope, term.variance() * size))
    for shape, power in amount.signature:
        name, scope = amount.named[shape]
        found.append(Source(name, scope, np.full((1, n), (power * shape.log_moments()[1]) ** 2)))
    if amount.parting is not None and amount.parting.variance.any():
        found.append(Source("origin", ("sample", "biomarker"), amount.parting.variance[None, :]))
    return found


def log_sds(amount: Amount) -> dict[str, np.ndarray]:
    """Return the log standard deviations within a district, between districts, and in all; each of shape (n,)."""
    sums = {"within": np.zeros(len(amount.cell)), "between": np.zeros(len(amount.cell)),
            "total": np.zeros(len(amount.cell))}  # fmt: skip
    for part in sources(amount):
        variance = _mean(amount, part.variance)
        sums["total"] += variance
        sums["within"] += variance if OF_MONTH & set(part.scope) else 0.0
        sums["between"] += variance if OF_DISTRICT & set(part.scope) else 0.0
    return {name: np.sqrt(v) for name, v in sums.items()}


def _mean(amount: Amount, variance: np.ndarray) -> np.ndarray:
    return variance[0] if len(variance) == 1 else averaged(amount.weight, variance)


def budget_table(engine: Engine, amount: Amount, position: int, biomarker: str) -> pd.DataFrame:
    """Return the sources of one cell, largest first."""
    month = int(amount.cell[position]) % len(engine.months)
    prior = prior_weights(engine.found[month], biomarker)
    prior["limit"] = prior.get("analysis", 1.0)
    parts = [(s, float(_mean(amount, s.variance)[position])) for s in sources(amount)]
    parts = [(s, v) for s, v in parts if v > 0]
    total = sum(v for _, v in parts)
    rows = [
        {
            "source": s.name, "scope": " x ".join(s.scope) or Note("estimation-once").text(),
            "log_sd": float(np.sqrt(v)), "share": v / total, "comparable": bool(OF_DISTRICT & set(s.scope)),
            "advice": advice(s.name).text(), "prior_weight": prior.get(s.name, np.nan),
        }
        for s, v in parts
    ]  # fmt: skip
    columns = ["source", "scope", "log_sd", "share", "comparable", "advice", "prior_weight"]
    return pd.DataFrame(rows, columns=columns).sort_values("share", ascending=False, ignore_index=True)


def advice(source: str) -> Note:
    """Say what would make a source smaller.

    Examples
    --------
    >>> advice("day").text("en")
    'sample more days in the month'
    """
    if source.startswith("excretion:"):  # tuned on another drug: its factor moves this one
        return Note("estimation-advice-excretion-of", drug=source.partition(":")[2])
    if source.startswith("population"):
        return Note("estimation-advice-population")
    if source in ADVISED:
        return Note(f"estimation-advice-{source.replace('_', '-')}")
    from wbe.messages import Words

    found = remedy(source)
    return Note("estimation-advice-other", text=Words(found["en"], found["zh"]))
