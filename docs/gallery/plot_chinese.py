"""
The same in Chinese
===================

Glyphs come from an installed font package or the system; the words from the same data as the report.
"""

import wbe

samples = wbe.read_samples(wbe.sample_data("zhuzhou"))
estimate = wbe.estimate(samples)
wbe.plot.trends(estimate, drug="methamphetamine", language="zh")
