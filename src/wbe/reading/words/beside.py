"""Words beside a result: brackets behind a name, signs, matrices, kinds of injection, fractions, names of sheets.

Refuses nothing by itself: it says what a word means by the lists in ``data/vocabulary/beside.toml``, or that no list
holds it, so that its reader can ask.
"""

from __future__ import annotations

import functools
import re

from wbe.reading.words.headers import is_replicate
from wbe.reading.words.stated import cut_limits
from wbe.reading.words.written_units import looks_like_unit, role_units, salt_in, speaks_of_loads
from wbe.units import unit_of, variables
from wbe.vocabulary import closed_word, find, fold, header, table, tidy

__all__ = [
    "control_in_name", "doubtful_bracket", "instrument", "kind_of_injection", "kind_of_place", "listed",
    "matrix_in_name", "matrix_of",
    "species", "word_of",
]  # fmt: skip

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]{1,60})[)\]}]")
_LABELLED = re.compile(r"^(?:d|13c|15n|2h)[-_]?\d{0,2}$", re.I)
_PARTS = re.compile(r"[\s_\-./()\[\]#:]+")
_NUMBERED = re.compile(r"[\s_\-#]*\d{1,3}$")


@functools.cache
def _words(section: str, key: str) -> frozenset[str]:
    return frozenset(word_of(w) for w in table("beside")[section][key])


@functools.lru_cache(maxsize=65536)
def word_of(text: str) -> str:
    """Return a word as the lists compare it: typography and case folded, hyphens and underscores as spaces.

    Examples
    --------
    >>> word_of(" Non-Detect "), word_of("＜")
    ('non detect', '<')
    """
    shown = tidy(text).casefold()
    return re.sub(r"\s+", " ", re.sub(r"(?<=\w)[-_](?=\w)", " ", shown)).strip()


def listed(section: str, key: str, text: str) -> bool:
    """Whether a word stands on a list.

    Examples
    --------
    >>> listed("marks", "below", "UJ"), listed("brackets", "harmless", "日均"), listed("marks", "keep", "R")
    (True, True, False)
    """
    return word_of(text) in _words(section, key)


def _kind(section: str, keys: tuple[str, ...], text: str) -> str:
    word = word_of(text)
    return next((key for key in keys if word in _words(section, key)), "")


@functools.lru_cache(maxsize=16384)
def matrix_of(text: str) -> str:
    """Return ``sewage``, ``other`` or empty text for what was sampled.

    Examples
    --------
    >>> matrix_of("Influent"), matrix_of("剩余污泥"), matrix_of("West")
    ('sewage', 'other', '')
    """
    return _kind("matrix", ("sewage", "other"), text)


@functools.lru_cache(maxsize=16384)
def matrix_in_name(text: str) -> str:
    """Return the word within the name of a site by which it is no sewage that flows in, or empty text.

    Examples
    --------
    >>> matrix_in_name("Plant1_eff"), matrix_in_name("Jefferson"), matrix_in_name("河西厂出水"), matrix_in_name("FE")
    ('eff', '', '出水', 'fe')
    """
    shown = tidy(text).casefold()
    if matrix_of(text) == "other":
        return shown
    names = _words("matrix", "in_names")
    pieces = [p for p in _PARTS.split(shown) if p]
    if any(p in _words("matrix", "sewage") and p != "w" for p in pieces):
        return ""
    found = next((p for p in pieces if p in names and len(p) > 2), "")
    return found or next((w for w in names if not w.isascii() and w in shown and "进水" not in shown), "")


@functools.lru_cache(maxsize=65536)
def control_in_name(text: str) -> bool:
    """Whether a name of a place holds a word for a control of quality.

    Examples
    --------
    >>> control_in_name("West spike"), control_in_name("QC_Low_1"), control_in_name("West")
    (True, True, False)
    """
    pieces = {p for p in _PARTS.split(tidy(text).casefold()) if p}
    return len(pieces) > 1 and bool(pieces & _words("injections", "in_names"))


@functools.lru_cache(maxsize=16384)
def kind_of_injection(text: str) -> str:
    """Return ``sample``, ``blank``, ``control``, ``duplicate`` or empty text for what was injected.

    Examples
    --------
    >>> kind_of_injection("LCS"), kind_of_injection("Equipment Blank"), kind_of_injection("BD1"), kind_of_injection("X")
    ('control', 'blank', 'control', '')
    >>> kind_of_injection("QC_Low_1"), kind_of_injection("West spike")
    ('control', 'control')
    """
    kinds = ("sample", "blank", "control", "duplicate")
    whole = _kind("injections", kinds, text) or _kind("injections", kinds, _NUMBERED.sub("", tidy(text)))
    if whole or not control_in_name(text):
        return whole
    pieces = [_kind("injections", kinds, p) for p in _PARTS.split(tidy(text).casefold()) if p]
    return "blank" if "blank" in pieces else "control"


@functools.lru_cache(maxsize=4096)
def kind_of_place(text: str) -> str:
    """Return what the name of a sheet or file, or a title, says of its tables: ``not_samples``, ``other_matrix`` or "".

    Examples
    --------
    >>> kind_of_place("6月出水"), kind_of_place("进出水"), kind_of_place("空白"), kind_of_place("June 2021")
    ('other_matrix', '', 'not_samples', '')
    """
    shown = word_of(text)
    pieces = {p for p in re.split(r"[\s_\-./()\[\]\d,:;]+|年|月|日", shown) if p}

    def says(key: str) -> bool:
        words = _words("places", key)
        return bool(pieces & words) or any(len(w) >= 2 and not w.isascii() and w in shown for w in words)

    if says("sewage"):
        return ""
    exact = {shown, *pieces}
    if exact & _words("places", "not_samples"):
        return "not_samples"
    return "other_matrix" if says("other_matrix") else ""


@functools.lru_cache(maxsize=4096)
def instrument(text: str) -> bool:
    """Whether a header is one of an instrument's own columns.

    Examples
    --------
    >>> instrument("Peak Area"), instrument("RT (min)"), instrument("flow")
    (True, True, False)
    """
    words = _words("instrument", "words")
    return word_of(text) in words or word_of(_BRACKETS.sub("", tidy(text))) in words


@functools.lru_cache(maxsize=4096)
def species(role: str, text: str) -> float:
    """Return the factor from the species that a header names to that of its role; 1 where it names none.

    Examples
    --------
    >>> species("ammonium_nitrogen", "氨氮(以NH4计)(mg/L)"), species("ammonium_nitrogen", "NH4-N (mg/L)")
    (0.77648, 1.0)
    """
    for said, times in table("beside")["species"].get(role, {}).items():
        for inside in _BRACKETS.findall(tidy(text)):
            if word_of(inside) == word_of(said):
                return float(times)
        if len(said) > 5 and word_of(said) in word_of(text):
            return float(times)
    return 1.0


@functools.lru_cache(maxsize=8192)
def doubtful_bracket(text: str, role: str, analyte: str, unit: str) -> tuple[str, str]:
    """Return (what a bracket behind a name does, the words in it); both empty where it changes nothing.

    The first is ``not_result``: what stands below is no result of this month's sewage; or ``ask``.

    Examples
    --------
    >>> doubtful_bracket("KET (d4) (ng/L)", "", "ketamine", "ng/L"), doubtful_bracket("流量(日均)", "flow", "", "")
    (('not_result', 'd4'), ('', ''))
    >>> doubtful_bracket("flow (peak) (m3/d)", "flow", "", "m3/d"), doubtful_bracket("KET (XY)", "", "ketamine", "")
    (('ask', 'peak'), ('ask', 'XY'))
    """
    shown = tidy(text)
    for match in _BRACKETS.finditer(shown):
        inside = re.sub(r"^(单位|unit)\s*[::]?\s*", "", match.group(1).strip(), flags=re.I)
        if inside == unit or not inside or header(shown) is not None or re.fullmatch(r"[\d.,\s#]+", inside):
            continue
        if role and role in table("headers") and fold(match.string[: match.end()]) in _aliases(role):
            continue
        if analyte and (listed("brackets", "not_results", inside) or _LABELLED.match(inside)):
            return "not_result", inside
        if role in ("flow", "population") and listed("brackets", "not_the_days", inside) and role != "capacity":
            return "ask", inside
        if listed("brackets", "harmless", inside) or _names(shown, inside, role, analyte):
            continue
        return "ask", inside
    return "", ""


@functools.cache
def _aliases(role: str) -> frozenset[str]:
    return frozenset(fold(w) for w in table("headers")[role].get("aliases", []))


def _names(shown: str, inside: str, role: str, analyte: str) -> bool:
    """Whether a bracket says once more, or more exactly, what the name says."""
    if looks_like_unit(inside) or inside in role_units(role, shown) or is_replicate(inside) or cut_limits(inside)[1]:
        return True
    words = [w for w in re.split(r"[,;、/|]\s*", inside) if w]
    if speaks_of_loads(inside):
        return False
    if salt_in(inside) or (any(looks_like_unit(w) for w in words) and len(words) > 1):
        return True  # a salt is asked about in words of its own
    if analyte:
        return any(find(w) == analyte or analyte in table("ambiguous")["names"].get(w, {}) for w in [inside, *words])
    if closed_word("population_bases", inside) or closed_word("sample_types", inside):
        return True
    if (
        species(role, f"({inside})") != 1
        or (role in variables() and unit_of(role) == "1")
        or header(inside) is not None
    ):
        return True
    return role not in ("flow", "population", "concentration")
