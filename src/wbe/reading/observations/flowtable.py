"""Tables without results that tell of places on days: flows, people, markers; and samples that have no flow.

Refuses a sample with results and no flow, unless the mapping allows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wbe.errors import Fault
from wbe.reading.grid.turned import Layout
from wbe.reading.observations.parts import Part
from wbe.reading.words.mapping import Mapping
from wbe.samples import SITUATIONS, Flag

__all__ = ["SideTable", "flow_faults", "stands_beside"]

_MARKERS = set(SITUATIONS) - {"flow", "population"}


@dataclass
class SideTable:
    """A table without results: its flow is read if results lack theirs, its markers always."""

    layout: Layout
    columns: list[Any]
    repeated: list[int]
    joined: int = 0

    @property
    def has_flow(self) -> bool:
        """Whether it gives the flow of places on days."""
        return bool({h.role for h in self.layout.columns} & {"flow", "flow_instant"})

    @property
    def has_markers(self) -> bool:
        """Whether it gives ammonium, oxygen demand, rain... of places on days."""
        return bool({h.role for h in self.layout.columns} & _MARKERS)


def stands_beside(layout: Layout) -> bool:
    """Whether a table without results tells of places on days what belongs to samples."""
    roles = {h.role for h in layout.columns}
    needs = ({"flow", "flow_instant", *_MARKERS}, {"site", "district"}, {"date", "month"})
    return all(roles & some for some in needs)


def flow_faults(part: Part, mapping: Mapping) -> list[Fault]:
    """Return a fault for each sample that has results and no flow."""
    flow = part.sample["flow"] if "flow" in part.sample else np.full(part.n, np.nan)
    if not np.isnan(flow).any():
        return []
    run = (part.present & ~np.isin(part.flag, (int(Flag.MISSING), int(Flag.NOT_RUN)))).any(axis=1)
    lost = np.flatnonzero(np.isnan(flow) & run)
    if not len(lost) or mapping.option("allow_missing_flow", False):
        return []
    place: dict[str, Any] = {"file": part.file, "sheet": part.sheet or None}
    if len(lost) == len(flow) and "flow" not in part.sample:
        return [Fault("reading-no-flow-column", **place)]
    rows = part.sample["source_row"]
    faults = [Fault("reading-no-flow", **place, row=int(rows[i]), column="flow") for i in lost[:20]]
    if len(lost) > 20:
        faults.append(Fault("reading-more-without-flow", **place, count=len(lost) - 20))
    return faults
