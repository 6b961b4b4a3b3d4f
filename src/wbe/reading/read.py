"""``read_samples``: a folder, a text table or a workbook -> one Samples dataset with its reading log.

Refuses to read half: all faults of all files are told at once, and nothing is returned.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as AnyMapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from wbe.errors import Fault, InputError
from wbe.reading import places as place_tables
from wbe.reading.assemble import assemble, flow_faults
from wbe.reading.columns import Cells, is_numeric, pack
from wbe.reading.context import MAX_FAULTS, Context, number_columns
from wbe.reading.decimals import settle_decimal
from wbe.reading.doubts import merged_numbers, second_columns
from wbe.reading.files import Sheet, list_files, read_sheets
from wbe.reading.log import ReadingLog
from wbe.reading.longtable import read_long
from wbe.reading.mapping import Mapping, load_mapping
from wbe.reading.results import Part, read_wide
from wbe.reading.rows import classify
from wbe.reading.stacked import below, header_rows
from wbe.reading.tables import Layout, find_layout, has_results, layout_faults, unread_reason

_SYNTHETIC = re.compile(r"合成示例数据|合成数据|SYNTHETIC")


def read_samples(path: str | Path, mapping: str | Path | AnyMapping[str, Any] | None = None) -> xr.Dataset:
    """Read what a laboratory sends into a Samples dataset.

    Parameters
    ----------
    path : str or Path
        A CSV or TSV file, a workbook (.xlsx, .xls, .ods), or a folder of them. In a folder, ``units.csv`` and
        ``catchments.csv`` describe places, ``*.toml`` holds a mapping, README files are passed over. Also what
        :mod:`wbe.reading.exchange` (.nc, .zarr, .parquet) or :mod:`wbe.reading.odm` (a folder) wrote, and a database
        URL or ``env:NAME`` with ``query`` or ``table`` under ``[database]`` of the mapping
        (:mod:`wbe.reading.database`).
    mapping : str, Path or mapping, optional
        Answers to questions, see :mod:`wbe.reading.mapping`; wins over a mapping in the folder.

    Returns
    -------
    Dataset
        Samples in canonical units (ng/L, m3/d, inhabitant, mg/L). ``attrs["reading_log"]`` holds the
        :class:`wbe.reading.ReadingLog`: where every cell went, and what was not read.

    Raises
    ------
    InputError
        All faults of all files: an unknown analyte, a missing or impossible unit, an impossible date, a missing
        flow, a column about persons, a question to answer... each with file, sheet, row and column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> header = "县市区,采样日期,流量（万m³/d）,服务人口（万人）,甲基苯丙胺（ng/L）"
    >>> text = header + "\\n天元区,2021年6月24日,10.5,34,未检出\\n"
    >>> _ = (folder / "june.csv").write_text(text, encoding="gb18030")
    >>> ds = read_samples(folder / "june.csv")
    >>> float(ds["flow"][0]), int(ds["flag"][0, 0]), str(ds["district"].values[0])
    (105000.0, 2, '天元区')
    """
    from wbe.reading import database, euda, exchange, odm

    if database.is_database_url(path):
        return database.read_database(str(path), mapping=mapping)
    path = Path(path)
    if path.suffix.lower() in exchange.SUFFIXES:
        return exchange.read(path)
    if odm.is_odm(path):
        return odm.read_odm(path)
    files, mapping_files, place_files, other = list_files(path)
    loads = [f for f in files if euda.is_load_file(f)]
    if loads:
        raise InputError([
            Fault("loads per inhabitant, as the European agency publishes them", "concentrations with flow",
                  "Read it with wbe.reading.euda.read_loads(path).", f.name) for f in loads
        ])  # fmt: skip
    answers, crosstab = _answers(mapping, mapping_files)
    if crosstab is not None:
        return _read_crosstab(path, files, crosstab)
    log = ReadingLog()
    for item in other:
        log.skip(item.name, "", None, "not a table")
    parts, faults, synthetic = _read_files(files, answers, log)
    if not faults and not parts:
        faults.append(
            Fault(
                "no table of results", "a table with a substance and a concentration, in columns or rows",
                "Check the headers, or name them in a mapping file under [columns].", path.name,
            )
        )  # fmt: skip
    units, catchments = _read_places(place_files, faults)
    if faults:
        raise InputError(_capped(faults))
    _name_districts(parts, units)
    ds = assemble(
        parts, log,
        title=str(answers.option("title", path.stem if path.is_file() else path.resolve().name)),
        source=", ".join(f.name for f in files[:20]), synthetic=synthetic or bool(answers.option("synthetic", False)),
    )  # fmt: skip
    return place_tables.attach_places(ds, units, catchments) if units or catchments else ds


def _capped(faults: list[Fault]) -> list[Fault]:
    if len(faults) <= MAX_FAULTS:
        return faults
    more = Fault(f"{len(faults) - MAX_FAULTS} more faults", "none", "Correct the first ones and read again.")
    return [*faults[:MAX_FAULTS], more]


def _answers(
    given: str | Path | AnyMapping[str, Any] | None, in_folder: list[Path]
) -> tuple[Mapping, str | Path | AnyMapping[str, Any] | None]:
    """(mapping of tables, mapping of a crosstab workbook if that is what it is)."""
    sources: list[str | Path | AnyMapping[str, Any]] = [given] if given is not None else list(in_folder)
    merged: dict[str, dict[str, Any]] = {}
    for source in sources:
        if _layout_of(source) == "crosstab":
            return Mapping(), source
    for source in sources:
        one = load_mapping(source)
        for section, entries in vars(one).items():
            merged.setdefault(section, {}).update(entries)
    return (Mapping(**merged), None) if merged else (Mapping(), None)


def _layout_of(source: str | Path | AnyMapping[str, Any]) -> str:
    if isinstance(source, AnyMapping):
        return str(source.get("layout", ""))
    try:
        return str(tomllib.loads(Path(source).read_text(encoding="utf-8-sig")).get("layout", ""))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ""


def _read_crosstab(path: Path, files: list[Path], mapping: str | Path | AnyMapping[str, Any]) -> xr.Dataset:
    from wbe.reading.crosstab import read_crosstab

    data = mapping if isinstance(mapping, AnyMapping) else tomllib.loads(Path(mapping).read_text("utf-8-sig"))
    name = str(data.get("file", ""))
    chosen = [f for f in files if f.name == name] if name else files[:1]
    if not chosen:
        raise InputError([
            Fault(f"file {name!r} named by the mapping", f"a file in {path.name}", "Correct the mapping.")
        ])  # fmt: skip
    return read_crosstab(chosen[0], mapping)


def _read_files(files: list[Path], answers: Mapping, log: ReadingLog) -> tuple[list[Part], list[Fault], bool]:
    parts: list[Part] = []
    faults: list[Fault] = []
    synthetic = False
    for file in files:
        mapping = answers.for_file(file.name)
        try:
            sheets = read_sheets(file)
        except InputError as err:
            faults += err.faults
            continue
        except OSError as err:
            faults.append(Fault(f"a file that cannot be opened ({err.strerror})", "a readable file",
                                "Check its permissions.", file.name))  # fmt: skip
            continue
        for sheet in sheets:
            synthetic = synthetic or _says_synthetic(sheet)
            read, found = read_sheet(sheet, mapping, log)
            faults += found
            parts += read
    return parts, faults, synthetic


def _says_synthetic(sheet: Sheet) -> bool:
    return any(isinstance(c, str) and _SYNTHETIC.search(c) for row in sheet.head[:8] for c in row)


def read_sheet(sheet: Sheet, mapping: Mapping, log: ReadingLog) -> tuple[list[Part], list[Fault]]:
    """Read the tables of one sheet; a sheet without results is logged as not read."""
    for note in sheet.notes:
        log.note(note)
    if sheet.name in mapping.sheets.get("skip", []):
        log.skip(sheet.file, sheet.name, None, "left out by the mapping")
        return [], []
    parts: list[Part] = []
    faults: list[Fault] = []
    piece: Sheet | None = sheet
    some = False
    while piece is not None:
        layout = find_layout(piece, mapping)
        if layout is None:
            break
        columns = _packed(layout)
        repeated, end = header_rows(layout, columns, mapping)
        if has_results(layout):
            some = True
            part, found = _read_table(layout, [c[:end] for c in columns] if end else columns, repeated, mapping, log)
            faults += found
            if part is not None:
                parts.append(part)
        else:
            log.skip(piece.file, piece.name, piece.row_number(layout.header_row), "a table without results")
        if end is not None:
            log.note(f"{_place(piece)}: a table of its own begins at row {piece.row_number(layout.start + end)}")
        piece = below(piece, layout.start + end) if end is not None else None
    if not some:
        log.skip(sheet.file, sheet.name, None, "no header with a substance and a concentration")
    return parts, faults


def _place(sheet: Sheet) -> str:
    return f"{sheet.file}, sheet {sheet.name}" if sheet.name else sheet.file


def _packed(layout: Layout) -> list[Any]:
    """Columns of a table's body, numbers as numbers and all others as coded cells."""
    columns = layout.sheet.body(layout.start, set(range(layout.sheet.n_cols)) - number_columns(layout))
    return [c if is_numeric(c) or isinstance(c, Cells) else pack(c.tolist()) for c in columns[: len(layout.columns)]]


def _read_table(
    layout: Layout, columns: list[Any], repeated: list[int], mapping: Mapping, log: ReadingLog
) -> tuple[Part | None, list[Fault]]:
    """Read one table into a part."""
    sheet = layout.sheet
    if not columns or not len(columns[0]):
        return None, [Fault("a header without rows", "at least one sample", "Send the whole table.",
                            sheet.file, sheet.name or None)]  # fmt: skip
    faults = layout_faults(layout, mapping)
    if any("personal data" in f.came for f in faults):
        return None, faults
    columns, mapping, found = settle_decimal(layout, columns, number_columns(layout), mapping)
    if mapping.option("decimal", ".") == "," and sheet.delimiter:
        log.note(f"{_place(sheet)}: the comma is read as the decimal mark, and a point as parting thousands")
    ctx = Context(layout, columns, classify(layout, columns, repeated), mapping, log, [*faults, *found])
    if not ctx.n:
        log.skip(sheet.file, sheet.name, None, "no row is a sample")
        return None, ctx.faults
    if not layout.results() and layout.kind != "long":
        return None, ctx.faults
    second_columns(ctx)
    merged_numbers(ctx)
    part = read_long(ctx) if layout.kind == "long" else read_wide(ctx)
    for h in layout.columns:
        reason = unread_reason(h)
        if reason:
            log.unread.append({"file": sheet.file, "sheet": sheet.name, "column": h.text[:80], "reason": reason})
    return part, [*ctx.faults, *flow_faults(part, mapping)]


def _read_places(
    found: dict[str, Path], faults: list[Fault]
) -> tuple[dict[str, dict[str, str]], list[tuple[str, str, float, float]]]:
    units: dict[str, dict[str, str]] = {}
    catchments: list[tuple[str, str, float, float]] = []
    try:
        if "units.csv" in found:
            units = place_tables.read_units(found["units.csv"])
        if "catchments.csv" in found:
            catchments = place_tables.read_catchments(found["catchments.csv"], units)
    except InputError as err:
        faults += err.faults
    return units, catchments


def _name_districts(parts: list[Part], units: dict[str, dict[str, str]]) -> None:
    """English names and codes of districts become the names of units.csv."""
    names = place_tables.district_names(units)
    if not names:
        return
    for part in parts:
        district = part.sample["district"]
        known = {d: names.get(str(d).casefold(), d) for d in set(district.tolist())}
        part.sample["district"] = np.array([known[d] for d in district], dtype=object)


def sample_data(name: str = "zhuzhou") -> Path:
    """Return the folder of a packaged data set.

    Parameters
    ----------
    name : str
        For example ``"zhuzhou"`` (synthetic).

    Raises
    ------
    InputError
        No such set; those that exist are listed.

    Examples
    --------
    >>> sample_data("zhuzhou").name
    'zhuzhou'
    """
    roots = [Path(str(resources.files("wbe").joinpath("data/samples")))]
    roots.append(Path(__file__).resolve().parents[3] / "data" / "samples")
    for root in roots:
        if (root / name).is_dir() and name and Path(name).name == name:
            return root / name
    known = sorted({p.name for root in roots if root.is_dir() for p in root.iterdir() if p.is_dir()})
    raise InputError([
        Fault(f"data set {name!r}", f"one of {', '.join(known) or 'none installed'}", "Write one of these names.")
    ])  # fmt: skip
