"""What happened to loads at an event: before and after in the places concerned, against the places that were not.

Refuses a number without three months on both sides and three places to compare with.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from wbe.answer import Answer, Month, drug_of, month_text, needed, quantity_of
from wbe.errors import Fault, InputError, one_of
from wbe.messages import Note, Words, join, notes
from wbe.triangulate.panel import of_loads
from wbe.triangulate.settings import rules

__all__ = ["event"]


def event(
    answer: Answer,
    *,
    drug: str,
    month: Month,
    districts: Sequence[str],
    quantity: str = "normalised_load",
    language: str | None = None,
) -> pd.DataFrame:
    """Say what happened in some districts at an event, beyond what happened in the others.

    Parameters
    ----------
    answer : Estimate or Series
    drug : str
    month : str or Period
        First month after the event, ``YYYY-MM``.
    districts : sequence of str
        Where it took place.
    quantity : str
    language : {"zh", "en"}, optional

    Returns
    -------
    DataFrame
        One row: ``drug, month, percent, lower, upper`` (95 %), ``p`` (share of placebos with as large a difference),
        ``before, after`` (months with a load in the districts), ``controls`` (districts compared with), ``note,
        note_codes``; numbers are NaN where the note says why.

    Raises
    ------
    UnknownName
        An unknown drug, quantity or district.
    InputError
        No month, or every district named as concerned.

    Notes
    -----
    The difference of means of logarithms after and before, up to six months each, less the same in the other
    districts. Its error is what the same reckoning gives for each of the others as if the event had been theirs, a t
    law with one less degree of freedom than there are; no other districts, no number.

    Source
    ------
    Abadie et al. 2010, doi:10.1198/jasa.2009.ap08746 (placebo inference over places).

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> table = event(small_loads(months=8), drug="冰毒", month="2021-05", districts=["天元区"])
    >>> table["note_codes"].tolist()
    ['triangulate-event-few-controls']
    """
    needed(answer, "triangulate.event")
    quantity_of(answer, quantity)
    drug, first = drug_of(answer, drug), month_text(month)
    names = tuple(answer.districts)
    chosen = [one_of(name, names, Words("district", "区县")) for name in dict.fromkeys(districts)]
    if not chosen or len(chosen) == len(names):
        raise InputError([Fault("triangulate-event-districts", count=len(chosen), of=len(names))])
    loads = of_loads(answer, drug, quantity)
    late = np.array([m >= first for m in loads.months])
    step, before, after = _steps(loads.value, late)
    mine = np.isin(names, chosen)
    others = step[~mine & np.isfinite(step)]
    told = _told(step[mine], others, int(before[mine].sum()), int(after[mine].sum()))
    numbers = (float("nan"),) * 4 if told else _effect(float(np.mean(step[mine])), others)
    told = told or [Note("triangulate-event-placebo", controls=len(others), least=f"{1 / (1 + len(others)):.2f}")]
    row = dict(zip(("percent", "lower", "upper", "p"), numbers, strict=True))
    return pd.DataFrame([{
        "drug": drug, "month": first, **row, "before": int(before[mine].sum()), "after": int(after[mine].sum()),
        "controls": len(others), "note": join(told, language), "note_codes": notes(told),
    }])  # fmt: skip


def _steps(value: np.ndarray, late: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean after less mean before by district (NaN where a side has too few months), and months on each side."""
    window = rules().event_window
    at = int(np.argmax(late)) if late.any() else len(late)
    early = slice(max(0, at - window), at)
    later = slice(at, at + window)
    known = np.isfinite(value)
    before, after = known[:, early].sum(axis=1), known[:, later].sum(axis=1)
    filled = np.where(known, value, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        step = filled[:, later].sum(axis=1) / after - filled[:, early].sum(axis=1) / before
    fewest = rules().event_fewest
    return np.where((before >= fewest) & (after >= fewest), step, np.nan), before, after


def _told(mine: np.ndarray, others: np.ndarray, before: int, after: int) -> list[Note]:
    if not np.isfinite(mine).all():
        return [Note("triangulate-event-few-months", before=before, after=after, needed=rules().event_fewest)]
    if len(others) < rules().event_fewest:
        return [Note("triangulate-event-few-controls", count=len(others), needed=rules().event_fewest)]
    return []


def _effect(mine: float, others: np.ndarray) -> tuple[float, float, float, float]:
    from scipy.special import stdtrit

    effect = mine - float(np.mean(others))
    half = float(stdtrit(len(others) - 1, 0.975) * np.std(others, ddof=1) * np.sqrt(1 + 1 / len(others)))
    total, number = float(others.sum()), len(others)
    placebo = np.array([o - (total - o + mine) / number for o in others])
    p = (1 + int((np.abs(placebo) >= abs(effect)).sum())) / (1 + number)
    percent, lower, upper = (float(100 * np.expm1(e)) for e in (effect, effect - half, effect + half))
    return percent, lower, upper, p
