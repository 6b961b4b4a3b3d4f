"""A laboratory's database, by SQLAlchemy URL and query: its rows are read as a table like any other.

Refuses to write, to make a database that is not there, and to let a password into a record, message or log.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from wbe.errors import Fault, InputError, require
from wbe.reading.observations.sheet import Found, read_sheet
from wbe.reading.opening.sheets import HEAD_ROWS, Sheet, columns_of
from wbe.reading.samples.assemble import assemble
from wbe.reading.samples.besides import finish
from wbe.reading.samples.names import join_spellings, settle_places
from wbe.reading.words.log import ReadingLog
from wbe.reading.words.mapping import load_mapping

__all__ = ["MAX_ROWS", "is_database_url", "read_database"]

MAX_ROWS = 5_000_000
_READS = re.compile(r"^\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:select|with|table|values)\b", re.I | re.S)


def is_database_url(text: object) -> bool:
    """Say whether a text is a database URL or ``env:NAME``, which names a variable that holds one.

    Examples
    --------
    >>> is_database_url("sqlite:///lab.db"), is_database_url("env:LAB_DATABASE"), is_database_url("data/june.csv")
    (True, True, False)
    """
    return isinstance(text, str) and bool(re.match(r"^(?:env:\w+$|[a-z][\w+]*://)", text))


def read_database(
    url: str, query: str | None = None, mapping: str | Path | Mapping[str, Any] | None = None
) -> xr.Dataset:
    """Read Samples from a database.

    Parameters
    ----------
    url : str
        SQLAlchemy URL, e.g. ``sqlite:///lab.db`` or ``postgresql://reader@host/lab``; or ``env:NAME``, where the
        environment variable ``NAME`` holds the URL. A password stands in the URL or in the environment
        (``PGPASSWORD`` for PostgreSQL) and nowhere else.
    query : str, optional
        A SELECT whose columns are named as in a laboratory's table, units included
        (``SELECT meth AS "methamphetamine (ng/L)" ...``). By default ``query`` or ``table`` under ``[database]``
        in the mapping.
    mapping : path or mapping, optional
        Answers to questions, as for files (:mod:`wbe.reading.words.mapping`), and the section ``[database]``.

    Returns
    -------
    Dataset
        Samples; rows count from 1 in faults and in ``source_row``.

    Raises
    ------
    InputError
        One fault for what the server or driver said, or every fault of the table. Never with a password.
    MissingExtra
        sqlalchemy is not installed: ``pip install 'wbe-drugs[database]'``.

    Examples
    --------
    >>> import sqlite3, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "lab.db"
    >>> with sqlite3.connect(path) as lab:
    ...     _ = lab.execute("CREATE TABLE r (site, district, date, flow, population, meth)")
    ...     _ = lab.execute("INSERT INTO r VALUES ('P1', '天元区', '2021-06-24', 50000, 300000, '<0.5')")
    >>> lab.close()
    >>> ds = read_database(f"sqlite:///{path}", 'SELECT site, district, date, flow AS "flow (m3/d)", population, '
    ...                    'meth AS "methamphetamine (ng/L)" FROM r')
    >>> float(ds["flow"][0]), int(ds["flag"][0, 0])
    (50000.0, 2)
    """
    answers = _answers(mapping)
    section = answers.pop("database", {})
    chosen = query or section.get("query") or _select_all(section.get("table"))
    if chosen is None or not _READS.match(chosen):
        kind = "none" if chosen is None else "other"
        raise InputError([Fault("reading-database-query", kind=kind, query=(chosen or "").strip()[:40])])
    label, rows = _rows(url, chosen)
    log = ReadingLog()
    rules = load_mapping(answers or None)
    found = Found()
    read_sheet(_sheet(label, rows), rules, log, found)
    parts, faults = finish(found, rules, log)
    if faults:
        raise InputError(faults)
    if not parts:
        raise InputError([
            Fault("reading-database-no-substances", file=label)
        ])  # fmt: skip
    join_spellings(parts, log)
    faults = settle_places(parts, rules, set(), log)
    if faults:
        raise InputError(faults)
    return assemble(parts, log, title=label, source=label, synthetic=False)


def _answers(mapping: str | Path | Mapping[str, Any] | None) -> dict[str, Any]:
    if mapping is None or isinstance(mapping, Mapping):
        return dict(mapping or {})
    try:
        return tomllib.loads(Path(mapping).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        # the mapping reader says what is wrong with it
        load_mapping(mapping)
        raise


def _select_all(table: object) -> str | None:
    if table is None:
        return None
    if not isinstance(table, str) or not re.match(r"^\w+(?:\.\w+)?$", table):
        raise InputError([Fault("reading-database-table", name=str(table)[:60])])
    return "SELECT * FROM " + ".".join(f'"{p}"' for p in table.split("."))


def _rows(url: str, query: str) -> tuple[str, list[list[Any]]]:
    """The name of the database for people, and its rows with the column names first."""
    sqlalchemy = require("sqlalchemy", "database")
    place = _parsed(sqlalchemy, url)
    label = _label(place)
    with _plain_errors(sqlalchemy, label, place.password):
        engine = sqlalchemy.create_engine(
            place, echo=False, hide_parameters=True, poolclass=sqlalchemy.pool.NullPool, connect_args=_patience(place)
        )
        with engine.connect() as connection:
            if place.get_backend_name() == "postgresql":
                connection.execute(sqlalchemy.text("SET TRANSACTION READ ONLY"))
            elif place.get_backend_name() == "sqlite":
                connection.execute(sqlalchemy.text("PRAGMA query_only = ON"))
            # a colon in a query is the laboratory's own, not a parameter
            result = connection.exec_driver_sql(query)
            rows = [list(result.keys())]
            for row in result:
                rows.append([_cell(v) for v in row])
                if len(rows) > MAX_ROWS:
                    raise InputError([Fault("reading-database-too-long", file=label, most=MAX_ROWS)])
            connection.rollback()
    return label, rows


def _parsed(sqlalchemy: Any, url: str) -> Any:
    text = url
    if url.startswith("env:"):
        text = os.environ.get(url[4:], "")
        if not text:
            raise InputError([Fault("reading-database-variable", name=url[4:])])
    try:
        place = sqlalchemy.engine.make_url(text)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise InputError([Fault("reading-database-url")]) from None
    if place.drivername == "postgresql":
        place = place.set(drivername="postgresql+psycopg")
    if place.get_backend_name() == "sqlite" and place.database not in (None, "", ":memory:"):
        path = Path(place.database.removeprefix("file:"))
        if not path.is_file():
            # the driver would make an empty database
            raise InputError([Fault("reading-database-absent", file=path.name)])
    return place


def _label(place: Any) -> str:
    """What a database is called in records: its kind and name, without user, password or host."""
    name = str(place.database or "")
    if place.get_backend_name() == "sqlite":
        name = Path(name).name
    return f"{place.get_backend_name()} database {name}".strip()


def _patience(place: Any) -> dict[str, Any]:
    return {"connect_timeout": 10} if place.get_backend_name() == "postgresql" else {}


@contextmanager
def _plain_errors(sqlalchemy: Any, label: str, password: Any) -> Iterator[None]:
    """Turn what the driver says into one fault, without the password and without the driver's own trace."""
    try:
        yield
    except InputError:
        raise
    except sqlalchemy.exc.NoSuchModuleError:
        said = "a kind of database without an installed driver"
    except sqlalchemy.exc.SQLAlchemyError as err:
        said = str(getattr(err, "orig", None) or err)
    except (ImportError, OSError, ValueError, TypeError) as err:
        said = f"{type(err).__name__}: {err}"
    else:
        return
    raise InputError([Fault("reading-database-said", file=label, said=_scrubbed(said, password))]) from None


def _scrubbed(text: str, password: Any) -> str:
    """Return the first lines of a message without the password and without any URL's user part."""
    text = " ".join(line.strip() for line in text.strip().splitlines()[:3])
    text = re.sub(r"://[^\s/]*@", "://", text)
    for secret in (password, os.environ.get("PGPASSWORD")):
        if secret:
            text = text.replace(str(secret), "***")
    return text[:300]


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.isoformat(sep=" ")  # with its offset: the reader brings it to local time, or asks
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value


def _sheet(label: str, rows: list[list[Any]]) -> Sheet:
    width = len(rows[0])

    def body(start: int, texts: set[int]) -> list[np.ndarray]:
        return columns_of(rows[start:], width)

    # row 1 is the first row of the result: the column names are row 0
    return Sheet(label, "", rows[:HEAD_ROWS], len(rows), width, body, row_offset=0)
