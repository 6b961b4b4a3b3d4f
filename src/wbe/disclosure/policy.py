"""The policy that every table, plot, report and export passes: what may be printed, and what was decided.

Refuses institutions without an override whose reason is kept, and a number of users without the sentence
that says what it rests on. Fails closed: an unknown population counts as small.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
import pandas as pd
import xarray as xr

from wbe.disclosure.cells import bare, blank, numbers, says_something, unresolved, with_secondary
from wbe.disclosure.institutions import institutions
from wbe.disclosure.rounding import round_users, shorten, widen
from wbe.disclosure.rules import edition, of_whole, rules
from wbe.disclosure.thresholds import salt_fault, threshold_fault
from wbe.errors import DisclosureError, Fault, InputError, hint
from wbe.messages import Note
from wbe.people import rests_on_scenario
from wbe.samples import month

__all__ = ["Policy"]

_NUMBER = ("estimate", "incomplete")


def _cells(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(zip(*(table[c].astype(str) for c in ("district", "month", "drug", "quantity")), strict=True))


@dataclass(frozen=True)
class Policy:
    """Thresholds of one edition, with the overrides that somebody answered for.

    Parameters
    ----------
    edition : {"internal", "public"}
    areas : tuple of {"district", "city"}
        Levels that may be shown at all.
    minimum_population, minimum_population_load : float
        Inhabitants served, for what is reckoned of a drug (consumption, doses, users) and for loads.
    minimum_count : float
        Estimated users below it are not stated.
    round_users_to : int
        Users are rounded to it, their interval outwards.
    minimum_districts : int
        Units behind a city number.
    minimum_plants : int
        Plants behind a city number, and plants with a detection: one that serves three districts is still one.
    protection : float
        No hidden number may be reckoned to within this share of itself.
    coded_sites : bool
        Whether sites go by code.
    counts_shown : bool
        Whether rows carry samples, people, units and notes on single plants beside their numbers.
    overrides : tuple of (site, reason)
        Institutions admitted, by whom it was reasoned.
    withheld : tuple of (area, month, biomarker)
        Cells of the city that stay as they were published before; from :meth:`wbe.published.Ledger.check`.
    salt : str
        Of the site codes; never recorded. Empty: a new one for each object.

    Examples
    --------
    >>> Policy.internal().minimum_population, Policy.public().areas
    (5000.0, ('city',))
    """

    edition: str
    areas: tuple[str, ...]
    minimum_population: float
    minimum_population_load: float
    minimum_count: float
    round_users_to: int
    minimum_districts: int
    minimum_plants: int
    protection: float
    coded_sites: bool
    counts_shown: bool
    overrides: tuple[tuple[str, str], ...] = ()
    withheld: tuple[tuple[str, str, str], ...] = ()
    salt: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not self.salt:
            object.__setattr__(self, "salt", secrets.token_hex(16))
        elif fault := salt_fault(self.salt):
            raise InputError([fault])

    @classmethod
    def named(cls, name: str, **changes: object) -> Policy:
        """Return an edition, with own thresholds where given.

        Raises
        ------
        UnknownName
            Neither internal nor public.
        InputError
            Thresholds that are unknown or impossible, and a salt that could be guessed, all at once.
        """
        values = edition(name)
        known = {f.name for f in fields(cls)} - {"edition"}
        faults = [
            Fault("disclosure-not-a-threshold", name=key, known=sorted(known), hint=hint(key, sorted(known)))
            for key in changes
            if key not in known
        ]
        values |= {key: value for key, value in changes.items() if key in known}
        faults += [fault for key in known & set(values) if (fault := threshold_fault(key, values[key]))]
        if faults:
            raise InputError(sorted(faults, key=lambda fault: str(fault.values["name"])))
        for key in ("minimum_population", "minimum_population_load", "minimum_count", "protection"):
            values[key] = float(values[key])
        values["areas"] = tuple(values["areas"])
        return cls(edition=name, **values)

    @classmethod
    def internal(cls, **changes: object) -> Policy:
        """Return the internal edition: districts and city; loads only where few people are served."""
        return cls.named("internal", **changes)

    @classmethod
    def public(cls, **changes: object) -> Policy:
        """Return the public edition: the city alone."""
        return cls.named("public", **changes)

    # ---- who may be in at all ---------------------------------------------------------------------------------

    def with_override(self, site: str, reason: str) -> Policy:
        """Admit one institution, for a reason that the run record keeps.

        Raises
        ------
        InputError
            The reason is missing or says nothing.
        """
        if len(reason.strip()) < rules()["overrides"]["least_characters"]:
            raise InputError([Fault("disclosure-override-reason", site=site, reason=reason)])
        kept = tuple(pair for pair in self.overrides if pair[0] != site)
        return replace(self, overrides=(*kept, (site, reason.strip())))

    def withholding(self, cells: Iterable[tuple[str, str, str]]) -> Policy:
        """Return the policy that prints nothing of some cells (area, month, biomarker) of the city."""
        return replace(self, withheld=tuple(dict.fromkeys((*self.withheld, *cells))))

    def refuse(self, samples: xr.Dataset) -> None:
        """Refuse samples of institutions that nobody answered for.

        Parameters
        ----------
        samples : Dataset
            Samples; ``site_type`` decides, or the site's name where no type is given.

        Raises
        ------
        DisclosureError
            All such sites at once, with the next step.
        """
        admitted = {site for site, _ in self.overrides}
        found = {s: why for s, why in institutions(samples).items() if s not in admitted}
        if found:
            listed = [Note("disclosure-institution", site=site, why=why) for site, why in found.items()]
            raise DisclosureError("disclosure-institutions", sites=listed)

    def many_enough(self, samples: xr.Dataset) -> np.ndarray:
        """Say which samples come from districts where a consumption may be shown.

        For tables that are not made from an estimate. A district counts by the smallest of the populations that its
        plants had together in any month; one that is not known counts as small.

        Parameters
        ----------
        samples : Dataset

        Returns
        -------
        ndarray of bool (n_sample,)
        """
        frame = pd.DataFrame({
            "district": samples["district"].values.astype(str), "site": samples["site"].values.astype(str),
            "month": month(samples).values, "heads": samples["population"].values.astype(float),
        })  # fmt: skip
        plants = frame.groupby(["district", "month", "site"])["heads"].mean()
        smallest = plants.groupby(["district", "month"]).sum(min_count=1).groupby("district").min()
        unknown = frame.groupby("district")["heads"].apply(lambda heads: heads.isna().any())
        enough = (smallest >= self.minimum_population) & ~unknown
        return enough.reindex(frame["district"]).to_numpy(bool)

    # ---- what may be shown ------------------------------------------------------------------------------------

    def apply(self, table: pd.DataFrame, unit_table: pd.DataFrame | None = None) -> pd.DataFrame:
        """Hide what may not be printed in a tidy table, and round the users.

        Parameters
        ----------
        table : DataFrame
            ``district month drug quantity median lower upper n_samples n_detected note status text population`` and
            more; rows of districts, of the city, or both.
        unit_table : DataFrame, optional
            From :func:`wbe.population.units`: which unit lies in which. By default the packaged places.

        Returns
        -------
        DataFrame
            Same rows and order. Hidden rows have status ``suppressed``, no number and no note, so that a cell hidden
            for its own sake cannot be told from a companion. ``attrs["disclosure"]`` counts what was done.

        Notes
        -----
        Hidden are, for districts and city: areas that the edition does not show; unknown or small populations (all
        but loads, or loads too); small counts; numbers of users without their statement. Then companions, as if
        the city's total were published: what is left must not fix a hidden number to within ``protection``.
        Where loads are protected, a number of the city must not be a number of one district in disguise: too few
        districts with a detection, one district that makes nearly all of it, or two numbers of one month whose
        difference is what the plants make that stand behind one of them alone.
        """
        out = table.reset_index(drop=True).copy()
        shown = says_something(out)
        reasons = self._reasons(out)
        alone = ("no_statement", "incomplete")
        own = shown & np.logical_or.reduce([mask for name, mask in reasons.items() if name not in alone])
        hidden = self._protected(out, self._joined(out, own) & shown, unit_table)
        # what follows needs no companions: a missing sentence makes a number misleading, not secret, and what one
        # number of the city tells beside another, or a month that lacks a plant beside the others, is gone with either
        hidden |= reasons["incomplete"] & shown
        reasons["other_plants"] = self._on_other_plants(out, shown & ~hidden)
        hidden = (hidden | reasons["no_statement"] | reasons["other_plants"]) & shown
        if self.minimum_population_load > 0:
            widen(out, shown & ~hidden)
        round_users(out, shown & ~hidden, self.round_users_to)
        if self.minimum_population_load > 0:
            shorten(out, shown & ~hidden & (out["quantity"] != "users").to_numpy())
        if self.minimum_population_load > 0 and "_reported" in out:
            # people counted by a marker are its load by a published factor: where nothing is shown, only as reported
            out["population"] = out["population"].where(shown & ~hidden, out["_reported"])
        blank(out, hidden)
        if not self.counts_shown:
            bare(out)
        counts = {name: int((mask & shown).sum()) for name, mask in reasons.items()}
        apart = reasons["no_statement"] | reasons["other_plants"] | reasons["incomplete"]
        out.attrs["disclosure"] = {
            "edition": self.edition, "rows": len(out), "hidden": int(hidden.sum()),
            "secondary": int((hidden & ~own & ~apart).sum()), **counts,
        }  # fmt: skip
        return out.drop(columns=[c for c in out.columns if str(c).startswith("_")])

    def apply_alike(
        self, tables: Sequence[pd.DataFrame], beside: pd.DataFrame, unit_table: pd.DataFrame | None = None
    ) -> list[pd.DataFrame]:
        """Apply the policy to several answers for the same cells, and hide in all what any one of them hides.

        The answers differ by factors that are published (users under one scenario or another), so one of them gives
        the others away.

        Parameters
        ----------
        tables : sequence of DataFrame
            As in :meth:`apply`.
        beside : DataFrame
            A table that the policy has passed already; what is hidden there is hidden here.
        unit_table : DataFrame, optional
            As in :meth:`apply`.

        Returns
        -------
        list of DataFrame
        """
        applied = [self.apply(table, unit_table) for table in tables]
        gone = {cell for t in [*applied, beside] for cell in _cells(t[t["status"] == "suppressed"])}
        for table in applied:
            known = says_something(table)
            blank(table, known & np.array([cell in gone for cell in _cells(table)], dtype=bool))
        return applied

    def notes(self, said: Sequence[Note]) -> tuple[Note, ...]:
        """Return the notes that this edition may print beside a number.

        Examples
        --------
        >>> left_out = Note("population-described-no-flow", count=1)
        >>> len(Policy.internal().notes([left_out])), Policy.public().notes([left_out])
        (1, ())
        """
        return tuple(said) if self.counts_shown else tuple(n for n in said if n.code in rules()["notes"]["shown"])

    def _reasons(self, table: pd.DataFrame) -> dict[str, np.ndarray]:
        """Why a row is hidden for its own sake; a comparison with an unknown number is made to fail."""
        kinds = rules()["quantities"]
        quantity = table["quantity"]
        city = of_whole(table)
        heads = numbers(table, "population")
        drug, people = quantity.isin(kinds["drug"]).to_numpy(), quantity.isin(["users"]).to_numpy()
        known = quantity.isin([*kinds["load"], *kinds["drug"]]).to_numpy()
        count = np.where(table["status"].isin(_NUMBER), numbers(table, "median"), np.inf)
        noted = np.zeros(len(table), bool)
        if "note_codes" in table:
            noted = table["note_codes"].astype(str).map(rests_on_scenario).to_numpy(bool)
        few, dominated = self._few_behind(table, city)
        load_floor = ~(heads >= self.minimum_population_load) if self.minimum_population_load > 0 else ~known & False
        return {
            "area": np.where(city, "city" not in self.areas, "district" not in self.areas),
            "population": drug & ~(heads >= self.minimum_population),
            "population_load": ~drug & load_floor,
            "unknown_quantity": ~known,
            "count": people & ~(count >= self.minimum_count),
            # what lacks a plant gives that plant away beside the months that have it
            "incomplete": (table["status"] == "incomplete").to_numpy() & (self.minimum_population_load > 0),
            "districts": few,
            "withheld": self._withheld(table, city),
            "one_district": dominated,
            "no_statement": quantity.isin(kinds["people"]).to_numpy() & ~noted,
        }

    def _withheld(self, table: pd.DataFrame, city: np.ndarray) -> np.ndarray:
        """Cells of the city that an earlier edition forbids."""
        if not self.withheld or "biomarker" not in table:
            return np.asarray(city & bool(self.withheld))
        cells = zip(*(table[c].astype(str) for c in ("district", "month", "biomarker")), strict=True)
        listed = np.array([cell in self.withheld for cell in cells], dtype=bool)
        return np.asarray(city & listed)

    def _few_behind(self, table: pd.DataFrame, city: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the city that too few stand behind, or one alone nearly makes; what is not known is not enough."""
        # of a limit there is no number to find; the bound of an unresolved origin follows from what was measured
        detected = city & (table["status"].isin(_NUMBER).to_numpy() | unresolved(table))
        few = city & ~self._enough(table, "n_districts", self.minimum_districts)
        few |= city & ~self._enough(table, "_sites", self.minimum_plants)
        few |= detected & ~self._enough(table, "_seen", self.minimum_plants)
        if "district" in self.areas:  # then the hiding of further districts sees to it
            return few, np.zeros(len(table), bool)
        return few, detected & ~(numbers(table, "_largest") * (1 + self.protection) <= 1)

    @staticmethod
    def _enough(table: pd.DataFrame, column: str, least: int) -> np.ndarray:
        """Whether a count reaches the minimum; a table that does not say is only enough where one is asked for."""
        if column not in table and least <= 1:
            return np.ones(len(table), bool)
        return numbers(table, column) >= least

    def _on_other_plants(self, table: pd.DataFrame, shown: np.ndarray) -> np.ndarray:
        """Numbers of the city that rest on other samples or plants than most of the same month and biomarker do.

        The city's load with a plant, or with a sample of a discharge, beside its consumption without gives that plant's
        load away, since the factors between them are published.
        """
        out = np.zeros(len(table), bool)
        if self.minimum_population_load <= 0:  # the loads are open: nothing is to be had from a difference
            return out
        rows = np.flatnonzero(shown & of_whole(table))
        names = [c for c in ("_samples", "_plants") if c in table]
        names = names or [c for c in ("n_districts", "population") if c in table]
        behind = table.iloc[rows][names].astype(str).agg("\x1f".join, axis=1) if names else None
        if behind is None or not len(rows):
            return out
        of = "biomarker" if "biomarker" in table else "drug"
        for _, group in behind.groupby([table[c].iloc[rows] for c in ("district", "month", of)], sort=False):
            if group.nunique() > 1:
                out[group.index[group != group.mode().iloc[-1]]] = True
        return out

    def _joined(self, table: pd.DataFrame, hidden: np.ndarray) -> np.ndarray:
        """Quantities of a drug follow from each other by factors that all districts share: hide them together."""
        kinds = rules()["quantities"]
        together = table["quantity"].isin(kinds["drug"]).to_numpy()
        if self.minimum_population_load > 0:
            together = together | table["quantity"].isin(kinds["load"]).to_numpy()
        cell = table["district"].astype(str) + "\x1f" + table["month"].astype(str) + "\x1f" + table["drug"].astype(str)
        spread = cell.isin(cell[hidden & together]).to_numpy()
        return hidden | (spread & together)

    def _protected(self, table: pd.DataFrame, hidden: np.ndarray, unit_table: pd.DataFrame | None) -> np.ndarray:
        kinds = rules()["quantities"]
        classes = [kinds["load"], kinds["drug"]]
        if self.minimum_population_load > 0:
            classes = [[*kinds["load"], *kinds["drug"]]]
        for names in classes:
            hidden = with_secondary(table, hidden, names, unit_table, self.protection)
        return hidden

    # ---- codes and record -------------------------------------------------------------------------------------

    def site_codes(self, sites: Iterable[str]) -> dict[str, str]:
        """Return a code for each site that says nothing of its name, place or order.

        Parameters
        ----------
        sites : iterable of str

        Returns
        -------
        dict of site to code
            Keyed hash (HMAC-SHA256) under the salt: the same salt gives the same codes. Keep the salt secret: with it
            a list of names is soon tried.

        Raises
        ------
        DisclosureError
            Two sites with one code.

        Examples
        --------
        >>> Policy.public(salt="a long phrase, kept elsewhere").site_codes(["河西污水厂"])
        {'河西污水厂': 'S-5MQP5C'}
        """
        import base64

        codes = {}
        for site in dict.fromkeys(sites):
            digest = hmac.new(self.salt.encode(), site.encode(), hashlib.sha256).digest()
            codes[site] = "S-" + base64.b32encode(digest).decode()[:6]
        if len(set(codes.values())) < len(codes):
            raise DisclosureError("disclosure-code-twice")
        return codes

    def site_labels(self, sites: Iterable[str]) -> dict[str, str]:
        """Return what each site is called in this edition: its name, or its code where the edition codes sites."""
        return self.site_codes(sites) if self.coded_sites else {site: site for site in sites}

    def record(self) -> dict[str, object]:
        """Return what the run record keeps: every threshold and every override with its reason, never the salt.

        Where the edition codes its sites, an overridden one goes by its code; the reason is kept as it was written.
        """
        own = ("salt", "overrides", "withheld")  # what is withheld is the ledger's business
        kept = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in own}
        kept["areas"] = list(self.areas)
        called = self.site_labels(site for site, _ in self.overrides)
        kept["overrides"] = [{"site": called[site], "reason": reason} for site, reason in self.overrides]
        return kept
