"""Signs, codes and words in columns beside a result -> joined to it, so that one cell says both.

Refuses a mark that no list holds: a code is asked about, never taken for the result or left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wbe.errors import Fault
from wbe.reading.grid.rows import Texts, text_of
from wbe.reading.opening.columns import filled
from wbe.reading.roles.context import Context
from wbe.reading.words.beside import listed, word_of
from wbe.reading.words.cell import parse_cell, token_state
from wbe.reading.words.values import parse_numbers_with_units
from wbe.vocabulary import closed_word, find, tidy

__all__ = ["flagged", "join_marks"]

_ROLES = ("flag", "sign", "condition", "censored", "result_text", "detected")
_STATES = {"detected": "", "not_detected": "未检出", "below_lod": "<LOD", "below_loq": "<LOQ", "above_uloq": ">ULOQ",
           "not_run": "未检测", "missing": "缺测", "rejected": "作废"}  # fmt: skip
_QUALIFIED = ("J", "E", "~", "≈", ">", "<")


def join_marks(ctx: Context) -> None:
    """Join every column of marks to the results that it belongs to."""
    long = ctx.layout.kind == "long"
    results = ctx.layout.with_role("concentration")[:1] if long else ctx.layout.results()
    for i, h in enumerate(ctx.layout.columns[: len(ctx.columns)]):
        if h.analyte and h.part == "flag":
            for k in [k for k in results if long or ctx.layout.columns[k].analyte == h.analyte]:
                _join(ctx, i, "flag", k, _rows_of(ctx, h.analyte) if long else None)
        elif h.role in _ROLES and not h.analyte:
            target = _target(i, results, long)
            if target is None and filled(ctx.columns[i]).any() and h.role != "flag" and results:
                ctx.faults.append(Fault("reading-mark-without-result", header=ctx.layout.column_name(i), **ctx.place()))
            if target is not None:
                _join(ctx, i, h.role, target)


def _target(index: int, results: list[int], long: bool) -> int | None:
    """The result that a mark belongs to: the only one, or the one right behind it, or right before it."""
    if len(results) <= 1 or long:
        return results[0] if results else None
    return next((k for k in (index + 1, index - 1) if k in results), None)


def _rows_of(ctx: Context, analyte: str) -> np.ndarray:
    """Rows of one substance in a table with a row for each result."""
    names = ctx.texts(ctx.layout.with_role("analyte")[0])
    said = [ctx.mapping.analytes.get(tidy(w), "") or find(w) for w in names.words]
    return np.array([*(s == analyte for s in said), False])[names.codes]


def _join(ctx: Context, index: int, role: str, result: int, rows: np.ndarray | None = None) -> None:
    """Join a column of marks to a column of results, in ``rows`` only where a mark is of one substance."""
    marks = ctx.texts(index)
    if rows is not None:
        marks = Texts(np.where(rows, marks.codes, -1), marks.words)
    codes = ctx.mapping.rules.get(ctx.layout.columns[index].text, {}).get("codes", {})
    cells = ctx.column(result)
    words: list[str] = []
    for k, word in enumerate(marks.words):
        if word in codes:
            words.append(_STATES[codes[word]])
            continue
        said = _said(role, word)
        if said is None and role == "result_text":
            said = _of_text(ctx, cells, marks, k)
        at = np.flatnonzero(marks.codes == k)
        if said is None and len(at):
            row = int(at[0])
            ctx.faults.append(Fault("reading-mark-unknown", word=word[:40], header=ctx.layout.column_name(index),
                                    **ctx.place(row, index)))  # fmt: skip
        words.append(said or "")
    if any(words):
        blank = np.array([*(w == "" for w in words), True])[marks.codes]
        code = np.where(blank, -1, marks.codes)
        ctx.replaced[result] = flagged(cells, Texts(code, words), _limits(ctx, code, words))


def _limits(ctx: Context, code: np.ndarray, words: list[str]) -> np.ndarray | None:
    """Rows whose number lies between a LOD and a LOQ of their own, though the mark says below."""
    lod, loq = (ctx.layout.with_role(r)[:1] for r in ("lod", "loq"))
    if not lod or not loq or "<" not in words or ctx.layout.kind != "long":
        return None
    low, high = (parse_numbers_with_units(ctx.column(c[0]), None, ctx.decimal)[0] for c in (lod, loq))
    value = parse_numbers_with_units(ctx.column(ctx.layout.with_role("concentration")[0]), None, ctx.decimal)[0]
    less = np.array([*(w == "<" for w in words), False])[code]
    with np.errstate(invalid="ignore"):
        between = less & (value > low * (1 + 1e-9)) & (value < high * (1 - 1e-9))
    return between if between.any() else None


def _said(role: str, word: str) -> str | None:
    """What a mark does to its result: empty text for nothing, a sign or a word to join; None where no list holds it."""
    if role == "detected":
        return closed_word("detection", word) if closed_word("detection", word) is not None else _plain(word)
    if role == "censored":
        if listed("truth", "yes", word):
            return "<"
        return "" if listed("truth", "no", word) else _plain(word)
    if role == "result_text":
        return None if parse_cell(word).state in ("detected", "less") else _plain(word)
    return _plain(word)


def _plain(word: str) -> str | None:
    if not word or closed_word("rows", word):
        return ""
    if listed("marks", "keep", word) and not word.isdigit():
        return ""
    if listed("marks", "below", word):
        return "<"
    if listed("marks", "rejected", word):
        return "作废"
    if listed("marks", "estimate", word) or word in _QUALIFIED:
        return "J" if word_of(word) not in ("~", "≈", ">") else word
    if word_of(word) in ("detected", "检出", "positive", "阳性"):
        return ""
    state = token_state(word)
    if state in _STATES and state != "missing":
        return word
    return None if state is None or state == "ask" else ""


def _of_text(ctx: Context, cells: Any, marks: Texts, k: int) -> str | None:
    """A result written as text beside its number: it may only say the same, or that the number is a limit."""
    cell = parse_cell(marks.words[k], ctx.decimal)
    rows = np.flatnonzero(marks.codes == k)
    numbers = parse_numbers_with_units(cells[rows], None, ctx.decimal)[0]
    written = cell.limit if cell.state == "less" else cell.value
    same = np.isnan(numbers) | np.isclose(numbers, written)
    return ("<" if cell.state == "less" else "") if bool(same.all()) else None


def flagged(cells: Any, flags: Texts, between: np.ndarray | None = None) -> Any:
    """Join each flag to its result, so that the cell says both."""
    marked = np.flatnonzero(flags.codes >= 0)
    if not len(marked):
        return cells
    out = np.array(cells, dtype=object)
    for i in marked:
        word, value = flags.at(int(i)), out[i]
        if word == "":
            continue
        blank = value is None or value != value or value == ""
        shown = text_of(value)
        if between is not None and between[i]:
            out[i] = f"<LOQ ({shown})"
        elif word == "<":
            out[i] = "未检出" if blank else shown if _less_already(shown) else f"<{shown}"
        elif blank:
            out[i] = word
        else:
            out[i] = f"{word}{value}" if word in (">", "J", "E", "~") else f"{word} ({value})"
    return out


def _less_already(shown: str) -> bool:
    return parse_cell(shown).state in ("less", "not_detected", "below_lod", "below_loq")
