"""The researcher's road: calibrate or pool, claim, profile, answer; what was fitted is what arrives."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

import wbe
from wbe.errors import FactorError
from wbe.factors import LogitT, calibrate, claims, compare, implied_recovery, pool, profile
from wbe.factors.logit import fitted
from wbe.factors.random_effects import prediction, prior_of_between, scatter
from wbe.testing import small_city


def places(scatter_between, n=14, seed=0, recovery=0.2):
    """Places with a recovery about ``recovery``, log-normal between places but below all that was sold."""
    rng = np.random.default_rng(seed)
    true = np.exp(np.minimum(math.log(recovery) + rng.normal(0, scatter_between, n), math.log(0.95)))
    sold = np.exp(rng.normal(5, 0.6, n))
    return pd.DataFrame({
        "place": [f"plant {i}" for i in range(n)], "consumption": sold, "consumption_cv": 0.1,
        "load": sold * true * np.exp(rng.normal(0, 0.1, n)), "load_cv": 0.1,
    })  # fmt: skip


@pytest.mark.parametrize("between", [0.3, 0.6, 0.9, 1.5])
def test_the_estimate_keeps_the_interval_of_the_claim(between):
    found = calibrate(places(between, seed=3), "tramadol")
    row = found.claim("tramadol-city-v1", "sales against loads")
    ours = profile("default", overlay={"name": "city", "claim": [row]})
    # a load of 40 mg/d/1000 inhabitants, exactly
    city = small_city(districts=1, months=1, equal=True, biomarkers=("tramadol",))
    load = compare(city, ["default", ours]).table.set_index("profile").loc[ours.name]
    low, high = row["low"], row["high"]
    assert load["lower"] == pytest.approx(load["load"] / high, rel=0.02)
    assert load["upper"] == pytest.approx(load["load"] / low, rel=0.02)
    assert load["consumption"] == pytest.approx(load["load"] / row["value"], rel=0.02)
    # and no other quantile escapes: 99.9 % of the estimate is within what the claim's own t allows
    assert ours.factor("tramadol").fraction == found.predictive
    # the claim's lower end is where its places are, and not at 0
    assert low > 0.2 * float(found.points["recovery"].min())


def test_an_estimate_of_the_whole_chain_agrees_with_the_claim():
    found = calibrate(places(0.9, seed=5), "tramadol")
    row = found.claim("tramadol-city-v1", "sales against loads")
    ours = profile("default", overlay={"name": "city", "claim": [row]})
    estimate = wbe.estimate(small_city(districts=1, months=1, biomarkers=("tramadol",)), factors=ours)
    one = estimate.table().query("quantity == 'consumption'").iloc[0]
    # analysis, flow, days and population come in quadrature on logs: they widen a fold of 47 to less than 75
    fold = row["high"] / row["low"]
    assert fold < one["upper"] / one["lower"] < 1.6 * fold


def test_a_larger_stated_error_never_turns_a_refusal_into_an_answer():
    table = places(0.3, n=6)
    table.loc[2, "load"] = 2.53 * table.loc[2, "consumption"]
    for stated in (0.1, 0.3, 1.0, 3.0):
        with pytest.raises(FactorError, match="plant 2: implied recovery 253 %"):
            calibrate(table.assign(load_cv=stated), "tramadol")


def test_two_loads_allow_no_conclusion_on_a_label():
    found = implied_recovery("x", load_median=30, load_min=20, load_max=40, n=2, dispensed=100, expected=0.3)
    assert found.verdict == "x: 30 % from 2 loads; so few allow no conclusion"
    assert math.isnan(found.lower)
    assert math.isnan(found.upper)
    three = implied_recovery("x", load_median=30, load_min=20, load_max=40, n=3, dispensed=100, expected=0.3)
    assert three.lower < 0.3 < three.upper


def test_a_drug_that_is_its_own_biomarker_needs_no_molar_mass():
    found = calibrate(places(0.3), "nortriptyline")
    row = found.claim("nortriptyline-v1", "own")
    assert row["biomarker"] == "nortriptyline"
    assert found.points["ln_recovery"].to_numpy() == pytest.approx(
        np.log(places(0.3)["load"] / places(0.3)["consumption"])
    )


# ---- few studies --------------------------------------------------------------------------------------------------


def studies(rng, k, between, persons=8):
    mean = special.expit(-0.6 + rng.normal(0, between, k))
    seen = [rng.normal(m, 0.1, persons) for m in mean]
    return pd.DataFrame({
        "study": [f"s{i}" for i in range(k)], "fraction": [np.clip(x.mean(), 0.02, 0.98) for x in seen],
        "sd": [x.std(ddof=1) for x in seen], "n": persons,
    })  # fmt: skip


def test_two_studies_that_agree_promise_no_more_than_two_studies_can():
    found = pool(pd.DataFrame({"study": ["a", "b"], "fraction": [0.4, 0.4], "sd": 0.1, "n": 10}))
    low, high = found.predicted
    # the library's own spread between studies is 0.30 on the logit, that is 0.26 to 0.56 about 0.4
    assert low < 0.30
    assert high > 0.50
    assert low > 0.15
    assert found.se**2 >= 1 / (1 / found.studies["variance"]).sum() - 1e-15


@pytest.mark.parametrize("k", [3, 5, 12])
def test_the_mean_of_another_population_is_covered_as_often_as_is_said(k):
    rng = np.random.default_rng(k)
    hits = 0
    for _ in range(150):
        low, high = pool(studies(rng, k, 0.3)).predicted
        hits += low < special.expit(-0.6 + rng.normal(0, 0.3)) < high
    assert 0.90 <= hits / 150 <= 1.0


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.floats(0.001, 0.999), st.floats(0.001, 0.5), st.integers(2, 40)), min_size=2, max_size=5))
def test_a_pool_of_whatever_studies_becomes_a_profile(rows):
    table = pd.DataFrame(rows, columns=["fraction", "sd", "n"]).assign(study=[f"s{i}" for i in range(len(rows))])
    found = pool(table)
    row = found.claim("tramadol-pooled-v1", "tramadol", "tramadol", "own")
    chosen = profile("default", overlay={"name": "pooled", "claim": [row]}).factor("tramadol").fraction
    assert chosen == found.distribution()
    assert 0 < chosen.low < chosen.centre < chosen.high < 1


def test_published_claims_and_studies_of_ones_own_are_pooled_together():
    published = claims("methamphetamine", biomarker="methamphetamine", quantity="excretion_fraction")
    published = published[published["value"].notna()]
    own = pd.DataFrame({"study": ["ours"], "fraction": [0.35], "sd": 0.08, "n": 12})
    both = pool([published, own])
    assert set(both.studies.index) == {*published.index, "ours"}
    assert both.fraction == pytest.approx(pool([own, published]).fraction)
    alone = pool(published)
    # no error was printed with these: each is as uncertain as any single study
    assert alone.studies.loc[alone.studies["assumed"].astype(bool), "variance"].to_numpy() == pytest.approx(0.30**2)
    with pytest.raises(FactorError, match="claims of several pairs"):
        pool(claims(quantity="excretion_fraction").query("drug == 'methadone'"))
    with pytest.raises(FactorError, match="no excretion fraction with a stated basis"):
        pool(claims("methamphetamine", quantity="dose"))
    with pytest.raises(FactorError, match="1 study; needed at least 2"):
        pool(published.head(1))


def test_a_prediction_is_wider_the_further_studies_lie_apart_and_the_fewer_they_are():
    v = np.array([0.01, 0.01, 0.01])
    near, far = (prediction(np.array([-1 - d, -1.0, -1 + d]), v) for d in (0.1, 1.0))
    width = [p.quantile(0.975) - p.quantile(0.025) for p in (near, far)]
    assert width[1] > 2 * width[0]
    many = prediction(np.tile([-1.1, -1.0, -0.9], 4), np.tile(v, 4))
    assert many.quantile(0.975) - many.quantile(0.025) < width[0]
    assert near.quantile(0.5) == pytest.approx(-1.0, abs=1e-6)
    # from the hand: with one value of the spread it is a plain normal
    assert prior_of_between(np.array([0.0]))[0] == 1.0
    assert prior_of_between(np.array([0.3]))[0] > prior_of_between(np.array([0.6]))[0] > 0.05


def test_the_variance_of_a_mean_is_never_below_the_ordinary_one():
    assert scatter(np.ones(3), np.array([-0.1, 0.0, 0.1])) == 1.0
    assert scatter(np.ones(3), np.array([-2.0, 0.0, 2.0])) == 4.0


# ---- the distribution that carries it -----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.9), st.floats(0.1, 1.5), st.floats(0.1, 1.5), st.sampled_from([3.0, 8.0, math.inf]))
def test_a_fraction_on_the_logit_keeps_its_three_numbers_and_stays_inside(middle, below, above, df):
    low, high = special.expit(special.logit(middle) - below), special.expit(special.logit(middle) + above)
    d = LogitT(middle, float(low), float(high), df)
    assert d.quantile(np.array([0.025, 0.5, 0.975])) == pytest.approx([low, middle, high], rel=1e-9)
    p = np.array([0.001, 0.2, 0.5, 0.8, 0.999])
    assert d.cdf(d.quantile(p)) == pytest.approx(p, abs=1e-9)
    assert ((d.quantile(p) > 0) & (d.quantile(p) < 1)).all()
    assert np.exp(d.log_quantile(p)) == pytest.approx(d.quantile(p))
    assert d.median() == middle


@pytest.mark.parametrize("numbers", [(0.2, 0.3, 0.4), (0.2, 0.1, 0.2), (0.2, 0.0, 0.4), (0.2, 0.1, 1.0)])
def test_bounds_that_do_not_enclose_the_median_are_refused(numbers):
    with pytest.raises(FactorError, match="needed rising numbers between 0 and 1"):
        LogitT(*numbers)
    with pytest.raises(FactorError, match="degrees of freedom"):
        LogitT(0.2, 0.1, 0.4, 0.5)


def test_the_tails_of_what_was_fitted_are_recognised():
    for df in (2.0, 5.0):
        found = fitted(lambda p, df=df: -1.0 + 0.3 * float(special.stdtrit(df, p)))
        assert found.df == pytest.approx(df, rel=0.05)
        assert found.quantile(0.001) == pytest.approx(special.expit(-1 + 0.3 * special.stdtrit(df, 0.001)), rel=0.03)
    assert fitted(lambda p: 0.3 * float(special.ndtri(p))).df == math.inf
