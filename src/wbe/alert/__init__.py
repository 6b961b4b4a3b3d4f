"""What is new this month? Alerts by rules that are data, with their expected number of false alarms.

Refuses an alert without enough history, and keeps "look at the data" apart from "look at the drug".
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from wbe.alert.case import Case, Finding
from wbe.alert.doubts import doubts, set_aside
from wbe.alert.rules import RULES
from wbe.answer import Answer, Month, last_month, month_of, needed, quantity_of, status_note
from wbe.errors import Fault, InputError
from wbe.levels.beliefs import Beliefs, beliefs
from wbe.levels.priors import settings
from wbe.messages import Note, join, notes
from wbe.trends import benjamini_hochberg
from wbe.trends import rules as packaged_rules

__all__ = ["COLUMNS", "alerts"]

COLUMNS = (
    "month", "district", "drug", "kind", "level", "rule", "ratio", "lower", "upper", "p_exceed", "p_value",
    "q_value", "baseline", "n_history", "site", "count", "of", "doubtful", "reason", "note_codes",
)  # fmt: skip
#: months that say nothing of a drug: nobody sampled, or no result came of the sample
NO_RESULT = ("no_data", "rejected", "missing", "not_measured")
_NUMBERS = ("ratio", "lower", "upper", "p_exceed", "p_value", "baseline")
_LEVELS = ("", "watch", "warning")


def alerts(
    estimate: Answer,
    *,
    month: Month | None = None,
    quantity: str = "normalised_load",
    rules: Mapping[str, Mapping[str, object]] | None = None,
    language: str | None = None,
) -> pd.DataFrame:
    """Compare a month with each district's own history and say what stands out.

    Every rule is one small file of :mod:`wbe.alert.rules`: the level exceeds the baseline by a factor, the result is
    far above what was to be expected one step ahead, small rises add up (CUSUM), a first detection, a number where
    numbers were rare. An action needs ``P(level > baseline x factor) > probability`` and a q-value under the false
    discovery rate over all tests of the month. A month after a change of method is compared by levels, which know how
    much methods differ. When many drugs of a district move together, or one drug moves in most districts, or the flow
    jumps, the alert is about the data, not about use.

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
        data: ``kind`` (drug, data_quality, none), ``level`` (action, warning, watch, none), ``ratio`` of the amount to
        the baseline's with ``lower`` and ``upper``; of the levels ``p_exceed``, ``p_value`` (of a result as high, one
        step ahead) and ``q_value``; ``reason`` with its ``note_codes``.
        For users every row has the sentence that the baseline rests on (``statement_en, statement_zh``).
        ``attrs["expected_false_alarms"]`` is the number of rows with a drug alert of any level, by any rule, to expect
        when nothing has changed (at most);
        ``attrs["n_tests"]`` the number of tests.

    Raises
    ------
    UnknownName
        The month or the quantity is not in the estimate.
    InputError
        Rules that lack a part.

    Source
    ------
    Levels: :mod:`wbe.levels`; Benjamini and Hochberg 1995 (DOI 10.1111/j.2517-6161.1995.tb02031.x); Page 1954 (DOI
    10.1093/biomet/41.1-2.100).

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
    held = beliefs(estimate, quantity, until=chosen)
    rows = [
        {"month": chosen, "district": district, "drug": drug,
         **_test(held, str(district), str(drug), group, chosen, rule["alert"], float(estimate.level))}
        for (district, drug), group in series.groupby(["district", "drug"], sort=False)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table["doubtful"] = False
    table["q_value"] = benjamini_hochberg(table["p_value"].to_numpy(dtype=float))
    _decide(table, rule["alert"])
    found = doubts(table, rule["data_quality"], chosen, estimate)
    set_aside(table, found)
    false = float(table["_false"].sum())
    full = pd.concat([table, pd.DataFrame(found)], ignore_index=True) if found else table
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


def _test(
    held: Beliefs, district: str, drug: str, group: pd.DataFrame, month: str, rule: Mapping[str, Any], level: float
) -> dict[str, Any]:
    """One district and drug: the month by every rule, against the district's earlier months."""
    row: dict[str, Any] = dict.fromkeys(_NUMBERS, float("nan"))
    row |= {"kind": "none", "level": "none", "rule": "", "_notes": [], "n_history": 0, "_false": 0.0}
    group = group.sort_values("month")
    now = group[group["month"] == month]
    state = "no_data" if now.empty else str(now["status"].iloc[0])
    if state in NO_RESULT:
        why = Note("alert-no-sample") if state == "no_data" else status_note(state)
        return row | {"kind": "data_quality", "level": "watch", "rule": "missing", "_notes": [why]}
    told = group["status"].isin(["estimate", "below_limit"])
    past = group[told & (group["month"] < month)]
    last = {str(k): v for k, v in now.iloc[0].to_dict().items()}
    case = Case(held, drug, district, month, last, past, rule, level)
    row["n_history"] = len(case.seen)
    if last["status"] != "estimate":
        return row | {"_notes": [status_note(str(last["status"]))]}
    found = {name: finding for name, judge in RULES.items() if (finding := judge(case)) is not None}
    if not found:
        short = Note("alert-history", count=len(case.history), needed=int(rule["minimum_history"]))
        return row | {"rule": "history", "_notes": [short]}
    return row | _together(case, found)


def _together(case: Case, found: Mapping[str, Finding]) -> dict[str, Any]:
    """Return one row of what all rules say: the loudest names it, all tell, and the chances of all count."""
    first = max(found, key=lambda name: _LEVELS.index(found[name].level))  # of equals the first in order
    loud = found[first].level
    numbers = {k: v for finding in found.values() for k, v in finding.numbers.items()}
    said = [note for finding in found.values() for note in finding.notes]
    said += [Note("alert-across-methods", count=case.past_methods)] if case.across else []
    p_step, when = case.held.step(case.area)
    rule = settings("step")
    if loud and rule["shown"] < p_step < rule["certain"] and when > str(case.history["month"].min()):
        said.append(Note("alert-laboratory-or-city", month=when, p=f"{p_step:.2f}"))
    false = min(1.0, sum(finding.false for finding in found.values()))
    return {**numbers, "rule": first, "kind": "drug" if loud else "none", "level": loud or "none", "_notes": said,
            "_false": false}  # fmt: skip


def _decide(table: pd.DataFrame, rule: Mapping[str, Any]) -> None:
    """Make a warning an action where its q-value says so, and say the numbers of what was tested."""
    tested = table["p_exceed"].notna()
    sure = tested & (table["p_exceed"] > rule["probability"])
    table.loc[sure & (table["q_value"] <= rule["false_discovery_rate"]), "level"] = "action"
    table["_notes"] = pd.Series([
        [_exceeds(row, rule), *said] if tried else said
        for row, tried, said in zip(table.to_dict("records"), tested, table["_notes"], strict=True)
    ], dtype=object)  # fmt: skip


def _exceeds(row: Mapping[Hashable, Any], rule: Mapping[str, Any]) -> Note:
    return Note(
        "alert-exceeds", ratio=f"{row['ratio']:.1f}", count=int(row["n_history"]), factor=f"{rule['factor']:g}",
        p=f"{row['p_exceed']:.2f}", q=f"{row['q_value']:.2f}",
    )  # fmt: skip
