"""Units: one private pint registry, the laboratory's spellings, the check at the door and the stamp at the exit.

Inside the library quantities are plain float64 in canonical units. What is refused here: a bare number,
another dimension, an unknown spelling, and a spelling with several meanings (``ppt``).
"""

from __future__ import annotations

import difflib
import functools
import math
import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wbe import packaged
from wbe.errors import UnitError
from wbe.messages import Words

if TYPE_CHECKING:
    import pint

    #: a number or an array with its unit
    Quantity: TypeAlias = pint.Quantity[Any]

__all__ = [
    "Plain",
    "UnitErrors",
    "as_unit",
    "as_units",
    "factor",
    "fold",
    "quantity",
    "registry",
    "spell",
    "stamp",
    "unit_of",
    "variables",
    "without_attrs",
]

#: magnitudes in a canonical unit
Plain: TypeAlias = "float | NDArray[np.float64] | xr.DataArray"
_SUPERSCRIPTS = str.maketrans({"−": "-", "﹣": "-", "µ": "μ", "×": "×", "⋅": "·", "•": "·", "㎥": "m3"})
_NUMBER_AND_UNIT = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\d.])\s*(\S.*)$")
# 1000 inh written as a divisor: pint alone would read "mg/d/1000 inh" as 0.001 mg inh/d
_PER_THOUSAND = re.compile(r"/\s*1000\s*(inhabitant|user|dose)s?\b")


@functools.cache
def registry() -> pint.UnitRegistry[Any]:
    """Return the library's private registry; people, users and doses are dimensions.

    Never the application registry: other packages replace that one.

    Examples
    --------
    >>> registry()("3 inhabitant").dimensionality
    <UnitsContainer({'[population]': 1})>
    """
    import pint  # here, since pint itself imports dask where that is installed

    ureg: pint.UnitRegistry[Any] = pint.UnitRegistry()
    ureg.define("inhabitant = [population]")
    ureg.define("user = [using_population]")
    ureg.define("dose = [dosing]")
    ureg.define("Mgal_US = 1e6 * US_liquid_gallon")
    ureg.preprocessors.append(_translated)
    return ureg


def _translated(text: str) -> str:
    """Let pint's own ``.to("m3/d")`` know the laboratory's spellings; what has a leading number stays with pint."""
    known, _ = _spellings()
    unit = _pint_text(known.get(fold(text), text))
    return text if unit[:1].isdigit() or unit == "1" else unit


class UnitErrors(UnitError):
    """Several faults of units at once: ``errors`` lists them."""

    def __init__(self, errors: Sequence[UnitError]):
        super().__init__("units-several", count=len(errors))
        self.errors = list(errors)

    @property
    def codes(self) -> list[str]:
        """The code of each fault."""
        return [error.code for error in self.errors]

    def text(self, language: str | None = None) -> str:
        """Return every fault on a line of its own."""
        return "\n".join(error.text(language) for error in self.errors)


@functools.cache
def _spellings() -> tuple[dict[str, str], dict[str, list[str]]]:
    table = packaged.toml("units.toml")
    known = {fold(s): unit for unit, spellings in table["spellings"].items() for s in [unit, *spellings]}
    ambiguous = {fold(k): v for k, v in table["ambiguous"].items()}
    return known, ambiguous


def fold(text: str) -> str:
    """Fold a laboratory's typography: NFKC, one minus, one micro sign, no spaces.

    Examples
    --------
    >>> fold("万 ㎥／d"), fold("ng·L⁻¹"), fold("µg/L") == fold("μg/L")
    ('万m3/d', 'ng·L-1', True)
    """
    text = unicodedata.normalize("NFKC", text.translate(_SUPERSCRIPTS)).translate(_SUPERSCRIPTS)
    return re.sub(r"\s+", "", text)


@functools.lru_cache(maxsize=4096)
def spell(text: str) -> str:
    """Translate a laboratory's spelling of a unit into the library's own text for it.

    Parameters
    ----------
    text : str
        For example ``"万m³/d"``, ``"ng·L-1"``, ``"mg/d/1000人"``.

    Returns
    -------
    str
        Canonical text, for example ``"1e4 m3/d"``.

    Raises
    ------
    UnitError
        Unknown spelling, or one with several meanings; the choices are listed.

    Examples
    --------
    >>> spell("万m³/d"), spell("µg/L"), spell("mg/(d·千人)")
    ('1e4 m3/d', 'ug/L', 'mg/d/1000 inhabitant')
    """
    known, ambiguous = _spellings()
    key = fold(text)
    if key in ambiguous:
        raise UnitError("units-several-meanings", unit=text, meanings="; ".join(ambiguous[key]))
    if key in known:
        return known[key]
    try:
        registry().parse_units(_pint_text(text))
    except Exception as err:  # pint raises its own, tokenize's and plain errors on odd text
        raise UnitError("units-unknown", unit=text, near=_near(key, known)) from err
    if re.search(r"/\s*1000", text):
        raise UnitError("units-per-thousand", unit=text)
    return text.strip()


def _near(key: str, known: dict[str, str]) -> list[str]:
    """The spellings to try, the nearest first."""
    close = difflib.get_close_matches(key, known, n=2, cutoff=0.6)
    return list(dict.fromkeys([*close, "ng/L", "ug/L", "m3/d", "万m3/d", "ML/d", "万人"]))


def _pint_text(unit: str) -> str:
    text = _PER_THOUSAND.sub(r"/kilo\1", unit)
    return re.sub(r"\b(1e\d)\s+", r"\1 ", text).replace("m3", "m**3").replace("1000 inhabitant", "kiloinhabitant")


@functools.lru_cache(maxsize=4096)
def _quantity_of(unit: str) -> Quantity:
    """One of ``unit`` as a quantity, its leading number included (``1e4 m3/d``)."""
    text = _pint_text(spell(unit))
    match = re.match(r"^(1e\d+)\s+(.*)$", text)
    scale, rest = (float(match.group(1)), match.group(2)) if match else (1.0, text)
    return registry().Quantity(scale, registry().parse_units("" if rest == "1" else rest))


@functools.lru_cache(maxsize=4096)
def factor(came: str, needed: str, name: str = "value") -> float:
    """Return the number that turns one unit into another.

    Parameters
    ----------
    came, needed : str
        Any spelling that :func:`spell` knows.
    name : str
        What it is the unit of, for the message.

    Raises
    ------
    UnitError
        The two have different dimensions, or one is unknown.

    Examples
    --------
    >>> factor("万吨/日", "m3/d"), factor("ng/mL", "ng/L"), round(factor("MGD", "m3/d"), 2)
    (10000.0, 1000.0, 3785.41)
    """
    one = _quantity_of(came)
    target = _quantity_of(needed)
    if one.dimensionality != target.dimensionality:
        raise UnitError(
            "units-other-dimension",
            name=name, needed=needed, needed_kind=_dimension(target), came=came, came_kind=_dimension(one),
        )  # fmt: skip
    ratio = float(one.m_as(target.units) / target.magnitude)
    power = float(f"1e{round(math.log10(ratio))}") if ratio > 0 else ratio
    # powers of ten stay exact: a laboratory compares digits
    return power if abs(ratio / power - 1) < 1e-12 else ratio


def _dimension(quantity: Quantity) -> Words:
    kind = str(quantity.dimensionality)
    return Words("dimensionless", "无量纲") if kind == "dimensionless" else Words(kind, kind)


def quantity(text_or_value: str | float | NDArray[np.float64], unit: str | None = None) -> Quantity:
    """Make a quantity of the library's registry.

    Parameters
    ----------
    text_or_value : str, float or ndarray
        ``"200 ng/L"``, or a number with ``unit`` beside it.
    unit : str, optional
        Any known spelling.

    Returns
    -------
    pint.Quantity
        It converts to any spelling too: ``quantity("2 万吨/日").to("m3/d")``.

    Raises
    ------
    UnitError
        A bare number, a text without number or unit, or an unknown unit.

    Examples
    --------
    >>> quantity("5 万m³/d").to("m**3/d").magnitude
    50000.0
    """
    if unit is None:
        if not isinstance(text_or_value, str):
            raise UnitError("units-bare-number", came=repr(text_or_value))
        match = _NUMBER_AND_UNIT.match(text_or_value)
        if not match:
            raise UnitError("units-no-quantity", came=text_or_value)
        value: Any = float(match.group(1))
        unit = match.group(2)
    else:
        value = text_or_value
    one = _quantity_of(unit)
    return registry().Quantity(value * one.magnitude, one.units)


@overload
def as_unit(value: xr.DataArray, unit: str, name: str) -> xr.DataArray: ...


@overload
def as_unit(value: str, unit: str, name: str) -> float: ...


@overload
def as_unit(value: object, unit: str, name: str) -> Plain: ...


def as_unit(value: object, unit: str, name: str) -> Plain:
    """Check a unit at the door: return plain float64 in ``unit``.

    Parameters
    ----------
    value : pint.Quantity, xarray.DataArray with ``units``, or str
        A Quantity of any registry is read by its unit's text.
    unit : str
        The canonical unit that is needed.
    name : str
        The argument's name, for the message.

    Returns
    -------
    float, ndarray or DataArray
        Magnitudes in ``unit``; a DataArray comes back without attributes.

    Raises
    ------
    UnitError
        A bare number, no ``units``, an unknown unit or another dimension.

    Examples
    --------
    >>> as_unit("0.2 ug/L", "ng/L", "concentration")
    200.0
    >>> as_unit(200.0, "ng/L", "concentration")
    Traceback (most recent call last):
    ...
    wbe.errors.UnitError: concentration: got a bare float; write the unit, e.g. '200.0 ng/L'.
    """
    if isinstance(value, str):
        value = quantity(value)
    if isinstance(value, xr.DataArray):
        return _array_in(value, unit, name)
    if hasattr(value, "magnitude") and hasattr(value, "units"):
        scale = factor(str(value.units), unit, name)
        magnitude = value.magnitude
        return float(magnitude) * scale if np.ndim(magnitude) == 0 else np.asarray(magnitude, float) * scale
    example = f"'{value} {unit}'" if np.ndim(value) == 0 else f"wbe.quantity(values, '{unit}')"  # type: ignore[arg-type]
    raise UnitError("units-bare", name=name, kind=type(value).__name__, example=example)


def _array_in(value: xr.DataArray, unit: str, name: str) -> xr.DataArray:
    came, bare = str(value.attrs.get("units", "")), value
    if hasattr(value.data, "units") and hasattr(value.data, "magnitude"):
        came, bare = str(value.data.units), value.copy(data=value.data.magnitude)
    if not came:
        raise UnitError("units-no-attribute", name=name, unit=unit)
    scale = factor(came, unit, name)
    plain = without_attrs(bare).astype(float)
    return plain if scale == 1.0 else plain * scale


def without_attrs(array: xr.DataArray) -> xr.DataArray:
    """Return the array without attributes, sharing its data.

    xarray's own ``drop_attrs`` copies text coordinates element by element: seconds for a nation's samples.
    """
    plain = array.copy(deep=False)
    plain.attrs = {}
    return plain


def as_units(*arguments: tuple[str, object, str]) -> tuple[Plain, ...]:
    """Check several arguments ``(name, value, unit)`` and report all their faults at once.

    Raises
    ------
    UnitError
        One line for each argument that is wrong.

    Examples
    --------
    >>> as_units(("concentration", "200 ng/L", "ng/L"), ("flow", "5 万m3/d", "m3/d"))
    (200.0, 50000.0)
    """
    results: list[Plain] = []
    faults: list[UnitError] = []
    for name, value, unit in arguments:
        try:
            results.append(as_unit(value, unit, name))
        except UnitError as err:
            faults.append(err)
    if faults:
        raise faults[0] if len(faults) == 1 else UnitErrors(faults)
    return tuple(results)


@functools.cache
def variables() -> dict[str, dict[str, str]]:
    """Return the table of quantities: name to unit, long name and Chinese name.

    Examples
    --------
    >>> variables()["mass_load"]["unit"]
    'g/d'
    """
    return packaged.toml("variables.toml")


def unit_of(variable: str) -> str:
    """Return the canonical unit of a variable named in ``data/variables.toml``.

    Raises
    ------
    KeyError
        No such variable.

    Examples
    --------
    >>> unit_of("flow")
    'm3/d'
    """
    return variables()[variable]["unit"]


@overload
def stamp(value: xr.DataArray, variable: str) -> xr.DataArray: ...


@overload
def stamp(value: float | NDArray[np.float64], variable: str) -> Quantity: ...


@overload
def stamp(value: Plain, variable: str) -> xr.DataArray | Quantity: ...


def stamp(value: Plain, variable: str) -> xr.DataArray | Quantity:
    """Stamp a result at the exit with name, unit and long name.

    Parameters
    ----------
    value : DataArray, float or ndarray
        Magnitudes in the canonical unit of ``variable``.
    variable : str
        A name in ``data/variables.toml``.

    Returns
    -------
    DataArray with attributes, or a pint.Quantity for a scalar or ndarray

    Examples
    --------
    >>> stamp(10.0, "mass_load")
    <Quantity(10.0, 'gram / day')>
    """
    entry = variables()[variable]
    if isinstance(value, xr.DataArray):
        value = value.rename(variable)
        value.attrs = {"units": entry["unit"], "long_name": entry["long_name"]}
        return value
    return quantity(value, entry["unit"]) if entry["unit"] != "1" else registry().Quantity(value)
