"""In the sewer: times that differ within a catchment, biofilm by its area, and each sample's own solids."""

import json

import numpy as np
import pytest
from scipy import stats

import wbe
from wbe.errors import FactorError
from wbe.factors import correct, profile, rate
from wbe.factors.in_sewer import partition, sent, share_on_solids
from wbe.factors.transformation import network, on_solids
from wbe.testing import small_city

PAIR = ("cocaine", "benzoylecgonine")


def test_a_spread_of_times_is_the_mean_over_gamma_times():
    matrix = network(PAIR, 20.0)
    hours, spread = 8.0, 0.7
    times = stats.gamma(1 / spread**2, scale=hours * spread**2).ppf((np.arange(4000) + 0.5) / 4000)
    mean = np.mean([np.linalg.inv(sent(matrix, t)) for t in times], axis=0)
    assert np.linalg.inv(sent(matrix, hours, spread)) == pytest.approx(mean, rel=2e-3, abs=1e-4)


def test_little_spread_is_none_and_more_of_it_saves_more():
    matrix = network(PAIR, 20.0)
    assert sent(matrix, 8.0, 1e-3) == pytest.approx(sent(matrix, 8.0), rel=1e-5)
    back = [float(sent(matrix, 8.0, s)[0, 0]) for s in (0.0, 0.5, 1.0, 2.0)]
    assert back == sorted(back, reverse=True)
    assert min(back) > 1
    for spread in (-0.1, np.inf, np.nan):
        with pytest.raises(FactorError, match="coefficient of variation"):
            sent(matrix, 8.0, spread)


def test_corrected_samples_carry_the_spread_of_times_once_and_say_so():
    city = small_city(biomarkers=PAIR)
    plain, spread = (correct(city, profile("gracia-lor-2016"), hours=8, hours_spread=s) for s in (0.0, 1.0))
    ratio = (spread["concentration"] / plain["concentration"]).sel(biomarker="cocaine").dropna("sample").to_numpy()
    expected = float(sent(network(PAIR), 8.0, 1.0)[0, 0] / sent(network(PAIR), 8.0)[0, 0])
    assert ratio == pytest.approx(np.full(len(ratio), expected))
    assert "within a catchment of CV 1" in json.loads(spread.attrs["corrections"])[0]
    assert "within" not in json.loads(plain.attrs["corrections"])[0]
    limits = (spread["lod"] / city["lod"]).sel(biomarker="cocaine").to_numpy()
    assert limits == pytest.approx(np.full(len(limits), float(sent(network(PAIR), 8.0, 1.0)[0, 0])))
    with pytest.raises(FactorError, match="corrected"):
        correct(spread, profile("gracia-lor-2016"), hours=8)


def test_the_budget_shows_the_correction():
    city = small_city(districts=1, months=1, biomarkers=PAIR)
    moved = correct(city, profile("gracia-lor-2016"), hours=8, hours_spread=0.5)
    estimate = wbe.estimate(moved, factors="gracia-lor-2016")
    month = estimate.months[0]
    sources = set(estimate.budget("天元区", month, "cocaine", "normalised_load")["source"])
    assert {"stability", "residence"} & sources


FILM = {"name": "film", "claim": [
    {"id": "cocaine-film", "quantity": "rate_biofilm", "biomarker": "cocaine", "value": 0.002, "unit": "m/h",
     "citation": "own reactor"},
]}  # fmt: skip


def test_loss_is_that_of_the_bulk_plus_that_of_the_biofilm():
    bulk = rate("cocaine")
    found = [rate("cocaine", area_volume=a, overlay=FILM) for a in (0.0, 10.0, 50.0)]
    assert found[0]["rate"] == pytest.approx(bulk["rate"])  # the shipped claims are of bulk sewage
    assert found[1]["rate"] - found[0]["rate"] == pytest.approx(0.02)
    assert found[2]["high"] - found[0]["high"] == pytest.approx(0.1)
    assert "cocaine-film" in found[1]["claims"]
    warm = rate("cocaine", 25.0, area_volume=10.0, overlay=FILM)
    cold = rate("cocaine", 25.0, area_volume=0.0, overlay=FILM)
    assert warm["rate"] - cold["rate"] == pytest.approx(0.02 * warm["theta"] ** 5)
    # without a claim, or without asking, nothing changes
    assert rate("cocaine", area_volume=10.0) == bulk
    assert rate("cocaine", overlay=FILM)["rate"] == pytest.approx(bulk["rate"])
    moved = network(PAIR, area_volume=10.0, overlay=FILM)
    assert moved[0, 0] == pytest.approx(-found[1]["rate"])
    for area in (-1.0, np.inf):
        with pytest.raises(FactorError, match="biofilm area"):
            rate("cocaine", area_volume=area, overlay=FILM)


def test_corrections_take_the_area_of_the_biofilm():
    city = small_city(biomarkers=PAIR)
    moved = correct(city, profile("gracia-lor-2016"), hours=6, area_volume=40.0, overlay=FILM)
    plain = correct(city, profile("gracia-lor-2016"), hours=6)
    first = {"sample": 0, "biomarker": 0}
    assert float(moved["concentration"][first] / plain["concentration"][first]) == pytest.approx(np.exp(0.08 * 6))
    assert "biofilm of 40 m2/m3" in moved.attrs["corrections"]


def test_solids_of_each_sample_decide_its_share():
    kd = partition(0.3)
    assert share_on_solids(kd, 250.0) == pytest.approx(0.3)  # where the published share holds
    assert share_on_solids(kd, np.array([0.0, 125.0, 1e9])).tolist() == pytest.approx([0, 0.3 / 1.7, 1.0], abs=1e-5)
    with pytest.raises(FactorError, match="suspended solids"):
        share_on_solids(kd, -1.0)
    city = small_city(districts=1, months=3, biomarkers=("thc_cooh",))
    told = np.array([250.0, 500.0, np.nan])
    own = city.assign(suspended_solids=("sample", told, {"units": "mg/L"}))
    plain, moved = (correct(c, profile("default"), sorption=["thc_cooh"]) for c in (city, own))
    share = on_solids("thc_cooh")["share"]
    fold = (moved["concentration"] / city["concentration"]).to_numpy().ravel()
    twice = share_on_solids(partition(share), 500.0)
    assert fold == pytest.approx([1 / (1 - share), 1 / (1 - twice), 1 / (1 - share)])
    assert (plain["concentration"] / city["concentration"]).to_numpy().ravel() == pytest.approx(np.full(3, fold[0]))
    assert moved["sorption_log_sd"][0].item() == pytest.approx(plain["sorption_log_sd"][0].item(), rel=1e-9)
    assert moved["sorption_log_sd"][1].item() > 0
    assert "66 to 80 % on solids by each sample's own solids" in moved.attrs["corrections"]
    assert "66 % on solids (" in plain.attrs["corrections"]
