"""Forecasts of the whole city's amount, from the same posterior as those of its districts.

Refuses several cities at once, and an edition that protects loads: there the city's line would tell a plant's.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wbe.answer import last_month, needed, quantity_of
from wbe.estimation import Estimate
from wbe.levels.beliefs import beliefs
from wbe.levels.forecasting import COLUMNS, alike, foretold, months_after, possible, scale_of

__all__ = ["city_forecasts"]

YEAR = 12  # months back in which a drug must have a number of the city
TOLD = ("estimate", "incomplete")


def city_forecasts(
    estimate: Estimate, *, quantity: str = "normalised_load", ahead: int = 3, level: float = 0.9
) -> pd.DataFrame:
    """Return what is expected to be measured of the whole city in the months after the last.

    Parameters
    ----------
    estimate : Estimate
    quantity : str
    ahead : int
        Months, 1 to 12.
    level : float
        Probability of each interval.

    Returns
    -------
    DataFrame
        The columns of :func:`wbe.levels.forecasts`, with the city's name in ``district``. Empty for several cities and
        where the policy protects loads.

    Raises
    ------
    InputError
        Months or a level that cannot be.

    Examples
    --------
    >>> import wbe
    >>> table = city_forecasts(wbe.estimate(wbe.testing.small_city(months=6)), ahead=2)
    >>> table.query("drug == 'methamphetamine'")[["district", "month"]].to_numpy().tolist()
    [['city', '2021-07'], ['city', '2021-08']]
    """
    needed(estimate, "levels.city_forecasts")
    quantity_of(estimate, quantity)
    possible(ahead, level)
    none = pd.DataFrame(columns=list(COLUMNS))
    if estimate.policy.minimum_population_load > 0 or len(estimate.areas("city")) != 1:
        return none
    made = last_month(estimate)
    held = beliefs(estimate, quantity, until=made, ahead=ahead)
    if len(held.levels.cities) != 1:
        return none
    city = held.levels.cities[0]
    series = estimate.series(quantity, area="city")
    year = str(pd.Period(made, "M") - (YEAR - 1))
    recent = series[series["status"].isin(TOLD) & (series["month"] >= year) & series["month"].isin(city.months)]
    rows = []
    for (name, drug), group in recent.groupby(["district", "drug"], sort=False):
        biomarker = held.named.get(str(drug), str(drug))
        if biomarker not in city.draws:
            continue
        error = np.nan_to_num(held.errors(0, biomarker))  # a place that was never measured has none
        measured = _whole(city.draws[biomarker] + error)
        scale = scale_of(alike(group, *held.step(0)), _whole(city.draws[biomarker]), city.months)
        for month in months_after(made, ahead):
            seen = measured[:, city.months.index(month)]
            rows.append((str(name), drug, quantity, made, month, *foretold(seen, scale, level), level))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _whole(draws: np.ndarray) -> np.ndarray:
    """Return ln of the sum over places of each draw, (draw, month)."""
    top = float(draws.max())
    return np.asarray(np.log(np.exp(draws - top).sum(axis=1)) + top)
