"""The answer: a thin frozen object round the chain, read as tables, datasets, ratios, draws and budgets.

Nothing here prints a user number without its interval and the sentence it rests on, or takes a cell apart that the
disclosure policy hides.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe import vocabulary
from wbe.errors import DisclosureError, Fault, InputError, one_of
from wbe.estimation import frames, saving, scenarios
from wbe.estimation.budget import budget_table
from wbe.estimation.chain import OF_BIOMARKER, OF_DRUG, QUANTITIES
from wbe.estimation.drawing import drawn
from wbe.estimation.explaining import explain
from wbe.estimation.parting import open_cells
from wbe.estimation.places import area_word, known_kind
from wbe.estimation.tabled import QUANTITY, Tabled
from wbe.messages import Note, Words
from wbe.people import refusal

if TYPE_CHECKING:
    from wbe.disclosure import Policy
    from wbe.factors import Profile
    from wbe.people.catalogue import Choice

__all__ = ["Estimate"]


@dataclass(frozen=True, eq=False, repr=False)
class Estimate(Tabled):
    """Measured loads, consumption, doses and users by area, month and drug, with intervals.

    Made by :func:`wbe.estimate`; the quantities are computed when first asked for, once, by whichever thread asks.
    """

    def users_by_scenario(self, area: str = "district", *, language: str | None = None) -> pd.DataFrame:
        """Return the users of every area and month under each single scenario and combined.

        Returns
        -------
        DataFrame
            The columns of :meth:`table` and ``scenario``; the range over scenarios is part of the answer.

        Raises
        ------
        UnknownName
            Unknown ``area``.
        """
        known_kind(area)
        key = ("scenarios", area, language or Words("en", "zh").text())
        return self._kept.get(key, lambda: scenarios.users_by_scenario(self, area, language)).copy()

    def prevalence(self, area: str = "district", *, language: str | None = None) -> pd.DataFrame:
        """Return users per 1000 inhabitants aged 15-64, under the named scenario.

        Parameters
        ----------
        area : {"district", "city", ...}
        language : {"en", "zh"}, optional

        Returns
        -------
        DataFrame
            The columns of :meth:`table`, one row for each area, month and drug with a scenario; the note says what
            share of the inhabitants is that old, and what the number rests on. Hidden where the users are.

        Raises
        ------
        UnknownName
            Unknown ``area``.
        """
        known_kind(area)
        key = ("prevalence", area, language or Words("en", "zh").text())
        return self._kept.get(key, lambda: scenarios.prevalence(self, area, language)).copy()

    def per_sample(self, quantity: str = "normalised_load") -> xr.Dataset:
        """Return median, lower and upper of every sample, exact, dims (sample, biomarker or drug).

        Raises
        ------
        InputError
            ``users``: a number of users belongs to a month and an area, not to one sample.
        UnknownName
            Another quantity.
        DisclosureError
            The edition shows no areas below the city.
        """
        if "district" not in self.policy.areas:
            raise DisclosureError("estimation-city-only", edition=self.policy.edition)
        if quantity == "users":
            fault = Fault("estimation-users-by-month", came=repr(quantity), known=QUANTITIES[:-1])
            raise InputError([fault])
        one_of(quantity, QUANTITIES[:-1], QUANTITY)
        found = frames.per_sample(self.chain, quantity, self.level)
        floor = self.policy.minimum_population if quantity in OF_DRUG else self.policy.minimum_population_load
        heads = self.chain.population.central.values
        if floor > 0:
            found = found.where(xr.DataArray(heads >= floor, dims="sample"))
        if self.policy.minimum_population_load > 0:  # else the loads are open, and all that follows from them
            for substance, hidden in frames.hidden_samples(self, quantity).items():
                of = "biomarker" if quantity in OF_BIOMARKER else "drug"
                gone = xr.DataArray(hidden, dims="sample") & (found[of] == substance)
                found = found.where(~gone)
        return found

    def with_factors(self, factors: str | Profile) -> Estimate:
        """Return the estimate under other factors; samples, sizes of error and loads are not computed again.

        Parameters
        ----------
        factors : str or Profile
            Name of a profile, or one made by :func:`wbe.factors.profile`.

        Raises
        ------
        FactorError
            Unknown profile, or samples corrected for what its claims already include.
        """
        from wbe.estimation.pricing import repriced

        return repriced(self, factors)

    # ---- kept in a file ------------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Write the samples and how they were estimated to a file, from which :meth:`load` makes the estimate again.

        Parameters
        ----------
        path : str or Path
            ``.nc``, ``.zarr`` or ``.parquet``, as :func:`wbe.exchange.write`; it appears whole or not at all. The file
            is also a file of Samples. Own profiles, scenarios and policies are named in it and given again to
            :meth:`load`.

        Raises
        ------
        DisclosureError
            An edition that hides cells.
        InputError
            Another suffix.
        MissingExtra
            The format's package is not installed.

        Examples
        --------
        >>> import tempfile, wbe
        >>> result = wbe.estimate(wbe.testing.small_city())
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     again = wbe.estimation.Estimate.load(result.save(f"{folder}/june.nc"))
        >>> again.table().equals(result.table())
        True
        """
        return saving.save(self, path)

    @staticmethod
    def load(
        path: str | Path,
        *,
        factors: Profile | None = None,
        scenarios: Choice | None = None,
        policy: Policy | None = None,
    ) -> Estimate:
        """Make an estimate again from a file that :meth:`save` wrote: the same numbers, to the last bit.

        Parameters
        ----------
        path : str or Path
        factors, scenarios, policy : optional
            Those that were given as objects of one's own, where the file asks for them.

        Raises
        ------
        InputError
            A file without an estimate; something of one's own is lacking; or this version, or what was given, leads
            to other printed numbers than those that were saved.
        """
        return saving.load(path, factors=factors, scenarios=scenarios, policy=policy)

    # ---- draws, ratios, series -----------------------------------------------------------------------------------

    def draws(self, quantity: str = "normalised_load", drug: str | None = None, area: str = "district") -> xr.DataArray:
        """Draw one drug's cells of one kind of area together: equal draws share what is shared.

        Draws of districts are not to be added up: ``draws(area="city")`` are the city's, and agree with its table.

        Returns
        -------
        DataArray (draw, district, month)
            NaN where there is no sample, where all are non-detects, and where the policy hides the cell.

        Raises
        ------
        UnknownName, InputError
            Unknown quantity, drug or area.
        DisclosureError
            Draws of the city where the policy protects loads: whoever knows the seed could take them apart.
        """
        substance = self._substance(quantity, drug)
        known_kind(area)
        if area != "district" and self.policy.minimum_population_load > 0:
            raise DisclosureError("estimation-city-draws", area=area, edition=self.policy.edition)
        grid = self.engine.grid(area)
        out = np.full((self.n_draws, len(grid.areas.names), len(grid.months)), np.nan)
        shown = self._table(area, None)
        shown = shown[(shown["quantity"] == quantity) & shown["status"].isin(["estimate", "incomplete"])]
        column = "biomarker" if quantity in OF_BIOMARKER else "drug"
        visible = shown.loc[shown[column] == substance, ["district", "month"]].itertuples(index=False)
        amount = self.engine.amount(area, quantity, substance)
        cells = np.array(sorted(grid.number(d, m) for d, m in visible), dtype=int)
        chosen = np.flatnonzero(np.isin(amount.cell, cells))
        if len(chosen):
            groups = [f"{s}\x1f{m}" for s in grid.areas.sites for m in grid.months]
            biomarker = self.engine.biomarker_of(quantity, substance)
            found = drawn(amount, chosen, biomarker, groups, self.n_draws, self.seed)
            place, month = np.divmod(amount.cell[chosen], len(grid.months))
            out[:, place, month] = found
        told = {"statement": self.scenarios[substance].statement()} if quantity == "users" else {}
        return xr.DataArray(
            out,
            dims=("draw", "district", "month"),
            coords={"district": list(grid.areas.names), "month": list(grid.months), **told},
            name=quantity,
            attrs=self._statement(quantity),
        )

    def ratio(self, a: str, b: str, quantity: str = "normalised_load", *, area: str = "district") -> pd.DataFrame:
        """Compare two areas month by month; what they share cancels.

        Parameters
        ----------
        a, b : str
            Names of districts, or of areas of another kind.
        quantity : str
            One of the five quantities.
        area : {"district", "site", "city", "province"}

        Returns
        -------
        DataFrame
            ``month drug quantity ratio lower upper p_greater n_a n_b text``: ratio a/b with its interval and the
            probability that a is above b. Months in which either side is below the limit have no ratio.

        Raises
        ------
        UnknownName
            Unknown area or quantity.
        """
        names = self.areas(area)
        for name in (a, b):
            one_of(name, names, area_word(area))
        one_of(quantity, QUANTITIES, QUANTITY)
        return frames.ratio_table(self, a, b, quantity, area)

    def series(self, quantity: str = "normalised_load", *, area: str = "district") -> pd.DataFrame:
        """Return monthly values with the log standard deviations that a comparison needs.

        Returns
        -------
        DataFrame
            ``district month drug biomarker median lower upper log_sd_within log_sd_between log_sd_total
            comparable_lower comparable_upper n_samples n_detected status limit method_version``. *within*: what
            differs from month to month in one district; *between*: what differs between districts in one month.
            ``lower, upper`` is the absolute interval; the comparable one leaves out what all districts share, and is
            the one to lay districts side by side with. ``limit`` is the laboratory's. Users have the sentence they
            rest on in every row (``statement_en, statement_zh``).

        Raises
        ------
        UnknownName
            Unknown quantity or area.
        """
        one_of(quantity, QUANTITIES, QUANTITY)
        known_kind(area)
        found = self._kept.get(("series", quantity, area), lambda: frames.series(self, quantity, area)).copy()
        statement = self._statement(quantity)
        found.attrs.update(statement)
        return found.assign(**statement) if statement else found

    # ---- one cell ------------------------------------------------------------------------------------------------

    def budget(
        self, district: str, month: str, drug: str, quantity: str | None = None, *, area: str = "district"
    ) -> pd.DataFrame:
        """Say where one cell's uncertainty comes from and what to improve first.

        Without a quantity: of the consumption, or of the load per head where no consumption is known or shown.

        Returns
        -------
        DataFrame
            One row per source: ``source scope log_sd share comparable advice prior_weight``; shares of the
            log-variance sum to 1. ``comparable`` is True for sources that differ between districts, ``prior_weight``
            says how much the size of a source rests on its prior.

        Raises
        ------
        InputError
            Unknown district, month or drug, or no value in that cell.
        DisclosureError
            The policy hides the cell.
        """
        quantity, substance, place = self._cell(district, month, drug, quantity, area)
        amount = self.engine.amount(area, quantity, substance)
        return budget_table(self.engine, amount, place, self.engine.biomarker_of(quantity, substance))

    def explain(
        self, district: str, month: str, drug: str, quantity: str | None = None, *, area: str = "district",
        language: str | None = None,
    ) -> str:  # fmt: skip
        """Tell step by step, as on a pocket calculator, how one number was made, with claims, sources and doubts.

        Raises
        ------
        InputError
            Unknown district, month or drug, or no value in that cell.
        DisclosureError
            The policy hides the cell.
        """
        from wbe.messages import speaking

        drug = vocabulary.find(drug) or drug
        quantity, substance, place = self._cell(district, month, drug, quantity, area)
        if language is None:
            return explain(self, place, quantity, substance, district, month, drug, area)
        with speaking(language):
            return explain(self, place, quantity, substance, district, month, drug, area)

    def _cell(self, district: str, month: str, drug: str, quantity: str | None, area: str) -> tuple[str, str, int]:
        one_of(district, self.areas(area), area_word(area))
        one_of(month, self.months, Words("month", "月份"))
        if quantity is not None:
            return self._cell_of(district, month, drug, quantity, area)
        drug = vocabulary.find(drug) or drug  # a drug may be named in Chinese or short
        if drug in self.chain.quantity["consumption"]:
            with suppress(InputError, DisclosureError):
                return self._cell_of(district, month, drug, "consumption", area)
        return self._cell_of(district, month, drug, "normalised_load", area)

    def _cell_of(self, district: str, month: str, drug: str, quantity: str, area: str) -> tuple[str, str, int]:
        one_of(quantity, QUANTITIES, QUANTITY)
        substance = self._substance(quantity, drug)
        self._allowed(district, month, quantity, substance, area)
        number = self.engine.grid(area).number(district, month)
        amount = self.engine.amount(area, quantity, substance)
        place = np.flatnonzero(amount.cell == number)
        if number >= 0 and len(place) and not open_cells(amount)[place[0]]:
            return quantity, substance, int(place[0])
        raise InputError([Fault("estimation-no-cell", quantity=quantity, drug=drug, area=district, month=month)])

    def _allowed(self, district: str, month: str, quantity: str, substance: str, area: str) -> None:
        """Refuse to take apart a cell that the policy hides."""
        table = self._table(area, None)
        rows = table[(table["status"] == "suppressed") & (table["district"] == district) & (table["month"] == month)]
        named = (rows["drug"] == substance) | (rows["biomarker"] == substance)
        if ((rows["quantity"] == quantity) & named).any():
            raise DisclosureError("estimation-hidden", quantity=quantity, drug=substance, area=district, month=month)

    def _substance(self, quantity: str, drug: str | None) -> str:
        one_of(quantity, QUANTITIES, QUANTITY)
        held = self.chain.quantity[quantity]
        if drug is None and len(held) == 1:
            return next(iter(held))
        if drug is None:
            raise InputError([Fault("estimation-which-drug", quantity=quantity, known=tuple(held))])
        if drug not in held:
            found = vocabulary.find(str(drug))
            drug = found or one_of(str(drug), (*held, *self.drugs), Words("drug", "药物"))
        if drug in held:
            return str(drug)
        back = {d: b for b, d in self.chain.traced.items() if b in held}
        if drug in back:
            return back[drug]
        refused = next((r for b in self.chain.traced if (r := refusal(str(drug), b))), None)
        none = Note("estimation-not-measured") if refused is None else refused
        why = self.chain.missing.get((quantity, str(drug)), ("", none))[1]
        known: Any = tuple(held) or Note("estimation-none")
        raise InputError([Fault("estimation-no-substance", drug=repr(drug), quantity=quantity, known=known, why=why)])

    def __repr__(self) -> str:
        p = self.provenance
        mark = " (SYNTHETIC DATA)" if self.synthetic else ""
        return (
            f"<wbe.Estimate{mark} {len(self.districts)} districts x {len(self.months)} months x {len(self.drugs)} "
            f"drugs; profile {p['profile']} {p['profile_version']} ({p['claims_unverified']} of {p['claims_used']} "
            f"claims unverified); population {p['population']}; {self.level:.0%} intervals>"
        )

    def _repr_html_(self) -> str:
        return frames.to_html(self)
