"""What a workbook shows and its values do not: number formats that print ``<``, struck-out numbers, comments.

Refuses to take a number for detected whose cell is shown as ``<0.5``; a struck-out number is void.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wbe.errors import require

__all__ = ["Display", "look_at", "shown"]

_SIGN = re.compile(r"^\s*(?:\[[^\]]*\])*(?:\"\s*([<>≤≥])\s*=?\s*\"|\\?([<>≤≥]))")
_MOST_BYTES = 20_000_000
_MOST_NOTES = 20


@dataclass
class Display:
    """Signs and strikes by (row, column) of each sheet, and notes about comments."""

    cells: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def look_at(path: Path) -> Display:
    """Look at formats, strikes and comments, only where the workbook's styles hold any.

    Raises
    ------
    MissingExtra
        openpyxl is not installed.
    """
    found = Display()
    if path.stat().st_size > _MOST_BYTES or not _worth_it(path):
        return found
    openpyxl = require("openpyxl", "excel")
    try:
        book = openpyxl.load_workbook(path)
    except Exception:  # the reader of the cells says what is damaged
        return found
    for sheet in book.worksheets:
        own: dict[tuple[int, int], str] = {}
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and len(found.notes) < _MOST_NOTES:
                    said = re.sub(r"\s+", " ", str(cell.comment.text))[:80]
                    found.notes.append(f"{path.name}, sheet {sheet.title}, {cell.coordinate}: a comment says {said!r}")
                if not isinstance(cell.value, int | float) or isinstance(cell.value, bool):
                    continue
                sign = _SIGN.match(str(cell.number_format))
                if cell.font is not None and cell.font.strike:
                    own[cell.row - 1, cell.column - 1] = "strike"
                elif sign:
                    own[cell.row - 1, cell.column - 1] = sign.group(1) or sign.group(2)
        if own:
            found.cells[sheet.title] = own
            told = f"{len(own)} number(s) are shown with a sign or struck out"
            found.notes.append(f"{path.name}, sheet {sheet.title}: {told}")
    return found


def _worth_it(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if any(re.search(r"comments?\d*\.xml$", n, re.I) for n in names):
                return True
            if "xl/styles.xml" not in names or archive.getinfo("xl/styles.xml").file_size > _MOST_BYTES:
                return False
            styles = archive.read("xl/styles.xml")
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return False
    signs = rb"formatCode=\"[^\"]{0,200}(?:&lt;|&gt;|\xe2\x89\xa4|\xe2\x89\xa5)"
    return b"<strike" in styles or re.search(signs, styles) is not None


def shown(value: Any, display: str) -> Any:
    """Return a number as its cell shows it.

    Examples
    --------
    >>> shown(0.5, "<"), shown(12.0, "strike")
    ('<0.5', '作废 (12)')
    """
    text = f"{value:.15g}"
    return f"作废 ({text})" if display == "strike" else f"{display}{text}"
