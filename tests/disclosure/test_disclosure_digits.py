"""What the digits of a public edition tell beside its sums: attacked by estimating again with hidden samples moved."""

import itertools

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.disclosure.rounding import shorten, widen
from wbe.disclosure.rules import rules
from wbe.testing import small_city

METH, KET = "methamphetamine", "ketamine"


def moved(ds, plant, by, against=None, biomarker=METH, month="2021-01"):
    """The samples with one plant's load another; with ``against`` other plants' such that the city's sum stays."""
    load = (ds["concentration"].sel(biomarker=biomarker) * ds["flow"]).fillna(0)
    of_month, plants = ds["time"].dt.strftime("%Y-%m").values == month, list(dict.fromkeys(ds["site"].values))
    mine = of_month & (ds["site"].values == plants[plant])
    rest = of_month & np.isin(ds["site"].values, [plants[i] for i in against or ()])
    held, column = ds["concentration"].copy(deep=True), list(ds["biomarker"].values).index(biomarker)
    held.values[mine, column] *= by
    if against:
        held.values[rest, column] *= 1 - (by - 1) * float(load[mine].sum()) / float(load[rest].sum())
    return ds.assign(concentration=held)


def printed(ds):
    table = wbe.estimate(ds, policy="public").table("city")
    return table.set_index(["month", "biomarker", "quantity"])["text"]


@pytest.mark.parametrize("plant", range(6))
def test_another_split_of_the_city_prints_the_same_digits(plant):
    # who knows every month and plant but how this one is parted between the plant and some others
    ds = small_city(districts=6, months=3, biomarkers=(METH, KET), seed=3)
    told, others = printed(ds), [i for i in range(6) if i != plant]
    splits = itertools.product((1.21, 0.79, 1.3, 0.7), [others, *([i] for i in others)])
    assert any(printed(moved(ds, plant, by, against)).equals(told) for by, against in splits)


def test_bounds_of_what_nobody_detected_do_not_move_with_hidden_samples():
    ds = small_city(districts=6, months=3, biomarkers=(METH, KET, "benzoylecgonine"), seed=3)
    told = printed(ds)
    bounds = told[told.str.startswith("<")].index
    assert len(bounds) >= 6
    for plant in range(6):
        for by in (0.5, 0.79, 1.21):
            assert printed(moved(ds, plant, by))[bounds].equals(told[bounds])


def test_no_rank_trend_alert_or_probability_of_the_public_edition_rests_on_samples():
    ds = small_city(districts=6, months=8)
    other = ds.assign(concentration=ds["concentration"] * np.linspace(0.3, 3, ds.sizes["sample"])[:, None])
    for judge in (wbe.trend, wbe.rank, wbe.alerts):
        one, two = (judge(wbe.estimate(x, policy="public")) for x in (ds, other))
        pd.testing.assert_frame_equal(one, two)


# ---- the ladders ---------------------------------------------------------------------------------------------------


def rows(*given):
    columns = ["median", "lower", "upper", "status", "limit", "text", "quantity"]
    return pd.DataFrame([(*row, "", "mass_load") for row in given], columns=columns)


def shown(table):
    everything = np.ones(len(table), bool)
    widen(table, everything)
    shorten(table, everything)
    return table


def test_an_interval_is_its_number_over_and_times_one_of_a_few_factors():
    table = shown(rows((100.0, 73.0, 130.0, "estimate", np.nan), (100.0, 98.0, 101.0, "estimate", np.nan)))
    assert table["text"].tolist() == ["100 (71–140)", "100.0 (90.9–110.0)"]
    assert table[["lower", "upper"]].to_numpy().tolist() == [[71, 140], [90.9, 110.0]]


def test_the_wider_side_decides_and_a_step_that_is_met_is_enough():
    table = rows((10.0, 8.0, 11.0, "estimate", np.nan), (10.0, 9.5, 12.5, "estimate", np.nan))
    widen(table, np.ones(2, bool))
    assert table["upper"].tolist() == pytest.approx([12.5, 12.5])
    assert table["lower"].tolist() == pytest.approx([8.0, 8.0])


def test_an_interval_from_zero_stays_one():
    table = rows((10.0, 0.0, 18.0, "estimate", np.nan))
    widen(table, np.ones(1, bool))
    assert table[["lower", "upper"]].to_numpy().tolist() == [[0.0, 20.0]]


def test_beyond_the_ladder_two_digits_are_kept():
    table = rows((1.0, 0.5, 123.4, "estimate", np.nan))
    widen(table, np.ones(1, bool))
    assert table["upper"].tolist() == pytest.approx([130.0])


def test_a_bound_goes_up_to_the_next_step_and_never_down():
    table = shown(rows((np.nan, 0.0, 0.21, "below_limit", 0.143), (np.nan, 0.0, 7.0, "below_limit", 2.0),
                       (np.nan, 0.0, 71.0, "below_limit", 20.0)))  # fmt: skip
    assert table["upper"].tolist() == pytest.approx([0.3, 7.0, 100.0])
    assert table["text"].tolist() == ["< 0.15 (≤ 0.30)", "< 2.0 (≤ 7.0)", "< 20 (≤ 100)"]


def test_rows_that_are_not_shown_stay_as_they_are():
    table = rows((100.0, 73.0, 130.0, "estimate", np.nan), (100.0, 73.0, 130.0, "estimate", np.nan))
    widen(table, np.array([True, False]))
    assert table["upper"].tolist() == pytest.approx([140.0, 130.0])


def test_the_ladders_go_up():
    for name in ("factors", "steps"):
        ladder = rules()["interval"][name]
        assert ladder == sorted(set(ladder))
    assert rules()["interval"]["steps"][-1] == 10 * rules()["interval"]["steps"][0]


def test_the_interval_of_the_public_edition_holds_that_of_the_office():
    ds = small_city(districts=6, months=3, biomarkers=(METH, KET), seed=3)
    keys = ["month", "biomarker", "quantity"]
    office, public = (wbe.estimate(ds, policy=p).table("city").set_index(keys) for p in ("internal", "public"))
    kept = public.index[(public["status"] == "estimate") & (public.index.get_level_values("quantity") != "users")]
    assert len(kept) > 5
    assert (public.loc[kept, "lower"] <= office.loc[kept, "lower"]).all()
    assert (public.loc[kept, "upper"] >= office.loc[kept, "upper"]).all()
