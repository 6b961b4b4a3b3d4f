"""How often people use: closed forms against simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wbe.errors import UncertaintyError
from wbe.people import UseClass, active_in, active_share, daily_share, shapes
from wbe.people.frequency import mean_daily_amount
from wbe.uncertainty import LogNormal


@pytest.mark.parametrize(("a", "b"), [(0.6, 2.4), (2.0, 30.0), (5.0, 1.0)])
@pytest.mark.parametrize("days", [1, 30, 365])
def test_the_share_active_in_a_window_agrees_with_simulation(a, b, days):
    rng = np.random.default_rng(20210624)
    n = 200_000
    use = rng.binomial(days, rng.beta(a, b, n))
    seen = (use > 0).mean()
    assert active_share(a, b, days) == pytest.approx(seen, abs=4 * np.sqrt(0.25 / n))
    assert daily_share(a, b) * days == pytest.approx(use.mean(), abs=4 * use.std() / np.sqrt(n))


def test_users_over_the_day_month_and_year_agree_with_a_simulated_town():
    classes = (
        UseClass("often", 0.3, *shapes(18.0, 0.25), LogNormal(90.0, 0.1)),
        UseClass("seldom", 0.7, *shapes(2.0, 0.1), LogNormal(40.0, 0.1)),
    )
    rng = np.random.default_rng(7)
    n = 100_000
    often = rng.random(n) < 0.3
    chance = np.where(often, rng.beta(classes[0].a, classes[0].b, n), rng.beta(classes[1].a, classes[1].b, n))
    for days in (1, 30, 365):
        seen = (rng.binomial(days, chance) > 0).mean()
        assert active_in(classes, days) == pytest.approx(seen, abs=4 * np.sqrt(0.25 / n))
    grams = rng.binomial(30, chance) * np.where(often, 90.0, 40.0)
    expected = mean_daily_amount(classes, [90.0, 40.0])
    assert expected == pytest.approx(grams.mean() / 30, abs=4 * grams.std() / 30 / np.sqrt(n))


rates = st.tuples(st.floats(0.05, 20.0), st.floats(0.05, 20.0))


@given(rates, st.integers(1, 365))
def test_a_longer_window_never_holds_fewer_users(ab, days):
    a, b = ab
    assert active_share(a, b, 1) == pytest.approx(daily_share(a, b))
    assert 0 < active_share(a, b, days) <= active_share(a, b, days + 1) + 1e-12 <= 1 + 1e-12


@given(st.floats(0.1, 29.9), st.floats(0.01, 0.95))
def test_shapes_give_back_their_mean_and_correlation(mean, rho):
    a, b = shapes(mean, rho)
    assert 30 * daily_share(a, b) == pytest.approx(mean)
    assert 1 / (a + b + 1) == pytest.approx(rho)


def test_impossible_frequencies_are_refused_by_name():
    with pytest.raises(UncertaintyError, match="mean_days: got 31"):
        shapes(31, 0.2)
    with pytest.raises(UncertaintyError, match="rho: got 1"):
        shapes(3, 1)
    with pytest.raises(UncertaintyError, match="days: got 0"):
        active_share(1.0, 1.0, 0)
    with pytest.raises(UncertaintyError, match="needed positive shares with sum 1"):
        active_in([UseClass("a", 0.5, 1.0, 1.0, LogNormal(1.0, 0.1))], 30)
