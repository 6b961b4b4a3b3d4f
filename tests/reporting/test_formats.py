"""One document in every format: what one says the others say, with the same numbers, or nothing is written."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile

import docx
import jsonschema
import openpyxl
import pandas as pd
import pypdf
import pytest
from page_tables import Tables

import wbe
from wbe import packaged
from wbe.errors import InputError, MissingExtra, UnknownName
from wbe.reporting import formats as room
from wbe.reporting.blocks import Block, Column, Finding, Section, Table
from wbe.reporting.document import FORMATS, Document, Letterhead, asked_formats, plain
from wbe.reporting.office import word
from wbe.reporting.package import data_package
from wbe.reporting.typeset import pdf
from wbe.reporting.workbook import sheet_name
from wbe.testing import small_city


@pytest.fixture(scope="session")
def june(zhuzhou_report):
    return zhuzhou_report()


@pytest.fixture(scope="session")
def page(june):
    return Tables(june.html.read_text(encoding="utf-8")).found


@pytest.fixture(scope="session")
def book(june):
    return openpyxl.load_workbook(june.workbook)


@pytest.fixture(scope="session")
def content(june):
    (path,) = june.of("06.json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_format_is_written_when_none_is_named(june):
    names = {path.name.removeprefix("wbe-report-2021-06") for path in june.files}
    assert {".html", ".xlsx", ".json", "-zh.pdf", "-en.pdf", "-zh.docx", "-en.docx", "datapackage.json"} <= names
    assert all(path.stat().st_size > 500 for path in june.files)


def test_json_holds_the_pages_tables_and_keeps_to_its_schema(content, page):
    jsonschema.validate(content, json.loads(packaged.text("report.schema.json")))
    compared = 0
    held = {
        (part["language"], item["name"]): item
        for part in content["parts"] for section in part["sections"] for item in section["items"]
        if item["kind"] == "table"
    }  # fmt: skip
    assert set(held) == set(page)
    for key, item in held.items():
        heads, *rows = page[key]
        assert [column["heading"] for column in item["columns"]] == heads
        for shown, kept in zip(rows, item["rows"], strict=True):
            for text, value, column in zip(shown, kept, item["columns"], strict=True):
                if value is None:
                    assert text == "—"
                elif column["decimals"] is None:
                    assert text == value
                else:
                    assert float(text.replace(",", "")) == value
                    compared += 1
    assert compared > 300


@pytest.mark.parametrize("language", ["zh", "en"])
def test_word_holds_the_pages_tables(june, page, language):
    (path,) = june.of(f"06-{language}.docx")
    book = docx.Document(path)
    held = [[[cell.text for cell in row.cells] for row in table.rows] for table in book.tables]
    assert held == [rows for (spoken, _), rows in page.items() if spoken == language]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pdf_holds_every_number_of_the_page(june, page, language):
    (path,) = june.of(f"06-{language}.pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    told = re.sub(r"\s|\u200b", "", text)
    cells = {cell for (spoken, _), rows in page.items() if spoken == language for row in rows for cell in row}
    assert len(cells) > 300
    wanted = {re.sub(r"\s", "", cell) for cell in cells if re.search(r"\d", cell) and len(cell) < 24}
    assert len(wanted) > 200
    assert {cell for cell in wanted if cell not in told} == set()


def test_the_workbook_has_cover_and_index_in_each_language(book):
    assert book.sheetnames[:4] == ["封面", "目录", "Cover", "Index"]
    rows = list(book["目录"].iter_rows(min_row=3))
    assert len(rows) > 20
    for name, *_ in rows:
        assert name.value in book.sheetnames
        assert name.hyperlink.location == f"'{name.value}'!A1"
    top = [row[0].value for row in book["Cover"].iter_rows()]
    assert top[0] == "Wastewater drug monitoring: monthly report · 2021-06"
    assert any(str(line).startswith("Methamphetamine in Shifeng District") for line in top)


def test_no_cell_of_the_workbook_shows_an_apostrophe_before_a_change(book):
    shown = [c.value for s in book for row in s.iter_rows() for c in row if str(c.value or "").startswith("'")]
    assert shown == []
    changes = [row[3].value for row in book[sheet_name("en", "changes")].iter_rows(min_row=3)]
    assert any(re.match(r"[+]\d+ \(", str(text)) for text in changes)


def test_sheets_are_frozen_and_numbers_have_formats(book):
    assert all(sheet.freeze_panes for sheet in book if sheet.title not in ("封面", "Cover"))
    table = book["estimates"]
    column = [c.value for c in table[1]].index("median")
    assert {row[column].number_format for row in table.iter_rows(min_row=2, max_row=40) if row[column].value} == {
        "#,##0.####"
    }


def test_a_workbook_in_chinese_alone_has_chinese_sheets(tmp_path, no_pictures):
    files = wbe.report(small_city(districts=2, months=1), "2021-01", tmp_path, "zh", formats="xlsx", draws=1000)
    names = openpyxl.load_workbook(files.workbook).sheetnames
    assert [n for n in names if not any("\u4e00" <= c <= "\u9fff" for c in n)] == []
    assert len(names) == len(set(names))


def test_the_data_package_describes_its_files(june):
    (about,) = june.of("datapackage.json")
    package = json.loads(about.read_text(encoding="utf-8"))
    assert package["profile"] == "tabular-data-package"
    listed = {resource["path"] for resource in package["resources"]}
    assert listed == {path.name for path in june.files if path.suffix == ".csv"}
    for resource in package["resources"]:
        rows = list(csv.reader(io.StringIO((about.parent / resource["path"]).read_text(encoding="utf-8"))))
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == rows[0]
        for field, values in zip(fields, zip(*rows[1:], strict=True), strict=True):
            assert all(TYPES[field["type"]](value) for value in values if value), field


TYPES = {
    "string": lambda v: True,
    "number": lambda v: float(v) is not None,
    "integer": lambda v: re.fullmatch(r"-?\d+", v),
    "boolean": lambda v: v in ("True", "False"),
    "yearmonth": lambda v: re.fullmatch(r"\d{4}-\d{2}", v),
}


def test_every_column_of_an_estimate_is_documented(june):
    (about,) = june.of("datapackage.json")
    for resource in json.loads(about.read_text(encoding="utf-8"))["resources"]:
        if resource["name"].startswith("estimates"):
            assert [f["name"] for f in resource["schema"]["fields"] if not f.get("description")] == []


def test_a_whole_number_column_with_gaps_is_no_integer_and_an_odd_month_is_text():
    frame = pd.DataFrame({"n_samples": [1.0, None], "month": ["2021-06", "June"], "first": ["2021-06", ""]})
    about = json.loads(data_package(Document("r", "2021-06", (), {"t": frame}))["datapackage.json"])
    types = {f["name"]: f["type"] for f in about["resources"][0]["schema"]["fields"]}
    assert types == {"n_samples": "number", "month": "string", "first": "yearmonth"}


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R")
def test_r_reads_the_data_package(june):
    (about,) = june.of("datapackage.json")
    code = (
        'd <- read.csv(file.path(commandArgs(TRUE)[1], "estimates_city.csv"), fileEncoding = "UTF-8");'
        "cat(nrow(d), sum(d$median, na.rm = TRUE), d$month[nrow(d)])"
    )
    done = subprocess.run(["Rscript", "-e", code, str(about.parent)], capture_output=True, text=True, check=True)
    kept = pd.read_csv(about.parent / "estimates_city.csv")
    rows, total, month = done.stdout.split()
    assert int(rows) == len(kept)
    assert float(total) == pytest.approx(kept["median"].sum(), rel=1e-5)
    assert month == "2021-06"


def test_a_report_in_other_formats_has_no_page(tmp_path):
    files = wbe.report(small_city(districts=2, months=1), "2021-01", tmp_path, "en", formats=["json"], draws=1000)
    assert [path.name for path in files.files] == [path.name for path in tmp_path.iterdir()]
    with pytest.raises(InputError, match="html of a report that was written without it"):
        _ = files.html


def test_formats_are_named_once_in_their_order():
    assert asked_formats("xlsx,html , html") == ("html", "xlsx")
    assert asked_formats(None) == FORMATS
    with pytest.raises(UnknownName, match="got format 'doc'"):
        asked_formats("html,doc")
    with pytest.raises(InputError, match="no format at all"):
        asked_formats([])


def test_a_missing_package_is_named_before_anything_is_read(tmp_path, monkeypatch):
    monkeypatch.setitem(room.PACKAGES, "pdf", ("no_such_typst", "report"))
    with pytest.raises(MissingExtra, match="It comes with the extra report"):
        wbe.report(tmp_path / "absent.csv", "2021-01", tmp_path / "out", "en")
    assert not (tmp_path / "out").exists()


def test_equal_documents_give_equal_bytes_in_every_format(tmp_path):
    def contents(folder):
        files = wbe.report(small_city(districts=2, months=1), "2021-01", tmp_path / folder, "en", draws=1000)
        return {path.relative_to(tmp_path / folder): path.read_bytes() for path in files.files}

    first, second = contents("a"), contents("b")
    assert len(first) > 8
    assert [str(name) for name in first if first[name] != second[name]] == []


def made(*names):
    """One language's part of a document, made by hand."""
    table = Table("t", (Column("a", "A"), Column("n", "N", 1)), tuple({"a": name, "n": 1.25} for name in names))
    parts = (Section("leader", "One", (("text", "words"), table), "leader"),)
    return Block("zh", "标题", "made", "", "", "", parts)


def test_a_letterhead_stands_in_word_as_an_office_sends_it():
    head = Letterhead(office="某市禁毒办", number="某禁毒办〔2021〕2号", security="内部", addressee="各成员单位：",
                      date="2021-03-05", copies="省禁毒办", note="请各单位参阅。")  # fmt: skip
    book = docx.Document(io.BytesIO(word(made("x"), head, attachments=["一表"])))
    lines = [p.text for p in book.paragraphs if p.text]
    assert lines[:3] == ["内部", "某市禁毒办", "某禁毒办〔2021〕2号"]
    assert "各成员单位：" in lines
    assert "请各单位参阅。" in lines
    assert lines[-4:] == ["附件：1. 一表", "某市禁毒办", "2021年3月5日", "抄送：省禁毒办"]
    section = book.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(m.mm) for m in margins] == [37, 35, 28, 26]
    assert [round(v.mm) for v in (section.page_width, section.page_height)] == [210, 297]
    assert book.styles["Normal"].font.size.pt == 16
    assert "仿宋" in book.styles["Normal"].element.xml
    assert "PAGE" in section.footer._element.xml
    told = plain(Document("r", "2021-06", (), {}, head))["letterhead"]
    assert told["number"] == head.number


def test_a_brief_is_set_smaller_and_keeps_the_findings():
    part = Block(
        "zh", "标题", "", "", "", "", (Section("leader", "One", (("text", "aside"), Finding("seen")), "leader"),)
    )
    book = docx.Document(io.BytesIO(word(part, Letterhead(), layout="brief")))
    assert book.styles["Normal"].font.size.pt == 12
    lines = [p.text for p in book.paragraphs]
    assert "seen" in lines
    assert "aside" not in lines
    with pytest.raises(UnknownName, match="got layout 'long'"):
        word(part, Letterhead(), layout="long")


def test_a_users_own_template_wins(tmp_path):
    own = docx.Document()
    own.sections[0].top_margin = docx.shared.Mm(11)
    own.sections[0].header.paragraphs[0].text = "OUR OWN HEAD"
    own.add_paragraph("to be replaced")
    own.save(tmp_path / "own.docx")
    content = word(made("x"), Letterhead(template=str(tmp_path / "own.docx")))
    book = docx.Document(io.BytesIO(content))
    assert round(book.sections[0].top_margin.mm) == 11
    assert book.sections[0].header.paragraphs[0].text == "OUR OWN HEAD"
    assert "to be replaced" not in [p.text for p in book.paragraphs]
    assert "words" in [p.text for p in book.paragraphs]


def test_a_template_that_is_no_word_file_is_refused(tmp_path):
    (tmp_path / "own.docx").write_text("no archive")
    with pytest.raises(InputError, match="a template that cannot be opened"):
        word(made("x"), Letterhead(template=str(tmp_path / "own.docx")))


@pytest.mark.parametrize("value", ["a\nb", "x" * 201])
def test_a_letterhead_line_is_one_line(value):
    with pytest.raises(InputError, match="needed one line of at most 200 characters"):
        Letterhead(office=value)
    assert Letterhead(note="a\nb").note == "a\nb"


def test_names_never_become_markup():
    evil = ("#panic()", "<w:p/>&amp;", "*b* $x$", "\u202eevil", "a\x0bb", "\ud800", "@import url(x)")
    part = made(*evil)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf(part, Letterhead(), "f"))).pages)
    for name in ("#panic()", "*b* $x$", "@import url(x)"):
        assert name in text
    content = word(part, Letterhead())
    cells = {c.text for t in docx.Document(io.BytesIO(content)).tables for row in t.rows for c in row.cells}
    assert {"#panic()", "<w:p/>&amp;", "*b* $x$", "a b", "\\ud800", "1.2"} <= cells
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None


def test_plain_data_hold_no_path_of_this_machine():
    told = plain(Document("r", "2021-06", (), {}, Letterhead(logo="/a/b/logo.png", template="/a/b/own.docx")))
    assert "/a/b" not in json.dumps(told)
