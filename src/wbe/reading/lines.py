"""Lines of text above and below a table, such as 注：检出限均为0.5 ng/L -> limits of its results.

Refuses to use a line that may be meant for other results, and says so in the log.
"""

from __future__ import annotations

import numpy as np

from wbe.reading.context import Context
from wbe.reading.headers import unit_scale
from wbe.reading.rows import KINDS, text_of
from wbe.reading.stated import limit_rows, limits_of_line

_MOST = 200
_LINES = [KINDS.index(kind) for kind in ("footnote", "text")]


def take_limits(ctx: Context) -> None:
    """Add the limits that lines of text state to those of the layout, behind every other source of limits."""
    layout = ctx.layout
    rows = np.flatnonzero(np.isin(ctx.rows.kind, _LINES))[:_MOST].tolist()
    below = [text_of(c[r]) for r in rows for c in ctx.columns if isinstance(c[r], str)]
    analytes = layout.result_analytes()
    if layout.stated:
        layout.limit_rows += limit_rows([(-1, s) for s in layout.stated], len(layout.columns), analytes)
        ctx.note("limits are taken from the table of limits beside it where the table gives no other")
    several = len({unit_scale("concentration", layout.columns[i].unit or layout.base_unit, ctx.mapping)[0]
                   for i in layout.results()}) > 1  # fmt: skip
    for line in dict.fromkeys([*layout.titles, *below]):
        found, unclear = limits_of_line(line)
        sure = [s for s in found if s.unit or not several]
        if sure:
            said = ", ".join(f"{s.kind.upper()} {s.value:g} {s.unit}".strip() for s in dict.fromkeys(sure))
            ctx.note(f"limits are taken from the line {line[:80]!r} ({said}) where the table gives no other")
        if unclear or len(sure) < len(found):
            ctx.note(f"the line {line[:80]!r} speaks of limits and is not read; write them into a row or column")
        layout.stated += sure
        layout.limit_rows += limit_rows([(-1, s) for s in sure], len(layout.columns), analytes)
