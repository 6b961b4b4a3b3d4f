"""Blanks among the rows of a laboratory's table are kept out of the samples and still judge them."""

from pathlib import Path

import wbe
from wbe.reading import reading_log

HEAD = "样品编号,县市区,污水厂,采样日期,流量（m3/d）,服务人口（人）,冰毒(ng/L),K粉(ng/L)\n"
SAMPLES = "S1,天元区,河西,2021-06-24,105000,340000,120,0.9\nS2,荷塘区,荷塘,2021-06-24,61000,210000,88,5\n"


def test_what_a_blank_row_contains_is_told_with_its_row_and_results_near_it_are_doubted(tmp_path: Path) -> None:
    path = tmp_path / "june.csv"
    path.write_text(
        HEAD + "全程序空白,,,2021-06-24,,,未检出,0.4\n" + SAMPLES + "加标样,,,2021-06-24,,,98,101\n", encoding="utf-8"
    )
    ds = wbe.read_samples(path)
    assert ds["sample"].values.tolist() == ["S1", "S2"]
    controls = reading_log(ds).controls
    assert [(c["kind"], c["biomarker"], c["state"], c["value"]) for c in controls] == [
        ("blank", "methamphetamine", "below_lod", None), ("spike", "methamphetamine", "detected", 98.0),
        ("blank", "ketamine", "detected", 0.4), ("spike", "ketamine", "detected", 101.0),
    ]  # fmt: skip
    issues = wbe.check(ds)
    blank = issues[issues["code"] == "blank_detected"]
    assert blank[["sample", "biomarker", "row"]].to_numpy().tolist() == [["全程序空白", "ketamine", 2]]
    near = issues[issues["code"] == "near_blank"]
    assert near[["sample", "biomarker"]].to_numpy().tolist() == [["S1", "ketamine"]]


def test_a_clean_blank_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "june.csv"
    path.write_text(HEAD + "全程序空白,,,2021-06-24,,,未检出,ND\n" + SAMPLES, encoding="utf-8")
    assert not set(wbe.check(wbe.read_samples(path))["code"]) & {"blank_detected", "near_blank"}
