"""Last month's forecast stands beside what came: hit or miss, on the city's line and in a section of its own."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import wbe
from wbe.reporting import ahead, leader
from wbe.reporting.ahead import city_forecast, outcome
from wbe.reporting.monthly import prepared
from wbe.testing import small_city

DRUG = "methamphetamine"


@pytest.fixture(scope="module")
def tables():
    return prepared(small_city(districts=3, months=5), "2021-05", draws=1000)


def written(tables, low, high, district="city", month="2021-05", made="2021-04"):
    """A forecast as a run wrote it down, round what was then measured: from low to high times it."""
    both = pd.concat([tables.table, tables.city])
    seen = both.query("quantity == 'normalised_load' and drug == @DRUG and district == @district")["median"].item()
    row = (district, DRUG, "normalised_load", made, month, seen, low * seen, high * seen, 0.9)
    names = ["district", "drug", "quantity", "made", "month", "median", "lower", "upper", "level"]
    return pd.DataFrame([row], columns=names)


def texts(section):
    return " ".join(b[1] for b in section.blocks if isinstance(b, tuple))


def table(section, name):
    return next(t for t in section.tables if t.name == name)


@pytest.mark.parametrize(
    ("low", "high", "words"), [(0.9, 1.1, "hit"), (1.05, 1.2, "miss: below"), (0.5, 0.9, "miss: above")]
)
def test_the_citys_month_is_a_hit_or_a_miss(tables, low, high, words):
    told = replace(tables, foretold=written(tables, low, high))
    (row,) = table(ahead.ahead(told, "en"), "foretold").rows
    assert row["outcome"] == words
    assert row["measured"] == tables.city_row(DRUG, "normalised_load")["text"]
    picture = leader.leader(told, "en").blocks[0]
    said = {"hit": "fell into last", "miss: below": "lies below last", "miss: above": "lies above last"}
    assert said[words] in picture.alt


def test_the_ends_of_a_forecast_belong_to_it():
    assert [outcome(10, 20, x) for x in (9.99, 10, 20, 20.01)] == ["below", "hit", "hit", "above"]


def test_of_districts_those_are_listed_that_missed(tables):
    first, second = (str(d) for d in tables.districts[:2])
    told = pd.concat([written(tables, 0.5, 2, first), written(tables, 2, 3, second)])
    section = ahead.ahead(replace(tables, foretold=told), "zh")
    assert [r["district"] for r in table(section, "missed").rows] == [second]
    assert "2 项，1 项落在 90 % 预测区间内" in texts(section)
    (row, every) = table(section, "scores").rows
    assert (row["count"], row["inside"], every["drug"]) == (2, "50 %", "合计")


def test_only_what_was_written_last_month_is_last_months_forecast(tables):
    old = written(tables, 0.5, 2, str(tables.districts[0]), made="2021-03")
    section = ahead.ahead(replace(tables, foretold=old), "en")
    assert "No forecast was written down in 2021-04" in texts(section)
    assert [t.name for t in section.tables] == ["scores", "ahead"]  # an older one counts in the long run


def test_without_a_forecast_nothing_is_scored_and_the_next_months_are_foretold(tables):
    section = ahead.ahead(tables, "en")
    assert "No forecast was written down" in texts(section)
    (table,) = section.tables
    assert [c.heading for c in table.columns][1:] == ["2021-06", "2021-07", "2021-08"]
    assert "last forecast" not in leader.leader(tables, "en").blocks[0].alt


def test_the_line_shows_the_box_of_the_last_forecast_and_the_band_of_the_next(tables):
    told = city_forecast(replace(tables, foretold=written(tables, 0.9, 1.1)), DRUG)
    axes = wbe.plot.city(tables.estimate, drug=DRUG, month="2021-05", language="en", forecast=told).axes[0]
    (box,) = [p for p in axes.patches if p.get_gid() == "foretold"]
    seen = tables.city_row(DRUG, "normalised_load")["median"]
    assert (box.get_y(), box.get_height()) == pytest.approx((0.9 * seen, 0.2 * seen))
    assert box.get_x() == pytest.approx(4 - 0.32)
    expected = next(line for line in axes.lines if line.get_gid() == "expected")
    assert list(expected.get_xdata()) == [4, 5, 6, 7]
    assert expected.get_ydata()[0] == pytest.approx(seen)
    assert "2021-05" in [label.get_text() for label in axes.get_xticklabels()]


def test_a_month_with_a_plant_missing_is_not_scored(tables):
    city = tables.city.assign(status="incomplete")
    section = ahead.ahead(replace(tables, city=city, foretold=written(tables, 0.5, 2)), "en")
    assert "Nothing that was forecast last month was measured" in texts(section)
    picture = leader.leader(replace(tables, city=city, foretold=written(tables, 0.5, 2)), "en").blocks[0]
    assert "last month's forecast" not in picture.alt
