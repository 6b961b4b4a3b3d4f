"""The report's tables as a workbook: cover, index, the page's texts and rounded numbers, then every number in full.

Refuses to let a cell run, to cut rows that a sheet cannot hold (they go on in the next), and to carry the time of its
making: equal tables give equal bytes.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
import re
from typing import Any

import pandas as pd

from wbe import messages, packaged
from wbe.errors import require
from wbe.exchange import neutralise
from wbe.reporting.blocks import Block, Finding, Table
from wbe.reporting.package import described, sheet_title
from wbe.reporting.words import say

__all__ = ["sheet_name", "workbook"]

SHEET_NAME_MOST = 31
ROWS_MOST = 1_048_575  # of a sheet, without its heads
TEXT_MOST = 32_767  # characters of a cell
INDEX_WIDTHS = (26, 46, 60)
# a signed number with its interval runs nowhere; the apostrophe of a neutralised cell would be seen
SIGNED = re.compile(r"-|[+-][\d.,]+ \([^=@()]*\)( %)?( \[[^=@\]]*\])?")
MADE = dt.datetime(2000, 1, 1)  # what stands for the time of making


def workbook(blocks: tuple[Block, ...], full: dict[str, pd.DataFrame], properties: dict[str, str]) -> bytes:
    """Write the workbook.

    Parameters
    ----------
    blocks : tuple of Block
        The page's parts; every table becomes a sheet named in its language, behind a cover and an index.
    full : dict of DataFrame
        Sheets with every number, not rounded.
    properties : dict
        Title and comments of the file.

    Returns
    -------
    bytes

    Raises
    ------
    MissingExtra
        xlsxwriter is not installed.
    """
    xlsxwriter = require("xlsxwriter", "excel")
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options | {"nan_inf_to_errors": False})
    book.set_properties({**properties, "created": MADE})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "mark": book.add_format({"font_color": "#B84A00", "bold": True}),
        "text": book.add_format({"valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "wrap": book.add_format({"valign": "top", "text_wrap": True}),
        "link": book.add_format({"font_color": "#0072B2", "underline": 1, "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.####"}),
    }
    spoken = [block.language for block in blocks]
    names = {name: full_name(name, spoken) for name in full}
    for block in blocks:
        _cover(book, block, formats)
        _index(book, block, names, formats)
    for block in blocks:
        for section in block.sections:
            for table in section.tables:
                name = sheet_name(block.language, table.name)
                _sheet(book, name, table, section.title, block.synthetic, formats)
    mark = " / ".join(b.synthetic for b in blocks if b.synthetic)
    for name, frame in full.items():
        _frame(book, names[name], frame, mark, formats)
    book.close()
    return buffer.getvalue()


def sheet_name(language: str, table: str) -> str:
    """Return the name of the sheet that holds a table of the page.

    Examples
    --------
    >>> sheet_name("zh", "matrix"), sheet_name("en", "matrix2"), sheet_name("en", "of_a_user")
    ('千人均负荷', 'Loads 2', 'of a user')
    """
    stem = table.rstrip("0123456789")
    named = say("sheet", stem, language) if stem in _sheets() else stem.replace("_", " ")
    return f"{named} {table[len(stem) :]}".strip()[:SHEET_NAME_MOST]


def full_name(name: str, languages: list[str]) -> str:
    """Return the name of a sheet of numbers in full: Chinese where the workbook is Chinese alone."""
    return sheet_title(name.replace(" ", "_"), "zh") if languages == ["zh"] else name


@functools.cache
def _sheets() -> frozenset[str]:
    return frozenset(packaged.toml("report.toml")["sheet"])


def _cover(book: Any, block: Block, formats: dict[str, Any]) -> None:
    """What the workbook is, and page one in words."""
    sheet = book.add_worksheet(say("sheet", "cover", block.language))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 100)
    lines: list[tuple[str, str]] = [(block.title, "title"), (block.synthetic, "mark"), (block.synthetic_long, "mark")]
    lines.append((block.made, "wrap"))
    for section in block.sections:
        if section.name in ("leader", "summary"):
            lines.append((section.title, "head"))
            for one in section.blocks:
                if isinstance(one, Finding):
                    lines.append((one.line, "wrap"))
                elif isinstance(one, tuple):
                    words = [one[1]] if isinstance(one[1], str) else one[1]
                    lines += [(text, "head" if one[0] == "lead" else "wrap") for text in words]
    for i, (text, look) in enumerate(line for line in lines if line[0]):
        sheet.write_string(i, 0, neutralise(_fitting(text)), formats[look])


def _index(book: Any, block: Block, names: dict[str, str], formats: dict[str, Any]) -> None:
    """Every sheet with a link to it."""
    sheet = book.add_worksheet(say("sheet", "index", block.language))
    heads = [say("index", key, block.language) for key in ("sheet", "section", "holds")]
    sheet.write_string(0, 0, say("sheet", "index", block.language), formats["title"])
    sheet.write_string(0, 1, block.synthetic, formats["mark"])
    rows = [(sheet_name(block.language, table.name), section.title, "、".join(c.heading for c in table.columns))
            for section in block.sections for table in section.tables]  # fmt: skip
    rows += [
        (shown, say("index", "full", block.language), sheet_title(name.replace(" ", "_"), block.language))
        for name, shown in names.items()
    ]
    for j, (head, width) in enumerate(zip(heads, INDEX_WIDTHS, strict=True)):
        sheet.write_string(1, j, head, formats["head"])
        sheet.set_column(j, j, width)
    for i, (name, title, holds) in enumerate(rows, start=2):
        sheet.write_url(i, 0, f"internal:'{name}'!A1", formats["link"], name)
        sheet.write_string(i, 1, neutralise(title), formats["text"])
        sheet.write_string(i, 2, neutralise(_fitting(holds)), formats["text"])
    sheet.freeze_panes(2, 0)


def _shown(text: str) -> str:
    """Return a cell's text, harmless; a change with its sign and a lone dash need no apostrophe."""
    return text if SIGNED.fullmatch(text) else str(neutralise(text))


def _sheet(book: Any, name: str, table: Table, title: str, mark: str, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(name[:SHEET_NAME_MOST])
    sheet.write_string(0, 0, neutralise(title), formats["head"])
    if mark:
        sheet.write_string(0, 1, mark, formats["mark"])
    widths = []
    for j, column in enumerate(table.columns):
        sheet.write_string(1, j, neutralise(column.heading), formats["head"])
        digits = None if column.places is None else book.add_format({"num_format": _number_format(column.places)})
        longest = _width(column.heading)
        for i, row in enumerate(table.rows):
            value = table.value(row, column)
            if isinstance(value, float):
                sheet.write_number(i + 2, j, value, digits)
            else:
                sheet.write_string(i + 2, j, _fitting(_shown(table.text(row, column))), formats["text"])
            longest = max(longest, _width(table.text(row, column)))
        widths.append(min(longest + 2, 60))
    for j, sentence in enumerate(table.beside, start=2):
        sheet.write_string(0, j, neutralise(sentence))
    for j, width in enumerate(widths):
        sheet.set_column(j, j, width)
    sheet.freeze_panes(2, 1)


def _fitting(text: str) -> str:
    """Return a text that a cell can hold; one that is too long says that it goes on."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")  # names in no encoding
    if len(text) <= TEXT_MOST:
        return text
    told = messages.render("reporting-text-cut", {"count": len(text)})
    return f"{text[: TEXT_MOST - len(told) - 2]}… {told}"


def _number_format(places: int) -> str:
    return "#,##0" if places <= 0 else "#,##0." + "0" * places


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def _frame(book: Any, name: str, frame: pd.DataFrame, mark: str, formats: dict[str, Any]) -> None:
    """Write a table in full, on as many sheets as it needs."""
    for number, start in enumerate(range(0, max(len(frame), 1), ROWS_MOST), start=1):
        part = name if number == 1 else f"{name[: SHEET_NAME_MOST - 5]} ({number})"
        _frame_sheet(book, part, frame.iloc[start : start + ROWS_MOST], mark, formats)


def _frame_sheet(book: Any, name: str, frame: pd.DataFrame, mark: str, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(name[:SHEET_NAME_MOST])
    columns = list(map(str, frame.columns))
    if mark:
        frame, columns = frame.assign(data=mark), [*columns, "data"]
    for j, column in enumerate(columns):
        sheet.write_string(0, j, neutralise(column), formats["head"])
        if known := described(column):
            sheet.write_comment(0, j, f"{known['zh']} · {known['en']}")
        for i, value in enumerate(frame[column].tolist(), start=1):
            if isinstance(value, bool):
                sheet.write_boolean(i, j, value)
            elif isinstance(value, int | float) and not pd.isna(value):
                sheet.write_number(i, j, value, formats["number"] if isinstance(value, float) else None)
            elif isinstance(value, str) and value:
                sheet.write_string(i, j, _fitting(_shown(value)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(frame), len(columns) - 1)
