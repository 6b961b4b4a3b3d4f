"""The sizes of error that were learnt, laid out by month, site and kind of the samples in hand.

A month's sizes rest on files up to that month, so that a number once issued keeps its interval. Refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from wbe.estimation.mixture import averaged
from wbe.estimation.watching import told
from wbe.variability import Variability, learn

__all__ = ["Sizes", "ladder", "learnt", "sizes", "typical_cvs"]


@dataclass(frozen=True, eq=False)
class Sizes:
    """Log variances at integration nodes, by month.

    ``weight`` (node,); ``day`` (node, month, site, biomarker), the part within a month; ``sampling`` (node, month,
    kind); ``flow`` (node, month); ``analysis`` (node, month, laboratory); ``batch`` (node, month, biomarker);
    ``weekday`` (month, biomarker, 2) mean and sd of ln(weekend / weekday). ``kind`` and ``laboratory`` (sample,) number
    each sample's own.
    """

    weight: np.ndarray
    day: np.ndarray
    sampling: np.ndarray
    flow: np.ndarray
    analysis: np.ndarray
    batch: np.ndarray
    weekday: np.ndarray
    kind: np.ndarray
    laboratory: np.ndarray

    def mean(self, name: str) -> np.ndarray:
        """Return a size averaged over the nodes."""
        return averaged(self.weight, getattr(self, name))


def ladder(n: int) -> list[int]:
    """Return after how many months the sizes of error are learnt anew: 1, 2, 3, 4, 6, 8, 12, 16, 24 and so on.

    Examples
    --------
    >>> ladder(18)
    [1, 2, 3, 4, 6, 8, 12, 16]
    """
    steps = sorted({k << p for p in range(n.bit_length() + 1) for k in (2, 3)} | {1})
    return [step for step in steps if step <= n]


def learnt(ds: xr.Dataset, months: Sequence[str], cvs: Mapping[str, float] | None) -> tuple[Variability, ...]:
    """Learn the sizes of error for each month, from what was there up to it.

    They are learnt anew after each step of :func:`ladder`, so that the months after it have the sizes of that step:
    what a month is told never changes when files are added, and the cost does not grow with the square of the months.
    """
    steps = ladder(len(months))
    found = {}
    for i, step in enumerate(steps):
        told("learning", i, len(steps))
        found[step] = learn(ds, cvs, until=months[step - 1])
    told("learning", len(steps), len(steps))
    return tuple(found[max(s for s in steps if s <= m + 1)] for m in range(len(months)))


def typical_cvs(found: Variability, cvs: Mapping[str, float] | None) -> dict[str, float]:
    """Return learnt sizes of measurement as one number each, for what is said of a single sample.

    Parameters
    ----------
    found : Variability
    cvs : mapping, optional
        The user's own; of these ``flow_meter`` is no one else's.
    """

    def cv(values: np.ndarray) -> float:
        return float(np.sqrt(np.expm1(float(found.weight @ values))))

    kinds = {f"sampling:{kind}": cv(found.sampling[:, i]) for i, kind in enumerate(found.kinds)}
    own = {"flow_meter": cvs["flow_meter"]} if cvs and "flow_meter" in cvs else {}
    return {"analysis": cv(found.analysis.mean(axis=1)), "batch": cv(found.batch.mean(axis=1)), "flow": cv(found.flow),
            **kinds, **own}  # fmt: skip


def sizes(ds: xr.Dataset, sites: Sequence[str], biomarkers: Sequence[str], found: Sequence[Variability]) -> Sizes:
    """Lay what was learnt out over the sites, kinds and laboratories of the samples.

    Parameters
    ----------
    ds : Dataset
        Samples, in the order of the estimate.
    sites, biomarkers : sequence of str
    found : sequence of Variability
        One for each month.
    """
    kinds, kind = _codes(ds, "sample_type", "unknown")
    labs, laboratory = _codes(ds, "laboratory", "")

    def stacked(name: str, axis: str, wanted: Sequence[str]) -> np.ndarray:
        return np.stack([_taken(getattr(v, name), getattr(v, axis), wanted) for v in found], axis=1)

    day = np.stack(
        [
            _taken(_taken(v.day, v.biomarkers, biomarkers), [site for _, site in v.sites], sites, axis=1)
            * (1 - v.month_share)
            for v in found
        ],
        axis=1,
    )
    return Sizes(
        found[0].weight, day, stacked("sampling", "kinds", kinds),
        np.stack([v.flow for v in found], axis=1), stacked("analysis", "laboratories", labs),
        stacked("batch", "biomarkers", biomarkers),
        np.stack([_taken(v.weekday, v.biomarkers, biomarkers, axis=0) for v in found]), kind, laboratory,
    )  # fmt: skip


def _codes(ds: xr.Dataset, name: str, default: str) -> tuple[list[str], np.ndarray]:
    if name not in ds.coords:
        return [default], np.zeros(ds.sizes["sample"], dtype=int)
    labels, code = np.unique(ds[name].values.astype(str), return_inverse=True)
    return [str(x) for x in labels], code.ravel()


def _taken(values: np.ndarray, have: Sequence[str], wanted: Sequence[str], axis: int = -1) -> np.ndarray:
    """Select by name along an axis; a name that a month did not know yet takes the largest size of that month."""
    at = {str(name): i for i, name in enumerate(have)}
    index = np.array([at.get(str(name), -1) for name in wanted])
    found = np.take(values, np.maximum(index, 0), axis=axis)
    if (index >= 0).all():
        return found
    widest = np.broadcast_to(values.max(axis=axis, keepdims=True), found.shape)
    known = (index >= 0).reshape([-1 if a == axis % values.ndim else 1 for a in range(values.ndim)])
    return np.where(known, found, widest)
