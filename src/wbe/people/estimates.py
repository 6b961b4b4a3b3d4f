"""From consumption to users: by scenario and combined, over the day, month and year, with what is doubtful said.

Refuses heroin from morphine without a model of origin, a bare point, and a window without a known frequency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import FactorError
from wbe.messages import Note, Words, join, notes, render
from wbe.people.catalogue import Choice, UseScenario, band, chosen, combined, origin_rule
from wbe.people.frequency import active_in
from wbe.people.words import statement
from wbe.uncertainty import Empirical, Term, Uncertain

__all__ = ["UserRange", "flags", "over", "over_window", "prevalence", "refusal", "user_range", "users"]

_GRID = 20_001  # quantiles that an amount is kept by when its window changes


def refusal(drug: str, biomarker: str | None, origin: object = None) -> Note | None:
    """Say why users of a drug may not be reckoned from a biomarker, or None if they may.

    Parameters
    ----------
    drug : str
    biomarker : str or None
        What the consumption was read from; None counts as the worst one.
    origin : object, optional
        A model of origin: with one, nothing is refused.

    Examples
    --------
    >>> refusal("heroin", "morphine").text("en")
    'morphine, origin unresolved'
    >>> refusal("heroin", "6mam") is None
    True
    """
    rule = origin_rule(drug)
    if rule is None or origin is not None or not (biomarker is None or biomarker in rule["biomarkers"]):
        return None
    return Note("people-origin-unresolved", biomarker=Words(rule["en"], rule["zh"]))


def users(
    consumption_mass: Uncertain, scenario: UseScenario | Mapping[str, UseScenario], *, origin: object = None
) -> Uncertain:
    """Users that a consumption of pure drug implies under a scenario.

    Parameters
    ----------
    consumption_mass : Uncertain
        In g/d of pure drug. With a ``drug`` dimension or coordinate only the scenario's drugs are kept.
    scenario : UseScenario, or mapping of drug to UseScenario
        From :func:`wbe.people.combined`, or one named scenario.
    origin : object, optional
        A model of origin, for drugs that need one.

    Returns
    -------
    Uncertain [user]
        Whoever used in the scenario's window. Term ``use_scenario`` by drug, power -1: one draw for all districts and
        months, so it widens every number and cancels between districts.

    Raises
    ------
    FactorError
        The quantity names no drug, none of the scenarios is for its drugs, or the drug's origin is unresolved.

    Notes
    -----
    ``users = 1000 x consumption / amount``. The load fixes only the product of users and amount per user: without a
    scenario there is no number. Print :meth:`UseScenario.statement` beside it.

    Source
    ------
    Mass balance over classes of use; that per-user consumption decides: Reid et al. 2012,
    doi:10.1136/bmjopen-2012-001637.
    """
    by_drug = {scenario.drug: scenario} if isinstance(scenario, UseScenario) else dict(scenario)
    kept = _of_drugs(consumption_mass, by_drug)
    _check_origin(kept.central, by_drug, origin)
    drugs = [str(d) for d in np.atleast_1d(kept.central["drug"].values)]
    medians = [1e3 / by_drug[d].amount_per_user_day.median() for d in drugs]
    scale = xr.DataArray(medians if kept.central["drug"].ndim else medians[0], dims=kept.central["drug"].dims)
    spread = {d: by_drug[d].amount_per_user_day for d in dict.fromkeys(drugs)}
    scaled = Uncertain(kept.central * scale, kept.terms)
    return scaled.with_term(Term("use_scenario", ("drug",), spread), power=-1.0)


def _of_drugs(mass: Uncertain, by_drug: Mapping[str, UseScenario]) -> Uncertain:
    if "drug" not in mass.central.coords:
        raise FactorError("people-no-drug")
    names = mass.central["drug"]
    if names.ndim > 1:
        raise FactorError("people-drug-dims", dims=[str(d) for d in names.dims])
    positions = [i for i, d in enumerate(np.atleast_1d(names.values).astype(str)) if d in by_drug]
    if not positions:
        drugs = np.atleast_1d(names.values).astype(str).tolist()
        raise FactorError("people-no-scenario-for", drugs=drugs, known=list(by_drug))
    return mass.isel(**{str(names.dims[0]): positions}) if names.ndim else mass


def _check_origin(central: xr.DataArray, by_drug: Mapping[str, UseScenario], origin: object) -> None:
    drugs = np.atleast_1d(central["drug"].values).astype(str)
    known = "biomarker" in central.coords and central["biomarker"].dims == central["drug"].dims
    markers = np.atleast_1d(central["biomarker"].values).astype(str) if known else [None] * len(drugs)
    for drug, marker in zip(drugs, markers, strict=True):
        reason = refusal(drug, marker, origin)
        if reason:
            read = str(marker) if marker else Note("people-marker-not-named")
            raise FactorError("people-origin-needed", drug=str(drug), reason=reason, marker=read)


def over_window(found: Uncertain, scenario: UseScenario, days: int) -> Uncertain:
    """Carry users of the scenario's window over to users of another window.

    Parameters
    ----------
    found : Uncertain [user]
        From :func:`users` under the same scenario.
    scenario : UseScenario
    days : int
        1 (on a day), 30 (in a month), 365 (in a year)...

    Returns
    -------
    Uncertain [user]

    Raises
    ------
    FactorError
        The scenario knows no frequency of use: then only its own window is identified.

    Notes
    -----
    Closed form: the share of a class active in w days is ``1 - B(a, b + w) / B(a, b)``.
    """
    return found * _widening(scenario, days)


def over(scenario: UseScenario, days: int) -> UseScenario:
    """Return a scenario with another window, for every table, plot and report of users on a day or in a year.

    Parameters
    ----------
    scenario : UseScenario
    days : int
        1 (on a day), 30 (in a month), 365 (in a year)...

    Returns
    -------
    UseScenario
        The same people and amounts; its statement names the window.

    Raises
    ------
    FactorError
        The scenario knows no frequency of use: then only its own window is identified.

    Examples
    --------
    >>> from wbe.people.catalogue import scenario
    >>> month = scenario("meth-frequency-memory")
    >>> day = over(month, 1)
    >>> day.window_days, day.amount_per_user_day.median() > month.amount_per_user_day.median()
    (1, True)
    """
    ratio = _widening(scenario, days)
    if days == scenario.window_days:
        return scenario
    amount = scenario.amount_per_user_day
    grid = (np.arange(_GRID) + 0.5) / _GRID
    return replace(
        scenario, name=f"{scenario.name}-{days}d", window_days=days,
        amount_per_user_day=Empirical(np.exp(amount.log_quantile(grid)) / ratio),
    )  # fmt: skip


def _widening(scenario: UseScenario, days: int) -> float:
    """Users of another window for each user of the scenario's own."""
    if days == scenario.window_days:
        return 1.0
    if not scenario.classes:
        known = [part.name for part in scenario.parts if part.classes]
        instead = Note("people-one-of-its-parts", parts=tuple(known)) if known else Note("people-one-with-use-days")
        raise FactorError(
            "people-no-frequency", name=scenario.name, days=days, own=scenario.window_days, instead=instead
        )
    return active_in(scenario.classes, days) / active_in(scenario.classes, scenario.window_days)


def prevalence(found: Uncertain, population: Uncertain | xr.DataArray | float, share_15_64: float) -> Uncertain:
    """Users per 1000 inhabitants aged 15-64.

    Parameters
    ----------
    found : Uncertain [user]
    population : Uncertain, DataArray or float [inhabitant]
        Of the same cells; terms that both carry cancel.
    share_15_64 : float
        Share of the population aged 15-64; legitimate only if all use lies in that band, which the statement says.

    Returns
    -------
    Uncertain [user/1000 inhabitant aged 15-64]
    """
    return found / population * (1e3 / share_15_64)


def flags(median: float, population: float, consumption_g_d: float, scenario: UseScenario) -> list[Note]:
    """Say what makes a number of users implausible.

    Parameters
    ----------
    median : float
        Users.
    population : float
        Inhabitants behind it; NaN if unknown.
    consumption_g_d : float
        Pure drug, g/d.
    scenario : UseScenario

    Returns
    -------
    list of Note
        Empty when nothing is odd.

    Examples
    --------
    >>> from wbe.people.catalogue import scenario
    >>> [note.code for note in flags(5000.0, 4000.0, 150.0, scenario("meth-cn-national-2018"))]
    ['people-more-users-than-adults']
    """
    found = []
    adults = population * scenario.share_15_64
    if np.isfinite(adults) and median > adults:
        found.append(Note("people-more-users-than-adults", users=f"{median:.0f}", adults=f"{adults:.0f}"))
    limits = band(scenario.drug)
    if limits and median > 0:
        amount = 1e3 * consumption_g_d / median
        if np.isfinite(amount) and not limits[0] <= amount <= limits[1]:
            low, high = (f"{limit:g}" for limit in limits)
            found.append(Note("people-amount-outside-band", amount=f"{amount:.3g}", low=low, high=high))
    return found


@dataclass(frozen=True, eq=False)
class UserRange:
    """Users by scenario and combined; it has no bare number to give.

    Attributes
    ----------
    table : DataFrame
        ``scenario, median, lower, upper, window_days, status, flags, flag_codes`` and the coordinates of the
        cells; the last rows are ``combined``.
    level : float
    scenario : UseScenario
        The combined one; its statement stands in every print.
    """

    table: pd.DataFrame
    level: float
    scenario: UseScenario

    def statement(self, language: str = "zh+en") -> str:
        """Return what the range rests on."""
        return statement(self.scenario, language)

    def point(self) -> pd.DataFrame:
        """Return the combined median, with its interval and statement: there is no point without them."""
        rows = self.table[self.table["scenario"] == "combined"].drop(columns="scenario")
        return rows.assign(statement=self.statement()).reset_index(drop=True)

    def __float__(self) -> float:
        raise TypeError(render("people-no-single-number", {}))

    def __str__(self) -> str:
        return f"{self.table.to_string(index=False)}\n{self.statement()}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        return f"{self.table.to_html(index=False)}<p>{escape(self.statement())}</p>"


def user_range(
    consumption_mass: Uncertain,
    drug: str,
    scenarios: Choice = "default",
    *,
    population: xr.DataArray | None = None,
    level: float = 0.95,
    origin: object = None,
) -> UserRange | None:
    """Range of users by scenario, and combined.

    Parameters
    ----------
    consumption_mass : Uncertain
        In g/d of pure drug, with a ``drug`` coordinate.
    drug : str
    scenarios
        As in :func:`wbe.people.chosen`.
    population : DataArray [inhabitant], optional
        Of the same cells, for the flags.
    level : float
    origin : object, optional

    Returns
    -------
    UserRange, or None when no scenario was chosen for the drug
        None must be shown as "no use scenario".
    """
    mix = combined(drug, scenarios)
    if mix is None:
        return None
    parts = chosen(drug, scenarios)
    named = [(s.name, s) for s in parts] + [("combined", mix)]
    frames = [_frame(consumption_mass, s, name, population, level, origin) for name, s in named]
    return UserRange(pd.concat(frames, ignore_index=True), level, mix)


def _frame(
    mass: Uncertain, scenario: UseScenario, name: str, population: xr.DataArray | None, level: float, origin: Any
) -> pd.DataFrame:
    interval = users(mass, scenario, origin=origin).interval(level)
    grams = _of_drugs(mass, {scenario.drug: scenario}).central
    cells = interval.assign(grams=grams)
    if population is not None:
        cells = cells.assign(population=population)
    frame = (
        cells.expand_dims("cell").to_dataframe().reset_index() if not cells.dims else cells.to_dataframe().reset_index()
    )
    heads = frame["population"] if "population" in frame else pd.Series(np.nan, index=frame.index)
    odd = [flags(m, p, g, scenario) for m, p, g in zip(frame["median"], heads, frame["grams"], strict=True)]
    frame["flags"], frame["flag_codes"] = [join(f) for f in odd], [notes(f) for f in odd]
    frame.insert(0, "scenario", name)
    frame["window_days"], frame["status"] = scenario.window_days, scenario.status
    plain: pd.DataFrame = frame.drop(columns=[c for c in ("cell", "grams", "population", "index") if c in frame])
    return plain
