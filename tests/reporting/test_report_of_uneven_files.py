"""A drug that a laboratory did not run in one district leaves a word in the report, never a failure."""

from __future__ import annotations

import pytest

import wbe

UNEVEN = """县市区,采样日期,流量(m3/d),服务人口(人),甲基苯丙胺(ng/L),吗啡(ng/L)
天元区,2021-05-22,52000,340000,未检测,30
天元区,2021-06-22,52000,340000,50,未检测
荷塘区,2021-05-22,31000,200000,20.5,未检测
荷塘区,2021-06-22,31000,200000,20.5,未检测
芦淞区,2021-06-23,31000,200000,未检测,12
"""


@pytest.mark.parametrize("month", ["2021-05", "2021-06"])
def test_the_report_of_a_month_that_is_not_complete_is_written(month, tmp_path):
    pytest.importorskip("jinja2")
    (tmp_path / "uneven.csv").write_text(UNEVEN, encoding="utf-8")
    written = wbe.report(tmp_path / "uneven.csv", month, tmp_path / "out", "en", formats="html")
    assert "not measured<" in written.html.read_text(encoding="utf-8")
