"""Long tables, one row for each result -> a grid of samples by biomarkers.

Refuses rows of one sample that disagree about it, and names of substances that it does not know.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from wbe.reading.grid.rows import Texts
from wbe.reading.observations.parts import Part
from wbe.reading.observations.replicates import mark_unused, without
from wbe.reading.observations.results import (
    LIMITS,
    cell_unit_faults,
    empty_part,
    limit_column,
    long_balance,
    note_unreadable,
    result_scale,
    settle,
    token_questions,
)
from wbe.reading.observations.situation import read_situation
from wbe.reading.opening.columns import coded, filled, is_numeric
from wbe.reading.roles.context import Context
from wbe.reading.roles.panel import new_name, tell_new, unknown_fault
from wbe.reading.words.stated import of_rows
from wbe.reading.words.values import Results, parse_numbers_with_units, parse_results
from wbe.reading.words.written_units import NO_UNIT, parse_unit, salt_fault, salt_in, unit_scale
from wbe.samples import SITUATIONS, Flag
from wbe.vocabulary import choices, find, header, table, tidy

__all__ = ["read_long"]

_KEYS = ("sample", "site", "district", "city", "date", "clock", "month", "day", "year", "date_end", "batch",
         "sample_type", "method_version")  # fmt: skip


def read_long(ctx: Context) -> Part:
    """Read a table with one row for each result."""
    layout = ctx.layout
    names = ctx.texts(layout.with_role("analyte")[0])
    meaning, kept_words = _meanings(ctx, names)
    biomarkers = list(dict.fromkeys(meaning[w] for w in _in_order(names) if meaning[w] in kept_words))
    lookup = np.array([*(biomarkers.index(m) if m in kept_words else -1 for m in meaning), -1], dtype=np.int32)
    b = lookup[names.codes]
    is_result = b >= 0
    _nameless(ctx, names)
    codes, groups = _groups(ctx)
    codes, groups, cell, further = _replicates(ctx, codes, groups, b, len(biomarkers), is_result)
    starts = _run_starts(codes)
    reps = np.zeros(groups, dtype=np.int64)
    reps[codes[starts][::-1]] = starts[::-1]
    narrow = ctx.narrowed(reps, _reduced(ctx, codes, reps, len(starts) == groups))
    index = layout.with_role("concentration")[0]
    cells = ctx.column(index)
    scale = _row_scale(ctx, index, is_result)
    parsed = parse_results(
        cells, scale, decimal=ctx.decimal, tokens=ctx.mapping.tokens, negative=str(ctx.mapping.option("negative", ""))
    )
    cell_unit_faults(ctx, parsed, index)
    if (parsed.flag == int(Flag.REJECTED)).any():
        told = np.array([*(m if m in kept_words else "" for m in meaning), ""], dtype=object)[names.codes]
        note_unreadable(ctx, parsed, index, told.tolist())
    given = {name: layout.with_role(name)[0] for name in LIMITS if layout.with_role(name)}
    limits = {name: limit_column(ctx, name, i, scale) for name, i in given.items()}
    for name, i in given.items():
        if name != "recovery" and not layout.columns[i].unit and name not in ctx.mapping.units:
            ctx.note(f"{layout.column_name(i)} has no unit of its own and shares that of its result")
    _stated_limits(ctx, limits, index, lookup, biomarkers, names, scale)
    settle(ctx, parsed, limits)
    part = _placed(ctx, read_situation(narrow), biomarkers, groups, cell, is_result, parsed, limits)
    _markers_in_rows(ctx, part, meaning, names, codes, parsed, index)
    token_questions(ctx, parsed.asked)
    unused = mark_unused(part, further) if further is not None else None
    long_balance(ctx, part, is_result)
    return part if unused is None else without(part, unused, ctx.log)


def _stated_limits(
    ctx: Context, limits: dict[str, np.ndarray], index: int, lookup: np.ndarray, biomarkers: list[str], names: Texts,
    scale: Any,
) -> None:  # fmt: skip
    """Fill from the header and from lines of text what the columns of limits leave out."""
    stated = [*ctx.layout.columns[index].limits, *ctx.layout.stated]
    if not stated:
        return
    analytes = np.array([*biomarkers, ""], dtype=object)[lookup][names.codes]
    for kind in dict.fromkeys(s.kind for s in stated):
        given = of_rows(stated, kind, analytes, scale)
        known = limits.get(kind)
        limits[kind] = given if known is None else np.where(np.isnan(known), given, known)


def _placed(
    ctx: Context, sample: dict[str, np.ndarray], biomarkers: list[str], groups: int, cell: np.ndarray,
    is_result: np.ndarray, parsed: Results, limits: dict[str, np.ndarray],
) -> Part:  # fmt: skip
    """Put each row's result at its sample and biomarker, which ``cell`` counts through the grid."""
    width = len(biomarkers)
    shape = (groups, width)
    found = {"concentration": parsed.value, **limits}
    if len(cell) == groups * width and is_result.all() and bool((cell[1:] > cell[:-1]).all()):
        # the rows already are the cells in order, every sample with every biomarker
        sheet = ctx.layout.sheet
        grids = {name: values.reshape(shape) for name, values in found.items()}
        return Part(sample, biomarkers, np.ones(shape, dtype=bool), parsed.flag.reshape(shape),
                    parsed.reason.reshape(shape), grids, sheet.file, sheet.name)  # fmt: skip
    part = empty_part(ctx, sample, biomarkers, groups)
    rows = slice(None) if is_result.all() else is_result
    at = cell[rows]
    for grid, values in ((part.flag, parsed.flag), (part.reason, parsed.reason),
                         *((part.grid(name), values) for name, values in found.items())):  # fmt: skip
        grid.reshape(-1)[at] = values[rows]
    part.present.reshape(-1)[at] = True
    return part


def _meanings(ctx: Context, names: Texts) -> tuple[list[str], set[str]]:
    """What each distinct name of the analyte column means: an id, a role of a marker, or ``ignore``."""
    meaning: list[str] = []
    known: set[str] = set()
    index = ctx.layout.with_role("analyte")[0]
    trace = any(find(w) for w in names.words) and _in_traces(ctx)
    for code, word in enumerate(names.words):
        answer = ctx.mapping.analytes.get(tidy(word), "")
        if not answer and salt_in(word) and find(word):
            first = int(np.flatnonzero(names.codes == code)[0])
            ctx.faults.append(salt_fault(word, "analytes", str(find(word)), **ctx.place(first, index)))
        found = answer or find(word) or ""
        if not found and not choices(word) and header(word) is None:
            found = ctx.mapping.analytes.get("*", "")
        role = header(word) if not found else None
        if role == "cod" and choices(word) and not _in_mg(ctx, names, code):
            role = None
        if found == "cod" or role in SITUATIONS:
            meaning.append(f"role:{'cod' if found == 'cod' else role}")
        elif found:
            meaning.append(found)
            if found != "ignore":
                known.add(found)
        elif trace and new_name(word):
            meaning.append(new_name(word))
            known.add(meaning[-1])
        else:
            first = int(np.flatnonzero(names.codes == code)[0])
            ctx.faults.append(unknown_fault(word, **ctx.place(first, index)))
            meaning.append("unknown")
            if not choices(word):
                continue
    tell_new((m for w, m in zip(names.words, meaning, strict=True) if trace and m == new_name(w)), ctx.layout, ctx.log)
    return meaning, known


def _in_traces(ctx: Context) -> bool:
    """Whether every unit of the results is one in which drugs are measured, not that of a common parameter."""
    index = ctx.layout.with_role("concentration")[0]
    units = ctx.layout.with_role("unit")
    own = ctx.layout.columns[index].unit or ctx.layout.base_unit or ctx.mapping.units.get("concentration", "")
    said = set(ctx.texts(units[0]).words) if units else {own}
    return bool(said) and all(parse_unit(u) in ("ng/L", "ug/L", "ng/mL") for u in said)


def _written(ctx: Context, index: int) -> np.ndarray:
    """Rows whose result is written in the file, whatever a mark beside it says."""
    return filled(ctx.columns[index][ctx.kept])


def _in_mg(ctx: Context, names: Texts, code: int) -> bool:
    """Whether a name that may be oxygen demand has its results in mg/L; all else is asked about."""
    units = ctx.layout.with_role("unit")
    index = ctx.layout.with_role("concentration")[0]
    said = {ctx.layout.columns[index].unit or ctx.layout.base_unit}
    if units:
        said = {ctx.texts(units[0]).at(int(i)) for i in np.flatnonzero(names.codes == code)[:200]}
    return all(parse_unit(u) == "mg/L" for u in said)


def _nameless(ctx: Context, names: Texts) -> None:
    for i in np.flatnonzero(names.codes < 0)[:20]:
        ctx.ask("reading-result-without-analyte", row=int(i), column=ctx.layout.with_role('analyte')[0])  # fmt: skip


def _in_order(names: Texts) -> list[int]:
    """Words in the order in which the rows show them; the first rows mostly show them all."""
    seen: list[int] = []
    for rows in (slice(10_000), slice(None)):
        seen = [w for w in pd.unique(names.codes[rows]).tolist() if w >= 0]
        if len(seen) == len(names.words):
            return seen
    return [*seen, *(w for w in range(len(names.words)) if w not in set(seen))]


def _groups(ctx: Context) -> tuple[np.ndarray, int]:
    """Rows of one sample: equal in every column that names it."""
    keys = [ctx.texts(i).codes for role in _KEYS for i in ctx.layout.with_role(role)[:1]]
    if not ctx.n:
        return np.array([], dtype=np.int64), 0
    # rows of one sample mostly stand together, so that runs of rows are fewer than rows
    begins = np.ones(ctx.n, dtype=bool)
    begins[1:] = False
    for key in keys:
        begins[1:] |= key[1:] != key[:-1]
    starts = np.flatnonzero(begins)
    joint: np.ndarray = np.zeros(len(starts), dtype=np.int64)
    size = 1
    for key in keys:
        k = int(key.max()) + 2
        if size > 2**62 // k:
            joint, distinct = pd.factorize(joint)
            size = len(distinct)
        joint = joint * k + key[starts] + 1
        size *= k
    codes, distinct = pd.factorize(joint)
    return np.repeat(codes, np.diff(np.append(starts, ctx.n))), len(distinct)


def _run_starts(key: np.ndarray) -> np.ndarray:
    """Positions where a value begins that differs from the one before it."""
    if not len(key):
        return np.array([], dtype=np.int64)
    return np.concatenate([[0], np.flatnonzero(key[1:] != key[:-1]) + 1])


def _replicates(
    ctx: Context, codes: np.ndarray, groups: int, b: np.ndarray, width: int, is_result: np.ndarray
) -> tuple[np.ndarray, int, np.ndarray, np.ndarray | None]:
    """A second result of one biomarker in one sample is a replicate: it gets a sample of its own, and is marked.

    Returns
    -------
    codes, groups, cell, further : array (n,), int, array (n,), array (groups,) or None
        Sample of each row, how many there are, the place of each row in the grid of samples and biomarkers, and which
        samples are further replicates.
    """
    cell = _cells(codes, b, width)
    if not _any_twice(cell if is_result.all() else cell[is_result], groups * width):
        return codes, groups, cell, None
    key = pd.Series(codes * (width + 1) + b + 1)
    repeated = key.duplicated().to_numpy() & is_result
    turn = np.zeros(len(codes), dtype=np.int64)
    turn[is_result] = key[is_result].groupby(key[is_result]).cumcount().to_numpy()
    ctx.note(f"{int(repeated.sum())} repeated result(s) of a biomarker in one sample are read as replicates")
    turns = int(turn.max()) + 1
    codes, distinct = pd.factorize(codes * turns + turn)
    return codes, len(distinct), _cells(codes, b, width), np.asarray(distinct) % turns > 0


def _cells(codes: np.ndarray, b: np.ndarray, width: int) -> np.ndarray:
    cell = codes * width
    cell += b
    return cell


def _any_twice(cells: np.ndarray, size: int) -> bool:
    if (cells[1:] > cells[:-1]).all():
        return False
    if size > 8 * len(cells) + 1000:
        return bool(pd.Series(cells).duplicated().any())
    seen = np.zeros(size, dtype=bool)
    seen[cells] = True
    return int(seen.sum()) < len(cells)


def _reduced(ctx: Context, codes: np.ndarray, reps: np.ndarray, together: bool) -> dict[int, Any]:
    """One value per sample of flow, population and markers; rows of one sample that disagree are a fault."""
    out: dict[int, Any] = {}
    roles = [*SITUATIONS, "population_basis", "site_type"]
    roles += [r for r, e in table("headers").items() if e.get("reads_as")]
    for role in roles:
        for index in ctx.layout.with_role(role):
            out[index] = _one_per_sample(ctx, role, index, codes, reps, together)
    return out


def _one_per_sample(ctx: Context, role: str, index: int, codes: np.ndarray, reps: np.ndarray, together: bool) -> Any:
    """The first value of each sample, whose rows stand ``together`` or not; another in the same sample is a fault."""
    column = ctx.column(index)
    if is_numeric(column) and not (column.dtype.kind == "f" and np.isnan(column).any()):
        chosen = reps
        turns = np.flatnonzero(column[1:] != column[:-1]) + 1
        if together and (codes[turns] != codes[turns - 1]).all():
            return column[reps]  # the numbers change only where another sample begins
        other = column != column[reps][codes]
    else:
        values, _ = coded(column)
        given = np.flatnonzero(values >= 0)[::-1]
        first = np.full(len(reps), -1)
        first[codes[given]] = given
        chosen = np.where(first >= 0, first, reps)
        other = (values >= 0) & (values != values[chosen][codes])
    for i in np.flatnonzero(other)[:5]:
        ctx.ask(
            "reading-rows-disagree",
            row=int(i),
            column=index,
            role=role,
            given=column[i],
            given_a=column[chosen[codes[i]]],
        )
    return column[chosen]


def _row_scale(ctx: Context, index: int, is_result: np.ndarray) -> Any:
    """Factor of each row to ng/L: its unit cell, or the unit of the header."""
    own = ctx.layout.columns[index].unit or ctx.layout.base_unit
    units = ctx.layout.with_role("unit")
    if not units:
        unitless: list[int] = []
        scale = result_scale(ctx, own, index, unitless)
        if unitless and index not in ctx.layout.asked:
            ctx.unit_fault("concentration", "", NO_UNIT, index)
        return scale
    coded = ctx.texts(units[0])
    factors = []
    relevant = set(pd.unique(coded.codes[is_result & _written(ctx, index)]).tolist())
    written = ctx.layout.columns[index].unit
    headed = unit_scale("concentration", written, ctx.mapping)[0] if written else np.nan
    if written and np.isnan(headed):
        ctx.unit_fault("concentration", written, unit_scale("concentration", written, ctx.mapping)[1], index)
    for code, word in enumerate(coded.words):
        value, reason = unit_scale("concentration", word, ctx.mapping)
        if np.isnan(value) and code in relevant:
            first = int(np.flatnonzero((coded.codes == code) & is_result)[0])
            ctx.unit_fault("concentration", word, reason, units[0], first)
        elif code in relevant and np.isfinite(headed) and value != headed:
            first = int(np.flatnonzero((coded.codes == code) & is_result)[0])
            ctx.ask("reading-unit-cell-contradicts", row=first, column=units[0], word=word, own=own)  # fmt: skip
        factors.append(1.0 if np.isnan(value) else value)
    blank = 1.0
    if -1 in relevant:
        value, reason = unit_scale("concentration", own, ctx.mapping)
        if np.isnan(value):
            first = int(np.flatnonzero((coded.codes < 0) & is_result & _written(ctx, index))[0])
            ctx.ask("reading-result-without-unit", row=first, column=units[0])
        else:
            blank = value
    if len(set(factors)) == 1 and -1 not in relevant:
        return factors[0]
    return np.array([*factors, blank])[coded.codes]


def _markers_in_rows(
    ctx: Context, part: Part, meaning: list[str], names: Texts, codes: np.ndarray, parsed: Results, index: int
) -> None:
    """Rows of the analyte column that give a marker (氨氮, COD) go to the sample, in the marker's unit."""
    units = ctx.layout.with_role("unit")
    for word, what in enumerate(meaning):
        if not what.startswith("role:"):
            continue
        role = what[5:]
        rows = np.flatnonzero(names.codes == word)
        unit = ctx.texts(units[0]).array()[rows] if units else None
        for k, i in enumerate(rows):
            text = str(unit[k]) if unit is not None else ctx.layout.columns[index].unit
            scale = ctx.scale(role, text, index)
            value, _, faults = parse_numbers_with_units(ctx.column(index)[i : i + 1], None, ctx.decimal)
            if faults:
                ctx.note(f"{role} {faults[0]!r} is read as not known")
            values = part.sample.setdefault(role, np.full(part.n, np.nan))
            values[codes[i]] = value[0] * scale
