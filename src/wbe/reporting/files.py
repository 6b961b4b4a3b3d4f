"""Several files that appear together: all are written aside first, then moved into place.

Refuses a half-written file, and leaves the folder as it was when anything fails.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write files of one folder so that each appears whole and none when another cannot be written.

    Parameters
    ----------
    contents : mapping of path to bytes
        All in one folder, which is made when it does not exist.
    """
    folder = next(iter(contents)).parent
    made = _make(folder)
    try:
        with tempfile.TemporaryDirectory(prefix=".wbe-", dir=folder) as aside:
            ready = []
            for path, content in contents.items():
                waiting = Path(aside) / path.name
                waiting.write_bytes(content)
                os.chmod(waiting, 0o644)
                ready.append((waiting, path))
            for waiting, path in ready:
                os.replace(waiting, path)
    except BaseException:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        raise


def _make(folder: Path) -> Path | None:
    """Make a folder; return the highest one that was not there before."""
    first = None
    for parent in (folder, *folder.parents):
        if parent.exists():
            break
        first = parent
    folder.mkdir(parents=True, exist_ok=True)
    return first
