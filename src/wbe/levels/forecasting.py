"""Forecasts that are written down when made, and their scores when the month has come.

A forecast is of the amount that will be measured, with its own error, not of the level behind it. Refuses to score what
was not written down before.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from wbe.answer import Answer, last_month, needed, quantity_of
from wbe.errors import Fault, InputError
from wbe.levels.beliefs import beliefs

__all__ = ["COLUMNS", "alike", "forecasts", "foretold", "months_after", "possible", "scale_of", "scores"]

COLUMNS = ("district", "drug", "quantity", "made", "month", "median", "lower", "upper", "level")
SCORES = ("drug", "n", "inside", "level", "error", "bias_percent", "width")


def forecasts(
    estimate: Answer, *, quantity: str = "normalised_load", ahead: int = 3, level: float = 0.9
) -> pd.DataFrame:
    """Return what is expected to be measured in the months after the last.

    Parameters
    ----------
    estimate : Estimate or Series
    quantity : str
    ahead : int
        Months, 1 to 12.
    level : float
        Probability of each interval.

    Returns
    -------
    DataFrame
        ``district drug quantity made month median lower upper level``; ``made`` is the last month that was known.
        Districts and drugs without an estimate in the last year have no row.

    Raises
    ------
    InputError
        Months or a level that cannot be.

    Examples
    --------
    >>> import wbe
    >>> table = forecasts(wbe.estimate(wbe.testing.small_city(months=6)), ahead=1)
    >>> table["month"].unique().tolist(), bool((table["lower"] < table["upper"]).all())
    (['2021-07'], True)
    """
    needed(estimate, "levels.forecasts")
    quantity_of(estimate, quantity)
    possible(ahead, level)
    series = estimate.series(quantity)
    made = last_month(estimate)
    held = beliefs(estimate, quantity, until=made, ahead=ahead)
    year = str(pd.Period(made, "M") - 11)
    recent = series[(series["status"] == "estimate") & (series["month"] >= year)]
    later = months_after(made, ahead)
    rows = []
    for (district, drug), group in recent.groupby(["district", "drug"], sort=False):
        area = held.areas.index(str(district))
        scale = scale_of(alike(group, *held.step(area)), held.draws(str(drug))[:, area], held.months)
        measured = held.measured(str(drug))[:, area]
        for month in later:
            seen = measured[:, held.months.index(month)]
            if not np.isfinite(seen).all():
                continue
            rows.append((district, drug, quantity, made, month, *foretold(seen, scale, level), level))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def possible(ahead: int, level: float) -> None:
    """Refuse months and a level that cannot be, both at once.

    Raises
    ------
    InputError
    """
    faults = [] if 0 < level < 1 else [Fault("levels-level", came=repr(level))]
    if isinstance(ahead, bool) or not isinstance(ahead, int) or not 1 <= ahead <= 12:
        faults.append(Fault("levels-ahead", came=repr(ahead)))
    if faults:
        raise InputError(faults)


def months_after(made: str, ahead: int) -> list[str]:
    """Return the months that a forecast is of."""
    return [str(pd.Period(made, "M") + i + 1) for i in range(ahead)]


def foretold(seen: np.ndarray, scale: float, level: float) -> tuple[float, float, float]:
    """Return median and bounds of draws of ln, in the amounts' unit."""
    tail = 0.5 - level / 2
    low, middle, high = np.exp(np.quantile(seen, [tail, 0.5, 1 - tail]) + scale)
    return middle, low, high


def alike(group: pd.DataFrame, p_step: float, stepped: str) -> pd.DataFrame:
    """Return the months that are measured as those to come: by the last method, after a step of the laboratory."""
    group = group.sort_values("month")
    if "method_version" in group:
        group = group[group["method_version"].fillna("") == group["method_version"].fillna("").iloc[-1]]
    after = group[group["month"] >= stepped] if p_step >= 0.5 else group
    return after if len(after) else group


def scale_of(group: pd.DataFrame, draws: np.ndarray, months: Sequence[str]) -> float:
    """Return ln of the amounts' unit over the levels': what all months share, a factor or a unit."""
    at = [list(months).index(str(m)) for m in group["month"]]
    return float(np.median(np.log(group["median"].to_numpy(dtype=float)) - np.median(draws[:, at], axis=0)))


def scores(made: pd.DataFrame, estimate: Answer) -> pd.DataFrame:
    """Score forecasts that were written down by what was measured since; nothing is read or kept.

    Parameters
    ----------
    made : DataFrame
        As :func:`forecasts` gives, of one quantity and level.
    estimate : Estimate or Series
        With the months that have come since.

    Returns
    -------
    DataFrame
        By drug, and last of all (``drug`` empty): ``n`` forecasts whose month has come, the share ``inside`` their
        interval, the ``level`` they were given, the binomial ``error`` of that share, ``bias_percent`` (the median of
        measured over forecast) and ``width`` (the mean ratio of upper to lower).

    Raises
    ------
    InputError
        A table that lacks columns, or holds several quantities or levels.

    Examples
    --------
    >>> import wbe
    >>> samples = wbe.testing.small_city(months=7)
    >>> early = wbe.estimate(samples.isel(sample=samples["time"].dt.month.values < 7))
    >>> int(scores(forecasts(early), wbe.estimate(samples))["n"].iloc[-1]) > 0
    True
    """
    needed(estimate, "levels.scores")
    missing = tuple(name for name in COLUMNS if name not in made)
    if missing:
        raise InputError([Fault("levels-no-forecasts", columns=missing)])
    several = tuple(name for name in ("quantity", "level") if made[name].nunique() > 1)
    if several:
        raise InputError([Fault("levels-mixed-forecasts", columns=several)])
    if made.empty:
        return pd.DataFrame(columns=list(SCORES))
    series = estimate.series(quantity_of(estimate, str(made["quantity"].iloc[0])))
    told = series.loc[series["status"] == "estimate", ["district", "drug", "month", "median"]]
    told = told.rename(columns={"median": "measured"})
    both = made[made["month"] > made["made"]].merge(told, on=["district", "drug", "month"])
    level = float(made["level"].iloc[0])
    rows = [(str(drug), *_score(group, level)) for drug, group in both.groupby("drug", sort=False)]
    return pd.DataFrame([*rows, ("", *_score(both, level))], columns=list(SCORES))


def _score(both: pd.DataFrame, level: float) -> tuple[int, float, float, float, float, float]:
    if both.empty:
        return 0, np.nan, level, np.nan, np.nan, np.nan
    inside = ((both["lower"] <= both["measured"]) & (both["measured"] <= both["upper"])).mean()
    off = float(np.median(np.log(both["measured"] / both["median"])))
    error = float(np.sqrt(level * (1 - level) / len(both)))
    width = float((both["upper"] / both["lower"]).mean())
    return len(both), float(inside), level, error, 100 * float(np.expm1(off)), width
