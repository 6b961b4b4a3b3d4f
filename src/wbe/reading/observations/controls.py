"""Blank and spiked samples among the rows of a table -> the log's controls, for the checks of quality.

Refuses to count them as samples of sewage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wbe.reading.grid.rows import KINDS, texts
from wbe.reading.roles.context import Context
from wbe.reading.words.values import parse_results
from wbe.reading.words.written_units import unit_scale
from wbe.samples import Flag
from wbe.vocabulary import find

__all__ = ["note_controls"]

_MOST = 500
_CONTROLS = {KINDS.index("blank_control"): "blank", KINDS.index("spike_control"): "spike"}


def note_controls(ctx: Context) -> None:
    """Enter the results of control rows into the log, in ng/L, with the state that the cell writes."""
    rows = np.flatnonzero(np.isin(ctx.rows.kind, list(_CONTROLS)))[:_MOST]
    if not len(rows):
        return
    layout = ctx.layout
    names = [texts(c[rows]).array() for c in ctx.columns[: min(3, len(ctx.columns))]]
    batch = texts(ctx.columns[layout.with_role("batch")[0]][rows]).array() if layout.with_role("batch") else None
    for index, analytes, scale in _results(ctx, rows):
        parsed = parse_results(
            ctx.columns[index][rows],
            scale,
            decimal=ctx.decimal,
            tokens=ctx.mapping.tokens,
            negative=str(ctx.mapping.option("negative", "")),
        )
        for k, row in enumerate(rows.tolist()):
            if analytes[k] and parsed.flag[k] != Flag.MISSING:
                ctx.log.controls.append({
                    "file": layout.sheet.file, "sheet": layout.sheet.name,
                    "row": layout.sheet.row_number(layout.start + row), "kind": _CONTROLS[int(ctx.rows.kind[row])],
                    "name": next((n[k] for n in names if n[k]), ""), "batch": "" if batch is None else batch[k],
                    "biomarker": analytes[k], "state": Flag(int(parsed.flag[k])).name.lower(),
                    "value": None if np.isnan(parsed.value[k]) else float(parsed.value[k]),
                })  # fmt: skip


def _results(ctx: Context, rows: np.ndarray) -> list[tuple[int, list[str], float]]:
    """(column, analyte of each row, factor to ng/L) of every column of results; without a clear unit there is none."""
    layout, out = ctx.layout, []
    long = layout.kind == "long"
    columns = layout.with_role("concentration")[:1] if long else layout.results()
    for index in columns:
        scale, reason = unit_scale("concentration", layout.columns[index].unit or layout.base_unit, ctx.mapping)
        if reason or layout.with_role("unit"):
            continue
        analytes: list[Any] = [layout.columns[index].analyte] * len(rows)
        if long:
            analytes = [find(w) or "" for w in texts(ctx.columns[layout.with_role("analyte")[0]][rows]).array()]
        out.append((index, analytes, scale))
    return out
