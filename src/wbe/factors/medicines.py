"""How much of a load medicines explain: from what was prescribed to the share of what was measured.

Refuses to call the rest illicit: it is what these prescriptions do not explain, no more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from wbe.factors.compound_table import known_id
from wbe.factors.profile_types import Profile
from wbe.factors.profiles import profile as shipped
from wbe.factors.recovery import expected_load, numbered
from wbe.factors.refusals import refuse
from wbe.factors.rules import tails
from wbe.messages import Note, Words
from wbe.uncertainty.terms import Term
from wbe.uncertainty.uncertain import Uncertain
from wbe.units import as_unit

if TYPE_CHECKING:
    from pint.facets.plain import PlainQuantity

    Quantity = PlainQuantity[float]

__all__ = ["medicine_share"]

_UNIT = "mg/d/1000 inhabitant"


def medicine_share(
    prescribed: Mapping[str, xr.DataArray | Quantity | str],
    measured: xr.DataArray | Quantity | str,
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
        of the expected load), statement, statement_code.

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
    _, upper_tail = tails(level, Words("medicine share", "药品份额"))
    if not prescribed:
        refuse("factors-medicine-nothing")
    biomarker = known_id(biomarker)
    chosen = profile if isinstance(profile, Profile) else shipped(profile)
    load = _cells(measured, f"measured load of {biomarker}")
    if not bool((np.isfinite(load) & (load > 0)).all()):
        refuse("factors-medicine-load", biomarker=biomarker)
    parts: dict[str, xr.DataArray] = {}
    for name, mass in prescribed.items():
        drug = known_id(name)
        factor = chosen.factor(drug, biomarker)
        if factor is None:
            refuse("factors-medicine-no-factor", drug=drug, profile=chosen.name, biomarker=biomarker)
        cells = _cells(mass, f"prescribed {drug}")
        if cells.dims != load.dims or any(not cells[d].equals(load[d]) for d in load.dims):
            refuse("factors-medicine-places", drug=drug)
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
        said = _statement(biomarker, low, mid, high)
        rows.append({
            **{str(d): load[d].values[i] for d, i in zip(load.dims, at, strict=True)},
            "measured": float(load.values[at]), "expected": float(centre.values[at]),
            "share": mid, "lower": low, "upper": high,
            **dict(zip(("rest_lower", "rest", "rest_upper"), map(float, rest.values[(slice(None), *at)]), strict=True)),
            "by_drug": "; ".join(f"{d} {float(v.values[at]):.0%}" for d, v in by_drug.items()),
            "statement": said.text(), "statement_code": said.code,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _cells(value: xr.DataArray | Quantity | str, name: str) -> xr.DataArray:
    mass = as_unit(value, _UNIT, name)
    return numbered(mass if isinstance(mass, xr.DataArray) else xr.DataArray(float(mass)))


def _log_sd(cv: float) -> float:
    if not 0 < cv < math.inf:
        refuse("factors-medicine-cv", came=repr(cv))
    return math.sqrt(math.log1p(cv**2))


def _statement(biomarker: str, low: float, mid: float, high: float) -> Note:
    part = "more" if low > 1 else "all" if high >= 1 else "part"
    values = {"mid": f"{mid:.0%}", "low": f"{low:.0%}", "high": f"{high:.0%}"}
    return Note(f"factors-medicine-explains-{part}", biomarker=biomarker, **values)
