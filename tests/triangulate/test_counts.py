"""Tables of counts: read in either shape and language, refused with persons in them, printed without small cells."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wbe
from wbe.errors import InputError


def wide(**columns):
    return pd.DataFrame({"区县": ["天元区", "荷塘区"], "月份": ["2024年3月", "2024/3"], **columns})


def test_a_wide_chinese_table_and_a_long_english_one_say_the_same():
    one = wbe.triangulate.counts(wide(毛发阳性=[12, 7], 毛发检测人数=[800, 60], 急救=[9, ""]))
    two = wbe.triangulate.counts(pd.DataFrame(
        [["天元区", "2024-03", "hair positives", 12, 800], ["荷塘区", "2024-03", "hair positives", 7, 60],
         ["天元区", "2024-03", "emergency calls", 9, ""]],
        columns=["district", "month", "indicator", "count", "tests"],
    ))  # fmt: skip
    pd.testing.assert_frame_equal(one.frame, two.frame)
    assert one.frame["count"].tolist() == [12.0, 7.0, 9.0]


@pytest.mark.parametrize("column", ["姓名", "身份证号", "name", "phone", "家庭住址", "date of birth"])
def test_a_column_about_persons_is_refused_before_anything_is_read(column):
    with pytest.raises(InputError, match="about persons") as told:
        wbe.triangulate.counts(wide(急救=[1, 2], **{column: ["x", "y"]}))
    assert told.value.codes == ["triangulate-person"]


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (wide(降雨=[1, 2]), ["triangulate-column", "triangulate-missing-column", "triangulate-missing-column"]),
        (wide(尿检阳性=[5, 6]), ["triangulate-no-tests"] * 2),
        (wide(尿检阳性=[70, 6], 尿检人数=[60, 60]), ["triangulate-more-than-tests"]),
        (wide(急救=[-1, "many"]), ["triangulate-number"] * 2),
        (wide(急救=[1, float("inf")]), ["triangulate-number"]),
        (wide(急救=[1, 2]).assign(区县=["A", ""]), ["triangulate-no-district"]),
        (wide(急救=[1, 2]).assign(月份=["2024-13", "March"]), ["triangulate-month"] * 2),
        (wide(急救=[1, 2]).assign(区县="A", 月份="2024-01"), ["triangulate-twice"]),
        (wide(急救=[1, 2]).assign(毒品=["冰毒", "moonshine"]), ["triangulate-drug"]),
        (wide(急救=[1, 2]).iloc[:0], ["triangulate-empty"]),
        (wide(急救=[1, 2]).assign(county="A"), ["triangulate-column-twice"]),
    ],
)
def test_every_fault_of_a_table_is_told_at_once_with_its_row(table, codes):
    with pytest.raises(InputError, match=r"counts\.csv") as told:
        wbe.triangulate.counts(table, file="counts.csv")
    assert told.value.codes == codes


def test_equal_numbers_of_positives_and_tests_are_no_fault():
    held = wbe.triangulate.counts(wide(尿检阳性=[60, 0], 尿检人数=[60, 60]))
    assert held.frame["count"].tolist() == [60.0, 0.0]


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (1234567, "1234567")])
def test_one_to_four_people_are_not_printed(count, shown):
    held = wbe.triangulate.counts(wide(急救=[count, 50]))
    assert held.printed("en")["shown"].tolist() == [shown, "50"]
    assert held.frame["count"].tolist() == [float(count), 50.0]


@pytest.mark.parametrize(("tests", "shown"), [(49, "检测数过少"), (50, "9")])
def test_positives_among_few_tests_are_not_printed(tests, shown):
    held = wbe.triangulate.counts(wide(毛发阳性=[9, 9], 毛发检测数=[tests, 400]))
    assert held.printed("zh")["shown"].tolist() == [shown, "9"]
    assert held.printed("zh")["indicator"].tolist() == ["毛发检测阳性人数"] * 2


def test_kilograms_are_not_people():
    assert wbe.triangulate.counts(wide(缴毒=[1.5, 3.25])).printed("en")["shown"].tolist() == ["1.5", "3.25"]


@given(st.lists(st.integers(0, 30), min_size=2, max_size=2), st.booleans())
def test_no_printed_table_holds_a_small_count(values, turned):
    table = wide(急救=values)
    shown = wbe.triangulate.counts(table.iloc[::-1] if turned else table).printed("en")["shown"]
    assert not {"1", "2", "3", "4"} & set(shown)
    assert sum(s == "<5" for s in shown) == sum(0 < v < 5 for v in values)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_that_offices_write(tmp_path, encoding):
    path = tmp_path / "统计.csv"
    path.write_text("区县,月份,举报\n天元区,2024-01,7\n", encoding=encoding)
    assert wbe.triangulate.read_counts(path).frame.loc[0, "indicator"] == "tips"


def test_a_workbook_is_read_and_what_is_no_table_refused(tmp_path):
    path = tmp_path / "counts.xlsx"
    wide(举报=[7, 8]).to_excel(path, index=False)
    assert wbe.triangulate.read_counts(path).frame["count"].tolist() == [7.0, 8.0]
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK no workbook")
    for bad in (broken, tmp_path / "absent.csv"):
        with pytest.raises(InputError, match="no table that can be read"):
            wbe.triangulate.read_counts(bad)
