"""Checks of numbers against each other: water, ammonium and drug per head, rain, salinity and warmth of the sewage.

Refuses to call a drug too high by what it should be: only by what people could take, or by the place's own history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from wbe.quality.view import Findings, View, at_cells, at_samples

__all__ = ["check_plausibility", "litres_per_head"]

Rules = Mapping[str, Mapping[str, Any]]
Array = npt.NDArray[np.float64]


def check_plausibility(view: View, rules: Rules) -> Iterator[Findings]:
    """Yield the findings of every check of numbers against each other."""
    yield from _water(view, rules)
    yield from _one_from_the_other(view, rules["flow_from_population"])
    yield from _ammonium(view, rules["ammonium_per_head"])
    yield from _sewage(view, rules)
    yield from _levels(view, rules)


def litres_per_head(view: View) -> Array:
    """Return the water behind each inhabitant [L/d]; NaN where flow or population is missing or not positive."""
    known = (view.population > 0) & (view.flow > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        litres: Array = np.where(known, 1000.0 * view.flow / view.population, np.nan)
    return litres


def _outside(values: Array, rule: Mapping[str, Any]) -> npt.NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        out: npt.NDArray[np.bool_] = (values < rule["smallest"]) | (values > rule["largest"])
    return out


def _water(view: View, rules: Rules) -> Iterator[Findings]:
    litres = litres_per_head(view)
    never = _outside(litres, rules["water_impossible"])
    for code, mask in (
        ("water_impossible", never), ("water_per_inhabitant", _outside(litres, rules["water_per_inhabitant"]) & ~never)
    ):  # fmt: skip
        at = np.flatnonzero(mask)
        yield at_samples(code, at, litres=litres[at])


def _one_from_the_other(view: View, rule: Mapping[str, Any]) -> Iterator[Findings]:
    """The very same water per head at different sizes: flow or population was reckoned from the other."""
    litres = litres_per_head(view)
    rows = np.flatnonzero(np.isfinite(litres))
    if rows.size < rule["least_samples"] or np.unique(view.flow[rows]).size < rule["least_different"]:
        return
    low, high = litres[rows].min(), litres[rows].max()
    if high - low <= rule["tolerance"] * high:
        yield at_samples("flow_from_population", rows[:1], litres=float(np.median(litres[rows])), count=int(rows.size))


def _ammonium(view: View, rule: Mapping[str, Any]) -> Iterator[Findings]:
    grams = view.numbers("ammonium_nitrogen") * litres_per_head(view) / 1000.0  # mg/L x L = mg
    at = np.flatnonzero(_outside(grams, rule))
    yield at_samples("ammonium_per_head", at, grams=grams[at])


def _sewage(view: View, rules: Rules) -> Iterator[Findings]:
    """Salinity and warmth against the site's own usual, and days on which rain diluted."""
    rule, salinity = rules["conductivity_outlier"], view.numbers("conductivity")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = salinity / view.usual(salinity, salinity > 0, rule["least_samples"])
        at = np.flatnonzero((np.maximum(ratio, 1 / ratio) > rule["largest_ratio"]) & (salinity >= 0))
    yield at_samples("conductivity_outlier", at, conductivity=salinity[at], ratio=ratio[at])
    rule, warmth = rules["temperature_outlier"], view.numbers("temperature")
    usual = view.usual(warmth, np.isfinite(warmth), rule["least_samples"])
    with np.errstate(invalid="ignore"):
        far = np.abs(warmth - usual) > rule["largest_difference"]
    at = np.flatnonzero(_outside(warmth, rule) | far)
    yield at_samples("temperature_outlier", at, temperature=warmth[at])
    dry = (view.flow > 0) & ~(view.rain > 0)
    with np.errstate(invalid="ignore"):
        ratio = view.flow / view.usual(view.flow, dry, rules["wet_weather_flow"]["least_samples"])
        at = np.flatnonzero((view.rain > 0) & (ratio > rules["wet_weather_flow"]["largest_ratio"]))
    yield at_samples("wet_weather_flow", at, ratio=ratio[at], rain=view.rain[at])


def _levels(view: View, rules: Rules) -> Iterator[Findings]:
    """Levels that nobody could have made: above a dose for everybody, or far above the place's own history."""
    rule = rules["level_above_population"]
    litres = litres_per_head(view)
    heads = np.where(_outside(litres, rules["water_impossible"]), np.nan, litres)[:, None]  # then the flow is to blame
    milligrams = np.where(view.detected, view.value * heads * 1e-6, np.nan)  # ng/L x L = ng
    largest = np.array([rule["doses"].get(b, rule["other_dose"]) for b in view.biomarkers], dtype=float)
    largest[[b in rule["not_taken"] for b in view.biomarkers]] = np.inf
    with np.errstate(invalid="ignore"):
        over = milligrams > largest
    if over.any():
        others = pd.DataFrame(np.where(over, np.nan, milligrams)).median().to_numpy(float)
        slip = _slip(milligrams / np.where(others > 0, others, milligrams / rule["likeliest_slip"]))
        yield at_cells("level_above_population", over, per_head=milligrams, dose=np.broadcast_to(largest, over.shape),
                       slip=slip)  # fmt: skip
    rule = rules["level_above_history"]
    value = pd.DataFrame(np.where(view.detected & (view.value > 0), view.value, np.nan))
    site = value.groupby(view.site)
    usual, count = site.transform("median").to_numpy(float), site.transform("count").to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = value.to_numpy(float) / usual
        far = (ratio > rule["largest_ratio"]) & (count > rule["least_samples"]) & ~over
    yield at_cells("level_above_history", far, ratio=ratio, usual=usual, value=view.value, slip=_slip(ratio))


def _slip(ratio: Array) -> Array:
    """The power of ten that a ratio is nearest to, at least ten."""
    with np.errstate(divide="ignore", invalid="ignore"):
        power: Array = 10.0 ** np.maximum(np.round(np.log10(ratio)), 1.0)
    return power
