"""The attack: the range of one plant's load that agrees with every number that was ever printed.

Exact for sums of detected loads: linear programming over the samples, loads at least 0, everything else known.
Refuses to guess: what the numbers leave open stays open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from wbe.published.edition import Number

__all__ = ["System"]

Array = npt.NDArray[np.float64]


class System:
    """The printed numbers of one cell over its samples.

    Parameters
    ----------
    numbers : sequence of Number
        All of one area, month and biomarker, from all editions.

    Examples
    --------
    >>> shown = [Number("c", "2021-06", "x", "mass_load", 9.5, 10.5, {"a": 1.0, "b": 1.0}),
    ...          Number("c", "2021-06", "x", "consumption", 13.8, 14.2, {"a": 2.0})]
    >>> low, high = System(shown).range({"b": 1.0})
    >>> round(low, 1), round(high, 1)
    (2.4, 3.6)
    """

    def __init__(self, numbers: Sequence[Number]):
        self.samples = list(dict.fromkeys(s for number in numbers for s in number.factors))
        place = {s: i for i, s in enumerate(self.samples)}
        rows: dict[tuple[float, ...], tuple[Array, float, float]] = {}
        for number in numbers:
            row = np.zeros(len(place))
            for sample, factor in number.factors.items():
                row[place[sample]] = factor
            size = row.max(initial=0.0)
            if size <= 0:
                continue
            # numbers over the same samples in the same proportion say the same: the narrowest range of them holds
            key = tuple(np.round(row / size, 9))
            kept = rows.get(key, (row / size, 0.0, np.inf))
            rows[key] = (kept[0], max(kept[1], number.low / size), min(kept[2], number.high / size))
        self.rows = [row for row, _, _ in rows.values()]
        self.low = [min(low, high) for _, low, high in rows.values()]
        self.high = [max(low, high) for _, low, high in rows.values()]

    def range(
        self, plant: Mapping[str, float], known: Sequence[tuple[Mapping[str, float], float]] = ()
    ) -> tuple[float, float]:
        """Return the lowest and highest load of a plant.

        Parameters
        ----------
        plant : mapping of sample to float
            Weights of the plant's samples in its load.
        known : sequence of (weights, load)
            What an insider knows of other plants.
        """
        target = self._over(plant)
        if not target.any() or set(plant) - set(self.samples):
            return 0.0, np.inf  # a sample that nothing printed rests on is not bounded
        if len(self.rows) == 1:
            return self._alone(target, known)
        return self._programme(target, known)

    def _over(self, weights: Mapping[str, float]) -> Array:
        return np.array([weights.get(sample, 0.0) for sample in self.samples])

    def _alone(self, target: Array, known: Sequence[tuple[Mapping[str, float], float]]) -> tuple[float, float]:
        """One sum: a plant may be anything from what the others cannot be to all that is left."""
        row, low, high = self.rows[0], self.low[0], self.high[0]
        for weights, load in known:
            theirs = self._over(weights)
            with np.errstate(divide="ignore", invalid="ignore"):
                each = np.where(theirs > 0, row / theirs, np.nan)
            low, high = low - load * float(np.nanmax(each)), high - load * float(np.nanmin(each))
            row = np.where(theirs > 0, 0.0, row)
        inside = target > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            top = float(np.max(np.where(inside & (row > 0), target / row, 0.0))) * max(high, 0.0)
        others = (row > 0) & ~inside
        bottom = 0.0
        if not others.any():
            with np.errstate(divide="ignore", invalid="ignore"):
                bottom = float(np.min(np.where(inside & (row > 0), target / row, np.inf))) * max(low, 0.0)
        return (bottom, np.inf if (inside & (row <= 0)).any() else top)

    def _programme(self, target: Array, known: Sequence[tuple[Mapping[str, float], float]]) -> tuple[float, float]:
        from scipy.optimize import linprog  # at the first attack: it is slow to import

        rows = np.array(self.rows)
        equal = np.array([self._over(weights) for weights, _ in known]) if known else None
        given = [load for _, load in known] if known else None
        found = []
        for sign in (1.0, -1.0):
            for slack in (1e-9, 1e-3, 1e-2, 0.05, 0.2):  # digits of different tables may not agree to the last
                wide = slack * np.array(self.high)
                right = np.concatenate([np.array(self.high) + wide, -(np.array(self.low) - wide)])
                solved = linprog(sign * target, A_ub=np.vstack([rows, -rows]), b_ub=right, A_eq=equal, b_eq=given,
                                 bounds=(0, None), method="highs")  # fmt: skip
                if solved.status != 2:
                    break
            if solved.status == 0:
                found.append(sign * float(solved.fun))
            else:  # unbounded, or numbers that no loads explain: nothing can be said
                found.append(0.0 if sign > 0 else np.inf)
        return max(0.0, found[0]), found[1]
