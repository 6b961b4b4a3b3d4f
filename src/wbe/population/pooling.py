"""Several estimates of one population put together on the log scale, with the test whether they agree.

Refuses an impossible correlation, a zero or missing CV and a non-positive estimate. Hides no conflict: a method that
contradicts the others loses its weight or, where nobody can tell which is right, the interval reaches both.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from wbe.errors import Fault, InputError
from wbe.population.tables import settings

__all__ = ["Combined", "combine", "log_sd"]

Array = npt.NDArray[np.float64]
#: a number in, a number out; an array in, an array out
N = TypeVar("N", float, Array)


@dataclass(frozen=True)
class Combined:
    """A combined estimate.

    Attributes
    ----------
    median : float
        In the unit of what came.
    se_log : float
        Standard error of its natural log: of the log-normal whose 95 % interval holds that of the posterior.
    q, df, p_conflict : float, int, float
        Heterogeneity statistic, its degrees of freedom and the chance of a larger one if all agree.
    tau2 : float
        Between-method variance on the log scale by the method of moments, 0 when the methods agree.
    weights : tuple of float
        Powers of the single estimates in the product; they sum to 1.
    at_odds : tuple of float
        Probability that each method counts other people than the rest do.
    """

    median: float
    se_log: float
    q: float
    df: int
    p_conflict: float
    tau2: float
    weights: tuple[float, ...]
    at_odds: tuple[float, ...]


def log_sd(cv: N) -> N:
    """Return the log-sd of a log-normal with this CV: a number for a number, an array for an array.

    Examples
    --------
    >>> round(float(log_sd(0.10)), 6)
    0.099751
    """
    return np.sqrt(np.log1p(np.square(cv)))


def combine(estimates: Sequence[float], cvs: Sequence[float], correlation: float | Array = 0.0) -> Combined:
    """Combine estimates on logs: each may be at odds with the others, and even those that agree may differ a little.

    Parameters
    ----------
    estimates : sequence of float
        Positive, all in one unit.
    cvs : sequence of float
        Their coefficients of variation, above 0.
    correlation : float or (n, n) array
        Of the log errors: one number for every pair, or the whole matrix.

    Returns
    -------
    Combined

    Raises
    ------
    InputError
        Naming the arguments: not positive, unequal lengths, or no possible correlation matrix.

    Notes
    -----
    A mixture over which methods are at odds (prior probability, and the log-sd of their additional error, in
    ``data/population.toml``) and over a between-method standard deviation with a half-normal prior. Within a part the
    errors have ``S = D R D`` with D the log-sds, and the mean is ``1'S^-1 x / 1'S^-1 1`` (generalised least squares
    with a flat prior on the log of the population); parts are weighed by their marginal likelihood. So a method in
    conflict is left aside instead of being averaged in, and few methods cannot claim that they agree exactly.
    Q and tau2 are those of DerSimonian & Laird 1986, 10.1016/0197-2456(86)90046-2, in their form for correlated errors.
    The population counts of different methods disagree by 7-55 % (Castiglioni et al. 2013, 10.1021/es302722f).

    Examples
    --------
    >>> found = combine([300e3, 305e3, 900e3], [0.10, 0.10, 0.10])
    >>> round(found.median, -3), [round(p, 2) for p in found.at_odds]
    (307000.0, [0.04, 0.03, 0.95])
    """
    x, sd, matrix = _checked(estimates, cvs, correlation)
    n = len(x)
    within = matrix * np.outer(sd, sd)
    q, tau2 = _disagreement(x, within)
    centre, variance, weight, chance, odd = _parts(x, within)
    half = _quantiles(centre, variance, chance, (0.025, 0.5, 0.975))
    se_log = float(max(half[1] - half[0], half[2] - half[1]) / 1.959963984540054) if n > 1 else float(sd[0])
    return Combined(
        median=float(np.exp(half[1])),
        se_log=se_log,
        q=q,
        df=n - 1,
        p_conflict=_chi2_tail(q, n - 1),
        tau2=tau2,
        weights=tuple(float(w) for w in chance @ weight),
        at_odds=tuple(float(p) for p in chance @ odd),
    )


def _disagreement(x: Array, within: Array) -> tuple[float, float]:
    """Heterogeneity statistic and moment estimate of the between-method variance."""
    weight = np.linalg.inv(within)
    total = weight.sum()
    residual = x - (weight @ x).sum() / total
    q, df = float(residual @ weight @ residual), len(x) - 1
    scale = float(np.trace(weight) - (weight @ weight).sum() / total)
    return q, max(0.0, (q - df) / scale) if df and scale > 0 else 0.0


def _parts(x: Array, within: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Mean, variance, weights, probability and methods at odds of every part of the mixture."""
    rule, n = settings()["ensemble"], len(x)
    most = min(n - 1, int(rule["most_at_odds"]))  # one at least counts the people that are meant
    sets = [s for k in range(most + 1) for s in itertools.combinations(range(n), k)]
    odd = np.zeros((len(sets), n))
    for i, chosen in enumerate(sets):
        odd[i, list(chosen)] = 1.0
    prior = rule["at_odds"]
    chance = np.log(prior) * odd.sum(axis=1) + np.log1p(-prior) * (n - odd.sum(axis=1))
    steps = int(rule["between_steps"]) if n > 1 else 1
    between = rule["between_sd"] * _half_normal_quantiles(steps) if n > 1 else np.zeros(1)
    extra = np.square(between)[:, None, None] + np.square(rule["at_odds_sd"]) * odd[None]
    covariance = within + extra[..., None] * np.eye(n)
    inverse = np.linalg.inv(covariance)
    total = inverse.sum(axis=(-2, -1))
    weight = inverse.sum(axis=-2) / total[..., None]
    centre = weight @ x
    residual = x - centre[..., None]
    square = np.einsum("...i,...ij,...j->...", residual, inverse, residual)
    likelihood = -0.5 * (np.linalg.slogdet(covariance)[1] + np.log(total) + square) + chance[None]
    share = np.exp(likelihood - likelihood.max())
    share = (share / share.sum()).ravel()
    every = np.broadcast_to(odd, (len(between), *odd.shape)).reshape(-1, n)
    return centre.ravel(), (1.0 / total).ravel(), weight.reshape(-1, n), share, every


def _half_normal_quantiles(steps: int) -> Array:
    from scipy.special import ndtri  # the special function alone: scipy.stats is slow to import

    middle = (np.arange(steps) + 0.5) / steps
    found: Array = ndtri(0.5 + middle / 2)
    return found


def _quantiles(centre: Array, variance: Array, chance: Array, levels: tuple[float, ...]) -> Array:
    """Quantiles of a mixture of normals, by bisection.

    Between methods far apart no probability lies: there the quantile is the middle of what is equally right, since
    rounding in the last digit would otherwise choose a place in the gap.
    """
    from scipy.special import ndtr

    hair = 1e-9
    sd, wanted = np.sqrt(variance), np.concatenate([np.asarray(levels) - hair, np.asarray(levels) + hair])
    low = np.full(len(wanted), (centre - 9 * sd).min())
    high = np.full(len(wanted), (centre + 9 * sd).max())
    for _ in range(70):
        middle = (low + high) / 2
        below = ndtr((middle[:, None] - centre) / sd) @ chance < wanted
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    found: Array = ((low + high) / 2).reshape(2, -1).mean(axis=0)
    return found


def _checked(
    estimates: Sequence[float], cvs: Sequence[float], correlation: float | Array
) -> tuple[Array, Array, Array]:
    values, spread = np.asarray(estimates, float), np.asarray(cvs, float)
    faults = []
    if values.ndim != 1 or values.shape != spread.shape or not len(values):
        faults.append(Fault("population-unequal-lists", estimates=str(values.shape), cvs=str(spread.shape)))
    else:
        if not (np.isfinite(values) & (values > 0)).all():
            faults.append(Fault("population-estimates", came=str(values.tolist())))
        if not (np.isfinite(spread) & (spread > 0)).all():
            faults.append(Fault("population-cvs", came=str(spread.tolist())))
    if faults:
        raise InputError(faults)
    n = len(values)
    matrix = np.asarray(correlation, float)
    if matrix.ndim == 0:
        matrix = np.full((n, n), float(matrix))
        np.fill_diagonal(matrix, 1.0)
    possible = matrix.shape == (n, n) and np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1.0)
    if not possible or np.linalg.eigvalsh(matrix).min() <= 1e-9:
        raise InputError([Fault("population-correlation", came=str(np.asarray(correlation).tolist()), n=n)])
    return np.log(values), np.asarray(log_sd(spread)), matrix


def _chi2_tail(q: float, df: int) -> float:
    if df == 0:
        return 1.0
    from scipy.special import chdtrc

    return float(chdtrc(df, q))
