"""Factors: an audited library of claims, profiles over them, pooling of studies and a calibration bench.

Refuses a factor that cannot be defended; says for each such drug why.
"""

from typing import Any

import lazy_loader as _lazy

__getattr__: Any
__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "biomarkers": ["Joint", "joint"],
        "calibration": ["Calibration", "calibrate"],
        "comparison": ["compare", "conclusions"],
        "correcting": ["correct"],
        "compound_table": ["cas_is_valid", "compounds", "molar_mass"],
        "drawing": ["calibration_plot", "forest_plot"],
        "library": ["claims"],
        "medicines": ["medicine_share"],
        "pooling": ["Pooled", "mix_routes", "pool", "pool_by"],
        "profile_types": ["Dose", "Factor", "Profile"],
        "profiles": ["profile", "profile_names"],
        "recovery": ["Recovery", "expected_load", "implied_consumption", "implied_recovery"],
        "several": ["joint_by"],
        "regression": ["Line", "ordinary", "reliability", "york"],
        "transformation": [
            "at_sampler",
            "at_source",
            "on_solids",
            "rate",
            "refuse_absorbed",
            "surviving",
        ],
    },
)
