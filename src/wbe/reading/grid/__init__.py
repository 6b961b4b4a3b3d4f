"""Grid: where the tables of a sheet lie, how they are turned, and which rows are samples.

Refuses a table without results, and rows under the names of another table.
"""

__all__: list[str] = []
