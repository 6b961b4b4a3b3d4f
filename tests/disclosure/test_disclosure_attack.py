"""Attacks on what was published: linear programming over every table that left the house."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wbe
from wbe.disclosure import Policy, audit
from wbe.people import RESTS_ON
from wbe.population import units
from wbe.testing import DISTRICTS, small_city

WITHIN = 0.20
ALL_LINKS = (("mass_load", "consumption", "doses", "users"), ("normalised_load", "consumption"))


def city_of(users, population, months=("2021-06",), per_user=0.03):
    """A tidy table of districts and the city whose amounts add up exactly."""
    rows = []
    names = [f"d{i}" for i in range(len(users))]
    for month in months:
        for area, count, heads in [*zip(names, users, population, strict=True), ("city", sum(users), sum(population))]:
            consumption = 1e6 * per_user * count / heads
            for quantity, value in {
                "mass_load": 0.4 * per_user * count, "normalised_load": 0.4 * consumption, "consumption": consumption,
                "doses": consumption / 30, "users": count,
            }.items():  # fmt: skip
                rows.append({
                    "district": area, "month": month, "drug": "methamphetamine", "quantity": quantity, "median": value,
                    "lower": 0.4 * value, "upper": 2.5 * value, "unit": "x", "n_samples": 1, "n_detected": 1,
                    "note": "", "note_codes": RESTS_ON, "n_districts": len(users), "_seen": len(users),
                    "_sites": len(users), "_largest": max(users) / sum(users),
                    "biomarker": "methamphetamine", "status": "estimate", "text": "x",
                    "population": float(heads),
                })  # fmt: skip
    return pd.DataFrame(rows)


def recovered(published, truth, links, unit_table=None, base=5.0, within=WITHIN):
    """Hidden cells that an attacker fixes to within a share of the truth."""
    found = audit(published, unit_table, links, base)
    assert np.isfinite(
        found["lower"].to_numpy(float)
    ).all()  # the tables agree with each other: the attack had its chance
    real = truth.set_index(["district", "month", "drug", "quantity"])["median"]
    keys = found[["district", "month", "drug", "quantity"]].itertuples(index=False, name=None)
    x = np.array([real[k] for k in keys])
    fixed = (found["lower"] >= (1 - within) * x - 1e-9) & (found["upper"] <= (1 + within) * x + 1e-9) & (x > 0)
    return found[fixed.to_numpy()]


TOWN = ([4.0, 30.0, 80.0, 200.0, 350.0], [4e3, 3e4, 8e4, 2e5, 3e5])


def test_without_companions_the_hidden_district_falls_out_of_the_city_total():
    truth = city_of(*TOWN)
    naive = truth.copy()
    small = naive["district"].eq("d0") & naive["quantity"].eq("users")
    naive.loc[small, ["median", "lower", "upper"]] = np.nan
    naive.loc[small, "status"] = "suppressed"
    assert len(recovered(naive, truth, (), base=0.0)) == 1  # the attack works, so the tests below mean something


def test_the_internal_edition_hides_a_companion_so_the_total_tells_nothing():
    truth = city_of(*TOWN)
    shown = Policy.internal().apply(truth)
    hidden = shown[shown["status"] == "suppressed"]
    assert set(hidden["district"]) == {"d0", "d1"}
    assert set(hidden["quantity"]) == {"consumption", "doses", "users"}
    assert shown.attrs["disclosure"]["secondary"] == 3
    assert len(recovered(shown, truth, links=())) == 0
    assert len(recovered(shown, truth, links=(("consumption", "doses", "users"),))) == 0


def test_where_loads_are_shown_users_follow_from_them_and_a_floor_on_loads_stops_it():
    truth = city_of(*TOWN)
    shown = Policy.internal().apply(truth)
    assert len(recovered(shown, truth, ALL_LINKS)) > 0  # said in docs/responsible-use.md
    strict = Policy.internal(minimum_population_load=5000).apply(truth)
    assert len(recovered(strict, truth, ALL_LINKS)) == 0


def test_the_public_edition_with_any_combination_of_tables_fixes_no_hidden_cell():
    truth = city_of(*TOWN, months=("2021-05", "2021-06"))
    public = Policy.public().apply(truth)
    districts = public[public["district"] != "city"]
    assert (districts["status"] == "suppressed").all()
    assert districts[["median", "lower", "upper"]].isna().all().all()
    assert (public.loc[public["district"] == "city", "status"] == "estimate").all()
    # more tables never help an attacker less, so all together is the strongest; singles and pairs are checked as well
    quantities = list(dict.fromkeys(public["quantity"]))
    for n in (1, 2, len(quantities)):
        for chosen in itertools.combinations(quantities, n):
            table = public[public["quantity"].isin(chosen) & (public["month"] == "2021-06")]
            assert len(recovered(table, truth, ALL_LINKS, base=10.0)) == 0
    assert len(recovered(public, truth, ALL_LINKS, base=10.0)) == 0


def test_the_public_edition_of_a_real_run_fixes_no_hidden_cell():
    ds = small_city(districts=DISTRICTS, months=1, biomarkers=("methamphetamine", "ketamine"))
    open_, public = (wbe.estimate(ds, policy=p, draws=2000) for p in ("internal", "public"))
    truth = pd.concat([open_.table(), open_.table("city")], ignore_index=True)
    shown = pd.concat([public.table(), public.table("city")], ignore_index=True)
    assert (shown.loc[shown["district"] == "city", "status"] == "estimate").any()
    assert not (public.table()["status"] == "estimate").any()
    found = audit(shown, units(ds), links=(), round_users_to=10)
    real = truth.set_index(["district", "month", "drug", "quantity"])["median"]
    x = np.array([real[tuple(k)] for k in found[["district", "month", "drug", "quantity"]].to_numpy()])
    fixed = (found["lower"] >= (1 - WITHIN) * x) & (found["upper"] <= (1 + WITHIN) * x)
    assert len(found) > 50
    assert not fixed.any()


towns = st.lists(
    st.tuples(st.floats(1.0, 3000.0), st.floats(1e3, 5e5)), min_size=3, max_size=6
)  # users and inhabitants of a district


@settings(max_examples=8, deadline=None)
@given(towns)
def test_no_town_lets_a_hidden_number_of_users_be_fixed(pairs):
    users, heads = map(list, zip(*pairs, strict=True))
    truth = city_of(users, heads)
    for policy in (Policy.internal(), Policy.public()):
        shown = policy.apply(truth)
        drugs = shown[shown["quantity"].isin(["consumption", "users"])]
        assert len(recovered(drugs, truth, (("consumption", "users"),), base=policy.round_users_to)) == 0


def test_a_hidden_zone_is_not_given_away_by_the_district_it_lies_in():
    truth = city_of([60.0, 9.0, 500.0, 400.0], [5e4, 6e3, 4e5, 3e5])
    truth.loc[truth["district"] == "city", "median"] *= (60.0 + 500.0 + 400.0) / (60.0 + 9.0 + 500.0 + 400.0)
    truth = truth[truth["quantity"].isin(["mass_load", "users"])]
    inside = pd.DataFrame({"contained_in": ["", "d0", "", ""]}, index=["d0", "d1", "d2", "d3"])
    shown = Policy.internal().apply(truth, inside)
    hidden = shown[(shown["status"] == "suppressed")]
    assert set(hidden["district"]) == {"d1"}  # fewer than 10 users; 60 around it leave it open
    assert len(recovered(shown, truth, (), inside)) == 0
    full = truth.copy()
    full.loc[(full["district"] == "d0") & (full["quantity"] == "users"), "median"] = 9.5  # the zone is the district
    shown = Policy.internal(minimum_count=9.2).apply(full, inside)
    assert {"d0", "d1"} <= set(shown.loc[shown["status"] == "suppressed", "district"])


def test_a_companion_cannot_be_told_from_a_cell_hidden_for_its_own_sake():
    shown = Policy.internal().apply(city_of(*TOWN))
    hidden = shown[shown["status"] == "suppressed"].set_index("district")
    keep = ["status", "text", "note", "n_detected"]
    assert (hidden.loc["d0", keep].to_numpy() == hidden.loc["d1", keep].to_numpy()).all()


def test_no_other_column_of_a_hidden_row_carries_the_number():
    truth = city_of(*TOWN).assign(log_sd=0.3, limit=lambda t: t["median"], remark=lambda t: t["median"].astype(str))
    shown = Policy.internal().apply(truth)
    hidden = shown[shown["status"] == "suppressed"]
    assert hidden[["log_sd", "limit"]].isna().all().all()
    assert (hidden["remark"] == "").all()


@pytest.mark.parametrize("count", [2, 3])
def test_a_city_of_few_districts_hides_them_all_rather_than_one(count):
    truth = city_of([4.0, 300.0, 400.0][:count], [4e3, 3e5, 4e5][:count])
    shown = Policy.internal().apply(truth)
    users = shown[(shown["quantity"] == "users") & (shown["district"] != "city")]
    assert (users["status"] == "suppressed").sum() >= 2
    assert len(recovered(shown, truth, ())) == 0
