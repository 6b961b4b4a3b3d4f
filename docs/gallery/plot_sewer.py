"""
Where a load comes from in a sewer
==================================

Nodes coloured by the probability that the source lies there, sized by people, with the next manholes to visit.
"""

import wbe
from wbe.sewer.examples import three_sources

network, samples = three_sources()
search = wbe.sewer.search(network, drug="methamphetamine").observe(samples)
wbe.plot.sewer(search, language="en")
