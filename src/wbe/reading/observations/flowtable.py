"""A table of flows (and populations) beside the tables of results in one workbook, joined by place and day.

Refuses a join that is not certain: every sample must find exactly one row, otherwise its flow stays missing and is
told as a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wbe.errors import Fault
from wbe.reading.grid.decimals import settle_decimal
from wbe.reading.grid.rows import classify
from wbe.reading.grid.turned import Layout
from wbe.reading.observations.doubts import merged_numbers, second_columns
from wbe.reading.observations.parts import Part
from wbe.reading.observations.situation import read_situation
from wbe.reading.roles.context import Context, number_columns
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.samples import Flag

__all__ = ["FlowTable", "flow_faults", "holds_flow", "join_flow"]

_JOINED = ("flow", "population")


@dataclass
class FlowTable:
    """A table without results: it is read only if results of its file lack their flow."""

    layout: Layout
    columns: list[Any]
    repeated: list[int]


def holds_flow(layout: Layout) -> bool:
    """Whether a table without results gives the flow of places on days."""
    roles = {h.role for h in layout.columns}
    needs = ({"flow", "flow_instant"}, {"site", "district"}, {"date", "month"})
    return all(roles & some for some in needs)


def _read(table: FlowTable, mapping: Mapping, log: ReadingLog) -> tuple[dict[str, np.ndarray], list[Fault]]:
    layout = table.layout
    columns, mapping, faults = settle_decimal(layout, table.columns, number_columns(layout), mapping)
    ctx = Context(layout, columns, classify(layout, columns, table.repeated), mapping, log, faults)
    if not ctx.n:
        return {}, faults
    second_columns(ctx)
    merged_numbers(ctx)
    return read_situation(ctx), ctx.faults


def _keys(sample: dict[str, np.ndarray], by: str) -> list[tuple[str, Any]]:
    return list(zip(sample[by].tolist(), sample["time"].astype("datetime64[D]").tolist(), strict=True))


def join_flow(parts: list[Part], tables: list[FlowTable], mapping: Mapping, log: ReadingLog) -> list[Fault]:
    """Give samples without a column of flow those of the one table of flows beside them, by place and day."""
    lacking = [p for p in parts if "flow" not in p.sample]
    for table in tables if not lacking or len(tables) > 1 else []:
        sheet = table.layout.sheet
        log.skip(sheet.file, sheet.name, sheet.row_number(table.layout.header_row), "a table without results")
    if not lacking or len(tables) != 1:
        return []
    found, faults = _read(tables[0], mapping, log)
    for part in lacking if found else []:
        faults += _join(part, tables[0], found, log)
    return faults


def _join(part: Part, table: FlowTable, found: dict[str, np.ndarray], log: ReadingLog) -> list[Fault]:
    sheet = table.layout.sheet
    at = np.full(part.n, -1, dtype=np.int64)
    by = ""
    for by in ("site", "district") if table.layout.with_role("site") else ("district",):
        rows: dict[tuple[str, Any], list[int]] = {}
        for i, key in enumerate(_keys(found, by)):
            rows.setdefault(key, []).append(i)
        hits = [rows.get(k, []) for k in _keys(part.sample, by)]
        twice = next((h for h in hits if len(h) > 1), None)
        if twice is not None:
            lines = ", ".join(str(int(found["source_row"][i])) for i in twice[:4])
            return [Fault("reading-several-flows", file=sheet.file, sheet=sheet.name or None, by=by, lines=lines)]
        sites: dict[int, set[str]] = {}
        for h, site in zip(hits, part.sample["site"].tolist(), strict=True):
            if h:
                sites.setdefault(h[0], set()).add(site)
        shared = next((i for i, s in sites.items() if len(s) > 1), None)
        if shared is not None:
            return [
                Fault(
                    "reading-flow-of-several-sites",
                    file=sheet.file,
                    sheet=sheet.name or None,
                    row=int(found["source_row"][shared]),
                    sites=", ".join(sorted(sites[shared])),
                )
            ]
        at = np.array([h[0] if h else -1 for h in hits], dtype=np.int64)
        if (at >= 0).any():
            break
    for name in _JOINED:
        if name in found and name not in part.sample:
            part.sample[name] = np.where(at >= 0, found[name][at], np.nan)
            if name == "population":
                basis = part.sample["population_basis"]
                part.sample["population_basis"] = np.where(basis == "", found["population_basis"][at], basis)
    log.note(f"{sheet.place}: the flow of {int((at >= 0).sum())} sample(s) is taken from here, by {by} and day")
    return []


def flow_faults(part: Part, mapping: Mapping) -> list[Fault]:
    """Return a fault for each sample that has results and no flow."""
    flow = part.sample["flow"] if "flow" in part.sample else np.full(part.n, np.nan)
    if not np.isnan(flow).any():
        return []
    run = (part.present & ~np.isin(part.flag, (int(Flag.MISSING), int(Flag.NOT_RUN)))).any(axis=1)
    lost = np.flatnonzero(np.isnan(flow) & run)
    if not len(lost) or mapping.option("allow_missing_flow", False):
        return []
    place: dict[str, Any] = {"file": part.file, "sheet": part.sheet or None}
    if len(lost) == len(flow) and "flow" not in part.sample:
        return [Fault("reading-no-flow-column", **place)]
    rows = part.sample["source_row"]
    faults = [Fault("reading-no-flow", **place, row=int(rows[i]), column="flow") for i in lost[:20]]
    if len(lost) > 20:
        faults.append(Fault("reading-more-without-flow", **place, count=len(lost) - 20))
    return faults
