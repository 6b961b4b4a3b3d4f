"""A faulty workbook gives one plain error with file, sheet, row and column, exit code 1, and no output at all."""

import copy
import sys

import openpyxl
import pytest

from wbe import cli

GOOD = [
    ["采样日期", "县市区", "采样点", "流量(m3/d)", "服务人口(人)", "人口口径", "甲基苯丙胺(ng/L)"],
    ["2021-06-24", "天元区", "河西污水厂", 50_000, 300_000, "普查", 200],
    ["2021-06-25", "荷塘区", "荷塘污水厂", 40_000, 200_000, "普查", 90],
]  # fmt: skip


def book(path, changes):
    rows = copy.deepcopy(GOOD) if changes is not None else []
    for (row, column), value in (changes or {}).items():
        rows[row][column] = value
    file = openpyxl.Workbook()
    file.active.title = "六月"
    for row in rows:
        file.active.append(row)
    file.save(path)
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({(0, 6): "甲基苯丙胺(m3/d)"}, "sheet 六月, column 甲基苯丙胺(m3/d): got unit 'm3/d' for concentration"),
        ({(0, 3): "流量(ng/L)"}, "sheet 六月, column 流量(ng/L): got unit 'ng/L' for flow"),
        ({(0, 6): "神秘物质(ng/L)"}, "sheet 六月, row 1, column 神秘物质(ng/L): got '神秘物质(ng/L)', a substance"),
        ({(2, 3): None}, "sheet 六月, row 3, column flow: got no flow"),
        ({(2, 0): "2021-13-45"}, "sheet 六月, row 3, column 采样日期: got '2021-13-45' (no such day"),
        (None, "bad.xlsx: got a workbook without cells"),
    ],
    ids=["unit", "unit of flow", "analyte", "flow", "date", "empty"],
)
def test_a_fault_names_file_sheet_row_and_column_and_leaves_nothing_behind(
    changes, said, tmp_path, capsys, monkeypatch
):
    path = book(tmp_path / "bad.xlsx", changes)
    monkeypatch.setattr(sys, "argv", ["wbe", "estimate", str(path), "-o", str(tmp_path / "out" / "table.csv")])
    with pytest.raises(SystemExit) as end:
        cli.main()
    printed, err = capsys.readouterr()
    assert end.value.code == 1
    assert (printed, len(err.splitlines())) == ("", 1)
    assert "bad.xlsx" in err
    assert said in err
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_workbook_without_the_fault_is_estimated(tmp_path, capsys, monkeypatch):
    path = book(tmp_path / "good.xlsx", {})
    monkeypatch.setattr(sys, "argv", ["wbe", "estimate", str(path), "-o", str(tmp_path / "table.csv")])
    cli.app(standalone_mode=False)
    assert "rows written" in capsys.readouterr().out
