"""Numbers of people beside the table: users under each scenario, and users per head of those aged 15-64.

Refuses nothing of its own; what hides a number of users hides these, and the other way round.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from wbe.disclosure.cells import blank, says_something
from wbe.estimation import tables
from wbe.estimation.remarks import quantity_notes
from wbe.people import note as rests_on
from wbe.population import units

if TYPE_CHECKING:
    from wbe.estimation.result import Estimate
    from wbe.factors import Factor

__all__ = ["prevalence", "users_by_scenario"]

QUANTITY = "prevalence"
KEYS = ["district", "month", "drug"]


def users_by_scenario(estimate: Estimate, area: str, language: str | None) -> pd.DataFrame:
    """Users under each scenario of each drug, and combined."""
    names, frames = [], []
    for drug, mix in estimate.scenarios.items():
        if drug not in estimate.chain.quantity["users"]:
            continue
        biomarker = estimate.chain.biomarker(drug)
        for name, scenario in [*((s.name, s) for s in mix.parts or (mix,)), ("combined", mix)]:
            engine = estimate.engine.with_chain(estimate.chain.with_scenario(scenario, _factor(estimate, drug)))
            rows = tables.rows_of(engine, area, "users", drug, biomarker, [rests_on(scenario)])
            names.append(name)
            peopled = tables.peopled(rows, engine, area, {drug: scenario})
            frames.append(tables.finished(peopled, language, estimate.policy))
    if not frames:
        return pd.DataFrame(columns=[*tables.COLUMNS, "scenario"])
    shown = estimate.policy.apply_alike(frames, estimate.table(area), units(estimate.samples))
    return pd.concat([t.assign(scenario=n) for t, n in zip(shown, names, strict=True)], ignore_index=True)


def _factor(estimate: Estimate, drug: str) -> Factor:
    found = estimate.profile.factor(drug, estimate.chain.biomarker(drug))
    assert found is not None  # users exist only of drugs with a factor
    return found


def prevalence(estimate: Estimate, area: str, language: str | None) -> pd.DataFrame:
    """Users per 1000 inhabitants aged 15-64 of every cell, in the columns of the tidy table."""
    chain, engine = estimate.chain, estimate.engine
    raw = tables.finished(tables.tidy(engine, area, estimate.profile, estimate.scenarios), language, estimate.policy)
    frames = [raw[raw["quantity"] == "users"]]  # judged together: the one gives the other away
    for drug, scenario in estimate.scenarios.items():
        if drug not in chain.quantity["users"]:
            continue
        # mg/d/1000 inhabitants as g/d of 1000 of them
        share = chain.counted(scenario, _factor(estimate, drug), 1e-3) * (1.0 / scenario.share_15_64)
        with_share = replace(chain, quantity={**chain.quantity, QUANTITY: {drug: share}})
        notes = quantity_notes(with_share, QUANTITY, drug, estimate.profile, estimate.scenarios)
        own = engine.with_chain(with_share)
        rows = tables.rows_of(own, area, QUANTITY, drug, chain.biomarker(drug), notes)
        frames.append(tables.finished(tables.peopled(rows, own, area, estimate.scenarios), language, estimate.policy))
    both = estimate.policy.apply(pd.concat(frames, ignore_index=True), units(estimate.samples))
    shown = both[both["quantity"] == QUANTITY].reset_index(drop=True)
    # the table of users chose its own companions: another choice here would give them away
    beside = estimate.table(area).query("quantity == 'users' and status == 'suppressed'")
    gone = pd.MultiIndex.from_frame(shown[KEYS]).isin(pd.MultiIndex.from_frame(beside[KEYS]))
    blank(shown, gone & says_something(shown))
    return shown
