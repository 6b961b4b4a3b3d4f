"""Rules on trial, splits and improvements by hand: who is named at the bound, which visit helps, what is cheapest."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

import wbe
from wbe.design import reaching
from wbe.design.powers import _whole, split
from wbe.design.reaching import _after, _choices, _half, _price, _steps
from wbe.design.sizes import Design, Sizes, costs, settings, spread
from wbe.design.trials import above_last_year, last_three, sure, three_above_mean, trial
from wbe.testing import small_city

DRUG = "methamphetamine"


@pytest.fixture(scope="module")
def estimate():
    return wbe.estimate(small_city(months=6))


def flat(districts=1, months=28):
    return np.ones((1, districts, months))


def test_a_fifth_above_the_same_month_of_last_year_is_not_above_it():
    values = flat()
    values[0, 0, -1] = 1.2
    assert not above_last_year(values).any()
    values[0, 0, -1] = 1.21
    assert above_last_year(values).all()
    values[0, 0, -13] = 1.1  # a year before, not eleven or thirteen months
    assert not above_last_year(values).any()
    values[0, 0, -13], values[0, 0, -12], values[0, 0, -14] = 1.0, 9.0, 9.0
    assert above_last_year(values).all()


def test_the_three_that_grew_most_are_named_and_ties_with_the_third():
    values = flat(5)
    values[0, :, -1] = [1.1, 1.5, 1.3, 1.4, 1.2]
    assert last_three(values)[0].tolist() == [False, True, True, True, False]
    values[0, 4, -1] = 1.3
    assert last_three(values)[0].tolist() == [False, True, True, True, True]
    assert last_three(flat(2)).all()  # there are no three


def test_three_months_must_all_lie_above_the_mean_of_the_year_before():
    values = flat()
    values[0, 0, -3:] = 1.1
    assert three_above_mean(values).all()
    for month in (-1, -2, -3):
        one = values.copy()
        one[0, 0, month] = 1.0  # the mean itself
        assert not three_above_mean(one).any()
    values[0, 0, -15] = 2.0  # the mean of the twelve months before the three is now 1.083
    assert three_above_mean(values).all()
    values[0, 0, -15] = 2.3  # 1.108
    assert not three_above_mean(values).any()
    values[0, 0, -15], values[0, 0, -16] = 1.0, 99.0  # the month before that year is no matter
    assert three_above_mean(values).all()


def test_the_proposed_rule_speaks_from_its_bound_on():
    rng = np.random.default_rng(1)
    logs = 0.1 * rng.standard_normal((1, 5, 28))
    logs[:, :, -3:] = logs[:, :, -15:-12]  # the same three months of last year: no growth
    centred = logs - np.median(logs, axis=1, keepdims=True)
    bound = 2.326 * np.sqrt(2 * centred[:, :, :-3].var(axis=2, ddof=1).mean() / 3)
    for over, named in ((1.02, True), (0.98, False)):
        moved = centred.copy()
        moved[0, 0, -3:] += bound * over
        keep = moved - np.median(moved, axis=1, keepdims=True)
        late = keep[:, :, -3:].mean(axis=2) - keep[:, :, -15:-12].mean(axis=2)
        assert sure(np.exp(moved))[0, 0] == (late[0, 0] > bound)
        if abs(late[0, 0] - bound * over) < 1e-9:
            assert sure(np.exp(moved))[0, 0] == named


def test_what_moves_all_districts_alike_is_no_matter_to_the_proposed_rule():
    values = np.exp(0.1 * np.random.default_rng(2).standard_normal((3, 6, 28)))
    common = values * np.exp(np.random.default_rng(3).standard_normal((3, 1, 28)))
    assert np.array_equal(sure(values), sure(common))


def test_a_trial_changes_the_first_district_three_months_before_the_end(estimate):
    def judge(table):
        months = sorted(table["month"].unique())
        last = table[table["month"] == months[-1]].set_index("district")["value"]
        before = table[table["month"] == months[-4]].set_index("district")["value"]
        return list(last.index[last > 5 * before])

    tiny = dict.fromkeys(("day", "sampling", "flow", "analysis", "batch"), 0.01)
    told = trial(estimate, judge, drug=DRUG, sizes=tiny, districts=2, change=10.0, simulations=100).iloc[0]
    assert (told["missed"], told["punished"], told["any"]) == (0.0, 0.0, 0.0)
    assert np.isnan(told["again"])
    low = trial(estimate, judge, drug=DRUG, sizes=tiny, districts=2, change=4.0, simulations=100).iloc[0]
    assert low["missed"] == 1.0


@pytest.mark.parametrize(("value", "whole"), [(1, True), (0, False), (5, True), (6, False), (True, False), (2.0, False),
                                              (np.int64(3), True)])  # fmt: skip
def test_a_whole_number_lies_within_both_bounds(value, whole):
    assert _whole(value, 1, 5) is whole


# ---- splits ----------------------------------------------------------------------------------------------------------


def plain(level, day, single=0.0):
    n, count = 2, len(level)
    return Sizes(
        tuple("abcdef"[:count]), np.full((n, count), day), np.zeros(n), np.full(n, single), np.zeros(n), np.zeros(n),
        np.zeros(n), np.full(n, 0.01), np.log(level),
    )  # fmt: skip


def test_each_visit_goes_where_it_helps_most(monkeypatch):
    sizes = plain([1.0, 3.0, 6.0], 0.1, 0.05)
    monkeypatch.setattr("wbe.design.powers.sizes_of", lambda *_: sizes)
    table = split(SimpleNamespace(), drug=DRUG, visits=7)
    share = np.array([0.1, 0.3, 0.6])
    assert table["share"].tolist() == pytest.approx(share)

    def cv(days):
        return np.sqrt(sum(s**2 * np.expm1(Design(n).error(sizes)[0, 0]) for s, n in zip(share, days, strict=True)))

    best = min((d for d in itertools.product(range(1, 6), repeat=3) if sum(d) == 7), key=cv)
    assert table["days"].tolist() == list(best)
    assert table["cv"].iloc[0] == pytest.approx(cv(best))
    assert table["cv_equal"].iloc[0] == pytest.approx(cv((2, 2, 3)))  # the odd visit goes to the largest


# ---- reach -----------------------------------------------------------------------------------------------------------

HAVE = {"days": 2, "replicates": 1, "markers": 0, "flow_meter": 0}
VARIANCE = {"day": 0.04, "sampling": 0.01, "flow": 0.004, "analysis": 0.02, "flow_meter": 0.01, "batch": 0.006,
            "limit": 0.002, "population": 0.03}  # fmt: skip


def test_what_each_improvement_makes_smaller():
    left = _after(VARIANCE, HAVE, HAVE | {"days": 4})
    assert left["day"] == pytest.approx(0.04 * spread(4) / spread(2))
    for name in ("sampling", "flow", "analysis", "limit"):
        assert left[name] == pytest.approx(VARIANCE[name] / 2)
    for name in ("flow_meter", "batch", "population"):
        assert left[name] == VARIANCE[name]
    assert _after(VARIANCE, HAVE, HAVE | {"replicates": 3}) == VARIANCE | {"analysis": pytest.approx(0.02 / 3)}
    meter = settings("improve")["flow_meter"]
    assert _after(VARIANCE, HAVE, HAVE | {"flow_meter": 1}) == VARIANCE | {"flow_meter": pytest.approx(0.01 * meter**2)}
    marked = _after(VARIANCE, HAVE, HAVE | {"markers": 2})
    assert set(marked) == {"day", "analysis", "batch", "limit", "marker"}
    assert marked["marker"] == pytest.approx(np.log1p(settings("marker")["cv"] ** 2) / 2)
    assert _after(VARIANCE, HAVE, HAVE) == VARIANCE


def test_the_half_width_and_the_price_of_a_plan():
    assert _half(VARIANCE, HAVE, HAVE) == pytest.approx(np.expm1(1.959964 * np.sqrt(sum(VARIANCE.values()))))
    price = {"visit": 1.0, "composite": 2.0, "analysis": 4.0, "marker": 8.0, "flow_meter": 120.0}
    assert _price({"days": 3, "replicates": 2, "markers": 1, "flow_meter": 1}, price) == 3 * (1 + 2 + 8 + 8) + 10


def test_markers_are_offered_for_heads_only_and_never_less_than_there_is():
    load, heads = (_choices(HAVE | {"days": 5}, q) for q in ("mass_load", "consumption"))
    assert load["markers"] == [0]
    assert len(heads["markers"]) > 1
    assert min(load["days"]) == 5
    assert load["days"] == sorted(set(load["days"]))
    assert load["flow_meter"] == [0, 1]


def test_improvements_come_in_the_order_in_which_they_gain_for_their_cost():
    price = costs()
    plan = HAVE | {"days": 4, "replicates": 2, "flow_meter": 1}
    rows = _steps(VARIANCE, HAVE, plan, price)
    assert [r["step"] for r in rows] == [0, 1, 2, 3]
    assert rows[0] == {"step": 0, "improvement": "", "value": 0, "half_width": _half(VARIANCE, HAVE, HAVE),
                       "cost": _price(HAVE, price)}  # fmt: skip
    first = rows[1]["improvement"]
    gains = {}
    for name in ("days", "replicates", "flow_meter"):
        then = HAVE | {name: plan[name]}
        gains[name] = (_half(VARIANCE, HAVE, HAVE) - _half(VARIANCE, HAVE, then)) / (
            _price(then, price) - _price(HAVE, price))  # fmt: skip
    assert first == max(gains, key=gains.get)
    assert rows[-1]["half_width"] == pytest.approx(_half(VARIANCE, HAVE, plan))
    assert rows[-1]["cost"] == pytest.approx(_price(plan, price))


def test_the_cheapest_of_all_plans_is_chosen_and_what_is_left_is_named(estimate):
    district = estimate.districts[0]
    budget = estimate.budget(district, "2021-06", DRUG, "mass_load")
    variance = {str(s): float(v) ** 2 for s, v in zip(budget["source"], budget["log_sd"], strict=True)}
    series = estimate.series("mass_load")
    row = series[(series["district"] == district) & (series["drug"] == DRUG) & (series["month"] == "2021-06")].iloc[0]
    have = HAVE | {"days": int(row["n_samples"])}
    price = costs()
    plans = [dict(zip(have, p, strict=True)) for p in itertools.product(*_choices(have, "mass_load").values())]
    enough = [p for p in plans if _half(variance, have, p) <= 0.5]
    table = wbe.design.reach(estimate, 0.5, district=district, drug=DRUG)
    assert table["cost"].iloc[-1] == pytest.approx(min(_price(p, price) for p in enough))
    never = wbe.design.reach(estimate, 0.001, district=district, drug=DRUG)
    best = min(plans, key=lambda p: _half(variance, have, p))
    left = _after(variance, have, best)
    assert never["half_width"].iloc[-1] == pytest.approx(_half(variance, have, best))
    assert never["holds_up"].iloc[0] == max(left, key=left.get)
    assert set(never.columns) == set(reaching.COLUMNS)


def test_a_size_up_to_five_is_one_and_the_error_of_a_trial_is_that_of_its_mean(estimate):
    from wbe.design.sizes import sizes_of

    assert np.allclose(sizes_of(estimate, DRUG, {"day": 4.9}).day, np.log1p(4.9**2))

    def odd(table):  # names the first district in every second simulation, by a value that chance decides
        last = table[table["month"] == table["month"].max()]
        return ["1"] if int(last["value"].iloc[0] * 1e6) % 2 else []

    told = trial(estimate, odd, drug=DRUG, districts=2, simulations=100).iloc[0]
    share = told["any"]  # each simulation has a mean of 0 or one half
    assert told["error"] == pytest.approx(0.5 * np.sqrt(share * (1 - share) * 100 / 99) / 10)
