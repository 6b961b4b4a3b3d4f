"""Counts and loads: a relation is found at its lag, none is made by season, size, persistence or policing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import wbe
from wbe.answer import Series
from wbe.errors import InputError, UnknownName
from wbe.triangulate.panel import of_counts

MONTHS = [str(m) for m in pd.period_range("2022-01", periods=24, freq="M")]


def loads(log_load, se=0.1):
    rows = [
        {"district": f"d{d}", "month": MONTHS[m], "drug": "methamphetamine", "median": float(np.exp(v)), "se_log": se}
        for (d, m), v in np.ndenumerate(log_load) if np.isfinite(v)
    ]  # fmt: skip
    return Series(pd.DataFrame(rows), "normalised_load", "mg/d/1000 inhabitant", synthetic=True)


def table(indicator, values, **tests):
    rows = [
        {"district": f"d{d}", "month": MONTHS[m], "indicator": indicator, "count": float(v),
         "denominator": float(tests["tests"][d, m]) if tests else ""}
        for (d, m), v in np.ndenumerate(values) if np.isfinite(v)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def held(*tables):
    return wbe.triangulate.counts(pd.concat(tables), synthetic=True)


def wandering(rng, keep, shape=(8, 24), sd=0.4):
    out = np.zeros(shape)
    out[:, 0] = rng.standard_normal(shape[0]) * sd
    for m in range(1, shape[1]):
        out[:, m] = keep * out[:, m - 1] + rng.standard_normal(shape[0]) * sd * np.sqrt(1 - keep**2)
    return out


def compare(log_load, counts, indicator="emergency calls", **more):
    return wbe.triangulate.associate(loads(log_load), counts, indicator=indicator, drug="冰毒", **more)


@pytest.mark.parametrize("lag", [-2, 0, 1, 3])
def test_a_relation_is_found_at_the_lag_that_was_put_in(lag):
    rng = np.random.default_rng(1)
    true = wandering(rng, 0.3, (8, 30))
    calls = rng.poisson(60 * np.exp(0.9 * true[:, 3:27] + 0.5 * rng.standard_normal((8, 1))))
    found = compare(true[:, 3 + lag : 27 + lag] + 3, held(table("emergency calls", calls)))
    best = found.table.loc[found.table["correlation"].abs().idxmax()]
    assert (found.status, best["lag"], best["correlation"] > 0.7) == ("estimate", lag, True)
    assert found.p <= 0.002
    assert best["lower"] < best["correlation"] < best["upper"]
    assert "triangulate-goes-with" in [n.code for n in found.notes()]


def test_persistent_series_that_have_nothing_to_do_with_each_other_are_seldom_related():
    rng = np.random.default_rng(2)
    said = [
        compare(wandering(rng, 0.8), held(table("emergency calls", rng.poisson(80 * np.exp(wandering(rng, 0.8)))))).p
        for _ in range(40)
    ]
    assert sum(p <= 0.05 for p in said) <= 6  # 40 at .05: 6 or fewer in 98.6 %


def test_neither_large_districts_nor_a_common_season_make_a_relation():
    rng = np.random.default_rng(3)
    season = np.sin(np.arange(24) * np.pi / 6)[None, :] + np.arange(8)[:, None]
    calls = rng.poisson(np.exp(3 + 0.5 * season))
    found = compare(season + 0.2 * rng.standard_normal((8, 24)), held(table("emergency calls", calls)))
    assert found.p > 0.05
    assert found.table["correlation"].abs().max() < 0.4


def test_scaling_loads_or_amounts_changes_nothing():
    rng = np.random.default_rng(4)
    true = wandering(rng, 0.3)
    kilos = np.exp(true + rng.standard_normal(true.shape))
    one = compare(true, held(table("seizures", kilos)), "seizures")
    two = compare(true + np.log(1000), held(table("seizures", 1000 * kilos)), "seizures")
    pd.testing.assert_frame_equal(one.table, two.table, rtol=1e-9)
    assert one.p == two.p


@pytest.mark.parametrize(("share", "status"), [(0.9, "confounded"), (0.0, "estimate")])
def test_counts_that_follow_the_work_of_enforcement_give_no_number(share, status):
    rng = np.random.default_rng(5)
    true, work = wandering(rng, 0.3), wandering(rng, 0.3)
    users = rng.poisson(100 * np.exp(share * work + (1 - share) * true))
    found = compare(true, held(table("registered users", users), table("operations", rng.poisson(200 * np.exp(work)))),
                    "registered users")  # fmt: skip
    assert found.status == status
    assert (abs(found.enforcement) > 0.3) == (status == "confounded")
    if status == "confounded":
        assert found.table.empty
        assert np.isnan(found.p)
        assert "执法力度" in found.explain("zh")
    else:
        assert "triangulate-policing" in [n.code for n in found.notes()]


def test_the_number_of_tests_is_work_of_enforcement_too():
    rng = np.random.default_rng(6)
    true = wandering(rng, 0.3)
    tests = np.round(300 * np.exp(0.6 * wandering(rng, 0.3)))
    positives = np.minimum(tests, np.round(tests * 0.05 * tests / 300))
    found = compare(true, held(table("urine positives", positives, tests=tests)), "urine positives")
    assert found.status == "confounded"


def test_without_counts_of_enforcement_that_is_said():
    rng = np.random.default_rng(7)
    found = compare(wandering(rng, 0.3), held(table("tips", rng.poisson(50, (8, 24)))), "tips")
    assert np.isnan(found.enforcement)
    assert "triangulate-no-enforcement" in [n.code for n in found.notes()]


def test_hair_follows_the_mean_of_the_months_that_it_grew():
    rng = np.random.default_rng(8)
    true = wandering(rng, 0.0, (8, 24), 0.6)
    grown = np.full_like(true, np.nan)
    for m in range(5, 24):
        grown[:, m] = np.log(np.exp(true[:, m - 5 : m + 1]).mean(axis=1))
    tests = np.full(true.shape, 900.0)
    positives = np.where(np.isfinite(grown), np.round(900 * 0.05 * np.exp(grown)), np.nan)
    counts = held(table("hair positives", positives, tests=tests))
    own, month = (compare(true, counts, "hair positives", window=w) for w in (None, 1))
    at = own.table.set_index("lag").loc[0, "correlation"]
    assert at > 0.8
    assert at > month.table["correlation"].max() + 0.2
    assert "triangulate-window-used" in [n.code for n in own.notes()]


def test_noise_of_measuring_is_told_as_what_it_hides():
    rng = np.random.default_rng(9)
    true = wandering(rng, 0.3, sd=0.3)
    noisy = true + 0.3 * rng.standard_normal(true.shape)
    found = wbe.triangulate.associate(
        loads(noisy, se=0.3), held(table("emergency calls", rng.poisson(1e6 * np.exp(true)))),
        indicator="emergency calls", drug="冰毒",
    )  # fmt: skip
    assert found.reliability == pytest.approx(0.5, abs=0.12)
    assert found.table.set_index("lag").loc[0, "correlation"] == pytest.approx(np.sqrt(0.5), abs=0.12)


@pytest.mark.parametrize(("shape", "status"), [((2, 6), "estimate"), ((2, 5), "too_few"), ((1, 11), "too_few")])
def test_a_number_needs_twelve_cells_and_six_months(shape, status):
    rng = np.random.default_rng(10)
    counts = held(table("emergency calls", rng.poisson(50, shape)))
    assert compare(wandering(rng, 0.3, shape), counts).status == status


def test_one_district_alone_cannot_be_surer_than_its_shifts():
    rng = np.random.default_rng(11)
    true = wandering(rng, 0.0, (1, 24))
    found = compare(true, held(table("emergency calls", rng.poisson(1000 * np.exp(true)))))
    assert found.p == pytest.approx(1 / 18)  # 23 turns, six of them within three months


def test_results_below_the_limit_take_part():
    rng = np.random.default_rng(12)
    true = wandering(rng, 0.3)
    calls = held(table("emergency calls", rng.poisson(100 * np.exp(true))))
    frame = loads(true).frame[["district", "month", "drug", "median", "se_log"]].copy()
    limit = float(np.quantile(frame["median"], 0.4))
    below = frame["median"] < limit
    frame["limit"] = np.where(below, limit, np.nan)
    frame.loc[below, ["median", "se_log"]] = np.nan
    answer = Series(frame, "normalised_load", "mg/d/1000 inhabitant", synthetic=True)
    found = wbe.triangulate.associate(answer, calls, indicator="emergency calls", drug="冰毒")
    row = found.table.set_index("lag").loc[0]
    assert row["n"] == 192
    assert row["correlation"] > 0.5


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"indicator": "rainfall"}, UnknownName, "indicator"),
        ({"indicator": "tips"}, InputError, "no rows of tips"),
        ({"drug": "moonshine"}, UnknownName, "drug"),
        ({"quantity": "normalized_load"}, UnknownName, "quantity"),
        ({"window": 0}, InputError, "1 to 12 months"),
        ({"window": 13}, InputError, "1 to 12 months"),
        ({"window": True}, InputError, "1 to 12 months"),
    ],
)
def test_what_is_not_there_is_refused(change, error, match):
    rng = np.random.default_rng(13)
    counts = held(table("emergency calls", rng.poisson(50, (8, 24))))
    request = {"indicator": "emergency calls", "drug": "冰毒"} | change
    with pytest.raises(error, match=match):
        wbe.triangulate.associate(loads(wandering(rng, 0.3)), counts, **request)


def test_samples_are_no_answer():
    with pytest.raises(InputError, match="estimate"):
        wbe.triangulate.associate(12.5, held(table("tips", np.ones((2, 2)))), indicator="tips", drug="冰毒")


def test_a_drug_of_its_own_goes_before_all_drugs_together():
    rng = np.random.default_rng(14)
    true = wandering(rng, 0.3)
    own = table("emergency calls", rng.poisson(300 * np.exp(true))).assign(drug="冰毒")
    every = table("emergency calls", rng.poisson(300, true.shape)).assign(drug="")
    both = compare(true, held(own, every))
    alone = compare(true, held(own))
    pd.testing.assert_frame_equal(both.table, alone.table)


def persistence(left):
    r = (left[:, 1:] * left[:, :-1]).mean() / (left**2).mean()
    return min(max(r + (1 + 3 * r) / left.shape[1], 0.0), 0.95)


def test_the_interval_is_fishers_for_the_cells_that_are_independent():
    rng = np.random.default_rng(15)
    x = wandering(rng, 0.6, (4, 12))
    calls = rng.poisson(200 * np.exp(x + wandering(rng, 0.6, (4, 12))))
    y = np.log(calls + 0.5)
    row = compare(x, held(table("emergency calls", calls))).table.set_index("lag").loc[0]
    a, b = (v - v.mean(1, keepdims=True) - v.mean(0, keepdims=True) + v.mean() for v in (x, y))
    r = (a * b).mean() / np.sqrt((a**2).mean() * (b**2).mean())
    both = persistence(a) * persistence(b)
    assert both > 0.02
    n = (48 - 4 - 12 + 2) * (1 - both) / (1 + both)
    half = 1.959963984540054 / np.sqrt(n - 3)
    assert row["correlation"] == pytest.approx(r, rel=1e-9)
    assert (row["n"], row["n_effective"]) == (48, pytest.approx(n, rel=1e-9))
    assert row["lower"] == pytest.approx(np.tanh(np.arctanh(r) - half), rel=1e-9)
    assert row["upper"] == pytest.approx(np.tanh(np.arctanh(r) + half), rel=1e-9)


@pytest.mark.parametrize(("districts", "seen"), [(2, True), (3, False)])
def test_a_common_season_is_taken_out_from_three_districts_on(districts, seen):
    rng = np.random.default_rng(16)
    season = np.sin(np.arange(24) * np.pi / 6)[None, :] + 0.1 * rng.standard_normal((districts, 24))
    calls = rng.poisson(500 * np.exp(np.sin(np.arange(24) * np.pi / 6)[None, :].repeat(districts, 0)))
    row = compare(season, held(table("emergency calls", calls))).table.set_index("lag").loc[0]
    assert (row["correlation"] > 0.9) == seen


def test_a_share_of_tests_is_the_share_in_logs():
    counts = held(table("urine positives", np.array([[9.0, 0.0]]), tests=np.array([[199.0, 99.0]])))
    found = of_counts(counts, "urine_positive", "methamphetamine", ("d0",), tuple(MONTHS[:2]))
    np.testing.assert_allclose(found.value, np.log([[9.5 / 200, 0.5 / 100]]))


def test_the_words_name_lag_noise_and_policing_where_they_apply():
    rng = np.random.default_rng(17)
    true, work = wandering(rng, 0.3), wandering(rng, 0.3)
    calls = held(table("emergency calls", rng.poisson(200 * np.exp(true))))
    said = compare(true, calls).explain("en")
    assert "Counts 0 months later than loads" in said
    assert "Noise of measuring makes up" in said
    assert "depend on where offices look" not in said
    tips = held(table("tips", rng.poisson(200 * np.exp(true))), table("operations", rng.poisson(200 * np.exp(work))))
    codes = [n.code for n in compare(true, tips, "tips").notes()]
    assert {"triangulate-enforcement-low", "triangulate-policing"} <= set(codes)
    assert "triangulate-no-enforcement" not in codes
