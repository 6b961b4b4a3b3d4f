"""From grams to people: only through a scenario, as a range, and with the sentence it rests on."""

import numpy as np
import pytest
import xarray as xr

from wbe import people
from wbe.errors import FactorError, InputError, UnknownName
from wbe.people import build, combined, over_window, prevalence, refusal, scenario, user_range, users
from wbe.people.catalogue import _table
from wbe.uncertainty import LogNormal, Term, Uncertain


def mass(drug="methamphetamine", grams=(7.0, 14.0), biomarker=None, cv=0.3):
    coords = {"district": ["a", "b"], "drug": drug}
    if biomarker:
        coords["biomarker"] = biomarker
    central = xr.DataArray(list(grams), dims="district", coords=coords)
    return Uncertain(central).with_term(Term("excretion", ("drug",), LogNormal(1.0, cv)))


def test_users_are_grams_over_amount_per_user():
    one = scenario("meth-cn-national-2018")
    found = users(mass(), one)
    np.testing.assert_allclose(found.central, [7.0 / 0.0407, 14.0 / 0.0407])


def test_the_scenario_is_one_draw_for_all_districts_so_it_cancels_between_them():
    found = users(mass(), combined("methamphetamine"))
    draws = found.draws(1000, seed=1)
    ratio = draws.sel(district="b") / draws.sel(district="a")
    np.testing.assert_allclose(ratio, 2.0, rtol=1e-9)
    assert dict((t.name, t.scope) for t, _ in found.terms)["use_scenario"] == ("drug",)


def test_beijing_2013_dose_and_frequency_add_most_of_the_log_variance():
    # Pei et al. 2016, 10.1016/j.drugpo.2016.06.013: 1.3-5.2 kg/d (median 2.6); prevalence 0.58 % (95 % 0.08-3.16)
    # of those aged 15-64. Their number, 17 million, is from memory.
    central = xr.DataArray([2600.0], dims="city", coords={"drug": "methamphetamine"})
    consumption = Uncertain(central).with_term(Term("consumption", (), LogNormal.from_interval(1.3, 5.2)))
    found = users(consumption, scenario("meth-cn-beijing-2013"))
    share = prevalence(found, 17.0e6, 1.0) * 0.1  # per 1000 to percent
    interval = share.interval(0.95)
    assert float(interval["median"][0]) == pytest.approx(0.58, rel=0.01)
    lower, upper = float(interval["lower"][0]), float(interval["upper"][0])
    assert upper / lower == pytest.approx(3.16 / 0.08, rel=0.02)
    assert lower == pytest.approx(0.08, rel=0.25)
    assert upper == pytest.approx(3.16, rel=0.25)
    added = float(found.log_sd(include=["use_scenario"])[0] ** 2 / found.log_sd()[0] ** 2)
    assert added == pytest.approx(0.86, abs=0.01)


def test_the_packaged_amounts_follow_from_the_numbers_they_cite():
    rows = {r["name"]: r for r in _table()["scenario"]}
    beijing = rows["meth-cn-beijing-2013"]
    p = beijing["published"]
    implied = 1e6 * p["consumption_kg_d"][1] / (p["prevalence_15_64"][1] * p["aged_15_64"])
    assert beijing["amount_mg"] == pytest.approx(implied, rel=0.005)
    wide, narrow = (np.log(p[k][2] / p[k][0]) / 3.92 for k in ("prevalence_15_64", "consumption_kg_d"))
    assert beijing["gsd"] == pytest.approx(np.exp(np.sqrt(wide**2 - narrow**2)), rel=0.005)
    national = rows["meth-cn-national-2018"]
    p = national["published"]
    assert national["amount_mg"] == pytest.approx(np.sqrt(np.prod(p["amount_mg"])), rel=0.005)
    wide, narrow = (np.log(p[k][2] / p[k][0]) / 3.92 for k in ("prevalence_15_64", "consumption_t_year"))
    assert national["gsd"] == pytest.approx(np.exp(np.sqrt(wide**2 - narrow**2)), rel=0.005)
    dalian = rows["meth-cn-dalian-2015"]
    p = dalian["published"]
    assert dalian["amount_mg"] == pytest.approx(1e6 * p["consumption_kg_year"] / 365 / p["users"], rel=0.005)
    low, high = people.band("methamphetamine")
    assert all(low <= rows[n]["amount_mg"] <= high for n in _table()["sets"]["default"])


def test_only_methamphetamine_has_users_by_default_and_memory_scenarios_are_off():
    table = people.scenarios()
    on = table[table["on"]]
    assert set(on["drug"]) == {"methamphetamine"}
    assert set(on["status"]) == {"derived"}
    assert set(table.loc[~table["on"], "status"]) == {"memory"}
    assert user_range(mass("cocaine"), "cocaine") is None
    assert [s.drug for s in people.default_scenarios()] == ["methamphetamine"]


def test_a_range_shows_every_scenario_and_the_combined_interval_spans_their_medians():
    found = user_range(mass(), "methamphetamine", population=xr.DataArray([1e5, 2e5], dims="district"))
    names = list(dict.fromkeys(found.table["scenario"]))
    assert names == ["meth-cn-beijing-2013", "meth-cn-national-2018", "meth-cn-dalian-2015", "combined"]
    one = found.table[found.table["district"] == "a"].set_index("scenario")
    medians = one["median"].drop("combined")
    assert one.loc["combined", "lower"] < medians.min() <= one.loc["combined", "median"] <= medians.max()
    assert medians.max() < one.loc["combined", "upper"]


def test_a_point_comes_with_its_interval_and_its_sentence():
    found = user_range(mass(), "methamphetamine")
    point = found.point()
    assert {"median", "lower", "upper", "statement"} <= set(point.columns)
    assert point["statement"].str.contains("rest on the use scenario").all()
    with pytest.raises(TypeError, match="no single number"):
        float(found)


def test_every_print_of_users_says_in_both_languages_what_it_rests_on():
    found = user_range(mass(), "methamphetamine")
    for text in (str(found), repr(found), found._repr_html_()):
        assert "rest on the use scenario" in text
        assert "取决于使用情景" in text


@pytest.mark.parametrize("name", list(people.scenarios()["name"]))
def test_a_statement_is_one_sentence_per_language_and_names_status_and_amount(name):
    one = scenario(name)
    zh, en = one.statement("zh"), one.statement("en")
    assert zh.count("。") == 1
    assert zh.endswith("。")
    assert en.endswith("amount per user.")
    assert "估计使用人数" in zh
    assert "吸毒人数" not in zh
    assert one.status in en
    assert "only the product of users and amount" in en
    assert "只能确定“人数×人均用量”的乘积" in zh
    with pytest.raises(InputError, match="language 'fr'"):
        one.statement("fr")


def test_windows_follow_the_frequency_and_are_refused_without_one():
    known = scenario("meth-frequency-memory")
    month = users(mass(), known)
    day, year = over_window(month, known, 1), over_window(month, known, 365)
    assert (day.central < month.central).all()
    assert (month.central < year.central).all()
    np.testing.assert_allclose(
        day.central / month.central, people.active_in(known.classes, 1) / people.active_in(known.classes, 30)
    )
    implied = scenario("meth-cn-national-2018")
    with pytest.raises(FactorError, match="users in 30 day"):
        over_window(users(mass(), implied), implied, 30)


def test_a_frequency_scenario_conserves_mass():
    known = scenario("meth-frequency-memory")
    amounts = np.random.default_rng(0)
    drawn = [np.exp(c.amount.log_quantile(amounts.random(200_000))).mean() for c in known.classes]
    per_user = sum(c.share * people.daily_share(c.a, c.b) * x for c, x in zip(known.classes, drawn, strict=True))
    per_user /= people.active_in(known.classes, known.window_days)
    assert known.amount_per_user_day.mean() == pytest.approx(per_user * np.sqrt(1 + 0.4**2), rel=0.02)


def test_heroin_from_morphine_is_refused_without_a_model_of_origin():
    with pytest.raises(FactorError, match="morphine, origin unresolved"):
        users(mass("heroin", biomarker="morphine"), scenario("heroin-memory"))
    with pytest.raises(FactorError, match="a biomarker that is not named"):
        users(mass("heroin"), scenario("heroin-memory"))
    assert users(mass("heroin", biomarker="6mam"), scenario("heroin-memory")).central.notnull().all()
    assert users(mass("heroin", biomarker="morphine"), scenario("heroin-memory"), origin="a model").terms
    assert refusal("heroin", "morphine").code == "people-origin-unresolved"
    assert refusal("methamphetamine", "methamphetamine") is None


def test_implausible_users_are_flagged():
    one = scenario("meth-cn-national-2018")
    too_many = people.flags(9000.0, 10_000.0, 9000 * 0.04, one)
    assert [str(f) for f in too_many] == ["implied users (9000) exceed the 6567 inhabitants aged 15-64"]
    (odd,) = people.flags(100.0, 1e5, 100 * 0.2, one)
    assert "outside the published band 25–46 mg" in str(odd)
    assert people.flags(100.0, 1e5, 100 * 0.04, one) == []
    assert people.flags(100.0, float("nan"), 4.0, one) == []


def test_users_need_a_drug_and_a_scenario_for_it():
    bare = Uncertain(xr.DataArray([1.0], dims="district"))
    with pytest.raises(FactorError, match="has no 'drug' coordinate"):
        users(bare, scenario("meth-cn-national-2018"))
    with pytest.raises(FactorError, match="No use scenario, no users"):
        users(mass("cocaine"), scenario("meth-cn-national-2018"))
    with pytest.raises(UnknownName, match="use scenario 'mine'"):
        scenario("mine")


def test_of_several_drugs_only_those_with_a_scenario_are_kept():
    central = xr.DataArray([[7.0, 3.0]], dims=("district", "drug"), coords={"drug": ["cocaine", "methamphetamine"]})
    found = users(Uncertain(central), {"methamphetamine": scenario("meth-cn-national-2018")})
    assert found.central["drug"].values.tolist() == ["methamphetamine"]
    np.testing.assert_allclose(found.central, [[3.0 / 0.0407]])


ROW = {"name": "own", "drug": "ketamine", "kind": "frequency", "source": "survey", "status": "user"}
CLASS = {"name": "all", "share": 1.0, "mean_days": 4.0, "rho": 0.3, "amount_mg": 200.0, "cv": 0.3}


def test_purity_is_used_once():
    pure = build(ROW | {"class": [CLASS | {"mass": "pure"}]})
    street = build(ROW | {"class": [CLASS | {"mass": "street", "purity": 0.5, "purity_sd": 0.05}]})
    ratio = street.amount_per_user_day.median() / pure.amount_per_user_day.median()
    assert ratio == pytest.approx(0.5, rel=0.02)
    with pytest.raises(InputError, match=r"own.class\[0\] is street mass and has no purity"):
        build(ROW | {"class": [CLASS | {"mass": "street"}]})
    with pytest.raises(InputError, match="applied a second time"):
        build(ROW | {"class": [CLASS | {"mass": "pure", "purity": 0.5}]})


def test_a_scenario_row_lists_all_its_faults_with_their_paths():
    with pytest.raises(InputError) as caught:
        build({"name": "own", "drug": "ketamine", "kind": "x", "status": "guess"})
    assert [(f.code, f.values["path"]) for f in caught.value.faults] == [
        ("people-entry-missing", "own.source"), ("people-entry-not-known", "own.status"),
        ("people-entry-not-known", "own.kind"),
    ]  # fmt: skip
    bad = CLASS | {"share": 1.5, "cv": 0.0, "amount_mg": "many", "mass": "salt"}
    with pytest.raises(InputError) as caught:
        build(ROW | {"class": [CLASS | {"mass": "street", "purity": 0.0}, bad]})
    assert [f.values["path"] for f in caught.value.faults] == [
        "own.class[0].purity", "own.class[0].purity_sd", "own.class[1].share", "own.class[1].amount_mg",
        "own.class[1].cv", "own.class[1].mass",
    ]  # fmt: skip
    with pytest.raises(InputError, match="no class of use is given"):
        build(ROW)
    implied = ROW | {"kind": "implied", "gsd": True}
    with pytest.raises(InputError, match=r"own.amount_mg is missing[\s\S]*own.gsd = True"):
        build(implied)


def test_scenarios_that_count_different_people_are_not_mixed():
    with pytest.raises(FactorError, match="users of different windows are different people"):
        combined("methamphetamine", ["meth-cn-national-2018", "meth-frequency-memory"])
