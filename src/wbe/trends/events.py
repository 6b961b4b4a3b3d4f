"""Before, during and after an event or a measure; and against districts that it did not touch.

Refuses a probability where the months compared were measured by several methods, or where a side has no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from wbe.answer import Answer, Month, month_text, needed, quantity_of
from wbe.errors import Fault, InputError, one_of
from wbe.levels.beliefs import beliefs
from wbe.levels.chances import chance
from wbe.messages import Note, Words, join, notes
from wbe.trends.changes import LEVEL, believed, shift

__all__ = ["difference", "event"]

COLUMNS = ("district", "drug", "quantity", "comparison", "n_months", "n_against", *LEVEL, "note", "note_codes")
DIFFERENCE = ("drug", "quantity", "comparison", "percent", "lower", "upper", "p_rise", "n_districts", "n_controls",
              "note", "note_codes")  # fmt: skip
#: months compared, and with which
PAIRS = (("during", "before"), ("after", "before"), ("after", "during"))


def _periods(estimate: Answer, start: Month, end: Month, before: int, after: int) -> dict[str, list[str]]:
    first, last = pd.Period(month_text(start), "M"), pd.Period(month_text(end), "M")
    faults = [] if first <= last else [Fault("trends-event-order", start=str(first), end=str(last))]
    for name, count in (("before", before), ("after", after)):
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            faults.append(Fault("trends-event-months", field=name, came=repr(count)))
    if faults:
        raise InputError(faults)
    known = {str(m) for m in estimate.months}
    spans = {
        "before": pd.period_range(end=first - 1, periods=before, freq="M"),
        "during": pd.period_range(first, last, freq="M"),
        "after": pd.period_range(last + 1, periods=after, freq="M"),
    }
    return {name: [str(m) for m in span if str(m) in known] for name, span in spans.items()}


def event(
    estimate: Answer,
    *,
    start: Month,
    end: Month | None = None,
    before: int = 3,
    after: int = 3,
    quantity: str = "normalised_load",
    language: str | None = None,
) -> pd.DataFrame:
    """Compare the months before, during and after an event or a measure: did it fall after?

    Parameters
    ----------
    estimate : Estimate or Series
    start, end : str or Period
        First and last month of the event; one month without ``end``.
    before, after : int
        Months taken on both sides.
    quantity : str
    language : {"zh", "en"}, optional

    Returns
    -------
    DataFrame
        One row for each district, drug and comparison (``during/before``, ``after/before``, ``after/during``):
        ``p_rise, level_percent, level_lower, level_upper`` of the mean level, with the numbers of months that have
        an estimate. NaN across a change of method.

    Raises
    ------
    InputError
        An event that ends before it starts, or no months beside it.

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> found = event(small_loads(growth=1.5, months=9), start="2021-04", end="2021-06")
    >>> found["comparison"].unique().tolist(), bool(found["p_rise"].iloc[1] > 0.9)
    (['during/before', 'after/before', 'after/during'], True)
    """
    needed(estimate, "event")
    series = estimate.series(quantity_of(estimate, quantity))
    months = _periods(estimate, start, start if end is None else end, before, after)
    used = [m for span in months.values() for m in span]
    held = beliefs(estimate, quantity, until=max(used)) if used else None
    rows = []
    for (district, drug), group in series.groupby(["district", "drug"], sort=False):
        for late, early in PAIRS:
            here = {name: _numbers(group, months[name]) for name in (late, early)}
            said = _refused(group, months, late, early)
            row: dict[str, Any] = {"district": district, "drug": drug, "quantity": quantity,
                                   "comparison": f"{late}/{early}", "n_months": len(here[late]),
                                   "n_against": len(here[early])}  # fmt: skip
            row |= dict.fromkeys(LEVEL, float("nan"))
            if not said and held is not None:
                row |= believed(held, str(drug), str(district), here[late], here[early], float(estimate.level))
            rows.append(row | {"note": join(said, language), "note_codes": notes(said)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _numbers(group: pd.DataFrame, months: Sequence[str]) -> list[str]:
    seen = group[(group["status"] == "estimate") & group["month"].isin(months)]
    return sorted(seen["month"].astype(str))


def _refused(group: pd.DataFrame, months: dict[str, list[str]], late: str, early: str) -> list[Note]:
    for name in (late, early):
        if not _numbers(group, months[name]):
            return [Note("trends-event-no-number", period=name)]
    used = group[(group["status"] == "estimate") & group["month"].isin([*months[late], *months[early]])]
    methods = sorted(set(used["method_version"].fillna("").astype(str)))
    return [Note("trends-event-methods", methods=tuple(m or "?" for m in methods))] if len(methods) > 1 else []


def difference(
    estimate: Answer,
    *,
    districts: Sequence[str],
    controls: Sequence[str] | None = None,
    start: Month,
    end: Month | None = None,
    before: int = 3,
    after: int = 3,
    quantity: str = "normalised_load",
    language: str | None = None,
) -> pd.DataFrame:
    """Compare the change of districts that a measure touched with that of others (difference in differences).

    What moves all districts alike, a batch or a season, cancels.

    Parameters
    ----------
    estimate : Estimate or Series
    districts : sequence of str
        That the measure touched.
    controls : sequence of str, optional
        That it did not; by default all others.
    start, end, before, after, quantity, language
        As for :func:`event`.

    Returns
    -------
    DataFrame
        One row for each drug and comparison: ``percent lower upper p_rise`` of the mean change of the districts over
        that of the controls.

    Raises
    ------
    UnknownName
        A district that the estimate does not have.
    InputError
        A district on both sides, or none on one.

    Source
    ------
    Angrist and Pischke 2009, Mostly Harmless Econometrics, chapter 5.
    """
    needed(estimate, "difference")
    known = [str(d) for d in estimate.districts]
    chosen = [one_of(d, known, Words("district", "区县")) for d in districts]
    others = [d for d in known if d not in chosen] if controls is None else [
        one_of(d, known, Words("district", "区县")) for d in controls
    ]  # fmt: skip
    if not chosen or not others or set(chosen) & set(others):
        raise InputError([Fault("trends-event-sides", districts=tuple(chosen), controls=tuple(others))])
    series = estimate.series(quantity_of(estimate, quantity))
    months = _periods(estimate, start, start if end is None else end, before, after)
    used = [m for span in months.values() for m in span]
    held = beliefs(estimate, quantity, until=max(used)) if used else None
    tail = 0.5 - float(estimate.level) / 2
    rows = []
    for drug, table in series.groupby("drug", sort=False):
        of = {str(d): g for d, g in table.groupby("district", sort=False)}
        for late, early in PAIRS[:2]:
            sides = [[d for d in side if d in of and not _refused(of[d], months, late, early)]
                     for side in (chosen, others)]  # fmt: skip
            row: dict[str, Any] = {"drug": drug, "quantity": quantity, "comparison": f"{late}/{early}",
                                   "n_districts": len(sides[0]), "n_controls": len(sides[1])}  # fmt: skip
            row |= dict.fromkeys(("percent", "lower", "upper", "p_rise"), float("nan"))
            said = [] if all(sides) else [Note("trends-event-side-empty")]
            if held is not None and all(sides):
                name = str(drug)
                step = [
                    np.mean([
                        shift(held, name, held.areas.index(d), *(_numbers(of[d], months[x]) for x in (late, early)))
                        for d in side
                    ], axis=0)
                    for side in sides
                ]  # fmt: skip
                apart = step[0] - step[1]
                low, middle, high = np.quantile(apart, [tail, 0.5, 1 - tail])
                row |= {"percent": 100 * float(np.expm1(middle)), "lower": 100 * float(np.expm1(low)),
                        "upper": 100 * float(np.expm1(high)), "p_rise": chance(apart)}  # fmt: skip
            rows.append(row | {"note": join(said, language), "note_codes": notes(said)})
    return pd.DataFrame(rows, columns=list(DIFFERENCE))
