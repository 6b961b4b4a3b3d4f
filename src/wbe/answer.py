"""The typed answer: what judges and pictures ask of an estimate, and a series of loads that others have published.

Holds the protocol, the checked series, and the one way in which every reader names quantity, drug and month. Refuses
numbers without a unit, an interval without its level, and a quantity, drug or month that the answer does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
import xarray as xr

from wbe.errors import Fault, InputError, UnknownName, hint, need_estimate, one_of
from wbe.messages import Note, Words
from wbe.units import factor, unit_of
from wbe.vocabulary import find

__all__ = [
    "AREAS",
    "QUANTITIES",
    "Answer",
    "Month",
    "Series",
    "WithSamples",
    "drug_of",
    "last_month",
    "month_of",
    "month_text",
    "needed",
    "quantity_of",
    "status_note",
]

#: what an estimate gives, in the order of the chain
QUANTITIES = ("mass_load", "normalised_load", "consumption", "doses", "users")
#: kinds of areas, the smallest first
AREAS = ("site", "district", "city", "province", "all")
#: a calendar month as a caller may write it
Month = str | pd.Period
_SAID = {
    "no_data": "answer-no-sample",
    "below_limit": "answer-below-limit",
    "not_measured": "answer-not-measured",
    "found": "answer-found",
    "rejected": "answer-rejected",
    "missing": "answer-missing",
    "no_factor": "answer-no-factor",
    "no_dose": "answer-no-dose",
    "no_scenario": "answer-no-scenario",
    "origin_unresolved": "answer-origin-unresolved",
    "suppressed": "answer-not-shown",
    "no_flow": "answer-no-flow",
    "no_population": "answer-no-population",
    "incomplete": "answer-incomplete",
}
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_MEASURED, _HIDDEN, _NONE = "estimate", "below_limit", "no_data"
_DRAWS, _SEED = 10_000, 20210624


class Answer(Protocol):
    """What trends, ranks, alerts, changes and pictures use of an answer; an estimate and a :class:`Series` have it."""

    @property
    def level(self) -> float:
        """Probability that each interval holds."""
        ...

    @property
    def months(self) -> Sequence[str]:
        """Every month ``YYYY-MM`` from the first to the last."""
        ...

    @property
    def districts(self) -> Sequence[str]:
        """Names of the areas."""
        ...

    @property
    def drugs(self) -> Sequence[str]:
        """Drugs, or biomarkers that trace none."""
        ...

    @property
    def synthetic(self) -> bool:
        """Whether the data were made, not measured."""
        ...

    def series(self, quantity: str = "normalised_load") -> pd.DataFrame:
        """Values by district, month and drug with the log standard deviations that a comparison needs."""
        ...

    def draws(self, quantity: str = "normalised_load", drug: str | None = None) -> xr.DataArray:
        """Draws of one drug, dims (draw, district, month)."""
        ...

    def table(self, area: str = "district") -> pd.DataFrame:
        """Every number as one tidy table with the text that people read."""
        ...


class _Edition(Protocol):
    """What an alert asks of the disclosure policy: may plants be named, and how."""

    @property
    def areas(self) -> Iterable[str]: ...

    def site_labels(self, sites: list[str]) -> dict[str, str]: ...


@runtime_checkable
class WithSamples(Protocol):
    """An answer that knows the samples it rests on; published loads do not."""

    @property
    def samples(self) -> xr.Dataset:
        """The Samples."""
        ...

    @property
    def policy(self) -> _Edition:
        """The disclosure policy in force."""
        ...


def needed(came: object, where: str) -> None:
    """Refuse what is no answer, such as the samples that one is made of.

    Raises
    ------
    InputError
        Naming the call to make first.

    Examples
    --------
    >>> try:
    ...     needed(12.5, "trend")
    ... except InputError as fault:
    ...     print(fault.codes)
    ['errors-no-estimate']
    """
    need_estimate(came, where)


def quantity_of(answer: Answer, quantity: str) -> str:
    """Return a quantity that the answer has, or refuse it with the nearest.

    Raises
    ------
    UnknownName

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> quantity_of(small_loads(), "normalised_load")
    'normalised_load'
    >>> quantity_of(small_loads(), "normalized_load")
    Traceback (most recent call last):
    ...
    wbe.errors.UnknownName: got quantity 'normalized_load'; needed the name of one that is known. Did you mean \
'normalised_load'?
    """
    known = (answer.quantity,) if isinstance(answer, Series) else QUANTITIES
    return one_of(quantity, known, Words("quantity", "量"))


def drug_of(answer: Answer, drug: str) -> str:
    """Return the drug that a Chinese, English or short name means in an answer, or refuse it with the nearest.

    Raises
    ------
    UnknownName

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> drug_of(small_loads(), "冰毒")
    'methamphetamine'
    """
    known = [str(d) for d in answer.drugs]
    meant = drug if drug in known else find(str(drug)) or drug
    return one_of(meant, known, Words("drug", "毒品"))


def month_text(month: Month) -> str:
    """Return a month as ``YYYY-MM``, or refuse what is none.

    Raises
    ------
    InputError

    Examples
    --------
    >>> month_text(pd.Period("2021-06", "M"))
    '2021-06'
    """
    text = str(month.asfreq("M")) if isinstance(month, pd.Period) else str(month)
    if _MONTH.fullmatch(text) is None:
        raise InputError([Fault("answer-month", field="month", came=text or "''")])
    return text


def month_of(answer: Answer, month: Month) -> str:
    """Return a month of an answer as text, given as text or as a period; or say which there are.

    Raises
    ------
    UnknownName

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> month_of(small_loads(), pd.Period("2021-02", "M"))
    '2021-02'
    """
    known = sorted(str(m) for m in answer.months)
    text = month_text(month)
    if text not in known:
        raise UnknownName([Fault("answer-no-such-month", month=text, first=known[0], last=known[-1])])
    return text


def last_month(answer: Answer) -> str:
    """Return the last month of an answer.

    Examples
    --------
    >>> from wbe.testing import small_loads
    >>> last_month(small_loads())
    '2021-04'
    """
    return max(str(m) for m in answer.months)


def status_note(status: str) -> Note:
    """Return why a cell has no number, as a code with values.

    Examples
    --------
    >>> status_note("no_flow").text("zh")
    '流量未知'
    """
    return Note(_SAID[status]) if status in _SAID else Note("answer-other-status", status=status.replace("_", " "))


@dataclass(frozen=True, eq=False)
class Series:
    """Loads by area, month and drug with their errors, from wherever they come: an estimate, or a publication.

    Parameters
    ----------
    frame : DataFrame
        One row for each area, month and drug: ``district, month`` (``YYYY-MM`` or a period), ``drug`` and ``median``;
        and ``se_log`` (standard error of the logarithm) or ``lower, upper``. Optional: ``limit`` (for results below
        it), ``status`` (``estimate``, ``below_limit``, ``no_data``), ``biomarker, n_samples, n_detected,
        method_version, log_sd_within, log_sd_between``.
    quantity : str
        One of :data:`QUANTITIES`.
    unit : str
        Of the numbers; they are converted to the quantity's own unit.
    area : str
        What the rows stand for, one of :data:`AREAS`.
    level : float
        Probability that each interval holds.
    statement : Words, optional
        What the numbers rest on.
    synthetic : bool
        Whether they were made, not measured.

    Raises
    ------
    InputError
        Every fault of the frame at once: columns, numbers, months, rows given twice.
    UnknownName
        An unknown quantity or area.
    UnitError
        A unit of another dimension.

    Examples
    --------
    >>> published = Series(
    ...     pd.DataFrame({"district": ["Berlin"], "month": ["2021-03"], "drug": ["cocaine"], "median": [0.42],
    ...                   "se_log": [0.2]}),
    ...     quantity="normalised_load", unit="g/d/1000 inhabitant")
    >>> published.frame[["median", "status"]].to_dict("records")
    [{'median': 420.0, 'status': 'estimate'}]
    """

    frame: pd.DataFrame
    quantity: str
    unit: str
    area: str = "district"
    level: float = 0.95
    statement: Words | None = None
    synthetic: bool = False

    def __post_init__(self) -> None:
        one_of(self.quantity, QUANTITIES, Words("quantity", "量"))
        one_of(self.area, AREAS, Words("area", "区域层级"))
        faults = _faults(self.frame, self.level)
        if faults:
            raise InputError(faults)
        needed_unit = unit_of(self.quantity)
        scale = factor(self.unit, needed_unit, "unit")
        object.__setattr__(self, "frame", _completed(self.frame, scale, self.level))
        object.__setattr__(self, "unit", needed_unit)

    @property
    def months(self) -> tuple[str, ...]:
        """Every calendar month from the first row to the last."""
        return tuple(str(p) for p in pd.period_range(self.frame["month"].min(), self.frame["month"].max(), freq="M"))

    @property
    def districts(self) -> tuple[str, ...]:
        """Names of the areas, in the order of the rows."""
        return tuple(dict.fromkeys(self.frame["district"]))

    @property
    def drugs(self) -> tuple[str, ...]:
        """Drugs, in the order of the rows."""
        return tuple(dict.fromkeys(self.frame["drug"]))

    def series(self, quantity: str = "normalised_load") -> pd.DataFrame:
        """Return the frame with the log standard deviations that a comparison needs.

        Raises
        ------
        UnknownName
            Another quantity than that of the series.
        """
        quantity_of(self, quantity)
        found = self.frame.copy()
        if self.statement is not None:
            found.attrs = {f"statement_{language}": self.statement.text(language) for language in ("en", "zh")}
        return found

    def draws(self, quantity: str = "normalised_load", drug: str | None = None) -> xr.DataArray:
        """Return log-normal draws of one drug from the standard errors, dims (draw, district, month).

        Raises
        ------
        UnknownName
            Another quantity, or an unknown drug.
        """
        quantity_of(self, quantity)
        chosen = drug_of(self, self.drugs[0] if drug is None else drug)
        rows = self.frame[(self.frame["drug"] == chosen) & (self.frame["status"] == _MEASURED)]
        place = pd.Index(self.districts).get_indexer(pd.Index(rows["district"]))
        month = pd.Index(self.months).get_indexer(pd.Index(rows["month"]))
        noise = np.random.default_rng(_SEED).standard_normal((_DRAWS, len(rows)))
        values = np.full((_DRAWS, len(self.districts), len(self.months)), np.nan)
        values[:, place, month] = rows["median"].to_numpy() * np.exp(noise * rows["log_sd_within"].to_numpy())
        return xr.DataArray(
            values, dims=("draw", "district", "month"),
            coords={"district": list(self.districts), "month": list(self.months)}, name=self.quantity,
        )  # fmt: skip

    def table(self, area: str = "district") -> pd.DataFrame:
        """Return the tidy table with the text that people read.

        Raises
        ------
        UnknownName
            Another kind of area than that of the series.
        """
        one_of(area, (self.area, "district"), Words("area", "区域层级"))
        columns = [self.frame[name].tolist() for name in ("status", "median", "lower", "upper", "limit")]
        text = [_text(*cell) for cell in zip(*columns, strict=True)]
        return self.frame.assign(quantity=self.quantity, unit=self.unit, text=text)


_NEEDED = ("district", "month", "drug", "median")
_SIZES = ("se_log", "log_sd_within", "log_sd_between")
_STATES = (_MEASURED, _HIDDEN, _NONE)


def _faults(frame: pd.DataFrame, level: float) -> list[Fault]:
    """Everything that is wrong with a frame of loads."""
    faults = [] if 0 < level < 1 else [Fault("answer-level", level=repr(level))]
    missing = [name for name in _NEEDED if name not in frame]
    faults += [Fault("answer-no-column", name=n, hint=hint(n, map(str, frame.columns))) for n in missing]
    if "se_log" not in frame and not {"lower", "upper"} <= set(frame.columns):
        faults.append(Fault("answer-no-error"))
    if faults:
        return faults
    if frame.empty:
        return [Fault("answer-empty")]
    for name in ("median", "lower", "upper", "limit", *_SIZES):
        if name not in frame:
            continue
        values = pd.to_numeric(frame[name], errors="coerce")
        bad = (values < 0) | np.isinf(values) | (values.isna() & frame[name].notna())
        faults += [Fault("answer-bad-numbers", field=name, count=int(bad.sum()))] if bad.any() else []
    months = frame["month"].astype(str)
    odd = months[~months.str.fullmatch(_MONTH)]
    faults += [Fault("answer-month", field="month", came=tuple(odd.iloc[:5]))] if len(odd) else []
    if "status" in frame:
        strange = sorted(set(frame["status"].astype(str)) - set(_STATES))
        faults += [Fault("answer-status", field="status", came=tuple(strange), known=_STATES)] if strange else []
    twice = frame[frame.assign(month=months).duplicated(["district", "month", "drug"])]
    for row in twice[["district", "month", "drug"]].head(5).to_dict("records"):
        faults.append(Fault("answer-row-twice", came=tuple(map(str, row.values()))))
    return faults or _contradictions(frame)


def _contradictions(frame: pd.DataFrame) -> list[Fault]:
    faults = []
    unsized = frame["median"] > 0
    if {"lower", "upper"} <= set(frame.columns):
        unsized &= ~((frame["lower"] > 0) & frame["upper"].notna())
        seen = frame[frame["median"].notna()]
        turned = (seen["lower"] > seen["median"]) | (seen["median"] > seen["upper"])
        faults += [Fault("answer-interval", count=int(turned.sum()))] if turned.any() else []
    if "se_log" in frame:
        unsized &= frame["se_log"].isna()
    faults += [Fault("answer-number-without-error", count=int(unsized.sum()))] if unsized.any() else []
    if "status" in frame:
        hollow = (frame["status"] == _MEASURED) & ~(frame["median"] > 0)
        faults += [Fault("answer-estimate-without-number", count=int(hollow.sum()))] if hollow.any() else []
        limit = frame["limit"] if "limit" in frame else pd.Series(np.nan, index=frame.index)
        unlimited = (frame["status"] == _HIDDEN) & ~(limit > 0)
        faults += [Fault("answer-below-no-limit", count=int(unlimited.sum()))] if unlimited.any() else []
    return faults


def _completed(frame: pd.DataFrame, scale: float, level: float) -> pd.DataFrame:
    """Fill in what follows from the rest, in the quantity's own unit; months also as periods, for computing."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    out = frame.reset_index(drop=True).copy()
    out["month"] = out["month"].astype(str)
    out["period"] = pd.PeriodIndex(out["month"], freq="M")
    for name in ("median", "lower", "upper", "limit"):
        out[name] = pd.to_numeric(out[name]).astype(float) * scale if name in out else np.nan
    if "status" not in out:
        below = ~(out["median"] > 0) & (out["limit"] > 0)
        out["status"] = np.where(out["median"] > 0, _MEASURED, np.where(below, _HIDDEN, _NONE))
    seen = out["status"] == _MEASURED
    told = pd.to_numeric(out["se_log"]).astype(float) if "se_log" in out else pd.Series(np.nan, index=out.index)
    known = seen & (out["lower"] > 0)
    width = np.log(out["upper"].where(known)) - np.log(out["lower"].where(known))
    out["se_log"] = told.fillna(width / (2 * z)).where(seen)
    out["median"] = out["median"].where(seen)
    for name, side in (("lower", -z), ("upper", z)):
        out[name] = out[name].fillna(out["median"] * np.exp(side * out["se_log"]))
    for name in ("log_sd_within", "log_sd_between"):
        out[name] = pd.to_numeric(out[name]).astype(float) if name in out else out["se_log"]
    out["log_sd_total"] = out["se_log"]
    for name, side in (("comparable_lower", -z), ("comparable_upper", z)):
        out[name] = out["median"] * np.exp(side * out["log_sd_between"])
    for name, default in (("biomarker", out["drug"]), ("method_version", ""), ("note_codes", "")):
        out[name] = out[name].fillna("").astype(str) if name in out else default
    for name, counted in (("n_samples", out["status"] != _NONE), ("n_detected", seen)):
        out[name] = out[name] if name in out else counted.astype(int)
    return out


def _text(status: str, median: float, lower: float, upper: float, limit: float) -> str:
    if status == _MEASURED:
        return f"{median:.3g} ({lower:.3g}–{upper:.3g})"
    return f"< {limit:.3g}" if status == _HIDDEN else ""
