"""Columns of result cells and of plain numbers, each distinct cell parsed once.

Refuses to make a number of a word, and to scale a cell that writes a unit of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from wbe.errors import UnitError
from wbe.reading.opening.columns import Cells, coded, is_numeric
from wbe.reading.opening.numbers import number
from wbe.reading.words.cell import NUM, Cell, has_raised_mark, parse_cell, squeeze, token_state
from wbe.samples import Flag, one_text
from wbe.units import factor
from wbe.vocabulary import tidy

__all__ = ["Results", "parse_numbers", "parse_numbers_with_units", "parse_results"]

_FLAG_OF = {
    "detected": Flag.DETECTED, "not_detected": Flag.BELOW_LOD, "below_lod": Flag.BELOW_LOD,
    "below_loq": Flag.BELOW_LOQ, "above_uloq": Flag.ABOVE_ULOQ, "not_run": Flag.NOT_RUN,
    "missing": Flag.MISSING, "rejected": Flag.REJECTED,
}  # fmt: skip


@dataclass
class Results:
    """A parsed result column, one entry per row; numbers in ng/L.

    ``less`` marks results written as "below ``limit``", ``named`` limits that the cell calls LOD (1) or LOQ (2);
    ``asked`` maps ambiguous tokens to how often they came; ``unit_faults`` maps texts with an
    impossible unit of their own to the reason.
    """

    value: np.ndarray
    limit: np.ndarray
    flag: np.ndarray
    less: np.ndarray
    reason: np.ndarray
    named: np.ndarray
    asked: dict[str, int] = field(default_factory=dict)
    unit_faults: dict[str, str] = field(default_factory=dict)


def parse_results(
    column: Any,
    scale: float | np.ndarray = 1.0,
    *,
    decimal: str = ".",
    tokens: Mapping[str, str] | None = None,
    negative: str = "",
) -> Results:
    """Parse a whole result column, each distinct text once.

    Parameters
    ----------
    column : array of numbers, texts or both, shape (n,)
        As the file gave it.
    scale : float or array (n,)
        Multiplies numbers that write no unit of their own, to reach ng/L.
    decimal : str
        ``"."`` or ``","``.
    tokens : mapping, optional
        The user's answers, token to state; they win over everything.
    negative : str, optional
        What a negative number of an instrument stands for; by default it is rejected.

    Returns
    -------
    Results

    Examples
    --------
    >>> r = parse_results(np.array([1.5, "ND", "<0.2", None], dtype=object), scale=1000.0)
    >>> r.value.tolist(), r.limit.tolist()[2], r.flag.tolist()
    ([1500.0, nan, nan, nan], 200.0, [0, 2, 2, 5])
    """
    answers = {squeeze(k): v for k, v in (tokens or {}).items()}
    if is_numeric(column):
        return _numeric_results(np.asarray(column, dtype=float), scale, answers, negative)
    numbers, codes, cells = _apart(column)
    if negative:
        answers |= {squeeze(c): negative for c in cells.tolist() if isinstance(c, str) and number(c, decimal) < 0}
    distinct, own = _parse_distinct(cells, decimal, answers)
    if numbers is None:
        results = _taken(distinct, codes, own, scale)
    else:
        results = _numeric_results(numbers, scale, answers, negative)
        rows = np.flatnonzero(codes >= 0)
        words = _taken(distinct, codes[rows], own, scale if np.ndim(scale) == 0 else np.asarray(scale)[rows])
        for name in ("value", "limit", "flag", "less", "reason", "named"):
            getattr(results, name)[rows] = getattr(words, name)
    results.asked = {token: int(np.count_nonzero(codes == i)) for token, i in distinct.asked.items()}
    results.unit_faults = distinct.unit_faults
    return results


def _apart(column: Any) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    """(numbers, or None where all filled rows have words; codes and distinct cells of the words)."""
    if isinstance(column, Cells):
        return column.numbers, *column.coded_words()
    return None, *coded(column)


def _taken(distinct: Results, codes: np.ndarray, own: np.ndarray, scale: float | np.ndarray) -> Results:
    """Give each row what its distinct cell says, its numbers times the cell's own factor or ``scale``."""
    each = np.ndim(scale) > 0
    times = np.where(np.isnan(own), 1.0 if each else scale, own)
    value = (distinct.value * times)[codes]
    limit = np.full(len(codes), np.nan) if np.isnan(distinct.limit).all() else (distinct.limit * times)[codes]
    if each:
        rows = np.where(np.isnan(own)[codes], scale, 1.0)
        value, limit = value * rows, limit * rows
    less, named = (
        d[codes] if d.any() else np.zeros(len(codes), dtype=d.dtype) for d in (distinct.less, distinct.named)
    )
    return Results(value, limit, distinct.flag[codes], less, distinct.reason[codes], named)


def _parse_distinct(cells: np.ndarray, decimal: str, answers: Mapping[str, str]) -> tuple[Results, np.ndarray]:
    """Parse distinct cells, plain numbers in one pass; a last entry stands for blank, ``asked`` holds indices.

    The second result is the factor of cells that write their own unit, NaN for the others.
    """
    plain = np.append(_plain_numbers(cells, decimal), np.nan)
    results = _numeric_results(plain, 1.0, answers)
    own = np.full(len(plain), np.nan)
    for i in np.flatnonzero(np.isnan(plain[:-1])):
        cell = _cell_of(cells[i], decimal, answers)
        results.value[i], results.limit[i], results.reason[i] = cell.value, cell.limit, cell.reason
        results.less[i] = cell.state == "less"
        results.named[i] = ("", "lod", "loq").index(cell.named)
        results.flag[i] = int(_FLAG_OF.get(cell.state, Flag.BELOW_LOD if cell.state == "less" else Flag.REJECTED))
        if cell.state == "ask":
            results.asked[str(cells[i])] = int(i)
        if cell.unit:
            try:
                own[i] = factor(cell.unit, "ng/L", "result")
            except UnitError as err:
                results.unit_faults[str(cells[i])[:60]] = err.code
    return results, own


def _plain_numbers(cells: np.ndarray, decimal: str) -> np.ndarray:
    """Numbers where a cell is nothing but a number, else NaN."""
    texts = pd.Series(cells, dtype=object)
    if decimal == ",":
        texts = pd.Series([number(v, decimal) if isinstance(v, str) else v for v in cells], dtype=object)
    return pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _cell_of(item: Any, decimal: str, answers: Mapping[str, str]) -> Cell:
    if isinstance(item, str):
        given = answers.get(squeeze(item)) if answers else None
        return Cell(given, reason=tidy(item)) if given else parse_cell(item, decimal)
    return Cell("rejected", reason=f"a {type(item).__name__}, not a number: {str(item)[:40]}")


def _numeric_results(
    values: np.ndarray, scale: float | np.ndarray, answers: Mapping[str, str], negative: str = ""
) -> Results:
    blank = np.isnan(values)
    bad = ~blank & (~np.isfinite(values) | (values < 0))
    flag = np.zeros(len(values), dtype=np.int8)
    flag[blank] = int(Flag.MISSING)
    flag[bad] = int(Flag.REJECTED)
    reason = one_text(len(values), "")
    reason[blank] = "blank cell"
    for i in np.flatnonzero(bad):
        reason[i] = f"negative or infinite number {values[i]:g}"
    number_of = np.where(blank | bad, np.nan, values * scale)
    if negative and (values < 0).any():
        flag[values < 0] = int(_FLAG_OF[negative])
        reason[values < 0] = "negative number of an instrument"
    for token, state in answers.items():
        hit = values == number(token)
        if hit.any():
            flag[hit] = int(_FLAG_OF[state])
            reason[hit] = token
            number_of[hit] = np.nan
    nothing = np.full(len(values), np.nan)
    n = len(values)
    return Results(number_of, nothing, flag, np.zeros(n, dtype=bool), reason, np.zeros(n, dtype=np.int8))


def parse_numbers(column: Any, unit: str | None, decimal: str = ".") -> tuple[np.ndarray, dict[int, str]]:
    """Parse a column of plain numbers such as flow or population.

    Parameters
    ----------
    column : array (n,)
        Numbers, texts or both; ``3.5万`` and numbers with a unit of their own are understood.
    unit : str, optional
        Canonical unit, used to convert cells that write their own.

    Returns
    -------
    values : ndarray (n,)
        NaN where blank or missing; cells with a unit of their own are returned negative-free in ``unit``
        and must not be scaled again, so they carry the index in ``own``.
    faults : dict of int to str
        Row index to what came, for cells that are neither a number nor a word for missing.

    Examples
    --------
    >>> values, faults = parse_numbers(np.array([1.0, "3.5万", "停产", "abc"], dtype=object), None)
    >>> values.tolist(), faults
    ([1.0, 35000.0, nan, nan], {3: 'abc'})
    """
    values, _, faults = parse_numbers_with_units(column, unit, decimal)
    return values, faults


def parse_numbers_with_units(
    column: Any, unit: str | None, decimal: str = "."
) -> tuple[np.ndarray, np.ndarray, dict[int, str]]:
    """Like :func:`parse_numbers`, and say which cells wrote their own unit (already converted)."""
    if is_numeric(column):
        plain = np.asarray(column, dtype=float)
        return plain, np.zeros(len(plain), dtype=bool), {}
    numbers, codes, cells = _apart(column)
    parsed = [*(_plain_number(c, unit, decimal) for c in cells), (np.nan, False, False)]
    bad = np.array([p[2] for p in parsed])[codes]
    faults = {int(i): str(cells[codes[i]])[:60] for i in np.flatnonzero(bad)[:1000]}
    values = np.array([p[0] for p in parsed])[codes]
    if numbers is not None:
        values = np.where(codes < 0, numbers, values)
    return values, np.array([p[1] for p in parsed])[codes], faults


def _plain_number(item: Any, unit: str | None, decimal: str) -> tuple[float, bool, bool]:
    """(value, has its own unit, is a fault)."""
    if isinstance(item, int | float | np.number) and not isinstance(item, bool):
        return float(item), False, False
    if not isinstance(item, str):
        return np.nan, False, True
    shown = tidy(item)
    if not shown or token_state(shown) in ("missing", "not_run", "ask"):
        return np.nan, False, False
    if has_raised_mark(item):
        return np.nan, False, True
    plain = number(shown, decimal)
    if np.isfinite(plain):
        return plain, False, False
    match = re.match(rf"^({NUM})\s*(\S.*)$", shown)
    if match:
        plain = number(match.group(1), decimal)
        if match.group(2) == "万":
            return plain * 1e4, False, not np.isfinite(plain)
        if unit is not None and np.isfinite(plain):
            try:
                return plain * factor(match.group(2), unit), True, False
            except UnitError:
                return np.nan, False, True
    return np.nan, False, True
