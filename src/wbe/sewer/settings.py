"""The room's numbers, read once: ``data/sewer.toml`` without a copy for every sample.

Refuses to be changed: callers read it only.
"""

from __future__ import annotations

import functools
from typing import Any

from wbe import packaged

__all__ = ["settings"]


@functools.cache
def settings() -> dict[str, Any]:
    """Return ``data/sewer.toml``.

    Examples
    --------
    >>> settings()["travel"]["velocity"]
    0.6
    """
    return packaged.toml("sewer.toml")
