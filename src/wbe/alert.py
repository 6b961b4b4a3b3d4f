"""What is new this month? Alerts by rules that are data, with their expected number of false alarms.

Refuses an alert without enough history, and keeps "look at the data" apart from "look at the drug".
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from wbe.errors import WbeError, need_estimate
from wbe.samples import month as month_of
from wbe.trends import benjamini_hochberg, rules

COLUMNS = (
    "month", "district", "drug", "kind", "level", "rule", "ratio", "lower", "upper", "p_exceed", "p_value",
    "q_value", "baseline", "n_history", "site", "count", "of", "doubtful", "reason",
)  # fmt: skip
_NORMAL = NormalDist()


def alerts(
    estimate: Any,
    month: str | None = None,
    *,
    quantity: str = "normalised_load",
    rules: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Compare a month with each district's own history and say what stands out.

    A drug alert needs ``P(level > baseline x factor) > probability`` and a q-value under the false discovery
    rate over all tests of the month. When many drugs of a district move together, or one drug moves in most
    districts, or the flow jumps, the alert is about the data, not about use.

    Parameters
    ----------
    estimate : Estimate
    month : str, optional
        ``YYYY-MM``; by default the last month.
    quantity : str
    rules : mapping, optional
        Same shape as ``data/alerts.toml``; by default that file.

    Returns
    -------
    DataFrame
        One row for each district and drug that was tested or could not be, and one for each doubt about the
        data: ``kind`` (drug, data_quality, none), ``level`` (action, warning, watch, none), ``ratio`` to the
        baseline with ``lower`` and ``upper``, ``p_exceed``, ``q_value``, ``reason``. For users every row has the
        sentence that the baseline rests on (``statement_en, statement_zh``).
        ``attrs["expected_false_alarms"]`` is the number of drug alerts to expect when nothing has changed;
        ``attrs["n_tests"]`` the number of tests.

    Raises
    ------
    WbeError
        The month is not in the estimate.

    Source
    ------
    Prediction limit from own history with the month-to-month variance estimated; Benjamini and Hochberg 1995
    (DOI 10.1111/j.2517-6161.1995.tb02031.x).

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> import wbe
    >>> table = alerts(wbe.estimate(small_city(months=6), draws=2000))
    >>> table.attrs["n_tests"] > 0
    True
    """
    need_estimate(estimate, "alerts")
    rule = _rules(rules)
    months = sorted(str(m) for m in estimate.months)
    month = months[-1] if month is None else month
    if month not in months:
        raise WbeError(f"alerts: month {month!r} is not in the estimate; it has {', '.join(months)}.")
    series = estimate.series(quantity)
    # a baseline of users is a number of users: the sentence that it rests on comes along
    statement = {k: v for k, v in series.attrs.items() if str(k).startswith("statement_")}
    series = series[series["month"] <= month]
    rows = [
        {
            "month": month,
            "district": district,
            "drug": drug,
            **_test(group, month, rule["alert"], float(estimate.level)),
        }
        for (district, drug), group in series.groupby(["district", "drug"], sort=False)
    ]
    table = pd.DataFrame(rows)
    table["doubtful"] = False
    table["q_value"] = benjamini_hochberg(table["p_value"].to_numpy(dtype=float))
    _decide(table, rule["alert"])
    doubts = [
        *_together(table, rule["data_quality"], month),
        *_batch(table, rule["data_quality"], month),
        *_flow(estimate, rule["data_quality"], month),
    ]
    _set_aside(table, doubts)
    false = float(table["_false"].sum())
    full = pd.concat([table, pd.DataFrame(doubts)], ignore_index=True) if doubts else table
    full = full.reindex(columns=list(COLUMNS))
    full["doubtful"] = full["doubtful"].eq(True)
    full = full.assign(**statement)
    full.attrs = {"expected_false_alarms": false, "n_tests": int(table["p_value"].notna().sum()), "month": month}
    full.attrs |= statement
    return full


def _rules(given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    rule = rules() if given is None else given
    missing = [name for name in ("alert", "data_quality") if name not in rule]
    if missing:
        raise WbeError(
            f"alerts: the rules lack the part(s) {', '.join(missing)}; needed [alert] and [data_quality] as in "
            "data/alerts.toml. Copy that file and change its numbers."
        )
    return rule


def _test(group: pd.DataFrame, month: str, rule: Mapping[str, Any], level: float) -> dict[str, Any]:
    """One district and drug: the month against the district's earlier months of the same method."""
    numbers = ("ratio", "lower", "upper", "p_exceed", "p_value", "baseline")
    row: dict[str, Any] = dict.fromkeys(numbers, float("nan"))
    row |= {"kind": "none", "level": "none", "rule": "", "reason": "", "n_history": 0, "_false": 0.0}
    group = group.sort_values("month")
    now = group[group["month"] == month]
    if now.empty or now["status"].iloc[0] == "no_data":
        return row | {"kind": "data_quality", "level": "watch", "rule": "missing", "reason": "no sample this month"}
    last = now.iloc[0]
    past = group[(group["month"] < month) & (group["method_version"] == last["method_version"])]
    past = past.tail(int(rule["maximum_history"]))
    seen = past[past["status"] == "estimate"]
    below = past[past["status"] == "below_limit"]
    row["n_history"] = len(seen)
    if last["status"] != "estimate":
        return row | {"reason": str(last["status"]).replace("_", " ")}
    if seen.empty and len(below) >= int(rule["first_detection_history"]):
        text = f"first detection after {len(below)} months below the limit"
        return row | {"kind": "drug", "level": "watch", "rule": "first_detection", "reason": text}
    if len(seen) < int(rule["minimum_history"]):
        need = f"{len(seen)} earlier months with the same method; needed {int(rule['minimum_history'])}"
        return row | {"rule": "history", "reason": f"too little history: {need}"}
    return row | _exceed(last, seen, rule, level)


def _exceed(last: Any, seen: pd.DataFrame, rule: Mapping[str, Any], level: float) -> dict[str, Any]:
    from scipy.special import stdtr

    y = np.log(seen["median"].to_numpy(dtype=float))
    known = seen["log_sd_within"].fillna(0.0).to_numpy(dtype=float) ** 2
    # month-to-month variance beyond what the measurement explains
    process = max(0.0, float(np.var(y, ddof=1)) - float(known.mean()))
    weight = 1 / np.maximum(known + process, 1e-12)
    base, base_var = float((weight * y).sum() / weight.sum()), float(1 / weight.sum())
    own_var = float(last["log_sd_within"] or 0.0) ** 2
    step = float(np.log(last["median"])) - base
    sd = float(np.sqrt(max(own_var + base_var, 1e-12)))
    prediction = float(np.sqrt(max(own_var + base_var + process, 1e-12)))
    bound = float(np.log(rule["factor"]))
    half = _NORMAL.inv_cdf(0.5 + level / 2) * sd
    # chance to pass the rule when the level is the baseline
    trigger = bound + _NORMAL.inv_cdf(float(rule["probability"])) * sd
    return {
        "ratio": float(np.exp(step)), "lower": float(np.exp(step - half)), "upper": float(np.exp(step + half)),
        "p_exceed": _NORMAL.cdf((step - bound) / sd), "baseline": float(np.exp(base)), "rule": "exceed",
        "p_value": float(stdtr(len(seen) - 1, -step / prediction)),
        "_false": float(stdtr(len(seen) - 1, -trigger / prediction)),
    }  # fmt: skip


def _decide(table: pd.DataFrame, rule: Mapping[str, Any]) -> None:
    tested = table["p_exceed"].notna()
    sure = tested & (table["p_exceed"] > rule["probability"])
    confirmed = sure & (table["q_value"] <= rule["false_discovery_rate"])
    likely = tested & (table["p_exceed"] > rule["watch_probability"])
    for mask, level in ((likely, "watch"), (sure, "warning"), (confirmed, "action")):
        table.loc[mask, ["kind", "level"]] = ["drug", level]
    text = [
        f"{r.ratio:.1f} times the baseline of {r.n_history} months; P(more than {rule['factor']:g} times) = "
        f"{r.p_exceed:.2f}, q = {r.q_value:.2f}"
        for r in table[tested].itertuples()
    ]
    table.loc[tested, "reason"] = text


def _together(table: pd.DataFrame, rule: Mapping[str, Any], month: str) -> list[dict[str, Any]]:
    """Many drugs of one district moved the same way: flow, population or dilution."""
    return _common(table, "district", "drug", rule["common_share"], rule["common_minimum_drugs"],
                   rule["common_factor"], month, "together",
                   "{n} of {m} drugs moved together by more than {f:g} times: see flow, rain, population")  # fmt: skip


def _batch(table: pd.DataFrame, rule: Mapping[str, Any], month: str) -> list[dict[str, Any]]:
    """One drug moved the same way in most districts: the laboratory batch, or a city-wide change."""
    return _common(table, "drug", "district", rule["batch_share"], rule["batch_minimum_districts"],
                   rule["common_factor"], month, "batch",
                   "moved the same way in {n} of {m} districts: look at the laboratory batch first")  # fmt: skip


def _common(
    table: pd.DataFrame, by: str, other: str, share: float, least: int, factor: float, month: str, name: str,
    text: str,
) -> list[dict[str, Any]]:  # fmt: skip
    rows = []
    for key, group in table[table["ratio"].notna()].groupby(by, sort=False):
        for moved in (group["ratio"] > factor, group["ratio"] < 1 / factor):
            n, m = int(moved.sum()), len(group)
            if n >= least and n >= share * m:
                reason = text.format(f=factor, n=n, m=m)
                rows.append({"month": month, by: key, other: "", "kind": "data_quality", "level": "warning",
                             "rule": name, "count": n, "of": m, "reason": reason})  # fmt: skip
    return rows


def _flow(estimate: Any, rule: Mapping[str, Any], month: str) -> list[dict[str, Any]]:
    """Flow of a site this month against the median of its earlier months, where the edition shows districts."""
    samples, policy = estimate.samples, estimate.policy
    if "district" not in policy.areas:
        return []
    named = policy.site_labels(sorted(set(samples["site"].values.astype(str))))
    frame = pd.DataFrame({
        "district": samples["district"].values, "site": samples["site"].values,
        "month": month_of(samples).values, "flow": samples["flow"].values,
    })  # fmt: skip
    rows = []
    for (district, site), group in frame.groupby(["district", "site"], sort=False):
        now = group.loc[group["month"] == month, "flow"].mean()
        past = group.loc[group["month"] < month, "flow"].median()
        if not (now > 0 and past > 0):
            continue
        ratio = float(now / past)
        if max(ratio, 1 / ratio) > float(rule["flow_factor"]):
            label = named[str(site)]
            rows.append({"month": month, "district": district, "drug": "", "kind": "data_quality",
                         "level": "warning", "rule": "flow", "site": label, "ratio": ratio,
                         "reason": f"flow at {label} is {ratio:.1f} times its earlier median"})  # fmt: skip
    return rows


def _set_aside(table: pd.DataFrame, doubts: list[dict[str, Any]]) -> None:
    """A drug alert under a doubt about the data is shown as a warning with that doubt, never as action."""
    for doubt in doubts:
        where = (table["kind"] == "drug") & table["level"].isin(["warning", "action"])
        for column in ("district", "drug"):
            if doubt[column]:
                where &= table[column] == doubt[column]
        table.loc[where & (table["level"] == "action"), "level"] = "warning"
        table.loc[where, "doubtful"] = True
        table.loc[where, "reason"] = table.loc[where, "reason"] + f"; doubtful: {doubt['reason']}"
