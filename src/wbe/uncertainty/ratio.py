"""Ratios of cells of one quantity: what is drawn by the same key on both sides cancels, the rest stays independent.

Refuses selections that do not name their cells one to one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from wbe.errors import UncertaintyError
from wbe.uncertainty.terms import Term
from wbe.uncertainty.uncertain import Uncertain

__all__ = ["ratio"]


def ratio(quantity: Uncertain, a: Mapping[str, object], b: Mapping[str, object]) -> Uncertain:
    """Return ``quantity[a] / quantity[b]`` with equal scope keys cancelled.

    Parameters
    ----------
    quantity : Uncertain
        Any.
    a, b : mapping of coordinate to label
        Cells of the numerator and of the denominator; remaining dimensions are paired by label.

    Returns
    -------
    Uncertain
        On the remaining dimensions; coordinates that hold keys appear as ``<name>_a`` and ``<name>_b``.

    Raises
    ------
    UncertaintyError
        The labels of a dimension differ.

    Examples
    --------
    >>> load = xr.DataArray([10.0, 5.0], dims="district", coords={"district": ["A", "B"]})
    >>> shared, own = Term("excretion", (), 0.4), Term("flow", ("district",), 0.2)
    >>> r = Uncertain(load, [(shared, 1), (own, 1)]).ratio({"district": "A"}, {"district": "B"})
    >>> float(r.central), round(float(r.log_sd()), 4)
    (2.0, 0.2828)
    """
    top, bottom = _pick(quantity, a, "a"), _pick(quantity, b, "b")
    if top.central.sizes != bottom.central.sizes:
        raise UncertaintyError("uncertainty-ratio-cells", a=dict(top.central.sizes), b=dict(bottom.central.sizes))
    over = [d for d in top.central.dims if d in top.central.indexes]
    for d in over:
        if not top.central.indexes[d].equals(bottom.central.indexes[d]):
            raise UncertaintyError("uncertainty-ratio-labels", dim=d)
    terms: list[tuple[Term, float]] = []
    needed: dict[str, xr.Variable] = {}
    # the two sides list the same terms in the same order: both come from one quantity
    for (ta, power), (tb, _) in zip(top.terms, bottom.terms, strict=True):
        differ = _keys_differ(ta, top.central, bottom.central)
        terms += _sides(ta, tb, power, differ)
        for c in ta.at:
            needed[f"{c}_a"] = top.central.coords[c].variable
            needed[f"{c}_b"] = bottom.central.coords[c].variable
    kept = {d: top.central.coords[d] for d in over}
    central = xr.DataArray(top.central.variable / bottom.central.variable, coords=kept)
    used = {c for t, _ in terms for c in t.at}
    coords = {k: v for k, v in needed.items() if k in used}
    return Uncertain(central.assign_coords({k: (v.dims, v.values) for k, v in coords.items()}), terms)


def _pick(quantity: Uncertain, selection: Mapping[str, object], side: str) -> Uncertain:
    central = quantity.central
    positions: dict[Any, np.ndarray] = {}
    own: set[Any] = set()
    for name, label in selection.items():
        if name not in central.coords or central.coords[name].ndim != 1:
            raise UncertaintyError("uncertainty-ratio-no-dimension", side=side, came=repr(name))
        (d,) = central.coords[name].dims
        here = np.asarray(central.coords[name].values).astype(str) == str(label)
        positions[d] = positions.get(d, np.ones(here.shape, dtype=bool)) & here
        own |= {d} if name == d else set()
    index = {}
    for d, mask in positions.items():
        found = np.flatnonzero(mask)
        if found.size == 0:
            raise UncertaintyError("uncertainty-ratio-nothing", side=side, selection=repr(dict(selection)), dim=d)
        if found.size > 1:
            raise UncertaintyError(
                "uncertainty-ratio-several", side=side, selection=repr(dict(selection)), count=found.size, dim=d
            )
        index[str(d)] = int(found[0])
    return quantity.isel(**index)


def _keys_differ(term: Term, a: xr.DataArray, b: xr.DataArray) -> xr.Variable:
    differ = xr.Variable((), False)
    for c in term.at:
        x, y = (side.coords[c].variable.to_base_variable() for side in (a, b))
        differ = differ | xr.Variable(x.dims, np.asarray(x.values).astype(str) != np.asarray(y.values).astype(str))
    return differ


def _sides(ta: Term, tb: Term, power: float, differ: xr.Variable) -> list[tuple[Term, float]]:
    at_a, at_b = (tuple(f"{c}_{side}" for c in ta.at) for side in "ab")
    apart = bool(np.all(differ.values))
    terms = []
    if np.any(differ.values):
        mask = None if apart else xr.DataArray(differ)
        terms += [
            (replace(ta, at=at_a, active=_both(ta.active, mask)), power),
            (replace(tb, at=at_b, active=_both(tb.active, mask)), -power),
        ]
    if not apart and isinstance(ta.spread, xr.DataArray) and isinstance(tb.spread, xr.DataArray):
        # one random variable on both sides with two sizes: the difference of the sizes remains
        left = xr.DataArray(abs(ta.spread.variable - tb.spread.variable) * ~differ)
        if bool((left > 0).any()):
            terms.append((replace(ta, at=at_a, spread=left), power))
    return terms


def _both(a: xr.DataArray | None, b: xr.DataArray | None) -> xr.DataArray | None:
    if a is None or b is None:
        return b if a is None else a
    return xr.DataArray(a.variable & b.variable)
