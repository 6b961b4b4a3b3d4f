"""What moved between versions and what differs between profiles; the audit page is what the data give."""

import runpy
from pathlib import Path

import pytest

from wbe.errors import UnknownName
from wbe.factors import claims, data_changes, diff, profile, profile_names
from wbe.messages import speaking

ROOT = Path(__file__).parents[2]


def test_every_change_names_a_claim_a_profile_and_its_version():
    table = data_changes()
    assert set(table["id"]) <= set(claims().index)
    assert set(table["profile"]) <= set(profile_names())
    for row in table.to_dict("records"):
        assert row["version"] <= profile(row["profile"]).version
        chosen = {c for f in profile(row["profile"]).factors for c in f.claim_ids}
        # a claim that was taken out is no longer chosen
        assert (row["id"] in chosen) == (row["after"] != "none")
    assert data_changes("nwdmp").empty
    assert data_changes(language="zh")["reason"].str.contains("Du 2020，").any()
    with pytest.raises(UnknownName, match="defualt"):
        data_changes("defualt")


def test_ketamine_rests_on_the_study_that_ruled_the_other_out_and_mephedrone_has_none():
    chosen = profile("default")
    ketamine = chosen.factor("ketamine")
    assert ketamine.claim_ids == ("ketamine-du-2020",)
    assert ketamine.fraction.median() == pytest.approx(0.20)
    assert ketamine.fraction.sd() == pytest.approx(0.10, rel=1e-6)
    assert chosen.factor("mephedrone") is None
    with speaking("zh"):
        assert "十倍" in chosen.why_none("mephedrone")


def test_two_profiles_differ_where_a_choice_differs_and_nowhere_else():
    assert diff("default", "default").empty
    mine = {"name": "ours", "claim": [{
        "id": "tramadol-ours", "quantity": "excretion_fraction", "drug": "tramadol", "biomarker": "tramadol",
        "value": 0.15, "basis": "molar", "citation": "own"}],
        "none": [{"drug": "mdma", "claim": "mda-none"}]}  # fmt: skip
    ours = profile("default", overlay=mine)
    found = diff("default", ours).set_index(["kind", "drug"])
    assert set(found.index) == {("factor", "tramadol"), ("factor", "mdma"), ("none", "mdma")}
    moved = found.loc[("factor", "tramadol")]
    before = profile("default").factor("tramadol").fraction.median()
    assert moved["ratio"] == pytest.approx(before / 0.15)
    assert moved["claims_after"] == "tramadol-ours"
    assert found.loc[("none", "mdma"), "before"] == ""
    assert found.loc[("none", "mdma"), "after"] == "mda-none"
    back = diff(ours, "default").set_index(["kind", "drug"])
    assert back.loc[("factor", "tramadol"), "ratio"] == pytest.approx(0.15 / before)


def test_a_change_of_spread_alone_is_a_change():
    wide = {"name": "w", "factor": [{"drug": "ketamine", "biomarker": "ketamine", "claims": ["ketamine-du-2020"],
                                     "relative_sd": 0.2}]}  # fmt: skip
    found = diff("default", profile("default", overlay=wide))
    assert found["drug"].tolist() == ["ketamine"]
    assert found["ratio"].iloc[0] == pytest.approx(1.0)


def test_the_audit_page_is_what_the_data_give():
    page = runpy.run_path(str(ROOT / "scripts/audit_table.py"))["page"]()
    assert (ROOT / "docs/factor-audit.md").read_text(encoding="utf-8") == page
    for drug in claims(quantity="no_factor")["drug"]:
        assert f"| {drug} | " in page
