"""Header cells -> what their column holds: a role, or an analyte and what of it, and the unit that is written.

Refuses to guess between meanings: a header with several comes back as a question.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import Any

from wbe.errors import Fault, UnitError
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.stated import Stated, cut_limits
from wbe.units import factor, spell, unit_of, variables
from wbe.vocabulary import choices, find, fold, header, table, tidy

__all__ = [
    "RESULT_PARTS",
    "Header",
    "choices_of_unit",
    "is_load_unit",
    "is_replicate",
    "looks_like_unit",
    "parse_header",
    "parse_unit",
    "replicate_of",
    "resolve_question",
    "role_units",
    "salt_fault",
    "salt_in",
    "speaks_of_loads",
    "split_unit",
    "unit_scale",
    "with_units",
]

_BRACKETS = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]")
_TAIL = re.compile(r"^(.*?)[\s_,:;|、/]+(\S*?/\S+|%|℃|°C|MGD|MLD|人|万人|千人)$")
_GLUED = re.compile(r"^(.*[\u4e00-\u9fff])(?<![万千百亿])([A-Za-zμ][\w·]*/[\w^-]+)$")
_UNIT_LIKE = re.compile(r"[/%℃人]|-1$|^°C$|^degC$|^万?吨$|^(mm|毫米|MGD|MLD|cmd|ppt|ppb|ppm|PPT|PPB|PPM|mgd)$")
_LOAD_UNITS = ("g/d", "g/d/inhabitant", "dose/d/1000 inhabitant", "g/year")
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


@functools.lru_cache(maxsize=4096)
def looks_like_unit(text: str) -> bool:
    """Whether a bracket holds a unit and not an explanation.

    Examples
    --------
    >>> looks_like_unit("万m3/d"), looks_like_unit("ppt"), looks_like_unit("区/县"), looks_like_unit("MA")
    (True, True, False, False)
    """
    text = text.strip()
    if not text or len(text) > 40 or not _UNIT_LIKE.search(text) or header(text) is not None:
        return False
    if text in table("headers")["units"]["case"]:
        return True
    try:
        spell(text)
    except UnitError as err:
        return err.code == "units-several-meanings"
    return True


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


def role_units(role: str, shown: str) -> dict[str, str]:
    """Short units that a role completes: 人口(万), and 日处理量(吨), whose name says per day."""
    units: dict[str, dict[str, str]] = table("headers")["units"]
    own = units.get(role, {})
    if role == "flow" and re.search(r"日|天|24|\bday|daily", shown, re.I):
        return {**own, **units["flow_of_a_day"]}
    return own


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


def choices_of_unit(text: str) -> bool:
    """Whether a unit has several meanings (``ppt``), about which its column asks."""
    try:
        spell(text)
    except UnitError as err:
        return err.code == "units-several-meanings"
    return False


def parse_unit(text: str) -> str:
    """Return the library's spelling of a unit, or empty text."""
    try:
        return spell(table("headers")["units"]["case"].get(tidy(text), text)) if text else ""
    except UnitError:
        return ""


def unit_scale(role: str, unit: str, mapping: Mapping) -> tuple[float, str]:
    """Return (factor to the role's canonical unit, reason why not); the factor is NaN where there is a reason.

    Examples
    --------
    >>> unit_scale("flow", "万m³/d", Mapping()), unit_scale("flow", "kg", Mapping())[1]
    ((10000.0, ''), 'units-other-dimension')
    """
    given = mapping.units.get(tidy(unit), "") if unit else mapping.units.get(role, "")
    text = given or unit
    text = table("headers").get("units", {}).get(role, {}).get(tidy(text), text)
    text = table("headers")["units"]["case"].get(tidy(text), text)
    needed = unit_of(role) if role in variables() else "ng/L"
    if text == "":
        return (1.0, "") if needed == "1" and role == "ph" else (float("nan"), "no unit")
    try:
        if text == "1" and needed == "1":
            return 1.0, ""
        return factor(text, needed, role), ""
    except UnitError as err:
        return float("nan"), err.code


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


@functools.lru_cache(maxsize=1024)
def is_load_unit(unit: str) -> bool:
    """Whether a unit is that of a mass load or consumption: such a column is computed, not read."""
    for load in _LOAD_UNITS:
        try:
            factor(unit, load)
        except UnitError:
            continue
        return True
    return False


_PER_HEAD = re.compile(
    r"(?:^|[^a-z])(?:[mnuμ]?g|milligrams?|micrograms?|grams?|毫克|微克|克|doses?|剂)(?:[^a-z].*)?"
    r"(?:person|people|inh|capita|pers\b|hab\b|habitant|einwohner|/ew|/pe\b|人|1000|one thousand)",
    re.I,
)


@functools.lru_cache(maxsize=1024)
def speaks_of_loads(text: str) -> bool:
    """Whether a text is the unit of a load per head or per day, however it is spelt.

    Examples
    --------
    >>> speaks_of_loads("mg/day/1000 persons"), speaks_of_loads("Milligrams per one thousand people per day")
    (True, True)
    >>> speaks_of_loads("mg/天/千人"), speaks_of_loads("ng/L")
    (True, False)
    """
    return is_load_unit(text) or _PER_HEAD.search(tidy(text)) is not None


def salt_in(text: str) -> str:
    """Return the word by which a name says that it means a salt, or empty text.

    Examples
    --------
    >>> salt_in("甲基苯丙胺(盐酸盐)"), salt_in("cocaine HCl (ng/L)"), salt_in("冰毒(ng/L)")
    ('盐酸盐', 'hcl', '')
    """
    shown = tidy(text).casefold()
    return next((w for w in table("headers")["salts"]["words"] if re.search(rf"(?<![a-z]){re.escape(w)}", shown)), "")


def salt_fault(text: str, section: str, analyte: str, **place: Any) -> Fault:
    """Return the question whether results are those of a salt, which weighs more than its base."""
    return Fault("reading-salt", text=text, section=section, analyte=analyte, **place)
