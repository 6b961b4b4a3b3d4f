"""
Who is first, and how surely
============================

Ranks with intervals and groups: districts that share a letter cannot be told apart.
"""

import wbe

samples = wbe.read_samples(wbe.sample_data("zhuzhou"))
estimate = wbe.estimate(samples)
ranking = wbe.rank(estimate, month="2021-06", drug="methamphetamine")
wbe.plot.ranks(estimate, ranking=ranking, language="en")
