"""Samples in netCDF, Zarr and Parquet, written whole or not at all and read back identical.

Refuses a file that holds no valid Samples, one that would unpack to far more than it is or points at another file,
and to replace a folder that is not a store of its own kind.
"""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from wbe.errors import Fault, InputError, SchemaError, WbeWarning, require
from wbe.exchange.known import is_known, refuse_bombs
from wbe.messages import Note
from wbe.samples import describe, ensure_valid

__all__ = ["SUFFIXES", "read", "whole", "write"]

SUFFIXES = (".nc", ".zarr", ".parquet")
_TIME = {"units": "nanoseconds since 1970-01-01", "dtype": "int64", "calendar": "proleptic_gregorian"}
_METADATA = b"wbe-samples"


def write(samples: xr.Dataset, path: str | Path) -> Path:
    """Write Samples to a file whose suffix names the format.

    Parameters
    ----------
    samples : Dataset
        Valid Samples.
    path : str or Path
        ``.nc`` (netCDF-4), ``.zarr`` (a folder) or ``.parquet`` (one row per sample and biomarker).

    Returns
    -------
    Path
        What was written; it appears whole or not at all, and an earlier file stays until then.

    Raises
    ------
    InputError
        Another suffix, a folder that is no Zarr store in the way, or nothing to hold in rows (Parquet).
    SchemaError
        The dataset is not valid Samples.
    MissingExtra
        The format's package is not installed: ``pip install 'wbe-drugs[storage]'``.

    Examples
    --------
    >>> import tempfile
    >>> from wbe.testing import small_city
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write(small_city(), f"{folder}/city.nc")
    ...     read(path).identical(small_city())
    True
    """
    path = Path(path)
    suffix = _suffix(path)
    ensure_valid(samples)
    with whole(path) as part:
        _WRITERS[suffix](samples, part)
    return path


def read(path: str | Path) -> xr.Dataset:
    """Read Samples that :func:`write` wrote.

    Raises
    ------
    InputError
        The file is absent, damaged, of another kind, or holds no valid Samples (every breach is named).

    Examples
    --------
    >>> read("nowhere.nc")
    Traceback (most recent call last):
        ...
    wbe.errors.InputError: file nowhere.nc: got no such file; needed Samples in .nc, .zarr or .parquet. Check the path.
    """
    path = Path(path)
    suffix = _suffix(path)
    if not path.exists():
        raise InputError([Fault("exchange-no-file", file=path.name, kinds=_kinds())])
    try:
        found = _tidy(_READERS[suffix](path))
    except (InputError, ImportError):
        raise
    except Exception as err:  # each format's package has its own kinds of errors for damaged files
        first = str(err).strip().splitlines()[0][:120] if str(err).strip() else type(err).__name__
        raise InputError([
            Fault("exchange-unreadable", file=path.name, suffix=suffix, said=first, kinds=_kinds())
        ]) from err  # fmt: skip
    if "time" in found.variables and found["time"].dtype.kind != "M":
        raise InputError([Fault("exchange-time-without-unit", file=path.name, kind=str(found["time"].dtype))])
    try:
        return ensure_valid(found)
    except SchemaError as err:
        raise InputError([Fault("exchange-breach", file=path.name, breach=b) for b in err.breaches]) from err


def _kinds() -> str:
    return f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError([Fault("exchange-suffix", file=path.name, suffix=path.suffix or "(none)", kinds=_kinds())])
    return suffix


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a hidden path beside ``path`` to write to; it takes the place of ``path`` only when all went well.

    Raises
    ------
    InputError
        The folder holds files of others.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole(Path(folder) / "a.txt") as part:
    ...         _ = part.write_text("all of it")
    ...     (Path(folder) / "a.txt").read_text()
    'all of it'
    """
    if not path.parent.is_dir():
        raise InputError([Fault("exchange-no-folder", file=str(path.parent))])
    if path.is_dir() and any(path.iterdir()) and not (path / "zarr.json").exists() and path.suffix == ".zarr":
        raise InputError([Fault("exchange-folder-of-others", file=path.name)])
    with tempfile.TemporaryDirectory(prefix=f".{path.name[:40]}-", dir=path.parent) as scratch:
        part = Path(scratch) / path.name
        yield part
        if path.is_dir():
            # a folder cannot be replaced in one step: the old one steps aside first
            os.replace(path, Path(scratch) / "before")
        os.replace(part, path)


def _tidy(ds: xr.Dataset) -> xr.Dataset:
    """Undo what formats do to text, attributes and encodings."""
    for name in list(ds.variables):
        variable = ds[name]
        if variable.dtype.kind in "fiubM":
            continue
        texts = np.empty(variable.shape, dtype=object)
        texts.ravel()[:] = [str(v) for v in variable.values.ravel()]
        entry = {name: (variable.dims, texts, variable.attrs)}
        ds = ds.assign_coords(entry) if name in ds.coords else ds.assign(entry)
    ds = ds.drop_encoding()
    for stored in ds.variables.values():
        stored.attrs = {k: _plain(v) for k, v in stored.attrs.items()}
    ds.attrs = {k: _plain(v) for k, v in ds.attrs.items()}
    return describe(ds)


def _unknown(path: Path, names: Any) -> list[str]:
    """Names that Samples do not define; they are not loaded, and that is said."""
    left = [str(name) for name in names if not is_known(str(name))]
    if left:
        note = Note("exchange-left-out", file=path.name, names=tuple(left))
        warnings.warn(str(note), WbeWarning, stacklevel=4)
    return left


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item() if isinstance(value, np.generic) else value


def _times(ds: xr.Dataset) -> dict[str, dict[str, Any]]:
    return {str(n): dict(_TIME) for n, v in ds.variables.items() if v.dtype.kind == "M"}


def _write_netcdf(ds: xr.Dataset, path: Path) -> None:
    require("h5netcdf", "storage")
    encoding = _times(ds)
    for name, variable in ds.variables.items():
        if variable.dtype.kind in "fi" and variable.ndim == 2 and variable.size:
            encoding[str(name)] = {"zlib": True, "complevel": 4}
    packed = ds.copy()
    # CF: flag_values have the type of the flag
    packed["flag"].attrs = {**ds["flag"].attrs, "flag_values": np.array(ds["flag"].attrs["flag_values"], np.int8)}
    packed.to_netcdf(path, engine="h5netcdf", encoding=encoding)


def _read_netcdf(path: Path) -> xr.Dataset:
    require("h5netcdf", "storage")
    with require("h5py", "storage").File(path, "r") as file:
        names = list(file)
        refuse_bombs(file, path)
    left = _unknown(path, names)
    return xr.load_dataset(path, engine="h5netcdf", decode_timedelta=False, drop_variables=left)


def _write_zarr(ds: xr.Dataset, path: Path) -> None:
    require("zarr", "storage")
    ds.compute().drop_encoding().to_zarr(path, mode="w-", consolidated=False, encoding=_times(ds))


def _read_zarr(path: Path) -> xr.Dataset:
    require("zarr", "storage")
    if not (path / "zarr.json").is_file():
        # format 2 names its codecs in the store itself, and some of them run what they find
        raise InputError([Fault("exchange-old-zarr", file=path.name)])
    left = _unknown(path, [entry.name for entry in path.iterdir() if entry.is_dir()])
    with xr.open_zarr(
        path, consolidated=False, chunks=None, decode_timedelta=False, drop_variables=left, zarr_format=3
    ) as ds:
        loaded: xr.Dataset = ds.load()
        return loaded


def _write_parquet(ds: xr.Dataset, path: Path) -> None:
    pa, pq = require("pyarrow", "storage"), require("pyarrow.parquet", "storage")
    dims = ("sample", "biomarker")
    if not all(ds.sizes[d] for d in dims):
        raise InputError([Fault("exchange-no-results", file=path.name)])
    shape = tuple(ds.sizes[d] for d in dims)
    columns, rest = {}, {}
    for name, variable in ds.variables.items():
        if set(variable.dims) <= set(dims) and variable.dims:
            values = _spread(variable, dims, shape)
            columns[str(name)] = pa.array(values.ravel())
        else:
            rest[str(name)] = {
                "dims": list(variable.dims), "dtype": str(variable.dtype), "data": variable.values.tolist(),
                "attrs": _jsonable(variable.attrs),
            }  # fmt: skip
    about = {
        "dims": {str(n): list(ds[n].dims) for n in columns},
        "coords": [str(c) for c in ds.coords],
        "dtypes": {n: str(ds[n].dtype) for n in columns},
        "variable_attrs": {n: _jsonable(ds[n].attrs) for n in columns},
        "rest": rest,
        "attrs": _jsonable(ds.attrs),
    }
    table = pa.table(columns).replace_schema_metadata({_METADATA: json.dumps(about, ensure_ascii=False).encode()})
    pq.write_table(table, path, compression="zstd")


def _spread(variable: xr.Variable, dims: tuple[str, str], shape: tuple[int, ...]) -> np.ndarray:
    """The values of a variable on every sample and biomarker."""
    values = variable.transpose(*(d for d in dims if d in variable.dims)).values
    if variable.dims == (dims[0],):
        values = values[:, None]
    return np.broadcast_to(values, shape)


def _jsonable(attrs: Any) -> dict[str, Any]:
    return {str(k): _plain(v) for k, v in attrs.items()}


def _read_parquet(path: Path) -> xr.Dataset:
    pq = require("pyarrow.parquet", "storage")
    table = pq.read_table(path)
    text = (table.schema.metadata or {}).get(_METADATA)
    if text is None:
        raise InputError([Fault("exchange-no-description", file=path.name)])
    about = json.loads(text)
    left = _unknown(path, [*table.column_names, *about["rest"]])
    columns = {n: table.column(n).to_numpy(zero_copy_only=False) for n in table.column_names if n not in left}
    at, shape = _places(columns, path)
    variables: dict[str, Any] = {}
    for name, values in columns.items():
        grid = np.empty(shape, dtype=about["dtypes"][name])
        grid[at] = values.astype(about["dtypes"][name])
        dims = about["dims"][name]
        variables[name] = (dims, _unspread(grid, name, dims, path), about["variable_attrs"][name])
    for name, entry in about["rest"].items():
        if name not in left:
            variables[name] = (entry["dims"], np.array(entry["data"], dtype=entry["dtype"]), entry["attrs"])
    coords = {n: v for n, v in variables.items() if n in about["coords"]}
    data = {n: v for n, v in variables.items() if n not in coords}
    return xr.Dataset(data, coords=coords, attrs=about["attrs"])


def _places(columns: dict[str, Any], path: Path) -> tuple[tuple[np.ndarray, np.ndarray], tuple[int, int]]:
    """Where each row belongs, by its own keys: another program may have sorted the rows."""
    import pandas as pd

    rows, samples = pd.factorize(columns["sample"])
    cols, biomarkers = pd.factorize(columns["biomarker"])
    shape = (len(samples), len(biomarkers))
    if len(rows) != shape[0] * shape[1] or len(np.unique(rows * shape[1] + cols)) != len(rows):
        raise InputError([Fault("exchange-rows-missing", file=path.name, rows=len(rows), wanted=shape[0] * shape[1])])
    return (rows, cols), shape


def _unspread(grid: np.ndarray, name: str, dims: list[str], path: Path) -> np.ndarray:
    """Take back what a table repeats: one value a sample or a biomarker, which must agree."""
    if dims == ["sample", "biomarker"]:
        return grid
    if dims == ["biomarker", "sample"]:
        return grid.T
    spread, axis = (grid[:, :1], 0) if dims == ["sample"] else (grid[:1], 1)
    same = (grid == spread) | ((grid != grid) & (spread != spread))
    if not same.all():
        raise InputError([Fault("exchange-values-differ", file=path.name, name=name, of=dims[0])])
    return grid[:, 0] if axis == 0 else grid[0]


_WRITERS: dict[str, Callable[[xr.Dataset, Path], None]] = {
    ".nc": _write_netcdf, ".zarr": _write_zarr, ".parquet": _write_parquet,
}  # fmt: skip
_READERS: dict[str, Callable[[Path], xr.Dataset]] = {
    ".nc": _read_netcdf, ".zarr": _read_zarr, ".parquet": _read_parquet,
}  # fmt: skip
