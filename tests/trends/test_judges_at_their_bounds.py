"""Statuses, directions, ties and thresholds exactly at the bound: what each judge decides there, and by which code."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.answer import Series
from wbe.errors import InputError, UnknownName
from wbe.ranking import groups, positions, separated
from wbe.trends import benjamini_hochberg, month_number, rules
from wbe.trends.table import describe

UNIT = "mg/d/1000 inhabitant"


def loads(values: dict[str, list[float | None]], *, se=0.1, limit=None, methods=None, drug="methamphetamine") -> Series:
    """A series from plain lists: None is no sample, a number under ``limit`` lies below it."""
    rows = []
    for district, numbers in values.items():
        for i, (month, value) in enumerate(zip(pd.period_range("2021-01", periods=len(numbers), freq="M"), numbers,
                                               strict=True)):  # fmt: skip
            below = value is not None and limit is not None and value < limit
            rows.append({
                "district": district, "month": month, "drug": drug, "se_log": se,
                "median": np.nan if value is None or below else value, "limit": limit if below else np.nan,
                "method_version": "A" if methods is None else methods[i],
            })  # fmt: skip
    return Series(pd.DataFrame(rows), "normalised_load", UNIT)


def note_codes(table: pd.DataFrame, row: int = 0) -> list[str]:
    return table["note_codes"].iloc[row].split()


# ---- trend -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slope", "sd", "direction"),
    [(0.05, 0.001, "rising"), (-0.05, 0.001, "falling"), (0.0, 0.001, "stable"), (0.0, 0.1, "inconclusive"),
     (0.05, 0.05, "inconclusive")],
)  # fmt: skip
def test_a_direction_is_said_only_when_the_whole_interval_says_it(slope, sd, direction):
    assert describe(slope, sd, sd, 0.95, 3.0)["direction"] == direction


def test_an_interval_that_ends_at_zero_shows_no_direction_and_one_that_ends_at_the_guard_is_not_stable():
    assert describe(0.0, 0.0, 0.0, 0.95, 3.0)["direction"] == "stable"
    assert describe(0.0, 0.0, 0.0, 0.95, 0.0)["direction"] == "inconclusive"
    assert describe(0.0, 0.0, 0.0, 0.95, 3.0)["p_rise"] == 0.5
    assert describe(0.01, 0.0, 0.0, 0.95, 3.0)["p_rise"] == 1.0
    assert describe(-0.01, 0.0, 0.0, 0.95, 3.0)["p_rise"] == 0.0


def test_the_detectable_change_is_found_in_8_of_10_and_not_in_5_of_10():
    from scipy.stats import norm

    error, prior = 0.01, 0.03
    sd = (1 / error**2 + 1 / prior**2) ** -0.5
    slope = np.log1p(describe(0.0, sd, error, 0.95, 3.0)["detectable_percent"] / 100)
    # the data's slope is normal about the true one; the posterior shrinks it, and speaks from 1.96 sd on
    power = norm.sf(norm.ppf(0.975) * sd, slope * sd**2 / error**2, error * sd**2 / error**2)
    assert power == pytest.approx(0.8, abs=1e-6)


def test_four_detected_months_are_enough_and_three_are_not():
    least = rules()["trend"]["minimum_detected"]
    enough = wbe.trend(loads({"a": [10.0 * 1.2**i for i in range(least)]})).iloc[0]
    few = wbe.trend(loads({"a": [10.0 * 1.2**i for i in range(least - 1)]}))
    assert np.isfinite(enough["percent_per_month"])
    assert np.isnan(few["percent_per_month"].iloc[0])
    assert "trends-too-few-detected" in note_codes(few)


def test_months_below_the_limit_count_and_four_with_a_number_are_enough_among_any():
    enough = wbe.trend(loads({"a": [1.0] * 20 + [400.0] * 4}, limit=5.0)).iloc[0]
    few = wbe.trend(loads({"a": [1.0] * 20 + [400.0] * 3}, limit=5.0)).iloc[0]
    assert "trends-too-few-detected" not in enough["note_codes"]
    assert "trends-too-few-detected" in few["note_codes"]
    # 20 below and 4 far above: S is 20 x 4, and the smallest p by far
    assert (enough["kendall_s"], enough["n_detected"]) == (80, 4)
    assert enough["kendall_p"] < 0.001


def test_months_that_lack_are_counted_against_the_calendar():
    table = wbe.trend(loads({"a": [10.0, None, 12.0, 13.0, 14.0, 15.0], "b": [10.0] * 6}))
    assert table["n_missing"].tolist() == [1, 0]
    assert note_codes(table) == ["trends-months-missing"]
    assert note_codes(table, 1) == []


def test_each_method_has_its_own_level_and_the_note_says_where():
    table = wbe.trend(loads({"a": [10.0] * 6 + [30.0] * 6}, methods=["A"] * 6 + ["B"] * 6))
    assert table["breaks"].item() == "2021-07 (A → B)"
    assert "trends-method-changed" in note_codes(table)
    assert table["direction"].item() != "rising"
    assert wbe.trend(loads({"a": [10.0] * 12}))["breaks"].item() == ""


def test_months_below_the_limit_tie_at_the_highest_limit():
    tied = wbe.trend(loads({"a": [1.0, 1.0, 1.0, 6.0, 7.0, 8.0, 9.0]}, limit=5.0)).iloc[0]
    # three ties and four in order: 3 x 4 pairs up, and 6 among the detected
    assert tied["kendall_s"] == 18


def test_a_rank_test_of_four_months_is_said_to_be_blind_and_of_five_not():
    four, five = (wbe.trend(loads({"a": [10.0 + i for i in range(n)]})) for n in (4, 5))
    assert "trends-rank-test-blind" in note_codes(four)
    assert "trends-rank-test-blind" not in note_codes(five)


def test_a_window_takes_both_of_its_ends():
    table = wbe.trend(loads({"a": [10.0] * 12}), first="2021-03", last=pd.Period("2021-08", "M"))
    assert table[["first", "last", "n"]].iloc[0].tolist() == ["2021-03", "2021-08", 6]
    with pytest.raises(InputError, match="no month between 2022-01 and 2022-02"):
        wbe.trend(loads({"a": [10.0] * 12}), first="2022-01", last="2022-02")


def test_q_values_are_monotone_skip_what_was_not_tested_and_are_at_most_one():
    assert benjamini_hochberg(np.array([0.04, np.nan, 0.01, 0.9])).tolist() == pytest.approx(
        [0.06, np.nan, 0.03, 0.9], nan_ok=True
    )
    assert benjamini_hochberg(np.array([0.5, 0.5])).tolist() == [0.5, 0.5]
    assert month_number(["2020-12", "2021-01"]).tolist() == [24251.0, 24252.0]


# ---- change ----------------------------------------------------------------------------------------------------------


def test_a_change_is_against_the_month_before_unless_another_is_named():
    table = wbe.changes(loads({"a": [10.0, 20.0, 30.0]}))
    assert table[["month", "against"]].iloc[0].tolist() == ["2021-03", "2021-02"]
    assert table["percent"].item() == pytest.approx(50.0)
    assert wbe.changes(loads({"a": [10.0, 20.0, 30.0]}), against="2021-01")["percent"].item() == pytest.approx(200.0)


@pytest.mark.parametrize(("after", "low", "high"), [(10.0, 0.45, 0.55), (14.0, 0.9, 0.999), (7.0, 0.001, 0.1)])
def test_without_error_a_batch_may_still_have_moved_a_month(after, low, high):
    assert low < wbe.changes(loads({"a": [10.0, after]}, se=0.0))["p_rise"].item() < high


def test_nothing_is_believed_of_a_change_across_methods_though_the_amounts_stand():
    row = wbe.changes(loads({"a": [10.0] * 6 + [20.0]}, methods=["A"] * 6 + ["B"])).iloc[0]
    assert row["percent"] == pytest.approx(100.0)
    assert row[["p_rise", "level_percent", "level_lower", "level_upper"]].isna().all()
    same = wbe.changes(loads({"a": [10.0] * 6 + [20.0]})).iloc[0]
    assert same["level_lower"] < same["level_percent"] < same["level_upper"]
    assert 0 < same["level_percent"] <= 101
    assert 0 < same["prior_weight"] <= 1


def test_a_change_lacks_where_a_month_lacks_and_says_which():
    now = wbe.changes(loads({"a": [10.0, None]}), language="zh")
    then = wbe.changes(loads({"a": [1.0, 10.0]}, limit=5.0))
    other = wbe.changes(loads({"a": [10.0, 12.0]}), month="2021-01")
    for table, month in ((now, "2021-02"), (then, "2021-01"), (other, "2020-12")):
        assert np.isnan(table["percent"].item())
        assert note_codes(table) == ["trends-no-number"]
        assert month in table["note"].item()
    assert "无样品" in now["note"].item()
    assert "below the limit" in then["note"].item()


def test_a_change_across_methods_says_so():
    assert note_codes(wbe.changes(loads({"a": [10.0, 20.0]}, methods=["A", "B"]))) == ["trends-method-pair"]
    assert note_codes(wbe.changes(loads({"a": [10.0, 20.0]}))) == []
    with pytest.raises(UnknownName, match="month 2022-01"):
        wbe.changes(loads({"a": [10.0]}), month="2022-01")


# ---- rank ------------------------------------------------------------------------------------------------------------


def test_the_highest_is_first_and_chances_are_shares_of_draws():
    values = np.array([[3.0, 9.0, 5.0, 1.0], [9.0, 3.0, 5.0, 1.0]])
    assert positions(values).tolist() == [[3, 1, 2, 4], [1, 3, 2, 4]]
    table = wbe.rank(loads({"a": [40.0], "b": [90.0], "c": [10.0], "d": [1.0]}, se=0.01)).set_index("district")
    assert table["median_rank"].to_dict() == {"b": 1, "a": 2, "c": 3, "d": 4}
    assert table["p_first"].to_dict() == {"b": 1.0, "a": 0.0, "c": 0.0, "d": 0.0}
    assert table["p_top3"].to_dict() == {"b": 1.0, "a": 1.0, "c": 1.0, "d": 0.0}
    assert set(table["note_codes"]) == {"ranking-apart"}


def test_two_are_apart_from_exactly_the_probability_of_the_level_on():
    higher = np.array([1.0] * 39 + [-1.0])  # above in 39 of 40 draws: 0.975
    values = np.column_stack([higher, np.zeros(40)])
    assert separated(values, 0.95)[0, 1]
    assert not separated(values, 0.9501)[0, 1]
    assert separated(values, 0.95).T.tolist() == separated(values, 0.95).tolist()


def test_draws_that_tie_separate_nothing():
    assert not separated(np.ones((100, 2)), 0.95).any()


def test_letters_go_by_rank_and_are_shared_by_who_cannot_be_told_apart():
    apart = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]], dtype=bool)
    assert groups(apart, np.array([3, 1, 2])) == ["b", "a", "a"]


def test_who_has_no_number_has_no_rank_and_the_code_says_why():
    table = wbe.rank(loads({"a": [20.0, 20.0], "b": [30.0, 1.0], "c": [30.0, None]}, limit=5.0)).set_index("district")
    assert table["n_ranked"].tolist() == [1, 1, 1]
    assert table.loc[["b", "c"], "note_codes"].tolist() == ["ranking-not-ranked"] * 2
    assert table.loc[["b", "c"], "status"].tolist() == ["below_limit", "no_data"]
    assert table.loc[["b", "c"], "median_rank"].isna().all()
    assert table.loc["b", "group"] == ""
    assert table.loc["c", "note"] == "not ranked: no sample"


def test_a_drug_in_the_place_of_a_month_is_refused_by_the_door():
    with pytest.raises(TypeError, match="positional"):
        wbe.rank(loads({"a": [1.0]}), "METH")


# ---- alert -----------------------------------------------------------------------------------------------------------

HISTORY = rules()["alert"]["minimum_history"]


def test_history_is_enough_from_the_least_number_of_months_on():
    short = wbe.alerts(loads({"a": [20.0] * HISTORY}))
    enough = wbe.alerts(loads({"a": [20.0] * (HISTORY + 1)}))
    assert (short["rule"].item(), short["n_history"].item()) == ("history", HISTORY - 1)
    assert note_codes(short) == ["alert-history"]
    assert (enough["rule"].item(), enough["n_history"].item()) == ("exceed", HISTORY)
    assert note_codes(enough) == ["alert-exceeds"]


def test_history_is_of_the_same_method_and_no_longer_than_the_rule_says():
    other = wbe.alerts(loads({"a": [20.0] * 8 + [22.0] * 5}, methods=["A"] * 8 + ["B"] * 5))
    assert (other["rule"].item(), other["n_history"].item()) == ("exceed", HISTORY)
    assert "alert-across-methods" not in other["note_codes"].item()
    most = rules()["alert"]["maximum_history"]
    assert wbe.alerts(loads({"a": [20.0] * (most + 5)}))["n_history"].item() == most


def test_a_month_after_a_change_of_method_is_not_blind():
    values = {d: [20.0] * 8 + [last] for d, last in zip("abcde", (20.0, 20.0, 20.0, 20.0, 200.0), strict=True)}
    table = wbe.alerts(loads(values, methods=["A"] * 8 + ["B"])).set_index("district")
    assert table["n_history"].tolist() == [8] * 5
    assert table["note_codes"].str.contains("alert-across-methods").all()
    assert table["baseline"].isna().all()  # amounts of two methods have no common baseline
    assert table.loc["e", "level"] in ("warning", "action")
    assert set(table.loc[list("abcd"), "level"]) == {"none"}


def test_a_first_detection_needs_the_months_below_the_limit_that_the_rule_says():
    least = rules()["alert"]["first_detection_history"]
    known = wbe.alerts(loads({"a": [1.0] * least + [9.0]}, limit=5.0))
    early = wbe.alerts(loads({"a": [1.0] * (least - 1) + [9.0]}, limit=5.0))
    assert (known["rule"].item(), known["level"].item()) == ("first_detection", "watch")
    assert early["rule"].item() == "history"
    seen = wbe.alerts(loads({"a": [9.0] + [1.0] * least + [9.0]}, limit=5.0))
    assert seen["rule"].item() != "first_detection"


def test_no_sample_and_below_the_limit_are_no_drug_alert():
    none = wbe.alerts(loads({"a": [20.0] * 6 + [None]}))
    below = wbe.alerts(loads({"a": [20.0] * 6 + [1.0]}, limit=5.0))
    assert (none["kind"].item(), none["rule"].item(), note_codes(none)) == (
        "data_quality",
        "missing",
        ["alert-no-sample"],
    )
    assert (below["kind"].item(), note_codes(below)) == ("none", ["answer-below-limit"])


def test_a_fall_is_no_alert_and_a_jump_is_one_against_the_baseline():
    up = wbe.alerts(loads({"a": [20.0] * 8 + [80.0]})).iloc[0]
    down = wbe.alerts(loads({"a": [20.0] * 8 + [5.0]})).iloc[0]
    assert up["ratio"] == pytest.approx(4.0)
    assert down["ratio"] == pytest.approx(0.25)
    assert (up["kind"], down["kind"]) == ("drug", "none")
    assert up["lower"] < up["ratio"] < up["upper"]
    # of one district and one drug nobody can say that it was not the laboratory
    assert up["p_exceed"] > 0.8 > 0.1 > down["p_exceed"]
    assert up["p_value"] < 0.05 < 0.95 < down["p_value"]


def own_rules(**alert: float) -> dict:
    packaged = rules()
    return {"alert": packaged["alert"] | alert, "data_quality": packaged["data_quality"]}


def test_a_probability_at_the_bound_is_not_above_it():
    values = loads({"a": [20.0] * 8 + [40.0]}, se=0.5)
    p = wbe.alerts(values)["p_exceed"].item()
    at = wbe.alerts(values, rules=own_rules(probability=p, watch_probability=p))
    under = wbe.alerts(values, rules=own_rules(probability=p - 1e-9, watch_probability=p - 1e-9))
    assert at["level"].item() == "none"
    assert under["level"].item() == "warning"


def test_a_q_value_at_the_bound_is_an_action_and_above_it_a_warning():
    values = loads({"a": [20.0] * 8 + [80.0], "b": [20.0] * 9, "c": [20.0] * 9})
    q = wbe.alerts(values)["q_value"].iloc[0]
    assert wbe.alerts(values, rules=own_rules(false_discovery_rate=q))["level"].iloc[0] == "action"
    assert wbe.alerts(values, rules=own_rules(false_discovery_rate=q * 0.999))["level"].iloc[0] == "warning"


def test_a_batch_is_doubted_from_its_least_number_of_districts_on():
    rule = rules()["data_quality"]
    n = int(rule["batch_minimum_districts"])
    many = wbe.alerts(loads({d: [20.0] * 8 + [80.0] for d in "abcdefghij"[:n]}))
    few = wbe.alerts(loads({d: [20.0] * 8 + [80.0] for d in "abcdefghij"[: n - 1]}))
    doubt = many[many["rule"] == "batch"].iloc[0]
    assert (doubt["count"], doubt["of"], doubt["level"]) == (n, n, "warning")
    assert "action" not in set(many["level"])
    assert many.loc[many["kind"] == "drug", "doubtful"].all()
    assert many.loc[many["kind"] == "drug", "note_codes"].str.contains("alert-doubtful").all()
    assert "batch" not in set(few["rule"])


def test_falls_of_all_districts_are_doubted_like_rises():
    n = int(rules()["data_quality"]["batch_minimum_districts"])
    table = wbe.alerts(loads({d: [80.0] * 8 + [20.0] for d in "abcdefghij"[:n]}))
    assert (table["rule"] == "batch").sum() == 1


def test_reasons_are_said_in_the_language_that_is_asked_for():
    table = wbe.alerts(loads({"a": [20.0] * 8 + [80.0]}), language="zh")
    assert "基线" in table["reason"].item()
    with pytest.raises(InputError) as caught:
        wbe.alerts(loads({"a": [20.0]}), rules={"alert": {}})
    assert caught.value.codes == ["alert-rules-lack"]
    assert "缺少" in caught.value.text("zh")
