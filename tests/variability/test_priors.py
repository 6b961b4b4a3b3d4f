"""What is believed before a file speaks, and how it is shown: published fits, intervals, degrees of freedom."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from wbe import packaged
from wbe.variability import day_size, learn, learn_statistics, measurement_size, weekend
from wbe.variability.priors import checked, day_sizes, known_terms

sys.path.insert(0, str(Path(__file__).parent))
from simulated import city

SCRIPTS = Path(__file__).parents[2] / "scripts"


def shown(samples, term, key, language="en", **cvs):
    return learn(samples, cvs or None).table(language).set_index(["term", "key"]).loc[(term, key)]


def test_the_priors_of_days_are_the_fit_to_the_european_weeks():
    sys.path.insert(0, str(SCRIPTS))
    import fit_variability

    table = fit_variability.weeks(SCRIPTS.parent / "data" / "samples" / "euda")
    held = packaged.toml("variability.toml")
    for name, group in table.groupby("biomarker"):
        found = fit_variability.fit(group)
        row, days_off = held["day"]["biomarker"][name], held["weekend"]["biomarker"][name]
        assert row["sd"] == pytest.approx(found["sd"], abs=6e-4)
        assert row["exponent"] == pytest.approx(found["exponent"], abs=6e-4)
        assert row["n"] == found["n"]
        assert days_off["mean"] == pytest.approx(found["weekend"], abs=6e-4)
        assert days_off["sd"] == pytest.approx(found["weekend_sd"], abs=6e-4)
        # variances average: over places and files the mean variance is that of the weeks
        spread = np.hypot(held["day"]["place_sd"], held["day"]["shift_sd"])
        assert row["sd"] * np.exp(spread**2) == pytest.approx(found["rms"], rel=0.005)


def test_a_size_has_its_interval_and_degrees_of_freedom():
    row = shown(city(months=1, places=2), "sampling", "24h_composite")
    assert row["cv"] == pytest.approx(0.10)
    assert row["lower"] == pytest.approx(0.10 * np.exp(-1.959964 * 0.15))
    assert row["upper"] == pytest.approx(0.10 * np.exp(1.959964 * 0.15))
    assert row["df"] == pytest.approx(2 / 0.3**2)
    assert row["status"] == "memory"
    assert "Castiglioni" in row["source"]


def test_a_size_that_the_user_set_has_no_interval_and_no_prior():
    row = shown(city(months=1, places=2), "analysis", "", "zh", analysis=0.07)
    assert row[["cv", "lower", "upper", "prior_weight"]].tolist() == [0.07, 0.07, 0.07, 0.0]
    assert row["df"] == np.inf
    assert row["note"] == "用户设定"


def test_notes_are_said_in_both_languages():
    samples = city(months=6, places=3)
    english, chinese = shown(samples, "batch", "ketamine"), shown(samples, "batch", "ketamine", "zh")
    assert english["note_codes"] == chinese["note_codes"] == "variability-source-learnt"
    assert english["note"] == "prior, updated by the file"
    assert chinese["note"] == "先验经本文件数据更新"


@pytest.mark.parametrize(
    ("people", "factor"), [(1e5, 1.0), (1e4, 10**0.163), (1e6, 10**-0.163), (0.0, 1.0), (np.nan, 1.0)]
)
def test_a_small_plant_has_wider_days_and_an_unknown_one_counts_as_a_hundred_thousand(people, factor):
    assert np.sqrt(day_size("benzoylecgonine", people).variance) == pytest.approx(0.276 * factor)


def test_a_drug_without_a_series_has_the_default_and_cocaine_that_of_its_metabolite():
    assert day_size("ketamine").variance == pytest.approx(0.26**2)
    assert day_size("cocaine").variance == day_size("benzoylecgonine").variance
    assert "from benzoylecgonine" in day_size("cocaine").source
    assert weekend(["cocaine"]).tolist() == weekend(["benzoylecgonine"]).tolist()


def test_places_have_the_prior_of_their_people():
    ln_variance, sizes = day_sizes(["methamphetamine", "mdma"], np.array([1e4, 1e6]))
    assert ln_variance.shape == (2, 2)
    assert ln_variance[0, 0] - ln_variance[1, 0] == pytest.approx(2 * -0.108 * np.log(1e-2))
    assert ln_variance[0, 1] < ln_variance[1, 1]
    assert sizes[0].sd_ln == pytest.approx(np.hypot(0.35, 0.45))


def test_a_composite_is_surer_than_a_grab_sample():
    assert measurement_size("sampling", "24h_composite").sd_ln == 0.15
    assert measurement_size("sampling", "grab").sd_ln == 0.5
    assert measurement_size("sampling", "grab").cv == pytest.approx(0.85)
    assert measurement_size("batch").sd_ln == 0.6


def test_the_grabs_of_one_month_are_believed_within_a_factor():
    cv = np.sqrt(np.expm1(learn(city(months=1, kind="grab")).sampling[:, 0]))
    assert np.exp(np.log(cv).mean()) == pytest.approx(0.85)
    assert cv.max() == pytest.approx(0.85 * np.exp(0.5 * 2.10648), rel=1e-4)


def test_sizes_are_checked_by_name_and_kept_as_log_variances():
    known = known_terms(["grab"], ["mdma"], ["", "north"])
    assert known[-1] == "analysis:north"
    assert "analysis:" not in known
    assert checked(None, known) == {}
    assert checked({"analysis:north": 0.2, "flow_meter": 0.1}, known)["analysis:north"] == pytest.approx(np.log(1.04))


def test_the_people_of_a_site_are_its_lower_median():
    samples = city(months=4, places=1)
    people = np.array([4e4, 1e5, 2e5, np.nan])
    told = samples.assign(population=("sample", people, samples["population"].attrs))
    assert learn_statistics(told).keys.population.tolist() == [1e5]
    nobody = samples.assign(population=("sample", np.full(4, np.nan), samples["population"].attrs))
    assert np.isnan(learn_statistics(nobody).keys.population).all()


def test_a_size_is_found_by_its_term_and_key():
    found = learn(city(months=2, places=2), {"day:morphine": 0.4})
    assert found.at("day", "morphine") == 0.4
    assert found.at("flow") == pytest.approx(0.05, rel=0.05)
