"""The one data model: a *Samples* dataset that any xarray user can open.

Holds the schema, a builder from plain columns and one validator. Refuses bare units, unknown flags,
negative numbers and states that contradict each other; it lists every breach at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import SchemaError
from wbe.units import factor, unit_of, variables


class Flag(IntEnum):
    """State of one result; states are never inferred from the value alone."""

    DETECTED = 0
    BELOW_LOQ = 1
    BELOW_LOD = 2
    ABOVE_ULOQ = 3
    NOT_RUN = 4
    MISSING = 5
    REJECTED = 6


FLAG_MEANINGS = " ".join(f.name.lower() for f in Flag)
CENSORED = (Flag.BELOW_LOQ, Flag.BELOW_LOD, Flag.ABOVE_ULOQ)
ABSENT = (Flag.NOT_RUN, Flag.MISSING, Flag.REJECTED)

SAMPLE_TYPES = ("24h_composite", "24h_flow_composite", "24h_time_composite", "grab", "passive", "unknown")
POPULATION_BASES = (
    "census",
    "registered",
    "connected",
    "design",
    "estimated",
    "mobile",
    "attendance",
    "unknown",
)

# (sample, biomarker) variables, (sample) variables, text coordinates on sample
RESULTS = ("concentration", "lod", "loq", "uloq", "recovery")
SITUATIONS = (
    "flow", "population", "capacity", "domestic_share", "ammonium_nitrogen", "cod", "bod5",
    "total_nitrogen", "total_phosphorus", "temperature", "ph", "rain",
)  # fmt: skip
TEXTS = (
    "site", "district", "batch", "sample_type", "method_version", "population_basis", "site_type",
    "storage", "source_file", "source_sheet",
)  # fmt: skip
_TEXT_DEFAULTS = {"sample_type": "unknown", "population_basis": "unknown"}
_ALWAYS = ("site", "district", "batch", "method_version", "sample_type", "population_basis")


def build(
    sample: Mapping[str, Any] | pd.DataFrame,
    results: pd.DataFrame,
    *,
    title: str = "",
    synthetic: bool = False,
    source: str = "",
) -> xr.Dataset:
    """Build a Samples dataset from plain columns in canonical units.

    Parameters
    ----------
    sample : DataFrame or mapping of columns
        One row per sample: ``sample`` (id), ``time``, ``site``, ``district`` and any of
        ``batch, sample_type, method_version, population_basis, flow [m3/d], population [inhabitant]``,
        markers [mg/L], ``source_file, source_sheet, source_row``.
    results : DataFrame
        Long: ``sample, biomarker, concentration [ng/L], flag`` and optionally ``lod, loq, uloq [ng/L],
        recovery [1], reason``.
    title, source : str
        Kept in the dataset's attributes.
    synthetic : bool
        Marks data that no laboratory measured; shown in every output.

    Returns
    -------
    Dataset
        Valid by :func:`validate`.

    Raises
    ------
    SchemaError
        Every breach of the schema, in one list.

    Examples
    --------
    >>> ds = build({"sample": ["s1"], "time": ["2021-06-24"], "site": ["plant"], "district": ["天元区"],
    ...             "flow": [50000.0], "population": [300000.0], "population_basis": ["census"]},
    ...            pd.DataFrame({"sample": ["s1"], "biomarker": ["methamphetamine"], "concentration": [200.0],
    ...                          "flag": [0]}))
    >>> ds["concentration"].attrs["units"], ds.sizes["sample"]
    ('ng/L', 1)
    """
    table = pd.DataFrame(dict(sample)) if not isinstance(sample, pd.DataFrame) else sample.reset_index(drop=True)
    ids = table["sample"].astype(str).to_numpy(dtype=object)
    _refuse_repeats(pd.Index(ids), results)
    biomarkers = list(dict.fromkeys(results["biomarker"].astype(str)))
    ds = xr.Dataset(
        _result_variables(results, ids, biomarkers) | _situation_variables(table),
        coords={"sample": ("sample", ids), "biomarker": ("biomarker", np.array(biomarkers, dtype=object))}
        | _text_coordinates(table)
        | _other_coordinates(table),
        attrs={"title": title, "source": source, "synthetic": int(synthetic), "schema": "wbe-samples-1"},
    )
    return ensure_valid(describe(ds))


def _refuse_repeats(ids: pd.Index, results: pd.DataFrame) -> None:
    problems = []
    if ids.has_duplicates:
        problems.append("sample ids repeat; give every sample its own id (replicates share site and time)")
    pairs = results[["sample", "biomarker"]].astype(str)
    if pairs.duplicated().any():
        first = " / ".join(pairs[pairs.duplicated()].iloc[0])
        problems.append(f"result {first} is given more than once; give replicates their own sample id")
    unknown = sorted(set(pairs["sample"]) - set(ids))
    if unknown:
        problems.append(f"results name samples that are not in the sample table: {', '.join(unknown[:5])}")
    if problems:
        raise SchemaError("Samples", problems)


def _result_variables(results: pd.DataFrame, ids: np.ndarray, biomarkers: list[str]) -> dict[str, Any]:
    row = pd.Index(ids).get_indexer(pd.Index(results["sample"].astype(str)))
    col = pd.Index(biomarkers).get_indexer(pd.Index(results["biomarker"].astype(str)))
    shape, dims = (len(ids), len(biomarkers)), ("sample", "biomarker")

    def spread(column: str, empty: Any, kind: Any) -> np.ndarray:
        grid = np.full(shape, empty, dtype=kind)
        if column in results:
            grid[row, col] = results[column].to_numpy()
        return grid

    found = {"flag": (dims, spread("flag", int(Flag.MISSING), np.int8))}
    for name in RESULTS:
        if name in results or name in ("concentration", "lod", "loq"):
            found[name] = (dims, spread(name, np.nan, float))
    if "reason" in results:
        grid = one_text(shape, "")
        grid[row, col] = results["reason"].fillna("").astype(str).to_numpy(dtype=object)
        found["flag_reason"] = (dims, grid)
    return found


def _situation_variables(table: pd.DataFrame) -> dict[str, Any]:
    absent = np.full(len(table), np.nan)
    return {
        name: ("sample", table[name].to_numpy(dtype=float, copy=True) if name in table else absent.copy())
        for name in SITUATIONS
        if name in table or name in ("flow", "population")
    }


def _text_coordinates(table: pd.DataFrame) -> dict[str, Any]:
    found = {}
    for name in TEXTS:
        if name not in table and name not in _ALWAYS:
            continue
        default = _TEXT_DEFAULTS.get(name, "")
        column = table[name] if name in table else pd.Series([default] * len(table), dtype=object)
        text = column.fillna(default).astype(str).to_numpy(dtype=object)
        found[name] = ("sample", np.where(text == "", default, text))
    return found


def _other_coordinates(table: pd.DataFrame) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: ("sample", pd.to_datetime(table[name]).to_numpy(dtype="datetime64[ns]", copy=True))
        for name in ("time", "time_end", "analysis_date")
        if name in table
    }
    if "source_row" in table:
        found["source_row"] = ("sample", table["source_row"].fillna(-1).to_numpy(dtype=np.int64, copy=True))
    return found


def describe(ds: xr.Dataset) -> xr.Dataset:
    """Stamp canonical units, long names and the CF flag table on every known variable."""
    for name in ds.data_vars:
        if name == "flag":
            ds[name].attrs = {
                "flag_values": [int(f) for f in Flag], "flag_meanings": FLAG_MEANINGS,
                "long_name": "state of the result",
            }  # fmt: skip
        elif name in variables():
            entry = variables()[str(name)]
            ds[name].attrs = {"units": entry["unit"], "long_name": entry["long_name"]}
    return ds


def canonical(ds: xr.Dataset) -> xr.Dataset:
    """Convert every known variable to its canonical unit, reading ``units`` at the door.

    Raises
    ------
    SchemaError
        Variables without ``units`` or with another dimension, all listed.
    """
    problems, changed = [], {}
    for name in (*RESULTS, *SITUATIONS):
        if name not in ds:
            continue
        came = ds[name].attrs.get("units")
        if came is None:
            problems.append(f"{name} has no 'units' attribute; needed {unit_of(name)}")
            continue
        try:
            scale = factor(came, unit_of(name), name)
        except ValueError as err:
            problems.append(str(err))
            continue
        if scale != 1.0:
            changed[name] = (ds[name] * scale).assign_attrs(units=unit_of(name))
    if problems:
        raise SchemaError("Samples", problems)
    return describe(ds.assign(changed)) if changed else ds


def validate(ds: xr.Dataset, *, distinct: Sequence[str] = ()) -> list[str]:
    """Say what is wrong with a Samples dataset, in one list; empty when it is valid.

    Parameters
    ----------
    ds : Dataset
        What claims to be Samples.
    distinct : sequence of str
        Dimensions whose ids are known to differ, and are not compared again.

    Returns
    -------
    list of str
        One sentence for each breach.

    Examples
    --------
    >>> validate(xr.Dataset())[0]
    "dimension 'sample' is missing"
    """
    problems = [f"dimension {d!r} is missing" for d in ("sample", "biomarker") if d not in ds.dims]
    problems += [f"variable {v!r} is missing" for v in ("concentration", "flag", "flow", "population") if v not in ds]
    problems += [
        f"coordinate {name!r} on 'sample' is missing"
        for name in ("time", "site", "district")
        if name not in ds.coords or ds[name].dims != ("sample",)
    ]
    if problems:
        return problems
    return [*_number_problems(ds), *_state_problems(ds), *_coordinate_problems(ds, distinct)]


def _number_problems(ds: xr.Dataset) -> list[str]:
    problems = []
    for name in (*RESULTS, *SITUATIONS):
        if name not in ds:
            continue
        wanted = ("sample", "biomarker") if name in RESULTS else ("sample",)
        if set(ds[name].dims) - set(wanted):
            problems.append(f"{name} has dims {ds[name].dims}; needed a subset of {wanted}")
        if ds[name].attrs.get("units") != unit_of(name):
            problems.append(f"{name} is in {ds[name].attrs.get('units')!r}; needed {unit_of(name)!r}")
        if name != "temperature":
            values = ds[name].variable
            bad = _count(values < 0) + _count(values == np.inf)
            problems += [f"{name} has {bad} negative or infinite value(s)"] if bad else []
    return problems


def _count(true: xr.Variable) -> int:
    return int(np.count_nonzero(true.data))  # many times faster than summing


def _state_problems(ds: xr.Dataset) -> list[str]:
    flag, empty = ds["flag"].variable, ds["concentration"].variable.isnull()
    known = sum(_count(flag == int(f)) for f in Flag) == flag.size
    absent = (flag == int(Flag.NOT_RUN)) | (flag == int(Flag.MISSING)) | (flag == int(Flag.REJECTED))
    hollow = _count((flag == int(Flag.DETECTED)) & empty)
    ghost = _count(absent & ~empty)
    said = {
        f"flag has values outside {[int(f) for f in Flag]}": not known,
        f"{hollow} result(s) are flagged detected and have no concentration": hollow > 0,
        f"{ghost} result(s) are flagged not run, missing or rejected and still carry a concentration": ghost > 0,
    }
    return [sentence for sentence, true in said.items() if true]


def _coordinate_problems(ds: xr.Dataset, distinct: Sequence[str]) -> list[str]:
    problems = []
    undated = int(ds["time"].isnull().sum())
    if undated:
        problems.append(f"{undated} sample(s) have no time")
    for name, allowed in (("sample_type", SAMPLE_TYPES), ("population_basis", POPULATION_BASES)):
        if name in ds.coords:
            odd = sorted({str(v) for v in set(ds[name].values.ravel().tolist())} - set(allowed))
            problems += [f"{name} has unknown value(s) {odd}; known: {', '.join(allowed)}"] if odd else []
    for dim in ("sample", "biomarker"):
        if dim in ds.indexes and dim not in distinct and not ds.indexes[dim].is_unique:
            problems.append(f"{dim} ids repeat")
    return problems


def ensure_valid(ds: xr.Dataset, *, distinct: Sequence[str] = ()) -> xr.Dataset:
    """Return ``ds`` if it is valid, or raise with every breach.

    Parameters
    ----------
    ds : Dataset
    distinct : sequence of str
        Dimensions whose ids are known to differ, and are not compared again.

    Raises
    ------
    SchemaError
        With ``problems``.
    """
    problems = validate(ds, distinct=distinct)
    if problems:
        raise SchemaError("Samples", problems)
    return ds


def one_text(shape: int | tuple[int, ...], text: str) -> np.ndarray:
    """Return an array that holds one text throughout; ``np.full`` would make a text of its own for every cell.

    Examples
    --------
    >>> one_text((1, 2), "24h")
    array([['24h', '24h']], dtype=object)
    """
    return np.full(shape, np.array(text, dtype=object))


def month(ds: xr.Dataset) -> xr.DataArray:
    """Return the calendar month of each sample as text ``YYYY-MM``, dims (sample)."""
    return xr.DataArray(written(ds["time"].values, "M"), dims="sample", name="month")


def written(times: np.ndarray, unit: str) -> np.ndarray:
    """Return times as text by month (``"M"``) or day (``"D"``), each one written once however often it comes.

    Examples
    --------
    >>> written(np.array(["2021-06-24T10", "2021-06-24T12"], dtype="datetime64[ns]"), "D")
    array(['2021-06-24', '2021-06-24'], dtype=object)
    """
    labels, place = np.unique(np.asarray(times).astype(f"datetime64[{unit}]"), return_inverse=True)
    shape = {"M": "%Y-%m", "D": "%Y-%m-%d"}[unit]
    return pd.DatetimeIndex(labels.astype("datetime64[s]")).strftime(shape).to_numpy(dtype=object)[place]


def limit(ds: xr.Dataset) -> xr.DataArray:
    """Return the value that a censored result lies below [ng/L], dims (sample, biomarker).

    LOD where the flag says below LOD (LOQ if no LOD is known), LOQ where it says below LOQ; NaN elsewhere
    and where the laboratory gave no limit.
    """
    lod = ds["lod"].fillna(ds["loq"])
    return xr.where(ds["flag"] == Flag.BELOW_LOD, lod, xr.where(ds["flag"] == Flag.BELOW_LOQ, ds["loq"], np.nan))
