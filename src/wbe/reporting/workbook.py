"""The report's tables as a workbook: the same texts and rounded numbers as the page, then every number in full.

Refuses to let a cell run, to cut rows that a sheet cannot hold (they go on in the next), and to carry the time of its
making: equal tables give equal bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pandas as pd

from wbe import messages
from wbe.errors import require
from wbe.exchange import neutralise
from wbe.reporting.blocks import Table
from wbe.reporting.html import Block

__all__ = ["workbook"]

SHEET_NAME_MOST = 31
ROWS_MOST = 1_048_575  # of a sheet, without its heads
TEXT_MOST = 32_767  # characters of a cell
MADE = dt.datetime(2000, 1, 1)  # what stands for the time of making


def workbook(blocks: tuple[Block, ...], full: dict[str, pd.DataFrame], properties: dict[str, str]) -> bytes:
    """Write the workbook.

    Parameters
    ----------
    blocks : tuple of Block
        The page's parts; every table becomes the sheet ``<language> <table>``.
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
    }
    for block in blocks:
        for section in block.sections:
            for table in section.tables:
                _sheet(book, f"{block.language} {table.name}", table, f"{section.title}", block.synthetic, formats)
    mark = " / ".join(b.synthetic for b in blocks if b.synthetic)
    for name, frame in full.items():
        _frame(book, name, frame, mark, formats)
    book.close()
    return buffer.getvalue()


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
                sheet.write_string(i + 2, j, _fitting(neutralise(table.text(row, column))), formats["text"])
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
        for i, value in enumerate(frame[column].tolist(), start=1):
            if isinstance(value, bool):
                sheet.write_boolean(i, j, value)
            elif isinstance(value, int | float) and not pd.isna(value):
                sheet.write_number(i, j, value)
            elif isinstance(value, str) and value:
                sheet.write_string(i, j, _fitting(neutralise(value)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(frame), len(columns) - 1)
