"""Samples: the observations of all files -> one Samples dataset with its reading log.

Refuses to read half, and to count one sample twice.
"""

__all__: list[str] = []
