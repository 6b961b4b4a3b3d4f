"""The posterior of levels: draws of the true months of places, and what judges read from them.

Refuses to be printed as an amount: what was measured is in the estimate; a level says what may be believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from wbe.errors import Fault, InputError, one_of
from wbe.levels.priors import settings
from wbe.levels.steps import Steps
from wbe.messages import Words

__all__ = ["CityLevels", "Levels"]


@dataclass(frozen=True)
class CityLevels:
    """Draws of one city, by biomarker: ln of true mean load of each month [ln g/d], (draw, place, month)."""

    name: tuple[str, str]
    places: tuple[str, ...]
    months: tuple[str, ...]
    draws: Mapping[str, np.ndarray]
    observed: Mapping[str, np.ndarray]  # (place, month)
    slope: Mapping[str, tuple[np.ndarray, np.ndarray]]  # by place and last the city: mean and sd, ln a month
    laboratories: tuple[str, ...]  # of the places, in the order of the steps'
    prior_weight: Mapping[str, float]
    steps: Steps = field(repr=False)  # the fits, in the order of the draws' biomarkers


@dataclass(frozen=True)
class Levels:
    """Posterior levels of every city, by place, month and biomarker; arrays are read-only.

    All judgements come from one set of draws, so that a change, a rank and a trend cannot contradict each other.
    """

    cities: tuple[CityLevels, ...]
    biomarkers: tuple[str, ...]

    def city(self, name: str = "") -> CityLevels:
        """Return one city by its name; without a name the only one.

        Raises
        ------
        UnknownName
            No such city, or several and none named.
        """
        if not name and len(self.cities) == 1:
            return self.cities[0]
        named = {city.name[1]: city for city in self.cities}
        return named[one_of(name, named, Words("city", "城市"))]

    def change(self, month: str, against: str, biomarker: str, *, city: str = "") -> pd.DataFrame:
        """Return what may be believed of the change from one month to another, by place and for the whole city.

        Parameters
        ----------
        month, against : str
            Months ``YYYY-MM``.
        biomarker : str
        city : str, optional

        Returns
        -------
        DataFrame
            ``place`` (the city's row has an empty one), ``ratio, lower, upper`` of the true mean loads, ``p_rise``, and
            ``observed``: whether both months have a sample.

        Raises
        ------
        UnknownName
            No such month, biomarker or city.

        Examples
        --------
        >>> from wbe.testing import small_city
        >>> from wbe.levels import fit
        >>> table = fit(small_city(months=6), draws=200).change("2021-06", "2021-01", "methamphetamine")
        >>> bool(table["p_rise"].between(0, 1).all()), len(table)
        (True, 4)
        """
        held, draws = self._held(biomarker, city)
        late, early = (held.months.index(one_of(m, held.months, Words("month", "月份"))) for m in (month, against))
        whole = _with_city(draws)
        step = whole[:, :, late] - whole[:, :, early]
        seen = held.observed[biomarker]
        both = seen[:, late] & seen[:, early]
        return _summary(step, (*held.places, "")).assign(observed=[*both.tolist(), bool(both.all())])

    def ratio(self, a: str, b: str, month: str, biomarker: str, *, city: str = "") -> pd.DataFrame:
        """Return what may be believed of the ratio of two places' true mean loads, one row.

        Raises
        ------
        UnknownName
            No such place, month, biomarker or city.
        """
        held, draws = self._held(biomarker, city)
        m = held.months.index(one_of(month, held.months, Words("month", "月份")))
        first, second = (held.places.index(one_of(p, held.places, Words("place", "地点"))) for p in (a, b))
        found = _summary((draws[:, first, m] - draws[:, second, m])[:, None], (a,))
        return found.rename(columns={"p_rise": "p_greater"}).assign(against=b)

    def rank(
        self, month: str, biomarker: str, *, divisor: Mapping[str, float] | None = None, city: str = ""
    ) -> pd.DataFrame:
        """Return the probability of each place to be first and among the first three, and its expected rank.

        Parameters
        ----------
        month, biomarker : str
        divisor : mapping of place to float, optional
            What loads are divided by, such as people served; without it loads are ranked.
        city : str, optional

        Returns
        -------
        DataFrame
            ``place, p_first, p_top3, rank, lower, upper`` sorted by expected rank.

        Raises
        ------
        UnknownName
            The month is not among those of the levels.

        Source
        ------
        Goldstein and Spiegelhalter 1996, doi:10.2307/2983325.

        Examples
        --------
        >>> from wbe.testing import small_city
        >>> from wbe.levels import fit
        >>> table = fit(small_city(months=6), draws=200).rank("2021-06", "methamphetamine")
        >>> round(float(table["p_first"].sum()), 9)
        1.0
        """
        held, draws = self._held(biomarker, city)
        m = held.months.index(one_of(month, held.months, Words("month", "月份")))
        value = draws[:, :, m]
        if divisor is not None:
            value = value - np.log(np.array([divisor[p] for p in held.places]))
        place = 1 + (-value).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
        low, high = np.quantile(place, [0.025, 0.975], axis=0)
        table = pd.DataFrame({
            "place": held.places, "p_first": (place == 1).mean(axis=0), "p_top3": (place <= 3).mean(axis=0),
            "rank": place.mean(axis=0), "lower": low, "upper": high,
        })  # fmt: skip
        return table.sort_values(["rank", "place"], ignore_index=True)

    def trend(self, biomarker: str, *, city: str = "") -> pd.DataFrame:
        """Return the slope of each place's months, and of the city's, with the probability that it rises.

        A step of the laboratory that is neither sure nor unlikely gives no direction: ``p_rise`` is NaN and
        ``direction`` says "laboratory_or_city".

        Returns
        -------
        DataFrame
            ``place`` ("" for the city), ``percent_per_month, lower, upper, p_rise, direction`` (rising, falling,
            undecided, laboratory_or_city), ``p_step`` and ``step_month``.

        Examples
        --------
        >>> from wbe.testing import small_city
        >>> from wbe.levels import fit
        >>> set(fit(small_city(months=12), draws=200).trend("methamphetamine")["direction"]) <= {
        ...     "rising", "falling", "undecided", "laboratory_or_city"}
        True
        """
        from scipy.special import ndtr

        held, _ = self._held(biomarker, city)
        mean, sd = held.slope[biomarker]
        chances = [*(held.steps.of_place(p) for p in range(len(held.places))), held.steps.chance.sum(axis=0)]
        p_step = np.array([chance.sum() for chance in chances])
        doubtful = (settings("step")["shown"] < p_step) & (p_step < settings("step")["certain"])
        sure = np.where(sd > 0, ndtr(mean / np.where(sd > 0, sd, 1.0)), np.nan)
        direction = np.select([sure > DIRECTION, sure < 1 - DIRECTION], ["rising", "falling"], "undecided")
        month = [int(np.argmax(chance[1:])) + 1 if len(chance) > 1 else 0 for chance in chances]
        return pd.DataFrame({
            "place": [*held.places, ""], "percent_per_month": 100 * np.expm1(mean),
            "lower": 100 * np.expm1(mean - 1.959964 * sd), "upper": 100 * np.expm1(mean + 1.959964 * sd),
            "p_rise": np.where(doubtful, np.nan, sure),
            "direction": np.where(doubtful, "laboratory_or_city", direction).astype(object),
            "p_step": p_step, "step_month": [held.months[m] if held.months else "" for m in month],
        })  # fmt: skip

    def forecast(self, biomarker: str, *, level: float = 0.9, city: str = "") -> pd.DataFrame:
        """Return what is expected of the months after the last sample, for a fit with ``ahead``.

        Parameters
        ----------
        biomarker : str
        level : float
            Probability of each interval, in (0, 1).
        city : str, optional

        Returns
        -------
        DataFrame
            ``place`` ("" for the city), ``month, median, lower, upper`` of true mean load [g/d]; empty without
            ``ahead``.

        Raises
        ------
        InputError
            The level is no probability between 0 and 1.

        Examples
        --------
        >>> from wbe.testing import small_city
        >>> from wbe.levels import fit
        >>> fit(small_city(months=6), ahead=1, draws=200).forecast("methamphetamine")["month"].unique().tolist()
        ['2021-07']
        """
        held, draws = self._held(biomarker, city)
        if not 0 < level < 1:
            raise InputError([Fault("levels-level", came=repr(level))])
        seen = np.flatnonzero(np.any([o.any(axis=0) for o in held.observed.values()], axis=0))
        later = np.arange(seen[-1] + 1, len(held.months))
        whole = np.exp(_with_city(draws)[:, :, later])
        low, middle, high = np.quantile(whole, [0.5 - level / 2, 0.5, 0.5 + level / 2], axis=0)
        places = (*held.places, "")
        return pd.DataFrame({
            "place": np.repeat(places, len(later)), "month": [held.months[m] for m in later] * len(places),
            "median": middle.ravel(), "lower": low.ravel(), "upper": high.ravel(),
        })  # fmt: skip

    def steps(self, *, city: str = "") -> pd.DataFrame:
        """Return the probability of a step of a laboratory at each month, and its size if there was one.

        Returns
        -------
        DataFrame
            ``month, probability, ratio, lower, upper, laboratory``, the last and the size of the one that likeliest
            stepped in the month; the first row (month "") is no step.
        """
        held = self.city(city)
        who = np.argmax(held.steps.chance, axis=0)
        size, sd = (x[who, np.arange(len(who))] for x in (held.steps.sizes, held.steps.sds))
        table = pd.DataFrame({
            "month": ["", *held.months[1:]], "probability": held.steps.probability, "ratio": np.exp(size),
            "lower": np.exp(size - 1.959964 * sd), "upper": np.exp(size + 1.959964 * sd),
            "laboratory": [held.laboratories[i] for i in who],
        })  # fmt: skip
        table.loc[0, ["ratio", "lower", "upper"]], table.loc[0, "laboratory"] = 1.0, ""
        return table

    def _held(self, biomarker: str, city: str) -> tuple[CityLevels, np.ndarray]:
        held = self.city(city)
        return held, held.draws[one_of(biomarker, held.draws, Words("biomarker", "生物标志物"))]


DIRECTION = 0.97


def _with_city(draws: np.ndarray) -> np.ndarray:
    whole = np.log(np.exp(draws - draws.max()).sum(axis=1, keepdims=True)) + draws.max()
    return np.concatenate([draws, whole], axis=1)


def _summary(step: np.ndarray, names: tuple[str, ...]) -> pd.DataFrame:
    low, middle, high = np.exp(np.quantile(step, [0.025, 0.5, 0.975], axis=0))
    p = ((step > 0).sum(axis=0) + 0.5) / (len(step) + 1)  # of few draws no certainty is read
    return pd.DataFrame({"place": names, "ratio": middle, "lower": low, "upper": high, "p_rise": p})
