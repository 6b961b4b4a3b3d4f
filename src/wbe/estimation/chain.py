"""From samples to loads, consumption, doses and users per sample, as products of scoped terms.

This is the only place that knows the order of the steps. Refused: heroin from morphine alone, a drug
without a defensible factor, and users without a named scenario: those are said in words, never as numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from wbe import conversion, population
from wbe.factors import compounds
from wbe.factors.dependence import along
from wbe.messages import Note
from wbe.quality import suspected_discharge
from wbe.samples import ABSENT, CENSORED, Flag, limit, month, one_text, written
from wbe.uncertainty import Term, Uncertain
from wbe.uncertainty.inputs import MEASUREMENT, measurement_terms

if TYPE_CHECKING:
    from wbe.factors import Factor, Profile
    from wbe.people import UseScenario

__all__ = [
    "OF_BIOMARKER",
    "OF_DRUG",
    "QUANTITIES",
    "Chain",
    "build_chain",
    "canonical_order",
    "censored",
    "priced",
    "usable_concentration",
    "zeros_below",
]

#: quantities in the order of the chain; the first two are masses of a biomarker, the rest of a drug
OF_BIOMARKER = ("mass_load", "normalised_load")
OF_DRUG = ("consumption", "doses", "users")
QUANTITIES = OF_BIOMARKER + OF_DRUG
#: biomarkers with competing legal sources: no consumption without an origin model (Shao et al. 2024)
UNRESOLVED = ("morphine",)


@dataclass(frozen=True)
class Chain:
    """The chain's products for one Samples dataset.

    ``quantity[name]`` maps to one :class:`~wbe.uncertainty.Uncertain` per substance, dims (sample).
    For a censored result the central value is computed at its limit, so that it is a bound.
    """

    samples: xr.Dataset
    population: Uncertain
    traced: Mapping[str, str]  # biomarker -> drug that it traces
    quantity: Mapping[str, Mapping[str, Uncertain]]
    unconsumed: Mapping[str, np.ndarray] = field(default_factory=dict)  # biomarker -> samples that speak of a discharge
    zeros: Mapping[str, np.ndarray] = field(default_factory=dict)  # biomarker -> results of exactly 0
    # (quantity, drug) -> status, why
    missing: Mapping[tuple[str, str], tuple[str, Note | str]] = field(default_factory=dict)
    method: str = "reported"  # of the population
    caveats: tuple[Note | str, ...] = ()  # what a number per head may not be printed without

    def with_scenario(self, scenario: UseScenario, factor: Factor) -> Chain:
        """Return the chain with one drug's users under another scenario; ``factor`` is the profile's."""
        drug = scenario.drug
        heads = Uncertain(population.absolute(self.population), self.population.terms)
        counted = {**self.quantity["users"], drug: self.counted(scenario, factor, heads * 1e-6)}
        return replace(self, quantity={**self.quantity, "users": counted})

    def counted(self, scenario: UseScenario, factor: Factor, per_head: Uncertain | float) -> Uncertain:
        """Count users under a scenario, its load or consumption in mg/d/1000 inhabitants times ``per_head`` in g/d."""
        consumed = self.quantity["consumption"][scenario.drug]
        return _counted(self.quantity["normalised_load"][factor.biomarker], consumed, scenario, factor, per_head)

    @property
    def served(self) -> np.ndarray:
        """People behind each sample [inhabitant]; NaN where nothing says how many."""
        return population.served(self.samples, self.population).to_numpy()

    def biomarker(self, drug: str) -> str:
        """Return the biomarker that a drug is computed from."""
        return {drug: b for b, drug in self.traced.items()}[drug]


def usable_concentration(ds: xr.Dataset) -> xr.DataArray:
    """Concentration where detected, its limit where below one, NaN where there is no result [ng/L]."""
    shape = ("sample", "biomarker")
    flag, value, bound = (a.variable.transpose(*shape).data for a in (ds["flag"], ds["concentration"], limit(ds)))
    if "uloq" in ds:
        above = ds["concentration"].fillna(ds["uloq"]).variable.transpose(*shape).data
        value = np.where(flag == Flag.ABOVE_ULOQ, above, value)
    value = np.where(np.isin(flag, [Flag.BELOW_LOD, Flag.BELOW_LOQ]), bound, value)
    value = np.where(np.isin(flag, [int(f) for f in ABSENT]), np.nan, value)
    return xr.DataArray(value, coords=ds["concentration"].coords, dims=shape, attrs={"units": "ng/L"})


def censored(ds: xr.Dataset) -> xr.DataArray:
    """True where a result lies below a limit, dims (sample, biomarker)."""
    return ds["flag"].isin([int(f) for f in CENSORED if f != Flag.ABOVE_ULOQ]).transpose("sample", "biomarker")


def zeros_below(ds: xr.Dataset) -> tuple[xr.Dataset, dict[str, np.ndarray]]:
    """Move results of exactly 0 below their limit; return the samples and where that was done, by biomarker.

    No method measures nothing at all: a 0 that came as a number says that the result lies below some limit, and
    without a limit it says no more. Taken as it stands it would be a certainty of no use.
    """
    zero = ((ds["concentration"] == 0) & (ds["flag"] == Flag.DETECTED)).transpose("sample", "biomarker")
    where = zero.to_numpy()
    if not where.any():
        return ds, {}
    flag = xr.where(zero, int(Flag.BELOW_LOD), ds["flag"], keep_attrs=False).astype(ds["flag"].dtype)
    moved = ds.assign(
        flag=flag.transpose(*ds["flag"].dims).assign_attrs(ds["flag"].attrs),
        concentration=ds["concentration"].where(~zero),
    )
    return moved, {str(b): where[:, i] for i, b in enumerate(ds["biomarker"].values) if where[:, i].any()}


def build_chain(
    ds: xr.Dataset,
    profile: Profile,
    method: str,
    scenarios: Mapping[str, UseScenario],
    mobile: pd.DataFrame | None = None,
    *,
    cvs: Mapping[str, float] | None = None,
) -> Chain:
    """Compute every quantity per sample from valid Samples.

    Parameters
    ----------
    ds : Dataset
        Valid Samples.
    profile : Profile
        Named choice of excretion factors and doses.
    method : str
        Population method, see :func:`wbe.population.resolve`.
    scenarios : mapping of drug to UseScenario
        Drugs without one get no user number.
    mobile : DataFrame, optional
        Counts of mobile devices, for the methods that use them.
    cvs : mapping, optional
        Own sizes of the errors of measurement, see :func:`wbe.uncertainty.inputs.measurement_terms`.
    """
    ds, zeros = zeros_below(_situated(ds))
    dumped = suspected_discharge(ds)  # first: what it lays out is gone before the loads need the room
    terms = measurement_terms(ds, cvs)
    measured = [(terms[name], 1.0) for name in MEASUREMENT if name in terms]
    load = Uncertain(conversion.mass_load(usable_concentration(ds), population.flow_or_unit(ds)), measured)
    people = _resolved(ds, method, mobile, cvs)
    quotient = population.per_head(load, people)
    heads = conversion.normalised_load(_in(load, "g/d"), _in(people, "inhabitant"))
    normalised = Uncertain(heads.where(quotient.central.notnull().reset_coords(drop=True)), quotient.terms)
    known_flow = population.flow_known(ds)
    loads = {str(b): _where(load.sel(biomarker=b), known_flow) for b in ds["biomarker"].values}
    per_head = {str(b): normalised.sel(biomarker=b) for b in ds["biomarker"].values}
    caveats = tuple(population.caveats(ds, method, mobile))
    quantity: dict[str, dict[str, Uncertain]] = {"mass_load": loads, "normalised_load": per_head}
    return priced(Chain(ds, people, {}, quantity, dumped, zeros, {}, method, caveats), profile, scenarios)


def _resolved(ds: xr.Dataset, method: str, mobile: pd.DataFrame | None, cvs: Mapping[str, float] | None) -> Uncertain:
    """Population of every sample, computed in one order of the samples whatever order they came in."""
    order = canonical_order(ds)
    if (np.diff(order) == 1).all():
        return population.resolve(ds, method, mobile=mobile, cvs=cvs)
    back = np.argsort(order)
    return population.resolve(ds.isel(sample=order), method, mobile=mobile, cvs=cvs).isel(sample=back)


def canonical_order(ds: xr.Dataset) -> np.ndarray:
    """Return the order in which samples are computed, by site, time and id, shape (sample,)."""
    time = ds["time"].values.astype("datetime64[ns]").astype(np.int64)
    _, site = np.unique(ds["site"].values.astype(str), return_inverse=True)
    _, name = np.unique(ds["sample"].values.astype(str), return_inverse=True)
    return np.lexsort((name.ravel(), time, site.ravel()))


def priced(chain: Chain, profile: Profile, scenarios: Mapping[str, UseScenario]) -> Chain:
    """Return the chain with consumption, doses and users by a profile's factors; its loads stay as they are.

    Parameters
    ----------
    chain : Chain
        With its loads.
    profile : Profile
    scenarios : mapping of drug to UseScenario
    """
    ds, people, dumped = chain.samples, chain.population, chain.unconsumed
    per_head = chain.quantity["normalised_load"]
    traced, missing = _traced(ds, profile)
    quantity: dict[str, dict[str, Uncertain]] = {name: dict(chain.quantity[name]) for name in OF_BIOMARKER}
    quantity |= {name: {} for name in OF_DRUG}
    heads = Uncertain(population.absolute(people), people.terms)
    for biomarker, drug in traced.items():
        factor = profile.factor(drug, biomarker) if drug in profile.drugs else None
        if factor is None:
            continue
        central = conversion.consumption(_in(per_head[biomarker], "mg/d/1000 inhabitant"), factor)
        if biomarker in dumped:  # what passed through nobody says nothing of use
            central = central.where(xr.DataArray(~dumped[biomarker], dims="sample"))
        consumed = Uncertain(central, per_head[biomarker].terms)
        for name, shape in along(profile, factor):
            consumed = consumed.with_term(Term(name, ("drug",), {drug: shape}), -1.0)
        quantity["consumption"][drug] = consumed
        _add_doses(quantity, missing, drug, consumed, profile)
        _add_users(quantity, missing, factor, consumed, heads, scenarios)
    return replace(chain, traced=traced, quantity=quantity, missing=missing)


def _situated(ds: xr.Dataset) -> xr.Dataset:
    """Give each sample the month and day by which errors are drawn; an unnamed batch is its month's."""
    months = month(ds)
    batch = ds["batch"].values if "batch" in ds.coords else one_text(ds.sizes["sample"], "")
    return ds.assign_coords(
        month=months,
        day=("sample", written(ds["time"].values, "D")),
        batch=("sample", np.where(batch == "", "month " + months.values, batch)),
    )


def _in(product: Uncertain, unit: str) -> xr.DataArray:
    """Stamp a central value again: products carry plain numbers."""
    return product.central.assign_attrs(units=unit)


def _where(product: Uncertain, known: xr.DataArray) -> Uncertain:
    return Uncertain(product.central.where(known.reset_coords(drop=True)), product.terms)


def _traced(ds: xr.Dataset, profile: Profile) -> tuple[dict[str, str], dict[tuple[str, str], tuple[str, Note | str]]]:
    """Which drug each measured biomarker stands for; why some drugs have no consumption.

    Of two biomarkers of one drug the profile's own choice keeps the drug's name, the other its own; a parent drug
    that is not the choice (cocaine beside benzoylecgonine) is told apart by ``_parent``.
    """
    measured = [str(b) for b in ds["biomarker"].values]
    # a medicine that no compound table knows has loads and nothing beyond
    known = set(compounds().index)
    chosen = {
        b: d for b in measured if b in known and (d := profile.drug_of(b)) is not None and profile.biomarker(d) == b
    }
    traced: dict[str, str] = {}
    missing: dict[tuple[str, str], tuple[str, Note | str]] = {}
    for b in measured:
        if b in chosen:
            traced[b] = chosen[b]
            continue
        traced[b] = f"{b}_parent" if b in chosen.values() else b
        status = "origin_unresolved" if b in UNRESOLVED else "no_factor"
        if b not in known:
            why: Note | str = Note("estimation-not-in-table", biomarker=b)
        elif b in chosen.values():
            why = Note("estimation-read-from", biomarker=b, other=profile.biomarker(b))
        else:
            why = profile.why_none(b)
        for name in OF_DRUG:
            missing[name, traced[b]] = (status, why)
    return traced, missing


def _add_doses(
    quantity: dict[str, dict[str, Uncertain]],
    missing: dict[tuple[str, str], tuple[str, Note | str]],
    drug: str,
    consumed: Uncertain,
    profile: Profile,
) -> None:
    dose = profile.dose(drug)
    if dose is None:
        missing["doses", drug] = ("no_dose", Note("estimation-no-dose-claim"))
        return
    central = conversion.doses(_in(consumed, "mg/d/1000 inhabitant"), f"{float(dose.mass.median())!r} mg/dose")
    term = Term("dose", ("drug",), {drug: dose.mass})
    quantity["doses"][drug] = Uncertain(central, consumed.terms).with_term(term, -1.0)


def _add_users(
    quantity: dict[str, dict[str, Uncertain]],
    missing: dict[tuple[str, str], tuple[str, Note | str]],
    factor: Factor,
    consumed: Uncertain,
    people: Uncertain,
    scenarios: Mapping[str, UseScenario],
) -> None:
    drug = factor.drug
    if drug not in scenarios:
        missing["users", drug] = ("no_scenario", Note("estimation-status-no-scenario"))
        return
    load = quantity["normalised_load"][factor.biomarker]
    quantity["users"][drug] = _counted(load, consumed, scenarios[drug], factor, people * 1e-6)  # mg/d/1000 inh -> g/d


def _counted(
    load: Uncertain, consumed: Uncertain, scenario: UseScenario, factor: Factor, per_head: Uncertain | float
) -> Uncertain:
    """Count users from the load where the scenario brings the factor of its own study, else from the consumption."""
    from wbe.people import brings_factor, users, users_of_load

    if not brings_factor(scenario):
        return users(consumed * per_head, scenario)
    used = Uncertain(load.central.where(consumed.central.notnull().reset_coords(drop=True)), load.terms)
    return users_of_load(used * per_head, scenario, factor)
