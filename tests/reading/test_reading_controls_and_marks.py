"""Controls by their names, marks of one substance among several, pasted spaces of no width, comments of cells."""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

sys.path.insert(0, str(Path(__file__).parent))

from beside import LINE, LONG, ROW, WIDE, read, told

from wbe.reading import reading_log

TYPED = "site,date,{head},flow (m3/d),METH (ng/L)\nWest,2021-06-01,Sample,50000,120\nWest,2021-06-01,{word},50000,97\n"
NAMED = "sample,site,date,flow (m3/d),METH (ng/L)\nW1,West,2021-06-01,50000,120\n{word},{site},2021-06-01,50000,97\n"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("head", ["Sample Type", "Type", "QCCODE", "类型"])
@pytest.mark.parametrize("word", ["West spike", "Std 10 ppb", "QC_Low_1", "Field blank 2", "加标 2"])
def test_a_control_by_a_word_within_its_kind_is_no_second_result(head: str, word: str, kind: str) -> None:
    assert told(TYPED.format(head=head, word=word), kind=kind) == ["120"]


@pytest.mark.parametrize(
    "word", ["Standard", "Quality Control", "Cal", "CC", "Solvent", "DoubleBlank", "SysSuit", "BS1"]
)
def test_an_id_that_names_a_control_is_asked_about_only_beside_a_sample_of_its_place_and_day(word: str) -> None:
    assert told(NAMED.format(word=word, site="West")) == ["asked", "reading-row-in-doubt"]
    assert told(NAMED.format(word=word, site="East")) == ["120", "97"]


def test_another_substance_of_the_same_place_and_day_is_no_neighbour_of_an_id() -> None:
    table = LONG.replace("sample_id", "sample") + "\n" + LINE + "120\n"
    assert told(table + LINE.replace("S1", "CC").replace("methamphetamine", "ketamine") + "14\n") == ["120", "missing"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sign_of_one_substance_goes_to_its_rows_and_to_no_others(kind: str) -> None:
    table = f"{LONG},METH sign\n{LINE}0.5,<\n{LINE.replace('methamphetamine', 'ketamine')}7,<\n"
    assert told(table, kind=kind) == ["below_lod lod 0.5"]
    assert told(table, kind=kind, biomarker="ketamine") == ["7"]


def test_a_number_beside_a_sign_that_lies_between_both_limits_leaves_the_higher_one() -> None:
    head = "site,date,flow (m3/d),analyte,flag,result (ng/L),LOD (ng/L),LOQ (ng/L)"
    row = "\nWest,2021-06-01,50000,methamphetamine,<,{},8.2,50\n"
    assert told(head + row.format(11)) == ["below_loq lod 8.2 loq 50"]
    assert told(head + row.format(8.2)) == ["below_lod lod 8.2 loq 50"]
    assert told(head + row.format(60)) == ["below_lod lod 60 loq 50"]


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u2060", "\u200d"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_spaces_of_no_width_make_no_second_place_and_no_other_header(unseen: str, kind: str) -> None:
    rows = f"{ROW}100\n{ROW.replace('D1,P1', f'{unseen}D1,P{unseen}1{unseen}').replace('06-01', '06-02')}200\n"
    ds = read(f"{WIDE.replace('METH', f'ME{unseen}TH')}\n{rows}", kind=kind)
    assert ds["district"].values.tolist() == ["D1", "D1"]
    assert ds["site"].values.tolist() == ["P1", "P1"]


def test_the_comment_of_a_cell_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (WIDE.split(","), [*ROW.split(",")[:3], 50000, 100000, "registered", 120]):
        sheet.append(row)
    sheet["G2"].comment = Comment("repeat: 12", "laboratory")
    book.save(tmp_path / "a.xlsx")
    from wbe.reading import read_samples

    assert any("G2" in n and "repeat: 12" in n for n in reading_log(read_samples(tmp_path / "a.xlsx")).notes)
