"""A mass of one substance is not a mass of another, salt is not base, street is not pure, each correction is once."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from wbe import conversion
from wbe.errors import FactorError, UnitError
from wbe.factors import profile
from wbe.messages import codes
from wbe.units import quantity

DEFAULT = profile("default")
HEADS = "mg/d/1000 inhabitant"


def concentrations(*biomarkers, value=200.0):
    held = list(biomarkers)
    return xr.DataArray(
        np.full((2, len(held)), value),
        dims=("sample", "biomarker"),
        coords={"biomarker": held},
        attrs={"units": "ng/L"},
    )


def per_head(*biomarkers):
    flow = xr.DataArray([50_000.0, 25_000.0], dims="sample", attrs={"units": "m3/d"})
    return conversion.normalised_load(conversion.mass_load(concentrations(*biomarkers), flow), "300000 inhabitant")


def refused(code):
    """The refusal's code decides; its sentence may be worded anew."""
    return pytest.raises(FactorError, check=lambda error: error.code == code)


def test_the_chain_by_hand_from_200_ng_per_litre_to_doses():
    # 200 ng/L x 50,000 m3/d = 10 g/d; / 300,000 = 33.33 mg/d/1000; x 303.354/289.327/.3 ; / 30 mg
    factor = DEFAULT.factor("cocaine", "benzoylecgonine")
    used = conversion.consumption(per_head("benzoylecgonine", "mdma"), factor)
    assert used.values == pytest.approx(np.array([100 / 3, 50 / 3]) * factor.correction_factor)
    assert conversion.doses(used, "30 mg/dose").values == pytest.approx(used.values / 30)
    assert (used.attrs["units"], used.dims) == (HEADS, ("sample",))
    assert (str(used["drug"].values), str(used["biomarker"].values)) == ("cocaine", "benzoylecgonine")


def test_a_quantity_in_gives_a_quantity_out_and_an_array_an_array():
    flow = xr.DataArray([50_000.0], dims="sample", attrs={"units": "m3/d"})
    assert conversion.mass_load("200 ng/L", flow).values == pytest.approx([10.0])
    assert conversion.normalised_load("10 g/d", flow.assign_attrs(units="inhabitant")).item() == pytest.approx(200.0)
    salt = xr.DataArray([100.0], dims="x", attrs={"units": "mg/dose"})
    assert conversion.base_mass(salt, 149.233, 185.69).item() == pytest.approx(100 * 149.233 / 185.69)
    assert conversion.pure_mass(salt, 0.6).item() == pytest.approx(60.0)
    assert conversion.pure_mass("100 mg/dose", 0.6).units == quantity("1 mg/dose").units


@pytest.mark.parametrize("label", [["benzoylecgonine", "methamphetamine"], ["benzoylecgonine"]])
def test_a_biomarker_of_one_drug_is_no_trace_of_another(label):
    load = per_head(*label)
    assert conversion.of_biomarker(load, "benzoylecgonine", "cocaine").dims == ("sample",)
    with refused("conversion-other-drug"):
        conversion.of_biomarker(load, "benzoylecgonine", "methamphetamine")
    with refused("conversion-other-drug"):
        conversion.of_biomarker(load.isel(biomarker=0), "benzoylecgonine", "methamphetamine")


def test_what_says_another_biomarker_or_none_is_refused():
    for load in (per_head("mdma"), per_head("mdma").isel(biomarker=0), per_head("mdma").isel(biomarker=0, drop=True)):
        with refused("conversion-other-biomarker"):
            conversion.of_biomarker(load, "benzoylecgonine", "cocaine")
        with refused("conversion-other-biomarker"):
            conversion.consumption(load, DEFAULT.factor("cocaine", "benzoylecgonine"))
    with pytest.raises(FactorError, match="no named biomarker"):
        conversion.of_biomarker(per_head("mdma").isel(biomarker=0, drop=True), "mdma", "mdma")


def test_one_named_biomarker_is_taken_as_it_stands():
    one = per_head("mdma").isel(biomarker=0)
    xr.testing.assert_identical(conversion.of_biomarker(one, "mdma", "mdma"), one)


def test_a_substance_that_no_publication_ties_to_a_drug_may_be_named_by_the_user():
    load = per_head("a_new_metabolite")
    assert conversion.of_biomarker(load, "a_new_metabolite", "a_new_drug").shape == (2,)


def test_loads_of_two_biomarkers_do_not_add():
    load = conversion.mass_load(concentrations("mdma", "ketamine"), "50000 m3/d")
    for added in (load.isel(biomarker=0) + load.isel(biomarker=1), load.sum("biomarker")):
        with pytest.raises((FactorError, UnitError), match=r"do not add|no 'units'"):
            conversion.normalised_load(added, "300000 inhabitant")
    of_one = load.isel(biomarker=0) + load.isel(biomarker=0)
    assert conversion.normalised_load(of_one.assign_attrs(units="g/d"), "300000 inhabitant").attrs["units"] == HEADS
    heads = conversion.normalised_load(load, "300000 inhabitant")
    with refused("conversion-added-biomarkers"):
        conversion.doses(heads.sum("biomarker", keep_attrs=True), "30 mg/dose")


def test_a_load_without_any_label_is_a_load_and_no_sum():
    flow = xr.DataArray([50_000.0], dims="sample", attrs={"units": "m3/d"})
    load = conversion.mass_load("200 ng/L", flow)
    assert conversion.normalised_load(load, "300000 inhabitant").item() == pytest.approx(100 / 3)
    assert "labelled_by" not in load.attrs


def test_a_consumption_is_not_consumed_again_and_a_load_is_no_consumption():
    factor = DEFAULT.factor("cocaine", "benzoylecgonine")
    used = conversion.consumption(per_head("benzoylecgonine"), factor)
    with refused("conversion-consumed-already"):
        conversion.consumption(used, factor)
    with refused("conversion-consumed-already"):
        conversion.of_biomarker(used.assign_coords(drug="heroin"), "benzoylecgonine", "cocaine")
    with refused("conversion-load-for-consumption"):
        conversion.doses(per_head("benzoylecgonine"), "30 mg/dose")
    assert conversion.of_biomarker(used, "benzoylecgonine", "cocaine").shape == (2,)


def test_the_mark_of_a_correction_is_kept_to_the_doses():
    raw = concentrations("benzoylecgonine")
    value = conversion.correct_recovery(raw, 0.8)
    chain = [value, conversion.mass_load(value, "50000 m3/d")]
    chain.append(conversion.normalised_load(chain[-1], "300000 inhabitant"))
    chain.append(conversion.consumption(chain[-1], DEFAULT.factor("cocaine", "benzoylecgonine")))
    chain.append(conversion.doses(chain[-1], "30 mg/dose"))
    for step in chain:
        assert step.attrs["corrected_for"] == "recovery"
        with refused("conversion-corrected-already"):
            conversion.correction_once(step, "recovery")
        assert conversion.correction_once(step, "stability") == "recovery stability"
    assert "corrected_for" not in conversion.mass_load(raw, "50000 m3/d").attrs
    assert conversion.correction_once(3.0, "recovery") == "recovery"


@pytest.mark.parametrize("recovery", [0.0, -0.1, [0.9, 0.0], [0.9, -0.5]])
def test_a_recovery_of_nothing_or_less_is_refused_wherever_it_stands(recovery):
    c = xr.DataArray([80.0, 80.0], dims="sample", attrs={"units": "ng/L"})
    with refused("conversion-recovery"):
        conversion.correct_recovery(
            c, recovery if isinstance(recovery, float) else xr.DataArray(recovery, dims="sample")
        )


def test_a_recovery_above_all_and_one_unknown_are_used_as_they_are():
    c = xr.DataArray([80.0, 80.0], dims="sample", attrs={"units": "ug/L"})
    done = conversion.correct_recovery(c, xr.DataArray([1.25, np.nan], dims="sample"))
    assert done.values[0] == pytest.approx(64_000.0)
    assert np.isnan(done.values[1])
    assert done.attrs["units"] == "ng/L"
    assert conversion.correct_recovery(c, 0.4).values == pytest.approx(200_000.0)


@pytest.mark.parametrize("purity", [0.0, -0.2, 1.0001, 60.0, float("nan")])
def test_a_purity_of_nothing_or_above_all_is_refused(purity):
    with refused("conversion-purity"):
        conversion.pure_mass("100 mg/dose", purity)


def test_pure_drug_is_all_of_itself_and_a_base_its_own_base():
    assert conversion.pure_mass("100 mg/dose", 1.0).magnitude == 100.0
    assert conversion.base_mass("100 mg/dose", 149.233, 149.233).magnitude == 100.0


def test_a_salt_lighter_than_its_base_is_refused():
    with refused("conversion-light-salt"):
        conversion.base_mass("100 mg/dose", 185.69, 149.233)


@given(base=st.floats(50, 500), anion=st.floats(0, 200), mass=st.floats(0.1, 1e4))
def test_the_base_in_a_salt_never_weighs_more_than_the_salt(base, anion, mass):
    got = conversion.base_mass(quantity(mass, "mg/dose"), base, base + anion).magnitude
    assert 0 < got <= mass * (1 + 1e-12)


@pytest.mark.parametrize("mass", [0.0, -149.2, float("inf"), float("nan")])
def test_a_molar_mass_that_cannot_be_is_refused(mass):
    with refused("conversion-not-positive"):
        conversion.mass_ratio(303.354, mass)
    with refused("conversion-not-positive"):
        conversion.mass_ratio(mass, 289.327)
    with refused("conversion-not-positive"):
        conversion.correction_factor(mass, 0.3, basis="molar")


def test_molar_masses_may_carry_their_unit_and_light_ones_are_masses_too():
    kilo = quantity(0.303354, "kg/mol")
    assert conversion.mass_ratio(kilo, quantity(289.327, "g/mol")) == pytest.approx(303.354 / 289.327)
    assert conversion.mass_ratio(0.5, 0.25) == 2.0


def test_a_dose_excreted_whole_counts_as_itself():
    assert conversion.correction_factor(1.5, 1.0, basis="molar") == 1.5
    assert conversion.correction_factor(1.5, 1.0, basis="mass") == 1.0


def test_every_refusal_is_said_in_both_languages():
    for code in codes("conversion"):
        values = dict.fromkeys(("came", "drug", "asked", "biomarker", "known", "name", "salt", "base"), "X")
        error = FactorError(code, **values)
        assert error.text("en") != error.text("zh")
