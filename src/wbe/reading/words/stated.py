"""Limits that a header, a title or a footnote writes in words: ``METH (ng/L, LOD=0.5)``, 检出限均为0.5 ng/L.

Refuses to give a limit to results that it may not be meant for: such a line is noted, and not used.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wbe.errors import UnitError
from wbe.units import factor
from wbe.vocabulary import find, table, tidy

__all__ = ["Stated", "cut_limits", "limit_rows", "limits_of_line", "of_rows"]

_UNIT = r"[nuμmp]g\s*[/·]?\s*(?:m?l|kg)(?:\^?-1)?"
_SIGN = r"(?:\s*[=:<≤~≈]+|\s*(?:均为|都为|皆为|各为|均是|为|是|of|is|are|was|were|均|各))"
_VALUE = r"(\d+(?:\.\d+)?)"
# a number that ends here: no range, no share, no further digit
_END = r"(?![\d.,]*\d|\s*(?:[-~–至%]|到|to\b))"
_EMPTIED = re.compile(r"[,;:、/\s]+(?=[)\]])|(?<=[(\[])[,;:、/\s]+")
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]")
_BETWEEN = re.compile(r"[,、;:/()\[\]。的和与及\s]+|\band\b|\bfor\b", re.I)
_NUMBERED = re.compile(r"(?<![\d.])\d{1,2}[.、)](?!\d)")
_FILLER = re.compile(
    r"注|备注|说明|方法|仪器|各|所有|全部|目标物|化合物|物质|毒品|项目|结果|样品|均|其中|其他|其余|的|表中|本|表|未检出|表示|代表|为|是|以|低于|小于|以下|ND"
    r"|\b(?:notes?|all|the|compounds?|analytes?|other|others|method|results?|below|not|detected|substances?|target|nd|for|each|in|this|table)\b",
    re.I,
)
_SENTENCE = re.compile(r"[;。\n]")
_RESPECTIVELY = re.compile(r"分别|依次|respectively", re.I)


@dataclass(frozen=True)
class Stated:
    """A limit in words: ``kind`` is lod or loq, ``analyte`` is empty where it holds for all results."""

    kind: str
    value: float
    unit: str
    analyte: str = ""


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    kinds = {}
    for kind in ("lod", "loq"):
        for word in (kind, *table("headers")[kind]["aliases"]):
            kinds[tidy(word).casefold()] = kind
    words = "|".join(re.escape(w) for w in sorted(kinds, key=len, reverse=True))
    name = rf"(?<![A-Za-z])({words})s?(?![A-Za-z])(?:\s*\((?:({_UNIT})|(?:{words})s?)\))?"
    limit = rf"{name}(?:{_SIGN}\s*{_VALUE}\s*({_UNIT})?|\s*{_VALUE}\s*({_UNIT})|\s*(\d+\.\d+)){_END}"
    return re.compile(limit, re.I), re.compile(rf"(?<![A-Za-z])({words})s?(?![A-Za-z])", re.I), kinds


def _of(matches: list[re.Match[str]]) -> list[Stated]:
    """What each match states; a limit without a unit shares that of the limits beside it."""
    out = []
    for match in matches:
        named, in_brackets, signed, signed_unit, bare, bare_unit, alone = match.groups()
        unit = signed_unit or bare_unit or in_brackets or ""
        out.append(Stated(_patterns()[2][named.casefold()], float(signed or bare or alone), unit))
    units = {s.unit for s in out if s.unit}
    return [replace(s, unit=s.unit or units.copy().pop()) for s in out] if len(units) == 1 else out


@functools.lru_cache(maxsize=16384)
def cut_limits(text: str) -> tuple[str, tuple[Stated, ...]]:
    """Cut a header into what it names and the limits that it writes.

    Examples
    --------
    >>> cut_limits("METH (ng/L, LOD=0.5)")
    ('METH (ng/L)', (Stated(kind='lod', value=0.5, unit='', analyte=''),))
    >>> cut_limits("METH LOD (ng/L)"), cut_limits("METH LOD 2")[1]
    (('METH LOD (ng/L)', ()), ())
    """
    limit, word, _ = _patterns()
    if not word.search(text):
        return text, ()
    found = tuple(_of(list(limit.finditer(text))))
    if not found:
        return text, ()
    rest = _EMPTY.sub("", _EMPTIED.sub("", limit.sub(" ", text)))
    return re.sub(r"\s+", " ", rest).strip(" ,;:、"), found


def limits_of_line(line: str) -> tuple[list[Stated], bool]:
    """Return the limits that a title or footnote states, and whether it speaks of limits that were not understood.

    Examples
    --------
    >>> limits_of_line("注：检出限均为0.5 ng/L，定量限均为1.5 ng/L")[0]
    [Stated(kind='lod', value=0.5, unit='ng/L', analyte=''), Stated(kind='loq', value=1.5, unit='ng/L', analyte='')]
    >>> limits_of_line("检出限为0.5-2 ng/L"), limits_of_line("未检出以ND表示")
    (([], True), ([], False))
    """
    limit, word, _ = _patterns()
    out: list[Stated] = []
    unclear = False
    for sentence in _SENTENCE.split(tidy(line)):
        matches = list(limit.finditer(sentence))
        covered = [(m.start(), m.end()) for m in matches]
        unclear |= any(
            re.search(r"\d", sentence[w.end() :]) and not any(a <= w.start() < b for a, b in covered)
            for w in word.finditer(sentence)
        )
        if not matches:
            continue
        ends = [0, *(b for _, b in covered)]
        before = [_names(sentence[a : m.start()]) for a, m in zip(ends, matches, strict=False)]
        if _RESPECTIVELY.search(sentence) or None in before or _names(sentence[ends[-1] :]) != []:
            unclear = True
            continue
        names: list[str] = []
        for own, s in zip(before, _of(matches), strict=True):
            names = own or names
            out += [replace(s, analyte=name) for name in names or [""]]
    said: dict[tuple[str, str], set[tuple[float, str]]] = {}
    for s in out:
        said.setdefault((s.kind, s.analyte), set()).add((s.value, s.unit))
    sure = [s for s in out if len(said[s.kind, s.analyte]) == 1 and (s.analyte or not unclear)]
    sure.sort(key=lambda s: not s.analyte)  # "the others" come after those that are named
    return list(dict.fromkeys(sure)), unclear or len(set(sure)) < len(set(out))


def _names(text: str) -> list[str] | None:
    """Analytes that a part of a sentence names; None where it may speak of something that is not known."""
    pieces = [p for p in _BETWEEN.split(_NUMBERED.sub(" ", text)) if p]
    known = [a for a in (find(p) for p in pieces) if a]
    if any(not find(p) and _FILLER.sub("", p) for p in pieces[-1:] if not known) or any(
        not find(p) and _FILLER.sub("", p) for p in pieces if known
    ):
        return None
    return known


def limit_rows(stated: list[tuple[int, Stated]], width: int, analytes: list[str]) -> list[tuple[str, str, list[Any]]]:
    """Return limits as rows of cells, one cell a column; a column index of -1 stands for every result.

    Parameters
    ----------
    stated : list of (column, Stated)
        What the headers and lines state.
    width : int
        How many columns the table has.
    analytes : list of str
        The analyte of each column of results, empty for other columns.
    """
    out = []
    for column, s in stated:
        cells: list[Any] = [None] * width
        for i, analyte in enumerate(analytes):
            if (column in (-1, i)) and (analyte == s.analyte if s.analyte else analyte):
                cells[i] = s.value
        out.append((s.kind, s.unit, cells))
    return out


def of_rows(stated: list[Stated], kind: str, analytes: np.ndarray, scale: Any) -> np.ndarray:
    """Return the stated limit of each row of a long table in ng/L; NaN where there is none."""
    out = np.full(len(analytes), np.nan)
    for s in stated:
        if s.kind == kind:
            times = scale
            if s.unit:
                try:
                    times = factor(s.unit, "ng/L")
                except UnitError:
                    continue
            hit = (analytes == s.analyte) if s.analyte else np.full(len(analytes), True)
            out = np.where(hit & np.isnan(out), s.value * times, out)
    return out
