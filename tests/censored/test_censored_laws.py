"""Laws that any estimator below the limit obeys."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize

from wbe.censored import Censored, complete, kaplan_meier, mle_lognormal, ros, summarise, turnbull
from wbe.censored.methods import innermost
from wbe.censored.normal import fit, log_likelihood

LAW = settings(max_examples=40, deadline=None)
ESTIMATORS = (kaplan_meier, ros, mle_lognormal, turnbull)


@st.composite
def cells(draw):
    """Left-censored cells with at least three different detected values."""
    n = draw(st.integers(5, 25))
    value = np.array(draw(st.lists(st.integers(1, 400), min_size=n, max_size=n)), dtype=float) / 4
    limit = np.array(draw(st.lists(st.sampled_from([0.0, 2.0, 5.0, 12.0]), min_size=n, max_size=n)))
    below = value < limit
    data = Censored.from_flags(np.where(below, limit, value), below)
    assume(np.unique(data.values).size >= 3)
    return data


@LAW
@given(cells(), st.sampled_from([1e-3, 0.5, 7.0, 1e4]))
def test_scaling_values_and_limits_scales_every_estimate(data, by):
    for estimate in ESTIMATORS:
        one, other = estimate(data), estimate(data.scaled(by))
        assert [other.median, other.mean, other.sd] == pytest.approx(
            [by * one.median, by * one.mean, by * one.sd], rel=1e-6, nan_ok=True
        )


@LAW
@given(cells(), st.randoms(use_true_random=False))
def test_the_order_of_the_results_does_not_matter(data, random):
    order = list(range(data.n))
    random.shuffle(order)
    mixed = Censored(data.lower[order], data.upper[order])
    for estimate in ESTIMATORS:
        one, other = estimate(data), estimate(mixed)
        assert [other.median, other.mean, other.sd] == pytest.approx(
            [one.median, one.mean, one.sd], rel=1e-9, nan_ok=True
        )


@LAW
@given(st.lists(st.floats(0.1, 1e3), min_size=3, max_size=20, unique=True))
def test_without_censoring_the_methods_are_the_plain_statistics(values):
    data = Censored(values, values)
    x = np.array(values)
    for estimate in (complete, kaplan_meier, ros):
        found = estimate(data)
        assert [found.median, found.mean, found.sd] == pytest.approx([np.median(x), x.mean(), x.std(ddof=1)])
    assert turnbull(data).mean == pytest.approx(x.mean())
    found = mle_lognormal(data)
    assert [found.mu, found.sigma] == pytest.approx([np.log(x).mean(), np.log(x).std()], rel=1e-6)
    assert summarise(data).method == "complete"


@LAW
@given(cells(), st.integers(0, 24), st.floats(1.05, 4.0))
def test_widening_an_interval_never_lowers_its_likelihood(data, which, by):
    k = which % data.n
    mu, sigma, _ = fit(data.lower, data.upper)
    at = np.array([k])
    if data.detected[k]:
        narrow = np.array([data.lower[k] / by]), np.array([data.upper[k] * by])
    else:
        narrow = data.lower[at], data.upper[at]
    wide = narrow[0] / by, narrow[1] * by
    assert log_likelihood(*wide, mu, sigma) >= log_likelihood(*narrow, mu, sigma)


@LAW
@given(cells())
def test_intervals_agree_with_kaplan_meier_where_both_apply(data):
    left, _, mass = innermost(data)
    found = kaplan_meier(data)
    smallest = data.values.min()
    tail = mass[left > smallest].sum()
    from wbe.censored.methods import distribution

    values, weights, _ = distribution(data)
    assert tail == pytest.approx(weights[values > smallest].sum(), abs=2e-4)
    assert turnbull(data).mean <= found.mean + 2e-3 * found.mean


@LAW
@given(cells())
def test_the_likelihood_is_highest_at_the_fit(data):
    mu, sigma, covariance = fit(data.lower, data.upper)
    best = log_likelihood(data.lower, data.upper, mu, sigma)
    for step in ((0.02, 0.0), (-0.02, 0.0), (0.0, 0.02), (0.0, -0.02)):
        assert log_likelihood(data.lower, data.upper, mu + step[0], sigma * (1 + step[1])) <= best + 1e-9
    assert np.all(np.linalg.eigvalsh(covariance) > 0)


def test_the_fit_finds_its_optimum_where_detected_values_nearly_agree_far_from_the_limits():
    # three values near 5 and fifty results below 1: checked against a general optimiser
    low = np.array([0.0] * 50 + [5, 5.0001, 5.0002])
    high = np.array([1.0] * 50 + [5, 5.0001, 5.0002])
    mu, sigma, _ = fit(low, high)
    best = optimize.minimize(
        lambda p: -log_likelihood(low, high, p[0], np.exp(p[1])), [0.0, 0.0], method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 5000},
    )  # fmt: skip
    assert [mu, sigma] == pytest.approx([best.x[0], np.exp(best.x[1])], rel=1e-5)


def test_kaplan_meier_with_one_limit_below_everything_detected_is_the_plain_mean_with_the_limit_filled():
    data = Censored.from_flags([1.0, 1.0, 4.0, 5.0, 9.0], [True, True, False, False, False])
    # what is left below goes to the lowest detected value, 4
    assert kaplan_meier(data).mean == pytest.approx((4 + 4 + 4 + 5 + 9) / 5)


def test_intervals_and_upper_limits_enter_the_likelihood():
    low = np.array([0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 20.0])
    high = np.array([1.0, 2.0, 2.0, 3.0, 5.0, 8.0, np.inf])
    found = mle_lognormal(Censored(low, high))
    ignoring = mle_lognormal(Censored(low[:-1], high[:-1]))
    assert found.mean > ignoring.mean
    table = summarise(Censored(low, high))
    assert table.method == "turnbull"
    assert "above the upper limit" in table.note
