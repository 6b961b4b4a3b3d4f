"""Runs by itself in a child process: reads an old binary workbook (.xls, .xlsb) under a memory limit.

Refuses nothing itself: a damaged old workbook can make its parser ask for any amount of memory and end the process,
which must not be the user's. Imports nothing of the library, so that it starts fast.
"""

from __future__ import annotations

import pickle
import sys
from typing import Any

__all__ = ["MAX_CELLS", "MEMORY", "main"]

MEMORY = 3_000_000_000
MAX_CELLS = 20_000_000


def main(path: str) -> dict[str, Any]:
    """Return ``sheets`` as (name, start, rows, merges), or ``error``."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass  # elsewhere than on Unix the process is still apart
    import python_calamine

    found: list[Any] = []
    hidden: list[str] = []
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        for meta in book.sheets_metadata:
            if not str(meta.typ).endswith("WorkSheet"):
                continue
            if not str(meta.visible).endswith("Visible"):
                hidden.append(meta.name)
                continue
            sheet = book.get_sheet_by_name(meta.name)
            if sheet.height * sheet.width > MAX_CELLS:
                return {"error": f"{sheet.height} rows by {sheet.width} columns"}
            try:
                merges = list(sheet.merged_cell_ranges or [])
            except Exception:  # formats without merges say so in different ways
                merges = []
            found.append((meta.name, sheet.start, sheet.to_python(skip_empty_area=True), merges))
    except BaseException as err:  # a panic of the parser's core is no Exception
        return {"error": str(err)[:200]}
    return {"sheets": found, "hidden": hidden}


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(main(sys.argv[1])))
