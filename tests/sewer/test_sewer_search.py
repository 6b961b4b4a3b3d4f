"""A search narrows down where a source lies, honestly: visits, misses, people too few to name, several sources."""

from __future__ import annotations

import json

import numpy as np
import pytest
from trees import balanced, clean_source, path_down, people_above, sample

import wbe
from wbe.disclosure import Policy
from wbe.errors import InputError, UnknownName

OPEN = Policy.internal(minimum_population=0)
DRUG = "methamphetamine"


def searched(network, source, **known):
    """Follow the plan with error-free results until one node is left; the visits and the node."""
    search = wbe.sewer.search(network, drug=DRUG, policy=OPEN, limit=0.01, **known)
    visits = 0
    while len(search.credible(0.9)) > 1:
        node = search.plan()["node"].iloc[0]
        search = search.observe(sample(network, node, clean_source(network, source, node)))
        visits += 1
        assert visits < 40
    return visits, search.credible(0.9)[0]


@pytest.mark.parametrize(("leaves", "visits"), [(8, 3), (64, 6)])
def test_error_free_visits_halve_what_is_left(leaves, visits):
    network = balanced(leaves)
    ends = [n for n, p in network.population.items() if p > 0]
    for source in ends[:: max(1, leaves // 8)]:
        assert searched(network, source, misses=0, background=0) == (visits, source)


def test_where_sources_come_and_go_more_visits_are_asked_for():
    network = balanced(8)
    ends = [n for n, p in network.population.items() if p > 0]
    followed = [searched(network, source) for source in ends]
    assert [found for _, found in followed] == ends
    assert sum(visits for visits, _ in followed) > 3 * len(ends)


def test_a_clean_sample_does_not_close_a_branch_but_a_second_one_nearly_does():
    network = balanced(4)
    search = wbe.sewer.search(network, drug=DRUG, policy=OPEN, background=0)
    above = [n for n in network.nodes if "n1" in path_down(network, n)]

    def chance(s):
        return s.posterior().set_index("node")["probability"].reindex(above).sum()

    once = search.observe(sample(network, "n1", 0.0))
    twice = once.observe(sample(network, "n1", 0.0))
    assert chance(search) == pytest.approx(0.5)
    assert 0.05 < chance(once) < 0.4
    assert chance(twice) < chance(once)


def test_nothing_observed_leaves_the_people_as_prior():
    network = balanced(4)
    search = wbe.sewer.search(network, drug=DRUG, policy=OPEN)
    assert search.posterior()["probability"].tolist()[:4] == pytest.approx([0.25] * 4)
    own = wbe.sewer.search(network, drug=DRUG, policy=OPEN, prior={"n3": 3.0, "n4": 1.0})
    assert own.posterior().iloc[0].to_dict()["node"] == "n3"
    assert own.posterior()["probability"].iloc[0] == pytest.approx(0.75)


def test_the_search_before_is_not_changed_by_an_observation():
    network = balanced(4)
    search = wbe.sewer.search(network, drug=DRUG, policy=OPEN)
    before = search.posterior()
    search.observe(sample(network, "n1", 500.0))
    assert search.posterior().equals(before)
    assert search.seen is None


def test_the_size_of_the_source_is_learnt_with_its_interval():
    network = balanced(8)
    search = wbe.sewer.search(network, drug=DRUG, policy=OPEN, background=0)
    for node in path_down(network, "n9"):
        search = search.observe(sample(network, node, clean_source(network, "n9", node, grams=8.0)))
    row = search.posterior().iloc[0]
    assert row["node"] == "n9"
    assert row["lower"] < 8.0 < row["upper"]
    assert row["upper"] / row["lower"] < 6


def test_what_everybody_uses_is_no_source():
    """Results that follow the number of people leave the places as they were."""
    network = balanced(8)
    search = wbe.sewer.search(network, drug=DRUG, policy=OPEN)
    grams = {n: people_above(network, n) * 20e-6 for n in network.nodes}
    for node in ("plant", "n1", "n2", "n3"):
        flow = people_above(network, node) * 0.2
        search = search.observe(sample(network, node, grams[node] / flow * 1e6))
    assert search.posterior()["probability"].max() < 0.3


# ---- people -------------------------------------------------------------------------------------------------------


def test_no_plan_posterior_or_page_names_a_node_with_too_few_people(tmp_path):
    network = balanced(64, people=700.0)
    small = {n for n in network.nodes if people_above(network, n) < 5000}
    search = wbe.sewer.search(network, drug=DRUG)
    source = "n100"
    for _ in range(6):
        plan = search.plan(3)
        named = {*plan["node"], *search.posterior()["node"], *search.credible(0.99)}
        named |= {word.strip("、,;:() ") for word in search.explain("en").replace(":", " ").split()}
        assert not named & small
        search.report(tmp_path / "out")
        page = (tmp_path / "out" / "search.html").read_text("utf-8")
        cells = {part.split("<")[0] for part in page.split(">")}
        assert not cells & small
        features = json.loads((tmp_path / "out" / "plan.geojson").read_text("utf-8"))["features"]
        assert not {f["properties"]["node"] for f in features} & small
        if plan.empty:
            break
        node = plan["node"].iloc[0]
        search = search.observe(sample(network, node, clean_source(network, source, node)))
    assert search.posterior()["probability"].sum() == pytest.approx(1.0)
    truth = next(n for n in path_down(network, source) if people_above(network, n) >= 5000)
    assert truth in search.credible(0.9)
    assert "sewer-stop-people" in [n.code for n in search.notes()]


def test_a_node_at_exactly_the_threshold_may_be_named():
    network = balanced(4, people=2500.0)
    search = wbe.sewer.search(network, drug=DRUG, policy=Policy.internal(minimum_population=5000))
    assert set(search.posterior()["node"]) == {"n1", "n2"} | {"plant"}
    with pytest.raises(InputError, match="fewer than 5000 people"):
        search.observe(sample(network, "n3", 10.0))
    above = wbe.sewer.search(network, drug=DRUG, policy=Policy.internal(minimum_population=5001))
    assert set(above.posterior()["node"]) == {"plant"}


def test_a_network_without_enough_people_is_not_searched():
    with pytest.raises(InputError, match="no node serves 5000 people"):
        wbe.sewer.search(balanced(4), drug=DRUG)


# ---- several, passive, without flow ---------------------------------------------------------------------------------


def test_two_sources_are_told_apart_from_one():
    network = balanced(16)
    one = wbe.sewer.search(network, drug=DRUG, policy=OPEN, background=0)
    two = one
    for node in ["plant", "n1", "n2", "n3", "n4", "n5", "n6"]:
        first, second = (clean_source(network, s, node) for s in ("n15", "n30"))
        one = one.observe(sample(network, node, first))
        two = two.observe(sample(network, node, first + second))
    assert "sewer-two-sources" in [n.code for n in two.notes()]
    assert "sewer-two-sources" not in [n.code for n in one.notes()]


def test_a_source_that_comes_and_goes_is_called_so():
    network = balanced(2)
    search = wbe.sewer.search(network, drug=DRUG, policy=OPEN, background=0)
    steady = search
    for visit in range(12):
        shown = clean_source(network, "n1", "n1") if visit % 3 == 0 else 0.0
        search = search.observe(sample(network, "n1", shown))
        steady = steady.observe(sample(network, "n1", clean_source(network, "n1", "n1")))
    assert "sewer-intermittent" in [n.code for n in search.notes()]
    assert "sewer-intermittent" not in [n.code for n in steady.notes()]


def test_a_passive_sampler_tells_presence_but_no_load():
    network = balanced(4)
    start = wbe.sewer.search(network, drug=DRUG, policy=OPEN, background=0)
    weak = start.observe(sample(network, "n1", 50.0, kind="passive"))
    strong = start.observe(sample(network, "n1", 50_000.0, kind="passive"))
    assert weak.posterior().equals(strong.posterior())
    assert weak.posterior()["probability"].iloc[0] > 0.4
    assert "sewer-passive-presence" in [n.code for n in weak.notes()]


def test_a_sample_without_flow_says_what_stands_in_for_it():
    network = balanced(4)
    start = wbe.sewer.search(network, drug=DRUG, policy=OPEN)
    bare = start.observe(sample(network, "n1", 5000.0).assign(flow=("sample", [np.nan], {"units": "m3/d"})))
    assert "sewer-flow-from-people" in [n.code for n in bare.notes()]
    marked = sample(network, "n1", 5000.0, ammonium_nitrogen=[40.0])
    marked = marked.assign(flow=("sample", [np.nan], {"units": "m3/d"}))
    seen = start.observe(marked).seen
    # 1,000 people x 8 g N/d / 40 g/m3 = 200 m3/d; 5000 ng/L x 200 m3/d = 1 g/d
    assert np.exp(seen.log_load[0]) == pytest.approx(1.0)


def test_a_non_detect_without_a_limit_and_a_strange_place_are_refused():
    network = balanced(4)
    search = wbe.sewer.search(network, drug=DRUG, policy=OPEN)
    no_limit = sample(network, "n1", 0.0)
    no_limit["lod"] = no_limit["lod"] * np.nan
    with pytest.raises(InputError, match="limit that is not given: n1"):
        search.observe(no_limit)
    with pytest.raises(InputError, match="samples at m1"):
        search.observe(sample(network, "n1", 5.0).assign_coords(site=("sample", ["m1"])))
    with pytest.raises(InputError, match="samples without ketamine"):
        wbe.sewer.search(network, drug="ketamine", policy=OPEN).observe(sample(network, "n1", 5.0))


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ({"prior": {"n1": -1.0}}, "prior for n1"),
        ({"prior": {"nowhere": 1.0}}, "prior for nowhere"),
        ({"misses": 1.0}, "probability between 0 and 1"),
        ({"background": -2.0}, "background -2"),
    ],
)
def test_odd_beginnings_are_refused(known, message):
    with pytest.raises(InputError, match=message):
        wbe.sewer.search(balanced(4), drug=DRUG, policy=OPEN, **known)


def test_odd_requests_are_refused():
    search = wbe.sewer.search(balanced(4), drug=DRUG, policy=OPEN)
    with pytest.raises(InputError, match="got 0 visits"):
        search.plan(0)
    with pytest.raises(InputError, match="between 0 and 1"):
        search.credible(1.0)
    with pytest.raises(UnknownName, match="Did you mean 'grab'"):
        wbe.sewer.search(balanced(4), drug=DRUG, policy=OPEN, kind="grob")


# ---- plans and files -----------------------------------------------------------------------------------------------


def test_a_round_of_visits_does_not_ask_the_same_twice():
    plan = wbe.sewer.search(balanced(16), drug=DRUG, policy=OPEN, background=0, misses=0).plan(4)
    assert plan["node"].is_unique
    assert (plan["expected_information"] > 0).all()
    assert plan["detection_probability"].between(0, 1).all()
    assert plan["if_found"].iloc[0] > plan["if_clean"].iloc[0]
    assert (plan["bottles"] == 2).all()
    assert {"node", "hour", "expected_information", "detection_probability", "people"} <= set(plan.columns)


def test_a_dear_visit_is_put_off():
    network = balanced(4)
    plain = wbe.sewer.search(network, drug=DRUG, policy=OPEN).plan()["node"].iloc[0]
    dear = wbe.sewer.search(network, drug=DRUG, policy=OPEN, cost={plain: 50.0}).plan()["node"].iloc[0]
    assert dear != plain


def test_the_hour_follows_the_way_of_the_water():
    plan = wbe.sewer.search(balanced(4), drug=DRUG, policy=OPEN, background=0).plan()
    # households at eight, 0.1 h a link, one link above n1
    assert plan["node"].iloc[0] in ("n1", "n2")
    assert plan["hour"].iloc[0] == pytest.approx(8.1)


def test_saved_and_opened_again_the_next_plan_is_the_same_to_the_last_bit(tmp_path):
    network = balanced(16)
    search = wbe.sewer.search(network, drug=DRUG, policy=OPEN, cost="distance")
    for node in ("n1", "n4", "n9"):
        search = search.observe(sample(network, node, clean_source(network, "n20", node)))
    again = wbe.sewer.load_search(search.save(tmp_path / "search.json"))
    assert again.plan(3).equals(search.plan(3))
    assert again.posterior().equals(search.posterior())
    assert again.explain("zh") == search.explain("zh")
    more = sample(network, "n9", 3.0)
    assert again.observe(more).posterior().equals(search.observe(more).posterior())


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"form": "other"}', "null"])
def test_what_is_no_saved_search_is_refused(tmp_path, text):
    path = tmp_path / "search.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no saved search"):
        wbe.sewer.load_search(path)


def test_the_sheet_is_in_both_languages_and_runs_nothing(tmp_path):
    network = balanced(4)
    names = network.names.copy()
    names[1] = "<script>alert(1)</script>"
    evil = wbe.sewer.Network(names, network.own, network.up, network.down, network.hours, network.share)
    wbe.sewer.search(evil, drug=DRUG, policy=OPEN).report(tmp_path)
    page = (tmp_path / "search.html").read_text("utf-8")
    assert "<script" not in page
    assert "上游排查" in page
    assert "Upstream search" in page
    assert "default-src 'none'" in page
