"""What stands on a sheet, in a file or in a column apart belongs to its sample: markers, hours, clocks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from beside import LINE, LONG, ROW, WIDE, read

from wbe.errors import InputError
from wbe.reading import reading_log

BOTH = {"csv": "{}.csv", "xlsx": "{}.xlsx"}
RESULTS = "site,date,METH (ng/L)\nWest,2021-06-01,120\nEast,2021-06-01,20\n"


def of(kind: str, **tables: str) -> dict[str, str]:
    """Several tables: a file for each, or a sheet for each of one workbook."""
    if kind == "sheets":
        return {"t.xlsx": tables}  # type: ignore[dict-item]
    return {f"{name}.{kind}": table for name, table in tables.items()}


def hours(first: int, last: int, site: str = "West", unit: str = "m3/h") -> str:
    """Flows of 1000, 1001, ... m3/h, one for each hour since midnight of 1 June."""
    rows = [f"{site},2021-06-{1 + h // 24:02d} {h % 24:02d}:00,{1000 + h}" for h in range(first, last)]
    return "\n".join([f"site,time,flow ({unit})", *rows]) + "\n"


def asked(files: Any, mapping: Any = None) -> set[str]:
    with pytest.raises(InputError, match="got") as caught:
        read(files, mapping)
    return {f.code for f in caught.value.faults}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "sheets"])
def test_markers_on_a_table_of_their_own_join_by_site_and_day(kind: str) -> None:
    results = "site,date,flow (m3/d),METH (ng/L)\nWest,2021-06-01,5,120\nWest,2021-06-02,5,20\nEast,2021-06-01,5,3\n"
    markers = "site,date,NH4-N (mg/L),COD (mg/L)\nEast ,2021-06-01,31,410\nWest,2021-06-02,29,400\n"
    ds = read(of(kind, results=results, markers=markers))
    assert np.array_equal(ds["ammonium_nitrogen"].values, [np.nan, 29, 31], equal_nan=True)
    assert np.array_equal(ds["cod"].values, [np.nan, 400, 410], equal_nan=True)


def test_a_sheet_named_for_a_marker_gives_it_to_the_samples_of_the_other_sheets() -> None:
    head = "县市区,采样点,采样日期,"
    row = "\n天元区,河西厂,2021-07-22,"
    ds = read(
        of("sheets", 甲基苯丙胺=f"{head}流量（m³/d）,浓度（ng/L）{row}103000,88\n", 氨氮=f"{head}浓度（mg/L）{row}30\n")
    )
    assert ds["ammonium_nitrogen"].values.tolist() == [30]
    assert ds["concentration"].values.tolist() == [[88]]


def test_a_marker_said_twice_is_asked_about_and_one_that_agrees_is_not() -> None:
    results = "site,date,flow (m3/d),METH (ng/L),NH4-N (mg/L)\nWest,2021-06-01,5,120,25\nWest,2021-06-02,5,20,\n"
    markers = "site,date,NH4-N (mg/L)\nWest,2021-06-01,{}\nWest,2021-06-02,29\n"
    assert asked(of("csv", results=results, markers=markers.format(30))) == {"reading-marker-twice"}
    ds = read(of("csv", results=results, markers=markers.format(25)))
    assert ds["ammonium_nitrogen"].values.tolist() == [25, 29]


def test_markers_of_no_sample_are_told_and_change_nothing() -> None:
    results = "site,date,flow (m3/d),METH (ng/L)\nWest,2021-06-01,5,120\n"
    ds = read(of("csv", results=results, markers="site,date,NH4-N (mg/L)\nWest,2021-07-01,30\n"))
    assert "ammonium_nitrogen" not in ds or np.isnan(ds["ammonium_nitrogen"].values).all()
    assert any("no place and day of a sample" in s["reason"] for s in reading_log(ds).skipped)


def test_flows_of_two_tables_fill_the_sites_that_each_has() -> None:
    flow = "site,date,flow (m3/d)\n{},2021-06-01,{}\n"
    ds = read(of("csv", results=RESULTS, a=flow.format("West", 50000), b=flow.format("East", 30000)))
    assert ds["flow"].values.tolist() == [50000, 30000]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "sheets"])
def test_the_flow_of_a_day_is_the_mean_of_its_hours(kind: str) -> None:
    results = "site,date,METH (ng/L)\nWest,2021-06-01,120\nWest,2021-06-02,20\n"
    ds = read(of(kind, results=results, flow=hours(0, 48)))
    assert ds["flow"].values.tolist() == [24 * 1011.5, 24 * 1035.5]


@pytest.mark.parametrize(
    ("head", "cells"),
    [("date,date_end", "2021-06-01 08:00,2021-06-02 08:00"), ("date,sample_type", "2021-06-01 08:00,24h composite")],
)
def test_a_composite_has_the_hours_of_its_own_time(head: str, cells: str) -> None:
    ds = read(of("csv", results=f"site,{head},METH (ng/L)\nWest,{cells},120\n", flow=hours(0, 48)))
    assert ds["flow"].values.tolist() == [24 * 1019.5]


def test_a_grab_sample_has_the_flow_of_its_calendar_day() -> None:
    ds = read(of("csv", results="site,date,METH (ng/L)\nWest,2021-06-01 08:00,120\n", flow=hours(0, 48)))
    assert ds["flow"].values.tolist() == [24 * 1011.5]


def test_missing_hours_are_counted_and_too_many_are_asked_about() -> None:
    one = "site,date,METH (ng/L)\nWest,2021-06-01,120\n"
    ds = read(of("csv", results=one, flow=hours(0, 18)))
    assert ds["flow"].values.tolist() == [24 * 1008.5]
    assert any("18 of 24 values of West" in n for n in reading_log(ds).notes)
    assert "reading-hours-missing" in asked(of("csv", results=one, flow=hours(0, 17)))


def test_one_hour_alone_is_never_taken_for_a_day() -> None:
    one = "site,date,METH (ng/L)\nWest,2021-06-01,120\n"
    assert "reading-hours-missing" in asked(of("csv", results=one, flow=hours(8, 9)))
    daily = read(of("csv", results=one, flow="site,date,flow (m3/h)\nWest,2021-06-01,1000\n"))
    assert daily["flow"].values.tolist() == [24000]


def test_two_values_of_one_hour_are_asked_about() -> None:
    one = "site,date,METH (ng/L)\nWest,2021-06-01,120\n"
    twice = hours(0, 24) + "West,2021-06-01 08:00,1\n"
    assert "reading-several-flows" in asked(of("csv", results=one, flow=twice))


@pytest.mark.parametrize("first", [0, 1])
def test_hours_in_a_column_of_their_own_count_from_0_or_from_1(first: int) -> None:
    rows = "".join(f"河西厂,2021-07-22,{h},{1000 + h}\n" for h in range(first, first + 24))
    results = "县市区,采样点,采样日期,甲基苯丙胺（ng/L）\n天元区,河西厂,2021-07-22,88\n"
    ds = read(of("sheets", 结果=results, 流量=f"采样点,日期,小时,流量（m³/h）\n{rows}"))
    assert ds["flow"].values.tolist() == [24 * (1011.5 + first)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("head", ["date,time", "time,date", "采样日期,时间", "date,clock", "采样日期,时刻"])
@pytest.mark.parametrize(("word", "clock"), [("08:30", "08:30"), ("8:30:00", "08:30"), ("8时30分", "08:30")])
def test_a_time_in_a_column_of_its_own_is_the_clock_of_the_day(head: str, word: str, clock: str, kind: str) -> None:
    cells = "2021-06-01," + word if head != "time,date" else word + ",2021-06-01"
    ds = read(f"{WIDE.replace('date', head)}\n{ROW.replace('2021-06-01', cells)}120\n", kind=kind)
    assert str(ds["time"].values[0])[:16] == f"2021-06-01T{clock}"


def test_two_times_of_one_day_are_two_samples_of_a_long_table() -> None:
    row = LINE.replace("S1,", ",").replace("2021-06-01", "2021-06-01,{}")
    ds = read(
        f"{LONG.replace('sampling_date', 'sampling_date,time')}\n{row.format('08:00')}100\n{row.format('20:00')}9\n"
    )
    assert [str(t)[11:16] for t in ds["time"].values] == ["08:00", "20:00"]
    assert ds["concentration"].values.tolist() == [[100], [9]]


def test_a_date_that_writes_its_own_time_keeps_it() -> None:
    ds = read(f"{WIDE.replace('date', 'date,time')}\n{ROW.replace('06-01', '06-01 07:15,08:30')}120\n")
    assert str(ds["time"].values[0])[:16] == "2021-06-01T07:15"
