"""Parts of many tables -> one Samples dataset, with ids, the reading log and what is missing told as faults.

Refuses a sample with results and no flow, unless the mapping allows it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.reading.observations.parts import Part
from wbe.reading.words.log import ReadingLog, keep_log
from wbe.samples import FLAG_MEANINGS, RESULTS, SITUATIONS, TEXTS, Flag, describe, ensure_valid, one_text

__all__ = ["NO_CELL", "assemble"]

_ALWAYS = ("site", "district", "batch", "sample_type", "method_version", "population_basis")
_DEFAULTS = {"sample_type": "unknown", "population_basis": "unknown"}
NO_CELL = "no cell in the files"


def assemble(parts: list[Part], log: ReadingLog, *, title: str, source: str, synthetic: bool) -> xr.Dataset:
    """Join parts into a Samples dataset and attach the log."""
    biomarkers = list(dict.fromkeys(b for p in parts for b in p.biomarkers))
    counts = [p.n for p in parts]
    n, starts = sum(counts), np.concatenate([[0], np.cumsum(counts)])
    joined = _joined(parts, biomarkers, n, starts)
    flag = joined["flag"]
    np.copyto(joined["concentration"], np.nan, where=(flag >= int(Flag.NOT_RUN)) | (flag == int(Flag.BELOW_LOD)))
    sample = _sample_columns(parts, n, starts)
    ids = _ids(sample, log)
    dims = ("sample", "biomarker")
    data: dict[str, Any] = {"flag": (dims, flag, {"flag_meanings": FLAG_MEANINGS})}
    for name in RESULTS:
        if name in joined and not np.isnan(joined[name]).all():
            data[name] = (dims, joined[name])
        elif name in ("concentration", "lod", "loq"):
            data[name] = (dims, np.full(flag.shape, np.nan))
    # text is handed over as it is: xarray would otherwise look through every cell for dates
    data["flag_reason"] = xr.Variable(
        dims, joined["reason"], {"long_name": "why a result is not a plain number"}, fastpath=True
    )
    for name in SITUATIONS:
        if name in ("flow", "population") or name in sample:
            data[name] = ("sample", sample[name] if name in sample else np.full(n, np.nan))
    coords: dict[str, Any] = {"sample": ids, "biomarker": ("biomarker", np.array(biomarkers, dtype=object))}
    for name in TEXTS:
        if name in _ALWAYS or name in sample:
            coords[name] = xr.Variable("sample", _filled(sample, name, n), fastpath=True)
    coords["time"] = ("sample", sample["time"])
    coords["source_row"] = ("sample", sample["source_row"])
    for name in ("time_end", "analysis_date"):
        if name in sample and not np.isnat(sample[name]).all():
            coords[name] = ("sample", sample[name])
    ds = xr.Dataset(data, coords)
    if (ds["population_basis"].values == "unknown").any():
        log.note("population_basis is unknown for some samples; write 人口口径 or [constants] population_basis")
    ds.attrs = {"title": title, "source": source, "synthetic": int(synthetic), "schema": "wbe-samples-1"}
    ds = ensure_valid(describe(ds), distinct=("sample",))
    keep_log(ds, log)
    return ds


def _joined(parts: list[Part], biomarkers: list[str], n: int, starts: np.ndarray) -> dict[str, np.ndarray]:
    """Grids (n, biomarkers) of flags, reasons and numbers; what no file holds is missing."""
    if len(parts) == 1:
        only = parts[0]
        only.reason[~only.present] = NO_CELL
        return {"flag": only.flag, "reason": only.reason, **only.grids}
    for p in parts:
        p.reason[~p.present] = NO_CELL
    names = list(dict.fromkeys(name for p in parts for name in p.grids))
    if all(p.biomarkers == biomarkers for p in parts):
        out = {name: np.concatenate([p.grid(name) for p in parts]) for name in names}
        out["flag"], out["reason"] = (np.concatenate([getattr(p, a) for p in parts]) for a in ("flag", "reason"))
        return out
    shape = (n, len(biomarkers))
    out = {name: np.full(shape, np.nan) for name in names}
    out["flag"] = np.full(shape, int(Flag.MISSING), dtype=np.int8)
    out["reason"] = one_text(shape, NO_CELL)
    for p, start in zip(parts, starts, strict=False):
        columns = [biomarkers.index(b) for b in p.biomarkers]
        rows = slice(start, start + p.n)
        out["flag"][rows, columns] = p.flag
        out["reason"][rows, columns] = p.reason
        for name in p.grids:
            out[name][rows, columns] = p.grids[name]
    return out


def _sample_columns(parts: list[Part], n: int, starts: np.ndarray) -> dict[str, np.ndarray]:
    names = list(dict.fromkeys(k for p in parts for k in p.sample))
    out: dict[str, np.ndarray] = {}
    for name in names:
        first = next(p.sample[name] for p in parts if name in p.sample)
        if len(parts) == 1:
            out[name] = first
            continue
        if first.dtype.kind == "M":
            column: np.ndarray = np.full(n, "NaT", "datetime64[ns]")
        elif name == "source_row":
            column = np.full(n, -1, dtype=np.int64)
        elif first.dtype.kind == "f":
            column = np.full(n, np.nan)
        else:
            column = one_text(n, "")
        for p, start in zip(parts, starts, strict=False):
            if name in p.sample:
                column[start : start + p.n] = p.sample[name]
        out[name] = column
    for name, attribute in (("source_file", "file"), ("source_sheet", "sheet")):
        out[name] = np.repeat(np.array([getattr(p, attribute) for p in parts], dtype=object), [p.n for p in parts])
    return out


def _filled(sample: dict[str, np.ndarray], name: str, n: int) -> np.ndarray:
    default = _DEFAULTS.get(name, "")
    values = sample.get(name)
    if values is None:
        return one_text(n, default)
    distinct = set(values.tolist()) if default else set()
    if "" not in distinct:
        return values
    if len(distinct) == 1:
        return one_text(n, default)
    return np.where(values == "", default, values)


def _ids(sample: dict[str, np.ndarray], log: ReadingLog) -> pd.Index:
    """The laboratory's id, or site and day; a repeated one gets ``#2``, so that no sample hides another."""
    given = set(sample["sample"].tolist())
    n = len(sample["sample"])
    if "" not in given:
        ids, differ = sample["sample"].astype(object), len(given) == n
    else:
        codes, days = pd.factorize(sample["time"].astype("datetime64[D]"), use_na_sentinel=False)
        day = np.array([f"|{d}" for d in days.astype("datetime64[D]")], dtype=object)[codes]
        ids = sample["site"] + day
        # numbers are compared many times faster than the texts that are made of them
        differ = len(pd.unique(pd.factorize(sample["site"])[0] * len(days) + codes)) == n
        if len(given) > 1:
            ids = np.where(sample["sample"] != "", sample["sample"], ids)
            differ = len(set(ids.tolist())) == n
    if differ:
        return pd.Index(ids, dtype=object)
    turn = pd.Series(ids, dtype=object).groupby(ids).cumcount().to_numpy() + 1
    again = turn > 1
    known = set(ids.tolist())
    for i in np.flatnonzero(again):
        name, k = f"{ids[i]}#{turn[i]}", int(turn[i])
        while name in known:
            k += 1
            name = f"{ids[i]}#{k}"
        known.add(name)
        ids[i] = name
    which = ", ".join(dict.fromkeys(str(ids[i]).rsplit("#", 1)[0] for i in np.flatnonzero(again)[:5]))
    more = " ..." if int(again.sum()) > 5 else ""
    log.note(f"{int(again.sum())} sample(s) repeat an id, or a site and day, and are kept apart as #2, #3... "
             f"({which}{more}); those of one site and time count as its replicates")  # fmt: skip
    return pd.Index(ids, dtype=object)
