"""
Published loads of Canadian cities
==================================

The same picture from loads that others published, with their own intervals (Statistics Canada, table 13-10-0871-01).
"""

from pathlib import Path

import wbe

loads = wbe.read_loads(Path(wbe.sample_data("statcan")) / "monthly_city_loads.csv")
wbe.plot.trends(loads, drug="methamphetamine", language="en")
