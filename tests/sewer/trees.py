"""Sewers and samples for the tests of the sewer, written without the library's own arithmetic."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import xarray as xr

from wbe.samples import build
from wbe.sewer import Network

PER_HEAD = 0.2


def balanced(leaves: int, people: float = 500.0) -> Network:
    """A binary tree whose leaves alone hold people."""
    names, up, down, own = ["plant"], [], [], [0.0]
    front = [0]
    while len(front) < leaves:
        new = []
        for below in front:
            for _ in range(2):
                names.append(f"n{len(names)}")
                own.append(0.0)
                up.append(len(names) - 1)
                down.append(below)
                new.append(len(names) - 1)
        front = new
    for leaf in front:
        own[leaf] = people
    return Network(
        np.array(names, dtype=object), np.array(own), np.array(up), np.array(down), np.full(len(up), 0.1),
        np.ones(len(up)),
    )  # fmt: skip


def path_down(network: Network, node: str) -> list[str]:
    """The node and all below it, by following the links by hand."""
    below = _below(network)
    found = [node]
    while found[-1] in below:
        found.append(below[found[-1]])
    return found


@functools.cache
def _below(network: Network) -> dict[str, str]:
    return dict(zip(network.links["upstream"], network.links["downstream"], strict=True))


@functools.cache
def people_above(network: Network, node: str) -> float:
    """People whose way down passes the node, counted one by one."""
    return sum(float(p) for n, p in network.population.items() if node in path_down(network, n))


def sample(
    network: Network, node: str, ng_per_l: float, *, lod: float = 0.01, kind: str = "24h_composite", **more
) -> xr.Dataset:
    """One sample at a node; below the limit where the concentration is."""
    people = people_above(network, node)
    seen = ng_per_l >= lod
    row = {
        "sample": ["a"], "time": ["2021-06-24"], "site": [node], "district": ["north"], "sample_type": [kind],
        "flow": [max(people, 1.0) * PER_HEAD], "population": [people], "population_basis": ["census"], **more,
    }  # fmt: skip
    results = {
        "sample": ["a"], "biomarker": ["methamphetamine"], "concentration": [ng_per_l if seen else np.nan],
        "flag": [0 if seen else 2], "lod": [lod],
    }  # fmt: skip
    return build(row, pd.DataFrame(results), title="a synthetic sewer", synthetic=True)


def clean_source(network: Network, source: str, node: str, grams: float = 5.0) -> float:
    """Concentration at a node [ng/L] of one source and nothing else, without error."""
    if node not in path_down(network, source):
        return 0.0
    return grams / (max(people_above(network, node), 1.0) * PER_HEAD) * 1e6
