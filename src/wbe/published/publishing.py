"""One step from samples to an edition that may leave: estimate, check against the ledger, withhold, write down.

Refuses to write down anything that the check has not cleared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xarray as xr

from wbe.disclosure import Policy
from wbe.published.edition import edition
from wbe.published.ledger import Ledger, Verdict

if TYPE_CHECKING:
    from wbe.estimation.result import Estimate

__all__ = ["publish"]


def publish(
    samples: xr.Dataset, ledger: Ledger, policy: Policy | None = None, label: str = "", **choices: Any
) -> tuple[Estimate, Verdict]:
    """Make the public estimate of samples beside all that was published before, and write it down.

    Parameters
    ----------
    samples : Dataset
        Samples.
    ledger : Ledger
    policy : Policy, optional
        By default the public edition.
    label : str
        What the entry is called, such as the month.
    **choices
        As in :func:`wbe.estimate`.

    Returns
    -------
    Estimate, Verdict
        The estimate prints what was cleared and nothing else.
    """
    import wbe

    policy = policy or Policy.public()
    estimate = wbe.estimate(samples, policy=policy, **choices)
    verdict = ledger.check(edition(estimate))
    if verdict.withheld:
        estimate = wbe.estimate(samples, policy=policy.withholding(verdict.withheld), **choices)
    ledger.append(edition(estimate), label, verdict)
    return estimate, verdict
