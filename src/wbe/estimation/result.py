"""The answer: a thin frozen object round the chain, read as tables, datasets, ratios, draws and budgets.

Every table passes the disclosure policy before anyone sees it; nothing here prints a user number without
its interval and the sentence it rests on.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe import vocabulary
from wbe.errors import DisclosureError, Fault, InputError
from wbe.estimation import budget as budgets
from wbe.estimation import tables
from wbe.estimation.aggregate import Aggregator
from wbe.estimation.cells import Cell, Cells, all_months, cells_by_district, cells_of_city
from wbe.estimation.chain import OF_BIOMARKER, OF_DRUG, QUANTITIES, Chain
from wbe.estimation.prevalence import prevalence
from wbe.people import refusal
from wbe.population import units

if TYPE_CHECKING:
    from wbe.disclosure import Policy
    from wbe.factors import Profile
    from wbe.people import UseScenario


@dataclass(frozen=True, eq=False)
class Estimate:
    """Loads, consumption, doses and users by area, month and drug, with intervals.

    Made by :func:`wbe.estimate`; the quantities are computed when first asked for.
    """

    chain: Chain
    profile: Profile
    scenarios: dict[str, UseScenario]
    policy: Policy
    level: float
    seed: int
    n_draws: int
    provenance: dict[str, Any]
    _cache: dict[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def samples(self) -> xr.Dataset:
        """The Samples that the estimate was made from."""
        return self.chain.samples

    @property
    def synthetic(self) -> bool:
        """Whether the data were made, not measured."""
        return bool(self.samples.attrs.get("synthetic", 0))

    @property
    def months(self) -> tuple[str, ...]:
        """Every month from the first sample to the last."""
        return self.cells("district").months

    @property
    def districts(self) -> tuple[str, ...]:
        """Names of the areas, in the order of the unit table."""
        return self.cells("district").areas

    @property
    def drugs(self) -> tuple[str, ...]:
        """Drugs (or biomarkers that trace none) with at least one result."""
        return tuple(dict.fromkeys(self.chain.traced.values()))

    @property
    def aggregator(self) -> Aggregator:
        """What turns samples into cells."""
        if "aggregator" not in self._cache:
            self._cache["aggregator"] = Aggregator(self.chain, self.level, self.n_draws, self.seed)
        return self._cache["aggregator"]

    def cells(self, area: str) -> Cells:
        """Return the cells of districts or of the city."""
        if ("cells", area) not in self._cache:
            months = all_months(self.samples)
            makers = {"district": cells_by_district, "city": cells_of_city}
            if area not in makers:
                raise InputError([Fault(f"area {area!r}", "'district' or 'city'", "Choose one of the two.")])
            self._cache["cells", area] = makers[area](self.samples, months)
        return self._cache["cells", area]

    def table(self, area: str = "district") -> pd.DataFrame:
        """Return every number as one tidy table.

        Parameters
        ----------
        area : {"district", "city"}
            Rows by district, or the whole city.

        Returns
        -------
        DataFrame
            ``district month drug quantity median lower upper unit n_samples n_detected note`` and ``biomarker
            status text population``. ``text`` is what people read; a cell of non-detects has no median, lower 0
            and its bound as upper.

        Raises
        ------
        InputError
            Unknown ``area``.
        """
        if ("table", area) not in self._cache:
            raw = tables.tidy(self.chain, self.aggregator, self.cells(area), self.profile, self.scenarios)
            self._cache["table", area] = self.policy.apply(raw, units(self.samples))
        return self._cache["table", area].copy()

    def _dataset(self, quantity: str) -> xr.Dataset:
        ds = tables.to_dataset(self.table(), quantity, self.level, self._statement(quantity))
        if quantity != "users":
            return ds
        # attributes stay behind in a data frame, a coordinate does not
        told = [self.scenarios[d].statement() if d in self.scenarios else "" for d in ds["drug"].values.astype(str)]
        return ds.assign_coords(statement=("drug", np.array(told, dtype=object)))

    def _statement(self, quantity: str) -> dict[str, str]:
        if quantity != "users":
            return {}
        return {
            f"statement_{language}": " ".join(s.statement(language) for s in self.scenarios.values())
            for language in ("en", "zh")
        }

    @property
    def mass_load(self) -> xr.Dataset:
        """Mass load [g/d]: median, lower, upper over (district, month, biomarker)."""
        return self._dataset("mass_load")

    @property
    def normalised_load(self) -> xr.Dataset:
        """Population-normalised load [mg/d/1000 inhabitant] over (district, month, biomarker)."""
        return self._dataset("normalised_load")

    @property
    def consumption(self) -> xr.Dataset:
        """Consumption of pure drug [mg/d/1000 inhabitant] over (district, month, drug)."""
        return self._dataset("consumption")

    @property
    def doses(self) -> xr.Dataset:
        """Doses [dose/d/1000 inhabitant] over (district, month, drug)."""
        return self._dataset("doses")

    @property
    def users(self) -> xr.Dataset:
        """Estimated users under the named scenario [user], with the sentence that they rest on.

        It stands in ``attrs`` and as the coordinate ``statement`` (drug), which a data frame made of it keeps.
        """
        return self._dataset("users")

    def users_by_scenario(self) -> pd.DataFrame:
        """Return the users of every district and month under each single scenario and combined.

        Returns
        -------
        DataFrame
            The columns of :meth:`table` and ``scenario``; the range over scenarios is part of the answer.
        """
        if "scenarios" not in self._cache:
            self._cache["scenarios"] = tables.users_by_scenario(self)
        return self._cache["scenarios"].copy()

    def prevalence(self, area: str = "district") -> pd.DataFrame:
        """Return users per 1000 inhabitants aged 15-64, under the named scenario.

        Parameters
        ----------
        area : {"district", "city"}

        Returns
        -------
        DataFrame
            The columns of :meth:`table`, one row for each area, month and drug with a scenario; the note says what
            share of the inhabitants is that old, and what the number rests on. Hidden where the users are.

        Raises
        ------
        InputError
            Unknown ``area``.
        """
        if ("prevalence", area) not in self._cache:
            self._cache["prevalence", area] = prevalence(self, area)
        return self._cache["prevalence", area].copy()

    def per_sample(self, quantity: str = "normalised_load") -> xr.Dataset:
        """Return median, lower and upper of every sample, exact, dims (sample, biomarker or drug).

        Raises
        ------
        InputError
            ``users``: a number of users belongs to a month and an area, not to one sample.
        DisclosureError
            The edition shows no areas below the city.
        """
        if "district" not in self.policy.areas:
            raise DisclosureError(
                f"samples: the {self.policy.edition} edition shows the city only. Use the internal edition."
            )
        if quantity not in QUANTITIES[:-1]:
            raise InputError([
                Fault(f"quantity {quantity!r}", f"one of {', '.join(QUANTITIES[:-1])}", "Users are given by month.")
            ])  # fmt: skip
        found = tables.per_sample(self.chain, quantity, self.level)
        floor = self.policy.minimum_population if quantity in OF_DRUG else self.policy.minimum_population_load
        heads = self.chain.population.central.values
        if floor > 0:
            found = found.where(xr.DataArray(heads >= floor, dims="sample"))
        if self.policy.minimum_population_load > 0:  # else the loads are open, and all that follows from them
            for substance, hidden in tables.hidden_samples(self, quantity).items():
                of = "biomarker" if quantity in OF_BIOMARKER else "drug"
                gone = xr.DataArray(hidden, dims="sample") & (found[of] == substance)
                found = found.where(~gone)
        return found

    def draws(self, quantity: str = "normalised_load", drug: str | None = None, area: str = "district") -> xr.DataArray:
        """Draw one drug's cells together: equal draws share what is shared.

        Returns
        -------
        DataArray (draw, district, month)
            NaN where there is no sample, where all are non-detects, and where the policy hides the cell.

        Raises
        ------
        InputError
            Unknown quantity, drug or area.
        DisclosureError
            Draws of the city where the policy protects loads: whoever knows the seed could take them apart.
        """
        substance = self._substance(quantity, drug)
        if area == "city" and self.policy.minimum_population_load > 0:
            raise DisclosureError(
                f"draws of the city: the {self.policy.edition} edition protects loads, and draws give the districts "
                "away to whoever knows the seed. Use the intervals of estimate.table('city')."
            )
        cells = self.cells(area)
        out = np.full((self.n_draws, len(cells.areas), len(cells.months)), np.nan)
        shown = self.table(area)
        shown = shown[(shown["quantity"] == quantity) & (shown["status"] == "estimate")]
        column = "biomarker" if quantity in OF_BIOMARKER else "drug"
        visible = set(zip(*shown.loc[shown[column] == substance, ["district", "month"]].T.to_numpy(), strict=True))
        found = [
            c
            for c in self.aggregator.cells(cells, quantity, substance)
            if (cells.areas[c.area], cells.months[c.month]) in visible
        ]
        if found:
            drawn = self.aggregator.draw(found, quantity, substance).below
            for j, cell in enumerate(found):
                out[:, cell.area, cell.month] = drawn[:, j]
        told = {"statement": self.scenarios[substance].statement()} if quantity == "users" else {}
        return xr.DataArray(
            out,
            dims=("draw", "district", "month"),
            coords={"district": list(cells.areas), "month": list(cells.months), **told},
            name=quantity,
            attrs=self._statement(quantity),
        )

    def ratio(self, a: str, b: str, quantity: str = "normalised_load") -> pd.DataFrame:
        """Compare two districts month by month; what they share cancels.

        Parameters
        ----------
        a, b : str
            District names.
        quantity : str
            One of the five quantities.

        Returns
        -------
        DataFrame
            ``month drug quantity ratio lower upper p_greater n_a n_b text``: ratio a/b with its interval and the
            probability that a is above b. Months in which either side is below the limit have no ratio.

        Raises
        ------
        InputError
            Unknown district or quantity.
        """
        self._known(a, self.districts, "district")
        self._known(b, self.districts, "district")
        self._known(quantity, QUANTITIES, "quantity")
        return tables.ratio_table(self, a, b, quantity)

    def series(self, quantity: str = "normalised_load") -> pd.DataFrame:
        """Return monthly values with the log standard deviations that a comparison needs.

        Returns
        -------
        DataFrame
            ``district month drug biomarker median lower upper log_sd_within log_sd_between log_sd_total
            comparable_lower comparable_upper n_samples n_detected status limit method_version``. *within*: what
            differs from month to month in one district; *between*: what differs between districts in one month.
            ``lower, upper`` is the absolute interval; the comparable one leaves out what all districts share, to
            first order, and is the one to lay districts side by side with. Users have the sentence they rest on in
            every row (``statement_en, statement_zh``).
        """
        self._known(quantity, QUANTITIES, "quantity")
        if ("series", quantity) not in self._cache:
            self._cache["series", quantity] = tables.series(self, quantity)
        found = self._cache["series", quantity].copy()
        statement = self._statement(quantity)
        found.attrs.update(statement)
        return found.assign(**statement) if statement else found

    def budget(self, district: str, month: str, drug: str, quantity: str | None = None) -> pd.DataFrame:
        """Say where one cell's uncertainty comes from and what to improve first.

        Without a quantity: of the consumption, or of the load per head where no consumption is known or shown.

        Returns
        -------
        DataFrame
            One row per source: ``source scope log_sd share comparable advice``; shares of the log-variance sum
            to 1. ``comparable`` is True for sources that differ between districts.

        Raises
        ------
        InputError
            Unknown district, month or drug, or no value in that cell.
        DisclosureError
            The policy hides the cell.
        """
        quantity, substance, cell = self._cell(district, month, drug, quantity)
        return budgets.cell_budget(self.aggregator, cell, quantity, substance)

    def explain(self, district: str, month: str, drug: str) -> str:
        """Tell step by step how one number was made, with claims, sources and what is unverified."""
        drug = vocabulary.find(drug) or drug
        quantity, substance, cell = self._cell(district, month, drug, None)
        return budgets.explain(self, cell, quantity, substance, district, month, drug)

    def _cell(self, district: str, month: str, drug: str, quantity: str | None) -> tuple[str, str, Cell]:
        """Find one cell; without a quantity its consumption, or its load where no consumption is known or shown."""
        self._known(district, self.districts, "district")
        self._known(month, self.months, "month")
        if quantity is not None:
            return self._cell_of(district, month, drug, quantity)
        drug = vocabulary.find(drug) or drug  # a drug may be named in Chinese or short
        if drug in self.chain.quantity["consumption"]:
            with suppress(InputError, DisclosureError):
                return self._cell_of(district, month, drug, "consumption")
        return self._cell_of(district, month, drug, "normalised_load")

    def _cell_of(self, district: str, month: str, drug: str, quantity: str) -> tuple[str, str, Cell]:
        self._known(quantity, QUANTITIES, "quantity")
        substance = self._substance(quantity, drug)
        cells = self.cells("district")
        self._allowed(district, month, quantity, substance)
        for cell in self.aggregator.cells(cells, quantity, substance):
            if cells.areas[cell.area] == district and cells.months[cell.month] == month:
                return quantity, substance, cell
        raise InputError([
            Fault(
                f"no {quantity} of {drug} in {district}, {month}",
                "a cell with at least one usable sample",
                "See estimate.table() for the cells that have one and for the reasons of the others.",
            )
        ])  # fmt: skip

    def _allowed(self, district: str, month: str, quantity: str, substance: str) -> None:
        """Refuse to take apart a cell that the policy hides."""
        rows = self.table().query("status == 'suppressed' and district == @district and month == @month")
        named = (rows["drug"] == substance) | (rows["biomarker"] == substance)
        if ((rows["quantity"] == quantity) & named).any():
            raise DisclosureError(
                f"{quantity} of {substance} in {district}, {month}: not shown under the disclosure policy."
            )

    def _substance(self, quantity: str, drug: str | None) -> str:
        self._known(quantity, QUANTITIES, "quantity")
        held = self.chain.quantity[quantity]
        if drug is None and len(held) == 1:
            return next(iter(held))
        if drug not in held:
            drug = vocabulary.find(str(drug)) or drug
        if drug in held:
            return str(drug)
        back = {d: b for b, d in self.chain.traced.items() if b in held}
        if drug in back:
            return back[drug]
        refused = next((r for b in self.chain.traced if (r := refusal(str(drug), b))), "not measured")
        why = self.chain.missing.get((quantity, str(drug)), ("", refused))[1]
        raise InputError([
            Fault(f"drug {drug!r} for {quantity}", f"one of {', '.join(held) or 'none'}", f"Reason: {why}.")
        ])  # fmt: skip

    @staticmethod
    def _known(value: str, allowed: tuple[str, ...], name: str) -> None:
        if value not in allowed:
            raise InputError([Fault(f"{name} {value!r}", f"one of {', '.join(allowed)}", "Choose one of these.")])

    def __repr__(self) -> str:
        p = self.provenance
        mark = " (SYNTHETIC DATA)" if self.synthetic else ""
        return (
            f"<wbe.Estimate{mark} {len(self.districts)} districts x {len(self.months)} months x {len(self.drugs)} "
            f"drugs; profile {p['profile']} {p['profile_version']} ({p['claims_unverified']} of {p['claims_used']} "
            f"claims unverified); population {p['population']}; {self.level:.0%} intervals>"
        )

    def _repr_html_(self) -> str:
        return tables.to_html(self)
