"""Sizes from lists, and what happened at an event: by published numbers, laws and simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import wbe
from wbe.answer import Series
from wbe.errors import InputError, UnknownName


def test_chapman_by_hand():
    # 201 x 151 / 31 - 1; variance 201 x 151 x 170 x 120 / (31² x 32)
    found = wbe.triangulate.capture_recapture(200, 150, 30)
    assert found.median == pytest.approx(978.0645, abs=1e-4)
    unseen, variance = 978.0645 - 320, 201 * 151 * 170 * 120 / (31**2 * 32)
    factor = np.exp(1.959964 * np.sqrt(np.log(1 + variance / unseen**2)))
    assert found.lower == pytest.approx(320 + unseen / factor, rel=1e-6)
    assert found.upper == pytest.approx(320 + unseen * factor, rel=1e-6)


def test_two_lists_cover_the_truth_where_they_are_independent():
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(400):
        one, two = rng.random(1000) < 0.25, rng.random(1000) < 0.2
        found = wbe.triangulate.capture_recapture(int(one.sum()), int(two.sum()), int((one & two).sum()))
        inside += found.lower <= 1000 <= found.upper
    assert 0.92 <= inside / 400 <= 0.985  # Monte Carlo error .011


@pytest.mark.parametrize("lists", [(10, 10, 0), (10, 10, 11), (3, 10, 4), (0, 5, 0)])
def test_an_overlap_that_bounds_nothing_is_refused(lists):
    with pytest.raises(InputError, match="on both"):
        wbe.triangulate.capture_recapture(*lists)


def test_a_whole_overlap_is_the_list_itself():
    found = wbe.triangulate.capture_recapture(40, 40, 40)
    assert (found.lower, found.median, found.upper) == (40.0, 40.0, 40.0)


@pytest.mark.parametrize(("both", "noted"), [(6, True), (7, False)])
def test_a_small_overlap_is_said(both, noted):
    codes = [n.code for n in wbe.triangulate.capture_recapture(60, 50, both).notes()]
    assert ("triangulate-small-overlap" in codes) == noted


def test_a_multiplier_is_the_beta_law_turned_over():
    found = wbe.triangulate.multiplier(300, found=30, asked=100)
    share = stats.beta(30.5, 70.5)
    for got, p in ((found.lower, 0.975), (found.median, 0.5), (found.upper, 0.025)):
        assert got == pytest.approx(300 / share.ppf(p), rel=1e-9)
    narrow = wbe.triangulate.multiplier(300, found=30, asked=100, level=0.5)
    assert found.lower < narrow.lower < narrow.upper < found.upper
    assert wbe.triangulate.multiplier(600, found=30, asked=100).median == pytest.approx(2 * found.median)


def test_no_size_is_below_its_list():
    assert wbe.triangulate.multiplier(300, found=5, asked=5).lower >= 300


@pytest.mark.parametrize(
    ("request_", "match"),
    [
        ({"benchmark": 0, "found": 1, "asked": 2}, "above 0"),
        ({"benchmark": 9, "found": 3, "asked": 2}, "no more on the list"),
        ({"benchmark": 9, "found": 0, "asked": 0}, "at least one asked"),
        ({"benchmark": 9, "found": 1, "asked": 2, "level": 1.0}, "probability"),
    ],
)
def test_impossible_surveys_are_refused(request_, match):
    with pytest.raises(InputError, match=match):
        wbe.triangulate.multiplier(**request_)


def test_two_sizes_agree_as_far_as_both_know():
    size = wbe.triangulate.multiplier(300, found=30, asked=100)
    ratio, lower, upper = size.against(2 * size.median, size.median, 4 * size.median)
    assert ratio == pytest.approx(0.5)
    assert lower < 0.25
    assert upper > 1.0
    same = size.against(size.median, size.lower, size.upper)
    assert same[1] < 1 < same[2]
    with pytest.raises(InputError, match="in order"):
        size.against(10, 11, 12)


def loads(log_load):
    months = [str(m) for m in pd.period_range("2022-01", periods=log_load.shape[1], freq="M")]
    rows = [
        {"district": f"d{d}", "month": months[m], "drug": "ketamine", "median": float(np.exp(v)), "se_log": 0.1}
        for (d, m), v in np.ndenumerate(log_load) if np.isfinite(v)
    ]  # fmt: skip
    return Series(pd.DataFrame(rows), "normalised_load", "mg/d/1000 inhabitant", synthetic=True)


def happened(log_load, **more):
    request = {"drug": "K粉", "month": "2022-07", "districts": ["d0"], "language": "en"} | more
    return wbe.triangulate.event(loads(log_load), **request).iloc[0]


def test_an_event_is_the_change_beyond_that_of_the_others():
    flat = np.zeros((5, 12))
    flat[:, 6:] += np.log(1.5)  # everywhere
    flat[0, 6:] += np.log(0.5)  # and halved where it took place
    row = happened(flat)
    assert row["percent"] == pytest.approx(-50)
    assert (row["before"], row["after"], row["controls"]) == (6, 6, 4)
    assert row["p"] == pytest.approx(0.2)
    assert "cannot be below 0.20" in row["note"]


def test_intervals_of_events_that_did_nothing_hold_nothing():
    rng = np.random.default_rng(2)
    rows = [happened(0.3 * rng.standard_normal((8, 12)) + rng.standard_normal((8, 1))) for _ in range(80)]
    inside = np.mean([row["lower"] <= 0 <= row["upper"] for row in rows])
    assert 0.88 <= inside <= 0.995  # Monte Carlo error .024
    assert np.mean([row["p"] <= 0.125 for row in rows]) <= 0.22


@pytest.mark.parametrize(
    ("shape", "month", "code"),
    [((4, 6), "2022-04", "triangulate-event-placebo"), ((4, 6), "2022-03", "triangulate-event-few-months"),
     ((4, 6), "2022-05", "triangulate-event-few-months"), ((3, 6), "2022-04", "triangulate-event-few-controls"),
     ((4, 6), "2023-01", "triangulate-event-few-months")],
)  # fmt: skip
def test_an_event_needs_three_months_on_both_sides_and_three_other_districts(shape, month, code):
    row = happened(np.random.default_rng(3).standard_normal(shape), month=month)
    assert row["note_codes"] == code
    assert np.isnan(row["percent"]) == (code != "triangulate-event-placebo")


def test_only_six_months_on_each_side_count():
    values = np.zeros((5, 20))
    values[0, 0] = values[0, 19] = 50.0
    assert happened(values, month="2022-09")["percent"] == pytest.approx(0, abs=1e-9)


def test_districts_must_be_some_and_known():
    values = np.zeros((4, 8))
    with pytest.raises(InputError, match="not all"):
        happened(values, districts=["d0", "d1", "d2", "d3"])
    with pytest.raises(InputError, match="not all"):
        happened(values, districts=[])
    with pytest.raises(UnknownName, match="d9"):
        happened(values, districts=["d9"])


def test_one_person_on_both_lists_is_enough_and_a_certain_interval_is_not_asked_for():
    assert wbe.triangulate.capture_recapture(20, 10, 1).upper > 115.5
    with pytest.raises(InputError, match="probability"):
        wbe.triangulate.capture_recapture(20, 10, 1, level=1.0)
