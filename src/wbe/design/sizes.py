"""Sizes of error of one district and drug, as the posterior of levels has them, and what designs make of them.

Refuses a best size: every size is a set of equally weighted draws, over which all that follows is averaged.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from wbe import packaged
from wbe.answer import Answer, drug_of
from wbe.errors import Fault, InputError, one_of
from wbe.estimation import Estimate
from wbe.levels.beliefs import beliefs
from wbe.levels.drawing import resampled
from wbe.levels.model import kept
from wbe.messages import Words
from wbe.variability.priors import measurement_size, variance_of

__all__ = ["LAYOUTS", "OWN", "Design", "Sizes", "costs", "settings", "sizes_of", "spread"]

#: how a month's days are chosen
LAYOUTS = ("even", "random", "consecutive")
#: sizes that a caller may give, as coefficients of variation
OWN = ("day", "sampling", "flow", "analysis", "batch")
NODES = 64
DAYS = 30


@functools.cache
def settings(part: str) -> Mapping[str, packaged.Entry]:
    """Return one part of ``data/design.toml``.

    Examples
    --------
    >>> settings("days")["correlation"]
    0.5
    """
    found = packaged.toml("design.toml")[part]
    assert isinstance(found, dict)
    return found


@dataclass(frozen=True)
class Sizes:
    """Log variances by draw (node,): of days (node, district), sampling, flow, analysis, batch and true months.

    ``change`` (node,) is the variance of a true change from month to month; ``hold`` the share of days' variance that a
    whole month keeps.
    """

    districts: tuple[str, ...]
    day: np.ndarray
    hold: np.ndarray
    sampling: np.ndarray
    flow: np.ndarray
    analysis: np.ndarray
    batch: np.ndarray
    change: np.ndarray
    level: np.ndarray  # (district,) ln of typical load

    def own(self, given: Mapping[str, float]) -> Sizes:
        """Return the sizes with a caller's own, as coefficients of variation."""
        found = {name: np.full_like(getattr(self, name), np.log1p(cv * cv)) for name, cv in given.items()}
        return replace(self, **found)


@dataclass(frozen=True)
class Design:
    """Days sampled a month, analyses of each sample, population markers in it, and how its days are chosen."""

    days: int = 1
    replicates: int = 1
    markers: int = 0
    layout: str = "even"

    def error(self, sizes: Sizes) -> np.ndarray:
        """Return the log variance of a month's mean about the true month, without the batch, (node, district)."""
        marked = float(np.log1p(_number("marker", "cv") ** 2)) / max(self.markers, 1)
        shared = sizes.sampling + sizes.flow if not self.markers else marked + sizes.analysis / self.markers
        single = shared + sizes.analysis / self.replicates
        day = sizes.day * spread(self.days, self.layout)
        return np.asarray(day + (single / self.days)[:, None])

    def cost(self, price: Mapping[str, float]) -> float:
        """Return what a month of one plant costs."""
        each = price["visit"] + price["composite"] + self.replicates * price["analysis"]
        return self.days * (each + self.markers * price["marker"])


def _number(part: str, name: str) -> float:
    found = settings(part)[name]
    assert isinstance(found, float | int)
    return float(found)


def costs(given: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return what things cost, with a caller's own prices.

    Raises
    ------
    UnknownName
        A price that does not exist.
    InputError
        A price that is no number or negative.
    """
    known = {k: float(v) for k, v in settings("cost").items() if isinstance(v, float | int)}
    for name, value in (given or {}).items():
        one_of(name, known, Words("cost", "费用"))
        if not value >= 0:
            raise InputError([Fault("design-cost", field=name, came=repr(value))])
        known[name] = float(value)
    return known


def spread(days: int, layout: str = "even", correlation: float | None = None, length: int = DAYS) -> float:
    """Return the variance of the mean of some days about the mean of all, by that of one day.

    Exact for days whose correlation falls geometrically with the days between them.

    Parameters
    ----------
    days : int
        Sampled, of ``length``.
    layout : {"even", "random", "consecutive"}
    correlation : float, optional
        Of consecutive days; by default that of ``data/design.toml``.
    length : int
        Days of the month.

    Examples
    --------
    >>> round(spread(1, correlation=0.0), 3), round(spread(4, correlation=0.0), 3), spread(30)
    (0.967, 0.217, 0.0)
    >>> spread(4, "even") < spread(4, "random") < spread(4, "consecutive")
    True
    """
    rho = _number("days", "correlation") if correlation is None else correlation
    law = rho ** np.abs(np.arange(length)[:, None] - np.arange(length)[None, :]).astype(float)
    if layout == "random":
        other = (law.sum() - length) / (length * (length - 1))
        chosen = 1 / days + (days - 1) / days * other
        return max(float(chosen - law.mean()), 0.0)
    first = (length - days) // 2 if layout == "consecutive" else 0
    at = first + np.arange(days) if layout == "consecutive" else ((np.arange(days) + 0.5) * length / days).astype(int)
    weight = np.full(length, -1 / length)
    weight[at] += 1 / days
    return max(float(weight @ law @ weight), 0.0)


def sizes_of(estimate: Answer, drug: str, own: Mapping[str, float] | None = None, kind: str | None = None) -> Sizes:
    """Return the sizes behind one drug of an estimate.

    Parameters
    ----------
    estimate : Estimate
    drug : str
    own : mapping, optional
        A caller's own coefficients of variation of ``day, sampling, flow, analysis, batch``.
    kind : str, optional
        Of sample, such as ``"grab"``; by default that of the file.

    Raises
    ------
    InputError
        Published loads, which have no samples; or a size that cannot be.
    UnknownName
        A drug, kind or size that does not exist.
    """
    if not isinstance(estimate, Estimate):
        raise InputError([Fault("design-no-samples")])
    chosen = drug_of(estimate, drug)
    faults = []
    for name, cv in (own or {}).items():
        one_of(name, OWN, Words("size of error", "误差项"))
        if not 0 <= cv < 5:
            faults.append(Fault("design-size", field=name, came=repr(cv)))
    if faults:
        raise InputError(faults)
    held = beliefs(estimate, "mass_load")
    name = held.named.get(chosen, chosen)
    of = next((m[0].city for m in held.members if m and name in held.levels.cities[m[0].city].draws), None)
    if of is None:
        raise InputError([Fault("design-no-levels", drug=chosen)])
    city = held.levels.cities[of]
    fit = city.steps.fits[list(city.draws).index(name)]
    theta = fit.nodes[resampled(fit.weight, NODES)]
    told, names = fit.frame.sizes, fit.frame.sizes.names
    areas = [a for a, members in enumerate(held.members) if members and members[0].city == of]
    places = [max(held.members[a], key=lambda m: float(np.mean(m.weight))).place for a in areas]
    day = np.exp(np.clip(told.base + theta[:, :1] + theta[:, told.shared :], -40.0, 5.0))[:, places]
    size = np.exp(theta)
    phi = kept(told, theta)
    rho = 1 / (1 + np.exp(-theta[:, told.index("persistence")]))
    change = 2 * (1 - rho) * size[:, told.index("deviation")] + size[:, told.index("walk")]
    change = change + 2 * (phi + (1 - phi) / DAYS) * day.mean(axis=1)
    level = np.median(city.draws[name], axis=(0, 2))[places]
    found = Sizes(
        tuple(held.areas[a] for a in areas), day * (1 - phi)[:, None], phi, _sampling(theta, names, kind),
        np.full(NODES, told.flow), np.full(NODES, float(told.analysis[0])),
        variance_of(theta[:, told.index("batch")]), change, level,
    )  # fmt: skip
    return found.own(own or {})


def _sampling(theta: np.ndarray, names: tuple[str, ...], kind: str | None) -> np.ndarray:
    """Return the log variance of sampling by node: of a kind of the file, or as priors have it."""
    held = [n for n in names if n.startswith("sampling:")]
    wanted = held[0] if kind is None and held else f"sampling:{kind or 'unknown'}"
    if wanted in held:
        return np.asarray(variance_of(theta[:, names.index(wanted)]))
    from wbe.variability.priors import settings as priors

    known = tuple(priors("sampling")["sd_ln"])
    size = measurement_size("sampling", one_of(str(kind), known, Words("kind of sample", "样品类型")))
    quantile = np.random.default_rng(0).standard_normal(len(theta))
    return np.asarray(np.log1p(np.expm1(size.variance) * np.exp(2 * size.sd_ln * quantile)))
