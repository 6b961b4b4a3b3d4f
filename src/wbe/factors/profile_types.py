"""What a profile is made of: a factor for each drug and biomarker, doses, and reasons where there is none.

Refuses unknown compounds; a drug without a defensible factor gets None and a sentence, never a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from wbe.errors import UncertaintyError
from wbe.factors.compound_table import known_id
from wbe.factors.notebook import html
from wbe.factors.refusals import refuse
from wbe.messages import Note, Words
from wbe.uncertainty.distributions import Distribution
from wbe.uncertainty.moments import fraction

__all__ = ["Dose", "Factor", "Profile"]

_NOTHING = Words("", "")


@dataclass(frozen=True)
class Factor:
    """How a biomarker in sewage speaks of a drug.

    Attributes
    ----------
    drug, biomarker : str
        Compound ids.
    fraction : Distribution
        Molar excretion fraction: moles of biomarker for each mole of pure drug taken.
    mass_ratio : float
        Molar mass of the drug over that of the biomarker.
    claim_ids : tuple of str
        The claims behind it.
    status : str
        The least trusted of their statuses.
    absorbs : frozenset of str
        Corrections that the number already includes and that cannot be applied again.
    notes : Words
        What a reader must know; ``note`` is it in the language in force.
    depends_on : tuple of str
        Drugs whose factor moves this one (it was tuned on them).
    analyte_form : str
        The form that the laboratory must measure for the number to hold.
    """

    drug: str
    biomarker: str
    fraction: Distribution
    mass_ratio: float
    claim_ids: tuple[str, ...]
    status: str
    absorbs: frozenset[str] = frozenset()
    notes: Words = _NOTHING
    depends_on: tuple[str, ...] = ()
    analyte_form: str = ""

    def __post_init__(self) -> None:
        try:
            fraction(self.fraction, f"excretion of {self.drug} as {self.biomarker}")
        except UncertaintyError as err:
            refuse("factors-fraction", detail=err)

    @property
    def note(self) -> str:
        """What a reader must know, in the language in force."""
        return self.notes.text()

    @property
    def correction_factor(self) -> float:
        """Mass of pure drug taken for each mass of biomarker in sewage, at the median fraction."""
        return self.mass_ratio / self.fraction.median()


@dataclass(frozen=True)
class Dose:
    """Mass of pure drug in one dose.

    Attributes
    ----------
    drug : str
    mass : Distribution
        [mg pure drug/dose].
    claim_ids, status, basis, notes
        As in :class:`Factor`; ``basis`` is always ``"pure"``.
    """

    drug: str
    mass: Distribution
    claim_ids: tuple[str, ...]
    status: str
    basis: str = "pure"
    notes: Words = _NOTHING

    @property
    def note(self) -> str:
        """What a reader must know, in the language in force."""
        return self.notes.text()


@dataclass(frozen=True)
class Profile:
    """A named choice of claims; ``hash`` changes with any number behind it.

    Attributes
    ----------
    name, version : str
    titles : Words
        ``title`` and ``title_zh`` are its two texts.
    warnings : tuple of Words and Note
        What a reader of any number under the profile must know; ``warning`` and ``warning_zh`` say it.
    hash : str
        First 12 hexadecimal digits of the SHA-256 of every choice, claim row and molar mass used.
    overlay : tuple of str
        Names of the overlays laid over the shipped profile; ``change_notes`` hold what each
        changed, ``changes`` say it.
    drugs : tuple of str
        Drugs that have a factor.
    """

    name: str
    version: str
    hash: str
    titles: Words
    warnings: tuple[Words | Note, ...]
    drugs: tuple[str, ...]
    factors: tuple[Factor, ...]
    doses: tuple[Dose, ...]
    none: tuple[tuple[str, str, Words], ...]
    statuses: tuple[tuple[str, str], ...]
    overlay: tuple[str, ...] = ()
    change_notes: tuple[Note, ...] = ()
    cotinine: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        more = f"; {len(self.change_notes)} changed by {', '.join(self.overlay)}" if self.overlay else ""
        return (
            f"<wbe.Profile {self.name} {self.version} ({self.hash}): {len(self.factors)} factors, {len(self.doses)} "
            f"doses; {self.n_unverified} of {self.n_claims} claims unverified{more}; see .describe()>"
        )

    def _repr_html_(self) -> str:
        columns = ["drug", "biomarker", "fraction", "correction_factor", "status"]
        held = {"name": self.name, "version": self.version, "hash": self.hash, "factors": len(self.factors)}
        return html("factors-told-profile", self.describe().reindex(columns=columns), **held, doses=len(self.doses),
                    unverified=self.n_unverified, claims=self.n_claims)  # fmt: skip

    @property
    def title(self) -> str:
        """What the profile is, in English."""
        return self.titles.en

    @property
    def title_zh(self) -> str:
        """What the profile is, in Chinese."""
        return self.titles.zh

    @property
    def warning(self) -> str:
        """What a reader of any number under the profile must know, in English."""
        return " ".join(said.text("en") for said in self.warnings)

    @property
    def warning_zh(self) -> str:
        """The same in Chinese."""
        return " ".join(said.text("zh") for said in self.warnings)

    @property
    def changes(self) -> tuple[str, ...]:
        """What each overlay changed, in the language in force."""
        return tuple(note.text() for note in self.change_notes)

    @property
    def n_claims(self) -> int:
        """Number of claims behind the profile."""
        return len(self.statuses)

    @property
    def n_unverified(self) -> int:
        """Number of claims whose number was written down from memory."""
        return sum(status == "memory" for _, status in self.statuses)

    def factor(self, drug: str, biomarker: str | None = None) -> Factor | None:
        """Return the factor of a drug, or None when there is no defensible one.

        Parameters
        ----------
        drug : str
            Id, Chinese or English name, or abbreviation.
        biomarker : str, optional
            The profile's first choice when left out.

        Raises
        ------
        UnknownName
            Nothing has that name.

        Examples
        --------
        >>> from wbe.factors import profile
        >>> chosen = profile("zuccato-2008").factor("methamphetamine")
        >>> round(chosen.correction_factor, 3)
        2.326
        >>> profile("default").factor("heroin") is None
        True
        """
        drug, biomarker = known_id(drug), known_id(biomarker) if biomarker else None
        for found in self.factors:
            if found.drug == drug and biomarker in (None, found.biomarker):
                return found
        return None

    def biomarker(self, drug: str) -> str | None:
        """Return the biomarker by which the profile traces a drug."""
        found = self.factor(drug)
        return found.biomarker if found else None

    def drug_of(self, biomarker: str) -> str | None:
        """Return the drug that a biomarker traces, or None; first choices come before second ones."""
        biomarker = known_id(biomarker)
        ranked = [(self.biomarker(f.drug) != biomarker, f.drug) for f in self.factors if f.biomarker == biomarker]
        return min(ranked)[1] if ranked else None

    def dose(self, drug: str) -> Dose | None:
        """Return the dose of a drug, or None when no source could be found."""
        drug = known_id(drug)
        return next((d for d in self.doses if d.drug == drug), None)

    def why_none_note(self, drug: str) -> Note | None:
        """Return why a drug has no factor, as a code with values; None if it has one.

        Examples
        --------
        >>> from wbe.factors import profile
        >>> profile("default").why_none_note("methcathinone").code
        'factors-no-factor'
        """
        drug = known_id(drug)
        for name, claim_id, reason in self.none:
            if name == drug:
                return Note("factors-no-factor", claim=claim_id, reason=reason)
        return None if self.factor(drug) else Note("factors-no-choice", profile=self.name, drug=drug)

    def why_none(self, drug: str) -> str:
        """Say why a drug has no factor, in the language in force.

        Examples
        --------
        >>> from wbe.factors import profile
        >>> profile("default").why_none("methcathinone")[:22]
        'methcathinone-artefact'
        """
        note = self.why_none_note(drug)
        return "" if note is None else note.text()

    def describe(self) -> pd.DataFrame:
        """Return one row for each factor, and one for each drug without.

        Returns
        -------
        DataFrame
            drug, biomarker, fraction (median), lower, upper (95 %), mass_ratio, correction_factor, status, claims,
            absorbs, depends_on, note.
        """
        rows: list[dict[str, Any]] = []
        for f in self.factors:
            low, high = (float(x) for x in f.fraction.quantile([0.025, 0.975]))
            rows.append({
                "drug": f.drug, "biomarker": f.biomarker, "fraction": f.fraction.median(), "lower": low, "upper": high,
                "mass_ratio": f.mass_ratio, "correction_factor": f.correction_factor, "status": f.status,
                "claims": "; ".join(f.claim_ids), "absorbs": "; ".join(sorted(f.absorbs)),
                "depends_on": "; ".join(f.depends_on), "note": f.note,
            })  # fmt: skip
        for drug, claim_id, reason in self.none:
            rows.append(
                {"drug": drug, "biomarker": "", "status": "no_factor", "claims": claim_id, "note": reason.text()}
            )
        return pd.DataFrame(rows)

    def claims(self) -> pd.DataFrame:
        """Return the id and status of every claim behind the profile."""
        return pd.DataFrame(self.statuses, columns=["id", "status"])
