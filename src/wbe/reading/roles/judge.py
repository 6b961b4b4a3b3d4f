"""What a column is, judged by what stands in it: signs, codes, kinds of sample, units, an instrument's own numbers.

Refuses to leave out a column that could change a number: what a word in it does is read, or asked about, and a filled
cell under no header is always asked about.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from wbe.errors import Fault
from wbe.reading.grid.rows import Rows, text_of
from wbe.reading.grid.turned import Layout
from wbe.reading.opening.columns import Cells, coded, filled, is_numeric, objects_of
from wbe.reading.words.beside import doubtful_bracket, instrument, kind_of_injection, listed, matrix_of, word_of
from wbe.reading.words.cell import parse_cell, token_state
from wbe.reading.words.headers import Header
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.moments import parse_text
from wbe.reading.words.values import parse_numbers_with_units
from wbe.reading.words.written_units import speaks_of_loads, unit_scale, unknown_unit
from wbe.units import unit_of, variables
from wbe.vocabulary import table

__all__ = ["judge_columns", "settle_clocks", "unnamed_cells"]

_MOST = 400
_UNKNOWN = ("", "note")
_BESIDE = {"lod_unit": "lod", "loq_unit": "loq", "flow_unit": "flow", "population_unit": "population"}
_BELOW = re.compile(r"低于|小于|below|censor|删失|non-?\s?detect|未检出|unter(halb)?|inférieur|inferior|<", re.I)
_SEEN = re.compile(r"detect|检出|nachw|détect|quantif", re.I)
_PERHAPS_CODES = re.compile(r"censor|detect|\bnd\b|qualif|flag|below|检出|删失|标识|状态", re.I)


def judge_columns(layout: Layout, columns: list[Any], mapping: Mapping, log: ReadingLog) -> list[Fault]:
    """Settle what the words of the headers leave open by what stands in the columns; return what is to be asked."""
    faults: list[Fault] = []
    settle_clocks(layout, columns)
    for i, h in enumerate(layout.columns[: len(columns)]):
        if h.text in mapping.columns or h.role == "ignore":
            continue
        if not h.known and h.text and mapping.columns.get("*") == "ignore":
            layout.columns[i] = Header(h.text, role="ignore")
            continue
        faults += _bracket(layout, i, h, log)
        h = layout.columns[i]
        if h.analyte or h.question or h.role in ("person", "derived"):
            continue
        _instrument(layout, i, h, columns[i])
        if layout.columns[i].role in (*_UNKNOWN, "sample_type"):
            faults += _by_content(layout, i, columns[i], log)
    _units_behind(layout, columns, mapping, log)
    faults += _own_units(layout, columns, mapping)
    faults += _dates_among_results(layout, columns)
    return faults


_CLOCK = re.compile(r"\d{1,2}[:：时点]\d{0,2}([:：分]\d{0,2})?(\.\d+)?秒?")


def settle_clocks(layout: Layout, columns: list[Any]) -> None:
    """A column called time, beside one of dates, that holds nothing but times of day gives their clock."""
    weak = table("beside")["weak"]["date"]
    for i, h in enumerate(layout.columns[: len(columns)]):
        bare = h.role == "" and word_of(re.sub(r"\s*\(.*\)$", "", h.text)) in weak
        others = [k for role in ("date", "month", "day") for k in layout.with_role(role) if k != i]
        if not others or not (bare or h.role == "date"):
            continue
        words = [text_of(w) for w in coded(columns[i])[1].tolist() if text_of(w)]
        if words and all(_CLOCK.fullmatch(w) for w in words):
            layout.columns[i] = replace(h, role="clock")


_ZERO_LED = re.compile(r"0\d[.,]\d{2}")
_LED = frozenset("0 \t\u00a0\u3000")


def _dates_among_results(layout: Layout, columns: list[Any]) -> list[Fault]:
    """Ask about 06.01 among results: a spreadsheet has made a date of 6.1, and a text of that date."""
    results = [i for i in (layout.results() or layout.with_role("concentration")) if i < len(columns)]
    sheet = layout.sheet
    texts = sheet.body(layout.start, set(range(sheet.n_cols))) if sheet.zero_led else columns
    faults = []
    for i in results:
        column: Any = texts[i]
        if is_numeric(column):
            continue
        words = column.coded_words()[1] if isinstance(column, Cells) else coded(column)[1]
        led = [w for w in words.tolist() if type(w) is str and w[:1] in _LED]  # few of a million are
        odd = [w for w in led if _ZERO_LED.fullmatch(w.strip())]
        if odd:
            faults.append(Fault("reading-date-among-results", words=odd[:4], **_place(layout, i)))
    return faults


def _place(layout: Layout, column: int, row: int | None = None) -> dict[str, Any]:
    sheet = layout.sheet
    return {"file": sheet.file, "sheet": sheet.name or None, "column": layout.column_name(column),
            "row": None if row is None else sheet.row_number(layout.start + row)}  # fmt: skip


def _bracket(layout: Layout, i: int, h: Header, log: ReadingLog) -> list[Fault]:
    if not (h.analyte or h.role in table("headers")) or h.role in ("person", "ignore", "note"):
        return []
    does, words = doubtful_bracket(h.text, h.role, h.analyte, h.unit)
    if does == "not_result" and h.part == "concentration":
        layout.columns[i] = Header(h.text, role="note")
        log.note(f"{layout.sheet.place}: {h.text} is not read, since ({words}) is no result of this month's sewage")
    elif does == "ask" and (h.analyte or h.role in ("flow", "population", "concentration", "lod", "loq")):
        what = h.analyte or h.role
        layout.asked.add(i)
        if (h.analyte or h.role == "concentration") and speaks_of_loads(words):
            return [Fault("reading-loads", unit=words, **_place(layout, i))]
        if unknown_unit(words) and not h.unit:
            wanted = unit_of(h.role) if h.role in variables() else "ng/L"
            return [Fault("reading-unit-wrong", unit=words, role=what, wanted=wanted, **_place(layout, i))]
        return [Fault("reading-bracket-unknown", words=words, header=h.text, answer=what, **_place(layout, i))]
    return []


def _instrument(layout: Layout, i: int, h: Header, column: Any) -> None:
    """Peak areas, retention times and ratios: by their name, or a "district" whose cells are all numbers."""
    if h.role in ("", "note") and instrument(h.text):
        layout.columns[i] = replace(h, role="note", part="concentration")
    elif h.role in ("district", "city", "province", "matrix") and instrument(h.text):
        words = _words(column)
        if is_numeric(column) or (words and all(parse_cell(w).state == "detected" for w in words)):
            layout.columns[i] = replace(h, role="note")


def _words(column: Any) -> list[str]:
    if is_numeric(column):
        return [] if len(column) > _MOST else [text_of(v) for v in coded(column)[1].tolist()]
    cells = column.coded_words()[1].tolist() if isinstance(column, Cells) else coded(column)[1].tolist()
    if len(cells) > _MOST:
        return []
    numbers = [] if not isinstance(column, Cells) or column.numbers is None else [
        text_of(v) for v in np.unique(column.numbers[~np.isnan(column.numbers)])[:_MOST].tolist()
    ]  # fmt: skip
    return [w for w in (text_of(c) for c in cells) if w] + numbers


def _by_content(layout: Layout, i: int, column: Any, log: ReadingLog) -> list[Fault]:
    """Give a column the role that all of its words agree on; ask where its words could change a number."""
    h, words = layout.columns[i], _words(column)
    if not words:
        return []
    role = _role_of(words, h)
    if not role and h.role == "" and h.text and not _has_dates(layout) and all(_is_day(w) for w in words):
        role = "date"
    if role and h.role == "sample_type":
        layout.columns[i] = replace(h, role="sample_type", part="injection")
    elif role:
        layout.columns[i] = replace(h, role=role)
        log.note(f"{layout.sheet.place}: {layout.column_name(i)} is read as {role.replace('_', ' ')}, by what it holds")
    elif h.role != "sample_type":
        truths = {word_of(w) for w in words}
        coded_truths = truths <= {"true", "false", "0", "1", "2", "3", "4"}
        if (truths <= {"true", "false"} or (coded_truths and _PERHAPS_CODES.search(h.text))) and layout.kind == "long":
            return [Fault("reading-codes-unknown", header=layout.column_name(i), words=words[:4], **_place(layout, i))]
        changed = [w for w in words if matrix_of(w) == "other" or kind_of_injection(w) in ("blank", "control")]
        told = [w for w in words if len(w) > 1 and w.casefold() not in ("ms", "so", "control", "standard", "water")]
        if changed and h.role != "note" and set(changed) & set(told) and len(changed) * 3 >= len(words):
            return [Fault("reading-words-beside", header=layout.column_name(i), words=changed[:3], **_place(layout, i))]
    return []


def _has_dates(layout: Layout) -> bool:
    return any(h.role in ("date", "month", "day", "year") for h in layout.columns)


def _is_day(text: str) -> bool:
    moment = parse_text(text)
    return moment.start is not None and moment.end is None and not text.isdigit()


def _role_of(words: list[str], h: Header) -> str:
    blankless = [w for w in words if w]
    if all(listed("marks", "signs", w) for w in blankless) and h.role == "":
        return "sign"
    if any(kind_of_injection(w) in ("blank", "control", "duplicate") for w in blankless) and all(
        kind_of_injection(w) or h.role == "sample_type" for w in blankless
    ):
        return "injection"
    if h.role == "sample_type":
        return ""
    truths = [listed("truth", "yes", w) or listed("truth", "no", w) for w in blankless]
    if h.role == "" and all(truths) and not all(w.isdigit() for w in blankless):
        return "censored" if _BELOW.search(h.text) else "detected" if _SEEN.search(h.text) else ""
    if any(matrix_of(w) == "other" for w in blankless) and all(matrix_of(w) for w in blankless):
        return "matrix"
    if any(listed("fractions", "part", w) for w in blankless) and all(
        listed("fractions", "part", w) or listed("fractions", "whole", w) for w in blankless
    ):
        return "fraction"
    states = ("not_detected", "below_lod", "below_loq")
    if all(token_state(w) in states for w in blankless):
        return "condition"
    if h.role or not re.search(r"result|结果|浓度|conc", h.text, re.I):
        return ""
    told = {parse_cell(w).state for w in blankless}
    if "less" in told and told <= {"less", *states, "detected"}:
        return "result_text"
    return ""


_BEHIND = {"lod": "lod_unit", "loq": "loq_unit", "flow": "flow_unit", "population": "population_unit",
           "concentration": "unit"}  # fmt: skip


def _units_behind(layout: Layout, columns: list[Any], mapping: Mapping, log: ReadingLog) -> None:
    """A column of nothing but units right behind a number is the unit of that number, whatever its header says."""
    for i, h in enumerate(layout.columns[: len(columns)]):
        before = layout.columns[i - 1].role if i else ""
        role = _BEHIND.get(before, "")
        if h.role or h.analyte or h.text in mapping.columns or not role or layout.with_role(role):
            continue
        target = "concentration" if before in ("lod", "loq") else before
        words = _words(columns[i])
        if words and not any(w.isdigit() for w in words) and all(
            np.isfinite(unit_scale(target, w, mapping)[0]) for w in words
        ):  # fmt: skip
            layout.columns[i] = replace(h, role=role)
            log.note(f"{layout.sheet.place}: {layout.column_name(i)} is read as the unit of the column before it")


def _own_units(layout: Layout, columns: list[Any], mapping: Mapping) -> list[Fault]:
    """A column of units beside a flow or a limit: it gives the unit that the header leaves out, and never another."""
    faults = []
    for i, h in enumerate(layout.columns[: len(columns)]):
        target = _BESIDE.get(h.role)
        if target is None:
            continue
        words = _words(columns[i])
        for k in layout.with_role(target):
            own = layout.columns[k]
            scales = {w: unit_scale(target, w, mapping)[0] for w in words}
            if len(words) == 1 and (not own.unit or scales[words[0]] == unit_scale(target, own.unit, mapping)[0]):
                layout.columns[k] = replace(own, unit=words[0])
            elif not own.unit and target in ("flow", "population") and all(np.isfinite(s) for s in scales.values()):
                faults += _row_units(layout, columns, i, k, scales)
            elif words:
                said = own.unit or layout.base_unit
                faults.append(Fault("reading-units-contradict", role=target, words=words[:4], unit=said or "-",
                                    header=layout.column_name(i), **_place(layout, k)))  # fmt: skip
    return faults


def _row_units(layout: Layout, columns: list[Any], i: int, k: int, scales: dict[str, float]) -> list[Fault]:
    """Bring a column whose rows have units of their own to one unit; a number without one is asked about."""
    target = layout.columns[k].role
    values, _, _ = parse_numbers_with_units(columns[k], None)
    words = [text_of(v) for v in objects_of(columns[i])]
    given = ~np.isnan(values)
    bare = [r for r in np.flatnonzero(given).tolist() if not words[r]]
    if bare:
        return [Fault("reading-unit-missing", role=target, wanted=unit_of(target), **_place(layout, k, bare[0]))]
    rates = np.array([scales.get(w, np.nan) for w in words])
    columns[k] = np.where(given, values * rates, np.nan)
    layout.columns[k] = replace(layout.columns[k], unit="person" if target == "population" else unit_of(target))
    return []


def unnamed_cells(layout: Layout, columns: list[Any], rows: Rows, mapping: Mapping) -> list[Fault]:
    """Ask about filled cells under no header, and about a result whose substance no header names."""
    faults: list[Fault] = []
    kept = rows.kind == 0
    n = len(layout.columns)
    extra = [i for i in range(len(columns)) if i >= n or not layout.columns[i].text.strip()]
    hits = {i: filled(columns[i]) & kept for i in extra if i >= n or not layout.columns[i].known}
    hits = {i: h for i, h in hits.items() if h.any() and not _is_count(columns[i], i, kept)}
    if layout.sheet.transposed:
        hits = {i: h for i, h in hits.items() if _measured(columns[i], h)}
    sheet = layout.sheet
    if hits and sheet.delimiter:
        first = min(int(np.flatnonzero(h)[0]) for h in hits.values())
        cells = sum(1 for c in columns if filled(c[first : first + 1])[0])
        names = sum(1 for h in layout.columns if h.text.strip())
        if cells > names:
            faults.append(Fault("reading-ragged-row", cells=cells, headers=names,
                                rows=int(np.any(list(hits.values()), axis=0).sum()),
                                file=sheet.file, row=sheet.row_number(layout.start + first)))  # fmt: skip
            return faults
    for i, hit in list(hits.items())[:6]:
        first = int(np.flatnonzero(hit)[0])
        faults.append(Fault("reading-no-header", shown=text_of(columns[i][first])[:30], count=int(hit.sum()),
                            **_place(layout, i, first)))  # fmt: skip
    if layout.kind != "long" and not layout.sheet.transposed:
        for i in layout.with_role("concentration"):
            hit = filled(columns[i]) & kept if i < n else np.zeros(0, dtype=bool)
            if layout.results() and hit.any():
                first = int(np.flatnonzero(hit)[0])
                faults.append(Fault("reading-result-without-name", header=layout.column_name(i),
                                    **_place(layout, i, first)))  # fmt: skip
    return faults


def _measured(column: Any, hit: np.ndarray) -> bool:
    """Whether the cells of a row without a name are all results: numbers, signs with numbers, words for none."""
    cells = [c for c, h in zip(objects_of(column), hit, strict=True) if h]
    states = {parse_cell(c).state for c in cells}
    return bool(states) and states <= {"detected", "less", "not_detected", "below_lod", "below_loq"}


def _is_count(column: Any, index: int, kept: np.ndarray) -> bool:
    """Whether an unnamed column in front only counts the rows, as some programs write it."""
    if index > 1:
        return False
    values = parse_numbers_with_units(column, None)[0][kept]
    return len(values) > 0 and bool(((np.diff(values) == 1) | (values[1:] <= 2)).all()) and values[0] in (0.0, 1.0, 2.0)
