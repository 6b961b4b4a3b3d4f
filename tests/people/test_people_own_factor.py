"""A study's amounts per user go with the excretion factor that its study reckoned with."""

import numpy as np
import pytest
import xarray as xr

from wbe.factors import profile
from wbe.people import biomarker_per_user, brings_factor, build, combined, scenario, users_of_load
from wbe.uncertainty import Uncertain

SCHOOLS = ("zuccato-2008", "gracia-lor-2016")


def meth(school):
    return profile(school).factor("methamphetamine")


def test_the_profile_s_school_does_not_enter_where_the_study_brings_its_own():
    study = scenario("meth-cn-dalian-2015")
    first, second = (biomarker_per_user(study, meth(s)).median() for s in SCHOOLS)
    assert first == second == pytest.approx(41.7 * 0.43, rel=0.005)
    load = Uncertain(xr.DataArray(0.43 * 1310e3 / 365), [])  # g/d of the biomarker
    assert float(users_of_load(load, study, meth("gracia-lor-2016")).central) == pytest.approx(86_000, rel=0.01)


def test_without_a_factor_of_its_own_the_profile_s_is_taken():
    own = build({"name": "mine", "drug": "methamphetamine", "kind": "implied", "amount_mg": 40.0, "gsd": 1.5,
                 "source": "survey", "status": "user"})  # fmt: skip
    first, second = (biomarker_per_user(own, meth(s)).median() for s in SCHOOLS)
    assert first / second == pytest.approx(0.43 / 0.227, rel=0.03)
    assert not brings_factor(own)
    named = build({"name": "mine", "drug": "methamphetamine", "kind": "implied", "amount_mg": 40.0, "gsd": 1.5,
                   "source": "survey", "status": "user", "excretion": "methamphetamine-lai-2011"})  # fmt: skip
    assert brings_factor(named)
    assert biomarker_per_user(named, meth(SCHOOLS[0])).median() == pytest.approx(40 * 0.39, rel=0.01)


def test_a_mixture_brings_a_factor_when_one_of_its_parts_does_and_weighs_them_alike():
    mixed = combined("methamphetamine")
    assert brings_factor(mixed)
    per_user = biomarker_per_user(mixed, meth(SCHOOLS[1]))
    parts = [biomarker_per_user(p, meth(SCHOOLS[1])) for p in mixed.parts]
    x = np.array([5.0, 12.0, 20.0])
    assert per_user.cdf(x) == pytest.approx(np.mean([p.cdf(x) for p in parts], axis=0), abs=1e-6)


def test_the_spread_holds_amount_and_excretion_once():
    study = scenario("meth-cn-national-2018")
    per_user = biomarker_per_user(study, meth(SCHOOLS[0]))
    excretion = meth(SCHOOLS[0]).fraction.log_moments()[1]
    assert per_user.log_sd == pytest.approx(np.hypot(np.log(1.49), excretion), rel=1e-6)
    found = users_of_load(Uncertain(xr.DataArray(100.0), []), study, meth(SCHOOLS[0]))
    ((term, power),) = found.terms
    assert (term.name, power) == ("use_scenario", -1.0)
    assert str(found.central["drug"].values) == "methamphetamine"


def test_a_mass_ratio_turns_the_drug_into_its_biomarker():
    cocaine = profile("zuccato-2008").factor("cocaine")
    assert cocaine.mass_ratio > 1
    per_user = biomarker_per_user(scenario("cocaine-memory"), cocaine)
    amount = scenario("cocaine-memory").amount_per_user_day
    assert per_user.mean() == pytest.approx(amount.mean() * cocaine.fraction.mean() / cocaine.mass_ratio, rel=0.01)
