"""Units as laboratories write them: a factor of a thousand is never a matter of a capital letter."""

import numpy as np
import pint
import pytest
import xarray as xr

import wbe
from wbe.errors import UnitError
from wbe.units import UnitErrors, as_unit, as_units, factor, fold, quantity, registry, spell, stamp


@pytest.mark.parametrize(
    ("came", "needed", "times"),
    [
        ("Mg/L", "mg/L", 1.0),
        ("MG/L", "mg/L", 1.0),
        ("NG/L", "ng/L", 1.0),
        ("Ng/L", "ng/L", 1.0),
        ("UG/L", "ng/L", 1e3),
        ("ug/L", "ng/L", 1e3),
        ("mg/L", "ng/L", 1e6),
        ("g/L", "ng/L", 1e9),
        ("pg/mL", "ng/L", 1.0),
        ("ml/d", "m3/d", 1e3),
        ("ML/d", "m3/d", 1e3),
        ("MLD", "m3/d", 1e3),
        ("L/s", "m3/d", 86.4),
        ("m3/h", "m3/d", 24.0),
        ("万吨/d", "m3/d", 1e4),
        ("万m³/d", "m3/d", 1e4),
        ("吨/d", "m3/d", 1.0),
        ("千人", "inhabitant", 1e3),
        ("万人", "inhabitant", 1e4),
        ("mg/d/千人", "mg/d/1000 inhabitant", 1.0),
        ("μg/(人·d)", "mg/d/1000 inhabitant", 1.0),
        ("g/d/1000inh", "mg/d/1000 inhabitant", 1e3),
        ("mg/person/day", "mg/d/1000 inhabitant", 1e3),
        ("%", "1", 0.01),
    ],
)
def test_a_spelling_has_its_factor_exactly(came, needed, times):
    # powers of ten to the last digit: a laboratory compares digits
    assert factor(came, needed) == pytest.approx(times, rel=1e-15)


@pytest.mark.parametrize("text", ["ppt", "ppb", "ppm", "t", "M", "mL/d", "mg/1000人"])
def test_what_has_several_meanings_is_asked_about(text):
    with pytest.raises(UnitError, check=lambda e: e.code == "units-several-meanings"):
        spell(text)


def test_an_unknown_unit_names_the_nearest_spellings_first():
    with pytest.raises(UnitError, match=r"万吨/d每.* Write it as 万吨/d") as caught:
        spell("万吨/d每")
    assert "万m3/d" in str(caught.value)
    assert "无法识别" in caught.value.text("zh")


def test_a_thousand_without_a_thing_counted_is_asked_about():
    with pytest.raises(UnitError, check=lambda e: e.code == "units-per-thousand"):
        spell("mg/d/1000 users")


def test_a_quantity_converts_to_any_spelling():
    assert quantity("2 万吨/日").to("m3/d").magnitude == 20_000.0
    assert quantity("20 ng·L⁻¹").to("pg/mL").magnitude == pytest.approx(20.0)
    assert quantity("3 g/d/1000inh").to("mg/d/1000 inhabitant").magnitude == pytest.approx(3000.0)
    assert wbe.quantity("50 ML/d").to("m3/h").magnitude == pytest.approx(50_000 / 24)
    assert quantity("36 km/h").to("m/s").magnitude == pytest.approx(10.0)  # what no table lists stays with pint


def test_people_users_and_doses_are_three_dimensions():
    for a, b in [("inhabitant", "user"), ("user", "dose"), ("inhabitant", "dose")]:
        with pytest.raises(UnitError, check=lambda e: e.code == "units-other-dimension"):
            factor(a, b)


def test_quantities_of_another_registry_are_read_by_the_text_of_their_unit():
    theirs = pint.UnitRegistry().Quantity(np.array([1.0, 2.0]), "ug/L")
    assert as_unit(theirs, "ng/L", "concentration").tolist() == [1000.0, 2000.0]
    assert registry().Quantity(3.0, "g/d").to("mg/d").magnitude == pytest.approx(3000.0)


def test_arrays_are_checked_by_their_attribute_and_come_back_bare():
    flow = xr.DataArray([5], dims="sample", attrs={"units": "万m3/d"})
    plain = as_unit(flow, "m3/d", "flow")
    assert (plain.values.tolist(), plain.dtype, plain.attrs) == ([50_000.0], np.dtype(float), {})
    assert flow.attrs == {"units": "万m3/d"}
    whole = as_unit(flow.assign_attrs(units="m3/d"), "m3/d", "flow")
    assert (whole.values.tolist(), whole.dtype, whole.attrs) == ([5.0], np.dtype(float), {})
    wrapped = xr.DataArray(registry().Quantity(np.array([2.0]), "L/s"), dims="sample")
    assert as_unit(wrapped, "m3/d", "flow").values == pytest.approx([172.8])
    with pytest.raises(UnitError, match=r"flow: the DataArray has no 'units'"):
        as_unit(xr.DataArray([5.0]), "m3/d", "flow")


@pytest.mark.parametrize(
    ("value", "said"),
    [(200.0, "e.g. '200.0 ng/L'"), (np.array([1.0]), r"e.g. wbe.quantity\(values, 'ng/L'\)"), ([1.0], "bare list")],
)
def test_a_bare_number_is_refused_with_what_to_write(value, said):
    with pytest.raises(UnitError, match=said):
        as_unit(value, "ng/L", "concentration")


@pytest.mark.parametrize("text", ["200", "ng/L", "", "two ng/L"])
def test_a_text_needs_number_and_unit(text):
    with pytest.raises(UnitError, check=lambda e: e.code == "units-no-quantity"):
        quantity(text)
    with pytest.raises(UnitError, check=lambda e: e.code == "units-bare-number"):
        quantity(200.0)


@pytest.mark.parametrize(
    ("text", "value"), [("-1.5e3 ng/L", -1500.0), (".5 ng/L", 0.5), ("+2ng/L", 2.0), (" 7 ng/L ", 7.0)]
)
def test_numbers_are_read_with_sign_and_exponent(text, value):
    assert as_unit(text, "ng/L", "concentration") == value


def test_faults_of_several_arguments_come_together_in_either_language():
    with pytest.raises(UnitErrors, match=r"(?s)c: got a bare float.*\n.*q: needs") as caught:
        as_units(("c", 1.0, "ng/L"), ("p", "3 人", "inhabitant"), ("q", "5 mg/L", "m3/d"))
    assert caught.value.codes == ["units-bare", "units-other-dimension"]
    assert caught.value.text("zh").splitlines()[1].startswith("q：应为“m3/d”")
    with pytest.raises(UnitError, check=lambda e: e.code == "units-bare"):
        as_units(("c", 1.0, "ng/L"))


def test_typography_is_folded():
    assert fold("µg / L") == fold("μg/L") == "μg/L"
    assert fold("ng·L⁻¹") == fold("ng⋅L−1") == "ng·L-1"


def test_the_stamp_names_what_it_is():
    array = stamp(xr.DataArray([1.0], attrs={"units": "mg/d", "source": "x"}), "mass_load")
    assert (array.name, array.attrs) == ("mass_load", {"units": "g/d", "long_name": "mass load of the biomarker"})
    assert stamp(0.3, "recovery").dimensionless


def test_factors_run_both_ways_and_stay_exact_powers_of_ten():
    assert factor("m3/d", "万m3/d") == 1e-4
    assert factor("ng/L", "mg/L") == 1e-6
    assert factor("inhabitant", "千人") == 1e-3
    for a, b in [("MGD", "m3/d"), ("L/s", "ML/d"), ("mg/person/day", "g/d/1000 inhabitant")]:
        assert factor(a, b) * factor(b, a) == pytest.approx(1.0, rel=1e-14)


def test_a_number_without_dimension_is_said_so_in_both_languages():
    with pytest.raises(UnitError, match=r"\(dimensionless\), got 'ng/L'") as caught:
        factor("ng/L", "1", "recovery")
    assert "（无量纲）" in caught.value.text("zh")
    assert "([mass] / [length] ** 3)" in str(caught.value)
    with pytest.raises(UnitError, check=lambda e: e.code == "units-bare"):
        as_unit(type("Length", (), {"units": "m"})(), "m3/d", "flow")
    assert spell(" kg/m3 ") == "kg/m3"
