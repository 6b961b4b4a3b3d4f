"""Names of drugs, biomarkers, headers and result tokens in Chinese and English, all from ``data/vocabulary``.

Refuses to guess: a token with several meanings raises a question with its choices and the line that answers it.
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from typing import Any

from wbe import packaged
from wbe.errors import Fault, InputError, one_of
from wbe.messages import Note, Words
from wbe.messages import language as spoken

__all__ = [
    "biomarker",
    "biomarkers",
    "choices",
    "closed_word",
    "find",
    "fold",
    "header",
    "label",
    "name_fault",
    "role_kind",
    "short",
    "suggest",
    "table",
    "tidy",
    "translate",
    "volatile",
]

_DROPPED = re.compile(r"[\s\-_'’‘′`·•,，、.。;；:：/()\[\]{}]+")
_CAS = re.compile(r"^(?:CAS[ :]*)?\d{2,7}-\d{2}-\d$", re.I)
_TWO_SCRIPTS = re.compile(
    r"^(?:([\x21-\x7e ]+?)\s*([\u4e00-\u9fff].*)|(.*[\u4e00-\u9fff])\s*([\x21-\x7e][\x20-\x7e]*))$"
)
_MINUS = str.maketrans({"−": "-", "﹣": "-", "–": "-", "µ": "μ", "⁻": "-",
                        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", "")})  # fmt: skip  # of no width, pasted in


@functools.cache
def table(name: str) -> dict[str, Any]:
    """Return one of the packaged vocabulary tables (``analytes``, ``ambiguous``, ``headers``...)."""
    return packaged.toml(f"vocabulary/{name}.toml")


@functools.lru_cache(maxsize=65536)
def tidy(text: str) -> str:
    """Fold typography only: NFKC, one minus sign, one micro sign, single spaces, no edges.

    Examples
    --------
    >>> tidy("  流量（万m³/d） "), tidy("O⁶−MAM")
    ('流量(万m3/d)', 'O6-MAM')
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_MINUS)).translate(_MINUS)
    return re.sub(r"\s+", " ", text).strip()


@functools.lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Fold a name for comparison: typography, case, spaces, hyphens, dots and brackets dropped.

    Examples
    --------
    >>> fold("6-MAM") == fold("６ mam"), fold("THC-COOH") == fold("thccooh")
    (True, True)
    """
    return _DROPPED.sub("", tidy(text).casefold())


@functools.cache
def _names() -> dict[str, str]:
    """Folded spelling -> id of every drug and biomarker."""
    known: dict[str, str] = {}
    for key, entry in table("analytes").items():
        spellings = [key, entry["en"], entry["zh"], entry["short"], entry.get("zh_short", ""), *entry["aliases"]]
        for spelling in spellings:
            if spelling:
                known.setdefault(fold(spelling), key)
    return {k: v for k, v in known.items() if k not in _questions()}


@functools.cache
def _registry_numbers() -> dict[str, str]:
    """CAS registry number -> id, of the compounds that have one."""
    known = table("analytes")
    own = {str(entry["cas"]): name for name, entry in known.items() if "cas" in entry}
    return own | {
        r["cas"]: r["compound_id"] for r in packaged.rows("compounds.csv") if r["cas"] and r["compound_id"] in known
    }


@functools.cache
def _volatile() -> dict[str, str]:
    groups = table("panel")["volatile"]
    return {fold(s): g for g, e in groups.items() for s in (e["en"], e["zh"], *e["aliases"])}


def volatile(text: str) -> str:
    """Return the group of a drug that sewage cannot show, such as a gas, or empty text.

    Examples
    --------
    >>> volatile("笑气"), volatile("ketamine")
    ('nitrous_oxide', '')
    """
    return _volatile().get(fold(text), "")


@functools.cache
def _questions() -> dict[str, dict[str, str]]:
    return {fold(k): v for k, v in table("ambiguous")["names"].items()}


def choices(text: str) -> dict[str, str]:
    """Return the meanings of an ambiguous name, id to explanation; empty when it has at most one.

    Examples
    --------
    >>> sorted(choices("MET"))
    ['methadone', 'methamphetamine']
    """
    return dict(_questions().get(fold(text), {}))


@functools.lru_cache(maxsize=65536)
def find(text: str) -> str | None:
    """Return the id that a name means, or None when it is unknown or ambiguous.

    ``"苯甲酰爱康宁(苯甲酰芽子碱)"`` and ``"methamphetamine (METH)"`` are read by both their parts.

    Examples
    --------
    >>> find("冰毒"), find("methamphetamine (METH)"), find("537-46-2"), find("COD"), find("water")
    ('methamphetamine', 'methamphetamine', 'methamphetamine', None, None)
    """
    key = fold(text)
    if not key or key in _questions():
        return None
    if _CAS.match(tidy(text)):
        return _registry_numbers().get(re.sub(r"^\D+", "", tidy(text)))
    if key in _names():
        return _names()[key]
    both = _TWO_SCRIPTS.match(tidy(text))  # METH甲基苯丙胺, 吗啡 Morphine
    if both:
        halves = [fold(h) for h in both.groups() if h is not None]
        ids = {_names().get(h) for h in halves}
        if len(ids) == 1 and None not in ids:
            return ids.pop()
    match = re.match(r"^(.*?)\s*\(([^()]*)\)$", tidy(text))
    if match:
        pieces = [match.group(1), *re.split(r"[,;、/]", match.group(2))]
        found = {_names()[fold(p)] for p in pieces if fold(p) in _names()}
        # one meaning, and an ambiguous part may only be settled by a name among its own choices
        if len(found) == 1 and all(found <= set(choices(p)) for p in pieces if choices(p)):
            return found.pop()
    return None


def biomarker(text: str) -> str:
    """Return the id of a drug or biomarker named in Chinese or English.

    Parameters
    ----------
    text : str
        A name, abbreviation or id; case, width, hyphens and spaces do not matter.

    Raises
    ------
    InputError
        The name is unknown (near names are listed), or has several meanings: the choices and the line that
        answers the question in a mapping file are in the message.

    Examples
    --------
    >>> biomarker("甲基苯丙胺"), biomarker("6-MAM"), biomarker("苯甲酰芽子碱")
    ('methamphetamine', '6mam', 'benzoylecgonine')
    >>> biomarker("MET")
    Traceback (most recent call last):
        ...
    wbe.errors.InputError: got 'MET', which has several meanings; needed one of methamphetamine
    (methamphetamine 甲基苯丙胺), methadone (methadone 美沙酮). Add to the mapping file under [analytes]:
    "MET" = "methamphetamine"
    """
    found = find(text)
    if found is None:
        raise InputError([name_fault(text)])
    return found


def name_fault(text: str, **place: str | int | None) -> Fault:
    """Return the fault for a name that is ambiguous or unknown; ``place`` is file, sheet, row, column."""
    meanings = choices(text)
    shown = text.strip()[:60]
    if meanings:
        options = ", ".join(f"{k} ({v})" for k, v in meanings.items())
        return Fault("vocabulary-several-meanings", name=shown, options=options, first=next(iter(meanings))).at(**place)
    near = suggest(text)
    close = Note("vocabulary-near", near=tuple(near)) if near else Words("", "")
    return Fault("vocabulary-unknown-substance", name=shown, near=close).at(**place)


def suggest(text: str, n: int = 3) -> list[str]:
    """Return ids with spellings near ``text``, the nearest first.

    Examples
    --------
    >>> suggest("metamphetamin")[0]
    'methamphetamine'
    """
    close = difflib.get_close_matches(fold(text)[:60], list(_names()), n=2 * n, cutoff=0.7)
    return list(dict.fromkeys(_names()[c] for c in close))[:n]


def biomarkers() -> tuple[str, ...]:
    """Return every known id.

    Examples
    --------
    >>> "thc_cooh" in biomarkers()
    True
    """
    return tuple(table("analytes"))


def label(name: str, language: str | None = None) -> str:
    """Return the printable name of a drug or biomarker.

    Parameters
    ----------
    name : str
        An id; an unknown one comes back with its underscores as spaces.
    language : str, optional
        ``"en"``, ``"zh"`` or ``"zh+en"``; by default the language in force.

    Raises
    ------
    UnknownName
        Another language.

    Examples
    --------
    >>> label("methamphetamine", "zh"), label("6mam", "en"), label("ketamine", "zh+en")
    ('甲基苯丙胺', '6-MAM', '氯胺酮 ketamine')
    """
    language = spoken() if language is None else one_of(language, ("en", "zh", "zh+en"), Words("language", "语言"))
    entry = table("analytes").get(name)
    if entry is None and name.endswith("_parent"):  # the drug itself in sewage, beside the metabolite that traces it
        form = {"en": "{} (unchanged)", "zh": "{}（原形）", "zh+en": "{} (原形 unchanged)"}[language]
        return form.format(label(name.removesuffix("_parent"), language))
    if entry is None:
        return name.replace("_", " ")
    zh, en = str(entry.get("zh_short", entry["zh"])), str(entry["en"])
    if language == "zh+en":
        return zh if zh == en else f"{zh} {en}"
    return zh if language == "zh" else en


def short(name: str) -> str:
    """Return the abbreviation used where space is scarce.

    Examples
    --------
    >>> short("methamphetamine"), short("thc_cooh")
    ('METH', 'THC-COOH')
    """
    entry = table("analytes").get(name)
    return entry["short"] if entry else name.upper()


@functools.cache
def _roles() -> dict[str, str]:
    sections = {"suffixes", "units", "tails", "rows", "sample_types", "population_bases", "site_types",
                "replicates", "statistics", "salts", "effluent", "storage_kinds", "voiding",
                "detection"}  # fmt: skip
    return {
        fold(spelling): role
        for role, entry in table("headers").items()
        if role not in sections
        for spelling in [role, *entry["aliases"]]
    }


def header(text: str) -> str | None:
    """Return the role of a column header given without its unit, or None.

    Examples
    --------
    >>> header("采样日期"), header("县（市、区）"), header("进水流量"), header("身份证号")
    ('date', 'district', 'flow', 'person')
    """
    return _roles().get(fold(text))


def role_kind(role: str) -> str:
    """Return what a role's column holds: text, date, number, derived, note or person."""
    return str(table("headers")[role]["kind"])


@functools.cache
def _closed(section: str) -> dict[str, str]:
    return {fold(s): key for key, spellings in table("headers")[section].items() for s in [key, *spellings]}


def closed_word(section: str, text: str) -> str | None:
    """Return the id of a word of a closed list: ``sample_types``, ``population_bases``, ``site_types``, ``rows``.

    Examples
    --------
    >>> closed_word("sample_types", "24小时混合样"), closed_word("population_bases", "常住人口")
    ('24h_composite', 'census')
    """
    return _closed(section).get(fold(text))


@functools.cache
def _glossary() -> dict[str, tuple[str, str]]:
    pairs: dict[str, tuple[str, str]] = {}
    for term in table("glossary")["term"]:
        zh = [re.sub(r"（.*?）", "", z).strip() for z in term["zh"].split("/")]
        en = [re.sub(r"\(.*?\)", "", e).strip() for e in term["en"].split("/")]
        for a, b in zip(zh, en if len(en) == len(zh) else en * len(zh), strict=False):
            pairs.setdefault(fold(a), (a, b))
            pairs.setdefault(fold(b), (a, b))
    return pairs


def translate(term: str, language: str) -> str:
    """Return a term of the report glossary in the other language; an unknown term comes back as it is.

    Examples
    --------
    >>> translate("证据不足", "en"), translate("mass load", "zh"), translate("credible interval", "zh")
    ('inconclusive', '负荷', '可信区间')
    """
    pair = _glossary().get(fold(term))
    if pair is None:
        return term
    return pair[0] if language == "zh" else pair[1]
