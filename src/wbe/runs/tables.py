"""Tables that a project names beside its samples.

Refuses a file that is no table.
"""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from wbe.errors import Fault, InputError
from wbe.reading.opening.text import decode

__all__ = ["read_counts"]


def read_counts(path: Path) -> pd.DataFrame:
    """Read mobile counts: site, population, and date or month.

    Raises
    ------
    InputError
        No table.
    OSError
    """
    try:
        return pd.read_csv(io.StringIO(decode(path.read_bytes(), path.name)[0]))
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as err:
        raise InputError([Fault("runs-no-counts", file=str(path))]) from err
