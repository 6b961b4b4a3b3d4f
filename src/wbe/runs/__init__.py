"""Runs that can be trusted: a project folder, a month's run as one whole, its record, and what changed between two.

Refuses half a run, a run beside the record of another, and a number that moves without a name for the reason.
"""

from typing import Any

import lazy_loader as _lazy

__getattr__: Any
__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "difference": ["Difference", "diff"],
        "project": ["Project", "init"],
        "record": ["check_files", "read_record"],
        "running": ["Outcome", "run"],
        "settings": ["Edition", "Settings"],
        "situation": ["MonthState", "status"],
        "writing": ["write_estimate", "write_report"],
    },
)
