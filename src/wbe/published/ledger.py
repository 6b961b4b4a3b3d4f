"""The ledger of what left the house: append-only, each entry with the hash of the one before, and the check against it.

Refuses a chain that was altered, and a number that with the earlier ones gives a plant away.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from wbe.errors import DisclosureError
from wbe.messages import Note
from wbe.published.edition import Edition, Number
from wbe.published.exposure import exposure
from wbe.published.keys import held_key, keyed, new_key

__all__ = ["Ledger", "Verdict"]

FIRST = "0" * 64
KEY = ".key"
AGAIN = "~"  # parts a sample from the number of its restatement


@dataclass(frozen=True)
class Verdict:
    """What of an edition may be printed beside all earlier ones.

    Attributes
    ----------
    cleared : Edition
    withheld : tuple of (area, month, biomarker)
        Cells whose numbers would give a plant away: the month stays as it was printed before, or is not printed.
    exposure : DataFrame
        Of what is cleared and was not printed before, for the office alone.
    """

    cleared: Edition
    withheld: tuple[tuple[str, str, str], ...]
    exposure: pd.DataFrame

    def words(self) -> tuple[Note, ...]:
        """Say to the reader which months stand as they were printed before, and nothing of why."""
        months = sorted({month for _, month, _ in self.withheld})
        return (Note("published-frozen", months=tuple(months)),) if months else ()


class Ledger:
    """The folder ``published/`` of a project.

    Parameters
    ----------
    folder : path
        Holds ``ledger.jsonl``, one entry a line, readable by its owner alone.

    Raises
    ------
    DisclosureError
        An entry was altered, taken out or put in.
    """

    def __init__(self, folder: str | Path):
        self.path = Path(folder) / "ledger.jsonl"
        self.entries: list[dict[str, Any]] = []
        self.numbers: list[Number] = []
        self._held: set[str] = set()
        self._loads: dict[str, list[str]] = {}
        if self.path.exists():
            for i, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), start=1):
                self._keep(self._entry(line, i))
        if self._loads and not self._key_path.exists():
            raise DisclosureError("published-no-key", file=str(self._key_path))

    @property
    def _key_path(self) -> Path:
        return self.path.with_name(KEY)

    def _entry(self, line: str, number: int) -> dict[str, Any]:
        try:
            entry = json.loads(line)
            intact = entry["hash"] == _hash(entry) and entry["previous"] == self.head
        except (ValueError, KeyError, TypeError, RecursionError):
            intact = False
        if not intact:
            raise DisclosureError("published-broken-chain", file=self.path.name, row=number)
        return dict(entry)

    @property
    def head(self) -> str:
        """Hash of the last entry."""
        return str(self.entries[-1]["hash"]) if self.entries else FIRST

    def _keep(self, entry: dict[str, Any]) -> None:
        """Take in an entry: numbers that are new, and the loads that they rest on."""
        self.entries.append(entry)
        for cell in entry["numbers"]:
            name = _name(cell)
            if name not in self._held:
                self._held.add(name)
                self.numbers.append(Number(**cell))
        for name, marks in entry.get("loads", {}).items():
            known = self._loads.setdefault(name, [])
            known.extend(mark for mark in marks if mark not in known)

    def as_known(self, edition: Edition) -> Edition:
        """Return the edition with restated samples named apart: a sample of another load is another unknown.

        Raises
        ------
        InputError
            The ledger's key may be read by others, or was altered.
        """
        named = dict(self._names(edition))
        loads = edition.loads
        if loads.empty or all(name == sample for (_, sample), name in named.items()):
            return edition
        numbers = tuple(
            replace(n, factors={named.get((n.biomarker, s), s): f for s, f in n.factors.items()})
            for n in edition.numbers
        )
        pairs = zip(loads["biomarker"], loads["sample"], strict=True)
        return replace(edition, numbers=numbers, loads=loads.assign(sample=[named[pair] for pair in pairs]))

    def _names(self, edition: Edition) -> Iterator[tuple[tuple[str, str], str]]:
        """Biomarker and sample, and what the sample is called beside everything printed before."""
        marks = self._marks(edition)
        for (biomarker, sample), mark in marks.items():
            known = self._loads.get(_place(biomarker, sample), [])
            number = known.index(mark) if mark in known else len(known)
            yield (biomarker, sample), f"{sample}{AGAIN}{number + 1}" if number else sample

    def _marks(self, edition: Edition) -> dict[tuple[str, str], str]:
        """A keyed hash of each load behind an edition."""
        if edition.loads.empty:
            return {}
        key = held_key(self._key_path) if self._key_path.exists() else new_key(self._key_path)
        rows = edition.loads[["biomarker", "sample", "load"]].itertuples(index=False, name=None)
        return {(b, s): keyed(key, f"{b}\0{s}\0{load:.9g}".encode())[:20] for b, s, load in rows}

    def check(self, edition: Edition) -> Verdict:
        """Say what of an edition may be printed beside everything printed before.

        A number that was printed before may be printed again; a month that was printed on other samples stays as it
        was, where the two together would tell of fewer than the least number of plants.
        """
        known, earlier = self.as_known(edition), self.numbers
        withheld = self._other_plants(known, earlier)
        # a cell whose numbers all left before was attacked then, beside all that it lies beside now
        unseen = {n.cell for n in known.numbers if _name(_as_cell(n)) not in self._held}
        while True:
            cleared = known.without({n.cell for n in known.numbers} - unseen | withheld)
            found = exposure(cleared, [n for n in earlier if n.cell in unseen])
            new = {n.cell for n in cleared.numbers}
            told = set(map(tuple, found.loc[found["exposed"], ["area", "month", "biomarker"]].to_numpy())) & new
            if not told:
                return Verdict(edition.without(withheld), tuple(sorted(withheld)), found)
            withheld |= told

    def _other_plants(self, edition: Edition, earlier: list[Number]) -> set[tuple[str, str, str]]:
        """Cells that were printed on other samples, of fewer plants than may be told apart."""
        site = {
            str(sample).partition(AGAIN)[0]: plant
            for sample, plant in (zip(edition.loads["sample"], edition.loads["site"], strict=True)
                                  if len(edition.loads) else ())
        }  # fmt: skip
        before: dict[tuple[str, str, str], list[frozenset[str]]] = {}
        for number in earlier:
            before.setdefault(number.cell, []).append(frozenset(number.factors))
        out = set()
        for number in edition.numbers:
            for samples in before.get(number.cell, ()):
                changed = {s.partition(AGAIN)[0] for s in samples ^ frozenset(number.factors)}
                if changed and len({site.get(s, s) for s in changed}) < max(edition.minimum_plants, 2):
                    out.add(number.cell)
        return out

    def append(self, edition: Edition, label: str = "", verdict: Verdict | None = None) -> None:
        """Write down an edition that leaves the house.

        Parameters
        ----------
        edition : Edition
        label : str
            What the entry is called, such as the month.
        verdict : Verdict, optional
            Of :meth:`check` on this ledger as it is, when the edition prints nothing that it did not clear.

        Raises
        ------
        DisclosureError
            With the earlier ones it gives a plant away; :meth:`check` says which cells to withhold.
        OSError
            The entry could not be written; the ledger is as it was.
        """
        if verdict is None or not set(map(_bare, edition.numbers)) <= set(map(_bare, verdict.cleared.numbers)):
            withheld = self.check(edition).withheld
            if withheld:
                raise DisclosureError("published-exposed", cells=[" ".join(cell) for cell in withheld])
        numbers = [_as_cell(n) for n in self.as_known(edition).numbers]
        fresh = [cell for cell in numbers if _name(cell) not in self._held]
        entry: dict[str, Any] = {
            "previous": self.head, "label": label, "printed": len(numbers), "numbers": fresh,
            "loads": self._new_loads(edition),
        }  # fmt: skip
        entry["hash"] = _hash(entry)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _add_line(self.path, json.dumps(entry, ensure_ascii=False, sort_keys=True))
        self._keep(entry)

    def _new_loads(self, edition: Edition) -> dict[str, list[str]]:
        """Keyed hashes of the loads behind what is printed, those that the ledger has not."""
        printed = {(n.biomarker, sample) for n in edition.numbers for sample in n.factors}
        fresh = {
            _place(*pair): [mark]
            for pair, mark in self._marks(edition).items()
            if pair in printed and mark not in self._loads.get(_place(*pair), [])
        }
        return dict(sorted(fresh.items()))


def _add_line(path: Path, line: str) -> None:
    """Add a line whole or not at all: half an entry would break the chain for good."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        before, left = os.fstat(handle).st_size, f"{line}\n".encode()
        try:
            while left:
                left = left[os.write(handle, left) :]
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)


def _as_cell(number: Number) -> dict[str, Any]:
    """A number as an entry holds it."""
    return {
        "area": number.area, "month": number.month, "biomarker": number.biomarker, "quantity": number.quantity,
        "low": number.low, "high": number.high, "factors": dict(sorted(number.factors.items())),
    }  # fmt: skip


def _name(cell: dict[str, Any]) -> str:
    return json.dumps(cell, sort_keys=True, ensure_ascii=False)


def _bare(number: Number) -> tuple[object, ...]:
    return (*number.cell, number.quantity, number.low, number.high)


def _place(biomarker: str, sample: str) -> str:
    return f"{biomarker} {sample}"


def _hash(entry: dict[str, Any]) -> str:
    held = {key: value for key, value in entry.items() if key != "hash"}
    return hashlib.sha256(json.dumps(held, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
