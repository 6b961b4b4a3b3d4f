"""Draws against the random numbers that they cannot do without; memory over the number of draws."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from test_bench_exact import LEVELS, city

from conftest import peak
from wbe.uncertainty import draws, weighted_quantiles
from wbe.uncertainty.draws import Stream
from wbe.uncertainty.terms import key_codes

N = 12 * draws.BLOCK


@pytest.mark.benchmark(group="draws")
def test_random_numbers_alone(benchmark):
    x = city(5, 12, 5)
    keys = [(t.name, key) for t, _ in x.terms for key in key_codes(t, x.central)[1]]
    vector = np.empty(draws.BLOCK)

    def fill() -> None:
        stream = Stream(1)
        for name, key in keys:
            for block in range(N // draws.BLOCK):
                stream.normal(name, key, block, vector)

    benchmark.pedantic(fill, rounds=3)


@pytest.mark.benchmark(group="draws")
def test_draws_of_an_estimate(benchmark):
    x = city(5, 12, 5)
    benchmark.pedantic(lambda: x.draws(N, 1), rounds=3)


@pytest.mark.benchmark(group="draws")
def test_draws_and_three_quantiles(benchmark):
    x = city(5, 12, 5)
    every = xr.DataArray(np.eye(60), dims=("sample", "cell"), coords={"sample": x.central["sample"].values})
    benchmark.pedantic(lambda: weighted_quantiles(x, every, LEVELS, N, 1), rounds=3)


def test_memory_stays_flat_in_the_number_of_draws(record):
    x = city(2, 2, 2)
    both = xr.DataArray(np.ones((4, 1)), dims=("sample", "city"), coords={"sample": x.central["sample"].values})
    few, many = (peak(lambda n=n: weighted_quantiles(x, both, LEVELS, n, 1)) for n in (10_000, 1_000_000))
    record("flat", many / few)
