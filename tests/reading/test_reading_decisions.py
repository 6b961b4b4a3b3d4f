"""Each decision of the reader about samples, limits, flows and places, seen through a file on both of its sides."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from beside import LINE, LONG, ROW, WIDE, long, read, told, wide

from wbe.reading import reading_log
from wbe.samples import Flag

SECOND = ROW.replace("06-01", "06-02")
THIRD = ROW.replace("06-01", "06-03")
KETAMINE = LINE.replace("methamphetamine", "ketamine")


def by_sample(ds: Any, name: str) -> list[Any]:
    return [v if isinstance(v, str) else round(float(v), 6) for v in ds[name].values.tolist()]


def cell(ds: Any, name: str, biomarker: str = "methamphetamine") -> list[float]:
    return [round(float(v), 6) for v in ds[name].sel(biomarker=biomarker).values.tolist()]


def notes(ds: Any) -> str:
    return "\n".join(reading_log(ds).notes)


# ---- replicates ----------------------------------------------------------------------------------------------------

TWO = ",METH rep 2 (ng/L),KET rep 1 (ng/L),KET rep 2 (ng/L)"
REPLICATES = WIDE.replace("METH", "METH rep 1")


def test_a_second_replicate_that_is_blank_throughout_is_no_sample() -> None:
    ds = read(f"{REPLICATES}{TWO}\n{ROW}120,,30,\n{SECOND}90,92,20,22\n")
    assert ds.sizes["sample"] == 3
    assert cell(ds, "concentration") == [120, 90, 92]
    assert reading_log(ds).balance().iloc[-1][["cells", "missing", "detected"]].tolist() == [8, 2, 6]


def test_a_second_replicate_with_one_blank_result_keeps_its_other_results() -> None:
    ds = read(f"{REPLICATES}{TWO}\n{ROW}120,,30,31\n")
    assert ds.sizes["sample"] == 2
    assert np.nansum(cell(ds, "concentration", "ketamine")) == 61
    assert ds["flag"].sel(biomarker="methamphetamine").values.tolist() == [Flag.DETECTED, Flag.MISSING]


def test_a_second_replicate_that_says_why_it_is_missing_is_kept() -> None:
    ds = read(f"{REPLICATES}{TWO}\n{ROW}120,未检测,30,\n")
    assert ds["flag"].sel(biomarker="methamphetamine").values.tolist() == [Flag.DETECTED, Flag.NOT_RUN]


def test_a_first_replicate_without_a_result_is_a_sample_that_misses_it() -> None:
    ds = read(f"{WIDE}\n{ROW}\n{SECOND}5\n")
    assert ds["flag"].values.ravel().tolist() == [Flag.MISSING, Flag.DETECTED]


def test_repeated_rows_of_a_long_table_are_replicates_and_blank_ones_are_none() -> None:
    ds = read(f"{LONG}\n{LINE}20\n{LINE}22\n{LINE}\n{KETAMINE}5\n")
    assert sorted(v for v in cell(ds, "concentration") if v == v) == [20, 22]
    assert ds.sizes["sample"] == 2
    assert np.nansum(cell(ds, "concentration", "ketamine")) == 5
    assert "are read as replicates" in notes(ds)


def test_means_are_left_out_only_where_every_district_has_its_samples() -> None:
    single = f"{WIDE}\n{ROW}120\n{SECOND}90\n"
    mean = wide("105").replace("METH", "METH mean")
    both = read({"t.xlsx": {"A": single, "B": mean}})
    assert both.sizes["sample"] == 2
    assert reading_log(both).sums()
    assert "means of samples that stand in another table" in {s["reason"] for s in reading_log(both).skipped}
    other = read({"t.xlsx": {"A": single, "B": mean.replace("D1", "D2").replace("P1", "P2")}})
    assert other.sizes["sample"] == 3


# ---- places --------------------------------------------------------------------------------------------------------


def test_one_blank_site_among_names_is_asked_about_and_overwrites_none() -> None:
    text = f"{WIDE}\n{ROW}120\n{SECOND.replace('P1', '')}90\n"
    assert told(text) == ["asked", "reading-no-place"]
    assert told(text.replace("P1", "")) == ["120", "90"]


def test_sites_without_a_name_throughout_are_called_by_their_district() -> None:
    ds = read(f"{WIDE}\n{ROW.replace('P1', '')}120\n{SECOND.replace('P1', '').replace('D1', 'D2')}90\n")
    assert by_sample(ds, "site") == ["D1", "D2"]
    assert "the district stands for it" in notes(ds)


def test_districts_without_a_name_throughout_are_called_by_their_site() -> None:
    ds = read(f"{WIDE}\n{ROW.replace('D1', '')}120\n{SECOND.replace('D1', '').replace('P1', 'P2')}90\n")
    assert by_sample(ds, "district") == ["P1", "P2"]


def test_a_blank_district_is_filled_from_the_other_rows_of_its_site_only() -> None:
    ds = read(f"{WIDE}\n{ROW}120\n{SECOND.replace('D1', '')}90\n{THIRD.replace('D1,P1', 'D2,P2')}80\n")
    assert by_sample(ds, "district") == ["D1", "D1", "D2"]
    two_homes = f"{WIDE}\n{ROW}120\n{SECOND.replace('D1', 'D2')}90\n{THIRD.replace('D1', '')}80\n"
    assert told(two_homes) == ["asked", "reading-no-place"]


def test_a_district_named_by_the_sheet_serves_rows_without_one() -> None:
    text = wide("120").replace("D1,P1", ",P1") + SECOND.replace("D1,P1", ",P2") + "90\n"
    ds = read({"t.xlsx": {"荷塘区": text}})
    assert by_sample(ds, "district") == ["荷塘区", "荷塘区"]
    assert by_sample(read({"t.xlsx": {"荷塘区与天元区": text}}), "district") == ["P1", "P2"]


def test_the_mapping_gives_a_site_its_district_and_facts_only_where_the_table_gives_none() -> None:
    answers = {"sites": {"P1": {"district": "D9", "population": 7, "capacity": 9000, "site_type": "wwtp"}}}
    text = f"{WIDE}\n{ROW.replace('D1', '')}120\n{SECOND.replace('D1,P1', 'D2,P2')}90\n"
    ds = read(text, answers)
    assert by_sample(ds, "district") == ["D9", "D2"]
    assert by_sample(ds, "population") == [100000, 100000]
    bare = read(text.replace("100000", ""), answers)
    assert by_sample(bare, "population")[0] == 7
    assert np.isnan(by_sample(bare, "population")[1])


def test_a_spelling_with_a_mark_or_the_city_before_it_is_the_same_district() -> None:
    rows = [ROW.replace("D1", d) for d in ("荷塘区", "荷塘区①", "株洲市荷塘区", "荷塘")]
    days = [r.replace("06-01", f"06-0{i}") + f"{i}\n" for i, r in enumerate(rows, 1)]
    ds = read(f"{WIDE}\n{''.join(days)}")
    assert set(by_sample(ds, "district")) == {"荷塘区"}
    assert "several spellings" in notes(ds)


def test_two_plants_whose_numbers_differ_are_two() -> None:
    ds = read(f"{WIDE}\n{ROW}1\n{ROW.replace('P1', 'P11')}2\n{ROW.replace('P1', 'p1*')}3\n")
    assert len(set(by_sample(ds, "site"))) == 2


# ---- flows ---------------------------------------------------------------------------------------------------------

RESULTS = "district,site,date,METH (ng/L)\nD1,P1,2021-06-01,120\nD1,P2,2021-06-01,130\n"


def test_a_flow_sheet_by_site_gives_each_site_its_own() -> None:
    flow = "district,site,date,flow (m3/d),population (inhabitants)\nD1,P2,2021-06-01,600,20\nD1,P1,2021-06-01,500,10\n"
    ds = read({"t.xlsx": {"A": RESULTS, "B": flow}})
    assert by_sample(ds, "flow") == [500, 600]
    assert by_sample(ds, "population") == [10, 20]
    assert "2 sample(s) is taken from here, by site and day" in notes(ds)


def test_a_flow_by_district_serves_its_only_site_and_is_asked_about_for_two() -> None:
    flow = "district,date,flow (m3/d)\nD1,2021-06-01,500\n"
    one = read({"t.xlsx": {"A": RESULTS.replace("D1,P2,2021-06-01,130\n", ""), "B": flow}})
    assert by_sample(one, "flow") == [500]
    both = told({"t.xlsx": {"A": RESULTS, "B": flow}})
    assert both == ["asked", "reading-flow-of-several-sites", "reading-no-flow-column"]


def test_a_flow_of_another_day_is_not_that_of_the_sample() -> None:
    flow = "district,site,date,flow (m3/d)\nD1,P1,2021-06-02,500\nD1,P2,2021-06-01,600\n"
    assert told({"t.xlsx": {"A": RESULTS, "B": flow}}) == ["asked", "reading-no-flow"]


def test_two_tables_of_flow_serve_where_they_agree_and_are_asked_about_where_not() -> None:
    flow = "district,site,date,flow (m3/d)\nD1,P1,2021-06-01,500\nD1,P2,2021-06-01,600\n"
    assert told({"t.xlsx": {"A": RESULTS, "B": flow, "C": flow}}) == ["120", "130"]
    assert told({"t.xlsx": {"A": RESULTS, "B": flow, "C": flow.replace("600", "700")}})[0] == "asked"


def test_a_flow_of_the_results_own_table_wins_over_a_sheet_of_flows() -> None:
    flow = "district,site,date,flow (m3/d)\nD1,P1,2021-06-01,7\n"
    assert by_sample(read({"t.xlsx": {"A": wide("120"), "B": flow}}), "flow") == [50000]


def test_a_sample_without_results_needs_no_flow_and_one_with_a_non_detect_does() -> None:
    bare = SECOND.replace("50000", "")
    assert told(f"{WIDE}\n{ROW}120\n{bare}\n") == ["120", "missing"]
    assert told(f"{WIDE}\n{ROW}120\n{bare}未检测\n") == ["120", "not_run"]
    assert told(f"{WIDE}\n{ROW}120\n{bare}ND\n") == ["asked", "reading-no-flow"]
    assert told(f"{WIDE},KET (ng/L)\n{ROW}120,1\n{bare},3\n") == ["asked", "reading-no-flow"]


def test_an_instantaneous_flow_stands_only_where_there_is_no_daily_one() -> None:
    both = read(wide("120,7", ",instantaneous flow (m3/d)"))
    assert by_sample(both, "flow") == [50000]
    assert "is not read beside the daily flow" in notes(both)


# ---- limits --------------------------------------------------------------------------------------------------------


def test_less_than_a_number_is_the_limit_that_it_equals() -> None:
    limits = ",METH LOD (ng/L),METH LOQ (ng/L)"
    assert told(f"{WIDE}{limits}\n{ROW}<0.5,0.5,1.5\n{SECOND}<1.5,0.5,1.5\n{THIRD}<1,0.5,1.5\n") == [
        "below_lod lod 0.5 loq 1.5", "below_loq lod 0.5 loq 1.5", "below_lod lod 1 loq 1.5",
    ]  # fmt: skip


def test_the_mapping_says_what_less_than_a_number_means_but_not_against_an_equal_limit() -> None:
    assert told(wide("<0.5"), {"options": {"less_than": "loq"}}) == ["below_loq loq 0.5"]
    assert told(wide("<0.5")) == ["below_lod lod 0.5"]
    assert told(wide("<0.5,0.5", ",METH LOD (ng/L)"), {"options": {"less_than": "loq"}}) == ["below_lod lod 0.5"]


def test_a_limit_that_the_cell_names_is_kept_under_its_name() -> None:
    assert told(wide("<LOQ(0.5)")) == ["below_loq loq 0.5"]
    assert told(wide("<LOD(0.5)")) == ["below_lod lod 0.5"]
    assert told(wide("未检出（LOD=0.3）")) == ["below_lod lod 0.3"]


def test_a_number_behind_below_the_limit_of_quantification_was_measured_only_below_a_higher_limit() -> None:
    ds = read(wide("低于定量限(0.5),2", ",METH LOQ (ng/L)"))
    assert (cell(ds, "concentration"), cell(ds, "loq")) == ([0.5], [2.0])
    same = read(wide("低于定量限(0.5),0.5", ",METH LOQ (ng/L)"))
    assert np.isnan(cell(same, "concentration")[0])
    alone = read(wide("低于定量限(0.5)"))
    assert cell(alone, "loq") == [0.5]


def test_a_limit_of_its_own_column_comes_before_one_for_all_and_one_of_a_row() -> None:
    text = f"{WIDE},METH LOD (ng/L),LOD (ng/L)\n{ROW}ND,0.5,0.7\n{SECOND}ND,,0.7\n{THIRD}ND,,\nLOD,,,,,,0.9,,\n"
    assert told(text) == ["below_lod lod 0.5", "below_lod lod 0.7", "below_lod lod 0.9"]


def test_a_row_of_limits_holds_for_the_rows_of_its_own_header_where_each_stretch_has_one() -> None:
    one = f"{WIDE}\n{ROW}ND\nLOD,,,,,,0.5\n{WIDE}\n{SECOND}ND\nLOD,,,,,,0.7\n"
    assert told(one) == ["below_lod lod 0.5", "below_lod lod 0.7"]
    alone = f"{WIDE}\n{ROW}ND\n{WIDE}\n{SECOND}ND\nLOD,,,,,,0.7\n"
    assert told(alone) == ["below_lod lod 0.7", "below_lod lod 0.7"]


def test_two_rows_of_one_limit_are_asked_about_only_where_they_differ() -> None:
    assert told(f"{WIDE}\n{ROW}ND\nLOD,,,,,,0.5\nLOD,,,,,,0.5\n") == ["below_lod lod 0.5"]
    assert told(f"{WIDE}\n{ROW}ND\nLOD,,,,,,0.5\nLOQ,,,,,,1.5\n") == ["below_lod lod 0.5 loq 1.5"]
    assert told(f"{WIDE}\n{ROW}ND\nLOD,,,,,,0.5\nLOD,,,,,,0.6\n") == ["asked", "reading-second-limit-row"]


def test_a_limit_without_a_unit_shares_that_of_its_result_and_one_with_its_own_does_not() -> None:
    ug = WIDE.replace("ng/L", "ug/L")
    assert told(f"{ug},METH LOD\n{ROW}ND,0.0005\n") == ["below_lod lod 0.5"]
    assert told(f"{ug},METH LOD (ng/L)\n{ROW}ND,0.5\n") == ["below_lod lod 0.5"]
    assert told(f"{ug},LOD\n{ROW}ND,0.0005\n") == ["below_lod lod 0.5"]


def test_a_recovery_above_two_is_a_percentage_and_one_below_is_a_share() -> None:
    for written in ("85%", "0.85", "85 %"):
        ds = read(f"{WIDE}\n{ROW}120\n回收率,,,,,,{written}\n")
        assert cell(ds, "recovery") == [0.85], written


def test_a_table_of_limits_serves_where_it_does_not_contradict_itself() -> None:
    table = "analyte,LOD (ng/L),LOQ (ng/L)\nmethamphetamine,0.5,1.5\n"
    ds = read({"t.xlsx": {"A": wide("ND"), "limits": table}})
    assert (cell(ds, "lod"), cell(ds, "loq")) == ([0.5], [1.5])
    twice = read({"t.xlsx": {"A": wide("ND"), "limits": f"{table}methamphetamine,0.6,1.5\n"}})
    assert (np.isnan(cell(twice, "lod")[0]), cell(twice, "loq")) == (True, [1.5])
    assert "contradict each other for methamphetamine" in notes(twice)


def test_a_line_below_the_table_gives_a_limit_where_no_other_stands() -> None:
    line = "注：检出限均为0.5 ng/L,,,,,,,\n"
    text = f"{WIDE},METH LOD (ng/L)\n{ROW}ND,0.3\n{SECOND}ND,\n{line}"
    assert told(text) == ["below_lod lod 0.3", "below_lod lod 0.5"]


# ---- marks beside results --------------------------------------------------------------------------------------------


def test_a_sign_belongs_to_the_result_behind_it_and_only_then_to_the_one_before() -> None:
    head = f"{WIDE},sign,KET (ng/L)"
    assert told(f"{head}\n{ROW}120,<,30\n") == ["120"]
    assert told(f"{head}\n{ROW}120,<,30\n", biomarker="ketamine") == ["below_lod lod 30"]
    assert told(f"{WIDE},KET (ng/L),sign\n{ROW}120,30,<\n", biomarker="ketamine") == ["below_lod lod 30"]


def test_a_sign_beside_a_blank_result_is_a_non_detect_without_a_limit() -> None:
    assert told(wide(",<", ",sign")) == ["below_lod"]
    assert told(wide("<5,<", ",sign")) == ["below_lod lod 5"]


def test_a_remark_voids_its_own_row_only() -> None:
    text = f"{WIDE},备注\n{ROW}120,该样品作废\n{SECOND}90,暴雨\n"
    assert told(text) == ["rejected", "90"]
    assert "1 row(s) are rejected for their remark" in notes(read(text))


# ---- the same sample twice -------------------------------------------------------------------------------------------


def test_columns_that_say_the_same_twice_pass_and_others_are_asked_about() -> None:
    assert told(wide("120,D1", ",district")) == ["120"]
    assert told(wide("120,D2", ",district")) == ["asked", "reading-second-column-differs"]
    assert told(wide("120,S7", ",sample").replace("site", "sample,site").replace("P1", "S1,P1")) == ["120"]


def test_files_that_share_one_result_and_differ_in_another_are_two_versions() -> None:
    first = f"{LONG}\n{LINE}20\n{KETAMINE}5\n"
    same = {"a.csv": first, "b.csv": f"{LONG}\n{LINE}20\n"}
    assert told(same) == ["asked", "reading-copied-file"]
    other = {"a.csv": first, "b.csv": f"{LONG}\n{LINE}20\n{KETAMINE}6\n"}
    assert told(other) == ["asked", "reading-two-versions"]


def test_a_sample_without_a_result_in_one_file_joins_that_of_another() -> None:
    both = read({"a.csv": f"{LONG}\n{LINE}20\n", "b.csv": f"{LONG}\n{KETAMINE}5\n"})
    assert both.sizes["sample"] == 1
    assert (cell(both, "concentration"), cell(both, "concentration", "ketamine")) == ([20], [5])


def test_tables_whose_flows_contradict_do_not_join() -> None:
    apart = {"a.csv": f"{LONG}\n{LINE}20\n", "b.csv": f"{LONG}\n{KETAMINE.replace('50000', '60000')}5\n"}
    assert read(apart).sizes["sample"] == 2


def test_a_revision_replaces_the_samples_that_it_holds_and_no_other() -> None:
    old = f"{LONG}\n{LINE}20\n{LINE.replace('S1', 'S2').replace('06-01', '06-02')}30\n"
    answers = {"files": {"b.csv": {"replaces": "a.csv"}}}
    ds = read({"a.csv": old, "b.csv": f"{LONG}\n{LINE}25\n"}, answers)
    assert sorted(cell(ds, "concentration")) == [25, 30]
    log = reading_log(ds)
    assert log.sums()
    assert log.balance().iloc[-1][["samples", "detected", "outside"]].tolist() == [2, 2, 1]


def test_ids_that_repeat_are_told_apart_and_those_that_do_not_stay() -> None:
    text = (
        f"{LONG.replace('sample_id,', '')}\n"
        + "".join(LINE.replace("S1,", "") + f"{v}\n" for v in (20, 22))
        + LINE.replace("S1,", "").replace("06-01", "06-02")
        + "9\n"
    )
    ids = read(text)["sample"].values.tolist()
    assert sorted(ids) == ["P1|2021-06-01", "P1|2021-06-01#2", "P1|2021-06-02"]


def test_what_no_file_holds_is_missing_and_not_a_non_detect() -> None:
    ds = read({"t.xlsx": {"A": wide("120"), "B": f"{WIDE.replace('METH', 'KET')}\n{SECOND}5\n"}})
    assert ds.sizes["sample"] == 2
    assert ds["flag"].sel(biomarker="ketamine").values.tolist() == [Flag.MISSING, Flag.DETECTED]
    assert ds["flag_reason"].sel(biomarker="ketamine").values.tolist() == ["no cell in the files", ""]


def test_a_number_in_a_state_without_one_is_not_kept() -> None:
    ds = read(f"{WIDE}\n{ROW}<0.5\n{SECOND}作废\n{THIRD}5\n")
    assert np.isnan(cell(ds, "concentration")[:2]).all()
    assert cell(ds, "concentration")[2] == 5


# ---- rows of one sample, long tables ---------------------------------------------------------------------------------


def test_a_marker_among_the_substances_goes_to_its_sample_in_its_own_unit() -> None:
    text = f"{LONG.replace(' (ng/L)', '')},unit\n{LINE}20,ng/L\n{LINE.replace('methamphetamine', '氨氮')}25000,ug/L\n"
    ds = read(text)
    assert by_sample(ds, "ammonium_nitrogen") == [25]
    assert ds["biomarker"].values.tolist() == ["methamphetamine"]


def test_each_row_has_the_unit_of_its_own_cell() -> None:
    head = f"{LONG.replace(' (ng/L)', '')},unit"
    assert told(f"{head}\n{LINE}20,ng/L\n{LINE.replace('S1', 'S2').replace('06-01', '06-02')}0.03,ug/L\n") == [
        "20",
        "30",
    ]


def test_a_blank_flow_in_one_row_of_a_sample_is_taken_from_the_other() -> None:
    ds = read(f"{LONG}\n{LINE.replace('50000', '')}20\n{KETAMINE}5\n")
    assert by_sample(ds, "flow") == [50000]


def test_samples_of_one_day_are_told_apart_by_their_id_and_by_their_batch() -> None:
    ds = read(f"{LONG}\n{LINE}20\n{LINE.replace('S1', 'S2')}22\n")
    assert ds.sizes["sample"] == 2
    batch = f"{LONG},batch\n{LINE}20,A\n{LINE}22,B\n"
    assert sorted(map(str, read(batch)["batch"].values.tolist())) == ["A", "B"]


# ---- numbers that cannot be ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("people", "read_as"), [("1000", 1000.0), ("999", "asked"), ("34", "asked")])
def test_people_without_a_unit_are_counted_only_where_no_ten_thousands_are_that_many(people: str, read_as: Any) -> None:
    text = wide("120").replace("population (inhabitants)", "服务人口").replace("100000", people)
    if read_as == "asked":
        assert told(text) == ["asked", "reading-people-without-unit"]
    else:
        assert by_sample(read(text), "population") == [read_as]


def test_a_strong_result_is_noted_and_a_strong_column_is_asked_about() -> None:
    one = f"{WIDE}\n{ROW}50000000\n{SECOND}90\n{THIRD}80\n"
    assert "is stronger than sewage" in notes(read(one))
    assert told(f"{WIDE}\n{ROW}50000000\n{SECOND}60000000\n{THIRD}80\n") == ["asked", "reading-impossible-strength"]


def test_a_share_under_percent_is_asked_about_and_a_percentage_is_not() -> None:
    head = f"{WIDE},METH recovery (%)"
    assert told(f"{head}\n{ROW}120,0.95\n") == ["asked", "reading-percent-or-share"]
    assert cell(read(f"{head}\n{ROW}120,95\n"), "recovery") == [0.95]


def test_a_day_of_several_zeros_is_a_day_and_a_negative_flow_is_none() -> None:
    assert told(wide("120").replace("50000", "0")) == ["120"]
    assert told(wide("120").replace("50000", "-1")) == ["asked", "reading-negative", "reading-no-flow"]
    assert by_sample(read(wide("120,-3", ",temperature (degC)")), "temperature") == [-3]


# ---- times -----------------------------------------------------------------------------------------------------------


def test_a_sampling_end_on_the_same_day_is_no_fault_and_one_before_is() -> None:
    assert told(wide("120,2021-06-01", ",sampling end")) == ["120"]
    assert told(wide("120,2021-05-31", ",sampling end")) == ["asked", "reading-end-before-start"]
    assert str(read(wide("120,2021-06-02", ",sampling end"))["time_end"].values[0])[:10] == "2021-06-02"


def test_the_year_of_a_bare_day_comes_from_one_place_and_not_from_two_that_differ() -> None:
    text = wide("120").replace("2021-06-01", "6月1日")
    assert str(read({"2021.xlsx": {"A": text}})["time"].values[0])[:10] == "2021-06-01"
    assert told({"2021.xlsx": {"2020年": text}}) == ["asked", "reading-date-without-year"]
    assert str(read(text, {"constants": {"year": 2019}})["time"].values[0])[:10] == "2019-06-01"


def test_a_month_of_the_title_serves_where_no_column_gives_a_day() -> None:
    text = "district,site,flow (m3/d),METH (ng/L)\nD1,P1,500,120\n"
    ds = read({"t.xlsx": {"2021年6月": text}})
    assert (str(ds["time"].values[0])[:10], str(ds["time_end"].values[0])[:10]) == ("2021-06-01", "2021-06-30")
    assert told({"2021年5月.xlsx": {"2021年6月": text}}) == ["asked", "reading-no-dates"]


def test_the_date_of_the_report_is_not_that_of_the_samples() -> None:
    text = f"制表日期：2022年7月1日,,,\n{'district,site,flow (m3/d),METH (ng/L)'}\nD1,P1,500,120\n"
    assert told(text) == ["asked", "reading-no-dates"]


def test_days_and_months_of_their_own_columns_make_a_date() -> None:
    text = wide("120").replace("date", "year,month,day").replace("2021-06-01", "2021,6,24")
    assert str(read(text)["time"].values[0])[:10] == "2021-06-24"


# ---- totals and controls ---------------------------------------------------------------------------------------------

CITY = "区县,采样日期,流量（m3/d）,服务人口（人）,甲基苯丙胺（ng/L）\n"


def test_a_city_is_the_total_of_its_districts_where_flow_and_people_add_up() -> None:
    rows = "天元区,2021-06-01,100,1000,5\n荷塘区,2021-06-01,300,3000,9\n"
    total = read(f"{CITY}{rows}株洲市,2021-06-01,400,4000,8\n")
    assert by_sample(total, "district") == ["天元区", "荷塘区"]
    near = read(f"{CITY}{rows}株洲市,2021-06-01,407,4000,8\n")
    assert by_sample(near, "district") == ["天元区", "荷塘区"]
    for other in ("420,4000", "400,4200", "380,4000"):
        assert told(f"{CITY}{rows}株洲市,2021-06-01,{other},8\n") == ["asked", "reading-total-of-districts"], other


def test_an_unnamed_total_of_flow_and_people_is_asked_about_and_one_of_flow_alone_is_a_place() -> None:
    rows = "天元区,2021-06-01,100,1000,5\n荷塘区,2021-06-01,300,3000,9\n"
    assert told(f"{CITY}{rows}石峰区,2021-06-01,400,4000,8\n") == ["asked", "reading-sum-of-others"]
    assert len(told(f"{CITY}{rows}石峰区,2021-06-01,400,4300,8\n")) == 3


def test_blanks_and_spikes_are_controls_with_their_numbers_and_no_samples() -> None:
    ds = read(f"{WIDE}\n{ROW}120\n空白,,,,,,0.4\nQC-1,,,,,,ND\n")
    assert ds.sizes["sample"] == 1
    kept = [(c["kind"], c["row"], c["state"], c["value"]) for c in reading_log(ds).controls]
    assert kept == [("blank", 3, "detected", 0.4), ("spike", 4, "below_lod", None)]


def test_a_row_of_another_matrix_is_left_out_and_counted() -> None:
    ds = read(f"{WIDE},matrix\n{ROW}120,influent\n{SECOND}90,sludge\n")
    assert told(f"{WIDE},matrix\n{ROW}120,influent\n{SECOND}90,sludge\n") == ["120"]
    assert reading_log(ds).sums()
    assert [s["row"] for s in reading_log(ds).skipped] == [3]


def test_a_long_row_of_one_result_has_its_own_limit() -> None:
    assert told(long("ND,0.5,1.5", ",LOD (ng/L),LOQ (ng/L)")) == ["below_lod lod 0.5 loq 1.5"]
    signed = long("1,<,0.5,1.5", ",sign,LOD (ng/L),LOQ (ng/L)")
    assert told(signed) == ["below_loq lod 0.5 loq 1.5"]  # the laboratory says: less, and more than 0.5
    assert told(signed.replace(",1,<", ",2,<")) == ["below_lod lod 2 loq 1.5"]


# ---- what a row is ---------------------------------------------------------------------------------------------------


def test_one_part_of_every_sample_is_the_sample_and_a_part_beside_its_whole_is_none() -> None:
    assert told(f"{WIDE},fraction\n{ROW}120,dissolved\n{SECOND}9,dissolved\n") == ["120", "9"]
    assert told(f"{WIDE},fraction\n{ROW}120,total\n{ROW}9,dissolved\n") == ["120"]


def test_an_id_that_ends_in_a_kind_of_control_is_one_only_beside_other_ids() -> None:
    head = f"sample,{WIDE}"
    assert told(f"{head}\nS1,{ROW}120\nS1-MS,{SECOND}90\n") == ["120"]
    assert told(f"{head}\nS1-MS,{ROW}120\nS2-MS,{SECOND}90\n") == ["120", "90"]


def test_an_unnamed_first_column_is_a_count_only_where_it_counts() -> None:
    count = f",{WIDE}\n1,{ROW}120\n2,{SECOND}90\n"
    assert told(count) == ["120", "90"]
    other = count.replace("\n1,", "\n7,").replace("\n2,", "\n19,")
    assert told(other) == ["asked", "reading-ragged-row"]
    assert told(other, kind="xlsx") == ["asked", "reading-no-header"]
    assert told(count.replace("\n2,", "\n3,"), kind="xlsx") == ["asked", "reading-no-header"]


def test_rows_with_units_of_their_own_are_brought_to_one_unit() -> None:
    head = f"{WIDE.replace('flow (m3/d)', 'flow')},flow unit"
    ds = read(f"{head}\n{ROW.replace('50000', '5')}120,万m3/d\n{SECOND}90,m3/d\n")
    assert by_sample(ds, "flow") == [50000, 50000]
    bare = f"{head}\n{ROW.replace('50000', '5')}120,万m3/d\n{SECOND}90,m3/d\n{THIRD}80,\n"
    assert told(bare) == ["asked", "reading-unit-missing"]


def test_a_district_as_a_whole_in_one_month_and_by_its_plants_in_another_is_read() -> None:
    whole = wide("90").replace("P1", "D1").replace("2021-06", "2021-07")
    assert read({"t.xlsx": {"A": wide("120"), "B": whole}}).sizes["sample"] == 2
    both = told({"t.xlsx": {"A": wide("120"), "B": whole.replace("2021-07", "2021-06")}})
    assert both == ["asked", "reading-whole-beside-plants"]


def test_a_name_that_two_districts_share_is_two_sites_and_that_of_one_stays() -> None:
    ds = read(f"{WIDE}\n{ROW}1\n{ROW.replace('D1', 'D2')}2\n{ROW.replace('P1', 'P7')}3\n")
    assert sorted(by_sample(ds, "site")) == ["D1 P1", "D2 P1", "P7"]


def test_a_blank_in_a_catchment_weight_is_no_share_and_its_edges_are() -> None:
    units = "unit,name_en,code,kind,contained_in\nD1,One,1,county,\nD2,Two,2,county,\n"
    for weight, cv in (("0", "0"), ("1", "9.9")):
        shares = f"site,unit,weight,weight_cv\nP1,D1,{weight},{cv}\n"
        ds = read({"t.csv": wide("120"), "units.csv": units, "catchments.csv": shares})
        assert ds["catchment_weight"].sel(catchment="P1", unit="D1").item() == float(weight)
    for weight, cv, code in (("1.01", "0", "share"), ("-0.1", "0", "share"), ("1", "10", "cv"), ("", "0", "share")):
        shares = f"site,unit,weight,weight_cv\nP1,D1,{weight},{cv}\n"
        asked = told({"t.csv": wide("120"), "units.csv": units, "catchments.csv": shares})
        assert asked == ["asked", "reading-weight-no-share" if code == "share" else "reading-weight-cv"]
    bare = read({"t.csv": wide("120"), "units.csv": units})
    assert bare["catchment_weight"].sel(catchment="P1").values.tolist() == [1, 0]


def test_english_names_and_codes_of_districts_become_the_names_of_the_unit_table() -> None:
    units = "unit,name_en,code,kind,contained_in\n天元区,Tianyuan,430211,county,\n"
    for spelling in ("Tianyuan", "tianyuan", "430211", "天元区"):
        ds = read({"t.csv": wide("120").replace("D1", spelling), "units.csv": units})
        assert by_sample(ds, "district") == ["天元区"], spelling


def test_a_sample_whose_name_says_not_run_has_no_non_detects() -> None:
    text = f"sample,{WIDE},KET (ng/L)\nS1 (未检测),{ROW},7\nS2,{SECOND}5,ND\n"
    ds = read(text)
    assert ds["flag"].sel(biomarker="methamphetamine").values.tolist() == [Flag.NOT_RUN, Flag.DETECTED]
    assert cell(ds, "concentration", "ketamine")[0] == 7


def test_a_rejected_result_is_kept_with_its_place() -> None:
    log = reading_log(read(f"{WIDE}\n{ROW}120\n{SECOND}1-3\n"))
    assert [(u["row"], u["column"], u["biomarker"]) for u in log.unreadable] == [(3, "METH (ng/L)", "methamphetamine")]
    assert log.unreadable[0]["reason"].startswith("a range")


def test_what_nobody_says_of_a_sample_is_unknown_and_what_is_said_is_kept() -> None:
    ds = read(f"{WIDE},sample type\n{ROW}120,24h composite\n{SECOND}90,\n")
    assert by_sample(ds, "sample_type") == ["24h_composite", "unknown"]
    assert "time_end" not in ds.coords
    assert by_sample(read(wide("120")), "sample_type") == ["unknown"]
    assert by_sample(read(wide("120"), {"constants": {"batch": "B7"}}), "batch") == ["B7"]


def test_an_analysis_date_of_a_month_alone_is_not_known() -> None:
    ds = read(f"{WIDE},analysis date\n{ROW}120,2021-06-09\n{SECOND}90,2021-06\n")
    days = ds["analysis_date"].values
    assert (str(days[0])[:10], bool(np.isnat(days[1]))) == ("2021-06-09", True)


def test_a_column_of_units_behind_the_results_gives_the_unit_that_the_header_leaves_out() -> None:
    bare = WIDE.replace(" (ng/L)", "")
    assert told(f"{bare},unit\n{ROW}0.12,ug/L\n{SECOND}90,ng/L\n") == ["120", "90"]
    assert told(f"{bare},unit\n{ROW}0.12,ug/L\n{SECOND}90,\n") == ["asked", "reading-results-without-unit"]


def test_a_result_with_a_unit_of_its_own_is_not_scaled_again() -> None:
    assert told(f"{WIDE.replace('ng/L', 'ug/L')}\n{ROW}120 ng/L\n{SECOND}0.09\n") == ["120", "90"]
    assert told(f"{WIDE.replace(' (ng/L)', '')}\n{ROW}120 ng/L\n{SECOND}0.09 ug/L\n") == ["120", "90"]


def test_a_flow_in_ten_thousands_and_one_in_litres_are_the_same_flow() -> None:
    for head, value in (("flow (万m3/d)", "5"), ("flow (L/s)", "578.7037037"), ("flow (m3/h)", "2083.33333333")):
        ds = read(wide("120").replace("flow (m3/d)", head).replace("50000", value))
        assert float(ds["flow"][0]) == pytest.approx(50000), head


def test_a_date_with_a_clock_keeps_its_hour_and_a_second_date_of_the_same_day_passes() -> None:
    ds = read(wide("120").replace("2021-06-01", "2021-06-01 08:30"))
    assert str(ds["time"].values[0])[:16] == "2021-06-01T08:30"


def test_the_basis_of_the_population_is_that_of_the_table_and_else_of_the_mapping() -> None:
    text = f"{WIDE}\n{ROW}120\n{SECOND.replace('registered', '')}90\n"
    given = read(text, {"constants": {"population_basis": "census"}})
    assert by_sample(given, "population_basis") == [by_sample(read(wide("1")), "population_basis")[0], "census"]
    assert by_sample(read(text), "population_basis")[1] == "unknown"
