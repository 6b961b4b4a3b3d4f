"""Forecasts are of what will be measured, are written down, and are scored by what came."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.errors import InputError
from wbe.levels.beliefs import beliefs
from wbe.levels.forecasting import COLUMNS, alike, forecasts, scores
from wbe.levels.measuring import errors, typical
from wbe.testing import small_city, small_loads

sys.path.insert(0, str(Path(__file__).parents[2] / "studies"))
from simulator import Design, simulate


@pytest.fixture(scope="module")
def both():
    samples, _ = simulate(Design(n=2, months=15, places=8, drugs=2), 21)
    month = samples["time"].values.astype("datetime64[M]")
    early = samples.isel(sample=month < np.datetime64("2022-01"))
    return wbe.estimate(early), wbe.estimate(samples)


def test_nine_of_ten_results_fall_into_their_interval(both):
    early, late = both
    made = forecasts(early)
    assert tuple(made.columns) == COLUMNS
    assert made["month"].unique().tolist() == ["2022-01", "2022-02", "2022-03"]
    assert set(made["made"]) == {"2021-12"}
    found = scores(made, late).set_index("drug")
    assert found.loc["", "n"] == len(made) == 8 * 2 * 3
    assert found.loc["", "inside"] == pytest.approx(0.9, abs=0.1)
    assert abs(found.loc["", "bias_percent"]) < 15
    assert found.loc["", "error"] == pytest.approx(np.sqrt(0.9 * 0.1 / len(made)))
    assert found["n"].iloc[:-1].sum() == found["n"].iloc[-1]


def test_a_wider_level_holds_more_and_a_later_month_is_less_sure(both):
    early, _ = both
    wide, narrow = (forecasts(early, level=level) for level in (0.95, 0.5))
    assert (wide["upper"] > narrow["upper"]).all()
    assert (wide["lower"] < narrow["lower"]).all()
    spread = np.log(wide["upper"] / wide["lower"]).groupby(wide["month"]).mean()
    assert spread.iloc[2] > spread.iloc[0]


def test_forecasts_do_not_know_what_came(both):
    _, late = both
    again = forecasts(late, ahead=1)
    assert again["month"].unique().tolist() == ["2022-04"]
    assert set(again["made"]) == {"2022-03"}
    assert scores(again, late)["n"].tolist() == [0]


def test_scores_by_hand():
    loads = small_loads(months=4)  # 20 in the first district, 30 in the second
    rows = [("天元区", "2021-03", 10.0, 25.0, 15.0), ("天元区", "2021-04", 21.0, 25.0, 22.0),
            ("荷塘区", "2021-03", 30.0, 40.0, 30.0), ("荷塘区", "2021-02", 1.0, 2.0, 1.0)]  # fmt: skip
    made = pd.DataFrame(
        [(d, "methamphetamine", "normalised_load", "2021-02", m, mid, lo, up, 0.9) for d, m, lo, up, mid in rows],
        columns=list(COLUMNS),
    )
    found = scores(made, loads).iloc[-1]
    assert found["n"] == 3  # a month that was known when the forecast was made is none
    assert found["inside"] == pytest.approx(2 / 3)  # 20 in 10-25, 20 not in 21-25, 30 in 30-40
    assert found["bias_percent"] == pytest.approx(0.0)
    assert found["width"] == pytest.approx(np.mean([2.5, 25 / 21, 4 / 3]))
    assert scores(made.iloc[:0], loads).empty


def test_published_loads_have_forecasts_too():
    made = forecasts(small_loads(months=8), ahead=2)
    assert len(made) == 4
    first = made.set_index(["district", "month"]).loc[("荷塘区", "2021-09")]
    assert first["lower"] < 30 < first["upper"]


def test_what_is_hidden_or_old_is_not_forecast():
    frame = small_loads(months=30).frame
    old = frame[(frame["district"] != "荷塘区") | (frame["month"] < "2022-01")]
    series = wbe.answer.Series(
        old[["district", "month", "drug", "median", "se_log"]], "normalised_load", "mg/d/1000 inhabitant"
    )
    assert set(forecasts(series)["district"]) == {"天元区"}


def test_a_measured_month_is_its_level_with_the_learnt_error_and_nothing_twice(both):
    early, _ = both
    held = beliefs(early, "normalised_load", until="2021-12", ahead=3)
    fit, _ = held.levels.city().steps.likeliest(0)
    theta = fit.mode[None]
    one = replace(fit, nodes=theta, weight=np.ones(1))
    found = errors(one, 20000, "x", 1, 2)
    batch = np.log1p(np.exp(theta[0, fit.frame.sizes.index("batch")]))
    own = typical(one, theta)[0]
    assert np.allclose(found.var(axis=0), (own + batch)[:, None], rtol=0.06)
    assert np.allclose(np.exp(found).mean(axis=0), 1.0, atol=0.02)  # an error has mean one
    shared = np.cov(found[:, 0, 0], found[:, 1, 0])[0, 1]  # a month's batch hits all places ...
    assert shared == pytest.approx(batch, abs=0.002)
    assert np.corrcoef(found[:, 0, 0], found[:, 0, 1])[0, 1] == pytest.approx(0.0, abs=0.03)  # ... and no other month
    level, whole = held.draws("methamphetamine"), held.measured("methamphetamine")
    gained = (whole - level)[:, :, -1].var(axis=0)
    amounts = early.series("normalised_load").query("drug == 'methamphetamine'")["log_sd_within"].median() ** 2
    assert (gained < amounts).all()  # the amounts' error holds the days that a level holds already


def test_the_typical_error_is_the_middle_months_and_none_without_a_number():
    samples, _ = simulate(Design(n=2, months=5, places=3, drugs=1), 3)
    gone = samples["district"].values == "district 01"
    samples["concentration"].values[gone] = np.nan
    samples["flag"].values[gone] = 3
    fit, _ = wbe.levels.fit(samples, draws=100).city().steps.likeliest(0)
    found = typical(fit, fit.mode[None])[0]
    assert np.isnan(found[1])
    assert np.isfinite(found[[0, 2]]).all()


def test_the_unit_of_forecasts_is_that_of_the_last_method_and_after_a_step():
    group = pd.DataFrame({
        "month": ["2021-03", "2021-01", "2021-02", "2021-04"], "method_version": ["B", "A", "B", "B"],
        "median": [1.0, 2.0, 3.0, 4.0],
    })  # fmt: skip
    assert alike(group, 0.1, "2021-04")["month"].tolist() == ["2021-02", "2021-03", "2021-04"]
    assert alike(group, 0.5, "2021-03")["month"].tolist() == ["2021-03", "2021-04"]
    assert alike(group, 0.9, "2021-05")["month"].tolist() == ["2021-02", "2021-03", "2021-04"]
    assert alike(group.drop(columns="method_version"), 0.4, "2021-04")["month"].tolist()[0] == "2021-01"


def test_forecasts_after_a_step_of_the_laboratory_go_on_where_the_laboratory_stands():
    samples, _ = simulate(Design(n=2, months=14, places=6, walk=0.0, deviation=1e-4), 5)
    after = samples["time"].values >= np.datetime64("2021-09")
    values = np.where(after[:, None], 2.0, 1.0) * samples["concentration"].values
    stepped = samples.assign(concentration=(samples["concentration"].dims, values, samples["concentration"].attrs))
    estimate = wbe.estimate(stepped)
    made = forecasts(estimate, ahead=1).set_index(["district", "drug"])
    last = estimate.series("normalised_load")
    last = last[last["month"] >= "2021-09"].groupby(["district", "drug"])["median"].median()
    assert np.log(made["median"] / last).abs().median() < 0.15


def test_what_cannot_be_forecast_or_scored_is_refused():
    estimate = wbe.estimate(small_city(months=3))
    with pytest.raises(InputError) as caught:
        forecasts(estimate, ahead=13, level=1.0)
    assert caught.value.codes == ["levels-level", "levels-ahead"]
    with pytest.raises(InputError, match="without district"):
        scores(pd.DataFrame({"drug": []}), estimate)
    made = forecasts(estimate, ahead=1)
    with pytest.raises(InputError, match="several values of level"):
        scores(pd.concat([made, made.assign(level=0.5)]), estimate)
