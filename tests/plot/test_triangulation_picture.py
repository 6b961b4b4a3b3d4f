"""The picture of counts beside loads shows what may be shown, and no correlation where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.testing import small_loads


def picture(calls, language="en"):
    months = [f"2021-{m:02d}" for m in range(1, len(calls) // 2 + 1)]
    table = pd.DataFrame({"区县": ["天元区", "荷塘区"] * len(months), "月份": np.repeat(months, 2), "急救": calls})
    loads, held = small_loads(months=len(months)), wbe.triangulate.counts(table, synthetic=True)
    found = wbe.triangulate.associate(loads, held, indicator="急救", drug="冰毒")
    return wbe.plot.triangulation(loads, held, found, language=language), found


def test_small_counts_are_not_drawn():
    figure, _ = picture([9, 3, 12, 4, 8, 40, 11, 2])
    drawn = {a.get_gid(): a for a in figure.axes}
    points = {gid: sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() == "s")
              for gid, axes in drawn.items() if gid.startswith("district")}  # fmt: skip
    assert sorted(points.values()) == [1, 4]


@pytest.mark.parametrize(("language", "said"), [("en", "no number: see the note"), ("zh", "无数值，见说明")])
def test_without_a_number_there_are_no_dots_and_it_is_said(language, said):
    figure, found = picture([9, 30, 12, 40, 8, 40, 11, 20], language)
    axes = next(a for a in figure.axes if a.get_gid() == "lags")
    assert found.status == "too_few"
    assert [t.get_text() for t in axes.texts] == [said]
    assert not [line for line in axes.lines if line.get_marker() == "o"]
    assert any(t.get_gid() == "synthetic" for t in figure.texts)
