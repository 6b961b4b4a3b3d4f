"""Conclusions under several profiles: which hold under each of them, and which turn with the choice.

Each conclusion is a question with one answer from every profile. Refuses to call an answer real: whether a difference
stands out from the error is the question of trend and rank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

COLUMNS = ("kind", "district", "month", "drugs", "statement", "under")
_UNIT = "mg/d/1000 inhabitant"


@dataclass(frozen=True)
class Question:
    """One question and the answer of every profile that has one."""

    kind: str
    district: str
    month: str
    drugs: str
    statement: str
    under: Mapping[str, str]

    @property
    def turns(self) -> bool:
        """Whether two profiles answer differently."""
        return len(set(self.under.values())) > 1

    def row(self) -> dict[str, object]:
        """One row of a table of conclusions."""
        return {name: getattr(self, name) for name in COLUMNS}


def turning(questions: list[Question]) -> pd.DataFrame:
    """Return the conclusions on which profiles differ, columns :data:`COLUMNS`."""
    return pd.DataFrame([q.row() for q in questions if q.turns], columns=list(COLUMNS))


def holding(questions: list[Question]) -> pd.DataFrame:
    """Return what at least two profiles answer and all answer alike: ``kind district month drugs statement answer``."""
    kept = [q for q in questions if len(q.under) > 1 and not q.turns]
    rows = [{**q.row(), "answer": next(iter(q.under.values()))} for q in kept]
    return pd.DataFrame(rows, columns=[*COLUMNS, "answer"]).drop(columns="under")


def questions(table: pd.DataFrame, above: Mapping[str, float] | None = None) -> list[Question]:
    """Return every question that a table of answers can decide.

    Parameters
    ----------
    table : DataFrame
        Of :func:`wbe.factors.compare`: district, drug, profile, consumption, and month where it is by month.
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
                yield Question(
                    "drugs", str(district), str(month), f"{a}; {b}",
                    f"{_place(str(district), str(month))}: which is consumed more, {a} or {b}",
                    {str(p): str(both[p].idxmax()) for p in both.columns},
                )  # fmt: skip


def _orders_of_districts(table: pd.DataFrame) -> Iterator[Question]:
    for (drug, month), group in table.groupby(["drug", "month"], sort=False):
        wide = group.pivot(index="district", columns="profile", values="consumption").dropna(axis=1, how="all").dropna()
        if len(wide) < 2 or not len(wide.columns):
            continue
        orders = {str(p): wide[p].sort_values(ascending=False, kind="stable").index for p in wide.columns}
        first = next(iter(orders.values()))
        moved = [str(d) for d in first if len({list(o).index(d) for o in orders.values()}) > 1]
        yield Question(
            "districts", "; ".join(moved or map(str, first)), str(month), str(drug),
            f"{drug}{f' {month}' if month else ''}: order of districts, highest first",
            {p: " > ".join(map(str, o)) for p, o in orders.items()},
        )  # fmt: skip


def _changes(table: pd.DataFrame) -> Iterator[Question]:
    for (district, drug), group in table.groupby(["district", "drug"], sort=False):
        wide = group.pivot(index="month", columns="profile", values="consumption").dropna(axis=1, how="all").dropna()
        if len(wide) < 2 or not len(wide.columns):
            continue
        wide = wide.sort_index()
        first, last = str(wide.index[0]), str(wide.index[-1])
        yield Question(
            "months", str(district), f"{first} to {last}", str(drug),
            f"{district}: {drug} in {last} against {first}",
            {str(p): "higher" if wide[p].iloc[-1] > wide[p].iloc[0] else "not higher" for p in wide.columns},
        )  # fmt: skip
        yield Question(
            "months", str(district), f"{first} to {last}", str(drug),
            f"{district}: month with most {drug}",
            {str(p): str(wide[p].idxmax()) for p in wide.columns},
        )  # fmt: skip


def _levels(table: pd.DataFrame, above: Mapping[str, float]) -> Iterator[Question]:
    for drug, limit in above.items():
        rows = table[(table["drug"] == drug) & table["consumption"].notna()]
        for (district, month), group in rows.groupby(["district", "month"], sort=False):
            under = dict(zip(group["profile"].astype(str), group["consumption"] > limit, strict=True))
            yield Question(
                "levels", str(district), str(month), drug,
                f"{_place(str(district), str(month))}: {drug} against {limit:g} {_UNIT}",
                {p: "above" if over else "not above" for p, over in under.items()},
            )  # fmt: skip
