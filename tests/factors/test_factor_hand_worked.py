"""Numbers worked by hand and edges where a decision turns: what each figure becomes, and where it is refused."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from wbe.errors import FactorError, UnknownName
from wbe.factors import (
    at_sampler,
    at_source,
    calibrate,
    claims,
    compare,
    correct,
    implied_recovery,
    medicine_share,
    ordinary,
    pool,
    profile,
    rate,
    reliability,
    surviving,
    york,
)
from wbe.factors.biomarkers import disagree, joint, likely
from wbe.factors.claim_rows import ABSORBABLE, QUANTITIES, check, join, parts, tidy, worst
from wbe.factors.compound_table import cas_is_valid, molar_mass, table_faults
from wbe.factors.flips import groups
from wbe.factors.medicines import _statement as explains
from wbe.factors.places import Places
from wbe.factors.random_effects import dersimonian_laird, mean_and_se, normal_or_t, prediction, reml
from wbe.factors.recovery import expected_range
from wbe.factors.rules import rules
from wbe.factors.spreads import dose_of, fraction_of, printed_error, route_mix
from wbe.factors.transformation import network, on_solids, residence
from wbe.samples import Flag
from wbe.testing import small_city
from wbe.uncertainty.distributions import Beta

Z = 1.959963984540054
ROW = {
    "table": "t", "row": 2, "id": "x", "quantity": "excretion_fraction", "drug": "tramadol", "biomarker": "tramadol",
    "basis": "molar", "value": 0.3, "low": math.nan, "high": math.nan, "spread": math.nan, "spread_kind": "", "n": "",
    "status": "user", "citation": "own",
}  # fmt: skip
BETWEEN = rules()["spread"]["between_studies_logit"]


# ---- from a printed claim to a distribution ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "error"),
    [
        ({}, 0.0),
        ({"spread": 0.08, "spread_kind": "sd", "n": "16"}, 0.02),
        ({"spread": 0.08, "spread_kind": "sd", "n": ""}, 0.08),
        ({"spread": 0.08, "spread_kind": "sd", "n": "0"}, 0.08),
        ({"spread": 0.08, "spread_kind": "sd", "n": "small"}, 0.08),
        ({"spread": 0.02, "spread_kind": "sem", "n": "16"}, 0.02),
        ({"spread": 0.0, "spread_kind": "sd", "n": "4"}, 0.0),
        ({"low": 0.2, "high": 0.4, "spread_kind": "ci95"}, 0.2 / (2 * Z)),
        ({"low": 0.2, "high": 0.4, "spread_kind": "range"}, 0.2 / math.sqrt(12)),
        ({"low": 0.2}, 0.0),
        ({"high": 0.4}, 0.0),
    ],
)
def test_a_printed_spread_becomes_a_standard_error_of_the_mean(printed, error):
    row = ROW | printed
    assert printed_error(row, row["low"], row["high"]) == pytest.approx(error)
    # the spread between studies comes in quadrature, 0.30 on the logit
    assert fraction_of(row).sd() == pytest.approx(math.hypot(error, BETWEEN * 0.3 * 0.7), rel=2e-3)
    assert fraction_of(row).median() == pytest.approx(0.3)


def test_a_range_without_a_mean_stands_at_its_middle_and_half_a_range_at_nothing():
    row = ROW | {"value": math.nan, "low": 0.2, "high": 0.4}
    assert fraction_of(row).median() == pytest.approx(0.3)
    for half in ({"low": 0.2}, {"high": 0.4}, {}):
        with pytest.raises(FactorError, match="no number to use"):
            fraction_of(ROW | {"value": math.nan} | half)


def test_a_profile_may_state_its_own_spread_in_place_of_all():
    assert fraction_of(ROW, 0.2).sd() == pytest.approx(0.06, rel=1e-6)
    assert fraction_of(ROW | {"spread": 0.09, "spread_kind": "predictive"}).sd() == pytest.approx(0.09)


def test_a_mass_fraction_takes_the_ratio_of_the_molar_masses_and_may_not_exceed_all():
    # cocaine 303.354 over benzoylecgonine 289.327
    row = ROW | {"drug": "cocaine", "biomarker": "benzoylecgonine", "basis": "mass"}
    assert fraction_of(row).median() == pytest.approx(0.3 * 303.354 / 289.327)
    assert fraction_of(row, 0.1).sd() == pytest.approx(0.03 * 303.354 / 289.327, rel=1e-6)
    with pytest.raises(FactorError, match="molar fraction of 1; more than was taken"):
        fraction_of(ROW | {"value": 1.0})
    with pytest.raises(FactorError, match=r"molar fraction of 1\.03"):
        fraction_of(row | {"value": 0.98})
    with pytest.raises(FactorError, match="is a claim of dose"):
        fraction_of(ROW | {"quantity": "dose"})
    for basis in ("", "unstated"):
        with pytest.raises(FactorError, match="only when its source says molar"):
            fraction_of(ROW | {"basis": basis})


def test_a_tiny_fraction_may_be_log_normal():
    found = fraction_of(
        ROW | {"value": 0.005, "distribution": "lognormal", "spread": 0.001, "spread_kind": "predictive"}
    )
    assert found.log_normal
    assert found.median() == pytest.approx(0.005)
    assert found.sd() / found.mean() == pytest.approx(0.2)


def test_a_kept_distribution_needs_its_bounds():
    kept = ROW | {"distribution": "logit-t", "low": 0.2, "high": 0.5, "df": 4.0}
    found = fraction_of(kept)
    assert (found.low, found.centre, found.high, found.df) == (0.2, 0.3, 0.5, 4.0)
    assert fraction_of(kept | {"df": math.nan}).df == math.inf
    for lost in ("low", "high"):
        with pytest.raises(FactorError, match="no number to use"):
            fraction_of(kept | {lost: math.nan})
    with pytest.raises(FactorError, match="cannot be used"):
        fraction_of(kept | {"low": 0.35})
    # a profile's own spread comes before it
    assert fraction_of(kept, 0.1).sd() == pytest.approx(0.03, rel=1e-6)


DOSE = ROW | {"quantity": "dose", "unit": "mg/dose", "basis": "pure", "value": 30.0}


def test_doses_are_read_as_they_were_printed():
    assert dose_of(DOSE).median() == 30.0
    assert dose_of(DOSE).sd() / dose_of(DOSE).mean() == pytest.approx(rules()["spread"]["dose_cv"])
    interval = dose_of(DOSE | {"value": math.nan, "low": 20.0, "high": 80.0})
    assert interval.median() == pytest.approx(40.0)
    assert interval.quantile(0.975) == pytest.approx(80.0)
    both = dose_of(DOSE | {"low": 15.0, "high": 60.0})
    assert both.median() == 30.0
    assert both.quantile(0.975) / both.quantile(0.025) == pytest.approx(4.0)
    triangle = dose_of(DOSE | {"distribution": "triangular", "low": 15.0, "high": 60.0})
    assert (triangle.low, triangle.mode, triangle.high) == (15.0, 30.0, 60.0)
    assert dose_of(DOSE | {"distribution": "triangular", "value": math.nan, "low": 10.0, "high": 60.0}).mode == 35.0
    # without both bounds a triangle is no triangle
    assert dose_of(DOSE | {"distribution": "triangular", "low": 15.0}).median() == 30.0
    for change, said in (
        ({"unit": "g/dose"}, "needed a dose in mg/dose"),
        ({"quantity": "purity"}, "needed a dose in mg/dose"),
        ({"basis": "street"}, "the dose is street"),
        ({"value": math.nan}, "no number to use"),
        ({"value": math.nan, "low": 3.0}, "no number to use"),
    ):
        with pytest.raises(FactorError, match=said):
            dose_of(DOSE | change)


def test_routes_mix_by_their_users_with_the_variance_of_the_weights():
    a, b = Beta(mean=0.2, sd=0.02), Beta(mean=0.4, sd=0.04)
    mix = route_mix([(8.0, a), (2.0, b)])
    draws = np.random.default_rng(1)
    share = draws.beta(8, 2, 400_000)
    seen = share * draws.beta(a.a, a.b, share.size) + (1 - share) * draws.beta(b.a, b.b, share.size)
    assert mix.mean() == pytest.approx(seen.mean(), rel=2e-3)
    assert mix.sd() == pytest.approx(seen.std(), rel=1e-2)


# ---- claims and compounds ----------------------------------------------------------------------------------------


def table(**changes):
    row = {"id": "a-v1", "quantity": "excretion_fraction", "drug": "tramadol", "biomarker": "tramadol", "value": "0.25",
           "low": "", "high": "", "correction_factor": "", "basis": "molar", "citation": "own", "status": "user",
           "absorbs": "", "derived_from": "", "supersedes": "", "doi": ""}  # fmt: skip
    return join([tidy(pd.DataFrame([row | changes]), "t")])


@pytest.mark.parametrize(
    "good",
    [
        {"value": "1"}, {"value": "0.25", "low": "0", "high": "1"}, {"value": "0.2", "low": "0.2", "high": "0.2"},
        {"value": "", "low": "0.1", "high": "0.2"}, {"doi": "10.1000/abc"}, {"absorbs": "sewer_loss; unused"},
        {"derived_from": "a-v1"}, {"basis": "unstated"}, {"correction_factor": "4.0"}, {"correction_factor": "4.19"},
        {"basis": "mass", "correction_factor": "9"}, {"quantity": "half_life", "value": "35"},
        {"quantity": "ratio_window", "drug": "nobody"},
    ],
)  # fmt: skip
def test_a_claim_that_agrees_with_itself_passes(good):
    check(table(**good))


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"value": "1.0001"}, "factors-claim-fraction-above-one"),
        ({"high": "1.5"}, "factors-claim-fraction-above-one"),
        ({"value": "-0.001"}, "factors-claim-fraction-negative"),
        ({"value": "0"}, "factors-claim-zero"),
        ({"value": "0.2", "low": "0.21"}, "factors-claim-order"),
        ({"value": "0.2", "high": "0.19"}, "factors-claim-order"),
        ({"citation": ""}, "factors-claim-citation"),
        ({"doi": "10.12/abc"}, "factors-claim-doi"),
        ({"status": "known"}, "factors-claim-word"),
        ({"quantity": "excretion"}, "factors-claim-word"),
        ({"absorbs": "sewer_loss; magic"}, "factors-claim-word"),
        ({"basis": "moles"}, "factors-claim-basis"),
        ({"biomarker": "tramadolol"}, "factors-claim-substance"),
        ({"supersedes": "b-v1"}, "factors-claim-relation"),
        ({"correction_factor": "4.3"}, "factors-claim-factor-apart"),
        ({"correction_factor": "3.7"}, "factors-claim-factor-apart"),
    ],
)
def test_a_claim_that_contradicts_itself_is_told_by_its_code(bad, code):
    with pytest.raises(FactorError) as caught:
        check(table(**bad))
    assert caught.value.codes == [code]


def test_lists_and_statuses_of_claims():
    assert parts(" a ;; b;") == ("a", "b")
    assert parts(None) == parts("") == ()
    assert worst(["user"]) == "user"
    assert worst(["verified", "user", "derived"]) == "derived"
    assert "unused" in ABSORBABLE
    assert "no_factor" in QUANTITIES
    with pytest.raises(FactorError, match="no column 'id'"):
        tidy(pd.DataFrame([{"value": "1"}]), "t")


COMPOUND = {"compound_id": "x", "formula": "C10H15N", "molar_mass": "149.233", "cas": "537-46-2"}


def test_a_compound_whose_mass_number_or_name_is_wrong_is_told():
    assert molar_mass("C10H15N") == pytest.approx(149.233, abs=1e-3)
    assert molar_mass("H") == pytest.approx(1.008, abs=1e-3)
    assert table_faults((COMPOUND,)) == []
    assert table_faults((COMPOUND | {"cas": ""},)) == []
    faults = table_faults((COMPOUND | {"molar_mass": "149.255", "cas": "537-46-3"}, COMPOUND))
    assert [f.code for f in faults] == ["factors-compound-mass", "factors-compound-cas", "factors-compound-twice"]
    assert [f.values["row"] for f in faults] == [2, 2, 3]
    # a hundred-thousandth is rounding
    assert table_faults((COMPOUND | {"molar_mass": "149.235"},)) == []
    for wrong in ("", "c10", "C10H15N+", "C10 H15"):
        with pytest.raises(FactorError, match="needed element symbols"):
            molar_mass(wrong)
    with pytest.raises(FactorError, match="no atomic weight for Xx"):
        molar_mass("C2Xx3")
    assert not any(map(cas_is_valid, ("537-46-22", "537-462-2", "1-46-2", "537462")))


# ---- random effects ----------------------------------------------------------------------------------------------

Y, V = np.array([0.0, 1.0, 2.5, 1.2]), np.array([0.1, 0.2, 0.3, 0.2])


def test_moments_and_means_are_the_textbook_ones():
    w = 1 / V
    fixed = (w * Y).sum() / w.sum()
    q = (w * (Y - fixed) ** 2).sum()
    tau2 = (q - 3) / (w.sum() - (w**2).sum() / w.sum())
    assert dersimonian_laird(w, q, 4) == pytest.approx(tau2)
    assert dersimonian_laird(w, 2.9, 4) == 0.0
    mean, se, weight = mean_and_se(Y, V, tau2, knapp=False)
    r = 1 / (V + tau2)
    assert mean == pytest.approx((r * Y).sum() / r.sum())
    assert se == pytest.approx(1 / math.sqrt(r.sum()))
    assert weight == pytest.approx(r)
    _, knapp, _ = mean_and_se(Y, V, 0.0, knapp=True)
    assert knapp == pytest.approx(math.sqrt(q / 3 / w.sum()))
    assert normal_or_t(0.95, 3, True) == pytest.approx(Z)
    assert normal_or_t(0.95, 3, False) == pytest.approx(stats.t.ppf(0.975, 3))
    assert reml(np.array([1.0, 1.0, 1.0]), V[:3]) == 0.0


def test_the_prediction_averages_over_the_spread():
    found = prediction(Y, V)
    assert found.weight.sum() == pytest.approx(1.0)
    by_hand = [
        float(found.weight @ stats.norm.cdf((found.quantile(p) - found.mean) / found.sd)) for p in (0.01, 0.5, 0.99)
    ]
    assert by_hand == pytest.approx([0.01, 0.5, 0.99], abs=1e-6)
    spread = np.sqrt(found.sd**2)
    assert spread.min() >= math.sqrt(1 / (1 / V).sum()) - 1e-12
    # another population is less sure than any single plugged-in mean
    assert found.quantile(0.975) - found.quantile(0.025) > 2 * Z * math.sqrt(reml(Y, V))


def test_places_find_the_recovery_and_the_spread_that_made_them():
    rng = np.random.default_rng(3)
    true = special.expit(special.logit(0.3) + 0.5 * rng.standard_normal(40))
    z = np.log(true) + 0.1 * rng.standard_normal(40)
    found = Places(z, np.full(40, 0.01))
    assert found.spread() == pytest.approx(0.5, abs=0.15)
    middle = found.median_place()
    assert middle.low < 0.3 < middle.high
    assert middle.high - middle.low < 0.12
    other = found.another_place()
    assert other.centre == pytest.approx(middle.centre, rel=0.02)
    assert special.logit(other.high) - special.logit(other.low) == pytest.approx(2 * Z * 0.5, rel=0.3)
    low, mid, high = found.left_out(0, np.array([0.025, 0.5, 0.975]))
    assert low < mid < high < 0.2
    assert (
        found.likelihood(np.array([special.logit(0.3)]))[0] > 100 * found.likelihood(np.array([special.logit(0.5)]))[0]
    )
    assert found.likelihood(np.array([-50.0, 50.0])).tolist() == [0.0, 0.0]


def test_an_even_prior_on_ln_recovery_is_cut_at_all():
    sure = Places(np.log([0.9, 0.92, 0.88, 0.91]), np.full(4, 0.04))
    assert sure.median_place().high < 1
    assert sure.another_place().high < 1


# ---- pools --------------------------------------------------------------------------------------------------------

STUDIES = pd.DataFrame({"study": list("abc"), "fraction": [0.4, 0.3, 0.35], "sd": 0.1, "n": [8, 6, 7]})


def test_weights_intervals_and_shares_of_a_pool_by_hand():
    found = pool(STUDIES, interval="normal")
    v = (0.1**2 / STUDIES["n"]) / (STUDIES["fraction"] * (1 - STUDIES["fraction"])) ** 2
    assert found.studies["variance"].to_numpy() == pytest.approx(v.to_numpy())
    assert found.i2 == pytest.approx(max(0.0, (found.q - 2) / found.q))
    assert found.p == pytest.approx(stats.chi2.sf(found.q, 2))
    low, high = found.bounds
    assert special.logit(high) - special.logit(low) == pytest.approx(2 * Z * found.se)
    t = pool(STUDIES)
    low, high = t.bounds
    assert special.logit(high) - special.logit(low) == pytest.approx(2 * stats.t.ppf(0.975, 2) * t.se)
    narrow, wide = (pool(STUDIES, level=p).predicted for p in (0.5, 0.95))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    d = t.distribution()
    assert wide == pytest.approx((d.low, d.high), rel=1e-6)
    left = pool(STUDIES).leave_one_out()
    assert left.at["a", "fraction"] == pytest.approx(pool(STUDIES.iloc[1:]).fraction)
    assert left.at["a", "shift"] == pytest.approx(pool(STUDIES.iloc[1:]).fraction - pool(STUDIES).fraction)
    with pytest.raises(FactorError, match="at least 3 studies, got 2"):
        pool(STUDIES.head(2)).leave_one_out()
    row = t.claim("x-v1", "tramadol", "tramadol", "own", route="oral")
    assert (row["n"], row["route"], row["distribution"]) == ("21", "oral", "logit-t")


@pytest.mark.parametrize(
    ("change", "said"),
    [({"fraction": 1.0}, "fraction is 1;"), ({"fraction": 0.0}, "fraction is 0;"), ({"sd": -1.0}, "sd is -1"),
     ({"n": 1.9}, "n is 1.9"), ({"fraction": True}, "fraction is True")],
)  # fmt: skip
def test_an_impossible_study_is_refused(change, said):
    rows = STUDIES.to_dict("records")
    rows[1] |= change
    with pytest.raises(FactorError, match=f"study b: {said}"):
        pool(pd.DataFrame(rows))
    rows[1] |= {"fraction": 0.3, "sd": 0.1, "n": 2}
    assert len(pool(pd.DataFrame(rows)).studies) == 3
    with pytest.raises(FactorError, match="column sd, n missing"):
        pool(STUDIES[["study", "fraction"]])


# ---- lines and recoveries ----------------------------------------------------------------------------------------


def test_an_ordinary_line_is_the_one_of_every_textbook():
    x, y = np.array([0.0, 1.0, 2.0, 4.0]), np.array([1.0, 2.9, 5.2, 8.7])
    found, theirs = ordinary(x, y), stats.linregress(x, y)
    assert (found.slope, found.intercept) == pytest.approx((theirs.slope, theirs.intercept))
    assert (found.slope_se, found.intercept_se) == pytest.approx((theirs.stderr, theirs.intercept_stderr))
    low, high = found.slope_interval()
    assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, 2) * theirs.stderr)
    assert (low + high) / 2 == pytest.approx(found.slope)
    assert reliability(x, 0.0) == 1.0
    assert reliability(x, 10.0) == 0.0
    for args, said in (
        ((x[:2], y[:2], 0.1, 0.1), "2 and 2 points"), ((x, y[:3], 0.1, 0.1), "4 and 3 points"),
        ((x, y, 0.0, 0.1), "error above 0"), ((x, y, 0.1, 0.0), "error above 0"),
    ):  # fmt: skip
        with pytest.raises(FactorError, match=said):
            york(*args)
    assert york(x[:3], y[:3], 0.1, 0.1).n == 3
    # scatter beyond the stated errors widens, less does not narrow
    tight, loose = york(x, y, 0.001, 0.001), york(x, y, 1.0, 1.0)
    assert tight.chi2 > 2 > loose.chi2
    assert loose.slope_se == pytest.approx(
        math.sqrt(1 + found.slope**2) / math.sqrt(((x - x.mean()) ** 2).sum()), rel=0.1
    )


def test_an_implied_recovery_is_worked_by_hand():
    found = implied_recovery("x", load_median=30, load_min=20, load_max=45, n=8, dispensed=100, dispensed_cv=0.2)
    assert found.median == pytest.approx(0.3)
    assert found.log_sd == pytest.approx(math.log(45 / 20) / expected_range(8))
    se = math.hypot(math.sqrt(math.pi / 2) * found.log_sd / math.sqrt(8), math.sqrt(math.log1p(0.04)))
    half = stats.t.ppf(0.975, 7) * se
    assert found.lower == pytest.approx(0.3 * math.exp(-half))
    assert found.upper == pytest.approx(0.3 * math.exp(half))
    assert found.verdict_note.code == "factors-recovery"
    with pytest.raises(FactorError, match="n is 1; needed at least 2"):
        expected_range(1)
    figures = {"load_median": 30, "load_min": 28, "load_max": 32, "n": 8, "dispensed": 100, "dispensed_cv": 0.02}
    for label, code in ((0.3, "agrees"), (0.2, "above"), (0.4, "below")):
        assert implied_recovery("x", **figures, expected=label).verdict_note.code == f"factors-recovery-{code}"
    wide = implied_recovery("x", **figures | {"load_min": 3, "load_max": 90}, expected=0.3)
    assert wide.verdict_note.code == "factors-recovery-untested"
    assert wide.verdict_note.values["said"].code == "factors-recovery-open"
    assert implied_recovery("x", **figures | {"load_median": 100, "load_max": 101}, expected=1.0).median == 1.0
    top = implied_recovery("x", **figures | {"load_median": 95, "load_min": 40, "load_max": 99})
    assert top.verdict_note.code == "factors-recovery-open"


def test_what_medicines_explain_is_said_on_the_right_side():
    assert explains("morphine", 1.01, 1.5, 2.0).code == "factors-medicine-explains-more"
    assert explains("morphine", 0.5, 1.0, 1.0).code == "factors-medicine-explains-all"
    assert explains("morphine", 1.0, 1.2, 1.5).code == "factors-medicine-explains-all"
    assert explains("morphine", 0.2, 0.5, 0.99).code == "factors-medicine-explains-part"
    with pytest.raises(FactorError, match="nothing prescribed"):
        medicine_share({}, "3 mg/d/1000 inhabitant", "morphine")
    with pytest.raises(FactorError, match="measured_cv is 0"):
        medicine_share({"morphine": "3 mg/d/1000 inhabitant"}, "3 mg/d/1000 inhabitant", "morphine", measured_cv=0)


# ---- the sewer ----------------------------------------------------------------------------------------------------


def test_rates_move_with_temperature_by_their_own_or_the_general_coefficient():
    # half-lives of the glucuronide of morphine: 7 h at 20 and 18 h at 10 degC
    own = (math.log(2) / 7) / (math.log(2) / 18)
    found = rate("morphine_3_glucuronide", 20.0)
    assert found["theta"] == pytest.approx(own ** (1 / 10), rel=1e-3)
    assert rate("morphine_3_glucuronide", 10.0)["rate"] == pytest.approx(math.log(2) / 18, rel=0.02)
    assert found["low"] == pytest.approx(found["rate"])  # one source
    one = {"name": "o", "claim": [{"id": "t-rate", "quantity": "rate", "drug": "", "biomarker": "tramadol",
           "value": 0.1, "temperature": 15, "citation": "own"}]}  # fmt: skip
    warm = rate("tramadol", 20.0, overlay=one)
    assert warm["rate"] == pytest.approx(0.1 * rules()["temperature"]["theta"] ** 5)
    assert warm["log_sd"] == rules()["sewer"]["rate_log_sd"]
    loss = {"name": "o", "claim": [one["claim"][0] | {"quantity": "loss", "value": 0.4, "window": "12 h",
            "temperature": ""}]}  # fmt: skip
    assert rate("tramadol", 20.0, overlay=loss)["rate"] == pytest.approx(-math.log(0.6) / 12)
    assert surviving("tramadol", 12.0, overlay=loss) == pytest.approx(0.6)
    with pytest.raises(FactorError, match="no loss rate was published"):
        rate("tramadol")
    assert residence(0) == 0.0
    for wrong in (-0.1, float("nan")):
        with pytest.raises(FactorError, match="needed hours"):
            residence(wrong)


def test_what_is_lost_forms_by_moles_and_comes_back():
    names = ["6mam", "morphine"]
    matrix = network(names)
    assert matrix[1, 0] == pytest.approx(-matrix[0, 0])
    assert matrix[1, 1] == 0.0  # held stable
    sent = {"6mam": 10.0, "morphine": 90.0}
    there = at_sampler(sent, 6.0)
    moles = {n: 1 / m for n, m in (("6mam", 327.38), ("morphine", 285.343))}
    assert sum(there[n] * moles[n] for n in names) == pytest.approx(sum(sent[n] * moles[n] for n in names), rel=1e-4)
    assert there["6mam"] == pytest.approx(10.0 * surviving("6mam", 6.0))
    with pytest.raises(FactorError, match="morphine: more would have formed in 50 h"):
        at_source({"6mam": 10.0, "morphine": 1.0}, 50.0)
    solid = on_solids("methadone")
    assert solid["share"] == pytest.approx((solid["low"] + solid["high"]) / 2)
    with pytest.raises(FactorError, match="no share on solids is held"):
        on_solids("tramadol")


def test_a_claim_that_says_only_how_much_at_least_cuts_the_rate_from_below():
    # McCall 2016: more than 20 % of 6-MAM within 2 h where there is biofilm; bulk water alone loses 9-20 % in 12 h
    least = -math.log(0.8) / 2
    found = rate("6mam")
    assert found["low"] == pytest.approx(least)
    assert found["rate"] > least
    assert found["high"] > found["rate"]
    assert surviving("6mam", 2.0) < 0.8
    assert "6mam-loss-mccall-2016" in found["claims"]
    assert found["log_sd"] >= rules()["sewer"]["rate_log_sd"]
    # a bound that the sources already meet changes nothing
    slow = {"name": "o", "claim": [{"id": "c-least", "quantity": "loss", "drug": "", "biomarker": "cocaine",
            "low": 0.01, "spread_kind": "bound", "window": "12 h", "citation": "own"}]}  # fmt: skip
    assert rate("cocaine", overlay=slow) == rate("cocaine")
    # a bound from above is no loss, and nothing is known of a rate without any number
    with pytest.raises(FactorError, match="no loss rate was published"):
        rate("anabasine")


# ---- comparisons --------------------------------------------------------------------------------------------------


def test_districts_are_told_apart_from_the_first_of_their_group():
    sd = pd.Series({"a": 0.1, "b": 0.1, "c": 0.1, "d": 0.1})
    reach = Z * math.hypot(0.1, 0.1)
    value = pd.Series({"a": 10.0, "b": 10 * math.exp(-0.99 * reach), "c": 10 * math.exp(-1.01 * reach), "d": 1.0})
    assert groups(value, sd) == [["a", "b"], ["c"], ["d"]]
    assert groups(value[["d", "a"]], sd) == [["a"], ["d"]]
    # c is near b but not near a, the first
    assert groups(pd.Series({"x": 1.0}), pd.Series({"x": 0.1})) == [["x"]]


def spread_city(values):
    city = small_city(districts=len(values), months=len(values[0]), equal=True, biomarkers=("methamphetamine",))
    flat = np.array([v for district in values for v in district])
    order = np.argsort(city["district"].values, kind="stable")
    names = list(dict.fromkeys(city["district"].values))
    for i, name in enumerate(names):
        rows = np.flatnonzero(city["district"].values == name)
        city["concentration"][{"sample": rows, "biomarker": 0}] = values[i]
    assert len(order) == len(flat)
    city["flag"][:] = int(Flag.DETECTED)
    return city, names


def test_the_scatter_of_single_days_decides_who_stands_together():
    low, high = [50.0, 60.0, 55.0, 52.0], [70.0, 62.0, 66.0, 75.0]
    city, names = spread_city([high, low])
    found = compare(city, ["zuccato-2008", "gracia-lor-2016"])
    logs = np.log([high, low])
    pooled = math.sqrt(logs.var(axis=1, ddof=1).mean())
    expected = pooled * math.sqrt(math.pi / 2 / 4)
    assert found.table["load_log_sd"].to_numpy() == pytest.approx(expected)
    answer = found.holding.loc[found.holding["kind"] == "districts", "answer"].item()
    assert answer == f"{names[0]} > {names[1]}"
    # one sample each shows no scatter: the assumed spread of days stands in
    city, names = spread_city([[70.0], [50.0]])
    few = compare(city, ["zuccato-2008", "gracia-lor-2016"])
    assert few.table["load_log_sd"].to_numpy() == pytest.approx(rules()["comparison"]["day_log_sd"])
    assert few.holding.loc[few.holding["kind"] == "districts", "answer"].item() == f"{names[0]}, {names[1]}"
    assert repr(few).startswith("<wbe.Comparison of zuccato-2008, gracia-lor-2016: 4 answers, 0 conclusions flip, ")


def test_the_conflict_test_turns_at_its_stated_probability():
    doubt = rules()["several"]["doubt"]
    assert not disagree(doubt)
    assert disagree(doubt - 1e-9)
    assert likely("tramadol", "tramadol", True, ["tramadol", "odt"]).text() == (
        "the population has fewer extensive CYP2D6 metabolisers, or tramadol was poured away"
    )
    assert likely("mdma", "mdma", True, ["mdma"]).code == "factors-no-reason"
    loads = {"eddp": (40.0, 0.1), "methadone": (30.0, 0.1)}
    default, half = (joint(loads, "methadone", profile(), excretion_correlation=c) for c in (None, 0.5))
    assert default.consumption == half.consumption
    with pytest.raises(FactorError, match="excretion_correlation is 1"):
        joint(loads, "methadone", profile(), excretion_correlation=1)
    with pytest.raises(FactorError, match=r"flow_cv is -0\.1"):
        joint(loads, "methadone", profile(), flow_cv=-0.1)
    assert joint(loads, "methadone", profile(), flow_cv=0, excretion_correlation=0).consumption > 0


def test_unknown_filters_of_claims_are_refused_by_what_they_are():
    for filters, said in (
        ({"quantity": "exretion_fraction"}, "quantity 'exretion_fraction'.*Did you mean 'excretion_fraction'"),
        ({"status": "memries"}, "status 'memries'.*Did you mean 'memory'"),
        ({"biomarker": "benzoylecgxnine"}, "biomarker 'benzoylecgxnine'.*Did you mean"),
    ):
        with pytest.raises(UnknownName, match=said):
            claims(**filters)
    one = claims("cocaine", biomarker="benzoylecgonine", quantity="excretion_fraction", status="verified")
    assert set(one["biomarker"]) == {"benzoylecgonine"}
    assert set(one["status"]) == {"verified"}


# ---- what corrections and calibrations say of themselves ----------------------------------------------------------


def test_a_correction_records_what_it_moved_with_units_and_widths_above_zero():
    city = small_city(biomarkers=("cocaine", "benzoylecgonine", "methamphetamine", "thc_cooh"))
    moved = correct(city, profile("gracia-lor-2016"), hours=6.0, sorption=["thc_cooh"])
    record = json.loads(moved.attrs["corrected_for"])
    assert record == {"sewer_loss": ["cocaine", "benzoylecgonine"], "sorption": ["thc_cooh"]}
    for name in ("stability", "residence", "sorption"):
        spread = moved[f"{name}_log_sd"]
        assert spread.attrs["units"] == "1"
        assert name in spread.attrs["long_name"]
        assert bool((spread >= 0).all())
        assert bool((spread.sel(biomarker="methamphetamine") == 0).all())
    assert bool((moved["residence_log_sd"].sel(biomarker="cocaine") > 0).all())
    assert bool((moved["sorption_log_sd"].sel(biomarker="cocaine") == 0).all())
    with pytest.raises(FactorError, match="samples were corrected before"):
        correct(moved, profile("gracia-lor-2016"), hours=1.0)
    untouched = correct(city, profile("gracia-lor-2016"))
    assert json.loads(untouched.attrs["corrected_for"]) == {"sewer_loss": [], "sorption": []}
    assert untouched["concentration"].equals(city["concentration"])


def sales(n=8):
    rng = np.random.default_rng(2)
    sold = np.exp(rng.normal(5, 0.6, n))
    return pd.DataFrame({
        "place": [f"p{i}" for i in range(n)], "consumption": sold, "consumption_cv": 0.1,
        "load": 0.3 * sold * np.exp(rng.normal(0, 0.15, n)), "load_cv": 0.1,
    })  # fmt: skip


def test_a_calibration_says_which_parts_only_the_priors_know():
    priors = {"excretion": Beta(mean=0.35, sd=0.1), "compliance": Beta(mean=0.85, sd=0.08)}
    found = calibrate(sales(), "tramadol", priors=priors)
    note = found.not_identified_note
    assert note.code == "factors-product-and-priors"
    assert note.values["others"] == ["compliance"]
    assert calibrate(sales(), "tramadol").not_identified_note.code == "factors-product-only"
    # a prior on another part alone separates nothing
    alone = calibrate(
        sales(), "tramadol", priors={"compliance": Beta(mean=0.85, sd=0.08), "excretion": Beta(mean=0.35, sd=0.1)}
    )
    assert alone.recovery.median() == pytest.approx(found.recovery.median(), rel=0.02)
    row = found.claim("x-v1", "own", part="excretion")
    assert row["absorbs"] == "sorption; deconjugation; sewer_loss"
    assert found.claim("x-v1", "own")["absorbs"] == "sewer_loss; sorption; deconjugation; unused"
    assert row["low"] < row["value"] < row["high"]
    with pytest.raises(UnknownName, match="part 'exkretion'"):
        found.claim("x-v1", "own", part="exkretion")
    with pytest.raises(UnknownName, match="prior 'stabilty'"):
        calibrate(sales(), "tramadol", priors={"stabilty": Beta(mean=0.9, sd=0.05)})
    summary = found.summary()
    assert summary.loc[summary["stage"] == "before", "contraction"].isna().all()
    assert found.effective_draws > 100
    assert found.between > 0


def test_times_of_one_place_share_its_sales_and_average_its_loads():
    table = sales(4)
    twice = pd.concat([table, table.assign(load=table["load"] * 1.1)], ignore_index=True)
    points = calibrate(twice, "tramadol").points
    assert len(points) == 4
    assert points["var_y"].to_numpy() == pytest.approx(math.log1p(0.01) / 2)
    assert points["var_x"].to_numpy() == pytest.approx(math.log1p(0.01))
    assert points["variance"].to_numpy() == pytest.approx(1.5 * math.log1p(0.01))
    assert points["ln_recovery"].to_numpy() == pytest.approx(
        np.log(table["load"] / table["consumption"]) + math.log(1.1) / 2
    )
    assert calibrate(sales(3), "tramadol").left_out.empty
    assert len(calibrate(sales(4), "tramadol").left_out) == 4
