"""What judges read of an answer: levels of its areas by drug and month, from one posterior, made once and kept.

An estimate's levels come from its samples, those of published loads from their errors. Refuses to learn from what a
disclosure policy hides: a printed judgement tells nothing of a hidden sample.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from threading import Lock

import numpy as np
import pandas as pd
import xarray as xr

from wbe.answer import Answer, Series
from wbe.estimation import Estimate
from wbe.estimation.budget import OF_DISTRICT, OF_MONTH, sources
from wbe.estimation.chain import OF_BIOMARKER
from wbe.estimation.frames import hidden_samples
from wbe.estimation.kept import Kept
from wbe.levels.measuring import errors
from wbe.levels.onestep import OneStep, one_step
from wbe.levels.posterior import CityLevels, Levels
from wbe.levels.trending import Slopes, slopes_of
from wbe.samples import Flag

__all__ = ["Beliefs", "beliefs"]

SEED = 20210624
PER_HEAD = ("normalised_load", "consumption", "doses")
_KEPT: weakref.WeakKeyDictionary[object, Kept] = weakref.WeakKeyDictionary()
_LOCK = Lock()


@dataclass(frozen=True, eq=False)
class Member:
    """One place's part in an area: its city, its index there, and its weight."""

    city: int
    place: int
    weight: np.ndarray  # (month of the answer,)


@dataclass(frozen=True, eq=False)
class Beliefs:
    """Levels of areas by drug: ln of true amounts, up to what all areas and months share.

    Attributes
    ----------
    areas, months : tuple of str
        As the answer has them.
    levels : Levels
    members : tuple of tuple of Member
        Of each area.
    divisor : ndarray (area, month)
        ln of what loads are divided by.
    named : dict
        The biomarker, or name in the posterior, by drug.
    """

    areas: tuple[str, ...]
    months: tuple[str, ...]
    levels: Levels
    members: tuple[tuple[Member, ...], ...]
    divisor: np.ndarray
    named: dict[str, str]
    kept: Kept

    def city_of(self, area: int) -> CityLevels | None:
        """Return the city that an area lies in."""
        return self.levels.cities[self.members[area][0].city] if self.members[area] else None

    def draws(self, drug: str) -> np.ndarray:
        """Return draws of ln of true amounts, (draw, area, month); NaN where no place of an area has levels."""
        return self.kept.get(("draws", drug), lambda: self._draws(drug, measured=False))

    def measured(self, drug: str) -> np.ndarray:
        """Return draws of ln of amounts as a typical month of each place is measured, (draw, area, month)."""
        return self.kept.get(("measured", drug), lambda: self._draws(drug, measured=True))

    def _draws(self, drug: str, *, measured: bool) -> np.ndarray:
        name = self.named.get(drug, drug)
        count = max((len(d) for c in self.levels.cities for d in c.draws.values()), default=0)
        found = np.full((count, len(self.areas), len(self.months)), np.nan)
        for area, members in enumerate(self.members):
            total = np.zeros((count, len(self.months)))
            told = bool(members)
            for member in members:
                city = self.levels.cities[member.city]
                if name not in city.draws:
                    told = False
                    break
                at = np.array([self.months.index(m) for m in city.months if m in self.months], dtype=int)
                kept = np.array([m in self.months for m in city.months], dtype=bool)
                one = np.full((count, len(self.months)), np.nan)
                error = self.errors(member.city, name)[:, member.place] if measured else 0.0
                one[:, at] = np.exp(city.draws[name][:, member.place] + error)[:, kept]
                total += member.weight * one
            if told:
                with np.errstate(divide="ignore"):
                    found[:, area] = np.log(total) - self.divisor[area]
        found.setflags(write=False)
        return found

    def errors(self, city: int, name: str) -> np.ndarray:
        """Return draws of ln of measured over true of a typical month of each place of a city, (draw, place, month)."""
        held = self.levels.cities[city]

        def make() -> np.ndarray:
            fit, _ = held.steps.likeliest(list(held.draws).index(name))
            key = "\x1f".join((*held.name, name))
            return errors(fit, len(held.draws[name]), key, SEED, len(held.months))

        return self.kept.get(("errors", city, name), make)

    def slopes(self, drug: str, area: int, window: tuple[str, str]) -> tuple[float, float, float, float]:
        """Return mean, sd and error of an area's slope [ln a month] in a window, and its process sd.

        An area of several places has the mean of their slopes by their loads; their errors are taken as shared.
        """
        name = self.named.get(drug, drug)
        parts = []
        for member in self.members[area]:
            city = self.levels.cities[member.city]
            if name not in city.draws:
                return (np.nan,) * 4
            found = self._slopes(member.city, name, window)
            typical = float(np.median(np.exp(city.draws[name][:, member.place]))) * float(np.mean(member.weight))
            parts.append((typical, *(float(x[member.place]) for x in
                                     (found.mean, found.sd, found.error, found.process))))  # fmt: skip
        if not parts:
            return (np.nan,) * 4
        table = np.array(parts)
        weight = table[:, 0] / table[:, 0].sum()
        mean, sd, error, process = weight @ table[:, 1:]
        return float(mean), float(sd), float(error), float(process)

    def _slopes(self, city: int, name: str, window: tuple[str, str]) -> Slopes:
        held = self.levels.cities[city]

        def make() -> Slopes:
            fit, step = held.steps.likeliest(list(held.draws).index(name))
            months = np.array(held.months)
            return slopes_of(fit, step, (months >= window[0]) & (months <= window[1]))

        return self.kept.get(("slopes", city, name, window), make)

    def one_step(self, drug: str, area: int, month: str) -> tuple[float, float]:
        """Return the chance of a result at least as high as the month's, and its standardised residual.

        Of the place with most load, where an area has several; NaN where the month has no number.
        """
        name = self.named.get(drug, drug)
        best, most = None, -np.inf
        for member in self.members[area]:
            held = self.levels.cities[member.city]
            if name in held.draws and month in held.months:
                size = float(np.median(held.draws[name][:, member.place, held.months.index(month)]))
                best, most = (member, size) if size > most else (best, most)
        if best is None:
            return np.nan, np.nan
        found = self._one_step(best.city, name, month)
        return float(found.p_above[best.place]), float(found.residual[best.place])

    def _one_step(self, city: int, name: str, month: str) -> OneStep:
        held = self.levels.cities[city]

        def make() -> OneStep:
            fit, step = held.steps.likeliest(list(held.draws).index(name))
            return one_step(fit, step, held.months.index(month))

        return self.kept.get(("one step", city, name, month), make)

    def step(self, area: int) -> tuple[float, str]:
        """Return the probability of a step of the laboratory of an area's first place, and its likeliest month."""
        held = self.city_of(area)
        if held is None or len(held.months) < 2:
            return 0.0, ""
        later = held.steps.of_place(self.members[area][0].place)[1:]
        return float(later.sum()), held.months[int(np.argmax(later)) + 1]

    def prior_weight(self, drug: str, area: int) -> float:
        """Return how much of what is believed of an area's sizes of error rests on priors, 0 to 1."""
        held = self.city_of(area)
        return np.nan if held is None else float(held.prior_weight.get(self.named.get(drug, drug), np.nan))


def beliefs(answer: Answer, quantity: str, *, until: str | None = None, ahead: int = 0) -> Beliefs:
    """Return the levels behind an answer's quantity, from what it holds up to a month; made once and kept.

    Parameters
    ----------
    answer : Estimate or Series
    quantity : str
    until : str, optional
        A month ``YYYY-MM``: a judgement of a month does not know what came later.
    ahead : int
        Months after the last sample to forecast.

    Examples
    --------
    >>> import wbe
    >>> held = beliefs(wbe.estimate(wbe.testing.small_city()), "normalised_load")
    >>> held.draws("methamphetamine").shape
    (600, 3, 4)
    """
    with _LOCK:
        kept = _KEPT.setdefault(answer, Kept())
    if isinstance(answer, Estimate):
        return kept.get((quantity, until, ahead), lambda: _of_estimate(answer, quantity, until, ahead))
    return kept.get((quantity, until, ahead), lambda: _of_series(answer, quantity, until, ahead))


def _later(months: tuple[str, ...], until: str | None, ahead: int) -> tuple[str, ...]:
    """Return months with those that are forecast."""
    last = max(months) if until is None else until
    found = {str(pd.Period(last, "M") + i + 1) for i in range(ahead)} if ahead else set()
    return tuple(sorted({*months, *found}))


def _of_series(answer: Answer, quantity: str, until: str | None, ahead: int) -> Beliefs:
    from wbe.levels import fit_loads

    table = answer.series(quantity)
    levels = fit_loads(table, until=until, ahead=ahead)
    held = levels.cities[0]
    months = _later(tuple(str(m) for m in answer.months), until, ahead)
    areas = tuple(str(d) for d in answer.districts)
    one = np.ones(len(months))
    members = tuple((Member(0, held.places.index(a), one),) if a in held.places else () for a in areas)
    return Beliefs(areas, months, levels, members, np.zeros((len(areas), len(months))), {}, Kept())


def _of_estimate(estimate: Estimate, quantity: str, until: str | None, ahead: int) -> Beliefs:
    from wbe.levels import fit

    engine = estimate.engine
    per_head = quantity in PER_HEAD
    by_sample = per_head and any("sample" in term.scope for term, _ in estimate.chain.population.terms)
    gone = _left_out(estimate, quantity)
    key = ("levels", by_sample, until, ahead, gone.tobytes())
    levels = engine.once(key, lambda: fit(_samples(estimate, gone, by_sample), until=until, ahead=ahead))
    grid = engine.grid("district")
    share = np.asarray(grid.areas.share.todense())
    months = _later(engine.months, until, ahead)
    heads = _heads(estimate)
    heads = np.concatenate([heads, np.repeat(heads[:, -1:], len(months) - heads.shape[1], axis=1)], axis=1)
    at = {place: (c, i) for c, city in enumerate(levels.cities) for i, place in enumerate(city.places)}
    members = tuple(
        tuple(
            Member(*at[site], share[s, a] * (heads[s] if by_sample else np.ones(len(months))))
            for s, site in enumerate(grid.areas.sites) if share[s, a] > 0 and site in at
        )
        for a in range(share.shape[1])
    )  # fmt: skip
    people = share.T @ heads
    with np.errstate(divide="ignore"):
        divisor = np.log(np.where(people > 0, people, np.nan)) if per_head else np.zeros_like(people)
    named = {drug: biomarker for biomarker, drug in estimate.chain.traced.items()}
    return Beliefs(grid.areas.names, months, levels, members, divisor, named, Kept())


def _left_out(estimate: Estimate, quantity: str) -> np.ndarray:
    """Return results that no level may rest on, (sample, biomarker): hidden loads, and for drugs what none consumed."""
    names = estimate.samples["biomarker"].values.astype(str).tolist()
    gone = np.zeros((estimate.samples.sizes["sample"], len(names)), dtype=bool)
    for load in OF_BIOMARKER:
        for name, mask in hidden_samples(estimate, load).items():
            gone[:, names.index(name)] |= mask
    if quantity not in OF_BIOMARKER:
        for name, mask in estimate.chain.unconsumed.items():
            if name in names:
                gone[:, names.index(name)] |= mask
    return gone


def _samples(estimate: Estimate, gone: np.ndarray, by_sample: bool) -> xr.Dataset:
    """Return the samples without what is left out; loads per head where people are measured in the same sample."""
    samples = estimate.samples
    if gone.any():
        mask = xr.DataArray(gone, dims=("sample", "biomarker"))
        flag = xr.where(mask, int(Flag.NOT_RUN), samples["flag"]).transpose(*samples["flag"].dims)
        concentration = samples["concentration"].where(~mask)
        samples = samples.assign(
            flag=flag.astype(samples["flag"].dtype).assign_attrs(samples["flag"].attrs),
            concentration=concentration.transpose(*samples["concentration"].dims),
        )
    if by_sample:
        served = xr.DataArray(estimate.chain.served, dims="sample")
        samples = samples.assign(flow=(samples["flow"] / served).assign_attrs(samples["flow"].attrs))
    return samples


def _heads(estimate: Estimate) -> np.ndarray:
    """Return people by site and month (site, month), of the nearest month where one is not known."""
    engine = estimate.engine
    n = len(engine.months)
    frame = pd.DataFrame(
        {"site": engine.site, "month": _month_numbers(engine.ds, engine.months), "people": engine.people}
    )
    table = frame.groupby(["site", "month"])["people"].mean().unstack().reindex(
        index=range(len(engine.sites)), columns=range(n)
    )  # fmt: skip
    return table.ffill(axis=1).bfill(axis=1).to_numpy()


def _month_numbers(samples: xr.Dataset, months: tuple[str, ...]) -> np.ndarray:
    first = np.datetime64(months[0], "M") if months else np.datetime64("1970-01", "M")
    return (samples["time"].values.astype("datetime64[M]") - first).astype(int)


def lasting(answer: Answer, quantity: str, drug: str) -> np.ndarray:
    """Return the variance of ln that sets areas apart for good, such as meters and people counted, (area, month).

    Zero where an answer does not tell: published loads have one error.
    """
    shape = (len(answer.districts), len(answer.months))
    if isinstance(answer, Series) or not isinstance(answer, Estimate):
        return np.zeros(shape)
    amount = answer.engine.amount("district", quantity, _substance(answer, quantity, drug))
    total = np.zeros(len(amount.cell))
    for part in sources(amount):
        scope = set(part.scope)
        if OF_DISTRICT & scope and not OF_MONTH & scope:
            total += part.variance.mean(axis=0)
    found = np.zeros(shape[0] * shape[1])
    found[amount.cell] = total
    return found.reshape(shape)


def _substance(estimate: Estimate, quantity: str, drug: str) -> str:
    if quantity not in OF_BIOMARKER:
        return drug
    return {d: b for b, d in estimate.chain.traced.items()}.get(drug, drug)
