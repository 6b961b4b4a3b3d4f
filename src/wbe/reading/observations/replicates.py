"""Replicates that were planned and not measured, and means beside their samples: counted, and no samples.

Refuses to drop a replicate with anything in it: a word for missing or not run is a statement, a blank is none.
"""

from __future__ import annotations

import numpy as np

from wbe.reading.observations.parts import Part
from wbe.reading.words.log import ENDS, ReadingLog
from wbe.samples import Flag

__all__ = ["BLANK", "UNUSED", "mark_unused", "without", "without_means"]

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
    log.tables[-1]["samples"] -= int(unused.sum())
    part.keep(~unused)
    return part


def without_means(parts: list[Part], log: ReadingLog) -> list[Part]:
    """Leave out tables of means (冰毒平均浓度) where the file holds the samples that they are means of.

    A table counts as such if every district of it has samples of its biomarkers in another table of the file.
    """
    single = [(set(p.biomarkers), set(p.sample["district"].tolist())) for p in parts if not p.means]
    out = []
    for part in parts:
        covered = set().union(*(places for names, places in single if set(part.biomarkers) <= names))
        if not part.means or not set(part.sample["district"].tolist()) <= covered:
            out.append(part)
            continue
        entry = next(
            t for t in reversed(log.tables) if (t["file"], t["sheet"], t["samples"]) == (part.file, part.sheet, part.n)
        )
        entry.update({state: 0 for state in ENDS}, samples=0, outside=entry["cells"])
        log.skip(part.file, part.sheet, None, "means of samples that stand in another table")
    return out
