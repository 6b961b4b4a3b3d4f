"""What stands beside a number is read, known to be harmless, or asked about."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from beside import LINE, LONG, ROW, WIDE, days, long, read, told, wide

KINDS = ("csv", "xlsx")
BELOW = ["below_lod lod 0.5"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    ["sign", "符号", "比较符", "operator", "prefix", "remark code", "", "Vorzeichen", "signe", "Mark X", "比较符号"],
)
def test_a_sign_in_a_column_of_its_own_belongs_to_the_number(name: str, kind: str) -> None:
    table = f"{LONG.replace('result', name + ',result', 1)}\n{LINE}<,0.5\n"
    assert told(table, kind=kind) == BELOW
    assert told(table.replace("<,0.5", "=,0.5"), kind=kind) == ["0.5"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("censored", "TRUE"),
        ("nondetect", "1"),
        ("结论", "未检出"),
        ("Result Detection Condition", "Not Detected"),
        ("result_text", "<0.5"),
        ("detected", "0"),
        ("是否检出", "否"),
        ("是否检出", "0"),
        ("qualifier", "U"),
        ("qualifier", "UJ"),
        ("non-detect", "yes"),
        ("删失", "是"),
        ("censuré", "oui"),
        ("检出结论", "未检出"),
        ("remark code", "ND"),
        ("Nachweis", "n.n."),
        ("condition of the day", "not detected"),
    ],
)
def test_a_word_beside_a_number_that_says_not_detected_makes_it_a_limit(name: str, word: str, kind: str) -> None:
    assert told(long(f"0.5,{word}", f",{name}"), kind=kind) == BELOW


@pytest.mark.parametrize(
    ("name", "word", "found"),
    [
        ("是否检出", "1", "120"),
        ("detected", "yes", "120"),
        ("qualifier", "B", "120"),
        ("qualifier", "M", "120"),
        ("qualifier", "=", "120"),
        ("qualifier", "R", "rejected"),
        ("result_text", "120", "120"),
        ("censored", "0", "120"),
        ("状态标识", "正常", "120"),
        ("flag", "不合格", "rejected"),
    ],
)
def test_a_word_that_changes_nothing_leaves_the_number(name: str, word: str, found: str) -> None:
    assert told(long(f"120,{word}", f",{name}")) == [found]


@pytest.mark.parametrize("name", ["数据状态", "flag", "METH flag", "qualifier", "sign"])
@pytest.mark.parametrize("code", ["1", "2", "4", "Q9"])
def test_a_code_whose_meaning_is_not_stated_is_asked_about_and_the_answer_serves(name: str, code: str) -> None:
    table = wide(f"120,{code}", f",{name}")
    assert told(table) == ["asked", "reading-mark-unknown"]
    answer = {"columns": {name: {"codes": {code: "not_detected"}}}}
    assert told(table, answer)[0].startswith("below_lod")
    assert told(table, {"columns": {name: "ignore"}}) == ["120"]


def test_a_code_is_never_the_result() -> None:
    head = "县市区,采样日期,流量（m³/d）,服务人口（人）,目标物,浓度（ng/L）,是否检出"
    line = "天元区,2021-06-01,50000,100000,甲基苯丙胺,"
    assert told(days("120,1", "0.25,0", head=head, line=line)) == ["120", "below_lod lod 0.25"]


@pytest.mark.parametrize(
    ("limit", "unit"), [("LOD", "LOD unit"), ("MDL", "MDL units"), ("检出限", "检出限单位"), ("DL", "DL uom")]
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_limit_has_the_unit_of_its_own_column(limit: str, unit: str, kind: str) -> None:
    head = LONG.replace("result (ng/L)", f"result,unit,{limit},{unit}")
    assert told(f"{head}\n{LINE}<LOD,ng/L,0.5,ug/L\n", kind=kind) == ["below_lod lod 500"]


def test_a_column_of_units_that_contradicts_its_header_is_asked_about() -> None:
    head = WIDE.replace("population (", "flow unit,population (")
    row = "D1,P1,2021-06-01,5,{},100000,registered,120\n"
    assert told(f"{head}\n{row.format('万m3/d')}") == ["asked", "reading-units-contradict"]
    assert float(read(f"{head.replace(' (m3/d)', '')}\n{row.format('万m3/d')}")["flow"][0]) == 50000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "influent", "effluent", "sludge"),
    [
        ("matrix", "influent", "effluent", "sludge"),
        ("基质", "进水", "出水", "污泥"),
        ("样品基质", "污水", "尾水", "底泥"),
        ("medium", "Wastewater", "Final effluent", "Biosolids"),
        ("水样类型", "进水", "出水", "污泥"),
        ("进出水", "进水", "出水", "地表水"),
        ("备注", "进水", "出水", "污泥"),
        ("Probenart", "Zulauf", "Ablauf", "Klärschlamm"),
        ("matrice", "eaux usées", "sortie", "boues"),
        ("what", "influent", "river", "sludge"),
    ],
)
def test_only_the_sewage_that_flows_in_is_a_sample(
    name: str, influent: str, effluent: str, sludge: str, kind: str
) -> None:
    table = f"{WIDE},{name}\n{ROW}120,{influent}\n{ROW}6,{effluent}\n{ROW}50,{sludge}\n"
    assert told(table, kind=kind) == ["120"]


def test_a_matrix_that_is_not_known_is_asked_about() -> None:
    assert told(wide("120,XQ", ",matrix")) == ["asked", "reading-matrix-unknown"]
    assert told(wide("120,effluent", ",matrix")) == ["asked", "reading-no-sewage"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "bracket",
    [
        "(d4) (ng/L)",
        "(IS) ng/L",
        "(surrogate) (ng/L)",
        "(SD) (ng/L)",
        "(blank) (ng/L)",
        "(spiked) (ng/L)",
        "(effluent) (ng/L)",
        "（出水）（ng/L）",
        "（上月）（ng/L）",
        "（去年同期）（ng/L）",
        "(内标)(ng/L)",
        "(Ablauf) (ng/L)",
        "(último mes) (ng/L)",
        "(previous month) (ng/L)",
    ],
)
def test_a_bracket_that_says_otherwise_is_no_result_of_this_months_sewage(bracket: str, kind: str) -> None:
    found = told(wide("120,30", f",KET {bracket}"), kind=kind, biomarker="ketamine")
    assert found in (["no ketamine"], ["asked", "reading-bracket-unknown"])


@pytest.mark.parametrize("bracket", ["(influent)", "（进水）", "(total)", "(实测)", "(composite)", "(ketamine)"])
def test_a_bracket_on_the_list_of_harmless_words_changes_nothing(bracket: str) -> None:
    assert told(wide("120,30", f",KET {bracket} (ng/L)"), biomarker="ketamine") == ["30"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("flow (m3/d)", "flow (peak) (m3/d)"),
        ("flow (m3/d)", "流量（设计）（m3/d）"),
        ("flow (m3/d)", "flow (XY) (m3/d)"),
        ("population (inhabitants)", "服务人口（户）"),
        ("population (inhabitants)", "population (households)"),
        ("flow (m3/d)", "débit (pointe) (m3/d)"),
    ],
)
def test_a_flow_or_population_of_another_kind_is_asked_about(old: str, new: str) -> None:
    table = wide("120").replace(old, new)
    assert told(table) == ["asked", "reading-bracket-unknown"]


@pytest.mark.parametrize("unit", ["acre-ft/d", "1000 m3/d", "千m3/d", "mgd US", "US gal/day", "M3/D", "m3 per shift/d"])
def test_a_unit_that_is_not_understood_is_not_to_be_left_away(unit: str) -> None:
    # "write the header without the bracket" would lead to m3/d, and to numbers a thousand times too low
    assert told(wide("120").replace("flow (m3/d)", f"flow ({unit})")) == ["asked", "reading-unit-wrong"]


@pytest.mark.parametrize("unit", ["nM", "pmol/L", "ng per 100 ml"])
def test_a_molar_result_is_no_bracket_to_be_left_away(unit: str) -> None:
    assert told(wide("120").replace("METH (ng/L)", f"METH ({unit})")) == ["asked", "reading-unit-wrong"]


@pytest.mark.parametrize(
    "name", ["sample type", "Type", "QC type", "QCCODE", "ActivityTypeCode", "类型", "质控类型", "Typ"]
)
@pytest.mark.parametrize(
    "word",
    [
        "Standard",
        "Quality Control",
        "Cal",
        "CC",
        "QC Std",
        "Cal Std",
        "Chk Std",
        "Solvent",
        "DoubleBlank",
        "SysSuit",
        "标样",
        "标准品",
        "BS1",
        "BD1",
        "LB1",
        "LR1",
        "Equipment Blank",
        "Field Replicate",
        "LCS",
        "CCV",
        "duplicate",
        "MB",
        "MS",
        "Blindwert",
        "空白",
    ],
)
def test_injections_of_control_are_no_samples(name: str, word: str) -> None:
    table = (
        f"site,date,{name},flow (m3/d),METH (ng/L)\nWest,2021-06-01,Sample,50000,120\nWest,2021-06-01,{word},50000,97\n"
    )
    assert told(table) == ["120"]


@pytest.mark.parametrize("name", ["MB-1", "S1-MS", "LCS-2", "S1_MSD"])
def test_ids_that_end_in_a_kind_of_control_are_no_samples(name: str) -> None:
    assert told(f"{LONG}\n{LINE}20\n{LINE.replace('S1,', name + ',')}95\n") == ["20"]


@pytest.mark.parametrize("name", ["West spike", "Std 10 ppb", "QC_Low_1", "Spike East"])
def test_a_place_named_as_a_control_is_asked_about_and_the_answer_serves(name: str) -> None:
    table = f"site,date,flow (m3/d),METH (ng/L)\nWest,2021-06-01,50000,120\n{name},2021-06-02,50000,97\n"
    assert told(table) == ["asked", "reading-row-in-doubt"]
    assert told(table, {"rows": {name: "sample"}}) == ["120", "97"]


@pytest.mark.parametrize("name", ["ResultSampleFractionText", "fraction", "形态"])
@pytest.mark.parametrize("words", [("Total", "Dissolved", "Suspended"), ("总量", "溶解态", "颗粒态")])
def test_a_fraction_beside_its_whole_is_no_replicate(name: str, words: tuple[str, ...]) -> None:
    table = LONG + f",{name}\n" + "".join(f"{LINE}{v},{w}\n" for v, w in zip((300, 180, 120), words, strict=True))
    assert told(table) == ["300"]
    assert told("\n".join(line for line in table.split("\n") if words[0] not in line)) == [
        "asked",
        "reading-fraction-alone",
    ]


@pytest.mark.parametrize(
    "name", ["EFF", "Plant1_eff", "EF", "FE", "Sludge", "BIOSOLIDS", "River downstream", "东厂出水", "Ablauf"]
)
def test_a_site_named_as_effluent_sludge_or_river_is_asked_about(name: str) -> None:
    table = f"site,date,flow (m3/d),METH (ng/L)\nPlant1 INF,2021-06-01,50000,120\n{name},2021-06-01,50000,97\n"
    assert told(table)[0] == "asked"
    assert told(table, {"sites": {name: {}}}) == ["120", "97"]


@pytest.mark.parametrize("name", ["Jefferson", "Fernando", "Effingham", "West"])
def test_a_site_whose_name_only_begins_so_is_a_site(name: str) -> None:
    assert told(f"site,date,flow (m3/d),METH (ng/L)\n{name},2021-06-01,50000,97\n") == ["97"]


PLANTS = "district,site,date,flow (m3/d),population (inhabitants),METH (ng/L)\nD4,P4,2021-06-01,50000,100000,104\n"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    ["P5", "P95", "P-5", "SD", "CV", "STD", "RSD", "MAX", "MIN", "SUM", "DL", "MDL", "BG", "MQL", "LOQ", "*Plant B"],
)
def test_a_row_with_a_day_a_flow_and_results_is_a_sample_whatever_its_code(name: str, kind: str) -> None:
    table = f"{PLANTS}D5,{name},2021-06-01,41000,95000,105\nD6,P6,2021-06-01,30000,80000,106\n"
    assert told(table, kind=kind) == ["104", "105", "106"]


@pytest.mark.parametrize("name", ["P5", "P95", "MAX", "MIN"])
def test_among_plants_that_are_alike_a_code_is_not_taken_for_their_statistic(name: str) -> None:
    # 105 lies within 2 % of every percentile of 104 and 106, and is none of them
    table = f"{PLANTS}D5,{name},2021-06-01,50000,100000,105\nD6,P6,2021-06-01,50000,100000,106\n"
    assert told(table) == ["104", "105", "106"]


@pytest.mark.parametrize(("name", "value"), [("MAX", "106"), ("MIN", "104"), ("P95", "105.9"), ("P5", "104")])
def test_the_statistic_itself_is_no_sample_also_where_it_is_rounded(name: str, value: str) -> None:
    table = f"{PLANTS}D6,P6,2021-06-01,50000,100000,106\n,{name},2021-06-01,50000,100000,{value}\n"
    assert told(table) == ["104", "106"]


def test_the_row_of_a_statistic_is_no_sample() -> None:
    table = f"{PLANTS}D6,P6,2021-06-01,30000,80000,106\n,SUM,2021-06-01,80000,180000,210\n,平均,,40000,90000,105\n"
    assert told(table) == ["104", "106"]


@pytest.mark.parametrize(
    "name",
    ["CRM", "样例", "填表示例", "模板", "限值", "参考值", "去年同期", "Previous month", "QC1", "CAL-3", "River Total"],
)
def test_a_name_that_is_no_place_in_a_whole_row_is_asked_about(name: str) -> None:
    table = f"{PLANTS}D5,{name},2021-06-01,41000,95000,105\nD6,P6,2021-06-01,30000,80000,106\n"
    assert told(table) == ["asked", "reading-row-in-doubt"]
    assert told(table, {"rows": {name: "sample"}}) == ["104", "105", "106"]


@pytest.mark.parametrize(
    "table",
    [
        wide("12,5"),
        wide("12,5,30", ",KET (ng/L)"),
        f"{WIDE}\nD1,P1,2021-06-01,50,000,100000,registered,120\n",
        wide("12").replace(",", ";").replace("12\n", "12;;5\n"),
        wide("12").replace(",", "\t").replace("12\n", "12\t5\n"),
        wide("12,,30", ",,KET (ng/L)").replace("12,,30", "12,5,30"),
    ],
)
def test_a_row_with_more_cells_than_headers_is_refused(table: str) -> None:
    assert told(table) == ["asked", "reading-ragged-row"]


def test_a_ragged_row_far_down_is_seen_and_empty_cells_behind_it_pass() -> None:
    rows = [ROW.replace("P1", f"P{i}") + "12" for i in range(200)]
    assert told("\n".join([WIDE, *rows])) == ["12"] * 200
    assert told("\n".join([WIDE, *rows, ROW + "12,5"])) == ["asked", "reading-ragged-row"]
    assert told(wide("12,,")) == ["12"]


@pytest.mark.parametrize(
    "table",
    [
        "district,site,date,flow (m3/d),population,concentration (ng/L),,\n"
        ",,,,,,METH,KET\nD,P,2021-06-01,50000,100000,120,3,45\n",
        wide("12,5,30", ",,KET (ng/L)"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_filled_cell_under_no_name_is_asked_about(table: str, kind: str) -> None:
    found = told(table, kind=kind)
    assert found[0] == "asked"
    assert set(found[1:]) & {"reading-ragged-row", "reading-no-header", "reading-result-without-name"}


def test_an_unnamed_count_of_rows_in_front_is_harmless() -> None:
    rows = "\n".join(f"{i},{ROW.replace('06-01', f'06-0{i + 1}')}12" for i in range(3))
    assert told(f",{WIDE}\n{rows}\n") == ["12"] * 3


@pytest.mark.parametrize(
    ("substance", "result"),
    [
        ("Test (Name)", "Result"),
        ("Determinand", "Measured Value"),
        ("Component (Name)", "Calculated Concentration"),
        ("Analyte Name", "Calc. Conc."),
        ("Parameter (Name)", "Final Conc."),
        ("CharacteristicName", "ResultMeasureValue"),
        ("Chemical", "Amount"),
        ("Target", "Reported Value"),
        ("Molecule", "Resultado"),
        ("监测项目", "监测值"),
        ("污染物", "监测结果"),
        ("化合物名称", "Ergebnis"),
        ("Test Name", "Result"),
        ("Whatever", "Result"),
        ("检出者", "结果"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_column_of_substances_is_that_of_analytes(substance: str, result: str, kind: str) -> None:
    head = f"Location,Date Collected,{substance},{result},uom,PE,flow (m3/d)"
    line = "West,2021-06-01,{},{},ng/L,100000,50000"
    table = "\n".join([head, line.format("METH", 120), line.format("Ketamine", 14)]) + "\n"
    assert told(table, kind=kind) == ["120"]
    assert told(table, kind=kind, biomarker="ketamine") == ["14"]


@pytest.mark.parametrize("name", ["Area", "Peak Area", "RT", "Ion Ratio", "峰面积", "Response", "Fläche"])
def test_an_instruments_own_column_is_no_place_and_no_result(name: str) -> None:
    head = f"site,date,flow (m3/d),population,population_basis,analyte,{name},result (ng/L)"
    ds = read(f"{head}\nWest,2021-06-01,50000,100000,registered,methamphetamine,10911,120\n")
    assert ds["district"].values.tolist() == ["West"]
    assert ds["concentration"].values.tolist() == [[120.0]]


@pytest.mark.parametrize(
    ("old", "new", "flow"),
    [
        ("flow (m3/d)", "Q (m3/d)", 50000),
        ("flow (m3/d)", "流量（万吨/d）", 5e8),
        ("flow (m3/d)", "flow (ml/d)", 5e7),
        ("METH (ng/L)", "METH (NG/L)", 50000),
        ("METH (ng/L)", "METH (Ng/L)", 50000),
    ],
)
def test_units_in_odd_capitals_are_what_they_can_only_be(old: str, new: str, flow: float) -> None:
    ds = read(wide("120").replace(old, new).replace(",50000,", ",5,") if flow > 1e6 else wide("120").replace(old, new))
    assert float(ds["flow"][0]) == (flow if flow < 1e6 else flow / 1e4)


def test_a_marker_in_odd_capitals_is_not_in_megagrams() -> None:
    assert float(read(wide("120,30", ",NH4-N (Mg/L)"))["ammonium_nitrogen"][0]) == 30


@pytest.mark.parametrize(
    "name",
    [
        "Methamphetamine (mg/day/1000 persons)",
        "Methamphetamine (Milligrams per one thousand people per day)",
        "甲基苯丙胺（mg/天/千人）",
        "METH (µg/person/day)",
        "METH (mg/1000 Einwohner/d)",
        "METH (g/habitant/an)",
    ],
)
def test_loads_are_never_taken_for_concentrations(name: str) -> None:
    found: list[Any] = told(wide("122").replace("METH (ng/L)", name))
    assert found[0] == "asked"
    assert set(found[1:]) & {"reading-loads", "loads of substances, not concentrations "}


def test_a_load_in_the_column_of_units_names_its_row_and_the_way_to_read_it() -> None:
    head, line = "site,date,flow (m3/d),analyte,VALUE,UOM", "W,2021-06-0{},5,METH,1,{}"
    table = "\n".join([head, line.format(1, "ng/L"), line.format(2, "mg/1000 people/day")])
    with pytest.raises(Exception, match=r"row 3.*mg/1000 people/day.*wbe\.read_loads"):
        read(table)


@pytest.mark.parametrize("value", ["①", "²", "12.5²"])
def test_a_circled_or_raised_digit_is_no_number(value: str) -> None:
    assert told(wide(value)) == ["rejected"]


def test_what_the_mapping_leaves_out_is_left_out() -> None:
    xylene = LINE.replace("methamphetamine", "Xylene")
    assert told(f"{LONG}\n{LINE}20\n{xylene}55\n", {"analytes": {"*": "ignore"}}) == ["20"]
    assert told(f"{LONG},MAT\n{LINE}20,W\n{LINE}95,SO\n", {"columns": {"MAT": {"skip": ["SO"]}}}) == ["20"]
    assert told(long("-0.5"), {"options": {"negative": "not_detected"}}) == ["below_lod"]
    assert told(long("-0.5")) == ["rejected"]


def test_oxygen_demand_in_nanograms_is_asked_about() -> None:
    cod = LINE.replace("methamphetamine", "COD")
    assert told(f"{LONG}\n{LINE}20\n{cod}55\n")[0] == "asked"
    assert told(f"{LONG}\n{LINE}20\n{cod}55\n", {"analytes": {"COD": "codeine"}}, biomarker="codeine") == ["55"]


def test_a_plant_of_many_rows_is_a_plant_though_its_code_is_that_of_a_statistic() -> None:
    rows = [f"D{i % 3},P{4 + i % 3},2021-06-{1 + i // 3:02d},{40000 + i},100000,{100 + i}" for i in range(60)]
    found = told("\n".join([PLANTS.split("\n")[0], *rows]))
    assert found == [str(100 + i) for i in range(60)]
