"""Areas of every kind, sites, districts, cities, provinces and all together, and the share of each site in them.

A contained zone is never counted twice, and what lies in two cities is never added up as one. Refuses another kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from scipy import sparse

from wbe import population
from wbe.errors import one_of
from wbe.messages import Words

__all__ = ["KINDS", "ONE_CITY", "Areas", "area_word", "areas", "known_kind"]

KINDS = ("site", "district", "city", "province", "all")
#: what an area is called that nobody named, because the file holds one city only
ONE_CITY = "city"
WHOLE = "all"


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas of one kind.

    Attributes
    ----------
    kind : str
    names : tuple of str
    sites : tuple of str
        In the order of their names.
    share : csr matrix (site, area)
        Share of each site's people that lives in each area.
    spread : csr matrix (site, area)
        Standard deviation of the logarithm of that share, where one was given.
    apart : csr matrix (site, unit), or None
        For areas above the district: the shares in units that lie in no other.
    """

    kind: str
    names: tuple[str, ...]
    sites: tuple[str, ...]
    share: sparse.csr_matrix
    spread: sparse.csr_matrix
    apart: sparse.csr_matrix | None

    def members(self, area: int) -> np.ndarray:
        """Sites with a share in an area."""
        return np.flatnonzero(np.asarray(self.share[:, [area]].todense()).ravel() > 0)


def known_kind(kind: str) -> str:
    """Return a kind of area, or refuse it.

    Raises
    ------
    UnknownName
        Naming the nearest.

    Examples
    --------
    >>> known_kind("province")
    'province'
    """
    return one_of(kind, KINDS, Words("area", "区域层级"))


def area_word(kind: str) -> Words:
    """Return what an area of a kind is called where a name is refused.

    Examples
    --------
    >>> area_word("district").text("en"), area_word("city").text("en")
    ('district', 'area')
    """
    return Words("district", "区县") if kind == "district" else Words("area", "区域")


def areas(ds: xr.Dataset, kind: str) -> Areas:
    """Return the areas of one kind that the samples speak of.

    Parameters
    ----------
    ds : Dataset
        Samples.
    kind : {"site", "district", "city", "province", "all"}

    Raises
    ------
    UnknownName
        Another kind.
    SchemaError
        Catchment weights that count people twice.
    """
    known_kind(kind)
    weights = population.unit_weights(ds)
    order = np.argsort(weights["site"].values.astype(str), kind="stable")
    sites = tuple(str(s) for s in weights["site"].values[order])
    share = weights.to_numpy()[order]
    if kind == "site":
        one = sparse.identity(len(sites), format="csr")
        return Areas(kind, sites, sites, one, _none(one), None)
    if kind == "district":
        term = population.weight_term(ds)
        sd = None if term is None else term.spread.transpose("site", "unit").to_numpy()[order]
        inside = sparse.csr_matrix(share)
        spread = _none(inside) if sd is None else sparse.csr_matrix(np.where(share > 0, sd, 0.0))
        return Areas(kind, tuple(str(u) for u in weights["unit"].values), sites, inside, spread, None)
    top = weights["unit"].to_index().get_indexer(pd.Index(population.non_overlapping(population.units(ds))))
    apart = share[:, top]
    names, at = _above(ds, kind, sites)
    whole = sparse.csr_matrix((apart.sum(axis=1), (np.arange(len(sites)), at)), shape=(len(sites), len(names)))
    whole.eliminate_zeros()
    return Areas(kind, names, sites, whole, _none(whole), sparse.csr_matrix(apart))


def _none(like: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(like.shape)


def _above(ds: xr.Dataset, kind: str, sites: tuple[str, ...]) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of the cities, provinces or of all together, and which of them each site lies in."""
    if kind == "all":
        return (WHOLE,), np.zeros(len(sites), dtype=int)
    given = ds[kind].values.astype(str) if kind in ds.coords else np.full(ds.sizes["sample"], "")
    of = pd.Series(given, index=ds["site"].values.astype(str))
    of = of[~of.index.duplicated()].reindex(list(sites))
    named = sorted({name for name in of if name})
    if len(named) <= 1 and kind == "city":
        return (ONE_CITY,), np.zeros(len(sites), dtype=int)  # a file of one city, whether it names it or not
    names = [*named, *([""] if (of == "").any() else [])]
    return tuple(name or kind for name in names), np.array([names.index(name) for name in of])
