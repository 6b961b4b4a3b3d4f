"""Products are exact: closed forms, an independent quadrature, and draws of the same terms agree."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from wbe.uncertainty import Beta, Empirical, LogNormal, Mixture, Term, Triangular, TruncatedNormal, Uncertain, Uniform
from wbe.uncertainty.inputs import log_sd

LEVELS = [0.025, 0.5, 0.975]


def city(samples=4, biomarkers=3):
    rng = np.random.default_rng(3)
    return xr.DataArray(
        np.exp(rng.normal(3, 1, (samples, biomarkers))),
        dims=("sample", "biomarker"),
        coords={
            "sample": [f"s{i}" for i in range(samples)],
            "biomarker": list("xyz")[:biomarkers],
            "site": ("sample", [f"p{i % 2}" for i in range(samples)]),
            "drug": ("biomarker", ["meth", "ket", "coc"][:biomarkers]),
        },
    )


EXCRETION = {
    "meth": Beta(mean=0.39, sd=0.09),
    "ket": Triangular(0.1, 0.2, 0.5),
    "coc": Mixture(((0.4, LogNormal(0.29, cv=0.2)), (0.6, Uniform(0.3, 0.5)))),
}
CHAINS = {
    "log-normal": [(Term("flow", ("sample",), 0.2), 1), (Term("excretion", ("drug",), 0.3), -1)],
    "one shared": [(Term("analysis", ("sample", "biomarker"), 0.15), 1), (Term("excretion", ("drug",), EXCRETION), -1)],
    "shared alone": [(Term("excretion", ("drug",), EXCRETION), -1)],
    "three shared": [
        (Term("flow", ("site",), 0.1), 1),
        (Term("excretion", ("drug",), EXCRETION), -1),
        (Term("stability", ("biomarker",), Triangular(0.6, 0.9, 1.0)), -1),
        (Term("dose", ("drug",), Triangular(20.0, 30.0, 80.0)), -1),
    ],
    "powers": [(Term("a", ("site",), TruncatedNormal(1.0, 0.4)), -0.5), (Term("b", (), Uniform(1.0, 4.0)), 2.0)],
    "posterior": [
        (Term("c", (), Empirical(np.exp(np.random.default_rng(2).gamma(2.0, 0.2, 3000)))), 1),
        (Term("flow", ("sample",), 0.2), 1),
    ],
    "spread by cell": [
        (Term("flow", ("sample",), xr.DataArray([0.0, 0.1, 0.2, 0.4], dims="sample")), 1),
        (Term("e", (), Beta(mean=0.2, sd=0.1)), -1),
    ],
}


@pytest.mark.parametrize("name", CHAINS)
def test_exact_and_drawn_quantiles_agree_on_every_chain(name):
    x = Uncertain(city(), CHAINS[name])
    n = 60_000
    exact, drawn = x.quantiles(LEVELS), x.draws(n, seed=7).quantile(LEVELS, "draw")
    # allowed: five standard errors of a drawn quantile, its density taken from exact quantiles beside it
    near = x.quantiles([v for p in LEVELS for v in (p - 0.01, p + 0.01)]).values
    slope = (near[1::2] - near[::2]) / 0.02
    error = slope * np.sqrt(np.array(LEVELS) * (1 - np.array(LEVELS)) / n)[:, None, None]
    assert (np.abs(exact.values - drawn.values) <= 5 * error).all()


def quadrature(parts, local, level):
    """Independent reference: tensor Gauss-Legendre over the parts, bisection for the level."""
    z, w = np.zeros(1), np.ones(1)
    x, v = np.polynomial.legendre.leggauss(40)
    for d, power in parts:
        if isinstance(d, Triangular):
            at, weight = [], []
            for a, b in ((d.low, d.mode), (d.mode, d.high)):
                t = a + (b - a) * (x + 1) / 2
                up, down = (t - d.low) / (d.mode - d.low), (d.high - t) / (d.high - d.mode)
                at.append(t)
                weight.append(np.minimum(up, down) * v * (b - a))
            t, f = np.concatenate(at), np.concatenate(weight)
        else:
            low, high = d.quantile(1e-13), d.quantile(1 - 1e-13)
            t = low + (high - low) * (x + 1) / 2
            f = v * np.exp((d.a - 1) * np.log(t) + (d.b - 1) * np.log1p(-t))
        z = (z[:, None] + power * np.log(t / d.median())).ravel()
        w = (w[:, None] * f / f.sum()).ravel()
    low, high = -8.0, 8.0
    for _ in range(45):
        middle = (low + high) / 2
        low, high = (middle, high) if w @ special.ndtr((middle - z) / local) < level else (low, middle)
    return (low + high) / 2


@pytest.mark.parametrize("local", [0.1, 0.17, 0.6])
def test_bounds_match_an_independent_quadrature_to_one_part_in_100000(local):
    parts = [
        (Beta(mean=0.35, sd=0.08), -1.0), (Triangular(0.6, 0.85, 1.0), -1.0), (Triangular(20.0, 35.0, 90.0), -1.0),
    ]  # fmt: skip
    terms = [(Term(f"t{i}", (), d), p) for i, (d, p) in enumerate(parts)]
    x = Uncertain(xr.DataArray(1.0), [*terms, (Term("local", (), local), 1)])
    for level, got in zip((0.025, 0.975), x.quantiles([0.025, 0.975]).values, strict=True):
        assert np.log(got) == pytest.approx(quadrature(parts, local, level), abs=1e-5)


def test_log_normal_vector_of_seven_factors():
    # closed form: CV C .10, sampling .10, Q .10, P .15, f .26, dose .30, purity .10
    cvs = {"C": 0.10, "sampling": 0.10, "Q": 0.10, "P": 0.15, "f": 0.26, "dose": 0.30, "purity": 0.10}
    x = Uncertain(xr.DataArray(1.0), [(Term(k, (), log_sd(v)), 1.0) for k, v in cvs.items()])
    sigma = float(x.log_sd())
    assert sigma == pytest.approx(0.46222, abs=5e-6)
    assert np.exp(sigma) == pytest.approx(1.5876, abs=5e-5)
    upper = float(x.interval(0.95)["upper"])
    assert upper == pytest.approx(2.474, abs=5e-4)
    assert np.sqrt(np.expm1(sigma**2)) == pytest.approx(0.488, abs=5e-4)
    share = x.budget()["share"].to_series()
    assert share.loc[["dose", "f", "P", "Q"]].round(3).tolist() == [0.403, 0.306, 0.104, 0.047]


def test_a_narrow_local_error_leaves_the_shared_quantiles():
    d = Uniform(1.0, 3.0)
    x = Uncertain(xr.DataArray(2.0), [(Term("u", (), d), 1), (Term("local", (), 1e-6), 1)])
    np.testing.assert_allclose(x.quantiles(LEVELS), d.quantile(np.array(LEVELS)), rtol=1e-5)


@pytest.mark.parametrize("ratio", [0.003, 0.05, 0.9, 30.0, 300.0])
def test_any_mix_of_local_and_shared_spread_is_solved(ratio):
    # a uniform of width w in x has ln x nearly uniform; its sum with a normal is known by simple quadrature
    d = Uniform(1.0, 1.02)
    local = ratio * d.log_moments()[1]
    x = Uncertain(xr.DataArray(1.0), [(Term("u", (), d), 1), (Term("local", (), local), 1)])
    at = np.log(np.linspace(1.0, 1.02, 200_001) / d.median())
    for level, got in zip(LEVELS, np.log(x.quantiles(LEVELS).values), strict=True):
        assert np.mean(special.ndtr((got - at) / local)) == pytest.approx(level, abs=1e-4)


def test_powers_merge_and_cancel_whatever_the_order():
    flow, other = Term("flow", ("sample",), 0.2), Term("other", (), 0.1)
    a, b = Uncertain(city(), [(flow, 1)]), Uncertain(city(), [(flow, 1), (other, 2)])
    assert (a / b).terms == ((other, -2.0),)
    assert (a * b).terms == ((flow, 2.0), (other, 2.0))
    assert ((a * b) ** 0.5).terms == ((flow, 1.0), (other, 1.0))
    assert (1.0 / a).terms == ((flow, -1.0),)


def test_load_per_head_from_a_marker_of_the_same_sample_has_no_flow_whatever_the_route():
    # drug C1*Q over people C2*Q: normal errors of 10 % in the assays and 20 % in the flow
    one = xr.DataArray([1.0], dims="sample", coords={"sample": ["s"]})
    assay, marker, flow = (
        Term(name, ("sample",), TruncatedNormal(1.0, sd))
        for name, sd in (("assay", 0.1), ("marker", 0.1), ("flow", 0.2))
    )
    drug = Uncertain(one, [(assay, 1), (flow, 1)])
    people = Uncertain(one, [(marker, 1), (flow, 1)])
    routes = [
        drug / people,
        drug * people**-1.0,
        Uncertain(one, [(assay, 1)]) / Uncertain(one, [(marker, 1)]),
        (drug / Uncertain(one, [(flow, 1)])) * (Uncertain(one, [(flow, 1)]) / people),
    ]
    for per_head in routes:
        assert [t.name for t, _ in per_head.terms] == ["assay", "marker"]
        d = per_head.draws(200_000, seed=1)
        assert float(d.std() / d.mean()) == pytest.approx(0.144, abs=0.001)
    twice = drug / people.without("flow").with_term(Term("flow again", ("sample",), TruncatedNormal(1.0, 0.2)), 1)
    d = twice.draws(200_000, seed=1)
    assert float(d.std() / d.mean()) == pytest.approx(0.347, abs=0.006)


widths = st.floats(0.02, 0.8)


@settings(max_examples=20, deadline=None)
@given(widths, widths, st.floats(1.02, 2.0), st.sampled_from(["log-normal", "uniform"]))
def test_widening_an_input_never_narrows_the_interval(own, other, more, kind):
    def interval(width):
        shape = width if kind == "log-normal" else Uniform(1.0, 1.0 + width)
        x = Uncertain(xr.DataArray(1.0), [(Term("a", (), shape), 1), (Term("b", (), other), 1)]).interval(0.95)
        return float(np.log(x["upper"] / x["lower"]))

    assert interval(own * more) >= interval(own) * (1 - 1e-9)


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(4)))
def test_permuting_districts_permutes_results(order):
    x = Uncertain(city(), CHAINS["three shared"])
    moved = x.isel(sample=list(order))
    np.testing.assert_array_equal(moved.quantiles(LEVELS).values, x.quantiles(LEVELS).values[:, list(order)])
    np.testing.assert_array_equal(moved.draws(50, 1).values, x.draws(50, 1).values[:, list(order)])


def test_swapping_a_biomarker_for_its_drug_keeps_the_numbers():
    x = Uncertain(city(), CHAINS["three shared"])
    y = x.swap_dims(biomarker="drug")
    assert y.central.dims == ("sample", "drug")
    np.testing.assert_array_equal(y.quantiles(LEVELS).values, x.quantiles(LEVELS).values)
    np.testing.assert_array_equal(y.sel(drug="ket").draws(20, 1).values, x.sel(biomarker="y").draws(20, 1).values)


def test_missing_values_stay_missing_and_zero_stays_zero():
    centre = city()
    centre[0, 0], centre[1, 1] = np.nan, 0.0
    x = Uncertain(centre, CHAINS["three shared"])
    q = x.quantiles(LEVELS)
    assert np.isnan(q[:, 0, 0]).all()
    assert (q[:, 1, 1] == 0).all()
    assert np.isfinite(x.draws(10, 1)[:, 1:]).all()


@pytest.mark.parametrize("ratio", [0.002, 0.008, 0.02, 0.05, 300.0])
def test_a_bound_holds_its_level_to_a_ten_millionth_where_one_spread_is_small(ratio):
    d = Beta(mean=0.3, sd=0.1)
    local = ratio * d.log_moments()[1]
    x = Uncertain(xr.DataArray(1.0), [(Term("u", (), d), 1), (Term("local", (), local), 1)])
    at = np.log(d.quantile((np.arange(400_000) + 0.5) / 400_000) / d.median())
    for level in (0.025, 0.975):
        held = special.ndtr((np.log(float(x.quantiles([level]).values[0])) - at) / local).mean()
        assert held == pytest.approx(level, abs=1.2e-7)
