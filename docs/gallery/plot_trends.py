"""
Districts over the months
=========================

Medians with intervals, non-detects as arrows below their limit, months without samples left open.
"""

import wbe

samples = wbe.read_samples(wbe.sample_data("zhuzhou"))
estimate = wbe.estimate(samples)
wbe.plot.trends(estimate, drug="methamphetamine", language="en")
