"""The edges of every rule on people: what exactly is still allowed, and what a number is made of."""

import numpy as np
import pytest
import xarray as xr

from wbe import people
from wbe.errors import FactorError, InputError, UncertaintyError
from wbe.people import (
    RESTS_ON,
    UseClass,
    active_in,
    band,
    build,
    chosen,
    combined,
    over,
    over_window,
    prevalence,
    refusal,
    rests_on_scenario,
    scenario,
    shapes,
    user_range,
    users,
)
from wbe.people.frequency import mean_daily_amount
from wbe.uncertainty import LogNormal, Uncertain

METH = "methamphetamine"
NATIONAL = "meth-cn-national-2018"


def grams(*values, drug=METH, **coords):
    central = xr.DataArray(
        list(values), dims="district", coords={"district": list("abcdef")[: len(values)], "drug": drug}
    )
    return Uncertain(central.assign_coords(coords))


def own(**changes):
    return build({"name": "own", "drug": METH, "kind": "implied", "amount_mg": 50.0, "gsd": 2.0, "source": "survey",
                  "status": "user"} | changes)  # fmt: skip


# ---- what a number is made of --------------------------------------------------------------------------------------


def test_a_gram_a_day_at_fifty_milligrams_is_twenty_users():
    found = users(grams(1.0, 2.5), own())
    np.testing.assert_allclose(found.central, [20.0, 50.0])
    np.testing.assert_allclose(
        found.interval(0.95)["upper"], 50.0 / 2.5 * np.array([1.0, 2.5]) * 2.0**1.959964, rtol=1e-3
    )


def test_users_per_thousand_of_those_aged_15_to_64():
    found = prevalence(users(grams(1.0), own()), 1e5, 0.5)  # 20 among 50,000
    assert float(found.central[0]) == pytest.approx(0.4)


def test_the_defaults_of_a_scenario_are_those_of_the_table():
    bare = own()
    assert (bare.window_days, bare.share_15_64, bare.title_en, bare.title_zh, bare.note) == (
        30,
        0.6567,
        "own",
        "own",
        "",
    )
    assert bare.classes == () == bare.parts
    told = own(window_days=365, share_15_64=0.7, title_en="survey", title_zh="调查", note="small")
    assert (told.window_days, told.share_15_64, told.title_en, told.title_zh, told.note) == (
        365,
        0.7,
        "survey",
        "调查",
        "small",
    )


def test_an_implied_amount_is_log_normal_with_its_gsd():
    amount = own().amount_per_user_day
    low, mid, high = amount.quantile(np.array([0.158655, 0.5, 0.841345]))
    assert (low, mid, high) == (pytest.approx(25.0, rel=1e-4), pytest.approx(50.0), pytest.approx(100.0, rel=1e-4))


FREQUENCY = {"name": "own", "drug": METH, "kind": "frequency", "source": "s", "status": "user", "class": [
    {"name": "a", "share": 0.25, "mean_days": 15.0, "rho": 0.2, "amount_mg": 100.0, "cv": 0.01, "mass": "pure"},
    {"name": "b", "share": 0.75, "mean_days": 3.0, "rho": 0.2, "amount_mg": 40.0, "cv": 0.01, "mass": "pure"},
]}  # fmt: skip


def test_a_frequency_amount_is_days_times_amount_over_whoever_used_in_the_window():
    known = build(FREQUENCY)
    per_day = 0.25 * 0.5 * 100.0 + 0.75 * 0.1 * 40.0
    assert known.amount_per_user_day.median() == pytest.approx(per_day / active_in(known.classes, 30), rel=0.01)
    assert known.window_days == 30
    wide = build(FREQUENCY | {"days_cv": 0.5}).amount_per_user_day
    low, high = wide.quantile(np.array([0.025, 0.975]))
    assert np.log(high / low) / 3.92 == pytest.approx(np.sqrt(np.log(1.25)), rel=0.03)
    year = build(FREQUENCY | {"window_days": 365})
    assert year.amount_per_user_day.median() < known.amount_per_user_day.median()  # more people share the same mass


def test_over_a_window_scenario_and_number_move_alike():
    month = build(FREQUENCY)
    day = over(month, 1)
    assert (day.name, day.window_days, day.classes) == ("own-1d", 1, month.classes)
    np.testing.assert_allclose(
        users(grams(1.0), day).central, over_window(users(grams(1.0), month), month, 1).central, rtol=1e-3
    )
    assert over(month, 30) is month
    assert over(own(), 30).name == "own"  # its own window needs no frequency
    with pytest.raises(FactorError, match=r"only users in 30 days\. Choose a scenario with use-days"):
        over(own(), 1)


# ---- the choice of scenarios ------------------------------------------------------------------------------------


def test_a_choice_holds_names_sets_and_own_scenarios_of_the_drug_asked_for():
    mine = own()
    assert chosen(METH, None) == ()
    assert chosen(METH, mine) == (mine,)
    assert [s.name for s in chosen(METH, [mine, NATIONAL, "ketamine-memory"])] == ["own", NATIONAL]
    assert [s.name for s in chosen("ketamine", ["ketamine-memory", NATIONAL])] == ["ketamine-memory"]
    assert len(chosen(METH)) == 3
    assert chosen(METH, NATIONAL) == (scenario(NATIONAL),)


def test_a_combination_is_an_equal_mixture_with_the_worst_status():
    parts = [own(name="a", amount_mg=20.0, gsd=1.1), own(name="b", amount_mg=80.0, gsd=1.1, status="memory",
                                                        share_15_64=0.5, source="other")]  # fmt: skip
    mix = combined(METH, parts)
    assert mix.name == "a+b"
    assert mix.status == "memory"
    assert (mix.share_15_64, mix.window_days, mix.source) == (0.6567, 30, "survey; other")
    x = np.array([19.0, 40.0, 81.0])
    each = np.mean([p.amount_per_user_day.cdf(x) for p in parts], axis=0)
    np.testing.assert_allclose(mix.amount_per_user_day.cdf(x), each, rtol=1e-6)
    assert mix.title_en == "2 scenarios, equal weight"
    assert combined(METH).title_en == "3 published scenarios, equal weight"
    assert combined(METH, [parts[0]]) is parts[0]
    assert combined("cocaine") is None


@pytest.mark.parametrize(("first", "second", "worst"), [
    ("verified", "derived", "derived"), ("derived", "user", "user"), ("user", "memory", "memory"),
    ("memory", "verified", "memory"),
])  # fmt: skip
def test_of_two_statuses_the_worse_is_said(first, second, worst):
    assert combined(METH, [own(name="a", status=first), own(name="b", status=second)]).status == worst


def test_the_table_of_scenarios_gives_their_95_percent_and_which_are_on():
    table = people.scenarios(METH).set_index("name")
    assert set(table["drug"]) == {METH}
    row = table.loc[NATIONAL]
    assert row["amount_mg"] == pytest.approx(40.7)
    assert row["upper"] / row["lower"] == pytest.approx(1.49 ** (2 * 1.959964), rel=1e-3)
    assert (row["kind"], row["window_days"], bool(row["on"])) == ("implied", 365, True)
    assert table.loc["meth-frequency-memory", "kind"] == "frequency"
    assert not table.loc["meth-frequency-memory", "on"]
    assert len(people.scenarios()) > len(table)
    assert people.scenarios("caffeine").empty


def test_only_methamphetamine_has_a_published_band():
    assert band(METH) == (25.0, 46.0)
    assert band("ketamine") is None


# ---- what is refused or flagged, exactly -----------------------------------------------------------------------


def test_an_unnamed_biomarker_counts_as_the_worst_and_a_model_lifts_the_refusal():
    assert refusal("heroin", None).text("zh") == "吗啡来源未解析"
    assert refusal("heroin", None, origin="a model") is None
    assert refusal("heroin", "6mam") is None
    assert refusal(METH, None) is None


def test_users_may_be_all_adults_and_not_one_more():
    one = scenario(NATIONAL)
    adults = 10_000 * one.share_15_64
    fits = adults * 0.04  # g/d at 40 mg
    assert people.flags(adults, 10_000.0, fits, one) == []
    assert [f.code for f in people.flags(adults + 1, 10_000.0, fits, one)] == ["people-more-users-than-adults"]


@pytest.mark.parametrize(("milligrams", "odd"), [(24.9, True), (25.0, False), (46.0, False), (46.1, True)])
def test_the_ends_of_the_published_band_belong_to_it(milligrams, odd):
    found = people.flags(1000.0, 1e6, milligrams, scenario(NATIONAL))
    assert [f.code for f in found] == ["people-amount-outside-band"] * odd


def test_no_users_and_no_band_are_nothing_odd():
    assert people.flags(0.0, 1e5, 4.0, scenario(NATIONAL)) == []
    assert people.flags(100.0, 1e5, 1e4, build(FREQUENCY | {"drug": "ketamine"})) == []


def test_the_range_of_users_flags_its_cells_and_names_the_level():
    found = user_range(grams(7.0, 400.0), METH, population=xr.DataArray([1e5, 1e3], dims="district"), level=0.8)
    rows = found.table.set_index(["scenario", "district"])
    assert rows.loc[(NATIONAL, "a"), "flag_codes"] == ""
    assert rows.loc[(NATIONAL, "b"), "flag_codes"] == "people-more-users-than-adults"
    assert "exceed the 657 inhabitants" in rows.loc[(NATIONAL, "b"), "flags"]
    assert found.level == 0.8
    wide = user_range(grams(7.0, 400.0), METH).table.set_index(["scenario", "district"])
    assert wide.loc[(NATIONAL, "a"), "upper"] > rows.loc[(NATIONAL, "a"), "upper"]
    assert (wide["flag_codes"] == "").all()  # without a population nobody is too many
    assert not {"cell", "grams", "population", "index"} & set(found.table.columns)
    assert found.table["window_days"].eq(365).all()
    point = found.point()
    assert len(point) == 2
    assert "scenario" not in point


def test_users_of_several_drugs_are_told_apart_and_two_dimensions_of_drugs_refused():
    two = xr.DataArray([[1.0]], dims=("x", "y"), coords={"drug": (("x", "y"), [[METH]])})
    with pytest.raises(FactorError, match="needed one dimension at most") as caught:
        users(Uncertain(two), own())
    assert caught.value.code == "people-drug-dims"


@pytest.mark.parametrize(("days", "words"), [
    (1, ("on a given day", "当日")), (30, ("in the last month", "近一个月")), (365, ("in the last year", "近一年")),
    (7, ("in 7 days", "近7天")),
])  # fmt: skip
def test_a_statement_names_its_window_and_its_95_percent(days, words):
    told = own(window_days=days)
    assert words[0] in told.statement("en")
    assert words[1] in told.statement("zh")
    assert told.statement("zh+en") == f"{told.statement('zh')} {told.statement('en')}"
    assert "50 mg (12.9–195)" in told.statement("en")


def test_a_table_says_by_its_code_that_users_rest_on_a_scenario():
    assert rests_on_scenario(RESTS_ON)
    assert rests_on_scenario(f"x-y {RESTS_ON} a-b")
    assert rests_on_scenario([RESTS_ON])
    assert not rests_on_scenario(f"{RESTS_ON}-not")
    assert not rests_on_scenario("estimated users rest on the use scenario")
    assert not rests_on_scenario([])


# ---- frequencies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mean", "rho", "code"), [
    (0.0, 0.2, "people-mean-days"), (30.0, 0.2, "people-mean-days"), (3.0, 0.0, "people-rho"), (3.0, 1.0, "people-rho"),
])  # fmt: skip
def test_the_ends_of_a_frequency_are_refused(mean, rho, code):
    with pytest.raises(UncertaintyError) as caught:
        shapes(mean, rho)
    assert caught.value.code == code
    assert "needed" in str(caught.value)


def test_shapes_of_another_month_length_keep_the_mean():
    a, b = shapes(7.0, 0.5, days=28)
    assert (a, b) == (pytest.approx(0.25), pytest.approx(0.75))


@pytest.mark.parametrize("shares", [(0.5, 0.4), (0.5, 0.6), (1.2, -0.2), (1.0, 0.0)])
def test_shares_of_classes_are_positive_and_sum_to_one(shares):
    classes = [UseClass(str(i), s, 1.0, 4.0, LogNormal(1.0, 0.1)) for i, s in enumerate(shares)]
    for refused in (lambda: active_in(classes, 30), lambda: mean_daily_amount(classes, [1.0, 1.0])):
        with pytest.raises(UncertaintyError) as caught:
            refused()
        assert caught.value.code == "people-shares"


def test_a_mix_of_classes_weighs_them_by_their_shares():
    classes = [UseClass("a", 0.25, 1.0, 1.0, LogNormal(1.0, 0.1)), UseClass("b", 0.75, 1.0, 4.0, LogNormal(1.0, 0.1))]
    assert active_in(classes, 1) == pytest.approx(0.25 * 0.5 + 0.75 * 0.2)
    assert mean_daily_amount(classes, [100.0, 10.0]) == pytest.approx(0.25 * 0.5 * 100 + 0.75 * 0.2 * 10)


@pytest.mark.parametrize(("key", "value", "ok"), [
    ("share", 1.0, True), ("share", 1.01, False), ("rho", 0.99, True), ("rho", 1.01, False), ("cv", 5.0, True),
    ("cv", -1.0, False), ("amount_mg", float("inf"), False), ("amount_mg", True, False), ("mean_days", 29.0, True),
])  # fmt: skip
def test_each_number_of_a_class_has_its_own_range(key, value, ok):
    one = {"name": "a", "share": 1.0, "mean_days": 4.0, "rho": 0.3, "amount_mg": 200.0, "cv": 0.3, "mass": "pure"}
    row = FREQUENCY | {"class": [one | {key: value}]}
    if ok:
        assert build(row).drug == METH
    else:
        with pytest.raises(InputError, match=rf"own.class\[0\].{key}"):
            build(row)


def test_a_street_mass_needs_a_purity_with_its_spread():
    one = {"name": "a", "share": 1.0, "mean_days": 4.0, "rho": 0.3, "amount_mg": 200.0, "cv": 0.3, "mass": "street",
           "purity": 0.7}  # fmt: skip
    with pytest.raises(InputError) as caught:
        build(FREQUENCY | {"class": [one]})
    assert [f.values["path"] for f in caught.value.faults] == ["own.class[0].purity_sd"]
    with pytest.raises(InputError, match="needed a share above 0 and at most 1"):
        build(FREQUENCY | {"class": [one | {"purity": 70.0, "purity_sd": 0.1}]})
    with pytest.raises(InputError, match="'salt'; needed one of pure, street"):
        build(FREQUENCY | {"class": [one | {"mass": "salt"}]})
