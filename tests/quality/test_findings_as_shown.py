"""What people see first of a check: how many of each kind, then one line for each code, in their language."""

from __future__ import annotations

import pandas as pd
import pytest

import wbe
from wbe.messages import speaking
from wbe.quality.findings import MOST, FindingsTable
from wbe.testing import small_city


@pytest.fixture(scope="module")
def found():
    samples = small_city()
    flow = samples["flow"].copy()
    flow[0] = flow[0] * 10
    return wbe.check(samples.assign(flow=flow))


def test_the_summary_counts_what_the_table_holds(found):
    counted = found["severity"].value_counts()
    with speaking("en"):
        first, *lines = repr(found).splitlines()
    assert first.startswith(f"{counted['error']} error{'s' if counted['error'] > 1 else ''}, ")
    assert len(lines) == len(found[["severity", "code"]].drop_duplicates())
    assert "error  flow_slip × 1: " in lines[0]
    assert found["message"].iloc[0] in lines[0]


def test_it_is_said_in_the_readers_language(found):
    with speaking("zh"):
        assert "项错误" in repr(found).splitlines()[0]
        assert found["message_zh"].iloc[0] in repr(found)
        assert "错误" in found._repr_html_()


def test_a_part_of_it_is_a_plain_table(found):
    assert isinstance(found, pd.DataFrame)
    assert type(found[found["severity"] == "error"]) is pd.DataFrame
    assert type(found[["severity"]]) is pd.DataFrame


def test_words_of_the_data_are_no_markup_and_a_long_list_is_cut():
    rows = [{"severity": "info", "code": f"c{i}", "message": "<b>x", "message_zh": "<b>x"} for i in range(MOST + 2)]
    with speaking("en"):
        text = FindingsTable(rows)._repr_html_()
        assert "<b>" not in text
        assert text.count("<tr>") == MOST
        assert "and 2 kinds more" in text
        assert repr(FindingsTable(rows)).endswith("and 2 kinds more")
        assert "more" not in repr(FindingsTable(rows[:MOST]))
