"""Is it rising or falling? Trends of one district and drug over months, with how sure we are.

Holds the public names. Refuses a direction without its interval, its counts and its notes.
"""

from wbe.trends.changes import changes
from wbe.trends.classical import censored_kendall, pettitt, power_of_slope, seasonal_kendall, sen_interval
from wbe.trends.events import difference, event
from wbe.trends.kendall import Kendall, mann_kendall, sen_slope, smallest_p
from wbe.trends.line import Line, log_linear
from wbe.trends.rules import benjamini_hochberg, month_number, rules
from wbe.trends.table import trend

__all__ = [
    "Kendall",
    "Line",
    "benjamini_hochberg",
    "censored_kendall",
    "changes",
    "difference",
    "event",
    "log_linear",
    "mann_kendall",
    "month_number",
    "pettitt",
    "power_of_slope",
    "rules",
    "seasonal_kendall",
    "sen_interval",
    "sen_slope",
    "smallest_p",
    "trend",
]
