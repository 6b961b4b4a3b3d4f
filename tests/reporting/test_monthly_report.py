"""The monthly report: the page and the workbook say the same, safely, or nothing is written."""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess

import openpyxl
import pytest
from fontTools.ttLib import TTFont
from page_tables import Tables

import wbe
from wbe import packaged
from wbe.errors import InputError
from wbe.plot.fonts import chinese_font
from wbe.reporting import monthly
from wbe.reporting.workbook import sheet_name
from wbe.samples import month
from wbe.testing import small_city

NASTY = "<script>alert(1)</script>"
FORMULA = "=HYPERLINK(0)"


def city(last="2021-05"):
    ds = small_city(districts=["天元区", NASTY, FORMULA], months=7)
    return ds.isel(sample=month(ds).values <= last)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return wbe.report(city(), "2021-05", tmp_path_factory.mktemp("report"), formats="html,xlsx", draws=1000)


@pytest.fixture(scope="module")
def html(files):
    return files.html.read_text(encoding="utf-8")


def test_every_table_of_the_page_is_in_the_workbook_with_the_same_numbers(files, html):
    book = openpyxl.load_workbook(files.workbook)
    tables = Tables(html).found
    assert {name for _, name in tables} >= {"matrix", "changes", "trends", "users", "budget", "parameters"}
    # each table has a name of its own, and no sheet is of a table that the page does not have
    assert len(tables) == html.count("data-table=")
    about = {"封面", "目录", "Cover", "Index"}
    full = {"estimates", "estimates city", "trend table", "rank table", "alert table", "check table"}
    assert {sheet_name(language, name) for language, name in tables} == set(book.sheetnames) - about - full
    compared = 0
    for (language, name), rows in tables.items():
        cells = list(book[sheet_name(language, name)].iter_rows(min_row=2))
        sheet = [[c.value for c in r] for r in cells]
        assert len(sheet) == len(rows)
        for shown, kept, styled in zip(rows, sheet, cells, strict=True):
            assert not any(kept[len(shown) :])
            for text, value, cell in zip(shown, kept, styled, strict=False):
                if isinstance(value, int | float):
                    assert float(text.replace(",", "")) == value
                    # and a spreadsheet shows as many decimals
                    assert len(text.partition(".")[2]) == len(cell.number_format.partition(".")[2])
                    compared += 1
                else:
                    assert text == (value or "").removeprefix("'")
    assert compared > 50


def test_the_matrix_shows_the_estimates_own_words(html):
    table = wbe.estimate(city(), draws=1000).table()
    rows = Tables(html).found["en", "matrix"]
    loads = table[(table["month"] == "2021-05") & (table["quantity"] == "normalised_load")]
    for row, district in zip(rows[1:4], ["天元区", NASTY, FORMULA], strict=True):
        assert row[1:] == loads.loc[loads["district"] == district, "text"].tolist()


def test_the_workbook_holds_every_number_in_full_and_runs_nothing(files):
    book = openpyxl.load_workbook(files.workbook)
    table = wbe.estimate(city(), draws=1000).table()
    sheet = [r for r in book["estimates"].iter_rows(values_only=True)]
    column = sheet[0].index("median")
    kept = [r[column] for r in sheet[1:]]
    assert len(kept) == len(table)
    expected = [None if m != m else m for m in table["median"]]
    assert kept == pytest.approx(expected)
    for one in book:
        assert all(cell.data_type != "f" for row in one.iter_rows() for cell in row)
    assert f"'{FORMULA}" in {r[0] for r in sheet}


def test_names_from_the_data_are_escaped(html):
    # one script is the library's own, allowed by its hash; nothing of the data is in it
    (own,) = re.findall(r"(?s)<script[^>]*>(.*?)</script>", html)
    assert own == packaged.text("report.js")
    assert html.count("<script") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_page_needs_nothing_from_outside(html):
    links = re.findall(r"""(?:src|href)\s*=\s*["']([^"']{0,30})""", html) + re.findall(r"url\([\"']?(.{0,30})", html)
    assert links
    assert all(link.startswith(("#", "data:")) for link in links)
    assert "default-src 'none'" in html


def test_every_chinese_character_of_the_page_has_its_glyph_inside(html):
    if chinese_font() is None:
        pytest.skip("no Chinese font on this machine")
    font = re.search(r"data:font/woff;base64,([A-Za-z0-9+/=]+)", html).group(1)
    known = set(TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap())
    assert {c for c in re.sub(r"base64,[^\"]*", "", html) if ord(c) >= 0x2E80 and ord(c) not in known} == set()


def test_both_languages_say_everything_and_mark_synthetic_data_on_every_section(html, files):
    for language, mark in (("zh", "合成数据，非实测"), ("en", "SYNTHETIC DATA, not measured")):
        block = html.split(f'<div class="block" id="{language}"')[1].split('<div class="block"')[0]
        sections = block.split("<section ")[1:]
        assert len(sections) == 16
        assert all(mark in section for section in sections)
    for sheet in openpyxl.load_workbook(files.workbook):
        top = " ".join(str(v) for row in sheet.iter_rows(max_row=2, values_only=True) for v in row)
        assert "SYNTHETIC" in top or "合成数据" in top


def test_measured_data_carry_no_synthetic_mark(tmp_path, no_pictures):
    ds = small_city(districts=2, months=2)
    ds.attrs["synthetic"] = 0
    text = wbe.report(ds, "2021-02", tmp_path, "en", formats="html", draws=1000).html.read_text(encoding="utf-8")
    assert "SYNTHETIC" not in text
    assert "中文" not in text


def test_users_stand_under_their_sentence_and_others_have_none(html):
    users = html.split('id="en-users"')[1].split("</section>")[0]
    assert "rest on the use scenario" in users
    assert "no use scenario" in users
    assert "估计使用人数" in html
    assert "吸毒" not in html


def test_heroin_is_never_computed_from_morphine(html):
    rows = Tables(html).found["en", "opioids"]
    assert rows[0] == ["District", "Morphine"]
    assert "Heroin, and users of heroin, are therefore not computed from morphine" in html


def test_the_page_says_which_profile_and_how_much_of_it_is_unverified(html):
    profile = wbe.factors.profile("default")
    assert profile.hash in html
    assert f"{profile.n_unverified} of {profile.n_claims} claims unverified" in html


def test_a_report_does_not_know_what_came_later(tmp_path, html, no_pictures):
    again = wbe.report(city("2021-07"), "2021-05", tmp_path, "en", formats="html", draws=1000).html.read_text(
        encoding="utf-8"
    )
    early, late = Tables(html).found, Tables(again).found
    assert len(late) > 10
    assert [key for key in late if early[key] != late[key]] == [("en", "provenance")]
    assert ["later samples left out", "6"] in late["en", "provenance"]


@pytest.mark.parametrize(
    ("asked", "language", "fault"),
    [
        ("2030-01", "zh", r"month '2030-01'; needed a month with samples \(2021-01 to 2021-05\)"),
        ("June 2021", "zh", r"month 'June 2021'; needed a month written YYYY-MM"),
        ("2021-05", "fr", r"language 'fr'; needed zh, en or zh\+en"),
    ],
)
def test_a_faulty_request_writes_nothing(tmp_path, asked, language, fault):
    with pytest.raises(InputError, match=fault):
        wbe.report(city(), asked, tmp_path / "new", language)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_the_folder_as_it_was(tmp_path, monkeypatch, no_pictures):
    old = tmp_path / "wbe-report-2021-02.html"
    old.write_text("the last good report")
    monkeypatch.setattr(monthly, "workbook", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        wbe.report(small_city(districts=2, months=2), "2021-02", tmp_path, "en", formats="html,xlsx", draws=1000)
    assert [p.name for p in tmp_path.iterdir()] == [old.name]
    assert old.read_text() == "the last good report"


def test_a_disk_that_fails_leaves_neither_file_nor_folder(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    from wbe.exchange.outputs import write_together

    with pytest.raises(OSError, match="No space left"):
        write_together({tmp_path / "a" / "b" / "x.html": b"x", tmp_path / "a" / "b" / "x.xlsx": b"y"})
    assert list(tmp_path.iterdir()) == []


def test_cron_gets_plain_lines_on_standard_error(capsys):
    from wbe.reporting.progress import steps

    with steps(2) as step:
        step("reporting-step-reading")
        step("reporting-step-writing")
    captured = capsys.readouterr()
    assert captured.err == "[1/2] reading samples\n[2/2] page and workbook\n"
    assert captured.out == ""


@pytest.mark.browser
def test_a_browser_draws_the_page(files, tmp_path):
    from PIL import Image

    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    picture = tmp_path / "page.png"
    flags = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --hide-scrollbars --virtual-time-budget=4000"
    )
    command = [browser, *flags.split(), f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1100,1600",
               f"--screenshot={picture}", files.html.as_uri()]  # fmt: skip
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    image = Image.open(picture).convert("RGB")
    assert image.size == (1100, 1600)
    colours = {rgb for _, rgb in image.getcolors(2**24)}
    # the orange of the synthetic mark and the blue of the interval bars
    assert {(184, 74, 0), (0, 114, 178)} <= colours
