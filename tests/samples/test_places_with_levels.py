"""Towns in counties in cities in provinces: a table of units gives each its level, and nothing is counted twice."""

from __future__ import annotations

import pytest

import wbe
from wbe.errors import InputError
from wbe.population import non_overlapping, unit_weights, units
from wbe.samples.places import LEVELS, chain, holder_of_level, level_of, place_faults

HEADER = "district,site,date,flow (m3/d),population (inhabitants),population_basis,METH (ng/L)\n"
UNITS = """unit,level,contained_in
江苏省,province,
南京市,city,江苏省
徐州市,city,江苏省
玄武区,,南京市
鼓楼区(徐州),county,徐州市
孝陵卫街道,town,玄武区
"""


def folder(path, units=UNITS, rows=""):
    path.joinpath("units.csv").write_text(units, encoding="utf-8")
    rows = rows or (
        "玄武区,A,2021-06-01,50000,100000,registered,100\n"
        "孝陵卫街道,B,2021-06-01,10000,20000,registered,100\n"
        "鼓楼区(徐州),C,2021-06-01,50000,100000,registered,900\n"
    )
    path.joinpath("june.csv").write_text(HEADER + rows, encoding="utf-8")
    return path


def test_cities_and_provinces_of_the_unit_table_become_coordinates_of_the_samples(tmp_path):
    ds = wbe.read_samples(folder(tmp_path))
    told = dict(zip(ds["site"].values, zip(ds["city"].values, ds["province"].values, strict=True), strict=True))
    assert told == {"A": ("南京市", "江苏省"), "B": ("南京市", "江苏省"), "C": ("徐州市", "江苏省")}
    table = units(ds)
    assert table["level"].to_dict() == {"玄武区": "county", "鼓楼区(徐州)": "county", "孝陵卫街道": "town"}
    assert table["contained_in"].to_dict() == {"玄武区": "", "鼓楼区(徐州)": "", "孝陵卫街道": "玄武区"}


def test_a_town_is_a_part_of_its_county_and_not_counted_beside_it(tmp_path):
    ds = wbe.read_samples(folder(tmp_path))
    assert non_overlapping(units(ds)) == ["玄武区", "鼓楼区(徐州)"]
    assert unit_weights(ds).sel(site="B", unit=["玄武区", "孝陵卫街道"]).values.tolist() == [1.0, 1.0]


def test_a_file_without_levels_is_one_city_as_before(tmp_path):
    plain = "unit,name_en,code,kind,contained_in\n甲区,Jia,,county,\n乙园,Yi,,functional_zone,甲区\n"
    rows = "甲区,A,2021-06-01,50000,100000,registered,100\n乙园,B,2021-06-01,10000,20000,registered,100\n"
    ds = wbe.read_samples(folder(tmp_path, plain, rows))
    assert not {"city", "province"} & set(ds.coords)
    assert units(ds)["level"].to_dict() == {"甲区": "county", "乙园": "zone"}


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [("某村,vilage,玄武区", "samples-unit-level", "level"),
     ("某县,county,孝陵卫街道", "samples-unit-upside-down", "contained_in"),
     ("某镇,town,孝陵卫街道", "samples-unit-upside-down", "contained_in"),
     ("某区,county,某区", "samples-unit-circle", "contained_in")],
)  # fmt: skip
def test_levels_that_cannot_be_are_refused_with_their_row(tmp_path, line, code, column):
    with pytest.raises(InputError) as caught:
        wbe.read_samples(folder(tmp_path, UNITS + line + "\n"))
    [fault] = caught.value.faults
    assert (fault.code, fault.file, fault.row, fault.column) == (code, "units.csv", 8, column)


def test_some_districts_without_a_city_are_missed(tmp_path):
    rows = "玄武区,A,2021-06-01,50000,100000,registered,100\n某区,D,2021-06-01,50000,100000,registered,9\n"
    with pytest.raises(ValueError, match="1 sample has no city"):
        wbe.read_samples(folder(tmp_path, UNITS + "某区,county,\n", rows))


def test_chains_end_and_levels_are_in_order():
    assert chain("a", {"a": "b", "b": "a"}) == ["b"]
    assert chain("a", {}) == []
    assert holder_of_level("a", {"a": {"contained_in": "b"}, "b": {"level": "county"}}, "city") == ""
    assert [level_of({"level": level}) for level in LEVELS] == list(LEVELS)
    for inner, outer in zip(LEVELS[1:], LEVELS, strict=False):
        assert place_faults({"x": {"level": inner, "contained_in": "y"}, "y": {"level": outer}}) == []
        assert place_faults({"x": {"level": outer, "contained_in": "y"}, "y": {"level": inner}}) != []
