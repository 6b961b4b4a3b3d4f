"""One district and drug in one month, with all that a rule may ask: its history, its levels and the numbers of rules.

Refuses to compare amounts of two methods: there the levels speak, which know that methods differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from wbe.levels.beliefs import Beliefs
from wbe.messages import Note

__all__ = ["Case", "Finding"]

_NORMAL = NormalDist()


@dataclass(frozen=True)
class Finding:
    """What a rule says of a case: level of the alert ("" for a remark only), its notes, and its chance of an error.

    ``false`` is the chance that the rule prints a row when nothing has changed; it counts also where it is silent.
    """

    level: str = ""
    notes: tuple[Note, ...] = ()
    false: float = 0.0
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Case:
    """A month of one district and drug; ``past`` holds the earlier months that have a result, in their order."""

    held: Beliefs
    drug: str
    district: str
    month: str
    now: Mapping[str, Any]
    past: pd.DataFrame
    rule: Mapping[str, Any]
    level: float

    @cached_property
    def across(self) -> bool:
        """Whether the earlier months of the same method are too few, so that all methods are asked."""
        return len(self._same) < int(self.rule["minimum_history"]) <= len(self.past) and self.past_methods > 0

    @property
    def past_methods(self) -> int:
        """How many earlier months were measured by another method."""
        return len(self.past) - len(self._same)

    @cached_property
    def _same(self) -> pd.DataFrame:
        return self.past[self.past["method_version"] == self.now["method_version"]]

    @cached_property
    def history(self) -> pd.DataFrame:
        """The earlier months compared with, no more than the rule says."""
        chosen = self.past if self.across else self._same
        return chosen.tail(int(self.rule["maximum_history"]))

    @cached_property
    def seen(self) -> pd.DataFrame:
        """Earlier months with a number."""
        return self.history[self.history["status"] == "estimate"]

    @cached_property
    def below(self) -> pd.DataFrame:
        """Earlier months below a limit."""
        return self.history[self.history["status"] == "below_limit"]

    @cached_property
    def enough(self) -> bool:
        """Whether there is history enough for a baseline."""
        return len(self.seen) > 0 and len(self.history) >= int(self.rule["minimum_history"])

    @property
    def area(self) -> int:
        """Index of the district."""
        return self.held.areas.index(self.district)

    @cached_property
    def above(self) -> np.ndarray:
        """Draws of ln of the month's level over the baseline's, the mean of ln levels of the history, (draw,)."""
        draws = self.held.draws(self.drug)[:, self.area]
        at = [self.held.months.index(m) for m in self.history["month"]]
        found: np.ndarray = draws[:, self.held.months.index(self.month)] - draws[:, at].mean(axis=1)
        return found

    @cached_property
    def residuals(self) -> tuple[float, float]:
        """Chance of a result at least as high, and the standardised one-step residual of the month."""
        return self.held.one_step(self.drug, self.area, self.month)

    def residual(self, month: str) -> float:
        """Return the standardised one-step residual of another month; NaN where it has no number."""
        return self.held.one_step(self.drug, self.area, month)[1]

    @cached_property
    def amounts(self) -> dict[str, float]:
        """The month's amount over the baseline's, as they stand in the table, with the interval of the two alone.

        Across methods the levels' ratio, since amounts of two methods have none.
        """
        half = _NORMAL.inv_cdf(0.5 + self.level / 2)
        if self.across or self.seen.empty:
            low, middle, high = np.exp(np.quantile(self.above, [0.5 - self.level / 2, 0.5, 0.5 + self.level / 2]))
            return {"ratio": float(middle), "lower": float(low), "upper": float(high), "baseline": float("nan")}
        y = np.log(self.seen["median"].to_numpy(dtype=float))
        known = self.seen["log_sd_within"].fillna(0.0).to_numpy(dtype=float) ** 2
        # month-to-month variance beyond what the measurement explains
        process = max(0.0, float(np.var(y, ddof=1)) - float(known.mean())) if len(y) > 1 else 0.0
        weight = 1 / np.maximum(known + process, 1e-12)
        base, variance = float((weight * y).sum() / weight.sum()), float(1 / weight.sum())
        own = float(self.now["log_sd_within"] or 0.0) ** 2
        step, sd = float(np.log(self.now["median"])) - base, float(np.sqrt(max(own + variance, 1e-12)))
        return {"ratio": float(np.exp(step)), "lower": float(np.exp(step - half * sd)),
                "upper": float(np.exp(step + half * sd)), "baseline": float(np.exp(base))}  # fmt: skip

    def quietly_above(self, probability: float) -> float:
        """Return the chance that P(level > baseline x factor) passes a probability when the level is the baseline.

        A posterior mean wanders no more than the posterior's own sd, so that this is an upper bound.
        """
        spread = max(float(self.above.std()), 1e-9)
        return _NORMAL.cdf(-(float(np.log(self.rule["factor"])) / spread + _NORMAL.inv_cdf(probability)))
