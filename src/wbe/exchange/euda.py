"""The European Union Drugs Agency's load files as published: per-weekday loads and their means.

Holds the reader, the averaging rule that belongs to an edition and year, and the check of the published means.
Refuses to take a published 0 as a number: it means below the limit.
"""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe import packaged
from wbe.errors import Fault, InputError, one_of
from wbe.messages import Words
from wbe.samples import FLAG_MEANINGS, Flag

__all__ = ["agreement", "is_load_file", "means", "read_loads", "rule_for", "rules"]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PARTS = ("weekday", "weekend", "daily")
_MEANS = {"Weekday mean": "weekday", "Weekend mean": "weekend", "Daily mean": "daily"}
_KEYS = ("Year", "Metabolite", "Site ID", "Country", "City")


@functools.cache
def rules() -> dict[str, Any]:
    """Return the table of averaging rules by edition, from ``data/aggregation_rules.toml``.

    Examples
    --------
    >>> rules()["euda-2025"]["rule"][0]["calendar"]
    'tue_thu'
    """
    return packaged.toml("aggregation_rules.toml")


def rule_for(year: int, site: str, biomarker: str, part: str = "weekday", edition: str = "euda-2025") -> dict[str, Any]:
    """Return the averaging rule in force for one row: calendar, missing, zero, status and reason.

    Raises
    ------
    InputError
        The edition is not known or has no rule for that year.

    Examples
    --------
    >>> rule_for(2015, "GB001", "mdma")["calendar"], rule_for(2019, "GB001", "mdma")["calendar"]
    ('wed_fri', 'tue_thu')
    """
    table = rules()
    entry = table.get(edition)
    base = next((r for r in entry["rule"] if year in r["years"]), None) if entry and "rule" in entry else None
    if entry is None or base is None:
        known = ", ".join(k for k, v in table.items() if "rule" in v)
        raise InputError([Fault("exchange-no-averaging-rule", edition=edition, year=year, known=known)])
    found = {"calendar": base["calendar"], "missing": base["missing"], "zero": base["zero"],
             "status": base["status"], "reason": ""}  # fmt: skip
    for exception in entry.get("exception", []):
        if _holds(exception, year, site, biomarker, part):
            found |= {k: exception[k] for k in found if k in exception}
    return found


def _holds(row: dict[str, Any], year: int, site: str, biomarker: str, part: str) -> bool:
    return (
        row["year"] == year
        and row["site"] == site
        and biomarker in row.get("biomarkers", [biomarker])
        and part in row.get("parts", [part])
    )


def is_load_file(path: Path) -> bool:
    """Say whether a file is one of the agency's load files, by its header."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    with path.open("rb") as handle:
        first = handle.readline(1000).decode("utf-8", "replace").lstrip("\ufeff").strip().split(",")
    return {"Metabolite", "Site ID", *_MEANS} <= set(first)


def read_loads(path: str | Path, edition: str = "euda-2025") -> xr.Dataset:
    """Read a per-weekday load file as the agency publishes it.

    Parameters
    ----------
    path : str or Path
        CSV with Year, Metabolite, Site ID, Country, City, the seven weekdays and the three means.
    edition : str
        Which edition's meanings hold, a key of ``data/aggregation_rules.toml``.

    Returns
    -------
    Dataset
        ``normalised_load`` [mg/d/1000 inhabitant] and ``flag`` by (site, year, biomarker, weekday), with
        ``country`` and ``city`` on site; ``published_mean`` by (site, year, biomarker, part). A published 0 is
        flagged below_loq and has no number; a row or day that is not there is flagged missing.

    Raises
    ------
    InputError
        Columns are absent, a load is not a number, a name is unknown or a row repeats; all at once.

    Source
    ------
    European Union Drugs Agency, wastewater analysis and drugs, 2025 edition.
    """
    table = _table(Path(path), edition)
    names = rules()[edition]["biomarkers"]
    table["biomarker"] = table["Metabolite"].map(names)
    axes = {
        "site": pd.Index(sorted(table["Site ID"].unique()), dtype=object),
        "year": pd.Index(sorted(table["Year"].unique())),
        "biomarker": pd.Index(list(dict.fromkeys(names.values())), dtype=object),
    }
    place = tuple(axes[a].get_indexer(table[c]) for a, c in
                  (("site", "Site ID"), ("year", "Year"), ("biomarker", "biomarker")))  # fmt: skip
    shape = tuple(len(i) for i in axes.values())
    load = np.full((*shape, len(WEEKDAYS)), np.nan)
    load[place] = table[list(WEEKDAYS)].to_numpy(float)
    flag = np.where(np.isnan(load), Flag.MISSING, np.where(load == rules()[edition]["below_limit"], Flag.BELOW_LOQ, 0))
    published = np.full((*shape, len(PARTS)), np.nan)
    published[place] = table[list(_MEANS)].to_numpy(float)
    sites = table.drop_duplicates("Site ID").set_index("Site ID").loc[axes["site"]]
    dims = ("site", "year", "biomarker")
    ds = xr.Dataset(
        {
            "normalised_load": ((*dims, "weekday"), np.where(flag == Flag.DETECTED, load, np.nan)),
            "flag": ((*dims, "weekday"), flag.astype(np.int8)),
            "published_mean": ((*dims, "part"), published),
        },
        coords={
            **{a: (a, np.asarray(i)) for a, i in axes.items()},
            "weekday": np.array(WEEKDAYS, dtype=object), "part": np.array(PARTS, dtype=object),
            "country": ("site", sites["Country"].to_numpy(dtype=object)),
            "city": ("site", sites["City"].to_numpy(dtype=object)),
        },
        attrs={"title": rules()[edition]["title"], "source": rules()[edition]["source"], "edition": edition,
               "synthetic": 0},
    )  # fmt: skip
    unit = rules()[edition]["unit"]
    ds["normalised_load"].attrs = {"units": unit, "long_name": "population-normalised load of the biomarker"}
    ds["published_mean"].attrs = {"units": unit, "long_name": "mean as published"}
    ds["flag"].attrs = {"flag_values": [int(f) for f in Flag], "flag_meanings": FLAG_MEANINGS}
    return ds


def _table(path: Path, edition: str) -> pd.DataFrame:
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as err:
        raise InputError([Fault("exchange-no-load-file", file=path.name, said=str(err))]) from err
    absent = [c for c in (*_KEYS, *WEEKDAYS, *_MEANS) if c not in raw]
    if absent:
        raise InputError([
            Fault("exchange-load-column", file=path.name, name=c) for c in absent
        ])  # fmt: skip
    faults: list[Fault] = []
    if edition not in rules():
        one_of(edition, [k for k, v in rules().items() if "rule" in v], Words("edition", "版本"))
    table = raw.copy()
    for column in ("Year", *WEEKDAYS, *_MEANS):
        number = pd.to_numeric(raw[column], errors="coerce")
        bad = (number.isna() & (raw[column].str.strip() != "")) | (number < 0) | np.isinf(number)
        faults += [
            Fault("exchange-load-number", file=path.name, row=int(i) + 2, column=column, came=repr(raw[column][i]))
            for i in raw.index[bad]
        ]  # fmt: skip
        table[column] = number
    known = rules()[edition]["biomarkers"]
    for i in raw.index[~raw["Metabolite"].isin(known)]:
        faults.append(Fault("exchange-load-biomarker", file=path.name, row=int(i) + 2, column="Metabolite",
                            came=repr(raw["Metabolite"][i]), known=list(known)))  # fmt: skip
    for i in raw.index[raw.duplicated(["Year", "Metabolite", "Site ID"])]:
        faults.append(Fault("exchange-load-repeated", file=path.name, row=int(i) + 2))
    if faults:
        raise InputError(faults)
    return table.astype({"Year": int})


def means(loads: xr.Dataset) -> xr.DataArray:
    """Average daily loads into weekday, weekend and daily means by the rule of their edition, site and year.

    Values below the limit enter as the edition's rule says (the agency: as 0), which is substitution: the means
    serve comparison with the published ones, not estimation.

    Parameters
    ----------
    loads : Dataset
        From :func:`read_loads`.

    Returns
    -------
    DataArray [mg/d/1000 inhabitant]
        (site, year, biomarker, part); NaN where the row is not there or no day enters.
    """
    values = loads["normalised_load"].transpose("site", "year", "biomarker", "weekday")
    flag = loads["flag"].transpose(*values.dims)
    # 0 for below the limit inside this function only: the published rule
    numbers = np.where(flag == Flag.BELOW_LOQ, 0.0, values)
    result = np.full((*numbers.shape[:3], len(PARTS)), np.nan)
    edition = loads.attrs["edition"]
    years, sites, biomarkers = (loads[c].values.tolist() for c in ("year", "site", "biomarker"))
    for s, y, b in np.argwhere(~np.isnan(numbers).all(axis=-1)):
        for p, part in enumerate(PARTS):
            rule = rule_for(years[y], sites[s], biomarkers[b], part, edition)
            result[s, y, b, p] = _mean(numbers[s, y, b], part, rule)
    out = xr.DataArray(
        result, dims=("site", "year", "biomarker", "part"),
        coords={c: loads[c] for c in ("site", "year", "biomarker", "part", "country", "city")},
        name="mean",
    )  # fmt: skip
    out.attrs = dict(loads["published_mean"].attrs, long_name="mean recomputed from the days")
    return out


def _mean(week: np.ndarray, part: str, rule: dict[str, Any]) -> float:
    days = WEEKDAYS if part == "daily" else rules()["calendar"][rule["calendar"]][part]
    taken = week[[WEEKDAYS.index(d) for d in days]]
    if rule["missing"] == "zero":
        taken = np.nan_to_num(taken)
    if rule["zero"] == "missing":
        taken = taken[taken != 0]
    taken = taken[~np.isnan(taken)]
    return float(taken.mean()) if taken.size else math.nan


def agreement(loads: xr.Dataset, tolerance: float = 0.01) -> pd.DataFrame:
    """Compare the recomputed with the published means, row by row.

    Parameters
    ----------
    loads : Dataset
        From :func:`read_loads`.
    tolerance : float
        Relative difference that still agrees.

    Returns
    -------
    DataFrame
        ``site year biomarker part published recomputed agrees rule reason``: ``agrees`` is "within" (the
        tolerance), "rounding" (half of the second decimal, to which the agency rounds) or "no"; ``rule`` is
        "edition" or "exception"; ``reason`` says why an exception holds or what a disagreement shows.
    """
    recomputed, published = means(loads).values, loads["published_mean"].values
    edition = loads.attrs["edition"]
    years, sites, biomarkers = (loads[c].values.tolist() for c in ("year", "site", "biomarker"))
    rows = []
    for s, y, b in np.argwhere(~np.isnan(published).all(axis=-1)):
        key = (years[y], sites[s], biomarkers[b])
        for p, part in enumerate(PARTS):
            came, got = float(published[s, y, b, p]), float(recomputed[s, y, b, p])
            rule = rule_for(*key, part, edition)
            agrees = _agrees(came, got, tolerance)
            reason = rule["reason"]
            if agrees == "no":
                reason = next(
                    (u["reason"] for u in rules()[edition].get("unexplained", []) if _holds(u, *key, part)), ""
                )
            rows.append((key[1], key[0], key[2], part, came, got, agrees,
                         "exception" if rule["reason"] else "edition", reason))  # fmt: skip
    names = ["site", "year", "biomarker", "part", "published", "recomputed", "agrees", "rule", "reason"]
    return pd.DataFrame(rows, columns=names)


def _agrees(published: float, recomputed: float, tolerance: float) -> str:
    if math.isnan(published) or math.isnan(recomputed):
        return "within" if math.isnan(published) and math.isnan(recomputed) else "no"
    difference = abs(published - recomputed)
    if difference <= tolerance * abs(published):
        return "within"
    # published with two decimals; the day columns are rounded as well
    return "rounding" if difference <= 0.00501 else "no"
