"""Trend of every district and drug as a table.

Refuses to draw a line through a method change in silence, to call "no evidence" a stable level, and a direction
where a step of the laboratory would explain it as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from wbe.answer import Answer, Month, month_text, needed, quantity_of, status_note
from wbe.errors import Fault, InputError
from wbe.levels.beliefs import Beliefs, beliefs
from wbe.levels.priors import settings
from wbe.messages import Note, join, notes
from wbe.trends.kendall import mann_kendall, sen_slope
from wbe.trends.rules import benjamini_hochberg, month_number, rules

__all__ = ["COLUMNS", "describe", "trend"]

COLUMNS = (
    "district", "drug", "quantity", "direction", "percent_per_month", "lower", "upper", "p_rise", "q_value",
    "detectable_percent", "kendall_s", "kendall_p", "sen_percent_per_month", "process_sd", "p_step", "step_month",
    "prior_weight", "n", "n_detected", "first", "last", "n_missing", "breaks", "note", "note_codes",
)  # fmt: skip
_NUMBERS = ("percent_per_month", "lower", "upper", "p_rise", "detectable_percent", "process_sd", "kendall_p",
            "sen_percent_per_month", "p_step", "prior_weight")  # fmt: skip
_NORMAL = NormalDist()
POWER = 0.8  # of the change that is called detectable


def trend(
    estimate: Answer,
    *,
    quantity: str = "normalised_load",
    first: Month | None = None,
    last: Month | None = None,
    language: str | None = None,
) -> pd.DataFrame:
    """Say for each district and drug whether the level rises or falls, and how sure that is.

    Read from the levels of all districts and drugs together, so that batches, persistence and season are known from
    all of them: what all months share (excretion, the population figure) cancels from a slope. Each laboratory method
    has its own level, so a slope never crosses a method change; the note says that there was one. A step of the
    laboratory at an unknown month is looked for in all drugs: one that is sure is taken out and named; where it is
    neither sure nor unlikely no direction is given, and the note says "laboratory or city: cannot tell". Results below
    a limit tell what they tell at the laboratory's limit.

    Parameters
    ----------
    estimate : Estimate or Series
    quantity : str
        ``normalised_load``, ``mass_load``, ``consumption``, ``doses`` or ``users``.
    first, last : str or Period, optional
        Months ``YYYY-MM`` that bound the window; by default all months.
    language : {"zh", "en"}, optional
        Of the notes; by default the language in force.

    Returns
    -------
    DataFrame
        One row for each district and drug: ``direction`` (rising, falling, stable, inconclusive),
        ``percent_per_month`` with ``lower`` and ``upper``, ``p_rise``, ``q_value`` (false discovery rate over
        the table), ``detectable_percent`` (the change per month that this design finds in 8 of 10 cases),
        ``process_sd`` (sd of ln from month to month beyond measurement), ``p_step`` and ``step_month`` of the
        laboratory, ``prior_weight``; for readers who ask, exact Mann-Kendall ``kendall_p`` and Sen slope; counts, a
        note and its codes.

    Raises
    ------
    InputError
        The window holds no month of the estimate.
    UnknownName
        An unknown quantity.

    Source
    ------
    Generalised least squares under the model of levels (Durbin and Koopman 2012); a step by spike and slab (Mitchell
    and Beauchamp 1988, DOI 10.1080/01621459.1988.10478694).

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> import wbe
    >>> table = trend(wbe.estimate(small_city(months=4), draws=2000))
    >>> set(table["direction"]) <= {"rising", "falling", "stable", "inconclusive"}
    True
    """
    needed(estimate, "trend")
    series = estimate.series(quantity_of(estimate, quantity))
    start = series["month"].min() if first is None else month_text(first)
    end = series["month"].max() if last is None else month_text(last)
    chosen = series[(series["month"] >= start) & (series["month"] <= end)]
    if chosen.empty:
        known = tuple(sorted(map(str, series["month"].unique())))
        raise InputError([Fault("trends-no-month", first=str(start), last=str(end), months=known)])
    level = float(estimate.level)
    months = sorted(chosen["month"].unique())
    held = beliefs(estimate, quantity, until=months[-1])
    rows = [
        {"district": district, "drug": drug, "quantity": quantity,
         **_one_trend(held, str(district), str(drug), group, months, level)}
        for (district, drug), group in chosen.groupby(["district", "drug"], sort=False)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    p_rise = table["p_rise"].to_numpy(dtype=float)
    table["q_value"] = benjamini_hochberg(2 * np.minimum(p_rise, 1 - p_rise))
    table["note"] = [join(said, language) for said in table["_notes"]]
    table["note_codes"] = [notes(said) for said in table["_notes"]]
    return table[list(COLUMNS)]


def _one_trend(
    held: Beliefs, district: str, drug: str, group: pd.DataFrame, months: Sequence[str], level: float
) -> dict[str, Any]:
    rule = rules()["trend"]
    group = group.sort_values("month")
    seen = group["median"].notna() & (group["status"] == "estimate")
    below = (group["status"] == "below_limit") & group["limit"].notna()
    used = group[seen | below]
    span = int(month_number([months[-1]])[0] - month_number([months[0]])[0]) + 1
    methods = used["method_version"].fillna("").astype(str).to_numpy(dtype=object)
    n, n_detected = len(used), int(seen.sum())
    row: dict[str, Any] = {
        "direction": "inconclusive", "n": n, "n_detected": n_detected, "n_missing": span - n,
        "first": used["month"].iloc[0] if n else "", "last": used["month"].iloc[-1] if n else "",
        "breaks": ", ".join(_breaks(methods, used["month"].tolist())),
        **dict.fromkeys(_NUMBERS, float("nan")), "kendall_s": 0, "step_month": "",
    }  # fmt: skip
    said = _notes(row, span)
    said += [status_note(s) for s in sorted(set(group["status"]) - {"estimate", "below_limit", "no_data"})]
    if n:
        row |= _ranked(used, below.loc[used.index].to_numpy(), methods)
    if n_detected < rule["minimum_detected"]:
        return row | {"_notes": [*said, Note("trends-too-few-detected", count=n_detected, of=n)]}
    if n - len(set(methods)) - 1 < rule["minimum_df"]:
        return row | {"_notes": [*said, Note("trends-too-few-months")]}
    area = held.areas.index(district)
    mean, sd, error, process = held.slopes(drug, area, (str(months[0]), str(months[-1])))
    if not np.isfinite(mean):
        return row | {"_notes": [*said, Note("trends-too-few-months")]}
    p_step, when = held.step(area)
    row |= {"process_sd": process, "p_step": p_step, "step_month": when, "prior_weight": held.prior_weight(drug, area)}
    row |= describe(mean, sd, error, level, rule["stable_within_percent"])
    city = held.city_of(area)
    if row["direction"] in ("rising", "falling") and city is not None and len(city.draws) == 1:
        said.append(Note("trends-one-drug"))
    return row | _stepped(row, p_step, when, said)


def _ranked(used: pd.DataFrame, hidden: np.ndarray, methods: np.ndarray) -> dict[str, Any]:
    """Return the classical tests, at the laboratory's limits."""
    value = np.where(hidden, used["limit"], used["median"]).astype(float)
    floor = value[hidden].max() if hidden.any() else -np.inf
    # values at or under the highest limit cannot be ordered: they tie (Helsel 2012)
    ranked = np.where(hidden | (value <= floor), floor, value)
    kendall = mann_kendall(ranked, methods)
    calendar = month_number(used["month"].tolist())
    slope = sen_slope(calendar, np.log(np.maximum(ranked, 1e-300)), methods)
    return {"kendall_s": kendall.s, "kendall_p": kendall.p, "sen_percent_per_month": 100 * np.expm1(slope)}


def _stepped(row: dict[str, Any], p_step: float, when: str, said: list[Note]) -> dict[str, Any]:
    """Say what a step of the laboratory leaves of a direction."""
    rule = settings("step")
    told = f"{p_step:.2f}"
    if p_step >= rule["certain"]:
        return {"_notes": [*said, Note("trends-step-taken-out", month=when, p=told)]}
    if p_step <= rule["shown"]:
        return {"_notes": said}
    return {"direction": "inconclusive", "p_rise": float("nan"),
            "_notes": [*said, Note("trends-laboratory-or-city", month=when, p=told)]}  # fmt: skip


def describe(mean: float, sd: float, error: float, level: float, guard: float) -> dict[str, Any]:
    """Return direction, interval and probability of a slope [ln a month] from its posterior, and what would be seen.

    Parameters
    ----------
    mean, sd : float
        Of the posterior.
    error : float
        Standard deviation that the data alone leave.
    level : float
    guard : float
        Percent a month within which the whole interval is called stable.

    Examples
    --------
    >>> describe(0.05, 0.01, 0.011, 0.95, 3.0)["direction"]
    'rising'
    """
    z = _NORMAL.inv_cdf(0.5 + level / 2)
    low, middle, high = (100 * float(np.expm1(mean + side * z * sd)) for side in (-1, 0, 1))
    direction = "inconclusive"
    if low > 0:
        direction = "rising"
    elif high < 0:
        direction = "falling"
    elif low > -guard and high < guard:
        direction = "stable"
    # the posterior mean is the data's slope times sd^2 / error^2
    needed_slope = z * error**2 / sd + _NORMAL.inv_cdf(POWER) * error if sd > 0 else 0.0
    return {
        "direction": direction, "percent_per_month": middle, "lower": low, "upper": high,
        "p_rise": _NORMAL.cdf(mean / sd) if sd > 0 else 0.5 if mean == 0 else float(mean > 0),
        "detectable_percent": 100 * float(np.expm1(needed_slope)),
    }  # fmt: skip


def _breaks(methods: np.ndarray, months: Sequence[str]) -> list[str]:
    return [
        f"{months[i]} ({methods[i - 1] or '?'} → {methods[i] or '?'})"
        for i in range(1, len(methods))
        if methods[i] != methods[i - 1]
    ]


def _notes(row: dict[str, Any], span: int) -> list[Note]:
    said = []
    if row["n_missing"]:
        said.append(Note("trends-months-missing", count=row["n_missing"], of=span))
    if row["breaks"]:
        said.append(Note("trends-method-changed", at=row["breaks"]))
    if row["n"] > row["n_detected"]:
        said.append(Note("trends-months-below", count=row["n"] - row["n_detected"]))
    if 1 < row["n"] <= 4:
        said.append(Note("trends-rank-test-blind", count=row["n"]))
    return said
