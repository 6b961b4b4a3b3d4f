"""Hundreds of changed files that know their own truth: none gives a wrong number, a traceback or loses a word."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fuzz import CHANGES, case_of, outcome, run


def held(seeds: range) -> None:
    counts, lines = run(seeds)
    bad = [line for line in lines if not line.startswith("asked")]
    assert bad == []
    assert counts["right"] >= 0.75 * len(seeds)
    assert counts["asked"] <= 0.15 * len(seeds)


@pytest.mark.parametrize("start", range(0, 500, 100))
def test_changed_files_are_read_right_or_asked_about(start: int) -> None:
    held(range(start, start + 100))


@pytest.mark.nightly
def test_thousands_of_changed_files_are_read_right_or_asked_about() -> None:
    held(range(500, 5500))


def test_every_change_happens_and_an_outcome_can_be_wrong(tmp_path: Path) -> None:
    assert {name for seed in range(500) for name in case_of(seed).done} == {change.__name__ for change in CHANGES}
    case = next(c for c in map(case_of, range(100)) if outcome(c, tmp_path) == "right" and not c.asks)
    key = next(iter(case.truth))
    case.truth[key] = "999999"
    assert outcome(case, tmp_path).startswith("wrong")
    case.heads.append("a header that no file has")
    del case.truth[key]
    assert outcome(case, tmp_path).startswith("wrong")
