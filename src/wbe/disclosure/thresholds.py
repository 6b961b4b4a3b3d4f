"""Checks of a policy's thresholds: each is a number of its own kind, and a salt cannot be guessed.

Refuses what would quietly switch a protection off, such as a text for a number or a share above 1.
"""

from __future__ import annotations

import math
from typing import Any

from wbe.disclosure.rules import rules
from wbe.errors import Fault

__all__ = ["AREAS", "salt_fault", "threshold_fault"]

AREAS = ("district", "city")
_NUMBERS = ("minimum_population", "minimum_population_load", "minimum_count")
_WHOLE = ("round_users_to", "minimum_districts", "minimum_plants")


def threshold_fault(name: str, value: object) -> Fault | None:
    """Return what is wrong with one threshold, or None.

    Examples
    --------
    >>> threshold_fault("minimum_count", -1).code, threshold_fault("minimum_count", 0)
    ('disclosure-threshold-value', None)
    """
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    came: dict[str, Any] = {"name": name, "came": repr(value)}
    if name in _NUMBERS and not 0 <= number < math.inf:
        return Fault("disclosure-threshold-value", **came)
    if name == "protection" and not 0 <= number < 1:
        return Fault("disclosure-protection-value", **came)
    if name in _WHOLE and not (isinstance(value, int) and number >= 1):
        return Fault("disclosure-whole-number", **came)
    if name in ("coded_sites", "counts_shown") and not isinstance(value, bool):
        return Fault("disclosure-yes-or-no", **came)
    if name == "areas" and not (isinstance(value, list | tuple) and set(value) <= set(AREAS)):
        return Fault("disclosure-areas", known=AREAS, **came)
    return salt_fault(str(value)) if name == "salt" and value else None


def salt_fault(salt: str) -> Fault | None:
    """Return what is wrong with a salt: with one that can be guessed, codes are as good as names.

    Examples
    --------
    >>> salt_fault("2021").code, salt_fault("a long phrase, kept elsewhere")
    ('disclosure-weak-salt', None)
    """
    least = rules()["salt"]
    count, different = len(salt), len(set(salt))
    if count >= least["least_characters"] and different >= least["least_different"]:
        return None
    return Fault(
        "disclosure-weak-salt", name="salt", count=count, different=different, least=least["least_characters"],
        least_different=least["least_different"],
    )  # fmt: skip
