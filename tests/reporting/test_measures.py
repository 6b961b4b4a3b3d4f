"""A measure that the office names is set before and after, with what the words may not claim."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wbe.errors import InputError, UnknownName
from wbe.reporting.measures import Measure, measures
from wbe.reporting.monthly import _held, prepared
from wbe.reporting.words import chance
from wbe.runs.settings import read_settings
from wbe.testing import small_city
from wbe.trends import difference, event

DRUG = "methamphetamine"


@pytest.fixture(scope="module")
def tables():
    samples = small_city(districts=3, months=7)
    first = str(samples["district"].values[0])
    late = (samples["district"] == first) & (samples["time"].dt.month > 4)
    late = late & (samples["biomarker"] == DRUG)
    fell = samples.assign(concentration=samples["concentration"].where(~late, samples["concentration"] / 8))
    return prepared(fell, "2021-07", draws=1000)


def with_measure(tables, **more):
    place = str(tables.districts[0])
    one = Measure("清查", "2021-04-10", districts=(place,), drugs=("冰毒",), **more)
    return replace(tables, measures=(one,))


def test_a_fall_after_a_measure_is_told_with_its_probability_and_beside_the_others(tables):
    section = measures(with_measure(tables), "en")
    (table,) = section.tables
    own, others = table.rows
    assert own["told"].startswith("fell (probability")
    span = {"districts": [str(tables.districts[0])], "start": "2021-04"}
    apart = difference(tables.estimate, **span).query("comparison == 'after/before' and drug == @DRUG").iloc[0]
    assert f"(probability of a fall {chance(1 - apart['p_rise'])})" in others["told"]
    assert others["months"] == "1 against 2 districts"
    found = event(tables.estimate, start="2021-04").query("comparison == 'after/before' and drug == @DRUG").iloc[0]
    assert f"{found['level_percent']:.0f}".replace("-", "−") in own["change"]
    assert own["months"] == "3 / 3"


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "不能据此认定措施有效或无效"), ("en", "no proof that a measure worked")]
)
def test_no_word_says_that_the_measure_did_it(tables, language, words):
    section = measures(with_measure(tables), language)
    assert words in section.blocks[0][1]
    assert all(words in " ".join(table.beside) for table in section.tables)  # the sheet may not travel without it


def test_districts_that_did_not_move_are_not_called(tables):
    one = Measure("清查", "2021-04", districts=(str(tables.districts[1]),))
    (table,) = measures(replace(tables, measures=(one,)), "zh").tables
    assert table.rows[0]["told"].startswith("不能判断（下降的概率")


def test_a_measure_of_the_whole_city_has_nothing_beside_it(tables):
    (table,) = measures(replace(tables, measures=(Measure("x", "2021-04"),)), "en").tables
    assert len(table.rows) == len(tables.districts) == 3


def test_a_measure_that_is_not_over_is_not_judged(tables):
    for end in ("2021-07", "2021-09"):
        section = measures(with_measure(tables, end=end), "en")
        assert section.tables == ()
        assert f"lasted to {end}" in section.blocks[-1][1]
    assert measures(with_measure(tables, end="2021-06"), "en").tables


def test_without_a_measure_there_is_no_section_and_none_in_a_public_edition(tables):
    assert "measures" not in {s.name for s in _held(tables, "en")}
    assert "measures" in {s.name for s in _held(with_measure(tables), "en")}
    public = prepared(small_city(districts=6, months=3), "2021-03", draws=1000, policy="public")
    assert "measures" not in {s.name for s in _held(replace(public, measures=(Measure("x", "2021-01"),)), "en")}


def test_a_place_that_nobody_samples_is_refused(tables):
    with pytest.raises(UnknownName, match="district 'Atlantis'"):
        measures(replace(tables, measures=(Measure("x", "2021-04", districts=("Atlantis",)),)), "en")


def test_measures_of_a_project_are_checked_before_anything_is_read(tmp_path):
    path = tmp_path / "wbe.toml"
    path.write_text('[[measure]]\nname = "x"\nstart = "2021-04-10"\ndistricts = ["石峰区"]\n', encoding="utf-8")
    (one,) = read_settings(path).measure
    assert (one.months, one.districts, one.before) == (("2021-04", "2021-04"), ("石峰区",), 3)
    path.write_text(
        '[[measure]]\nname = "x"\nstart = "April"\nafter = 0\n'
        '[[measure]]\nname = "y"\nstart = "2021-04"\nend = "2021-03"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_settings(path)
    said = [fault.values["key"] for fault in caught.value.faults]
    assert said == ["measure[1].start", "measure[1].end", "measure[1].after", "measure[2].end"]
