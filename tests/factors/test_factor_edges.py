"""What must not pass in silence: levels, rows and corrections that would give a wrong number without a word."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import expm

import wbe
from wbe.errors import FactorError, InputError, UncertaintyError
from wbe.factors import (
    Factor,
    calibrate,
    claims,
    compare,
    correct,
    implied_recovery,
    joint,
    pool,
    profile,
    profile_names,
)
from wbe.factors.compound_table import mass_of
from wbe.factors.transformation import network, on_solids, rate
from wbe.testing import small_city
from wbe.uncertainty import Uniform

STUDIES = pd.DataFrame({"study": list("abc"), "fraction": [0.4, 0.3, 0.35], "sd": 0.1, "n": [8, 6, 7]})
SALES = pd.DataFrame({
    "place": list("abcd"), "consumption": [100.0, 200, 300, 400], "consumption_cv": 0.1,
    "load": [30.0, 70, 85, 120], "load_cv": 0.1,
})  # fmt: skip
LOADS = {"eddp": (40.0, 0.1), "methadone": (30.0, 0.1)}
COCAINE = ("cocaine", "benzoylecgonine")


@pytest.mark.parametrize("level", [0, 1, 1.2, -0.5, float("nan"), True, "95"])
@pytest.mark.parametrize(
    "use",
    [
        lambda level: pool(STUDIES, level=level),
        lambda level: joint(LOADS, "methadone", profile("default"), level=level),
        lambda level: compare(small_city(), ["default", "nwdmp"], level=level),
        lambda level: calibrate(SALES, "tramadol").interval(level),
        lambda level: implied_recovery(
            "x", load_median=2, load_min=1, load_max=3, n=5, dispensed=9, level=level
        ),
    ],
    ids=["pool", "joint", "compare", "calibrate", "implied"],
)  # fmt: skip
def test_a_level_that_is_no_probability_is_refused(use, level):
    with pytest.raises(FactorError, match=r"level is .*needed a probability between 0 and 1"):
        use(level)


def test_intervals_widen_with_their_level_everywhere():
    found = calibrate(SALES, "tramadol")
    for bounds in (
        found.interval,
        lambda level: pool(STUDIES, level=level).bounds,
        lambda level: (lambda j: (j.lower, j.upper))(joint(LOADS, "methadone", profile("default"), level=level)),
    ):
        (a, b), (c, d) = bounds(0.5), bounds(0.9)
        assert c < a < b < d


def test_two_studies_of_one_name_are_left_out_one_at_a_time():
    alone = pool(STUDIES.assign(study=list("aab"))).leave_one_out()
    assert alone["fraction"].tolist() == pytest.approx(pool(STUDIES).leave_one_out()["fraction"].tolist())
    with pytest.raises(FactorError, match="study b: sd is inf"):
        pool(STUDIES.assign(sd=[0.1, np.inf, 0.1]))
    with pytest.raises(FactorError, match="study a: fraction is 'x'"):
        pool(STUDIES.assign(fraction=["x", 0.3, 0.3]))


def test_a_row_without_a_place_is_not_dropped():
    with pytest.raises(FactorError, match="calibrate row 3: no place"):
        calibrate(SALES.assign(place=["a", "b", None, "d"]), "tramadol")


def test_one_place_that_excretes_more_than_it_took_is_refused_by_name():
    with pytest.raises(FactorError, match=r"tramadol by tramadol at c: implied recovery 300 %.*Likely causes"):
        calibrate(SALES.assign(load=[30.0, 70, 900, 120]), "tramadol")
    # 103 % within its stated errors is scatter
    assert calibrate(SALES.assign(load=[30.0, 70, 309, 120]), "tramadol").recovery.median() < 1


def test_points_that_agree_too_well_are_not_taken_for_knowledge():
    # four places with 14 % error each cannot give a recovery to a millionth
    low, high = calibrate(SALES.assign(load=SALES["consumption"] * 0.3), "tramadol").interval()
    assert low < 0.29
    assert high > 0.31
    same = pool(STUDIES.assign(fraction=0.4))
    low, high = same.bounds
    assert high - low > 0.02
    assert same.distribution().sd() > 0.005


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"load_median": -1}, "load_median is -1"),
        ({"load_median": np.nan}, "load_median is nan"),
        ({"load_min": 0}, "load_min is 0"),
        ({"load_min": 3, "load_max": 2}, "needed rising"),
        ({"dispensed": 0}, "dispensed is 0"),
    ],
)
def test_summary_figures_that_cannot_be_are_refused(change, said):
    figures = {"load_median": 2, "load_min": 1, "load_max": 3, "dispensed": 9} | change
    with pytest.raises(FactorError, match=f"x: .*{said}"):
        implied_recovery("x", n=5, **figures)


CLAIM = {
    "id": "x-v1", "quantity": "excretion_fraction", "drug": "tramadol", "biomarker": "tramadol", "value": 0.25,
    "basis": "molar", "citation": "own",
}  # fmt: skip
DOSE = {"id": "d-v1", "quantity": "dose", "drug": "tramadol", "unit": "mg/dose", "basis": "pure", "citation": "own"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (CLAIM | {"spread": -0.1, "spread_kind": "predictive"}, r"row 1 \(x-v1\): its spread cannot be used"),
        (CLAIM | {"spread": 0.9, "spread_kind": "predictive"}, r"row 1 \(x-v1\): .* too wide"),
        (CLAIM | {"spread": -0.1, "spread_kind": "sd"}, r"row 1 \(x-v1\): spread is -0.1"),
        (CLAIM | {"value": 0.5, "spread": 0.4, "spread_kind": "predictive", "distribution": "lognormal"},
         r"row 1 \(x-v1\): .* lies above 1"),
        (DOSE | {"value": -5}, r"row 1 \(d-v1\): .*median = -5"),
        (DOSE | {"value": 5, "low": 5, "high": 5}, r"row 1 \(d-v1\): .*gsd = 1"),
    ],
)  # fmt: skip
def test_a_claim_whose_numbers_cannot_be_is_named_with_its_row(row, said):
    with pytest.raises(FactorError, match=f"overlay o {said}"):
        profile("default", overlay={"name": "o", "claim": [row]})


def test_a_choice_without_its_keys_or_with_a_weight_that_is_none_is_refused():
    with pytest.raises(FactorError, match=r"overlay o, factor\[1\]: biomarker is missing"):
        profile("default", overlay={"name": "o", "factor": [{"drug": "tramadol", "claims": ["x"]}]})
    for weight, said in (
        (float("nan"), r"factor\[1\].claims\[1\].weight: got nan"),
        (0.0, "each with a weight above 0"),
    ):
        weighted = {"drug": "tramadol", "biomarker": "tramadol", "claims": [{"id": "x-v1", "weight": weight}]}
        with pytest.raises(FactorError, match=said):
            profile("default", overlay={"name": "o", "claim": [CLAIM], "factor": [weighted]})


def test_an_excretion_that_reaches_above_one_is_no_factor():
    with pytest.raises(FactorError, match=r"excretion of tramadol as tramadol: 22 % of .* lies above 1"):
        Factor("tramadol", "tramadol", Uniform(0.3, 1.2), 1.0, ("x",), "user")


def test_a_calibration_is_listed_with_its_version_in_every_result():
    found = calibrate(SALES, "tramadol")
    row = found.claim("tramadol-ours-v1", "own sales")
    ours = profile("default", overlay={"name": "our-plants", "version": "1.2", "claim": [row]})
    estimate = wbe.estimate(small_city(biomarkers=("tramadol",)), factors=ours)
    assert estimate.provenance["overlay"] == ["our-plants 1.2"]
    assert estimate.provenance["overlay_changes"] == ["our-plants: tramadol by tramadol from tramadol-ours-v1"]
    assert estimate.provenance["profile_hash"] != profile("default").hash
    assert "tramadol-ours-v1" in estimate.explain("天元区", estimate.months[0], "tramadol")
    listed = claims("tramadol", overlay={"name": "our-plants", "claim": [row]})
    assert listed.loc["tramadol-ours-v1", "status"] == "user"


# ---- corrections and what they are not sure of --------------------------------------------------------------------


def test_a_correction_carries_the_spread_of_its_rates_as_drawn_by_hand():
    samples = small_city(biomarkers=COCAINE)
    moved = correct(samples, profile("gracia-lor-2016"), hours=6.0)
    first = [float(samples["concentration"].sel(biomarker=b).isel(sample=0)) for b in COCAINE]
    masses = np.array([mass_of(b) for b in COCAINE])
    reactions, spread = network(COCAINE), rate("cocaine")["log_sd"]
    logs = []
    for z in np.random.default_rng(1).normal(size=3000):
        faster = reactions * np.exp(z * spread)  # all of it hangs on the loss of cocaine
        logs.append(np.log(expm(-6.0 * faster) @ (first / masses)))
    width = np.diff(np.quantile(logs, [0.025, 0.975], axis=0), axis=0)[0] / (2 * 1.959964)
    assert moved["stability_log_sd"].isel(sample=0).values == pytest.approx(width, rel=0.05)


def test_what_is_not_known_of_sewers_and_solids_reaches_every_interval_and_the_budget():
    samples = small_city(biomarkers=("benzoylecgonine", "methamphetamine", "morphine", "cocaine", "thc_cooh"))
    chosen = profile("gracia-lor-2016")
    moved = correct(samples, chosen, hours=6.0, sorption=["thc_cooh"])
    raw, estimate = (wbe.estimate(s, factors=chosen) for s in (samples, moved))
    where = ("天元区", estimate.months[0])
    shares = {drug: estimate.budget(*where, drug).set_index("source")["share"] for drug in ("cocaine", "thc")}
    assert {"stability", "residence"} <= set(shares["cocaine"].index)
    assert shares["thc"].idxmax() == "sorption"
    assert "stability" not in estimate.budget(*where, "methamphetamine")["source"].tolist()

    def fold(e, drug):
        found = e.per_sample("consumption").sel(drug=drug).isel(sample=0)
        return float(found["upper"] / found["lower"])

    assert fold(estimate, "cocaine") > fold(raw, "cocaine")
    assert fold(estimate, "thc") > 1.5 * fold(raw, "thc")
    # sizes of error are learnt from the file, so that corrected neighbours move this one by a hair
    assert fold(estimate, "methamphetamine") == pytest.approx(fold(raw, "methamphetamine"), rel=1e-3)


def test_a_share_on_solids_common_to_all_districts_cancels_between_them():
    samples = small_city(districts=2, biomarkers=("thc_cooh",))
    chosen = profile("default")
    both = [samples, correct(samples, chosen, sorption=["thc_cooh"])]
    a, b = (wbe.estimate(s, factors=chosen).ratio("天元区", "荷塘区").iloc[0] for s in both)
    assert (b["upper"] / b["lower"]) == pytest.approx(a["upper"] / a["lower"], rel=1e-9)


def test_a_known_residence_time_leaves_the_rates_only():
    samples, chosen = small_city(biomarkers=COCAINE), profile("gracia-lor-2016")
    known = correct(samples, chosen, hours=6.0, hours_cv=0)
    assert not known["residence_log_sd"].any()
    assert bool((known["stability_log_sd"].sel(biomarker="cocaine") > 0).all())
    with pytest.raises(FactorError, match="hours_cv is -1"):
        correct(samples, chosen, hours=6.0, hours_cv=-1)


def test_corrected_samples_that_lost_their_spread_are_refused():
    moved = correct(small_city(biomarkers=COCAINE), profile("gracia-lor-2016"), hours=6.0)
    with pytest.raises(UncertaintyError, match="lack stability_log_sd, the spread of that correction"):
        wbe.estimate(moved.drop_vars("stability_log_sd"), factors="gracia-lor-2016")


def test_sorption_that_a_claim_absorbs_is_refused_when_loss_is_asked_for_too():
    own = CLAIM | {"drug": "thc", "biomarker": "thc_cooh", "value": 0.005, "absorbs": "sorption"}
    mine = profile("default", overlay={"name": "o", "claim": [own]})
    samples = small_city(biomarkers=("thc_cooh", "cocaine"))
    with pytest.raises(FactorError, match="thc by thc_cooh: sorption cannot be corrected"):
        correct(samples, mine, hours=6.0, sorption=["thc_cooh"])
    with pytest.raises(FactorError, match="asks for mdma, not measured"):
        correct(samples, mine, sorption=["mdma"])


def test_a_comparison_refuses_samples_corrected_for_what_a_profile_includes():
    moved = correct(small_city(biomarkers=("thc_cooh",)), profile("default"), sorption=["thc_cooh"])
    own = CLAIM | {"drug": "thc", "biomarker": "thc_cooh", "value": 0.005, "absorbs": "sorption"}
    with pytest.raises(FactorError, match="sorption cannot be corrected, the claim x-v1"):
        compare(moved, ["default", profile("default", overlay={"name": "o", "claim": [own]})])


def test_a_result_of_which_more_formed_than_is_there_names_its_sample():
    samples = small_city(biomarkers=COCAINE)
    little = samples["concentration"].where(samples["biomarker"] != "benzoylecgonine", 0.001)
    samples["concentration"] = little.assign_attrs(samples["concentration"].attrs)
    name = str(samples["sample"].values[0])
    with pytest.raises(FactorError, match=rf"sample {name} \(benzoylecgonine\).*more would have formed in 6 h"):
        correct(samples, profile("gracia-lor-2016"), hours=6.0)


def test_upper_limits_of_quantification_move_with_the_loss_as_lower_ones_do():
    samples = small_city(biomarkers=COCAINE)
    samples["uloq"] = (samples["loq"] * 0 + 5000.0).assign_attrs(samples["loq"].attrs)
    moved = correct(samples, profile("gracia-lor-2016"), hours=6.0)
    ratio = {v: float((moved[v] / samples[v]).sel(biomarker="cocaine").mean()) for v in ("loq", "uloq")}
    assert ratio["uloq"] == pytest.approx(ratio["loq"])
    assert ratio["uloq"] > 1.1


def test_the_correction_is_kept_in_words_and_in_the_record():
    moved = correct(small_city(biomarkers=("thc_cooh",)), profile("default"), sorption=["thc_cooh"])
    assert json.loads(moved.attrs["corrected_for"])["sorption"] == ["thc_cooh"]
    low, high = (on_solids("thc_cooh")[k] for k in ("low", "high"))
    assert float(moved["sorption_log_sd"].max()) == pytest.approx(
        np.log1p(-np.random.default_rng(0).uniform(low, high, 200_000)).std(), rel=0.01
    )


def test_an_estimate_takes_the_chinese_name_of_a_drug():
    estimate = wbe.estimate(small_city())
    by_id = estimate.budget("天元区", "2021-01", "methamphetamine")
    assert estimate.budget("天元区", "2021-01", "冰毒").equals(by_id)
    assert estimate.explain("天元区", "2021-01", "甲基苯丙胺") == estimate.explain(
        "天元区", "2021-01", "methamphetamine"
    )
    with pytest.raises(InputError, match="drug '甲基苯丙'"):
        estimate.budget("天元区", "2021-01", "甲基苯丙")


def test_what_a_reader_prints_is_one_line_with_what_it_rests_on():
    chosen = profile("default", overlay={"name": "ours", "none": [{"drug": "mdma", "claim": "mda-none"}]})
    assert repr(chosen).startswith(f"<wbe.Profile default+ours {profile('default').version} ({chosen.hash}): ")
    assert f"{chosen.n_unverified} of {chosen.n_claims} claims unverified; 1 changed by ours" in repr(chosen)
    assert "<wbe.Pooled 3 studies (dersimonian-laird, hartung-knapp): " in repr(pool(STUDIES))
    assert "only excretion x compliance x stability is" in repr(calibrate(SALES, "tramadol"))
    assert "These disagree" in repr(joint({"methadone": (80.0, 0.1), "eddp": (30.0, 0.1)}, "methadone", profile()))


def test_a_mass_fraction_is_told_from_a_molar_one_where_the_molar_masses_lie_close():
    # 42.91 % by mass is the printed factor 2.33; by moles it is 45 %, only 4.8 % away
    row = {"id": "x", "quantity": "excretion_fraction", "drug": "cocaine", "biomarker": "benzoylecgonine",
           "value": 1 / 2.33, "correction_factor": 2.33, "basis": "molar", "citation": "x"}  # fmt: skip
    with pytest.raises(FactorError, match=r"row 1 \(x\): a mass fraction offered as molar"):
        profile("default", overlay={"claim": [row]})
    assert profile("default", overlay={"claim": [{**row, "value": 0.45}]}).factor("cocaine", "benzoylecgonine")


def test_corrections_take_the_chinese_name_of_a_biomarker():
    city = small_city(biomarkers=("cocaine", "amphetamine"))
    said = correct(city, profile("zuccato-2008"), sorption=["苯丙胺"]).attrs
    assert said["corrections"] == correct(city, profile("zuccato-2008"), sorption=["amphetamine"]).attrs["corrections"]
    assert rate("可卡因", 20.0) == rate("cocaine", 20.0)


def test_the_warning_of_a_profile_stands_in_the_record_of_every_result():
    rule = profile("agency-cotinine")
    assert "loads rise by 1/share" in rule.warning
    assert "1/占比" in rule.warning_zh
    assert wbe.estimate(small_city(), factors=rule).provenance["profile_warning"] == rule.warning
    for name in profile_names():
        one = profile(name)
        assert bool(one.warning) == bool(one.warning_zh)
        assert (one.n_unverified > 0) == ("凭记忆录入" in one.warning_zh)


def test_ranks_and_plots_take_the_chinese_name_of_a_drug():
    estimate = wbe.estimate(small_city(months=2), draws=2000)
    assert wbe.rank(estimate, drug="冰毒").equals(wbe.rank(estimate, drug="methamphetamine"))
    assert len(wbe.plot.trends(estimate, drug="甲基苯丙胺", language="en").axes) == 3
    assert wbe.plot.tiles(estimate, month="2021-01", drug="冰毒") is not None
    with pytest.raises(wbe.WbeError, match="drug '冰'; needed the name of one that is known"):
        wbe.rank(estimate, drug="冰")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: pool("studies.csv"), r"pool: got 'studies.csv'; needed a table .* Read it first: pandas.read_csv"),
        (lambda: calibrate("sales.csv", "tramadol"), r"calibrate: got 'sales.csv'; needed a table"),
        (
            lambda: calibrate(SALES, "tramadol", priors={"excretion": 0.3}),
            r"prior excretion: 0.3; needed a distribution",
        ),
        (lambda: profile("ours.toml"), r"laid over one: profile\('default', overlay='ours.toml'\)"),
        (
            lambda: recovered(expected=30),
            r"expected is 30; a labelled recovery is above 0 and at most 1. A percentage\?",
        ),
        (lambda: recovered(expected=0), "expected is 0; a labelled recovery"),
    ],
)
def test_what_a_researcher_hands_over_by_mistake_is_answered_in_words(ask, said):
    with pytest.raises(FactorError, match=said):
        ask()


def recovered(**more):
    return implied_recovery("tramadol", load_median=100, load_min=50, load_max=300, n=8, dispensed=400, **more)
