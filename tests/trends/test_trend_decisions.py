"""Decisions of trends, changes and events by hand: lines, periods, sides, notes; numbers from the draws behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.answer import Series
from wbe.errors import InputError
from wbe.levels.beliefs import beliefs
from wbe.levels.chances import chance
from wbe.trends import censored_kendall, difference, event, log_linear, mann_kendall, sen_interval
from wbe.trends.changes import shift
from wbe.trends.events import _periods
from wbe.trends.table import _stepped, describe

UNIT = "mg/d/1000 inhabitant"


def loads(values, *, methods=None, drugs=("methamphetamine",), missing=()):
    rows = [
        {"district": d, "month": str(pd.Period("2021-01", "M") + i), "drug": k, "se_log": 0.1, "median": value,
         "method_version": "A" if methods is None else methods[i]}
        for d, numbers in values.items() for k in drugs for i, value in enumerate(numbers) if (d, i) not in missing
    ]  # fmt: skip
    return Series(pd.DataFrame(rows), "normalised_load", UNIT)


# ---- lines -----------------------------------------------------------------------------------------------------------


def test_a_line_of_equal_errors_is_least_squares():
    t, y = np.arange(6.0), np.array([0.0, 0.3, 0.1, 0.5, 0.4, 0.7])
    line = log_linear(t, y, np.full(6, 5.0))  # errors far above the scatter: no process
    slope = np.polyfit(t, y, 1)[0]
    assert line.slope == pytest.approx(slope)
    assert (line.process_sd, line.df) == (0.0, 4)
    assert line.se == pytest.approx(5.0 / np.sqrt(((t - 2.5) ** 2).sum()))


def test_the_process_is_what_brings_the_weighted_squares_to_their_degrees_of_freedom():
    t = np.arange(8.0)
    y = np.array([0.0, 0.5, -0.4, 0.6, -0.2, 0.9, 0.0, 0.7])
    sd = np.array([0.05, 0.1] * 4)
    line = log_linear(t, y, sd)
    variance = sd**2 + line.process_sd**2
    x = np.column_stack([np.ones(8), t])
    beta = np.linalg.solve((x.T / variance) @ x, (x.T / variance) @ y)
    assert ((y - x @ beta) ** 2 / variance).sum() == pytest.approx(6.0, rel=1e-6)
    assert line.slope == pytest.approx(beta[1])


def test_levels_of_blocks_are_free_and_a_lone_level_tells_no_slope():
    t = np.arange(6.0)
    y = 0.1 * t + np.array([0, 0, 0, 5, 5, 5])
    line = log_linear(t, y, np.full(6, 0.1), blocks=np.array(list("aaabbb")))
    assert line.slope == pytest.approx(0.1)
    assert line.df == 6 - 3
    assert log_linear(t[:2], y[:2], np.full(2, 0.1)) is None
    assert log_linear(t[:3], y[:3], np.full(3, 0.1), blocks=np.array(list("aab"))) is None
    hidden = np.ones(6, dtype=bool)
    assert log_linear(t, y, np.full(6, 0.1), censored=hidden) is None
    assert log_linear(t, y, np.full(6, 0.1), blocks=np.array(list("aaabbb")), censored=t > 2) is None


def test_a_censored_line_is_the_maximum_of_its_likelihood():
    from scipy.optimize import minimize
    from scipy.stats import norm

    r = np.random.default_rng(3)
    t, sd = np.arange(24.0), np.full(24, 0.1)
    true = 0.06 * t + 0.3 * r.standard_normal(24)
    hidden = true < 0.4
    y = np.where(hidden, 0.4, true)
    line = log_linear(t, y, sd, censored=hidden)
    time = t - t.mean()

    def cost(p):
        spread = np.sqrt(0.01 + np.exp(2 * p[2]))
        z = (y - p[0] - p[1] * time) / spread
        return -(norm.logpdf(z) - np.log(spread))[~hidden].sum() - norm.logcdf(z)[hidden].sum()

    best = minimize(cost, [1.0, 0.05, -1.2], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).x
    assert line.slope == pytest.approx(best[1], abs=1e-5)
    assert line.process_sd == pytest.approx(np.exp(best[2]), abs=1e-4)
    assert line.df == (~hidden).sum() - 2
    h = 1e-4
    curve = np.empty((2, 2))
    for i, j in np.ndindex(2, 2):
        move = [np.eye(3)[i] * h, np.eye(3)[j] * h]
        curve[i, j] = sum(a * b * cost(best + a * move[0] + b * move[1]) for a in (1, -1) for b in (1, -1)) / (
            4 * h * h
        )
    se = np.sqrt(np.linalg.inv(curve)[1, 1] * (~hidden).sum() / line.df)
    assert line.se == pytest.approx(se, rel=1e-3)


def test_without_a_limit_nothing_is_censored():
    t, y = np.arange(6.0), np.array([0.0, 0.3, 0.1, 0.5, 0.4, 0.7])
    assert log_linear(t, y, np.full(6, 0.1), censored=np.zeros(6, dtype=bool)) == log_linear(t, y, np.full(6, 0.1))


def test_of_one_or_no_value_no_trend_is_said():
    for values in ([], [3.0]):
        found = mann_kendall(values)
        assert (found.s, found.z, found.p) == (0, 0.0, 1.0)
        assert np.isnan(found.tau)
        assert np.isnan(sen_interval(range(len(values)), values)).all()


def test_the_censored_slope_is_found_above_the_highest_edge_too():
    # one pair: both edges bound it, and its middle is the slope
    found = censored_kendall([0.0, 2.0], [1.0, 5.0], [False, False])
    assert (found.s, found.slope) == (1, pytest.approx(2.0))
    assert found.intercept == pytest.approx(1.0)


# ---- changes ---------------------------------------------------------------------------------------------------------


def test_a_change_reads_its_two_months_of_one_posterior():
    series = loads({"a": [10.0, 12.0, 9.0, 14.0], "b": [5.0, 5.0, 6.0, 5.0]})
    row = wbe.changes(series, month="2021-03", against="2021-01").set_index("district").loc["b"]
    held = beliefs(series, "normalised_load", until="2021-03")
    step = held.draws("methamphetamine")[:, 1, 2] - held.draws("methamphetamine")[:, 1, 0]
    assert row["p_rise"] == chance(step)
    assert row["level_percent"] == pytest.approx(100 * np.expm1(np.median(step)))
    assert row["level_lower"] == pytest.approx(100 * np.expm1(np.quantile(step, 0.025)))
    assert row["level_upper"] == pytest.approx(100 * np.expm1(np.quantile(step, 0.975)))
    sd = np.sqrt(0.01 + 0.01)
    assert row["percent"] == pytest.approx(20.0)
    assert row["lower"] == pytest.approx(100 * (1.2 * np.exp(-1.959964 * sd) - 1))


def test_the_shift_of_several_months_is_of_their_mean_amounts():
    series = loads({"a": [10.0, 12.0, 9.0, 14.0]})
    held = beliefs(series, "normalised_load")
    draws = np.exp(held.draws("methamphetamine")[:, 0])
    found = shift(held, "methamphetamine", 0, ["2021-03", "2021-04"], ["2021-01"])
    assert np.allclose(found, np.log(draws[:, 2:].mean(axis=1) / draws[:, 0]))


def test_a_pair_of_methods_is_named_and_an_unnamed_one_is_a_question():
    row = wbe.changes(loads({"a": [10.0, 20.0]}, methods=["A", "B"])).iloc[0]
    assert "A" in row["note"]
    assert "B" in row["note"]
    unnamed = wbe.changes(loads({"a": [10.0, 20.0]}, methods=["", "B"])).iloc[0]
    assert "?" in unnamed["note"]


# ---- events ----------------------------------------------------------------------------------------------------------


def test_periods_lie_before_within_and_after():
    series = loads({"a": [10.0] * 9})
    assert _periods(series, "2021-04", "2021-05", 2, 3) == {
        "before": ["2021-02", "2021-03"], "during": ["2021-04", "2021-05"],
        "after": ["2021-06", "2021-07", "2021-08"],
    }  # fmt: skip
    assert _periods(series, "2021-01", "2021-01", 1, 1)["before"] == []
    for before, after in ((0, 1), (1, 0), (True, 1), (1.0, 1)):
        with pytest.raises(InputError) as caught:
            _periods(series, "2021-04", "2021-05", before, after)
        assert caught.value.codes == ["trends-event-months"]
    with pytest.raises(InputError) as caught:
        _periods(series, "2021-05", "2021-04", 0, 0)
    assert caught.value.codes == ["trends-event-order", "trends-event-months", "trends-event-months"]


def test_an_event_keeps_the_order_of_the_file_and_counts_its_months():
    series = loads({"b": [10.0] * 7, "a": [20.0] * 7}, missing={("a", 1), ("a", 6)})
    table = event(series, start="2021-03", end="2021-04", before=2, after=3)
    assert table["district"].tolist() == ["b"] * 3 + ["a"] * 3
    assert table["comparison"].tolist() == ["during/before", "after/before", "after/during"] * 2
    assert table["n_months"].tolist() == [2, 3, 3, 2, 2, 2]
    assert table["n_against"].tolist() == [2, 2, 2, 1, 1, 2]
    held = beliefs(series, "normalised_load", until="2021-07")
    step = shift(held, "methamphetamine", 1, ["2021-03", "2021-04"], ["2021-01"])
    assert table["p_rise"].iloc[3] == chance(step)


def test_a_difference_is_of_the_mean_changes_of_both_sides():
    series = loads({"a": [10.0] * 3 + [20.0] * 3, "b": [10.0] * 6, "c": [8.0] * 6, "d": [30.0] * 6})
    table = difference(series, districts=["a", "b"], start="2021-04", before=3, after=2)
    assert table["comparison"].tolist() == ["during/before", "after/before"]
    assert (table["n_districts"].tolist(), table["n_controls"].tolist()) == ([2, 2], [2, 2])
    held = beliefs(series, "normalised_load", until="2021-06")
    early = ["2021-01", "2021-02", "2021-03"]
    sides = [np.mean([shift(held, "methamphetamine", i, ["2021-04"], early) for i in pair], axis=0)
             for pair in ((0, 1), (2, 3))]  # fmt: skip
    apart = sides[0] - sides[1]
    row = table.iloc[0]
    assert row["percent"] == pytest.approx(100 * np.expm1(np.median(apart)))
    assert row["lower"] == pytest.approx(100 * np.expm1(np.quantile(apart, 0.025)))
    assert row["upper"] == pytest.approx(100 * np.expm1(np.quantile(apart, 0.975)))
    assert row["p_rise"] == chance(apart)
    assert row["note_codes"] == ""


def test_a_side_without_numbers_says_so():
    series = loads({"a": [10.0] * 6, "b": [10.0] * 6}, missing={("b", i) for i in range(3)})
    row = difference(series, districts=["a"], start="2021-04", before=3, after=2).iloc[0]
    assert row["note_codes"] == "trends-event-side-empty"
    assert np.isnan(row["percent"])
    assert (row["n_districts"], row["n_controls"]) == (1, 0)
    with pytest.raises(InputError, match="b"):
        difference(series, districts=["a", "b"], controls=["b"], start="2021-04")
    with pytest.raises(InputError) as caught:
        difference(series, districts=["a", "b"], start="2021-04")
    assert caught.value.codes == ["trends-event-sides"]


# ---- the table -------------------------------------------------------------------------------------------------------


def test_too_few_months_beside_their_methods_have_no_slope_and_say_so():
    # four months of two methods: 4 - 2 - 1 = 1 degree of freedom, one of one method has 2
    two = wbe.trend(loads({"a": [10.0, 11.0, 12.0, 13.0]}, methods=["A", "A", "B", "B"]))
    one = wbe.trend(loads({"a": [10.0, 11.0, 12.0, 13.0]}))
    assert "trends-too-few-months" in two["note_codes"].item().split()
    assert np.isnan(two["percent_per_month"].item())
    assert np.isfinite(one["percent_per_month"].item())


STEPS = [(0.2, None), (0.21, "trends-laboratory-or-city"), (0.69, "trends-laboratory-or-city"),
         (0.7, "trends-step-taken-out")]  # fmt: skip


@pytest.mark.parametrize(("p", "code"), STEPS)
def test_a_step_is_silent_doubtful_or_taken_out_at_its_bounds(p, code):
    row = {"direction": "rising", "p_rise": 0.99}
    told = row | _stepped(row, p, "2021-05", [])
    assert [n.code for n in told["_notes"]] == ([code] if code else [])
    doubtful = code == "trends-laboratory-or-city"
    assert told["direction"] == ("inconclusive" if doubtful else "rising")
    assert np.isnan(told["p_rise"]) == doubtful


def test_the_interval_of_a_slope_is_its_level():
    told = describe(0.02, 0.005, 0.006, 0.9, 3.0)
    assert told["percent_per_month"] == pytest.approx(100 * np.expm1(0.02))
    assert told["lower"] == pytest.approx(100 * np.expm1(0.02 - 1.644854 * 0.005))
    assert told["upper"] == pytest.approx(100 * np.expm1(0.02 + 1.644854 * 0.005))
    assert told["p_rise"] == pytest.approx(0.99996833)
    assert describe(-0.02, 0.005, 0.006, 0.9, 3.0)["direction"] == "falling"
    assert describe(0.0, 0.01, 0.01, 0.9, 1.7)["direction"] == "stable"  # +-1.66 %
    assert describe(0.0, 0.01, 0.01, 0.9, 1.6)["direction"] == "inconclusive"
