"""Designs of sampling: power and cost move as they must, and a rule on trial is what an independent simulation says."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import wbe
from wbe.design import power, reach, split, spread, trial
from wbe.design.sizes import Design, costs, settings, sizes_of
from wbe.design.trials import RULES, simulated
from wbe.errors import InputError, UnknownName
from wbe.testing import small_city, small_loads

sys.path.insert(0, str(Path(__file__).parents[2] / "studies"))
from simulator import Design as Made
from simulator import simulate

DRUG = "methamphetamine"


@pytest.fixture(scope="module")
def estimate():
    return wbe.estimate(small_city(months=6))


# ---- days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("layout", "days"), [("even", 3), ("consecutive", 3), ("random", 3), ("even", 7)])
def test_the_error_of_a_months_mean_is_what_drawn_days_show(layout, days):
    rng, rho = np.random.default_rng(1), 0.6
    law = rho ** np.abs(np.subtract.outer(*[np.arange(30)] * 2)).astype(float)
    month = rng.standard_normal((20_000, 30)) @ np.linalg.cholesky(law).T
    if layout == "random":
        at = np.argsort(rng.random(month.shape), axis=1)[:, :days]
        mean = np.take_along_axis(month, at, axis=1).mean(axis=1)
    else:
        first = (30 - days) // 2
        at = first + np.arange(days) if layout == "consecutive" else ((np.arange(days) + 0.5) * 30 / days).astype(int)
        mean = month[:, at].mean(axis=1)
    assert spread(days, layout, rho) == pytest.approx((mean - month.mean(axis=1)).var(), rel=0.04)


def test_all_days_leave_no_error_and_more_days_leave_less():
    for layout in ("even", "random", "consecutive"):
        assert spread(30, layout) == pytest.approx(0, abs=1e-12)
        assert spread(2, layout) > spread(6, layout) > 0
    assert spread(1, "even", 0.0) == pytest.approx(1 - 1 / 30)
    assert spread(1) == spread(1, correlation=settings("days")["correlation"])


# ---- sizes -----------------------------------------------------------------------------------------------------------


def test_own_sizes_replace_those_of_the_file(estimate):
    found = sizes_of(estimate, DRUG, {"day": 0.3, "sampling": 0.5})
    assert np.allclose(found.day, np.log1p(0.09))
    assert np.allclose(found.sampling, np.log1p(0.25))
    assert not np.allclose(found.batch, found.batch[0] + 1)
    assert found.day.shape == (64, 3)
    assert found.districts == estimate.districts


def test_a_kind_that_the_file_lacks_has_its_prior(estimate):
    grab = sizes_of(estimate, DRUG, kind="grab").sampling
    own = sizes_of(estimate, DRUG).sampling
    assert np.median(grab) > 10 * np.median(own)
    assert np.array_equal(own, sizes_of(estimate, DRUG, kind="24h_composite").sampling)


def test_an_error_is_its_parts(estimate):
    s = sizes_of(estimate, DRUG, {"day": 0.2, "sampling": 0.1, "flow": 0.05, "analysis": 0.1, "batch": 0.08})
    day, own = np.log1p(0.2**2), np.log1p([0.1**2, 0.05**2, 0.1**2])
    assert Design(2).error(s)[0, 0] == pytest.approx(day * spread(2) + own.sum() / 2)
    assert Design(2, replicates=2).error(s)[0, 0] == pytest.approx(day * spread(2) + (own[:2].sum() + own[2] / 2) / 2)
    marked = np.log1p(settings("marker")["cv"] ** 2) / 3 + own[2] / 3 + own[2]
    assert Design(2, markers=3).error(s)[0, 0] == pytest.approx(day * spread(2) + marked / 2)


def test_costs_add_up_and_are_ones_own():
    price = costs({"visit": 10.0, "composite": 0.0, "analysis": 2.0, "marker": 1.0})
    assert Design(4, replicates=2, markers=3).cost(price) == 4 * (10 + 0 + 2 * 2 + 3 * 1)
    with pytest.raises(UnknownName, match="visit"):
        costs({"visits": 1.0})
    with pytest.raises(InputError, match="not negative"):
        costs({"visit": -1.0})


# ---- power -----------------------------------------------------------------------------------------------------------


def test_power_grows_with_days_change_and_months_and_false_alarms_stay_few(estimate):
    by_days = power(estimate, drug=DRUG, days=(1, 2, 4, 12))
    one = by_days[by_days["district"] == estimate.districts[0]]
    assert one["power"].is_monotonic_increasing
    assert one["half_width"].is_monotonic_decreasing
    assert one["cost"].tolist() == pytest.approx([2.4, 4.8, 9.6, 28.8])
    assert (by_days["false"] < 0.1).all()
    triple = power(estimate, drug=DRUG, days=(1,), change=3.0)
    assert (triple["power"].to_numpy() > one["power"].iloc[0]).any()
    short, long = (power(estimate, drug=DRUG, test="trend", change=1.03, days=(2,), months=m) for m in (12, 48))
    assert (long["power"].to_numpy() > short["power"].to_numpy()).all()


def test_a_fall_is_seen_as_often_as_the_same_rise(estimate):
    up, down = (power(estimate, drug=DRUG, change=c, days=(4,))["power"].to_numpy() for c in (2.0, 0.5))
    assert np.allclose(up, down)


def test_power_is_what_a_posterior_shows_that_is_drawn(estimate):
    own = {"day": 0.22, "sampling": 0.1, "flow": 0.05, "analysis": 0.1, "batch": 0.08}
    found = sizes_of(estimate, DRUG, own)
    told = power(estimate, drug=DRUG, days=(2,), sizes=own).iloc[0]
    rng = np.random.default_rng(2)
    error = 2 * (Design(2).error(found)[:, 0] + found.batch)
    prior = found.change
    seen = np.log(2.0) + np.sqrt(error) * rng.standard_normal((4000, len(error)))
    mean, sd = seen * prior / (prior + error), np.sqrt(prior * error / (prior + error))
    assert told["power"] == pytest.approx((mean > 1.6449 * sd).mean(), abs=0.01)
    assert told["half_width"] == pytest.approx(100 * np.expm1(1.96 * sd.mean()), rel=0.01)


def test_what_cannot_be_sampled_is_refused_all_at_once(estimate):
    with pytest.raises(InputError) as caught:
        power(estimate, drug=DRUG, days=(0, 31), replicates=(0,), markers=(-1,), months=5, change=0.0)
    assert caught.value.codes == ["design-days"] * 2 + ["design-count"] * 2 + ["design-months", "design-change"]
    with pytest.raises(UnknownName, match="layout"):
        power(estimate, drug=DRUG, layout="evenly")
    with pytest.raises(UnknownName, match="test"):
        power(estimate, drug=DRUG, test="trends")
    with pytest.raises(InputError, match="estimate of samples"):
        power(small_loads(), drug=DRUG)
    with pytest.raises(InputError, match="from 0 to 5"):
        power(estimate, drug=DRUG, sizes={"day": 5.0})


def test_visits_go_where_the_load_is(estimate):
    table = split(estimate, drug=DRUG, visits=20).set_index("district")
    assert table["days"].sum() == 20
    assert table["days"].min() >= 1
    assert table["share"].sum() == pytest.approx(1)
    assert table["days"].idxmax() == table["share"].idxmax()
    assert (table["cv"] <= table["cv_equal"]).all()
    full = split(estimate, drug=DRUG, visits=90)
    assert full["days"].tolist() == [30, 30, 30]
    for visits in (2, 91):
        with pytest.raises(InputError, match="from 3 to 90"):
            split(estimate, drug=DRUG, visits=visits)


# ---- reach -----------------------------------------------------------------------------------------------------------


def test_the_cheapest_list_reaches_the_width_and_a_cheaper_one_would_not(estimate):
    district = estimate.districts[0]
    wide = reach(estimate, 5.0, district=district, drug=DRUG)
    assert len(wide) == 1  # nothing is needed
    assert wide["reached"].item()
    table = reach(estimate, 0.5, district=district, drug=DRUG)
    assert table["reached"].all()
    assert table["half_width"].iloc[-1] <= 0.5 < table["half_width"].iloc[0]
    assert table["cost"].is_monotonic_increasing
    assert table["step"].tolist() == list(range(len(table)))
    assert (table["holds_up"] == "").all()
    dear = reach(estimate, 0.5, district=district, drug=DRUG, cost={"visit": 100.0})
    days = [t.loc[t["improvement"] == "days", "value"].max() for t in (dear, table)]
    assert not days[0] > days[1]


def test_a_width_that_nobody_reaches_says_what_holds_it_up(estimate):
    table = reach(estimate, 0.01, district=estimate.districts[0], drug=DRUG)
    assert not table["reached"].any()
    assert table["holds_up"].iloc[0] in ("batch", "marker", "flow_meter", "day", "analysis", "weekday")
    heads = reach(estimate, 0.01, district=estimate.districts[0], drug=DRUG, quantity="consumption")
    assert heads["holds_up"].iloc[0] in ("excretion", "population")


def test_a_width_that_is_none_is_refused(estimate):
    for width in (0.0, 10.0, True):
        with pytest.raises(InputError, match="half width"):
            reach(estimate, width, district=estimate.districts[0], drug=DRUG)
    with pytest.raises(InputError, match="estimate of samples"):
        reach(small_loads(), 0.3, district="天元区", drug=DRUG)


# ---- rules on trial --------------------------------------------------------------------------------------------------

GRAB = {"day": 0.22, "sampling": 0.85, "flow": 0.05, "analysis": 0.10, "batch": 0.08}


def test_a_fifth_above_last_year_punishes_as_often_as_an_independent_simulator_says(estimate):
    told = trial(estimate, "above_last_year", drug=DRUG, sizes=GRAB, districts=10, simulations=1500).iloc[0]
    named = []
    design = Made(months=13, n=1, kind="grab", sampling=0.85, walk=0.0, deviation=1e-6, drugs=1)
    for seed in range(60):
        samples, _ = simulate(design, 900 + seed)
        order = np.lexsort((samples["time"].values, samples["site"].values))
        load = (samples["concentration"].values[:, 0] * samples["flow"].values)[order].reshape(10, 13)
        # levels stay, so that any two months stand for a month and the same of last year
        named.append((load[:, :, None] > 1.2 * load[:, None, :])[:, ~np.eye(13, dtype=bool)].mean())
    assert told["punished"] == pytest.approx(np.mean(named), abs=0.02)
    assert told["any"] > 0.9


def test_three_of_ten_are_always_named_and_hardly_the_same_again(estimate):
    told = trial(estimate, "last_three", drug=DRUG, sizes=GRAB, districts=10, simulations=400).iloc[0]
    assert told["punished"] == pytest.approx(0.3)
    assert told["any"] == 1.0
    assert told["again"] == pytest.approx(0.3, abs=0.05)


def test_the_rule_that_is_proposed_punishes_few_and_is_better_with_more_days(estimate):
    few, many = (trial(estimate, drug=DRUG, sizes=GRAB | {"sampling": 0.1}, districts=10, days=n, simulations=600)
                 .set_index("rule") for n in (1, 4))  # fmt: skip
    for table in (few, many):
        assert table.loc["sure", "punished"] < 0.05 < table.loc["above_last_year", "punished"]
    assert many.loc["sure", "missed"] <= few.loc["sure", "missed"] < 0.4
    assert list(few.index) == list(RULES)


def test_any_function_of_the_table_may_stand_trial(estimate):
    def highest(table):
        last = table[table["month"] == table["month"].max()]
        return [last.loc[last["value"].idxmax(), "district"]]

    told = trial(estimate, highest, drug=DRUG, districts=4, simulations=120).iloc[0]
    assert told["rule"] == "highest"
    assert told["punished"] == pytest.approx(0.25)
    assert told["any"] == 1.0
    assert told["simulations"] == 120


def test_what_is_simulated_has_mean_one_and_the_spread_of_its_sizes(estimate):
    found = sizes_of(estimate, DRUG, GRAB)
    values = simulated(found, 3, 12, 1, 400, 1) / np.exp(found.level)[:, None]
    assert values.mean() == pytest.approx(1, abs=0.03)
    total = (
        np.log1p(np.array([v**2 for v in GRAB.values()])).sum()
        + (found.day / (1 - found.hold)[:, None] - found.day).mean()
    )
    assert np.log(values).var() == pytest.approx(total, rel=0.05)
    same = simulated(found, 3, 12, 1, 400, 1)
    assert np.array_equal(same, simulated(found, 3, 12, 1, 400, 1))


def test_a_trial_that_cannot_be_is_refused(estimate):
    with pytest.raises(InputError) as caught:
        trial(estimate, drug=DRUG, days=31, change=0, simulations=99)
    assert caught.value.codes == ["design-days", "design-change", "design-simulations"]
    with pytest.raises(UnknownName, match="last_three"):
        trial(estimate, "last_tree", drug=DRUG)
