"""From statistics and priors to a posterior of every size of error: one hierarchical fit on the scale of logarithms.

Refuses to plug in: what is handed on are nodes over the posterior, local and shared sizes together. The sums of squares
count as scaled chi-squares; the mode is found by scoring, its curvature gives the spread, its third derivative the
shift of the mean. Places are pooled towards their file and the file towards the prior.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wbe.variability.priors import Size, day_sizes, measurement_size, settings
from wbe.variability.statistics import Statistics

__all__ = ["Posterior", "Shared", "fit", "shared_sizes"]

STEPS = 60
TIGHT = 1e-12  # variance of what the user gave


@dataclass(frozen=True)
class Shared:
    """The sizes that places share: name, key, ln variance before the file, covariance of it, and which are fixed."""

    names: tuple[tuple[str, str], ...]
    centre: np.ndarray  # (parameter,)
    covariance: np.ndarray  # (parameter, parameter)
    fixed: np.ndarray  # (parameter,) bool
    sizes: tuple[Size | None, ...]

    def where(self, term: str) -> np.ndarray:
        """Return the places of one term's parameters."""
        return np.array([i for i, (t, _) in enumerate(self.names) if t == term], dtype=int)


@dataclass(frozen=True)
class Posterior:
    """Mean and covariance of the shared ln variances; of each place's own shift given them: mean, slope, covariance."""

    shared: Shared
    mean: np.ndarray  # (parameter,)
    covariance: np.ndarray  # (parameter, parameter)
    base: np.ndarray  # (site, biomarker) ln variance of days before the file
    local: np.ndarray  # (site, biomarker) own shift at the mean of the shared
    slope: np.ndarray  # (site, biomarker, parameter)
    spread: np.ndarray  # (site, biomarker, biomarker) covariance given the shared


def shared_sizes(statistics: Statistics, own: Mapping[str, float]) -> Shared:
    """Return what is believed of the shared sizes, a user's own in their place.

    The parameters of ``day`` are shifts of a biomarker's days against the prior, about 0; all others are ln variances.
    """
    keys = statistics.keys
    names: list[tuple[str, str]] = []
    centre, spread, fixed, sizes = [], [], [], []
    blocks = []

    def add(term: str, key: str, middle: float, sd: float, size: Size | None, *given: str) -> None:
        value = next((own[name] for name in given if name in own), None)
        names.append((term, key))
        fixed.append(value is not None)
        centre.append(middle if value is None or term == "day" else float(np.log(value)))
        spread.append(sd)
        sizes.append(size)

    day = settings("day")
    _, day_prior = day_sizes(keys.biomarkers, np.full(1, 1e5))
    for name, size in zip(keys.biomarkers, day_prior, strict=True):
        add("day", name, 0.0, 2 * day["shift_sd"], size, f"day:{name}", "day")
    blocks.append((len(keys.biomarkers), day["shift_correlation"]))
    for kind in keys.kinds:
        size = _sampling(kind)
        composite = ("sampling",) if kind.endswith("composite") else ()
        add("sampling", kind, np.log(size.variance), size.sd_ln_variance, size, f"sampling:{kind}", *composite)
        blocks.append((1, 0.0))
    size = measurement_size("flow")
    add("flow", "", np.log(size.variance), size.sd_ln_variance, size, "flow")
    blocks.append((1, 0.0))
    for lab in keys.laboratories:
        size = measurement_size("analysis")
        add("analysis", lab, np.log(size.variance), size.sd_ln_variance, size, f"analysis:{lab}", "analysis")
        blocks.append((1, 0.0))
    size = measurement_size("batch")
    for name in keys.biomarkers:
        add("batch", name, np.log(size.variance), size.sd_ln_variance, size, f"batch:{name}", "batch")
    blocks.append((len(keys.biomarkers), settings("batch")["correlation"]))
    for term in ("walk", "deviation"):
        table = settings(term)
        for name in keys.biomarkers:
            add(term, name, 2 * np.log(table["sd"]), 2 * table["sd_ln"], None)
        blocks.append((len(keys.biomarkers), table["correlation"]))
    is_fixed = np.array(fixed, dtype=bool)
    covariance = _covariance(np.array(spread), blocks)
    covariance[is_fixed, :] = covariance[:, is_fixed] = 0.0
    covariance[is_fixed, is_fixed] = TIGHT
    return Shared(tuple(names), np.array(centre), covariance, is_fixed, tuple(sizes))


def _sampling(kind: str) -> Size:
    known = settings("sampling")["sd_ln"]
    return measurement_size("sampling", kind if kind in known else "unknown")


def _covariance(spread: np.ndarray, blocks: list[tuple[int, float]]) -> np.ndarray:
    found = np.zeros((len(spread), len(spread)))
    first = 0
    for size, correlation in blocks:
        part = slice(first, first + size)
        found[part, part] = (correlation + (1 - correlation) * np.eye(size)) * np.outer(spread[part], spread[part])
        first += size
    return found


@dataclass(frozen=True)
class _Rows:
    """Rows of one kind of contrast laid out by place: mean squares, worth, coefficients per degree of freedom."""

    mean_square: np.ndarray  # (place, row)
    worth: np.ndarray  # (place, row)
    day: np.ndarray  # (place, row, biomarker)
    rest: np.ndarray  # (place, row, parameter), zero at days


def _rows(statistics: Statistics, name: str, shared: Shared) -> _Rows:
    found = getattr(statistics, name)
    freedom = np.maximum(found.freedom, 1e-12)
    rest = np.zeros((*found.square.shape, len(shared.names)))
    rest[:, :, np.concatenate([shared.where("sampling"), shared.where("flow")])] = found.shared
    rest[:, :, shared.where("analysis")] = found.analysis
    rest[:, :, shared.where("deviation")] = found.deviation
    if name == "city":
        drugs = np.arange(len(statistics.keys.biomarkers))
        rest[:, drugs, shared.where("batch")] = statistics.city_batch
        rest[:, drugs, shared.where("walk")] = statistics.city_walk
    alive = found.freedom > 1e-9
    return _Rows(
        found.square / freedom, np.where(alive, found.worth, 0.0), found.day / freedom[:, :, None],
        rest / freedom[:, :, None],
    )  # fmt: skip


def _day_layout(statistics: Statistics) -> np.ndarray:
    """Return what each site's days add to its city's rows, per degree of freedom, shape (site, biomarker)."""
    freedom = np.maximum(statistics.city.freedom[:, :-1], 1e-12)
    found: np.ndarray = statistics.city_day / freedom[statistics.keys.city_of]
    return found


class _Fit:
    """One fit: held apart from its result, so that nothing of it is shared afterwards."""

    def __init__(self, statistics: Statistics, shared: Shared, base: np.ndarray, own_place: np.ndarray):
        self.statistics, self.shared, self.base = statistics, shared, base
        self.days = shared.where("day")
        self.other = np.setdiff1d(np.arange(len(shared.names)), self.days)
        self.places = [_rows(statistics, name, shared) for name in ("within", "between")]
        self.city = _rows(statistics, "city", shared)
        self.city_day = _day_layout(statistics)
        self.precision = np.linalg.inv(shared.covariance)
        self.local_precision = 1 / own_place  # (biomarker,)

    def _variances(self, theta: np.ndarray, local: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rest = np.zeros(len(theta))
        rest[self.other] = np.exp(theta[self.other])
        return np.exp(self.base + theta[self.days] + local), rest

    def _site_rows(
        self, day: np.ndarray, rest: np.ndarray
    ) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
        """Return for each contrast by site: score weight, curvature weight, slopes by local and by shared sizes."""
        found = []
        for rows in self.places:
            expected = np.maximum(np.einsum("srk,sk->sr", rows.day, day) + rows.rest @ rest, 1e-12)
            own = rows.day * day[:, None, :] / expected[:, :, None]
            wide = rows.rest * rest / expected[:, :, None]
            wide[:, :, self.days] = own
            found.append((rows.worth / 2 * (rows.mean_square / expected - 1), rows.worth / 2, own, wide))
        return found

    def _city_rows(self, day: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        keys, rows = self.statistics.keys, self.city
        part = np.zeros((len(keys.cities), len(keys.biomarkers)))
        np.add.at(part, keys.city_of, self.city_day * day)
        expected = rows.rest @ rest
        expected[:, :-1] += part
        expected = np.maximum(expected, 1e-12)
        wide = rows.rest * rest / expected[:, :, None]
        drugs = np.arange(len(keys.biomarkers))
        wide[:, drugs, self.days] += part / expected[:, :-1]
        score = rows.worth / 2 * (rows.mean_square / expected - 1)
        count = wide.shape[-1]
        return score.ravel(), (rows.worth / 2).ravel(), wide.reshape(-1, count)

    def _replicates(self, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        labs = self.shared.where("analysis")
        freedom = self.statistics.replicate_freedom.sum(axis=0)
        square = self.statistics.replicate_square.sum(axis=0) / np.maximum(freedom, 1e-12)
        wide = np.zeros((len(labs), len(rest)))
        wide[np.arange(len(labs)), labs] = 1.0
        return freedom / 2 * (square / rest[labs] - 1), freedom / 2, wide

    def system(self, theta: np.ndarray, local: np.ndarray) -> _System:
        """Return score and curvature of the log posterior at one point."""
        day, rest = self._variances(theta, local)
        shared_score = -self.precision @ (theta - self.shared.centre)
        shared_curve = self.precision.copy()
        local_score = -self.local_precision * local
        sites, k = local.shape
        local_curve = np.tile(np.diag(self.local_precision), (sites, 1, 1))
        mixed = np.zeros((sites, k, len(theta)))
        flat = []
        for score, weight, own, wide in self._site_rows(day, rest):
            local_score = local_score + np.einsum("sr,srk->sk", score, own)
            local_curve = local_curve + np.einsum("sr,srk,srl->skl", weight, own, own)
            mixed += np.einsum("sr,srk,srp->skp", weight, own, wide)
            flat.append((score.ravel(), weight.ravel(), wide.reshape(-1, len(theta))))
        flat += [self._city_rows(day, rest), self._replicates(rest)]
        for score, weight, wide in flat:
            shared_score = shared_score + wide.T @ score
            shared_curve = shared_curve + (wide * weight[:, None]).T @ wide
        return _System(shared_score, shared_curve, local_score, local_curve, mixed, flat)

    def solve(self) -> tuple[np.ndarray, np.ndarray, _System]:
        """Return the mode by damped scoring, and the system there."""
        theta, local = self.shared.centre.copy(), np.zeros(self.base.shape)
        for step in range(STEPS):
            system = self.system(theta, local)
            by_theta, by_local = system.step()
            largest = max(float(np.abs(by_theta).max(initial=0.0)), float(np.abs(by_local).max(initial=0.0)))
            scale = min(1.0, 1.0 / largest if largest > 0 else 1.0) * (0.7 if step > 20 else 1.0)
            theta, local = theta + scale * by_theta, local + scale * by_local
            if largest < 1e-9:
                break
        return theta, local, self.system(theta, local)


@dataclass(frozen=True)
class _System:
    shared_score: np.ndarray
    shared_curve: np.ndarray
    local_score: np.ndarray
    local_curve: np.ndarray
    mixed: np.ndarray
    flat: list[tuple[np.ndarray, np.ndarray, np.ndarray]]

    def reduced(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the shared curvature with the local sizes integrated out, slopes of the local, their covariance."""
        spread = np.linalg.inv(self.local_curve)
        slope = -spread @ self.mixed
        curve = self.shared_curve + np.einsum("skp,skq->pq", self.mixed, slope)
        return (curve + curve.T) / 2, slope, (spread + spread.transpose(0, 2, 1)) / 2

    def step(self) -> tuple[np.ndarray, np.ndarray]:
        curve, slope, spread = self.reduced()
        alone = np.einsum("skl,sl->sk", spread, self.local_score)
        score = self.shared_score + np.einsum("skp,sk->p", slope, self.local_score)
        by_theta = np.linalg.solve(curve, score)
        return by_theta, alone + slope @ by_theta


def fit(statistics: Statistics, own: Mapping[str, float]) -> Posterior:
    """Return the posterior of every size of error.

    Parameters
    ----------
    statistics : Statistics
        What the file tells; :func:`wbe.variability.learn_statistics`.
    own : mapping of str to float
        A user's own log variances by term, which are not learnt.

    Source
    ------
    Scoring on scaled chi-squares as in the estimation of variance components (Patterson and Thompson 1971,
    doi:10.1093/biomet/58.3.545); moments about the mode as Tierney and Kadane 1986, doi:10.1080/01621459.1986.10478240.
    """
    shared = shared_sizes(statistics, own)
    keys = statistics.keys
    base, _ = day_sizes(keys.biomarkers, keys.population)
    place = np.full(len(keys.biomarkers), (2 * settings("day")["place_sd"]) ** 2)
    for k, name in enumerate(keys.biomarkers):
        given = own.get(f"day:{name}", own.get("day"))
        if given is not None:
            base[:, k], place[k] = np.log(given), TIGHT
    model = _Fit(statistics, shared, base, place)
    theta, local, system = model.solve()
    curve, slope, spread = system.reduced()
    covariance = np.linalg.inv(curve)
    covariance = (covariance + covariance.T) / 2
    skew = np.zeros(len(theta))
    for _, weight, wide in system.flat:
        skew += wide.T @ (weight * np.einsum("rp,pq,rq->r", wide, covariance, wide))
    shift = covariance @ skew / 2
    mean = np.where(shared.fixed, shared.centre, theta + shift)
    return Posterior(shared, mean, covariance, base, local + slope @ shift, slope, spread)
