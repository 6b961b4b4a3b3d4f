"""The table of findings as an HTML fragment for the report.

Refuses raw text: every word that came from a file is escaped.
"""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from wbe.errors import Fault, InputError
from wbe.messages import render

__all__ = ["to_html"]


def _say(word: str, language: str, **values: object) -> str:
    return " ".join(render(f"quality-html-{word}", values, part) for part in language.split("+"))


def to_html(table: pd.DataFrame, language: str = "zh+en", *, each: int = 12) -> str:
    """Return the findings as an HTML fragment, grouped by kind, worst first.

    Parameters
    ----------
    table : DataFrame
        From :func:`wbe.check`.
    language : str
        ``zh``, ``en`` or ``zh+en``.
    each : int
        How many rows of one kind are shown; the rest is counted.

    Returns
    -------
    str
        A ``<section class="wbe-quality">``; all text from files is escaped.

    Raises
    ------
    InputError
        Another language.

    Examples
    --------
    >>> import wbe
    >>> from wbe.testing import small_city
    >>> to_html(wbe.check(small_city()), "en").startswith('<section class="wbe-quality"')
    True
    """
    if language not in ("zh", "en", "zh+en"):
        raise InputError([Fault("quality-language", came=language)])
    parts = [f'<section class="wbe-quality"><h2>{_say("title", language)}</h2>']
    if table.empty:
        return "".join([*parts, f"<p>{_say('none', language)}</p></section>"])
    counts = table["severity"].value_counts()
    totals = [
        f'<li class="{s}">{_say(s, language)}: {counts[s]}</li>' for s in ("error", "warning", "info") if s in counts
    ]
    parts += [f"<ul>{''.join(totals)}</ul><p>{_say('kept', language)}</p><table><thead><tr>"]
    parts += [f"<th>{_say(w, language)}</th>" for w in ("severity", "place", "message", "source")]
    parts.append("</tr></thead><tbody>")
    for _, group in table.groupby(["severity", "code"], sort=False):
        parts += [_row(r, language) for r in group.head(each).itertuples(index=False)]
        if len(group) > each:
            more = _say("more", language, n=len(group) - each)
            parts.append(f'<tr class="more"><td colspan="4">{more}</td></tr>')
    return "".join([*parts, "</tbody></table></section>"])


def _row(row: Any, language: str) -> str:
    def get(name: str) -> str:
        return str(getattr(row, name))

    place = " · ".join(p for p in (get("district"), get("month"), get("sample")) if p)
    texts = [get("message_zh")] if language == "zh" else [get("message")]
    if language == "zh+en" and get("message_zh") != get("message"):
        texts = [get("message_zh"), get("message")]
    line = "" if getattr(row, "row") is pd.NA or pd.isna(getattr(row, "row")) else get("row")  # noqa: B009
    source = " ".join(p for p in (get("file"), get("sheet"), line) if p)
    severity = get("severity")
    cells = (
        _say(severity, language), escape(place), "<br>".join(escape(t) for t in texts), escape(source),
    )  # fmt: skip
    return f'<tr class="{escape(severity)} {escape(get("code"))}">' + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"
