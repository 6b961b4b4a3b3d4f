"""
What was looked for and what was found
======================================

Substances by months: found, not found, not looked for.
"""

import wbe

samples = wbe.read_samples(wbe.sample_data("zhuzhou"))
estimate = wbe.estimate(samples)
wbe.plot.substances(estimate, language="en")
