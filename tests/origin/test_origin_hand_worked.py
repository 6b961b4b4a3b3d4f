"""Origin by hand: densities of evidence, what a call needs, cells, panel standings and shares on a grid."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import wbe
from wbe.errors import DisclosureError, InputError
from wbe.factors.sources import Mixture, Signature, apportion, leaves, left_alone, mixture, undetermined
from wbe.messages import Words
from wbe.origin import odds, panel, panel_months, shares, weigh
from wbe.origin.cells import cells, samples_of
from wbe.origin.evidence import HYPOTHESES, rows, unconsumed_share
from wbe.origin.panel import _more_often
from wbe.samples import Flag, build
from wbe.uncertainty.inputs import measurement_terms

PRIOR = {"use": 0.985, "discharge": 0.010, "manufacture": 0.002, "medicine": 0.003}


# ---- evidence ------------------------------------------------------------------------------------------------------


def by_hand(likelihood):
    """Posterior of each hypothesis from its likelihood."""
    total = sum(PRIOR[h] * likelihood[h] for h in HYPOTHESES)
    return {h: PRIOR[h] * likelihood[h] / total for h in HYPOTHESES}


@pytest.mark.parametrize("seen", [0.40, 0.5, 0.58, 0.66, 0.72])
def test_an_enantiomeric_fraction_is_weighed_by_normal_densities(seen):
    use, other = stats.norm(0.68, 0.04).pdf(seen), stats.norm(0.50, 0.03).pdf(seen)
    want = by_hand({"use": use, "discharge": other, "manufacture": other, "medicine": use})
    found = weigh("mdma", enantiomeric_fraction=seen)
    assert dict(found.probability) == pytest.approx(want, rel=1e-9)
    assert found.odds() == pytest.approx(want["discharge"] / want["use"])
    assert found.odds("use") == pytest.approx(want["use"] / (1 - want["use"]), rel=1e-6)


@pytest.mark.parametrize("seen", [0.005, 0.09, 0.5])
def test_a_ratio_is_weighed_by_log_normal_densities(seen):
    def density(median, sd):
        return stats.norm(0, sd).pdf(math.log(seen / median))

    use = density(0.09, 0.40)
    likelihood = {"use": use, "discharge": density(0.010, 1.0), "manufacture": density(0.010, 1.2), "medicine": use}
    found = weigh("methamphetamine", ratios={"amphetamine/methamphetamine": seen, "of/nothing": 3.0})
    assert dict(found.probability) == pytest.approx(by_hand(likelihood), rel=1e-9)
    assert [p.what for p in found.evidence] == ["amphetamine/methamphetamine"]


@pytest.mark.parametrize("fold", [0.3, 1.0, 1.1, 5.0, 150.0])
def test_a_jump_is_weighed_by_student_s_t_against_an_even_spread(fold):
    x = math.log(fold)
    use = stats.t(df=4, scale=0.5).pdf(x)
    low, high = math.log(1.1), math.log(200)
    # even between the two folds; below the first it falls by the fourth power
    other = 1 / (high - low) * min(1.0, (fold / 1.1) ** 4)
    want = by_hand({"use": use, "discharge": other, "manufacture": other, "medicine": use})
    assert dict(weigh("cocaine", jump=fold).probability) == pytest.approx(want, rel=1e-9)


def test_pieces_multiply():
    one, two = weigh("mdma", enantiomeric_fraction=0.55), weigh("mdma", jump=30.0)
    both = weigh("mdma", enantiomeric_fraction=0.55, jump=30.0)
    prior = PRIOR["discharge"] / PRIOR["use"]
    assert both.odds() == pytest.approx(one.odds() * two.odds() / prior)
    shown = both.explain()
    assert shown.columns.tolist() == [
        "kind", "what", "seen", "discharge", "manufacture", "medicine", "status", "citation"
    ]  # fmt: skip
    assert shown["discharge"].tolist() == pytest.approx([one.odds() / prior, two.odds() / prior])
    assert shown["medicine"].tolist() == pytest.approx([1.0, 1.0])
    assert shown["seen"].tolist() == [0.55, 30.0]


def crossing(drug, name, low, high, test):
    """Value of a ratio between two at which an answer turns."""
    turned = test(weigh(drug, ratios={name: high}))
    for _ in range(60):
        middle = math.sqrt(low * high)
        if test(weigh(drug, ratios={name: middle})) == turned:
            high = middle
        else:
            low = middle
    return low, high


def test_use_is_called_where_its_odds_reach_twenty_and_the_evidence_three():
    name = "eddp/methadone"
    below, above = crossing("methadone", name, 0.05, 1.79, lambda o: o.call == "use")
    first, last = (weigh("methadone", ratios={name: x}) for x in (below, above))
    assert (first.call, last.call) == ("cannot_tell", "use")

    def lead(o):
        return min(math.exp(-p.weight(h)) for p in o.evidence for h in ("discharge", "manufacture"))

    assert last.odds("use") >= 20
    assert lead(first) == pytest.approx(3.0, rel=1e-6)  # the odds had been reached before
    assert first.odds("use") > 20


def test_discharge_needs_odds_of_twenty_together_with_manufacture_and_three_times_as_much_to_be_named_apart():
    # of methamphetamine manufacture is a fifth of discharge before, and likelier where the ratio is lowest
    name = "amphetamine/methamphetamine"
    lower, upper = crossing("methamphetamine", name, 1e-4, 5e-3, lambda o: o.call == "discharge")
    for x, call in ((lower, "not_consumed"), (upper, "discharge")):
        one = weigh("methamphetamine", ratios={name: x})
        assert one.call == call
        assert one.odds("discharge") + one.odds("manufacture") > 20
        assert one.probability["discharge"] / one.probability["manufacture"] == pytest.approx(3.0, rel=1e-6)
    # less than twenty to one is not enough
    lower, upper = crossing("methamphetamine", name, 5e-3, 0.05, lambda o: o.call == "cannot_tell")
    one = weigh("methamphetamine", ratios={name: lower})
    assert one.call == "discharge"
    assert one.odds("discharge") + one.odds("manufacture") == pytest.approx(20, rel=1e-6)


def test_a_verdict_says_its_odds_in_two_figures_or_whole():
    found = weigh("mdma", enantiomeric_fraction=0.511)
    note = found.verdict
    assert note.code == "origin-call-discharge"
    assert note.values["discharge"] == f"{found.odds('discharge'):.0f}"
    assert note.values["use"] == f"{found.odds('use'):.2g}"
    for edge in (0.0, 1.0):
        assert len(weigh("mdma", enantiomeric_fraction=edge).evidence) == 1
    for wrong in (-0.01, 1.01):
        with pytest.raises(InputError, match="fraction"):
            weigh("mdma", enantiomeric_fraction=wrong)


def test_the_share_that_no_body_changed_is_a_mixing_of_two_fractions():
    rng = np.random.default_rng(0)
    after, before = rng.normal(0.68, 0.04, 4000), rng.normal(0.50, 0.03, 4000)
    want = np.clip((after - 0.56) / np.maximum(after - before, 1e-3), 0, 1)
    np.testing.assert_allclose(unconsumed_share("mdma", 0.56), want)
    # half-way between the two it is about a half
    assert np.median(unconsumed_share("mdma", 0.59)) == pytest.approx(0.5, abs=0.02)
    assert rows("ratio", "mdma") == []


# ---- cells and the table of odds -----------------------------------------------------------------------------------


def city(**columns):
    """Months of one district; each column a list of (concentration, lod) or None for not run; flows beside."""
    n = len(next(iter(columns.values())))
    flow = columns.pop("flow", [1000.0] * n)
    fraction = columns.pop("ef", None)
    when = columns.pop("when", [f"2021-{m:02d}-05" for m in range(1, n + 1)])
    table = {
        "sample": [f"s{i}" for i in range(n)], "time": when, "site": ["plant"] * n, "district": ["north"] * n,
        "flow": flow, "population": [2e5] * n, "population_basis": ["census"] * n, "sample_type": ["24h_composite"] * n,
    }  # fmt: skip
    results = []
    for name, values in columns.items():
        for i, value in enumerate(values):
            if value is None:
                continue
            seen, lod = value if isinstance(value, tuple) else (value, 0.1)
            row = {"sample": f"s{i}", "biomarker": name, "concentration": seen, "lod": lod}
            row["flag"] = int(Flag.DETECTED if np.isfinite(seen) else Flag.BELOW_LOD)
            results.append(row if fraction is None else {**row, "enantiomeric_fraction": fraction[i]})
    return build(table, pd.DataFrame(results), synthetic=True)


def test_a_cell_keeps_its_samples_limits_and_flows():
    ds = city(
        when=["2021-01-05", "2021-01-12", "2021-01-19", "2021-02-02"], flow=[1000.0, np.nan, 3000.0, 0.0],
        ketamine=[5.0, (np.nan, 0.4), 0.2, 7.0],
    )  # fmt: skip
    january, february = cells(ds)
    assert (january.month, february.month, january.district) == ("2021-01", "2021-02", "north")
    np.testing.assert_array_equal(january.measured("ketamine"), [5.0, np.nan, 0.2])
    np.testing.assert_array_equal(january.limit("ketamine"), [np.nan, 0.4, np.nan])
    np.testing.assert_array_equal(january.water(), [1000.0, 2000.0, 3000.0])
    assert np.isnan(january.measured("mdma")).all()
    assert len(january.fraction("ketamine")) == 0
    # only what is above 0 is a flow; with none known every sample counts alike
    assert february.water().tolist() == [0.0] or february.water().tolist() == [1.0]


def test_samples_of_an_edition_without_districts_are_not_shown():
    estimate = wbe.estimate(city(methamphetamine=[100.0], amphetamine=[9.0]), policy="public")
    with pytest.raises(DisclosureError, match="edition"):
        samples_of(estimate, "odds")
    with pytest.raises(InputError, match="odds"):
        samples_of(object(), "odds")


def test_odds_read_the_ratio_of_loads_and_the_jump_over_the_other_months():
    meth = [100.0, 200.0, 150.0, 3000.0]
    ds = city(methamphetamine=meth, amphetamine=[9.0, 18.0, 13.5, 15.0], flow=[1000.0, 1000.0, 2000.0, 1000.0])
    table = odds(wbe.estimate(ds)).query("drug == 'methamphetamine'").set_index("month")
    loads = [100, 200, 300, 3000]
    want = weigh(
        "methamphetamine", ratios={"amphetamine/methamphetamine": 15 / 3000},
        jump=loads[3] / np.median(loads[:3]),
    )  # fmt: skip
    row = table.loc["2021-04"]
    assert row["discharge"] == pytest.approx(want.probability["discharge"])
    assert row["odds_of_discharge"] == pytest.approx(want.odds())
    assert row["call"] == want.call
    assert row["evidence"].startswith("amphetamine/methamphetamine 0.005: ×")
    assert "load / usual 15: ×" in row["evidence"]
    assert np.isnan(row["unconsumed"])
    # the middle of the other three months of March: 100, 200 and 3000
    march = weigh("methamphetamine", ratios={"amphetamine/methamphetamine": 0.09}, jump=300 / 200)
    assert table.loc["2021-03", "use"] == pytest.approx(march.probability["use"])


def test_two_other_months_are_too_few_to_know_what_is_usual():
    table = odds(wbe.estimate(city(methamphetamine=[100.0, 100.0, 5000.0], amphetamine=[9.0, 9.0, 450.0])))
    assert not table["evidence"].str.contains("usual").any()
    four = odds(wbe.estimate(city(methamphetamine=[100.0] * 3 + [5000.0], amphetamine=[9.0] * 3 + [450.0])))
    assert four["evidence"].str.contains("usual").all()


def test_several_samples_of_a_month_are_weighted_by_their_flow():
    ds = city(
        when=["2021-01-05", "2021-01-12"], flow=[1000.0, 3000.0], methamphetamine=[100.0, 100.0],
        amphetamine=[20.0, 4.0],
    )  # fmt: skip
    (use,) = odds(wbe.estimate(ds))["use"]
    ratio = (20 * 1000 + 4 * 3000) / (100 * 4000)
    want = weigh("methamphetamine", ratios={"amphetamine/methamphetamine": ratio})
    assert use == pytest.approx(want.probability["use"])


def test_fractions_of_a_month_are_averaged_and_give_the_share_that_nobody_took():
    ds = city(when=["2021-01-05", "2021-01-12"], mdma=[50.0, 60.0], ef=[0.50, 0.54])
    row = odds(wbe.estimate(ds)).iloc[0]
    want = weigh("mdma", enantiomeric_fraction=0.52)
    assert row["odds_of_discharge"] == pytest.approx(want.odds())
    low, middle, high = np.quantile(unconsumed_share("mdma", 0.52), [0.025, 0.5, 0.975])
    got = [row["unconsumed_lower"], row["unconsumed"], row["unconsumed_upper"]]
    assert got == pytest.approx([low, middle, high])


# ---- panel ---------------------------------------------------------------------------------------------------------


def test_more_often_is_an_integral_of_two_beta_densities():
    for k, n, before, of in ((3, 5, 1, 10), (1, 3, 0, 12), (5, 5, 5, 5)):
        late, early = stats.beta(k + 0.5, n - k + 0.5), stats.beta(before + 0.5, of - before + 0.5)
        want = integrate.quad(lambda p, a=late, b=early: a.pdf(p) * b.cdf(p), 0, 1, points=[0.01, 0.99], limit=200)[0]
        assert _more_often(k, n, before, of) == pytest.approx(want, abs=5e-3)


def test_standings_by_hand():
    none, never = (np.nan, 0.5), None
    ds = city(
        mdma=[none, none, none, 4.0, none], cocaine=[5.0, none, none, none, none], ketamine=[1.0, never, 1.0, 1.0, 2.0],
        methamphetamine=[none, none, (np.nan, 0.9), none, never],
    )  # fmt: skip
    table = panel(wbe.estimate(ds), recent=2).set_index("substance")
    assert table.loc["mdma", ["standing", "first_found", "last_found", "first_run"]].tolist() == [
        "new", "2021-04", "2021-04", "2021-01"
    ]  # fmt: skip
    assert table.loc["mdma", "note_codes"].split(";")[0].strip() == "origin-panel-new"
    assert "3" in table.loc["mdma", "note"]  # looked for three times before
    assert table.loc["cocaine", "standing"] == "gone"
    assert table.loc["methamphetamine", "standing"] == "not_found"
    assert table.loc["methamphetamine", ["n_run", "n_found", "n_not_run"]].tolist() == [4, 0, 1]
    assert table.loc["methamphetamine", ["limit_low", "limit_high"]].tolist() == [0.5, 0.9]
    assert np.isnan(table.loc["ketamine", "limit_low"])
    assert table.loc["mdma", "recent"] == 0.5
    assert table.loc["ketamine", "recent"] == 1.0
    assert table.loc["mdma", "frequency"] == pytest.approx(1 / 5)
    jeffreys = stats.beta(1.5, 4.5).ppf([0.025, 0.975])
    assert table.loc["mdma", ["lower", "upper"]].tolist() == pytest.approx(jeffreys)
    assert table.index[0] == "mdma"
    months = panel_months(wbe.estimate(ds))
    assert months.loc["ketamine"].tolist() == ["found", "not_run", "found", "found", "found"]
    assert months.loc["methamphetamine"].tolist() == ["below_limit"] * 4 + ["not_run"]


# ---- shares --------------------------------------------------------------------------------------------------------

TWO = Mixture(
    "x", ("a", "b"), {"a": Words("a", "甲"), "b": Words("b", "乙")}, {"flat": (1.0, 1.0), "mostly": (4.0, 1.0)},
    (Signature("a", "t", 2.0, 0.5), Signature("b", "u", 1.0, 0.3)),
)  # fmt: skip
GRID = (np.arange(20000) + 0.5) / 20000


def quantiles(log_density):
    weight = np.exp(log_density - log_density.max())
    return np.interp([0.025, 0.5, 0.975], np.cumsum(weight) / weight.sum(), GRID)


@pytest.mark.parametrize(("prior", "power"), [("flat", 0.0), ("mostly", 3.0)])
def test_a_tracer_of_one_source_gives_the_posterior_of_a_grid(prior, power):
    seen, error = 0.6, 0.15
    sd = math.hypot(0.5, error)
    want = quantiles(power * np.log(GRID) - 0.5 * ((math.log(seen) - np.log(2.0 * GRID)) / sd) ** 2)
    found = apportion(TWO, {"t": seen}, prior=prior, error=error)
    np.testing.assert_allclose(np.quantile(found.draws[:, 0], [0.025, 0.5, 0.975]), want, atol=0.02)
    np.testing.assert_allclose(found.draws.sum(axis=1), 1.0)
    assert found.sources == ("a", "b")
    assert found.effective > 5000


def test_a_tracer_below_its_limit_bounds_its_source_from_above():
    limit, error = 0.2, 0.15
    want = quantiles(stats.norm.logcdf((math.log(limit) - np.log(2.0 * GRID)) / math.hypot(0.5, error)))
    found = apportion(TWO, {}, {"t": limit}, prior="flat", error=error)
    np.testing.assert_allclose(np.quantile(found.draws[:, 0], [0.025, 0.5, 0.975]), want, atol=0.02)


def test_a_tracer_of_two_sources_is_a_sum_with_the_mean_and_variance_of_its_parts():
    kind = Mixture("x", ("a", "b"), TWO.names, {"flat": (1.0, 1.0)},
                   (Signature("a", "t", 2.0, 0.5), Signature("b", "t", 0.3, 0.8)))  # fmt: skip
    mean = GRID * 2.0 * math.exp(0.125) + (1 - GRID) * 0.3 * math.exp(0.32)
    variance = (GRID * 2.0) ** 2 * math.exp(0.25) * math.expm1(0.25) + ((1 - GRID) * 0.3) ** 2 * math.exp(
        0.64
    ) * math.expm1(0.64)
    spread = np.log1p(variance / mean**2)
    total = spread + 0.15**2
    away = math.log(0.9) - np.log(mean) + spread / 2
    want = quantiles(-0.5 * away**2 / total - 0.5 * np.log(total))
    found = apportion(kind, {"t": 0.9}, prior="flat")
    np.testing.assert_allclose(np.quantile(found.draws[:, 0], [0.025, 0.5, 0.975]), want, atol=0.02)


def test_two_tracers_say_what_both_say():
    log_density = -0.5 * ((math.log(0.6) - np.log(2 * GRID)) / math.hypot(0.5, 0.15)) ** 2
    log_density = log_density - 0.5 * ((math.log(0.8) - np.log(1 - GRID)) / math.hypot(0.3, 0.15)) ** 2
    found = apportion(TWO, {"t": 0.6, "u": 0.8}, prior="flat")
    np.testing.assert_allclose(np.quantile(found.draws[:, 0], [0.025, 0.5, 0.975]), quantiles(log_density), atol=0.02)
    assert found.alike == ()


def test_all_priors_count_alike_and_a_tracer_of_no_source_says_nothing():
    found = apportion(TWO, {"nobody's": 3.0})
    # half Beta(1, 1), half Beta(4, 1)
    assert found.draws[:, 0].mean() == pytest.approx((0.5 + 0.8) / 2, abs=0.01)
    assert found.alike == (("a", "b"),)
    assert found.draws.shape == (8000, 2)


def test_a_source_that_the_tracers_move_by_less_than_a_tenth_counts_as_known():
    kind = mixture("morphine")
    assert undetermined(kind, ["codeine"]) == (("heroin", "clinical_morphine", "poppy_straw"),)
    assert undetermined(TWO, ["t"]) == ()


def test_a_month_s_share_is_read_from_samples_with_both():
    ds = city(
        when=["2021-01-05", "2021-01-12", "2021-01-19"], flow=[1000.0, 2000.0, 1000.0],
        methamphetamine=[100.0, 100.0, None], amphetamine=[80.0, 40.0, 999.0],
    )  # fmt: skip
    table = shares(wbe.estimate(ds)).set_index("source")
    row = table.loc["amphetamine"]
    assert row["n_samples"] == 2
    assert row["status"] == "resolved"
    # 160 g and 200 g of methamphetamine's weight: 1 - .09 x mean ratio e^(sd^2 / 2) over the total
    total = (80 * 1000 + 40 * 2000) / (100 * 3000)
    assert row["median"] == pytest.approx(1 - 0.09 * math.exp(0.08) / total, abs=0.02)
    assert table["mean"].sum() == pytest.approx(1.0)
    assert row["lower"] == pytest.approx(1 - table.loc["methamphetamine", "upper"], abs=1e-9)
    few = shares(wbe.estimate(city(methamphetamine=[100.0], amphetamine=[19.6]))).iloc[0]
    assert few["status"] == "origin_unresolved"
    assert few["by_parent_alone"] > 0.025


def test_a_parent_s_ratio_is_blurred_by_the_analysis_of_both():
    ds = city(methamphetamine=[100.0], amphetamine=[15.0])
    error = math.sqrt(2) * measurement_terms(ds)["analysis"].log_sd
    want = left_alone(np.array([0.15]), np.array([1.0]), leaves("amphetamine"), error)
    row = shares(wbe.estimate(ds)).iloc[0]
    assert row["by_parent_alone"] == pytest.approx(want, rel=1e-9)


def test_a_result_of_nothing_is_no_part_of_a_ratio():
    ds = city(when=["2021-01-05", "2021-01-12"], methamphetamine=[100.0, 100.0], amphetamine=[0.0, 9.0])
    (use,) = odds(wbe.estimate(ds)).query("drug == 'methamphetamine'")["use"]
    want = weigh("methamphetamine", ratios={"amphetamine/methamphetamine": 0.09})
    assert use == pytest.approx(want.probability["use"])


def test_a_substance_that_no_table_knows_traces_nothing():
    table = panel(wbe.estimate(city(mystery=[1.0, 2.0], cocaine=[1.0, 1.0]))).set_index("substance")
    assert table.loc["mystery", "traces"] == ""
    assert "origin-panel-no-factor" in table.loc["mystery", "note_codes"]


def test_parents_below_their_limit_are_counted():
    ds = city(
        when=["2021-01-05", "2021-01-12", "2021-01-19"], methamphetamine=[100.0, (np.nan, 10.0), (np.nan, 10.0)],
        amphetamine=[15.0, 15.0, 15.0],
    )  # fmt: skip
    row = shares(wbe.estimate(ds)).iloc[0]
    assert "origin-parent-below" in row["note_codes"]
    assert "2 " in row["note"]
    assert row["n_samples"] == 3
