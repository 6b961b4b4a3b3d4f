"""Run notebooks on a copy and say how long each took; the first that fails ends the run with exit code 1.

Refuses to change a notebook: outputs are made new by whoever reads them, never kept in the repository.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def run(path: Path) -> float:
    """Execute one notebook from its own folder and return the seconds it took."""
    started = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    return time.perf_counter() - started


def main(folder: Path) -> int:
    """Run every notebook under ``folder`` in the order of their names."""
    found = sorted(p for p in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    if not found:
        print(f"{folder}: no notebook here")
        return 1
    for path in found:
        try:
            print(f"{path}: ran in {run(path):.1f} s", flush=True)
        except CellExecutionError as err:
            print(f"{path}: failed\n{err}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "notebooks")))
