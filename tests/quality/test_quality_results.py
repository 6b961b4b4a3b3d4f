"""Each doubtful number is found once, where it stands, and nothing is changed."""

import numpy as np
import pandas as pd
import pytest
from quality_city import city, found, put

import wbe
from wbe.samples import Flag, build


def test_an_ordinary_city_has_no_findings():
    assert wbe.check(city()).empty


def test_checking_changes_nothing():
    ds = city(equal=True)
    before = ds.copy(deep=True)
    wbe.check(ds)
    assert ds.identical(before)


@pytest.mark.parametrize(("value", "form"), [(1.0, "LOD"), (0.5, "LOD/2"), (0.707, "LOD/√2"), (0.71, "LOD/√2")])
def test_a_detected_value_that_equals_its_limit_or_a_share_of_it_is_found_once(value, form):
    ds = put(city(), "concentration", 2, "methamphetamine", value)
    table = wbe.check(ds)
    rows = table[table["biomarker"] == "methamphetamine"]
    assert rows["code"].tolist()[:1] == ["limit_as_value"]
    assert form in rows["came"].iloc[0]
    assert "below_own_lod" not in set(rows["code"])


def test_half_the_loq_is_found_only_when_it_repeats():
    ds = put(city(), "concentration", 0, "morphine", 1.5)
    assert found(ds, "limit_as_value").empty
    put(ds, "concentration", 3, "morphine", 1.5)
    assert found(ds, "limit_as_value")["came"].tolist() == ["1.5 ng/L = LOQ/2"] * 2


@pytest.mark.parametrize(
    ("value", "code"),
    [(0.0, "zero_value"), (-99.0, "sentinel_value"), (9999.0, "sentinel_value"), (-3.0, "negative_value"),
     (0.4, "below_own_lod"), (2.2, "below_loq_unflagged")],
)  # fmt: skip
def test_numbers_that_pose_as_data_have_their_own_rule(value, code):
    ds = put(city(), "concentration", 5, "methamphetamine", value)
    rows = found(ds, code)
    assert rows[["sample", "biomarker"]].to_numpy().tolist() == [[str(ds["sample"].values[5]), "methamphetamine"]]


def test_numbers_outside_the_calibrated_range_without_a_flag_are_found():
    ds = city()
    ds["uloq"] = ds["lod"] * 0 + 500.0
    put(ds, "concentration", 1, "methamphetamine", 612.0)
    assert found(ds, "above_uloq_unflagged")["needed"].tolist() == [
        "at most the upper limit, 500 ng/L, or the flag above_uloq"
    ]
    put(ds, "concentration", 1, "methamphetamine", 612.0, Flag.ABOVE_ULOQ)
    assert wbe.check(ds).empty


def test_a_number_on_the_other_side_of_its_flag_is_found():
    ds = put(city(), "concentration", 1, "methamphetamine", 40.0, Flag.BELOW_LOQ)
    assert found(ds, "flag_against_value")["came"].tolist() == ["40 ng/L, flagged below_loq"]


def test_a_number_with_a_reservation_brings_its_reason():
    ds = city()
    ds["flag_reason"] = ds["lod"].astype(object) * 0
    ds["flag_reason"].values[:] = ""
    put(ds, "flag_reason", 2, "methamphetamine", "ion ratio outside its window")
    put(ds, "flag_reason", 2, "benzoylecgonine", "ND")  # a word without a number needs no second look
    rows = found(ds, "result_qualified")
    assert rows["biomarker"].tolist() == ["methamphetamine"]
    assert rows["came"].str.endswith("ng/L: ion ratio outside its window").all()


def test_the_same_sample_twice_is_an_error_and_the_same_results_elsewhere_a_warning():
    ds = city(biomarkers=("methamphetamine", "ketamine", "benzoylecgonine", "morphine", "codeine"))
    for name in ("concentration", "flag"):
        ds[name].values[6] = ds[name].values[1]
    rows = found(ds, "copied_sample")
    assert rows["severity"].tolist() == ["warning"]
    assert str(ds["sample"].values[1]) in rows["came"].iloc[0]
    for name in ("time", "site"):
        ds[name].values[6] = ds[name].values[1]
    table = wbe.check(ds)
    assert set(table["code"]) == {"duplicate_sample"}
    assert wbe.quality.worst(table) == "error"


def test_blank_samples_are_not_copies_of_each_other():
    ds = city()
    ds["flag"].values[:] = int(Flag.BELOW_LOD)
    ds["concentration"].values[:] = np.nan
    assert not {"copied_sample", "duplicate_sample", "copied_analyte"} & set(wbe.check(ds)["code"])


def test_two_analyte_columns_that_are_copies_are_found_even_with_a_few_differences():
    ds = city(months=6, biomarkers=("methamphetamine", "ketamine", "benzoylecgonine", "morphine", "methadone"))
    names = list(ds["biomarker"].values)
    copied = ds["concentration"].values[:, names.index("morphine")].copy()
    copied[0] *= 1.5
    ds["concentration"].values[:, names.index("methadone")] = copied
    rows = found(ds, "copied_analyte")
    assert rows["biomarker"].tolist() == ["methadone"]
    assert rows["came"].tolist() == ["17 of 18 values equal to 吗啡 morphine"]


def test_a_floor_of_equal_lowest_values_is_suspected_where_no_limit_is_known():
    ds = city(months=6).drop_vars(["lod", "loq"])
    low = ds["concentration"].values[:, 0]
    low[:5] = low.min() / 2
    rows = found(ds, "repeated_lowest")
    assert rows["biomarker"].tolist() == ["methamphetamine"]
    assert "occurs 5 times in 18" in rows["message"].iloc[0]


def test_missing_crossed_and_moving_limits_are_found_once_for_each_biomarker():
    ds = city()
    j = list(ds["biomarker"].values).index("benzoylecgonine")
    ds["lod"].values[:, j] = np.nan
    ds["loq"].values[:, j] = np.nan
    put(ds, "lod", 4, "morphine", 5.0)
    late = ds["time"].values >= np.datetime64("2021-03-16")
    ds = ds.assign_coords(
        time=("sample", np.where(late, ds["time"].values + np.timedelta64(31, "D"), ds["time"].values))
    )
    ds["lod"].values[late, 0] = 0.2
    assert found(ds, "no_limit")["came"].tolist() == ["12 censored results without a limit"]
    assert found(ds, "limits_crossed")["came"].tolist() == ["LOD 5, LOQ 3"]
    moved = found(ds, "limit_changes")
    assert moved[["biomarker", "month", "came"]].to_numpy().tolist() == [
        ["methamphetamine", "2021-04", "LOD 1 -> 0.2 ng/L in 2021-04"]
    ]
    ds.coords["method_version"].values[late] = "B"
    assert found(ds, "limit_changes").empty
    assert found(ds, "limit_changes_with_method")["severity"].tolist() == ["info"]


def test_the_place_in_the_file_and_both_languages_come_with_each_finding():
    ds = build(
        {"sample": ["s1"], "time": ["2021-06-24"], "site": ["厂"], "district": ["天元区"], "flow": [5e4],
         "population": [3e5], "population_basis": ["census"], "sample_type": ["24h_composite"],
         "source_file": ["六月.xlsx"], "source_sheet": ["汇总"], "source_row": [7]},
        pd.DataFrame({"sample": ["s1"], "biomarker": ["methamphetamine"], "concentration": [0.0], "flag": [0]}),
    )  # fmt: skip
    row = wbe.check(ds).iloc[0]
    assert row[["file", "sheet", "row", "district", "month"]].tolist() == [
        "六月.xlsx", "汇总", 7, "天元区", "2021-06"
    ]  # fmt: skip
    assert "is 0 and flagged detected" in row["message"]
    assert "甲基苯丙胺为 0 且标为检出" in row["message_zh"]


@pytest.mark.parametrize("kind", ["object", "str"])
def test_object_and_text_coordinates_give_the_same_table(kind):
    ds = put(city(), "concentration", 5, "methamphetamine", 0.0)
    for name in ("sample", "site", "district", "sample_type", "population_basis", "batch", "biomarker"):
        values = ds[name].values
        dim = ds[name].dims[0]
        typed = values.astype(object) if kind == "object" else values.astype(str)
        ds = ds.assign_coords({name: (dim, typed)})
    assert found(ds, "zero_value")["sample"].tolist() == [str(ds["sample"].values[5])]


def test_a_dataset_without_samples_or_variables_can_be_checked():
    ds = city().isel(sample=slice(0, 0))
    assert wbe.check(ds).empty
    bare = city()[["concentration", "flag"]].drop_vars(["batch", "sample_type", "population_basis"])
    assert {"no_flow", "no_population", "sample_type_unknown"} <= set(wbe.check(bare)["code"])
