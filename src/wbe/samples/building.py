"""From plain columns to a Samples dataset, with every breach of the schema told at once.

Refuses a result given twice, a sample that nobody described, a column that the schema does not know, and a time that
can be read in two ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import SchemaError
from wbe.messages import Note
from wbe.samples.checking import ensure_valid
from wbe.samples.schema import RESULTS, SITUATIONS, TEXTS, TIMES, Flag, describe
from wbe.samples.times import moments

__all__ = ["build", "one_text"]

_TEXT_DEFAULTS = {"sample_type": "unknown", "population_basis": "unknown"}
_ALWAYS = ("site", "district", "batch", "method_version", "sample_type", "population_basis")


def build(
    sample: Mapping[str, Iterable[object]] | pd.DataFrame,
    results: pd.DataFrame,
    *,
    title: str = "",
    synthetic: bool = False,
    source: str = "",
    zone: str | None = None,
) -> xr.Dataset:
    """Build a Samples dataset from plain columns in canonical units.

    Parameters
    ----------
    sample : DataFrame or mapping of columns
        One row per sample: ``sample`` (id), ``time``, ``site``, ``district`` and any of ``time_end, city, province,
        batch, sample_type, method_version, population_basis, flow [m3/d], population [inhabitant]``,
        markers [mg/L], ``analysis_date, source_file, source_sheet, source_row``. Times are days, ISO texts,
        ``20210624`` or serial numbers such as ``44371``.
    results : DataFrame
        Long: ``sample, biomarker, concentration [ng/L], flag`` and optionally ``lod, loq, uloq [ng/L],
        recovery [1], enantiomeric_fraction [1], reason``.
    title, source : str
        Kept in the dataset's attributes.
    synthetic : bool
        Marks data that no laboratory measured; shown in every output.
    zone : str, optional
        Time zone of the plants, such as ``"Asia/Shanghai"``; needed where times are given in UTC or with several
        offsets. Times with one other offset are taken as the wall clock at the plant.

    Returns
    -------
    Dataset
        Valid by :func:`validate`.

    Raises
    ------
    SchemaError
        Every breach of the schema, in one list: also a time that can be read in two ways (``05/06/2021``), a month
        without a day (``202106``), and a column that is missing.

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
    _refuse_missing(table, results)
    ids = table["sample"].astype(str).to_numpy(dtype=object)
    _refuse_repeats(pd.Index(ids), results)
    biomarkers = list(dict.fromkeys(results["biomarker"].astype(str)))
    times = _times(table, zone)
    rows = {} if "source_row" not in table else {
        "source_row": xr.Variable("sample", table["source_row"].fillna(-1).to_numpy(dtype=np.int64, copy=True))
    }  # fmt: skip
    ds = xr.Dataset(
        _result_variables(results, ids, biomarkers) | _situation_variables(table),
        coords={"sample": ("sample", ids), "biomarker": ("biomarker", np.array(biomarkers, dtype=object))}
        | _text_coordinates(table)
        | times
        | rows,
        attrs={"title": title, "source": source, "synthetic": int(synthetic), "schema": "wbe-samples-1"},
    )
    return ensure_valid(describe(ds))


def _refuse_missing(table: pd.DataFrame, results: pd.DataFrame) -> None:
    wanted = (("sample", table, ("sample", "time", "site", "district")),
              ("results", results, ("sample", "biomarker", "concentration", "flag")))  # fmt: skip
    problems = [
        Note("samples-no-column", table=name, column=column)
        for name, given, columns in wanted
        for column in columns
        if column not in given
    ]
    if problems:
        raise SchemaError("Samples", problems)


def _refuse_repeats(ids: pd.Index, results: pd.DataFrame) -> None:
    problems = []
    if ids.has_duplicates:
        problems.append(Note("samples-repeated-ids", dimension="sample"))
    pairs = results[["sample", "biomarker"]].astype(str)
    if pairs.duplicated().any():
        first = " / ".join(pairs[pairs.duplicated()].iloc[0])
        problems.append(Note("samples-result-twice", result=first))
    unknown = sorted(set(pairs["sample"]) - set(ids))
    if unknown:
        problems.append(Note("samples-result-of-nobody", samples=tuple(unknown[:5])))
    if problems:
        raise SchemaError("Samples", problems)


def _times(table: pd.DataFrame, zone: str | None) -> dict[str, xr.Variable]:
    read = {name: moments(table[name], name, zone) for name in TIMES if name in table}
    problems = [note for _, notes in read.values() for note in notes]
    if problems:
        raise SchemaError("Samples", list(dict.fromkeys(problems)))
    return {name: xr.Variable("sample", times) for name, (times, _) in read.items()}


def _result_variables(results: pd.DataFrame, ids: np.ndarray, biomarkers: list[str]) -> dict[str, xr.Variable]:
    row = pd.Index(ids).get_indexer(pd.Index(results["sample"].astype(str)))
    col = pd.Index(biomarkers).get_indexer(pd.Index(results["biomarker"].astype(str)))
    shape, dims = (len(ids), len(biomarkers)), ("sample", "biomarker")

    def spread(column: str, grid: np.ndarray) -> xr.Variable:
        if column in results:
            grid[row, col] = results[column].to_numpy()
        return xr.Variable(dims, grid)

    found = {"flag": spread("flag", np.full(shape, int(Flag.MISSING), dtype=np.int8))}
    for name in RESULTS:
        if name in results or name in ("concentration", "lod", "loq"):
            found[name] = spread(name, np.full(shape, np.nan))
    if "reason" in results:
        grid = one_text(shape, "")
        grid[row, col] = results["reason"].fillna("").astype(str).to_numpy(dtype=object)
        found["flag_reason"] = xr.Variable(dims, grid)
    return found


def _situation_variables(table: pd.DataFrame) -> dict[str, xr.Variable]:
    absent = np.full(len(table), np.nan)
    return {
        name: xr.Variable("sample", table[name].to_numpy(dtype=float, copy=True) if name in table else absent.copy())
        for name in SITUATIONS
        if name in table or name in ("flow", "population")
    }


def _text_coordinates(table: pd.DataFrame) -> dict[str, xr.Variable]:
    found = {}
    for name in TEXTS:
        if name not in table and name not in _ALWAYS:
            continue
        default = _TEXT_DEFAULTS.get(name, "")
        column = table[name] if name in table else pd.Series([default] * len(table), dtype=object)
        text = column.fillna(default).astype(str).to_numpy(dtype=object)
        found[name] = xr.Variable("sample", np.where(text == "", default, text))
    return found


def one_text(shape: int | tuple[int, ...], text: str) -> np.ndarray:
    """Return an array that holds one text throughout; ``np.full`` would make a text of its own for every cell.

    Examples
    --------
    >>> one_text((1, 2), "24h")
    array([['24h', '24h']], dtype=object)
    """
    return np.full(shape, np.array(text, dtype=object))
