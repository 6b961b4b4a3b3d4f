"""One place under several spellings (荷塘区①, 株洲市荷塘区, 荷塘区(城北) in two widths) -> one name, and a note.

Refuses to join what may be two places: only marks, widths, spaces, the city in front and a left-out 区 / 县 / 市 count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from wbe import packaged
from wbe.errors import Fault
from wbe.reading.observations.parts import Part
from wbe.reading.roles.totals import INNER, TAIL, known_cities
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.vocabulary import tidy

__all__ = [
    "cities_beside_districts",
    "join_spellings",
    "of_sites",
    "one_names",
    "settle_places",
    "tell_apart",
    "tell_cities_apart",
    "wholes_beside_plants",
]

_MARKS = re.compile(r"[*†‡#\u2460-\u2473\u00b9\u00b2\u00b3\u2070-\u2079]+$")
_CITY = re.compile(r"^(?:[\u4e00-\u9fff]{2,8}?省)?([\u4e00-\u9fff]{2,8}?)市(?=[\u4e00-\u9fff]{2,})")
_KINDS = ("区", "县", "市")


def join_spellings(parts: list[Part], log: ReadingLog) -> None:
    """Give each district and each site one name throughout all parts."""
    for role in ("district", "site"):
        words: set[str] = set().union(*(p.sample[role].tolist() for p in parts))
        if all(w == n for w, n in one_names(sorted(words), district=role == "district").items()):
            continue
        names = one_names(dict.fromkeys(w for p in parts for w in p.sample[role].tolist()), district=role == "district")
        changed = {w: n for w, n in names.items() if w != n}
        for part in parts:
            own = part.sample[role]
            part.sample[role] = np.array([names[w] for w in own.tolist()], dtype=object)
            if role == "district":  # a district that stands for its site
                same = own == part.sample["site"]
                part.sample["site"] = np.where(same, part.sample["district"], part.sample["site"])
        shown = ", ".join(f"{w!r} as {n!r}" for w, n in list(changed.items())[:6])
        log.note(f"one {role} under several spellings is read under one name: {shown}")


def of_sites(
    catchments: list[tuple[str, str, float, float]], parts: list[Part], log: ReadingLog
) -> list[tuple[str, str, float, float]]:
    """Bring the sites of ``catchments.csv`` to the spelling of the samples, and say which found no partner."""
    if not catchments:
        return catchments
    sites = list(dict.fromkeys(s for p in parts for s in p.sample["site"].tolist()))
    names = one_names([*sites, *dict.fromkeys(c[0] for c in catchments)], district=False)
    spelt = {names[s]: s for s in reversed(sites)}
    out = [(spelt.get(names[site], site), *rest) for site, *rest in catchments]
    lost = sorted({c[0] for c in out} - set(sites))
    if lost:
        log.note(f"catchments.csv: no sample comes from {', '.join(lost[:6])}")
    bare = [s for s in sites if s not in {c[0] for c in out}]
    if bare:
        log.note(f"catchments.csv: no row for {', '.join(bare[:6])}, which count wholly for their own district")
    for site in dict.fromkeys(c[0] for c in out):
        total = sum(c[2] for c in out if c[0] == site)
        if abs(total - 1) > 0.01:
            log.note(
                f"catchments.csv: the weights of {site} sum to {total:g}, so that {total - 1:+.0%} of its load counts"
            )
    return out


def settle_places(parts: list[Part], mapping: Mapping, known: set[str], log: ReadingLog) -> list[Fault]:
    """Ask about places that hold others; without a question, tell sites of one name apart.

    ``known`` holds the sites whose catchments are given.
    """
    tell_cities_apart(parts, log)
    faults = [*wholes_beside_plants(parts, mapping), *cities_beside_districts(parts, mapping)]
    if not faults:
        tell_apart(parts, known, log)
    return faults


def tell_cities_apart(parts: list[Part], log: ReadingLog) -> None:
    """Put the city before the name of a district that several cities have: 鼓楼区 of 南京 is not that of 徐州."""
    cities: dict[str, set[str]] = {}
    for part in parts:
        if "city" in part.sample:
            for d, c in set(zip(part.sample["district"].tolist(), part.sample["city"].tolist(), strict=True)):
                cities.setdefault(d, set()).update({c} - {""})
    shared = {d for d, found in cities.items() if d and len({_bare(c) for c in found}) > 1}
    for part in parts if shared else []:
        if "city" not in part.sample:
            continue
        triples = zip(*(part.sample[r].tolist() for r in ("district", "site", "city")), strict=True)
        pairs = [(f"{c}{d}", f"{c}{d}" if s == d else s) if d in shared and c else (d, s) for d, s, c in triples]
        part.sample["district"] = np.array([*(d for d, _ in pairs), ""], dtype=object)[:-1]
        part.sample["site"] = np.array([*(s for _, s in pairs), ""], dtype=object)[:-1]
    if shared:
        log.note(f"districts of one name in several cities are read as several, the city before the name: "
                 f"{', '.join(sorted(shared)[:4])}")  # fmt: skip


def _bare(city: str) -> str:
    return tidy(city).removesuffix("市")


def tell_apart(parts: list[Part], known: set[str], log: ReadingLog) -> None:
    """Put the district before the name of a site in several districts: 一厂 of one county is not 一厂 of another.

    ``known`` holds the sites whose catchments are given: those are one plant each.
    """
    homes: dict[str, set[str]] = {}
    for part in parts:
        (s, sites), (d, districts) = (pd.factorize(part.sample[role]) for role in ("site", "district"))
        for pair in pd.unique(s * len(districts) + d).tolist() if part.n else []:
            homes.setdefault(sites[pair // len(districts)], set()).add(districts[pair % len(districts)])
    shared = {s: sorted(d) for s, d in homes.items() if len(d) > 1 and s and s not in known}
    if not shared:
        return
    for part in parts:
        pairs = zip(part.sample["site"].tolist(), part.sample["district"].tolist(), strict=True)
        names = [_full(d, s) if s in shared else s for s, d in pairs]
        part.sample["site"] = np.array([*names, ""], dtype=object)[:-1]
    shown = "; ".join(f"{s!r} in {', '.join(d[:4])}" for s, d in list(shared.items())[:4])
    log.note(f"sites of one name in several districts are read as several sites, the district before the name: {shown}")


def _full(district: str, site: str) -> str:
    return f"{district}{site}" if not district.isascii() else f"{district} {site}"


def one_names(words: Iterable[str], *, district: bool) -> dict[str, str]:
    """Return the name under which each spelling is read: the first met of its kind, the fuller one for a bare 荷塘.

    Examples
    --------
    >>> one_names(["荷塘区", "株洲市荷塘区", "荷塘区*", "荷塘", "天元区"], district=True)
    {'荷塘区': '荷塘区', '株洲市荷塘区': '荷塘区', '荷塘区*': '荷塘区', '荷塘': '荷塘区', '天元区': '天元区'}
    >>> one_names(["株洲县", "渌口区"], district=True), one_names(["株洲县"], district=True)
    ({'株洲县': '渌口区', '渌口区': '渌口区'}, {'株洲县': '株洲县'})
    >>> one_names(["Plant 1", "plant 1 ", "Plant 1*", "Plant 11"], district=False)
    {'Plant 1': 'Plant 1', 'plant 1 ': 'Plant 1', 'Plant 1*': 'Plant 1', 'Plant 11': 'Plant 11'}
    """
    words = list(words)
    keys = {w: tidy(_MARKS.sub("", w.strip())).casefold() for w in words}
    # a mark or another width is dropped only where the plain name stands beside it, or another of its spellings
    first: dict[str, str] = {}
    for w in sorted(words, key=lambda w: bool(_MARKS.search(w.strip()))):
        first.setdefault(keys[w], w)
    names = {w: first[keys[w]] for w in words}
    if not district:
        return names
    known = set(names.values())
    short: dict[str, str] = {}
    for name in known:
        match = _CITY.match(name)
        if match and match.group(1) in known_cities() and name[match.end() :] in known:
            short[name] = name[match.end() :]
        fuller = [f"{name}{kind}" for kind in _KINDS if f"{name}{kind}" in known]
        if len(name) >= 2 and len(fuller) == 1 and name not in known_cities():
            short[name] = fuller[0]
    names = {w: short.get(n, n) for w, n in names.items()}
    here = {n.removeprefix(row["city"]): n for n in names.values() for row in _renamed()}
    later = {here[r["old"]]: here[r["new"]] for r in _renamed() if r["old"] in here and r["new"] in here}
    return {w: later.get(n, n) for w, n in names.items()}


def _renamed() -> tuple[dict[str, str], ...]:
    """Counties that go by another name since some day: one place, under the later name, where a file has both."""
    return packaged.rows("renamed_places.csv")


def wholes_beside_plants(parts: list[Part], mapping: Mapping) -> list[Fault]:
    """Ask about a district that one table gives as a whole and another by its plants, in the same month."""
    months: dict[str, dict[Any, Part]] = {}
    plants: dict[str, set[Any]] = {}
    wholes = [part.sample["site"] == part.sample["district"] for part in parts]
    if not any(w.any() for w in wholes) or all(w.all() for w in wholes):
        return []
    for part, whole in zip(parts, wholes, strict=True):
        district, when = part.sample["district"], part.sample["time"].astype("datetime64[M]")
        for d, m in set(zip(district[whole].tolist(), when[whole].tolist(), strict=True)):
            months.setdefault(d, {}).setdefault(m, part)
        for d, m in set(zip(district[~whole].tolist(), when[~whole].tolist(), strict=True)) if not whole.all() else ():
            plants.setdefault(d, set()).add(m)
    faults = []
    for d in [d for d in months if d in plants and tidy(d) not in mapping.rows]:
        shared = sorted(m for m in months[d] if m in plants[d])
        if shared:
            part = months[d][shared[0]]
            faults.append(
                Fault(
                    "reading-whole-beside-plants",
                    file=part.file,
                    sheet=part.sheet or None,
                    value=d[:40],
                    shared=f"{shared[0]:%Y-%m}",
                )
            )
    return faults


def cities_beside_districts(parts: list[Part], mapping: Mapping) -> list[Fault]:
    """Ask about a city that has a sheet or file of its own beside those of its districts."""
    first: dict[str, Part] = {}
    for part in parts:
        whole = part.sample["site"] == part.sample["district"]
        for name in set(part.sample["district"][whole].tolist()) if whole.any() else ():
            first.setdefault(name, part)
    everywhere = set().union(*(set(p.sample["district"].tolist()) for p in parts))
    cities = [d for d in first if TAIL.sub("", tidy(d).replace(" ", "")) in known_cities()]
    inner = [d for d in everywhere if d not in cities and INNER.search(tidy(d))]
    asked = cities if any(d.endswith("区") for d in inner) or (inner and len(cities) == 1) else []
    return [
        Fault("reading-city-beside-districts", file=first[d].file, sheet=first[d].sheet or None, value=d[:40])
        for d in asked if tidy(d) not in mapping.rows
    ]  # fmt: skip
