"""From a claim row to a distribution: what was printed becomes the centre, what was left unsaid becomes spread.

Refuses a claim without a number, or whose basis is not known.
"""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from wbe.errors import FactorError, UncertaintyError
from wbe.factors.compound_table import mass_of, packaged
from wbe.uncertainty.distributions import Beta, Distribution, LogNormal, Triangular
from wbe.uncertainty.moments import fraction

_Z95 = 1.959963984540054


@functools.cache
def rules() -> Mapping[str, Any]:
    """Return ``data/factor_rules.toml``: spreads that papers leave unsaid, pairs never to be used, corrections."""
    return tomllib.loads(packaged("factor_rules.toml"))


def tails(level: float, what: str) -> tuple[float, float]:
    """Return the two probabilities between which a central interval of this level lies.

    Raises
    ------
    FactorError
        A level outside (0, 1).

    Examples
    --------
    >>> [round(p, 3) for p in tails(0.9, "pool")]
    [0.05, 0.95]
    """
    if isinstance(level, bool) or not isinstance(level, float | int) or not 0 < level < 1:
        raise FactorError(f"{what}: level is {level!r}; needed a probability between 0 and 1, e.g. 0.95.")
    return 0.5 - level / 2, 0.5 + level / 2


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
    place = f"{row['table']} row {row['row']} ({row['id']})"
    if row["quantity"] != "excretion_fraction":
        raise FactorError(f"{place}: is a claim of {row['quantity']}, not an excretion fraction. Choose another.")
    if row["basis"] not in ("molar", "mass"):
        raise FactorError(
            f"{place}: the basis is {row['basis'] or 'missing'}; a fraction is used only when its source says molar "
            "or mass. Confirm it in the source and add a user's claim that states it."
        )
    value, low, high = (float(row.get(c, math.nan)) for c in ("value", "low", "high"))
    if math.isnan(value):
        if math.isnan(low) or math.isnan(high):
            raise FactorError(f"{place}: has no number to use (value empty, range incomplete). Choose another claim.")
        value = (low + high) / 2
    sd = relative_sd * value if relative_sd is not None else _total_sd(row, value, low, high)
    scale = 1.0
    if row["basis"] == "mass":
        # gram per gram to mole per mole
        scale = mass_of(row["drug"]) / mass_of(row["biomarker"])
    if value * scale >= 1:
        raise FactorError(f"{place}: a molar fraction of {value * scale:.3g}; more than was taken cannot leave.")
    try:
        if row.get("distribution") == "lognormal":
            return fraction(LogNormal(median=value * scale, cv=sd / value), place)
        return beta_about(value * scale, sd * scale)
    except UncertaintyError as err:
        raise FactorError(f"{place}: its spread cannot be used: {err}") from err


def _total_sd(row: Mapping[str, Any], value: float, low: float, high: float) -> float:
    if row.get("spread_kind") == "predictive":
        # pooled or calibrated here: the spread between populations is inside
        return float(row["spread"])
    between = float(rules()["spread"]["between_studies_logit"]) * value * (1 - value)
    return math.hypot(_printed_error(row, low, high), between)


def _printed_error(row: Mapping[str, Any], low: float, high: float) -> float:
    """Standard error of the mean as the source allows to read it."""
    spread, kind = float(row.get("spread", math.nan)), row.get("spread_kind", "")
    if not math.isnan(spread):
        n = str(row.get("n", ""))
        if not spread >= 0:
            raise FactorError(f"{row['table']} row {row['row']} ({row['id']}): spread is {spread:g}; needed 0 or more.")
        return spread / math.sqrt(int(n)) if kind == "sd" and n.isdigit() and int(n) > 0 else spread
    if math.isnan(low) or math.isnan(high):
        return 0.0
    return (high - low) / (2 * _Z95) if kind == "ci95" else (high - low) / math.sqrt(12)


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
    place = f"{row['table']} row {row['row']} ({row['id']})"
    if row["quantity"] != "dose" or row["unit"] != "mg/dose":
        raise FactorError(f"{place}: needed a dose in mg/dose, got {row['quantity']} in {row['unit']!r}.")
    if row.get("basis") != "pure":
        raise FactorError(f"{place}: the dose is {row.get('basis')!r}; multiply it by the purity and state it as pure.")
    try:
        return _dose(row, place)
    except UncertaintyError as err:
        raise FactorError(f"{place}: {err}") from err


def _dose(row: Mapping[str, Any], place: str) -> Distribution:
    value, low, high = (float(row.get(c, math.nan)) for c in ("value", "low", "high"))
    bounded = not math.isnan(low) and not math.isnan(high)
    if row.get("distribution") == "triangular" and bounded:
        return Triangular(low, value if not math.isnan(value) else (low + high) / 2, high)
    if math.isnan(value) and not bounded:
        raise FactorError(f"{place}: has no number to use.")
    if math.isnan(value):
        return LogNormal.from_interval(low, high)
    if bounded:
        return LogNormal(median=value, gsd=math.exp(math.log(high / low) / (2 * _Z95)))
    return LogNormal(median=value, cv=float(rules()["spread"]["dose_cv"]))
