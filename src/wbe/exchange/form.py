"""``form``: next month's workbook for a laboratory, with sites, dates, analytes, limits and units fixed.

Refuses a month that is none and samples without a site. What it writes the reader reads without a question, because
both take their words from data.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from wbe import packaged
from wbe.errors import Fault, InputError, need_samples, one_of, require
from wbe.exchange.harmless import neutralise
from wbe.exchange.store import whole
from wbe.messages import LANGUAGES, Words, render
from wbe.vocabulary import label

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

__all__ = ["form", "plan_of"]

_MADE = dt.datetime(2000, 1, 1)  # equal forms have equal bytes


def form(samples: xr.Dataset, month: str, out: str | Path | None = None, *, language: str = "zh") -> Path:
    """Write the workbook that a laboratory fills in for a month.

    Parameters
    ----------
    samples : Dataset
        What was measured so far: sites, days of the month, kinds of samples, people, analytes and limits come from its
        last month.
    month : str
        ``YYYY-MM``.
    out : str or Path, optional
        By default ``form-YYYY-MM.xlsx`` here.
    language : {"zh", "en"}
        Of headings, states and the page that explains.

    Returns
    -------
    Path
        The file; it appears whole or not at all. Cells that a person fills are coloured; result cells offer the six
        states as a list and take numbers in ng/L.

    Raises
    ------
    InputError
        The month is none, or the samples name no site.
    UnknownName
        Another language.
    MissingExtra
        xlsxwriter comes with ``pip install 'wbe-drugs[excel]'``.

    Examples
    --------
    >>> import tempfile
    >>> from wbe.testing import small_city
    >>> form(small_city(), "2021-07", tempfile.mkdtemp() + "/july.xlsx").name
    'july.xlsx'
    """
    need_samples(samples, "form")
    one_of(language, LANGUAGES, Words("language", "语言"))
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(month)):
        raise InputError([Fault("exchange-form-month", came=str(month))])
    path = Path(out) if out is not None else Path(f"form-{month}.xlsx")
    plan = plan_of(samples, month)
    xlsxwriter = require("xlsxwriter", "excel")
    with whole(path) as part:
        book = xlsxwriter.Workbook(str(part), {"default_date_format": "yyyy-mm-dd"})
        book.set_properties({"created": _MADE, "comments": f"wbe form {month}"})
        _results(book, plan, samples, language)
        _limits(book, samples, language)
        _guide(book, month, language)
        book.close()
    return path


def plan_of(samples: xr.Dataset, month: str) -> pd.DataFrame:
    """Return the samples that a month should bring: every site of the last month on the same days of the week.

    Returns
    -------
    DataFrame
        ``district, site, sample, time, sample_type, population, population_basis``, a row a sample.

    Raises
    ------
    InputError
        The samples name no site.

    Examples
    --------
    >>> from wbe.testing import small_city
    >>> plan_of(small_city(districts=2, months=1), "2021-02")[["site", "time"]].astype(str).values.tolist()
    [['天元区污水厂', '2021-02-09'], ['荷塘区污水厂', '2021-02-09']]
    """
    times = pd.DatetimeIndex(samples["time"].values)
    last = times.to_period("M").max()
    rows = np.flatnonzero(times.to_period("M") == last)
    told = pd.DataFrame({
        name: samples[name].values[rows]
        for name in ("district", "site", "sample_type", "population_basis")
    }).assign(population=samples["population"].values[rows], day=times[rows].normalize())  # fmt: skip
    told = told.drop_duplicates(["site", "day"]).sort_values(["site", "day"], kind="stable")
    if (told["site"].astype(str) == "").any():
        raise InputError([Fault("exchange-form-site")])
    start, first = pd.Period(month, "M").start_time, last.start_time
    # as far into the month as last time, moved to the same day of the week: weekends stay weekends
    moved = start + (told["day"] - first)
    moved = moved + pd.to_timedelta((told["day"].dt.day_of_week - moved.dt.day_of_week + 10) % 7 - 3, unit="D")
    end = pd.Period(month, "M").end_time.normalize()
    moved = moved.where(moved >= start, moved + pd.Timedelta(days=7))
    moved = moved.where(moved <= end, moved - pd.Timedelta(days=7))
    told["time"] = moved
    told = told.drop_duplicates(["site", "time"])
    told["sample"] = [f"{site}-{day:%Y%m%d}" for site, day in zip(told["site"], told["time"], strict=True)]
    order = list(dict.fromkeys(samples["site"].values.tolist()))
    columns = ["district", "site", "sample", "time", "sample_type", "population", "population_basis"]
    return told.sort_values("site", key=lambda c: c.map(order.index), kind="stable")[columns].reset_index(drop=True)


_A4 = 9  # as spreadsheet programs number paper


def _words() -> dict[str, Any]:
    return packaged.toml("form.toml")


def _formats(book: Workbook) -> dict[str, Format]:
    base = {"font_name": "Noto Sans CJK SC", "font_size": 11, "border": 1, "border_color": "#bbbbbb"}
    return {
        "head": book.add_format({**base, "bold": True, "bg_color": "#dde5ee", "text_wrap": True, "valign": "top"}),
        "plan": book.add_format({**base, "bg_color": "#f3f3f3"}),
        "date": book.add_format({**base, "bg_color": "#f3f3f3", "num_format": "yyyy-mm-dd"}),
        "count": book.add_format({**base, "bg_color": "#f3f3f3", "num_format": "#,##0"}),
        "fill": book.add_format({**base, "bg_color": "#fff6cc"}),
        "text": book.add_format({"font_name": "Noto Sans CJK SC", "font_size": 11, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"font_name": "Noto Sans CJK SC", "font_size": 14, "bold": True}),
    }


def _results(book: Workbook, plan: pd.DataFrame, samples: xr.Dataset, language: str) -> None:
    words, sheet = _words(), book.add_worksheet(_words()["sheets"]["results"][language])
    formats = _formats(book)
    columns = {
        name: entry for name, entry in words["columns"].items()
        if name in plan or name == "flow" or (name in samples and bool(samples[name].notnull().any()))
    }  # fmt: skip
    for j, (name, entry) in enumerate(columns.items()):
        sheet.set_column(j, j, entry["width"])
        sheet.write_string(0, j, entry[language], formats["head"])
        for i, row in enumerate(plan.to_dict("records"), start=1):
            _cell(sheet, i, j, name, row, formats, language)
    first = len(columns)
    states = [entry[language] for entry in words["states"].values()]
    for k, biomarker in enumerate(samples["biomarker"].values.tolist()):
        bracket = "（ng/L）" if language == "zh" else " (ng/L)"
        sheet.write_string(0, first + k, neutralise(label(biomarker, language)) + bracket, formats["head"])
        sheet.set_column(first + k, first + k, 14)
        for i in range(1, len(plan) + 1):
            sheet.write_blank(i, first + k, None, formats["fill"])
    if len(plan) and samples.sizes["biomarker"]:
        sheet.data_validation(
            1, first, len(plan), first + samples.sizes["biomarker"] - 1,
            {"validate": "list", "source": states, "show_error": False},  # numbers are typed, states are picked
        )  # fmt: skip
    sheet.freeze_panes(1, 3)
    sheet.set_landscape()  # a printed form is one page wide, however many substances it has
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cell(
    sheet: Any, i: int, j: int, name: str, row: Mapping[Any, Any], formats: dict[str, Format], language: str
) -> None:
    words = _words()
    if words["columns"][name]["by"] == "laboratory":
        sheet.write_blank(i, j, None, formats["fill"])
    elif name == "time":
        sheet.write_datetime(i, j, row["time"].to_pydatetime(), formats["date"])
    elif name == "population":
        known = row["population"] == row["population"]
        sheet.write_number(i, j, row["population"], formats["count"]) if known else sheet.write_blank(
            i, j, None, formats["fill"]
        )
    elif name in ("sample_type", "population_basis"):
        spelled = words["sample_types" if name == "sample_type" else "population_bases"].get(row[name])
        if spelled is None:
            sheet.write_blank(i, j, None, formats["fill"])
        else:
            sheet.write_string(i, j, spelled[language], formats["plan"])
    else:
        sheet.write_string(i, j, neutralise(str(row[name])), formats["plan"])


def _limits(book: Workbook, samples: xr.Dataset, language: str) -> None:
    words, formats = _words(), _formats(book)
    sheet = book.add_worksheet(words["sheets"]["limits"][language])
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 18)
    for j, name in enumerate(("analyte", "lod", "loq")):
        sheet.write_string(0, j, words["limits"][name][language], formats["head"])
    for i, biomarker in enumerate(samples["biomarker"].values.tolist(), start=1):
        sheet.write_string(i, 0, label(biomarker, language), formats["plan"])
        for j, name in enumerate(("lod", "loq"), start=1):
            given = samples[name].sel(biomarker=biomarker).values if name in samples else np.array([np.nan])
            known = given[~np.isnan(given)]
            if len(known):
                sheet.write_number(i, j, float(known[-1]), formats["fill"])
            else:
                sheet.write_blank(i, j, None, formats["fill"])


def _guide(book: Workbook, month: str, language: str) -> None:
    words, formats = _words(), _formats(book)
    sheet = book.add_worksheet(words["sheets"]["guide"][language])
    sheet.set_column(0, 0, 100)
    states = tuple(entry[language] for entry in words["states"].values())
    sheet.write_string(0, 0, render("exchange-form-title", {"month": month}, language), formats["title"])
    lines = ("coloured", "numbers", "states", "limits", "rows", "persons")
    for i, line in enumerate(lines, start=1):
        sheet.write_string(i, 0, render(f"exchange-form-{line}", {"states": states}, language), formats["text"])
