"""Several biomarkers of one drug, read from samples: the joint answer of every sample or month, and what disagrees.

Refuses to join results of different water: a month joins only samples in which every joined biomarker was detected.
Refuses to read an event from a disagreement that all places share: that is the factors' or the laboratory's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import need_samples, one_of
from wbe.factors.biomarkers import disagree, likely
from wbe.factors.biomarkers import joint as joint_estimate
from wbe.factors.compound_table import known_id
from wbe.factors.correcting import refuse_corrected_twice
from wbe.factors.profile_types import Profile
from wbe.factors.profiles import profile as shipped
from wbe.factors.refusals import refuse
from wbe.factors.rules import rules
from wbe.messages import Note, Words, join, notes
from wbe.samples import Flag, month
from wbe.uncertainty.inputs import measurement_terms

__all__ = ["joint_by"]

_BY = {"sample": ["district", "month", "sample"], "month": ["district", "month"]}
_COLUMNS = (
    "drug", "biomarkers", "consumption", "lower", "upper", "unit", "q", "p", "stands_out", "verdict", "n_samples",
    "note", "note_codes",
)  # fmt: skip
_UNIT = "mg/d/1000 inhabitant"


def joint_by(
    samples: xr.Dataset,
    drug: str,
    profile: str | Profile = "several-biomarkers",
    *,
    by: str = "month",
    cvs: Mapping[str, float] | None = None,
    excretion_correlation: float | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate a drug from all of its biomarkers, for every month and district or every sample.

    Parameters
    ----------
    samples : Dataset
        Samples.
    drug : str
        Id or name.
    profile : str or Profile
        With a factor of the drug by at least two of the measured biomarkers.
    by : {"month", "sample"}
    cvs : mapping, optional
        Own sizes of the errors of measurement, as :func:`wbe.uncertainty.inputs.measurement_terms` takes them.
    excretion_correlation : float
        As in :func:`wbe.factors.joint`.
    level : float

    Returns
    -------
    DataFrame
        district, month (and sample), drug, biomarkers (those joined), consumption with lower, upper and unit
        (mg/d/1000 inhabitant; g/d where no sample has a population, ng/L of sewage where none has a flow), q and p of
        the conflict test, stands_out, verdict, n_samples (joined), note, note_codes (of verdict and note).
        ``stands_out``: the biomarkers differ here by
        more than three standard deviations from how they differ elsewhere (at least five cells); excretion, common to
        all, cancels from it, so it is the sign of something local. A biomarker that is below its limit in more than
        half of the samples is not joined; the note says so, with the consumption that its limit would allow. The
        interval holds excretion, analysis, flow and sampling, not the error of the population.

    Raises
    ------
    FactorError
        Fewer than two measured biomarkers have a factor.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> city = small_city(districts=1, months=2, biomarkers=("methamphetamine", "ketamine", "mdma", "amphetamine"))
    >>> joint_by(city, "冰毒")[["month", "biomarkers", "n_samples"]].values.tolist()
    [['2021-01', 'methamphetamine; amphetamine', 1], ['2021-02', 'methamphetamine; amphetamine', 1]]
    """
    need_samples(samples, "joint_by")
    one_of(by, _BY, Words("grouping", "分组方式"))
    drug = known_id(drug)
    chosen = profile if isinstance(profile, Profile) else shipped(profile)
    refuse_corrected_twice(samples, chosen)
    names = [f.biomarker for f in chosen.factors if f.drug == drug and f.biomarker in samples["biomarker"].values]
    if len(names) < 2:
        held = [f.biomarker for f in chosen.factors if f.drug == drug]
        refuse("factors-joint-not-measured", drug=drug, found=names or "–", profile=chosen.name, held=held or "–")
    results, unit = _results(samples, names)
    spreads = _Spreads(samples, cvs)
    rows = []
    for place, group in results.groupby(_BY[by], sort=False):
        found = _one(group, names, drug, chosen, spreads, excretion_correlation, level, unit)
        rows.append({**dict(zip(_BY[by], place, strict=True)), "drug": drug, **found})
    _set_apart(rows, drug)
    for row in rows:
        said = [row["verdict"], *row["notes"]]
        row.update(verdict=row["verdict"].text(), note=join(row["notes"]), note_codes=notes(said))
    return pd.DataFrame(rows, columns=[*_BY[by], *_COLUMNS])


def _set_apart(rows: list[dict[str, Any]], drug: str) -> None:
    """Tell a disagreement that all cells share from one that is a cell's own, and word both."""
    least, beyond = int(rules()["several"]["least_cells"]), float(rules()["several"]["far"])
    for names in dict.fromkeys(r["joined"] for r in rows if "joined" in r):
        same = [r for r in rows if r.get("joined") == names]
        if len(same) < least:
            continue
        logs = np.array([r["logs"] for r in same])
        # each biomarker against the mean of the others
        apart = (logs - logs.mean(axis=1, keepdims=True)) * len(names) / (len(names) - 1)
        usual = np.median(apart, axis=0)
        spread = 1.4826 * np.median(np.abs(apart - usual), axis=0)
        error = np.array([[r["own"] * math.sqrt(len(names) / (len(names) - 1))] for r in same])
        distance = (apart - usual) / np.maximum(spread, error)
        alike = [disagree(r["p"]) for r in same]
        for i, (row, far, off) in enumerate(zip(same, distance, alike, strict=True)):
            odd = int(np.abs(far).argmax())
            row["stands_out"] = bool(abs(far[odd]) > beyond)
            if row["stands_out"]:
                reasons = likely(drug, names[odd], bool(far[odd] > 0), list(names))
                row["verdict"] = Note(
                    "factors-stands-out-high" if far[odd] > 0 else "factors-stands-out-low", others=len(same) - 1,
                    biomarker=names[odd], times=f"{math.exp(abs(apart[i, odd] - usual[odd])):.2g}", reasons=reasons,
                )  # fmt: skip
            elif off:  # no more than is usual: no event to be read from it
                row["verdict"] = Note(
                    "factors-disagree-everywhere", p=f"{row['p']:.2g}", alike=sum(alike), cells=len(same)
                )


def _water(samples: xr.Dataset) -> tuple[xr.DataArray, str]:
    """What turns ng/L into the best quantity that the samples allow, and its unit.

    ng/L x m3/d = 1e-3 mg/d, for each 1000 inhabitants; = 1e-6 g/d. The conflict of biomarkers needs neither.
    """
    per_head = samples["flow"] / samples["population"]
    if bool((np.isfinite(per_head) & (per_head > 0)).any()):
        return per_head, _UNIT
    if bool((samples["flow"] > 0).any()):
        return samples["flow"] * 1e-6, "g/d"
    return xr.ones_like(samples["flow"]), "ng/L"


def _results(samples: xr.Dataset, names: list[str]) -> tuple[pd.DataFrame, str]:
    """One row for each sample: load per head (or what the samples allow) and state of every biomarker; its unit."""
    water, unit = _water(samples)
    held = samples.sel(biomarker=names)
    frame = pd.DataFrame({
        "sample": samples["sample"].values, "district": samples["district"].values, "month": month(samples).values,
        "water": water.values, "batch": samples["batch"].values if "batch" in samples.coords else "",
    })  # fmt: skip
    for name in names:
        one = held.sel(biomarker=name)
        detected = (one["flag"] == Flag.DETECTED).values
        below = one["flag"].isin((Flag.BELOW_LOD, Flag.BELOW_LOQ)).values
        limit = one["lod"].where(one["flag"] == Flag.BELOW_LOD, one["loq"]).values
        frame[f"load {name}"] = np.where(detected, one["concentration"].values, np.nan) * frame["water"]
        frame[f"limit {name}"] = np.where(below, limit, np.nan) * frame["water"]
        frame[f"below {name}"] = below
    return frame[np.isfinite(frame["water"]) & (frame["water"] > 0)], unit


class _Spreads:
    """Errors of measurement by their scope: one biomarker's own, and those that all of a sample share."""

    def __init__(self, samples: xr.Dataset, cvs: Mapping[str, float] | None):
        terms = measurement_terms(samples, cvs)
        self.analysis = terms["analysis"].log_sd
        self.batch = terms["batch"].log_sd if "batch" in terms else 0.0
        self.flow, self.meter = terms["flow"].log_sd, terms["flow_meter"].log_sd
        sampling = terms["sampling"].spread
        every = sampling.values if isinstance(sampling, xr.DataArray) else np.full(samples.sizes["sample"], sampling)
        self.sampling = dict(zip(samples["sample"].values, every, strict=True))

    def own(self, rows: pd.DataFrame) -> float:
        """CV of the mean load of one biomarker that no other biomarker shares."""
        variance = self.analysis**2 / len(rows) + self.batch**2 / max(rows["batch"].nunique(), 1)
        return math.sqrt(math.expm1(variance))

    def shared(self, rows: pd.DataFrame, unit: str) -> float:
        """CV that all biomarkers of these samples share; no flow is in a concentration."""
        sampling = float(np.mean([self.sampling[s] ** 2 for s in rows["sample"]])) / len(rows)
        flow = 0.0 if unit == "ng/L" else self.meter**2 + self.flow**2 / len(rows)
        return math.sqrt(math.expm1(flow + sampling))


def _one(
    rows: pd.DataFrame,
    names: list[str],
    drug: str,
    p: Profile,
    spreads: _Spreads,
    correlation: float | None,
    level: float,
    unit: str,
) -> dict[str, Any]:
    detected = {b: int(rows[f"load {b}"].notna().sum()) for b in names}
    below = {b: int(rows[f"below {b}"].sum()) for b in names}
    joined = [b for b in names if detected[b] and detected[b] >= below[b]]
    whole = rows.dropna(subset=[f"load {b}" for b in joined])
    said = [_left_out(rows, b, detected[b], below[b], drug, p, unit) for b in names if b not in joined]
    if len(joined) < 2 or whole.empty:
        why = "alone" if joined else "nothing"
        if len(joined) > 1:
            why = "apart"
        return {
            "biomarkers": "; ".join(joined),
            "verdict": Note(f"factors-no-joint-{why}", biomarkers=joined),
            "n_samples": len(whole) if joined else 0,
            "notes": said,
        }
    loads = {b: (float(whole[f"load {b}"].mean()), spreads.own(whole)) for b in joined}
    found = joint_estimate(
        loads, drug, p, flow_cv=spreads.shared(whole, unit), excretion_correlation=correlation, level=level,
    )  # fmt: skip
    if len(whole) < len(rows):
        said.append(Note("factors-joined-samples", whole=len(whole), samples=len(rows)))
    return {
        "biomarkers": "; ".join(joined), "consumption": found.consumption, "lower": found.lower, "upper": found.upper,
        "unit": unit,
        "q": found.q, "p": found.p, "verdict": found.verdict_note, "n_samples": len(whole), "notes": said,
        "joined": tuple(joined), "logs": np.log(found.each["consumption"].to_numpy()), "own": spreads.own(whole),
    }  # fmt: skip


def _left_out(rows: pd.DataFrame, biomarker: str, detected: int, below: int, drug: str, p: Profile, unit: str) -> Note:
    if not detected + below:
        return Note("factors-left-out-no-result", biomarker=biomarker)
    values = {"biomarker": biomarker, "below": below, "results": detected + below}
    limit = rows[f"limit {biomarker}"].max()
    factor = p.factor(drug, biomarker)
    if factor is None or not math.isfinite(limit):
        return Note("factors-left-out-below", **values)
    return Note("factors-left-out-allows", **values, limit=f"{limit * factor.correction_factor:.3g}", unit=unit)
