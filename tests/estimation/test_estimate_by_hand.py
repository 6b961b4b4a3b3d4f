"""Intervals of whole cities worked out by hand: every size of error given, and the same sizes only believed."""

import numpy as np
import pytest

import wbe
from wbe import population
from wbe.testing import small_city

METH = "methamphetamine"
GIVEN = {"sampling:grab": 0.85, "day": 0.296, "flow": 0.05, "analysis": 0.10, "batch": 0.08}


def grabs(n=10, value=5.0):
    """One grab sample of ``value`` g/d in each of n districts, all on a Tuesday of January 2021."""
    ds = small_city(districts=[f"区{i}" for i in range(n)], months=1, biomarkers=(METH,), equal=True)
    ds["concentration"][:] = value * 1e6 / 50_000
    return ds.assign_coords(sample_type=("sample", ["grab"] * n))


def city(ds, cvs=None):
    return wbe.estimate(ds, cvs=cvs).table("city", quantity="mass_load").iloc[0]


def test_ten_equal_grabs_whose_sizes_are_known_have_the_interval_of_a_calculator():
    day = np.expm1(0.88 * np.log1p(0.296**2)) * (1 - 1 / 31)  # an eighth of the days' variance stays in the month
    own = np.log1p((day + 0.85**2 + 0.05**2 + 0.10**2) / 10)
    shared = np.log1p(0.08**2) + np.log1p(0.10**2) / 10  # a batch for all, a flow meter for each
    up = (21 + 10 * np.exp(0.034)) / 31  # of 31 days ten are weekend days, on which .034 more is expected
    weekday = 10 * np.exp(0.034) / 31 / up * 0.179
    sd = np.sqrt(own + shared + weekday**2)
    centre = (own + shared) / 2 + np.log(up)
    row = city(grabs(), GIVEN)
    assert row["median"] == pytest.approx(50.0, rel=1e-12)
    assert row["lower"] == pytest.approx(50 * np.exp(centre - 1.959964 * sd), rel=1e-6)
    assert row["upper"] == pytest.approx(50 * np.exp(centre + 1.959964 * sd), rel=1e-6)
    # without the weekday that nobody sampled: what a recipe with the sizes plugged in prints
    sd, centre = np.sqrt(own + shared), (own + shared) / 2
    assert [round(50 * np.exp(centre + z * sd)) for z in (-1.959964, 1.959964)] == [29, 92]


def test_sizes_that_are_only_believed_widen_it_each_by_its_own_doubt_and_say_so():
    known, some, none = city(grabs(), GIVEN), city(grabs(), {"sampling:grab": 0.85}), city(grabs())
    assert [round(known[side]) for side in ("lower", "upper")] == [29, 95]
    assert [round(some[side]) for side in ("lower", "upper")] == [28, 100]  # days and batch integrated
    assert [round(none[side]) for side in ("lower", "upper")] == [26, 121]  # and the grabs' own cv: ln cv .5
    assert "estimation-prior" not in known["note_codes"].split()
    assert "estimation-prior" in none["note_codes"].split()
    assert "100%" in none["note"]


def test_ten_places_share_what_an_ensemble_of_populations_rests_on():
    ds = small_city(districts=10, months=1, biomarkers=(METH,), equal=True)
    mass = population.per_head_mass("ammonium_nitrogen").mass.median()
    ds["ammonium_nitrogen"] = ("sample", ds["population"].values * mass / ds["flow"].values, {"units": "mg/L"})
    ds = ds.assign_coords(population_basis=("sample", np.full(10, "unknown", object)))

    def error(method, area, name):
        found = wbe.estimate(ds, population=method).budget(name, "2021-01", METH, "normalised_load", area=area)
        return found.set_index("source")["log_sd"].filter(like="population")

    whole, one = error("ensemble", "city", "city"), error("ensemble", "district", "天元区")
    own = float(error("ammonium_nitrogen", "city", "city")["population:ammonium_nitrogen"])
    parts = {m: population.resolve(ds, m) for m in ("reported", "ammonium_nitrogen")}
    weight = float(population.by_site(ds, parts)["ammonium_nitrogen_weight"].iloc[0])
    shared = "population:ammonium_nitrogen"
    # the claim on ammonium per head is one claim: over ten places it stays what it is for one
    assert whole[shared] == pytest.approx(one[shared], rel=0.01) == pytest.approx(weight * own, rel=0.01)
    assert whole["population:ensemble"] == pytest.approx(one["population:ensemble"] / np.sqrt(10), rel=0.02)
    assert np.sqrt((whole**2).sum()) >= weight * own


@pytest.mark.parametrize(
    ("day", "work", "off"),
    [("2021-01-12", True, False), ("2021-01-16", False, True), (("2021-01-12", "2021-01-16"), True, True)],
)
def test_a_place_sampled_on_one_kind_of_day_is_moved_by_what_is_known_of_the_other(day, work, off):
    days = [day] if isinstance(day, str) else list(day)
    ds = small_city(districts=1, months=1, samples_per_month=len(days), biomarkers=("mdma",), equal=True)
    ds["flag"][:], ds["concentration"][:] = 0, 100.0
    ds = ds.assign_coords(time=("sample", np.array(days, dtype="datetime64[ns]")))
    tiny = {"sampling": 1e-4, "day": 1e-4, "flow": 1e-4, "analysis": 1e-4, "batch": 1e-4, "flow_meter": 1e-4}
    row = wbe.estimate(ds, cvs=tiny).table(quantity="mass_load").iloc[0]
    # MDMA: a weekend day has e^.68 of a weekday's load, between places .275; January 2021 has 21 and 10 of them
    mean, sd = 0.68, 0.275
    up, down = (21 + 10 * np.exp(mean)) / 31, (21 * np.exp(-mean) + 10) / 31
    centre = 0.0 if work and off else np.log(up) if work else np.log(down)
    slope = 0.0 if work and off else 10 * np.exp(mean) / 31 / up if work else -21 * np.exp(-mean) / 31 / down
    assert row["median"] == pytest.approx(5.0)
    low, high = sorted(5.0 * np.exp(centre + z * slope * sd) for z in (-1.959964, 1.959964))
    assert row["lower"] == pytest.approx(min(low, 5.0), rel=2e-3)  # the printed number lies in its interval
    assert row["upper"] == pytest.approx(max(high, 5.0), rel=2e-3)
    codes = row["note_codes"].split()
    assert ("estimation-no-weekend" in codes) is (work and not off)
    assert ("estimation-no-weekday" in codes) is (off and not work)


def test_a_doubtful_share_of_a_catchment_widens_the_counties_that_it_parts():
    ds = small_city(districts=2, months=1, biomarkers=(METH,), equal=True)
    ds["flag"][:], ds["concentration"][:] = 0, 80.0  # 4 g/d from either plant
    sites = list(dict.fromkeys(ds["site"].values.astype(str)))
    ds = ds.assign_coords(catchment=("catchment", sites), unit=("unit", ["甲", "乙"]))
    ds["catchment_weight"] = (("catchment", "unit"), np.array([[1.0, 0.0], [0.5, 0.5]]))
    ds["catchment_weight_cv"] = (("catchment", "unit"), np.array([[0.0, 0.0], [0.2, 0.2]]))
    estimate = wbe.estimate(ds, scenarios=None)
    rows = estimate.table(quantity="mass_load").set_index("district")["median"]
    assert rows.to_dict() == pytest.approx({"甲": 6.0, "乙": 2.0})
    for name, share in (("甲", 2 / 6), ("乙", 1.0)):
        budget = estimate.budget(name, "2021-01", METH, "mass_load").set_index("source")["log_sd"]
        assert budget["catchment_weight"] == pytest.approx(share * np.sqrt(np.log1p(0.2**2)))
    city = estimate.budget("city", "2021-01", METH, "mass_load", area="city")  # what one county lacks the other has
    assert "catchment_weight" not in set(city["source"])


def test_how_much_rests_on_priors_is_the_part_of_the_variance_whose_sizes_do():
    from wbe.estimation.prior import prior_share

    ds = small_city(districts=1, months=1, biomarkers=(METH,), equal=True)
    given = {"sampling": 0.3, "flow": 0.05, "analysis": 0.1, "batch": 0.2}
    estimate = wbe.estimate(ds, cvs=given, scenarios=None)
    amount = estimate.engine.amount("district", "mass_load", METH)
    day = float(amount.parts["day"].mean())
    known = 0.3**2 + 0.05**2 + 0.1**2 + np.log1p(0.2**2)
    assert prior_share(estimate.engine, amount, METH)[0] == pytest.approx(day / (day + known))
    everything = wbe.estimate(ds, cvs={**given, "day": 0.3}, scenarios=None)
    assert prior_share(everything.engine, everything.engine.amount("district", "mass_load", METH), METH)[0] == 0.0
    nothing = wbe.estimate(ds, scenarios=None)
    assert prior_share(nothing.engine, nothing.engine.amount("district", "mass_load", METH), METH)[0] == pytest.approx(
        1
    )
