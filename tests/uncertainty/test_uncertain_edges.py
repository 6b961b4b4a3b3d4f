"""Where engines fail silently: distant schools, subtractions, cells without spread, and inputs that cannot be."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from wbe.errors import UncertaintyError
from wbe.factors import profile
from wbe.uncertainty import (
    Beta,
    Empirical,
    LogNormal,
    Mixture,
    SobolStream,
    Term,
    TruncatedNormal,
    Uncertain,
    Uniform,
    correlated_terms,
    weighted_draws,
    weighted_quantiles,
)
from wbe.uncertainty.inputs import measurement_terms

LEVELS = (0.025, 0.5, 0.975)


def quadrature(mixture, power, local, level):
    """Quantile of power * ln(mixture / median) + local normal, part by part on normal scores: no code of the engine."""
    z = np.linspace(-7, 7, 4001)
    weight = np.exp(-z * z / 2) / np.exp(-z * z / 2).sum()
    median = mixture.median()
    x = [power * np.log(part.quantile(special.ndtr(z)) / median) for _, part in mixture.parts]
    w = [share * weight for share, _ in mixture.parts]
    x, w = np.concatenate(x), np.concatenate(w)
    return optimize.brentq(
        lambda q: (w * special.ndtr((q - x) / local)).sum() - level, x.min() - 5, x.max() + 5, xtol=1e-13
    )


@pytest.mark.parametrize("local", [0.02, 0.1, 0.4])
@pytest.mark.parametrize(
    "schools",
    [
        Mixture(((0.5, Beta(mean=0.2, sd=0.06)), (0.5, Beta(mean=0.023, sd=0.007)))),  # a gap between two schools
        profile("default").factor("methamphetamine").fraction,
        Mixture(((0.3, LogNormal(0.02, gsd=1.1)), (0.7, LogNormal(0.2, gsd=1.1)))),
    ],
    ids=["gap", "methamphetamine", "tenfold"],
)
def test_bounds_of_schools_far_apart_are_exact_to_one_in_ten_thousand(schools, local):
    one = xr.DataArray([1.0], dims="s", coords={"s": ["a"]})
    x = Uncertain(one, [(Term("local", ("s",), local), 1), (Term("excretion", (), schools), -1)])
    exact = [np.exp(quadrature(schools, -1.0, local, p)) for p in (0.025, 0.975)]
    assert x.quantiles([0.025, 0.975]).values[:, 0] == pytest.approx(exact, rel=1e-4)


def test_log_moments_of_mixtures_and_of_draws_are_exact():
    two = Mixture(((0.5, LogNormal(1.0, gsd=1.2)), (0.5, LogNormal(100.0, gsd=1.2))))
    assert two.log_moments()[1] == pytest.approx(np.hypot(np.log(1.2), np.log(100) / 2), rel=1e-12)
    logs = np.sort(np.random.default_rng(3).normal(size=57))
    d = Empirical(np.exp(logs))
    p = (np.arange(2_000_000) + 0.5) / 2_000_000
    assert d.log_moments()[1] == pytest.approx(np.log(d.quantile(p)).std(), rel=1e-5)


def three_sites(*terms):
    load = xr.DataArray([10.0, 20.0, 30.0], dims="site", coords={"site": list("abc")})
    return Uncertain(load, terms)


FLOW, SHARED = Term("flow", ("site",), 0.2), Term("excretion", (), Beta(mean=0.3, sd=0.06))


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3).filter(lambda w: max(map(abs, w)) > 0.01))
@settings(max_examples=25, deadline=None)
def test_streamed_quantiles_of_any_sum_or_difference_are_those_of_its_draws(weights):
    x = three_sites((FLOW, 1), (SHARED, -1))
    w = xr.DataArray(weights, dims="site")
    drawn = weighted_draws(x, w, 20_000, 1).values
    found = weighted_quantiles(x, w, LEVELS, 20_000, 1).values
    # within ten neighbours among 20,000
    assert [(drawn <= q).mean() for q in found] == pytest.approx(LEVELS, abs=5e-4)


def test_a_difference_of_one_cell_and_itself_is_nothing_for_sure():
    x = three_sites((FLOW, 1), (SHARED, -1))
    twice = x.isel(site=[0, 0])
    none = weighted_quantiles(twice, xr.DataArray([1.0, -1.0], dims="site"), LEVELS, 5_000, 1)
    assert none.values == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)


def test_a_ratio_of_a_cell_to_itself_is_exactly_one():
    x = three_sites((FLOW, 1), (SHARED, -1))
    for same in (x.ratio({"site": "b"}, {"site": "b"}), (x / x).isel(site=1)):
        assert same.terms == ()
        assert same.interval(0.95).to_array().values.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("power", [-0.5, -1.0, 0.5, 2.0])
@pytest.mark.parametrize("shape", [Beta(mean=0.3, sd=0.06), TruncatedNormal(30, 12), Uniform(0.5, 2.0)])
def test_any_exponent_agrees_with_draws_made_by_hand(shape, power):
    x = three_sites((FLOW, 1), (Term("other", (), shape), -1)) ** power
    rng = np.random.default_rng(8)
    z, u = rng.normal(size=400_000), rng.random(400_000)
    by_hand = (20 * np.exp(0.2 * z) * shape.median() / shape.quantile(u)) ** power
    assert x.quantiles(LEVELS).values[:, 1] == pytest.approx(np.quantile(by_hand, LEVELS), rel=0.01)


@given(st.floats(0.01, 0.999), st.floats(0.01, 2.0))
@settings(max_examples=30, deadline=None)
def test_any_level_has_its_closed_form_when_all_is_log_normal(level, sd):
    x = three_sites((Term("flow", ("site",), sd), 1)).isel(site=1).interval(level)
    reach = np.exp(sd * special.ndtri(0.5 + level / 2))
    assert float(x["upper"]) == pytest.approx(20 * reach, rel=1e-9)
    assert float(x["lower"]) == pytest.approx(20 / reach, rel=1e-9)


def test_whole_numbers_and_turned_dimensions_change_nothing():
    load = xr.DataArray([[1, 2, 3], [4, 5, 6]], dims=("drug", "site"), coords={"drug": ["x", "y"], "site": list("abc")})
    terms = [(FLOW, 1), (Term("excretion", ("drug",), {"x": Beta(mean=0.3, sd=0.1), "y": Uniform(0.1, 0.2)}), -1)]
    x, turned = Uncertain(load, terms), Uncertain(load.T.astype(float), terms)
    xr.testing.assert_identical(x.quantiles(LEVELS), turned.quantiles(LEVELS).transpose(*x.quantiles(LEVELS).dims))
    xr.testing.assert_identical(x.draws(100, 1), turned.draws(100, 1).transpose("draw", "drug", "site"))


def test_cells_of_one_key_share_their_draw_and_no_cells_have_no_bounds():
    load = xr.DataArray([1.0, 3.0], dims="sample", coords={"site": ("sample", ["a", "a"])})
    d = Uncertain(load, [(FLOW, 1)]).draws(50, 1)
    assert np.allclose(d[:, 1], 3 * d[:, 0])
    empty = Uncertain(load.isel(sample=[]), [(FLOW, 1)])
    assert empty.interval(0.95).sizes["sample"] == 0
    assert empty.draws(10, 1).shape == (10, 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Uncertain(xr.DataArray([1.0, np.inf], dims="s", name="load")), r"load: 1 value\(s\) are infinite"),
        (lambda: Term("purity", (), Beta(mean=0.5, sd=0.499)), "purity: .* so wide"),
        (lambda: Term("dose", ("drug",), {"mdma": Beta(mean=0.01, sd=0.09)}), r"dose\[mdma\]: .* so wide"),
    ],
)
def test_what_has_no_usable_logarithm_is_refused_by_name(make, message):
    with pytest.raises(UncertaintyError, match=message):
        make()


def test_members_that_move_as_one_cancel_and_correlations_that_cannot_be_are_refused():
    sizes = {"a": 0.3, "b": 0.3}
    group = correlated_terms("twins", ("site",), sizes, np.ones((2, 2)))
    ratio = three_sites(*group["a"]) / three_sites(*group["b"])
    assert ratio.terms == ()
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    with pytest.raises(UncertaintyError, match="three: the correlations contradict"):
        correlated_terms("three", ("site",), {**sizes, "c": 0.1}, impossible)
    with pytest.raises(UncertaintyError, match="pair: the correlations lack b"):
        correlated_terms("pair", ("site",), sizes, pd.DataFrame([[1.0]], index=["a"], columns=["a"]))


@given(st.integers(2, 5), st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_any_correlation_that_can_be_comes_back_from_the_terms(n, seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n, rng.integers(1, n + 1)))  # often singular: fewer causes than members
    root /= np.linalg.norm(root, axis=1)[:, None]
    wanted = root @ root.T
    group = correlated_terms("g", (), {str(i): 1.0 for i in range(n)}, wanted)
    loads = [{t.name: power for t, power in group[str(i)]} for i in range(n)]
    found = [[sum(a[k] * b.get(k, 0.0) for k in a) for b in loads] for a in loads]
    assert np.array(found) == pytest.approx(wanted, abs=1e-5)


def test_sobol_draws_say_more_with_fewer_and_are_the_same_law():
    x = three_sites((FLOW, 1), (SHARED, -1))
    w = xr.DataArray([1.0, 1.0, 1.0], dims="site")
    truth = weighted_quantiles(x, w, LEVELS, 1_000_000, 99).values
    plain = [weighted_quantiles(x, w, LEVELS, 4096, s).values / truth - 1 for s in range(12)]
    even = [weighted_quantiles(x, w, LEVELS, 4096, s, SobolStream(x, s)).values / truth - 1 for s in range(12)]
    plain, even = (np.sqrt(np.mean(np.square(e), axis=0)) for e in (plain, even))
    assert (even < 0.7 * plain).all()
    assert (even < 0.01).all()


def test_sobol_draws_do_not_depend_on_the_order_of_cells_and_run_on_over_blocks():
    x = three_sites((FLOW, 1), (SHARED, -1))
    turned = x.isel(site=[2, 0, 1])
    many = x.draws(20_000, 3, SobolStream(x, 3))
    xr.testing.assert_identical(many, turned.draws(20_000, 3, SobolStream(turned, 3)).isel(site=[1, 2, 0]))
    xr.testing.assert_identical(many[:5000], x.draws(5000, 3, SobolStream(x, 3)))
    stream = SobolStream(x, 3)
    x.draws(20_000, 3, stream)
    xr.testing.assert_identical(many[:5000], x.draws(5000, 3, stream))  # back to the first block
    assert np.unique(many.isel(site=0)).size == 20_000
    with pytest.raises(UncertaintyError, match=r"weather .* not among the keys"):
        x.with_term(Term("weather", (), 0.1)).draws(10, 3, SobolStream(x, 3))


def test_what_is_known_of_composites_does_not_shrink_a_grab_sample():
    samples = xr.Dataset(coords={"sample": ["a", "b"], "sample_type": ("sample", ["24h_composite", "grab"])})
    size = measurement_terms(samples, {"sampling": 0.05})["sampling"].spread
    assert size.values == pytest.approx(np.sqrt(np.log1p(np.square([0.05, 0.85]))))
    size = measurement_terms(samples, {"sampling:grab": 0.5})["sampling"].spread
    assert size.values == pytest.approx(np.sqrt(np.log1p(np.square([0.10, 0.5]))))
    with pytest.raises(UncertaintyError, match="sampling:bucket: no term of measurement"):
        measurement_terms(samples, {"sampling:bucket": 0.5})
