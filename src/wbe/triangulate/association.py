"""Do counts follow loads, and after how many months: a lagged correlation that knows noise, persistence and policing.

Refuses a number where the counts go with the work of enforcement, and where too few cells hold both.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from wbe.answer import Answer, drug_of, needed, quantity_of
from wbe.errors import Fault, InputError
from wbe.messages import Note, Words
from wbe.triangulate.counts import Counts
from wbe.triangulate.panel import Panel, of_counts, of_loads, tests_of, within
from wbe.triangulate.settings import indicator_named, indicators, rules
from wbe.vocabulary import label

__all__ = ["Association", "associate"]

_COLUMNS = ("lag", "correlation", "lower", "upper", "p", "n", "n_effective")


@dataclass(frozen=True, eq=False)
class Association:
    """How counts of one indicator go with the loads of one drug.

    Parameters
    ----------
    table : DataFrame
        ``lag`` (months by which the counts come later), ``correlation, lower, upper`` (95 %) of logarithms within
        districts, ``p`` (two-sided, of this lag alone), ``n`` cells with both, ``n_effective`` independent ones.
        Empty where ``status`` is not ``estimate``.
    status : str
        ``estimate``, ``confounded`` (the counts follow the work of enforcement) or ``too_few``.
    p : float
        Of the strongest lag, for having looked at all of them; NaN without an estimate.
    enforcement : float
        Correlation of the counts with enforcement work; NaN where no such counts were given.
    reliability : float
        Share of the loads' variance between months that is not noise of measuring.
    """

    indicator: str
    drug: str
    table: pd.DataFrame
    status: str
    p: float
    enforcement: float
    reliability: float
    _notes: tuple[Note, ...] = field(default=(), repr=False)

    def notes(self) -> list[Note]:
        """Return what the numbers mean and what they cannot, as notes."""
        return list(self._notes)

    def explain(self, language: str | None = None) -> str:
        """Return the same in words, one sentence a line."""
        return "\n".join(note.text(language) for note in self._notes)


def associate(
    answer: Answer,
    held: Counts,
    *,
    indicator: str,
    drug: str,
    quantity: str = "normalised_load",
    window: int | None = None,
    seed: int = 20210624,
) -> Association:
    """Compare counts with loads: within districts, at lags of some months.

    Parameters
    ----------
    answer : Estimate or Series
    held : Counts
        From :func:`wbe.triangulate.read_counts`; with rows of ``enforcement`` (operations, checks, tests made) where
        they are known.
    indicator, drug : str
    quantity : str
    window : int, optional
        Months that a count looks back, such as 3 to 6 for hair; by default the indicator's own.
    seed : int
        Of the shifts; equal seeds give equal numbers.

    Returns
    -------
    Association

    Raises
    ------
    UnknownName
        An unknown indicator, drug or quantity.
    InputError
        The counts do not hold the indicator, or an impossible window.

    Notes
    -----
    Pearson correlation of logarithms after the means of districts (and, from three districts on, of months) are
    taken out, so that neither larger places nor a common season make one. Intervals by Fisher's transformation with
    the number of independent cells, n (1 - r r') / (1 + r r') with the two series' lag-one correlations. P from
    circular shifts of each district's counts, which keep the persistence of both series; over all lags from the
    largest of them. Correlations are those of measured numbers: noise makes them smaller, and ``reliability`` says
    how much.

    Source
    ------
    Bartlett 1935, doi:10.2307/2342284 (effective number of pairs of persistent series); Kendall 1954,
    doi:10.1093/biomet/41.3-4.403 (bias of a serial correlation).

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> table = pd.DataFrame({"district": ["天元区"], "month": ["2021-01"], "emergency calls": [9]})
    >>> from wbe.triangulate import counts
    >>> associate(small_loads(), counts(table), indicator="emergency calls", drug="冰毒").status
    'too_few'
    """
    needed(answer, "triangulate.associate")
    quantity_of(answer, quantity)
    name, drug = indicator_named(indicator), drug_of(answer, drug)
    if name not in held.indicators:
        raise InputError([Fault("triangulate-not-counted", name=indicators()[name].words, known=_words(held))])
    back = indicators()[name].window if window is None else window
    if isinstance(back, bool) or not isinstance(back, int) or not 1 <= back <= 12:
        raise InputError([Fault("triangulate-window", came=repr(window))])
    loads = of_loads(answer, drug, quantity).averaged(back)
    number = of_counts(held, name, drug, loads.districts, loads.months)
    told = [Note("triangulate-within", indicator=indicators()[name].words, drug=_named(drug))]
    told += [Note("triangulate-window-used", months=back)] if back > 1 else []
    work = _enforcement(held, name, drug, number)
    use = np.isfinite(loads.value) & np.isfinite(number.value)
    reliability = _reliability(loads, use)
    if not _enough(use):
        told.append(Note("triangulate-too-few", count=int(use.sum()), needed=rules().fewest_cells,
                         months=rules().fewest_months))  # fmt: skip
        return _without(name, drug, "too_few", work, reliability, told)
    if abs(work) > rules().confounded:
        told.append(Note("triangulate-confounded", correlation=f"{work:+.2f}", limit=f"{rules().confounded:g}"))
        return _without(name, drug, "confounded", work, reliability, told)
    table, p = _lags(loads, number, seed)
    told += _said(table, p, work, reliability, name)
    return Association(name, drug, table, "estimate", p, work, reliability, tuple(told))


def _named(drug: str) -> Words:
    return Words(label(drug, "en"), label(drug, "zh"))


def _words(held: Counts) -> tuple[object, ...]:
    return tuple(indicators()[name].words for name in held.indicators)


def _without(name: str, drug: str, status: str, work: float, reliability: float, told: list[Note]) -> Association:
    empty = pd.DataFrame({column: pd.Series(dtype=float) for column in _COLUMNS})
    return Association(name, drug, empty, status, float("nan"), work, reliability, tuple(told))


def _enough(use: np.ndarray) -> bool:
    return int(use.sum()) >= rules().fewest_cells and int(use.sum(axis=1).max()) >= rules().fewest_months


def _enforcement(held: Counts, name: str, drug: str, number: Panel) -> float:
    """The correlation within districts of the counts with enforcement work that is largest in size, or NaN."""
    others = [n for n in held.indicators if indicators()[n].enforcement and n != name]
    work = [of_counts(held, n, drug, number.districts, number.months) for n in others]
    made = tests_of(held, name, number.districts, number.months)
    work += [made] if made is not None else []
    found = [_correlation(number.value, w.value, months=False)[0] for w in work]
    known = [r for r in found if np.isfinite(r)]
    return max(known, key=abs) if known else float("nan")


def _reliability(loads: Panel, use: np.ndarray) -> float:
    left = within(loads.value, use, months=False)
    total = float(np.nanvar(left)) if use.any() else 0.0
    return float(np.clip(1 - np.mean(loads.noise[use]) / total, 0.0, 1.0)) if total > 0 else float("nan")


def _shifted(value: np.ndarray, lag: int) -> np.ndarray:
    """Loads of ``lag`` months before stand where the counts are."""
    moved = np.full_like(value, np.nan)
    if lag >= 0:
        moved[:, lag:] = value[:, : value.shape[1] - lag]
    else:
        moved[:, :lag] = value[:, -lag:]
    return moved


def _correlation(a: np.ndarray, b: np.ndarray, *, months: bool) -> tuple[float, int, float]:
    """Correlation within districts, cells with both, and how many of them are independent."""
    use = np.isfinite(a) & np.isfinite(b)
    r = float(_within_districts(a, b, months=months))
    if not np.isfinite(r):
        return r, int(use.sum()), 0.0
    lost = int(use.any(axis=1).sum()) + (int(use.any(axis=0).sum()) - 1 if months else 0) - 1
    x, y = (within(v, use, months=months) for v in (a, b))
    keep = _persistence(x) * _persistence(y)
    n = max(int(use.sum()) - lost, 1)
    return r, int(use.sum()), n * (1 - keep) / (1 + keep)


def _within_districts(a: np.ndarray, b: np.ndarray, *, months: bool) -> np.ndarray:
    """Correlations within districts of arrays (..., district, month); NaN with fewer than 3 cells or no variation."""
    use = np.isfinite(a) & np.isfinite(b)
    x, y = (np.where(use, within(v, use, months=months), 0.0) for v in (a, b))
    number = use.sum(axis=(-2, -1))
    xx, yy, xy = ((p * q).sum(axis=(-2, -1)) for p, q in ((x, x), (y, y), (x, y)))
    fine = (number >= 3) & (np.minimum(xx, yy) > 1e-18 * np.maximum(number, 1))
    found: np.ndarray = np.where(fine, xy / np.sqrt(np.where(fine, xx * yy, 1.0)), np.nan)
    return found


def _persistence(left: np.ndarray) -> float:
    """Lag-one correlation, raised by what taking out means of short series costs (Kendall 1954)."""
    both = np.isfinite(left[:, 1:]) & np.isfinite(left[:, :-1])
    if both.sum() < 3:
        return 0.0
    r = float(np.mean((left[:, 1:] * left[:, :-1])[both]) / np.nanmean(left**2))
    length = float(np.isfinite(left).sum(axis=1).max())
    return float(np.clip(r + (1 + 3 * r) / length, 0.0, 0.95))


def _lags(loads: Panel, number: Panel, seed: int) -> tuple[pd.DataFrame, float]:
    months = len(loads.districts) >= 3 and bool((np.isfinite(loads.value).sum(axis=0) >= 3).any())
    lags = [lag for lag in rules().lags if abs(lag) < len(loads.months) - rules().fewest_months + 1]
    moved = [_shifted(loads.value, lag) for lag in lags]
    found = [_correlation(m, number.value, months=months) for m in moved]
    turned = _turned(number.value, max(map(abs, lags)), seed)
    size = np.abs(np.nan_to_num([_within_districts(m[None], turned, months=months) for m in moved])).T
    r = np.array([f[0] for f in found])
    p = (1 + (size >= np.abs(r) - 1e-12).sum(axis=0)) / (1 + len(size))
    strongest = (1 + int((size.max(axis=1) >= np.nanmax(np.abs(r)) - 1e-12).sum())) / (1 + len(size))
    lower, upper = np.transpose([_fisher(f[0], f[2]) for f in found])
    table = pd.DataFrame({
        "lag": lags, "correlation": r, "lower": lower, "upper": upper, "p": np.where(np.isfinite(r), p, np.nan),
        "n": [f[1] for f in found], "n_effective": [f[2] for f in found],
    })  # fmt: skip
    return table, strongest


def _turned(value: np.ndarray, farthest: int, seed: int) -> np.ndarray:
    """Counts of each district turned by an own number of months, (shift, district, month).

    Of one district by every number once; shifts within the lags looked at would find the same relation again.
    """
    districts, months = value.shape
    if districts == 1:
        away = range(farthest + 1, months - farthest)
        return np.array([np.roll(value, shift, axis=1) for shift in away]).reshape(-1, 1, months)
    rng = np.random.default_rng(seed)
    shift = rng.integers(0, months, (rules().shifts, districts))
    column = (np.arange(months)[None, None, :] - shift[:, :, None]) % months
    found: np.ndarray = value[np.arange(districts)[None, :, None], column]
    return found


def _fisher(r: float, n: float) -> tuple[float, float]:
    if not np.isfinite(r) or n <= 4:
        return -1.0, 1.0
    z, half = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)), 1.959963984540054 / np.sqrt(n - 3)
    return float(np.tanh(z - half)), float(np.tanh(z + half))


def _said(table: pd.DataFrame, p: float, work: float, reliability: float, name: str) -> list[Note]:
    best = table.iloc[int(table["correlation"].abs().argmax())]
    values = {"lag": int(best["lag"]), "correlation": f"{best['correlation']:+.2f}", "lower": f"{best['lower']:+.2f}",
              "upper": f"{best['upper']:+.2f}", "p": f"{p:.3f}"}  # fmt: skip
    told = [Note("triangulate-goes-with" if p <= 0.05 else "triangulate-no-relation", **values)]
    if reliability == 0:
        told.append(Note("triangulate-noise-all"))
    elif np.isfinite(reliability):
        told.append(Note("triangulate-noise", percent=round(100 * (1 - reliability)),
                         most=f"{np.sqrt(reliability):.2f}"))  # fmt: skip
    if np.isnan(work):
        told.append(Note("triangulate-no-enforcement"))
    elif indicators()[name].policing:
        told.append(Note("triangulate-enforcement-low", correlation=f"{work:+.2f}"))
    if indicators()[name].policing:
        told.append(Note("triangulate-policing", indicator=indicators()[name].words))
    return [*told, Note("triangulate-districts-not-persons")]
