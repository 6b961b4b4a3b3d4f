"""What may be printed: one policy for every table, plot, report and export, and an audit of what was.

Refuses institutions without a reasoned override; an unknown population counts as small.
"""

from __future__ import annotations

import importlib

from wbe.disclosure.attack import audit
from wbe.disclosure.institutions import institutions
from wbe.disclosure.policy import Policy

__all__ = ["Policy", "audit", "exposure", "institutions"]


def __getattr__(name: str) -> object:
    """Reach the attack on editions, which needs estimates and so lies in a room above this one."""
    if name == "exposure":
        return importlib.import_module("wbe.published").exposure
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
