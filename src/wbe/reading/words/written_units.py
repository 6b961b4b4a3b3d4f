"""Units and salts as headers and columns write them -> their scale, or the reason why there is none.

Refuses a unit of loads where concentrations stand, and a salt for a base.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from wbe.errors import Fault, UnitError
from wbe.reading.words.mapping import Mapping
from wbe.units import factor, spell, unit_of, variables
from wbe.vocabulary import header, table, tidy

__all__ = [
    "NO_UNIT",
    "SEVERAL",
    "choices_of_unit",
    "is_load_unit",
    "looks_like_unit",
    "parse_unit",
    "role_units",
    "salt_fault",
    "salt_in",
    "speaks_of_loads",
    "unit_scale",
    "unknown_unit",
]
#: codes of why a unit has no factor, by which others decide
NO_UNIT = "reading-unit-missing"
SEVERAL = "units-several-meanings"
_UNIT_LIKE = re.compile(r"[/%℃人]|-1$|^°C$|^degC$|^万?吨$|^(mm|毫米|MGD|MLD|cmd|ppt|ppb|ppm|PPT|PPB|PPM|mgd)$")
_TIME_OR_VOLUME = (
    "d|days?|h|hrs?|hours?|s|sec|min|a|yrs?|years?|[mdcµμ]?l|lit(?:er|re)s?|m3|m³|日|天|小?时|秒|分|年|毫?升|立方米"
)
_UNKNOWN = re.compile(
    rf"(?:[/·.]|\bper\b)\s*\d*\s*(?:{_TIME_OR_VOLUME})$|\b(?:mgd|mld|gpd|gpm|cfs|cms|cmd)\b|^[pnuµμm]?mol\b|^(?-i:[pnuµμm]M)$",
    re.IGNORECASE,
)
_LOAD_UNITS = ("g/d", "g/d/inhabitant", "dose/d/1000 inhabitant", "g/year")


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
        return err.code == SEVERAL
    return True


def unknown_unit(text: str) -> bool:
    """Whether words are a unit by their build, though not one that is known: leaving them away would change numbers.

    Examples
    --------
    >>> [unknown_unit(text) for text in ("acre-ft/d", "1000 m3/d", "mgd US", "nM", "m3/d", "peak", "MA")]
    [True, True, True, True, False, False, False]
    """
    text = text.strip()
    return not looks_like_unit(text) and _UNKNOWN.search(text) is not None


def role_units(role: str, shown: str) -> dict[str, str]:
    """Short units that a role completes: 人口(万), and 日处理量(吨), whose name says per day."""
    units: dict[str, dict[str, str]] = table("headers")["units"]
    own = units.get(role, {})
    if role == "flow" and re.search(r"日|天|24|\bday|daily", shown, re.I):
        return {**own, **units["flow_of_a_day"]}
    return own


def choices_of_unit(text: str) -> bool:
    """Whether a unit has several meanings (``ppt``), about which its column asks."""
    try:
        spell(text)
    except UnitError as err:
        return err.code == SEVERAL
    return False


def parse_unit(text: str) -> str:
    """Return the library's spelling of a unit, or empty text."""
    try:
        return spell(table("headers")["units"]["case"].get(tidy(text), text)) if text else ""
    except UnitError:
        return ""


def unit_scale(role: str, unit: str, mapping: Mapping) -> tuple[float, str]:
    """Return (factor to the role's canonical unit, code of why not); the factor is NaN where there is a code.

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
        return (1.0, "") if needed == "1" and role == "ph" else (float("nan"), NO_UNIT)
    try:
        if text == "1" and needed == "1":
            return 1.0, ""
        return factor(text, needed, role), ""
    except UnitError as err:
        return float("nan"), err.code


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
