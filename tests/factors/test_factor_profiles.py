"""Profiles: named choices with a hash, mixtures where schools disagree, and no factor that cannot be defended."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wbe.errors import FactorError, UnknownName
from wbe.factors import claims, data_changes, profile, profile_names
from wbe.factors.claim_rows import STATUSES
from wbe.factors.spreads import beta_about, route_mix
from wbe.uncertainty.distributions import Beta, Mixture

TRAMADOL = {
    "id": "tramadol-mine", "quantity": "excretion_fraction", "drug": "tramadol", "biomarker": "tramadol",
    "value": 0.25, "basis": "molar", "citation": "own study",
}  # fmt: skip


def test_the_asked_profiles_ship():
    assert {"default", "zuccato-2008", "gracia-lor-2016", "nwdmp", "china-2020", "agency-cotinine"} <= set(
        profile_names()
    )


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_is_named_versioned_and_hashed(name):
    p = profile(name)
    assert (p.name, len(p.hash)) == (name, 12)
    assert p.version.count(".") == 2
    assert p.title
    assert p.title_zh


def test_hashes_differ_between_profiles_and_hold_between_calls():
    hashes = [profile(n).hash for n in profile_names()]
    assert len(set(hashes)) == len(hashes)
    assert hashes == [profile(n).hash for n in profile_names()]


@pytest.mark.parametrize(
    ("name", "drug", "printed"),
    [
        # correction factors as the field quotes them
        ("gracia-lor-2016", "methamphetamine", 4.4), ("gracia-lor-2016", "mdma", 4.4),
        ("gracia-lor-2016", "thc", 182), ("gracia-lor-2016", "cocaine", 3.59), ("zuccato-2008", "cocaine", 2.33),
        ("zuccato-2008", "methamphetamine", 2.3), ("nwdmp", "methamphetamine", 2.6), ("china-2020", "ketamine", 5.0),
    ],
)  # fmt: skip
def test_a_school_gives_its_published_correction_factor(name, drug, printed):
    assert profile(name).factor(drug).correction_factor == pytest.approx(printed, rel=0.03)


def test_default_mixes_schools_and_does_not_average_them():
    found = profile("default").factor("methamphetamine")
    assert isinstance(found.fraction, Mixture)
    assert [p.median() for _, p in found.fraction.parts] == pytest.approx([0.227, 0.39, 0.43])
    cocaine = profile("default").factor("cocaine")
    assert [p.median() for _, p in cocaine.fraction.parts] == pytest.approx([0.292, 0.346, 0.45])
    # the interval reaches beyond every school alone
    assert found.fraction.quantile(0.025) < 0.227
    assert found.fraction.quantile(0.975) > 0.43


@pytest.mark.parametrize("name", profile_names())
def test_no_profile_reads_heroin_from_morphine(name):
    assert profile(name).factor("heroin") is None
    assert "poppy straw" in profile(name).why_none("heroin")


def test_not_even_an_overlay_reads_heroin_from_morphine():
    mine = {"name": "mine", "factor": [
        {"drug": "heroin", "biomarker": "morphine", "claims": ["heroin-morphine-zuccato-2008"]}]}  # fmt: skip
    with pytest.raises(FactorError, match=r"heroin from morphine: refused, heroin gives 3.2 %"):
        profile("default", overlay=mine)


@pytest.mark.parametrize(
    "drug",
    ["methcathinone", "mda", "ephedrine", "etomidate", "ghb", "2f_dck", "adb_butinaca", "morphine", "tapentadol"],
)
def test_a_drug_without_a_defensible_factor_says_why(drug):
    p = profile("default")
    assert p.factor(drug) is None
    claim_id = p.why_none(drug).split(":")[0]
    assert claims().at[claim_id, "quantity"] == "no_factor"


def test_methcathinone_is_marked_as_an_artefact():
    assert "DO NOT back-calculate" in profile("default").why_none("methcathinone")


def test_an_unknown_compound_is_an_error_and_not_a_missing_factor():
    with pytest.raises(UnknownName, match="compound 'methx'"):
        profile("default").factor("methx")
    with pytest.raises(UnknownName, match=r"profile 'defualt'.*Did you mean 'default'"):
        profile("defualt")


def test_a_profile_from_memory_alone_is_marked():
    p = profile("zuccato-2008")
    assert p.n_unverified >= 9
    assert "from memory" in p.warning
    assert set(p.describe().query("status == 'memory'")["claims"]) <= set(p.claims()["id"])


def test_a_verified_profile_carries_no_such_mark():
    assert profile("stadium-2018").n_unverified == 0
    assert "memory" not in profile("stadium-2018").warning


def test_a_factor_is_as_trusted_as_its_worst_claim():
    for f in profile("default").factors:
        statuses = claims().loc[list(f.claim_ids), "status"]
        assert STATUSES.index(f.status) == max(STATUSES.index(s) for s in statuses)


def test_an_overlay_is_listed_and_moves_the_hash():
    plain, mine = profile("default"), profile("default", overlay={"name": "lab", "claim": [TRAMADOL]})
    assert mine.name == "default+lab"
    assert mine.changes == ("lab: tramadol by tramadol from tramadol-mine",)
    assert mine.hash != plain.hash
    assert mine.factor("tramadol").correction_factor == pytest.approx(4.0)
    assert mine.factor("cocaine") == plain.factor("cocaine")


def test_an_overlay_may_be_a_toml_file_with_a_dose(tmp_path):
    path = tmp_path / "lab.toml"
    path.write_text(
        'name = "lab"\n[[claim]]\nid = "ketamine-dose-lab"\nquantity = "dose"\ndrug = "ketamine"\nvalue = 60\n'
        'unit = "mg/dose"\nbasis = "pure"\ncitation = "survey"\n',
        encoding="utf-8",
    )
    assert profile("default").dose("ketamine") is None
    assert profile("default", overlay=path).dose("ketamine").mass.median() == pytest.approx(60.0)


def test_a_street_dose_is_refused_without_its_purity():
    entry = {"name": "mine", "dose": [{"drug": "methamphetamine", "claims": ["methamphetamine-dose-street-cn"]}]}
    with pytest.raises(FactorError, match="multiply it by the purity"):
        profile("default", overlay=entry)


def test_a_claim_on_another_pair_is_refused():
    entry = {"name": "mine", "factor": [{"drug": "mdma", "biomarker": "mdma", "claims": ["tramadol-label"]}]}
    with pytest.raises(FactorError, match="claim tramadol-label is on tramadol by tramadol, chosen for mdma"):
        profile("default", overlay=entry)


def test_ketamine_depends_on_methamphetamine():
    assert profile("china-2020").factor("ketamine").depends_on == ("methamphetamine",)


def test_the_drug_traced_is_the_one_whose_first_biomarker_it_is():
    p = profile("default")
    assert (p.drug_of("benzoylecgonine"), p.drug_of("thc_cooh"), p.drug_of("morphine")) == ("cocaine", "thc", None)


def test_china_has_no_dose_until_one_is_sourced():
    assert profile("china-2020").doses == ()


def test_the_agency_profile_warns_of_the_domestic_share():
    p = profile("agency-cotinine")
    assert "1/share" in p.warning
    assert p.cotinine["population"] == "agency-cotinine"


def test_a_route_mix_has_the_moments_of_its_simulation():
    rng = np.random.default_rng(7)
    smoked, oral = Beta(mean=0.2, sd=0.03), Beta(mean=0.43, sd=0.05)
    alpha = (6.0, 3.0)
    share = rng.dirichlet(alpha, 400_000)
    drawn = share[:, 0] * rng.beta(smoked.a, smoked.b, 400_000) + share[:, 1] * rng.beta(oral.a, oral.b, 400_000)
    mix = route_mix(list(zip(alpha, (smoked, oral), strict=True)))
    assert mix.mean() == pytest.approx(drawn.mean(), rel=2e-3)
    assert mix.sd() == pytest.approx(drawn.std(), rel=5e-3)


def test_a_mix_of_fractions_is_not_a_mix_of_correction_factors():
    parts = [(1.0, Beta(mean=0.2, sd=0.01)), (1.0, Beta(mean=0.6, sd=0.01))]
    mean_of_factors = 0.5 / 0.2 + 0.5 / 0.6
    assert 1 / route_mix(parts).mean() == pytest.approx(2.5)
    assert mean_of_factors > 3.3


def test_a_profile_can_mix_routes():
    entry = {"name": "mine", "factor": [{
        "drug": "methamphetamine", "biomarker": "methamphetamine", "combine": "routes",
        "claims": [{"id": "methamphetamine-loaded-pipe", "weight": 8}, {"id": "methamphetamine-pk-iv", "weight": 2}],
    }]}  # fmt: skip
    found = profile("default", overlay=entry).factor("methamphetamine")
    assert found.fraction.mean() == pytest.approx(0.8 * 0.168 + 0.2 * 0.45, rel=0.02)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.95), st.floats(0.02, 0.3))
def test_the_printed_number_is_the_median(fraction, share):
    sd = share * fraction * (1 - fraction)
    assert beta_about(fraction, sd).median() == pytest.approx(fraction, rel=1e-6)


def test_the_default_rests_on_fewer_than_twenty_claims_that_nobody_could_read_again():
    chosen = profile("default")
    assert chosen.n_unverified < 20
    memory = [name for name, status in chosen.statuses if status == "memory"]
    page = (Path(__file__).resolve().parents[2] / "docs" / "factor-audit.md").read_text(encoding="utf-8")
    left, unread = page.split("## What left the default profile")[1].split("## What could not be read")
    assert all(f"`{name}`" in unread for name in memory)
    # what left the default stays a claim, and other profiles may still choose it
    gone = [r["id"] for _, r in data_changes("default").iterrows()]
    assert all(f"`{name}`" in left and name in claims().index for name in gone)
    assert not set(gone) & {name for name, _ in chosen.statuses}


def test_a_page_that_gives_a_range_is_worth_its_middle():
    # a laboratory's page: 0.4-6 % unchanged, 26-55 % as norfentanyl
    fractions = {f.biomarker: f.fraction.median() for f in profile("default").factors if f.drug == "fentanyl"}
    assert fractions == pytest.approx({"norfentanyl": 0.405, "fentanyl": 0.032})
