"""A Samples dataset as plain arrays for the checks, and the findings that they return.

Refuses nothing: a check must be able to look at data that no estimate would accept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from wbe.quality.phrasing import message_code, said
from wbe.samples import Flag, one_text
from wbe.vocabulary import label

__all__ = ["COLUMNS", "Findings", "View", "at_cells", "at_samples", "tabulate"]

COLUMNS = (
    "severity", "code", "sample", "site", "district", "month", "biomarker", "came", "needed", "message",
    "came_zh", "needed_zh", "message_zh", "file", "sheet", "row",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Findings:
    """Hits of one rule: the samples, the biomarkers (-1 for the whole sample) and the words to fill in.

    ``fields`` holds one array or scalar for each name that the rule's sentences use.
    """

    code: str
    sample: NDArray[np.int64]
    biomarker: NDArray[np.int64]
    fields: Mapping[str, Any] = field(default_factory=dict)


def at_samples(code: str, where: Any, **fields: Any) -> Findings:
    """Make findings about whole samples, at positions."""
    rows = np.asarray(where, dtype=np.int64)
    return Findings(code, rows, np.full(rows.size, -1), fields)


def at_cells(code: str, mask: NDArray[np.bool_], **matrices: Any) -> Findings:
    """Make findings about single results, where ``mask`` (sample, biomarker) is true.

    Fields given as arrays of the mask's shape are read at the hits.
    """
    rows, columns = np.nonzero(mask)
    fields = {k: v[rows, columns] if np.shape(v) == mask.shape else v for k, v in matrices.items()}
    return Findings(code, rows, columns, fields)


class View:
    """Plain arrays of a Samples dataset; text is text whatever its dtype was, absent variables are NaN.

    Attributes
    ----------
    value, flag, lod, loq, uloq, recovery : array (sample, biomarker)
    flow, population, capacity, rain : array (sample,)
    sample, site, district, month, batch, sample_type, population_basis : array of str (sample,)
    time : array of datetime64 (sample,)
    today : datetime64
        What counts as the future: by default the day on which the check runs.
    """

    def __init__(self, ds: xr.Dataset, today: dt.date | str | None = None):
        self.ds = ds
        self.today = np.datetime64(today or dt.date.today(), "D")
        self.n, self.b = ds.sizes.get("sample", 0), ds.sizes.get("biomarker", 0)
        self.biomarkers = [str(b) for b in np.atleast_1d(ds["biomarker"].values)] if "biomarker" in ds else []
        self.value = self._matrix("concentration")
        self.flag = self._matrix("flag", float(Flag.MISSING)).astype(np.int8)
        self.lod, self.loq, self.uloq = (self._matrix(name) for name in ("lod", "loq", "uloq"))
        self.recovery = self._matrix("recovery")
        self.flow, self.population = self.numbers("flow"), self.numbers("population")
        self.capacity, self.rain = self.numbers("capacity"), self.numbers("rain")
        self.sample = self.texts("sample")
        self.site, self.district = self.texts("site"), self.texts("district")
        self.batch = self.texts("batch")
        self.sample_type = self.texts("sample_type", "unknown")
        self.population_basis = self.texts("population_basis", "unknown")
        self.time = self.times("time")
        self.month = pd.DatetimeIndex(self.time).strftime("%Y-%m").fillna("").to_numpy(dtype=object)
        self.detected = (self.flag == Flag.DETECTED) & ~np.isnan(self.value)

    def _matrix(self, name: str, absent: float = np.nan) -> NDArray[np.float64]:
        shape = (self.n, self.b)
        if name not in self.ds:
            return np.full(shape, absent)
        array = self.ds[name].astype(float)
        for dim in ("sample", "biomarker"):
            if dim not in array.dims:
                array = array.expand_dims({dim: self.ds.sizes[dim]})
        return np.asarray(array.variable.transpose("sample", "biomarker").values, dtype=float)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a (sample) variable as float, NaN where it is absent."""
        if name not in self.ds:
            return np.full(self.n, np.nan)
        return np.broadcast_to(np.asarray(self.ds[name].values, dtype=float), (self.n,)).copy()

    def texts(self, name: str, absent: str = "") -> NDArray[np.object_]:
        """Return a (sample) coordinate as text, whatever its dtype."""
        if name not in self.ds.variables:
            return one_text(self.n, absent)
        values = np.broadcast_to(np.asarray(self.ds[name].values), (self.n,))
        column = pd.Series(values.astype(object))
        return column.where(column.notna(), absent).astype(str).to_numpy(dtype=object)

    def reasons(self) -> NDArray[np.object_]:
        """Return the reason written beside each result, shape (sample, biomarker); empty where there is none."""
        if "flag_reason" not in self.ds:
            return one_text((self.n, self.b), "")
        text = self.ds["flag_reason"].transpose("sample", "biomarker").values.astype(object)
        return np.where(pd.isna(text), "", text)

    def times(self, name: str) -> NDArray[np.datetime64]:
        """Return a (sample) coordinate as datetime64, NaT where it is absent or unreadable."""
        if name not in self.ds.variables:
            return np.full(self.n, np.datetime64("NaT"), dtype="datetime64[ns]")
        values = np.broadcast_to(np.asarray(self.ds[name].values), (self.n,))
        return pd.to_datetime(pd.Series(values), errors="coerce").to_numpy(dtype="datetime64[ns]")

    def usual(self, values: NDArray[Any], use: NDArray[np.bool_], least: float) -> NDArray[np.float64]:
        """Return the median of each site's own values where ``use``; NaN for sites with fewer than ``least``."""
        own = pd.Series(np.where(use, values, np.nan)).groupby(self.site)
        median, count = own.transform("median").to_numpy(float), own.transform("count").to_numpy(float)
        return np.where(count >= least, median, np.nan)

    def first_of(self, mask: NDArray[np.bool_], key: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the first position of each different key among ``mask`` and how many there are of it."""
        rows = np.flatnonzero(mask)
        _, first, count = np.unique(key[rows].astype(str), return_index=True, return_counts=True)
        order = np.argsort(first)
        return rows[first[order]], count[order]


def tabulate(view: View, rules: Mapping[str, Mapping[str, Any]], findings: Iterable[Findings]) -> pd.DataFrame:
    """Write findings as the tidy table, worst first.

    Returns
    -------
    DataFrame
        The columns ``COLUMNS``.
    """
    frames = [_frame(view, rules[f.code], f) for f in findings if f.sample.size and rules[f.code]["severity"] != "off"]
    if not frames:
        empty = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
        return empty.astype({"row": "Int64"})
    table = pd.concat(frames, ignore_index=True)
    rank = table["severity"].map({"error": 0, "warning": 1, "info": 2})
    return table.iloc[np.argsort(rank.to_numpy(), kind="stable")].reset_index(drop=True)


def _pick(values: NDArray[np.object_], rows: NDArray[np.int64], absent: str = "") -> list[str]:
    """Text at positions; position -1 is no sample at all."""
    if not values.size:
        return [absent] * rows.size
    picked: list[str] = np.where(rows < 0, absent, values[rows]).tolist()
    return picked


def _frame(view: View, rule: Mapping[str, Any], found: Findings) -> pd.DataFrame:
    rows, size = found.sample, found.sample.size
    columns: dict[str, list[Any]] = {
        "sample": _pick(view.sample, rows), "site": _pick(view.site, rows),
        "district": _pick(view.district, rows), "month": _pick(view.month, rows),
        "batch": _pick(view.batch, rows),
    }  # fmt: skip
    # one value that holds for every row stays one value
    columns |= {k: [v] for k, v in rule.items() if isinstance(v, (int, float))}
    for name, values in found.fields.items():
        columns[name] = [values] if np.ndim(values) == 0 else np.asarray(values).tolist()
    which = found.biomarker.tolist()
    texts = {}
    for language, suffix in (("en", ""), ("zh", "_zh")):
        names = [*(label(b, language) for b in view.biomarkers), ""]
        columns["biomarker"] = [names[j] for j in which]
        for column, part in (("came", "came"), ("needed", "needed"), ("message", None)):
            texts[column + suffix] = said(message_code(found.code), part, language, columns, size)
    file, sheet = (_pick(view.texts(name), rows) for name in ("source_file", "source_sheet"))
    line = np.where(rows < 0, np.nan, view.numbers("source_row")[rows]) if view.n else np.full(size, np.nan)
    line = np.where(line < 0, np.nan, line)
    place = {k: list(found.fields[k]) for k in ("file", "sheet", "row") if k in found.fields}
    ids = [*view.biomarkers, ""]
    return pd.DataFrame(
        {
            "severity": rule["severity"], "code": found.code,
            **{k: columns[k] for k in ("sample", "site", "district", "month")},
            "biomarker": [ids[j] for j in which], **texts,
            "file": place.get("file", file), "sheet": place.get("sheet", sheet),
            "row": pd.array(place.get("row", line), dtype="Int64"),
        },
        columns=list(COLUMNS),
    )  # fmt: skip
