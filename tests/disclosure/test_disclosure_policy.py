"""What may be printed: thresholds, institutions, codes, and a record of it all."""

import numpy as np
import pandas as pd
import pytest

from wbe import messages
from wbe.disclosure import Policy, institutions
from wbe.disclosure.rules import rules
from wbe.errors import DisclosureError, InputError, UnknownName
from wbe.messages import Note
from wbe.people import RESTS_ON
from wbe.testing import small_city

MANY = {"n_districts": 3, "_sites": 3, "_seen": 3, "_largest": 0.4}  # what a number of the city needs behind it


def row(quantity="users", median=100.0, population=2e5, district="d", **more):
    return {
        "district": district, "month": "2021-06", "drug": "methamphetamine", "quantity": quantity, "median": median,
        "lower": median / 2, "upper": median * 3, "unit": "x", "n_samples": 1, "n_detected": 1,
        "note": "", "note_codes": RESTS_ON,
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
    table = pd.DataFrame(
        [row(note="they rest on the use scenario", note_codes="people-more-users-than-adults"), row("consumption", 5.0)]
    )
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
    internal, public = (
        p.apply(table.assign(district="city", **MANY)).iloc[0] for p in (Policy.internal(), Policy.public())
    )
    assert tuple(internal[["lower", "median", "upper"]]) == (30.0, 150.0, 950.0)
    assert internal["text"] == "150 (30–950)"
    assert public["lower"] <= 38.0 < 941.0 <= public["upper"]
    untouched = Policy.internal().apply(pd.DataFrame([row("mass_load", 1.234)])).iloc[0]
    assert untouched["median"] == 1.234


def test_the_public_edition_shows_the_city_alone_and_needs_several_districts_behind_it():
    public = Policy.public()
    assert status(public) == "suppressed"
    assert status(public, district="全市", **MANY) == "estimate"
    assert status(public, district="全市", **MANY | {"n_districts": 2}) == "suppressed"


@pytest.mark.parametrize("evidence", ["n_districts", "_sites", "_seen", "_largest"])
@pytest.mark.parametrize("how", ["unknown", "absent"])
def test_what_is_not_known_to_stand_behind_a_city_number_is_not_enough(evidence, how):
    known = {k: v for k, v in MANY.items() if k != evidence}
    if how == "unknown":
        known[evidence] = np.nan
    assert status(Policy.public(), district="全市", **known) == "suppressed"
    assert status(Policy.internal(), district="全市", **MANY) == "estimate"


def test_a_city_number_needs_as_many_units_with_a_detection_as_units():
    public = Policy.public()
    assert status(public, district="全市", **MANY | {"_seen": 2}) == "suppressed"
    bound = {"status": "below_limit", "median": np.nan, "lower": 0.0, "upper": 55.0}
    assert status(public, district="全市", **MANY | {"_seen": 0} | bound) == "below_limit"
    assert status(public, district="全市", **MANY | {"n_districts": 2} | bound) == "suppressed"


def test_one_plant_that_serves_three_districts_is_one_plant():
    public = Policy.public()
    assert status(public, district="全市", **MANY | {"_sites": 1}) == "suppressed"
    assert status(public, district="全市", **MANY | {"_seen": 1}) == "suppressed"
    assert status(Policy.public(minimum_plants=1), district="全市", **MANY | {"_sites": 1, "_seen": 1}) == "estimate"


def test_public_rows_carry_no_counts_and_internal_ones_do():
    city = pd.DataFrame([row(district="全市", n_samples=12, n_detected=9, **MANY)])
    public, internal = (p.apply(city).iloc[0] for p in (Policy.public(), Policy.internal()))
    told = ["n_samples", "n_detected", "n_districts", "population"]
    assert public[told].isna().all()
    assert public["median"] == internal["median"] == 100.0
    assert internal[told].tolist() == [12, 9, 3, 2e5]
    assert not [c for c in public.index if c.startswith("_")]


def test_public_rows_keep_the_notes_that_a_number_may_not_be_printed_without_and_no_others():
    kept = [Note(RESTS_ON), Note("population-claim-not-verified"), Note("estimation-excretion-unverified")]
    told = [Note("estimation-discharge-in", count=1), Note("estimation-left-out", count=2),
            Note("estimation-incomplete"), Note("people-more-users-than-adults")]  # fmt: skip
    assert Policy.public().notes([*kept, *told]) == tuple(kept)
    assert Policy.internal().notes([*kept, *told]) == (*kept, *told)
    listed = rules()["notes"]["shown"]
    assert all(code in messages.codes(code.split("-")[0]) for code in listed)  # each of them is a note that there is


def test_city_numbers_of_one_month_rest_on_the_same_samples_or_are_not_printed():
    rows = [row(q, district="全市", **MANY, _samples="a") for q in ("consumption", "doses", "users")]
    load = row("mass_load", district="全市", **MANY, _samples="with the discharge")
    shown = Policy.public().apply(pd.DataFrame([load, *rows])).set_index("quantity")["status"]
    assert shown.to_dict() == {
        "mass_load": "suppressed", "consumption": "estimate", "doses": "estimate", "users": "estimate"
    }  # fmt: skip
    assert (Policy.internal().apply(pd.DataFrame([load, *rows]))["status"] == "estimate").all()


def test_a_city_number_that_one_unit_nearly_makes_is_a_number_of_that_unit():
    # 1 / 1.2: what the others add is less than a fifth of the largest
    assert status(Policy.public(), district="全市", **MANY | {"_largest": 1 / 1.2}) == "estimate"
    assert status(Policy.public(), district="全市", **MANY | {"_largest": 0.84}) == "suppressed"
    assert status(Policy.internal(), district="全市", **MANY | {"_largest": 0.99}) == "estimate"


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
    with pytest.raises(InputError, match="needed a sentence on who approved it"):
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
    one = Policy.public(salt="a secret that nobody guesses").site_codes(sites)
    assert one == Policy.public(salt="a secret that nobody guesses").site_codes(reversed(sites))
    assert one != Policy.public(salt="another one, and as long as that").site_codes(sites)
    assert Policy.public().site_codes(sites) != Policy.public().site_codes(sites)
    order = np.argsort(list(one.values()))
    assert abs(np.corrcoef(order, np.arange(40))[0, 1]) < 0.5
    assert len(set(one.values())) == 40


def test_only_the_public_edition_codes_its_sites():
    assert Policy.internal().site_labels(["河西污水厂"]) == {"河西污水厂": "河西污水厂"}
    (label,) = Policy.public().site_labels(["河西污水厂"]).values()
    assert "河西" not in label


def test_the_record_holds_every_threshold_and_never_the_salt():
    policy = Policy.internal(minimum_population=8000, salt="do not keep me anywhere")
    record = policy.record()
    assert record["minimum_population"] == 8000
    assert {"minimum_count", "round_users_to", "areas", "edition", "protection"} <= set(record)
    assert "do not keep me anywhere" not in str(record) + repr(policy)


@pytest.mark.parametrize("salt", ["2021", "x" * 40, "123456789012345", "abababababababababab", "1234567" * 3])
def test_a_salt_that_can_be_guessed_is_refused(salt):
    with pytest.raises(InputError, match="keep it secret") as caught:
        Policy.public(salt=salt)
    assert caught.value.codes == ["disclosure-weak-salt"]
    assert salt not in str(caught.value)


def test_a_salt_of_sixteen_characters_eight_of_them_different_is_enough():
    assert Policy.public(salt="12345678" * 2).salt == "12345678" * 2


def test_impossible_thresholds_are_refused_all_at_once():
    with pytest.raises(InputError) as caught:
        Policy.internal(
            min_pop=1, minimum_count=-1, round_users_to=0, protection=1.0, minimum_districts=2.5, coded_sites="no",
            counts_shown=1, minimum_plants=0, areas=("street",), minimum_population=float("nan"),
            minimum_population_load="all", salt="2021",
        )  # fmt: skip
    assert [fault.values["name"] for fault in caught.value.faults] == [
        "areas", "coded_sites", "counts_shown", "min_pop", "minimum_count", "minimum_districts", "minimum_plants",
        "minimum_population", "minimum_population_load", "protection", "round_users_to", "salt",
    ]  # fmt: skip
    with pytest.raises(UnknownName, match="Known: internal, public"):
        Policy.named("secret")
    assert Policy.internal(minimum_count=0, protection=0.0, round_users_to=1).minimum_count == 0.0
