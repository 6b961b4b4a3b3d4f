"""Figures of estimates: trends, tiles, intervals, ranks; in Chinese or English, as the fonts allow.

Holds drawing only. Refuses to compute, to touch rcParams for good, and to import matplotlib before it is used.
"""

from typing import Any

import lazy_loader as _lazy

__getattr__: Any
__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "cartogram": ["tiles"],
        "contributions": ["contributions"],
        "dots": ["interval", "ranks"],
        "factors": ["calibration", "forest"],
        "fonts": ["style"],
        "headline": ["city"],
        "judged": [
            "alert_timeline",
            "change_matrix",
            "forecast_scores",
            "levels",
            "power_curves",
            "rank_probabilities",
        ],
        "origins": ["enantiomers", "origin_shares", "ratios", "substances"],
        "series": ["trends"],
        "sewers": ["sewer"],
        "triangulation": ["triangulation"],
    },
)
