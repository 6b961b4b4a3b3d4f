"""Damaged and odd files: no error but the library's own reaches a user, no cell vanishes, no unit is guessed."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import random
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from wbe.errors import UnitError, WbeError
from wbe.reading import ReadingLog, read_samples, reading_log
from wbe.reading.observations.sheet import Found, read_sheet
from wbe.reading.opening.files import read_sheets
from wbe.reading.opening.text import decode
from wbe.reading.words.headers import split_unit
from wbe.reading.words.mapping import load_mapping
from wbe.samples import Flag, validate
from wbe.units import factor

CORPUS = Path(__file__).parent / "corpus"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
TEXT = [n for n in EXPECTED if n.endswith((".csv", ".tsv")) and EXPECTED[n].get("results")]
BOOKS = [n for n in EXPECTED if n.endswith((".xlsx", ".xls", ".ods")) and EXPECTED[n].get("results")]
ODD = (
    "", " ", "\t", "=1+1", "@SUM(A1)", "-", "−99", "1e999", "nan", "inf", "ND", "未检出", "<0.5", "<", "<<3", "0.5L",
    "12,5", "1,234", "1.2.3", "#REF!", "TRUE", "ppt", "5 ppt", "5 kg", "N/A", "合计", "注：", "2021-02-30", "６月",
    "\x00", "甲基苯丙胺", "flow", "ng/L", "1e-320", "9" * 400, "🧪", "'", '"', "a\nb", "姓名", "Positive (~)",
    "Below LLOQ ()",
    "()", "（ng/L）", "2021-06", "44371", "0x10", "1_000", "١٢", "½", "10-20", "5±1", "J", "12 J",
    "检出(", "\ufeff", "-0", "12.5²", "12.5①", "1.234", "<LOQ(0.5)", "20万",
    "株洲市", "全市", "METH (ng/L, LOD=0.5)", "注：检出限均为0.5 ng/L", "作废", "*5.6", "31 000", "0.25 (LOD/2)",
    "荷塘区①", "2021.1", "8:00-次日8:00", "1.甲基苯丙胺", "是", "否", "检出限", "苯丙胺类", "537-46-2",
)  # fmt: skip


def read_and_check(path: Path, mapping: dict[str, Any] | None = None) -> Any:
    """Read; return the dataset or None when it was refused; fail on anything else."""
    try:
        ds = read_samples(path, mapping)
    except WbeError:
        assert_balanced_though_refused(path, mapping)
        return None
    assert validate(ds) == []
    log = reading_log(ds)
    assert log.sums()
    total = log.balance().iloc[-1]
    flags = ds["flag"].values[ds["flag_reason"].values != "no cell in the files"]
    for state in Flag:
        blank = blank_replicates(log) if state == Flag.MISSING else 0
        assert int((flags == state).sum()) + blank == int(total[state.name.lower()])
    untold = (ds["flag"].values >= Flag.MISSING) & (ds["flag_reason"].values == "")
    assert not untold.any()
    return ds


def blank_replicates(log: ReadingLog) -> int:
    """Cells of replicates that were not measured: missing in the balance, and no sample."""
    return log.reasons.get("blank cell of a replicate", 0)


def assert_balanced_though_refused(path: Path, mapping: dict[str, Any] | None) -> None:
    """A refused file has lost no cell either: what was read of it before the refusal is accounted for."""
    try:
        sheets = read_sheets(path)
    except WbeError:
        return
    log, found = ReadingLog(), Found()
    for sheet in sheets:
        read_sheet(sheet, load_mapping(mapping), log, found)
    assert log.sums()
    total = log.balance().iloc[-1]
    for state in Flag:
        ended = sum(int((p.flag[p.present] == state).sum()) for p in found.parts)
        ended += blank_replicates(log) if state == Flag.MISSING else 0
        assert ended == int(total[state.name.lower()])


def mutate_book(path: Path, rng: random.Random) -> bytes:
    """Another workbook with some cells, rows or whole tables changed, typed as a spreadsheet types them."""
    source = python_calamine.CalamineWorkbook.from_path(str(path))
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in source.sheet_names:
        rows = [list(r) for r in source.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        sheet = book.create_sheet(name)
        for _ in range(rng.randint(1, 4) if rows else 0):
            r = rng.randrange(len(rows))
            c = rng.randrange(len(rows[r])) if rows[r] else 0
            kind = rng.randrange(7)
            if kind <= 2 and rows[r]:
                rows[r][c] = rng.choice((*ODD, 0, -1, 1e9, 0.5, 44371, True, dt.date(2021, 6, 24), dt.time(9, 0)))
            elif kind == 3:
                rows.insert(r, list(rows[rng.randrange(len(rows))]))
            elif kind == 4:
                rows += [[], *[list(row) for row in rows[rng.randrange(len(rows)) :]]]
            elif kind == 5:
                rows[r] = rng.sample(rows[r], len(rows[r]))
            else:
                for row in rows:
                    if len(row) > c:
                        row.insert(c, row[c])
        for row in rows:
            sheet.append([_cell(v) for v in row])
        if len(rows) > 2 and rng.random() < 0.3:
            r = rng.randrange(1, len(rows))
            sheet.merge_cells(start_row=r, end_row=r + 1, start_column=1 + rng.randrange(6), end_column=6)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(ch for ch in value if ch >= " " or ch in "\t\n")[:500]
    return value


def mutate_bytes(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(out))
        kind = rng.randrange(5)
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del out[at : at + rng.randint(1, 30)]
        elif kind == 2:
            out[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 8)))
        elif kind == 3:
            out[at:at] = out[at : at + rng.randint(1, 60)]
        else:
            del out[at:]
        if not out:
            return b"\x00"
    return bytes(out)


def mutate_cells(data: bytes, rng: random.Random) -> bytes:
    text, encoding = decode(data)
    delimiter = "\t" if "\t" in text else ";" if text.count(";") > text.count(",") else ","
    rows = [line.split(delimiter) for line in text.splitlines()]
    for _ in range(rng.randint(1, 4)):
        r = rng.randrange(len(rows))
        c = rng.randrange(len(rows[r])) if rows[r] else 0
        kind = rng.randrange(6)
        if kind <= 2 and rows[r]:
            rows[r][c] = rng.choice(ODD)
        elif kind == 3:
            rows.insert(r, list(rows[rng.randrange(len(rows))]))
        elif kind == 4 and len(rows) > 1:
            del rows[r]
        elif kind == 5:
            for row in rows:
                if len(row) > c:
                    row.insert(c, row[c])
    return "\n".join(delimiter.join(row) for row in rows).encode(encoding, errors="replace")


def one_case(seed: int) -> None:
    rng = random.Random(seed)
    name = rng.choice(TEXT if rng.random() < 0.6 else BOOKS)
    data = (CORPUS / "files" / name).read_bytes()
    if rng.random() < 0.3:
        changed = mutate_bytes(data, rng)
    else:
        changed = mutate_cells(data, rng) if name in TEXT else mutate_book(CORPUS / "files" / name, rng)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(changed)
        read_and_check(path, tomllib.loads(EXPECTED[name]["mapping"]) or None)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**32 - 1))
def test_a_damaged_file_is_read_whole_or_refused_plainly(seed: int) -> None:
    one_case(seed)


@pytest.mark.nightly
def test_thousands_of_damaged_files_are_read_whole_or_refused_plainly() -> None:
    for seed in range(2500):
        one_case(seed)


HEADER = "site,district,date,flow (m3/d),population,{}\n"
ROW = "P,D,2021-06-{:02d},10500,34000,{}\n"
ANSWERS = {"tokens": {"N/A": "not_run"}, "options": {"decimal": "."}}


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=12), st.floats(0, 1e6).map(str)), min_size=3, max_size=3)
)
def test_every_result_cell_ends_in_one_state(cells: list[str]) -> None:
    body = "".join(ROW.format(i + 1, quoted(c)) for i, c in enumerate(cells))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes((HEADER.format("METH (ng/L)") + body).encode("utf-8", errors="replace"))
        ds = read_and_check(path, ANSWERS)
    if ds is not None:
        assert ds.sizes["sample"] == 3
        total = reading_log(ds).balance().iloc[-1]
        assert int(total["cells"]) == 3
        for cell, value, flag in zip(cells, ds["concentration"].values[:, 0], ds["flag"].values[:, 0], strict=True):
            try:
                number = float(cell)
            except ValueError:
                continue
            if "_" not in cell and np.isfinite(number) and number >= 0 and cell.isascii():
                assert flag == Flag.DETECTED
                assert value == pytest.approx(number, rel=1e-9)


UNITS = (
    "ng/L",
    "ug/L",
    "µg/L",
    "mg/L",
    "ng/mL",
    "纳克/升",
    "ppt",
    "ppb",
    "kg",
    "mg",
    "ng",
    "m3/d",
    "L",
    "",
    "abc",
    "ng/kg",
    "%",
    "mol/L",
    "ng/L/d",
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.one_of(st.sampled_from(UNITS), st.text(alphabet="ngumLkd/·-13µ", max_size=6)))
def test_no_unit_is_guessed(unit: str) -> None:
    header = f"METH ({unit})" if unit else "METH"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_text(HEADER.format(header) + ROW.format(1, 7), encoding="utf-8")
        ds = read_and_check(path)
    if ds is not None:
        written = split_unit(header)[1]
        assert written, "a result without a unit was read"
        try:
            expected = 7 * factor(written, "ng/L")
        except UnitError:
            pytest.fail(f"unit {written!r} has no meaning and was read")
        assert float(ds["concentration"][0, 0]) == pytest.approx(expected)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.dictionaries(
        st.text(max_size=8),
        st.one_of(st.text(max_size=5), st.integers(), st.dictionaries(st.text(max_size=5), st.text(max_size=5))),
    )
)
def test_a_mapping_is_accepted_or_refused_plainly(data: dict[str, Any]) -> None:
    with contextlib.suppress(WbeError):
        assert load_mapping(data).files is not None
