"""Profiles: named, versioned, hashed choices over claims, read, overlaid and resolved into factors and doses.

Refuses a pair that cannot be defended (heroin from morphine), and a claim used for what it does not say.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

import pandas as pd

from wbe.errors import FactorError
from wbe.factors.compound_table import mass_of, packaged, unknown
from wbe.factors.library import Overlay, claim, parts, table_with, worst
from wbe.factors.overlays import Layer, read_overlay
from wbe.factors.profile_types import Dose, Factor, Profile
from wbe.factors.spreads import dose_of, fraction_of, route_mix, rules
from wbe.uncertainty.distributions import Distribution, Mixture


def profile_names() -> tuple[str, ...]:
    """Return the names of the shipped profiles.

    Examples
    --------
    >>> "default" in profile_names(), "agency-cotinine" in profile_names()
    (True, True)
    """
    folder = resources.files("wbe").joinpath("data", "profiles")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def profile(name: str = "default", overlay: Overlay | None = None) -> Profile:
    """Return a profile, with a user's own rows and choices laid over it if given.

    Parameters
    ----------
    name : str
        One of :func:`profiles`.
    overlay : path or mapping, optional
        CSV of claims, or TOML with ``[[claim]]``, ``[[factor]]``, ``[[dose]]``, ``[[none]]``. A claim of an excretion
        fraction or a dose replaces the profile's choice for its pair.

    Raises
    ------
    FactorError
        Unknown profile, unknown claim, a claim used against its meaning; with file and row.

    Examples
    --------
    >>> mine = {"name": "our-lab", "claim": [{"id": "tramadol-our-lab", "quantity": "excretion_fraction",
    ...     "drug": "tramadol", "biomarker": "tramadol", "value": 0.25, "basis": "molar", "citation": "own study"}]}
    >>> p = profile("default", overlay=mine)
    >>> p.name, round(p.factor("tramadol").correction_factor, 2), p.changes
    ('default+our-lab', 4.0, ('our-lab: tramadol by tramadol from tramadol-our-lab',))
    """
    if name not in profile_names():
        file = str(name).lower().endswith((".csv", ".toml"))
        hint = f" Claims of your own are laid over one: profile('default', overlay={name!r})." if file else ""
        raise FactorError(f"{unknown(name, profile_names(), 'profile')} Known: {', '.join(profile_names())}.{hint}")
    if overlay is None:
        return _shipped_profile(name)
    return _build(_content(name), table_with(overlay), read_overlay(overlay))


@functools.cache
def _shipped_profile(name: str) -> Profile:
    return _build(_content(name), table_with(None), None)


def _content(name: str) -> dict[str, Any]:
    return tomllib.loads(packaged(f"profiles/{name}.toml"))


def _build(content: dict[str, Any], table: pd.DataFrame, layer: Layer | None) -> Profile:
    content, changes = _overlaid(content, layer, table)
    faults: list[str] = []
    factors: list[Factor] = []
    doses: list[Dose] = []
    for entry in content.get("factor", ()):
        try:
            factors.append(_factor(entry, table))
        except FactorError as err:
            faults.append(f"profile {content['name']}: {err}")
    for entry in content.get("dose", ()):
        try:
            doses.append(_dose(entry, table))
        except FactorError as err:
            faults.append(f"profile {content['name']}: {err}")
    if faults:
        raise FactorError("\n".join(faults))
    none = tuple((e["drug"], e["claim"], claim(e["claim"], table)["note"]) for e in content.get("none", ()))
    used = sorted(
        {c for f in factors for c in f.claim_ids} | {c for d in doses for c in d.claim_ids} | {c for _, c, _ in none}
    )
    statuses = tuple((c, str(table.at[c, "status"])) for c in used)
    warning, warning_zh = _warning(content, statuses)
    name = content["name"] if layer is None else f"{content['name']}+{layer.name}"
    return Profile(
        name=name,
        version=content["version"],
        hash=_hash(content, used, table, factors),
        title=content["title"],
        title_zh=content.get("title_zh", ""),
        warning=warning,
        drugs=tuple(dict.fromkeys(f.drug for f in factors)),
        factors=tuple(factors),
        doses=tuple(doses),
        none=none,
        statuses=statuses,
        overlay=() if layer is None else (_named(layer),),
        changes=changes,
        cotinine=content.get("cotinine", {}),
        warning_zh=warning_zh,
    )


def _named(layer: Layer) -> str:
    """Name of an overlay, with its version where it states one."""
    version = layer.text.get("version")
    return f"{layer.name} {version}" if version else layer.name


def _warning(content: Mapping[str, Any], statuses: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """What a reader of any number under the profile must know, in English and Chinese."""
    en, zh = content.get("warning", ""), content.get("warning_zh", content.get("warning", ""))
    memory = [c for c, status in statuses if status == "memory"]
    if memory:
        some = "every claim" if len(memory) == len(statuses) else f"{len(memory)} of {len(statuses)} claims"
        named, rest = ", ".join(memory[:3]), len(memory) - 3
        more, more_zh = (f" and {rest} more", f" 等 {len(memory)} 条") if rest > 0 else ("", "")
        en += f" Written down from memory, not confirmed in print: {some} ({named}{more})."
        zh += f" 凭记忆录入、未经原文核实：{len(statuses)} 条取值中的 {len(memory)} 条（{named}{more_zh}）。"
    return en.strip(), zh.strip()


def _overlaid(
    content: dict[str, Any], layer: Layer | None, table: pd.DataFrame
) -> tuple[dict[str, Any], tuple[str, ...]]:
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
        changes.append(f"{layer.name}: {entry['drug']} by {entry['biomarker']} from {_ids(entry)}")
    for entry in [*_implied(layer, "dose", layer.doses, table), *layer.doses]:
        doses = [d for d in doses if d["drug"] != entry["drug"]] + [entry]
        changes.append(f"{layer.name}: dose of {entry['drug']} from {_ids(entry)}")
    for entry in layer.none:
        factors = [f for f in factors if f["drug"] != entry["drug"]]
        none = [e for e in none if e["drug"] != entry["drug"]] + [entry]
        changes.append(f"{layer.name}: {entry['drug']} has no factor ({entry['claim']})")
    return {**content, "factor": factors, "dose": doses, "none": none, "overlay": layer.name}, tuple(changes)


def _ids(entry: Mapping[str, Any]) -> str:
    return ", ".join(c["id"] if isinstance(c, Mapping) else c for c in entry["claims"])


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
        raise FactorError(f"{entry['drug']}: needed at least one claim, each with a weight above 0.")
    return listed


def _factor(entry: Mapping[str, Any], table: pd.DataFrame) -> Factor:
    drug, biomarker = entry["drug"], entry["biomarker"]
    for pair in rules()["never"]:
        if (pair["drug"], pair["biomarker"]) == (drug, biomarker):
            raise FactorError(f"{drug} from {biomarker}: refused, {claim(pair['claim'], table)['note']}")
    weighted = _weighted(entry)
    rows = [claim(c, table) for c, _ in weighted]
    for row in rows:
        if (row["drug"], row["biomarker"]) != (drug, biomarker):
            raise FactorError(
                f"claim {row['id']} is on {row['drug']} by {row['biomarker']}, chosen for {drug} by {biomarker}."
            )
    spread = entry.get("relative_sd")
    found = [(w, fraction_of(row, spread)) for (_, w), row in zip(weighted, rows, strict=True)]
    forms = list(dict.fromkeys(row["analyte_form"] for row in rows if row.get("analyte_form")))
    return Factor(
        drug=drug,
        biomarker=biomarker,
        fraction=_combined(found, entry.get("combine", "mixture"), drug),
        mass_ratio=mass_of(drug) / mass_of(biomarker),
        claim_ids=tuple(c for c, _ in weighted),
        status=worst([row["status"] for row in rows]),
        absorbs=frozenset(a for row in rows for a in parts(row.get("absorbs", ""))),
        note=entry.get("note", ""),
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
    raise FactorError(f"{drug}: combine is {combine!r}; needed 'mixture' (schools) or 'routes' (Dirichlet weights).")


def _dose(entry: Mapping[str, Any], table: pd.DataFrame) -> Dose:
    weighted = _weighted(entry)
    rows = [claim(c, table) for c, _ in weighted]
    for row in rows:
        if row["drug"] != entry["drug"]:
            raise FactorError(f"claim {row['id']} is a dose of {row['drug']}, chosen for {entry['drug']}.")
    found = [(w, dose_of(row)) for (_, w), row in zip(weighted, rows, strict=True)]
    return Dose(
        drug=entry["drug"],
        mass=_combined(found, "mixture", entry["drug"]),
        claim_ids=tuple(c for c, _ in weighted),
        status=worst([row["status"] for row in rows]),
        note=entry.get("note", ""),
    )


def _hash(content: Mapping[str, Any], used: list[str], table: pd.DataFrame, factors: list[Factor]) -> str:
    """Hash everything that moves a number: choices, rows, molar masses and rules; not the row's place in its file."""
    substances = sorted({c for f in factors for c in (f.drug, f.biomarker)})
    rows = {c: {k: str(v) for k, v in table.loc[c].items() if k not in ("table", "row")} for c in used}
    record = {
        "profile": {k: v for k, v in content.items() if k != "warning_zh"},  # a translation moves no number
        "claims": rows,
        "masses": {c: mass_of(c) for c in substances},
        "spread": rules()["spread"],
    }
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
