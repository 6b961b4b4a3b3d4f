"""One set of samples under several profiles: what each says, and which conclusions flip with the choice.

Refuses profiles with nothing to compare. Speaks of factors alone: flow, population and sampling are the same under all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import need_samples, one_of
from wbe.factors.compound_table import known_id
from wbe.factors.correcting import refuse_corrected_twice
from wbe.factors.flips import changes, flipping, holding, questions
from wbe.factors.profile_types import Profile
from wbe.factors.profiles import profile
from wbe.factors.refusals import refuse, refuse_all
from wbe.factors.rules import rules, tails
from wbe.messages import Note, Words
from wbe.samples import Flag, month

_DEFAULT = ("default", "zuccato-2008", "gracia-lor-2016", "nwdmp", "china-2020")
_BY = ("district", "month")

__all__ = ["Comparison", "compare", "conclusions"]


@dataclass(frozen=True, repr=False)
class Comparison:
    """What several profiles say of one set of samples.

    Attributes
    ----------
    table : DataFrame
        district, month (if by month), drug, profile, biomarker, load (median, mg/d/1000 inhabitant), load_log_sd,
        consumption, lower, upper, correction_factor, ratio (to the first profile), rank (of the drug in the district),
        status, n_samples, n_detected, note, note_codes, flips (whether a conclusion on this drug and district depends
        on the profile).
    conclusions : DataFrame
        Those that flip with the profile; columns as :func:`conclusions` gives them.
    holding : DataFrame
        Those that no profile contradicts, with their answer.
    profiles, warnings : mapping
        Name of each profile to its hash, and to its warning where it has one.
    no_factor : mapping
        Biomarkers that no profile uses, with the reason.
    """

    table: pd.DataFrame
    conclusions: pd.DataFrame
    holding: pd.DataFrame
    profiles: Mapping[str, str]
    warnings: Mapping[str, str]
    no_factor: Mapping[str, str]

    def __repr__(self) -> str:
        return (
            f"<wbe.Comparison of {', '.join(self.profiles)}: {len(self.table)} answers, {len(self.conclusions)} "
            f"conclusions flip, {len(self.holding)} hold; see .table .conclusions .holding>"
        )


def compare(
    samples: xr.Dataset,
    profiles: Sequence[str | Profile] = _DEFAULT,
    *,
    by: str = "district",
    above: Mapping[str, float] | None = None,
    population: xr.DataArray | None = None,
    level: float = 0.95,
) -> Comparison:
    """Return the consumption of each drug and district under each profile, and the conclusions that flip.

    Parameters
    ----------
    samples : Dataset
        Samples.
    profiles : sequence of str or Profile
        Names, or profiles with overlays.
    by : {"district", "month"}
        One answer for each district over all its samples, or for each of its months.
    above : mapping, optional
        Drug (id or name) to a consumption [mg/d/1000 inhabitant] that matters to you; which districts lie above it is
        one of the conclusions.
    population : DataArray, optional
        Inhabitants by sample, in place of the reported ones (a profile with its own population rule needs it).
    level : float
        Of the interval that excretion alone gives.

    Returns
    -------
    Comparison
        ``.table``, ``.conclusions``, ``.holding`` and more. The median load takes a result below its limit as lower
        than every detected one; where it falls among those there is no number, and the note says so. Districts whose
        loads cannot be told apart stand in one group of an order.

    Raises
    ------
    UnknownName
        No such profile, drug or grouping.
    FactorError
        Fewer than two profiles, no load for each head, or none that any profile can use.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> found = compare(small_city(), ["zuccato-2008", "gracia-lor-2016"], above={"METH": 100})
    >>> rows = found.table[found.table["drug"] == "methamphetamine"].set_index("profile")
    >>> rows.loc["gracia-lor-2016", "ratio"].round(3).unique().tolist()
    [1.894]
    >>> found.holding.loc[found.holding["kind"] == "districts", "answer"].tolist()
    ['天元区, 荷塘区, 芦淞区']
    """
    need_samples(samples, "compare")
    chosen = _profiles(profiles)
    one_of(by, _BY, Words("grouping", "分组方式"))
    tail, _ = tails(level, Words("compare", "比较"))
    for p in chosen:
        refuse_corrected_twice(samples, p)
    limits = _limits(above or {})
    loads = _loads(samples, population)
    found = {keys: _answers(loads, chosen, list(keys), tail) for keys in (("district",), ("district", "month"))}
    table = found["district", "month"] if by == "month" else found["district",]
    absent = sorted(set(limits) - set(table["drug"]))
    if absent:
        refuse("factors-above-unanswered", absent=absent, known=list(dict.fromkeys(table["drug"])))
    table["ratio"] = table["consumption"] / _by_first_profile(table, chosen[0].name)
    places = [*(("district",) if by == "district" else ("district", "month")), "profile"]
    table["rank"] = table.groupby(places)["consumption"].rank(ascending=False, method="min")
    asked = questions(table, limits) + (changes(found["district", "month"]) if by == "district" else [])
    turned = flipping(asked)
    marks = {
        (district, "" if q.kind == "months" else q.month, drug)
        for q in asked if q.flips
        for district in q.districts
        for drug in q.drugs
    }  # fmt: skip
    # a conclusion on a district's course concerns all of its months
    table["flips"] = [
        bool({(r["district"], r.get("month", ""), r["drug"]), (r["district"], "", r["drug"])} & marks)
        for r in table.to_dict("records")
    ]
    unused = [str(b) for b in samples["biomarker"].values if str(b) not in set(table["biomarker"])]
    return Comparison(
        table=table,
        conclusions=turned,
        holding=holding(asked),
        profiles={p.name: p.hash for p in chosen},
        warnings={p.name: " ".join(said.text() for said in p.warnings) for p in chosen if p.warnings},
        no_factor={b: chosen[0].why_none(b) for b in unused if all(p.drug_of(b) is None for p in chosen)},
    )


def _profiles(profiles: Sequence[str | Profile]) -> list[Profile]:
    if isinstance(profiles, str | Profile) or not isinstance(profiles, Iterable):
        refuse("factors-one-profile")
    chosen = [p if isinstance(p, Profile) else profile(p) for p in profiles]
    if len({p.name for p in chosen}) < max(2, len(chosen)):
        refuse("factors-few-profiles", count=len(chosen))
    return chosen


def _limits(above: Mapping[str, float]) -> dict[str, float]:
    refuse_all([
        Note("factors-above-number", drug=drug, came=repr(value)) for drug, value in above.items()
        if not 0 < value < math.inf
    ])  # fmt: skip
    return {known_id(drug): float(value) for drug, value in above.items()}


def _loads(samples: xr.Dataset, population: xr.DataArray | None) -> pd.DataFrame:
    """Population-normalised loads, one row for each measured result; below a limit is -inf, above the range inf."""
    people = samples["population"] if population is None else population
    # ng/L x m3/d = 1e-3 mg/d; for each 1000 inhabitants
    load = samples["concentration"] * samples["flow"] / people
    flag = samples["flag"]
    load = load.where(flag == Flag.DETECTED).where(~flag.isin((Flag.BELOW_LOD, Flag.BELOW_LOQ)), -np.inf)
    load = load.where(flag != Flag.ABOVE_ULOQ, np.inf).where((samples["flow"] / people).notnull())
    frame = load.rename("load").to_series().dropna().reset_index()
    if not np.isfinite(frame["load"]).any():
        refuse(
            "factors-no-load", samples=int(people.size), flow=int(samples["flow"].isnull().sum()),
            population=int(people.isnull().sum()),
        )  # fmt: skip
    frame["district"] = frame["sample"].map(samples["district"].to_series()).to_numpy()
    frame["month"] = frame["sample"].map(dict(zip(samples["sample"].values, month(samples).values, strict=True)))
    return frame


def _answers(loads: pd.DataFrame, chosen: list[Profile], places: list[str], tail: float) -> pd.DataFrame:
    """Consumption by place, drug and profile, at the median load of the profile's first biomarker found there."""
    groups = loads.groupby([*places, "biomarker"], sort=False)["load"]
    medians = groups.agg(
        load=_median, n_samples="size", n_detected=lambda v: int(np.isfinite(v).sum())
    ).reset_index()  # fmt: skip
    said = [_note(r["load"], r["n_detected"], r["n_samples"]) for r in medians.to_dict("records")]
    medians["note"] = ["" if note is None else note.text() for note in said]
    medians["note_codes"] = ["" if note is None else note.code for note in said]
    medians["load_log_sd"] = _load_log_sd(loads, medians)
    parts = []
    for p in chosen:
        for biomarker, rows in medians.groupby("biomarker", sort=False):
            drug = p.drug_of(str(biomarker))
            found = p.factor(drug, str(biomarker)) if drug else None
            if found is None:
                continue
            low, mid, high = (found.mass_ratio / float(q) for q in found.fraction.quantile([1 - tail, 0.5, tail]))
            parts.append(rows.assign(
                drug=found.drug, profile=p.name, consumption=rows["load"] * mid, lower=rows["load"] * low,
                upper=rows["load"] * high, correction_factor=mid, status=found.status,
                first=p.biomarker(found.drug) == biomarker,
            ))  # fmt: skip
    if not parts:
        refuse("factors-no-answer")
    table = pd.concat(parts)
    table["seen"] = table["load"].notna()
    table = table.sort_values(["seen", "first"], ascending=False, kind="stable")
    table = table.drop_duplicates([*places, "drug", "profile"])
    order = {name: i for i, name in enumerate(p.name for p in chosen)}
    table = table.assign(at=table["profile"].map(order)).sort_index(kind="stable").sort_values("at", kind="stable")
    columns = [
        *places, "drug", "profile", "biomarker", "load", "load_log_sd", "consumption", "lower", "upper",
        "correction_factor", "status", "n_samples", "n_detected", "note", "note_codes",
    ]  # fmt: skip
    return table[columns].reset_index(drop=True)


def _median(values: pd.Series) -> float:
    """Median in which results below a limit are lowest; NaN where it falls among them or above the range."""
    ordered = np.sort(values.to_numpy())
    middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    return float(middle.mean()) if np.isfinite(middle).all() else math.nan


def _note(load: float, n_detected: int, n: int) -> Note | None:
    return None if math.isfinite(load) else Note("factors-no-median", detected=n_detected, samples=n)


def _load_log_sd(loads: pd.DataFrame, medians: pd.DataFrame) -> pd.Series:
    """Standard deviation of ln of each median load: the scatter of single loads within districts, or the assumed one.

    The scatter is taken over all districts of a biomarker, since few samples show little of it.
    """
    assumed = float(rules()["comparison"]["day_log_sd"])
    detected = loads[np.isfinite(loads["load"])]
    logs = np.log(detected["load"]).groupby([detected["biomarker"], detected["district"]])
    count, variance = logs.size(), logs.var()
    free = (count - 1).groupby("biomarker").sum()
    pooled = ((count - 1) * variance.fillna(0.0)).groupby("biomarker").sum() / free.where(free > 0)
    spread = np.sqrt(pooled.where(free >= int(rules()["comparison"]["least_df"]), assumed**2))
    n = medians["n_detected"].clip(lower=1)
    # a median of n normal values is less sure than their mean, from three on
    found: pd.Series = medians["biomarker"].map(spread).fillna(assumed) * np.sqrt(np.where(n > 2, math.pi / 2, 1.0) / n)
    return found


def _by_first_profile(table: pd.DataFrame, name: str) -> pd.Series:
    keys = [c for c in ("district", "month", "drug") if c in table]
    first = table[table["profile"] == name].set_index(keys)["consumption"]
    return pd.Series(first.reindex(pd.MultiIndex.from_frame(table[keys])).to_numpy(), index=table.index)


def conclusions(table: pd.DataFrame, above: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Return the conclusions that flip with the profile.

    Within one drug a factor is common to all districts and months, so both keep their order unless profiles trace the
    drug by different biomarkers; between drugs of one district, and against a fixed level, the answer turns wherever
    factors differ enough.

    Parameters
    ----------
    table : DataFrame
        The ``table`` of :func:`compare`.
    above : mapping, optional
        As in :func:`compare`.

    Returns
    -------
    DataFrame
        kind (``drugs`` of one district, ``districts`` for one drug, ``months`` for one drug and district, ``levels``
        against ``above``), district, month, drugs, statement, statement_code, under (profile to answer); empty when
        no profile contradicts another.
    """
    return flipping(questions(table, _limits(above or {})))
