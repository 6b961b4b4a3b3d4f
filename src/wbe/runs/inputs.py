"""The samples of a run as one compressed text, so that a later look can say why a number moved.

Refuses to be part of an edition that hides districts: flow and concentration are the load.
"""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from wbe.errors import Fault, InputError

__all__ = ["pack", "plain", "unpack"]

LEFT_OUT = ("reading_log",)  # the log quotes whole rows; what it says of a number is a coordinate already


def plain(samples: xr.Dataset) -> bytes:
    """Return the samples as text, equal for equal samples.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> plain(small_city()) == plain(small_city())
    True
    """
    variables = {
        str(name): {"dims": list(samples[name].dims), **_values(samples[name].values)} for name in samples.variables
    }
    attrs = {str(k): v for k, v in samples.attrs.items() if k not in LEFT_OUT and _simple(v)}
    content = {
        "coords": sorted(map(str, samples.coords)),
        "variables": dict(sorted(variables.items())),
        "attrs": dict(sorted(attrs.items())),
        "own": {
            str(n): {str(k): v for k, v in sorted(samples[n].attrs.items()) if k not in LEFT_OUT and _simple(v)}
            for n in samples.variables
        },
    }
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode("ascii")


def _simple(value: object) -> bool:
    return isinstance(value, str | int | float | bool)


def _values(values: np.ndarray) -> dict[str, Any]:
    kind = values.dtype.kind
    if kind == "M":
        return {"type": "time", "values": values.astype("datetime64[ns]").astype("int64").tolist()}
    if kind == "f":
        return {
            "type": "float",
            "values": np.where(np.isfinite(values), values.astype(object), np.array(None)).tolist(),
        }
    if kind in "iu":
        return {"type": str(values.dtype), "values": values.tolist()}
    if kind == "b":
        return {"type": "bool", "values": values.tolist()}
    return {"type": "text", "values": np.asarray(values, dtype=object).tolist()}


def pack(samples: xr.Dataset, of: str = "") -> bytes:
    """Return the samples compressed; equal samples give equal bytes.

    Parameters
    ----------
    samples : Dataset
    of : str
        Hash of the table that was made of them: so that samples of another run are known as such.
    """
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="") as stream:
        stream.write(b'{"of":' + json.dumps(of).encode("ascii") + b',"samples":' + plain(samples) + b"}")
    return buffer.getvalue()


def unpack(path: Path, of: str = "") -> xr.Dataset:
    """Read samples that :func:`pack` made.

    Raises
    ------
    InputError
        Another file, or the samples of another table.
    OSError

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from wbe.testing import small_city
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "samples.json.gz"
    >>> _ = path.write_bytes(pack(small_city()))
    >>> unpack(path).identical(unpack(path)), unpack(path).sizes == small_city().sizes
    (True, True)
    """
    try:
        held = json.loads(gzip.decompress(path.read_bytes()))
        content, belongs = held["samples"], held["of"] == of
        known = {name: _variable(entry, content["own"].get(name, {})) for name, entry in content["variables"].items()}
        coords = {name: known[name] for name in content["coords"]}
        variables = {name: value for name, value in known.items() if name not in coords}
        samples = xr.Dataset(variables, coords, content["attrs"])
    except (ValueError, KeyError, TypeError, EOFError, RecursionError, gzip.BadGzipFile) as err:
        raise InputError([Fault("runs-no-samples", file=str(path))]) from err
    if not belongs:
        raise InputError([Fault("runs-file-changed", file=str(path))])
    return samples


def _variable(entry: dict[str, Any], attrs: dict[str, Any]) -> xr.Variable:
    kind, values = entry["type"], entry["values"]
    if kind == "time":
        array = np.asarray(values, dtype="int64").astype("datetime64[ns]")
    elif kind == "float":
        array = np.asarray(values, dtype=float)
    elif kind == "text":
        array = np.asarray(values, dtype=object)
        if all(isinstance(v, str) for v in array.ravel()):
            array = array.astype(str)
    else:
        array = np.asarray(values, dtype=kind)
    return xr.Variable(entry["dims"], array, attrs)
