"""Roles of columns where several could be meant: the better name wins, and what stands in a column wins over its name.

Refuses nothing: what stays open is settled or asked about later, with the rows at hand.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from wbe.reading.words.beside import word_of
from wbe.reading.words.headers import Header
from wbe.vocabulary import find, table

__all__ = ["settle_weak", "substances_down"]


def settle_weak(columns: list[Header]) -> list[Header]:
    """A name such as ``location`` means its role only where no better name does."""
    weak = table("beside")["weak"]
    out = list(columns)
    for role, words in weak.items():
        own = [i for i, h in enumerate(columns) if h.role == role and not h.analyte]
        some = [i for i in own if word_of(re.sub(r"\s*\(.*\)$", "", columns[i].text)) in words]
        if len(own) > len(some) > 0:
            for i in some:
                out[i] = Header(columns[i].text, unit=columns[i].unit)
    return out


def substances_down(columns: list[Header], body: list[list[Any]]) -> list[Header]:
    """A column of texts that are substances is the column of analytes, whatever its header says."""
    if any(h.role == "analyte" or (h.analyte and h.part == "concentration") for h in columns):
        return columns
    for i, h in enumerate(columns):
        if h.role not in ("", "note", "fraction", "method_version", "sample") or h.question:
            continue
        words = [r[i].strip() for r in body if i < len(r) and isinstance(r[i], str) and r[i].strip()]
        if words and sum(find(w) is not None for w in words) >= 0.5 * len(words):
            return [*columns[:i], replace(h, role="analyte", part="concentration"), *columns[i + 1 :]]
    return columns
