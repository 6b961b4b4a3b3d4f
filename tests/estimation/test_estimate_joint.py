"""Factors that belong together are drawn together, and a study's amounts go with its own excretion factor."""

import numpy as np
import pytest

import wbe
from wbe.factors import profile
from wbe.factors.dependence import along
from wbe.people import biomarker_per_user, brings_factor, build, combined, scenario, users_of_load
from wbe.samples import Flag
from wbe.testing import small_city


def _city(**how):
    ds = small_city(districts=1, months=1, biomarkers=("methamphetamine", "ketamine"), equal=True, **how)
    ds["flag"][:] = int(Flag.DETECTED)
    ds["concentration"][:] = 100.0
    return ds


def _factor_draws(estimate, drug):
    consumed = estimate.draws("consumption", drug).to_numpy().ravel()
    return np.log(consumed) - np.log(estimate.draws("normalised_load", drug).to_numpy().ravel())


def test_ketamine_s_factor_moves_with_methamphetamine_s():
    estimate = wbe.estimate(_city())
    meth, ket = (_factor_draws(estimate, d) for d in ("methamphetamine", "ketamine"))
    chosen = estimate.profile
    sd_m, sd_k = (chosen.factor(d).fraction.log_moments()[1] for d in ("methamphetamine", "ketamine"))
    assert np.corrcoef(meth, ket)[0, 1] == pytest.approx(sd_m / sd_k, abs=0.04)
    # by itself ketamine's consumption is as unsure as its factor says
    assert ket.std() == pytest.approx(sd_k, rel=0.05)
    # the two together: what both share cancels between them
    assert (ket - meth).std() == pytest.approx(np.sqrt(sd_k**2 - sd_m**2), rel=0.05)


def test_the_budget_names_the_drug_that_a_factor_was_tuned_on():
    estimate = wbe.estimate(_city())
    budget = estimate.budget("天元区", estimate.months[0], "ketamine", "consumption").set_index("source")
    assert budget["share"].sum() == pytest.approx(1.0)
    assert "methamphetamine" in budget.loc["excretion:methamphetamine", "advice"]
    whole = budget.loc[["excretion", "excretion:methamphetamine"], "log_sd"]
    expected = profile("default").factor("ketamine").fraction.log_moments()[1]
    assert np.sqrt((whole**2).sum()) == pytest.approx(expected, rel=1e-6)


def test_a_factor_alone_is_all_its_own():
    chosen = profile("default")
    assert along(chosen, chosen.factor("mdma")) == [("excretion", chosen.factor("mdma").fraction)]
    alone = {"name": "one", "none": [{"drug": "methamphetamine", "claim": "methcathinone-artefact"}]}
    without = profile("default", overlay=alone)
    assert [name for name, _ in along(without, without.factor("ketamine"))] == ["excretion"]


def test_a_factor_surer_than_the_one_it_was_tuned_on_keeps_a_spread_of_its_own():
    from dataclasses import replace

    from wbe.uncertainty.distributions import Beta

    chosen = profile("default")
    sure = replace(chosen.factor("ketamine"), fraction=Beta(mean=0.2, sd=0.01))
    (_, own), (_, shared) = along(chosen, sure)
    assert own.log_sd == pytest.approx(0.1 * sure.fraction.log_moments()[1])
    assert shared == chosen.factor("methamphetamine").fraction


# what each study printed: consumption [mg/d] and users; 2018 lies between more than 5 million and 0.64 % of 15-64
PUBLISHED = {
    "meth-cn-beijing-2013": (2.6e6, 0.0058 * 17.0e6),
    "meth-cn-national-2018": (84e9 / 365, np.sqrt(5.0e6 * 84e9 / 365 / 36.0)),
    "meth-cn-dalian-2015": (1310e6 / 365, 86_000.0),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_scenario_gives_its_study_s_users_from_its_study_s_load(name):
    consumed, people = PUBLISHED[name]
    load = 0.43 * consumed  # mg/d of the biomarker: the study's factor
    ds = small_city(districts=1, months=1, biomarkers=("methamphetamine",), equal=True)
    ds["flag"][:] = int(Flag.DETECTED)
    ds["population"][:] = 2e7
    ds["concentration"][:] = load * 1e6 / (float(ds["flow"][0]) * 1e3)  # ng/L
    for factors in ("default", "gracia-lor-2016"):  # 22.7 % there: the profile's school does not enter
        estimate = wbe.estimate(ds, factors=factors, scenarios=name)
        row = estimate.table(quantity="users").iloc[0]
        assert row["median"] == pytest.approx(people, rel=0.01)
        assert "estimation-study-factor" in row["note_codes"]
        assert "estimation-excretion-unverified" not in row["note_codes"]
        same = estimate.users_by_scenario().query("scenario == @name").iloc[0]
        assert same["median"] == pytest.approx(people, rel=0.01)
        share = estimate.prevalence().iloc[0]["median"]
        assert share == pytest.approx(1e3 * people / 2e7 / scenario(name).share_15_64, rel=0.01)


def test_a_scenario_without_a_study_s_factor_goes_by_the_profile():
    own = build({"name": "mine", "drug": "methamphetamine", "kind": "implied", "amount_mg": 40.0, "gsd": 1.5,
                 "source": "survey", "status": "user"})  # fmt: skip
    assert not brings_factor(own)
    estimates = [wbe.estimate(_city(), factors=f, scenarios=own) for f in ("zuccato-2008", "gracia-lor-2016")]
    first, second = (e.table(quantity="users").query("drug == 'methamphetamine'")["median"].iloc[0] for e in estimates)
    assert second / first == pytest.approx(0.43 / 0.227, rel=0.03)


def test_scenarios_of_both_kinds_mix_on_the_load():
    own = build({"name": "mine", "drug": "methamphetamine", "kind": "implied", "amount_mg": 26.4, "gsd": 2.38,
                 "window_days": 365, "source": "survey", "status": "user"})  # fmt: skip
    mixed = combined("methamphetamine", [own, "meth-cn-beijing-2013"])
    factor = profile("zuccato-2008").factor("methamphetamine")
    one = biomarker_per_user(scenario("meth-cn-beijing-2013"), factor)
    assert brings_factor(mixed)
    assert biomarker_per_user(mixed, factor).median() == pytest.approx(one.median(), rel=0.01)


def test_a_study_s_excretion_is_counted_once():
    estimate = wbe.estimate(_city(), scenarios="meth-cn-national-2018")
    sources = set(estimate.budget("天元区", estimate.months[0], "methamphetamine", "users")["source"])
    assert "use_scenario" in sources
    assert "excretion" not in sources
    study = scenario("meth-cn-national-2018")
    per_user = biomarker_per_user(study, estimate.profile.factor("methamphetamine"))
    fraction = profile("zuccato-2008").factor("methamphetamine").fraction
    assert per_user.log_sd == pytest.approx(np.hypot(np.log(1.49), fraction.log_moments()[1]), rel=0.01)


def test_amounts_that_are_no_log_normal_take_the_product_of_both():
    import xarray as xr

    from wbe.uncertainty import Uncertain

    classes = scenario("meth-frequency-memory")
    factor = profile("zuccato-2008").factor("methamphetamine")
    per_user = biomarker_per_user(classes, factor)
    mean = classes.amount_per_user_day.mean() * factor.fraction.mean()  # independent: means multiply
    assert per_user.mean() == pytest.approx(mean, rel=0.01)
    both = np.hypot(classes.amount_per_user_day.log_moments()[1], factor.fraction.log_moments()[1])
    assert per_user.log_moments()[1] == pytest.approx(both, rel=0.03)
    found = users_of_load(Uncertain(xr.DataArray(5.0), []), classes, factor)
    assert float(found.central) == pytest.approx(5e3 / per_user.median())
