"""Progress of a long task on standard error: a live line on a terminal, plain lines in cron.

Refuses standard output, which belongs to results.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def steps(total: int) -> Iterator[Callable[[str], None]]:
    """Give a function that tells the next step.

    Parameters
    ----------
    total : int
        How many steps there will be.

    Examples
    --------
    >>> with steps(1) as step:
    ...     step("reading")
    """
    if sys.stderr.isatty():
        yield from _live(total)
    else:
        yield from _plain(total)


def _plain(total: int) -> Iterator[Callable[[str], None]]:
    done = 0

    def step(text: str) -> None:
        nonlocal done
        done += 1
        print(f"[{done}/{total}] {text}", file=sys.stderr, flush=True)

    yield step


def _live(total: int) -> Iterator[Callable[[str], None]]:
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

        def step(text: str) -> None:
            nonlocal started
            progress.update(task, description=text, advance=1 if started else 0)
            started = True

        yield step
        progress.update(task, advance=1)
