"""Secondary suppression: which further cells must go so that hidden ones cannot be had from totals.

Refuses nothing by itself; it works on one group of areas that share a known total, as if the total were
published even when it is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["exposed", "feasible", "secondary"]


def feasible(amount: np.ndarray, hidden: np.ndarray, holder: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest amount of each area that agrees with what is shown.

    Parameters
    ----------
    amount : ndarray (..., n)
        Amounts of the areas, all at least 0; leading dimensions are quantities.
    hidden : ndarray of bool (n,)
    holder : sequence of int
        Position of the listed area that an area lies in, or -1. Areas with -1 sum to the known total.

    Returns
    -------
    lower, upper : ndarray (..., n)
        Equal to the amount where it is shown.

    Examples
    --------
    >>> low, high = feasible(np.array([5.0, 3.0, 10.0]), np.array([True, True, False]), [-1, -1, -1])
    >>> low.tolist(), high.tolist()
    ([0.0, 0.0, 10.0], [8.0, 8.0, 10.0])
    """
    inside_of = np.asarray(holder, dtype=int)
    lower, upper = np.where(hidden, 0.0, amount), np.array(amount, dtype=float)
    order = _inner_first(inside_of)
    for i in order:  # what lies inside a hidden area is a floor for it
        if hidden[i]:
            lower[..., i] = lower[..., inside_of == i].sum(axis=-1)
    top = inside_of < 0
    open_ = np.flatnonzero(top & hidden)
    rest = amount[..., open_].sum(axis=-1, keepdims=True)
    floors = lower[..., open_]
    upper[..., open_] = rest - floors.sum(axis=-1, keepdims=True) + floors
    if len(open_) == 1:
        lower[..., open_] = rest
    for i in reversed(order):
        for j in np.flatnonzero((inside_of == i) & hidden):
            upper[..., j] = upper[..., i] - lower[..., inside_of == i].sum(axis=-1) + lower[..., j]
    return lower, upper


def _inner_first(holder: np.ndarray) -> list[int]:
    """Areas that hold others, the innermost first."""

    def depth(i: int) -> int:
        steps = 0
        while holder[i] >= 0:
            i, steps = int(holder[i]), steps + 1
        return steps

    return sorted((int(i) for i in np.unique(holder[holder >= 0])), key=depth, reverse=True)


def exposed(
    amount: np.ndarray, hidden: np.ndarray, own: np.ndarray, holder: Sequence[int], protection: float
) -> np.ndarray:
    """Say which hidden areas can be reckoned too closely.

    Parameters
    ----------
    amount, hidden, holder
        As in :func:`feasible`.
    own : ndarray of bool (n,)
        Hidden for their own sake: for them the range must reach ``protection`` both below and above the truth, and
        its middle must miss it too. For a further one it is enough that the range reaches out on one side.
    protection : float
        Share of the truth.

    Returns
    -------
    ndarray of bool (..., n)
        A hidden amount of 0 is never exposed: there is nothing to find.
    """
    lower, upper = feasible(amount, hidden, holder)
    floor_near = lower > (1 - protection) * amount
    top_near = upper < (1 + protection) * amount
    middle_near = np.abs((lower + upper) / 2 - amount) <= protection * amount
    return hidden & (amount > 0) & np.where(own, floor_near | top_near | middle_near, floor_near & top_near)


def secondary(amounts: np.ndarray, own: np.ndarray, holder: Sequence[int], protection: float) -> np.ndarray:
    """Return the areas to hide, with as few and as small further ones as protect the hidden ones.

    Parameters
    ----------
    amounts : ndarray (n_quantity, n)
        Quantities that follow from each other are hidden together: one further area serves them all.
    own : ndarray of bool (n,)
        Hidden for their own sake.
    holder, protection
        As in :func:`exposed`.

    Returns
    -------
    ndarray of bool (n,)
        Contains ``own``. When nothing more can be hidden, all areas with an amount are.

    Examples
    --------
    >>> users = np.array([[4.0, 30.0, 200.0]])
    >>> secondary(users, np.array([True, False, False]), [-1, -1, -1], 0.2).tolist()
    [True, True, False]
    """
    out = np.array(own, dtype=bool)
    largest = np.maximum(amounts.max(axis=1, keepdims=True), 1e-300)
    size = (amounts / largest).max(axis=0)

    def fails(hidden: np.ndarray) -> bool:
        return bool(exposed(amounts, hidden, own, holder, protection).any())

    while out.any() and fails(out):
        open_ = np.flatnonzero(~out & (size > 0))
        if not len(open_):
            break
        order = open_[np.argsort(size[open_], kind="stable")]
        enough = next((i for i in order if not fails(_with(out, i))), order[-1])
        out = _with(out, enough)
    return out


def _with(hidden: np.ndarray, i: int) -> np.ndarray:
    more = hidden.copy()
    more[i] = True
    return more
