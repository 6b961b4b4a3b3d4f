"""Draws: one vector for each term and key, from counters, so that any cell's draws are the same in any order.

Holds streams, draws of cells, and weighted sums with flat memory. Refuses nothing quietly: a sum is drawn, never
multiplied out.
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr

from wbe.errors import UncertaintyError
from wbe.uncertainty.distributions import Distribution
from wbe.uncertainty.moments import SCORE_LIMIT, SCORE_STEP, scores
from wbe.uncertainty.terms import Term, key_codes, options
from wbe.uncertainty.uncertain import Uncertain

__all__ = [
    "BLOCK",
    "Drawn",
    "Recall",
    "Stream",
    "SumPlan",
    "draws",
    "scored",
    "shape_scores",
    "weighted_draws",
    "weighted_quantiles",
]

# Draws come in blocks of fixed size, each with its own counter: block k of a key is the same whether the blocks
# before it were drawn or not.
BLOCK = 8192
_KEPT = 512  # vectors of shared keys kept at once: 32 MB
_BINS = 4096  # cells in which sums are counted
_COUNTED = 2048  # sums counted at once: 32 MB
_REMEMBERED = 1 << 27  # bytes of vectors that quantities sharing terms keep for each other


class Stream:
    """Standard normal vectors by term name, key and block, from Philox counters.

    Parameters
    ----------
    seed : int
        The run's seed.
    """

    def __init__(self, seed: int):
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
            raise UncertaintyError("uncertainty-seed", came=repr(seed))
        self._secret = int(seed).to_bytes(32, "little")
        self._bits = np.random.Philox(key=0)
        self._generator = np.random.Generator(self._bits)
        self._state = self._bits.state

    def normal(self, name: str, key: tuple[Hashable, ...], block: int, out: np.ndarray) -> np.ndarray:
        """Fill ``out`` (at most 8192 long) with the first draws of a block."""
        text = "\x1f".join((name, *map(str, key)))
        digest = hashlib.blake2b(text.encode(), key=self._secret, digest_size=16).digest()
        state = self._state
        state["state"]["key"] = np.frombuffer(digest, dtype=np.uint64)
        state["state"]["counter"] = np.array([0, block, 0, 0], dtype=np.uint64)
        state["buffer_pos"] = 4
        state["has_uint32"] = 0
        self._bits.state = state
        return self._generator.standard_normal(out=out)


class Recall(Stream):
    """A stream that remembers the vectors it drew last: quantities that share terms then draw them once.

    Parameters
    ----------
    seed : int
        The run's seed; the vectors are those of :class:`Stream`.
    most : int
        Bytes remembered; the vectors used longest ago go first.
    """

    def __init__(self, seed: int, most: int = _REMEMBERED):
        super().__init__(seed)
        self._vectors: OrderedDict[Any, np.ndarray] = OrderedDict()
        self._room = most

    def normal(self, name: str, key: tuple[Hashable, ...], block: int, out: np.ndarray) -> np.ndarray:
        """Return the first ``out.size`` draws of a block, not to be written to; ``out`` itself is left alone."""
        mark = (name, key, block, out.size)
        known = self._vectors.get(mark)
        if known is not None:
            self._vectors.move_to_end(mark)
            return known
        made = super().normal(name, key, block, np.empty(out.size))
        self._room -= made.nbytes
        while self._room < 0 and self._vectors:
            self._room += self._vectors.popitem(last=False)[1].nbytes
        self._vectors[mark] = made
        return made


def shape_scores(distribution: Distribution, z: np.ndarray) -> np.ndarray:
    """Turn normal scores into ln(value / median) of a distribution, in place of inverting its distribution function."""
    values = scores(distribution)
    position = np.clip(z, -SCORE_LIMIT, SCORE_LIMIT - 1e-9)
    position += SCORE_LIMIT
    position *= 1 / SCORE_STEP
    index = position.astype(np.intp)
    position -= index
    low = values[index]
    return np.asarray(low + position * (values[index + 1] - low))


def scored(distribution: Distribution, n: int, seed: int, name: str, key: tuple[str, ...] = ()) -> np.ndarray:
    """Return ``n`` draws of a distribution by itself, for the term ``name`` at ``key``, shape (n,).

    Examples
    --------
    >>> from wbe.uncertainty import Uniform
    >>> bool(abs(scored(Uniform(1.0, 3.0), 50_000, 1, "purity").mean() - 2) < 0.01)
    True
    """
    stream, out = Stream(seed), np.empty(_checked_number(n))
    for block, place in _blocks(n):
        out[place] = shape_scores(distribution, stream.normal(name, key, block, out[place]))
    np.exp(out, out=out)
    out *= distribution.median()
    return out


class _Part:
    """One term laid out over flat cells: which key, which spread, which distribution."""

    def __init__(self, term: Term, power: float, central: xr.DataArray):
        sizes = dict(central.sizes)
        code, self.keys = key_codes(term, central)
        self.name = term.name
        self.code = code.set_dims(sizes).transpose(*central.dims).values.ravel()
        self.shared = np.bincount(self.code, minlength=len(self.keys)) > 1
        self.power = power
        self.choices: list[Distribution] = []
        self.choice = np.zeros(1, dtype=int)
        self.spread = np.zeros(1)
        if isinstance(term.spread, float | xr.DataArray):
            spread = xr.Variable((), term.spread) if isinstance(term.spread, float) else term.spread.variable
            if term.active is not None:
                spread = spread * term.active.variable
            self.spread = power * spread.set_dims(sizes).transpose(*central.dims).values.ravel()
        else:
            choice, self.choices = options(term, central)
            self.choice = choice.set_dims(sizes).transpose(*central.dims).values.ravel()

    def add(self, cell: int, block: int, drawn: Drawn, total: np.ndarray, spare: np.ndarray) -> None:
        """Add this term's share of ln(value) at a cell to ``total``."""
        if not self.choices:
            spread = self.spread[cell]
            if spread:
                z = drawn.vector(self, cell, block, total.size, None)
                np.multiply(z, spread, out=spare)
                total += spare
        elif self.choice[cell] >= 0:
            x = drawn.vector(self, cell, block, total.size, self.choices[self.choice[cell]])
            np.multiply(x, self.power, out=spare)
            total += spare


class Drawn:
    """Vectors of the block in hand; those of shared keys are kept until the block ends."""

    def __init__(self, seed: int, stream: Stream | None = None):
        self.stream = Stream(seed) if stream is None else stream
        self.kept: dict[Any, np.ndarray] = {}
        self.block = -1
        self.scratch = np.empty(BLOCK)

    def vector(self, part: _Part, cell: int, block: int, n: int, distribution: Distribution | None) -> np.ndarray:
        if block != self.block:
            self.kept.clear()
            self.block = block
        key = part.code[cell]
        if not part.shared[key]:
            z = self.stream.normal(part.name, part.keys[key], block, self.scratch[:n])
            return z if distribution is None else shape_scores(distribution, z)
        # the key's text, not its number: two parts of a ratio can meet at one key
        mark = (part.name, part.keys[key], distribution, n)
        if mark not in self.kept:
            if len(self.kept) >= _KEPT:
                self.kept.pop(next(iter(self.kept)))
            z = self.stream.normal(part.name, part.keys[key], block, np.empty(n))
            self.kept[mark] = z if distribution is None else shape_scores(distribution, z)
        return self.kept[mark]


def _blocks(n: int) -> Iterator[tuple[int, slice]]:
    for block in range(math.ceil(n / BLOCK)):
        yield block, slice(block * BLOCK, min(n, (block + 1) * BLOCK))


def _checked_number(n: int) -> int:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise UncertaintyError("uncertainty-draw-number", came=repr(n))
    return int(n)


def draws(quantity: Uncertain, n: int, seed: int, stream: Stream | None = None) -> xr.DataArray:
    """Return ``n`` draws of every cell.

    Parameters
    ----------
    quantity : Uncertain
        Any.
    n : int
        Number of draws; the first ``m < n`` draws are those of ``draws(quantity, m, seed)``.
    seed : int
        The run's seed. A cell's draws depend on the seed, the term names and the cell's keys, and on nothing else.
    stream : Stream, optional
        A :class:`Recall` of the same seed, where several quantities with common terms are drawn in turn.

    Returns
    -------
    DataArray
        Dims (draw, ...), in the unit of ``central``.

    Examples
    --------
    >>> load = xr.DataArray([10.0, 20.0], dims="site", coords={"site": ["a", "b"]})
    >>> x = Uncertain(load, [(Term("excretion", (), 0.4), -1.0)])
    >>> d = x.draws(1000, seed=1)
    >>> bool(np.allclose(d.isel(site=1), 2 * d.isel(site=0)))       # one draw for all sites
    True
    """
    n = _checked_number(n)
    central = quantity.central
    values = np.asarray(central.values, dtype=float).ravel()
    out = np.empty((values.size, n))
    parts = [_Part(t, p, central) for t, p in quantity.terms]
    drawn, spare = Drawn(seed, stream), np.empty(BLOCK)
    for block, place in _blocks(n):
        for cell in range(values.size):
            _draw_cell(parts, cell, block, drawn, out[cell, place], spare)
            out[cell, place] *= values[cell]
    data = np.moveaxis(out.reshape(*central.shape, n), -1, 0)
    return xr.DataArray(data, dims=("draw", *central.dims), coords=central.coords, name=central.name)


def _draw_cell(parts: list[_Part], cell: int, block: int, drawn: Drawn, total: np.ndarray, spare: np.ndarray) -> None:
    """Fill ``total`` with draws of value / central at one cell."""
    total[:] = 0.0
    for part in parts:
        part.add(cell, block, drawn, total, spare[: total.size])
    np.exp(total, out=total)


def weighted_draws(
    quantity: Uncertain, weights: xr.DataArray, n: int, seed: int, stream: Stream | None = None
) -> xr.DataArray:
    """Return draws of weighted sums over cells, e.g. of samples into districts and months.

    Parameters
    ----------
    quantity : Uncertain
        Dims (sample, ...).
    weights : DataArray
        Shares one dimension with ``quantity`` (the one summed over) and has others that name the sums,
        e.g. (sample, district). Zero weights cost nothing, negative ones subtract; a cell with NaN and a weight makes
        the sum NaN.
    n, seed, stream
        As in :func:`draws`: sums use the same draws as their cells.

    Returns
    -------
    DataArray
        Dims (draw, other dims of weights, other dims of quantity).

    Examples
    --------
    >>> load = xr.DataArray([10.0, 20.0], dims="site", coords={"site": ["a", "b"]})
    >>> x = Uncertain(load, [(Term("flow", ("site",), 0.1), 1.0)])
    >>> total = weighted_draws(x, xr.DataArray([[1.0], [1.0]], dims=("site", "city")), 5000, seed=1)
    >>> total.dims, bool(abs(total.mean() - 30.15) < 0.2)
    (('draw', 'city'), True)
    """
    n = _checked_number(n)
    plan = SumPlan(quantity, weights)
    out = np.empty((plan.n_out, n))
    drawn = Drawn(seed, stream)
    for block, place in _blocks(n):
        for target in range(plan.n_out):
            plan.draw(target, block, drawn, out[target, place])
    return plan.result(np.moveaxis(out.reshape(*plan.shape, n), -1, 0), ("draw",), {})


class SumPlan:
    """Which cells, with which weights, make up each sum."""

    def __init__(self, quantity: Uncertain, weights: xr.DataArray):
        central = quantity.central
        over = [d for d in weights.dims if d in central.dims]
        if len(over) != 1:
            raise UncertaintyError("uncertainty-weights-dimensions", shared=over, dims=central.dims)
        (self.over,) = over
        try:
            xr.align(central, weights, join="exact", copy=False)
        except ValueError as err:
            raise UncertaintyError("uncertainty-weights-labels", dim=self.over) from err
        ordered = central.transpose(self.over, ...)
        self.values = np.asarray(ordered.values, dtype=float).ravel()
        self.parts = [_Part(t, p, ordered) for t, p in quantity.terms]
        sums = weights.transpose(..., self.over)
        table = np.asarray(sums.values, dtype=float).reshape(-1, ordered.shape[0])
        if not np.isfinite(table).all():
            raise UncertaintyError("uncertainty-weights-not-finite", count=int((~np.isfinite(table)).sum()))
        self.columns = self.values.size // max(1, ordered.shape[0])
        self.members = [(np.flatnonzero(row), row[np.flatnonzero(row)]) for row in table]
        self.n_out = len(self.members) * self.columns
        self.dims = (*sums.dims[:-1], *ordered.dims[1:])
        self.shape = (*sums.shape[:-1], *ordered.shape[1:])
        self.coords = {
            **{k: v for k, v in sums.coords.items() if self.over not in v.dims},
            **{k: v for k, v in ordered.coords.items() if self.over not in v.dims},
        }
        self._cell, self._spare = np.empty(BLOCK), np.empty(BLOCK)

    def signed(self, target: int) -> bool:
        """Whether a sum subtracts, so that it has no logarithm."""
        return bool((self.members[target // self.columns][1] < 0).any())

    def draw(self, target: int, block: int, drawn: Drawn, out: np.ndarray) -> None:
        """Fill ``out`` with draws of one sum."""
        rows, weights = self.members[target // self.columns]
        out[:] = 0.0
        cell, spare = self._cell[: out.size], self._spare
        for row, weight in zip(rows, weights, strict=True):
            number = int(row) * self.columns + target % self.columns
            if math.isnan(self.values[number]):
                out[:] = np.nan
                return
            _draw_cell(self.parts, number, block, drawn, cell, spare)
            cell *= weight * self.values[number]
            out += cell

    def result(self, data: np.ndarray, front: tuple[str, ...], more: dict[str, Any]) -> xr.DataArray:
        return xr.DataArray(data, dims=(*front, *self.dims), coords={**self.coords, **more})


def weighted_quantiles(
    quantity: Uncertain,
    weights: xr.DataArray,
    levels: Sequence[float],
    n: int,
    seed: int,
    stream: Stream | None = None,
) -> xr.DataArray:
    """Return quantiles of weighted sums without keeping their draws: memory does not grow with ``n``.

    Parameters
    ----------
    quantity, weights, n, seed, stream
        As in :func:`weighted_draws`; sums with negative weights may have either sign.
    levels : sequence of float
        Probabilities in (0, 1).

    Returns
    -------
    DataArray
        Dims (quantile, other dims of weights, other dims of quantity). Sums are counted in 4,096 cells of ln(sum), or
        of a stretched scale where weights subtract, and interpolated, which moves a bound by less than a thousandth of
        the sd: far below the error of the draws.

    Raises
    ------
    UncertaintyError
        The levels are no probabilities.
    """
    n = _checked_number(n)
    wrong = [p for p in levels if not 0 < p < 1]
    if wrong:
        raise UncertaintyError("uncertainty-levels", came=repr(list(levels)))
    plan, drawn = SumPlan(quantity, weights), Drawn(seed, stream)
    out = np.empty((len(levels), plan.n_out))
    for start in range(0, plan.n_out, _COUNTED):
        chosen = range(start, min(plan.n_out, start + _COUNTED))
        out[:, chosen] = _counted_quantiles(plan, chosen, np.asarray(levels, dtype=float), n, drawn)
    more = {"quantile": np.asarray(levels, dtype=float)}
    return plan.result(out.reshape(len(levels), *plan.shape), ("quantile",), more)


class _Scale:
    """A rising function on which the draws of one sum are counted: ln, or a stretched one where weights subtract.

    Set by the sum's first block; twice its reach holds what later blocks may bring.
    """

    def __init__(self, first: np.ndarray, signed: bool):
        self.signed = signed
        self.middle, self.unit = 0.0, 1.0
        if signed:
            low, self.middle, high = np.quantile(first, [0.25, 0.5, 0.75])
            self.unit = max(float(high - low), np.finfo(float).tiny)
        x = self.forward(first.copy())
        low, high = float(x.min()), float(x.max())
        self.width = 2 * (high - low) / _BINS
        self.origin = low - 0.25 * _BINS * self.width
        self.spread = self.width > 0 and math.isfinite(self.width)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Move draws to the scale, in place."""
        if self.signed:
            x -= self.middle
            x /= self.unit
            return np.asarray(np.arcsinh(x, out=x))
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(x, out=x))

    def cells(self, x: np.ndarray) -> np.ndarray:
        """Number of the cell of each draw; the draws are used up."""
        x = self.forward(x)
        x -= self.origin
        x *= 1 / self.width
        return np.clip(x, 0, _BINS - 1, out=x).astype(np.int32)

    def back(self, cells: np.ndarray) -> np.ndarray:
        """Values at (fractional) cell numbers."""
        x = self.origin + self.width * cells
        return self.middle + self.unit * np.sinh(x) if self.signed else np.exp(x)


def _counted_quantiles(plan: SumPlan, chosen: range, levels: np.ndarray, n: int, drawn: Drawn) -> np.ndarray:
    """Count draws of some sums at once, block by block, so that shared keys are drawn once."""
    counts = np.zeros((len(chosen), _BINS), dtype=np.int32)
    scales: list[_Scale] = []
    vector = np.empty(BLOCK)
    for block, place in _blocks(n):
        x = vector[: place.stop - place.start]
        for i, target in enumerate(chosen):
            plan.draw(target, block, drawn, x)
            if block == 0:
                scales.append(_Scale(x, plan.signed(target)))
            if scales[i].spread:
                counts[i] += np.bincount(scales[i].cells(x), minlength=_BINS).astype(np.int32)
    out = np.empty((levels.size, len(chosen)))
    edges = np.arange(_BINS + 1)
    for i, (count, scale) in enumerate(zip(counts, scales, strict=True)):
        if scale.spread:
            below = np.concatenate([[0.0], np.cumsum(count)]) / n
            out[:, i] = scale.back(np.interp(levels, below, edges))
        else:  # a sum without spread, without cells or without a number
            plan.draw(chosen[i], 0, drawn, vector[:1])
            out[:, i] = vector[0]
    return out
