"""An estimate as tables: one tidy row for every area, month, quantity and substance, numbers or reasons.

Refuses silence: a cell without a number has a status and a text that says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wbe.estimation import wording
from wbe.estimation.amounts import bounds
from wbe.estimation.chain import OF_BIOMARKER, OF_DRUG, QUANTITIES
from wbe.estimation.counts import STATES, WHY, Behind, behind, heads, lacking, reasons, states
from wbe.estimation.engine import Engine
from wbe.estimation.parting import open_cells, parting_notes
from wbe.estimation.prior import prior_share
from wbe.estimation.remarks import Cell, as_note, cell_notes, quantity_notes, zeros
from wbe.estimation.watching import told
from wbe.messages import Note
from wbe.messages import language as spoken
from wbe.messages import notes as codes_of
from wbe.people import flags
from wbe.samples import Flag, one_text
from wbe.units import unit_of

if TYPE_CHECKING:
    from wbe.disclosure import Policy
    from wbe.factors import Profile
    from wbe.people import UseScenario

__all__ = ["COLUMNS", "EVIDENCE", "finished", "peopled", "rows_of", "tidy"]

COLUMNS = [
    "district", "month", "drug", "quantity", "median", "lower", "upper", "unit", "n_samples", "n_detected", "note",
    "biomarker", "status", "text", "population", "n_districts", "limit", "note_codes", "area",
]  # fmt: skip
#: columns by name, one entry a row
Rows = dict[str, np.ndarray]
_BETWEEN = {"en": "; ", "zh": "；"}
#: for the disclosure policy alone, which takes them away: plants with a detection, share of the largest of them, which
#: plants, how many, the set of samples, people as reported
EVIDENCE = ["_seen", "_largest", "_plants", "_sites", "_samples", "_reported"]


def tidy(engine: Engine, kind: str, profile: Profile, scenarios: Mapping[str, UseScenario]) -> pd.DataFrame:
    """Build the table of every quantity and substance over all cells, with notes as codes (``_notes``)."""
    chain = engine.chain
    parts: dict[str, list[Rows]] = {quantity: [] for quantity in QUANTITIES}
    for i, (biomarker, drug) in enumerate(chain.traced.items()):
        told("amounts", i, len(chain.traced))
        sought = _sought(engine, kind, biomarker)
        for quantity in QUANTITIES:
            if quantity in OF_DRUG and (drug not in chain.quantity[quantity] or chain.biomarker(drug) != biomarker):
                rows = _without(engine, kind, quantity, drug, biomarker)
            else:
                notes = quantity_notes(chain, quantity, drug, profile, scenarios)
                rows = _rows(engine, kind, quantity, drug, biomarker, notes)
            parts[quantity].append({name: column[sought] for name, column in rows.items()})
    told("amounts", len(chain.traced), len(chain.traced))
    return peopled(_framed([rows for part in parts.values() for rows in part]), engine, kind, scenarios)


def _framed(parts: list[Rows]) -> pd.DataFrame:
    """Put columns of several substances below one another."""
    if not parts:
        return pd.DataFrame()
    return pd.DataFrame({name: np.concatenate([rows[name] for rows in parts]) for name in parts[0]})


def _sought(engine: Engine, kind: str, biomarker: str) -> np.ndarray:
    """Rows of the grid worth a line: areas where the biomarker was ever measured, from their first month to their last.

    A month without a sample in between has its line, that says so; years in which nobody sampled there have none.
    """
    grid, cover = engine.grid(kind), engine.cover
    n = len(grid.months)
    cell, group, _, _ = grid.pairs
    month = np.arange(n)

    def reach() -> np.ndarray:
        sampled = np.bincount(cover.group, minlength=cover.n_group) > 0
        has = np.bincount(cell, weights=sampled[group], minlength=grid.n_cell).reshape(-1, n) > 0
        first = np.where(has.any(axis=1), has.argmax(axis=1), n)
        last = n - 1 - has[:, ::-1].argmax(axis=1)
        return np.asarray((month >= first[:, None]) & (month <= last[:, None]))

    ran = ~np.isin(engine.flag(biomarker), [Flag.NOT_RUN, Flag.MISSING])
    measured = np.bincount(cover.group, weights=ran[cover.row], minlength=cover.n_group) > 0
    held = np.bincount(cell, weights=measured[group], minlength=grid.n_cell)
    ever: np.ndarray = held.reshape(-1, n).sum(axis=1) > 0
    return np.asarray((engine.once(("reach", kind), reach) & ever[:, None]).ravel())


def finished(table: pd.DataFrame, language: str | None, policy: Policy | None = None) -> pd.DataFrame:
    """Put the notes of a table into words: those that the edition may print."""
    said: dict[tuple[Note, ...], tuple[str, str]] = {}
    each: dict[Note, str] = {}  # a sentence is put into words once, however many cells say it
    language = spoken() if language is None else language
    words = np.empty((2, len(table)), dtype=object)
    for i, several in enumerate(table.pop("_notes")):
        both = said.get(several)  # looked up once: the hash of many notes takes longer than their words
        if both is None:
            told = several if policy is None else policy.notes(several)
            for one in told:
                if one not in each:
                    each[one] = one.text(language)
            together = _BETWEEN[language].join(dict.fromkeys(each[one] for one in told))
            both = said[several] = together, codes_of(told)
        words[0, i], words[1, i] = both
    text, status = (table[name].to_numpy(dtype=object) for name in ("text", "status"))
    empty = np.flatnonzero(text == "")
    reason = {s: wording.reason(str(s), language) for s in set(status[empty])}
    text[empty] = [reason[s] for s in status[empty]]
    table["note"], table["note_codes"], table["text"] = words[0], words[1], text
    return table[[*COLUMNS, *[c for c in EVIDENCE if c in table]]]


def peopled(table: pd.DataFrame, engine: Engine, kind: str, scenarios: Mapping[str, UseScenario]) -> pd.DataFrame:
    """Add the people and units behind each row, and say where users are implausible."""
    cell = table.pop("_cell").to_numpy()
    both = heads(engine, kind)
    # where a number rests on some of the samples only, so do the people and districts that disclosure counts
    table["population"] = np.where(table["_behind"] > 0, table.pop("_people"), both[0, cell])
    table["_reported"] = both[1, cell]
    table["n_districts"] = table.pop("_behind")
    median, people = (table[name].to_numpy(float) for name in ("median", "population"))
    notes = list(table["_notes"])
    for i in np.flatnonzero((table["quantity"] == "users") & table["status"].isin(["estimate", "incomplete"])):
        scenario = scenarios[str(table["drug"].iloc[i])]
        grams = median[i] * scenario.amount_per_user_day.median() / 1e3
        notes[i] = (*map(as_note, flags(median[i], people[i], grams, scenario)), *notes[i])
    table["_notes"] = pd.Series(notes, index=table.index, dtype=object)
    return table


def _all(n: int, value: object) -> np.ndarray:
    """One object in every row."""
    column = np.empty(n, dtype=object)
    column.fill(value)
    return column


def _objects(values: Sequence[object]) -> np.ndarray:
    """Keep objects as they are: tuples of notes would become rows of their own."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _grid(engine: Engine, kind: str, quantity: str, drug: str, biomarker: str) -> Rows:
    grid = engine.grid(kind)
    n = grid.n_cell

    def make() -> Rows:
        cell = np.arange(n)
        area, month = np.divmod(cell, len(grid.months))
        return {
            "_cell": cell, "district": np.array(grid.areas.names, dtype=object)[area],
            "month": np.array(grid.months, dtype=object)[month], "area": _all(n, kind),
        }  # fmt: skip

    return engine.once(("rows", kind), make) | {
        "drug": _all(n, drug), "quantity": _all(n, quantity), "biomarker": _all(n, biomarker),
        "unit": _all(n, unit_of(quantity)),
    }  # fmt: skip


def _without(engine: Engine, kind: str, quantity: str, drug: str, biomarker: str) -> Rows:
    other = ("no_factor", Note("estimation-other-biomarker"))
    status, why = engine.chain.missing.get((quantity, drug), other)
    grid = _grid(engine, kind, quantity, drug, biomarker)
    n = len(grid["_cell"])
    none, nothing = np.full(n, np.nan), np.zeros(n, dtype=int)
    return grid | {
        "median": none, "lower": none, "upper": none, "limit": none, "n_samples": nothing, "n_detected": nothing,
        "_notes": _all(n, (as_note(why),)), "status": _all(n, status), "text": _all(n, ""),
        "_people": none, "_behind": nothing, "_seen": nothing, "_largest": none, "_plants": _all(n, ""),
        "_sites": nothing, "_samples": _all(n, ""),
    }  # fmt: skip


def rows_of(engine: Engine, kind: str, quantity: str, drug: str, biomarker: str, notes: list[Note]) -> pd.DataFrame:
    """Build the rows of one quantity and substance over all cells of a grid."""
    return _framed([_rows(engine, kind, quantity, drug, biomarker, notes)])


def _rows(engine: Engine, kind: str, quantity: str, drug: str, biomarker: str, notes: list[Note]) -> Rows:
    chain, grid = engine.chain, _grid(engine, kind, quantity, drug, biomarker)
    substance = biomarker if quantity in OF_BIOMARKER else drug
    amount = engine.amount(kind, quantity, substance)
    counts = behind(engine, kind, quantity, substance, biomarker)
    tail = (1 - engine.level) / 2
    size = len(grid["_cell"])
    low, high = bounds(amount, [tail, 1 - tail])
    # the printed number always lies in its interval, also where weekends are known to be higher
    low, high = np.minimum(low, amount.value), np.maximum(high, amount.value)
    unsure = open_cells(amount)
    value = np.where(amount.hidden | unsure, np.nan, amount.value)
    low = np.where(unsure, np.nan, np.where(amount.hidden, 0.0, low))
    full = {name: np.full(size, np.nan) for name in ("median", "lower", "upper", "limit")}
    for name, column in (("median", value), ("lower", low), ("upper", high)):
        full[name][amount.cell] = column
    full["limit"][amount.cell] = np.where(amount.hidden, amount.limit, np.nan)
    status, text = one_text(size, "no_data"), one_text(size, "")
    said: list[tuple[Note, ...]] = [()] * size
    incomplete = counts.sites < counts.had
    status[amount.cell] = np.where(amount.hidden, "below_limit",
                                   np.where(incomplete[amount.cell], "incomplete", "estimate"))  # fmt: skip
    prior = prior_share(engine, amount, biomarker)
    common = tuple(notes)
    columns = (amount.cell, value, low, high, amount.limit, amount.zero, amount.hidden, prior, unsure)
    for j, (i, mid, lower, upper, limit, zero, hidden, share, open_) in enumerate(
        zip(*(c.tolist() for c in columns), strict=True)
    ):
        if open_:
            status[i], text[i] = "origin_unresolved", wording.at_most(upper)
        else:
            text[i] = wording.bound(limit, upper) if hidden else wording.interval(mid, lower, upper)
        cell = Cell(i, quantity, mid, lower, upper, limit, zero, hidden, share, engine.level)
        names = lacking(engine, kind, quantity, substance, i) if incomplete[i] else ()
        said[i] = (*parting_notes(amount, j), *cell_notes(chain, cell, counts, names), *common)
    _unfinished(engine, kind, quantity, biomarker, status, said, counts)
    there = status != "no_data"
    return grid | full | {
        "n_samples": np.where(there, counts.ran, 0), "n_detected": np.where(there, counts.detected, 0),
        "_notes": _objects(said), "status": status, "text": text,
        "_people": counts.people, "_behind": np.where(counts.used > 0, counts.units, 0), "_seen": counts.seen,
        "_largest": counts.largest, "_plants": _objects([counts.plants.get(i, "") for i in range(size)]),
        "_sites": counts.sites, "_samples": _objects([counts.rests_on.get(i, "") for i in range(size)]),
    }  # fmt: skip


def _unfinished(
    engine: Engine, kind: str, quantity: str, biomarker: str, status: np.ndarray, said: list[tuple[Note, ...]],
    counts: Behind,
) -> None:  # fmt: skip
    """Cells that were sampled and still have no number: say whether flow, population, a limit or the result lacks."""
    why = reasons(engine, kind, quantity, biomarker)
    dynamic = engine.chain.method.startswith("ensemble-dynamic")
    for i in np.flatnonzero((status == "no_data") & (why >= 0)):
        status[i] = WHY[why[i]]
        told = zeros(counts, int(i))
        if status[i] == "no_population" and dynamic:
            told.append(Note("estimation-ensemble-part"))
        said[i] = tuple(told)
    became = states(engine, kind, biomarker)
    for i in np.flatnonzero((status == "no_data") & (became >= 0)):
        status[i] = list(STATES)[became[i]]
