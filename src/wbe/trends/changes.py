"""The change from one month to another: what the amounts say, and what may be believed of it.

Refuses a number where one of the two months has no estimate, and a probability across a change of method.
"""

from __future__ import annotations

from collections.abc import Hashable
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from wbe.answer import Answer, Month, last_month, month_of, month_text, needed, quantity_of, status_note
from wbe.errors import Fault, InputError
from wbe.levels.beliefs import Beliefs, beliefs
from wbe.levels.chances import chance
from wbe.messages import Note, join, notes

__all__ = ["COLUMNS", "changes"]

COLUMNS = (
    "district", "drug", "quantity", "month", "against", "percent", "lower", "upper", "p_rise", "level_percent",
    "level_lower", "level_upper", "prior_weight", "note", "note_codes",
)  # fmt: skip
LEVEL = ("p_rise", "level_percent", "level_lower", "level_upper", "prior_weight")


def changes(
    estimate: Answer,
    *,
    month: Month | None = None,
    against: Month | None = None,
    quantity: str = "normalised_load",
    language: str | None = None,
) -> pd.DataFrame:
    """Compare one month with another: percent change with interval, and the probability of a rise.

    Parameters
    ----------
    estimate : Estimate or Series
    month : str or Period, optional
        ``YYYY-MM``; by default the last month of the estimate.
    against : str or Period, optional
        The month to compare with, by default the one before; it may be one without samples.
    quantity : str
    language : {"zh", "en"}, optional
        Of the notes; by default the language in force.

    Returns
    -------
    DataFrame
        ``district drug quantity month against``; ``percent lower upper``, the change of the amounts as they stand in
        the table, with the interval of these two cells alone; ``p_rise`` and ``level_percent level_lower
        level_upper``, what may be believed of the true change when all months, districts and drugs are seen together
        up to ``month``; ``prior_weight``, how much of the sizes of error behind it rests on priors; ``note
        note_codes``. Numbers are NaN where one of the two months has no estimate, and the note says which; across a
        change of method nothing is believed.

    Raises
    ------
    UnknownName
        A month or quantity that the estimate does not have.
    InputError
        A month that is none, or the same month twice.

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> changes(small_loads(growth=1.5), month="2021-02", against="2021-01")["percent"].round(1).tolist()
    [50.0, 0.0]
    """
    needed(estimate, "changes")
    series = estimate.series(quantity_of(estimate, quantity))
    late = last_month(estimate) if month is None else month_of(estimate, month)
    early = str(pd.Period(late, "M") - 1) if against is None else month_text(against)
    if early == late:
        raise InputError([Fault("trends-same-month", month=late)])
    then = {(r["district"], r["drug"]): r for r in series[series["month"] == early].to_dict("records")}
    half = NormalDist().inv_cdf(0.5 + float(estimate.level) / 2)
    held = beliefs(estimate, quantity, until=max(late, early)) if then else None
    rows = []
    for this in series[series["month"] == late].to_dict("records"):
        key = this["district"], this["drug"]
        row = {"district": key[0], "drug": key[1], "quantity": quantity, "month": late, "against": early}
        numbers, said = _one_change(this, then.get(key), half, late, early)
        if held is not None and not said:
            numbers |= believed(held, str(key[1]), str(key[0]), [late], [early], float(estimate.level))
        rows.append(row | numbers | {"note": join(said, language), "note_codes": notes(said)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _one_change(
    late: dict[Hashable, Any], early: dict[Hashable, Any] | None, half: float, *months: str
) -> tuple[dict[str, float], list[Note]]:
    none = dict.fromkeys(("percent", "lower", "upper", *LEVEL), float("nan"))
    if late["status"] != "estimate":
        return none, [Note("trends-no-number", month=months[0], reason=status_note(str(late["status"])))]
    if early is None or early["status"] != "estimate":
        state = "no_data" if early is None else str(early["status"])
        return none, [Note("trends-no-number", month=months[1], reason=status_note(state))]
    step = float(np.log(late["median"] / early["median"]))
    sd = float(np.hypot(late["log_sd_within"], early["log_sd_within"]))
    numbers = {
        name: 100 * float(np.expm1(step + d))
        for name, d in (("percent", 0.0), ("lower", -half * sd), ("upper", half * sd))
    }
    methods = tuple(str(part["method_version"]) for part in (early, late))
    if methods[0] == methods[1]:
        return none | numbers, []
    return none | numbers, [Note("trends-method-pair", early=methods[0] or "?", late=methods[1] or "?")]


def believed(
    held: Beliefs, drug: str, area: str, late: list[str], early: list[str], level: float
) -> dict[str, float]:  # fmt: skip
    """Return what may be believed of the change from the mean of some months to that of others, of one area."""
    at = held.areas.index(area)
    step = shift(held, drug, at, late, early)
    if not np.isfinite(step).all() or not len(step):
        return dict.fromkeys(LEVEL, float("nan"))
    low, middle, high = np.quantile(step, [0.5 - level / 2, 0.5, 0.5 + level / 2])
    return {
        "p_rise": chance(step), "level_percent": 100 * float(np.expm1(middle)),
        "level_lower": 100 * float(np.expm1(low)), "level_upper": 100 * float(np.expm1(high)),
        "prior_weight": held.prior_weight(drug, at),
    }  # fmt: skip


def shift(held: Beliefs, drug: str, area: int, late: list[str], early: list[str]) -> np.ndarray:
    """Return draws of ln of the ratio of the mean level of some months to that of others, (draw,)."""
    draws = held.draws(drug)[:, area]
    new, old = (draws[:, [held.months.index(m) for m in months]] for months in (late, early))
    if len(late) == len(early) == 1:  # a difference of logs, whatever their unit
        return np.asarray(new[:, 0] - old[:, 0])
    base = old[:, :1]
    return np.asarray(np.log(np.exp(new - base).mean(axis=1)) - np.log(np.exp(old - base).mean(axis=1)))
