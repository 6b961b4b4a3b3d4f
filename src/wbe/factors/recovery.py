"""Recovery implied by summary figures, and the forward direction: what load prescriptions should give.

Refuses a recovery above 100 %; a forward load keeps excretion shared by drug, so that it cancels where it should.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from scipy import special

from wbe.factors.calibration import refuse_impossible
from wbe.factors.profile_types import Factor, Profile
from wbe.factors.refusals import refuse, refuse_all
from wbe.factors.rules import rules, tails
from wbe.factors.transformation import refuse_absorbed
from wbe.messages import Note, Words
from wbe.uncertainty import Distribution, Term, Uncertain
from wbe.units import as_unit

if TYPE_CHECKING:
    from pint.facets.plain import PlainQuantity

    Quantity = PlainQuantity[float]

__all__ = ["Recovery", "expected_load", "expected_range", "implied_consumption", "implied_recovery", "numbered"]

# expected range of n standard normal values, by Gauss-Legendre on the order statistics; exact enough for a spread
_SQRT_HALF_PI = math.sqrt(math.pi / 2)


@dataclass(frozen=True)
class Recovery:
    """Share of a dispensed medicine that a set of loads shows.

    Attributes
    ----------
    drug : str
    median, lower, upper : float
        Share of the dispensed mass found in sewage and its interval for the median place (NaN for too few loads).
    expected : float
        Labelled urinary recovery (NaN if not given).
    n : int
    log_sd : float
        Spread between the loads, on logs, read from their smallest and largest.
    verdict_note : Note
        ``verdict`` says it in one sentence.
    """

    drug: str
    median: float
    lower: float
    upper: float
    expected: float
    n: int
    log_sd: float
    verdict_note: Note

    @property
    def verdict(self) -> str:
        """What the loads say of the label, in the language in force."""
        return self.verdict_note.text()


def expected_range(n: int) -> float:
    """Return the mean range of ``n`` standard normal values.

    Raises
    ------
    FactorError
        The number of values is impossible.

    Examples
    --------
    >>> round(expected_range(2), 4), round(expected_range(12), 3)
    (1.1284, 3.258)
    """
    if n < 2:
        refuse("factors-range", n=n)
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
    upper_tail = tails(level, Words(f"{drug}: implied recovery", f"{drug}：推算回收率"))[1]
    _refuse_summary(drug, load_median, load_min, load_max, n, dispensed, dispensed_cv, expected)
    median = float(load_median / dispensed)
    refuse_impossible(median, Words(drug, drug))
    log_sd = math.log(load_max / load_min) / expected_range(n)
    # standard error of a median of n normal values, and the dispensed mass
    se = math.hypot(_SQRT_HALF_PI * log_sd / math.sqrt(n), math.sqrt(math.log1p(dispensed_cv**2)))
    half = float(special.stdtrit(n - 1, upper_tail)) * se
    lower, upper = median * math.exp(-half), median * math.exp(half)
    if n < int(rules()["recovery"]["least_loads"]):
        lower = upper = math.nan
    return Recovery(drug, median, lower, upper, expected, n, log_sd, _verdict(drug, median, lower, upper, expected, n))


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
        Note("factors-summary-number", drug=drug, name=name, came=repr(value))
        for name, value in (("load_median", median), ("load_min", lowest), ("load_max", highest),
                            ("dispensed", dispensed), ("dispensed_cv", dispensed_cv))
        if not 0 < value < math.inf
    ]  # fmt: skip
    if expected <= 0 or expected > 1:  # NaN: no label
        faults.append(Note("factors-summary-label", drug=drug, came=repr(expected)))
    if not faults and not lowest <= median <= highest:
        faults.append(Note("factors-summary-order", drug=drug, lowest=lowest, median=median, highest=highest))
    refuse_all(faults)


def _verdict(drug: str, median: float, lower: float, upper: float, expected: float, n: int) -> Note:
    numbers = {"drug": drug, "median": f"{100 * median:.0f}", "lower": f"{100 * lower:.0f}"}
    said = (
        Note("factors-recovery-open", **numbers)
        if upper > 1
        else Note("factors-recovery", **numbers, upper=f"{100 * upper:.0f}")
    )
    limits = rules()["recovery"]
    if n < int(limits["least_loads"]):
        return Note("factors-recovery-too-few", drug=drug, n=n, median=numbers["median"])
    if math.isnan(expected):
        return said
    label = f"{100 * expected:.0f}"
    if not lower <= expected <= upper:
        side = "above" if lower > expected else "below"
        return Note(f"factors-recovery-{side}", said=said, label=label)
    wide = upper / lower > float(limits["too_wide"])
    return Note("factors-recovery-untested" if wide else "factors-recovery-agrees", said=said, label=label)


def expected_load(
    consumption: xr.DataArray | Quantity | str,
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
        (smallest and largest), consumption (at the median load), lower, upper (excretion alone), status, note,
        note_codes.
    """
    rows = []
    tail, _ = tails(level, Words("implied consumption", "推算消费量"))
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
                why = p.why_none_note(str(biomarker)) or Note(
                    "factors-no-factor-by", profile=p.name, biomarker=str(biomarker)
                )
                rows.append({
                    **base, "drug": "", "profile": p.name, "status": "no_factor", "note": why.text(),
                    "note_codes": why.code,
                })  # fmt: skip
                continue
            low, mid, high = (found.mass_ratio / float(q) for q in found.fraction.quantile([1 - tail, 0.5, tail]))
            rows.append({
                **base, "drug": found.drug, "profile": p.name, "consumption": centre * mid, "lower": centre * low,
                "upper": centre * high, "status": found.status, "note": found.note, "note_codes": "",
            })  # fmt: skip
    return pd.DataFrame(rows)
