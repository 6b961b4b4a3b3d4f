"""A workbook's container, looked at before anything is unpacked into memory.

Refuses zip bombs, and sheets whose cells span, or repeat over, more than memory allows.
"""

from __future__ import annotations

import contextlib
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wbe.errors import Fault, InputError
from wbe.reading.opening.text import shown_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["MAX_CELLS", "Container", "SheetFacts", "is_zip_safe"]

MAX_CELLS = 30_000_000
_CHUNK = 500_000  # what is scanned several times should stay in the processor's cache
# attributes are bounded and end at the next tag, so that a tag that never closes costs no more than its length
_HOLLOW_FORMULA = re.compile(
    rb"<c\b(?=[^<>]{0,200}?\br=[\"']([A-Z]{1,3})(\d{1,9})[\"'])[^<>]{0,200}>\s{0,9}<f\b[^<>]{0,400}(?:/>|>[^<]{0,9000}</f>)\s{0,9}"
    rb"(?:<v\s{0,9}/>|<v>\s{0,9}</v>)?\s{0,9}</c>"
)
_HIDDEN_ROW = re.compile(rb"<row r=[\"'](\d{1,9})[\"'](?=[^<>]{0,400}? hidden=[\"'](?:1|true)[\"'])")
_HIDDEN_COLUMN = re.compile(
    rb"<col (?=[^<>]{0,400}?hidden=[\"'](?:1|true)[\"'])(?=[^<>]{0,400}?min=[\"'](\d{1,9})[\"'])"
    rb"(?=[^<>]{0,400}?max=[\"'](\d{1,9})[\"'])"
)
_REPEAT = re.compile(
    rb"<table:(table-row|table-cell)\b([^<>]{0,400}?)number-(rows|columns)-repeated=\"(\d{1,18})\"([^<>]{0,400})>"
)
_REPEATED_ROWS = re.compile(rb"number-rows-repeated=\"(\d{1,18})\"[^<>]{0,400}>(.{0,2000})", re.S)
_SPACED_REFERENCE = re.compile(rb"<(?:\w{1,20}:)?(?:c|row)\b[^<>]{0,200}?\br(?:\s{1,20}=|=\s{1,20})")
_MAX_BOOK = 20_000_000


@dataclass(frozen=True)
class SheetFacts:
    """What the look inside found: (row, column) of formulas without a stored result, merges, hidden lines."""

    hollow: frozenset[tuple[int, int]] = frozenset()
    merged: bool = True
    hidden_rows: int = 0
    hidden_columns: int = 0
    spans: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    from_1904: bool = False


class Container:
    """A workbook's zip container, looked at sheet by sheet before each sheet is parsed; closed by ``with``.

    Attributes
    ----------
    notes : list of str
        What the reader of the log should know: links that are not followed, macros that are not run.

    Raises
    ------
    InputError
        Damaged, protected, or too large when unpacked.
    """

    def __init__(self, path: Path):
        self.file, self.notes = shown_name(path), list[str]()
        self._archive = is_zip_safe(path)
        self._parts: dict[str, str] = {}
        self._known: dict[str, SheetFacts] = {}
        self._from_1904 = self._spread = False
        names = set(self._archive.namelist())
        if any("externalLinks/" in n for n in names):
            self.notes.append(f"{path.name}: links to other workbooks are not followed; stored values are read")
        if any("vbaProject" in n for n in names):
            self.notes.append(f"{path.name}: macros are not run")
        try:
            with self._told():
                if "content.xml" in names:
                    _check_repeats(self._archive, path.name)
                    self._known = _open_document(self._archive)
                else:
                    self._spread = True
                    self._parts, self._from_1904 = _sheet_parts(self._archive)
        except InputError:
            self._archive.close()
            raise

    def facts(self, title: str) -> SheetFacts:
        """Return what a sheet holds that its parser does not tell.

        Raises
        ------
        InputError
            The sheet has no part of its own, is damaged, or its cells span more than memory allows.
        """
        if self._spread and title not in self._parts:
            raise InputError([Fault("reading-sheet-without-part", file=self.file, sheet=title)])
        if title in self._parts and title not in self._known:
            with self._told():
                found = _scan_sheet(self._archive, self._parts[title], self.file, title)
                self._known[title] = replace(found, from_1904=self._from_1904)
        return self._known.get(title, SheetFacts())

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn every way in which a damaged container fails into one message."""
        try:
            yield
        except InputError:
            raise
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as err:
            raise InputError([
                Fault("reading-protected-workbook", file=self.file, err=str(err)[:80])
            ]) from err  # fmt: skip

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_MAX_SPANS = 20_000


def _open_document(archive: zipfile.ZipFile) -> dict[str, SheetFacts]:
    """Merged cells of an OpenDocument file, which its parser does not tell."""
    if not any(b"-spanned=" in data for data in _chunks(archive, "content.xml")):
        return {}
    from xml.etree import ElementTree

    facts: dict[str, SheetFacts] = {}
    name, row, column = "", 0, 0
    spans: list[tuple[tuple[int, int], tuple[int, int]]] = []
    try:
        with archive.open("content.xml") as stream:
            for event, node in ElementTree.iterparse(stream, events=("start", "end")):
                kind = node.tag.removeprefix(_TABLE)
                if event == "start" and kind == "table":
                    name, row, spans = node.get(f"{_TABLE}name", ""), 0, []
                elif event == "start" and kind == "table-row":
                    column = 0
                elif event == "start" and kind in ("table-cell", "covered-table-cell"):
                    down = int(node.get(f"{_TABLE}number-rows-spanned", 1))
                    across = int(node.get(f"{_TABLE}number-columns-spanned", 1))
                    if max(down, across) > 1 and len(spans) < _MAX_SPANS:
                        spans.append(((row, column), (row + down - 1, column + across - 1)))
                    column += int(node.get(f"{_TABLE}number-columns-repeated", 1))
                elif event == "end" and kind == "table-row":
                    row += int(node.get(f"{_TABLE}number-rows-repeated", 1))
                    node.clear()
                elif event == "end" and kind == "table":
                    facts[name] = SheetFacts(spans=tuple(spans))
                    node.clear()
    except (ElementTree.ParseError, ValueError):
        return facts  # the workbook's own parser says what is damaged
    return facts


def _sheet_parts(archive: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """(part of each sheet by its name, whether days count from 1904) of an xlsx container.

    Read by a parser of XML: a name may hold any character, and a part's name may differ in case or lead with a slash.
    """
    names = {n.replace("\\", "/").lstrip("/").casefold(): n for n in archive.namelist()}
    book, rels = (names.get(f"xl/{n}") for n in ("workbook.xml", "_rels/workbook.xml.rels"))
    if book is None or rels is None:
        return {n: n for n in names.values() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", n)}, False
    targets = {
        node.get("Id", ""): posixpath.normpath(posixpath.join("/xl", node.get("Target", ""))).lstrip("/").casefold()
        for node in _elements(archive, rels, "Relationship")
    }
    parts, from_1904 = {}, False
    for node in _elements(archive, book, "sheet", "workbookPr"):
        if _local(node.tag) == "workbookPr":
            from_1904 = from_1904 or node.get("date1904") in ("1", "true", "on")
            continue
        key = next((v for k, v in node.attrib.items() if k.endswith("}id")), "")
        part = names.get(targets.get(key, ""))
        if part is not None:
            parts[node.get("name", "")] = part
    return parts, from_1904


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _elements(archive: zipfile.ZipFile, part: str, *wanted: str) -> list[Element]:
    """Elements of a small part by their names without a namespace."""
    from xml.etree import ElementTree

    if archive.getinfo(part).file_size > _MAX_BOOK:
        raise ValueError(f"{part} > {_MAX_BOOK / 1e6:.0f} MB")
    try:
        root = ElementTree.fromstring(archive.read(part))
    except ElementTree.ParseError as err:
        raise ValueError(f"{part}: {err}") from err
    return [node for node in root.iter() if _local(node.tag) in wanted]


def _scan_sheet(archive: zipfile.ZipFile, part: str, file: str, title: str) -> SheetFacts:
    """Measure the span of a sheet in bounded memory; find its formulas without a result, and whether it has merges."""
    rows, columns, hollow, merged = 0, 0, set(), False
    hidden_rows: set[bytes] = set()
    hidden_columns: set[tuple[bytes, bytes]] = set()
    for data in _chunks(archive, part):
        if _has(data, b"hidden="):
            hidden_rows |= set(_HIDDEN_ROW.findall(data))
            hidden_columns |= set(_HIDDEN_COLUMN.findall(data))
        if (_has(data, b"r =") or _has(data, b"r= ") or _has(data, b"r=\n")) and _SPACED_REFERENCE.search(data):
            raise ValueError("r =")  # its cells cannot be counted before they are unpacked
        last_row, last_column = _extent(data)
        rows, columns = max(rows, last_row), max(columns, last_column)
        merged = merged or _has(data, b"<mergeCell")
        if len(_pairs(data, b"<f")):
            hollow |= {(int(r) - 1, _column_index(c)) for c, r in _HOLLOW_FORMULA.findall(data)}
    if rows * columns > MAX_CELLS:
        sizes = [_exact_extent(data) for data in _chunks(archive, part)]
        rows, columns = max(r for r, _ in sizes), max(c for _, c in sizes)
    # without column letters the cells are counted by position, and their number is bounded by the file's size
    if rows * columns > MAX_CELLS:
        raise InputError(
            [
                Fault(
                    "reading-cells-spread",
                    file=file,
                    sheet=title,
                    rows=rows,
                    letters=_letters(columns),
                    max_cells=f"{MAX_CELLS / 1000000.0:.0f}",
                )
            ]
        )
    spans = sum(int(b) - int(a) + 1 for a, b in hidden_columns if int(a) <= columns)
    return SheetFacts(frozenset(hollow), merged, len(hidden_rows), min(spans, columns))


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    carry = b""
    with archive.open(part) as opened:
        stream: Any = opened
        while chunk := stream.read1(_CHUNK):
            data = carry + chunk
            yield data
            carry = data[-400:]


def _pairs(data: bytes, pair: bytes) -> np.ndarray:
    """Positions of two bytes side by side, unsorted; comparing words is many times faster than searching."""
    wanted = int.from_bytes(pair, "little")
    found = []
    for offset in (0, 1):
        words = np.frombuffer(data[:1] if len(data) <= offset else data, "<u2", (len(data) - offset) // 2, offset)
        found.append(2 * np.flatnonzero(words == wanted) + offset)
    return np.concatenate(found)


def _has(data: bytes, word: bytes) -> bool:
    """Whether a word stands in the data; looked for only where its first two bytes are."""
    return bool(len(_pairs(data, word[:2]))) and word in data


def _eights(data: bytes) -> np.ndarray:
    """Eight bytes from every position on, as one number each; its lowest byte is the first."""
    return np.ndarray(len(data) - 7, dtype="<u8", buffer=data, strides=(1,))


def _extent(data: bytes) -> tuple[int, int]:
    """Return upper bounds of the row and column numbers in ``r`` attributes: (9999, 702), or exact ones beyond it.

    Examples
    --------
    >>> _extent(b'<row r="1"><c r="XFD1048576"/></row>'), _extent(b'<row r="12"><c r="AB12"/></row>')
    ((1048576, 16384), (9999, 702))
    """
    at = _references(data)
    if not len(at):
        return 0, 0
    eights = _eights(data)
    reference = eights[at + 3]
    far = np.zeros(len(at), dtype=bool)
    # a letter has the bit 0x40, a digit has 0x30 and not 0x40: three letters, or none to two and five digits
    for bits, value in ((0x404040, 0x404040), (0x7070707070, 0x3030303030),
                        (0x707070707040, 0x303030303040), (0x70707070704040, 0x30303030304040)):  # fmt: skip
        far |= (reference & np.uint64(bits)) == value
    spelt = _byte(eights[at[far] - 1], 0) <= 32  # and not the end of a longer attribute
    return _exact_extent(data) if spelt.any() else (9_999, 702)


def _references(data: bytes) -> np.ndarray:
    """Positions of ``r=`` with a byte before and a reference's length after; a document ends on no reference."""
    if len(data) < 24:
        return np.array([], dtype=np.int64)
    at = _pairs(data, b"r=")
    return at[(at > 0) & (at <= len(data) - 19)]


def _exact_extent(data: bytes) -> tuple[int, int]:
    """The largest row and column number in the ``r`` attributes; 0 for none."""
    at = _references(data)
    if not len(at):
        return 0, 0
    eights = _eights(data)
    before, quote = _byte(eights[at - 1], 0), _byte(eights[at - 1], 3)
    at = at[((quote == 34) | (quote == 39)) & (before <= 32)] + 3
    reference = eights[at]
    letters: np.ndarray = np.zeros(len(at), dtype=np.int64)
    column: np.ndarray = np.zeros(len(at), dtype=np.int64)
    for k in range(4):
        letter = _byte(reference, k) | 32
        more = (letters == k) & (letter >= 97) & (letter <= 122)
        letters += more
        column = np.where(more, 26 * column + letter - 96, column)
    number, more = eights[at + letters], np.ones(len(at), dtype=bool)
    row: np.ndarray = np.zeros(len(at), dtype=np.int64)
    for k in range(8):
        digit = _byte(number, k) - 48
        more &= (digit >= 0) & (digit <= 9)
        row = np.where(more, 10 * row + digit, row)
    return int(row.max(initial=0)), int(column[row > 0].max(initial=0))


def _byte(eights: np.ndarray, k: int) -> np.ndarray:
    return ((eights >> np.uint64(8 * k)) & np.uint64(255)).astype(np.int64)


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = 26 * index + letter - 64
    return index - 1


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _check_repeats(archive: zipfile.ZipFile, file: str) -> None:
    """An ods writes repeated cells as a count: refuse counts that would fill memory with values."""
    total, carry = 0, b""
    with archive.open("content.xml") as stream:
        while chunk := stream.read(_CHUNK):
            data = carry + chunk
            for kind, before, _, count, after in _REPEAT.findall(data):
                valued = b"office:value" in before + after
                if kind == b"table-cell" and valued:
                    total = max(total, int(count))
            for count, content in _REPEATED_ROWS.findall(data):
                own = content.split(b"</table:table-row>")[0]
                if b"office:value" in own or b"<text:p" in own:
                    columns = [int(c) for c in re.findall(rb"number-columns-repeated=\"(\d+)\"", own)]
                    total = max(total, int(count) * max([1, *columns]))
            carry = data[-200:]
    if total > MAX_CELLS // 10:
        raise InputError([
            Fault("reading-value-repeated", file=file, total=total)
        ])  # fmt: skip


def is_zip_safe(path: Path, *, max_total: int = 600_000_000, max_ratio: float = 250.0) -> zipfile.ZipFile:
    """Open a zip container after checking its uncompressed size; the caller closes it.

    Raises
    ------
    InputError
        Damaged, too many entries, or larger when opened than a laboratory's table can be.
    """
    try:
        archive = zipfile.ZipFile(path)
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as err:
        raise InputError([
            Fault("reading-damaged-workbook", file=path.name, err=err)
        ]) from err  # fmt: skip
    total = sum(e.file_size for e in entries)
    ratio = total / max(1, path.stat().st_size)
    if len(entries) > 10_000 or total > max_total or (total > 20_000_000 and ratio > max_ratio):
        archive.close()
        raise InputError(
            [
                Fault(
                    "reading-unpacks-too-large",
                    file=path.name,
                    total=f"{total / 1000000.0:.0f}",
                    ratio=f"{ratio:.0f}",
                    max_total=f"{max_total / 1000000.0:.0f}",
                    max_ratio=f"{max_ratio:.0f}",
                )
            ]
        )
    return archive
