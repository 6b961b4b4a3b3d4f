"""A drug that was seldom seen is seen above all limits of before; refuses one that only a lower limit lets be seen."""

from __future__ import annotations

from wbe.alert.case import Case, Finding
from wbe.messages import Note

__all__ = ["NAME", "ORDER", "judge"]

NAME, ORDER = "quantifiable", 5


def judge(case: Case) -> Finding | None:
    """Ask whether numbers were rare, and whether this one would have been seen in every earlier month."""
    seen, of = len(case.seen), len(case.history)
    rare = 0 < seen <= float(case.rule.get("rare_share", 0.0)) * of
    if not rare or of < int(case.rule["first_detection_history"]):
        return None
    if not (case.below["limit"] <= case.now["median"]).all():
        return Finding()
    said = (Note("alert-quantifiable", count=seen, of=of),)
    return Finding("watch", said, (seen + 1) / (of + 2))
