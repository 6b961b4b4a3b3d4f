"""The report tells what changed first, says why a number is missing, and can be read on a screen and on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import openpyxl
import pytest

import wbe
from wbe.reporting.words import _sentences
from wbe.reporting.workbook import sheet_name
from wbe.samples import month
from wbe.testing import small_city

MARKS = {"en": "rest on the use scenario", "zh": "取决于使用情景"}

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --virtual-time-budget=4000"
)


@pytest.fixture(scope="session")
def june(zhuzhou_report):
    return zhuzhou_report()


@pytest.fixture(scope="session")
def book(june):
    return openpyxl.load_workbook(june.workbook)


@pytest.fixture(scope="session")
def page(june):
    return june.html.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def city_page(zhuzhou_report):
    return zhuzhou_report(policy="public").html.read_text(encoding="utf-8")


def section(text, name):
    return text.split(f'id="{name}"')[1].split("</section>")[0]


def plain(text):
    return re.sub(r"<[^>]+>", "", text).replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")


def points(text, name):
    return [plain(p) for p in re.findall(r"<li>(.*?)</li>", section(text, name).split("</ol>")[0])]


def rows(text, language, table):
    body = text.split(f'data-table="{table}" data-language="{language}"')[1].split("</table>")[0]
    return [
        [plain(c) for c in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", r)] for r in re.findall(r"<tr>(.*?)</tr>", body)
    ]


def test_the_first_finding_is_what_changed_where_and_how_sure(page):
    first = points(page, "en-summary")[0]
    assert re.match(r"Methamphetamine in Shifeng District: \d+ \(\d+–\d+\) mg/d/1000 inh\., \d\.\d times", first)
    # one day of four was far above: the level of the month is in doubt, and the words say no more than that
    assert "watch, low confidence" in first
    assert points(page, "zh-summary")[0].startswith("石峰区甲基苯丙胺：")


def test_a_jump_with_the_ratio_of_a_discharge_is_not_told_as_use(page):
    english, chinese = points(page, "en-summary")[0], points(page, "zh-summary")[0]
    assert "in 1 of 4 samples the AMP/METH ratio is 0.0079, below the 0.05–0.25 usual after use" in english
    assert "typical of direct discharge (dumping or manufacture) rather than consumption" in english
    assert "4 个样品中 1 个的 AMP/METH 比值为 0.0079，低于使用后常见的 0.05–0.25" in chinese
    assert "直接排放" in chinese
    assert "sample upstream along the sewer" in plain(section(page, "en-summary"))
    # and wherever its numbers stand, the page says whether the sample is in them
    for name in ("matrix", "where"):
        assert "Suspected discharge is included: methamphetamine in Shifeng" in plain(section(page, f"en-{name}"))
    assert "Suspected discharge is left out: methamphetamine in Shifeng" in plain(section(page, "en-users"))
    (row,) = [r for r in rows(page, "en", "alerts") if r[2:4] == ["Shifeng District", "Methamphetamine"]]
    assert row[-1].endswith("the marker ratio speaks of discharge")


def test_a_month_without_discharge_says_nothing_of_it(zhuzhou_report):
    text = zhuzhou_report("2021-05").html.read_text(encoding="utf-8")
    assert "discharge" not in plain(section(text, "en-summary")).replace("dumping", "")
    # the county without a sample is not one that the laboratory did not look at
    (yanling,) = [r for r in rows(text, "en", "matrix") if r[0] == "Yanling County"]
    assert set(yanling[1:]) == {"no sample"}
    # three months after a change of method, the levels across it are compared all the same
    assert "Whether anything changed cannot be told" not in points(text, "en-summary")[0]
    assert "No test of a drug alert could be made" not in plain(section(text, "en-summary"))


def test_a_district_that_cannot_be_told_from_another_is_not_first_with_high_confidence(page):
    (level,) = [p for p in points(page, "en-summary") if "detected most widely" in p]
    assert "Tianyuan District" in level
    assert "separated from" in level
    assert not level.endswith("(high confidence)")


def test_no_sample_not_measured_and_not_detected_are_three_words_everywhere():
    from wbe.estimation.wording import reason
    from wbe.plot.words import labels

    for language, words in (
        ("zh", ("无样品", "未检测", "未检出")),
        ("en", ("no sample", "not measured", "not detected")),
    ):
        kinds = ("no_data", "not_measured", "below_limit")
        assert [reason(k, language).startswith(w) for k, w in zip(kinds, words, strict=True)] == [True] * 3
        assert labels()["plot"]["missing"][language] == words[0]
        assert words[0] in _sentences()["alert"]["missing"][language]
    said = [e["zh"] for t in (_sentences(), labels()) for g in t.values() for e in g.values() if isinstance(e, dict)]
    assert len(said) > 150
    assert [s for s in said if "缺测" in s or "无样本" in s] == []


def test_a_missing_change_gives_its_reason(page):
    table = rows(page, "en", "changes")
    change = {(r[0], r[1]): r[3] for r in table[1:]}
    assert change["Methamphetamine", "Yanling County"] == "no sample in 2021-05"
    assert change["Ketamine", "Tianyuan District"] == "not detected in 2021-05"
    assert "—" not in change.values()
    # the year before has no samples: one sentence, no column of dashes
    assert table[0] == ["Drug", "District", "Load mg/d/1000 inh.", "Change from last month", "Probability of a rise",
                        "Detected / samples", "Population served"]  # fmt: skip
    assert "There are no samples of 2020-06" in plain(section(page, "en-matrix"))


def test_a_comparison_across_methods_is_said_once(zhuzhou_report):
    text = zhuzhou_report("2021-07").html.read_text(encoding="utf-8")
    assert "The laboratory method changed after 2020-07: every change from last year spans it" in plain(text)
    assert not any("method" in cell for row in rows(text, "en", "changes")[1:] for cell in row)


def test_the_first_month_has_no_column_of_changes(tmp_path, no_pictures):
    files = wbe.report(small_city(months=1), "2021-01", tmp_path, "en", formats="html", draws=1000)
    text = files.html.read_text(encoding="utf-8")
    assert not any("hange" in head or "rise" in head for head in rows(text, "en", "changes")[0])
    assert "no samples of 2020-12, so no change from last month" in plain(section(text, "en-matrix"))


def test_the_matrix_has_no_population_marker_and_every_drug_once(page):
    heads = [h for n in ("matrix", "matrix2") for h in rows(page, "en", n)[0][1:]]
    assert len(heads) == len(set(heads)) == 10
    assert not {"Nicotine", "Cotinine", "Caffeine"} & set(heads)
    # those with an estimate come first, and no table is wider than seven
    assert "Methamphetamine" in rows(page, "en", "matrix")[0]
    assert {c[:1] for r in rows(page, "en", "matrix2")[1:] for c in r[1:]} == {"<"}
    assert all(len(rows(page, "en", n)[0]) <= 8 for n in ("matrix", "matrix2"))


def test_what_is_true_of_every_slope_is_said_once(page):
    assert "Every slope spans a change of laboratory method: 2021-02 (A → B)" in plain(section(page, "en-trends"))
    assert not any("method" in cell for row in rows(page, "en", "trends")[1:] for cell in row)


def test_no_probability_is_given_of_being_among_the_first_three_of_two(page):
    ketamine = [r for r in rows(page, "en", "ranks")[1:] if r[0] == "Ketamine"]
    assert [(r[4], r[6]) for r in ketamine] == [("—", "2")] * 2


def test_no_number_of_users_stands_without_what_it_rests_on(page, book):
    for language, mark in MARKS.items():
        column = -2  # users, before the population
        number = next(r for r in rows(page, language, "users") if r[1] in ("City", "全市"))[column]
        assert re.match(r"[\d,]+ \([\d,]+–[\d,]+\)", number)
        told = [p for p in points(page, f"{language}-summary") if number in p]
        assert len(told) == 1
        assert mark in told[0]
        assert mark in plain(section(page, f"{language}-users"))
        sheet = book[sheet_name(language, "users")]
        assert any(mark in str(c.value) for c in sheet[1])
    # other parts show none
    for name in ("matrix", "where", "trends", "real", "opioids", "budget"):
        assert "Estimated users" not in plain(section(page, f"en-{name}"))


def test_an_edition_of_the_city_alone_has_no_rows_of_hidden_districts(city_page):
    assert [r[0] for r in rows(city_page, "en", "matrix")] == ["District", "City"]
    assert "not shown" not in plain(section(city_page, "en-matrix"))
    # the discharge lies in one district: its month has no load of the city, and neither where nor that it was is told
    assert "gives no load of the city for this month" in points(city_page, "en-summary")[0]
    assert "discharge" not in points(city_page, "en-summary")[0]
    assert "Shifeng" not in plain(section(city_page, "en-summary"))
    assert "no district is tested" in plain(section(city_page, "en-real"))
    # no table without rows
    assert all(re.search(r"<tr><t[hd] scope=\"row\"", t) for t in city_page.split("<tbody>")[1:])


def test_a_sheet_carries_its_unit_and_what_its_numbers_hold(book):
    for language, unit, held in (
        ("zh", "mg/(d·千人)", "含疑似直接排放"),
        ("en", "mg/d/1000 inh.", "Suspected discharge is"),
    ):
        for name in ("matrix", "matrix2", "opioids"):
            assert any(unit in str(c.value) for c in book[sheet_name(language, name)][1])
        for name in ("changes", "users"):
            assert any(unit in str(c.value) for c in book[sheet_name(language, name)][2])
        assert any(held in str(c.value) for c in book[sheet_name(language, "matrix")][1])
    assert any("left out" in str(c.value) for c in book[sheet_name("en", "users")][1])


def test_what_was_not_read_is_in_the_workbook_in_full(page, book, zhuzhou):
    from wbe.reading.words.log import reading_log

    log = reading_log(zhuzhou)
    sheet = book["not read"]
    assert sheet.max_row - 1 == len(log.unread) + len(log.skipped)
    assert len(rows(page, "en", "unread")) - 1 == 40
    assert f"{sheet.max_row - 41} more in the workbook" in plain(section(page, "en-annex"))


class Outline(HTMLParser):
    """Pictures, heading cells and languages of a page."""

    def __init__(self, text):
        super().__init__()
        self.pictures, self.heads, self.languages, self.regions = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag == "img":
            self.pictures.append(known.get("alt", ""))
        elif tag == "th":
            self.heads.append(known.get("scope"))
        if "lang" in known:
            self.languages.append((tag, known["lang"]))
        if known.get("role") == "region":
            self.regions.append((known.get("tabindex"), bool(known.get("aria-label"))))


def test_the_page_can_be_read_aloud(page):
    seen = Outline(page)
    assert len(seen.pictures) == len(set(seen.pictures)) == 14
    for alt in seen.pictures:
        assert re.search(r"2021-06", alt)
        assert "SYNTHETIC" in alt or "合成数据" in alt
        assert len(alt) > 30
    assert set(seen.heads) == {"col", "row"}
    assert seen.languages == [("html", "zh"), ("a", "zh"), ("a", "en"), ("div", "zh"), ("div", "en")]
    assert seen.regions == [("0", True)] * page.count("<table")


def test_every_printed_page_says_that_the_data_are_synthetic(page):
    foot = re.search(r'@bottom-left { content: "([^"]*)"', page).group(1)
    assert foot == "2021-06 · 合成数据，非实测 / SYNTHETIC DATA, not measured"


def test_a_name_cannot_leave_the_foot_of_the_page():
    from wbe.reporting.html import Block
    from wbe.reporting.html import page as render

    block = Block("en", "t", "", "", "", "", ())
    text = render("t", (block,), foot='x"; } </style><script>\\').decode()
    assert '@bottom-left { content: "x; } /stylescript"' in text


def test_brackets_in_a_cell_are_escaped_and_kept_whole():
    from wbe.reporting.html import whole

    assert str(whole("80 (44–155)")) == '80 <span class="whole">(44–155)</span>'
    assert str(whole("<b>(<i>)")) == '&lt;b&gt;<span class="whole">(&lt;i&gt;)</span>'


def browser():
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))


@pytest.mark.browser
@pytest.mark.parametrize("width", [1200, 800])
@pytest.mark.parametrize("asked", ["2021-06", "2021-07"])
def test_no_table_is_wider_than_the_page(zhuzhou_report, tmp_path, width, asked):
    page = zhuzhou_report(asked).html.read_text(encoding="utf-8")  # in July the year before has samples: a column
    script = (
        "<script>onload = () => { const wide = [...document.querySelectorAll('.scroll')].filter("
        "e => e.scrollWidth > e.clientWidth + 1).map(e => e.firstElementChild.className); "
        "document.body.dataset.wide = wide.join() + ';' + document.querySelectorAll('.scroll').length; };</script>"
    )
    copy = tmp_path / "page.html"
    open_ = page.replace("default-src 'none';", "default-src 'none'; script-src 'unsafe-inline';")
    copy.write_text(open_.replace("</body>", f"{script}</body>"), encoding="utf-8")
    command = [browser(), *FLAGS.split(), f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},1600",
               "--dump-dom", copy.as_uri()]  # fmt: skip
    out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    assert re.search(r'data-wide="([^"]*)"', out).group(1) == f";{page.count('<table')}"


def test_a_run_that_is_killed_while_it_writes_leaves_no_report(tmp_path):
    code = (
        "import os, signal, sys, wbe; from wbe.testing import small_city\n"
        "from wbe.reporting.blocks import Illustration; Illustration.svg = b'<svg/>'\n"
        "os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "wbe.report(small_city(districts=2, months=2), '2021-02', sys.argv[1], 'en', formats='html,xlsx', draws=1000)"
    )
    old = tmp_path / "wbe-report-2021-02.html"
    old.write_text("the last good report")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=False)
    assert done.returncode == -9
    assert [p.name for p in tmp_path.glob("*") if not p.name.startswith(".")] == [old.name]
    assert old.read_text() == "the last good report"


def test_a_month_without_samples_is_one_plain_line_and_no_folder(tmp_path):
    source = tmp_path / "one.csv"
    source.write_text(
        "县市区,采样日期,流量(m3/d),服务人口(人),甲基苯丙胺(ng/L)\n天元区,2021-06-22,52000,340000,50\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-c", "from wbe.cli import main; main()", "report", str(source), "--month", "2022-02",
               "-o", str(tmp_path / "new")]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "[1/6] reading samples",
        "got month '2022-02'; needed a month with samples (2021-06 to 2021-06). Write it as YYYY-MM, or check that its "
        "file was read.",
    ]
    assert not (tmp_path / "new").exists()


def test_a_terminal_gets_a_live_line(monkeypatch):
    import io

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    from wbe.reporting.progress import steps

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with steps(2) as step:
        step("reporting-step-reading")
        step("reporting-step-writing")
    assert "page and workbook" in screen.getvalue()
    assert "[1/2]" not in screen.getvalue()


def test_findings_of_a_month_agree_with_the_tables(page):
    load = points(page, "en-summary")[0].split(": ")[1].split(" mg/")[0]
    column = rows(page, "en", "matrix")[0].index("Methamphetamine")
    (row,) = [r for r in rows(page, "en", "matrix") if r[0] == "Shifeng District"]
    assert row[column] == load
    (city,) = [r for r in rows(page, "en", "matrix") if r[0] == "City"]
    assert city[column] in next(p for p in points(page, "en-summary") if "most widely" in p)


def test_a_first_detection_is_told_when_nothing_surer_is(tmp_path, no_pictures):
    ds = small_city(months=5, biomarkers=("methamphetamine", "ketamine", "benzoylecgonine"), equal=True)
    last = (month(ds) == "2021-05").values & (ds["district"] == "天元区").values
    j = list(ds["biomarker"].values).index("benzoylecgonine")
    ds["concentration"][last, j], ds["flag"][last, j] = 40.0, 0
    text = wbe.report(ds, "2021-05", tmp_path, "en", formats="html", draws=1000).html.read_text(encoding="utf-8")
    assert any("detected for the first time" in p and "low confidence" in p for p in points(text, "en-summary"))
