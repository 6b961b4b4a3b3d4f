"""What changed between two runs, and by what: each number's change parted over its causes, to the last digit.

Refuses runs whose files are not those of their records. The parts are Shapley's: a cause's share is its mean effect
over all orders in which the causes could have changed.

Source: Shapley 1953, doi:10.1515/9781400881970-018.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from wbe.runs.hybrids import CAUSES, between, changed_causes
from wbe.runs.loading import Loaded, estimate_between, load, settings_that_differ
from wbe.samples import month as month_of

__all__ = ["Difference", "diff", "shapley"]

KEYS = ["district", "month", "drug", "biomarker", "quantity"]
CLOSE = 1e-9  # relative: two printed doubles that are one number
SAME = 1e-6  # relative: a run made again is the run


@dataclass(frozen=True)
class Difference:
    """Two runs compared.

    Attributes
    ----------
    settings : DataFrame
        Settings that differ: setting, a, b.
    rows : DataFrame
        Numbers of both runs that are others now: the keys, ``measure`` (median, or upper for a bound), ``was``,
        ``now``, ``text_a``, ``text_b``, the ``statement`` that users rest on, ``change``, and one column for each
        cause, which add up to ``change``; not known where a number came or went.
    causes : DataFrame
        One row for each cause, the largest first: ``cause``, how many ``numbers`` it moved, its ``share`` of all
        change, and where its ``largest`` relative effect is.
    new, removed : DataFrame
        Numbers of one run only, with ``whole_month`` where the other has nothing of that month.
    split : bool
        Whether causes could be told apart: both runs kept their samples.
    """

    settings: pd.DataFrame
    rows: pd.DataFrame
    causes: pd.DataFrame
    new: pd.DataFrame
    removed: pd.DataFrame
    split: bool

    @property
    def same(self) -> bool:
        """Whether the runs agree in every number and setting."""
        return bool(self.settings.empty and self.rows.empty and self.new.empty and self.removed.empty)


def diff(run_a: str | Path, run_b: str | Path) -> Difference:
    """Compare two runs.

    Parameters
    ----------
    run_a, run_b : path
        A CSV of ``wbe estimate``, or the folder of a run of ``wbe run``.

    Returns
    -------
    Difference

    Raises
    ------
    InputError
        A path that is no run, or a file that is not the one of its record.
    """
    a, b = load(Path(run_a)), load(Path(run_b))
    both = a.table.merge(b.table, on=KEYS, how="outer", suffixes=("_a", "_b"), indicator=True, sort=False)
    rows = _revised(both[both["_merge"] == "both"])
    split = a.samples is not None and b.samples is not None
    shares = _shares(a, b, rows) if split and len(rows) else pd.DataFrame(index=rows.index)
    rows = pd.concat([rows, shares.reindex(columns=[c for c in CAUSES if c in shares])], axis=1)
    return Difference(
        settings_that_differ(a, b), rows.reset_index(drop=True), _causes(rows),
        _only(both, "right_only", "b", a), _only(both, "left_only", "a", b), split,
    )  # fmt: skip


def _revised(both: pd.DataFrame) -> pd.DataFrame:
    """Rows of both runs whose number or text differs: numbers before bounds, the largest relative change first."""
    numbers = ["median", "lower", "upper"]
    left, right = (both[[f"{c}_{side}" for c in numbers]].to_numpy(float) for side in "ab")
    moved = ~np.isclose(left, right, rtol=CLOSE, atol=0, equal_nan=True).all(axis=1)
    moved |= (both["text_a"].fillna("") != both["text_b"].fillna("")).to_numpy()
    rows = both.loc[moved]
    median = rows["median_a"].notna() & rows["median_b"].notna()
    found = rows[KEYS].assign(
        measure=np.where(median, "median", "upper"),
        was=rows["median_a"].where(median, rows["upper_a"]).astype(float),
        now=rows["median_b"].where(median, rows["upper_b"]).astype(float),
        text_a=rows["text_a"].fillna(""), text_b=rows["text_b"].fillna(""), statement=_statement(rows),
    )  # fmt: skip
    found["change"] = found["now"] - found["was"]
    size = np.abs(np.log(found["now"] / found["was"])).fillna(-1.0)  # numbers that came or went stand last
    order = np.lexsort((-size.to_numpy(), np.where(size < 0, 2, np.where(median, 0, 1))))
    return pd.DataFrame(found.iloc[order])


def _statement(rows: pd.DataFrame) -> pd.Series:
    """What a number of users rests on, without which it is not shown; nothing for other numbers."""
    empty = pd.Series("", index=rows.index)
    now, was = (rows.get(f"note_{side}", empty).fillna("").astype(str) for side in "ba")
    return now.where(now != "", was).where(rows["quantity"] == "users", "")


def _shares(a: Loaded, b: Loaded, rows: pd.DataFrame) -> pd.DataFrame:
    """One column for each cause that changed, in the unit of the row; they add up to the row's change."""
    assert a.samples is not None and b.samples is not None  # noqa: PT018
    causes = changed_causes(a.samples, b.samples) | a.causes_against(b)
    change = rows["change"].to_numpy(float)
    ordered = [c for c in CAUSES if c in causes and c != "model"]
    if len(ordered) <= 1:
        only = ordered[0] if ordered and "model" not in causes else "model" if not ordered else None
        if only is not None:
            return pd.DataFrame({only: change}, index=rows.index)
    keys = pd.MultiIndex.from_frame(rows[KEYS])
    measure = rows["measure"].to_numpy()

    def worth(months: Sequence[str] | None) -> Callable[[frozenset[str]], np.ndarray]:
        def of(changed: frozenset[str]) -> np.ndarray:
            mixed = between(a.samples, b.samples, changed)  # type: ignore[arg-type]
            if months is not None:
                mixed = mixed.isel(sample=np.isin(month_of(mixed).values, months))
            table = estimate_between(a, b, mixed, changed).set_index(KEYS)
            table = table[~table.index.duplicated()].reindex(keys)
            return np.where(measure == "median", table["median"], table["upper"]).astype(float)

        return of

    first = worth(sorted(rows["month"].unique()))
    if not np.allclose(first(frozenset()), rows["was"], rtol=SAME, atol=0, equal_nan=True):
        first = worth(None)  # a month's number leans on other months
    parts = shapley(ordered, first)
    table = pd.DataFrame(parts, index=rows.index)
    # what no cause explains is the model's: another version, other draws, or what it learns from the rest
    rest = change - table.sum(axis=1, skipna=False).to_numpy()
    if "model" in causes or np.any(np.abs(rest) > SAME * np.abs(rows["was"].to_numpy())):
        return table.assign(model=rest)
    largest = table.abs().to_numpy().argmax(axis=1) if len(table) else np.array([], dtype=int)
    values = table.to_numpy(copy=True)
    values[np.arange(len(values)), largest] += rest  # a rounding of the last digit
    return pd.DataFrame(values, index=table.index, columns=table.columns)


def shapley(causes: Sequence[str], worth: Callable[[frozenset[str]], np.ndarray]) -> dict[str, np.ndarray]:
    """Part a change over its causes.

    Parameters
    ----------
    causes : sequence of str
    worth : callable
        The numbers when exactly the causes of a set have changed; asked for each set once.

    Returns
    -------
    dict of array
        The parts; they add up to ``worth(all) - worth(none)``.

    Source
    ------
    Shapley 1953, doi:10.1515/9781400881970-018.

    Examples
    --------
    >>> import numpy as np
    >>> load = lambda changed: np.array([100.0 * (1.1 if "flow" in changed else 1) * (2 if "limits" in changed else 1)])
    >>> {cause: float(part[0].round(6)) for cause, part in shapley(["flow", "limits"], load).items()}
    {'flow': 15.0, 'limits': 105.0}
    """
    n = len(causes)
    known = {
        frozenset(chosen): worth(frozenset(chosen))
        for size in range(n + 1)
        for chosen in itertools.combinations(causes, size)
    }
    parts = {}
    for cause in causes:
        part = np.zeros_like(known[frozenset()], dtype=float)
        for chosen, value in known.items():
            if cause not in chosen:
                weight = math.factorial(len(chosen)) * math.factorial(n - len(chosen) - 1) / math.factorial(n)
                part = part + weight * (known[chosen | {cause}] - value)
        parts[cause] = part
    return parts


def _causes(rows: pd.DataFrame) -> pd.DataFrame:
    """Each cause with how many numbers it moved, its share of all relative change, and its largest effect."""
    columns = ["cause", "numbers", "share", "largest", "where"]
    held = [c for c in CAUSES if c in rows]
    if rows.empty or not held:
        return pd.DataFrame(columns=columns)
    relative = rows[held].div(rows["was"].abs(), axis=0).replace([np.inf, -np.inf], np.nan)
    whole = relative.abs().sum().sum()
    found = []
    for cause in held:
        size = relative[cause]
        if not (size.abs() > CLOSE).any():
            continue
        at = int(np.nanargmax(size.abs().to_numpy()))
        place = " ".join(str(rows[k].iloc[at]) for k in ("district", "month", "drug", "quantity"))
        moved, share = int((size.abs() > CLOSE).sum()), float(size.abs().sum() / whole)
        found.append([cause, moved, share, float(size.iloc[at]), place])
    return pd.DataFrame(found, columns=columns).sort_values("share", ascending=False, ignore_index=True)


def _only(both: pd.DataFrame, side: str, suffix: str, other: Loaded) -> pd.DataFrame:
    """Numbers of one run only."""
    rows = both[both["_merge"] == side]
    found = rows[KEYS].assign(text=rows[f"text_{suffix}"].fillna(""), statement=_statement(rows))
    found["whole_month"] = ~found["month"].isin(set(other.table["month"]))
    return found.reset_index(drop=True)
