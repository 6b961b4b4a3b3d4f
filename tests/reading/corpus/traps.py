# ruff: noqa: E501  (tables are written as tables)
"""Files that a careless reader turns into wrong numbers without a word: stacked tables, marks, shares, shared cells."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

METH, KET, MOR, COD, AMP = "methamphetamine", "ketamine", "morphine", "codeine", "amphetamine"
HEAD = "district,date,METH (ng/L),flow (m3/d),population\n"
CN = ["区县", "采样日期", "甲基苯丙胺(ng/L)", "氯胺酮(ng/L)", "流量(m3/d)", "服务人口(人)"]


def write(kit: SimpleNamespace) -> None:
    """Write all of them; ``kit`` brings the writers of :mod:`make_corpus`."""
    stacked(kit)
    marks(kit)
    columns(kit)
    shared(kit)
    dates(kit)
    aliases(kit)
    turned(kit)


def stacked(kit: Any) -> None:
    rows = [["荷塘区", "2021-06-24", 100, 5, 30000, 200000], ["天元区", "2021-06-24", 120, 6, 31000, 210000]]
    other = ["区县", "采样日期", "吗啡(ng/L)", "可待因(ng/L)", "流量(m3/d)", "服务人口(人)"]
    kit.good(kit.xlsx("100_second_table_other_drugs.xlsx", {"S": [
        CN, *rows, [], ["表2 阿片类"], other, ["荷塘区", "2021-06-24", 40, 50, 30000, 200000],
    ]}), [{METH: 100.0, KET: 5.0, MOR: "missing"}, {METH: 120.0, KET: 6.0}, {MOR: 40.0, COD: 50.0, METH: "missing"}],
        flow=[30000.0, 31000.0, 30000.0])  # fmt: skip
    kit.good(kit.xlsx("101_header_again.xlsx", {"S": [
        CN, rows[0], CN, rows[1], ["检出限(ng/L)", "", 0.5, 0.5],
    ]}), [{METH: 100.0, KET: 5.0}, {METH: 120.0, KET: 6.0}])  # fmt: skip
    kit.good(kit.xlsx("102_header_in_other_order.xlsx", {"S": [
        CN, rows[0], [], [CN[0], CN[1], CN[3], CN[2], CN[5], CN[4]], ["天元区", "2021-06-24", 6, 120, 210000, 31000],
    ]}), [{METH: 100.0, KET: 5.0}, {METH: 120.0, KET: 6.0}], flow=[30000.0, 31000.0], population=[200000.0, 210000.0])  # fmt: skip
    kit.good(kit.text("103_second_table_other_unit.csv",
                      "区县,采样日期,冰毒(ng/L),流量(m3/d),服务人口(人)\n荷塘区,2021-06-24,100,30000,200000\n,,,,\n"
                      "区县,采样日期,冰毒(μg/L),流量(万m3/d),服务人口(万人)\n荷塘区,2021-07-24,0.1,3,20\n"),
             [{METH: 100.0}, {METH: 100.0}], flow=[30000.0, 30000.0], population=[200000.0, 200000.0])  # fmt: skip
    kit.good(kit.xlsx("104_narrow_table_above_wide.xlsx", {"S": [
        ["区县", "采样日期", "冰毒(ng/L)", "流量(m3/d)"], ["荷塘区", "2021-06-24", 100, 30000], [],
        [*CN, "苯丙胺(ng/L)", "吗啡(ng/L)", "可待因(ng/L)"], [*rows[1], 7, 8, 9],
    ]}), [{METH: 100.0}, {METH: 120.0, AMP: 7.0, COD: 9.0}])  # fmt: skip
    kit.good(kit.xlsx("105_two_header_rows_twice.xlsx", {"S": [
        ["区县", "采样日期", "流量(m3/d)", "服务人口(人)", "浓度(ng/L)", ""], ["", "", "", "", "冰毒", "K粉"],
        ["荷塘区", "2021-06-24", 30000, 200000, 100, 5], [],
        ["区县", "采样日期", "流量(m3/d)", "服务人口(人)", "浓度(ng/L)", ""], ["", "", "", "", "吗啡", "可待因"],
        ["荷塘区", "2021-06-24", 30000, 200000, 40, 50],
    ]}, {"S": ["E1:F1", "E5:F5"]}), [{METH: 100.0, KET: 5.0, MOR: 40.0, COD: 50.0}])  # fmt: skip
    kit.good(kit.text("106_limits_of_each_stretch.csv",
                      HEAD + "A,2021-06-24,ND,30000,200000\nLOD (ng/L),,0.5,,\n"
                      + HEAD + "A,2021-07-24,ND,30000,200000\nLOD (ng/L),,2,,\n"),
             [{METH: ["below_lod", 0.5]}, {METH: ["below_lod", 2.0]}])  # fmt: skip
    kit.bad(kit.text("107_two_rows_of_limits.csv",
                     HEAD + "A,2021-06-24,ND,30000,200000\nLOD (ng/L),,0.5,,\nLOD (ng/L),,2,,\n"),
            r"row 4: got a second row of LOD")  # fmt: skip
    kit.good(kit.text("108_subtotal_of_a_district.csv",
                      "区县,污水厂,冰毒(ng/L),流量(m3/d),服务人口(人)\n荷塘区,甲厂,100,30000,200000\n荷塘区,乙厂,90,20000,100000\n"
                      "荷塘区小计,,96,50000,300000\n检出率,,100,100,100\n"),
             [{METH: 100.0}, {METH: 90.0}], mapping='[constants]\ndate = "2021-06"\n')  # fmt: skip


def marks(kit: Any) -> None:
    head = "district;date;METH (ng/L);flow (m3/d);population\n"
    kit.good(kit.text("110_comma_and_points.csv", head + "T;2021-06-24;340,5;340.000;200.000\n"),
             [{METH: 340.5}], flow=[340000.0], population=[200000.0])  # fmt: skip
    kit.bad(kit.text("111_point_of_thousands_or_decimals.csv", head + "T;2021-06-24;1.234;34000;200000\n"),
            r"point may be a decimal mark or part thousands.*decimal = ")  # fmt: skip
    kit.good(kit.text("112_point_answered.csv", head + "T;2021-06-24;1.234;34000;200000\n"),
             [{METH: 1234.0}], mapping='[options]\ndecimal = ","\n')  # fmt: skip
    kit.good(kit.text("113_point_settled_by_another.csv", head + "T;2021-06-24;1.234;34000.5;200000\n"),
             [{METH: 1.234}], flow=[34000.5])  # fmt: skip
    kit.bad(kit.text("114_both_marks.csv", head + "T;2021-06-24;340,5;340.5;200000\n"), r"decimal mark")
    kit.good(kit.text("115_thousands_in_quotes.csv", HEAD + 'T,2021-06-24,"1,234","34,000","200,000"\n'),
             [{METH: 1234.0}], flow=[34000.0], population=[200000.0])  # fmt: skip
    kit.good(kit.text("116_limit_with_both_marks.csv", head + "T;2021-06-24;<1.234,5;34000;200000\nT;2021-06-25;12,5;34000;200000\n"),
             [{METH: ["below_lod", 1234.5]}, {METH: 12.5}])  # fmt: skip
    kit.good(kit.text("117_raised_marks.csv", HEAD + "T,2021-06-24,12.5²,34000,200000\nT,2021-06-25,12.5①,34000,200000\n"
                      "T,2021-06-26,1.2×10³,34000,200000\nT,2021-06-27,5×100,34000,200000\n"),
             [{METH: "rejected"}, {METH: "rejected"}, {METH: 1200.0}, {METH: "rejected"}])  # fmt: skip
    kit.bad(kit.text("118_wan_under_wan.csv", "区县,采样日期,冰毒(ng/L),流量(m3/d),服务人口(万人)\nT,2021-06-24,12,34000,20万\n"),
            r"'20万' under a unit of thousands", faults=2)  # fmt: skip
    kit.bad(kit.text("119_persons_under_wan.csv", "区县,采样日期,冰毒(ng/L),流量(m3/d),服务人口(万人)\nT,2021-06-24,12,34000,200000\n"),
            r"row 2, column 服务人口.*no plant exceeds")  # fmt: skip
    kit.bad(
        kit.text("120_small_population.csv", HEAD + "T,2021-06-24,12,34000,20\n"),
        r"population without a unit \(20 may be",
    )
    kit.bad(kit.text("121_share_under_percent.csv",
                     "district,date,METH (ng/L),METH recovery (%),flow (m3/d),population\nT,2021-06-24,12,0.95,34000,200000\n"),
            r"recovery 0.95 under %.*\[units\]")  # fmt: skip
    kit.good(kit.text("122_share_answered.csv",
                      "district,date,METH (ng/L),METH recovery (%),flow (m3/d),population\nT,2021-06-24,12,0.95,34000,200000\n"),
             [{METH: 12.0}], mapping='[units]\n"%" = "1"\n')  # fmt: skip


def columns(kit: Any) -> None:
    kit.bad(kit.text("130_tables_side_by_side.csv",
                     "district,date,METH (ng/L),flow (m3/d),population,,district,date,KET (ng/L)\n"
                     "A,2021-06-24,12,34000,200000,,B,2021-06-24,3\n"), r"a second column of district that says otherwise")  # fmt: skip
    kit.bad(kit.text("131_two_results_of_one_analyte.csv",
                     "district,date,analyte,result (ng/L),concentration (ng/L),flow (m3/d),population\n"
                     "A,2021-06-24,METH,检出,12,34000,200000\n"), r"a second column of concentration")  # fmt: skip
    kit.bad(kit.text("132_drug_and_biomarker.csv",
                     "district,date,drug,biomarker,result (ng/L),flow (m3/d),population\n"
                     "A,2021-06-24,cocaine,benzoylecgonine,12,34000,200000\n"), r"a second column of analyte")  # fmt: skip
    kit.good(kit.text("133_date_and_clock.csv",
                      "区县,采样日期,采样时间,冰毒(ng/L),流量(m3/d),服务人口(人)\nA,2021-06-24,09:00,12,34000,200000\n"),
             [{METH: 12.0}], time=["2021-06-24"])  # fmt: skip
    kit.bad(kit.text("134_unit_against_header.csv",
                     "district,date,analyte,result (ng/L),unit,flow (m3/d),population\nA,2021-06-24,METH,12,ug/L,34000,200000\n"),
            r"unit 'ug/L' where the header of the results says 'ng/L'")  # fmt: skip
    kit.good(kit.text("135_unit_column_of_a_wide_table.csv",
                      "区县,采样日期,冰毒,K粉,单位,流量(m3/d),服务人口(人)\nA,2021-06-24,12,3,ng/L,34000,200000\nB,2021-06-24,0.012,0.003,μg/L,34000,200000\n"),
             [{METH: 12.0, KET: 3.0}, {METH: 12.0, KET: 3.0}])  # fmt: skip
    kit.bad(kit.text("136_one_limit_two_units.csv",
                     "district,date,METH (ng/L),KET (ug/L),LOD,flow (m3/d),population\nA,2021-06-24,12,ND,0.5,34000,200000\n"),
            r"LOD without a unit beside results in several units")  # fmt: skip
    kit.bad(kit.text("137_two_populations.csv",
                     "区县,采样日期,冰毒(ng/L),流量(m3/d),人口(人),服务人口(人)\nA,2021-06-24,12,34000,400000,200000\n"),
            r"a second column of population")  # fmt: skip
    kit.bad(kit.text("139_salt.csv", "区县,采样日期,冰毒(盐酸盐)(ng/L),流量(m3/d),服务人口(人)\nA,2021-06-24,12,34000,200000\n"),
            r"names a salt.*\[columns\]")  # fmt: skip
    kit.bad(kit.text("190_treated_sewage.csv",
                     "区县,采样点,采样日期,冰毒(ng/L),流量(m3/d),服务人口(人)\nA,甲厂进水,2021-06-24,12,34000,200000\nA,甲厂出水,2021-06-24,1,34000,200000\n"),
            r"row 3: got a sample of treated sewage \(甲厂出水\)")  # fmt: skip
    kit.bad(kit.text("191_two_units_in_titles.csv", "单位：ng/L,,,,\n单位：μg/L,,,,\n区县,采样日期,冰毒,流量(m3/d),服务人口(人)\nA,2021-06-24,12,34000,200000\n"),
            r"results without a unit")  # fmt: skip
    kit.bad(kit.text("138_two_limits_of_one_drug.csv",
                     "district,date,METH (ng/L),METH LOD (ng/L),METH MDL (ng/L),flow (m3/d),population\nA,2021-06-24,ND,0.5,5,34000,200000\n"),
            r"a second column of methamphetamine lod")  # fmt: skip


def shared(kit: Any) -> None:
    rows = [["荷塘区", "2021-06-24", 100, 5, 30000, 200000], ["天元区", "2021-06-24", 120, 6, "", 210000]]
    kit.bad(kit.xlsx("140_one_flow_for_two_districts.xlsx", {"S": [CN, *rows]}, {"S": ["E2:E3"]}),
            r"row 2, column 流量.*one number \(30000\) in a cell merged over rows 2 to 3")  # fmt: skip
    one = [["荷塘区", "2021-06-24", 100, 5, 30000, 200000], ["荷塘区", "2021-06-25", 120, 6, 31000, ""]]
    kit.good(kit.xlsx("141_one_population_for_two_days.xlsx", {"S": [CN, *one]}, {"S": ["F2:F3"]}),
             [{METH: 100.0}, {METH: 120.0}], population=[200000.0, 200000.0])  # fmt: skip
    two = [["荷塘区", "2021-06-24", 100, 5, 30000, 200000], ["荷塘区", "2021-06-25", "", 6, 31000, 200000]]
    kit.bad(kit.xlsx("142_one_result_for_two_days.xlsx", {"S": [CN, *two]}, {"S": ["C2:C3"]}),
            r"column 甲基苯丙胺.*different samples")  # fmt: skip
    kit.good(kit.xlsx("143_merged_not_detected.xlsx", {"S": [CN, rows[0], ["天元区", "2021-06-24", 120, "", 30000, 210000],
                                                             ["芦淞区", "2021-06-24", 120, "未检出", 30000, 210000],
                                                             ["石峰区", "2021-06-24", 120, "", 30000, 210000]]}, {"S": ["D4:D5"]}),
             [{KET: 5.0}, {KET: "missing"}, {KET: "below_lod"}, {KET: "below_lod"}])  # fmt: skip
    kit.bad(kit.text("144_blank_district_below_a_name.csv",
                     "区县,污水厂,采样日期,冰毒(ng/L),流量(m3/d),服务人口(人)\n荷塘区,甲厂,2021-06-24,100,30000,200000\n"
                     ",乙厂,2021-06-24,90,20000,100000\n"), r"row 3.*a sample without a district, while others have one")  # fmt: skip
    kit.good(kit.text("145_district_known_from_another_row.csv",
                      "区县,污水厂,采样日期,冰毒(ng/L),流量(m3/d),服务人口(人)\n荷塘区,甲厂,2021-06-24,100,30000,200000\n"
                      ",甲厂,2021-06-25,90,30000,200000\n"), [{METH: 100.0}, {METH: 90.0}], district=["荷塘区", "荷塘区"])  # fmt: skip
    merged = ["荷塘区", "", dt.date(2021, 6, 24), 100, 30000, 200000]
    kit.good(kit.ods("146_merged.ods", [
        ["区县", "污水厂", "采样日期", "冰毒(ng/L)", "流量(m3/d)", "服务人口(人)"],
        [merged[0], "甲厂", *merged[2:]], ["", "乙厂", *merged[2:]], ["天元区", "丙厂", *merged[2:]],
    ], spans={(1, 0): (2, 1)}), [{METH: 100.0}] * 3, district=["荷塘区", "荷塘区", "天元区"])  # fmt: skip


def dates(kit: Any) -> None:
    row = "A,{},12,34000,200000\n"
    kit.bad(kit.text("150_bare_days_2021年6月.csv", HEAD.replace("METH", "冰毒") + row.format(3) + row.format(4)),
            r"a bare number may be a day or a month", faults=2)  # fmt: skip
    kit.good(kit.text("151_year_month_day.csv", "区县,年,月,日,冰毒(ng/L),流量(m3/d),服务人口(人)\nA,2021,6,3,12,34000,200000\n"),
             [{METH: 12.0}], time=["2021-06-03"])  # fmt: skip
    kit.bad(kit.xlsx("152_years_contradict_2022.xlsx", {"6月": [["株洲市2021年6月监测结果"], CN, ["荷塘区", "6月24日", 100, 5, 30000, 200000]]}),
            r"the title says 2021, the file name says 2022.*year = 2021")  # fmt: skip
    kit.good(kit.xlsx("153_date_of_the_report.xlsx", {"6月": [["株洲市2021年6月监测结果"], ["制表日期：2022年1月5日"], CN, ["荷塘区", "6月24日", 100, 5, 30000, 200000]]}),
             [{METH: 100.0}], time=["2021-06-24"])  # fmt: skip
    kit.bad(kit.text("154_months_contradict_2021年5月.csv", "2021年6月结果,,,\n区县,冰毒(ng/L),流量(m3/d),服务人口(人)\nA,12,34000,200000\n"),
            r"contradicting months: the title 2021-06, the file name 2021-05")  # fmt: skip
    kit.good(kit.text("155_year_column_before_title.csv", "2022年上报,,,,\n区县,年份,采样日期,冰毒(ng/L),流量(m3/d),服务人口(人)\nA,2021,6月24日,12,34000,200000\n"),
             [{METH: 12.0}], time=["2021-06-24"])  # fmt: skip
    kit.bad(
        kit.text(
            "156_span_of_months.csv", "区县,年份,月份,冰毒(ng/L),流量(m3/d),服务人口(人)\nA,2021,1.2,12,34000,200000\n"
        ),
        r"1.2.*not a date",
    )


def aliases(kit: Any) -> None:
    kit.good(kit.xlsx("160_instantaneous_beside_daily_flow.xlsx", {"S": [
        ["区县", "采样日期", "甲基苯丙胺（ng/L）", "瞬时流量（m³/h）", "日流量(吨/日)", "服务人口(万人)"], ["荷塘区", "2021-06-24", 100, 9999, 30000, 20],
    ]}), [{METH: 100.0}], flow=[30000.0], population=[200000.0])  # fmt: skip
    kit.good(kit.text("161_instantaneous_flow_alone.csv", "区县,采样日期,甲基苯丙胺（ng/L）,瞬时流量（m³/h）,服务人口(万人)\n荷塘区,2021-06-24,100,1250,20\n"),
             [{METH: 100.0}], flow=[30000.0])  # fmt: skip
    kit.good(kit.text("162_wide_model_headers.csv",
                      "siteID,collectionDateTime,wwtpFlow_m3d,popServ,wat_sa_methamphetamine_ngl_sin,wat_sa_methamphetamine_ngl_sd,wat_sa_methamphetamine_lod_ngl\n"
                      "plant,2021-06-24T08:00:00,30000,200000,ND,3,0.5\n"),
             [{METH: ["below_lod", 0.5]}], flow=[30000.0], time=["2021-06-24"])  # fmt: skip
    kit.good(kit.xlsx("163_columns_of_replicates.xlsx", {"S": [
        ["区县", "采样日期", "甲基苯丙胺平行1(ng/L)", "甲基苯丙胺平行2(ng/L)", "甲基苯丙胺均值(ng/L)", "相对偏差(%)", "流量(m3/d)", "服务人口(人)"],
        ["荷塘区", "2021-06-24", 100, 110, 105, 4.8, 30000, 200000], ["天元区", "2021-06-24", "ND", "", "ND", "", 30000, 200000],
    ]}), [{METH: 100.0}, {METH: "below_lod"}, {METH: 110.0}],
        sample=["荷塘区|2021-06-24", "天元区|2021-06-24", "荷塘区|2021-06-24#2"])  # fmt: skip
    kit.good(kit.xlsx("164_replicates_under_one_name.xlsx", {"S": [
        ["区县", "采样日期", "甲基苯丙胺(ng/L)", "", "流量(m3/d)", "服务人口(人)"], ["", "", "平行1", "平行2", "", ""],
        ["荷塘区", "2021-06-24", 100, 110, 30000, 200000],
    ]}, {"S": ["C1:D1"]}), [{METH: 100.0}, {METH: 110.0}])  # fmt: skip
    kit.bad(kit.text("165_numbered_columns.csv", "district,date,METH_1 (ng/L),METH_2 (ng/L),flow (m3/d),population\nA,2021-06-24,12,13,30000,200000\n"),
            r'numbered columns.*replicates or different samples.*"METH_1 \(ng/L\)" = "methamphetamine rep 1"')  # fmt: skip
    kit.good(kit.text("166_numbered_columns_answered.csv", "district,date,METH_1 (ng/L),METH_2 (ng/L),flow (m3/d),population\nA,2021-06-24,12,13,30000,200000\n"),
             [{METH: 12.0}, {METH: 13.0}],
             mapping='[columns]\n"METH_1 (ng/L)" = "methamphetamine rep 1"\n"METH_2 (ng/L)" = "methamphetamine rep 2"\n')  # fmt: skip
    kit.bad(kit.text("167_loads.csv", "district,date,methamphetamine (mg/d/1000inh)\nTianyuan,2021-06-24,30\n"),
            r"loads of substances, not concentrations \(methamphetamine \(mg/d/1000inh\)\)")  # fmt: skip
    kit.good(kit.text("168_named_limits.csv", "district,date,METH (ng/L),KET (ng/L),MOR (ng/L),COC (ng/L),flow (m3/d),population\n"
                      "A,2021-06-24,BDL,<LOQ(0.5),未检出（LOD=0.3）,<LOD 0.2 μg/L,30000,200000\n"),
             [{METH: "below_lod", KET: ["below_loq_limit", 0.5], MOR: ["below_lod", 0.3], "cocaine": ["below_lod", 200.0]}])  # fmt: skip
    results = [
        ["区县", "采样日期", "冰毒(ng/L)", "K粉(ng/L)"],
        ["荷塘区", "2021-06-24", 100, 5],
        ["天元区", "2021-06-24", 120, 6],
    ]
    flows = [
        ["区县", "日期", "流量(万m3/d)", "服务人口(万人)"],
        ["天元区", "2021-06-24", 3.1, 21],
        ["荷塘区", "2021-06-24", 3, 20],
        ["荷塘区", "2021-06-25", 9, 20],
    ]
    kit.good(kit.xlsx("169_sheet_of_flows.xlsx", {"结果": results, "流量": flows}), [{METH: 100.0, KET: 5.0}, {METH: 120.0, KET: 6.0}],
             flow=[30000.0, 31000.0], population=[200000.0, 210000.0])  # fmt: skip
    kit.bad(kit.xlsx("170_two_flows_of_one_day.xlsx", {"结果": results, "流量": [*flows, ["荷塘区", "2021-06-24", 4, 20]]}),
            r"several flows for one district and day \(rows 3, 5\)", faults=2)  # fmt: skip
    kit.bad(kit.xlsx("171_flow_of_another_day.xlsx", {"结果": results, "流量": [*flows[:1], flows[1], flows[3]]}),
            r"sheet 结果, row 2, column flow.*no flow for a sample")  # fmt: skip


def turned(kit: Any) -> None:
    side = [
        ["采样日期", "2021-06-24", "2021-06-24"],
        ["甲基苯丙胺(ng/L)", 100, 120],
        ["流量(m3/d)", 30000, 31000],
        ["服务人口(人)", 200000, 210000],
    ]
    kit.good(kit.xlsx("180_districts_across.xlsx", {"S": [["项目", "荷塘区", "天元区"], *side]}),
             [{METH: 100.0}, {METH: 120.0}], district=["荷塘区", "天元区"], flow=[30000.0, 31000.0])  # fmt: skip
    kit.bad(kit.xlsx("181_unnamed_across.xlsx", {"S": [["项目", "荷塘", "天元"], *side]}),
            r'a transposed table.*"项目" = "district"')  # fmt: skip
    kit.good(kit.xlsx("182_unnamed_across_answered.xlsx", {"S": [["项目", "荷塘", "天元"], *side]}),
             [{METH: 100.0}, {METH: 120.0}], district=["荷塘", "天元"], mapping='[columns]\n"项目" = "district"\n')  # fmt: skip
    kit.good(kit.xlsx("183_days_across_天元区.xlsx", {"S": [["指标", "2021-06-24", "2021-06-25"], *side[1:]]}),
             [{METH: 100.0}, {METH: 120.0}], district=["天元区", "天元区"], time=["2021-06-24", "2021-06-25"])  # fmt: skip
