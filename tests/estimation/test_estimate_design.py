"""How samples were taken, seen from the estimate: days of a month, replicates, composites, grabs, sizes of error."""

import numpy as np
import pytest

import wbe
from wbe.errors import InputError, UnknownName
from wbe.testing import small_city

METH = "methamphetamine"


def one_plant(times, values, *, ends=None, kind="24h_composite"):
    """One plant, methamphetamine at the given ng/L at the given times, 50,000 m3/d and 200,000 people."""
    ds = small_city(districts=1, months=1, equal=True, biomarkers=(METH,), samples_per_month=len(times))
    ds = ds.assign_coords(
        time=("sample", np.array(times, dtype="datetime64[ns]")),
        batch=("sample", [str(t)[:7] for t in times]),
        sample_type=("sample", [kind] * len(times)),
    )
    if ends is not None:
        ds = ds.assign_coords(time_end=("sample", np.array(ends, dtype="datetime64[ns]")))
    filled = ds["concentration"].copy(data=np.array(values, dtype=float)[:, None])
    ds["concentration"] = filled.assign_attrs(ds["concentration"].attrs)
    return ds


def june(days, values, **more):
    return one_plant([f"2021-06-{d:02d}" for d in days], values, **more)


def cell(estimate, quantity="mass_load", month=None):
    rows = estimate.table(quantity=quantity)
    return (rows if month is None else rows[rows["month"] == month]).iloc[0]


def budget(estimate, month="2021-06", quantity="mass_load"):
    return estimate.budget("天元区", month, METH, quantity).set_index("source")["log_sd"]


def test_200_ng_per_litre_in_50_000_m3_prints_10_grams():
    row = cell(wbe.estimate(june([1], [200])))
    assert row["median"] == 10.0
    assert row["text"].startswith("10")


def test_three_samples_of_one_day_and_one_of_another_make_the_mean_of_two_days():
    # 100, 100, 100 on the 1st and 300 on the 15th: (100 + 300) / 2 = 200 ng/L, 10 g/d
    ds = one_plant(["2021-06-01T00", "2021-06-01T08", "2021-06-01T16", "2021-06-15"], [100, 100, 100, 300])
    assert cell(wbe.estimate(ds))["median"] == pytest.approx(10.0, rel=1e-12)


def test_replicates_are_averaged_before_the_samples_of_a_day():
    # two analyses of the morning's sample, 80 and 120, and one of the evening's, 300: (100 + 300) / 2
    ds = one_plant(["2021-06-01T06", "2021-06-01T06", "2021-06-01T18"], [80, 120, 300])
    assert cell(wbe.estimate(ds))["median"] == pytest.approx(10.0, rel=1e-12)


def test_a_replicate_halves_the_error_of_analysis_and_nothing_else():
    own = {"analysis": 0.3, "sampling": 0.2, "flow": 0.1, "day": 0.25}
    once = budget(wbe.estimate(june([1], [60]), cvs=own))
    twice = budget(wbe.estimate(one_plant(["2021-06-01"] * 2, [60, 60]), cvs=own))
    # relative variances: .3^2 alone, .3^2 / 2 as the mean of two; what is split of the log follows these
    one, two = 0.3**2 / 0.2**2, 0.3**2 / 2 / 0.2**2
    assert (once["analysis"] / once["sampling"]) ** 2 == pytest.approx(one, rel=1e-9)
    assert (twice["analysis"] / twice["sampling"]) ** 2 == pytest.approx(two, rel=1e-9)
    assert (twice["day"] / twice["sampling"]) ** 2 == pytest.approx((once["day"] / once["sampling"]) ** 2, rel=1e-9)


def test_a_fortnight_over_the_end_of_a_month_belongs_to_both_by_days():
    # 30 June to 13 July: one day of June, thirteen of July
    estimate = wbe.estimate(one_plant(["2021-06-30"], [200], ends=["2021-07-14"]))
    assert estimate.months == ("2021-06", "2021-07")
    for month in estimate.months:
        assert cell(estimate, month=month)["median"] == pytest.approx(10.0)
    amount = wbe.estimate(
        one_plant(["2021-06-30"], [200], ends=["2021-07-14"]), cvs={"day": 0.3}
    ).engine.amount("district", "mass_load", METH)  # fmt: skip
    left = amount.parts["day"][0, amount.pair_group]
    assert left[0] / left[1] == pytest.approx((1 / 1 - 1 / 30) / (1 / 13 - 1 / 31), rel=1e-5)


def test_a_composite_weighs_by_the_days_that_it_covers():
    # 100 ng/L over nine days, 300 over one: (9 x 100 + 300) / 10 = 120 ng/L, 6 g/d
    ds = one_plant(["2021-06-01", "2021-06-10"], [100, 300], ends=["2021-06-10", "2021-06-11"])
    assert cell(wbe.estimate(ds))["median"] == pytest.approx(6.0)


def test_a_quarter_counts_in_each_of_its_months():
    estimate = wbe.estimate(one_plant(["2021-04-01"], [200], ends=["2021-07-01"]))
    assert estimate.months == ("2021-04", "2021-05", "2021-06")
    assert [cell(estimate, month=m)["median"] for m in estimate.months] == pytest.approx([10.0] * 3)


def test_a_sample_from_nine_to_nine_is_one_day_of_the_month_in_which_it_starts():
    estimate = wbe.estimate(one_plant(["2021-06-30T09:00"], [200], ends=["2021-07-01T09:00"]))
    assert estimate.months == ("2021-06",)


@pytest.mark.parametrize("n", [1, 2, 4, 7, 15, 30])
def test_more_days_of_a_month_narrow_its_mean_by_the_finite_population_formula(n):
    days = np.linspace(1, 30, n).round().astype(int)
    estimate = wbe.estimate(june(days, [60] * n), cvs={"day": 0.3, "sampling": 0.2, "flow": 0.05, "analysis": 0.1})
    amount = estimate.engine.amount("district", "mass_load", METH)
    kept = estimate.engine.found[-1].month_share
    r = np.expm1((1 - kept) * np.log1p(0.3**2)) * (1 / n - 1 / 30)
    group = amount.pair_group[0]
    np.testing.assert_allclose(amount.parts["day"][:, group], r, rtol=1e-5, atol=1e-15)
    np.testing.assert_allclose(amount.parts["sampling"][:, group], 0.2**2 / n, rtol=1e-12)
    np.testing.assert_allclose(amount.parts["flow"][:, group], 0.05**2 / n, rtol=1e-12)
    np.testing.assert_allclose(amount.own[:, 0], np.log1p(r + (0.2**2 + 0.05**2 + 0.1**2) / n), rtol=1e-5)


def test_a_leap_february_has_29_days():
    small, large = (
        wbe.estimate(one_plant([f"{y}-02-01"], [60]), cvs={"day": 0.3}).engine.amount("district", "mass_load", METH)
        for y in (2021, 2020)
    )
    ratio = large.parts["day"][0, large.pair_group[0]] / small.parts["day"][0, small.pair_group[0]]
    assert ratio == pytest.approx((1 - 1 / 29) / (1 - 1 / 28), rel=1e-5)


def test_a_grab_sample_is_wider_and_labelled():
    composite, grab = (cell(wbe.estimate(june([1], [60], kind=kind))) for kind in ("24h_composite", "grab"))
    assert grab["upper"] / grab["lower"] > 2 * composite["upper"] / composite["lower"]
    assert "1 of 1 grab sample(s)" in grab["note"]
    assert "estimation-grab" in grab["note_codes"].split()
    assert "grab" not in composite["note"]


def test_no_weekend_sample_is_said_and_widens_upwards():
    # 1 June 2021 was a Tuesday, 5 June a Saturday
    own = {"day": 0.3, "sampling": 0.1, "flow": 0.05, "analysis": 0.1, "batch": 0.08}
    tuesday, both = (wbe.estimate(june(days, [60] * 2), cvs=own) for days in ([1, 8], [1, 5]))
    assert "estimation-no-weekend" in cell(tuesday)["note_codes"].split()
    assert "estimation-no-weekend" not in cell(both)["note_codes"].split()
    assert budget(tuesday).get("weekday", 0) > 0
    assert "weekday" not in budget(both)
    assert cell(tuesday)["median"] == cell(both)["median"]
    assert cell(tuesday)["upper"] > cell(both)["upper"]
    saturday = wbe.estimate(june([5, 12], [60] * 2), cvs=own)
    assert "estimation-no-weekday" in cell(saturday)["note_codes"].split()


def test_own_sizes_of_error_replace_the_learnt_ones_and_are_in_the_record():
    ds = june([1], [60])
    own = {"flow_meter": 0.02, "sampling": 0.15, "day": 0.4}
    estimate = wbe.estimate(ds, cvs=own)
    sizes = budget(estimate)
    assert sizes["flow_meter"] == pytest.approx(np.sqrt(np.log1p(0.02**2)))
    shown = estimate.variability(language="en").set_index(["term", "key"])
    assert shown.loc[("day", METH), "cv"] == 0.4
    assert shown.loc[("sampling", "24h_composite"), ["cv", "status", "prior_weight"]].tolist() == [0.15, "user", 0.0]
    assert estimate.provenance["cvs"] == own
    with pytest.raises(UnknownName, match="weather"):
        wbe.estimate(ds, cvs={"weather": 0.1})
    with pytest.raises(InputError, match=r"-0\.1"):
        wbe.estimate(ds, cvs={"flow": -0.1})


def test_a_month_keeps_its_interval_when_months_are_added():
    ds = small_city(districts=2, months=9, samples_per_month=2, biomarkers=(METH,))
    early = ds.isel(sample=(ds["time"].dt.month <= 5).values)
    before, after = (wbe.estimate(part).table().set_index(["district", "month", "quantity"]) for part in (early, ds))
    columns = ["median", "lower", "upper"]
    shown = before.index[before["status"] == "estimate"]
    np.testing.assert_array_equal(before.loc[shown, columns].astype(float), after.loc[shown, columns].astype(float))


def test_one_month_without_replicates_says_that_it_rests_on_the_prior():
    row = cell(wbe.estimate(june([1], [60])))
    assert "estimation-prior" in row["note_codes"].split()
    assert "100%" in row["note"]
