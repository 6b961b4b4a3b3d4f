"""Which unit moved the city, with what probability; and which places are neighbours by sewer, not by map.

Refuses the public edition, and a share of a change that may as well be none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wbe.errors import DisclosureError, Fault, InputError, need_estimate, one_of
from wbe.messages import Note, Words, join, notes

if TYPE_CHECKING:
    from wbe.estimation import Estimate
    from wbe.sewer.network import Network

__all__ = ["contribution", "neighbours"]

_COLUMNS = (
    "unit", "before", "after", "change", "lower", "upper", "p_rise", "p_most", "share", "status", "note", "note_codes",
)  # fmt: skip


def contribution(
    estimate: Estimate, *, month: str, against: str | None = None, drug: str, area: str = "district"
) -> pd.DataFrame:
    """Return what each unit contributes to the change of all of them together, in mass.

    Parameters
    ----------
    estimate : Estimate
    month, against : str
        ``YYYY-MM``; by default against the month before.
    drug : str
        Name of a drug or biomarker.
    area : {"district", "site"}

    Returns
    -------
    DataFrame
        ``unit, before, after`` [g/d of the biomarker], ``change`` with ``lower`` and ``upper`` [g/d], ``p_rise``,
        ``p_most`` (that no other unit moved the sum further in the direction in which it went), ``share`` (of the sum's
        change; empty where the sum may as well not have changed, status ``sum_unchanged``), ``status`` (``counted``,
        ``sum_unchanged``, or why the unit has no number in one of the months: such a unit is no part of the sum),
        ``note, note_codes``. The hot spot stands first.

    Raises
    ------
    InputError
        Not an estimate, or no unit has both months.
    UnknownName
        Month, drug or area that the estimate does not have.
    DisclosureError
        The edition shows no districts.

    Examples
    --------
    >>> import wbe
    >>> table = contribution(wbe.estimate(wbe.testing.small_city()), month="2021-02", drug="methamphetamine")
    >>> len(table), bool(table["p_most"].sum() <= 1 + 1e-9)
    (3, True)
    """
    need_estimate(estimate, "contribution")
    one_of(area, ("district", "site"), Words("area", "区域"))
    months = list(estimate.months)
    one_of(month, months, Words("month", "月份"))
    if against is None:
        if months.index(month) == 0:
            raise InputError([Fault("sewer-first-month", month=month)])
        against = months[months.index(month) - 1]
    one_of(against, months, Words("month", "月份"))
    if "district" not in estimate.policy.areas:
        raise DisclosureError("sewer-city-only", edition=estimate.policy.edition)
    table = estimate.table(area, quantity="mass_load", drug=drug)
    sides = [table[table["month"] == m].set_index("district") for m in (against, month)]
    draws = estimate.draws("mass_load", drug, area)
    moved = (draws.sel(month=month) - draws.sel(month=against)).to_pandas()
    units = [u for u in moved.columns if all(u in side.index for side in sides)]
    counted = [u for u in units if np.isfinite(moved[u]).all()]
    if not counted:
        raise InputError([Fault("sewer-no-unit-with-both", month=month, against=against, drug=drug)])
    each = moved[counted].to_numpy()
    total = each.sum(axis=1)
    low, high = np.quantile(total, [0.025, 0.975])
    clear = bool(low > 0 or high < 0)
    amounts = [s["median"].reindex(counted).to_numpy(float) for s in sides]
    plain = dict(zip(counted, (amounts[1] - amounts[0]).tolist(), strict=True))
    whole = sum(plain.values())
    side = 1.0 if np.median(total) >= 0 else -1.0
    most = np.bincount((side * each).argmax(axis=1), minlength=len(counted)) / len(each)
    said = [] if clear else [Note("sewer-sum-unchanged", month=month, against=against)]
    rows: list[dict[str, object]] = []
    for i, unit in enumerate(counted):
        before, after = (float(a[i]) for a in amounts)
        bottom, top = (float(q) for q in np.quantile(each[:, i], [0.025, 0.975]))
        rows.append({
            "unit": unit, "before": before, "after": after, "change": plain[unit], "lower": min(bottom, plain[unit]),
            "upper": max(top, plain[unit]), "p_rise": float((each[:, i] > 0).mean()), "p_most": float(most[i]),
            "share": plain[unit] / whole if clear and whole else np.nan,
            "status": "counted" if clear else "sum_unchanged", "note": join(said), "note_codes": notes(said),
        })  # fmt: skip
    rows.sort(key=lambda row: (-float(str(row["p_most"])), str(row["unit"])))
    rows += [_without(u, sides) for u in units if u not in counted]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _without(unit: str, sides: list[pd.DataFrame]) -> dict[str, object]:
    """A unit without a number in one of the months: which, and why."""
    status = next(str(s.at[unit, "status"]) for s in sides if s.at[unit, "status"] not in ("estimate", "incomplete"))
    row: dict[str, object] = dict.fromkeys(_COLUMNS, np.nan)
    said = [Note("sewer-unit-without")]
    return row | {"unit": unit, "status": status, "note": join(said), "note_codes": notes(said)}


def neighbours(network: Network, places: Mapping[str, str]) -> pd.DataFrame:
    """Return which places are neighbours by sewer: whose sewage passes through whose pipes, and who share an outfall.

    Parameters
    ----------
    network : Network
    places : mapping of node to place
        For example the district of each node; nodes left out belong to none.

    Returns
    -------
    DataFrame
        ``place, other, relation, share``: ``passes`` with the share of the place's people whose sewage passes a node of
        the other, ``same_outfall`` with the share of its people who drain to an outfall that the other drains to as
        well. A pair without either has no row.

    Raises
    ------
    InputError
        A name that is no node.

    Examples
    --------
    >>> from wbe.sewer.examples import three_sources
    >>> network, _ = three_sources()
    >>> upper, lower = network.nodes[0], network.outfalls[0]
    >>> neighbours(network, {upper: "east", lower: "west"})["relation"].tolist()
    ['passes', 'same_outfall', 'same_outfall']
    """
    lost = [n for n in places if n not in network.index]
    if lost:
        raise InputError([Fault("sewer-station-elsewhere", nodes=lost[:20])])
    own = np.nan_to_num(network.own)
    own = own if own.sum() > 0 else np.ones(len(own))
    names = list(dict.fromkeys(places.values()))
    member = {p: np.array([network.index[n] for n, q in places.items() if q == p]) for p in names}
    through = {p: _through(network, nodes) for p, nodes in member.items()}
    ends = [network.index[n] for n in network.outfalls]
    arrive = np.array([network.arriving(e) for e in ends])  # (outfall, node)
    rows = []
    for place in names:
        nodes = member[place]
        weight = own[nodes] if own[nodes].sum() > 0 else np.ones(len(nodes))
        for other in (o for o in names if o != place):
            passes = float((weight * through[other][nodes]).sum() / weight.sum())
            shared = arrive[(arrive[:, member[other]] > 0).any(axis=1)]
            drained = np.minimum(shared[:, nodes].sum(axis=0), 1.0) if len(shared) else np.zeros(len(nodes))
            same = float((weight * drained).sum() / weight.sum())
            found = (("passes", passes), ("same_outfall", same))
            rows += [(place, other, relation, share) for relation, share in found if share > 0]
    return pd.DataFrame(rows, columns=["place", "other", "relation", "share"])


def _through(network: Network, nodes: np.ndarray) -> np.ndarray:
    """Largest share of each node's sewage that passes any one of some nodes, shape (node,)."""
    return np.asarray(np.max([network.arriving(int(n)) for n in nodes], axis=0))
