"""The compound table: formula, molar mass, CAS number and names of every drug and biomarker.

Refuses a row whose molar mass is not that of its formula, or whose CAS number fails its check digit.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from os import PathLike

import pandas as pd

from wbe import packaged, vocabulary
from wbe.errors import Fault, UnknownName, one_of
from wbe.factors.refusals import refuse, refuse_all
from wbe.messages import Note, Words

__all__ = ["cas_is_valid", "compounds", "known_id", "mass_of", "molar_mass", "need_table"]

_ELEMENT = re.compile(r"([A-Z][a-z]?)(\d*)")
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*)+")
_MASS_TOLERANCE = 1e-4
COMPOUND = Words("compound", "物质")


@functools.cache
def _atomic_weights() -> Mapping[str, float]:
    return {row["element"]: float(row["atomic_weight"]) for row in packaged.rows("atomic_weights.csv")}


def molar_mass(formula: str) -> float:
    """Return the molar mass of a formula [g/mol].

    Parameters
    ----------
    formula : str
        For example ``"C10H15N"``; no brackets, no charges.

    Raises
    ------
    FactorError
        The text is not a formula, or has an element outside ``data/atomic_weights.csv``.

    Examples
    --------
    >>> round(molar_mass("C10H15N"), 2)
    149.23
    """
    if not _FORMULA.fullmatch(formula):
        refuse("factors-formula", formula=formula)
    weights = _atomic_weights()
    parts = _ELEMENT.findall(formula)
    unknown = sorted({e for e, _ in parts} - set(weights))
    if unknown:
        refuse("factors-formula-element", formula=formula, unknown=unknown)
    return sum(weights[e] * int(n or 1) for e, n in parts)


def cas_is_valid(cas: str) -> bool:
    """Say whether a CAS number agrees with its check digit.

    Examples
    --------
    >>> cas_is_valid("537-46-2"), cas_is_valid("537-46-3")
    (True, False)
    """
    if not re.fullmatch(r"\d{2,7}-\d\d-\d", cas):
        return False
    digits = cas.replace("-", "")
    weighted = sum(int(d) * i for i, d in enumerate(reversed(digits[:-1]), start=1))
    return weighted % 10 == int(digits[-1])


def table_faults(rows: tuple[dict[str, str], ...]) -> list[Note]:
    """Return what is wrong with rows of a compound table: masses, CAS numbers, ids that come twice."""
    faults = []
    seen: set[str] = set()
    for number, entry in enumerate(rows, start=2):
        place = {"row": number, "id": entry["compound_id"]}
        mass = molar_mass(entry["formula"])
        if abs(float(entry["molar_mass"]) / mass - 1) > _MASS_TOLERANCE:
            faults.append(Note("factors-compound-mass", **place, printed=entry["molar_mass"], mass=f"{mass:.3f}"))
        if entry["cas"] and not cas_is_valid(entry["cas"]):
            faults.append(Note("factors-compound-cas", **place, cas=entry["cas"]))
        if entry["compound_id"] in seen:
            faults.append(Note("factors-compound-twice", **place))
        seen.add(entry["compound_id"])
    return faults


@functools.cache
def _table() -> pd.DataFrame:
    rows = packaged.rows("compounds.csv")
    refuse_all(table_faults(rows))
    return pd.DataFrame(rows).astype({"molar_mass": float}).set_index("compound_id")


def compounds() -> pd.DataFrame:
    """Return the compound table.

    Returns
    -------
    DataFrame
        Index ``compound_id``; columns name_en, name_zh, short, formula, molar_mass [g/mol], cas, status, note.
        ``status`` speaks of the CAS number and formula: verified in an independent database, or memory.

    Examples
    --------
    >>> compounds().loc["methamphetamine", ["name_zh", "short", "formula"]].tolist()
    ['甲基苯丙胺', 'METH', 'C10H15N']
    """
    return _table().copy()


def known_id(name: str, what: Words = COMPOUND) -> str:
    """Return the id of a drug or biomarker by its id, Chinese or English name, or abbreviation.

    Parameters
    ----------
    name : str
        Case, width, hyphens and spaces do not matter.
    what : Words
        What the name stands for, for the message.

    Raises
    ------
    UnknownName
        Nothing has that name; the nearest is named.
    FactorError
        The name has several meanings (they are named).

    Examples
    --------
    >>> known_id("冰毒"), known_id("METH"), known_id("O6-单乙酰吗啡")
    ('methamphetamine', 'methamphetamine', '6mam')
    >>> known_id("大麻")
    Traceback (most recent call last):
        ...
    wbe.factors.refusals.FactorFaults: '大麻' has several meanings; needed one of thc_cooh (THC-COOH 四氢大麻酸, the
    human marker), thc (THC 四氢大麻酚).
    """
    if name in _table().index:
        return name
    found = vocabulary.find(str(name))
    if found is not None:
        return found
    meanings = vocabulary.choices(str(name))
    if meanings:
        refuse("factors-several-meanings", name=name, meanings=[f"{k} ({v})" for k, v in meanings.items()])
    near = vocabulary.suggest(str(name))
    if near:  # a near spelling in either language, whose id may look quite different
        said = Note("errors-did-you-mean", nearest=near[0])
        raise UnknownName([Fault("errors-unknown-name", what=what, name=str(name), hint=said)])
    return one_of(str(name), _table().index, what)


def mass_of(compound: str) -> float:
    """Return the molar mass of a compound by its id or name [g/mol].

    Raises
    ------
    UnknownName
        Nothing has that name.
    FactorError
        A compound without a row in the table.

    Examples
    --------
    >>> mass_of("benzoylecgonine")
    289.327
    """
    table = _table()
    found = known_id(compound)
    if found not in table.index:
        refuse("factors-no-molar-mass", compound=found)
    return float(table["molar_mass"].loc[found])


def need_table(given: object, who: str, columns: str) -> pd.DataFrame:
    """Return a table, or refuse what is no table, such as the path of one.

    Raises
    ------
    FactorError
        ``given`` is no DataFrame.
    """
    if isinstance(given, pd.DataFrame):
        return given
    code = "factors-path-for-table" if isinstance(given, str | PathLike) else "factors-no-table"
    refuse(code, who=who, came=repr(given), columns=columns)
