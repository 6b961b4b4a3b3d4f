"""The reading log: where every input cell of a recognised analyte went, and what was not read, and why.

Refuses to round: the balance sums to the cell, or :meth:`ReadingLog.sums` says that it does not.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd
import xarray as xr

__all__ = ["ENDS", "ReadingLog", "keep_log", "log_of_states", "reading_log"]

ENDS = ("detected", "below_loq", "below_lod", "above_uloq", "not_run", "missing", "rejected")
_HOLDER = "source_file"
_COLUMNS = ("file", "sheet", "layout", "rows", "samples", "cells", *ENDS, "outside")


@dataclass
class ReadingLog:
    """What was read and what was not.

    Attributes
    ----------
    tables : list of dict
        One for each table: file, sheet, layout, rows, samples, ``cells`` (every cell under a recognised analyte)
        and where they ended: the seven states of a result, or ``outside`` (subtotal, limit, control and
        footnote rows, which are not samples).
    skipped : list of dict
        Rows, sheets and files that are not samples: file, sheet, row, reason.
    unread : list of dict
        Columns that were not read: file, sheet, column, reason.
    reasons : dict
        How many cells ended missing, not run or rejected for each reason.
    notes : list of str
        What was understood on the user's behalf (encoding, period taken from a title...).
    controls : list of dict
        Results of blank and spiked samples found among the samples: file, sheet, row, kind, name, batch,
        biomarker, state, value (ng/L). :func:`wbe.check` flags what blanks contain.
    unreadable : list of dict
        Result cells that were rejected: file, sheet, row, column, biomarker, reason.
    words : list of dict
        The balance of words: file, sheet, where (header, bracket, unit, title, sheet, file, remark), text, and ``end``:
        read, harmless or asked; see :mod:`wbe.reading.roles.balance`.
    """

    tables: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    unread: list[dict[str, Any]] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    controls: list[dict[str, Any]] = field(default_factory=list)
    unreadable: list[dict[str, Any]] = field(default_factory=list)
    words: list[dict[str, Any]] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add a note once."""
        if text not in self.notes:
            self.notes.append(text)

    def skip(self, file: str, sheet: str, row: int | None, reason: str, **seen: object) -> None:
        """Record a row, sheet or file that is not read, and what was seen of it."""
        self.skipped.append({"file": file, "sheet": sheet, "row": row, "reason": reason, **seen})

    def balance(self) -> pd.DataFrame:
        """Return the balance, one row for each table and a last row ``total``.

        Examples
        --------
        >>> log = ReadingLog([{"file": "a.csv", "sheet": "", "layout": "wide", "rows": 1, "samples": 1,
        ...                    "cells": 2, "detected": 1, "below_lod": 1}])
        >>> log.balance()[["cells", "detected", "below_lod", "rejected"]].to_numpy().tolist()
        [[2, 1, 1, 0], [2, 1, 1, 0]]
        """
        frame = pd.DataFrame(self.tables, columns=list(_COLUMNS))
        counts = [c for c in _COLUMNS if c not in ("file", "sheet", "layout")]
        frame[counts] = frame[counts].fillna(0).astype("int64")
        total = {"file": "total", "sheet": "", "layout": "", **{c: int(frame[c].sum()) for c in counts}}
        return pd.concat([frame, pd.DataFrame([total])], ignore_index=True)

    def sums(self) -> bool:
        """Say whether every cell of every table ended in exactly one state."""
        frame = self.balance()
        return bool((frame["cells"] == frame[[*ENDS, "outside"]].sum(axis=1)).all())

    def to_json(self) -> str:
        """Return the log as JSON text, as kept in the dataset's attributes."""
        return json.dumps(asdict(self), ensure_ascii=False, default=str)

    @classmethod
    def from_json(cls, text: str) -> ReadingLog:
        """Return the log that :meth:`to_json` wrote."""
        return cls(**json.loads(text))


def reading_log(ds: xr.Dataset) -> ReadingLog:
    """Return the reading log that a Samples dataset carries; an empty one if it was not read from files.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> reading_log(small_city()).tables
    []
    """
    text = str(ds.attrs.get("reading_log", ""))
    if not text.startswith("{") and _HOLDER in ds.coords:  # older files hold the whole log in the attribute
        text = str(ds[_HOLDER].attrs.get("reading_log", ""))
    return ReadingLog.from_json(text) if text.startswith("{") else ReadingLog()


def keep_log(ds: xr.Dataset, log: ReadingLog) -> None:
    """Attach a log where it is saved with the samples and does not fill the screen: at the names of the files."""
    if _HOLDER in ds.coords:
        ds[_HOLDER].attrs["reading_log"] = log.to_json()
        ds.attrs["reading_log"] = "wbe.reading.reading_log(samples)"
    else:
        ds.attrs["reading_log"] = log.to_json()


def log_of_states(ds: xr.Dataset, source: str) -> ReadingLog:
    """Return a log for data that were built and not read from tables: every result is one cell."""
    counts = {name: int((ds["flag"] == i).sum()) for i, name in enumerate(ENDS)}
    entry = {
        "file": source, "sheet": "", "layout": "dataset", "rows": ds.sizes["sample"],
        "samples": ds.sizes["sample"], "cells": sum(counts.values()), **counts, "outside": 0,
    }  # fmt: skip
    return ReadingLog(tables=[entry])
