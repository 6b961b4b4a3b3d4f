"""Where the parts of a crosstab stand: names of substances, limits, samples; and the mapping that says the rest.

Refuses unknown keys, unreadable labels and columns that nothing names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from wbe.errors import Fault, InputError, UnitError, require
from wbe.reading.grid.turned import letter
from wbe.reading.opening.container import is_zip_safe
from wbe.reading.words.cell import STATES, parse_cell
from wbe.samples import TEXTS
from wbe.units import factor
from wbe.vocabulary import choices, find, name_fault, tidy

__all__ = ["KEYS", "Column", "Layout", "Plan", "find_layout", "plan", "read_grid"]

KEYS = {
    "sheet", "unit", "limit_unit", "analyte_column", "first_sample_column", "sample_row", "label_row", "label",
    "date_format", "clock", "limits", "constants", "sites", "variant", "qualifiers", "title", "source",
}  # fmt: skip
_LIMIT_HEADERS = {"uloq": ("uloq", "定量上限"), "loq": ("lloq", "loq", "定量限"), "lod": ("lod", "mdl", "检出限")}


@dataclass(frozen=True)
class Plan:
    """A mapping with ``layout = "crosstab"``: what the file itself does not say."""

    spec: dict[str, Any]
    tokens: dict[str, str] = field(default_factory=dict)
    analytes: dict[str, str] = field(default_factory=dict)

    def get(self, key: str, default: Any = None) -> Any:
        """Return one entry of the ``[crosstab]`` table."""
        return self.spec.get(key, default)


def plan(mapping: str | Path | Mapping[str, Any]) -> Plan:
    """Read and check a crosstab mapping.

    Raises
    ------
    InputError
        Unknown keys, states or no unit; all at once.

    Examples
    --------
    >>> plan({"layout": "crosstab", "crosstab": {"unit": "ng/mL"}}).get("unit")
    'ng/mL'
    """
    name = mapping.name if isinstance(mapping, Path) else "the mapping"
    if not isinstance(mapping, Mapping):
        try:
            mapping = tomllib.loads(Path(mapping).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
            raise InputError([Fault("reading-mapping-unreadable", file=str(name), said=str(err)[:120])]) from err
    spec = dict(mapping.get("crosstab", {}))
    tokens = dict(mapping.get("tokens", {}))
    faults = [Fault("reading-crosstab-key", file=name, key=str(k), known=sorted(KEYS)) for k in spec if k not in KEYS]
    faults += [
        Fault("reading-answer-tokens", file=name, key=str(k), given=repr(v), section="tokens", known=list(STATES))
        for k, v in tokens.items()
        if v not in STATES
    ]
    if "unit" not in spec:
        faults.append(Fault("reading-crosstab-no-unit", file=name))
    faults += _unit_faults(spec, name) + _pattern_faults(spec, name)
    if faults:
        raise InputError(faults)
    return Plan(spec, tokens, dict(mapping.get("analytes", {})))


def _unit_faults(spec: dict[str, Any], name: str) -> list[Fault]:
    faults = []
    for key in ("unit", "limit_unit"):
        if key in spec:
            try:
                factor(spec[key], "ng/L", key)
            except UnitError as err:
                faults.append(Fault("reading-crosstab-unit", file=name, key=key, said=err))
    return faults


def _pattern_faults(spec: dict[str, Any], name: str) -> list[Fault]:
    faults = []
    for pattern in [spec.get("label", ""), *(v.get("match", "") for v in spec.get("variant", []))]:
        try:
            re.compile(pattern)
        except re.error as err:
            faults.append(Fault("reading-crosstab-pattern", file=name, pattern=str(pattern), said=str(err)))
    return faults


def read_grid(path: Path, sheet: str | None) -> tuple[str, np.ndarray]:
    """All cells of one sheet as objects, positions kept; a formula cell gives its stored result.

    Raises
    ------
    InputError
        No file, no workbook, or no sheet of that name.
    MissingExtra
        python-calamine is not installed.
    """
    calamine = require("python_calamine", "excel")
    _check_file(path)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except Exception as err:  # calamine raises its own kinds on damaged files
        raise InputError([Fault("reading-workbook-damaged", file=path.name, said=str(err)[:120])]) from err
    name = sheet if sheet is not None else book.sheet_names[0]
    if name not in book.sheet_names:
        raise InputError([Fault("reading-crosstab-no-sheet", file=path.name, name=name, known=book.sheet_names)])
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    width = max((len(r) for r in rows), default=0)
    grid = np.full((len(rows), width), None, dtype=object)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            grid[i, j] = None if cell == "" else cell
    return name, grid


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise InputError([Fault("reading-nothing-there", file=path.name, path=path.name)])
    with path.open("rb") as handle:
        zipped = handle.read(2) == b"PK"
    if zipped:
        is_zip_safe(path).close()


@dataclass(frozen=True)
class Column:
    """One sample: where it stands and what its headers say."""

    index: int
    not_run: bool
    fields: dict[str, Any]


@dataclass
class Layout:
    """Where the parts of the sheet stand (0-based)."""

    rows: dict[int, str] = field(default_factory=dict)
    limits: dict[str, tuple[int, float]] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _index(column: str) -> int:
    number = 0
    for character in column.upper():
        number = number * 26 + ord(character) - 64
    return number - 1


def _identify(text: Any, p: Plan) -> str | None:
    if not isinstance(text, str):
        return None
    return p.analytes.get(tidy(text)) or find(text)


def find_layout(grid: np.ndarray, p: Plan, file: str, sheet: str) -> Layout:
    """Find where the parts of a crosstab stand.

    Raises
    ------
    InputError
        No substances, no samples, or rows and columns that nothing names; all at once.
    """
    if not grid.size:
        raise InputError([Fault("reading-crosstab-empty", file=file, sheet=sheet)])
    if "analyte_column" in p.spec:
        names = _index(p.get("analyte_column"))
    else:
        known = [sum(_identify(v, p) is not None for v in grid[:, j]) for j in range(grid.shape[1])]
        names = int(np.argmax(known))
    first = next((i for i in range(grid.shape[0]) if names < grid.shape[1] and _identify(grid[i, names], p)), None)
    if first is None or first == 0:
        raise InputError([Fault("reading-crosstab-no-substances", file=file, sheet=sheet)])
    out = Layout()
    faults = _find_limits(grid, first, p, out, file, sheet)
    start = _index(p.get("first_sample_column", "")) if "first_sample_column" in p.spec else (
        max([names, *(j for j, _ in out.limits.values())]) + 1
    )  # fmt: skip
    faults += _find_rows(grid, first, names, start, p, out, file, sheet)
    faults += _find_columns(grid, first, start, p, out, file, sheet)
    if faults:
        raise InputError(faults)
    return out


def _find_limits(grid: np.ndarray, first: int, p: Plan, out: Layout, file: str, sheet: str) -> list[Fault]:
    """Limit columns, by name in the mapping or by their header, with the unit that the header writes."""
    given = {k: _index(v) for k, v in p.get("limits", {}).items()}
    faults = []
    for j in range(min(grid.shape[1], 12)):
        for i in range(first):
            text = tidy(grid[i, j]) if isinstance(grid[i, j], str) else ""
            match = re.match(r"^([^(]*?)\s*(?:\((.*)\))?$", text)
            word = match.group(1).casefold() if match else ""
            kind = next((k for k, w in _LIMIT_HEADERS.items() if word in w), None)
            kind = next((k for k, column in given.items() if column == j and text), kind)
            if kind is None or kind in out.limits:
                continue
            unit = p.get("limit_unit") or (match.group(2) if match else None)
            try:
                out.limits[kind] = (j, factor(unit or "", "ng/L", kind))
            except UnitError as err:
                place: dict[str, Any] = {"file": file, "sheet": sheet, "row": i + 1, "column": letter(j)}
                faults.append(Fault("reading-crosstab-limit-unit", **place, said=err))
    return faults


def _find_rows(
    grid: np.ndarray, first: int, names: int, start: int, p: Plan, out: Layout, file: str, sheet: str
) -> list[Fault]:
    faults = []
    for i in range(first, grid.shape[0]):
        text = grid[i, names]
        filled = any(v is not None for v in grid[i, start:])
        key = _identify(text, p)
        if not filled and key is None:
            if text is not None:
                out.notes.append(f"row {i + 1}: {str(text)[:80]}")
            continue
        if key == "ignore":
            out.skipped[f"row {i + 1}"] = f"{text}: ignored by the mapping"
        elif key is None or (isinstance(text, str) and choices(text) and tidy(text) not in p.analytes):
            faults.append(name_fault(str(text), file=file, sheet=sheet, row=i + 1, column=letter(names)))
        elif key in out.rows.values():
            place: dict[str, Any] = {"file": file, "sheet": sheet, "row": i + 1, "column": letter(names)}
            faults.append(Fault("reading-crosstab-row-again", **place, name=str(text)))
        else:
            out.rows[i] = key
    return faults


def _find_columns(grid: np.ndarray, first: int, start: int, p: Plan, out: Layout, file: str, sheet: str) -> list[Fault]:
    faults: list[Fault] = []
    named = p.get("sample_row", 1) - 1
    labelled = p.get("label_row", first) - 1
    seen: set[str] = set()
    for j in range(start, grid.shape[1]):
        header = grid[:first, j]
        if all(v is None for v in header):
            if any(grid[i, j] is not None for i in out.rows):
                faults.append(Fault("reading-crosstab-no-header", file=file, sheet=sheet, row=1, column=letter(j)))
            continue
        name = re.sub(r"\s+", " ", str(header[named] if header[named] is not None else f"column {letter(j)}")).strip()
        variant = _variant(name, p)
        if variant is None or "ignore" in variant:
            if variant is None:
                place: dict[str, Any] = {"file": file, "sheet": sheet, "row": named + 1, "column": letter(j)}
                faults.append(Fault("reading-crosstab-variant", **place, name=name))
            else:
                out.skipped[letter(j)] = f"{name}: {variant['ignore']}"
            continue
        fields, fault = _fields(str(header[labelled]), p)
        if fault is not None or name in seen:
            fault = fault or Fault("reading-crosstab-sample-again", name=name)
            faults.append(fault.at(file=file, sheet=sheet, row=labelled + 1, column=letter(j)))
            continue
        seen.add(name)
        fields |= {k: v for k, v in variant.items() if k in TEXTS}
        marks = re.findall(r"\(([^()]*)\)", " ".join(str(v) for v in header if isinstance(v, str)))
        not_run = any(parse_cell(m).state == "not_run" for m in marks)
        out.columns.append(Column(j, not_run, {"sample": name, **fields, "source_row": named + 1}))
    if not out.columns and not faults:
        faults.append(Fault("reading-crosstab-no-samples", file=file, sheet=sheet))
    return faults


def _variant(name: str, p: Plan) -> dict[str, Any] | None:
    variants = p.get("variant", [])
    if not variants:
        return {}
    return next((v for v in variants if re.search(v.get("match", ""), name)), None)


def _fields(label: str, p: Plan) -> tuple[dict[str, Any], Fault | None]:
    """Coordinates of a sample from its label; the second value says what was wrong."""
    match = re.search(p.get("label", r"(?P<date>.+)"), tidy(label))
    if match is None:
        return {}, Fault("reading-crosstab-label", label=label[:60])
    groups = {k: v for k, v in match.groupdict().items() if v is not None}
    text = " ".join(groups.pop(k) for k in ("date", "time") if k in groups)
    try:
        time = pd.to_datetime(text, format=p.get("date_format"))
    except (ValueError, TypeError):
        return {}, Fault("reading-crosstab-date", given=text[:40])
    if p.get("clock") == "pm" and time.hour < 12:
        time += pd.Timedelta(hours=12)
    site = groups.get("site", "")
    fields: dict[str, Any] = {"time": time, "site": site, "district": "", **p.get("constants", {}), **groups}
    fields["site"] = p.get("sites", {}).get(site, site)
    return fields, None
