"""Small tables for tests: written to a file, read by ``read_samples``, and told in one line or as codes of faults."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from wbe.errors import InputError
from wbe.reading import read_samples
from wbe.samples import Flag

WIDE = "district,site,date,flow (m3/d),population (inhabitants),population_basis,METH (ng/L)"
ROW = "D1,P1,2021-06-01,50000,100000,registered,"
LONG = (
    "sample_id,site,district,sampling_date,flow (m3/d),population (inhabitants),population_basis,analyte,result (ng/L)"
)
LINE = "S1,P1,D1,2021-06-01,50000,100000,registered,methamphetamine,"


def wide(cells: str, more: str = "") -> str:
    return f"{WIDE}{more}\n{ROW}{cells}\n"


def long(cells: str, more: str = "") -> str:
    return f"{LONG}{more}\n{LINE}{cells}\n"


def days(*lines: str, head: str = LONG, line: str = LINE) -> str:
    """One row a day, so that each is a sample of its own."""
    rows = [line.replace("06-01", f"06-{i:02d}") + cells for i, cells in enumerate(lines, 1)]
    return "\n".join([head, *rows]) + "\n"


def book(path: Path, sheets: Mapping[str, str]) -> None:
    """Write tables as sheets, numbers as numbers."""
    out = openpyxl.Workbook()
    out.remove(out.active)
    for name, text in sheets.items():
        sheet = out.create_sheet(name)
        for line in text.strip("\n").split("\n"):
            sheet.append([_cell(c) for c in line.split(",")])
    out.save(path)


def _cell(text: str) -> Any:
    try:
        return float(text) if text.strip() and not text.startswith("0") else text or None
    except ValueError:
        return text


def read(files: str | bytes | Mapping[str, Any], mapping: Any = None, kind: str = "csv") -> Any:
    """Read tables: a text is one file of the ``kind``; a mapping names several files, or sheets of a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        given = files if isinstance(files, Mapping) else {f"t.{kind}": files}
        for name, content in given.items():
            path = Path(folder) / name
            if name.endswith(".xlsx"):
                book(path, content if isinstance(content, Mapping) else {"Sheet1": content})
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_samples(Path(folder) if len(given) > 1 else Path(folder) / next(iter(given)), mapping)


def told(files: Any, mapping: Any = None, kind: str = "csv", biomarker: str = "methamphetamine") -> list[str]:
    """What each sample says of one biomarker: a number, or ``state`` and its limit; or ``asked:`` and the codes."""
    try:
        ds = read(files, mapping, kind)
    except InputError as err:
        return ["asked", *sorted({f.code or f.came[:40] for f in err.faults})]
    if biomarker not in ds["biomarker"].values:
        return ["no " + biomarker]
    cells = ds.sel(biomarker=biomarker)
    out = []
    for i in range(ds.sizes["sample"]):
        state = Flag(int(cells["flag"][i])).name.lower()
        limits = [f"{n} {float(cells[n][i]):g}" for n in ("lod", "loq") if not np.isnan(float(cells[n][i]))]
        value = float(cells["concentration"][i])
        out.append(f"{value:g}" if state == "detected" else " ".join([state, *limits]))
    return out
