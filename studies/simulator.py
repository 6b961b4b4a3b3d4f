"""Cities whose true daily loads are known, and the monthly files that a laboratory would send of them.

Shares no code with the library's model: true loads of every day and district, weekends, days that persist, batches,
meters, grab samples and composites, analyses, limits. Every error factor has mean one. Refuses to be estimated by what
it was made with: only the public door `wbe.samples.build` is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr

from wbe.samples import build

FIRST = np.datetime64("2021-01-01")
DRUGS = ("methamphetamine", "ketamine", "morphine", "benzoylecgonine", "amphetamine")
CV = {"grab": 0.85, "24h_composite": 0.10}


@dataclass(frozen=True)
class Design:
    """What a simulated city is made of; sizes are coefficients of variation unless said otherwise."""

    months: int = 24
    places: int = 10
    drugs: int = 3
    n: int = 2  # samples a month
    day: float | str = 0.22  # "drawn": by place and drug about the prior of the European weeks
    kind: str = "24h_composite"
    sampling: float = 0.10
    analysis: float = 0.10
    flow: float = 0.05
    batch: float = 0.08
    meter: float = 0.10
    people: float = 0.10
    below: float = 0.0  # share of results below the limit
    persistence: float = 0.0  # of days, lag one
    weekdays_only: bool = False
    weekend: float | str = 0.0  # ln ratio, or "prior"
    heavy: bool = False  # days and errors log-t(4), cut at 4 scales
    walk: float = 0.05  # sd of ln a month, of the city
    deviation: float = 0.12  # sd of ln, of places
    deviation_persistence: float = 0.7
    level: float = 0.6  # sd of ln between places
    season: float = 0.0  # amplitude of ln
    prior: dict[str, tuple[float, float]] = field(default_factory=dict)  # weekend ratio by drug, mean and sd


@dataclass(frozen=True)
class Truth:
    """True mean daily load of each month [g/d], (place, month, drug), true people (place,), names of the months."""

    load: np.ndarray
    people: np.ndarray
    months: tuple[str, ...]
    places: tuple[str, ...]
    drugs: tuple[str, ...]
    meter: np.ndarray  # (place,) ln of what each flow meter reads too much
    batch: np.ndarray  # (month, drug) ln of what each month's batch reads too much


def _log_sd(cv: np.ndarray | float) -> np.ndarray:
    return np.sqrt(np.log1p(np.square(cv)))


def _noise(r: np.random.Generator, sd: np.ndarray | float, shape: tuple[int, ...], heavy: bool) -> np.ndarray:
    """Return log errors whose exponential has mean one."""
    if not heavy:
        return r.normal(0.0, 1.0, shape) * sd - np.square(sd) / 2
    t = np.clip(r.standard_t(4, shape), -4, 4) / np.sqrt(2.0) * np.ones(shape)
    value = t * sd
    ref = np.clip(np.random.default_rng(7).standard_t(4, 200_000), -4, 4) / np.sqrt(2.0)
    grid = np.linspace(0.0, 2.0, 81)
    level = np.array([np.log(np.mean(np.exp(ref * g))) for g in grid])
    return value - np.interp(sd, grid, level)


def _days(design: Design, r: np.random.Generator, month_of_day: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return ln of every day's true load, (place, day, drug)."""
    s, k, t = design.places, design.drugs, len(month_of_day)
    if design.day == "drawn":
        centre = np.log([0.28, 0.26, 0.26, 0.25, 0.20])[:k]
        sd = np.exp(centre + r.normal(0, 0.35) * np.ones(k) + r.normal(0, 0.45, (s, k)))
    else:
        sd = _log_sd(float(design.day)) * np.ones((s, k))
    months = month_of_day.max() + 1
    city = np.cumsum(r.normal(0, design.walk, (months, k)), axis=0)
    season = design.season * np.sin(2 * np.pi * (np.arange(months)[:, None] + r.uniform(0, 12, k)) / 12)
    own = np.empty((s, months, k))
    rho = design.deviation_persistence
    for m in range(months):
        fresh = r.normal(0, design.deviation, (s, k))
        own[:, m] = fresh if m == 0 else rho * own[:, m - 1] + np.sqrt(1 - rho**2) * fresh
    level = r.normal(np.log(5.0), design.level, (s, 1, k)) + city + season + own
    noise = _noise(r, sd[:, None, :], (s, t, k), design.heavy)
    if design.persistence:
        p, white = design.persistence, noise + sd[:, None, :] ** 2 / 2
        for i in range(1, t):
            white[:, i] = p * white[:, i - 1] + np.sqrt(1 - p * p) * white[:, i]
        noise = white - sd[:, None, :] ** 2 / 2
    ratio = np.zeros(k)
    if design.weekend == "prior":
        ratio = np.array([r.normal(*design.prior.get(d, (0.0, 0.2))) for d in DRUGS[:k]])
    elif design.weekend:
        ratio = np.full(k, float(design.weekend))
    free = weekday >= 5
    effect = np.where(free[:, None], ratio, 0.0) - np.log(5 / 7 + 2 / 7 * np.exp(ratio))
    return level[:, month_of_day] + noise + effect


def simulate(design: Design, seed: int) -> tuple[xr.Dataset, Truth]:
    """Return the file of one simulated city, and its truth."""
    r = np.random.default_rng(seed)
    s, k, n = design.places, design.drugs, design.n
    start = np.datetime64(FIRST, "M") + np.arange(design.months + 1)
    days = np.arange(start[0].astype("datetime64[D]"), start[-1].astype("datetime64[D]"))
    month_of_day = (days.astype("datetime64[M]") - start[0]).astype(int)
    weekday = (days.astype(int) + 3) % 7  # 1970-01-01 was a Thursday
    x = _days(design, r, month_of_day, weekday)
    truth = np.stack([np.exp(x[:, month_of_day == m]).mean(axis=1) for m in range(design.months)], axis=1)
    people = np.round(np.exp(r.normal(np.log(2e5), 0.5, s)))
    cells = [(m, n) for _ in range(s) for m in range(design.months)]
    chosen = np.array([_choose(r, month_of_day, weekday, *cell, design) for cell in cells])
    place = np.repeat(np.arange(s), design.months * n)
    day = chosen.reshape(-1)
    month = month_of_day[day]
    batch = _noise(r, _log_sd(design.batch), (design.months, k), False)
    meter = _noise(r, _log_sd(design.meter), (s,), False)
    common = _noise(r, _log_sd(design.sampling), (len(day),), design.heavy)
    common += _noise(r, _log_sd(design.flow), (len(day),), False) + meter[place]
    result = _noise(r, _log_sd(design.analysis), (len(day), k), design.heavy)
    flow = 0.25 * people[place] * np.exp(r.normal(0, 0.1, len(day)))
    conc = np.exp(x[place, day] + batch[month] + common[:, None] + result) * 1e6 / flow[:, None]
    limit = np.quantile(conc, design.below, axis=0) if design.below else np.zeros(k)
    names = np.array([f"district {i:02d}" for i in range(s)])
    ids = [f"s{i:05d}" for i in range(len(day))]
    told = people * np.exp(_noise(r, _log_sd(design.people), (s,), False))
    table = pd.DataFrame({
        "sample": ids, "time": days[day], "site": np.char.add("plant ", names[place]), "district": names[place],
        "sample_type": design.kind, "flow": flow, "population": told[place], "population_basis": "census",
        "batch": start[month].astype(str), "method_version": "A",
    })  # fmt: skip
    below = conc < limit
    results = pd.DataFrame({
        "sample": np.repeat(ids, k), "biomarker": np.tile(DRUGS[:k], len(day)),
        "concentration": np.where(below, np.nan, conc).ravel(), "flag": np.where(below, 2, 0).ravel(),
        "lod": np.tile(np.maximum(limit, 1e-3), len(day)), "loq": np.tile(np.maximum(limit, 1e-3), len(day)),
    })  # fmt: skip
    kept = Truth(truth, people, tuple(start[:-1].astype(str)), tuple(names), DRUGS[:k], meter, batch)
    return build(table, results, title="simulated city", synthetic=True, source="studies/simulator.py"), kept


def _choose(
    r: np.random.Generator, month_of_day: np.ndarray, weekday: np.ndarray, month: int, n: int, design: Design
) -> np.ndarray:
    free = np.flatnonzero((month_of_day == month) & ((weekday < 5) | (not design.weekdays_only)))
    return np.sort(r.choice(free, n, replace=False))
