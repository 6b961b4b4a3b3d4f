"""Header cells -> what their column holds: a role, or an analyte and what of it, and the unit that is written.

Refuses to guess between meanings: a header with several comes back as a question.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import Any

from wbe.errors import UnitError
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.stated import Stated, cut_limits
from wbe.reading.words.written_units import looks_like_unit, role_units
from wbe.units import spell
from wbe.vocabulary import choices, find, fold, header, table, tidy

__all__ = [
    "RESULT_PARTS",
    "Header",
    "is_replicate",
    "parse_header",
    "replicate_of",
    "resolve_question",
    "split_unit",
    "with_units",
]

_BRACKETS = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]")
_TAIL = re.compile(r"^(.*?)[\s_,:;|、/]+(\S*?/\S+|%|℃|°C|MGD|MLD|人|万人|千人)$")
_GLUED = re.compile(r"^(.*[\u4e00-\u9fff])(?<![万千百亿])([A-Za-zμ][\w·]*/[\w^-]+)$")
RESULT_PARTS = ("concentration", "lod", "loq", "uloq", "recovery", "flag", "unit")


@dataclass(frozen=True)
class Header:
    """What a header cell says.

    ``role`` is a role of the vocabulary, ``analyte`` an id with ``part`` saying what of it; ``question`` holds
    the meanings of an ambiguous name. ``replicate`` counts columns of one analyte from 1, 0 where there is but one;
    ``numbered`` is the answer that a bare number behind a name (``METH_1``) waits for. ``limits`` are those that the
    header itself writes (``METH (ng/L, LOD=0.5)``).
    """

    text: str
    role: str = ""
    analyte: str = ""
    part: str = "concentration"
    unit: str = ""
    question: str = ""
    replicate: int = 0
    numbered: str = ""
    limits: tuple[Stated, ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything was recognised."""
        return bool(self.role or self.analyte or self.question or self.numbered)


def split_unit(text: str) -> tuple[str, str]:
    """Cut a header into its name and the unit that it writes.

    Examples
    --------
    >>> split_unit("流量（万立方米/天）"), split_unit("flow_m3_d"), split_unit("METH ng/L"), split_unit("县(市/区)")
    (('流量', '万立方米/天'), ('flow', 'm3/d'), ('METH', 'ng/L'), ('县(市/区)', ''))
    """
    text = tidy(text.replace("\n", " "))
    for match in _BRACKETS.finditer(text):
        inside = match.group(1).strip()
        inside = re.sub(r"^(单位|unit)\s*[::]?\s*", "", inside, flags=re.I)
        if looks_like_unit(inside) or inside in ("mm", "万吨"):
            return (text[: match.start()] + text[match.end() :]).strip(" ,:;_/"), inside
    written = _TAIL.match(text)
    if written and looks_like_unit(written.group(2)):
        return written.group(1).strip(), written.group(2)
    glued = _GLUED.match(text)
    if glued and looks_like_unit(glued.group(2)):
        return glued.group(1).strip(), glued.group(2)
    lowered = text.casefold()
    for unit, tails in table("headers")["tails"].items():
        for tail in sorted(tails, key=len, reverse=True):
            if lowered.endswith(("_" + tail, " " + tail)):
                return text[: -len(tail) - 1].strip(" _"), unit
    return text, ""


def parse_header(text: object, mapping: Mapping | None = None) -> Header:
    """Return what one header cell says.

    Examples
    --------
    >>> parse_header("甲基苯丙胺（ng/L）").analyte, parse_header("进水流量(万m³/d)").unit
    ('methamphetamine', '万m3/d')
    >>> parse_header("METH_LOD").part, parse_header("COD").question, parse_header("COD(mg/L)").role
    ('lod', 'COD', 'cod')
    """
    if not isinstance(text, str):
        return Header("" if text is None else str(text))
    if mapping is None or not (mapping.columns or mapping.analytes):
        return _parse_plain(text)
    return _parse(text, mapping)


@functools.lru_cache(maxsize=16384)
def _parse_plain(text: str) -> Header:
    return _parse(text, None)


def _parse(text: str, mapping: Mapping | None) -> Header:
    shown = tidy(text)
    if mapping is not None and shown in mapping.columns:
        plain = _parse_plain(shown)
        return _answered(shown, mapping.columns[shown], split_unit(shown)[1] or plain.unit)
    if mapping is not None and shown in mapping.analytes and split_unit(shown)[1]:
        return _answered(shown, mapping.analytes[shown], split_unit(shown)[1])
    bare, limits = cut_limits(shown)
    if limits and bare:
        found = _parse(bare, mapping)
        return replace(found, text=shown, limits=limits) if found.known or found.unit else Header(shown)
    name, unit = split_unit(shown)
    if mapping is not None and tidy(name) in mapping.columns:
        return _answered(shown, mapping.columns[tidy(name)], unit)
    found = _parse_name(name, mapping)
    if not found.known and unit == "":
        found = _parse_name(shown, mapping)
    if not found.known and unit and shown.count("_") > 2:
        found = _of_parts(shown, mapping)
    if not found.known:
        found = _undecorated(text, name, mapping)
    if not found.known:
        found = _without_brackets(shown if unit == "" else name, mapping)
        unit = unit or found.unit
    if not found.known:
        return Header(shown, unit=unit)
    unit = unit or found.unit
    unit = role_units(found.role, shown).get(unit, unit)
    return resolve_question(replace(found, text=shown, unit=unit))


_DECORATED = re.compile(r"^\s*(?:[\u2460-\u2473]|\d{1,2}\s*(?:[.、)](?!\d)))\s*|\s*[*†‡#\u2460-\u2473]+\s*$")
_LABELLED = re.compile(r"[-_\s]*\bd\d{1,2}\b|[-_]d\d{1,2}(?!\d)", re.I)


def _undecorated(text: str, name: str, mapping: Mapping | None) -> Header:
    """``1.甲基苯丙胺``, ``②氯胺酮``, ``可待因*``: a number in front, a mark behind; ``METH-d8`` is a standard."""
    bare = _DECORATED.sub("", split_unit(_DECORATED.sub("", text))[0])
    if tidy(bare) != name:
        found = _parse_name(tidy(bare), mapping)
        if found.known:
            return found
    standard = _LABELLED.sub("", name)
    if standard != name and _parse_name(standard, mapping).analyte:
        return Header(name, role="note")
    return Header(name)


def _without_brackets(shown: str, mapping: Mapping | None) -> Header:
    """``流量(日均)`` and ``flow (kg)``: a bracket that is no laboratory unit explains, or is a wrong unit."""
    match = _BRACKETS.search(shown)
    if not match or not shown[: match.start()].strip():
        return Header(shown)
    found = _parse_name(shown[: match.start()] + shown[match.end() :], mapping)
    if found.role == "flow" and tidy(match.group(1)) in table("headers")["units"]["flow_of_a_day"]:
        return replace(found, unit=tidy(match.group(1)))
    if tidy(match.group(1)) in role_units(found.role, shown):
        return replace(found, unit=tidy(match.group(1)))
    try:
        spell(match.group(1))
    except UnitError:
        return found
    return replace(found, unit=match.group(1).strip())


def _answered(shown: str, answer: str, unit: str) -> Header:
    if answer in ("ignore", "skip"):
        return Header(shown, role="ignore")
    which = re.match(r"^(\S+) rep (\d{1,2})$", answer)
    if which:
        return Header(shown, analyte=find(which.group(1)) or which.group(1), unit=unit, replicate=int(which.group(2)))
    analyte = find(answer) if header(answer) is None else None
    if analyte:
        return Header(shown, analyte=analyte, unit=unit)
    return Header(shown, role=header(answer) or answer, unit=unit)


def _analyte_of(name: str, mapping: Mapping | None) -> tuple[str, str]:
    """(id, question) of a name; both empty when it names no substance."""
    if mapping is not None and tidy(name) in mapping.analytes:
        return mapping.analytes[tidy(name)], ""
    if choices(name):
        return "", name
    return find(name) or "", ""


def _parse_name(name: str, mapping: Mapping | None) -> Header:
    name = name.strip()
    role = header(name)
    analyte, question = _analyte_of(name, mapping)
    if role and not analyte:
        _, unit = split_unit(name)
        return Header(name, role=role, unit=unit) if not question else Header(name, question=name)
    if analyte == "ignore":
        return Header(name, role="ignore")
    if analyte == "cod":
        return Header(name, role="cod")
    if analyte:
        numbered = replicate_of(name)
        return Header(name, analyte=analyte, replicate=numbered[1] if numbered else 0)
    if question:
        return Header(name, question=name)
    return _of_parts(name, mapping)


def _of_parts(name: str, mapping: Mapping | None) -> Header:
    """``甲基苯丙胺浓度``, ``METH_LOD``, ``LOD METH``, ``wat_sa_methamphetamine_ngl_me``."""
    folded = fold(name)
    for part, word in _suffixes():
        if word not in folded:
            continue
        for rest in _without(folded, word):
            analyte, question = _analyte_of(rest, mapping)
            if analyte and analyte not in ("ignore", "cod"):
                if part in ("derived", "statistic", "effluent"):
                    return Header(name, role="derived" if part == "derived" else "note")
                return Header(name, analyte=analyte, part=part)
            if question and part not in ("derived", "statistic", "mean", "effluent"):
                return Header(name, part=part, question=rest)
    pieces = name.split("_")
    if len(pieces) >= 3:
        found = {a for a in (find(p) for p in pieces) if a}
        units = {u for u, tails in table("headers")["tails"].items() for p in pieces if p.casefold() in tails}
        if len(found) == 1 and len(units) == 1:
            if any(p.casefold() in table("headers")["statistics"]["words"] for p in pieces):
                return Header(name, role="note")
            part = next((r for r in map(header, pieces) if r in ("lod", "loq", "uloq", "recovery")), "concentration")
            return Header(name, analyte=found.pop(), unit=units.pop(), part=part)
    beside = _unit_of_role(folded)
    return Header(name, role=beside) if beside else _replicate(name, mapping)


def _unit_of_role(folded: str) -> str:
    """``LOD unit``, 检出限单位, ``flow units``: a column of units that belongs to another column."""
    for part, word in _suffixes():
        if part == "unit":
            for rest in _without(folded, word):
                role = header(rest)
                if role in ("lod", "loq", "flow", "population"):
                    return f"{role}_unit"
                if role == "concentration":
                    return "unit"
    return ""


@functools.cache
def _replicate_name() -> re.Pattern[str]:
    words = "|".join(sorted(table("headers")["replicates"]["words"], key=len, reverse=True))
    return re.compile(rf"^(.*?)[\s_\-(#]*(?:{words})[\s_.\-#]*(\d{{1,2}}|[一二三四五]|[AB])?\)?$", re.I)


_NUMBERED = re.compile(r"^(.*?)\s*[_\-\s#.(]?\s*([1-9])\)?$")


def replicate_of(name: str) -> tuple[str, int] | None:
    """Cut ``甲基苯丙胺平行2`` or ``METH rep 2`` into its name and number; a duplicate without a number is the second.

    Examples
    --------
    >>> replicate_of("甲基苯丙胺平行1"), replicate_of("METH dup"), replicate_of("METH")
    (('甲基苯丙胺', 1), ('METH', 2), None)
    """
    match = _replicate_name().match(tidy(name))
    if match is None:
        return None
    number = (match.group(2) or "2").upper()
    return match.group(1), "一二三四五".find(number) + 1 or "AB".find(number) + 1 or int(number)


def is_replicate(text: str) -> bool:
    """Whether a text is nothing but ``平行1`` or ``rep 2``: it stands under the name of its analyte."""
    found = replicate_of(text)
    return found is not None and not found[0].strip()


def _replicate(name: str, mapping: Mapping | None) -> Header:
    """A numbered column of an analyte; a bare number may as well be a place or a day, and waits for an answer."""
    named = replicate_of(name)
    if named is not None:
        found = _parse_name(named[0], mapping) if named[0].strip() else Header(name)
        return replace(found, text=name, replicate=named[1]) if found.analyte else Header(name)
    match = _NUMBERED.match(name)
    if match and match.group(1):
        analyte, _ = _analyte_of(match.group(1), mapping)
        if analyte and analyte not in ("ignore", "cod"):
            return Header(name, numbered=f"{analyte} rep {match.group(2)}")
    return Header(name)


@functools.cache
def _suffixes() -> tuple[tuple[str, str], ...]:
    """(part, folded word), the longest words of a part first."""
    return tuple(
        (part, word)
        for part, words in table("headers")["suffixes"].items()
        for word in sorted((fold(w) for w in words), key=len, reverse=True)
    )


def _without(folded: str, word: str) -> list[str]:
    rests = []
    if folded.endswith(word) and folded != word:
        rests.append(folded[: -len(word)])
    if folded.startswith(word) and folded != word:
        rests.append(folded[len(word) :])
    return [r for r in rests if len(r) >= 2 or choices(r)]


def resolve_question(found: Header) -> Header:
    """Settle ``COD`` by the unit that its own header writes; everything else stays a question.

    Oxygen demand is written in mg/L in its own header; a unit of the whole group settles nothing.
    """
    if found.question and fold(found.question) == "cod" and found.unit:
        try:
            if spell(found.unit) == "mg/L":
                return replace(found, role="cod", question="")
        except UnitError:
            return found
    return found


def with_units(headers: list[Header], rows: list[list[Any]], labels: range, mapping: Mapping) -> list[Header]:
    """Units that stand in a column of their own (单位) beside the names of a turned table."""
    for c in labels:
        texts = [tidy(r[c]) if c < len(r) and isinstance(r[c], str) else "" for r in rows]
        if not any(parse_header(t, mapping).role == "unit" for t in texts):
            continue
        return [replace(h, unit=t) if t and not h.unit and (h.analyte or h.role) and h.role != "unit" and t != h.text
                and (looks_like_unit(t) or t in role_units(h.role, h.text)) else h
                for h, t in zip(headers, texts, strict=True)]  # fmt: skip
    return headers
