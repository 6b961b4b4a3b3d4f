"""Doubts about the data: many drugs of a district, or most districts of a drug, move together, or the flow jumps.

Refuses nothing; a doubt takes no alert away, it says what to look at first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from wbe.answer import Answer, WithSamples
from wbe.messages import Note
from wbe.samples import month as months_of

__all__ = ["doubts", "set_aside"]


def doubts(table: pd.DataFrame, rule: Mapping[str, Any], month: str, estimate: Answer) -> list[dict[str, Any]]:
    """Return one row for each doubt about a month's data."""
    return [
        *_together(table, rule, month), *_batch(table, rule, month),
        *(_flow(estimate, rule, month) if isinstance(estimate, WithSamples) else []),
    ]  # fmt: skip


def _together(table: pd.DataFrame, rule: Mapping[str, Any], month: str) -> list[dict[str, Any]]:
    """Many drugs of one district moved the same way: flow, population or dilution."""
    return _common(table, "district", "drug", rule["common_share"], rule["common_minimum_drugs"],
                   rule["common_factor"], month, "together")  # fmt: skip


def _batch(table: pd.DataFrame, rule: Mapping[str, Any], month: str) -> list[dict[str, Any]]:
    """One drug moved the same way in most districts: the laboratory batch, or a city-wide change."""
    return _common(table, "drug", "district", rule["batch_share"], rule["batch_minimum_districts"],
                   rule["common_factor"], month, "batch")  # fmt: skip


def _common(
    table: pd.DataFrame, by: str, other: str, share: float, least: int, factor: float, month: str, name: str
) -> list[dict[str, Any]]:  # fmt: skip
    code = {"together": "alert-together", "batch": "alert-batch"}[name]
    rows = []
    for key, group in table[table["ratio"].notna()].groupby(by, sort=False):
        for moved in (group["ratio"] > factor, group["ratio"] < 1 / factor):
            n, m = int(moved.sum()), len(group)
            if n >= least and n >= share * m:
                said = [Note(code, count=n, of=m, factor=f"{factor:g}")]
                rows.append({"month": month, by: key, other: "", "kind": "data_quality", "level": "warning",
                             "rule": name, "count": n, "of": m, "_notes": said})  # fmt: skip
    return rows


def _flow(estimate: WithSamples, rule: Mapping[str, Any], month: str) -> list[dict[str, Any]]:
    """Flow of a site this month against the median of its earlier months, where the edition shows districts."""
    samples, policy = estimate.samples, estimate.policy
    if "district" not in policy.areas:
        return []
    named = policy.site_labels(sorted(set(samples["site"].values.astype(str))))
    frame = pd.DataFrame({
        "district": samples["district"].values, "site": samples["site"].values,
        "month": months_of(samples).values, "flow": samples["flow"].values,
    })  # fmt: skip
    rows = []
    for (district, site), group in frame.groupby(["district", "site"], sort=False):
        now = group.loc[group["month"] == month, "flow"].mean()
        past = group.loc[group["month"] < month, "flow"].median()
        if not (now > 0 and past > 0):
            continue
        ratio = float(now / past)
        if max(ratio, 1 / ratio) > float(rule["flow_factor"]):
            label = named[str(site)]
            rows.append({"month": month, "district": district, "drug": "", "kind": "data_quality",
                         "level": "warning", "rule": "flow", "site": label, "ratio": ratio,
                         "_notes": [Note("alert-flow", site=label, ratio=f"{ratio:.1f}")]})  # fmt: skip
    return rows


def set_aside(table: pd.DataFrame, found: list[dict[str, Any]]) -> None:
    """A drug alert under a doubt about the data is shown as a warning with that doubt, never as action."""
    for doubt in found:
        where = (table["kind"] == "drug") & table["level"].isin(["warning", "action"])
        for column in ("district", "drug"):
            if doubt[column]:
                where &= table[column] == doubt[column]
        table.loc[where & (table["level"] == "action"), "level"] = "warning"
        table.loc[where, "doubtful"] = True
        more = [Note("alert-doubtful", doubt=doubt["_notes"][0])]
        table["_notes"] = [said + more if here else said for said, here in zip(table["_notes"], where, strict=True)]
