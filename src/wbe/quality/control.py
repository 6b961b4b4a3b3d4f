"""Checks of quality control: blanks, recoveries, replicates, marker ratios, and what the reader noted.

Refuses to read a ratio out of two non-detects: one side must be known well enough to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from wbe.messages import Words
from wbe.quality.rules import read_reason, windows
from wbe.quality.view import Findings, View, at_cells, at_samples
from wbe.reading.words.log import ReadingLog, reading_log
from wbe.samples import CENSORED, Flag
from wbe.vocabulary import short

__all__ = ["check_control", "is_blank", "marker_ratios"]

Rules = Mapping[str, Mapping[str, Any]]


def check_control(view: View, rules: Rules) -> Iterator[Findings]:
    """Yield the findings of every check of quality control."""
    yield from _blanks(view, rules)
    yield from _control_rows(view, rules["near_blank"]["largest_ratio"])
    yield from _recovery(view, rules)
    yield from _replicates(view, rules["replicate_spread"])
    yield from marker_ratios(view, rules)
    yield from _reading_log(view)


def marker_ratios(view: View, rules: Rules) -> Iterator[Findings]:
    """Yield the samples whose marker ratios leave their windows."""
    for window in windows(rules["marker_ratio"]["windows"]):
        yield from _ratio(view, window, rules["marker_ratio"]["margin"])


def is_blank(view: View, tokens: list[str]) -> np.ndarray:
    """Return which samples call themselves blanks, by id, site or site type; shape (sample,)."""
    if not view.n:
        return np.zeros(0, dtype=bool)
    named = np.zeros(view.n, dtype=bool)
    for name in ("sample", "site", "site_type"):
        column = pd.Series(view.texts(name)).str.casefold()
        for token in tokens:
            named |= column.str.contains(token, regex=False).to_numpy()
    return named


def _blanks(view: View, rules: Rules) -> Iterator[Findings]:
    blank = is_blank(view, rules["blank_detected"]["tokens"])
    yield at_samples("blank_as_sample", np.flatnonzero(is_blank(view, rules["blank_as_sample"]["tokens"])))
    found = view.detected & blank[:, None]
    yield at_cells("blank_detected", found, value=view.value)
    if not found.any():
        return
    level = pd.DataFrame(np.where(found, view.value, np.nan)).groupby(view.batch).transform("max").to_numpy()
    with np.errstate(invalid="ignore"):
        near = view.detected & ~blank[:, None] & (view.value <= rules["near_blank"]["largest_ratio"] * level)
    yield at_cells("near_blank", near, value=view.value, blank=level)


def _control_rows(view: View, largest_ratio: float) -> Iterator[Findings]:
    """Blanks that reading kept apart from the samples; they hold for the samples of their table and batch."""
    try:
        controls = reading_log(view.ds).controls
    except (TypeError, ValueError):
        return
    place = {b: j for j, b in enumerate(view.biomarkers)}
    found = [c for c in controls if c["kind"] == "blank" and c["value"] and c["biomarker"] in place]
    found = [c for c in found if c["state"] == "detected"]
    if not found:
        return
    nowhere = np.full(len(found), -1)
    columns = np.array([place[c["biomarker"]] for c in found])
    yield Findings("blank_detected", nowhere, columns, {
        "sample": [c["name"] for c in found], **{k: [c[k] for c in found] for k in ("value", "batch", "file", "sheet")},
        "row": [c["row"] for c in found],
    })  # fmt: skip
    file, sheet = view.texts("source_file"), view.texts("source_sheet")
    level = np.full(view.value.shape, np.nan)
    for control, j in zip(found, columns.tolist(), strict=True):
        own = (file == control["file"]) & (sheet == control["sheet"])
        own &= (view.batch == control["batch"]) | (control["batch"] == "")
        level[own, j] = np.fmax(level[own, j], control["value"])
    with np.errstate(invalid="ignore"):
        yield at_cells(
            "near_blank", view.detected & (view.value <= largest_ratio * level), value=view.value, blank=level
        )


def _recovery(view: View, rules: Rules) -> Iterator[Findings]:
    rule, r = rules["recovery_outside"], view.recovery
    with np.errstate(invalid="ignore"):
        percentage = r > rules["recovery_unit"]["largest_share"]
        outside = ((r < rule["smallest"]) | (r > rule["largest"])) & ~percentage
    yield at_cells("recovery_unit", percentage, value=r)
    yield at_cells(
        "recovery_outside", outside, percent=100 * r,
        smallest_percent=100 * rule["smallest"], largest_percent=100 * rule["largest"],
    )  # fmt: skip


def _replicates(view: View, rule: Mapping[str, Any]) -> Iterator[Findings]:
    """Replicates share site and time; their spread and their states are compared."""
    if not view.n:
        return
    frame = pd.DataFrame({"site": view.site, "time": view.time})
    group = frame.groupby(["site", "time"], sort=False, dropna=True).ngroup().to_numpy()
    size = np.bincount(group[group >= 0], minlength=1)
    rows = np.flatnonzero((group >= 0) & (size[group] > 1))
    if not rows.size:
        return
    key = group[rows]
    values = pd.DataFrame(np.where(view.detected, view.value, np.nan)[rows]).groupby(key)
    seen, mean, sd = values.count().to_numpy(), values.mean().to_numpy(), values.std(ddof=1).to_numpy()
    run = pd.DataFrame(np.isin(view.flag, (0, 1, 2, 3))[rows]).groupby(key).sum().to_numpy()
    where = rows[np.unique(key, return_index=True)[1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        rsd = sd / mean
    date = np.datetime_as_string(view.time[where].astype("datetime64[D]"))
    for code, mask in (
        ("replicate_spread", (seen > 1) & (rsd > rule["largest_rsd"])),
        ("replicate_states", (seen > 0) & (seen < run)),
    ):
        g, j = np.nonzero(mask)
        fields = {
            "percent": 100 * rsd[g, j], "largest_percent": 100 * rule["largest_rsd"], "date": date[g],
            "count": seen[g, j] if code == "replicate_spread" else run[g, j], "detected": seen[g, j],
        }  # fmt: skip
        yield Findings(code, where[g], j, fields)


def _bounds(view: View, names: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Smallest and largest concentration that agree with the results of one analyte or a sum ``a+b``."""
    low, high = np.zeros(view.n), np.zeros(view.n)
    for name in names.split("+"):
        if name not in view.biomarkers:
            return None
        j = view.biomarkers.index(name)
        value, flag = view.value[:, j], view.flag[:, j]
        lod, loq, uloq = view.lod[:, j], view.loq[:, j], view.uloq[:, j]
        known = view.detected[:, j]
        top = np.select(
            [known, flag == Flag.BELOW_LOD, flag == Flag.BELOW_LOQ, flag == Flag.ABOVE_ULOQ],
            [value, np.where(np.isnan(lod), loq, lod), loq, np.inf],
            np.nan,
        )
        floor = np.where(np.isin(flag, CENSORED), 0.0, np.nan)
        bottom = np.select([known, flag == Flag.ABOVE_ULOQ], [value, uloq], floor)
        low, high = low + bottom, high + top
    return low, high


def _ratio(view: View, window: Mapping[str, Any], margin: float) -> Iterator[Findings]:
    above, below = _bounds(view, window["numerator"]), _bounds(view, window["denominator"])
    if above is None or below is None:
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        smallest, largest = above[0] / below[1], above[1] / below[0]
        too_low, too_high = largest * margin < window["low"], smallest > margin * window["high"]
    for mask, ratio, side in ((too_low, largest, "below"), (too_high, smallest, "above")):
        at = np.flatnonzero(mask)
        exact = (above[0] == above[1])[at] & (below[0] == below[1])[at]
        sign = np.where(exact, "", "<" if side == "below" else ">")
        j = view.biomarkers.index(window["denominator" if side == "below" else "numerator"].split("+")[0])
        yield Findings(
            "marker_ratio", at, np.full(at.size, j),
            {
                "ratio": ratio[at], "relation": sign, "low": window["low"], "high": window["high"],
                "numerator": _names(window["numerator"]), "denominator": _names(window["denominator"]),
                "citation": window["citation"], "window_status": window["status"],
                "meaning": Words(window.get(f"{side}_means") or "look at both results",
                                 window.get(f"{side}_means_zh") or "请核对两项结果"),
                "side": side, "discharge": window.get("discharge") == side,
            },
        )  # fmt: skip


def _names(sum_of: str) -> str:
    return "+".join(short(name) for name in sum_of.split("+"))


def _reading_log(view: View) -> Iterator[Findings]:
    """What reading left out or understood on the user's behalf; an unreadable log is no fault of the data."""
    try:
        log = reading_log(view.ds)
    except (TypeError, ValueError):
        return
    yield _log_findings("reading_note", [{"text": text} for text in log.notes])
    yield _log_findings("reading_left_out", [
        {"text": reason, "count": count} for reason, count in log.reasons.items()
    ])  # fmt: skip
    if log.unreadable:
        yield _unreadable(view, log)
    for code, entries, which in (
        ("reading_skipped", log.skipped, "row"), ("reading_unread", log.unread, "column"),
    ):  # fmt: skip
        places: dict[tuple[str, str, str], list[str]] = {}
        for entry in entries:
            place = (str(entry.get("file") or ""), str(entry.get("sheet") or ""), str(entry.get("reason") or ""))
            name = entry.get(which)
            places.setdefault(place, []).extend([] if name is None else [str(name)])
        yield _log_findings(code, [
            {"file": file, "sheet": sheet, "place": f"{file} {sheet}".strip(), "text": reason, "names": _few(names)}
            for (file, sheet, reason), names in places.items()
        ])  # fmt: skip


def _unreadable(view: View, log: ReadingLog) -> Findings:
    """A result cell that could not be read is a result that nobody has: each with its row and column."""
    rows = view.numbers("source_row")
    keys = zip(view.texts("source_file").tolist(), view.texts("source_sheet").tolist(), rows.tolist(), strict=True)
    at = {key: i for i, key in reversed(list(enumerate(keys)))}
    cells = log.unreadable
    place = [(str(c.get("file") or ""), str(c.get("sheet") or ""), c.get("row")) for c in cells]
    sample = np.array([at.get((f, s, float(r) if r is not None else np.nan), -1) for f, s, r in place], dtype=np.int64)
    known = [view.biomarkers.index(str(c["biomarker"])) if c.get("biomarker") in view.biomarkers else -1 for c in cells]
    return Findings("reading_unreadable", sample, np.array(known, dtype=np.int64), {
        "file": [f for f, _, _ in place], "sheet": [s for _, s, _ in place],
        "row": [pd.NA if r is None else int(r) for _, _, r in place],
        "column": [str(c.get("column") or "-") for c in cells],
        "text": [read_reason(str(c.get("reason") or "")) for c in cells],
    })  # fmt: skip


def _few(names: list[str], shown: int = 8) -> str:
    rest = f" … (+{len(names) - shown})" if len(names) > shown else ""
    return ", ".join(names[:shown]) + rest if names else "-"


def _log_findings(code: str, entries: list[dict[str, Any]]) -> Findings:
    """Findings about no sample: position -1, with the file and sheet of the entry."""
    nowhere = np.full(len(entries), -1)
    fields: dict[str, Any] = {k: [e[k] for e in entries] for k in (entries[0] if entries else ())}
    fields["text"] = [read_reason(str(e["text"])) for e in entries]
    blank = [""] * len(entries)
    place = {"file": fields.get("file", blank), "sheet": fields.get("sheet", blank), "row": [pd.NA] * len(entries)}
    return Findings(code, nowhere, nowhere, {**fields, **place})
