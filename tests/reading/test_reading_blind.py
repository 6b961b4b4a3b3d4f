"""Twenty files written without a look at the rules: none gives a wrong number, and at most one asks without need."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from blind import FILES, Blind, outcome

ASKED = {"matrice_boues": "asked: reading-other-water"}
"""The file's own name speaks of sludge; a question is fair."""


def test_there_are_twenty_in_five_languages_and_two_formats() -> None:
    assert len(FILES) == len({f.name for f in FILES}) == 20
    assert {f.language for f in FILES} == {"zh", "en", "de", "fr", "es"}
    assert {f.suffix for f in FILES} == {".csv", ".xlsx"}


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_a_file_that_the_rules_never_saw_is_read_right(file: Blind, tmp_path: Path) -> None:
    assert outcome(file, tmp_path) == ASKED.get(file.name, "right")


def test_an_outcome_can_be_wrong(tmp_path: Path) -> None:
    file = next(f for f in FILES if f.name == "limits_in_the_foot")
    assert (
        outcome(Blind(file.name, "en", ".xlsx", file.rows, {**file.right, ("Elm", "cocaine"): "121"}), tmp_path)
        != "right"
    )
    assert outcome(Blind(file.name, "en", ".xlsx", file.rows, file.right, {"Elm": 49000}), tmp_path).startswith(
        "wrong: flow"
    )
    assert outcome(Blind(file.name, "en", ".xlsx", file.rows, asks=True), tmp_path) == "wrong: read"
