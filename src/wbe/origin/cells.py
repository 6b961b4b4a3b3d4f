"""The samples behind each district and month of an answer, in the order of the answer.

Refuses an answer that does not know its samples, and leaves out districts that the disclosure policy hides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from wbe.errors import DisclosureError, Fault, InputError
from wbe.samples import Flag, month

__all__ = ["Cell", "cells", "samples_of"]

_BELOW = (int(Flag.BELOW_LOD), int(Flag.BELOW_LOQ))


@dataclass(frozen=True)
class Cell:
    """One district and month: concentrations, what was below which limit, and the flow, sample by sample."""

    district: str
    month: str
    samples: xr.Dataset

    def measured(self, biomarker: str) -> np.ndarray:
        """Return the concentration of each sample [ng/L]; NaN where it was not detected."""
        return self._of(biomarker, "concentration", (int(Flag.DETECTED),))

    def limit(self, biomarker: str) -> np.ndarray:
        """Return the limit of each sample that lay below it [ng/L]; NaN elsewhere."""
        low, quantified = (self._of(biomarker, name, _BELOW) for name in ("lod", "loq"))
        return np.where(np.isfinite(low), low, quantified)

    def water(self) -> np.ndarray:
        """Return the flow of each sample [m3/d], 1 where none of the cell is known."""
        flow = np.asarray(self.samples["flow"].values, dtype=float)
        return np.where(np.isfinite(flow) & (flow > 0), flow, np.nanmedian(flow) if np.isfinite(flow).any() else 1.0)

    def fraction(self, biomarker: str) -> np.ndarray:
        """Return the enantiomeric fractions that were measured."""
        if "enantiomeric_fraction" not in self.samples or biomarker not in self.samples["biomarker"].values:
            return np.array([])
        found = np.asarray(self.samples["enantiomeric_fraction"].sel(biomarker=biomarker).values, dtype=float)
        return np.asarray(found[np.isfinite(found)])

    def _of(self, biomarker: str, name: str, flags: tuple[int, ...]) -> np.ndarray:
        n = self.samples.sizes["sample"]
        if biomarker not in self.samples["biomarker"].values or name not in self.samples:
            return np.full(n, np.nan)
        held = self.samples.sel(biomarker=biomarker)
        return np.where(np.isin(held["flag"].values, flags), np.asarray(held[name].values, dtype=float), np.nan)


def samples_of(answer: object, where: str) -> xr.Dataset:
    """Return the samples of an answer that may be shown.

    Raises
    ------
    InputError
        The answer does not know its samples.
    DisclosureError
        The edition shows no districts.
    """
    samples = getattr(answer, "samples", None)
    if not isinstance(samples, xr.Dataset):
        raise InputError([Fault("origin-no-samples", where=where)])
    policy = getattr(answer, "policy", None)
    if policy is not None and "district" not in policy.areas:
        raise DisclosureError("origin-city-only", where=where, edition=policy.edition)
    many_enough = getattr(policy, "many_enough", None)
    return samples if many_enough is None else samples.isel(sample=np.flatnonzero(many_enough(samples)))


def cells(samples: xr.Dataset) -> Iterator[Cell]:
    """Yield every district and month with samples, by district as they come and month by month."""
    districts, months = (
        np.asarray(samples["district"].values).astype(str),
        np.asarray(month(samples).values).astype(str),
    )
    for district in dict.fromkeys(districts):
        for one in sorted(set(months[districts == district])):
            yield Cell(district, one, samples.isel(sample=np.flatnonzero((districts == district) & (months == one))))
