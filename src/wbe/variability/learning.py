"""From statistics and priors to a posterior of every size of error: one hierarchical fit on the scale of logarithms.

Refuses to plug in: what is handed on are nodes over the posterior, local and shared sizes together. The sums of squares
count as scaled chi-squares; the mode is found by scoring, its curvature gives the spread, its third derivative the
shift of the mean. Places are pooled towards their file and the file towards the prior.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wbe.variability.priors import Size, day_sizes, log_square, measurement_size, settings, variance_of
from wbe.variability.statistics import Statistics

__all__ = ["Posterior", "Shared", "fit", "shared_sizes"]

STEPS, LONGEST, CLOSE = 100, 2.0, 1e-5  # of the search: most steps, longest and shortest in ln variance
MEMORY = 4  # past steps that the search uses
LEAST = 1e-12  # no mean square is expected to be smaller
TIGHT = 1e-12  # variance of what the user gave


@dataclass(frozen=True)
class Shared:
    """The sizes that places share: name, key, ln(cv^2) before the file, covariance of it, and which are fixed."""

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

    The parameters of ``day`` are shifts of a biomarker's ln variance of days against the prior, about 0; all others
    are ln(cv^2), so that a grab sample of cv .85 is believed to a factor and not to its square.
    """
    keys = statistics.keys
    names: list[tuple[str, str]] = []
    centre, spread, fixed, sizes = [], [], [], []
    blocks = []

    def add(term: str, key: str, middle: float, sd: float, size: Size | None, *given: str) -> None:
        value = next((own[name] for name in given if name in own), None)
        names.append((term, key))
        fixed.append(value is not None)
        centre.append(middle if value is None or term == "day" else log_square(value))
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
        add("sampling", kind, log_square(size.variance), 2 * size.sd_ln, size, f"sampling:{kind}", *composite)
        blocks.append((1, 0.0))
    size = measurement_size("flow")
    add("flow", "", log_square(size.variance), 2 * size.sd_ln, size, "flow")
    blocks.append((1, 0.0))
    for lab in keys.laboratories:
        size = measurement_size("analysis")
        add("analysis", lab, log_square(size.variance), 2 * size.sd_ln, size, f"analysis:{lab}", "analysis")
        blocks.append((1, 0.0))
    size = measurement_size("batch")
    for name in keys.biomarkers:
        add("batch", name, log_square(size.variance), 2 * size.sd_ln, size, f"batch:{name}", "batch")
    blocks.append((len(keys.biomarkers), settings("batch")["correlation"]))
    for term in ("walk", "deviation"):
        table = settings(term)
        for name in keys.biomarkers:
            add(term, name, log_square(table["sd"] ** 2), 2 * table["sd_ln"], None)
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
    return _Rows(
        found.square / freedom, found.worth, found.day / freedom[:, :, None],
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
        self.freedom = statistics.replicate_freedom.sum(axis=0)  # (laboratory,)
        self.replicates = statistics.replicate_square.sum(axis=0) / np.maximum(self.freedom, LEAST)

    def _variances(self, theta: np.ndarray, local: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rest = np.zeros(len(theta))
        rest[self.other] = variance_of(theta[self.other])
        return np.exp(self.base + theta[self.days] + local), rest

    def _moving(self, theta: np.ndarray) -> np.ndarray:
        """Return the slopes of the variances other than days by their sizes, 0 at days."""
        found = np.zeros(len(theta))
        found[self.other] = 1 / (1 + np.exp(-theta[self.other]))
        return found

    @staticmethod
    def _expected(rows: _Rows, day: np.ndarray, rest: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.maximum((rows.day @ day[:, :, None])[:, :, 0] + rows.rest @ rest, LEAST)
        return found

    def _city_expected(self, day: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the expected mean squares of the city's rows, and the part of its places' days."""
        keys = self.statistics.keys
        part = np.zeros((len(keys.cities), len(keys.biomarkers)))
        np.add.at(part, keys.city_of, self.city_day * day)
        expected = self.city.rest @ rest
        expected[:, :-1] += part
        return np.maximum(expected, LEAST), part

    def _stacks(self, theta: np.ndarray, local: np.ndarray) -> list[_Stack]:
        """Return every row with score, weight and slopes of ln of its expectation; two stacks by site come first."""
        day, rest = self._variances(theta, local)
        moving = self._moving(theta)
        found = []
        for rows in self.places:
            expected = self._expected(rows, day, rest)
            slopes = rows.rest * moving / expected[:, :, None]
            slopes[:, :, self.days] = rows.day * day[:, None, :] / expected[:, :, None]
            found.append(_Stack(rows.worth / 2 * (rows.mean_square / expected - 1), rows.worth / 2, slopes))
        expected, part = self._city_expected(day, rest)
        slopes = self.city.rest * moving / expected[:, :, None]
        slopes[:, np.arange(local.shape[1]), self.days] += part / expected[:, :-1]
        worth = self.city.worth / 2
        found.append(_Stack(worth * (self.city.mean_square / expected - 1), worth, slopes))
        labs = self.shared.where("analysis")
        slopes = np.zeros((1, len(labs), len(rest)))
        slopes[0, np.arange(len(labs)), labs] = moving[labs] / rest[labs]
        score = self.freedom / 2 * (self.replicates / rest[labs] - 1)
        return [*found, _Stack(score[None], self.freedom[None] / 2, slopes)]

    def system(self, theta: np.ndarray, local: np.ndarray) -> _System:
        """Return score and curvature of the log posterior at one point."""
        stacks = self._stacks(theta, local)
        shared_score = -self.precision @ (theta - self.shared.centre)
        shared_curve = self.precision.copy()
        for stack in stacks:
            shared_score = shared_score + stack.pulled(stack.score).sum(axis=0)
        by_site = sum((stack.curves() for stack in stacks[:2]), np.zeros((1, 1, 1)))
        shared_curve = shared_curve + by_site.sum(axis=0)
        for stack in stacks[2:]:
            shared_curve = shared_curve + stack.curves().sum(axis=0)
        local_score = -self.local_precision * local + self._by_city(theta, local, stacks[2])
        for stack in stacks[:2]:
            local_score = local_score + stack.pulled(stack.score)[:, self.days]
        local_curve = by_site[:, self.days][:, :, self.days] + np.diag(self.local_precision)
        return _System(shared_score, shared_curve, local_score, local_curve, by_site[:, self.days], stacks, self.days)

    def _by_city(self, theta: np.ndarray, local: np.ndarray, stack: _Stack) -> np.ndarray:
        """Return what the rows of whole cities say of each place's own days, (site, biomarker)."""
        day, rest = self._variances(theta, local)
        expected, _ = self._city_expected(day, rest)
        found: np.ndarray = (stack.score / expected)[self.statistics.keys.city_of, :-1] * self.city_day * day
        return found

    def height(self, theta: np.ndarray, local: np.ndarray) -> float:
        """Return the log posterior up to a constant."""
        day, rest = self._variances(theta, local)
        away = theta - self.shared.centre
        found = -away @ self.precision @ away / 2 - np.sum(self.local_precision * local**2) / 2
        pairs = [(rows.worth, rows.mean_square, self._expected(rows, day, rest)) for rows in self.places]
        pairs.append((self.city.worth, self.city.mean_square, self._city_expected(day, rest)[0]))
        pairs.append((self.freedom, self.replicates, rest[self.shared.where("analysis")]))
        return float(found - sum(np.sum(w * (np.log(e) + m / e)) for w, m, e in pairs) / 2)

    def solve(self) -> tuple[np.ndarray, np.ndarray, _System]:
        """Return the mode, by scoring with steps halved until they climb, and the system there.

        Scoring alone gains little more than a digit in five steps; past steps tell where it leads (Anderson 1965).
        """
        number = len(self.shared.centre)
        at = np.concatenate([self.shared.centre, np.zeros(self.base.size)])

        def parts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return x[:number], x[number:].reshape(self.base.shape)

        height = self.height(*parts(at))
        before: list[tuple[np.ndarray, np.ndarray]] = []
        for _ in range(STEPS):
            system = self.system(*parts(at))
            by_theta, by_local = system.step(system.shared_score, system.local_score)
            step = np.concatenate([by_theta, by_local.ravel()])
            largest = float(np.abs(step).max(initial=0.0))
            before = [*before[-MEMORY:], (at, step)]
            leap = _leap(before) if largest < LONGEST else step * LONGEST / largest
            reached = self.height(*parts(at + leap))
            if not reached >= height:  # a leap may miss: then the step itself, as far as it climbs
                before = before[-1:]
                leap = step * min(1.0, LONGEST / max(largest, LEAST))
                while not (reached := self.height(*parts(at + leap))) >= height and np.abs(leap).max() > CLOSE:
                    leap = leap / 2
            if reached >= height:
                at, height = at + leap, reached
            if min(largest, float(np.abs(leap).max(initial=0.0))) <= CLOSE:
                break
        return *parts(at), self.system(*parts(at))


def _leap(before: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return the way from the last point to where the past steps, put together, would vanish.

    Source
    ------
    Anderson 1965, doi:10.1145/321296.321305; Walker and Ni 2011, doi:10.1137/10078356X.
    """
    step = before[-1][1]
    if len(before) < 2:
        return step
    moved = np.diff(np.stack([x for x, _ in before]), axis=0)
    turned = np.diff(np.stack([f for _, f in before]), axis=0)
    square = np.einsum("ip,jp->ij", turned, turned)
    square += np.eye(len(square)) * (LEAST + 1e-10 * np.trace(square))
    share = np.linalg.solve(square, np.einsum("ip,p->i", turned, step))
    leap = step - np.einsum("i,ip->p", share, moved + turned)
    long = float(np.abs(leap).max(initial=0.0))
    found: np.ndarray = leap if long < LONGEST else leap * LONGEST / long
    return found


@dataclass(frozen=True)
class _Stack:
    """Rows by group: score and weight (group, row), slopes of ln expectation (group, row, parameter).

    Products are made group by group: small ones give the same bits with any number of threads.
    """

    score: np.ndarray
    weight: np.ndarray
    slopes: np.ndarray

    def pulled(self, by: np.ndarray) -> np.ndarray:
        """Return each group's slopes weighted by a number for each row, (group, parameter)."""
        found: np.ndarray = np.einsum("gr,grp->gp", by, self.slopes)
        return found

    def curves(self) -> np.ndarray:
        """Return each group's curvature, (group, parameter, parameter)."""
        found: np.ndarray = np.matmul((self.slopes * self.weight[:, :, None]).transpose(0, 2, 1), self.slopes)
        return found


@dataclass(frozen=True)
class _System:
    shared_score: np.ndarray
    shared_curve: np.ndarray
    local_score: np.ndarray
    local_curve: np.ndarray
    mixed: np.ndarray  # (site, biomarker, parameter)
    stacks: list[_Stack]
    days: np.ndarray

    def reduced(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the shared curvature with the local sizes integrated out, slopes of the local, their covariance."""
        spread = np.linalg.inv(self.local_curve)
        slope = -np.matmul(spread, self.mixed)
        curve = self.shared_curve + np.matmul(self.mixed.transpose(0, 2, 1), slope).sum(axis=0)
        return (curve + curve.T) / 2, slope, (spread + spread.transpose(0, 2, 1)) / 2

    def step(self, shared_score: np.ndarray, local_score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the curvature's inverse times a score: shared and local part."""
        curve, slope, spread = self.reduced()
        score = shared_score + np.einsum("skp,sk->p", slope, local_score)
        by_shared = np.linalg.solve(curve, score)
        return by_shared, np.einsum("skl,sl->sk", spread, local_score) + np.einsum("skp,p->sk", slope, by_shared)

    def shift(self, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean less mode, to the first order: from the third derivative, which is that of a chi-square's log."""
        _, slope, spread = self.reduced()
        shared = np.zeros(len(covariance))
        local = np.zeros(self.local_score.shape)
        for number, stack in enumerate(self.stacks):
            whole = stack.slopes
            if number < 2:
                own = stack.slopes[:, :, self.days]
                whole = whole + np.matmul(own, slope)
                alone = np.einsum("grp,grp->gr", np.matmul(own, spread), own)
            else:
                alone = np.zeros(stack.score.shape)
            doubt = np.einsum("grp,grp->gr", np.matmul(whole, covariance), whole) + alone
            pull = stack.pulled(stack.weight * doubt) / 2
            shared += pull.sum(axis=0)
            local += pull[:, self.days] if number < 2 else 0.0
        return self.step(shared, local)


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
    by_shared, by_local = system.shift(covariance)
    mean = np.where(shared.fixed, shared.centre, theta + by_shared)
    return Posterior(shared, mean, covariance, base, local + by_local, slope, spread)
