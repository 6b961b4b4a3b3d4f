"""The back-calculation chain as pure functions: concentration to mass load, consumption, doses.

Each function checks units at its door and stamps its result. Refused: a factor for another biomarker,
a mass fraction offered as molar, an impossible fraction, and a correction applied a second time.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import xarray as xr

from wbe.errors import FactorError
from wbe.units import as_units, registry, stamp


def mass_load(concentration: Any, flow: Any) -> Any:
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
    return _carry(stamp(c * q * 1e-6, "mass_load"), concentration)


def normalised_load(load: Any, population: Any) -> Any:
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

    Source
    ------
    European Union Drugs Agency, wastewater analysis and drugs, method notes, 2025.

    Examples
    --------
    >>> round(normalised_load("10 g/d", "300000 inhabitant").magnitude, 2)
    33.33
    """
    m, p = as_units(("load", load, "g/d"), ("population", population, "inhabitant"))
    return _carry(stamp(m * 1e6 / p, "normalised_load"), load)


def mass_ratio(molar_mass_drug: float, molar_mass_biomarker: float) -> float:
    """Mass of drug that holds as many molecules as one mass unit of its biomarker.

    Both are the free bases; a salt must be turned into its base first (:func:`base_mass`).

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
        The fraction is outside (0, 1], or the basis is not one of the two.

    Source
    ------
    Gracia-Lor et al. 2016, doi:10.1016/j.scitotenv.2016.08.179.

    Examples
    --------
    >>> round(correction_factor(1.04848, 0.29, basis="molar"), 3)
    3.615
    """
    if not (np.isfinite(fraction) and 0 < fraction <= 1):
        raise FactorError(
            f"fraction: got {fraction!r}; needed a share of the dose above 0 and at most 1 (29 % is 0.29)."
        )
    if basis == "molar":
        return _positive(ratio, "ratio") / fraction
    if basis == "mass":
        return 1.0 / fraction
    raise FactorError(f"basis: got {basis!r}; needed 'molar' or 'mass': say what the fraction counts.")


def consumption(load: Any, factor: Any) -> Any:
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
        The load is of another biomarker, or does not say of which.

    Source
    ------
    Zuccato et al. 2008, doi:10.1289/ehp.11022.
    """
    (value,) = as_units(("load", load, "mg/d/1000 inhabitant"))
    value = of_biomarker(value, factor.biomarker, factor.drug)
    return _carry(stamp(value * factor.correction_factor, "consumption"), load).assign_coords(drug=factor.drug)


def of_biomarker(value: xr.DataArray, biomarker: str, drug: str) -> xr.DataArray:
    """Take one biomarker's values, or say that they are not there.

    Raises
    ------
    FactorError
        ``value`` is not labelled by biomarker, or holds another one.
    """
    held = np.atleast_1d(value["biomarker"].values).tolist() if "biomarker" in getattr(value, "coords", {}) else []
    if biomarker not in held:
        raise FactorError(
            f"load: the factor for {drug} is for its biomarker {biomarker}; the load is of "
            f"{', '.join(map(str, held)) or 'no named biomarker'}. A mass of one substance is not a mass of another."
        )
    # the scalar label stays: it says which biomarker the consumption was read from
    return value.sel(biomarker=biomarker) if "biomarker" in value.dims else value


def doses(consumed: Any, dose: Any) -> Any:
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

    Examples
    --------
    >>> round(doses("85.47 mg/d/1000 inhabitant", "30 mg/dose").magnitude, 3)
    2.849
    """
    a, d = as_units(("consumed", consumed, "mg/d/1000 inhabitant"), ("dose", dose, "mg/dose"))
    return _carry(stamp(a / d, "doses"), consumed)


def pure_mass(street_mass: Any, purity: float) -> Any:
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
        raise FactorError(f"purity: got {purity!r}; needed a mass fraction above 0 and at most 1.")
    (mass,) = as_units(("street_mass", street_mass, "mg/dose"))
    return stamp(mass * purity, "dose_mass")


def base_mass(salt_mass: Any, molar_mass_base: float, molar_mass_salt: float) -> Any:
    """Mass of free base in a mass of salt, for example of the hydrochloride.

    Examples
    --------
    >>> round(base_mass("100 mg/dose", 149.233, 185.69).magnitude, 2)
    80.37
    """
    (mass,) = as_units(("salt_mass", salt_mass, "mg/dose"))
    share = _positive(molar_mass_base, "molar_mass_base") / _positive(molar_mass_salt, "molar_mass_salt")
    if share > 1:
        raise FactorError(
            f"molar_mass_salt: got {molar_mass_salt}, below the base's {molar_mass_base}; "
            "a salt is heavier than its base."
        )
    return stamp(mass * share, "dose_mass")


def correct_recovery(concentration: xr.DataArray, recovery: Any) -> xr.DataArray:
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
    (value,) = as_units(("concentration", concentration, "ng/L"))
    share = np.asarray(recovery, float)
    if not (share[np.isfinite(share)] > 0).all():
        raise FactorError(f"recovery: got {recovery!r}; needed a share above 0 (95 % is 0.95).")
    result = stamp(value / recovery, "concentration")
    result.attrs["corrected_for"] = done
    return result


def correction_once(value: Any, name: str) -> str:
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
        raise FactorError(f"{name}: this value is already corrected for {name}; a correction is applied once.")
    return " ".join([*done, name])


def _carry(result: Any, source: Any) -> Any:
    """Keep the list of corrections through the chain."""
    done = getattr(source, "attrs", {}).get("corrected_for") if isinstance(source, xr.DataArray) else None
    if done and isinstance(result, xr.DataArray):
        result.attrs["corrected_for"] = done
    return result


def _positive(value: Any, name: str) -> float:
    number = float(value.to(registry().Unit("g/mol")).magnitude) if hasattr(value, "to") else float(value)
    if not (np.isfinite(number) and number > 0):
        raise FactorError(f"{name}: got {value!r}; needed a positive number.")
    return number
