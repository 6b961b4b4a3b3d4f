"""The open panel: what was looked for, what was found first when and how often, and what to look at first.

Refuses to call a substance absent that was not run, and to show single samples where the edition shows no districts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import betainc

from wbe import packaged
from wbe.censored import detection_frequency
from wbe.errors import Fault, InputError, need_estimate
from wbe.factors.rules import tails
from wbe.messages import Note, Words, notes
from wbe.origin.cells import samples_of
from wbe.samples import ABSENT, CENSORED, Flag, limit, month
from wbe.vocabulary import label

__all__ = ["COLUMNS", "STATES", "panel", "panel_months"]

COLUMNS = (
    "substance", "name", "standing", "first_found", "last_found", "first_run", "n_run", "n_found", "frequency", "lower",
    "upper", "recent", "limit_low", "limit_high", "n_not_run", "traces", "note", "note_codes",
)  # fmt: skip
#: what a month says of a substance
STATES = ("found", "below_limit", "not_run")


def panel(estimate: object, *, recent: int = 3, level: float = 0.95, language: str | None = None) -> pd.DataFrame:
    """Return every substance that was looked for, the most urgent first.

    Parameters
    ----------
    estimate : Estimate
        Of :func:`wbe.estimate`.
    recent : int
        The last months that a change is judged by, above 0.
    level : float
        Of the intervals of the detection frequency (Jeffreys).
    language : {"en", "zh"}, optional
        Of ``name`` and ``note``.

    Returns
    -------
    DataFrame
        ``substance, name, standing`` (``new``: found in the last months for the first time, having been looked for
        before; ``more_often`` than before; ``found``; ``gone``: not in the last months, though looked for;
        ``not_found``; ``not_run``), ``first_found, last_found, first_run`` (months), ``n_run, n_found, frequency``
        with ``lower`` and ``upper``, ``recent`` (frequency in the last months), ``limit_low, limit_high`` [ng/L] (of
        what was not found), ``n_not_run``, ``traces`` (drug with a factor, or empty: no consumption), ``note,
        note_codes``. The order is the priority list.

    Raises
    ------
    InputError
        Not an estimate, or an answer without samples.
    DisclosureError
        The edition shows no districts.
    FactorError
        A level outside (0, 1).

    Source
    ------
    Interval: Brown, Cai and DasGupta 2001, doi:10.1214/ss/1009213286.

    Examples
    --------
    >>> import wbe
    >>> from wbe.testing import small_city
    >>> table = panel(wbe.estimate(small_city(biomarkers=("methamphetamine", "ketamine", "mdma"))))
    >>> table[["substance", "standing", "n_found", "n_run"]].values.tolist()[-1]
    ['mdma', 'not_found', 0, 12]
    """
    need_estimate(estimate, "panel")
    tails(level, Words("panel", "筛查清单"))
    ds = samples_of(estimate, "panel")
    if isinstance(recent, bool) or not isinstance(recent, int) or recent < 1:
        raise InputError([Fault("origin-recent", came=repr(recent))])
    every = _months(ds)
    known = np.array(sorted(set(every)))
    late = np.isin(every, known[-recent:])
    profile = getattr(estimate, "profile", None)
    rows = [_row(ds, str(b), every, late, level, profile, language) for b in ds["biomarker"].values]
    table = pd.DataFrame(rows, columns=[*COLUMNS, "_order"])
    table = table.sort_values(["_order", "recent", "frequency", "substance"], ascending=[True, False, False, True])
    return table.drop(columns="_order").reset_index(drop=True)


def panel_months(estimate: object) -> pd.DataFrame:
    """Return for every substance and month whether it was found, only looked for, or not run.

    Parameters
    ----------
    estimate : Estimate

    Returns
    -------
    DataFrame
        Index substance, columns months (each from the first to the last), values of :data:`STATES`.

    Raises
    ------
    InputError, DisclosureError
        As in :func:`panel`.

    Examples
    --------
    >>> import wbe
    >>> from wbe.testing import small_city
    >>> panel_months(wbe.estimate(small_city(months=2))).loc["methamphetamine"].tolist()
    ['found', 'found']
    """
    need_estimate(estimate, "panel_months")
    ds = samples_of(estimate, "panel_months")
    every = _months(ds)
    columns = [str(m) for m in pd.period_range(min(every), max(every), freq="M")] if len(every) else []
    table = pd.DataFrame("not_run", index=[str(b) for b in ds["biomarker"].values], columns=columns)
    for b in table.index:
        found, ran = _seen(ds, b)
        for m in columns:
            here = every == m
            table.loc[b, m] = "found" if found[here].any() else "below_limit" if ran[here].any() else "not_run"
    return table


def _months(ds: xr.Dataset) -> np.ndarray:
    return np.asarray(month(ds).values).astype(str)


def _seen(ds: xr.Dataset, biomarker: str) -> tuple[np.ndarray, np.ndarray]:
    """Which samples had it above a limit, and in which it was run at all; results of exactly 0 are none."""
    part = ds.sel(biomarker=biomarker)
    flag = part["flag"].to_numpy()
    below = [int(f) for f in CENSORED if f != Flag.ABOVE_ULOQ]
    ran = ~np.isin(flag, [int(f) for f in ABSENT])
    zero = part["concentration"].to_numpy() == 0
    return ran & ~np.isin(flag, below) & ~zero, ran


def _row(
    ds: xr.Dataset, biomarker: str, every: np.ndarray, late: np.ndarray, level: float, profile: object,
    language: str | None,
) -> dict[str, object]:  # fmt: skip
    found, ran = _seen(ds, biomarker)
    n, k = int(ran.sum()), int(found.sum())
    frequency = detection_frequency(k, n, level) if n else None
    standing, said = _standing(found, ran, late, every)
    bounds = limit(ds).sel(biomarker=biomarker).to_numpy()[ran & ~found]
    bounds = bounds[np.isfinite(bounds)]
    drug_of = getattr(profile, "drug_of", None)
    order = list(_rules()["order"])
    traces = _traced(drug_of, biomarker)
    if not traces:
        said.append(Note("origin-panel-no-factor"))
    return {
        "substance": biomarker, "name": label(biomarker, language), "standing": standing,
        "first_found": _first(every, found), "last_found": _last(every, found), "first_run": _first(every, ran),
        "n_run": n, "n_found": k, "frequency": frequency.share if frequency else np.nan,
        "lower": frequency.jeffreys[0] if frequency else np.nan,
        "upper": frequency.jeffreys[1] if frequency else np.nan,
        "recent": found[late].sum() / ran[late].sum() if ran[late].any() else np.nan,
        "limit_low": bounds.min() if len(bounds) else np.nan, "limit_high": bounds.max() if len(bounds) else np.nan,
        "n_not_run": int((~ran).sum()), "traces": traces,
        "note": "; ".join(one.text(language) for one in said), "note_codes": notes(said),
        "_order": order.index(standing),
    }  # fmt: skip


def _traced(drug_of: object, biomarker: str) -> str:
    from wbe.factors import compounds

    if not callable(drug_of) or biomarker not in compounds().index:
        return ""
    return str(drug_of(biomarker) or "")


def _first(every: np.ndarray, mask: np.ndarray) -> str:
    return str(min(every[mask])) if mask.any() else ""


def _last(every: np.ndarray, mask: np.ndarray) -> str:
    return str(max(every[mask])) if mask.any() else ""


def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = packaged.toml("panel.toml")["standing"]
    return rules


def _standing(found: np.ndarray, ran: np.ndarray, late: np.ndarray, every: np.ndarray) -> tuple[str, list[Note]]:
    """Standing of one substance, and what to say of it."""
    now, then = (int((found & side).sum()) for side in (late, ~late))
    looked_now, looked_then = (int((ran & side).sum()) for side in (late, ~late))
    if not ran.any():
        return "not_run", [Note("origin-panel-not-run")]
    if not found.any():
        return "not_found", [Note("origin-panel-not-found", count=looked_now + looked_then)]
    if not then and looked_then and now:
        first = _first(every, found)
        return "new", [Note("origin-panel-new", month=first, before=int((ran & (every < first)).sum()))]
    if then and looked_now and not now:
        return "gone", [Note("origin-panel-gone", month=_last(every, found), since=looked_now)]
    if looked_then and looked_now:
        p = _more_often(now, looked_now, then, looked_then)
        if p >= float(_rules()["more_often"]):
            return "more_often", [
                Note("origin-panel-more-often", now=f"{now}/{looked_now}", then=f"{then}/{looked_then}")
            ]
    return "found", []


def _more_often(k: int, n: int, before: int, of: int) -> float:
    """Probability that one frequency is above another, by Jeffreys posteriors of both."""
    grid = (np.arange(400) + 0.5) / 400
    below = betainc(before + 0.5, of - before + 0.5, grid)
    edges = betainc(k + 0.5, n - k + 0.5, np.arange(401) / 400)
    return float(np.sum(below * np.diff(edges)))
