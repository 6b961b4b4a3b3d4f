"""The forecast of the whole city is of the sum that will be measured, and of nothing that is protected."""

from __future__ import annotations

import numpy as np
import pytest

import wbe
from wbe.errors import InputError
from wbe.levels import city_forecasts, forecasts
from wbe.levels.forecasting import COLUMNS
from wbe.testing import small_city


@pytest.fixture(scope="module")
def estimate():
    return wbe.estimate(small_city(districts=4, months=8), draws=1000)


def test_it_lies_about_the_months_that_were_measured_and_is_surer_than_a_district(estimate):
    found = city_forecasts(estimate).query("drug == 'methamphetamine'")
    assert tuple(found.columns) == COLUMNS
    assert found["month"].tolist() == ["2021-09", "2021-10", "2021-11"]
    assert set(found["made"]) == {"2021-08"}
    months = estimate.table("city", quantity="normalised_load", drug="methamphetamine")["median"]
    assert found["median"].between(months.min(), months.max()).all()
    own = forecasts(estimate).query("drug == 'methamphetamine' and month == '2021-09'")
    width = np.log(own["upper"] / own["lower"])
    assert np.log(found["upper"] / found["lower"]).iloc[0] < width.min()


def test_a_wider_level_is_wider_and_no_other_number_moves(estimate):
    narrow, wide = (city_forecasts(estimate, ahead=1, level=level) for level in (0.5, 0.95))
    assert (wide["lower"] < narrow["lower"]).all()
    assert (wide["upper"] > narrow["upper"]).all()
    assert wide["median"].tolist() == narrow["median"].tolist()


def test_an_amount_twice_as_large_is_foretold_twice_as_large(estimate):
    load = city_forecasts(estimate, ahead=1).set_index("drug")["median"]
    grams = city_forecasts(estimate, quantity="mass_load", ahead=1).set_index("drug")["median"]
    people = estimate.table("city", quantity="mass_load")["population"].iloc[0]
    ratio = grams["methamphetamine"] / load["methamphetamine"]
    assert ratio == pytest.approx(people / 1e6, rel=0.02)  # mg/d/1000 inhabitants to g/d


def test_a_protected_city_is_not_foretold():
    assert city_forecasts(wbe.estimate(small_city(districts=6, months=3), policy="public", draws=1000)).empty


def test_what_cannot_be_is_refused(estimate):
    with pytest.raises(InputError) as caught:
        city_forecasts(estimate, ahead=0, level=1.0)
    assert caught.value.codes == ["levels-level", "levels-ahead"]
    with pytest.raises(InputError) as caught:
        city_forecasts(estimate, ahead=True, level=0.0)
    assert caught.value.codes == ["levels-level", "levels-ahead"]
