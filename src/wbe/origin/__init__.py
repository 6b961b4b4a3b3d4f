"""Origin: what a load comes from. Shares of sources, and odds of use, discharge, manufacture or medicine.

Refuses to name an origin that the evidence does not: "cannot tell" is an answer, and so is a wide share.
"""

from typing import TYPE_CHECKING

import lazy_loader as _lazy

if TYPE_CHECKING:
    from wbe.origin.evidence import Origin as Origin
    from wbe.origin.evidence import weigh as weigh
    from wbe.origin.odds import odds as odds
    from wbe.origin.panel import panel as panel
    from wbe.origin.panel import panel_months as panel_months
    from wbe.origin.shares import shares as shares

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "evidence": ["Origin", "weigh"],
        "odds": ["odds"],
        "panel": ["panel", "panel_months"],
        "shares": ["shares"],
    },
)
