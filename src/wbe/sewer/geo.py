"""Networks as maps: GeoJSON and shapefiles in, GeoJSON out.

Refuses lines that do not say which nodes they join. No boundary or map ships with the library.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wbe.errors import Fault, InputError, require

if TYPE_CHECKING:
    from wbe.sewer.network import Network

__all__ = ["features_of", "rows_of_geojson", "rows_of_shapes"]


def features_of(network: Network) -> dict[str, Any]:
    """Return a network as a GeoJSON mapping that :func:`wbe.sewer.read_network` reads back."""

    def point(i: int) -> list[float] | None:
        if network.xy is None or np.isnan(network.xy[i]).any():
            return None
        return [float(v) for v in network.xy[i]]

    features = []
    for i, name in enumerate(network.nodes):
        place = point(i)
        properties = {"node": name, "population": _plain(network.own[i]), "people": float(network.served[i])}
        if network.flow is not None:
            properties["flow"] = _plain(network.flow[i])
        features.append(_feature("Point", place, properties))
    for k, (u, d) in enumerate(zip(network.up.tolist(), network.down.tolist(), strict=True)):
        ends = [point(u), point(d)]
        properties = {
            "node": network.nodes[u], "downstream": network.nodes[d], "travel_time": float(network.hours[k]),
            "share": float(network.share[k]),
            "length": None if network.length is None else _plain(network.length[k]),
        }  # fmt: skip
        features.append(_feature("LineString", None if None in ends else ends, properties))
    return {"type": "FeatureCollection", "features": features}


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    shape = None if coordinates is None else {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": shape, "properties": properties}


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def rows_of_geojson(path: Path) -> list[dict[str, object]]:
    """Read points and lines into rows.

    Raises
    ------
    InputError
        The file is no GeoJSON of features, or a line names no nodes.
    """
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        told = [({str(k).lower(): v for k, v in f["properties"].items()}, f.get("geometry")) for f in features]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
        raise InputError([Fault("sewer-geojson", file=path.name, said=type(err).__name__)]) from err
    return _rows(told, path.name)


def rows_of_shapes(path: Path) -> list[dict[str, object]]:
    """Read the lines (and points) of a shapefile or GeoPackage into rows.

    Raises
    ------
    InputError
        Unreadable, or a line names no nodes.
    MissingExtra
        pyogrio is not installed.
    """
    pyogrio = require("pyogrio", "sewer")
    try:
        meta, _, _, fields = pyogrio.raw.read(path, read_geometry=False)
    except Exception as err:  # the driver library raises its own kinds
        raise InputError([Fault("sewer-shapes", file=path.name, said=str(err)[:100])]) from err
    names = [str(f).lower() for f in meta["fields"]]
    columns = dict(zip(names, fields, strict=True))
    told = [({n: columns[n][i] for n in names}, None) for i in range(len(fields[0]) if names else 0)]
    return _rows(told, path.name)


def _rows(told: list[tuple[dict[str, Any], Any]], file: str) -> list[dict[str, object]]:
    from wbe.sewer.read import _column

    points: dict[str, dict[str, object]] = {}
    lines: list[dict[str, object]] = []
    faults = []
    for i, (properties, shape) in enumerate(told, start=1):
        # "people" counts all above a node where its own inhabitants stand beside it
        named = {_column(k): v for k, v in properties.items() if not (k == "people" and "population" in properties)}
        if named.get("node") in (None, ""):
            faults.append(Fault("sewer-feature-without-node", file=file, number=i))
            continue
        row: dict[str, object] = {k: ("" if v is None else v) for k, v in named.items()}
        row["node"] = str(row["node"])
        if row.get("downstream") not in (None, ""):
            lines.append(row)
        elif shape and shape.get("type") == "Point":
            x, y = shape["coordinates"][:2]
            points[str(row["node"])] = {**row, "x": x, "y": y}
        else:
            points.setdefault(str(row["node"]), row)
    if faults:
        raise InputError(faults[:50])
    with_lines = {str(r["node"]) for r in lines}
    joined = [{**points.get(str(r["node"]), {}), **r} for r in lines]
    return joined + [row for name, row in points.items() if name not in with_lines]
