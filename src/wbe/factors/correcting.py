"""Samples corrected for what happened between the toilet and the sampler, each with what it is not sure of.

Off unless asked, stated when on. Refuses what a claim already absorbs, and to correct the same samples twice.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from wbe.factors.compound_table import known_id, mass_of
from wbe.factors.in_sewer import partition, sent, share_on_solids
from wbe.factors.library import Overlay
from wbe.factors.profile_types import Profile
from wbe.factors.refusals import refuse
from wbe.factors.rules import Z95, rules
from wbe.factors.transformation import network, on_solids, rate, refuse_absorbed, residence

LIMITS = ("lod", "loq", "uloq")
__all__ = ["LIMITS", "correct", "refuse_corrected_twice"]


def correct(
    samples: xr.Dataset,
    profile: Profile,
    *,
    hours: float | None = None,
    hours_cv: float | None = None,
    hours_spread: float = 0.0,
    area_volume: float | None = None,
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
    hours_cv : float, optional
        Coefficient of variation of the residence time, drawn by site; by default the assumption in
        ``data/factor_rules.toml``. 0 for a time that is known.
    hours_spread : float
        Coefficient of variation of the times of travel *within* a catchment (gamma): households near and far arrive
        together, and the near ones lose little. :meth:`wbe.sewer.Network.hours_above` gives means.
    area_volume : float, optional
        Wetted biofilm area over volume of the sewer [1/m]: loss is then that of the bulk plus that of the biofilm times
        it, for biomarkers with a claim of quantity ``rate_biofilm`` [m/h]; none ships, since none could be read.
    temperature : float
        [degC], where the samples carry no ``temperature``.
    sorption : sequence of str
        Biomarkers measured in filtered samples whose share on solids is to be added; by the sample's own
        ``suspended_solids`` [mg/L] (sample) where the samples carry them.

    Returns
    -------
    Dataset
        With ``attrs["corrections"]``, a JSON list that results and reports can state, and with what the correction is
        not sure of: ``stability_log_sd``, ``residence_log_sd``, ``sorption_log_sd`` (sample, biomarker), which
        :func:`wbe.estimate` carries as terms of those names (rates and shares once for each biomarker, residence by
        site).

    Raises
    ------
    FactorError
        A correction that a claim absorbs, samples that were corrected before, or a result of which more would have
        formed on the way than was measured; the sample is named.

    Notes
    -----
    Loss is linear on the measured biomarkers together, so limits of detection move with the loss alone. A spread is
    half the width of the 95 % interval of ln(corrected) over 1.96, each rate moved by itself: log-normal in form,
    right in width. Rates are one for all sites, so that they cancel between districts.

    Examples
    --------
    >>> from wbe.factors import profile
    >>> from wbe.testing import small_city
    >>> moved = correct(small_city(biomarkers=("cocaine", "benzoylecgonine")), profile("gracia-lor-2016"), hours=6)
    >>> bool((moved["stability_log_sd"].sel(biomarker="cocaine") > 0.05).all())
    True
    """
    if samples.attrs.get("corrections"):
        refuse("factors-corrected-before", corrections=samples.attrs["corrections"])
    names = [str(b) for b in samples["biomarker"].values]
    sorption = _asked(names, sorption)
    moved = [n for n in names if hours is not None and _moves(n, names, temperature, area_volume, overlay)]
    for factor in profile.factors:
        for correction, corrected_names in (("sewer_loss", moved), ("sorption", sorption)):
            if factor.biomarker in corrected_names:
                refuse_absorbed(factor, correction)
    corrected = samples.copy()
    said: list[str] = []
    if hours is not None:
        cv = float(rules()["sewer"]["residence_cv"]) if hours_cv is None else hours_cv
        times = _Times(hours, cv, hours_spread, temperature, area_volume)
        corrected = _uncook(corrected, names, times, overlay)
        within = f", times within a catchment of CV {hours_spread:g}" if hours_spread else ""
        film = "" if area_volume is None else f", biofilm of {area_volume:g} m2/m3"
        said.append(
            f"loss and formation over {hours:g} h (CV {cv:g}{within}{film}) at {temperature:g} degC where no "
            "temperature was measured"
        )
    if sorption:
        corrected = _desorbed(corrected, sorption, overlay, said)
    corrected.attrs["corrections"] = json.dumps(said, ensure_ascii=False)
    corrected.attrs["corrected_for"] = json.dumps({"sewer_loss": moved, "sorption": list(sorption)})
    return corrected


def _asked(names: Sequence[str], sorption: Sequence[str]) -> list[str]:
    """Return the ids of the biomarkers to be corrected for solids; each must be measured."""
    asked = [] if isinstance(sorption, str) else [n if n in names else known_id(n) for n in sorption]
    strangers = [n for n in asked if n not in names]
    if isinstance(sorption, str) or strangers:
        refuse("factors-sorption-not-measured", came=repr(sorption), strangers=strangers or "–", names=names)
    return asked


def _desorbed(samples: xr.Dataset, biomarkers: Sequence[str], overlay: Overlay | None, said: list[str]) -> xr.Dataset:
    """Add the share on solids, with its range as a spread, and say so in ``said``."""
    out = samples.copy()
    spread = xr.zeros_like(samples["concentration"].transpose("sample", "biomarker"))
    for name in biomarkers:
        share = on_solids(name, overlay=overlay)
        here = samples["biomarker"] == name
        # any share of the range is as likely as any other; the middle stands for it
        range_ = np.r_[share["share"], np.linspace(share["low"], share["high"], 201)]
        each = _of_sample(samples, range_)  # (sample, share)
        fold = xr.DataArray(1 / (1 - each[:, 0]), dims="sample")
        for variable in ("concentration", *LIMITS):
            if variable in out:
                scaled = out[variable] * xr.where(here, fold, 1.0)
                out[variable] = scaled.transpose(*samples[variable].dims).assign_attrs(samples[variable].attrs)
        width = xr.DataArray(np.log1p(-each[:, 1:]).std(axis=1), dims="sample")
        spread = spread.where(~here, width)
        low, high = 100 * each[:, 0].min(), 100 * each[:, 0].max()
        told = f"{low:.0f}" if high - low < 0.5 else f"{low:.0f} to {high:.0f}"
        by = " by each sample's own solids" if "suspended_solids" in samples else ""
        said.append(f"{name}: {told} % on solids{by} ({', '.join(share['claims'])})")
    return out.assign(sorption_log_sd=spread.assign_attrs(units="1", long_name="log-sd of the sorption correction"))


def _of_sample(samples: xr.Dataset, share: np.ndarray) -> np.ndarray:
    """Shares on solids of each sample, by its own suspended solids where it has them, shape (sample, share)."""
    whole = np.broadcast_to(share, (samples.sizes["sample"], len(share)))
    if "suspended_solids" not in samples:
        return whole
    solids = samples["suspended_solids"].to_numpy().astype(float)[:, None]
    return np.where(np.isfinite(solids), share_on_solids(partition(share)[None, :], np.nan_to_num(solids)), whole)


@dataclass(frozen=True)
class _Times:
    """What the way to the sampler was like: mean hours with their doubt, spread within, temperature, biofilm."""

    hours: float
    cv: float
    spread: float
    temperature: float
    area_volume: float | None


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


def _moves(
    biomarker: str, names: Sequence[str], temperature: float, area_volume: float | None, overlay: Overlay | None
) -> bool:
    matrix = network(list(names), temperature, area_volume=area_volume, overlay=overlay)
    return bool(np.abs(matrix[list(names).index(biomarker)]).sum() > 0)


def _uncook(samples: xr.Dataset, names: list[str], times: _Times, overlay: Overlay | None) -> xr.Dataset:
    """Undo loss and formation, by the temperature of each sample, with the spread of each rate and of the time."""
    hours_cv, film, hours = times.cv, times.area_volume, residence(times.hours)
    if not (math.isfinite(hours_cv) and hours_cv >= 0):
        refuse("factors-hours-cv", came=repr(hours_cv))
    measured = samples["temperature"].values if "temperature" in samples else np.full(samples.sizes["sample"], np.nan)
    degrees = np.where(np.isnan(measured), times.temperature, measured)
    masses = np.array([mass_of(n) for n in names])
    values = samples["concentration"].transpose("sample", "biomarker").values.copy()
    present = [v for v in LIMITS if v in samples]
    limits = {v: samples[v].transpose("sample", "biomarker").values.copy() for v in present}
    spreads = {"stability": np.zeros(values.shape), "residence": np.zeros(values.shape)}
    for t in np.unique(degrees):
        rows = degrees == t
        matrix = network(names, float(t), area_volume=film, overlay=overlay)
        log_sd = [
            rate(n, float(t), area_volume=film, overlay=overlay)["log_sd"] if k else 0.0
            for n, k in zip(names, np.diag(matrix), strict=True)
        ]
        back = functools.partial(sent, spread=times.spread)
        middle = _sent(values[rows], back(matrix, hours), masses)
        _refuse_overformed(samples, names, rows, values[rows], middle, hours)
        for j in np.flatnonzero(log_sd):
            ends = [matrix.copy(), matrix.copy()]
            for end, sign in zip(ends, (-1, 1), strict=True):
                end[:, j] *= math.exp(sign * Z95 * log_sd[j])
            low, high = (_sent(values[rows], back(end, hours), masses) for end in ends)
            spreads["stability"][rows] = np.hypot(spreads["stability"][rows], _half_width(low, middle, high))
        if hours_cv and any(log_sd):
            stretch = math.exp(Z95 * math.sqrt(math.log1p(hours_cv**2)))
            low, high = (_sent(values[rows], back(matrix, hours * f), masses) for f in (1 / stretch, stretch))
            spreads["residence"][rows] = _half_width(low, middle, high)
        lost = np.diag(back(matrix, hours))
        values[rows] = np.where(np.isnan(values[rows]), np.nan, middle)
        for array in limits.values():
            array[rows] *= lost
    out = samples.copy()
    for variable, array in {"concentration": values, **limits}.items():
        changed = samples[variable].transpose("sample", "biomarker").copy(data=array)
        out[variable] = changed.transpose(*samples[variable].dims).assign_attrs(samples[variable].attrs)
    for name, spread in spreads.items():
        long_name = f"log-sd of the {name} part of the sewer correction"
        out[f"{name}_log_sd"] = (("sample", "biomarker"), spread, {"units": "1", "long_name": long_name})
    return out


def _sent(values: np.ndarray, back: np.ndarray, masses: np.ndarray) -> np.ndarray:
    """Concentrations as they left the houses, shape (sample, biomarker); a missing one moves by its own loss alone."""
    moved = (np.nan_to_num(values) / masses) @ back.T * masses
    return np.where(values > 0, moved, np.diag(back))


def _half_width(low: np.ndarray, middle: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Half the width of a 95 % interval of logs over 1.96; an end that formation takes to zero mirrors the other."""
    ends = [np.where(end > 0, end, middle**2 / np.where(other > 0, other, middle)) for end, other in
            ((low, high), (high, low))]  # fmt: skip
    return np.abs(np.log(ends[1] / ends[0])) / (2 * Z95)


def _refuse_overformed(
    samples: xr.Dataset, names: list[str], rows: np.ndarray, seen: np.ndarray, moved: np.ndarray, hours: float
) -> None:
    wrong = np.argwhere((seen > 0) & ~(moved > 0))
    if len(wrong):
        ids = samples["sample"].values[np.flatnonzero(rows)]
        listed = [f"{ids[i]} ({names[b]})" for i, b in wrong[:5]]
        refuse("factors-overformed-samples", samples=listed, count=len(wrong), hours=hours)
