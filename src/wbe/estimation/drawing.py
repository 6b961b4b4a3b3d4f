"""Draws of cells of one kind of area that agree with its table; equal keys give equal draws everywhere.

Draws of districts are not added up to a city: each kind of area has its own. Refuses nothing.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from wbe.estimation.amounts import Amount
from wbe.estimation.engine import SHARED_BY_DRUGS
from wbe.uncertainty import Term, Uncertain
from wbe.uncertainty.draws import BLOCK, Stream

__all__ = ["drawn"]


def drawn(amount: Amount, chosen: np.ndarray, biomarker: str, groups: list[str], n: int, seed: int) -> np.ndarray:
    """Draw the truth behind some cells together.

    Parameters
    ----------
    amount : Amount
    chosen : ndarray of int (m,)
        Positions among its cells.
    biomarker : str
        Part of the key of what belongs to one biomarker.
    groups : list of str
        Key of every site and month.
    n, seed : int

    Returns
    -------
    ndarray (n, m)
    """
    stream = Stream(seed)
    node = _nodes(amount.weight, stream, n)
    log = np.zeros((n, len(chosen)))
    centre, _ = amount.local()
    log += centre[:, chosen][node]
    keep = np.isin(amount.pair_cell, chosen)
    place = np.full(len(amount.cell), -1)
    place[chosen] = np.arange(len(chosen))
    log += _own(amount, keep, place, biomarker, groups, node, stream, n)
    for term in amount.common:
        part = term.load[chosen]
        size = np.sqrt(amount.batch[:, chosen]) if term.learnt else None
        for level in np.unique(part.indices):
            load = np.asarray(part[:, [level]].todense()).ravel()
            z = _normal(stream, term.name, (term.keys[level],), n)[:, None]
            at = np.flatnonzero(load)
            log[:, at] += z * load[at] * (1.0 if size is None else size[:, at][node])
    for shape, power in amount.signature:
        one = Uncertain(xr.DataArray(1.0), [(Term(f"factor {shape!r}", (), shape), power)])
        log += np.log(one.draws(n, seed).to_numpy())[:, None]
    return amount.value[chosen] * np.exp(log)


def _own(
    amount: Amount, keep: np.ndarray, place: np.ndarray, biomarker: str, groups: list[str], node: np.ndarray,
    stream: Stream, n: int,
) -> np.ndarray:  # fmt: skip
    """Own errors, by site and month: the part that a sample's biomarkers share, and the biomarker's."""
    total = np.asarray(sum(amount.parts.values()))
    shared = np.asarray(sum(v for k, v in amount.parts.items() if k in SHARED_BY_DRUGS)) * np.ones_like(total)
    size = np.log1p(total)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, shared / np.where(total > 0, total, 1.0), 0.0)
    n_cell = len(amount.cell)
    square = np.stack([
        np.bincount(amount.pair_cell, weights=amount.pair_share**2 * s, minlength=n_cell)
        for s in size[:, amount.pair_group]
    ])  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(square > 0, np.sqrt(amount.own / np.where(square > 0, square, 1.0)), 0.0)
    out = np.zeros((n, int(place.max()) + 1))
    for group in np.unique(amount.pair_group[keep]):
        pairs = np.flatnonzero(keep & (amount.pair_group == group))
        both = [_normal(stream, name, (groups[group],), n) for name in ("own, shared by drugs", f"own, {biomarker}")]
        w = share[:, group][node]
        z = np.sqrt(w) * both[0] + np.sqrt(1 - w) * both[1]
        sd = np.sqrt(size[:, group])[node]
        for pair in pairs:
            cell = amount.pair_cell[pair]
            out[:, place[cell]] += amount.pair_share[pair] * scale[:, cell][node] * sd * z
    return out


def _nodes(weight: np.ndarray, stream: Stream, n: int) -> np.ndarray:
    """Which size of error each draw takes: the same for all cells."""
    from scipy.special import ndtr

    uniform = ndtr(_normal(stream, "size of error", (), n))
    return np.minimum(np.searchsorted(np.cumsum(weight), uniform), len(weight) - 1)


def _normal(stream: Stream, name: str, key: tuple[str, ...], n: int) -> np.ndarray:
    z = np.empty(n)
    for block, start in enumerate(range(0, n, BLOCK)):
        part = z[start : start + BLOCK]
        part[:] = stream.normal(name, key, block, part)
    return z
