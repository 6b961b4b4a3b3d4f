"""Notes of cells, as codes with values: what a reader must know beside one number.

Refuses nothing; a note is a :class:`wbe.messages.Note` and is put into words by the table that shows it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from wbe.estimation import wording
from wbe.estimation.cells import EXTENSIVE
from wbe.estimation.chain import OF_BIOMARKER, OF_DRUG, Chain
from wbe.messages import Note
from wbe.people import brings_factor
from wbe.people import note as rests_on

if TYPE_CHECKING:
    from wbe.estimation.counts import Behind
    from wbe.factors import Profile
    from wbe.people import UseScenario

__all__ = ["IN_ERROR", "OF_PEOPLE", "Cell", "as_note", "cell_notes", "quantity_notes"]

#: numbers of people, which no table prints without the sentence that they rest on
OF_PEOPLE = ("users", "prevalence")
#: the code of the note of a number that rests on an error of the check
IN_ERROR = "estimation-in-error"
#: from this share on the note says that the sizes of error are not the file's
_ALL = 0.995


class Cell:
    """The numbers of one cell that notes speak of."""

    __slots__ = ("hidden", "level", "limit", "lower", "median", "number", "prior", "quantity", "upper", "zero")

    def __init__(
        self, number: int, quantity: str, median: float, lower: float, upper: float, limit: float, zero: float,
        hidden: bool, prior: float, level: float,
    ):  # fmt: skip
        self.number, self.quantity, self.hidden = number, quantity, hidden
        self.median, self.lower, self.upper = median, lower, upper
        self.limit, self.zero, self.prior, self.level = limit, zero, prior, level


def as_note(said: Note | str) -> Note:
    """Return a note as it is, and a text of another room as a note that says it."""
    return said if isinstance(said, Note) else Note("estimation-said", text=said)


@functools.lru_cache(maxsize=4096)
def _frequency(found: int, n: int, level: float) -> tuple[float, float]:
    from wbe.censored import detection_frequency

    low, high = detection_frequency(found, n, level).jeffreys
    return float(low), float(high)


def cell_notes(chain: Chain, cell: Cell, counts: Behind, lacking: tuple[str, ...]) -> list[Note]:
    """Return what stands beside the number of one cell."""
    i, quantity = cell.number, cell.quantity
    told = counts.told
    used, below = told["used"][i], told["below"][i]
    notes: list[Note] = []
    if counts.wrong[i]:  # first: whatever else stands beside the number, this decides whether it holds
        notes.append(Note(IN_ERROR, count=int(counts.wrong[i]), used=used))
    if cell.hidden:
        limit, upper = wording.bound(cell.limit), wording.bound(cell.upper)
        tail = f"{100 * (0.5 + cell.level / 2):.4g}"
        notes.append(Note("estimation-bound", used=used, limit=limit[2:], upper=upper[2:], level=tail))
        notes.append(Note("estimation-detectable", n=used, top=f"{_frequency(0, used, cell.level)[1]:.0%}"))
    elif below and math.isfinite(cell.median):
        places = wording.decimals(cell.median, cell.lower, cell.upper)
        places = min(places, -1) if quantity == "users" else places  # no finer here than where users are rounded
        zero, limit = wording.number(cell.zero, places), wording.number(cell.limit, places)
        notes.append(Note("estimation-some-below", below=below, used=used, zero=zero, limit=limit))
        notes += _mostly_below(used, below)
    notes += _plain(told["above"][i], used, told["zeros"][i], told["grab"][i], told["weekdays"][i] > 0,
                    told["weekends"][i] > 0, f"{cell.prior:.0%}" if cell.prior >= _ALL else "")  # fmt: skip
    notes += _corrected(chain, cell, counts)
    dumped = told["dumped"][i]
    if dumped:
        notes.append(Note(f"estimation-discharge-{'out' if quantity in OF_DRUG else 'in'}", count=dumped))
    left_out = told["ran"][i] - used - (dumped if quantity in OF_DRUG else 0)
    if left_out > 0:
        notes.append(Note("estimation-left-out", count=left_out))
    if lacking:
        code = "estimation-lacking" if quantity in EXTENSIVE else "estimation-lacking-heads"
        notes.append(Note(code, sites=told["sites"][i], had=told["had"][i], names=lacking))
    return notes


@functools.lru_cache(maxsize=4096)
def _plain(above: int, used: int, none: int, grab: int, weekdays: bool, weekends: bool, prior: str) -> tuple[Note, ...]:
    """Return the notes that follow from counts alone: many cells share them."""
    notes: list[Note] = []
    if above:
        notes.append(Note("estimation-above-range", above=above, used=used))
    if none:
        notes.append(Note("estimation-zeros", count=none))
    if grab:
        notes.append(Note("estimation-grab", grab=grab, used=used))
    if not weekends:
        notes.append(Note("estimation-no-weekend"))
    elif not weekdays:
        notes.append(Note("estimation-no-weekday"))
    if prior:
        notes.append(Note("estimation-prior", share=prior))
    return tuple(notes)


def zeros(counts: Behind, cell: int) -> list[Note]:
    """Say how many results came as exactly 0."""
    count = int(counts.zeros[cell])
    return [Note("estimation-zeros", count=count)] if count else []


def _mostly_below(used: int, below: int) -> list[Note]:
    """Where the rule for shares below the limit asks for the detection frequency alone, say it beside the number."""
    from wbe.censored import settings

    least = settings()["choice"]["regression_below"]
    if below < least * used:
        return []
    low, high = _frequency(used - below, used, 0.95)
    return [
        Note("estimation-mostly-below", least=f"{least:.0%}", seen=used - below, used=used, low=f"{low:.0%}",
             high=f"{high:.0%}")
    ]  # fmt: skip


def _corrected(chain: Chain, cell: Cell, counts: Behind) -> list[Note]:
    """Beside a number per head by the public cotinine rule: the same without its wrong domestic share."""
    if chain.method != "agency-cotinine" or cell.quantity in EXTENSIVE or "domestic_share" not in chain.samples:
        return []
    here = counts.here
    rows = here.indices[here.indptr[cell.number] : here.indptr[cell.number + 1]]
    shares = counts.domestic[rows]
    low, high = float(shares.min()), float(shares.max())
    if low == high == 1.0:
        return []
    if low < high:
        return [Note("estimation-corrected-between", low=f"{low:.3g}", high=f"{high:.3g}")]
    if cell.hidden:
        text = wording.bound(cell.limit * low, cell.upper * low)
    else:
        text = wording.interval(cell.median * low, cell.lower * low, cell.upper * low)
    return [Note("estimation-corrected", share=f"{low:.3g}", text=text)]


def quantity_notes(
    chain: Chain, quantity: str, drug: str, profile: Profile, scenarios: Mapping[str, UseScenario]
) -> list[Note]:
    """Return what stands beside every number of one quantity and drug."""
    notes: list[Note] = []
    if quantity in OF_DRUG or quantity in OF_PEOPLE:
        factor = profile.factor(drug)
        own = quantity in OF_PEOPLE and brings_factor(scenarios[drug])
        if own:
            notes.append(Note("estimation-study-factor"))
        elif factor is not None and factor.status != "verified":
            notes.append(Note("estimation-excretion-unverified", status=factor.status))
    if quantity == "doses":
        dose = profile.dose(drug)
        if dose is not None and dose.status != "verified":
            notes.append(Note("estimation-dose-unverified", status=dose.status))
    if quantity in OF_PEOPLE:
        notes.append(rests_on(scenarios[drug]))
    if quantity == "prevalence":
        notes.append(Note("estimation-share-15-64", share=f"{scenarios[drug].share_15_64:.1%}"))
    if quantity not in EXTENSIVE:  # in the others the population cancels
        notes += [as_note(said) for said in chain.caveats]
    if quantity in OF_BIOMARKER and drug == "morphine":
        notes.append(Note("estimation-origin-morphine"))
    return notes
