"""The result is far above what the months before let expect; refuses a month without earlier months."""

from __future__ import annotations

from wbe.alert.case import Case, Finding
from wbe.messages import Note

__all__ = ["NAME", "ORDER", "judge"]

NAME, ORDER = "residual", 2


def judge(case: Case) -> Finding | None:
    """Ask for the chance of a result as high as this when nothing has changed."""
    least = float(case.rule.get("residual_probability", 0.0))
    p, residual = case.residuals
    if not case.enough or not p <= 1:
        return None
    said = (Note("alert-residual", residual=f"{residual:.1f}", p=f"{p:.3f}"),)
    return Finding("watch" if p < least else "", said if p < least else (), least)
