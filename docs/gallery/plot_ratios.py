"""
Two biomarkers, sample by sample
================================

What use leaves as a band, each plant and its running median; a sample far below the band was poured, not used.
"""

import wbe

samples = wbe.read_samples(wbe.sample_data("zhuzhou"))
estimate = wbe.estimate(samples)
wbe.plot.ratios(estimate, "amphetamine", "methamphetamine", language="en")
