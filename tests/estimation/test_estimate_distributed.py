"""An estimate of chunked samples has the numbers of one process, wherever its chunks are computed."""

import numpy as np
import pytest

import wbe

QUANTITIES = ("normalised_load", "consumption")


def estimated():
    samples = wbe.testing.small_city()
    # nobody waits for a chunk here: an estimate of lazy samples stays lazy until its numbers are asked for
    return wbe.estimate(samples), wbe.estimate(samples.chunk({"sample": 5, "biomarker": -1}))


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_threads_give_the_numbers_of_one_process_bit_for_bit(quantity):
    dask = pytest.importorskip("dask")
    whole, lazy = (estimate.per_sample(quantity) for estimate in estimated())
    assert lazy["median"].chunks is not None
    with dask.config.set(scheduler="threads", num_workers=2):
        there = lazy.compute()
    for name in ("median", "lower", "upper"):
        np.testing.assert_array_equal(there[name].values, whole[name].values)


def test_a_cluster_of_two_workers_gives_the_numbers_of_one_process_bit_for_bit():
    distributed = pytest.importorskip("distributed")
    whole, lazy = estimated()
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    )
    with cluster, distributed.Client(cluster) as client:
        assert len(client.scheduler_info()["workers"]) == 2
        there = {quantity: client.compute(lazy.per_sample(quantity)).result() for quantity in QUANTITIES}
        table = lazy.table()  # draws of sums, made while the cluster is the scheduler
    for quantity in QUANTITIES:
        here = whole.per_sample(quantity)
        for name in ("median", "lower", "upper"):
            np.testing.assert_array_equal(there[quantity][name].values, here[name].values)
    assert table.equals(whole.table())
