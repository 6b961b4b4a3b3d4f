"""Rows that are no samples of the sewage that flows in: other matrices, controls, fractions, and what is skipped.

Refuses to drop a row that its name alone calls a statistic: a row with a day, a flow and results of its own is a
sample, unless its numbers are that statistic of the others, and it is asked about where both may be.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from wbe.errors import Fault
from wbe.reading.grid.rows import KINDS, Rows, Texts, row_kind, texts
from wbe.reading.grid.turned import Layout
from wbe.reading.opening.columns import filled
from wbe.reading.words.beside import control_in_name, kind_of_injection, listed, matrix_in_name, matrix_of, word_of
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.values import parse_numbers_with_units
from wbe.vocabulary import tidy

__all__ = ["leave_out", "rows_in_doubt"]

_NAMES = ("district", "site", "sample", "batch")
_CODE = re.compile(r"^[A-Za-z]{1,3}[- ]?\d{0,3}$|^[A-Z]{2,5}$")
_SERIAL = re.compile(r"^(?:QC|CAL|STD|CRM|SRM)[- _#]?\d*$", re.I)
_MARKED = re.compile(r"^[*#※]\s*\S{2,}")
_STATISTICS: dict[str, Any] = {
    r"^p-?5$": lambda v: np.percentile(v, 5), r"^p-?95$": lambda v: np.percentile(v, 95),
    r"^(sd|std|stdev|标准差|标准偏差)": lambda v: np.std(v, ddof=1) if len(v) > 1 else np.nan,
    r"^(cv|rsd|变异系数|相对标准)": lambda v: 100 * np.std(v, ddof=1) / np.mean(v) if len(v) > 1 else np.nan,
    r"max|最大|最高": np.max, r"min|最小|最低": np.min, r"median|中位": np.median,
    r"mean|average|平均|均值": np.mean, r"sum|total|合计|小计|总计|共计": np.sum,
}  # fmt: skip
_INJECTED = {"blank": KINDS.index("blank_control"), "control": KINDS.index("spike_control"),
             "duplicate": KINDS.index("duplicate")}  # fmt: skip
_MAYBE = [KINDS.index(k) for k in ("subtotal", "footnote", "lod", "loq", "uloq", "example", "spike_control")]


def rows_in_doubt(layout: Layout, columns: list[Any], rows: Rows, mapping: Mapping, log: ReadingLog) -> list[Fault]:
    """Look again at rows that a word calls no sample, though they have a day, a flow and results of their own."""
    odd = np.flatnonzero(np.isin(rows.kind, _MAYBE))
    needed = [*layout.with_role("date")[:1], *layout.with_role("flow")[:1]]
    results = layout.results() or layout.with_role("concentration")[:1]
    if not len(odd) or len(needed) < 2 or not results or layout.sheet.transposed:
        return []
    full = np.logical_and.reduce([filled(columns[i])[odd] for i in needed])
    full &= np.any([filled(columns[i])[odd] for i in results], axis=0)
    faults = []
    numbers: dict[int, np.ndarray] = {}
    for (index, word), own in _by_word(layout, columns, odd[full]).items():
        kind = KINDS[rows.kind[own[0]]]
        if tidy(word) in mapping.rows or (kind == "spike_control" and not _SERIAL.match(word)):
            continue
        # a name of many such rows is no statistic of the others
        if len(own) <= _FEW and all(_is_statistic(layout, columns, rows, row, word, numbers) for row in own):
            continue
        if kind in ("lod", "loq", "uloq"):
            gone = set(own)
            rows.limit_rows = [r for r in rows.limit_rows if r[2] not in gone]
        if (_CODE.match(word) or _MARKED.match(word)) and kind != "spike_control":
            rows.kind[own] = 0
            log.note(f"{layout.sheet.place}: {word} is read as a sample, since it has a day, a flow and results")
            continue
        sheet = layout.sheet
        faults.append(Fault("reading-row-in-doubt", word=word[:40], file=sheet.file, sheet=sheet.name or None,
                            row=sheet.row_number(layout.start + own[0]), column=layout.column_name(index)))  # fmt: skip
    return faults


_FEW = 5


def _by_word(layout: Layout, columns: list[Any], chosen: np.ndarray) -> dict[tuple[int, str], list[int]]:
    """Rows by the column and the name by which they seem to be no samples."""
    leads = [i for role in _NAMES for i in layout.with_role(role)]
    first = [i for i in range(min(2, len(columns))) if i not in leads]
    found: dict[tuple[int, str], list[int]] = {}
    left = chosen
    for i in [*first, *leads]:
        named = texts(columns[i][left])
        odd = np.array([*(bool(row_kind(w)) for w in named.words), False])[named.codes]
        for code, row in zip(named.codes[odd].tolist(), left[odd].tolist(), strict=True):
            found.setdefault((i, named.words[code]), []).append(row)
        left = left[~odd]
        if not len(left):
            break
    return found


def _is_statistic(
    layout: Layout, columns: list[Any], rows: Rows, row: int, word: str, numbers: dict[int, np.ndarray]
) -> bool:
    """Whether the numbers of a row are, nearly, the statistic of the samples that its word says."""
    said = next((f for p, f in _STATISTICS.items() if re.search(p, word.strip(), re.I)), None)
    if said is None:
        return False
    same = 0
    for i in [*layout.with_role("flow")[:1], *(layout.results() or layout.with_role("concentration")[:1])]:
        if i not in numbers:
            numbers[i] = parse_numbers_with_units(columns[i], None, ".")[0]
        values = numbers[i]
        others = values[(rows.kind == 0) & np.isfinite(values)]
        if not np.isfinite(values[row]) or not len(others) or np.ptp(others) == 0:
            continue
        # as near as rounding to three digits comes, or as two ways to reckon a percentile lie apart: among plants that
        # are much alike, every number is within some per cent of every statistic
        if abs(values[row] - said(others)) > max(0.005 * abs(values[row]), 0.02 * np.ptp(others)) + 1e-9:
            return False
        same += 1
    return same > 0


def leave_out(layout: Layout, columns: list[Any], rows: Rows, mapping: Mapping, log: ReadingLog) -> list[Fault]:
    """Mark rows of other matrices, of controls and of fractions, and those that the mapping skips by a value."""
    faults: list[Fault] = []
    before = int((rows.kind == 0).sum())
    for i, h in enumerate(layout.columns[: len(columns)]):
        skipped = mapping.rules.get(h.text, {}).get("skip", [])
        if skipped:
            _mark(rows, columns[i], {word_of(str(w)) for w in skipped}, "skipped")
        if h.text in mapping.columns and h.role != mapping.columns[h.text]:
            continue
        if h.role == "matrix":
            faults += _by_matrix(layout, i, columns[i], rows)
        elif h.role == "injection" or h.part == "injection":
            faults += _by_injection(layout, i, columns[i], rows, sure=h.role == "injection")
        elif h.role == "fraction":
            faults += _by_fraction(layout, i, columns[i], rows)
    _by_suffix(layout, columns, rows)
    faults += _by_name(layout, columns, rows, mapping)
    if before and not (rows.kind == 0).any() and not faults:
        sheet = layout.sheet
        faults.append(Fault("reading-no-sewage", file=sheet.file, sheet=sheet.name or None))
    return faults


def _mark(rows: Rows, column: Any, words: set[str], kind: str) -> None:
    named = texts(column)
    hit = np.array([*(word_of(w) in words for w in named.words), False])[named.codes]
    rows.kind[hit & (rows.kind == 0)] = KINDS.index(kind)


def _ask(layout: Layout, i: int, column: Any, word: str, code: str) -> Fault:
    named = texts(column)
    row = int(np.flatnonzero(named.codes == named.words.index(word))[0])
    sheet = layout.sheet
    return Fault(code, word=word[:40], header=layout.column_name(i), file=sheet.file, sheet=sheet.name or None,
                 row=sheet.row_number(layout.start + row), column=layout.column_name(i))  # fmt: skip


def _by_matrix(layout: Layout, i: int, column: Any, rows: Rows) -> list[Fault]:
    named = texts(column)
    kinds = [matrix_of(w) for w in named.words]
    if not any(kinds) and all(
        kind_of_injection(w) for w in named.words
    ):  # a matrix by its name, injections by its words
        return _by_injection(layout, i, column, rows, sure=True)
    lookup = np.array([*(k == "other" for k in kinds), False])
    rows.kind[lookup[named.codes] & (rows.kind == 0)] = KINDS.index("other_matrix")
    left = _left(named, rows)
    return [
        _ask(layout, i, column, w, "reading-matrix-unknown")
        for w, k in zip(named.words, kinds, strict=True)
        if not k and w in left
    ][:5]


def _by_injection(layout: Layout, i: int, column: Any, rows: Rows, *, sure: bool) -> list[Fault]:
    named = texts(column)
    kinds = [kind_of_injection(w) for w in named.words]
    lookup = np.array([*(_INJECTED.get(k, 0) for k in kinds), 0], dtype=np.int8)
    said = lookup[named.codes]
    fresh = (rows.kind == 0) & (said > 0)
    rows.kind[fresh] = said[fresh]
    left = _left(named, rows)
    if not sure or not any(kinds):
        return []
    return [
        _ask(layout, i, column, w, "reading-injection-unknown")
        for w, k in zip(named.words, kinds, strict=True)
        if not k and w in left
    ][:5]


def _left(named: Texts, rows: Rows) -> set[str]:
    """Words of the rows that are still samples."""
    return {named.words[c] for c in set(named.codes[rows.kind == 0].tolist()) if c >= 0}


def _by_fraction(layout: Layout, i: int, column: Any, rows: Rows) -> list[Fault]:
    """The whole is the sample; parts beside it are left out, and parts alone are asked about."""
    named = texts(column)
    whole = [listed("fractions", "whole", w) for w in named.words]
    part = [listed("fractions", "part", w) for w in named.words]
    left = _left(named, rows)
    unknown = [w for w, a, b in zip(named.words, whole, part, strict=True) if not (a or b) and w in left]
    part = [p and w in left for p, w in zip(part, named.words, strict=True)]
    if unknown and any(part):
        return [_ask(layout, i, column, w, "reading-fraction-unknown") for w in unknown[:5]]
    if not any(part):
        return []
    if not any(whole):
        if sum(part) == 1:
            return []
        return [_ask(layout, i, column, named.words[part.index(True)], "reading-fraction-alone")]
    rows.kind[np.array([*part, False])[named.codes] & (rows.kind == 0)] = KINDS.index("fraction")
    return []


def _says_no_sample_of_site(name: str) -> bool:
    return bool(control_in_name(name))


def _says_no_sample(name: str) -> bool:
    return bool(control_in_name(name) or matrix_in_name(name))


def _by_name(layout: Layout, columns: list[Any], rows: Rows, mapping: Mapping) -> list[Fault]:
    """Ask about names of sites and samples that say effluent or a control of quality."""
    faults: list[Fault] = []
    for i in [i for role in ("site", "sample") for i in layout.with_role(role)[:1]]:
        named = rows.coded(i, columns[i])
        of_site = i in layout.with_role("site")[:1]
        # many ids have few shapes, and a digit does not change what the words in a name say
        odd = named.like(_says_no_sample_of_site if of_site else _says_no_sample)
        here = set(named.codes[rows.kind == 0].tolist()) if odd else set()
        words = [named.words[c] for c in odd if c in here]
        words += [] if of_site else _beside_others(layout, columns, rows, named)
        for w in [w for w in words if tidy(w) not in mapping.rows][:5]:
            faults.append(_ask(layout, i, columns[i], w, "reading-row-in-doubt"))
    return faults


def _beside_others(layout: Layout, columns: list[Any], rows: Rows, named: Texts) -> list[str]:
    """Ids such as ``Solvent`` and ``BS1`` in rows of a place and day that another sample has: a control or not?

    A place of its own makes of any name a sample: plants are called CC and STD too.
    """
    if len(named.words) > 50_000:
        return []
    odd = {c for c, w in enumerate(named.words) if kind_of_injection(w) in ("blank", "control")}
    if not odd:
        return []
    keys = [texts(columns[i]).codes for r in ("district", "site", "date", "analyte") for i in layout.with_role(r)[:1]]
    kept = np.flatnonzero(rows.kind == 0)
    where = list(zip(*(k[kept].tolist() for k in keys), strict=True)) if keys else []
    own = named.codes[kept].tolist()
    others = {w for w, c in zip(where, own, strict=False) if c not in odd}
    return [
        named.words[c] for c in dict.fromkeys(c for w, c in zip(where, own, strict=False) if c in odd and w in others)
    ]


_SUFFIX = re.compile(r"^(?:.{1,20}[-_ ])?(MB|LB|EB|FB|TB|MS|MSD|LCS|LCSD|CCV|ICV|DUP)[-_ ]?\d{0,2}$")


def _by_suffix(layout: Layout, columns: list[Any], rows: Rows) -> None:
    """``MB-1`` and ``S1-MS`` among the ids of samples, where their stem or another id stands beside them."""
    for i in layout.with_role("sample")[:1]:
        named = rows.coded(i, columns[i])
        if len(named.words) > 50_000:
            return
        found = {w: m.group(1) for w in named.words if (m := _SUFFIX.match(w))}
        if not found or len(found) == len(named.words):
            return
        kinds = {w: _INJECTED.get(kind_of_injection(k), 0) for w, k in found.items()}
        said = np.array([*(kinds.get(w, 0) for w in named.words), 0], dtype=np.int8)[named.codes]
        fresh = (rows.kind == 0) & (said > 0)
        rows.kind[fresh] = said[fresh]
