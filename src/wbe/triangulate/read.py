"""``read_counts``: a table of counts from a CSV or a workbook.

Refuses half a table: all faults of the file are told at once.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from wbe.errors import Fault, InputError, need_path, require
from wbe.exchange.load_tables import read_table
from wbe.triangulate.counts import Counts, counts

__all__ = ["read_counts"]


def read_counts(path: str | Path, *, synthetic: bool = False) -> Counts:
    """Read counts by district and month.

    Parameters
    ----------
    path : str or Path
        A CSV (UTF-8 or GB18030) or the first sheet of an ``.xlsx`` workbook, with headers in the first row; see
        :func:`wbe.triangulate.counts` for the columns.
    synthetic : bool
        Whether the counts were made up.

    Returns
    -------
    Counts

    Raises
    ------
    InputError
        No such file, no table, and every fault of its cells; see :func:`wbe.triangulate.counts`.
    MissingExtra
        A workbook needs ``pip install 'wbe-drugs[excel]'``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "counts.csv"
    >>> _ = file.write_text("区县,月份,急救\\n天元区,2024-01,7\\n", encoding="utf-8")
    >>> read_counts(file)
    <Counts: emergency_calls; 1 districts, 2024-01 to 2024-01>
    """
    path = need_path(path, "read_counts")
    if not path.is_file():
        raise InputError([Fault("triangulate-no-file", file=path.name)])
    if path.suffix.lower() in (".xlsx", ".xls", ".xlsb", ".ods"):
        require("python_calamine", "excel")
        try:
            table = pd.read_excel(path, dtype=object, engine="calamine")
        except Exception as fault:  # what a broken workbook raises is the parser's own
            raise InputError([Fault("triangulate-no-file", file=path.name)]) from fault
    else:
        table = read_table(path)
    return counts(table, synthetic=synthetic, file=path.name)
