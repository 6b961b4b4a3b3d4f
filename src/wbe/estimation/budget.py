"""Where a cell's uncertainty comes from, what to improve first, and how a number was made.

First-order in logs: exact for a cell of one sample, and to second order for a weighted sum. Refuses to call
an assumption a measurement: unverified claims are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wbe.estimation.aggregate import Aggregator
from wbe.estimation.cells import Cell
from wbe.estimation.chain import OF_DRUG
from wbe.uncertainty.inputs import remedy

if TYPE_CHECKING:
    from wbe.estimation.result import Estimate

#: coordinates that change from month to month in one district, and from district to district in one month
OF_MONTH = frozenset({"sample", "month", "day", "batch", "time"})
OF_DISTRICT = frozenset({"sample", "site", "district", "unit"})

ADVICE = {
    "day": "sample more days in the month",
    "sampling": "take flow-proportional 24-h composites",
    "analysis": "analyse replicates",
    "batch": "run control samples in every batch",
    "flow": "check the day's flow record",
    "flow_meter": "calibrate the flow meter",
    "excretion": "calibrate the excretion fraction or add a second biomarker",
    "dose": "find a local source for the dose",
    "use_scenario": "find local data on amounts and frequency of use",
    "catchment_weight": "survey which streets each sewer serves",
    "stability": "measure residence time and temperature",
}


@dataclass(frozen=True)
class CellTerm:
    """One source's part of a cell: the variance that it adds to ln(value)."""

    name: str
    scope: tuple[str, ...]
    variance: float


def cell_terms(aggregator: Aggregator, cell: Cell, quantity: str, substance: str) -> list[CellTerm]:
    """Split a cell's log-variance by source.

    With p_s the samples' shares of the cell's central value, a source drawn by keys k adds the sum over k of
    (sum over samples of k of p_s sd_s)^2: what is shared adds up, what is independent averages out.
    """
    share = aggregator.central(cell, quantity, substance)
    found = []
    for name, scope, sd, codes in aggregator.spreads(quantity, substance):
        _, key = np.unique(codes[cell.rows], return_inverse=True)
        by_key = np.bincount(key, weights=share * sd[cell.rows])
        found.append(CellTerm(name, scope, float(by_key @ by_key)))
    if cell.weight_sd.any():
        _, site = np.unique(aggregator.chain.samples["site"].values[cell.rows].astype(str), return_inverse=True)
        by_site = np.bincount(site, weights=share * cell.weight_sd)
        found.append(CellTerm("catchment_weight", ("site", "unit"), float(by_site @ by_site)))
    return found


def log_sds(aggregator: Aggregator, cell: Cell, quantity: str, substance: str) -> tuple[float, float, float]:
    """Return the log standard deviations within a district, between districts, and in all."""
    within = between = total = 0.0
    for term in cell_terms(aggregator, cell, quantity, substance):
        total += term.variance
        within += term.variance if OF_MONTH & set(term.scope) else 0.0
        between += term.variance if OF_DISTRICT & set(term.scope) else 0.0
    return float(np.sqrt(within)), float(np.sqrt(between)), float(np.sqrt(total))


def cell_budget(aggregator: Aggregator, cell: Cell, quantity: str, substance: str) -> pd.DataFrame:
    """Return the sources of one cell, largest first."""
    terms = cell_terms(aggregator, cell, quantity, substance)
    total = sum(t.variance for t in terms)
    rows = [
        {
            "source": t.name,
            "scope": " x ".join(t.scope) or "once for the run",
            "log_sd": float(np.sqrt(t.variance)),
            "share": t.variance / total if total else np.nan,
            "comparable": bool(OF_DISTRICT & set(t.scope)),
            "advice": advice(t.name),
        }
        for t in terms
    ]
    table = pd.DataFrame(rows, columns=["source", "scope", "log_sd", "share", "comparable", "advice"])
    return table.sort_values("share", ascending=False, ignore_index=True)


def advice(source: str) -> str:
    """Say what would make a source smaller."""
    if source.startswith("population"):
        return "combine population estimates (census, markers, mobile counts)"
    return ADVICE.get(source) or remedy(source)["en"]


def explain(estimate: Estimate, cell: Cell, quantity: str, substance: str, district: str, month: str, drug: str) -> str:
    """Tell how one number was made: samples, steps, factor with its claims, interval and its sources."""
    table = estimate.table()
    row = table[
        (table["district"] == district)
        & (table["month"] == month)
        & (table["quantity"] == quantity)
        & ((table["drug"] == drug) | (table["biomarker"] == drug))
    ].iloc[0]
    lines = [f"{drug}, {district}, {month}: {quantity} {row['text']} {row['unit']}"]
    if estimate.synthetic:
        lines.append("SYNTHETIC DATA: no laboratory measured this.")
    lines += [*_sample_lines(estimate, cell, str(row["biomarker"]))]
    if quantity in OF_DRUG:
        factor = estimate.profile.factor(drug)
        assert factor is not None  # a cell of a drug exists only with a factor
        lines.append(
            f"factor: profile {estimate.profile.name} {estimate.profile.version}, {factor.drug} from "
            f"{factor.biomarker}: mass ratio {factor.mass_ratio:.5f} / "
            f"median molar fraction {float(factor.fraction.median()):.4f} = "
            f"{factor.correction_factor:.3f}; claims {', '.join(factor.claim_ids)} ({factor.status})"
        )
    if row["note"]:
        lines.append(f"notes: {row['note']}")
    lines.append("uncertainty, largest source first:")
    for part in estimate.budget(district, month, drug, quantity).itertuples():
        lines.append(f"  {part.share:5.1%}  {part.source} (drawn by {part.scope}): {part.advice}")
    return "\n".join(lines)


def _sample_lines(estimate: Estimate, cell: Cell, biomarker: str) -> list[str]:
    ds = estimate.samples.isel(sample=cell.rows).sel(biomarker=biomarker)
    people = estimate.chain.served[cell.rows]
    lines = []
    for i in range(ds.sizes["sample"]):
        one = ds.isel(sample=i)
        value = float(one["concentration"])
        shown = f"{value:g} ng/L" if np.isfinite(value) else "below the limit"
        lines.append(
            f"sample {one['sample'].item()}: {shown} x {float(one['flow']):,.0f} m3/d / {people[i]:,.0f} inhabitants"
            f" (weight {cell.weight[i]:.3f})"
        )
    return lines
