"""Spellings of a load per head: mass, people and day in any order and language, as a factor to mg/d/1000 inhabitants.

Refuses a unit in which a word is left over that nobody knows, and one that lacks a part.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from wbe import packaged
from wbe.errors import Fault, InputError

__all__ = ["per_head", "try_per_head"]


@functools.cache
def _words() -> tuple[list[tuple[str, str, float]], list[str]]:
    """(word, part, size) longest first, and what may be left over."""
    rules = packaged.toml("exchange.toml")["loads"]
    known = [(word, "mass", float(size)) for word, size in rules["mass"].items()]
    known += [(word, "count", float(size)) for word, size in rules["count"].items()]
    known += [(word, part, 1.0) for part in ("people", "day") for word in rules["words"][part]]
    return sorted(known, key=lambda w: -len(w[0])), rules["words"]["filler"]


def try_per_head(text: str) -> float | None:
    """Return the factor to mg/d/1000 inhabitants, or None for what is no load per head.

    Examples
    --------
    >>> try_per_head("Milligrams per one thousand people per day"), try_per_head("µg/person/day")
    (1.0, 1.0)
    >>> try_per_head("mg/天/千人"), try_per_head("mg/d/万人"), try_per_head("ng/L")
    (1.0, 0.1, None)
    """
    left = unicodedata.normalize("NFKC", text.replace("µ", "μ")).replace("−", "-").strip().lower()
    whole = _factor(left)
    bracketed = re.fullmatch(r"([^()]+)\(([^()]+)\)", left)
    if whole is not None or bracketed is None:
        return whole
    # "milligrams per ... day (mg/1000 people/day)" says the same twice; a contradiction is no unit
    said = {f for f in map(_factor, bracketed.groups()) if f is not None}
    return said.pop() if len(said) == 1 else None


def _factor(left: str) -> float | None:
    known, filler = _words()
    found: dict[str, float] = {}
    for word, part, size in known:
        edge = r"(?<![a-zμ])" + re.escape(word) + r"(?![a-z])" if word.isascii() or word == "μg" else re.escape(word)
        if word[0].isdigit():
            edge = r"(?<![\d,])" + re.escape(word) + r"(?![\d,])"
        again, times = re.subn(edge, " ", left)
        if times > 1 or (times and part in found):
            return None
        if times:
            found[part], left = size, again
    for word in filler:
        edge = r"(?<![a-z])" + re.escape(word) + r"(?![a-z])" if word.isalpha() else re.escape(word)
        left = re.sub(edge, " ", left)
    if left.strip() or not {"mass", "people", "day"} <= set(found):
        return None
    return found["mass"] * 1000 / found.get("count", 1.0)


def per_head(text: str, file: str | None = None) -> float:
    """Return the factor to mg/d/1000 inhabitants.

    Raises
    ------
    InputError
        The text is no load per head.
    """
    factor = try_per_head(text)
    if factor is None:
        raise InputError([Fault("exchange-load-unit", file=file, came=text)])
    return factor
