"""The rules of the checks: severities, thresholds and words, read from data and changed by the user's own table.

Refuses a rule, a threshold or a severity that does not exist, naming what does.
"""

from __future__ import annotations

import copy
import csv
import difflib
import functools
import io
import math
import tomllib
from collections.abc import Mapping
from importlib import resources
from string import Formatter
from typing import Any

from wbe.errors import Fault, InputError

SEVERITIES = ("error", "warning", "info")
_WORDS = ("severity", "came", "needed", "en", "zh", "source", "status")
_TEMPLATES = ("came", "needed", "en", "zh")


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files("wbe").joinpath("data/quality.toml").read_text(encoding="utf-8"))


def _packaged() -> dict[str, dict[str, Any]]:
    return _table()["rules"]


def reasons() -> dict[str, str]:
    """Return the reader's reasons in Chinese, by their English wording."""
    return _table()["reasons"]


def rules(overlay: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
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
    wbe.errors.InputError: got rule 'weekday'; needed the name of a rule. Did you mean 'weekend'?
    """
    merged = copy.deepcopy(_packaged())
    if not overlay:
        return merged
    if not isinstance(overlay, Mapping):
        raise InputError([Fault(f"rules {overlay!r}", "a mapping, as read from a TOML file", "See data/quality.toml.")])
    changes = overlay.get("rules", overlay)
    if not isinstance(changes, Mapping):
        raise InputError(
            [Fault(f"rules {changes!r}", "a table for each rule", 'Write [rules.weekend] severity = "off".')]
        )
    faults = []
    for code, entries in changes.items():
        if code not in merged:
            close = difflib.get_close_matches(code, merged, n=1)
            hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(merged)}."
            faults.append(Fault(f"rule {code!r}", "the name of a rule", hint))
            continue
        if not isinstance(entries, Mapping):
            hint = f'Write [rules.{code}] and below it severity = "{entries}", or a threshold.'
            faults.append(Fault(f"rule {code!r} = {entries!r}", "a table of names and values", hint))
            continue
        for name, value in entries.items():
            fault = _fault_of(code, name, value, merged[code])
            if fault:
                faults.append(fault)
            else:
                merged[code][name] = value
        merged[code]["status"] = "user"
    if faults:
        raise InputError(faults)
    return merged


def _fault_of(code: str, name: str, value: Any, rule: Mapping[str, Any]) -> Fault | None:
    if name not in rule:
        known = [k for k in rule if k not in _WORDS]
        return Fault(
            f"{name!r} in rule {code!r}",
            f"one of {', '.join(['severity', *known])}",
            "Correct the name, or remove the line.",
        )
    if name == "severity" and value not in (*SEVERITIES, "off"):
        return Fault(f"severity {value!r} in rule {code!r}", "error, warning, info or off", "Write one of these.")
    number = isinstance(rule[name], (int, float)) and not isinstance(rule[name], bool)
    if number and (not isinstance(value, (int, float)) or isinstance(value, bool)):
        return Fault(f"{name} = {value!r} in rule {code!r}", "a number", "Write it without quotation marks.")
    if number and not math.isfinite(value):
        return Fault(f"{name} = {value!r} in rule {code!r}", "a finite number", "severity = 'off' silences a rule.")
    if not number and not isinstance(value, type(rule[name])):
        kind = type(rule[name]).__name__
        return Fault(f"{name} = {value!r} in rule {code!r}", f"a {kind}", "Look at the packaged rule.")
    if isinstance(value, list):
        return _fault_of_list(code, name, value, rule[name])
    return _fault_of_words(code, name, value, rule) if name in _TEMPLATES else None


def _fault_of_list(code: str, name: str, value: list[Any], packaged: list[Any]) -> Fault | None:
    kind = (int, float) if isinstance(packaged[0], int | float) else type(packaged[0])
    wrong = [v for v in value if not isinstance(v, kind)]
    if wrong:
        needed = "numbers" if isinstance(packaged[0], int | float) else f"{type(packaged[0]).__name__} entries"
        return Fault(f"{wrong[0]!r} in {name} of rule {code!r}", needed, "Look at the packaged rule.")
    return None


def _fault_of_words(code: str, name: str, value: str, rule: Mapping[str, Any]) -> Fault | None:
    """A sentence may use the names in braces that the packaged sentences of its rule use, and the rule's numbers."""
    known = {(field, spec) for key in _TEMPLATES for _, field, spec, _ in Formatter().parse(rule[key]) if field}
    numbers = {field for field, spec in known if spec} | {k for k, v in rule.items() if isinstance(v, int | float)}
    names = {field for field, _ in known} | numbers | {"sample", "site", "district", "month", "batch", "biomarker"}
    try:
        for _, field, spec, _ in Formatter().parse(value):
            if field is None:
                continue
            if field not in names:
                raise ValueError(f"unknown name {{{field}}}")
            if spec and field not in numbers:
                raise ValueError(f"{{{field}}} is text")
            format(1.0, spec or "")
    except ValueError as err:
        needed = f"a sentence with names in braces among {', '.join(sorted(names))}"
        return Fault(f"{name} = {value!r} in rule {code!r} ({err})", needed, "Look at the packaged rule.")
    return None


@functools.cache
def _packaged_rows(name: str) -> tuple[dict[str, str], ...]:
    text = resources.files("wbe").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


def holidays() -> tuple[dict[str, str], ...]:
    """Return the Chinese public holidays and moved workdays, 2020 to 2026, with their source.

    Examples
    --------
    >>> [d["name_en"] for d in holidays() if d["date"] == "2021-10-01"]
    ['National Day']
    """
    return _packaged_rows("holidays_cn.csv")


def windows(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Complete the marker-ratio windows: a bare id is looked up in ``data/ratio_windows.csv``.

    Returns
    -------
    list of dict
        ``id, numerator, denominator, low, high, below_means, above_means, below_means_zh, above_means_zh,
        citation, status``; an end that is not given is 0 or infinite.

    Raises
    ------
    InputError
        An id without a row.

    Examples
    --------
    >>> windows([{"id": "coc-be-parent"}])[0]["high"]
    0.75
    """
    known = {row["id"]: row for row in _packaged_rows("ratio_windows.csv")}
    complete, faults = [], []
    for entry in entries:
        row: Mapping[str, Any] = entry if "numerator" in entry else known.get(entry.get("id", ""), {})
        if not row:
            faults.append(
                Fault(f"ratio window {entry.get('id')!r}", f"one of {', '.join(known)}", "Write it out in full.")
            )
            continue
        low, high = row.get("low"), row.get("high")
        lacking = [k for k in ("numerator", "denominator") if not isinstance(row.get(k), str)]
        try:
            ends = [float(v) for v in (low, high) if v not in (None, "")]
        except (TypeError, ValueError):
            ends = []
        if lacking or not ends or not all(math.isfinite(v) and v >= 0 for v in ends):
            needed = "numerator and denominator as names, and low or high as numbers of at least 0"
            faults.append(Fault(f"ratio window {dict(entry)!r}", needed, "Write it out in full, or give an id."))
            continue
        # a window that the user wrote without a source is the user's own
        row = {"citation": "the user's own window", "status": "user", **row}
        complete.append(
            {**row, "low": float(low) if low not in (None, "") else 0.0,
             "high": float(high) if high not in (None, "") else float("inf")}
        )  # fmt: skip
    if faults:
        raise InputError(faults)
    return complete
