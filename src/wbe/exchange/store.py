"""Samples in netCDF, Zarr and Parquet, written whole or not at all and read back identical.

Refuses a file that holds no valid Samples, and to replace a folder that is not a store of its own kind.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from wbe.errors import Fault, InputError, SchemaError, require
from wbe.samples import describe, ensure_valid

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
        raise InputError([Fault("no such file", f"Samples in {_kinds()}", "Check the path.", path.name)])
    try:
        found = _tidy(_READERS[suffix](path))
    except (InputError, ImportError):
        raise
    except Exception as err:  # each format's package has its own kinds of errors for damaged files
        first = str(err).strip().splitlines()[0][:120] if str(err).strip() else type(err).__name__
        raise InputError([
            Fault(f"a file that cannot be read as {suffix} ({first})", f"Samples in {_kinds()}",
                  "Write it again with wbe.exchange.write.", path.name)
        ]) from err  # fmt: skip
    try:
        return ensure_valid(found)
    except SchemaError as err:
        raise InputError(
            [
                Fault(problem, "a valid Samples dataset", "Write it again from the laboratory's file.", path.name)
                for problem in err.problems
            ]
        ) from err


def _kinds() -> str:
    return f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            [Fault(f"suffix {path.suffix or '(none)'!r}", _kinds(), "Choose the format by the suffix.", path.name)]
        )
    return suffix


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a hidden path beside ``path`` to write to; it takes the place of ``path`` only when all went well.

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
        raise InputError([Fault("a folder that does not exist", "an existing folder", "Make it.", str(path.parent))])
    if path.is_dir() and any(path.iterdir()) and not (path / "zarr.json").exists() and path.suffix == ".zarr":
        raise InputError(
            [Fault("a folder with other files", "a Zarr store or no folder", "Choose another name.", path.name)]
        )
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
    return xr.load_dataset(path, engine="h5netcdf", decode_timedelta=False)


def _write_zarr(ds: xr.Dataset, path: Path) -> None:
    require("zarr", "storage")
    ds.compute().drop_encoding().to_zarr(path, mode="w-", consolidated=False, encoding=_times(ds))


def _read_zarr(path: Path) -> xr.Dataset:
    require("zarr", "storage")
    with xr.open_zarr(path, consolidated=False, chunks=None, decode_timedelta=False) as ds:
        return ds.load()


def _write_parquet(ds: xr.Dataset, path: Path) -> None:
    pa, pq = require("pyarrow", "storage"), require("pyarrow.parquet", "storage")
    dims = ("sample", "biomarker")
    if not all(ds.sizes[d] for d in dims):
        raise InputError(
            [
                Fault(
                    "a dataset without results", "at least one sample and one biomarker", "Use .nc or .zarr.", path.name
                )
            ]
        )
    shape = tuple(ds.sizes[d] for d in dims)
    columns, rest = {}, {}
    for name, variable in ds.variables.items():
        if set(variable.dims) <= set(dims) and variable.dims:
            values = xr.Variable(variable.dims, variable.values).set_dims(dict(zip(dims, shape, strict=True)))
            columns[str(name)] = pa.array(values.transpose(*dims).values.ravel())
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


def _jsonable(attrs: Any) -> dict[str, Any]:
    return {str(k): _plain(v) for k, v in attrs.items()}


def _read_parquet(path: Path) -> xr.Dataset:
    pq = require("pyarrow.parquet", "storage")
    table = pq.read_table(path)
    text = (table.schema.metadata or {}).get(_METADATA)
    if text is None:
        raise InputError([
            Fault("a Parquet file without the description of Samples", "a file that wbe wrote",
                  "Read a laboratory's table with wbe.read_samples from CSV or a workbook.", path.name)
        ])  # fmt: skip
    about = json.loads(text)
    columns = {n: table.column(n).to_numpy(zero_copy_only=False) for n in table.column_names}
    # rows are sample by sample, each with every biomarker
    n_biomarkers = len(dict.fromkeys(columns["biomarker"].tolist()))
    shape = (table.num_rows // n_biomarkers, n_biomarkers)
    variables: dict[str, Any] = {}
    for name, values in columns.items():
        grid = values.astype(about["dtypes"][name]).reshape(shape)
        dims = about["dims"][name]
        taken = {("sample",): grid[:, 0], ("biomarker",): grid[0]}.get(tuple(dims))
        if taken is None:
            taken = grid if dims == ["sample", "biomarker"] else grid.T
        variables[name] = (dims, taken, about["variable_attrs"][name])
    for name, entry in about["rest"].items():
        variables[name] = (entry["dims"], np.array(entry["data"], dtype=entry["dtype"]), entry["attrs"])
    coords = {n: v for n, v in variables.items() if n in about["coords"]}
    data = {n: v for n, v in variables.items() if n not in coords}
    return xr.Dataset(data, coords=coords, attrs=about["attrs"])


_WRITERS: dict[str, Callable[[xr.Dataset, Path], None]] = {
    ".nc": _write_netcdf, ".zarr": _write_zarr, ".parquet": _write_parquet,
}  # fmt: skip
_READERS: dict[str, Callable[[Path], xr.Dataset]] = {
    ".nc": _read_netcdf, ".zarr": _read_zarr, ".parquet": _read_parquet,
}  # fmt: skip
