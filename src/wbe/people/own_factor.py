"""Users from a load by a study's own numbers: the excretion factor that its consumption rests on goes with its amounts.

Refuses to set a study's amount per user, reckoned with one factor, beside a consumption reckoned with another.
"""

from __future__ import annotations

import math

import numpy as np

from wbe.factors.library import claim, table_with
from wbe.factors.profile_types import Factor
from wbe.factors.spreads import fraction_of
from wbe.people.catalogue import UseScenario
from wbe.uncertainty import Distribution, Empirical, LogNormal, Mixture, Term, Uncertain

__all__ = ["biomarker_per_user", "brings_factor", "users_of_load"]

_GRID = 20_001
_SEED = 20210624


def brings_factor(scenario: UseScenario) -> bool:
    """Whether a scenario, or one of those that it mixes, carries the excretion factor of its own study.

    Examples
    --------
    >>> from wbe.people import scenario
    >>> brings_factor(scenario("meth-cn-beijing-2013")), brings_factor(scenario("ketamine-memory"))
    (True, False)
    """
    return bool(scenario.excretion) or any(brings_factor(part) for part in scenario.parts)


def biomarker_per_user(scenario: UseScenario, factor: Factor) -> Distribution:
    """Return how much of the biomarker one user leaves [mg/d], by the scenario's own excretion factor where it has one.

    Parameters
    ----------
    scenario : UseScenario
    factor : Factor
        Of the profile: for the ratio of molar masses, and for scenarios without a factor of their own.

    Returns
    -------
    Distribution

    Examples
    --------
    >>> from wbe.factors import profile
    >>> from wbe.people import scenario
    >>> meth = profile("default").factor("methamphetamine")
    >>> round(biomarker_per_user(scenario("meth-cn-beijing-2013"), meth).median(), 1)       # 26.4 mg, 43 % of it
    11.4
    """
    if scenario.parts:
        each = 1.0 / len(scenario.parts)
        return Mixture(tuple((each, biomarker_per_user(part, factor)) for part in scenario.parts))
    fraction = fraction_of(claim(scenario.excretion, table_with(None))) if scenario.excretion else factor.fraction
    amount = scenario.amount_per_user_day
    median = amount.median() * fraction.median() / factor.mass_ratio
    if isinstance(amount, LogNormal):
        return LogNormal(median=median, gsd=math.exp(math.hypot(amount.log_sd, fraction.log_moments()[1])))
    rng = np.random.default_rng(_SEED)
    grid = (np.arange(_GRID) + 0.5) / _GRID
    log = amount.log_quantile(grid) + fraction.log_quantile(rng.permutation(grid)) - math.log(factor.mass_ratio)
    return Empirical(np.exp(log))


def users_of_load(load: Uncertain, scenario: UseScenario, factor: Factor) -> Uncertain:
    """Users that a load of the biomarker implies: load x (published users / published load).

    Parameters
    ----------
    load : Uncertain
        Of the factor's biomarker, in g/d.
    scenario : UseScenario
        With the factor of its own study (:func:`brings_factor`).
    factor : Factor
        Of the profile.

    Returns
    -------
    Uncertain [user]
        Term ``use_scenario`` by drug, which holds the study's excretion as well: the profile's factor does not enter.
    """
    per_user = biomarker_per_user(scenario, factor)
    central = (load.central * (1e3 / per_user.median())).assign_coords(drug=scenario.drug)
    return Uncertain(central, load.terms).with_term(Term("use_scenario", ("drug",), {scenario.drug: per_user}), -1.0)
