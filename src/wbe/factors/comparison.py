"""One set of samples under several profiles: what each says, and which conclusions turn with the choice.

Refuses profiles with nothing to compare. Speaks of factors alone: flow, population and sampling are the same under all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import FactorError, need_samples
from wbe.factors.correcting import refuse_corrected_twice
from wbe.factors.profile_types import Profile
from wbe.factors.profiles import profile
from wbe.factors.spreads import tails
from wbe.samples import Flag, month

_DEFAULT = ("default", "zuccato-2008", "gracia-lor-2016", "nwdmp", "china-2020")


def compare(
    samples: xr.Dataset,
    profiles: Sequence[str | Profile] = _DEFAULT,
    *,
    population: xr.DataArray | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the consumption of each drug and district under each profile, and the conclusions that turn.

    Parameters
    ----------
    samples : Dataset
        Samples.
    profiles : sequence of str or Profile
        Names, or profiles with overlays.
    population : DataArray, optional
        Inhabitants by sample, in place of the reported ones (a profile with its own population rule needs it).
    level : float
        Of the interval that excretion alone gives.

    Returns
    -------
    DataFrame
        district, drug, profile, biomarker, load (median over detected samples, mg/d/1000 inhabitant), consumption,
        lower, upper, correction_factor, ratio (to the first profile), rank (of the drug in the district), status,
        n_samples, n_detected, turns (whether a conclusion on this drug and district depends on the profile).
        ``attrs["conclusions"]`` holds the table of :func:`conclusions`, ``attrs["profiles"]`` name to hash,
        ``attrs["no_factor"]`` the biomarkers that no profile uses, with the reason.

    Raises
    ------
    FactorError
        Fewer than two profiles, or no detected result that any of them can use.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> table = compare(small_city(), ["zuccato-2008", "gracia-lor-2016"])
    >>> one = table[(table["drug"] == "methamphetamine") & (table["profile"] == "gracia-lor-2016")]
    >>> one["ratio"].round(3).unique().tolist()
    [1.894]
    """
    need_samples(samples, "compare")
    if isinstance(profiles, str | Profile):
        raise FactorError("compare: got one profile; needed a list of at least 2, such as ['default', 'nwdmp'].")
    chosen = [p if isinstance(p, Profile) else profile(p) for p in profiles]
    if len({p.name for p in chosen}) < 2:
        raise FactorError(f"compare: {len(chosen)} profile(s); needed at least 2 with different names.")
    loads = _loads(samples, population)
    tail, _ = tails(level, "compare")
    for p in chosen:
        refuse_corrected_twice(samples, p)
    rows: list[dict[str, Any]] = []
    for p in chosen:
        for (district, biomarker), group in loads.groupby(["district", "biomarker"], sort=False):
            drug = p.drug_of(str(biomarker))
            found = p.factor(drug, str(biomarker)) if drug else None
            if found is None:
                continue
            load = float(group["load"].median())
            low, mid, high = (found.mass_ratio / float(q) for q in found.fraction.quantile([1 - tail, 0.5, tail]))
            rows.append({
                "district": district, "drug": found.drug, "profile": p.name, "biomarker": biomarker, "load": load,
                "consumption": load * mid, "lower": load * low, "upper": load * high, "correction_factor": mid,
                "status": found.status, "n_samples": len(group), "n_detected": int(group["load"].notna().sum()),
                "first": p.biomarker(found.drug) == biomarker,
            })  # fmt: skip
    if not rows:
        raise FactorError("compare: no profile has a factor by any of these biomarkers.")
    table = _first_biomarkers(pd.DataFrame(rows))
    table["ratio"] = table["consumption"] / _by_first_profile(table, chosen[0].name)
    table["rank"] = table.groupby(["district", "profile"])["consumption"].rank(ascending=False, method="min")
    found_conclusions = conclusions(table)
    turned = {(c["district"], d) for c in found_conclusions.to_dict("records") for d in str(c["drugs"]).split("; ")}
    table["turns"] = [(r["district"], r["drug"]) in turned for r in table.to_dict("records")]
    table.attrs["conclusions"] = found_conclusions
    unused = [str(b) for b in samples["biomarker"].values if str(b) not in set(table["biomarker"])]
    table.attrs["no_factor"] = {b: chosen[0].why_none(b) for b in unused if all(p.drug_of(b) is None for p in chosen)}
    table.attrs["profiles"] = {p.name: p.hash for p in chosen}
    return table


def _loads(samples: xr.Dataset, population: xr.DataArray | None) -> pd.DataFrame:
    """Population-normalised loads of detected results, one row for each sample and biomarker."""
    people = samples["population"] if population is None else population
    # ng/L x m3/d = 1e-3 mg/d; for each 1000 inhabitants
    load = samples["concentration"].where(samples["flag"] == Flag.DETECTED) * samples["flow"] / people
    frame = load.rename("load").to_series().reset_index()
    districts = samples["district"].to_series()
    frame["district"] = frame["sample"].map(districts).to_numpy()
    frame["month"] = frame["sample"].map(dict(zip(samples["sample"].values, month(samples).values, strict=True)))
    return frame


def _first_biomarkers(table: pd.DataFrame) -> pd.DataFrame:
    """Keep one biomarker for each district, drug and profile: the profile's first that was detected."""
    table = table.assign(seen=table["n_detected"] > 0)
    table = table.sort_values(["seen", "first"], ascending=False, kind="stable")
    table = table.drop_duplicates(["district", "drug", "profile"]).sort_index()
    return table.drop(columns=["first", "seen"]).reset_index(drop=True)


def _by_first_profile(table: pd.DataFrame, name: str) -> pd.Series:
    first = table[table["profile"] == name].set_index(["district", "drug"])["consumption"]
    keys = pd.MultiIndex.from_frame(table[["district", "drug"]])
    return pd.Series(first.reindex(keys).to_numpy(), index=table.index)


def conclusions(table: pd.DataFrame) -> pd.DataFrame:
    """Return the conclusions that turn with the profile.

    Within one drug a factor is common to all districts, so districts keep their order unless profiles trace the drug
    by different biomarkers; between drugs of one district the order turns wherever factors differ enough.

    Parameters
    ----------
    table : DataFrame
        Of :func:`compare`.

    Returns
    -------
    DataFrame
        kind (``drugs`` in one district, or ``districts`` for one drug), district, drugs, statement, under (profile to
        answer); empty when every profile says the same.
    """
    rows = [*_drug_orders(table), *_district_orders(table)]
    return pd.DataFrame(rows, columns=["kind", "district", "drugs", "statement", "under"])


def _drug_orders(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for district, group in table.groupby("district", sort=False):
        wide = group.pivot(index="drug", columns="profile", values="consumption")
        for i, a in enumerate(wide.index):
            for b in wide.index[i + 1 :]:
                both = wide.loc[[a, b]].dropna(axis=1)
                answers = {str(p): str(both[p].idxmax()) for p in both.columns}
                if len(set(answers.values())) > 1:
                    statement = f"{district}: which is consumed more, {a} or {b}"
                    rows.append({
                        "kind": "drugs", "district": district, "drugs": f"{a}; {b}", "statement": statement,
                        "under": answers,
                    })  # fmt: skip
    return rows


def _district_orders(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for drug, group in table.groupby("drug", sort=False):
        wide = group.pivot(index="district", columns="profile", values="consumption").dropna(axis=1, how="all")
        tops: Mapping[str, str] = {
            str(p): str(wide[p].idxmax()) for p in wide.columns if bool(np.isfinite(wide[p]).any())
        }
        if len(set(tops.values())) > 1:
            for district in sorted(set(tops.values())):
                rows.append({
                    "kind": "districts", "district": district, "drugs": drug,
                    "statement": f"{drug}: which district is highest", "under": dict(tops),
                })  # fmt: skip
    return rows
