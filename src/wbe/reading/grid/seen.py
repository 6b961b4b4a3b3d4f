"""What the reader saw of a sheet that it could not read: its headers, what each was taken for, and what is missing.

Refuses nothing: it only tells.
"""

from __future__ import annotations

from wbe.messages import Words
from wbe.reading.opening.sheets import Sheet
from wbe.reading.words.headers import parse_header
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.vocabulary import tidy

__all__ = ["look", "what_was_seen"]

_MOST = 12


def look(sheet: Sheet, mapping: Mapping) -> tuple[list[tuple[str, str]], list[str]]:
    """Return (header, what it was taken for) of the likeliest header row, and the roles that are missing."""
    rows = [[tidy(c) for c in r if isinstance(c, str) and c.strip() and len(c) < 80] for r in sheet.head[:40]]
    best = max(rows, key=lambda r: (sum(parse_header(t, mapping).known for t in r), len(r)), default=[])
    parsed = [(t, parse_header(t, mapping)) for t in best]
    taken = [(t, h.analyte or h.role or h.question) for t, h in parsed]
    roles = {h.role for _, h in parsed} | ({"analyte", "concentration"} if any(h.analyte for _, h in parsed) else set())
    return taken, [r for r in ("analyte", "concentration", "site", "date", "flow") if r not in roles]


def what_was_seen(log: ReadingLog) -> Words:
    """Return the headers of the sheets that were not read, in words."""
    told = [(s["file"], s["sheet"], s["seen"]) for s in log.skipped if s.get("seen")]
    if not told:
        return Words("nothing that looks like a header", "没有类似表头的内容")
    file, sheet, (taken, missing) = told[0]
    shown = "; ".join(f"{t[:30]} = {role or '?'}" for t, role in taken[:_MOST])
    where = f"{file} {sheet}".strip()
    lacks = ", ".join(missing)
    return Words(f"in {where}: {shown or '-'}; missing: {lacks}", f"{where}：{shown or '-'}；缺少：{lacks}")
