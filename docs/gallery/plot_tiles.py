"""
One month on tiles
==================

A tile for each district at its relative place, not its boundary; the number and what the data allow to say of it.
"""

import wbe

samples = wbe.read_samples(wbe.sample_data("zhuzhou"))
estimate = wbe.estimate(samples)
wbe.plot.tiles(estimate, month="2021-06", drug="methamphetamine", language="en")
