"""A load is attributed with its interval, and what no sample tells apart is said."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy.optimize import nnls
from trees import balanced, clean_source, people_above, sample

import wbe
from wbe.errors import InputError
from wbe.sewer.examples import three_sources

DRUG = "methamphetamine"


def joined(*samples: xr.Dataset) -> xr.Dataset:
    return xr.concat(
        [s.assign_coords(sample=[f"s{i}"]) for i, s in enumerate(samples)], "sample", data_vars="all", coords="minimal",
        compat="equals", join="outer", combine_attrs="override",
    )  # fmt: skip


def test_least_squares_is_sure_and_wrong_where_ours_says_that_it_cannot_tell():
    # truth 5, 1, 2 g/d; plant, first branch, second branch
    reach = np.array([[1.0, 1, 1], [1, 1, 0], [0, 0, 1]])
    sure, residual = nnls(reach, np.array([8.0, 6.0, 2.0]))
    assert residual < 1e-12
    assert sorted(sure.round(2)) == [0.0, 2.0, 6.0]
    found = wbe.sewer.attribute(*three_sources(), drug=DRUG)
    assert found.rank == 2
    assert found.null_space == [("s1", "s2")]
    rows = found.table.set_index("node")
    for node, truth in {"s1": 5.0, "s2": 1.0, "s3": 2.0}.items():
        assert rows.loc[node, "lower"] < truth < rows.loc[node, "upper"], node
    assert rows.loc["s1", "lower"] < 1.0 < 5.0 < rows.loc["s1", "upper"]
    assert "cannot separate s1, s2" in found.explain("en")
    assert "无法区分 s1、s2" in found.explain("zh")


def test_the_same_seed_gives_the_same_bits_and_the_order_of_samples_little():
    network, samples = three_sources()
    one = wbe.sewer.attribute(network, samples, drug=DRUG).table
    assert one.equals(wbe.sewer.attribute(network, samples, drug=DRUG).table)
    turned = wbe.sewer.attribute(network, samples.isel(sample=[2, 0, 1]), drug=DRUG).table
    np.testing.assert_allclose(turned["median"], one["median"], atol=0.6)


def test_one_sample_names_no_source_and_two_on_the_path_do():
    network = balanced(8)
    plant = sample(network, "plant", clean_source(network, "n9", "plant"))
    leaf = sample(network, "n9", clean_source(network, "n9", "n9"))
    one = wbe.sewer.attribute(network, plant, drug=DRUG)
    assert one.rank == 1
    assert "sewer-one-sample" in [n.code for n in one.notes()]
    assert one.table["probability"].max() < 0.3
    two = wbe.sewer.attribute(network, joined(plant, leaf), drug=DRUG)
    assert two.rank == 2
    assert two.table.set_index("node")["probability"].idxmax() == "n9"
    assert two.table.set_index("node").loc["n9", "probability"] > 0.9
    assert "sewer-one-sample" not in [n.code for n in two.notes()]


def test_nodes_that_no_sample_sees_are_counted_and_keep_the_prior():
    network = balanced(4)
    found = wbe.sewer.attribute(network, sample(network, "n1", 5.0), drug=DRUG)
    unseen = next(n for n in found.notes() if n.code == "sewer-unseen")
    assert unseen.values["count"] == 2
    rows = found.table.set_index("node")
    assert (
        rows.loc["n5", "upper"] / max(rows.loc["n5", "lower"], 1e-9) > rows.loc["n3", "upper"] / rows.loc["n3", "lower"]
    )


def test_a_load_that_follows_people_is_background_and_not_a_source():
    network = balanced(8, people=2000.0)
    seen = []
    for node in ("plant", "n1", "n2", "n3", "n4"):
        people = people_above(network, node)
        seen.append(sample(network, node, people * 30e-6 / (people * 0.2) * 1e6))
    found = wbe.sewer.attribute(network, joined(*seen), drug=DRUG)
    assert found.table["probability"].max() < 0.15
    leaf = found.table.set_index("node").loc["n7"]
    assert leaf["lower"] < 0.06 < leaf["upper"]


def test_a_clean_sample_bounds_a_branch_from_above():
    network = balanced(4, people=2000.0)
    clean = sample(network, "n1", 0.0, lod=1.0)
    found = wbe.sewer.attribute(network, joined(sample(network, "plant", 900.0), clean), drug=DRUG)
    rows = found.table.set_index("node")
    # 4,000 people x 0.2 m3 x 1 ng/L = 0.0008 g/d
    assert rows.loc["n3", "median"] < 0.0008
    assert rows.loc["n5", "median"] + rows.loc["n6", "median"] > 0.2


def test_shares_of_a_split_reach_both_sides():
    names = np.array(["A", "east", "west"], dtype=object)
    network = wbe.sewer.Network(
        names, np.array([6000.0, 0, 0]), np.array([0, 0]), np.array([1, 2]), np.zeros(2), np.array([0.25, 0.75])
    )
    first = sample(network, "east", 100.0, flow=[1000.0])
    second = sample(network, "west", 100.0, flow=[3000.0])
    row = wbe.sewer.attribute(network, joined(first, second), drug=DRUG).table.set_index("node").loc["A"]
    assert row["lower"] < 0.4 < row["upper"]


def test_samples_without_the_drug_are_refused():
    network, samples = three_sources()
    with pytest.raises(InputError, match="samples without ketamine"):
        wbe.sewer.attribute(network, samples, drug="ketamine")
