"""Every route out of an estimate keeps the edition: tables, draws, series, single samples, scenarios, report, workbook.

The attack gathers all that is published of one month and reckons each hidden number by linear programming.
"""

import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy.optimize import linprog

import wbe
from wbe.disclosure import Policy
from wbe.errors import DisclosureError
from wbe.runs.writing import shows_all
from wbe.samples import Flag
from wbe.testing import DISTRICTS, small_city

SAID = re.compile("rest on the use scenario|取决于使用情景")


def stated(text):
    return bool(SAID.search(text))


WITHIN = 0.20
QUANTITIES = ("mass_load", "normalised_load", "consumption", "doses", "users")


def uneven_city(seed, months=1):
    """Ten districts: one with few people, one with ten times the flow; for an even seed one with next to no use."""
    ds = small_city(districts=10, months=months, biomarkers=("methamphetamine", "ketamine"), seed=seed)
    rng = np.random.default_rng(seed)
    ds["concentration"] *= np.exp(rng.normal(0, 0.8, ds["concentration"].shape))
    place = ds["district"].values
    ds["population"][:] = np.round(ds["population"] * np.exp(rng.normal(0, 0.5, ds.sizes["sample"])))
    if seed % 2 == 0:
        ds["concentration"].loc[{"biomarker": "methamphetamine"}][place == DISTRICTS[0]] = 2.0
    ds["population"][place == DISTRICTS[1]] = 4000.0
    ds["flow"][place == DISTRICTS[1]] = 900.0
    ds["flow"][place == DISTRICTS[2]] *= 10
    return ds


# ---- numbers of the city that are numbers of one district ----------------------------------------------------------


@pytest.mark.parametrize("how", ["measured in one", "metered in one", "populated in one"])
def test_a_city_number_that_rests_on_one_district_is_not_published(how):
    ds = small_city(districts=4, months=1, biomarkers=("methamphetamine",))
    rest = ds["district"].values != DISTRICTS[0]
    if how == "measured in one":
        ds["flag"][rest, :] = int(Flag.NOT_RUN)
        ds["concentration"][rest, :] = np.nan
    else:
        name = "flow" if how == "metered in one" else "population"
        ds[name][rest] = np.nan
    city = wbe.estimate(ds, policy="public", draws=1000).table("city").set_index("quantity")
    own = wbe.estimate(ds, draws=1000).table().query("district == @DISTRICTS[0]").set_index("quantity")
    for quantity in ("normalised_load", "consumption", "users"):
        assert city.loc[quantity, "status"] == "suppressed"
    if how != "populated in one":  # a mass load of four metered plants needs no population
        assert city.loc["mass_load", "status"] == "suppressed"
    assert own.loc["mass_load", "status"] == "estimate"


def test_the_people_behind_a_number_are_those_of_the_samples_it_rests_on():
    ds = small_city(districts=2, months=1, biomarkers=("methamphetamine",))
    ds["flow"][1] = np.nan
    city = wbe.estimate(ds, draws=1000).table("city").set_index("quantity")
    assert city.loc["mass_load", ["population", "n_districts"]].tolist() == [100_000.0, 1]
    ds["flow"][1] = 40_000.0
    city = wbe.estimate(ds, draws=1000).table("city").set_index("quantity")
    assert city.loc["mass_load", ["population", "n_districts"]].tolist() == [250_000.0, 2]


# ---- one answer must not give another away -------------------------------------------------------------------------


def test_a_number_hidden_under_one_scenario_is_hidden_under_all():
    ds = small_city(districts=10, months=1, biomarkers=("methamphetamine",))
    ds["concentration"][:, 0] = 60.0
    ds["concentration"][0, 0] = 4.0  # 9 or 15 users, by the scenario
    ds["population"][1], ds["flow"][1] = 6000.0, 1500.0
    estimate = wbe.estimate(ds, draws=2000)
    alone = {s.name: wbe.estimate(ds, scenarios=s, draws=2000) for s in estimate.scenarios["methamphetamine"].parts}
    own = [t.table().query("quantity == 'users'")["status"].iloc[0] for t in alone.values()]
    assert set(own) == {"estimate", "suppressed"}  # the scenarios disagree: the case is a real one
    statuses = estimate.users_by_scenario().groupby("district")["status"].agg(set)
    assert statuses[DISTRICTS[0]] == {"suppressed"}
    assert all(len(s) == 1 for s in statuses)
    table = estimate.table().query("quantity == 'users'").set_index("district")["status"]
    assert set(table.index[table == "suppressed"]) <= set(statuses.index[statuses == {"suppressed"}])


@pytest.mark.parametrize("seed", range(6))
def test_where_loads_are_protected_no_route_gives_a_hidden_number(seed):
    ds = uneven_city(seed)
    policy = Policy.internal(minimum_population_load=5000)
    estimate = wbe.estimate(ds, policy=policy, draws=2000)
    table = estimate.table()
    hidden = table[table["status"] == "suppressed"]
    assert len(hidden) > 3
    for quantity in QUANTITIES[:-1]:
        of = "biomarker" if quantity in QUANTITIES[:2] else "drug"
        single, series = estimate.per_sample(quantity), estimate.series(quantity)
        for row in hidden[hidden["quantity"] == quantity].itertuples():
            substance = getattr(row, of)
            here = single["median"].sel({of: substance}).values[ds["district"].values == row.district]
            assert np.isnan(here).all()
            drawn = estimate.draws(quantity, substance).sel(district=row.district, month=row.month)
            assert np.isnan(drawn).all()
            line = series[(series["district"] == row.district) & (series[of] == substance)]
            numbers = line.select_dtypes("number").drop(columns=["n_samples", "n_detected"])
            assert numbers.isna().all().all()
            ratios = estimate.ratio(row.district, DISTRICTS[9], quantity)
            assert ratios.loc[ratios["drug"] == row.drug, ["ratio", "lower", "upper", "p_greater"]].isna().all().all()
            with pytest.raises(DisclosureError):
                estimate.budget(row.district, row.month, row.drug, quantity)
            if quantity == "normalised_load":
                with pytest.raises(DisclosureError):
                    estimate.explain(row.district, row.month, row.drug)
    gone = set(hidden.loc[hidden["quantity"] == "mass_load", "district"])
    assert gone
    assert not shows_all(estimate.policy)  # then no samples are kept beside what is written


@pytest.mark.parametrize("policy", [Policy.internal(minimum_population_load=5000), Policy.public()], ids=["int", "pub"])
@pytest.mark.parametrize("seed", range(6))
def test_nothing_hidden_follows_from_all_that_is_published_together(policy, seed):
    ds = uneven_city(seed)
    found = attacked(ds, policy)
    assert len(found) > 1
    assert not found["inside"].any(), found


def test_the_attack_succeeds_where_only_the_small_district_is_hidden():
    open_, truth = opened(uneven_city(1))
    open_.loc[open_["district"] == DISTRICTS[1], "status"] = "suppressed"
    found = judged(attack(open_, truth))
    assert set(found["district"]) == {DISTRICTS[1]}
    assert found["inside"].all()


def opened(ds):
    estimate = wbe.estimate(ds, policy=Policy.internal(
        minimum_population=0, minimum_count=0, protection=0.0, round_users_to=1), draws=2000)  # fmt: skip
    table = pd.concat([estimate.table(), estimate.table("city")], ignore_index=True)
    return table, table.copy()


def attacked(ds, policy):
    shown = wbe.estimate(ds, policy=policy, draws=2000)
    given = pd.concat([shown.table(), shown.table("city"), shown.users_by_scenario()], ignore_index=True)
    return judged(attack(given, opened(ds)[1]))


def judged(found):
    low, high = ((1 + sign * WITHIN) * found["truth"] for sign in (-1, 1))
    # one part in a million is left to the solver
    return found.assign(inside=(found["lower"] >= low * (1 - 1e-6)) & (found["upper"] <= high * (1 + 1e-6)))


def attack(given, truth):
    """Range of every hidden load under all tables at once.

    The attacker is given more than is published: every factor, so that any quantity of a drug in a cell, under any
    scenario, tells its load exactly; and, where any number of the city is shown, the exact sum over districts.
    """
    rows = []
    for biomarker, group in given[given["month"] == "2021-01"].groupby("biomarker"):
        known = truth.query("month == '2021-01' and biomarker == @biomarker and quantity == 'mass_load'")
        loads = known.set_index("district")["median"].fillna(0.0).drop("city")
        apart = [d != "云龙示范区" for d in loads.index]  # it lies in another district
        open_ = set(group.loc[group["status"].isin(["estimate", "below_limit"]), "district"])
        bounds = [(x, x) if d in open_ else (0.0, None) for d, x in loads.items()]
        total = {"A_eq": [np.array(apart, float)], "b_eq": [loads[apart].sum()]} if "city" in open_ else {}
        for i, (district, x) in enumerate(loads.items()):
            if district in open_ or not x > 0:
                continue
            aim = np.eye(len(loads))[i]
            low, high = (linprog(sign * aim, bounds=bounds, **total) for sign in (1.0, -1.0))
            assert low.status == 0
            assert high.status in (0, 3)  # 3: no upper end
            rows.append({"district": district, "biomarker": biomarker, "truth": x, "lower": low.fun,
                         "upper": -high.fun if high.status == 0 else np.inf})  # fmt: skip
    return pd.DataFrame(rows)


# ---- the public report ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def public_report(tmp_path_factory, blank_pictures):
    ds = uneven_city(1, months=4)
    ds["flow"][3] *= 8  # a jump of the flow in the reported month: an alert would name the plant
    # of ketamine: as methamphetamine it would be nearly all of the city's load, which is then not shown
    ds["concentration"][3, 1], ds["flag"][3, 1] = 12345.0, int(Flag.DETECTED)
    ds["uloq"] = ds["lod"].copy(data=np.full(ds["lod"].shape, 1e4))
    folder = tmp_path_factory.mktemp("public")
    with blank_pictures():
        files = wbe.report(
            ds, "2021-04", folder, "zh+en", formats="html,xlsx", policy="public", draws=1000, despite_errors=True
        )
    book = openpyxl.load_workbook(files.workbook)
    cells = {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in book}
    return ds, files.html.read_text(encoding="utf-8"), cells


def test_the_public_report_and_its_workbook_name_no_plant_and_quote_no_measurement(public_report):
    ds, html, cells = public_report
    everything = html + str(cells)
    for site in set(ds["site"].values):
        assert site not in everything
    assert "12345" not in everything.replace(",", "")
    numbers = [v for rows in cells.values() for row in rows for v in row if isinstance(v, float)]
    concentrations = ds["concentration"].values[np.isfinite(ds["concentration"].values)]
    assert not {round(c, 6) for c in concentrations if c != 2.0} & {round(v, 6) for v in numbers}
    assert cells["check table"][0][:3] == ["severity", "code", "findings"]


def test_the_public_report_does_not_call_hidden_drugs_undetected_and_gives_the_city(public_report):
    _, html, _ = public_report
    text = re.sub(r"<[^>]+>", " ", html)
    never = re.search(r"Never detected in any month: ([^.]*)\.", text)
    assert never is None or "Methamphetamine" not in never.group(1)
    assert "mg/d/1000 inh. in the city" in text
    assert "No drug can be given a number of users" not in text


def test_every_sheet_with_a_number_of_users_carries_the_sentence(public_report):
    _, _, cells = public_report
    for name, rows in cells.items():
        if "users" in str(rows[:2]) or "estimates" in name:
            numbered = [r for r in rows if "users" in r and any(isinstance(v, float) and v > 0 for v in r[4:7])]
            assert all(stated(str(r)) for r in numbered)
        if name.split(" ")[-1] == "users":
            assert stated(str(rows[0]))
