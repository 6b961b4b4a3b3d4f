"""Rank tests for trends: exact where the sample is small."""

from __future__ import annotations

import itertools

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wbe.trends import benjamini_hochberg, mann_kendall, sen_slope, smallest_p

series = st.lists(st.integers(0, 9), min_size=3, max_size=20)


# Kendall 1975, table of the distribution of S: least two-sided p, and |S| that reaches 0.05
@pytest.mark.parametrize(("n", "p"), [(4, 0.0833), (5, 0.0167), (6, 0.0028)])
def test_the_smallest_possible_p_of_a_short_series(n, p):
    assert smallest_p(n) == pytest.approx(p, abs=5e-5)


@pytest.mark.parametrize(("n", "needed"), [(5, 10), (6, 13), (8, 18), (10, 23), (12, 30)])
def test_the_score_that_is_needed_for_five_percent(n, needed):
    rng = np.random.default_rng(n)
    seen = {}
    for _ in range(1500):
        result = mann_kendall(rng.permutation(n))
        seen[abs(result.s)] = result.p
    assert seen.get(needed, mann_kendall(range(n)).p) <= 0.05
    assert all(p > 0.05 for s, p in seen.items() if s < needed)


def test_four_months_can_never_be_significant():
    assert min(mann_kendall(order).p for order in itertools.permutations(range(4))) > 0.05


@pytest.mark.parametrize("values", [[1, 1, 2, 3, 3], [0, 0, 0, 5, 2, 5], [4, 4, 4, 4], [1, 2, 2, 1, 7, 7]])
def test_the_exact_p_with_ties_equals_all_permutations(values):
    s = abs(mann_kendall(values).s)
    scores = [abs(mann_kendall(order).s) for order in itertools.permutations(values)]
    assert mann_kendall(values).p == pytest.approx(np.mean([score >= s for score in scores]), abs=1e-12)


@given(series)
@settings(max_examples=40, deadline=None)
def test_score_variance_and_slope_agree_with_an_independent_program(values):
    other = pymannkendall.original_test(np.array(values, dtype=float))
    ours = mann_kendall(values)
    assert ours.s == pytest.approx(other.s)
    assert ours.variance == pytest.approx(other.var_s)
    assert sen_slope(range(len(values)), values) == pytest.approx(other.slope)


def test_a_long_series_uses_the_normal_form():
    values = np.random.default_rng(3).integers(0, 40, 200).astype(float)
    other = pymannkendall.original_test(values)
    ours = mann_kendall(values)
    assert (ours.z, ours.p, ours.tau) == pytest.approx((other.z, other.p, other.Tau))


@given(series)
@settings(max_examples=40, deadline=None)
def test_turning_time_round_turns_the_score_and_keeps_the_p(values):
    there, back = mann_kendall(values), mann_kendall(values[::-1])
    assert there.s == -back.s
    assert there.p == pytest.approx(back.p)


def test_pairs_across_blocks_do_not_count():
    # each method falls; the second reads higher, so that the whole seems to rise
    values, method = [3, 2, 1, 30, 20, 10], list("AAABBB")
    assert mann_kendall(values).s > 0
    assert mann_kendall(values, method).s == -6
    assert sen_slope(range(6), values, method) < 0


def test_q_values_are_those_of_benjamini_and_hochberg():
    # worked by hand: p x m / rank, made monotone from the largest down
    q = benjamini_hochberg(np.array([0.01, 0.04, np.nan, 0.03, 0.005]))
    assert q[[0, 1, 3, 4]] == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert np.isnan(q[2])
