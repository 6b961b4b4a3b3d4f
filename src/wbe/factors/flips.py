"""Conclusions under several profiles: which hold under each of them, and which flip with the choice.

Each conclusion is a question with one answer from every profile; districts that their loads cannot tell apart stand in
one group. Refuses to call an answer real: whether a difference stands out is the question of trend and rank.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from wbe.factors.rules import Z95
from wbe.messages import Note

__all__ = ["COLUMNS", "Question", "changes", "flipping", "groups", "holding", "questions"]

COLUMNS = ("kind", "district", "month", "drugs", "statement", "statement_code", "under")
_UNIT = "mg/d/1000 inhabitant"
_HIGHER, _LOWER = Note("factors-higher"), Note("factors-not-higher")
_ABOVE, _BELOW = Note("factors-above"), Note("factors-not-above")


@dataclass(frozen=True)
class Question:
    """One question and the answer of every profile that has one."""

    kind: str
    districts: tuple[str, ...]
    month: str
    drugs: tuple[str, ...]
    statement: Note
    under: Mapping[str, str | Note]
    flips: bool

    def row(self) -> dict[str, object]:
        """One row of a table of conclusions, in the language in force."""
        return {
            "kind": self.kind, "district": "; ".join(self.districts), "month": self.month,
            "drugs": "; ".join(self.drugs),
            "statement": self.statement.text(), "statement_code": self.statement.code,
            "under": {profile: str(answer) for profile, answer in self.under.items()},
        }  # fmt: skip


def flipping(questions: Sequence[Question]) -> pd.DataFrame:
    """Return the conclusions on which profiles differ, columns :data:`COLUMNS`."""
    return pd.DataFrame([q.row() for q in questions if q.flips], columns=list(COLUMNS))


def holding(questions: Sequence[Question]) -> pd.DataFrame:
    """Return what at least two profiles answer and none contradicts: columns as :data:`COLUMNS`, ``answer``."""
    kept = [q for q in questions if len(q.under) > 1 and not q.flips]
    rows = [{**q.row(), "answer": str(next(iter(q.under.values())))} for q in kept]
    return pd.DataFrame(rows, columns=[*COLUMNS, "answer"]).drop(columns="under")


def questions(table: pd.DataFrame, above: Mapping[str, float] | None = None) -> list[Question]:
    """Return every question that a table of answers can decide.

    Parameters
    ----------
    table : DataFrame
        Of :func:`wbe.factors.compare`: district, drug, profile, consumption, load_log_sd, and month where it is by
        month.
    above : mapping, optional
        Drug id to a consumption [mg/d/1000 inhabitant].
    """
    if "month" not in table:
        table = table.assign(month="")
    asked = [*_pairs_of_drugs(table), *_orders_of_districts(table), *_levels(table, above or {})]
    return asked + (list(_changes(table)) if (table["month"] != "").any() else [])


def changes(table: pd.DataFrame) -> list[Question]:
    """Return the questions on time alone, of a table by month."""
    return list(_changes(table))


def _differ(answers: Mapping[str, str | Note]) -> bool:
    first, *others = answers.values()
    return any(answer != first for answer in others)


def groups(value: pd.Series, log_sd: pd.Series) -> list[list[str]]:
    """Return places from the highest down, those together that their errors cannot tell from the first of a group.

    Parameters
    ----------
    value, log_sd : Series
        Index place; a positive value and the standard deviation of its logarithm.

    Examples
    --------
    >>> groups(pd.Series({"a": 10.0, "b": 9.0, "c": 1.0}), pd.Series({"a": 0.1, "b": 0.1, "c": 0.1}))
    [['a', 'b'], ['c']]
    """
    found: list[list[str]] = []
    for place in value.sort_values(ascending=False, kind="stable").index:
        if found:
            first = found[-1][0]
            apart = math.log(value[first] / value[place])
            if apart < Z95 * math.hypot(log_sd[first], log_sd[place]):
                found[-1].append(str(place))
                continue
        found.append([str(place)])
    return found


def _contradict(orders: Sequence[list[list[str]]]) -> set[str]:
    """The places that one order puts strictly above another place and a second order strictly below it."""
    ranks = [{d: i for i, group in enumerate(order) for d in group} for order in orders]
    return {
        d
        for one in ranks for other in ranks for d in one for e in one
        if (one[d] - one[e]) * (other[d] - other[e]) < 0
    }  # fmt: skip


def _place(district: str, month: str) -> str:
    return f"{district} {month}".strip()


def _pairs_of_drugs(table: pd.DataFrame) -> Iterator[Question]:
    for (district, month), group in table.groupby(["district", "month"], sort=False):
        wide = group.pivot(index="drug", columns="profile", values="consumption")
        for i, a in enumerate(wide.index):
            for b in wide.index[i + 1 :]:
                both = wide.loc[[a, b]].dropna(axis=1)
                if both.empty:
                    continue
                answers = {str(p): str(both[p].idxmax()) for p in both.columns}
                place = _place(str(district), str(month))
                asked = Note("factors-asked-drugs", place=place, a=str(a), b=str(b))
                named = (str(a), str(b))
                yield Question("drugs", (str(district),), str(month), named, asked, answers, _differ(answers))


def _orders_of_districts(table: pd.DataFrame) -> Iterator[Question]:
    for (drug, month), group in table.groupby(["drug", "month"], sort=False):
        wide = group.pivot(index="district", columns="profile", values="consumption").dropna(axis=1, how="all").dropna()
        if len(wide) < 2 or not len(wide.columns):
            continue
        spread = group.pivot(index="district", columns="profile", values="load_log_sd")
        orders = {str(p): groups(wide[p], spread[p]) for p in wide.columns}
        moved = _contradict(list(orders.values()))
        named = [str(d) for order in list(orders.values())[:1] for found in order for d in found]
        asked = Note("factors-asked-order", drug=str(drug), month=str(month)) if month else Note(
            "factors-asked-order-all", drug=str(drug))  # fmt: skip
        yield Question(
            "districts", tuple([d for d in named if d in moved] or named), str(month), (str(drug),), asked,
            {p: " > ".join(", ".join(found) for found in order) for p, order in orders.items()}, bool(moved),
        )  # fmt: skip


def _changes(table: pd.DataFrame) -> Iterator[Question]:
    for (district, drug), group in table.groupby(["district", "drug"], sort=False):
        wide = group.pivot(index="month", columns="profile", values="consumption").dropna(axis=1, how="all").dropna()
        if len(wide) < 2 or not len(wide.columns):
            continue
        wide = wide.sort_index()
        first, last = str(wide.index[0]), str(wide.index[-1])
        against: dict[str, str | Note] = {
            str(p): _HIGHER if wide[p].iloc[-1] > wide[p].iloc[0] else _LOWER for p in wide.columns
        }
        most: dict[str, str | Note] = {str(p): str(wide[p].idxmax()) for p in wide.columns}
        names = {"district": str(district), "drug": str(drug)}
        for asked, answers in (
            (Note("factors-asked-change", **names, last=last, first=first), against),
            (Note("factors-asked-most", **names), most),
        ):
            span = f"{first} to {last}"
            yield Question("months", (str(district),), span, (str(drug),), asked, answers, _differ(answers))


def _levels(table: pd.DataFrame, above: Mapping[str, float]) -> Iterator[Question]:
    for drug, limit in above.items():
        rows = table[(table["drug"] == drug) & table["consumption"].notna()]
        for (district, month), group in rows.groupby(["district", "month"], sort=False):
            over = dict(zip(group["profile"].astype(str), group["consumption"] > limit, strict=True))
            answers: dict[str, str | Note] = {p: _ABOVE if yes else _BELOW for p, yes in over.items()}
            place = _place(str(district), str(month))
            asked = Note("factors-asked-level", place=place, drug=drug, limit=f"{limit:g}", unit=_UNIT)
            yield Question("levels", (str(district),), str(month), (drug,), asked, answers, _differ(answers))
