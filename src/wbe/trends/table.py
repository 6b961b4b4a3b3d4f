"""Trend of every district and drug as a table.

Refuses to draw a line through a method change in silence, to call "no evidence" a stable level, and to put a
number on months that lie mostly below the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from wbe.answer import Answer, Month, month_text, needed, quantity_of, status_note
from wbe.errors import Fault, InputError
from wbe.messages import Note, join, notes
from wbe.trends.kendall import mann_kendall, sen_slope
from wbe.trends.line import Line, log_linear
from wbe.trends.rules import benjamini_hochberg, month_number, rules

__all__ = ["COLUMNS", "trend"]

COLUMNS = (
    "district", "drug", "quantity", "direction", "percent_per_month", "lower", "upper", "p_rise", "q_value",
    "detectable_percent", "kendall_s", "kendall_p", "sen_percent_per_month", "process_sd", "n", "n_detected",
    "first", "last", "n_missing", "breaks", "note", "note_codes",
)  # fmt: skip
_NUMBERS = ("percent_per_month", "lower", "upper", "p_rise", "detectable_percent", "process_sd", "kendall_p",
            "sen_percent_per_month")  # fmt: skip


def trend(
    estimate: Answer,
    *,
    quantity: str = "normalised_load",
    first: Month | None = None,
    last: Month | None = None,
    language: str | None = None,
) -> pd.DataFrame:
    """Say for each district and drug whether the level rises or falls, and how sure that is.

    Only the uncertainty that differs from month to month enters: what all months share (excretion, the
    population figure) cancels from a slope. Each laboratory method has its own level, so a slope never
    crosses a method change; the note says that there was one.

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
        exact Mann-Kendall ``kendall_p``, Sen slope, counts, a note and its codes.

    Raises
    ------
    InputError
        The window holds no month of the estimate.
    UnknownName
        An unknown quantity.

    Source
    ------
    Weighted log-linear regression with process variance after Paule and Mandel 1982
    (DOI 10.6028/jres.087.022), Student's t on the residual degrees of freedom.

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
        held = tuple(sorted(map(str, series["month"].unique())))
        raise InputError([Fault("trends-no-month", first=str(start), last=str(end), months=held)])
    level = float(estimate.level)
    months = sorted(chosen["month"].unique())
    rows = [
        {"district": district, "drug": drug, "quantity": quantity, **_one_trend(group, months, level)}
        for (district, drug), group in chosen.groupby(["district", "drug"], sort=False)
    ]
    table = pd.DataFrame(rows)
    p_rise = table["p_rise"].to_numpy(dtype=float)
    table["q_value"] = benjamini_hochberg(2 * np.minimum(p_rise, 1 - p_rise))
    table["note"] = [join(said, language) for said in table["_notes"]]
    table["note_codes"] = [notes(said) for said in table["_notes"]]
    return table[list(COLUMNS)]


def _one_trend(group: pd.DataFrame, months: Sequence[str], level: float) -> dict[str, Any]:
    rule = rules()["trend"]
    group = group.sort_values("month")
    seen = group["median"].notna() & (group["status"] == "estimate")
    below = (group["status"] == "below_limit") & group["limit"].notna()
    used = group[seen | below]
    calendar = month_number(used["month"].tolist())
    span = int(month_number([months[-1]])[0] - month_number([months[0]])[0]) + 1
    methods = used["method_version"].fillna("").astype(str).to_numpy(dtype=object)
    n, n_detected = len(used), int(seen.sum())
    row: dict[str, Any] = {
        "direction": "inconclusive", "n": n, "n_detected": n_detected, "n_missing": span - n,
        "first": used["month"].iloc[0] if n else "", "last": used["month"].iloc[-1] if n else "",
        "breaks": ", ".join(_breaks(methods, used["month"].tolist())),
        **dict.fromkeys(_NUMBERS, float("nan")), "kendall_s": 0,
    }  # fmt: skip
    said = _notes(row, span)
    said += [status_note(s) for s in sorted(set(group["status"]) - {"estimate", "below_limit", "no_data"})]
    if n_detected < rule["minimum_detected"] or n_detected < rule["minimum_detected_share"] * n:
        return row | {"_notes": [*said, Note("trends-too-few-detected", count=n_detected, of=n)]}
    hidden = below.loc[used.index].to_numpy()
    value = np.where(hidden, used["limit"], used["median"]).astype(float)
    floor = value[hidden].max() if hidden.any() else -np.inf
    # values at or under the highest limit cannot be ordered: they tie (Helsel 2012)
    ranked = np.where(hidden | (value <= floor), floor, value)
    kendall = mann_kendall(ranked, methods)
    row |= {"kendall_s": kendall.s, "kendall_p": kendall.p}
    row["sen_percent_per_month"] = 100 * np.expm1(sen_slope(calendar, np.log(np.maximum(ranked, 1e-300)), methods))
    sd = used["log_sd_within"].fillna(0.0).to_numpy(dtype=float)
    line = log_linear(calendar, np.log(value), sd, blocks=methods, censored=hidden)
    if line is None or line.df < rule["minimum_df"]:
        return row | {"_notes": [*said, Note("trends-too-few-months")]}
    return row | _describe(line, level, rule["stable_within_percent"]) | {"_notes": said}


def _describe(line: Line, level: float, guard: float) -> dict[str, Any]:
    from scipy.special import stdtr, stdtrit

    half = float(stdtrit(line.df, 0.5 + level / 2)) * line.se
    detectable = (float(stdtrit(line.df, 0.5 + level / 2)) + float(stdtrit(line.df, 0.8))) * line.se
    low, middle, high = (100 * float(np.expm1(line.slope + d)) for d in (-half, 0.0, half))
    direction = "inconclusive"
    if low > 0:
        direction = "rising"
    elif high < 0:
        direction = "falling"
    elif low > -guard and high < guard:
        direction = "stable"
    certain = 0.5 if line.slope == 0 else float(line.slope > 0)
    p_rise = float(stdtr(line.df, line.slope / line.se)) if line.se > 0 else certain
    return {
        "direction": direction, "percent_per_month": middle, "lower": low, "upper": high, "p_rise": p_rise,
        "detectable_percent": 100 * float(np.expm1(detectable)), "process_sd": line.process_sd,
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
