"""What is said of each district's rank, one small file a rule; a new file in this folder is a new column of the table.

A rule module has ``COLUMN``, ``ORDER`` among the columns, and ``judge(places, values)``: places (draw, district) are
ranks from 1, values (draw, district) ln levels; it returns one number a district. Refuses two rules for one column.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import numpy as np

__all__ = ["RULES"]


def _found() -> dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]:
    modules = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    ordered = sorted(modules, key=lambda m: (m.ORDER, m.COLUMN))
    assert len({m.COLUMN for m in ordered}) == len(ordered), "two rules for one column"
    return {m.COLUMN: m.judge for m in ordered}


#: rules by column
RULES = _found()
