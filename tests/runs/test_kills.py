"""A short turn of ``make kill-test``: whenever a run is killed, whatever is read afterwards is whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "kill_test.py"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
def test_killed_runs_leave_nothing_broken_mixed_or_behind():
    command = [sys.executable, SCRIPT, "--random", "1", "--aimed", "2", "--sizes", "1", "--pairs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 5
    assert all("broken 0, mixed 0, litter after next 0" in row for row in rows)
    assert "killed 2" in rows[2]
