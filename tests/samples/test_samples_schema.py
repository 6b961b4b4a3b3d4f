"""What Samples must be: times that mean one day, places that lie in one place, and every breach named by its code."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.errors import SchemaError
from wbe.messages import Note
from wbe.samples import Flag, build, canonical, validate
from wbe.testing import small_city


def one_a_row(n: int = 2, **columns: object):
    """Samples with ``n`` plants and one result each; ``columns`` replace or add to the sample table."""
    table = {
        "sample": [f"s{i}" for i in range(n)], "time": ["2021-06-24"] * n, "site": [f"p{i}" for i in range(n)],
        "district": [f"d{i}" for i in range(n)], "flow": [5e4] * n, "population": [1e5] * n,
    } | columns  # fmt: skip
    results = pd.DataFrame({
        "sample": table["sample"], "biomarker": "methamphetamine", "concentration": 200.0, "flag": 0,
    })  # fmt: skip
    return build(table, results, **({"zone": columns.pop("zone")} if "zone" in columns else {}))


def breaches(**columns: object) -> list[Note]:
    with pytest.raises(SchemaError) as caught:
        one_a_row(len(next(iter(columns.values()))), **columns)
    return caught.value.breaches


def codes(ds) -> list[str]:
    return [note.code for note in validate(ds)]


@pytest.mark.parametrize(
    "cell",
    [20210624, 44371, 44371.25, "20210624", "2021-06-24", "2021/6/24 08:30", "2021年6月24日", "24/06/2021",
     "06/24/2021",
     "2021-06-24T23:59:59", "44371", pd.Timestamp("2021-06-24"), np.datetime64("2021-06-24"),
     pd.Timestamp("2021-06-24 00:00", tz="Asia/Shanghai"), "2021-06-24T00:00:00+08:00", "２０２１－０６－２４"],
)  # fmt: skip
def test_a_day_is_the_same_day_however_it_is_written(cell):
    assert one_a_row(1, time=[cell])["time"].values.astype("datetime64[D]").astype(str).tolist() == ["2021-06-24"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [(202106, "samples-time-month-only"), ("2021-06", "samples-time-month-only"),
     ("2021年6月", "samples-time-month-only"),
     ("05/06/2021", "samples-time-two-ways"), (1.6e9, "samples-time-not-a-date"), (20211301, "samples-time-not-a-date"),
     ("2021-02-29", "samples-time-not-a-date"), (32873, "samples-time-not-a-date"), (True, "samples-time-not-a-date"),
     (73416, "samples-time-not-a-date"), (202113, "samples-time-not-a-date"), ("soon", "samples-time-not-a-date"),
     ("2021-05-31T16:00:00Z", "samples-time-offsets"), ("", "samples-undated"), (None, "samples-undated")],
)  # fmt: skip
def test_what_names_no_day_is_refused_by_its_code(cell, code):
    assert [note.code for note in breaches(time=[cell])] == [code]


def test_midnight_at_the_plant_stays_midnight():
    shanghai = pd.to_datetime(["2021-06-01"]).tz_localize("Asia/Shanghai")
    told = ["2021-05-31T16:00:00Z"]
    for time, zone in ((shanghai, {}), (shanghai.tz_convert("UTC"), {"zone": "Asia/Shanghai"}),
                       (told, {"zone": "Asia/Shanghai"})):  # fmt: skip
        ds = build(
            {"sample": ["a"], "time": time, "site": ["p"], "district": ["d"]},
            pd.DataFrame({"sample": ["a"], "biomarker": ["ketamine"], "concentration": [1.0], "flag": [0]}),
            **zone,
        )
        assert ds["time"].values[0] == np.datetime64("2021-06-01")


def test_times_of_several_zones_in_one_column_are_asked_about():
    mixed = ["2021-06-01T00:00+08:00", "2021-06-01T00:00+09:00"]
    assert [n.code for n in breaches(time=mixed)] == ["samples-time-offsets"]
    assert [n.code for n in breaches(time=["2021-06-01T00:00+08:00", "2021-06-01"])] == ["samples-time-offsets"]


def test_two_orders_of_day_and_month_in_one_column_make_both_doubtful():
    [note] = breaches(time=["24/06/2021", "06/24/2021"])
    assert (note.code, note.values["count"]) == ("samples-time-two-ways", 2)


def test_an_unknown_zone_is_refused():
    with pytest.raises(SchemaError, match="zone 'Mars' is not known"):
        build(
            {"sample": ["a"], "time": ["2021-06-01"], "site": ["p"], "district": ["d"]},
            pd.DataFrame({"sample": ["a"], "biomarker": ["ketamine"], "concentration": [1.0], "flag": [0]}),
            zone="Mars",
        )


def test_every_missing_column_is_named_at_once():
    with pytest.raises(SchemaError) as caught:
        build({"sample": ["a"], "site": ["p"]}, pd.DataFrame({"sample": ["a"], "biomarker": ["ketamine"]}))
    assert [n.values["column"] for n in caught.value.breaches] == ["time", "district", "concentration", "flag"]


def test_a_composite_does_not_end_before_it_starts():
    assert codes(one_a_row(time_end=["2021-06-24", "2021-06-25"])) == []
    assert [n.code for n in breaches(time_end=["2021-06-23", "2021-06-25"])] == ["samples-ends-first"]


def test_city_and_province_are_coordinates_of_samples():
    ds = one_a_row(city=["南京市", "徐州市"], province=["江苏省"] * 2)
    assert ds["city"].dims == ds["province"].dims == ("sample",)
    assert ds["city"].values.tolist() == ["南京市", "徐州市"]
    assert "city" not in one_a_row().coords


def test_a_city_that_some_samples_lack_is_missed_by_name():
    [note] = breaches(city=["南京市", ""])
    assert (note.code, note.values) == ("samples-place-missing", {"name": "city", "count": 1})


@pytest.mark.parametrize(
    ("columns", "place", "outer"),
    [({"district": ["鼓楼区"] * 2, "city": ["南京市", "徐州市"]}, "鼓楼区", "city"),
     ({"city": ["朝阳市"] * 2, "province": ["辽宁省", "吉林省"]}, "朝阳市", "province"),
     ({"site": ["一厂"] * 2, "city": ["南京市", "徐州市"]}, "一厂", "city")],
)  # fmt: skip
def test_a_place_in_two_places_is_two_places(columns, place, outer):
    [note] = breaches(**columns)
    assert (note.code, note.values["place"], note.values["outer"]) == ("samples-place-in-two", place, outer)


def test_an_enantiomeric_fraction_is_a_share_by_sample_and_biomarker():
    results = pd.DataFrame({"sample": ["a"], "biomarker": ["methamphetamine"], "concentration": [1.0], "flag": [0]})
    sample = {"sample": ["a"], "time": ["2021-06-01"], "site": ["p"], "district": ["d"]}
    for share in (0.0, 0.5, 1.0):
        ds = build(sample, results.assign(enantiomeric_fraction=share))
        assert ds["enantiomeric_fraction"].dims == ("sample", "biomarker")
        assert (ds["enantiomeric_fraction"].attrs["units"], float(ds["enantiomeric_fraction"].item())) == ("1", share)
    for share in (-0.01, 1.01):
        with pytest.raises(SchemaError, match="enantiomeric_fraction has 1"):
            build(sample, results.assign(enantiomeric_fraction=share))


def test_a_flag_and_its_number_must_agree():
    ds = small_city(districts=1, months=1)
    ghost = ds.copy(deep=True)
    ghost["flag"].loc[{"biomarker": "methamphetamine"}] = int(Flag.MISSING)
    assert codes(ghost) == ["samples-absent-with-number"]
    hollow = ds.copy(deep=True)
    hollow["concentration"].loc[{"biomarker": "methamphetamine"}] = np.nan
    assert codes(hollow) == ["samples-detected-without-number"]
    odd = ds.copy(deep=True)
    odd["flag"].loc[{"biomarker": "ketamine"}] = 7
    assert codes(odd) == ["samples-unknown-flag"]


def test_numbers_are_finite_and_not_negative_but_water_may_freeze():
    ds = one_a_row(temperature=[-1.0, 12.0], flow=[0.0, 5e4])
    assert codes(ds) == []
    for bad in (-1.0, np.inf):
        assert [n.code for n in breaches(flow=[bad, 5e4])] == ["samples-bad-numbers"]


def test_the_validator_names_all_that_is_missing():
    ds = small_city(districts=1, months=1)
    assert codes(ds.drop_vars(["flow", "time"])) == ["samples-no-variable", "samples-no-coordinate"]
    assert codes(ds.assign_coords(sample_type=("sample", ["24 h"]))) == ["samples-unknown-word"]
    assert codes(ds.assign_coords(sample=("sample", ["x"]))) == []
    twice = small_city(districts=1, months=2).assign_coords(sample=("sample", ["x", "x"]))
    assert codes(twice) == ["samples-repeated-ids"]
    assert [n.code for n in validate(twice, distinct=("sample",))] == []


def test_units_are_read_at_the_door_and_all_wrong_ones_are_told_in_both_languages():
    ds = small_city(districts=1, months=1)
    ds["concentration"] = (ds["concentration"] / 1000).assign_attrs(units="ug/L")
    assert codes(ds) == ["samples-unit"]
    assert float(canonical(ds)["concentration"].max()) == pytest.approx(
        float(small_city(districts=1, months=1)["concentration"].max())
    )
    ds["flow"].attrs["units"] = "ng/L"
    del ds["population"].attrs["units"]
    with pytest.raises(SchemaError) as caught:
        canonical(ds)
    assert [n.code for n in caught.value.breaches] == ["samples-unit-refused", "samples-no-unit"]
    assert "单位" in caught.value.text("zh")


def test_repeats_are_refused_before_one_hides_the_other():
    sample = {"sample": ["a", "a"], "time": ["2021-06-01"] * 2, "site": ["p"] * 2, "district": ["d"] * 2}
    results = pd.DataFrame({
        "sample": ["a", "a", "b"], "biomarker": "ketamine", "concentration": 1.0, "flag": 0,
    })  # fmt: skip
    with pytest.raises(SchemaError) as caught:
        build(sample, results)
    assert [n.code for n in caught.value.breaches] == [
        "samples-repeated-ids", "samples-result-twice", "samples-result-of-nobody",
    ]  # fmt: skip


def test_limits_are_taken_by_the_state_of_the_result():
    ds = small_city(districts=1, months=1)
    limits = wbe.samples.limit(ds).sel(biomarker=["methamphetamine", "benzoylecgonine"]).values.ravel()
    assert np.isnan(limits[0])
    assert limits[1] == 1.0
    quantified = ds.assign(flag=ds["flag"].where(ds["flag"] != Flag.BELOW_LOD, int(Flag.BELOW_LOQ)))
    assert float(wbe.samples.limit(quantified).sel(biomarker="benzoylecgonine").item()) == 3.0
    unknown = ds.assign(lod=ds["lod"] * np.nan)
    assert float(wbe.samples.limit(unknown).sel(biomarker="benzoylecgonine").item()) == 3.0
