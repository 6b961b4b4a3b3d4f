"""Adaptive Monte Carlo after GUM Supplement 1 (JCGM 101): blocks are added until the results have settled.

Refuses to stop before ten blocks: with two, chance alone can look settled. What was reached is always reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import xarray as xr
from scipy import special

from wbe.errors import UncertaintyError
from wbe.uncertainty.draws import BLOCK, Drawn, Stream, SumPlan
from wbe.uncertainty.uncertain import Uncertain

__all__ = [
    "LEAST_BLOCKS",
    "Normal",
    "Quantiles",
    "Rectangular",
    "Settled",
    "monte_carlo",
    "settle",
    "settle_sum",
    "shortest",
    "sobol",
    "tolerance",
]

LEAST_BLOCKS = 10


class Quantiles(Protocol):
    """Anything with a vectorised ``quantile(p)``: every Distribution of this library, or your own."""

    def quantile(self, p: Any) -> Any:
        """Return the value at probability ``p``."""


@dataclass(frozen=True)
class Normal:
    """Normal input, for measurement models that leave the positive numbers."""

    mean: float
    sd: float

    def quantile(self, p: Any) -> Any:
        """Return the value at probability ``p``."""
        return self.mean + self.sd * special.ndtri(p)


@dataclass(frozen=True)
class Rectangular:
    """Rectangular input between two bounds, of any sign."""

    low: float
    high: float

    def quantile(self, p: Any) -> Any:
        """Return the value at probability ``p``."""
        return self.low + (self.high - self.low) * np.asarray(p)


@dataclass(frozen=True)
class Settled:
    """What an adaptive run found, and how well it has settled.

    ``tolerance`` is half a unit in the last wanted digit of ``sd``; ``achieved`` is the largest of twice the standard
    deviations of mean, sd, lower and upper over blocks; ``reached`` says whether it got there within the limit.
    """

    mean: float
    sd: float
    median: float
    lower: float
    upper: float
    shortest: tuple[float, float]
    level: float
    draws: int
    blocks: int
    tolerance: float
    achieved: float
    reached: bool
    values: np.ndarray = field(repr=False, compare=False)


def tolerance(sd: float, digits: int = 2) -> float:
    """Return the numerical tolerance of a standard uncertainty stated with some significant digits.

    Examples
    --------
    >>> tolerance(0.0754, 2), tolerance(1.23, 1)
    (0.0005, 0.5)
    """
    exponent = math.floor(math.log10(sd)) - (digits - 1)
    # a power of ten by its text: 0.5 * 10**-3 in floating point is not 0.0005
    return float(f"5e{exponent - 1}")


def settle(
    block: Callable[[int], np.ndarray],
    *,
    level: float = 0.95,
    digits: int = 2,
    least_blocks: int = LEAST_BLOCKS,
    most_draws: int = 4_000_000,
) -> Settled:
    """Draw blocks until mean, sd and both ends of the interval are known to the tolerance.

    Parameters
    ----------
    block : callable
        ``block(k)`` returns the k-th block of draws, all of one length of at least 10,000 and 100/(1 - level).
    level : float
        Coverage probability.
    digits : int
        Significant digits of the standard uncertainty.
    least_blocks : int
        At least 10.
    most_draws : int
        Where to give up; ``reached`` is then False.

    Raises
    ------
    UncertaintyError
        Nothing varies.

    Source
    ------
    JCGM 101:2008, 7.9, with at least ten blocks.
    """
    if not 0 < level < 1:
        raise UncertaintyError("uncertainty-level", came=repr(level))
    if least_blocks < LEAST_BLOCKS:
        raise UncertaintyError("uncertainty-few-blocks", came=repr(least_blocks), least=LEAST_BLOCKS)
    ends = [0.5 - level / 2, 0.5 + level / 2]
    drawn: list[np.ndarray] = []
    each: list[tuple[float, ...]] = []
    while True:
        x = np.asarray(block(len(drawn)), dtype=float)
        drawn.append(x)
        each.append((float(x.mean()), float(x.std(ddof=1)), *map(float, np.quantile(x, ends))))
        if len(drawn) < least_blocks:
            continue
        sd = float(np.mean([e[1] for e in each]))
        if sd == 0:
            raise UncertaintyError("uncertainty-no-variation")
        wanted = tolerance(sd, digits)
        achieved = float(2 * np.std(each, axis=0, ddof=1).max() / math.sqrt(len(each)))
        if achieved <= wanted or (len(drawn) + 1) * x.size > most_draws:
            break
    values = np.concatenate(drawn)
    low, median, high = map(float, np.quantile(values, [ends[0], 0.5, ends[1]]))
    return Settled(
        mean=float(values.mean()), sd=float(values.std(ddof=1)), median=median, lower=low, upper=high,
        shortest=shortest(values, level), level=level, draws=values.size, blocks=len(drawn),
        tolerance=wanted, achieved=achieved, reached=achieved <= wanted, values=values,
    )  # fmt: skip


def shortest(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the shortest interval that holds a share ``level`` of the values.

    Examples
    --------
    >>> shortest(np.array([0.0, 1.0, 1.1, 1.2, 5.0]), 0.6)
    (1.0, 1.2)
    """
    x = np.sort(values)
    inside = max(1, round(level * x.size)) - 1
    widths = x[inside:] - x[: x.size - inside]
    i = int(np.argmin(widths))
    return float(x[i]), float(x[i + inside])


def monte_carlo(
    function: Callable[..., Any],
    inputs: Mapping[str, Quantiles],
    *,
    seed: int,
    level: float = 0.95,
    digits: int = 2,
    least_blocks: int = LEAST_BLOCKS,
    most_draws: int = 4_000_000,
) -> Settled:
    """Propagate distributions through any vectorised function, adaptively.

    Parameters
    ----------
    function : callable
        Called with arrays by input name.
    inputs : mapping of name to distribution
        Independent; anything with ``quantile(p)``.
    seed : int
        The run's seed; each input's draws depend on seed, its name and the block only.
    level, digits, least_blocks, most_draws
        As in :func:`settle`.

    Examples
    --------
    >>> found = monte_carlo(lambda a, b: a + b, {"a": Normal(0, 3), "b": Normal(1, 4)}, seed=1)
    >>> bool(abs(found.mean - 1) < 0.05), bool(abs(found.sd - 5) < 0.05), found.blocks >= 10
    (True, True, True)
    """
    stream = Stream(seed)
    streams = max(2, math.ceil(100 / (1 - level) / BLOCK))  # stream blocks in one block of the procedure

    def block(k: int) -> np.ndarray:
        drawn = {}
        for name, distribution in inputs.items():
            z = np.concatenate([stream.normal(name, (), k * streams + i, np.empty(BLOCK)) for i in range(streams)])
            drawn[name] = distribution.quantile(special.ndtr(z))
        return np.asarray(function(**drawn), dtype=float)

    return settle(block, level=level, digits=digits, least_blocks=least_blocks, most_draws=most_draws)


def settle_sum(
    quantity: Uncertain,
    weights: xr.DataArray,
    *,
    seed: int,
    level: float = 0.95,
    digits: int = 2,
    least_blocks: int = LEAST_BLOCKS,
    most_draws: int = 4_000_000,
) -> Settled:
    """Draw one weighted sum of cells, adaptively; the draws are those of :func:`wbe.uncertainty.weighted_draws`.

    Parameters
    ----------
    quantity : Uncertain
        One dimension, the one summed over.
    weights : DataArray
        Along that dimension.
    seed, level, digits, least_blocks, most_draws
        As in :func:`settle`.

    Raises
    ------
    UncertaintyError
        The weights make more than one sum.

    Examples
    --------
    >>> from wbe.uncertainty import Term, Uncertain
    >>> load = xr.DataArray([10.0, 20.0], dims="site", coords={"site": ["a", "b"]})
    >>> x = Uncertain(load, [(Term("flow", ("site",), 0.1), 1.0)])
    >>> found = settle_sum(x, xr.DataArray([1.0, 1.0], dims="site"), seed=1)
    >>> found.reached, bool(abs(found.mean - 30.15) < found.tolerance)
    (True, True)
    """
    plan, drawn = SumPlan(quantity, weights), Drawn(seed)
    if plan.n_out != 1:
        raise UncertaintyError("uncertainty-several-sums", count=plan.n_out)
    streams = max(2, math.ceil(100 / (1 - level) / BLOCK))

    def block(k: int) -> np.ndarray:
        out = np.empty(streams * BLOCK)
        for i in range(streams):
            plan.draw(0, k * streams + i, drawn, out[i * BLOCK : (i + 1) * BLOCK])
        return out

    return settle(block, level=level, digits=digits, least_blocks=least_blocks, most_draws=most_draws)


def sobol(
    function: Callable[..., Any], inputs: Mapping[str, Quantiles], n: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Estimate first-order and total Sobol indices by paired samples, for models that are no products.

    Parameters
    ----------
    function, inputs
        As in :func:`monte_carlo`.
    n : int
        Rows of each of the two base samples, drawn as one scrambled Sobol sequence; a power of 2. The function is
        called (inputs + 2) times with ``n`` rows.
    seed : int
        Of the scrambling.

    Returns
    -------
    dict of name to (first, total)

    Source
    ------
    Saltelli et al. 2010, DOI 10.1016/j.cpc.2009.09.018 (first order); Jansen 1999, DOI 10.1016/S0010-4655(98)00154-4
    (total).

    Examples
    --------
    >>> s = sobol(lambda a, b: a + b, {"a": Normal(0, 3), "b": Normal(1, 4)}, 4096, seed=1)
    >>> [round(v, 2) for v in s["a"]]
    [0.36, 0.36]
    """
    from scipy.stats import qmc

    names = list(inputs)
    u = qmc.Sobol(2 * len(names), scramble=True, rng=np.random.default_rng(seed)).random(n)
    u = np.clip(u, 2**-53, 1 - 2**-53)
    a = {name: inputs[name].quantile(u[:, i]) for i, name in enumerate(names)}
    b = {name: inputs[name].quantile(u[:, len(names) + i]) for i, name in enumerate(names)}
    ya, yb = np.asarray(function(**a), dtype=float), np.asarray(function(**b), dtype=float)
    centre = np.concatenate([ya, yb]).mean()
    variance = np.concatenate([ya, yb]).var()
    indices = {}
    for name in names:
        yc = np.asarray(function(**{**a, name: b[name]}), dtype=float)
        first = float(np.mean((yb - centre) * (yc - ya)) / variance)
        total = float(0.5 * np.mean((ya - yc) ** 2) / variance)
        indices[name] = first, total
    return indices
