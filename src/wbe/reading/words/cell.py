"""One result cell: a number, a limit, a qualifier or the word that stands in its place.

Refuses to make a number of a word: what is not understood is rejected with its reason, and an ambiguous
token is asked about.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace

import numpy as np

from wbe.errors import UnitError
from wbe.reading.opening.numbers import number
from wbe.units import factor
from wbe.vocabulary import header, table, tidy

__all__ = ["NUM", "STATES", "Cell", "has_raised_mark", "parse_cell", "squeeze", "token_state"]

NUM = r"[+-]?(?:\d[\d,.]*|\.\d+)(?:[eE][+-]?\d+)?(?:\s*[x×*]\s*10\^?[+-]?\d+)?"
_LESS = re.compile(rf"^(?:<|≤|<=|小于|低于|不足|less than|below)=?\s*({NUM})\s*(\S*)$", re.I)
_OR_LESS = re.compile(rf"^({NUM})\s*([^\s\d]*?)\s*以下$")
_MORE = re.compile(rf"^(?:>|≥|>=|大于|高于|超过|greater than|above|over)=?\s*({NUM})\s*(\S*)$", re.I)
_LESS_NAMED = re.compile(rf"^[<≤]\s*([^\d<>()=:]+?)\s*[=:]?\s*\(?\s*[<=]?\s*({NUM})\s*([^\s()]*)\s*\)?$")
_WORD_AND_LIMIT = re.compile(
    rf"^([^\d<>()=:,]+?)\s*[(,;]\s*([^\d<>()=:,]+?)\s*[=:<为是]?\s*({NUM})\s*([^\s()]*)\s*\)?$"
)
_SUFFIX_BELOW = re.compile(rf"^({NUM})\s*[LlU]$")
_QUALIFIED = re.compile(rf"^(?:([EJej]|\*+|[†‡#])\s*({NUM})|({NUM})\s*([EJej]|\*+|[a-d†‡#]))$")
_ABOUT = re.compile(rf"^(?:~|≈|约|ca\.?|about)\s*({NUM})\s*(\S*)$", re.I)
_SPREAD = re.compile(rf"^({NUM})\s*(?:±|\+/-)\s*{NUM}\s*(\S*)$")
_RANGE = re.compile(rf"^{NUM}\s*(?:-|~|–|to|至)\s*{NUM}\s*\S*$")
_UNITED = re.compile(rf"^({NUM})\s*(\S*[/·%万].*)$")
_WORDED = re.compile(rf"^([^0-9(<>~]+?)\s*\(?\s*([~≈<]?)\s*({NUM})\s*\)?$")
# 低于定量限(0.5) names its limit; the number behind 痕量, or behind "Below LLOQ" of a known workbook, was measured
_LIMIT_NAMED = re.compile(r"定量限|定量下限|测定下限|(?<!L)LOQ|LQ$|MQL|quantif", re.I)
_SUBSTITUTED = re.compile(r"^(?P<half>1/2\s*)?(LOD|LOQ|MDL|MQL|检出限|定量限)(?:\s*/\s*(2|√2))?$", re.I)
_TWICE = re.compile(r"^([^()]+)\(([^()]+)\)$")
_ANNOTATED = re.compile(rf"^({NUM})\s*\((.+)\)$")
_ODD_DIGITS = (
    "\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2089\u2150-\u215e\u2460-\u249b\u24ea-\u24ff\u2776-\u2793"
    "\u3220-\u3229\u3280-\u3289"
)
_RAISED = re.compile(rf"(?:^|[\d.,<>=~≈])\s*[{_ODD_DIGITS}]")
_TEN_TO = re.compile(r"[x×*]\s*10[\u207a\u207b\u2212-]?[\u00b2\u00b3\u00b9\u2070-\u2079]+")
STATES = ("not_detected", "below_lod", "below_loq", "above_uloq", "not_run", "missing", "rejected")


@dataclass(frozen=True)
class Cell:
    """What one distinct text of a result column means.

    ``state`` is one of :data:`STATES`, ``detected``, ``less`` (below the written ``limit``) or ``ask``;
    ``value`` and ``limit`` are in ``unit`` if the cell writes one, else in the unit of its column; ``named`` says
    whether the cell itself calls the limit ``lod`` or ``loq``.
    """

    state: str
    value: float = np.nan
    limit: float = np.nan
    unit: str = ""
    reason: str = ""
    named: str = ""


@functools.cache
def _tokens() -> tuple[dict[str, str], frozenset[str]]:
    known = {squeeze(t): state for state, words in table("tokens").items() for t in words}
    return known, frozenset(squeeze(t) for t in table("ambiguous")["tokens"])


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", tidy(text).casefold())


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


def token_state(text: str) -> str | None:
    known, ambiguous = _tokens()
    key = squeeze(text)
    if key in ambiguous:
        return "ask"
    return known.get(key) or known.get(key.rstrip("*。.!†‡#"))  # ND*, 未检出。


@functools.lru_cache(maxsize=65536)
def parse_cell(text: str, decimal: str = ".") -> Cell:
    """Return what a result cell says.

    Examples
    --------
    >>> parse_cell("未检出").state, parse_cell("<0.5").limit, parse_cell("0.5L").state
    ('not_detected', 0.5, 'less')
    >>> parse_cell("Below LLOQ (0.027)")
    Cell(state='below_loq', value=0.027, limit=nan, unit='', reason='', named='')
    >>> parse_cell("<LOQ(0.5)").named, parse_cell("未检出（LOD=0.3）").limit
    ('loq', 0.3)
    >>> parse_cell("Out of Ratio (0.134)").reason
    'Out of Ratio (0.134)'
    """
    shown = tidy(text)
    if shown[:1] == "'" and shown[1:2].isdigit():  # a spreadsheet's mark for text
        shown = shown[1:]
    if has_raised_mark(text):
        return Cell("rejected", reason=f"a number with a raised or circled mark: {text.strip()[:40]!r}")
    state = token_state(shown)
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
    for parse in (_parse_named, _parse_limits, _parse_marked, _parse_worded):
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
    match = _LESS.match(shown) or _OR_LESS.match(shown)
    if match and (match.group(2) == "" or _is_unit(match.group(2))):
        return _limit_cell("less", number(match.group(1), decimal), match.group(2), shown)
    match = _MORE.match(shown)
    if match and (match.group(2) == "" or _is_unit(match.group(2))):
        return _limit_cell("above_uloq", number(match.group(1), decimal), match.group(2), shown)
    match = _SUFFIX_BELOW.match(shown)
    if match:
        return _limit_cell("less", number(match.group(1), decimal), "", shown)
    return None


def _parse_named(shown: str, decimal: str) -> Cell | None:
    """``<LOQ(0.5)`` and ``未检出(LOD=0.3)``: a limit that the cell calls by its name."""
    match = _LESS_NAMED.match(shown)
    word = match.group(1) if match else ""
    if match is None:
        match = _WORD_AND_LIMIT.match(shown)
        if match is None:
            return None
        word = match.group(2)
        state = token_state(match.group(1)) or ""
    named = header(word.strip(" :=")) or ""
    if named not in ("lod", "loq"):
        return None
    text, unit = match.groups()[-2:]
    if unit and not _is_unit(unit):
        return None
    if match.re is _LESS_NAMED:
        state = f"below_{named}"
    if state not in ("not_detected", "below_lod", "below_loq"):
        return None
    found = _limit_cell(state, number(text, decimal), unit, shown)
    return found if found.state == "rejected" else replace(found, named=named)


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
        half = _SUBSTITUTED.match(match.group(2))
        if half and np.isfinite(value) and value >= 0:  # 0.25 (LOD/2) was never measured
            times = 2.0 if half.group("half") or half.group(3) == "2" else 2.0**0.5 if half.group(3) else 1.0
            named = header(half.group(2)) or ""
            return Cell(f"below_{named}", limit=times * value, named=named)
        if "not_detected" in states and np.isfinite(value) and value >= 0:
            return Cell("less", limit=value) if value > 0 else Cell("not_detected")
        if "rejected" in states:
            return Cell("rejected", reason=shown)
        for state in ("below_loq", "below_lod", "above_uloq"):
            if state in states and np.isfinite(value) and value >= 0:
                return Cell(state, value=value if state != "below_lod" else np.nan)
        return _checked(value, shown, reason=f"written as {shown[:40]}")
    states = _states_of(shown)
    if "rejected" in states:
        return Cell("rejected", reason=shown)
    twice = _TWICE.match(shown)
    if twice and token_state(twice.group(1)) == token_state(twice.group(2)) not in (None, "ask", "rejected"):
        state = str(token_state(twice.group(1)))  # 未检出(ND)
        return Cell(state, reason=shown if state in ("missing", "not_run") else "")
    return None


def _states_of(words: str) -> list[str]:
    """States of ``Out of Ratio/Below LLOQ``: every part must be known."""
    parts = [p.strip() for p in re.split(r"[/;；]", words) if p.strip()]
    states = [token_state(p) for p in parts]
    return [] if None in states else [s for s in states if s]


def _of_words(word: str, sign: str, value: float, shown: str) -> Cell | None:
    if squeeze(word) in ("positive", "pos", "检出", "阳性", "detected"):
        return _checked(value, shown, reason="approximate" if sign in ("~", "≈") else "")
    states = _states_of(word)
    if not states:
        return None
    if "rejected" in states or "ask" in states or not np.isfinite(value) or value < 0:
        return Cell("rejected", reason=shown)
    if states[0] in ("not_detected", "below_lod"):
        return Cell("less", limit=value) if value > 0 else Cell(states[0])
    if states[0] in ("missing", "not_run"):
        return Cell("rejected", reason=f"a number behind a word for none: {shown[:40]!r}")
    if states[0] == "below_loq" and sign != "<" and _LIMIT_NAMED.search(word):
        return Cell("below_loq", value=value, named="loq")  # the limit itself, unless the table gives a higher one
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
        return err.code in ("units-several-meanings", "units-other-dimension")
    return True
