"""The report's page in a browser: nothing is asked for, nothing fails, keyboard and screen reader reach everything."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import wbe
from wbe.testing import small_city

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs a browser: apt install chromium")


SAID: dict[str, list[str]] = {"console": [], "asked": [], "failed": []}


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("page")
    return wbe.report(small_city(months=3), "2021-03", out, "zh+en", formats="html", draws=1000).html


@pytest.fixture(scope="module")
def page(page_file):
    """One browser and one page for all that is asked of it."""
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1200, "height": 900})
        opened.on("console", lambda message: SAID["console"].append(f"{message.type}: {message.text}"))
        opened.on("pageerror", lambda error: SAID["failed"].append(str(error)))
        opened.on("request", lambda request: SAID["asked"].append(request.url))
        opened.goto(page_file.as_uri())
        yield opened
        browser.close()


@pytest.fixture
def opened(page):
    """The page as it was opened, on a wide screen."""
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1200, "height": 900})
    return page


def test_the_page_asks_for_nothing_and_complains_of_nothing(opened, page_file):
    assert [url for url in SAID["asked"] if not url.startswith("data:")] == [page_file.as_uri()]
    assert SAID["console"] == []
    assert SAID["failed"] == []


def test_every_picture_is_drawn_and_has_words_for_who_cannot_see_it(opened):
    pictures = opened.locator("img").evaluate_all("all => all.map(i => [i.naturalWidth, i.alt.length])")
    assert len(pictures) >= 4
    assert all(width > 0 and words > 10 for width, words in pictures)


def test_both_languages_are_marked_for_a_screen_reader(opened):
    marked = opened.evaluate("[...document.querySelectorAll('[lang]')].map(e => e.lang.slice(0, 2))")
    assert {"zh", "en"} <= set(marked)


def test_each_entry_of_the_contents_leads_to_its_section(opened):
    links = opened.locator("a[href^='#']").evaluate_all("all => all.map(a => a.getAttribute('href').slice(1))")
    assert len(links) >= 10
    missing = [name for name in links if not opened.evaluate("id => !!document.getElementById(id)", name)]
    assert missing == []


def test_the_keyboard_reaches_the_contents(opened):
    for _ in range(6):
        opened.keyboard.press("Tab")
        here = opened.evaluate("document.activeElement.getAttribute('href') || ''")
        if here.startswith("#"):
            break
    assert here.startswith("#")
    opened.keyboard.press("Enter")
    assert opened.evaluate("location.hash") == here


@pytest.mark.parametrize("width", [390, 768, 1200])
def test_no_window_is_too_narrow_for_the_page(opened, width):
    opened.set_viewport_size({"width": width, "height": 800})
    over = opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 1


def test_nothing_is_cut_off_on_paper(opened):
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": 720, "height": 1000})  # A4 between its margins
    over = opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 1
    folded = opened.evaluate("[...document.querySelectorAll('details')].filter(d => d.offsetHeight === 0).length")
    assert folded == 0


def test_a_screen_reader_finds_nothing_serious(opened):
    run = pytest.importorskip("axe_playwright_python.sync_playwright").Axe().run(opened)
    serious = [v for v in run.response["violations"] if v["impact"] in ("serious", "critical")]
    told = [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]})" for v in serious]
    assert told == []


@pytest.fixture
def closer(opened):
    """The page in Chinese with nothing chosen, and its form."""
    form = opened.locator("#zh form.chooser")
    form.locator("button[type=reset]").click()
    opened.wait_for_timeout(50)
    return form


def shown(page, table, language="zh"):
    """The rows of a table that are seen."""
    rows = page.locator(f"table[data-table='{table}'][data-language='{language}'] tbody tr")
    return [row for row in rows.all() if "off" not in (row.get_attribute("class") or "")]


def firsts(page, table):
    return page.locator(f"table[data-table='{table}'][data-language='zh'] tbody th").all_inner_texts()


def test_one_district_and_one_drug_are_looked_at_alone(opened, closer):
    before = len(shown(opened, "changes"))
    closer.get_by_label("地区").select_option("荷塘区")
    rows = shown(opened, "changes")
    assert 0 < len(rows) < before
    assert all("荷塘区" in row.inner_text() for row in rows)
    closer.get_by_label("毒品").select_option("甲基苯丙胺")
    assert len(shown(opened, "changes")) == 1
    told = closer.locator("output").inner_text()
    assert told.startswith("表格显示 ")
    # the other language stands as it was
    assert len(shown(opened, "changes", "en")) == before
    heads = opened.locator("table[data-table='matrix'][data-language='zh'] thead th:visible").all_inner_texts()
    assert len(heads) == 2
    assert heads[1].startswith("甲基苯丙胺")
    closer.locator("button[type=reset]").click()
    opened.wait_for_timeout(50)
    assert len(shown(opened, "changes")) == before
    assert closer.locator("output").inner_text() == ""


def test_words_find_their_rows_and_open_what_was_folded(opened, closer):
    closer.get_by_label("查找").fill("排泄率")
    rows = shown(opened, "sources")
    assert rows
    assert all("排泄率" in row.inner_text() for row in rows)
    assert opened.locator("#zh-budget details").evaluate("d => d.open")


def test_a_table_is_put_in_order_by_its_numbers_with_the_city_last(opened, closer):
    head = opened.locator("table[data-table='matrix'][data-language='zh'] thead th").nth(1)
    head.locator("button").focus()
    opened.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    cells = opened.locator("table[data-table='matrix'][data-language='zh'] tbody tr td:nth-child(2)").all_inner_texts()
    numbers = [float(text.split()[0].replace(",", "")) for text in cells[:-1]]
    assert numbers == sorted(numbers)
    assert firsts(opened, "matrix")[-1] == "全市"
    opened.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    cells = opened.locator("table[data-table='matrix'][data-language='zh'] tbody tr td:nth-child(2)").all_inner_texts()
    assert [float(text.split()[0].replace(",", "")) for text in cells[:-1]] == sorted(numbers, reverse=True)
    assert firsts(opened, "matrix")[-1] == "全市"


def test_paper_holds_every_row_whatever_was_chosen(opened, closer):
    closer.get_by_label("地区").select_option("荷塘区")
    opened.emulate_media(media="print")
    hidden = opened.evaluate(
        "[...document.querySelectorAll('tr.off')].filter(r => getComputedStyle(r).display === 'none').length"
    )
    assert hidden == 0
    assert not closer.is_visible()


def test_the_page_runs_its_own_script_and_no_other(opened, page_file):
    text = page_file.read_text(encoding="utf-8")
    policy = text.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "script-src 'sha256-" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1]
    added = "s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)"
    opened.evaluate(f"() => {{ const {added} }}")
    assert opened.evaluate("window.ran") is None
    SAID["console"].clear()  # the browser says that it refused it


def test_the_edition_for_the_public_holds_no_script(tmp_path):
    files = wbe.report(
        small_city(districts=6, months=2), "2021-02", tmp_path, "zh", formats="html", draws=1000, policy="public"
    )
    text = files.html.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "script-src" not in text
    assert "<form" not in text
