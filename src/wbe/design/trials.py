"""Assessment rules on trial: whom they punish by chance, what they miss, and whether they would name the same again.

Results judge offices. Refuses to call a rule fair or unfair; it says how often it is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd

from wbe.answer import Answer
from wbe.design.sizes import DAYS, Sizes, settings, sizes_of
from wbe.errors import Fault, InputError, one_of
from wbe.messages import Words

__all__ = ["RULES", "Rule", "trial"]

#: values (simulation, district, month) -> whether each district is named by the last month, (simulation, district)
Rule: TypeAlias = Callable[[np.ndarray], np.ndarray]
#: a user's rule: a table of district, month, value -> the districts that it names
OfTable: TypeAlias = Callable[[pd.DataFrame], Iterable[str]]
YEAR = 12
THREE = 3


def above_last_year(values: np.ndarray) -> np.ndarray:
    """Name who lies 20 % above the same month of last year."""
    return np.asarray(values[:, :, -1] > 1.2 * values[:, :, -1 - YEAR])


def last_three(values: np.ndarray) -> np.ndarray:
    """Name the three whose month has grown most on last year: there are always three."""
    growth = values[:, :, -1] / values[:, :, -1 - YEAR]
    return np.asarray(growth >= np.sort(growth, axis=1)[:, [-min(THREE, growth.shape[1])]])


def three_above_mean(values: np.ndarray) -> np.ndarray:
    """Name who lies above the mean of the year before in each of the last three months."""
    mean = values[:, :, -THREE - YEAR : -THREE].mean(axis=2, keepdims=True)
    return np.asarray((values[:, :, -THREE:] > mean).all(axis=2))


def sure(values: np.ndarray) -> np.ndarray:
    """Name whom three months put above the same three of last year by more than chance gives once in a hundred.

    Chance is what the district's own months show: the spread of ln of months of the year before about their mean, and
    what moves all districts alike is taken out first, since it is the laboratory or the weather before it is a place.
    """
    logs = np.log(values)
    logs = logs - np.median(logs, axis=1, keepdims=True)
    late = logs[:, :, -THREE:].mean(axis=2) - logs[:, :, -THREE - YEAR : -YEAR].mean(axis=2)
    past = logs[:, :, :-THREE]
    spread = past.var(axis=2, ddof=1).mean(axis=1, keepdims=True)  # of all districts together: few months tell little
    return np.asarray(late > 2.326 * np.sqrt(2 * spread / THREE))


#: rules by name; the last is the one that this library proposes
RULES: dict[str, Rule] = {
    "above_last_year": above_last_year, "last_three": last_three, "three_above_mean": three_above_mean, "sure": sure,
}  # fmt: skip


def trial(
    estimate: Answer,
    rule: str | OfTable | None = None,
    *,
    drug: str,
    days: int = 1,
    kind: str | None = None,
    change: float = 2.0,
    districts: int | None = None,
    simulations: int = 2000,
    sizes: Mapping[str, float] | None = None,
    seed: int = 20210624,
) -> pd.DataFrame:
    """Return how often a rule of assessment punishes a district without change, and how often it misses a real one.

    Two years of months are simulated from the city's own sizes of error: the level of each district stays as it is, and
    what is measured moves by days, samples, analyses and batches; then one district's level changes for good three
    months before the end.

    Parameters
    ----------
    estimate : Estimate
    rule : str or callable, optional
        A name of :data:`RULES`, or a function of a table ``district, month, value`` that returns the districts that it
        names; by default all of :data:`RULES`.
    drug : str
    days : int
        Days sampled a month.
    kind : str, optional
        Of sample, such as ``"grab"``; by default that of the file.
    change : float
        The real change that is to be seen.
    districts : int, optional
        How many, by default those of the estimate.
    simulations : int
        At least 100; a function of a table is asked at most 400 times.
    sizes : mapping, optional
        Own coefficients of variation of ``day, sampling, flow, analysis, batch``.
    seed : int

    Returns
    -------
    DataFrame
        One row for each rule: ``rule``; ``punished``, the chance of one district without change to be named; ``any``,
        of any of them; ``missed``, of the changed district not to be named; ``again``, of a named district without
        change to be named a month later as well; ``error``, the Monte Carlo error of ``punished``; ``simulations``.

    Raises
    ------
    UnknownName
        No such rule, drug, kind or size.
    InputError
        Numbers that cannot be.

    Examples
    --------
    >>> import wbe
    >>> estimate = wbe.estimate(wbe.testing.small_city(months=6))
    >>> table = trial(estimate, drug="methamphetamine", simulations=200).set_index("rule")
    >>> bool(table.loc["sure", "punished"] < table.loc["above_last_year", "punished"])
    True
    """
    faults = [] if 1 <= int(days) <= DAYS else [Fault("design-days", field="days", came=repr(days))]
    faults += [] if change > 0 else [Fault("design-change", field="change", came=repr(change))]
    if isinstance(simulations, bool) or simulations < 100:
        faults.append(Fault("design-simulations", field="simulations", came=repr(simulations)))
    if faults:
        raise InputError(faults)
    if isinstance(rule, str):
        one_of(rule, RULES, Words("rule", "规则"))
    found = sizes_of(estimate, drug, sizes, kind)
    names = found.districts if districts is None else tuple(f"{i + 1}" for i in range(districts))
    chosen: dict[str, Rule] = (
        dict(RULES) if rule is None else {rule: RULES[rule]} if isinstance(rule, str)
        else {getattr(rule, "__name__", "rule"): _of_table(rule, names)}
    )  # fmt: skip
    count = min(simulations, 400) if callable(rule) else simulations
    values = simulated(found, len(names), 2 * YEAR + 1 + THREE, int(days), count, seed)
    changed = values.copy()
    changed[:, 0, -1 - THREE :] *= change
    rows = []
    for name, judge in chosen.items():
        now, later = judge(values[:, :, :-1]), judge(values)
        raised = judge(changed[:, :, :-1])
        by_simulation = now.mean(axis=1)
        rows.append({
            "rule": name, "punished": float(now.mean()), "any": float(now.any(axis=1).mean()),
            "missed": float(1 - raised[:, 0].mean()),
            "again": float(later[now].mean()) if now.any() else float("nan"),
            "error": float(by_simulation.std(ddof=1) / np.sqrt(count)), "simulations": count,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _of_table(rule: OfTable, names: tuple[str, ...]) -> Rule:
    """Return a rule of arrays from a rule of a table."""

    def judge(values: np.ndarray) -> np.ndarray:
        months = pd.period_range(end="2021-12", periods=values.shape[2], freq="M").astype(str)
        keys = pd.DataFrame({"district": np.repeat(names, len(months)), "month": list(months) * len(names)})
        named = [set(map(str, rule(keys.assign(value=one.ravel())))) for one in values]
        return np.array([[name in some for name in names] for some in named])

    return judge


def simulated(sizes: Sizes, districts: int, months: int, days: int, count: int, seed: int) -> np.ndarray:
    """Return measured months of districts whose level stays as it is, (simulation, district, month).

    Errors have mean one; the days of a month follow each other, and the month keeps its share of their variance.
    """
    rng = np.random.default_rng(seed)
    node = rng.integers(len(sizes.flow), size=count)
    place = np.arange(districts) % len(sizes.districts)
    whole = sizes.day / (1 - sizes.hold)[:, None]
    within, kept_ = sizes.day[node][:, place], (whole - sizes.day)[node][:, place]
    shape = (count, districts, months, days)

    def error(variance: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
        wide = variance.reshape(variance.shape + (1,) * (len(size) - variance.ndim))
        return np.asarray(rng.standard_normal(size) * np.sqrt(wide) - wide / 2)

    day = error(within, shape) if days == 1 else _days(rng, within, shape)
    logs = day + error(kept_, (*shape[:-1], 1))
    logs += error(sizes.sampling[node], shape) + error(sizes.flow[node], shape) + error(sizes.analysis[node], shape)
    logs += error(sizes.batch[node], (count, 1, months, 1))
    level = sizes.level[place]
    return np.asarray(np.exp(level[:, None] + logs.transpose(3, 0, 1, 2)).mean(axis=0))


def _days(rng: np.random.Generator, variance: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return errors of evenly spaced days whose correlation falls with the days between them."""
    rho = settings("days")["correlation"]
    assert isinstance(rho, float)
    at = ((np.arange(shape[-1]) + 0.5) * DAYS / shape[-1]).astype(int)
    root = np.linalg.cholesky(rho ** np.abs(at[:, None] - at[None, :]).astype(float))
    wide = variance[:, :, None, None]
    return np.asarray((rng.standard_normal(shape) @ root.T) * np.sqrt(wide) - wide / 2)
