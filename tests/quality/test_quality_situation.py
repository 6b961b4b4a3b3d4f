"""Flow, people, sample type, dates, blanks, replicates and ratios."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from quality_city import city, found, put

import wbe
from wbe import messages
from wbe.errors import InputError
from wbe.quality import counts, exit_code, holidays, rules, to_html, windows, worst
from wbe.quality.phrasing import message_code
from wbe.reading.words.log import ReadingLog
from wbe.samples import Flag


@pytest.mark.parametrize(
    ("by", "code"), [(10.0, "flow_slip"), (0.1, "flow_slip"), (1e4, "flow_slip"), (3.6, "flow_outlier")]
)
def test_a_slip_of_the_flow_is_told_from_a_wet_day(by, code):
    ds = city(months=5)
    ds["flow"].values[4] *= by
    table = wbe.check(ds)
    codes = set(table["code"]) - {"water_per_inhabitant", "water_impossible"}  # those follow from the same slip
    assert codes == {code}
    assert table.loc[table["code"] == code, "severity"].item() == ("error" if code == "flow_slip" else "warning")


def test_rain_days_do_not_set_the_usual_flow():
    ds = city(months=5, districts=1)
    ds["rain"] = ("sample", np.array([0.0, 40.0, 40.0, 40.0, 0.0]))
    ds["flow"].values[1:4] *= 3.5
    assert found(ds, "flow_outlier").empty  # only two dry days: too few to call any flow usual
    ds["rain"].values[3] = 0.0
    ds["flow"].values[3] /= 3.5
    assert len(found(ds, "flow_outlier")) == 2


def test_flow_is_held_against_the_capacity_of_the_plant():
    ds = city()
    ds["capacity"] = ds["flow"] * 1.1
    ds["capacity"].values[0] = ds["flow"].values[0] / 2
    ds["capacity"].values[5] = ds["flow"].values[5] * 20
    table = wbe.check(ds)
    assert set(table["code"]) == {"flow_over_capacity", "flow_under_capacity"}
    assert found(ds, "flow_over_capacity")["came"].tolist() == ["30000 m3/d, 2 times the capacity"]


def test_litres_per_inhabitant_outside_50_to_1000_are_found():
    ds = city()
    ds["population"].values[:4] = 30_000 * 1000 / 49.0
    ds["population"].values[4:8] = 40_000 * 1000 / 1001.0
    assert found(ds, "water_per_inhabitant")["came"].tolist() == (
        ["49 L/inhabitant/d"] * 4 + ["1001 L/inhabitant/d"] * 4
    )


def test_a_population_in_another_unit_in_one_month_is_found():
    ds = city()
    ds["population"].values[2] /= 1e4
    assert found(ds, "population_slip")["sample"].tolist() == [str(ds["sample"].values[2])]


def test_unknown_and_grab_samples_are_counted_by_site():
    ds = city()
    kinds = np.array(["24h_composite"] * 4 + ["grab"] * 4 + ["unknown"] * 4, dtype=object)
    ds = ds.assign_coords(sample_type=("sample", kinds))
    ds.coords["population_basis"].values[:] = "unknown"
    table = wbe.check(ds)
    assert dict(zip(table["code"], table["came"], strict=False))["grab_sample"] == "4 grab samples"
    assert counts(table).set_index("code")["findings"].to_dict() == {
        "grab_sample": 1, "sample_type_unknown": 1, "population_basis_unknown": 3
    }  # fmt: skip


def test_missing_and_zero_flow_are_told_apart():
    ds = city()
    ds["flow"].values[0], ds["flow"].values[1] = np.nan, 0.0
    assert found(ds, "no_flow")["severity"].tolist() == ["warning"]
    assert found(ds, "flow_zero")["severity"].tolist() == ["error"]


def test_holding_time_depends_on_storage_and_dates_must_be_in_order():
    ds = city().isel(sample=slice(0, 4))
    taken = ds["time"].values
    lag = np.array([3, 3, 3, -4], dtype="timedelta64[D]")
    ds = ds.assign_coords(
        analysis_date=("sample", taken + lag), storage=("sample", ["chilled", "frozen", "", "frozen"])
    )
    table = wbe.check(ds)
    assert dict(zip(table["code"], table["came"], strict=True)) == {
        "analysed_before_sampling": "analysed 4 d before sampling",
        "holding_time": "3 d (chilled)",
        "holding_storage_unknown": "3 d, storage not stated",
    }


def test_a_composite_that_is_not_of_a_day_is_found():
    ds = city().isel(sample=slice(0, 3))
    hours = np.array([24, 8, 72], dtype="timedelta64[h]")
    ds = ds.assign_coords(time_end=("sample", ds["time"].values + hours))
    assert found(ds, "composite_duration")["came"].tolist() == ["8 h", "72 h"]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2021-10-01", "holiday"),
        ("2022-02-02", "holiday"),
        ("2021-06-26", "weekend"),
        ("2021-06-24", None),
        ("2021-09-26", None),
    ],
)
def test_weekends_holidays_and_moved_workdays_follow_the_state_council(day, code):
    # 2021-09-26 is a Sunday that was a workday
    ds = city().isel(sample=[0])
    ds = ds.assign_coords(time=("sample", pd.DatetimeIndex([day]).to_numpy()))
    assert wbe.check(ds)["code"].tolist() == ([code] if code else [])


def test_every_holiday_row_has_a_source_and_each_year_its_seven_feasts():
    table = pd.DataFrame(holidays())
    assert (table["source"].str.contains("gov.cn") & (table["status"] == "verified")).all()
    free = table[table["kind"] == "holiday"]
    feasts = free["name_en"].str.split(" and ").explode().groupby(free["date"].str[:4]).nunique()
    assert feasts.to_dict() == {str(y): 7 for y in range(2020, 2027)}


def test_a_positive_blank_and_the_results_near_it_are_found():
    ds = city()
    ds.coords["site"].values[0] = "现场空白"
    for name in ("concentration", "flag"):
        ds[name].values[0] = np.nan if name == "concentration" else int(Flag.BELOW_LOD)
    put(ds, "concentration", 0, "methamphetamine", 30.0, Flag.DETECTED)
    table = wbe.check(ds)
    assert {"blank_detected", "blank_as_sample", "near_blank"} <= set(table["code"])
    same_batch = ds["batch"].values == ds["batch"].values[0]
    assert set(table.loc[table["code"] == "near_blank", "sample"]) <= set(ds["sample"].values[same_batch][1:])


def test_recoveries_outside_80_to_120_percent_and_percentages_are_found():
    ds = city()
    ds["recovery"] = ds["lod"] * 0 + 1.0
    put(ds, "recovery", 0, "methamphetamine", 0.79)
    put(ds, "recovery", 1, "methamphetamine", 1.25)
    put(ds, "recovery", 2, "methamphetamine", 95.0)
    assert found(ds, "recovery_outside")["came"].tolist() == ["79 %", "125 %"]
    assert found(ds, "recovery_unit")["came"].tolist() == ["95 (as a share)"]


def test_replicates_share_site_and_time_and_their_spread_is_given():
    ds = city(districts=1, months=3)
    for name in ("time", "site"):
        ds[name].values[1] = ds[name].values[0]
    put(ds, "concentration", 0, "methamphetamine", 50.0)
    put(ds, "concentration", 1, "methamphetamine", 70.0)
    put(ds, "concentration", 0, "ketamine", 9.0, Flag.DETECTED)
    put(ds, "concentration", 1, "ketamine", np.nan, Flag.BELOW_LOD)
    # two values x, y: RSD = |x - y| / sqrt(2) / mean = 14.142 / 60
    spread = found(ds, "replicate_spread")
    assert "RSD 23.6 % of 2 replicates" in spread.loc[spread["biomarker"] == "methamphetamine", "came"].item()
    assert found(ds, "replicate_states")["came"].tolist() == ["1 of 2 replicates detected"]


PAIRS = ("methamphetamine", "ketamine", "norketamine", "amphetamine", "cocaine", "benzoylecgonine", "eddp", "methadone")


@pytest.mark.parametrize(
    ("numerator", "top", "denominator", "bottom", "came"),
    [
        ("amphetamine", 0.8, "methamphetamine", 160.0, "AMP/METH 0.005"),
        ("amphetamine", None, "methamphetamine", 160.0, "AMP/METH <0.00625"),
        ("amphetamine", 40.0, "methamphetamine", 100.0, "AMP/METH 0.4"),
        ("norketamine", 2.0, "ketamine", 80.0, "NK/KET 0.025"),
        ("cocaine", 97.0, "benzoylecgonine", 100.0, "COC/BE 0.97"),
        ("cocaine", 90.0, "benzoylecgonine", None, "COC/BE >90"),
        ("eddp", 10.0, "methadone", 100.0, "EDDP/MTD 0.1"),
    ],
)
def test_marker_ratios_outside_their_window_are_found_non_detects_included(numerator, top, denominator, bottom, came):
    ds = city(biomarkers=PAIRS).isel(sample=[0])
    ds["flag"].values[:] = int(Flag.MISSING)
    ds["concentration"].values[:] = np.nan
    for name, value in ((numerator, top), (denominator, bottom)):
        flag = Flag.BELOW_LOD if value is None else Flag.DETECTED
        put(ds, "concentration", 0, name, np.nan if value is None else value, flag)
    rows = found(ds, "marker_ratio")
    assert rows["came"].tolist() == [came]
    assert rows["needed"].str.contains(" to ").all()


def test_ratios_inside_the_window_or_undecided_are_left_alone():
    ds = city(biomarkers=PAIRS).isel(sample=[0])
    ds["flag"].values[:] = int(Flag.BELOW_LOD)
    ds["concentration"].values[:] = np.nan
    put(ds, "concentration", 0, "methamphetamine", 8.0, Flag.DETECTED)  # AMP < 1: at most 0.125
    assert found(ds, "marker_ratio").empty


def test_each_window_states_its_source_and_the_user_may_choose_another():
    table = {w["id"]: w for w in windows(rules()["marker_ratio"]["windows"])}
    assert table["amp-meth-sun-2019"]["low"] == 0.05
    assert all(w["citation"] and w["status"] for w in table.values())
    ds = city(biomarkers=PAIRS).isel(sample=[0])
    ds["flag"].values[:] = int(Flag.MISSING)
    ds["concentration"].values[:] = np.nan
    put(ds, "concentration", 0, "methamphetamine", 100.0, Flag.DETECTED)
    put(ds, "concentration", 0, "amphetamine", 15.0, Flag.DETECTED)
    assert found(ds, "marker_ratio").empty
    narrow = {"marker_ratio": {"windows": [{"id": "amp-meth-changzhou"}]}}
    assert found(ds, "marker_ratio", narrow)["came"].tolist() == ["AMP/METH 0.15"]
    with pytest.raises(InputError, match="ratio window 'mine'"):
        wbe.check(ds, {"marker_ratio": {"windows": [{"id": "mine"}]}})


def test_the_user_changes_severity_and_thresholds_and_faults_are_listed_together():
    ds = city()
    ds["flow"].values[0] *= 10
    assert exit_code(wbe.check(ds)) == 1
    softer = {"rules": {"flow_slip": {"severity": "info"}, "water_per_inhabitant": {"severity": "off"}}}
    assert worst(wbe.check(ds, softer)) == "info"
    assert exit_code(wbe.check(ds, softer)) == 0
    wrong = {"flow_slap": {}, "flow_outlier": {"largest_ratio": "3", "size": 1}, "weekend": {"severity": "bad"}}
    with pytest.raises(InputError) as caught:
        rules(wrong)
    assert len(caught.value.faults) == 4
    assert "Did you mean 'flow_slip'?" in str(caught.value)


def test_every_rule_has_words_in_both_languages_a_source_and_a_status():
    for code, rule in rules().items():
        assert {"severity", "source", "status"} <= set(rule), code
        said = {language: messages.parts(message_code(code), language) for language in messages.LANGUAGES}
        assert set(said["en"]) == set(said["zh"]) == {"came", "needed"}
    spoken = {message_code(code) for code in rules()}
    assert spoken <= set(messages.codes("quality"))


def test_what_the_reader_left_out_comes_with_its_place_and_an_unreadable_log_is_no_fault():
    ds = city()
    log = ReadingLog(reasons={"停产": 3}, notes=["a.csv: read as GB18030"])
    log.skip("a.xlsx", "6月", 12, "subtotal or statistic, not a sample")
    log.skip("a.xlsx", "6月", 13, "subtotal or statistic, not a sample")
    log.unread.append({"file": "a.xlsx", "sheet": "6月", "column": "备注", "reason": "not needed"})
    ds.attrs["reading_log"] = log.to_json()
    table = wbe.check(ds).set_index("code")
    assert table["severity"].to_dict() == {
        "reading_left_out": "warning", "reading_note": "info", "reading_skipped": "info", "reading_unread": "info",
    }  # fmt: skip
    assert table.loc["reading_skipped", ["file", "sheet", "came"]].tolist() == [
        "a.xlsx", "6月", "row 12, 13: subtotal or statistic, not a sample",
    ]  # fmt: skip
    assert table.loc["reading_left_out", "message"] == "3 result cells carry no result: 停产."
    ds.attrs["reading_log"] = "{not json"
    assert wbe.check(ds).empty


def test_the_html_escapes_names_groups_rows_and_counts_the_rest():
    ds = city(months=6)
    ds.coords["district"].values[:] = "<script>alert(1)</script>"
    ds["flow"].values[:] = 0.0
    html = to_html(wbe.check(ds), "en", each=5)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "13 more of this kind" in html
    assert "error: 18" in html
    assert to_html(wbe.check(city()), "zh").count("未发现问题") == 1
    with pytest.raises(InputError, match="zh, en or zh"):
        to_html(wbe.check(ds), "fr")


def test_a_sample_dated_after_today_is_doubtful():
    ds = city()  # the last day is 2021-03-23
    last = str(ds["time"].values.max().astype("datetime64[D]"))
    assert (wbe.check(ds, today=last)["code"] != "future_date").all()
    early = wbe.check(ds, today="2021-03-16")
    rows = early[early["code"] == "future_date"]
    assert len(rows) == 3
    assert set(rows["severity"]) == {"warning"}
    assert set(rows["came"]) == {f"{last}, 7 d after 2021-03-16"}
    assert wbe.check(ds, {"future_date": {"days_ahead": 7}}, today=dt.date(2021, 3, 16)).empty
    assert wbe.check(ds).empty  # by default the day on which the check runs
    with pytest.raises(InputError, match="needed a date such as 2021-06-30"):
        wbe.check(ds, today="soon")


def test_years_whose_holidays_nobody_entered_are_named():
    ds = city().isel(sample=[0, 1])
    ds = ds.assign_coords(time=("sample", pd.DatetimeIndex(["2013-10-01", "2013-10-02"]).to_numpy()))
    table = wbe.check(ds)
    assert table["came"].tolist() == ["2 samples of 2013"]  # not silently taken for ordinary days
    assert table["severity"].tolist() == ["info"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"weekend": "off"}, r"Write \[rules.weekend\] and below it severity"),
        ({"rules": 5}, "a table for each rule"),
        ({"flow_slip": {"en": "other words"}}, "entry of a rule 'rules.flow_slip.en'"),
        ({"flow_slip": {"log10_tolerance": float("nan")}}, "a finite number"),
        ({"sentinel_value": {"values": ["a"]}}, "'a' in rules.sentinel_value.values; needed a list of numbers"),
        ({"marker_ratio": {"windows": ["x"]}}, "a list of tables"),
        ({"marker_ratio": {"windows": [{"numerator": "eddp", "low": 1}]}}, "numerator and denominator"),
    ],
)
def test_a_faulty_table_of_rules_is_answered_in_words(wrong, said):
    with pytest.raises(InputError, match=said):
        wbe.check(city(), wrong)


def test_a_window_written_without_a_source_is_the_users_own():
    own = {"marker_ratio": {"windows": [{"numerator": "ketamine", "denominator": "methamphetamine", "low": 5.0}]}}
    rows = found(city(), "marker_ratio", own)
    assert len(rows) > 0
    assert rows["message"].str.contains("the user's own window; user").all()
    assert rows["message"].str.contains("look at both results").all()
