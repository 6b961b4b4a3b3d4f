"""Samples in a notebook fit the screen, their log comes along, and places in one file keep their own sums."""

from __future__ import annotations

import pytest

import wbe
from wbe.exchange import read, write
from wbe.reading import reading_log

UNITS = """unit,level,contained_in
江苏省,province,
浙江省,province,
南京市,city,江苏省
徐州市,city,江苏省
杭州市,city,浙江省
玄武区,county,南京市
秦淮区,county,南京市
云龙区(徐州),county,徐州市
西湖区,county,杭州市
"""
ROWS = """district,site,date,flow (m3/d),population (inhabitants),population_basis,METH (ng/L)
玄武区,A,2021-06-01,50000,100000,registered,100
秦淮区,B,2021-06-01,10000,20000,registered,100
云龙区(徐州),C,2021-06-01,50000,100000,registered,900
西湖区,D,2021-06-01,50000,100000,registered,10
"""


@pytest.fixture(scope="module")
def provinces(tmp_path_factory):
    folder = tmp_path_factory.mktemp("provinces")
    folder.joinpath("units.csv").write_text(UNITS, encoding="utf-8")
    folder.joinpath("june.csv").write_text(ROWS, encoding="utf-8")
    return wbe.read_samples(folder)


def test_the_log_of_a_city_does_not_fill_the_screen_and_is_behind_a_function(zhuzhou):
    assert len(zhuzhou.attrs["reading_log"]) < 80
    assert sum(len(str(value)) for value in zhuzhou.attrs.values()) < 500
    log = reading_log(zhuzhou)
    assert log.sums()
    assert log.balance()["samples"].iloc[-1] == zhuzhou.sizes["sample"]


@pytest.mark.parametrize("suffix", [".nc", ".zarr", ".parquet"])
def test_the_log_is_kept_with_the_samples_in_every_format(provinces, tmp_path, suffix):
    again = read(write(provinces, tmp_path / f"city{suffix}"))
    assert reading_log(again) == reading_log(provinces)
    assert len(reading_log(again).tables) == 1
    assert reading_log(provinces.isel(sample=[0])) == reading_log(provinces)


@pytest.mark.parametrize(
    ("area", "sums"),
    [
        ("district", {"玄武区": 5.0, "秦淮区": 1.0, "云龙区(徐州)": 45.0, "西湖区": 0.5}),
        ("city", {"南京市": 6.0, "徐州市": 45.0, "杭州市": 0.5}),
        ("province", {"江苏省": 51.0, "浙江省": 0.5}),
        ("all", {"all": 51.5}),
    ],
)
def test_each_city_and_province_of_a_file_has_its_own_sum(provinces, area, sums):
    table = wbe.estimate(provinces, draws=1000).table(area=area)
    loads = table[table["quantity"] == "mass_load"].set_index("district")["median"]
    assert loads.to_dict() == pytest.approx(sums)
