"""The form for a laboratory comes back from its hands without a question: every state, number, limit and date."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import wbe
from wbe.errors import InputError, UnknownName
from wbe.exchange.form import plan_of
from wbe.samples import Flag
from wbe.testing import small_city

STATES = {
    "zh": ["检出未定量", "未检出", "作废", "缺测", "未检测"],
    "en": ["<LOQ", "ND", "rejected", "missing", "not run"],
}
FLAGS = [Flag.BELOW_LOQ, Flag.BELOW_LOD, Flag.REJECTED, Flag.MISSING, Flag.NOT_RUN]


def filled(path, language):
    """Fill the yellow cells as a person would: a flow, a number, then the states one after the other."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    flow = next(i for i, h in enumerate(heads) if re.search("流量|flow", h)) + 1
    first = next(i for i, h in enumerate(heads) if "ng/L" in h) + 1
    said = {}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, flow).value = 50_000 + row
        for k, column in enumerate(range(first, len(heads) + 1)):
            word = STATES[language][(row + k) % 5] if k else 100.5 + row
            sheet.cell(row, column).value = word
            said[row - 2, k] = word
    book.save(path)
    return said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_filled_form_is_read_back_without_a_question(tmp_path, language):
    city = small_city(districts=3, months=2, samples_per_month=2)
    path = wbe.form(city, "2021-03", tmp_path / "form.xlsx", language=language)
    said = filled(path, language)
    back = wbe.read_samples(path)
    assert back["biomarker"].values.tolist() == city["biomarker"].values.tolist()
    plan = plan_of(city, "2021-03")
    assert back["site"].values.tolist() == plan["site"].tolist()
    assert [str(t)[:10] for t in back["time"].values] == [f"{t:%Y-%m-%d}" for t in plan["time"]]
    for (i, k), word in said.items():
        flag = Flag(int(back["flag"].values[i, k]))
        if k == 0:
            assert (flag, float(back["concentration"].values[i, k])) == (Flag.DETECTED, word)
        else:
            assert flag == FLAGS[STATES[language].index(word)], word
    assert (back["sample_type"] == "24h_composite").all()
    assert (back["population_basis"] == "census").all()
    assert back["population"].values.tolist() == plan["population"].tolist()
    assert float(back["lod"].values[0, 0]) == 1.0
    assert float(back["loq"].values[0, 0]) == 3.0
    assert not [i for i in wbe.check(back).to_dict("records") if i.get("severity") == "error"]


def test_the_plan_keeps_the_days_of_the_week_and_stays_in_the_month():
    city = small_city(districts=2, months=3, samples_per_month=4)
    last = pd.DatetimeIndex(city["time"].values)
    last = last[last.to_period("M") == pd.Period("2021-03")]
    for month in ("2021-04", "2022-02", "2024-02", "2021-12"):
        plan = plan_of(city, month)
        assert set(plan["time"].dt.strftime("%Y-%m")) == {month}
        assert sorted(plan["time"].dt.day_of_week.unique()) == sorted(set(last.day_of_week))
        assert plan.groupby("site").size().tolist() == [4, 4]
        assert plan["sample"].is_unique


def test_equal_forms_have_equal_bytes_and_a_failed_one_leaves_nothing(tmp_path):
    city = small_city()
    one = wbe.form(city, "2021-07", tmp_path / "a.xlsx").read_bytes()
    assert one == wbe.form(city, "2021-07", tmp_path / "b.xlsx").read_bytes()
    with pytest.raises(InputError, match="month '2021-13'"):
        wbe.form(city, "2021-13", tmp_path / "c.xlsx")
    with pytest.raises(UnknownName, match="language 'fr'"):
        wbe.form(city, "2021-07", tmp_path / "c.xlsx", language="fr")
    assert not (tmp_path / "c.xlsx").exists()


def test_a_site_that_would_run_as_a_formula_is_written_as_text(tmp_path):
    city = small_city(districts=1, months=1)
    city = city.assign_coords(site=("sample", ["=1+2"]))
    sheet = openpyxl.load_workbook(wbe.form(city, "2021-07", tmp_path / "a.xlsx")).worksheets[0]
    assert [c.value for c in sheet[2]][1] == "'=1+2"


def spreadsheet_program() -> str:
    """The path of LibreOffice with its spreadsheet module; empty where one of them is not installed."""
    found = shutil.which("soffice")
    module = Path(found).resolve().parent / "libsclo.so" if found else None
    return str(found) if module is not None and module.exists() else ""


@pytest.mark.skipif(not spreadsheet_program(), reason="needs LibreOffice Calc")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_spreadsheet_program_opens_and_saves_it_and_nothing_is_asked(tmp_path, language, kind):
    path = wbe.form(small_city(), "2021-05", tmp_path / "form.xlsx", language=language)
    filled(path, language)
    subprocess.run(
        [spreadsheet_program(), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", kind,
         "--outdir", str(tmp_path / "out"), str(path)], check=True, capture_output=True, timeout=120,
        env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    first, again = wbe.read_samples(path), wbe.read_samples(tmp_path / "out" / f"form.{kind}")
    for name in ("concentration", "lod", "loq", "flow", "population"):
        np.testing.assert_array_equal(again[name].values, first[name].values)
    assert (again["flag"].values == first["flag"].values).all()
    assert again["sample"].values.tolist() == first["sample"].values.tolist()


def test_a_printed_form_is_landscape_and_one_page_wide(tmp_path):
    path = wbe.form(small_city(), month="2021-07", out=tmp_path / "form.xlsx")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # 1 is not written
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
