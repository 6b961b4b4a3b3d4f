"""Wrong arguments are refused by name, and exports hold what they were asked for."""

import re

import pytest

import wbe
from wbe.errors import InputError, UnknownName
from wbe.testing import small_city

METH = "methamphetamine"


@pytest.fixture(scope="module")
def city():
    return small_city(districts=2, months=2, biomarkers=(METH, "amphetamine"))


@pytest.fixture(scope="module")
def estimate(city):
    return wbe.estimate(city)


@pytest.mark.parametrize("factors", [None, 3, ["default"]])
def test_factors_that_are_no_profile_are_refused_as_an_unknown_name(city, estimate, factors):
    with pytest.raises(UnknownName, match="got profile"):
        wbe.estimate(city, factors=factors)
    with pytest.raises(UnknownName, match="got profile"):
        estimate.with_factors(factors)


@pytest.mark.parametrize("population", [None, 3])
def test_a_population_that_is_no_method_is_refused_as_an_unknown_name(city, population):
    with pytest.raises(UnknownName, match=f"got population method '{population}'"):
        wbe.estimate(city, population=population)


def test_the_dataset_of_all_numbers_holds_what_the_table_holds_and_its_level(estimate):
    whole = estimate.to_dataset()
    rows = estimate.table(quantity="mass_load", drug=METH).set_index(["district", "month"])["median"]
    for (district, month), value in rows.items():
        assert float(whole["mass_load"].sel(district=district, month=month, biomarker=METH)) == value
    assert whole.attrs["level"] == 0.95
    assert whole["mass_load_upper"].attrs["units"] == "g/d"


@pytest.mark.parametrize("call", ["budget", "explain"])
def test_a_wrong_district_month_or_drug_of_a_cell_is_an_unknown_name(estimate, call):
    district, month = estimate.districts[0], estimate.months[0]
    take = getattr(estimate, call)
    with pytest.raises(UnknownName, match="got district ''"):
        take("", month, METH)
    with pytest.raises(UnknownName, match=f"got month '1999-01'.*Known: {month}"):
        take(district, "1999-01", METH)
    with pytest.raises(UnknownName, match="got drug 'methh'"):
        take(district, month, "methh")
    with pytest.raises(InputError, match=r"got drug 'heroin'.*Reason"):  # known, and not measured here
        take(district, month, "heroin")


def test_a_drug_is_asked_for_where_there_are_several(estimate):
    with pytest.raises(InputError, match=f"got no drug for normalised_load; needed one of {METH}, amphetamine"):
        estimate.draws()


def test_a_name_that_is_refused_lists_each_known_name_once(estimate):
    with pytest.raises(UnknownName) as refused:
        estimate.table(drug="cocaine")
    assert str(refused.value).count(METH) == 1
    assert "got drug 'cocaine'" in str(refused.value)


def test_the_explanation_of_a_small_flow_shows_the_flow():
    city = small_city(districts=1, months=1)
    city["flow"][:] = 0.2
    estimate = wbe.estimate(city)
    told = estimate.explain(estimate.districts[0], estimate.months[0], METH, "mass_load")
    assert " x 0.2 m3/d = " in told


def test_the_ratio_of_a_district_to_itself_prints_no_digits_of_the_computer(estimate):
    district = estimate.districts[0]
    own = estimate.ratio(district, district)
    assert set(own.loc[own["ratio"].notna(), "text"]) == {"1.000 (1.000–1.000)"}


def test_what_is_hidden_says_so_in_the_language_of_its_table(city):
    hidden = wbe.estimate(city, policy="public").table(language="zh")
    texts = hidden.loc[hidden["status"] == "suppressed", "text"]
    assert len(texts)
    assert set(texts) == {"不予显示"}


@pytest.mark.parametrize("quantity", ["mass_load", "normalised_load", "consumption", "doses", "users"])
def test_an_explanation_in_chinese_names_drug_and_quantity_in_chinese(estimate, quantity):
    head, *steps = estimate.explain(
        estimate.districts[0], estimate.months[0], "冰毒", quantity, language="zh"
    ).splitlines()
    assert "甲基苯丙胺的" in head
    assert quantity not in head
    assert METH not in head
    factor = [step for step in steps if step.startswith("校正因子")]
    assert all("由 甲基苯丙胺 测算 甲基苯丙胺" in step for step in factor)
    assert bool(factor) == (quantity in ("consumption", "doses"))  # users rest on the factor of each study


@pytest.mark.parametrize(
    ("quantity", "line"), [("doses", r"dose 30 mg.* / 30 = (\S+)$"), ("users", r": (\S+) users for")]
)
def test_the_last_multiplication_of_an_explanation_uses_the_number_told_above_it(estimate, quantity, line):
    told = estimate.explain(estimate.districts[0], estimate.months[0], METH, quantity)
    above = re.search(line, told, re.MULTILINE)[1]
    load, factor, value = re.search(r"^(\S+) x (\S+) = (\S+) (?:dose|user)", told, re.MULTILINE).groups()
    assert float(factor) == pytest.approx(float(above), rel=1e-4)
    assert float(load) * float(factor) == pytest.approx(float(value.replace(",", "")), rel=1e-4)
