"""``read_loads``: published loads per head -> a :class:`wbe.answer.Series` that trends, ranks and plots take.

Reads the European agency's day file, Statistics Canada's monthly table and a user's own CSV in any spelling of
mg/d/1000 inhabitants. Refuses concentrations, a unit that it does not know, and a number without a place and a time.
"""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from wbe import packaged
from wbe.answer import Series
from wbe.errors import Fault, InputError, need_path, one_of
from wbe.exchange import euda
from wbe.exchange.load_tables import read_table
from wbe.exchange.per_head import per_head
from wbe.messages import Note, Words
from wbe.vocabulary import find

__all__ = ["frame_of_loads", "log_se", "read_loads"]

COLUMNS = (
    "place", "month", "biomarker", "median", "lower", "upper", "se", "df", "n_samples", "n_detected", "imputed",
    "limit", "status",
)  # fmt: skip


def frame_of_loads(path: str | Path, *, means: str = "plain") -> pd.DataFrame:
    """Read published loads into one table.

    Parameters
    ----------
    path : str or Path
        A CSV file.
    means : {"plain", "published"}
        Of a day file: the plain mean of the days that were published, or the mean that the publisher printed.

    Returns
    -------
    DataFrame
        ``place month biomarker median lower upper [mg/d/1000 inhabitant] se df n_samples n_detected imputed limit
        status``; ``se`` is the standard error of the load, ``imputed`` the share of it that was imputed.

    Raises
    ------
    InputError
        All faults: no such file, columns or units that are not understood, numbers that are none.
    """
    path = need_path(path, "read_loads")
    if path.is_dir():
        raise InputError([Fault("exchange-load-folder", file=path.name, inside=_tables(path))])
    if not path.is_file():
        raise InputError([Fault("exchange-no-load-path", file=path.name)])
    if euda.is_load_file(path):
        return _of_days(path, means)
    table = read_table(path)
    if {"REF_DATE", "GEO", "Characteristics", "VALUE"} <= set(table.columns):
        return _of_statcan(table, path)
    from wbe.exchange.own_loads import own_loads

    return own_loads(table, path)


def _tables(folder: Path) -> object:
    """Name what may be meant in a folder: its tables, few of them."""
    return sorted(p.name for p in folder.glob("*.csv"))[:5] or Note("exchange-no-table")


def biomarker_named(text: str) -> str | None:
    """Return the biomarker that a publisher's name of a drug means."""
    names = packaged.toml("exchange.toml")["loads"]["names"]
    return names.get(text.strip().lower()) or find(text)


def _of_days(path: Path, means: str) -> pd.DataFrame:
    loads = euda.read_loads(path)
    days = loads["normalised_load"]
    below = (loads["flag"] == 1).sum("weekday")
    n = days.notnull().sum("weekday")
    # a day below the limit has no number: the mean of the others would be too high, so it counts as 0 and is said
    counted = days.where(loads["flag"] != 1, 0.0)
    mean = counted.mean("weekday", skipna=True) if means == "plain" else loads["published_mean"].sel(part="daily")
    with warnings.catch_warnings():
        # of no day or one there is no spread: older xarray lets NumPy warn of it
        warnings.filterwarnings("ignore", "Degrees of freedom", RuntimeWarning)
        spread = counted.std("weekday", ddof=1, skipna=True) / np.sqrt((n + below).where(n + below > 1))
    stacked = {
        "median": mean, "se": spread, "n_detected": n, "n_samples": n + below,
    }  # fmt: skip
    frame = pd.DataFrame({k: v.stack(row=("site", "year", "biomarker")).to_series() for k, v in stacked.items()})
    frame = frame[(frame["n_samples"] > 0) & frame["median"].notna()].reset_index()
    named = zip(loads["country"].values, loads["city"].values, strict=True)
    keys = pd.Series([f"{country} {city}" for country, city in named], index=loads["site"].values)
    shared = keys.duplicated(keep=False)
    keys = keys.where(~shared, keys + " " + keys.index.astype(str))
    frame = frame.assign(
        place=frame["site"].map(keys), month=frame["year"].astype(str) + "-03", df=frame["n_samples"] - 1.0,
        imputed=0.0, limit=np.nan,
        status=np.where(frame["n_detected"] > 0, "estimate", "below_limit"),
    )  # fmt: skip
    quantile = np.array([stdtrit(max(d, 1), 0.975) for d in frame["df"]])
    return _bounded(frame, quantile)


def _bounded(frame: pd.DataFrame, quantile: np.ndarray) -> pd.DataFrame:
    """Bounds on the log scale where a standard error is known, so that none falls below 0."""
    relative = frame["se"] / frame["median"]
    width = np.exp(quantile * np.sqrt(np.log1p(relative**2)))
    frame = frame.assign(lower=frame["median"] / width, upper=frame["median"] * width)
    return frame[list(COLUMNS)].sort_values(["place", "biomarker", "month"], ignore_index=True)


def _of_statcan(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    rules = packaged.toml("exchange.toml")["loads"]["statcan"]
    faults = [
        Fault("exchange-load-row", file=path.name, came=kind)
        for kind in sorted(set(table["Characteristics"]) - set(rules["rows"]))
    ]
    for unit in sorted(set(table["UOM"])):
        try:
            if per_head(unit, file=path.name) != 1.0:
                faults.append(Fault("exchange-load-unit", file=path.name, came=unit))
        except InputError as err:
            faults += err.faults
    named = {m: biomarker_named(m) for m in set(table["Measure"])}
    faults += [Fault("exchange-load-name", file=path.name, came=m) for m, b in sorted(named.items()) if b is None]
    value = pd.to_numeric(table["VALUE"].replace("", None), errors="coerce")
    bad = value.isna() & (table["VALUE"] != "")
    faults += [
        Fault("exchange-load-number", file=path.name, row=int(i) + 2, column="VALUE", came=repr(table["VALUE"][i]))
        for i in table.index[bad]
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    cells = table.assign(
        value=value, what=table["Characteristics"].map(rules["rows"]), place=table["GEO"],
        biomarker=table["Measure"].map(named), month=table["REF_DATE"].str.slice(0, 7),
    )  # fmt: skip
    wide = cells.pivot_table(index=["place", "month", "biomarker"], columns="what", values="value", aggfunc="first")
    told = ["place", "month", "biomarker", *dict.fromkeys(rules["rows"].values())]
    wide = wide.reset_index().reindex(columns=told).dropna(subset=["median"])  # a table may leave out any row
    frame = wide.assign(
        df=float(rules["degrees_of_freedom"]), imputed=wide["imputed"].fillna(0) / 100, n_samples=np.nan,
        n_detected=np.nan, limit=np.nan, status="estimate",
    )  # fmt: skip
    return frame[list(COLUMNS)].sort_values(["place", "biomarker", "month"], ignore_index=True)


def log_se(frame: pd.DataFrame) -> np.ndarray:
    """Return the standard error of ln load of every row: from the standard error, else from the interval."""
    relative = (frame["se"] / frame["median"]).to_numpy(dtype=float)
    from_se = np.sqrt(np.log1p(relative**2))
    with np.errstate(invalid="ignore", divide="ignore"):
        width = np.log(frame["upper"].to_numpy(float) / frame["lower"].to_numpy(float)) / (2 * 1.959964)
    return np.asarray(np.where(np.isfinite(from_se), from_se, np.where(width > 0, width, math.nan)))


def read_loads(path: str | Path, *, means: str = "plain", cv: float | None = None) -> Series:
    """Read published loads per head, for trends, ranks, changes, alerts, plots and reports.

    Parameters
    ----------
    path : str or Path
        A CSV: the European agency's day file of any edition, Statistics Canada's table 13-10-0871-01, or a table of
        your own with place, month and loads in any spelling of mg/d/1000 inhabitants (a column a drug, or drug and
        load; also standard error, interval, limit, number of samples, country).
    means : {"plain", "published"}
        Of a day file: the plain mean of the days, or the mean as printed.
    cv : float, optional
        Coefficient of variation of loads that come without any error; by default that of ``data/exchange.toml``. How
        many loads took it stands in the statement.

    Returns
    -------
    Series
        ``normalised_load`` [mg/d/1000 inhabitant] by place, month and biomarker; with ``se, df, n_samples, imputed``.
        Concentrations cannot come of it.

    Raises
    ------
    InputError
        All faults of the file.
    UnknownName
        Another kind of mean.

    Source
    ------
    European Union Drugs Agency, wastewater analysis and drugs; Statistics Canada, table 13-10-0871-01.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "loads.csv"
    >>> _ = file.write_text("city,month,METH (mg/day/1000 people)\\nA,2021-06,122.18\\nA,2021-07,130\\n")
    >>> read_loads(file).series()["median"].tolist()
    [122.18, 130.0]
    """
    one_of(means, ("plain", "published"), Words("kind of mean", "均值类型"))
    if cv is not None and not 0 < cv < math.inf:
        raise InputError([Fault("exchange-load-cv", came=repr(cv))])
    frame = frame_of_loads(path, means=means)
    assumed = cv or float(packaged.toml("exchange.toml")["loads"]["assumed_cv"])
    size = log_se(frame)
    unsized = frame["median"].gt(0) & ~np.isfinite(size)
    frame["se_log"] = np.where(unsized, math.sqrt(math.log1p(assumed**2)), size)
    # a 0 or a bound without its limit is told, but no number can be made of it
    silent = ~(frame["median"] > 0) & ~(frame["limit"] > 0)
    frame.loc[silent, "status"] = "no_data"
    frame.loc[~(frame["median"] > 0), ["median", "lower", "upper", "se_log"]] = np.nan
    open_end = frame["lower"].isna() | frame["upper"].isna()
    frame.loc[open_end, ["lower", "upper"]] = np.nan
    counts = {"loads": len(frame), "assumed": int(unsized.sum()), "silent": int(silent.sum())}
    said = Note("exchange-loads-rest", **counts, cv=float(assumed))
    renamed = frame.rename(columns={"place": "district"}).assign(drug=frame["biomarker"])
    return Series(
        renamed, quantity="normalised_load", unit="mg/d/1000 inhabitant",
        statement=Words(said.text("en"), said.text("zh")),
    )  # fmt: skip
