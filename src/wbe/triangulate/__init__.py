"""Sewage beside what offices count: registers, tests, calls, seizures, by district and month only.

Refuses rows about persons, to print small cells, and an answer where the counts follow the work of enforcement.
"""

from wbe.triangulate.association import Association, associate
from wbe.triangulate.counts import Counts, counts
from wbe.triangulate.event import event
from wbe.triangulate.multiplier import Size, capture_recapture, multiplier
from wbe.triangulate.read import read_counts

__all__ = [
    "Association", "Counts", "Size", "associate", "capture_recapture", "counts", "event", "multiplier", "read_counts",
]  # fmt: skip
