"""Progress of a long task on standard error: a live line on a terminal, plain lines in cron.

Refuses standard output, which belongs to results.
"""

from __future__ import annotations

import contextvars
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from wbe import messages

__all__ = ["Step", "silence", "steps"]

_SILENT: contextvars.ContextVar[bool] = contextvars.ContextVar("wbe_silent", default=False)


class Step(Protocol):
    """What tells the next step: a code with its values."""

    def __call__(self, code: str, /, **values: object) -> None:
        """Tell it."""


@contextmanager
def silence(wanted: bool = True) -> Iterator[None]:
    """Let nothing inside the block tell its progress."""
    token = _SILENT.set(wanted)
    try:
        yield
    finally:
        _SILENT.reset(token)


@contextmanager
def steps(total: int) -> Iterator[Step]:
    """Give a function that tells the next step by its code.

    Parameters
    ----------
    total : int
        How many steps there will be.

    Examples
    --------
    >>> with steps(1) as step:
    ...     step("reporting-step-reading")
    """
    if _SILENT.get():
        yield lambda code, /, **values: None
    elif sys.stderr.isatty():
        yield from _live(total)
    else:
        yield from _plain(total)


def _plain(total: int) -> Iterator[Step]:
    done = 0

    def step(code: str, /, **values: object) -> None:
        nonlocal done
        done += 1
        print(f"[{done}/{total}] {messages.render(code, values)}", file=sys.stderr, flush=True)

    yield step


def _live(total: int) -> Iterator[Step]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=total)
        started = False

        def step(code: str, /, **values: object) -> None:
            nonlocal started
            progress.update(task, description=messages.render(code, values), advance=1 if started else 0)
            started = True

        yield step
        progress.update(task, advance=1)
