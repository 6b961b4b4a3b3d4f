"""Several estimates of one population put together on the log scale, with the test whether they agree.

Refuses an impossible correlation, a zero or missing CV and a non-positive estimate. Hides no conflict:
the between-method variance widens the answer when the methods disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wbe.errors import UncertaintyError


@dataclass(frozen=True)
class Combined:
    """A combined estimate.

    Attributes
    ----------
    median : float
        In the unit of what came.
    se_log : float
        Standard error of its natural log.
    q, df, p_conflict : float, int, float
        Heterogeneity statistic, its degrees of freedom and the chance of a larger one if all agree.
    tau2 : float
        Between-method variance on the log scale, 0 when the methods agree.
    weights : tuple of float
        Powers of the single estimates in the product; they sum to 1.
    """

    median: float
    se_log: float
    q: float
    df: int
    p_conflict: float
    tau2: float
    weights: tuple[float, ...]


def log_sd(cv: float | np.ndarray) -> float | np.ndarray:
    """Return the log-sd of a log-normal with this CV.

    Examples
    --------
    >>> round(float(log_sd(0.10)), 6)
    0.099751
    """
    return np.sqrt(np.log1p(np.square(cv)))


def combine(estimates: Sequence[float], cvs: Sequence[float], correlation: float | np.ndarray = 0.0) -> Combined:
    """Combine estimates by inverse variance on logs, with correlation and between-method variance.

    Parameters
    ----------
    estimates : sequence of float
        Positive, all in one unit.
    cvs : sequence of float
        Their coefficients of variation, above 0.
    correlation : float or (n, n) array
        Of the log errors: one number for every pair, or the whole matrix.

    Returns
    -------
    Combined

    Raises
    ------
    UncertaintyError
        Naming the argument: not positive, unequal lengths, or no possible correlation matrix.

    Notes
    -----
    ``S = D R D`` with D the log-sds; the mean is ``1'S^-1 x / 1'S^-1 1``, Q its weighted sum of squares.
    tau2 is the method-of-moments value (DerSimonian & Laird 1986, 10.1016/0197-2456(86)90046-2) in its
    form for correlated errors: ``max(0, (Q - df) / (tr W - 1'WW1 / 1'W1))`` with ``W = S^-1``. The
    population counts of different methods disagree by 7-55 % (Castiglioni et al. 2013, 10.1021/es302722f),
    which single-method CVs do not contain.

    Examples
    --------
    >>> found = combine([300e3, 260e3, 350e3], [0.10, 0.25, 0.30])
    >>> round(found.median), round(found.se_log, 5), round(found.q, 3)
    (298669, 0.08818, 0.611)
    """
    x, sd, matrix = _checked(estimates, cvs, correlation)
    n = len(x)
    within = matrix * np.outer(sd, sd)
    weight = np.linalg.inv(within)
    total = weight.sum()
    centre = float((weight @ x).sum() / total)
    residual = x - centre
    q = float(residual @ weight @ residual)
    df = n - 1
    scale = float(np.trace(weight) - (weight @ weight).sum() / total)
    tau2 = max(0.0, (q - df) / scale) if df and scale > 0 else 0.0
    if tau2 > 0:
        weight = np.linalg.inv(within + tau2 * np.eye(n))
        total = weight.sum()
        centre = float((weight @ x).sum() / total)
    return Combined(
        median=float(np.exp(centre)),
        se_log=float(np.sqrt(1.0 / total)),
        q=q,
        df=df,
        p_conflict=_chi2_tail(q, df),
        tau2=tau2,
        weights=tuple(float(w) for w in weight.sum(axis=0) / total),
    )


def _checked(
    estimates: Sequence[float], cvs: Sequence[float], correlation: float | np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    values, spread = np.asarray(estimates, float), np.asarray(cvs, float)
    faults = []
    if values.ndim != 1 or values.shape != spread.shape or not len(values):
        faults.append(f"estimates, cvs: got {values.shape} and {spread.shape}; needed two lists of one length.")
    elif not (np.isfinite(values) & (values > 0)).all():
        faults.append(f"estimates: got {values.tolist()}; needed positive numbers.")
    elif not (np.isfinite(spread) & (spread > 0)).all():
        faults.append(f"cvs: got {spread.tolist()}; needed numbers above 0; no method is free of error.")
    if faults:
        raise UncertaintyError("\n".join(faults))
    n = len(values)
    matrix = np.asarray(correlation, float)
    if matrix.ndim == 0:
        matrix = np.full((n, n), float(matrix))
        np.fill_diagonal(matrix, 1.0)
    possible = matrix.shape == (n, n) and np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1.0)
    if not possible or np.linalg.eigvalsh(matrix).min() <= 1e-9:
        raise UncertaintyError(
            f"correlation: got {np.asarray(correlation).tolist()}; needed a positive definite {n} x {n} matrix or "
            "one number between -1/(n-1) and 1. Lower the correlation, or drop one of two equal methods."
        )
    return np.log(values), np.asarray(log_sd(spread)), matrix


def _chi2_tail(q: float, df: int) -> float:
    if df == 0:
        return 1.0
    from scipy.special import chdtrc  # the special function alone: scipy.stats is slow to import

    return float(chdtrc(df, q))
