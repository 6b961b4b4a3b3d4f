"""Uncertain quantities: a central value times unit-median multipliers to powers, with an algebra that knows scopes.

Refuses sums: they are not products. Draw them instead (:mod:`wbe.uncertainty.draws`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import xarray as xr

from wbe.errors import UncertaintyError
from wbe.uncertainty import product
from wbe.uncertainty.distributions import LogNormal
from wbe.uncertainty.terms import Term, merged, options, placed

if TYPE_CHECKING:
    from wbe.uncertainty.draws import Stream

__all__ = ["Factor", "Uncertain"]

Factor: TypeAlias = "Uncertain | xr.DataArray | float"


class Uncertain:
    """A positive quantity known up to shared and local errors: ``central * product of multiplier ** power``.

    Parameters
    ----------
    central : DataArray
        Plain float64 in a canonical unit; its coordinates carry the scopes' keys (site, district, drug...).
        May be backed by dask. NaN stays NaN.
    terms : sequence of (Term, power)
        Powers of one name merge; power 0 disappears.

    Raises
    ------
    UncertaintyError
        Naming the term: scope without coordinate, two meanings of one name, negative central value.

    Examples
    --------
    >>> load = xr.DataArray([10.0, 12.0], dims="sample", coords={"sample": ["a", "b"]})
    >>> flow = Term("flow", ("sample",), 0.2)
    >>> analysis = Term("analysis", ("sample",), 0.1)
    >>> x = Uncertain(load, [(flow, 1.0), (analysis, 1.0)])
    >>> x.interval(0.95)["upper"].values.round(2)
    array([15.5, 18.6])
    >>> (x / Uncertain(load, [(flow, 1.0)])).terms        # the same flow: it cancels
    ((Term(analysis by sample), 1.0),)
    """

    __slots__ = ("__dict__", "central", "terms")
    central: xr.DataArray
    terms: tuple[tuple[Term, float], ...]

    def __init__(self, central: xr.DataArray, terms: Sequence[tuple[Term, float]] = ()):
        if not isinstance(central, xr.DataArray):
            raise UncertaintyError("uncertainty-central-type", came=type(central).__name__)
        central = central.astype(float, keep_attrs=False)
        if isinstance(central.data, np.ndarray) and bool((central.values < 0).any()):
            worst = float(np.nanmin(central.values))
            raise UncertaintyError("uncertainty-central-negative", name=central.name or "", lowest=f"{worst:.3g}")
        if isinstance(central.data, np.ndarray) and bool(np.isinf(central.values).any()):
            raise UncertaintyError(
                "uncertainty-central-infinite", name=central.name or "", count=int(np.isinf(central.values).sum())
            )
        object.__setattr__(self, "central", central)
        object.__setattr__(self, "terms", merged([(placed(t, central), p) for t, p in terms]))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"Uncertain is frozen; {name} cannot be set. Build a new one.")

    def __reduce__(self) -> tuple[Any, ...]:
        return Uncertain, (self.central, self.terms)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{d}: {n}" for d, n in self.central.sizes.items())
        terms = ", ".join(f"{t.name}^{p:g}({'x'.join(t.at) or 'run'})" for t, p in self.terms)
        return f"<Uncertain ({sizes}) terms: {terms or 'none'}>"

    # ---- algebra ----------------------------------------------------------------------------------------------

    def with_term(self, term: Term, power: float = 1.0) -> Uncertain:
        """Return the quantity with one more source of error."""
        return Uncertain(self.central, [*self.terms, (term, power)])

    def without(self, *names: str) -> Uncertain:
        """Return the quantity with the named sources held at their medians."""
        return Uncertain(self.central, [(t, p) for t, p in self.terms if t.name not in names])

    def _combine(self, other: Factor, sign: float) -> Uncertain:
        if not isinstance(other, Uncertain):
            if isinstance(other, xr.DataArray):
                other = Uncertain(other)
            else:
                if not (math.isfinite(other) and other > 0):
                    raise UncertaintyError("uncertainty-factor", came=repr(other))
                return Uncertain(self.central * float(other) ** sign, self.terms)
        try:
            a, b = xr.align(self.central, other.central, join="exact", copy=False)
        except ValueError as err:
            raise UncertaintyError("uncertainty-labels-differ", said=err) from err
        central = a * b if sign > 0 else a / b
        return Uncertain(central, [*self.terms, *((t, sign * p) for t, p in other.terms)])

    def __mul__(self, other: Factor) -> Uncertain:
        return self._combine(other, 1.0)

    __rmul__ = __mul__

    def __truediv__(self, other: Factor) -> Uncertain:
        return self._combine(other, -1.0)

    def __rtruediv__(self, other: Factor) -> Uncertain:
        return (self**-1.0)._combine(other, 1.0)

    def __pow__(self, power: float) -> Uncertain:
        return Uncertain(self.central**power, [(t, p * power) for t, p in self.terms])

    # ---- moving about -----------------------------------------------------------------------------------------

    def map(self, function: Callable[[xr.DataArray], xr.DataArray]) -> Uncertain:
        """Apply a function that only moves, selects or relabels cells to the central value and to every spread.

        The function also receives arrays that lack some of the dimensions.
        """
        terms = [(term.moved(function), power) for term, power in self.terms]
        # a source that touches none of the cells that are left is no source of theirs
        return Uncertain(function(self.central), [(t, p) for t, p in terms if not t.idle])

    def isel(self, **positions: object) -> Uncertain:
        """Select cells by position along dimensions."""
        return self.map(lambda a: a.isel(positions, missing_dims="ignore"))

    def sel(self, **labels: object) -> Uncertain:
        """Select cells by the labels of their dimensions.

        Raises
        ------
        UncertaintyError
            The label is not in the dimension.
        """
        positions = {}
        for d, label in labels.items():
            if d not in self.central.dims:
                raise UncertaintyError("uncertainty-no-dimension", came=repr(d), dims=self.central.dims)
            place = xr.DataArray(np.arange(self.central.sizes[d]), dims=d, coords={d: self.central[d]})
            try:
                positions[d] = place.sel({d: label}).values
            except KeyError as err:
                raise UncertaintyError("uncertainty-no-label", came=repr(label), dim=d) from err
        return self.isel(**{d: int(p) if p.ndim == 0 else p for d, p in positions.items()})

    def swap_dims(self, **dims: str) -> Uncertain:
        """Name cells along a dimension by another coordinate of it, e.g. ``swap_dims(biomarker="drug")``."""
        return _relabelled(self.central.swap_dims(dims), self.terms, dims)

    def assign_coords(self, **coords: object) -> Uncertain:
        """Attach coordinates, e.g. the drug that each biomarker traces."""
        return Uncertain(self.central.assign_coords(coords), self.terms)

    # ---- answers ----------------------------------------------------------------------------------------------

    @cached_property
    def _parts(self) -> tuple[xr.Variable, xr.Variable, list[product.Signature]]:
        """Variance of the log-normal part, signature code and signatures, each on the dimensions that it needs."""
        variance = xr.Variable((), 0.0)
        code, signatures = xr.Variable((), 0), [()]  # type: tuple[xr.Variable, list[product.Signature]]
        for term, power in self.terms:
            if isinstance(term.spread, float | xr.DataArray):
                variance = variance + _log_variance(term, power)
                continue
            choice, choices = options(term, self.central)
            sds = [d.log_sd if isinstance(d, LogNormal) else 0.0 for d in choices]
            normal = np.array([(power * sd) ** 2 for sd in sds] + [0.0])
            if normal.any():
                variance = variance + xr.Variable(choice.dims, normal[choice.values])
            parts = [() if d.log_normal else ((d, power),) for d in choices] + [()]
            both = code * len(parts) + choice % len(parts)
            used, inverse = np.unique(both.values, return_inverse=True)
            code = xr.Variable(both.dims, inverse.reshape(both.shape))
            signatures = [signatures[u // len(parts)] + parts[u % len(parts)] for u in used]
        return variance, code, [tuple(sorted(s, key=repr)) for s in signatures]

    def quantiles(self, levels: Sequence[float]) -> xr.DataArray:
        """Return exact quantiles of every cell, dims (quantile, ...).

        Parameters
        ----------
        levels : sequence of float
            Probabilities in (0, 1).

        Returns
        -------
        DataArray
            In the unit of ``central``; backed by dask if that is, with the same numbers whatever the chunks.
        """
        variance, code, signatures = self._parts
        made = product.tables(signatures, levels)
        central = self.central.variable
        dims = central.dims
        variance, code = (v.set_dims({d: central.sizes[d] for d in dims}).transpose(*dims) for v in (variance, code))
        data = _lazy_cells(central, variance, code, made)
        # a shallow copy: building anew would copy text coordinates element by element
        return self.central.expand_dims(quantile=np.asarray(levels, dtype=float)).copy(deep=False, data=data)

    def interval(self, level: float = 0.95) -> xr.Dataset:
        """Return ``median``, ``lower`` and ``upper`` of the probabilistically symmetric interval.

        Raises
        ------
        UncertaintyError
            A level outside (0, 1).
        """
        if not 0 < level < 1:
            raise UncertaintyError("uncertainty-level-example", came=repr(level))
        q = self.quantiles([0.5, 0.5 - level / 2, 0.5 + level / 2])
        names = ("median", "lower", "upper")
        return xr.Dataset({n: q.isel(quantile=i, drop=True).rename(n) for i, n in enumerate(names)})

    def log_sd(self, include: Collection[str] | Callable[[Term], bool] | None = None) -> xr.DataArray:
        """Return the standard deviation of ln(value) in every cell, of all or of some terms.

        Parameters
        ----------
        include : names or predicate on Term, optional
            Which terms count; by default all.
        """
        if include is None:
            chosen: Callable[[Term], bool] = lambda _: True  # noqa: E731
        elif callable(include):
            chosen = include
        else:
            names = set(include)
            chosen = lambda term: term.name in names  # noqa: E731
        total = xr.Variable((), 0.0)
        for term, power in self.terms:
            if chosen(term):
                total = total + self.log_variance(term, power).variable
        full = total.set_dims(self.central.sizes).transpose(*self.central.dims)
        return xr.DataArray(np.sqrt(full), coords=self.central.coords, name="log_sd")

    def log_variance(self, term: Term, power: float) -> xr.DataArray:
        """Return the variance that one term adds to ln(value), on the dimensions that it needs."""
        if isinstance(term.spread, float | xr.DataArray):
            variance = _log_variance(term, power)
        else:
            choice, choices = options(term, self.central)
            each = np.array([(power * d.log_moments()[1]) ** 2 for d in choices] + [0.0])
            variance = xr.Variable(choice.dims, each[choice.values])
        return xr.DataArray(variance)

    def varying(self, along: str) -> Uncertain:
        """Keep only the terms that are drawn anew along a coordinate: what remains in comparisons along it.

        ``varying("district")`` gives the interval that is comparable between districts; the excretion fraction, one
        for all, is not in it.

        Parameters
        ----------
        along : str
            A coordinate of the data, e.g. ``"district"`` or ``"month"``.

        Raises
        ------
        UncertaintyError
            There is no such coordinate.
        """
        if along not in self.central.coords:
            raise UncertaintyError("uncertainty-no-coordinate", came=repr(along))
        return Uncertain(self.central, [(t, p) for t, p in self.terms if not _shared_along(t, self.central, along)])

    def ratio(self, a: Mapping[str, object], b: Mapping[str, object]) -> Uncertain:
        """Return the ratio of two selections of cells; what has the same key in both cancels.

        Parameters
        ----------
        a, b : mapping of coordinate to label
            E.g. ``{"district": "天元区"}`` and ``{"district": "荷塘区"}``; coordinates may be dimensions or label them.

        Raises
        ------
        UncertaintyError
            A selection that finds nothing, or that finds several cells of a dimension by a label that is not its own.
        """
        from wbe.uncertainty.ratio import ratio

        return ratio(self, a, b)

    def draws(self, n: int, seed: int, stream: Stream | None = None) -> xr.DataArray:
        """Return draws of every cell, dims (draw, ...): see :func:`wbe.uncertainty.draws.draws`.

        ``stream=SobolStream(x, seed)`` draws from a scrambled Sobol sequence.
        """
        from wbe.uncertainty.draws import draws

        return draws(self, n, seed, stream)

    def budget(self) -> xr.Dataset:
        """Return the shares of the log-variance by term: see :func:`wbe.uncertainty.budget.budget`."""
        from wbe.uncertainty.budget import budget

        return budget(self)


def _relabelled(central: xr.DataArray, terms: Sequence[tuple[Term, float]], dims: Mapping[str, str]) -> Uncertain:
    def move(a: xr.DataArray) -> xr.DataArray:
        return a.rename({k: v for k, v in dims.items() if k in a.dims})

    return Uncertain(central, [(term.moved(move), power) for term, power in terms])


def _log_variance(term: Term, power: float) -> xr.Variable:
    spread = term.spread.variable if isinstance(term.spread, xr.DataArray) else xr.Variable((), term.spread)
    if term.active is not None:
        spread = spread * term.active.variable
    return (spread * power) ** 2


def _shared_along(term: Term, central: xr.DataArray, along: str) -> bool:
    """Whether no coordinate of the scope tells the labels of ``along`` apart."""
    labels = central.coords[along]
    for c in term.at:
        coordinate = central.coords[c]
        if set(coordinate.dims) & set(labels.dims) and _tells_apart(coordinate, labels):
            return False
    return not (term.at and not labels.dims)


def _tells_apart(coordinate: xr.DataArray, labels: xr.DataArray) -> bool:
    """Whether a key of ``coordinate`` belongs to one label only."""
    both = xr.broadcast(coordinate.reset_coords(drop=True), labels.reset_coords(drop=True))
    pairs = {tuple(pair) for pair in zip(*(np.ravel(x.values).astype(str) for x in both), strict=True)}
    return len(pairs) == len({key for key, _ in pairs})


def _lazy_cells(central: xr.Variable, variance: xr.Variable, code: xr.Variable, made: product.Tables) -> Any:
    if isinstance(central.data, np.ndarray) and isinstance(variance.data, np.ndarray):
        return product.quantile_cells(central.data, variance.data, code.data, made)
    import dask.array as da

    values = da.asarray(central.data)
    others = [da.broadcast_to(da.asarray(v.data), values.shape).rechunk(values.chunks) for v in (variance, code)]
    n_levels = made.pieces.shape[0]
    return da.map_blocks(
        product.quantile_cells,
        values,
        *others,
        made,
        new_axis=0,
        chunks=((n_levels,), *values.chunks),
        dtype=float,
        meta=np.empty((0,) * (values.ndim + 1)),
    )
