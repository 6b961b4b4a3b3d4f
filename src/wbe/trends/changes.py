"""The change from one month to another, with its interval and the probability of a rise.

Refuses a number where one of the two months has no estimate, and says which and why.
"""

from __future__ import annotations

from collections.abc import Hashable
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from wbe.answer import Answer, Month, last_month, month_of, month_text, needed, quantity_of, status_note
from wbe.messages import Note, join, notes

__all__ = ["COLUMNS", "changes"]

COLUMNS = (
    "district", "drug", "quantity", "month", "against", "percent", "lower", "upper", "p_rise", "note", "note_codes",
)  # fmt: skip


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
        ``district drug quantity month against percent lower upper p_rise note note_codes``; numbers are NaN where one
        of the two months has no estimate, and the note says which.

    Raises
    ------
    UnknownName
        A month or quantity that the estimate does not have.

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
    then = {(r["district"], r["drug"]): r for r in series[series["month"] == early].to_dict("records")}
    half = NormalDist().inv_cdf(0.5 + float(estimate.level) / 2)
    rows = []
    for this in series[series["month"] == late].to_dict("records"):
        key = this["district"], this["drug"]
        row = {"district": key[0], "drug": key[1], "quantity": quantity, "month": late, "against": early}
        numbers, said = _one_change(this, then.get(key), half, late, early)
        rows.append(row | numbers | {"note": join(said, language), "note_codes": notes(said)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _one_change(
    late: dict[Hashable, Any], early: dict[Hashable, Any] | None, half: float, *months: str
) -> tuple[dict[str, float], list[Note]]:
    none = dict.fromkeys(("percent", "lower", "upper", "p_rise"), float("nan"))
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
    certain = 0.5 if step == 0 else float(step > 0)
    numbers["p_rise"] = NormalDist().cdf(step / sd) if sd > 0 else certain
    methods = tuple(str(part["method_version"]) for part in (early, late))
    if methods[0] == methods[1]:
        return numbers, []
    return numbers, [Note("trends-method-pair", early=methods[0] or "?", late=methods[1] or "?")]
