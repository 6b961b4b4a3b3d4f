"""An issued number can be drawn again: streams, sums in parts, terms on part of the cells, designs."""

import math

import numpy as np
import pytest
import xarray as xr

from wbe.design import sampling
from wbe.errors import UncertaintyError
from wbe.testing import small_city
from wbe.uncertainty import (
    Beta,
    LogNormal,
    SobolStream,
    Term,
    Uncertain,
    Uniform,
    inputs,
    product,
    weighted_draws,
    weighted_quantiles,
)
from wbe.uncertainty.budget import by_scope, first_to_improve, sobol_natural
from wbe.uncertainty.draws import BLOCK, Recall, Stream, scored
from wbe.uncertainty.gum import Normal, monte_carlo, settle, settle_sum, shortest, tolerance


def test_the_vectors_of_a_seed_are_the_ones_that_were_issued():
    # recorded with version 0.1.0: a report that names its seed can be made again
    stream = Stream(1)
    assert stream.normal("flow", ("a", "b"), 0, np.empty(3)).tolist() == pytest.approx(
        [-1.4871473536134028, -0.819216627015855, -0.7116101606660261], rel=1e-12
    )
    assert stream.normal("flow", ("a", "b"), 1, np.empty(2)).tolist() == pytest.approx(
        [0.5103395495851529, -1.4760137927595702], rel=1e-12
    )
    assert Stream(2**70).normal("e", (), 0, np.empty(1))[0] == pytest.approx(-1.088264769541266, rel=1e-12)
    assert scored(Uniform(1.0, 3.0), 2, 7, "purity") == pytest.approx([1.2339381350825458, 1.421593420852902])


def test_a_stream_that_remembers_gives_the_same_vectors_and_forgets_the_oldest():
    plain, recall = Stream(4), Recall(4, most=3 * 80)
    asked = ["a", "b", "c", "a", "d", "e", "a", "b"]
    for name in asked:
        got = recall.normal(name, ("x",), 2, np.empty(10))
        assert np.array_equal(got, plain.normal(name, ("x",), 2, np.empty(10)))
        assert len(recall._vectors) <= 3
    assert [mark[0] for mark in recall._vectors] == ["e", "a", "b"]  # d was used longest ago
    assert recall.normal("b", ("x",), 2, np.empty(10)) is recall.normal("b", ("x",), 2, np.empty(10))


def test_more_shared_keys_than_are_kept_change_no_draw():
    n = 700
    centre = xr.DataArray(
        np.ones(2 * n), dims="sample", coords={"site": ("sample", [f"p{i % n}" for i in range(2 * n)])}
    )
    d = Uncertain(centre, [(Term("meter", ("site",), 0.2), 1)]).draws(3, 1).values
    assert np.array_equal(d[:, :n], d[:, n:])
    assert np.unique(d[0]).size == n


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_a_number_of_draws_that_cannot_be_is_refused(n):
    x = Uncertain(xr.DataArray([1.0], dims="s"))
    with pytest.raises(UncertaintyError, match="whole number of draws"):
        x.draws(n, 1)
    assert x.draws(1, 0).values.tolist() == [[1.0]]


def test_cells_are_worked_on_in_parts_without_a_seam():
    n = product.BLOCK + 5
    centre = xr.DataArray(np.linspace(1, 2, n), dims="s")
    x = Uncertain(centre, [(Term("a", (), Beta(mean=0.3, sd=0.1)), 1), (Term("b", (), 0.2), 1)])
    q = x.quantiles([0.1, 0.9]).values
    assert q / centre.values == pytest.approx(np.repeat(q[:, :1], n, axis=1) / 1.0, rel=1e-12)


def sites(*terms, n=3):
    labels = list("abcdef")[:n]
    return Uncertain(xr.DataArray(np.arange(1.0, n + 1), dims="site", coords={"site": labels}), terms)


def test_a_spread_may_differ_by_cell_be_nothing_in_some_and_must_have_their_labels():
    sizes = xr.DataArray([0.0, 0.1, 0.3], dims="site", coords={"site": list("abc")})
    x = sites((Term("flow", ("site",), sizes), 2.0))
    assert x.log_sd().values == pytest.approx([0.0, 0.2, 0.6])
    assert x.interval(0.9)["upper"].values == pytest.approx(
        [1.0, 2 * np.exp(0.2 * 1.6448536), 3 * np.exp(0.6 * 1.6448536)]
    )
    assert (x.draws(50, 1).isel(site=0) == 1.0).all()
    assert x.isel(site=[0]).terms == ()
    with pytest.raises(UncertaintyError, match="different labels along site"):
        sites((Term("flow", ("site",), sizes.assign_coords(site=list("abd"))), 1.0))
    unlabelled = sites((Term("flow", ("site",), sizes.drop_vars("site")), 2.0))
    assert unlabelled.log_sd().values == pytest.approx(x.log_sd().values)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Term("", ("site",), 0.1), "name"),
        (lambda: Term("a", ("site", "site"), 0.1), "twice"),
        (lambda: Term("a", ("",), 0.1), "scope"),
        (lambda: Term("a", ("site",), True), "spread = True"),
        (lambda: Term("a", ("site",), "wide"), "spread = 'wide'"),
        (lambda: Term("a", ("site",), {}), "empty"),
        (lambda: Term("a", ("site",), {"x": 0.3}), "not a Distribution"),
        (lambda: sites() * 0.0, "above 0"),
        (lambda: sites() * float("inf"), "above 0"),
        (lambda: sites() / -2.0, "above 0"),
        (lambda: sites().interval(1.0), "level"),
        (lambda: sites().interval(0.0), "level"),
        (lambda: sites().quantiles([1.0]), "levels"),
        (lambda: sites().quantiles([]), "levels"),
        (lambda: sites().sel(site="z"), "'z'"),
        (lambda: sites().sel(town="z"), "'town'"),
        (lambda: sites().varying("town"), "'town'"),
        (lambda: weighted_draws(sites(), xr.DataArray([1.0, np.nan, 1.0], dims="site"), 10, 1), "not finite"),
        (lambda: weighted_draws(sites(), xr.DataArray([1.0], dims="town"), 10, 1), "exactly one"),
        (
            lambda: weighted_draws(sites(), xr.DataArray([1.0, 1], dims="site", coords={"site": ["a", "b"]}), 9, 1),
            "labels",
        ),
    ],
)
def test_what_cannot_be_asked_of_a_quantity_is_refused(make, message):
    with pytest.raises(UncertaintyError, match=message):
        make()


def test_the_named_terms_alone_or_all_but_them():
    x = sites((Term("flow", ("site",), 0.3), 1), (Term("dose", (), 0.4), -1))
    assert x.log_sd().values == pytest.approx([0.5] * 3)
    assert x.log_sd(["dose"]).values == pytest.approx([0.4] * 3)
    assert x.log_sd(lambda term: term.scope == ("site",)).values == pytest.approx([0.3] * 3)
    assert x.without("dose").terms == x.varying("site").terms == ((x.terms[1][0], 1.0),)
    assert (x * 2.0).central.values.tolist() == [2.0, 4.0, 6.0]
    assert (x / 2.0).central.values.tolist() == [0.5, 1.0, 1.5]
    assert (2.0 / x).central.values == pytest.approx([2.0, 1.0, 2 / 3])
    with pytest.raises(AttributeError, match="frozen"):
        x.terms = ()


def months():
    """Two districts in two months: one laboratory batch in May, two in June."""
    batch = (("district", "month"), [["m1", "m2"], ["m1", "m3"]])
    return xr.DataArray(
        [[4.0, 6.0], [2.0, 2.0]],
        dims=("district", "month"),
        coords={"district": ["A", "B"], "month": ["05", "06"], "batch": batch},
    )


@pytest.mark.parametrize("spread", [0.3, LogNormal(1.0, gsd=math.exp(0.3)), Uniform(0.8, 1.7)], ids=repr)
def test_a_ratio_cancels_in_the_cells_where_both_sides_have_one_key_and_only_there(spread):
    x = Uncertain(months(), [(Term("batch", ("batch",), spread), 1)])
    r = x.ratio({"district": "A"}, {"district": "B"})
    own = float(x.log_sd()[0, 0])
    assert r.central.values.tolist() == [2.0, 3.0]
    assert r.log_sd().values == pytest.approx([0.0, math.sqrt(2) * own])
    d, whole = r.draws(2000, 5), x.draws(2000, 5)
    assert d.values == pytest.approx((whole.sel(district="A") / whole.sel(district="B")).values, rel=1e-12)
    assert r.quantiles([0.1, 0.9]).values[:, 0].tolist() == pytest.approx([2.0, 2.0])


def test_one_source_with_two_sizes_leaves_the_difference_of_the_sizes():
    size = xr.DataArray([0.5, 0.2], dims="district")
    x = Uncertain(months(), [(Term("sewer", (), size), 1)])
    r = x.ratio({"district": "A"}, {"district": "B"})
    assert r.log_sd().values == pytest.approx([0.3, 0.3])
    back = x.ratio({"district": "B"}, {"district": "A"})
    assert back.log_sd().values == pytest.approx([0.3, 0.3])
    d, whole = r.draws(500, 5), x.draws(500, 5)
    assert d.values == pytest.approx((whole.sel(district="A") / whole.sel(district="B")).values, rel=1e-12)


def test_ratios_need_the_same_cells_on_both_sides():
    x = Uncertain(months())
    with pytest.raises(UncertaintyError, match="same labels on both sides"):
        x.ratio({"district": "A", "month": "05"}, {"district": "B"})
    assert x.ratio({"district": "A", "month": "05"}, {"district": "B", "month": "05"}).central.item() == 2.0


def test_budget_by_hand():
    x = sites((Term("flow", ("site",), 0.3), 1), (Term("dose", (), 0.4), -1), n=1)
    table = first_to_improve(x)
    assert table["term"].tolist() == ["dose", "flow"]
    assert table["scope"].tolist() == ["run", "site"]
    assert table["share"].tolist() == pytest.approx([0.64, 0.36])
    assert table["fold_now"].tolist() == pytest.approx([math.exp(1.959964 * 0.5)] * 2)
    assert table["fold_without"].tolist() == pytest.approx([math.exp(1.959964 * s) for s in (0.3, 0.4)])
    assert by_scope(x).to_dict() == pytest.approx({"run": 0.64, "site": 0.36})
    assert list(by_scope(x).index) == ["run", "site"]
    assert sites().budget()["share"].sizes["term"] == 0


def test_indices_of_a_variance_that_does_not_exist_are_left_empty():
    x = Uncertain(xr.DataArray(1.0), [(Term("f", (), Beta(a=1.5, b=3.0)), -1), (Term("q", (), 0.2), 1)])
    assert sobol_natural(x).isna().all(axis=None)
    one = sobol_natural(Uncertain(xr.DataArray(1.0), [(Term("q", (), 0.2), 1)]))
    assert one.loc["q"].tolist() == pytest.approx([1.0, 1.0])


def test_every_term_of_measurement_has_its_default_and_its_scope():
    terms = inputs.measurement_terms(small_city())
    sizes = {"analysis": 0.10, "flow": 0.05, "flow_meter": 0.10}
    assert {k: terms[k].spread for k in sizes} == pytest.approx({k: inputs.log_sd(v) for k, v in sizes.items()})
    assert terms["flow_meter"].scope == ("site",)
    assert terms["sampling"].scope == ("sample",)
    own = inputs.measurement_terms(small_city(), {"flow": 0.2})
    assert own["flow"].spread == pytest.approx(inputs.log_sd(0.2))
    assert own["analysis"].spread == terms["analysis"].spread


def test_a_batch_is_a_source_of_error_only_where_samples_name_one():
    named = small_city().assign_coords(batch=("sample", ["b1"] * small_city().sizes["sample"]))
    bare = named.drop_vars("batch")
    assert inputs.measurement_terms(named)["batch"].scope == ("batch", "biomarker")
    assert "batch" not in inputs.measurement_terms(bare)
    unstated = inputs.measurement_terms(bare.drop_vars("sample_type"))["sampling"].spread
    assert unstated.values == pytest.approx(inputs.log_sd(0.30))


def test_samples_corrected_for_the_sewer_carry_the_spread_of_the_correction_or_are_refused():
    city = small_city()
    city.attrs["corrected_for"] = '{"sewer_loss": ["methamphetamine"]}'
    with pytest.raises(UncertaintyError, match="stability_log_sd"):
        inputs.measurement_terms(city)
    spread = xr.zeros_like(city["biomarker"], dtype=float)
    assert "stability" not in inputs.measurement_terms(city.assign(stability_log_sd=spread))
    spread[0] = 0.1
    term = inputs.measurement_terms(city.assign(stability_log_sd=spread))["stability"]
    assert (term.scope, float(term.spread.max())) == (("biomarker",), 0.1)


@pytest.mark.parametrize("cv", [0, -0.1, float("nan"), float("inf"), True, "0.1"])
def test_a_size_of_error_is_a_finite_number_above_nothing(cv):
    with pytest.raises(UncertaintyError, match="finite number above 0"):
        inputs.log_sd(cv)


def test_the_remedy_of_a_source_is_found_by_its_first_name():
    assert inputs.remedy("population:census") == inputs.remedy("population") == inputs.remedy("population[x]")
    assert inputs.remedy("moonlight")["en"] == "a better figure for moonlight"
    with pytest.raises(UncertaintyError, match="terms: analysis, batch"):
        inputs.row("moonlight")


def test_tolerance_is_half_a_unit_of_the_last_digit():
    # JCGM 101:2008, 7.9.2, example: u = 0.0754 with two digits is 0.0005
    assert [tolerance(0.0754), tolerance(0.35, 1), tolerance(9.99, 2), tolerance(10.0, 2)] == [5e-4, 0.05, 0.05, 0.5]


def test_an_adaptive_run_has_ten_blocks_of_enough_draws_and_two_digits():
    found = monte_carlo(lambda a: a, {"a": Normal(0, 1)}, seed=1)
    assert found.draws / found.blocks == 2 * BLOCK
    assert found.tolerance == tolerance(found.sd, 2)
    assert found.blocks >= 10
    narrow = monte_carlo(lambda a: a, {"a": Normal(0, 1)}, seed=1, level=0.997, most_draws=500_000)
    assert narrow.draws / narrow.blocks == math.ceil(100 / 0.003 / BLOCK) * BLOCK
    x = sites((Term("flow", ("site",), 0.3), 1))
    total = settle_sum(x, xr.DataArray([1.0, 1.0, 1.0], dims="site"), seed=1, most_draws=200_000)
    assert total.tolerance == tolerance(total.sd, 2)
    assert total.draws <= 200_000
    drawn = weighted_draws(x, xr.DataArray([1.0, 1.0, 1.0], dims="site"), total.draws, 1)
    assert total.values == pytest.approx(drawn.values)
    with pytest.raises(UncertaintyError, match="3 sums"):
        settle_sum(x, xr.DataArray(np.eye(3), dims=("site", "part")), seed=1)
    with pytest.raises(UncertaintyError, match="level"):
        settle(lambda k: np.zeros(10), level=1.0)


def test_the_shortest_interval_holds_the_share_and_is_the_shortest():
    x = np.array([5.0, 0.0, 1.0, 1.1, 1.2])
    assert shortest(x, 0.6) == (1.0, 1.2)
    assert shortest(x, 0.4) in ((1.0, 1.1), (1.1, 1.2))
    assert shortest(x, 1.0) == (0.0, 5.0)


def test_sobol_points_skip_blocks_without_changing_them():
    x = sites((Term("flow", ("site",), 0.2), 1))
    walked, jumped = SobolStream(x, 3), SobolStream(x, 3)
    for block in range(4):
        at = walked.normal("flow", ("b",), block, np.empty(5)).copy()
    assert np.array_equal(
        jumped.normal("flow", ("b",), 0, np.empty(5)), SobolStream(x, 3).normal("flow", ("b",), 0, np.empty(5))
    )
    assert np.array_equal(jumped.normal("flow", ("b",), 3, np.empty(5)), at)
    late = SobolStream(x, 3)
    assert np.array_equal(late.normal("flow", ("b",), 3, np.empty(5)), at)


def test_sobol_gives_its_best_dimensions_to_the_keys_that_carry_most():
    sizes = xr.DataArray([0.1, 0.5, 0.3], dims="site")
    stream = SobolStream(sites((Term("flow", ("site",), sizes), 1), (Term("e", (), 0.4), 1)), 1)
    # e is shared by three cells: 3 x 0.16 against 0.25, 0.09 and 0.01
    assert list(stream._place) == [("e", ()), ("flow", ("b",)), ("flow", ("c",)), ("flow", ("a",))]


def test_sums_that_subtract_have_quantiles_of_either_sign():
    x = sites((Term("flow", ("site",), 0.2), 1), n=2)
    q = weighted_quantiles(x, xr.DataArray([2.0, -1.0], dims="site"), [0.05, 0.5, 0.95], 40_000, 2).values
    exact = np.quantile(2 * x.draws(40_000, 2)[:, 0] - x.draws(40_000, 2)[:, 1], [0.05, 0.5, 0.95])
    assert q == pytest.approx(exact, abs=0.01)
    assert q[0] < 0 < q[2]


# ---- sampling designs ---------------------------------------------------------------------------------------------


def test_a_sampler_that_catches_every_pulse_makes_no_error():
    assert sampling.within_day_cv(2.0, 2.0, 50) == 0.0
    assert sampling.grab_cv(2.0, 1000, diurnal_cv=0.5) == pytest.approx(math.hypot(math.sqrt(719 / 1000), 0.5))
    assert sampling.grab_cv(1440.0, 7, 0.0) == 0.0
    for wrong in (-0.1, float("nan"), float("inf")):
        with pytest.raises(UncertaintyError, match="diurnal_cv"):
            sampling.grab_cv(2.0, 1000, wrong)


@pytest.mark.parametrize("day_cv", [0.2, 0.45, 1.2])
@pytest.mark.parametrize("target", [0.05, 0.1, 0.3])
@pytest.mark.parametrize("r", [0.0, 0.5])
def test_the_days_needed_reach_the_target_and_one_fewer_does_not(day_cv, target, r):
    n = sampling.days_needed(day_cv, target, 31, r)
    assert sampling.month_mean_cv(day_cv, n, 31, r) <= target
    assert n == 1 or sampling.month_mean_cv(day_cv, n - 1, 31, r) > target


def test_the_error_of_a_months_mean_by_hand():
    assert sampling.month_mean_cv(0.4, 4, 20) == pytest.approx(0.4 * math.sqrt(0.25 * 0.8))
    # the first and last of three days that follow each other: weights 1/2 - 1/3 and -1/3
    law = 0.2 ** np.abs(np.subtract.outer(*[np.arange(3)] * 2)).astype(float)
    weight = np.array([1 / 6, -1 / 3, 1 / 6])
    assert sampling.month_mean_cv(0.4, 2, 3, 0.2) == pytest.approx(0.4 * math.sqrt(weight @ law @ weight))
    assert sampling.month_mean_cv(0.4, 30) == 0.0
    assert sampling.poisson_users_cv(16) == 0.25
    with pytest.raises(UncertaintyError, match="autocorrelation"):
        sampling.month_mean_cv(0.4, 4, autocorrelation=-0.1)


def test_a_sampler_by_time_is_wrong_by_the_covariance_of_load_and_flow():
    c, q = np.array([1.0, 2.0, 6.0]), np.array([3.0, 1.0, 2.0])
    assert sampling.mode_bias(c, q) == pytest.approx(c.mean() * q.mean() / (c * q).mean() - 1)
    assert sampling.mode_bias([2, 2], [1, 3]) == 0.0
    assert sampling.mode_bias([0, 2], [0, 1]) == pytest.approx(-0.5)
    for wrong in (([1.0, -1.0], [1, 1]), ([1.0, 1.0], [1, -1]), ([0.0, 1.0], [1, 0])):
        with pytest.raises(UncertaintyError, match="load above 0"):
            sampling.mode_bias(*wrong)
    for wrong in (([1.0, 2.0], [1, 2, 3]), ([1.0, np.nan], [1, 1]), ([1.0, 1.0], [1, np.inf])):
        with pytest.raises(UncertaintyError, match="two equally long rows"):
            sampling.mode_bias(*wrong)


def test_a_stratified_mean_by_hand_and_what_it_refuses():
    found = sampling.stratified_mean({"w": [9.0, 11.0], "e": [15.0]}, {"w": 20, "e": 8}, prior_sd=3.0)
    assert found.mean == pytest.approx((20 * 10 + 8 * 15) / 28)
    assert found.se == pytest.approx(math.sqrt((20 / 28) ** 2 * 2 / 2 * 0.9 + (8 / 28) ** 2 * 9 * (1 - 1 / 8)))
    for values, sizes in (
        ({"w": [1.0]}, {"w": 5, "e": 2}),
        ({"w": [1.0], "e": [2.0]}, {"w": 5}),
        ({"w": [1.0, 2.0, 3.0]}, {"w": 2}),
        ({"w": []}, {"w": 2}),
        ({"w": [1.0, np.inf]}, {"w": 2}),
    ):
        with pytest.raises(UncertaintyError, match="strat"):
            sampling.stratified_mean(values, sizes, 1.0)
    assert sampling.stratified_mean({"w": [1.0, 3.0]}, {"w": 2}).se == 0.0
