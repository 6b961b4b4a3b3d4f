"""Shares of the sources of each biomarker, by district and month; every share has an interval, and they sum to one.

Refuses a vertex where tracers cannot tell sources apart: it names them, and their shares stay wide.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from wbe.answer import Answer, month_of
from wbe.errors import need_estimate
from wbe.factors.rules import Listed, tails
from wbe.factors.sources import (
    Leaves,
    Mixture,
    Signature,
    apportion,
    doubt,
    leaves,
    left_alone,
    mixture,
    mixtures,
    own_share,
)
from wbe.messages import Note, Words, join, notes
from wbe.origin.cells import Cell, cells, samples_of
from wbe.uncertainty.inputs import measurement_terms

__all__ = ["COLUMNS", "RESOLVED", "UNRESOLVED", "shares"]

COLUMNS = (
    "district", "month", "drug", "source", "mean", "median", "lower", "upper", "status", "by_parent_alone",
    "n_samples", "note", "note_codes",
)  # fmt: skip
RESOLVED, UNRESOLVED = "resolved", "origin_unresolved"
_OWN = Words("own use", "自身使用")


def shares(
    estimate: Answer,
    *,
    month: str | None = None,
    level: float = 0.95,
    prior: str | None = None,
    signatures: Sequence[Signature] = (),
    seed: int = 20210624,
) -> pd.DataFrame:
    """Return the share of each source in each biomarker that has several.

    Parameters
    ----------
    estimate : Estimate
        Of :func:`wbe.estimate`.
    month : str, optional
        ``YYYY-MM``; by default every month.
    level : float
        Of the intervals.
    prior : str, optional
        Of the mixtures (:func:`wbe.factors.sources.mixture`); by default all, equally weighted.
    signatures : sequence of Signature
        Of one's own, for tracers that the library holds no ratio of.
    seed : int

    Returns
    -------
    DataFrame
        district, month, drug (the biomarker), source, mean, median, lower, upper, status (``resolved`` or
        ``origin_unresolved``), by_parent_alone (how often the parent alone leaves such a ratio), n_samples, note,
        note_codes. Means sum to one within a district, month and biomarker. Where nothing can be reckoned the share
        lies between 0 and 1 and has no median.

    Raises
    ------
    InputError
        Not an estimate, an answer without samples, or a month that is none.
    FactorError
        A level outside (0, 1).

    Examples
    --------
    >>> import wbe
    >>> from wbe.testing import small_city
    >>> city = small_city(districts=1, months=1, biomarkers=("methamphetamine", "amphetamine"))
    >>> table = shares(wbe.estimate(city))
    >>> table["source"].tolist(), round(float(table["mean"].sum()), 9)
    (['amphetamine', 'methamphetamine'], 1.0)
    """
    need_estimate(estimate, "shares")
    tail, _ = tails(level, Words("shares", "份额"))
    samples = samples_of(estimate, "shares")
    wanted = None if month is None else month_of(estimate, month)
    error = math.sqrt(2) * measurement_terms(samples)["analysis"].log_sd
    present = [str(b) for b in samples["biomarker"].values]
    rows: list[dict[str, object]] = []
    for cell in cells(samples):
        if wanted is not None and cell.month != wanted:
            continue
        for biomarker in present:
            key = zlib.crc32(f"{seed}/{cell.district}/{cell.month}/{biomarker}".encode())
            row = leaves(biomarker)
            if biomarker in mixtures():
                rows += _mixed(cell, mixture(biomarker), error, tail, prior, signatures, key)
            elif row is not None:
                rows += _parted(cell, row, error, tail, key)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _parted(cell: Cell, row: Leaves, error: float, tail: float, seed: int) -> list[dict[str, object]]:
    """Own use and parent: the balance of the samples in which the biomarker was detected."""
    total, parent = cell.measured(row.biomarker), cell.measured(row.parent)
    limit = cell.limit(row.parent)
    said: list[Note] = []
    below = np.isfinite(total) & ~np.isfinite(parent) & np.isfinite(limit)
    if below.any():  # at most its limit: the parent explains no more than that
        parent = np.where(below, limit, parent)
        said.append(Note("origin-parent-below", parent=row.parent, count=int(below.sum())))
    both = np.isfinite(total) & np.isfinite(parent) & (total > 0) & (parent > 0)
    if not np.isfinite(total).any():
        return []
    if not row.known or not both.any():
        code = "origin-lead" if not row.known else "origin-parent-not-measured"
        said.append(Note(code, parent=row.parent, reason=row.note))
        return [
            _row(cell, row.biomarker, source, None, tail, UNRESOLVED, math.nan, int(both.sum()), said)
            for source in (row.biomarker, row.parent)
        ]
    ratio, weight = (total / parent)[both], (parent * cell.water())[both]
    alone = left_alone(ratio, weight, row, error)
    own = own_share(ratio, weight, row, error, seed=seed)
    clear = alone <= doubt()
    code = "origin-own-use" if clear else "origin-parent-may-leave"
    said.append(Note(code, biomarker=row.biomarker, parent=row.parent, p=f"{alone:.2g}"))
    status = RESOLVED if clear else UNRESOLVED
    return [
        _row(cell, row.biomarker, source, draws, tail, status, alone, int(both.sum()), said)
        for source, draws in ((row.biomarker, own), (row.parent, 1 - own))
    ]


def _mixed(
    cell: Cell, kind: Mixture, error: float, tail: float, prior: str | None, signatures: Sequence[Signature], seed: int
) -> list[dict[str, object]]:
    """Several sources with tracers: those measured in the samples in which the biomarker was."""
    total = cell.measured(kind.biomarker)
    if not np.isfinite(total).any():
        return []
    water = cell.water()
    seen: dict[str, float] = {}
    hidden: dict[str, float] = {}
    for tracer in dict.fromkeys(s.tracer for s in (*kind.signatures, *signatures)):
        value, limit = cell.measured(tracer), cell.limit(tracer)
        held = np.isfinite(total) & (np.isfinite(value) | np.isfinite(limit))
        if not held.any():
            continue
        filled = np.where(np.isfinite(value), value, limit)
        ratio = float((filled * water)[held].sum() / (total * water)[held].sum())
        (seen if np.isfinite(value[held]).any() else hidden)[tracer] = ratio
    found = apportion(kind, seen, hidden, prior=prior, error=error, seed=seed, signatures=signatures)
    alike = {s for group in found.alike for s in group}
    said = [Note("origin-no-tracer", biomarker=kind.biomarker)] if not (seen or hidden) else []
    said += [Note("origin-alike", sources=Listed(tuple(kind.names[s] for s in group))) for group in found.alike]
    return [
        _row(cell, kind.biomarker, source, found.draws[:, i], tail, UNRESOLVED if source in alike else RESOLVED,
             math.nan, int(np.isfinite(total).sum()), said)
        for i, source in enumerate(kind.sources)
    ]  # fmt: skip


def _row(
    cell: Cell, biomarker: str, source: str, draws: np.ndarray | None, tail: float, status: str, alone: float, n: int,
    said: list[Note],
) -> dict[str, object]:  # fmt: skip
    middle, low, high, mean = math.nan, 0.0, 1.0, math.nan
    if draws is not None:
        low, middle, high = (float(q) for q in np.quantile(draws, [tail, 0.5, 1 - tail]))
        mean = float(draws.mean())
    return {
        "district": cell.district, "month": cell.month, "drug": biomarker, "source": source, "mean": mean,
        "median": middle, "lower": low, "upper": high, "status": status, "by_parent_alone": alone, "n_samples": n,
        "note": join(said), "note_codes": notes(said),
    }  # fmt: skip
