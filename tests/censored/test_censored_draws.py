"""Draws, pooled fits, bounds and frequencies below the limit."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import wbe
from wbe.censored import (
    Censored,
    detection_frequency,
    fit_intervals,
    fit_pooled,
    impute,
    intervals,
    sensitivity,
    substitute,
    summarise,
    upper_bound,
)
from wbe.errors import SchemaError, UncertaintyError, UnknownName, WbeWarning
from wbe.samples import Flag, build
from wbe.testing import small_city


def four_states():
    """One biomarker in seven samples: every state once."""
    ids = [f"s{i}" for i in range(7)]
    sample = {"sample": ids, "time": ["2021-06-01"] * 7, "site": ["plant"] * 7, "district": ["天元区"] * 7}
    results = pd.DataFrame({
        "sample": ids, "biomarker": "ketamine", "lod": 1.0, "loq": 3.0, "uloq": 500.0,
        "concentration": [20.0, 2.2, np.nan, 612.0, np.nan, np.nan, np.nan],
        "flag": [int(f) for f in Flag],
    })  # fmt: skip
    return build(sample, results)


def test_the_four_states_become_four_intervals_and_absent_results_none():
    low, high = (a.values.ravel() for a in intervals(four_states()))
    assert low[:4].tolist() == [20.0, 1.0, 0.0, 500.0]
    assert high[:4].tolist() == [20.0, 3.0, 1.0, np.inf]
    assert np.isnan(low[4:]).all()
    assert np.isnan(high[4:]).all()


def test_a_non_detect_without_a_limit_is_counted_and_tells_nothing():
    ds = four_states()
    ds["lod"][2], ds["loq"][2] = np.nan, np.nan
    data = Censored.from_samples(ds, "ketamine")
    assert (data.n, data.without_limit) == (3, 1)
    assert "1 non-detect(s) without a limit left out" in summarise(data).note


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-8, 8), st.floats(0.05, 3), st.floats(-12, 12), st.floats(0.01, 6), st.floats(0, 1),
)  # fmt: skip
def test_draws_stay_inside_their_interval_and_rise_with_the_uniform(mu, sigma, log_low, width, u):
    low, high = np.exp(log_low), np.exp(log_low + width)
    x = impute([low] * 2, [high] * 2, mu, sigma, [[u, min(1.0, u + 0.1)]])[0]
    assert low <= x[0] <= x[1] <= high


def test_draws_follow_the_truncated_distribution():
    u = (np.arange(2000) + 0.5) / 2000
    for a, b in ((-np.inf, -0.5), (-1.0, 0.4), (0.3, 2.0), (1.0, np.inf)):
        low, high = np.exp(1.0 + 0.7 * a), np.exp(1.0 + 0.7 * b)
        x = impute([low], [high], 1.0, 0.7, u[:, None])[:, 0]
        assert np.log(x) == pytest.approx(stats.truncnorm.ppf(u, a, b, loc=1.0, scale=0.7), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("distance", [-60.0, -38.5, 38.5, 60.0])
def test_draws_in_the_far_tails_are_finite_and_hug_the_near_limit(distance):
    # in the tail the excess over the near limit is exponential with rate |distance|
    low, high = np.exp(distance), np.exp(distance + 1.0)
    x = np.log(impute([low], [high], 0.0, 1.0, [[0.5]]))[0, 0]
    near = distance + np.log(2) / distance if distance > 0 else distance + 1 - np.log(2) / abs(distance + 1)
    assert x == pytest.approx(near, abs=2e-3)


def test_detected_values_pass_unchanged_and_nan_stays_nan():
    x = impute([5.0, np.nan], [5.0, np.nan], 0.0, 1.0, [[0.3, 0.3]])
    assert x[0, 0] == 5.0
    assert np.isnan(x[0, 1])


def test_a_spread_that_is_not_positive_is_refused():
    with pytest.raises(UncertaintyError, match="positive standard deviation"):
        impute([0.0], [1.0], 0.0, 0.0, [[0.5]])


def test_a_pooled_fit_recovers_what_made_the_data():
    rng = np.random.default_rng(3)
    x = np.exp(2.0 + 0.8 * rng.standard_normal(3000))
    limit = np.where(np.arange(3000) % 2, 6.0, 12.0)
    found = fit_intervals(Censored.from_flags(np.where(x < limit, limit, x), x < limit))
    assert found.mu == pytest.approx(2.0, abs=0.06)
    assert found.sigma == pytest.approx(0.8, abs=0.05)
    assert found.how.startswith("maximum likelihood: ")


def test_almost_nothing_detected_falls_back_to_the_stated_prior_and_says_how_far_it_moves():
    found = fit_pooled(small_city(), "benzoylecgonine")
    assert found.sigma == 1.5
    assert "prior: 0 of 12 detected" in found.how
    assert "-fold" in found.how
    # the fewer were detected in more samples, the lower the prior lies
    assert fit_intervals(Censored([0.0] * 100, [1.0] * 100)).mu < found.mu < 0


def test_one_or_two_detected_values_place_the_prior_whatever_the_limits_of_the_others():
    found = fit_intervals(Censored([1.0, 2.0, 0.0, 0.0], [1.0, 2.0, 900.0, 900.0]))
    assert found.sigma == 1.5
    assert np.exp(found.mu) == pytest.approx(np.sqrt(2.0), rel=0.02)  # far limits tell next to nothing
    lower = fit_intervals(Censored([1.0, 2.0, 0.0, 0.0], [1.0, 2.0, 0.5, 0.5]))
    assert lower.mu < found.mu


def test_a_spread_beyond_reason_is_held_and_the_centre_fitted_again():
    found = fit_intervals(Censored([0.0, 5.0, 500.0, 5e4], [1e-9, 5.0, 500.0, 5e4]))
    assert found.sigma == 5.0
    assert "held at 5" in found.how
    equal = fit_intervals(Censored([3.0, 3.0, 3.001], [3.0, 3.0, 3.001]))
    assert (equal.sigma, np.exp(equal.mu)) == (0.05, pytest.approx(3.0003, rel=1e-4))


def test_the_prior_moves_the_mean_of_a_blank_cell_by_a_stated_factor():
    found = summarise(Censored([0.0] * 6, [1.0] * 6))
    table = sensitivity(Censored([0.0] * 6, [1.0] * 6))
    priors = table.loc[table["kind"] == "prior", "mean"]
    assert found.fold == pytest.approx(priors.max() / priors.min())
    assert found.fold > 1.5
    assert np.isnan(found.mean)
    assert np.isnan(found.median)


def test_five_blank_samples_bound_the_median_and_fewer_say_what_they_are_worth():
    assert upper_bound([1.0] * 5).level == pytest.approx(1 - 0.5**5)
    few = upper_bound([1.0, 2.0, 1.0])
    assert (few.value, few.level) == (2.0, 0.875)
    assert "confidence of 88% only (5 samples would give 95%)" in few.statement


def test_the_bound_under_a_spread_falls_with_samples_and_meets_its_level():
    bounds = [upper_bound([2.0] * n, log_sd=0.6).value for n in (1, 2, 5, 20)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] == pytest.approx(2.0 * np.exp(0.6 * stats.norm.ppf(0.95)))
    seen_nothing = stats.norm.cdf((np.log(2.0) - np.log(bounds[2])) / 0.6) ** 5
    assert seen_nothing == pytest.approx(0.05)


def test_detection_intervals_are_the_textbook_ones():
    # Brown, Cai and DasGupta 2001: Jeffreys is the Beta(k + 1/2, n - k + 1/2) interval with its ends mended
    found = detection_frequency(3, 12, 0.9)
    assert found.jeffreys == pytest.approx(tuple(stats.beta.ppf([0.05, 0.95], 3.5, 9.5)))
    assert found.wilson == pytest.approx(tuple(stats.binomtest(3, 12).proportion_ci(0.9, method="wilson")), rel=1e-9)
    assert detection_frequency(12, 12).jeffreys[1] == 1.0
    with pytest.raises(UncertaintyError, match="0 <= k <= n"):
        detection_frequency(5, 3)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("zero", [20.0, 1.0, 0.0, 500.0]),
        ("half", [20.0, 1.5, 0.5, 500.0]),
        ("sqrt2", [20.0, 3 / np.sqrt(2), 1 / np.sqrt(2), 500.0]),
        ("eu-zero", [20.0, 0.0, 0.0, 500.0]),
    ],
)
def test_substitution_is_named_and_warns(rule, expected):
    data = Censored.from_samples(four_states(), "ketamine")
    with pytest.warns(WbeWarning, match=f"substitution '{rule}' .* invents 3 of 4"):
        assert substitute(data, rule).tolist() == pytest.approx(expected)


def test_an_unknown_substitution_lists_the_known_ones():
    with pytest.raises(UnknownName, match="Known: zero, half, sqrt2, eu-zero"):
        substitute(Censored([0.0], [1.0]), "third")


def test_a_zero_is_no_measurement_and_every_breach_is_listed():
    with pytest.raises(SchemaError, match="a zero is no measurement"):
        Censored([0.0], [0.0])
    with pytest.raises(SchemaError, match=r"3 problems"):
        Censored([-1.0, 5.0, np.nan], [1.0, 2.0, 1.0])


def test_methods_refuse_what_they_cannot_answer():
    from wbe.censored import kaplan_meier, mle_lognormal, ros

    blank = Censored([0.0, 0.0], [1.0, 2.0])
    for method in (kaplan_meier, ros, mle_lognormal):
        with pytest.raises(UncertaintyError, match=r"detected value\(s\)"):
            method(blank)
    with pytest.raises(UncertaintyError, match="Use mle_lognormal"):
        ros(Censored([1.0, 2.0, 5.0], [1.0, 2.0, np.inf]))
    with pytest.raises(UncertaintyError, match="use turnbull"):
        kaplan_meier(Censored([1.0, 2.0], [1.0, 3.0]))
    with pytest.raises(UnknownName, match="Known: auto, complete"):
        summarise(blank, method="guess")


def test_an_estimate_says_what_its_results_below_the_limit_rest_on_and_how_far_they_move_it():
    table = wbe.estimate(small_city(months=3, samples_per_month=2), draws=1000).table()
    loads = table[table["quantity"] == "normalised_load"]
    some = loads[(loads["drug"] == "ketamine") & (loads["status"] == "estimate") & (loads["n_detected"] == 1)]
    assert len(some) > 0
    assert some["note"].str.contains("1 of 2 below the limit, counted at the mean of where they may lie").all()
    ends = some["note"].str.extract(r"the amount would be (\S+) with them at 0 and (\S+) at their limits").astype(float)
    assert (ends[0] < some["median"]).all()
    assert (some["median"] < ends[1]).all()
    none = loads[loads["drug"] == "cocaine"]
    assert (none["status"] == "below_limit").all()
    assert none["text"].str.startswith("< ").all()
    top = detection_frequency(0, 2).jeffreys[1]
    assert none["note"].str.contains(f"0 of 2 detected: it may be detectable in up to {top:.0%} of such").all()


def test_one_detected_result_beside_a_blank_one_says_what_the_blank_could_make_of_the_amount():
    ds = small_city(months=1, samples_per_month=2, biomarkers=("methamphetamine", "ketamine", "benzoylecgonine"))
    ds["concentration"].loc[{"biomarker": "benzoylecgonine"}][0] = 4.0
    ds["flag"].loc[{"biomarker": "benzoylecgonine"}][0] = 0
    table = wbe.estimate(ds, draws=1000).table()
    row = table.query("biomarker == 'benzoylecgonine' and quantity == 'mass_load' and status == 'estimate'").iloc[0]
    assert "1 of 2 below the limit" in row["note"]
    # the plain mean of the two days: 4 ng/L and between 0 and the limit of 1 ng/L
    ends = [
        float(v) for v in re.search(r"would be (\S+) with them at 0 and (\S+) at their limits", row["note"]).groups()
    ]
    assert ends[1] / ends[0] == pytest.approx(5 / 4, rel=0.02)
    assert ends[0] < row["median"] < ends[1]


def test_a_number_from_samples_almost_all_below_the_limit_gives_the_detection_frequency_beside_it():
    # the rule of thumb for 80 % and more: report how often it was detected (Helsel 2005)
    city = small_city(districts=1, months=1, samples_per_month=5, equal=True, biomarkers=("methamphetamine",))

    def noted(n_detected):
        seen = city.copy(deep=True)
        seen["flag"][:] = np.where(np.arange(5)[:, None] < n_detected, int(Flag.DETECTED), int(Flag.BELOW_LOD))
        seen["concentration"][:] = np.where(seen["flag"] == Flag.DETECTED, 5.0, np.nan)
        table = wbe.estimate(seen).table()
        return table.loc[table["quantity"] == "normalised_load", "note"].iloc[0]

    said = "80% or more below the limit: the number rests on where they may lie, how often it was detected says more: 1"
    assert said in noted(1)
    low, high = detection_frequency(1, 5).jeffreys
    assert f"{low:.0%} to {high:.0%} of such samples (95 %)" in noted(1)
    assert "or more below the limit" not in noted(3)
