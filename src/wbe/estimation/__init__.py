"""From samples to an estimate: the one call that joins samples, factors, population and scenarios.

Refuses invalid samples, unknown profiles and populations, and a level outside (0, 1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import Fault, InputError, need_samples
from wbe.estimation.bycity import national
from wbe.estimation.chain import build_chain, canonical_order
from wbe.estimation.days import months_covered
from wbe.estimation.engine import Engine
from wbe.estimation.pricing import as_profile
from wbe.estimation.result import Estimate
from wbe.estimation.saving import Asked
from wbe.estimation.sizes import learnt, typical_cvs
from wbe.estimation.watching import progress
from wbe.samples import canonical, ensure_valid

if TYPE_CHECKING:
    from wbe.disclosure import Policy
    from wbe.factors import Profile
    from wbe.people import UseScenario
    from wbe.people.catalogue import Choice

__all__ = ["Estimate", "estimate", "national", "progress"]


def estimate(
    samples: xr.Dataset,
    factors: str | Profile = "default",
    population: str = "reported",
    level: float = 0.95,
    *,
    mobile: pd.DataFrame | None = None,
    cvs: Mapping[str, float] | None = None,
    scenarios: Choice = "default",
    policy: str | Policy = "internal",
    seed: int = 20210624,
    draws: int = 10_000,
) -> Estimate:
    """Estimate loads, consumption, doses and users by district, month and drug.

    Parameters
    ----------
    samples : Dataset
        Samples, as :func:`wbe.read_samples` returns them; dims (sample, biomarker).
    factors : str or Profile
        Name of a factor profile, or one made by :func:`wbe.factors.profile`.
    population : str
        ``"reported"``, a marker such as ``"ammonium_nitrogen"`` or ``"cotinine"``, ``"mobile"``, or ``"ensemble"``;
        see :func:`wbe.population.resolve`.
    level : float
        Probability that each interval holds.
    mobile : DataFrame, optional
        Counts of mobile devices by site, for ``"mobile"`` and the ensembles: columns site, population and date or
        month; see :func:`wbe.population.mobile_population`.
    cvs : mapping, optional
        Own sizes (coefficients of variation) of the errors, which are then not learnt from the file: ``day``,
        ``analysis``, ``batch``, ``flow``, ``sampling`` (composites) or one of a kind, ``sampling:grab``,
        ``day:methamphetamine``; and ``flow_meter``. For example
        ``{"flow_meter": 0.05, "sampling": wbe.design.sampling.within_day_cv(10, 2, 1000)}``.
        :meth:`Estimate.variability` shows what was used.
    scenarios : str, UseScenario, sequence of them, or None
        Named use scenarios, see :func:`wbe.people.chosen`; a drug without one gets no user number, None gives none.
    policy : str or Policy
        ``"internal"`` or ``"public"`` edition, or a :class:`wbe.disclosure.Policy`.
    seed : int
        Seed of the draws; equal seeds give equal numbers on any machine.
    draws : int
        Draws that :meth:`Estimate.draws` gives; tables need none.

    Returns
    -------
    Estimate

    Raises
    ------
    SchemaError
        The samples break the schema.
    FactorError
        Unknown profile, or samples corrected for what the profile's claims already include.
    InputError
        Level outside (0, 1), fewer than 1000 draws, a size of error that cannot be, or a faulty table of mobile counts.

    Source
    ------
    Chain: Zuccato et al. 2008, doi:10.1289/ehp.11022; uncertainty: JCGM 101:2008.

    Examples
    --------
    >>> import wbe
    >>> result = wbe.estimate(wbe.testing.small_city())
    >>> row = result.table().query("drug == 'methamphetamine' and quantity == 'normalised_load'").iloc[0]
    >>> bool(row["lower"] < row["median"] < row["upper"]), row["unit"]
    (True, 'mg/d/1000 inhabitant')
    """
    need_samples(samples, "estimate")
    _checked(level, seed, draws)
    from wbe.disclosure import Policy
    from wbe.factors.correcting import refuse_corrected_twice
    from wbe.people import combined

    ds = ensure_valid(canonical(samples))
    profile = as_profile(factors)
    refuse_corrected_twice(ds, profile)
    rules = _policy(policy, Policy)
    rules.refuse(ds)
    mixed = {drug: combined(drug, scenarios) for drug in profile.drugs}
    chosen = {drug: scenario for drug, scenario in mixed.items() if scenario is not None}
    found = learnt(ds.isel(sample=canonical_order(ds)), months_covered(ds), cvs)
    chain = build_chain(ds, profile, population, chosen, mobile, cvs=typical_cvs(found[-1], cvs))
    provenance = _provenance(ds, profile, population, chosen, rules, level, seed, draws)
    provenance |= {"cvs": dict(cvs or {})}
    if mobile is not None:
        provenance["mobile_counts"] = _table_hash(mobile)
    asked = Asked(ds, mobile, scenarios, policy)
    return Estimate(Engine(chain, found, level), profile, chosen, rules, seed, draws, provenance, asked)


def _checked(level: object, seed: object, draws: object) -> None:
    """Refuse what cannot be a probability, a seed or a number of draws, all at once."""
    faults = []
    if isinstance(level, bool) or not isinstance(level, float | int) or not 0 < level < 1:
        faults.append(Fault("estimation-level", came=repr(level)))
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        faults.append(Fault("estimation-seed", came=repr(seed)))
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1000:
        faults.append(Fault("estimation-draws", came=repr(draws)))
    if faults:
        raise InputError(faults)


def _policy(policy: str | Policy, kind: type[Policy]) -> Policy:
    if isinstance(policy, kind):
        return policy
    makers = {"internal": kind.internal, "public": kind.public}
    if policy not in makers:
        raise InputError([Fault("estimation-policy", came=repr(policy))])
    return makers[str(policy)]()


def _provenance(
    ds: xr.Dataset,
    profile: Profile,
    population: str,
    scenarios: Mapping[str, UseScenario],
    policy: Policy,
    level: float,
    seed: int,
    draws: int,
) -> dict[str, Any]:
    import wbe

    return {
        "wbe": wbe.__version__,
        "samples": samples_hash(ds),
        "title": ds.attrs.get("title", ""),
        "synthetic": bool(ds.attrs.get("synthetic", 0)),
        "profile": profile.name,
        "profile_version": profile.version,
        "profile_hash": profile.hash,
        "claims_used": profile.n_claims,
        "claims_unverified": profile.n_unverified,
        "profile_warning": profile.warning,
        "overlay": list(profile.overlay),
        "overlay_changes": list(profile.changes),
        "corrections": ds.attrs.get("corrections", ""),
        "population": population,
        "scenarios": {drug: s.name for drug, s in scenarios.items()},
        "policy": policy.record(),
        "level": level,
        "seed": seed,
        "draws": draws,
    }


def _table_hash(table: pd.DataFrame) -> str:
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()[:16]


def samples_hash(ds: xr.Dataset) -> str:
    """Hash what the estimate depends on: numbers, flags and labels, whatever the order of the variables.

    Examples
    --------
    >>> import wbe
    >>> samples_hash(wbe.testing.small_city()) == samples_hash(wbe.testing.small_city())
    True
    """
    digest = hashlib.sha256()
    for name in sorted(map(str, ds.variables)):
        values = np.asarray(ds[name].values)
        digest.update(name.encode())
        text = values.dtype.kind in "OUST"
        digest.update(
            "\x1f".join(map(str, values.ravel())).encode() if text else np.ascontiguousarray(values).tobytes()
        )
    return digest.hexdigest()[:16]
