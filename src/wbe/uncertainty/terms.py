"""Terms: one source of error, with its spread and the scope by which it is drawn anew.

Refuses names, scopes and spreads that cannot be, and one name with two meanings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import xarray as xr

from wbe.errors import UncertaintyError
from wbe.uncertainty.distributions import Distribution

__all__ = ["WIDEST", "Spread", "Term", "key_codes", "merged", "naming_coordinate", "options", "placed"]

#: log-sd above which a distribution that is not log-normal is refused
WIDEST = 5.0

Spread = float | xr.DataArray | Distribution | Mapping[str, Distribution]


@dataclass(frozen=True, eq=False)
class Term:
    """One source of error: a positive multiplier with median 1, drawn once for each key of its scope.

    Parameters
    ----------
    name : str
        Its identity: the same name at the same key is the same random variable everywhere.
    scope : tuple of str
        Coordinates by which it is drawn, e.g. ``("sample", "biomarker")``, ``("site",)``, ``("drug",)``; ``()`` is
        once for the run. What lacks a coordinate is shared along it.
    spread : float, DataArray, Distribution or mapping
        Float or DataArray: standard deviation of ln(multiplier), log-normal (a DataArray may hold zeros).
        Distribution: the multiplier is value / median. Mapping: one distribution for each value of the scope
        coordinate that names them.
    at : tuple of str, optional
        Coordinates of the data that hold the keys; by default those of ``scope``. Ratios set it.
    active : DataArray of bool, optional
        Cells that the term touches; by default all. Ratios set it.

    Raises
    ------
    UncertaintyError
        Naming the term.

    Examples
    --------
    >>> Term("flow", ("sample",), 0.1)
    Term(flow by sample)
    >>> Term("flow", ("sample",), -0.1)
    Traceback (most recent call last):
    ...
    wbe.errors.UncertaintyError: flow: spread = -0.1; needed a log-sd above 0. Leave the term out if there is no error.
    """

    name: str
    scope: tuple[str, ...]
    spread: Spread
    at: tuple[str, ...] = ()
    active: xr.DataArray | None = field(default=None)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise UncertaintyError("uncertainty-term-name", came=repr(self.name))
        if isinstance(self.scope, str) or not all(isinstance(c, str) and c for c in self.scope):
            raise UncertaintyError("uncertainty-term-scope", name=self.name, came=repr(self.scope))
        object.__setattr__(self, "scope", tuple(self.scope))
        if len(set(self.scope)) != len(self.scope):
            raise UncertaintyError("uncertainty-scope-twice", name=self.name, came=repr(self.scope))
        object.__setattr__(self, "at", tuple(self.at) or self.scope)
        object.__setattr__(self, "spread", _checked(self.name, self.scope, self.spread))

    def __repr__(self) -> str:
        return f"Term({self.name} by {' x '.join(self.at) or 'run'})"

    @property
    def identity(self) -> tuple[str, tuple[str, ...]]:
        """Name and the coordinates that hold the keys: terms with equal identity merge."""
        return self.name, self.at

    @property
    def log_sd(self) -> float:
        """The spread where it is one number.

        Raises
        ------
        TypeError
            It is an array or a distribution.
        """
        if isinstance(self.spread, int | float | np.number):
            return float(self.spread)
        raise TypeError(f"{self.name}: its spread is {type(self.spread).__name__}, no single number")

    @property
    def by_key(self) -> Mapping[str, Distribution]:
        """The distribution of each value of the coordinate that names them; empty where there is no such mapping."""
        return self.spread if isinstance(self.spread, Mapping) else {}

    @property
    def idle(self) -> bool:
        """Whether the spread is 0 in every cell."""
        spread = self.spread
        return isinstance(spread, xr.DataArray) and isinstance(spread.data, np.ndarray) and not spread.values.any()

    def moved(self, function: Callable[[xr.DataArray], xr.DataArray]) -> Term:
        """Return the term with a function applied to the arrays that it holds, if any."""
        spread = function(self.spread) if isinstance(self.spread, xr.DataArray) else self.spread
        active = None if self.active is None else function(self.active)
        if spread is self.spread and active is self.active:
            return self
        return replace(self, spread=spread, active=active)

    def same_as(self, other: Term) -> bool:
        """Whether the two have the same scope and spread, so that they are one random variable."""
        if self is other:
            return True
        return (
            self.scope == other.scope
            and _same_spread(self.spread, other.spread)
            and _same_spread(self.active, other.active)
        )


def _checked_array(name: str, spread: xr.DataArray) -> xr.DataArray:
    if isinstance(spread.data, np.ndarray):
        values = spread.values
        if not np.isfinite(values).all():
            raise UncertaintyError("uncertainty-spread-not-finite", name=name, count=int((~np.isfinite(values)).sum()))
        if (values < 0).any():
            raise UncertaintyError("uncertainty-spread-negative", name=name, lowest=f"{values.min():.3g}")
    return spread


def _computable(name: str, distribution: Distribution) -> Distribution:
    """Refuse a shape whose mass lies at zero for all practical purposes: its logarithm has no usable density."""
    if not distribution.log_normal and not distribution.log_moments()[1] <= WIDEST:
        raise UncertaintyError(
            "uncertainty-so-wide", name=name, shape=repr(distribution), times=f"{math.exp(WIDEST):.0f}"
        )
    return distribution


def _checked(name: str, scope: tuple[str, ...], spread: Spread) -> Spread:
    if isinstance(spread, Distribution):
        return _computable(name, spread)
    if isinstance(spread, xr.DataArray):
        return _checked_array(name, spread.astype(float))
    if isinstance(spread, Mapping):
        if not scope:
            raise UncertaintyError("uncertainty-mapping-scope", name=name)
        for key, part in spread.items():
            if not isinstance(part, Distribution):
                raise UncertaintyError("uncertainty-mapping-part", name=name, key=key, came=repr(part))
            _computable(f"{name}[{key}]", part)
        if not spread:
            raise UncertaintyError("uncertainty-mapping-empty", name=name)
        return dict(spread)
    if isinstance(spread, bool) or not isinstance(spread, int | float | np.number):
        raise UncertaintyError("uncertainty-spread-kind", name=name, came=repr(spread))
    if not math.isfinite(spread) or spread <= 0:
        raise UncertaintyError("uncertainty-spread", name=name, came=repr(spread))
    return float(spread)


def _same_spread(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if isinstance(a, xr.DataArray) and isinstance(b, xr.DataArray):
        return a.variable is b.variable or bool(a.variable.equals(b.variable))
    if isinstance(a, xr.DataArray) or isinstance(b, xr.DataArray):
        return False
    return bool(a == b)


def placed(term: Term, central: xr.DataArray) -> Term:
    """Return the term as it lies on the data: coordinates checked, spread aligned and stripped of labels.

    Raises
    ------
    UncertaintyError
        A scope coordinate that the data do not have, a spread along a foreign dimension or with other labels,
        a key without distribution.
    """
    missing = [c for c in term.at if c not in central.coords]
    if missing:
        known = ", ".join(str(c) for c in central.coords) or "none"
        raise UncertaintyError("uncertainty-scope-lacking", name=term.name, missing=missing, known=known)
    spread = term.spread
    if isinstance(spread, xr.DataArray):
        spread = _stripped(term.name, spread, central)
    elif isinstance(spread, Mapping):
        naming_coordinate(term, central)
    active = None if term.active is None else _stripped(term.name, term.active, central)
    if spread is term.spread and active is term.active:
        return term
    return replace(term, spread=spread, active=active)


def _stripped(name: str, array: xr.DataArray, central: xr.DataArray) -> xr.DataArray:
    """Check labels once, then keep positions only: later selections move both alike."""
    foreign = [d for d in array.dims if d not in central.dims]
    if foreign:
        raise UncertaintyError(
            "uncertainty-spread-foreign", name=name, foreign=foreign, dims=", ".join(map(str, central.dims))
        )
    for d in array.dims:
        if array.sizes[d] != central.sizes[d]:
            raise UncertaintyError(
                "uncertainty-spread-size", name=name, count=array.sizes[d], dim=d, size=central.sizes[d]
            )
        if d in array.indexes and d in central.indexes and not array.indexes[d].equals(central.indexes[d]):
            raise UncertaintyError("uncertainty-spread-labels", name=name, dim=d)
    return array if not array.coords else array.reset_coords(drop=True).drop_vars(list(array.indexes))


def naming_coordinate(term: Term, central: xr.DataArray) -> str:
    """Return the scope coordinate whose values choose the distribution from the term's mapping.

    Raises
    ------
    UncertaintyError
        The quantity has no such coordinate.
    """
    absent = {}
    for c in term.at:
        values = {str(v) for v in np.unique(np.asarray(central.coords[c].values).astype(str))}
        lacking = sorted(values - {str(k) for k in term.by_key})
        if not lacking:
            return c
        absent[c] = lacking
    if len(term.at) == 1:
        (c,) = term.at
        raise UncertaintyError(
            "uncertainty-no-distribution",
            name=term.name,
            coordinate=c,
            keys=", ".join(absent[c][:5]),
            count=len(absent[c]),
        )
    raise UncertaintyError("uncertainty-no-naming-coordinate", name=term.name, at=term.at, known=list(term.by_key)[:5])


def options(term: Term, central: xr.DataArray) -> tuple[xr.Variable, list[Distribution]]:
    """Return for a term of distributions a code for each cell and the distributions that the codes mean.

    The code lives only on the dimensions that it needs; -1 marks cells that the term does not touch.
    """
    if isinstance(term.spread, Distribution):
        code, choices = xr.Variable((), 0), [term.spread]
    else:
        c = central.coords[naming_coordinate(term, central)]
        table = {str(k): v for k, v in term.by_key.items()}
        labels, inverse = np.unique(np.asarray(c.values).astype(str), return_inverse=True)
        code = xr.Variable(c.dims, inverse.reshape(c.shape))
        choices = [table[str(label)] for label in labels]
    if term.active is not None:
        mask = term.active.variable
        code = code * mask - (1 - mask * 1)
    return code, choices


def key_codes(term: Term, central: xr.DataArray) -> tuple[xr.Variable, list[tuple[Hashable, ...]]]:
    """Return for each cell the number of its key, on the dimensions that the scope needs, and the keys as text."""
    code = xr.Variable((), 0)
    keys: list[tuple[Hashable, ...]] = [()]
    for c in term.at:
        coordinate = central.coords[c]
        labels, inverse = np.unique(_text(coordinate.values), return_inverse=True)
        code = code * len(labels) + xr.Variable(coordinate.dims, inverse.reshape(coordinate.shape))
        used, inverse = np.unique(code.values, return_inverse=True)
        keys = [(*keys[u // len(labels)], str(labels[u % len(labels)])) for u in used]
        code = xr.Variable(code.dims, inverse.reshape(code.shape))
    return code, keys


def _text(values: Any) -> np.ndarray:
    return np.asarray(values).astype(str)


def merged(terms: list[tuple[Term, float]]) -> tuple[tuple[Term, float], ...]:
    """Add up the powers of equal terms, drop those that cancel, and order by name.

    Raises
    ------
    UncertaintyError
        One name with two scopes or two spreads.
    """
    found: dict[tuple[str, tuple[str, ...]], tuple[Term, float]] = {}
    scopes: dict[str, Term] = {}
    for term, power in terms:
        if not math.isfinite(power):
            raise UncertaintyError("uncertainty-power", name=term.name, came=repr(power))
        known = scopes.setdefault(term.name, term)
        if known.scope != term.scope:
            raise UncertaintyError("uncertainty-two-scopes", name=term.name, one=known.scope, other=term.scope)
        if term.identity in found:
            first, before = found[term.identity]
            if not first.same_as(term):
                raise UncertaintyError("uncertainty-two-spreads", name=term.name)
            found[term.identity] = first, before + power
        else:
            found[term.identity] = term, float(power)
    kept = [pair for pair in found.values() if abs(pair[1]) > 1e-12]
    return tuple(sorted(kept, key=lambda pair: pair[0].identity))
