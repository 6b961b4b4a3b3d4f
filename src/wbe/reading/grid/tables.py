"""Where a sheet keeps its table: header rows, layout (wide, long, analytes down the side) and what columns hold.

Refuses a table without results, columns about persons and names that it does not know, each with its place.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from wbe.reading.grid.evidence import settle_weak, substances_down
from wbe.reading.grid.turned import Layout, is_data, title_unit, transposed_of_table
from wbe.reading.opening.sheets import Sheet
from wbe.reading.words.beside import instrument, matrix_of
from wbe.reading.words.headers import RESULT_PARTS, Header, is_replicate, parse_header, replicate_of
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.stated import cut_limits, limit_rows
from wbe.reading.words.written_units import is_load_unit, looks_like_unit, parse_unit
from wbe.vocabulary import tidy

__all__ = ["find_layout", "has_results", "hides_results", "load_column"]

_GROUPS = (*RESULT_PARTS, "derived")
_UNIT_WITHIN = re.compile(r"(?<![a-z])[nuμ]g\s*/\s*m?l(?![a-z])", re.I)
_MEAN = re.compile(r"平均|均值|\bmean\b|\baverage\b", re.I)


def find_layout(sheet: Sheet, mapping: Mapping) -> Layout | None:
    """Find the first table of a sheet, or None; :func:`has_results` says whether it holds results."""
    found = _by_header(sheet, mapping)
    if found is None or not has_results(found):
        turned = transposed_of_table(sheet, mapping)
        if turned is not None and (turned.sheet.n_rows or found is None):
            found = turned
    if found is not None:
        written = [(i, s) for i, h in enumerate(found.columns) for s in h.limits]
        found.limit_rows += limit_rows(written, len(found.columns), found.result_analytes())
    return found


def load_column(sheet: Sheet, mapping: Mapping) -> str:
    """Return the first header that gives a load of a substance in place of its concentration, or empty text."""
    for row in sheet.head[:40]:
        for cell in row:
            h = parse_header(cell, mapping) if isinstance(cell, str) and len(cell) < 80 else Header("")
            if (h.analyte or h.role == "derived") and h.unit and is_load_unit(h.unit):
                return h.text
    return ""


def has_results(layout: Layout) -> bool:
    """Whether a table holds results that are known or asked about."""
    if layout.kind == "long":
        return True
    return any(h.analyte or h.question or h.numbered or hides_results(layout, i) for i, h in enumerate(layout.columns))


def _scores(rows: list[list[Any]], mapping: Mapping) -> list[int]:
    scores: list[int] = []
    for row in rows:
        if any(s >= 2 for s in scores[:-12]):
            break  # a header is followed by its rows
        texts = {tidy(c) for c in row if isinstance(c, str) and c.strip() and len(c) < 80}
        known = sum(parse_header(t, mapping).known for t in texts)
        data = sum(is_data(c) for c in row)
        scores.append(0 if data > max(1, known) else known)
    return scores


def _by_header(sheet: Sheet, mapping: Mapping) -> Layout | None:
    rows = sheet.head[:40]
    scores = _scores(rows, mapping)
    best = max(scores, default=0)
    if best < 2:
        return None
    top = next(i for i, s in enumerate(scores) if s >= max(2, 0.5 * best))
    # a narrow table above a wide one keeps its header: its rows must not pass for titles of the wide one
    top = next((i for i in range(top) if scores[i] >= 2 and _has_rows(rows, i, top)), top)
    while top > 0 and _is_upper(rows[top - 1], rows[top], mapping):
        top -= 1
    last = top
    while last + 1 < len(rows) and last - top < 4:
        if _is_lower(rows[last + 1], rows[top], mapping):
            last += 1
        elif (
            last + 2 < len(rows)
            and _is_group(rows[last + 1], _known_at(rows[top], mapping))
            and _is_lower(rows[last + 2], rows[top], mapping)
        ):
            last += 2  # names of groups (苯丙胺类) above those of their members
        else:
            break
    header_rows = [_filled(r, rows[i + 1 : last + 1], sheet, i, mapping) for i, r in enumerate(rows[top:last], top)]
    header_rows.append(rows[last])
    combined = [_combined([r[c] if c < len(r) else None for r in header_rows], mapping)
                for c in range(sheet.n_cols)]  # fmt: skip
    columns = substances_down(settle_weak(_means(combined)), rows[last + 1 :])
    titles = [tidy(str(c)) for r in rows[:top] for c in r if isinstance(c, str) and c.strip()]
    layout = Layout(sheet, "wide", columns, top, last + 1, list(dict.fromkeys(titles)), title_unit(titles))
    parts = [h.part for h in combined if h.analyte and h.part in ("concentration", "mean")]
    layout.means = bool(parts) and set(parts) == {"mean"}
    if layout.with_role("analyte") and layout.with_role("concentration"):
        layout.kind = "long"
        layout.means = all(_MEAN.search(columns[i].text) for i in layout.with_role("concentration"))
    return layout


def _means(columns: list[Header]) -> list[Header]:
    """A mean is the result where there is no other; beside its replicates it is computed, and not read."""
    single = {h.analyte for h in columns if h.analyte and h.part == "concentration"}
    return [
        h if h.part != "mean" else replace(h, analyte="", role="derived", part="concentration") if h.analyte in single
        else replace(h, part="concentration")
        for h in columns
    ]  # fmt: skip


def _has_rows(rows: list[list[Any]], header_row: int, end: int) -> bool:
    """Whether rows of data stand below a row without any."""
    if any(is_data(c) for c in rows[header_row]):
        return False
    return any(sum(is_data(c) for c in r) >= 2 for r in rows[header_row + 1 : end])


def _known_at(row: list[Any], mapping: Mapping) -> dict[int, Header]:
    parsed = {i: parse_header(c, mapping) for i, c in enumerate(row) if isinstance(c, str) and c.strip()}
    return {i: h for i, h in parsed.items() if h.known}


def _is_upper(above: list[Any], row: list[Any], mapping: Mapping) -> bool:
    """Whether the row above belongs to the header: it names groups, or columns that this row leaves blank."""
    known = _known_at(above, mapping)
    if not known or any(is_data(c) for c in above):
        return False
    below = _known_at(row, mapping)
    return any(h.role in _GROUPS or i not in below for i, h in known.items()) and len(known) >= 2


def _is_lower(below: list[Any], row: list[Any], mapping: Mapping) -> bool:
    """Whether the row below belongs to the header: nothing in it but names, units and repeats of merged cells."""
    cells = [(i, tidy(c)) for i, c in enumerate(below) if isinstance(c, str) and c.strip()]
    if not cells or any(c is not None and c != "" and not isinstance(c, str) for c in below):
        return False
    known = 0
    for i, text in cells:
        same = i < len(row) and isinstance(row[i], str) and tidy(row[i]) == text
        inside = text.strip("()[] ")
        bare, limits = cut_limits(text)
        only_limits = bool(limits) and (not bare or looks_like_unit(bare.strip("()[] ")))
        part = instrument(text) or _says_which(text) or (text != inside and len(inside) < 8 and parse_unit(inside))
        if looks_like_unit(inside) or parse_header(text, mapping).known or is_replicate(text) or only_limits or part:
            known += 1
        elif not same:
            return False
    return known >= 1


def _is_group(row: list[Any], above: dict[int, Header]) -> bool:
    """Whether a row has nothing but words, and only units or the same again under named columns: no sample."""
    cells = {i: c for i, c in enumerate(row) if c is not None and c != ""}
    named = [i for i, h in above.items() if h.role not in _GROUPS and i in cells]
    return (
        bool(cells)
        and all(isinstance(c, str) and not is_data(c) for c in cells.values())
        and all(looks_like_unit(t.strip("()[] ")) or t == above[i].text for i in named for t in [tidy(cells[i])])
    )


def _filled(row: list[Any], lower: list[list[Any]], sheet: Sheet, index: int, mapping: Mapping) -> list[Any]:
    """A delimited file cannot say that a group header spans: carry it over the named columns below it."""
    if sheet.merges or not lower:
        return row
    out, group = list(row), None
    for i in range(len(out)):
        if isinstance(out[i], str) and out[i].strip():
            found = parse_header(out[i], mapping)
            spans = found.analyte or found.role in _GROUPS
            group = out[i] if spans and (not found.analyte or _parts_below(lower, i, mapping)) else None
            if not spans and found.role and any(i < len(b) and _says_which(b[i]) for b in lower):
                group = out[i]
        elif group is not None and any(i < len(b) and b[i] for b in lower):
            out[i] = group
    return out


def _parts_below(lower: list[list[Any]], i: int, mapping: Mapping) -> bool:
    """Whether a lower row names what of the substance above it a column holds: 浓度, RT, Final Conc."""
    cells = [b[i] for b in lower if i < len(b) and isinstance(b[i], str) and b[i].strip()]
    return any(instrument(c) or parse_header(c, mapping).role in (*_GROUPS, "derived") for c in cells)


def _says_which(cell: Any) -> bool:
    """Whether a lower header says which water a column is of."""
    return isinstance(cell, str) and bool(matrix_of(cell))


def _combined(cells: list[Any], mapping: Mapping) -> Header:
    """Join the header cells over one column, the group first."""
    texts = list(dict.fromkeys(tidy(c) for c in cells if isinstance(c, str) and c.strip()))
    if not texts:
        return Header("")
    joined = " ".join(texts)
    if mapping and joined in mapping.columns:
        return replace(parse_header(joined, mapping), text=joined)
    cut = [cut_limits(t) for t in texts]
    limits = tuple(s for _, stated in reversed(cut) for s in stated)
    parsed = [Header(t, unit=t.strip("()[] ")) if _only_unit(t) else parse_header(t, mapping)
              for t in (bare if stated else t for t, (bare, stated) in zip(texts, cut, strict=True))]  # fmt: skip
    if len(texts) > 1 and any(instrument(t) or matrix_of(t) == "other" for t in texts[1:]):
        return Header(joined, role="note")
    unit = next((h.unit for h in reversed(parsed) if h.unit), "")
    group = next((h.role for h in parsed if h.role in _GROUPS and not h.analyte), "")
    deepest = next((h for h in reversed(parsed) if h.analyte or h.question or h.numbered), None)
    if deepest is not None:
        if group == "derived" or deepest.role == "derived" or (unit and is_load_unit(unit)):
            return Header(joined, role="derived", unit=unit)
        part = group if group and deepest.part == "concentration" else deepest.part
        turn = next((t[1] for t in map(replicate_of, texts) if t and not t[0].strip()), deepest.replicate)
        return replace(deepest, text=joined, part=part, unit=unit, replicate=turn, limits=limits)
    first = next((h for h in parsed if h.role), None)
    if first is None:
        return Header(joined, unit=unit)
    if first.role == "concentration" and len(parsed) > 1:
        return Header(joined, unit=unit or first.unit, part="unknown")
    return replace(first, text=joined, unit=unit, limits=limits)


def _only_unit(text: str) -> bool:
    inside = text.strip("()[] ")
    return looks_like_unit(inside) or (inside != text and len(inside) < 8 and bool(parse_unit(inside)))


def hides_results(layout: Layout, index: int) -> bool:
    """Whether an unknown column seems to hold results, so that leaving it out would lose them."""
    h = layout.columns[index]
    if h.role or h.numbered or not h.text.strip() or layout.kind == "long":
        return False
    if h.part == "unknown" or parse_unit(h.unit) in ("ng/L", "ug/L") or _UNIT_WITHIN.search(h.text):
        return True
    found = layout.results()
    if not found or not min(found) < index < max(found):
        return False
    cells = [r[index] for r in layout.sheet.head[layout.start :] if index < len(r) and r[index] not in (None, "")]
    return bool(cells) and sum(is_data(c) for c in cells) >= 0.5 * len(cells)
