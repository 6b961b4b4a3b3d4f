"""What may be printed: thresholds, institutions, codes, and a record of it all."""

import numpy as np
import pandas as pd
import pytest

from wbe.disclosure import Policy, institutions
from wbe.errors import DisclosureError
from wbe.people import default_scenarios
from wbe.testing import small_city

STATEMENT = default_scenarios()[0].statement("zh")


def row(quantity="users", median=100.0, population=2e5, district="d", **more):
    return {
        "district": district, "month": "2021-06", "drug": "methamphetamine", "quantity": quantity, "median": median,
        "lower": median / 2, "upper": median * 3, "unit": "x", "n_samples": 1, "n_detected": 1, "note": STATEMENT,
        "biomarker": "methamphetamine", "status": "estimate", "text": "x", "population": population,
    } | more  # fmt: skip


def status(policy, **cell):
    return policy.apply(pd.DataFrame([row(**cell)]))["status"].iloc[0]


@pytest.mark.parametrize("population", [4999.0, 0.0, np.nan, None])
def test_a_small_or_unknown_population_shows_loads_only(population):
    internal = Policy.internal()
    for quantity in ("consumption", "doses", "users"):
        assert status(internal, quantity=quantity, population=population) == "suppressed"
    for quantity in ("mass_load", "normalised_load"):
        assert status(internal, quantity=quantity, population=population) == "estimate"


def test_a_table_without_a_population_column_counts_as_small():
    table = pd.DataFrame([row()]).drop(columns="population")
    assert Policy.internal().apply(table)["status"].iloc[0] == "suppressed"


def test_an_unknown_quantity_is_hidden():
    assert status(Policy.internal(), quantity="users_per_street") == "suppressed"


def test_few_users_are_not_stated_and_neither_is_what_they_follow_from():
    table = pd.DataFrame([row(median=9.0), row("consumption", 5.0), row("normalised_load", 2.0)])
    shown = Policy.internal().apply(table).set_index("quantity")["status"].to_dict()
    assert shown == {"users": "suppressed", "consumption": "suppressed", "normalised_load": "estimate"}


def test_a_number_of_users_without_its_sentence_is_not_printed():
    table = pd.DataFrame([row(note="looks fine"), row("consumption", 5.0)])
    shown = Policy.internal().apply(table).set_index("quantity")
    assert shown.loc["users", "status"] == "suppressed"
    assert shown.loc["consumption", "status"] == "estimate"
    assert shown.loc["users", "text"] == "not shown"


def test_rows_without_a_number_keep_their_reason():
    kept = pd.DataFrame([row(status="no_scenario", text="no use scenario", median=np.nan, population=100.0)])
    shown = Policy.internal().apply(kept).iloc[0]
    assert (shown["status"], shown["text"]) == ("no_scenario", "no use scenario")


def test_a_bound_on_users_is_subject_to_the_population_but_not_to_the_count():
    bound = {"status": "below_limit", "median": np.nan, "lower": 0.0, "upper": 3.2}
    shown = Policy.internal().apply(pd.DataFrame([row(**bound)])).iloc[0]
    assert (shown["status"], shown["upper"], shown["text"]) == ("below_limit", 5.0, "< 5")
    assert status(Policy.internal(), **bound, population=100.0) == "suppressed"


def test_users_are_rounded_and_their_interval_outwards():
    table = pd.DataFrame([row(median=152.0, lower=38.0, upper=941.0)])
    internal, public = (p.apply(table.assign(district="city")).iloc[0] for p in (Policy.internal(), Policy.public()))
    assert tuple(internal[["lower", "median", "upper"]]) == (30.0, 150.0, 950.0)
    assert internal["text"] == "150 (30–950)"
    assert public["lower"] <= 38.0 < 941.0 <= public["upper"]
    untouched = Policy.internal().apply(pd.DataFrame([row("mass_load", 1.234)])).iloc[0]
    assert untouched["median"] == 1.234


def test_the_public_edition_shows_the_city_alone_and_needs_several_districts_behind_it():
    public = Policy.public()
    assert status(public) == "suppressed"
    assert status(public, district="全市") == "estimate"
    assert status(public, district="全市", n_districts=2) == "suppressed"
    assert status(public, district="全市", n_districts=3) == "estimate"
    assert status(public, district="全市", n_districts=np.nan) == "suppressed"


def test_applying_a_policy_twice_changes_nothing_more():
    table = pd.DataFrame([row(district=f"d{i}", median=10.0 * i, population=3e3 * i) for i in range(1, 7)])
    once = Policy.internal().apply(table)
    pd.testing.assert_frame_equal(Policy.internal().apply(once), once, check_dtype=False)


def test_the_table_that_came_is_not_changed():
    table = pd.DataFrame([row(population=10.0)])
    before = table.copy(deep=True)
    Policy.public().apply(table)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("kind", ["school", "hospital", "prison", "hotel"])
def test_an_institution_is_refused_without_a_reasoned_override(kind):
    ds = small_city(districts=2, months=1)
    ds = ds.assign_coords(site_type=("sample", np.array([kind, "wwtp"], object)))
    with pytest.raises(DisclosureError, match=f"天元区污水厂 .site_type {kind}"):
        Policy.internal().refuse(ds)
    with pytest.raises(DisclosureError, match="needed a sentence on who approved it"):
        Policy.internal().with_override("天元区污水厂", "ok")
    admitted = Policy.internal().with_override("天元区污水厂", "Approved by the ethics board, minute 7 of 2021")
    admitted.refuse(ds)
    assert admitted.record()["overrides"] == [
        {"site": "天元区污水厂", "reason": "Approved by the ethics board, minute 7 of 2021"}
    ]


def test_all_institutions_are_named_at_once_also_by_name_where_no_type_was_given():
    ds = small_city(districts=3, months=1)
    ds = ds.assign_coords(site=("sample", np.array(["第一中学", "某酒店", "河西污水厂"], object)))
    with pytest.raises(DisclosureError, match=r"第一中学.*某酒店"):
        Policy.internal().refuse(ds)
    typed = ds.assign_coords(site_type=("sample", np.array(["pumping_station", "pumping_station", "wwtp"], object)))
    assert institutions(typed) == {}


def test_a_venue_is_refused_while_it_is_small_or_its_crowd_unknown():
    ds = small_city(districts=2, months=1)
    ds = ds.assign_coords(site_type=("sample", np.array(["venue", "wwtp"], object)))
    assert institutions(ds) == {}
    for crowd in (800.0, np.nan):
        small = ds.copy()
        small["population"] = small["population"].where(small["site"] != "天元区污水厂", crowd)
        assert list(institutions(small)) == ["天元区污水厂"]


def test_site_codes_are_stable_under_a_salt_and_say_nothing_of_name_or_order():
    sites = [f"site {i:02d}" for i in range(40)]
    one = Policy.public(salt="a secret").site_codes(sites)
    assert one == Policy.public(salt="a secret").site_codes(reversed(sites))
    assert one != Policy.public(salt="another").site_codes(sites)
    assert Policy.public().site_codes(sites) != Policy.public().site_codes(sites)
    order = np.argsort(list(one.values()))
    assert abs(np.corrcoef(order, np.arange(40))[0, 1]) < 0.5
    assert len(set(one.values())) == 40


def test_only_the_public_edition_codes_its_sites():
    assert Policy.internal().site_labels(["河西污水厂"]) == {"河西污水厂": "河西污水厂"}
    (label,) = Policy.public().site_labels(["河西污水厂"]).values()
    assert "河西" not in label


def test_the_record_holds_every_threshold_and_never_the_salt():
    policy = Policy.internal(minimum_population=8000, salt="do not keep me")
    record = policy.record()
    assert record["minimum_population"] == 8000
    assert {"minimum_count", "round_users_to", "areas", "edition", "protection"} <= set(record)
    assert "do not keep me" not in str(record) + repr(policy)


def test_impossible_thresholds_are_refused_all_at_once():
    with pytest.raises(DisclosureError, match=r"'min_pop' is no threshold.*minimum_count is -1.*round_users_to is 0"):
        Policy.internal(min_pop=1, minimum_count=-1, round_users_to=0)
    with pytest.raises(DisclosureError, match="needed one of internal, public"):
        Policy.named("secret")
