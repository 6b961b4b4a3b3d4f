"""The cheapest list of improvements that brings an interval to a width.

Refuses to promise a width that no improvement of an office reaches, and says what holds it up.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from wbe.answer import Answer, drug_of, last_month
from wbe.design.sizes import costs, settings, spread
from wbe.errors import Fault, InputError
from wbe.estimation import Estimate
from wbe.levels.beliefs import PER_HEAD

__all__ = ["reach"]

COLUMNS = ("step", "improvement", "value", "half_width", "cost", "reached", "holds_up")
#: which sources each improvement makes smaller
OF = {"days": ("day", "sampling", "flow", "analysis", "limit"), "replicates": ("analysis",),
      "markers": ("sampling", "flow", "flow_meter", "population"), "flow_meter": ("flow_meter",)}  # fmt: skip


def reach(
    estimate: Answer,
    width: float,
    *,
    district: str,
    drug: str,
    month: str | None = None,
    quantity: str = "mass_load",
    cost: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return the cheapest list of improvements that brings a cell's interval to a half width.

    Parameters
    ----------
    estimate : Estimate
    width : float
        Half width wanted of the 95 % interval, as a share of the number: .3 is plus or minus some 30 %.
    district, drug : str
    month : str, optional
        By default the last.
    quantity : str
        One of the five quantities.
    cost : mapping, optional
        Own prices of ``visit, composite, analysis, marker, flow_meter``.

    Returns
    -------
    DataFrame
        One row for each improvement in the order in which they gain most for their cost: ``improvement`` (days a
        month, analyses of a sample, population markers, a check of the flow meter) with its ``value``, the
        ``half_width`` after it and the ``cost`` of a month up to it; step 0 is as it is. ``reached`` says whether the
        whole list brings the width; where none does it holds what can be done, and ``holds_up`` names the largest
        source that is left.

    Raises
    ------
    InputError
        A width that is none, published loads, or a cell without a number.

    Examples
    --------
    >>> import wbe
    >>> table = reach(wbe.estimate(wbe.testing.small_city()), 0.5, district="天元区", drug="methamphetamine")
    >>> bool(table["half_width"].is_monotonic_decreasing), int(table["step"].iloc[0])
    (True, 0)
    """
    if not isinstance(estimate, Estimate):
        raise InputError([Fault("design-no-samples")])
    if isinstance(width, bool) or not 0 < width < 10:
        raise InputError([Fault("design-width", field="width", came=repr(width))])
    chosen = drug_of(estimate, drug)
    when = last_month(estimate) if month is None else month
    budget = estimate.budget(district, when, chosen, quantity)
    variance = {str(s): float(v) ** 2 for s, v in zip(budget["source"], budget["log_sd"], strict=True)}
    series = estimate.series(quantity)
    row = series[(series["district"] == district) & (series["drug"] == chosen) & (series["month"] == when)].iloc[0]
    price, have = costs(cost), {"days": max(int(row["n_samples"]), 1), "replicates": 1, "markers": 0, "flow_meter": 0}
    plans = [dict(zip(have, plan, strict=True)) for plan in itertools.product(*_choices(have, quantity).values())]
    told = [(_half(variance, have, plan), _price(plan, price), plan) for plan in plans]
    enough = [entry for entry in told if entry[0] <= width]
    best = min(enough or told, key=lambda e: (e[1], e[0]) if enough else (e[0], e[1]))
    rows = _steps(variance, have, best[2], price)
    left = _after(variance, have, best[2])
    table = pd.DataFrame(rows).assign(reached=bool(enough), holds_up="" if enough else max(left, key=lambda s: left[s]))
    return table[list(COLUMNS)]


def _choices(have: Mapping[str, int], quantity: str) -> dict[str, list[int]]:
    """Return what may be chosen of each improvement: as it is, or more; markers count people, and so no load."""
    told = settings("improve")
    found = {}
    for name in ("days", "replicates", "markers"):
        more = told[name]
        assert isinstance(more, list)
        found[name] = sorted({have[name], *(int(str(v)) for v in more if int(str(v)) > have[name])})
    found["flow_meter"] = [0, 1]
    return found if quantity in PER_HEAD else found | {"markers": [have["markers"]]}


def _after(variance: Mapping[str, float], have: Mapping[str, int], plan: Mapping[str, int]) -> dict[str, float]:
    """Return the log variance of each source under a plan."""
    left, marker = settings("improve")["flow_meter"], settings("marker")["cv"]
    assert isinstance(left, float)
    assert isinstance(marker, float)
    found = dict(variance)
    n, had = min(plan["days"], 30), min(have["days"], 30)
    fewer = spread(n) / spread(had) if spread(had) > 0 else 1.0
    for name in OF["days"]:
        if name in found:
            found[name] *= fewer if name == "day" else had / plan["days"]
    if "analysis" in found:
        found["analysis"] *= have["replicates"] / plan["replicates"]
    if plan["flow_meter"] and "flow_meter" in found:
        found["flow_meter"] *= left**2
    if plan["markers"] > have["markers"]:
        for name in OF["markers"]:
            found.pop(name, None)
        found["marker"] = float(np.log1p(marker**2)) / plan["markers"]
    return found


def _half(variance: Mapping[str, float], have: Mapping[str, int], plan: Mapping[str, int]) -> float:
    return float(np.expm1(1.959964 * np.sqrt(sum(_after(variance, have, plan).values()))))


def _price(plan: Mapping[str, int], price: Mapping[str, float]) -> float:
    each = (
        price["visit"] + price["composite"] + plan["replicates"] * price["analysis"] + plan["markers"] * price["marker"]
    )
    return plan["days"] * each + plan["flow_meter"] * price["flow_meter"] / 12


def _steps(
    variance: Mapping[str, float], have: Mapping[str, int], plan: Mapping[str, int], price: Mapping[str, float]
) -> list[dict[str, object]]:
    """Return the improvements of a plan, the one that gains most for its cost first."""
    now = dict(have)
    rows: list[dict[str, object]] = [
        {"step": 0, "improvement": "", "value": 0, "half_width": _half(variance, have, now), "cost": _price(now, price)}
    ]
    todo = [name for name in plan if plan[name] != have[name]]
    while todo:

        def gain(name: str) -> float:
            then = now | {name: plan[name]}
            more = max(_price(then, price) - _price(now, price), 1e-9)
            return (_half(variance, have, now) - _half(variance, have, then)) / more

        first = max(todo, key=gain)
        todo.remove(first)
        now[first] = plan[first]
        rows.append({"step": len(rows), "improvement": first, "value": plan[first],
                     "half_width": _half(variance, have, now), "cost": _price(now, price)})  # fmt: skip
    return rows
