"""What the estimators decide at their edges: medians below the limit, limits as laboratories give them, ties."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wbe.censored import (
    Censored,
    choose,
    complete,
    detection_frequency,
    fit_intervals,
    impute,
    intervals,
    kaplan_meier,
    kendall,
    mle_lognormal,
    ros,
    sensitivity,
    summarise,
    turnbull,
    upper_bound,
)
from wbe.censored.choice import Summary
from wbe.censored.methods import distribution, innermost, lognormal, plotting_positions
from wbe.censored.normal import fit, fit_mean, log_likelihood, log_ndtr_between
from wbe.censored.pooled import prior_fit
from wbe.censored.trend import order_of
from wbe.errors import SchemaError, UncertaintyError
from wbe.messages import speaking
from wbe.samples import Flag, build

NAN, INF = float("nan"), float("inf")


def below(n, *values, limit=1.0):
    """``n`` results below one limit, and the detected values."""
    return Censored.from_flags([limit] * n + list(values), [True] * n + [False] * len(values))


# ---- limits as laboratories give them -------------------------------------------------------------------------------


def one_result(flag, value, lod, loq, uloq=500.0):
    sample = {"sample": ["s"], "time": ["2021-06-01"], "site": ["plant"], "district": ["D"]}
    row = {"sample": ["s"], "biomarker": "mdma", "lod": lod, "loq": loq, "uloq": uloq, "concentration": value}
    low, high = intervals(build(sample, pd.DataFrame({**row, "flag": [int(flag)]})))
    return [None if math.isnan(v) else v for v in (low.item(), high.item())]


@pytest.mark.parametrize(
    ("flag", "value", "lod", "loq", "interval"),
    [
        (Flag.DETECTED, 20.0, 1.0, 3.0, [20.0, 20.0]),
        # a number printed beside a non-detect is an invention of the laboratory: LOD/sqrt(2) is no limit
        (Flag.BELOW_LOD, 1.0 / math.sqrt(2), 1.0, 3.0, [0.0, 1.0]),
        (Flag.BELOW_LOD, 0.5, NAN, 3.0, [0.0, 3.0]),
        (Flag.BELOW_LOD, 0.5, NAN, NAN, [None, None]),
        (Flag.BELOW_LOQ, 2.2, 1.0, 3.0, [1.0, 3.0]),
        (Flag.BELOW_LOQ, 2.2, NAN, 3.0, [0.0, 3.0]),
        (Flag.BELOW_LOQ, 2.2, 3.0, 3.0, [0.0, 3.0]),
        (Flag.BELOW_LOQ, 2.2, 1.0, NAN, [None, None]),
        (Flag.ABOVE_ULOQ, 612.0, 1.0, 3.0, [500.0, INF]),
        (Flag.NOT_RUN, NAN, 1.0, 3.0, [None, None]),
    ],
)
def test_a_result_is_the_interval_between_its_own_limits(flag, value, lod, loq, interval):
    assert one_result(flag, value, lod, loq) == interval


def test_only_results_that_were_looked_for_count_as_without_a_limit():
    ids = [f"s{i}" for i in range(6)]
    sample = {"sample": ids, "time": ["2021-06-01"] * 6, "site": ["plant"] * 6, "district": ["D"] * 6}
    flags = [Flag.DETECTED, Flag.BELOW_LOD, Flag.BELOW_LOQ, Flag.ABOVE_ULOQ, Flag.NOT_RUN, Flag.MISSING]
    results = {"sample": ids, "biomarker": "mdma", "concentration": [5.0, NAN, NAN, 612.0, NAN, NAN]}
    data = Censored.from_samples(build(sample, pd.DataFrame({**results, "flag": [int(f) for f in flags]})), "mdma")
    assert (data.n, data.n_detected, data.without_limit) == (1, 1, 3)
    scaled = data.scaled(2.0)
    assert (scaled.values.tolist(), scaled.without_limit) == ([10.0], 3)


@pytest.mark.parametrize(
    ("lower", "upper", "problems"),
    [
        ([0.0, NAN], [1.0, 2.0], 1),
        ([0.0, 1.0], [1.0, NAN], 1),
        ([-1.0, 1.0], [1.0, 2.0], 1),
        ([1.0, INF], [1.0, INF], 1),
        ([1.0, 3.0], [1.0, 2.0], 1),
        ([1.0, 0.0], [1.0, 0.0], 1),
        ([-1.0, 3.0, 0.0], [1.0, 2.0, 0.0], 3),
    ],
)
def test_each_breach_is_found_though_all_other_results_are_in_order(lower, upper, problems):
    with pytest.raises(SchemaError, check=lambda e: len(e.problems) == problems):
        Censored(lower, upper)


def test_results_come_in_one_equal_row():
    for lower, upper in (([1.0], [1.0, 2.0]), ([[1.0]], [[1.0]])):
        with pytest.raises(SchemaError, match="one equal dimension"):
            Censored(lower, upper)
    data = Censored([1.0, 0.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        data.lower[0] = 5.0


# ---- Kaplan-Meier and Turnbull --------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [5, 6, 7, 8, 9])
def test_a_median_below_everything_detected_is_no_number(n):
    data = below(n, *[4.0, 5.0, 6.0, 7.0, 8.0][: 10 - n])
    found = kaplan_meier(data)
    assert distribution(data)[2] == pytest.approx(n / 10)
    assert math.isnan(found.median)
    assert f"{n * 10}% of the distribution lies below" in found.note
    assert "the median is below 4" in found.note
    assert math.isnan(turnbull(data).median) or n == 5


def test_a_median_among_the_detected_values_is_the_first_to_reach_one_half():
    assert kaplan_meier(below(4, 3.0, 5.0, 6.0, 7.0, 8.0, 9.0)).median == 3.0
    assert kaplan_meier(below(2, 3.0, 5.0, 6.0, 7.0, 8.0, 9.0)).median == 5.0
    assert "the median" not in kaplan_meier(below(4, 3.0, 5.0, 6.0, 7.0, 8.0, 9.0)).note


def test_kaplan_meier_by_hand_with_two_limits():
    # <10 <10 | 3, 7, 12, 20 and <3: at 20 keep 6/7, at 12 keep 5/6 of it, at 7 (risk 3) 2/3 of it, at 3 (risk 2) 1/2
    data = Censored.from_flags([10, 10, 3, 3, 7, 12, 20], [True, True, True, False, False, False, False])
    values, mass, residual = distribution(data)
    assert values.tolist() == [3.0, 7.0, 12.0, 20.0]
    assert mass == pytest.approx([5 / 21, 5 / 21, 1 / 7, 1 / 7])
    assert residual == pytest.approx(5 / 21)
    found = kaplan_meier(data)
    assert found.mean == pytest.approx((3 * 10 + 7 * 5 + 12 * 3 + 20 * 3) / 21)
    spread = np.array([10, 5, 3, 3]) / 21 @ (np.array([3, 7, 12, 20.0]) - found.mean) ** 2
    assert found.sd == pytest.approx(math.sqrt(spread))


def test_one_detected_value_has_a_mean_and_no_error_of_it():
    found = kaplan_meier(below(2, 4.0))
    assert (found.mean, found.sd) == (4.0, 0.0)
    assert math.isnan(found.se)


def test_turnbull_by_hand_places_its_mass_where_it_says():
    data = Censored([0.0, 1.0, 1.0, 5.0, 9.0], [1.0, 3.0, 3.0, 5.0, INF])
    left, right, mass = innermost(data)
    assert left.tolist() == [0.0, 1.0, 5.0, 9.0]
    assert right.tolist() == [1.0, 3.0, 5.0, INF]
    assert mass == pytest.approx([0.2, 0.4, 0.2, 0.2])
    found = turnbull(data)
    place = np.array([1.0, 2.0, 5.0, 9.0])
    assert found.mean == pytest.approx(mass @ place)
    assert found.sd == pytest.approx(math.sqrt(mass @ (place - mass @ place) ** 2))
    assert found.median == 2.0
    assert "lower bound" in found.note


def test_a_value_at_the_open_end_of_an_interval_is_not_in_it():
    left, right, mass = innermost(Censored([0.0, 3.0], [3.0, 3.0]))
    assert (left.tolist(), right.tolist(), mass.tolist()) == ([0.0, 3.0], [3.0, 3.0], [0.5, 0.5])
    assert math.isnan(turnbull(below(3, 4.0, 5.0)).median)
    assert "the median is below 1" in turnbull(below(3, 4.0, 5.0)).note


@pytest.mark.parametrize("method", [kaplan_meier, turnbull, ros, mle_lognormal, complete])
def test_an_estimator_without_detected_values_answers_nothing(method):
    with pytest.raises(UncertaintyError, match="detected value"):
        method(below(3))


def test_complete_data_have_no_spread_of_one():
    assert math.isnan(complete(Censored([2.0], [2.0])).sd)
    with pytest.raises(UncertaintyError, match="0 censored of 0"):
        complete(Censored([], []))
    with pytest.raises(UncertaintyError, match="1 censored of 2"):
        complete(below(1, 2.0))


def test_regression_leaves_out_limits_above_everything_and_says_so():
    data = Censored.from_flags([50, 1, 2, 4, 8], [True, True, False, False, False])
    found, without = ros(data), ros(Censored(data.lower[1:], data.upper[1:]))
    assert (found.mean, found.median) == (without.mean, without.median)
    assert "1 limit(s) above every detected value left out" in found.note
    at_top = ros(Censored.from_flags([8, 1, 2, 4, 8], [True, True, False, False, False]))
    assert at_top.note == ""
    assert ros(below(1, 4.0, 5.0)).sd > 0
    with pytest.raises(UncertaintyError, match="got 1 different"):
        ros(below(1, 4.0, 4.0))


def test_plotting_positions_by_hand_with_a_value_at_its_limit():
    # limits 1, 1, 5; values 1 (at the limit: not below it), 3, 5, 9: exceed(5) = 2/(2 + 5), exceed(1) = 2/7 + 2/4 * 5/7
    p, q = plotting_positions(np.array([1.0, 3.0, 5.0, 9.0]), np.array([1.0, 1.0, 5.0]))
    assert p == pytest.approx([5 / 14 + 5 / 42, 5 / 14 + 10 / 42, 5 / 7 + 2 / 21, 5 / 7 + 4 / 21])
    assert q == pytest.approx([5 / 42, 10 / 42, 5 / 14])


# ---- the log-normal -------------------------------------------------------------------------------------------------

KINDS = (
    np.array([0.0, 0.0, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 20.0, 15.0]),
    np.array([1.0, 2.5, 2.0, 6.0, 2.0, 3.0, 5.0, 8.0, INF, INF]),
)


def test_the_errors_of_a_fit_are_those_of_the_curvature_of_its_likelihood():
    mu, sigma, covariance = fit(*KINDS)
    h = 1e-4

    def value(i, j):
        return log_likelihood(*KINDS, mu + i * h, sigma + j * h)

    second = np.array([
        [value(1, 0) - 2 * value(0, 0) + value(-1, 0), (value(1, 1) - value(1, -1) - value(-1, 1) + value(-1, -1)) / 4],
        [0.0, value(0, 1) - 2 * value(0, 0) + value(0, -1)],
    ])  # fmt: skip
    second[1, 0] = second[0, 1]
    assert covariance == pytest.approx(np.linalg.inv(-second / h**2), rel=1e-3)
    assert value(1, 0) == pytest.approx(value(-1, 0), abs=1e-7)
    assert value(0, 1) == pytest.approx(value(0, -1), abs=1e-7)


@settings(max_examples=30, deadline=None)
@given(st.floats(-3, 5), st.floats(0.2, 2.5), st.integers(0, 1000))
def test_a_fit_takes_few_steps_from_any_start_and_unit(mu, sigma, seed):
    rng = np.random.default_rng(seed)
    x = np.exp(mu + sigma * rng.normal(size=40))
    limit = np.exp(mu + sigma * rng.uniform(-1, 0.5, 40))
    low, high = np.where(x < limit, 0.0, x), np.where(x < limit, limit, x)
    few, many = fit(low, high, steps=25), fit(low, high)
    assert few[:2] == pytest.approx(many[:2], rel=1e-9)


def test_log_probabilities_between_two_ends_keep_their_digits():
    a, b = np.array([-1.0, 0.5, -9.0, 8.0, -INF, -0.1]), np.array([1.0, 0.6, -8.9, INF, 0.3, 0.1])
    exact = [
        math.log(stats.norm.cdf(y) - stats.norm.cdf(x)) if y < 5 else stats.norm.logsf(x)
        for x, y in zip(a, b, strict=True)
    ]
    exact[2] = stats.norm.logcdf(-8.9) + math.log1p(-math.exp(stats.norm.logcdf(-9.0) - stats.norm.logcdf(-8.9)))
    assert log_ndtr_between(a, b) == pytest.approx(exact, rel=1e-9)


def test_the_mean_alone_under_a_held_spread():
    # no limit: the mean of the logs, whatever the spread
    x = np.array([1.0, 3.0, 7.0])
    assert fit_mean(x, x, 0.7) == pytest.approx(np.log(x).mean())
    mu = fit_mean(*KINDS, 1.2)
    best = log_likelihood(*KINDS, mu, 1.2)
    assert all(log_likelihood(*KINDS, mu + d, 1.2) < best for d in (-1e-3, 1e-3))
    with pytest.raises(UncertaintyError, match="non-detects only"):
        fit_mean(np.zeros(2), np.ones(2), 1.0)


def test_the_prior_is_placed_by_the_share_detected_against_the_limits():
    # Jeffreys: (0 + 1/2)/(n + 1) detected; geometric mean of the limits
    mu, sigma = prior_fit(Censored([0.0, 0.0, 0.0], [1.0, 4.0, 16.0]), 1.5)
    assert (mu, sigma) == (pytest.approx(math.log(4.0) + 1.5 * stats.norm.ppf(0.5 / 4)), 1.5)
    half_open = Censored([2.0, 0.0], [5.0, 1.0])
    assert prior_fit(half_open, 1.5)[0] == pytest.approx(fit_mean(half_open.lower, half_open.upper, 1.5))
    with pytest.raises(UncertaintyError, match="no results"):
        prior_fit(Censored([], []), 1.5)


def test_a_pooled_fit_says_how_far_the_mean_moves_between_the_ends_of_its_prior():
    data = Censored([1.0, 2.0, 0.0], [1.0, 2.0, 1.0])
    means = [math.exp(prior_fit(data, s)[0] + s * s / 2) for s in (0.75, 2.5)]
    how = fit_intervals(data).how
    assert how.startswith("prior: 2 of 3 detected")
    assert f"moves {max(means) / min(means):.3g}-fold between log-sd 0.75 and 2.5" in how
    assert fit_intervals(Censored([2.0] * 3, [2.0] * 3)).how.startswith("prior: 3 of 3")
    assert fit_intervals(Censored([1.0, 2.0, 4.0], [1.0, 2.0, 4.0])).how == "maximum likelihood: 3 of 3 detected"


def test_moments_of_a_log_normal_are_its_closed_forms():
    found = lognormal("stated", 0.5, 0.8)
    theirs = stats.lognorm(0.8, scale=math.exp(0.5))
    assert (found.median, found.mean, found.sd) == pytest.approx((theirs.median(), theirs.mean(), theirs.std()))


def test_draws_in_the_middle_of_the_line_are_symmetric():
    # a + b = 0: the middle of [-c, c] is the median
    assert np.log(impute([math.exp(-2)], [math.exp(2)], 0.0, 1.0, [[0.5]]))[0, 0] == pytest.approx(0.0, abs=1e-12)
    ends = impute([1.0] * 2, [5.0] * 2, 0.0, 1.0, [[0.0, 1.0]])[0]
    assert ends == pytest.approx([1.0, 5.0])
    with pytest.raises(UncertaintyError, match="positive"):
        impute([1.0, 1.0], [5.0, 5.0], 0.0, [1.0, -1.0], [[0.1, 0.1]])


# ---- which method ---------------------------------------------------------------------------------------------------


def with_share(n_below, n, spread=True):
    values = [2.0 + (i if spread else 0) for i in range(n - n_below)]
    return below(n_below, *values)


@pytest.mark.parametrize(
    ("n_below", "n", "method"),
    [
        (0, 4, "complete"),
        (1, 4, "kaplan_meier"),
        (4, 10, "kaplan_meier"),
        (5, 10, "ros"),
        (7, 10, "ros"),
        (8, 11, "ros"),
        (12, 15, "detection_frequency"),
        (25, 50, "ros"),
        (26, 51, "mle_lognormal"),
        (8, 10, "detection_frequency"),
        (3, 3, "detection_frequency"),
    ],
)
def test_the_method_follows_the_share_below_and_the_number(n_below, n, method):
    assert choose(with_share(n_below, n)) == method
    assert summarise(with_share(n_below, n)).method == method


def test_equal_values_carry_no_spread_and_intervals_go_to_turnbull_and_likelihood():
    assert choose(below(2, 4.0, 4.0, 4.0)) == "detection_frequency"
    assert choose(Censored([0.0, 1.0, 3.0, 4.0, 5.0], [1.0, 2.0, 3.0, 4.0, 5.0])) == "turnbull"
    assert choose(Censored([0.0, 0.0, 0.0, 3.0, 4.0, 5.0, 9.0], [1.0, 1.0, 1.0, 3.0, 4.0, 5.0, INF])) == "mle_lognormal"
    assert choose(Censored([], [])) == "detection_frequency"


def test_a_summary_says_why_it_prints_no_mean_or_what_bounds_it():
    few = summarise(below(8, 2.0, 3.0))
    assert (few.method, few.bound) == ("detection_frequency", None)
    assert "too little was detected (2 of 10)" in few.note
    none = summarise(below(5))
    assert none.bound == upper_bound([1.0] * 5)
    assert none.note == none.bound.statement
    above = summarise(Censored([9.0, 9.0], [INF, INF]))
    assert above.bound is None
    assert "too little was detected (0 of 2)" in above.note
    asked = summarise(with_share(1, 10), "detection_frequency")
    assert math.isnan(asked.mean)
    with pytest.raises(UncertaintyError, match="no results"):
        summarise(Censored([], []))


def test_a_summary_without_movement_does_not_speak_of_it():
    said = Summary("ros", 4, 1, 0.25, 1.0, 1.0, 1.0, detection_frequency(3, 4), NAN, NAN, NAN).statement()
    assert said == "ros, 25% of 4 result(s) below or above a limit"


def test_the_table_of_methods_by_hand():
    data = Censored.from_flags([2.0, 4.0, 6.0, 10.0], [True, False, False, False])
    table = sensitivity(data).set_index("approach")
    assert table.loc["lower limits", ["median", "mean"]].tolist() == [5.0, 5.0]
    assert table.loc["upper limits", ["median", "mean"]].tolist() == [5.0, 5.5]
    assert table.loc["half", "mean"] == pytest.approx(21 / 4)
    assert table.loc["half", "sd"] == pytest.approx(np.std([1, 4, 6, 10], ddof=1))
    assert set(table.loc[table["kind"] == "estimator"].index) == {"kaplan_meier", "ros", "mle_lognormal"}
    assert (table["times_smallest"] == table["mean"] / table["mean"].min()).all()
    skewed = sensitivity(below(3, 1.5, 2.0, 30.0)).set_index("approach")
    assert skewed.loc["upper limits", "median"] == 1.25
    plain = sensitivity(Censored([1.0, 3.0], [1.0, 3.0]))
    assert plain[["approach", "times_smallest", "chosen"]].values.tolist() == [["complete", 1.0, True]]
    assert len(sensitivity(Censored([], []))) == 0
    upper = sensitivity(Censored([0.0, 2.0, 3.0, 4.0, 9.0], [1.0, 2.0, 3.0, 4.0, INF]))
    assert "upper limits" not in set(upper["approach"])
    assert "ros" not in set(upper["approach"])


# ---- bounds and frequencies -----------------------------------------------------------------------------------------


def test_a_bound_takes_the_smallest_limit_that_enough_samples_support():
    found = upper_bound([9.0, 5.0, 1.0, 2.0, 3.0, 4.0])
    assert (found.value, found.level, found.n) == (5.0, 1 - 0.5**5, 6)
    assert upper_bound([3.0, 1.0, 2.0], 0.75).value == 2.0
    assert upper_bound([3.0, 1.0, 2.0], 0.5).value == 1.0
    assert upper_bound([1.0] * 4).level == 1 - 0.5**4
    for limits in ([], [0.0, 1.0], [1.0, NAN], [1.0, INF]):
        with pytest.raises(UncertaintyError, match="limits: got"):
            upper_bound(limits)
    for wrong in (0.0, -0.5):
        with pytest.raises(UncertaintyError, match="log_sd"):
            upper_bound([1.0], log_sd=wrong)
    for level in (0.0, 1.0):
        with pytest.raises(UncertaintyError, match="level"):
            upper_bound([1.0], level)


def test_a_bound_under_a_spread_meets_its_level_with_limits_that_differ():
    found = upper_bound([1.0, 3.0, 8.0], 0.9, log_sd=0.7)
    nothing = np.prod(stats.norm.cdf((np.log([1.0, 3.0, 8.0]) - math.log(found.value)) / 0.7))
    assert nothing == pytest.approx(0.1, rel=1e-9)
    assert (found.level, found.asked, found.n) == (0.9, 0.9, 3)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (1, 10), (8, 10), (10, 10), (1, 1)])
def test_frequencies_are_the_textbook_intervals_and_reach_the_ends(k, n):
    found = detection_frequency(k, n)
    jeffreys = stats.beta.ppf([0.025, 0.975], k + 0.5, n - k + 0.5)
    wilson = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert found.jeffreys == pytest.approx((0.0 if k == 0 else jeffreys[0], 1.0 if k == n else jeffreys[1]))
    assert found.wilson == pytest.approx((wilson.low, wilson.high), abs=1e-9)
    assert found.share == k / n
    for wrong in ((-1, 3), (1, 0), (0, 0)):
        with pytest.raises(UncertaintyError, match="0 <= k <= n"):
            detection_frequency(*wrong)


# ---- order and ties -------------------------------------------------------------------------------------------------


def test_an_order_is_sure_only_where_the_limits_make_it():
    low = np.array([0.0, 0.0, 5.0, 5.0, 7.0, 8.0])
    high = np.array([5.0, 8.0, 5.0, 5.0, 7.0, INF])
    order = order_of(low, high)
    assert order[0].tolist() == [0, 0, -1, -1, -1, -1]  # [0, 5) ends below 5
    assert order[1].tolist() == [0, 0, 0, 0, 0, -1]
    assert order[2].tolist() == [1, 0, 0, 0, -1, -1]  # two equal values are a tie
    assert (order == -order.T).all()


def test_censored_months_are_ties_and_leave_the_detected_ones_to_decide():
    # three months below 5, then three detected: among themselves the censored tell nothing
    line = kendall(np.arange(6), Censored.from_flags([5, 5, 5, 6, 7, 8], [True] * 3 + [False] * 3))
    assert (line.s, line.tau) == (12, pytest.approx(12 / 15))
    # limits that fall and rise again order nothing; detected values inside their range neither
    open_ = kendall(np.arange(4), Censored.from_flags([9, 2, 9, 2], [True, False, True, False]))
    assert open_.s == 0
    assert open_.p == 1.0


def test_the_exact_p_counts_every_order_up_to_eight_and_ties_within_it():
    y = Censored.from_flags([5, 5, 6, 7, 8, 9, 10, 11], [True] * 2 + [False] * 6)
    line = kendall(np.arange(8), y)
    order = order_of(y.lower, y.upper)
    every = [
        sum(order[p[j], p[i]] for i, j in itertools.combinations(range(8), 2)) for p in itertools.permutations(range(8))
    ]
    assert line.p_kind == "exact"
    assert line.p == pytest.approx(np.mean(np.abs(every) >= abs(line.s)))
    assert kendall(np.arange(9), Censored(np.arange(1.0, 10), np.arange(1.0, 10))).p_kind == "normal"


def test_seasons_are_compared_within_themselves_only():
    y = np.array([1.0, 10.0, 2.0, 9.0, 3.0, 8.0])
    line = kendall(np.arange(6), Censored(y, y), group=["a", "b"] * 3)
    assert (line.s, line.tau, line.p_kind) == (0, 0.0, "normal")
    up = kendall(np.arange(6), Censored(y, y), group=["a", "b", "a", "a", "a", "b"])
    assert up.s == 5 - 1 - 1  # 1 2 9 3: five pairs up, one down; 10 8: one down


def test_a_line_needs_three_results_at_two_times():
    three = Censored([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    with pytest.raises(UncertaintyError, match="3 result"):
        kendall([1, 1, 1], three)
    with pytest.raises(SchemaError, match="no NaN"):
        kendall([1, 2, NAN], three)
    line = kendall([1, 1, 2], three)
    assert (line.n, line.s) == (3, 2)
    assert kendall([0, 1, 2], three).intercept == pytest.approx(1.0)


def test_what_is_noted_is_said_in_chinese_too_and_kept_by_code():
    found = summarise(Censored([0.0, 0.0], [1.0, 2.0], without_limit=1))
    assert found.note_codes == "censored-bound-weak censored-without-limit"
    with speaking("zh"):
        assert found.note == (
            "2 个均未检出；中位数低于 2，但置信度仅为 75%（5 个样品方可达到 95%）；1 个没有限值的未检出结果未计入"
        )
        assert fit_intervals(Censored([0.0], [1.0])).how.startswith("先验：1 个中检出 0 个")
