"""Tables of flows, people and markers without results, joined to the samples by place and day.

Refuses a join that is not certain: several rows for one sample that are no series of hours, one row for several sites,
and a day of which too few hours are known are asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from wbe.errors import Fault
from wbe.reading.grid.decimals import settle_decimal
from wbe.reading.grid.rows import classify
from wbe.reading.observations.doubts import limits, merged_numbers, second_columns
from wbe.reading.observations.flowtable import SideTable, flow_faults
from wbe.reading.observations.parts import Part
from wbe.reading.observations.replicates import without_means
from wbe.reading.observations.sheet import Found
from wbe.reading.observations.situation import read_situation
from wbe.reading.roles.context import Context, number_columns
from wbe.reading.roles.judge import settle_clocks
from wbe.reading.samples.names import one_names
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.samples import SITUATIONS

__all__ = ["finish", "tell_unused"]

_AN_HOUR = re.compile(r"/\s*(?:h|hr|hrs|hour|hours|小时|时|heure|Stunde|hora)$", re.I)
_HOUR, _DAY = np.timedelta64(1, "h"), np.timedelta64(1, "D")
_HELD = ("flow", "population")


def finish(found: Found, mapping: Mapping, log: ReadingLog) -> tuple[list[Part], list[Fault]]:
    """Join what stands beside the results of a file to them, and tell what is still missing."""
    found.parts = without_means(found.parts, log)
    told = _join_all(found.parts, found.flows, mapping, log)
    faults = [*found.faults, *told]
    for part in found.parts:
        faults += flow_faults(part, mapping)
    return found.parts, list(dict.fromkeys(faults))


def _join_all(parts: list[Part], tables: list[SideTable], mapping: Mapping, log: ReadingLog) -> list[Fault]:
    """Flow and people come from tables that have a flow, where a part has none; markers come from each."""
    lacking = [p for p in parts if "flow" not in p.sample]
    faults: list[Fault] = []
    for table in tables if parts else []:
        wanted = lacking if table.has_flow else []
        hosts = parts if table.has_markers else wanted
        found, told = _read(table, mapping, log) if hosts else ({}, [])
        faults += told
        for part in hosts if found else []:
            held = _HELD if any(part is p for p in wanted) else ()
            names = [n for n in SITUATIONS if n in found and (n in held or n not in _HELD)]
            count, told = _Rows(table, found).join(part, names, log)
            table.joined += count
            faults += told
    for table in tables:
        if not faults and any(p.file == table.layout.sheet.file for p in parts):
            tell_unused(table, log)
    return faults


def tell_unused(table: SideTable, log: ReadingLog) -> None:
    """Log a table of which no sample took anything."""
    if not table.joined:
        sheet = table.layout.sheet
        row = sheet.row_number(table.layout.header_row)
        log.skip(sheet.file, sheet.name, row, "a table without results, of no place and day of a sample")


def _read(table: SideTable, mapping: Mapping, log: ReadingLog) -> tuple[dict[str, np.ndarray], list[Fault]]:
    layout = table.layout
    settle_clocks(layout, table.columns)
    columns, mapping, faults = settle_decimal(layout, table.columns, number_columns(layout), mapping)
    ctx = Context(layout, columns, classify(layout, columns, table.repeated), mapping, log, faults)
    if not ctx.n:
        return {}, faults
    second_columns(ctx)
    merged_numbers(ctx)
    return read_situation(ctx), ctx.faults


@dataclass
class _Rows:
    """The rows of a table without results, and which of them belong to a sample."""

    table: SideTable
    found: dict[str, np.ndarray]

    def join(self, part: Part, names: list[str], log: ReadingLog) -> tuple[int, list[Fault]]:
        """Write each name's values into the samples of a part; return how many samples found their rows."""
        sheet = self.table.layout.sheet
        place: dict[str, Any] = {"file": sheet.file, "sheet": sheet.name or None}
        by, hits = "", [np.array([], dtype=np.int64)] * part.n
        for by in ("site", "district") if self.table.layout.with_role("site") else ("district",):
            hits = self._hits(part, by)
            if any(len(h) for h in hits):
                break
        at = np.array([len(h) > 0 for h in hits], dtype=bool)
        if not at.any() and not set(names) & set(_HELD):
            return 0, []
        shared = self._of_several_sites(part, hits)
        if shared is not None:
            row, sites = shared
            return 0, [Fault("reading-flow-of-several-sites", **place, row=row, sites=", ".join(sites))]
        told = self._not_one_row(part, by, hits, place, log)
        if told:
            return 0, told
        for name in names:
            values = np.array([_mean(self.found[name][h]) for h in hits])
            own = part.sample.get(name)
            if own is not None:
                twice = np.isfinite(own) & np.isfinite(values) & ~np.isclose(own, values, equal_nan=True)
                if twice.any():
                    i = int(np.flatnonzero(twice)[0])
                    row = int(self.found["source_row"][hits[i][0]])
                    return 0, [Fault("reading-marker-twice", **place, row=row, role=name, value=f"{values[i]:g}",
                                     other=f"{own[i]:g}", site=str(part.sample["site"][i])[:40])]  # fmt: skip
                values = np.where(np.isfinite(own), own, values)
            part.sample[name] = values
            if name == "population":
                basis = part.sample["population_basis"]
                given = np.array([self.found["population_basis"][h[0]] if len(h) else "" for h in hits], dtype=object)
                part.sample["population_basis"] = np.where(basis == "", given, basis)
        what = "flow" if "flow" in names else ", ".join(names)
        log.note(f"{sheet.place}: the {what} of {int(at.sum())} sample(s) is taken from here, by {by} and day")
        return int(at.sum()), []

    def _hits(self, part: Part, by: str) -> list[np.ndarray]:
        """The rows of each sample: of its place, within its interval of time."""
        here, there = part.sample[by].tolist(), self.found[by].tolist()
        names = one_names(sorted({*here, *there}), district=by == "district")
        places: dict[str, list[int]] = {}
        for i, name in enumerate(there):
            places.setdefault(names[name], []).append(i)
        groups = {name: np.array(rows, dtype=np.int64) for name, rows in places.items()}
        time = self.found["time"].astype("datetime64[m]")
        start, end = _interval(part)
        none = np.array([], dtype=np.int64)
        out = []
        for i, name in enumerate(here):
            rows = groups.get(names[name], none)
            within = rows[(time[rows] >= start[i]) & (time[rows] < end[i])]
            day = rows[time[rows].astype("datetime64[D]") == start[i].astype("datetime64[D]")]
            # values of days belong to the day on which the sample begins, series to its interval
            out.append(within if self._series and len(within) > 1 else day)
        return out

    @property
    def _series(self) -> bool:
        """Whether rows of one place and day differ by the clock."""
        time = self.found["time"].astype("datetime64[m]")
        return bool((time != time.astype("datetime64[D]")).any())

    def _of_several_sites(self, part: Part, hits: list[np.ndarray]) -> tuple[int, list[str]] | None:
        sites: dict[int, set[str]] = {}
        for h, site in zip(hits, part.sample["site"].tolist(), strict=True):
            for i in h[:1].tolist():
                sites.setdefault(i, set()).add(site)
        found = next((i for i, s in sites.items() if len(s) > 1), None)
        return None if found is None else (int(self.found["source_row"][found]), sorted(sites[found]))

    def _not_one_row(
        self, part: Part, by: str, hits: list[np.ndarray], place: dict[str, Any], log: ReadingLog
    ) -> list[Fault]:
        """Ask about samples with several rows that are no series, and about series with too few hours."""
        time = self.found["time"].astype("datetime64[m]")
        start, end = _interval(part)
        flow = self.table.layout.with_role("flow")
        hourly = bool(flow) and bool(_AN_HOUR.search(self.table.layout.columns[flow[0]].unit))
        lost: dict[tuple[str, str], tuple[int, int]] = {}
        for i, h in enumerate(hits):
            clocked = len(h) and (time[h] != time[h].astype("datetime64[D]")).any()
            if len(h) < 2 and not (clocked and hourly):
                continue
            order = np.sort(time[h])
            steps = np.diff(order)
            if (len(h) > 1 and not clocked) or (steps == np.timedelta64(0, "m")).any():
                lines = ", ".join(str(int(self.found["source_row"][k])) for k in h[:4])
                return [Fault("reading-several-flows", **place, by=by, lines=lines)]
            step = np.median(steps) if len(steps) else _HOUR
            step = min(step, _HOUR) if hourly else step
            expected = round((end[i] - start[i]) / step)
            if len(h) < limits()["series"]["least_share"] * expected:
                return [Fault("reading-hours-missing", **place, row=int(self.found["source_row"][h[0]]), count=len(h),
                              expected=expected, site=str(part.sample["site"][i])[:40])]  # fmt: skip
            if len(h) < expected:
                lost[str(part.sample["site"][i]), str(start[i].astype("datetime64[D]"))] = (len(h), expected)
        for (site, day), (count, expected) in list(lost.items())[:20]:
            sheet = self.table.layout.sheet
            log.note(f"{sheet.place}: {count} of {expected} values of {site} are known on {day}; their mean is taken")
        return []


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else np.nan


def _interval(part: Part) -> tuple[np.ndarray, np.ndarray]:
    """When each sample began and ended: as it was written, 24 h from its clock where it is a composite, or its day."""
    start = part.sample["time"].astype("datetime64[m]")
    day = start.astype("datetime64[D]").astype("datetime64[m]")
    end = part.sample.get("time_end", np.full(part.n, "NaT", "datetime64[m]")).astype("datetime64[m]")
    kind = part.sample.get("sample_type", np.full(part.n, "", dtype=object))
    composite = np.array([str(k).startswith("24h") for k in kind.tolist()], dtype=bool)
    given = ~np.isnat(end) & (end > start)
    begin = np.where(given | composite, start, day)
    return begin, np.where(given, end, begin + _DAY)
