"""Published loads as the model of levels reads them: one city of places whose months have a known error.

Refuses nothing: :class:`wbe.answer.Series` has checked the numbers. A few degrees of freedom widen an error.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from wbe.levels.cells import City, Drug
from wbe.levels.priors import Sizes, sizes

__all__ = ["city_of_loads", "sizes_of_loads"]


def widened(variance: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Return the variance of Student's t for an error that itself was estimated; unknown degrees of freedom: many.

    Examples
    --------
    >>> widened(np.array([1.0, 1.0, 1.0]), np.array([6.0, 1.0, np.nan])).tolist()
    [1.5, 3.0, 1.0]
    """
    many = np.where(np.isfinite(df), df, np.inf)
    with np.errstate(invalid="ignore"):
        grown = np.where(many > 3, many / (many - 2), 3.0)
    return np.asarray(variance * np.where(np.isinf(many), 1.0, grown))


def city_of_loads(frame: pd.DataFrame, until: str | None = None, ahead: int = 0) -> City:
    """Return one city from a frame of loads by ``district, month, drug`` with ``median, log_sd_within``.

    Parameters
    ----------
    frame : DataFrame
        As :meth:`wbe.answer.Series.series` gives; ``status`` tells numbers from results below a ``limit``.
    until : str, optional
        Later months are left out.
    ahead : int
        Months after the last that are added, with nothing seen in them.

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> city = city_of_loads(small_loads().series())
    >>> city.places, city.drugs[0].count.shape
    (('天元区', '荷塘区'), (2, 4))
    """
    month = frame["month"].astype(str)
    kept = frame[month <= (until or month.max())] if len(frame) else frame
    places = tuple(dict.fromkeys(frame["district"].astype(str)))
    number = np.array([pd.Period(m, "M").ordinal for m in kept["month"].astype(str)], dtype=int)
    told = kept["status"].isin(["estimate", "below_limit"]).to_numpy()
    if not told.any():
        empty = np.zeros(0, dtype="datetime64[M]")
        label = np.zeros(0, dtype=int)
        return City(("", ""), places, np.full(len(places), np.nan), empty, label, label, (), ("",), ())
    first, last = int(number[told].min()), int(number[told].max())
    months = np.arange(first, last + 1 + ahead).astype("datetime64[M]")
    at = number - first
    place = pd.Index(places).get_indexer(pd.Index(kept["district"].astype(str)))
    drugs = tuple(
        _drug(str(name), kept[mine & told], place[mine & told], at[mine & told], (len(places), len(months)))
        for name in sorted(set(kept["drug"].astype(str)))
        for mine in [(kept["drug"].astype(str) == name).to_numpy()]
    )
    return City(
        ("", ""), places, np.full(len(places), np.nan), months, np.full(len(months), -1),
        _versions(kept[told], at[told], len(months)), (), ("",), drugs,
    )  # fmt: skip


def _drug(name: str, rows: pd.DataFrame, place: np.ndarray, at: np.ndarray, shape: tuple[int, int]) -> Drug:
    seen = (rows["status"] == "estimate").to_numpy()
    variance = rows["log_sd_within"].to_numpy(dtype=float) ** 2
    if "df" in rows:
        variance = widened(variance, pd.to_numeric(rows["df"]).to_numpy(dtype=float))
    known = np.isfinite(variance)
    usual = float(np.median(variance[known & seen])) if (known & seen).any() else 0.0
    variance = np.where(known, variance, usual)  # a result below a limit has the usual error
    mean, count, error = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    mean[place[seen], at[seen]] = np.log(rows["median"].to_numpy(dtype=float)[seen])
    count[place[seen], at[seen]] = 1.0
    error[place, at] = variance
    below = np.log(rows["limit"].to_numpy(dtype=float)[~seen]) if (~seen).any() else np.zeros(0)
    bounded = np.isfinite(below)
    return Drug(
        name, mean, count, np.zeros(shape), np.zeros(shape), np.zeros((*shape, 1)), error[:, :, None],
        below[bounded], place[~seen][bounded], at[~seen][bounded],
    )  # fmt: skip


def _versions(rows: pd.DataFrame, at: np.ndarray, months: int) -> np.ndarray:
    """Return a label of the commonest method of each month; a month without a sample has the one before."""
    named = rows["method_version"].fillna("").astype(str).to_numpy() if "method_version" in rows else np.array([])
    labels: list[str] = []
    for m in range(months):
        here = named[at == m] if len(named) else named
        most = pd.Series(here).mode()
        labels.append(str(most.iloc[0]) if len(most) else labels[-1] if labels else "")
    known = sorted(set(labels))
    return np.array([known.index(x) for x in labels], dtype=int)


def sizes_of_loads(city: City, drug: Drug) -> Sizes:
    """Return the sizes of one drug of published loads: the error of each month is its own, and known."""
    return replace(sizes(city, drug, {}), flow=0.0, analysis=np.ones(1))
