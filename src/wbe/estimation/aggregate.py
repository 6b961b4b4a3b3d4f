"""Cells of area x month from samples: exact where a cell is one product, drawn where it is a sum.

Non-detects inside a mixed cell are drawn below their limit; a cell of non-detects is a bound. Refuses to
turn a bound into a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wbe.estimation.cells import Cell, Cells
from wbe.estimation.chain import OF_BIOMARKER, Chain, censored, usable_concentration
from wbe.samples import ABSENT, Flag
from wbe.uncertainty import Uncertain
from wbe.uncertainty.draws import BLOCK as DRAW_BLOCK
from wbe.uncertainty.draws import Recall, Stream, draws
from wbe.uncertainty.terms import key_codes

if TYPE_CHECKING:
    from wbe.censored import PooledFit

#: samples drawn at a time, so that memory does not grow with the number of samples
BLOCK = 384
#: quantities that are a load times steps shared by all cells
BASE = {"consumption": "normalised_load", "doses": "normalised_load", "users": "mass_load"}
#: above this share of non-detects the interval no longer rests on a distribution below the limit
HALF = 0.5
#: blocks of loads kept while the quantities made from them are drawn
KEPT = 4


@dataclass(frozen=True)
class CellSummary:
    """Median and interval of one substance in one cell; ``bound`` for a cell of non-detects only.

    ``as_zero`` and ``as_limit`` are the medians if every non-detect of a mixed cell were 0, or at its limit.
    """

    area: int
    month: int
    rows: np.ndarray
    n_samples: int
    n_detected: int
    median: float
    lower: float
    upper: float
    method: str  # "exact", "drawn" or "bound"
    as_zero: float = np.nan
    as_limit: float = np.nan
    below: str = ""  # what the results below the limit rest on, in words


@dataclass(frozen=True)
class Drawn:
    """Draws of cells, shape (n_draw, n_cell): non-detects drawn below their limits, taken as 0, at their limits."""

    below: np.ndarray
    as_zero: np.ndarray
    as_limit: np.ndarray

    def times(self, factor: np.ndarray) -> Drawn:
        """Multiply every draw by its factor, shape (n_draw, 1)."""
        if self.as_zero is self.below:
            product = self.below * factor
            return Drawn(product, product, product)
        return Drawn(self.below * factor, self.as_zero * factor, self.as_limit * factor)


class Aggregator:
    """Turns a chain's per-sample products into cells; holds the seed and the number of draws."""

    def __init__(self, chain: Chain, level: float, n: int, seed: int):
        self.chain, self.level, self.n, self.seed = chain, level, n, seed
        ds = chain.samples
        flags = ds["flag"].transpose("biomarker", "sample").to_numpy()
        self._row = {str(b): i for i, b in enumerate(ds["biomarker"].values)}
        self._hidden = censored(ds).transpose("biomarker", "sample").to_numpy()
        self._ran = ~np.isin(flags, [int(f) for f in ABSENT])
        self._detected = np.isin(flags, [int(Flag.DETECTED), int(Flag.ABOVE_ULOQ)])
        self._people = chain.served
        self._kept: dict[Any, Drawn] = {}
        self._stream = Recall(seed)
        self._unsampled: np.ndarray | None = None
        self._fits: dict[str, PooledFit] = {}
        self._frequency: dict[int, str] = {}
        self._spreads: dict[Any, list[tuple[str, tuple[str, ...], np.ndarray, np.ndarray]]] = {}

    def biomarker_of(self, quantity: str, substance: str) -> str:
        """Return the biomarker behind a substance of a quantity."""
        return substance if quantity in OF_BIOMARKER else self.chain.biomarker(substance)

    def cells(self, cells: Cells, quantity: str, substance: str) -> list[Cell]:
        """Return the cells with at least one usable sample of a substance."""
        product = self.chain.quantity[quantity][substance]
        return cells.weights(quantity, np.isfinite(product.central.to_numpy()), self._people)

    def summarise(self, cells: Cells, quantity: str, substance: str) -> list[CellSummary]:
        """Return median and interval for every cell of one substance.

        A cell of one sample is exact; a sum is drawn; a cell of non-detects only is bounded by the weighted sum of
        its samples' upper quantiles at their limits, which no correlation can exceed in the upper tail.
        """
        return self._summarised(cells, quantity, substance, self.cells(cells, quantity, substance))

    def in_step(self, cells: Cells, wanted: Mapping[str, str]) -> dict[str, list[CellSummary]]:
        """Return :meth:`summarise` of several quantities of one biomarker, drawn block by block.

        Each quantity then finds the draws of the one before, however many samples there are.

        Parameters
        ----------
        cells : Cells
            Areas and months.
        wanted : mapping of quantity to substance
            In the order of the chain.
        """
        usable = {q: {(c.area, c.month): c for c in self.cells(cells, q, s)} for q, s in wanted.items()}
        found: dict[str, list[CellSummary]] = {quantity: [] for quantity in wanted}
        for keys in _grouped(cells.members):
            for quantity, substance in wanted.items():
                block = [usable[quantity][key] for key in keys if key in usable[quantity]]
                found[quantity] += self._summarised(cells, quantity, substance, block)
        return found

    def _summarised(self, cells: Cells, quantity: str, substance: str, found: list[Cell]) -> list[CellSummary]:
        biomarker = self.biomarker_of(quantity, substance)
        hidden = self._hidden[self._row[biomarker]]
        tail = (1 - self.level) / 2
        levels = [0.5, tail, 1 - tail]
        direct = [c for c in found if hidden[c.rows].all() or (len(c.rows) == 1 and not c.weight_sd.any())]
        values: dict[tuple[int, int], np.ndarray] = {}
        if direct:
            rows = np.unique(np.concatenate([c.rows for c in direct]))
            product = self.monthly(quantity, substance).isel(sample=rows)
            bounds = product.quantiles(levels).transpose("quantile", "sample").to_numpy()
            for cell in direct:
                values[cell.area, cell.month] = bounds[:, np.searchsorted(rows, cell.rows)] @ cell.weight
        for block in _blocks([c for c in found if (c.area, c.month) not in values]):
            five = self._drawn_values(block, quantity, substance, hidden, levels)
            values |= {(c.area, c.month): v for c, v in zip(block, five.T, strict=True)}
        return [self._summary(cells, c, values[c.area, c.month], hidden, biomarker) for c in found]

    def _drawn_values(
        self, block: list[Cell], quantity: str, substance: str, hidden: np.ndarray, levels: list[float]
    ) -> np.ndarray:
        """Median, lower, upper and the two medians without a model below the limit, shape (5, n_cell).

        Where more than half of a cell's results are below the limit, the interval reaches from what zeros would give
        to what the limits would give: the shape below the limit is then assumed, not seen.
        """
        drawn = self.draw(block, quantity, substance)
        found = np.full((5, len(block)), np.nan)
        found[:3] = np.quantile(drawn.below, levels, axis=0)
        share = np.array([hidden[c.rows].mean() for c in block])
        mixed = np.flatnonzero(share > 0)
        if mixed.size:
            zero = np.quantile(drawn.as_zero[:, mixed], levels[:2], axis=0)
            limit = np.quantile(drawn.as_limit[:, mixed], [levels[0], levels[2]], axis=0)
            found[3, mixed], found[4, mixed] = zero[0], limit[0]
            most = share[mixed] > HALF
            found[1, mixed] = np.where(most, zero[1], found[1, mixed])
            found[2, mixed] = np.where(most, limit[1], found[2, mixed])
        return found

    def _summary(self, cells: Cells, cell: Cell, values: np.ndarray, hidden: np.ndarray, biomarker: str) -> CellSummary:
        here = cells.members[cell.area, cell.month]
        ran = int(self._ran[self._row[biomarker], here].sum())
        seen = int(self._detected[self._row[biomarker], here].sum())
        median, lower, upper = (float(x) for x in values[:3])
        if hidden[cell.rows].all():
            below = self._detectable(len(cell.rows))
            return CellSummary(cell.area, cell.month, cell.rows, ran, seen, np.nan, 0.0, upper, "bound", below=below)
        method = "exact" if len(cell.rows) == 1 and not cell.weight_sd.any() else "drawn"
        zero, limit = (float(x) for x in values[3:]) if len(values) > 3 else (np.nan, np.nan)
        below = f"(log-normal of all its results, {self._fit(biomarker).how})" if hidden[cell.rows].any() else ""
        return CellSummary(
            cell.area, cell.month, cell.rows, ran, seen, median, lower, upper, method, zero, limit, below
        )

    def _detectable(self, n: int) -> str:
        """How often a substance may still be there when none of n samples showed it."""
        from wbe.censored import detection_frequency

        if n not in self._frequency:
            top = detection_frequency(0, n, self.level).jeffreys[1]
            self._frequency[n] = f"0 of {n} detected: it may be detectable in up to {top:.0%} of such samples"
        return self._frequency[n]

    def _fit(self, biomarker: str) -> PooledFit:
        """The log-normal of all results of a biomarker, from which those below a limit are drawn."""
        from wbe.censored import fit_pooled

        if biomarker not in self._fits:
            self._fits[biomarker] = fit_pooled(self.chain.samples, biomarker)
        return self._fits[biomarker]

    def draw(self, block: Sequence[Cell], quantity: str, substance: str) -> Drawn:
        """Draw the cells of one substance; equal keys give equal draws everywhere."""
        base = BASE.get(quantity)
        if base is None:
            return self._kept_sums(block, quantity, substance)
        biomarker = self.biomarker_of(quantity, substance)
        product, below = self.chain.quantity[quantity][substance], self.chain.quantity[base][biomarker]
        extra = product / below
        rows = np.concatenate([c.rows for c in block])
        ratio = extra.central.to_numpy()[rows]
        common = {"drug"}.issuperset(c for term, _ in extra.terms for c in term.scope)
        if not common or not np.allclose(ratio, ratio[0], rtol=1e-12):
            return self._draw_sums(block, quantity, substance)
        # the steps after the load are one number for all cells: draw them once
        steps = extra.isel(sample=int(rows[0])).draws(self.n, self.seed).to_numpy()
        return self._kept_sums(block, base, biomarker).times(steps[:, None])

    def _kept_sums(self, block: Sequence[Cell], quantity: str, biomarker: str) -> Drawn:
        key = (quantity, biomarker, tuple((c.rows.tobytes(), c.weight.tobytes()) for c in block))
        if key not in self._kept:
            while len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = self._draw_sums(block, quantity, biomarker)
        return self._kept[key]

    def _draw_sums(self, block: Sequence[Cell], quantity: str, substance: str) -> Drawn:
        rows = np.unique(np.concatenate([c.rows for c in block]))
        product = self.monthly(quantity, substance).isel(sample=rows)
        drawn = draws(product, self.n, self.seed, self._stream).transpose("sample", "draw").to_numpy()
        biomarker = self.biomarker_of(quantity, substance)
        hidden = np.flatnonzero(self._hidden[self._row[biomarker], rows])
        as_limit = self._sums(drawn, rows, block)
        if not hidden.size:
            return Drawn(as_limit, as_limit, as_limit)
        at_limit = drawn[hidden]
        drawn[hidden] = 0.0
        as_zero = self._sums(drawn, rows, block)
        drawn[hidden] = at_limit * self._below_limit(biomarker, rows[hidden]).T
        return Drawn(self._sums(drawn, rows, block), as_zero, as_limit)

    def _sums(self, drawn: np.ndarray, rows: np.ndarray, block: Sequence[Cell]) -> np.ndarray:
        """Add up each cell by itself, so that its sum does not depend on the cells drawn with it."""
        sums = np.empty((len(block), drawn.shape[1]))
        for total, cell in zip(sums, block, strict=True):
            parts = drawn[np.searchsorted(rows, cell.rows)]
            if cell.weight_sd.any():
                np.einsum("rn,nr->n", parts, self._weights(cell), out=total)
            else:
                np.matmul(cell.weight, parts, out=total)
        return sums.T

    def _weights(self, cell: Cell) -> np.ndarray:
        """Draw what each catchment shares with the area, shape (n_draw, n_row): one draw for all months."""
        sites = self.chain.samples["site"].values[cell.rows]
        scores = {s: _normals(self._stream, "catchment_weight", (str(s), str(cell.area)), self.n) for s in set(sites)}
        return np.column_stack([
            w * np.exp(sd * scores[s]) for w, sd, s in zip(cell.weight, cell.weight_sd, sites, strict=True)
        ])  # fmt: skip

    def _below_limit(self, biomarker: str, rows: np.ndarray) -> np.ndarray:
        """Draw concentration / limit for censored samples, shape (n_draw, n_row)."""
        from wbe.censored import impute

        ds = self.chain.samples
        part = ds.isel(sample=rows)
        upper = usable_concentration(part).sel(biomarker=biomarker).to_numpy()
        flags = part["flag"].sel(biomarker=biomarker).to_numpy()
        lod = part["lod"].sel(biomarker=biomarker).fillna(0.0).to_numpy()
        lower = np.where(flags == Flag.BELOW_LOQ, np.minimum(lod, upper * 0.999), 0.0)
        mu, sigma, _ = self._fit(biomarker)
        uniforms = np.column_stack([
            _uniforms(self._stream, (biomarker, str(s)), self.n) for s in part["sample"].values
        ])  # fmt: skip
        return impute(lower, upper, mu, sigma, uniforms) / upper

    def monthly(self, quantity: str, substance: str) -> Uncertain:
        """The per-sample product with the day-to-day term that a monthly value carries."""
        from wbe.estimation.days import day_term, unsampled

        if self._unsampled is None:
            self._unsampled = unsampled(self.chain.samples)
        return self.chain.quantity[quantity][substance].with_term(
            day_term(self.chain.samples, self.biomarker_of(quantity, substance), self._unsampled)
        )

    def spreads(self, quantity: str, substance: str) -> list[tuple[str, tuple[str, ...], np.ndarray, np.ndarray]]:
        """Return for each source its name, scope, log-sd and key number of every sample."""
        mark = ("spreads", quantity, substance)
        if mark not in self._spreads:
            product = self.monthly(quantity, substance)
            n = product.central.sizes["sample"]
            self._spreads[mark] = [
                (
                    term.name,
                    term.scope,
                    np.broadcast_to(np.sqrt(product.log_variance(term, power).values), n),
                    np.broadcast_to(key_codes(term, product.central)[0].values, n),
                )
                for term, power in product.terms
            ]
        return self._spreads[mark]

    def central(self, cell: Cell, quantity: str, substance: str) -> np.ndarray:
        """Share of each of the cell's samples in its central value, shape (n_row,)."""
        values = self.chain.quantity[quantity][substance].central.to_numpy()[cell.rows] * cell.weight
        return values / values.sum()


def _blocks(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Cells in blocks of at most BLOCK samples (one cell may be larger)."""
    for numbers in _grouped({number: cell.rows for number, cell in enumerate(cells)}):
        yield [cells[number] for number in numbers]


def _grouped(rows: Mapping[Any, np.ndarray]) -> Iterator[list[Any]]:
    """Keys in groups of at most BLOCK rows together."""
    group: list[Any] = []
    size = 0
    for key, held in rows.items():
        if group and size + len(held) > BLOCK:
            yield group
            group, size = [], 0
        group.append(key)
        size += len(held)
    if group:
        yield group


def _normals(stream: Stream, name: str, key: tuple[str, ...], n: int) -> np.ndarray:
    """Standard normal draws of one key, the same in any order."""
    z = np.empty(n)
    for block, start in enumerate(range(0, n, DRAW_BLOCK)):
        part = z[start : start + DRAW_BLOCK]
        part[:] = stream.normal(name, key, block, part)
    return z


def _uniforms(stream: Stream, key: tuple[str, ...], n: int) -> np.ndarray:
    """Uniform draws of one censored result."""
    from scipy.special import ndtr

    return ndtr(_normals(stream, "below limit", key, n))


def population_of(cells: Cells, chain: Chain) -> np.ndarray:
    """People served, shape (2, area, month) [inhabitant]: by the method in force, and as reported."""
    reported = chain.samples["population"].to_numpy().astype(float)
    both = np.full((2, len(cells.areas), len(cells.months)), np.nan)
    for grid, people in zip(both, (chain.served, np.where(reported > 0, reported, np.nan)), strict=True):
        for cell in cells.weights("users", np.isfinite(people), people):
            grid[cell.area, cell.month] = float(people[cell.rows] @ cell.weight)
    return both
