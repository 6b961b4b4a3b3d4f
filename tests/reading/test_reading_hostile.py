"""Files made to harm: bounded memory, a clear message, and nothing that runs."""

from __future__ import annotations

import re
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wbe.errors import InputError
from wbe.exchange import neutralise
from wbe.reading import read_samples, reading_log
from wbe.samples import Flag

ROWS = [
    ["site", "district", "date", "flow (m3/d)", "population", "METH (ng/L)", "KET (ng/L)"],
    ["P", "D", "2021-06-24", 10500, 34000, 120, "ND"],
]


def book(path: Path, rows: list[list[Any]], **cells: Any) -> Path:
    import openpyxl

    wb = openpyxl.Workbook()
    sheet = wb.active
    for row in rows:
        sheet.append(row)
    for place, value in cells.items():
        sheet[place] = value
    wb.save(path)
    return path


def rewrite(path: Path, part: str, change: Any) -> Path:
    """Change one part of a zip container."""
    with zipfile.ZipFile(path) as z:
        parts = {n: z.read(n) for n in z.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in parts.items():
            z.writestr(name, data)
    return path


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z, z.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(60):
            part.write(b"\0" * 1_000_000)
    tracemalloc.start()
    with pytest.raises(InputError, match=r"bomb.xlsx: got a workbook that unpacks to 60 MB"):
        read_samples(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_stray_cell_in_the_last_corner_is_refused_with_its_place(tmp_path: Path) -> None:
    path = book(tmp_path / "corner.xlsx", ROWS, XFD1048576="x")
    with pytest.raises(InputError, match=r"1048576 rows and up to column XFD"):
        read_samples(path)


def test_a_million_blank_formatted_rows_are_read_as_what_they_hold(tmp_path: Path) -> None:
    path = book(tmp_path / "blank.xlsx", ROWS)
    blank = b"".join(b'<row r="%d" ht="15" customHeight="1"/>' % r for r in range(3, 1_000_000))
    rewrite(path, "xl/worksheets/sheet1.xml", lambda x: x.replace(b"</sheetData>", blank + b"</sheetData>"))
    ds = read_samples(path)
    assert ds["concentration"].values[0, 0] == 120
    assert reading_log(ds).balance()["cells"].iloc[-1] == 2


def test_a_formula_without_a_stored_result_is_rejected_and_not_taken_for_blank(tmp_path: Path) -> None:
    ds = read_samples(book(tmp_path / "f.xlsx", ROWS, F2="=60*2"))
    assert ds["flag"].values[0, 0] == Flag.REJECTED
    assert ds["flag_reason"].values[0, 0] == "formula without a stored result"
    with pytest.raises(InputError, match=r"row 2, column flow.*FORMULA"):
        read_samples(book(tmp_path / "g.xlsx", ROWS, D2="=60*2"))


def test_hidden_lines_are_read_and_said(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = book(tmp_path / "hidden.xlsx", ROWS)
    found = load_workbook(path)
    found.active.row_dimensions[2].hidden = True
    found.active.column_dimensions["C"].hidden = True
    found.create_sheet("old").sheet_state = "hidden"
    found["old"].append(["x"])
    found.save(path)
    ds = read_samples(path)
    notes = reading_log(ds).notes
    assert ds.sizes["sample"] == 1
    assert any("1 hidden row(s) and 1 hidden column(s) are read like the others" in n for n in notes)
    assert any("sheet old is hidden and was not read" in n for n in notes)


def test_links_to_other_workbooks_are_not_followed(tmp_path: Path) -> None:
    path = rewrite(book(tmp_path / "link.xlsx", ROWS), "xl/externalLinks/externalLink1.xml", lambda _: b"<x/>")
    log = reading_log(read_samples(path))
    assert any("links to other workbooks are not followed" in n for n in log.notes)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("wide.csv", b"," * 9000, r"9001 columns"),
        ("binary.csv", b"a,b\n\x00\x01", r"binary content"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, r"damaged workbook"),
        ("cut.xlsx", b"PK\x03\x04" + b"\0" * 500, r"damaged workbook"),
        ("latin.csv", b"site,district\n\xff\xff\xfe,\x80\x80\n", r"neither UTF-8 nor GB18030"),
        ("open.csv", b'site,date\n"' + b"x" * 200_000, r"cannot be cut into cells"),
        ("not.xlsx", b"site,date\x00", r"not a workbook inside"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_plainly(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_samples(tmp_path / name)
    assert len(caught.value.faults) == 1


def test_big5_is_never_guessed(tmp_path: Path) -> None:
    header = "縣市區,採樣日期,流量（m3/d）,甲基苯丙胺（ng/L）\n天元區,2021-06-24,1,2\n"
    (tmp_path / "b.csv").write_bytes(header.encode("big5"))
    with pytest.raises(InputError):
        read_samples(tmp_path / "b.csv")


@given(st.text(max_size=20))
def test_a_written_text_never_runs_as_a_formula(text: str) -> None:
    written = neutralise(text)
    assert written.removeprefix("'") == text or written == text
    if re.match(r"^[\s\u00a0]*[=+\-@＝＋－＠]", written):
        float(written.strip().rstrip("%"))


def test_numbers_stay_numbers_when_written() -> None:
    assert [neutralise(v) for v in (-0.5, "-0.5", "+3e2", None, 7)] == [-0.5, "-0.5", "+3e2", None, 7]
    assert [neutralise(v) for v in ("=1", "+A1", "-A1", "@x", "\t=1", "－A1")] == [
        "'=1",
        "'+A1",
        "'-A1",
        "'@x",
        "'\t=1",
        "'－A1",
    ]
    assert [neutralise(v) for v in ("\x0c=1", "\u200b=1", "\ufeff@x", "\x0b-A1")] == [
        "'\x0c=1",
        "'\u200b=1",
        "'\ufeff@x",
        "'\x0b-A1",
    ]


@pytest.mark.parametrize("path", [None, 3, b"x.csv", ["x.csv"]])
def test_what_is_no_path_is_refused_by_the_arguments_name(path: object) -> None:
    with pytest.raises(InputError, match=r"got read_samples\(path\) with .*needed a file or folder"):
        read_samples(path)


@pytest.mark.parametrize("title", ["it's June", "a>b", "a&b", "荷塘<区"])
@pytest.mark.parametrize("from_1904", [False, True])
def test_a_sheets_name_does_not_hide_from_which_day_its_workbook_counts(
    tmp_path: Path, title: str, from_1904: bool
) -> None:
    import datetime as dt

    import xlsxwriter

    path = tmp_path / "days.xlsx"
    made = xlsxwriter.Workbook(str(path), {"date_1904": from_1904})
    sheet, day = made.add_worksheet(title), made.add_format({"num_format": "yyyy-mm-dd"})
    for r, row in enumerate(ROWS):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    sheet.write_datetime(1, 2, dt.datetime(2021, 6, 24), day)
    sheet.write_formula(2, 5, "=1+1", value="")
    sheet.write_row(2, 0, ["Q", "E", "2021-06-24", 9000, 30000])
    made.close()
    ds = read_samples(path)
    assert ds["time"].values[0].astype("datetime64[D]").astype(str) == "2021-06-24"
    assert int(ds["flag"][1, 0]) == int(Flag.REJECTED)


def test_parts_in_another_case_are_still_counted(tmp_path: Path) -> None:
    path = book(tmp_path / "case.xlsx", ROWS, XFD1048576="x")
    with zipfile.ZipFile(path) as z:
        parts = {n: z.read(n) for n in z.namelist()}
    with zipfile.ZipFile(path, "w") as z:
        for name, data in parts.items():
            z.writestr(name.replace("worksheets/sheet1.xml", "Worksheets/Sheet1.XML"), data)
    with pytest.raises(InputError) as caught:
        read_samples(path)
    assert caught.value.codes in (["reading-cells-spread"], ["reading-workbook-damaged"])


def test_a_reference_with_spaces_is_refused_before_its_cells_fill_memory(tmp_path: Path) -> None:
    path = book(tmp_path / "spaced.xlsx", ROWS, XFD1048576="x")
    rewrite(path, "xl/worksheets/sheet1.xml", lambda d: d.replace(b'<c r="XFD1048576"', b'<c r = "XFD1048576"'))
    with pytest.raises(InputError, match=r"spaced\.xlsx"):
        read_samples(path)


def test_a_sheet_without_a_part_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "lost.xlsx", ROWS)
    rewrite(path, "xl/_rels/workbook.xml.rels", lambda d: d.replace(b"worksheets/sheet1.xml", b"worksheets/gone.xml"))
    with pytest.raises(InputError, match=r"lost\.xlsx"):
        read_samples(path)


def test_tags_that_never_close_cost_no_more_than_their_length(tmp_path: Path) -> None:
    path = book(tmp_path / "open.xlsx", ROWS)
    rewrite(path, "xl/worksheets/sheet1.xml", lambda d: d.replace(b"<sheetData>", b"<col " * 200_000 + b' hidden="1"'))
    with pytest.raises(InputError, match=r"open\.xlsx"):
        read_samples(path)
    ods = tmp_path / "open.ods"
    with zipfile.ZipFile(ods, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        z.writestr("content.xml", b"<table:table-cell " * 100_000)
    with pytest.raises(InputError, match=r"open\.ods"):
        read_samples(ods)


@pytest.mark.parametrize("cell", ["(", "[(", "1,", "a", "9", " ", "-", "区"])
@pytest.mark.parametrize("where", [(0, 6), (0, 0), (1, 5), (1, 2), (1, 0), (1, 3)])
def test_a_cell_of_any_length_is_read_or_refused_at_once(tmp_path: Path, cell: str, where: tuple[int, int]) -> None:
    rows = [list(map(str, row)) for row in ROWS]
    rows[where[0]][where[1]] = cell * (60_000 // len(cell)) + "x" * (cell == " ")
    path = tmp_path / "long.csv"
    path.write_text("\n".join(",".join(f'"{c}"' for c in row) for row in rows) + "\n", encoding="utf-8")
    try:
        shown = str(read_samples(path).sizes)
    except InputError as err:
        shown = str(err)
    assert len(shown) < 4_000, "a long cell is not shown whole"


def test_two_long_cells_with_one_beginning_stay_two(tmp_path: Path) -> None:
    long = "P" * 900
    rows = [["sample", "district", *ROWS[0][2:]], *([long + end, "D", *ROWS[1][2:]] for end in "AB")]
    path = tmp_path / "ids.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n", encoding="utf-8")
    ds = read_samples(path)
    first, second = ds["sample"].values.tolist()
    assert first[:400] == second[:400] == "P" * 400
    assert not second.endswith("#2")
    assert any("longer than 500" in str(n) for n in reading_log(ds).notes)
