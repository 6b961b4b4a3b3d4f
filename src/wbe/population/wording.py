"""What a population rests on, in words: the caveats of every number per head, and a table for the reader.

Refuses to name a site: any edition may print what is said here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from wbe.messages import Note, Words
from wbe.population.ensemble import by_site
from wbe.population.markers import domestic_share, per_head_mass
from wbe.population.reported import basis_of
from wbe.population.resolving import ENSEMBLES, parts_of, resolve
from wbe.population.tables import Basis, basis, settings
from wbe.uncertainty import Uncertain

__all__ = ["caveats", "describe"]

UNKNOWN = "unknown"


def describe(samples: xr.Dataset, method: str = "reported") -> pd.DataFrame:
    """Say in words what a method's population rests on.

    Parameters
    ----------
    samples : Dataset
        Samples.
    method : str
        As in :func:`wbe.population.resolve`.

    Returns
    -------
    DataFrame
        ``part, n_samples, status, codes, en, zh``: one row for each basis or marker, with the warnings that a reader
        needs (unknown basis, memory claims, missing domestic share, the agency rule's fault, unmetered flow).

    Raises
    ------
    UnknownName
        Of the method.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> describe(small_city())[["part", "n_samples", "status"]].values.tolist()
    [['census', 12, 'derived']]
    """
    parts, size = parts_of(samples, method), samples.sizes["sample"]
    rows = _reported_rows(samples) if "reported" in parts else []
    for part in parts:
        if part in settings()["marker"] or part == "agency-cotinine":
            rows.append(_marker_row(samples, part))
    if "mobile" in parts:
        entry = basis("mobile")
        rows.append(_row("mobile", size, entry["status"], [Note("population-described-mobile", cv=_percent(entry))]))
    if method.partition(":")[0] in ENSEMBLES and "mobile" not in parts:
        at_odds, sites = _at_odds(samples, {m: resolve(samples, m) for m in parts})
        if at_odds:
            note = Note("population-described-conflict", at_odds=at_odds, sites=sites)
            rows.append(_row("conflict", size, "", [note]))
    unmetered = int((~(np.isfinite(samples["flow"]) & (samples["flow"] > 0))).sum())
    if unmetered:
        rows.append(_row("flow", unmetered, "", [Note("population-described-no-flow", count=unmetered)]))
    return pd.DataFrame(rows, columns=["part", "n_samples", "status", "codes", "en", "zh"])


def caveats(samples: xr.Dataset, method: str = "reported", mobile: pd.DataFrame | None = None) -> list[Note]:
    """Say in a few words what a number per head may not be printed without.

    Parameters
    ----------
    samples : Dataset
        Samples.
    method, mobile
        As in :func:`wbe.population.resolve`.

    Returns
    -------
    list of Note
        One for each part of the population that rests on memory or on something unsaid; empty when nothing does.

    Raises
    ------
    UnknownName
        Of the method.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> caveats(small_city())
    []
    >>> [note.code for note in caveats(small_city(biomarkers=("cotinine",)), "cotinine")]
    ['population-claim-not-verified']
    """
    parts = parts_of(samples, method, mobile)
    said: list[Note] = []
    for part in parts:
        if part == "reported":
            said += _basis_caveats(samples)
        elif part in settings()["marker"]:
            name, status = _marker_words(part), per_head_mass(part).status
            if status != "verified":
                said.append(Note("population-claim-not-verified", marker=name, status=_status(status)))
            if _industry_may_count(samples, part):
                said.append(Note("population-industry-may-count", marker=name))
        elif part == "agency-cotinine":
            said.append(Note("population-public-rule"))
    if method.partition(":")[0] in ENSEMBLES:
        at_odds, sites = _at_odds(samples, {m: resolve(samples, m, mobile=mobile) for m in parts})
        if at_odds:
            said.append(Note("population-methods-contradict", at_odds=at_odds, sites=sites))
    return said


def _basis_caveats(samples: xr.Dataset) -> list[Note]:
    said = []
    for name in dict.fromkeys(basis_of(samples).astype(str)):
        entry = basis(name)
        if name == UNKNOWN:
            said.append(Note("population-basis-not-said"))
        elif entry["status"] == "memory":
            said.append(Note("population-basis-from-memory", basis=Words(entry["en"], entry["zh"])))
    return said


def _at_odds(samples: xr.Dataset, methods: Mapping[str, Uncertain]) -> tuple[int, int]:
    """Count the sites whose methods contradict each other, and all sites."""
    table = by_site(samples, methods)
    if "p_conflict" not in table:
        return 0, len(table)
    return int((table["p_conflict"] < settings()["ensemble"]["conflict_level"]).sum()), len(table)


def _row(part: str, size: int, status: str, said: list[Note]) -> dict[str, object]:
    return {
        "part": part, "n_samples": size, "status": status, "codes": " ".join(note.code for note in said),
        "en": " ".join(note.text("en") for note in said), "zh": "".join(note.text("zh") for note in said),
    }  # fmt: skip


def _percent(entry: Basis | Mapping[str, float]) -> str:
    return f"{100 * entry['cv']:.0f}"


def _status(status: str) -> Note:
    return Note(f"population-status-{status}")


def _marker_words(marker: str) -> Words:
    return Words(marker, settings()["marker"][marker]["zh"])


def _reported_rows(samples: xr.Dataset) -> list[dict[str, object]]:
    rows = []
    for name, count in zip(*np.unique(basis_of(samples).astype(str), return_counts=True), strict=True):
        entry = basis(str(name))
        code = "population-described-unknown-basis" if name == UNKNOWN else "population-described-reported"
        note = Note(code, basis=Words(entry["en"], entry["zh"]), cv=_percent(entry))
        rows.append(_row(str(name), int(count), entry["status"], [note]))
    return rows


def _industry_may_count(samples: xr.Dataset, marker: str) -> bool:
    """Whether a marker that industry discharges too came without a domestic share for some sample."""
    share = domestic_share(samples, marker)
    return settings()["marker"][marker]["kind"] == "water" and (share is None or bool(share.isnull().any()))


def _marker_row(samples: xr.Dataset, part: str) -> dict[str, object]:
    marker = "cotinine" if part == "agency-cotinine" else part
    head = per_head_mass(marker)
    said = [Note(
        "population-described-marker", marker=_marker_words(marker), mass=f"{1e3 * head.mass.median():.4g} mg",
        status=_status(head.status), note=head.note,
    )]  # fmt: skip
    if part == "agency-cotinine":
        said.append(Note("population-public-rule-fault"))
    if _industry_may_count(samples, marker):
        said.append(Note("population-described-industry"))
    return _row(part, samples.sizes["sample"], head.status, said)
