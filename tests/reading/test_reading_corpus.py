"""Every file of the corpus is read as a careful person reads it, or refused in one plain sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wbe.errors import InputError
from wbe.reading import ReadingLog, load_mapping, read_samples, reading_log
from wbe.reading.observations.sheet import Found, read_sheet
from wbe.reading.opening.files import read_sheets
from wbe.samples import Flag, validate

CORPUS = Path(__file__).parent / "corpus"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
GOOD = [n for n, e in EXPECTED.items() if "results" in e]
BAD = [n for n, e in EXPECTED.items() if "message" in e]


def mapping_of(name: str) -> dict[str, Any] | None:
    import tomllib

    return tomllib.loads(EXPECTED[name]["mapping"]) or None


def test_the_corpus_has_at_least_forty_files_of_each_common_kind() -> None:
    kinds = {Path(n).suffix for n in EXPECTED}
    assert len(EXPECTED) >= 40
    assert kinds >= {".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"}
    assert {p.name for p in (CORPUS / "files").iterdir()} == set(EXPECTED)


def assert_result(ds: Any, i: int, biomarker: str, expected: Any) -> None:
    cell = ds.isel(sample=i).sel(biomarker=biomarker)
    state = Flag(int(cell["flag"])).name.lower()
    value = float(cell["concentration"])
    if isinstance(expected, float):
        assert (state, value) == ("detected", pytest.approx(expected))
    elif isinstance(expected, str):
        assert state == expected
        assert np.isnan(value)
    elif expected[0] == "below_lod":
        assert (state, float(cell["lod"])) == ("below_lod", pytest.approx(expected[1]))
    elif expected[0] == "below_loq_limit":
        assert (state, float(cell["loq"])) == ("below_loq", pytest.approx(expected[1]))
    else:
        assert (state, value) == (expected[0], pytest.approx(expected[1]))


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_read_as_a_careful_person_reads_it(name: str) -> None:
    expected = EXPECTED[name]
    ds = read_samples(CORPUS / "files" / name, mapping_of(name))
    assert validate(ds) == []
    assert ds.sizes["sample"] == len(expected["results"])
    for i, row in enumerate(expected["results"]):
        for biomarker, result in row.items():
            assert_result(ds, i, biomarker, result)
    for column, values in expected["columns"].items():
        if column in ("time", "time_end"):
            assert ds[column].values.astype("datetime64[D]").astype(str).tolist() == values
        elif isinstance(values[0], float):
            assert ds[column].values.tolist() == pytest.approx(values)
        else:
            assert ds[column].values.tolist() == values


@pytest.mark.parametrize("name", GOOD)
def test_the_balance_of_a_file_sums_and_agrees_with_the_dataset(name: str) -> None:
    ds = read_samples(CORPUS / "files" / name, mapping_of(name))
    log = reading_log(ds)
    assert log.sums()
    total = log.balance().iloc[-1]
    present = ds["flag_reason"].values != "no cell in the files"
    flags = ds["flag"].values[present]
    found = {f.name.lower(): int((flags == f).sum()) for f in Flag}
    found["missing"] += log.reasons.get("blank cell of a replicate", 0)  # in the balance, and no sample
    assert found == {f.name.lower(): int(total[f.name.lower()]) for f in Flag}


@pytest.mark.parametrize("name", BAD)
def test_a_file_with_a_fault_is_refused_in_one_plain_sentence(name: str) -> None:
    with pytest.raises(InputError) as caught:
        read_samples(CORPUS / "files" / name, mapping_of(name))
    assert re.search(EXPECTED[name]["message"], str(caught.value))
    assert len(caught.value.faults) == EXPECTED[name]["faults"], str(caught.value)
    assert all(f.next_step for f in caught.value.faults)


@pytest.mark.parametrize("name", BAD)
def test_a_refused_file_has_lost_no_cell_either(name: str) -> None:
    log, found = ReadingLog(), Found()
    try:
        sheets = read_sheets(CORPUS / "files" / name)
    except InputError:
        return
    for sheet in sheets:
        read_sheet(sheet, load_mapping(mapping_of(name)), log, found)
    assert log.sums()
    assert int(log.balance()["cells"].iloc[-1]) >= sum(int(p.present.sum()) for p in found.parts)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("24_less_than_is_loq.csv", "the number is the detection limit in 0 and the quantification limit in 1"),
        ("08_long_chinese.csv", "检出限 has no unit of its own and shares that of its result"),
        ("110_comma_and_points.csv", "the comma is read as the decimal mark, and a point as parting thousands"),
        ("160_instantaneous_beside_daily_flow.xlsx", "is not read beside the daily flow"),
        ("161_instantaneous_flow_alone.csv", "stands for the flow of the whole day"),
        ("169_sheet_of_flows.xlsx", "the flow of 2 sample(s) is taken from here, by district and day"),
        ("100_second_table_other_drugs.xlsx", "a table of its own begins at row 5"),
    ],
)
def test_what_was_understood_on_the_users_behalf_is_said(name: str, note: str) -> None:
    notes = reading_log(read_samples(CORPUS / "files" / name, mapping_of(name))).notes
    assert any(note in n for n in notes), notes
