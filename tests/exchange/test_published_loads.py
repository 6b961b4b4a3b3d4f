"""Published loads are read in any spelling of mg/d/1000 inhabitants, with what their publisher says of their error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

import wbe
from wbe.errors import InputError, UnknownName
from wbe.exchange.loads import frame_of_loads
from wbe.exchange.per_head import try_per_head

DAYS = Path(__file__).parents[2] / "data" / "samples" / "euda" / "loads_by_weekday_2011_2019.csv"

# Statistics Canada, table 13-10-0871-01 (open licence): Edmonton, amphetamine, February and January 2022
STATCAN = """\
﻿"REF_DATE","GEO","DGUID","Measure","Characteristics","UOM","VALUE"
"2022-02","Edmonton, Alberta","","Amphetamine","LOAD","U","131.20"
"2022-02","Edmonton, Alberta","","Amphetamine","Low 95% confidence interval, load per capita","U","120.14"
"2022-02","Edmonton, Alberta","","Amphetamine","High 95% confidence interval, load per capita","U","142.28"
"2022-02","Edmonton, Alberta","","Amphetamine","Standard error, load per capita","U","4.52"
"2022-02","Edmonton, Alberta","","Amphetamine","Imputation rate, load per capita","U","0"
"2022-01","Edmonton, Alberta","","Amphetamine","LOAD","U","176.32"
"2022-01","Edmonton, Alberta","","Amphetamine","Low 95% confidence interval, load per capita","U","79.30"
"2022-01","Edmonton, Alberta","","Amphetamine","High 95% confidence interval, load per capita","U","273.34"
"2022-01","Edmonton, Alberta","","Amphetamine","Standard error, load per capita","U","28.60"
"2022-01","Edmonton, Alberta","","Amphetamine","Imputation rate, load per capita","U","42.86"
""".replace('"LOAD"', '"Load per capita (milligrams per one thousand people per day)"').replace(
    '"U"', '"Milligrams per one thousand people per day (mg/1000 people/day)"'
)


def read(tmp_path, text, name="loads.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return frame_of_loads(path)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("mg/d/1000 inhabitant", 1), ("mg/day/1000 persons", 1), ("Milligrams per one thousand people per day", 1),
        ("mg/天/千人", 1), ("毫克/千人/天", 1), ("µg/person/day", 1), ("ng/person/d", 0.001), ("mg/(d·1000人)", 1),
        ("mg·d⁻¹·1000 inh⁻¹", 1), ("g/d/1000 inhabitants", 1000), ("mg/day/1,000 inhabitants", 1),
        ("mg/1000 Einwohner/Tag", 1), ("mg/d/万人", 0.1), ("mg/1000 people/day (µg/person/day)", 1),
    ],
)  # fmt: skip
def test_a_load_per_head_is_known_in_any_order_and_language(unit, factor):
    assert try_per_head(unit) == pytest.approx(factor)


@pytest.mark.parametrize(
    "unit",
    ["ng/L", "mg/L", "g/d", "mg/day", "doses/1000 people/day", "mg/kg/day", "mg/1000 people", "people/day", "",
     "mg mg/d/人", "mg/day/1000 people (g/day/1000 people)"],
)  # fmt: skip
def test_anything_else_is_not_taken_for_one(unit):
    assert try_per_head(unit) is None


def test_statcan_intervals_are_load_and_t_of_6_times_the_standard_error(tmp_path):
    frame = read(tmp_path, STATCAN).set_index("month")
    row = frame.loc["2022-02"]
    assert (row["place"], row["biomarker"], row["median"], row["imputed"]) == (
        "Edmonton, Alberta",
        "amphetamine",
        131.2,
        0,
    )
    width = student.ppf(0.975, 6) * row["se"]
    assert row["upper"] == pytest.approx(row["median"] + width, abs=0.03)
    assert row["lower"] == pytest.approx(row["median"] - width, abs=0.03)
    assert frame.loc["2022-01", "imputed"] == pytest.approx(0.4286)
    assert frame["df"].tolist() == [6, 6]


def test_a_number_that_is_none_in_a_published_table_is_named(tmp_path):
    with pytest.raises(InputError, match=r"row 5, column VALUE: got '4\.5\.2'"):
        read(tmp_path, STATCAN.replace('"4.52"', '"4.5.2"'))


def test_days_of_a_week_give_their_plain_mean_and_its_error():
    frame = frame_of_loads(DAYS).set_index(["place", "biomarker", "month"])
    graz = frame.loc[("AT Graz", "mdma", "2019-03")]
    days = np.array([8.88, 8.56, 8.21, 43.72, 27.1, 14.94, 10.28])
    assert graz["median"] == pytest.approx(days.mean())
    assert graz["se"] == pytest.approx(days.std(ddof=1) / np.sqrt(7))
    assert (graz["n_samples"], graz["df"]) == (7, 6)
    assert graz["lower"] > 0
    published = frame_of_loads(DAYS, means="published").set_index(["place", "biomarker", "month"])
    assert published.loc[("AT Graz", "mdma", "2019-03"), "median"] == 17.39


def test_a_day_below_the_limit_counts_as_a_day_and_not_as_detected():
    frame = frame_of_loads(DAYS)
    mixed = frame[(frame["n_detected"] < frame["n_samples"]) & (frame["n_detected"] > 0)]
    assert len(mixed) == 2
    nothing = frame[frame["n_detected"] == 0]
    assert len(nothing) > 100
    assert (nothing["status"] == "below_limit").all()
    assert (frame.loc[frame["n_detected"] > 0, "status"] == "estimate").all()


WIDE = "城市,月份,甲基苯丙胺（mg/天/千人）,氯胺酮（µg/person/day）\n株洲,2021年6月,122.18,<2.5\n株洲,2021-07,130,4\n"


def test_a_wide_table_in_chinese(tmp_path):
    frame = read(tmp_path, WIDE, encoding="gb18030").set_index(["biomarker", "month"])
    assert frame.loc[("methamphetamine", "2021-06"), "median"] == 122.18
    below = frame.loc[("ketamine", "2021-06")]
    assert (below["status"], below["limit"], np.isnan(below["median"])) == ("below_limit", 2.5, True)
    assert frame.loc[("ketamine", "2021-07"), "status"] == "estimate"


def test_a_long_table_with_units_in_a_column(tmp_path):
    text = "City,Date,Drug,Load,Unit,SE,n\n"
    text += "A,2021-06,METH,0.05,g/d/1000 inhabitants,0.01,4\nA,2021-07,METH,40,mg/d/1000 people,,\n"
    frame = read(tmp_path, text)
    assert frame["median"].tolist() == [50, 40]
    assert frame["se"].iloc[0] == pytest.approx(10)
    assert frame["df"].iloc[0] == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("City,Month,METH (ng/L)\nA,2021-06,5\n", "exchange-load-unit"),
        ("City,Month,METH\nA,2021-06,5\n", "exchange-load-no-unit"),
        ("City,Month,Drug,Load\nA,2021-06,METH,5\n", "exchange-load-no-unit"),
        ("City,METH (mg/d/1000 people)\nA,5\n", "exchange-load-role"),
        ("City,Month,METH (mg/d/1000 people),remark\nA,2021-06,5,estimated\n", "exchange-load-unread"),
        ("City,Month,METH (mg/d/1000 people)\nA,June,5\n", "exchange-load-month"),
        ("City,Month,METH (mg/d/1000 people)\nA,2021-13,5\n", "exchange-load-month"),
        ("City,Month,METH (mg/d/1000 people)\nA,2021-06,five\n", "exchange-load-number"),
        ("City,Month,METH (mg/d/1000 people)\nA,2021-06,-5\n", "exchange-load-number"),
        ("City,Month,METH (mg/d/1000 people)\nA,2021-06,12,5\n", "exchange-load-ragged"),
        ("City,Month,METH (mg/d/1000 people)\nA,2021-06,5\nA,2021-06,6\n", "exchange-load-twice"),
        ("City,Month,Drug,Load,Unit\nA,2021-06,xyz,5,mg/d/1000 people\n", "exchange-load-name"),
        ("City,Month,Month,METH (mg/d/1000 people)\nA,2021-06,2021-06,5\n", "exchange-load-repeated-header"),
    ],
)
def test_each_fault_is_refused_by_its_code(tmp_path, text, code):
    with pytest.raises(InputError, match=r"loads\.csv") as caught:
        read(tmp_path, text)
    assert code in caught.value.codes


def test_the_order_of_rows_changes_nothing(tmp_path):
    lines = WIDE.splitlines()
    turned = "\n".join([lines[0], *lines[:0:-1]]) + "\n"
    pd.testing.assert_frame_equal(read(tmp_path, WIDE), read(tmp_path, turned, "b.csv"))


# ---- the front door -------------------------------------------------------------------------------------------------


def loads(tmp_path, text, **kwargs):
    path = tmp_path / "loads.csv"
    path.write_text(text, encoding="utf-8")
    return wbe.read_loads(path, **kwargs)


def test_loads_without_an_error_take_one_that_is_said(tmp_path):
    text = "city,month,METH (mg/d/1000 people)\nA,2021-06,100\nA,2021-07,<5\n"
    series = loads(tmp_path, text)
    frame = series.series().set_index("month")
    assert frame.loc["2021-06", "se_log"] == pytest.approx(np.sqrt(np.log1p(0.3**2)))
    assert frame.loc["2021-06", "lower"] < 100 < frame.loc["2021-06", "upper"]
    assert frame.loc["2021-07", ["status", "limit"]].tolist() == ["below_limit", 5.0]
    assert "1 came without an error" in series.statement.text("en")
    own = loads(tmp_path, text, cv=0.1).series().set_index("month")
    assert own.loc["2021-06", "se_log"] == pytest.approx(np.sqrt(np.log1p(0.1**2)))
    with pytest.raises(InputError, match="variation above 0"):
        loads(tmp_path, text, cv=0.0)


def test_published_errors_win_over_an_assumed_one(tmp_path):
    series = loads(tmp_path, STATCAN, cv=0.9)
    row = series.series().set_index("month").loc["2022-02"]
    assert row["se_log"] == pytest.approx(4.52 / 131.2, rel=1e-3)
    assert (row["lower"], row["upper"]) == (120.14, 142.28)


def test_a_published_zero_is_no_number():
    series = wbe.read_loads(DAYS)
    frame = series.series()
    assert (frame["median"].dropna() > 0).all()
    assert (frame["status"] == "no_data").sum() > 100
    with pytest.raises(UnknownName, match="Did you mean 'plain'"):
        wbe.read_loads(DAYS, means="plan")


def test_trends_and_ranks_take_published_loads(tmp_path):
    rows = "\n".join(f"A,2021-{m:02d},{50 * 1.1**m:.3f}\nB,2021-{m:02d},{20 * 0.9**m:.3f}" for m in range(1, 13))
    series = loads(tmp_path, "city,month,METH (mg/d/1000 people)\n" + rows + "\n", cv=0.1)
    table = wbe.trend(series).set_index("district")
    assert table.loc["A", "direction"] == "rising"
    assert table.loc["B", "direction"] == "falling"
