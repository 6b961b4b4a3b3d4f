"""How much of a load medicines explain: from what was prescribed to the share of what was measured.

Refuses to call the rest illicit: it is what these prescriptions do not explain, no more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import FactorError
from wbe.factors.compound_table import known_id
from wbe.factors.profile_types import Profile
from wbe.factors.profiles import profile as shipped
from wbe.factors.recovery import expected_load, numbered
from wbe.factors.spreads import tails
from wbe.uncertainty.terms import Term
from wbe.uncertainty.uncertain import Uncertain
from wbe.units import as_unit

_UNIT = "mg/d/1000 inhabitant"


def medicine_share(
    prescribed: Mapping[str, Any],
    measured: Any,
    biomarker: str,
    profile: str | Profile = "medicines",
    *,
    prescribed_cv: float = 0.1,
    measured_cv: float = 0.2,
    level: float = 0.95,
    n_draws: int = 20_000,
    seed: int = 20210624,
) -> pd.DataFrame:
    """Return the share of a measured load that prescriptions explain, and what they leave.

    Parameters
    ----------
    prescribed : mapping of DataArray or Quantity
        Drug (id or name) to the mass prescribed [mg/d/1000 inhabitant]; several drugs may give one biomarker, as
        morphine and codeine both give morphine.
    measured : DataArray or Quantity
        Load of the biomarker [mg/d/1000 inhabitant], over the same places or months.
    biomarker : str
        Id or name.
    profile : str or Profile
        With a factor of every drug by the biomarker.
    prescribed_cv, measured_cv : float
        Of each prescribed mass and of each load, independent from cell to cell; excretion is common to all cells.
    level : float
    n_draws, seed : int

    Returns
    -------
    DataFrame
        The places or months, measured, expected (median load from prescriptions), share with lower and upper,
        rest (measured less expected) with rest_lower and rest_upper [mg/d/1000 inhabitant], by_drug (each drug's part
        of the expected load), statement.

    Raises
    ------
    FactorError
        Nothing prescribed, a drug without a factor by the biomarker, a load that is not above 0, or places that differ.

    Examples
    --------
    >>> sold = xr.DataArray([3.0, 3.0], dims="month", coords={"month": ["2022-12", "2023-01"]}, attrs={"units": _UNIT})
    >>> load = xr.DataArray([8.0, 2.0], dims="month", coords=sold.coords, attrs={"units": _UNIT})
    >>> found = medicine_share({"morphine": sold, "可待因": (4 * sold).assign_attrs(units=_UNIT)}, load, "吗啡")
    >>> found["share"].round(2).tolist()
    [0.4, 1.6]
    """
    _, upper_tail = tails(level, "medicine share")
    if not prescribed:
        raise FactorError("medicine share: nothing prescribed; needed at least one drug with its mass.")
    biomarker = known_id(biomarker)
    chosen = profile if isinstance(profile, Profile) else shipped(profile)
    load = _cells(measured, f"measured load of {biomarker}")
    if not bool((np.isfinite(load) & (load > 0)).all()):
        raise FactorError(f"medicine share: measured load of {biomarker}; needed finite loads above 0 in every cell.")
    parts: dict[str, xr.DataArray] = {}
    for name, mass in prescribed.items():
        drug = known_id(name)
        factor = chosen.factor(drug, biomarker)
        if factor is None:
            raise FactorError(
                f"{drug}: the profile {chosen.name} has no factor of it by {biomarker}; take the profile 'medicines' "
                "or lay a claim of your own over this one."
            )
        cells = _cells(mass, f"prescribed {drug}")
        if cells.dims != load.dims or any(not cells[d].equals(load[d]) for d in load.dims):
            raise FactorError(f"prescribed {drug}: its places or months are not those of the measured load.")
        # the drug as a coordinate: each has an excretion of its own
        expected = expected_load(
            cells.assign_coords(drug=drug).assign_attrs(units=_UNIT), factor, consumption_cv=prescribed_cv
        )
        parts[drug] = expected.draws(n_draws, seed).drop_vars("drug")
    seen = Uncertain(load).with_term(Term("measured", tuple(map(str, load.dims)), _log_sd(measured_cv)))
    drawn = seen.draws(n_draws, seed)
    total = sum(parts.values(), xr.zeros_like(drawn))
    levels = [1 - upper_tail, 0.5, upper_tail]
    share, rest = ((x.quantile(levels, dim="draw")) for x in (total / drawn, drawn - total))
    centre = total.median("draw")
    by_drug = {drug: part.median("draw") / centre for drug, part in parts.items()}
    rows = []
    for at in np.ndindex(load.shape):
        low, mid, high = (float(v) for v in share.values[(slice(None), *at)])
        rows.append({
            **{str(d): load[d].values[i] for d, i in zip(load.dims, at, strict=True)},
            "measured": float(load.values[at]), "expected": float(centre.values[at]),
            "share": mid, "lower": low, "upper": high,
            **dict(zip(("rest_lower", "rest", "rest_upper"), map(float, rest.values[(slice(None), *at)]), strict=True)),
            "by_drug": "; ".join(f"{d} {float(v.values[at]):.0%}" for d, v in by_drug.items()),
            "statement": _statement(biomarker, low, mid, high),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _cells(value: Any, name: str) -> xr.DataArray:
    mass = as_unit(value, _UNIT, name)
    return numbered(mass if isinstance(mass, xr.DataArray) else xr.DataArray(float(mass)))


def _log_sd(cv: float) -> float:
    if not 0 < cv < math.inf:
        raise FactorError(f"medicine share: measured_cv is {cv!r}; needed a finite number above 0.")
    return math.sqrt(math.log1p(cv**2))


def _statement(biomarker: str, low: float, mid: float, high: float) -> str:
    said = f"The prescriptions explain {mid:.0%} ({low:.0%}-{high:.0%}) of the {biomarker} load"
    if low > 1:
        return (
            f"{said}: more than there is. Not all was taken, the sewer lost some, the prescriptions belong to more "
            "people than the catchment, or the factor is too high."
        )
    if high >= 1:
        return f"{said}: they may explain all of it."
    return f"{said}; the rest has other sources, which this does not name."
