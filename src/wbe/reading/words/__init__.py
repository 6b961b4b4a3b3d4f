"""Words: what one cell, header, date or name can mean by itself, by the lists of the vocabulary.

Refuses to know where a word stands: that is for the stages above.
"""

__all__: list[str] = []
