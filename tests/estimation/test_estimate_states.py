"""Six states of a result stay apart: found, not quantified, not detected, rejected, missing, not run; and no sample."""

import numpy as np
import pytest

import wbe
from wbe.samples import Flag
from wbe.testing import small_city

METH = "methamphetamine"


def city(flag, lod=np.nan, loq=np.nan):
    """Two plants and two months; the first result of the first plant has the state asked for."""
    ds = small_city(districts=2, months=2, biomarkers=(METH,)).copy(deep=True)
    ds["flag"].values[0, 0] = int(flag)
    ds["concentration"].values[0, 0] = np.nan
    ds["lod"].values[0, 0], ds["loq"].values[0, 0] = lod, loq
    return ds


def first(ds, quantity="mass_load", language="en"):
    table = wbe.estimate(ds).table(language=language)
    return table[(table["quantity"] == quantity) & (table["district"] == "天元区")].iloc[0]  # January


@pytest.mark.parametrize("quantity", ["mass_load", "normalised_load", "consumption"])
@pytest.mark.parametrize(("flag", "status", "found", "words"), [
    (Flag.BELOW_LOQ, "found", 1, "found, not quantified"), (Flag.BELOW_LOD, "below_limit", 0, "not detected"),
    (Flag.REJECTED, "rejected", 0, "unreadable or rejected"), (Flag.MISSING, "missing", 0, "no result given"),
    (Flag.NOT_RUN, "not_measured", 0, "not measured"),
])  # fmt: skip
def test_a_result_without_number_and_limit_says_what_became_of_it(flag, status, found, words, quantity):
    row = first(city(flag), quantity)
    assert (row["status"], row["n_detected"]) == (status, found)
    assert words in row["text"]
    assert np.isnan(row["median"])


@pytest.mark.parametrize(("lod", "loq", "found"), [
    (1.0, 3.0, 1), (1.0, np.nan, 1), (np.nan, np.nan, 1),
    (np.nan, 3.0, 0),  # below a limit of quantification alone nobody knows whether it was there
    (3.0, 3.0, 0), (4.0, 3.0, 0), (0.0, 3.0, 0),
])  # fmt: skip
def test_what_lies_beyond_the_limit_of_detection_was_found(lod, loq, found):
    assert first(city(Flag.BELOW_LOQ, lod, loq))["n_detected"] == found


def test_one_that_was_found_says_more_than_one_that_was_not():
    ds = small_city(districts=1, months=2, biomarkers=(METH,), samples_per_month=2).copy(deep=True)
    ds["flag"].values[:2, 0] = [int(Flag.BELOW_LOD), int(Flag.BELOW_LOQ)]
    ds["concentration"].values[:2] = np.nan
    ds["lod"].values[:2], ds["loq"].values[:2] = np.nan, np.nan
    row = first(ds)
    assert (row["status"], row["n_samples"], row["n_detected"]) == ("found", 2, 1)
    ds["flag"].values[:2, 0] = [int(Flag.MISSING), int(Flag.REJECTED)]
    assert first(ds)["status"] == "rejected"
    ds["flag"].values[:2, 0] = [int(Flag.NOT_RUN), int(Flag.MISSING)]
    assert first(ds)["status"] == "missing"


def test_the_states_are_said_in_chinese_and_none_of_them_is_a_missing_sample():
    for flag, words in ((Flag.BELOW_LOQ, "检出，未定量"), (Flag.REJECTED, "无法读取"), (Flag.MISSING, "未给结果")):
        said = wbe.alerts(wbe.estimate(city(flag)), month="2021-01", language="zh")
        said = said[said["district"] == "天元区"].iloc[0]
        assert words in said["reason"]
        assert "无样品" not in said["reason"]
        assert (said["kind"] == "data_quality") is (flag != Flag.BELOW_LOQ)


def test_a_slip_of_the_pen_is_no_missing_sample(tmp_path):
    path = tmp_path / "七月.csv"
    head = "县市区,采样点,样品编号,采样日期,流量（m³/d）,服务人口（人）,人口口径,甲基苯丙胺（ng/L）,苯丙胺（ng/L）\n"
    path.write_text(head + "天元区,河西厂,S1,2021-07-22,103000,340000,普查,62..3,检出\n"
                    "荷塘区,荷塘厂,S2,2021-07-22,103000,340000,普查,62,5\n", encoding="utf-8")  # fmt: skip
    table = wbe.estimate(wbe.read_samples(path)).table()
    table = table[(table["district"] == "天元区") & (table["quantity"] == "mass_load")].set_index("biomarker")
    assert table.loc[METH, "status"] == "rejected"
    assert table.loc["amphetamine", ["status", "n_detected"]].tolist() == ["found", 1]


def test_what_was_found_in_a_small_district_is_as_hidden_as_a_number():
    ds = city(Flag.BELOW_LOQ)
    ds["population"].values[:] = 900.0
    table = wbe.estimate(ds, policy="public").table()
    assert not (table["status"] == "found").any()
