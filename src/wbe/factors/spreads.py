"""From a claim row to a distribution: what was printed becomes the centre, what was left unsaid becomes spread.

Refuses a claim without a number, or whose basis is not known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from wbe.errors import UncertaintyError, WbeError
from wbe.factors.claim_rows import place_of
from wbe.factors.compound_table import mass_of
from wbe.factors.logit import LogitT
from wbe.factors.refusals import refuse
from wbe.factors.rules import Z95, rules
from wbe.messages import Note
from wbe.uncertainty.distributions import Beta, Distribution, LogNormal, Triangular
from wbe.uncertainty.moments import fraction

__all__ = ["beta_about", "dose_of", "fraction_of", "printed_error", "route_mix"]


def fraction_of(row: Mapping[str, Any], relative_sd: float | None = None) -> Distribution:
    """Return the molar excretion fraction of one claim.

    The printed number is the median. Its spread adds, in quadrature, what was printed (standard error of the mean,
    interval or range) and what any single study leaves open: the spread between studies, on the logit scale.

    Parameters
    ----------
    row : mapping
        A claim of quantity ``excretion_fraction``.
    relative_sd : float, optional
        A profile's own choice of spread, in place of all that.

    Raises
    ------
    FactorError
        No number, another quantity, or a basis that was not stated.
    """
    place = place_of(row)
    if row["quantity"] != "excretion_fraction":
        refuse("factors-claim-no-fraction", place=place, quantity=row["quantity"])
    if row["basis"] not in ("molar", "mass"):
        refuse("factors-claim-basis-unstated", place=place, came=str(row["basis"] or "–"))
    value, low, high = (float(row.get(c, math.nan)) for c in ("value", "low", "high"))
    if math.isnan(value):
        if math.isnan(low) or math.isnan(high):
            refuse("factors-claim-no-number", place=place)
        value = (low + high) / 2
    sd = relative_sd * value if relative_sd is not None else _total_sd(row, value, low, high)
    scale = 1.0
    if row["basis"] == "mass":
        # gram per gram to mole per mole
        scale = mass_of(row["drug"]) / mass_of(row["biomarker"])
    if value * scale >= 1:
        refuse("factors-claim-more-than-taken", place=place, came=f"{value * scale:.3g}")
    if row.get("distribution") == "logit-t" and relative_sd is None:
        return _kept(row, place, scale)
    try:
        if row.get("distribution") == "lognormal":
            return fraction(LogNormal(median=value * scale, cv=sd / value), str(place))
        return beta_about(value * scale, sd * scale)
    except UncertaintyError as err:
        refuse("factors-claim-spread", place=place, detail=err)


def _kept(row: Mapping[str, Any], place: Note, scale: float) -> Distribution:
    """The distribution that a pool or a calibration fitted: its median, bounds and degrees of freedom."""
    df = float(row.get("df", math.nan))
    low, centre, high = (float(row.get(c, math.nan)) * scale for c in ("low", "value", "high"))
    if math.isnan(low) or math.isnan(high):
        refuse("factors-claim-no-number", place=place)
    try:
        return LogitT(centre, low, high, math.inf if math.isnan(df) else df)
    except WbeError as err:
        refuse("factors-claim-spread", place=place, detail=err)


def _total_sd(row: Mapping[str, Any], value: float, low: float, high: float) -> float:
    if row.get("spread_kind") == "predictive":
        # pooled or calibrated here: the spread between populations is inside
        return float(row["spread"])
    between = float(rules()["spread"]["between_studies_logit"]) * value * (1 - value)
    return math.hypot(printed_error(row, low, high), between)


def printed_error(row: Mapping[str, Any], low: float, high: float) -> float:
    """Standard error of the mean as the source allows to read it.

    Raises
    ------
    FactorError
        The printed spread is negative.
    """
    spread, kind = float(row.get("spread", math.nan)), row.get("spread_kind", "")
    if not math.isnan(spread):
        n = str(row.get("n", ""))
        if not spread >= 0:
            refuse("factors-claim-spread-negative", place=place_of(row), came=spread)
        return spread / math.sqrt(int(n)) if kind == "sd" and n.isdigit() and int(n) > 0 else spread
    if math.isnan(low) or math.isnan(high):
        return 0.0
    return (high - low) / (2 * Z95) if kind == "ci95" else (high - low) / math.sqrt(12)


def beta_about(median: float, sd: float) -> Beta:
    """Return the Beta with this median and standard deviation.

    Examples
    --------
    >>> round(beta_about(0.39, 0.07).median(), 9)
    0.39
    """
    mean = median
    for _ in range(60):
        found = Beta(mean=mean, sd=sd)
        step = median - found.median()
        if abs(step) < 1e-12:
            break
        mean = min(max(mean + step, 1e-6), 1 - 1e-6)
    return found


def route_mix(parts: Sequence[tuple[float, Distribution]]) -> Beta:
    """Return the fraction of a population that uses several routes: sum of pi_r f_r, pi Dirichlet.

    Not the mean of correction factors: 1/f is convex, so that mean is too high.

    Parameters
    ----------
    parts : sequence of (alpha, Distribution)
        Dirichlet weight (as a count of persons or studies) and excretion fraction of each route.

    Returns
    -------
    Beta
        With the exact mean and variance of the mix.

    Examples
    --------
    >>> mix = route_mix([(8.0, Beta(mean=0.2, sd=0.02)), (2.0, Beta(mean=0.4, sd=0.04))])
    >>> round(mix.mean(), 6)
    0.24
    """
    total = sum(alpha for alpha, _ in parts)
    share = [alpha / total for alpha, _ in parts]
    means = [d.mean() for _, d in parts]
    mean = sum(s * m for s, m in zip(share, means, strict=True))
    second = 0.0
    for i, (alpha, d) in enumerate(parts):
        for j, (other, _) in enumerate(parts):
            moment = (alpha * (other + (i == j))) / (total * (total + 1))
            second += moment * (d.sd() ** 2 + means[i] ** 2 if i == j else means[i] * means[j])
    return Beta(mean=mean, sd=math.sqrt(max(second - mean * mean, 1e-12)))


def dose_of(row: Mapping[str, Any]) -> Distribution:
    """Return the mass of pure drug in one dose [mg/dose] of one claim.

    Raises
    ------
    FactorError
        A street dose (its purity is not known), another unit, or no number.
    """
    place = place_of(row)
    if row["quantity"] != "dose" or row["unit"] != "mg/dose":
        refuse("factors-dose-unit", place=place, quantity=row["quantity"], unit=str(row["unit"]))
    if row.get("basis") != "pure":
        refuse("factors-dose-street", place=place, basis=str(row.get("basis") or "–"))
    try:
        return _dose(row)
    except UncertaintyError as err:
        refuse("factors-claim-spread", place=place, detail=err)


def _dose(row: Mapping[str, Any]) -> Distribution:
    value, low, high = (float(row.get(c, math.nan)) for c in ("value", "low", "high"))
    bounded = not math.isnan(low) and not math.isnan(high)
    if row.get("distribution") == "triangular" and bounded:
        return Triangular(low, value if not math.isnan(value) else (low + high) / 2, high)
    if math.isnan(value) and not bounded:
        refuse("factors-claim-no-number", place=place_of(row))
    if math.isnan(value):
        return LogNormal.from_interval(low, high)
    if bounded:
        return LogNormal(median=value, gsd=math.exp(math.log(high / low) / (2 * Z95)))
    return LogNormal(median=value, cv=float(rules()["spread"]["dose_cv"]))
