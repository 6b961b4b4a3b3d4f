"""The reader gives for every file of the corpus what was recorded, to the digit; a rightful change is recorded anew."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import twin


def test_every_file_is_read_as_recorded() -> None:
    assert twin.differences() == []
