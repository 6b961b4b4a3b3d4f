"""Two hundred hostile names in district, site, sample, batch and title: in no format does one run or escape."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import wbe
from wbe.testing import small_city

NAMES = (Path(__file__).parent / "hostile_names.txt").read_text(encoding="utf-8").splitlines()
PARTS, EACH = 1, 50
FORMATS = "html,pdf,docx,xlsx,csv,json"


def hostile_city(names):
    """A city whose districts, plants, samples, batches and title have hostile names."""
    ds = small_city(districts=EACH, months=1, biomarkers=("methamphetamine",)) if EACH <= 10 else _many(EACH)
    quarter = [names[i::4] for i in range(4)]
    order = np.arange(ds.sizes["sample"])
    named = {
        name: ("sample", np.array([quarter[k][i % len(quarter[k])] for i in order], dtype=object), ds[name].attrs)
        for k, name in enumerate(("district", "site", "sample", "batch"))
    }
    return ds.assign_coords(named).assign_attrs(title=names[0])


def _many(count):
    return small_city(districts=[f"D{i}" for i in range(count)], months=1, biomarkers=("methamphetamine",))


@pytest.fixture(scope="module", params=range(PARTS))
def made(request, tmp_path_factory):
    names = NAMES[request.param * 4 * EACH : (request.param + 1) * 4 * EACH]
    out = tmp_path_factory.mktemp("hostile") / "report"
    wbe.report(hostile_city(names), "2021-01", out, "en", formats=FORMATS, despite_errors=True, draws=1000)
    return out, names


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    out = tmp_path_factory.mktemp("plain") / "report"
    wbe.report(_many(EACH), "2021-01", out, "en", formats=FORMATS, despite_errors=True, draws=1000)
    return out


def files(out, ending):
    found = sorted(p for p in out.rglob(f"*{ending}") if p.is_file())
    assert found, f"no {ending}"
    return found


class Tags(HTMLParser):
    """Tags with the names of their attributes, and every address."""

    def __init__(self):
        super().__init__()
        self.seen, self.links = set(), set()

    def handle_starttag(self, tag, attrs):
        self.seen.add((tag, tuple(sorted(name for name, _ in attrs))))
        self.links |= {value for name, value in attrs if name in ("href", "src", "action", "data", "xlink:href")}


def tags(path):
    parser = Tags()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def test_there_are_two_hundred_names():
    assert len(set(NAMES)) == len(NAMES) >= PARTS * 4 * EACH == 200


def test_nothing_is_written_outside_and_no_file_is_named_by_them(made, plain):
    out, _ = made
    assert sorted(p.name for p in out.parent.iterdir()) == ["report"]
    named = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    assert named == {p.relative_to(plain).as_posix() for p in plain.rglob("*") if p.is_file()}


def test_the_page_has_the_tags_of_a_plain_one(made, plain):
    (page,), (other,) = files(made[0], ".html"), files(plain, ".html")
    found, expected = tags(page), tags(other)
    assert {tag for tag, _ in found.seen} <= {tag for tag, _ in expected.seen}
    assert found.seen <= expected.seen
    assert not any(name.startswith("on") for _, names in found.seen for name in names)
    assert all(str(link).startswith(("#", "data:image/", "data:font/")) for link in found.links)


def test_the_page_says_the_names_as_they_are(made):
    import html

    (page,) = files(made[0], ".html")
    text = html.unescape(page.read_text(encoding="utf-8"))
    assert sum(name in text for name in made[1][0::4]) >= 0.9 * EACH


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(made):
    openpyxl = pytest.importorskip("openpyxl")
    for path in files(made[0], ".xlsx"):
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", (sheet.title, cell.coordinate, cell.value)
                    if isinstance(cell.value, str):
                        assert cell.value[:1] not in "=+@\t\r" or cell.value == "", cell.value
                    link = cell.hyperlink
                    assert link is None or (link.target is None and link.location), cell.coordinate
        assert not [n for n in zipfile.ZipFile(path).namelist() if "externalLink" in n or "vba" in n]


def test_no_field_of_a_table_begins_as_a_formula(made):
    for path in files(made[0], ".csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            for field in row:
                assert not re.match(r"[=+@\t\r]|-(?![\d.])", field), (path.name, field)


def test_json_stays_json(made):
    for path in files(made[0], ".json"):
        json.loads(path.read_text(encoding="utf-8"))


def test_word_holds_no_field_and_no_link_that_a_plain_one_has_not(made, plain):
    found, expected = (sorted(files(x, ".docx")) for x in (made[0], plain))
    for one, other in zip(found, expected, strict=True):
        held = []
        for path in (one, other):
            kinds = set()
            with zipfile.ZipFile(path) as parts:
                for name in parts.namelist():
                    if name.endswith((".xml", ".rels")):
                        kinds |= {(e.tag, e.get("TargetMode")) for e in ElementTree.fromstring(parts.read(name)).iter()}
                told = parts.read("word/document.xml").decode("utf-8")
                kinds |= {("field", code.strip()) for code in re.findall(r"<w:instrText[^>]*>([^<]*)", told)}
            held.append(kinds)
        assert held[0] <= held[1], held[0] - held[1]


def test_pdf_holds_no_script_and_opens_nothing(made):
    pypdf = pytest.importorskip("pypdf")
    for path in files(made[0], ".pdf"):
        reader = pypdf.PdfReader(path)
        assert len(reader.pages) >= 1
        kinds = set()
        for page in reader.pages:
            for note in page.get("/Annots") or []:
                action = note.get_object().get("/A")
                kinds.add(None if action is None else action.get_object().get("/S"))
        assert kinds <= {None, "/GoTo"}, (path.name, kinds)
        root = reader.trailer["/Root"]
        assert "/OpenAction" not in root
        assert "/JavaScript" not in (root.get("/Names") or {})


def test_pdf_and_word_say_the_names(made):
    pypdf, docx = pytest.importorskip("pypdf"), pytest.importorskip("docx")
    whole = next(p for p in files(made[0], ".pdf") if not re.search("leader|brief", p.name))
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(whole).pages))
    ascii_names = [n for n in made[1][0::4] if n.isascii() and len(n) > 3]
    assert sum(re.sub(r"\s", "", name) in text for name in ascii_names) >= 0.6 * len(ascii_names)
    one = next(p for p in files(made[0], ".docx") if not re.search("leader|brief", p.name))
    document = docx.Document(str(one))
    said = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert sum(any(name in cell for cell in said) for name in ascii_names) >= 0.8 * len(ascii_names)
