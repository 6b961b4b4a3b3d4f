"""Levels: the model agrees with a dense solve, is calibrated, names a step, and knows neither order nor unit."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wbe.errors import InputError, UnknownName
from wbe.levels import fit
from wbe.levels.cells import cities
from wbe.levels.drawing import drawn, resampled
from wbe.levels.fitting import expectations, fitted, marginals
from wbe.levels.model import frame, laws, solve
from wbe.levels.priors import sizes
from wbe.levels.slopes import slopes

sys.path.insert(0, str(Path(__file__).parents[2] / "studies"))
from simulator import Design, simulate


def held(design, seed=1, drug=0, cvs=None):
    city = cities(simulate(design, seed)[0])[0]
    found = city.drugs[drug]
    return frame(city, found, sizes(city, found, cvs or {}))


def dense(found):
    """Mean and covariance of everything seen, as one matrix: the oracle."""
    places, months = found.precision.shape[1:]
    whole = np.kron(np.ones((places, places)), found.city[0] + found.shared[0])
    for s in range(places):
        block = slice(s * months, (s + 1) * months)
        whole[block, block] += found.signal[0, s]
    seen = (found.precision[0] > 0).ravel()
    noise = np.where(seen, 1 / np.where(seen, found.precision[0].ravel(), 1), 0)
    return whole, np.diag(noise), seen


@pytest.mark.parametrize("below", [0.0, 0.4])
def test_likelihood_and_marginals_agree_with_one_dense_solve(below):
    f = held(Design(places=4, months=7, n=1, below=below))
    f = expectations(f, f.sizes.centre, None) if below else f
    found = laws(f, f.sizes.centre[None])
    solved = solve(found)
    whole, noise, seen = dense(found)
    v = (whole + noise)[np.ix_(seen, seen)]
    r = found.seen[0].ravel()[seen]
    expected = -0.5 * (np.linalg.slogdet(v)[1] + r @ np.linalg.solve(v, r)) + found.evidence[0]
    assert solved.likelihood[0] == pytest.approx(expected, abs=1e-8)
    mean, variance = marginals(found, solved)
    gain = whole[:, seen] @ np.linalg.inv(v)
    assert np.allclose(mean[0].ravel(), gain @ r, atol=1e-8)
    assert np.allclose(variance[0].ravel(), np.diag(whole - gain @ whole[seen]), atol=1e-8)


@pytest.mark.parametrize("below", [0.0, 0.4])
def test_slopes_are_the_differences_of_the_likelihood(below):
    f = held(Design(places=4, months=25, n=2, below=below))
    f = expectations(f, f.sizes.centre, None) if below else f
    theta = f.sizes.centre + 0.3 * np.random.default_rng(0).standard_normal(len(f.sizes.centre))
    found = laws(f, theta[None])
    slope = slopes(f, theta[None], found, solve(found))[0]
    h = 1e-5 * np.eye(len(theta))
    high, low = (solve(laws(f, theta + s * h)).likelihood for s in (1, -1))
    assert np.allclose(slope, (high - low) / 2e-5, atol=1e-4)


def test_draws_have_the_moments_of_the_posterior():
    f = held(Design(places=3, months=8, n=1))
    fit_ = fitted(f, "x")
    one = replace(fit_, nodes=fit_.mode[None], weight=np.ones(1))
    found = laws(f, fit_.mode[None])
    whole, noise, _ = dense(found)
    r = found.seen[0].ravel()
    gain = np.linalg.inv(whole + noise)
    # what is true: without what the laboratory shares by month
    places, months = f.precision.shape
    true = whole - np.kron(np.ones((places, places)), found.shared[0])
    mean = (true @ gain @ r).reshape(places, months) + f.centre
    sd = np.sqrt(np.diag(true - true @ gain @ true)).reshape(places, months)
    draws = drawn(one, 4000, "x", 1)
    assert np.allclose(draws.mean(axis=0), mean, atol=0.06 * sd.max())
    assert np.allclose(draws.std(axis=0), sd, rtol=0.06)


def test_a_result_below_its_limit_pulls_down_and_only_below():
    f = held(Design(places=4, months=7, n=1, below=0.4))
    after = expectations(f, f.sizes.centre, None)
    told = after.precision > 0
    assert told.sum() == len({*zip(f.drug.limit_place, f.drug.limit_month, strict=True)})
    bound = np.full(f.precision.shape, np.inf)
    bound[f.drug.limit_place, f.drug.limit_month] = f.drug.limit
    assert (after.middle[told] < bound[told]).all()


def test_sizes_are_integrated_and_not_plugged_in():
    f = held(Design(places=4, months=6, n=1))
    fit_ = fitted(f, "x")
    plugged = replace(fit_, nodes=fit_.mode[None], weight=np.ones(1))
    wide = drawn(fit_, 2000, "x", 1).std(axis=0).mean()
    assert wide > 1.05 * drawn(plugged, 2000, "x", 1).std(axis=0).mean()
    assert fit_.effective > 10


def test_resampling_takes_each_node_as_often_as_its_weight_says():
    weight = np.array([0.1, 0.6, 0.3])
    assert np.bincount(resampled(weight, 1000)).tolist() == [100, 600, 300]


@pytest.fixture(scope="module")
def two_years():
    samples, truth = simulate(Design(n=2, places=6), 3)
    return samples, truth, fit(samples, draws=400)


def test_changes_hold_the_truth(two_years):
    _, truth, levels = two_years
    hits = []
    for k, drug in enumerate(truth.drugs):
        draws = levels.city().draws[drug]
        low, high = np.quantile(np.diff(draws, axis=2), [0.025, 0.975], axis=0)
        real = np.diff(np.log(truth.load[:, :, k]), axis=1)
        hits.append((low < real) & (real < high))
    assert np.mean(hits) == pytest.approx(0.96, abs=0.04)


def test_one_set_of_draws_serves_every_judgement(two_years):
    _, truth, levels = two_years
    drug = truth.drugs[0]
    city = levels.city()
    table = levels.change("2021-09", "2021-03", drug).set_index("place")
    draws = city.draws[drug]
    step = draws[:, 2, 8] - draws[:, 2, 2]
    row = table.loc[city.places[2]]
    assert row["ratio"] == pytest.approx(np.exp(np.median(step)))
    assert row["lower"] == pytest.approx(np.exp(np.quantile(step, 0.025)))
    assert row["p_rise"] == pytest.approx((step > 0).mean(), abs=0.003)
    whole = np.log(np.exp(draws).sum(axis=1))
    assert table.loc["", "ratio"] == pytest.approx(np.exp(np.median(whole[:, 8] - whole[:, 2])))
    back = levels.change("2021-03", "2021-09", drug).set_index("place")
    assert np.allclose(back["p_rise"] + table["p_rise"], 1)


def test_ranks_add_up_and_follow_what_loads_are_divided_by(two_years):
    _, truth, levels = two_years
    drug = truth.drugs[0]
    table = levels.rank("2021-09", drug)
    assert table["p_first"].sum() == pytest.approx(1)
    assert table["p_top3"].sum() == pytest.approx(3)
    assert table["rank"].sum() == pytest.approx(6 * 7 / 2)
    assert table["rank"].is_monotonic_increasing
    last = table["place"].iloc[-1]
    heads = dict.fromkeys(levels.city().places, 1.0) | {last: 1e-9}
    assert levels.rank("2021-09", drug, divisor=heads)["place"].iloc[0] == last


def test_ratio_of_places_is_above_one_where_its_probability_says(two_years):
    _, truth, levels = two_years
    a, b = levels.city().places[:2]
    found = levels.ratio(a, b, "2021-09", truth.drugs[0]).iloc[0]
    other = levels.ratio(b, a, "2021-09", truth.drugs[0]).iloc[0]
    assert found["ratio"] * other["ratio"] == pytest.approx(1)
    assert (found["ratio"] > 1) == (found["p_greater"] > 0.5)


def test_any_order_of_rows_gives_the_same_bits_and_another_unit_the_same_changes():
    samples, _ = simulate(Design(places=3, months=6, n=2, below=0.2), 4)
    mixed = samples.isel(sample=np.random.default_rng(0).permutation(samples.sizes["sample"]))
    one, other = fit(samples, draws=100), fit(mixed, draws=100)
    for drug, draws in one.city().draws.items():
        assert np.array_equal(draws, other.city().draws[drug])
    scaled = samples.copy()
    for name in ("concentration", "lod", "loq"):
        scaled[name] = (samples[name] * 7.3).assign_attrs(samples[name].attrs)
    for drug, draws in fit(scaled, draws=100).city().draws.items():
        assert np.allclose(draws - np.log(7.3), one.city().draws[drug], atol=1e-12)


def stepped(samples, ratio, drugs, month=12):
    after = samples["time"].values >= np.datetime64("2021-01") + np.timedelta64(month, "M")
    values = samples["concentration"].values.copy()
    values[np.ix_(after, drugs)] *= ratio
    return samples.assign(concentration=(samples["concentration"].dims, values, samples["concentration"].attrs))


def test_a_lasting_step_of_all_drugs_is_the_laboratorys_and_of_one_drug_is_not():
    samples, truth = simulate(Design(n=1, places=8, walk=0.0, deviation=1e-4), 11)
    everything = fit(stepped(samples, 1.5, [0, 1, 2]), draws=100)
    table = everything.steps()
    assert table["probability"].sum() == pytest.approx(1)
    likeliest = table.iloc[1:].sort_values("probability").iloc[-1]
    assert likeliest["month"] in ("2021-12", "2022-01", "2022-02")
    assert 1 - table["probability"].iloc[0] > 0.9
    assert likeliest["lower"] < 1.5 < likeliest["upper"]
    found = everything.trend(truth.drugs[0])
    assert (found["direction"] == "undecided").mean() > 0.7
    assert fit(stepped(samples, 1.5, [0]), draws=100).steps()["probability"].iloc[0] > 0.5
    assert fit(samples, draws=100).steps()["probability"].iloc[0] > 0.85


def test_a_file_of_one_month_has_levels_and_no_trend():
    levels = fit(simulate(Design(places=3, months=1, n=2), 1)[0], draws=100)
    table = levels.trend("methamphetamine")
    assert set(table["direction"]) == {"undecided"}
    assert levels.city().draws["methamphetamine"].shape == (100, 3, 1)


def test_what_cannot_be_asked_is_refused_with_all_faults():
    samples, _ = simulate(Design(places=2, months=2, n=1), 1)
    with pytest.raises(InputError, match="whole number from 100") as caught:
        fit(samples, draws=99, until="June")
    assert caught.value.codes == ["levels-draws", "levels-month"]
    levels = fit(samples, draws=100)
    with pytest.raises(UnknownName, match="methamphetamine"):
        levels.change("2021-02", "2021-01", "metamphetamine")
    with pytest.raises(UnknownName, match="month"):
        levels.rank("2020-01", "methamphetamine")
    with pytest.raises(UnknownName, match="city"):
        levels.city("nowhere")
    assert fit(samples, draws=100, until="2021-01").city().months == ("2021-01",)


def test_levels_are_read_only():
    levels = fit(simulate(Design(places=2, months=2, n=1), 1)[0], draws=100)
    with pytest.raises(ValueError, match="read-only"):
        levels.city().draws["methamphetamine"][0] = 0.0


@pytest.mark.parametrize("cv", [0.22, 0.6])
def test_days_of_one_month_tell_the_spread_of_days(cv):
    f = held(Design(places=5, months=12, n=4, day=cv))
    theta = fitted(f, "x").mode
    sd = np.exp((f.sizes.base + theta[0] + theta[f.sizes.shared :]) / 2)
    assert np.sqrt(np.mean(sd**2)) == pytest.approx(np.sqrt(np.log1p(cv**2)), rel=0.2)


def test_a_forecast_follows_the_last_month_and_widens():
    samples, truth = simulate(Design(n=2, places=4, months=12), 6)
    levels = fit(samples, ahead=3, draws=400)
    table = levels.forecast("methamphetamine", level=0.9)
    assert table["month"].unique().tolist() == ["2022-01", "2022-02", "2022-03"]
    wide = np.log(table["upper"] / table["lower"]).to_numpy().reshape(5, 3)
    assert (wide[:, 2] > wide[:, 0]).all()
    last = truth.load[:, -1, truth.drugs.index("methamphetamine")] * np.exp(truth.meter)
    assert np.allclose(np.log(table["median"].to_numpy().reshape(5, 3)[:4, 0] / last), 0, atol=0.5)
    wider = levels.forecast("methamphetamine", level=0.99)
    assert (wider["upper"] > table["upper"]).all()
    past = fit(samples, draws=400)
    assert past.forecast("methamphetamine").empty
    assert past.city().months == levels.city().months[:12]


def test_a_level_or_a_number_of_months_that_cannot_be_is_refused():
    samples, _ = simulate(Design(places=2, months=2, n=1), 1)
    for ahead in (-1, 13, True, 1.5):
        with pytest.raises(InputError, match="0 to 12"):
            fit(samples, ahead=ahead)
    with pytest.raises(InputError, match="between 0 and 1"):
        fit(samples, ahead=1, draws=100).forecast("methamphetamine", level=1.0)


def test_months_and_places_without_a_sample_are_drawn_and_said_to_be_unseen():
    samples, _ = simulate(Design(n=2, places=3, months=8), 2)
    month = samples["time"].values.astype("datetime64[M]")
    gone = (samples["site"].values == samples["site"].values[0]) & (month == np.datetime64("2021-04"))
    levels = fit(samples.isel(sample=~gone & (month != np.datetime64("2021-06"))), draws=200)
    held = levels.city()
    assert held.observed["methamphetamine"].sum() == 3 * 7 - 1
    spread = held.draws["methamphetamine"].std(axis=0)
    assert spread[0, 3] > 1.04 * np.delete(spread[0], 3).min()
    assert not levels.change("2021-06", "2021-05", "methamphetamine")["observed"].any()


def test_a_place_that_wanders_more_than_the_others_has_the_wider_slope():
    samples, truth = simulate(Design(n=1, places=6, drugs=1, walk=0.0, deviation=1e-4), 4001)
    path = np.zeros(24)
    r = np.random.default_rng(3)
    for m in range(1, 24):
        path[m] = 0.8 * path[m - 1] + 0.3 * r.standard_normal()
    month = (samples["time"].values.astype("datetime64[M]") - np.datetime64("2021-01")).astype(int)
    mine = samples["district"].values == truth.places[2]
    values = samples["concentration"].values * np.where(mine, np.exp(path)[month], 1.0)[:, None]
    dims = samples["concentration"].dims
    moved = fit(samples.assign(concentration=(dims, values, samples["concentration"].attrs)), draws=100)
    sd = moved.city().slope[truth.drugs[0]][1]
    assert sd[2] > 1.1 * np.delete(sd[:6], 2).max()
