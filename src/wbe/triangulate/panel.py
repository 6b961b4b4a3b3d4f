"""Loads and counts side by side, by district and month, in logs, each with the variance of its own noise.

Refuses nothing: cells without a load or a count stay empty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from wbe.answer import Answer
from wbe.triangulate.counts import Counts
from wbe.triangulate.settings import indicators

__all__ = ["Panel", "of_counts", "of_loads", "tests_of", "within"]

#: the logarithm of what lies anywhere below a limit L with equal chance: mean ln L - 1, variance 1
_BELOW_MEAN, _BELOW_VARIANCE = 1.0, 1.0


@dataclass(frozen=True)
class Panel:
    """Logarithms by (district, month) and the variance of their noise; NaN where nothing is known."""

    districts: tuple[str, ...]
    months: tuple[str, ...]
    value: np.ndarray
    noise: np.ndarray

    def averaged(self, window: int) -> Panel:
        """Return the mean of this and the months before it, as a test sees it that looks back ``window`` months.

        Half of the months must be known.
        """
        if window <= 1:
            return self
        value, noise = np.full_like(self.value, np.nan), np.full_like(self.noise, np.nan)
        for m in range(len(self.months)):
            part = slice(max(0, m - window + 1), m + 1)
            known = np.isfinite(self.value[:, part])
            number = known.sum(axis=1)
            use = 2 * number >= window
            raised = np.where(known, np.exp(np.where(known, self.value[:, part], 0.0)), 0.0)
            total = raised.sum(axis=1)[use]
            value[use, m] = np.log(total / number[use])
            share = raised[use] / total[:, None]
            noise[use, m] = (share**2 * np.where(known, self.noise[:, part], 0.0)[use]).sum(axis=1)
        return Panel(self.districts, self.months, value, noise)


def of_loads(answer: Answer, drug: str, quantity: str) -> Panel:
    """Return the measured loads of one drug: a result below its limit lies anywhere below it.

    Measured loads and no levels: a level borrows from the months beside it, which would smear every lag.
    """
    rows = answer.series(quantity)
    rows = rows[rows["drug"] == drug]
    seen = (rows["status"] == "estimate") & (rows["median"] > 0)
    below = (rows["status"] == "below_limit") & (rows["limit"] > 0)
    limit = np.log(rows["limit"].where(below))
    value = np.log(rows["median"].where(seen)).where(seen, limit - _BELOW_MEAN)
    noise = (rows["log_sd_between"] ** 2).where(seen, np.where(below, _BELOW_VARIANCE, np.nan))
    return _placed(rows.assign(value=value, noise=noise), tuple(answer.districts), tuple(answer.months))


def of_counts(held: Counts, name: str, drug: str, districts: tuple[str, ...], months: tuple[str, ...]) -> Panel:
    """Return one indicator in logs: the share of tests that are positive, a count, or an amount.

    Half a case, or half the smallest amount, is added, so that none is minus infinity. Its own noise is not needed:
    noise in counts can only hide a relation.
    """
    frame = held.frame[(held.frame["indicator"] == name) & held.frame["drug"].isin(("", drug))]
    own = frame[frame["drug"] == drug]
    frame = own if len(own) else frame
    kind = indicators()[name].kind
    number, tests = frame["count"].to_numpy(float), frame["denominator"].to_numpy(float)
    if kind == "share":
        value = np.log((number + 0.5) / (tests + 1))
    elif kind == "count":
        value = np.log(number + 0.5)
    else:
        least = number[number > 0].min() if (number > 0).any() else 1.0
        value = np.log(number + least / 2)
    return _placed(frame.assign(value=value, noise=0.0), districts, months)


def tests_of(held: Counts, name: str, districts: tuple[str, ...], months: tuple[str, ...]) -> Panel | None:
    """Return the number of tests behind positives, which is work of enforcement, or None."""
    frame = held.frame[(held.frame["indicator"] == name) & (held.frame["denominator"] > 0)]
    if frame.empty:
        return None
    frame = frame.drop_duplicates(["district", "month"])
    value = np.log(frame["denominator"].to_numpy(float))
    return _placed(frame.assign(value=value, noise=0.0), districts, months)


def _placed(rows: pd.DataFrame, districts: tuple[str, ...], months: tuple[str, ...]) -> Panel:
    place = pd.Index(districts).get_indexer(pd.Index(rows["district"].astype(str)))
    month = pd.Index(months).get_indexer(pd.Index(rows["month"].astype(str)))
    inside = (place >= 0) & (month >= 0)
    value, noise = (np.full((len(districts), len(months)), np.nan) for _ in range(2))
    value[place[inside], month[inside]] = rows["value"].to_numpy(float)[inside]
    noise[place[inside], month[inside]] = rows["noise"].to_numpy(float)[inside]
    return Panel(districts, months, value, noise)


def within(value: np.ndarray, use: np.ndarray, *, months: bool) -> np.ndarray:
    """Return what is left of (..., district, month) without the districts' means and, if asked, the months'.

    Three sweeps of means suffice where cells are missing; cells outside ``use`` are NaN.
    """
    left: np.ndarray = np.where(use, value, np.nan)
    for _ in range(3 if months else 1):
        left = left - _mean(left, use, -1)
        left = left - _mean(left, use, -2) if months else left
    return left


def _mean(values: np.ndarray, known: np.ndarray, axis: int) -> np.ndarray:
    number = known.sum(axis=axis, keepdims=True)
    total = np.where(known, values, 0.0).sum(axis=axis, keepdims=True)
    found: np.ndarray = total / np.maximum(number, 1)
    return found
