"""Odds of use, discharge, manufacture or medicine for every district, month and drug that any evidence speaks on.

Refuses to call an ordinary rise a discharge: a jump alone must be beyond all that use is known to do.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from wbe.errors import need_estimate
from wbe.origin.cells import Cell, cells, samples_of
from wbe.origin.evidence import HYPOTHESES, Origin, rows, unconsumed_share, weigh

__all__ = ["COLUMNS", "odds"]

COLUMNS = (
    "district", "month", "drug", *HYPOTHESES, "odds_of_discharge", "call", "evidence", "unconsumed", "unconsumed_lower",
    "unconsumed_upper", "note", "note_codes",
)  # fmt: skip
_LEAST_MONTHS = 3


def odds(estimate: object) -> pd.DataFrame:
    """Return what each load is likeliest to come from, with the evidence.

    Parameters
    ----------
    estimate : Estimate
        Of :func:`wbe.estimate`.

    Returns
    -------
    DataFrame
        district, month, drug, the posterior probability of each hypothesis, odds_of_discharge (against use), call
        (``use``, ``discharge``, ``not_consumed``, ``medicine``, ``cannot_tell``), evidence (each piece with its factor
        for discharge against use), unconsumed with its 95 % interval (share of the load that no body changed, where
        enantiomers say it), note, note_codes. A drug without any evidence has no row.

    Raises
    ------
    InputError
        Not an estimate, or an answer without samples.

    Examples
    --------
    >>> import wbe
    >>> from wbe.testing import small_city
    >>> city = small_city(districts=1, months=1, biomarkers=("cocaine", "benzoylecgonine"))
    >>> odds(wbe.estimate(city))["drug"].tolist()
    ['cocaine']
    """
    need_estimate(estimate, "odds")
    held = list(cells(samples_of(estimate, "odds")))
    found = []
    for cell in held:
        for drug in map(str, cell.samples["biomarker"].values):
            origin = _weighed(cell, held, drug)
            if origin is not None:
                found.append(_row(cell, origin))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _weighed(cell: Cell, held: list[Cell], drug: str) -> Origin | None:
    fractions = cell.fraction(drug)
    seen = {}
    for r in rows("ratio", drug):
        top, bottom = cell.measured(r["numerator"]), cell.measured(r["denominator"])
        both = np.isfinite(top) & np.isfinite(bottom) & (bottom > 0) & (top > 0)
        if both.any():
            water = cell.water()
            seen[f"{r['numerator']}/{r['denominator']}"] = float(
                (top * water)[both].sum() / (bottom * water)[both].sum()
            )
    has_fraction = bool(len(fractions)) and bool(rows("enantiomeric_fraction", drug))
    if not (has_fraction or seen):
        return None  # a jump alone accompanies other evidence
    return weigh(
        drug, enantiomeric_fraction=float(fractions.mean()) if has_fraction else None, ratios=seen,
        jump=_jump(cell, held, drug),
    )  # fmt: skip


def _load(cell: Cell, drug: str) -> float:
    load = cell.measured(drug) * cell.water()
    return float(np.nanmean(load)) if np.isfinite(load).any() else math.nan


def _jump(cell: Cell, held: list[Cell], drug: str) -> float | None:
    """Load over the median of the district's other months, where there are enough of them."""
    others = [_load(c, drug) for c in held if c.district == cell.district and c.month != cell.month]
    known = [x for x in others if math.isfinite(x) and x > 0]
    here = _load(cell, drug)
    if len(known) < _LEAST_MONTHS or not (math.isfinite(here) and here > 0):
        return None
    return here / float(np.median(known))


def _row(cell: Cell, origin: Origin) -> dict[str, object]:
    share = None
    for piece in origin.evidence:
        if piece.kind == "enantiomeric_fraction":
            share = unconsumed_share(origin.drug, piece.seen)
    low, middle, high = (math.nan,) * 3 if share is None else np.quantile(share, [0.025, 0.5, 0.975])
    weights = [f"{p.what} {p.seen:.3g}: ×{math.exp(min(p.weight('discharge'), 700.0)):.2g}" for p in origin.evidence]
    return {
        "district": cell.district, "month": cell.month, "drug": origin.drug, **origin.probability,
        "odds_of_discharge": origin.odds("discharge"), "call": origin.call, "evidence": "; ".join(weights),
        "unconsumed": middle, "unconsumed_lower": low, "unconsumed_upper": high, "note": origin.verdict.text(),
        "note_codes": origin.verdict.code,
    }  # fmt: skip
