"""Statistics below and above the limit: results as intervals, estimators, draws, bounds and trends.

Refuses substitution except as a named, warned preset, and never prints an estimate without its method.
"""

from wbe.censored.choice import (
    DetectionFrequency,
    Summary,
    UpperBound,
    choose,
    detection_frequency,
    sensitivity,
    summarise,
    upper_bound,
)
from wbe.censored.data import Censored, intervals, settings, substitute
from wbe.censored.methods import Moments, complete, kaplan_meier, mle_lognormal, ros, turnbull
from wbe.censored.normal import impute
from wbe.censored.pooled import PooledFit, fit_intervals, fit_pooled
from wbe.censored.trend import KendallLine, kendall, kendall_log

__all__ = [
    "Censored",
    "DetectionFrequency",
    "KendallLine",
    "Moments",
    "PooledFit",
    "Summary",
    "UpperBound",
    "choose",
    "complete",
    "detection_frequency",
    "fit_intervals",
    "fit_pooled",
    "impute",
    "intervals",
    "kaplan_meier",
    "kendall",
    "kendall_log",
    "mle_lognormal",
    "ros",
    "sensitivity",
    "settings",
    "substitute",
    "summarise",
    "turnbull",
    "upper_bound",
]
