"""Editions that hide loads consult the ledger of their project, and say so where there is none."""

import json

import pytest
from typer.testing import CliRunner

from wbe.cli.commands import app
from wbe.disclosure import Policy
from wbe.published import Ledger
from wbe.runs import init
from wbe.runs.leaving import leave, project_of
from wbe.testing import small_city

HEAD = "采样日期,县市区,采样点,样品编号,流量(m3/d),服务人口(人),人口口径,甲基苯丙胺(ng/L)\n"
PLANTS = [("天元区", "河西厂", 200), ("荷塘区", "荷塘厂", 90), ("芦淞区", "芦淞厂", 150), ("石峰区", "石峰厂", 120),
          ("渌口区", "渌口厂", 110), ("醴陵市", "醴陵厂", 160)]  # fmt: skip


def feed(folder, plants=PLANTS):
    rows = [
        f"2021-06-{10 + i},{district},{site},S{i},50000,300000,普查,{c}\n"
        for i, (district, site, c) in enumerate(plants)
    ]
    (folder / "june.csv").write_text(HEAD + "".join(rows), encoding="utf-8")


@pytest.fixture
def office(tmp_path):
    project = init(tmp_path / "office")
    feed(project.root / "data")
    return project


def wbe(*typed):
    return CliRunner().invoke(app, [str(one) for one in typed])


def report(office, out):
    return wbe(
        "report", office.root / "data", "--month", "2021-06", "-o", out, "--policy", "public", "--language", "en",
        "--formats", "json",
    )  # fmt: skip


def test_a_public_report_is_written_into_the_ledger_of_the_project(office):
    done = report(office, office.root / "june")
    assert done.exit_code == 0, done.output
    assert "Checked against the ledger" in done.output
    (entry,) = Ledger(office.root / "published").entries
    assert entry["label"] == "2021-06 june"
    assert entry["printed"] > 0


def test_an_internal_report_asks_no_ledger(office):
    done = wbe("report", office.root / "data", "--month", "2021-06", "-o", office.root / "june", "--language", "en",
               "--formats", "json")  # fmt: skip
    assert done.exit_code == 0
    assert "ledger" not in done.output
    assert not (office.root / "published" / "ledger.jsonl").exists()


def test_a_public_report_with_a_late_plant_keeps_what_was_published(office):
    feed(office.root / "data", PLANTS[:5])
    report(office, office.root / "june")
    feed(office.root / "data")
    done = report(office, office.root / "again")
    assert done.exit_code == 0
    assert "2021-06: the number stands as it was published" in done.output
    assert Ledger(office.root / "published").entries[1]["printed"] == 0


def test_without_a_project_the_edition_is_made_and_nobody_checked_it(office, tmp_path):
    folder = tmp_path / "loose"
    folder.mkdir()
    feed(folder)
    done = wbe("estimate", folder, "-o", tmp_path / "june.csv", "--policy", "public")
    assert done.exit_code == 0
    assert "There is no project here, hence no ledger" in done.output
    assert (tmp_path / "june.csv").exists()


def test_a_broken_ledger_stops_a_public_estimate_before_anything_is_written(office):
    (office.root / "published" / "ledger.jsonl").write_text(json.dumps({"hash": "no"}) + "\n", encoding="utf-8")
    done = wbe("estimate", office.root / "data", "-o", office.root / "june.csv", "--policy", "public")
    assert done.exit_code != 0
    assert not (office.root / "june.csv").exists()


def test_a_database_lies_in_no_project_and_the_first_place_decides(office, tmp_path):
    other = init(tmp_path / "other")
    assert project_of(["sqlite:///lab.db", "env:LAB"]) is None
    assert project_of([other.root / "june.csv", office.root]).root == other.root
    assert project_of(["sqlite:///lab.db", office.root / "data"]).root == office.root


def test_an_edition_that_hides_loads_of_small_places_goes_to_the_ledger_too(office):
    made, said = leave(small_city(districts=6, months=1), [office.root], "strict",
                       policy=Policy.internal(minimum_population_load=5000))  # fmt: skip
    assert [note.code for note in said] == ["runs-ledger-checked"]
    assert len(Ledger(office.root / "published").entries) == 1
    assert len(made.table("city"))
