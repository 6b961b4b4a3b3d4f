"""Numbers that rest on what the check calls an error are marked, and stand in no headline."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import wbe
from wbe.quality import results_in_error
from wbe.reporting.findings import findings
from wbe.reporting.monthly import prepared
from wbe.testing import small_city

CODE = "estimation-in-error"


def slipped(samples: xr.Dataset, rows: list[int]) -> xr.Dataset:
    flow = samples["flow"].copy()
    flow[rows] = flow[rows] * 10
    return samples.assign(flow=flow)


@pytest.fixture(scope="module")
def city() -> xr.Dataset:
    return small_city()


def test_an_error_of_a_sample_marks_all_its_results_and_one_of_a_result_only_its_own(city: xr.Dataset) -> None:
    assert not results_in_error(city).any()
    wrong = results_in_error(slipped(city, [0]))
    assert wrong[0].all()
    assert not wrong[1:].any()
    value = city["concentration"].copy()
    i, j = np.argwhere(city["flag"].values == 0)[0]
    value[i, j] = -1.0
    wrong = results_in_error(city.assign(concentration=value))
    assert np.argwhere(wrong).tolist() == [[i, j]]


def test_a_rule_that_somebody_calls_a_warning_marks_nothing(city: xr.Dataset) -> None:
    rules = {"flow_slip": {"severity": "warning"}}
    assert not results_in_error(slipped(city, [0]), rules).any()


def test_numbers_of_rows_in_error_carry_a_note_and_those_of_other_months_do_not(city: xr.Dataset) -> None:
    table = wbe.estimate(slipped(city, [0])).table()
    marked = table[table["note_codes"].str.contains(CODE)]
    place, month = str(city["district"].values[0]), str(city["time"].values[0])[:7]
    assert set(zip(marked["district"], marked["month"], strict=True)) == {(place, month)}
    loads = marked[marked["quantity"] == "mass_load"]
    assert len(loads)
    assert loads["note"].str.startswith("rests on 1 of ").all()
    assert not wbe.estimate(city).table()["note_codes"].str.contains(CODE).any()


def test_what_rests_on_an_error_is_no_headline(city: xr.Dataset) -> None:
    month = str(city["time"].values.max())[:7]
    here = np.flatnonzero(city["time"].values.astype("datetime64[M]").astype(str) == month).tolist()
    told = findings(prepared(city, month), "en")
    tables = prepared(slipped(city, here[:1]), month, despite_errors=True)
    place = str(city["district"].values[here[0]])
    drug = next(d for d in tables.drugs if d in set(tables.loads()["drug"]))
    assert tables.in_error(place, drug)
    others = [d for d in tables.districts if d != place]
    assert not any(tables.in_error(d, drug) for d in others)
    city_load = str(tables.city_row(drug, "normalised_load")["text"])
    assert city_load not in " ".join(findings(tables, "en"))
    assert findings(tables, "en") != told
