"""Uncertainty that knows what is shared: distributions, scoped terms, exact products, draws and budgets.

Public names only, each imported on first use.
"""

from typing import Any

import lazy_loader as _lazy

__getattr__: Any
__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submodules=["budget", "distributions", "draws", "groups", "gum", "inputs", "product", "sobol"],
    submod_attrs={
        "distributions": [
            "Beta",
            "Distribution",
            "Empirical",
            "LogNormal",
            "Mixture",
            "Triangular",
            "TruncatedNormal",
            "Uniform",
        ],
        "draws": ["weighted_draws", "weighted_quantiles"],
        "groups": ["Shares", "correlated_terms"],
        "moments": ["fraction"],
        "sobol": ["SobolStream"],
        "terms": ["Term"],
        "uncertain": ["Uncertain"],
    },
)
