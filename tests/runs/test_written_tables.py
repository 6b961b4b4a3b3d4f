"""A table never stands without the record of its run, and one that hides districts names nobody in it."""

import json
import os

import pandas as pd
import pytest

import wbe
from wbe.disclosure import Policy
from wbe.reporting.monthly import compose
from wbe.runs.record import read_record
from wbe.runs.writing import samples_path, shows_all, write_estimate, write_report
from wbe.testing import small_city


@pytest.fixture(scope="module")
def estimate():
    return wbe.estimate(small_city())


@pytest.mark.parametrize("fails", [1, 2, 3, 4])
def test_a_table_never_stands_without_its_record(estimate, tmp_path, monkeypatch, fails):
    """Whether the journal, the record or the table cannot be moved into place."""
    left, move = [fails], os.replace

    def broken(*paths):
        left[0] -= 1
        if left[0] == 0:
            raise OSError("no space left")
        move(*paths)

    monkeypatch.setattr("os.replace", broken)
    with pytest.raises(OSError, match="no space"):
        write_estimate(estimate, tmp_path / "run.csv", source=tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    rows = write_estimate(estimate, tmp_path / "run.csv", source=tmp_path)
    assert len(pd.read_csv(tmp_path / "run.csv")) == rows
    assert (tmp_path / "run.csv.run.json").exists()


def test_outputs_of_one_stem_have_a_record_each(estimate, tmp_path):
    for name in ("june", "june.csv", "june.json"):
        write_estimate(estimate, tmp_path / name, source=tmp_path)
    assert len(list(tmp_path.glob("*.run.json"))) == 3


def test_a_report_goes_out_with_its_record(tmp_path, no_pictures):
    city = small_city(districts=2, months=1)
    files = write_report(
        compose(city, "2021-01", "en", formats="html,xlsx", draws=1000), tmp_path, source=tmp_path, command=["wbe"]
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "wbe-report-2021-01.html", "wbe-report-2021-01.run.json", "wbe-report-2021-01.samples.json.gz",
        "wbe-report-2021-01.xlsx",
    ]  # fmt: skip
    record = read_record(files[-1])
    assert set(record["files"]) == {"wbe-report-2021-01.html", "wbe-report-2021-01.xlsx"}
    assert (record["month"], record["command"]) == ("2021-01", ["wbe"])


@pytest.mark.parametrize("policy", [Policy.public(), Policy.internal(minimum_population_load=5000)], ids=["pub", "int"])
def test_an_edition_that_hides_something_names_neither_files_nor_what_was_typed(policy, tmp_path):
    assert not shows_all(policy)
    source = tmp_path / "荷塘区.csv"
    source.write_text("x")
    out = tmp_path / "out" / "e.csv"
    made = wbe.estimate(small_city(districts=6, months=1), policy=policy, draws=1000)
    write_estimate(made, out, source=source, command=["wbe", "estimate", str(source)])
    text = out.with_name("e.csv.run.json").read_text(encoding="utf-8")
    assert "荷塘区.csv" not in text
    assert json.loads(text)["command"] == []
    assert not samples_path(out).exists()
