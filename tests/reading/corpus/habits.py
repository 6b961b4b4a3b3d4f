# ruff: noqa: E501  (tables are written as tables)
"""Files with the habits of counties and countries: names, remarks, cities, statistics and days as people write them."""

from __future__ import annotations

from typing import Any

from words import BOTH, CN, KET, METH, TWO


def write(kit: Any) -> None:
    """Write all of them; ``kit`` brings the writers of :mod:`make_corpus`."""
    doubtful(kit)
    beside(kit)
    apart(kit)
    rows_that_stay(kit)
    elsewhere(kit)
    remarks(kit)


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
    kit.good(
        kit.text(
            "302_kinds_under_an_unknown_name.csv",
            "甲基苯丙胺监测结果,,,,,\n区县,采样日期,检出者,浓度(ng/L),流量(m3/d),服务人口(人)\n荷塘区,2021-06-24,冰毒,5,30000,200000\n荷塘区,2021-06-24,K粉,6,30000,200000\n",
        ),
        [{"methamphetamine": 5.0, "ketamine": 6.0}],
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


def remarks(kit: Any) -> None:
    """Remarks that void another result are asked about; codes that only look like standards stay samples."""
    head = CN.rstrip("\n") + ",备注\n"
    kit.bad(
        kit.text(
            "320_a_void_replicate.csv",
            head + "荷塘区,2021-06-24,100,30000,200000,平行样作废\n天元区,2021-06-24,50,31000,210000,样品污染，作废\n",
        ),
        r"row 2, column 备注.*may void its result \('平行样作废'\)",
    )
    kit.good(
        kit.text(
            "321_remarks_that_void_nothing.csv",
            head + "荷塘区,2021-06-24,100,30000,200000,无无效数据\n天元区,2021-06-24,50,31000,210000,样品污染；作废\n",
        ),
        [{METH: 100.0}, {METH: "rejected"}],
    )
    kit.good(
        kit.text(
            "322_code_like_a_standard.csv",
            "样品编号,区县,采样日期,冰毒(ng/L),流量(m3/d),服务人口(人)\nCAL,荷塘区,2021-06-24,100,30000,200000\nCAL-2,,,10,,\n",
        ),
        [{METH: 100.0}],
    )
    kit.good(
        kit.text(
            "323_location_beside_site.csv",
            "location,site,district,date,flow (m3/d),population,METH (ng/L)\nnorth,P,D,2021-06-24,30000,200000,5\n",
        ),
        [{METH: 5.0}],
        site=["P"],
    )
    kit.good(
        kit.text(
            "324_means_one_a_row.csv",
            "区县,月份,项目,平均浓度(ng/L),流量(m3/d),服务人口(人)\n荷塘区,2021-06,冰毒,5,30000,200000\n",
        ),
        [{METH: 5.0}],
    )
