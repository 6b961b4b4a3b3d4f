"""What may be printed: one policy for every table, plot, report and export, and an audit of what was.

Refuses institutions without a reasoned override; an unknown population counts as small.
"""

from wbe.disclosure.attack import audit
from wbe.disclosure.institutions import institutions
from wbe.disclosure.policy import Policy

__all__ = ["Policy", "audit", "institutions"]
