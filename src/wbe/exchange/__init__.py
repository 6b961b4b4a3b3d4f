"""Exchange: files that programs wrote and that need no guess — netCDF, Zarr, Parquet, PHES-ODM and published loads.

Refuses a file that breaks its own format; laboratories' tables belong to :mod:`wbe.reading`.
"""

from wbe.exchange.form import form
from wbe.exchange.harmless import neutralise
from wbe.exchange.loads import read_loads
from wbe.exchange.store import read, write

__all__ = ["form", "neutralise", "read", "read_loads", "write"]
