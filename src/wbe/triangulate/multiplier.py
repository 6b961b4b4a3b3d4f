"""How many people, from lists of aggregates: a benchmark with its coverage, and two lists with their overlap.

Refuses an overlap of nobody, which bounds nothing, and to pass over what both methods assume.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wbe.errors import Fault, InputError
from wbe.messages import Note

__all__ = ["Size", "capture_recapture", "multiplier"]


@dataclass(frozen=True, eq=False)
class Size:
    """A number of people with its interval, and what it rests on.

    Parameters
    ----------
    median, lower, upper : float
        Persons, as aggregates; the interval holds with probability ``level``.
    """

    median: float
    lower: float
    upper: float
    level: float
    _notes: tuple[Note, ...] = field(default=(), repr=False)

    def notes(self) -> list[Note]:
        """Return what the number assumes, as notes."""
        return list(self._notes)

    def against(self, median: float, lower: float, upper: float) -> tuple[float, float, float]:
        """Return this number over another that is independent of it: ratio, lower and upper.

        Both are taken as log-normal about their medians, each side with its own width.

        Parameters
        ----------
        median, lower, upper : float
            Such as a row of ``estimate.table()`` of users, at the same level.

        Raises
        ------
        InputError
            Numbers that are not above 0 in order.

        Examples
        --------
        >>> size = multiplier(300, found=30, asked=100)
        >>> [round(x, 2) for x in size.against(2000, 700, 6000)]
        [0.5, 0.16, 1.5]
        """
        if not 0 < lower <= median <= upper < float("inf"):
            raise InputError([Fault("triangulate-interval", came=f"{median:g} ({lower:g}, {upper:g})")])
        down = np.hypot(np.log(self.median / self.lower), np.log(upper / median))
        up = np.hypot(np.log(self.upper / self.median), np.log(median / lower))
        ratio = self.median / median
        return float(ratio), float(ratio * np.exp(-down)), float(ratio * np.exp(up))

    def __repr__(self) -> str:
        return f"<Size: {self.median:,.0f} ({self.lower:,.0f} to {self.upper:,.0f}, {100 * self.level:g} %)>"


def multiplier(benchmark: float, *, found: int, asked: int, level: float = 0.95) -> Size:
    """Reckon people from a benchmark count and the share of them that a survey finds in it.

    Parameters
    ----------
    benchmark : float
        People on the list, such as those in treatment in a year.
    found, asked : int
        Of ``asked`` people who use, ``found`` say that they are on it.
    level : float
        Probability of the interval.

    Returns
    -------
    Size
        ``benchmark / p`` with p of a Beta law after a Jeffreys prior; never fewer than the list holds.

    Raises
    ------
    InputError
        Counts that cannot be.

    Source
    ------
    Brown, Cai and DasGupta 2001, doi:10.1214/ss/1009213286 (the prior's interval holds what it says).

    Examples
    --------
    >>> multiplier(300, found=30, asked=100)
    <Size: 998 (760 to 1,383, 95 %)>
    """
    faults = [] if 0 < level < 1 else [Fault("triangulate-level", came=f"{level:g}")]
    if not (np.isfinite(benchmark) and benchmark > 0):
        faults.append(Fault("triangulate-benchmark", came=f"{benchmark:g}"))
    if not 0 <= found <= asked or asked < 1:
        faults.append(Fault("triangulate-survey", found=str(found), asked=str(asked)))
    if faults:
        raise InputError(faults)
    from scipy.special import betaincinv

    share = betaincinv(found + 0.5, asked - found + 0.5, [(1 + level) / 2, 0.5, (1 - level) / 2])
    low, middle, high = (float(max(benchmark / s, benchmark)) for s in share)
    return Size(middle, low, high, level, (Note("triangulate-multiplier"),))


def capture_recapture(first: int, second: int, both: int, *, level: float = 0.95) -> Size:
    """Reckon people from two lists and how many stand on both (Chapman's estimator).

    Parameters
    ----------
    first, second, both : int
        People on each list, and on both: numbers only, counted by the office that holds the lists.
    level : float
        Probability of the interval, which is log-normal in the people on neither list.

    Returns
    -------
    Size

    Raises
    ------
    InputError
        An overlap of nobody or above the shorter list, or counts below 1.

    Source
    ------
    Chapman 1951, Univ. Calif. Publ. Stat. 1:131; variance: Seber 1970, Biometrics 26:13; interval: Chao 1987,
    doi:10.2307/2531532.

    Examples
    --------
    >>> found = capture_recapture(200, 150, 30)
    >>> round(found.median, 1)
    978.1
    """
    faults = [] if 0 < level < 1 else [Fault("triangulate-level", came=f"{level:g}")]
    if not 1 <= both <= min(first, second):
        faults.append(Fault("triangulate-overlap", first=str(first), second=str(second), both=str(both)))
    if faults:
        raise InputError(faults)
    from scipy.special import ndtri

    size = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    seen = first + second - both
    unseen = max(size - seen, 0.0)
    spread = np.sqrt(np.log1p(variance / unseen**2)) if unseen > 0 else 0.0
    factor = float(np.exp(ndtri((1 + level) / 2) * spread))
    told = [Note("triangulate-two-lists")]
    told += [Note("triangulate-small-overlap", both=both)] if both < 7 else []
    return Size(size, seen + unseen / factor, seen + unseen * factor, level, tuple(told))
