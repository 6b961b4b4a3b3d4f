"""What happens between the toilet and the sampler: loss, formation, sorption. Off unless asked, stated when on.

Holds rates, reactions and shares on solids; samples are corrected in :mod:`wbe.factors.correcting`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from wbe.errors import FactorError
from wbe.factors.compound_table import known_id, mass_of, unknown
from wbe.factors.library import Overlay, table_with
from wbe.factors.profile_types import Factor
from wbe.factors.spreads import rules

CORRECTIONS = ("sewer_loss", "sorption", "deconjugation")
_REFERENCE = 20.0


def refuse_absorbed(factor: Factor, correction: str) -> None:
    """Refuse a correction that the factor's claims already include.

    Raises
    ------
    FactorError
        Naming the claims.

    Examples
    --------
    >>> from wbe.factors import profile
    >>> refuse_absorbed(profile("nwdmp").factor("codeine"), "sewer_loss")
    Traceback (most recent call last):
    ...
    wbe.errors.FactorError: codeine by codeine: sewer_loss cannot be corrected, the claim codeine-thai-2019 already ...
    """
    known = rules()["corrections"]
    if correction not in known:
        raise FactorError(unknown(correction, list(known), "correction"))
    if correction in factor.absorbs:
        raise FactorError(
            f"{factor.drug} by {factor.biomarker}: {correction} cannot be corrected, the claim "
            f"{', '.join(factor.claim_ids)} already includes it ({known[correction]}). Leave the correction off or "
            "choose a claim measured in urine."
        )


def rate(biomarker: str, temperature: float = 20.0, *, overlay: Overlay | None = None) -> dict[str, Any]:
    """Return the first-order loss rate of a biomarker in sewage at a temperature [1/h].

    Half-lives at two temperatures give the compound's own temperature coefficient; rates of one temperature are moved
    by the general one of ``data/factor_rules.toml``. Claims that disagree are all kept: low and high bracket them.

    Parameters
    ----------
    biomarker : str
    temperature : float
        Of the sewage [degC].

    Returns
    -------
    dict
        rate, low, high [1/h], theta, log_sd (of the rate between sources), claims.

    Raises
    ------
    FactorError
        No claim with a number for this biomarker.

    Examples
    --------
    >>> found = rate("morphine_3_glucuronide", 20.0)
    >>> round(found["rate"], 3), round(found["theta"], 3)
    (0.099, 1.099)
    """
    biomarker = known_id(biomarker)
    ids, measured = _shipped_rates(biomarker) if overlay is None else _rates(biomarker, table_with(overlay))
    if not ids:
        raise FactorError(
            f"{biomarker}: no loss rate was published that the library holds; it is held stable or unknown. "
            f"See wbe.factors.claims(biomarker={biomarker!r}); add a claim to correct for it."
        )
    theta = _theta(measured)
    moved = [k * theta ** (temperature - (t if not math.isnan(t) else _REFERENCE)) for k, t, _ in measured]
    # one figure for each source: the source's measurement nearest in temperature
    nearest: dict[str, tuple[float, float]] = {}
    for (_, t, source), k in zip(measured, moved, strict=True):
        away = abs(temperature - (t if not math.isnan(t) else _REFERENCE))
        if source not in nearest or away < nearest[source][0]:
            nearest[source] = (away, k)
    rates = [k for _, k in nearest.values()]
    return {
        "rate": float(np.exp(np.mean(np.log(rates)))), "low": min(rates), "high": max(rates), "theta": theta,
        "log_sd": _rate_log_sd(rates), "claims": ids,
    }  # fmt: skip


def _rate_log_sd(rates: Sequence[float]) -> float:
    """What sources show of each other's spread; two say little of it, so that the stated assumption is its floor."""
    assumed = float(rules()["sewer"]["rate_log_sd"])
    seen = float(np.std(np.log(rates), ddof=1)) if len(rates) > 1 else 0.0
    return seen if len(rates) > 2 else max(seen, assumed)


@functools.cache
def _shipped_rates(biomarker: str) -> tuple[tuple[str, ...], list[tuple[float, float, str]]]:
    return _rates(biomarker, table_with(None))


def _rates(biomarker: str, table: pd.DataFrame) -> tuple[tuple[str, ...], list[tuple[float, float, str]]]:
    """Ids of the claims with a number on loss in sewage, and their rate [1/h], temperature [degC] and source."""
    rows = table[
        (table["biomarker"] == biomarker)
        & table["quantity"].isin(["half_life", "rate", "loss"])
        # a half-life in urine names its drug; one in sewage does not
        & (table["drug"] == "")
        & table["value"].notna()
    ]
    measured = [(_rate_of(row), float(row["temperature"]), str(row["citation"])) for _, row in rows.iterrows()]
    return tuple(map(str, rows.index)), measured


def _rate_of(row: pd.Series) -> float:
    value = float(row["value"])
    if row["quantity"] == "half_life":
        return math.log(2) / value
    if row["quantity"] == "rate":
        return value
    hours = float(str(row["window"]).split()[0])
    return -math.log1p(-value) / hours


def _theta(measured: Sequence[tuple[float, float, str]]) -> float:
    """The compound's own temperature coefficient if one source measured it at two temperatures."""
    for _, _, source in measured:
        pairs = sorted({(t, k) for k, t, s in measured if s == source and not math.isnan(t)})
        if len(pairs) >= 2 and pairs[-1][0] > pairs[0][0]:
            (cold, k_cold), (warm, k_warm) = pairs[0], pairs[-1]
            return float((k_warm / k_cold) ** (1 / (warm - cold)))
    return float(rules()["temperature"]["theta"])


def surviving(biomarker: str, hours: float, temperature: float = 20.0, *, overlay: Overlay | None = None) -> float:
    """Return the share of a biomarker that survives ``hours`` of residence in the sewer.

    Examples
    --------
    >>> round(surviving("6mam", 12.0, 20.0), 3)
    0.864
    """
    return math.exp(-rate(biomarker, temperature, overlay=overlay)["rate"] * residence(hours))


def residence(hours: float) -> float:
    """Return a residence time [h], refused below 0."""
    if not hours >= 0:
        raise FactorError(f"residence time is {hours!r}; needed hours, 0 or more.")
    return float(hours)


def network(biomarkers: Sequence[str], temperature: float = 20.0, *, overlay: Overlay | None = None) -> np.ndarray:
    """Return the matrix of first-order reactions among biomarkers [1/h], on moles.

    Losses stand on the diagonal (negative), formation off it (positive): cocaine to benzoylecgonine, 6-MAM and the
    glucuronide to morphine, acetylcodeine to codeine. A biomarker without a published rate is held stable.

    Returns
    -------
    ndarray, shape (n, n)
        ``d moles / dt = matrix @ moles``.

    Examples
    --------
    >>> network(["6mam", "morphine"]).round(4).tolist()[1][0] > 0
    True
    """
    index = {b: i for i, b in enumerate(biomarkers)}
    matrix = np.zeros((len(index), len(index)))
    for name, i in index.items():
        try:
            k = rate(name, temperature, overlay=overlay)["rate"]
        except FactorError:
            mass_of(name)
            continue
        if name in rules()["held_stable"]["biomarkers"]:
            continue
        matrix[i, i] = -k
        for entry in rules()["formation"]:
            if entry["from"] == name and entry["to"] in index:
                matrix[index[entry["to"]], i] += k * float(entry["molar_yield"])
    return matrix


def at_source(
    loads: Mapping[str, float], hours: float, temperature: float = 20.0, *, overlay: Overlay | None = None
) -> dict[str, float]:
    """Return the loads that left the houses, from those measured after ``hours`` in the sewer.

    Signed: what formed on the way is taken off the product, what was lost is given back to the parent. A parent that
    was not measured cannot be taken off; include it, or the product stays too high.

    Parameters
    ----------
    loads : mapping of float
        Biomarker to mass load, any one unit.
    hours : float
        Residence time.
    temperature : float
        [degC]

    Returns
    -------
    dict
        Same keys and unit.

    Raises
    ------
    FactorError
        A load would have been negative at the source: more formed on the way than is there.

    Examples
    --------
    >>> left = at_source({"cocaine": 30.0, "benzoylecgonine": 100.0}, hours=6.0)
    >>> left["cocaine"] > 30.0, left["benzoylecgonine"] < 100.0
    (True, True)
    """
    from scipy.linalg import expm

    names = list(loads)
    masses = np.array([mass_of(n) for n in names])
    moles = np.array([float(loads[n]) for n in names]) / masses
    start = expm(-network(names, temperature, overlay=overlay) * residence(hours)) @ moles
    negative = [n for n, m in zip(names, start, strict=True) if m < -1e-12]
    if negative:
        raise FactorError(
            f"{', '.join(negative)}: more would have formed in {hours:g} h than was measured; the residence time, the "
            "temperature or a yield is too high. Shorten the residence time or leave the correction off."
        )
    return {n: float(m) for n, m in zip(names, np.maximum(start, 0.0) * masses, strict=True)}


def at_sampler(
    loads: Mapping[str, float], hours: float, temperature: float = 20.0, *, overlay: Overlay | None = None
) -> dict[str, float]:
    """Return what reaches the sampler of loads that left the houses: :func:`at_source` the other way.

    Examples
    --------
    >>> sent = {"6mam": 10.0, "morphine": 90.0}
    >>> back = at_source(at_sampler(sent, 8.0), 8.0)
    >>> {k: round(v, 6) for k, v in back.items()}
    {'6mam': 10.0, 'morphine': 90.0}
    """
    from scipy.linalg import expm

    names = list(loads)
    masses = np.array([mass_of(n) for n in names])
    moles = np.array([float(loads[n]) for n in names]) / masses
    moved = expm(network(names, temperature, overlay=overlay) * residence(hours)) @ moles
    return {n: float(m) for n, m in zip(names, moved * masses, strict=True)}


def on_solids(biomarker: str, *, overlay: Overlay | None = None) -> dict[str, Any]:
    """Return the share of a biomarker on suspended solids, which a filtered sample misses.

    Claims that disagree are kept apart: ``conflict`` says so; share is the middle of the widest verified range.

    Returns
    -------
    dict
        share, low, high, claims, status, conflict.

    Examples
    --------
    >>> found = on_solids("thc_cooh")
    >>> found["low"], found["high"], found["share"]
    (0.42, 0.9, 0.66)
    """
    from wbe.factors.library import worst

    mass_of(biomarker)
    table = table_with(overlay)
    rows = table[(table["biomarker"] == biomarker) & (table["quantity"] == "solids_fraction")]
    if not len(rows):
        raise FactorError(f"{biomarker}: no share on solids is held. Add a claim of quantity solids_fraction.")
    best = rows[rows["status"] == "verified"] if (rows["status"] == "verified").any() else rows
    low, high = float(best["low"].min()), float(best["high"].max())
    apart = bool(rows["low"].max() > rows["high"].min())
    return {
        "share": (low + high) / 2, "low": low, "high": high, "claims": tuple(map(str, best.index)),
        "status": worst(list(best["status"])), "conflict": apart,
    }  # fmt: skip
