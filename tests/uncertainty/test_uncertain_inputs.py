"""Distributions and terms say what they are, and refuse what cannot be, by name."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from wbe.errors import UncertaintyError
from wbe.testing import small_city
from wbe.uncertainty import (
    Beta,
    Empirical,
    LogNormal,
    Mixture,
    Shares,
    Term,
    Triangular,
    TruncatedNormal,
    Uncertain,
    Uniform,
    correlated_terms,
    fraction,
    inputs,
)
from wbe.uncertainty.draws import scored
from wbe.uncertainty.moments import moment

ALL = [
    LogNormal(median=30.0, cv=0.4),
    LogNormal(median=2.0, gsd=1.5),
    TruncatedNormal(1.0, 0.4),
    Beta(mean=0.39, sd=0.1),
    Triangular(0.0, 0.2, 1.0),
    Uniform(1.0, 3.0),
    Mixture(((0.3, Uniform(1.0, 2.0)), (0.7, LogNormal(median=5.0, cv=0.2)))),
    Empirical(np.exp(np.random.default_rng(1).normal(0, 0.3, 5000))),
]


@pytest.mark.parametrize("d", ALL, ids=lambda d: type(d).__name__)
def test_quantile_inverts_the_distribution_function(d):
    p = np.array([0.001, 0.025, 0.3, 0.5, 0.9, 0.999])
    np.testing.assert_allclose(d.cdf(d.quantile(p)), p, atol=2e-6)
    np.testing.assert_allclose(d.log_quantile(p), np.log(d.quantile(p)), atol=1e-12)
    assert d.median() == pytest.approx(float(d.quantile(0.5)))


@pytest.mark.parametrize("d", ALL, ids=lambda d: type(d).__name__)
def test_stated_moments_are_those_of_quadrature_and_of_draws(d):
    mean = moment(d, 1.0)
    # a gap between schools costs the quadrature digits, and an empirical tail has steps
    tolerance = {Empirical: 2e-3, Mixture: 1e-3}.get(type(d), 1e-5)
    assert d.mean() == pytest.approx(mean, rel=tolerance)
    assert d.sd() == pytest.approx(np.sqrt(moment(d, 2.0) - mean**2), rel=5 * tolerance)
    x = scored(d, 100_000, 5, "x")
    assert x.mean() == pytest.approx(d.mean(), abs=5 * d.sd() / np.sqrt(x.size))
    assert np.log(x).std() == pytest.approx(d.log_moments()[1], rel=0.02)


def test_a_stated_mean_is_not_a_stated_median():
    # JCGM 101 style: mean / median = exp(sigma^2 / 2)
    assert LogNormal.from_mean(10.0, 0.5).mean() == pytest.approx(10.0)
    assert LogNormal.from_median(10.0, 0.5).mean() == pytest.approx(10.0 * np.sqrt(1.25))


def test_equal_parameters_make_equal_hashable_distributions():
    assert {Beta(mean=0.3, sd=0.1), Beta(mean=0.3, sd=0.1)} == {Beta(mean=0.3, sd=0.1)}
    draws = np.exp(np.linspace(-1, 1, 50))
    assert Empirical(draws) == Empirical(draws[::-1])
    assert hash(Empirical(draws)) == hash(Empirical(draws[::-1]))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LogNormal(1.0, cv=0.0, name="flow"), "flow: cv = 0.0; needed a number above 0"),
        (lambda: LogNormal(1.0, cv=np.nan, name="flow"), "flow: cv = nan; needed a finite number"),
        (lambda: LogNormal(-1.0, cv=0.1, name="flow"), "flow: median = -1.0"),
        (lambda: LogNormal(1.0, cv=0.1, gsd=1.2, name="flow"), "flow: give the spread as one of"),
        (lambda: LogNormal(1.0, gsd=0.9, name="flow"), "flow: gsd = 0.9"),
        (lambda: Beta(mean=1.2, sd=0.1, name="excretion[ketamine]"), "excretion.ketamine.: mean = 1.2; a fraction"),
        (lambda: Beta(mean=0.5, sd=0.6, name="excretion"), "too wide"),
        (lambda: Triangular(2.0, 1.0, 3.0, name="dose"), "dose: low, mode, high"),
        (lambda: Uniform(-1.0, 3.0, name="dose"), "dose: low, high"),
        (lambda: Mixture(((0.5, Uniform(1, 2)),), name="dose"), "dose: weights sum to 0.5"),
        (lambda: Empirical([1.0] * 30, name="posterior"), "posterior: all draws equal"),
        (lambda: Empirical([-1.0, *range(1, 30)], name="posterior"), "posterior: draws must all be finite"),
        (lambda: fraction(LogNormal(0.9, cv=0.5), "excretion[mdma]"), "excretion.mdma.: 41 % of .* lies above 1"),
        (lambda: Term("flow", "sample", 0.1), "flow: scope = 'sample'; needed a tuple"),
        (lambda: Term("flow", ("sample",), 0.0), "flow: spread = 0.0"),
        (lambda: Term("flow", ("sample",), float("inf")), "flow: spread = inf"),
        (
            lambda: Term("flow", ("s",), xr.DataArray([0.1, np.nan], dims="s")),
            r"flow: spread has 1 value\(s\) not finite",
        ),
        (lambda: Term("flow", ("s",), xr.DataArray([0.1, -0.2], dims="s")), "flow: spread has negative"),
        (lambda: Term("excretion", (), {"a": Uniform(1, 2)}), "excretion: one distribution for each key needs a scope"),
        (lambda: Shares({"smoked": 0.7, "oral": 0.4}, 10), "shares sum to 1.1"),
        (lambda: inputs.row("sampling", "bucket"), "no default for kind 'bucket'. Known kinds: 24h"),
        (lambda: inputs.measurement_terms(small_city(), {"flow": 0.0}), "flow: cv = 0.0"),
        (lambda: inputs.measurement_terms(small_city(), {"purity": 0.1}), "purity: no term of measurement"),
    ],
)
def test_impossible_inputs_are_refused_by_name(make, message):
    with pytest.raises(UncertaintyError, match=message):
        make()


def load():
    return xr.DataArray([[1.0, 2.0]], dims=("sample", "biomarker"), coords={"sample": ["s"], "biomarker": ["x", "y"]})


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ([(Term("excretion", ("drug",), 0.2), 1)], r"excretion: scope names drug, which the data do not have"),
        ([(Term("a", ("sample",), 0.2), 1), (Term("a", ("biomarker",), 0.2), 1)], "a: drawn by"),
        ([(Term("a", ("sample",), 0.2), 1), (Term("a", ("sample",), 0.3), 1)], "a: two different spreads"),
        ([(Term("a", (), xr.DataArray([0.1], dims="site")), 1)], "a: spread runs along"),
        ([(Term("a", (), xr.DataArray([0.1, 0.2, 0.3], dims="biomarker")), 1)], "a: spread has 3 values"),
        ([(Term("e", ("biomarker",), {"x": Uniform(1, 2)}), 1)], "e: no distribution for biomarker y"),
        ([(Term("a", (), 0.1), float("nan"))], "a: power = nan"),
    ],
)
def test_terms_that_do_not_fit_the_data_are_refused_by_name(terms, message):
    with pytest.raises(UncertaintyError, match=message):
        Uncertain(load(), terms)


def test_negative_centres_and_foreign_labels_are_refused():
    with pytest.raises(UncertaintyError, match="lowest is -2"):
        Uncertain(-load())
    with pytest.raises(UncertaintyError, match="different labels"):
        Uncertain(load()) * Uncertain(load().assign_coords(sample=["other"]))
    with pytest.raises(UncertaintyError, match="needed probabilities between 0 and 1"):
        Uncertain(load()).quantiles([0.0, 0.5])


def test_every_default_size_states_its_source_and_status():
    table = inputs.table()
    assert set(table["status"]) <= {"verified", "memory", "derived", "user"}
    assert (table["source"].str.len() > 10).all()
    assert (table["cv"] > 0).all()


def test_grab_samples_are_inflated_above_every_composite():
    kinds = inputs.table().query("term == 'sampling'").set_index("kind")["cv"]
    assert kinds["grab"] > 2 * kinds.drop("grab").max()
    samples = small_city().assign_coords(sample_type=("sample", ["grab"] + ["24h_composite"] * 11))
    spread = inputs.measurement_terms(samples)["sampling"].spread
    assert float(spread[0]) > 5 * float(spread[1])


def test_correlated_group_keeps_its_correlation_exact_and_drawn():
    r = np.array([[1.0, 0.6], [0.6, 1.0]])
    g = correlated_terms("metabolites", (), {"be": 0.3, "eme": 0.4}, r)
    one = xr.DataArray(1.0)
    be, eme = Uncertain(one, g["be"]), Uncertain(one, g["eme"])
    expected = np.sqrt(0.3**2 + 0.4**2 - 2 * 0.6 * 0.3 * 0.4)
    assert float((be / eme).log_sd()) == pytest.approx(expected)
    drawn = np.corrcoef(np.log(be.draws(40_000, 1)), np.log(eme.draws(40_000, 1)))[0, 1]
    assert drawn == pytest.approx(0.6, abs=0.015)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.05, 1.0), min_size=2, max_size=5), st.floats(2.0, 200.0))
def test_shares_of_one_whole_never_sum_above_one(weights, concentration):
    total = sum(weights) * 1.05
    shares = Shares({f"r{i}": w / total for i, w in enumerate(weights)}, concentration)
    d = shares.draws(2000, 1, "routes")
    assert (d >= 0).all()
    assert (d.sum(axis=1) <= 1 + 1e-12).all()
    sd = shares.marginal("r0").sd()
    assert d[:, 0].mean() == pytest.approx(shares.means[0], abs=6 * sd / np.sqrt(2000))
