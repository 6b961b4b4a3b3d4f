"""The open panel: a substance that nobody has listed passes under its own name, without a factor, and is told of.

Refuses to pass what may be a known substance: a near spelling, one stereoisomer, a salt, a labelled standard, a number
of the registry; and gases, which no sewage can show.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import replace
from difflib import SequenceMatcher

from wbe.errors import Fault
from wbe.reading.grid.tables import hides_results
from wbe.reading.grid.turned import Layout
from wbe.reading.words.beside import instrument, matrix_of
from wbe.reading.words.headers import split_unit
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.written_units import looks_like_unit, parse_unit, salt_in
from wbe.vocabulary import choices, find, fold, header, name_fault, suggest, table, tidy, volatile

__all__ = ["new_name", "pass_new_columns", "tell_new", "unknown_fault"]

NEAR = 0.85
"""How alike two spellings are that may be one name mistyped."""

_LETTERS = re.compile(r"[A-Za-z]{2}|[\u4e00-\u9fff]{2}")
_REGISTRY = re.compile(r"^(?:CAS\D*)?\d{2,7}-\d{2}-\d$", re.I)
_LABELLED = re.compile(r"(?<![A-Za-z0-9])(?:d\d{1,2}|13C\d*|15N\d*)(?![A-Za-z0-9])|氘代|同位素|deuterated", re.I)


@functools.cache
def _words() -> re.Pattern[str]:
    """Guarding words: Latin ones as words of their own, Chinese ones anywhere."""
    words = table("panel")["guards"]["words"]
    latin = "|".join(sorted((re.escape(w) for w in words if w.isascii()), key=len, reverse=True))
    other = "|".join(sorted((w for w in words if not w.isascii()), key=len, reverse=True))
    return re.compile(rf"(?<![a-z])(?:{latin})(?![a-z])|{other}", re.I)


@functools.lru_cache(maxsize=4096)
def new_name(text: str) -> str:
    """Return the name under which an unknown substance passes, or empty text where the reader must ask.

    Examples
    --------
    >>> new_name("Brodifentanil"), new_name("metamphetamin"), new_name("(S)-ketamine"), new_name("METH-d5")
    ('Brodifentanil', '', '', '')
    """
    name = tidy(text)
    if not 2 <= len(name) <= 60 or not _LETTERS.search(name) or _REGISTRY.match(name) or "  " in text.strip():
        return ""
    if find(name) or choices(name) or header(name) or looks_like_unit(name) or instrument(name) or matrix_of(name):
        return ""
    guarded = _words().search(name) or salt_in(name) or _LABELLED.search(name) or volatile(name) or "=" in name
    guarded = guarded or name.casefold() in table("beside")["brackets"]["not_results"]
    return "" if guarded or _isomer(name) or mistyped(name) else name


def _isomer(name: str) -> bool:
    """Whether a name is that of a known substance with a prefix of its stereochemistry."""
    lowered = name.casefold()
    for prefix in table("panel")["guards"]["stereo"]:
        rest = lowered.removeprefix(prefix).lstrip("- ")
        if rest != lowered and (find(rest) or choices(rest) or mistyped(rest)):
            return True
    return False


def mistyped(name: str) -> bool:
    """Whether a known name is so near that this one may be its slip.

    Other numbers, another stem (乙 for 甲) or another letter of an abbreviation (EDMB for MDMB) make another substance.
    """
    folded = fold(name)
    numbers = re.findall(r"\d+", folded)
    if re.fullmatch(r"[A-Z\d'-]+", name) and "-" in name:
        return False
    for near in suggest(name):
        entry = table("analytes")[near]
        for spelling in (near, entry["en"], entry["zh"], *entry["aliases"]):
            other = fold(spelling)
            if re.findall(r"\d+", other) == numbers and _alike(folded, other):
                return True
    return False


def _alike(a: str, b: str) -> bool:
    if a.isascii() or b.isascii():
        return SequenceMatcher(None, a, b).ratio() >= NEAR
    apart = {c for x, y in zip(a, b, strict=False) if x != y for c in (x, y)}
    return len(a) == len(b) >= 3 and len(apart) == 2 and not apart & set(table("panel")["guards"]["stems"])


def unknown_fault(text: str, **place: str | int | None) -> Fault:
    """Return the question about a name that does not pass: it is unknown, or no sewage can show it."""
    gas = volatile(split_unit(text)[0])
    return Fault("vocabulary-not-in-sewage", name=tidy(text)[:60], group=gas).at(**place) if gas else name_fault(
        text, **place
    )  # fmt: skip


def pass_new_columns(layout: Layout, mapping: Mapping, log: ReadingLog) -> None:
    """Give columns of unknown substances their own names, beside known substances in the same kind of unit."""
    results = layout.results()
    if layout.kind == "long" or not results:
        return
    found = []
    for i, h in enumerate(layout.columns):
        trace = parse_unit(h.unit) in ("ng/L", "ug/L")
        name = new_name(split_unit(h.text)[0]) if trace and h.part == "concentration" and not h.known else ""
        if not name or not hides_results(layout, i):
            continue
        star = mapping.analytes.get("*", "")
        layout.columns[i] = replace(h, role="ignore") if star else replace(h, analyte=name)
        found += [] if star else [name]
    tell_new(found, layout, log)


def tell_new(names: Iterable[str], layout: Layout, log: ReadingLog) -> None:
    """Ask once about all substances that passed, with the lines that answer."""
    names = sorted(set(names))
    if names:
        lines = "; ".join(f'"{n}" = {{name = "{n}", family = "", molar_mass = 0.0}}' for n in names[:3])
        log.note(
            f"{layout.sheet.place}: {len(names)} substance(s) that the vocabulary does not know pass without a factor: "
            f"{', '.join(names)}; to say what they are, add to the mapping file under [analytes]: {lines}; "
            f'or leave them out: "{names[0]}" = "ignore"'
        )
