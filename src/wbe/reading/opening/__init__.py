"""Opening: bytes on disk -> sheets of typed cells, of every kind of file that a laboratory sends.

Refuses what is damaged, too large or of an unknown kind, and knows nothing of drugs.
"""

__all__: list[str] = []
