"""The worked cases of GUM Supplement 1 (JCGM 101:2008, clause 9), Sobol indices, and sampling design."""

import numpy as np
import pytest
import xarray as xr

from wbe.design import sampling
from wbe.errors import UncertaintyError
from wbe.uncertainty import Beta, LogNormal, Term, Triangular, Uncertain
from wbe.uncertainty.budget import by_scope, first_to_improve, sobol_natural
from wbe.uncertainty.gum import Normal, Rectangular, monte_carlo, settle, sobol

SQRT3 = np.sqrt(3.0)


def total(**x):
    return sum(x.values())


def add(inputs, **options):
    return monte_carlo(total, {f"x{i}": d for i, d in enumerate(inputs)}, seed=11, **options)


@pytest.mark.parametrize(
    ("inputs", "sd", "half"),
    [
        ([Normal(0, 1)] * 4, 2.00, 3.92),
        ([Rectangular(-SQRT3, SQRT3)] * 4, 2.00, 3.88),
        ([Rectangular(-SQRT3, SQRT3)] * 3 + [Rectangular(-10 * SQRT3, 10 * SQRT3)], 10.15, 17.0),
    ],
    ids=["four normals", "four rectangulars", "one dominant rectangular"],
)
def test_additive_cases(inputs, sd, half):
    # a million draws at least, so that the two decimals printed in the Supplement show
    found = add(inputs, least_blocks=60)
    assert found.reached
    assert found.blocks >= 10
    assert found.achieved <= found.tolerance
    assert found.sd == pytest.approx(sd, abs=0.01 if sd < 5 else 0.05)
    for end in (-found.lower, found.upper, (found.shortest[1] - found.shortest[0]) / 2):
        assert end == pytest.approx(half, abs=0.015 if sd < 5 else 0.06)


def test_four_rectangulars_have_the_exact_interval():
    exact = 2 * SQRT3 * (2 - (3 / 5) ** 0.25)
    assert exact == pytest.approx(3.88, abs=0.005)
    assert add([Rectangular(-SQRT3, SQRT3)] * 4, least_blocks=60).upper == pytest.approx(exact, abs=0.012)


def test_mass_calibration():
    # clause 9.3: mg; the deviation of the weight in air from its nominal 100 g
    def deviation(reference, difference, air, weight, standard):
        return (reference + difference) * (1 + (air - 1.2) * (1 / weight - 1 / standard)) - 100_000.0

    inputs = {
        "reference": Normal(100_000.0, 0.050),
        "difference": Normal(1.234, 0.020),
        "air": Rectangular(1.10, 1.30),
        "weight": Rectangular(7000.0, 9000.0),
        "standard": Rectangular(7950.0, 8050.0),
    }
    found = monte_carlo(deviation, inputs, seed=5)
    assert found.reached
    assert found.mean == pytest.approx(1.234, abs=0.001)
    assert found.sd == pytest.approx(0.0755, abs=0.0005)
    assert found.shortest == pytest.approx((1.083, 1.382), abs=0.006)


@pytest.mark.parametrize(
    ("x1", "mean", "sd", "interval"),
    [(0.0, 50, 50.0, (0, 150)), (0.010, 150, 111.8, (0.9, 367)), (0.050, 2550, 502.5, (1591, 3545))],
)
def test_comparison_loss(x1, mean, sd, interval):
    # clause 9.4, uncorrelated: X1^2 + X2^2 in units of 1e-6, u = 0.005; exact mean x1^2 + 2 u^2
    found = monte_carlo(lambda a, b: 1e6 * (a * a + b * b), {"a": Normal(x1, 0.005), "b": Normal(0.0, 0.005)}, seed=6)
    assert found.mean == pytest.approx(mean, rel=0.01)
    assert found.sd == pytest.approx(sd, rel=0.01)
    assert found.shortest == pytest.approx(interval, abs=0.03 * sd + 2)


def test_a_run_that_may_not_settle_says_so():
    found = add([Normal(0, 1)] * 2, digits=4, most_draws=200_000)
    assert not found.reached
    assert found.achieved > found.tolerance
    with pytest.raises(UncertaintyError, match="fewer than 10 stop by luck"):
        settle(lambda k: np.zeros(10), least_blocks=2)
    with pytest.raises(UncertaintyError, match="does not vary"):
        settle(lambda k: np.zeros(10_000))


def test_adaptive_run_of_a_product_agrees_with_the_exact_engine():
    f, stability = Beta(mean=0.39, sd=0.08), Triangular(0.7, 0.9, 1.0)
    found = monte_carlo(
        lambda c, f, s: c / (f * s), {"c": LogNormal(median=33.0, cv=0.2), "f": f, "s": stability}, seed=1
    )
    centre = xr.DataArray(33.0 / f.median() / stability.median())
    terms = [(Term("c", (), LogNormal(1.0, cv=0.2)), 1), (Term("f", (), f), -1), (Term("s", (), stability), -1)]
    exact = Uncertain(centre, terms).interval(0.95)
    for name in ("median", "lower", "upper"):
        assert getattr(found, name) == pytest.approx(float(exact[name]), abs=2 * found.tolerance)


def test_sobol_indices_of_a_log_normal_product_match_their_closed_form():
    # S_i = (exp(p^2 s^2) - 1) / (exp(sum) - 1)
    cvs = {"c": 0.1, "f": 0.26, "dose": 0.3}
    s2 = {k: np.log1p(v * v) for k, v in cvs.items()}
    total = sum(s2.values())
    closed = {k: (np.expm1(v) / np.expm1(total), 1 - np.expm1(total - v) / np.expm1(total)) for k, v in s2.items()}
    x = Uncertain(xr.DataArray(1.0), [(Term(k, (), float(np.sqrt(v))), 1) for k, v in s2.items()])
    exact = sobol_natural(x)
    drawn = sobol(lambda c, f, dose: c * f * dose, {k: LogNormal(1.0, cv=v) for k, v in cvs.items()}, 2**14, seed=1)
    for k, indices in closed.items():
        assert tuple(exact.loc[k]) == pytest.approx(indices, rel=1e-9)
        assert drawn[k] == pytest.approx(indices, abs=0.01)


def test_sobol_closed_form_holds_for_other_shapes():
    f, s = Beta(mean=0.39, sd=0.08), Triangular(0.7, 0.9, 1.0)
    x = Uncertain(xr.DataArray(1.0), [(Term("f", (), f), -1), (Term("s", (), s), -1)])
    drawn = sobol(lambda f, s: 1 / (f * s), {"f": f, "s": s}, 2**14, seed=1)
    for k in "fs":
        assert tuple(sobol_natural(x).loc[k]) == pytest.approx(drawn[k], abs=0.01)


def test_sobol_estimator_on_the_ishigami_function():
    # a = 7, b = 0.1: textbook values
    def ishigami(x, y, z):
        return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)

    found = sobol(ishigami, {k: Rectangular(-np.pi, np.pi) for k in "xyz"}, 2**14, seed=1)
    assert [found[k][0] for k in "xyz"] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert [found[k][1] for k in "xyz"] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)


def test_budget_shares_sum_to_one_and_name_the_first_thing_to_improve():
    centre = xr.DataArray([1.0, 2.0], dims="sample", coords={"sample": ["a", "b"]})
    terms = [
        (Term("flow", ("sample",), xr.DataArray([0.1, 0.3], dims="sample")), 1),
        (Term("excretion", (), Beta(mean=0.39, sd=0.1)), -1),
        (Term("sampling", ("sample",), 0.1), 1),
    ]
    x = Uncertain(centre, terms)
    np.testing.assert_allclose(x.budget()["share"].sum("term"), 1.0)
    np.testing.assert_allclose((x.budget()["log_sd"] ** 2).sum("term"), x.log_sd() ** 2)
    best = first_to_improve(x.isel(sample=0)).iloc[0]
    assert (best["term"], best["remedy"]) == ("excretion", "a better correction factor, or a second biomarker")
    assert best["fold_without"] < best["fold_now"]
    assert by_scope(x).sum() == pytest.approx(1.0)
    with pytest.raises(UncertaintyError, match="2 cells; needed one"):
        sobol_natural(x)


def test_within_day_sampling_follows_the_pulse_formula_and_its_simulation():
    # pulses of 2 min (Ort et al. 2010, DOI 10.1021/es100779n, for the effect)
    assert [round(sampling.within_day_cv(t, 2, 50), 3) for t in (10, 30, 60)] == [0.283, 0.529, 0.762]
    assert sampling.within_day_cv(10, 2, 1000) == pytest.approx(0.063, abs=5e-4)
    rng = np.random.default_rng(1)
    # a Poisson number of pulses, each caught if it passes the sampler at an aliquot: chance 2/30
    caught = rng.binomial(rng.poisson(50, 200_000), 2 / 30) * 30 / 2
    arrived = np.sqrt(caught.var() - 50) / 50
    assert arrived == pytest.approx(sampling.within_day_cv(30, 2, 50), rel=0.02)


def test_days_per_month_with_finite_population_correction():
    assert [round(sampling.month_mean_cv(0.30, n), 3) for n in (1, 2, 3, 4, 7)] == [0.295, 0.205, 0.164, 0.140, 0.099]
    assert sampling.month_mean_cv(0.60, 4) == pytest.approx(2 * sampling.month_mean_cv(0.30, 4))
    assert sampling.month_mean_cv(0.30, 30) == 0.0
    # days that follow each other: against a month drawn day by day, four days evenly in it
    rng, rho = np.random.default_rng(5), 0.8
    month = (
        rng.standard_normal((40_000, 30)) @ np.linalg.cholesky(rho ** np.abs(np.subtract.outer(*[np.arange(30)] * 2))).T
    )
    apart = (month[:, [3, 11, 18, 26]].mean(axis=1) - month.mean(axis=1)).std()
    assert sampling.month_mean_cv(0.3, 4, autocorrelation=rho) == pytest.approx(0.3 * apart, rel=0.02)


def test_post_stratified_mean_of_weekdays_recovers_the_month():
    month = {"weekday": np.arange(22.0), "weekend": 100 + np.arange(8.0)}
    sizes = {"weekday": 22, "weekend": 8}
    whole = sampling.stratified_mean(month, sizes)
    assert whole.mean == pytest.approx(np.concatenate(list(month.values())).mean())
    assert whole.se == 0.0
    with pytest.raises(UncertaintyError, match="one value shows no spread"):
        sampling.stratified_mean({"weekday": [1.0, 2.0], "weekend": [3.0]}, sizes)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sampling.within_day_cv(1, 2, 50), "shorter than a pulse"),
        (lambda: sampling.within_day_cv(10, 2, 0), "pulses = 0"),
        (lambda: sampling.month_mean_cv(0.3, 31), "more than the 30 days"),
        (lambda: sampling.month_mean_cv(0.3, 4, autocorrelation=1.0), "autocorrelation = 1.0"),
        (lambda: sampling.mode_bias([1.0], [1.0]), "two equally long rows"),
        (lambda: sampling.poisson_users_cv(0), "users = 0"),
    ],
)
def test_impossible_designs_are_refused(make, message):
    with pytest.raises(UncertaintyError, match=message):
        make()
