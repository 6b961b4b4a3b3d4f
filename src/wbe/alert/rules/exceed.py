"""The level exceeds the baseline of the district's own history by a factor; refuses a baseline without history."""

from __future__ import annotations

import numpy as np

from wbe.alert.case import Case, Finding
from wbe.levels.chances import chance

__all__ = ["NAME", "ORDER", "judge"]

NAME, ORDER = "exceed", 1


def judge(case: Case) -> Finding | None:
    """Compare the month's level with the history's; the q-value that makes an action is known only of all tests."""
    if not case.enough:
        return None
    rule = case.rule
    p = chance(case.above - float(np.log(rule["factor"])))
    level = "warning" if p > rule["probability"] else "watch" if p > rule["watch_probability"] else ""
    false = case.quietly_above(min(float(rule["probability"]), float(rule["watch_probability"])))
    return Finding(level, (), false, {**case.amounts, "p_exceed": p, "p_value": case.residuals[0]})
