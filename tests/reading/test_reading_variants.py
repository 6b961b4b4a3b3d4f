"""Forty files of the known kinds in other words are read right, or asked about; none is read wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from beside import read
from variants import VARIANTS, kinds, outcome

from wbe.errors import InputError
from wbe.reading import reading_log

# questions that a better reader would not ask; a file that leaves this list is read right
ASKED = {
    "de_vorzeichen_hinter_dem_wert": "a date with points, either way round",
    "de_ablauf_neben_zulauf": "a date with points, either way round",
    "de_tausenderpunkt": "a date with points, either way round",
    "de_datum_und_uhrzeit": "a date with points, either way round",
    "de_durchfluss_in_eigener_datei": "a date with points, either way round",
    "zh_本底_括号": "加标后 in a bracket behind a second column of one substance",
    "fr_ng_par_litre_en_majuscules": "M3/J in capitals",
    "zh_三行表头_排放量": "日排放量 in the second of three header rows",
    "en_groups_with_area_first": "a group whose first column is a peak area",
}


@pytest.mark.parametrize(("name", "kind"), [(n, k) for n in VARIANTS for k in kinds(n)])
def test_a_variant_of_a_known_kind_is_read_right_or_asked_about(name: str, kind: str) -> None:
    end = outcome(name, kind)
    assert end.startswith("asked: ") if name in ASKED else end == "right"


def test_the_first_go_and_the_last_are_kept() -> None:
    page = (Path(__file__).parents[2] / "docs" / "studies" / "reading_variants.txt").read_text(encoding="utf-8")
    assert len(VARIANTS) == 40
    assert f"now             {40 - len(ASKED)} right, {len(ASKED)} asked, 0 wrong" in page


HEAD = (
    "site,date,flow (m3/d),analyte,result (ng/L),{}\nWest,2021-06-01,50000,METH,0.5,{}\nEast,2021-06-01,5,METH,7,{}\n"
)


@pytest.mark.parametrize(
    ("header", "below", "seen"),
    [
        ("是否低于检出限", "是", "否"),
        ("below MDL", "yes", "no"),
        ("non-detect?", "TRUE", "FALSE"),
        ("unter BG", "ja", "nein"),
        ("Detected?", "N", "Y"),
        ("détecté", "non", "oui"),
        ("是否检出?", "否", "是"),
    ],
)
def test_yes_and_no_beside_a_result_say_what_their_header_asks(header: str, below: str, seen: str) -> None:
    ds = read(HEAD.format(header, below, seen))
    assert ds["flag"].values.tolist() == [[2], [0]]
    assert ds["lod"].values[0].tolist() == [0.5]


def test_yes_and_no_of_another_matter_change_nothing() -> None:
    assert read(HEAD.format("weekend", "no", "yes"))["flag"].values.tolist() == [[0], [0]]


def test_units_right_behind_a_limit_are_its_units_whatever_their_header_says() -> None:
    table = "site,date,flow (m3/d),analyte,result,unit,LOD,{}\nWest,2021-06-01,5,METH,<LOD,ng/L,0.5,ug/L\n"
    ds = read(table.format("unidad LD"))
    assert ds["lod"].values.tolist() == [[500]]
    assert any("unit of the column before it" in n for n in reading_log(ds).notes)
    with pytest.raises(InputError, match="got"):  # a unit that is none of the number before it joins nothing
        read(table.replace("LOD,{}", "LOD (ng/L),LOD unit"))


def test_a_county_under_its_old_and_new_name_is_one_place() -> None:
    head = "县市区,采样点,采样日期,流量（m³/d）,冰毒（ng/L）\n"
    old, new = "株洲县,渌口厂,2018-03-01,5,120\n", "渌口区,渌口厂,2021-06-01,5,90\n"
    ds = read(head + old + new)
    assert ds["district"].values.tolist() == ["渌口区", "渌口区"]
    assert ds["site"].values.tolist() == ["渌口厂", "渌口厂"]
    assert any("株洲县" in n and "渌口区" in n for n in reading_log(ds).notes)
    assert read(head + old)["district"].values.tolist() == ["株洲县"]
    assert read(head + old.replace("株洲县", "望城县") + new)["district"].values.tolist() == ["望城县", "渌口区"]


def test_a_footnote_ends_as_read_harmless_or_not_read() -> None:
    table = (
        "采样点,采样日期,流量（m³/d）,冰毒（ng/L）\n西厂,2021-06-01,50000,未检出\n"
        "注：检出限均为2 ng/L,,,\n数据来源：市监测站,,,\n注：结果仅供参考,,,\n"
    )
    log = reading_log(read(table))
    ends = {w["text"][:6]: w["end"] for w in log.words if w["where"] == "footnote"}
    assert ends == {"注：检出限均": "read", "数据来源：市": "harmless", "注：结果仅供": "unread"}
