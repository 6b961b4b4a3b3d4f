"""Replicates that were planned and not measured: their cells are counted, and make no sample.

Refuses to drop a replicate with anything in it: a word for missing or not run is a statement, a blank is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wbe.samples import Flag

if TYPE_CHECKING:
    from wbe.reading.log import ReadingLog
    from wbe.reading.results import Part

BLANK = "blank cell"
UNUSED = "blank cell of a replicate"


def mark_unused(part: Part, further: np.ndarray) -> np.ndarray:
    """Return which of the ``further`` replicates hold nothing but blanks, and give their cells that reason.

    Parameters
    ----------
    part : Part
        Samples of one table.
    further : ndarray of bool (sample,)
        Second and later replicates of another sample.
    """
    blank = (part.flag == int(Flag.MISSING)) & (part.reason == BLANK)
    unused = further & (blank | ~part.present).all(axis=1) & part.present.any(axis=1)
    if unused.any():
        part.reason[part.present & unused[:, None]] = UNUSED
    return unused


def without(part: Part, unused: np.ndarray, log: ReadingLog) -> Part:
    """Return a part without the unused replicates; the log's last table has counted their cells as missing."""
    if not unused.any():
        return part
    kept = ~unused
    log.tables[-1]["samples"] -= int(unused.sum())
    part.sample = {name: values[kept] for name, values in part.sample.items()}
    part.grids = {name: grid[kept] for name, grid in part.grids.items()}
    part.present, part.flag, part.reason = part.present[kept], part.flag[kept], part.reason[kept]
    return part
