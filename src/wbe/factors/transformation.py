"""What happens between the toilet and the sampler: loss, formation, sorption. Off unless asked, stated when on.

Holds rates, reactions and shares on solids; samples are corrected in :mod:`wbe.factors.correcting`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np
import pandas as pd
from scipy import special
from scipy.linalg import expm

from wbe.errors import one_of
from wbe.factors.claim_rows import worst
from wbe.factors.compound_table import known_id, mass_of
from wbe.factors.library import Overlay, table_with
from wbe.factors.profile_types import Factor
from wbe.factors.refusals import refuse
from wbe.factors.rules import rules, words
from wbe.messages import Words

__all__ = [
    "CORRECTIONS", "OnSolids", "Rate", "at_sampler", "at_source", "network", "on_solids", "rate", "refuse_absorbed",
    "residence", "surviving",
]  # fmt: skip

CORRECTIONS = ("sewer_loss", "sorption", "deconjugation")
_REFERENCE = 20.0


class Rate(TypedDict):
    """A first-order loss rate [1/h] with its bounds, temperature coefficient, spread between sources and claims."""

    rate: float
    low: float
    high: float
    theta: float
    log_sd: float
    claims: tuple[str, ...]


class OnSolids(TypedDict):
    """Share of a biomarker on suspended solids, its bounds, its claims, their worst status, and whether they differ."""

    share: float
    low: float
    high: float
    claims: tuple[str, ...]
    status: str
    conflict: bool


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
    wbe.factors.refusals.FactorFaults: codeine by codeine: sewer_loss cannot be corrected, the claim codeine-thai-2019
    already ...
    """
    known = rules()["corrections"]
    one_of(correction, known, Words("correction", "校正"))
    if correction in factor.absorbs:
        refuse(
            "factors-absorbed", drug=factor.drug, biomarker=factor.biomarker, correction=correction,
            claims=factor.claim_ids, meaning=words(known[correction], "meaning"),
        )  # fmt: skip


def rate(
    biomarker: str, temperature: float = 20.0, *, area_volume: float | None = None, overlay: Overlay | None = None
) -> Rate:
    """Return the first-order loss rate of a biomarker in sewage at a temperature [1/h].

    Half-lives at two temperatures give the compound's own temperature coefficient; rates of one temperature are moved
    by the general one of ``data/factor_rules.toml``. Claims that disagree are all kept: low and high bracket them. A
    claim that only says "more than 20 % in 2 h" cuts the rate from below.

    Parameters
    ----------
    biomarker : str
    temperature : float
        Of the sewage [degC].
    area_volume : float, optional
        Biofilm area over volume of the sewer [1/m]. Where a claim of quantity ``rate_biofilm`` [m/h] is held, the rate
        is that of the bulk (claims without biofilm) plus it times this; else it changes nothing.

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
    if area_volume is not None and not 0 <= area_volume < math.inf:
        refuse("factors-area-volume", came=repr(area_volume))
    film = _film_rates(biomarker, overlay) if area_volume is not None else {}
    ids, measured = _held_rates(biomarker, overlay)
    if film:
        ids, measured = _rates(biomarker, _without_film(table_with(overlay)))
    if not ids:
        refuse("factors-no-rate", biomarker=biomarker)
    theta = _theta(measured)
    moved = [k * theta ** (temperature - (t if not math.isnan(t) else _REFERENCE)) for k, t, _ in measured]
    # one figure for each source: the source's measurement nearest in temperature
    nearest: dict[str, tuple[float, float]] = {}
    for (_, t, source), k in zip(measured, moved, strict=True):
        away = abs(temperature - (t if not math.isnan(t) else _REFERENCE))
        if source not in nearest or away < nearest[source][0]:
            nearest[source] = (away, k)
    rates = [k for _, k in nearest.values()]
    centre, log_sd = float(np.mean(np.log(rates))), _rate_log_sd(rates)
    found: Rate = {
        "rate": math.exp(centre), "low": min(rates), "high": max(rates), "theta": theta, "log_sd": log_sd,
        "claims": ids,
    }  # fmt: skip
    if film:
        assert area_volume is not None
        added = area_volume * float(np.mean(list(film.values()))) * theta ** (temperature - _REFERENCE)
        grown = {k: found[k] + added for k in ("rate", "low", "high")}  # type: ignore[literal-required]
        return {**found, **grown, "claims": (*ids, *film)}  # type: ignore[typeddict-item]
    bounds = _least_rates(biomarker, overlay)
    least = max(bounds.values(), default=0.0)
    return _above(found, least, tuple(bounds)) if least > found["rate"] else found


def _above(found: Rate, least: float, named: tuple[str, ...]) -> Rate:
    """A rate of which a claim says only that it is faster: the spread of all sources, cut below that claim."""
    centre = math.log(found["rate"])
    sd = max(found["log_sd"], float(np.std(np.log([found["low"], found["high"], least]), ddof=1)))
    beyond = float(special.ndtr(-(math.log(least) - centre) / sd))
    low, middle, high, most = (centre - sd * float(special.ndtri(beyond * p)) for p in (0.841, 0.5, 0.159, 0.025))
    return {
        **found, "rate": math.exp(middle), "low": least, "high": math.exp(most),
        "log_sd": max(float(rules()["sewer"]["rate_log_sd"]), (high - low) / 2), "claims": (*found["claims"], *named),
    }  # fmt: skip


def _least_rates(biomarker: str, overlay: Overlay | None) -> dict[str, float]:
    """Claims that say only how much is lost at least, and the rate that this takes [1/h]."""
    table = table_with(overlay)
    rows = table[
        (table["biomarker"] == biomarker)
        & (table["quantity"] == "loss")
        & (table["drug"] == "")
        & (table["spread_kind"] == "bound")
        & table["low"].notna()
    ]
    return {
        str(name): -math.log1p(-float(row["low"])) / float(str(row["window"]).split()[0])
        for name, row in rows.iterrows()
    }


def _without_film(table: pd.DataFrame) -> pd.DataFrame:
    """Claims on loss in the bulk of the sewage alone."""
    return table[table["biofilm"] != "yes"]


def _film_rates(biomarker: str, overlay: Overlay | None) -> dict[str, float]:
    """Claims on loss by the biofilm for each area over volume [m/h]."""
    table = table_with(overlay)
    rows = table[(table["biomarker"] == biomarker) & (table["quantity"] == "rate_biofilm") & table["value"].notna()]
    return {str(name): float(row["value"]) for name, row in rows.iterrows()}


def has_rate(biomarker: str, overlay: Overlay | None = None) -> bool:
    """Whether any claim holds a loss rate of a biomarker with a number."""
    return bool(_held_rates(known_id(biomarker), overlay)[0])


def _held_rates(biomarker: str, overlay: Overlay | None) -> tuple[tuple[str, ...], list[tuple[float, float, str]]]:
    return _shipped_rates(biomarker) if overlay is None else _rates(biomarker, table_with(overlay))


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
    >>> round(surviving("cocaine", 12.0, 20.0), 2), surviving("6mam", 2.0) < 0.8
    (0.66, True)
    """
    return math.exp(-rate(biomarker, temperature, overlay=overlay)["rate"] * residence(hours))


def residence(hours: float) -> float:
    """Return a residence time [h], refused below 0.

    Raises
    ------
    FactorError
        The hours are impossible.
    """
    if not hours >= 0:
        refuse("factors-residence", came=repr(hours))
    return float(hours)


def network(
    biomarkers: Sequence[str], temperature: float = 20.0, *, area_volume: float | None = None,
    overlay: Overlay | None = None,
) -> np.ndarray:  # fmt: skip
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
        mass_of(name)
        if name in rules()["held_stable"]["biomarkers"] or not has_rate(name, overlay):
            continue
        k = rate(name, temperature, area_volume=area_volume, overlay=overlay)["rate"]
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
    names = list(loads)
    masses = np.array([mass_of(n) for n in names])
    moles = np.array([float(loads[n]) for n in names]) / masses
    start = expm(-network(names, temperature, overlay=overlay) * residence(hours)) @ moles
    negative = [n for n, m in zip(names, start, strict=True) if m < -1e-12]
    if negative:
        refuse("factors-overformed", biomarkers=negative, hours=hours)
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
    names = list(loads)
    masses = np.array([mass_of(n) for n in names])
    moles = np.array([float(loads[n]) for n in names]) / masses
    moved = expm(network(names, temperature, overlay=overlay) * residence(hours)) @ moles
    return {n: float(m) for n, m in zip(names, moved * masses, strict=True)}


def on_solids(biomarker: str, *, overlay: Overlay | None = None) -> OnSolids:
    """Return the share of a biomarker on suspended solids, which a filtered sample misses.

    Claims that disagree are kept apart: ``conflict`` says so; share is the middle of the widest verified range.

    Returns
    -------
    dict
        share, low, high, claims, status, conflict.

    Raises
    ------
    FactorError
        Nothing is known of the biomarker on solids.

    Examples
    --------
    >>> found = on_solids("thc_cooh")
    >>> found["low"], found["high"], found["share"]
    (0.42, 0.9, 0.66)
    """
    mass_of(biomarker)
    table = table_with(overlay)
    rows = table[(table["biomarker"] == biomarker) & (table["quantity"] == "solids_fraction")]
    if not len(rows):
        refuse("factors-no-solids", biomarker=biomarker)
    best = rows[rows["status"] == "verified"] if (rows["status"] == "verified").any() else rows
    low, high = float(best["low"].min()), float(best["high"].max())
    apart = bool(rows["low"].max() > rows["high"].min())
    return {
        "share": (low + high) / 2, "low": low, "high": high, "claims": tuple(map(str, best.index)),
        "status": worst(list(best["status"])), "conflict": apart,
    }  # fmt: skip
