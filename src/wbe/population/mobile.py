"""Head counts from mobile devices: a table of aggregates by site, by day, by month or once.

Refuses columns that name persons or devices, and a table without any sampled site.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import Fault, InputError
from wbe.population.flows import situate
from wbe.population.pooling import log_sd
from wbe.population.tables import basis, settings
from wbe.reading.words.headers import split_unit
from wbe.samples import month
from wbe.uncertainty import Term, Uncertain
from wbe.units import factor
from wbe.vocabulary import fold, header

__all__ = ["mobile_population"]


def mobile_population(samples: xr.Dataset, counts: pd.DataFrame) -> Uncertain:
    """Population from a table of mobile-device counts.

    Parameters
    ----------
    samples : Dataset
        Samples.
    counts : DataFrame
        ``site``, ``population`` [inhabitant] and either ``date`` (day), ``month`` (2021-06, 202106) or neither;
        optional ``cv``; also headed as laboratories write, with their unit: 采样点, 人口（万人）, 日期, 月份, 变异系数.
        Aggregates only: a column that names persons or devices is refused.

    Returns
    -------
    Uncertain (sample) [inhabitant]
        Term ``population:mobile``, drawn once per site. Samples without a row are NaN.

    Raises
    ------
    InputError
        Missing columns, repeated rows, counts or CVs that are not positive, all at once, by row; no site of the
        samples; a column of persons or devices.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> counts = pd.DataFrame({"采样点": ["天元区污水厂"], "人口（万人）": [11.0]})
    >>> float(mobile_population(small_city(), counts).central[0])
    110000.0
    """
    words = settings()["mobile"]
    counts, unit_given = _named(counts, words)
    keys = ["site", *[c for c in ("date", "month") if c in counts.columns][:1]]
    sites = samples["site"].values.astype(str)
    table, faults = _placed(counts, keys, {fold(site): site for site in sites})
    faults += _count_faults(table, keys, 0 if unit_given else words["smallest_count"])
    if not faults and not set(sites) & set(table["site"]):  # more sites than were sampled are welcome
        faults.append(Fault("population-mobile-no-site", sites=list(dict.fromkeys(table["site"])),
                            known=sorted(set(sites)), column="site"))  # fmt: skip
    if faults:
        raise InputError(faults)
    own = pd.DataFrame({"site": sites, "month": month(samples).values})
    if "date" in keys:
        own["date"] = pd.DatetimeIndex(samples["time"].values).strftime("%Y-%m-%d")
    found = own.merge(table[[*keys, "population", "cv"]], on=keys, how="left")
    spread = xr.DataArray(np.asarray(log_sd(found["cv"].fillna(0.0).to_numpy(float))), dims="sample")
    central = situate(samples, xr.DataArray(found["population"].to_numpy(float), dims="sample"), on_flow=False)
    return Uncertain(central).with_term(Term("population:mobile", ("site",), spread))


def _named(counts: pd.DataFrame, words: Mapping[str, Any]) -> tuple[pd.DataFrame, bool]:
    """Give the columns their plain names and the counts their plain unit, and say whether one was given."""
    kept: dict[str, pd.Series] = {}
    faults, unit_given = [], False
    for column in counts.columns:
        name, unit = _bracketed(str(column))
        role = header(name)
        if role == "person" or any(fold(name) == fold(w) for w in words["refused"]):
            faults.append(Fault("population-mobile-column-refused", name=str(column)))
        role = "cv" if any(fold(name) == fold(w) for w in words["cv"]) else role or name
        values = counts[column]
        if role == "population" and unit:
            values = pd.to_numeric(values, errors="coerce") * factor(unit, "inhabitant", str(column))
            unit_given = True
        kept.setdefault(role, values)
    faults += [
        Fault("population-mobile-column-missing", columns=[str(c) for c in counts.columns], name=c)
        for c in ("site", "population")
        if c not in kept and not faults
    ]
    if faults:
        raise InputError(faults)
    return pd.DataFrame(kept), unit_given


def _bracketed(text: str) -> tuple[str, str]:
    """Part a header from the unit in its bracket, where there is one that counts people."""
    name, unit = split_unit(text)
    inside = _BRACKET.fullmatch(text.strip())
    if unit or inside is None or header(inside[1]) != "population":
        return name, unit
    return inside[1], inside[2]


def _placed(counts: pd.DataFrame, keys: list[str], sites: Mapping[str, str]) -> tuple[pd.DataFrame, list[Fault]]:
    """Write sites as the samples spell them and times in one form; a time that cannot be read is a fault."""
    names = [str(site) for site in counts["site"]]
    table = pd.DataFrame({"site": [sites.get(fold(name), name) for name in names]})
    for column, default in (("population", np.nan), ("cv", basis("mobile")["cv"])):
        given = counts[column].to_numpy() if column in counts else np.full(len(counts), default)
        table[column] = given
    faults = []
    for column in keys[1:]:
        read = [_day(value) for value in counts[column]]
        for row, (day, came) in enumerate(zip(read, counts[column], strict=True), start=1):
            if day is None:
                form = "YYYY-MM" if column == "month" else "YYYY-MM-DD"
                faults.append(Fault("population-mobile-time", name=column, came=str(came), form=form, row=row,
                                    column=column))  # fmt: skip
        pattern = "%Y-%m" if column == "month" else "%Y-%m-%d"
        table[column] = ["" if day is None else day.strftime(pattern) for day in read]
    return table, faults


_BRACKET = re.compile(r"(.+?)\s*[(（]([^()（）]+)[)）]")
_YEAR = re.compile(r"\d{4}")
_DIGITS = {6: "%Y%m", 8: "%Y%m%d"}


def _day(value: object) -> pd.Timestamp | None:
    """Read a day or a month, also as 202106 and 2021年6月; None where it is neither."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip().replace("年", "-").replace("月", "-").replace("日", "").rstrip("-")
    pattern = _DIGITS.get(len(text)) if text.isdigit() else None
    if pattern is None and (text.isdigit() or not _YEAR.search(text)):
        return None  # a bare number of another length counts days from somewhere, and no year is no month
    day = pd.to_datetime(text, format=pattern, errors="coerce")
    return None if pd.isna(day) else pd.Timestamp(day)


def _count_faults(table: pd.DataFrame, keys: list[str], least: float) -> list[Fault]:
    faults = []
    for row, entry in enumerate(table.to_dict("records"), start=1):
        for column in ("population", "cv"):
            value = pd.to_numeric(entry[column], errors="coerce")
            if not (np.isfinite(value) and value > 0):
                faults.append(Fault("population-mobile-not-positive", came=repr(entry[column]), row=row, column=column))
            elif column == "population" and value < least:
                told = {"came": f"{value:g}", "site": entry["site"], "least": int(least)}
                faults.append(Fault("population-mobile-no-unit", row=row, column=column, **told))
    for second in np.flatnonzero(table.duplicated(keys)):
        faults.append(Fault("population-mobile-second-count", keys=keys, row=int(second) + 1))
    return faults
