"""A drug is seen for the first time; refuses one that only a lower limit lets be seen."""

from __future__ import annotations

from wbe.alert.case import Case, Finding
from wbe.messages import Note

__all__ = ["NAME", "ORDER", "judge"]

NAME, ORDER = "first_detection", 4


def judge(case: Case) -> Finding | None:
    """Ask whether the drug would have been seen before, had it been there as now."""
    below, needed = case.below, int(case.rule["first_detection_history"])
    if len(case.seen) or len(below) < needed:
        return None
    would = below[~(below["limit"] > case.now["median"])]
    if len(would) < needed:
        return Finding("", (Note("alert-limit-lower", count=len(below) - len(would)),))
    # none of n months was seen: the next is by chance once in n + 2 (Laplace's rule of succession)
    return Finding("watch", (Note("alert-first-detection", count=len(below)),), 1 / (len(below) + 2))
