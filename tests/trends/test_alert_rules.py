"""Each rule of alerts at its bounds, events and difference in differences, and rules found by being there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.alert.rules import RULES
from wbe.answer import Series
from wbe.errors import InputError, UnknownName
from wbe.levels.chances import chance
from wbe.ranking import rules as of_ranks
from wbe.trends import difference, event, rules

UNIT = "mg/d/1000 inhabitant"


def loads(values, *, se=0.1, limit=None, methods=None) -> Series:
    """A series from lists; ``limit`` is one number or one a month, a value under it lies below it."""
    rows = []
    for district, numbers in values.items():
        for i, value in enumerate(numbers):
            bound = limit[i] if isinstance(limit, list) else limit
            below = bound is not None and value < bound
            rows.append({
                "district": district, "month": str(pd.Period("2021-01", "M") + i), "drug": "methamphetamine",
                "se_log": se, "median": np.nan if below else value, "limit": bound if below else np.nan,
                "method_version": "A" if methods is None else methods[i],
            })  # fmt: skip
    return Series(pd.DataFrame(rows), "normalised_load", UNIT)


def first(table):
    return table.iloc[0]


def test_rules_and_columns_are_found_by_their_files_and_are_short():
    assert list(RULES) == ["exceed", "residual", "cusum", "first_detection", "quantifiable"]
    assert list(of_ranks.RULES) == ["p_first", "p_top3", "p_above_middle"]
    for package in ("alert", "ranking"):
        folder = Path(wbe.__file__).parent / package / "rules"
        for path in folder.glob("[a-z]*.py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 40


def test_a_new_column_of_ranks_is_in_the_table():
    table = wbe.rank(loads({"a": [40.0] * 3, "b": [20.0] * 3, "c": [5.0] * 3}, se=0.02)).set_index("district")
    assert table["p_above_middle"].to_dict() == {"a": pytest.approx(1.0), "b": 0.0, "c": 0.0}


def test_a_first_detection_that_only_a_lower_limit_lets_be_seen_is_no_alert():
    known = first(wbe.alerts(loads({"a": [1.0] * 5 + [9.0]}, limit=5.0)))
    lower = first(wbe.alerts(loads({"a": [1.0] * 5 + [4.0]}, limit=[5.0] * 5 + [2.0])))
    assert (known["rule"], known["level"]) == ("first_detection", "watch")
    assert (lower["rule"], lower["level"], lower["kind"]) == ("first_detection", "none", "none")
    assert lower["note_codes"] == "alert-limit-lower"


def test_first_detections_count_among_the_false_alarms():
    one = wbe.alerts(loads({"a": [1.0] * 5 + [9.0]}, limit=5.0))
    assert one.attrs["expected_false_alarms"] == pytest.approx(1 / 7)


def test_a_number_where_numbers_were_rare_is_a_watch_above_all_limits_only():
    values = [1.0, 1.0, 6.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0]
    rare = first(wbe.alerts(loads({"a": values}, limit=5.0)))
    assert "alert-quantifiable" in rare["note_codes"].split()
    assert rare["level"] in ("watch", "warning", "action")
    often = first(wbe.alerts(loads({"a": [6.0] * 8 + [9.0]}, limit=5.0)))
    assert "alert-quantifiable" not in often["note_codes"]
    under = first(wbe.alerts(loads({"a": values}, limit=[5.0, 5.0, 5.0, 12.0, 5.0, 5.0, 5.0, 5.0, 5.0])))
    assert "alert-quantifiable" not in under["note_codes"]


def test_small_rises_add_up():
    rng = np.random.default_rng(4)
    calm = {d: list(20 * np.exp(0.1 * rng.standard_normal(16))) for d in "abcdefg"}
    rising = calm | {"a": [*calm["a"][:8], *(v * 1.25 ** (i + 1) for i, v in enumerate(calm["a"][8:]))]}
    told = wbe.alerts(loads(rising)).set_index("district")
    quiet = wbe.alerts(loads(calm))
    assert told.loc["a", "level"] != "none"
    assert not quiet["note_codes"].str.contains("alert-cusum").any()
    assert quiet.attrs["expected_false_alarms"] >= 7 * (rules()["alert"]["cusum_false"])


def test_a_chance_counts_ties_half_and_is_never_sure():
    assert chance(np.array([1.0, 0.0, -1.0])) == pytest.approx(0.5)
    assert chance(np.ones(9)) == pytest.approx(0.95)
    assert chance(-np.ones(9)) == pytest.approx(0.05)


# ---- events ----------------------------------------------------------------------------------------------------------

STEADY = [20.0] * 12
FALLEN = [20.0] * 6 + [8.0] * 6


def test_a_fall_after_a_measure_is_seen_where_it_fell():
    values = {"a": FALLEN, "b": STEADY, "c": STEADY, "d": STEADY}
    table = event(loads(values), start="2021-06", end="2021-06", before=4, after=4)
    after = table[table["comparison"] == "after/before"].set_index("district")
    assert after.loc["a", "p_rise"] < 0.05
    assert after.loc["a", "level_upper"] < 0
    assert 0.1 < after.loc["b", "p_rise"] < 0.9
    assert after["n_months"].tolist() == [4] * 4
    assert table.loc[table["comparison"] == "during/before", "n_months"].tolist() == [1] * 4


def test_the_difference_of_differences_sets_districts_against_others():
    values = {"a": FALLEN, "b": STEADY, "c": STEADY, "d": STEADY}
    table = difference(loads(values), districts=["a"], start="2021-06", before=4, after=4).set_index("comparison")
    assert table.loc["after/before", "p_rise"] < 0.05
    assert table.loc["after/before", "percent"] < -20
    assert table.loc["after/before", ["n_districts", "n_controls"]].tolist() == [1, 3]
    back = difference(loads(values), districts=["b", "c", "d"], start="2021-06", before=4, after=4)
    assert back.set_index("comparison").loc["after/before", "p_rise"] > 0.95


def test_across_methods_or_without_numbers_nothing_is_said():
    table = event(loads({"a": STEADY}, methods=["A"] * 6 + ["B"] * 6), start="2021-06").set_index("comparison")
    assert np.isnan(table.loc["after/before", "p_rise"])
    assert table.loc["after/before", "note_codes"] == "trends-event-methods"
    assert np.isfinite(table.loc["during/before", "p_rise"])
    late = event(loads({"a": STEADY}), start="2021-12").set_index("comparison")
    assert late.loc["after/before", "note_codes"] == "trends-event-no-number"


def test_an_event_that_cannot_be_is_refused():
    with pytest.raises(InputError) as caught:
        event(loads({"a": STEADY}), start="2021-06", end="2021-05", before=0)
    assert caught.value.codes == ["trends-event-order", "trends-event-months"]
    with pytest.raises(UnknownName, match="district"):
        difference(loads({"a": STEADY, "b": STEADY}), districts=["z"], start="2021-06")
    with pytest.raises(InputError, match="at least one district on each side"):
        difference(loads({"a": STEADY}), districts=["a"], start="2021-06")
    with pytest.raises(InputError, match="none on both"):
        difference(loads({"a": STEADY, "b": STEADY}), districts=["a"], controls=["a"], start="2021-06")
