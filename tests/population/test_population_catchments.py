"""Catchments, districts, and the zone that lies inside a district."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from wbe.errors import SchemaError, UncertaintyError
from wbe.population import (
    coverage,
    non_overlapping,
    own_weights,
    places,
    to_residents,
    unit_weights,
    units,
    weight_term,
)
from wbe.testing import DISTRICTS, small_city
from wbe.uncertainty import Uncertain


def amounts(ds):
    """One amount per site: the site's flow in the first month."""
    return xr.DataArray(
        ds["flow"].groupby(ds["site"]).first().values, dims="site", coords={"site": np.unique(ds["site"].values)}
    )


def city_total(ds):
    weights = unit_weights(ds)
    return float((amounts(ds) * weights.sel(unit=non_overlapping(units(ds)))).sum())


def test_the_city_is_the_sum_over_units_that_do_not_overlap():
    ds = small_city(districts=DISTRICTS)
    assert "云龙示范区" not in non_overlapping(units(ds))
    assert len(non_overlapping(units(ds))) == 9
    assert city_total(ds) == pytest.approx(float(amounts(ds).sum()))


def with_table(rows, unit_names, kinds=None, inside=None, cv=None):
    """Three sites with a catchment table."""
    ds = small_city(districts=["天元区", "石峰区", "荷塘区"], months=1)
    names = list(dict.fromkeys(ds["site"].values))
    ds = ds.assign_coords(catchment=("catchment", names), unit=("unit", unit_names))
    ds["catchment_weight"] = (("catchment", "unit"), np.array(rows, float))
    if kinds:
        ds = ds.assign_coords(unit_kind=("unit", kinds), contained_in=("unit", inside))
    if cv is not None:
        ds["catchment_weight_cv"] = (("catchment", "unit"), np.array(cv, float))
    return ds


COUNTY = ["天元区", "石峰区", "荷塘区"]
KINDS, INSIDE = ["county"] * 3 + ["functional_zone"], ["", "", "", "石峰区"]


def test_adding_the_contained_zone_changes_nothing():
    without = with_table([[0.7, 0.3, 0], [0, 1, 0], [0, 0.25, 0.75]], COUNTY)
    zone_beside = with_table(
        [[0.7, 0.1, 0, 0.2], [0, 0.4, 0, 0.6], [0, 0.25, 0.75, 0]], [*COUNTY, "云龙示范区"], KINDS, INSIDE
    )
    zone_within = with_table(
        [[0.7, 0.3, 0, 0.2], [0, 1, 0, 0.6], [0, 0.25, 0.75, 0]], [*COUNTY, "云龙示范区"], KINDS, INSIDE
    )
    for ds in (zone_beside, zone_within):
        assert city_total(ds) == pytest.approx(city_total(without))
        np.testing.assert_allclose(unit_weights(ds).sel(unit=COUNTY), unit_weights(without))
    np.testing.assert_allclose(unit_weights(zone_beside), unit_weights(zone_within))


def test_own_weights_count_the_zone_apart_and_add_up_over_all_units():
    ds = with_table([[0.7, 0.1, 0, 0.2], [0, 0.4, 0, 0.6], [0, 0.25, 0.75, 0]], [*COUNTY, "云龙示范区"], KINDS, INSIDE)
    own = own_weights(ds)
    np.testing.assert_allclose(own.sum("unit"), 1.0)
    assert float(own.sel(site="石峰区污水厂", unit="石峰区")) == pytest.approx(0.4)
    assert float(unit_weights(ds).sel(site="石峰区污水厂", unit="石峰区")) == pytest.approx(1.0)


def test_a_plant_that_stands_in_the_zone_serves_the_district_around_it():
    # 白石港 plant lies in 云龙 and serves part of 石峰 (dowater.com/news/2011-06-19/52273)
    weights = unit_weights(small_city(districts=["石峰区", "云龙示范区"]))
    assert weights.sel(site="云龙示范区污水厂").to_series().to_dict() == {"石峰区": 1.0, "云龙示范区": 1.0}
    assert weights.sel(site="石峰区污水厂").to_series().to_dict() == {"石峰区": 1.0, "云龙示范区": 0.0}


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([[0.7, 0.6, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], "sum to 1.3, above 1"),
        ([[0.3, 0.5, 0, 0.1], [0, 1, 0, 0], [0, 0, 1, 0]], "can be read in two ways"),
        ([[-0.1, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], "not shares between 0 and 1"),
    ],
)
def test_weights_that_cannot_be_are_refused_with_the_site(rows, word):
    with pytest.raises(SchemaError, match=f"天元区污水厂.*{word}"):
        unit_weights(with_table(rows, [*COUNTY, "云龙示范区"], KINDS, INSIDE))


def test_a_site_without_a_row_and_a_circle_of_units_are_refused():
    ds = with_table([[1, 0, 0], [0, 1, 0], [0, 0, 1]], COUNTY)
    with pytest.raises(SchemaError, match="has no row in the catchment table"):
        unit_weights(ds.isel(catchment=[0, 1]))
    circle = ds.assign_coords(contained_in=("unit", ["石峰区", "天元区", ""]))
    with pytest.raises(SchemaError, match="contained in itself"):
        units(circle)
    doubled = small_city(districts=2, months=2)
    doubled = doubled.assign_coords(site=("sample", np.full(4, "one plant", object)))
    with pytest.raises(SchemaError, match="several districts"):
        unit_weights(doubled)


def test_part_of_a_catchment_may_lie_outside_the_city():
    ds = with_table([[0.6, 0, 0], [0, 1, 0], [0, 0, 1]], COUNTY)
    assert float(unit_weights(ds).sel(site="天元区污水厂").sum()) == pytest.approx(0.6)


def test_the_error_of_the_weights_is_a_term_by_site_and_unit():
    ds = with_table([[0.7, 0.3, 0], [0, 1, 0], [0, 0.25, 0.75]], COUNTY, cv=[[0.1, 0.2, 0], [0, 0, 0], [0, 0.3, 0.1]])
    split = Uncertain(unit_weights(ds)).with_term(weight_term(ds))
    sd = split.log_sd().sel(site="天元区污水厂")
    np.testing.assert_allclose(sd, np.sqrt(np.log1p(np.square([0.1, 0.2, 0.0]))))
    assert weight_term(small_city()) is None


def test_the_packaged_place_has_nine_counties_and_one_zone():
    table = pd.DataFrame(places()["zhuzhou"]["unit"])
    assert table["kind"].value_counts().to_dict() == {"county": 9, "functional_zone": 1}
    assert table.loc[table["kind"] == "county", "code"].str.fullmatch("4302[0-9]{2}").all()
    assert set(table["name"]) == set(DISTRICTS)


def test_carrying_over_to_all_residents_is_wider_the_less_is_served():
    at = xr.DataArray([100.0], dims="cell", coords={"district": ("cell", ["a"])})
    half, most = (to_residents(Uncertain(at), c) for c in (0.5, 0.9))
    assert float(half.central[0]) == pytest.approx(200.0)
    assert float(half.log_sd()[0]) > float(most.log_sd()[0]) > 0
    assert to_residents(Uncertain(at), 1.0).terms == ()
    assert coverage({"a": 40.0}, {"a": 100.0})["coverage"].tolist() == [0.4]
    with pytest.raises(UncertaintyError, match="coverage: got 40"):
        to_residents(Uncertain(at), 40)
