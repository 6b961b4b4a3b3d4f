"""Sentences of the report in Chinese and English, read from data/report.toml and data/labels.toml.

Refuses a missing sentence: a key without words is an error here, not a gap on the page.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from typing import Any

from wbe import packaged
from wbe.errors import Fault, InputError

__all__ = [
    "advice_text",
    "basis_name",
    "chance",
    "glossary",
    "join",
    "languages",
    "order",
    "origin_name",
    "percent_interval",
    "provenance_name",
    "rule_of",
    "say",
    "scope_name",
    "signed",
    "source_name",
    "status_name",
]

LANGUAGES = {"zh": ("zh",), "en": ("en",), "zh+en": ("zh", "en")}


@functools.cache
def _sentences() -> dict[str, Any]:
    return packaged.toml("report.toml")


def order(name: str) -> list[str]:
    """Return a list of drugs: ``first`` in the report, or ``population_markers`` that are left out of it."""
    return [str(d) for d in _sentences()["order"][name]]


def glossary() -> list[dict[str, str]]:
    """Return the terms that a reader of the report meets, with what each means."""
    return list(_sentences()["glossary"].values())


def rule_of(name: str) -> float:
    """Return a bound by which the report chooses its words.

    Examples
    --------
    >>> rule_of("mark")
    0.9
    """
    return float(_sentences()["rule"][name])


def languages(asked: str) -> tuple[str, ...]:
    """Return the languages of a report.

    Raises
    ------
    InputError
        Not one of zh, en, zh+en.

    Examples
    --------
    >>> languages("zh+en")
    ('zh', 'en')
    """
    if asked not in LANGUAGES:
        raise InputError([Fault("reporting-language", language=asked)])
    return LANGUAGES[asked]


def say(group: str, key: str, language: str, **fill: Any) -> str:
    """Return a sentence with its blanks filled.

    Examples
    --------
    >>> say("title", "trends", "zh")
    '走势'
    """
    said = str(_sentences()[group][key][language]).format(**fill)
    # a number of things chooses the plural of what it counts
    return said.replace("(s)", "" if str(fill.get("n")) == "1" else "s") if "(s)" in said else said


def provenance_name(item: str, language: str) -> str:
    """Name a line of the provenance table; an unknown one keeps its key.

    Examples
    --------
    >>> provenance_name("seed", "zh"), provenance_name("mobile_counts", "en")
    ('抽样种子', 'mobile counts')
    """
    return _named("provenance", item, language)


def _named(group: str, key: str, language: str) -> str:
    """The words of a key in a group; an unknown key stands for itself."""
    entry = _sentences()[group].get(key)
    return str(entry[language]) if entry else key.replace("_", " ")


def join(items: Iterable[str], language: str) -> str:
    """Join words into a list as the language writes it."""
    return say("text", "list", language).join(items)


def source_name(source: str, language: str) -> str:
    """Name a source of uncertainty; ``population:census`` keeps its part after the colon."""
    name, _, kind = source.partition(":")
    words = _named("source", name, language)
    if not kind:
        return words
    return f"{words}（{basis_name(kind, language)}）" if language == "zh" else f"{words} ({basis_name(kind, language)})"


def basis_name(basis: str, language: str) -> str:
    """Name a basis of the population; a marker keeps its own name.

    Examples
    --------
    >>> basis_name("reported", "zh"), basis_name("ammonium_nitrogen", "en")
    ('填报', 'ammonium nitrogen')
    """
    return _named("basis", basis, language)


def status_name(status: str, language: str) -> str:
    """Name how far a claim is trusted.

    Examples
    --------
    >>> status_name("memory", "zh")
    '未核实'
    """
    return _named("claim_status", status, language)


def origin_name(source: str, language: str) -> str:
    """Name a source that a load may come from; a drug keeps its own name.

    Examples
    --------
    >>> origin_name("poppy_straw", "zh"), origin_name("methamphetamine", "en")
    ('罂粟壳制剂', 'Methamphetamine')
    """
    from wbe.plot.words import drug_name

    entry = _sentences()["origin_source"].get(source)
    return str(entry[language]) if entry else drug_name(source, language)


def scope_name(scope: str, language: str) -> str:
    """Name a scope as the budget writes it (``sample x biomarker``)."""
    entries = _sentences()["scope"]
    parts = [entries[p][language] if p in entries else p for p in scope.split(" x ")]
    return " × ".join(parts)


def advice_text(advice: str, language: str) -> str:
    """Give an advice of the budget in a language."""
    return str(_sentences()["advice"].get(advice, advice)) if language == "zh" else advice


def percent_interval(middle: float, low: float, high: float, language: str = "en") -> str:
    """Write a percent change with its interval and sign.

    Examples
    --------
    >>> percent_interval(6.48, 2.6, 10.49), percent_interval(-33.9, -56.4, 0.04, "zh")
    ('+6.5 (+2.6 to +10.5)', '−34 (−56 至 +0)')
    """
    if any(math.isnan(v) for v in (middle, low, high)):
        return "—"
    places = 1 if max(abs(middle), abs(low), abs(high)) < 20 else 0
    ends = say("text", "interval_of", language, low=signed(low, places), high=signed(high, places))
    return f"{signed(middle, places)} ({ends})"


def signed(value: float, places: int) -> str:
    """Write a number with its sign, the minus as a minus."""
    # no minus before a zero
    return f"{round(value, places) + 0.0:+,.{places}f}".replace("-", "−")


def chance(p: float) -> str:
    """Write a probability, never as 0 % or 100 %."""
    from wbe.plot.dots import probability

    return "—" if math.isnan(p) else probability(p)
