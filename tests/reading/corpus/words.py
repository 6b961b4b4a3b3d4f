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
    doubtful(kit)
    beside(kit)
    apart(kit)
    rows_that_stay(kit)
    elsewhere(kit)


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
    kit.good(kit.xlsx("232_sheet_for_each_substance.xlsx", one), [{METH: 10.0}, {METH: 11.0}, {KET: 3.0}, {KET: 4.0}])
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


def doubtful(kit: Any) -> None:
    """Files that were once read wrongly without a word, or refused though they were clear."""
    head = "区县,采样日期,流量(m3/d),服务人口(人),"
    row = "荷塘区,2021-06-24,30000,200000,"
    long = "区县,采样日期,流量(m3/d),服务人口(人),项目,{},浓度(ng/L)\n"
    kit.good(
        kit.text(
            "260_raw_and_treated_columns.csv", head + "甲基苯丙胺进水(ng/L),甲基苯丙胺出水(ng/L)\n" + row + "56,3\n"
        ),
        [{METH: 56.0}],
    )
    kit.good(
        kit.text(
            "261_population_in_thousands.csv",
            "site,district,date,flow (ML/day),Population (thousands),METH (ng/L)\nP,D,2021-06-24,30,200,5\n",
        ),
        [{METH: 5.0}],
        population=[200000.0],
    )
    kit.good(
        kit.text(
            "262_units_in_the_title.csv",
            "浓度单位：μg/L；流量单位：万m3/d；人口单位：万人,,,,\n区县,采样日期,流量,服务人口,冰毒\n荷塘区,2021-06-24,3,20,0.056\n",
        ),
        [{METH: 56.0}],
        flow=[30000.0],
        population=[200000.0],
    )
    kit.good(
        kit.text(
            "263_found_or_not.csv",
            long.format("是否检出") + row + "冰毒,是,56\n" + row + "K粉,否,0\n" + row + "吗啡,否,\n",
        ),
        [{METH: 56.0, KET: "below_lod", "morphine": "below_lod"}],
    )
    kit.good(
        kit.text(
            "264_found_or_not_with_a_limit.csv",
            long.format("检出情况") + row + "冰毒,检出,56\n" + row + "K粉,未检出,0.5\n",
        ),
        [{METH: 56.0, KET: ["below_lod", 0.5]}],
    )
    kit.good(
        kit.text(
            "265_decorated_headers.csv",
            head
            + "1.甲基苯丙胺(ng/L),3、吗啡(ng/L),可待因*(ng/L),甲基苯丙胺-D8(ng/L),合计(ng/L)\n"
            + row
            + "1,3,4,90,8\n",
        ),
        [{METH: 1.0, "morphine": 3.0, "codeine": 4.0}],
    )
    kit.good(kit.text("266_one_place_many_spellings.csv", CN + "荷塘区①,2021-06-24,5,30000,200000\n荷塘区,2021-06-25,5,30000,200000\n株洲市荷塘区,2021-06-26,5,30000,200000\n荷塘,2021-06-27,5,30000,200000\n天元区（河西）,2021-06-27,5,30000,200000\n天元区(河西),2021-06-28,5,30000,200000\n"),
             [{METH: 5.0}] * 6, district=["荷塘区"] * 4 + ["天元区（河西）"] * 2)  # fmt: skip
    kit.good(kit.text("267_controls_by_name.csv", "样品名称,区县,采样日期,流量(m3/d),服务人口(人),冰毒(ng/L)\n标准曲线1,,,,,1\n标曲2,,,,,10\nQC-1,,,,,9\n全程序空白2,,,,,ND\n荷塘区进水,荷塘区,2021-06-24,30000,200000,5\n荷塘区进水加标,荷塘区,2021-06-24,30000,200000,60\n"),
             [{METH: 5.0}], sample=["荷塘区进水"])  # fmt: skip
    kit.good(kit.text("268_rain_in_words_and_weekdays.csv", "区县,采样日期,降雨量,流量(m3/d),服务人口(人),冰毒(ng/L)\n荷塘区,2021-06-24(周四),12.5mm,30000,200000,5\n荷塘区,2021-06-25 星期五,0,30000,200000,'6\n"),
             [{METH: 5.0}, {METH: 6.0}], time=["2021-06-24", "2021-06-25"])  # fmt: skip
    kit.bad(
        kit.xlsx(
            "269_months_as_numbers.xlsx",
            {
                "S": [
                    ["区县", "采样年月", "流量(m3/d)", "服务人口(人)", "冰毒(ng/L)"],
                    ["荷塘区", 2021.1, 30000, 200000, 56],
                ]
            },
        ),
        r"the number 2021.1 is not a date",
    )


def beside(kit: Any) -> None:
    """Tables of means and of limits beside results, headers and cells in two scripts, days by the clock."""
    import datetime as dt

    day, next_day = dt.date(2021, 6, 24), dt.date(2021, 6, 25)
    head = ["区县", "采样日期", "流量(m3/d)", "服务人口(人)", "冰毒(ng/L)"]
    detail = [head, ["荷塘区", day, 30000, 200000, 56], ["荷塘区", next_day, 30000, 200000, 66]]
    means = [
        ["区县", "月份", "流量(m3/d)", "服务人口(人)", "冰毒平均浓度(ng/L)"],
        ["荷塘区", "2021年6月", 30000, 200000, 61],
    ]
    kit.good(
        kit.xlsx("270_means_beside_their_samples.xlsx", {"明细": detail, "各区均值": means}),
        [{METH: 56.0}, {METH: 66.0}],
    )
    kit.good(kit.xlsx("271_means_alone.xlsx", {"各区均值": means}), [{METH: 61.0}])
    result = [[*head, "K粉(ng/L)"], ["荷塘区", day, 30000, 200000, "ND", 5]]
    across = [
        ["参数", "甲基苯丙胺", "氯胺酮"],
        ["检出限(ng/L)", 0.5, 0.2],
        ["定量限(ng/L)", 1.5, 0.6],
        ["回收率(%)", 95, 98],
    ]
    kit.good(
        kit.xlsx("272_limits_across_a_sheet.xlsx", {"结果": result, "方法参数": across}),
        [{METH: ["below_lod", 0.5], KET: 5.0}],
    )
    two = {
        n: [["目标物", "检出限(ng/L)"], ["甲基苯丙胺", v], ["氯胺酮", 0.2]] for n, v in (("1-3月", 0.5), ("4-6月", 1))
    }
    kit.good(kit.xlsx("273_limits_that_contradict.xlsx", {"结果": result, **two}), [{METH: "below_lod", KET: 5.0}])
    kit.good(kit.text("274_sewage_study.csv", "Country;City;WWTP name;Sampling date start;Sampling date end;Flow (m3/day);Population served;BE (ng/L);BE SD (ng/L);METH (ng/L)\nSI;Ljubljana;WWTP Lj;2021-03-09 08:00;2021-03-10 08:00;85000;320000;512,4;9,1;<LOQ\n"),
             [{"benzoylecgonine": 512.4, METH: "below_loq"}], time=["2021-03-09"], time_end=["2021-03-10"])  # fmt: skip
    kit.good(
        kit.text(
            "275_units_behind_a_stroke.csv",
            "区县,采样日期,流量/(万m3·d-1),人口/万人,METH甲基苯丙胺/(ng·L-1),ρ(氯胺酮)/(ng·L-1)\n荷塘区,2021-06-24,3,20,5,6\n",
        ),
        [{METH: 5.0, KET: 6.0}],
        flow=[30000.0],
        population=[200000.0],
    )
    kit.good(kit.text("276_days_by_the_clock.csv", CN + "荷塘区,2021-06-24 8:00-次日8:00,5,30000,200000\n荷塘区,2021-06-25 08:00-2021-06-26 08:00,5,30000,200000\n荷塘区,2021年6月26日8时至27日8时,5,30000,200000\n"),
             [{METH: 5.0}] * 3, time=["2021-06-24", "2021-06-25", "2021-06-26"], time_end=["2021-06-25", "2021-06-26", "2021-06-27"])  # fmt: skip
    odd = ["0 (ND)", "0.25 (LOD/2)", "*5.6", "停产 5.6", "ND*", "未检出(ND)", "停产检修", "1/2LOD"]
    kit.good(kit.text("277_odd_cells.csv", CN + "".join(f"荷塘区,2021-06-{i + 1:02d},{c},30000,200000\n" for i, c in enumerate(odd))),
             [{METH: x} for x in ("below_lod", ["below_lod", 0.5], 5.6, "rejected", "below_lod", "below_lod", "missing", "below_lod")])  # fmt: skip
    kit.bad(
        kit.text(
            "278_january_or_october.csv",
            CN.replace("采样日期", "采样年月") + "荷塘区,2021.1,5,30000,200000\n荷塘区,2021.11,5,30000,200000\n",
        ),
        r"'2021.1' \(January or October\)",
    )
    kit.good(
        kit.text(
            "279_tenth_month.csv",
            CN.replace("采样日期", "采样年月") + "荷塘区,2021.1,5,30000,200000\n荷塘区,2021.10,5,30000,200000\n",
        ),
        [{METH: 5.0}] * 2,
        time=["2021-01-01", "2021-10-01"],
    )
    kit.good(
        kit.text(
            "280_day_and_hour.csv",
            "区县,采样日期,采样开始时间,流量(m3/d),服务人口(人),冰毒(ng/L)\n荷塘区,2021-06-24,2021-06-24 08:00,30000,200000,5\n",
        ),
        [{METH: 5.0}],
        time=["2021-06-24"],
    )


def apart(kit: Any) -> None:
    """A city's own sheet, columns of statistics, days without a month, markers without a unit, odd brackets."""
    import datetime as dt

    head = ["采样日期", "流量(m3/d)", "服务人口(人)", "冰毒(ng/L)"]
    own = {
        n: [head, [dt.date(2021, 6, 24), f, p, 5]]
        for n, f, p in (("荷塘区", 30000, 200000), ("天元区", 31000, 210000), ("株洲市", 61000, 410000))
    }
    kit.bad(
        kit.xlsx("290_sheet_of_the_city.xlsx", own),
        r"sheet 株洲市: got 株洲市 beside districts, which may be their total",
    )
    kit.good(
        kit.xlsx("291_sheet_of_the_city_left_out.xlsx", own), [{METH: 5.0}] * 2, mapping='[sheets]\nskip = ["株洲市"]\n'
    )
    kit.good(
        kit.text(
            "292_statistics.csv",
            CN.replace("冰毒(ng/L)", "冰毒最大值(ng/L),冰毒浓度范围(ng/L),冰毒平均值(ng/L)")
            + "荷塘区,2021-06-24,9,1-9,5,30000,200000\n",
        ),
        [{METH: 5.0}],
    )
    kit.good(
        kit.text(
            "293_days_2021年6月.csv",
            "区县,日期,流量(m3/d),服务人口(人),冰毒(ng/L)\n荷塘区,24日,30000,200000,5\n荷塘区,25日,30000,200000,5\n",
        ),
        [{METH: 5.0}] * 2,
        time=["2021-06-24", "2021-06-25"],
    )
    kit.good(
        kit.text(
            "294_markers_without_a_unit.csv",
            "区县,采样日期,流量(m3/d),服务人口(人),冰毒(ng/L),氨氮,水温\n荷塘区,2021-06-24,30000,200000,5,30,25\n",
        ),
        [{METH: 5.0}],
    )
    kit.bad(
        kit.text(
            "295_odd_brackets.csv",
            CN.replace("流量", "K粉{ng/L},吗啡<ng/L>,流量") + "荷塘区,2021-06-24,5,6,7,30000,200000\n",
        ),
        r"'吗啡<ng/L>', a substance that is not known",
    )


def rows_that_stay(kit: Any) -> None:
    """Rows of words below a header are samples, and a title does not name what rows name themselves."""
    kit.good(
        kit.text(
            "300_stopped_plant_above_a_header.csv",
            CN + "荷塘区,2021-06-24,停产,停产,\n" + CN + "天元区,2021-06-24,5,30000,200000\n",
        ),
        [{METH: "missing"}, {METH: 5.0}],
    )
    kit.good(
        kit.text(
            "301_甲基苯丙胺等.csv",
            "甲基苯丙胺监测结果,,,,,\n区县,采样日期,种类,浓度(ng/L),流量(m3/d),服务人口(人)\n荷塘区,2021-06-24,冰毒,5,30000,200000\n荷塘区,2021-06-24,K粉,6,30000,200000\n",
        ),
        [{METH: 5.0, KET: 6.0}],
    )
    kit.bad(
        kit.text(
            "302_kinds_under_an_unknown_name.csv",
            "甲基苯丙胺监测结果,,,,,\n区县,采样日期,检出者,浓度(ng/L),流量(m3/d),服务人口(人)\n荷塘区,2021-06-24,冰毒,5,30000,200000\n荷塘区,2021-06-24,K粉,6,30000,200000\n",
        ),
        r"results whose substance is not named",
    )


def elsewhere(kit: Any) -> None:
    """A whole city across one sheet, European and American headers, and results that no sewage holds."""
    kit.good(kit.xlsx("310_city_across.xlsx", {"6月": [
        ["株洲市2021年6月各区县污水毒品浓度（单位：ng/L）"] + [""] * 5, ["毒品", "检出限", "荷塘区", "天元区", "石峰区", "全市平均"],
        ["甲基苯丙胺", 0.5, 56, 60, "ND", 58], ["氯胺酮", 0.2, "ND", "<0.2", 1.5, 1.5],
        ["流量(万m3/d)", "", 3, 3.1, 2.8, 8.9], ["服务人口(万人)", "", 20, 21, 18, 59],
    ]}, {"6月": ["A1:F1"]}),
        [{METH: 56.0, KET: ["below_lod", 0.2]}, {METH: 60.0, KET: ["below_lod", 0.2]}, {METH: ["below_lod", 0.5], KET: 1.5}],
        district=["荷塘区", "天元区", "石峰区"], flow=[30000.0, 31000.0, 28000.0], time=["2021-06-01"] * 3)  # fmt: skip
    kit.bad(
        kit.text("311_slip_of_the_unit.csv", CN.replace("ng/L", "mg/L") + "荷塘区,2021-06-24,56,30000,200000\n"),
        r"results of methamphetamine of 5.6e\+07 ng/L in the middle",
    )
    kit.good(
        kit.text(
            "312_codes_and_short_names.csv",
            "sample_id,site_code,collection_date,flow_mld,pop,meth_ngl,be_ngl\nS1,ZA01,2021-06-24,30,200000,56,2\n",
        ),
        [{METH: 56.0, "benzoylecgonine": 2.0}],
        flow=[30000.0],
        population=[200000.0],
        site=["ZA01"],
    )
    kit.good(
        kit.text(
            "313_facility.csv",
            "Facility,Sample Date,24h flow (ML),Population Served,Methamphetamine (ng/L),Norfentanyl (ng/L)\nPlant A,6/24/2021,12.5,150000,560,<1.0\n",
        ),
        [{METH: 560.0, "norfentanyl": ["below_lod", 1.0]}],
        flow=[12500.0],
        time=["2021-06-24"],
    )
    kit.good(kit.text("314_german_limits.csv", "Kläranlage;Probenahmedatum;Tageszufluss (m³/Tag);Einwohner;Amphetamin (ng/L);BG Amphetamin (ng/L)\nX;24.06.2021;30.000;200.000;< BG;5,0\n"),
             [{"amphetamine": ["below_loq_limit", 5.0]}], flow=[30000.0], population=[200000.0])  # fmt: skip
    kit.good(
        kit.text("315_statistics_below.csv", CN + TWO + "检出率,,100%,,\n浓度范围,,50~100,,\n平均值±标准差,,75±35,,\n"),
        BOTH,
    )
