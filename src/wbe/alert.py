"""What is new this month? Alerts by rules that are data, with their expected number of false alarms.

Refuses an alert without enough history, and keeps "look at the data" apart from "look at the drug".
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from wbe.answer import Answer, Month, WithSamples, last_month, month_of, needed, quantity_of, status_note
from wbe.errors import Fault, InputError
from wbe.messages import Note, join, notes
from wbe.samples import month as months_of
from wbe.trends import benjamini_hochberg
from wbe.trends import rules as packaged_rules

__all__ = ["COLUMNS", "alerts"]

COLUMNS = (
    "month", "district", "drug", "kind", "level", "rule", "ratio", "lower", "upper", "p_exceed", "p_value",
    "q_value", "baseline", "n_history", "site", "count", "of", "doubtful", "reason", "note_codes",
)  # fmt: skip
_NORMAL = NormalDist()


def alerts(
    estimate: Answer,
    *,
    month: Month | None = None,
    quantity: str = "normalised_load",
    rules: Mapping[str, Mapping[str, object]] | None = None,
    language: str | None = None,
) -> pd.DataFrame:
    """Compare a month with each district's own history and say what stands out.

    A drug alert needs ``P(level > baseline x factor) > probability`` and a q-value under the false discovery
    rate over all tests of the month. When many drugs of a district move together, or one drug moves in most
    districts, or the flow jumps, the alert is about the data, not about use.

    Parameters
    ----------
    estimate : Estimate or Series
        Without samples (a series) the flow is not looked at.
    month : str or Period, optional
        ``YYYY-MM``; by default the last month.
    quantity : str
    rules : mapping, optional
        Same shape as ``data/alerts.toml``; by default that file.
    language : {"zh", "en"}, optional
        Of the reasons; by default the language in force.

    Returns
    -------
    DataFrame
        One row for each district and drug that was tested or could not be, and one for each doubt about the
        data: ``kind`` (drug, data_quality, none), ``level`` (action, warning, watch, none), ``ratio`` to the
        baseline with ``lower`` and ``upper``, ``p_exceed``, ``q_value``, ``reason`` with its ``note_codes``.
        For users every row has the sentence that the baseline rests on (``statement_en, statement_zh``).
        ``attrs["expected_false_alarms"]`` is the number of drug alerts to expect when nothing has changed;
        ``attrs["n_tests"]`` the number of tests.

    Raises
    ------
    UnknownName
        The month or the quantity is not in the estimate.
    InputError
        Rules that lack a part.

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
    needed(estimate, "alerts")
    rule = _rules(rules)
    chosen = last_month(estimate) if month is None else month_of(estimate, month)
    series = estimate.series(quantity_of(estimate, quantity))
    # a baseline of users is a number of users: the sentence that it rests on comes along
    statement = {str(k): v for k, v in series.attrs.items() if str(k).startswith("statement_")}
    series = series[series["month"] <= chosen]
    rows = [
        {"month": chosen, "district": district, "drug": drug,
         **_test(group, chosen, rule["alert"], float(estimate.level))}
        for (district, drug), group in series.groupby(["district", "drug"], sort=False)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table["doubtful"] = False
    table["q_value"] = benjamini_hochberg(table["p_value"].to_numpy(dtype=float))
    _decide(table, rule["alert"])
    doubts = [
        *_together(table, rule["data_quality"], chosen),
        *_batch(table, rule["data_quality"], chosen),
        *(_flow(estimate, rule["data_quality"], chosen) if isinstance(estimate, WithSamples) else []),
    ]
    _set_aside(table, doubts)
    false = float(table["_false"].sum())
    full = pd.concat([table, pd.DataFrame(doubts)], ignore_index=True) if doubts else table
    full["reason"] = [join(said, language) for said in full["_notes"]]
    full["note_codes"] = [notes(said) for said in full["_notes"]]
    full = full.reindex(columns=list(COLUMNS))
    full["doubtful"] = full["doubtful"].eq(True)
    full = full.assign(**statement)
    full.attrs = {"expected_false_alarms": false, "n_tests": int(table["p_value"].notna().sum()), "month": chosen}
    full.attrs.update(statement)
    return full


def _rules(given: Mapping[str, Mapping[str, object]] | None) -> Mapping[str, Mapping[str, Any]]:
    rule = packaged_rules() if given is None else given
    missing = tuple(name for name in ("alert", "data_quality") if name not in rule)
    if missing:
        raise InputError([Fault("alert-rules-lack", parts=missing)])
    return rule


def _test(group: pd.DataFrame, month: str, rule: Mapping[str, Any], level: float) -> dict[str, Any]:
    """One district and drug: the month against the district's earlier months of the same method."""
    numbers = ("ratio", "lower", "upper", "p_exceed", "p_value", "baseline")
    row: dict[str, Any] = dict.fromkeys(numbers, float("nan"))
    row |= {"kind": "none", "level": "none", "rule": "", "_notes": [], "n_history": 0, "_false": 0.0}
    group = group.sort_values("month")
    now = group[group["month"] == month]
    if now.empty or now["status"].iloc[0] == "no_data":
        return row | {"kind": "data_quality", "level": "watch", "rule": "missing", "_notes": [Note("alert-no-sample")]}
    last = now.iloc[0]
    past = group[(group["month"] < month) & (group["method_version"] == last["method_version"])]
    past = past.tail(int(rule["maximum_history"]))
    seen = past[past["status"] == "estimate"]
    below = past[past["status"] == "below_limit"]
    row["n_history"] = len(seen)
    if last["status"] != "estimate":
        return row | {"_notes": [status_note(str(last["status"]))]}
    if seen.empty and len(below) >= int(rule["first_detection_history"]):
        said = [Note("alert-first-detection", count=len(below))]
        return row | {"kind": "drug", "level": "watch", "rule": "first_detection", "_notes": said}
    if len(seen) < int(rule["minimum_history"]):
        short = Note("alert-history", count=len(seen), needed=int(rule["minimum_history"]))
        return row | {"rule": "history", "_notes": [short]}
    return row | _exceed(last, seen, rule, level)


def _exceed(last: pd.Series, seen: pd.DataFrame, rule: Mapping[str, Any], level: float) -> dict[str, Any]:
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
    told = [
        [_exceeds(row, rule)] if tried else said
        for row, tried, said in zip(table.to_dict("records"), tested, table["_notes"], strict=True)
    ]
    table["_notes"] = pd.Series(told, dtype=object)


def _exceeds(row: Mapping[Hashable, Any], rule: Mapping[str, Any]) -> Note:
    return Note(
        "alert-exceeds", ratio=f"{row['ratio']:.1f}", count=int(row["n_history"]), factor=f"{rule['factor']:g}",
        p=f"{row['p_exceed']:.2f}", q=f"{row['q_value']:.2f}",
    )  # fmt: skip


def _together(table: pd.DataFrame, rule: Mapping[str, Any], month: str) -> list[dict[str, Any]]:
    """Many drugs of one district moved the same way: flow, population or dilution."""
    return _common(table, "district", "drug", rule["common_share"], rule["common_minimum_drugs"],
                   rule["common_factor"], month, "together")  # fmt: skip


def _batch(table: pd.DataFrame, rule: Mapping[str, Any], month: str) -> list[dict[str, Any]]:
    """One drug moved the same way in most districts: the laboratory batch, or a city-wide change."""
    return _common(table, "drug", "district", rule["batch_share"], rule["batch_minimum_districts"],
                   rule["common_factor"], month, "batch")  # fmt: skip


def _common(
    table: pd.DataFrame, by: str, other: str, share: float, least: int, factor: float, month: str, name: str
) -> list[dict[str, Any]]:  # fmt: skip
    code = {"together": "alert-together", "batch": "alert-batch"}[name]
    rows = []
    for key, group in table[table["ratio"].notna()].groupby(by, sort=False):
        for moved in (group["ratio"] > factor, group["ratio"] < 1 / factor):
            n, m = int(moved.sum()), len(group)
            if n >= least and n >= share * m:
                said = [Note(code, count=n, of=m, factor=f"{factor:g}")]
                rows.append({"month": month, by: key, other: "", "kind": "data_quality", "level": "warning",
                             "rule": name, "count": n, "of": m, "_notes": said})  # fmt: skip
    return rows


def _flow(estimate: WithSamples, rule: Mapping[str, Any], month: str) -> list[dict[str, Any]]:
    """Flow of a site this month against the median of its earlier months, where the edition shows districts."""
    samples, policy = estimate.samples, estimate.policy
    if "district" not in policy.areas:
        return []
    named = policy.site_labels(sorted(set(samples["site"].values.astype(str))))
    frame = pd.DataFrame({
        "district": samples["district"].values, "site": samples["site"].values,
        "month": months_of(samples).values, "flow": samples["flow"].values,
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
                         "_notes": [Note("alert-flow", site=label, ratio=f"{ratio:.1f}")]})  # fmt: skip
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
        more = [Note("alert-doubtful", doubt=doubt["_notes"][0])]
        table["_notes"] = [said + more if here else said for said, here in zip(table["_notes"], where, strict=True)]
