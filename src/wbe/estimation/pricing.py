"""The same samples under other factors: loads and their errors stay, what follows from factors is made anew.

Refuses samples that were corrected for what the new claims already include.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wbe.estimation.result import Estimate
    from wbe.factors import Profile

__all__ = ["as_profile", "repriced"]


def as_profile(factors: str | Profile) -> Profile:
    """Return a profile as it is, or find it by its name; anything else is no name that is known.

    Raises
    ------
    UnknownName
        No profile has that name.
    """
    from wbe.factors import Profile, profile

    return factors if isinstance(factors, Profile) else profile(factors)


def repriced(estimate: Estimate, factors: str | Profile) -> Estimate:
    """Return an estimate under other factors, sharing what was computed of its loads."""
    from wbe.estimation.chain import priced
    from wbe.estimation.kept import Kept
    from wbe.factors.correcting import refuse_corrected_twice

    profile = as_profile(factors)
    refuse_corrected_twice(estimate.samples, profile)
    chain = priced(estimate.chain, profile, estimate.scenarios)
    record = dict(estimate.provenance) | {
        "profile": profile.name, "profile_version": profile.version, "profile_hash": profile.hash,
        "claims_used": profile.n_claims, "claims_unverified": profile.n_unverified,
        "profile_warning": profile.warning, "overlay": list(profile.overlay),
        "overlay_changes": list(profile.changes),
    }  # fmt: skip
    return replace(estimate, engine=estimate.engine.with_chain(chain), profile=profile, provenance=record, _kept=Kept())
