"""Everything a report shows, computed once by the rooms that compute: tables only, no words and no pictures.

Refuses a month without samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from wbe.alert import alerts
from wbe.errors import Fault, InputError
from wbe.estimation.chain import OF_BIOMARKER
from wbe.estimation.kept import Kept
from wbe.estimation.remarks import IN_ERROR
from wbe.estimation.wording import reason
from wbe.quality import marker_ratio_table
from wbe.ranking import rank
from wbe.reporting.words import order
from wbe.reporting.yearly import city_changes, kilograms
from wbe.samples import month as month_of
from wbe.trends import changes, trend

if TYPE_CHECKING:
    from wbe.reporting.measures import Measure

__all__ = ["Discharge", "MonthlyTables", "earlier", "gather", "known_month", "until"]

TREND_MONTHS = 24
SHOWN = ("estimate", "incomplete", "below_limit")


def rests_on_error(rows: pd.DataFrame) -> bool:
    """Whether any of some rows rests on samples that the check calls wrong; such a number is no headline."""
    return any(IN_ERROR in str(codes).split() for codes in rows["note_codes"])


@dataclass(frozen=True)
class Discharge:
    """Samples of one district and drug whose marker ratio speaks of a discharge, not of use."""

    district: str
    drug: str
    samples: int
    of: int
    pair: str  # as the check writes it: AMP/METH
    ratio: str
    side: str  # "below" or "above" the window
    window: tuple[str, str]


@dataclass(frozen=True)
class MonthlyTables:
    """The tables of one month."""

    estimate: Any
    month: str
    table: pd.DataFrame  # district rows of the month
    city: pd.DataFrame  # the city's rows of the month
    all_city: pd.DataFrame  # of every month
    series: pd.DataFrame
    trends: pd.DataFrame
    ranking: pd.DataFrame
    alerts: pd.DataFrame
    last_month: pd.DataFrame
    last_year: pd.DataFrame
    checks: pd.DataFrame
    left_out: int
    discharges: tuple[Discharge, ...] = ()
    city_changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    annual: pd.DataFrame = field(default_factory=pd.DataFrame)
    old_alerts: pd.DataFrame | None = None  # of last month, where there was one
    foretold: pd.DataFrame = field(default_factory=pd.DataFrame)  # what earlier months wrote down of later ones
    measures: tuple[Measure, ...] = ()  # that the office names, to be set before and after
    kept: Kept = field(default_factory=Kept, init=False, repr=False, compare=False)  # what sections and languages share

    @cached_property
    def ahead(self) -> pd.DataFrame:
        """What is expected of the city in the months to come; empty where the policy protects loads."""
        from wbe.levels import city_forecasts

        return city_forecasts(self.estimate)

    @property
    def drugs(self) -> list[str]:
        """Drugs and biomarkers, those of most concern first, without population markers."""
        first = order("first")
        held = [str(d) for d in self.estimate.drugs if str(d) not in order("population_markers")]
        return sorted(held, key=lambda d: first.index(d) if d in first else len(first))

    @property
    def districts(self) -> list[str]:
        """Districts in the order of the estimate."""
        return [str(d) for d in self.estimate.districts]

    @property
    def open_districts(self) -> bool:
        """Whether the edition shows districts at all."""
        return "district" in self.estimate.policy.areas

    def seen(self) -> list[str]:
        """Drugs with an estimate in some district this month, most districts first."""
        return list(self.kept.get("seen", self._seen))

    def _seen(self) -> list[str]:
        loads = self.loads()
        counts = loads[loads["status"] == "estimate"].groupby("drug", sort=False).size()
        return sorted((d for d in self.drugs if d in counts.index), key=lambda d: -counts[d])

    def never(self) -> list[str]:
        """Drugs without a detection in any month, sampled at least once."""
        return [d for d in self.drugs if self._never(d)]

    def _never(self, drug: str) -> bool:
        """A hidden row says nothing of detections: then the city's rows must, or nothing is claimed."""
        for table in (self.series, self.all_city[self.all_city["quantity"] == "normalised_load"]):
            rows = table[(table["drug"] == drug) & table["status"].isin([*SHOWN, "suppressed"])]
            if len(rows) and not (rows["status"] == "suppressed").any():
                return bool((rows["status"] == "below_limit").all())
        return False

    def has_samples(self, district: str) -> bool:
        """Whether a district has a sample this month."""
        return district in self.kept.get("sampled", self._sampled)

    def _sampled(self) -> frozenset[str]:
        ds = self.estimate.samples
        return frozenset(map(str, ds["district"].values[month_of(ds).values == self.month]))

    def discharge(self, district: str, drug: str) -> Discharge | None:
        """What the marker ratio says of a discharge of a drug in a district, if anything."""
        return next((d for d in self.discharges if (d.district, d.drug) == (district, drug)), None)

    def in_error(self, district: str, drug: str) -> bool:
        """Whether the month's load of a drug in a district rests on what the check calls an error."""
        rows = self.table[(self.table["district"] == district) & (self.table["drug"] == drug)]
        return rests_on_error(rows)

    def loads(self) -> pd.DataFrame:
        """Population-normalised loads of the month."""
        return self.of("normalised_load")

    def of(self, quantity: str) -> pd.DataFrame:
        """Rows of one quantity of the month."""
        return self.kept.get(("of", quantity), lambda: self.table[self.table["quantity"] == quantity])

    def city_row(self, drug: str, quantity: str) -> pd.Series | None:
        """The city's row of one drug and quantity."""
        rows = self.city[(self.city["drug"] == drug) & (self.city["quantity"] == quantity)]
        return None if rows.empty else rows.iloc[0]

    def kept_back(self, drug: str) -> bool:
        """Whether the edition hides the city's load of a drug."""
        row = self.city_row(drug, "normalised_load")
        return row is not None and row["status"] == "suppressed"


def earlier(month: str, by: int) -> str:
    """Return the month ``by`` months before.

    Examples
    --------
    >>> earlier("2021-01", 1), earlier("2021-06", 12)
    ('2020-12', '2020-06')
    """
    return str(pd.Period(month, freq="M") - by)


def known_month(samples: xr.Dataset, month: str) -> None:
    """Refuse a month without samples, naming those there are.

    Raises
    ------
    InputError
    """
    months = sorted(set(month_of(samples).values.tolist()))
    if month not in months:
        raise InputError([Fault("reporting-month-unknown", month=month, first=months[0], last=months[-1])])


def until(samples: xr.Dataset, month: str) -> xr.Dataset:
    """Return the samples up to the end of a month: a report does not know what came later."""
    return samples.isel(sample=month_of(samples).values <= month)


def gather(estimate: Any, month: str, left_out: int = 0, foretold: pd.DataFrame | None = None) -> MonthlyTables:
    """Compute every table of the report.

    Parameters
    ----------
    estimate : Estimate
        Of samples up to ``month``.
    month : str
    left_out : int
        Samples of later months that were left out.
    foretold : DataFrame, optional
        Forecasts that earlier months wrote down.
    """
    from wbe.quality import check

    everything, city = estimate.table(), estimate.table("city")
    checks = _quotable(check(estimate.samples), everything, estimate.policy)
    first = max(str(min(estimate.months)), earlier(month, TREND_MONTHS - 1))
    marked = order("population_markers")
    past = earlier(month, 1) in set(map(str, estimate.months)) and "district" in estimate.policy.areas

    def drugs_only(table: pd.DataFrame) -> pd.DataFrame:
        kept = table[~table["drug"].isin(marked)].reset_index(drop=True)
        kept.attrs = table.attrs
        return kept

    return MonthlyTables(
        estimate=estimate,
        month=month,
        table=everything[everything["month"] == month],
        city=city[city["month"] == month],
        all_city=city,
        series=estimate.series("normalised_load"),
        trends=drugs_only(trend(estimate, first=first, last=month)),
        ranking=drugs_only(rank(estimate, month=month)),
        alerts=drugs_only(alerts(estimate, month=month)),
        last_month=changes(estimate, month=month, against=earlier(month, 1)),
        last_year=changes(estimate, month=month, against=earlier(month, 12)),
        checks=checks,
        left_out=left_out,
        discharges=_discharges(estimate, everything[everything["month"] == month], month),
        city_changes=city_changes(estimate, month, (earlier(month, 1), earlier(month, 12))),
        annual=drugs_only(kilograms(estimate, month)),
        old_alerts=drugs_only(alerts(estimate, month=earlier(month, 1))) if past else None,
        foretold=pd.DataFrame() if foretold is None else foretold,
    )


def _quotable(checks: pd.DataFrame, table: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """Findings without what they quote of a district whose loads are hidden: flow and concentration are the load."""
    if policy.minimum_population_load <= 0:
        return checks
    loads = table[table["quantity"].isin(OF_BIOMARKER) & (table["status"] == "suppressed")]
    secret = checks["district"].isin(set(loads["district"]))
    words = {"message": reason("suppressed"), "message_zh": reason("suppressed", "zh")}
    quoted = {**dict.fromkeys(("sample", "site", "came", "needed", "came_zh", "needed_zh"), ""), **words}
    return checks.assign(**{c: checks[c].mask(secret, text) for c, text in quoted.items()})


def _discharges(estimate: Any, table: pd.DataFrame, month: str) -> tuple[Discharge, ...]:
    """Samples that the estimate leaves out of use, with the ratio that the check found; hidden loads say nothing."""
    samples = estimate.samples
    names, districts, months = samples["sample"].values, samples["district"].values, month_of(samples).values
    loads = table[(table["quantity"] == "normalised_load") & (table["status"] == "estimate")]
    ratios, found = marker_ratio_table(samples), []
    for biomarker, mask in estimate.chain.unconsumed.items():
        for row in loads[loads["biomarker"] == biomarker].to_dict("records"):
            here = mask & (districts == row["district"]) & (months == month)
            said = ratios[(ratios["biomarker"] == biomarker) & ratios["sample"].isin(names[here])]
            if said.empty:
                continue
            first = said.iloc[0]
            found.append(Discharge(
                str(row["district"]), str(row["drug"]), int(here.sum()), int(row["n_samples"]),
                f"{first['numerator']}/{first['denominator']}", f"{first['relation']}{first['ratio']:.2g}",
                str(first["side"]), (f"{first['low']:g}", f"{first['high']:g}"),
            ))  # fmt: skip
    return tuple(found)
