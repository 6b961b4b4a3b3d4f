"""The ledger of what left the house: append-only, each entry with the hash of the one before, and the check against it.

Refuses a chain that was altered, and a number that with the earlier ones gives a plant away.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from wbe.errors import DisclosureError
from wbe.messages import Note
from wbe.published.edition import Edition, Number
from wbe.published.exposure import exposure

__all__ = ["Ledger", "Verdict"]

FIRST = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """What of an edition may be printed beside all earlier ones.

    Attributes
    ----------
    cleared : Edition
    withheld : tuple of (area, month, biomarker)
        Cells whose numbers would give a plant away: the month stays as it was printed before, or is not printed.
    exposure : DataFrame
        Of what is cleared, for the office alone.
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
        if self.path.exists():
            for i, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), start=1):
                self.entries.append(self._entry(line, i))

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

    @property
    def numbers(self) -> list[Number]:
        """Every number that ever left."""
        return [Number(**cell) for entry in self.entries for cell in entry["numbers"]]

    def check(self, edition: Edition) -> Verdict:
        """Say what of an edition may be printed beside everything printed before.

        A number that was printed before may be printed again; a month that was printed on other samples stays as it
        was, where the two together would tell of fewer than the least number of plants.
        """
        earlier = self.numbers
        withheld = self._other_plants(edition, earlier)
        while True:
            cleared = edition.without(withheld)
            found = exposure(cleared, earlier)
            new = {n.cell for n in cleared.numbers}
            told = set(map(tuple, found.loc[found["exposed"], ["area", "month", "biomarker"]].to_numpy())) & new
            if not told:
                return Verdict(cleared, tuple(sorted(withheld)), found)
            withheld |= told

    def _other_plants(self, edition: Edition, earlier: list[Number]) -> set[tuple[str, str, str]]:
        """Cells that were printed on other samples, of fewer plants than may be told apart."""
        site = dict(zip(edition.loads["sample"], edition.loads["site"], strict=True)) if len(edition.loads) else {}
        before: dict[tuple[str, str, str], list[frozenset[str]]] = {}
        for number in earlier:
            before.setdefault(number.cell, []).append(frozenset(number.factors))
        out = set()
        for number in edition.numbers:
            for samples in before.get(number.cell, ()):
                changed = samples ^ frozenset(number.factors)
                if changed and len({site.get(s, s) for s in changed}) < max(edition.minimum_plants, 2):
                    out.add(number.cell)
        return out

    def append(self, edition: Edition, label: str = "") -> None:
        """Write down an edition that leaves the house.

        Raises
        ------
        DisclosureError
            With the earlier ones it gives a plant away; :meth:`check` says which cells to withhold.
        """
        withheld = self.check(edition).withheld
        if withheld:
            raise DisclosureError("published-exposed", cells=[" ".join(cell) for cell in withheld])
        numbers = [
            {"area": n.area, "month": n.month, "biomarker": n.biomarker, "quantity": n.quantity, "low": n.low,
             "high": n.high, "factors": dict(sorted(n.factors.items()))}
            for n in edition.numbers
        ]  # fmt: skip
        entry: dict[str, Any] = {"previous": self.head, "label": label, "numbers": numbers}
        entry["hash"] = _hash(entry)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, (json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n").encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        self.entries.append(entry)


def _hash(entry: dict[str, Any]) -> str:
    held = {key: value for key, value in entry.items() if key != "hash"}
    return hashlib.sha256(json.dumps(held, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
