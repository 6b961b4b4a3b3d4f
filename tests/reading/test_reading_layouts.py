"""Layouts, times, files and identity: stacked tables, groups, exports of agencies, copies and revisions."""

from __future__ import annotations

import gzip
import io
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

sys.path.insert(0, str(Path(__file__).parent))

from beside import WIDE, days, long, read, told, wide

from wbe.errors import InputError
from wbe.reading import read_samples, reading_log

KINDS = ("csv", "xlsx")
STACKED = """{0},,,
采样点,采样日期,流量(m3/d),浓度(ng/L)
东厂,2021-06-01,50000,120
西厂,2021-06-01,30000,20
{1},,,
采样点,采样日期,流量(m3/d),浓度(ng/L)
南厂,2021-06-01,50000,14
北厂,2021-06-01,30000,2
"""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "titles",
    [
        ("表1 甲基苯丙胺", "表2 氯胺酮"),
        ("甲基苯丙胺检测结果", "氯胺酮检测结果"),
        ("化合物：甲基苯丙胺", "化合物：氯胺酮"),
        ("目标物：冰毒", "目标物：氯胺酮"),
        ("Compound 1: Methamphetamine", "Compound 2: Ketamine"),
        ("Results for methamphetamine", "Results for ketamine"),
    ],
)
def test_a_title_that_names_another_substance_starts_another_table(titles: tuple[str, str], kind: str) -> None:
    ds = read(STACKED.format(*titles), kind=kind)
    found = {
        (str(site), str(b)): float(ds["concentration"][i, j])
        for i, site in enumerate(ds["site"].values)
        for j, b in enumerate(ds["biomarker"].values)
        if not np.isnan(ds["concentration"][i, j])
    }
    assert found == {
        ("东厂", "methamphetamine"): 120.0,
        ("西厂", "methamphetamine"): 20.0,
        ("南厂", "ketamine"): 14.0,
        ("北厂", "ketamine"): 2.0,
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("groups", "parts"),
    [
        (("Methamphetamine Results", "Ketamine Results"), ("RT", "Final Conc.")),
        (("METH", "KET"), ("Area", "Conc.")),
        (("甲基苯丙胺", "氯胺酮"), ("保留时间", "浓度")),
        (("Methamphetamin", "Ketamin"), ("Retentionszeit", "Ergebnis")),
    ],
)
def test_groups_find_their_column_of_concentrations(groups: tuple[str, str], parts: tuple[str, str], kind: str) -> None:
    table = (
        f",,,{groups[0]},,{groups[1]},\nData File,Type,Level,{parts[0]},{parts[1]},{parts[0]},{parts[1]}\n"
        "W1.d,Sample,,5.56,120.5,6.10,14.2\n"
    )
    answers = {
        "options": {"allow_missing_flow": True},
        "constants": {"date": "2021-06-01", "site": "W", "district": "D"},
        "units": {"concentration": "ng/L"},
    }
    assert told(table, answers, kind) == ["120.5"]
    assert told(table, answers, kind, "ketamine") == ["14.2"]


@pytest.mark.parametrize("kind", KINDS)
def test_lower_rows_of_a_header_are_no_samples(kind: str) -> None:
    groups = (
        "县市区,采样日期,流量(m3/d),甲基苯丙胺,,氯胺酮,\n,,,浓度,排放量,浓度,排放量\n,,,(ng/L),(g),(ng/L),(g)\n"
        "天元区,2021-06-01,50000,120,6,14,0.7\n"
    )
    assert told(groups, kind=kind) == ["120"]
    waters = (
        "县市区,采样日期,流量(m3/d),甲基苯丙胺(ng/L),氨氮(mg/L),\n,,,,进水,出水\n天元区,2021-06-01,50000,120,30,3\n"
    )
    assert read(waters, kind=kind)["ammonium_nitrogen"].values.tolist() == [30.0]


def test_the_portal_for_water_quality_is_read_untouched() -> None:
    head = (
        "ActivityIdentifier,MonitoringLocationIdentifier,ActivityStartDate,CharacteristicName,"
        "ResultDetectionConditionText,ResultMeasureValue,ResultMeasure/MeasureUnitCode,"
        "DetectionQuantitationLimitMeasure/MeasureValue,DetectionQuantitationLimitMeasure/MeasureUnitCode,"
        "flow (m3/d),population\n"
    )
    table = head + (
        "A1,West,2021-06-01,Methamphetamine,,120,ng/l,0.005,ug/l,50000,100000\n"
        "A1,West,2021-06-01,Ketamine,Not Detected,,,0.005,ug/l,50000,100000\n"
    )
    assert told(table) == ["120"] or told(table) == ["120 lod 5"]
    assert told(table, biomarker="ketamine") == ["below_lod lod 5"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("16_11_2021", "2021-11-16"), ("2/28/2019 12:14 AM", "2019-02-28"), ("2021-05-19 00", "2021-05-19"),
        ("24 juin 2021", "2021-06-24"), ("24. Juni 2021", "2021-06-24"), ("24 de junio de 2021", "2021-06-24"),
        ("5/26/21", "2021-05-26"), ("6/24/2021 8:00:00 PM", "2021-06-24"), ("1 août 2021", "2021-08-01"),
        ("3. März 2021", "2021-03-03"),
    ],
)  # fmt: skip
def test_days_are_understood_as_people_spell_them(text: str, day: str) -> None:
    ds = read(wide("120").replace("2021-06-01", text))
    assert str(ds["time"].values[0])[:10] == day


def test_a_format_of_dates_is_given_by_the_mapping() -> None:
    ds = read(wide("120").replace("2021-06-01", "24|06|21"), {"options": {"date_format": "%d|%m|%y"}})
    assert str(ds["time"].values[0])[:10] == "2021-06-24"


def test_a_time_with_an_offset_is_asked_about_and_brought_to_local_time() -> None:
    table = wide("120").replace("2021-06-01", "2021-05-31T16:00:00Z")
    with pytest.raises(InputError, match="a time with an offset"):
        read(table)
    ds = read(table, {"options": {"time_zone": "+08:00"}})
    assert str(ds["time"].values[0])[:10] == "2021-06-01"
    assert str(read(table.replace("Z", "+08:00"))["time"].values[0])[:16] == "2021-05-31T16:00"


def test_date_cells_beside_texts_that_a_spreadsheet_could_not_turn_are_asked_about(tmp_path: Path) -> None:
    import datetime as dt

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["site", "date", "flow (m3/d)", "METH (ng/L)"])
    for day in (dt.datetime(2021, 5, 6), dt.datetime(2021, 12, 6), "24/06/2021", "30/06/2021"):
        sheet.append(["P1", day, 50000, 120])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(InputError, match="may have been turned"):
        read_samples(tmp_path / "t.xlsx")


@pytest.mark.parametrize(("month", "flow"), [("2021-02-10", 1_400_000), ("2021-03", 1_550_000), ("2021-06", 1_500_000)])
def test_a_flow_of_a_month_is_divided_by_the_days_of_that_month(month: str, flow: int) -> None:
    table = wide("120").replace("m3/d", "m3/month").replace("2021-06-01", month).replace("50000", str(flow))
    assert float(read(table)["flow"][0]) == pytest.approx(50_000)


@pytest.mark.parametrize(
    "name", ["氨氮(以NH4计)(mg/L)", "ammonium (as NH4) (mg/L)", "NH4 (als NH4) (mg/L)", "ammonium (como NH4) (mg/L)"]
)
def test_ammonium_as_its_ion_is_converted_to_nitrogen(name: str) -> None:
    assert float(read(wide("120,30", f",{name}"))["ammonium_nitrogen"][0]) == pytest.approx(
        30 * 14.007 / 18.039, rel=1e-4
    )


@pytest.mark.parametrize("words", [("06.01", "03.04"), ("07.02",)])
def test_what_is_left_of_a_date_among_results_is_asked_about(words: tuple[str, ...]) -> None:
    assert told(days("5.4", *words, "7.2")) == ["asked", "reading-date-among-results"]
    assert told(days("5.4", "0.01", "7.2")) == ["5.4", "0.01", "7.2"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_of_days_is_that_of_dates_whatever_its_header(kind: str) -> None:
    table = "site,taken by van,flow (m3/d),METH (ng/L)\n" + "".join(f"W,2021-0{m}-01,50000,{m}\n" for m in (4, 5, 6))
    ds = read({"result202106." + kind: table})
    assert [str(t)[:7] for t in ds["time"].values] == ["2021-04", "2021-05", "2021-06"]


def test_flow_in_a_file_of_its_own_is_joined() -> None:
    files = {
        "results.csv": "site,date,METH (ng/L)\nWest,2021-06-01,120\nEast,2021-06-01,20\n",
        "flow.csv": "site,date,flow (m3/d)\nEast,2021-06-01,30000\nWest,2021-06-01,50000\n",
    }
    assert sorted(read(files)["flow"].values.tolist()) == [30000, 50000]


@pytest.mark.parametrize("answer", [{"site": "West"}, {"constants": {"site": "West"}}])
def test_what_holds_for_one_file_is_given_by_the_mapping(answer: dict[str, object]) -> None:
    table = "date,flow (m3/d),METH (ng/L)\n2021-06-01,50000,120\n"
    assert read({"X.csv": table}, {"files": {"X.csv": answer}})["site"].values.tolist() == ["West"]


@pytest.mark.parametrize("name", ["进水量 (吨)", "废水排放量(m3)", "流量(万方)"])
def test_a_volume_without_its_time_is_asked_about_and_the_answer_serves(name: str) -> None:
    table = wide("120").replace("flow (m3/d)", name).replace(",50000,", ",5," if "万" in name else ",50000,")
    with pytest.raises(InputError) as caught:
        read(table)
    (fault,) = caught.value.faults
    assert fault.code == "reading-volume-without-time"
    unit, daily = fault.values["unit"], fault.values["daily"]
    assert float(read(table, {"units": {unit: daily}})["flow"][0]) >= 50000


@pytest.mark.parametrize(
    ("name", "kept"),
    [("出水", 1), ("空白", 1), ("加标回收", 1), ("模板", 1), ("Effluent", 1), ("6月", 2)],
)
def test_a_sheet_named_for_something_else_holds_no_samples(name: str, kept: int) -> None:
    ds = read({"t.xlsx": {"进水": wide("120"), name: wide("6").replace("06-01", "06-02")}})
    assert ds.sizes["sample"] == kept
    assert kept == 2 or any(s["sheet"] == name for s in reading_log(ds).skipped)


@pytest.mark.parametrize(
    "files",
    [{"6月进水.csv": wide("120"), "6月出水.csv": wide("6")}, {"t.csv": "2021年6月污泥检测结果\n" + wide("120")}],
)
def test_a_file_or_title_of_other_water_is_asked_about_and_the_answer_serves(files: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        read(files)
    (fault,) = caught.value.faults
    assert fault.code == "reading-other-water"
    assert read(files, {"sheets": {"read": [fault.values["name"]]}}).sizes["sample"] == len(files)


def test_a_number_is_what_its_cell_shows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["site", "date", "flow (m3/d)", "METH (ng/L)", "KET (ng/L)", "MDMA (ng/L)"])
    sheet.append(["P1", "2021-06-01", 50000, 0.5, 30, 7])
    sheet["D2"].number_format = '"<"0.0'
    sheet["E2"].font = Font(strike=True)
    sheet["F2"].comment = Comment("measured twice", "lab")
    book.save(tmp_path / "t.xlsx")
    ds = read_samples(tmp_path / "t.xlsx")
    assert ds["flag"].values.tolist() == [[2, 6, 0]]
    assert float(ds["lod"][0, 0]) == 0.5
    assert any("measured twice" in n for n in reading_log(ds).notes)


def test_a_text_merged_over_two_substances_is_not_copied(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["site", "date", "flow (m3/d)", "METH (ng/L)", "KET (ng/L)"])
    sheet.append(["P1", "2021-06-01", 50000, "12.5", None])
    sheet.merge_cells("D2:E2")
    book.save(tmp_path / "t.xlsx")
    assert read_samples(tmp_path / "t.xlsx")["flag"].values.tolist() == [[0, 5]]


def test_districts_of_one_name_in_two_cities_are_two() -> None:
    head = "城市,县市区,date,flow (m3/d),population (inhabitants),METH (ng/L)\n"
    ds = read(head + "南京,鼓楼区,2021-06-01,50000,100000,100\n徐州,鼓楼区,2021-06-01,50000,100000,900\n")
    assert len(set(ds["district"].values.tolist())) == 2
    assert len(set(ds["site"].values.tolist())) == 2


def test_weights_of_catchments_follow_the_spelling_of_the_samples_and_say_what_is_lost() -> None:
    row = "A,West Plant,2021-06-01,50000,100000,registered,200\n"
    ds = read(
        {"a.csv": f"{WIDE}\n{row}", "catchments.csv": "site,unit,weight\nWest plant ,A,0.7\nWest plant ,B,0.1\nX,A,1\n"}
    )
    assert ds["catchment_weight"].values.tolist() == [[0.7, 0.1]]
    notes = " ".join(reading_log(ds).notes)
    assert "no sample comes from X" in notes
    assert "sum to 0.8" in notes


Z = "县市区,采样点,样品编号,采样日期,流量（m³/d）,服务人口（人）,人口口径,甲基苯丙胺（ng/L）\n"
S1 = "天元区,河西厂,S1,2021-07-22,103000,340000,普查,{}\n"


def test_a_copied_file_is_refused_and_another_version_is_asked_about() -> None:
    copied = {"7月.csv": Z + S1.format(88), "7月 copy.csv": Z + S1.format(88)}
    assert told(copied) == ["asked", "reading-copied-file"]
    revised = {"7月.csv": Z + S1.format(88), "7月修订.csv": Z + S1.format(100)}
    assert told(revised) == ["asked", "reading-two-versions"]
    assert told(revised, {"files": {"7月修订.csv": {"replaces": "7月.csv"}}}) == ["100"]


def test_a_slip_of_typing_keeps_its_place() -> None:
    ds = read(Z + S1.format("62..3"))
    (entry,) = reading_log(ds).unreadable
    assert (entry["file"], entry["row"], entry["column"], entry["biomarker"]) == (
        "t.csv",
        2,
        "甲基苯丙胺(ng/L)",
        "methamphetamine",
    )
    assert "62..3" in entry["reason"]
    (entry,) = reading_log(read(long("62..3"))).unreadable
    assert (entry["row"], entry["biomarker"]) == (2, "methamphetamine")


@pytest.mark.parametrize("kind", ["sheets", "files"])
def test_tables_of_one_substance_each_join_into_one_sample(kind: str) -> None:
    head, rows = "site,date,flow (m3/d),{}\n", "W,2021-06-01,50000,{}\nE,2021-06-01,40000,{}\n"
    meth, ket = head.format("METH (ng/L)") + rows.format(12, 13), head.format("KET (ng/L)") + rows.format(2, 3)
    ds = read({"t.xlsx": {"METH": meth, "KET": ket}} if kind == "sheets" else {"a.csv": meth, "b.csv": ket})
    assert ds.sizes["sample"] == 2
    assert ds["concentration"].values.tolist() == [[12, 2], [13, 3]]
    assert reading_log(ds).sums()


def test_two_files_glued_together_and_unseen_marks_change_nothing() -> None:
    bom = b"\xef\xbb\xbf"
    glued = bom + wide("120").encode() + bom + wide("130").replace("06-01", "07-01").encode()
    ds = read(glued)
    assert ds["district"].values.tolist() == ["D1", "D1"]
    assert told(wide("120").replace("METH", "\u200bMETH").replace("P1", "P1\u200b")) == ["120"]


def test_one_letter_beyond_ascii_is_no_chinese() -> None:
    assert read(wide("120").replace("P1", "Zürich").encode("cp1252"))["site"].values.tolist() == ["Zürich"]
    assert read(wide("120").replace("P1", "荷塘厂").encode("gb18030"))["site"].values.tolist() == ["荷塘厂"]


def test_packed_tables_are_looked_into(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(wide("120").encode()))
    assert read_samples(tmp_path / "t.csv.gz")["concentration"].values.tolist() == [[120.0]]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("june/a.csv", wide("120"))
        archive.writestr("june/b.csv", wide("90").replace("06-01", "06-02"))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "june.zip").write_bytes(packed.getvalue())
        assert sorted(read_samples(Path(folder) / "june.zip")["concentration"].values.ravel()) == [90.0, 120.0]


def test_no_table_of_results_says_what_was_seen_and_what_is_missing() -> None:
    with pytest.raises(InputError, match=r"a = \?; flow = flow; c = \?; missing: analyte, concentration, site, date"):
        read("a,flow,c\n1,2,3\n")


def test_a_row_of_limits_at_the_foot_is_read() -> None:
    head, row = "site,date,flow (m3/d),METH", "W,2021-06-01,50000,ND"
    foot = "Method Detection limits (ug/L) =>,,,0.002"
    assert told("\n".join([head, row, foot]), {"units": {"concentration": "ng/L"}}) == ["below_lod lod 2"]


def test_less_than_a_number_between_the_limits_says_where_it_lies() -> None:
    head = "site,date,flow (m3/d),analyte,flag,result (ng/L),LOD (ng/L),LOQ (ng/L)"
    found = told(f"{head}\nWest,2021-06-01,50000,methamphetamine,<,11,8.2,50\n")
    assert found[0].startswith("below_loq lod 8.2")
