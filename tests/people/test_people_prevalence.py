"""Users among those aged 15-64, on a day, in a month, in a year: through the estimate, with all that guards users."""

import re

import numpy as np
import pytest

import wbe
from wbe.disclosure import Policy
from wbe.errors import FactorError, InputError
from wbe.people import active_in, over, scenario
from wbe.testing import small_city

SAID = re.compile("rest on the use scenario|取决于使用情景")


def stated(text):
    return bool(SAID.search(text))


METH = "methamphetamine"
FINE = Policy.internal(round_users_to=1, minimum_count=0)


def users_of(estimate, area="district"):
    return estimate.table(area).query("quantity == 'users' and drug == @METH").reset_index(drop=True)


@pytest.mark.parametrize("area", ["district", "city"])
def test_prevalence_is_users_among_the_inhabitants_of_that_age(area):
    ds = small_city(months=2)
    ds = ds.assign_coords(population_basis=("sample", np.full(ds.sizes["sample"], "design", dtype=object)))
    estimate = wbe.estimate(ds, scenarios="meth-cn-national-2018", policy=FINE, draws=20_000)
    found, users = estimate.prevalence(area), users_of(estimate, area)
    assert found[["district", "month"]].equals(users[["district", "month"]])
    expected = 1e3 * users["median"] / (0.6567 * users["population"])
    np.testing.assert_allclose(found["median"], expected, rtol=0.03)  # users have two digits
    # the population's own doubt comes in: in a number of users it cancels
    assert (found["upper"] / found["lower"] > users["upper"] / users["lower"]).all()
    assert (found["unit"] == "user/1000 inhabitant").all()


def test_prevalence_needs_no_flow_meter_where_a_marker_counts_the_people():
    ds = small_city(biomarkers=(METH, "cotinine"))
    ds["concentration"].loc[{"biomarker": "cotinine"}] = 2000.0
    ds["flag"].loc[{"biomarker": "cotinine"}] = 0
    ds["flow"][0] = np.nan
    found = wbe.estimate(ds, population="cotinine", draws=1000).prevalence()
    assert found["status"].tolist()[:2] == ["estimate", "estimate"]
    assert users_of(wbe.estimate(ds, population="cotinine", draws=1000))["status"][0] == "no_flow"


def test_no_prevalence_stands_without_its_sentence_and_what_it_counts():
    found = wbe.estimate(small_city(), draws=1000).prevalence()
    assert set(found["drug"]) == {METH}  # the others have no scenario
    assert found["note"].map(stated).all()
    assert found["note"].str.contains("of those aged 15-64, 65.7% of the inhabitants").all()
    with pytest.raises(InputError, match="area 'street'"):
        wbe.estimate(small_city(), draws=1000).prevalence("street")


def test_what_hides_users_hides_their_prevalence():
    ds = small_city()
    ds["population"][ds["district"].values == "天元区"] = 3000.0
    estimate = wbe.estimate(ds, draws=1000)
    hidden = set(users_of(estimate).query("status == 'suppressed'")["district"])
    assert "天元区" in hidden
    found = estimate.prevalence()
    assert set(found.loc[found["status"] == "suppressed", "district"]) == hidden
    assert found.loc[found["status"] == "suppressed", ["median", "lower", "upper"]].isna().all().all()
    # the table hides companions for its own reasons: whatever it hides has no prevalence either
    for seed in range(4):
        uneven = small_city(districts=8, months=2, seed=seed)
        uneven["concentration"] *= np.exp(np.random.default_rng(seed).normal(0, 1, (16, 4)))
        uneven["population"][uneven["district"].values == "荷塘区"] = 4000.0
        one = wbe.estimate(uneven, draws=1000)
        gone = users_of(one).query("status == 'suppressed'")[["district", "month"]]
        also = one.prevalence().query("status == 'suppressed'")[["district", "month"]]
        assert len(gone) > 1
        assert set(map(tuple, gone.to_numpy())) <= set(map(tuple, also.to_numpy()))
    public = wbe.estimate(small_city(districts=6), policy="public", draws=1000)
    assert (public.prevalence()["status"] == "suppressed").all()
    assert (public.prevalence("city")["status"] == "estimate").all()
    few = wbe.estimate(small_city(), policy=Policy.internal(minimum_count=1e6), draws=1000)
    assert (few.prevalence()["status"] == "suppressed").all()


@pytest.mark.parametrize("days", [1, 365])
def test_users_on_a_day_and_in_a_year_go_through_the_whole_estimate(days):
    month = scenario("meth-frequency-memory")
    ds = small_city(months=1)
    own, other = (wbe.estimate(ds, scenarios=s, policy=FINE, draws=1000) for s in (month, over(month, days)))
    ratio = users_of(other)["median"] / users_of(own)["median"]
    np.testing.assert_allclose(ratio, active_in(month.classes, days) / active_in(month.classes, 30), rtol=0.02)
    words = {1: "on a given day", 365: "in the last year"}[days]
    assert users_of(other)["note"].str.contains(words).all()
    assert other.provenance["scenarios"] == {METH: f"meth-frequency-memory-{days}d"}
    assert over(month, 30) is month


def test_a_window_without_a_known_frequency_is_refused_and_a_mix_names_its_parts():
    with pytest.raises(FactorError, match="Choose a scenario with use-days"):
        over(scenario("meth-cn-national-2018"), 30)
    mix = wbe.estimate(small_city(), scenarios=["meth-frequency-memory", "meth-street-memory"], draws=1000).scenarios
    with pytest.raises(FactorError, match="one of its parts, meth-frequency-memory, meth-street-memory"):
        over(mix[METH], 1)


def test_asking_for_heroin_where_morphine_was_measured_says_why_not():
    ds = small_city(biomarkers=("morphine", "ketamine"))
    estimate = wbe.estimate(ds, scenarios=["heroin-memory"], draws=1000)
    for ask in (lambda: estimate.draws("users", "heroin"), lambda: estimate.explain("天元区", "2021-01", "heroin")):
        with pytest.raises(InputError, match="morphine, origin unresolved"):
            ask()
    assert "heroin" not in set(estimate.table()["drug"])
    assert set(estimate.table().query("drug == 'morphine' and quantity == 'users'")["text"]) == {"origin unresolved"}
