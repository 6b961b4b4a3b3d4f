"""Kendall's tau and the Akritas-Theil-Sen line: published figures and laws."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from wbe.censored import Censored, kendall, kendall_log
from wbe.errors import SchemaError, UncertaintyError

HERE = Path(__file__).parent


def gales_creek():
    """Chromium in Gales Creek, 63 results under two falling limits."""
    table = pd.read_csv(HERE / "gales_creek.csv", comment="#")
    return table, Censored.from_flags(table["chromium"], table["below"])


def test_gales_creek_gives_the_printed_line_and_tau():
    # NADA2 vignette: TCr = 181.2616 - 0.0896 * dectime, tau = -0.234
    table, data = gales_creek()
    line = kendall(table["decimal_year"], data)
    assert (line.n, line.s) == (63, -457)
    assert (f"{line.tau:.3f}", f"{line.slope:.4f}") == ("-0.234", "-0.0896")
    assert line.intercept == pytest.approx(181.2616, abs=2e-4)
    # the printed p of 0.00648 uses an approximate tie correction; 5,000 permutations give 0.006
    assert line.p == pytest.approx(0.0055, abs=0.001)


@pytest.mark.parametrize(("season", "n", "s", "tau"), [("Dry", 34, -120, "-0.214"), ("Wet", 29, -83, "-0.204")])
def test_each_season_of_gales_creek_gives_the_printed_s_and_tau(season, n, s, tau):
    table, data = gales_creek()
    at = np.flatnonzero(table["season"] == season)
    line = kendall(table["decimal_year"].to_numpy()[at], Censored(data.lower[at], data.upper[at]))
    assert (line.n, line.s, f"{line.tau:.3f}") == (n, s, tau)


def test_the_seasonal_test_of_gales_creek_adds_the_seasons():
    # NADA2 vignette: S_SK -203, tau_SK -0.21, p 0.0092 by 4,999 permutations (standard error 0.0014)
    table, data = gales_creek()
    line = kendall(table["decimal_year"], data, group=table["season"])
    assert (line.s, f"{line.tau:.2f}") == (-203, "-0.21")
    assert line.p == pytest.approx(0.0106, abs=0.003)


def test_trichloroethylene_gives_the_printed_slope_and_tau_with_four_limits_and_79_percent_censored():
    # NADA2 reference page of cenken: slope 0.3835066, tau 0.1458477
    table = pd.read_csv(HERE / "tce_density.csv", comment="#")
    line = kendall_log(table["density"], Censored.from_flags(table["tce"], table["below"]))
    assert (f"{line.slope:.7f}", f"{line.tau:.7f}") == ("0.3835066", "0.1458477")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=9, max_size=25))
def test_without_censoring_it_is_kendall_and_theil_sen(values):
    x, y = np.arange(len(values), dtype=float), np.array(values, dtype=float)
    assume(np.unique(y).size > 2)
    line = kendall(x, Censored(y, y))
    i, j = np.triu_indices(y.size, 1)
    assert line.s == np.sign(y[j] - y[i]).sum()
    slopes = (y[j] - y[i]) / (x[j] - x[i])
    assert (slopes < line.slope - 1e-9).sum() <= slopes.size / 2
    assert (slopes > line.slope + 1e-9).sum() <= slopes.size / 2


def test_the_normal_p_is_that_of_kendall_with_ties_and_the_exact_p_that_of_all_orders():
    y = np.array([3.0, 3, 5, 7, 7, 9, 4, 8, 11, 12, 10, 13])
    x = np.arange(12.0)
    line = kendall(x, Censored(y, y))
    n, ties = 12, [2, 2]
    variance = (n * (n - 1) * (2 * n + 5) - sum(k * (k - 1) * (2 * k + 5) for k in ties)) / 18
    assert line.p == pytest.approx(2 * stats.norm.sf((abs(line.s) - 1) / np.sqrt(variance)))
    few = np.array([1.0, 2, 3, 5, 4])
    line = kendall(np.arange(5), Censored(few, few))
    assert (line.p_kind, line.p) == ("exact", pytest.approx(stats.kendalltau(np.arange(5), few, method="exact").pvalue))


def test_four_results_can_never_be_significant():
    # the smallest two-sided p of n = 4 is 2/24
    y = np.array([1.0, 2, 3, 4])
    assert kendall(y, Censored(y, y)).p == pytest.approx(2 / 24)


def test_what_the_limits_leave_open_is_a_tie():
    # <1 to 10 rises; <1 to 0.5 and <1 to <5 are ties
    low, high = np.array([0.0, 10, 0.5, 0.0]), np.array([1.0, 10, 0.5, 5.0])
    pairs = {(0, 1): 1, (0, 2): 0, (0, 3): 0}
    for (i, j), s in pairs.items():
        extra = np.array([i, j, j])
        line = kendall([0.0, 1.0, 1.0], Censored(low[extra], high[extra]))
        assert line.s == 2 * s


def test_a_falling_limit_alone_is_no_trend():
    limits = np.array([8.0, 8, 8, 4, 4, 4, 1, 1, 1])
    line = kendall(np.arange(9), Censored(np.zeros(9), limits))
    assert (line.s, line.p) == (0, 1.0)
    assert np.isnan(line.slope)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=6, max_size=18), st.floats(0.1, 50))
def test_turning_time_round_turns_the_line_and_scaling_scales_it(cells, by):
    y = np.array([v for v, _ in cells], dtype=float)
    data = Censored.from_flags(y, [b for _, b in cells])
    x = np.arange(y.size, dtype=float)
    line, back, scaled = kendall(x, data), kendall(-x, data), kendall(x, data.scaled(by))
    assert (back.s, scaled.s) == (-line.s, line.s)
    assert (back.p, scaled.p) == (pytest.approx(line.p), pytest.approx(line.p))
    assert back.slope == pytest.approx(-line.slope, nan_ok=True)
    assert scaled.slope == pytest.approx(by * line.slope, nan_ok=True, abs=1e-9)


def test_impossible_requests_say_what_was_needed():
    data = Censored([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(UncertaintyError, match="needed three at two times or more"):
        kendall([1, 2], data)
    with pytest.raises(SchemaError, match="need one length"):
        kendall([1, 2, 3], data)
