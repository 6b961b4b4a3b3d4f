"""Profiles side by side and biomarkers side by side: what turns, what disagrees, and why."""

import numpy as np
import pytest

from wbe.errors import FactorError
from wbe.factors import compare, joint, profile
from wbe.testing import small_city

CITY = small_city(districts=2, equal=True, biomarkers=("methamphetamine", "ketamine", "benzoylecgonine", "mdma"))


def test_the_answer_scales_with_the_correction_factor():
    table = compare(CITY, ["zuccato-2008", "gracia-lor-2016"]).set_index(["district", "drug", "profile"])
    ratio = table.xs("gracia-lor-2016", level="profile")["ratio"].xs("methamphetamine", level="drug")
    # 43 % against 22.7 %
    assert ratio.to_numpy() == pytest.approx(0.43 / 0.227, rel=1e-6)


def test_loads_are_the_hand_worked_ones():
    # 60 ng/L x 50 000 m3/d / 200 000 inhabitants = 15 mg/d/1000 inhabitants
    table = compare(CITY, ["zuccato-2008", "gracia-lor-2016"])
    assert table[table["drug"] == "methamphetamine"]["load"].to_numpy() == pytest.approx(15.0)


def test_a_conclusion_that_turns_is_listed_with_who_says_what():
    # METH 15 by 2.33 or 4.41 is 35 or 66; MDMA 18 by 1.54 or 4.44 is 28 or 80
    samples = CITY.copy()
    samples["concentration"] = CITY["concentration"] * (1 + 0.2 * (CITY["biomarker"] == "mdma"))
    samples["concentration"].attrs = CITY["concentration"].attrs
    table = compare(samples, ["zuccato-2008", "gracia-lor-2016"])
    turned = table.attrs["conclusions"]
    assert set(turned["drugs"]) == {"mdma; methamphetamine"}
    assert turned.iloc[0]["under"] == {"gracia-lor-2016": "mdma", "zuccato-2008": "methamphetamine"}
    assert table[table["drug"] == "methamphetamine"]["turns"].all()


def test_districts_never_change_places_within_one_drug_and_biomarker():
    table = compare(small_city(districts=3), ["default", "zuccato-2008", "gracia-lor-2016", "nwdmp", "china-2020"])
    assert (table.attrs["conclusions"]["kind"] != "districts").all()


def test_what_no_profile_can_use_is_listed_with_its_reason():
    samples = small_city(biomarkers=("methamphetamine", "morphine"))
    table = compare(samples, ["zuccato-2008", "gracia-lor-2016"])
    assert "origin unresolved" in table.attrs["no_factor"]["morphine"]
    assert set(table["drug"]) == {"methamphetamine"}


def test_every_answer_names_the_hash_of_its_profile():
    table = compare(CITY, ["default", profile("nwdmp")])
    assert table.attrs["profiles"] == {n: profile(n).hash for n in ("default", "nwdmp")}


def test_one_profile_is_no_comparison():
    with pytest.raises(FactorError, match="needed at least 2"):
        compare(CITY, ["default"])
    with pytest.raises(FactorError, match="no profile has a factor"):
        compare(small_city(biomarkers=("morphine",)), ["default", "nwdmp"])


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
