"""What another drug leaves of a biomarker is taken off by sample; where it may be all of it, no use is claimed."""

import numpy as np
import pytest
from scipy import integrate, stats

import wbe
from wbe.disclosure.attack import audit
from wbe.errors import InputError
from wbe.factors.sources import leaves
from wbe.samples import Flag
from wbe.testing import small_city

AMP = leaves("amphetamine")
OF_DRUG = ("consumption", "doses")


def city(*ratios: float, n: int = 1, **how):
    """Return one district for each ratio of amphetamine to methamphetamine, the latter at 200 ng/L."""
    ds = small_city(
        districts=len(ratios), months=1, samples_per_month=n, biomarkers=("methamphetamine", "amphetamine"),
        equal=True, **how,
    )  # fmt: skip
    ds["flag"][:] = int(Flag.DETECTED)
    ds["concentration"][:, 0] = 200.0
    ds["concentration"][:, 1] = 200.0 * np.repeat(ratios, n)
    return ds


def rows(estimate, area="district"):
    table = estimate.table(area, drug="amphetamine")
    return {
        (d, q): row for d, q, row in zip(table["district"], table["quantity"], table.to_dict("records"), strict=True)
    }


def mean_share(ratio: float, error: float) -> float:
    """Mean of 1 - r / R for r log-normal given r < R, over the error of R: by quadrature, independently of the code."""
    z = np.linspace(-6, 6, 241)
    means = []
    for x in ratio * np.exp(error * z):
        kept = stats.lognorm(AMP.log_sd, scale=AMP.median)
        part, _ = integrate.quad(lambda r: r * kept.pdf(r), 0, x)  # noqa: B023
        means.append(1 - part / kept.cdf(x) / x)
    weight = stats.norm.pdf(z)
    return float(np.sum(means * weight) / weight.sum())


def test_a_city_of_methamphetamine_users_has_no_use_of_amphetamine():
    estimate = wbe.estimate(city(0.09))
    found = rows(estimate)
    factor = estimate.profile.factor("amphetamine").correction_factor
    for quantity in OF_DRUG:
        row = found["天元区", quantity]
        assert row["status"] == "origin_unresolved"
        assert np.isnan(row["median"])
        assert np.isnan(row["lower"])
        assert row["text"].startswith("≤ ")
        assert "estimation-parent-may-leave" in row["note_codes"]
    # the bound is that of the whole load taken as use
    load, top = found["天元区", "normalised_load"], found["天元区", "consumption"]["upper"]
    assert load["status"] == "estimate"
    assert load["median"] * factor < load["upper"] * factor * 0.9 < top


def test_the_share_that_counts_is_the_mean_of_what_the_parent_does_not_explain():
    estimate = wbe.estimate(city(0.4))
    found = rows(estimate)
    factor = estimate.profile.factor("amphetamine").correction_factor
    share = found["天元区", "consumption"]["median"] / found["天元区", "normalised_load"]["median"] / factor
    error = np.sqrt(2) * 0.09975134511959267  # analysis of both, cv .1
    assert share == pytest.approx(mean_share(0.4, error), abs=0.004)
    row = found["天元区", "consumption"]
    assert row["lower"] < row["median"] < row["upper"]
    assert "estimation-parent-left" in row["note_codes"]
    assert "estimation-own-share" in row["note_codes"]


def test_the_line_between_a_claim_and_a_bound_is_once_in_forty():
    error = np.sqrt(2) * 0.09975134511959267
    line = AMP.median * np.exp(stats.norm.ppf(0.975) * np.hypot(AMP.log_sd, error))
    below, above = (rows(wbe.estimate(city(line * f)))["天元区", "consumption"] for f in (0.999, 1.001))
    assert (below["status"], above["status"]) == ("origin_unresolved", "estimate")


def test_more_samples_resolve_what_one_cannot():
    one, five = (rows(wbe.estimate(city(0.18, n=n)))["天元区", "doses"]["status"] for n in (1, 5))
    assert (one, five) == ("origin_unresolved", "estimate")


def test_a_parent_that_was_not_measured_leaves_the_question_open():
    ds = city(3.0)
    alone_measured = ds.sel(biomarker=["amphetamine"])
    not_run = ds.copy(deep=True)
    not_run["flag"][:, 0], not_run["concentration"][:, 0] = int(Flag.NOT_RUN), np.nan
    for samples in (alone_measured, not_run):
        assert rows(wbe.estimate(samples))["天元区", "consumption"]["status"] == "origin_unresolved"


def test_a_parent_below_its_limit_leaves_no_more_than_at_its_limit():
    ds = city(1.0)
    ds["flag"][:, 0], ds["concentration"][:, 0] = int(Flag.BELOW_LOD), np.nan
    ds["lod"][:, 0] = 20.0
    clear = rows(wbe.estimate(ds))["天元区", "consumption"]
    ds["lod"][:, 0] = 2000.0
    open_ = rows(wbe.estimate(ds))["天元区", "consumption"]
    assert (clear["status"], open_["status"]) == ("estimate", "origin_unresolved")


def test_results_below_the_limit_stay_bounds():
    ds = city(1.0)
    ds["flag"][:, 1], ds["concentration"][:, 1], ds["lod"][:, 1] = int(Flag.BELOW_LOD), np.nan, 1.0
    assert rows(wbe.estimate(ds))["天元区", "consumption"]["status"] == "below_limit"


def test_an_unresolved_cell_gives_no_number_by_any_door():
    estimate = wbe.estimate(city(0.09, 1.0))
    first, second = estimate.districts
    month = estimate.months[0]
    draws = estimate.draws("consumption", "amphetamine")
    assert np.isnan(draws.sel(district=first)).all()
    assert np.isfinite(draws.sel(district=second)).all()
    series = estimate.series("consumption").query("drug == 'amphetamine'").set_index("district")
    assert series.loc[first, ["median", "lower"]].isna().all()
    ratio = estimate.ratio(first, second, "consumption").query("drug == 'amphetamine'").iloc[0]
    assert np.isnan(ratio["ratio"])
    one = estimate.per_sample("consumption").sel(drug="amphetamine")
    assert np.isnan(one["median"]).all()
    assert np.isnan(one["lower"]).all()
    for ask in (estimate.explain, estimate.budget):
        with pytest.raises(InputError, match="no consumption of amphetamine"):
            ask(first, month, "amphetamine", "consumption")
    # asked without a quantity it falls back to the load
    assert "normalised_load" in estimate.explain(first, month, "amphetamine", language="en")


def test_explain_takes_the_share_off_as_a_calculator_would():
    estimate = wbe.estimate(city(1.0))
    text = estimate.explain("天元区", estimate.months[0], "amphetamine", "consumption", language="en")
    line = next(x for x in text.splitlines() if "own share" in x and "leaves" in x)
    load, share, own = (
        float(x.split()[0]) for x in (line.split(": ")[1], line.split("own share ")[1], line.split("= ")[1])
    )
    assert load * share == pytest.approx(own, rel=1e-5)
    product = next(x for x in text.splitlines() if x.startswith(line.split("= ")[1].split()[0] + " x "))
    left, right = product.split(" = ")
    a, b = (float(x) for x in left.split(" x "))
    assert a * b == pytest.approx(float(right.split()[0]), rel=1e-5)
    budget = estimate.budget("天元区", estimate.months[0], "amphetamine", "consumption")
    assert budget["share"].sum() == pytest.approx(1.0)
    assert "origin" in set(budget["source"])


def test_what_one_district_s_parent_left_says_nothing_of_another_s():
    draws = wbe.estimate(city(0.3, 0.3)).draws("consumption", "amphetamine").isel(month=0)
    load = wbe.estimate(city(0.3, 0.3)).draws("normalised_load", "amphetamine").isel(month=0)
    share = np.log(draws / draws.mean("draw")).to_numpy() - np.log(load / load.mean("draw")).to_numpy()
    assert share.std(axis=0).min() > 0.1  # r of each sample is drawn
    difference = share[:, 0] - share[:, 1]
    assert difference.std() > 0.12  # and not the same for both


def test_other_files_and_orders_do_not_move_a_share():
    both = wbe.estimate(city(0.3, 0.5))
    ds = city(0.3, 0.5)
    turned = wbe.estimate(ds.isel(sample=[1, 0]))
    key = ("天元区", "consumption")
    assert rows(both)[key]["median"] == rows(turned)[key]["median"]
    assert rows(both)[key]["median"] == rows(wbe.estimate(ds.isel(sample=[0])))[key]["median"]


def test_a_metabolite_that_no_product_holds_is_all_its_drug_s():
    ds = small_city(biomarkers=("oxycodone", "noroxycodone"))
    assert set(wbe.estimate(ds).table(drug="noroxycodone")["status"]) & {"origin_unresolved"} == set()


def test_a_bound_is_hidden_like_a_number_and_rounded_up_like_one():
    ds = city(0.09, 0.09, 0.09, 0.09)
    small = ds.copy(deep=True)
    small["population"][0] = 3000.0
    hidden = wbe.estimate(small).table().query("district == '天元区' and quantity == 'consumption'")
    assert set(hidden["status"]) == {"suppressed"}
    assert hidden["upper"].isna().all()
    public = (
        wbe.estimate(ds, policy="public").table("city").query("quantity == 'consumption' and drug == 'amphetamine'")
    )
    whole = wbe.estimate(ds).table("city").query("quantity == 'consumption' and drug == 'amphetamine'")
    assert public["status"].tolist() == ["origin_unresolved"]
    assert public["upper"].iloc[0] >= whole["upper"].iloc[0]
    assert "methamphetamine leaves" in public["note"].iloc[0]
    assert "%" not in public["note"].iloc[0]
    few = wbe.estimate(city(0.09, 0.09), policy="public").table("city").query("quantity == 'consumption'")
    assert few["upper"].isna().all()


def test_the_attacker_knows_an_unresolved_number_by_its_bound_alone():
    shown = wbe.estimate(city(0.09, 0.09, 0.09)).table("district", drug="amphetamine", quantity="consumption")
    shown.loc[0, ["status", "upper"]] = ["suppressed", np.nan]
    found = audit(shown)
    assert found["lower"].tolist() == [0.0]
    assert np.isinf(found["upper"]).all()
