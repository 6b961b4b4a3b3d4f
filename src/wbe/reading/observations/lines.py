"""Lines of text above and below a table, such as 注：检出限均为0.5 ng/L -> limits of its results.

Refuses to use a line that may be meant for other results, and says so in the log.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from wbe.reading.grid.rows import KINDS, text_of
from wbe.reading.grid.turned import Layout
from wbe.reading.roles.context import Context
from wbe.reading.words.beside import listed
from wbe.reading.words.stated import limit_rows, limits_of_line
from wbe.reading.words.written_units import looks_like_unit, unit_scale
from wbe.vocabulary import tidy

__all__ = ["take_limits", "take_units"]

_MOST = 200
_UNIT_OF = {
    "flow": re.compile(r"(?:流量|水量|flow)\s*(?:的?单位|units?)?\s*[:为]\s*([^,，;；、()（）\s]+)", re.I),
    "population": re.compile(r"(?:人口|population)\s*(?:的?单位|units?)?\s*[:为]\s*([^,，;；、()（）\s]+)", re.I),
}
_LINES = [KINDS.index(kind) for kind in ("footnote", "text")]


def take_units(layout: Layout) -> list[str]:
    """Give flow and population the unit that a title writes for them; return what was understood.

    ``浓度单位：μg/L；流量单位：万m3/d；人口单位：万人``
    """
    notes = []
    for role, pattern in _UNIT_OF.items():
        columns = [i for i in layout.with_role(role) if not layout.columns[i].unit]
        units = {m.group(1).strip() for t in layout.titles for m in pattern.finditer(tidy(t))}
        if columns and len(units) == 1 and looks_like_unit(next(iter(units))):
            unit = next(iter(units))
            for i in columns:
                layout.columns[i] = replace(layout.columns[i], unit=unit)
            notes.append(f"the unit of {role}, {unit}, is taken from the title")
    return notes


def take_limits(ctx: Context) -> None:
    """Add the limits that lines of text state to those of the layout, behind every other source of limits."""
    layout = ctx.layout
    rows = np.flatnonzero(np.isin(ctx.rows.kind, _LINES))[:_MOST].tolist()
    below = [text_of(c[r]) for r in rows for c in ctx.columns if isinstance(c[r], str)]
    analytes = layout.result_analytes()
    if layout.stated:
        layout.limit_rows += limit_rows([(-1, s) for s in layout.stated], len(layout.columns), analytes)
        ctx.note("limits are taken from the table of limits beside it where the table gives no other")
    noted = set(below)
    several = len({unit_scale("concentration", layout.columns[i].unit or layout.base_unit, ctx.mapping)[0]
                   for i in layout.results()}) > 1  # fmt: skip
    for line in dict.fromkeys([*layout.titles, *below]):
        found, unclear = limits_of_line(line)
        sure = [s for s in found if s.unit or not several]
        if sure:
            said = ", ".join(f"{s.kind.upper()} {s.value:g} {s.unit}".strip() for s in dict.fromkeys(sure))
            ctx.note(f"limits are taken from the line {line[:80]!r} ({said}) where the table gives no other")
        if line in noted:
            harmless = not unclear and listed("footnotes", "harmless", re.split(r"[:：]", line)[0])
            _account(ctx, line, "read" if sure else "harmless" if harmless else "unread")
        if unclear or len(sure) < len(found):
            ctx.note(f"the line {line[:80]!r} speaks of limits and is not read; write them into a row or column")
        layout.stated += sure
        layout.limit_rows += limit_rows([(-1, s) for s in sure], len(layout.columns), analytes)


def _account(ctx: Context, line: str, end: str) -> None:
    """Enter a footnote into the balance of words: read where it gave a limit, harmless where a list says so."""
    sheet = ctx.layout.sheet
    ctx.log.words.append({"file": sheet.file, "sheet": sheet.name, "where": "footnote", "text": line[:80], "end": end})
