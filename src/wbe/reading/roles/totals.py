"""A city beside the districts that it contains: the row of their total, which must not count as one more district.

Refuses to decide by the name alone: a row whose flow is not the sum of the others is asked about.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np
import pandas as pd

from wbe.errors import Fault
from wbe.reading.grid.rows import KINDS, Rows, Texts, text_of, texts
from wbe.reading.grid.turned import Layout
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import Mapping
from wbe.reading.words.values import parse_numbers_with_units
from wbe.vocabulary import table, tidy

__all__ = ["INNER", "TAIL", "known_cities", "settle_totals"]

_SUBTOTAL = KINDS.index("subtotal")
_ANSWERED = ("district", "site", "sample")
_WHEN = ("date", "month", "day", "year", "analyte", "sample_type", "batch")
INNER = re.compile(r"(?<!地)[区县旗]$|[^市]市$")
TAIL = re.compile(r"(?:全市|市本级|市辖区|市区|城区|地区|自治州|[市州盟])+$")
_MOST = 20_000


def settle_totals(layout: Layout, columns: list[Any], rows: Rows, mapping: Mapping, log: ReadingLog) -> list[Fault]:
    """Mark the rows of a city's total among ``rows`` as subtotals, and return a question for those in doubt.

    A row is the total where its flow (and population, if given) is the sum of the other rows of its day. A city's
    name beside its districts without such a sum is asked about, and so is any other name with the sum.
    """
    answered = _answers(layout, columns, rows, mapping)
    index = next(iter([*layout.with_role("district"), *layout.with_role("site")]), None)
    if index is None or len(rows.kind) > _MOST:
        return []
    named = rows.coded(index, columns[index])
    kept = rows.samples
    present = sorted(set(named.codes[kept].tolist()) - {-1})
    words = [named.words[c] for c in present if tidy(named.words[c]) not in answered]
    if len(present) < 2:
        return []
    cities = [w for w in words if _is_city(w, layout)]
    inner = [w for w in words if w not in cities and INNER.search(tidy(w))]
    districts = [w for w in inner if tidy(w).endswith("区")]
    faults = []
    sums = _Sums(layout, columns, kept, named, mapping)
    for city in cities if districts or (inner and len(cities) == 1) else []:
        code = named.words.index(city)
        at = kept[named.codes[kept] == code]
        if _at_a_plant(layout, columns, at, city):
            log.note(f"{layout.sheet.place}: {city} stands as the district of a plant beside districts of a city")
            continue
        rows.kind[at] = _SUBTOTAL  # also where it is asked about: one question about one row
        if sums.match(code, [named.words.index(w) for w in inner]):
            log.note(f"{layout.sheet.place}: {city} is read as the total of the {len(inner)} places beside it, "
                     "since its flow is their sum")  # fmt: skip
        else:
            faults.append(_question(layout, int(at[0]), index, city, "reading-total-of-districts"))
    for code in sums.of_all_others():
        word = named.words[code]
        if word in words and word not in cities:
            at = kept[named.codes[kept] == code]
            rows.kind[at] = _SUBTOTAL
            faults.append(_question(layout, int(at[0]), index, word, "reading-sum-of-others"))
    return faults


def _answers(layout: Layout, columns: list[Any], rows: Rows, mapping: Mapping) -> set[str]:
    """Apply the answers of the mapping to the rows of a name; return the names that were answered."""
    if not mapping.rows:
        return set()
    for index in [i for role in _ANSWERED for i in layout.with_role(role)]:
        named = rows.coded(index, columns[index])
        for code, word in enumerate(named.words):
            answer = mapping.rows.get(tidy(word))
            hit = named.codes == code
            if answer == "total":
                rows.kind[hit & (rows.kind == 0)] = _SUBTOTAL
            elif answer == "sample":
                rows.kind[hit] = 0
    return set(mapping.rows)


@functools.cache
def known_cities() -> frozenset[str]:
    """Return the names of cities, without 市."""
    return frozenset(table("cities")["names"])


def _is_city(word: str, layout: Layout) -> bool:
    name = tidy(word).replace(" ", "")
    if TAIL.sub("", name) in known_cities():
        return True
    return len(name) >= 3 and name.endswith("市") and name in " ".join([*layout.titles[:6], layout.sheet.name])


def _at_a_plant(layout: Layout, columns: list[Any], at: np.ndarray, city: str) -> bool:
    """Whether the rows name a site of their own."""
    sites = layout.with_role("site")
    if not sites or not layout.with_role("district"):
        return False
    said = {tidy(text_of(columns[sites[0]][int(r)])) for r in at}
    return not any(s in ("", "-", "/", "—", tidy(city)) or s.startswith(("全市", "全部", "各")) for s in said)


def _question(layout: Layout, row: int, index: int, word: str, doubt: str) -> Fault:
    sheet = layout.sheet
    return Fault(doubt, word=word[:40], file=sheet.file, sheet=sheet.name or None,
                 row=sheet.row_number(layout.start + row), column=layout.column_name(index))  # fmt: skip


class _Sums:
    """Flow and population of each row, summed by day."""

    def __init__(self, layout: Layout, columns: list[Any], kept: np.ndarray, named: Texts, mapping: Mapping) -> None:
        decimal = str(mapping.option("decimal", "."))
        self.code = named.codes[kept]
        self.values = []
        for role in ("flow", "population"):
            found = layout.with_role(role)
            if found:
                values = parse_numbers_with_units(columns[found[0]][kept], None, decimal)[0]
                self.values.append(values)
        self.flow = bool(layout.with_role("flow"))
        key = np.zeros(len(kept), dtype=np.int64)
        for index in [i for role in _WHEN for i in layout.with_role(role)[:1]]:
            codes = texts(columns[index][kept]).codes
            key = pd.factorize(key * (int(codes.max(initial=0)) + 2) + codes + 1)[0]
        self.key = key

    def of_all_others(self) -> list[int]:
        """Places whose flow and population both are, on each of their days, the sum of all others'."""
        if not self.flow or len(self.values) < 2 or not len(self.key):
            return []
        count = np.bincount(self.key)[self.key]
        own = np.bincount(pd.factorize(self.key * (self.code.max() + 2) + self.code + 1)[0])
        hit = (count > 2) & (len(own) == len(self.key))
        for values in self.values:
            with np.errstate(invalid="ignore"):
                others = np.bincount(self.key, values)[self.key] - values
                hit &= (others > 0) & (np.abs(values - others) <= 0.001 * others)
        return [int(c) for c in np.unique(self.code[hit]) if c >= 0 and hit[self.code == c].all()]

    def match(self, code: int, others: list[int]) -> bool:
        """Whether the numbers of a place are the sums of those of others, in each group of rows that it is in."""
        own = np.flatnonzero(self.code == code)
        if not self.flow or not len(own):
            return False
        beside = np.isin(self.code, others)
        for i in own:
            group = beside & (self.key == self.key[i])
            if group.sum() < 2:
                return False
            for values in self.values:
                total, written = values[group].sum(), values[i]
                if np.isnan(written) and values is not self.values[0]:
                    continue
                if not np.isfinite(total) or not abs(written - total) <= 0.02 * total:
                    return False
        return True
