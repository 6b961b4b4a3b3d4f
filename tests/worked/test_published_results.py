"""The page of published results says what the library gives today, and each of its tables agrees as it claims."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("redo_published", ROOT / "scripts" / "redo_published.py")
redo = importlib.util.module_from_spec(SPEC)
sys.modules["redo_published"] = redo
SPEC.loader.exec_module(redo)


def rows(make):
    return make()[1]


def test_the_page_is_what_the_library_gives_today():
    assert (ROOT / "docs/published-results.md").read_text(encoding="utf-8") == redo.page()


def test_at_least_eight_tables_each_with_its_source_and_its_reason():
    assert len(redo.PARTS) >= 8
    assert len({title for title, _, _ in redo.PARTS}) == len(redo.PARTS)
    assert all(len(words) > 60 for _, words, _ in redo.PARTS)


def test_canadian_intervals_follow_from_the_standard_error_where_no_day_was_imputed():
    table = {row[0]: row for row in rows(redo.canadian_intervals)}
    assert table["all"][1] == 789
    assert table["all"][2] == "100.0 %"
    assert table["all"][3] == 531


def test_one_set_of_weights_explains_the_canadian_average_of_all_ten_drugs():
    for month, cities, drugs, total, _, largest in rows(redo.canadian_average):
        assert drugs == 10, month
        assert cities < drugs
        assert float(total) == pytest.approx(1, abs=0.005)
        assert float(largest.rstrip(" %")) <= 0.1


def test_every_published_user_number_implies_the_scenario_that_is_kept():
    for _, _, implied, kept, _, _ in rows(redo.chinese_users):
        assert float(implied) == pytest.approx(float(kept), rel=0.005)
