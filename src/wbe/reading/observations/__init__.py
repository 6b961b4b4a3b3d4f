"""Observations: the results of one file, of whatever layout, as samples by biomarkers with limits and states.

Refuses to lose a cell, and to join what may not belong together.
"""

__all__: list[str] = []
