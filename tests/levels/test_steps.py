"""Steps of laboratories: laid to the right one and month, none where nothing steps, taken out of its places alone."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from wbe.levels import fit
from wbe.levels.cells import cities
from wbe.levels.model import Step
from wbe.levels.steps import _combined

sys.path.insert(0, str(Path(__file__).parents[2] / "studies"))
from simulator import Design, simulate

CALM = Design(n=1, places=8, months=16, drugs=3, walk=0.0, deviation=1e-4)


def two_laboratories(seed=11, ratio=1.6, of="south", month="2021-09"):
    samples, truth = simulate(CALM, seed)
    lab = np.where(samples["district"].values < "district 04", "north", "south")
    after = (samples["time"].values >= np.datetime64(month)) & (lab == of)
    values = samples["concentration"].values * np.where(after, ratio, 1.0)[:, None]
    dims = samples["concentration"].dims
    return samples.assign(concentration=(dims, values, samples["concentration"].attrs)).assign_coords(
        laboratory=("sample", lab)
    ), truth


@pytest.fixture(scope="module")
def stepped():
    return fit(two_laboratories()[0], draws=200)


@pytest.fixture(scope="module")
def quiet():
    return fit(two_laboratories(ratio=1.0)[0], draws=200)


def test_each_place_has_its_laboratory():
    city = cities(two_laboratories()[0])[0]
    assert city.laboratories == ("north", "south")
    assert city.laboratory.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_step_is_laid_to_the_laboratory_that_stepped(stepped):
    steps = stepped.city().steps
    assert steps.chance[1].sum() > 0.9
    assert steps.chance[0].sum() < 0.05
    table = stepped.steps()
    likeliest = table.iloc[1:].sort_values("probability").iloc[-1]
    assert likeliest["laboratory"] == "south"
    assert likeliest["month"] in ("2021-08", "2021-09", "2021-10")
    assert likeliest["lower"] < 1.6 < likeliest["upper"]
    assert table.iloc[0][["month", "ratio", "lower", "upper", "laboratory"]].tolist() == ["", 1.0, 1.0, 1.0, ""]
    assert table["probability"].sum() == pytest.approx(1.0)
    assert (steps.chance[:, 0] == 0).all()  # from the first month on is a level
    assert stepped.city().steps.likely[0] == (1, list(stepped.city().months).index(likeliest["month"]))


def test_only_places_of_that_laboratory_hear_of_it(stepped):
    table = stepped.trend("methamphetamine").set_index("place")
    north, south = table.iloc[:4]["p_step"], table.iloc[4:8]["p_step"]
    assert (north < 0.05).all()
    assert (south > 0.9).all()
    assert (table["direction"] != "rising").all()  # a step that is sure is taken out


def test_levels_do_not_step_with_the_laboratory(stepped, quiet):
    for drug in stepped.city().draws:
        with_step, without = (levels.city().draws[drug].mean(axis=0) for levels in (stepped, quiet))
        moved = (with_step - without)[4:]
        assert np.abs(moved[:, -4:].mean() - moved[:, :4].mean()) < 0.2  # ln 1.6 is .47


def test_no_step_is_said_where_nothing_steps(quiet):
    assert quiet.city().steps.any < 0.1
    assert quiet.city().steps.none > 0.9
    assert (quiet.steps()["probability"] >= 0).all()


def test_a_step_begins_with_its_month_and_with_its_places():
    step = Step(2, 0.5, 0.01, np.array([1.0, 0.0]))
    assert step.shift(4).tolist() == [[0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.0, 0.0]]
    assert step.added(np.array([0, 0, 1]), np.array([1, 2, 3])).tolist() == [0.0, 0.5, 0.0]
    everywhere = Step(1, 0.5, 0.01)
    assert everywhere.shift(2).tolist() == [[0.0, 0.5]]
    assert everywhere.added(np.array([0, 1]), np.array([0, 1])).tolist() == [0.0, 0.5]


def test_the_evidence_of_a_common_step_by_hand():
    # two drugs, one laboratory, one month: sizes y = .4, .2 with error variances .04, .04; common sd .4, own sd .1
    precision, pull = np.array([[25.0]]), [np.array([[10.0]]), np.array([[5.0]])]
    gain, size, sd = _combined([(precision, pull[0]), (precision, pull[1])])
    error = np.diag([0.04, 0.04])
    with_step = error + 0.4**2 + 0.1**2 * np.eye(2)
    y = np.array([0.4, 0.2])

    def log_density(v):
        return -0.5 * (np.linalg.slogdet(v)[1] + y @ np.linalg.solve(v, y))

    assert gain[0, 0] == pytest.approx(log_density(with_step) - log_density(error))
    variance = 1 / (1 / 0.16 + 2 / 0.05)
    assert sd[0, 0] == pytest.approx(np.sqrt(variance))
    assert size[0, 0] == pytest.approx(variance * (0.4 + 0.2) / 0.05)


def test_fewer_than_four_months_have_no_step():
    levels = fit(simulate(Design(places=3, months=3, n=1), 1)[0], draws=100)
    assert levels.city().steps.any == 0.0
    assert levels.steps()["probability"].tolist() == [1.0, 0.0, 0.0]
