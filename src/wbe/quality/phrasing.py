"""Findings put into words, a column at a time: each sentence is taken apart once and filled for many rows.

Refuses a finding without a sentence; what a number is rounded to is told by its name.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from itertools import repeat
from typing import Any

from wbe import messages

__all__ = ["message_code", "said"]

#: digits of numbers that were reckoned; all others are printed as they were given
DIGITS = {
    "ratio": ".3g",
    "percent": ".3g",
    "litres": ".4g",
    "hours": ".3g",
    "days": ".3g",
    "per_head": ".3g",
    "grams": ".3g",
}
_MARK = "\x00"


def message_code(rule: str) -> str:
    """Return the code of a rule's sentences.

    Examples
    --------
    >>> message_code("flow_slip")
    'quality-flow-slip'
    """
    return f"quality-{rule.replace('_', '-')}"


@functools.cache
def _pieces(code: str, part: str | None, language: str, names: tuple[str, ...], one: bool) -> tuple[str, ...]:
    """Text and names of a sentence, by turns: text first. ``one`` takes its singular by ``count``."""
    marks: dict[str, Any] = {name: f"{_MARK}{name}{_MARK}" for name in names}
    if one:
        marks["count"] = 1
    return tuple(messages.render(code, marks, language, part).split(_MARK))


def said(code: str, part: str | None, language: str, columns: Mapping[str, list[Any]], size: int) -> list[str]:
    """Say a sentence for many rows.

    Parameters
    ----------
    code, part, language
        As in :func:`wbe.messages.render`.
    columns : mapping of name to list
        One value for every row, or a single one for all.
    size : int
        Rows.

    Returns
    -------
    list of str (row)

    Examples
    --------
    >>> said("quality-no-flow", "came", "en", {"count": [1, 12], "site": ["a", "b"]}, 2)
    ['no flow in one sample', 'no flow in 12 samples']
    """
    names = tuple(columns)
    many = _filled(_pieces(code, part, language, names, False), language, columns, size)
    counts = columns.get("count", [])
    if 1 not in counts:
        return many
    single = _filled(_pieces(code, part, language, names, True), language, columns, size)
    told = counts * size if len(counts) == 1 else counts
    return [one if count == 1 else more for one, more, count in zip(single, many, told, strict=True)]


def _filled(pieces: tuple[str, ...], language: str, columns: Mapping[str, list[Any]], size: int) -> list[str]:
    filled: list[Iterable[str]] = []
    for i, piece in enumerate(pieces):
        if i % 2 == 0:
            filled.append(repeat(piece, size))
            continue
        texts = [_text(piece, value, language) for value in columns[piece]]
        filled.append(repeat(texts[0], size) if len(texts) == 1 else texts)
    return ["".join(row) for row in zip(*filled, strict=True)]


def _text(name: str, value: Any, language: str) -> str:
    if isinstance(value, float):
        return format(value, DIGITS.get(name, "g"))
    return value.text(language) if isinstance(value, messages.Words | messages.Note) else str(value)
