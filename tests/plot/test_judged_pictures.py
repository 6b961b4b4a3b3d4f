"""Pictures of judgements draw what their tables say, in both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe import plot
from wbe.errors import InputError
from wbe.levels import forecasts, scores
from wbe.levels.bands import bands
from wbe.testing import small_city, small_loads


@pytest.fixture(scope="module")
def loads():
    return small_loads(growth=1.2, months=9)


def texts(figure):
    return [t.get_text() for axes in figure.axes for t in axes.texts]


def test_a_band_lies_in_the_unit_of_the_amounts_and_goes_on_into_the_forecast(loads):
    table = bands(loads, drug="methamphetamine", ahead=2)
    assert table.groupby("district")["forecast"].sum().tolist() == [2, 2]
    flat = table[(table["district"] == "荷塘区") & ~table["forecast"]]
    assert flat["median"].between(25, 36).all()
    assert (flat["lower"] < flat["median"]).all()
    assert (flat["median"] < flat["upper"]).all()
    last = table[table["district"] == "荷塘区"]
    width = np.log(last["upper"] / last["lower"]).to_numpy()
    assert width[-1] > width[4]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_district_has_its_panel_with_band_points_and_marks(language):
    estimate = wbe.estimate(small_city(months=6))
    figure = plot.levels(estimate, drug="ketamine", language=language)
    assert len(figure.axes) == 3
    assert all(axes.get_yscale() == "log" for axes in figure.axes)
    seen = estimate.series("normalised_load").query("drug == 'ketamine'")
    points = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    here = seen[seen["district"] == estimate.districts[0]]
    assert len(points[0].get_xdata()) == (here["status"] == "estimate").sum()


def test_the_matrix_prints_changes_and_colours_only_what_has_a_probability(loads):
    table = wbe.changes(loads)
    figure = plot.change_matrix(table, loads, language="en")
    assert texts(figure) == [f"{p:+.0f} %" for p in table["percent"]]
    image = figure.axes[0].images[0].get_array()
    blank = plot.change_matrix(table.assign(p_rise=np.nan), loads, language="en").axes[0].images[0].get_array()
    assert (blank == 1).all()
    assert not (image == 1).all()


def test_ranks_draw_three_bars_a_district(loads):
    figure = plot.rank_probabilities(wbe.rank(loads), loads, language="zh")
    assert len(figure.axes[0].patches) == 6
    two = pd.concat([wbe.rank(loads, month="2021-01"), wbe.rank(loads)])
    with pytest.raises(InputError, match="one"):
        plot.rank_probabilities(two, loads)


def test_a_timeline_has_one_row_a_district_and_drug_that_had_an_alert(loads):
    tables = [wbe.alerts(loads, month=m) for m in loads.months[-3:]]
    figure = plot.alert_timeline(tables, loads, language="en")
    loud = {(r["district"], r["drug"]) for t in tables for r in t[t["kind"] == "drug"].to_dict("records")}
    assert len(figure.axes[0].get_yticks()) == len(loud)


def test_power_and_scores_are_drawn_and_other_tables_refused(loads):
    estimate = wbe.estimate(small_city(months=4))
    power = wbe.design.power(estimate, drug="methamphetamine", days=(1, 4))
    assert len(plot.power_curves(power, estimate, language="en").axes[0].lines) == 3
    made = forecasts(small_loads(months=6), ahead=1)
    found = scores(made, small_loads(months=7))
    assert len(plot.forecast_scores(found, loads, language="zh").axes[0].get_yticks()) == 2
    with pytest.raises(InputError, match="without"):
        plot.power_curves(found, estimate)
