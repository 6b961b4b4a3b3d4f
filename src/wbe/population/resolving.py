"""The one door of the room: a named method gives the population of every sample, and says what it rests on.

Refuses a method that the samples cannot feed; the message says which column is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import FactorError
from wbe.population.agency import agency_population
from wbe.population.ensemble import by_site, dynamic, static
from wbe.population.markers import domestic_share, marker_population, per_head_mass
from wbe.population.mobile import mobile_population
from wbe.population.reported import basis_of, reported_population
from wbe.population.tables import basis, settings
from wbe.uncertainty import Uncertain

ENSEMBLES = ("ensemble", "ensemble-dynamic")


def methods() -> tuple[str, ...]:
    """Return every method that :func:`resolve` knows.

    Examples
    --------
    >>> "agency-cotinine" in methods() and "reported" in methods()
    True
    """
    return ("reported", *settings()["marker"], "agency-cotinine", "mobile", *ENSEMBLES)


def resolve(
    samples: xr.Dataset,
    method: str = "reported",
    *,
    mobile: pd.DataFrame | None = None,
    of: Sequence[str] | None = None,
    country: str = "CN",
    claims: pd.DataFrame | None = None,
    cvs: Mapping[str, float] | None = None,
) -> Uncertain:
    """Population of every sample by a named method.

    Parameters
    ----------
    samples : Dataset
        Samples.
    method : str
        ``reported``; a marker (``ammonium_nitrogen, cod, bod5, total_nitrogen, total_phosphorus, cotinine, creatinine,
        caffeine, acesulfame``); ``agency-cotinine``; ``mobile``; ``ensemble`` (one number per site) or
        ``ensemble-dynamic`` (one per sample), also of named methods: ``"ensemble-dynamic:reported+cotinine"``.
    mobile : DataFrame, optional
        Counts for ``mobile`` and the ensembles, as in :func:`wbe.population.mobile_population`.
    of : sequence of str, optional
        Methods of an ensemble; by default the reported population and every marker that the samples hold.
    country, claims
        Per-head claims, as in :func:`wbe.population.per_head_mass`.
    cvs : mapping, optional
        Own sizes of the errors of measurement; the same must be given for the load.

    Returns
    -------
    Uncertain (sample) [inhabitant]
        Coordinates ``flow_known`` and ``on_flow`` say which numbers are absolute: a marker population of a sample
        without a meter is per 1 m3/d. Divide loads by it with :func:`wbe.population.per_head`.

    Raises
    ------
    FactorError
        Unknown method, a marker that the samples do not hold or that has no claim, too few methods.
    InputError
        Faults in the mobile table.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> float(resolve(small_city()).central[0])
    100000.0
    """
    method, named = _parts(method)
    of = named or of
    if method == "reported":
        return reported_population(samples)
    if method == "agency-cotinine":
        return agency_population(samples, cvs=cvs)
    if method == "mobile":
        if mobile is None:
            raise FactorError(
                "population='mobile': pass mobile= (--mobile on the command line), a table with site, population and "
                "date or month."
            )
        return mobile_population(samples, mobile)
    if method in settings()["marker"]:
        return marker_population(samples, method, country=country, claims=claims, cvs=cvs)
    if method in ENSEMBLES:
        parts = {
            m: resolve(samples, m, mobile=mobile, country=country, claims=claims, cvs=cvs)
            for m in (of if of is not None else _available(samples, mobile))
        }
        return static(samples, parts) if method == "ensemble" else dynamic(samples, parts)
    raise FactorError(f"population: got {method!r}; needed one of {', '.join(methods())}.")


def _parts(method: str) -> tuple[str, list[str]]:
    """Cut an ensemble of named methods into its kind and its parts."""
    kind, _, listed = method.partition(":")
    if not listed or kind not in ENSEMBLES:
        return method, []
    parts = [part.strip() for part in listed.split("+")]
    single = [m for m in methods() if m not in ENSEMBLES]
    strange = [part for part in parts if part not in single]
    if strange:
        raise FactorError(f"population={method!r}: got {', '.join(strange)}; needed some of {', '.join(single)}.")
    return kind, list(dict.fromkeys(parts))


def _available(samples: xr.Dataset, mobile: pd.DataFrame | None) -> list[str]:
    found = ["reported"] if bool(samples["population"].notnull().any()) else []
    found += ["mobile"] if mobile is not None else []
    biomarkers = set(samples["biomarker"].values)
    for marker, entry in settings()["marker"].items():
        held = marker in biomarkers if entry["kind"] == "human" else marker in samples
        if held and not (entry["kind"] == "water" and bool(samples[marker].isnull().all())):
            found.append(marker)
    return found


def describe(samples: xr.Dataset, method: str = "reported") -> pd.DataFrame:
    """Say in words what a method's population rests on.

    Parameters
    ----------
    samples : Dataset
        Samples.
    method : str
        As in :func:`resolve`.

    Returns
    -------
    DataFrame
        ``part, n_samples, status, en, zh``: one row for each basis or marker, with the warnings that a reader needs
        (unknown basis, memory claims, missing domestic share, the agency rule's fault, unmetered flow).

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> describe(small_city())[["part", "n_samples", "status"]].values.tolist()
    [['census', 12, 'derived']]
    """
    rows: list[dict[str, object]] = []
    method, named = _parts(method)
    parts = (named or _available(samples, None)) if method in ENSEMBLES else [method]
    if "reported" in parts:
        rows += _reported_words(samples)
    for part in parts:
        if part in settings()["marker"] or part == "agency-cotinine":
            rows += _marker_words(samples, part)
    if "mobile" in parts:
        entry = basis("mobile")
        rows.append({
            "part": "mobile", "n_samples": samples.sizes["sample"], "status": entry["status"],
            "en": f"Population from counts of mobile devices, CV {100 * entry['cv']:.0f} % where the table gives none; "
                  "it takes the share of people who carry one as known.",
            "zh": f"移动信令人口，表中未给变异系数时按 {100 * entry['cv']:.0f} % 计；以携带设备的人口比例已知为前提。",
        })  # fmt: skip
    if method in ENSEMBLES and "mobile" not in parts:
        at_odds, sites = _at_odds(samples, {m: resolve(samples, m) for m in parts})
        if at_odds:
            rows.append({
                "part": "conflict", "n_samples": samples.sizes["sample"], "status": "",
                "en": f"The methods contradict each other at {at_odds} of {sites} site(s): intervals are wider for it.",
                "zh": f"{sites} 个采样点中有 {at_odds} 个点各方法互相矛盾：区间已因此加宽。",
            })  # fmt: skip
    unmetered = int((~(np.isfinite(samples["flow"]) & (samples["flow"] > 0))).sum())
    if unmetered:
        rows.append({
            "part": "flow", "n_samples": unmetered, "status": "",
            "en": f"{unmetered} sample(s) have no metered flow: only loads per head from a marker of the same sample.",
            "zh": f"{unmetered} 个样品无流量：仅能用同一样品的人口标志物给出千人均负荷。",
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["part", "n_samples", "status", "en", "zh"])


def caveats(samples: xr.Dataset, method: str = "reported", mobile: pd.DataFrame | None = None) -> list[str]:
    """Say in a few words what a number per head may not be printed without.

    Parameters
    ----------
    samples : Dataset
        Samples.
    method, mobile
        As in :func:`resolve`.

    Returns
    -------
    list of str
        One for each part of the population that rests on memory or on something unsaid; empty when nothing does.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> caveats(small_city())
    []
    >>> caveats(small_city(biomarkers=("cotinine",)), "cotinine")
    ['population from cotinine: per-head claim derived, not verified']
    """
    method, named = _parts(method)
    parts = (named or _available(samples, mobile)) if method in ENSEMBLES else [method]
    said = []
    for part in parts:
        if part == "reported":
            for name in dict.fromkeys(basis_of(samples).astype(str)):
                if name == "unknown":
                    said.append("population: not said what it counts, so its interval is the widest")
                elif basis(name)["status"] == "memory":
                    said.append(f"population ({basis(name)['en']}): its spread is memory, not verified")
        elif part in settings()["marker"]:
            status = per_head_mass(part).status
            if status != "verified":
                said.append(f"population from {part}: per-head claim {status}, not verified")
            if _industry_may_count(samples, part):
                said.append(f"population from {part}: no domestic share was given, industry may count as people")
        elif part == "agency-cotinine":
            said.append("population by the public cotinine rule: its domestic share raises loads per head")
    if method in ENSEMBLES:
        said += _conflict(samples, {m: resolve(samples, m, mobile=mobile) for m in parts})
    return said


def _conflict(samples: xr.Dataset, methods: Mapping[str, Uncertain]) -> list[str]:
    """Say at how many sites the methods contradict each other; no site is named, so that any edition may print it."""
    at_odds, sites = _at_odds(samples, methods)
    if not at_odds:
        return []
    return [
        f"population: its methods contradict each other at {at_odds} of {sites} site(s), so its interval is wider "
        "(wbe.population.by_site says where)"
    ]


def _at_odds(samples: xr.Dataset, methods: Mapping[str, Uncertain]) -> tuple[int, int]:
    """Count the sites whose methods contradict each other, and all sites."""
    table = by_site(samples, methods)
    if "p_conflict" not in table:
        return 0, len(table)
    return int((table["p_conflict"] < settings()["ensemble"]["conflict_level"]).sum()), len(table)


def _reported_words(samples: xr.Dataset) -> list[dict[str, object]]:
    rows = []
    named, counts = np.unique(basis_of(samples).astype(str), return_counts=True)
    for name, n in zip(named, counts, strict=True):
        entry = basis(name)
        wide_en = " What it counts was not said, so the interval is wider." if name == "unknown" else ""
        wide_zh = "口径未说明，区间因此更宽。" if name == "unknown" else ""
        rows.append({
            "part": str(name), "n_samples": int(n), "status": entry["status"],
            "en": f"Reported population, {entry['en']}, CV {100 * entry['cv']:.0f} %.{wide_en}",
            "zh": f"上报人口（{entry['zh']}），变异系数 {100 * entry['cv']:.0f} %。{wide_zh}",
        })  # fmt: skip
    return rows


def _industry_may_count(samples: xr.Dataset, marker: str) -> bool:
    """Whether a marker that industry discharges too came without a domestic share for some sample."""
    share = domestic_share(samples, marker)
    return settings()["marker"][marker]["kind"] == "water" and (share is None or bool(share.isnull().any()))


def _marker_words(samples: xr.Dataset, part: str) -> list[dict[str, object]]:
    rule = settings()["agency_cotinine"]
    marker = "cotinine" if part == "agency-cotinine" else part
    head = per_head_mass(marker)
    zh_name = settings()["marker"][marker]["zh"]
    mass = f"{1e3 * head.mass.median():.4g} mg"
    en = f"Population from {marker}: {mass} per inhabitant and day ({head.status}). {head.note}."
    status = settings()["status_zh"].get(head.status, head.status)
    zh = f"由{zh_name}测算人口：每人每日 {mass}（{status}）。"
    if part == "agency-cotinine":
        en, zh = f"{en} {rule['warning_en']}", zh + str(rule["warning_zh"])
    if _industry_may_count(samples, marker):
        en += " No domestic share was given for some samples: industry may be counted as people."
        zh += "部分样品未给出生活污水占比，可能把工业排放计为人口。"
    return [{"part": part, "n_samples": samples.sizes["sample"], "status": head.status, "en": en, "zh": zh}]
