"""Published loads become one checked series: units converted, errors required, every fault told at once."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.answer import QUANTITIES, Series, drug_of, last_month, month_of, month_text, quantity_of, status_note
from wbe.errors import InputError, UnitError, UnknownName
from wbe.messages import Words
from wbe.testing import small_city, small_loads

UNIT = "mg/d/1000 inhabitant"
ROW = {"district": "Berlin", "month": "2021-03", "drug": "cocaine", "median": 400.0, "se_log": 0.2}


def series(*rows, **more) -> Series:
    frame = pd.DataFrame([ROW | row for row in rows or ({},)])
    return Series(frame, **({"quantity": "normalised_load", "unit": UNIT} | more))


def codes(*rows, drop=(), **more) -> list[str]:
    frame = pd.DataFrame([ROW | row for row in rows or ({},)]).drop(columns=list(drop))
    with pytest.raises(InputError) as caught:
        Series(frame, **({"quantity": "normalised_load", "unit": UNIT} | more))
    assert all(caught.value.text(language) for language in ("en", "zh"))
    return caught.value.codes


def test_numbers_are_converted_to_the_quantitys_own_unit():
    found = series({"median": 0.4, "lower": 0.3, "upper": 0.5}, unit="g/d/1000 inhabitant")
    assert found.unit == UNIT
    assert found.frame[["median", "lower", "upper"]].iloc[0].tolist() == pytest.approx([400.0, 300.0, 500.0])
    with pytest.raises(UnitError, match="unit"):
        series(unit="g/d")


def test_a_standard_error_and_an_interval_follow_from_each_other():
    z = 1.959964
    given = series().frame.iloc[0]
    assert [given["lower"], given["upper"]] == pytest.approx([400 * np.exp(-z * 0.2), 400 * np.exp(z * 0.2)], rel=1e-6)
    frame = pd.DataFrame([ROW]).drop(columns="se_log").assign(lower=given["lower"], upper=given["upper"])
    assert Series(frame, "normalised_load", UNIT).frame["se_log"].item() == pytest.approx(0.2)
    narrower = Series(frame, "normalised_load", UNIT, level=0.9).frame["se_log"].item()
    assert narrower == pytest.approx(0.2 * z / 1.644854, rel=1e-6)


def test_what_lies_below_a_limit_is_no_number_and_what_is_blank_is_no_sample():
    found = series({}, {"month": "2021-04", "median": np.nan, "limit": 3.0}, {"month": "2021-05", "median": np.nan})
    assert found.frame["status"].tolist() == ["estimate", "below_limit", "no_data"]
    assert found.frame["n_samples"].tolist() == [1, 1, 0]
    assert found.frame["n_detected"].tolist() == [1, 0, 0]
    assert found.table()["text"].tolist() == ["400 (270–592)", "< 3", ""]


def test_months_are_text_for_printing_and_periods_for_computing():
    found = series({"month": pd.Period("2021-03", "M")})
    assert found.frame["month"].tolist() == ["2021-03"]
    assert found.frame["period"].dtype == "period[M]"
    gap = series({}, {"month": "2021-06"})
    assert gap.months == ("2021-03", "2021-04", "2021-05", "2021-06")


@pytest.mark.parametrize(
    ("rows", "more", "code"),
    [
        (({},), {"drop": ("median",)}, "answer-no-column"),
        (({},), {"drop": ("se_log",)}, "answer-no-error"),
        (({"median": -1.0},), {}, "answer-bad-numbers"),
        (({"median": np.inf},), {}, "answer-bad-numbers"),
        (({"median": "x"},), {}, "answer-bad-numbers"),
        (({"month": "2021-13"},), {}, "answer-month"),
        (({"month": "202103"},), {}, "answer-month"),
        (({"status": "ok"},), {}, "answer-status"),
        (({}, {}), {}, "answer-row-twice"),
        (({"lower": 401.0, "upper": 500.0},), {}, "answer-interval"),
        (({"lower": 300.0, "upper": 399.0},), {}, "answer-interval"),
        (({"se_log": np.nan},), {}, "answer-number-without-error"),
        (({"status": "estimate", "median": np.nan},), {}, "answer-estimate-without-number"),
        (({"status": "below_limit", "median": np.nan},), {}, "answer-below-no-limit"),
        (({},), {"level": 1.0}, "answer-level"),
        (({},), {"level": 0}, "answer-level"),
    ],
)
def test_each_fault_of_a_frame_has_its_code(rows, more, code):
    assert codes(*rows, **more) == [code]


def test_an_interval_may_touch_its_median():
    assert series({"lower": 400.0, "upper": 400.0}).frame["upper"].item() == 400.0


def test_an_empty_frame_and_two_faults_are_told():
    with pytest.raises(InputError) as caught:
        Series(pd.DataFrame(columns=list(ROW)), "normalised_load", UNIT)
    assert caught.value.codes == ["answer-empty"]
    assert codes({"median": -1.0, "month": "x"}) == ["answer-bad-numbers", "answer-month"]


def test_a_series_is_frozen_and_keeps_its_own_frame():
    frame = pd.DataFrame([ROW])
    found = Series(frame, "normalised_load", UNIT)
    frame.loc[0, "median"] = 1.0
    assert found.frame["median"].item() == 400.0
    handed = found.series()
    handed.loc[0, "median"] = 1.0
    assert found.frame["median"].item() == 400.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.level = 0.5


def test_wrong_names_are_one_error_with_the_nearest_right_one():
    loads = small_loads()
    for call in (
        lambda: series(quantity="normalized_load"),
        lambda: series(area="citty"),
        lambda: loads.draws("normalised_load", "methamfetamine"),
        lambda: loads.table("provinse"),
        lambda: quantity_of(loads, "mass_load"),
        lambda: drug_of(loads, "cocaine"),
        lambda: month_of(loads, "2022-01"),
    ):
        with pytest.raises(UnknownName, match="needed"):
            call()
    with pytest.raises(UnknownName, match="from 2021-01 to 2021-04"):
        month_of(loads, "2022-01")


def test_names_and_months_are_read_in_one_way():
    loads = small_loads()
    assert drug_of(loads, "METH") == drug_of(loads, "甲基苯丙胺") == "methamphetamine"
    assert month_text(pd.Period("2021-06-24", "D")) == "2021-06"
    with pytest.raises(InputError, match="calendar months"):
        month_text("June")
    assert last_month(loads) == "2021-04"
    assert quantity_of(loads, "normalised_load") == "normalised_load"


def test_draws_have_the_median_and_the_spread_of_the_series():
    draws = np.log(small_loads(se_log=0.3).draws().sel(district="荷塘区", month="2021-01"))
    assert float(draws.mean()) == pytest.approx(np.log(30.0), abs=0.02)
    assert float(draws.std()) == pytest.approx(0.3, rel=0.03)


def test_a_statement_comes_along_in_both_languages():
    told = series(statement=Words("rests on a survey", "依据调查"))
    assert told.series().attrs == {"statement_en": "rests on a survey", "statement_zh": "依据调查"}
    assert series().series().attrs == {}


def test_published_loads_go_through_every_judge_and_picture():
    loads = small_loads(growth=1.3, months=10)
    assert wbe.trend(loads).set_index("district").loc["天元区", "direction"] == "rising"
    eight = wbe.trend(small_loads(growth=1.3, months=8)).set_index("district")
    assert eight.loc["天元区", "p_rise"] > 0.95  # a place may be restless: eight months say much and do not settle it
    assert wbe.rank(loads)["district"].iloc[0] == "天元区"
    assert len(wbe.alerts(loads)) == 2
    assert wbe.changes(loads)["percent"].round(6).tolist() == [30.0, 0.0]
    for figure in (wbe.plot.trends(loads), wbe.plot.tiles(loads), wbe.plot.interval(loads), wbe.plot.ranks(loads)):
        assert figure.axes


def test_an_estimate_gives_the_same_quantities_and_statuses_have_words():
    estimate = wbe.estimate(small_city(districts=1, months=1), draws=1000)
    for quantity in QUANTITIES:
        assert len(estimate.series(quantity))
    assert status_note("no_flow").code == "answer-no-flow"
    assert status_note("something_new").text("en") == "something new"
