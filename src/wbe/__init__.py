"""Wastewater-based epidemiology of drugs: from sewage to where, which drug, how many people, and how sure.

Public names only, each imported on first use; nothing heavy is imported here.
"""

from typing import Any

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__: Any
__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submodules=[
        "alert",
        "answer",
        "censored",
        "conversion",
        "design",
        "disclosure",
        "errors",
        "exchange",
        "factors",
        "levels",
        "origin",
        "people",
        "plot",
        "population",
        "quality",
        "samples",
        "sewer",
        "testing",
        "triangulate",
        "uncertainty",
        "units",
        "vocabulary",
    ],
    submod_attrs={
        "alert": ["alerts"],
        "errors": ["WbeError", "WbeWarning"],
        "exchange": ["form", "read_loads"],
        "estimation": ["Estimate", "estimate"],
        "quality": ["check"],
        "ranking": ["rank"],
        "reading": ["propose_mapping", "read_samples", "sample_data"],
        "reporting": ["report"],
        "trends": ["changes", "trend"],
        "units": ["quantity"],
    },
)
