"""Correlated groups: inputs that are drawn jointly, such as metabolites of one drug, or shares that sum to at most 1.

Refuses correlations that cannot be and shares that sum above 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from wbe.errors import UncertaintyError
from wbe.uncertainty.distributions import Beta
from wbe.uncertainty.terms import Term

__all__ = ["Shares", "correlated_terms"]

_ROUNDING = 1e-12


def correlated_terms(
    group: str, scope: tuple[str, ...], log_sd: Mapping[str, float], correlation: pd.DataFrame | np.ndarray
) -> dict[str, tuple[tuple[Term, float], ...]]:
    """Return, for each member of a group of correlated log-normal inputs, its terms and powers.

    The correlated logs are written as sums of independent standard normals (Cholesky), so that the product engine,
    ratios and draws treat the group exactly: what two members share cancels between them.

    Parameters
    ----------
    group : str
        Name of the group; its latent terms are ``<group>:1``, ``<group>:2``...
    scope : tuple of str
        Scope of the whole group.
    log_sd : mapping of member to float
        Standard deviation of ln(member).
    correlation : DataFrame or array, shape (member, member)
        Correlations of the logs, in the order of ``log_sd`` if an array.

    Returns
    -------
    dict of member to ((Term, power), ...)
        Add them with ``with_term`` or pass them to :class:`Uncertain`.

    Raises
    ------
    UncertaintyError
        Not a correlation matrix, or a spread that is not above 0.

    Examples
    --------
    >>> r = np.array([[1.0, 0.6], [0.6, 1.0]])
    >>> g = correlated_terms("metabolites", ("drug",), {"benzoylecgonine": 0.3, "ecgonine": 0.4}, r)
    >>> [round(power, 3) for _, power in g["ecgonine"]]
    [0.24, 0.32]
    """
    members = list(log_sd)
    if isinstance(correlation, pd.DataFrame):
        absent = [m for m in members if m not in correlation.index or m not in correlation.columns]
        if absent:
            raise UncertaintyError("uncertainty-correlations-lacking", group=group, names=", ".join(map(str, absent)))
        correlation = correlation.loc[members, members].to_numpy()
    r = np.asarray(correlation, dtype=float)
    n = len(members)
    if r.shape != (n, n) or not np.allclose(r, r.T) or not np.allclose(np.diag(r), 1.0):
        raise UncertaintyError("uncertainty-correlation-matrix", group=group, n=n, m=n)
    for member in members:
        if not math.isfinite(log_sd[member]) or log_sd[member] <= 0:
            raise UncertaintyError("uncertainty-group-spread", group=group, member=member, came=repr(log_sd[member]))
    root = _root(r)
    if root is None:
        raise UncertaintyError("uncertainty-correlations-contradict", group=group)
    latent = [Term(f"{group}:{k + 1}", scope, 1.0) for k in range(n)]
    return {
        member: tuple((latent[k], float(log_sd[member] * root[i, k])) for k in range(n) if abs(root[i, k]) > 1e-12)
        for i, member in enumerate(members)
    }


def _root(correlation: np.ndarray) -> np.ndarray | None:
    """Lower triangular root with no negative diagonal; None where there is none.

    By eigenvalues, which stay steady where members move as one and a Cholesky root would divide by rounding errors.
    """
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    if values.min() < -_ROUNDING:
        return None
    _, upper = np.linalg.qr((vectors * np.sqrt(np.maximum(values, 0.0))).T)
    lower = upper.T * np.where(np.diag(upper) < 0, -1.0, 1.0)
    return np.where(np.abs(lower) > math.sqrt(_ROUNDING), lower, 0.0)


@dataclass(frozen=True, init=False)
class Shares:
    """Shares of one whole, drawn jointly from a Dirichlet: routes of use, metabolites of one dose.

    Each share alone is a Beta, exact in the product engine. Two shares of one whole in one product are *not*
    independent, and their joint law is no product of powers: draw them with :meth:`draws`.

    Parameters
    ----------
    means : mapping of name to float
        Positive, summing to at most 1; what is missing to 1 is the unnamed rest.
    concentration : float
        Sum of the Dirichlet's parameters; share k has variance m(1-m)/(concentration + 1).

    Examples
    --------
    >>> s = Shares({"smoked": 0.6, "injected": 0.3}, concentration=50)
    >>> round(s.marginal("smoked").sd(), 4)
    0.0686
    >>> d = s.draws(1000, seed=1, name="routes")
    >>> d.shape, bool((d.sum(axis=1) <= 1).all()), bool(np.corrcoef(d.T)[0, 1] < -0.5)
    ((1000, 2), True, True)
    """

    names: tuple[str, ...]
    means: tuple[float, ...]
    concentration: float

    def __init__(self, means: Mapping[str, float], concentration: float, *, name: str = "Shares"):
        values = tuple(float(v) for v in means.values())
        if not values or not all(math.isfinite(v) and v > 0 for v in values):
            raise UncertaintyError("uncertainty-shares", name=name, came=repr(dict(means)))
        if sum(values) > 1 + 1e-12:
            raise UncertaintyError("uncertainty-shares-sum", name=name, total=f"{sum(values):.4g}")
        if not (math.isfinite(concentration) and concentration > 0):
            raise UncertaintyError("uncertainty-concentration", name=name, came=repr(concentration))
        object.__setattr__(self, "names", tuple(means))
        object.__setattr__(self, "means", values)
        object.__setattr__(self, "concentration", float(concentration))

    def marginal(self, member: str) -> Beta:
        """Return the distribution of one share alone.

        Raises
        ------
        UncertaintyError
            The member is not of the group.
        """
        if member not in self.names:
            raise UncertaintyError("uncertainty-share-unknown", came=repr(member), known=", ".join(self.names))
        mean = self.means[self.names.index(member)]
        return Beta(a=mean * self.concentration, b=(1 - mean) * self.concentration, name=member)

    def draws(self, n: int, seed: int, name: str, key: tuple[str, ...] = ()) -> np.ndarray:
        """Return joint draws, shape (draw, share), in the order of ``names``.

        The same seed, name and key give the same draws; each share's draws are Beta by stick breaking.
        """
        from wbe.uncertainty.draws import scored

        rest = np.ones(n)
        left = 1.0
        out = np.empty((n, len(self.means)))
        for k, mean in enumerate(self.means):
            remainder = (left - mean) * self.concentration
            if remainder <= 1e-9:
                out[:, k] = rest
                break
            stick = Beta(a=mean * self.concentration, b=remainder, name=self.names[k])
            out[:, k] = rest * scored(stick, n, seed, f"{name}:{self.names[k]}", key)
            rest = rest - out[:, k]
            left -= mean
        return out
