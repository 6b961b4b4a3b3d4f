"""What a message says to type is typed, and the file is read again: the code that asked is gone."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from beside import ROW, WIDE, read, wide
from remedies import BY_HAND, CORPUS, GOOD, LINES, LOADS, NO_FORM, OWN, typed

import wbe
from wbe import exchange, messages, packaged
from wbe.errors import InputError
from wbe.reading import propose_mapping, read_samples
from wbe.reading.samples.database import read_database
from wbe.samples import places
from wbe.testing import small_city

_TYPED = re.compile(r"\[(?:columns|analytes|units|tokens|constants|options|sheets|rows|sites|files)[\].]")


def typed_codes() -> set[str]:
    """Codes of questions about a file whose next step is a line to type."""
    found = set()
    for room in ("reading", "vocabulary"):
        text = packaged.text(f"messages/en/{room}.ftl")
        for entry in re.split(r"\n(?=[a-z])", text):
            step = entry.split(".next", 1)[-1] if ".next" in entry else ""
            if _TYPED.search(step):
                found.add(entry.split(" =")[0].strip())
    return found


def read_any(files: Any, answers: Any, kind: str = "csv") -> Any:
    return read_samples(files, answers) if isinstance(files, Path) else read(files, answers, kind)


def asked(files: Any, answers: Any = None, kind: str = "csv") -> list[Any]:
    """The faults of reading; none where it is read."""
    try:
        read_any(files, answers or {}, kind)
    except InputError as err:
        return err.faults
    return []


def merged(answers: list[dict[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for one in answers:
        for section, entries in one.items():
            out.setdefault(section, {}).update(entries)
    return out


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("code", LINES)
def test_every_line_that_a_message_offers_answers_it(code: str, language: str) -> None:
    case = LINES[code]
    faults = [f for f in asked(case.files) if f.code == code]
    assert faults, f"{code} is not asked"
    with messages.speaking(language):
        offers = [list(typed(fault.next_step, case.fill)) for fault in faults]
    assert offers[0], "the next step holds no line"
    for k in range(len(offers[0])):
        answers = merged([offer[k] for offer in offers])
        left = {f.code for f in asked(case.files, answers)}
        assert code not in left, answers
        assert k or left <= case.then, "what the first line answers is read"


@pytest.mark.parametrize("code", BY_HAND)
def test_what_a_message_says_to_write_is_written_and_read(code: str) -> None:
    pair = BY_HAND[code]
    assert code in {f.code for f in asked(pair.broken, pair.answers, pair.kind)}
    assert asked(pair.mended, pair.answered, pair.kind) == []


@pytest.mark.parametrize("code", LOADS)
def test_a_table_of_loads_is_read_when_it_is_mended_as_its_message_says(code: str, tmp_path: Path) -> None:
    broken, mended = LOADS[code]
    (tmp_path / "a.csv").write_text(broken, encoding="utf-8")
    with pytest.raises(InputError, match="needed") as caught:
        wbe.read_loads(tmp_path / "a.csv")
    assert code in caught.value.codes
    (tmp_path / "a.csv").write_text(mended, encoding="utf-8")
    assert len(wbe.read_loads(tmp_path / "a.csv").frame)


def stored(tmp_path: Path, spoil: Callable[[Path], None], suffix: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """A store that was spoilt, and the same written again over it."""
    path = tmp_path / f"a{suffix}"

    def broken() -> Any:
        spoil(exchange.write(small_city(), path))
        return exchange.read(path)

    return broken, lambda: exchange.read(exchange.write(small_city(), path))


def spoil_rows(path: Path) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)


def spoil_values(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    changed = table.to_pandas()
    changed.loc[1, "flow"] += 1
    made = pa.Table.from_pandas(changed, preserve_index=False).replace_schema_metadata(table.schema.metadata)
    pq.write_table(made, path)


def spoil_times(path: Path) -> None:
    import h5py

    with h5py.File(path, "a") as file:
        del file["time"].attrs["units"]


def of_lab(tmp_path: Path, **given: Any) -> Callable[[], Any]:
    with sqlite3.connect(tmp_path / "lab.db") as lab:
        lab.execute("CREATE TABLE IF NOT EXISTS r (site, date, flow, meth)")
        lab.execute("INSERT INTO r VALUES ('P1', '2021-06-24', 50000, 5)")
    lab.close()
    url = given.pop("url", f"sqlite:///{tmp_path}/lab.db")
    return lambda: read_database(url, **given)


SELECT = 'SELECT site, date, flow AS "flow (m3/d)", meth AS "methamphetamine (ng/L)" FROM r LIMIT 1'


def write_days(path: Path, swapped: bool) -> Path:
    """Days as a spreadsheet turns them: some cells are dates, the others stayed texts."""
    import datetime as dt

    out = openpyxl.Workbook()
    out.active.append(WIDE.split(","))
    for day in (4, 5, 24):
        cell = (
            dt.datetime(2021, day, 6)
            if swapped and day < 12
            else f"{day:02d}/06/2021"
            if swapped
            else f"2021-06-{day:02d}"
        )
        out.active.append([*ROW.split(",")[:2], cell, 50000, 100000, "registered", 120])
    out.save(path)
    return path


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def calls(code: str, tmp: Path) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """A call that is refused, and the one that the message names."""
    city = small_city()
    table = put(tmp / "t.csv", GOOD)
    here, words = tmp / "a.nc", 'Ort,Tag,"Durchfluss (m3/d)",Befund\nP1,2021-06-01,5,ketamine: 20 ng/L\n'
    loads = CORPUS / "167_loads.csv"
    own = put(tmp / "own.csv", OWN)
    agency = Path(__file__).parents[2] / "data" / "samples" / "euda" / "loads_by_weekday_2011_2019.csv"
    found: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "reading-loads": (lambda: read_samples(loads), lambda: wbe.read_loads(loads)),
        "reading-agency-loads": (lambda: read_samples(agency), lambda: wbe.read_loads(agency)),
        "reading-no-table": (
            lambda: read_samples(put(tmp / "w.csv", words)),
            lambda: propose_mapping(put(tmp / "w.csv", words)),
        ),
        "reading-data-set-unknown": (lambda: wbe.sample_data("zhuzho"), lambda: wbe.sample_data("zhuzhou")),
        "reading-nothing-there": (lambda: read_samples(tmp / "none.csv"), lambda: read_samples(table)),
        "reading-mapping-absent": (
            lambda: read_samples(table, tmp / "m.toml"),
            lambda: read_samples(table, put(tmp / "m.toml", "[options]\n")),
        ),
        "reading-mapping-unreadable": (
            lambda: read_samples(table, put(tmp / "m.toml", "[options\n")),
            lambda: read_samples(table, put(tmp / "m.toml", "[options]\n")),
        ),
        "reading-date-turned": (
            lambda: read_samples(write_days(tmp / "d.xlsx", True)),
            lambda: read_samples(write_days(tmp / "d.xlsx", False)),
        ),
        "reading-database-query": (of_lab(tmp), of_lab(tmp, query=SELECT)),
        "reading-database-table": (of_lab(tmp, mapping={"database": {"table": "r;"}}), of_lab(tmp, query=SELECT)),
        "reading-database-no-substances": (of_lab(tmp, query="SELECT site, date FROM r"), of_lab(tmp, query=SELECT)),
        "reading-database-variable": (of_lab(tmp, url="env:NO_SUCH_LAB", query=SELECT), of_lab(tmp, query=SELECT)),
        "reading-database-url": (of_lab(tmp, url="env:LANGUAGE_OF_TEST", query=SELECT), of_lab(tmp, query=SELECT)),
        "reading-database-absent": (of_lab(tmp, url=f"sqlite:///{tmp}/x.db", query=SELECT), of_lab(tmp, query=SELECT)),
        "exchange-no-file": (lambda: exchange.read(tmp / "none.nc"), lambda: exchange.read(exchange.write(city, here))),
        "exchange-suffix": (lambda: exchange.write(city, tmp / "a.doc"), lambda: exchange.write(city, here)),
        "exchange-no-folder": (lambda: exchange.write(city, tmp / "new" / "a.nc"), lambda: exchange.write(city, here)),
        "exchange-no-results": (
            lambda: exchange.write(city.isel(sample=[]), tmp / "a.parquet"),
            lambda: exchange.write(city.isel(sample=[]), here),
        ),
        "exchange-folder-of-others": (
            lambda: exchange.write(city, other(tmp)),
            lambda: exchange.write(city, tmp / "b.zarr"),
        ),
        "exchange-folder-exists": (
            lambda: exchange.odm.write_odm(city, tmp),
            lambda: exchange.odm.write_odm(city, tmp / "odm"),
        ),
        "exchange-unreadable": stored(tmp, lambda p: p.write_bytes(b"no netCDF") and None, ".nc"),
        "exchange-time-without-unit": stored(tmp, spoil_times, ".nc"),
        "exchange-rows-missing": stored(tmp, spoil_rows, ".parquet"),
        "exchange-values-differ": stored(tmp, spoil_values, ".parquet"),
        "exchange-old-zarr": (
            lambda: exchange.read(old(city, tmp / "o.zarr")),
            lambda: exchange.read(exchange.write(city, tmp / "n.zarr")),
        ),
        "exchange-no-load-path": (lambda: wbe.read_loads(tmp / "none.csv"), lambda: wbe.read_loads(own)),
        "exchange-load-folder": (lambda: wbe.read_loads(tmp), lambda: wbe.read_loads(own)),
        "exchange-load-cv": (lambda: wbe.read_loads(own, cv=-1), lambda: wbe.read_loads(own, cv=0.3)),
        "exchange-form-month": (
            lambda: wbe.form(city, "July", tmp / "f.xlsx"),
            lambda: wbe.form(city, "2021-07", tmp / "f.xlsx"),
        ),
        "exchange-form-site": (
            lambda: wbe.form(
                city.assign_coords(site=("sample", [""] * city.sizes["sample"])), "2021-07", tmp / "f.xlsx"
            ),
            lambda: wbe.form(city, "2021-07", tmp / "f.xlsx"),
        ),
        "samples-unit-level": units({"level": "moon"}, {"level": "city"}),
        "samples-unit-circle": units({"contained_in": "A"}, {"contained_in": ""}),
        "samples-unit-upside-down": units(
            {"level": "city", "contained_in": "B"}, {"level": "town", "contained_in": "B"}
        ),
    }
    return found[code]


CALLS = [
    "reading-loads", "reading-agency-loads", "reading-no-table", "reading-data-set-unknown", "reading-nothing-there",
    "reading-mapping-absent", "reading-mapping-unreadable", "reading-date-turned",
    "reading-database-query", "reading-database-table", "reading-database-no-substances", "reading-database-variable",
    "reading-database-url", "reading-database-absent", "exchange-no-file", "exchange-suffix", "exchange-no-folder",
    "exchange-no-results", "exchange-folder-of-others", "exchange-folder-exists", "exchange-unreadable",
    "exchange-time-without-unit", "exchange-rows-missing", "exchange-values-differ", "exchange-old-zarr",
    "exchange-no-load-path", "exchange-load-folder", "exchange-load-cv", "exchange-form-month", "exchange-form-site",
    "samples-unit-level", "samples-unit-circle", "samples-unit-upside-down",
]  # fmt: skip


def other(folder: Path) -> Path:
    (folder / "b2.zarr").mkdir(exist_ok=True)
    put(folder / "b2.zarr" / "letter.txt", "not a store")
    return folder / "b2.zarr"


def old(city: Any, path: Path) -> Path:
    city.to_zarr(path, zarr_format=2, consolidated=False)
    return path


def units(wrong: dict[str, str], right: dict[str, str]) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """A table of units with and without the fault, as its check sees it."""
    plain = {"kind": "county", "level": "county", "contained_in": ""}
    rows = {"A": {**plain}, "B": {**plain}}

    def check(entry: dict[str, str]) -> None:
        faults = [f for _, _, f in places.place_faults({**rows, "A": {**plain, **entry}})]
        if faults:
            raise InputError(faults)

    return lambda: check(wrong), lambda: check(right)


@pytest.mark.parametrize("code", CALLS)
def test_the_call_that_a_message_names_works(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE_OF_TEST", "no address of a database")
    refused, works = calls(code, tmp_path)
    with pytest.raises(InputError) as caught:
        refused()
    assert code in caught.value.codes
    works()


def test_every_message_with_a_next_step_is_done_by_a_test_or_says_why_not() -> None:
    done = [*LINES, *BY_HAND, *LOADS, *CALLS]
    assert len(done) == len(set(done))
    told = {c for room in ("reading", "vocabulary", "exchange", "samples") for c in messages.codes(room)
            if "next" in messages.parts(c)}  # fmt: skip
    assert set(done) | set(NO_FORM) == told
    assert not set(done) & set(NO_FORM)
    assert typed_codes() - set(LINES) == {"reading-no-table"}  # its lines are those of a proposal
    page = (Path(__file__).parents[2] / "docs" / "studies" / "reading_remedies.txt").read_text(encoding="utf-8")
    counted = f"{len(LINES)} by lines of a mapping, {len(BY_HAND) + len(LOADS)} in the file, {len(CALLS)} by a call"
    assert f"{len(told)} messages" in page
    assert counted in page
    assert dict(re.findall(r"(?m)^  (\S+): (.+)$", page)) == NO_FORM


def test_a_mapping_proposed_for_a_question_is_read_without_another() -> None:
    assert read(wide("120,4", ",笑气 (ng/L)"), {"analytes": {"笑气": "ignore"}}).sizes["sample"] == 1
