"""What is drawn together varies together: ratios, comparable intervals and sums know what is shared."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from wbe.errors import UncertaintyError
from wbe.uncertainty import Beta, Term, Triangular, Uncertain, Uniform, weighted_draws, weighted_quantiles
from wbe.uncertainty.draws import BLOCK
from wbe.uncertainty.inputs import log_sd

# illustrative CVs: what each sample has anew, what a district keeps, what all share
OWN = {"C": 0.10, "sampling": 0.10, "Q": 0.10}
KEPT = {"P": 0.15}
SHARED = {"f": 0.26, "dose": 0.30, "purity": 0.10}


def two_districts():
    centre = xr.DataArray(
        [[15.0, 15.0], [10.0, 10.0]],
        dims=("district", "month"),
        coords={"district": ["A", "B"], "month": ["2021-05", "2021-06"]},
    )
    terms = [
        *((Term(k, ("district", "month"), log_sd(v)), 1) for k, v in OWN.items()),
        *((Term(k, ("district",), log_sd(v)), -1) for k, v in KEPT.items()),
        *((Term(k, (), log_sd(v)), -1) for k, v in SHARED.items()),
    ]
    return Uncertain(centre, terms)


def fold(x):
    return float(x.interval(0.95)["upper"] / x.interval(0.95)["median"])


def test_scope_vector_correlation_and_ratio_of_two_districts():
    x = two_districts()
    d = np.log(x.isel(month=0).draws(100_000, seed=2).values)
    assert np.corrcoef(d.T)[0, 1] == pytest.approx(0.756, abs=0.005)
    ratio = x.ratio({"district": "A", "month": "2021-05"}, {"district": "B", "month": "2021-05"})
    assert fold(ratio) == pytest.approx(1.88, abs=0.005)
    # wrongly independent: both variances in full
    assert np.exp(1.959964 * np.sqrt(2) * float(x.log_sd()[0, 0])) == pytest.approx(3.60, abs=0.005)
    certain = special.ndtr(np.log(float(ratio.central)) / float(ratio.log_sd()))
    assert certain == pytest.approx(0.90, abs=0.005)
    drawn = x.draws(100_000, seed=2).sel(month="2021-05")
    assert float((drawn.sel(district="A") > drawn.sel(district="B")).mean()) == pytest.approx(certain, abs=0.005)


def test_month_to_month_in_one_district_keeps_only_what_is_new_each_month():
    x = two_districts()
    change = x.ratio({"district": "A", "month": "2021-06"}, {"district": "A", "month": "2021-05"})
    assert fold(change) == pytest.approx(1.61, abs=0.005)


def test_ratio_of_whole_districts_keeps_the_months():
    r = two_districts().ratio({"district": "A"}, {"district": "B"})
    assert r.central.dims == ("month",)
    assert sorted({t.name for t, _ in r.terms}) == ["C", "P", "Q", "sampling"]


def test_absolute_and_comparable_intervals_differ_by_the_shared_part():
    x = two_districts()
    floor = np.sqrt(sum(log_sd(v) ** 2 for v in SHARED.values()))
    between = x.varying("district").log_sd()
    np.testing.assert_allclose(x.log_sd() ** 2 - between**2, floor**2)
    # what is shared is a floor: x/÷ 2.20 however many months are averaged
    assert np.exp(1.959964 * floor) == pytest.approx(2.20, abs=0.005)
    assert [t.name for t, _ in x.varying("month").terms] == ["C", "Q", "sampling"]


def test_samples_of_one_district_and_batch_are_told_apart_by_site_but_not_by_batch():
    centre = xr.DataArray(
        np.ones(4),
        dims="sample",
        coords={
            "sample": list("abcd"),
            "district": ("sample", ["A", "B", "A", "B"]),
            "site": ("sample", ["p", "q", "p", "q"]),
            "batch": ("sample", ["m1", "m1", "m2", "m2"]),
        },
    )
    terms = [(Term("flow_meter", ("site",), 0.1), 1), (Term("batch", ("batch",), 0.1), 1), (Term("e", (), 0.1), 1)]
    x = Uncertain(centre, terms)
    assert [t.name for t, _ in x.varying("district").terms] == ["flow_meter"]
    assert [t.name for t, _ in x.varying("batch").terms] == ["batch"]
    assert [t.name for t, _ in x.varying("sample").terms] == []


def three_drugs():
    centre = xr.DataArray(
        np.exp(np.random.default_rng(1).normal(2, 0.5, (3, 2))),
        dims=("district", "drug"),
        coords={"district": list("ABC"), "drug": ["meth", "ket"]},
    )
    excretion = {"meth": Beta(mean=0.39, sd=0.09), "ket": Triangular(0.1, 0.2, 0.5)}
    terms = [
        (Term("excretion", ("drug",), excretion), -1),
        (Term("flow", ("district",), Uniform(0.7, 1.3)), 1),
        (Term("analysis", ("district", "drug"), 0.12), 1),
    ]
    return Uncertain(centre, terms)


@pytest.mark.parametrize(
    ("a", "b", "left"),
    [
        ({"district": "A"}, {"district": "B"}, {"flow", "analysis"}),
        ({"drug": "meth"}, {"drug": "ket"}, {"excretion", "analysis"}),
        ({"district": "A", "drug": "meth"}, {"district": "B", "drug": "ket"}, {"flow", "analysis", "excretion"}),
    ],
)
def test_exact_ratio_is_the_ratio_of_the_draws(a, b, left):
    x = three_drugs()
    r = x.ratio(a, b)
    assert {t.name for t, _ in r.terms} == left
    d = x.draws(40_000, seed=4)
    np.testing.assert_allclose(r.draws(40_000, seed=4), d.sel(a).values / d.sel(b).values, rtol=1e-10)
    levels = [0.025, 0.5, 0.975]
    np.testing.assert_allclose(r.quantiles(levels), r.draws(40_000, seed=4).quantile(levels, "draw"), rtol=0.03)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.1, 10.0), st.floats(0.05, 0.8))
def test_scaling_or_widening_a_shared_factor_leaves_ratios_unchanged(scale, spread):
    x = three_drugs()
    moved = (x * scale).with_term(Term("dose", ("drug",), spread), -1)
    pick = {"district": "A"}, {"district": "C"}
    np.testing.assert_allclose(
        moved.ratio(*pick).quantiles([0.1, 0.5, 0.9]), x.ratio(*pick).quantiles([0.1, 0.5, 0.9]), rtol=1e-12
    )
    before, after = x.draws(200, 1), moved.draws(200, 1)
    order = before.get_axis_num("district")
    np.testing.assert_array_equal(before.values.argsort(order), after.values.argsort(order))


def test_ratios_refuse_selections_that_name_no_cell_or_several():
    centre = xr.DataArray(
        np.ones(3), dims="sample", coords={"sample": list("abc"), "district": ("sample", ["A", "A", "B"])}
    )
    x = Uncertain(centre, [(Term("flow", ("sample",), 0.1), 1)])
    with pytest.raises(UncertaintyError, match="finds 2 cells along sample"):
        x.ratio({"district": "A"}, {"district": "B"})
    with pytest.raises(UncertaintyError, match="finds nothing"):
        x.ratio({"district": "Z"}, {"district": "B"})
    with pytest.raises(UncertaintyError, match="names 'month'"):
        x.ratio({"month": "Z"}, {"district": "B"})


def test_a_cells_draws_do_not_depend_on_its_neighbours_or_on_the_number_drawn():
    x = three_drugs()
    whole = x.draws(2 * BLOCK + 11, seed=9)
    np.testing.assert_array_equal(x.isel(district=[2]).draws(100, 9).values, whole[:100, [2]].values)
    np.testing.assert_array_equal(x.draws(BLOCK + 5, 9).values, whole[: BLOCK + 5].values)
    assert not np.array_equal(x.draws(10, 8).values, whole[:10].values)


def test_weighted_sums_use_the_draws_of_their_cells():
    x = three_drugs()
    weights = xr.DataArray(
        [[1.0, 0.0], [0.25, 0.75], [0.0, 2.0]], dims=("district", "part"), coords={"district": list("ABC")}
    )
    n = BLOCK + 100
    total = weighted_draws(x, weights, n, seed=3)
    assert total.dims == ("draw", "part", "drug")
    expected = xr.dot(x.draws(n, 3), weights, dim="district").transpose("draw", "part", "drug")
    np.testing.assert_allclose(total, expected, rtol=1e-12)
    q = weighted_quantiles(x, weights, [0.025, 0.975], n, seed=3)
    np.testing.assert_allclose(q, np.quantile(total, [0.025, 0.975], axis=0), rtol=2e-3)


def test_streamed_quantiles_of_single_cells_are_the_exact_ones():
    x = three_drugs()
    alone = xr.DataArray(np.eye(3), dims=("district", "cell"), coords={"district": list("ABC")})
    levels = [0.025, 0.5, 0.975]
    streamed = weighted_quantiles(x, alone, levels, 150_000, seed=3)
    np.testing.assert_allclose(streamed.values, x.quantiles(levels).values, rtol=0.012)


def test_sums_without_cells_or_numbers_say_so():
    x = three_drugs()
    centre = x.central.copy()
    centre[0, 0] = np.nan
    weights = xr.DataArray([[1.0, 0.0]] * 3, dims=("district", "part"), coords={"district": list("ABC")})
    q = weighted_quantiles(Uncertain(centre, x.terms), weights, [0.5], 1000, seed=3).values[0]
    assert np.isnan(q[0, 0])
    assert q[0, 1] > 0
    assert (q[1] == 0).all()


def test_sums_of_shared_errors_are_wider_than_sums_of_independent_ones():
    centre = xr.DataArray(np.ones(10), dims="district", coords={"district": list("ABCDEFGHIJ")})
    ones = xr.DataArray(np.ones((10, 1)), dims=("district", "city"), coords={"district": list("ABCDEFGHIJ")})
    shared = weighted_draws(Uncertain(centre, [(Term("e", (), 0.3), 1)]), ones, 20_000, 1)
    apart = weighted_draws(Uncertain(centre, [(Term("e", ("district",), 0.3), 1)]), ones, 20_000, 1)
    assert float(shared.std() / apart.std()) == pytest.approx(np.sqrt(10), rel=0.03)


@pytest.mark.parametrize("seed", [-1, 1.5, True])
def test_seeds_that_are_no_whole_numbers_are_refused(seed):
    with pytest.raises(UncertaintyError, match="seed"):
        three_drugs().draws(10, seed)
