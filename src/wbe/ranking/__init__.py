"""Who is first? Ranks of districts with their probability, and which districts cannot be told apart.

Refuses a bare league table: every rank comes with its interval and the group of districts that share it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from wbe.answer import Answer, Month, drug_of, last_month, month_of, needed, quantity_of, status_note
from wbe.levels.beliefs import Beliefs, beliefs, lasting
from wbe.messages import Note, join, notes
from wbe.ranking.rules import RULES
from wbe.variability.nodes import hashed

__all__ = ["COLUMNS", "groups", "positions", "rank", "separated"]

COLUMNS = (
    "month", "drug", "quantity", "district", "median_rank", "rank_lower", "rank_upper", *RULES,
    "group", "n_ranked", "prior_weight", "status", "note", "note_codes",
)  # fmt: skip
SEED = 20210624


def rank(
    estimate: Answer,
    *,
    month: Month | None = None,
    drug: str | None = None,
    quantity: str = "normalised_load",
    language: str | None = None,
) -> pd.DataFrame:
    """Rank the districts, with the uncertainty of each rank.

    Ranks are computed in every draw of the levels, which are learnt from all months up to this one and from all
    districts together, so that a district is not first by one odd sample; what all districts share (excretion, dose,
    batch) cancels, and what sets them apart for good (a meter, a count of people) is in every draw. Two districts are
    in one group when neither lies above the other with a probability of at least ``(1 + level) / 2``;
    districts in one group cannot be separated and their order means nothing.

    Parameters
    ----------
    estimate : Estimate or Series
    month : str or Period, optional
        ``YYYY-MM``; by default the last month of the estimate.
    drug : str, optional
        By default every drug.
    quantity : str
    language : {"zh", "en"}, optional
        Of the notes; by default the language in force.

    Returns
    -------
    DataFrame
        One row for each district, 1 being the highest level: ``median_rank``, ``rank_lower``,
        ``rank_upper``, one column for each of :data:`wbe.ranking.rules.RULES` (``p_first``, ``p_top3``,
        ``p_above_middle``), ``group`` (letters; shared letter = cannot be separated), ``prior_weight``.
        Districts without a number have no rank, and the note says why.

    Raises
    ------
    UnknownName
        The month, the drug or the quantity is not in the estimate.

    Source
    ------
    Ranks as random quantities: Goldstein and Spiegelhalter 1996 (DOI 10.2307/2983325); the caution against
    league tables: Mogstad et al. 2023 (DOI 10.1093/restud/rdad006).

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> import wbe
    >>> table = rank(wbe.estimate(small_city(months=1), draws=2000), drug="methamphetamine")
    >>> float(round(table["p_first"].sum(), 6))
    1.0
    """
    needed(estimate, "rank")
    chosen = last_month(estimate) if month is None else month_of(estimate, month)
    drugs = [str(d) for d in estimate.drugs] if drug is None else [drug_of(estimate, drug)]
    series = estimate.series(quantity_of(estimate, quantity))
    series = series[series["month"] == chosen]
    held = beliefs(estimate, quantity, until=chosen)
    parts = [_rank_one(estimate, held, series[series["drug"] == one], chosen, one, quantity) for one in drugs]
    table = pd.concat(parts, ignore_index=True)
    table["note"] = [join(said, language) for said in table["_notes"]]
    table["note_codes"] = [notes(said) for said in table["_notes"]]
    return table[list(COLUMNS)]


def _rank_one(
    estimate: Answer, held: Beliefs, series: pd.DataFrame, month: str, drug: str, quantity: str
) -> pd.DataFrame:
    status = {str(d): str(s) for d, s in zip(series["district"], series["status"], strict=True)}
    districts = [str(d) for d in estimate.districts]
    ranked = [d for d in districts if status.get(d) == "estimate"]
    rows = []
    if ranked:
        at = [held.areas.index(d) for d in ranked]
        when = held.months.index(month)
        apart = lasting(estimate, quantity, drug)[at, when]
        values = held.draws(drug)[:, at, when] + _noise(ranked, apart, len(held.draws(drug)))
        rows = _ranked_rows(values, ranked, float(estimate.level))
    for row in rows:
        row["prior_weight"] = held.prior_weight(drug, held.areas.index(row["district"]))
    for district in districts:
        if district not in ranked:
            state = status.get(district, "no_data")
            said = [Note("ranking-not-ranked", reason=status_note(state))]
            rows.append({"district": district, "status": state, "_notes": said})
    table = pd.DataFrame(rows).reindex(columns=[*COLUMNS, "_notes"])
    table = table.assign(month=month, drug=drug, quantity=quantity, n_ranked=len(ranked))
    table["group"] = table["group"].astype(object).where(table["group"].notna(), "")
    return table


def _noise(districts: list[str], variance: np.ndarray, draws: int) -> np.ndarray:
    """Return draws of what sets districts apart for good, (draw, district): the same for a name, whatever the file."""
    found = np.zeros((draws, len(districts)))
    for i, name in enumerate(districts):
        if variance[i] > 0:
            rng = np.random.default_rng([SEED, int(hashed([name])[0])])
            found[:, i] = np.sqrt(variance[i]) * rng.standard_normal(draws)
    return found


def _ranked_rows(values: np.ndarray, districts: list[str], level: float) -> list[dict[str, Any]]:
    places = positions(values)
    letters = groups(separated(values, level), np.median(places, axis=0))
    tail = (1 - level) / 2
    low, middle, high = np.quantile(places, [tail, 0.5, 1 - tail], axis=0, method="closest_observation")
    by_rule = {name: judge(places, values) for name, judge in RULES.items()}
    rows = []
    for i in np.lexsort((places.mean(axis=0), middle)):
        shared = [d for j, d in enumerate(districts) if j != i and set(letters[j]) & set(letters[i])]
        rows.append({
            "district": districts[i], "median_rank": int(middle[i]), "rank_lower": int(low[i]),
            "rank_upper": int(high[i]), "group": letters[i], "status": "estimate",
            **{name: float(found[i]) for name, found in by_rule.items()},
            "_notes": [Note("ranking-shared", districts=tuple(shared)) if shared else Note("ranking-apart")],
        })  # fmt: skip
    return rows


def positions(values: np.ndarray) -> np.ndarray:
    """Return the rank in each draw, 1 for the highest; shape (draw, district) in and out.

    Examples
    --------
    >>> positions(np.array([[3.0, 9.0, 5.0]])).tolist()
    [[3, 1, 2]]
    """
    order = np.argsort(-values, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(1, values.shape[1] + 1)[None, :], axis=1)
    return places


def separated(values: np.ndarray, level: float) -> np.ndarray:
    """Return which pairs of districts can be told apart at ``level``; shape (district, district)."""
    n = values.shape[1]
    above = np.array([(values[:, [i]] > values).mean(axis=0) for i in range(n)]).reshape(n, n)
    decided = above >= (1 + level) / 2
    return decided | decided.T


def groups(apart: np.ndarray, order: np.ndarray) -> list[str]:
    """Return letters for each item; two items share a letter when they cannot be told apart.

    Parameters
    ----------
    apart : ndarray of bool, shape (n, n)
    order : ndarray, shape (n,)
        Letters are given from the smallest value on.

    Examples
    --------
    >>> apart = np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]], dtype=bool)
    >>> groups(apart, np.array([1, 2, 3]))
    ['a', 'ab', 'b']
    """
    together = ~apart
    np.fill_diagonal(together, False)
    cliques: list[frozenset[int]] = []
    _grow(frozenset(), set(range(len(apart))), set(), together, cliques)
    cliques.sort(key=lambda clique: (min(order[i] for i in clique), max(order[i] for i in clique)))
    return ["".join(_letter(k) for k, clique in enumerate(cliques) if i in clique) for i in range(len(apart))]


def _letter(k: int) -> str:
    return chr(ord("a") + k) if k < 26 else f"[{k + 1}]"


def _grow(
    chosen: frozenset[int], open_: set[int], done: set[int], together: np.ndarray, out: list[frozenset[int]]
) -> None:
    """Find the largest sets of items that are pairwise together (Bron and Kerbosch 1973, 10.1145/362342.362367)."""
    if not open_ and not done:
        if chosen:
            out.append(chosen)
        return
    pivot = max(open_ | done, key=lambda i: int(together[i, list(open_)].sum()) if open_ else 0)
    for i in [i for i in open_ if not together[pivot, i]]:
        friends = {j for j in range(len(together)) if together[i, j]}
        _grow(chosen | {i}, open_ & friends, done & friends, together, out)
        open_.remove(i)
        done.add(i)
