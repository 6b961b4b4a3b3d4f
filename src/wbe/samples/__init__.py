"""The one data model: a *Samples* dataset that any xarray user can open.

Holds the schema, a builder from plain columns and one validator. Refuses bare units, unknown flags,
negative numbers and states that contradict each other; it lists every breach at once.
"""

from wbe.samples.building import build, one_text
from wbe.samples.checking import canonical, ensure_valid, validate
from wbe.samples.derived import limit, month, written
from wbe.samples.schema import (
    ABSENT,
    CENSORED,
    FLAG_MEANINGS,
    PLACES,
    POPULATION_BASES,
    RESULTS,
    SAMPLE_TYPES,
    SITUATIONS,
    TEXTS,
    TIMES,
    Flag,
    describe,
)

__all__ = [
    "ABSENT",
    "CENSORED",
    "FLAG_MEANINGS",
    "PLACES",
    "POPULATION_BASES",
    "RESULTS",
    "SAMPLE_TYPES",
    "SITUATIONS",
    "TEXTS",
    "TIMES",
    "Flag",
    "build",
    "canonical",
    "describe",
    "ensure_valid",
    "limit",
    "month",
    "one_text",
    "validate",
    "written",
]
