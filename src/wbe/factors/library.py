"""The claims: one immutable row for each published number, with what it is, who printed it and how far to trust it.

Refuses an unknown filter, and a row of one's own that takes the id of a shipped one.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import pandas as pd

from wbe import packaged
from wbe.errors import one_of
from wbe.factors.claim_rows import check, join, tidy
from wbe.factors.compound_table import known_id
from wbe.factors.overlays import Layer, Overlay, read_overlay
from wbe.messages import Words

__all__ = ["Overlay", "claim", "claims", "table_of", "table_with"]

TABLES = (
    "excretion", "dose", "use", "stability", "sorption", "sources", "detection_limits", "marker_per_head",
)  # fmt: skip
_FILTERS = {
    "drug": Words("drug", "药物"), "biomarker": Words("biomarker", "生物标志物"),
    "quantity": Words("quantity", "量"), "status": Words("status", "状态"),
}  # fmt: skip


@functools.cache
def _shipped() -> pd.DataFrame:
    tables = []
    for table in TABLES:
        raw = pd.DataFrame(packaged.rows(f"claims/{table}.csv"))
        raw = raw.rename(columns={"marker": "biomarker", "source": "citation"})
        if "quantity" not in raw:
            raw["quantity"] = {"detection_limits": "detection_limit"}.get(table, table)
        rows = tidy(raw, f"claims/{table}.csv")
        if table == "marker_per_head":
            rows["value"] = rows["mass_per_head"]
        tables.append(rows)
    windows = pd.DataFrame(packaged.rows("ratio_windows.csv"))
    windows["basis"], windows["quantity"] = windows["quantity"], "ratio_window"
    windows["biomarker"] = windows["numerator"] + "/" + windows["denominator"]
    tables += [tidy(windows, "ratio_windows.csv"), tidy(_use_scenarios(), "use_scenarios.toml")]
    merged = join(tables)
    check(merged)
    return merged


def _use_scenarios() -> pd.DataFrame:
    """Use-days and purities of the use scenarios, which hold them together with the amounts they belong to."""
    rows = []
    for scenario in packaged.toml("use_scenarios.toml")["scenario"]:
        for group in scenario.get("class", ()):
            base = {
                "drug": scenario["drug"], "population": f"users, class {group['name']}", "status": scenario["status"],
                "citation": scenario["source"], "note": scenario["note"], "biomarker": "",
            }  # fmt: skip
            name = f"{scenario['name']}-{group['name']}"
            rows.append({
                **base, "id": f"{name}-use-days", "quantity": "use_days", "value": str(group["mean_days"]),
                "spread": str(scenario["days_cv"]), "spread_kind": "cv", "unit": f"d in {scenario['window_days']} d",
            })  # fmt: skip
            if "purity" in group:
                rows.append({
                    **base, "id": f"{name}-purity", "quantity": "purity", "value": str(group["purity"]),
                    "spread": str(group["purity_sd"]), "spread_kind": "sd", "unit": "1",
                })  # fmt: skip
    return pd.DataFrame(rows).fillna("")


def table_with(overlay: Overlay | None) -> pd.DataFrame:
    """Return the shipped claims with a user's rows laid over them.

    A user's row with the id of a shipped claim is refused: claims are immutable, a new row supersedes.
    """
    return _shipped() if overlay is None else table_of(read_overlay(overlay))


def table_of(layer: Layer) -> pd.DataFrame:
    """Return the shipped claims with those of an overlay that was read.

    Raises
    ------
    FactorError
        The claims contradict themselves or each other.
    """
    if not len(layer.claims):
        return _shipped()
    merged = join([_shipped(), layer.claims])
    check(merged)
    return merged


def claims(
    drug: str | None = None,
    *,
    biomarker: str | None = None,
    quantity: str | None = None,
    status: str | None = None,
    overlay: Overlay | None = None,
) -> pd.DataFrame:
    """Return published claims, one row each.

    Parameters
    ----------
    drug, biomarker : str, optional
        Id, Chinese or English name, or abbreviation (or the id of a population marker). ``drug`` gives also what is
        known of the drug itself in sewage: its loss, sorption and limits.
    quantity : str, optional
        For example ``"excretion_fraction"``, ``"dose"``, ``"half_life"``, ``"marker_per_head"``, ``"no_factor"``.
    status : str, optional
        ``verified`` (read in the source), ``user``, ``derived`` (computed from read numbers) or ``memory``.
    overlay : path or mapping, optional
        A user's own rows (CSV or TOML), laid over the shipped ones.

    Returns
    -------
    DataFrame
        Index ``id``; columns that are empty for the whole selection are left out.

    Raises
    ------
    UnknownName
        A filter names something unknown; the nearest is named.
    FactorError
        The overlay has faults.

    Examples
    --------
    >>> claims("methamphetamine", quantity="excretion_fraction", status="memory")["value"].tolist()
    [0.227, 0.39, 0.43]
    >>> len(claims("冰毒")) == len(claims("methamphetamine"))
    True
    """
    table = table_with(overlay)
    chosen = table
    for column, wanted in (("drug", drug), ("biomarker", biomarker), ("quantity", quantity), ("status", status)):
        if wanted is None:
            continue
        known = sorted(set(table[column]) - {""})
        if wanted not in known and column in ("drug", "biomarker"):
            wanted = known_id(wanted, _FILTERS[column])
        else:
            wanted = one_of(wanted, known, _FILTERS[column])
        rows = chosen[column] == wanted
        if column == "drug":  # stability and sorption of the drug itself stand under it as a biomarker
            rows |= (chosen["drug"] == "") & (chosen["biomarker"] == wanted)
        chosen = chosen[rows]
    keep = [c for c in chosen if c in ("table", "row") or bool((chosen[c].notna() & (chosen[c] != "")).any())]
    return chosen[keep].copy()


def claim(name: str, table: pd.DataFrame) -> Mapping[str, Any]:
    """Return one claim as a mapping.

    Raises
    ------
    UnknownName
        Nothing has that id; the nearest is named.
    """
    one_of(name, map(str, table.index), Words("claim", "取值条目"))
    return {"id": name, **{str(k): v for k, v in table.loc[name].items()}}
