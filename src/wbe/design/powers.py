"""What a design of sampling sees: power curves with costs, and the month's best split over plants.

Refuses a width without its cost, and power without the chance of a false alarm that it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from wbe.answer import Answer
from wbe.design.sizes import LAYOUTS, Design, Sizes, costs, settings, sizes_of
from wbe.errors import Fault, InputError, one_of
from wbe.levels.priors import settings as of_levels
from wbe.messages import Words

__all__ = ["power", "split"]

_NORMAL = NormalDist()
TESTS = ("change", "trend")


def power(
    estimate: Answer,
    *,
    drug: str,
    change: float = 2.0,
    test: str = "change",
    days: Sequence[int] = (1, 2, 4, 8),
    replicates: Sequence[int] = (1,),
    markers: Sequence[int] = (0,),
    layout: str = "even",
    months: int = 24,
    sizes: Mapping[str, float] | None = None,
    kind: str | None = None,
    cost: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return how often a change would be seen by each design of sampling, and what it costs.

    Parameters
    ----------
    estimate : Estimate
    drug : str
    change : float
        The true change: of ``test="change"`` the ratio of two months' levels, of ``"trend"`` the ratio by month.
    test : {"change", "trend"}
    days : sequence of int
        Days a month, 1 to 30.
    replicates, markers : sequence of int
        Analyses of each sample; population markers measured in it (then flow and sampling cancel).
    layout : {"even", "random", "consecutive"}
        Which days.
    months : int
        Of a trend, 6 to 120.
    sizes : mapping, optional
        Own coefficients of variation of ``day, sampling, flow, analysis, batch``.
    kind : str, optional
        Of sample; by default that of the file.
    cost : mapping, optional
        Own prices of ``visit, composite, analysis, marker, flow_meter``.

    Returns
    -------
    DataFrame
        ``district days replicates markers layout test change power false half_width cost``: ``power`` to pass
        P(rise) > .95 in the direction of the change, ``false`` to pass it in either direction without one,
        ``half_width`` of the 95 % interval of the ratio in per cent, ``cost`` of one plant and month.

    Raises
    ------
    InputError
        What cannot be sampled, all faults at once.

    Source
    ------
    Humphries et al. 2016, Environ Sci Technol 50:4760 (sampling designs); sizes from the posterior of levels.

    Examples
    --------
    >>> import wbe
    >>> table = power(wbe.estimate(wbe.testing.small_city(months=6)), drug="methamphetamine", days=(1, 8))
    >>> bool(table["power"].iloc[-1] > table["power"].iloc[0])
    True
    """
    one_of(test, TESTS, Words("test", "检验"))
    one_of(layout, LAYOUTS, Words("layout", "采样日安排"))
    faults = [Fault("design-days", field="days", came=repr(n)) for n in days if not _whole(n, 1, 30)]
    faults += [Fault("design-count", field="replicates", came=repr(n)) for n in replicates if not _whole(n, 1, 20)]
    faults += [Fault("design-count", field="markers", came=repr(n)) for n in markers if not _whole(n, 0, 20)]
    faults += [] if _whole(months, 6, 120) else [Fault("design-months", field="months", came=repr(months))]
    faults += [] if change > 0 else [Fault("design-change", field="change", came=repr(change))]
    if faults:
        raise InputError(faults)
    found, price = sizes_of(estimate, drug, sizes, kind), costs(cost)
    rows = []
    for n in days:
        for r in replicates:
            for m in markers:
                design = Design(n, r, m, layout)
                seen, false, half = _seen(found, design, test, float(np.log(change)), months)
                rows += [
                    {"district": d, "days": n, "replicates": r, "markers": m, "layout": layout, "test": test,
                     "change": change, "power": float(p), "false": float(f), "half_width": 100 * float(np.expm1(h)),
                     "cost": design.cost(price)}
                    for d, p, f, h in zip(found.districts, seen, false, half, strict=True)
                ]  # fmt: skip
    return pd.DataFrame(rows)


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(low <= value <= high)


def _seen(
    sizes: Sizes, design: Design, test: str, change: float, months: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return power, chance of a false alarm and half width (of ln), each (district,), averaged over sizes."""
    month = design.error(sizes) + sizes.batch[:, None]
    if test == "change":
        error, prior = 2 * month, sizes.change[:, None] * np.ones_like(month)
    else:
        time = np.arange(months) - (months - 1) / 2
        error = (month + sizes.change[:, None] / 2) / (time @ time)
        prior = np.full_like(month, of_levels("drift")["sd"] ** 2)
    # the posterior shrinks what is observed by prior / (prior + error), and speaks from z of its own sd on
    bound = _NORMAL.inv_cdf(_number("probability")) * np.sqrt(error * (prior + error) / prior)
    root = np.sqrt(error)
    from scipy.special import ndtr

    seen = ndtr((abs(change) - bound) / root).mean(axis=0)
    false = (2 * ndtr(-bound / root)).mean(axis=0)
    half = 1.959964 * np.sqrt(error * prior / (prior + error)).mean(axis=0)
    return seen, false, half


def _number(name: str) -> float:
    found = settings("detect")[name]
    assert isinstance(found, float | int)
    return float(found)


def split(
    estimate: Answer,
    *,
    drug: str,
    visits: int,
    replicates: int = 1,
    sizes: Mapping[str, float] | None = None,
    kind: str | None = None,
) -> pd.DataFrame:
    """Return how a month's visits are best laid over plants, for the city's total to be as sure as can be.

    Parameters
    ----------
    estimate : Estimate
    drug : str
    visits : int
        Of the month, at least one for each district.
    replicates : int
    sizes, kind
        As for :func:`power`.

    Returns
    -------
    DataFrame
        ``district days share cv cv_equal``: days of each district, its share of the load, and the coefficient of
        variation of the city's total by this split and by an equal one.

    Raises
    ------
    InputError
        Fewer visits than the design has to share.

    Source
    ------
    Neyman 1934, doi:10.2307/2342192; days are added one by one where they help most.

    Examples
    --------
    >>> import wbe
    >>> table = split(wbe.estimate(wbe.testing.small_city(months=6)), drug="methamphetamine", visits=9)
    >>> int(table["days"].sum()), bool((table["cv"] <= table["cv_equal"]).all())
    (9, True)
    """
    found = sizes_of(estimate, drug, sizes, kind)
    count = len(found.districts)
    if not _whole(visits, count, 30 * count):
        raise InputError([Fault("design-visits", field="visits", came=repr(visits), least=count, most=30 * count)])
    load = np.exp(found.level - found.level.max())
    share = load / load.sum()
    table = np.stack([Design(n, replicates).error(found).mean(axis=0) for n in range(1, 31)])  # (days - 1, district)
    parts = share**2 * np.expm1(table)
    days = np.ones(count, dtype=int)
    for _ in range(int(visits) - count):
        more = np.minimum(days, 29)
        gain = np.where(days < 30, parts[days - 1, np.arange(count)] - parts[more, np.arange(count)], -1.0)
        days[int(np.argmax(gain))] += 1
    equal = np.full(count, int(visits) // count)
    equal[np.argsort(-share, kind="stable")[: int(visits) - int(equal.sum())]] += 1
    cv, plain = (float(np.sqrt(parts[d - 1, np.arange(count)].sum())) for d in (days, equal))
    return pd.DataFrame({"district": found.districts, "days": days, "share": share, "cv": cv,
                         "cv_equal": max(plain, cv)})  # fmt: skip
