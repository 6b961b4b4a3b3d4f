"""Which mark is the decimal mark of a table: decided from all of its numbers as they are written, or asked.

Refuses to read ``1.234`` as one number where another is equally likely: a table whose numbers allow both readings
is a question, and under a decimal comma a point only parts thousands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from wbe.errors import Fault
from wbe.reading.grid.turned import Layout
from wbe.reading.opening.columns import Cells, is_numeric
from wbe.reading.words.mapping import Mapping
from wbe.vocabulary import tidy

__all__ = ["settle_decimal"]

_WRITTEN = re.compile(r"^[<>≤≥~≈=]*\s*[+-]?\s*(\d[\d.,]*|[.,]\d+)")
# what each mark must be, and where it could be either
_DOT = re.compile(r"^(?!([1-9]\d{0,2})\.\d{3}$)\d*\.\d+$|^\d{1,3}(,\d{3})+\.\d+$|^[1-9]\d{0,2}(,\d{3}){2,}$")
_COMMA = re.compile(r"^(?!([1-9]\d{0,2}),\d{3}$)\d*,\d+$|^\d{1,3}(\.\d{3})+,\d+$|^[1-9]\d{0,2}(\.\d{3}){2,}$")
_DOT_THREE = re.compile(r"^[1-9]\d{0,2}\.\d{3}$")
_COMMA_THREE = re.compile(r"^[1-9]\d{0,2},\d{3}$")
_KINDS = {"dot": _DOT, "comma": _COMMA, "dot_three": _DOT_THREE, "comma_three": _COMMA_THREE}


@dataclass
class _Seen:
    """The first column and cell that shows each way of writing."""

    dot: tuple[int, str] | None = None
    comma: tuple[int, str] | None = None
    dot_three: tuple[int, str] | None = None
    comma_three: tuple[int, str] | None = None


def settle_decimal(
    layout: Layout, columns: list[Any], numeric: set[int], mapping: Mapping
) -> tuple[list[Any], Mapping, list[Fault]]:
    """Decide between decimal point and comma, or ask.

    Parameters
    ----------
    columns : list
        Packed columns of the table's body; those that were parsed as numbers are read again as text where the
        mark matters.
    numeric : set of int
        Columns that hold numbers.

    Returns
    -------
    columns, mapping, faults
        Under a decimal comma the columns are texts and the mapping says so.
    """
    sheet = layout.sheet
    declared = mapping.options.get("decimal")
    if declared == ".":
        return columns, mapping, []
    if declared is None and sheet.delimiter != ";" and not _any_comma(columns, numeric, bool(sheet.delimiter)):
        return columns, mapping, []
    columns = _as_written(layout, columns, numeric)
    if declared == ",":
        return columns, mapping, []
    seen = _look(columns, numeric, bool(sheet.delimiter))
    if seen.comma and not seen.dot:
        return columns, Mapping(**{**vars(mapping), "options": {**mapping.options, "decimal": ","}}), []
    doubtful = seen.comma
    if not doubtful and not seen.dot:
        both = seen.dot_three and seen.comma_three
        doubtful = (seen.comma_three or seen.dot_three) if both or sheet.delimiter == ";" else None
    if doubtful is None:
        return columns, mapping, []
    column, text = doubtful
    return columns, mapping, [
        Fault("reading-comma-or-thousands" if "," in text else "reading-point-or-thousands", shown=text[:30],
              file=sheet.file, sheet=sheet.name or None, column=layout.column_name(column))
    ]  # fmt: skip


def _as_written(layout: Layout, columns: list[Any], numeric: set[int]) -> list[Any]:
    """Numbers of a text table as the file writes them: a parsed 340.000 no longer tells its point."""
    if not layout.sheet.delimiter or not any(is_numeric(columns[i]) for i in numeric):
        return columns
    texts = layout.sheet.body(layout.start, set(range(layout.sheet.n_cols)))
    n = len(columns[0])
    return [texts[i][:n] if i in numeric and is_numeric(c) else c for i, c in enumerate(columns)]


def _words(column: Any, all_kinds: bool) -> list[str]:
    if not isinstance(column, Cells):
        return []
    words = column.coded_words()[1].tolist()
    return list(map(str, words)) if all_kinds else [w for w in words if type(w) is str]


def _any_comma(columns: list[Any], numeric: set[int], text_table: bool) -> bool:
    return any("," in text or "，" in text for text in ("\n".join(_words(columns[i], text_table)) for i in numeric))


def _look(columns: list[Any], numeric: set[int], text_table: bool) -> _Seen:
    seen = _Seen()
    for i in sorted(numeric):
        if is_numeric(columns[i]) and not text_table:
            fractions = columns[i][np.floor(columns[i]) < columns[i]]
            if len(fractions) and seen.dot is None:
                seen.dot = (i, repr(float(fractions[0])))
            continue
        for word in _words(columns[i], text_table):
            if "," not in word and "." not in word and word.isascii():
                continue
            match = _WRITTEN.match(word if word.isascii() else tidy(word))
            if match is None:
                continue
            number = match.group(1).rstrip(".,")
            for kind, pattern in _KINDS.items():
                if getattr(seen, kind) is None and pattern.match(number):
                    setattr(seen, kind, (i, word))
    return seen
