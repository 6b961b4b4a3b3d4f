"""Levels: one posterior of log load for places, months and drugs, from which changes, ranks and trends are read.

Refuses to stand for what was measured: amounts are sums that a calculator reproduces, levels are for judgement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import Fault, InputError, need_samples
from wbe.levels.cells import City, Drug, cities
from wbe.levels.drawing import drawn
from wbe.levels.fitting import Fitted
from wbe.levels.forecasting import forecasts, scores
from wbe.levels.jumps import jumps
from wbe.levels.loads import city_of_loads, sizes_of_loads
from wbe.levels.model import frame
from wbe.levels.of_city import city_forecasts
from wbe.levels.posterior import CityLevels, Levels
from wbe.levels.priors import Sizes, sizes
from wbe.levels.steps import Steps, search
from wbe.levels.trending import slopes_of
from wbe.variability.nodes import hashed
from wbe.variability.priors import checked, known_terms

__all__ = ["CityLevels", "Levels", "city_forecasts", "fit", "fit_loads", "forecasts", "scores"]


def fit(
    samples: xr.Dataset,
    cvs: Mapping[str, float] | None = None,
    *,
    until: str | None = None,
    ahead: int = 0,
    draws: int = 600,
    seed: int = 20210624,
) -> Levels:
    """Fit the model of levels to Samples of one or several cities.

    Parameters
    ----------
    samples : Dataset
        Valid Samples; dims (sample, biomarker).
    cvs : mapping, optional
        A user's own sizes of error, as for :func:`wbe.variability.learn`.
    until : str, optional
        A month ``YYYY-MM``: later samples are not used.
    ahead : int
        Months after the last sample of each city to forecast, 0 to 12; see :meth:`Levels.forecast`.
    draws : int
        Draws from the posterior, at least 100.
    seed : int
        Equal seeds give equal draws.

    Returns
    -------
    Levels

    Raises
    ------
    InputError
        What is no Samples dataset, fewer than 100 draws, an ``until`` that is no month, an ``ahead`` outside 0 to 12,
        or a size that cannot be.
    UnknownName
        A size of error that does not exist.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> levels = fit(small_city(months=6), draws=200)
    >>> levels.city().draws["methamphetamine"].shape
    (200, 3, 6)
    """
    need_samples(samples, "levels.fit")
    faults = []
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 100:
        faults.append(Fault("levels-draws", came=repr(draws)))
    if isinstance(ahead, bool) or not isinstance(ahead, int | np.integer) or not 0 <= ahead <= 12:
        faults.append(Fault("levels-ahead", came=repr(ahead)))
    if until is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(until)):
        faults.append(Fault("levels-month", came=repr(until)))
    if faults:
        raise InputError(faults)
    held = cities(samples, None if until is None else np.datetime64(until, "M"), int(ahead))
    kinds = held[0].kinds if held else ()
    labs = held[0].laboratories if held else ()
    names = sorted(samples["biomarker"].values.astype(str).tolist())
    own = checked(cvs, known_terms(kinds, names, labs))
    return Levels(
        tuple(_city(city, lambda c, d: sizes(c, d, own), int(draws), int(seed)) for city in held), tuple(names)
    )


def fit_loads(
    loads: pd.DataFrame, *, until: str | None = None, ahead: int = 0, draws: int = 600, seed: int = 20210624
) -> Levels:
    """Fit the model of levels to loads with known errors, as :meth:`wbe.answer.Series.series` gives them.

    Parameters
    ----------
    loads : DataFrame
        ``district month drug median log_sd_within status limit``, and ``df, method_version`` where known.
    until : str, optional
        A month ``YYYY-MM``: later loads are not used.
    ahead : int
        Months after the last to forecast.
    draws, seed : int

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> fit_loads(small_loads().series(), draws=200).city().places
    ('天元区', '荷塘区')
    """
    city = city_of_loads(loads, until, ahead)
    return Levels((_city(city, sizes_of_loads, draws, seed),), tuple(d.biomarker for d in city.drugs))


def _city(city: City, sized: Callable[[City, Drug], Sizes], draws: int, seed: int) -> CityLevels:
    usable = [drug for drug in city.drugs if drug.observed.any() and (drug.count > 0).any()]
    keys = ["\x1f".join((*city.name, drug.biomarker)) for drug in usable]
    frames = [frame(city, drug, sized(city, drug)) for drug in usable]
    steps = search(frames, keys, city.laboratory)
    found, slope, weight = {}, {}, {}
    for number, (drug, key) in enumerate(zip(usable, keys, strict=True)):
        found[drug.biomarker] = _mixed(steps, number, draws, key, seed)
        slope[drug.biomarker] = _slope(steps, number)
        part = slice(0, steps.fits[number].frame.sizes.shared)
        weight[drug.biomarker] = float(np.mean(steps.fits[number].spread[part] ** 2))
    months = tuple(city.months.astype(str).tolist())
    observed = {drug.biomarker: drug.observed for drug in usable}
    for values in (*found.values(), *observed.values()):
        values.setflags(write=False)
    labs = tuple(city.laboratories[i] for i in np.unique(city.laboratory)) if len(city.laboratory) else ("",)
    return CityLevels(city.name, city.places, months, found, observed, slope, labs, weight, steps)


def _mixed(steps: Steps, number: int, draws: int, key: str, seed: int) -> np.ndarray:
    """Return draws over whether and when the laboratory stepped, and over real jumps."""
    share = round(steps.any * draws)
    real = round(steps.real[number] * (draws - share))
    parts = [_jumped(steps.fits[number], draws - share - real, key, seed, city=False)] if share + real < draws else []
    if real:
        parts.append(_jumped(replace(steps.stepped[number], step=None), real, f"{key}\x1freal", seed, city=True))
    if share:
        likely = steps.likely[:3]
        chance = np.array([steps.chance[at] for at in likely])
        counts = np.floor(share * chance / chance.sum()).astype(int)
        counts[0] += share - counts.sum()
        for at, count in zip(likely, counts, strict=True):
            if count:
                stepped = replace(steps.stepped[number], step=steps.told(*at))
                parts.append(_jumped(stepped, int(count), f"{key}\x1fstep {at[1]} {at[0] or ''}", seed, city=False))
    return np.concatenate(parts)


def _jumped(fit: Fitted, draws: int, key: str, seed: int, *, city: bool) -> np.ndarray:
    rng = np.random.default_rng([seed, int(hashed([f"{key}\x1fjumps"])[0])])
    return jumps(fit, city=city).laid(drawn(fit, draws, key, seed), rng)


def _slope(steps: Steps, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return slopes with the likeliest of: no step, or the step at its likeliest month."""
    found = slopes_of(*steps.likeliest(number))
    return found.mean, found.sd
