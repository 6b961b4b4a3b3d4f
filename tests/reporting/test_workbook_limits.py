"""A workbook cuts nothing without a word, and equal tables give equal bytes on any day."""

from __future__ import annotations

import datetime as dt
import io
import time

import openpyxl
import pandas as pd

from wbe.reporting import workbook as room
from wbe.reporting.workbook import workbook


def sheets(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def test_rows_that_a_sheet_cannot_hold_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(room, "ROWS_MOST", 4)
    frame = pd.DataFrame({"number": range(10), "name": [f"row {i}" for i in range(10)]})
    book = sheets(workbook((), {"estimates": frame, "none": frame.head(0)}, {"title": "t"}))
    assert book.sheetnames == ["estimates", "estimates (2)", "estimates (3)", "none"]
    rows = [r for name in book.sheetnames[:3] for r in list(book[name].iter_rows(values_only=True))[1:]]
    assert rows == [(i, f"row {i}") for i in range(10)]
    assert [book[name].max_row for name in book.sheetnames] == [5, 5, 3, 1]


def test_a_long_name_of_a_sheet_still_tells_its_parts_apart(monkeypatch):
    monkeypatch.setattr(room, "ROWS_MOST", 1)
    book = sheets(workbook((), {"x" * 40: pd.DataFrame({"a": [1, 2]})}, {}))
    assert book.sheetnames == ["x" * 31, "x" * 26 + " (2)"]


def test_a_text_that_a_cell_cannot_hold_says_so():
    whole, cut = "y" * 32_767, "y" * 40_000
    book = sheets(workbook((), {"t": pd.DataFrame({"a": [whole, cut]})}, {}))
    kept = [r[0] for r in book["t"].iter_rows(min_row=2, values_only=True)]
    assert kept[0] == whole
    assert len(kept[1]) <= 32_767
    assert kept[1].endswith("[cut: the whole text has 40000 characters]")


def test_equal_tables_give_equal_bytes_on_any_day(monkeypatch):
    frame = {"t": pd.DataFrame({"a": [1.5], "b": ["x"]})}
    first = workbook((), frame, {"title": "t"})

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2031, 1, 1, tzinfo=tz)

    monkeypatch.setattr(dt, "datetime", Later)
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert workbook((), frame, {"title": "t"}) == first


def test_names_in_no_encoding_are_shown_and_not_fatal():
    book = sheets(workbook((), {"t": pd.DataFrame({"a": pd.Series(["\udcc1\udcf9.csv"], dtype=object)})}, {}))
    assert book["t"]["A2"].value == "\\udcc1\\udcf9.csv"
