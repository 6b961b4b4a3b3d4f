"""What days below a limit say: their evidence is exact for one, close for many, and makes no step of its own."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import log_ndtr
from scipy.stats import multivariate_normal

from wbe.levels import fit
from wbe.levels.cells import cities
from wbe.levels.fitting import expectations
from wbe.levels.model import Step, frame, laws, solve
from wbe.levels.priors import sizes

sys.path.insert(0, str(Path(__file__).parents[2] / "studies"))
from simulator import Design, simulate


def held(below, places=2, months=3, n=1, seed=5):
    city = cities(simulate(Design(places=places, months=months, n=n, drugs=1, below=below), seed)[0])[0]
    return frame(city, city.drugs[0], sizes(city, city.drugs[0], {}))


def joint(f, theta, step=None):
    """Mean and covariance of every single day, numbers first, then those below their limit, and the bounds of these."""
    found = laws(replace(f, precision=0 * f.precision, cavity=np.zeros((2, 0)), tied=0.0), theta[None], step)
    rows = [(p, m) for p, m in zip(*np.nonzero(f.drug.count), strict=True)]
    rows += list(zip(f.drug.limit_place, f.drug.limit_month, strict=True))
    single = found.single[0]
    shift = np.zeros_like(single) if step is None else step.shift(single.shape[1]) * np.ones_like(single)
    covariance = np.array([[
        found.city[0][b, d] + found.shared[0][b, d] + (found.signal[0][a, b, d] if a == c else 0.0) for c, d in rows
    ] for a, b in rows])  # fmt: skip
    n = int((f.drug.count > 0).sum())
    noise = [found.error[0][r] if i < n else single[r] for i, r in enumerate(rows)]
    seen = np.array([f.drug.mean[r] + single[r] / 2 - shift[r] for r in rows[:n]])
    bound = np.array([x + single[r] / 2 - shift[r] for x, r in zip(f.drug.limit, rows[n:], strict=True)])
    spare = np.maximum(f.drug.count - 1, 0.0)  # days of one month about their mean
    within = -0.5 * np.where(spare > 0, spare * np.log(single) + f.drug.square / single, 0.0).sum()
    return seen, covariance + np.diag(noise), bound, within


def exact(f, theta, step=None):
    """Log density of the numbers times the chance of what lies below, for at most one such day."""
    seen, covariance, bound, within = joint(f, theta, step)
    n = len(seen)
    total = within + multivariate_normal(np.zeros(n), covariance[:n, :n]).logpdf(seen) + 0.5 * n * np.log(2 * np.pi)
    if len(bound):
        gain = np.linalg.solve(covariance[:n, :n], covariance[:n, n:])
        mean, variance = gain.T @ seen, covariance[n:, n:] - covariance[n:, :n] @ gain
        if len(bound) == 1:
            return total + log_ndtr((bound[0] - mean[0]) / np.sqrt(variance[0, 0]))
        return total + np.log(multivariate_normal(mean, variance).cdf(bound, rng=np.random.default_rng(1)))
    return total


def told(f, theta, step=None):
    g = expectations(f, theta, step)
    return solve(laws(g, theta[None], step)).likelihood[0]


@pytest.mark.parametrize("step", [None, Step(1, 0.3, 0.04), Step(2, -0.4, 0.01, np.array([1.0, 0.0]))])
def test_the_evidence_of_one_day_below_its_limit_is_exact(step):
    f = held(below=0.17)
    assert len(f.drug.limit) == 1
    for shift in (0.0, 0.5, -0.5):
        theta = f.sizes.centre + shift
        assert told(f, theta, step) == pytest.approx(exact(f, theta, step), abs=1e-3)


def test_the_evidence_of_several_days_is_close_whatever_the_sizes():
    f = held(below=0.4, n=2, months=2)
    assert len(f.drug.limit) >= 3
    off = [told(f, theta) - exact(f, theta) for theta in (f.sizes.centre, f.sizes.centre + 0.7, f.sizes.centre - 0.7)]
    assert np.ptp(off) < 0.05  # a constant of both is no matter


def test_results_below_their_limits_make_no_step():
    for seed in (1, 2):
        samples, _ = simulate(Design(n=1, places=8, drugs=3, walk=0.0, deviation=1e-4, below=0.5), 4000 + seed)
        assert fit(samples, draws=100).city().steps.any < 0.5
