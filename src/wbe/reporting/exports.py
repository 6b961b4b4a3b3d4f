"""Files that people and machines read again: tables as CSV, and the packaged sample sets.

Refuses half-written output: a file appears whole or not at all; text that a spreadsheet would run is quoted.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from wbe.errors import Fault, InputError
from wbe.exchange import neutralise
from wbe.exchange.outputs import write_whole

if TYPE_CHECKING:
    from wbe.estimation import Estimate

__all__ = [
    "copy_sample_data",
    "csv_bytes",
    "estimate_table",
    "without_formulas",
    "write_csv",
]


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV, whole or not at all.

    Raises
    ------
    OSError
    """
    write_whole(path, csv_bytes(table))


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as UTF-8 CSV that spreadsheets open with Chinese intact and formulas dead."""
    return without_formulas(table).to_csv(index=False).encode("utf-8-sig", "backslashreplace")


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which no text would run in a spreadsheet."""
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(lambda v: neutralise(v) if isinstance(v, str) else v)
    return safe


def estimate_table(estimate: Estimate) -> pd.DataFrame:
    """Return everything that an edition may print as one tidy table: districts, then the city."""
    table = pd.concat([estimate.table(), estimate.table("city")], ignore_index=True)
    p = estimate.provenance
    table["profile"] = (
        f"{p['profile']} {p['profile_version']} ({p['claims_unverified']} of {p['claims_used']} claims unverified)"
    )
    if estimate.synthetic:
        table["data"] = "SYNTHETIC"
    return table


def copy_sample_data(directory: Path) -> list[str]:
    """Copy the packaged sample sets into a new folder; return their names.

    Raises
    ------
    InputError
        The folder exists.
    """
    from wbe.reading import sample_data

    directory = Path(directory)
    if directory.exists():
        raise InputError([Fault("reporting-folder-exists", file=str(directory))])
    source = sample_data("zhuzhou").parent
    names = sorted(p.name for p in source.iterdir() if p.is_dir() and not p.name.startswith("_"))
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix=f".{directory.name}-") as beside:
        whole = shutil.copytree(source, Path(beside) / directory.name, ignore=shutil.ignore_patterns("__pycache__"))
        whole.rename(directory)  # all of it or nothing
    return names
