"""Claims: what is shipped is consistent, and what a user brings is refused or marked with its row."""

import math

import pandas as pd
import pytest

from wbe.errors import FactorError, UnknownName
from wbe.factors import cas_is_valid, claims, compounds, molar_mass, profile
from wbe.factors.claim_rows import parts

# every analyte of the stadium workbook, by the library's ids
STADIUM = [
    "6mam",
    "7aminoclonazepam",
    "7aminoflunitrazepam",
    "alprazolam",
    "amphetamine",
    "benzoylecgonine",
    "buprenorphine",
    "carfentanil",
    "carisoprodol",
    "cocaine",
    "codeine",
    "cyclobenzaprine",
    "desalkylflurazepam",
    "diazepam",
    "eddp",
    "fentanyl",
    "flunitrazepam",
    "flurazepam",
    "hydrocodone",
    "hydromorphone",
    "ketamine",
    "lorazepam",
    "mdma",
    "meperidine",
    "meprobamate",
    "methadone",
    "methamphetamine",
    "methylphenidate",
    "midazolam",
    "morphine",
    "naloxone",
    "naltrexone",
    "norbuprenorphine",
    "norcarfentanil",
    "nordiazepam",
    "norfentanyl",
    "norhydrocodone",
    "normeperidine",
    "noroxycodone",
    "odt",
    "oxazepam",
    "oxycodone",
    "oxymorphone",
    "phencyclidine",
    "phentermine",
    "propoxyphene",
    "pseudoephedrine",
    "sufentanil",
    "tapentadol",
    "temazepam",
    "tramadol",
    "trazodone",
    "triazolam",
    "zolpidem",
    "hydroxyalprazolam",
    "hydroxytriazolam",
]


def row(**changes):
    base = {
        "id": "tramadol-mine", "quantity": "excretion_fraction", "drug": "tramadol", "biomarker": "tramadol",
        "value": 0.25, "basis": "molar", "citation": "own study",
    }  # fmt: skip
    return {"name": "mine", "claim": [{**base, **changes}]}


def test_every_molar_mass_follows_from_its_formula():
    table = compounds()
    recomputed = table["formula"].map(molar_mass)
    # three decimals are kept
    assert (recomputed - table["molar_mass"]).abs().max() < 0.00051


def test_molar_masses_match_published_ones():
    # methods catalogue 1.1: cocaine 303.353, BE 289.326, heroin 369.411, morphine 285.338
    known = {"cocaine": 303.353, "benzoylecgonine": 289.326, "heroin": 369.411, "morphine": 285.338}
    assert all(math.isclose(compounds().at[c, "molar_mass"], m, abs_tol=0.002) for c, m in known.items())


def test_every_cas_number_agrees_with_its_check_digit():
    numbers = compounds()["cas"]
    assert all(cas_is_valid(c) for c in numbers[numbers != ""])
    assert set(numbers[numbers == ""].index) == {"mdmb_4en_pinaca_acid", "isopropoxate"}  # none was found


def test_every_stadium_analyte_has_a_chinese_and_an_english_name():
    table = compounds().loc[STADIUM]
    assert (table["name_zh"] != "").all()
    assert (table["name_en"] != "").all()


def test_short_names_are_unique():
    assert compounds()["short"].is_unique


def test_every_row_of_the_reference_tables_is_held():
    counts = claims()["table"].value_counts()
    # 83 excretion rows of the reference, plus reasons for no factor, the stadium table and three labels
    assert counts["claims/excretion.csv"] >= 83
    assert counts["claims/dose.csv"] + counts["claims/use.csv"] >= 22
    assert counts["claims/stability.csv"] >= 34


def test_published_correction_factors_follow_from_molar_fractions():
    table = claims(quantity="excretion_fraction")
    printed = table[(table["basis"] == "molar") & table["correction_factor"].notna() & table["value"].notna()]
    mass = compounds()["molar_mass"]
    ratio = printed["drug"].map(mass) / printed["biomarker"].map(mass)
    assert len(printed) >= 16
    # rounding of the printed value
    assert (ratio / printed["value"] / printed["correction_factor"] - 1).abs().max() < 0.03


def test_relations_between_claims_point_at_claims():
    table = claims()
    named = {p for column in ("derived_from", "supersedes") for cell in table[column] for p in parts(cell)}
    assert named
    assert named <= set(table.index)


def test_population_markers_are_ready_for_the_population_room():
    table = claims(quantity="marker_per_head")
    assert {"ammonium_nitrogen", "cod", "bod5", "total_nitrogen", "total_phosphorus", "cotinine", "creatinine",
            "caffeine", "acesulfame"} <= set(table["biomarker"])  # fmt: skip
    assert table.at["cotinine-per-cigarette-agency", "value"] == 0.14


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": 39}, r"overlay mine row 1 \(tramadol-mine\): value is 39; a fraction is at most 1"),
        ({"drug": "tramadolol"}, r"unknown drug 'tramadolol'. Did you mean 'tramadol'"),
        ({"basis": ""}, r"row 1 \(tramadol-mine\): basis is ''; write molar"),
        ({"status": "verified"}, "status 'verified' is kept for shipped rows"),
        ({"id": "tramadol-label"}, "the id is used twice"),
        ({"supersedes": "nothing"}, "supersedes names 'nothing', which is no claim"),
        ({"absorbs": "magic"}, "absorbs 'magic'"),
        ({"low": 0.4, "high": 0.5}, "needed rising order"),
        ({"doi": "doi:10"}, "needed the form 10"),
        ({"value": "lots"}, "value is 'lots'; needed a number"),
    ],
)
def test_a_faulty_row_is_refused_by_name(changes, said):
    with pytest.raises(FactorError, match=said):
        claims(overlay=row(**changes))


def test_a_mass_fraction_offered_as_molar_is_refused():
    # 1/0.006 = 166.7 is a mass basis; a molar 0.006 has 0.913/0.006 = 152
    wrong = row(id="be-x", drug="thc", biomarker="thc_cooh", value=0.006, correction_factor=166.7)
    with pytest.raises(FactorError, match=r"mass fraction offered as molar.*write basis = mass"):
        claims(overlay=wrong)


def test_a_mass_fraction_is_converted_when_it_says_so():
    mine = row(id="be-x", drug="cocaine", biomarker="benzoylecgonine", value=0.30, basis="mass")
    found = profile("default", overlay=mine).factor("cocaine")
    # mass of BE for each mass of cocaine 0.30: the correction factor is its inverse
    assert found.correction_factor == pytest.approx(1 / 0.30, rel=1e-6)


def test_a_claim_without_a_stated_basis_is_kept_but_not_used():
    entry = {"name": "mine", "factor": [
        {"drug": "ethanol", "biomarker": "ethyl_sulfate", "claims": ["ethanol-ethyl_sulfate-wurst-2006"]}]}  # fmt: skip
    with pytest.raises(FactorError, match=r"ethanol-ethyl_sulfate-wurst-2006\): the basis is unstated"):
        profile("default", overlay=entry)


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    path = tmp_path / "mine.csv"
    rows = pd.DataFrame([row(id="a", value=5)["claim"][0], row(id="b", drug="x")["claim"][0]])
    rows.to_csv(path, index=False)
    with pytest.raises(FactorError) as caught:
        claims(overlay=path)
    assert "mine.csv row 2 (a)" in str(caught.value)
    assert "mine.csv row 3 (b)" in str(caught.value)


def test_a_missing_overlay_file_says_so(tmp_path):
    with pytest.raises(FactorError, match="cannot be read"):
        claims(overlay=tmp_path / "none.csv")


def test_an_unknown_filter_names_the_nearest():
    with pytest.raises(UnknownName, match=r"drug 'metamphetamine'.*Did you mean 'methamphetamine'"):
        claims("metamphetamine")


def test_claims_are_not_changed_through_the_returned_table():
    mine = claims()
    mine.loc["tramadol-label", "value"] = 0.9
    assert claims().at["tramadol-label", "value"] == 0.30


@pytest.mark.parametrize("name", ["methamphetamine", "甲基苯丙胺", "冰毒", "METH", "Methamphetamine"])
def test_a_drug_may_be_named_in_chinese_or_short(name):
    assert len(claims(name)) == len(claims("methamphetamine")) > 5
    assert profile("default").factor(name).drug == "methamphetamine"
    assert profile("default").dose(name).drug == "methamphetamine"


def test_a_name_of_several_meanings_is_asked_about_and_a_wrong_one_gets_near_ones():
    with pytest.raises(FactorError, match="'大麻' has several meanings; needed one of thc_cooh"):
        claims("大麻")
    with pytest.raises(UnknownName, match=r"compound '甲基苯丙'.*Did you mean 'methamphetamine'"):
        profile("default").factor("甲基苯丙")


def test_an_overlay_may_name_its_substances_in_chinese():
    mine = {"name": "ours", "claim": [{
        "id": "tramadol-ours", "quantity": "excretion_fraction", "drug": "曲马多", "biomarker": "曲马多", "value": 0.25,
        "basis": "molar", "citation": "own study"}],
        "none": [{"drug": "可待因", "claim": "ephedrine-none"}]}  # fmt: skip
    chosen = profile("default", overlay=mine)
    assert chosen.factor("tramadol").fraction.median() == pytest.approx(0.25)
    assert chosen.factor("codeine") is None


def test_an_overlay_that_is_no_text_is_refused_by_name(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_bytes(b"id,value\n\xff\xff\xff\n")
    with pytest.raises(FactorError, match=r"ours\.csv is neither UTF-8 nor GB18030 text"):
        claims(overlay=path)


def test_a_biomarker_without_a_row_in_the_compound_table_has_no_factor_and_no_fault():
    assert profile("default").drug_of("nortriptyline") is None
    assert "makes no choice for nortriptyline" in profile("default").why_none("nortriptyline")


def test_every_kind_of_claim_is_in_the_library_with_its_identity():
    table = claims()
    kinds = {"excretion_fraction", "half_life", "loss", "solids_fraction", "dose", "purity", "use_days",
             "marker_per_head", "ratio_window", "prevalence", "amount_per_user_day"}  # fmt: skip
    assert kinds <= set(table["quantity"])
    identity = {"drug", "biomarker", "analyte_form", "basis", "dose_form", "dose_basis", "route", "population", "n",
                "spread_kind", "country", "year", "citation", "doi", "status", "derived_from", "supersedes",
                "absorbs"}  # fmt: skip
    assert identity <= set(table.columns)
    assert set(table.loc[table["quantity"].isin(("use_days", "purity")), "status"]) == {"memory"}


def test_the_use_days_of_the_library_are_those_of_the_use_scenarios():
    days = claims("methamphetamine", quantity="use_days")
    assert days.loc["meth-frequency-memory-frequent-use-days", "value"] == 18.0
    assert days.loc["meth-frequency-memory-occasional-use-days", "unit"] == "d in 30 d"
    assert claims("冰毒", quantity="purity").loc["meth-street-memory-all-purity", "value"] == 0.70


def test_the_claims_of_a_drug_hold_what_happens_to_it_in_the_sewer():
    found = claims("cocaine")
    assert {"half_life", "excretion_fraction"} <= set(found["quantity"])
    assert found.loc["cocaine-half-life-senta-2014-20c", "value"] == 35
    assert "benzoylecgonine-formation-van-nuijs-2012" not in found.index
