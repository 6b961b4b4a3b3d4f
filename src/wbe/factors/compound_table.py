"""The compound table: formula, molar mass, CAS number and names of every drug and biomarker.

Refuses a row whose molar mass is not that of its formula, or whose CAS number fails its check digit.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Mapping
from importlib import resources
from os import PathLike

import pandas as pd

from wbe import vocabulary
from wbe.errors import FactorError

_ELEMENT = re.compile(r"([A-Z][a-z]?)(\d*)")
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*)+")
_MASS_TOLERANCE = 1e-4


def packaged(path: str) -> str:
    """Return the text of a file under ``wbe/data``."""
    return resources.files("wbe").joinpath("data", path).read_text(encoding="utf-8")


@functools.cache
def _atomic_weights() -> Mapping[str, float]:
    table = pd.read_csv(io.StringIO(packaged("atomic_weights.csv")))
    return dict(zip(table["element"], table["atomic_weight"], strict=True))


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
        raise FactorError(f"formula: got {formula!r}; needed element symbols with counts, e.g. 'C10H15N'.")
    weights = _atomic_weights()
    parts = _ELEMENT.findall(formula)
    unknown = sorted({e for e, _ in parts} - set(weights))
    if unknown:
        raise FactorError(f"formula {formula!r}: no atomic weight for {', '.join(unknown)}.")
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


@functools.cache
def _table() -> pd.DataFrame:
    table = pd.read_csv(io.StringIO(packaged("compounds.csv")), dtype=str, keep_default_na=False)
    faults = []
    for row, entry in enumerate(table.to_dict("records"), start=2):
        place = f"compounds.csv row {row} ({entry['compound_id']})"
        mass = molar_mass(entry["formula"])
        if abs(float(entry["molar_mass"]) / mass - 1) > _MASS_TOLERANCE:
            faults.append(f"{place}: molar mass {entry['molar_mass']}, the formula gives {mass:.3f} g/mol")
        if entry["cas"] and not cas_is_valid(entry["cas"]):
            faults.append(f"{place}: CAS {entry['cas']} fails its check digit")
    repeated = table.loc[table["compound_id"].duplicated(), "compound_id"].tolist()
    faults += [f"compounds.csv: {name} appears twice" for name in repeated]
    if faults:
        raise FactorError("\n".join(faults))
    return table.astype({"molar_mass": float}).set_index("compound_id")


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


def known_id(name: str, what: str = "compound") -> str:
    """Return the id of a drug or biomarker by its id, Chinese or English name, or abbreviation.

    Parameters
    ----------
    name : str
        Case, width, hyphens and spaces do not matter.
    what : str
        What the name stands for, for the message.

    Raises
    ------
    FactorError
        The name is unknown (near ids are named), or has several meanings (they are named).

    Examples
    --------
    >>> known_id("冰毒"), known_id("METH"), known_id("O6-单乙酰吗啡")
    ('methamphetamine', 'methamphetamine', '6mam')
    >>> known_id("大麻")
    Traceback (most recent call last):
        ...
    wbe.errors.FactorError: '大麻' has several meanings; needed one of thc_cooh (THC-COOH 四氢大麻酸, the human
    marker), thc (THC 四氢大麻酚).
    """
    if name in _table().index:
        return name
    found = vocabulary.find(str(name))
    if found is not None:
        return found
    meanings = vocabulary.choices(str(name))
    if meanings:
        listed = ", ".join(f"{k} ({v})" for k, v in meanings.items())
        raise FactorError(f"{name!r} has several meanings; needed one of {listed}.")
    near = vocabulary.suggest(str(name))
    if near:
        raise FactorError(f"unknown {what} {name!r}. Did you mean {' or '.join(near)}?")
    raise FactorError(f"{unknown(name, _table().index, what)} All known: wbe.factors.compounds().")


def mass_of(compound: str) -> float:
    """Return the molar mass of a compound by its id or name [g/mol].

    Raises
    ------
    FactorError
        Unknown name (near spellings are named), or a compound without a row in the table.

    Examples
    --------
    >>> mass_of("benzoylecgonine")
    289.327
    """
    table = _table()
    found = known_id(compound)
    if found not in table.index:
        raise FactorError(f"{found}: no row in the compound table (data/compounds.csv), so it has no molar mass here.")
    return float(table["molar_mass"].loc[found])


def need_table(given: object, who: str, columns: str) -> None:
    """Refuse what is no table, such as the path of one.

    Raises
    ------
    FactorError
    """
    if not isinstance(given, pd.DataFrame):
        hint = "Read it first: pandas.read_csv(path, comment='#')." if isinstance(given, str | PathLike) else ""
        raise FactorError(f"{who}: got {given!r}; needed a table (DataFrame) with {columns}. {hint}".strip())


def unknown(name: str, known: pd.Index | tuple[str, ...] | list[str], what: str) -> str:
    """Return the sentence for an unknown name, with the nearest known ones."""
    import difflib

    near = difflib.get_close_matches(str(name), [str(k) for k in known], n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"unknown {what} {name!r}.{hint}"
