"""Trends, ranks and alerts on series whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wbe
from wbe.disclosure import Policy
from wbe.errors import UnknownName, WbeError
from wbe.ranking import groups, separated
from wbe.testing import small_city
from wbe.trends import changes, log_linear


def months(n, first="2021-01"):
    return [str(p) for p in pd.period_range(first, periods=n, freq="M")]


class Given:
    """What trends, ranks and alerts ask of an estimate, from plain lists."""

    level = 0.95
    policy = Policy.internal()

    def __init__(self, values, *, sd=0.1, method=None, limit=None, first="2021-01", flow=None):
        self.districts = tuple(values)
        self.months = tuple(months(max(len(v) for v in values.values()), first))
        self.drugs = ("methamphetamine",)
        rows = []
        for district, series in values.items():
            for i, value in enumerate(series):
                status = "no_data" if value is None else "below_limit" if value < (limit or 0) else "estimate"
                seen = status == "estimate"
                rows.append({
                    "district": district, "month": self.months[i], "drug": "methamphetamine",
                    "median": value if seen else np.nan, "log_sd_within": sd, "n_detected": int(seen),
                    "n_samples": int(value is not None), "status": status,
                    "limit": limit if status == "below_limit" else np.nan,
                    "method_version": "A" if method is None else method[i],
                })  # fmt: skip
        self.table = pd.DataFrame(rows)
        times = pd.to_datetime([f"{m}-15" for m in self.months])
        self.samples = xr.Dataset(
            {"flow": ("sample", [1e4] * len(times) if flow is None else flow)},
            coords={"time": ("sample", times), "site": ("sample", ["plant"] * len(times)),
                    "district": ("sample", [self.districts[0]] * len(times))},
        )  # fmt: skip

    def series(self, quantity="normalised_load"):
        return self.table.copy()

    def draws(self, quantity, drug):
        middle = self.table.pivot(index="district", columns="month", values="median").loc[list(self.districts)]
        noise = np.random.default_rng(0).standard_normal((4000, *middle.shape))
        values = middle.to_numpy() * np.exp(self.table["log_sd_within"].iloc[0] * noise)
        return xr.DataArray(
            values,
            dims=("draw", "district", "month"),
            coords={"district": list(self.districts), "month": list(self.months)},
        )


def growth(percent, n, start=20.0):
    return list(start * (1 + percent / 100) ** np.arange(n))


def noisy(values, sd, seed=0):
    return list(np.array(values) * np.exp(sd * np.random.default_rng(seed).standard_normal(len(values))))


def test_a_steady_rise_is_found_with_its_rate():
    row = wbe.trend(Given({"a": growth(8, 12)})).iloc[0]
    assert row["direction"] == "rising"
    # the level is drawn to what trends are like before the file speaks; the classical slope is not
    assert 5.5 < row["percent_per_month"] < 8.0
    assert row["sen_percent_per_month"] == pytest.approx(8.0)
    assert row["lower"] > 0
    assert row["p_rise"] > 0.99
    assert row["kendall_p"] < 1e-6


def test_a_flat_and_well_measured_series_is_stable_and_a_noisy_one_inconclusive():
    flat = Given({"a": noisy([20.0] * 18, 0.03), "b": noisy([20.0] * 6, 0.5)}, sd=0.03)
    assert wbe.trend(flat)["direction"].tolist() == ["stable", "inconclusive"]


def test_weights_follow_the_known_variance():
    # the last month is off and badly measured: it must hardly count
    t, y = np.arange(8.0), np.zeros(8)
    y[-1] = 1.0
    equal = log_linear(t, y, np.full(8, 0.1))
    weighted = log_linear(t, y, np.array([0.1] * 7 + [2.0]))
    assert abs(weighted.slope) < 0.1 * abs(equal.slope)


def test_the_interval_covers_the_true_slope_about_as_often_as_it_says():
    inside = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        sd = rng.uniform(0.1, 0.3, 10)
        y = 0.03 * np.arange(10) + rng.normal(0, np.hypot(sd, 0.2))
        line = log_linear(np.arange(10.0), y, sd)
        inside += abs(line.slope - 0.03) < 2.306 * line.se  # t with 8 degrees of freedom, 95 %
    assert 178 <= inside <= 199


def test_a_method_change_is_said_and_not_taken_for_a_rise():
    # both methods see a flat level; the second reads twice as high
    values = noisy([10.0] * 8 + [20.0] * 8, 0.05)
    blind = wbe.trend(Given({"a": values}, sd=0.05)).iloc[0]
    told = wbe.trend(Given({"a": values}, sd=0.05, method=["A"] * 8 + ["B"] * 8)).iloc[0]
    # nobody said that the method changed: then it is the laboratory or the city, and no direction is given
    assert blind["direction"] != "rising"
    assert "trends-laboratory-or-city" in blind["note_codes"]
    assert 0.15 < blind["p_step"] < 0.9
    assert told["direction"] != "rising"
    assert "method changed at 2021-09 (A → B)" in told["note"]


def test_missing_months_keep_their_place_in_the_calendar():
    values = growth(5, 10)
    values[3] = values[4] = None
    row = wbe.trend(Given({"a": values})).iloc[0]
    assert row["sen_percent_per_month"] == pytest.approx(5.0)
    assert 0 < row["percent_per_month"] < 5.0
    assert (row["n"], row["n_missing"]) == (8, 2)
    assert "2 of 10 months missing" in row["note"]


def test_non_detects_pull_the_line_down_and_are_counted():
    rising = noisy(growth(12, 14, start=4.0), 0.1)
    row = wbe.trend(Given({"a": rising}, limit=8.0)).iloc[0]
    assert row["direction"] == "rising"
    # the detected half alone, cut off at the limit, would show a line at most half as steep
    assert row["lower"] > 2
    assert 6 < row["percent_per_month"] < 12
    assert f"{row['n'] - row['n_detected']} months below the limit" in row["note"]


def test_mostly_non_detects_have_no_slope():
    row = wbe.trend(Given({"a": [1, 1, 1, 1, 1, 1, 9, 1]}, limit=5)).iloc[0]
    assert row["direction"] == "inconclusive"
    assert np.isnan(row["percent_per_month"])
    assert "too few detected months" in row["note"]


def test_four_months_are_never_called_by_the_rank_test():
    row = wbe.trend(Given({"a": growth(10, 4)})).iloc[0]
    assert row["kendall_p"] > 0.05
    assert "cannot be significant with n=4" in row["note"]


def test_a_window_without_months_is_refused():
    with pytest.raises(WbeError, match=r"no month between 2030-01.*Choose first and last"):
        wbe.trend(Given({"a": growth(1, 6)}), first="2030-01")


def test_a_change_between_two_months_counts_both_variances():
    row = changes(Given({"a": [10.0, 15.0]}, sd=0.2), month="2021-02", against="2021-01").iloc[0]
    half = 1.959964 * np.hypot(0.2, 0.2)
    assert row["percent"] == pytest.approx(50.0)
    assert [row["lower"], row["upper"]] == pytest.approx(
        [100 * (1.5 * np.exp(s * half) - 1) for s in (-1, 1)], rel=1e-5
    )


def test_ranks_of_equal_districts_are_one_group_and_chances_sum_to_one():
    table = wbe.rank(Given({d: [20.0] for d in "abcd"}, sd=0.3))
    assert table["p_first"].sum() == pytest.approx(1.0)
    assert table["p_top3"].sum() == pytest.approx(3.0)
    assert table["group"].unique().tolist() == ["a"]
    assert table["note"].str.startswith("cannot be separated from").all()


def test_a_clear_first_stands_alone_and_a_district_below_the_limit_has_no_rank():
    table = wbe.rank(Given({"high": [90.0], "low": [20.0], "none": [1.0]}, sd=0.1, limit=5.0)).set_index("district")
    assert table.loc["high", ["median_rank", "rank_lower", "rank_upper"]].tolist() == [1, 1, 1]
    assert not set(table.loc["high", "group"]) & set(table.loc["low", "group"])
    assert np.isnan(table.loc["none", "median_rank"])
    assert table.loc["none", "note"] == "not ranked: below the limit"


def test_districts_share_a_letter_exactly_when_they_cannot_be_separated():
    rng = np.random.default_rng(5)
    values = rng.normal(rng.uniform(0, 4, 9), 1.0, size=(3000, 9))
    apart = separated(values, 0.95)
    letters = groups(apart, -values.mean(axis=0))
    for i in range(9):
        for j in range(i):
            assert bool(set(letters[i]) & set(letters[j])) != apart[i, j]


def test_a_shared_factor_cancels_from_ranks_and_widens_nothing():
    city = wbe.estimate(small_city(districts=4, months=1), draws=2000)
    load = wbe.rank(city, drug="methamphetamine").set_index("district")
    used = wbe.rank(city, drug="methamphetamine", quantity="consumption").set_index("district")
    assert load["p_first"].sub(used["p_first"]).abs().max() < 0.03


def test_an_unknown_month_for_ranks_names_the_known_ones():
    with pytest.raises(UnknownName, match=r"month 2030-01; needed a month of the estimate, from 2021-01 to 2021-01"):
        wbe.rank(Given({"a": [1.0], "b": [2.0]}), month="2030-01")


def test_a_jump_above_the_baseline_is_an_action_alert():
    table = wbe.alerts(Given({"a": [*noisy([20.0] * 11, 0.1), 80.0], "b": noisy([20.0] * 12, 0.1, 1)}))
    first, second = table.set_index("district").loc["a"], table.set_index("district").loc["b"]
    assert (first["kind"], first["level"]) == ("drug", "action")
    assert first["lower"] < 4 < first["upper"]
    assert second["level"] == "none"
    assert table.attrs["n_tests"] == 2


def test_too_little_history_gives_no_alert_and_says_so():
    row = wbe.alerts(Given({"a": [20.0, 20.0, 200.0]})).iloc[0]
    assert (row["level"], row["rule"]) == ("none", "history")
    assert "2 earlier months with the same method; needed 4" in row["reason"]


def test_a_first_detection_is_a_watch():
    row = wbe.alerts(Given({"a": [1, 1, 1, 1, 9]}, limit=5)).iloc[0]
    assert (row["kind"], row["level"], row["rule"]) == ("drug", "watch", "first_detection")


def test_a_drug_that_jumps_everywhere_at_once_points_at_the_batch():
    values = {d: [*noisy([20.0] * 9, 0.05, i), 60.0] for i, d in enumerate("abcde")}
    table = wbe.alerts(Given(values))
    assert (table["rule"] == "batch").sum() == 1
    # the drug alerts stay visible, but none is called action while the data are in doubt
    drug = table[table["kind"] == "drug"]
    assert set(drug["level"]) <= {"warning", "watch"}
    assert drug.loc[drug["level"] == "warning", "doubtful"].all()
    assert drug["note_codes"].str.contains("alert-laboratory-or-city").all()


def test_a_jump_of_the_flow_is_a_data_alert_not_a_drug_alert():
    table = wbe.alerts(Given({"a": [20.0] * 6}, flow=[1e4] * 5 + [4e4]))
    row = table[table["rule"] == "flow"].iloc[0]
    assert (row["kind"], row["ratio"]) == ("data_quality", pytest.approx(4.0))


def test_the_expected_false_alarms_are_about_what_simulation_gives():
    alarms, expected = 0, 0.0
    for seed in range(40):
        values = {d: noisy([20.0] * 13, 0.2, 1000 * seed + i) for i, d in enumerate("abcd")}
        table = wbe.alerts(Given(values, sd=0.2))
        alarms += int((table["p_exceed"] > 0.9).sum())
        expected += table.attrs["expected_false_alarms"]
    assert alarms <= 2 * expected + 4
    assert expected < 0.05 * 40 * 4


def test_rules_without_their_parts_are_refused():
    with pytest.raises(WbeError, match="rules without the parts data_quality"):
        wbe.alerts(Given({"a": [1.0] * 6}), rules={"alert": {}})


def test_a_real_estimate_goes_through_trend_rank_and_alerts():
    city = wbe.estimate(small_city(months=6), draws=2000)
    assert len(wbe.trend(city)) == len(city.districts) * len(city.drugs)
    assert set(wbe.alerts(city)["district"]) == set(city.districts)
    assert set(wbe.rank(city)["month"]) == {city.months[-1]}


def test_a_direction_of_one_drug_alone_says_that_a_laboratory_can_look_like_it():
    from wbe.testing import small_loads

    alone = wbe.trend(small_loads(growth=1.3, months=12)).set_index("district")
    assert alone.loc["天元区", ["direction", "note_codes"]].tolist() == ["rising", "trends-one-drug"]
    assert alone.loc["荷塘区", "note_codes"] == ""  # without a direction there is nothing to doubt
    assert "仅有一种毒品" in wbe.trend(small_loads(growth=1.3, months=12), language="zh")["note"].iloc[0]
    several = wbe.trend(wbe.estimate(wbe.read_samples(wbe.sample_data("zhuzhou"))))
    assert not several["note_codes"].str.contains("trends-one-drug").any()
