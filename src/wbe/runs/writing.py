"""What ``wbe estimate`` and ``wbe report`` write: the output, its record and the samples behind it, together.

Refuses an output without its record, and to keep samples beside an edition that hides districts.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from wbe.disclosure import Policy
from wbe.estimation import Estimate
from wbe.exchange.outputs import destination, write_together
from wbe.quality import check
from wbe.reporting.exports import csv_bytes, estimate_table
from wbe.reporting.monthly import Composed
from wbe.runs.inputs import pack, plain
from wbe.runs.project import Project
from wbe.runs.record import as_bytes, file_hashes, hash_of, make_record, of_files, record_path

__all__ = ["samples_path", "shows_all", "write_estimate", "write_report"]


def samples_path(output: Path) -> Path:
    """Return where the samples behind an output lie.

    Examples
    --------
    >>> str(samples_path(Path("june.csv")))
    'june.csv.samples.json.gz'
    """
    return output.with_name(f"{output.name}.samples.json.gz")


def write_estimate(
    estimate: Estimate, output: Path, *, source: str | Path, command: Sequence[str] = (), began: float | None = None
) -> int:
    """Write an estimate's table with its record; return the number of rows.

    Parameters
    ----------
    estimate : Estimate
    output : Path
        The CSV; a device or a pipe gets the table alone.
    source : str or path
        What was read.
    command : sequence of str
        What was typed.
    began : float, optional
        When the run began, by ``time.monotonic``.

    Raises
    ------
    OSError
        Then nothing is written.
    """
    table = estimate_table(estimate)
    content = csv_bytes(table)
    if output.exists() and not output.is_file():
        write_together({output: content})
        return len(table)
    output = destination(output)
    record = _record(estimate, source, command, began) | {
        "rows": len(table),
        "files": file_hashes({output.name: content}),
    }
    contents = {output: content, **_samples(estimate, output, content)}
    write_together({**contents, record_path(output): as_bytes(record)})
    return len(table)


def write_report(
    made: Composed, folder: Path, *, source: str | Path, command: Sequence[str] = (), began: float | None = None
) -> list[Path]:
    """Write a report's files with their record; return the paths.

    Parameters
    ----------
    made : Composed
    folder : Path
    source, command, began
        As in :func:`write_estimate`.

    Raises
    ------
    OSError
        Then nothing is written.
    """
    estimate: Estimate = made.tables.estimate
    output = folder / made.name
    files = made.contents
    record = _record(estimate, source, command, began) | {"month": made.tables.month, "files": file_hashes(files)}
    contents = {folder / name: content for name, content in files.items()} | _samples(
        estimate, output, next(iter(files.values()))
    )
    write_together({**contents, record_path(output): as_bytes(record)})
    return [*(folder / name for name in files), record_path(output)]


def _samples(estimate: Estimate, output: Path, content: bytes) -> dict[Path, bytes]:
    """The samples, only where the edition shows what they say: every district, however few people."""
    policy: Policy = estimate.policy
    if not shows_all(policy):
        return {}
    return {samples_path(output): pack(estimate.samples, hash_of(content))}


def shows_all(policy: Policy) -> bool:
    """Tell whether an edition hides no load of a district from its readers."""
    return "district" in policy.areas and policy.minimum_population_load <= 0


def _record(estimate: Estimate, source: str | Path, command: Sequence[str], began: float | None) -> dict[str, Any]:
    samples: xr.Dataset = estimate.samples
    if not shows_all(estimate.policy):  # names of files and what was typed may name a district or an institution
        source, command = Path("/nowhere"), ()
    root = None if "://" in str(source) else Project.find(source)
    key = None if root is None else Project.open(root).key()
    inputs: Mapping[str, bytes] = of_files(source)
    return make_record(
        estimate, command=command, findings=check(samples), seconds=0.0 if began is None else time.monotonic() - began,
        key=key, inputs=inputs, samples=plain(samples),
    )  # fmt: skip
