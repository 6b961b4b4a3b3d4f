"""One sheet -> the parts of its tables: found, cut apart, their rows told from subtotals and notes, and read.

Refuses nothing by itself: faults are gathered and told by the caller, all at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from wbe.errors import Fault
from wbe.reading.grid.decimals import settle_decimal
from wbe.reading.grid.onesubstance import nameless_fault, settle_substance
from wbe.reading.grid.rows import classify, row_kind, text_of
from wbe.reading.grid.seen import look
from wbe.reading.grid.stacked import below, header_rows
from wbe.reading.grid.tables import find_layout, has_results, load_column
from wbe.reading.grid.turned import Layout
from wbe.reading.observations.controls import note_controls
from wbe.reading.observations.doubts import dilutions, merged_numbers, second_columns, too_strong
from wbe.reading.observations.flowtable import SideTable, stands_beside
from wbe.reading.observations.lines import take_limits, take_units
from wbe.reading.observations.longtable import read_long
from wbe.reading.observations.marks import join_marks
from wbe.reading.observations.parts import Part
from wbe.reading.observations.remarks import void_remarks
from wbe.reading.observations.results import read_wide
from wbe.reading.opening.columns import Cells, is_numeric, objects_of, pack
from wbe.reading.opening.sheets import Sheet
from wbe.reading.roles.apart import leave_out, rows_in_doubt
from wbe.reading.roles.balance import words_of
from wbe.reading.roles.context import Context, number_columns
from wbe.reading.roles.header_faults import layout_faults, unread_reason
from wbe.reading.roles.judge import judge_columns, unnamed_cells
from wbe.reading.roles.panel import pass_new_columns
from wbe.reading.roles.totals import settle_totals
from wbe.reading.words.beside import kind_of_place
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.stated import Stated

__all__ = ["Found", "read_sheet"]

_PLACES = {"not_samples": "a sheet that holds no samples", "other_matrix": "not the sewage that flows in"}


@dataclass
class Found:
    """What one or more sheets gave: parts with results, tables that may be joined to them, and faults."""

    parts: list[Part] = field(default_factory=list)
    limits: list[Stated] = field(default_factory=list)
    flows: list[SideTable] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_sheet(sheet: Sheet, mapping: Mapping, log: ReadingLog, found: Found) -> None:
    """Read the tables of one sheet into ``found``; a sheet without results is logged as not read."""
    for note in sheet.notes:
        log.note(note)
    if sheet.name in mapping.sheets.get("skip", []):
        log.skip(sheet.file, sheet.name, None, "left out by the mapping")
        return
    says = kind_of_place(sheet.name) if sheet.name not in mapping.sheets.get("read", []) else ""
    if says:
        log.skip(sheet.file, sheet.name, None, _PLACES[says])
        return
    piece: Sheet | None = sheet
    some = False
    while piece is not None:
        layout = find_layout(piece, mapping)
        if layout is None:
            break
        where = settle_substance(layout, mapping)
        if where and layout.results():
            name = layout.column_name(layout.results()[0])
            log.note(f"{piece.place}: the substance of {name!r} is taken from the {where}")
        pass_new_columns(layout, mapping, log)
        columns = _packed(layout)
        repeated, end = header_rows(layout, columns, mapping)
        body = [c[:end] for c in columns] if end else columns
        some = _read_piece(layout, body, repeated, mapping, log, found) or some
        if end is not None:
            log.note(f"{piece.place}: a table of its own begins at row {piece.row_number(layout.start + end)}")
        piece = below(piece, layout.start + end) if end is not None else None
    if not some:
        load = load_column(sheet, mapping)
        no_header = "no header with a substance and a concentration"
        reason = f"loads of substances, not concentrations ({load})" if load else no_header
        log.skip(sheet.file, sheet.name, None, reason, seen=look(sheet, mapping), load_unit=load)


def _read_piece(
    layout: Layout, columns: list[Any], repeated: list[int], mapping: Mapping, log: ReadingLog, found: Found
) -> bool:
    """Read one table as what it is: of limits, of results or beside them; otherwise log it."""
    sheet = layout.sheet
    layout.stated += found.limits
    unnamed = None if has_results(layout) else nameless_fault(layout)
    if _holds_limits(layout, columns):
        log.skip(sheet.file, sheet.name, sheet.row_number(0), "a table of limits, for results without others")
    elif unnamed is not None:
        found.faults.append(unnamed)
    elif has_results(layout):
        parts, faults = _read_table(layout, columns, repeated, mapping, log)
        for part in parts:
            part.means = layout.means
        found.parts += parts
        found.faults += faults
    elif stands_beside(layout):
        found.flows.append(SideTable(layout, columns, repeated))
    else:
        log.skip(sheet.file, sheet.name, sheet.row_number(layout.header_row), "a table without results")
        return False
    return True


def _of_other_water(layout: Layout, mapping: Mapping) -> list[Fault]:
    """Ask about a title or a file that speaks of effluent or sludge."""
    sheet = layout.sheet
    if sheet.file in mapping.sheets.get("read", []):
        return []
    stem = re.sub(r"\.\w+$", "", sheet.file)
    said = next((t for t in [*layout.titles, stem] if len(t) < 80 and kind_of_place(t) == "other_matrix"), "")
    return (
        [Fault("reading-other-water", said=said[:60], name=sheet.file, file=sheet.file, sheet=sheet.name or None)]
        if said
        else []
    )


def _holds_limits(layout: Layout, columns: list[Any]) -> bool:
    """Whether a table has substances and their limits, and nothing else."""
    roles = {h.role for h in layout.columns}
    if roles & {"lod", "loq"} and "analyte" in roles:
        return not roles & {"concentration", "site", "district", "date", "flow"} and not layout.results()
    if layout.results() and not roles & {"concentration", "site", "district", "date", "flow", "sample", "analyte"}:
        kinds = [row_kind(text_of(cell)) for c in columns[:2] for cell in objects_of(c[:60])]
        return bool({"lod", "loq"} & set(kinds)) and len(columns[0]) < 20 and _only_limits(layout, columns)
    return bool(layout.limit_rows) and layout.sheet.transposed and not (columns and len(columns[0]))


def _only_limits(layout: Layout, columns: list[Any]) -> bool:
    kinds = classify(layout, columns).kind
    return not (kinds == 0).any()


def _packed(layout: Layout) -> list[Any]:
    """Columns of a table's body, numbers as numbers and all others as coded cells."""
    columns = layout.sheet.body(layout.start, set(range(layout.sheet.n_cols)) - number_columns(layout))
    return [c if is_numeric(c) or isinstance(c, Cells) else pack(c.tolist()) for c in columns]


def _read_table(
    layout: Layout, columns: list[Any], repeated: list[int], mapping: Mapping, log: ReadingLog
) -> tuple[list[Part], list[Fault]]:
    """Read one table into a part, or one for each column of replicates."""
    sheet = layout.sheet
    if not columns or not len(columns[0]):
        return [], [Fault("reading-header-without-rows", file=sheet.file, sheet=sheet.name or None)]  # fmt: skip
    faults = layout_faults(layout, mapping)
    if any(f.code == "reading-personal-data" for f in faults) or any(h.part == "across" for h in layout.columns):
        return [], faults
    columns, mapping, found = settle_decimal(layout, columns, number_columns(layout), mapping)
    if mapping.option("decimal", ".") == "," and sheet.delimiter:
        log.note(f"{sheet.place}: the comma is read as the decimal mark, and a point as parting thousands")
    for understood in take_units(layout):
        log.note(f"{sheet.place}: {understood}")
    judged = judge_columns(layout, columns, mapping, log)
    rows = classify(layout, columns, repeated)
    doubts = rows_in_doubt(layout, columns, rows, mapping, log)
    doubts += settle_totals(layout, columns, rows, mapping, log)
    doubts += leave_out(layout, columns, rows, mapping, log)
    doubts += unnamed_cells(layout, columns, rows, mapping)
    doubts += _of_other_water(layout, mapping)
    ctx = Context(layout, columns, rows, mapping, log, [*faults, *found, *judged, *doubts])
    if not ctx.n:
        log.skip(sheet.file, sheet.name, None, "no row is a sample")
        return [], ctx.faults
    if not layout.results() and layout.kind != "long":
        return [], ctx.faults
    second_columns(ctx)
    note_controls(ctx)
    merged_numbers(ctx)
    dilutions(ctx)
    join_marks(ctx)
    void_remarks(ctx)
    take_limits(ctx)
    parts = [read_long(ctx)] if layout.kind == "long" else read_wide(ctx)
    for part in parts:
        too_strong(ctx, part.biomarkers, part.grids["concentration"])
    log.words += words_of(layout, ctx.faults, mapping)
    for h in layout.columns:
        reason = unread_reason(h)
        if reason:
            log.unread.append({"file": sheet.file, "sheet": sheet.name, "column": h.text[:80], "reason": reason})
    return parts, ctx.faults
