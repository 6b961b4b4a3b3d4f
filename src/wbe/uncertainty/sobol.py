"""Scrambled Sobol draws: evenly spread points for one quantity, where fewer draws must say more.

Refuses quantities with more keys than the sequence has dimensions, and keys that it was not made for.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import xarray as xr
from scipy import special

from wbe.errors import UncertaintyError
from wbe.uncertainty.draws import BLOCK, Stream
from wbe.uncertainty.terms import key_codes
from wbe.uncertainty.uncertain import Uncertain

__all__ = ["MOST_KEYS", "SobolStream"]

MOST_KEYS = 21_201  # dimensions of the direction numbers of Joe and Kuo (2008)


class SobolStream(Stream):
    """Normal vectors from one scrambled Sobol sequence, one dimension for each term and key of a quantity.

    The error of a mean falls almost with 1/n instead of 1/sqrt(n) where few keys carry the spread. In exchange the
    points belong to the quantity as a whole: unlike the counter-based draws, a cell's draws change with the cells that
    it was made with. The order of cells and terms does not matter; keys that carry most variance get the first
    dimensions, which are spread best.

    Parameters
    ----------
    quantity : Uncertain
        Whose keys get a dimension each; selections of it can be drawn with the same stream.
    seed : int
        Of the scrambling.

    Raises
    ------
    UncertaintyError
        More than 21,201 keys.

    Notes
    -----
    Take a power of 2 as the number of draws: other numbers lose the balance.

    Source
    ------
    Owen 1998, DOI 10.1006/jcom.1998.0487 (scrambling); direction numbers of Joe and Kuo 2008, DOI 10.1137/070709359.

    Examples
    --------
    >>> from wbe.uncertainty import Term, weighted_draws
    >>> load = xr.DataArray([10.0, 20.0], dims="site", coords={"site": ["a", "b"]})
    >>> x = Uncertain(load, [(Term("flow", ("site",), 0.1), 1.0)])
    >>> both = xr.DataArray([1.0, 1.0], dims="site")
    >>> total = weighted_draws(x, both, 4096, seed=1, stream=SobolStream(x, seed=1))
    >>> bool(abs(total.mean() - 30 * np.exp(0.005)) < 0.003)     # plain draws: some 0.04 off
    True
    """

    def __init__(self, quantity: Uncertain, seed: int):
        super().__init__(seed)
        self._place = {mark: i for i, mark in enumerate(_marks(quantity))}
        if len(self._place) > MOST_KEYS:
            raise UncertaintyError("uncertainty-sobol-keys", count=len(self._place), most=MOST_KEYS)
        self._seed, self._number, self._points = seed, -1, np.empty((0, 0))
        self._sequence: Any = None

    def normal(self, name: str, key: tuple[Hashable, ...], block: int, out: np.ndarray) -> np.ndarray:
        """Fill ``out`` (at most 8192 long) with the first draws of a block.

        Raises
        ------
        UncertaintyError
            The key was not asked for.
        """
        mark = (name, tuple(map(str, key)))
        if mark not in self._place:
            raise UncertaintyError("uncertainty-sobol-key", name=name, key=key)
        if block != self._number:
            self._points = self._block(block)
        out[:] = self._points[self._place[mark], : out.size]
        return out

    def _block(self, block: int) -> np.ndarray:
        from scipy.stats import qmc

        if self._sequence is None or block < self._number:
            rng = np.random.default_rng(self._seed)
            self._sequence = qmc.Sobol(max(1, len(self._place)), scramble=True, rng=rng)
            if block:
                self._sequence.fast_forward(block * BLOCK)
        elif block > self._number + 1:
            self._sequence.fast_forward((block - self._number - 1) * BLOCK)
        self._number = block
        uniform = np.clip(self._sequence.random(BLOCK), 2**-53, 1 - 2**-53)
        return np.ascontiguousarray(special.ndtri(uniform).T)


def _marks(quantity: Uncertain) -> list[tuple[str, tuple[str, ...]]]:
    """Names and keys of a quantity, those that carry most variance first."""
    carried: dict[tuple[str, tuple[str, ...]], float] = {}
    for term, power in quantity.terms:
        code, keys = key_codes(term, quantity.central)
        each = quantity.log_variance(term, power).variable
        both = xr.broadcast(xr.DataArray(code), xr.DataArray(each), quantity.central.reset_coords(drop=True))
        total = np.bincount(np.ravel(both[0].values), weights=np.ravel(both[1].values), minlength=len(keys))
        for key, variance in zip(keys, total, strict=True):
            mark = (term.name, tuple(map(str, key)))
            carried[mark] = carried.get(mark, 0.0) + float(variance)
    return sorted(carried, key=lambda mark: (-carried[mark], mark))
