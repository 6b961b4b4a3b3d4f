"""Each decision of alerts by hand: a case made of plain numbers, so that the bound itself is what is tested."""

from __future__ import annotations

from statistics import NormalDist
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from wbe.alert import _decide, _together
from wbe.alert.case import Case, Finding
from wbe.alert.doubts import _common, _flow, set_aside
from wbe.alert.rules import cusum, exceed, first_detection, quantifiable, residual
from wbe.levels.chances import chance

RULE = {
    "factor": 1.5, "probability": 0.9, "watch_probability": 0.6, "minimum_history": 3, "maximum_history": 4,
    "first_detection_history": 3, "rare_share": 0.25, "residual_probability": 0.005, "cusum_allowance": 0.5,
    "cusum_limit": 4.0, "cusum_months": 3, "cusum_false": 0.003, "false_discovery_rate": 0.1,
}  # fmt: skip


class Held:
    """What a case reads of levels: draws of one area, residuals by month, and a step."""

    areas = ("a",)

    def __init__(self, draws=None, months=(), residuals=None, p_above=0.5, step=(0.0, "")):
        self.months, self._draws = list(months), draws
        self.residuals, self.p_above, self._step = residuals or {}, p_above, step

    def draws(self, _drug):
        return self._draws

    def one_step(self, _drug, _area, month):
        return self.p_above, self.residuals.get(month, np.nan)

    def step(self, _area):
        return self._step


def months(count):
    return [str(pd.Period("2021-01", "M") + i) for i in range(count)]


def case(past, now=20.0, *, held=None, method="A", methods=None, limits=None, sd=0.1, rule=None):
    """A case whose earlier months are numbers, or None for one below its limit."""
    rows = pd.DataFrame({
        "month": months(len(past)), "median": [np.nan if v is None else v for v in past],
        "status": ["below_limit" if v is None else "estimate" for v in past],
        "limit": limits or [5.0 if v is None else np.nan for v in past],
        "method_version": methods or ["A"] * len(past), "log_sd_within": sd,
    })  # fmt: skip
    last = {"median": now, "method_version": method, "log_sd_within": sd, "status": "estimate"}
    held = held or Held(np.zeros((9, 1, len(past) + 1)), months(len(past) + 1))
    return Case(held, "methamphetamine", "a", months(len(past) + 1)[-1], last, rows, {**RULE, **(rule or {})}, 0.95)


# ---- the history -----------------------------------------------------------------------------------------------------


def test_history_is_of_the_same_method_and_the_newest_months():
    mixed = case([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], methods=["B"] + ["A"] * 5)
    assert mixed.history["median"].tolist() == [3.0, 4.0, 5.0, 6.0]
    assert (mixed.past_methods, mixed.across) == (1, False)


def test_all_methods_are_asked_only_where_the_same_are_too_few():
    two = case([1.0, 2.0, 3.0], methods=["B", "A", "A"])
    assert two.across
    assert len(two.history) == 3
    enough = case([1.0, 2.0, 3.0, 4.0], methods=["B", "A", "A", "A"])
    assert not enough.across
    assert not case([1.0, 2.0], methods=["B", "A"]).across  # too few of any
    assert not case([1.0, 2.0]).across


@pytest.mark.parametrize(("past", "enough"), [
    ([1.0, 2.0, 3.0], True), ([1.0, 2.0], False), ([None, None, 3.0], True), ([None, None, None], False),
])  # fmt: skip
def test_a_baseline_needs_its_months_and_one_number_among_them(past, enough):
    assert case(past).enough is enough


def test_the_baseline_is_the_mean_of_ln_levels_of_the_history():
    draws = np.log(np.array([[[99.0, 1.0, 4.0, 2.0, 8.0, 6.0]]]))
    one = case([1.0] * 5, held=Held(draws, months(6)))  # the oldest month is beyond the four of the history
    assert one.above == pytest.approx(np.log(6.0) - np.log([1.0, 4.0, 2.0, 8.0]).mean())


def test_the_amounts_ratio_by_hand():
    one = case([10.0, 10.0, 10.0], now=20.0, sd=0.1)
    told = one.amounts
    sd = np.sqrt(0.01 + 0.01 / 3)  # equal months: no process, the mean of three
    half = NormalDist().inv_cdf(0.975)
    assert told["ratio"] == pytest.approx(2.0)
    assert told["baseline"] == pytest.approx(10.0)
    assert told["lower"] == pytest.approx(2.0 * np.exp(-half * sd))
    assert told["upper"] == pytest.approx(2.0 * np.exp(half * sd))


def test_months_that_differ_more_than_their_errors_weigh_alike():
    wide = case([10.0, 40.0, 20.0], now=20.0, sd=0.01).amounts
    y = np.log([10.0, 40.0, 20.0])
    process = y.var(ddof=1) - 0.0001
    assert wide["baseline"] == pytest.approx(20.0)
    sd = np.sqrt(0.0001 + (0.0001 + process) / 3)
    assert np.log(wide["upper"]) == pytest.approx(NormalDist().inv_cdf(0.975) * sd)


def test_across_methods_the_ratio_is_that_of_levels_and_there_is_no_baseline():
    draws = np.log(np.array([[[1.0, 1.0, 1.0, 3.0]], [[1.0, 1.0, 1.0, 3.0]]]))
    told = case([1.0, 1.0, 1.0], methods=["B", "A", "A"], held=Held(draws, months(4))).amounts
    assert [told[k] for k in ("lower", "ratio", "upper")] == pytest.approx([3.0, 3.0, 3.0])
    assert np.isnan(told["baseline"])


def test_the_chance_of_an_alert_without_a_change_by_hand():
    draws = np.zeros((2, 1, 4))
    draws[:, 0, 3] = [0.3, -0.3]  # sd .3 of the month over its baseline
    found = case([1.0, 1.0, 1.0], held=Held(draws, months(4))).quietly_above(0.9)
    assert found == pytest.approx(NormalDist().cdf(-(np.log(1.5) / 0.3 + NormalDist().inv_cdf(0.9))))


# ---- rules -----------------------------------------------------------------------------------------------------------


def exceeding(share):
    """A case in which a share of 99 draws lies above the baseline times the factor."""
    draws = np.zeros((99, 1, 4))
    draws[: round(share * 99), 0, 3] = np.log(1.5) + 0.01
    return case([1.0, 1.0, 1.0], held=Held(draws, months(4), p_above=0.2))


@pytest.mark.parametrize(("share", "level"), [
    (0, ""), (59 / 99, ""), (60 / 99, "watch"), (89 / 99, "watch"), (90 / 99, "warning"), (1, "warning"),
])  # fmt: skip
def test_watch_and_warning_begin_above_their_probabilities(share, level):
    found = exceed.judge(exceeding(share))
    assert found.level == level
    assert found.numbers["p_exceed"] == pytest.approx((round(share * 99) + 0.5) / 100)
    assert found.numbers["p_value"] == 0.2
    one = exceeding(share)
    assert found.false == pytest.approx(one.quietly_above(0.6))  # a watch is printed too


def test_a_level_at_the_factor_itself_counts_half():
    draws = np.zeros((9, 1, 4))
    draws[:, 0, 3] = np.log(1.5)
    assert exceed.judge(case([1.0] * 3, held=Held(draws, months(4)))).numbers["p_exceed"] == pytest.approx(0.5)
    assert exceed.judge(case([1.0, 1.0])) is None


@pytest.mark.parametrize(("p", "level"), [(0.0049, "watch"), (0.005, ""), (0.3, "")])
def test_a_residual_is_loud_below_its_chance(p, level):
    found = residual.judge(case([1.0] * 3, held=Held(np.zeros((9, 1, 4)), months(4), {"2021-04": 2.7}, p)))
    assert found.level == level
    assert found.false == 0.005
    assert [n.code for n in found.notes] == (["alert-residual"] if level else [])
    assert residual.judge(case([1.0] * 3, held=Held(np.zeros((9, 1, 4)), months(4), p_above=np.nan))) is None
    assert residual.judge(case([1.0] * 2)) is None


@pytest.mark.parametrize(("residuals", "total"), [
    ({"2021-02": 2.0, "2021-03": 2.0, "2021-04": 2.0}, 4.5), ({"2021-02": 2.0, "2021-04": 2.0}, 3.0),
    ({"2021-01": 9.0, "2021-02": 2.0, "2021-03": 1.5, "2021-04": 2.0}, 4.0),
    ({"2021-02": -9.0, "2021-03": 2.0, "2021-04": 2.0}, 3.0),
])  # fmt: skip
def test_residuals_add_up_above_their_allowance_over_the_months_of_the_rule(residuals, total):
    found = cusum.judge(case([1.0] * 3, held=Held(np.zeros((9, 1, 4)), months(4), residuals)))
    assert found.level == ("watch" if total > 4.0 else "")  # at the limit it is silent
    assert found.false == 0.003
    if found.notes:
        assert found.notes[0].values["total"] == f"{total:.1f}"
    assert cusum.judge(case([1.0] * 2)) is None


def test_a_first_detection_needs_three_months_that_would_have_shown_it():
    told = first_detection.judge(case([None] * 3, now=6.0))
    assert (told.level, told.false) == ("watch", pytest.approx(1 / 5))
    assert first_detection.judge(case([None] * 2, now=6.0)) is None
    assert first_detection.judge(case([None, None, None, 6.0], now=6.0)) is None
    assert first_detection.judge(case([None] * 3, now=5.0)).level == "watch"  # at the limit it would have been seen
    lower = first_detection.judge(case([None] * 4, now=4.0, limits=[3.0, 3.0, 5.0, 5.0]))
    assert (lower.level, [n.code for n in lower.notes]) == ("", ["alert-limit-lower"])
    assert lower.notes[0].values["count"] == 2


def test_a_number_is_new_where_at_most_a_quarter_had_one():
    rare = quantifiable.judge(case([None, None, None, 6.0], now=5.0))
    assert (rare.level, rare.false) == ("watch", pytest.approx(2 / 6))
    assert quantifiable.judge(case([None, None, 6.0], now=9.0)) is None  # a third
    assert quantifiable.judge(case([None, None, None, None], now=9.0)) is None
    assert quantifiable.judge(case([None, None, None, 6.0], now=4.9)).level == ""
    half = {"rare_share": 0.5}
    assert quantifiable.judge(case([None, None, 6.0], now=9.0, rule=half)).level == "watch"  # three months are enough
    assert quantifiable.judge(case([None, 6.0], now=9.0, rule=half)) is None


# ---- together --------------------------------------------------------------------------------------------------------


def test_the_loudest_rule_names_the_row_and_chances_add_up_to_one_at_most():
    one = case([1.0] * 3)
    told = _together(one, {"exceed": Finding("watch", false=0.2), "cusum": Finding("watch", false=0.1),
                           "residual": Finding("", false=0.3)})  # fmt: skip
    assert (told["rule"], told["level"], told["kind"]) == ("exceed", "watch", "drug")
    assert told["_false"] == pytest.approx(0.6)
    loud = _together(one, {"exceed": Finding("watch", false=0.8), "cusum": Finding("warning", false=0.7)})
    assert (loud["rule"], loud["level"], loud["_false"]) == ("cusum", "warning", 1.0)
    silent = _together(one, {"exceed": Finding(false=0.1)})
    assert (silent["kind"], silent["level"]) == ("none", "none")


@pytest.mark.parametrize(("p", "when", "said"), [
    (0.2, "2021-03", False), (0.21, "2021-03", True), (0.69, "2021-03", True), (0.7, "2021-03", False),
    (0.5, "2021-01", False), (0.5, "2021-02", True),
])  # fmt: skip
def test_a_doubtful_step_within_the_history_is_said(p, when, said):
    held = Held(np.zeros((9, 1, 4)), months(4), step=(p, when))
    told = _together(case([1.0] * 3, held=held), {"exceed": Finding("watch")})
    assert ("alert-laboratory-or-city" in [n.code for n in told["_notes"]]) is said


def test_an_action_needs_both_the_probability_and_the_q_value():
    table = pd.DataFrame({
        "p_exceed": [0.95, 0.95, 0.9, np.nan], "q_value": [0.1, 0.11, 0.01, 0.01],
        "level": ["warning", "warning", "watch", "none"], "ratio": 2.0, "n_history": 4, "_notes": [[], [], [], []],
    })  # fmt: skip
    _decide(table, RULE)
    assert table["level"].tolist() == ["action", "warning", "watch", "none"]
    assert [len(said) for said in table["_notes"]] == [1, 1, 1, 0]


def ratios(values, **columns):
    return pd.DataFrame({"district": ["a"] * len(values), "drug": [f"d{i}" for i in range(len(values))],
                         "ratio": values, **columns})  # fmt: skip


@pytest.mark.parametrize(("values", "rows"), [
    ([2.0, 2.0, 2.0, 1.0, 1.0], 1),  # three of five are 60 %
    ([2.0, 2.0, 2.0, 1.0, 1.0, 1.0], 0),  # half are not
    ([2.0, 2.0], 0),  # fewer than three
    ([1.5, 1.5, 1.5], 0),  # the factor itself is not above it
    ([0.5, 0.5, 0.5], 1), ([1 / 1.5] * 3, 0), ([2.0, 2.0, 2.0, np.nan, np.nan, np.nan], 1),
    ([2.0, 2.0, 0.5, 0.5], 0),
])  # fmt: skip
def test_drugs_move_together_from_their_share_and_number_on(values, rows):
    found = _common(ratios(values), "district", "drug", 0.6, 3, 1.5, "2021-04", "together")
    assert len(found) == rows
    for row in found:
        assert (row["kind"], row["level"], row["district"], row["drug"]) == ("data_quality", "warning", "a", "")
        assert (row["count"], row["of"]) == (3, int(np.isfinite(values).sum()))


def test_a_doubt_sets_only_its_own_alerts_aside():
    table = pd.DataFrame({
        "district": ["a", "a", "b", "a"], "drug": ["x", "y", "x", "x"], "kind": ["drug", "drug", "drug", "none"],
        "level": ["action", "warning", "action", "action"], "doubtful": False, "_notes": [[], [], [], []],
    })  # fmt: skip
    doubt = {"district": "a", "drug": "", "_notes": ["said"]}
    set_aside(table, [doubt])
    assert table["level"].tolist() == ["warning", "warning", "action", "action"]
    assert table["doubtful"].tolist() == [True, True, False, False]
    watch = table.assign(level="watch", doubtful=False)
    set_aside(watch, [doubt])
    assert not watch["doubtful"].any()


@pytest.mark.parametrize(("now", "rows"), [(20.0, 0), (20.1, 1), (5.0, 0), (4.9, 1), (0.0, 0)])
def test_a_flow_is_doubted_beyond_twice_or_half_the_median_of_before(now, rows):
    import xarray as xr

    flow = [8.0, 10.0, 90.0, now]
    samples = xr.Dataset({"flow": ("sample", flow)}, coords={
        "sample": list("abcd"), "district": ("sample", ["a"] * 4), "site": ("sample", ["s"] * 4),
        "time": ("sample", np.array(["2021-01-05", "2021-02-05", "2021-03-05", "2021-04-05"], "datetime64[ns]")),
    })  # fmt: skip
    policy = SimpleNamespace(areas=("district",), site_labels=lambda names: {n: n for n in names})
    found = _flow(SimpleNamespace(samples=samples, policy=policy), {"flow_factor": 2.0}, "2021-04")
    assert len(found) == rows
    closed = SimpleNamespace(areas=("city",), site_labels=policy.site_labels)
    assert _flow(SimpleNamespace(samples=samples, policy=closed), {"flow_factor": 2.0}, "2021-04") == []


def test_of_few_draws_no_certainty_is_read():
    assert chance(np.array([1.0] * 99)) == pytest.approx(99.5 / 100)
    assert chance(np.array([0.0] * 4)) == pytest.approx(0.5)


def test_the_table_says_its_month_and_what_users_rest_on():
    import wbe
    from wbe.testing import small_city

    estimate = wbe.estimate(small_city(months=4))
    loads_ = wbe.alerts(estimate, month="2021-03")
    assert loads_.attrs["month"] == "2021-03"
    assert not loads_["doubtful"].any()
    users = wbe.alerts(estimate, quantity="users")
    assert "use scenario" in users["statement_en"].iloc[0]
    assert "statement_en" not in loads_
