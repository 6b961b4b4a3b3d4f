"""Stability, formation and sorption: mass is kept, corrections are stated, and none is applied twice."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wbe.errors import FactorError, UnknownName
from wbe.factors import at_sampler, at_source, compounds, correct, on_solids, profile, rate, refuse_absorbed, surviving
from wbe.testing import small_city

PARENTS = ("cocaine", "benzoylecgonine", "6mam", "morphine_3_glucuronide", "morphine", "6_acetylcodeine", "codeine")


def moles(loads):
    masses = compounds()["molar_mass"]
    return {b: m / masses[b] for b, m in loads.items()}


def test_half_lives_of_senta_2014_come_back():
    # Senta 2014: morphine-3-glucuronide 7 h at 20 degC, 18 h at 10 degC
    assert surviving("morphine_3_glucuronide", 7.0, 20.0) == pytest.approx(0.5)
    assert surviving("morphine_3_glucuronide", 18.0, 10.0) == pytest.approx(0.5)


def test_sources_that_disagree_on_cocaine_are_bracketed():
    # 12 h at 20 degC: Senta 21 % lost, van Nuijs 40 %
    found = rate("cocaine", 20.0)
    assert 1 - np.exp(-12 * found["low"]) == pytest.approx(0.21, abs=0.01)
    assert 1 - np.exp(-12 * found["high"]) == pytest.approx(0.45, abs=0.01)
    assert found["low"] < found["rate"] < found["high"]


def test_cold_sewers_lose_less():
    assert surviving("cocaine", 12.0, 8.0) > surviving("cocaine", 12.0, 20.0)
    assert rate("cocaine")["theta"] == pytest.approx((173 / 35) ** 0.1)


def test_a_biomarker_without_a_rate_says_so():
    with pytest.raises(FactorError, match="norketamine: no loss rate was published"):
        rate("norketamine")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.1, 100), min_size=7, max_size=7), st.floats(0, 24), st.floats(5, 28)
)  # loads, hours, temperature
def test_transit_and_its_correction_undo_each_other(values, hours, temperature):
    sent = dict(zip(PARENTS, values, strict=True))
    back = at_source(at_sampler(sent, hours, temperature), hours, temperature)
    assert back == pytest.approx(sent, rel=1e-6)


def test_formation_is_signed_and_moles_are_kept_where_the_yield_is_one():
    sent = {"6mam": 10.0, "morphine_3_glucuronide": 50.0, "morphine": 20.0}
    arrived = at_sampler(sent, 10.0)
    assert arrived["morphine"] > sent["morphine"]
    assert sum(moles(arrived).values()) == pytest.approx(sum(moles(sent).values()))


def test_benzoylecgonine_formed_on_the_way_is_taken_off():
    # van Nuijs 2012: about 2.4 % of BE formed in 12 h beside cocaine at a third of it
    measured = {"cocaine": 33.0, "benzoylecgonine": 100.0}
    left = at_source(measured, 12.0)
    assert left["cocaine"] > 33.0
    assert 0.94 < left["benzoylecgonine"] / 100.0 < 0.99


def test_more_formed_than_is_there_is_refused():
    with pytest.raises(FactorError, match="morphine: more would have formed in 24 h"):
        at_source({"morphine_3_glucuronide": 50.0, "morphine": 1.0}, 24.0)


def test_a_negative_residence_time_is_refused():
    with pytest.raises(FactorError, match="needed hours, 0 or more"):
        surviving("cocaine", -1.0)


def test_a_correction_that_the_claim_absorbs_is_refused_by_claim():
    with pytest.raises(FactorError, match="codeine-thai-2016, codeine-thai-2019 already includes it"):
        refuse_absorbed(profile("default").factor("codeine"), "sewer_loss")
    refuse_absorbed(profile("default").factor("methamphetamine"), "sewer_loss")
    with pytest.raises(UnknownName, match=r"correction 'sewerloss'.*Did you mean 'sewer_loss'"):
        refuse_absorbed(profile("default").factor("codeine"), "sewerloss")


def test_amphetamine_on_solids_is_a_conflict_and_is_said():
    # Subedi 2014: 34-41 %, Baker 2011: below 10 %
    found = on_solids("amphetamine")
    assert found["conflict"] is True
    assert (found["low"], found["high"]) == (0.343, 0.411)
    assert on_solids("thc_cooh")["conflict"] is False


def test_nothing_is_corrected_unless_asked():
    samples = small_city(biomarkers=("methamphetamine", "cocaine", "benzoylecgonine"))
    same = correct(samples, profile("gracia-lor-2016"))
    assert same["concentration"].identical(samples["concentration"])
    assert json.loads(same.attrs["corrections"]) == []


def test_asked_corrections_are_stated_in_the_samples():
    samples = small_city(biomarkers=("cocaine", "benzoylecgonine", "thc_cooh", "morphine"))
    moved = correct(samples, profile("gracia-lor-2016"), hours=6.0, sorption=["thc_cooh"])
    said = json.loads(moved.attrs["corrections"])
    assert said[0].startswith("loss and formation over 6 h")
    assert "thc_cooh: 66 % on solids" in said[1]
    before, after = samples["concentration"].sel(biomarker="cocaine"), moved["concentration"].sel(biomarker="cocaine")
    assert float((after / before).mean()) == pytest.approx(1 / surviving("cocaine", 6.0), rel=1e-6)
    assert moved["concentration"].attrs["units"] == "ng/L"


def test_the_same_samples_are_not_corrected_twice():
    once = correct(small_city(biomarkers=("cocaine", "benzoylecgonine")), profile("gracia-lor-2016"), hours=3.0)
    with pytest.raises(FactorError, match="samples were corrected before"):
        correct(once, profile("gracia-lor-2016"), hours=3.0)


def test_correcting_what_a_chosen_factor_absorbs_is_refused():
    samples = small_city(biomarkers=("6_acetylcodeine", "codeine"))
    with pytest.raises(FactorError, match="codeine by codeine: sewer_loss cannot be corrected"):
        correct(samples, profile("default"), hours=6.0)
