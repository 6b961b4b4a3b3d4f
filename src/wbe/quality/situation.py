"""Checks of where, when and how a sample was taken: flow, people, sample type, dates.

Refuses to judge a flow by others: a site is compared with itself and with its own plant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from wbe.messages import Note, Words
from wbe.quality.plausibility import litres_per_head
from wbe.quality.rules import holidays
from wbe.quality.view import Findings, View, at_samples

__all__ = ["check_situation"]

Rules = Mapping[str, Mapping[str, Any]]
_DAYS = tuple(Note(f"quality-{day}") for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
                                                "sunday"))  # fmt: skip


def check_situation(view: View, rules: Rules) -> Iterator[Findings]:
    """Yield the findings of every check of flow, people, sample type and dates."""
    yield from _flow(view, rules)
    yield from _people(view, rules)
    yield from _kinds(view)
    yield from _times(view, rules)
    yield from _future(view, rules["future_date"])
    yield from _calendar(view, rules)


def _near_power_of_ten(ratio: np.ndarray, tolerance: float) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.log10(ratio)
        near: np.ndarray = (np.abs(np.round(power)) >= 1) & (np.abs(power - np.round(power)) <= tolerance)
    return near


def _flow(view: View, rules: Rules) -> Iterator[Findings]:
    flow, positive = view.flow, view.flow > 0
    rows, count = view.first_of(np.isnan(flow), view.site)
    yield at_samples("no_flow", rows, count=count)
    yield at_samples("flow_zero", np.flatnonzero(flow == 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        full = flow / view.capacity
    for code, mask in (
        ("flow_over_capacity", full > rules["flow_over_capacity"]["largest_ratio"]),
        ("flow_under_capacity", positive & (full < rules["flow_under_capacity"]["smallest_ratio"])),
    ):
        at = np.flatnonzero(mask)
        yield at_samples(code, at, flow=flow[at], ratio=full[at], capacity=view.capacity[at])
    # rain is left out of the usual flow only where the file says that it rained
    dry = positive & ~(view.rain > 0)
    usual = _usual_flow(view, dry, rules)
    ratio = np.where(positive, flow / usual, np.nan)
    slip = _near_power_of_ten(ratio, rules["flow_slip"]["log10_tolerance"])
    far = np.maximum(ratio, 1 / ratio) > rules["flow_outlier"]["largest_ratio"]
    for code, mask in (("flow_slip", slip), ("flow_outlier", far & ~slip)):
        at = np.flatnonzero(mask)
        yield at_samples(code, at, flow=flow[at], ratio=ratio[at], usual=usual[at])


def _people(view: View, rules: Rules) -> Iterator[Findings]:
    people = view.population
    rows, count = view.first_of(~(people > 0), view.site)
    yield at_samples("no_population", rows, count=count)
    positive = people > 0
    usual = view.usual(people, positive, rules["population_slip"]["least_samples"])
    ratio = np.where(positive, people / usual, np.nan)
    at = np.flatnonzero(_near_power_of_ten(ratio, rules["population_slip"]["log10_tolerance"]))
    yield at_samples("population_slip", at, population=people[at], ratio=ratio[at], usual=usual[at])


def _usual_flow(view: View, dry: np.ndarray, rules: Rules) -> np.ndarray:
    """Each site's usual flow. Where only some of its flows suit its people, those are the usual ones, few as they be.

    Of 12,000, 142,000 and 168,000 m3/d the median is a slip itself; 300 L per inhabitant tell which one is right.
    """
    usual = view.usual(view.flow, dry, rules["flow_slip"]["least_samples"])
    rule, litres = rules["water_per_inhabitant"], litres_per_head(view)
    with np.errstate(invalid="ignore"):
        suits = (litres >= rule["smallest"]) & (litres <= rule["largest"])
    some = view.usual(view.flow, dry & suits, 1)
    mixed = pd.Series(dry & ~suits & np.isfinite(litres)).groupby(view.site).transform("any").to_numpy(bool)
    return np.where(mixed & np.isfinite(some) & np.isfinite(usual), some, usual)


def _kinds(view: View) -> Iterator[Findings]:
    for code, mask in (
        ("grab_sample", view.sample_type == "grab"),
        ("passive_sample", view.sample_type == "passive"),
        ("sample_type_unknown", np.isin(view.sample_type, ("unknown", ""))),
        ("population_basis_unknown", (view.population > 0) & np.isin(view.population_basis, ("unknown", ""))),
    ):
        rows, count = view.first_of(np.asarray(mask, dtype=bool), view.site)
        yield at_samples(code, rows, count=count)


def _lapse(start: np.ndarray, end: np.ndarray, unit: Literal["h", "D"]) -> np.ndarray:
    """Time from start to end in hours or days; NaN where one of them is unknown."""
    return np.asarray((pd.DatetimeIndex(end) - pd.DatetimeIndex(start)) / pd.Timedelta(1, unit), dtype=float)


def _times(view: View, rules: Rules) -> Iterator[Findings]:
    end = view.times("time_end")
    hours = _lapse(view.time, end, "h")
    rule = rules["composite_duration"]
    composite = np.array([str(t).startswith("24h") for t in view.sample_type], dtype=bool)
    at = np.flatnonzero(composite & ((hours < rule["shortest_hours"]) | (hours > rule["longest_hours"])))
    yield at_samples("composite_duration", at, hours=hours[at])
    taken = np.where(np.isnat(end), view.time, end)
    days = _lapse(taken, view.times("analysis_date"), "D")
    # an analysis date without a clock counts from the start of its day
    early = np.flatnonzero(days < -1.0)
    yield at_samples("analysed_before_sampling", early, days=-days[early])
    storage = view.texts("storage")
    rule = rules["holding_time"]
    kept = [storage == "chilled", storage == "frozen"]
    allowed = np.select(kept, [rule["chilled_days"], rule["frozen_days"]], np.nan)
    at = np.flatnonzero(days > allowed)
    yield at_samples("holding_time", at, days=days[at], storage=storage[at], allowed=allowed[at])
    at = np.flatnonzero(np.isnan(allowed) & (days > rules["holding_storage_unknown"]["longest_days"]))
    yield at_samples("holding_storage_unknown", at, days=days[at])


def _future(view: View, rule: Mapping[str, Any]) -> Iterator[Findings]:
    day = view.time.astype("datetime64[D]")
    ahead = (day - view.today).astype(float)  # NaT gives NaN
    at = np.flatnonzero(np.where(np.isnat(day), -1.0, ahead) > rule["days_ahead"])
    dates = np.datetime_as_string(day[at]) if at.size else np.array([], dtype=str)
    yield at_samples("future_date", at, date=dates, days=ahead[at].astype(int), today=str(view.today))


def _calendar(view: View, rules: Rules) -> Iterator[Findings]:
    day = view.time.astype("datetime64[D]")
    # a month or a season has no weekday: its first day says nothing
    lasted = np.nan_to_num(_lapse(view.time, view.times("time_end"), "D"))
    text = np.datetime_as_string(day) if view.n else np.array([], dtype=str)
    years = {int(d["date"][:4]) for d in holidays()}
    year = pd.DatetimeIndex(view.time).year.to_numpy(dtype=float)
    unknown = np.isfinite(year) & ~np.isin(year, list(years))
    rows, count = view.first_of(unknown, year)
    yield at_samples(
        "holiday_unknown", rows, count=count, year=year[rows].astype(int), first=min(years), last=max(years)
    )
    table = {kind: {d["date"]: d for d in holidays() if d["kind"] == kind} for kind in ("holiday", "workday")}
    free = np.isin(text, list(table["holiday"]))
    moved = np.isin(text, list(table["workday"]))
    at = np.flatnonzero(free & (lasted <= rules["holiday"]["longest_days"]))
    names = [Words(table["holiday"][t]["name_en"], table["holiday"][t]["name_zh"]) for t in text[at]]
    yield at_samples("holiday", at, date=text[at], name=np.array(names, dtype=object))
    # 1970-01-01 was a Thursday
    weekday = (day.astype(np.int64) + 3) % 7
    at = np.flatnonzero((weekday >= 5) & ~free & ~moved & ~np.isnat(day) & (lasted <= rules["weekend"]["longest_days"]))
    yield at_samples("weekend", at, date=text[at], weekday=np.array(_DAYS, dtype=object)[weekday[at]])
