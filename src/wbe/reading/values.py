"""Result cells: numbers, limits, qualifiers and the words that stand in their place, parsed once per distinct text.

Refuses to make a number of a word: what is not understood is rejected with its reason, and an ambiguous
token is asked about.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from wbe.errors import UnitError
from wbe.reading.columns import Cells, coded, is_numeric
from wbe.samples import Flag
from wbe.units import factor
from wbe.vocabulary import table, tidy

_NUM = r"[+-]?(?:\d[\d,.]*|\.\d+)(?:[eE][+-]?\d+)?(?:\s*[x×*]\s*10\^?[+-]?\d+)?"
_LESS = re.compile(rf"^(?:<|≤|<=|小于|低于|不足|less than|below)=?\s*({_NUM})\s*(\S*)$", re.I)
_MORE = re.compile(rf"^(?:>|≥|>=|大于|高于|超过|greater than|above|over)=?\s*({_NUM})\s*(\S*)$", re.I)
_SUFFIX_BELOW = re.compile(rf"^({_NUM})\s*[LlU]$")
_QUALIFIED = re.compile(rf"^(?:([EJej])\s*({_NUM})|({_NUM})\s*([EJej]|\*+|[a-d†‡#]))$")
_ABOUT = re.compile(rf"^(?:~|≈|约|ca\.?|about)\s*({_NUM})\s*(\S*)$", re.I)
_SPREAD = re.compile(rf"^({_NUM})\s*(?:±|\+/-)\s*{_NUM}\s*(\S*)$")
_RANGE = re.compile(rf"^{_NUM}\s*(?:-|~|–|to|至)\s*{_NUM}\s*\S*$")
_UNITED = re.compile(rf"^({_NUM})\s*(\S*[/·%万].*)$")
_WORDED = re.compile(rf"^([^0-9(<>~]+?)\s*\(?\s*([~≈<]?)\s*({_NUM})\s*\)?$")
_ANNOTATED = re.compile(rf"^({_NUM})\s*\((.+)\)$")
_ODD_DIGITS = (
    "\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2089\u2150-\u215e\u2460-\u249b\u24ea-\u24ff\u2776-\u2793"
    "\u3220-\u3229\u3280-\u3289"
)
_RAISED = re.compile(rf"[\d.,]\s*[{_ODD_DIGITS}]")
_TEN_TO = re.compile(r"[x×*]\s*10[\u207a\u207b\u2212-]?[\u00b2\u00b3\u00b9\u2070-\u2079]+")
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_POINTS = re.compile(r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)?(,\d+)?([eE][+-]?\d+)?$")
# 5x100 is no power of ten, unlike 5x10^2 and what is left of 5x10² after folding
_POWER = re.compile(r"^(.*?)\s*[x×*]\s*10(?:\^\s*([+-]?\d{1,2})|([+-]?[1-9]\d?))$")

STATES = ("not_detected", "below_lod", "below_loq", "above_uloq", "not_run", "missing", "rejected")
_FLAG_OF = {
    "detected": Flag.DETECTED, "not_detected": Flag.BELOW_LOD, "below_lod": Flag.BELOW_LOD,
    "below_loq": Flag.BELOW_LOQ, "above_uloq": Flag.ABOVE_ULOQ, "not_run": Flag.NOT_RUN,
    "missing": Flag.MISSING, "rejected": Flag.REJECTED,
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """What one distinct text of a result column means.

    ``state`` is one of :data:`STATES`, ``detected``, ``less`` (below the written ``limit``) or ``ask``;
    ``value`` and ``limit`` are in ``unit`` if the cell writes one, else in the unit of its column.
    """

    state: str
    value: float = np.nan
    limit: float = np.nan
    unit: str = ""
    reason: str = ""


@functools.cache
def _tokens() -> tuple[dict[str, str], frozenset[str]]:
    known = {_squeeze(t): state for state, words in table("tokens").items() for t in words}
    return known, frozenset(_squeeze(t) for t in table("ambiguous")["tokens"])


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", tidy(text).casefold())


def number(text: str, decimal: str = ".") -> float:
    """Return the number that a text writes, or NaN.

    Parameters
    ----------
    text : str
        Digits with an optional exponent (``1.2E3``, ``1.2×10^3``) and thousands commas.
    decimal : str
        ``"."``, or ``","`` in a file that writes decimals with a comma.

    Examples
    --------
    >>> number("1,234.5"), number("0,5", decimal=","), number("1.2×10^3"), number("0,5")
    (1234.5, 0.5, 1200.0, nan)
    >>> number("340.000", decimal=","), number("340.5", decimal=",")
    (340000.0, nan)
    """
    text = text.strip()
    power = _POWER.match(text)
    if power:
        return number(power.group(1), decimal) * 10.0 ** int(power.group(2) or power.group(3))
    if decimal == ",":
        text = text.replace(".", "").replace(",", ".") if _POINTS.match(text) else ""
    elif "," in text:
        text = text.replace(",", "") if _THOUSANDS.match(text) else ""
    if "_" in text:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        return float("nan")


def has_raised_mark(text: str) -> bool:
    """Whether a raised, circled or fractional digit stands right behind a number: 12.5² would fold to 12.52.

    Examples
    --------
    >>> has_raised_mark("12.5²"), has_raised_mark("12.5①"), has_raised_mark("1.2×10³"), has_raised_mark("5 m³/d")
    (True, True, False, False)
    """
    if text.isascii():
        return False
    return bool(_RAISED.search(_TEN_TO.sub("", text)))


def _token_state(text: str) -> str | None:
    known, ambiguous = _tokens()
    key = _squeeze(text)
    if key in ambiguous:
        return "ask"
    return known.get(key)


@functools.lru_cache(maxsize=65536)
def parse_cell(text: str, decimal: str = ".") -> Cell:
    """Return what a result cell says.

    Examples
    --------
    >>> parse_cell("未检出").state, parse_cell("<0.5").limit, parse_cell("0.5L").state
    ('not_detected', 0.5, 'less')
    >>> parse_cell("Below LLOQ (0.027)")
    Cell(state='below_loq', value=0.027, limit=nan, unit='', reason='')
    >>> parse_cell("Out of Ratio (0.134)").reason
    'Out of Ratio (0.134)'
    """
    shown = tidy(text)
    if has_raised_mark(text):
        return Cell("rejected", reason=f"a number with a raised or circled mark: {text.strip()[:40]!r}")
    state = _token_state(shown)
    if state is not None:
        return Cell(state, reason=shown if state in ("missing", "not_run", "rejected", "ask") else "")
    if not shown:
        return Cell("missing", reason="blank cell")
    if shown[0] == "=":
        return Cell("rejected", reason=f"formula text {shown[:40]!r}")
    if shown[0] == "#" and len(shown) > 1:
        return Cell("rejected", reason=f"spreadsheet error {shown[:40]}")
    if shown.startswith("FORMULA:"):
        return Cell("rejected", reason="formula without a stored result")
    plain = number(shown, decimal)
    if not np.isnan(plain):
        return _checked(plain, shown)
    for parse in (_parse_limits, _parse_marked, _parse_worded):
        found = parse(shown, decimal)
        if found is not None:
            return found
    if _RANGE.match(shown):
        return Cell("rejected", reason=f"a range, not one number: {shown[:40]!r}")
    return Cell("rejected", reason=f"not a number or a known word: {shown[:40]!r}")


def _checked(value: float, shown: str, unit: str = "", reason: str = "") -> Cell:
    if not np.isfinite(value):
        return Cell("rejected", reason=f"not a finite number: {shown[:40]!r}")
    if value < 0:
        return Cell("rejected", reason=f"negative number {shown[:40]}")
    return Cell("detected", value=value, unit=unit, reason=reason)


def _parse_limits(shown: str, decimal: str) -> Cell | None:
    match = _LESS.match(shown)
    if match and (match.group(2) == "" or _is_unit(match.group(2))):
        return _limit_cell("less", number(match.group(1), decimal), match.group(2), shown)
    match = _MORE.match(shown)
    if match and (match.group(2) == "" or _is_unit(match.group(2))):
        return _limit_cell("above_uloq", number(match.group(1), decimal), match.group(2), shown)
    match = _SUFFIX_BELOW.match(shown)
    if match:
        return _limit_cell("less", number(match.group(1), decimal), "", shown)
    return None


def _limit_cell(state: str, limit: float, unit: str, shown: str) -> Cell:
    if not np.isfinite(limit) or limit < 0:
        return Cell("rejected", reason=f"a limit that is not a number: {shown[:40]!r}")
    return Cell(state, limit=limit, unit=unit)


def _parse_marked(shown: str, decimal: str) -> Cell | None:
    match = _QUALIFIED.match(shown)
    if match:
        text = match.group(2) or match.group(3)
        mark = match.group(1) or match.group(4)
        return _checked(number(text, decimal), shown, reason=f"marked {mark} by the laboratory")
    match = _ABOUT.match(shown)
    if match and (match.group(2) == "" or _is_unit(match.group(2))):
        return _checked(number(match.group(1), decimal), shown, match.group(2), "approximate")
    match = _SPREAD.match(shown)
    if match and (match.group(2) == "" or _is_unit(match.group(2))):
        return _checked(number(match.group(1), decimal), shown, match.group(2), f"written as {shown[:40]}")
    match = _UNITED.match(shown)
    if match and match.group(2).strip() and _is_unit(match.group(2)):
        return _checked(number(match.group(1), decimal), shown, match.group(2).strip())
    return None


def _parse_worded(shown: str, decimal: str) -> Cell | None:
    match = _WORDED.match(shown)
    if match:
        word, sign, text = match.groups()
        return _of_words(word, sign, number(text, decimal), shown)
    match = _ANNOTATED.match(shown)
    if match:
        value = number(match.group(1), decimal)
        states = _states_of(match.group(2))
        if "rejected" in states:
            return Cell("rejected", reason=shown)
        for state in ("below_loq", "below_lod", "above_uloq"):
            if state in states and np.isfinite(value) and value >= 0:
                return Cell(state, value=value if state != "below_lod" else np.nan)
        return _checked(value, shown, reason=f"written as {shown[:40]}")
    states = _states_of(shown)
    if "rejected" in states:
        return Cell("rejected", reason=shown)
    return None


def _states_of(words: str) -> list[str]:
    """States of ``Out of Ratio/Below LLOQ``: every part must be known."""
    parts = [p.strip() for p in re.split(r"[/;；]", words) if p.strip()]
    states = [_token_state(p) for p in parts]
    return [] if None in states else [s for s in states if s]


def _of_words(word: str, sign: str, value: float, shown: str) -> Cell | None:
    if _squeeze(word) in ("positive", "pos", "检出", "阳性", "detected"):
        return _checked(value, shown, reason="approximate" if sign in ("~", "≈") else "")
    states = _states_of(word)
    if not states:
        return None
    if "rejected" in states or "ask" in states or not np.isfinite(value) or value < 0:
        return Cell("rejected", reason=shown)
    if states[0] in ("not_detected", "below_lod"):
        return Cell("less", limit=value)
    if states[0] in ("below_loq", "above_uloq"):
        return Cell("less", limit=value) if sign == "<" else Cell(states[0], value=value)
    return Cell(states[0], reason=shown)


@functools.lru_cache(maxsize=4096)
def _is_unit(text: str) -> bool:
    text = text.strip()
    if text == "万":
        return True
    try:
        factor(text, "ng/L")
    except UnitError as err:
        return "several meanings" in str(err) or "needs" in str(err)
    return True


@dataclass
class Results:
    """A parsed result column, one entry per row; numbers in ng/L.

    ``less`` marks results written as "below ``limit``"; ``asked`` maps ambiguous tokens to how often they came;
    ``unit_faults`` maps texts with an impossible unit of their own to the reason.
    """

    value: np.ndarray
    limit: np.ndarray
    flag: np.ndarray
    less: np.ndarray
    reason: np.ndarray
    asked: dict[str, int] = field(default_factory=dict)
    unit_faults: dict[str, str] = field(default_factory=dict)


def parse_results(
    column: Any,
    scale: float | np.ndarray = 1.0,
    *,
    decimal: str = ".",
    tokens: Mapping[str, str] | None = None,
) -> Results:
    """Parse a whole result column, each distinct text once.

    Parameters
    ----------
    column : array of numbers, texts or both, shape (n,)
        As the file gave it.
    scale : float or array (n,)
        Multiplies numbers that write no unit of their own, to reach ng/L.
    decimal : str
        ``"."`` or ``","``.
    tokens : mapping, optional
        The user's answers, token to state; they win over everything.

    Returns
    -------
    Results

    Examples
    --------
    >>> r = parse_results(np.array([1.5, "ND", "<0.2", None], dtype=object), scale=1000.0)
    >>> r.value.tolist(), r.limit.tolist()[2], r.flag.tolist()
    ([1500.0, nan, nan, nan], 200.0, [0, 2, 2, 5])
    """
    answers = {_squeeze(k): v for k, v in (tokens or {}).items()}
    if is_numeric(column):
        return _numeric_results(np.asarray(column, dtype=float), scale, answers)
    numbers, codes, cells = _apart(column)
    distinct, own = _parse_distinct(cells, decimal, answers)
    counts = np.bincount(codes + 1, minlength=len(cells) + 1)[1:]
    if numbers is None:
        results = _taken(distinct, codes, own, scale)
    else:
        results = _numeric_results(numbers, scale, answers)
        rows = np.flatnonzero(codes >= 0)
        words = _taken(distinct, codes[rows], own, scale if np.ndim(scale) == 0 else np.asarray(scale)[rows])
        for name in ("value", "limit", "flag", "less", "reason"):
            getattr(results, name)[rows] = getattr(words, name)
    results.asked = {token: int(counts[i]) for token, i in distinct.asked.items()}
    results.unit_faults = distinct.unit_faults
    return results


def _apart(column: Any) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    """(numbers, or None where all filled rows have words; codes and distinct cells of the words)."""
    if isinstance(column, Cells):
        return column.numbers, *column.coded_words()
    return None, *coded(column)


def _taken(distinct: Results, codes: np.ndarray, own: np.ndarray, scale: float | np.ndarray) -> Results:
    """Give each row what its distinct cell says, its numbers times the cell's own factor or ``scale``."""
    each = np.ndim(scale) > 0
    times = np.where(np.isnan(own), 1.0 if each else scale, own)
    value, limit = (distinct.value * times)[codes], (distinct.limit * times)[codes]
    if each:
        rows = np.where(np.isnan(own)[codes], scale, 1.0)
        value, limit = value * rows, limit * rows
    return Results(value, limit, distinct.flag[codes], distinct.less[codes], distinct.reason[codes])


def _parse_distinct(cells: np.ndarray, decimal: str, answers: Mapping[str, str]) -> tuple[Results, np.ndarray]:
    """Parse distinct cells, plain numbers in one pass; a last entry stands for blank, ``asked`` holds indices.

    The second result is the factor of cells that write their own unit, NaN for the others.
    """
    plain = np.append(_plain_numbers(cells, decimal), np.nan)
    results = _numeric_results(plain, 1.0, answers)
    own = np.full(len(plain), np.nan)
    for i in np.flatnonzero(np.isnan(plain[:-1])):
        cell = _cell_of(cells[i], decimal, answers)
        results.value[i], results.limit[i], results.reason[i] = cell.value, cell.limit, cell.reason
        results.less[i] = cell.state == "less"
        results.flag[i] = int(_FLAG_OF.get(cell.state, Flag.BELOW_LOD if cell.state == "less" else Flag.REJECTED))
        if cell.state == "ask":
            results.asked[str(cells[i])] = int(i)
        if cell.unit:
            try:
                own[i] = factor(cell.unit, "ng/L", "result")
            except UnitError as err:
                results.unit_faults[str(cells[i])[:60]] = str(err)
    return results, own


def _plain_numbers(cells: np.ndarray, decimal: str) -> np.ndarray:
    """Numbers where a cell is nothing but a number, else NaN."""
    texts = pd.Series(cells, dtype=object)
    if decimal == ",":
        texts = pd.Series([number(v, decimal) if isinstance(v, str) else v for v in cells], dtype=object)
    return pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _cell_of(item: Any, decimal: str, answers: Mapping[str, str]) -> Cell:
    if isinstance(item, str):
        given = answers.get(_squeeze(item)) if answers else None
        return Cell(given, reason=tidy(item)) if given else parse_cell(item, decimal)
    return Cell("rejected", reason=f"a {type(item).__name__}, not a number: {str(item)[:40]}")


def _numeric_results(values: np.ndarray, scale: float | np.ndarray, answers: Mapping[str, str]) -> Results:
    blank = np.isnan(values)
    bad = ~blank & (~np.isfinite(values) | (values < 0))
    flag = np.zeros(len(values), dtype=np.int8)
    flag[blank] = int(Flag.MISSING)
    flag[bad] = int(Flag.REJECTED)
    reason = np.full(len(values), "", dtype=object)
    reason[blank] = "blank cell"
    for i in np.flatnonzero(bad):
        reason[i] = f"negative or infinite number {values[i]:g}"
    number_of = np.where(blank | bad, np.nan, values * scale)
    for token, state in answers.items():
        hit = values == number(token)
        if hit.any():
            flag[hit] = int(_FLAG_OF[state])
            reason[hit] = token
            number_of[hit] = np.nan
    nothing = np.full(len(values), np.nan)
    return Results(number_of, nothing, flag, np.zeros(len(values), dtype=bool), reason)


def parse_numbers(column: Any, unit: str | None, decimal: str = ".") -> tuple[np.ndarray, dict[int, str]]:
    """Parse a column of plain numbers such as flow or population.

    Parameters
    ----------
    column : array (n,)
        Numbers, texts or both; ``3.5万`` and numbers with a unit of their own are understood.
    unit : str, optional
        Canonical unit, used to convert cells that write their own.

    Returns
    -------
    values : ndarray (n,)
        NaN where blank or missing; cells with a unit of their own are returned negative-free in ``unit``
        and must not be scaled again, so they carry the index in ``own``.
    faults : dict of int to str
        Row index to what came, for cells that are neither a number nor a word for missing.

    Examples
    --------
    >>> values, faults = parse_numbers(np.array([1.0, "3.5万", "停产", "abc"], dtype=object), None)
    >>> values.tolist(), faults
    ([1.0, 35000.0, nan, nan], {3: 'abc'})
    """
    values, _, faults = parse_numbers_with_units(column, unit, decimal)
    return values, faults


def parse_numbers_with_units(
    column: Any, unit: str | None, decimal: str = "."
) -> tuple[np.ndarray, np.ndarray, dict[int, str]]:
    """Like :func:`parse_numbers`, and say which cells wrote their own unit (already converted)."""
    if is_numeric(column):
        plain = np.asarray(column, dtype=float)
        return plain, np.zeros(len(plain), dtype=bool), {}
    numbers, codes, cells = _apart(column)
    parsed = [*(_plain_number(c, unit, decimal) for c in cells), (np.nan, False, False)]
    bad = np.array([p[2] for p in parsed])[codes]
    faults = {int(i): str(cells[codes[i]])[:60] for i in np.flatnonzero(bad)[:1000]}
    values = np.array([p[0] for p in parsed])[codes]
    if numbers is not None:
        values = np.where(codes < 0, numbers, values)
    return values, np.array([p[1] for p in parsed])[codes], faults


def _plain_number(item: Any, unit: str | None, decimal: str) -> tuple[float, bool, bool]:
    """(value, has its own unit, is a fault)."""
    if isinstance(item, int | float | np.number) and not isinstance(item, bool):
        return float(item), False, False
    if not isinstance(item, str):
        return np.nan, False, True
    shown = tidy(item)
    if not shown or _token_state(shown) in ("missing", "not_run", "ask"):
        return np.nan, False, False
    if has_raised_mark(item):
        return np.nan, False, True
    plain = number(shown, decimal)
    if np.isfinite(plain):
        return plain, False, False
    match = re.match(rf"^({_NUM})\s*(\S.*)$", shown)
    if match:
        plain = number(match.group(1), decimal)
        if match.group(2) == "万":
            return plain * 1e4, False, not np.isfinite(plain)
        if unit is not None and np.isfinite(plain):
            try:
                return plain * factor(match.group(2), unit), True, False
            except UnitError:
                return np.nan, False, True
    return np.nan, False, True
