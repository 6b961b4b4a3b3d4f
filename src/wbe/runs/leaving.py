"""An edition that leaves the house: checked against the ledger of its project, and written down before its files are.

Refuses nothing; where there is no project it says that nobody checked the edition against earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Unpack

import xarray as xr

from wbe.disclosure import Policy
from wbe.estimation import Estimate, estimate
from wbe.messages import Note
from wbe.published import Ledger, publish
from wbe.reporting.monthly import EstimateOptions
from wbe.runs.project import Project
from wbe.runs.writing import shows_all

__all__ = ["leave", "project_of"]


def project_of(places: Iterable[str | Path]) -> Project | None:
    """Return the project that one of several paths lies in, the first that does; addresses of databases lie in none."""
    for place in places:
        root = None if "://" in str(place) or str(place).startswith("env:") else Project.find(place)
        if root is not None:
            return Project.open(root)
    return None


def leave(
    samples: xr.Dataset, places: Iterable[str | Path], label: str, **options: Unpack[EstimateOptions]
) -> tuple[Estimate, tuple[Note, ...]]:
    """Estimate an edition, and where it hides loads check it against the ledger of the project and write it down.

    Parameters
    ----------
    samples : Dataset
    places : iterable of path
        Where the edition will lie and what was read: the first that lies in a project names the ledger.
    label : str
        What the ledger calls the edition.
    **options
        As in :func:`wbe.estimate`; ``policy`` is the edition.

    Returns
    -------
    Estimate
        It prints what was cleared and nothing else.
    tuple of Note
        What whoever asked must know: which months stand as they were published, or that there is no ledger.

    Raises
    ------
    DisclosureError
        The ledger was altered, or its key is missing.
    InputError
        Another run of the project does not end.
    """
    named = options.get("policy", "internal")
    policy = Policy.named(named) if isinstance(named, str) else named
    if shows_all(policy):
        return estimate(samples, **options), ()
    project = project_of(places)
    if project is None:
        return estimate(samples, **options), (Note("runs-no-ledger"),)
    rest: dict[str, Any] = {name: value for name, value in options.items() if name != "policy"}
    with project.alone():
        made, verdict = publish(samples, Ledger(project.root / "published"), policy, label, **rest)
    return made, (Note("runs-ledger-checked", folder=str(project.root)), *verdict.words())
