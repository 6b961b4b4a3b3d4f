"""A run as it was written: its table, its record and, where they were kept, its samples.

Refuses a table beside the record of another run.
"""

from __future__ import annotations

import inspect
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from wbe.disclosure import Policy
from wbe.errors import Fault, InputError
from wbe.exchange.outputs import clear, held
from wbe.factors import profile
from wbe.factors.profile_types import Profile
from wbe.reporting.exports import estimate_table
from wbe.runs.hybrids import CAUSES, settings_of
from wbe.runs.inputs import unpack
from wbe.runs.project import Project
from wbe.runs.record import check_files, hash_of, read_record, record_path
from wbe.runs.running import RECORD, SAMPLES, TABLE
from wbe.runs.writing import samples_path

__all__ = ["Loaded", "estimate_between", "load", "settings_that_differ"]

COLUMNS = ("district", "month", "drug", "biomarker", "quantity", "median", "lower", "upper", "text")
OF_TIME = ("command", "made", "seconds", "python", "system", "packages", "inputs", "samples", "files", "rows", "checks",
           "fingerprint", "previous", "moved", "revision", "title", "profile_warning", "format", "month")  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """One run: its table, its record, and its samples where the edition kept them."""

    path: Path
    table: pd.DataFrame
    record: dict[str, Any]
    samples: xr.Dataset | None = field(repr=False, default=None)

    def causes_against(self, other: Loaded) -> set[str]:
        """Return the causes whose settings differ from those of another run."""
        return {
            cause for cause in CAUSES
            if any(self.record.get(name) != other.record.get(name) for name in settings_of(cause))
        }  # fmt: skip


def load(path: Path) -> Loaded:
    """Read a run, having completed what a killed run may have left half moved.

    Raises
    ------
    InputError
        It is no run, or a file is not the one of the record.
    """
    if path.is_dir() and (path / RECORD).is_file():
        return _of_project(path)
    if path.is_dir() or not path.exists():
        raise InputError([Fault("runs-no-run", file=str(path))])
    if path.is_file():
        try:
            with held(path.parent):
                clear(path.parent)
        except PermissionError:  # a folder that may only be read was left by nobody who is still running
            pass
    record = read_record(record_path(path))
    check_files(record, path.parent)
    table = _table(path)
    kept = samples_path(path)
    samples = unpack(kept, hash_of(path.read_bytes())) if kept.is_file() else None
    return Loaded(path, table, record, samples)


def _of_project(folder: Path) -> Loaded:
    record = read_record(folder / RECORD)
    root = Project.find(folder)
    if root is not None:
        check_files(record, folder, Project.open(root).key())
    table = next((name for name in record["files"] if name.endswith(f"/{TABLE}")), None)
    if table is None:
        raise InputError([Fault("runs-no-run", file=str(folder))])
    kept = folder / SAMPLES
    return Loaded(folder, _table(folder / table), record, unpack(kept) if kept.is_file() else None)


def _table(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, encoding="utf-8-sig", low_memory=False)
    except (ValueError, UnicodeDecodeError) as err:
        raise InputError([Fault("runs-no-run", file=str(path))]) from err
    if missing := [c for c in COLUMNS if c not in table]:
        raise InputError([Fault("runs-lacks-columns", columns=missing, file=str(path))])
    for name in ("district", "month", "drug", "biomarker", "quantity"):
        table[name] = table[name].fillna("").astype(str)
    return table


def settings_that_differ(a: Loaded, b: Loaded) -> pd.DataFrame:
    """Return the settings of two runs that differ, without what differs between any two."""
    rows = [
        {"setting": name, "a": a.record.get(name), "b": b.record.get(name)}
        for name in dict.fromkeys([*a.record, *b.record])
        if name not in OF_TIME and a.record.get(name) != b.record.get(name)
    ]
    return pd.DataFrame(rows, columns=["setting", "a", "b"])


def estimate_between(a: Loaded, b: Loaded, samples: xr.Dataset, changed: frozenset[str]) -> pd.DataFrame:
    """Return the table of samples between two runs, with the factors and the population of the run that is meant.

    Parameters
    ----------
    a, b : Loaded
    samples : Dataset
    changed : frozenset of str
        Causes that are those of ``b``.
    """
    from wbe.estimation import estimate

    of = {cause: (b if cause in changed else a).record for cause in CAUSES}
    policy = Policy.named(str(a.record["policy"]["edition"]))
    for site, reason in a.record["policy"].get("overrides", ()):
        policy = policy.with_override(site, reason)
    options: dict[str, Any] = {
        "factors": profile_of(of["factors"]), "population": of["population"]["population"],
        "level": a.record["level"], "seed": a.record["seed"], "draws": a.record["draws"], "policy": policy,
        "cvs": a.record.get("cvs") or None, "days": a.record.get("days", "alike"),
    }  # fmt: skip
    known = inspect.signature(estimate).parameters
    made = estimate(samples, **{name: value for name, value in options.items() if name in known})
    table = estimate_table(made)
    table["biomarker"] = table["biomarker"].fillna("").astype(str)
    return table


def profile_of(record: dict[str, Any]) -> Profile:
    """Return the profile of a record: by its name, with the claims that were laid over it.

    Raises
    ------
    FactorError
        The claims of that time are no longer there.
    """
    kept = record.get("factors_file")
    if not kept:
        return profile(str(record["profile"]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / str(kept["name"])
        path.write_text(str(kept["text"]), encoding="utf-8")
        return profile("default", overlay=path)
