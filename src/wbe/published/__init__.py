"""What was published, and what can be known from it: editions, the attack on them, exposure and the ledger.

Refuses to append a number that, with all that left the house before, gives a single plant away.
"""

from wbe.published.edition import Edition, Number, edition
from wbe.published.exposure import exposure
from wbe.published.ledger import Ledger, Verdict
from wbe.published.publishing import publish

__all__ = ["Edition", "Ledger", "Number", "Verdict", "edition", "exposure", "publish"]
