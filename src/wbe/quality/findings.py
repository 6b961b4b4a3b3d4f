"""The result of the check as people meet it: what there is, then one line for each code with an example.

Refuses nothing: it is a table of every finding, and any part of it is a plain table again.
"""

from __future__ import annotations

from html import escape

import pandas as pd

from wbe.messages import language, render

__all__ = ["FindingsTable"]

MOST = 20  # codes that are shown


class FindingsTable(pd.DataFrame):
    """Every finding of :func:`wbe.check`, one row each; shown as a summary and groups.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> from wbe.quality import check
    >>> check(small_city(months=2)).summary("en")
    '0 errors, 3 warnings, 0 notes'
    >>> type(check(small_city(months=2)).head(1)).__name__
    'DataFrame'
    """

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def summary(self, chosen: str | None = None) -> str:
        """Return how many errors, warnings and notes there are."""
        found = self["severity"].astype(str).tolist()
        values = {one: found.count(one) for one in ("error", "warning", "info")}
        return render("quality-told-summary", values, chosen)

    def _groups(self) -> list[tuple[str, str, int, str]]:
        """Severity, code, how often and an example, worst first."""
        example = "message_zh" if language() == "zh" else "message"
        columns = zip(*(self[k].astype(str).tolist() for k in ("severity", "code", example)), strict=True)
        held: dict[tuple[str, str], list[str]] = {}
        for severity, code, said in columns:
            held.setdefault((severity, code), []).append(said)
        return [(render(f"quality-told-{s}", {}), code, len(all_), all_[0]) for (s, code), all_ in held.items()]

    def __repr__(self) -> str:
        if not {"severity", "code", "message", "message_zh"} <= set(self.columns):
            return str(pd.DataFrame(self).__repr__())
        groups = self._groups()
        lines = [f"  {severity}  {code} × {count}: {said}" for severity, code, count, said in groups[:MOST]]
        more = [render("quality-told-more", {"count": len(groups) - MOST})] if len(groups) > MOST else []
        return "\n".join([self.summary(), *lines, *more])

    def _repr_html_(self) -> str:
        if not {"severity", "code", "message", "message_zh"} <= set(self.columns):
            return str(pd.DataFrame(self).to_html())
        groups = self._groups()
        rows = "".join(
            f"<tr><td>{escape(severity)}</td><td>{escape(code)}</td><td>{count}</td>"
            f'<td style="text-align:left">{escape(said)}</td></tr>'
            for severity, code, count, said in groups[:MOST]
        )
        more = render("quality-told-more", {"count": len(groups) - MOST}) if len(groups) > MOST else ""
        return f"<p><strong>{escape(self.summary())}</strong></p><table>{rows}</table><p>{escape(more)}</p>"
