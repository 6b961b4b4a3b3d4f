"""Text at the edge: decoding bytes of unknown origin, and finding what parts the columns.

Refuses binary content; never tries Big5, which decodes GB bytes to garbage without an error.
"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import numpy as np

from wbe.errors import Fault, InputError

__all__ = ["decode", "shown_name", "sniff_delimiter"]

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip


def decode(data: bytes, name: str = "") -> tuple[str, str]:
    """Decode bytes: byte-order mark, then strict UTF-8, then GB18030.

    Returns
    -------
    text, encoding : str, str

    Raises
    ------
    InputError
        Binary content, or bytes of another encoding.

    Examples
    --------
    >>> decode("浓度".encode("gb18030"))
    ('浓度', 'gb18030')
    """
    for unseen in (b"\xe2\x80\x8b", b"\xef\xbb\xbf"):
        if unseen in data[3:]:
            data = data[:3] + data[3:].replace(unseen, b"")
    encodings = [e for bom, e in _BOMS if data.startswith(bom)][:1] or _guesses(data)
    if encodings[0] == "utf-8" and b"\x00" in data[:65536]:
        raise InputError([Fault("reading-binary", file=name)])
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding.replace("-sig", "")
        except UnicodeDecodeError as err:
            position = err.start
    raise InputError([
        Fault("reading-unknown-encoding", file=name, position=position)
    ])  # fmt: skip


def _guesses(data: bytes) -> list[str]:
    """UTF-8, then GB18030, whose letters take two bytes; of cp1252 each stands alone."""
    head = data[:1_000_000]
    high = np.frombuffer(head, dtype=np.uint8) >= 0x80
    alone = high.any() and not (high[1:] & high[:-1]).any()
    return ["utf-8", "cp1252", "gb18030"] if alone else ["utf-8", "gb18030"]


def shown_name(path: Path) -> str:
    """Return the name of a file as people write it, also where the system keeps it in GBK bytes.

    Examples
    --------
    >>> shown_name(Path("六月.csv")), shown_name(Path(os.fsdecode("六月.csv".encode("gbk"))))
    ('六月.csv', '六月.csv')
    """
    raw = os.fsencode(path.name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def sniff_delimiter(text: str) -> str:
    """Return the delimiter that cuts the first lines most evenly: comma, tab, semicolon or bar.

    Examples
    --------
    >>> sniff_delimiter("a;b;c\\n1,5;2;3")
    ';'
    """
    head = "\n".join(text[:20000].splitlines()[:40])
    best, best_score = ",", 0.0
    for delimiter in (",", "\t", ";", "|", "，", "；"):
        try:
            widths = [len(r) for r in csv.reader(io.StringIO(head), delimiter=delimiter) if any(r)]
        except csv.Error:
            continue
        if not widths or max(widths) == 1:
            continue
        common = max(set(widths), key=lambda w: (widths.count(w), w) if w > 1 else (0, 0))
        score = widths.count(common) / len(widths) * (1 + min(common, 8) / 8)
        if score > best_score:
            best, best_score = delimiter, score
    return best
