"""The page of benchmarks holds every measure beside its goal, and the goals are those that were promised."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def goals():
    spec = importlib.util.spec_from_file_location("bench_goals_of_the_page", ROOT / "bench" / "goals.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def printed(goals):
    """What the page says: section -> rows of cells."""
    page = goals.PAGE.read_text(encoding="utf-8")
    found = {}
    for section in goals.SECTIONS:
        block = re.search(f"<!-- {section} -->\n(.*?)<!-- /{section} -->", page, re.S).group(1)
        lines = [line for line in block.splitlines() if line.startswith("|")][2:]
        found[section] = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return found


def test_every_measure_stands_on_the_page_with_its_goal(goals):
    page = printed(goals)
    for section in goals.SECTIONS:
        rows = [row for row in goals.ROWS if row.section == section]
        assert [cells[0] for cells in page[section]] == [row.what for row in rows]
        assert [cells[2] for cells in page[section]] == [row.wanted for row in rows]


def test_every_figure_was_measured_and_is_judged_by_its_goal(goals):
    for section, lines in printed(goals).items():
        for row, cells in zip([r for r in goals.ROWS if r.section == section], lines, strict=True):
            value = float(re.match(r"[\d.,]+", cells[1]).group().replace(",", ""))
            rounded_onto_goal = value in (row.most, row.least)
            assert rounded_onto_goal or cells[3] == row.verdict(value), row.what


def test_the_goals_are_the_promised_ones(goals):
    bounds = {row.key: row.most if row.least is None else row.least for row in goals.ROWS}
    promised = {
        "error_exact": 0.01, "anew": 50, "memory_exact": 200, "draws": 2, "quantiles": 4, "engine_slope": 1.05,
        "load_seconds": 30, "use_seconds": 30, "peak": 2, "load_slope": 1.05, "use_slope": 1.05, "import": 1.5,
        "help": 0.4, "csv": 3, "workbook": 1.5,
    }  # fmt: skip
    assert {key: bounds[key] for key in promised} == promised


def test_ratios_name_tests_that_exist(goals):
    text = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "bench").glob("test_bench_*.py"))
    for row in goals.ROWS:
        for name in row.ratio[:2] if row.ratio else ():
            assert f"def {name}(" in text


def test_the_page_is_rewritten_between_its_marks_only(goals):
    page = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n"
    assert goals.rewritten(page, {"x": "new"}) == "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"
    with pytest.raises(KeyError, match="no place marked y"):
        goals.rewritten(page, {"y": ""})
    with pytest.raises(KeyError, match="without a row"):
        goals.figures({}, {"nobody": 1.0})


def test_a_row_judges_by_its_goal(goals):
    row = goals.Row("s", "k", "w", "{:.1f} x", most=2)
    assert (row.wanted, row.verdict(2.0), row.verdict(2.1)) == ("<= 2 x", "met", "**short**")
