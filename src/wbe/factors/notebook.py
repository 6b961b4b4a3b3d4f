"""How profiles, pooled values and calibrations are shown in a notebook: one line of what they are, and a small table.

Refuses long tables: at most a dozen rows, and the rest is said to be there.
"""

from __future__ import annotations

from html import escape

import pandas as pd

from wbe.messages import render

__all__ = ["html"]

MOST = 12


def html(code: str, table: pd.DataFrame, **values: object) -> str:
    """Return a sentence and the first rows of a table as HTML; every word of the data is escaped.

    Examples
    --------
    >>> values = {"count": 2, "middle": "39.0", "low": "30.0", "high": "48.0", "lowest": "20.0", "highest": "60.0"}
    >>> html("factors-told-pooled", pd.DataFrame({"id": ["<b>"]}), **values)[:46]
    '<p><strong>2 studies pooled: 39.0 % (30.0–48.0'
    >>> "<b>" in html("factors-told-pooled", pd.DataFrame({"id": ["<b>"]}), **values)
    False
    """
    shown = table.head(MOST).to_html(index=False, escape=True, na_rep="", float_format=lambda x: f"{x:.3g}")
    more = f"<p>… (+{len(table) - MOST})</p>" if len(table) > MOST else ""
    return f"<p><strong>{escape(render(code, values))}</strong></p>{shown}{more}"
