"""``read_network``: a sewer from CSV, GeoJSON, a shapefile or a SWMM input file -> a :class:`Network`.

Refuses half a network: all faults of the file are told at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wbe.errors import Fault, InputError, hint, need_path
from wbe.exchange.load_tables import text_of
from wbe.messages import Note
from wbe.sewer.settings import settings

if TYPE_CHECKING:
    from wbe.sewer.network import Network

__all__ = ["from_rows", "read_network"]

_NONE = ("", "-", "outfall", "none", "nan", "null", "出口", "排放口", "末端")


def read_network(path: str | Path) -> Network:
    """Read a sewer network.

    Parameters
    ----------
    path : str or Path
        A CSV with the columns ``node, downstream`` and ``travel_time`` [h] or ``length`` [m] (with ``diameter`` [m] and
        ``slope`` [1] if known), ``population`` (inhabitants living at the node) and, if known, ``share`` (of the flow,
        where a node has several downstream nodes), ``flow`` [m3/d], ``x, y``. A node without downstream is an outfall.
        Also GeoJSON (points with ``node``, lines with ``node, downstream``), a shapefile of such lines, or a SWMM
        ``.inp`` file.

    Returns
    -------
    Network

    Raises
    ------
    InputError
        Columns that are absent, impossible numbers, circles (with their links), parts without an outfall, nodes that
        no row describes: all at once.
    MissingExtra
        Shapefiles and SWMM files need ``pip install 'wbe-drugs[sewer]'``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "sewer.csv"
    >>> _ = file.write_text("node,downstream,length,population\\nA,plant,1200,6000\\nB,plant,600,4000\\nplant,,,0\\n")
    >>> read_network(file)
    <Network: 3 nodes, 2 links, outfalls plant, 10,000 inhabitants>
    """
    path = need_path(path, "read_network")
    if not path.is_file():
        raise InputError([Fault("sewer-no-file", file=path.name)])
    suffix = path.suffix.lower()
    if suffix in (".json", ".geojson"):
        from wbe.sewer.geo import rows_of_geojson

        return from_rows(rows_of_geojson(path), path.name)
    if suffix in (".shp", ".gpkg"):
        from wbe.sewer.geo import rows_of_shapes

        return from_rows(rows_of_shapes(path), path.name)
    if suffix == ".inp":
        from wbe.sewer.swmm import rows_of_swmm

        rows, notes = rows_of_swmm(path)
        return from_rows(rows, path.name, notes=notes)
    return from_rows(_rows_of_csv(path), path.name)


def _rows_of_csv(path: Path) -> list[dict[str, str]]:
    text = text_of(path)
    if text is None:
        raise InputError([Fault("sewer-not-text", file=path.name)])
    reader = csv.reader(io.StringIO(text))
    header = [_column(name) for name in next(reader, [])]
    absent = [name for name in ("node", "downstream") if name not in header]
    if absent:
        came = [str(name) for name in header]
        raise InputError([Fault("sewer-columns", file=path.name, names=absent, found=came, hint=hint(absent[0], came))])
    rows, faults = [], []
    for number, cells in enumerate(reader, start=2):
        if not any(c.strip() for c in cells):
            continue
        if len(cells) > len(header) and any(c.strip() for c in cells[len(header) :]):
            faults.append(Fault("sewer-ragged", file=path.name, row=number, cells=len(cells), columns=len(header)))
        rows.append({"row": str(number), **dict(zip(header, (c.strip() for c in cells), strict=False))})
    if faults:
        raise InputError(faults)
    return rows


def _column(name: str) -> str:
    plain = name.strip().lower().split("(")[0].split("（")[0].strip().replace(" ", "_")
    spelled: dict[str, list[str]] = settings()["columns"]
    return next((known for known, others in spelled.items() if plain == known or plain in others), plain)


def from_rows(rows: Sequence[Mapping[str, object]], file: str, *, notes: Sequence[Note] = ()) -> Network:
    """Make a network of rows that name a node and what lies downstream of it.

    Parameters
    ----------
    rows : sequence of mapping
        As :func:`read_network` describes a CSV's columns.
    file : str
        For messages.
    notes : sequence of Note
        What the reader of the format has to say.

    Raises
    ------
    InputError
        Every fault.
    """
    from wbe.sewer.network import Network

    faults: list[Fault] = []
    names, told = _nodes(rows, file, faults)
    index = {name: i for i, name in enumerate(names)}
    numbers = {
        c: np.array([_number(r, c, file, faults) for r in rows])
        for c in ("population", "flow", "x", "y", "length", "travel_time", "share", "diameter", "slope")
    }
    if not names:
        faults.append(Fault("sewer-empty", file=file))
    if faults:
        raise InputError(faults)
    at = np.array([index[str(r["node"])] for r in rows])
    leads = np.array([_downstream(r) is not None for r in rows], dtype=bool)
    up = at[leads]
    down = np.array([index[d] for r in rows if (d := _downstream(r)) is not None], dtype=int)
    hours, taken = _hours({k: v[leads] for k, v in numbers.items()})
    share = numbers["share"][leads]
    alone = np.bincount(up, minlength=len(names))[up] == 1
    share = np.where(np.isnan(share) & alone, 1.0, share)
    if np.isnan(share).any():
        split = sorted({names[i] for i in up[np.isnan(share)]})
        raise InputError([Fault("sewer-split-without-share", file=file, nodes=split)])
    own = _per_node(numbers["population"], at, len(names))
    if np.isnan(own).all():
        taken.append(Note("sewer-no-population"))
    xy = np.column_stack([_per_node(numbers[c], at, len(names)) for c in ("x", "y")])
    try:
        return Network(
            np.array(names, dtype=object), own, up, down, hours, share,
            length=numbers["length"][leads], xy=xy, flow=_per_node(numbers["flow"], at, len(names)),
            notes=(*notes, *told, *taken),
        )  # fmt: skip
    except InputError as err:
        raise InputError([f.at(file=file) for f in err.faults]) from None


def _downstream(row: Mapping[str, object]) -> str | None:
    name = str(row.get("downstream") or "").strip()
    return None if name.casefold() in _NONE else name


def _nodes(rows: Sequence[Mapping[str, object]], file: str, faults: list[Fault]) -> tuple[list[str], list[Note]]:
    """Names of all nodes; the one plant that every loose end leads to needs no row of its own."""
    names = list(dict.fromkeys(str(r.get("node") or "").strip() for r in rows))
    if "" in names:
        rows_without = [int(str(r.get("row", 0))) for r in rows if not str(r.get("node") or "").strip()]
        faults += [Fault("sewer-nameless", file=file, row=n) for n in rows_without[:20]]
        names.remove("")
    known = set(names)
    loose = list(dict.fromkeys(d for r in rows if (d := _downstream(r)) is not None and d not in known))
    ends = any(_downstream(r) is None for r in rows)
    if len(loose) == 1 and not ends:
        return [*names, *loose], [Note("sewer-outfall-named-only", node=loose[0])]
    faults += [Fault("sewer-unknown-downstream", file=file, name=d, hint=hint(d, names)) for d in loose]
    pairs = [(str(r.get("node")), _downstream(r)) for r in rows]
    twice = sorted({node for node, _ in (p for p in set(pairs) if pairs.count(p) > 1)}) if len(pairs) < 5000 else []
    if twice:
        faults.append(Fault("sewer-repeated-node", file=file, names=twice))
    return names, []


def _number(row: Mapping[str, object], column: str, file: str, faults: list[Fault]) -> float:
    came = row.get(column)
    if came is None or str(came).strip() in ("", "-"):
        return float("nan")
    try:
        return float(str(came).replace(",", "")) if not isinstance(came, int | float) else float(came)
    except ValueError:
        place = int(str(row["row"])) if "row" in row else None
        faults.append(Fault("sewer-number", file=file, row=place, column=column, came=repr(came)))
        return float("nan")


def _per_node(values: np.ndarray, at: np.ndarray, n: int) -> np.ndarray:
    """One value a node: a node with several links says it once or the same each time."""
    found = np.full(n, np.nan)
    known = ~np.isnan(values)
    found[at[known][::-1]] = values[known][::-1]
    return found


def _hours(columns: Mapping[str, np.ndarray]) -> tuple[np.ndarray, list[Note]]:
    """Travel time as given, else from length over a velocity: Manning's where slope and diameter are known."""
    rules = settings()["travel"]
    hours, length = columns["travel_time"].copy(), columns["length"]
    pipe = (columns["diameter"] / 4) ** (2 / 3) * np.sqrt(np.maximum(columns["slope"], 0)) / rules["roughness"]
    speed = np.where(pipe > 0, pipe, rules["velocity"])
    notes = []
    absent = np.isnan(hours)
    if absent.any():
        assumed = absent & ~(pipe > 0) & ~np.isnan(length)
        if assumed.any():
            notes.append(Note("sewer-assumed-velocity", count=int(assumed.sum()), speed=float(rules["velocity"])))
        unknown = absent & np.isnan(length)
        if unknown.any():
            notes.append(Note("sewer-no-travel", count=int(unknown.sum())))
        hours = np.where(absent, np.where(np.isnan(length), 0.0, length / speed / 3600), hours)
    return hours, notes
