"""What an edition hides no judgement tells, and a factor that all share moves none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.testing import small_city


def public(samples):
    return wbe.estimate(samples, policy="public")


def with_a_village(factor: float = 1.0):
    """A city of five districts, one of them with too few people to be shown, whose results are moved by a factor."""
    samples = small_city(districts=5, months=5)
    village = samples["district"].values == "渌口区"
    people = np.where(village, 900.0, samples["population"].values)
    moved = samples["concentration"].values * np.where(village, factor, 1.0)[:, None]
    return samples.assign(
        population=(samples["population"].dims, people, samples["population"].attrs),
        concentration=(samples["concentration"].dims, moved, samples["concentration"].attrs),
    )


@pytest.mark.parametrize("judge", [wbe.rank, wbe.trend, wbe.changes, wbe.alerts])
def test_a_hidden_sample_moves_no_digit_of_what_is_printed(judge):
    one, other = (judge(public(with_a_village(factor))) for factor in (1.0, 3.0))
    hidden = one["district"] == "渌口区"
    assert hidden.any()
    numbers = one.select_dtypes("number").columns.intersection(
        ["p_rise", "level_percent", "p_first", "p_top3", "median_rank", "percent_per_month", "p_exceed", "p_value"]
    )
    assert len(numbers)
    assert one.loc[hidden, numbers].isna().all().all()
    pd.testing.assert_frame_equal(one[numbers], other[numbers], check_exact=True)


@pytest.mark.parametrize("judge", [wbe.rank, wbe.trend, wbe.changes, wbe.alerts])
def test_a_factor_that_all_results_share_moves_no_judgement(judge):
    samples = small_city(districts=4, months=5)
    grown = samples.copy()
    for name in ("concentration", "lod", "loq"):
        grown[name] = (samples[name] * 3.7).assign_attrs(samples[name].attrs)
    one, other = judge(wbe.estimate(samples)), judge(wbe.estimate(grown))
    numbers = one.select_dtypes("number").columns.difference(["baseline"])
    assert np.allclose(
        one[numbers].to_numpy(float), other[numbers].to_numpy(float), atol=1e-9, rtol=1e-9, equal_nan=True
    )
    for exact in one.columns.intersection(["p_rise", "p_first", "p_top3", "p_exceed", "p_value", "median_rank"]):
        assert np.allclose(one[exact].to_numpy(float), other[exact].to_numpy(float), atol=1e-12, rtol=0, equal_nan=True)


def test_a_judgement_of_a_month_does_not_know_what_came_later():
    samples = small_city(districts=3, months=6)
    early = samples.isel(sample=samples["time"].dt.month.values <= 4)
    told = wbe.rank(wbe.estimate(samples), month="2021-04", drug="methamphetamine")
    then = wbe.rank(wbe.estimate(early), drug="methamphetamine")
    columns = ["district", "median_rank", "p_first", "p_top3", "group"]
    pd.testing.assert_frame_equal(told[columns], then[columns])
