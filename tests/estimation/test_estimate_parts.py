"""The parts that amounts are made of, each by hand: days, limits, mixtures, sums, contrasts, areas."""

import numpy as np
import pytest
from scipy import integrate, sparse, special, stats

import wbe
from wbe.estimation.amounts import Amount, Common, bounds, sum_variance
from wbe.estimation.contrast import contrast
from wbe.estimation.days import coverage, covered_days, days_in_month, grouped, months_covered, weekend
from wbe.estimation.limits import below_limits, between
from wbe.estimation.mixture import above, averaged, quantile
from wbe.estimation.sizes import ladder
from wbe.samples import Flag
from wbe.testing import small_city

METH = "methamphetamine"


# ---- days ----


def timed(starts, ends=None):
    ds = small_city(districts=1, months=1, samples_per_month=len(starts), biomarkers=(METH,))
    ds = ds.assign_coords(time=("sample", np.array(starts, dtype="datetime64[ns]")))
    if ends is not None:
        ds = ds.assign_coords(time_end=("sample", np.array(ends, dtype="datetime64[ns]")))
    return ds


def test_a_sample_covers_its_interval_without_the_end():
    ds = timed(["2021-06-30", "2021-06-30T09:00", "2021-06-30", "2021-07-02"],
               ["2021-07-14", "2021-07-01T09:00", "NaT", "2021-07-01"])  # fmt: skip
    first, number = covered_days(ds)
    assert number.tolist() == [14, 1, 1, 1]  # an end before its start says nothing
    assert first.astype("datetime64[D]").astype(str).tolist() == ["2021-06-30"] * 3 + ["2021-07-02"]


@pytest.mark.parametrize(("hours", "days"), [(20, 1), (35, 1), (37, 2), (48, 2), (72, 3)])
def test_hours_are_rounded_to_whole_days(hours, days):
    end = np.datetime64("2021-06-01T08", "ns") + np.timedelta64(hours, "h")
    assert covered_days(timed(["2021-06-01T08"], [end]))[1].tolist() == [days]


def test_a_week_has_two_days_off_and_1970_began_on_a_thursday():
    assert weekend(np.arange(7)).tolist() == [False, False, True, True, False, False, False]
    assert [days_in_month(m) for m in ("2020-02", "2021-02", "2021-08")] == [(20, 9), (20, 8), (22, 9)]


def test_months_reach_from_the_first_day_covered_to_the_last():
    assert months_covered(timed(["2020-12-31", "2021-02-01"], ["2021-01-02", "2021-02-02"])) == (
        "2020-12", "2021-01", "2021-02",
    )  # fmt: skip


def test_weights_of_a_month_sum_to_one_and_only_usable_samples_count():
    ds = timed(["2021-06-01", "2021-06-01T12", "2021-06-01T12", "2021-06-03", "2021-06-05"],
               ["NaT", "NaT", "NaT", "NaT", "2021-06-08"])  # fmt: skip
    cover = coverage(ds, np.zeros(5, dtype=int))
    found = grouped(cover, np.ones(5, dtype=bool))
    # five days covered: the first of two samples, the second of these analysed twice
    assert found.days[0] == 5
    np.testing.assert_allclose(found.weight, [1 / 10, 1 / 20, 1 / 20, 1 / 5, 3 / 5])
    assert found.off[0] == 2  # 5 and 6 June 2021
    part = grouped(cover, np.array([True, True, False, False, True]))
    np.testing.assert_allclose(part.weight, [1 / 8, 1 / 8, 3 / 4])
    assert part.days[0] == 4
    assert grouped(cover, np.zeros(5, dtype=bool)).days.tolist() == [0]


# ---- below a limit ----


@pytest.mark.parametrize(("lowest", "v"), [(0.0, 0.01), (0.0, 0.2), (0.4, 0.05)])
def test_the_mean_below_a_limit_is_that_of_a_flat_prior(lowest, v):
    # density of the load: P(lowest < load x error < 1), the error log-normal of median one and log variance v
    sd = np.sqrt(v)

    def density(x):
        upper = stats.norm.cdf(-np.log(x) / sd)
        return upper - (stats.norm.cdf((np.log(lowest) - np.log(x)) / sd) if lowest else 0.0)

    moment = [integrate.quad(lambda x, k=k: x**k * density(x), 1e-12, 30, limit=500)[0] for k in range(3)]
    mean, relative = between(np.array([lowest]), np.array([v]))
    true = moment[1] / moment[0]
    assert mean[0] == pytest.approx(min(true, 1.0), rel=1e-6)
    assert relative[0] == pytest.approx((moment[2] / moment[0]) / true**2 - 1, rel=1e-6)


def test_a_result_below_a_limit_never_counts_more_than_the_limit():
    mean, relative = between(np.zeros(1), np.array([2.0]))
    assert mean[0] == 1.0
    assert relative[0] > 1


def test_a_result_between_detection_and_quantification_lies_between_them():
    ds = small_city(districts=1, months=4, biomarkers=(METH,))
    ds["lod"][:], ds["loq"][:] = 1.0, 4.0
    ds["flag"][:, 0] = [Flag.BELOW_LOQ, Flag.BELOW_LOD, Flag.DETECTED, Flag.ABOVE_ULOQ]
    found = below_limits(ds, METH)
    assert found.hidden.tolist() == [True, True, False, False]
    assert found.lowest.tolist() == [0.25, 0.0, 0.0, 0.0]
    ds["lod"][:] = 4.0  # not below the limit of quantification: says nothing
    assert below_limits(ds, METH).lowest.tolist() == [0.0] * 4


# ---- mixtures ----


def test_the_quantile_of_a_mixture_has_its_probability():
    rng = np.random.default_rng(1)
    weight, centre, sd = np.array([0.2, 0.5, 0.3]), rng.normal(size=(3, 40)), np.exp(rng.normal(size=(3, 40)))
    for level in (0.001, 0.025, 0.5, 0.975):
        x = quantile(weight, centre, sd, level)
        reached = (weight[:, None] * special.ndtr((x - centre) / sd)).sum(axis=0)
        np.testing.assert_allclose(reached, level, atol=1e-9)
        np.testing.assert_allclose(above(weight, centre, sd, x), 1 - level, atol=1e-9)


def test_a_quantile_has_the_same_bits_whatever_cells_lie_beside_it():
    rng = np.random.default_rng(4)
    weight, centre, sd = np.full(25, 0.04), rng.normal(0, 0.3, (25, 40)), np.exp(rng.normal(-1, 0.7, (25, 40)))
    sd[:, 7] *= 1e-3  # one that takes more steps than the others
    together = quantile(weight, centre, sd, 0.975)
    turned = np.arange(40)[::-1]
    np.testing.assert_array_equal(quantile(weight, centre[:, turned], sd[:, turned], 0.975), together[turned])
    for j in range(40):
        few = quantile(weight, centre[:, j : j + 3], sd[:, j : j + 3], 0.975)
        assert few.tolist() == together[j : j + 3].tolist()


@pytest.mark.parametrize("level", [1e-4, 0.025, 0.5, 0.8, 0.975])
def test_a_mixture_of_far_parts_has_its_quantile(level):
    weight = np.array([0.9, 0.1])
    centre, sd = np.array([[0.0], [5.0]]), np.array([[0.1], [2.0]])
    q = quantile(weight, centre, sd, level)
    assert weight @ special.ndtr((q - centre) / sd)[:, 0] == pytest.approx(level, rel=1e-9)


def test_a_mixture_without_spread_is_its_centre():
    zero = np.zeros((2, 1))
    assert quantile(np.array([0.5, 0.5]), zero + 3, zero, 0.975)[0] == 3.0
    assert above(np.ones(1), np.ones((1, 1)), np.zeros((1, 1)), np.zeros(1))[0] == 1.0
    assert averaged(np.array([0.25, 0.75]), np.array([[4.0], [8.0]]))[0] == 7.0


# ---- sums ----


def city_variance(x, r):
    """Own log variance of every month's sum over places; x and r of shape (place, month)."""
    place, month = (g.ravel() for g in np.meshgrid(*map(np.arange, x.shape), indexing="ij"))
    order = np.lexsort((place, month))
    cell = month[order]
    return sum_variance(
        cell, np.zeros_like(cell), place[order], cell, x.ravel()[order], r.ravel()[order][None], x.shape[1]
    )[0]


def test_one_place_has_the_log_variance_of_its_own_error():
    x, r = np.array([[3.0, 7.0, 1.0]]), np.array([[0.5, 0.1, 2.0]])
    np.testing.assert_array_equal(city_variance(x, r), np.log1p(r[0]))


def test_ten_equal_places_of_one_month_have_a_tenth_of_the_relative_variance():
    assert city_variance(np.full((10, 1), 5.0), np.full((10, 1), 0.7))[0] == pytest.approx(np.log1p(0.07))


def test_unequal_places_add_by_the_squares_of_their_parts():
    x, r = np.array([[6.0], [3.0], [1.0]]), np.array([[0.2], [0.5], [0.1]])
    assert city_variance(x, r)[0] == pytest.approx(np.log1p((36 * 0.2 + 9 * 0.5 + 0.1) / 100))


def test_squares_are_averaged_over_the_months_so_far_and_freed_of_their_error():
    x, r = np.array([[6.0, 2.0], [3.0, 5.0]]), np.array([[0.2, 0.4], [0.5, 0.3]])
    free = 0.5  # of two months
    square = (1 - free) * (x**2).mean(axis=1) + free * (x**2 / (1 + r)).mean(axis=1)
    noise = (x**2 * r / (1 + r)).sum(axis=0).mean()
    total = (x.sum(axis=0) ** 2).mean() - free * noise
    first, second = city_variance(x, r)
    assert first == pytest.approx(np.log1p((36 * 0.2 + 9 * 0.5) / 81))  # the first month knows no other
    assert second == pytest.approx(np.log1p((square * r[:, 1]).sum() / total))


def test_equal_error_in_all_places_and_months_of_one_size_gives_that_error_for_one_and_less_for_many():
    x, r = np.full((4, 30), 2.0), np.full((4, 30), 0.6)
    assert city_variance(x[:1], r[:1])[-1] == pytest.approx(np.log1p(0.6))
    many = city_variance(x, r)
    assert many[-1] < many[0] == pytest.approx(np.log1p(0.15))
    assert many[-1] > np.log1p(0.6 / 1.6 / 4)


def test_months_with_other_places_do_not_speak_for_a_month():
    # the third place is there in the second month only: each month stands for itself
    cell, place, month = np.array([0, 0, 1, 1, 1]), np.array([0, 1, 0, 1, 2]), np.array([0, 0, 1, 1, 1])
    x, r = np.array([6.0, 3.0, 2.0, 5.0, 3.0]), np.array([[0.2, 0.5, 0.4, 0.3, 0.1]])
    found = sum_variance(cell, np.zeros(5, dtype=int), place, month, x, r, 2)[0]
    assert found == pytest.approx(np.log1p([(36 * 0.2 + 9 * 0.5) / 81, (4 * 0.4 + 25 * 0.3 + 9 * 0.1) / 100]))
    # and two areas with the same places are two: what one month of each says stays there
    apart = sum_variance(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.zeros(4, dtype=int),
                         x[:4], r[:, :4], 2)[0]  # fmt: skip
    assert apart == pytest.approx(np.log1p([(36 * 0.2 + 9 * 0.5) / 81, (4 * 0.4 + 25 * 0.3) / 49]))


def simple(value, own, groups, share, r, terms=(), shift=None, weight=None):
    """An amount of a few cells, each with its pairs given as lists."""
    cell = np.repeat(np.arange(len(value)), [len(g) for g in groups])
    nodes = 1 if weight is None else len(weight)
    return Amount(
        np.arange(len(value)), np.array(value, float), np.array(value, float), np.array(value, float),
        np.zeros(len(value), dtype=bool), cell, np.concatenate(groups), np.concatenate(share),
        {"day": np.tile(np.array(r, float), (nodes, 1))}, np.tile(np.array(own, float), (nodes, 1)), tuple(terms),
        np.full((nodes, len(value)), 0.04), np.zeros(len(value)) if shift is None else np.array(shift, float), (),
        sparse.csr_matrix((len(value), 1)), np.ones(1) if weight is None else np.array(weight),
    )  # fmt: skip


def test_bounds_lie_about_the_truth_half_a_variance_above_the_sum():
    s2 = 0.3
    amount = simple([10.0], [s2], [[0]], [[1.0]], [np.expm1(s2)])
    low, mid, high = bounds(amount, [0.025, 0.5, 0.975])[:, 0]
    z = stats.norm.ppf(0.975)
    assert [low, mid, high] == pytest.approx([10 * np.exp(s2 / 2 + k * z * np.sqrt(s2)) for k in (-1, 0, 1)])


def test_what_is_shared_adds_by_its_share_and_moves_the_centre_by_its_side():
    half = sparse.csr_matrix(np.array([[0.1, 0.3]]))
    for side in (1, -1, 0):
        term = Common("flow_meter", ("site",), half, ("a", "b"), centre=side)
        low, high = bounds(simple([1.0], [0.2], [[0]], [[1.0]], [np.expm1(0.2)], [term]), [0.025, 0.975])[:, 0]
        assert np.log(high / low) / 2 / stats.norm.ppf(0.975) == pytest.approx(np.sqrt(0.2 + 0.1))
        assert np.log(high * low) / 2 == pytest.approx(0.1 + side * 0.05)
    batch = Common("batch", ("batch",), sparse.csr_matrix(np.array([[1.0, 0.5]])), ("a", "b"), learnt=True, centre=1)
    _, sd = simple([1.0], [0.2], [[0]], [[1.0]], [np.expm1(0.2)], [batch]).local()
    assert sd[0, 0] == pytest.approx(np.sqrt(0.2 + 1.25 * 0.04))


def test_two_districts_of_one_plant_cancel_its_samples_and_its_meter():
    meter = Common("flow_meter", ("site",), sparse.csr_matrix(np.array([[0.1], [0.1]])), ("plant",), centre=1)
    r = [np.expm1(0.5)]
    amount = simple([7.0, 3.0], [0.5, 0.5], [[0], [0]], [[1.0], [1.0]], r, [meter])
    found = contrast(amount, np.array([0]), np.array([1]))
    assert found.value[0] == pytest.approx(7 / 3)
    assert found.bounds([0.025, 0.975])[:, 0] == pytest.approx([7 / 3, 7 / 3], rel=1e-6)


def test_two_plants_differ_by_both_errors_and_by_the_difference_of_what_they_share():
    shared = Common("batch", ("batch",), sparse.csr_matrix(np.array([[1.0, 0.0], [0.5, 0.5]])), ("a", "b"), True, 1)
    r = np.expm1([0.5, 0.2])
    amount = simple([8.0, 2.0], [0.5, 0.2], [[0], [1]], [[1.0], [1.0]], r, [shared], shift=[0.1, 0.02])
    found = contrast(amount, np.array([0]), np.array([1]))
    assert found.sd[0, 0] ** 2 == pytest.approx(0.7 + 0.04 * (0.25 + 0.25))
    assert found.centre[0, 0] == pytest.approx(0.5 * (0.3 + 0.04 * (1 - 0.5)) + 0.08)
    assert found.greater()[0] == pytest.approx(stats.norm.cdf((np.log(4) + found.centre[0, 0]) / found.sd[0, 0]))
    turned = contrast(amount, np.array([1]), np.array([0]))
    assert turned.bounds([0.025])[0] * found.bounds([0.975])[0] == pytest.approx(1.0)


def test_a_part_of_a_city_is_one_draw_with_the_city():
    r = np.expm1([0.4, 0.4])
    # a city of two plants and the district of the first: shares 1/2 each of the city, all of the district
    own_city = 0.5 * 0.4
    amount = simple([10.0, 5.0], [own_city, 0.4], [[0, 1], [0]], [[0.5, 0.5], [1.0]], r)
    found = contrast(amount, np.array([0]), np.array([1]))
    load = 0.5 * np.sqrt(0.4)  # of either plant in the city, before scaling to its own variance
    scale = np.sqrt(own_city / (2 * load**2))
    assert found.sd[0, 0] ** 2 == pytest.approx(own_city + 0.4 - 2 * scale * load * np.sqrt(0.4))


def test_the_ladder_of_learning_doubles():
    assert ladder(1) == [1]
    assert ladder(24) == [1, 2, 3, 4, 6, 8, 12, 16, 24]


# ---- areas ----


def two_cities():
    """Two cities of two districts each in one province, a third in another; loads of 1, 2, 4, 8 and 16 g/d."""
    ds = small_city(districts=5, months=1, biomarkers=(METH,), equal=True)
    ds["concentration"][:, 0] = np.array([1.0, 2.0, 4.0, 8.0, 16.0]) * 1e6 / 50_000
    return ds.assign_coords(
        city=("sample", np.array(["甲市", "甲市", "乙市", "乙市", "丙市"], dtype=object)),
        province=("sample", np.array(["湘", "湘", "湘", "湘", "赣"], dtype=object)),
    )


@pytest.mark.parametrize(
    ("area", "sums"),
    [
        ("city", {"甲市": 3.0, "乙市": 12.0, "丙市": 16.0}),
        ("province", {"湘": 15.0, "赣": 16.0}),
        ("all", {"all": 31.0}),
        ("site", None),
    ],
)
def test_several_cities_and_provinces_are_summed_each_by_itself(area, sums):
    estimate = wbe.estimate(two_cities())
    rows = estimate.table(area, quantity="mass_load").set_index("district")["median"]
    expected = sums or {f"{d}污水厂": x for d, x in zip(estimate.districts, (1.0, 2.0, 4.0, 8.0, 16.0), strict=True)}
    assert rows.to_dict() == pytest.approx(expected)
    assert set(estimate.table(area)["area"]) == {area}
    heads = estimate.table(area, quantity="normalised_load").set_index("district")
    people = estimate.table(area, quantity="mass_load").set_index("district")["population"]
    assert heads["median"].to_dict() == pytest.approx((rows / people * 1e6).to_dict())


def test_a_file_of_one_city_named_or_not_has_one_city():
    one = two_cities().isel(sample=slice(0, 2))
    for ds in (one, one.drop_vars(["city", "province"])):
        assert wbe.estimate(ds).areas("city") == ("city",)


def test_a_month_that_lacks_a_plant_is_incomplete_and_names_it():
    ds = small_city(districts=3, months=2, biomarkers=(METH,), equal=True)
    ds = ds.isel(sample=((ds["district"] != "荷塘区") | (ds["time"].dt.month == 1)).values)
    city = wbe.estimate(ds).table("city", quantity="mass_load").set_index("month")
    assert city["status"].tolist() == ["estimate", "incomplete"]
    assert city.loc["2021-02", "median"] == pytest.approx(2 * city.loc["2021-01", "median"] / 3)
    assert "荷塘区污水厂" in city.loc["2021-02", "note"]
    assert "estimation-lacking" in city.loc["2021-02", "note_codes"].split()
    assert "2 座" in wbe.estimate(ds).table("city", quantity="mass_load", language="zh")["note"].iloc[1]
    for quantity in ("mass_load", "normalised_load", "consumption"):
        hidden = wbe.estimate(ds, policy="public").table("city", quantity=quantity).set_index("month")
        assert hidden.loc["2021-02", "status"] == "suppressed"


# ---- what stands in a table ----


def grabs(n, value):
    ds = small_city(districts=[f"区{i}" for i in range(n)], months=1, biomarkers=(METH,), equal=True)
    ds["concentration"][:] = value * 1e6 / 50_000
    return ds.assign_coords(sample_type=("sample", ["grab"] * n))


def test_ten_grabs_of_five_grams_print_fifty_and_thirty_of_25_print_750():
    row = wbe.estimate(grabs(10, 5.0), cvs={"sampling:grab": 0.85}).table("city", quantity="mass_load").iloc[0]
    assert row["median"] == pytest.approx(50.0, rel=1e-12)
    assert 26 < row["lower"] < 32
    assert 85 < row["upper"] < 110
    many = wbe.estimate(grabs(30, 25.0)).table("all", quantity="mass_load").iloc[0]
    assert many["median"] == pytest.approx(750.0, rel=1e-12)
    assert "estimation-prior" in many["note_codes"].split()


def test_a_cell_of_non_detects_prints_the_laboratorys_limit_and_a_bound_above_it():
    ds = small_city(districts=1, months=1, samples_per_month=2, biomarkers=(METH,), equal=True)
    ds["flag"][:], ds["concentration"][:] = int(Flag.BELOW_LOD), np.nan
    ds["lod"][:, 0] = [1.0, 3.0]
    row = wbe.estimate(ds).table(quantity="mass_load").iloc[0]
    assert row["limit"] == pytest.approx(2.0 * 50_000 * 1e-6)  # the mean of the days' limits
    assert row["upper"] > row["limit"]
    assert row["text"].startswith("< 0.10 (≤ ")
    assert np.isnan(row["median"])
    assert row["lower"] == 0.0
    assert wbe.estimate(ds).series("mass_load")["limit"].iloc[0] == row["limit"]
    amount = wbe.estimate(ds).engine.amount("district", "mass_load", METH)
    np.testing.assert_allclose(amount.value, amount.limit)  # the bound is reckoned at the limits
    np.testing.assert_allclose(amount.pair_share, 1.0)


def test_a_mixed_cell_counts_non_detects_between_nothing_and_their_limits():
    ds = small_city(districts=1, months=1, samples_per_month=2, biomarkers=(METH,), equal=True)
    ds["flag"][1, 0], ds["concentration"][1, 0], ds["lod"][:] = int(Flag.BELOW_LOD), np.nan, 20.0
    own = {"sampling": 0.1, "analysis": 0.1}
    row = wbe.estimate(ds, cvs=own).table(quantity="mass_load").iloc[0]
    v = 2 * np.log1p(0.1**2)
    mean = 20.0 * np.exp(1.5 * v) / 2
    assert row["median"] == pytest.approx((60 + mean) / 2 * 0.05, rel=1e-6)
    assert "estimation-some-below" in row["note_codes"].split()


def test_a_changed_factor_prices_again_what_the_chain_prices_anew():
    ds = small_city(districts=3, months=3, samples_per_month=2)
    old = wbe.estimate(ds, factors="zuccato-2008")
    old.table()
    again, anew = old.with_factors("gracia-lor-2016"), wbe.estimate(ds, factors="gracia-lor-2016")
    for area in ("district", "city"):
        columns = ["district", "month", "drug", "quantity", "median", "lower", "upper", "status", "text"]
        left, right = (e.table(area)[columns] for e in (again, anew))
        assert left.equals(right)
    assert again.provenance["profile"] == "gracia-lor-2016"
    # loads were not made again
    assert again.engine.amount("district", "mass_load", METH) is old.engine.amount("district", "mass_load", METH)


def test_consumption_is_the_plain_load_times_the_printed_factor_and_explain_leads_there():
    estimate = wbe.estimate(small_city(districts=2, months=1, samples_per_month=2, biomarkers=(METH,)))
    rows = estimate.table().set_index(["district", "quantity"])["median"]
    factor = estimate.profile.factor(METH).correction_factor
    for district in estimate.districts:
        load = rows[district, "normalised_load"]
        assert rows[district, "consumption"] == pytest.approx(load * factor, rel=1e-12)
    told = estimate.explain("天元区", "2021-01", METH, language="en")
    assert f"{rows['天元区', 'normalised_load']:.6g} x {factor:.6g} = {rows['天元区', 'consumption']:.6g}" in told
    assert "exact median of the product" in told
    city = estimate.explain("city", "2021-01", METH, "mass_load", area="city", language="en")
    parts = [f"{rows[d, 'mass_load']:.6g}" for d in sorted(estimate.districts, key=lambda d: f"{d}污水厂")]
    assert " + ".join(parts) in city


def test_the_shared_part_of_two_drugs_is_one_draw():
    ds = small_city(districts=1, months=1, biomarkers=(METH, "ketamine", "mdma", "cocaine"), equal=True)
    ds["flag"][:], ds["concentration"][:] = int(Flag.DETECTED), 60.0
    own = {"sampling:24h_composite": 1.0, "day": 0.05, "analysis": 0.05, "flow": 0.05, "batch": 0.02}
    estimate = wbe.estimate(ds, cvs=own, draws=4000)
    a, b = (np.log(estimate.draws("mass_load", d).values.ravel()) for d in (METH, "ketamine"))
    assert np.corrcoef(a, b)[0, 1] > 0.9
