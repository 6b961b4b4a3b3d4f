"""What a result below a limit counts, and how sure that is: a flat prior on the load, at the laboratory's limit.

Refuses 0 and half the limit: the value follows from the error of the analysis, and is never above the limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from wbe.samples import Flag

__all__ = ["Below", "below_limits", "between", "limit_variance", "where_below"]


@dataclass(frozen=True, eq=False)
class Below:
    """Results below a limit of one biomarker.

    Attributes
    ----------
    hidden : ndarray of bool (sample,)
    lowest : ndarray (sample,)
        Lower end of where the result lies, as a share of its limit: LOD/LOQ where it was seen and not quantified.
    """

    hidden: np.ndarray
    lowest: np.ndarray


def between(lowest: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and relative variance of a load known to lie between a limit and a share of it.

    Parameters
    ----------
    lowest : ndarray
        Lower end as a share of the limit, from 0 up to 1.
    variance : ndarray
        Log variance of the error of one result.

    Returns
    -------
    mean : ndarray
        As a share of the limit: ``min(1, exp(1.5 v) (1 + lowest) / 2)``.
    relative : ndarray
        Variance divided by the square of the (uncapped) mean.

    Notes
    -----
    With a flat prior on the load, a log-normal error of variance v and a result below L, the load has density
    proportional to P(L / error > load): its mean is ``L exp(1.5 v) / 2`` and its mean square ``L^2 exp(4 v) / 3``.

    Examples
    --------
    >>> mean, relative = between(np.array([0.0]), np.array([0.0]))
    >>> float(mean[0]), round(float(relative[0]), 4)                   # a uniform load below its limit
    (0.5, 0.3333)
    """
    a, v = np.asarray(lowest, float), np.asarray(variance, float)
    mean = np.exp(1.5 * v) * (1 + a) / 2
    return np.minimum(mean, 1.0), np.exp(v) * (1 + where_below(a)) - 1


def where_below(lowest: np.ndarray) -> np.ndarray:
    """Return the relative variance of where a load lies between a limit and a share of it, without its error.

    Examples
    --------
    >>> where_below(np.array([0.0, 1.0])).round(4).tolist()
    [0.3333, 0.0]
    """
    a = np.asarray(lowest, float)
    found: np.ndarray = 4 * (1 + a + a * a) / (3 * (1 + a) ** 2) - 1
    return found


def limit_variance(
    group: np.ndarray, weight: np.ndarray, relative: np.ndarray, place: np.ndarray, alone: np.ndarray, n: int
) -> np.ndarray:
    """Variance that results below a limit give the mean of their site and month, shape (group,).

    Parameters
    ----------
    group : ndarray of int (entry,)
        Site and month of each result below a limit.
    weight : ndarray (entry,)
        Its weight times its value.
    relative, place : ndarray (entry,)
        Its relative variance, and the part of it that says where below the limit it lies (:func:`where_below`).
    alone : ndarray of bool (group,)
        Whether nothing was measured there in the month.
    n : int
        Number of groups.

    Notes
    -----
    A place that was never detected in a month lies somewhere below its limit, and all its samples there: that is one
    unknown, however many samples there are, and only their errors average out. Where some were measured these say
    that the place lies about its limit, and each of the others is taken by itself.

    Examples
    --------
    >>> two = np.full(2, 0.5)
    >>> each = limit_variance(np.zeros(2, int), two, 0 * two + 0.4, 0 * two + 0.3, np.array([True]), 1)
    >>> round(float(each[0]), 3)                              # 0.3 + (0.4 - 0.3) / 2
    0.35
    """
    together = alone[group]
    own = weight**2 * np.where(together, relative - place, relative)
    same = np.bincount(group, weights=np.where(together, weight * np.sqrt(place), 0.0), minlength=n)
    found: np.ndarray = np.bincount(group, weights=own, minlength=n) + same**2
    return found


def below_limits(ds: xr.Dataset, biomarker: str) -> Below:
    """Say which results of a biomarker lie below a limit, and from where."""
    part = ds.sel(biomarker=biomarker)
    flag = part["flag"].to_numpy()
    lod, loq = (part[name].to_numpy().astype(float) for name in ("lod", "loq"))
    hidden = (flag == Flag.BELOW_LOD) | (flag == Flag.BELOW_LOQ)
    seen = (flag == Flag.BELOW_LOQ) & (lod > 0) & (lod < loq)
    lowest = np.where(seen, lod / np.where(seen, loq, 1.0), 0.0)
    return Below(hidden, lowest)
