"""The smoothed level of every district and month as a band, with the months to come: what pictures of levels draw.

Refuses to stand in a table of amounts: a band moves when months are added.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wbe.answer import Answer, drug_of, last_month, needed, quantity_of
from wbe.levels.beliefs import beliefs

__all__ = ["bands"]


def bands(
    estimate: Answer, *, drug: str, quantity: str = "normalised_load", ahead: int = 3, level: float = 0.9
) -> pd.DataFrame:
    """Return the level of one drug by district and month, in the unit of the amounts.

    Parameters
    ----------
    estimate : Estimate or Series
    drug, quantity : str
    ahead : int
        Months after the last.
    level : float
        Probability of each band.

    Returns
    -------
    DataFrame
        ``district month median lower upper forecast``; ``attrs`` hold ``p_step`` and ``step_month`` of the laboratory.

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> table = bands(small_loads(months=6), drug="methamphetamine", ahead=1)
    >>> len(table), int(table["forecast"].sum())
    (14, 2)
    """
    needed(estimate, "levels.bands")
    chosen = drug_of(estimate, drug)
    series = estimate.series(quantity_of(estimate, quantity))
    series = series[(series["drug"] == chosen) & (series["status"] == "estimate")]
    made = last_month(estimate)
    held = beliefs(estimate, quantity, until=made, ahead=ahead)
    draws = held.draws(chosen)
    low, middle, high = np.quantile(draws, [0.5 - level / 2, 0.5, 0.5 + level / 2], axis=0)
    rows = []
    for area, district in enumerate(held.areas):
        mine = series[series["district"] == district]
        if mine.empty or not np.isfinite(middle[area]).all():
            continue
        at = [held.months.index(str(m)) for m in mine["month"]]
        scale = float(np.median(np.log(mine["median"].to_numpy(dtype=float)) - middle[area, at]))
        rows += [
            (district, month, *(float(np.exp(x[area, m] + scale)) for x in (middle, low, high)), month > made)
            for m, month in enumerate(held.months)
        ]
    table = pd.DataFrame(rows, columns=["district", "month", "median", "lower", "upper", "forecast"])
    p_step, when = held.step(0) if held.areas else (0.0, "")
    table.attrs = {"p_step": p_step, "step_month": when}
    return table
