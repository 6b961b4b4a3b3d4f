"""The chain's published identities, and what it refuses to mix."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from wbe import conversion
from wbe.errors import FactorError, UnitError, UnknownName
from wbe.units import quantity

positive = st.floats(1e-3, 1e6, allow_nan=False)


def test_200_ng_per_litre_in_50000_cubic_metres_is_10_grams_a_day():
    assert conversion.mass_load("200 ng/L", "50000 m3/d").magnitude == pytest.approx(10.0, rel=1e-12)


def test_10_grams_over_300000_inhabitants_is_33_33_mg_per_thousand():
    value = conversion.normalised_load("10 g/d", "300000 inhabitant").magnitude
    assert value == pytest.approx(33.3333333, rel=1e-8)


def test_cocaine_weighs_1_04848_times_benzoylecgonine_and_29_percent_gives_factor_3_615():
    ratio = conversion.mass_ratio(303.353, 289.326)  # methods catalogue, molar masses of the free bases
    assert round(ratio, 5) == 1.04848
    assert round(conversion.correction_factor(ratio, 0.29, basis="molar"), 3) == 3.615


def test_a_mass_fraction_already_holds_the_molar_ratio():
    assert conversion.correction_factor(1.04848, 0.29, basis="mass") == pytest.approx(1 / 0.29)
    with pytest.raises(UnknownName, match=r"basis 'percent'.*Known: molar, mass"):
        conversion.correction_factor(1.04848, 0.29, basis="percent")


@pytest.mark.parametrize("fraction", [0.0, -0.1, 1.0001, 29.0, float("nan"), float("inf")])
def test_an_impossible_fraction_is_refused(fraction):
    with pytest.raises(FactorError, match="at most 1"):
        conversion.correction_factor(1.0, fraction, basis="molar")


@pytest.mark.parametrize(
    ("concentration", "flow"),
    [("0.2 µg/L", "5 万m³/d"), ("200 ng·L⁻¹", "50 ML/d"), ("2e-4 mg/L", "50000 吨/日"), ("0.2 ng/mL", "5 万吨/天")],
)
def test_every_spelling_gives_the_same_10_grams(concentration, flow):
    assert conversion.mass_load(concentration, flow).magnitude == pytest.approx(10.0, rel=1e-12)


def test_all_faults_are_named_at_once():
    with pytest.raises(UnitError) as caught:
        conversion.mass_load(200.0, "50 mg/L")
    assert "concentration: got a bare float" in str(caught.value)
    assert "flow: needs 'm3/d'" in str(caught.value)


def test_ppt_is_asked_about_not_guessed():
    with pytest.raises(UnitError, match="several meanings"):
        conversion.mass_load("200 ppt", "50000 m3/d")


def test_people_are_a_dimension():
    with pytest.raises(UnitError, match="population"):
        conversion.normalised_load("10 g/d", "300000 user")
    with pytest.raises(UnitError, match="consumed: needs"):
        conversion.doses("10 g/d", "30 mg/dose")


def test_a_recovery_is_corrected_once():
    c = xr.DataArray([80.0], dims="sample", attrs={"units": "ng/L"})
    once = conversion.correct_recovery(c, 0.8)
    with pytest.raises(FactorError, match="already corrected for recovery"):
        conversion.correct_recovery(once, 0.8)


def test_the_mark_of_a_correction_travels_along_the_chain():
    c = conversion.correct_recovery(xr.DataArray([80.0], dims="sample", attrs={"units": "ng/L"}), 0.8)
    load = conversion.mass_load(c, "50000 m3/d")
    with pytest.raises(FactorError, match="already corrected"):
        conversion.correction_once(load, "recovery")


def test_a_mass_of_one_biomarker_is_not_a_mass_of_another():
    load = xr.DataArray([1.0], dims="biomarker", coords={"biomarker": ["morphine"]})
    with pytest.raises(FactorError, match="is for its biomarker benzoylecgonine"):
        conversion.of_biomarker(load, "benzoylecgonine", "cocaine")


@given(c=positive, q=positive, k=st.floats(0.1, 10))
def test_the_load_scales_with_concentration_and_flow(c, q, k):
    one = conversion.mass_load(quantity(c, "ng/L"), quantity(q, "m3/d")).magnitude
    assert np.isclose(conversion.mass_load(quantity(k * c, "ng/L"), quantity(q, "m3/d")).magnitude, k * one)
    assert np.isclose(conversion.mass_load(quantity(c, "ng/L"), quantity(k * q, "m3/d")).magnitude, k * one)


@given(m=positive, p=positive)
def test_splitting_a_population_splits_nothing_per_head(m, p):
    whole = conversion.normalised_load(quantity(m, "g/d"), quantity(p, "inhabitant")).magnitude
    half = conversion.normalised_load(quantity(m / 2, "g/d"), quantity(p / 2, "inhabitant")).magnitude
    assert np.isclose(whole, half)
