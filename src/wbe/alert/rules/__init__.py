"""The rules of drug alerts, one small file a rule; a new file in this folder is a new rule.

A rule module has ``NAME``, ``ORDER`` (of equal levels the first is named) and ``judge(case)``, which returns a
:class:`wbe.alert.case.Finding` or None where it has nothing to ask. Refuses two rules of one name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

from wbe.alert.case import Case, Finding

__all__ = ["RULES"]


def _found() -> dict[str, Callable[[Case], Finding | None]]:
    modules = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    ordered = sorted(modules, key=lambda m: (m.ORDER, m.NAME))
    assert len({m.NAME for m in ordered}) == len(ordered), "two rules of one name"
    return {m.NAME: m.judge for m in ordered}


#: rules by name, in their order
RULES = _found()
