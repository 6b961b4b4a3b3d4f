"""Text tables of published loads: bytes to rows of text, with byte-order marks, quotes and Chinese encodings.

Refuses binary content and rows with more cells than headers.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from wbe.errors import Fault, InputError

__all__ = ["read_table", "text_of"]


def text_of(path: Path) -> str | None:
    """Return a file's text in UTF-8 (with or without a byte-order mark) or GB18030, or None if it is neither."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV whose first row holds headers into text cells.

    Raises
    ------
    InputError
        Binary content, another encoding than UTF-8 or GB18030, no rows, repeated headers, ragged rows.
    """
    text = text_of(path)
    if text is None:
        raise InputError([Fault("exchange-no-load-file", file=path.name, said="UTF-8?")])
    if "\x00" in text[:65536]:
        raise InputError([Fault("exchange-no-load-file", file=path.name, said="NUL")])
    delimiter = max(",;\t", key=text[:4000].count)
    rows = [r for r in csv.reader(io.StringIO(text), delimiter=delimiter)]
    if len(rows) < 2:
        raise InputError([Fault("exchange-no-load-file", file=path.name, said=f"{len(rows)} row(s)")])
    head = [h.strip() for h in rows[0]]
    twice = sorted({h for h in head if h and head.count(h) > 1})
    faults = [Fault("exchange-load-repeated-header", file=path.name, names=twice)] if twice else []
    faults += [
        Fault("exchange-load-ragged", file=path.name, row=i, cells=len(r), columns=len(head))
        for i, r in enumerate(rows[1:], start=2)
        if any(c.strip() for c in r[len(head) :]) or (0 < len(r) < len(head) and any(c.strip() for c in r))
    ]
    if faults:
        raise InputError(faults[:50])
    body = [[c.strip() for c in r[: len(head)]] for r in rows[1:] if any(c.strip() for c in r)]
    return pd.DataFrame(body, columns=head, dtype=object)
