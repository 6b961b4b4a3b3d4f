"""What leaves the house beside the tables keeps the edition's rules too: the run record and the report's findings."""

import json
import re

import numpy as np
import openpyxl
import pytest

import wbe
from wbe.disclosure import Policy
from wbe.runs.difference import diff
from wbe.runs.inputs import unpack
from wbe.runs.record import hash_of
from wbe.runs.writing import samples_path, write_estimate
from wbe.samples import Flag
from wbe.testing import small_city

SAID = re.compile("rest on the use scenario|取决于使用情景")


def stated(text):
    return bool(SAID.search(text))


DISTRICT = "天元区"


@pytest.fixture(scope="module")
def city():
    ds = small_city(districts=4, months=2)
    ds["population"][ds["district"].values == DISTRICT] = 2000.0
    # a number above its own upper limit of quantification: the check quotes it
    ds["uloq"] = ds["lod"].copy(data=np.full(ds["lod"].shape, 1e4))
    ds["concentration"].loc[{"biomarker": "ketamine"}] = 12345.0
    ds["flag"].loc[{"biomarker": "ketamine"}] = int(Flag.DETECTED)
    return ds


def record(ds, folder, policy):
    write_estimate(wbe.estimate(ds, policy=policy, draws=1000), folder / "run.csv", source=folder)
    text = (folder / "run.csv.run.json").read_text(encoding="utf-8")
    return text, json.loads(text)


def test_the_run_record_of_the_public_edition_holds_no_input_of_a_district(city, tmp_path):
    text, known = record(city, tmp_path, "public")
    assert known["inputs"] == []
    assert DISTRICT not in text
    assert not samples_path(tmp_path / "run.csv").exists()
    record(city, tmp_path, "internal")
    kept = unpack(samples_path(tmp_path / "run.csv"), hash_of((tmp_path / "run.csv").read_bytes()))
    assert set(kept["population"].values[kept["district"].values == DISTRICT]) == {2000.0}


def test_where_small_loads_are_hidden_their_inputs_are_not_recorded(city, tmp_path):
    text, known = record(city, tmp_path, Policy.internal(minimum_population_load=5000))
    assert known["inputs"] == []
    assert not samples_path(tmp_path / "run.csv").exists()
    assert DISTRICT not in text


def test_the_public_report_counts_its_findings_and_quotes_none(city, tmp_path, no_pictures):
    quoted = {}
    for edition in ("internal", "public"):
        files = wbe.report(city, "2021-02", tmp_path / edition, "zh+en", formats="html,xlsx", policy=edition,
                           draws=1000, despite_errors=True)  # fmt: skip
        quoted[edition] = files.html.read_text(encoding="utf-8")
    assert "above_uloq_unflagged" in quoted["internal"]
    assert "above_uloq_unflagged" in quoted["public"]
    for told in ("12345", f"{DISTRICT}-2021"):
        assert told in quoted["internal"].replace(",", "")
        assert told not in quoted["public"].replace(",", "")


def test_no_route_prints_a_number_of_users_without_its_sentence(city, tmp_path):
    from typer.testing import CliRunner

    from wbe.cli import app

    estimate = wbe.estimate(city, draws=1000)
    assert all(stated(estimate.users[name].attrs["statement_en"]) for name in ("median", "lower", "upper"))
    assert stated(estimate.draws("users").attrs["statement_zh"])
    framed = estimate.users["median"].to_dataframe().dropna()
    assert len(framed)
    assert framed["statement"].map(stated).all()  # xarray leaves attributes behind, not coordinates
    drawn = estimate.draws("users").isel(draw=0).to_dataframe().dropna()
    assert drawn["statement"].map(stated).all()
    assert estimate.series("users")["statement_en"].map(stated).all()
    assert "statement_en" not in estimate.series("consumption")
    of_users = wbe.alerts(estimate, quantity="users")  # its baseline is a number of users
    assert of_users["statement_en"].map(stated).all()
    assert of_users["statement_zh"].map(stated).all()
    assert "statement_en" not in wbe.alerts(estimate)
    assert estimate.prevalence().query("status == 'estimate'")["note"].map(stated).all()
    write_estimate(estimate, tmp_path / "a.csv", source=tmp_path)
    more = city.copy(deep=True)
    more["flow"] *= 1.5
    write_estimate(wbe.estimate(more, draws=1000), tmp_path / "b.csv", source=tmp_path)
    rows = diff(tmp_path / "a.csv", tmp_path / "b.csv").rows
    users = rows["quantity"] == "users"
    assert users.any()
    assert rows.loc[users, "statement"].map(stated).all()
    assert (rows.loc[~users, "statement"] == "").all()
    told = CliRunner().invoke(app, ["diff", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--limit", "500"])
    assert told.exit_code == 0
    assert stated(told.output)
    assert "users: " in told.output


def test_the_command_line_admits_an_institution_for_a_reason_that_the_run_record_keeps(tmp_path):
    from typer.testing import CliRunner

    from wbe.cli import app
    from wbe.errors import DisclosureError, InputError

    data, out = tmp_path / "data", tmp_path / "out.csv"
    data.mkdir()
    (data / "june.csv").write_text(
        "县市区,采样点,采样日期,流量（m³/d）,服务人口（人）,甲基苯丙胺（ng/L）\n天元区,第一中学,2021-06-10,20000,50000,60\n",
        encoding="utf-8",
    )  # fmt: skip
    asked = ["estimate", str(data), "-o", str(out)]
    for more, error in (([], DisclosureError), (["--admit", "第一中学=ok"], InputError),
                        (["--admit", "第一中学"], InputError)):  # fmt: skip
        assert isinstance(CliRunner().invoke(app, [*asked, *more]).exception, error)
        assert not out.exists()
    reason = "ethics board, minute 7 of 2021"
    assert CliRunner().invoke(app, [*asked, "--admit", f"第一中学={reason}"]).exit_code == 0
    kept = json.loads(out.with_name(f"{out.name}.run.json").read_text(encoding="utf-8"))["policy"]["overrides"]
    assert kept == [{"site": "第一中学", "reason": reason}]


def test_profiles_are_compared_without_the_districts_that_are_small_or_unknown(tmp_path):
    from typer.testing import CliRunner

    from wbe.cli import app

    heads = {"天元区": "50000", "荷塘区": "3000", "石峰区": ""}
    rows = [f"{d},{d}厂,2021-06-10,20000,{n},60" for d, n in heads.items()]
    (tmp_path / "june.csv").write_text(
        "县市区,采样点,采样日期,流量（m³/d）,服务人口（人）,甲基苯丙胺（ng/L）\n" + "\n".join(rows), encoding="utf-8"
    )
    told = CliRunner().invoke(app, ["factors", "compare", str(tmp_path)])
    assert told.exit_code == 0, told.output
    assert "天元区" in told.output
    assert "荷塘区" not in told.output
    assert "石峰区" not in told.output
    assert "Not shown: 2 districts with fewer than 5,000 people" in told.output


def test_where_small_loads_are_hidden_the_report_quotes_no_finding_of_their_district(city, tmp_path, no_pictures):
    ds = city.copy(deep=True)
    slip = 6117.0  # ten times the usual flow of the small district: the check quotes both
    ds["flow"][ds["district"].values == DISTRICT] = [611.7, slip]
    quoted = {}
    for name, policy in {"open": Policy.internal(), "strict": Policy.internal(minimum_population_load=5000)}.items():
        files = wbe.report(ds, "2021-02", tmp_path / name, "zh+en", formats="html,xlsx", policy=policy, draws=1000)
        book = openpyxl.load_workbook(files.workbook)
        rows = [[str(c.value) for c in row] for sheet in book for row in sheet.iter_rows()]
        named = [r for r in rows if any(f"{DISTRICT}-2021" in c or f"{DISTRICT}污水厂" in c for c in r)]
        quoted[name] = " ".join(c for r in named for c in r).replace(",", "")
        html = files.html.read_text(encoding="utf-8").replace(",", "")
        assert (f"{DISTRICT}-2021" in html) == (name == "open")
    assert "12345" in quoted["open"]
    assert "12345" not in quoted["strict"]
    assert "611" not in quoted["strict"]
