"""What is computed once and kept, whichever thread asks first.

Refuses to be copied to another process: there it starts empty.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

__all__ = ["Kept"]

T = TypeVar("T")


class Kept:
    """Results that are computed once, by whichever thread asks first; equal for all, and left behind when pickled."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._values: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` gives for a key, made once."""
        with self._lock:
            if key not in self._values:
                self._values[key] = make()
            found: T = self._values[key]
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return Kept, ()
