"""How to sample, and whether a rule of assessment is fair: from the model's own sizes of error.

Holds the public names. Refuses a design without its cost, and a rule without its errors.
"""

from wbe.design.powers import power, split
from wbe.design.reaching import reach
from wbe.design.sizes import spread
from wbe.design.trials import RULES, trial

__all__ = ["RULES", "power", "reach", "split", "spread", "trial"]
