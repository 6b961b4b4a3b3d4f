"""The edges of the policy: each threshold at exactly its limit, any and all, smallest and largest."""

import numpy as np
import pandas as pd
import pytest

from wbe.disclosure import Policy, institutions
from wbe.disclosure.attack import audit
from wbe.disclosure.cells import rounding_grid
from wbe.disclosure.rounding import round_users, shorten
from wbe.disclosure.secondary_suppression import exposed, feasible, secondary
from wbe.errors import InputError
from wbe.people import RESTS_ON
from wbe.testing import small_city

MANY = {"n_districts": 3, "_sites": 3, "_seen": 3, "_largest": 0.4}


def row(quantity="users", median=100.0, population=2e5, district="d", **more):
    return {
        "district": district, "month": "2021-06", "drug": "x", "biomarker": "x", "quantity": quantity,
        "median": median, "lower": median / 2, "upper": median * 3, "status": "estimate", "text": "x",
        "note": "", "note_codes": RESTS_ON, "n_samples": 1, "n_detected": 1, "population": population,
    } | more  # fmt: skip


def shown(policy, *rows):
    return policy.apply(pd.DataFrame(list(rows)))["status"].ne("suppressed").tolist()


@pytest.mark.parametrize(("population", "ok"), [(4999.9, False), (5000.0, True), (np.inf, True)])
def test_a_population_of_exactly_the_minimum_is_enough(population, ok):
    assert shown(Policy.internal(), row("consumption", population=population)) == [ok]
    assert shown(Policy.internal(), row("mass_load", population=population)) == [True]


@pytest.mark.parametrize(("population", "ok"), [(9_999.0, False), (10_000.0, True), (np.nan, False)])
def test_a_floor_on_loads_begins_at_its_number(population, ok):
    for quantity in ("mass_load", "normalised_load", "consumption"):
        assert shown(Policy.public(), row(quantity, population=population, district="全市", **MANY)) == [ok]
    assert shown(Policy.internal(minimum_population_load=10_000), row("mass_load", population=population)) == [ok]


@pytest.mark.parametrize(("users", "ok"), [(9.99, False), (10.0, True)])
def test_ten_users_may_be_stated_in_the_internal_edition(users, ok):
    assert shown(Policy.internal(), row(median=users)) == [ok]
    assert shown(Policy.public(), row(median=2 * users, district="全市", **MANY)) == [ok]
    assert shown(Policy.internal(), row("doses", users / 100)) == [True]  # a count of people, not of doses


@pytest.mark.parametrize("status", ["estimate", "incomplete"])
def test_a_sum_that_lacks_a_plant_is_a_number_like_any_other_for_the_internal_edition(status):
    assert shown(Policy.internal(), row(status=status, population=100.0)) == [False]
    assert shown(Policy.internal(), row(status=status, median=3.0)) == [False]
    assert shown(Policy.internal(), row(status=status)) == [True]
    assert shown(Policy.public(), row("mass_load", status=status, district="全市", **MANY)) == [status == "estimate"]


def test_what_hides_one_quantity_of_a_drug_hides_all_that_follow_from_it_and_no_other_drugs():
    rows = [row(median=3.0), row("consumption", 5.0), row("doses", 0.2), row("mass_load", 2.0),
            row("consumption", 5.0, drug="y", biomarker="y")]  # fmt: skip
    assert shown(Policy.internal(), *rows) == [False, False, False, True, True]
    assert shown(Policy.internal(minimum_population_load=1), *rows) == [False, False, False, False, True]


def test_cells_that_were_withheld_are_hidden_in_the_city_alone_and_never_recorded():
    policy = Policy.public().withholding([("全市", "2021-06", "x")])
    assert shown(policy, row("mass_load", district="全市", **MANY)) == [False]
    assert shown(policy, row("mass_load", district="全市", month="2021-07", **MANY)) == [True]
    assert shown(policy, row("mass_load", district="全市", biomarker="y", **MANY)) == [True]
    internal = Policy.internal().withholding([("d", "2021-06", "x")])
    assert shown(internal, row("mass_load")) == [True]
    assert policy.withholding([("全市", "2021-06", "x")]).withheld == policy.withheld
    assert "withheld" not in policy.record()


@pytest.mark.parametrize(("reason", "ok"), [("1234567", False), ("12345678", True), ("   12345  ", False)])
def test_a_reason_has_eight_characters_at_least(reason, ok):
    if ok:
        assert Policy.internal().with_override("s", reason).overrides == (("s", reason),)
    else:
        with pytest.raises(InputError):
            Policy.internal().with_override("s", reason)
    twice = Policy.internal().with_override("s", "approved by A").with_override("s", "approved by B")
    assert twice.overrides == (("s", "approved by B"),)


@pytest.mark.parametrize(("crowd", "small"), [(4999.0, True), (5000.0, False)])
def test_a_venue_is_small_by_its_smallest_crowd(crowd, small):
    ds = small_city(districts=1, months=2)
    ds = ds.assign_coords(site_type=("sample", np.array(["venue", "venue"], object)))
    ds["population"][:] = [90_000.0, crowd]
    assert bool(institutions(ds)) == small


def test_a_district_is_large_enough_by_its_smallest_month_and_by_all_of_its_plants_together():
    ds = small_city(districts=2, months=2)
    ds["population"][:] = [4000.0, 9000.0, 6000.0, 6000.0]
    assert Policy.internal().many_enough(ds).tolist() == [False, False, True, True]
    ds["population"][:] = [5000.0, 9000.0, np.nan, 6000.0]
    assert Policy.internal().many_enough(ds).tolist() == [True, True, False, False]
    two = ds.assign_coords(district=("sample", np.array(["a"] * 4, object)))
    two["population"][:] = [2500.0, 2500.0, 2500.0, 2500.0]
    assert Policy.internal().many_enough(two).all()  # two plants of 2,500 serve 5,000 in each month


# ---- secondary suppression: both sides, to the limit -----------------------------------------------------------------


def test_a_hidden_amount_is_exposed_by_a_bound_nearer_than_the_protection():
    own, both = np.array([True, False]), np.array([True, True])

    def near(other):
        return bool(exposed(np.array([10.0, other]), both, own, [-1, -1], 0.2)[0])

    assert near(1.9)  # at most 11.9
    assert not near(20.0)
    assert near(8.0)  # 0 to 18: the middle is 9
    assert near(14.0)  # 0 to 24: the middle is 12, at the limit
    assert not near(14.1)
    assert not exposed(np.array([0.0, 5.0]), both, own, [-1, -1], 0.2).any()  # of 0 there is nothing to find


def test_a_further_hidden_cell_needs_to_reach_out_on_one_side_only():
    hidden, own = np.array([True, True]), np.array([True, False])
    assert not exposed(np.array([30.0, 10.0]), hidden, own, [-1, -1], 0.2)[1]
    low, high = feasible(np.array([30.0, 10.0]), hidden, [-1, -1])
    assert (low.tolist(), high.tolist()) == ([0.0, 0.0], [40.0, 40.0])


def test_the_smallest_cell_that_protects_is_taken_for_all_quantities_at_once():
    amounts = np.array([[4.0, 0.5, 30.0, 200.0], [8.0, 1.0, 60.0, 400.0]])
    own = np.array([True, False, False, False])
    assert secondary(amounts, own, [-1] * 4, 0.2).tolist() == [True, False, True, False]
    assert secondary(amounts, np.zeros(4, bool), [-1] * 4, 0.2).tolist() == [False] * 4
    alone = secondary(np.array([[4.0, 0.0]]), np.array([True, False]), [-1, -1], 0.2)
    assert alone.tolist() == [True, False]  # an amount of 0 protects nothing


@pytest.mark.parametrize(("three", "grid"), [
    ((5.0, 10.0, 100.0), 5.0), ((400.0, 1000.0, 5000.0), 10.0), ((900.0, 1000.0, 1100.0), 10.0),
    ((999.0, 1000.0, 1100.0), 5.0), ((0.0, float("nan"), 770.0), 10.0), ((10.0, 10.0, 10.0), 5.0),
])  # fmt: skip
def test_users_are_rounded_to_the_base_or_to_two_digits_of_the_narrower_side(three, grid):
    assert rounding_grid(*three, 5.0) == grid


@pytest.mark.parametrize(("floor", "shown_people"), [(0, 2e5), (10_000, 90_000.0)])
def test_people_counted_by_a_marker_stand_as_reported_only_where_loads_are_protected(floor, shown_people):
    rows = pd.DataFrame([row("mass_load", population=2e5, status="estimate", median=1.0)]).assign(_reported=90_000.0)
    hidden = rows.assign(quantity="users_per_street")  # what nobody knows is hidden
    table = Policy.internal(minimum_population_load=floor).apply(hidden)
    assert table["status"].tolist() == ["suppressed"]
    assert table["population"].tolist() == [shown_people]
    assert "_reported" not in table


def test_an_unknown_quantity_is_hidden_once_for_one_reason():
    table = pd.DataFrame([row("mass_load"), row("users_per_street")])
    counts = Policy.internal().apply(table).attrs["disclosure"]
    assert counts["unknown_quantity"] == 1
    assert counts["population_load"] == 0  # nobody asked for a floor on loads
    assert counts["hidden"] == 1


def test_a_threshold_that_nobody_could_reach_is_no_threshold():
    for name in ("minimum_population", "minimum_population_load", "minimum_count"):
        with pytest.raises(InputError) as caught:
            Policy.internal(**{name: np.inf})
        assert caught.value.codes == ["disclosure-threshold-value"]


def test_what_lies_inside_a_hidden_area_is_a_floor_for_it_by_all_of_it():
    # 10 in the district, two shown towns of 3 and 4 in it, another hidden district of 20
    amount, hidden = np.array([10.0, 3.0, 4.0, 20.0]), np.array([True, False, False, True])
    low, high = feasible(amount, hidden, [-1, 0, 0, -1])
    assert low.tolist() == [7.0, 3.0, 4.0, 0.0]
    assert high.tolist() == [30.0, 3.0, 4.0, 23.0]


def test_without_a_total_a_hidden_number_has_no_upper_end_and_rows_keep_their_order():
    rows = [row("mass_load", month=m, median=np.nan, upper=np.nan, status="suppressed") for m in ("2021-07", "2021-06")]
    found = audit(pd.DataFrame(rows))
    assert found["month"].tolist() == ["2021-07", "2021-06"]
    assert found["lower"].tolist() == [0.0, 0.0]
    assert found["upper"].tolist() == [np.inf, np.inf]


def test_a_bound_of_users_stands_beside_the_limit_and_a_number_alone():
    table = pd.DataFrame([row(median=152.0, lower=38.0, upper=941.0, limit=np.nan)])
    round_users(table, np.array([True]), 5)
    assert table["text"].tolist() == ["150 (30–950)"]
    below = {"median": np.nan, "lower": 0.0, "upper": 41.0}
    bound = pd.DataFrame([row(**below, limit=23.0, status="below_limit"),
                          row(**below, limit=np.nan, status="below_limit"),
                          row(**below, limit=np.nan, status="origin_unresolved")])  # fmt: skip
    round_users(bound, np.array([True] * 3), 5)
    assert bound["text"].tolist() == ["< 25 (≤ 45)", "< 45", "≤ 45"]
    assert bound["upper"].tolist() == [45.0] * 3


def test_an_interval_without_width_keeps_its_number_and_its_text():
    table = pd.DataFrame([row("mass_load", median=1.2345, lower=1.2345, upper=1.2345, text="as it was"),
                          row("mass_load", median=1.2345, lower=1.0, upper=2.0, text="as it was")])  # fmt: skip
    shorten(table, np.array([True, True]))
    assert table["median"].tolist() == [1.2345, 1.23]
    assert table["text"].tolist() == ["as it was", "1.23 (1.00–2.00)"]
    bare = table.drop(columns="text")
    shorten(bare, np.array([True, True]))
    assert "text" not in bare


def test_the_office_finds_the_exposure_in_the_disclosure_room():
    import wbe
    from wbe.published import exposure

    assert wbe.disclosure.exposure is exposure
    with pytest.raises(AttributeError):
        wbe.disclosure.nothing_of_the_kind()
