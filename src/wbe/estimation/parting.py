"""Amounts of a drug freed of what another drug leaves of its biomarker, sample by sample.

Refuses to claim use where the other drug alone leaves such a ratio too often: such a cell keeps its bound alone.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from wbe.estimation.amounts import Amount
from wbe.estimation.chain import usable_concentration
from wbe.factors.parting import alone, explained, strata
from wbe.factors.sources import Leaves, doubt, leaves
from wbe.messages import Note
from wbe.uncertainty.inputs import measurement_terms

if TYPE_CHECKING:
    from wbe.estimation.engine import Engine

__all__ = ["Parting", "open_cells", "parted", "parting_notes"]

#: values of equal weight that stand for the share of a cell
_VALUES = 8
#: samples that are drawn together
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Parting:
    """What a parent leaves in cells of one amount.

    Attributes
    ----------
    row : Leaves
    open : ndarray of bool (n,)
        Whether the parent alone may leave all of it: the amount is then a bound.
    share, lower, upper : ndarray (n,)
        Share of the biomarker that the parent does not explain; 1 where nothing was taken off.
    alone : ndarray (n,)
        How often the parent alone leaves such a ratio.
    variance : ndarray (n,)
        Of ln(share).
    """

    row: Leaves
    open: np.ndarray
    share: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    alone: np.ndarray
    variance: np.ndarray


def open_cells(amount: Amount) -> np.ndarray:
    """Which cells have a bound and no number, since a parent may leave all of it; shape (n,)."""
    return np.zeros(len(amount.cell), dtype=bool) if amount.parting is None else amount.parting.open


def parted(engine: Engine, biomarker: str, amount: Amount) -> Amount:
    """Take off what a parent leaves of the biomarker behind an amount of a drug.

    Parameters
    ----------
    engine : Engine
    biomarker : str
    amount : Amount
        Before; cells of non-detects stay bounds.

    Returns
    -------
    Amount
        Values times the mean share, the share's spread among the errors of each cell by itself.
    """
    row = leaves(biomarker)
    if row is None or not row.own or not len(amount.cell):
        return amount
    # factors do not enter: what was drawn for a load serves all its quantities and every profile
    rows = amount.rows
    digest = hashlib.blake2b(digest_size=16)
    for part in (amount.cell, amount.hidden, rows.indptr, rows.indices, rows.data):
        digest.update(np.ascontiguousarray(part).tobytes())
    key = ("parting", biomarker, digest.digest())
    told, logs = engine.once(key, lambda: _shares(engine, biomarker, row, amount))
    if logs is None:
        return replace(amount, parting=told)
    share = told.share
    nodes = len(amount.weight)

    def each(values: np.ndarray) -> np.ndarray:
        return np.repeat(np.broadcast_to(values, (nodes, values.shape[-1])), _VALUES, axis=0)

    return replace(
        amount, value=amount.value * share, limit=amount.limit * share, zero=amount.zero * share,
        parts={k: each(v) for k, v in amount.parts.items()}, own=each(amount.own), batch=each(amount.batch),
        shift=amount.shift + np.tile(logs, (nodes, 1)), weight=np.repeat(amount.weight, _VALUES) / _VALUES,
        parting=told,
    )  # fmt: skip


def _shares(engine: Engine, biomarker: str, row: Leaves, amount: Amount) -> tuple[Parting, np.ndarray | None]:
    """What a parent leaves in cells, and logs of values that stand for each share, (value, n), if any is sure."""
    ratio, error, keys = engine.once(("ratio", biomarker), lambda: _ratios(engine, row))
    level, n = engine.level, len(amount.cell)
    p = np.where(amount.hidden, 0.0, alone(amount.rows, ratio, row, error))
    unsure = p > doubt()
    share, low, high, variance = np.ones(n), np.ones(n), np.ones(n), np.zeros(n)
    clear = np.flatnonzero(~amount.hidden & ~unsure)
    told = Parting(row, unsure, share, low, high, p, variance)
    if not len(clear):
        return told, None
    rows = amount.rows[clear]
    own = np.maximum(_own(rows, ratio, row, error, keys) / np.asarray(rows.sum(axis=1)), 1e-9)
    few = strata(own, _VALUES)
    share[clear] = few.mean(axis=1)
    low[clear], high[clear] = np.quantile(own, [(1 - level) / 2, (1 + level) / 2], axis=1)
    variance[clear] = np.log(few).var(axis=1)
    logs = np.zeros((_VALUES, n))
    for i, cell in enumerate(clear):  # each cell in an order of its own: what one sample left says nothing of others
        logs[:, cell] = np.random.default_rng(int(amount.cell[cell])).permutation(np.log(few[i] / share[cell]))
    return told, logs


def _own(rows: sparse.csr_matrix, ratio: np.ndarray, row: Leaves, error: float, keys: np.ndarray) -> np.ndarray:
    """Draws of what the parent does not explain of cells, (cell, draw), some samples at a time: a year of a nation
    would not fit."""
    used = np.unique(rows.indices)
    total = np.zeros((rows.shape[0], 1))
    for start in range(0, len(used), _BLOCK):
        block = used[start : start + _BLOCK]
        left = explained(ratio[block], row, error, keys=keys[block])
        total = total + np.asarray(rows[:, block] @ (1 - left))
    return total


def _ratios(engine: Engine, row: Leaves) -> tuple[np.ndarray, float, np.ndarray]:
    """Biomarker over parent in each sample (NaN: parent not measured), its error, and a seed for each sample.

    A parent below its limit explains no more than at its limit.
    """
    ds = engine.ds
    error = math.sqrt(2) * measurement_terms(ds)["analysis"].log_sd
    keys = np.array([zlib.crc32(f"{row.biomarker}/{s}".encode()) for s in ds["sample"].values.astype(str)])
    if row.parent not in engine.biomarkers:
        return np.full(len(keys), np.nan), error, keys
    held = usable_concentration(ds.sel(biomarker=[row.biomarker, row.parent])).to_numpy()
    mean, _ = engine.counted(row.biomarker, engine.chain.quantity["normalised_load"][row.biomarker])
    top = np.where(engine.below(row.biomarker).hidden, held[:, 0] * mean, held[:, 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = top / held[:, 1]
    return np.where(np.isfinite(ratio) & (held[:, 1] > 0), ratio, np.nan), error, keys


def parting_notes(amount: Amount, position: int) -> list[Note]:
    """Say beside a number what was taken off, or why nothing could be claimed."""
    found = amount.parting
    if found is None or amount.hidden[position]:
        return []
    parent = found.row.parent
    if found.open[position]:
        chance = f"{100 * found.alone[position]:.2g}"
        return [Note("estimation-parent-may-leave", parent=parent), Note("estimation-parent-chance", chance=chance)]
    share = {k: f"{v[position]:.0%}" for k, v in (("share", found.share), ("low", found.lower), ("high", found.upper))}
    return [Note("estimation-parent-left", parent=parent), Note("estimation-own-share", **share)]
