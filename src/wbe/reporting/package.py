"""A document's tables for machines: a Frictionless data package of CSV files, and the whole document as JSON.

Refuses a column without a documented type where one is known, formulas in cells, and the time of making.
"""

from __future__ import annotations

import functools
import json
from typing import Any

import pandas as pd

from wbe import packaged
from wbe.reporting.document import Document, plain
from wbe.reporting.exports import without_formulas

__all__ = ["as_json", "data_package", "described", "sheet_title"]


def data_package(document: Document) -> dict[str, bytes]:
    """Return the files of the data package by name: one CSV for each table, and ``datapackage.json``.

    Parameters
    ----------
    document : Document

    Returns
    -------
    dict of str to bytes
        UTF-8 without a mark, lines ending in a line feed, empty where there is no value.

    Source: Frictionless Data Package 1.0 and Table Schema 1.0.

    Examples
    --------
    >>> one = Document("r", "2021-06", (), {"rank table": pd.DataFrame({"district": ["天元区"], "p_first": [0.5]})})
    >>> sorted(data_package(one))
    ['datapackage.json', 'rank_table.csv']
    """
    files: dict[str, bytes] = {}
    resources = []
    for name, frame in document.frames.items():
        key = name.replace(" ", "_")
        files[f"{key}.csv"] = _csv(frame)
        resources.append({
            "name": key, "path": f"{key}.csv", "profile": "tabular-data-resource", "format": "csv",
            "mediatype": "text/csv", "encoding": "utf-8", "title": sheet_title(key, "en"),
            "description": sheet_title(key, "zh"), "schema": _schema(frame),
        })  # fmt: skip
    about = {
        "profile": "tabular-data-package", "name": document.name.lower(), "title": document.title,
        "description": " ".join(b.synthetic_long for b in document.blocks if b.synthetic_long), "resources": resources,
    }  # fmt: skip
    files["datapackage.json"] = _json(about)
    return files


def as_json(document: Document) -> bytes:
    """Return the whole document as JSON, as ``data/report.schema.json`` describes it."""
    return _json(plain(document))


def sheet_title(key: str, language: str) -> str:
    """Return the title of a table in full.

    Examples
    --------
    >>> sheet_title("rank_table", "zh"), sheet_title("unheard_of", "en")
    ('位次', 'unheard of')
    """
    entry = _words()["table"].get(key)
    return str(entry[language]) if entry else key.replace("_", " ")


def described(column: str) -> dict[str, str]:
    """Return type and descriptions of a column; empty where it has none.

    Examples
    --------
    >>> described("month")["type"], described("unheard_of")
    ('yearmonth', {})
    """
    entry: dict[str, str] = _words()["column"].get(column, {})
    return entry


@functools.cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    return packaged.toml("report_columns.toml")


def _json(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _csv(frame: pd.DataFrame) -> bytes:
    text = without_formulas(frame).to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8", "backslashreplace")


def _schema(frame: pd.DataFrame) -> dict[str, Any]:
    return {"fields": [_field(str(c), frame[c]) for c in frame.columns], "missingValues": [""]}


def _field(name: str, values: pd.Series) -> dict[str, str]:
    known = described(name)
    field = {"name": name, "type": _type(known.get("type", ""), values)}
    if known:
        field |= {"description": f"{known['en']} · {known['zh']}"}
    return field


def _type(documented: str, values: pd.Series) -> str:
    """The documented type where the values have it: a month that is empty stays a month, a mixed column is text."""
    if pd.api.types.is_bool_dtype(values):
        return "boolean"
    if pd.api.types.is_integer_dtype(values):
        return "integer"
    if pd.api.types.is_float_dtype(values):
        whole = documented == "integer" and bool((values.dropna() % 1 == 0).all())
        return "integer" if whole and not values.isna().any() else "number"
    if documented == "yearmonth" and values.astype(str).str.fullmatch(r"\d{4}-\d{2}|").all():
        return "yearmonth"
    return "string"
