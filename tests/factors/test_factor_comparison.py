"""Profiles side by side and biomarkers side by side: what turns, what disagrees, and why."""

import numpy as np
import pytest

import wbe
from wbe.errors import FactorError, UnknownName
from wbe.factors import compare, joint, joint_by, profile
from wbe.samples import Flag
from wbe.testing import small_city

CITY = small_city(districts=2, equal=True, biomarkers=("methamphetamine", "ketamine", "benzoylecgonine", "mdma"))


def test_the_answer_scales_with_the_correction_factor():
    table = compare(CITY, ["zuccato-2008", "gracia-lor-2016"]).table.set_index(["district", "drug", "profile"])
    ratio = table.xs("gracia-lor-2016", level="profile")["ratio"].xs("methamphetamine", level="drug")
    # 43 % against 22.7 %
    assert ratio.to_numpy() == pytest.approx(0.43 / 0.227, rel=1e-6)


def test_loads_are_the_hand_worked_ones():
    # 60 ng/L x 50 000 m3/d / 200 000 inhabitants = 15 mg/d/1000 inhabitants
    found = compare(CITY, ["zuccato-2008", "gracia-lor-2016"])
    assert found.table[found.table["drug"] == "methamphetamine"]["load"].to_numpy() == pytest.approx(15.0)


def test_a_conclusion_that_turns_is_listed_with_who_says_what():
    # METH 15 by 2.33 or 4.41 is 35 or 66; MDMA 18 by 1.54 or 4.44 is 28 or 80
    samples = CITY.copy()
    samples["concentration"] = CITY["concentration"] * (1 + 0.2 * (CITY["biomarker"] == "mdma"))
    samples["concentration"].attrs = CITY["concentration"].attrs
    found = compare(samples, ["zuccato-2008", "gracia-lor-2016"])
    turned = found.conclusions
    assert set(turned["drugs"]) == {"mdma; methamphetamine"}
    assert turned.iloc[0]["under"] == {"gracia-lor-2016": "mdma", "zuccato-2008": "methamphetamine"}
    assert found.table[found.table["drug"] == "methamphetamine"]["flips"].all()


def test_districts_never_change_places_within_one_drug_and_biomarker():
    found = compare(small_city(districts=3), ["default", "zuccato-2008", "gracia-lor-2016", "nwdmp", "china-2020"])
    assert (found.conclusions["kind"] != "districts").all()


def test_what_no_profile_can_use_is_listed_with_its_reason():
    samples = small_city(biomarkers=("methamphetamine", "morphine"))
    found = compare(samples, ["zuccato-2008", "gracia-lor-2016"])
    assert "origin unresolved" in found.no_factor["morphine"]
    assert set(found.table["drug"]) == {"methamphetamine"}


def test_every_answer_names_the_hash_of_its_profile():
    found = compare(CITY, ["default", profile("nwdmp")])
    assert found.profiles == {n: profile(n).hash for n in ("default", "nwdmp")}


def test_one_profile_is_no_comparison():
    with pytest.raises(FactorError, match="needed at least 2"):
        compare(CITY, ["default"])
    with pytest.raises(FactorError, match="no profile has a factor"):
        compare(small_city(biomarkers=("morphine",)), ["default", "nwdmp"])


def with_values(samples, **values):
    """Set the concentrations of biomarkers: one number for all samples, or one for each (nan: below the limit)."""
    samples = samples.copy(deep=True)
    for name, value in values.items():
        given = np.broadcast_to(np.asarray(value, dtype=float), samples.sizes["sample"])
        at = {"biomarker": list(samples["biomarker"].values).index(name)}
        samples["concentration"][at] = given
        samples["flag"][at] = np.where(np.isnan(given), int(Flag.BELOW_LOD), int(Flag.DETECTED))
    return samples


def test_the_answer_by_month_gives_each_month_its_own_row_and_conclusion():
    # METH by 2.33 or 4.41, MDMA by 1.54 or 4.44: 100 against 120 ng/L turns, 100 against 20 does not
    city = small_city(districts=1, months=2, equal=True, biomarkers=("methamphetamine", "mdma"))
    city = with_values(city, methamphetamine=100, mdma=[120, 20])
    found = compare(city, ["zuccato-2008", "gracia-lor-2016"], by="month")
    assert found.table.groupby("profile")["month"].unique().map(list).tolist() == [["2021-01", "2021-02"]] * 2
    turned = found.conclusions
    assert turned[["kind", "month", "drugs"]].to_numpy().tolist() == [["drugs", "2021-01", "mdma; methamphetamine"]]
    assert set(found.table.loc[found.table["flips"], "month"]) == {"2021-01"}
    held = found.holding
    assert held[(held["kind"] == "drugs")]["month"].tolist() == ["2021-02"]


def test_which_districts_lie_above_a_level_is_a_conclusion_that_turns():
    # 15 mg/d/1000 by 2.326 is 34.9, by 4.405 is 66.1
    found = compare(CITY, ["zuccato-2008", "gracia-lor-2016"], above={"冰毒": 50})
    turned = found.conclusions
    levels = turned[turned["kind"] == "levels"]
    assert set(levels["drugs"]) == {"methamphetamine"}
    assert levels["under"].tolist() == [{"zuccato-2008": "not above", "gracia-lor-2016": "above"}] * 2
    low = compare(CITY, ["zuccato-2008", "gracia-lor-2016"], above={"methamphetamine": 30})
    assert "levels" not in set(low.conclusions["kind"])
    assert low.holding.query("kind == 'levels'")["answer"].tolist() == ["above", "above"]
    with pytest.raises(FactorError, match="above names heroin; these samples and profiles answer for methamphetamine"):
        compare(CITY, ["zuccato-2008", "gracia-lor-2016"], above={"海洛因": 5})
    with pytest.raises(FactorError, match="above methamphetamine: -1; needed a finite consumption above 0"):
        compare(CITY, ["default", "nwdmp"], above={"methamphetamine": -1})


def test_the_order_of_districts_and_the_change_over_time_hold_under_every_profile_of_one_biomarker():
    city = small_city(districts=3, biomarkers=("methamphetamine",))
    held = compare(city, ["zuccato-2008", "gracia-lor-2016", "nwdmp"]).holding
    assert held[held["kind"] == "districts"]["drugs"].tolist() == ["methamphetamine"]
    assert held[held["kind"] == "months"].groupby("district").size().tolist() == [2, 2, 2]


def test_districts_and_months_may_change_places_where_profiles_read_different_biomarkers():
    parent = {"name": "parent", "factor": [
        {"drug": "methadone", "biomarker": "methadone", "claims": ["methadone-thai-2016"], "first": True}]}  # fmt: skip
    one, other = profile("default"), profile("stadium-2018", overlay=parent)
    city = small_city(districts=2, months=2, equal=True, biomarkers=("eddp", "methadone"))
    city = with_values(city, eddp=[10, 11, 40, 41], methadone=[30, 29, 15, 14])
    turned = compare(city, [one, other]).conclusions
    assert set(turned["kind"]) == {"districts", "months"}
    assert set(turned[turned["kind"] == "districts"]["under"].iloc[0].values()) == {
        "天元区 > 荷塘区",
        "荷塘区 > 天元区",
    }


def test_the_median_counts_results_below_the_limit_as_the_lowest():
    city = small_city(districts=1, months=3, equal=True, biomarkers=("methamphetamine", "mdma"))
    seen = with_values(city, methamphetamine=[np.nan, 40, 60], mdma=[np.nan, np.nan, 60])
    table = compare(seen, ["zuccato-2008", "gracia-lor-2016"]).table.set_index(["drug", "profile"])
    # 40 ng/L x 50 000 m3/d / 200 000 inhabitants = 10 mg/d/1000 inhabitants
    assert table.loc[("methamphetamine", "zuccato-2008"), "load"] == pytest.approx(10.0)
    assert table.loc[("mdma", "zuccato-2008"), "note"] == "no median: detected in 1 of 3"
    assert np.isnan(table.loc[("mdma", "zuccato-2008"), "consumption"])


def test_without_population_the_comparison_says_what_is_missing():
    city = CITY.assign(population=CITY["population"] * np.nan)
    with pytest.raises(FactorError, match=r"no load for each head|population is missing in 8 of 8 samples"):
        compare(city, ["default", "nwdmp"])


def test_a_substance_outside_the_compound_table_stops_nothing():
    city = small_city(biomarkers=("methamphetamine", "nortriptyline"))
    found = compare(city, ["zuccato-2008", "gracia-lor-2016"])
    assert "makes no choice for nortriptyline" in found.no_factor["nortriptyline"]


def test_samples_are_joined_by_one_call_and_a_discharge_stands_out_from_what_is_usual():
    # AMP/METH is 0.1 everywhere, far below the 0.3 that the factors expect, and 0.01 in one sample
    city = small_city(districts=3, months=4, equal=True, biomarkers=("methamphetamine", "amphetamine"))
    rng = np.random.default_rng(4)
    meth = 100 * np.exp(rng.normal(0, 0.1, 12))
    meth[7] *= 10
    table = joint_by(with_values(city, methamphetamine=meth, amphetamine=10.0), "冰毒")
    assert len(table) == 12
    assert table.index[table["stands_out"].astype(bool)].tolist() == [7]
    assert "amphetamine reads" in table.at[7, "verdict"]
    assert "dumping or manufacture" in table.at[7, "verdict"]
    others = table.drop(7)["verdict"]
    # what is the same everywhere accuses nobody
    assert not others.str.contains("dumping").any()
    assert others.str.contains(r"as in \d+ of 12 and no more than is usual: look to a factor").any()


def test_the_joint_answer_of_samples_is_that_of_their_mean_loads():
    city = small_city(districts=1, months=1, samples_per_month=2, equal=True, biomarkers=("ketamine", "norketamine"))
    city = with_values(city, ketamine=[8.0, 16.0], norketamine=[6.0, 6.0])
    found = joint_by(city, "氯胺酮", cvs={"analysis": 0.1}).iloc[0]
    # 12 and 6 ng/L x 50 000 / 200 000 = 3 and 1.5 mg/d/1000 inhabitants; 0.1 of analysis by two, 0.08 of one batch
    cv = np.sqrt(np.expm1(np.log1p(0.1**2) / 2 + np.log1p(0.08**2)))
    by_hand = joint({"ketamine": (3.0, cv), "norketamine": (1.5, cv)}, "ketamine", profile("several-biomarkers"))
    assert found["consumption"] == pytest.approx(by_hand.consumption, rel=1e-9)
    assert found["p"] == pytest.approx(by_hand.p, rel=1e-9)
    assert found["n_samples"] == 2


def test_a_biomarker_below_its_limit_is_left_out_with_what_its_limit_allows():
    city = small_city(districts=1, months=1, equal=True, biomarkers=("ketamine", "norketamine"))
    found = joint_by(with_values(city, norketamine=np.nan), "ketamine").iloc[0]
    assert found["verdict"] == "No joint estimate: detected ketamine."
    # 1 ng/L is 0.25 mg/d/1000 inhabitants, by 65.2
    assert found["note"].startswith("norketamine: below its limit in 1 of 1, which allows up to")
    assert np.isnan(found["consumption"])


def test_cocaine_is_joined_from_its_metabolites_with_a_claim_of_ones_own():
    own = {"name": "own", "claim": [{
        "id": "norbe-own", "quantity": "excretion_fraction", "drug": "cocaine", "biomarker": "norbenzoylecgonine",
        "value": 0.02, "basis": "molar", "citation": "own study"}]}  # fmt: skip
    city = small_city(
        districts=1, months=1, equal=True, biomarkers=("benzoylecgonine", "cocaine", "norbenzoylecgonine"),
    )  # fmt: skip
    city = with_values(city, benzoylecgonine=100, cocaine=16, norbenzoylecgonine=5.5)
    assert joint_by(city, "可卡因").at[0, "biomarkers"] == "benzoylecgonine; cocaine"
    three = joint_by(city, "可卡因", profile("several-biomarkers", overlay=own))
    assert three.at[0, "biomarkers"] == "benzoylecgonine; cocaine; norbenzoylecgonine"
    assert three.at[0, "verdict"] == "These agree."


def test_without_flow_or_population_the_biomarkers_are_held_side_by_side_all_the_same():
    city = small_city(districts=1, months=1, equal=True, biomarkers=("benzoylecgonine", "cocaine"))
    city = with_values(city, benzoylecgonine=100, cocaine=400)
    per_head = joint_by(city, "cocaine").iloc[0]
    mass = joint_by(city.assign(population=city["population"] * np.nan), "cocaine").iloc[0]
    water = joint_by(city.assign(flow=city["flow"] * np.nan), "cocaine").iloc[0]
    assert [r["unit"] for r in (per_head, mass, water)] == ["mg/d/1000 inhabitant", "g/d", "ng/L"]
    # ng/L x 50 000 m3/d is 5e-5 kg/d for each ng/L; for each of 200 000 heads 0.25 mg/d/1000
    assert mass["consumption"] == pytest.approx(water["consumption"] * 0.05, rel=1e-9)
    assert per_head["consumption"] == pytest.approx(water["consumption"] * 0.25, rel=1e-9)
    assert {round(r["q"], 9) for r in (per_head, mass, water)} == {round(water["q"], 9)}
    assert water["upper"] / water["lower"] < mass["upper"] / mass["lower"]


def test_the_stadium_day_joins_cocaine_from_its_real_workbook():
    # real: University of Florida, 8 September 2018; its flow and seats lie outside the workbook
    stadium = wbe.read_samples(wbe.sample_data("stadium"))
    found = joint_by(stadium, "cocaine", by="sample")
    joined = found[found["consumption"].notna()]
    assert len(joined) > 5
    assert set(joined["unit"]) == {"ng/L"}
    assert (joined["lower"] < joined["consumption"]).all()
    assert joined["verdict"].str.match("These (agree|disagree|stand out)").all()


def test_the_page_on_factors_tells_what_the_synthetic_city_shows():
    # one day at one plant was made with methamphetamine times 14 and amphetamine unchanged
    found = joint_by(wbe.read_samples(wbe.sample_data("zhuzhou")), "冰毒")
    assert (len(found), int((found["p"] < 0.05).sum())) == (179, 156)
    alone = found[found["stands_out"].astype(bool)]
    assert alone[["district", "month"]].to_numpy().tolist() == [["石峰区", "2021-06"]]


def test_fewer_than_two_measured_biomarkers_are_refused_with_the_next_step():
    with pytest.raises(FactorError, match=r"ketamine: the samples hold ketamine of the biomarkers .* at least 2"):
        joint_by(CITY, "ketamine")
    with pytest.raises(UnknownName, match=r"grouping 'week'.*Known: sample, month"):
        joint_by(CITY, "ketamine", by="week")


def test_two_biomarkers_that_agree_are_joined_by_their_precision():
    p = profile("default")
    eddp, parent = p.factor("methadone", "eddp"), p.factor("methadone", "methadone")
    loads = {"eddp": (100 / eddp.correction_factor, 0.1), "methadone": (100 / parent.correction_factor, 0.1)}
    found = joint(loads, "methadone", p, excretion_correlation=0.0)
    assert found.consumption == pytest.approx(100.0)
    assert found.q == pytest.approx(0.0, abs=1e-12)
    assert found.lower < 100 < found.upper
    assert found.each.at["eddp", "weight"] > found.each.at["methadone", "weight"]
    assert found.verdict == "These agree."


def test_shared_flow_widens_the_answer_and_cancels_from_the_conflict():
    loads = {"eddp": (40.0, 0.1), "methadone": (30.0, 0.1)}
    calm = joint(loads, "methadone", profile("default"), flow_cv=0.01)
    rough = joint(loads, "methadone", profile("default"), flow_cv=0.5)
    assert rough.q == pytest.approx(calm.q, rel=1e-9)
    assert rough.upper / rough.lower > calm.upper / calm.lower
    assert rough.consumption == pytest.approx(calm.consumption)


def test_the_joint_answer_is_the_textbook_weighted_mean_when_nothing_is_shared():
    p = profile("stadium-2018")
    loads = {"oxycodone": (12.0, 0.2), "noroxycodone": (20.0, 0.1)}
    found = joint(loads, "oxycodone", p, flow_cv=1e-9, excretion_correlation=0.0)
    variance = [
        np.log1p(cv**2) + p.factor("oxycodone", b).fraction.log_moments()[1] ** 2 for b, (_, cv) in loads.items()
    ]
    each = [np.log(load * p.factor("oxycodone", b).correction_factor) for b, (load, _) in loads.items()]
    assert np.log(found.consumption) == pytest.approx(np.average(each, weights=1 / np.array(variance)))


def test_a_conflict_is_named_with_its_likely_reasons():
    found = joint({"methadone": (80.0, 0.1), "eddp": (30.0, 0.1)}, "methadone", profile("default"))
    assert found.p < 0.001
    assert found.verdict.startswith("These disagree (p = ")
    assert "methadone was poured away: unused medicine has no EDDP" in found.verdict
    # one pair alone cannot tell an event from a factor that is wrong
    assert found.verdict.endswith("or a factor that does not fit these people.")


@pytest.mark.parametrize(
    ("drug", "calm", "torn", "because"),
    [
        ("cocaine", {"benzoylecgonine": 100.0, "cocaine": 16.0}, {"benzoylecgonine": 100.0, "cocaine": 400.0},
         "cocaine that never passed a body"),
        ("methamphetamine", {"methamphetamine": 100.0, "amphetamine": 30.0},
         {"methamphetamine": 100.0, "amphetamine": 350.0}, "amphetamine has a source of its own"),
        ("ketamine", {"ketamine": 14.0, "norketamine": 9.0}, {"ketamine": 140.0, "norketamine": 1.0},
         "norketamine lies near its limit"),
    ],
)  # fmt: skip
def test_the_street_drugs_are_read_from_their_metabolites_together(drug, calm, torn, because):
    p = profile("several-biomarkers")
    agreed, against = (joint({b: (v, 0.1) for b, v in loads.items()}, drug, p) for loads in (calm, torn))
    assert agreed.verdict == "These agree."
    assert agreed.lower < agreed.each["consumption"].median() < agreed.upper
    assert against.p < 0.01
    assert because in against.verdict


def test_norbenzoylecgonine_joins_by_a_claim_of_ones_own():
    own = {"name": "own", "claim": [{
        "id": "norbe-own", "quantity": "excretion_fraction", "drug": "cocaine", "biomarker": "norbenzoylecgonine",
        "value": 0.02, "basis": "molar", "citation": "own study"}]}  # fmt: skip
    loads = {"benzoylecgonine": (100.0, 0.1), "norbenzoylecgonine": (5.5, 0.1), "cocaine": (16.0, 0.1)}
    with pytest.raises(FactorError, match=r"norbenzoylecgonine: .* no factor .*lay a claim of your own"):
        joint(loads, "cocaine", profile("several-biomarkers"))
    found = joint(loads, "cocaine", profile("several-biomarkers", overlay=own))
    assert list(found.each.index) == list(loads)
    assert found.each["weight"].sum() == pytest.approx(1.0)


def test_the_conflict_test_keeps_its_level():
    p = profile("stadium-2018")
    rng = np.random.default_rng(11)
    factors = [p.factor("oxycodone", b) for b in ("oxycodone", "noroxycodone")]
    sd = [f.fraction.log_moments()[1] for f in factors]
    alarms = 0
    for _ in range(400):
        flow = rng.normal(0, 0.1)
        logs = [np.log(50 / f.correction_factor) + rng.normal(0, s) + rng.normal(0, 0.1) + flow
                for f, s in zip(factors, sd, strict=True)]  # fmt: skip
        loads = {f.biomarker: (float(np.exp(v)), 0.1) for f, v in zip(factors, logs, strict=True)}
        alarms += joint(loads, "oxycodone", p, excretion_correlation=0.0).p < 0.05
    assert 0.02 < alarms / 400 < 0.085


def test_faulty_biomarkers_are_told_together():
    with pytest.raises(FactorError, match=r"eddp: load 0.*\n.*norketamine: the profile default has no factor"):
        joint({"eddp": (0.0, 0.1), "norketamine": (1.0, 0.1)}, "methadone", profile("default"))
    with pytest.raises(FactorError, match="needs at least 2"):
        joint({"eddp": (1.0, 0.1)}, "methadone", profile("default"))
