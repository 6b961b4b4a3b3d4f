"""The product engine: quantiles of products of powers, exact by convolution of log-densities, without sampling.

Holds densities of shared parts, their tables over the local spread, and the kernel over cells. Refuses levels
outside (0, 1).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from wbe.errors import UncertaintyError
from wbe.uncertainty.distributions import Distribution

__all__ = [
    "BLOCK",
    "CELLS_PER_SD",
    "MOST_CELLS",
    "NODES",
    "REACH",
    "TAIL",
    "Density",
    "Signature",
    "Tables",
    "density",
    "quantile_cells",
    "table",
    "tables",
]

# the parts of a product that are not log-normal, each with its power, in a canonical order
Signature = tuple[tuple[Distribution, float], ...]

CELLS_PER_SD = 256  # grid of a shared density: the bounds then err by about 1e-6 of their width
MOST_CELLS = 1 << 17
TAIL = 1e-10  # probability beyond the grid, on each side of each part
NODES = 32  # intervals of the table over local spread: twice as many move a bound by less than 1e-8 of itself
REACH = 7.0  # sds of a local normal beyond which nothing is counted (1e-12)
BLOCK = 1 << 16  # cells worked on at once: they stay in cache and memory stays flat


@dataclass(frozen=True, eq=False)
class Density:
    """Probability masses of the shared part of ln(product) on a regular grid."""

    points: np.ndarray
    mass: np.ndarray
    mean: float
    sd: float


@functools.lru_cache(maxsize=512)
def density(signature: Signature) -> Density:
    """Return the density of the sum of ``power * ln(value / median)`` over the parts, by FFT convolution.

    Each part enters by exact probabilities of grid cells (differences of its distribution function), so that kinks
    and jumps cost nothing; grid widening of the variance is then taken out by the exact first two moments.

    Parameters
    ----------
    signature : tuple of (Distribution, power)
        Independent parts.
    """
    moments = [(p * d.log_moments()[0], abs(p) * d.log_moments()[1]) for d, p in signature]
    mean = sum(m for m, _ in moments)
    sd = math.sqrt(sum(s * s for _, s in moments))
    spans = [_span(d, p) for d, p in signature]
    step = max(sd / CELLS_PER_SD, sum(high - low for low, high in spans) / MOST_CELLS)
    masses = [_masses(d, p, span, step) for (d, p), span in zip(signature, spans, strict=True)]
    start = sum(low for low, _ in spans) + 0.5 * step * len(spans)
    mass = functools.reduce(_convolve, masses)
    points = start + step * np.arange(mass.size)
    grid_mean = float(mass @ points)
    grid_sd = math.sqrt(float(mass @ (points - grid_mean) ** 2))
    points = mean + (points - grid_mean) * (sd / grid_sd)
    return Density(points, mass, mean, sd)


def _span(distribution: Distribution, power: float) -> tuple[float, float]:
    ends = np.asarray(distribution.log_quantile(np.array([TAIL, 1 - TAIL])), dtype=float)
    low, high = sorted(power * (ends - math.log(distribution.median())))
    return float(low), float(high)


def _masses(distribution: Distribution, power: float, span: tuple[float, float], step: float) -> np.ndarray:
    n = max(1, math.ceil((span[1] - span[0]) / step))
    edges = span[0] + step * np.arange(n + 1)
    below = np.asarray(distribution.cdf(distribution.median() * np.exp(edges / power)), dtype=float)
    mass = np.abs(np.diff(below))
    return np.asarray(mass / mass.sum())


def _convolve(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    from scipy import fft

    n = a.size + b.size - 1
    size = fft.next_fast_len(n, real=True)
    product = fft.irfft(fft.rfft(a, size) * fft.rfft(b, size), size)[:n]
    product = np.maximum(product, 0.0)
    return np.asarray(product / product.sum())


def _mixed_quantiles(d: Density, local: np.ndarray, levels: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Solve P(shared + local normal <= q) = level for all local sds and levels at once.

    Halley's steps inside a bracket; a normal reaches 7 of its sds, so that only a window of the masses counts.

    Parameters
    ----------
    local : ndarray (node,)
        Standard deviations above 0.
    levels : ndarray (level,)
        Probabilities.
    start : ndarray (node, level)
        First guesses.
    """
    grids = [_coarse(d, s) for s in local]
    first = np.cumsum([0] + [points.size for points, *_ in grids[:-1]])[:, None]
    size = np.array([points.size for points, *_ in grids])[:, None]
    points = np.concatenate([g[0] for g in grids])
    mass = np.concatenate([g[1] for g in grids])
    before = np.concatenate([g[2] for g in grids])
    spread = np.concatenate([g[3] for g in grids])
    half = np.array([g[4] for g in grids])[:, None]
    sd = local[:, None]
    window = np.arange(int(np.minimum(2 * half + 1, size).max()))
    low = points[first] - 10 * sd + np.zeros_like(start)
    high = points[first + size - 1] + 10 * sd + np.zeros_like(start)
    q = np.clip(start, low, high)
    origin = points[first]
    spacing = np.maximum((points[first + size - 1] - origin) / np.maximum(size - 1, 1), 1e-300)
    for _ in range(100):
        nearest = np.floor((q - origin) / spacing).astype(np.int64)
        left = np.clip(nearest - half, 0, np.maximum(size - 1, 0))
        at = left[..., None] + window
        weight = np.where(at < size[..., None], 1.0, 0.0)
        at = first[..., None] + np.minimum(at, size[..., None] - 1)
        weight *= mass[at]
        inverse = 1 / spread[at]
        x = (q[..., None] - points[at]) * inverse
        excess = before[first + left] + (special.ndtr(x) * weight).sum(-1) - levels
        dense = np.exp(-0.5 * x * x) * weight * inverse
        slope = dense.sum(-1) / math.sqrt(2 * math.pi)
        bend = (dense * x * inverse).sum(-1) / -math.sqrt(2 * math.pi)
        low, high = np.where(excess < 0, q, low), np.where(excess < 0, high, q)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = excess / slope
            halley = q - step / np.clip(1 - 0.5 * step * bend / slope, 0.5, 2.0)
        new = np.where((halley > low) & (halley < high), halley, 0.5 * (low + high))
        moved = np.max(np.abs(new - q) / sd)
        q = new
        if moved < 1e-3:  # the step after this one would be of the order 1e-9
            break
    return np.asarray(q)


def _coarse(d: Density, local: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Thin the masses out as far as a normal of this sd allows: points, masses, masses before, sds, half window.

    Masses move to the mean of their group, and the variance that this takes away goes to the normal of that group:
    what is left errs by the third moment within a group.
    """
    step = d.points[1] - d.points[0]
    group = max(1, int(min(local / 3, d.sd / 2) / step))
    # whole groups only: the window is found by position on an even grid
    filled = np.zeros(d.points.size + -d.points.size % group)
    filled[: d.mass.size] = d.mass
    mass = filled.reshape(-1, group)
    offset = np.arange(group) * step
    total = mass.sum(axis=1)
    centre = (mass @ offset) / np.where(total > 0, total, 1.0)
    centre = np.where(total > 0, centre, 0.5 * offset[-1])
    points = d.points[::group] + centre
    within = (mass * (offset - centre[:, None]) ** 2).sum(axis=1) / np.where(total > 0, total, 1.0)
    before = np.concatenate([[0.0], np.cumsum(total)[:-1]])
    half = math.ceil(REACH * local / (group * step)) + 2
    return points, total, before, np.sqrt(local * local + within), half


def _own_quantiles(d: Density, signature: Signature, levels: np.ndarray) -> np.ndarray:
    """Quantiles of the shared part alone; a single part has them exactly."""
    if len(signature) == 1:
        ((distribution, power),) = signature
        p = levels if power > 0 else 1 - levels
        return power * (np.asarray(distribution.log_quantile(p)) - math.log(distribution.median()))
    half = 0.5 * (d.points[1] - d.points[0])
    return np.asarray(np.interp(levels, np.cumsum(d.mass), d.points + half))


@functools.lru_cache(maxsize=1024)
def table(signature: Signature, levels: tuple[float, ...]) -> tuple[float, float, np.ndarray]:
    """Return mean, sd and the table of standardised quantiles over the local share of the spread.

    With local sd s, shared sd v and r = s / (s + v) in [0, 1], the quantile of the sum is
    ``mean + sqrt(s^2 + v^2) * g(r)``; ``g`` is kept as cubic pieces on a fixed grid of r, so that a cell's number
    does not depend on the cells beside it.

    Returns
    -------
    mean, sd : float
    pieces : ndarray, shape (level, 32, 4)
    """
    p = np.asarray(levels, dtype=float)
    z = special.ndtri(p)
    if not signature:
        pieces = np.zeros((p.size, NODES, 4))
        pieces[:, :, 0] = z[:, None]
        return 0.0, 0.0, pieces
    d = density(signature)
    r = np.arange(NODES + 1) / NODES
    g = np.empty((p.size, NODES + 1))
    q = _own_quantiles(d, signature, p)
    g[:, 0] = (q - d.mean) / d.sd
    g[:, NODES] = z
    inner = r[1:-1]
    local = d.sd * inner / (1 - inner)
    total = np.hypot(local, d.sd)[:, None]
    start = d.mean + total * (g[:, 0] + inner[:, None] * (z - g[:, 0]))
    g[:, 1:-1] = ((_mixed_quantiles(d, local, p, start) - d.mean) / total).T
    return d.mean, d.sd, _cubic_pieces(g)


def _cubic_pieces(values: np.ndarray) -> np.ndarray:
    """Cubic spline through values at unit spacing (not-a-knot), as coefficients of 1, t, t^2, t^3 on each piece."""
    n = values.shape[1]
    matrix = np.zeros((n, n))
    inner = np.arange(1, n - 1)
    matrix[inner, inner - 1], matrix[inner, inner], matrix[inner, inner + 1] = 1, 4, 1
    matrix[0, :3] = 1, -2, 1
    matrix[-1, -3:] = 1, -2, 1
    right = np.zeros((n, values.shape[0]))
    right[1:-1] = 6 * (values[:, :-2] - 2 * values[:, 1:-1] + values[:, 2:]).T
    second = np.linalg.solve(matrix, right).T
    rise = np.diff(values)
    return np.stack(
        [
            values[:, :-1],
            rise - (2 * second[:, :-1] + second[:, 1:]) / 6,
            second[:, :-1] / 2,
            np.diff(second) / 6,
        ],
        axis=-1,
    )


@dataclass(frozen=True, eq=False)
class Tables:
    """Tables of several signatures side by side, ready for the kernel; small, so that workers receive it whole."""

    mean: np.ndarray  # (signature,)
    sd: np.ndarray  # (signature,)
    pieces: np.ndarray  # (level, 4, signature * 32)


def tables(signatures: Sequence[Signature], levels: Sequence[float]) -> Tables:
    """Return the tables of all signatures at the given probability levels.

    Raises
    ------
    UncertaintyError
        A level outside (0, 1).
    """
    wanted = tuple(float(p) for p in levels)
    wrong = [p for p in wanted if not 0 < p < 1]
    if wrong or not wanted:
        raise UncertaintyError("uncertainty-levels", came=repr(list(levels)))
    each = [table(s, wanted) for s in signatures]
    pieces = np.stack([t[2] for t in each], axis=1)  # level, signature, piece, coefficient
    return Tables(
        np.array([t[0] for t in each]),
        np.array([t[1] for t in each]),
        np.ascontiguousarray(np.moveaxis(pieces.reshape(len(wanted), -1, 4), 2, 1)),
    )


def quantile_cells(central: np.ndarray, variance: np.ndarray, code: np.ndarray, made: Tables) -> np.ndarray:
    """Return quantiles of every cell, shape (level, *cells).

    Parameters
    ----------
    central : ndarray
        Central values.
    variance : ndarray
        Variance of the log-normal part of ln(value), broadcastable to ``central``.
    code : ndarray of int
        Which signature each cell has, broadcastable to ``central``.
    made : Tables
        From :func:`tables`.
    """
    n_levels = made.pieces.shape[0]
    out = np.empty((n_levels, *central.shape))
    if central.size == 0:
        return out
    variance = np.broadcast_to(variance, central.shape)
    code = np.broadcast_to(code, central.shape)
    if central.ndim == 0:
        return quantile_cells(central[None], variance[None], code[None], made)[:, 0]
    rows = max(1, BLOCK // max(1, central[0].size))
    for i in range(0, central.shape[0], rows):
        part = slice(i, i + rows)
        shape = central[part].shape
        flat = _flat_block(
            np.ascontiguousarray(central[part], dtype=float).ravel(),
            np.ascontiguousarray(variance[part], dtype=float).ravel(),
            np.ascontiguousarray(code[part]).ravel(),
            made,
        )
        for level, values in enumerate(flat):
            out[level, part] = values.reshape(shape)
    return out


def _flat_block(central: np.ndarray, variance: np.ndarray, code: np.ndarray, made: Tables) -> list[np.ndarray]:
    shared = made.sd[code]
    mean = made.mean[code]
    local = np.sqrt(variance)
    total = np.sqrt(variance + shared * shared)
    position = local / np.maximum(local + shared, 1e-300) * NODES
    piece = np.minimum(position.astype(np.int64), NODES - 1)
    t = position - piece
    piece += code * NODES
    results = []
    for a, b, c, d in made.pieces:
        g = ((d[piece] * t + c[piece]) * t + b[piece]) * t + a[piece]
        results.append(central * np.exp(mean + total * g))
    return results
