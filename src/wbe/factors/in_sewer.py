"""Times of travel that differ within a catchment, and solids that differ between samples, in closed form.

Refuses spreads and solids that cannot be.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import expm, fractional_matrix_power

from wbe.factors.refusals import refuse
from wbe.factors.rules import rules

__all__ = ["partition", "sent", "share_on_solids"]


def sent(matrix: np.ndarray, hours: float, spread: float = 0.0) -> np.ndarray:
    """Return what takes the moles at the sampler back to those that left the houses.

    Parameters
    ----------
    matrix : ndarray (n, n)
        Of first-order reactions [1/h], see :func:`wbe.factors.transformation.network`.
    hours : float
        Mean time of travel.
    spread : float
        Coefficient of variation of the times of travel within one catchment: near and far households arrive together.

    Returns
    -------
    ndarray (n, n)

    Raises
    ------
    FactorError
        A spread that is no finite number of 0 or more.

    Notes
    -----
    With gamma-distributed times of mean T and coefficient of variation c the mean of ``exp(M t)`` is
    ``(1 - M T c^2)^(-1 / c^2)``: what survives is more than after T alone, since the near ones lose little.

    Examples
    --------
    >>> half = np.array([[-math.log(2) / 6]])
    >>> round(1 / float(sent(half, 6.0)[0, 0]), 3), round(1 / float(sent(half, 6.0, 1.0)[0, 0]), 3)
    (0.5, 0.591)
    """
    if not 0 <= spread < math.inf:
        refuse("factors-hours-spread", came=repr(spread))
    if spread == 0:
        return np.asarray(expm(-matrix * hours))
    square = spread * spread
    return np.asarray(np.real(fractional_matrix_power(np.eye(len(matrix)) - matrix * hours * square, 1 / square)))


def partition(share: float | np.ndarray) -> np.ndarray:
    """Return the partition coefficient [L/kg] behind a published share on solids, at the solids of ordinary sewage.

    Examples
    --------
    >>> round(float(partition(0.2)))                         # a fifth, at 0.25 g/L
    1000
    """
    f = np.asarray(share, dtype=float)
    usual = float(rules()["sewer"]["solids"]) * 1e-6  # kg/L
    return np.asarray(f / (1 - f) / usual)


def share_on_solids(kd: float | np.ndarray, solids: float | np.ndarray) -> np.ndarray:
    """Return the share of a biomarker that sits on suspended solids: ``Kd TSS / (1 + Kd TSS)``.

    Parameters
    ----------
    kd : float or ndarray
        Partition coefficient [L/kg].
    solids : float or ndarray
        Suspended solids of the sample [mg/L].

    Raises
    ------
    FactorError
        Solids below 0.

    Examples
    --------
    >>> share_on_solids(1000.0, np.array([0.0, 250.0, 1000.0])).round(2).tolist()
    [0.0, 0.2, 0.5]
    """
    tss = np.asarray(solids, dtype=float)
    if (tss < 0).any():
        refuse("factors-solids", came=repr(float(np.nanmin(tss))))
    x = np.asarray(kd, dtype=float) * tss * 1e-6
    return np.asarray(x / (1 + x))
