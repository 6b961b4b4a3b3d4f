"""Names and labels in Chinese and English, read from data/labels.toml and data/tiles.csv.

Refuses a language that it does not have; an unknown drug keeps its own id, so nothing is hidden.
"""

from __future__ import annotations

import functools
import re

import pandas as pd

from wbe import messages, packaged
from wbe.answer import Answer, WithSamples
from wbe.errors import one_of

__all__ = [
    "LANGUAGES",
    "checked",
    "district_names",
    "drug_name",
    "has_han",
    "labels",
    "load_name",
    "tile_positions",
    "word",
]

LANGUAGES = ("zh", "en")


@functools.cache
def labels() -> dict[str, dict[str, dict[str, str]]]:
    """Return the whole table of labels."""
    return packaged.toml("labels.toml")


@functools.cache
def tile_positions() -> pd.DataFrame:
    """Return the packaged tile positions: city, unit, row, column."""
    return pd.DataFrame(packaged.rows("tiles.csv")).astype({"row": int, "column": int})


def checked(language: str | None) -> str:
    """Return the language, by default the one in force.

    Raises
    ------
    UnknownName
        Another one.

    Examples
    --------
    >>> checked("zh")
    'zh'
    """
    if language is None:
        return messages.language()
    return one_of(language, LANGUAGES, messages.Words("language", "语言"))


def word(group: str, key: str, language: str, **fill: object) -> str:
    """Return one label; a key without a label is returned as it is.

    Examples
    --------
    >>> word("direction", "inconclusive", "zh"), word("direction", "rising", "en")
    ('证据不足', 'rising')
    """
    entry = labels()[group].get(key)
    if entry is None:
        return key.replace("_", " ")
    text = entry[checked(language)]
    return text.format(**fill) if fill else text


def drug_name(drug: str, language: str) -> str:
    """Return the name that a reader knows a drug or biomarker by.

    Examples
    --------
    >>> drug_name("ketamine", "zh"), drug_name("some_new_drug", "en")
    ('氯胺酮', 'Some new drug')
    """
    if drug in labels()["drug"]:
        return word("drug", drug, language)
    name = _compound_name(drug, language)
    if name is None:
        return drug.replace("_", " ").capitalize()
    return name


def load_name(drug: str, biomarker: str, language: str) -> str:
    """Return the name of a load: it is of the biomarker that was measured, not of the drug.

    Examples
    --------
    >>> load_name("cocaine", "benzoylecgonine", "en"), load_name("ketamine", "ketamine", "en")
    ('Cocaine (as benzoylecgonine)', 'Ketamine')
    """
    name = drug_name(drug, language)
    if biomarker in ("", drug):
        return name
    other = drug_name(biomarker, language)
    other = other[:1].lower() + other[1:] if other[1:].islower() else other
    return word("plot", "traced", language, drug=name, biomarker=other)


def _compound_name(drug: str, language: str) -> str | None:
    from wbe.factors import compounds

    table = compounds()
    if drug not in table.index:
        return None
    name = re.sub(r"\s*[(（].*$", "", str(table.loc[drug, f"name_{checked(language)}"]))
    return name[:1].upper() + name[1:]


def has_han(text: str) -> bool:
    """Say whether a text needs a Chinese font.

    Examples
    --------
    >>> has_han("天元区"), has_han("Tianyuan")
    (True, False)
    """
    return any("\u2e80" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff" or "\uff00" <= c <= "\uffef" for c in text)


def district_names(estimate: Answer, language: str) -> dict[str, str]:
    """Return each district's name in a language, the English one as the units of the samples give it.

    A Chinese name without an English one is kept; plots without a Chinese font number it instead.
    """
    districts = [str(d) for d in estimate.districts]
    if checked(language) == "zh" or not isinstance(estimate, WithSamples):
        return {d: d for d in districts}
    from wbe.population import units

    named = units(estimate.samples)["name_en"].fillna("").astype(str)
    known = {str(unit): name for unit, name in named.items() if name}
    return {d: known.get(d, d) for d in districts}
