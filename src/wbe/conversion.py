"""The back-calculation chain as pure functions: concentration to mass load, consumption, doses.

Each function checks units at its door and stamps its result. Refused: a factor for another biomarker, loads of two
biomarkers added up, a mass fraction offered as molar, an impossible fraction, and a correction applied a second time.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, cast, overload

import numpy as np
import xarray as xr

from wbe import packaged
from wbe.errors import FactorError, one_of
from wbe.messages import Words
from wbe.units import Plain, as_unit, as_units, registry, stamp

if TYPE_CHECKING:
    from wbe.units import Quantity

    #: one number with its unit, or an array of them
    Scalar: TypeAlias = str | Quantity

__all__ = [
    "TracedBy",
    "base_mass",
    "consumption",
    "correct_recovery",
    "correction_factor",
    "correction_once",
    "doses",
    "mass_load",
    "mass_ratio",
    "normalised_load",
    "of_biomarker",
    "pure_mass",
]

#: attribute of a load that was labelled by biomarker: a sum over biomarkers loses the label and is told by it
LABEL = "labelled_by"


class TracedBy(Protocol):
    """What consumption needs of a factor: whose it is, what it reads, and its size."""

    @property
    def drug(self) -> str:
        """The drug."""

    @property
    def biomarker(self) -> str:
        """The biomarker that the factor reads."""

    @property
    def correction_factor(self) -> float:
        """Mass of pure drug per mass of biomarker."""


@overload
def mass_load(concentration: xr.DataArray, flow: xr.DataArray | Scalar) -> xr.DataArray: ...


@overload
def mass_load(concentration: Scalar, flow: xr.DataArray) -> xr.DataArray: ...


@overload
def mass_load(concentration: Scalar, flow: Scalar) -> Quantity: ...


def mass_load(concentration: xr.DataArray | Scalar, flow: xr.DataArray | Scalar) -> xr.DataArray | Quantity:
    """Mass of each biomarker that enters the plant in a day.

    Parameters
    ----------
    concentration : DataArray (..., sample, biomarker), Quantity or str
        Any mass per volume.
    flow : DataArray (..., sample), Quantity or str
        Volume per time: what passed the sampler in the 24 h of the composite.

    Returns
    -------
    DataArray or Quantity [g/d]

    Raises
    ------
    UnitError
        An argument has no unit or another dimension; all faults are named at once.

    Source
    ------
    Zuccato et al. 2008, doi:10.1289/ehp.11022.

    Examples
    --------
    >>> round(mass_load("200 ng/L", "50000 m3/d").magnitude, 12)
    10.0
    """
    c, q = as_units(("concentration", concentration, "ng/L"), ("flow", flow, "m3/d"))
    return _carry(stamp(_plain(c * q * 1e-6), "mass_load"), concentration)


@overload
def normalised_load(load: xr.DataArray, population: xr.DataArray | Scalar) -> xr.DataArray: ...


@overload
def normalised_load(load: Scalar, population: xr.DataArray) -> xr.DataArray: ...


@overload
def normalised_load(load: Scalar, population: Scalar) -> Quantity: ...


def normalised_load(load: xr.DataArray | Scalar, population: xr.DataArray | Scalar) -> xr.DataArray | Quantity:
    """Population-normalised load of each biomarker.

    Parameters
    ----------
    load : DataArray (..., sample, biomarker), Quantity or str
        Mass per time.
    population : DataArray (..., sample), Quantity or str
        Inhabitants served on that day.

    Returns
    -------
    DataArray or Quantity [mg/d/1000 inhabitant]

    Raises
    ------
    UnitError
        As :func:`mass_load`.
    FactorError
        The load was labelled by biomarker and is no longer: loads of several biomarkers were added.

    Source
    ------
    European Union Drugs Agency, wastewater analysis and drugs, method notes, 2025.

    Examples
    --------
    >>> round(normalised_load("10 g/d", "300000 inhabitant").magnitude, 2)
    33.33
    """
    m, p = as_units(("load", load, "g/d"), ("population", population, "inhabitant"))
    _of_one(load)
    return _carry(stamp(_plain(m * 1e6 / p), "normalised_load"), load)


def mass_ratio(molar_mass_drug: float | Quantity, molar_mass_biomarker: float | Quantity) -> float:
    """Mass of drug that holds as many molecules as one mass unit of its biomarker.

    Both are the free bases; a salt must be turned into its base first (:func:`base_mass`).

    Parameters
    ----------
    molar_mass_drug, molar_mass_biomarker : float or Quantity
        In g/mol.

    Raises
    ------
    FactorError
        A molar mass that is not above 0.

    Examples
    --------
    >>> round(mass_ratio(303.353, 289.326), 5)
    1.04848
    """
    return _positive(molar_mass_drug, "molar_mass_drug") / _positive(molar_mass_biomarker, "molar_mass_biomarker")


def correction_factor(ratio: float, fraction: float, *, basis: Literal["molar", "mass"]) -> float:
    """Mass of pure drug consumed per mass of biomarker excreted.

    Parameters
    ----------
    ratio : float
        :func:`mass_ratio` of drug to biomarker.
    fraction : float
        Share of the dose excreted as the biomarker, above 0 and at most 1.
    basis : {"molar", "mass"}
        What the fraction counts. A mass fraction already holds the ratio of the molar masses.

    Raises
    ------
    FactorError
        The fraction is outside (0, 1], or the ratio is not above 0.
    UnknownName
        The basis is not one of the two.

    Source
    ------
    Gracia-Lor et al. 2016, doi:10.1016/j.scitotenv.2016.08.179.

    Examples
    --------
    >>> round(correction_factor(1.04848, 0.29, basis="molar"), 3)
    3.615
    """
    if not (np.isfinite(fraction) and 0 < fraction <= 1):
        raise FactorError("conversion-fraction", came=float(fraction))
    one_of(basis, ("molar", "mass"), Words("basis", "基准"))
    return _positive(ratio, "ratio") / fraction if basis == "molar" else 1.0 / fraction


def consumption(load: xr.DataArray, factor: TracedBy) -> xr.DataArray:
    """Consumption of the pure drug from the load of its biomarker.

    Parameters
    ----------
    load : DataArray (..., biomarker) or DataArray with a scalar coordinate ``biomarker``
        Population-normalised load of the biomarker that the factor is for.
    factor : wbe.factors.Factor
        Drug, biomarker and correction factor of a named profile.

    Returns
    -------
    DataArray [mg/d/1000 inhabitant]
        With the scalar coordinates ``drug`` and ``biomarker`` (what it was read from), never a biomarker dimension.

    Raises
    ------
    FactorError
        The load is of another biomarker, or does not say of which; or it is a consumption already.

    Source
    ------
    Zuccato et al. 2008, doi:10.1289/ehp.11022.
    """
    value = as_unit(load, "mg/d/1000 inhabitant", "load")
    if "drug" in load.coords:
        raise FactorError("conversion-consumed-already", drug=str(load["drug"].values), asked=factor.drug)
    value = _of_named(value, factor.biomarker, factor.drug)
    return _carry(stamp(value * factor.correction_factor, "consumption"), load).assign_coords(drug=factor.drug)


def of_biomarker(value: xr.DataArray, biomarker: str, drug: str) -> xr.DataArray:
    """Take one biomarker's values as a trace of a drug, or say that they are not.

    Raises
    ------
    FactorError
        ``value`` is not labelled by biomarker, holds another one or belongs to another drug; or no published excretion
        ties the biomarker to the drug, though one ties it to others.

    Examples
    --------
    >>> load = xr.DataArray([1.0], dims="biomarker", coords={"biomarker": ["benzoylecgonine"]})
    >>> of_biomarker(load, "benzoylecgonine", "cocaine").item()
    1.0
    >>> of_biomarker(load, "benzoylecgonine", "methamphetamine")
    Traceback (most recent call last):
    ...
    wbe.errors.FactorError: load: benzoylecgonine is a biomarker of cocaine, not of methamphetamine...
    """
    drugs = _drugs_of(biomarker)
    if drugs and drug not in drugs:
        raise FactorError("conversion-other-drug", biomarker=biomarker, known=list(drugs), drug=drug)
    if "drug" in getattr(value, "coords", {}) and drug not in np.atleast_1d(value["drug"].values).tolist():
        raise FactorError("conversion-consumed-already", drug=str(value["drug"].values), asked=drug)
    return _of_named(value, biomarker, drug)


@functools.cache
def _drugs_of(biomarker: str) -> tuple[str, ...]:
    """The drugs that a published excretion ties to a biomarker."""
    claims = packaged.rows("claims/excretion.csv")
    return tuple(sorted({row["drug"] for row in claims if row["biomarker"] == biomarker}))


def _of_named(value: xr.DataArray, biomarker: str, drug: str) -> xr.DataArray:
    held = np.atleast_1d(value["biomarker"].values).tolist() if "biomarker" in getattr(value, "coords", {}) else []
    if biomarker not in held:
        came = ", ".join(map(str, held)) or Words("no named biomarker", "未注明的标志物")
        raise FactorError("conversion-other-biomarker", drug=drug, biomarker=biomarker, came=came)
    # the scalar label stays: it says which biomarker the consumption was read from
    return value.sel(biomarker=biomarker) if "biomarker" in value.dims else value


def _of_one(load: object) -> None:
    """Refuse a load that has lost its label: masses of two substances were added."""
    if isinstance(load, xr.DataArray) and load.attrs.get(LABEL) and load.attrs[LABEL] not in load.coords:
        raise FactorError("conversion-added-biomarkers")


@overload
def doses(consumed: xr.DataArray, dose: Scalar) -> xr.DataArray: ...


@overload
def doses(consumed: Scalar, dose: Scalar) -> Quantity: ...


def doses(consumed: xr.DataArray | Scalar, dose: Scalar) -> xr.DataArray | Quantity:
    """Doses taken per day and 1000 inhabitants.

    Parameters
    ----------
    consumed : DataArray, Quantity or str
        Consumption of pure drug, mass per time and population.
    dose : Quantity or str
        Mass of *pure* drug per dose. A street dose goes through :func:`pure_mass` first.

    Returns
    -------
    DataArray or Quantity [dose/d/1000 inhabitant]

    Raises
    ------
    UnitError
        As :func:`mass_load`.
    FactorError
        A load of a biomarker was given: it is no consumption before its factor is applied.

    Examples
    --------
    >>> round(doses("85.47 mg/d/1000 inhabitant", "30 mg/dose").magnitude, 3)
    2.849
    """
    a, d = as_units(("consumed", consumed, "mg/d/1000 inhabitant"), ("dose", dose, "mg/dose"))
    _of_one(consumed)
    if isinstance(consumed, xr.DataArray) and "biomarker" in consumed.coords and "drug" not in consumed.coords:
        raise FactorError("conversion-load-for-consumption")
    return _carry(stamp(_plain(a / d), "doses"), consumed)


@overload
def pure_mass(street_mass: xr.DataArray, purity: float) -> xr.DataArray: ...


@overload
def pure_mass(street_mass: Scalar, purity: float) -> Quantity: ...


def pure_mass(street_mass: xr.DataArray | Scalar, purity: float) -> xr.DataArray | Quantity:
    """Pure mass in a street mass; purity is the mass fraction of pure base.

    Raises
    ------
    FactorError
        Purity outside (0, 1].

    Examples
    --------
    >>> round(pure_mass("100 mg/dose", 0.6).magnitude, 6)
    60.0
    """
    if not 0 < purity <= 1:
        raise FactorError("conversion-purity", came=float(purity))
    mass = as_unit(street_mass, "mg/dose", "street_mass")
    return stamp(_plain(mass * purity), "dose_mass")


@overload
def base_mass(
    salt_mass: xr.DataArray, molar_mass_base: float | Quantity, molar_mass_salt: float | Quantity
) -> xr.DataArray: ...


@overload
def base_mass(salt_mass: Scalar, molar_mass_base: float | Quantity, molar_mass_salt: float | Quantity) -> Quantity: ...


def base_mass(
    salt_mass: xr.DataArray | Scalar, molar_mass_base: float | Quantity, molar_mass_salt: float | Quantity
) -> xr.DataArray | Quantity:
    """Mass of free base in a mass of salt, for example of the hydrochloride.

    Raises
    ------
    FactorError
        A molar mass that is not above 0, or a salt lighter than its base.

    Examples
    --------
    >>> round(base_mass("100 mg/dose", 149.233, 185.69).magnitude, 2)
    80.37
    """
    mass = as_unit(salt_mass, "mg/dose", "salt_mass")
    base, salt = _positive(molar_mass_base, "molar_mass_base"), _positive(molar_mass_salt, "molar_mass_salt")
    if salt < base:
        raise FactorError("conversion-light-salt", salt=salt, base=base)
    return stamp(_plain(mass * (base / salt)), "dose_mass")


def correct_recovery(concentration: xr.DataArray, recovery: float | xr.DataArray) -> xr.DataArray:
    """Divide by the method's recovery, once; not for results with an isotope-labelled internal standard.

    Raises
    ------
    FactorError
        Recovery was corrected before, or is not positive.

    Examples
    --------
    >>> c = xr.DataArray([80.0], dims="sample", attrs={"units": "ng/L"})
    >>> correct_recovery(c, 0.8).item()
    100.0
    """
    done = correction_once(concentration, "recovery")
    value = as_unit(concentration, "ng/L", "concentration")
    share = np.asarray(recovery, float)
    known = share[np.isfinite(share)]
    if not (known > 0).all():
        raise FactorError("conversion-recovery", came=float(known.min()))
    result = stamp(value / recovery, "concentration")
    result.attrs["corrected_for"] = done
    return result


def correction_once(value: object, name: str) -> str:
    """Return the list of corrections with ``name`` added, or refuse a second time.

    Raises
    ------
    FactorError
        The value is already corrected for it.

    Examples
    --------
    >>> correction_once(xr.DataArray(1.0, attrs={"corrected_for": "recovery"}), "stability")
    'recovery stability'
    """
    done = str(getattr(value, "attrs", {}).get("corrected_for", "")).split()
    if name in done:
        raise FactorError("conversion-corrected-already", name=name)
    return " ".join([*done, name])


def _plain(value: object) -> Plain:
    return cast(Plain, value)  # arithmetic of a union of float, array and DataArray


@overload
def _carry(result: xr.DataArray, source: object) -> xr.DataArray: ...


@overload
def _carry(result: xr.DataArray | Quantity, source: object) -> xr.DataArray | Quantity: ...


def _carry(result: xr.DataArray | Quantity, source: object) -> xr.DataArray | Quantity:
    """Keep the list of corrections and the kind of label through the chain."""
    if isinstance(result, xr.DataArray):
        if isinstance(source, xr.DataArray) and source.attrs.get("corrected_for"):
            result.attrs["corrected_for"] = source.attrs["corrected_for"]
        if "biomarker" in result.coords:
            result.attrs[LABEL] = "biomarker"
    return result


def _positive(value: float | Quantity, name: str) -> float:
    number = float(value.to(registry().Unit("g/mol")).magnitude) if hasattr(value, "to") else float(value)
    if not (np.isfinite(number) and number > 0):
        raise FactorError("conversion-not-positive", name=name, came=number)
    return number
