"""The open panel: what was looked for, what was found first when, and in which order to look."""

import numpy as np
import pytest
from scipy import stats

import wbe
from wbe.errors import DisclosureError, FactorError, InputError
from wbe.origin import odds, panel, panel_months, shares
from wbe.origin.panel import COLUMNS, _more_often
from wbe.samples import Flag
from wbe.testing import small_city

NAMES = ("methamphetamine", "ketamine", "mdma", "codeine", "tramadol", "etomidate_acid")


def city(n=4, **how):
    """Return six months: METH always, ketamine new, MDMA never, codeine gone, tramadol more often, the acid not run."""
    ds = small_city(districts=1, months=6, samples_per_month=n, biomarkers=NAMES, **how)
    when = ds["time"].dt.month.values
    every = np.arange(len(when))
    found = np.stack([every >= 0, when >= 5, every < 0, when <= 2, (when > 3) | (every % 8 == 0), every < 0], axis=1)
    ds["flag"][:] = np.where(found, int(Flag.DETECTED), int(Flag.BELOW_LOD))
    ds["concentration"][:] = np.where(found, 20.0, np.nan)
    ds["lod"][:] = 0.5
    ds["lod"][-1, 2] = 2.0
    ds["flag"][:, 5] = int(Flag.NOT_RUN)
    return ds


def test_each_substance_has_the_standing_that_its_months_say():
    table = panel(wbe.estimate(city()), language="en").set_index("substance")
    assert tuple(table.reset_index().columns) == COLUMNS
    assert table["standing"].to_dict() == {
        "methamphetamine": "found", "ketamine": "new", "mdma": "not_found", "codeine": "gone",
        "tramadol": "more_often", "etomidate_acid": "not_run",
    }  # fmt: skip
    assert table.index.tolist() == ["ketamine", "tramadol", "methamphetamine", "codeine", "mdma", "etomidate_acid"]
    assert table.at["ketamine", "first_found"] == "2021-05"
    assert table.at["codeine", "last_found"] == "2021-02"
    assert table.at["codeine", "first_run"] == "2021-01"
    assert table.at["etomidate_acid", "first_run"] == ""
    assert "first time in 2021-05, after 16 samples" in table.at["ketamine", "note"]
    assert "12 samples" in table.at["codeine", "note"]
    assert "12/12 samples against 2/12" in table.at["tramadol", "note"]
    assert "24 samples" in table.at["mdma", "note"]


def test_frequencies_have_intervals_and_limits_are_of_what_was_not_found():
    table = panel(wbe.estimate(city())).set_index("substance")
    row = table.loc["ketamine"]
    assert (row["n_run"], row["n_found"], row["frequency"]) == (24, 8, pytest.approx(1 / 3))
    low, high = stats.beta.ppf([0.025, 0.975], 8.5, 16.5)
    assert (row["lower"], row["upper"]) == (pytest.approx(low), pytest.approx(high))
    assert (table.at["mdma", "limit_low"], table.at["mdma", "limit_high"]) == (0.5, 2.0)
    assert np.isnan(table.at["methamphetamine", "limit_low"])
    assert table.at["etomidate_acid", "n_not_run"] == 24
    assert np.isnan(table.at["etomidate_acid", "frequency"])
    narrow = panel(wbe.estimate(city()), level=0.5).set_index("substance").loc["ketamine"]
    assert low < narrow["lower"] < narrow["upper"] < high


def test_one_recent_month_is_judged_by_itself():
    last = panel(wbe.estimate(city()), recent=1).set_index("substance")
    assert last.at["ketamine", "standing"] == "more_often"  # found the month before, so no longer new
    assert last.at["ketamine", "recent"] == 1.0


def test_what_was_first_run_lately_is_not_new():
    ds = city()
    early = ds["time"].dt.month.values <= 3
    ds["flag"][early, 1] = int(Flag.NOT_RUN)
    ds["concentration"][early, 1] = np.nan
    table = panel(wbe.estimate(ds)).set_index("substance")
    assert table.at["ketamine", "standing"] == "found"


def test_a_result_of_nothing_is_no_detection():
    ds = city()
    ds["flag"][0, 2], ds["concentration"][0, 2] = int(Flag.DETECTED), 0.0
    assert panel(wbe.estimate(ds)).set_index("substance").at["mdma", "n_found"] == 0


def test_a_substance_without_factor_says_so_and_one_with_names_its_drug():
    table = panel(wbe.estimate(city())).set_index("substance")
    assert table.at["methamphetamine", "traces"] == "methamphetamine"
    assert table.at["etomidate_acid", "traces"] == ""
    assert "origin-panel-no-factor" in table.at["etomidate_acid", "note_codes"]
    assert "origin-panel-no-factor" not in table.at["methamphetamine", "note_codes"]


def test_months_show_found_looked_for_and_not_run():
    ds = city()
    table = panel_months(wbe.estimate(ds.isel(sample=(ds["time"].dt.month != 4).values)))
    assert table.columns.tolist() == [f"2021-0{m}" for m in range(1, 7)]
    assert set(table["2021-04"]) == {"not_run"}  # a month without samples
    assert table.loc["ketamine"].tolist() == ["below_limit"] * 3 + ["not_run", "found", "found"]
    assert set(table.loc["etomidate_acid"]) == {"not_run"}


def test_more_often_is_the_probability_that_one_share_is_above_the_other():
    rng = np.random.default_rng(1)
    now, then = rng.beta(5.5, 3.5, 400_000), rng.beta(2.5, 9.5, 400_000)
    assert _more_often(5, 8, 2, 11) == pytest.approx((now > then).mean(), abs=0.003)
    assert _more_often(3, 6, 3, 6) == pytest.approx(0.5, abs=0.005)


def test_the_public_edition_shows_no_single_districts_or_samples():
    public = wbe.estimate(city(), policy="public")
    for ask in (panel, panel_months, shares, odds):
        with pytest.raises(DisclosureError, match="public edition shows none"):
            ask(public)


def test_districts_of_few_people_are_not_counted():
    ds = city()
    ds["population"][:] = 900.0
    assert panel(wbe.estimate(ds))["n_run"].sum() == 0
    assert panel_months(wbe.estimate(ds)).shape[1] == 0


@pytest.mark.parametrize("recent", [0, -1, True, 1.5])
def test_the_months_to_judge_by_are_a_whole_number_above_nothing(recent):
    with pytest.raises(InputError, match="above 0"):
        panel(wbe.estimate(city()), recent=recent)


def test_other_answers_and_levels_are_refused():
    with pytest.raises(FactorError, match="level is 95"):
        panel(wbe.estimate(city()), level=95)
    with pytest.raises(InputError, match="estimate"):
        panel(city())


def test_names_are_in_the_language_asked_for():
    table = panel(wbe.estimate(city()), language="zh").set_index("substance")
    assert table.at["ketamine", "name"].startswith("氯胺酮")
    assert "首次检出" in table.at["ketamine", "note"]
