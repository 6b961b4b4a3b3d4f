"""Roles: what each column and row is, by its words and by what stands in it.

Refuses to leave out what could change a number.
"""

__all__: list[str] = []
