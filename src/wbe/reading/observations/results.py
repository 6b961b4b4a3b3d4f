"""Result cells of one table -> a grid of samples by biomarkers, with limits and states.

Refuses to lose a cell: every cell under a recognised analyte ends in one state, and the balance counts them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from wbe.errors import Fault
from wbe.reading.grid.rows import KINDS, REASONS, text_of
from wbe.reading.observations.doubts import own_units, share_doubt
from wbe.reading.observations.parts import Part
from wbe.reading.observations.replicates import mark_unused, without
from wbe.reading.observations.situation import number_column, read_situation
from wbe.reading.roles.context import Context
from wbe.reading.words.cell import parse_cell
from wbe.reading.words.log import ENDS
from wbe.reading.words.values import Results, parse_numbers_with_units, parse_results
from wbe.reading.words.written_units import NO_UNIT, SEVERAL, unit_scale
from wbe.samples import Flag
from wbe.vocabulary import table, tidy

__all__ = [
    "LIMITS",
    "cell_unit_faults",
    "empty_part",
    "limit_column",
    "long_balance",
    "note_unreadable",
    "read_wide",
    "result_scale",
    "settle",
    "token_questions",
]

LIMITS = ("lod", "loq", "uloq", "recovery")
_NOT_RUN = re.compile(r"[(（]\s*([^()（）]+?)\s*[)）]\s*$")


def empty_part(ctx: Context, sample: dict[str, np.ndarray], biomarkers: list[str], n: int) -> Part:
    """Return a part without a result yet."""
    shape = (n, len(biomarkers))
    sheet = ctx.layout.sheet
    return Part(
        sample, biomarkers, np.zeros(shape, dtype=bool), np.full(shape, int(Flag.MISSING), dtype=np.int8),
        np.full(shape, "", dtype=object), {"concentration": np.full(shape, np.nan)}, sheet.file, sheet.name,
    )  # fmt: skip


def read_wide(ctx: Context) -> list[Part]:
    """Read a table with one column for each analyte; second and further replicates become samples of their own."""
    turns = sorted({max(ctx.layout.columns[i].replicate, 1) for i in ctx.layout.results()})
    situation = read_situation(ctx)
    if len(turns) > 1:
        ctx.note(f"columns of {len(turns)} replicates are read as samples that share site and time")
    parts = []
    for turn in turns:
        own = situation if turn == turns[0] else {k: v.copy() for k, v in situation.items()}
        parts.append(_read_turn(ctx, own, turn, turn == turns[0]))
    _shared_limits(ctx)
    _less_note(ctx)
    return parts


def _read_turn(ctx: Context, situation: dict[str, np.ndarray], turn: int, first: bool) -> Part:
    """Read the columns of one replicate."""
    layout = ctx.layout
    columns = [i for i in layout.results() if max(layout.columns[i].replicate, 1) == turn]
    biomarkers = list(dict.fromkeys(layout.columns[i].analyte for i in columns))
    part = empty_part(ctx, situation, biomarkers, ctx.n)
    unitless: list[int] = []
    asked: dict[str, int] = {}
    if first:
        _second_limits(ctx)
    # a second column of one analyte is told as a fault, and its cells are not mixed with those of the first
    single = {layout.columns[i].analyte: i for i in reversed(columns)}
    for i in single.values():
        h = layout.columns[i]
        b = biomarkers.index(h.analyte)
        scale = _wide_scale(ctx, h.unit or layout.base_unit, i, unitless)
        limits = _wide_limits(ctx, h.analyte, i, scale)
        parsed = parse_results(
            ctx.column(i),
            scale,
            decimal=ctx.decimal,
            tokens=ctx.mapping.tokens,
            negative=str(ctx.mapping.option("negative", "")),
        )
        cell_unit_faults(ctx, parsed, i)
        note_unreadable(ctx, parsed, i, [h.analyte] * ctx.n)
        for token, count in parsed.asked.items():
            asked[token] = asked.get(token, 0) + count
        _store(ctx, part, b, parsed, limits)
    unitless = [i for i in unitless if i not in layout.asked]
    if unitless:
        names = ", ".join(layout.column_name(i) for i in unitless[:6]) + (" ..." if len(unitless) > 6 else "")
        ctx.ask("reading-results-without-unit", names=names)  # fmt: skip
    token_questions(ctx, asked)
    unused = mark_unused(part, np.full(part.n, not first))
    _wide_balance(ctx, part, len(columns), len(columns) - len(single), first)
    return without(part, unused, ctx.log)


def _less_note(ctx: Context) -> None:
    """Say how results written as ``<0.5`` were understood."""
    lod, loq = ctx.less
    if lod + loq:
        ctx.note(
            f"{lod + loq} result(s) written as < a number: the number is the detection limit in {lod} and the "
            f"quantification limit in {loq} ([options] less_than of a mapping file says otherwise)"
        )


def _wide_scale(ctx: Context, unit: str, index: int, unitless: list[int]) -> Any:
    """Factor of a result column: by its header, or by a column of units beside it; the two must agree."""
    units = ctx.layout.with_role("unit")
    # a column of units left of results that have their own belongs to what stands before it
    if not units or (unit and units[0] < min(ctx.layout.results())):
        return result_scale(ctx, unit, index, unitless)
    named = ctx.texts(units[0])
    factors = [unit_scale("concentration", w, ctx.mapping) for w in named.words]
    if not unit:
        if not factors or (named.codes < 0).any() or any(code for _, code in factors):
            return result_scale(ctx, unit, index, unitless)
        ctx.note(f"the unit of {ctx.layout.column_name(index)} is taken from {ctx.layout.column_name(units[0])}")
        return np.array([f for f, _ in factors])[named.codes]
    scale = result_scale(ctx, unit, index, unitless)
    for word, (value, _) in zip(named.words, factors, strict=True):
        if np.isfinite(value) and value != scale:
            ctx.ask(
                "reading-unit-contradicts-header",
                row=int(np.flatnonzero(named.codes == named.words.index(word))[0]),
                column=units[0],
                word=word,
                index=ctx.layout.column_name(index),
                unit=unit,
            )
    return scale


def _shared_limits(ctx: Context) -> None:
    """One column of limits for results in several units must say its own."""
    units = [ctx.layout.columns[i].unit or ctx.layout.base_unit for i in ctx.layout.results()]
    scales = {unit_scale("concentration", unit, ctx.mapping)[0] for unit in units}
    different = len({s for s in scales if np.isfinite(s)}) > 1
    for role in ("lod", "loq", "uloq"):
        for i in ctx.layout.with_role(role):
            if ctx.layout.columns[i].unit or role in ctx.mapping.units:
                continue
            if different:
                ctx.ask("reading-limit-without-unit", column=i, role=role.upper(), role_a=role)  # fmt: skip
            else:
                ctx.note(f"{ctx.layout.column_name(i)} has no unit of its own and shares that of the results")


def result_scale(ctx: Context, unit: str, index: int, unitless: list[int]) -> float:
    """Return the factor of a result column to ng/L; without a unit its index joins ``unitless``."""
    value, code = unit_scale("concentration", unit, ctx.mapping)
    if code == NO_UNIT and own_units(ctx.column(index), ctx.decimal):
        ctx.note(f"each result of {ctx.layout.column_name(index)} has a unit of its own")
        return 1.0
    if code == NO_UNIT:
        unitless.append(index)
    elif np.isnan(value):
        ctx.unit_fault("concentration", unit, code, index)
    return 1.0 if np.isnan(value) else value


def _wide_limits(ctx: Context, analyte: str, column: int, scale: float) -> dict[str, np.ndarray]:
    """LOD, LOQ, ULOQ and recovery of one analyte, those that are given: its own columns, columns for all, rows."""
    out: dict[str, np.ndarray] = {}
    unknown = np.full(ctx.n, np.nan)
    for i, h in enumerate(ctx.layout.columns):
        own = h.replicate in (0, ctx.layout.columns[column].replicate)
        if (h.part in LIMITS and h.analyte == analyte and own) or (h.role in LIMITS and not h.analyte):
            part = h.part if h.analyte else h.role
            known = out.get(part, unknown)
            out[part] = np.where(np.isnan(known), limit_column(ctx, part, i, scale), known)
    for kind, unit, row, rows in _limit_rows(ctx):
        cell = ctx.columns[column][row]
        known = out.get(kind, unknown)
        given = _from_limit_row(ctx, kind, unit, cell, scale, known, row)
        out[kind] = np.where(rows, given, known)
    for kind, unit, cells in ctx.layout.limit_rows:
        out[kind] = _from_limit_row(ctx, kind, unit, cells[column], scale, out.get(kind, unknown), None)
    return out


def _limit_rows(ctx: Context) -> list[tuple[str, str, int, np.ndarray]]:
    """(kind, unit, row, samples that it holds for): under repeated headers each stretch has its own limits."""
    found = ctx.rows.limit_rows
    stretch = np.cumsum(ctx.rows.kind == KINDS.index("header"))
    own = stretch[ctx.kept]
    out = []
    for kind, unit, row in found:
        alone = len({int(stretch[r]) for k, _, r in found if k == kind}) == 1
        out.append((kind, unit, row, np.full(ctx.n, True) if alone else own == stretch[row]))
    return out


def _second_limits(ctx: Context) -> None:
    """Two rows of one limit in one stretch of a table: which samples has each?"""
    seen: dict[tuple[str, int], int] = {}
    stretch = np.cumsum(ctx.rows.kind == KINDS.index("header"))
    for kind, _, row in ctx.rows.limit_rows:
        first = seen.setdefault((kind, int(stretch[row])), row)
        cells = [(text_of(c[first]), text_of(c[row])) for c in (ctx.columns[i] for i in ctx.layout.results())]
        if any(a and b and a != b for a, b in cells):
            place = {**ctx.place(), "row": ctx.layout.sheet.row_number(ctx.layout.start + row)}
            ctx.faults.append(Fault("reading-second-limit-row", **place, kind=kind.upper()))  # fmt: skip


def limit_column(ctx: Context, part: str, index: int, scale: Any) -> np.ndarray:
    """Return a column of limits in ng/L, or of recoveries as shares."""
    if part == "recovery":
        return number_column(ctx, "recovery", index)
    values, own, faults = parse_numbers_with_units(ctx.column(index), "ng/L", ctx.decimal)
    for i, came in list(faults.items())[:20]:
        ctx.ask("reading-limit-no-number", row=i, column=index, came=came, part=part.upper())
    scaled = values * _limit_scale(ctx, part, ctx.layout.columns[index].unit, scale, index)
    return np.where(own, values, scaled) if own.any() else scaled


def _limit_scale(ctx: Context, part: str, unit: str, scale: Any, index: int | None) -> Any:
    """A limit converts with its own unit; one written beside its result without a unit shares the result's."""
    if unit == "" and part not in ctx.mapping.units:
        return scale
    return ctx.scale(part, unit, index)


def _from_limit_row(
    ctx: Context, part: str, unit: str, cell: Any, scale: float, values: np.ndarray, row: int | None
) -> np.ndarray:
    needed = "1" if part == "recovery" else "ng/L"
    number, own, faults = parse_numbers_with_units(np.array([cell], dtype=object), needed, ctx.decimal)
    if faults:
        place = {**ctx.place(), "row": None if row is None else ctx.layout.sheet.row_number(ctx.layout.start + row)}
        ctx.faults.append(Fault("reading-limit-row-no-number", **place, faults=faults[0], part=part.upper()))
    if np.isnan(number[0]):
        return values
    if part == "recovery":
        if not own[0]:
            share_doubt(ctx, part, unit, number, None)
        times = 1.0 if own[0] else 0.01 if unit == "%" or number[0] > 2 else 1.0
    else:
        times = 1.0 if own[0] else _limit_scale(ctx, part, unit, scale, None)
    return np.where(np.isnan(values), number[0] * times, values)


def _store(ctx: Context, part: Part, b: int, parsed: Results, limits: dict[str, np.ndarray]) -> None:
    settle(ctx, parsed, limits)
    part.present[:, b] = True
    part.flag[:, b] = parsed.flag
    part.reason[:, b] = parsed.reason
    part.grids["concentration"][:, b] = parsed.value
    for name in limits:
        part.grid(name)[:, b] = limits[name]


def settle(ctx: Context, parsed: Results, limits: dict[str, np.ndarray]) -> None:
    """Say for ``<0.5`` whether 0.5 is the LOD or the LOQ, and keep the limit that the cell wrote."""
    limit = np.where(parsed.limit > 0, parsed.limit, np.nan) if (parsed.limit == 0).any() else parsed.limit
    less = np.flatnonzero(parsed.less & ~np.isnan(limit)) if parsed.less.any() else ()
    if len(less):
        lod, loq = (limits[n][less] if n in limits else np.nan for n in ("lod", "loq"))
        written = limit[less]
        prefer_loq = ctx.mapping.option("less_than", "lod") == "loq"
        is_loq = (np.isclose(written, loq) | prefer_loq) & ~np.isclose(written, lod)
        ctx.less[0] += int((~is_loq).sum())
        ctx.less[1] += int(is_loq.sum())
        parsed.flag[less[is_loq]] = int(Flag.BELOW_LOQ)
        _keep(limits, "loq", less[is_loq], limit)
        _keep(limits, "lod", less[~is_loq], limit)
    if parsed.named.any():
        _keep(limits, "lod", np.flatnonzero(parsed.named == 1), limit)
        worded = (parsed.named == 2) & np.isnan(limit)
        if worded.any():  # 低于定量限(0.5): below a given LOQ the number was measured, otherwise it is the LOQ
            loq = limits["loq"] if "loq" in limits else np.full(len(limit), np.nan)
            is_limit = worded & ~(parsed.value < (1 - 1e-9) * loq)
            limit = np.where(is_limit, parsed.value, limit)
            parsed.value[is_limit] = np.nan
        # <LOQ (11) beside a limit of 50 says that 11 was seen below 50, not that 11 is the limit
        given = limits["loq"] if "loq" in limits else np.full(len(limit), np.nan)
        stated = (parsed.named == 2) & ~np.isnan(limit) & ~(limit < (1 - 1e-9) * given)
        _keep(limits, "loq", np.flatnonzero(stated), limit)
    above = parsed.flag == int(Flag.ABOVE_ULOQ)
    if above.any():
        _keep(limits, "uloq", np.flatnonzero(above & ~np.isnan(limit)), limit)


def _keep(limits: dict[str, np.ndarray], name: str, rows: np.ndarray, limit: np.ndarray) -> None:
    if len(rows):
        limits[name] = limits[name].copy() if name in limits else np.full(len(limit), np.nan)
        limits[name][rows] = limit[rows]


def cell_unit_faults(ctx: Context, parsed: Results, index: int) -> None:
    """Tell the result cells whose own unit has no meaning here."""
    for came, code in list(parsed.unit_faults.items())[:10]:
        if code == SEVERAL:
            ctx.ask("reading-cell-unit-ambiguous", column=index, came=came)  # fmt: skip
        else:
            ctx.ask("reading-cell-unit-wrong", column=index, came=came)


def note_unreadable(ctx: Context, parsed: Results, index: int, analytes: Sequence[str]) -> None:
    """Keep the place of every result that is rejected."""
    for i in np.flatnonzero(parsed.flag == int(Flag.REJECTED))[:500].tolist():
        place = ctx.place(i, index)
        entry = {**place, "sheet": place["sheet"] or "", "biomarker": analytes[i], "reason": str(parsed.reason[i])[:80]}
        if entry not in ctx.log.unreadable:
            ctx.log.unreadable.append(entry)


def token_questions(ctx: Context, asked: dict[str, int]) -> None:
    """Ask what ambiguous result cells mean."""
    for token, count in asked.items():
        words = table("ambiguous")["tokens"]
        same = (v for k, v in words.items() if tidy(k).casefold() == tidy(token).casefold())
        meanings = next(same, words["N/A"])
        options = ", ".join(f"{k} ({v})" for k, v in meanings.items())
        ctx.ask("reading-token-ambiguous", token=token, count=count, options=options, next=next(iter(meanings)))


def _whole_samples_not_run(part: Part) -> None:
    """A sample whose own name says that it was not run has no non-detects."""
    names = part.sample["sample"].tolist()
    if not any(mark in "\n".join(names) for mark in "(（"):
        return
    for i, name in enumerate(names):
        if "(" not in name and "（" not in name:
            continue
        match = _NOT_RUN.search(name)
        if match and parse_cell(match.group(1)).state == "not_run":
            empty = part.present[i] & np.isnan(part.grids["concentration"][i])
            part.flag[i, empty] = int(Flag.NOT_RUN)
            part.reason[i, empty] = f"the sample is marked {match.group(1)!r}"


def _entry(ctx: Context, part: Part, cells: int, outside: int, first: bool = True) -> None:
    sheet = ctx.layout.sheet
    kinds = ctx.rows.kind
    _whole_samples_not_run(part)
    held = part.flag if part.present.all() else part.flag[part.present]
    counts = [np.count_nonzero(held == i) for i in range(len(ENDS))]
    ctx.log.tables.append({
        "file": sheet.file, "sheet": sheet.name, "layout": ctx.layout.kind, "rows": len(kinds),
        "samples": part.n, "cells": cells, **{name: int(counts[i]) for i, name in enumerate(ENDS)},
        "outside": outside,
    })  # fmt: skip
    for i in np.flatnonzero(kinds > 0)[:500] if first else []:
        reason = REASONS[list(REASONS)[int(kinds[i]) - 1]]
        if reason != REASONS["blank"]:
            ctx.log.skip(sheet.file, sheet.name, sheet.row_number(ctx.layout.start + int(i)), reason)
    told = part.present & (part.flag >= int(Flag.NOT_RUN))
    for word, count in pd.Series(part.reason[told]).value_counts().items():
        text = str(word)
        ctx.log.reasons[text] = ctx.log.reasons.get(text, 0) + int(count)


def _wide_balance(ctx: Context, part: Part, columns: int, repeated: int, first: bool) -> None:
    blank = list(REASONS).index("blank") + 1
    rows = int((ctx.rows.kind != blank).sum())
    apart = int(((ctx.rows.kind != 0) & (ctx.rows.kind != blank)).sum())
    _entry(ctx, part, rows * columns, apart * columns + (rows - apart) * repeated, first)


def long_balance(ctx: Context, part: Part, is_result: np.ndarray) -> None:
    """Enter a table of one result a row into the log."""
    blank = list(REASONS).index("blank") + 1
    rows = int((ctx.rows.kind != blank).sum())
    outside = int(((ctx.rows.kind != 0) & (ctx.rows.kind != blank)).sum()) + int((~is_result).sum())
    _less_note(ctx)
    _entry(ctx, part, rows, outside)
