"""What a table says twice or only half, found before it could become a wrong number.

Refuses a second column that says otherwise, a number merged over several samples, a share that may be a percentage,
and a count that no plant has; each is a question with its place.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np

from wbe.reading.grid.rows import text_of
from wbe.reading.opening.columns import Cells, coded, is_numeric
from wbe.reading.roles.context import Context, number_columns
from wbe.reading.words.cell import parse_cell
from wbe.reading.words.dates import parse_dates
from wbe.vocabulary import find, table

__all__ = [
    "dilutions",
    "is_head_count",
    "limits",
    "merged_numbers",
    "own_units",
    "second_columns",
    "share_doubt",
    "ten_thousands",
    "too_large",
    "too_strong",
]

_ONE = re.compile(r"^(1(\.0+)?\s*[x×倍]?|1\s*[::]\s*1|无|/|-+|—+|未稀释|不稀释|none|no|undiluted)$", re.I)
# told twice, these change what is counted, where or when; of the others the first is read and the rest is noted
_DECIDES = ("district", "date", "month", "year", "day", "analyte", "concentration", "unit", "lod", "loq", "uloq",
            "population")  # fmt: skip
_NOTED = ("site", "sample", "batch", "method_version", "sample_type", "site_type", "population_basis")


@functools.cache
def limits() -> dict[str, dict[str, float]]:
    """Return the bounds beyond which a number is asked about, from ``data/vocabulary/doubts.toml``.

    Examples
    --------
    >>> limits()["largest"]["population"] > 1e7
    True
    """
    return table("doubts")


def second_columns(ctx: Context) -> None:
    """Ask about a second column of one role that says otherwise; note one that is merely not read."""
    for role in (*_DECIDES, *_NOTED):
        columns = ctx.layout.with_role(role)
        for extra in columns[1:]:
            differs = _differs(ctx, role, columns[0], extra)
            if not differs.any():
                continue
            first, second = (ctx.layout.column_name(i) for i in (columns[0], extra))
            if role in _DECIDES or (role == "site" and _parts(ctx, columns[0], extra)):
                row = int(np.flatnonzero(differs)[0])
                ctx.ask(
                    "reading-second-column-differs",
                    row=row,
                    column=extra,
                    role=role,
                    first=first,
                    shown=_shown(ctx, columns[0], row),
                    second=second,
                    shown_a=_shown(ctx, extra, row),
                    extra=ctx.layout.columns[extra].text,
                )
            else:
                ctx.note(f"{second} is not read beside {first}")


def _shown(ctx: Context, index: int, row: int) -> str:
    return text_of(ctx.column(index)[row])[:40]


def _differs(ctx: Context, role: str, first: int, extra: int) -> np.ndarray:
    """Rows in which two columns both say something, and not the same."""
    if role == "date":
        days = [parse_dates(ctx.column(i)).start.astype("datetime64[D]") for i in (first, extra)]
        known = ~np.isnat(days[0]) & ~np.isnat(days[1])
        if known.all():  # 2021-06-24 beside 2021-06-24 08:00 says the same day
            return days[0] != days[1]
    a, b = ctx.texts(first), ctx.texts(extra)
    meaning = (lambda w: find(w) or w) if role == "analyte" else (lambda w: w)
    words: dict[str, int] = {}
    codes = []
    for named in (a, b):
        own = np.array([*(words.setdefault(meaning(w), len(words)) for w in named.words), -1])  # type: ignore[no-untyped-call]
        codes.append(own[named.codes])
    both = (codes[0] >= 0) & (codes[1] >= 0)
    blank_first = (codes[0] < 0) & (codes[1] >= 0)
    return (both & (codes[0] != codes[1])) | (blank_first if role in _DECIDES else False)


def _parts(ctx: Context, first: int, extra: int) -> bool:
    """Whether a second column tells apart what the first one calls the same, on the same day."""
    days = ctx.layout.with_role("date")[:1] or ctx.layout.with_role("month")[:1]
    keys = [ctx.texts(i).codes for i in (first, *days)]
    seen: dict[tuple[int, ...], int] = {}
    other = ctx.texts(extra).codes
    return any(
        seen.setdefault(key, word) != word for *key_, word in zip(*keys, other, strict=True) if (key := tuple(key_))
    )


def merged_numbers(ctx: Context) -> None:
    """Ask about a number whose merged cell spans several samples: whose is it?"""
    if not ctx.layout.sheet.merges:
        return
    start = ctx.layout.start
    numeric = number_columns(ctx.layout)
    place = {int(row): i for i, row in enumerate(ctx.kept)}
    site, day = _keys(ctx, ("site", "district")), _keys(ctx, ("date", "month", "day", "year"))
    for r0, c0, r1, c1 in ctx.layout.sheet.merges:
        rows = [place[r - start] for r in range(r0, r1 + 1) if r - start in place]
        for index in range(c0, c1 + 1):
            if len(rows) < 2 or index not in numeric or index >= len(ctx.columns):
                continue
            cell = ctx.column(index)[rows[0]]
            if isinstance(cell, str) and parse_cell(cell, ctx.decimal).state not in ("detected", "less"):
                continue
            sites, days = len(set(site[rows].tolist())), len(set(day[rows].tolist()))
            h = ctx.layout.columns[index]
            span = f"rows {ctx.row_number(rows[0])} to {ctx.row_number(rows[-1])}"
            of_result = (bool(h.analyte) and h.part == "concentration") or h.role == "concentration"
            if sites > 1 or (of_result and (days > 1 or ctx.layout.kind == "long")):
                ctx.ask("reading-merged-number", row=rows[0], column=index, cell=text_of(cell)[:20], span=span)
            elif days > 1 and h.role != "population":
                ctx.note(f"{ctx.layout.column_name(index)} is one merged number for {span}")


def own_units(column: Any, decimal: str) -> bool:
    """Whether every number of a column of results writes its own unit.

    Examples
    --------
    >>> own_units(np.array(["56 ng/L", "ND"], dtype=object), ".")
    True
    >>> own_units(np.array(["56 ng/L", 3], dtype=object), ".")
    False
    """
    if is_numeric(column) or (isinstance(column, Cells) and column.numbers is not None):
        return False
    cells = [parse_cell(c, decimal) if isinstance(c, str) else None for c in coded(column)[1].tolist()]
    bare = [c is None or (not c.unit and np.isfinite([c.value, c.limit]).any()) for c in cells]
    return bool(cells) and not any(bare) and any(c is not None and c.unit for c in cells)


def dilutions(ctx: Context) -> None:
    """Ask whether the results hold their dilution or enrichment already, unless it is 1 throughout."""
    for index in ctx.layout.with_role("dilution"):
        words = ctx.texts(index)
        other = [k for k, w in enumerate(words.words) if not _ONE.match(w)]
        if not other:
            continue
        row = int(np.flatnonzero(words.codes == other[0])[0])
        name = ctx.layout.columns[index].text
        ctx.ask("reading-dilution", row=row, column=index, words=words.words[other[0]][:20], name=name)  # fmt: skip


def _keys(ctx: Context, roles: tuple[str, ...]) -> np.ndarray:
    key: np.ndarray = np.zeros(ctx.n, dtype=np.int64)
    for role in roles:
        for index in ctx.layout.with_role(role)[:1]:
            named = ctx.texts(index)
            key = key * (len(named.words) + 1) + named.codes + 1
    return key


def share_doubt(ctx: Context, role: str, unit: str, values: np.ndarray, index: int | None) -> None:
    """Ask whether 0.95 under ``%`` is 95 % or 0.95 %: a cell that a spreadsheet shows as 95 % holds 0.95."""
    bound = limits()["percent"].get(role)
    if bound is None or unit != "%" or unit in ctx.mapping.units:
        return
    small = values[(values > 0) & (values <= bound)]
    if len(small):
        ctx.ask(
            "reading-percent-or-share", column=index, role=role, small=f"{small[0]:g}", small_a=f"{100 * small[0]:g}"
        )


def ten_thousands(ctx: Context, role: str, scale: float, index: int) -> None:
    """Ask what ``20万`` means under a header that counts in ten thousands already."""
    column = ctx.column(index)
    if scale < 1000 or not isinstance(column, Cells):
        return
    for word in column.coded_words()[1].tolist():
        if isinstance(word, str) and word.strip().endswith("万"):
            ctx.ask(
                "reading-ten-thousand-twice",
                column=index,
                word=word.strip()[:40],
                index=ctx.layout.column_name(index),
                role=role,
            )
            return


def too_large(ctx: Context, role: str, values: np.ndarray, index: int) -> None:
    """Ask about a number that no treatment plant has: mostly its unit is wrong."""
    bound = limits()["largest"].get(role)
    if bound is None:
        return
    for i in np.flatnonzero(np.isfinite(values) & (values > bound))[:5]:
        ctx.ask(
            "reading-impossible-size",
            row=int(i),
            column=index,
            role=role,
            values=f"{values[i]:g}",
            index=ctx.layout.column_name(index),
            bound=f"{bound:g}",
            given=text_of(ctx.column(index)[int(i)])[:20],
        )


def too_strong(ctx: Context, biomarkers: list[str], concentration: np.ndarray) -> None:
    """Ask about a column of results that no sewage holds: mostly its unit is wrong. Single ones are noted."""
    bound = limits()["strongest"]["concentration"]
    if not (concentration > bound).any():
        return
    for j, name in enumerate(biomarkers):
        values = concentration[np.isfinite(concentration[:, j]), j]
        if len(values) and np.median(values) > bound:
            ctx.ask("reading-impossible-strength", name=name, np=f"{np.median(values):g}", bound=f"{bound:g}")
        elif len(values) and values.max() > bound:
            ctx.note(f"a result of {name} of {values.max():g} ng/L is stronger than sewage; is its unit right?")


def is_head_count(values: np.ndarray, english: bool) -> bool:
    """Whether numbers without a unit can only be persons.

    万 is a habit of Chinese tables, where every number must be a whole one of a size that no 万 has. An English column
    is judged by its middle: campaigns at single buildings stand beside cities in it.

    Examples
    --------
    >>> is_head_count(np.array([200000.0]), False), is_head_count(np.array([20.0]), False)
    (True, False)
    """
    smallest = limits()["smallest_head_count"]["english" if english else "chinese"]
    people = values[values > 0]
    if english:
        return bool(len(people) and np.median(people) >= smallest)
    return bool(((values >= smallest) | (values == 0)).all() and (values % 1 == 0).all() and len(people) > 0)
