"""The numbers do not depend on chunks, processes or order; nothing heavy is imported before it is needed."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from wbe.uncertainty import Beta, Term, Triangular, Uncertain

LEVELS = [0.5, 0.025, 0.975]


def national(samples=700, drugs=7):
    rng = np.random.default_rng(5)
    centre = xr.DataArray(
        np.exp(rng.normal(3, 1, (samples, drugs))),
        dims=("sample", "drug"),
        coords={
            "sample": np.arange(samples),
            "drug": [f"d{i}" for i in range(drugs)],
            "site": ("sample", [f"p{i % 10}" for i in range(samples)]),
        },
    )
    excretion = {f"d{i}": Beta(mean=0.2 + 0.05 * (i % 3), sd=0.05) for i in range(drugs)}
    terms = [
        (Term("flow", ("sample",), xr.DataArray(rng.uniform(0.05, 0.3, samples), dims="sample")), 1),
        (Term("analysis", ("sample", "drug"), 0.1), 1),
        (Term("excretion", ("drug",), excretion), -1),
        (Term("stability", (), Triangular(0.7, 0.9, 1.0)), -1),
    ]
    return centre, terms


@pytest.mark.parametrize("chunks", [{"sample": 1}, {"sample": 97, "drug": 3}, {"sample": 700, "drug": 2}])
def test_chunks_change_nothing_bit_for_bit(chunks):
    centre, terms = national()
    if chunks["sample"] == 1:
        centre, terms = centre[:40], [(t.moved(lambda a: a[:40]), p) for t, p in terms]
    whole = Uncertain(centre, terms).quantiles(LEVELS)
    lazy = Uncertain(centre.chunk(chunks), terms).quantiles(LEVELS)
    assert lazy.chunks is not None
    np.testing.assert_array_equal(lazy.compute().values, whole.values)
    assert lazy.dims == whole.dims
    part = Uncertain(centre, terms).isel(sample=slice(13, 31)).quantiles(LEVELS)
    np.testing.assert_array_equal(part.values, whole.values[:, 13:31])


def test_interval_of_lazy_data_stays_lazy():
    centre, terms = national(20)
    interval = Uncertain(centre.chunk({"sample": 5}), terms).interval(0.95)
    assert interval["lower"].chunks is not None
    assert bool((interval["lower"] < interval["upper"]).all())


def test_two_workers_give_the_numbers_of_one_process_bit_for_bit():
    distributed = pytest.importorskip("distributed")
    centre, terms = national()
    whole = Uncertain(centre, terms)
    lazy = Uncertain(centre.chunk({"sample": 175}), terms).quantiles(LEVELS)
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    )
    with cluster, distributed.Client(cluster) as client:
        there = client.compute(lazy.data).result()
        drawn = client.submit(lambda q: q.draws(300, 7).values, whole.isel(sample=slice(0, 20))).result()
    np.testing.assert_array_equal(there, whole.quantiles(LEVELS).values)
    np.testing.assert_array_equal(drawn, whole.draws(300, 7).values[:, :20])


def test_uncertain_quantities_survive_pickling():
    centre, terms = national(10)
    x = Uncertain(centre, terms)
    y = pickle.loads(pickle.dumps(x))
    np.testing.assert_array_equal(y.quantiles(LEVELS).values, x.quantiles(LEVELS).values)
    with pytest.raises(AttributeError, match="frozen"):
        x.central = centre


def test_importing_the_room_brings_no_heavy_module():
    code = (
        "import sys, wbe.uncertainty as u; u.Uncertain, u.Beta, u.weighted_draws; "
        "heavy = {'scipy.stats', 'dask', 'matplotlib', 'scipy.fft', 'openpyxl'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
