"""What happens between the toilet and the sampler: loss, formation, sorption. Off unless asked, stated when on.

Refuses to correct what a claim already absorbs, and to correct the same data twice.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import FactorError
from wbe.factors.compound_table import mass_of, unknown
from wbe.factors.library import Overlay, table_with
from wbe.factors.profile_types import Factor, Profile
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
        rate, low, high [1/h], theta, claims.

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
    mass_of(biomarker)
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
        "claims": ids,
    }  # fmt: skip


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
    return math.exp(-rate(biomarker, temperature, overlay=overlay)["rate"] * _residence(hours))


def _residence(hours: float) -> float:
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
    start = expm(-network(names, temperature, overlay=overlay) * _residence(hours)) @ moles
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
    moved = expm(network(names, temperature, overlay=overlay) * _residence(hours)) @ moles
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


def correct(
    samples: xr.Dataset,
    profile: Profile,
    *,
    hours: float | None = None,
    temperature: float = 20.0,
    sorption: Sequence[str] = (),
    overlay: Overlay | None = None,
) -> xr.Dataset:
    """Return samples with concentrations as they left the houses. Nothing is corrected unless asked for here.

    Parameters
    ----------
    samples : Dataset
        Samples.
    profile : Profile
        The factors that will be used: what they absorb is refused here.
    hours : float, optional
        Residence time: asks for loss and formation in the sewer.
    temperature : float
        [degC], where the samples carry no ``temperature``.
    sorption : sequence of str
        Biomarkers measured in filtered samples whose share on solids is to be added.

    Returns
    -------
    Dataset
        With ``attrs["corrections"]``, a JSON list that results and reports can state.

    Raises
    ------
    FactorError
        A correction that a claim absorbs, or samples that were corrected before.

    Notes
    -----
    Loss is linear on the measured biomarkers together, so limits of detection move with the loss alone.
    """
    if samples.attrs.get("corrections"):
        raise FactorError(f"samples were corrected before ({samples.attrs['corrections']}); start from the raw ones.")
    names = [str(b) for b in samples["biomarker"].values]
    wanted = (["sewer_loss"] if hours is not None else []) + (["sorption"] if sorption else [])
    for factor in profile.factors:
        if factor.biomarker not in names:
            continue
        if hours is not None and not _moves(factor.biomarker, names, temperature, overlay):
            continue
        for correction in wanted:
            if correction == "sewer_loss" or factor.biomarker in sorption:
                refuse_absorbed(factor, correction)
    corrected = samples.copy()
    said: list[str] = []
    if hours is not None:
        corrected = _uncook(corrected, names, hours, temperature, overlay)
        said.append(f"loss and formation over {hours:g} h at {temperature:g} degC where no temperature was measured")
    for name in sorption:
        share = on_solids(name, overlay=overlay)
        scale = xr.where(corrected["biomarker"] == name, 1 / (1 - share["share"]), 1.0)
        for variable in ("concentration", "lod", "loq"):
            corrected[variable] = (corrected[variable] * scale).assign_attrs(samples[variable].attrs)
        said.append(f"{name}: {100 * share['share']:.0f} % on solids ({', '.join(share['claims'])})")
    corrected.attrs["corrections"] = json.dumps(said, ensure_ascii=False)
    moved = [n for n in names if hours is not None and _moves(n, names, temperature, overlay)]
    corrected.attrs["corrected_for"] = json.dumps({"sewer_loss": moved, "sorption": list(sorption)})
    return corrected


def refuse_corrected_twice(samples: xr.Dataset, profile: Profile) -> None:
    """Refuse corrected samples with a profile whose claims already include the correction.

    Raises
    ------
    FactorError
        Naming the claims.
    """
    done = json.loads(samples.attrs.get("corrected_for") or "{}")
    for correction, names in done.items():
        for factor in profile.factors:
            if factor.biomarker in names:
                refuse_absorbed(factor, correction)


def _moves(biomarker: str, names: Sequence[str], temperature: float, overlay: Overlay | None) -> bool:
    matrix = network(list(names), temperature, overlay=overlay)
    return bool(np.abs(matrix[list(names).index(biomarker)]).sum() > 0)


def _uncook(
    samples: xr.Dataset, names: list[str], hours: float, temperature: float, overlay: Overlay | None
) -> xr.Dataset:
    from scipy.linalg import expm

    measured = samples["temperature"].values if "temperature" in samples else np.full(samples.sizes["sample"], np.nan)
    masses = np.array([mass_of(n) for n in names])
    values = samples["concentration"].transpose("sample", "biomarker").values.copy()
    limits = {v: samples[v].transpose("sample", "biomarker").values.copy() for v in ("lod", "loq")}
    for t in np.unique(np.where(np.isnan(measured), temperature, measured)):
        rows = np.where(np.isnan(measured), temperature, measured) == t
        back = expm(-network(names, float(t), overlay=overlay) * _residence(hours))
        seen = np.nan_to_num(values[rows]) / masses
        moved = (seen @ back.T) * masses
        # what was not measured stays so; a product may reach zero, not less
        values[rows] = np.where(np.isnan(values[rows]), np.nan, np.maximum(moved, 0.0))
        for array in limits.values():
            array[rows] *= np.diag(back)
    out = samples.copy()
    for variable, array in {"concentration": values, **limits}.items():
        changed = samples[variable].transpose("sample", "biomarker").copy(data=array)
        out[variable] = changed.transpose(*samples[variable].dims).assign_attrs(samples[variable].attrs)
    return out
