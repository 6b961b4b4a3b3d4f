"""The agency's weekday, weekend and daily means follow from the day columns, by rules held as data.

Source of every number: European Union Drugs Agency, wastewater analysis and drugs, 2025 edition.
"""

from pathlib import Path

import pandas as pd
import pytest

from wbe.errors import InputError
from wbe.exchange import euda
from wbe.reading import read_samples
from wbe.samples import Flag

LOADS = Path(__file__).parents[2] / "data" / "samples" / "euda" / "loads_by_weekday_2011_2019.csv"
ROW = ["year", "site", "biomarker"]


@pytest.fixture(scope="module")
def loads():
    return euda.read_loads(LOADS)


@pytest.fixture(scope="module")
def table(loads):
    return euda.agreement(loads)


def whole_rows(table: pd.DataFrame, accepted: set[str]) -> int:
    return int(table["agrees"].isin(accepted).groupby([table[c] for c in ROW]).all().sum())


def test_a_published_zero_is_a_state_below_the_limit_and_never_a_number(loads):
    below = loads["flag"] == int(Flag.BELOW_LOQ)
    assert int(below.sum()) == 1491
    assert bool(loads["normalised_load"].where(below).isnull().all())
    assert float(loads["normalised_load"].min()) > 0


def test_a_published_load_keeps_its_place_and_unit(loads):
    graz = loads["normalised_load"].sel(site="AT001", year=2019, biomarker="mdma", weekday="Saturday")
    assert float(graz) == 43.72
    assert loads["normalised_load"].attrs["units"] == "mg/d/1000 inhabitant"
    assert str(loads["city"].sel(site="AT001").item()) == "Graz"


def test_1748_of_1793_rows_agree_within_one_percent_and_1760_with_rounding(table):
    assert len(table) == 3 * 1793
    assert whole_rows(table, {"within"}) == 1748
    assert whole_rows(table, {"within", "rounding"}) == 1760


def test_every_mean_that_disagrees_has_its_reason_on_file(table):
    failing = table[table["agrees"] == "no"]
    assert len(failing) == 44
    assert failing["reason"].str.len().min() > 20


def test_no_reason_on_file_is_stale(table):
    failing = table[table["agrees"] == "no"]
    for entry in euda.rules()["euda-2025"]["unexplained"]:
        hits = failing[(failing["year"] == entry["year"]) & (failing["site"] == entry["site"])]
        assert set(entry["parts"]) == set(hits["part"][hits["reason"] == entry["reason"]]), entry


def test_every_exception_turns_rows_that_disagreed_into_rows_that_agree(loads, table, monkeypatch):
    plain = {k: v for k, v in euda.rules()["euda-2025"].items() if k != "exception"}
    monkeypatch.setattr(euda, "rules", lambda: {"calendar": RULES["calendar"], "euda-2025": plain})
    without = euda.agreement(loads)
    assert whole_rows(without, {"within"}) == 1722
    for entry in RULES["euda-2025"]["exception"]:
        here = (table["year"] == entry["year"]) & (table["site"] == entry["site"])
        here &= table["biomarker"].isin(entry.get("biomarkers", list(table["biomarker"].unique())))
        assert (table["agrees"][here] != "no").all()
        assert (without["agrees"][here] == "no").any(), entry
        assert here.sum() == 3 * entry["rows"]


RULES = euda.rules()


def test_the_rule_belongs_to_edition_site_and_year():
    assert euda.rule_for(2015, "GB001", "mdma")["calendar"] == "wed_fri"
    assert euda.rule_for(2016, "GB001", "mdma")["calendar"] == "tue_thu"
    assert euda.rule_for(2011, "NL001", "thc_cooh", "weekday")["missing"] == "zero"
    assert euda.rule_for(2011, "NL001", "thc_cooh", "daily")["missing"] == "skipped"
    with pytest.raises(InputError, match="year 2031"):
        euda.rule_for(2031, "GB001", "mdma")


def test_every_fault_of_a_load_file_is_named_with_its_row_and_column(tmp_path):
    lines = LOADS.read_text(encoding="utf-8").splitlines()
    bad = [lines[0], lines[1].replace("8.88", "high"), lines[2].replace("MDMA", "aspirin"), lines[3], lines[3]]
    path = tmp_path / "loads.csv"
    path.write_text("\n".join(bad), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        euda.read_loads(path)
    text = str(caught.value)
    assert "row 2, column Wednesday: got 'high'" in text
    assert "row 3, column Metabolite: got 'aspirin'" in text
    assert "row 5: got a row for the same year, drug and site again" in text


def test_a_file_without_the_published_columns_is_refused(tmp_path):
    path = tmp_path / "loads.csv"
    path.write_text("Year,City\n2019,Graz\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column 'Metabolite'"):
        euda.read_loads(path)


def test_read_samples_says_that_loads_are_no_concentrations():
    with pytest.raises(InputError, match=r"wbe\.read_loads"):
        read_samples(LOADS.parent)
