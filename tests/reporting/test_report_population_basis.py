"""The report says what the population behind its numbers rests on, in both languages and any edition."""

import re

import numpy as np
import pytest

import wbe
from wbe.testing import small_city

METH = "methamphetamine"


def city():
    ds = small_city(districts=4, months=2, biomarkers=(METH, "cotinine"))
    ds["concentration"].loc[{"biomarker": "cotinine"}] = 2000.0
    ds["flag"].loc[{"biomarker": "cotinine"}] = 0
    n = ds.sizes["sample"]
    ds["ammonium_nitrogen"] = ("sample", np.full(n, 120.0), {"units": "mg/L"})
    ds["domestic_share"] = ("sample", np.where(ds["district"] == "天元区", 0.8, 0.9), {"units": "1"})
    return ds


def page(tmp_path, method, policy="internal"):
    files = wbe.report(city(), "2021-02", tmp_path / method / str(policy), "zh+en", population=method, policy=policy,
                       formats="html", draws=1000)  # fmt: skip
    return re.sub(r"<[^>]+>", " ", files.html.read_text(encoding="utf-8"))


@pytest.mark.parametrize("policy", ["internal", "public"])
def test_a_marker_from_memory_and_a_conflict_are_told_beside_the_loads(tmp_path, policy, no_pictures):
    text = page(tmp_path, "ensemble:reported+ammonium_nitrogen", policy)
    assert "Population from ammonium_nitrogen" in text
    assert "(memory)" in text
    assert "凭记忆，未核实" in text
    assert "contradict each other at 4 of 4 site" in text
    assert "4 个采样点中有 4 个点各方法互相矛盾" in text
    assert "污水厂" not in text or policy == "internal"


def test_the_corrected_value_stands_beside_the_public_rules_load_in_the_page_itself(tmp_path, no_pictures):
    text = page(tmp_path, "agency-cotinine")
    assert "rise by 1/share" in text
    assert "放大" in text
    table = wbe.estimate(city(), population="agency-cotinine", draws=1000).table()
    row = table.query("district == '天元区' and month == '2021-02' and drug == @METH and quantity == 'normalised_load'")
    corrected = re.search(r"0\.8\): ([^;]+)", row["note"].item())[1]
    seen = " ".join(text.split())
    assert " ".join(corrected.replace("(", " (").split()) in seen
    assert "0.8 to 0.9 times it, as the shares of its samples differ" in seen  # of the city
    assert "上值的 0.8–0.9 倍" in seen


def test_a_reported_population_names_its_basis(tmp_path, no_pictures):
    text = page(tmp_path, "reported")
    assert "Reported population, census, CV 10 %." in text
    assert "上报人口（普查人口），变异系数 10 %。" in text
