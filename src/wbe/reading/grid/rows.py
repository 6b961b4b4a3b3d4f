"""Which rows of a table are samples, and which are subtotals, limits, controls, footnotes or blank.

Refuses to drop a row silently: every row that is not a sample has a reason.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wbe.reading.grid.turned import Layout
from wbe.reading.opening.columns import coded, filled
from wbe.reading.words.headers import split_unit
from wbe.reading.words.shapes import MANY, are_clean, is_serial, shapes
from wbe.vocabulary import closed_word, header, tidy

__all__ = ["KINDS", "LIMITS", "REASONS", "Rows", "Texts", "classify", "row_kind", "row_kinds", "text_of", "texts"]

LIMITS = ("lod", "loq", "uloq", "recovery")
REASONS = {
    "blank": "blank row",
    "text": "a line of text, not a sample",
    "subtotal": "subtotal or statistic, not a sample",
    "footnote": "footnote",
    "blank_control": "blank control sample",
    "spike_control": "spiked or quality-control sample",
    "lod": "row of detection limits",
    "loq": "row of quantification limits",
    "uloq": "row of upper limits",
    "recovery": "row of recoveries",
    "header": "the header again",
    "example": "an example or a template, not a sample",
    "duplicate": "a duplicate for the control of quality",
    "other_matrix": "not the sewage that flows in",
    "fraction": "a part of a sample whose whole stands beside it",
    "skipped": "left out by the value of a column",
}
KINDS = ("sample", *REASONS)
_FOOTNOTE = re.compile(r"^(注|备注|说明|数据来源|资料来源|notes?|sources?|remarks?)\s*\d*\s*[::.、]|^[*#※]", re.I)
_SUBTOTAL = re.compile(r"^(合\s*计|小\s*计|总\s*计|平\s*均|全市|全省|加权平均)(平均|合计|均值|值|数|总)?(\(.*\))?$")
# 天元区小计, Hetang total
_TOTAL_OF = re.compile(
    r"^.+(合计|小计|总计|共计|平均|平均值|均值|加权平均|最大值|最小值)$"
    r"|^.+\b(sub-?total|total|average|mean)$|^(total|average|mean) (of|for)\b.*$", re.I,
)  # fmt: skip
# 荷塘区进水加标, QC-2, 标曲3, 全程序空白2
_CONTROLS = {
    "spike_control": re.compile(
        r"^(标准曲线|标曲|校准|标准系列|标准溶液|标液|质控样?|qc)[\s\-_#]*\d*$|^(?:cal|calibration|std)[\s\-_#]*\d+$|^.+加标(样|样品)?[\s\-_#]*\d*$",
        re.I,
    ),
    "blank_control": re.compile(r"^.*空白(样|样品)?[\s\-_#]*\d*$|^(?:\w+ )?blank[\s\-_#]*\d*$", re.I),
}
_LEADS = ("district", "site", "sample", "date", "month", "analyte", "sample_type", "batch")


@dataclass
class Texts:
    """A text column as codes: ``codes[i]`` is -1 where blank, else an index of ``words``."""

    codes: np.ndarray
    words: list[str]
    shapes_of: dict[str, list[int]] | None = None

    def like(self, odd: Callable[[str], bool]) -> list[int]:
        """Return the indices of the words of whose shape ``odd`` is true: a million ids have few shapes."""
        if self.shapes_of is None:
            each = shapes(self.words) if self.words else []
            distinct = dict.fromkeys(each)
            few = len(distinct) * 20 < len(each)
            self.shapes_of = {s: [] for s in distinct} if few else {}
            for i, s in () if few else enumerate(each):
                self.shapes_of.setdefault(s, []).append(i)
        found = {s for s in self.shapes_of if odd(s)}
        if not found:
            return []
        if all(self.shapes_of[s] for s in found):
            return sorted(i for s in found for i in self.shapes_of[s])
        return [i for i, s in enumerate(shapes(self.words)) if s in found]

    def at(self, index: int) -> str:
        """Return the text of one row."""
        code = int(self.codes[index])
        return self.words[code] if code >= 0 else ""

    def array(self) -> np.ndarray:
        """Return the texts, blank as empty text."""
        return np.array([*self.words, ""], dtype=object)[self.codes]


_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff]")  # spaces of no width that come with pasted text


def text_of(item: Any) -> str:
    """Return a cell as text: 2411.0 as ``2411``, a date as ISO."""
    if item is None or (isinstance(item, float) and np.isnan(item)):
        return ""
    if isinstance(item, float) and item.is_integer() and abs(item) < 1e15:
        return str(int(item))
    if isinstance(item, dt.datetime):
        return item.isoformat(sep=" ")
    text = re.sub(r"\s+", " ", str(item)).strip()
    if text.isascii():
        return text
    text = _UNSEEN.sub("", text).strip()
    # a name broken over two lines of a cell is the same name
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)


def texts(column: Any) -> Texts:
    """Code a text column, each distinct cell cleaned once.

    Examples
    --------
    >>> texts(np.array(["a", " a", None, 2.0], dtype=object)).array().tolist()
    ['a', 'a', '', '2']
    """
    codes, uniques = coded(column)
    words = uniques.tolist()
    if are_clean(words):
        return Texts(codes, words)
    words = [text_of(u) for u in words]
    known = list(dict.fromkeys(w for w in words if w))
    if len(known) == len(words):
        return Texts(codes, known)
    place = {w: i for i, w in enumerate(known)}
    lookup = np.array([*(place.get(w, -1) for w in words), -1], dtype=np.int64)
    return Texts(lookup[codes], known)


@functools.lru_cache(maxsize=16384)
def row_kind(text: str) -> str:
    """Return what the first cell of a row makes of it; empty for a sample.

    Examples
    --------
    >>> row_kind("合计"), row_kind("检出限（ng/L）"), row_kind("注：未检出为ND"), row_kind("天元区")
    ('subtotal', 'lod', 'footnote', '')
    """
    shown = re.sub(r"\s*[:=\->→]+\s*$", "", tidy(text))
    if not shown:
        return ""
    word = closed_word("rows", shown)
    if word:
        return word
    if _FOOTNOTE.match(tidy(text)):
        return "footnote"
    if _SUBTOTAL.match(shown.replace(" ", "")) or _TOTAL_OF.match(shown):
        return "subtotal"
    for kind, pattern in _CONTROLS.items():
        if pattern.match(shown):
            return kind
    role = header(split_unit(shown)[0].rstrip(":"))
    return role if role in LIMITS else ""


def row_kinds(words: list[str], coded: Texts | None = None) -> list[str]:
    """Return :func:`row_kind` of each; serial numbers are passed over by their shape; empty if all are samples.

    Examples
    --------
    >>> row_kinds(["S1", "合计"]), row_kinds([f"S{i}" for i in range(10_000)])
    (['', 'subtotal'], [])
    """
    if len(words) < MANY:
        return [row_kind(w) for w in words]
    odd = (coded or Texts(np.array([]), words)).like(lambda s: not is_serial(s) or bool(row_kind(s)))
    if not odd:
        return []
    kinds = [""] * len(words)
    for i in odd:
        kinds[i] = row_kind(words[i])
    return kinds


@dataclass
class Rows:
    """The kind of every body row (index into :data:`KINDS`) and the limit rows found among them.

    ``texts`` keeps the columns that were coded on the way, by their index.
    """

    kind: np.ndarray
    limit_rows: list[tuple[str, str, int]] = field(default_factory=list)
    texts: dict[int, Texts] = field(default_factory=dict)

    def coded(self, index: int, column: Any) -> Texts:
        """Return a whole column as texts, coded once."""
        if index not in self.texts:
            self.texts[index] = texts(column)
        return self.texts[index]

    @property
    def samples(self) -> np.ndarray:
        """Indices of the rows that are samples."""
        return np.flatnonzero(self.kind == 0)


def classify(layout: Layout, columns: list[Any], headers: list[int] | None = None) -> Rows:
    """Classify every body row of a table; ``headers`` are the rows that repeat its header."""
    n = len(columns[0]) if columns else 0
    count = _filled_cells(columns, n)
    kind = np.zeros(n, dtype=np.int8)
    kind[headers or []] = KINDS.index("header")
    leads = [i for role in _LEADS for i in layout.with_role(role)]
    first = [i for i in range(min(2, len(columns))) if i not in leads and not layout.columns[i].analyte]
    found = Rows(kind)
    for i in [*first, *leads]:
        _lead_kinds(found, i, texts(columns[i]))
    alone = (count <= 1) & (kind == 0)
    if alone.any():
        kind[alone] = KINDS.index("text")
        for i in layout.results() + layout.with_role("concentration"):
            single = alone & filled(columns[i])
            kind[single] = 0  # a lone result is a fault to be told, not a line of text
    kind[count == 0] = KINDS.index("blank")
    return found


def _filled_cells(columns: list[Any], n: int) -> np.ndarray:
    """How many cells of each row hold something; counting ends at 2, with two columns that are filled throughout."""
    count: np.ndarray = np.zeros(n, dtype=np.int16)
    whole = 0
    for column in columns:
        given = filled(column)
        if given.all():
            whole += 1
            if whole == 2:
                return np.full(n, 2, dtype=np.int16)
        count += given
    return count


def _lead_kinds(rows: Rows, index: int, coded: Texts) -> None:
    """Let the words of a leading column say what their rows are."""
    rows.texts[index] = coded
    kinds = row_kinds(coded.words, coded)
    if not any(kinds):
        return
    lookup = np.array([*(KINDS.index(k) if k else 0 for k in kinds), 0], dtype=np.int8)
    said = lookup[coded.codes]
    fresh = (rows.kind == 0) & (said > 0)
    rows.kind[fresh] = said[fresh]
    for r in np.flatnonzero(fresh & np.isin(said, [KINDS.index(k) for k in LIMITS]))[:100]:
        rows.limit_rows.append((KINDS[int(said[r])], split_unit(coded.at(int(r)))[1], int(r)))
