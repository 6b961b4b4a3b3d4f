"""Small rises that add up: CUSUM of standardised one-step residuals (Page 1954, 10.1093/biomet/41.1-2.100).

Refuses to sum over a month without a number: there the sum waits.
"""

from __future__ import annotations

from wbe.alert.case import Case, Finding
from wbe.messages import Note

__all__ = ["NAME", "ORDER", "judge"]

NAME, ORDER = "cusum", 3


def judge(case: Case) -> Finding | None:
    """Sum what residuals exceed the allowance by, from the history to the month."""
    rule = case.rule
    if not case.enough or "cusum_limit" not in rule:
        return None
    total = 0.0
    for month in [*case.seen["month"].tail(int(rule["cusum_months"]) - 1), case.month]:
        residual = case.residual(str(month))
        if residual == residual:
            total = max(0.0, total + residual - float(rule["cusum_allowance"]))
    loud = total > float(rule["cusum_limit"])
    said = (Note("alert-cusum", total=f"{total:.1f}", limit=f"{rule['cusum_limit']:g}"),) if loud else ()
    return Finding("watch" if loud else "", said, float(rule["cusum_false"]))
