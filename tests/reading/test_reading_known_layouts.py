"""Exports of instruments and agencies are read with at most five answered lines; a layout is a data file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from wbe import packaged
from wbe.reading import propose_mapping, read_samples, reading_log
from wbe.reading.grid.layouts import known_layouts, layout_of
from wbe.reading.opening.files import read_sheets
from wbe.vocabulary import table

HERE = Path(__file__).parent / "layouts"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))


def said(ds: Any) -> list[str]:
    """Every result of a dataset in the words of expected.toml."""
    out = []
    for i in range(ds.sizes["sample"]):
        for j, biomarker in enumerate(ds["biomarker"].values):
            flag = int(ds["flag"].values[i, j])
            if flag >= 4:
                continue
            order = ("loq", "lod") if flag == 1 else ("lod", "loq")
            limit = next((float(ds[k].values[i, j]) for k in order if ds[k].values[i, j] > 0), None)
            number = f"{float(ds['concentration'].values[i, j]):.10g}"
            value = number if flag == 0 else f"<{limit:g}" if limit else "nd"
            out.append(f"{ds['site'].values[i]} {str(ds['time'].values[i])[:10]} {biomarker} {value}")
    return sorted(out)


def test_there_are_at_least_25_examples_and_each_is_expected() -> None:
    assert len(EXPECTED) >= 25
    assert {p.name for p in (HERE / "files").iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_an_export_is_read_with_at_most_five_answered_lines(name: str) -> None:
    expected = EXPECTED[name]
    lines = [line for line in expected["answers"].splitlines() if line.strip()]
    assert len(lines) <= 5
    ds = read_samples(HERE / "files" / name, tomllib.loads(expected["answers"]) or None)
    assert said(ds) == sorted(expected["results"])
    flows = dict(zip(ds["site"].values.tolist(), ds["flow"].values.tolist(), strict=True))
    assert {k: flows[k] for k in expected.get("flow", {})} == expected.get("flow", {})
    assert reading_log(ds).sums()
    told = [n for n in reading_log(ds).notes if "read by the layout" in n]
    assert bool(told) == bool(expected["layout"])


@pytest.mark.parametrize("name", [n for n, e in EXPECTED.items() if e["layout"]])
def test_an_export_has_its_layout_and_no_other(name: str) -> None:
    sheets = read_sheets(HERE / "files" / name)
    found = layout_of(sheets)
    assert found is not None
    assert found.name == EXPECTED[name]["layout"]
    every = {c for s in sheets for row in s.head for c in row if isinstance(c, str)}
    others = [k.name for k in known_layouts() if k.names | k.texts <= every and k.name != found.name]
    assert others == []


def test_every_layout_has_an_example_a_title_in_both_languages_and_a_source() -> None:
    used = {e["layout"] for e in EXPECTED.values() if e["layout"]}
    assert {k.name for k in known_layouts()} == used
    for file in packaged.names("layouts"):
        data = packaged.toml(f"layouts/{file}")
        assert data["title"]["en"]
        assert data["title"]["zh"]
        assert data["source"]
        assert data["status"] in ("verified", "memory", "derived")
        assert len(data["match"]["names"]) >= 3


def test_the_answers_of_the_user_win_over_those_of_the_layout(tmp_path: Path) -> None:
    text = (HERE / "files" / "wqp_narrow.csv").read_text(encoding="utf-8")
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    ds = read_samples(
        path, {"columns": {"OrganizationIdentifier": "district"}, "options": {"allow_missing_flow": True}}
    )
    assert set(ds["district"].values.tolist()) == {"SYN-01"}


def test_a_file_that_lacks_one_name_of_a_signature_has_no_layout(tmp_path: Path) -> None:
    text = (HERE / "files" / "wqp_narrow.csv").read_text(encoding="utf-8")
    path = tmp_path / "t.csv"
    path.write_text(text.replace("CharacteristicName", "Name of it"), encoding="utf-8")
    assert layout_of(read_sheets(path)) is None


@pytest.mark.parametrize("name", ["wqp_narrow.csv", "california_edf.txt", "lims_long.csv"])
def test_the_proposed_mapping_of_an_export_holds_the_line_that_is_missing(name: str) -> None:
    proposal = propose_mapping(HERE / "files" / name)
    taken = tomllib.loads(proposal.replace("#? ", ""))
    assert said(read_samples(HERE / "files" / name, taken)) == sorted(EXPECTED[name]["results"])


def test_every_answer_of_a_layout_is_a_role_that_the_reader_knows() -> None:
    roles = set(table("headers")) | {"ignore"}
    for layout in known_layouts():
        assert set(layout.mapping.columns.values()) <= roles, layout.name
