"""Recovery implied by summary figures, and the forward direction: what load prescriptions should give.

Refuses a recovery above 100 %; a forward load keeps excretion shared by drug, so that it cancels where it should.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy import special

from wbe.errors import FactorError
from wbe.factors.calibration import refuse_impossible
from wbe.factors.profile_types import Factor, Profile
from wbe.factors.spreads import tails
from wbe.uncertainty import Distribution, Term, Uncertain
from wbe.units import as_unit

# expected range of n standard normal values, by Gauss-Legendre on the order statistics; exact enough for a spread
_SQRT_HALF_PI = math.sqrt(math.pi / 2)


@dataclass(frozen=True)
class Recovery:
    """Share of a dispensed medicine that a set of loads shows.

    Attributes
    ----------
    drug : str
    median, lower, upper : float
        Share of the dispensed mass found in sewage and its interval for the median place.
    expected : float
        Labelled urinary recovery (NaN if not given).
    n : int
    log_sd : float
        Spread between the loads, on logs, read from their smallest and largest.
    verdict : str
        One sentence.
    """

    drug: str
    median: float
    lower: float
    upper: float
    expected: float
    n: int
    log_sd: float
    verdict: str


def expected_range(n: int) -> float:
    """Return the mean range of ``n`` standard normal values.

    Examples
    --------
    >>> round(expected_range(2), 4), round(expected_range(12), 3)
    (1.1284, 3.258)
    """
    if n < 2:
        raise FactorError(f"range: n is {n}; needed at least 2 values.")
    z = np.linspace(-9, 9, 4001)
    p = special.ndtr(z)
    return float(np.trapezoid(1 - p**n - (1 - p) ** n, z))


def implied_recovery(
    drug: str,
    *,
    load_median: float,
    load_min: float,
    load_max: float,
    n: int,
    dispensed: float,
    dispensed_cv: float = 0.1,
    expected: float = math.nan,
    level: float = 0.95,
) -> Recovery:
    """Return the recovery that a median load implies, with an interval from the spread of the loads.

    Parameters
    ----------
    drug : str
    load_median, load_min, load_max : float
        Mass for each head and day of ``n`` loads, in the unit of ``dispensed``.
    n : int
    dispensed : float
        Mass dispensed for each head and day.
    dispensed_cv : float
        Its coefficient of variation.
    expected : float, optional
        Labelled urinary recovery of the parent (0-1), to compare with.

    Raises
    ------
    FactorError
        The implied recovery is above 100 %.

    Examples
    --------
    >>> found = implied_recovery("tramadol", load_median=179.42, load_min=5.02, load_max=678.5, n=12,
    ...     dispensed=646.19, expected=0.30)
    >>> round(found.median, 3), found.lower < 0.30 < found.upper
    (0.278, True)
    """
    upper_tail = tails(level, f"{drug}: implied recovery")[1]
    _refuse_summary(drug, load_median, load_min, load_max, n, dispensed, dispensed_cv, expected)
    median = float(load_median / dispensed)
    refuse_impossible(median, drug)
    log_sd = math.log(load_max / load_min) / expected_range(n)
    # standard error of a median of n normal values, and the dispensed mass
    se = math.hypot(_SQRT_HALF_PI * log_sd / math.sqrt(n), math.sqrt(math.log1p(dispensed_cv**2)))
    half = float(special.stdtrit(n - 1, upper_tail)) * se
    lower, upper = median * math.exp(-half), median * math.exp(half)
    return Recovery(drug, median, lower, upper, expected, n, log_sd, _verdict(drug, median, lower, upper, expected))


def _refuse_summary(
    drug: str,
    median: float,
    lowest: float,
    highest: float,
    n: int,
    dispensed: float,
    dispensed_cv: float,
    expected: float,
) -> None:
    faults = [
        f"{drug}: {name} is {value!r}; needed a finite number above 0"
        for name, value in (("load_median", median), ("load_min", lowest), ("load_max", highest),
                            ("dispensed", dispensed), ("dispensed_cv", dispensed_cv))
        if not 0 < value < math.inf
    ]  # fmt: skip
    if expected <= 0 or expected > 1:  # NaN: no label
        faults.append(f"{drug}: expected is {expected!r}; a labelled recovery is above 0 and at most 1. A percentage?")
    if not faults and not lowest <= median <= highest:
        faults.append(
            f"{drug}: smallest, median and largest load are {lowest:g}, {median:g}, {highest:g}; needed rising"
        )
    if faults:
        raise FactorError("\n".join(faults))


def _verdict(drug: str, median: float, lower: float, upper: float, expected: float) -> str:
    said = f"{drug}: {100 * median:.0f} % ({100 * lower:.0f}-{100 * upper:.0f} %)"
    if upper > 1:
        said += ", bounded above only by 100 %"
    if math.isnan(expected):
        return said
    if lower <= expected <= upper:
        wide = "; the interval is too wide to test the label" if upper / lower > 6 else ""
        return f"{said}, agrees with the labelled {100 * expected:.0f} %{wide}"
    side = "above" if lower > expected else "below"
    why = (
        "other routes into the sewer (faeces, unused medicine, conjugates that turn back), longer excretion than the "
        "label's collection, or places that dispense more than the country's mean"
        if side == "above"
        else "loss in the sewer or on solids, or medicine that was dispensed and not taken"
    )
    return f"{said}, {side} the labelled {100 * expected:.0f} %: {why}"


def expected_load(
    consumption: Any,
    factor: Factor,
    *,
    consumption_cv: float = 0.0,
    compliance: Distribution | None = None,
    surviving: Distribution | None = None,
) -> Uncertain:
    """Return the load that known consumption should give: the forward direction.

    Parameters
    ----------
    consumption : DataArray or Quantity
        Pure drug dispensed [mg/d/1000 inhabitant]; a DataArray carries ``units`` and its places or months.
    factor : Factor
        For example ``profile("medicines").factor("tramadol")``.
    consumption_cv : float
        Of the dispensed mass, independent from cell to cell.
    compliance : Distribution, optional
        Share of what was dispensed that was taken; refused when the factor's claim includes it.
    surviving : Distribution, optional
        Share that survives the sewer; refused when the factor's claim includes it.

    Returns
    -------
    Uncertain
        Load of the biomarker [mg/d/1000 inhabitant]. Excretion is drawn once for the drug.

    Raises
    ------
    FactorError
        A correction that the claim already absorbs.

    Examples
    --------
    >>> from wbe.factors import profile
    >>> sold = xr.DataArray([640.0, 1280.0], dims="place", coords={"place": ["a", "b"]},
    ...     attrs={"units": "mg/d/1000 inhabitant"})
    >>> load = expected_load(sold, profile("medicines").factor("tramadol"))
    >>> load.quantiles([0.5]).values.round(0).tolist()
    [[192.0, 384.0]]
    """
    from wbe.factors.transformation import refuse_absorbed

    mass = as_unit(consumption, "mg/d/1000 inhabitant", "consumption")
    central = numbered(mass if isinstance(mass, xr.DataArray) else xr.DataArray(float(mass)))
    load = Uncertain(central * (factor.fraction.median() / factor.mass_ratio))
    load = load.with_term(Term("excretion", ("drug",), {factor.drug: factor.fraction}), 1.0) if (
        "drug" in central.coords
    ) else load.with_term(Term("excretion", (), factor.fraction), 1.0)  # fmt: skip
    if consumption_cv:
        log_sd = math.sqrt(math.log1p(consumption_cv**2))
        load = load.with_term(Term("dispensed", tuple(map(str, central.dims)), log_sd), 1.0)
    for name, d, correction in (("compliance", compliance, "unused"), ("stability", surviving, "sewer_loss")):
        if d is not None:
            refuse_absorbed(factor, correction)
            load = (load * d.median()).with_term(Term(name, (), d), 1.0)
    return load


def numbered(cells: xr.DataArray) -> xr.DataArray:
    """Give a dimension without names its positions as names: errors are drawn by them.

    Examples
    --------
    >>> numbered(xr.DataArray([5.0, 6.0], dims="place"))["place"].values.tolist()
    [0, 1]
    """
    return cells.assign_coords({d: np.arange(n) for d, n in cells.sizes.items() if d not in cells.coords})


def implied_consumption(
    loads: pd.DataFrame, profiles: list[Profile], *, column: str = "load", level: float = 0.95
) -> pd.DataFrame:
    """Return the consumption that measured loads imply under each profile.

    Parameters
    ----------
    loads : DataFrame
        Columns ``biomarker`` and ``column`` (any mass for each head and day).
    profiles : list of Profile

    Returns
    -------
    DataFrame
        One row for each biomarker and profile: drug, biomarker, profile, n, load (median), load_low, load_high
        (smallest and largest), consumption (at the median load), lower, upper (excretion alone), status, note.
    """
    rows = []
    tail, _ = tails(level, "implied consumption")
    for biomarker, group in loads.groupby("biomarker", sort=False):
        values = group[column].dropna()
        centre = float(values.median())
        base = {
            "biomarker": biomarker, "n": len(values), "load": centre,
            "load_low": float(values.min()), "load_high": float(values.max()),
        }  # fmt: skip
        for p in profiles:
            drug = p.drug_of(str(biomarker))
            found = p.factor(drug, str(biomarker)) if drug else None
            if found is None:
                note = p.why_none(str(biomarker)) or f"{p.name} has no factor by {biomarker}"
                rows.append({**base, "drug": "", "profile": p.name, "status": "no_factor", "note": note})
                continue
            low, mid, high = (found.mass_ratio / float(q) for q in found.fraction.quantile([1 - tail, 0.5, tail]))
            rows.append({
                **base, "drug": found.drug, "profile": p.name, "consumption": centre * mid, "lower": centre * low,
                "upper": centre * high, "status": found.status, "note": found.note,
            })  # fmt: skip
    return pd.DataFrame(rows)
