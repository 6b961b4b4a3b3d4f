"""Use scenarios: named, cited sets that say how much one user uses, read from ``data/use_scenarios.toml``.

Refuses a scenario without source or status, a street mass without purity and a pure mass with one.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from wbe import packaged
from wbe.errors import FactorError, Fault, InputError, one_of
from wbe.factors.declared import check_shape
from wbe.messages import Note, Words
from wbe.people.declared import ScenarioFile
from wbe.people.frequency import UseClass, active_in, daily_share, shapes
from wbe.people.words import statement
from wbe.uncertainty import Beta, Distribution, Empirical, LogNormal, Mixture

__all__ = [
    "STATUSES",
    "Choice",
    "UseScenario",
    "band",
    "build",
    "chosen",
    "combined",
    "default_scenarios",
    "origin_rule",
    "scenario",
    "scenarios",
]

_DRAWS = 20_001  # for amounts that are sums or hold a purity: a fixed sample, the same in every run
_SEED = 20210624
STATUSES = ("verified", "derived", "user", "memory")


@dataclass(frozen=True)
class UseScenario:
    """How much one user uses: the outside knowledge that turns a mass into people.

    Attributes
    ----------
    name, drug : str
    title_en, title_zh : str
    source, status, note : str
        ``status`` is the worst of its parts.
    window_days : int
        Who counts as a user: whoever used in the last 30 or 365 days.
    share_15_64 : float
        Share of the population aged 15-64; all use is taken to lie in that band.
    amount_per_user_day : Distribution
        Milligrams of pure drug per such user and day, averaged over all days.
    classes : tuple of UseClass
        Empty for a scenario that is implied by published totals: it knows no frequency.
    parts : tuple of UseScenario
        The scenarios that a combined one mixes.
    excretion : str
        Claim of the excretion fraction that its study reckoned its consumption with; empty where it is not known.
    """

    name: str
    drug: str
    title_en: str
    title_zh: str
    source: str
    status: str
    window_days: int
    share_15_64: float
    amount_per_user_day: Distribution
    note: str = ""
    classes: tuple[UseClass, ...] = ()
    parts: tuple[UseScenario, ...] = field(default=())
    excretion: str = ""

    def statement(self, language: str = "zh+en") -> str:
        """Say in one sentence per language what a number of users rests on.

        Parameters
        ----------
        language : {"zh", "en", "zh+en"}

        Returns
        -------
        str
            To stand beside every number of users.
        """
        return statement(self, language)


@functools.cache
def _table() -> dict[str, Any]:
    content = packaged.toml("use_scenarios.toml")
    check_shape(content, ScenarioFile, "use_scenarios.toml")
    return content


@functools.cache
def _packaged() -> dict[str, UseScenario]:
    return {row["name"]: build(row) for row in _table()["scenario"]}


def band(drug: str) -> tuple[float, float] | None:
    """Return the published band of mg per user and day, or None where nothing was published."""
    row = _table()["band"].get(drug)
    return None if row is None else (float(row["low"]), float(row["high"]))


def origin_rule(drug: str) -> dict[str, Any] | None:
    """Return the rule on origin for a drug (``biomarkers, en, zh, source``), or None."""
    rule: dict[str, Any] | None = _table()["origin"].get(drug)
    return rule


def build(row: Mapping[str, object]) -> UseScenario:
    """Make a scenario from a table row, as in ``data/use_scenarios.toml``.

    Parameters
    ----------
    row : mapping
        ``name, drug, kind, source, status`` and either ``amount_mg, gsd`` (implied) or ``class`` rows (frequency);
        ``excretion`` names the claim of the study's own factor, where it is known.

    Returns
    -------
    UseScenario

    Raises
    ------
    InputError
        Every missing, impossible or contradictory entry of the row at once, each with its path.

    Examples
    --------
    >>> own = build({"name": "mine", "drug": "ketamine", "kind": "implied", "amount_mg": 50.0, "gsd": 2.0,
    ...              "source": "survey 2025", "status": "user"})
    >>> own.amount_per_user_day.median()
    50.0
    """
    held: Mapping[str, Any] = row
    name, kind = str(row.get("name", "?")), row.get("kind")
    faults = _row_faults(row, name)
    if faults:
        raise InputError(faults)
    if kind == "implied":
        classes: tuple[UseClass, ...] = ()
        amount: Distribution = LogNormal(median=float(held["amount_mg"]), gsd=float(held["gsd"]), name=name)
    else:
        classes = tuple(_use_class(c, name) for c in held["class"])
        amount = _amount(classes, int(held.get("window_days", 30)), float(held.get("days_cv", 0.0)))
    return UseScenario(
        name=name, drug=str(held["drug"]), source=str(held["source"]), status=str(held["status"]),
        title_en=str(held.get("title_en", name)), title_zh=str(held.get("title_zh", name)),
        window_days=int(held.get("window_days", 30)), note=str(held.get("note", "")),
        share_15_64=float(held.get("share_15_64", _table()["defaults"]["share_15_64"])),
        amount_per_user_day=amount, classes=classes, excretion=str(held.get("excretion", "")),
    )  # fmt: skip


_KINDS, _MASSES = ("implied", "frequency"), ("pure", "street")


def _row_faults(row: Mapping[str, Any], name: str) -> list[Fault]:
    """Everything that is wrong with a row, each with its path."""
    faults = [
        Fault("people-entry-missing", path=f"{name}.{key}", key=key, name=name)
        for key in ("name", "drug", "kind", "source", "status")
        if not row.get(key)
    ]
    for key, known in (("status", STATUSES), ("kind", _KINDS)):
        if row.get(key) and row[key] not in known:
            faults.append(Fault("people-entry-not-known", path=f"{name}.{key}", came=row[key], known=known, name=name))
    if row.get("kind") == "implied":
        faults += _number_faults(row, name, name, {"amount_mg": math.inf, "gsd": math.inf})
    if row.get("kind") == "frequency":
        faults += _class_faults(row.get("class", ()), name)
    return faults


def _number_faults(row: Mapping[str, Any], path: str, name: str, largest: Mapping[str, float]) -> list[Fault]:
    """Numbers that a row needs: above 0, and at most their largest value."""
    faults = []
    for key, top in largest.items():
        value = row.get(key)
        at: dict[str, Any] = {"path": f"{path}.{key}", "name": name}
        if key not in row:
            faults.append(Fault("people-entry-missing", key=key, **at))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
            faults.append(Fault("people-entry-not-a-number", came=repr(value), **at))
        elif value > top:
            faults.append(Fault("people-entry-not-a-share", came=repr(value), **at))
    return faults


def _class_faults(rows: Sequence[Mapping[str, Any]], name: str) -> list[Fault]:
    if not rows:
        return [Fault("people-no-class", path=f"{name}.class", name=name)]
    faults = []
    for i, row in enumerate(rows):
        at: dict[str, Any] = {"path": f"{name}.class[{i}]", "name": name}
        needed = {"share": 1.0, "mean_days": math.inf, "rho": 1.0, "amount_mg": math.inf, "cv": math.inf}
        faults += _number_faults(row, at["path"], name, needed)
        mass = row.get("mass")
        if mass is None:
            faults.append(Fault("people-entry-missing", path=f"{at['path']}.mass", key="mass", name=name))
        elif mass not in _MASSES:
            faults.append(
                Fault("people-entry-not-known", path=f"{at['path']}.mass", came=mass, known=_MASSES, name=name)
            )
        elif mass == "pure" and "purity" in row:
            faults.append(Fault("people-pure-with-purity", **at))
        elif mass == "street" and "purity" not in row:
            faults.append(Fault("people-street-without-purity", **at))
        elif mass == "street":
            faults += _number_faults(row, at["path"], name, {"purity": 1.0, "purity_sd": 1.0})
    return faults


def _use_class(row: Mapping[str, Any], scenario: str) -> UseClass:
    a, b = shapes(float(row["mean_days"]), float(row["rho"]))
    amount: Distribution = LogNormal(median=float(row["amount_mg"]), cv=float(row["cv"]), name=f"{scenario}: amount")
    if row["mass"] == "street":
        purity = Beta(mean=float(row["purity"]), sd=float(row["purity_sd"]), name=f"{scenario}: purity")
        u = np.random.default_rng(_SEED).random((2, _DRAWS))
        amount = Empirical(np.exp(amount.log_quantile(u[0]) + purity.log_quantile(u[1])))
    return UseClass(str(row["name"]), float(row["share"]), a, b, amount)


def _amount(classes: tuple[UseClass, ...], window: int, days_cv: float) -> Distribution:
    """Mg per user of the window and day: mean daily amount over all, by the share active in the window."""
    rng = np.random.default_rng(_SEED + 1)
    drawn = [np.exp(c.amount.log_quantile(rng.random(_DRAWS))) for c in classes]
    total = sum(c.share * daily_share(c.a, c.b) * x for c, x in zip(classes, drawn, strict=True))
    if days_cv > 0:
        total = total * np.exp(np.sqrt(np.log1p(days_cv**2)) * rng.standard_normal(_DRAWS))
    return Empirical(np.asarray(total) / active_in(classes, window))


def scenario(name: str) -> UseScenario:
    """Return a packaged scenario by name.

    Raises
    ------
    UnknownName
        Naming the nearest that is known.

    Examples
    --------
    >>> scenario("meth-cn-beijing-2013").status
    'derived'
    """
    return _packaged()[one_of(name, _packaged(), Words("use scenario", "使用情景"))]


def scenarios(drug: str | None = None) -> pd.DataFrame:
    """Return the packaged scenarios as a table.

    Parameters
    ----------
    drug : str, optional
        Only this drug.

    Returns
    -------
    DataFrame
        ``name, drug, kind, amount_mg, lower, upper (95 %), window_days, status, on (in the default set), source,
        note``.

    Examples
    --------
    >>> table = scenarios()
    >>> sorted(set(table.loc[table["on"], "drug"]))
    ['methamphetamine']
    """
    on = set(_table()["sets"]["default"])
    rows = []
    for s in _packaged().values():
        if drug in (None, s.drug):
            low, mid, high = (float(x) for x in s.amount_per_user_day.quantile(np.array([0.025, 0.5, 0.975])))
            rows.append({
                "name": s.name, "drug": s.drug, "kind": "frequency" if s.classes else "implied", "amount_mg": mid,
                "lower": low, "upper": high, "window_days": s.window_days, "status": s.status, "on": s.name in on,
                "source": s.source, "note": s.note,
            })  # fmt: skip
    columns = ["name", "drug", "kind", "amount_mg", "lower", "upper", "window_days", "status", "on", "source", "note"]
    return pd.DataFrame(rows, columns=columns)


Choice = str | UseScenario | Sequence[str | UseScenario] | None


def chosen(drug: str, scenarios: Choice = "default") -> tuple[UseScenario, ...]:
    """Return the scenarios of a drug under a choice.

    Parameters
    ----------
    drug : str
    scenarios : str, UseScenario, sequence of them, or None
        A set (``"default"``), names, or the user's own scenarios. None: no users at all.

    Returns
    -------
    tuple of UseScenario
        Empty when the choice holds none for this drug: then there is no number of users.

    Examples
    --------
    >>> len(chosen("methamphetamine")), chosen("ketamine")
    (3, ())
    """
    if scenarios is None:
        return ()
    if isinstance(scenarios, str | UseScenario):
        sets = _table()["sets"]
        scenarios = sets[scenarios] if isinstance(scenarios, str) and scenarios in sets else [scenarios]
    found = [s if isinstance(s, UseScenario) else scenario(s) for s in scenarios]
    return tuple(s for s in found if s.drug == drug)


def combined(drug: str, scenarios: Choice = "default") -> UseScenario | None:
    """Return one scenario that mixes the chosen ones with equal weight, or None if there is none.

    The scenarios are schools that exclude each other: the mixture keeps their disagreement in the interval.

    Parameters
    ----------
    drug, scenarios
        As in :func:`chosen`.

    Returns
    -------
    UseScenario or None

    Raises
    ------
    FactorError
        The scenarios count different people as users (last month, last year): they cannot be mixed.

    Examples
    --------
    >>> mix = combined("methamphetamine")
    >>> len(mix.parts), mix.status, combined("cocaine") is None
    (3, 'derived', True)
    """
    parts = chosen(drug, scenarios)
    if len(parts) < 2:
        return parts[0] if parts else None
    windows = {s.window_days for s in parts}
    if len(windows) > 1:
        counted = [Note("people-counts-days", name=s.name, days=s.window_days) for s in parts]
        raise FactorError("people-windows-differ", drug=drug, windows=counted)
    published = all(s.status == "derived" for s in parts)
    title = Note("people-equal-weight-published" if published else "people-equal-weight", count=len(parts))
    return UseScenario(
        name="+".join(s.name for s in parts), drug=drug,
        title_en=title.text("en"), title_zh=title.text("zh"), source="; ".join(dict.fromkeys(s.source for s in parts)),
        status=max((s.status for s in parts), key=STATUSES.index), window_days=windows.pop(),
        share_15_64=parts[0].share_15_64,
        amount_per_user_day=Mixture(tuple((1.0 / len(parts), s.amount_per_user_day) for s in parts)), parts=parts,
    )  # fmt: skip


def default_scenarios() -> tuple[UseScenario, ...]:
    """Return the default set, one combined scenario for each drug in it.

    Examples
    --------
    >>> [s.drug for s in default_scenarios()]
    ['methamphetamine']
    """
    drugs = dict.fromkeys(scenario(name).drug for name in _table()["sets"]["default"])
    return tuple(s for s in (combined(d) for d in drugs) if s is not None)
