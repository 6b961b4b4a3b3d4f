"""SWMM input files: junctions, conduits, pumps and splits as a network, read by swmm-api.

Refuses to guess populations: SWMM holds flows, no inhabitants. What a pump or a divider does to the flow is named.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from wbe.errors import Fault, InputError, require
from wbe.messages import Note

__all__ = ["rows_of_swmm"]

_LINKS = ("CONDUITS", "PUMPS", "ORIFICES", "WEIRS", "OUTLETS")
_NODES = ("JUNCTIONS", "OUTFALLS", "STORAGE", "DIVIDERS")


def rows_of_swmm(path: Path) -> tuple[list[dict[str, object]], list[Note]]:
    """Read a SWMM ``.inp`` file into rows and what must be said of them.

    Returns
    -------
    rows, notes
        One row a link, one a node without links; pumps and splits named. Where links part at a node, each takes an
        equal share, which is said: SWMM decides it only by hydraulics.

    Raises
    ------
    InputError
        The file cannot be read as SWMM input.
    MissingExtra
        swmm-api is not installed.
    """
    api = require("swmm_api", "sewer")
    try:
        model = api.SwmmInput.read_file(str(path))
        links = {kind: _section(model, kind) for kind in _LINKS}
        nodes = {kind: _section(model, kind) for kind in _NODES}
    except Exception as err:  # the parser raises many kinds on damaged text
        raise InputError([Fault("sewer-swmm", file=path.name, said=f"{type(err).__name__}: {err}"[:120])]) from err
    if not any(links.values()):
        raise InputError([Fault("sewer-swmm", file=path.name, said="no links")])
    drop = {name: float(getattr(node, "elevation", math.nan)) for kind in nodes.values() for name, node in kind.items()}
    diameter = {name: float(x.height) for name, x in _section(model, "XSECTIONS").items()}
    places = _section(model, "COORDINATES")
    inflow = {
        str(key[0] if isinstance(key, tuple) else key): float(dry.base_value)
        for key, dry in _section(model, "DWF").items()
    }
    ends = [
        (name, str(link.from_node), str(link.to_node), link) for kind in _LINKS for name, link in links[kind].items()
    ]
    leaving: dict[str, int] = {}
    for _, start, _, _ in ends:
        leaving[start] = leaving.get(start, 0) + 1
    rows: list[dict[str, object]] = []
    for name, start, end, link in ends:
        length = float(getattr(link, "length", 0.0) or 0.0)
        fall = drop.get(start, math.nan) - drop.get(end, math.nan)
        rows.append({
            "node": start, "downstream": end, "length": length, "share": 1 / leaving[start],
            "diameter": diameter.get(str(name), ""),
            "slope": max(fall / length, 0.0) if length and not math.isnan(fall) else "",
            **_place(places, start), **({"flow": inflow[start]} if start in inflow else {}),
        })  # fmt: skip
    outfalls = [name for kind in nodes.values() for name in kind if name not in leaving]
    rows += [{"node": str(name), "downstream": "", **_place(places, str(name))} for name in outfalls]
    notes = []
    if links["PUMPS"]:
        notes.append(Note("sewer-pumps", names=tuple(str(n) for n in links["PUMPS"])))
    split = tuple(sorted(node for node, n in leaving.items() if n > 1))
    if split:
        notes.append(Note("sewer-splits-equal", nodes=split))
    return rows, notes


def _section(model: Any, kind: str) -> dict[str, Any]:
    return dict(model[kind]) if kind in model else {}


def _place(places: dict[str, Any], node: str) -> dict[str, object]:
    found = places.get(node)
    return {"x": float(found.x), "y": float(found.y)} if found is not None else {}
