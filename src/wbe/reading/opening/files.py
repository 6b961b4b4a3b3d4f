"""Files on disk -> sheets of cells: which files a folder offers, their kind, and delimited text.

Refuses what is too large, binary under a text name, or of an unknown kind, and says so.
"""

from __future__ import annotations

import csv
import io
import os
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from wbe.errors import Fault, InputError
from wbe.reading.opening.columns import packed
from wbe.reading.opening.sheets import HEAD_ROWS, MAX_COLUMNS, Sheet, columns_of, head_of
from wbe.reading.opening.text import decode, shown_name, sniff_delimiter
from wbe.reading.opening.workbook import read_workbook

__all__ = [
    "BOOK_KINDS",
    "MAX_BYTES",
    "PACKED_KINDS",
    "PLACE_TABLES",
    "TEXT_KINDS",
    "list_files",
    "read_sheets",
    "read_text_table",
]

TEXT_KINDS = (".csv", ".tsv", ".txt")
PACKED_KINDS = (".gz", ".zip")
BOOK_KINDS = (".xlsx", ".xlsm", ".xls", ".ods", ".xlsb")
PLACE_TABLES = ("units.csv", "catchments.csv")
MAX_BYTES = 1_000_000_000
_MAX_UNPACKED = 300_000_000
_LARGE = 5_000_000
# 06.01 is what is left of 6.1 that a spreadsheet took for a day and a month
_ZERO_LED = re.compile(r"(?:^|[,;\t\"])0\d[.,]\d{2}(?=[,;\t\r\n\"]|$)", re.M)
_THREADS = max(2, min(4, os.cpu_count() or 1))


def list_files(path: Path) -> tuple[list[Path], list[Path], dict[str, Path], list[Path]]:
    """Return (data files, mapping files, place tables by name, files that are not read) of a folder or one file.

    Raises
    ------
    InputError
        Nothing is there, or nothing that can be read.
    """
    if not path.exists():
        raise InputError([Fault("reading-nothing-there", path=path.name)])
    if path.is_file():
        found = [path]
        beside: list[Path] = []
        for name in PLACE_TABLES:
            if (path.parent / name).is_file() and path.name not in PLACE_TABLES:
                beside.append(path.parent / name)
        return found, [], {p.name: p for p in beside}, []
    data, mappings, places, other = [], [], {}, []
    for item in sorted(path.rglob("*")):
        if not item.is_file() or any(part.startswith(".") for part in item.relative_to(path).parts):
            continue
        name = item.name
        if name.startswith("~$") or name.lower().startswith("readme"):
            continue
        if name in PLACE_TABLES and item.parent == path:
            places[name] = item
        elif item.suffix.lower() == ".toml":
            mappings.append(item)
        elif item.suffix.lower() in (*TEXT_KINDS, *BOOK_KINDS, *PACKED_KINDS):
            data.append(item)
        else:
            other.append(item)
    if not data:
        raise InputError([
            Fault("reading-folder-without-table", path=path.name, text_kinds=', '.join((*TEXT_KINDS, *BOOK_KINDS)))
        ])  # fmt: skip
    return data, mappings, places, other


def read_sheets(path: Path) -> list[Sheet]:
    """Return the sheets of one file; a text table is one sheet without a name.

    Raises
    ------
    InputError
        Empty, too large, damaged, or not of the kind that its name says.
    """
    size = path.stat().st_size
    if size == 0:
        raise InputError([Fault("reading-empty-file", file=path.name)])
    if size > MAX_BYTES:
        raise InputError(
            [
                Fault(
                    "reading-file-too-large",
                    file=path.name,
                    size=f"{size / 1000000.0:.0f}",
                    max_bytes=f"{MAX_BYTES / 1000000.0:.0f}",
                )
            ]
        )
    with path.open("rb") as handle:
        start = handle.read(8)
    is_zip, is_ole = start[:2] == b"PK", start[:4] == b"\xd0\xcf\x11\xe0"
    suffix = path.suffix.lower()
    if is_zip or is_ole:
        # a workbook is read by its content: laboratories rename .xls to .csv and back
        packed_tables = _of_archive(path) if is_zip else None
        return read_workbook(path) if packed_tables is None else packed_tables
    if suffix in BOOK_KINDS and not _looks_like_text(path):
        raise InputError([
            Fault("reading-no-workbook-inside", file=path.name, suffix=suffix)
        ])  # fmt: skip
    if start[:2] == b"\x1f\x8b":
        return [read_text_table(path, _unpacked(path))]
    return [read_text_table(path)]


def _unpacked(path: Path) -> bytes:
    """The table in a .gz file, bounded in size."""
    import gzip
    import zlib

    try:
        with gzip.open(path) as handle:
            data = handle.read(_MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as err:
        raise InputError([Fault("reading-damaged-archive", said=str(err)[:60], file=path.name)]) from err
    if len(data) > _MAX_UNPACKED:
        raise InputError([Fault("reading-too-large", size=">300", most=300, file=path.name)])
    return data


def _of_archive(path: Path) -> list[Sheet] | None:
    """The tables in a .zip file that is no workbook; None where it is one."""
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" in names or "content.xml" in names or "xl/workbook.xml" in names:
                return None
            inner = [n for n in archive.infolist() if Path(n.filename).suffix.lower() in TEXT_KINDS]
            if sum(n.file_size for n in inner) > _MAX_UNPACKED:
                raise InputError([Fault("reading-too-large", size=">300", most=300, file=path.name)])
            if not inner:
                return None
            out = []
            for n in inner:
                if Path(n.filename).name.lower().startswith("readme") or n.filename.startswith("__MACOSX"):
                    continue
                with archive.open(n) as handle:
                    sheet = read_text_table(Path(n.filename), handle.read(_MAX_UNPACKED))
                sheet.file = f"{path.name}/{Path(n.filename).name}"
                out.append(sheet)
            return out
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, zlib.error):
        return None


def _looks_like_text(path: Path) -> bool:
    with path.open("rb") as handle:
        return b"\x00" not in handle.read(4096)


def read_text_table(path: Path, data: bytes | None = None) -> Sheet:
    """Return a delimited text file as a sheet; of a large one only the head is decoded before its body is asked for.

    Raises
    ------
    InputError
        An empty file, a web page, too many columns, or a line that cannot be cut into cells.
    """
    large = data is None and path.stat().st_size > _LARGE and not _has_unseen(path)
    start_bytes = data if data is not None else _head_bytes(path) if large else path.read_bytes()
    text, encoding = decode(start_bytes, path.name)
    if not text.strip():
        raise InputError([Fault("reading-empty-file", file=path.name)])
    if text[:200].lstrip().lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise InputError([
            Fault("reading-web-page", file=path.name)
        ])  # fmt: skip
    delimiter = sniff_delimiter(text)
    notes = [] if encoding == "utf-8" else [f"{path.name}: decoded as {encoding}"]
    head = head_of(_records(text, delimiter, path.name, HEAD_ROWS), notes, path.name)
    width = max((len(r) for r in head), default=0)
    if width > MAX_COLUMNS:
        raise InputError([
            Fault("reading-too-many-columns", file=path.name, width=width, max_columns=MAX_COLUMNS)
        ])  # fmt: skip
    n_rows = MAX_BYTES if large else text.count("\n") + (not text.endswith("\n"))
    loose = (
        any("\n" in cell or "\r" in cell for row in head for cell in row)
        or "\r" in text[:4000].replace("\r\n", "")
        or len(delimiter.encode()) > 1
    )

    def body(start: int, texts: set[int]) -> list[np.ndarray]:
        if not loose:
            exact = _kept_as_text(head[start:], texts)
            for source in [path] if encoding == "utf-8" and large else []:
                quick = _fast_columns(source, delimiter, start, width, exact, texts)
                if quick is not None:
                    return quick
        whole = decode(path.read_bytes(), path.name)[0] if large else text
        if not loose:
            quick = _fast_columns(whole.encode("utf-8"), delimiter, start, width, exact, texts)
            if quick is not None:
                return quick
        rows = _records(whole, delimiter, path.name)[start:]
        return columns_of([list(r) for r in rows], max(width, max((len(r) for r in rows), default=0)))

    zero_led = not large and _ZERO_LED.search(text) is not None
    return Sheet(shown_name(path), "", head, n_rows, width, body, notes=notes, delimiter=delimiter, zero_led=zero_led)


def _has_unseen(path: Path) -> bool:
    """Whether a file holds marks that no eye sees, such as the byte order mark of a second file glued to it."""
    with path.open("rb") as handle:
        handle.read(3)
        carry = b""
        while chunk := handle.read(8_000_000):
            data = carry + chunk
            # one byte is found ten times faster than three, and most chunks hold neither
            if any(mark[:1] in data and mark in data for mark in (b"\xef\xbb\xbf", b"\xe2\x80\x8b")):
                return True
            carry = data[-2:]
    return False


def _head_bytes(path: Path, size: int = 1_000_000) -> bytes:
    """Return whole lines from the start of a file."""
    with path.open("rb") as handle:
        start = handle.read(size)
        return start + handle.readline(size)


def _records(text: str, delimiter: str, name: str, limit: int | None = None) -> list[list[str]]:
    rows: list[list[str]] = []
    part = text if limit is None else _first_lines(text)
    reader = csv.reader(io.StringIO(part, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows.append(row)
            if limit is not None and len(rows) >= limit:
                break
            if len(row) > MAX_COLUMNS:
                break
    except csv.Error as err:
        raise InputError([
            Fault("reading-uncut-line", file=name, row=len(rows) + 1, err=err)
        ]) from err  # fmt: skip
    return rows


def _first_lines(text: str, size: int = 200_000) -> str:
    """Return enough of a text for its head, cut at the end of a line."""
    if len(text) <= size:
        return text
    cut = text.rfind("\n", 0, size)
    return text[: cut + 1] if cut > 0 and text.count("\n", 0, cut) > 2 * HEAD_ROWS else text


def _kept_as_text(rows: list[list[str]], texts: set[int]) -> set[int]:
    """Text columns that look like numbers, such as ids with leading zeros, and must not be read as numbers."""
    return {c for c in texts if all(_like_a_number(r[c]) for r in rows if len(r) > c)}


def _like_a_number(cell: str) -> bool:
    try:
        return not cell.strip() or float(cell.replace(",", "")) is not None
    except ValueError:
        return False


def _fast_columns(
    source: Path | bytes, delimiter: str, start: int, width: int, exact: set[int], texts: set[int]
) -> list[np.ndarray] | None:
    """Columns by pandas' C reader, or None when the lines are too uneven for it.

    Texts are read as they come, which is fastest; should one come out mixed with numbers, it is read again as text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)
            warnings.simplefilter("error", pd.errors.ParserWarning)  # a longer line would lose its last cells
            frame = pd.read_csv(
                source if isinstance(source, Path) else io.BytesIO(source),
                header=None, names=list(range(width)), sep=delimiter, skiprows=start,
                dtype={c: str for c in exact if c < width}, keep_default_na=False, na_values=[""],
                skip_blank_lines=False, index_col=False, on_bad_lines="error", encoding="utf-8",
            )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError, ValueError):
        return None
    mixed = {c for c in texts - exact if c < width and not _is_text(frame[c])}
    if mixed:
        return _fast_columns(source, delimiter, start, width, exact | mixed, texts)
    with ThreadPoolExecutor(_THREADS) as pool:  # finding the distinct texts of a column holds no lock
        # results first: they have most distinct texts and take longest
        first = sorted(frame.columns, key=lambda c: c in texts)  # type: ignore[comparison-overlap]
        done = {c: pool.submit(packed, frame[c]) for c in first}
        return [done[c].result() for c in frame.columns]


def _is_text(column: pd.Series) -> bool:
    if column.dtype == object:
        return pd.api.types.infer_dtype(column, skipna=True) in ("string", "empty")
    return not pd.api.types.is_numeric_dtype(column.dtype) or bool(column.isna().all())
