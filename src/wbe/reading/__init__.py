"""Reading: any file a laboratory sends -> Samples, read whole, or saying exactly what was not read and why.

Refuses to guess units, names, years and missing flows: each is a fault with file, sheet, row and column.
"""

from wbe.reading.roles.balance import word_balance
from wbe.reading.samples.propose import propose_mapping
from wbe.reading.samples.read import read_samples, sample_data
from wbe.reading.words.log import ReadingLog, reading_log
from wbe.reading.words.mapping import Mapping, load_mapping

__all__ = [
    "Mapping",
    "ReadingLog",
    "load_mapping",
    "propose_mapping",
    "read_samples",
    "reading_log",
    "sample_data",
    "word_balance",
]
