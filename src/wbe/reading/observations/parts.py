"""The samples of one table as grids of samples by biomarkers: what every layout becomes.

Refuses nothing: it only holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Part"]


@dataclass
class Part:
    """The samples of one table: columns on samples, and grids (sample, biomarker); ``present`` marks cells."""

    sample: dict[str, np.ndarray]
    biomarkers: list[str]
    present: np.ndarray
    flag: np.ndarray
    reason: np.ndarray
    grids: dict[str, np.ndarray]
    file: str
    sheet: str
    means: bool = False

    @property
    def n(self) -> int:
        """How many samples the part has."""
        return len(self.flag)

    def keep(self, rows: np.ndarray) -> None:
        """Keep some of the samples only: a mask, shape (sample,)."""
        self.sample = {name: values[rows] for name, values in self.sample.items()}
        self.grids = {name: grid[rows] for name, grid in self.grids.items()}
        self.present, self.flag, self.reason = self.present[rows], self.flag[rows], self.reason[rows]

    def grid(self, name: str) -> np.ndarray:
        """Return a grid of numbers, made when it is first needed."""
        if name not in self.grids:
            self.grids[name] = np.full(self.flag.shape, np.nan)
        return self.grids[name]
