# ruff: noqa: E501  (tables are written as tables)
"""Writes the corpus: small files as laboratories send them, each with what a careful person reads in it.

Run ``python tests/reading/corpus/make_corpus.py`` to write ``files/`` and ``expected.json`` again.
Names and numbers are invented. An expected result is a number in ng/L, a state, or [state, number].
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import habits
import traps
import words

HERE = Path(__file__).parent
FILES = HERE / "files"
EXPECTED: dict[str, dict[str, Any]] = {}

METH, KET, MOR, BE, AMP, COC = (
    "methamphetamine", "ketamine", "morphine", "benzoylecgonine", "amphetamine", "cocaine",
)  # fmt: skip


def good(name: str, results: list[dict[str, Any]], mapping: str = "", **columns: Any) -> None:
    """Expect samples in file order; ``results`` has one dictionary of biomarkers for each."""
    EXPECTED[name] = {"results": results, "columns": columns, "mapping": mapping}


def bad(name: str, message: str, mapping: str = "", faults: int = 1) -> None:
    """Expect so many faults, of which one matches ``message``."""
    EXPECTED[name] = {"message": message, "mapping": mapping, "faults": faults}


def text(name: str, content: str, encoding: str = "utf-8") -> str:
    (FILES / name).write_bytes(content.encode(encoding))
    return name


def xlsx(name: str, sheets: dict[str, list[list[Any]]], merges: dict[str, list[str]] | None = None) -> str:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(FILES / name), {"default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": dt.datetime(2021, 7, 1)})
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith("{="):
                    sheet.write_formula(
                        r, c, cell.strip("{}").split("|")[0], None, float(cell.strip("{}").split("|")[1])
                    )
                elif cell is not None and cell != "":
                    sheet.write_string(r, c, cell) if isinstance(cell, str) else sheet.write(r, c, cell)
        for area in (merges or {}).get(title, []):
            first = area.split(":")[0]
            r, c = int(first[1:]) - 1, ord(first[0]) - 65
            sheet.merge_range(area, rows[r][c])
    book.close()
    return name


def xls(
    name: str, sheets: dict[str, list[list[Any]]], merges: dict[str, list[tuple[int, int, int, int]]] | None = None
) -> str:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for title, rows in sheets.items():
        sheet = book.add_sheet(title)
        covered = {
            (r, c) for a, b, d, e in (merges or {}).get(title, []) for r in range(a, b + 1) for c in range(d, e + 1)
        }
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if (r, c) in covered or cell in (None, ""):
                    continue
                sheet.write(r, c, cell, day) if isinstance(cell, dt.date) else sheet.write(r, c, cell)
        for a, b, d, e in (merges or {}).get(title, []):
            sheet.write_merge(a, b, d, e, rows[a][d])
    book.save(str(FILES / name))
    return name


def ods(
    name: str,
    rows: list[list[Any]],
    title: str = "Tabelle1",
    spans: dict[tuple[int, int], tuple[int, int]] | None = None,
) -> str:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    table = Table(name=title)
    for r, row in enumerate(rows):
        line = TableRow()
        for c, cell in enumerate(row):
            if isinstance(cell, int | float):
                out = TableCell(valuetype="float", value=cell)
            elif isinstance(cell, dt.date):
                out = TableCell(valuetype="date", datevalue=cell.isoformat())
            else:
                out = TableCell(valuetype="string") if cell else TableCell()
            if (r, c) in (spans or {}):
                down, across = (spans or {})[r, c]
                out.setAttribute("numberrowsspanned", down)
                out.setAttribute("numbercolumnsspanned", across)
            if cell not in (None, ""):
                out.addElement(P(text=str(cell)))
            line.addElement(out)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(FILES / name))
    return name


HEAD = "县市区,污水厂,采样日期,流量（万m³/d）,服务人口（万人）,甲基苯丙胺（ng/L）,氯胺酮（ng/L）,吗啡（ng/L）\n"


def chinese_text() -> None:
    good(text("01_gb18030.csv", HEAD + "天元区,河西污水厂,2021年6月24日,10.5,34,120,未检出,＜0.5\n", "gb18030"),
         [{METH: 120.0, KET: "below_lod", MOR: ["below_lod", 0.5]}], flow=[105000.0], population=[340000.0],
         time=["2021-06-24"], district=["天元区"], site=["河西污水厂"])  # fmt: skip
    good(text("02_utf8_bom.csv", HEAD + "荷塘区,荷塘污水厂,2021.06.24,6.1,21,88.2,0.5L,低于定量限\n", "utf-8-sig"),
         [{METH: 88.2, KET: ["below_lod", 0.5], MOR: "below_loq"}], flow=[61000.0], time=["2021-06-24"])  # fmt: skip
    good(text("03_utf8.csv", HEAD + "芦淞区,龙泉污水厂,2021/6/24,8.0,25,1.2E2,痕量,检出（未定量）\n"),
         [{METH: 120.0, KET: "below_loq", MOR: "below_loq"}])  # fmt: skip
    good(text("04_tab.tsv", HEAD.replace(",", "\t") + "石峰区\t石峰污水厂\t44371\t6.4\t22\t65.9\tN.D.\t/\n", "utf-16"),
         [{METH: 65.9, KET: "below_lod", MOR: "missing"}], time=["2021-06-24"])  # fmt: skip
    good(text("05_missing_is_not_zero.csv", HEAD
              + "攸县,攸县污水厂,2021-06-24,7.5,31,未采样,停产,—\n攸县,攸县污水厂,2021-06-25,7.5,31,58,,0\n", "gb18030"),
         [{METH: "missing", KET: "missing", MOR: "missing"}, {METH: 58.0, KET: "missing", MOR: 0.0}])  # fmt: skip
    good(text("06_titles_footnotes_subtotals.csv",
              "株洲市2021年6月污水毒情监测结果汇总表,,,,,,,\n单位：ng/L,,,,,,,\n"
              "县市区,污水厂,采样日期,流量（万m³/d）,服务人口（万人）,甲基苯丙胺,氯胺酮,吗啡\n"
              "天元区,河西污水厂,6月8日,10.5,34,120,ND,19\n荷塘区,荷塘污水厂,6月9日,6.1,21,88,ND,22\n"
              "合计,,,16.6,55,,,\n全市平均,,,8.3,,104,,20.5\n检出限（ng/L）,,,,,0.5,0.5,1\n定量限（ng/L）,,,,,1.5,1.5,3\n"
              "注：ND表示未检出。,,,,,,,\n2. 流量为当日进水量。,,,,,,,\n"),
         [{METH: 120.0, KET: ["below_lod", 0.5], MOR: 19.0}, {METH: 88.0, KET: ["below_lod", 0.5], MOR: 22.0}],
         time=["2021-06-08", "2021-06-09"])  # fmt: skip
    good(text("07_two_headers.csv",
              "县市区,采样日期,流量,服务人口,浓度（ng/L）,,\n,,（万吨/日）,（万人）,冰毒,K粉,MDMA\n醴陵市,2021年6月,7.6,30,79.7,未检出,未检出\n"),
         [{METH: 79.7, KET: "below_lod", "mdma": "below_lod"}], flow=[76000.0], time=["2021-06-01"])  # fmt: skip
    good(text("08_long_chinese.csv",
              "样品编号,县市区,采样点,采样日期,检测项目,检测结果,单位,检出限,流量（m³/d）,服务人口\n"
              "A1,茶陵县,茶陵污水厂,2021-06-24,甲基苯丙胺,0.0220,μg/L,0.0005,72130,260000\n"
              "A1,茶陵县,茶陵污水厂,2021-06-24,氯胺酮,未检出,ng/L,0.5,72130,260000\n"
              "A1,茶陵县,茶陵污水厂,2021-06-24,氨氮,23.6,mg/L,,72130,260000\n", "gb18030"),
         [{METH: 22.0, KET: ["below_lod", 0.5]}], ammonium_nitrogen=[23.6], flow=[72130.0], sample=["A1"])  # fmt: skip
    good(text("09_units_of_flow.csv",
              "县市区,采样日期,进水流量(吨/日),常住人口(千人),苯丙胺(µg/L),苯甲酰爱康宁(ng·L-1)\n炎陵县,2021-06,21500,90,0.00176,0.3\n"),
         [{AMP: 1.76, BE: 0.3}], flow=[21500.0], population=[90000.0], population_basis=["census"])  # fmt: skip
    good(text("10_typography.csv",
              "县（市、区）,污水厂,采样时间,流量（㎥／d）,服务人口（人）,O⁶-单乙酰吗啡（ng·L⁻¹）,苯甲酰芽子碱（ｎｇ／Ｌ）\n"
              "天元区,河西,２０２１－０６－２４,１０５０００,340000,＜０．５,１２．５\n"),
         [{"6mam": ["below_lod", 0.5], BE: 12.5}], flow=[105000.0], time=["2021-06-24"])  # fmt: skip
    good(text("11_qualifiers.csv",
              "Site,District,Date,Flow (ML/d),Population,METH (ng/L),KET (ng/L),COC (ng/L),BE (ng/L)\n"
              "P1,D1,2021-06-24,10.5,34000,12.3 J,E45,~0.05,0.3*\n"),
         [{METH: 12.3, KET: 45.0, COC: 0.05, BE: 0.3}], flow=[10500.0])  # fmt: skip
    good(text("12_words_with_numbers.csv",
              "Sample ID,Site,District,Date,Flow (MGD),Population,Methamphetamine (ng/mL),Morphine (ng/mL),Codeine (ng/mL),Cocaine (ng/mL)\n"
              "S1,P,D,2018-09-08,1.0,1000,Below LLOQ (0.027),Above ULOQ (18.89),Positive (~0.05),Out of Ratio (0.134)\n"),
         [{METH: ["below_loq", 27.0], MOR: ["above_uloq", 18890.0], "codeine": 50.0, COC: "rejected"}],
         flow=[3785.411784])  # fmt: skip
    good(text("13_decimal_comma.csv",
              "Standort;Site;District;Date;Flow (m3/d);Population;METH (ng/L);KET (ng/L)\nx;P;D;24.06.2021;10500,5;34000;12,75;<0,5\n"),
         [{METH: 12.75, KET: ["below_lod", 0.5]}], flow=[10500.5], time=["2021-06-24"])  # fmt: skip
    good(text("14_period_english.csv",
              "Site,District,Sampling date,Flow (L/d),Population,Morphine (ng/L)\nA,West,Apr - Jun 2019,27000000,45000,529\n"),
         [{MOR: 529.0}], time=["2019-04-01"], time_end=["2019-06-30"], flow=[27000.0])  # fmt: skip
    good(text("15_limits_in_columns.csv",
              "site,district,date,flow_m3_d,population,METH_ng_L,METH_LOD (µg/L),METH_LOQ (µg/L),KET_ng_L\n"
              "P,D,2021-06-24,10500,34000,<LOD,0.0005,0.0015,<LOQ\n"),
         [{METH: ["below_lod", 0.5], KET: "below_loq"}])  # fmt: skip
    good(text("16_odm_long.csv",
              "sampleID,siteID,collDTStart,collDTEnd,collType,measure,value,unit,aggregation,flow (m3/d),popServ\n"
              "s1,plant,2021-06-24T08:00:00,2021-06-25T08:00:00,flowPr24h,methamphetamine,0.12,ug/L,sin,10500,34000\n"
              "s1,plant,2021-06-24T08:00:00,2021-06-25T08:00:00,flowPr24h,ketamine,ND,ug/L,sin,10500,34000\n"),
         [{METH: 120.0, KET: "below_lod"}], time=["2021-06-24"], sample_type=["24h_flow_composite"])  # fmt: skip
    good(text("17_odm_wide.csv",
              "sampleID,siteID,collDT,flow_m3_d,popServ,wat_sa_methamphetamine_ngl_sin,wat_sa_ketamine_ngl_sin\n"
              "s1,plant,2021-06-24,10500,34000,120,ND\n"),
         [{METH: 120.0, KET: "below_lod"}], site=["plant"], district=["plant"])  # fmt: skip
    good(text("18_replicates.csv", HEAD
              + "天元区,河西污水厂,2021-06-24,10.5,34,120,ND,19\n天元区,河西污水厂,2021-06-24,10.5,34,124,ND,21\n"),
         [{METH: 120.0}, {METH: 124.0}], sample=["河西污水厂|2021-06-24", "河西污水厂|2021-06-24#2"])  # fmt: skip
    good(text("19_derived_columns.csv",
              "县市区,采样日期,流量（万m³/d）,服务人口（万人）,甲基苯丙胺浓度（ng/L）,甲基苯丙胺负荷量（g/d）,千人均负荷（mg/d/1000人）,备注\n"
              "天元区,2021-06-24,10.5,34,120,12.6,37.1,无\n", "gb18030"),
         [{METH: 120.0}])  # fmt: skip
    good(text("20_thousands.csv",
              'site,district,date,flow (m3/d),population,METH (ng/L)\nP,D,2021-06-24,"105,000","340,000","1,234.5"\n'),
         [{METH: 1234.5}], flow=[105000.0], population=[340000.0])  # fmt: skip
    good(text("21_own_units_in_cells.csv", HEAD + "天元区,河西,2021-06-24,10.5,34,0.12 µg/L,<0.5 ng/L,19\n"),
         [{METH: 120.0, KET: ["below_lod", 0.5], MOR: 19.0}])  # fmt: skip
    good(text("22_blank_controls.csv",
              "样品编号,县市区,污水厂,采样日期,流量（m3/d）,服务人口（人）,冰毒(ng/L)\n"
              "全程序空白,,,2021-06-24,,,未检出\nS1,天元区,河西,2021-06-24,105000,340000,120\n加标样,,,2021-06-24,,,98\n", "gb18030"),
         [{METH: 120.0}], sample=["S1"])  # fmt: skip
    good(text("23_markers.csv",
              "县市区,采样日期,流量（m3/d）,服务人口（人）,冰毒(ng/L),氨氮(mg/L),COD(mg/L),总磷(mg/L),水温(℃),pH值,降雨量(mm)\n"
              "天元区,2021-06-24,105000,340000,120,25.5,220,3.1,24.5,7.2,12\n"),
         [{METH: 120.0}], ammonium_nitrogen=[25.5], cod=[220.0], total_phosphorus=[3.1], temperature=[24.5], rain=[12.0])  # fmt: skip
    good(text("24_less_than_is_loq.csv",
              "site,district,date,flow (m3/d),population,METH (ng/L),METH LOD (ng/L),METH LOQ (ng/L)\nP,D,2021-06-24,10500,34000,<1.5,0.5,1.5\n"),
         [{METH: ["below_loq_limit", 1.5]}])  # fmt: skip
    good(text("25_quarter.csv", "县市区,采样日期,流量（m3/d）,服务人口（人）,冰毒(ng/L)\n天元区,2021年第二季度,105000,340000,120\n"),
         [{METH: 120.0}], time=["2021-04-01"], time_end=["2021-06-30"])  # fmt: skip
    good(text("26_year_and_month.csv", "县市区,年份,月份,流量（m3/d）,服务人口（人）,冰毒(ng/L)\n天元区,2021,6,105000,340000,120\n"),
         [{METH: 120.0}], time=["2021-06-01"])  # fmt: skip
    good(text("27_天元区2021年6月.csv", "污水厂,流量（m3/d）,服务人口（人）,冰毒(ng/L)\n河西,105000,340000,120\n", "gb18030"),
         [{METH: 120.0}], time=["2021-06-01"], district=["天元区"])  # fmt: skip


def workbooks() -> None:
    head1 = ["县市区", "采样点", "采样日期", "流量（万m³/d）", "服务人口（万人）", "浓度（ng/L）", "", ""]
    head2 = ["", "", "", "", "", "甲基苯丙胺", "氯胺酮", "吗啡"]
    june = [
        ["株洲市2021年6月监测结果"], head1, head2,
        ["天元区", "河西污水厂", dt.date(2021, 6, 8), 10.5, 34, 120, "未检出", 19],
        ["", "河西污水厂", dt.date(2021, 6, 24), 10.2, 34, 96.7, "＜0.5", 18.7],
        ["荷塘区", "荷塘污水厂", "2021年6月8日", 6.1, 21, "/", "ND", ""],
        ["合计", "", "", 26.8, 89], ["注：ND为未检出"],
    ]  # fmt: skip
    merges = {"6月": ["A1:H1", "F2:H2", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3", "A4:A5"]}
    want = [{METH: 120.0, KET: "below_lod", MOR: 19.0}, {METH: 96.7, KET: ["below_lod", 0.5], MOR: 18.7},
            {METH: "missing", KET: "below_lod", MOR: "missing"}]  # fmt: skip
    good(xlsx("30_merged.xlsx", {"6月": june}, merges), want,
         district=["天元区", "天元区", "荷塘区"], time=["2021-06-08", "2021-06-24", "2021-06-08"])  # fmt: skip
    plain = [["县市区", "采样点", "采样日期", "流量（万m³/d）", "服务人口（万人）", "冰毒（ng/L）"]]
    good(xlsx("31_sheet_per_month_2021.xlsx", {
        "5月": [*plain, ["天元区", "河西", "5月12日", 10, 34, 130]],
        "6月": [*plain, ["天元区", "河西", "6月12日", 10, 34, 120]],
        "说明": [["本表由实验室填写"], ["联系人见附件"]],
    }), [{METH: 130.0}, {METH: 120.0}], time=["2021-05-12", "2021-06-12"])  # fmt: skip
    good(xls("32_old_excel.xls", {"Sheet1": june}, {"Sheet1": [(0, 0, 0, 7), (1, 1, 5, 7), (3, 4, 0, 0)]}), want,
         time=["2021-06-08", "2021-06-24", "2021-06-08"], district=["天元区", "天元区", "荷塘区"])  # fmt: skip
    good(ods("33_libre.ods", [
        ["Site", "District", "Date", "Flow (m3/d)", "Population", "METH (ng/L)", "KET (ng/L)"],
        ["P", "D", dt.date(2021, 6, 24), 10500, 34000, 120, "n.d."],
    ]), [{METH: 120.0, KET: "below_lod"}], time=["2021-06-24"])  # fmt: skip
    good(xlsx("34_across.xlsx", {"results": [
        ["Sample ID", "", "W-1", "W-2", "W-3 (Not Ran)"],
        ["Date", "", dt.date(2021, 6, 24), dt.date(2021, 6, 25), dt.date(2021, 6, 26)],
        ["Site", "", "P", "P", "P"], ["District", "", "D", "D", "D"],
        ["Flow (m3/d)", "", 10500, 10700, 10900],
        ["Analyte", "LOD (ng/L)"],
        ["Methamphetamine (ng/L)", 0.5, 120, 118, "-"], ["Ketamine (ng/L)", 0.5, "ND", 3.2, "-"],
    ]}), [{METH: 120.0, KET: ["below_lod", 0.5]}, {METH: 118.0, KET: 3.2}, {METH: "not_run", KET: "not_run"}],
        time=["2021-06-24", "2021-06-25", "2021-06-26"], flow=[10500.0, 10700.0, 10900.0])  # fmt: skip
    good(xlsx("35_serials_and_formulas.xlsx", {"S": [
        ["县市区", "采样日期", "流量（m3/d）", "服务人口（人）", "冰毒（ng/L）", "K粉（ng/L）"],
        ["天元区", 44371, "{=100000+5000|105000}", 340000, "{=60*2|120}", "ND"],
    ]}), [{METH: 120.0, KET: "below_lod"}], time=["2021-06-24"], flow=[105000.0])  # fmt: skip
    good(xlsx("36_merged_stop.xlsx", {"S": [
        ["县市区", "采样日期", "流量（m3/d）", "服务人口（人）", "冰毒（ng/L）", "K粉（ng/L）"],
        ["天元区", "2021-06-24", 105000, 340000, 120, 3], ["荷塘区", "2021-06-24", "", 210000, "停产", ""],
    ]}, {"S": ["E3:F3"]}), [{METH: 120.0, KET: 3.0}, {METH: "missing", KET: "missing"}])  # fmt: skip
    good(xlsx("37_offset_table.xlsx", {"S": [
        [], [], ["", "", "县市区", "采样日期", "流量（m3/d）", "服务人口（人）", "冰毒（ng/L）"],
        ["", "", "天元区", "2021-06-24", 105000, 340000, 120],
    ]}), [{METH: 120.0}])  # fmt: skip
    good(xlsx("38_limits_own_unit.xlsx", {"S": [
        ["县市区", "采样日期", "流量（m3/d）", "服务人口（人）", "冰毒（μg/L）", "K粉（μg/L）"],
        ["天元区", "2021-06-24", 105000, 340000, 0.12, "未检出"], ["检出限（ng/L）", "", "", "", 0.5, 0.5],
    ]}), [{METH: 120.0, KET: ["below_lod", 0.5]}])  # fmt: skip
    good(xlsx("39_stray_spaces.xlsx", {"S": [
        [" 县市区 ", "采样日期\n", "流量\n（m3/d）", "服务人口（人）", "甲基 苯丙胺（ng/L）"],
        [" 天元区 ", " 2021-06-24 ", " 105000 ", "340000", " 120 "],
    ]}), [{METH: 120.0}], district=["天元区"])  # fmt: skip
    good(xlsx("40_html_in_names.xlsx", {"S": [
        ["site", "district", "date", "flow (m3/d)", "population", "METH (ng/L)"],
        ["<b>P</b>", "=cmd|' /C calc'!A0", "2021-06-24", 10500, 34000, 12],
    ]}), [{METH: 12.0}], site=["<b>P</b>"])  # fmt: skip


def questions() -> None:
    head = "site,district,date,flow (m3/d),population,"
    row = "P,D,2021-06-24,10500,34000,"
    bad(text("50_ambiguous_COD.csv", head + "COD(ng/L)\n" + row + "12\n"), r"'COD'.*several meanings.*\[columns\]")
    bad(
        text("51_ambiguous_MET_long.csv", head + "analyte,result (ng/L)\n" + row + "MET,12\n"),
        r"'MET'.*methadone.*\[analytes\]",
    )
    bad(text("52_ppt.csv", head + "METH (ppt)\n" + row + "12\n"), r"'ppt'.*several meanings")
    bad(text("53_not_available.csv", head + "METH (ng/L)\n" + row + "N/A\n" + row + "N/A\n"), r"'N/A' in 2 result cell")
    bad(text("54_no_unit.csv", head + "METH\n" + row + "12\n"), r"results without a unit")
    bad(text("55_unknown_analyte.csv", head + "Metamphetamin (ng/L)\n" + row + "12\n"), r"not known.*methamphetamine")
    bad(
        text("56_wrong_unit.csv", "site,district,date,flow (kg),population,METH (ng/L)\n" + row + "12\n"),
        r"unit 'kg' for flow",
    )
    bad(
        text("57_impossible_date.csv", head + "METH (ng/L)\nP,D,2021-02-30,10500,34000,12\n"),
        r"row 2, column date.*no such day",
    )
    bad(
        text("58_day_or_month.csv", head + "METH (ng/L)\nP,D,03/04/2021,10500,34000,12\n"),
        r"either way round.*day_first",
    )
    bad(text("59_no_year.csv", head + "METH (ng/L)\nP,D,6月24日,10500,34000,12\n"), r"year is not written")
    bad(text("60_missing_flow.csv", head + "METH (ng/L)\nP,D,2021-06-24,,34000,12\n"), r"row 2, column flow.*no flow")
    bad(
        text("61_no_flow_column.csv", "site,district,date,population,METH (ng/L)\nP,D,2021-06-24,34000,12\n"),
        r"without a flow column",
    )
    bad(
        text(
            "62_person.csv",
            "姓名,身份证号,采样日期,流量（m3/d）,冰毒（ng/L）\n张三,430000,2021-06-24,1,12\n",
            "gb18030",
        ),
        r"personal data",
        faults=2,
    )
    bad(text("63_empty.csv", ""), r"empty file")
    bad(text("64_header_only.csv", head + "METH (ng/L)\n"), r"header without rows")
    bad(text("65_prose.txt", "Dear colleague,\nplease find the results attached.\n"), r"no table of results")
    bad(
        text("66_two_columns_one_drug.csv", head + "冰毒 (ng/L),甲基苯丙胺 (ng/L)\n" + row + "12,13\n"),
        r"a second column of methamphetamine",
    )
    bad(
        text("67_flow_is_text.csv", head + "METH (ng/L)\nP,D,2021-06-24,about ten,34000,12\n"), r"'about ten'", faults=2
    )
    bad(text("68_html.xls", "<html><table><tr><td>1</td></tr></table></html>"), r"web page")
    bad(
        text(
            "69_population_in_wan.csv",
            "县市区,采样日期,流量（m3/d）,服务人口,冰毒（ng/L）\n天元区,2021-06-24,105000,34,12\n",
        ),
        r"population without a unit",
    )
    bad(
        text(
            "70_mixed_decimals.csv",
            "site;district;date;flow (m3/d);population;METH (ng/L);KET (ng/L)\nP;D;2021-06-24;10500;34000;12,5;1.25\n",
        ),
        r"decimal mark",
    )
    good(text("80_answered.csv", head + "COD(ng/L),MC (ppt),METH (ng/L)\n" + row + "12,3,N/A\n"),
         [{"codeine": 12.0, "methcathinone": 3.0, METH: "not_run"}],
         mapping='[columns]\n"COD(ng/L)" = "codeine"\n[analytes]\n"MC" = "methcathinone"\n[units]\n"ppt" = "ng/L"\n[tokens]\n"N/A" = "not_run"\n')  # fmt: skip
    good(text("81_answered_no_flow.csv", "site,district,date,population,METH\nP,D,03/04/2021,34000,12\n"),
         [{METH: 12.0}], time=["2021-04-03"],
         mapping='[units]\nconcentration = "ng/L"\n[options]\nallow_missing_flow = true\nday_first = true\n')  # fmt: skip
    good(text("82_answered_sites.csv", "污水厂,采样日期,流量（万吨/日）,冰毒（ng/L）\n河西,6月24日,10,12\n", "gb18030"),
         [{METH: 12.0}], time=["2021-06-24"], district=["天元区"], population=[340000.0], population_basis=["census"],
         mapping='[constants]\nyear = 2021\n[sites."河西"]\ndistrict = "天元区"\npopulation = 340000\npopulation_basis = "census"\n')  # fmt: skip


def main() -> None:
    FILES.mkdir(exist_ok=True)
    for old in FILES.iterdir():
        old.unlink()
    chinese_text()
    workbooks()
    questions()
    kit = SimpleNamespace(text=text, xlsx=xlsx, xls=xls, ods=ods, good=good, bad=bad)
    traps.write(kit)
    words.write(kit)
    habits.write(kit)
    (HERE / "expected.json").write_text(json.dumps(EXPECTED, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{len(EXPECTED)} files")


if __name__ == "__main__":
    main()
