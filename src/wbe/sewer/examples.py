"""Small sewers for examples and tests: no one lives there, and no laboratory measured them.

Refuses nothing: they are made of code alone and say that they are synthetic.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from wbe.samples import Flag, build
from wbe.sewer.network import Network

__all__ = ["three_sources"]


def three_sources() -> tuple[Network, xr.Dataset]:
    """Return two branches with three sources of 5, 1 and 2 g/d, measured at the plant and below both branches.

    Non-negative least squares gives (5.94, 0, 2.00) with no residual for it: a confident wrong answer.

    Examples
    --------
    >>> network, samples = three_sources()
    >>> network.nodes, samples["site"].values.tolist()
    (['s1', 's2', 's3', 'j1', 'j2', 'plant'], ['plant', 'j1', 'j2'])
    """
    names = np.array(["s1", "s2", "s3", "j1", "j2", "plant"], dtype=object)
    people = np.array([6000.0, 6000.0, 6000.0, 0.0, 0.0, 0.0])
    up, down = np.array([0, 1, 2, 3, 4]), np.array([3, 3, 4, 5, 5])
    network = Network(names, people, up, down, np.full(5, 0.2), np.ones(5))
    loads, flows = np.array([8.0, 6.0, 2.0]), np.array([3600.0, 2400.0, 1200.0])
    sample = pd.DataFrame({
        "sample": ["a", "b", "c"], "time": "2021-06-24", "site": ["plant", "j1", "j2"], "district": "north",
        "flow": flows, "population": [18000.0, 12000.0, 6000.0], "sample_type": "24h_composite",
        "population_basis": "census",
    })  # fmt: skip
    results = pd.DataFrame({
        "sample": ["a", "b", "c"], "biomarker": "methamphetamine", "concentration": loads / flows * 1e6,
        "flag": int(Flag.DETECTED), "lod": 1.0,
    })  # fmt: skip
    return network, build(sample, results, title="three sources", synthetic=True)
