"""Classical rank tests give what published examples give."""

from __future__ import annotations

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wbe.trends.classical import censored_kendall, pettitt, power_of_slope, seasonal_kendall, sen_interval
from wbe.trends.kendall import mann_kendall, sen_slope

# USEPA 2009, Statistical Analysis of Groundwater Monitoring Data (EPA 530/R-09-007), example 14-8: months of 1983-85
EPA_14 = [
    1.99, 2.01, 2.15, 2.10, 2.10, 2.17, 2.12, 2.17, 2.27, 2.12, 2.13, 2.23, 2.11, 2.13, 2.24, 2.15, 2.18, 2.26,
    2.19, 2.25, 2.31, 2.18, 2.24, 2.32, 2.16, 2.22, 2.28, 2.08, 2.13, 2.22, 2.05, 2.08, 2.19, 2.08, 2.16, 2.22,
]  # fmt: skip
# the same, example 17-6: sulfate [ppm] by year and month as year.month
WHEN = [89.6, 89.8, 90.1, 90.3, 90.6, 90.8, 91.1, 91.3, 91.6, 91.8, 92.1, 92.6, 93.1, 93.6, 94.1, 94.6, 95.1, 95.6,
        95.8, 96.1, 96.3, 96.6, 96.8]  # fmt: skip
SULFATE = [480, 450, 490, 520, 485, 510, 510, 530, 510, 560, 560, 540, 590, 550, 600, 700, 570, 610, 650, 620, 830, 720,
           590]  # fmt: skip
# Page 1955, as Pettitt 1979 (10.2307/2346729) uses them
PAGE = [
    -1.05, 0.96, 1.22, 0.58, -0.98, -0.03, -1.54, -0.71, -0.35, 0.66, 0.44, 0.91, -0.02, -1.42, 1.26, -1.02, -0.81,
    1.66, 1.05, 0.97, 2.14, 1.22, -0.24, 1.6, 0.72, -0.12, 0.44, 0.03, 0.66, 0.56, 1.37, 1.66, 0.1, 0.8, 1.29, 0.49,
    -0.07, 1.18, 3.29, 1.84,
]  # fmt: skip


def test_seasonal_kendall_of_epa_example_14_10():
    found = seasonal_kendall([1983, 1984, 1985] * 12, EPA_14, np.repeat(np.arange(12), 3))
    assert found.s == 35
    assert found.z == pytest.approx(5.1849514, abs=1e-7)
    assert found.slope == pytest.approx(0.06)
    assert (found.lower, found.upper) == pytest.approx((0.05786914, 0.07213086), abs=1e-8)
    assert (found.heterogeneity, found.df) == (pytest.approx(0.1071882, abs=1e-7), 11)
    assert found.p == pytest.approx(2.16e-7, rel=0.01)
    assert found.p_exact < found.p


def test_kendall_and_sen_of_epa_example_17_6():
    found = mann_kendall(SULFATE)
    assert found.z == pytest.approx(5.107322, abs=1e-6)
    assert found.tau == pytest.approx(0.7667984, abs=1e-7)
    assert sen_slope(WHEN, SULFATE) == pytest.approx(26.6666667)
    assert sen_interval(WHEN, SULFATE) == pytest.approx((20.0, 35.71182), abs=1e-5)


def test_pettitt_of_page():
    found = pettitt(PAGE)
    assert (found.k, found.at) == (232, 17)
    assert found.p == pytest.approx(0.0055, abs=0.004)
    assert pettitt([1.0, 1.0, 1.0]).p == 1.0
    assert pettitt([1.0]).at == 1


def test_a_long_series_has_pettitts_own_approximation():
    y = np.r_[np.zeros(40), np.ones(40)] + 0.1 * np.random.default_rng(1).standard_normal(80)
    found = pettitt(y)
    assert (found.k, found.at) == (1600, 40)
    assert found.p == pytest.approx(2 * np.exp(-6 * 1600**2 / (80**3 + 80**2)))


@pytest.mark.parametrize(("n", "power"), [(5, 0.06), (10, 0.13), (15, 0.34), (20, 0.68), (25, 0.93), (30, 1.00)])
def test_power_of_a_slope_of_envstats(n, power):
    assert power_of_slope(range(1, n + 1), 0.1) == pytest.approx(power, abs=0.005)
    assert power_of_slope(range(1, 11), 0.1) == pytest.approx(0.1265976, abs=1e-7)


@given(st.lists(st.integers(0, 9), min_size=24, max_size=48))
@settings(max_examples=25, deadline=None)
def test_seasonal_and_regional_scores_agree_with_an_independent_program(values):
    y = np.array(values[: len(values) // 12 * 12], dtype=float)
    year, month = np.divmod(np.arange(len(y)), 12)
    ours, other = seasonal_kendall(year, y, month), pymannkendall.seasonal_test(y, period=12)
    assert ours.s == pytest.approx(other.s)
    assert ours.variance == pytest.approx(other.var_s)
    assert ours.p == pytest.approx(other.p)
    assert ours.slope == pytest.approx(other.slope)
    regions = y.reshape(-1, 12)
    assert ours.s == pytest.approx(pymannkendall.regional_test(regions).s)


def test_without_limits_the_censored_test_is_the_plain_one():
    y = np.array([3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0, 6.0])
    found = censored_kendall(np.arange(8), y, np.zeros(8, dtype=bool))
    plain = mann_kendall(y)
    assert found.s == plain.s
    assert found.p == pytest.approx(plain.p, abs=0.02)
    assert found.slope == pytest.approx(sen_slope(range(8), y), abs=0.1)


def test_what_a_limit_leaves_open_orders_nothing():
    t = np.arange(4)
    # < 5, 3, < 2, 6: only 6 lies surely above the others; 3 and < 2 are in order; < 5 and 3, < 5 and < 2 are open
    found = censored_kendall(t, [5.0, 3.0, 2.0, 6.0], [True, False, True, False])
    assert found.s == 3 - 1
    assert found.tau == pytest.approx(2 / 6)
    # a number at the limit is above what lies below the limit
    assert censored_kendall([0, 1], [2.0, 2.0], [True, False]).s == 1
    assert censored_kendall([0, 1], [2.0, 2.0], [False, True]).s == -1
    assert censored_kendall([0, 1], [2.0, 2.0], [True, True]).s == 0


def test_twenty_months_below_and_four_far_above_are_a_trend():
    values, hidden = [5.0] * 20 + [400.0] * 4, [True] * 20 + [False] * 4
    found = censored_kendall(range(24), values, hidden)
    assert found.s == 80
    assert found.p < 0.002
    assert censored_kendall(range(70), [5.0] * 60 + [400.0] * 10, [True] * 60 + [False] * 10).p < 1e-6


def test_the_akritas_slope_leaves_no_trend_behind_and_is_near_the_truth():
    rng = np.random.default_rng(3)
    t = np.arange(40.0)
    y = 2 + 0.5 * t + rng.normal(0, 1, 40)
    hidden = y < 8
    found = censored_kendall(t, np.where(hidden, 8.0, y), hidden)
    assert found.slope == pytest.approx(0.5, abs=0.06)
    assert found.intercept == pytest.approx(2, abs=2.0)


def test_blocks_compare_only_their_own():
    values = [3.0, 2.0, 1.0, 30.0, 20.0, 10.0]
    label = list("AAABBB")
    assert censored_kendall(range(6), values, [False] * 6, label).s == -6
    assert censored_kendall(range(6), values, [False] * 6).s > 0


def test_too_few_pairs_have_no_interval():
    assert np.isnan(sen_interval([0, 1], [1.0, 2.0])).all()
    assert np.isnan(censored_kendall([1, 1], [1.0, 2.0], [False, False]).slope)
