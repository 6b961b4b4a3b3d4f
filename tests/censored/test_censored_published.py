"""The estimators give the published figures to every printed digit."""

import numpy as np
import pytest

from wbe.censored import Censored, choose, kaplan_meier, mle_lognormal, ros, sensitivity, summarise, turnbull

# Dissolved iron, Brazos River, summer 1977-1985 [ug/L]: Hughes and Millard 1988, Water Resources Bulletin 24:521
DFE_SUMMER = Censored.from_flags([20, 10, 10, 10, 10, 7, 3, 3, 3], np.array([0, 1, 1, 1, 1, 0, 0, 1, 1], dtype=bool))
DFE_YEAR = np.arange(1977.0, 1986.0)

# Pyrene, 20 stations in Puget Sound: She 1997, J. American Water Resources Association 33:615
_PYRENE = [
    28, 31, 32, 34, 35, 35, 40, 47, 48, 58, 59, 63, 64, 64, 67, 67, 67, 72, 73, 84, 86, 86, 87, 94, 98, 100,
    103, 103, 105, 107, 110, 111, 117, 119, 119, 122, 122, 132, 133, 133, 138, 163, 163, 163, 163, 174, 187,
    190, 222, 238, 273, 289, 306, 333, 459, 2982,
]  # fmt: skip
_PYRENE_BELOW = [0, 4, 5, 9, 21, 32, 35, 41, 42, 43, 45]
SHE_PYRENE = Censored.from_flags(_PYRENE, np.isin(np.arange(56), _PYRENE_BELOW))

# Arsenic, Manoa Stream at Kanewai Field, Oahu [ug/L]: Tomlinson 2003 (USGS), printed in Helsel 2005, chapter 6
_OAHU = [
    1, 1, 1.7, 1, 1, 2, 3.2, 2, 2, 2.8, 2, 2, 2, 2, 2, 0.7, 0.9, 0.5, 0.5, 0.9, 0.5, 0.7, 0.6, 1.5,
]  # fmt: skip
_OAHU_DETECTED = [2, 6, 9, 15, 16, 17, 18, 20, 21, 22, 23]
OAHU_ARSENIC = Censored.from_flags(_OAHU, ~np.isin(np.arange(24), _OAHU_DETECTED))
TABLES = {"DFE_SUMMER": DFE_SUMMER, "SHE_PYRENE": SHE_PYRENE, "OAHU_ARSENIC": OAHU_ARSENIC}

# NADA output for DFe Summer (rdrr.io, package NADA); ShePyrene and Oahu computed by two independent codes
ROS = {
    "DFE_SUMMER": ("2.763843", "4.667484", "6.138230"),
    "SHE_PYRENE": ("90.5", "163.2494", "393.1068"),
    "OAHU_ARSENIC": ("0.70", "0.97246", "0.71801"),
}
MLE = {
    "DFE_SUMMER": ("3.131899", "5.211599", "6.931668"),
    "SHE_PYRENE": ("91.648", "133.914", "142.670"),
    "OAHU_ARSENIC": ("0.7766", "0.9453", "0.6559"),
}
# mean with what is left below the lowest detected value placed at that value, the convention of NADA
KAPLAN_MEIER = {"DFE_SUMMER": "5.777778", "SHE_PYRENE": "164.2036", "OAHU_ARSENIC": "0.94896"}


def printed(value: float, like: str) -> str:
    """Print a number with as many decimals as the published one."""
    return f"{value:.{len(like.split('.')[1])}f}"


@pytest.mark.parametrize("name", ROS)
def test_regression_on_order_statistics_gives_the_published_median_mean_and_sd(name):
    found = ros(TABLES[name])
    assert (
        tuple(printed(v, like) for v, like in zip((found.median, found.mean, found.sd), ROS[name], strict=True))
        == ROS[name]
    )


@pytest.mark.parametrize("name", MLE)
def test_maximum_likelihood_gives_the_published_median_mean_and_sd(name):
    found = mle_lognormal(TABLES[name])
    assert (
        tuple(printed(v, like) for v, like in zip((found.median, found.mean, found.sd), MLE[name], strict=True))
        == MLE[name]
    )


def test_the_standard_error_of_the_kaplan_meier_mean_gives_the_sd_that_nada_prints():
    # NADA prints sqrt(n) times the standard error as sd: DFe Summer 6.776867, ShePyrene 393.9509
    for data, like in ((DFE_SUMMER, "6.776867"), (SHE_PYRENE, "393.9509")):
        assert printed(kaplan_meier(data).se * np.sqrt(data.n), like) == like


@pytest.mark.parametrize("name", KAPLAN_MEIER)
def test_kaplan_meier_gives_the_published_mean(name):
    assert printed(kaplan_meier(TABLES[name]).mean, KAPLAN_MEIER[name]) == KAPLAN_MEIER[name]


def test_the_parameters_of_the_iron_fit_are_the_published_ones():
    found = mle_lognormal(DFE_SUMMER)
    assert (f"{found.mu:.5f}", f"{found.sigma:.5f}") == ("1.14164", "1.00920")


def test_the_two_conventions_for_what_is_left_below_differ_as_published():
    # ShePyrene: 164.0945 with the rest at the lowest limit, 164.2036 with the rest at the lowest detected value
    assert printed(turnbull(SHE_PYRENE).mean, "164.0945") == "164.0945"


def test_the_tables_have_the_published_sizes():
    assert (SHE_PYRENE.n, SHE_PYRENE.n_censored) == (56, 11)
    assert np.unique(SHE_PYRENE.upper[~SHE_PYRENE.detected]).size == 8
    assert (OAHU_ARSENIC.n, OAHU_ARSENIC.n_detected) == (24, 11)
    assert DFE_SUMMER.share == pytest.approx(6 / 9)


def test_the_choice_follows_the_share_censored():
    assert choose(SHE_PYRENE) == "kaplan_meier"  # 20 %
    assert choose(DFE_SUMMER) == "ros"  # 67 %, small n
    assert choose(OAHU_ARSENIC) == "ros"  # 54 %, small n


def test_a_summary_states_method_share_and_movement():
    found = summarise(DFE_SUMMER)
    assert found.statement().startswith("ros, 67% of 9 result(s)")
    assert found.mean_low == pytest.approx(4.667484, abs=5e-7)
    assert found.mean_high == pytest.approx(5.777778, abs=5e-7)
    assert found.fold == pytest.approx(5.777778 / 4.667484, rel=1e-6)
    assert "moves 1.24-fold" in found.statement()


def test_the_sensitivity_table_marks_what_was_chosen_and_spans_the_intervals():
    table = sensitivity(DFE_SUMMER).set_index("approach")
    assert table.index[table["chosen"]].tolist() == ["ros"]
    estimators = table.loc[table["kind"] == "estimator", "mean"]
    assert estimators.between(table.loc["lower limits", "mean"], table.loc["upper limits", "mean"]).all()
