"""
Studies of one excretion fraction
=================================

Each study, the pooled mean, and the prediction for another population, which is what a city is.
"""

import wbe
from wbe.factors import claims, pool

published = claims("methamphetamine", biomarker="methamphetamine", quantity="excretion_fraction")
wbe.plot.forest(pool(published[published["value"].notna()]), title="methamphetamine excreted unchanged")
