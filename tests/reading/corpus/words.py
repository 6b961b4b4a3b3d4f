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
