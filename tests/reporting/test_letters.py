"""A letter to one county holds that county's own numbers only."""

from __future__ import annotations

import re
import zipfile

import docx
import pypdf
import pytest

import wbe
from wbe.errors import UnknownName
from wbe.plot.words import district_names
from wbe.reporting.document import Letterhead
from wbe.reporting.letter import _addressed, letters
from wbe.testing import small_city

DISTRICTS = ["天元区", "荷塘区", "芦淞区"]


@pytest.fixture(scope="module")
def city():
    return small_city(districts=DISTRICTS, months=3, seed=3)


@pytest.fixture(scope="module")
def written(city, tmp_path_factory):
    folder = tmp_path_factory.mktemp("letters")
    return letters(city, "2021-03", folder, ["荷塘区"], "zh+en", draws=1000)


def everything(path):
    """All that a reader could find in a file: every part of the archive, or every page and the properties."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as archive:
            parts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        return "\n".join(re.sub(r"<[^>]+>", "\n", part) for part in parts)
    reader = pypdf.PdfReader(path)
    return "\n".join(page.extract_text() for page in reader.pages) + str(reader.metadata)


def test_a_letter_is_word_and_pdf_in_each_language(written):
    assert [path.name.split("荷塘区")[1] for path in written] == ["-zh.docx", "-zh.pdf", "-en.docx", "-en.pdf"]


def test_no_other_county_is_named_or_counted_in_a_letter(city, written):
    estimate = wbe.estimate(city, draws=1000)
    table = estimate.table()
    month = table[table["month"] == "2021-03"]
    own = set(month.loc[month["district"] == "荷塘区", "text"])
    others = set(month.loc[month["district"] != "荷塘区", "text"]) | set(
        estimate.table("city").query("month == '2021-03'")["text"]
    )
    secret = {text for text in others - own if re.search(r"\d", text)}
    assert len(secret) > 10
    named = [district_names(estimate, language) for language in ("zh", "en")]
    names = [name for one in named for d, name in one.items() if d != "荷塘区"]
    for path in written:
        told = everything(path)
        flat = re.sub(r"[\s\u200b]", "", told)
        assert [text for text in secret if re.sub(r"\s", "", text) in flat] == []
        assert [name for name in names if name in told] == []


def test_a_letter_holds_the_countys_own_results(city, written):
    table = wbe.estimate(city, draws=1000).table(month="2021-03", quantity="normalised_load", language="zh")
    own = table[(table["district"] == "荷塘区") & (table["status"] == "estimate")]["text"].tolist()
    assert own
    book = docx.Document(written[0])
    assert set(own) <= {row.cells[1].text for row in book.tables[0].rows[1:]}
    lines = [p.text for p in book.paragraphs]
    assert "关于荷塘区2021-03污水毒情监测情况的提醒函" in lines
    assert "荷塘区禁毒委员会办公室：" in lines
    assert any("2021-04" in line for line in lines)


def test_a_letter_says_nothing_of_how_counties_compare(written):
    told = everything(written[0]) + everything(written[2])
    assert re.findall("位次|排名|最高|全市|rank|highest|city", told) == []


def test_an_unknown_county_is_refused_and_nothing_written(city, tmp_path):
    with pytest.raises(UnknownName, match="got district '天元'"):
        letters(city, "2021-03", tmp_path / "new", ["天元"], draws=1000)
    assert not (tmp_path / "new").exists()


def test_a_named_addressee_stays():
    head = Letterhead(addressee="某某办公室")
    assert _addressed(head, None, "天元区", "zh") is head
