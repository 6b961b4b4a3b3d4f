"""Head counts from mobile devices: a table of aggregates by site, by day, by month or once.

Refuses columns that name persons or devices, and a table without any sampled site.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import Fault, InputError
from wbe.population.flows import situate
from wbe.population.pooling import log_sd
from wbe.population.tables import basis, settings
from wbe.reading.headers import split_unit
from wbe.samples import month
from wbe.uncertainty import Term, Uncertain
from wbe.units import factor
from wbe.vocabulary import fold, header


def mobile_population(samples: xr.Dataset, counts: pd.DataFrame) -> Uncertain:
    """Population from a table of mobile-device counts.

    Parameters
    ----------
    samples : Dataset
        Samples.
    counts : DataFrame
        ``site``, ``population`` [inhabitant] and either ``date`` (day), ``month`` (YYYY-MM) or neither; optional
        ``cv``; also headed as laboratories write, with their unit: 采样点, 人口（万人）, 日期, 月份, 变异系数.
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
    counts = _named(counts)
    keys = ["site", *[c for c in ("date", "month") if c in counts.columns][:1]]
    _check_counts(counts, keys, set(samples["site"].values.astype(str)))
    table = counts.assign(cv=counts["cv"] if "cv" in counts else basis("mobile")["cv"])
    own = pd.DataFrame({"site": samples["site"].values.astype(str), "month": month(samples).values})
    if "date" in keys:
        table = table.assign(date=pd.to_datetime(table["date"]).dt.strftime("%Y-%m-%d"))
        own["date"] = pd.DatetimeIndex(samples["time"].values).strftime("%Y-%m-%d")
    found = own.merge(table[[*keys, "population", "cv"]].astype({"site": str}), on=keys, how="left")
    spread = xr.DataArray(np.asarray(log_sd(found["cv"].fillna(0.0).to_numpy(float))), dims="sample")
    central = situate(samples, xr.DataArray(found["population"].to_numpy(float), dims="sample"), on_flow=False)
    return Uncertain(central).with_term(Term("population:mobile", ("site",), spread))


def _named(counts: pd.DataFrame) -> pd.DataFrame:
    """Give the columns their plain names and the counts their plain unit; refuse columns of persons or devices."""
    words = settings()["mobile"]
    kept: dict[str, pd.Series] = {}
    faults = []
    for column in counts.columns:
        name, unit = split_unit(str(column))
        role = header(name)
        if role == "person" or any(fold(name) == fold(w) for w in words["refused"]):
            faults.append(Fault(f"column {column!r}", "counts by site, and nothing about persons or devices",
                                "Add the devices up by site before they come here."))  # fmt: skip
        role = "cv" if any(fold(name) == fold(w) for w in words["cv"]) else role or name
        values = counts[column]
        if role == "population" and unit:
            values = pd.to_numeric(values, errors="coerce") * factor(unit, "inhabitant", str(column))
        kept.setdefault(role, values)
    if faults:
        raise InputError(faults)
    return pd.DataFrame(kept)


def _check_counts(counts: pd.DataFrame, keys: list[str], sites: set[str]) -> None:
    missing = [c for c in ("site", "population") if c not in counts.columns]
    if missing:
        raise InputError([
            Fault(f"columns {list(counts.columns)}", f"column {c!r}", "Add the column to the table of counts.")
            for c in missing
        ])  # fmt: skip
    faults = []
    for i, row in enumerate(counts.to_dict("records"), start=1):
        for column in ("population", "cv"):
            value = pd.to_numeric(row.get(column, 1.0), errors="coerce")
            if not (np.isfinite(value) and value > 0):
                faults.append(Fault(repr(row[column]), "a number above 0", "Correct or remove the row.", row=i,
                                    column=column))  # fmt: skip
    for second in np.flatnonzero(counts.duplicated(keys)):
        faults.append(Fault("a second count", f"one count per {', '.join(keys)}", "Keep one.", row=int(second) + 1))
    if not faults and not sites & set(counts["site"].astype(str)):  # more sites than were sampled are welcome
        faults.append(Fault(f"counts of {', '.join(dict.fromkeys(counts['site'].astype(str)))}",
                            f"a site of the samples: {', '.join(sorted(sites))}", "Write the sites as in the samples.",
                            column="site"))  # fmt: skip
    if faults:
        raise InputError(faults)
