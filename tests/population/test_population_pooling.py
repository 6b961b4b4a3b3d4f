"""Several head counts put together."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wbe.errors import InputError
from wbe.population import combine


def test_three_counts_that_agree_give_nearly_the_inverse_variance_answer():
    # worked by hand: log-sds from CV 10, 25 and 30 %, inverse-variance weights on logs: 298,669, se .08818, Q .611
    found = combine([300e3, 260e3, 350e3], [0.10, 0.25, 0.30])
    assert found.median == pytest.approx(298_669, rel=0.01)
    assert round(found.q, 3) == 0.611
    assert found.tau2 == 0.0
    assert found.p_conflict == pytest.approx(np.exp(-found.q / 2), rel=1e-12)  # chi-squared with 2 degrees
    # three methods cannot promise that they agree exactly, nor that none of them counts other people
    assert 0.08818 * 1.2 < found.se_log < 0.08818 * 2.2
    assert found.weights[0] > found.weights[1] > found.weights[2] > 0


def test_one_method_is_taken_as_it_is():
    found = combine([300e3], [0.2])
    assert (round(found.median), found.weights, found.at_odds) == (300_000, (1.0,), (0.0,))
    assert found.se_log == pytest.approx(np.sqrt(np.log(1.04)))
    assert (found.q, found.df, found.p_conflict, found.tau2) == (pytest.approx(0.0, abs=1e-20), 0, 1.0, 0.0)


def test_of_two_methods_that_disagree_nobody_can_tell_which_is_right_so_the_interval_reaches_both():
    calm = combine([300e3, 310e3], [0.05, 0.05])
    torn = combine([300e3, 900e3], [0.05, 0.05])
    assert torn.p_conflict < 1e-9
    assert calm.p_conflict > 0.5
    assert torn.se_log > 3 * calm.se_log
    assert torn.median * np.exp(-1.96 * torn.se_log) < 300e3
    assert torn.median * np.exp(1.96 * torn.se_log) > 900e3
    assert torn.at_odds[0] == pytest.approx(torn.at_odds[1])
    assert 0.4 < torn.at_odds[0] < 0.5
    # moments: tau2 = (x1 - x2)^2 / 2 - sd^2
    assert torn.tau2 == pytest.approx(np.log(3) ** 2 / 2 - np.log1p(0.05**2), rel=1e-9)


def test_a_method_in_conflict_with_the_others_is_left_aside_and_not_averaged_in():
    found = combine([300e3, 310e3, 290e3, 1.2e6], [0.15] * 4)
    assert found.median == pytest.approx(combine([300e3, 310e3, 290e3], [0.15] * 3).median, rel=0.02)
    assert found.at_odds[3] > 0.97
    assert max(found.at_odds[:3]) < 0.1
    assert found.weights[3] < 0.03
    mean = float(np.exp(np.mean(np.log([300e3, 310e3, 290e3, 1.2e6]))))
    assert found.median * np.exp(1.96 * found.se_log) < mean  # the average of all lies outside


def test_a_surer_method_is_believed_rather_than_one_that_is_unsure():
    found = combine([300e3, 700e3], [0.05, 0.55])
    assert found.median < 330e3
    assert found.weights[0] > 0.8


@pytest.mark.parametrize(
    ("n", "off", "least"), [(2, 0, 0.93), (2, 1, 0.84), (3, 0, 0.93), (3, 1, 0.93), (4, 0, 0.93), (4, 1, 0.93)]
)
def test_the_interval_covers_the_people_meant_whether_or_not_a_method_counts_others(n, off, least):
    rng = np.random.default_rng(20210624 + 10 * n + off)
    hits, runs = 0, 160
    for _ in range(runs):
        cv = rng.choice([0.10, 0.20, 0.25, 0.30, 0.55], n)
        error = np.sqrt(np.log1p(cv**2)) * rng.standard_normal(n) + 0.1 * rng.standard_normal(n)
        error[:off] += np.log(rng.choice([0.3, 0.5, 2.0, 3.0, 4.0]))
        found = combine(np.exp(error).tolist(), cv.tolist())
        hits += abs(np.log(found.median)) <= 1.96 * found.se_log
    assert hits / runs >= least - 2 * np.sqrt(0.05 / runs)


def test_two_fully_shared_errors_do_not_count_twice():
    alone = combine([300e3], [0.2]).se_log
    pair = combine([300e3, 300e3], [0.2, 0.2], correlation=0.99).se_log
    free = combine([300e3, 300e3], [0.2, 0.2]).se_log
    assert pair >= alone * 0.99
    assert alone / np.sqrt(2) <= free < pair


def test_more_methods_that_agree_are_surer():
    widths = [combine([300e3] * n, [0.3] * n).se_log for n in (2, 3, 5, 8)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > 0.3 / np.sqrt(8) * 0.95


counts = st.lists(st.tuples(st.floats(1e3, 1e7), st.floats(0.02, 0.9)), min_size=1, max_size=5)


@example([(1000.0, 0.25), (483811.0, 0.25)], 0.0, 0.5)  # two counts so far apart that no probability lies between
@settings(max_examples=40, deadline=None)
@given(counts, st.floats(0.0, 0.8), st.floats(0.01, 100.0))
def test_the_answer_scales_with_the_counts_and_lies_between_them_when_independent(pairs, rho, factor):
    x, cv = map(list, zip(*pairs, strict=True))
    one = combine(x, cv, rho)
    scaled = combine([factor * v for v in x], cv, rho)
    assert scaled.median == pytest.approx(factor * one.median, rel=1e-6)
    assert scaled.se_log == pytest.approx(one.se_log, rel=1e-5)
    assert sum(one.weights) == pytest.approx(1.0)
    free = combine(x, cv)
    assert min(x) * (1 - 1e-9) <= free.median <= max(x) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("x", "cv", "rho", "word"),
    [
        ([1e5, -1.0], [0.1, 0.1], 0.0, "estimates"),
        ([1e5, 2e5], [0.1, 0.0], 0.0, "no method is free of error"),
        ([1e5], [0.1, 0.2], 0.0, "one length"),
        ([1e5, 2e5], [0.1, 0.2], 1.0, "positive definite"),
        ([1e5, 2e5, 3e5], [0.1, 0.2, 0.2], -0.6, "positive definite"),
    ],
)
def test_an_impossible_combination_is_refused_by_name(x, cv, rho, word):
    with pytest.raises(InputError, match=word):
        combine(x, cv, rho)


def test_all_faults_of_a_combination_are_told_at_once():
    with pytest.raises(InputError) as caught:
        combine([0.0, float("nan")], [0.1, 0.0])
    assert caught.value.codes == ["population-estimates", "population-cvs"]
