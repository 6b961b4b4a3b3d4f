"""Page one, the comparison of months, kilograms a year and the plan: they say what the tables say, and no more."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.errors import UnknownName
from wbe.reporting import comparison, leader, planning
from wbe.reporting.blocks import Column, Finding, Illustration, Table, weights
from wbe.reporting.monthly import OF_DISTRICTS, _held, numbered, ordinal, prepared
from wbe.reporting.yearly import _text, kilograms
from wbe.testing import small_city


@pytest.fixture(scope="module")
def tables():
    return prepared(small_city(districts=4, months=6), "2021-06", draws=1000)


@pytest.fixture(scope="module")
def public():
    return prepared(small_city(districts=6, months=3), "2021-03", draws=1000, policy="public")


def told(section):
    return [b for b in section.blocks if isinstance(b, Finding)]


def test_page_one_is_a_picture_before_it_is_a_text(tables):
    section = leader.leader(tables, "en")
    assert [isinstance(b, Illustration) for b in section.blocks[:3]] == [True, True, False]
    assert 1 <= len(told(section)) <= 5
    assert section.depth == "leader"
    assert all(len(f.line) < 160 for f in told(section))


def test_a_finding_of_the_city_has_its_grade_and_what_would_change_it(tables):
    city = told(leader.leader(tables, "en"))[0]
    row = tables.city_row("methamphetamine", "normalised_load")
    assert row["text"] in city.line
    assert city.grade
    assert city.changes == "More sampled days may change this."


@pytest.mark.parametrize(
    ("p", "mark"), [(0.9, "up"), (0.899, "unsure"), (0.1, "down"), (0.101, "unsure"), (float("nan"), "unsure")]
)
def test_a_mark_needs_nine_in_ten(p, mark):
    assert leader.mark_of(p) == mark


def test_the_city_is_called_up_or_down_by_its_probability(tables):
    for p, words in (
        (0.96, "up on last month (probability 96 %)"),
        (0.03, "down on last month"),
        (0.5, "cannot be told"),
    ):
        changes = tables.city_changes.assign(p_rise=p)
        assert words in told(leader.leader(replace(tables, city_changes=changes), "en"))[0].line


def test_marks_stand_on_their_tiles_and_another_mark_is_refused():
    estimate = wbe.estimate(small_city(months=2), draws=1000)
    figure = wbe.plot.tiles(estimate, drug="methamphetamine", language="en", marks={"天元区": "up", "荷塘区": "unsure"})
    marks = [line.get_gid() for line in figure.axes[0].lines]
    assert marks == ["mark-up", "mark-unsure"]
    with pytest.raises(UnknownName, match="got mark 'higher'"):
        wbe.plot.tiles(estimate, drug="methamphetamine", language="en", marks={"天元区": "higher"})


def test_the_citys_line_bridges_no_month_without_a_number():
    ds = small_city(districts=2, months=5)
    from wbe.samples import month

    estimate = wbe.estimate(ds.isel(sample=month(ds).values != "2021-03"), draws=1000)
    axes = wbe.plot.city(estimate, drug="methamphetamine", language="en").axes[0]
    dots = next(line for line in axes.lines if line.get_gid() == "estimate")
    assert list(dots.get_xdata()) == [0, 1, 3, 4]
    joined = [tuple(line.get_xdata()) for line in axes.lines if line.get_gid() not in ("estimate", "reported")]
    assert joined == [(0, 1), (3, 4)]
    assert next(line for line in axes.lines if line.get_gid() == "reported").get_xdata()[0] == 4
    assert any(patch.get_gid() == "missing" for patch in axes.patches)


def test_the_month_stands_beside_the_month_before(tables):
    (table,) = [t for t in comparison.compared(tables, "en").tables if t.name == "compared"]
    row = next(r for r in table.rows if r["drug"] == "Methamphetamine")
    city = wbe.estimate(small_city(districts=4, months=6), draws=1000).table("city", quantity="normalised_load")
    text = {
        m: city[(city["drug"] == "methamphetamine") & (city["month"] == m)]["text"].item()
        for m in ("2021-05", "2021-06")
    }
    assert row["load"] == text["2021-06"]
    assert row["last_month_load"] == text["2021-05"]
    assert re.search(r"\(P(?: of a rise)? [<>]? ?\d+ %\)", row["last_month_told"])
    # no samples of the year before: no column of dashes
    assert not any(column.key.startswith("last_year") for column in table.columns)


def test_alerts_are_new_still_there_or_gone(tables):
    def alerts(*districts):
        found = tables.alerts[(tables.alerts["drug"] == "methamphetamine") & (tables.alerts["kind"] != "data_quality")]
        found = found.drop_duplicates("district").assign(kind="drug", ratio=2.0)
        return found.assign(level=["watch" if d in districts else "none" for d in found["district"]])

    names = [str(d) for d in tables.districts]
    both = replace(tables, alerts=alerts(names[0], names[1]), old_alerts=alerts(names[1], names[2]))
    section = comparison.compared(both, "zh")
    (lines,) = [b[1] for b in section.blocks if isinstance(b, tuple) and b[0] == "list"]
    for line, start, name in zip(lines, ("本月新出现", "上月已有、本月仍在", "上月有、本月已无"), names, strict=False):
        assert line.startswith(start)
        assert [n in line for n in names[:3]] == [n == name for n in names[:3]]


def test_districts_are_counted_once_as_up_down_or_unsure(tables):
    (table,) = [t for t in comparison.compared(tables, "en").tables if t.name == "counted"]
    told_of = tables.last_month[(tables.last_month["drug"] == "methamphetamine") & tables.last_month["percent"].notna()]
    row = next(r for r in table.rows if r["drug"] == "Methamphetamine")
    assert row["up"] + row["down"] + row["unsure"] == len(told_of) > 0


def test_kilograms_are_the_sum_of_the_months_as_a_calculator_gives_it(tables):
    rows = tables.all_city.query("drug == 'methamphetamine' and quantity == 'consumption' and status == 'estimate'")
    days = [pd.Period(m, "M").days_in_month for m in rows["month"]]
    by_hand = sum(m * d * p for m, d, p in zip(rows["median"], days, rows["population"], strict=True)) / 1e9
    found = tables.annual.set_index("drug").loc["methamphetamine"]
    assert found["median"] == pytest.approx(by_hand, rel=1e-12)
    assert found["lower"] < by_hand < found["upper"]
    assert found["months"] == len(rows) == 6


def test_what_months_share_widens_their_sum(tables):
    found = tables.annual.set_index("drug").loc["methamphetamine"]
    one = tables.city_row("methamphetamine", "consumption")
    # six independent months would narrow it by 2.4
    assert found["upper"] / found["lower"] > (one["upper"] / one["lower"]) ** 0.6


def test_a_protected_edition_has_neither_kilograms_nor_a_change_of_the_city(public):
    assert public.annual.empty
    assert public.city_changes.empty
    assert kilograms(public.estimate, "2021-03").empty


@pytest.mark.parametrize(
    ("numbers", "text"), [((51.7, 30.02, 121.4), "52 (30–121)"), ((0.123, 0.05, 0.4), "0.12 (0.05–0.40)")]
)
def test_kilograms_show_two_figures(numbers, text):
    assert _text(*numbers) == text


def test_the_plan_narrows_every_district_and_says_what_it_costs(tables):
    (table,) = planning.plan(tables, "en").tables
    assert [r["district"] for r in table.rows]
    for row in table.rows:
        now, then = (int(re.search(r"±(\d+)", row[k]).group(1)) if "±" in row[k] else 0 for k in ("now", "then"))
        assert then <= now
        assert ("still short" in row["then"]) == (then > 50)


def test_an_origin_that_cannot_be_told_has_no_share(tables):
    section = planning.origins(tables, "en")
    assert section.tables == ()
    assert any("Morphine, origin not to be told" in b[1] for b in section.blocks)


def test_the_public_edition_ends_in_a_sheet_that_says_what_it_holds(public):
    section = leader.leader(public, "zh")
    assert section.title == "公众信息"
    (holds,) = [b[1] for b in section.blocks if isinstance(b, tuple) and b[0] == "statement"]
    assert "不含任何地区或采样点" in holds
    words = " ".join(str(b) for b in section.blocks)
    assert [d for d in public.districts if d in words] == []
    assert "下一步" not in words
    assert not {s.name for s in _held(public, "zh")} & set(OF_DISTRICTS)


def test_sections_are_numbered_by_their_order(tables):
    titles = [s.title for s in numbered(_held(tables, "zh"), "zh")]
    assert titles[:3] == ["本月要点", "一、主要发现和建议", "二、与上月、去年同期相比"]
    assert titles[-2].startswith("十四、")
    assert [ordinal(n, "zh") for n in (9, 10, 12, 21)] == ["九", "十", "十二", "二十一"]


def test_long_columns_get_more_room_but_not_all():
    table = Table("t", (Column("a", "A"), Column("b", "B")), ({"a": "x" * 6, "b": "y" * 500},))
    narrow, wide = weights(table)
    assert narrow == 6
    assert narrow < wide < 20 * narrow
    assert weights(replace(table, rows=({"a": "Methamphetamine", "b": "y z" * 900},)))[0] >= len("Methamphetamine")
    assert np.isclose(weights(replace(table, rows=({"a": "区" * 4, "b": ""},)))[0], 8)
