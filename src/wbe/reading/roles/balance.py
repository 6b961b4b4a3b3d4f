"""The balance of words: what became of every header, bracket, title and name of a sheet or file beside a result.

Refuses to leave a word out: each ends as read, harmless, asked, or unread, where nothing in its column could change a
number.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import xarray as xr

from wbe.errors import Fault
from wbe.reading.grid.onesubstance import substance_of
from wbe.reading.grid.turned import Layout
from wbe.reading.words.beside import instrument, kind_of_place
from wbe.reading.words.headers import Header
from wbe.reading.words.log import ReadingLog, reading_log
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.moments import month_in, year_in
from wbe.vocabulary import role_kind, table

__all__ = ["ENDS", "word_balance", "words_of"]

ENDS = ("read", "harmless", "asked", "unread")


def words_of(layout: Layout, faults: list[Fault], mapping: Mapping) -> list[dict[str, Any]]:
    """Return what became of the words of one table."""
    sheet = layout.sheet
    asked = {f.column for f in faults if f.column}
    place = {"file": sheet.file, "sheet": sheet.name}
    out = [
        {**place, "where": "header", "text": h.text[:80],
         "end": "asked" if layout.column_name(i) in asked else _end(h)}
        for i, h in enumerate(layout.columns) if h.text.strip()
    ]  # fmt: skip
    names = [("sheet", sheet.name), ("file", sheet.file), *(("title", t) for t in layout.titles)]
    out += [{**place, "where": where, "text": t[:80], "end": _of_name(t, mapping)} for where, t in names if t.strip()]
    return out


def _end(h: Header) -> str:
    if h.analyte or h.question or h.numbered:
        return "read"
    if h.role == "" and not instrument(h.text):
        return "unread"
    known = h.role in table("headers")
    return "read" if known and role_kind(h.role) in ("text", "number", "date") else "harmless"


def _of_name(text: str, mapping: Mapping) -> str:
    """A name or title is read where it gives a time, a substance or a matrix; else it only names the table."""
    gives = month_in(text) is not None or year_in(text) is not None or bool(substance_of(text, mapping))
    return "read" if gives or kind_of_place(text) else "harmless"


def word_balance(source: ReadingLog | xr.Dataset) -> pd.DataFrame:
    """Return how many words of each kind ended in each way.

    Parameters
    ----------
    source : ReadingLog or Dataset
        A log, or Samples that carry one.

    Returns
    -------
    DataFrame
        One row for each place of words (header, sheet, file, title), columns read, harmless, asked, unread and
        ``words``, which is their sum.

    Examples
    --------
    >>> log = ReadingLog(words=[{"where": "header", "text": "METH (ng/L)", "end": "read"}])
    >>> word_balance(log).to_dict("records")
    [{'where': 'header', 'read': 1, 'harmless': 0, 'asked': 0, 'unread': 0, 'words': 1}]
    """
    log = source if isinstance(source, ReadingLog) else reading_log(source)
    places = list(dict.fromkeys(str(w["where"]) for w in log.words))
    rows = []
    for where in places:
        ends = [w["end"] for w in log.words if w["where"] == where]
        rows.append({"where": where, **{e: ends.count(e) for e in ENDS}, "words": len(ends)})
    return pd.DataFrame(rows, columns=["where", *ENDS, "words"])
