"""Each decision of the formats that programs write, seen in what is written and read back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr
from scipy.stats import t as student

import wbe
from wbe.errors import InputError
from wbe.exchange import odm
from wbe.exchange.form import plan_of
from wbe.exchange.loads import frame_of_loads
from wbe.testing import small_city

WEEK = ("Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday")


def city(**changed: object) -> xr.Dataset:
    ds = small_city(districts=2, months=1, samples_per_month=1)
    return ds.assign(changed)


# ---- tables of PHES-ODM ----------------------------------------------------------------------------------------------


def test_what_the_tables_cannot_hold_is_told_and_nothing_else(tmp_path: Path) -> None:
    plain = odm.write_odm(city(), tmp_path / "plain")
    assert "exchange-odm-variables" not in {n.code for n in plain}
    assert "exchange-odm-places" not in {n.code for n in plain}
    ds = city().assign(wind=("sample", [1.0, 2.0]), share=(("catchment", "unit"), [[1.0]]))
    told = {n.code: n.values.get("names") for n in odm.losses(ds)}
    assert told["exchange-odm-variables"] == ("wind",)
    assert told["exchange-odm-places"] == ("share",)


def test_a_site_of_one_sample_keeps_its_district_and_people(tmp_path: Path) -> None:
    ds = city()
    odm.write_odm(ds, tmp_path / "odm")
    table = pd.read_csv(tmp_path / "odm" / "sites.csv")
    assert table["siteID"].tolist() == ds["site"].values.tolist()
    assert table["healthRegion"].tolist() == ds["district"].values.tolist()
    assert table["popServ"].tolist() == ds["population"].values.tolist()


def test_limits_come_back_with_their_samples_and_those_that_nobody_gave_stay_away(tmp_path: Path) -> None:
    ds = city()
    odm.write_odm(ds, tmp_path / "odm")
    back = odm.read_odm(tmp_path / "odm").sel(sample=ds["sample"], biomarker=ds["biomarker"])
    np.testing.assert_allclose(back["lod"], ds["lod"])
    assert "uloq" not in back
    assert {"lod", "loq"} <= set(back.data_vars)
    with_uloq = ds.assign(uloq=ds["lod"] * 1e4)
    odm.write_odm(with_uloq, tmp_path / "more")
    again = odm.read_odm(tmp_path / "more").sel(sample=ds["sample"], biomarker=ds["biomarker"])
    np.testing.assert_allclose(again["uloq"], with_uloq["uloq"])


# ---- the form --------------------------------------------------------------------------------------------------------


def test_every_result_cell_of_a_form_offers_the_states_and_no_other_cell_does(tmp_path: Path) -> None:
    ds = small_city(districts=2, months=1, samples_per_month=2)
    sheet = openpyxl.load_workbook(wbe.form(ds, "2021-07", tmp_path / "f.xlsx", language="en")).worksheets[0]
    heads = [c.value for c in sheet[1]]
    first = next(i for i, h in enumerate(heads, 1) if "ng/L" in str(h))
    offered = {c for v in sheet.data_validations.dataValidation for r in v.sqref.ranges for row in r.rows for c in row}
    rows = range(2, 2 + len(plan_of(ds, "2021-07")))
    assert offered >= {(r, c) for r in rows for c in range(first, len(heads) + 1)}
    assert not any(r == 1 or (c < first and heads[c - 1] in heads[:3]) for r, c in offered)
    assert len(heads) == first - 1 + ds.sizes["biomarker"]


def test_the_limits_of_a_form_are_the_last_ones_that_the_laboratory_gave(tmp_path: Path) -> None:
    ds = small_city(districts=1, months=1, samples_per_month=3)
    lod = ds["lod"].copy()
    lod[:, 0] = [0.5, 0.7, np.nan]
    lod[:, 1] = np.nan
    sheet = openpyxl.load_workbook(
        wbe.form(ds.assign(lod=lod), "2021-07", tmp_path / "f.xlsx", language="en")
    ).worksheets[1]
    assert [sheet.cell(r, 2).value for r in (2, 3)] == [0.7, None]


def test_the_days_of_a_form_lie_in_its_month_and_repeat_those_of_the_last(tmp_path: Path) -> None:
    plan = plan_of(small_city(districts=2, months=2, samples_per_month=2), "2021-07")
    assert {(t.year, t.month) for t in plan["time"]} == {(2021, 7)}
    assert len(plan) == 4
    path = wbe.form(small_city(), "2021-07", tmp_path / "f.xlsx")
    assert isinstance(openpyxl.load_workbook(path).worksheets[0].cell(2, 3).value, dt.datetime | str)


# ---- published loads -------------------------------------------------------------------------------------------------

HEAD = '"REF_DATE","GEO","DGUID","Measure","Characteristics","UOM","VALUE"\n'
UNIT = "Milligrams per one thousand people per day (mg/1000 people/day)"
LOAD = "Load per capita (milligrams per one thousand people per day)"


def statcan(tmp_path: Path, *rows: tuple[str, str, str, str], unit: str = UNIT) -> Path:
    path = tmp_path / "statcan.csv"
    lines = [
        f'"{month}","{place}","","Amphetamine","{what}","{unit}","{value}"\n' for month, place, what, value in rows
    ]
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return path


def test_rows_of_a_statistical_office_come_in_the_order_of_places_and_months(tmp_path: Path) -> None:
    rows = []
    for month, place in (("2022-02", "B"), ("2022-01", "B"), ("2022-01", "A")):
        rows += [(month, place, LOAD, "100"), (month, place, "Standard error, load per capita", "5")]
        rows += [(month, place, "Imputation rate, load per capita", "40")]
    frame = frame_of_loads(statcan(tmp_path, *rows))
    assert frame.index.tolist() == [0, 1, 2]
    assert list(zip(frame["place"], frame["month"], strict=True)) == [
        ("A", "2022-01"), ("B", "2022-01"), ("B", "2022-02"),
    ]  # fmt: skip
    assert frame["imputed"].tolist() == [0.4, 0.4, 0.4]
    assert frame[["lower", "upper"]].isna().all(axis=None)  # a table without those rows
    bare = frame_of_loads(statcan(tmp_path, ("2022-02", "A", LOAD, "100")))
    assert bare[["median", "imputed"]].iloc[0].tolist() == [100, 0]
    assert np.isnan(bare["se"].iloc[0])


@pytest.mark.parametrize("unit", ["g/d/1000 inhabitants", "ng/L"])
def test_a_statistical_office_in_another_unit_is_refused(tmp_path: Path, unit: str) -> None:
    with pytest.raises(InputError, match=r"needed a load per head") as caught:
        frame_of_loads(statcan(tmp_path, ("2022-02", "A", LOAD, "100"), unit=unit))
    assert caught.value.codes == ["exchange-load-unit"]


def days(tmp_path: Path, *weeks: tuple[str, ...]) -> pd.DataFrame:
    """Published days of one city and year each, as the European agency's file has them."""
    source = Path(__file__).parents[2] / "data" / "samples" / "euda" / "loads_by_weekday_2011_2019.csv"
    table = pd.read_csv(source, dtype=str, keep_default_na=False)
    rows = table.iloc[: len(weeks)].copy()
    rows["SiteID"] = [f"XX{i:03d}" for i in range(len(weeks))]
    for i, week in enumerate(weeks):
        for day, value in zip(WEEK, week, strict=True):
            rows.iloc[i, rows.columns.get_loc(day)] = value
    rows.to_csv(tmp_path / "days.csv", index=False)
    return frame_of_loads(tmp_path / "days.csv")


def test_one_day_of_a_week_above_the_limit_is_an_estimate_with_the_spread_of_its_days(tmp_path: Path) -> None:
    frame = days(tmp_path, ("100", "", "", "", "", "", ""), ("100", "140", "", "", "", "", ""))
    one, two = (frame[frame["n_samples"] == n].iloc[0] for n in (1, 2))
    assert one["status"] == "estimate"
    assert (one["median"], two["median"]) == (100, 120)
    assert two["df"] == 1
    se = np.std([100, 140], ddof=1) / np.sqrt(2)
    width = np.exp(student(1).ppf(0.975) * np.sqrt(np.log1p((se / 120) ** 2)))
    assert (two["lower"], two["upper"]) == (pytest.approx(120 / width), pytest.approx(120 * width))


# ---- a user's own table ----------------------------------------------------------------------------------------------

OWN = "place,month,methamphetamine (mg/d/1000 inhabitants)\n"


def own(tmp_path: Path, text: str) -> pd.DataFrame:
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    return frame_of_loads(tmp_path / "own.csv")


def test_a_load_below_a_limit_has_the_limit_and_no_number(tmp_path: Path) -> None:
    row = own(tmp_path, f"{OWN}A,2021-06,<5\n").iloc[0]
    assert np.isnan(row["median"])
    assert (row["limit"], row["status"], row["n_detected"]) == (5, "below_limit", 0)


def test_blank_loads_are_passed_over_and_zero_is_a_number(tmp_path: Path) -> None:
    frame = own(tmp_path, f"{OWN}A,2021-06,\nA,2021-07,0\nA,2021-08,3\n")
    assert frame["month"].tolist() == ["2021-07", "2021-08"]
    assert frame["median"].tolist() == [0, 3]


@pytest.mark.parametrize(("written", "month"), [("2021-06", "2021-06"), ("2021年12月", "2021-12"), ("2021", "2021-01")])
def test_a_month_is_known_as_people_write_it(tmp_path: Path, written: str, month: str) -> None:
    assert own(tmp_path, f"{OWN}A,{written},3\n")["month"].tolist() == [month]


@pytest.mark.parametrize("written", ["2021-13", "2021-00", "June"])
def test_what_is_no_month_is_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(InputError, match="a month such as") as caught:
        own(tmp_path, f"{OWN}A,{written},3\n")
    assert caught.value.codes == ["exchange-load-month"]


def test_bounds_and_errors_are_scaled_with_their_load_and_counts_are_not(tmp_path: Path) -> None:
    head = "place,month,drug,load,unit,lower,upper,se,n\n"
    row = own(tmp_path, f"{head}A,2021-06,cocaine,2,g/d/1000 inhabitants,1,3,0.5,7\n").iloc[0]
    assert [row[k] for k in ("median", "lower", "upper", "se", "n_samples", "df")] == [2000, 1000, 3000, 500, 7, 6]


@pytest.mark.parametrize("value", ["-1", "inf", "many"])
def test_a_load_that_is_no_number_of_zero_or_more_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(InputError, match="a load of 0 or more") as caught:
        own(tmp_path, f"{OWN}A,2021-06,{value}\n")
    assert caught.value.codes == ["exchange-load-number"]
