"""Small steps of laying samples and their sources of error over cells, as pure functions on arrays.

Refuses nothing; the engine calls them in order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from scipy import sparse

from wbe.estimation.amounts import Common
from wbe.estimation.cells import Months
from wbe.uncertainty import Term, Uncertain
from wbe.uncertainty.distributions import LogNormal
from wbe.uncertainty.product import Signature
from wbe.uncertainty.terms import options

__all__ = [
    "Named", "by_level", "coded", "drug_terms", "everywhere", "first_of", "joined", "masked", "runs", "sample_shares",
    "squares_together",
]  # fmt: skip

#: name and scope of each shape of a product's shared factors
Named = dict[Any, tuple[str, tuple[str, ...]]]


def first_of(row: np.ndarray) -> np.ndarray:
    """First entry of each sample."""
    return np.flatnonzero(np.r_[True, np.diff(row) > 0])


def squares_together(
    group: np.ndarray, key: np.ndarray, code: np.ndarray, weight: np.ndarray, n_group: int, n_code: int
) -> np.ndarray:
    """Sum of squared weights of what is drawn together, by group and kind, shape (group, kind)."""
    out = np.zeros(n_group * n_code)
    if not len(group):
        return out.reshape(n_group, n_code)
    mark = group * np.int64(key.max() + 1) + key
    order = np.argsort(mark, kind="stable")
    mark, weight = mark[order], weight[order]
    starts = np.flatnonzero(np.r_[True, mark[1:] != mark[:-1]])
    together = np.add.reduceat(weight, starts)
    at = (group[order] * n_code + code[order])[starts]
    return np.bincount(at, weights=together**2, minlength=len(out)).reshape(n_group, n_code)


def sample_shares(
    months: Months, values: np.ndarray, top: np.ndarray, means: dict[str, np.ndarray], at: np.ndarray,
    group: np.ndarray, pair_share: np.ndarray, filled: np.ndarray, n: int,
) -> sparse.csr_matrix:  # fmt: skip
    """Share of every sample in every cell."""

    def inside(v: np.ndarray, mean: np.ndarray) -> sparse.csr_matrix:
        with np.errstate(divide="ignore"):
            scale = np.where(mean > 0, 1.0 / np.where(mean > 0, mean, 1.0), 0.0)
        return (sparse.diags(scale) @ months.matrix @ sparse.diags(v)).tocsr()

    n_group = months.matrix.shape[0]
    seen = sparse.csr_matrix((pair_share * (1 - filled), (at, group)), shape=(n, n_group))
    found = seen @ inside(values, means["value"])
    if filled.any():
        bound = sparse.csr_matrix((pair_share * filled, (at, group)), shape=(n, n_group))
        found = found + bound @ inside(top, means["limit"])
    found.eliminate_zeros()
    found.sort_indices()
    return found


def by_level(scaled: sparse.csr_matrix, code: np.ndarray, n: int) -> sparse.csr_matrix:
    found = sparse.csr_matrix((scaled.data, code[scaled.indices], scaled.indptr), shape=(scaled.shape[0], n))
    found.sum_duplicates()
    return found


def coded(coordinate: xr.DataArray, order: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    labels, code = np.unique(np.asarray(coordinate.values).astype(str)[order], return_inverse=True)
    return code.ravel(), tuple(str(x) for x in labels)


def runs(term: Term, central: xr.DataArray) -> bool:
    """Whether a term of distributions has more than one level among the samples."""
    return any(central.coords[c].ndim for c in term.at) or term.active is not None


def drug_terms(
    terms: list[tuple[Term, float]] | tuple[tuple[Term, float], ...], central: xr.DataArray
) -> tuple[Signature, list[tuple[str, tuple[str, ...], float, str]], Named]:
    """Split terms of one level into shapes that are not log-normal, and log-sds of those that are."""
    shapes: list[tuple[Any, float]] = []
    normal: list[tuple[str, tuple[str, ...], float, str]] = []
    named: Named = {}
    for term, power in terms:
        key = "\x1f".join(str(central.coords[c].values) for c in term.at)
        if isinstance(term.spread, float):
            normal.append((term.name, term.scope, power * term.spread, key))
            continue
        if isinstance(term.spread, xr.DataArray):
            normal.append((term.name, term.scope, power * float(term.spread), key))
            continue
        code, choices = options(term, central)
        shape = choices[int(code.values)]
        if isinstance(shape, LogNormal):
            normal.append((term.name, term.scope, power * shape.log_sd, key))
        else:
            shapes.append((shape, power))
            named[shape] = (term.name, term.scope)
    return tuple(sorted(shapes, key=repr)), normal, named


def joined(a: Signature, b: Signature) -> Signature:
    return tuple(sorted((*a, *b), key=repr))


def everywhere(name: str, scope: tuple[str, ...], sd: float, key: str, n: int) -> Common:
    return Common(name, scope, sparse.csr_matrix(np.full((n, 1), sd)), (key,))


def masked(whole: Uncertain, used: np.ndarray, place: np.ndarray) -> Uncertain:
    """Keep the samples that a later step could use; ``place`` leads back to the order of the file."""
    mask = xr.DataArray(used[place], dims="sample")
    return Uncertain(whole.central.where(mask), whole.terms)
