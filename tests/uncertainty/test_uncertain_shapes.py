"""Every distribution is what it says at its edges, against scipy.stats or a closed form; what cannot be is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from wbe.errors import UncertaintyError
from wbe.uncertainty import (
    Beta,
    Distribution,
    Empirical,
    LogNormal,
    Mixture,
    Shares,
    Triangular,
    TruncatedNormal,
    Uniform,
    fraction,
)
from wbe.uncertainty.moments import moment

P = np.array([1e-6, 0.01, 0.2, 0.5, 0.77, 0.999, 1 - 1e-6])
TWINS = [
    (LogNormal(3.0, cv=0.4), stats.lognorm(math.sqrt(math.log(1.16)), scale=3.0)),
    (TruncatedNormal(1.0, 0.7), stats.truncnorm(-1 / 0.7, np.inf, loc=1.0, scale=0.7)),
    (Beta(a=2.0, b=5.0), stats.beta(2, 5)),
    (Beta(mean=0.2, sd=0.1), stats.beta(3, 12)),
    (Triangular(1.0, 2.0, 4.0), stats.triang(1 / 3, loc=1, scale=3)),
    (Triangular(1.0, 1.0, 4.0), stats.triang(0, loc=1, scale=3)),
    (Triangular(1.0, 4.0, 4.0), stats.triang(1, loc=1, scale=3)),
    (Uniform(0.5, 2.0), stats.uniform(0.5, 1.5)),
]


@pytest.mark.parametrize(("ours", "theirs"), TWINS, ids=[repr(d) for d, _ in TWINS])
def test_a_distribution_is_that_of_scipy(ours, theirs):
    x = theirs.ppf(P)
    assert ours.quantile(P) == pytest.approx(x, rel=1e-9)
    assert ours.cdf(x) == pytest.approx(P, rel=1e-9)
    assert (ours.mean(), ours.sd()) == pytest.approx((theirs.mean(), theirs.std()), rel=1e-9)
    assert ours.median() == pytest.approx(theirs.median(), rel=1e-12)
    beyond = np.array([1e-9, 1e9])
    assert ours.cdf(beyond) == pytest.approx(theirs.cdf(beyond), abs=1e-6)
    assert 0 <= ours.cdf(beyond).min() <= ours.cdf(beyond).max() <= 1


@pytest.mark.parametrize(("ours", "theirs"), TWINS, ids=[repr(d) for d, _ in TWINS])
def test_moments_of_the_logarithm_are_those_of_integration_over_the_quantiles(ours, theirs):
    def log(p):
        return math.log(theirs.ppf(p) / theirs.median())

    mean = integrate.quad(log, 0, 1, limit=400)[0]
    square = integrate.quad(lambda p: log(p) ** 2, 0, 1, limit=400)[0]
    assert ours.log_moments() == pytest.approx((mean, math.sqrt(square - mean**2)), rel=2e-3, abs=2e-4)


@given(st.floats(0.01, 100), st.floats(1.01, 50), st.sampled_from([0.5, 0.8, 0.95]))
def test_a_stated_interval_is_the_central_one(low, times, level):
    d = LogNormal.from_interval(low, low * times, level)
    assert d.quantile(np.array([0.5 - level / 2, 0.5 + level / 2])) == pytest.approx([low, low * times], rel=1e-9)


def test_a_mixture_has_the_mean_and_spread_of_its_parts_and_its_gap():
    d = Mixture(((0.25, Uniform(1.0, 2.0)), (0.75, Uniform(3.0, 4.0))))
    assert d.mean() == pytest.approx(0.25 * 1.5 + 0.75 * 3.5)
    assert d.sd() == pytest.approx(math.sqrt(1 / 12 + 0.25 * 0.75 * 4))
    assert d.cdf(np.array([1.5, 2.5, 3.5])) == pytest.approx([0.125, 0.25, 0.625])
    assert d.quantile(np.array([0.125, 0.26, 0.625])) == pytest.approx([1.5, 3 + 0.01 / 0.75, 3.5])


def test_draws_are_met_at_their_own_positions_and_nothing_lies_beyond_them():
    x = np.arange(1.0, 21.0)
    d = Empirical(x[::-1])
    assert d.quantile((np.arange(20) + 0.5) / 20) == pytest.approx(x)
    assert d.quantile(np.array([0.0, 1.0])) == pytest.approx([1.0, 20.0])
    assert d.cdf(np.array([0.5, 0.999, 20.0, 25.0])).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert (d.mean(), d.sd()) == (10.5, pytest.approx(x.std()))
    assert d.median() == pytest.approx(math.sqrt(10 * 11))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LogNormal(1.0, gsd=1.0), "gsd"),
        (lambda: LogNormal(1.0, gsd=float("inf")), "gsd"),
        (lambda: LogNormal(1.0), "one of cv"),
        (lambda: LogNormal.from_mean(0.0, 0.3), "mean"),
        (lambda: LogNormal.from_interval(2.0, 2.0), "interval"),
        (lambda: LogNormal.from_interval(2.0, 1.0), "interval"),
        (lambda: LogNormal.from_interval(1.0, 2.0, 1.0), "level 1.0"),
        (lambda: LogNormal.from_interval(1.0, 2.0, 0.0), "level 0.0"),
        (lambda: TruncatedNormal(0.0, 1.0), "mean"),
        (lambda: TruncatedNormal(1.0, 0.0), "sd"),
        (lambda: Beta(mean=1.0, sd=0.1), "fraction"),
        (lambda: Beta(mean=0.5, sd=0.5), "too wide"),
        (lambda: Beta(mean=0.5, sd=0.1, a=2.0), "give either"),
        (lambda: Beta(a=2.0), "give either"),
        (lambda: Beta(a=2.0, b=0.0), "b = 0"),
        (lambda: Triangular(2.0, 2.0, 2.0), "low"),
        (lambda: Triangular(-1.0, 2.0, 3.0), "low"),
        (lambda: Triangular(1.0, 3.5, 3.0), "low"),
        (lambda: Uniform(2.0, 2.0), "low"),
        (lambda: Uniform(2.0, float("nan")), "high"),
        (lambda: Mixture(((0.5, Uniform(1, 2)), (0.6, Uniform(1, 2)))), "1.1"),
        (lambda: Mixture(((1.5, Uniform(1, 2)), (-0.5, Uniform(1, 2)))), "weight"),
        (lambda: Mixture(((1.0, 3.0),)), "not a Distribution"),
        (lambda: Empirical(np.arange(1.0, 20.0)), "19"),
        (lambda: Empirical(np.arange(0.0, 30.0)), "above 0"),
        (lambda: Empirical([*range(1, 30), float("inf")]), "finite"),
        (lambda: Shares({}, 10), "above 0"),
        (lambda: Shares({"a": 0.0, "b": 0.5}, 10), "above 0"),
        (lambda: Shares({"a": float("nan"), "b": 0.5}, 10), "above 0"),
        (lambda: Shares({"a": 0.5}, 0.0), "concentration"),
        (lambda: Shares({"a": 0.5}, float("inf")), "concentration"),
        (lambda: Shares({"a": 0.5}, 10).marginal("b"), "'b'"),
    ],
)
def test_what_cannot_be_is_refused_at_the_very_edge(make, message):
    with pytest.raises(UncertaintyError, match=message):
        make()


def test_what_can_just_be_is_accepted():
    assert Uniform(0.0, 1.0).quantile(0.5) == 0.5
    assert Triangular(0.0, 0.0, 1.0).mean() == pytest.approx(1 / 3)
    assert Empirical(np.arange(1.0, 21.0)).draws.size == 20
    assert Beta(mean=0.5, sd=0.499999).a > 0
    assert Shares({"a": 0.4, "b": 0.6}, 5.0).marginal("a") == Beta(a=2.0, b=3.0)
    assert Mixture(((1.0, Uniform(1, 2)),)).quantile(0.25) == pytest.approx(1.25)
    assert [d.log_normal for d in (LogNormal(2.0, cv=0.1), Uniform(1, 2))] == [True, False]


def test_a_distribution_without_a_law_of_its_own_says_so():
    for ask in (Distribution().cdf, Distribution().quantile):
        with pytest.raises(TypeError, match="Distribution has no"):
            ask(0.5)


def test_shares_that_fill_the_whole_sum_to_it_exactly_and_keep_their_margins():
    shares = Shares({"smoked": 0.5, "oral": 0.3, "injected": 0.2}, concentration=20.0)
    d = shares.draws(40_000, seed=3, name="routes")
    assert d.sum(axis=1) == pytest.approx(np.ones(len(d)), abs=1e-12)
    for k, m in enumerate((0.5, 0.3, 0.2)):
        assert d[:, k].mean() == pytest.approx(m, abs=0.003)
        assert d[:, k].std() == pytest.approx(math.sqrt(m * (1 - m) / 21), rel=0.03)
    assert np.corrcoef(d[:, 0], d[:, 1])[0, 1] == pytest.approx(-math.sqrt(0.5 * 0.3 / (0.5 * 0.7)), abs=0.02)
    assert np.array_equal(d, shares.draws(40_000, seed=3, name="routes"))
    assert not np.array_equal(d, shares.draws(40_000, seed=3, name="routes", key=("site",)))


def test_moments_are_closed_forms_and_endless_where_they_do_not_exist():
    assert moment(LogNormal(2.0, cv=0.5), -1.0) == pytest.approx(math.exp(math.log(1.25) / 2) / 2)
    assert moment(Uniform(1.0, 3.0), -1.0) == pytest.approx(math.log(3) / 2, rel=1e-6)
    two = Mixture(((0.3, Uniform(1.0, 3.0)), (0.7, LogNormal(2.0, cv=0.5))))
    assert moment(two, 2.0) == pytest.approx(0.3 * 13 / 3 + 0.7 * 4 * 1.25**2, rel=1e-6)
    assert moment(Uniform(0.0, 1.0), -1.0) == math.inf
    assert moment(Beta(a=3.0, b=2.0), -1.0) == pytest.approx(4 / 2, rel=1e-4)


def test_a_fraction_may_lie_above_one_once_in_a_thousand_and_not_more():
    below, above = Uniform(0.5, 1.0004), Uniform(0.5, 1.0006)
    assert fraction(below, "excretion") is below
    with pytest.raises(UncertaintyError, match=r"excretion: 0.12 %"):
        fraction(above, "excretion")
