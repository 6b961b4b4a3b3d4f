# ruff: noqa: E501  (tables are written as tables)
"""Files that say in a header, a line or a row what a table should have a column for: limits, totals, factors."""

from __future__ import annotations

from typing import Any

METH, KET = "methamphetamine", "ketamine"
CN = "区县,采样日期,冰毒(ng/L),流量(m3/d),服务人口(人)\n"
TWO = "荷塘区,2021-06-24,100,30000,200000\n天元区,2021-06-24,50,31000,210000\n"
BOTH = [{METH: 100.0}, {METH: 50.0}]


def write(kit: Any) -> None:
    """Write all of them; ``kit`` brings the writers of :mod:`make_corpus`."""
    limits(kit)
    totals(kit)
    factors(kit)
    replicates(kit)
    met(kit)


def limits(kit: Any) -> None:
    kit.good(kit.text("200_limit_in_the_header.csv", '区县,采样日期,"甲基苯丙胺 (ng/L, LOD=0.5)",KET (ng/L) (LOD 0.2 μg/L),流量(m3/d),服务人口(人)\n荷塘区,2021-06-24,ND,ND,30000,200000\n'),
             [{METH: ["below_lod", 0.5], KET: ["below_lod", 200.0]}])  # fmt: skip
    kit.good(kit.text("201_limit_in_a_footnote.csv", "单位：ng/L,,,,\n区县,采样日期,甲基苯丙胺（LOQ=1.5）,K粉,流量(m3/d),服务人口(人)\n荷塘区,2021-06-24,<LOQ,ND,30000,200000\n注：检出限均为0.5 ng/L,,,,,\n"),
             [{METH: ["below_loq_limit", 1.5], KET: ["below_lod", 0.5]}])  # fmt: skip
    kit.good(kit.text("202_limit_below_the_name.csv", "区县,采样日期,浓度（ng/L）,,流量(m3/d),服务人口(人)\n,,冰毒,K粉,,\n,,LOD=0.5,LOD=0.2,,\n荷塘区,2021-06-24,ND,ND,30000,200000\n"),
             [{METH: ["below_lod", 0.5], KET: ["below_lod", 0.2]}])  # fmt: skip
    kit.good(kit.text("203_limit_over_a_long_column.csv", 'district,date,analyte,"result (ng/L, LOD=0.5)",flow (m3/d),population\nA,2021-06-24,METH,ND,30000,200000\nA,2021-06-24,KET,<LOQ,30000,200000\nLOQ = 1.5 ng/L for all analytes,,,,,\n'),
             [{METH: ["below_lod", 0.5], KET: ["below_loq_limit", 1.5]}])  # fmt: skip
    kit.good(kit.text("204_limits_of_some_named.csv", "区县,采样日期,冰毒(ng/L),K粉(ng/L),流量(m3/d),服务人口(人)\n荷塘区,2021-06-24,ND,ND,30000,200000\n注：1.甲基苯丙胺检出限为0.5ng/L；2.其他检出限为1 ng/L,,,,,\n"),
             [{METH: ["below_lod", 0.5], KET: ["below_lod", 1.0]}])  # fmt: skip
    kit.good(kit.text("205_limits_respectively.csv", "区县,采样日期,冰毒(ng/L),K粉(ng/L),流量(m3/d),服务人口(人)\n荷塘区,2021-06-24,ND,ND,30000,200000\n注：甲基苯丙胺、氯胺酮的检出限分别为0.5、0.2 ng/L,,,,,\n"),
             [{METH: "below_lod", KET: "below_lod"}])  # fmt: skip
    kit.good(kit.text("206_number_behind_below_loq.csv", "区县,采样日期,冰毒(ng/L),定量限(ng/L),流量(m3/d),服务人口(人)\n荷塘区,2021-06-24,低于定量限(0.5),1,30000,200000\n荷塘区,2021-06-25,低于定量限(0.5),,30000,200000\n荷塘区,2021-06-26,小于定量限0.5,0.5,30000,200000\n"),
             [{METH: ["below_loq", 0.5]}, {METH: ["below_loq_limit", 0.5]}, {METH: ["below_loq_limit", 0.5]}])  # fmt: skip


def totals(kit: Any) -> None:
    kit.good(
        kit.text("210_city_is_the_sum.csv", CN + TWO + "株洲市,2021-06-24,75,61000,410000\n"),
        BOTH,
        district=["荷塘区", "天元区"],
    )
    kit.bad(kit.text("211_city_is_not_the_sum.csv", CN + TWO + "株洲市,2021-06-24,75,91000,610000\n"),
            r'row 4.*株洲市.*may be the total of the districts.*\[rows\]: "株洲市" = "total"')  # fmt: skip
    kit.good(
        kit.text("212_city_answered.csv", CN + TWO + "株洲市,2021-06-24,75,91000,610000\n"),
        BOTH,
        mapping='[rows]\n"株洲市" = "total"\n',
    )
    kit.good(kit.text("213_city_first_and_long.csv", "区县,采样日期,项目,结果(ng/L),流量(m3/d),服务人口(人)\n株洲全市,2021-06-24,冰毒,75,61000,410000\n株洲全市,2021-06-24,K粉,3,61000,410000\n荷塘区,2021-06-24,冰毒,100,30000,200000\n荷塘区,2021-06-24,K粉,3,30000,200000\n天元区,2021-06-24,冰毒,50,31000,210000\n天元区,2021-06-24,K粉,4,31000,210000\n"),
             [{METH: 100.0, KET: 3.0}, {METH: 50.0, KET: 4.0}])  # fmt: skip
    kit.bad(kit.text("214_unnamed_sum.csv", "district,date,METH (ng/L),flow (m3/d),population\nA,2021-06-24,100,30000,200000\nB,2021-06-24,50,31000,210000\nGreater AB,2021-06-24,75,61000,410000\n"),
            r"row 4.*'Greater AB' beside other places, whose flow is the sum")  # fmt: skip
    kit.good(
        kit.text("215_county_town_is_no_total.csv", CN + TWO + "醴陵市,2021-06-24,10,9000,60000\n"),
        [*BOTH, {METH: 10.0}],
    )
    kit.good(
        kit.text(
            "216_cities_of_a_province.csv",
            CN
            + "长沙市,2021-06-24,100,30000,200000\n株洲市,2021-06-24,50,31000,210000\n湘潭市,2021-06-24,10,9000,60000\n",
        ),
        [*BOTH, {METH: 10.0}],
    )


def factors(kit: Any) -> None:
    head, rows = (
        CN.replace("流量", "稀释倍数,流量"),
        "荷塘区,2021-06-24,100,{},30000,200000\n天元区,2021-06-24,50,{},31000,210000\n",
    )
    kit.bad(
        kit.text("220_dilution.csv", head + rows.format(1, 10)),
        r'row 3, column 稀释倍数.*\(10\) beside the results.*"稀释倍数" = "ignore"',
    )
    kit.good(kit.text("221_no_dilution.csv", head + rows.format(1, "1倍")), BOTH)
    kit.good(
        kit.text("222_dilution_answered.csv", head + rows.format(1, 10)),
        BOTH,
        mapping='[columns]\n"稀释倍数" = "ignore"\n',
    )


def replicates(kit: Any) -> None:
    kit.good(kit.text("225_unused_replicates.csv", "区县,采样日期,项目,结果(ng/L),流量(m3/d),服务人口(人)\n荷塘区,2021-06-24,冰毒,100,30000,200000\n荷塘区,2021-06-24,冰毒,,30000,200000\n天元区,2021-06-24,冰毒,50,31000,210000\n天元区,2021-06-24,冰毒,未检测,31000,210000\n"),
             [*BOTH, {METH: "not_run"}], sample=["荷塘区|2021-06-24", "天元区|2021-06-24", "天元区|2021-06-24#2"])  # fmt: skip


def met(kit: Any) -> None:
    """Files as county laboratories and European ones send them."""
    import datetime as dt

    day = dt.date(2021, 6, 24)
    rows = [["荷塘区", day, 30000, 200000], ["天元区", day, 31000, 210000]]
    head = ["区县", "采样日期", "流量(m3/d)", "服务人口(人)"]
    kit.good(kit.xlsx("230_groups_in_three_header_rows.xlsx", {"6月": [
        ["株洲市2021年6月污水毒品监测结果汇总表"] + [""] * 9,
        ["序号", "区县", "污水处理厂", "采样时间", "进水量", "服务人口", "检测结果", "", "", ""],
        ["", "", "", "", "万吨/日", "万人", "苯丙胺类", "", "氯胺酮类", ""],
        ["", "", "", "", "", "", "甲基苯丙胺", "苯丙胺", "氯胺酮", "去甲氯胺酮"],
        ["", "", "", "", "", "", "ng/L", "ng/L", "ng/L", "ng/L"],
        [1, "荷塘区", "荷塘厂", "6月24日", 3.1, 20, 56.2, 4.1, "未检出", "未检出"],
        [2, "天元区", "河西厂", "6月24日", 10.5, 34, "120.5 ", "ＮＤ", "＜0.5", "0.8"],
        ["", "", "合计", "", 13.6, 54, "", "", "", ""], ["注：1.未检出以ND表示；2.检出限均为0.5ng/L。"],
    ]}, {"6月": ["A1:J1", "G2:J2", "G3:H3", "I3:J3"]}),
        [{METH: 56.2, KET: ["below_lod", 0.5]}, {METH: 120.5, "amphetamine": ["below_lod", 0.5], "norketamine": 0.8}],
        flow=[31000.0, 105000.0], time=["2021-06-24", "2021-06-24"])  # fmt: skip
    kit.good(kit.xlsx("231_sheet_of_limits.xlsx", {
        "结果": [[*head, "冰毒(ng/L)", "K粉(ng/L)"], [*rows[0], "ND", "<0.6"]],
        "检出限": [["目标物", "检出限(ng/L)", "定量限(ng/L)"], ["甲基苯丙胺", 0.5, 1.5], ["氯胺酮", 0.2, 0.6]],
    }), [{METH: ["below_lod", 0.5], KET: ["below_loq_limit", 0.6]}])  # fmt: skip
    one = {n: [[*head, "浓度(ng/L)"], [*rows[0], v], [*rows[1], v + 1]] for n, v in (("甲基苯丙胺", 10), ("K粉", 3))}
    kit.good(kit.xlsx("232_sheet_for_each_substance.xlsx", one), [{METH: 10.0, KET: 3.0}, {METH: 11.0, KET: 4.0}])
    kit.bad(
        kit.xlsx("233_sheet_of_an_unnamed_substance.xlsx", {"结果": [[*head, "浓度(ng/L)"], [*rows[0], 3]]}),
        r"results whose substance is not named",
    )
    kit.bad(
        kit.xlsx("234_sheet_named_ambiguously.xlsx", {"甲基苯丙胺": one["甲基苯丙胺"], "COD": one["K粉"]}),
        r"sheet COD.*'COD', which has several meanings",
    )
    kit.good(kit.text("235_persons_without_a_unit.txt", "县市区\t采样时间\t进水量（吨/日）\t人口\t甲基苯丙胺（ng/L）\n醴陵市\t2021/6/24 9:30\t25000\t180000\t45.1\n攸县\t2021/6/24 10:00\t18000\t150000\t未检出\n", "gb18030"),
             [{METH: 45.1}, {METH: "below_lod"}], population=[180000.0, 150000.0])  # fmt: skip
    kit.good(kit.text("236_thousands_with_spaces.csv", "区县\u00a0,采样日期,流量(m3/d),服务人口(人),冰毒 (ng/L) \n荷塘区\u00a0,2021-06-24 ,\u00a030000,200000\u00a0,\u00a056.2\u00a0\n天元区,2021-06-24,31 000,210 000,1 234.5\n"),
             [{METH: 56.2}, {METH: 1234.5}], flow=[30000.0, 31000.0], population=[200000.0, 210000.0])  # fmt: skip
    kit.good(kit.xlsx("237_names_over_two_lines.xlsx", {"S": [
        ["县市区\n名称", "采样\n日期", "流量\n(万m³/d)", "服务人口\n(万人)", "甲基\n苯丙胺\n(ng/L)"],
        ["荷塘\n区", day, 3.1, 20, 56.2], ["荷塘区\n", dt.date(2021, 6, 25), 10.5, 34, "未检出\n(<0.5)"],
    ]}), [{METH: 56.2}, {METH: ["below_lod", 0.5]}], district=["荷塘区", "荷塘区"])  # fmt: skip
    kit.good(
        kit.text(
            "238_recovery_row_in_percent.csv",
            "区县,采样日期,流量(m3/d),服务人口(人),冰毒(ng/L),K粉(ng/L)\n荷塘区,2021-06-24,30000,200000,5,6\n回收率,,,,95%,102%\n",
        ),
        [{METH: 5.0, KET: 6.0}],
    )
    kit.good(kit.text("239_period_in_the_title.csv", "Wastewater results Apr - Jun 2019;;;;\nPlant;City;Influent flow (m³/day);Population served;Methamphetamine Conc. (ng/L);Cocaine Conc. (ng/L)\nWWTP A;Bratislava;105000;430000;150,2;<LOQ\n"),
             [{METH: 150.2, "cocaine": "below_loq"}], time=["2019-04-01"], time_end=["2019-06-30"])  # fmt: skip
    kit.good(
        kit.text(
            "240_months_in_the_title.csv",
            "株洲市2021年4-6月结果,,,\n区县,流量(m3/d),服务人口(人),冰毒(ng/L)\n荷塘区,30000,200000,5\n",
        ),
        [{METH: 5.0}],
        time=["2021-04-01"],
        time_end=["2021-06-30"],
    )
    kit.good(
        kit.text(
            "241_registry_numbers.csv",
            "site,district,date,flow (m3/d),population,CAS,result (ng/L)\nP,D,2021-06-24,30000,200000,537-46-2,5\nP,D,2021-06-24,30000,200000,519-09-5,6\n",
        ),
        [{METH: 5.0, "benzoylecgonine": 6.0}],
    )
    kit.bad(
        kit.text(
            "242_enantiomer.csv",
            "site,district,date,flow (m3/d),population,d-methamphetamine (ng/L),γ-hydroxybutyrate (ng/L)\nP,D,2021-06-24,30000,200000,1,2\n",
        ),
        r"'d-methamphetamine \(ng/L\)', a substance that is not known",
    )
    kit.good(kit.ods("243_german.ods", [["Probe", "Kläranlage", "Datum", "Zufluss (m³/d)", "Einwohner", "Methamphetamin (ng/L)", "Kokain (ng/L)"], ["1", "Dresden", day, 120000, 600000, 250.5, "n.n."]]),
             [{METH: 250.5, "cocaine": "below_lod"}], flow=[120000.0], population=[600000.0])  # fmt: skip
    kit.good(kit.text("244_french.csv", "Station;Date de prélèvement;Débit (m3/j);Habitants;Cocaïne (ng/L);Benzoylecgonine (ng/L)\nSeine;24/06/2021;120000;600000;250,5;n.q.\n"),
             [{"cocaine": 250.5, "benzoylecgonine": "below_loq"}], flow=[120000.0], population=[600000.0])  # fmt: skip
    kit.good(kit.text("245_units_in_cells.csv", "区县,采样日期,流量,服务人口,冰毒\n荷塘区,2021-06-24,3.1万吨/日,20万人,56 ng/L\n天元区,2021-06-24,10.5万吨/日,34万人,0.12μg/L\n"),
             [{METH: 56.0}, {METH: 120.0}], flow=[31000.0, 105000.0], population=[200000.0, 340000.0])  # fmt: skip
    kit.good(kit.xlsx("246_units_beside_turned_names.xlsx", {"荷塘区": [["项目", "单位", "2021年5月", "2021年6月"], ["流量", "m3/d", 30000, 31000], ["服务人口", "人", 200000, 200000], ["甲基苯丙胺", "μg/L", 0.056, 0.057], ["氯胺酮", "ng/L", "ND", 3]]}),
             [{METH: 56.0, KET: "below_lod"}, {METH: 57.0, KET: 3.0}], flow=[30000.0, 31000.0])  # fmt: skip
    kit.good(
        kit.text(
            "247_short_units.csv",
            "区县,采样日期,日均进水量(万方),服务人口(万),冰毒(ng/L)\n荷塘区,2021-06-24,3,20,微量\n",
        ),
        [{METH: "below_loq"}],
        flow=[30000.0],
        population=[200000.0],
    )
    kit.bad(
        kit.text(
            "248_volume_of_unknown_time.csv",
            "区县,采样日期,流量(万方),服务人口(人),冰毒(ng/L)\n荷塘区,2021-06-24,3,200000,5\n",
        ),
        r"flow without a unit",
    )
    kit.good(
        kit.text(
            "249_voided_by_a_remark.csv",
            "区县,采样日期,流量(m3/d),服务人口(人),冰毒(ng/L),备注\n荷塘区,2021-06-24,30000,200000,100,雨天\n天元区,2021-06-24,31000,210000,50,该样品作废\n",
        ),
        [{METH: 100.0}, {METH: "rejected"}],
    )
    kit.good(kit.text("250_spelt_dates.csv", "区县；采样日期；流量(m3/d)；服务人口(人)；冰毒(ng/L)\n荷塘区；二〇二一年六月二十四日；30000；200000；0.5以下\n天元区；24-Jun-21；30000；200000；7\n"),
             [{METH: ["below_lod", 0.5]}, {METH: 7.0}], time=["2021-06-24", "2021-06-24"])  # fmt: skip
    kit.bad(
        kit.text("251_not_examined_or_not_detected.csv", CN + "荷塘区,2021-06-24,未检,30000,200000\n"),
        r"'未检' in 1 result cell.*several meanings",
    )
    kit.good(
        kit.text(
            "252_swiss.csv",
            "ARA;Datum;Zufluss [m3/d];Einwohner;Kokain [ng/l]\nWerdhölzli;24.06.2021;180'000;450'000;512.5\n",
        ),
        [{"cocaine": 512.5}],
        flow=[180000.0],
        population=[450000.0],
    )
