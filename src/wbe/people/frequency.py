"""How often people use: closed forms of the beta-binomial, for one class of users and for a mix of classes.

Refuses shares that do not sum to 1 and means outside the month. Pure functions, no units inside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wbe.errors import UncertaintyError
from wbe.uncertainty import Distribution

__all__ = ["UseClass", "active_in", "active_share", "daily_share", "mean_daily_amount", "shapes"]


@dataclass(frozen=True)
class UseClass:
    """One class of users.

    Parameters
    ----------
    name : str
    share : float
        Of all who ever use under the scenario; the shares of a scenario sum to 1.
    a, b : float
        Shapes of the beta distribution, between users, of the chance to use on a day.
    amount : Distribution
        Milligrams of pure drug on a day of use: the uncertainty of the class mean, not the spread of people.
    """

    name: str
    share: float
    a: float
    b: float
    amount: Distribution


def shapes(mean_days: float, rho: float, days: int = 30) -> tuple[float, float]:
    """Return the beta shapes for a mean number of use-days and an intraclass correlation.

    Parameters
    ----------
    mean_days : float
        Mean use-days among ``days``, between 0 and ``days``.
    rho : float
        Correlation of two days of one user, between 0 and 1: 0 all users alike, 1 all or nothing.
    days : int

    Raises
    ------
    UncertaintyError
        Either is out of range.

    Examples
    --------
    >>> a, b = shapes(6.0, 0.25)
    >>> round(a, 3), round(b, 3)
    (0.6, 2.4)
    """
    if not 0 < mean_days < days:
        raise UncertaintyError("people-mean-days", came=repr(mean_days), days=days)
    if not 0 < rho < 1:
        raise UncertaintyError("people-rho", came=repr(rho))
    total = 1.0 / rho - 1.0
    mean = mean_days / days
    return mean * total, (1.0 - mean) * total


def daily_share(a: float, b: float) -> float:
    """Share of a class that uses on a given day: the mean of the beta.

    Examples
    --------
    >>> daily_share(1.0, 4.0)
    0.2
    """
    return a / (a + b)


def active_share(a: float, b: float, days: int) -> float:
    """Share of a class that uses at least once in ``days`` days: ``1 - B(a, b + w) / B(a, b)``.

    Raises
    ------
    UncertaintyError
        Fewer days than one.

    Examples
    --------
    >>> round(active_share(1.0, 4.0, 1), 12), round(active_share(1.0, 4.0, 30), 6)
    (0.2, 0.882353)
    """
    if days < 1:
        raise UncertaintyError("people-days", came=repr(days))
    return -math.expm1(_log_beta(a, b + days) - _log_beta(a, b))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def active_in(classes: Sequence[UseClass], days: int) -> float:
    """Share of all users who use at least once in ``days`` days, over the classes.

    Raises
    ------
    UncertaintyError
        The shares of the classes do not sum to 1.
    """
    _whole(classes)
    return sum(c.share * active_share(c.a, c.b, days) for c in classes)


def mean_daily_amount(classes: Sequence[UseClass], amounts: Sequence[float]) -> float:
    """Mean mg per day over all who ever use: ``sum of share x daily share x amount``.

    Raises
    ------
    UncertaintyError
        The shares of the classes do not sum to 1.
    """
    _whole(classes)
    return sum(c.share * daily_share(c.a, c.b) * x for c, x in zip(classes, amounts, strict=True))


def _whole(classes: Sequence[UseClass]) -> None:
    total = sum(c.share for c in classes)
    if abs(total - 1) > 1e-9 or any(c.share <= 0 for c in classes):
        raise UncertaintyError("people-shares", shares=str([c.share for c in classes]), total=float(total))
