"""Users among those aged 15-64: the users' companion per head, under the same scenario, sentence and policy.

Refuses nothing of its own; what hides a number of users hides its prevalence, and the other way round.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from wbe.disclosure.cells import blank
from wbe.estimation import tables
from wbe.estimation.aggregate import Aggregator, population_of
from wbe.people import users
from wbe.population import units
from wbe.uncertainty import Uncertain

if TYPE_CHECKING:
    from wbe.estimation.result import Estimate

QUANTITY = "prevalence"
KEYS = ["district", "month", "drug"]


def prevalence(estimate: Estimate, area: str) -> pd.DataFrame:
    """Users per 1000 inhabitants aged 15-64 of every cell, in the columns of the tidy table."""
    cells, chain = estimate.cells(area), estimate.chain
    heads = population_of(cells, chain)
    raw = tables.tidy(chain, estimate.aggregator, cells, estimate.profile, estimate.scenarios)
    frames = [raw[raw["quantity"] == "users"]]  # judged together: the one gives the other away
    for drug, scenario in estimate.scenarios.items():
        if drug not in chain.quantity["users"]:
            continue
        consumed = chain.quantity["consumption"][drug]  # mg/d/1000 inhabitant; users() takes g/d
        share = users(Uncertain(consumed.central, consumed.terms) * 1e-3, scenario) * (1.0 / scenario.share_15_64)
        with_share = replace(chain, quantity={**chain.quantity, QUANTITY: {drug: share}})
        aggregator = Aggregator(with_share, estimate.level, estimate.n_draws, estimate.seed)
        found = aggregator.summarise(cells, QUANTITY, drug)
        notes = [*tables.notes_of(with_share, QUANTITY, drug, estimate.profile, estimate.scenarios)]
        rows = tables.rows_of(with_share, cells, QUANTITY, drug, chain.biomarker(drug), found, notes)
        frames.append(tables.peopled(rows, cells, heads, estimate.scenarios))
    both = estimate.policy.apply(pd.concat(frames, ignore_index=True), units(estimate.samples))
    shown = both[both["quantity"] == QUANTITY].reset_index(drop=True)
    # the table of users chose its own companions: another choice here would give them away
    beside = estimate.table(area).query("quantity == 'users' and status == 'suppressed'")
    gone = pd.MultiIndex.from_frame(shown[KEYS]).isin(pd.MultiIndex.from_frame(beside[KEYS]))
    blank(shown, gone & shown["status"].isin(["estimate", "below_limit"]).to_numpy())
    return shown
