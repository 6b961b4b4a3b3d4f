"""Checks of single results and their columns: copies, numbers that pose as data, limits and flags.

Refuses to call a copy what only shares non-detects: those agree everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from wbe.quality.view import Findings, View, at_cells, at_samples
from wbe.samples import Flag, one_text
from wbe.vocabulary import label

__all__ = ["check_results"]

Rules = Mapping[str, Mapping[str, Any]]
_ROOT = float(np.sqrt(2.0))


def check_results(view: View, rules: Rules) -> Iterator[Findings]:
    """Yield the findings of every check of results."""
    yield from _copied_samples(view, rules)
    yield from _copied_analytes(view, rules["copied_analyte"])
    yield from _posing(view, rules)
    yield from _limits(view, rules)
    yield from _states(view)


def _copied_samples(view: View, rules: Rules) -> Iterator[Findings]:
    """Samples whose results are all equal: the same sample twice, or a row copied to another place or day."""
    if not view.n:
        return
    content = pd.DataFrame(np.column_stack([np.where(np.isnan(view.value), -1.0, view.value), view.flag]))
    same = pd.util.hash_pandas_object(content, index=False).to_numpy()
    place = pd.util.hash_array(view.site.astype(str).astype(object)) ^ view.time.astype(np.int64).astype(np.uint64)
    detected = view.detected.sum(axis=1)
    for code, keys in (("duplicate_sample", (same, place)), ("copied_sample", (same,))):
        enough = np.flatnonzero(detected >= rules[code]["least_detected"])
        frame = pd.DataFrame({f"k{i}": key[enough] for i, key in enumerate(keys)})
        first = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
        original = enough[np.unique(first, return_index=True)[1]][first]
        repeat = original != enough
        if code == "copied_sample":
            repeat &= place[original] != place[enough]
        rows, source = enough[repeat], original[repeat]
        yield at_samples(code, rows, other=view.sample[source], count=detected[rows])


def _copied_analytes(view: View, rule: Mapping[str, Any]) -> Iterator[Findings]:
    """Pairs of analytes whose detected values agree."""
    value = np.where(view.detected, view.value, np.nan)
    counts = view.detected.sum(axis=0)
    for i in range(view.b):
        if counts[i] < rule["least_detected"]:
            continue
        for j in range(i + 1, view.b):
            if counts[j] < rule["least_detected"]:
                continue
            equal = value[:, i] == value[:, j]
            both = int((view.detected[:, i] & view.detected[:, j]).sum())
            hits = int(equal.sum())
            if both < rule["least_detected"] or hits < rule["share_equal"] * both:
                continue
            if np.unique(value[equal, i]).size < rule["least_different"]:
                continue
            where = np.array([int(np.flatnonzero(equal)[0])])
            yield Findings(
                "copied_analyte", where, np.array([j]),
                {"other": label(view.biomarkers[i], "zh+en"), "count": hits, "both": both},
            )  # fmt: skip


def _posing(view: View, rules: Rules) -> Iterator[Findings]:
    """Codes, zeros and substituted limits that pose as concentrations."""
    v, stated = view.value, ~np.isnan(view.value)
    sentinel = stated & np.isin(v, rules["sentinel_value"]["values"])
    yield at_cells("sentinel_value", sentinel, value=v)
    yield at_cells("negative_value", stated & (v < 0) & ~sentinel, value=v)
    yield at_cells("zero_value", view.detected & (v == 0))
    form = _limit_forms(view, rules["limit_as_value"])
    posing = view.detected & (form != "")
    yield at_cells("limit_as_value", posing, value=v, form=form)
    below = view.detected & (v < view.lod) & (v > 0) & ~posing & ~sentinel
    yield at_cells("below_own_lod", below, value=v, limit=view.lod)
    yield from _repeated_lowest(view, rules["repeated_lowest"], posing)


def _limit_forms(view: View, rule: Mapping[str, Any]) -> np.ndarray:
    """Name the limit, or the share of it, that a detected value equals; empty where it equals none."""
    form = one_text((view.n, view.b), "")
    shares = (
        ("", 1.0, rule["tolerance"]), ("/2", 0.5, rule["tolerance"]), ("/√2", 1 / _ROOT, rule["root_tolerance"]),
    )  # fmt: skip
    for name, limit in (("LOD", view.lod), ("LOQ", view.loq)):
        for suffix, share, tolerance in shares:
            target = limit * share
            with np.errstate(invalid="ignore"):
                hit = view.detected & (np.abs(view.value - target) <= tolerance * target) & (target > 0)
                # at or below its own LOD hardly a true value falls; above it chance may hit, so it must repeat
                sure = hit & (view.value <= view.lod)
            form[(sure | _often(view, hit & ~sure, rule)) & (form == "")] = name + suffix
    return form


def _often(view: View, hit: np.ndarray, rule: Mapping[str, Any]) -> np.ndarray:
    """Keep the hits whose very number repeats within its biomarker."""
    kept = np.zeros_like(hit)
    for j in np.flatnonzero(hit.any(axis=0)):
        rows = np.flatnonzero(hit[:, j])
        _, which, count = np.unique(view.value[rows, j], return_inverse=True, return_counts=True)
        needed = max(rule["least_repeats"], rule["least_share"] * view.detected[:, j].sum())
        kept[rows, j] = (count >= needed)[which]
    return kept


def _repeated_lowest(view: View, rule: Mapping[str, Any], posing: np.ndarray) -> Iterator[Findings]:
    for j in range(view.b):
        values = view.value[:, j][view.detected[:, j]]
        if values.size < rule["least_repeats"]:
            continue
        low = values.min()
        at = view.detected[:, j] & (view.value[:, j] == low)
        count = int(at.sum())
        # all values equal is no floor; a named limit has its own finding
        if count < max(rule["least_repeats"], rule["least_share"] * values.size) or count == values.size:
            continue
        if low > 0 and not posing[at, j].any():
            where = np.flatnonzero(at)[:1]
            yield Findings("repeated_lowest", where, np.array([j]), {"value": low, "count": count, "n": values.size})


def _limits(view: View, rules: Rules) -> Iterator[Findings]:
    """Limits that are missing, crossed or that move."""
    if not view.n:
        return
    with np.errstate(invalid="ignore"):
        crossed = (view.lod > view.loq) | (view.loq >= view.uloq) | (view.lod >= view.uloq)
    below = np.isin(view.flag, (int(Flag.BELOW_LOD), int(Flag.BELOW_LOQ)))
    no_limit = below & np.isnan(view.lod) & np.isnan(view.loq)
    no_limit |= (view.flag == Flag.BELOW_LOQ) & np.isnan(view.loq)
    no_limit |= (view.flag == Flag.ABOVE_ULOQ) & np.isnan(view.uloq)
    for code, mask in (("limits_crossed", crossed), ("no_limit", no_limit)):
        columns = np.flatnonzero(mask.any(axis=0))
        rows = mask.argmax(axis=0)[columns]
        text = [_limits_text(view, i, j) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]
        yield Findings(
            code, rows, columns,
            {"count": mask.sum(axis=0)[columns], "came_limits": np.array(text, dtype=object)},
        )  # fmt: skip
    yield from _limit_changes(view, rules["limit_changes"])


def _limits_text(view: View, i: int, j: int) -> str:
    parts = (("LOD", view.lod), ("LOQ", view.loq), ("ULOQ", view.uloq))
    return ", ".join(f"{name} {limit[i, j]:g}" for name, limit in parts if not np.isnan(limit[i, j]))


def _limit_changes(view: View, rule: Mapping[str, Any]) -> Iterator[Findings]:
    """Months in which the usual LOD of a biomarker moves; apart where the method version moves with it."""
    if not view.n or np.isnan(view.lod).all():
        return
    monthly = pd.DataFrame(view.lod).groupby(view.month).median()
    methods = pd.Series(view.texts("method_version")).groupby(view.month).agg(set)
    first = {m: i for i, m in reversed(list(enumerate(view.month)))}
    for j in range(view.b):
        known = monthly[j].dropna()
        before, after = known.to_numpy()[:-1], known.to_numpy()[1:]
        moved = np.flatnonzero(np.abs(after - before) > rule["tolerance"] * np.maximum(after, before))
        months, earlier = known.index.to_numpy()[1:], known.index.to_numpy()[:-1]
        declared = np.array([methods[months[k]] != methods[earlier[k]] for k in moved], dtype=bool)
        for code, at in (("limit_changes_with_method", moved[declared]), ("limit_changes", moved[~declared])):
            where = np.array([first[m] for m in months[at]], dtype=np.int64)
            yield Findings(code, where, np.full(where.size, j), {"before": before[at], "after": after[at]})


def _states(view: View) -> Iterator[Findings]:
    """Numbers on the wrong side of a limit for their flag, and numbers with a reservation of their own."""
    v = view.value
    reason = view.reasons()
    yield at_cells("result_qualified", ~np.isnan(v) & ~np.isin(reason, ("", "-")), value=v, reason=reason)
    with np.errstate(invalid="ignore"):
        quantified = view.detected & (v >= np.where(np.isnan(view.lod), 0.0, view.lod)) & (v > 0)
        yield at_cells("below_loq_unflagged", quantified & (v < view.loq), value=v, limit=view.loq)
        yield at_cells("above_uloq_unflagged", view.detected & (v > view.uloq), value=v, limit=view.uloq)
        for state, limit, wrong in (
            (Flag.BELOW_LOD, view.lod, v > view.lod),
            (Flag.BELOW_LOQ, view.loq, v > view.loq),
            (Flag.ABOVE_ULOQ, view.uloq, v < view.uloq),
        ):
            mask = (view.flag == state) & wrong
            yield at_cells("flag_against_value", mask, value=v, limit=limit, state=state.name.lower())
