"""One sample is a site and an interval of time: sheets per substance join, a copy is refused, a revision is asked.

Refuses to count one result twice: the same sample in two files is a copy, or a question which of them holds.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from wbe.errors import Fault
from wbe.reading.observations.parts import Part
from wbe.reading.words.log import ENDS, ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.samples import Flag

__all__ = ["copies", "join_parts", "replaced"]

_MOST = 50_000


def _key(part: Part, i: int, *, ids: bool) -> tuple[Hashable, ...]:
    sample = part.sample
    named = str(sample["sample"][i]) if ids else ""
    return (named, str(sample["site"][i]), str(sample["district"][i]), sample["time"][i].astype("int64"))


def _values(part: Part, i: int) -> dict[str, tuple[int, float, str]]:
    """(state, number, reason) of every result that a sample has a cell for."""
    return {
        b: (int(part.flag[i, j]), float(np.nan_to_num(part.grids["concentration"][i, j], nan=-1.0)), "")
        for j, b in enumerate(part.biomarkers)
        if part.present[i, j] and part.flag[i, j] != int(Flag.MISSING)
    }


def replaced(parts: list[Part], mapping: Mapping, log: ReadingLog) -> list[Part]:
    """Leave out of an earlier file the samples that a later one replaces: ``[files."b.csv"] replaces = "a.csv"``."""
    for later, sections in mapping.files.items():
        earlier = sections.get("replaces")
        if not earlier:
            continue
        newer = {_key(p, i, ids=True) for p in parts if p.file == later for i in range(p.n)}
        for part in [p for p in parts if p.file == earlier]:
            kept = np.array([_key(part, i, ids=True) not in newer for i in range(part.n)], dtype=bool)
            if kept.all():
                continue
            _account(part, ~kept, log)
            part.keep(kept)
            log.note(f"{int((~kept).sum())} sample(s) of {earlier} are replaced by those of {later}")
    return [p for p in parts if p.n]


def _account(part: Part, gone: np.ndarray, log: ReadingLog) -> None:
    """Move the cells of samples that are left out to ``outside`` in the log's balance."""
    for entry in log.tables:
        if (entry["file"], entry["sheet"]) == (part.file, part.sheet):
            flags = part.flag[gone][part.present[gone]]
            for code, name in enumerate(ENDS):
                count = int((flags == code).sum())
                entry[name] -= count
                entry["outside"] += count
            entry["samples"] -= int(gone.sum())
            return


def copies(parts: list[Part], mapping: Mapping) -> list[Fault]:
    """Ask about samples that stand in two files: a copy counts nothing twice, and of two versions one holds."""
    if len({p.file for p in parts}) < 2 or sum(p.n for p in parts) > _MOST:
        return []
    first: dict[tuple[Hashable, ...], tuple[Part, int]] = {}
    same: dict[tuple[str, str], list[str]] = {}
    other: dict[tuple[str, str], tuple[Part, int, Part, int]] = {}
    for part in parts:
        for i in range(part.n):
            key = _key(part, i, ids=True)
            before, k = first.setdefault(key, (part, i))
            if before.file == part.file:
                continue
            a, b = _values(before, k), _values(part, i)
            shared = set(a) & set(b)
            if not shared:
                continue
            pair = (before.file, part.file)
            if all(a[s] == b[s] for s in shared):
                same.setdefault(pair, []).append(str(key[1]))
            elif key[0]:
                other.setdefault(pair, (before, k, part, i))
    faults = [
        Fault("reading-copied-file", other=c, count=len(sites), site=sites[0][:40], file=d)
        for (c, d), sites in same.items() if (c, d) not in other
    ]  # fmt: skip
    for (c, d), (_, _, part, i) in other.items():
        faults.append(Fault("reading-two-versions", sample=str(part.sample["sample"][i])[:40], other=c, this=d,
                            file=d, sheet=part.sheet or None, row=int(part.sample["source_row"][i])))  # fmt: skip
    return faults


def join_parts(parts: list[Part], log: ReadingLog) -> list[Part]:
    """Join tables that hold different substances of the same samples: one sample, not one for each substance."""
    out: list[Part] = []
    for part in parts:
        for k, host in enumerate(out):
            if (host.file, host.sheet) == (part.file, part.sheet) and not _same_keys(host, part):
                continue
            if not set(host.biomarkers) & set(part.biomarkers) and (made := _joined(host, part)) is not None:
                log.note(
                    f"{part.file} {part.sheet}: its results belong to the samples of {host.file} {host.sheet}".strip()
                )
                out[k] = made
                break
        else:
            out.append(part)
    return out


def _same_keys(a: Part, b: Part) -> bool:
    return {_key(a, i, ids=False) for i in range(a.n)} == {_key(b, i, ids=False) for i in range(b.n)}


def _joined(host: Part, part: Part) -> Part | None:
    """The samples of two tables as one, where some are the same and none contradicts; otherwise None."""
    if host.n + part.n > _MOST:
        return None
    ids = bool(host.sample["sample"].astype(bool).all() and part.sample["sample"].astype(bool).all())
    ids = ids and bool(set(host.sample["sample"].tolist()) & set(part.sample["sample"].tolist()))
    keys = [_key(host, i, ids=ids) for i in range(host.n)]
    place = {key: i for i, key in enumerate(keys)}
    more = [_key(part, i, ids=ids) for i in range(part.n)]
    if len(place) < host.n or len(set(more)) < part.n or not set(place) & set(more):
        return None
    at = np.array([place.get(k, -1) for k in more])
    for name in ("flow", "population"):
        if name in host.sample and name in part.sample:
            a, b = host.sample[name][at[at >= 0]], part.sample[name][at >= 0]
            if (np.isfinite(a) & np.isfinite(b) & ~np.isclose(a, b, equal_nan=True)).any():
                return None
    return _merge(host, part, at)


def _merge(host: Part, part: Part, at: np.ndarray) -> Part:
    new = at < 0
    n, width = host.n + int(new.sum()), len(host.biomarkers)
    rows = at.copy()
    rows[new] = host.n + np.arange(int(new.sum()))
    sample = {name: _column(host, part, name, n, rows, new) for name in {**host.sample, **part.sample}}
    shape = (n, width + len(part.biomarkers))
    made = Part(
        sample, [*host.biomarkers, *part.biomarkers], np.zeros(shape, dtype=bool),
        np.full(shape, int(Flag.MISSING), dtype=np.int8), np.full(shape, "", dtype=object), {}, host.file, host.sheet,
    )  # fmt: skip
    for source, where, columns in ((host, np.arange(host.n), slice(0, width)), (part, rows, slice(width, None))):
        made.present[where, columns] = source.present
        made.flag[where, columns] = source.flag
        made.reason[where, columns] = source.reason
        for name, grid in source.grids.items():
            made.grid(name)[where, columns] = grid
    made.means = host.means and part.means
    return made


def _column(host: Part, part: Part, name: str, n: int, rows: np.ndarray, new: np.ndarray) -> np.ndarray:
    """One column of the joined samples: the host's where it says something, else the other's."""
    first = host.sample.get(name, part.sample.get(name))
    assert first is not None
    if first.dtype.kind == "M":
        out: np.ndarray = np.full(n, "NaT", first.dtype)
    else:
        out = np.full(
            n, np.nan if first.dtype.kind == "f" else -1 if first.dtype.kind == "i" else "", dtype=first.dtype
        )
    if name in part.sample:
        out[rows] = part.sample[name]
    if name in host.sample:
        own = host.sample[name]
        blank = np.isnat(own) if own.dtype.kind == "M" else np.isnan(own) if own.dtype.kind == "f" else own == ""
        given = ~np.asarray(blank, dtype=bool)
        out[: host.n][given] = own[given]
    return out
