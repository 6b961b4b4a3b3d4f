"""One round of questions: a whole mapping for a file as the reader sees it, the doubtful lines commented.

Refuses to decide: what the reader is sure of is written out, and what it would ask stands behind ``#?``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from wbe import messages
from wbe.errors import Fault, InputError, need_path
from wbe.reading.grid.rows import text_of
from wbe.reading.grid.tables import find_layout
from wbe.reading.opening.files import list_files, read_sheets
from wbe.reading.opening.sheets import Sheet
from wbe.reading.samples.read import read_samples
from wbe.reading.words.headers import Header
from wbe.reading.words.mapping import Mapping
from wbe.vocabulary import table, tidy

__all__ = ["propose_mapping"]

_ANSWER = re.compile(
    r"\[(?P<section>columns|analytes|units|tokens|constants|options|sheets|rows)\][^:：]*[:：]\s*(?P<line>\"?[^=]+=.*)$"
)
_SITE = re.compile(r"(?P<line>\[(?:sites|files)\.\"[^\"]+\"\](?:\s*\w+ = \"[^\"]*\")?)")
_SECTIONS = ("columns", "analytes", "units", "tokens", "constants", "options", "rows", "sheets")


def propose_mapping(path: str | Path) -> str:
    """Return a mapping in TOML for a file or folder: every column with its role, the doubtful lines commented.

    Parameters
    ----------
    path : str or Path
        What :func:`wbe.read_samples` would be given.

    Returns
    -------
    str
        TOML to be saved beside the data, or given as ``mapping``. Lines that begin with ``#?`` answer the questions
        that reading asks; remove the mark where the line holds. Behind each column stand its first cells.

    Raises
    ------
    InputError
        Nothing is there, or a file cannot be opened at all.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "june.csv"
    >>> _ = path.write_text("site,date,flow (m3/d),MET (ng/L)\\nP1,2021-06-24,50000,120\\n")
    >>> print(propose_mapping(path))
    # a mapping for june.csv; remove "#? " where a line holds
    [columns]
    "site" = "site"  # P1
    "date" = "date"  # 2021-06-24
    "flow (m3/d)" = "flow"  # 50000
    #? "MET (ng/L)" = "methamphetamine"
    """
    path = need_path(path, "propose_mapping")
    files = list_files(path)[0]
    columns: dict[str, str] = {}
    cells: dict[str, str] = {}
    for file in files:
        for sheet in read_sheets(file):
            _columns_of(sheet, columns, cells)
    asked = _questions(path)
    lines = [f'# a mapping for {path.name}; remove "#? " where a line holds']
    for section in _SECTIONS:
        own = [q for s, q in asked if s == section]
        named = {_key(q) for q in own}
        body = []
        if section == "columns":
            body = [f'{_quoted(h)} = "{role}"  # {cells[h]}'.rstrip(" #") for h, role in columns.items()
                    if h not in named]  # fmt: skip
        body += [f"#? {q}" for q in dict.fromkeys(own)]
        if body:
            lines += [f"[{section}]", *body]
    lines += [f"#? {q}" for s, q in asked if s == "tables"]
    return "\n".join(lines)


def _columns_of(sheet: Sheet, columns: dict[str, str], cells: dict[str, str]) -> None:
    layout = find_layout(sheet, Mapping())
    if layout is None or layout.sheet.transposed:
        return
    body = layout.sheet.head[layout.start : layout.start + 3]
    for i, h in enumerate(layout.columns):
        role = _role(h)
        if not h.text or not role or h.text in columns:
            continue
        columns[h.text] = role
        shown = ", ".join(text_of(r[i])[:16] for r in body if i < len(r) and text_of(r[i]))
        cells[h.text] = shown.replace("\n", " ")


def _role(h: Header) -> str:
    """What a line of the mapping says of a column; empty where the reader itself decides more than a line can say."""
    if h.analyte:
        return h.analyte if h.part == "concentration" and not h.replicate else ""
    if h.role in ("note", "derived", "ignore"):
        return "ignore"
    return h.role if h.role in table("headers") and h.role not in ("person", "unit") else ""


def _questions(path: Path) -> list[tuple[str, str]]:
    """(section, line) of the answer that each fault proposes."""
    try:
        with messages.speaking("en"):
            read_samples(path, {})
    except InputError as err:
        with messages.speaking("en"):
            return [answer for fault in err.faults for answer in _answer(fault)]
    return []


def _answer(fault: Fault) -> list[tuple[str, str]]:
    step = fault.next_step
    found = _ANSWER.search(step)
    if found:
        said = re.split(r"\s+\(or |（或 |，或 |, or ", found.group("line"))[0].strip().rstrip(".。")
        numbered: Any = fault.values.get("lines", [said])
        lines = [re.sub(r"(\"[^\"]*\" = \"[^\"]*\") if .*", r"\1", line) for line in numbered]
        return [(found.group("section"), line) for line in lines if "..." not in line and " = " in line]
    site = _SITE.search(step)
    return [("tables", re.sub(r"\]\s+", "]\n#? ", site.group("line")))] if site else []


def _key(line: str) -> str:
    match = re.match(r"\"((?:[^\"\\]|\\.)*)\"\s*=", line)
    return tidy(match.group(1)) if match else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
