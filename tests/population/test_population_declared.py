"""The packaged tables of people have a declared shape: what is odd in them is told whole, with its path."""

from __future__ import annotations

import pytest

from wbe import packaged, people, population
from wbe.errors import FactorError
from wbe.factors.declared import check_shape
from wbe.people.declared import ScenarioFile
from wbe.population.declared import PlaceFile, PopulationFile
from wbe.population.tables import places, settings

FILES = {
    "population.toml": PopulationFile, "places/zhuzhou.toml": PlaceFile, "use_scenarios.toml": ScenarioFile,
}  # fmt: skip


def told(content, kind, name="x.toml"):
    with pytest.raises(FactorError) as caught:
        check_shape(content, kind, name)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("name", FILES)
def test_the_shipped_file_has_its_shape_and_one_without_a_section_has_not(name):
    content = packaged.toml(name)
    check_shape(content, FILES[name], name)
    for key in content:
        (line,) = told({k: v for k, v in content.items() if k != key}, FILES[name])
        assert line == f"x.toml: {key} is missing."


def test_every_fault_of_a_table_is_told_with_its_path():
    content = packaged.toml("population.toml")
    del content["basis"]["census"]["cv"]
    content["basis"]["design"]["cv"] = "wide"
    content["marker"]["cod"]["analysis_cv"] = float("nan")
    content["ensemble"]["between_steps"] = 9.5
    content["mobile"]["cv"] = ["cv", 3]
    content["coverage"]["outside_gds"] = 2.0
    assert sorted(told(content, PopulationFile)) == [
        "x.toml, basis.census: cv is missing.",
        "x.toml, basis.design.cv: got 'wide'; needed a finite number.",
        "x.toml, coverage: unknown key 'outside_gds'. Did you mean 'outside_gsd'?",
        "x.toml, ensemble.between_steps: got 9.5; needed a whole number.",
        "x.toml, marker.cod.analysis_cv: got nan; needed a finite number.",
        "x.toml, mobile.cv[2]: got 3; needed a text.",
    ]


def test_the_units_of_a_place_are_numbered_and_scenarios_are_tables():
    content = packaged.toml("places/zhuzhou.toml")
    content["unit"][1]["kind"] = True
    del content["unit"][9]["name_en"]
    assert told(content, PlaceFile) == [
        "x.toml, unit[2].kind: got True; needed a text.", "x.toml, unit[10]: name_en is missing.",
    ]  # fmt: skip
    content = packaged.toml("use_scenarios.toml")
    content["scenario"], content["sets"]["default"], content["band"] = ["mine"], "mine", []
    assert sorted(told(content, ScenarioFile)) == [
        "x.toml, band: got []; needed a table of keys.",
        "x.toml, scenario[1]: got 'mine'; needed a table of keys.",
        "x.toml, sets.default: got 'mine'; needed a list.",
    ]


@pytest.mark.parametrize("read", [settings, places, people.catalogue._table], ids=["population", "places", "scenarios"])
def test_no_table_is_read_without_its_shape(read, monkeypatch):
    assert population is not None
    read.cache_clear()
    monkeypatch.setattr(packaged, "toml", lambda name: {"surprise": 1})
    with pytest.raises(FactorError, match="unknown key 'surprise'"):
        read()
    monkeypatch.undo()
    read.cache_clear()
    assert "surprise" not in read()
