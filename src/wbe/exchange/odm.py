"""Samples in the tables of PHES-ODM (sites, samples, measures, quality reports), as far as they can hold drugs.

Refuses to invent part ids of the model: what it has no word for carries the prefix ``wbe:``, and what the tables
cannot hold at all is listed.
"""

from __future__ import annotations

import functools
import os
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe import packaged
from wbe.errors import Fault, InputError, SchemaError
from wbe.exchange.harmless import neutralise
from wbe.messages import Note
from wbe.samples import RESULTS, SITUATIONS, Flag, build, ensure_valid

__all__ = ["is_odm", "losses", "read_odm", "words", "write_odm"]

TABLES = ("sites", "samples", "measures", "qualityReports")
_RESULT_COLUMNS = ["measureRepID", "measureSetRepID", "sampleID", "siteID", "specimen", "fraction", "measure", "value",
                   "unit", "aggregation", "aDateEnd", "notes"]  # fmt: skip


@functools.cache
def words() -> dict[str, Any]:
    """Return the spellings of ``data/odm.toml``.

    Examples
    --------
    >>> words()["measures"]["flow"]
    ['floRate', 'm3D']
    """
    return packaged.toml("odm.toml")


def losses(samples: xr.Dataset) -> list[Note]:
    """Say what the tables cannot hold of a Samples dataset, one note each.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> losses(small_city())[0].text("en")
    'the date of analysis is not known to Samples: aDateEnd is nr (not reported)'
    """
    lost = [Note("exchange-odm-analysis-date")]
    extra = [str(v) for v in samples.data_vars if not set(samples[v].dims) <= {"sample", "biomarker"}]
    if extra:
        lost.append(Note("exchange-odm-places", names=tuple(extra)))
    kept = {*RESULTS, *SITUATIONS, "flag", "flag_reason", *extra}
    odd = [str(v) for v in samples.data_vars if v not in kept]
    if odd:
        lost.append(Note("exchange-odm-variables", names=tuple(odd)))
    lost += [Note("exchange-odm-attribute", name=str(a)) for a in samples.attrs if a not in ("schema",)]
    foreign = [b for b in samples["biomarker"].values.tolist() if b not in words()["biomarkers"]]
    if foreign:
        lost.append(Note("exchange-odm-biomarkers", count=len(foreign)))
    return lost


def write_odm(samples: xr.Dataset, folder: str | Path) -> list[Note]:
    """Write Samples as PHES-ODM tables into a new folder.

    Parameters
    ----------
    samples : Dataset
        Valid Samples.
    folder : str or Path
        Must not exist; it appears with all its tables or not at all.

    Returns
    -------
    list of Note
        What the tables cannot hold, see :func:`losses`.

    Raises
    ------
    InputError
        The folder exists.
    SchemaError
        The dataset is not valid Samples.

    Source
    ------
    Public Health Environmental Surveillance Open Data Model, dictionary 2.2.3.

    Examples
    --------
    >>> import tempfile
    >>> from wbe.testing import small_city
    >>> with tempfile.TemporaryDirectory() as place:
    ...     _ = write_odm(small_city(), f"{place}/odm")
    ...     back = read_odm(f"{place}/odm")
    >>> bool((back["concentration"].fillna(-1) == small_city()["concentration"].fillna(-1)).all())
    True
    """
    folder = Path(folder)
    ensure_valid(samples)
    if folder.exists():
        raise InputError([Fault("exchange-folder-exists", file=folder.name)])
    if not folder.parent.is_dir():
        raise InputError([Fault("exchange-no-folder", file=folder.parent.name)])
    tables = {
        "sites": _sites(samples), "samples": _samples(samples), **_measures(samples),
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix=f".{folder.name[:40]}-", dir=folder.parent) as scratch:
        part = Path(scratch) / folder.name
        part.mkdir()
        for name in TABLES:
            safe = tables[name].map(neutralise)
            safe.to_csv(part / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
        os.replace(part, folder)
    return losses(samples)


def _sites(ds: xr.Dataset) -> pd.DataFrame:
    names = ["site", "district", "population", *(["site_type"] if "site_type" in ds.coords else [])]
    table = ds[names].to_dataframe().reset_index(drop=True)[names]
    rows = []
    for site, group in table.groupby("site", sort=False):
        kinds = words()["site_types"]
        kind = kinds.get(group["site_type"].iloc[-1], words()["not_reported"]) if "site_type" in group else "wwtp"
        people = group["population"].dropna()
        rows.append({
            "siteID": site, "siteType": kind, "sampleShed": words()["not_reported"], "name": site,
            "healthRegion": group["district"].iloc[-1], "popServ": _text(people.iloc[-1]) if len(people) else "",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _samples(ds: xr.Dataset) -> pd.DataFrame:
    nr = words()["not_reported"]
    noted = [n for n in words()["notes"]["sample"] if n in ds.coords]
    rows = []
    for i, key in enumerate(ds["sample"].values.tolist()):
        end = ds["time_end"].values[i] if "time_end" in ds.coords else np.datetime64("NaT")
        kind = str(ds["sample_type"].values[i])
        notes = [f"{n}={ds[n].values[i]}" for n in noted if str(ds[n].values[i]) not in ("", "-1")]
        if "district" in ds.coords:
            notes.append(f"district={ds['district'].values[i]}")
        rows.append({
            "sampleID": key, "siteID": ds["site"].values[i], "saMaterial": words()["saMaterial"],
            "collType": words()["sample_types"].get(kind, nr), "collPer": "24" if kind.startswith("24h") else nr,
            "collNum": nr, "collDT": _moment(ds["time"].values[i]), "collDTStart": _moment(ds["time"].values[i]),
            "collDTEnd": _moment(end), "notes": "\n".join(notes),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _moment(time: Any) -> str:
    return "" if np.isnat(time) else str(np.datetime_as_string(time, unit="auto"))


def _measures(ds: xr.Dataset) -> dict[str, pd.DataFrame]:
    rows: list[dict[str, Any]] = []
    reports = []
    keys, sites = ds["sample"].values.tolist(), ds["site"].values.tolist()

    def add(i: int, group: str, measure: str, value: str, unit: str, name: str, notes: str = "") -> None:
        rows.append(dict(zip(_RESULT_COLUMNS, (
            f"{group}|{name}", group, keys[i], sites[i], words()["specimen"], words()["fraction"], measure, value, unit,
            words()["aggregation"], words()["not_reported"], notes,
        ), strict=True)))  # fmt: skip

    for variable, (measure, unit) in words()["measures"].items():
        if variable in ds:
            for i, value in enumerate(ds[variable].values.tolist()):
                if not np.isnan(value):
                    add(i, keys[i], measure, _text(value), unit, variable)
    order = ("sample", "biomarker")
    grids = {n: ds[n].transpose(*order).values for n in (*RESULTS, "flag", "flag_reason") if n in ds}
    biomarkers = ds["biomarker"].values.tolist()
    for i in range(len(keys)):
        for j, biomarker in enumerate(biomarkers):
            group = f"{keys[i]}|{biomarker}"
            value = grids["concentration"][i, j]
            reason = str(grids["flag_reason"][i, j]) if "flag_reason" in grids else ""
            measure = words()["biomarkers"].get(biomarker, f"{words()['namespace']}{biomarker}")
            add(i, group, measure, _micrograms(value), words()["result_unit"], "value", reason)
            state = words()["flags"][Flag(int(grids["flag"][i, j])).name.lower()]
            reports.append({"qualityReportID": group, "measureRepID": f"{group}|value", "qualityFlag": state})
            for limit, name in words()["limits"].items():
                if limit in grids and not np.isnan(grids[limit][i, j]):
                    share = limit == "recovery"
                    text = _text(grids[limit][i, j]) if share else _micrograms(grids[limit][i, j])
                    add(i, group, name, text, "unitless" if share else words()["result_unit"], limit)
    return {"measures": pd.DataFrame(rows, columns=_RESULT_COLUMNS), "qualityReports": pd.DataFrame(reports)}


def _text(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _micrograms(value: float) -> str:
    """Return ng/L as ug/L by moving the decimal point, so that the digits stay."""
    return "" if np.isnan(value) else format(Decimal(repr(float(value))).scaleb(-3).normalize(), "f")


def _nanograms(text: str) -> float:
    return float(Decimal(text).scaleb(3)) if text else np.nan


def is_odm(folder: Path) -> bool:
    """Say whether a folder holds the tables that :func:`write_odm` writes."""
    return all((folder / f"{name}.csv").is_file() for name in TABLES)


def read_odm(folder: str | Path) -> xr.Dataset:
    """Read PHES-ODM tables that :func:`write_odm` wrote.

    Raises
    ------
    InputError
        A table or column is absent, a value is not a number, or the tables hold no valid Samples.
    """
    folder = Path(folder)
    tables = {name: _table(folder / f"{name}.csv") for name in TABLES}
    measures = tables["measures"]
    names = {v: k for k, v in words()["biomarkers"].items()}
    values = measures[measures["measureRepID"].str.endswith("|value")]
    states = {v: int(Flag[k.upper()]) for k, v in words()["flags"].items()}
    flags = tables["qualityReports"].set_index("measureRepID")["qualityFlag"]
    results = pd.DataFrame({
        "sample": values["sampleID"],
        "biomarker": [names.get(m, m.removeprefix(words()["namespace"])) for m in values["measure"]],
        "concentration": _numbers(values, "ng"),
        "flag": values["measureRepID"].map(flags).map(states).fillna(int(Flag.MISSING)).astype(int).to_numpy(),
        "reason": values["notes"],
    }).set_index(values["measureSetRepID"])  # fmt: skip
    for limit, name in words()["limits"].items():
        found = measures[(measures["measure"] == name) & measures["measureRepID"].str.endswith(f"|{limit}")]
        numbers = pd.Series(
            _numbers(found, "" if limit == "recovery" else "ng"), index=found["measureSetRepID"].to_numpy()
        )
        if len(numbers) or limit in ("lod", "loq"):
            results[limit] = numbers.reindex(results.index).to_numpy()
    sample = _read_samples(tables)
    for variable, (name, _) in words()["measures"].items():
        found = measures[(measures["measure"] == name) & ~measures["measureRepID"].str.endswith("|value")]
        if len(found):
            numbers = pd.Series(_numbers(found, ""), index=found["sampleID"].to_numpy())
            sample[variable] = numbers.reindex(sample["sample"]).to_numpy()
    if not results["reason"].any():
        results = results.drop(columns="reason")
    try:
        return build(sample, results.reset_index(drop=True), title=folder.name, source=folder.name)
    except SchemaError as err:
        raise InputError([Fault("exchange-odm-breach", file=folder.name, breach=b) for b in err.breaches]) from err


def _read_samples(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    raw, sites = tables["samples"], tables["sites"].set_index("siteID")
    kinds = {v: k for k, v in words()["sample_types"].items()}
    places = {v: k for k, v in words()["site_types"].items()}
    noted = [dict(line.split("=", 1) for line in text.split("\n") if "=" in line) for text in raw["notes"]]
    table = pd.DataFrame({
        "sample": raw["sampleID"], "site": raw["siteID"], "sample_type": raw["collType"].map(kinds).fillna("unknown"),
        "time": pd.to_datetime(raw["collDTStart"], format="ISO8601"),
        "district": [
            n.get("district", sites["healthRegion"].get(s, "")) for n, s in zip(noted, raw["siteID"], strict=True)
        ],
    })  # fmt: skip
    if (raw["collDTEnd"] != "").any():
        table["time_end"] = pd.to_datetime(raw["collDTEnd"].replace("", None), format="ISO8601")
    for name in words()["notes"]["sample"]:
        if any(name in n for n in noted):
            column = pd.Series([n.get(name, "") for n in noted], dtype=object)
            table[name] = pd.to_numeric(column) if name == "source_row" else column
    if (sites["siteType"] != "wwtp").any():
        table["site_type"] = raw["siteID"].map(sites["siteType"].map(places)).fillna("other")
    return table


def _table(path: Path) -> pd.DataFrame:
    needed = {
        "sites": ["siteID", "siteType", "healthRegion"],
        "samples": ["sampleID", "siteID", "collType", "collDTStart", "collDTEnd", "notes"],
        "measures": _RESULT_COLUMNS, "qualityReports": ["measureRepID", "qualityFlag"],
    }[path.stem]  # fmt: skip
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as err:
        raise InputError([Fault("exchange-odm-table", file=path.name, said=type(err).__name__)]) from err
    absent = [c for c in needed if c not in table]
    if absent:
        raise InputError([Fault("exchange-odm-column", file=path.name, name=c) for c in absent])
    return table.map(_unneutralised)


def _unneutralised(text: str) -> str:
    """Take back the apostrophe that kept a text from running as a formula."""
    return text[1:] if text.startswith("'") and neutralise(text[1:]) == text else text


def _numbers(rows: pd.DataFrame, unit: str) -> list[float]:
    out, faults = [], []
    for index, text in rows["value"].items():
        try:
            out.append(_nanograms(text) if unit == "ng" else float(text or "nan"))
        except (ValueError, ArithmeticError):
            faults.append(Fault("exchange-odm-number", file="measures.csv", row=int(str(index)) + 2, column="value",
                                came=repr(text)))  # fmt: skip
    if faults:
        raise InputError(faults)
    return out
