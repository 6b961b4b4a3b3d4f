"""Which estimator for which data, always stated, and how far the answer moves with that choice.

Refuses to print a mean where too little was detected: there it gives a detection frequency and a bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betaincinv, log_ndtr, ndtri

from wbe.censored.data import Censored, settings, substituted
from wbe.censored.methods import Moments, complete, kaplan_meier, lognormal, mle_lognormal, ros, turnbull
from wbe.censored.pooled import prior_fit
from wbe.errors import UncertaintyError, one_of
from wbe.messages import Note, Words, join, notes

__all__ = [
    "METHODS",
    "DetectionFrequency",
    "Summary",
    "UpperBound",
    "choose",
    "detection_frequency",
    "sensitivity",
    "summarise",
    "upper_bound",
]

METHODS = {
    "complete": complete,
    "kaplan_meier": kaplan_meier,
    "turnbull": turnbull,
    "ros": ros,
    "mle_lognormal": mle_lognormal,
}


@dataclass(frozen=True)
class DetectionFrequency:
    """Share of results detected, with two intervals for the share in the sampled population.

    ``jeffreys`` and ``wilson`` are (lower, upper) at ``level``.
    """

    detected: int
    n: int
    share: float
    level: float
    jeffreys: tuple[float, float]
    wilson: tuple[float, float]


@dataclass(frozen=True)
class UpperBound:
    """An upper bound for the median concentration of a cell in which nothing was detected.

    ``level`` is the confidence that the bound has, which may be less than ``asked``: then ``statement`` says so.
    """

    value: float
    level: float
    asked: float
    n: int
    said: Note

    @property
    def statement(self) -> str:
        """The bound in words of the language in force."""
        return self.said.text()


@dataclass(frozen=True, eq=False)
class Summary:
    """Statistics of one cell, with the method, the share censored and how far another method would move them.

    ``fold`` is the largest mean over the smallest among the methods that can answer (``mean_low``,
    ``mean_high``); ``bound`` is set where nothing was detected, and median and mean are NaN there.
    """

    method: str
    n: int
    n_censored: int
    share: float
    median: float
    mean: float
    sd: float
    frequency: DetectionFrequency
    mean_low: float
    mean_high: float
    fold: float
    bound: UpperBound | None = None
    notes: tuple[Note, ...] = ()

    @property
    def note(self) -> str:
        """What is noted, in the language in force."""
        return join(self.notes)

    @property
    def note_codes(self) -> str:
        """The codes of what is noted, parted by spaces."""
        return notes(self.notes)

    def statement(self) -> str:
        """Say method, share and movement in one sentence."""
        head = Note("censored-summary", method=self.method, share=f"{self.share:.0%}", n=self.n)
        moves = () if np.isnan(self.fold) else (Note("censored-moves", fold=f"{self.fold:.3g}"),)
        return join((head, *moves, *self.notes))


def detection_frequency(k: int, n: int, level: float = 0.95) -> DetectionFrequency:
    """Return the share detected with its Jeffreys and Wilson intervals.

    Parameters
    ----------
    k, n : int
        Detected results and all results.
    level : float
        Between 0 and 1.

    Raises
    ------
    UncertaintyError
        ``k`` is not between 0 and ``n``, ``n`` is 0, or the level is impossible.

    Examples
    --------
    >>> f = detection_frequency(0, 10)
    >>> f.jeffreys[0], round(f.jeffreys[1], 4), round(f.wilson[1], 4)
    (0.0, 0.2172, 0.2775)

    Source: Brown, Cai and DasGupta 2001, DOI 10.1214/ss/1009213286.
    """
    if not (0 <= k <= n and n > 0):
        raise UncertaintyError("censored-counts", k=k, n=n)
    _check_level(level)
    tail = (1.0 - level) / 2
    low = 0.0 if k == 0 else float(betaincinv(k + 0.5, n - k + 0.5, tail))
    high = 1.0 if k == n else float(betaincinv(k + 0.5, n - k + 0.5, 1.0 - tail))
    z, p = float(-ndtri(tail)), k / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    wilson = (0.0 if k == 0 else float(centre - half), 1.0 if k == n else float(centre + half))
    return DetectionFrequency(k, n, p, level, (low, high), wilson)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise UncertaintyError("censored-level", came=repr(level))


def upper_bound(limits: ArrayLike, level: float = 0.95, *, log_sd: float | None = None) -> UpperBound:
    """Bound the median of a cell in which every result lies below its limit.

    Without ``log_sd`` no distribution is assumed: if the median were above the k-th smallest limit, k samples
    would have had to lie below it by chance, which has probability ``2**-k``. With few samples no such bound
    has the level asked for; then the largest limit is given with the confidence that it has. With ``log_sd``
    (the spread of single samples in natural logarithms, from :func:`fit_pooled`) the bound solves
    ``prod Phi((ln L_i - ln m)/log_sd) = 1 - level`` and exists for one sample.

    Parameters
    ----------
    limits : array (n,)
        The limits below which the results lie, in one unit.
    level : float
        Confidence asked for.
    log_sd : float, optional
        Standard deviation of the logarithm.

    Raises
    ------
    UncertaintyError
        No limits, a limit that is not positive, or an impossible level or spread.

    Examples
    --------
    >>> upper_bound([2.0, 1.0, 1.0, 1.0, 1.0]).value, upper_bound([2.0]).level
    (2.0, 0.5)
    >>> round(upper_bound([2.0], log_sd=0.5).value, 3)
    4.552
    """
    known = np.sort(np.asarray(limits, dtype=float).ravel())
    _check_level(level)
    if not known.size or not np.all(np.isfinite(known)) or known[0] <= 0:
        raise UncertaintyError("censored-limits", came=repr(limits))
    n = int(known.size)
    if log_sd is not None:
        if not log_sd > 0:
            raise UncertaintyError("censored-log-sd", came=repr(log_sd))
        value = _lognormal_bound(np.log(known), level, log_sd)
        said = Note(
            "censored-bound-spread", n=n, value=f"{value:.3g}", level=f"{level:.0%}", log_sd=f"{log_sd:.2g}"
        )  # fmt: skip
        return UpperBound(value, level, level, n, said)
    needed = int(np.ceil(np.log(1.0 - level) / np.log(0.5) - 1e-9))
    if n >= needed:
        value = float(known[needed - 1])
        return UpperBound(value, 1.0 - 0.5**needed, level, n, Note("censored-bound", n=n, value=f"{value:.3g}"))
    reached = 1.0 - 0.5**n
    value = float(known[-1])
    said = Note(
        "censored-bound-weak",
        n=n, value=f"{value:.3g}", reached=f"{reached:.0%}", needed=needed, level=f"{level:.0%}",
    )  # fmt: skip
    return UpperBound(value, reached, level, n, said)


def _lognormal_bound(log_limits: np.ndarray, level: float, log_sd: float) -> float:
    """Bisect the log-median at which seeing nothing has probability 1 - level."""
    target = np.log1p(-level)
    low, high = float(log_limits[0]) - 40 * log_sd, float(log_limits[-1]) + 40 * log_sd
    for _ in range(200):
        middle = (low + high) / 2
        if log_ndtr((log_limits - middle) / log_sd).sum() > target:
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))


def choose(data: Censored) -> str:
    """Name the method for the data by its share censored, as ``data/censored.toml`` says.

    Returns
    -------
    str
        ``complete``, ``kaplan_meier`` (``turnbull`` for other intervals), ``ros``, ``mle_lognormal``, or
        ``detection_frequency`` where too little was detected for any mean.

    Examples
    --------
    >>> choose(Censored([1.0, 2.0, 3.0, 0.0], [1.0, 2.0, 3.0, 1.0]))
    'kaplan_meier'
    """
    rule = settings()["choice"]
    if data.n and not data.n_censored:
        return "complete"
    if not data.n or np.unique(data.values).size < rule["least_detected"] or data.share >= rule["regression_below"]:
        return "detection_frequency"
    if data.share < rule["kaplan_meier_below"]:
        return "kaplan_meier" if data.left_only else "turnbull"
    if data.n > rule["large_n"] or np.isinf(data.upper).any():
        return "mle_lognormal"
    return "ros"


def summarise(data: Censored, method: str = "auto", level: float = 0.95) -> Summary:
    """Summarise results below and above limits; the method and the share censored are always stated.

    Parameters
    ----------
    data : Censored
        One cell: the results of one biomarker in one place and period.
    method : str
        ``auto`` (see :func:`choose`), or one of ``complete, kaplan_meier, turnbull, ros, mle_lognormal,
        detection_frequency``.
    level : float
        For the detection frequency and the bound.

    Returns
    -------
    Summary
        Median, mean and sd are NaN under ``detection_frequency``; a cell without any detected result has a
        ``bound``.

    Raises
    ------
    UnknownName
        Unknown method; the known ones are named.
    UncertaintyError
        No results at all, or the method asked for cannot answer for these data.

    Examples
    --------
    >>> summer = Censored.from_flags([20, 10, 10, 10, 10, 7, 3, 3, 3], [0, 1, 1, 1, 1, 0, 0, 1, 1])
    >>> found = summarise(summer)
    >>> found.method, round(found.mean, 3), found.n_censored
    ('ros', 4.667, 6)
    >>> summarise(Censored([0.0], [2.0])).bound.value
    2.0
    """
    one_of(method, ("auto", *METHODS, "detection_frequency"), Words("method", "方法"))
    if not data.n:
        raise UncertaintyError("censored-no-results")
    chosen = choose(data) if method == "auto" else method
    nan = float("nan")
    moments = Moments(chosen, nan, nan, nan) if chosen == "detection_frequency" else METHODS[chosen](data)
    frequency = detection_frequency(data.n_detected, data.n, level)
    low, high = _range(data)
    noted = list(moments.notes)
    bound = None
    if data.n_detected == 0 and np.all(np.isfinite(data.upper)):
        bound = upper_bound(data.upper, level)
        noted.append(bound.said)
    elif chosen == "detection_frequency":
        noted.append(Note("censored-too-little", k=data.n_detected, n=data.n))
    if data.without_limit:
        noted.append(Note("censored-without-limit", count=data.without_limit))
    return Summary(
        chosen, data.n, data.n_censored, data.share, moments.median, moments.mean, moments.sd, frequency,
        low, high, high / low if low > 0 else nan, bound, tuple(noted),
    )  # fmt: skip


def _range(data: Censored) -> tuple[float, float]:
    """Smallest and largest mean among the estimators that may answer, the prior's two ends included."""
    table = sensitivity(data)
    means = table.loc[table["kind"].isin(["estimator", "prior"]), "mean"].dropna()
    return (float(means.min()), float(means.max())) if len(means) else (float("nan"), float("nan"))


def sensitivity(data: Censored) -> pd.DataFrame:
    """Show how far median and mean move with the method, the prior and the substitution.

    Parameters
    ----------
    data : Censored

    Returns
    -------
    DataFrame
        One row for each ``approach`` that can answer: ``kind`` (estimator, prior, bound, substitution),
        ``median``, ``mean``, ``sd``, ``times_smallest`` (mean over the smallest positive mean of the table)
        and ``chosen`` (what :func:`summarise` takes). The two ``bound`` rows hold every mean that agrees with
        the intervals: each result at its lower and at its upper limit.

    Examples
    --------
    >>> table = sensitivity(Censored([0.0, 0.0, 5.0], [2.0, 4.0, 5.0]))
    >>> sorted(set(table["kind"]))
    ['bound', 'estimator', 'prior', 'substitution']
    """
    rows: list[tuple[str, str, float, float, float]] = []
    if data.n and not data.n_censored:
        plain = complete(data)
        rows.append(("complete", "estimator", plain.median, plain.mean, plain.sd))
    elif data.n:
        rows += _estimator_rows(data) + _filled_rows(data)
    table = pd.DataFrame(rows, columns=["approach", "kind", "median", "mean", "sd"])
    positive = table.loc[table["mean"] > 0, "mean"]
    table["times_smallest"] = table["mean"] / positive.min() if len(positive) else np.nan
    table["chosen"] = table["approach"] == choose(data)
    return table


def _estimator_rows(data: Censored) -> list[tuple[str, str, float, float, float]]:
    rule, prior = settings()["choice"], settings()["prior"]
    different = np.unique(data.values).size
    rows = []
    if different:
        name = "kaplan_meier" if data.left_only else "turnbull"
        m = METHODS[name](data)
        rows.append((name, "estimator", m.median, m.mean, m.sd))
    if different >= rule["least_detected"]:
        names = ["mle_lognormal"] if np.isinf(data.upper).any() else ["ros", "mle_lognormal"]
        for name in names:
            m = METHODS[name](data)
            rows.append((name, "estimator", m.median, m.mean, m.sd))
    else:
        for key in ("narrow_log_sd", "log_sd", "wide_log_sd"):
            mu, sigma = prior_fit(data, prior[key])
            m = lognormal("prior", mu, sigma)
            rows.append((f"prior log-sd {prior[key]:g}", "prior", m.median, m.mean, m.sd))
    return rows


def _filled_rows(data: Censored) -> list[tuple[str, str, float, float, float]]:
    rows = []
    fillings = [(rule, "substitution", substituted(data, rule)) for rule in settings()["substitution"]]
    if np.all(np.isfinite(data.upper)):
        fillings += [("lower limits", "bound", data.lower), ("upper limits", "bound", data.upper)]
    else:
        fillings.append(("lower limits", "bound", data.lower))
    for name, kind, x in fillings:
        sd = float(x.std(ddof=1)) if x.size > 1 else float("nan")
        rows.append((name, kind, float(np.median(x)), float(x.mean()), sd))
    return rows
