"""Factors that belong together: one that was tuned on another drug's moves with it, in one draw.

Refuses to widen or narrow what a factor says by itself: only what it shares with the other is set apart.
"""

from __future__ import annotations

import math

from wbe.factors.profile_types import Factor, Profile
from wbe.uncertainty.distributions import Distribution, LogNormal

__all__ = ["along"]

#: what is left of a factor's own spread at the least, as a share of its log-sd
_OWN = 0.1


def along(profile: Profile, factor: Factor) -> list[tuple[str, Distribution]]:
    """Return the shapes whose product, in medians, is a factor's excretion fraction: its own and those that it shares.

    Parameters
    ----------
    profile : Profile
    factor : Factor
        One that depends on no other drug of the profile is all its own.

    Returns
    -------
    list of (str, Distribution)
        Name and shape of each term; a shape that another drug has too is the same draw there.

    Notes
    -----
    A fraction tuned so that two consumptions stand in the ratio of two seizures is proportional to the other drug's
    fraction. The factor's log variance is kept; what remains of it beside the other's is its own, log-normal.

    Source
    ------
    Du et al. 2020, doi:10.1016/j.envint.2020.105645.

    Examples
    --------
    >>> from wbe.factors import profile
    >>> chosen = profile("default")
    >>> [name for name, _ in along(chosen, chosen.factor("ketamine"))]
    ['excretion', 'excretion:methamphetamine']
    """
    others = [(d, found) for d in factor.depends_on if (found := profile.factor(d)) is not None and d != factor.drug]
    if not others:
        return [("excretion", factor.fraction)]
    whole = factor.fraction.log_moments()[1] ** 2
    shared = sum(found.fraction.log_moments()[1] ** 2 for _, found in others)
    own = math.sqrt(max(whole - shared, _OWN**2 * whole))
    return [
        ("excretion", LogNormal(gsd=math.exp(own))),
        *((f"excretion:{drug}", found.fraction) for drug, found in others),
    ]
