"""Factors: an audited library of claims, profiles over them, pooling of studies and a calibration bench.

Refuses a factor that cannot be defended; says for each such drug why.
"""

from typing import TYPE_CHECKING

import lazy_loader as _lazy

if TYPE_CHECKING:
    from wbe.factors.biomarkers import Joint as Joint
    from wbe.factors.biomarkers import joint as joint
    from wbe.factors.calibration import Calibration as Calibration
    from wbe.factors.calibration import calibrate as calibrate
    from wbe.factors.comparison import Comparison as Comparison
    from wbe.factors.comparison import compare as compare
    from wbe.factors.comparison import conclusions as conclusions
    from wbe.factors.compound_table import cas_is_valid as cas_is_valid
    from wbe.factors.compound_table import compounds as compounds
    from wbe.factors.compound_table import molar_mass as molar_mass
    from wbe.factors.correcting import correct as correct
    from wbe.factors.history import data_changes as data_changes
    from wbe.factors.history import diff as diff
    from wbe.factors.library import claims as claims
    from wbe.factors.logit import LogitT as LogitT
    from wbe.factors.medicines import medicine_share as medicine_share
    from wbe.factors.pooling import Pooled as Pooled
    from wbe.factors.pooling import mix_routes as mix_routes
    from wbe.factors.pooling import pool as pool
    from wbe.factors.pooling import pool_by as pool_by
    from wbe.factors.profile_types import Dose as Dose
    from wbe.factors.profile_types import Factor as Factor
    from wbe.factors.profile_types import Profile as Profile
    from wbe.factors.profiles import profile as profile
    from wbe.factors.profiles import profile_names as profile_names
    from wbe.factors.recovery import Recovery as Recovery
    from wbe.factors.recovery import expected_load as expected_load
    from wbe.factors.recovery import implied_consumption as implied_consumption
    from wbe.factors.recovery import implied_recovery as implied_recovery
    from wbe.factors.regression import Line as Line
    from wbe.factors.regression import ordinary as ordinary
    from wbe.factors.regression import reliability as reliability
    from wbe.factors.regression import york as york
    from wbe.factors.several import joint_by as joint_by
    from wbe.factors.transformation import at_sampler as at_sampler
    from wbe.factors.transformation import at_source as at_source
    from wbe.factors.transformation import on_solids as on_solids
    from wbe.factors.transformation import rate as rate
    from wbe.factors.transformation import refuse_absorbed as refuse_absorbed
    from wbe.factors.transformation import surviving as surviving
    from wbe.factors.writing import write_claims as write_claims

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "biomarkers": ["Joint", "joint"],
        "calibration": ["Calibration", "calibrate"],
        "comparison": ["Comparison", "compare", "conclusions"],
        "correcting": ["correct"],
        "compound_table": ["cas_is_valid", "compounds", "molar_mass"],
        "history": ["data_changes", "diff"],
        "library": ["claims"],
        "logit": ["LogitT"],
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
        "writing": ["write_claims"],
    },
)
