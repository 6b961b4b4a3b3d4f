"""How far a long computation has come, told to whoever watches.

Refuses to print: what is done with it is for the watcher.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["Watcher", "progress", "told"]

Watcher = Callable[[str, int, int], None]
_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def progress(watcher: Watcher) -> Iterator[None]:
    """Tell a function how far estimates and tables have come, while the block lasts.

    Parameters
    ----------
    watcher : callable
        Called with what is being done (``reading``, ``learning``, ``amounts``), how much of it is done, and of how
        much: ``learning`` counts steps of months, ``amounts`` biomarkers or cities.

    Examples
    --------
    >>> import wbe
    >>> seen = []
    >>> with progress(lambda what, done, of: seen.append((what, done, of))):
    ...     _ = wbe.estimate(wbe.testing.small_city()).table()
    >>> seen[0][:2], seen[-1] == ("amounts", 4, 4)
    (('learning', 0), True)
    """
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def told(what: str, done: int, of: int) -> None:
    """Tell whoever watches how far it has come."""
    watcher = _WATCHER.get()
    if watcher is not None:
        watcher(what, done, of)
