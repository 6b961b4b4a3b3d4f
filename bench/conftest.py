"""Joins the timed pairs into ratios, prints them beside the goals and, with ``--docs``, keeps them in the page.

Refuses to rewrite the page from a run that did not measure everything.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from goals import PAGE, ROWS, SECTIONS, figures, rewritten, table

RECORDED = pytest.StashKey[dict[str, float]]()
LOAD = pytest.StashKey[float]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--docs``."""
    parser.addoption("--docs", action="store_true", help="rewrite the tables of docs/benchmarks.md from this run")


def pytest_configure(config: pytest.Config) -> None:
    """Remember how busy the machine was at the start."""
    config.stash[RECORDED] = {}
    config.stash[LOAD] = os.getloadavg()[0]


@pytest.fixture
def record(pytestconfig: pytest.Config) -> Callable[[str, float], None]:
    """Keep a figure for the table."""
    return lambda key, value: pytestconfig.stash[RECORDED].__setitem__(key, float(value))


def peak(function: Callable[[], object]) -> float:
    """Return the peak memory that a call adds [MB], as traced."""
    tracemalloc.start()
    function()
    most = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return most


def fresh(code: str, *arguments: str) -> str:
    """Return what a new Python process prints."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def median_of(measure: Callable[[], float], times: int = 9) -> float:
    """Return the median of several measurements."""
    return statistics.median(measure() for _ in range(times))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print every figure beside its goal; with ``--docs`` write them down."""
    session = config._benchmarksession
    seconds = {b.name.partition("[")[0]: b.stats.min for b in session.benchmarks if b.stats.rounds}
    found = figures(seconds, config.stash[RECORDED])
    wide = max(len(row.what) for row in ROWS)
    terminalreporter.section("figures and goals")
    for row in ROWS:
        if row.key in found:
            value = found[row.key]
            verdict = row.verdict(value).strip("*")
            terminalreporter.write_line(f"{row.what:<{wide}}  {row.show.format(value):>14}  {row.wanted:<12} {verdict}")
    terminalreporter.write_line(machine(config.stash[LOAD]))
    if config.getoption("docs"):
        missing = [row.key for row in ROWS if row.key not in found]
        if missing:
            raise pytest.UsageError(f"--docs needs a whole run; not measured: {', '.join(missing)}")
        blocks = {section: table(section, found) for section in SECTIONS} | {"run": machine(config.stash[LOAD])}
        PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), blocks), encoding="utf-8")


def machine(load: float) -> str:
    """Say on what the figures were made, and how busy it was."""
    return (
        f"Last run: {os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__}; load average "
        f"{load:.1f} before and {os.getloadavg()[0]:.1f} after"
        + (": other programs were at work, which clock times show more than ratios." if load > 1 else ".")
    )
