"""The product engine against Monte Carlo by hand, and both against a quadrature that shares no code with either."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy import special

from conftest import peak
from wbe.uncertainty import Beta, Term, Triangular, Uncertain, product
from wbe.uncertainty.moments import log_moments, moment, scores

LEVELS = [0.5, 0.025, 0.975]
N = 100_000
SOME = 30  # of 1,800 cells: Monte Carlo and reference are made for these
LOCAL = ("analysis", "flow", "flow_meter", "population", "batch")
SHARED = ("excretion", "stability", "dose")


def city(districts: int = 10, months: int = 12, drugs: int = 15) -> Uncertain:
    """A city's consumption: beta excretion, triangular stability and dose, log-normal measurement."""
    rng = np.random.default_rng(1)
    samples = districts * months
    names = [f"drug{i}" for i in range(drugs)]
    centre = xr.DataArray(
        np.exp(rng.normal(3, 1, (samples, drugs))),
        dims=("sample", "drug"),
        coords={
            "sample": [f"s{i}" for i in range(samples)],
            "drug": names,
            "site": ("sample", [f"p{i // months}" for i in range(samples)]),
            "batch": ("sample", [f"m{i % months}" for i in range(samples)]),
        },
    )
    excretion = {d: Beta(mean=0.15 + 0.03 * i, sd=0.04 + 0.002 * i) for i, d in enumerate(names)}
    stability = {d: Triangular(0.5, 0.8 + 0.01 * i, 1.0) for i, d in enumerate(names)}
    dose = {d: Triangular(10.0 + i, 30.0 + i, 80.0 + 2 * i) for i, d in enumerate(names)}
    sampling = xr.DataArray(rng.uniform(0.05, 0.2, samples), dims="sample")
    return Uncertain(
        centre,
        [
            (Term("analysis", ("sample", "drug"), 0.1), 1),
            (Term("sampling", ("sample",), sampling), 1),
            (Term("flow", ("sample",), 0.05), 1),
            (Term("flow_meter", ("site",), 0.1), 1),
            (Term("population", ("site",), 0.15), -1),
            (Term("batch", ("batch", "drug"), 0.08), 1),
            (Term("excretion", ("drug",), excretion), -1),
            (Term("stability", ("drug",), stability), -1),
            (Term("dose", ("drug",), dose), -1),
        ],
    )


def cold() -> None:
    """Forget every density and table."""
    for cached in (product.density, product.table, log_moments, moment, scores):
        cached.cache_clear()


@pytest.fixture(scope="module")
def one() -> Uncertain:
    """The city, with imports and first touches done."""
    x = city()
    x.quantiles(LEVELS)
    return x


def cells(x: Uncertain) -> list[tuple[int, int, str]]:
    """Row, column and drug of the cells that are made by every method."""
    drugs = x.central["drug"].values
    rows, columns = x.central.shape
    return [(j % rows, j % columns, str(drugs[j % columns])) for j in range(SOME)]


def shared_draws(x: Uncertain) -> dict[str, np.ndarray]:
    """Draws of what all cells of a drug share, made once; their time is given to Monte Carlo for nothing."""
    rng = np.random.default_rng(3)
    spreads = {t.name: t.spread for t, _ in x.terms}
    found = {}
    for drug in sorted({drug for _, _, drug in cells(x)}):
        f, s, d = (spreads[name][drug] for name in SHARED)
        y = f.median() / rng.beta(f.a, f.b, N)
        y *= s.median() / rng.triangular(s.low, s.mode, s.high, N)
        found[drug] = y * (d.median() / rng.triangular(d.low, d.mode, d.high, N))
    return found


def monte_carlo(x: Uncertain, shared: dict[str, np.ndarray]) -> np.ndarray:
    """NumPy Monte Carlo of single cells as an expert writes it: local terms merged into one draw; (2, cell)."""
    rng = np.random.default_rng(2)
    spreads = {t.name: t.spread for t, _ in x.terms}
    local = sum(float(spreads[name]) ** 2 for name in LOCAL)
    bounds = np.empty((2, SOME))
    for j, (i, k, drug) in enumerate(cells(x)):
        y = rng.standard_normal(N)
        y *= np.sqrt(local + float(spreads["sampling"][i]) ** 2)
        np.exp(y, out=y)
        y *= shared[drug]
        bounds[:, j] = x.central.values[i, k] * np.quantile(y, LEVELS[1:])
    return bounds


def linear(x: Uncertain) -> np.ndarray:
    """First-order propagation: the estimate and 1.96 of its standard uncertainty to either side."""
    spreads = {t.name: t.spread for t, _ in x.terms}
    bounds = np.empty((2, SOME))
    for j, (i, k, drug) in enumerate(cells(x)):
        relative = [spreads[name][drug].sd() / spreads[name][drug].median() for name in SHARED]
        relative += [*(np.sqrt(np.expm1(spreads[name] ** 2)) for name in LOCAL), float(spreads["sampling"][i])]
        bounds[:, j] = x.central.values[i, k] * (1 + 1.96 * np.array([-1, 1]) * np.sqrt(np.sum(np.square(relative))))
    return bounds


def reference(x: Uncertain) -> np.ndarray:
    """Bounds by tensor Gauss-Legendre quadrature and bisection: no code in common with the engine."""
    spreads = {t.name: t.spread for t, _ in x.terms}
    fixed = sum(spreads[k] ** 2 for k in LOCAL)
    out = np.empty((2, SOME))
    for j, (i, k, drug) in enumerate(cells(x)):
        z, mass = np.zeros(1), np.ones(1)
        for name in SHARED:
            d = spreads[name][drug]
            t, f = _beta_nodes(d) if isinstance(d, Beta) else _triangular_nodes(d)
            z = (z[:, None] - np.log(t / d.median())).ravel()
            mass = (mass[:, None] * f / f.sum()).ravel()
        local = np.sqrt(fixed + float(spreads["sampling"][i]) ** 2)
        for side, level in enumerate(LEVELS[1:]):
            low, high = -6.0, 6.0
            for _ in range(38):
                middle = (low + high) / 2
                below = mass @ special.ndtr((middle - z) / local) < level
                low, high = (middle, high) if below else (low, middle)
            out[side, j] = x.central.values[i, k] * np.exp((low + high) / 2)
    return out


def _beta_nodes(d: Beta) -> tuple[np.ndarray, np.ndarray]:
    nodes, w = np.polynomial.legendre.leggauss(32)
    low, high = d.quantile(1e-13), d.quantile(1 - 1e-13)
    t = low + (high - low) * (nodes + 1) / 2
    return t, w * np.exp((d.a - 1) * np.log(t) + (d.b - 1) * np.log1p(-t))


def _triangular_nodes(d: Triangular) -> tuple[np.ndarray, np.ndarray]:
    pieces = [(d.low, d.mode), (d.mode, d.high)]
    half, weight = np.polynomial.legendre.leggauss(16)
    t = np.concatenate([a + (b - a) * (half + 1) / 2 for a, b in pieces])
    rise = np.minimum((t - d.low) / (d.mode - d.low), (d.high - t) / (d.high - d.mode))
    return t, rise * np.concatenate([weight * (b - a) for a, b in pieces])


@pytest.mark.benchmark(group="bounds")
def test_numpy_monte_carlo(benchmark, one, record):
    drawn = benchmark.pedantic(monte_carlo, args=(one, shared_draws(one)), rounds=3)
    true = reference(one)
    q = one.quantiles(LEVELS).values
    exact = np.stack([q[1:, i, k] for i, k, _ in cells(one)], axis=1)
    for key, found in (("error_exact", exact), ("error_drawn", drawn), ("error_linear", linear(one))):
        record(key, 100 * np.sqrt(np.mean((found / true - 1) ** 2)))


@pytest.mark.benchmark(group="bounds")
def test_exact_engine_anew(benchmark, one, record):
    benchmark.pedantic(lambda: Uncertain(one.central, one.terms).quantiles(LEVELS), setup=cold, rounds=5)
    cold()
    record("memory_exact", peak(lambda: Uncertain(one.central, one.terms).quantiles(LEVELS)))


@pytest.mark.benchmark(group="bounds")
def test_exact_engine_with_densities_kept(benchmark, one):
    benchmark.pedantic(lambda: Uncertain(one.central, one.terms).quantiles(LEVELS), rounds=20, warmup_rounds=1)
