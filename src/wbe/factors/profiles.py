"""Profiles: named, versioned, hashed choices over claims, read, overlaid and resolved into factors and doses.

Refuses a pair that cannot be defended (heroin from morphine), and a claim used for what it does not say.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from wbe import packaged
from wbe.errors import WbeError, one_of
from wbe.factors.claim_rows import parts, worst
from wbe.factors.compound_table import mass_of
from wbe.factors.declared import ProfileFile, check_shape
from wbe.factors.library import Overlay, claim, table_of, table_with
from wbe.factors.overlays import Layer, read_overlay
from wbe.factors.profile_types import Dose, Factor, Profile
from wbe.factors.refusals import FactorFaults, refuse, refuse_all
from wbe.factors.rules import rules, words
from wbe.factors.spreads import dose_of, fraction_of, route_mix
from wbe.messages import Note, Words
from wbe.uncertainty.distributions import Distribution, Mixture

__all__ = ["profile", "profile_names"]

_NAMED = 3
_PROFILE = Words("profile", "因子方案")


def profile_names() -> tuple[str, ...]:
    """Return the names of the shipped profiles.

    Examples
    --------
    >>> "default" in profile_names(), "agency-cotinine" in profile_names()
    (True, True)
    """
    return tuple(name.removesuffix(".toml") for name in packaged.names("profiles") if name.endswith(".toml"))


def profile(name: str = "default", overlay: Overlay | None = None) -> Profile:
    """Return a profile, with a user's own rows and choices laid over it if given.

    Parameters
    ----------
    name : str
        One of :func:`profile_names`.
    overlay : path or mapping, optional
        CSV of claims, or TOML with ``[[claim]]``, ``[[factor]]``, ``[[dose]]``, ``[[none]]``. A claim of an excretion
        fraction or a dose replaces the profile's choice for its pair.

    Raises
    ------
    UnknownName
        No such profile.
    FactorError
        An overlay with faults, an unknown claim, a claim used against its meaning; with file and row.

    Examples
    --------
    >>> mine = {"name": "our-lab", "claim": [{"id": "tramadol-our-lab", "quantity": "excretion_fraction",
    ...     "drug": "tramadol", "biomarker": "tramadol", "value": 0.25, "basis": "molar", "citation": "own study"}]}
    >>> p = profile("default", overlay=mine)
    >>> p.name, round(p.factor("tramadol").correction_factor, 2), p.changes
    ('default+our-lab', 4.0, ('our-lab: tramadol by tramadol from tramadol-our-lab',))
    """
    if str(name).lower().endswith((".csv", ".toml")) and name not in profile_names():
        refuse("factors-profile-is-file", name=str(name), known=profile_names())
    one_of(name, profile_names(), _PROFILE)
    if overlay is None:
        return _shipped_profile(name)
    layer = read_overlay(overlay)
    return _build(_content(name), table_of(layer), layer)


@functools.cache
def _shipped_profile(name: str) -> Profile:
    return _build(_content(name), table_with(None), None)


def _content(name: str) -> dict[str, Any]:
    content = packaged.toml(f"profiles/{name}.toml")
    check_shape(content, ProfileFile, f"profiles/{name}.toml")
    return content


def _build(content: dict[str, Any], table: pd.DataFrame, layer: Layer | None) -> Profile:
    content, changes = _overlaid(content, layer, table)
    faults: list[Note] = []
    factors: list[Factor] = []
    doses: list[Dose] = []
    for entry in content.get("factor", ()):
        try:
            factors.append(_factor(entry, table))
        except WbeError as err:
            faults += _within(content["name"], err)
    for entry in content.get("dose", ()):
        try:
            doses.append(_dose(entry, table))
        except WbeError as err:
            faults += _within(content["name"], err)
    refuse_all(faults)
    none = tuple((e["drug"], e["claim"], words(claim(e["claim"], table), "note")) for e in content.get("none", ()))
    used = sorted(
        {c for f in factors for c in f.claim_ids} | {c for d in doses for c in d.claim_ids} | {c for _, c, _ in none}
    )
    statuses = tuple((c, str(table.at[c, "status"])) for c in used)
    warning = _warning(content, statuses)
    name = content["name"] if layer is None else f"{content['name']}+{layer.name}"
    return Profile(
        name=name,
        version=content["version"],
        hash=_hash(content, used, table, factors),
        titles=words(content, "title"),
        warnings=warning,
        drugs=tuple(dict.fromkeys(f.drug for f in factors)),
        factors=tuple(factors),
        doses=tuple(doses),
        none=none,
        statuses=statuses,
        overlay=() if layer is None else (_named(layer),),
        change_notes=changes,
        cotinine=content.get("cotinine", {}),
    )


def _within(name: str, err: WbeError) -> list[Note]:
    """The faults of one choice, told with the profile they stand in."""
    told = err.faults if isinstance(err, FactorFaults) else [err]
    return [Note("factors-in-profile", profile=name, fault=fault) for fault in told]


def _named(layer: Layer) -> str:
    """Name of an overlay, with its version where it states one."""
    version = layer.text.get("version")
    return f"{layer.name} {version}" if version else layer.name


def _warning(content: Mapping[str, Any], statuses: tuple[tuple[str, str], ...]) -> tuple[Words | Note, ...]:
    """What a reader of any number under the profile must know."""
    said: list[Words | Note] = [words(content, "warning")] if content.get("warning") else []
    memory = [c for c, status in statuses if status == "memory"]
    if memory:
        named, rest = memory[:_NAMED], len(memory) - _NAMED
        values = {"count": len(memory), "all": len(statuses), "named": named}
        said.append(
            Note("factors-from-memory-more", **values, rest=rest) if rest > 0 else Note("factors-from-memory", **values)
        )
    return tuple(said)


def _overlaid(
    content: dict[str, Any], layer: Layer | None, table: pd.DataFrame
) -> tuple[dict[str, Any], tuple[Note, ...]]:
    """Lay a user's choices over a profile; explicit choices win over choices implied by claim rows."""
    if layer is None:
        return content, ()
    factors = list(content.get("factor", ()))
    doses = list(content.get("dose", ()))
    none = list(content.get("none", ()))
    changes = []
    chosen = [*_implied(layer, "excretion_fraction", layer.factors, table), *layer.factors]
    for entry in chosen:
        same = [i for i, f in enumerate(factors) if f["drug"] == entry["drug"] and f["biomarker"] == entry["biomarker"]]
        if same:
            factors[same[0]] = entry
        elif entry.get("first"):
            factors.insert(0, entry)
        else:
            factors.append(entry)
        none = [e for e in none if e["drug"] != entry["drug"]]
        changes.append(
            Note("factors-changed-factor", layer=layer.name, drug=entry["drug"], biomarker=entry["biomarker"],
                 claims=_ids(entry))
        )  # fmt: skip
    for entry in [*_implied(layer, "dose", layer.doses, table), *layer.doses]:
        doses = [d for d in doses if d["drug"] != entry["drug"]] + [entry]
        changes.append(Note("factors-changed-dose", layer=layer.name, drug=entry["drug"], claims=_ids(entry)))
    for entry in layer.none:
        factors = [f for f in factors if f["drug"] != entry["drug"]]
        none = [e for e in none if e["drug"] != entry["drug"]] + [entry]
        changes.append(Note("factors-changed-none", layer=layer.name, drug=entry["drug"], claim=entry["claim"]))
    return {**content, "factor": factors, "dose": doses, "none": none, "overlay": layer.name}, tuple(changes)


def _ids(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(c["id"] if isinstance(c, Mapping) else c for c in entry["claims"])


def _implied(
    layer: Layer, quantity: str, explicit: tuple[Mapping[str, Any], ...], table: pd.DataFrame
) -> list[dict[str, Any]]:
    """Choices that follow from the overlay's claim rows alone: each pair takes all its rows, equally weighted."""
    if not len(layer.claims):
        return []
    named = {c["id"] if isinstance(c, Mapping) else c for e in explicit for c in e["claims"]}
    rows = layer.claims[(layer.claims["quantity"] == quantity) & ~layer.claims.index.isin(list(named))]
    superseded = {s for c in rows.index for s in parts(table.at[c, "supersedes"])}
    rows = rows[~rows.index.isin(list(superseded))]
    keys = ["drug", "biomarker"] if quantity == "excretion_fraction" else ["drug"]
    taken = {tuple(e[k] for k in keys) for e in explicit}
    entries: dict[tuple[str, ...], dict[str, Any]] = {}
    for claim_id, row in rows.iterrows():
        pair = tuple(row[k] for k in keys)
        if pair not in taken:
            entries.setdefault(pair, {**dict(zip(keys, pair, strict=True)), "claims": []})["claims"].append(claim_id)
    return list(entries.values())


def _weighted(entry: Mapping[str, Any]) -> list[tuple[str, float]]:
    listed = [(c["id"], float(c.get("weight", 1))) if isinstance(c, Mapping) else (c, 1.0) for c in entry["claims"]]
    if not listed or not all(0 < w < math.inf for _, w in listed):
        refuse("factors-choice-weights", drug=entry["drug"])
    return listed


def _factor(entry: Mapping[str, Any], table: pd.DataFrame) -> Factor:
    drug, biomarker = entry["drug"], entry["biomarker"]
    for pair in rules()["never"]:
        if (pair["drug"], pair["biomarker"]) == (drug, biomarker):
            reason = words(claim(pair["claim"], table), "note")
            refuse("factors-never", drug=drug, biomarker=biomarker, reason=reason)
    weighted = _weighted(entry)
    rows = [claim(c, table) for c, _ in weighted]
    for row in rows:
        if (row["drug"], row["biomarker"]) != (drug, biomarker):
            refuse(
                "factors-choice-other-pair", claim=row["id"], on=row["drug"], by=row["biomarker"], drug=drug,
                biomarker=biomarker,
            )  # fmt: skip
    spread = entry.get("relative_sd")
    found = [(w, fraction_of(row, spread)) for (_, w), row in zip(weighted, rows, strict=True)]
    forms = list(dict.fromkeys(row["analyte_form"] for row in rows if row.get("analyte_form")))
    return Factor(
        drug=drug,
        biomarker=biomarker,
        fraction=_combined(found, entry.get("combine", "mixture"), drug),
        mass_ratio=1.0 if drug == biomarker else mass_of(drug) / mass_of(biomarker),
        claim_ids=tuple(c for c, _ in weighted),
        status=worst([row["status"] for row in rows]),
        absorbs=frozenset(a for row in rows for a in parts(row.get("absorbs", ""))),
        notes=words(entry, "note"),
        depends_on=tuple(dict.fromkeys(d for row in rows for d in parts(row.get("depends_on", "")))),
        analyte_form="; ".join(forms),
    )


def _combined(found: list[tuple[float, Distribution]], combine: str, drug: str) -> Distribution:
    if len(found) == 1:
        return found[0][1]
    if combine == "routes":
        return route_mix(found)
    if combine == "mixture":
        total = sum(w for w, _ in found)
        return Mixture(tuple((w / total, d) for w, d in found))
    refuse("factors-choice-combine", drug=drug, came=repr(combine))


def _dose(entry: Mapping[str, Any], table: pd.DataFrame) -> Dose:
    weighted = _weighted(entry)
    rows = [claim(c, table) for c, _ in weighted]
    for row in rows:
        if row["drug"] != entry["drug"]:
            refuse("factors-choice-other-dose", claim=row["id"], on=row["drug"], drug=entry["drug"])
    found = [(w, dose_of(row)) for (_, w), row in zip(weighted, rows, strict=True)]
    return Dose(
        drug=entry["drug"],
        mass=_combined(found, "mixture", entry["drug"]),
        claim_ids=tuple(c for c, _ in weighted),
        status=worst([row["status"] for row in rows]),
        notes=words(entry, "note"),
    )


def _hash(content: Mapping[str, Any], used: list[str], table: pd.DataFrame, factors: list[Factor]) -> str:
    """Hash everything that moves a number: choices, rows, molar masses and rules; not the row's place in its file."""
    substances = sorted({c for f in factors if f.drug != f.biomarker for c in (f.drug, f.biomarker)})
    rows = {c: {k: str(v) for k, v in table.loc[c].items() if _moves(str(k))} for c in used}
    record = {
        "profile": _plain(content),
        "claims": rows,
        "masses": {c: mass_of(c) for c in substances},
        "spread": rules()["spread"],
    }
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def _moves(key: str) -> bool:
    """Whether a column can move a number: neither a row's place in its file nor a translation can."""
    return key not in ("table", "row") and not key.endswith("_zh")


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {k: _plain(v) for k, v in content.items() if k == "title_zh" or _moves(str(k))}
    return [_plain(v) for v in content] if isinstance(content, list | tuple) else content
