"""What an estimate holds, and its numbers as tables and datasets.

Every table passes the disclosure policy before anyone sees it. Refuses names of areas, quantities, drugs and months
that the estimate does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from wbe import vocabulary
from wbe.errors import one_of
from wbe.estimation import frames, tables
from wbe.estimation.chain import QUANTITIES, Chain
from wbe.estimation.engine import Engine
from wbe.estimation.kept import Kept
from wbe.estimation.places import known_kind
from wbe.estimation.saving import Asked, csv_of, workbook_of
from wbe.exchange.outputs import write_whole
from wbe.messages import Note, Words
from wbe.population import units

if TYPE_CHECKING:
    from wbe.disclosure import Policy
    from wbe.factors import Profile
    from wbe.people import UseScenario

__all__ = ["QUANTITY", "Tabled"]

QUANTITY = Words("quantity", "量")


@dataclass(frozen=True, eq=False)
class Tabled:
    """The parts of an estimate, and its tables; :class:`wbe.Estimate` adds comparisons and single cells."""

    engine: Engine
    profile: Profile
    scenarios: dict[str, UseScenario]
    policy: Policy
    seed: int
    n_draws: int
    provenance: Mapping[str, object]
    asked: Asked = field(repr=False)
    _kept: Kept = field(default_factory=Kept, repr=False)

    @property
    def chain(self) -> Chain:
        """The products of scoped terms, sample by sample."""
        return self.engine.chain

    @property
    def level(self) -> float:
        """Probability that each interval holds."""
        return self.engine.level

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
        """Every month from the first day that a sample covers to the last."""
        return self.engine.months

    @property
    def districts(self) -> tuple[str, ...]:
        """Names of the districts, in the order of the unit table."""
        return self.engine.grid("district").areas.names

    @property
    def drugs(self) -> tuple[str, ...]:
        """Drugs (or biomarkers that trace none) with at least one result."""
        return tuple(dict.fromkeys(self.chain.traced.values()))

    def areas(self, area: str = "district") -> tuple[str, ...]:
        """Return the names of the areas of one kind: site, district, city, province or all.

        Raises
        ------
        UnknownName
            Another kind.
        """
        return self.engine.grid(known_kind(area)).areas.names

    def variability(self, month: str | None = None, language: str | None = None) -> pd.DataFrame:
        """Return the sizes of error behind a month's intervals: value, from where, how much rests on the prior.

        Parameters
        ----------
        month : str, optional
            By default the last.
        language : {"en", "zh"}, optional

        Raises
        ------
        UnknownName
            A month that the estimate does not have.
        """
        month = self.months[-1] if month is None else one_of(month, self.months, Words("month", "月份"))
        return self.engine.found[self.months.index(month)].table(language)

    # ---- tables ------------------------------------------------------------------------------------------------

    def table(
        self,
        area: str = "district",
        *,
        quantity: str | None = None,
        drug: str | None = None,
        month: str | None = None,
        language: str | None = None,
    ) -> pd.DataFrame:
        """Return every number as one tidy table.

        Parameters
        ----------
        area : {"district", "site", "city", "province", "all"}
            What a row stands for. Cities, provinces and all together are plain sums of their sites, each by itself.
        quantity, drug, month : str, optional
            Keep these rows only; a drug may be named in Chinese or by its biomarker.
        language : {"en", "zh"}, optional
            Of ``note`` and of the texts that say why there is no number; by default the language in force.

        Returns
        -------
        DataFrame
            ``district month drug quantity median lower upper unit n_samples n_detected note`` and ``biomarker
            status text population n_districts limit note_codes area``. ``district`` names the area, ``area`` its kind.
            ``median`` is the plain sum of day means, as a calculator gives it; the bounds lie about the truth behind
            it. Status ``incomplete``: the sum lacks plants, which the note names. A cell of non-detects has no median,
            lower 0, the laboratory's limit as an amount in ``limit``, and as ``upper`` the bound of the truth.

        Raises
        ------
        UnknownName
            Unknown area, quantity, drug or month.
        """
        known_kind(area)
        whole = self._table(area, language)
        keep = np.ones(len(whole), dtype=bool)
        if quantity is not None:
            keep &= (whole["quantity"] == one_of(quantity, QUANTITIES, QUANTITY)).to_numpy()
        if month is not None:
            keep &= (whole["month"] == one_of(month, self.months, Words("month", "月份"))).to_numpy()
        if drug is not None:
            found = self._drug(drug)
            keep &= ((whole["drug"] == found) | (whole["biomarker"] == found)).to_numpy()
        found_rows = whole.copy() if keep.all() else whole[keep].reset_index(drop=True)
        found_rows.attrs = dict(whole.attrs)
        return found_rows

    def remarks(self, area: str = "district") -> dict[tuple[str, ...], tuple[Note, ...]]:
        """Return the notes of every row that is shown, as codes with values.

        Parameters
        ----------
        area : str
            As in :meth:`table`.

        Returns
        -------
        dict
            By district, month, drug, biomarker and quantity.

        Examples
        --------
        >>> import wbe
        >>> told = wbe.estimate(wbe.testing.small_city()).remarks()
        >>> {note.code for notes in told.values() for note in notes} >= {"estimation-dose-unverified"}
        True
        """
        keys = ["district", "month", "drug", "biomarker", "quantity"]
        table = self._table(area, None)
        shown = set(table.loc[table["status"] != "suppressed", keys].itertuples(index=False, name=None))
        raw = self._kept.get(("raw", area), lambda: tables.tidy(self.engine, area, self.profile, self.scenarios))
        rows = zip(raw[keys].itertuples(index=False, name=None), raw["_notes"], strict=True)
        return {key: notes for key, notes in rows if key in shown}

    def _drug(self, name: str) -> str:
        known = (*self.drugs, *self.chain.traced)
        return name if name in known else one_of(vocabulary.find(name) or name, known, Words("drug", "药物"))

    def _table(self, area: str, language: str | None) -> pd.DataFrame:
        from wbe.messages import language as spoken
        from wbe.messages import speaking

        language = spoken() if language is None else one_of(language, ("en", "zh"), Words("language", "语言"))

        def make() -> pd.DataFrame:
            raw = self._kept.get(("raw", area), lambda: tables.tidy(self.engine, area, self.profile, self.scenarios))
            told = tables.finished(raw.copy(), language, self.policy)
            with speaking(language):  # what is hidden says so in the language of its table
                shown = self.policy.apply(told, units(self.samples))
                return self._below_district(shown, area, language)

        return self._kept.get(("table", area, language), make)

    def _below_district(self, shown: pd.DataFrame, area: str, language: str) -> pd.DataFrame:
        """Hide the sites of districts that are hidden: a district's only site is its number."""
        if area != "site":
            return shown
        from wbe.disclosure.cells import blank

        beside = self._table("district", language)
        gone = beside[beside["status"] == "suppressed"]
        if gone.empty:
            return shown
        districts = self.engine.grid("district").areas
        keys = ["month", "drug", "quantity"]
        hidden = set(map(tuple, gone[["district", *keys]].to_numpy()))
        names = [[districts.names[a] for a in districts.share[s].indices] for s in range(len(districts.sites))]
        of = dict(zip(districts.sites, names, strict=True))
        mask = np.array([
            any((d, *rest) in hidden for d in of[site])
            for site, *rest in shown[["district", *keys]].itertuples(index=False)
        ])  # fmt: skip
        blank(shown, mask & ~shown["status"].isin(["no_data"]).to_numpy())
        return shown

    def to_csv(self, path: str | Path, *, area: str = "district", language: str | None = None) -> None:
        """Write :meth:`table` as a CSV file that spreadsheets open in Chinese too; it appears whole or not at all."""
        write_whole(path, csv_of(self.table(area, language=language)))

    def to_excel(self, path: str | Path, *, language: str | None = None) -> None:
        """Write the tables of districts and of the city as a workbook, one sheet each, whole or not at all.

        Raises
        ------
        MissingExtra
            The extra ``excel`` is not installed.
        """
        write_whole(path, workbook_of({a: self.table(a, language=language) for a in ("district", "city")}))

    def to_dataset(self, area: str = "district") -> xr.Dataset:
        """Return every shown number over (quantity-wise) area, month and substance, as one dataset.

        Variables are ``<quantity>``, ``<quantity>_lower`` and ``<quantity>_upper`` with their units; loads have dim
        ``biomarker``, the rest dim ``drug``.
        """
        parts: dict[str, xr.DataArray] = {}
        for quantity in QUANTITIES:
            found = self._dataset(quantity, area)
            parts |= {
                quantity: found["median"],
                f"{quantity}_lower": found["lower"],
                f"{quantity}_upper": found["upper"],
            }
        ds = xr.Dataset(
            {name: part.drop_attrs().assign_attrs(units=part.attrs["units"]) for name, part in parts.items()}
        )
        return ds.assign_attrs({k: str(v) for k, v in self.provenance.items()} | {"level": self.level})

    def _dataset(self, quantity: str, area: str = "district") -> xr.Dataset:
        ds = frames.to_dataset(self.table(area), quantity, self.level, self._statement(quantity))
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
