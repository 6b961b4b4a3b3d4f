"""Trend of every district and drug as a table, and the change from one month to another.

Refuses to draw a line through a method change in silence, to call "no evidence" a stable level, and to put a
number on months that lie mostly below the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from wbe.errors import WbeError, need_estimate
from wbe.trends.kendall import mann_kendall, sen_slope
from wbe.trends.line import Line, log_linear
from wbe.trends.rules import benjamini_hochberg, month_number, rules

COLUMNS = (
    "district", "drug", "quantity", "direction", "percent_per_month", "lower", "upper", "p_rise", "q_value",
    "detectable_percent", "kendall_s", "kendall_p", "sen_percent_per_month", "process_sd", "n", "n_detected",
    "first", "last", "n_missing", "breaks", "note",
)  # fmt: skip


def trend(
    estimate: Any, quantity: str = "normalised_load", *, first: str | None = None, last: str | None = None
) -> pd.DataFrame:
    """Say for each district and drug whether the level rises or falls, and how sure that is.

    Only the uncertainty that differs from month to month enters: what all months share (excretion, the
    population figure) cancels from a slope. Each laboratory method has its own level, so a slope never
    crosses a method change; the note says that there was one.

    Parameters
    ----------
    estimate : Estimate
    quantity : str
        ``normalised_load``, ``mass_load``, ``consumption``, ``doses`` or ``users``.
    first, last : str, optional
        Months ``YYYY-MM`` that bound the window; by default all months.

    Returns
    -------
    DataFrame
        One row for each district and drug: ``direction`` (rising, falling, stable, inconclusive),
        ``percent_per_month`` with ``lower`` and ``upper``, ``p_rise``, ``q_value`` (false discovery rate over
        the table), ``detectable_percent`` (the change per month that this design finds in 8 of 10 cases),
        exact Mann-Kendall ``kendall_p``, Sen slope, counts and a note.

    Raises
    ------
    WbeError
        The window holds no month of the estimate.

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
    need_estimate(estimate, "trend")
    series = estimate.series(quantity)
    chosen = series[
        (series["month"] >= (first or series["month"].min())) & (series["month"] <= (last or series["month"].max()))
    ]
    if chosen.empty:
        raise WbeError(
            f"trend: got no month between {first!r} and {last!r}; the estimate has "
            f"{', '.join(sorted(series['month'].unique()))}. Choose first and last among them."
        )
    level = float(estimate.level)
    months = sorted(chosen["month"].unique())
    rows = [
        {"district": district, "drug": drug, "quantity": quantity, **_one_trend(group, months, level)}
        for (district, drug), group in chosen.groupby(["district", "drug"], sort=False)
    ]
    table = pd.DataFrame(rows)
    p_rise = table["p_rise"].to_numpy(dtype=float)
    table["q_value"] = benjamini_hochberg(2 * np.minimum(p_rise, 1 - p_rise))
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
        **dict.fromkeys(("percent_per_month", "lower", "upper", "p_rise", "detectable_percent", "process_sd",
                         "kendall_p", "sen_percent_per_month"), float("nan")), "kendall_s": 0,
    }  # fmt: skip
    notes = _notes(row, span)
    other = sorted(set(group["status"]) - {"estimate", "below_limit", "no_data"})
    notes += [status.replace("_", " ") for status in other]
    if n_detected < rule["minimum_detected"] or n_detected < rule["minimum_detected_share"] * n:
        notes.append(f"too few detected months for a slope ({n_detected} of {n})")
        return row | {"note": "; ".join(notes)}
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
        notes.append("too few months for a slope once each method has its own level")
        return row | {"note": "; ".join(notes)}
    row |= _describe(line, level, rule["stable_within_percent"])
    return row | {"note": "; ".join(notes)}


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
        f"{months[i]} ({methods[i - 1] or '?'} to {methods[i] or '?'})"
        for i in range(1, len(methods))
        if methods[i] != methods[i - 1]
    ]


def _notes(row: dict[str, Any], span: int) -> list[str]:
    notes = []
    if row["n_missing"]:
        notes.append(f"{row['n_missing']} of {span} months missing")
    if row["breaks"]:
        notes.append(f"method changed at {row['breaks']}: each method has its own level")
    if row["n"] > row["n_detected"]:
        notes.append(f"{row['n'] - row['n_detected']} months below the limit")
    if 1 < row["n"] <= 4:
        notes.append(f"a rank test cannot be significant with n={row['n']}")
    return notes


def changes(estimate: Any, month: str, against: str, quantity: str = "normalised_load") -> pd.DataFrame:
    """Compare one month with another: percent change with interval, and the probability of a rise.

    Parameters
    ----------
    estimate : Estimate
    month, against : str
        Months ``YYYY-MM``.
    quantity : str

    Returns
    -------
    DataFrame
        ``district drug month against percent lower upper p_rise note``; numbers are NaN where one of the two
        months has no estimate, and the note says which.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> import wbe
    >>> estimate = wbe.estimate(small_city(months=2), draws=2000)
    >>> table = changes(estimate, "2021-02", "2021-01")
    >>> bool(table.dropna()["p_rise"].between(0, 1).all())
    True
    """
    series = estimate.series(quantity).set_index(["district", "drug"])
    now, then = (series[series["month"] == m] for m in (month, against))
    half = NormalDist().inv_cdf(0.5 + float(estimate.level) / 2)
    rows = []
    for key, late in now.iterrows():
        row = dict(zip(("district", "drug"), key, strict=True)) | {"month": month, "against": against}
        early = then.loc[key] if key in then.index else None
        row |= _one_change(late, early, half)
        rows.append(row)
    columns = ["district", "drug", "month", "against", "percent", "lower", "upper", "p_rise", "note"]
    return pd.DataFrame(rows, columns=columns)


def _one_change(late: Any, early: Any, half: float) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(("percent", "lower", "upper", "p_rise"), float("nan")) | {"note": ""}
    for part, name in ((late, "this month"), (early, "the earlier month")):
        if part is None or part["status"] == "no_data":
            return row | {"note": f"no sample in {name}"}
        if part["status"] != "estimate":
            return row | {"note": f"{part['status'].replace('_', ' ')} in {name}"}
    step = float(np.log(late["median"] / early["median"]))
    sd = float(np.hypot(late["log_sd_within"], early["log_sd_within"]))
    row |= {
        name: 100 * float(np.expm1(step + d))
        for name, d in (("percent", 0), ("lower", -half * sd), ("upper", half * sd))
    }
    row["p_rise"] = NormalDist().cdf(step / sd) if sd > 0 else float(step > 0)
    if late["method_version"] != early["method_version"]:
        row["note"] = f"method changed ({early['method_version']} to {late['method_version']})"
    return row
