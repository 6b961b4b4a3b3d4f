"""The edges of every rule on heads: which claim goes first, what is absolute, what a share may be."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from wbe import population
from wbe.errors import FactorError, InputError, SchemaError, UncertaintyError, UnknownName
from wbe.population import (
    absolute,
    caveats,
    combine,
    coverage,
    describe,
    flow_known,
    flow_or_unit,
    from_flow,
    from_marker,
    per_head,
    per_head_mass,
    resolve,
    served,
    to_residents,
    unit_weights,
)
from wbe.population.markers import domestic_share, marker_concentration
from wbe.population.tables import basis, marker_kind
from wbe.samples import Flag
from wbe.testing import small_city
from wbe.uncertainty import LogNormal, Uncertain


def claims(*rows):
    names = ["id", "marker", "mass_per_head", "unit", "cv", "country", "source", "doi", "status", "note"]
    return pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])


def claim(name="a", mass="8", unit="g/d/inhabitant", cv="0.2", country="CN", status="verified", note="n"):
    return name, "cod", mass, unit, cv, country, f"source {name}", "", status, note


# ---- claims on heads ------------------------------------------------------------------------------------------------


def test_claims_of_the_own_country_go_first_and_others_serve_where_there_are_none():
    both = claims(claim("cn", "70"), claim("de", "120", country="DE"))
    assert per_head_mass("cod", claims=both).claim_ids == ("cn",)
    assert per_head_mass("cod", "DE", both).claim_ids == ("de",)
    assert per_head_mass("cod", "FR", both).claim_ids == ("cn", "de")
    assert per_head_mass("cod").claim_ids == ("cod-cn-handbook",)


def test_claims_that_disagree_are_schools_with_equal_chance():
    head = per_head_mass("cod", "CN", claims(claim("a", "50", cv="0.01"), claim("b", "100", cv="0.01")))
    assert head.mass.cdf(np.array([49.0, 75.0, 103.0])) == pytest.approx([0.0, 0.5, 1.0], abs=0.03)
    assert head.note == "source a n; source b n"


@pytest.mark.parametrize(("statuses", "worst"), [
    (("verified", "derived"), "derived"), (("derived", "memory"), "memory"), (("verified",), "verified"),
    (("memory", "verified"), "memory"), (("verified", "guess"), "guess"),
])  # fmt: skip
def test_a_head_is_as_sure_as_its_worst_claim(statuses, worst):
    table = claims(*(claim(str(i), status=s) for i, s in enumerate(statuses)))
    assert per_head_mass("cod", claims=table).status == worst


def test_claims_in_other_units_are_turned_and_those_of_other_things_left_aside():
    table = claims(claim("mg", "8000", "mg/d/inhabitant"), claim("cigarette", "0.4", "mg/cigarette"))
    head = per_head_mass("cod", claims=table)
    assert head.claim_ids == ("mg",)
    assert head.mass.median() == pytest.approx(8.0)
    with pytest.raises(FactorError) as caught:
        per_head_mass("cod", claims=table.iloc[[1]])
    assert caught.value.code == "population-no-claim"
    for bad in ("", "0", "-0.1"):
        with pytest.raises(FactorError, match="without a spread would pretend to be exact"):
            per_head_mass("cod", claims=claims(claim(cv=bad)))


def test_wrong_names_are_refused_alike_and_the_nearest_is_named():
    for refused, near in ((lambda: basis("censsus"), "census"), (lambda: marker_kind("codd"), "cod"),
                          (lambda: resolve(small_city(), "reportd"), "reported"),
                          (lambda: resolve(small_city(), "ensemble:reported+codd"), "cod")):  # fmt: skip
        with pytest.raises(UnknownName, match=f"Did you mean '{near}'"):
            refused()
    assert (marker_kind("cod"), marker_kind("cotinine")) == ("water", "human")


# ---- heads by hand --------------------------------------------------------------------------------------------------


def test_heads_by_hand():
    # 300 mg/L x 50,000 m3/d = 15,000 kg/d; at 75 g a head 200,000; half of it human 100,000
    assert from_marker("300 mg/L", "50000 m3/d", "75 g/d/inhabitant").magnitude == pytest.approx(200_000)
    assert from_marker("300 mg/L", "50000 m3/d", "75 g/d/inhabitant", 0.5).magnitude == pytest.approx(100_000)
    # 50,000 m3/d, a quarter of it groundwater, 80 % of the rest domestic, 200 L a head
    assert from_flow("50000 m3/d", "200 L/d/inhabitant", 0.8, 0.25).magnitude == pytest.approx(150_000)
    assert from_flow("50000 m3/d", "200 L/d/inhabitant", 1.0, 0.0).magnitude == pytest.approx(250_000)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.0001, float("nan")])
def test_a_share_is_above_0_and_at_most_1(share):
    for refused in (
        lambda: from_marker("300 mg/L", "5 m3/d", "75 g/d/inhabitant", share),
        lambda: from_flow("5 m3/d", "200 L/d/inhabitant", share, 0.0),
        lambda: from_flow("5 m3/d", "200 L/d/inhabitant", 1.0, 1.0 - share),
    ):
        with pytest.raises(UncertaintyError) as caught:
            refused()
        assert caught.value.code == "population-share"


def test_a_marker_counts_where_it_was_detected_and_a_water_variable_above_0():
    ds = small_city(districts=3, months=1, biomarkers=("methamphetamine", "cotinine"))
    ds["concentration"].loc[{"biomarker": "cotinine"}] = [2000.0, 1000.0, 500.0]
    ds["flag"].loc[{"biomarker": "cotinine"}] = [int(Flag.DETECTED), int(Flag.BELOW_LOD), int(Flag.DETECTED)]
    np.testing.assert_allclose(marker_concentration(ds, "cotinine"), [2e-3, np.nan, 5e-4])  # g/m3
    ds["cod"] = ("sample", np.array([300.0, 0.0, np.nan]), {"units": "mg/L"})
    np.testing.assert_allclose(marker_concentration(ds, "cod"), [300.0, np.nan, np.nan])
    heads = resolve(ds, "cod").central.values
    assert heads[0] == pytest.approx(300.0 * float(ds["flow"][0]) / per_head_mass("cod").mass.median())
    assert np.isnan(heads[1:]).all()


def test_a_domestic_share_cuts_a_water_marker_and_no_human_one():
    ds = small_city(districts=2, months=1, biomarkers=("methamphetamine", "cotinine"))
    ds["cod"] = ("sample", np.array([300.0, 300.0]), {"units": "mg/L"})
    before = resolve(ds, "cod")
    ds["domestic_share"] = ("sample", np.array([0.6, np.nan]), {"units": "1"})
    after = resolve(ds, "cod")
    np.testing.assert_allclose(after.central / before.central, [0.6, 1.0])
    assert float(after.log_sd()[0]) > float(before.log_sd()[0])
    assert float(after.log_sd()[1]) == pytest.approx(float(before.log_sd()[1]))  # what was not given has no error
    assert domestic_share(ds, "cotinine") is None


# ---- what is absolute ------------------------------------------------------------------------------------------------


def unmetered():
    ds = small_city(districts=3, months=1, biomarkers=("methamphetamine", "cotinine"))
    ds["flow"][:] = [30_000.0, 0.0, np.nan]
    ds["concentration"].loc[{"biomarker": "cotinine"}] = 2000.0
    ds["flag"].loc[{"biomarker": "cotinine"}] = int(Flag.DETECTED)
    return ds


def test_only_a_metered_flow_makes_a_marker_absolute():
    ds = unmetered()
    assert flow_known(ds).values.tolist() == [True, False, False]
    assert flow_or_unit(ds).values.tolist() == [30_000.0, 1.0, 1.0]
    people = resolve(ds, "cotinine")
    assert np.isfinite(absolute(people).values).tolist() == [True, False, False]
    assert np.isfinite(absolute(resolve(ds)).values).all()  # a reported count needs no meter
    told = served(ds, people).values
    np.testing.assert_allclose(told[1:], ds["population"].values[1:])
    assert told[0] == pytest.approx(float(absolute(people)[0]))
    ds["population"][2] = 0.0
    assert np.isnan(served(ds, people).values[2])


def test_a_load_per_head_needs_a_meter_or_a_marker_of_the_same_sample():
    ds = unmetered()
    grams = Uncertain(xr.DataArray([10.0, 10.0, 10.0], dims="sample", coords={"sample": ds["sample"].values}))
    reported = per_head(grams, resolve(ds)).central.values
    assert np.isfinite(reported).tolist() == [True, False, False]
    assert reported[0] == pytest.approx(10.0 / float(ds["population"][0]))
    assert np.isfinite(per_head(grams, resolve(ds, "cotinine")).central.values).all()


# ---- weights and coverage -------------------------------------------------------------------------------------------


def test_coverage_is_served_over_residents_and_carries_a_number_to_all():
    assert coverage({"a": 40e3}, {"a": 100e3, "b": 5e3})["coverage"].tolist()[0] == 0.4
    value = Uncertain(xr.DataArray([10.0], dims="district", coords={"district": ["a"]}))
    whole = to_residents(value, 0.4)
    assert float(whole.central[0]) == pytest.approx(25.0)
    assert float(whole.log_sd()[0]) == pytest.approx(0.6 * np.log(2.0))
    assert to_residents(value, 1.0) is value
    for bad in (0.0, 1.01, float("nan"), -0.5):
        with pytest.raises(UncertaintyError) as caught:
            to_residents(value, bad)
        assert caught.value.code == "population-coverage"


@pytest.mark.parametrize(("weights", "code"), [
    ([0.7, 0.305], None), ([0.7, 0.306], "population-weights-above-one"),
    ([-0.01, 0.5], "population-weights-no-shares"),
    ([1.006, 0.0], "population-weights-no-shares"), ([0.4, 0.2], None),
])  # fmt: skip
def test_weights_are_shares_that_sum_to_at_most_one_but_for_rounding(weights, code):
    ds = small_city(districts=["天元区", "荷塘区"], months=1).isel(sample=[0])
    site = str(ds["site"].values[0])
    ds = ds.assign_coords(catchment=("catchment", [site]), unit=("unit", np.array(["天元区", "荷塘区"], dtype=object)))
    ds["catchment_weight"] = (("catchment", "unit"), [weights], {"units": "1"})
    if code is None:
        np.testing.assert_allclose(unit_weights(ds).values, [weights])
    else:
        with pytest.raises(SchemaError) as caught:
            unit_weights(ds)
        assert [note.code for note in caught.value.breaches] == [code]


# ---- what is said ----------------------------------------------------------------------------------------------------


def test_caveats_are_codes_that_name_no_site_and_come_for_doubtful_parts_only():
    ds = small_city(biomarkers=("methamphetamine", "cotinine"))
    assert caveats(ds) == []
    n = ds.sizes["sample"]
    for name, code in (("unknown", "population-basis-not-said"), ("attendance", "population-basis-from-memory"),
                       ("census", None)):  # fmt: skip
        known = ds.assign_coords(population_basis=("sample", np.full(n, name, object)))
        assert [note.code for note in caveats(known)] == ([code] if code else [])
    ds["cod"] = ("sample", np.full(n, 300.0), {"units": "mg/L"})
    assert [c.code for c in caveats(ds, "cod")] == ["population-claim-not-verified", "population-industry-may-count"]
    ds["domestic_share"] = ("sample", np.full(n, 0.8), {"units": "1"})
    assert [c.code for c in caveats(ds, "cod")] == ["population-claim-not-verified"]
    assert [c.code for c in caveats(ds, "agency-cotinine")] == ["population-public-rule"]
    assert "化学需氧量" in caveats(ds, "cod")[0].text("zh")


def test_a_description_counts_samples_by_basis_and_flow_by_codes():
    ds = unmetered().assign_coords(population_basis=("sample", np.array(["census", "census", "unknown"], object)))
    rows = describe(ds).set_index("part")
    assert rows["n_samples"].to_dict() == {"census": 2, "unknown": 1, "flow": 2}
    assert rows["codes"].to_dict() == {
        "census": "population-described-reported", "unknown": "population-described-unknown-basis",
        "flow": "population-described-no-flow",
    }  # fmt: skip
    assert "CV 10 %" in rows.loc["census", "en"]
    mobile = describe(small_city(), "mobile")
    assert mobile["part"].tolist() == ["mobile"]
    assert "10 %" in mobile["zh"].item()


def test_methods_in_conflict_are_counted_by_site():
    ds = small_city(districts=3, months=2)
    mass = per_head_mass("ammonium_nitrogen").mass.median()
    right = ds["population"].values * mass / ds["flow"].values
    ds["ammonium_nitrogen"] = ("sample", np.where(ds["site"].values == ds["site"].values[0], 6.0, 1.0) * right,
                               {"units": "mg/L"})  # fmt: skip
    (note,) = [c for c in caveats(ds, "ensemble") if c.code == "population-methods-contradict"]
    assert (note.values["at_odds"], note.values["sites"]) == (1, 3)
    table = population.by_site(ds, {m: resolve(ds, m) for m in ("reported", "ammonium_nitrogen")})
    assert (table["p_conflict"] < 0.05).tolist() == [True, False, False]
    assert table["ammonium_nitrogen_at_odds"].iloc[0] > 2 * table["ammonium_nitrogen_at_odds"].iloc[1]
    assert table["methods"].eq("reported+ammonium_nitrogen").all()


def test_an_estimate_by_one_correlated_pair_is_weighed_as_generalised_least_squares():
    # two methods, log-sds .2 and .1, correlation .5, no conflict: w1 = (s2^2 - r s1 s2) / (s1^2 + s2^2 - 2 r s1 s2)
    s1, s2, r = 0.2, 0.1, 0.5
    cv = [float(np.sqrt(np.expm1(s**2))) for s in (s1, s2)]
    found = combine([1e5, 1e5], cv, r)
    assert found.median == pytest.approx(1e5)
    plain = (s2**2 - r * s1 * s2) / (s1**2 + s2**2 - 2 * r * s1 * s2)
    assert plain == pytest.approx(0.0)
    assert 0.0 <= found.weights[0] < 0.35  # a between-method spread and possible conflict draw them together
    residual = combine([1e5, 2e5], cv, r)
    difference = s1**2 + s2**2 - 2 * r * s1 * s2
    assert residual.q == pytest.approx(np.log(2) ** 2 / difference, rel=1e-9)
    assert residual.df == 1


def test_a_matrix_of_correlations_must_be_one():
    for bad in (np.eye(3), np.array([[1.0, 0.5], [0.4, 1.0]]), np.array([[1.0, 0.5], [0.5, 0.9]])):
        with pytest.raises(InputError, match="positive definite") as caught:
            combine([1e5, 2e5], [0.1, 0.2], bad)
        assert caught.value.codes == ["population-correlation"]
    assert combine([1e5, 2e5], [0.1, 0.2], np.eye(2)).median == combine([1e5, 2e5], [0.1, 0.2]).median


def test_one_head_claim_of_one_marker_is_its_own_distribution():
    assert isinstance(per_head_mass("cod").mass, LogNormal)
