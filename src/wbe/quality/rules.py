"""The rules of the checks: severities and thresholds, read from data and changed by the user's own table.

Refuses a rule, a threshold or a severity that does not exist, naming what does.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from wbe import packaged
from wbe.errors import Fault, InputError, hint
from wbe.messages import Words

__all__ = ["SEVERITIES", "holidays", "in_force", "read_reason", "rules", "windows"]

SEVERITIES = ("error", "warning", "info")
_FIXED = ("severity", "source", "status")


@functools.cache
def read_reason(text: str) -> Words:
    """Return a reason of the reader in both languages; one that is not listed is shown as it is.

    Examples
    --------
    >>> read_reason("blank row").zh, read_reason("not a number or a known word: '62..3'").zh
    ('空行', "既非数字也非已知用语：'62..3'")
    """
    known: dict[str, str] = packaged.toml("quality.toml")["reasons"]
    head, mark, tail = text.partition(": ")  # not a number or a known word: '62..3'
    said = f"{known[head]}：{tail}" if mark and head in known else text
    return Words(text, known.get(text, said))


def rules(overlay: Mapping[str, object] | None = None) -> dict[str, dict[str, packaged.Entry]]:
    """Return the rules in force: the packaged ones with the user's changes on top.

    Parameters
    ----------
    overlay : mapping, optional
        The content of a TOML file with the same layout, ``{"rules": {code: {name: value}}}`` (the outer
        ``rules`` may be left out). What it does not name stays.

    Returns
    -------
    dict
        Code to its severity, thresholds, words, source and status.

    Raises
    ------
    InputError
        Unknown codes, thresholds or severities, and values of another kind, all at once.

    Examples
    --------
    >>> rules({"rules": {"weekend": {"severity": "off"}}})["weekend"]["severity"]
    'off'
    >>> rules({"weekday": {"severity": "off"}})
    Traceback (most recent call last):
    ...
    wbe.errors.InputError: got rule 'weekday'; needed the name of one that is known. Did you mean 'weekend'?
    """
    return in_force(overlay)


def in_force(overlay: Mapping[str, object] | None = None) -> dict[str, dict[str, Any]]:
    """Return the rules as the checks read them, each entry of the kind that the packaged one has.

    Raises
    ------
    InputError
        Unknown codes, thresholds or severities, and values of another kind, all at once.
    """
    merged: dict[str, dict[str, Any]] = packaged.toml("quality.toml")["rules"]
    if not overlay:
        return merged
    changes = overlay.get("rules", overlay) if isinstance(overlay, Mapping) else overlay
    if not isinstance(changes, Mapping):
        raise InputError([Fault("quality-rules-no-table", came=repr(changes))])
    faults = []
    for code, entries in changes.items():
        if code not in merged:
            faults.append(Fault("errors-unknown-name", what=Words("rule", "规则"), name=code, hint=hint(code, merged)))
        elif not isinstance(entries, Mapping):
            faults.append(Fault("quality-rule-no-table", rule=code, came=repr(entries)))
        else:
            own = {name: _fault_of(code, name, value, merged[code]) for name, value in entries.items()}
            faults += [fault for fault in own.values() if fault]
            merged[code] |= {name: entries[name] for name, fault in own.items() if not fault} | {"status": "user"}
    if faults:
        raise InputError(faults)
    return merged


def _fault_of(code: str, name: str, value: Any, rule: Mapping[str, Any]) -> Fault | None:
    """What is wrong with one entry of a user's table; a list is judged by its entries."""
    path, known = f"rules.{code}.{name}", ["severity", *(k for k in rule if k not in _FIXED)]
    if name not in known:
        return Fault("errors-unknown-name", what=Words("entry of a rule", "规则条目"), name=path,
                     hint=hint(name, known))  # fmt: skip
    if name == "severity":
        wrong = value not in (*SEVERITIES, "off")
        return Fault("quality-rule-severity", path=path, came=str(value)) if wrong else None
    if isinstance(rule[name], list):
        return _fault_of_list(path, value, rule[name])
    if isinstance(rule[name], int | float) and not isinstance(rule[name], bool):
        wrong = isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value)
        return Fault("quality-rule-number", path=path, came=repr(value)) if wrong else None
    kind = type(rule[name]).__name__
    return None if isinstance(value, type(rule[name])) else Fault("quality-rule-kind", path=path, came=repr(value),
                                                                  kind=kind)  # fmt: skip


def _fault_of_list(path: str, value: Any, packaged_list: list[Any]) -> Fault | None:
    first = packaged_list[0]
    kind = (int, float) if isinstance(first, int | float) else type(first)
    wrong = value if not isinstance(value, list) else next((v for v in value if not isinstance(v, kind)), None)
    if wrong is None:
        return None
    name = "numbers" if isinstance(first, int | float) else {"str": "texts", "dict": "tables"}[type(first).__name__]
    return Fault("quality-rule-list", path=path, came=repr(wrong), kind=_LISTS[name])


_LISTS = {"numbers": Words("numbers", "数"), "texts": Words("texts", "文本"), "tables": Words("tables", "表")}


def holidays() -> tuple[dict[str, str], ...]:
    """Return the Chinese public holidays and moved workdays, 2020 to 2026, with their source.

    Examples
    --------
    >>> [d["name_en"] for d in holidays() if d["date"] == "2021-10-01"]
    ['National Day']
    """
    return packaged.rows("holidays_cn.csv")


def windows(entries: Sequence[Mapping[str, object]]) -> list[dict[str, packaged.Entry | Words]]:
    """Complete the marker-ratio windows: a bare id is looked up in ``data/ratio_windows.csv``.

    Returns
    -------
    list of dict
        ``id, numerator, denominator, low, high, discharge ("below" or "above"), below_means, above_means,
        below_means_zh, above_means_zh, citation, status``; an end that is not given is 0 or infinite.

    Raises
    ------
    InputError
        An id without a row.

    Examples
    --------
    >>> windows([{"id": "coc-be-parent"}])[0]["high"]
    0.75
    """
    known = {row["id"]: row for row in packaged.rows("ratio_windows.csv")}
    complete: list[dict[str, packaged.Entry | Words]] = []
    faults = []
    for entry in entries:
        row: Mapping[str, Any] = entry if "numerator" in entry else known.get(str(entry.get("id", "")), {})
        ends = _ends(row)
        if not row:
            what, name = Words("ratio window", "比值窗口"), str(entry.get("id"))
            faults.append(Fault("errors-unknown-name", what=what, name=name, hint=hint(name, known)))
        elif ends is None or not all(isinstance(row.get(k), str) for k in ("numerator", "denominator")):
            faults.append(Fault("quality-ratio-window", came=str(dict(entry))))
        else:  # a window that the user wrote without a source is the user's own
            own: dict[str, Any] = {"citation": Words("the user's own window", "用户自定窗口"), "status": "user"}
            complete.append({**own, **row, "low": ends[0], "high": ends[1]})
    if faults:
        raise InputError(faults)
    return complete


def _ends(row: Mapping[str, Any]) -> tuple[float, float] | None:
    """Ends of a window, one at least given; the other is 0 or infinite."""
    given = [row.get(end) for end in ("low", "high")]
    try:
        low, high = (None if end in (None, "") else float(end) for end in given)
    except (TypeError, ValueError):
        return None
    known = [end for end in (low, high) if end is not None]
    if not known or not all(math.isfinite(end) and end >= 0 for end in known):
        return None
    return low if low is not None else 0.0, high if high is not None else math.inf
