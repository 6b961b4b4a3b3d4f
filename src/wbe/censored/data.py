"""Results as intervals: what a laboratory knows of each concentration, and the named substitutions.

Refuses a zero that poses as a measurement, crossed limits, and guessing an interval where no limit is known.
"""

from __future__ import annotations

import functools
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from wbe import packaged
from wbe.errors import SchemaError, WbeWarning, one_of
from wbe.messages import Note, Words, render
from wbe.samples import Flag

__all__ = ["Censored", "Floats", "intervals", "settings", "substitute", "substituted"]

Floats = NDArray[np.float64]


@functools.cache
def settings() -> dict[str, Any]:
    """Return the packaged choices, priors and substitutions with their sources.

    Examples
    --------
    >>> settings()["choice"]["kaplan_meier_below"]
    0.5
    """
    return packaged.toml("censored.toml")


@dataclass(frozen=True, eq=False)
class Censored:
    """Results of one biomarker as intervals [ng/L or any one unit].

    Parameters
    ----------
    lower, upper : array (n,)
        Equal for a detected value; ``0, LOD`` below the LOD; ``LOD, LOQ`` between the two; ``ULOQ, inf``
        above the upper limit. The upper end is not included.
    without_limit : int
        Results that were censored and had no limit: they tell nothing and are only counted.

    Raises
    ------
    SchemaError
        Every breach in one list: other lengths, NaN, negative or crossed limits, an exact zero.

    Examples
    --------
    >>> data = Censored([20.0, 0.0, 3.0], [20.0, 10.0, 3.0])
    >>> data.n, data.n_censored, round(data.share, 3)
    (3, 1, 0.333)
    """

    lower: Floats
    upper: Floats
    without_limit: int = 0

    def __post_init__(self) -> None:
        lower, upper = (np.asarray(a, dtype=float).copy() for a in (self.lower, self.upper))
        problems = []
        if lower.ndim != 1 or lower.shape != upper.shape:
            shapes = {"lower": str(lower.shape), "upper": str(upper.shape)}
            raise SchemaError("Censored", [Note("censored-shapes", **shapes)])
        if np.isnan(lower).any() or np.isnan(upper).any():
            problems.append(Note("censored-limit-nan"))
        if (lower < 0).any() or np.isinf(lower).any():
            problems.append(Note("censored-lower-limit"))
        if (upper < lower).any():
            problems.append(Note("censored-crossed-limits"))
        if (upper <= 0).any():
            problems.append(Note("censored-zero"))
        if problems:
            raise SchemaError("Censored", problems)
        for name, values in (("lower", lower), ("upper", upper)):
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @classmethod
    def from_flags(cls, value: ArrayLike, censored: ArrayLike) -> Censored:
        """Build from values and a mark for "below this value", the layout of the NADA tables.

        Examples
        --------
        >>> Censored.from_flags([20, 10], [False, True]).lower.tolist()
        [20.0, 0.0]
        """
        upper = np.asarray(value, dtype=float)
        return cls(np.where(np.asarray(censored, dtype=bool), 0.0, upper), upper)

    @classmethod
    def from_samples(cls, ds: xr.Dataset, biomarker: str) -> Censored:
        """Take one biomarker of a Samples dataset; absent results (not run, missing, rejected) stay out.

        Examples
        --------
        >>> from wbe.testing import small_city
        >>> Censored.from_samples(small_city(), "benzoylecgonine").share
        1.0
        """
        one = ds.sel(biomarker=[biomarker])
        lower, upper = (a.values.ravel() for a in intervals(one))
        seen = one["flag"].isin([0, 1, 2, 3]).values.ravel()
        known = ~np.isnan(lower)
        return cls(lower[known], upper[known], without_limit=int((seen & ~known).sum()))

    @property
    def n(self) -> int:
        """Number of results that carry information."""
        return int(self.lower.size)

    @property
    def detected(self) -> NDArray[np.bool_]:
        """Where the value itself is known, shape (n,)."""
        return np.asarray(self.lower == self.upper)

    @property
    def values(self) -> Floats:
        """The detected values, shape (n_detected,)."""
        return self.lower[self.detected]

    @property
    def n_detected(self) -> int:
        """Number of detected values."""
        return int(self.detected.sum())

    @property
    def n_censored(self) -> int:
        """Number of results known only as an interval."""
        return self.n - self.n_detected

    @property
    def share(self) -> float:
        """Share of the results that are censored; NaN without results."""
        return self.n_censored / self.n if self.n else float("nan")

    @property
    def left_only(self) -> bool:
        """Whether every censored result is a plain "below this limit"."""
        return bool((self.detected | (self.lower == 0)).all())

    def scaled(self, by: float) -> Censored:
        """Return the same results in another unit."""
        return Censored(self.lower * by, self.upper * by, self.without_limit)


def intervals(ds: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """Return the interval in which each result lies.

    Parameters
    ----------
    ds : Dataset
        Samples.

    Returns
    -------
    lower, upper : DataArray (sample, biomarker) [ng/L]
        Equal where detected. NaN where the result is absent, or censored without any limit: a non-detect
        takes its LOD, else its LOQ; below the LOQ it takes ``[LOD, LOQ)``, or ``[0, LOQ)`` without a LOD;
        above the upper limit ``[ULOQ, inf)``. A number that a laboratory prints beside a censored result
        is not used.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> low, high = intervals(small_city())
    >>> float(low.sel(biomarker="benzoylecgonine")[0]), float(high.sel(biomarker="benzoylecgonine")[0])
    (0.0, 1.0)
    """
    flag, value = ds["flag"], ds["concentration"].astype(float)
    blank = xr.full_like(value, np.nan)
    lod, loq, uloq = (ds.get(name, blank) for name in ("lod", "loq", "uloq"))
    lod_or_loq = lod.where(lod > 0, loq)
    floor = lod.where((lod > 0) & (lod < loq), 0.0)
    lower, upper = blank, blank
    rows = (
        (Flag.DETECTED, value, value),
        (Flag.BELOW_LOD, blank.fillna(0.0), lod_or_loq),
        (Flag.BELOW_LOQ, floor, loq),
        (Flag.ABOVE_ULOQ, uloq, blank.fillna(np.inf)),
    )
    for state, low, high in rows:
        here = flag == int(state)
        lower, upper = xr.where(here, low, lower), xr.where(here, high, upper)
    known = (upper > 0) & lower.notnull()
    order = ("sample", "biomarker")
    return lower.where(known).transpose(*order), upper.where(known).transpose(*order)


def substitute(data: Censored, rule: str) -> Floats:
    """Replace censored results by a fixed share of their limit: only to repeat what others published.

    Parameters
    ----------
    data : Censored
    rule : str
        ``zero``, ``half``, ``sqrt2`` or ``eu-zero`` (the rows of ``data/censored.toml``).

    Returns
    -------
    array (n,)
        Values in the unit of the data; above the upper limit, that limit.

    Warns
    -----
    WbeWarning
        Always: the substituted number is invented, and the answer moves with it.

    Raises
    ------
    UnknownName
        Unknown rule; the known ones are named.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     substitute(Censored([0.0, 5.0], [2.0, 5.0]), "half").tolist()
    [1.0, 5.0]

    Source: Helsel 2005, Nondetects and Data Analysis.
    """
    values = substituted(data, rule)
    title = settings()["substitution"][rule]["title"]
    warnings.warn(
        render("censored-substituted", {"rule": rule, "title": title, "count": data.n_censored, "n": data.n}),
        WbeWarning,
        stacklevel=2,
    )
    return values


def substituted(data: Censored, rule: str) -> Floats:
    """Return what :func:`substitute` returns, for comparisons that already say that it is a substitution.

    Raises
    ------
    UnknownName
        The rule is not known.
    """
    table = settings()["substitution"]
    row = table[one_of(rule, table, Words("substitution", "替代规则"))]
    finite = np.where(np.isinf(data.upper), data.lower, data.upper)
    filled = row["share_of_limit"] * finite
    if row["keep_lower"]:
        filled = np.maximum(filled, data.lower)
    filled = np.where(np.isinf(data.upper), data.lower, filled)
    return np.where(data.detected, data.lower, filled)
