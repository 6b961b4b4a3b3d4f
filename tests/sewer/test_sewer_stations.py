"""Fixed stations see and part the people; contributions add up; neighbours are those by sewer."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from trees import balanced, path_down

import wbe
from wbe.disclosure import Policy
from wbe.errors import DisclosureError, InputError, UnknownName
from wbe.samples import Flag
from wbe.sewer import Network, contribution, neighbours, place
from wbe.sewer.belief import spread
from wbe.testing import small_city

OPEN = Policy.internal(minimum_population=0)


def areas_by_hand(network, stations):
    """People by what sees them: each node's set of stations on its way down."""
    found = {}
    for node, people in network.population.items():
        key = frozenset(set(path_down(network, node)) & set(stations))
        found[key] = found.get(key, 0.0) + float(people)
    return found


def cost_by_hand(network, stations):
    areas = areas_by_hand(network, stations)
    total = sum(areas.values())
    return sum((p / total) ** 2 if key else 2.0 * p / total for key, p in areas.items())


def test_the_first_station_is_the_outfall_and_the_next_halve_what_is_left():
    network = balanced(8)
    table = place(network, budget=4, policy=OPEN)
    assert table["node"].iloc[0] == "plant"
    assert table["narrowed_to"].tolist() == pytest.approx([4000, 2000, 1500, 1000])
    assert table["seen"].tolist() == [1.0] * 4
    assert table["spent"].tolist() == [1, 2, 3, 4]
    assert table["people"].tolist() == [4000, 2000, 1000, 1000]


def test_the_table_tells_what_a_hand_count_gives():
    network = balanced(8)
    table = place(network, budget=3, policy=OPEN, at=["n3"])
    for i in range(len(table)):
        areas = areas_by_hand(network, table["node"].iloc[: i + 1])
        seen = sum(p for key, p in areas.items() if key)
        assert table["seen"].iloc[i] == pytest.approx(seen / 4000)
        narrowed = sum(p * p for key, p in areas.items() if key) / seen
        assert table["narrowed_to"].iloc[i] == pytest.approx(narrowed)
    assert table["node"].iloc[0] == "n3"
    assert (table["cost"].iloc[0], table["spent"].iloc[0]) == (0.0, 0.0)


@pytest.mark.parametrize("seed", range(4))
def test_one_after_the_other_is_near_the_best_set(seed):
    rng = np.random.default_rng(seed)
    n = 12
    below = np.array([int(rng.integers(max(0, i - 4), i)) for i in range(1, n)])
    own = np.round(rng.lognormal(6, 0.7, n))
    network = Network(np.array([f"m{i}" for i in range(n)], dtype=object), own, np.arange(1, n), below,
                      np.full(n - 1, 0.1), np.ones(n - 1))  # fmt: skip
    chosen = place(network, budget=3, policy=OPEN)["node"].tolist()
    best = min(cost_by_hand(network, s) for s in itertools.combinations(network.nodes, 3))
    worst = 2.0
    assert worst - cost_by_hand(network, chosen) >= 0.93 * (worst - best)


def test_costs_and_the_budget_decide():
    network = balanced(4)
    dear = place(network, budget=2, policy=OPEN, cost={"plant": 5.0})
    assert "plant" not in dear["node"].tolist()
    assert dear["spent"].iloc[-1] <= 2
    assert place(network, budget=0.5, policy=OPEN).empty
    everything = place(network, budget=100, policy=OPEN)
    # one leaf of a pair is known by what its sister's station does not see
    assert everything["narrowed_to"].iloc[-1] == pytest.approx(500)
    assert len(everything) < len(network.nodes)


def test_no_station_is_named_where_few_people_are_served():
    network = balanced(8)
    table = place(network, budget=20, policy=Policy.internal(minimum_population=1000))
    assert (table["people"] >= 1000).all()
    assert table["people"].min() == 1000
    with pytest.raises(InputError, match="no node serves"):
        place(network, budget=1, policy=Policy.internal(minimum_population=1e6))


def test_hours_and_the_smallest_source_follow_from_travel_and_water():
    network = balanced(4)
    row = place(network, budget=1, policy=OPEN, limit=2.0).iloc[0]
    assert row["hours"] == pytest.approx(0.2)  # two links of 0.1 h
    assert row["smallest_source"] == pytest.approx(2.0 * 2000 * 0.2 * 1e-6)
    assert place(network, budget=1, policy=OPEN).iloc[0]["smallest_source"] == pytest.approx(1.0 * 2000 * 0.2 * 1e-6)


def test_wrong_budgets_costs_and_stations_are_told_together():
    with pytest.raises(InputError) as caught:
        place(balanced(4), budget=0, cost={"nowhere": 1.0, "n1": -1.0}, at=["lost"])
    assert caught.value.codes == ["sewer-budget", "sewer-station-cost", "sewer-station-elsewhere"]
    assert "nowhere, n1" in str(caught.value)
    for budget in (True, "two", np.inf):
        with pytest.raises(InputError, match="above 0"):
            place(balanced(4), budget=budget)


# ---- how unevenly people are spread ------------------------------------------------------------------------------


def test_many_places_together_differ_less_per_head_than_one():
    network = balanced(8)
    at = dict(zip(network.nodes, network.unevenness, strict=True))
    assert at["plant"] == pytest.approx(1 / np.sqrt(8))
    assert at["n1"] == pytest.approx(1 / np.sqrt(4))
    assert at[network.nodes[-1]] == 1.0
    one, many = (float(spread(np.array(1.0), np.array(1.0), u)) for u in (1.0, 0.5))
    day = np.log1p(0.3**2)
    assert one - day == pytest.approx(0.5**2)
    assert many - day == pytest.approx(np.log1p((np.exp(0.25) - 1) / 4))
    # where the source makes all of the load places do not matter
    assert float(spread(np.array(5.0), np.array(0.0), 1.0)) == pytest.approx(day)


def test_nodes_without_people_are_as_uneven_as_one():
    names = np.array(["a", "b"], dtype=object)
    empty = Network(names, np.zeros(2), np.array([0]), np.array([1]), np.zeros(1), np.ones(1))
    assert empty.unevenness.tolist() == [1.0, 1.0]


# ---- contributions ------------------------------------------------------------------------------------------------


def city():
    ds = small_city(districts=3, months=3, biomarkers=("methamphetamine",), equal=True)
    ds["flag"][:] = int(Flag.DETECTED)
    ds["concentration"][:] = 50.0
    one = (ds["district"] == "荷塘区").values & (ds["time"].dt.month == 2).values
    ds["concentration"][one] = 1000.0
    return ds, one


def test_the_unit_that_moved_the_city_stands_first_with_its_probability():
    estimate = wbe.estimate(city()[0])
    table = contribution(estimate, month="2021-02", drug="冰毒")
    assert table["unit"].iloc[0] == "荷塘区"
    # 50 000 m3/d: 2.5 g/d before, 50 after
    assert table["before"].iloc[0] == pytest.approx(2.5)
    assert table["change"].tolist() == pytest.approx([47.5, 0.0, 0.0])
    assert table["share"].tolist() == pytest.approx([1.0, 0.0, 0.0])
    assert table["p_most"].iloc[0] > 0.9
    assert table["p_most"].sum() == pytest.approx(1.0)
    assert table["p_rise"].iloc[0] > 0.95
    assert 0.2 < table["p_rise"].iloc[1] < 0.8
    assert (table["lower"] <= table["change"]).all()
    assert (table["change"] <= table["upper"]).all()
    assert set(table["status"]) == {"counted"}
    back = contribution(estimate, month="2021-03", drug="methamphetamine")
    assert back["change"].iloc[0] == pytest.approx(-47.5)
    assert back["p_most"].iloc[0] > 0.9  # it moved the sum furthest down
    assert back["p_rise"].iloc[0] < 0.05
    over = contribution(estimate, month="2021-03", against="2021-01", drug="methamphetamine")
    assert over["change"].tolist() == pytest.approx([0, 0, 0])


def test_no_share_is_given_of_a_change_that_may_be_none():
    table = contribution(wbe.estimate(city()[0]), month="2021-03", against="2021-01", drug="methamphetamine")
    assert set(table["status"]) == {"sum_unchanged"}
    assert table["share"].isna().all()
    assert set(table["note_codes"]) == {"sewer-sum-unchanged"}


def test_a_unit_without_a_number_is_named_and_not_counted():
    ds, one = city()
    ds["flag"][one], ds["concentration"][one], ds["lod"][one] = int(Flag.BELOW_LOD), np.nan, 0.1
    table = contribution(wbe.estimate(ds), month="2021-02", drug="methamphetamine").set_index("unit")
    assert table.at["荷塘区", "status"] == "below_limit"
    assert np.isnan(table.at["荷塘区", "change"])
    assert table.index[-1] == "荷塘区"
    alone = ds.isel(sample=np.flatnonzero((ds["district"] == "荷塘区").values))
    with pytest.raises(InputError, match="a number in both"):
        contribution(wbe.estimate(alone), month="2021-02", drug="methamphetamine")


def test_sites_months_drugs_and_editions_that_are_not_there_are_refused():
    estimate = wbe.estimate(city()[0])
    assert (
        contribution(estimate, month="2021-02", drug="methamphetamine", area="site")["unit"].iloc[0] == "荷塘区污水厂"
    )
    with pytest.raises(InputError, match="first month"):
        contribution(estimate, month="2021-01", drug="methamphetamine")
    with pytest.raises(UnknownName, match="2021-09"):
        contribution(estimate, month="2021-09", drug="methamphetamine")
    with pytest.raises(UnknownName, match="area"):
        contribution(estimate, month="2021-02", drug="methamphetamine", area="city")
    with pytest.raises(DisclosureError, match="public edition shows none"):
        contribution(wbe.estimate(city()[0], policy="public"), month="2021-02", drug="methamphetamine")


# ---- neighbours ---------------------------------------------------------------------------------------------------


def test_neighbours_are_those_whose_sewage_meets():
    # a -> b -> plant 1;  c -> plant 1;  d -> plant 2
    names = np.array(["a", "b", "c", "d", "p1", "p2"], dtype=object)
    own = np.array([100.0, 300.0, 500.0, 700.0, 0.0, 0.0])
    network = Network(names, own, np.array([0, 1, 2, 3]), np.array([1, 4, 4, 5]), np.full(4, 0.1), np.ones(4))
    table = neighbours(network, {"a": "A", "b": "B", "c": "C", "d": "D"})
    rows = {(r.place, r.other, r.relation): r.share for r in table.itertuples()}
    assert rows["A", "B", "passes"] == 1.0
    assert ("B", "A", "passes") not in rows
    assert rows["A", "C", "same_outfall"] == rows["C", "B", "same_outfall"] == 1.0
    assert not any("D" in key[:2] for key in rows)
    part = neighbours(network, {"a": "A", "b": "A", "c": "C", "p1": "P"})
    rows = {(r.place, r.other, r.relation): r.share for r in part.itertuples()}
    assert rows["A", "P", "passes"] == 1.0
    mixed = neighbours(network, {"b": "M", "d": "M", "c": "C"})
    rows = {(r.place, r.other, r.relation): r.share for r in mixed.itertuples()}
    assert rows["M", "C", "same_outfall"] == pytest.approx(0.3)  # 300 of 1000 people
    with pytest.raises(InputError, match="lost"):
        neighbours(network, {"lost": "A"})
