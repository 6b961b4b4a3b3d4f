"""How a project stands: which months are new, changed, as they were, broken, or run without samples now.

Refuses to write anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import xarray as xr

from wbe.errors import InputError
from wbe.reporting.monthly_tables import until
from wbe.runs.project import Project
from wbe.runs.record import check_files, read_record
from wbe.runs.running import RECORD, fingerprint, last_run, months_of, read_data
from wbe.samples import month as month_of

__all__ = ["MonthState", "status"]


@dataclass(frozen=True)
class MonthState:
    """One month: its state (new, changed, same, broken or missing), its last run and its samples."""

    month: str
    state: str
    run: str
    samples: int
    made: str = ""


def status(project: Project) -> list[MonthState]:
    """Return the state of every month that has samples or a run, in order.

    Parameters
    ----------
    project : Project

    Raises
    ------
    InputError
        Faults of samples or settings.
    """
    samples = read_data(project)
    held = months_of(project, samples)
    runs = {p.name for p in project.runs.iterdir() if p.is_dir()} if project.runs.is_dir() else set()
    return [_state(project, samples, month, month in held) for month in sorted({*held, *runs})]


def _state(project: Project, samples: xr.Dataset, month: str, held: bool) -> MonthState:
    count = int((month_of(samples).values == month).sum())
    last = last_run(project, month)
    if last is None:
        return MonthState(month, "new", "", count)
    try:
        record = read_record(last / RECORD)
        check_files(record, last, project.key())
    except InputError:
        return MonthState(month, "broken", last.name, count)
    made = str(record.get("made", ""))
    if not held:
        return MonthState(month, "missing", last.name, count, made)
    same = record.get("fingerprint") == fingerprint(project, until(samples, month))
    return MonthState(month, "same" if same else "changed", last.name, count, made)
