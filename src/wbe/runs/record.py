"""The record of a run: what it was made from and with, and the hash of every file that belongs to it.

Refuses a file that is not the one recorded: a table beside the record of another run is never read as a run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from wbe.errors import Fault, InputError
from wbe.estimation import Estimate
from wbe.published.keys import keyed

__all__ = ["as_bytes", "check_files", "file_hashes", "hash_of", "make_record", "of_files", "read_record", "record_path"]

PACKAGES = ("numpy", "scipy", "pandas", "xarray", "pint", "matplotlib", "xlsxwriter", "jinja2")
FORMAT = 2
_UNKEYED = ("samples", "mobile_counts")  # of the estimate's own record: without a key a hash gives small inputs away


def record_path(output: Path) -> Path:
    """Return where the record of an output lies: one for each name, whatever its ending.

    Examples
    --------
    >>> str(record_path(Path("june.csv"))), str(record_path(Path("june")))
    ('june.csv.run.json', 'june.run.json')
    """
    return output.with_name(f"{output.name}.run.json")


def make_record(
    estimate: Estimate,
    *,
    command: Sequence[str],
    findings: pd.DataFrame,
    seconds: float,
    key: bytes | None,
    inputs: Mapping[str, bytes],
    samples: bytes,
) -> dict[str, Any]:
    """Return what a supporter needs to see how an output was made; no number of the samples stands in it.

    Parameters
    ----------
    estimate : Estimate
    command : sequence of str
        What was typed.
    findings : DataFrame
        Of the check.
    seconds : float
        How long it took.
    key : bytes or None
        The project's; without one no hash of an input is kept.
    inputs : mapping of name to content
        Files that were read.
    samples : bytes
        What was made of them.
    """
    made = {k: v for k, v in estimate.provenance.items() if k not in _UNKEYED}
    counts = {s: int((findings["severity"] == s).sum()) for s in ("error", "warning", "info")}
    hashes = {} if key is None else {name: keyed(key, content) for name, content in sorted(inputs.items())}
    return {
        "format": FORMAT,
        "command": list(command),
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "packages": {name: _version(name) for name in PACKAGES},
        **made,
        "checks": counts,
        "inputs": hashes if key is not None else sorted(inputs),
        "samples": None if key is None else keyed(key, samples),
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def as_bytes(record: Mapping[str, Any]) -> bytes:
    """Return a record as text."""
    return (json.dumps(record, ensure_ascii=False, indent=1, default=str) + "\n").encode("utf-8", "backslashreplace")


def of_files(path: str | Path) -> dict[str, bytes]:
    """Return the content of every file below a path, by its place there; nothing for a database."""
    if "://" in str(path) or str(path).startswith("env:"):
        return {}
    root = Path(path)
    if root.is_file():
        return {root.name: root.read_bytes()}
    if not root.is_dir():
        return {}
    found = (Path(folder) / name for folder, _, names in os.walk(root) for name in names)
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(found) if p.is_file()}


def file_hashes(contents: Mapping[str, bytes], key: bytes | None = None) -> dict[str, str]:
    """Return the hash of every file of a run, by name: a keyed one in a project.

    Whoever knows all samples but one could find that one from a plain hash of a table that was not given out.
    """
    return {name: hash_of(content, key) for name, content in sorted(contents.items())}


def hash_of(content: bytes, key: bytes | None = None) -> str:
    """Return the hash of a content, keyed where there is a key."""
    return hashlib.sha256(content).hexdigest() if key is None else keyed(key, content)


def read_record(path: Path) -> dict[str, Any]:
    """Read a record.

    Raises
    ------
    InputError
        There is none, or it is another file.
    """
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as err:
        raise InputError([Fault("runs-no-record", file=str(path))]) from err
    except (ValueError, RecursionError) as err:
        raise InputError([Fault("runs-other-record", file=str(path))]) from err
    files = known.get("files") if isinstance(known, dict) else None
    if not isinstance(files, dict) or not all(isinstance(v, str) for v in files.values()):
        raise InputError([Fault("runs-other-record", file=str(path))])
    return dict(known)


def check_files(record: Mapping[str, Any], folder: Path, key: bytes | None = None) -> None:
    """Refuse files that are not those of the record.

    Parameters
    ----------
    record : mapping
    folder : Path
        Where the files lie.
    key : bytes, optional
        Of the project whose run it is.

    Raises
    ------
    InputError
        Each file that is missing or another one.
    """
    faults = []
    for name, expected in record["files"].items():
        path = folder / name
        if not path.is_file():
            faults.append(Fault("runs-file-missing", file=str(path)))
        elif hash_of(path.read_bytes(), key) != expected:
            faults.append(Fault("runs-file-changed", file=str(path)))
    if faults:
        raise InputError(faults)
